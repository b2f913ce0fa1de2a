//! From what members of the swarm gave out to changes of the account.

use sotto_api::{ConversationId, Event, Failure};
use sotto_protocol::message::{self, OpenError, Opened};

use super::MESSAGES;
use crate::{
    model::{
        Edit, Effect, Loaded, Origin, RESPONSE_LEAD_MS, Wanted, conversation_peer, receive, seen_mark, wanted,
    },
    network::{ReceivedMessage, Retrieved},
    notify::give_way,
    ordered::{self, Map, Set},
    platform::Platform,
    session::{Session, Writer},
    sync::Pulled,
};

/// Messages opened before others get their turn.
const SLICE: usize = 16;

/// A node's word on expiry counts up to this long from now, ms.
const MAX_SEEN_MS: u64 = 31 * 24 * 60 * 60 * 1_000;

struct Item {
    mark: [u8; 16],
    expiry_ms: u64,
    hash: String,
    data: Vec<u8>,
    opened: Result<Box<Opened>, OpenError>,
}

/// Opens and applies what is new in these answers and moves the cursors behind it, in one write.
pub(super) async fn take<P: Platform>(session: &Session<P>, answers: Vec<Retrieved>) -> Result<(), Failure> {
    let ends: Vec<_> = answers
        .iter()
        .filter_map(|answer| Some((answer.node, answer.namespace, answer.messages.last()?.hash.clone())))
        .collect();
    let restoring = session.state.borrow().meta.restore.is_some();
    if ends.is_empty() && !restoring {
        return Ok(());
    }
    let (messages, configs): (Vec<_>, Vec<_>) =
        answers.into_iter().partition(|answer| answer.namespace == MESSAGES);
    let items = open(session, messages).await;
    let writer = session.writer().await?;
    let keys = session.vault.keys();
    let pulled = Pulled::merge(session, configs);
    let loaded = load(session, &writer, &items, pulled.unread(keys)).await?;
    let progress = writer
        .commit_with(&loaded, &[], |edit| {
            for (node, namespace, hash) in ends {
                edit.cursors().advance(node.0, namespace, hash);
            }
            pulled.apply(edit, keys);
            let taken = items.iter().filter(|item| apply(session, edit, item, &pulled)).count();
            pulled.apply_reading(edit, keys);
            if !items.is_empty() {
                edit.meta().last_poll_ms = Some(edit.now_ms);
            }
            Ok(note_progress(edit, taken))
        })
        .await?;
    pulled.settle(session);
    if let Some(progress) = progress {
        session.tell(&Event::Restore(progress));
    }
    Ok(())
}

/// Opens what was not seen yet, oldest first: requests and their answers then meet in the order in which
/// they were sent, whichever member gave them out.
async fn open<P: Platform>(session: &Session<P>, answers: Vec<Retrieved>) -> Vec<Item> {
    let now_ms = session.network.now_ms();
    let mut fresh: Map<[u8; 16], ReceivedMessage> = Map::new();
    for answer in answers {
        for message in answer.messages {
            let mark = seen_mark(session.vault.keys(), answer.namespace, &message.hash);
            if !session.state.borrow().seen.contains(&mark) {
                fresh.get_or_insert_with(mark, || message);
            }
        }
    }
    let mut items = Vec::with_capacity(fresh.len());
    for (mark, received) in fresh {
        if items.len() % SLICE == SLICE - 1 {
            give_way().await;
        }
        items.push(Item {
            mark,
            expiry_ms: received.expiration_ms.min(now_ms + MAX_SEEN_MS),
            opened: message::open(&session.keys, &received.data).map(Box::new),
            hash: received.hash,
            data: received.data,
        });
    }
    ordered::sort_by_key(&mut items, |item| item.opened.as_ref().map_or(0, |opened| turn(opened)));
    items
}

/// When it is a message's turn. The answer to a request is dated before the reply that it goes with, and so perhaps
/// before the request itself, where somebody answers fast.
fn turn(opened: &Opened) -> u64 {
    let lead = if opened.content.message_request_response.is_some() { RESPONSE_LEAD_MS } else { 0 };
    opened.timestamp.saturating_add(lead)
}

/// Brings into memory what the items may change.
async fn load<P: Platform>(
    session: &Session<P>,
    writer: &Writer<'_, P>,
    items: &[Item],
    unread: Set<ConversationId>,
) -> Result<Loaded, Failure> {
    let mut needed = Wanted { unread, ..Wanted::default() };
    for opened in items.iter().filter_map(|item| item.opened.as_ref().ok()) {
        wanted(&session.state.borrow(), session.vault.keys(), opened, &mut needed);
    }
    let mut loaded = Loaded::new();
    for id in needed.timelines {
        writer.load_timeline(id).await?;
    }
    for id in needed.unread {
        writer.load_unread(id, &mut loaded).await?;
    }
    for (id, messages) in needed.messages {
        writer.load_removed(id, &messages, &mut loaded).await?;
    }
    Ok(loaded)
}

/// Applies one item. Gives back whether it changed a conversation.
fn apply<P: Platform>(session: &Session<P>, edit: &mut Edit, item: &Item, pulled: &Pulled) -> bool {
    // A poll that ran at the same time as a store of our own may bring what has become known meanwhile.
    if edit.was_seen(&item.mark) {
        return false;
    }
    edit.mark_seen(item.mark, item.expiry_ms);
    let effect = match &item.opened {
        Ok(opened) if stays_away(edit, opened, pulled) => Effect::Refused,
        Ok(opened) => {
            let origin = Origin { hash: &item.hash, expiry_ms: item.expiry_ms };
            receive(edit, session.vault.keys(), opened, origin)
        }
        Err(OpenError::ProtocolV2) => {
            edit.keep(item.data.clone());
            Effect::SetAside
        }
        Err(_) => Effect::SetAside,
    };
    if effect == Effect::SetAside {
        let meta = edit.meta();
        meta.set_aside = meta.set_aside.saturating_add(1);
    }
    effect == Effect::Taken
}

/// Whether a message is of a contact that was deleted on another device before this one was restored.
fn stays_away(edit: &Edit, opened: &Opened, pulled: &Pulled) -> bool {
    let own = edit.state().own;
    edit.state().meta.restore.is_some()
        && conversation_peer(&own, opened)
            .is_some_and(|peer| peer != own && pulled.configs().stays_away(&peer, opened.timestamp))
}

fn note_progress(edit: &mut Edit, taken: usize) -> Option<sotto_api::RestoreProgress> {
    let before = edit.state().meta.restore.clone()?;
    let mut after = before.clone();
    after.swarm_found = true;
    after.messages = after.messages.saturating_add(u32::try_from(taken).unwrap_or(u32::MAX));
    after.conversations = u32::try_from(edit.listed()).unwrap_or(u32::MAX);
    if after != before {
        edit.meta().restore = Some(after.clone());
    }
    Some(after.view(false))
}
