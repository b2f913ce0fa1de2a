//! Looking for something secret in bytes, in every notation that a program might have used.

use base64::{Engine as _, prelude::BASE64_STANDARD_NO_PAD, prelude::BASE64_URL_SAFE_NO_PAD};

/// Bytes, and where they were found.
#[derive(Clone, Debug)]
pub struct Haystack {
    /// For the error message.
    pub place: String,
    /// What was there.
    pub bytes: Vec<u8>,
}

/// Something that must not be found.
#[derive(Clone, Debug)]
pub struct Secret {
    name: String,
    notations: Vec<(&'static str, Vec<u8>)>,
}

impl Secret {
    /// A text: a name, a message, a word.
    pub fn text(name: &str, text: &str) -> Self {
        let mut notations = in_bytes(text.as_bytes());
        notations.push(("UTF-16 little endian", utf16(text, u16::to_le_bytes)));
        notations.push(("UTF-16 big endian", utf16(text, u16::to_be_bytes)));
        Self { name: name.into(), notations }
    }

    /// A key in hex digits, such as an Account ID: as text in either case, and as bytes with and without
    /// its first, which is only a prefix.
    ///
    /// # Panics
    /// When it is not hex: then the test is wrong.
    pub fn key(name: &str, digits: &str) -> Self {
        let mut notations = Self::text(name, &digits.to_lowercase()).notations;
        notations.extend(Self::text(name, &digits.to_uppercase()).notations);
        let bytes = hex::decode(digits).unwrap_or_default();
        assert!(bytes.len() > 8, "{digits} is no key");
        notations.extend(in_bytes(&bytes));
        notations.extend(in_bytes(&bytes[1..]));
        // Without the prefix the digits stand at another place in base64.
        notations.extend(Self::text(name, &digits[2..]).notations);
        Self { name: name.into(), notations }
    }

    /// Where and how this stands in the haystacks; one line per find.
    pub fn found_in(&self, haystacks: &[Haystack]) -> Vec<String> {
        let mut found = Vec::new();
        for haystack in haystacks {
            for (notation, needle) in &self.notations {
                if haystack.bytes.windows(needle.len()).any(|part| part == needle) {
                    found.push(format!("{} as {notation} in {}", self.name, haystack.place));
                }
            }
        }
        found
    }
}

/// Asserts that none of the secrets is in any of the haystacks.
///
/// # Panics
/// When one is; the message says where.
pub fn assert_absent(secrets: &[Secret], haystacks: &[Haystack]) {
    let found: Vec<String> = secrets.iter().flat_map(|secret| secret.found_in(haystacks)).collect();
    assert!(found.is_empty(), "{found:#?}");
}

fn in_bytes(bytes: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    let mut notations = vec![
        ("plain", bytes.to_vec()),
        ("hex", hex::encode(bytes).into_bytes()),
        ("upper-case hex", hex::encode_upper(bytes).into_bytes()),
    ];
    for shift in 0..3 {
        notations.push(("base64", inner_base64(bytes, shift, |bytes| BASE64_STANDARD_NO_PAD.encode(bytes))));
        notations
            .push(("base64url", inner_base64(bytes, shift, |bytes| BASE64_URL_SAFE_NO_PAD.encode(bytes))));
    }
    notations
}

/// The digits of base64 that depend on these bytes alone when `shift` other bytes stand before them.
fn inner_base64(bytes: &[u8], shift: usize, encode: impl Fn(&[u8]) -> String) -> Vec<u8> {
    let shifted: Vec<u8> = std::iter::repeat_n(0, shift).chain(bytes.iter().copied()).collect();
    let digits = encode(&shifted).into_bytes();
    let (first, last) = ((shift * 8).div_ceil(6), shifted.len() * 8 / 6);
    digits[first..last].to_vec()
}

fn utf16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(bytes).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn haystack(bytes: impl Into<Vec<u8>>) -> Vec<Haystack> {
        vec![Haystack { place: "here".into(), bytes: bytes.into() }]
    }

    #[test]
    fn a_text_is_found_in_every_notation() {
        let secret = Secret::text("name", "Béla Kun");
        for before in ["", "x", "xy", "xyz"] {
            let text = format!("{before}Béla Kun, and more");
            let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
            assert!(!secret.found_in(&haystack(text.as_bytes())).is_empty());
            assert!(!secret.found_in(&haystack(hex::encode(&text))).is_empty());
            assert!(!secret.found_in(&haystack(BASE64_STANDARD_NO_PAD.encode(&text))).is_empty());
            assert!(!secret.found_in(&haystack(utf16)).is_empty());
        }
        assert!(secret.found_in(&haystack("Bela Kun")).is_empty());
    }

    #[test]
    fn a_key_is_found_as_digits_and_as_bytes() {
        let digits = format!("05{}", "3a9b".repeat(16));
        let secret = Secret::key("id", &digits);
        let bytes = hex::decode(&digits).unwrap();
        for found in [
            digits.clone().into_bytes(),
            digits.to_uppercase().into_bytes(),
            bytes.clone(),
            bytes[1..].to_vec(),
        ] {
            assert!(!secret.found_in(&haystack(found)).is_empty());
        }
        let inside = BASE64_STANDARD_NO_PAD.encode([&[1, 2], &bytes[1..], &[3]].concat());
        assert!(!secret.found_in(&haystack(inside)).is_empty());
        assert!(secret.found_in(&haystack([7; 64])).is_empty());
    }

    #[test]
    #[should_panic(expected = "name as plain in here")]
    fn a_find_is_said() {
        assert_absent(&[Secret::text("name", "Anna")], &haystack("I am Anna"));
    }
}
