//! The recovery password: the 16 bytes of an account's seed in a form that people can keep.
//!
//! | form | understood by |
//! |---|---|
//! | 13 words: 12 of Monero's English list and one of them repeated as a checksum | every Session app |
//! | 12 words of BIP39 | Sotto |
//! | 32 hex digits | QR codes of the official apps |
//!
//! All three restore the same account. No error carries a word.

mod bip39;
mod list;
mod typing;
mod words;

use zeroize::Zeroizing;

use crate::account::Seed;
use typing::split;

pub use typing::{Check, check, complete};
pub use words::{WORD_COUNT, decode_words, encode_words};

/// Digits of the hex form.
const HEX_DIGITS: usize = 2 * Seed::LEN;

/// Digits of an Account ID.
const ID_DIGITS: usize = 66;

/// Why a text is not a recovery password. Of several reasons the first in this order is given: number of words,
/// unknown word, checksum, impossible words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PhraseError {
    /// Too few words.
    #[error("{words} words are too few")]
    TooShort {
        /// Words found.
        words: usize,
        /// There are twelve, no BIP39 phrase, and all in the list of the 13-word form: the last one is missing.
        last_missing: bool,
    },
    /// Too many words.
    #[error("{0} words are too many")]
    TooLong(usize),
    /// The word at this place (from 1) is not in the list.
    #[error("word {0} is unknown")]
    UnknownWord(usize),
    /// The words are known, but the checksum does not fit.
    #[error("checksum mismatch")]
    Checksum,
    /// Three words that stand for no 32-bit number.
    #[error("not a possible recovery password")]
    Invalid,
    /// 66 hex digits: an Account ID.
    #[error("an Account ID, not a recovery password")]
    IsAccountId,
}

/// The 13-word form: lower case, full words, single spaces.
pub fn to_words(seed: &Seed) -> Zeroizing<String> {
    join(encode_words(seed.as_bytes(), true))
}

/// The BIP39 form: 12 words, of which only the entropy is used.
pub fn to_bip39(seed: &Seed) -> Zeroizing<String> {
    join(bip39::encode(seed))
}

/// The hex form: 32 lower-case digits.
pub fn to_hex(seed: &Seed) -> Zeroizing<String> {
    Zeroizing::new(hex::encode(seed.as_bytes()))
}

/// Reads a recovery password in any of its forms.
///
/// The number of words decides: 13 are read by the first list, 12 as BIP39. White space of any kind, `,`, `;`, `.`
/// and list numbers such as `3.` separate words; case does not matter; of a word of the first list the first three
/// letters count; a BIP39 word may be cut after its fourth.
pub fn parse_recovery(text: &str) -> Result<Seed, PhraseError> {
    if let Some(seed) = parse_hex(text.trim())? {
        return Ok(seed);
    }
    let words = split(text);
    match words.len() {
        13 => words::decode_seed(&words),
        12 => bip39::decode(&words).map_err(|error| explain_twelve(&words, error)),
        count if count < 12 => Err(PhraseError::TooShort { words: count, last_missing: false }),
        count => Err(PhraseError::TooLong(count)),
    }
}

fn parse_hex(text: &str) -> Result<Option<Seed>, PhraseError> {
    if !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Ok(None);
    }
    if text.len() == ID_DIGITS {
        return Err(PhraseError::IsAccountId);
    }
    let mut bytes = Zeroizing::new([0; Seed::LEN]);
    if text.len() != HEX_DIGITS || hex::decode_to_slice(text, &mut *bytes).is_err() {
        return Ok(None);
    }
    Ok(Some(Seed::new(*bytes)))
}

/// What is wrong with 12 words that are no BIP39 phrase: told for the list that they were most likely taken from.
fn explain_twelve(words: &[Zeroizing<String>], error: PhraseError) -> PhraseError {
    let unknown = |find: fn(&str) -> Option<usize>| words.iter().filter(|word| find(word).is_none()).count();
    let (first_list, bip39) = (unknown(list::find), unknown(bip39::find));
    if first_list == 0 {
        PhraseError::TooShort { words: words.len(), last_missing: true }
    } else if first_list < bip39 {
        let place = words.iter().position(|word| list::find(word).is_none()).unwrap_or_default();
        PhraseError::UnknownWord(place + 1)
    } else {
        error
    }
}

fn join(words: Vec<&str>) -> Zeroizing<String> {
    // Sized beforehand: a growing string would leave copies behind.
    let mut text = Zeroizing::new(String::with_capacity(words.iter().map(|word| word.len() + 1).sum()));
    for (place, word) in words.into_iter().enumerate() {
        if place > 0 {
            text.push(' ');
        }
        text.push_str(word);
    }
    text
}
