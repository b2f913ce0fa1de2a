use leptos::prelude::*;
use sotto_api::{FileId, MessageId};

use crate::pages::chat::{
    conversation::talk::Talk,
    files::media::{Item, Span, around, is_visual, items, newer, older},
};

/// The pictures and videos of a conversation as far as they are known, and which one is shown.
#[derive(Clone, Copy)]
pub struct Items {
    talk: Talk,
    all: RwSignal<Vec<Item>>,
    /// The place of the one that is shown.
    pub at: RwSignal<usize>,
    span: RwSignal<Span>,
    busy: StoredValue<bool>,
}

impl Items {
    /// Begins with those that are near a message.
    pub fn open(talk: Talk, message: MessageId, file: FileId) -> Self {
        let loaded = talk.timeline.loaded_messages();
        let known = loaded.iter().any(|view| view.id == message);
        let span = Span {
            oldest: loaded.first().map(|view| view.id),
            newest: loaded.last().map(|view| view.id),
            more: talk.timeline.has_older(),
            newer: talk.timeline.has_newer(),
        };
        let all: Vec<Item> = items(&loaded).into_iter().filter(|item| is_visual(&item.file)).collect();
        let opened = Self {
            talk,
            at: RwSignal::new(place_of(&all, message, file).unwrap_or_default()),
            all: RwSignal::new(if known { all } else { Vec::new() }),
            span: RwSignal::new(span),
            busy: StoredValue::new(false),
        };
        if !known {
            leptos::task::spawn_local(async move {
                let (mut all, span) = around(talk.state, talk.id, message).await;
                all.retain(|item| is_visual(&item.file));
                let at = place_of(&all, message, file).unwrap_or_default();
                let _ = (opened.span.try_set(span), opened.all.try_set(all), opened.at.try_set(at));
            });
        }
        opened
    }

    /// The one that is shown.
    pub fn current(self) -> Option<Item> {
        self.all.with(|all| all.get(self.at.get()).cloned())
    }

    /// Its place from 1, and how many are known.
    pub fn place(self) -> (u64, u64) {
        (self.at.get() as u64 + 1, self.all.with(Vec::len).max(1) as u64)
    }

    /// Whether there is, or may be, another one in this direction; forward is towards the newest.
    pub fn has(self, forward: bool) -> bool {
        let (at, count, span) = (self.at.get(), self.all.with(Vec::len), self.span.get());
        if forward { at + 1 < count || span.newer } else { at > 0 || span.more }
    }

    /// Goes to the next one, which may have to be looked for.
    pub async fn step(self, forward: bool) {
        let (at, count) = (self.at.get_untracked(), self.all.with_untracked(Vec::len));
        match (forward, at) {
            (true, at) if at + 1 < count => self.at.set(at + 1),
            (false, at) if at > 0 => self.at.set(at - 1),
            _ if untrack(|| self.has(forward)) && !self.busy.get_value() => {
                self.busy.set_value(true);
                self.look_further(forward).await;
                let _ = self.busy.try_update_value(|busy| *busy = false);
            }
            _ => {}
        }
    }

    async fn look_further(self, forward: bool) {
        let Talk { state, id, .. } = self.talk;
        let mut span = self.span.get_untracked();
        let wanted = |item: &Item| is_visual(&item.file);
        let found = match forward {
            true => newer(state, id, &mut span, wanted).await,
            false => older(state, id, &mut span, wanted).await,
        };
        let count = found.len();
        let Some(at) = self.at.try_get_untracked() else { return };
        self.span.set(span);
        if count == 0 {
            return;
        }
        match forward {
            true => {
                self.all.update(|all| all.extend(found));
                self.at.set(at + 1);
            }
            false => {
                self.all.update(|all| drop(all.splice(0..0, found)));
                self.at.set(at + count - 1);
            }
        }
    }
}

fn place_of(all: &[Item], message: MessageId, file: FileId) -> Option<usize> {
    all.iter().position(|item| item.message == message && item.file.id == file)
}
