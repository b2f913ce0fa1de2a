//! How fields are kept in the dictionary of an entry. Setters write only where the meaning changes, so that a value in
//! another form, or with more to it than is known here, stays as it is.

use core::fmt;

use crate::account::MAX_NAME_BYTES;
use crate::bt::{Dict, Value};
use crate::content::Timer;

/// Longest address of a picture, in bytes.
pub const MAX_PICTURE_URL: usize = 223;

/// Where an encrypted profile picture is, and its key.
#[derive(Clone, PartialEq, Eq)]
pub struct Picture {
    /// Address on a file server, 1…223 bytes.
    pub url: String,
    /// The key that opens it.
    pub key: [u8; 32],
}

/// Which messages of a conversation are announced.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Notify {
    /// As the settings say.
    #[default]
    Default,
    /// All.
    All,
    /// None.
    Disabled,
    /// Those that mention the user.
    MentionsOnly,
}

impl Picture {
    /// Whether the address is of 1…223 bytes. Others are not written.
    pub fn is_valid(&self) -> bool {
        (1..=MAX_PICTURE_URL).contains(&self.url.len())
    }
}

impl fmt::Debug for Picture {
    /// Without the key, and without the address, which leads to the file.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Picture(…)")
    }
}

/// The beginning of `text` that has at most `limit` bytes and ends with a whole character.
pub fn truncate(text: &str, limit: usize) -> &str {
    text.get(..text.floor_char_boundary(limit)).unwrap_or_default()
}

/// Seconds since 1970 from a time that some client wrote in milliseconds or microseconds.
pub fn seconds(time: u64) -> u64 {
    match time {
        9_000_000_000_001.. => time / 1_000_000,
        9_000_000_001.. => time / 1_000,
        _ => time,
    }
}

/// Reading.
pub(super) trait Fields {
    fn int(&self, key: &str) -> i64;
    fn flag(&self, key: &str) -> bool;
    fn positive(&self, key: &str) -> u64;
    fn time(&self, key: &str) -> u64;
    fn blob(&self, key: &str) -> Option<&[u8]>;
    fn text(&self, key: &str) -> String;
    fn picture(&self, url: &str, key: &str) -> Option<Picture>;
    fn bits(&self, key: &str) -> u64;
    fn notify(&self) -> Notify;
    fn timer(&self) -> Timer;
}

/// Writing.
pub(super) trait SetFields {
    fn set_int(&mut self, key: &str, value: i64);
    fn set_flag(&mut self, key: &str, value: bool);
    fn set_positive(&mut self, key: &str, value: u64);
    fn set_time(&mut self, key: &str, value: u64);
    fn set_text(&mut self, key: &str, value: &str);
    fn keep_text(&mut self, key: &str, value: &str);
    fn set_blob(&mut self, key: &str, value: Option<&[u8]>);
    fn set_picture(&mut self, url: &str, key: &str, picture: Option<&Picture>);
    fn set_bits(&mut self, key: &str, value: u64);
    fn set_notify(&mut self, value: Notify);
    fn set_timer(&mut self, value: Timer);
}

impl Fields for Dict {
    /// 0 if there is none.
    fn int(&self, key: &str) -> i64 {
        self.get(key.as_bytes()).and_then(Value::as_int).unwrap_or_default()
    }

    fn flag(&self, key: &str) -> bool {
        self.int(key) != 0
    }

    /// 0 if there is none, or a negative one.
    fn positive(&self, key: &str) -> u64 {
        u64::try_from(self.int(key)).unwrap_or_default()
    }

    /// Seconds.
    fn time(&self, key: &str) -> u64 {
        seconds(self.positive(key))
    }

    fn blob(&self, key: &str) -> Option<&[u8]> {
        self.get(key.as_bytes()).and_then(Value::as_bytes)
    }

    fn text(&self, key: &str) -> String {
        String::from_utf8_lossy(self.blob(key).unwrap_or_default()).into_owned()
    }

    fn picture(&self, url: &str, key: &str) -> Option<Picture> {
        let url = core::str::from_utf8(self.blob(url)?).ok().filter(|url| !url.is_empty())?;
        Some(Picture { url: url.to_owned(), key: self.blob(key)?.try_into().ok()? })
    }

    /// A set of the places of bits that are 1.
    fn bits(&self, key: &str) -> u64 {
        let places = self.get(key.as_bytes()).and_then(Value::as_list).unwrap_or_default();
        let places = places.iter().filter_map(Value::as_int).filter_map(|place| u32::try_from(place).ok());
        places.filter_map(|place| 1_u64.checked_shl(place)).fold(0, |bits, bit| bits | bit)
    }

    fn notify(&self) -> Notify {
        match self.int("@") {
            1 => Notify::All,
            2 => Notify::Disabled,
            3 => Notify::MentionsOnly,
            _ => Notify::Default,
        }
    }

    /// The numbers are not those that messages use: there, 1 is after reading.
    fn timer(&self) -> Timer {
        match (self.int("e"), u32::try_from(self.int("E"))) {
            (1, Ok(seconds @ 1..)) => Timer::AfterSend(seconds),
            (2, Ok(seconds @ 1..)) => Timer::AfterRead(seconds),
            _ => Timer::Off,
        }
    }
}

