use super::fields::{Fields, Notify, Picture, SetFields, name};
use super::{Config, Contacts};
use crate::account::AccountId;
use crate::bt::{Dict, Value};
use crate::content::Timer;

const CONTACTS: &[u8] = b"c";

/// A person with whom there is a conversation, accepted or not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contact {
    /// Name in the person's profile; may be empty. Cut to 100 bytes when written.
    pub name: String,
    /// Name that the user gave; empty for none. Cut to 100 bytes when written.
    pub nickname: String,
    /// The person's picture.
    pub picture: Option<Picture>,
    /// When name and picture changed, seconds; 0 if unknown.
    pub profile_updated: u64,
    /// The user approved the person.
    pub approved: bool,
    /// The person approved the user.
    pub approved_me: bool,
    /// Blocked by the user.
    pub blocked: bool,
    /// Below 0 hidden, above 0 pinned, higher first.
    pub priority: i64,
    /// What is announced; here, mentions only is as good as all.
    pub notify: Notify,
    /// Nothing is announced until then, seconds.
    pub muted_until: u64,
    /// Disappearing messages.
    pub timer: Timer,
    /// When the conversation began, seconds; 0 if unknown.
    pub created: u64,
    /// Session Pro features of the person's profile, as bits.
    pub features: u64,
}

impl Config<Contacts> {
    /// A contact.
    pub fn contact(&self, id: &AccountId) -> Option<Contact> {
        super::data::at(self.data(), &[CONTACTS, id.as_bytes()]).map(Contact::read)
    }

    /// All contacts, by ID. Entries that are none are passed over, and kept.
    pub fn contacts(&self) -> impl Iterator<Item = (AccountId, Contact)> {
        let all = self.data().get(CONTACTS).and_then(Value::as_dict);
        all.into_iter().flat_map(Dict::iter).filter_map(|(id, entry)| {
            let id = AccountId::from_bytes(id.try_into().ok()?).ok()?;
            Some((id, Contact::read(entry.as_dict()?)))
        })
    }

    /// Adds or changes a contact, and says whether that made a difference.
    pub fn set_contact(&mut self, id: &AccountId, contact: &Contact) -> bool {
        self.edit(&[CONTACTS, id.as_bytes()], |entry| contact.write(entry))
    }

    /// Changes a contact, or begins one with `now_s` as its time.
    pub fn update_contact(&mut self, id: &AccountId, now_s: u64, change: impl FnOnce(&mut Contact)) -> bool {
        let begun = Contact { created: now_s, ..Contact::default() };
        let mut contact = self.contact(id).unwrap_or(begun);
        change(&mut contact);
        self.set_contact(id, &contact)
    }

    /// Removes a contact, with everything in it.
    pub fn remove_contact(&mut self, id: &AccountId) -> bool {
        self.edit(&[CONTACTS, id.as_bytes()], |entry| *entry = Dict::new())
    }
}

impl Contact {
    /// Takes name and picture from a profile that came with a message, unless what is known is as new.
    pub fn take_profile(&mut self, name: &str, picture: Option<Picture>, updated_s: u64) -> bool {
        if self.profile_updated != 0 && self.profile_updated >= updated_s {
            return false;
        }
        name.clone_into(&mut self.name);
        self.picture = picture;
        self.profile_updated = updated_s;
        true
    }

    fn read(entry: &Dict) -> Self {
        Self {
            name: entry.text("n"),
            nickname: entry.text("N"),
            picture: entry.picture("p", "q"),
            profile_updated: entry.time("t"),
            approved: entry.flag("a"),
            approved_me: entry.flag("A"),
            blocked: entry.flag("b"),
            priority: entry.int("+"),
            notify: without_mentions(entry.notify()),
            muted_until: entry.time("!"),
            timer: entry.timer(),
            created: entry.time("j"),
            features: entry.bits("f"),
        }
    }

    fn write(&self, entry: &mut Dict) {
        entry.keep_text("n", name(&self.name));
        entry.set_text("N", name(&self.nickname));
        entry.set_picture("p", "q", self.picture.as_ref());
        entry.set_time("t", self.profile_updated);
        entry.set_flag("a", self.approved);
        entry.set_flag("A", self.approved_me);
        entry.set_flag("b", self.blocked);
        entry.set_int("+", self.priority);
        if without_mentions(entry.notify()) != without_mentions(self.notify) {
            entry.set_notify(without_mentions(self.notify));
        }
        entry.set_time("!", self.muted_until);
        entry.set_timer(self.timer);
        entry.set_time("j", self.created);
        entry.set_bits("f", self.features);
    }
}

/// Nobody is mentioned in a conversation of two.
fn without_mentions(notify: Notify) -> Notify {
    match notify {
        Notify::MentionsOnly => Notify::All,
        other => other,
    }
}
