//! Recovery passwords as they are typed.

use sotto_api::{Failure, PhraseCheck, PhraseProblem, RecoveryPassword, Secret, WordCheck};
use sotto_protocol::{
    account::Seed,
    mnemonic::{self, PhraseError},
};

/// Completions offered at once.
const COMPLETIONS: usize = 8;

/// Word by word, what is right and what is missing.
pub(super) fn check(text: &Secret) -> PhraseCheck {
    let check = mnemonic::check(text.expose());
    let words = check.words.into_iter();
    PhraseCheck {
        words: words.map(|full| WordCheck { full: full.map(|word| Secret::new(word.to_owned())) }).collect(),
        problem: check.problem.map(problem),
    }
}

/// Words that begin so.
pub(super) fn complete(text: &Secret) -> Vec<String> {
    mnemonic::complete(text.expose(), COMPLETIONS).into_iter().map(str::to_owned).collect()
}

/// Reads a recovery password.
pub(super) fn read(text: &Secret) -> Result<Seed, Failure> {
    mnemonic::parse_recovery(text.expose()).map_err(|error| Failure::Phrase(problem(error)))
}

/// All forms of a seed.
pub(super) fn forms(seed: &Seed) -> RecoveryPassword {
    let secret = |text: &str| Secret::new(text.to_owned());
    RecoveryPassword {
        words: secret(&mnemonic::to_words(seed)),
        bip39: secret(&mnemonic::to_bip39(seed)),
        hex: secret(&mnemonic::to_hex(seed)),
    }
}

fn problem(error: PhraseError) -> PhraseProblem {
    let count = |words: usize| u32::try_from(words).unwrap_or(u32::MAX);
    match error {
        PhraseError::TooShort { words, last_missing } => {
            PhraseProblem::TooShort { words: count(words), last_missing }
        }
        PhraseError::TooLong(words) => PhraseProblem::TooLong(count(words)),
        PhraseError::UnknownWord(place) => PhraseProblem::UnknownWord(count(place)),
        PhraseError::Checksum => PhraseProblem::Checksum,
        PhraseError::Invalid => PhraseProblem::Invalid,
        PhraseError::IsAccountId => PhraseProblem::IsAccountId,
    }
}
