//! Files that wait to be sent with the message that is being written.

mod add;
mod attach;
mod drop;
mod row;

pub use add::{add, from_transfer, send_again};
pub use attach::Attach;
pub use drop::{Veil, holds_files};

use leptos::prelude::*;

use super::talk::use_talk;
use crate::{
    components::{each::Each, show::Show},
    i18n::t,
    once,
};
use row::Row;

/// The files, above the text.
#[component]
pub fn Tray() -> impl IntoView {
    let talk = use_talk();
    let (trays, id) = (talk.state.trays, talk.id);
    let keys = once::memo(move || trays.of(id).iter().map(|pending| pending.key).collect::<Vec<_>>());
    view! {
        <Show when=move || keys.with(|keys| !keys.is_empty())>
            <ul class="tray" data-testid="tray" aria-label=t::files::tray()>
                <Each each=move || keys.get() key=|key| *key let:key>
                    <Row key=key />
                </Each>
            </ul>
        </Show>
    }
}
