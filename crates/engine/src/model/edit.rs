//! Changes that belong together: collected over the present state, stored in one batch, then applied.

use sotto_api::{ConversationId, FileId, MessageId};

use super::{
    AccountRecord, Conversation, Cursors, FileHead, Job, JobKind, Last, Message, Meta, Owner, Pieces,
    SeenPieces, State, StoredConfig, Timeline, TimerChanges,
};
use crate::ordered::{Map, Set};

/// Stored messages that an edit may look at and change.
pub type Loaded = Map<MessageId, Message>;

/// Something that passes without being stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    /// The other side types until then (Unix ms), or stopped.
    Typing(ConversationId, Option<u64>),
}

/// Changes being made. Reads see them already; the state itself does not change.
///
/// Timelines of the conversations concerned must be in memory, apart from those of new conversations.
pub struct Edit<'a> {
    state: &'a State,
    loaded: &'a Loaded,
    /// Network time, Unix ms.
    pub now_ms: u64,
    /// What is to be told without being stored.
    pub signals: Vec<Signal>,
    changes: Changes,
    seen: Vec<([u8; 16], u64)>,
    removed: Map<ConversationId, Set<MessageId>>,
}

/// Finished changes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Changes {
    /// The account, if it changes.
    pub account: Option<AccountRecord>,
    /// The counters, if they change.
    pub meta: Option<Meta>,
    /// The cursors, if they change.
    pub cursors: Option<Cursors>,
    /// New and changed conversations.
    pub conversations: Map<ConversationId, Conversation>,
    /// Conversations whose stored messages all go, before anything else is written.
    pub cleared: Set<ConversationId>,
    /// New and changed messages; `None` removes one.
    pub messages: Map<(ConversationId, MessageId), Option<Message>>,
    /// Pieces of timelines to be written.
    pub timelines: Map<ConversationId, Pieces>,
    /// New jobs; `None` removes one.
    pub jobs: Map<u64, Option<Job>>,
    /// Pieces of the set of seen messages.
    pub seen: SeenPieces,
    /// When messages disappear.
    pub timers: TimerChanges,
    /// Files kept or wanted here; `None` removes one with its bytes.
    pub files: Map<FileId, Option<FileHead>>,
    /// Content kept for later versions, by number.
    pub kept: Map<u64, Vec<u8>>,
    /// Configs, by namespace.
    pub configs: Map<i16, StoredConfig>,
}

impl<'a> Edit<'a> {
    /// No changes yet. `loaded` are the stored messages at hand: those that may change, those that may have
    /// to stand for a removed one at the end of a conversation.
    pub fn new(state: &'a State, now_ms: u64, loaded: &'a Loaded) -> Self {
        let (signals, seen, removed) = (Vec::new(), Vec::new(), Map::new());
        Self { state, loaded, now_ms, signals, changes: Changes::default(), seen, removed }
    }

