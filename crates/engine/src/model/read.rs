//! What follows from reading and from being sent: clocks of disappearing messages start.

use sotto_api::{ConversationId, Timer};

use super::{Edit, Job, JobKind, Message};
use crate::ordered::Map;

/// Hashes of one job at most.
pub(super) const HASHES_PER_JOB: usize = 100;

/// Everything received so far has been seen: what disappears after reading begins to, here and in the own
/// swarm. Gives back the sent times of the newly read messages at hand.
pub fn mark_read(edit: &mut Edit, id: ConversationId) -> Vec<u64> {
    let Some(conversation) = edit.conversation(id) else { return Vec::new() };
    let before = conversation.read_arrivals;
    conversation.mark_read();
    note_read(edit, id, before)
}

/// What was sent up to this time (Unix ms) was read on another device. Reading goes by the order of arrival here: it ends
/// before the first message that was sent later. Without all unread messages at hand nothing is done.
pub fn read_until(edit: &mut Edit, id: ConversationId, until_ms: u64) {
    let Some(known) = edit.peek(id).filter(|known| known.unread > 0) else { return };
    let (before, arrivals, unread) = (known.read_arrivals, known.arrivals, known.unread);
    let all = edit.messages_of(id).into_iter().map(|message| (message.arrival, message.sent_ms));
    let waiting: Vec<(u64, u64)> = all.filter(|(arrival, _)| *arrival > before).collect();
    let later = waiting.iter().filter(|(_, sent_ms)| *sent_ms > until_ms);
    let read = later.map(|(arrival, _)| *arrival).min().map_or(arrivals, |first| first - 1);
    if waiting.len() < unread as usize || read <= before {
        return;
    }
    let left = waiting.iter().filter(|(arrival, _)| *arrival > read).count();
    if let Some(conversation) = edit.conversation(id) {
        conversation.read_arrivals = read;
        conversation.unread = u32::try_from(left).unwrap_or(u32::MAX);
    }
    note_read(edit, id, before);
}

/// Starts the clocks of what was read beyond `before`. Gives back the sent times of the messages at hand.
fn note_read(edit: &mut Edit, id: ConversationId, before: u64) -> Vec<u64> {
    let now_ms = edit.now_ms;
    let to = edit.peek(id).map_or(before, |known| known.read_arrivals);
    let newly = |message: &&Message| message.arrival > before && message.arrival <= to;
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
