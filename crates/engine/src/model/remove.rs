//! Removing messages at their author's wish, and their copies in the own swarm.

use sotto_api::ConversationId;

use super::{Edit, Job, JobKind, Message, read::HASHES_PER_JOB};

/// Leaves nothing of a message but author and time.
pub fn erase(edit: &mut Edit, mut message: Message) {
    let conversation = message.conversation;
    if let Some(of) = edit.conversation(conversation)
        && message.arrival > of.read_arrivals
    {
        of.unread = of.unread.saturating_sub(1);
    }
    message.arrival = 0;
    message.erase();
    edit.put_message(message);
}

/// Takes messages out of the own swarm, so that no device fetches them any more.
pub fn delete_from_swarm(edit: &mut Edit, conversation: ConversationId, hashes: &[String]) {
    let recipient = edit.state().own;
    for hashes in hashes.chunks(HASHES_PER_JOB) {
        let wire = hashes.concat().into_bytes();
        let (kind, after, ttl_ms) = (JobKind::Delete, None, 0);
        edit.queue(|number| Job { number, recipient, kind, conversation, after, ttl_ms, wire });
    }
}
