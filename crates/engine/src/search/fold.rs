//! Text in the form in which it is compared, and where it came from.

/// Text for comparing: lower case, without line breaks.
pub(super) fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    text.chars().for_each(|letter| push(&mut folded, letter));
    folded
}

/// The words of a query.
pub(super) fn words(query: &str) -> Vec<String> {
    query
        .split_whitespace()
        .take(MAX_WORDS)
        .map(|word| fold(&word.chars().take(MAX_WORD).collect::<String>()))
        .collect()
}

/// Where the words are in a text, as ranges of its code points that do not overlap, in order; empty unless all
/// words occur.
pub(super) fn find(text: &str, words: &[String]) -> Vec<(usize, usize)> {
    let mut folded = String::with_capacity(text.len());
    // The code point that each byte of the folded text comes from.
    let mut origins: Vec<usize> = Vec::with_capacity(text.len());
    for (place, letter) in text.chars().enumerate() {
        push(&mut folded, letter);
        origins.resize(folded.len(), place);
    }
    let mut ranges: Vec<(usize, usize)> = Vec::new();
    for word in words.iter().filter(|word| !word.is_empty()) {
        let found: Vec<usize> = folded.match_indices(word.as_str()).map(|(start, _)| start).collect();
        if found.is_empty() {
            return Vec::new();
        }
        let range = |start: usize| (origins[start], origins[start + word.len() - 1] + 1);
        ranges.extend(found.into_iter().map(range));
    }
    ranges.sort_unstable();
    let mut joined: Vec<(usize, usize)> = Vec::with_capacity(ranges.len());
    for (start, end) in ranges {
        match joined.last_mut() {
            Some(last) if start <= last.1 => last.1 = last.1.max(end),
            _ => joined.push((start, end)),
        }
    }
    joined
}

/// Words of a query that count, and code points of each.
const MAX_WORDS: usize = 8;
const MAX_WORD: usize = 64;

fn push(folded: &mut String, letter: char) {
    match letter {
        'a'..='z' => folded.push(letter),
        letter if letter.is_ascii() => folded.push(letter.to_ascii_lowercase()),
        letter => folded.extend(letter.to_lowercase()),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn finds_all_words_or_nothing() {
        assert_eq!(find("Straße nach Köln", &words("KÖL str")), [(0, 3), (12, 15)]);
        assert_eq!(find("Straße nach Köln", &words("köln paris")), []);
        assert_eq!(find("aaa", &words("aa a")), [(0, 3)], "overlaps are joined");
        assert_eq!(find("İstanbul", &words("stan")), [(1, 5)], "a letter that grows when folded");
        assert_eq!(find("👨‍👩‍👧 hi", &words("HI")), [(6, 8)]);
        assert!(words(" \n").is_empty());
    }

    proptest! {
        #[test]
        fn ranges_fit_the_text(text in "\\PC{0,40}", query in "\\PC{0,6}") {
            let count = text.chars().count();
            let ranges = find(&text, &words(&query));
            prop_assert!(ranges.iter().all(|(start, end)| start < end && *end <= count));
            prop_assert!(ranges.windows(2).all(|pair| pair[0].1 < pair[1].0));
        }
    }
}
