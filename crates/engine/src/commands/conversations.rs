//! Conversations: finding, naming, letting in, keeping out, removing.

use std::cmp::Reverse;

use sotto_api::{AccountIdProblem, ConversationId, ConversationView, Event, Failure};
use sotto_protocol::account::{AccountId, IdError};

use super::account::clean_name;
use crate::{
    model::{self, Conversation, Edit, Loaded, conversation_id},
    ordered,
    outbox::Pen,
    platform::Platform,
    session::Session,
};

/// Everything that the list shows, newest first.
pub(super) fn list<P: Platform>(session: &Session<P>) -> Vec<ConversationView> {
    let state = session.state.borrow();
    let listed = state.conversations.values().filter(|conversation| conversation.is_listed());
    let mut views: Vec<_> = listed.map(|conversation| state.conversation_view(conversation)).collect();
    ordered::sort_by_key(&mut views, |view| (!view.pinned, Reverse(view.active_ms), view.id));
    views
}

/// Finds or begins a conversation.
pub(super) fn open<P: Platform>(session: &Session<P>, account_id: &str) -> Result<ConversationView, Failure> {
    let peer = *AccountId::parse_contact(account_id).map_err(problem)?.x25519();
    let id = conversation_id(session.vault.keys(), &peer);
    let mut state = session.state.borrow_mut();
    if state.conversation(id).is_none() {
        let with_self = peer == state.own;
        state.provisional.insert(id, Conversation::new(id, peer, with_self));
    }
    drop(state);
    view(session, id)
}

/// One conversation.
pub(super) fn view<P: Platform>(
    session: &Session<P>,
    id: ConversationId,
) -> Result<ConversationView, Failure> {
    let state = session.state.borrow();
    state.conversation(id).map(|known| state.conversation_view(known)).ok_or(Failure::NotFound)
}

/// Everything received so far has been seen.
pub(super) async fn mark_read<P: Platform>(session: &Session<P>, id: ConversationId) -> Result<(), Failure> {
    let read = |known: &Conversation| known.unread == 0 && !known.marked_unread;
    if session.state.borrow().conversation(id).map(read).ok_or(Failure::NotFound)? {
        return Ok(());
    }
    let writer = session.writer().await?;
    let mut loaded = Loaded::new();
    writer.load_unread(id, &mut loaded).await?;
    writer
        .commit_with(&loaded, &[], |edit| {
            let times = model::mark_read(edit, id);
            let keys = session.vault.keys();
            Pen { account: &session.keys, keys, rng: session.random.clone() }.receipt(edit, id, &times)
        })
        .await
}

/// Keeps what is typed but not sent.
pub(super) async fn save_draft<P: Platform>(
    session: &Session<P>,
    id: ConversationId,
    text: String,
) -> Result<(), Failure> {
    let same = session.state.borrow().conversation(id).map(|known| known.draft == text);
    if same.ok_or(Failure::NotFound)? {
        return Ok(());
    }
    change(session, id, |now_ms, conversation| {
        if !text.is_empty() {
            conversation.active_ms = conversation.active_ms.max(now_ms);
            conversation.hidden = false;
        }
        conversation.draft = text;
    })
    .await
}

/// Gives a contact a name that only this account sees.
pub(super) async fn set_nickname<P: Platform>(
    session: &Session<P>,
    id: ConversationId,
    nickname: &str,
) -> Result<(), Failure> {
    let nickname = if nickname.trim().is_empty() { "" } else { clean_name(nickname)? };
    change(session, id, |_, conversation| conversation.nickname = nickname.to_owned()).await
}

/// Blocks a contact, or takes it back.
pub(super) async fn set_blocked<P: Platform>(
    session: &Session<P>,
    id: ConversationId,
    blocked: bool,
) -> Result<(), Failure> {
    let with_self = session.state.borrow().conversation(id).map(|known| known.with_self);
    if with_self.ok_or(Failure::NotFound)? {
        return Err(Failure::NotFound);
    }
    change(session, id, |_, conversation| conversation.blocked = blocked).await
}

/// Accepts a message request and tells the sender so.
pub(super) async fn accept<P: Platform>(session: &Session<P>, id: ConversationId) -> Result<(), Failure> {
    let writer = session.writer().await?;
    writer.load_timeline(id).await?;
    writer
        .commit(|edit| {
            let keys = session.vault.keys();
            edit.peek(id).ok_or(Failure::NotFound)?;
            if let Some(sent_ms) = model::accept(edit, keys, id) {
                let mut pen = Pen { account: &session.keys, keys, rng: session.random.clone() };
                pen.response(edit, id, sent_ms)?;
            }
            Ok(())
        })
        .await
}

/// Removes a message request.
pub(super) async fn decline<P: Platform>(session: &Session<P>, id: ConversationId) -> Result<(), Failure> {
    let writer = session.writer().await?;
    writer
        .commit(|edit| {
            let known = edit.peek(id).ok_or(Failure::NotFound)?;
            if !known.approved {
                model::decline(edit, id);
            }
            Ok(())
        })
        .await
}

/// Removes every open message request.
pub(super) async fn decline_all<P: Platform>(session: &Session<P>) -> Result<(), Failure> {
    let writer = session.writer().await?;
    writer
        .commit(|edit| {
            let known = edit.state().conversations.values();
            let requests = known.filter(|known| !known.approved && known.approved_me && !known.blocked);
            requests.for_each(|request| model::decline(edit, request.id));
            Ok(())
        })
        .await
}

/// Removes a conversation with its messages. What was to be sent in it and has not left yet stays here.
pub(super) async fn delete<P: Platform>(session: &Session<P>, id: ConversationId) -> Result<(), Failure> {
    let begun = session.state.borrow_mut().provisional.remove(&id).is_some();
    if begun {
        return Ok(());
    }
    let writer = session.writer().await?;
    writer
        .commit(|edit: &mut Edit| {
            let now_ms = edit.now_ms;
            edit.conversation(id).ok_or(Failure::NotFound)?.remove(now_ms);
            edit.clear(id);
            edit.cancel_jobs(id, |_| true);
            Ok(())
        })
        .await
}

/// Changes one conversation.
pub(super) async fn change<P: Platform>(
    session: &Session<P>,
    id: ConversationId,
    change: impl FnOnce(u64, &mut Conversation),
) -> Result<(), Failure> {
    let writer = session.writer().await?;
    writer
        .commit(|edit| {
            let now_ms = edit.now_ms;
            change(now_ms, edit.conversation(id).ok_or(Failure::NotFound)?);
            Ok(())
        })
        .await?;
    // A conversation that is not in the list may still be open in a tab.
    let view = view(session, id)?;
    session.tell(&Event::Conversation(view));
    Ok(())
}

fn problem(error: IdError) -> Failure {
    Failure::AccountId(match error {
        IdError::Length(length) => AccountIdProblem::Length(u32::try_from(length).unwrap_or(u32::MAX)),
        IdError::NotHex(_) => AccountIdProblem::NotHex,
        IdError::Prefix(_) => AccountIdProblem::Prefix,
    })
}
