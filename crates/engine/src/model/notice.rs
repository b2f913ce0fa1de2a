//! The line that tells when messages of one side disappear. Only the newest of each side stays.

use sotto_api::Timer;

use super::{Body, Edit, Message};

/// Takes in a line about a timer and what it says, unless a newer one of the same side is there. Gives back
/// whether it counts.
pub fn note_timer(edit: &mut Edit, message: Message) -> bool {
    let Body::Timer { by_us, timer } = message.body else { return false };
    let id = message.conversation;
    let Some(conversation) = edit.conversation(id) else { return false };
    let timer = if conversation.with_self { without_reading(timer) } else { timer };
    let (set_ms, known, notice) = if by_us {
        (&mut conversation.timer_set_ms, &mut conversation.timer, &mut conversation.our_notice)
    } else {
        (&mut conversation.their_timer_set_ms, &mut conversation.their_timer, &mut conversation.their_notice)
    };
    if *set_ms > message.sent_ms {
        return false;
    }
    (*set_ms, *known) = (message.sent_ms, timer);
    let before = notice.replace(message.id);
    if let Some(before) = before.filter(|before| *before != message.id) {
        edit.remove_message(id, before);
    }
    edit.put_message(message);
    true
}

/// In Note to Self nobody reads after sending.
pub(super) fn without_reading(timer: Timer) -> Timer {
    match timer {
        Timer::AfterRead(seconds) => Timer::AfterSend(seconds),
        other => other,
    }
}
