//! Reacting to messages.

use sotto_api::{Acceptance, Failure, MessageId};

use super::messages::find;
use crate::{
    model::{Loaded, Outcome, Reaction, apply_reaction, has_reaction},
    outbox::Pen,
    platform::{Clock, Platform},
    session::Session,
};

/// Longest emoji, bytes.
const MAX_EMOJI_BYTES: usize = 64;
/// Additions allowed within [`WINDOW_MS`].
const MAX_ADDITIONS: usize = 20;
const WINDOW_MS: u64 = 60_000;

/// Adds a reaction to a message, or takes it back.
pub(super) async fn react<P: Platform>(
    session: &Session<P>,
    id: MessageId,
    emoji: &str,
    add: bool,
) -> Result<(), Failure> {
    if emoji.is_empty() || emoji.len() > MAX_EMOJI_BYTES || emoji.chars().any(char::is_control) {
        return Err(Failure::NotAllowed);
    }
    let writer = session.writer().await?;
    let message = find(session, &writer, id).await?;
    let own = *session.keys.x25519_public();
    if has_reaction(&message.reactions, &own, emoji) == add {
        return Ok(());
    }
    if add {
        check_rate(session)?;
    }
    let travelled = !matches!(message.outcome, Some(Outcome::Waiting | Outcome::Failed));
    let loaded = Loaded::from(vec![(id, message.clone())]);
    writer
        .commit_with(&loaded, &[], |edit| {
            let known = edit.peek(message.conversation).ok_or(Failure::NotFound)?;
            if known.blocked {
                return Err(Failure::Blocked);
            }
            let allowed = matches!(known.acceptance(), Acceptance::Accepted | Acceptance::OutgoingRequest);
            if !allowed || !message.is_content() || !travelled {
                return Err(Failure::NotAllowed);
            }
            let keys = session.vault.keys();
            let mut pen = Pen { account: &session.keys, keys, rng: session.random.clone() };
            let sent_ms = pen.reaction(edit, &message, emoji, add)?;
            let mut message = message;
            let reaction = Reaction { sent_ms, removed: !add, author: own, emoji: emoji.to_owned() };
            if !apply_reaction(&mut message.reactions, reaction) {
                return Err(Failure::NotAllowed);
            }
            edit.put_message(message);
            Ok(())
        })
        .await?;
    if add {
        let now = session.platform.clock().monotonic_ms();
        session.reacted_at.borrow_mut().push_back(now);
    }
    Ok(())
}

fn check_rate<P: Platform>(session: &Session<P>) -> Result<(), Failure> {
    let now = session.platform.clock().monotonic_ms();
    let mut reacted_at = session.reacted_at.borrow_mut();
    while reacted_at.front().is_some_and(|at| at + WINDOW_MS <= now) {
        reacted_at.pop_front();
    }
    if reacted_at.len() < MAX_ADDITIONS { Ok(()) } else { Err(Failure::TooOften) }
}
