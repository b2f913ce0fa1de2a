//! Message requests from our side: writing first, accepting, declining.

use sotto_api::ConversationId;

use super::{Body, Edit, Message, accepted_id, mark_read};
use crate::vault::Keys;

/// An answer to a request that goes out with a reply has a sent time this much earlier, ms.
pub const RESPONSE_LEAD_MS: u64 = 100;

/// The sent times of what goes out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Times {
    /// Of the message, Unix ms.
    pub sent_ms: u64,
    /// Of the answer to their message request, which goes first, if one is due.
    pub response_ms: Option<u64>,
    /// Sent times of what was read by writing, to be told to the other side.
    pub read: Vec<u64>,
}

/// Settles the times of a message that we write; writing to somebody is accepting them. `None` if the
/// conversation is not known.
pub fn begin_sending(edit: &mut Edit, keys: &Keys, id: ConversationId) -> Option<Times> {
    let conversation = edit.conversation(id)?;
    let answers = !conversation.approved && conversation.approved_me;
    conversation.approved = true;
    conversation.hidden = false;
    conversation.archived = false;
    // Who writes has seen what is there; what came as a request is answered by the acceptance.
    let mut read = mark_read(edit, id);
    if answers {
        read.clear();
    }
    let sent_ms = edit.next_sent_ms(if answers { RESPONSE_LEAD_MS } else { 0 });
    let response_ms = answers.then(|| sent_ms - RESPONSE_LEAD_MS);
    if let Some(response_ms) = response_ms {
        note_acceptance(edit, keys, id, response_ms, true);
    }
    Some(Times { sent_ms, response_ms, read })
}

/// Accepts a message request without writing. Gives back the sent time of the answer, or `None` if there is
/// nothing to accept.
pub fn accept(edit: &mut Edit, keys: &Keys, id: ConversationId) -> Option<u64> {
    let conversation = edit.conversation(id)?;
    if conversation.approved || !conversation.approved_me {
        return None;
    }
    conversation.approved = true;
    let sent_ms = edit.next_sent_ms(0);
    note_acceptance(edit, keys, id, sent_ms, true);
    Some(sent_ms)
}

/// Declines a message request: its messages go, a newer message is a new request.
pub fn decline(edit: &mut Edit, id: ConversationId) {
    let now_ms = edit.now_ms;
    if let Some(conversation) = edit.conversation(id) {
        conversation.approved_me = false;
        conversation.remove(now_ms);
        edit.clear(id);
    }
}

/// Writes the line that tells of an acceptance. The answer to a request is dated before the reply that it
/// goes with; its line never stands before what it answers for that.
pub(super) fn note_acceptance(edit: &mut Edit, keys: &Keys, id: ConversationId, sent_ms: u64, by_us: bool) {
    let Some(conversation) = edit.peek(id) else { return };
    let author = if by_us { edit.state().own } else { conversation.peer };
    let newest_ms = conversation.last.as_ref().map_or(0, |last| last.sent_ms);
    let answers_newest = newest_ms.checked_sub(sent_ms).is_some_and(|lead| lead <= RESPONSE_LEAD_MS);
    let line_ms = if answers_newest { newest_ms.saturating_add(1) } else { sent_ms };
    let message = Message {
        id: accepted_id(keys, id, &author, sent_ms),
        conversation: id,
        sent_ms: line_ms,
        received_ms: edit.now_ms,
        arrival: 0,
        body: Body::Accepted { by_us },
        outcome: None,
        own_hash: None,
        raw: Vec::new(),
        quote: None,
        reactions: Vec::new(),
        expiry: None,
    };
    edit.put_message(message);
}
