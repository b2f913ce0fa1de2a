//! The right to write: one at a time, each write whole or not at all.

use sotto_api::{ConversationId, Event, Failure, MessageId};

use super::{
    Session,
    records::{Record, Sealer, ledger_key, message_key, read},
};
use tokio::sync::MutexGuard;

use crate::{
    ledger::Ledger,
    model::{Changes, Edit, Loaded, Message, Originals, Pieces, Signal, Timeline},
    ordered::Set,
    platform::{Platform, Store},
    vault::Space,
};

/// Messages read at once when looking for unread ones.
const UNREAD_SLICE: usize = 64;

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

    /// Reads what answers refer to, for showing these messages.
    pub async fn originals(&self, messages: &[Message]) -> Result<Originals, Failure> {
        let mut originals = Originals::new();
        for message in messages {
            let Some(quote) = message.quote.as_ref().filter(|quote| quote.by_us.is_some()) else { continue };
            if originals.contains_key(&quote.id) {
                continue;
            }
            if let Some(original) = self.message(message.conversation, quote.id).await? {
                originals.insert(quote.id, original.body.beginning());
            }
        }
        Ok(originals)
    }

    /// Reads messages that may be removed, and the one that will be the newest of the conversation then. The
    /// timeline must be in memory.
    pub async fn load_removed(
        &self,
        conversation: ConversationId,
        ids: &Set<MessageId>,
        loaded: &mut Loaded,
    ) -> Result<(), Failure> {
        let newest = {
            let state = self.session.state.borrow();
            state.timelines.get(&conversation).and_then(|timeline| timeline.newest_without(ids))
        };
        let wanted: Vec<MessageId> = ids.iter().copied().chain(newest).collect();
        for found in self.messages(conversation, &wanted).await?.into_iter() {
            loaded.insert(found.id, found);
        }
        Ok(())
    }

    /// Reads the received messages that count as unread.
    pub async fn load_unread(&self, id: ConversationId, loaded: &mut Loaded) -> Result<(), Failure> {
        self.load_timeline(id).await?;
        let (mut missing, read, ids) = {
            let state = self.session.state.borrow();
            let Some(known) = state.conversation(id) else { return Ok(()) };
            let timeline = state.timelines.get(&id);
            let ids: Vec<MessageId> = match known.unread {
                0 => Vec::new(),
                _ => timeline.map(|timeline| timeline.newest_first().collect()).unwrap_or_default(),
            };
            (known.unread as usize, known.read_arrivals, ids)
        };
        for ids in ids.chunks(UNREAD_SLICE) {
            for message in self.messages(id, ids).await?.into_iter().filter(|found| found.arrival > read) {
                missing = missing.saturating_sub(1);
                loaded.insert(message.id, message);
            }
            if missing == 0 {
                break;
            }
        }
        Ok(())
    }

    /// Reads how a message travelled.
    pub async fn ledger(&self, conversation: ConversationId, id: MessageId) -> Result<Ledger, Failure> {
        let vault = &self.session.vault;
        let key = ledger_key(vault, conversation, id);
        let stored = self
            .session
            .platform
            .store()
            .get(std::slice::from_ref(&key))
            .await
            .map_err(|_| Failure::Storage)?;
        let sealed = stored.into_iter().next().flatten();
        Ok(sealed.and_then(|sealed| read(vault, &key, &sealed)).unwrap_or_default())
    }

    /// Makes changes, stores them in one batch, and then tells the tabs. An error of `make` or of the store
    /// changes nothing.
    pub async fn commit<R>(&self, make: impl FnOnce(&mut Edit) -> Result<R, Failure>) -> Result<R, Failure> {
        self.commit_with(&Loaded::new(), &[], make).await
    }

    /// Like [`Writer::commit`], with stored messages at hand, and writing ledgers of messages along with it.
    pub async fn commit_with<R>(
        &self,
        loaded: &Loaded,
        ledgers: &[(ConversationId, MessageId, Ledger)],
        make: impl FnOnce(&mut Edit) -> Result<R, Failure>,
    ) -> Result<R, Failure> {
        let session = self.session;
        let (result, changes, signals) = {
            let state = session.state.borrow();
            let mut edit = Edit::new(&state, session.network.now_ms(), loaded);
            let result = make(&mut edit)?;
            let signals = std::mem::take(&mut edit.signals);
            (result, edit.finish(), signals)
        };
        if !changes.is_empty() || !ledgers.is_empty() {
            self.store(&changes, ledgers).await?;
        }
        self.signal(&signals);
        Ok(result)
    }

    async fn store(
        &self,
        changes: &Changes,
        ledgers: &[(ConversationId, MessageId, Ledger)],
    ) -> Result<(), Failure> {
        let session = self.session;
        let mut sealer = Sealer::new(&session.vault, &session.random);
        sealer.changes(changes);
        for (conversation, id, ledger) in ledgers {
            sealer.put(ledger_key(&session.vault, *conversation, *id), ledger);
        }
        session.platform.store().commit(sealer.finish()).await.map_err(|_| Failure::Storage)?;
        // Told before the messages that were written after it.
        changes.cleared.iter().for_each(|id| session.tell(&Event::Cleared(*id)));
        let listed: Vec<ConversationId> = {
            let state = session.state.borrow();
            let before = changes.conversations.keys().filter_map(|id| state.conversations.get(id));
            before
                .filter(|conversation| conversation.is_listed())
                .map(|conversation| conversation.id)
                .collect()
        };
        session.state.borrow_mut().apply(changes);
        session.search.note(changes);
        let shown: Vec<Message> = changes.messages.values().flatten().cloned().collect();
        // What can not be read now is shown as not found.
        let originals = self.originals(&shown).await.unwrap_or_default();
        self.tell(changes, &listed, &originals);
        if !changes.jobs.is_empty() {
            session.outbox_changed.notify();
        }
        if !changes.files.is_empty() {
            session.files.changed.notify();
        }
        if !changes.timers.is_empty() {
            session.timers_changed.notify();
        }
        Ok(())
    }

    fn signal(&self, signals: &[Signal]) {
        for Signal::Typing(id, until_ms) in signals {
            self.session.typing.heard(self.session, *id, *until_ms);
        }
    }

    /// Writes a record of its own, outside the state.
    pub async fn put(&self, space: Space, record: &impl Record) -> Result<(), Failure> {
        let mut sealer = Sealer::new(&self.session.vault, &self.session.random);
        sealer.put_single(space, record);
        self.session.platform.store().commit(sealer.finish()).await.map_err(|_| Failure::Storage)
    }

    /// `listed` are the changed conversations that the list showed before.
    fn tell(&self, changes: &Changes, listed: &[ConversationId], originals: &Originals) {
        let session = self.session;
        let state = session.state.borrow();
        for ((conversation, id), message) in &changes.messages {
            let event = match message {
                None => Event::MessageRemoved(*conversation, *id),
                Some(message) => Event::Message(session.message_view(message, originals)),
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
            session.tell(&Event::Settings(session.state.borrow().account.settings()));
        }
        if counts {
            session.tell(&Event::Network(session.network_view()));
        }
    }
}
