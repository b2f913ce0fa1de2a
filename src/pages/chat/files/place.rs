use std::collections::HashMap;

use leptos::prelude::*;
use sotto_api::{Body, Event, FileId, FileState, FileView};

use crate::state::State;

/// Where each file is, in a signal of its own: it changes many times a second, and what is around it does not.
#[derive(Clone, Copy)]
pub struct Places(StoredValue<HashMap<FileId, ArcRwSignal<FileState>>>);

impl Places {
    /// Follows the files until the current owner is cleaned up.
    pub fn follow(state: State) -> Self {
        let places = Self(StoredValue::new(HashMap::new()));
        state.engine.listen(move |event| match event {
            Event::File { file, state, .. } => places.set(*file, *state),
            Event::Message(message) => {
                if let Body::Files { files, .. } = &message.body {
                    files.iter().for_each(|file| places.set(file.id, file.state));
                }
            }
            _ => {}
        });
        places
    }

    /// Where a file is.
    pub fn of(self, file: &FileView) -> RwSignal<FileState> {
        if let Some(known) = self.0.with_value(|places| places.get(&file.id).cloned()) {
            return known.into();
        }
        let place = ArcRwSignal::new(file.state);
        self.0.update_value(|places| drop(places.insert(file.id, place.clone())));
        place.into()
    }

    /// Learns where the files of a message are that nobody has told of since the page was loaded.
    pub fn learn(self, body: &Body) {
        if let Body::Files { files, .. } = body {
            self.0.update_value(|places| {
                for file in files {
                    places.entry(file.id).or_insert_with(|| ArcRwSignal::new(file.state));
                }
            });
        }
    }

    fn set(self, file: FileId, state: FileState) {
        match self.0.with_value(|places| places.get(&file).cloned()) {
            Some(known) if known.get_untracked() == state => {}
            Some(known) => known.set(state),
            None => self.0.update_value(|places| drop(places.insert(file, ArcRwSignal::new(state)))),
        }
    }
}
