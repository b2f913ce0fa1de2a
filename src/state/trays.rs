//! Files that were chosen and not sent yet, by conversation. They stay while one looks elsewhere.

use std::collections::HashMap;

use leptos::prelude::*;
use sotto_api::{Command, ConversationId, FileId};
use web_sys::Blob;

use super::State;
use crate::device::save::BlobUrl;

/// How far a file is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stage {
    /// It is being looked at and made ready.
    Preparing,
    /// The engine takes it.
    Storing {
        /// Bytes that it has.
        done: u32,
    },
    /// It can be sent.
    Ready(FileId),
    /// It can not; a sentence that says why.
    Refused(String),
}

/// One file that was chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pending {
    /// What it is recognised by.
    pub key: u32,
    /// Its name; empty when it has none.
    pub name: String,
    /// Its MIME type as it is sent.
    pub content_type: String,
    /// Its length as it is sent, bytes.
    pub size: u64,
    /// Width and height of a picture or video, pixels.
    pub dimensions: Option<(u32, u32)>,
    /// Length of a video, ms.
    pub duration_ms: Option<u32>,
    /// A picture of it.
    pub thumbnail: Option<BlobUrl>,
    /// Something to know before it is sent.
    pub notice: Option<&'static str>,
    /// How far it is.
    pub stage: Stage,
}

impl Pending {
    /// Whether it is to be sent, now or when it is ready.
    pub fn is_wanted(&self) -> bool {
        !matches!(self.stage, Stage::Refused(_))
    }
}

/// All of them.
#[derive(Clone, Copy)]
pub struct Trays {
    chosen: RwSignal<HashMap<ConversationId, Vec<Pending>>>,
    /// The bytes, and those of a preview: by key.
    blobs: StoredValue<HashMap<u32, (Blob, Option<Blob>)>, LocalStorage>,
    next: StoredValue<u32>,
}

impl Trays {
    /// None yet.
    pub fn new() -> Self {
        Self {
            chosen: RwSignal::new(HashMap::new()),
            blobs: StoredValue::new_local(HashMap::new()),
            next: StoredValue::new(0),
        }
    }

    /// Those of a conversation, in the order in which they were chosen.
    pub fn of(self, conversation: ConversationId) -> Vec<Pending> {
        self.chosen.with(|chosen| chosen.get(&conversation).cloned().unwrap_or_default())
    }

    /// One of them.
    pub fn get(self, conversation: ConversationId, key: u32) -> Option<Pending> {
        self.chosen
            .with(|chosen| chosen.get(&conversation)?.iter().find(|pending| pending.key == key).cloned())
    }

    /// Adds a file; what is known of it follows. Returns its key.
    pub fn add(self, conversation: ConversationId, name: String, blob: Blob) -> u32 {
        let key = self.next.get_value();
        self.next.set_value(key.wrapping_add(1));
        let pending = Pending {
            key,
            name,
            content_type: String::new(),
            size: blob.size() as u64,
            dimensions: None,
            duration_ms: None,
            thumbnail: None,
            notice: None,
            stage: Stage::Preparing,
        };
        self.blobs.update_value(|blobs| drop(blobs.insert(key, (blob, None))));
        self.chosen.update(|chosen| chosen.entry(conversation).or_default().push(pending));
        key
    }

    /// Changes one; `false` when it was taken out meanwhile.
    pub fn change(self, conversation: ConversationId, key: u32, change: impl FnOnce(&mut Pending)) -> bool {
        let there = self.chosen.with_untracked(|chosen| {
            chosen.get(&conversation).is_some_and(|all| all.iter().any(|pending| pending.key == key))
        });
        if there {
            self.chosen.update(|chosen| {
                let all = chosen.get_mut(&conversation);
                if let Some(pending) = all.and_then(|all| all.iter_mut().find(|pending| pending.key == key)) {
                    change(pending);
                }
            });
        }
        there
    }

    /// The bytes that are sent, and those of a preview.
    pub fn bytes(self, key: u32) -> Option<(Blob, Option<Blob>)> {
        self.blobs.with_value(|blobs| blobs.get(&key).cloned())
    }

    /// Takes these bytes in place of those that were chosen.
    pub fn replace(self, key: u32, blob: Blob, preview: Option<Blob>) {
        self.blobs.update_value(|blobs| drop(blobs.insert(key, (blob, preview))));
    }

    /// Takes one out; the engine forgets it.
    pub fn remove(self, state: State, conversation: ConversationId, key: u32) {
        if let Some(Pending { stage: Stage::Ready(file), .. }) = untrack(|| self.get(conversation, key)) {
            state.engine.tell(Command::DropFile(file));
        }
        self.forget(conversation, &[key]);
    }

    /// Those that can be sent. Empty as long as one is still on its way.
    pub fn ready(self, conversation: ConversationId) -> Vec<(u32, FileId)> {
        let all = self.of(conversation);
        let busy =
            all.iter().any(|pending| matches!(pending.stage, Stage::Preparing | Stage::Storing { .. }));
        let ready = all.into_iter().filter_map(|pending| match pending.stage {
            Stage::Ready(file) if !busy => Some((pending.key, file)),
            _ => None,
        });
        ready.collect()
    }

    /// They were sent: nothing of them stays here. Returns them, for when it goes wrong.
    pub fn take(self, conversation: ConversationId, keys: &[u32]) -> Vec<Pending> {
        let all = untrack(|| self.of(conversation));
        self.chosen.update(|chosen| {
            if let Some(all) = chosen.get_mut(&conversation) {
                all.retain(|pending| !keys.contains(&pending.key));
            }
        });
        all.into_iter().filter(|pending| keys.contains(&pending.key)).collect()
    }

    /// They were not sent: they are where they were.
    pub fn put_back(self, conversation: ConversationId, taken: Vec<Pending>) {
        self.chosen.update(|chosen| {
            let all = chosen.entry(conversation).or_default();
            *all = taken.into_iter().chain(all.drain(..)).collect();
        });
    }

    /// Lets go of the bytes.
    pub fn forget(self, conversation: ConversationId, keys: &[u32]) {
        self.take(conversation, keys);
        self.blobs.update_value(|blobs| blobs.retain(|key, _| !keys.contains(key)));
    }

    /// Forgets everything.
    pub fn clear(self) {
        self.chosen.update(HashMap::clear);
        self.blobs.update_value(HashMap::clear);
    }
}
