//! Typing indicators: what is told about our typing, as seldom as the network's apps do, and what is heard
//! about the others'. Nothing of it is stored or sent again.

use std::{cell::RefCell, pin::pin};

use futures::future::{join, pending, select};
use sotto_api::{ConversationId, Event, Failure};
use sotto_protocol::{account::AccountId, content::TypingAction};

use crate::{
    network::StoreMessage,
    notify::Notify,
    ordered::Map,
    outbox::Pen,
    platform::{Clock, Platform},
    session::Session,
};

/// While typing goes on, it is told again after this, ms.
const REPEAT_MS: u64 = 10_000;
/// Without a key for this long, typing has stopped, ms.
const PAUSE_MS: u64 = 5_000;
/// How long a swarm keeps such a message, ms.
const TTL_MS: u64 = 20_000;

/// What is known about typing.
#[derive(Default)]
pub(crate) struct Typing {
    ours: RefCell<Map<ConversationId, Ours>>,
    to_tell: RefCell<Map<ConversationId, TypingAction>>,
    changed: Notify,
}

/// Our typing in one conversation, monotonic ms.
struct Ours {
    told_at: u64,
    key_at: u64,
}

impl Typing {
    /// The person types in this conversation, or has stopped.
    pub fn said<P: Platform>(&self, session: &Session<P>, id: ConversationId, typing: bool) {
        if !is_allowed(session, id) {
            self.forget(id);
            return;
        }
        let now = session.platform.clock().monotonic_ms();
        let mut ours = self.ours.borrow_mut();
        let tell = if typing {
            let known = ours.get_mut(&id);
            let due = known.as_ref().is_none_or(|known| now.saturating_sub(known.told_at) >= REPEAT_MS);
            match known {
                Some(known) => {
                    known.key_at = now;
                    known.told_at = if due { now } else { known.told_at };
                }
                None => drop(ours.insert(id, Ours { told_at: now, key_at: now })),
            }
            due.then_some(TypingAction::Started)
        } else {
            ours.remove(&id).map(|_| TypingAction::Stopped)
        };
        drop(ours);
        if let Some(action) = tell {
            self.to_tell.borrow_mut().insert(id, action);
        }
        self.changed.notify();
    }

    /// The message was sent: that tells the other side enough.
    pub fn forget(&self, id: ConversationId) {
        self.ours.borrow_mut().remove(&id);
        self.to_tell.borrow_mut().remove(&id);
    }

    /// The other side types until then (Unix ms), or has stopped.
    pub fn heard<P: Platform>(&self, session: &Session<P>, id: ConversationId, until_ms: Option<u64>) {
        let mut state = session.state.borrow_mut();
        let before = match until_ms {
            Some(until_ms) => state.typing.insert(id, until_ms),
            None => state.typing.remove(&id),
        };
        drop(state);
        if before.is_some() != until_ms.is_some() {
            tell(session, id);
        }
        self.changed.notify();
    }

    /// Takes out what is to be told next.
    fn next(&self) -> Option<(ConversationId, TypingAction)> {
        let mut to_tell = self.to_tell.borrow_mut();
        let id = to_tell.keys().next().copied()?;
        to_tell.remove(&id).map(|action| (id, action))
    }

    /// Nothing about typing is told or shown any more.
    pub fn stop<P: Platform>(&self, session: &Session<P>) {
        self.ours.borrow_mut().clear();
        self.to_tell.borrow_mut().clear();
        let shown: Vec<ConversationId> = session.state.borrow().typing.keys().copied().collect();
        shown.into_iter().for_each(|id| self.heard(session, id, None));
    }

    /// Ends what nobody has said anything about for a while. Gives back how long until the next end, ms.
    fn expire<P: Platform>(&self, session: &Session<P>) -> Option<u64> {
        let now = session.platform.clock().monotonic_ms();
        let ends = |ours: &Ours| (ours.key_at + PAUSE_MS).saturating_sub(now);
        let idle: Vec<ConversationId> =
            self.ours.borrow().iter().filter(|(_, ours)| ends(ours) == 0).map(|(id, _)| *id).collect();
        idle.into_iter().for_each(|id| self.said(session, id, false));
        let now_ms = session.network.now_ms();
        let over: Vec<ConversationId> = {
            let state = session.state.borrow();
            state.typing.iter().filter(|(_, until_ms)| **until_ms <= now_ms).map(|(id, _)| *id).collect()
        };
        over.into_iter().for_each(|id| self.heard(session, id, None));
        let theirs =
            session.state.borrow().typing.values().map(|until_ms| until_ms.saturating_sub(now_ms)).min();
        let ours = self.ours.borrow().values().map(ends).min();
        ours.into_iter().chain(theirs).min()
    }
}

/// Tells others and ends what is over, for ever.
pub(crate) async fn run<P: Platform>(session: &Session<P>) {
    join(tell_others(session), watch(session)).await;
}

async fn watch<P: Platform>(session: &Session<P>) {
    loop {
        let wait_ms = session.typing.expire(session);
        let seen = session.typing.changed.count();
        let sleep = async {
            match wait_ms {
                Some(ms) => session.platform.clock().sleep(ms.max(1)).await,
                None => pending().await,
            }
        };
        select(pin!(session.typing.changed.changed(seen)), pin!(sleep)).await;
    }
}

async fn tell_others<P: Platform>(session: &Session<P>) {
    loop {
        let seen = session.typing.changed.count();
        let next = session.typing.next();
        match next {
            // What gets lost is told again soon, or of no interest any more.
            Some((id, action)) => drop(send(session, id, action).await),
            None => session.typing.changed.changed(seen).await,
        }
    }
}

async fn send<P: Platform>(
    session: &Session<P>,
    id: ConversationId,
    action: TypingAction,
) -> Result<(), Failure> {
    let writer = session.writer().await?;
    if !is_allowed(session, id) {
        return Ok(());
    }
    let (peer, data, timestamp_ms) = writer
        .commit(|edit| {
            let peer = edit.peek(id).ok_or(Failure::NotFound)?.peer;
            let keys = session.vault.keys();
            let mut pen = Pen { account: &session.keys, keys, rng: session.random.clone() };
            let sent_ms = edit.next_sent_ms(0);
            Ok((peer, pen.typing(&peer, action, sent_ms)?, sent_ms))
        })
        .await?;
    drop(writer);
    let message = StoreMessage { data, timestamp_ms, ttl_ms: TTL_MS };
    session.network.store(&AccountId::from_x25519(peer), message).await.map_err(|_| Failure::Network)?;
    Ok(())
}

fn is_allowed<P: Platform>(session: &Session<P>, id: ConversationId) -> bool {
    let state = session.state.borrow();
    let known = state.conversation(id);
    state.account.typing && known.is_some_and(|known| known.is_open() && !known.with_self)
}

fn tell<P: Platform>(session: &Session<P>, id: ConversationId) {
    let state = session.state.borrow();
    if let Some(known) = state.conversation(id) {
        session.tell(&Event::Conversation(state.conversation_view(known)));
    }
}
