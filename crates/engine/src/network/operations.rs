//! Store, retrieve, delete.

use std::cell::RefCell;

use futures::future::join_all;
use sotto_protocol::{
    account::AccountKeys,
    nodes::{Node, NodeId},
    onion::Answer,
    storage::{
        self, Delete, Expire, ExpireMode, MemberResult, MessageHash, Namespace, Pubkey, Request, Retrieve,
        Signer, Store, SwarmAnswer, limits, parse_batch, share,
    },
};

use super::{
    NetworkError, ReceivedMessage, Retrieved, StoreMessage, Stored, inner::Inner, journal::no_way,
    request::Reply, swarm_request::SwarmRequest,
};
use crate::{ledger::Journal, ordered::Set, platform::Platform};

/// Attempts of one operation.
const ATTEMPTS: usize = 4;
/// Time given to a request that is to take effect now, ms.
const SOON_MS: u64 = 1_000;
/// Members asked at once by [`Inner::retrieve`], and attempts for each.
const POLLED: usize = 2;
const POLL_ATTEMPTS: usize = 2;

impl<P: Platform> Inner<P> {
    pub(crate) async fn store(
        &self,
        to: Pubkey,
        message: StoreMessage,
        journal: Option<&RefCell<Journal>>,
    ) -> Result<Stored, NetworkError> {
        if message.data.len() > limits::MESSAGE {
            return Err(NetworkError::TooLarge);
        }
        let StoreMessage { data, timestamp_ms, ttl_ms } = message;
        let make = |_: &Node, now_ms: u64| {
            // A time from before the clock was set right would be refused again. It is no part of the
            // message: its hash stays the same.
            let timestamp = timestamp_ms.clamp(now_ms.saturating_sub(ttl_ms / 2), now_ms);
            Store::new(to, Namespace::DEFAULT, data.clone(), timestamp, ttl_ms).into()
        };
        let members = self.change_swarm(to, journal, make).await?;
        let hash = MessageHash::of(&to, Namespace::DEFAULT, &data).to_string();
        Ok(Stored { hash, members, answered_ms: self.network_ms() })
    }

    pub(crate) async fn delete(
        &self,
        keys: &AccountKeys,
        hashes: &[String],
    ) -> Result<Vec<NodeId>, NetworkError> {
        let messages: Vec<MessageHash> = hashes.iter().filter_map(|hash| hash.parse().ok()).collect();
        if messages.is_empty() {
            return Ok(Vec::new());
        }
        let (signer, account) = signer(keys);
        let request: Request = Request::Delete(Delete { account, messages, required: false, auth: None });
        // The signed text holds no time: one signature serves all attempts.
        let request = signer.sign(request).map_err(|_| NetworkError::Unauthorized)?;
        self.change_swarm(account, None, |_, _| request.clone()).await
    }

    pub(crate) async fn shorten(
        &self,
        keys: &AccountKeys,
        hashes: &[String],
        expiry_ms: u64,
    ) -> Result<Vec<NodeId>, NetworkError> {
        let messages: Vec<MessageHash> = hashes.iter().filter_map(|hash| hash.parse().ok()).collect();
        if messages.is_empty() {
            return Ok(Vec::new());
        }
        let (signer, account) = signer(keys);
        let make = |_: &Node, now_ms: u64| {
            let (messages, mode) = (messages.clone(), ExpireMode::Shorten);
            // A time in the past is refused; what should be gone by now goes as soon as possible.
            let expiry = vec![expiry_ms.max(now_ms + SOON_MS)];
            let request = Expire { account, messages, expiry, mode, auth: None };
            // Signing for the signer's own account can not fail; unsigned it would be refused.
            signer.sign(Request::Expire(request.clone())).unwrap_or(Request::Expire(request))
        };
        self.change_swarm(account, None, make).await
    }

    /// A request that the asked member passes on to all; gives back those who signed for having done it.
    async fn change_swarm(
        &self,
        account: Pubkey,
        journal: Option<&RefCell<Journal>>,
        make: impl Fn(&Node, u64) -> Request,
    ) -> Result<Vec<NodeId>, NetworkError> {
        let tried = RefCell::default();
        let first =
            self.members(&account, 1).await.and_then(|mut found| found.pop().ok_or(NetworkError::NoNodes));
        let first = first.inspect_err(|error| {
            self.note_try(journal, self.network_ms(), &[], String::new(), no_way(error));
        })?;
        let read = |_: &Node, request: &Request, reply: &Reply| {
            let swarm = self.swarm_of(&account);
            let signed = signed_by(request, reply, &swarm);
            if let Some(journal) = journal {
                journal.borrow_mut().members = self.members_said(request, reply, &swarm);
            }
            if signed.is_empty() { Err(shared_refusal(request, reply)) } else { Ok(signed) }
        };
        SwarmRequest::new(self, account, &tried, ATTEMPTS).noting(journal).run(first, make, read).await
    }

