//! The storage RPC of service nodes and its signatures.
//!
//! [`Request`] is any request: a client builds one, signs it with a [`Signer`] and sends [`Request::to_bytes`]; a node
//! reads it with [`Request::parse`] and asks [`Request::check`] before it carries it out. Members of a swarm sign what
//! they did ([`Outcome`]), and the asked member collects that into one [`SwarmAnswer`].

pub mod answer;
mod auth;
mod check;
mod fields;
mod hash;
pub mod limits;
mod members;
mod namespace;
mod ons;
mod outcome;
mod parse;
mod pubkey;
mod refusal;
mod request;
mod serialise;
mod share;
mod signed;
mod signer;
mod subaccount;

pub use self::answer::{
    Chosen, Clock, Expiries, Info, OxendAnswer, Retrieved, RevokedTokens, ShapeError, StoredMessage,
    SwarmAnswer, batch_body, parse_batch,
};
pub use self::auth::{Access, Auth, AuthError, Subaccount, Token};
pub use self::check::CheckContext;
pub use self::hash::{HashError, MessageHash};
pub use self::members::SwarmMembers;
pub use self::namespace::{Namespace, Scope};
pub use self::ons::SealedName;
pub use self::outcome::{Affected, Applied, Failure, MemberResult, Outcome};
pub use self::pubkey::{Pubkey, PubkeyError};
pub use self::refusal::Refusal;
pub use self::request::{
    Condition, Delete, DeleteAll, DeleteBefore, Expire, ExpireAll, ExpireMode, GetExpiries, IfElse,
    OxendRequest, Request, Retrieve, Revoke, RevokedSubaccounts, Store,
};
pub use self::share::share;
pub use self::signer::{SignError, Signer};
pub use self::subaccount::{AuthData, member_token};
