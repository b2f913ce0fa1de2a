//! The right to write: one at a time, each write whole or not at all.

use serde::Serialize;
use sotto_api::{ConversationId, Event, Failure, MessageId};

use super::{
    Session,
    records::{Sealer, message_key, read},
};
use tokio::sync::MutexGuard;

use crate::{
    model::{Changes, Edit, Message, Pieces, Timeline},
    platform::{Platform, Store},
    vault::Space,
};

/// The right to write to an account.
pub(crate) struct Writer<'a, P: Platform> {
    session: &'a Session<P>,
    _guard: MutexGuard<'a, ()>,
}

impl<'a, P: Platform> Writer<'a, P> {
    pub(super) fn new(session: &'a Session<P>, guard: MutexGuard<'a, ()>) -> Self {
        Self { session, _guard: guard }
    }

    /// Brings the order of a conversation's messages into memory.
    pub async fn load_timeline(&self, id: ConversationId) -> Result<(), Failure> {
        let stored = {
            let state = self.session.state.borrow();
            if state.timelines.contains_key(&id) {
                return Ok(());
            }
            state.conversations.contains_key(&id)
        };
        let pieces = if stored {
            let prefix = self.session.vault.keys().prefix(Space::Timelines, &id.0);
            let records = self.session.platform.store().scan(&prefix).await.map_err(|_| Failure::Storage)?;
            records.iter().filter_map(|(key, sealed)| read(&self.session.vault, key, sealed)).collect()
        } else {
            Pieces::new()
        };
        self.session.state.borrow_mut().timelines.insert(id, Timeline::from_pieces(pieces));
        Ok(())
    }

    /// Reads messages of one conversation, in the order given; what is gone or unreadable is left out.
    pub async fn messages(
        &self,
        conversation: ConversationId,
        ids: &[MessageId],
    ) -> Result<Vec<Message>, Failure> {
        let vault = &self.session.vault;
        let keys: Vec<Vec<u8>> = ids.iter().map(|id| message_key(vault, conversation, *id)).collect();
        let sealed = self.session.platform.store().get(&keys).await.map_err(|_| Failure::Storage)?;
        let found = keys.iter().zip(sealed).filter_map(|(key, sealed)| read(vault, key, &sealed?));
        Ok(found.collect())
    }

    /// Reads one message.
    pub async fn message(
        &self,
        conversation: ConversationId,
        id: MessageId,
    ) -> Result<Option<Message>, Failure> {
        Ok(self.messages(conversation, &[id]).await?.pop())
    }

    /// Makes changes, stores them in one batch, and then tells the tabs. An error of `make` or of the store
    /// changes nothing.
    pub async fn commit<R>(&self, make: impl FnOnce(&mut Edit) -> Result<R, Failure>) -> Result<R, Failure> {
        let session = self.session;
        let (result, changes) = {
            let state = session.state.borrow();
            let mut edit = Edit::new(&state, session.network.now_ms());
            let result = make(&mut edit)?;
            (result, edit.finish())
        };
        self.store(changes).await?;
        Ok(result)
    }

    async fn store(&self, changes: Changes) -> Result<(), Failure> {
        if changes.is_empty() {
            return Ok(());
        }
        let session = self.session;
        let mut sealer = Sealer::new(&session.vault, &session.random);
        sealer.changes(&changes);
        session.platform.store().commit(sealer.finish()).await.map_err(|_| Failure::Storage)?;
        let listed: Vec<ConversationId> = {
            let state = session.state.borrow();
            let before = changes.conversations.keys().filter_map(|id| state.conversations.get(id));
            before
                .filter(|conversation| conversation.is_listed())
                .map(|conversation| conversation.id)
                .collect()
        };
        session.state.borrow_mut().apply(&changes);
        self.tell(&changes, &listed);
        if !changes.jobs.is_empty() {
            session.outbox_changed.notify();
        }
        Ok(())
    }

    /// Writes a record of its own, outside the state.
    pub async fn put(&self, space: Space, record: &impl Serialize) -> Result<(), Failure> {
        let mut sealer = Sealer::new(&self.session.vault, &self.session.random);
        sealer.put_single(space, record);
        self.session.platform.store().commit(sealer.finish()).await.map_err(|_| Failure::Storage)
    }

    /// `listed` are the changed conversations that the list showed before.
    fn tell(&self, changes: &Changes, listed: &[ConversationId]) {
        let session = self.session;
        let state = session.state.borrow();
        for ((conversation, id), message) in &changes.messages {
            let event = match message {
                None => Event::MessageRemoved(*conversation, *id),
                Some(message) => {
                    let of = state.conversation(*conversation);
                    Event::Message(message.view(of, state.in_flight.contains(id)))
                }
            };
            session.tell(&event);
        }
        for conversation in changes.conversations.values() {
            if conversation.is_listed() {
                session.tell(&Event::Conversation(state.conversation_view(conversation)));
            } else if listed.contains(&conversation.id) {
                session.tell(&Event::ConversationRemoved(conversation.id));
            }
        }
        let counts = changes.meta.is_some() || !changes.jobs.is_empty();
        drop(state);
        if changes.account.is_some() {
            session.tell(&Event::Profile(session.profile_view()));
        }
        if counts {
            session.tell(&Event::Network(session.network_view()));
        }
    }
}
