//! What an opened message from the own swarm changes.

use sotto_protocol::{
    account::AccountId,
    content::{Content, DataMessage, Kind, RequestResponse},
    message::Opened,
};

use super::{
    Body, Conversation, Edit, Message, Outcome, PeerKey, ProfileUpdate, account_id_text, conversation_id,
    message_id, requests::note_acceptance,
};
use crate::vault::Keys;

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

/// Applies the rules for a message from the own swarm, `hash` being its hash there. The timeline of its
/// conversation must be in memory.
pub fn receive(edit: &mut Edit, keys: &Keys, opened: &Opened, hash: &str) -> Effect {
    let own = edit.state().own;
    let Some(peer) = conversation_peer(&own, opened) else { return Effect::Refused };
    let Some(kind) = opened.content.kind() else { return Effect::SetAside };
    let received = Received { keys, opened, hash, peer, own };
    if opened.sender.x25519() == &own {
        received.sent_by_us(edit, kind)
    } else {
        received.sent_by_them(edit, kind)
    }
}

struct Received<'a> {
    keys: &'a Keys,
    opened: &'a Opened,
    hash: &'a str,
    peer: PeerKey,
    own: PeerKey,
}

impl Received<'_> {
    fn sent_by_us(&self, edit: &mut Edit, kind: Kind) -> Effect {
        match kind {
            Kind::Data(data) if is_visible(&data) => self.copy(edit, &data),
            Kind::Data(data) if data.sync_target.is_some() => self.keep(edit),
            Kind::Unsend(_) => self.keep(edit),
            _ => Effect::Passed,
        }
    }

    fn sent_by_them(&self, edit: &mut Edit, kind: Kind) -> Effect {
        let blocked = edit.peek(conversation_id(self.keys, &self.peer)).is_some_and(|known| known.blocked);
        match kind {
            Kind::Data(data) if data.group_update_message.is_some() => self.keep(edit),
            _ if blocked => Effect::Refused,
            Kind::Data(data) if data.sync_target.is_some() => Effect::Refused,
            Kind::Data(data) if is_visible(&data) => self.message(edit, &data),
            Kind::Data(data) if is_empty(&data) => Effect::Passed,
            Kind::Data(_) | Kind::DataExtraction(_) => self.keep(edit),
            Kind::Unsend(unsend) if unsend.author.eq_ignore_ascii_case(&account_id_text(&self.peer)) => {
                self.keep(edit)
            }
            Kind::Unsend(_) => Effect::Refused,
            Kind::RequestResponse(response) => self.response(edit, &response),
            Kind::Receipt(_) | Kind::Typing(_) | Kind::Call(_) => Effect::Passed,
        }
    }

    /// A visible message of somebody else.
    fn message(&self, edit: &mut Edit, data: &DataMessage) -> Effect {
        let sent_ms = self.opened.timestamp;
        let mut message = self.new_message(data, self.peer, edit.now_ms);
        let id = message.conversation;
        if let Some(refused) = self.already_there(edit, &message) {
            return refused;
        }
        let conversation = edit.conversation_or_new(id, || Conversation::new(id, self.peer, false));
        conversation.profile.update(&ProfileUpdate::read(data.profile.as_ref(), data.profile_key.as_ref()));
        conversation.hidden = false;
        conversation.arrivals += 1;
        conversation.unread = conversation.unread.saturating_add(1);
        message.arrival = conversation.arrivals;
        let accepts = conversation.approved && !conversation.approved_me;
        conversation.approved_me = true;
        if accepts {
            note_acceptance(edit, self.keys, id, sent_ms.saturating_sub(1), false);
        }
        edit.put_message(message);
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
        message.own_hash = Some(self.hash.to_owned());
        edit.meta().sent_times.note(message.sent_ms);
        let with_self = self.peer == self.own;
        let conversation = edit.conversation_or_new(id, || Conversation::new(id, self.peer, with_self));
        conversation.approved = true;
        conversation.hidden = false;
        // Who wrote there has seen what came before.
        if conversation.last.as_ref().is_none_or(|last| last.sent_ms <= message.sent_ms) {
            conversation.mark_read();
        }
        edit.put_message(message);
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
        conversation.profile.update(&update);
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
            hash: self.hash.to_owned(),
            content: self.opened.content.to_bytes(),
        };
        // Serialising plain fields into memory can not fail.
        edit.keep(postcard::to_allocvec(&kept).unwrap_or_default());
        Effect::Kept
    }

    fn already_there(&self, edit: &Edit, message: &Message) -> Option<Effect> {
        let cleared = edit.peek(message.conversation).is_some_and(|known| known.was_cleared(message.sent_ms));
        if cleared {
            return Some(Effect::Refused);
        }
        edit.has_message(message.conversation, message.id).then_some(Effect::Duplicate)
    }

    fn new_message(&self, data: &DataMessage, author: PeerKey, now_ms: u64) -> Message {
        let conversation = conversation_id(self.keys, &self.peer);
        let sent_ms = self.opened.timestamp;
        Message {
            id: message_id(self.keys, conversation, &author, sent_ms),
            conversation,
            sent_ms,
            received_ms: now_ms,
            arrival: 0,
            body: body(data),
            outcome: None,
            own_hash: Some(self.hash.to_owned()),
            raw: raw(&self.opened.content, data),
        }
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

fn body(data: &DataMessage) -> Body {
    let text = text(data).to_owned();
    if has_parts(data) || text.is_empty() { Body::Unsupported { text } } else { Body::Text(text) }
}

/// The whole content, where it holds more than text.
fn raw(content: &Content, data: &DataMessage) -> Vec<u8> {
    let timed = content.expiration_timer.is_some_and(|seconds| seconds > 0);
    let more = has_parts(data) || data.quote.is_some() || !data.preview.is_empty() || timed;
    if more { content.to_bytes() } else { Vec::new() }
}
