use zeroize::Zeroizing;

use super::{PhraseError, list};
use crate::account::Seed;

/// Words of the form that the apps show.
pub const WORD_COUNT: usize = 13;

const N: u64 = list::LEN as u64;

/// Writes each four bytes (little-endian) as three words; with `checksum`, one of the words follows once more. Bytes
/// that make no full four at the end are left out.
pub fn encode_words(bytes: &[u8], checksum: bool) -> Vec<&'static str> {
    let (groups, _) = bytes.as_chunks::<4>();
    let mut words = Vec::with_capacity(groups.len() * 3 + 1);
    for group in groups {
        let value = u64::from(u32::from_le_bytes(*group));
        let first = value % N;
        let second = (value / N + first) % N;
        let third = (value / N / N + second) % N;
        words.extend([first, second, third].map(|place| list::word(place as usize)));
    }
    if checksum && let Some(word) = checksum_place(words.iter().copied()).and_then(|place| words.get(place)) {
        words.push(word);
    }
    words
}

/// Reads words back into bytes: the inverse of [`encode_words`]. Any number of triples is taken, and one word more
/// with `checksum`; what does not fit is [`PhraseError::TooShort`].
pub fn decode_words<W: AsRef<str>>(words: &[W], checksum: bool) -> Result<Zeroizing<Vec<u8>>, PhraseError> {
    let too_short = PhraseError::TooShort { words: words.len(), last_missing: false };
    let places = find_all(words)?;
    let (body, last) = match places.split_last() {
        Some((last, body)) if checksum => (body, Some(*last)),
        _ => (places.as_slice(), None),
    };
    let (triples, rest) = body.as_chunks::<3>();
    if !rest.is_empty() || (checksum && triples.is_empty()) {
        return Err(too_short);
    }
    if let Some(last) = last {
        let place = checksum_place(body.iter().map(|place| list::word(*place)));
        if place.and_then(|place| body.get(place)) != Some(&last) {
            return Err(PhraseError::Checksum);
        }
    }
    let mut bytes = Zeroizing::new(Vec::with_capacity(triples.len() * 4));
    for triple in triples {
        bytes.extend(value(*triple).ok_or(PhraseError::Invalid)?.to_le_bytes());
    }
    Ok(bytes)
}

/// Reads the 13 words of a seed.
pub fn decode_seed(words: &[Zeroizing<String>]) -> Result<Seed, PhraseError> {
    let words: Vec<&str> = words.iter().map(|word| word.as_str()).collect();
    let bytes = decode_words(&words, true)?;
    let bytes =
        Zeroizing::new(<[u8; Seed::LEN]>::try_from(bytes.as_slice()).map_err(|_| PhraseError::Invalid)?);
    Ok(Seed::new(*bytes))
}

fn find_all<W: AsRef<str>>(words: &[W]) -> Result<Zeroizing<Vec<usize>>, PhraseError> {
    let mut places = Zeroizing::new(Vec::with_capacity(words.len()));
    for (place, word) in words.iter().enumerate() {
        places.push(list::find(word.as_ref()).ok_or(PhraseError::UnknownWord(place + 1))?);
    }
    Ok(places)
}

/// The number that three places stand for, unless it has more than 32 bits.
fn value(places: [usize; 3]) -> Option<u32> {
    let [a, b, c] = places.map(|place| place as u64);
    u32::try_from(a + N * ((N - a + b) % N) + N * N * ((N - b + c) % N)).ok()
}

/// Which of the words is the checksum: CRC-32 (ISO-HDLC) of their three-letter prefixes, modulo their number.
fn checksum_place<'a>(words: impl ExactSizeIterator<Item = &'a str>) -> Option<usize> {
    let count = words.len();
    let mut crc = crc32fast::Hasher::new();
    for prefix in words.filter_map(list::prefix) {
        crc.update(&prefix);
    }
    (crc.finalize() as usize).checked_rem(count)
}
