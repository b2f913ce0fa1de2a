//! Everything known about the open account: the stored records in memory, apart from the messages.

use sotto_api::{ConversationId, ConversationView, MessageId};

use super::{
    AccountRecord, Changes, Conversation, Cursors, Files, Job, JobKind, Meta, PeerKey, Seen, Timeline, Timers,
};

use crate::ordered::{Map, Set};

/// The state of an open account. It changes only by [`State::apply`], after the changes were stored.
pub struct State {
    /// X25519 key of the own account.
    pub own: PeerKey,
    /// The account.
    pub account: AccountRecord,
    /// Counters.
    pub meta: Meta,
    /// Every stored conversation.
    pub conversations: Map<ConversationId, Conversation>,
    /// Conversations that were opened and hold nothing yet; not stored.
    pub provisional: Map<ConversationId, Conversation>,
    /// The order of messages, for the conversations that were needed so far.
    pub timelines: Map<ConversationId, Timeline>,
    /// Jobs by number.
    pub jobs: Map<u64, Job>,
    /// Messages seen in the own swarm.
    pub seen: Seen,
    /// How far each node was read.
    pub cursors: Cursors,
    /// Messages that are on their way right now.
    pub in_flight: Set<MessageId>,
    /// Messages that disappear, by when.
    pub timers: Timers,
    /// Files kept here, or to be.
    pub files: Files,
    /// Until when the other side counts as typing, Unix ms; never stored.
    pub typing: Map<ConversationId, u64>,
}

impl State {
    /// An account that holds nothing yet.
    pub fn new(own: PeerKey, account: AccountRecord) -> Self {
        Self {
            own,
            account,
            meta: Meta::default(),
            conversations: Map::new(),
            provisional: Map::new(),
            timelines: Map::new(),
            jobs: Map::new(),
            seen: Seen::default(),
            cursors: Cursors::default(),
            in_flight: Set::new(),
            timers: Timers::default(),
            files: Files::default(),
            typing: Map::new(),
        }
    }

    /// A conversation, stored or just opened.
    pub fn conversation(&self, id: ConversationId) -> Option<&Conversation> {
        self.conversations.get(&id).or_else(|| self.provisional.get(&id))
    }

    /// What the page shows of a conversation.
    pub fn conversation_view(&self, conversation: &Conversation) -> ConversationView {
        let mut view = conversation.view(|id| self.in_flight.contains(&id), &self.files);
        view.typing = self.typing.contains_key(&conversation.id);
        if conversation.with_self {
            view.display_name.clone_from(&self.account.display_name);
            view.picture = self.account.picture.as_ref().map(|picture| picture.file);
        }
        view
    }

    /// Messages and answers waiting for a recipient's swarm.
    pub fn queued(&self) -> u32 {
        let counts = |kind| matches!(kind, JobKind::Message(_) | JobKind::Response | JobKind::Upload(_));
        let waiting = self.jobs.values().filter(|job| counts(job.kind));
        u32::try_from(waiting.count()).unwrap_or(u32::MAX)
    }

    /// The first job that may be done now, for each recipient and whether it goes beside the messages.
    pub fn due_jobs(&self) -> Map<(PeerKey, bool), &Job> {
        let mut due = Map::new();
        for job in self.jobs.values() {
            let blocked = job.after.is_some_and(|before| self.jobs.contains_key(&before));
            if !blocked {
                due.get_or_insert_with((job.recipient, job.is_aside()), || job);
            }
        }
        due
    }

    /// Takes over changes that were stored.
    pub fn apply(&mut self, changes: &Changes) {
        if let Some(account) = &changes.account {
            self.account = account.clone();
        }
        if let Some(meta) = &changes.meta {
            self.meta = meta.clone();
        }
        if let Some(cursors) = &changes.cursors {
            self.cursors = cursors.clone();
        }
        for id in &changes.cleared {
            self.timelines.insert(*id, Timeline::default());
        }
        for (id, conversation) in &changes.conversations {
            self.provisional.remove(id);
            self.conversations.insert(*id, conversation.clone());
        }
        for (id, pieces) in &changes.timelines {
            self.timelines.get_or_default(*id).apply(pieces.clone());
        }
        for (number, job) in &changes.jobs {
            match job {
                Some(job) => drop(self.jobs.insert(*number, job.clone())),
                None => drop(self.jobs.remove(number)),
            }
        }
        for (id, head) in &changes.files {
            match head {
                Some(head) => drop(self.files.heads.insert(*id, *head)),
                None => drop(self.files.heads.remove(id)),
            }
        }
        self.timers.apply(&changes.timers);
        self.seen.apply(changes.seen.clone());
    }
}
