use core::fmt;
use core::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// Hex digits of an identifier: two for the prefix, 64 for the key.
const DIGITS: usize = 66;

/// What the key behind an identifier is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum IdPrefix {
    /// `05`: X25519 key of an account.
    Account,
    /// `03`: Ed25519 key of a group.
    Group,
    /// `15`: blinded Ed25519 point of an account in one community; the factor comes from the server key alone.
    Blinded15,
    /// `25`: blinded Ed25519 point of an account in one community; the factor comes from server key and account.
    Blinded25,
    /// `00`: plain Ed25519 key of an account, for community servers without blinding.
    Unblinded,
    /// `07`: Ed25519 key that only the version check of the file server sees.
    VersionCheck,
}

impl IdPrefix {
    /// The prefix of this byte, if it is known.
    pub fn from_byte(byte: u8) -> Option<Self> {
        Some(match byte {
            0x05 => Self::Account,
            0x03 => Self::Group,
            0x15 => Self::Blinded15,
            0x25 => Self::Blinded25,
            0x00 => Self::Unblinded,
            0x07 => Self::VersionCheck,
            _ => return None,
        })
    }

    /// The byte in front of the key.
    pub fn byte(self) -> u8 {
        match self {
            Self::Account => 0x05,
            Self::Group => 0x03,
            Self::Blinded15 => 0x15,
            Self::Blinded25 => 0x25,
            Self::Unblinded => 0x00,
            Self::VersionCheck => 0x07,
        }
    }
}

/// Why a text is not an Account ID.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// Not 66 characters long.
    #[error("an Account ID has 66 digits, not {0}")]
    Length(usize),
    /// A character that is not a hex digit, at this place (from 0).
    #[error("character {0} is not a hex digit")]
    NotHex(usize),
    /// An identifier of another kind, or of none that is known.
    #[error("an Account ID begins with 05")]
    Prefix(Option<IdPrefix>),
}

/// The public identifier of an account: `05` and its X25519 public key, 33 bytes, 66 lower-case hex digits.
///
/// Serialised as hex text where the format is for people, as the 32 bytes of the key elsewhere.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AccountId([u8; AccountId::LEN]);

impl AccountId {
    /// Length in bytes, prefix included.
    pub const LEN: usize = 33;

    /// The identifier of the account with this X25519 public key.
    pub fn from_x25519(public: [u8; 32]) -> Self {
        let mut bytes = [IdPrefix::Account.byte(); Self::LEN];
        bytes[1..].copy_from_slice(&public);
        Self(bytes)
    }

    /// Reads 33 bytes that begin with `05`.
    pub fn from_bytes(bytes: [u8; Self::LEN]) -> Result<Self, IdError> {
        match bytes[0] {
            0x05 => Ok(Self(bytes)),
            other => Err(IdError::Prefix(IdPrefix::from_byte(other))),
        }
    }

    /// Reads what a person typed, pasted or scanned as a new contact: white space around it is ignored, hex
    /// digits may be of either case. The key itself is not checked, as in the official apps.
    pub fn parse_contact(text: &str) -> Result<Self, IdError> {
        text.trim().parse()
    }

    /// All 33 bytes.
    pub fn as_bytes(&self) -> &[u8; Self::LEN] {
        &self.0
    }

    /// The X25519 public key.
    pub fn x25519(&self) -> &[u8; 32] {
        let [_, key @ ..] = &self.0;
        key
    }
}

impl FromStr for AccountId {
    type Err = IdError;

    /// Reads exactly 66 hex digits of either case that begin with `05`. Length is checked first, then digits,
    /// then the prefix.
    fn from_str(text: &str) -> Result<Self, IdError> {
        let length = text.chars().count();
        if length != DIGITS {
            return Err(IdError::Length(length));
        }
        if let Some(place) = text.chars().position(|c| !c.is_ascii_hexdigit()) {
            return Err(IdError::NotHex(place));
        }
        let mut bytes = [0; Self::LEN];
        hex::decode_to_slice(text, &mut bytes).map_err(|_| IdError::Length(length))?;
        Self::from_bytes(bytes)
    }
}

impl fmt::Display for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut digits = [0; DIGITS];
        hex::encode_to_slice(self.0, &mut digits).map_err(|_| fmt::Error)?;
        f.pad(core::str::from_utf8(&digits).map_err(|_| fmt::Error)?)
    }
}

impl fmt::Debug for AccountId {
    /// Shortened, so that whole identifiers do not end up in logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [prefix, first, .., last] = self.0;
        write!(f, "AccountId({prefix:02x}{first:02x}…{last:02x})")
    }
}

impl Serialize for AccountId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.collect_str(self)
        } else {
            self.x25519().serialize(serializer)
        }
    }
}

impl<'de> Deserialize<'de> for AccountId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
        } else {
            <[u8; 32]>::deserialize(deserializer).map(Self::from_x25519)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "05d2ad010eeb72d72e561d9de7bd7b6989af77dcabffa03a5111a6c859ae5c3a72";

    #[test]
    fn reads_either_case_and_shows_lower() {
        let id = AccountId::parse_contact(&format!(" {}\n", ID.to_uppercase())).unwrap();
        assert_eq!(id.to_string(), ID);
        assert_eq!(AccountId::from_x25519(*id.x25519()), id);
        assert_eq!(AccountId::from_bytes(*id.as_bytes()), Ok(id));
        assert_eq!(format!("{id:?}"), "AccountId(05d2…72)");
    }

    #[test]
    fn each_refusal_is_its_own_error() {
        let parse = AccountId::parse_contact;
        assert_eq!(parse(""), Err(IdError::Length(0)));
        assert_eq!(parse(&ID[1..]), Err(IdError::Length(65)));
        assert_eq!(parse(&ID[2..]), Err(IdError::Length(64)));
        assert_eq!(parse(&ID.replace('7', "g")), Err(IdError::NotHex(12)));
        assert_eq!(parse(&ID.replace("72d", "72é")), Err(IdError::NotHex(14)));
        assert_eq!(parse(&ID.replace("05d2", "03d2")), Err(IdError::Prefix(Some(IdPrefix::Group))));
        assert_eq!(parse(&ID.replace("05d2", "99d2")), Err(IdError::Prefix(None)));
        // White space inside is not trimmed away.
        assert_eq!(parse(&ID.replace("05d2", "05 d2")), Err(IdError::Length(67)));
    }

    #[test]
    fn prefixes_round_trip() {
        let known: Vec<_> = (0..=255).filter_map(IdPrefix::from_byte).map(IdPrefix::byte).collect();
        assert_eq!(known, [0x00, 0x03, 0x05, 0x07, 0x15, 0x25]);
    }

    #[test]
    fn serialises_as_text_and_as_bytes() {
        let id: AccountId = ID.parse().unwrap();
        let json = serde_json::to_string(&id).unwrap();
        assert_eq!(json, format!("\"{ID}\""));
        assert_eq!(serde_json::from_str::<AccountId>(&json).unwrap(), id);
        let bytes = postcard::to_allocvec(&id).unwrap();
        assert_eq!(bytes, id.x25519());
        assert_eq!(postcard::from_bytes::<AccountId>(&bytes).unwrap(), id);
    }
}
