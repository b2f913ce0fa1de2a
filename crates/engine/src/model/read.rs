//! What follows from reading and from being sent: clocks of disappearing messages start.

use sotto_api::{ConversationId, Timer};

use super::{Edit, Job, JobKind, Message};
use crate::ordered::Map;

/// Hashes of one job at most.
pub(super) const HASHES_PER_JOB: usize = 100;

/// Everything received so far has been seen: what disappears after reading begins to, here and in the own
/// swarm. Gives back the sent times of the newly read messages at hand.
pub fn mark_read(edit: &mut Edit, id: ConversationId) -> Vec<u64> {
    let now_ms = edit.now_ms;
    let Some(conversation) = edit.conversation(id) else { return Vec::new() };
    let before = conversation.read_arrivals;
    conversation.mark_read();
    let newly = |message: &&Message| message.arrival > before;
    let read: Vec<Message> = edit.messages_of(id).into_iter().filter(newly).cloned().collect();
    let mut expiring: Map<u64, Vec<String>> = Map::new();
    let mut times = Vec::with_capacity(read.len());
    for mut message in read {
        times.push(message.sent_ms);
        let waits = |expiry: super::Expiring| {
            matches!(expiry.timer, Timer::AfterRead(_)) && expiry.start_ms.is_none()
        };
        if !message.expiry.is_some_and(waits) {
            continue;
        }
        message.start_clock(now_ms);
        if let (Some(due_ms), Some(hash)) = (message.due_ms(), message.own_hash.clone()) {
            expiring.get_or_default(due_ms).push(hash);
        }
        edit.put_message(message);
    }
    for (due_ms, hashes) in expiring {
        for hashes in hashes.chunks(HASHES_PER_JOB) {
            queue_expire(edit, id, due_ms, hashes);
        }
    }
    times
}

/// An own message has reached the other side at this time (Unix ms): its clock starts, whatever its kind.
pub fn start_sent(message: &mut Message, stored_ms: u64, now_ms: u64) {
    message.start_clock(stored_ms.min(now_ms));
}

fn queue_expire(edit: &mut Edit, conversation: ConversationId, due_ms: u64, hashes: &[String]) {
    let mut wire = due_ms.to_be_bytes().to_vec();
    hashes.iter().for_each(|hash| wire.extend_from_slice(hash.as_bytes()));
    let recipient = edit.state().own;
    let (kind, after, ttl_ms) = (JobKind::Expire, None, 0);
    edit.queue(|number| Job { number, recipient, kind, conversation, after, ttl_ms, wire });
}
