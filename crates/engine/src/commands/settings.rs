//! What a person chooses: for the account, and for single conversations.

use sotto_api::{ConversationId, Failure, Settings, Timer};

use super::conversations::change;
use crate::{
    model::{Loaded, seconds},
    outbox::Pen,
    platform::Platform,
    session::Session,
};

/// Changes the account's settings.
pub(super) async fn set<P: Platform>(session: &Session<P>, settings: Settings) -> Result<(), Failure> {
    let typing = settings.typing;
    let writer = session.writer().await?;
    writer
        .commit(|edit| {
            if edit.state().account.settings() != settings {
                edit.account().choose(settings);
            }
            Ok(())
        })
        .await?;
    if !typing {
        session.typing.stop(session);
    }
    Ok(())
}

/// Sets when own messages of a conversation disappear, and tells the other side.
pub(super) async fn set_timer<P: Platform>(
    session: &Session<P>,
    id: ConversationId,
    timer: Timer,
) -> Result<(), Failure> {
    let timer = if seconds(timer) == 0 { Timer::Off } else { timer };
    let writer = session.writer().await?;
    writer.load_timeline(id).await?;
    let before = session.state.borrow().conversation(id).and_then(|known| known.our_notice);
    let mut loaded = Loaded::new();
    writer.load_removed(id, &before.into_iter().collect(), &mut loaded).await?;
    writer
        .commit_with(&loaded, &[], |edit| {
            let known = edit.conversation(id).ok_or(Failure::NotFound)?;
            if known.blocked {
                return Err(Failure::Blocked);
            }
            let reading = matches!(timer, Timer::AfterRead(_));
            if !known.is_open() || known.with_self && reading {
                return Err(Failure::NotAllowed);
            }
            if known.timer == timer {
                return Ok(());
            }
            let keys = session.vault.keys();
            let mut pen = Pen { account: &session.keys, keys, rng: session.random.clone() };
            pen.timer(edit, id, timer)
        })
        .await
}

/// Marks a conversation as unread.
pub(super) async fn mark_unread<P: Platform>(
    session: &Session<P>,
    id: ConversationId,
) -> Result<(), Failure> {
    change(session, id, |_, conversation| conversation.marked_unread = true).await
}

/// Puts a conversation at the top of the list, or back.
pub(super) async fn pin<P: Platform>(
    session: &Session<P>,
    id: ConversationId,
    pinned: bool,
) -> Result<(), Failure> {
    change(session, id, |_, conversation| {
        conversation.pinned = pinned;
        conversation.archived &= !pinned;
    })
    .await
}

/// Sets until when a conversation makes no notifications.
pub(super) async fn mute<P: Platform>(
    session: &Session<P>,
    id: ConversationId,
    until_ms: u64,
) -> Result<(), Failure> {
    change(session, id, |_, conversation| conversation.muted_until_ms = until_ms).await
}

/// Sets whether files that come in are loaded by themselves.
pub(super) async fn set_auto_load<P: Platform>(
    session: &Session<P>,
    id: ConversationId,
    load: bool,
) -> Result<(), Failure> {
    change(session, id, |_, conversation| conversation.load_on_press = !load).await
}

/// Takes a conversation off the main list, or back.
pub(super) async fn archive<P: Platform>(
    session: &Session<P>,
    id: ConversationId,
    archived: bool,
) -> Result<(), Failure> {
    change(session, id, |_, conversation| {
        conversation.archived = archived;
        conversation.pinned &= !archived;
    })
    .await
}
