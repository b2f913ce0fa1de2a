//! What comes in about other messages: reactions, deletions, receipts, timers, typing.

use sotto_api::{ConversationId, MessageId};
use sotto_protocol::{
    account::AccountId,
    content::{DataMessage, Kind, React, ReactionAction, ReadReceipt, Typing, TypingAction},
};

use super::{Effect, Received, Wanted, is_visible, text, timer};
use crate::model::{
    Body, Conversation, Early, Edit, FileHead, Message, Outcome, Owner, PeerKey, Reaction, Signal, State,
    apply_reaction, conversation_id, delete_from_swarm, erase, message_id, note_timer,
};

/// Sent times of one receipt that are looked at.
const MAX_RECEIPT_TIMES: usize = 1_000;
/// How long the other side counts as typing after it last said so, ms.
const TYPING_MS: u64 = 15_000;
/// An older word about typing does not count, ms.
const TYPING_AGE_MS: u64 = 20_000;

impl Received<'_> {
    /// Adds what must be in memory to take this in.
    pub(super) fn wanted(&self, state: &State, kind: &Kind, wanted: &mut Wanted) {
        let id = conversation_id(self.keys, &self.peer);
        let sent_by_us = self.opened.sender.x25519() == &self.own;
        let mut messages: Vec<(ConversationId, MessageId)> = Vec::new();
        wanted.timelines.insert(id);
        match kind {
            Kind::Data(data) => {
                let target = data.reacted().and_then(|react| self.target(&react));
                messages.extend(target.map(|target| (id, target)));
                let known = state.conversation(id);
                if data.is_timer_update()
                    && let Some(known) = known
                {
                    let notices = known.our_notice.into_iter().chain(known.their_notice);
                    messages.extend(notices.map(|notice| (id, notice)));
                }
                if sent_by_us && is_visible(data) && known.is_some_and(|known| known.unread > 0) {
                    wanted.unread.insert(id);
                }
            }
            Kind::Unsend(unsend) if sent_by_us => {
                for id in state.conversations.keys() {
                    wanted.timelines.insert(*id);
                    messages.push((*id, message_id(self.keys, *id, &self.own, unsend.timestamp)));
                }
            }
            Kind::Unsend(unsend) => {
                messages.push((id, message_id(self.keys, id, &self.peer, unsend.timestamp)));
            }
            Kind::Receipt(receipt) if state.account.read_receipts => {
                let times = receipt.timestamps.iter().take(MAX_RECEIPT_TIMES);
                messages.extend(times.map(|time| (id, message_id(self.keys, id, &self.own, *time))));
            }
            _ => {}
        }
        for (conversation, message) in messages {
            wanted.messages.get_or_default(conversation).insert(message);
        }
    }

    /// A reaction of `author` to a message of this conversation.
    pub(super) fn reaction(&self, edit: &mut Edit, data: &DataMessage, author: PeerKey) -> Effect {
        let id = conversation_id(self.keys, &self.peer);
        let Some(react) = data.reacted() else { return Effect::Refused };
        let Some(target) = self.target(&react) else { return Effect::Refused };
        let sent_ms = self.opened.timestamp;
        if author == self.own {
            edit.meta().sent_times.note(sent_ms);
        }
        let removed = react.action == ReactionAction::Remove;
        let reaction = Reaction { sent_ms, removed, author, emoji: react.emoji };
        if let Some(message) = edit.message(id, target).cloned() {
            return add_reaction(edit, message, reaction);
        }
        if edit.has_message(id, target) {
            return Effect::Refused;
        }
        note_early(edit, id, target, Some(reaction))
    }

    /// The message that a reaction is about; `None` if its author is nobody of this conversation.
    fn target(&self, react: &React) -> Option<MessageId> {
        let author = react.author.parse().ok().map(|id: AccountId| *id.x25519())?;
        let conversation = conversation_id(self.keys, &self.peer);
        let ours = author == self.own || author == self.peer;
        ours.then(|| message_id(self.keys, conversation, &author, react.timestamp))
    }

    /// The other side deletes a message of its own.
    pub(super) fn unsent(&self, edit: &mut Edit, sent_ms: u64) -> Effect {
        let id = conversation_id(self.keys, &self.peer);
        let target = message_id(self.keys, id, &self.peer, sent_ms);
        match edit.message(id, target).cloned() {
            Some(message) => take_back(edit, message, false),
            None if edit.has_message(id, target) => Effect::Refused,
            None => note_early(edit, id, target, None),
        }
    }

    /// Another device of ours deletes a message of ours.
    pub(super) fn unsent_by_us(&self, edit: &mut Edit, sent_ms: u64) -> Effect {
        edit.meta().sent_times.note(self.opened.timestamp);
        let conversations: Vec<(ConversationId, bool)> =
            edit.state().conversations.values().map(|known| (known.id, known.with_self)).collect();
        for (id, with_self) in conversations {
            let target = message_id(self.keys, id, &self.own, sent_ms);
            if let Some(message) = edit.message(id, target).cloned() {
                return take_back(edit, message, with_self);
            }
            if edit.has_message(id, target) {
                return Effect::Refused;
            }
        }
        edit.meta().note_unsent(sent_ms);
        Effect::Passed
    }

    /// The other side has read messages of ours.
    pub(super) fn receipt(&self, edit: &mut Edit, receipt: &ReadReceipt) -> Effect {
        let id = conversation_id(self.keys, &self.peer);
        let open = edit.peek(id).is_some_and(Conversation::is_open);
        if !edit.state().account.read_receipts || !open {
            return Effect::Passed;
        }
        let mut effect = Effect::Passed;
        for time in receipt.timestamps.iter().take(MAX_RECEIPT_TIMES) {
            let target = message_id(self.keys, id, &self.own, *time);
            let Some(mut message) = edit.message(id, target).cloned() else { continue };
            if matches!(message.outcome, Some(Outcome::Waiting | Outcome::Sent)) {
                message.outcome = Some(Outcome::Read);
                edit.put_message(message);
                effect = Effect::Taken;
            }
        }
        effect
    }

    /// The other side types, or stopped.
    pub(super) fn typing(&self, edit: &mut Edit, typing: Typing) -> Effect {
        let id = conversation_id(self.keys, &self.peer);
        let open = edit.peek(id).is_some_and(Conversation::is_open);
        let sent_ms = self.opened.timestamp;
        let fresh = sent_ms.saturating_add(TYPING_AGE_MS) > edit.now_ms && typing.timestamp == sent_ms;
        if edit.state().account.typing && open && fresh {
            let until_ms = edit.now_ms.saturating_add(TYPING_MS);
            let until_ms = (typing.action == TypingAction::Started).then_some(until_ms);
            edit.signals.push(Signal::Typing(id, until_ms));
        }
        Effect::Passed
    }

    /// Somebody set when their messages disappear.
    pub(super) fn timer(&self, edit: &mut Edit, author: PeerKey) -> Effect {
        let Some(data) = self.opened.content.data_message.as_deref() else { return Effect::Refused };
        let by_us = author == self.own;
        let mut message = self.new_message(data, author, edit.now_ms);
        let id = message.conversation;
        if let Some(refused) = self.already_there(edit, &message) {
            return refused;
        }
        if !text(data).is_empty() || edit.peek(id).is_none() && !by_us {
            return Effect::Refused;
        }
        message.body = Body::Timer { by_us, timer: timer(self.opened.content.timer()) };
        message.outcome = by_us.then_some(Outcome::Sent);
        if by_us {
            edit.meta().sent_times.note(message.sent_ms);
        }
        let with_self = self.peer == self.own;
        edit.conversation_or_new(id, || Conversation::new(id, self.peer, with_self));
        if note_timer(edit, message) { Effect::Taken } else { Effect::Refused }
    }

    /// Stores a new message together with what arrived about it before.
    pub(super) fn put_new(&self, edit: &mut Edit, mut message: Message) {
        let (conversation, id) = (message.conversation, message.id);
        let early = edit.conversation(conversation).map(|known| known.take_early(id)).unwrap_or_default();
        let by_us = message.outcome.is_some();
        let gone = early.iter().any(|early| early.reaction.is_none())
            || by_us && edit.state().meta.unsent.contains(&message.sent_ms);
        for reaction in early.into_iter().filter_map(|early| early.reaction) {
            apply_reaction(&mut message.reactions, reaction);
        }
        want_files(edit, &message);
        edit.put_message(message.clone());
        if gone {
            take_back(edit, message, self.peer == self.own);
        }
    }
}

