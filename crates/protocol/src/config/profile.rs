use super::fields::{Fields, Picture, SetFields, put, seconds};
use super::pro::ProCredential;
use super::{Config, UserProfile};
use crate::account::{MAX_NAME_BYTES, NameError};
use crate::bt::{Dict, Value};

/// A purchase or refund that is asked for counts for so long, in seconds.
const WEEK: u64 = 7 * 24 * 60 * 60;

/// Times above are in milliseconds.
const MAX_SECONDS: u64 = 1_000_000_000_000;

/// The account's own profile. Times are seconds; setters with `now_s` stamp the change, since the profile is sent to
/// others with the time at which it changed.
impl Config<UserProfile> {
    /// Display name; none if none was set.
    pub fn name(&self) -> Option<String> {
        Some(self.data().text("n")).filter(|name| !name.is_empty())
    }

    /// Sets the display name; an empty one removes it. At most 100 bytes.
    pub fn set_name(&mut self, name: &str, now_s: u64) -> Result<bool, NameError> {
        if name.len() > MAX_NAME_BYTES {
            return Err(NameError::TooLong(name.len()));
        }
        Ok(self.stamped(now_s, |data| data.set_text("n", name)))
    }

    /// The picture: as it was uploaded last, by the user or by a renewal.
    pub fn picture(&self) -> Option<Picture> {
        let data = self.data();
        if data.time("T") > data.time("t") { data.picture("P", "Q") } else { data.picture("p", "q") }
    }

    /// Sets the picture that the user chose; nothing happens if it is not valid.
    pub fn set_picture(&mut self, picture: Option<&Picture>, now_s: u64) -> bool {
        let invalid = picture.is_some_and(|picture| !picture.is_valid());
        if invalid || self.data().picture("p", "q").as_ref() == picture {
            return false;
        }
        self.edit(&[], |data| {
            data.set_picture("p", "q", picture);
            if picture.is_none() && data.picture("P", "Q").is_some() {
                data.set_picture("P", "Q", None);
                data.set_time("T", now_s);
            }
            data.set_time("t", now_s);
        })
    }

    /// Sets where the same picture is after it was uploaded again; nothing happens if it is not valid.
    pub fn set_renewed_picture(&mut self, picture: &Picture, now_s: u64) -> bool {
        if !picture.is_valid() || self.data().picture("P", "Q").as_ref() == Some(picture) {
            return false;
        }
        self.edit(&[], |data| {
            data.set_picture("P", "Q", Some(picture));
            data.set_time("T", now_s);
        })
    }

    /// When the profile changed; 0 if it never did.
    pub fn profile_updated(&self) -> u64 {
        match self.data().time("t") {
            0 => 0,
            chosen => chosen.max(self.data().time("T")),
        }
    }

    /// Priority of the Note to Self: below 0 hidden, above 0 pinned.
    pub fn note_to_self_priority(&self) -> i64 {
        self.data().int("+")
    }

    /// Sets the priority of the Note to Self.
    pub fn set_note_to_self_priority(&mut self, priority: i64) -> bool {
        self.edit(&[], |data| data.set_int("+", priority))
    }

    /// Timer of the Note to Self in seconds, always after sending; 0 for none.
    pub fn note_to_self_timer(&self) -> u32 {
        u32::try_from(self.data().int("e")).unwrap_or_default()
    }

    /// Sets the timer of the Note to Self, seconds.
    pub fn set_note_to_self_timer(&mut self, timer: u32) -> bool {
        self.edit(&[], |data| data.set_positive("e", timer.into()))
    }

    /// Whether people from communities may send message requests; none if it was never said.
    pub fn blinded_requests(&self) -> Option<bool> {
        self.data().get(b"M").and_then(Value::as_int).map(|value| value != 0)
    }

    /// Says whether people from communities may send message requests.
    pub fn set_blinded_requests(&mut self, allowed: Option<bool>, now_s: u64) -> bool {
        if self.blinded_requests() == allowed {
            return false;
        }
        self.stamped(now_s, |data| put(data, "M", allowed.map(|allowed| i64::from(allowed).into())))
    }

