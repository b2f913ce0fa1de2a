//! Messages: reading, sending, trying again.

use sotto_api::{ConversationId, Failure, MAX_TEXT_CHARS, MessageDetails, MessageId, Page, Place};

use crate::{
    model::{Attachment, Loaded, Message, Outcome, Quote, begin_sending},
    outbox::{Letter, Pen},
    platform::Platform,
    session::{Session, Writer},
};

/// Messages of one page at most.
const MAX_PAGE: usize = 200;

/// Which part of a conversation a page shows.
#[derive(Clone, Copy)]
pub(super) enum Part {
    /// What ends right before this message, or with the newest.
    Before(Option<MessageId>),
    /// What begins right after this message.
    After(MessageId),
    /// What is around a place.
    Around(Place),
}

/// A page of messages.
pub(super) async fn page<P: Platform>(
    session: &Session<P>,
    conversation: ConversationId,
    part: Part,
    limit: u16,
) -> Result<Page, Failure> {
    let writer = session.writer().await?;
    session.state.borrow().conversation(conversation).ok_or(Failure::NotFound)?;
    writer.load_timeline(conversation).await?;
    let (ids, more, newer) = choose(session, conversation, part, usize::from(limit).clamp(1, MAX_PAGE))?;
    let messages = writer.messages(conversation, &ids).await?;
    let originals = writer.originals(&messages).await?;
    let views = messages.iter().map(|message| session.message_view(message, &originals));
    Ok(Page { messages: views.collect(), more, newer })
}

fn choose<P: Platform>(
    session: &Session<P>,
    conversation: ConversationId,
    part: Part,
    limit: usize,
) -> Result<(Vec<MessageId>, bool, bool), Failure> {
    let state = session.state.borrow();
    let timeline = state.timelines.get(&conversation).ok_or(Failure::Internal)?;
    let place = |id: MessageId| timeline.entry(id).map(|entry| (entry.sent_ms, id)).ok_or(Failure::NotFound);
    match part {
        Part::Before(before) => {
            let (ids, older) = timeline.page(before, limit).ok_or(Failure::NotFound)?;
            let newer = match before {
                // The message itself may have gone meanwhile.
                Some(id) => {
                    timeline.entry(id).is_some_and(|entry| !entry.removed) || timeline.has_after(place(id)?)
                }
                None => false,
            };
            Ok((ids, older, newer))
        }
        Part::After(after) => {
            let (ids, newer) = timeline.page_after(after, limit).ok_or(Failure::NotFound)?;
            Ok((ids, true, newer))
        }
        Part::Around(Place::Message(id)) => Ok(timeline.page_around(place(id)?, limit)),
        Part::Around(Place::Time(time_ms)) => Ok(timeline.page_around((time_ms, MessageId([0; 16])), limit)),
    }
}

/// How a message travelled.
pub(super) async fn details<P: Platform>(
    session: &Session<P>,
    id: MessageId,
) -> Result<MessageDetails, Failure> {
    let writer = session.writer().await?;
    let message = find(session, &writer, id).await?;
    let ledger = writer.ledger(message.conversation, id).await?;
    let view = session.message_view(&message, &Default::default());
    Ok(MessageDetails {
        id,
        sent_ms: message.sent_ms,
        received_ms: message.received_ms,
        own_hash: message.own_hash.unwrap_or_default(),
        expiry: view.expiry,
        swarms: ledger.swarms(),
        earlier_tries: ledger.earlier_tries,
        tries: ledger.tries,
    })
}

/// Queues a text message.
pub(super) async fn send<P: Platform>(
    session: &Session<P>,
    conversation: ConversationId,
    text: &str,
) -> Result<MessageId, Failure> {
    let text = clean_text(text)?;
    let writer = session.writer().await?;
    write(session, &writer, conversation, Letter { text, quote: None, files: &[] }).await
}

/// Queues an answer to a message.
pub(super) async fn reply<P: Platform>(
    session: &Session<P>,
    to: MessageId,
    text: &str,
) -> Result<MessageId, Failure> {
    let text = clean_text(text)?;
    let writer = session.writer().await?;
    let (conversation, quote) = quote_of(session, &writer, to).await?;
    write(session, &writer, conversation, Letter { text, quote: Some(&quote), files: &[] }).await
}

/// What answers a message, and in which conversation.
pub(super) async fn quote_of<P: Platform>(
    session: &Session<P>,
    writer: &Writer<'_, P>,
    to: MessageId,
) -> Result<(ConversationId, Quote), Failure> {
    let original = find(session, writer, to).await?;
    let travelled = !matches!(original.outcome, Some(Outcome::Failed));
    if !original.is_content() || !travelled {
        return Err(Failure::NotAllowed);
    }
    let quote = Quote { by_us: Some(original.outcome.is_some()), sent_ms: original.sent_ms, id: to };
    Ok((original.conversation, quote))
}

/// Queues a message that somebody has just written.
pub(super) async fn write<P: Platform>(
    session: &Session<P>,
    writer: &Writer<'_, P>,
    conversation: ConversationId,
    letter: Letter<'_>,
) -> Result<MessageId, Failure> {
    let mut loaded = Loaded::new();
    writer.load_timeline(conversation).await?;
    writer.load_unread(conversation, &mut loaded).await?;
    let sent = writer.commit_with(&loaded, &[], |edit| {
        let known = edit.conversation(conversation).ok_or(Failure::NotFound)?;
        if known.blocked {
            return Err(Failure::Blocked);
        }
        if !letter.files.is_empty() && !known.is_open() {
            return Err(Failure::NotAllowed);
        }
        known.draft.clear();
        let keys = session.vault.keys();
        let times = begin_sending(edit, keys, conversation).ok_or(Failure::NotFound)?;
        let mut pen = Pen { account: &session.keys, keys, rng: session.random.clone() };
        pen.text(edit, conversation, letter, &times)
    });
    let id = sent.await?;
    session.typing.forget(conversation);
    Ok(id)
}

/// Sends a failed message again: as a new one, because the other side may have read beyond the old time.
pub(super) async fn retry<P: Platform>(session: &Session<P>, id: MessageId) -> Result<(), Failure> {
    let writer = session.writer().await?;
    let failed = find(session, &writer, id).await?;
    if failed.outcome != Some(Outcome::Failed) || !failed.is_content() {
        return Err(Failure::NotFound);
    }
    let files: Vec<Attachment> =
        failed.files().iter().map(|file| Attachment { trouble: None, ..file.clone() }).collect();
    let mut loaded = Loaded::new();
    writer.load_unread(failed.conversation, &mut loaded).await?;
    writer.load_removed(failed.conversation, &[id].into(), &mut loaded).await?;
    writer
        .commit_with(&loaded, &[], |edit| {
            let conversation = edit.conversation(failed.conversation).ok_or(Failure::NotFound)?;
            if conversation.blocked {
                return Err(Failure::Blocked);
            }
            edit.remove_message(failed.conversation, id);
            let keys = session.vault.keys();
            let times = begin_sending(edit, keys, failed.conversation).ok_or(Failure::NotFound)?;
            let mut pen = Pen { account: &session.keys, keys, rng: session.random.clone() };
            let letter = Letter { text: failed.text(), quote: failed.quote.as_ref(), files: &files };
            pen.text(edit, failed.conversation, letter, &times).map(drop)
        })
        .await
}

/// Finds a message by its identifier alone.
pub(super) async fn find<P: Platform>(
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

/// Checks a text that somebody typed.
///
/// # Errors
/// When it is empty or too long.
pub(super) fn clean_text(text: &str) -> Result<&str, Failure> {
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
