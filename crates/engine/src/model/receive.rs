//! What an opened message from the own swarm changes.

mod about;

use sotto_api::{ConversationId, MessageId, Timer};
use sotto_protocol::{
    account::AccountId,
    content::{self, Content, DataMessage, Kind, RequestResponse, Unsend},
    message::Opened,
};

use super::{
    Body, Conversation, Edit, Expiring, Message, Outcome, PeerKey, ProfileUpdate, Quote, Signal, State,
    account_id_text, conversation_id, file::read_files, mark_read, message_id, notice::without_reading,
    requests::note_acceptance,
};
use crate::{
    ordered::{Map, Set},
    vault::Keys,
};

/// A swarm's word on when a message was stored counts if it is not earlier than the sent time by more than
/// this, ms: nodes do not take messages whose time is further off.
const EARLIEST_START_MS: u64 = 5 * 60 * 1_000;

/// What became of an opened message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// It is a message of a conversation, or changed one.
    Taken,
    /// It is already there.
    Duplicate,
    /// A rule says that it does not count.
    Refused,
    /// A kind that leaves nothing behind in this version.
    Passed,
    /// A kind that this version can not use; its content was kept for a later one.
    Kept,
    /// It has no content that this version can read.
    SetAside,
}

/// Where an opened message lies in the own swarm.
#[derive(Clone, Copy, Debug)]
pub struct Origin<'a> {
    /// Its hash there.
    pub hash: &'a str,
    /// When the swarm forgets it, Unix ms, as a member says.
    pub expiry_ms: u64,
}

/// What has to be in memory before opened messages can be taken in.
#[derive(Debug, Default)]
pub struct Wanted {
    /// Conversations whose timelines are needed.
    pub timelines: Set<ConversationId>,
    /// Messages that may change, by conversation.
    pub messages: Map<ConversationId, Set<MessageId>>,
    /// Conversations whose unread messages are needed.
    pub unread: Set<ConversationId>,
}

/// The other side of the conversation that an opened message belongs to. `None` for one that names an
/// unusable conversation.
pub fn conversation_peer(own: &PeerKey, opened: &Opened) -> Option<PeerKey> {
    if opened.sender.x25519() != own {
        return Some(*opened.sender.x25519());
    }
    match opened.content.data_message.as_ref().and_then(|data| data.sync_target.as_deref()) {
        None | Some("") => Some(*own),
        Some(target) => target.parse().ok().map(|id: AccountId| *id.x25519()),
    }
}

/// Adds what an opened message needs.
pub fn wanted(state: &State, keys: &Keys, opened: &Opened, wanted: &mut Wanted) {
    let Some(peer) = conversation_peer(&state.own, opened) else { return };
    let Some(kind) = opened.content.kind() else { return };
    let origin = Origin { hash: "", expiry_ms: 0 };
    Received { keys, opened, origin, peer, own: state.own }.wanted(state, &kind, wanted);
}

/// Applies the rules for a message from the own swarm. What [`wanted`] says must be in memory.
pub fn receive(edit: &mut Edit, keys: &Keys, opened: &Opened, origin: Origin) -> Effect {
    let own = edit.state().own;
    let Some(peer) = conversation_peer(&own, opened) else { return Effect::Refused };
    let Some(kind) = opened.content.kind() else { return Effect::SetAside };
    let received = Received { keys, opened, origin, peer, own };
    if opened.sender.x25519() == &own {
        received.sent_by_us(edit, kind)
    } else {
        received.sent_by_them(edit, kind)
    }
}

struct Received<'a> {
    keys: &'a Keys,
    opened: &'a Opened,
    origin: Origin<'a>,
    peer: PeerKey,
    own: PeerKey,
}

