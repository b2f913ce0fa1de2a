//! Newest versions of clients, as `session_version` tells them. A server of one's own knows none until it is told.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use serde::{Deserialize, Serialize};

/// Platforms that may be asked for.
const PLATFORMS: [&str; 3] = ["desktop", "android", "ios"];

/// What is known of one platform's newest version.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Version {
    /// `x.y.z`
    pub(super) result: String,
    /// When that was found out, Unix seconds.
    pub(super) updated: f64,
    /// Title, notes, assets, prerelease: handed on as they are.
    #[serde(flatten)]
    pub(super) more: serde_json::Map<String, serde_json::Value>,
}

/// Told by the program, or by `versions.json` in the data folder, which is read at every question:
/// `{"desktop":{"result":"1.17.0","updated":1760000000}}`.
#[derive(Debug)]
pub(super) struct Versions {
    file: Option<PathBuf>,
    told: Mutex<BTreeMap<String, Version>>,
}

impl Versions {
    pub(super) fn new(folder: Option<&Path>) -> Self {
        Self { file: folder.map(|folder| folder.join("versions.json")), told: Mutex::default() }
    }

    /// Whether a platform of this name exists.
    pub(super) fn is_platform(name: &str) -> bool {
        PLATFORMS.contains(&name)
    }

    /// Tells a version; `updated` is Unix ms.
    pub(super) fn set(&self, platform: &str, version: &str, updated: u64) {
        let version = Version {
            result: version.to_owned(),
            updated: updated as f64 / 1_000.0,
            more: serde_json::Map::new(),
        };
        self.told.lock().unwrap_or_else(PoisonError::into_inner).insert(platform.to_owned(), version);
    }

    pub(super) fn get(&self, platform: &str) -> Option<Version> {
        let told = self.told.lock().unwrap_or_else(PoisonError::into_inner).get(platform).cloned();
        told.or_else(|| self.read()?.remove(platform))
    }

    fn read(&self) -> Option<BTreeMap<String, Version>> {
        let text = fs::read_to_string(self.file.as_ref()?).ok()?;
        let read = serde_json::from_str(&text);
        if let Err(error) = &read {
            tracing::warn!(%error, "versions.json of the file server can not be read");
        }
        read.ok()
    }
}