    pub(crate) async fn retrieve(
        &self,
        keys: &AccountKeys,
        namespaces: &[i16],
        cursors: impl Fn(&NodeId, i16) -> Option<String>,
    ) -> Result<Vec<Retrieved>, NetworkError> {
        let (signer, account) = signer(keys);
        let members = self.members(&account, POLLED).await?;
        let tried = RefCell::new(Set::from_iter(members.iter().map(|node| node.ed25519)));
        let make = |node: &Node, now_ms: u64| {
            batch(&signer, namespaces, now_ms, |namespace| cursors(&node.ed25519, namespace))
        };
        let read = |node: &Node, _: &Request, reply: &Reply| read_batch(node, namespaces, reply);
        let asked = members
            .into_iter()
            .map(|first| SwarmRequest::new(self, account, &tried, POLL_ATTEMPTS).run(first, &make, &read));
        let mut found = Vec::new();
        let mut failed = NetworkError::NoNodes;
        let mut answered = false;
        for result in join_all(asked).await {
            match result {
                Ok(part) => {
                    answered = true;
                    found.extend(part);
                }
                Err(error) => failed = error,
            }
        }
        if answered { Ok(found) } else { Err(failed) }
    }
}

fn signer(keys: &AccountKeys) -> (Signer, Pubkey) {
    (Signer::user(keys.signing_key().clone()), Pubkey::from_bytes(*keys.id().as_bytes()))
}

/// One signed retrieve for each namespace, their answers sharing the size that a node allows.
fn batch(
    signer: &Signer,
    namespaces: &[i16],
    now_ms: u64,
    cursor: impl Fn(i16) -> Option<String>,
) -> Request {
    let sizes = share(&namespaces.iter().map(|namespace| Namespace(*namespace)).collect::<Vec<_>>());
    let request = |(namespace, size): (&i16, i64)| {
        let mut request = Retrieve::new(*signer.account(), Namespace(*namespace), Some(now_ms));
        request.last_hash = cursor(*namespace).and_then(|hash| hash.parse().ok());
        request.max_size = Some(size);
        // Signing a retrieve that has a time, for the signer's own account, can not fail; unsigned it
        // would be refused by the node.
        signer.sign(Request::Retrieve(request.clone())).unwrap_or(Request::Retrieve(request))
    };
    Request::Batch(namespaces.iter().zip(sizes).map(request).collect())
}

/// The members of `swarm` whose signature for the request is good.
fn signed_by(request: &Request, reply: &Reply, swarm: &Set<NodeId>) -> Vec<NodeId> {
    let Ok(answer) = SwarmAnswer::parse(&reply.body, request) else { return Vec::new() };
    answer.verified(request, |member| swarm.contains(member)).map(|(member, _)| *member).collect()
}

/// An answer that is of no use, as a refusal. Older nodes answer 200 when every member failed: the code
/// that all members give says more.
fn shared_refusal(request: &Request, reply: &Reply) -> Answer {
    let answer = SwarmAnswer::parse(&reply.body, request).ok();
    let codes: Option<Vec<u16>> = answer.and_then(|answer| answer.members.values().map(code).collect());
    match codes.as_deref() {
        Some([code, others @ ..]) if others.iter().all(|other| other == code) => {
            Answer { status: *code, body: String::new() }
        }
        _ => refusal(reply),
    }
}

fn code(result: &MemberResult) -> Option<u16> {
    match result {
        MemberResult::Failed(failure) => failure.code,
        MemberResult::Done { .. } => None,
    }
}

fn refusal(reply: &Reply) -> Answer {
    Answer { status: reply.status, body: reply.body.clone() }
}

/// The parts of a batch that succeeded; when none did, the status of the whole.
fn read_batch(node: &Node, namespaces: &[i16], reply: &Reply) -> Result<Vec<Retrieved>, Answer> {
    if reply.status != 200 {
        return Err(refusal(reply));
    }
    let results = parse_batch(&reply.body).map_err(|_| refusal(reply))?;
    let read = |(namespace, answer): (&i16, &Answer)| {
        if answer.status != 200 {
            return None;
        }
        let part = storage::Retrieved::parse(&answer.body).ok()?;
        let messages = part.messages.into_iter().map(received).collect();
        Some(Retrieved { node: node.ed25519, namespace: *namespace, messages, more: part.more })
    };
    let found: Vec<Retrieved> = namespaces.iter().zip(&results).filter_map(read).collect();
    if found.is_empty() {
        let first = results.into_iter().find(|answer| !(200..300).contains(&answer.status));
        return Err(first.unwrap_or_else(|| refusal(reply)));
    }
    Ok(found)
}

fn received(message: storage::StoredMessage) -> ReceivedMessage {
    ReceivedMessage {
        hash: message.hash.to_string(),
        timestamp_ms: message.timestamp,
        expiration_ms: message.expiry,
        data: message.data,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_all_members_say_decides() {
        let store: Request = Store::new(Pubkey::from_bytes([5; 33]), Namespace(0), vec![1], 5, 10_000).into();
        let refused = |codes: &[&str]| {
            let member = |(n, code): (usize, &&str)| {
                format!(r#""{:064x}":{{"failed":1,"code":"{code}","reason":"no"}}"#, n)
            };
            let members: Vec<String> = codes.iter().enumerate().map(member).collect();
            let body = format!(r#"{{"swarm":{{{}}},"t":1}}"#, members.join(","));
            shared_refusal(&store, &Reply { status: 200, body, round_trip_ms: 0 }).status
        };
        assert_eq!(refused(&["406", "406"]), 406);
        assert_eq!(refused(&["406", "500"]), 200);
        assert_eq!(refused(&[]), 200);
    }
}
