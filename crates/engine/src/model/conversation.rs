//! One conversation: who it is with, how far both sides let each other in, and what the list shows of it.

use serde::{Deserialize, Serialize};
use sotto_api::{
    Acceptance, ConversationId, ConversationView, Delivery, FileId, Kind, LastMessage, MessageId, Timer,
};

use super::{Body, Files, Message, PeerKey, Profile, ProfileUpdate, Reaction, account_id_text};
use crate::vault::Keys;

/// A conversation as it is stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conversation {
    /// Its identifier.
    pub id: ConversationId,
    /// X25519 key of the other side; the own one for Note to Self.
    pub peer: PeerKey,
    /// Whether this is Note to Self.
    pub with_self: bool,
    /// What the other side says about itself.
    pub profile: Profile,
    /// The name given to it here.
    pub nickname: String,
    /// We accepted them, or wrote to them.
    pub approved: bool,
    /// They accepted us, or wrote to us.
    pub approved_me: bool,
    /// Whether we drop what they write.
    pub blocked: bool,
    /// Removed from the list; a newer visible message brings it back.
    pub hidden: bool,
    /// Messages sent up to this time were removed and stay away, Unix ms.
    pub cleared_ms: u64,
    /// Messages received so far.
    pub arrivals: u64,
    /// Value of `arrivals` when it was last marked read.
    pub read_arrivals: u64,
    /// Received messages not read yet.
    pub unread: u32,
    /// The newest message.
    pub last: Option<Last>,
    /// What was typed and not sent.
    pub draft: String,
    /// Sorts the list, Unix ms.
    pub active_ms: u64,
    /// At the top of the list. From here on: since version 2 of the record.
    pub pinned: bool,
    /// No notifications until then, Unix ms.
    pub muted_until_ms: u64,
    /// Off the main list.
    pub archived: bool,
    /// Marked as unread by the person.
    pub marked_unread: bool,
    /// Listed although it holds nothing: it was emptied, not removed.
    pub emptied: bool,
    /// When own messages disappear, and when that was set, Unix ms.
    pub timer: Timer,
    /// When `timer` was set, Unix ms.
    pub timer_set_ms: u64,
    /// When the other side's messages disappear, as it last said.
    pub their_timer: Timer,
    /// When it said so, Unix ms.
    pub their_timer_set_ms: u64,
    /// The line that tells of our newest setting of the timer.
    pub our_notice: Option<MessageId>,
    /// The line that tells of theirs.
    pub their_notice: Option<MessageId>,
    /// What arrived before the message that it is about, oldest first.
    pub early: Vec<Early>,
    /// Files that come in are loaded when somebody asks, not before. Since version 3 of the record.
    pub load_on_press: bool,
    /// Their picture, when it is here. From here on: since version 4 of the record.
    pub picture: Option<FileId>,
    /// The picture that their profile names: another one is still to be loaded.
    pub named_picture: Option<FileId>,
}

/// Something about a message that is not here yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Early {
    /// Which message.
    pub target: MessageId,
    /// When it was noted, Unix ms.
    pub noted_ms: u64,
    /// The reaction to it; `None`: its author deleted it.
    pub reaction: Option<Reaction>,
}

/// What is noted for messages that are not here yet, at most.
const MAX_EARLY: usize = 32;
/// Such a note is of no use when the swarm has dropped the message, ms: 14 days.
const EARLY_MS: u64 = 14 * 24 * 60 * 60 * 1_000;

/// The newest message of a conversation, for the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Last {
    /// Its identifier.
    pub id: MessageId,
    /// Its content.
    pub body: Body,
    /// Its sent time, Unix ms.
    pub sent_ms: u64,
    /// Its state when it is ours.
    pub delivery: Option<super::Outcome>,
}

impl Conversation {
    /// A conversation in which nobody has written.
    pub fn new(id: ConversationId, peer: PeerKey, with_self: bool) -> Self {
        Self {
            id,
            peer,
            with_self,
            profile: Profile::default(),
            nickname: String::new(),
            approved: with_self,
            approved_me: with_self,
            blocked: false,
            hidden: false,
            cleared_ms: 0,
            arrivals: 0,
            read_arrivals: 0,
            unread: 0,
            last: None,
            draft: String::new(),
            active_ms: 0,
            pinned: false,
            muted_until_ms: 0,
            archived: false,
            marked_unread: false,
            emptied: false,
            timer: Timer::Off,
            timer_set_ms: 0,
            their_timer: Timer::Off,
            their_timer_set_ms: 0,
            our_notice: None,
            their_notice: None,
            early: Vec::new(),
            load_on_press: false,
            picture: None,
            named_picture: None,
        }
    }

    /// How far both sides let each other in.
    pub fn acceptance(&self) -> Acceptance {
        match (self.approved, self.approved_me) {
            (false, false) => Acceptance::New,
            (true, false) => Acceptance::OutgoingRequest,
            (false, true) => Acceptance::IncomingRequest,
            (true, true) => Acceptance::Accepted,
        }
    }

    /// Whether the list shows it: it holds a message or a draft, or was emptied, or is blocked (so that the
    /// block can be taken back).
    pub fn is_listed(&self) -> bool {
        let held = self.last.is_some() || !self.draft.is_empty() || self.emptied;
        self.blocked || !self.hidden && held
    }

