//! What one member of a swarm did, and its signature of it.

use std::collections::BTreeMap;

use ed25519_dalek::{Signer as _, SigningKey};
use serde_json::{Map, Value, json};

use super::signed::{with_hashes, with_tokens};
use super::{ExpireMode, MessageHash, Namespace, Pubkey, Request, Scope};
use crate::nodes::NodeId;
use crate::text::{base64, unbase64_array};

/// Messages that a member deleted or changed, sorted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Affected {
    /// Of the one namespace asked for (or by hash).
    One(Vec<MessageHash>),
    /// Of every namespace, when all were asked for.
    All(BTreeMap<Namespace, Vec<MessageHash>>),
}

/// The expiry that an [`Request::Expire`] applied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Applied {
    /// One value was asked for: what was applied, even if to no message.
    One(u64),
    /// A list was asked for: the values in the order of `updated`.
    Each(Vec<u64>),
}

/// What a member did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Of `store`.
    Stored {
        /// Hash of the message.
        hash: MessageHash,
        /// Expiry in force, ms; 0 when an outbox kept a newer message.
        expiry: u64,
        /// Whether the message was there before.
        already: bool,
    },
    /// Of `delete`, `delete_all`, `delete_before`.
    Deleted(Affected),
    /// Of `expire_all`.
    Shortened(Affected),
    /// Of `expire`.
    Expired {
        /// What was applied.
        expiry: Applied,
        /// To which messages, sorted.
        updated: Vec<MessageHash>,
        /// Messages that were found but not changed, with their expiry; only when a mode was asked for.
        unchanged: Option<BTreeMap<MessageHash, u64>>,
    },
    /// Of `revoke_subaccount`.
    Revoked,
    /// Of `unrevoke_subaccount`.
    Unrevoked {
        /// How many were removed.
        count: u64,
    },
}

/// What a member that did nothing says.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Failure {
    /// It did not answer in time.
    pub timeout: bool,
    /// Status with which it refused.
    pub code: Option<u16>,
    /// Its text.
    pub reason: Option<String>,
    /// Its answer could not be read.
    pub bad_peer_response: bool,
    /// Its database failed.
    pub query_failure: bool,
}

/// One member's part of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MemberResult {
    /// It did it and signed.
    Done {
        /// What it did.
        outcome: Outcome,
        /// Ed25519 signature of [`Outcome::signed_bytes`].
        signature: [u8; 64],
    },
    /// It did not.
    Failed(Failure),
}

impl Affected {
    /// All hashes, sorted over all namespaces.
    pub fn sorted(&self) -> Vec<MessageHash> {
        let mut hashes: Vec<_> = match self {
            Self::One(list) => list.clone(),
            Self::All(map) => map.values().flatten().copied().collect(),
        };
        hashes.sort_unstable();
        hashes
    }

    fn to_json(&self) -> Value {
        match self {
            Self::One(list) => json!(list),
            Self::All(map) => {
                map.iter().map(|(ns, list)| (ns.to_string(), json!(list))).collect::<Map<_, _>>().into()
            }
        }
    }

    fn from_json(value: &Value) -> Option<Self> {
        match value {
            Value::Object(map) => {
                let entry =
                    |(ns, list): (&String, &Value)| Some((Namespace(ns.parse().ok()?), hashes(list)?));
                try_collect(map.iter().map(entry)).map(Self::All)
            }
            list => hashes(list).map(Self::One),
        }
    }
}

impl Outcome {
    /// The bytes that the member signs; `None` when the request is not one with this outcome.
    pub fn signed_bytes(&self, request: &Request) -> Option<Vec<u8>> {
        let by_time = |account: &Pubkey, time: u64, affected: &Affected| {
            Some(with_hashes(format!("{account}{time}"), &affected.sorted()))
        };
        match (self, request) {
            (Self::Stored { hash, .. }, Request::Store(_)) => Some(hash.as_str().into()),
            (Self::Deleted(affected), Request::Delete(r)) => {
                Some(with_hashes(r.account.to_string(), r.messages.iter().chain(&affected.sorted())))
            }
            (Self::Deleted(affected), Request::DeleteAll(r)) => by_time(&r.account, r.timestamp, affected),
            (Self::Deleted(affected), Request::DeleteBefore(r)) => by_time(&r.account, r.before, affected),
            (Self::Shortened(affected), Request::ExpireAll(r)) => by_time(&r.account, r.expiry, affected),
            (Self::Expired { expiry, updated, unchanged }, Request::Expire(r)) => {
                let mut text = r.account.to_string();
                match expiry {
                    Applied::One(time) => text.push_str(&time.to_string()),
                    Applied::Each(times) => text.extend(times.iter().map(u64::to_string)),
                }
                let mut bytes = with_hashes(text, r.messages.iter().chain(updated));
                for (hash, time) in unchanged.iter().flatten() {
                    bytes.extend_from_slice(hash.as_str().as_bytes());
                    bytes.extend_from_slice(time.to_string().as_bytes());
                }
                Some(bytes)
            }
            (Self::Revoked, Request::RevokeSubaccount(r))
            | (Self::Unrevoked { .. }, Request::UnrevokeSubaccount(r)) => {
                Some(with_tokens(format!("{}{}", r.account, r.timestamp), &r.tokens))
            }
            _ => None,
        }
    }

