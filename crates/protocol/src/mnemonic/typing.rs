use zeroize::Zeroizing;

use super::{PhraseError, bip39, list, parse_recovery};

/// A recovery password while it is typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// For every word typed so far the full word of the list that it stands for, if there is one. Empty for the hex
    /// form.
    pub words: Vec<Option<&'static str>>,
    /// `None` when this is a complete, correct recovery password.
    pub problem: Option<PhraseError>,
}

/// Checks word by word what was typed so far. The words are looked up in the list that knows more of them; when both
/// know as many, in the one of the 13-word form.
pub fn check(text: &str) -> Check {
    let problem = parse_recovery(text).err();
    let words = split(text);
    let is_hex = words.len() == 1 && (problem.is_none() || problem == Some(PhraseError::IsAccountId));
    if is_hex {
        return Check { words: Vec::new(), problem };
    }
    let by_list: Vec<_> = words.iter().map(|word| list::find(word).map(list::word)).collect();
    let by_bip39: Vec<_> = words.iter().map(|word| bip39::find(word).and_then(bip39::word)).collect();
    let known = |words: &[Option<&str>]| words.iter().flatten().count();
    let words = if known(&by_bip39) > known(&by_list) { by_bip39 } else { by_list };
    Check { words, problem }
}

/// At most `limit` words of both lists that begin with these letters, in alphabetic order. None for no letters.
pub fn complete(letters: &str, limit: usize) -> Vec<&'static str> {
    let letters = Zeroizing::new(letters.trim().to_ascii_lowercase());
    if letters.is_empty() {
        return Vec::new();
    }
    let first = list::beginning_with(&letters).take(limit);
    let mut words = Vec::new();
    for word in first.chain(bip39::beginning_with(&letters).take(limit)) {
        if let Err(place) = words.binary_search(&word) {
            words.insert(place, word);
        }
    }
    words.truncate(limit);
    words
}

/// Splits a text into words at white space, `,`, `;` and `.`; a number before `.` is a list marker and left out.
/// Holds at most 64 bytes per byte of text.
pub fn split(text: &str) -> Vec<Zeroizing<String>> {
    let is_end = |c: char| c.is_whitespace() || matches!(c, ',' | ';' | '.');
    let mut words = Vec::new();
    for piece in text.split_inclusive(is_end) {
        let word = piece.trim_end_matches(is_end);
        let is_marker = piece.ends_with('.') && word.bytes().all(|byte| byte.is_ascii_digit());
        if !word.is_empty() && !is_marker {
            words.push(Zeroizing::new(word.to_owned()));
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(text: &str) -> Vec<String> {
        split(text).iter().map(|word| word.to_string()).collect()
    }

    #[test]
    fn splits_at_everything_that_people_put_between_words() {
        assert_eq!(plain(" a\tb\u{a0}c,d; e.\n1. f 2.g\r\n"), ["a", "b", "c", "d", "e", "f", "g"]);
        assert_eq!(plain(""), [""; 0]);
        assert_eq!(plain("12 a"), ["12", "a"]);
    }

    #[test]
    fn words_are_checked_in_the_list_that_fits() {
        let words = |text| check(text).words;
        assert_eq!(words("amaz buffer"), [Some("amaze"), Some("buffet")]);
        assert_eq!(words("am"), [None]);
        assert_eq!(words("abandon liar"), [Some("abandon"), Some("liar")]);
        assert_eq!(check("").problem, Some(PhraseError::TooShort { words: 0, last_missing: false }));
        assert_eq!(check("00112233445566778899aabbccddeeff"), Check { words: vec![], problem: None });
        let id = "05d2ad010eeb72d72e561d9de7bd7b6989af77dcabffa03a5111a6c859ae5c3a72";
        assert_eq!(check(id), Check { words: vec![], problem: Some(PhraseError::IsAccountId) });
    }

    #[test]
    fn completes_from_both_lists() {
        assert_eq!(complete("aba", 8), ["abandon"]);
        assert_eq!(complete("Abb", 8), ["abbey"]);
        assert_eq!(complete("ab", 3), ["abandon", "abbey", "abducts"]);
        assert_eq!(complete(" ", 8), [""; 0]);
        assert_eq!(complete("zoo", 8), ["zoo", "zoom"]);
    }
}
