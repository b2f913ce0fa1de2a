//! The own profile, and the Note to Self.

use sotto_api::Timer;
use sotto_protocol::{
    account::cut_name,
    config::{Config, UserProfile},
};

use super::{Replica, contacts::place};
use crate::{
    model::{Conversation, Edit, conversation_id},
    vault::Keys,
};

/// Applies what differs.
pub(super) fn apply(
    edit: &mut Edit,
    keys: &Keys,
    before: &Config<UserProfile>,
    after: &Replica<UserProfile>,
) {
    let config = &after.config;
    take_name(edit, before, config);
    let (priority, timer) = (config.note_to_self_priority(), config.note_to_self_timer());
    if (priority, timer) == (before.note_to_self_priority(), before.note_to_self_timer()) {
        return;
    }
    let own = edit.state().own;
    let id = conversation_id(keys, &own);
    let known = edit.conversation_or_new(id, || Conversation::new(id, own, true));
    if timer != before.note_to_self_timer() {
        known.timer = if timer == 0 { Timer::Off } else { Timer::AfterSend(timer) };
        known.timer_set_ms = known.timer_set_ms.max(after.known_until_ms());
    }
    let was = (before.seqno() != 0).then(|| before.note_to_self_priority());
    place(edit, id, was, priority, after.known_until_ms());
}

/// The name, unless one was chosen here later.
fn take_name(edit: &mut Edit, before: &Config<UserProfile>, after: &Config<UserProfile>) {
    let Some(name) = after.name().filter(|name| before.name().as_ref() != Some(name)) else { return };
    let Some(name) = cut_name(&name) else { return };
    let account = &edit.state().account;
    let is_newer = after.profile_updated() >= account.profile_updated_s;
    if account.display_name != name && (is_newer || account.display_name.is_empty()) {
        let account = edit.account();
        name.clone_into(&mut account.display_name);
        account.profile_updated_s = account.profile_updated_s.max(after.profile_updated());
    }
}