    /// The member's signed result; `None` when the request is not one with this outcome.
    pub fn sign(self, request: &Request, node: &SigningKey) -> Option<MemberResult> {
        let signature = node.sign(&self.signed_bytes(request)?).to_bytes();
        Some(MemberResult::Done { outcome: self, signature })
    }

    fn to_json(&self) -> Value {
        match self {
            Self::Stored { hash, expiry, already: false } => json!({"hash": hash, "expiry": expiry}),
            Self::Stored { hash, expiry, already: true } => {
                json!({"hash": hash, "expiry": expiry, "already": true})
            }
            Self::Deleted(affected) => json!({"deleted": affected.to_json()}),
            Self::Shortened(affected) => json!({"updated": affected.to_json()}),
            Self::Expired { expiry, updated, unchanged } => {
                let expiry = match expiry {
                    Applied::One(time) => json!(time),
                    Applied::Each(times) => json!(times),
                };
                let mut value = json!({"expiry": expiry, "updated": updated});
                if let Some(unchanged) = unchanged {
                    value["unchanged"] = json!(unchanged);
                }
                value
            }
            Self::Revoked => json!({}),
            Self::Unrevoked { count } => json!({"count": count}),
        }
    }

    fn from_json(value: &Value, request: &Request) -> Option<Self> {
        Some(match request {
            Request::Store(_) => Self::Stored {
                hash: value.get("hash")?.as_str()?.parse().ok()?,
                expiry: value.get("expiry")?.as_u64()?,
                already: flag(value, "already"),
            },
            Request::Delete(_) | Request::DeleteAll(_) | Request::DeleteBefore(_) => {
                Self::Deleted(Affected::from_json(value.get("deleted")?)?)
            }
            Request::ExpireAll(_) => Self::Shortened(Affected::from_json(value.get("updated")?)?),
            Request::Expire(_) => Self::Expired {
                expiry: match value.get("expiry")? {
                    Value::Array(list) => {
                        Applied::Each(list.iter().map(Value::as_u64).collect::<Option<_>>()?)
                    }
                    one => Applied::One(one.as_u64()?),
                },
                updated: hashes(value.get("updated")?)?,
                unchanged: match value.get("unchanged").and_then(Value::as_object) {
                    None => None,
                    Some(map) => {
                        let entry =
                            |(hash, time): (&String, &Value)| Some((hash.parse().ok()?, time.as_u64()?));
                        Some(try_collect(map.iter().map(entry))?)
                    }
                },
            },
            Request::RevokeSubaccount(_) => Self::Revoked,
            Request::UnrevokeSubaccount(_) => {
                Self::Unrevoked { count: value.get("count").and_then(Value::as_u64).unwrap_or(0) }
            }
            _ => return None,
        })
    }
}

impl MemberResult {
    /// A failure with the status and text of a refusal.
    pub fn refused(status: u16, reason: impl Into<String>) -> Self {
        Self::Failed(Failure { code: Some(status), reason: Some(reason.into()), ..Failure::default() })
    }

    /// A member that did not answer in time.
    pub fn timed_out() -> Self {
        Self::Failed(Failure { timeout: true, ..Failure::default() })
    }

    /// What it did, when its signature is good. `member` must be known to belong to the account's swarm.
    pub fn verified(&self, member: &NodeId, request: &Request) -> Option<&Outcome> {
        match self {
            Self::Done { outcome, signature } => {
                let fits = fits_request(outcome, request) && outcome.is_sorted();
                let signed = outcome.signed_bytes(request)?;
                (fits && member.verifies(&signed, signature)).then_some(outcome)
            }
            Self::Failed(_) => None,
        }
    }

