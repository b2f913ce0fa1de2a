//! Sentences for what the engine only names.

use sotto_api::{
    AccountIdProblem, Body, ConversationView, Failure, FileKind, FileProblem, FileView, Kind, LookUpProblem,
    MAX_NAME_BYTES, MIN_PASSPHRASE_CHARS, NameProblem, PhraseProblem, Timer,
};

use crate::{
    i18n::{duration, format, t},
    stickers::is_sticker,
};

/// What happened, what was kept and what to do.
pub fn failure(failure: &Failure) -> String {
    match failure {
        Failure::AccountId(problem) => account_id(*problem),
        Failure::LookUp(problem) => look_up(*problem).into(),
        Failure::Name(NameProblem::Empty) => t::failure::name_empty().into(),
        Failure::Name(NameProblem::TooLong) => t::failure::name_too_long(MAX_NAME_BYTES as u64),
        Failure::Phrase(problem) => phrase(*problem),
        Failure::PassphraseTooShort => t::failure::passphrase_too_short(MIN_PASSPHRASE_CHARS as u64),
        Failure::WrongPassphrase { wait_ms: 0 } => t::failure::wrong_passphrase().into(),
        Failure::WrongPassphrase { wait_ms } => t::failure::wrong_passphrase_wait(wait_ms.div_ceil(1000)),
        Failure::NotReady => t::failure::not_ready().into(),
        Failure::AlreadyExists => t::failure::already_exists().into(),
        Failure::NotFound => t::failure::not_found().into(),
        Failure::EmptyMessage => t::failure::empty_message().into(),
        Failure::MessageTooLong { chars, limit } => t::failure::message_too_long(
            &format::number(u64::from(*chars)),
            &format::number(u64::from(*limit)),
        ),
        Failure::Blocked => t::failure::blocked().into(),
        Failure::NotAllowed => t::failure::not_allowed().into(),
        Failure::TooOften => t::failure::too_often().into(),
        Failure::File(problem) => file(*problem).into(),
        Failure::Network => t::failure::network().into(),
        Failure::Clock => t::failure::clock().into(),
        Failure::Storage => t::failure::storage().into(),
        Failure::Damaged => t::failure::damaged().into(),
        Failure::Internal => t::failure::internal().into(),
    }
}

/// Why a text is not an Account ID.
pub fn account_id(problem: AccountIdProblem) -> String {
    match problem {
        AccountIdProblem::Length(chars) => t::failure::id_length(u64::from(chars)),
        AccountIdProblem::NotHex => t::failure::id_not_hex().into(),
        AccountIdProblem::Prefix => t::failure::id_prefix().into(),
    }
}

/// What is wrong with a file.
pub fn file(problem: FileProblem) -> &'static str {
    match problem {
        FileProblem::TooLarge => t::failure::file_too_large(),
        FileProblem::TooMany => t::failure::file_too_many(),
        FileProblem::Incomplete => t::failure::file_incomplete(),
        FileProblem::Broken => t::failure::file_broken(),
        FileProblem::UnknownServer => t::failure::file_unknown_server(),
        FileProblem::Refused => t::failure::file_refused(),
        FileProblem::Unreachable => t::failure::file_unreachable(),
        FileProblem::NoRoom => t::failure::file_no_room(),
        FileProblem::Cancelled => t::failure::file_cancelled(),
    }
}

/// What a message says, in one line: its text; of files, what they are and then their text.
pub fn said(body: &Body) -> String {
    match body {
        Body::Text(text) | Body::Unsupported { text } => text.clone(),
        Body::Files { text, files } if text.is_empty() => files_called(files),
        Body::Files { text, files } => format!("{} · {text}", files_called(files)),
        Body::Accepted { .. } | Body::Deleted | Body::Timer { .. } => String::new(),
    }
}

