//! Messages: reading, sending, removing.

use sotto_api::{ConversationId, Failure, MAX_TEXT_CHARS, MessageId, Page};

use crate::{
    model::{Body, Last, Message, Outcome, begin_sending},
    ordered::Set,
    outbox::Pen,
    platform::Platform,
    session::{Session, Writer},
};

/// Messages of one page at most.
const MAX_PAGE: usize = 200;

/// A page of messages.
pub(super) async fn page<P: Platform>(
    session: &Session<P>,
    conversation: ConversationId,
    before: Option<MessageId>,
    limit: u16,
) -> Result<Page, Failure> {
    let writer = session.writer().await?;
    session.state.borrow().conversation(conversation).ok_or(Failure::NotFound)?;
    writer.load_timeline(conversation).await?;
    let (ids, more) = {
        let state = session.state.borrow();
        let timeline = state.timelines.get(&conversation).ok_or(Failure::Internal)?;
        timeline.page(before, usize::from(limit).clamp(1, MAX_PAGE)).ok_or(Failure::NotFound)?
    };
    let messages = writer.messages(conversation, &ids).await?;
    let state = session.state.borrow();
    let of = state.conversation(conversation);
    let views = messages.iter().map(|message| message.view(of, state.in_flight.contains(&message.id)));
    Ok(Page { messages: views.collect(), more })
}

/// Queues a text message.
pub(super) async fn send<P: Platform>(
    session: &Session<P>,
    conversation: ConversationId,
    text: &str,
) -> Result<MessageId, Failure> {
    let text = clean_text(text)?;
    let writer = session.writer().await?;
    writer.load_timeline(conversation).await?;
    writer
        .commit(|edit| {
            let known = edit.conversation(conversation).ok_or(Failure::NotFound)?;
            if known.blocked {
                return Err(Failure::Blocked);
            }
            known.draft.clear();
            let keys = session.vault.keys();
            let times = begin_sending(edit, keys, conversation).ok_or(Failure::NotFound)?;
            let mut pen = Pen { account: &session.keys, keys, rng: session.random.clone() };
            pen.text(edit, conversation, text, times)
        })
        .await
}

/// Sends a failed message again: as a new one, because the other side may have read beyond the old time.
pub(super) async fn retry<P: Platform>(session: &Session<P>, id: MessageId) -> Result<(), Failure> {
    let writer = session.writer().await?;
    let failed = find(session, &writer, id).await?;
    let (Some(Outcome::Failed), Body::Text(text)) = (failed.outcome, &failed.body) else {
        return Err(Failure::NotFound);
    };
    let previous = newest_other(session, &writer, &failed).await?;
    writer
        .commit(|edit| {
            let conversation = edit.conversation(failed.conversation).ok_or(Failure::NotFound)?;
            if conversation.blocked {
                return Err(Failure::Blocked);
            }
            if conversation.last.as_ref().is_some_and(|last| last.id == id) {
                conversation.last = previous.as_ref().map(Last::of);
            }
            edit.remove_message(failed.conversation, id);
            let keys = session.vault.keys();
            let times = begin_sending(edit, keys, failed.conversation).ok_or(Failure::NotFound)?;
            let mut pen = Pen { account: &session.keys, keys, rng: session.random.clone() };
            pen.text(edit, failed.conversation, text, times).map(drop)
        })
        .await
}

/// Removes a message from this device. One that has not left yet is not sent any more.
pub(super) async fn delete_here<P: Platform>(session: &Session<P>, id: MessageId) -> Result<(), Failure> {
    let writer = session.writer().await?;
    let message = find(session, &writer, id).await?;
    let previous = newest_other(session, &writer, &message).await?;
    writer
        .commit(|edit| {
            let conversation = edit.conversation(message.conversation).ok_or(Failure::NotFound)?;
            if message.arrival > conversation.read_arrivals {
                conversation.unread = conversation.unread.saturating_sub(1);
            }
            if conversation.last.as_ref().is_some_and(|last| last.id == id) {
                conversation.last = previous.as_ref().map(Last::of);
            }
            edit.cancel_jobs(message.conversation, |of| of == id);
            edit.remove_message(message.conversation, id);
            Ok(())
        })
        .await
}

/// Finds a message by its identifier alone.
async fn find<P: Platform>(
    session: &Session<P>,
    writer: &Writer<'_, P>,
    id: MessageId,
) -> Result<Message, Failure> {
    let conversations: Vec<ConversationId> = session.state.borrow().conversations.keys().copied().collect();
    let holds = |conversation: ConversationId| {
        let state = session.state.borrow();
        state.timelines.get(&conversation).is_some_and(|timeline| timeline.contains(id))
    };
    let mut found = conversations.iter().copied().find(|conversation| holds(*conversation));
    if found.is_none() {
        for conversation in conversations {
            writer.load_timeline(conversation).await?;
            if holds(conversation) {
                found = Some(conversation);
                break;
            }
        }
    }
    writer.message(found.ok_or(Failure::NotFound)?, id).await?.ok_or(Failure::NotFound)
}

/// The newest message of a conversation apart from this one.
async fn newest_other<P: Platform>(
    session: &Session<P>,
    writer: &Writer<'_, P>,
    message: &Message,
) -> Result<Option<Message>, Failure> {
    let newest = {
        let state = session.state.borrow();
        let timeline = state.timelines.get(&message.conversation);
        timeline.and_then(|timeline| timeline.newest_without(&Set::from([message.id])))
    };
    match newest {
        Some(id) => writer.message(message.conversation, id).await,
        None => Ok(None),
    }
}

fn clean_text(text: &str) -> Result<&str, Failure> {
    let text = text.trim();
    let chars = text.chars().count();
    if chars == 0 {
        return Err(Failure::EmptyMessage);
    }
    if chars > MAX_TEXT_CHARS {
        let [chars, limit] = [chars, MAX_TEXT_CHARS].map(|count| u32::try_from(count).unwrap_or(u32::MAX));
        return Err(Failure::MessageTooLong { chars, limit });
    }
    Ok(text)
}
