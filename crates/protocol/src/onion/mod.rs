//! Onion requests: how a client wraps a request so that no node learns both who asks and what, and how a node
//! peels its layer.
//!
//! - [`frame`]: the length-prefixed container of every layer.
//! - [`layer`]: encryption of one layer, in both directions.
//! - [`build`], [`answer`]: the client side.
//! - [`peel`]: the node side.
//! - [`v4`]: requests to servers (file server, communities) inside the last layer.
//! - [`path_error`]: the unencrypted texts by which a path reports its own failures.

pub mod answer;
pub mod build;
pub mod frame;
pub mod layer;
pub mod path_error;
pub mod peel;
pub mod v4;

pub use self::answer::{Answer, AnswerError, AnswerKey};
pub use self::build::{Destination, Hop, Outgoing, Protocol, Server};
pub use self::layer::{Channel, EncType, LayerError, NodeSecret};
pub use self::path_error::PathError;
pub use self::peel::{Envelope, Next, PeelError, Peeled};

/// Path of the HTTP POST that carries an onion request.
pub const URL_PATH: &str = "/onion_req/v2";

/// Largest body of an onion request, bytes; more gets 413 `Request body too large`.
pub const MAX_REQUEST: usize = 10 * 1024 * 1024;

/// Highest number a forwarded request may carry: 16 nodes in a row pass, 17 do not.
pub const MAX_HOPS: i64 = 15;