impl Received<'_> {
    fn sent_by_us(&self, edit: &mut Edit, kind: Kind) -> Effect {
        match kind {
            Kind::Data(data) if data.reacted().is_some() => self.reaction(edit, &data, self.own),
            Kind::Data(data) if data.is_timer_update() => self.timer(edit, self.own),
            Kind::Data(data) if is_visible(&data) => self.copy(edit, &data),
            Kind::Data(data) if data.sync_target.is_some() => self.keep(edit),
            Kind::Unsend(unsend) if self.is_by(&unsend, &self.own) => {
                self.unsent_by_us(edit, unsend.timestamp)
            }
            Kind::Unsend(_) => Effect::Refused,
            _ => Effect::Passed,
        }
    }

    fn sent_by_them(&self, edit: &mut Edit, kind: Kind) -> Effect {
        let blocked = edit.peek(conversation_id(self.keys, &self.peer)).is_some_and(|known| known.blocked);
        match kind {
            Kind::Data(data) if data.group_update_message.is_some() => self.keep(edit),
            _ if blocked => Effect::Refused,
            Kind::Data(data) if data.sync_target.is_some() => Effect::Refused,
            Kind::Data(data) if data.reacted().is_some() => self.reaction(edit, &data, self.peer),
            Kind::Data(data) if data.is_timer_update() => self.timer(edit, self.peer),
            Kind::Data(data) if is_visible(&data) => self.message(edit, &data),
            Kind::Data(data) if is_empty(&data) => Effect::Passed,
            Kind::Data(_) | Kind::DataExtraction(_) => self.keep(edit),
            Kind::Unsend(unsend) if self.is_by(&unsend, &self.peer) => self.unsent(edit, unsend.timestamp),
            Kind::Unsend(_) => Effect::Refused,
            Kind::RequestResponse(response) => self.response(edit, &response),
            Kind::Receipt(receipt) => self.receipt(edit, &receipt),
            Kind::Typing(typing) => self.typing(edit, typing),
            Kind::Call(_) => Effect::Passed,
        }
    }

    fn is_by(&self, unsend: &Unsend, author: &PeerKey) -> bool {
        unsend.author.eq_ignore_ascii_case(&account_id_text(author))
    }

    /// A visible message of somebody else.
    fn message(&self, edit: &mut Edit, data: &DataMessage) -> Effect {
        let sent_ms = self.opened.timestamp;
        let mut message = self.new_message(data, self.peer, edit.now_ms);
        let id = message.conversation;
        if let Some(refused) = self.already_there(edit, &message) {
            return refused;
        }
        let now_ms = edit.now_ms;
        let conversation = edit.conversation_or_new(id, || Conversation::new(id, self.peer, false));
        let update = ProfileUpdate::read(data.profile.as_ref(), data.profile_key.as_ref());
        conversation.update_profile(self.keys, &update);
        conversation.hidden = false;
        conversation.archived &= conversation.muted_until_ms > now_ms;
        conversation.arrivals += 1;
        conversation.unread = conversation.unread.saturating_add(1);
        message.arrival = conversation.arrivals;
        let accepts = conversation.approved && !conversation.approved_me;
        conversation.approved_me = true;
        if accepts {
            note_acceptance(edit, self.keys, id, sent_ms.saturating_sub(1), false);
        }
        edit.signals.push(Signal::Typing(id, None));
        self.put_new(edit, message);
        Effect::Taken
    }

    /// A message that another device of ours has sent.
    fn copy(&self, edit: &mut Edit, data: &DataMessage) -> Effect {
        let mut message = self.new_message(data, self.own, edit.now_ms);
        let id = message.conversation;
        if let Some(refused) = self.already_there(edit, &message) {
            return refused;
        }
        message.outcome = Some(Outcome::Sent);
        edit.meta().sent_times.note(message.sent_ms);
        let with_self = self.peer == self.own;
        let conversation = edit.conversation_or_new(id, || Conversation::new(id, self.peer, with_self));
        conversation.approved = true;
        conversation.hidden = false;
        // Who wrote there has seen what came before.
        if conversation.last.as_ref().is_none_or(|last| last.sent_ms <= message.sent_ms) {
            mark_read(edit, id);
        }
        self.put_new(edit, message);
        Effect::Taken
    }

    /// The other side accepted our request.
    fn response(&self, edit: &mut Edit, response: &RequestResponse) -> Effect {
        if !response.approved {
            return Effect::Refused;
        }
        let sent_ms = self.opened.timestamp;
        let id = conversation_id(self.keys, &self.peer);
        let conversation = edit.conversation_or_new(id, || Conversation::new(id, self.peer, false));
        if conversation.was_cleared(sent_ms) {
            return Effect::Refused;
        }
        let update = ProfileUpdate::read(response.profile.as_ref(), response.profile_key.as_ref());
        conversation.update_profile(self.keys, &update);
        let first = conversation.approved && !conversation.approved_me;
        conversation.approved_me = true;
        conversation.hidden = false;
        if first {
            note_acceptance(edit, self.keys, id, sent_ms, false);
        }
        Effect::Taken
    }

    fn keep(&self, edit: &mut Edit) -> Effect {
        let kept = Kept {
            sender: *self.opened.sender.x25519(),
            sent_ms: self.opened.timestamp,
            hash: self.origin.hash.to_owned(),
            content: self.opened.content.to_bytes(),
        };
        // Serialising plain fields into memory can not fail.
        edit.keep(postcard::to_allocvec(&kept).unwrap_or_default());
        Effect::Kept
    }

    fn already_there(&self, edit: &Edit, message: &Message) -> Option<Effect> {
        let cleared = edit.peek(message.conversation).is_some_and(|known| known.was_cleared(message.sent_ms));
        if cleared || message.due_ms().is_some_and(|due_ms| due_ms <= edit.now_ms) {
            return Some(Effect::Refused);
        }
        edit.has_message(message.conversation, message.id).then_some(Effect::Duplicate)
    }

    fn new_message(&self, data: &DataMessage, author: PeerKey, now_ms: u64) -> Message {
        let conversation = conversation_id(self.keys, &self.peer);
        let sent_ms = self.opened.timestamp;
        let id = message_id(self.keys, conversation, &author, sent_ms);
        Message {
            id,
            conversation,
            sent_ms,
            received_ms: now_ms,
            arrival: 0,
            body: self.body(data, id),
            outcome: None,
            own_hash: Some(self.origin.hash.to_owned()),
            raw: raw(&self.opened.content, data),
            quote: data.quoted().map(|quoted| self.quote(conversation, &quoted)),
            reactions: Vec::new(),
            expiry: self.expiry(author == self.own, now_ms),
        }
    }

    fn body(&self, data: &DataMessage, id: MessageId) -> Body {
        let text = text(data).to_owned();
        if data.open_group_invitation.is_some() {
            return Body::Unsupported { text };
        }
        match (data.attachments.is_empty(), text.is_empty()) {
            (false, _) => Body::Files { text, files: read_files(self.keys, id, &data.attachments) },
            (true, false) => Body::Text(text),
            (true, true) => Body::Unsupported { text },
        }
    }

    fn quote(&self, conversation: ConversationId, quoted: &content::QuoteRef) -> Quote {
        let author = quoted.author.parse().ok().map(|id: AccountId| *id.x25519());
        let author = author.filter(|author| *author == self.own || *author == self.peer);
        let id = message_id(self.keys, conversation, &author.unwrap_or_default(), quoted.timestamp);
        Quote { by_us: author.map(|author| author == self.own), sent_ms: quoted.timestamp, id }
    }

    /// The timer that came along. What disappears after sending has been counting since the swarm took it, if
    /// it can be believed, or since it was sent; what disappears after reading waits for that, unless it is
    /// our own.
    fn expiry(&self, by_us: bool, now_ms: u64) -> Option<Expiring> {
        let timer = timer(self.opened.content.timer());
        let timer = if self.peer == self.own { without_reading(timer) } else { timer };
        let mut expiry = Expiring::new(timer)?;
        if by_us || matches!(timer, Timer::AfterSend(_)) {
            let sent_ms = self.opened.timestamp;
            let stored_ms = self.origin.expiry_ms.saturating_sub(expiry.length_ms());
            let believable = stored_ms.saturating_add(EARLIEST_START_MS) >= sent_ms;
            let start_ms = if believable { stored_ms.min(sent_ms) } else { sent_ms };
            expiry.start_ms = Some(start_ms.min(now_ms));
        }
        Some(expiry)
    }
}