/// Files of a message from somebody who was let in are loaded, unless the person wants to be asked.
fn want_files(edit: &mut Edit, message: &Message) {
    if !edit.peek(message.conversation).is_some_and(Conversation::loads_by_itself) {
        return;
    }
    for file in message.files() {
        let owner = Owner::Message(message.conversation, message.id);
        edit.put_file(FileHead { id: file.id, owner, size: file.size, whole: false });
    }
}

fn add_reaction(edit: &mut Edit, mut message: Message, reaction: Reaction) -> Effect {
    if !message.is_content() {
        return Effect::Refused;
    }
    if !apply_reaction(&mut message.reactions, reaction) {
        return Effect::Duplicate;
    }
    edit.put_message(message);
    Effect::Taken
}

/// A message goes at its author's wish: wholly in Note to Self, else a trace stays.
fn take_back(edit: &mut Edit, message: Message, with_self: bool) -> Effect {
    if message.body == Body::Deleted {
        return Effect::Duplicate;
    }
    let conversation = message.conversation;
    if let Some(hash) = &message.own_hash {
        delete_from_swarm(edit, conversation, std::slice::from_ref(hash));
    }
    if with_self {
        edit.remove_message(conversation, message.id);
    } else if message.is_content() {
        erase(edit, message);
    } else {
        return Effect::Refused;
    }
    Effect::Taken
}

fn note_early(edit: &mut Edit, id: ConversationId, target: MessageId, reaction: Option<Reaction>) -> Effect {
    let noted_ms = edit.now_ms;
    if edit.peek(id).is_none() {
        return Effect::Refused;
    }
    if let Some(conversation) = edit.conversation(id) {
        conversation.note_early(Early { target, noted_ms, reaction });
    }
    Effect::Passed
}
