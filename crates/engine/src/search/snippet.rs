//! The part of a text that shows why it was found.

/// Code points of a snippet, and how many of them stand before the first match at most.
const CHARS: usize = 160;
const BEFORE: usize = 40;

/// Part of a text.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Snippet {
    /// One line of at most 160 code points.
    pub text: String,
    /// Whether something stands before it.
    pub cut_before: bool,
    /// Whether something stands after it.
    pub cut_after: bool,
    /// The matches in it, UTF-16 code units.
    pub ranges: Vec<(u32, u32)>,
}

/// Cuts out the surroundings of the first match. `ranges` are code points of the text.
pub(super) fn cut(text: &str, ranges: &[(usize, usize)]) -> Snippet {
    let count = text.chars().count();
    let first = ranges.first().map_or(0, |(start, _)| *start);
    let start = first.saturating_sub(BEFORE).min(count.saturating_sub(CHARS));
    let end = (start + CHARS).min(count);
    let line = |letter: char| if letter.is_control() { ' ' } else { letter };
    let shown: String = text.chars().skip(start).take(end - start).map(line).collect();
    let within = ranges.iter().filter(|(from, to)| *from < end && *to > start);
    let within: Vec<(usize, usize)> =
        within.map(|(from, to)| (from.saturating_sub(start), (*to).min(end) - start)).collect();
    Snippet { ranges: utf16(&shown, &within), text: shown, cut_before: start > 0, cut_after: end < count }
}

/// Ranges of code points as ranges of UTF-16 code units.
pub(super) fn utf16(text: &str, ranges: &[(usize, usize)]) -> Vec<(u32, u32)> {
    let mut places: Vec<u32> = vec![0];
    for letter in text.chars() {
        let before = places.last().copied().unwrap_or(0);
        places.push(before + letter.len_utf16() as u32);
    }
    let place = |at: usize| places.get(at).copied().unwrap_or(0);
    ranges.iter().map(|(start, end)| (place(*start), place(*end))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn surroundings_of_the_first_match() {
        let text = format!("{}needle\n{}", "x".repeat(100), "y".repeat(300));
        let found = cut(&text, &[(100, 106)]);
        assert_eq!((found.text.chars().count(), found.cut_before, found.cut_after), (160, true, true));
        assert_eq!(found.ranges, [(40, 46)]);
        assert!(found.text.contains("needle y"));
        let whole = cut("🙂 needle", &[(2, 8)]);
        assert_eq!((whole.ranges, whole.cut_before, whole.cut_after), (vec![(3, 9)], false, false));
    }
}
