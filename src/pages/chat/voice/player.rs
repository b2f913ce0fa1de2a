use leptos::prelude::*;
use sotto_api::{
    Body, Command, ConversationId, Event, FileId, FileKind, FileView, MessageId, MessageView, Reply,
};

use super::sound::{Sound, Told};
use crate::{
    device::save::BlobUrl,
    i18n::t,
    pages::chat::files::{read, readable},
    state::State,
};

/// How fast it can be played.
const SPEEDS: [f64; 3] = [1.0, 1.5, 2.0];
/// So many messages are looked at for the next recording: lines about the conversation may stand between.
const LOOK_AHEAD: u16 = 8;

/// A recording and where it belongs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Track {
    /// The conversation.
    pub conversation: ConversationId,
    /// The message.
    pub message: MessageId,
    /// Whether it is an own one.
    pub own: bool,
    /// The recording.
    pub file: FileId,
    /// Its type.
    pub content_type: String,
    /// Its length as far as known, ms.
    pub length_ms: Option<u32>,
}

/// Plays one recording at a time, by copy. It goes on wherever in the account one goes.
#[derive(Clone, Copy)]
pub struct Player {
    state: State,
    /// What is played, or was and is held.
    pub track: RwSignal<Option<Track>>,
    /// Whether it is heard now.
    pub playing: RwSignal<bool>,
    /// Where it is, s.
    pub at: RwSignal<f64>,
    /// How long it is, s; 0 as long as that is not known.
    pub length: RwSignal<f64>,
    /// How many times faster.
    pub speed: RwSignal<f64>,
    /// What could not be played.
    pub broken: RwSignal<Vec<FileId>>,
    sound: StoredValue<Option<Sound>, LocalStorage>,
}

impl Player {
    /// Makes it for the current owner and provides it to what is inside.
    pub fn provide(state: State) -> Self {
        let player = Self {
            state,
            track: RwSignal::new(None),
            playing: RwSignal::new(false),
            at: RwSignal::new(0.0),
            length: RwSignal::new(0.0),
            speed: RwSignal::new(SPEEDS[0]),
            broken: RwSignal::new(Vec::new()),
            sound: StoredValue::new_local(None),
        };
        state.engine.listen(move |event| player.follow(event));
        on_cleanup(move || {
            let _ = player.sound.try_update_value(|sound| drop(sound.take()));
        });
        provide_context(player);
        player
    }

    /// Whether this is the recording that is played or held.
    pub fn is_at(self, file: FileId) -> bool {
        self.track.with(|track| track.as_ref().is_some_and(|track| track.file == file))
    }

    /// Plays a recording, or holds it when it is heard.
    pub fn toggle(self, track: Track) {
        match (untrack(|| self.is_at(track.file)), self.playing.get_untracked()) {
            (true, true) => self.with_sound(Sound::pause),
            (true, false) => self.with_sound(Sound::play),
            (false, _) => self.start(track, 0.0),
        }
    }

    /// Goes to a place of a recording, s, and plays it from there when it was not the one.
    pub fn seek(self, track: Track, to: f64) {
        if untrack(|| self.is_at(track.file)) {
            self.at.set(to);
            self.with_sound(|sound| sound.seek(to));
        } else {
            self.start(track, to);
        }
    }

    /// Takes the next speed.
    pub fn faster(self) {
        let now = self.speed.get_untracked();
        let next = SPEEDS.into_iter().find(|speed| *speed > now).unwrap_or(SPEEDS[0]);
        self.speed.set(next);
        self.with_sound(|sound| sound.set_speed(next));
    }

    /// Plays nothing.
    pub fn stop(self) {
        let _ = self.sound.try_update_value(|sound| {
            if let Some(sound) = sound {
                sound.unload();
            }
        });
        self.track.set(None);
        self.playing.set(false);
    }

