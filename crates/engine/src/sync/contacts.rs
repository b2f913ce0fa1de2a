//! People, and how the conversations with them are kept.

use sotto_api::{ConversationId, Timer};
use sotto_protocol::{
    account::AccountId,
    config::{Config, Contact, Contacts, Notify},
    content,
};

use super::Replica;
use crate::{
    model::{Conversation, Edit, ProfileUpdate, conversation_id},
    vault::Keys,
};

/// Applies what differs. An entry that was there and is gone was deleted on another device. One for the own account says
/// nothing.
pub(super) fn apply(edit: &mut Edit, keys: &Keys, before: &Config<Contacts>, after: &Replica<Contacts>) {
    let (own, known_until_ms) = (edit.state().own, after.known_until_ms());
    for (id, contact) in after.config.contacts() {
        let was = before.contact(&id);
        if was.as_ref() != Some(&contact) && *id.x25519() != own {
            take(edit, keys, &id, was, &contact, known_until_ms);
        }
    }
    for (id, _) in before.contacts() {
        if after.config.contact(&id).is_none() && *id.x25519() != own {
            forget(edit, conversation_id(keys, id.x25519()), known_until_ms);
        }
    }
}

fn take(
    edit: &mut Edit,
    keys: &Keys,
    peer: &AccountId,
    was: Option<Contact>,
    contact: &Contact,
    known_until_ms: u64,
) {
    let is_new = was.is_none();
    // Of a new entry, only what it says beyond the defaults counts: the rest was never chosen there.
    let was = was.unwrap_or_default();
    let peer = *peer.x25519();
    let id = conversation_id(keys, &peer);
    let now_ms = edit.now_ms;
    let known = edit.conversation_or_new(id, || Conversation::new(id, peer, false));
    known.profile.update(&profile(contact));
    if was.nickname != contact.nickname {
        known.nickname.clone_from(&contact.nickname);
    }
    if was.approved != contact.approved {
        known.approved = contact.approved;
    }
    if was.approved_me != contact.approved_me {
        known.approved_me = contact.approved_me;
    }
    if was.blocked != contact.blocked {
        known.blocked = contact.blocked;
    }
    if muted_until_ms(&was) != muted_until_ms(contact) {
        known.muted_until_ms = muted_until_ms(contact);
    }
    if was.timer != contact.timer {
        known.timer = timer(contact.timer);
        // Older messages that set it are overruled.
        known.timer_set_ms = known.timer_set_ms.max(known_until_ms);
    }
    if known.active_ms == 0 {
        known.active_ms = contact.created.saturating_mul(1_000).min(now_ms);
    }
    place(edit, id, (!is_new).then_some(was.priority), contact.priority, known_until_ms);
    if let Some(known) = edit.conversation(id)
        && is_new
        && contact.approved
        && !known.hidden
    {
        // Listed, although it may hold nothing any more.
        known.emptied |= known.last.is_none();
    }
}

/// Pins, hides or shows again. What is hidden goes with its messages, and those known at that time stay away; but what
/// this device has in a conversation is not taken from it by the first thing that it hears of other devices.
pub(super) fn place(
    edit: &mut Edit,
    id: ConversationId,
    was: Option<i64>,
    priority: i64,
    known_until_ms: u64,
) {
    if was.unwrap_or_default().signum() == priority.signum() {
        return;
    }
    let now_ms = edit.now_ms;
    let Some(known) = edit.conversation(id) else { return };
    known.pinned = priority > 0;
    known.archived &= !known.pinned;
    if priority < 0 {
        if was.is_none() && known.last.is_some() {
            return;
        }
        known.remove(now_ms);
        known.cleared_ms = known.cleared_ms.max(known_until_ms);
        edit.clear(id);
    } else if known.hidden || known.with_self {
        known.hidden = false;
        known.emptied |= known.last.is_none();
    }
}

fn forget(edit: &mut Edit, id: ConversationId, known_until_ms: u64) {
    let now_ms = edit.now_ms;
    let Some(known) = edit.conversation(id) else { return };
    known.remove(now_ms);
    known.cleared_ms = known.cleared_ms.max(known_until_ms);
    known.nickname.clear();
    (known.approved, known.approved_me, known.blocked) = (false, false, false);
    edit.clear(id);
    edit.cancel_jobs(id, |_| true);
}

fn profile(contact: &Contact) -> ProfileUpdate {
    let timed = contact.profile_updated != 0;
    let address = contact.picture.as_ref().map(|picture| picture.url.clone());
    ProfileUpdate {
        name: Some(contact.name.clone()),
        // None at a known time: it was taken away.
        picture_url: address.or_else(|| timed.then(String::new)),
        picture_key: contact.picture.as_ref().map(|picture| picture.key.to_vec()),
        updated_s: contact.profile_updated,
    }
}

fn muted_until_ms(contact: &Contact) -> u64 {
    match contact.notify {
        Notify::Disabled => u64::MAX,
        _ => contact.muted_until.saturating_mul(1_000),
    }
}

fn timer(timer: content::Timer) -> Timer {
    match timer {
        content::Timer::Off => Timer::Off,
        content::Timer::AfterRead(seconds) => Timer::AfterRead(seconds),
        content::Timer::AfterSend(seconds) => Timer::AfterSend(seconds),
    }
}