impl SetFields for Dict {
    fn set_int(&mut self, key: &str, value: i64) {
        if self.int(key) != value {
            put(self, key, (value != 0).then(|| value.into()));
        }
    }

    fn set_flag(&mut self, key: &str, value: bool) {
        if self.flag(key) != value {
            put(self, key, value.then(|| 1.into()));
        }
    }

    fn set_positive(&mut self, key: &str, value: u64) {
        if self.positive(key) != value {
            self.set_int(key, i64::try_from(value).unwrap_or(i64::MAX));
        }
    }

    fn set_time(&mut self, key: &str, value: u64) {
        if self.time(key) != seconds(value) {
            self.set_positive(key, seconds(value));
        }
    }

    fn set_text(&mut self, key: &str, value: &str) {
        if self.text(key) != value {
            put(self, key, (!value.is_empty()).then(|| value.into()));
        }
    }

    /// A text that is there even when it is empty.
    fn keep_text(&mut self, key: &str, value: &str) {
        if self.blob(key).is_none() || self.text(key) != value {
            put(self, key, Some(value.into()));
        }
    }

    fn set_blob(&mut self, key: &str, value: Option<&[u8]>) {
        if self.blob(key) != value {
            put(self, key, value.map(Value::from));
        }
    }

    /// Both or nothing.
    fn set_picture(&mut self, url: &str, key: &str, picture: Option<&Picture>) {
        if self.picture(url, key).as_ref() != picture {
            let picture = picture.filter(|picture| picture.is_valid());
            put(self, url, picture.map(|picture| picture.url.as_str().into()));
            put(self, key, picture.map(|picture| picture.key.as_slice().into()));
        }
    }

    /// Members that are no places of bits stay.
    fn set_bits(&mut self, key: &str, value: u64) {
        if self.bits(key) == value {
            return;
        }
        let mut set = match self.remove(key.as_bytes()) {
            Some(Value::List(set)) => set,
            _ => Vec::new(),
        };
        for place in 0..64 {
            let member = Value::Int(place);
            if value >> place & 1 == 1 {
                super::data::insert(&mut set, member);
            } else {
                super::data::remove(&mut set, &member);
            }
        }
        self.insert(key, set);
    }

    fn set_notify(&mut self, value: Notify) {
        if self.notify() != value {
            self.set_int("@", value as i64);
        }
    }

    fn set_timer(&mut self, value: Timer) {
        if self.timer() == value {
            return;
        }
        let (mode, seconds) = match value {
            Timer::Off => (0, 0),
            Timer::AfterSend(seconds) => (1, seconds),
            Timer::AfterRead(seconds) => (2, seconds),
        };
        self.set_int("e", if seconds == 0 { 0 } else { mode });
        self.set_int("E", seconds.into());
    }
}

/// Sets a value, or removes it.
pub(super) fn put(dict: &mut Dict, key: &str, value: Option<Value>) {
    match value {
        Some(value) => drop(dict.insert(key, value)),
        None => drop(dict.remove(key.as_bytes())),
    }
}

/// A name as it is stored.
pub(super) fn name(text: &str) -> &str {
    truncate(text, MAX_NAME_BYTES)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_means_the_same_is_not_written() {
        let other = Dict::new()
            .with("!", 1_700_000_000_123)
            .with("b", 7)
            .with("f", vec![Value::from(1), 99.into(), "x".into()])
            .with("n", &b"\xff"[..])
            .with("@", 9)
            .with("e", 2)
            .with("p", "only an address");
        let mut dict = other.clone();
        dict.set_time("!", 1_700_000_000);
        dict.set_flag("b", true);
        dict.set_bits("f", 2);
        dict.set_text("n", "\u{fffd}");
        dict.set_notify(Notify::Default);
        dict.set_timer(Timer::Off);
        dict.set_picture("p", "q", None);
        assert_eq!(dict, other);
        dict.set_bits("f", 5);
        let set = vec![Value::from(0), 2.into(), 99.into(), "x".into()];
        assert_eq!(dict.get(b"f"), Some(&Value::from(set)));
    }

    #[test]
    fn halves_count_for_nothing() {
        let mut dict = Dict::new();
        dict.set_picture("p", "q", Some(&Picture { url: String::new(), key: [1; 32] }));
        dict.set_picture("p", "q", Some(&Picture { url: "x".repeat(224), key: [1; 32] }));
        dict.set_timer(Timer::AfterRead(0));
        assert!(dict.is_empty());
        let picture = Picture { url: "http://a.b/file/1".into(), key: [1; 32] };
        dict.set_picture("p", "q", Some(&picture));
        assert_eq!(dict.picture("p", "q"), Some(picture));
        dict.set_timer(Timer::AfterRead(60));
        assert_eq!((dict.int("e"), dict.int("E"), dict.timer()), (2, 60, Timer::AfterRead(60)));
        dict.set_timer(Timer::AfterSend(60));
        dict.set_picture("p", "q", None);
        assert_eq!((dict.len(), dict.timer()), (2, Timer::AfterSend(60)));
    }
}
