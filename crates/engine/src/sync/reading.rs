//! How far conversations were read.

use sotto_protocol::{
    account::AccountId,
    config::{Config, Convo, ConvoInfoVolatile, ReadState},
};

use crate::{
    model::{Edit, conversation_id, read_until},
    ordered::Map,
    vault::Keys,
};

/// Whose read positions or marks differ.
pub(super) fn moved(
    before: &Config<ConvoInfoVolatile>,
    after: &Config<ConvoInfoVolatile>,
) -> impl Iterator<Item = AccountId> {
    states(after).filter(|(id, state)| state_of(before, id) != *state).map(|(id, _)| id)
}

/// Applies what differs, and the known positions to messages that came now. Conversations that are not known are none
/// because of this.
pub(super) fn apply(
    edit: &mut Edit,
    keys: &Keys,
    before: &Config<ConvoInfoVolatile>,
    after: &Config<ConvoInfoVolatile>,
) {
    let touched = edit.touched();
    if touched.is_empty() && after.seqno() == before.seqno() {
        return;
    }
    let all: Map<_, _> =
        states(after).map(|(id, state)| (conversation_id(keys, id.x25519()), (id, state))).collect();
    for (id, (peer, state)) in all.iter() {
        let was = state_of(before, peer);
        let is_new = !edit.state().conversations.contains_key(id);
        if (was == *state && !touched.contains(id)) || edit.peek(*id).is_none() {
            continue;
        }
        read_until(edit, *id, state.last_read);
        if (is_new || was.unread != state.unread)
            && let Some(known) = edit.conversation(*id)
        {
            known.marked_unread = state.unread;
        }
    }
}

fn states(config: &Config<ConvoInfoVolatile>) -> impl Iterator<Item = (AccountId, ReadState)> {
    config.read_states().filter_map(|(convo, state)| match convo {
        Convo::OneToOne(id) => Some((id, state)),
        _ => None,
    })
}

fn state_of(config: &Config<ConvoInfoVolatile>, id: &AccountId) -> ReadState {
    config.read_state(&Convo::OneToOne(*id)).unwrap_or_default()
}
