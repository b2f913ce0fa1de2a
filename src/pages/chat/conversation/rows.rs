//! Turns messages into what is shown one below the other: separators, groups, lines.

use sotto_api::{Body, MessageId, MessageView};

use crate::i18n::format;

/// Messages of one author closer than this belong together.
const TOGETHER_MS: u64 = 5 * 60 * 1000;

/// One thing in the list. Also its key: when a message's place in its group changes, it is drawn anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Row {
    /// Nothing is older.
    Beginning,
    /// A day begins; a moment within it, Unix ms, and its number.
    Day {
        /// Which day.
        number: i64,
        /// The first message's sent time, Unix ms.
        sent_ms: u64,
    },
    /// What follows has not been seen.
    New,
    /// A message.
    Message {
        /// Which.
        id: MessageId,
        /// Nothing of its author is right above.
        first: bool,
        /// Nothing of its author is right below.
        last: bool,
    },
}

/// The rows for these messages, oldest first. `complete`: nothing older exists.
pub fn rows(messages: &[MessageView], first_unread: Option<MessageId>, complete: bool) -> Vec<Row> {
    lay(messages, first_unread, complete, format::day_number)
}

fn lay(
    messages: &[MessageView],
    first_unread: Option<MessageId>,
    complete: bool,
    day: impl Fn(u64) -> i64,
) -> Vec<Row> {
    let mut rows = Vec::with_capacity(messages.len() + 8);
    if complete {
        rows.push(Row::Beginning);
    }
    let joined = |above: &MessageView, below: &MessageView| {
        together(above, below) && day(above.sent_ms) == day(below.sent_ms) && first_unread != Some(below.id)
    };
    for (index, message) in messages.iter().enumerate() {
        let above = index.checked_sub(1).and_then(|index| messages.get(index));
        let below = messages.get(index + 1);
        let number = day(message.sent_ms);
        if above.is_none_or(|above| day(above.sent_ms) != number) {
            rows.push(Row::Day { number, sent_ms: message.sent_ms });
        }
        if first_unread == Some(message.id) {
            rows.push(Row::New);
        }
        rows.push(Row::Message {
            id: message.id,
            first: !above.is_some_and(|above| joined(above, message)),
            last: !below.is_some_and(|below| joined(message, below)),
        });
    }
    rows
}

fn together(above: &MessageView, below: &MessageView) -> bool {
    let line = |message: &MessageView| matches!(message.body, Body::Accepted { .. } | Body::Timer { .. });
    !line(above)
        && !line(below)
        && above.delivery.is_some() == below.delivery.is_some()
        && below.sent_ms.saturating_sub(above.sent_ms) < TOGETHER_MS
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use sotto_api::{ConversationId, Delivery};

    use super::*;

    const DAY_MS: u64 = 86_400_000;

    fn message(id: u8, sent_ms: u64, own: bool) -> MessageView {
        MessageView {
            id: MessageId([id; 16]),
            conversation: ConversationId([0; 16]),
            body: Body::Text("x".into()),
            sent_ms,
            delivery: own.then_some(Delivery::Sent),
            unread: false,
            quote: None,
            reactions: Vec::new(),
            expiry: None,
        }
    }

    fn row(id: u8, first: bool, last: bool) -> Row {
        Row::Message { id: MessageId([id; 16]), first, last }
    }

    fn day(sent_ms: u64) -> i64 {
        (sent_ms / DAY_MS) as i64
    }

    #[test]
    fn groups_end_with_the_author_the_time_and_the_day() {
        let messages = [
            message(1, 1_000, false),
            message(2, 2_000, false),
            message(3, 3_000, true),
            message(4, 3_000 + TOGETHER_MS, true),
            message(5, DAY_MS - 1, true),
            message(6, DAY_MS, true),
        ];
        let expected = [
            Row::Beginning,
            Row::Day { number: 0, sent_ms: 1_000 },
            row(1, true, false),
            row(2, false, true),
            row(3, true, true),
            row(4, true, true),
            row(5, true, true),
            Row::Day { number: 1, sent_ms: DAY_MS },
            row(6, true, true),
        ];
        assert_eq!(lay(&messages, None, true, day), expected);
    }

    #[test]
    fn the_new_line_parts_a_group() {
        let messages = [message(1, 1_000, false), message(2, 2_000, false)];
        let rows = lay(&messages, Some(MessageId([2; 16])), false, day);
        assert_eq!(
            rows,
            [Row::Day { number: 0, sent_ms: 1_000 }, row(1, true, true), Row::New, row(2, true, true)]
        );
    }
}