    /// Session Pro features that the profile shows: bit 0 the badge, bit 1 a moving picture.
    pub fn features(&self) -> u64 {
        self.data().bits("f")
    }

    /// Sets the Session Pro features.
    pub fn set_features(&mut self, features: u64, now_s: u64) -> bool {
        self.stamped(now_s, |data| data.set_bits("f", features))
    }

    /// The credential of Session Pro; none if there is none in the present form.
    pub fn pro_credential(&self) -> Option<ProCredential> {
        ProCredential::decode(self.data().blob("s")?)
    }

    /// Sets the credential of Session Pro. One that is valid ends a pending purchase.
    pub fn set_pro_credential(&mut self, credential: Option<&ProCredential>, now_s: u64) -> bool {
        self.stamped(now_s, |data| {
            put(data, "s", credential.map(|credential| credential.encode().as_slice().into()));
            if credential.is_some_and(|credential| credential.expiry > now_s) {
                put(data, "I", None);
            }
        })
    }

    /// Until when Session Pro was bought; 0 if it was not.
    pub fn pro_access(&self) -> u64 {
        match self.data().positive("E") {
            milliseconds @ MAX_SECONDS.. => milliseconds / 1000,
            seconds => seconds,
        }
    }

    /// Sets until when Session Pro was bought (0: not) and how long it goes on without payment, in seconds. Access in
    /// the future ends a pending purchase, and a request for a refund after a week.
    pub fn set_pro_access(&mut self, until: u64, grace: u64, now_s: u64) -> bool {
        let same = self.pro_access() == until;
        self.edit(&[], |data| {
            if !same {
                data.set_positive("E", until);
            }
            data.set_positive("G", if until == 0 { 0 } else { grace });
            if until > now_s {
                put(data, "I", None);
                if is_past(data, "R", now_s) {
                    put(data, "R", None);
                }
            }
        })
    }

    /// How long Session Pro goes on without payment, in seconds.
    pub fn pro_grace(&self) -> u64 {
        self.data().positive("G")
    }

    /// Whether Session Pro is paid on and on.
    pub fn pro_renews(&self) -> bool {
        self.data().flag("A")
    }

    /// Says whether Session Pro is paid on and on.
    pub fn set_pro_renews(&mut self, renews: bool) -> bool {
        self.edit(&[], |data| data.set_flag("A", renews))
    }

    /// When a refund was asked for; 0 if it was not, or more than a week ago.
    pub fn refund_requested(&self, now_s: u64) -> u64 {
        recent(self.data(), "R", now_s)
    }

    /// Sets when a refund was asked for; 0 for never.
    pub fn set_refund_requested(&mut self, time_s: u64, now_s: u64) -> bool {
        self.stamped(now_s, |data| data.set_time("R", time_s))
    }

    /// Since when a purchase is pending; 0 if none is, or for more than a week.
    pub fn purchase_pending(&self, now_s: u64) -> u64 {
        recent(self.data(), "I", now_s)
    }

    /// Sets since when a purchase is pending; 0 for none.
    pub fn set_purchase_pending(&mut self, time_s: u64, now_s: u64) -> bool {
        self.stamped(now_s, |data| data.set_time("I", time_s))
    }

    /// Edits, and stamps the change, if it is one.
    fn stamped(&mut self, now_s: u64, edit: impl FnOnce(&mut Dict)) -> bool {
        self.edit(&[], |data| {
            let before = data.clone();
            edit(data);
            if *data != before {
                let stamp = if data.time("t") >= data.time("T") { "t" } else { "T" };
                data.set_time(stamp, seconds(now_s));
            }
        })
    }
}

fn is_past(data: &Dict, key: &str, now_s: u64) -> bool {
    data.time(key).saturating_add(WEEK) < now_s
}

fn recent(data: &Dict, key: &str, now_s: u64) -> u64 {
    if is_past(data, key, now_s) { 0 } else { data.time(key) }
}
