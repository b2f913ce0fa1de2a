//! A recovery password as text in an input: its words, and the one at the caret. Places are counted in
//! UTF-16 units, as inputs do.

/// One word of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Word<'a> {
    /// The word as typed.
    pub text: &'a str,
    /// Where it begins.
    pub start: usize,
    /// Right behind its last letter.
    pub end: usize,
}

/// The words in order. White space, `,`, `;` and `.` part them; a number before `.` is a list's and left out.
pub fn words(text: &str) -> Vec<Word<'_>> {
    let mut found = Vec::new();
    let mut at = 0;
    for piece in text.split_inclusive(is_separator) {
        let word = piece.trim_end_matches(is_separator);
        let is_marker = piece.ends_with('.') && word.bytes().all(|byte| byte.is_ascii_digit());
        if !word.is_empty() && !is_marker {
            found.push(Word { text: word, start: at, end: at + units(word) });
        }
        at += units(piece);
    }
    found
}

/// The place in order, from 0, of the word that ends at the caret or has it inside.
pub fn word_at(text: &str, caret: usize) -> Option<usize> {
    words(text).iter().position(|word| word.start < caret && caret <= word.end)
}

/// The text with one word replaced, and where the caret goes: behind it and a space.
pub fn replace(text: &str, place: usize, with: &str) -> Option<(String, usize)> {
    let word = *words(text).get(place)?;
    let letters: Vec<u16> = text.encode_utf16().collect();
    let before = String::from_utf16_lossy(letters.get(..word.start)?);
    let after = String::from_utf16_lossy(letters.get(word.end..)?);
    let caret = word.start + units(with) + 1;
    let gap = if after.starts_with(is_separator) { "" } else { " " };
    Some((format!("{before}{with}{gap}{after}"), caret))
}

/// Whether this is on the way to 32 hex digits, not to words: words hold no digits.
pub fn is_hex(text: &str) -> bool {
    let text = text.trim();
    text.bytes().any(|byte| byte.is_ascii_digit()) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Whether two words are one slip of the hand apart: a letter more, less, other, or two swapped. Two slips
/// are allowed in words of six letters or more.
pub fn is_near(typed: &str, word: &str) -> bool {
    let allowed = if typed.chars().count() >= 6 { 2 } else { 1 };
    distance(typed, word) <= allowed
}

/// Edits from one to the other, a swap of neighbours being one.
pub fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut rows = vec![(0..=b.len()).collect::<Vec<usize>>()];
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let other = usize::from(a[i - 1] != b[j - 1]);
            let mut least = (rows[i - 1][j] + 1).min(row[j - 1] + 1).min(rows[i - 1][j - 1] + other);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                least = least.min(rows[i - 2][j - 2] + 1);
            }
            row.push(least);
        }
        rows.push(row);
    }
    rows[a.len()][b.len()]
}

fn is_separator(letter: char) -> bool {
    letter.is_whitespace() || matches!(letter, ',' | ';' | '.')
}

fn units(text: &str) -> usize {
    text.encode_utf16().count()
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    fn texts(text: &str) -> Vec<&str> {
        words(text).iter().map(|word| word.text).collect()
    }

    #[test]
    fn words_between_any_separators() {
        assert_eq!(texts("  fuming nearby\tkennel\nhusband "), ["fuming", "nearby", "kennel", "husband"]);
        assert_eq!(texts("1. fuming, 2. nearby; 13.kennel"), ["fuming", "nearby", "kennel"]);
        assert_eq!(texts("12 a"), ["12", "a"]);
        assert_eq!(texts(""), [""; 0]);
    }

    #[test]
    fn the_word_under_the_caret() {
        let text = "fuming 🦊 nearby";
        assert_eq!(word_at(text, 0), None);
        assert_eq!(word_at(text, 3), Some(0));
        assert_eq!(word_at(text, 6), Some(0));
        assert_eq!(word_at(text, 7), None);
        assert_eq!(word_at(text, 16), Some(2));
    }

    #[test]
    fn replacing_keeps_the_rest() {
        assert_eq!(replace("fum", 0, "fuming"), Some(("fuming ".into(), 7)));
        assert_eq!(replace("a fum b", 1, "fuming"), Some(("a fuming b".into(), 9)));
        assert_eq!(replace("🦊 fum", 1, "fuming"), Some(("🦊 fuming ".into(), 10)));
        assert_eq!(replace("fum", 1, "fuming"), None);
    }

    #[test]
    fn hex_is_told_from_words() {
        assert!(is_hex(" 0123456789abcdef0123456789ABCDEF "));
        assert!(!is_hex("fade"));
        assert!(!is_hex("0 1"));
        assert!(!is_hex(""));
    }

    #[test]
    fn slips_of_the_hand() {
        assert!(is_near("sxith", "sixth"));
        assert!(is_near("kenel", "kennel"));
        assert!(is_near("husbnad", "husband"));
        assert!(!is_near("kenn", "kettle"));
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("abc", "abc"), 0);
    }
}
