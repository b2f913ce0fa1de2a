//! What people call themselves.

use serde::{Deserialize, Serialize};
use sotto_protocol::{account::cut_name, content::LokiProfile};

/// What another account says about itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// Display name; empty when not known.
    pub name: String,
    /// Download address of the picture; empty when there is none.
    pub picture_url: String,
    /// Key of the picture, 16 or 32 bytes; empty when there is none.
    pub picture_key: Vec<u8>,
    /// When it was last changed by its owner, Unix seconds; 0 when not told.
    pub updated_s: u64,
}

/// Profile fields that came with a message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProfileUpdate {
    /// Display name.
    pub name: Option<String>,
    /// Download address of the picture; an empty one takes the picture away.
    pub picture_url: Option<String>,
    /// Key of the picture.
    pub picture_key: Option<Vec<u8>>,
    /// When its owner last changed it, Unix seconds.
    pub updated_s: u64,
}

impl ProfileUpdate {
    /// What a message says about its sender.
    pub fn read(profile: Option<&LokiProfile>, key: Option<&Vec<u8>>) -> Self {
        Self {
            name: profile.and_then(|profile| profile.display_name.clone()),
            picture_url: profile.and_then(|profile| profile.profile_picture.clone()),
            picture_key: key.cloned(),
            updated_s: profile.and_then(|profile| profile.last_update_seconds).unwrap_or(0),
        }
    }
}

impl Profile {
    /// Takes an update over if it is newer than what is known, or if neither tells its time. A missing
    /// field changes nothing.
    pub fn update(&mut self, update: &ProfileUpdate) {
        let untimed = update.updated_s == 0 && self.updated_s == 0;
        if update.updated_s <= self.updated_s && !untimed {
            return;
        }
        self.updated_s = update.updated_s;
        if let Some(name) = update.name.as_deref().and_then(cut_name) {
            self.name = name.to_owned();
        }
        match (&update.picture_url, &update.picture_key) {
            (Some(url), _) if url.is_empty() => {
                self.picture_url.clear();
                self.picture_key.clear();
            }
            (Some(url), Some(key)) if matches!(key.len(), 16 | 32) => {
                self.picture_url.clone_from(url);
                self.picture_key.clone_from(key);
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(name: &str, updated_s: u64) -> ProfileUpdate {
        ProfileUpdate { name: Some(name.into()), updated_s, ..ProfileUpdate::default() }
    }

    #[test]
    fn only_newer_or_untimed_updates_count() {
        let mut profile = Profile::default();
        profile.update(&named(" Ann ", 0));
        assert_eq!(profile.name, "Ann");
        profile.update(&named("Anna", 5));
        profile.update(&named("old", 5));
        profile.update(&named("older", 4));
        profile.update(&named("untimed", 0));
        assert_eq!(profile.name, "Anna");
        profile.update(&named("  ", 6));
        assert_eq!((profile.name.as_str(), profile.updated_s), ("Anna", 6));
    }

    #[test]
    fn pictures_need_a_key_and_go_by_an_empty_address() {
        let mut profile = Profile::default();
        let picture = |url: &str, key: Option<usize>, updated_s| ProfileUpdate {
            picture_url: Some(url.into()),
            picture_key: key.map(|len| vec![1; len]),
            updated_s,
            ..ProfileUpdate::default()
        };
        profile.update(&picture("http://x/file/1", Some(7), 1));
        assert_eq!(profile.picture_url, "");
        profile.update(&picture("http://x/file/1", Some(32), 2));
        assert_eq!(profile.picture_url, "http://x/file/1");
        profile.update(&named("Ann", 3));
        assert_eq!(profile.picture_url, "http://x/file/1");
        profile.update(&picture("", None, 4));
        assert_eq!((profile.picture_url.as_str(), profile.picture_key.len()), ("", 0));
    }
}
