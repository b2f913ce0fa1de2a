//! How hard a passphrase is to guess, roughly: a hint, never a gate beyond the shortest length.

use sotto_api::MIN_PASSPHRASE_CHARS;

/// Five steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Strength {
    /// Shorter than what is accepted.
    Short,
    /// Guessed soon.
    Weak,
    /// Holds for a while.
    Fair,
    /// Holds against a determined guesser.
    Good,
    /// Out of reach.
    Strong,
}

impl Strength {
    /// Judges by length and variety; runs such as `aaaa` and `1234` and repeated words count little.
    pub fn of(passphrase: &str) -> Self {
        if passphrase.chars().count() < MIN_PASSPHRASE_CHARS {
            return Self::Short;
        }
        match bits(passphrase) {
            ..40 => Self::Weak,
            40..60 => Self::Fair,
            60..80 => Self::Good,
            _ => Self::Strong,
        }
    }
}

/// Surprise of each letter given the one before it, in bits.
fn bits(passphrase: &str) -> u32 {
    let per_letter = pool(passphrase).ilog2();
    let mut seen: Vec<&str> = Vec::new();
    let mut total = 0;
    for word in passphrase.split_whitespace() {
        if seen.contains(&word) {
            continue;
        }
        seen.push(word);
        let letters: Vec<u32> = word.chars().map(u32::from).collect();
        let surprising = letters.windows(2).filter(|pair| pair[0].abs_diff(pair[1]) > 1).count() as u32;
        // Letters of a word follow from each other; few words hold more than this.
        total += ((surprising + 1) * per_letter).min(if is_plain(word) { 18 } else { u32::MAX });
    }
    total
}

/// Whether it may be a word of a language: one case, no digits.
fn is_plain(word: &str) -> bool {
    word.chars().skip(1).all(|letter| letter.is_lowercase()) && word.chars().all(char::is_alphabetic)
}

/// How many letters each letter was chosen from.
fn pool(passphrase: &str) -> u32 {
    let has = |test: fn(char) -> bool| passphrase.chars().any(test);
    let groups = [
        (has(|c| c.is_ascii_lowercase()), 26),
        (has(|c| c.is_ascii_uppercase()), 26),
        (has(|c| c.is_ascii_digit()), 10),
        (has(|c| c.is_ascii_punctuation()), 32),
        (has(|c| !c.is_ascii()), 64),
    ];
    groups.iter().filter_map(|(there, size)| there.then_some(size)).sum::<u32>().max(2)
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::Strength::{self, *};

    #[test]
    fn known_cases() {
        for (passphrase, strength) in [
            ("", Short),
            ("1234567", Short),
            ("aaaaaaaaaaaaaaaa", Weak),
            ("12345678", Weak),
            ("password", Weak),
            ("password password password password", Weak),
            ("copper lantern", Weak),
            ("copper lantern seven", Fair),
            ("copper lantern seven orbit", Good),
            ("copper lantern seven orbit maple", Strong),
            ("x9#Lq2!vTz8$", Good),
            ("x9#Lq2!vTz8$Rw4&", Strong),
        ] {
            assert_eq!(Strength::of(passphrase), strength, "{passphrase}");
        }
    }
}
