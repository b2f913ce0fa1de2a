//! Finds addresses in a text.

/// A piece of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part<'a> {
    /// Words.
    Plain(&'a str),
    /// An address that begins with `http://` or `https://`.
    Link(&'a str),
}

const SCHEMES: [&str; 2] = ["https://", "http://"];

/// Cuts a text at its addresses. Put together, the parts are the text.
pub fn parts(text: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let (mut done, mut from) = (0, 0);
    while let Some(start) = next(text, from) {
        let end = start + length(&text[start..]);
        from = end.max(start + 1);
        let scheme =
            SCHEMES.iter().find(|scheme| begins(&text[start..], scheme)).map_or(0, |scheme| scheme.len());
        if end <= start + scheme {
            continue;
        }
        if done < start {
            parts.push(Part::Plain(&text[done..start]));
        }
        parts.push(Part::Link(&text[start..end]));
        done = end;
    }
    if done < text.len() {
        parts.push(Part::Plain(&text[done..]));
    }
    parts
}

/// Where the next scheme begins that does not stand inside a word.
fn next(text: &str, from: usize) -> Option<usize> {
    let mut before = text.get(..from)?.chars().next_back();
    for (place, letter) in text.get(from..)?.char_indices() {
        let inside = before.is_some_and(char::is_alphanumeric);
        if !inside && SCHEMES.iter().any(|scheme| begins(&text[from + place..], scheme)) {
            return Some(from + place);
        }
        before = Some(letter);
    }
    None
}

fn begins(text: &str, scheme: &str) -> bool {
    text.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme))
}

/// How far the address reaches: to the next space or invisible letter, without the marks that end a sentence.
fn length(text: &str) -> usize {
    let ends = |letter: char| {
        letter.is_whitespace()
            || letter.is_control()
            || matches!(letter, '<' | '>' | '"' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
    };
    let mut address = &text[..text.find(ends).unwrap_or(text.len())];
    while let Some(last) = address.chars().next_back() {
        let closes =
            |open, close| last == close && address.matches(close).count() > address.matches(open).count();
        let mark =
            matches!(last, '.' | ',' | ';' | ':' | '!' | '?' | '\'' | '’' | '”' | '»' | '…' | '*' | '_');
        if !(mark || closes('(', ')') || closes('[', ']') || closes('{', '}')) {
            break;
        }
        address = &address[..address.len() - last.len_utf8()];
    }
    address.len()
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    fn links(text: &str) -> Vec<&str> {
        let parts = parts(text);
        let whole: String = parts
            .iter()
            .map(|part| match part {
                Part::Plain(text) | Part::Link(text) => *text,
            })
            .collect();
        assert_eq!(whole, text);
        parts
            .into_iter()
            .filter_map(|part| match part {
                Part::Link(link) => Some(link),
                Part::Plain(_) => None,
            })
            .collect()
    }

    #[test]
    fn addresses_are_found_without_the_marks_around_them() {
        assert_eq!(
            links("see https://a.org/b?c=d#e, or (http://x.org/y_(z))."),
            ["https://a.org/b?c=d#e", "http://x.org/y_(z)"]
        );
        assert_eq!(links("HTTPS://A.ORG!"), ["HTTPS://A.ORG"]);
        assert_eq!(links("https://a.org\u{202e}gro"), ["https://a.org"]);
        assert_eq!(links("https://пример.рф/ö https://b.org"), ["https://пример.рф/ö", "https://b.org"]);
    }

    #[test]
    fn other_text_stays_text() {
        for text in
            ["", "https://", "https://...", "javascript:alert(1)", "xhttps://a.org", "a.org", "ftp://a.org"]
        {
            assert!(links(text).is_empty(), "{text}");
        }
    }
}