    /// The state before the changes.
    pub fn state(&self) -> &'a State {
        self.state
    }

    /// The account, to be changed.
    pub fn account(&mut self) -> &mut AccountRecord {
        self.changes.account.get_or_insert_with(|| self.state.account.clone())
    }

    /// The counters, to be changed.
    pub fn meta(&mut self) -> &mut Meta {
        self.changes.meta.get_or_insert_with(|| self.state.meta.clone())
    }

    /// The cursors, to be changed.
    pub fn cursors(&mut self) -> &mut Cursors {
        self.changes.cursors.get_or_insert_with(|| self.state.cursors.clone())
    }

    /// A sent time that was never used, now if possible, with `spare` unused ones before it.
    pub fn next_sent_ms(&mut self, spare: u64) -> u64 {
        let first_ms = self.now_ms.saturating_sub(spare);
        self.meta().sent_times.next(first_ms, spare)
    }

    /// A conversation as it is with the changes made so far.
    pub fn peek(&self, id: ConversationId) -> Option<&Conversation> {
        self.changes.conversations.get(&id).or_else(|| self.state.conversation(id))
    }

    /// A conversation to be changed; it is stored from then on. `None` if it is not known.
    pub fn conversation(&mut self, id: ConversationId) -> Option<&mut Conversation> {
        if !self.changes.conversations.contains_key(&id) {
            let known = self.state.conversation(id)?.clone();
            self.changes.conversations.insert(id, known);
        }
        self.changes.conversations.get_mut(&id)
    }

    /// A conversation to be changed, begun if it is not known.
    pub fn conversation_or_new(
        &mut self,
        id: ConversationId,
        new: impl FnOnce() -> Conversation,
    ) -> &mut Conversation {
        let state = self.state;
        let known = || state.conversation(id).cloned().unwrap_or_else(new);
        self.changes.conversations.get_or_insert_with(id, known)
    }

    /// Conversations that the list shows, with the changes made so far.
    pub fn listed(&self) -> usize {
        let unchanged =
            self.state.conversations.iter().filter(|(id, _)| !self.changes.conversations.contains_key(id));
        let all = unchanged.map(|(_, known)| known).chain(self.changes.conversations.values());
        all.filter(|conversation| conversation.is_listed()).count()
    }

    /// Whether a message with this identifier is or was in the conversation.
    pub fn has_message(&self, conversation: ConversationId, id: MessageId) -> bool {
        if self.changes.messages.contains_key(&(conversation, id)) {
            return true;
        }
        !self.changes.cleared.contains(&conversation)
            && self.state.timelines.get(&conversation).is_some_and(|timeline| timeline.contains(id))
    }

    /// A message at hand, as it is with the changes made so far.
    pub fn message(&self, conversation: ConversationId, id: MessageId) -> Option<&Message> {
        match self.changes.messages.get(&(conversation, id)) {
            Some(changed) => changed.as_ref(),
            None if self.changes.cleared.contains(&conversation) => None,
            None => self.loaded.get(&id).filter(|message| message.conversation == conversation),
        }
    }

    /// All messages of a conversation at hand.
    pub fn messages_of(&self, conversation: ConversationId) -> Vec<&Message> {
        let changed = self.changes.messages.iter().filter(|((of, _), _)| *of == conversation);
        let unchanged =
            self.loaded.keys().filter(|id| !self.changes.messages.contains_key(&(conversation, **id)));
        let unchanged = unchanged.filter_map(|id| self.message(conversation, *id));
        changed.filter_map(|(_, message)| message.as_ref()).chain(unchanged).collect()
    }

    /// Writes a new or changed message and takes it into its conversation's summary.
    pub fn put_message(&mut self, message: Message) {
        let now_ms = self.now_ms;
        if let Some(conversation) = self.conversation(message.conversation) {
            conversation.note(&message, now_ms);
        }
        self.changes.messages.insert((message.conversation, message.id), Some(message));
    }

    /// Removes one message; a repeated delivery does not bring it back.
    pub fn remove_message(&mut self, conversation: ConversationId, id: MessageId) {
        let arrival = self.message(conversation, id).map_or(0, |message| message.arrival);
        if let Some(of) = self.conversation(conversation)
            && arrival > of.read_arrivals
        {
            of.unread = of.unread.saturating_sub(1);
        }
        self.changes.messages.insert((conversation, id), None);
        self.removed.get_or_default(conversation).insert(id);
    }

    /// Removes all messages of a conversation.
    pub fn clear(&mut self, conversation: ConversationId) {
        self.changes.messages.retain(|(of, _), _| *of != conversation);
        self.removed.remove(&conversation);
        self.changes.cleared.insert(conversation);
        let timed = self.state.timers.of(conversation);
        for id in timed {
            self.changes.timers.insert(id, None);
        }
    }

    /// Notes what is kept or wanted of a file.
    pub fn put_file(&mut self, head: FileHead) {
        self.changes.files.insert(head.id, Some(head));
    }

    /// Forgets a file with its bytes.
    pub fn remove_file(&mut self, id: FileId) {
        self.changes.files.insert(id, None);
    }

    /// Queues a job in the place of one that is done, or else at the end.
    pub fn queue_as(&mut self, number: Option<u64>, make: impl FnOnce(u64) -> Job) -> u64 {
        match number {
            Some(number) => {
                self.changes.jobs.insert(number, Some(make(number)));
                number
            }
            None => self.queue(make),
        }
    }

    /// Queues a job; its number is given here.
    pub fn queue(&mut self, make: impl FnOnce(u64) -> Job) -> u64 {
        let meta = self.meta();
        let number = meta.next_job;
        meta.next_job += 1;
        self.changes.jobs.insert(number, Some(make(number)));
        number
    }

    /// Takes a job out of the queue.
    pub fn finish_job(&mut self, number: u64) {
        self.changes.jobs.insert(number, None);
    }

    /// Takes those waiting jobs of a conversation out of the queue that carry or copy a message for which
    /// `gone` holds, unless the message is on its way right now.
    pub fn cancel_jobs(&mut self, conversation: ConversationId, gone: impl Fn(MessageId) -> bool) {
        for job in self.state.jobs.values().filter(|job| job.conversation == conversation) {
            let cancelled = job.message().is_some_and(|id| gone(id) && !self.state.in_flight.contains(&id));
            let travelling = matches!(job.kind, JobKind::Copy(_))
                && job.after.is_none_or(|before| !self.state.jobs.contains_key(&before));
            if cancelled && !travelling {
                self.changes.jobs.insert(job.number, None);
            }
        }
    }

    /// Whether this hash was seen.
    pub fn was_seen(&self, mark: &[u8; 16]) -> bool {
        self.state.seen.contains(mark) || self.seen.iter().any(|(seen, _)| seen == mark)
    }

    /// Remembers a hash until it expires.
    pub fn mark_seen(&mut self, mark: [u8; 16], expiry_ms: u64) {
        self.seen.push((mark, expiry_ms));
    }

    /// Keeps content for later versions.
    pub fn keep(&mut self, bytes: Vec<u8>) {
        let meta = self.meta();
        let number = meta.next_kept;
        meta.next_kept += 1;
        self.changes.kept.insert(number, bytes);
    }

    /// Writes this device's copy of a config.
    pub fn put_config(&mut self, namespace: i16, config: StoredConfig) {
        self.changes.configs.insert(namespace, config);
    }

    /// Conversations with new or changed messages.
    pub fn touched(&self) -> Set<ConversationId> {
        self.changes.messages.keys().map(|(conversation, _)| *conversation).collect()
    }

    /// The changes in the form in which they are stored.
    pub fn finish(mut self) -> Changes {
        self.renew_summaries();
        self.note_timers();
        self.forget_files();
        self.note_pictures();
        let mut added: Map<ConversationId, Vec<(u64, MessageId)>> = Map::new();
        for ((conversation, id), message) in &self.changes.messages {
            if let Some(message) = message {
                added.get_or_default(*conversation).push((message.sent_ms, *id));
            }
        }
        let concerned = Set::from_iter(added.keys().chain(self.removed.keys()).copied());
        let (empty, none) = (Timeline::default(), Set::new());
        for id in concerned {
            let stored = self.state.timelines.get(&id).filter(|_| !self.changes.cleared.contains(&id));
            let added = added.get(&id).map_or(&[][..], Vec::as_slice);
            let pieces = stored.unwrap_or(&empty).plan(added, self.removed.get(&id).unwrap_or(&none));
            if !pieces.is_empty() {
                self.changes.timelines.insert(id, pieces);
            }
        }
        // Expired marks are dropped along with other writes only: nothing is written just for that.
        if !self.seen.is_empty() {
            self.changes.seen = self.state.seen.plan(&self.seen, self.now_ms);
        }
        self.changes
    }
}

