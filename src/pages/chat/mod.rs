//! The open account: rail, list and, beside it, whatever the address names.

mod actions;
mod conversation;
pub mod files;
mod finder;
mod gallery;
mod invited;
mod keys;
mod list;
mod palette;
mod rail;
mod recipient;
mod requests;
mod resizer;
mod results;
mod row;
mod row_menu;
mod search;
mod sheets;
mod start;
mod strip;
mod voice;

pub use gallery::Over as GalleryOver;
pub use requests::Requests as RequestsPane;
pub use sheets::Over;
pub use start::Start as StartPane;

use leptos::{ev, prelude::*};
use sotto_api::ConversationId;

use crate::{
    components::logo::Logo,
    device::notices,
    i18n::t,
    once,
    route::Route,
    screens::{Network, Requests, Settings, Start},
    state::use_state,
};
use conversation::Conversation;
use keys::Overlays;
use list::List;
use palette::Palettes;
use rail::Rail;
use strip::Strip;
use voice::{Player, PlayerBar};

/// Windows at least this wide show the details from the start, px.
const ROOMY: f64 = 1280.0;

/// In windows narrower than this the details lie over the conversation, px; `style/screens/details.css` has the
/// same figure.
const BESIDE: f64 = 1160.0;

/// What is beside the list.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Beside {
    Nothing,
    Conversation(ConversationId),
    Requests,
    New,
    Settings,
    Network,
}

/// The layout of the open account. In narrow windows one pane is shown at a time; which one follows from
/// `data-pane`.
#[component]
pub fn Chat() -> impl IntoView {
    let state = use_state();
    let navigation = state.navigation;
    let beside = once::memo(move || match navigation.route() {
        Route::Conversation(id) | Route::Message(id, _) => Beside::Conversation(id),
        Route::Requests => Beside::Requests,
        Route::New => Beside::New,
        Route::Settings(_) => Beside::Settings,
        Route::Network => Beside::Network,
        Route::List | Route::Create | Route::Restore => Beside::Nothing,
    });
    let pane = move || if beside.get() == Beside::Nothing { "list" } else { "beside" };
    let details = RwSignal::new(width() >= ROOMY);
    close_when_narrow(details);
    let overlays = Overlays::new();
    keys::listen(state, overlays);
    notices::follow(state);
    invited::follow(state);
    Player::provide(state);
    once::effect(move || {
        if let Route::Message(id, message) = navigation.route() {
            state.jump.set(Some((id, message)));
            navigation.replace(Route::Conversation(id));
        }
    });
    view! {
        <div class="app" data-pane=pane>
            <Rail />
            <List />
            <div class="beside">
                <Strip />
                <PlayerBar />
                {move || match beside.get() {
                    Beside::Conversation(id) => view! { <Conversation id=id details=details /> }.into_any(),
                    Beside::Requests => view! { <Requests /> }.into_any(),
                    Beside::New => view! { <Start /> }.into_any(),
                    Beside::Settings => view! { <Settings /> }.into_any(),
                    Beside::Network => view! { <Network /> }.into_any(),
                    Beside::Nothing => {
                        view! { <main class="nothing"><Logo /> <p>{t::list::nothing_open()}</p></main> }.into_any()
                    }
                }}
            </div>
        </div>
        <Palettes overlays=overlays />
    }
}

fn width() -> f64 {
    window().inner_width().ok().and_then(|width| width.as_f64()).unwrap_or(0.0)
}

/// Closes the details when the window gets too narrow to have them beside the conversation, which they would
/// hide.
fn close_when_narrow(details: RwSignal<bool>) {
    let roomy = StoredValue::new(width() >= BESIDE);
    let resize = window_event_listener(ev::resize, move |_| {
        let now = width() >= BESIDE;
        if roomy.get_value() && !now {
            details.set(false);
        }
        roomy.set_value(now);
    });
    on_cleanup(move || resize.remove());
}
