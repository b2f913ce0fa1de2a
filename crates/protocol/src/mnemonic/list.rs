//! The list of the 13-word form: origin and licence are in `english.LICENSE`.

/// The words, one per line, in alphabetic order.
const TEXT: &str = include_str!("english.txt");

/// Number of words.
pub const LEN: usize = 1_626;

/// Letters that tell the words apart.
pub const PREFIX: usize = 3;

static WORDS: [&str; LEN] = index(TEXT);

/// The word at this place of the list, which is taken modulo its length.
pub fn word(index: usize) -> &'static str {
    WORDS[index % LEN]
}

/// The place of the word that begins with the same three letters. Case does not matter.
pub fn find(word: &str) -> Option<usize> {
    let prefix = prefix(word)?;
    WORDS.binary_search_by(|known| known.bytes().take(PREFIX).cmp(prefix)).ok()
}

/// The first three letters of a word, in lower case; `None` if it is shorter.
pub fn prefix(word: &str) -> Option<[u8; PREFIX]> {
    let mut prefix = *word.as_bytes().first_chunk()?;
    prefix.make_ascii_lowercase();
    Some(prefix)
}

/// The words that begin with these letters (lower case), in order.
pub fn beginning_with(letters: &str) -> impl Iterator<Item = &'static str> {
    let start = WORDS.partition_point(|word| *word < letters);
    WORDS[start..].iter().copied().take_while(move |word| word.starts_with(letters))
}

/// Splits the text at compile time: a list of another length does not build.
const fn index(text: &'static str) -> [&'static str; LEN] {
    let mut words = [""; LEN];
    let mut rest = text.as_bytes();
    let mut place = 0;
    while place < LEN {
        let mut end = 0;
        while rest[end] != b'\n' {
            end += 1;
        }
        let (word, after) = rest.split_at(end);
        words[place] = match core::str::from_utf8(word) {
            Ok(word) => word,
            Err(_) => "",
        };
        rest = after.split_at(1).1;
        place += 1;
    }
    assert!(rest.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use sha2::{Digest, Sha256};

    use super::*;

    #[test]
    fn list_is_the_official_one() {
        let hash = hex::encode(Sha256::digest(TEXT));
        assert_eq!(hash, "eaa6bce7dd92f4d6dd74f224264e0ef4ad21095d68ec77616b26ceb599baf4f7");
        assert_eq!((WORDS[0], WORDS[LEN - 1]), ("abbey", "zoom"));
        assert!(WORDS.iter().all(|word| (4..=12).contains(&word.len())));
    }

    #[test]
    fn every_word_is_found_by_its_prefix() {
        for (place, word) in WORDS.iter().enumerate() {
            assert_eq!(find(word), Some(place));
            assert_eq!(find(&word[..PREFIX].to_uppercase()), Some(place));
            assert_eq!(find(&word[..PREFIX - 1]), None);
        }
        assert_eq!(find("zzz"), None);
        assert_eq!(find("é"), None);
        assert_eq!(find("ééé"), None);
    }

    #[test]
    fn completes_in_order() {
        assert_eq!(beginning_with("abr").collect::<Vec<_>>(), ["abrasive"]);
        assert_eq!(beginning_with("").count(), LEN);
        assert_eq!(beginning_with("zz").count(), 0);
    }
}