    /// As it stands in answers, and as members report it to the one that asked them.
    pub fn to_json(&self) -> Value {
        match self {
            Self::Done { outcome, signature } => {
                let mut value = outcome.to_json();
                value["signature"] = base64(signature).into();
                value
            }
            Self::Failed(failure) => failure.to_json(),
        }
    }

    /// Reads a member's part of the answer to `request`. Numbers count as booleans, strings as codes; what cannot be
    /// read is a [`Failure`] with `bad_peer_response`.
    pub fn from_json(value: &Value, request: &Request) -> Self {
        if flag(value, "failed") {
            return Self::Failed(Failure::from_json(value));
        }
        let signature = value.get("signature").and_then(Value::as_str).and_then(unbase64_array);
        match Outcome::from_json(value, request).zip(signature) {
            Some((outcome, signature)) => Self::Done { outcome, signature },
            None => Self::Failed(Failure { bad_peer_response: true, ..Failure::default() }),
        }
    }
}

impl Failure {
    fn to_json(&self) -> Value {
        let mut value = json!({"failed": true});
        let flags = [
            ("timeout", self.timeout),
            ("bad_peer_response", self.bad_peer_response),
            ("query_failure", self.query_failure),
        ];
        flags.into_iter().filter(|(_, on)| *on).for_each(|(name, _)| value[name] = true.into());
        if let Some(code) = self.code {
            value["code"] = code.to_string().into();
        }
        if let Some(reason) = &self.reason {
            value["reason"] = reason.as_str().into();
        }
        value
    }

    fn from_json(value: &Value) -> Self {
        let code = value.get("code").and_then(|code| match code {
            Value::String(text) => text.parse().ok(),
            number => u16::try_from(number.as_u64()?).ok(),
        });
        Self {
            timeout: flag(value, "timeout"),
            code,
            reason: value.get("reason").and_then(Value::as_str).map(str::to_owned),
            bad_peer_response: flag(value, "bad_peer_response"),
            query_failure: flag(value, "query_failure"),
        }
    }
}

impl Outcome {
    /// Lists that are signed sorted must arrive sorted.
    fn is_sorted(&self) -> bool {
        match self {
            Self::Expired { updated, .. } => updated.is_sorted(),
            _ => true,
        }
    }
}

/// Whether the shape of the outcome is the one that the request asks for.
fn fits_request(outcome: &Outcome, request: &Request) -> bool {
    let shape =
        |affected: &Affected, scope: Scope| matches!(affected, Affected::All(_)) == (scope == Scope::All);
    match (outcome, request) {
        (Outcome::Stored { hash, .. }, Request::Store(r)) => *hash == r.hash(),
        (Outcome::Deleted(affected), Request::DeleteAll(r)) => shape(affected, r.scope),
        (Outcome::Deleted(affected), Request::DeleteBefore(r)) => shape(affected, r.scope),
        (Outcome::Shortened(affected), Request::ExpireAll(r)) => shape(affected, r.scope),
        (Outcome::Expired { expiry, updated, unchanged }, Request::Expire(r)) => {
            let times = match expiry {
                Applied::One(_) => r.expiry.len() == 1,
                Applied::Each(times) => r.expiry.len() > 1 && times.len() == updated.len(),
            };
            times && (unchanged.is_none() || r.mode != ExpireMode::Set)
        }
        _ => true,
    }
}

/// Members other than the asked one have their booleans turned into numbers on the way.
fn flag(value: &Value, name: &str) -> bool {
    match value.get(name) {
        Some(Value::Bool(on)) => *on,
        Some(Value::Number(number)) => number.as_i64() != Some(0),
        _ => false,
    }
}

/// `None` when an entry is. One by one: `collect` sorts first, kilobytes of code for each type.
fn try_collect<K: Ord, V>(entries: impl Iterator<Item = Option<(K, V)>>) -> Option<BTreeMap<K, V>> {
    let mut map = BTreeMap::new();
    for entry in entries {
        map.extend([entry?]);
    }
    Some(map)
}

fn hashes(value: &Value) -> Option<Vec<MessageHash>> {
    value.as_array()?.iter().map(|hash| hash.as_str()?.parse().ok()).collect()
}