/// Content kept for a later version, as it is stored.
#[derive(serde::Serialize, serde::Deserialize)]
struct Kept {
    sender: PeerKey,
    sent_ms: u64,
    hash: String,
    content: Vec<u8>,
}

fn timer(timer: content::Timer) -> Timer {
    match timer {
        content::Timer::Off => Timer::Off,
        content::Timer::AfterRead(seconds) => Timer::AfterRead(seconds),
        content::Timer::AfterSend(seconds) => Timer::AfterSend(seconds),
    }
}

fn text(data: &DataMessage) -> &str {
    data.body.as_deref().unwrap_or_default()
}

fn has_parts(data: &DataMessage) -> bool {
    !data.attachments.is_empty() || data.open_group_invitation.is_some()
}

fn is_visible(data: &DataMessage) -> bool {
    let special = data.reaction.is_some() || data.is_timer_update() || data.group_update_message.is_some();
    !special
        && (!text(data).is_empty() || has_parts(data) || data.quote.is_some() || !data.preview.is_empty())
}

fn is_empty(data: &DataMessage) -> bool {
    !is_visible(data) && data.reaction.is_none() && !data.is_timer_update()
}

/// The whole content, where it holds more than the message's fields can tell.
fn raw(content: &Content, data: &DataMessage) -> Vec<u8> {
    let more = data.open_group_invitation.is_some() || !data.preview.is_empty();
    if more { content.to_bytes() } else { Vec::new() }
}