    /// Takes a new or changed message into the summary.
    pub fn note(&mut self, message: &Message, now_ms: u64) {
        let newest = self.last.as_ref().is_none_or(|last| last.sent_ms <= message.sent_ms);
        if newest || self.last.as_ref().is_some_and(|last| last.id == message.id) {
            self.last = Some(Last::of(message));
        }
        // A sender's clock in the future must not pin a conversation to the top.
        self.active_ms = self.active_ms.max(message.sent_ms.min(now_ms));
    }

    /// Everything received so far has been seen.
    pub fn mark_read(&mut self) {
        self.read_arrivals = self.arrivals;
        self.unread = 0;
        self.marked_unread = false;
    }

    /// Takes it off the list with all its messages. What was sent up to the newest of them stays away; the
    /// moment of removal itself is no good bound, because the other side's clock may be a little behind.
    pub fn remove(&mut self, now_ms: u64) {
        self.mark_read();
        self.hidden = true;
        let newest = self.last.as_ref().map_or(0, |last| last.sent_ms.min(now_ms));
        self.cleared_ms = self.cleared_ms.max(newest);
        self.empty();
        self.emptied = false;
        (self.pinned, self.archived) = (false, false);
        self.draft.clear();
        self.active_ms = 0;
    }

    /// All its messages go; it stays on the list.
    pub fn empty(&mut self) {
        self.mark_read();
        self.emptied = true;
        self.last = None;
        (self.our_notice, self.their_notice) = (None, None);
        self.early.clear();
    }

    /// Whether messages, receipts and the like may go both ways: both sides agreed.
    pub fn is_open(&self) -> bool {
        self.acceptance() == Acceptance::Accepted && !self.blocked
    }

    /// Takes over what they say about themselves.
    pub fn update_profile(&mut self, keys: &Keys, update: &ProfileUpdate) {
        let before = (self.profile.picture_url.clone(), self.profile.picture_key.clone());
        self.profile.update(update);
        let Profile { picture_url: url, picture_key: key, .. } = &self.profile;
        if (url, key) != (&before.0, &before.1) {
            let id = || FileId(keys.id(b'p', &[&self.id.0, &[key.len() as u8], key, url.as_bytes()]));
            self.named_picture = (!url.is_empty()).then(id);
        }
    }

    /// Whether files that come in are loaded without anybody asking.
    pub fn loads_by_itself(&self) -> bool {
        !self.load_on_press && self.is_open()
    }

    /// Notes something about a message that is not here yet.
    pub fn note_early(&mut self, early: Early) {
        let oldest_ms = early.noted_ms.saturating_sub(EARLY_MS);
        self.early.retain(|noted| noted.noted_ms >= oldest_ms);
        if self.early.len() >= MAX_EARLY {
            self.early.remove(0);
        }
        if !self.early.contains(&early) {
            self.early.push(early);
        }
    }

    /// Takes out what was noted for a message that is here now.
    pub fn take_early(&mut self, target: MessageId) -> Vec<Early> {
        self.early.extract_if(.., |early| early.target == target).collect()
    }

    fn may_follow_timer(&self) -> bool {
        let newer = self.their_timer_set_ms > self.timer_set_ms;
        newer && self.their_timer != self.timer && self.is_open() && !self.with_self
    }

    /// Whether a message sent then belongs to what was removed.
    pub fn was_cleared(&self, sent_ms: u64) -> bool {
        self.hidden && sent_ms <= self.cleared_ms
    }

    /// What the page shows. `in_flight` tells whether a message is on its way right now.
    pub fn view(&self, in_flight: impl Fn(MessageId) -> bool, files: &Files) -> ConversationView {
        let last = self.last.as_ref().map(|last| LastMessage {
            body: last.body.view(files),
            sent_ms: last.sent_ms,
            delivery: last.delivery.map(|outcome| outcome.view(in_flight(last.id))),
        });
        let name = if self.nickname.is_empty() { &self.profile.name } else { &self.nickname };
        ConversationView {
            id: self.id,
            kind: if self.with_self { Kind::NoteToSelf } else { Kind::Contact },
            account_id: account_id_text(&self.peer),
            name: name.clone(),
            display_name: self.profile.name.clone(),
            nickname: self.nickname.clone(),
            acceptance: self.acceptance(),
            blocked: self.blocked,
            unread: self.unread,
            last,
            draft: self.draft.clone(),
            active_ms: self.active_ms,
            pinned: self.pinned,
            muted_until_ms: self.muted_until_ms,
            archived: self.archived,
            marked_unread: self.marked_unread,
            timer: self.timer,
            their_timer: self.their_timer,
            may_follow_timer: self.may_follow_timer(),
            typing: false,
            picture: self.picture,
            auto_load: !self.load_on_press,
            may_send_files: self.is_open(),
        }
    }
}

impl Last {
    /// The summary of a message.
    pub fn of(message: &Message) -> Self {
        Self {
            id: message.id,
            body: message.body.summary(),
            sent_ms: message.sent_ms,
            delivery: message.outcome,
        }
    }
}

impl super::Outcome {
    /// What the page shows.
    pub fn view(self, in_flight: bool) -> Delivery {
        match self {
            Self::Waiting if in_flight => Delivery::Sending,
            Self::Waiting => Delivery::Saved,
            Self::Sent => Delivery::Sent,
            Self::Failed => Delivery::Failed,
            Self::Read => Delivery::Read,
        }
    }
}
