//! Removing messages: here, on all own devices, for everyone.

use sotto_api::{ConversationId, DeleteScope, Failure, MessageId};

use super::messages::find;
use crate::{
    model::{Edit, Loaded, Message, Outcome, delete_from_swarm, erase},
    ordered::Set,
    outbox::Pen,
    platform::Platform,
    session::Session,
};

/// Messages removed at once.
const MAX_MESSAGES: usize = 200;
/// Messages read at once.
const SLICE: usize = 200;

/// Removes messages of one conversation. One that has not left yet is not sent any more.
pub(super) async fn delete<P: Platform>(
    session: &Session<P>,
    ids: &[MessageId],
    scope: DeleteScope,
) -> Result<(), Failure> {
    let Some(first) = ids.first().filter(|_| ids.len() <= MAX_MESSAGES) else {
        return Err(Failure::NotFound);
    };
    let writer = session.writer().await?;
    let conversation = find(session, &writer, *first).await?.conversation;
    let ids: Set<MessageId> = ids.iter().copied().collect();
    let mut loaded = Loaded::new();
    writer.load_removed(conversation, &ids, &mut loaded).await?;
    let messages: Vec<Message> = ids.iter().filter_map(|id| loaded.get(id).cloned()).collect();
    if messages.len() < ids.len() {
        return Err(Failure::NotFound);
    }
    writer
        .commit_with(&loaded, &[], |edit| {
            let keys = session.vault.keys();
            let mut pen = Pen { account: &session.keys, keys, rng: session.random.clone() };
            messages.into_iter().try_for_each(|message| remove(edit, &mut pen, message, scope))
        })
        .await
}

fn remove<R: rand_core::CryptoRng>(
    edit: &mut Edit,
    pen: &mut Pen<R>,
    message: Message,
    scope: DeleteScope,
) -> Result<(), Failure> {
    let (id, conversation) = (message.id, message.conversation);
    let with_self = edit.peek(conversation).is_some_and(|known| known.with_self);
    let travelled = match message.outcome {
        Some(Outcome::Waiting) => edit.state().in_flight.contains(&id),
        Some(Outcome::Failed) => false,
        Some(Outcome::Sent | Outcome::Read) => true,
        None => false,
    };
    if scope == DeleteScope::Everyone && (message.outcome.is_none() || !message.is_content()) {
        return Err(Failure::NotAllowed);
    }
    edit.cancel_jobs(conversation, |of| of == id);
    if scope != DeleteScope::Here {
        if let Some(hash) = &message.own_hash {
            delete_from_swarm(edit, conversation, std::slice::from_ref(hash));
        }
        if travelled {
            pen.unsend(edit, &message, scope == DeleteScope::Everyone)?;
        }
    }
    if scope == DeleteScope::Everyone && travelled && !with_self {
        erase(edit, message);
    } else {
        edit.remove_message(conversation, id);
    }
    Ok(())
}

/// Removes all messages of a conversation, which stays; with `swarm` also their copies in the own swarm.
pub(super) async fn clear<P: Platform>(
    session: &Session<P>,
    id: ConversationId,
    swarm: bool,
) -> Result<(), Failure> {
    let writer = session.writer().await?;
    session.state.borrow().conversation(id).ok_or(Failure::NotFound)?;
    let mut hashes = Vec::new();
    if swarm {
        writer.load_timeline(id).await?;
        let ids: Vec<MessageId> = {
            let state = session.state.borrow();
            state.timelines.get(&id).map(|timeline| timeline.newest_first().collect()).unwrap_or_default()
        };
        for ids in ids.chunks(SLICE) {
            hashes.extend(writer.messages(id, ids).await?.into_iter().filter_map(|message| message.own_hash));
        }
    }
    writer
        .commit(|edit| {
            empty(edit, id);
            delete_from_swarm(edit, id, &hashes);
            Ok(())
        })
        .await
}

/// Removes the messages of all conversations.
pub(super) async fn clear_all<P: Platform>(session: &Session<P>) -> Result<(), Failure> {
    let writer = session.writer().await?;
    writer
        .commit(|edit| {
            let ids: Vec<ConversationId> = edit.state().conversations.keys().copied().collect();
            ids.into_iter().for_each(|id| empty(edit, id));
            Ok(())
        })
        .await
}

fn empty(edit: &mut Edit, id: ConversationId) {
    if let Some(conversation) = edit.conversation(id) {
        let listed = conversation.is_listed();
        conversation.empty();
        conversation.emptied = listed;
        edit.clear(id);
        edit.cancel_jobs(id, |_| true);
    }
}
