//! BIP39 as a second notation of the same 16 bytes: only the entropy is used, without PBKDF2 or passphrase.

use bip39::{Language, Mnemonic};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::PhraseError;
use crate::account::Seed;

/// Letters that tell the words apart; a word may be shorter.
const PREFIX: usize = 4;

/// Bits of a word's place in the list.
const BITS: usize = 11;

/// The 12 words of a seed.
pub fn encode(seed: &Seed) -> Vec<&'static str> {
    // 16 bytes are a length that BIP39 has, so this never is the empty default.
    Mnemonic::from_entropy(seed.as_bytes()).map(|phrase| phrase.words().collect()).unwrap_or_default()
}

/// Reads 12 words.
pub fn decode(words: &[Zeroizing<String>]) -> Result<Seed, PhraseError> {
    let mut bits = Zeroizing::new([0; Seed::LEN + 1]);
    for (place, word) in words.iter().enumerate() {
        let index = find(word).ok_or(PhraseError::UnknownWord(place + 1))?;
        for bit in 0..BITS {
            let at = place * BITS + bit;
            let set = (index >> (BITS - 1 - bit) & 1) as u8;
            let byte = bits.get_mut(at / 8).ok_or(PhraseError::TooLong(words.len()))?;
            *byte |= set << (7 - at % 8);
        }
    }
    let [entropy @ .., checksum] = &*bits;
    if Sha256::digest(entropy)[0] & 0xf0 != *checksum {
        return Err(PhraseError::Checksum);
    }
    Ok(Seed::new(*entropy))
}

/// The place of a word, which may be cut after its fourth letter or later. Case does not matter.
pub fn find(word: &str) -> Option<usize> {
    let word = Zeroizing::new(word.to_ascii_lowercase());
    let key = word.get(..PREFIX).unwrap_or(&word);
    let place = list().binary_search_by(|known| known.get(..PREFIX).unwrap_or(known).cmp(key)).ok()?;
    list()[place].starts_with(word.as_str()).then_some(place)
}

/// The words that begin with these letters (lower case), in order.
pub fn beginning_with(letters: &str) -> impl Iterator<Item = &'static str> {
    let start = list().partition_point(|word| *word < letters);
    list()[start..].iter().copied().take_while(move |word| word.starts_with(letters))
}

/// The word at a place that [`find`] gave.
pub fn word(place: usize) -> Option<&'static str> {
    list().get(place).copied()
}

fn list() -> &'static [&'static str; 2048] {
    Language::English.word_list()
}
