//! Profile pictures by Account ID: which file each is, and what is shown of it once somebody has looked.

use std::collections::HashMap;

use leptos::prelude::*;
use sotto_api::FileId;

use crate::device::save::BlobUrl;

/// What is known of one person's picture.
#[derive(Clone)]
pub struct Face {
    /// The file; `None` when there is no picture here.
    pub file: ArcRwSignal<Option<FileId>>,
    /// What is shown, and which file it was made of. `None` in it: that file can not be shown.
    pub shown: ArcRwSignal<Option<(FileId, Option<BlobUrl>)>>,
}

/// Everybody's, by copy.
#[derive(Clone, Copy)]
pub struct Pictures(StoredValue<HashMap<String, Face>>);

impl Pictures {
    /// None yet.
    pub fn new() -> Self {
        Self(StoredValue::new(HashMap::new()))
    }

    /// One person's.
    pub fn of(self, account_id: &str) -> Face {
        if let Some(known) = self.0.with_value(|faces| faces.get(account_id).cloned()) {
            return known;
        }
        let face = Face { file: ArcRwSignal::new(None), shown: ArcRwSignal::new(None) };
        self.0.update_value(|faces| drop(faces.insert(account_id.to_owned(), face.clone())));
        face
    }

    /// Takes over which file is somebody's picture.
    pub fn know(self, account_id: &str, file: Option<FileId>) {
        let known = self.0.with_value(|faces| faces.contains_key(account_id));
        if !known && file.is_none() {
            return;
        }
        let face = self.of(account_id);
        if face.file.get_untracked() != file {
            face.file.set(file);
        }
        if file.is_none() && face.shown.with_untracked(Option::is_some) {
            face.shown.set(None);
        }
    }

    /// Another account, other people.
    pub fn forget(self) {
        self.0.update_value(|faces| {
            for face in faces.values() {
                face.file.set(None);
                face.shown.set(None);
            }
            faces.clear();
        });
    }
}
