//! What a typed text may mean: an Account ID or a registered name.

use sotto_api::AccountIdProblem;

use crate::route::invited;

const ID_CHARS: usize = 66;
const MAX_NAME_CHARS: usize = 64;

/// Whom a text stands for.
#[derive(Debug, PartialEq, Eq)]
pub enum Recipient {
    /// 66 hex digits.
    Account(String),
    /// A name in its ASCII form, to be looked up.
    Name(String),
}

/// Why a text stands for nobody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mistake {
    /// It looks like an Account ID and is none.
    Account(AccountIdProblem),
    /// Neither an Account ID nor a name.
    Neither,
}

/// Reads a text that is meant to be complete. A link that invites stands for its Account ID.
pub fn read(text: &str) -> Result<Recipient, Mistake> {
    let text = invited(text).unwrap_or(text).trim();
    if is_hex(text) && text.len() >= ID_CHARS - 2 {
        return match text.len() {
            ID_CHARS if text.starts_with("05") => Ok(Recipient::Account(text.to_owned())),
            ID_CHARS => Err(Mistake::Account(AccountIdProblem::Prefix)),
            length => Err(too_long_or_short(length)),
        };
    }
    ascii(text).filter(|name| is_name(name)).map(Recipient::Name).ok_or(Mistake::Neither)
}

/// What is surely wrong with a text that may not be complete yet.
pub fn mistake_so_far(text: &str) -> Option<Mistake> {
    let text = text.trim();
    let wrong = |letter: char| letter.is_ascii() && !is_name_letter(letter);
    if (is_hex(text) && text.len() >= ID_CHARS) || invited(text).is_some() {
        return read(text).err();
    }
    let never = text.starts_with('-') || text.contains(wrong) || text.chars().count() > MAX_NAME_CHARS + 2;
    never.then_some(Mistake::Neither)
}

fn too_long_or_short(length: usize) -> Mistake {
    Mistake::Account(AccountIdProblem::Length(u32::try_from(length).unwrap_or(u32::MAX)))
}

fn is_hex(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn is_name_letter(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-')
}

fn is_name(text: &str) -> bool {
    (1..=MAX_NAME_CHARS).contains(&text.len())
        && text.chars().all(is_name_letter)
        && !text.starts_with('-')
        && !text.ends_with('-')
}

/// Letters of all languages in their ASCII form (`xn--…`), by the browser's own tables for names of hosts.
fn ascii(text: &str) -> Option<String> {
    if text.is_ascii() {
        return Some(text.to_owned());
    }
    if text.chars().any(|letter| letter.is_ascii() && !is_name_letter(letter)) {
        return None;
    }
    let url = web_sys::Url::new(&format!("http://{text}/")).ok()?;
    Some(url.hostname())
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    #[test]
    fn errors_come_as_early_as_they_are_sure() {
        let good = format!("05{}", "a".repeat(64));
        for text in ["", "0", "05", "05x", "alice", "a-", "Béla", &good, &good[..65]] {
            assert_eq!(mistake_so_far(text), None, "{text}");
        }
        for text in ["-a", "a b", "a.b", "a@b", &"x".repeat(67)] {
            assert_eq!(mistake_so_far(text), Some(Mistake::Neither), "{text}");
        }
        let group = format!("03{}", "a".repeat(64));
        assert_eq!(mistake_so_far(&group), Some(Mistake::Account(AccountIdProblem::Prefix)));
        let long = Mistake::Account(AccountIdProblem::Length(67));
        assert_eq!(mistake_so_far(&format!("{good}a")), Some(long));
    }

    #[test]
    fn account_ids_and_names() {
        let good = format!("05{}", "a".repeat(64));
        assert_eq!(read(&format!(" {good}\n")), Ok(Recipient::Account(good.clone())));
        let link = format!("https://example.org/#/add/{good}");
        assert_eq!(read(&link), Ok(Recipient::Account(good.clone())));
        assert_eq!(mistake_so_far(&link), None);
        for length in [64, 65, 67] {
            let text = "0".repeat(length);
            let problem = AccountIdProblem::Length(u32::try_from(length).unwrap_or_default());
            assert_eq!(read(&text), Err(Mistake::Account(problem)));
        }
        for (typed, name) in [("Alice", "Alice"), (" _a-1 ", "_a-1"), ("05", "05"), ("💩", "xn--ls8h")] {
            assert_eq!(read(typed), Ok(Recipient::Name(name.to_owned())));
        }
        for text in ["", "a-", "-", "a b", "ä.b", "ä/b", "ä。b", &"x".repeat(65)] {
            assert_eq!(read(text), Err(Mistake::Neither), "{text}");
        }
    }
}
