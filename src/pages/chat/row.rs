use leptos::{ev, prelude::*};
use sotto_api::{Body, ConversationId, ConversationView, Delivery, LastMessage};
use wasm_bindgen::JsCast;
use web_sys::Element;

use super::row_menu::RowMenu;
use crate::{
    components::{
        avatar::Avatar,
        icon::{Glyph, Icon},
        long_press::LongPress,
        menu::MenuPlace,
    },
    i18n::{format, t},
    once,
    route::Route,
    state::{conversations::is_muted, use_state},
    words,
};

/// One conversation of the list.
#[component]
pub fn Row(
    /// Which.
    id: ConversationId,
    /// Opened by right click, long press, or the keyboard's menu key.
    menu: RowMenu,
) -> impl IntoView {
    let state = use_state();
    let view = once::memo(move || state.conversations.get(id));
    let part = move |read: fn(&ConversationView) -> String| {
        Signal::derive(move || view.with(|view| view.as_ref().map(read)).unwrap_or_default())
    };
    let name = part(words::name);
    let open = move || state.navigation.route() == Route::Conversation(id);
    let unread = once::memo(move || view.with(|view| view.as_ref().map_or(0, |view| view.unread)));
    let active_ms = once::memo(move || view.with(|view| view.as_ref().map_or(0, |view| view.active_ms)));
    let marks = once::memo(move || view.with(|view| view.as_ref().map(Marks::of).unwrap_or_default()));
    let press = LongPress::new(move |place| menu.open(id, place));
    view! {
        <a
            class="row"
            class:unread=move || { unread.get() > 0 || marks.get().unread }
            class:muted=move || marks.get().muted
            href=Route::Conversation(id).to_string()
            data-testid="list-item"
            data-conversation=id.to_string()
            data-pinned=move || marks.get().pinned.to_string()
            data-muted=move || marks.get().muted.to_string()
            aria-current=move || open().then_some("true")
            aria-keyshortcuts="Shift+F10"
            on:contextmenu=move |event: ev::MouseEvent| {
                event.prevent_default();
                menu.open(id, place_of(&event));
            }
            on:pointerdown=move |event| press.down(&event)
            on:pointermove=move |event| press.moved(&event)
            on:pointerup=move |_| press.up()
            on:pointercancel=move |_| press.up()
            on:click=move |event| press.click(&event)
        >
            <Avatar id=part(|view| view.account_id.clone()) name=name />
            <span class="text">
                <span class="top">
                    <bdi class="name private">{name}</bdi>
                    {move || marks.get().icons()}
                    <time>{move || format::short(active_ms.get())}</time>
                </span>
                <span class="bottom">
                    {move || view.with(|view| view.as_ref().map(summary))}
                    {move || {
                        let count = unread.get();
                        (count > 0)
                            .then(|| {
                                view! {
                                    <span class="count" data-testid="unread" aria-label=t::list::unread(u64::from(count))>
                                        {format::number(u64::from(count))}
                                    </span>
                                }
                            })
                    }}
                    {move || {
                        (marks.get().unread && unread.get() == 0)
                            .then(|| {
                                view! {
                                    <span
                                        class="count dot"
                                        role="img"
                                        data-testid="marked-unread"
                                        aria-label=t::row::is_unread()
                                    ></span>
                                }
                            })
                    }}
                </span>
            </span>
        </a>
    }
}

/// What a row shows beside its texts.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
struct Marks {
    pinned: bool,
    muted: bool,
    unread: bool,
}

impl Marks {
    fn of(view: &ConversationView) -> Self {
        Self { pinned: view.pinned, muted: is_muted(view), unread: view.marked_unread }
    }

    fn icons(self) -> impl IntoView {
        let icon = |shown: bool, icon: Icon, label: &'static str| {
            shown.then(|| {
                view! {
                    <span class="row-mark" role="img" aria-label=label title=label>
                        <Glyph icon=icon small=true />
                    </span>
                }
            })
        };
        view! {
            {icon(self.muted, Icon::BellOff, t::row::is_muted())}
            {icon(self.pinned, Icon::Pin, t::row::is_pinned())}
        }
    }
}

/// Where the pointer is; below the row for the keyboard's menu key, which has no place.
fn place_of(event: &ev::MouseEvent) -> MenuPlace {
    let (x, y) = (event.client_x(), event.client_y());
    let row = event.current_target().and_then(|row| row.dyn_into::<Element>().ok());
    match row.map(|row| row.get_bounding_client_rect()) {
        Some(row) if event.button() != 2 && (x, y) == (0.0, 0.0) => {
            MenuPlace { x: row.left() + 16.0, y: row.bottom() }
        }
        _ => MenuPlace { x, y },
    }
}

/// The second line: that the other one types, the draft, else the newest message with its state.
fn summary(view: &ConversationView) -> AnyView {
    if view.typing {
        return view! { <span class="last typing" data-testid="row-typing">{t::row::typing()}</span> }
            .into_any();
    }
    if !view.draft.is_empty() {
        let draft = view.draft.clone();
        return view! {
            <span class="last private"><span class="draft">{t::list::draft()}</span> " " <bdi>{draft}</bdi></span>
        }
        .into_any();
    }
    let Some(last) = &view.last else { return ().into_any() };
    let text = text(last);
    view! {
        {last.delivery.map(state_icon)}
        <bdi class="last private">{text}</bdi>
    }
    .into_any()
}

fn text(last: &LastMessage) -> String {
    match &last.body {
        Body::Text(text) => one_line(text),
        Body::Accepted { by_us: true } => t::list::accepted_by_you().to_owned(),
        Body::Accepted { by_us: false } => t::list::accepted_by_them().to_owned(),
        Body::Unsupported { text } if !text.is_empty() => one_line(text),
        Body::Unsupported { .. } => t::list::unsupported().to_owned(),
        body @ Body::Files { .. } => one_line(&words::said(body)),
        Body::Deleted => t::conversation::deleted().to_owned(),
        Body::Timer { .. } => t::conversation::timer_changed().to_owned(),
    }
}

/// The beginning of a text without its line breaks; more than a row shows is not worth laying out.
fn one_line(text: &str) -> String {
    const SHOWN: usize = 160;
    text.chars().take(SHOWN).map(|letter| if letter.is_control() { ' ' } else { letter }).collect()
}

/// The state of an own message as a small icon with its name.
fn state_icon(delivery: Delivery) -> impl IntoView {
    let (icon, label) = match delivery {
        Delivery::Saved => (Icon::Clock, t::list::state_saved()),
        Delivery::Sending => (Icon::ArrowUp, t::list::state_sending()),
        Delivery::Sent | Delivery::Read => (Icon::Check, t::list::state_sent()),
        Delivery::Failed => (Icon::CircleAlert, t::list::state_failed()),
    };
    view! {
        <span class="state" class:failed=delivery == Delivery::Failed role="img" aria-label=label title=label>
            <Glyph icon=icon small=true />
        </span>
    }
}
