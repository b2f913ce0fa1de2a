//! Opaque identifiers: meaningless outside the vault that made them.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// The text is not 32 lower-case hex digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an identifier of 32 hex digits")]
pub struct ParseIdError;

macro_rules! opaque_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        pub struct $name(pub [u8; 16]);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&hex::encode(self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self)
            }
        }

        impl FromStr for $name {
            type Err = ParseIdError;

            fn from_str(text: &str) -> Result<Self, ParseIdError> {
                let mut bytes = [0; 16];
                hex::decode_to_slice(text, &mut bytes).map_err(|_| ParseIdError)?;
                Ok(Self(bytes))
            }
        }
    };
}

opaque_id! {
    /// A conversation of this vault: 16 bytes of a keyed hash over what it is with, so that the address
    /// bar and the browser's history never hold an Account ID.
    ConversationId
}
opaque_id! {
    /// A message of this vault: 16 bytes of a keyed hash over conversation, author and sent time. The
    /// same message received twice has the same identifier.
    MessageId
}
opaque_id! {
    /// A file of this vault: 16 bytes that mean nothing elsewhere.
    FileId
}