impl Edit<'_> {
    /// Conversations whose newest message was removed end with the one before it.
    fn renew_summaries(&mut self) {
        for (id, removed) in &self.removed {
            let Some(last) = self.changes.conversations.get(id).and_then(|known| known.last.as_ref()) else {
                continue;
            };
            if !removed.contains(&last.id) {
                continue;
            }
            let stored = self.state.timelines.get(id).filter(|_| !self.changes.cleared.contains(id));
            let stored = stored.and_then(|timeline| timeline.newest_without(removed));
            let stored = stored.and_then(|newest| self.message(*id, newest));
            let new = self.changes.messages.iter().filter(|((of, _), _)| of == id);
            let all = new.filter_map(|(_, message)| message.as_ref()).chain(stored);
            let newest = all.max_by_key(|message| (message.sent_ms, message.id)).map(Last::of);
            if let Some(conversation) = self.changes.conversations.get_mut(id) {
                conversation.last = newest;
            }
        }
    }

    /// Whatever becomes of a message, files that it does not hold any more go with it.
    fn forget_files(&mut self) {
        if self.changes.messages.is_empty() && self.changes.cleared.is_empty() {
            return;
        }
        let fresh = self.changes.files.values().flatten();
        let stored = self.state.files.heads.iter();
        let stored = stored.filter(|(id, _)| !self.changes.files.contains_key(*id)).map(|(_, head)| head);
        let is_gone = |head: &&FileHead| {
            let Some(owner) = head.owner.message() else { return false };
            match self.changes.messages.get(&owner) {
                Some(Some(message)) => message.files().iter().all(|file| file.id != head.id),
                Some(None) => true,
                None => self.changes.cleared.contains(&owner.0),
            }
        };
        let gone: Vec<FileId> = fresh.chain(stored).filter(is_gone).map(|head| head.id).collect();
        gone.into_iter().for_each(|id| self.remove_file(id));
    }

    /// Pictures of people who were let in are wanted; those that no profile names any more go.
    fn note_pictures(&mut self) {
        let ids: Vec<ConversationId> = self.changes.conversations.keys().copied().collect();
        for id in ids {
            let Some(of) = self.changes.conversations.get_mut(&id) else { continue };
            if of.named_picture.is_none() {
                of.picture = None;
            }
            let (shown, named, open) = (of.picture, of.named_picture, of.is_open());
            let heads = self.state.files.heads.values().filter(|head| head.owner == Owner::Contact(id));
            let unused = heads.filter(|head| Some(head.id) != shown && Some(head.id) != named);
            for head in unused {
                self.changes.files.insert(head.id, None);
            }
            if let Some(named) = named.filter(|named| open && Some(*named) != shown)
                && !self.state.files.heads.contains_key(&named)
            {
                self.put_file(FileHead { id: named, owner: Owner::Contact(id), size: 0, whole: false });
            }
        }
    }

    fn note_timers(&mut self) {
        for ((conversation, id), message) in &self.changes.messages {
            let due_ms = message.as_ref().and_then(Message::due_ms);
            let known_ms = self.state.timers.due_ms(*id).filter(|_| !self.changes.timers.contains_key(id));
            if due_ms != known_ms {
                self.changes.timers.insert(*id, due_ms.map(|due_ms| (*conversation, due_ms)));
            }
        }
    }
}

impl Changes {
    /// Whether there is nothing to store.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}