    fn start(self, track: Track, from: f64) {
        self.stop();
        // Made by the very press that wants to hear something.
        self.sound.update_value(|sound| {
            *sound = sound.take().or_else(|| Sound::new(move |told| self.told(told)));
        });
        self.at.set(from);
        self.length.set(f64::from(track.length_ms.unwrap_or_default()) / 1_000.0);
        self.track.set(Some(track.clone()));
        leptos::task::spawn_local(async move {
            let blob = read(self.state, track.file, &track.content_type).await;
            let wanted = self.track.try_with_untracked(|now| now.as_ref() == Some(&track));
            if wanted != Some(true) {
                return;
            }
            match blob.and_then(|blob| BlobUrl::new(&blob)) {
                Some(url) => {
                    let speed = self.speed.get_untracked();
                    self.sound.update_value(|sound| {
                        if let Some(sound) = sound {
                            sound.load(url, from, speed);
                        }
                    });
                }
                None => self.fail(),
            }
        });
    }

    fn told(self, told: Told) {
        // The account may just have been closed.
        let Some(Some(here)) = self.track.try_get_untracked() else { return };
        match told {
            Told::Moved => self.with_sound(|sound| {
                let (at, playing) = (sound.at(), sound.is_playing());
                if let Some(length) = sound.length()
                    && self.length.get_untracked() != length
                {
                    self.length.set(length);
                }
                if sound.is_loaded() && self.at.get_untracked() != at {
                    self.at.set(at);
                }
                if self.playing.get_untracked() != playing {
                    self.playing.set(playing);
                }
            }),
            Told::Ended => leptos::task::spawn_local(self.go_on(here)),
            Told::Failed => self.fail(),
        }
    }

    fn fail(self) {
        let loaded = self.track.get_untracked();
        self.stop();
        if let Some(track) = loaded {
            self.broken.update(|broken| broken.push(track.file));
            self.state.toasts.bad(t::voice::unplayable());
        }
    }

    /// Plays the voice message that comes next, when nothing else was written between.
    async fn go_on(self, ended: Track) {
        let Track { conversation, message: after, .. } = ended;
        let command = Command::MessagesAfter { conversation, after, limit: LOOK_AHEAD };
        let found = match self.state.engine.call(command).await {
            Ok(Reply::Messages(page)) => next(&page.messages),
            _ => None,
        };
        if self.track.try_get_untracked() != Some(Some(ended)) {
            return;
        }
        match found {
            Some(track) => self.start(track, 0.0),
            None => self.stop(),
        }
    }

    fn follow(self, event: &Event) {
        let Some(Some(track)) = self.track.try_get_untracked() else { return };
        let gone = match event {
            Event::MessageRemoved(_, id) => *id == track.message,
            Event::Message(message) => message.id == track.message && message.body == Body::Deleted,
            Event::Cleared(id) | Event::ConversationRemoved(id) => *id == track.conversation,
            _ => false,
        };
        if gone {
            self.stop();
        }
    }

    fn with_sound(self, act: impl FnOnce(&Sound)) {
        // Not while it is borrowed: what is told meanwhile is told again.
        let _ = self.sound.try_with_value(|sound| sound.as_ref().map(act));
    }
}

/// The recording right behind, past lines about the conversation.
fn next(messages: &[MessageView]) -> Option<Track> {
    for message in messages {
        match &message.body {
            Body::Files { files, .. } => return track(message, files.first()?),
            Body::Text(_) | Body::Unsupported { .. } => return None,
            Body::Accepted { .. } | Body::Deleted | Body::Timer { .. } => {}
        }
    }
    None
}

fn track(message: &MessageView, file: &FileView) -> Option<Track> {
    let own = message.delivery.is_some();
    (file.kind == FileKind::Voice && readable(file.state, own)).then(|| Track {
        conversation: message.conversation,
        message: message.id,
        own,
        file: file.id,
        content_type: file.content_type.clone(),
        length_ms: file.duration_ms,
    })
}