/// What files are called together: *Photo*, *3 photos*, the name of a document.
fn files_called(files: &[FileView]) -> String {
    let count = files.len() as u64;
    match files {
        [file] => match file.kind {
            FileKind::Image if is_sticker(file) => t::files::sticker().to_owned(),
            FileKind::Image if file.content_type == "image/gif" => t::files::gif().to_owned(),
            FileKind::Image => t::files::photo().to_owned(),
            FileKind::Video => t::files::video().to_owned(),
            FileKind::Voice => t::files::voice().to_owned(),
            FileKind::Audio if file.name.is_empty() => t::files::audio().to_owned(),
            FileKind::Other if file.name.is_empty() => t::files::unnamed().to_owned(),
            FileKind::Audio | FileKind::Other => format!("\u{2068}{}\u{2069}", file.name),
        },
        _ if files.iter().all(|file| file.kind == FileKind::Image) => t::files::photos(count),
        _ => t::files::several(count),
    }
}

/// The name of a file without what could make it look like another one: control characters and such as turn the
/// direction of reading.
pub fn safe_name(name: &str) -> String {
    let turns = |letter| matches!(letter, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}');
    name.chars().filter(|letter| !letter.is_control() && !turns(*letter)).collect()
}

/// Why nobody can be found under a name.
fn look_up(problem: LookUpProblem) -> &'static str {
    match problem {
        LookUpProblem::NotAName => t::failure::look_up_not_a_name(),
        LookUpProblem::Unregistered => t::failure::look_up_unregistered(),
        LookUpProblem::Obsolete => t::failure::look_up_obsolete(),
        LookUpProblem::Tampered => t::failure::look_up_tampered(),
        LookUpProblem::NotAnAccount => t::failure::look_up_not_an_account(),
        LookUpProblem::Disagreement => t::failure::look_up_disagreement(),
    }
}

/// Why a recovery password is not correct.
pub fn phrase(problem: PhraseProblem) -> String {
    match problem {
        PhraseProblem::TooShort { last_missing: true, .. } => t::failure::phrase_last_missing().into(),
        PhraseProblem::TooShort { words, .. } => t::failure::phrase_too_short(u64::from(words)),
        PhraseProblem::TooLong(words) => t::failure::phrase_too_long(u64::from(words)),
        PhraseProblem::UnknownWord(place) => {
            t::failure::phrase_unknown_word(&format::number(u64::from(place)))
        }
        PhraseProblem::Checksum => t::failure::phrase_checksum().into(),
        PhraseProblem::Invalid => t::failure::phrase_invalid().into(),
        PhraseProblem::IsAccountId => t::failure::phrase_is_account_id().into(),
    }
}

/// What to call a conversation: its name, *Note to Self*, or a short form of the Account ID.
pub fn name(view: &ConversationView) -> String {
    match view.kind {
        Kind::NoteToSelf => t::list::note_to_self().into(),
        Kind::Contact if view.name.is_empty() => short_id(&view.account_id),
        Kind::Contact => view.name.clone(),
    }
}

/// First and last letters of an Account ID: 05a3…91fe.
pub fn short_id(id: &str) -> String {
    match (id.get(..4), id.len().checked_sub(4).and_then(|from| id.get(from..))) {
        (Some(head), Some(tail)) if id.len() > 12 => format!("{head}…{tail}"),
        _ => id.to_owned(),
    }
}

/// In small letters. The browser's own function, since the tables for it are large.
pub fn lower(text: &str) -> String {
    js_sys::JsString::from(text).to_lower_case().into()
}

/// In capitals.
pub fn upper(text: &str) -> String {
    js_sys::JsString::from(text).to_upper_case().into()
}

/// When messages disappear.
pub fn timer(timer: Timer) -> String {
    match timer {
        Timer::Off => t::timer::now_off().to_owned(),
        Timer::AfterRead(seconds) => t::timer::now_after_read(&duration::long(seconds.into())),
        Timer::AfterSend(seconds) => t::timer::now_after_send(&duration::long(seconds.into())),
    }
}
