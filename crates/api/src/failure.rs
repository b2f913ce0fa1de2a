//! Why a command could not be done. The page turns each into a sentence from its language files.

use serde::{Deserialize, Serialize};

use crate::FileProblem;

/// What stopped a command. Carries no content and no secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum Failure {
    /// The text is not an Account ID that one can write to.
    #[error("not a usable Account ID: {0}")]
    AccountId(AccountIdProblem),
    /// The name could not be looked up, or not be trusted.
    #[error("name not resolved: {0}")]
    LookUp(LookUpProblem),
    /// The display name or nickname is not acceptable.
    #[error("unusable name: {0}")]
    Name(NameProblem),
    /// The recovery password is not correct.
    #[error("unusable recovery password: {0}")]
    Phrase(PhraseProblem),
    /// The passphrase for a new vault is shorter than 8 code points.
    #[error("passphrase too short")]
    PassphraseTooShort,
    /// The passphrase does not open this vault; the next try is possible after this many ms.
    #[error("wrong passphrase, wait {wait_ms} ms")]
    WrongPassphrase {
        /// How long to wait before the next try, in ms.
        wait_ms: u64,
    },
    /// The vault is locked or there is no account yet.
    #[error("no open account")]
    NotReady,
    /// There is an account already.
    #[error("an account exists")]
    AlreadyExists,
    /// No such conversation or message.
    #[error("not found")]
    NotFound,
    /// The message is empty after trimming.
    #[error("empty message")]
    EmptyMessage,
    /// The message has more code points than allowed.
    #[error("message has {chars} code points, {limit} are allowed")]
    MessageTooLong {
        /// Code points of the text.
        chars: u32,
        /// Code points allowed.
        limit: u32,
    },
    /// The contact is blocked.
    #[error("blocked")]
    Blocked,
    /// The conversation, or the message, does not allow this as things are.
    #[error("not possible here")]
    NotAllowed,
    /// Too often in a short time.
    #[error("too often")]
    TooOften,
    /// Something is wrong with a file.
    #[error("file: {0}")]
    File(FileProblem),
    /// No answer from the network; what was to be sent is kept.
    #[error("the network could not be reached")]
    Network,
    /// The device's clock seems to be wrong.
    #[error("clock differs from the network's")]
    Clock,
    /// The browser refused to store (full, private mode, evicted).
    #[error("storage failed")]
    Storage,
    /// What is stored can not be read by this version.
    #[error("stored data can not be read")]
    Damaged,
    /// A mistake in the program.
    #[error("internal error")]
    Internal,
}

/// Why a text is not an Account ID that one can write to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum AccountIdProblem {
    /// Not 66 characters long.
    #[error("{0} characters instead of 66")]
    Length(u32),
    /// A character that is not a hex digit.
    #[error("not hex")]
    NotHex,
    /// A group, community or blinded identity, or an unknown prefix.
    #[error("prefix is not 05")]
    Prefix,
}

/// Why nobody can be found under a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum LookUpProblem {
    /// Neither an Account ID nor of the form of a name.
    #[error("not a name")]
    NotAName,
    /// Nobody has registered it.
    #[error("not registered")]
    Unregistered,
    /// Its registration is of a form that is not trusted any more.
    #[error("obsolete record")]
    Obsolete,
    /// A node's record does not open: somebody changed it.
    #[error("record does not open")]
    Tampered,
    /// The record holds no Account ID.
    #[error("no Account ID")]
    NotAnAccount,
    /// Nodes say different things.
    #[error("nodes disagree")]
    Disagreement,
}

/// Why a name is not acceptable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum NameProblem {
    /// Nothing is left after trimming.
    #[error("empty")]
    Empty,
    /// More than 100 bytes of UTF-8.
    #[error("longer than 100 bytes")]
    TooLong,
}

/// Why a recovery password is not correct.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum PhraseProblem {
    /// Too few words. `last_missing`: all of twelve are in the 13-word list, so the checksum word is missing.
    #[error("{words} words are too few")]
    TooShort {
        /// Words found.
        words: u32,
        /// Only the last word seems to be missing.
        last_missing: bool,
    },
    /// Too many words.
    #[error("{0} words are too many")]
    TooLong(u32),
    /// The word at this place (from 1) is in no list.
    #[error("word {0} is unknown")]
    UnknownWord(u32),
    /// All words are known, but they do not belong together: one is wrong or out of place.
    #[error("checksum mismatch")]
    Checksum,
    /// Words that no account gives.
    #[error("not a possible recovery password")]
    Invalid,
    /// 66 hex digits: an Account ID, not a recovery password.
    #[error("an Account ID")]
    IsAccountId,
}
