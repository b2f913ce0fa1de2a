//! One message.

mod actions;
mod expiry;
mod files;
mod line;
mod links;
mod quote;
mod reactions;
mod said;

pub use files::{FileName, FileRow, Of, Place, Thumb};
pub use quote::Quoted;

use leptos::{ev, prelude::*};
use sotto_api::{Body, Command, Delivery, MessageView};
use wasm_bindgen::JsCast;
use web_sys::Element;

use super::talk::{Goal, Sheet, Talk, text, use_talk};
use crate::{
    components::{
        icon::{Glyph, Icon},
        long_press::LongPress,
        menu::{Menu, MenuPlace},
        show::Show,
    },
    i18n::{format, t},
    once,
    pages::chat::{conversation::talk::EmojiFor, files::media::is_visual},
    stickers::is_only_sticker,
    words,
};
use expiry::TimeLeft;
use files::{Files, lasting};
use line::Line;
use reactions::Reactions;
use said::Said;

/// One message: a bubble with its text, time and state, or a line about the conversation.
#[component]
pub fn Bubble(
    /// The message.
    message: ArcRwSignal<MessageView>,
    /// First of its group.
    first: bool,
    /// Last of its group.
    last: bool,
) -> impl IntoView {
    let message = RwSignal::from(message);
    match message.with_untracked(|message| message.body.clone()) {
        Body::Accepted { .. } | Body::Timer { .. } => view! { <Line message=message /> }.into_any(),
        Body::Text(_) | Body::Files { .. } | Body::Unsupported { .. } | Body::Deleted => {
            view! { <Words message=message first=first last=last /> }.into_any()
        }
    }
}

#[component]
fn Words(message: RwSignal<MessageView>, first: bool, last: bool) -> impl IntoView {
    let talk = use_talk();
    let menu = RwSignal::new(None::<MenuPlace>);
    // What is inside can be reached by Tab only from the message, or there would be hundreds of stops.
    let inside = RwSignal::new(false);
    let stop = Signal::derive(move || if inside.get() { "0" } else { "-1" });
    let (id, sent_ms, outgoing) =
        message.with_untracked(|message| (message.id, message.sent_ms, message.delivery.is_some()));
    let delivery = once::memo(move || message.with(|message| message.delivery));
    let body = once::memo(move || message.with(lasting));
    let quote = once::memo(move || message.with(|message| message.quote.clone()));
    let of = Of { message: id, own: outgoing, stop };
    let with_files = move || body.with(|body| matches!(body, Body::Files { .. }));
    let failed = move || delivery.get() == Some(Delivery::Failed);
    let picked = once::memo(move || {
        talk.selected.with(|selected| selected.as_ref().map(|selected| selected.contains(&id)))
    });
    let label = move || {
        let text = body.with(words::said);
        let said = match outgoing {
            true => t::conversation::you_said(&text),
            false => t::conversation::said(&talk.name(), &text),
        };
        t::conversation::at(&said, &format::time(sent_ms))
    };
    let press = LongPress::new(move |place| {
        if !talk.selecting() {
            menu.set(Some(place));
        }
    });
    let on_click = move |event: ev::MouseEvent| {
        if talk.selecting() {
            event.prevent_default();
            talk.toggle(id);
        }
    };
    let on_menu = move |event: ev::MouseEvent| {
        if talk.selecting() {
            event.prevent_default();
        } else if !text_selected() {
            event.prevent_default();
            menu.set(Some(place_of(&event)));
        }
    };
    view! {
        <div
            class="message"
            class:outgoing=outgoing
            class:incoming=!outgoing
            class:first=first
            class:last=last
            class:failed=failed
            class:picking=move || picked.get().is_some()
            class:picked=move || picked.get() == Some(true)
            data-testid="message"
            data-message=id.to_string()
            data-state=move || delivery.get().map(state_name)
            data-outgoing=outgoing.to_string()
            tabindex="-1"
            role="article"
            aria-label=label
            on:click=on_click
            on:contextmenu=on_menu
            on:pointerdown=move |event| press.down(&event)
            on:pointermove=move |event| press.moved(&event)
            on:pointerup=move |_| press.up()
            on:pointercancel=move |_| press.up()
            on:focusin=move |_| inside.set(true)
            on:focusout=move |_| inside.set(false)
            on:animationend=move |event| leave_flash(event.current_target())
            on:keydown=move |event| {
                if event.target() == event.current_target() {
                    on_key(talk, message, menu, &event);
                }
            }
        >
            <Show when=move || picked.get().is_some()>
                <button
                    type="button"
                    class="pick"
                    role="checkbox"
                    tabindex=stop
                    aria-checked=move || (picked.get() == Some(true)).to_string()
                    aria-label=t::message::select()
                >
                    <Show when=move || picked.get() == Some(true)><Glyph icon=Icon::Check small=true /></Show>
                </button>
            </Show>
            <div class="bubble" class:with-files=with_files class:bare=move || body.with(is_bare) class:sticker=move || body.with(is_only_sticker)>
                {move || quote.get().map(|quote| view! { <Quoted quote=quote stop=stop /> })}
                {move || match body.get() {
                    Body::Text(text) => view! { <Said text=text stop=stop /> }.into_any(),
                    Body::Files { text, files } => {
                        message.with_untracked(|message| talk.places.learn(&message.body));
                        view! {
                            <Files of=of files=files />
                            {(!text.is_empty()).then(|| view! { <Said text=text stop=stop /> })}
                        }
                            .into_any()
                    }
                    body => view! { <Unsupported body=body stop=stop /> }.into_any(),
                }}
                <span class="meta">
                    <TimeLeft message=message />
                    <time title=format::full(sent_ms)>{format::time(sent_ms)}</time>
                    {move || delivery.get().map(mark)}
                </span>
            </div>
            <button
                type="button"
                class="icon-button message-more"
                tabindex=stop
                data-testid="message-more"
                aria-label=t::conversation::message_menu()
                aria-haspopup="menu"
                on:click=move |event| {
                    event.stop_propagation();
                    menu.set(element_place(event.current_target()));
                }
            >
                <Glyph icon=Icon::EllipsisVertical />
            </button>
            <Reactions message=message stop=stop />
            <Show when=failed>
                <p class="failure">
                    {t::conversation::failed()} " "
                    <button type="button" on:click=move |_| talk.state.ask(Command::Retry(id))>
                        {t::conversation::try_again()}
                    </button>
                </p>
            </Show>
            {move || {
                menu.get()
                    .map(|place| {
                        let now = message.get_untracked();
                        view! {
                            <Menu
                                place=place
                                label=t::conversation::message_menu()
                                quick=actions::quick(talk, &now)
                                items=actions::items(talk, &now)
                                close=Callback::new(move |()| menu.set(None))
                            />
                        }
                    })
            }}
        </div>
    }
}

#[component]
fn Unsupported(body: Body, stop: Signal<&'static str>) -> impl IntoView {
    let text = text(&body);
    let notice =
        if body == Body::Deleted { t::conversation::deleted() } else { t::conversation::unsupported() };
    let icon = if body == Body::Deleted { Icon::Ban } else { Icon::Info };
    view! {
        {(!text.is_empty()).then(|| view! { <Said text=text stop=stop /> })}
        <span class="unsupported" data-testid="message-notice"><Glyph icon=icon small=true /> {notice}</span>
    }
}

/// Whether nothing but pictures is in it: then the time stands on them.
fn is_bare(body: &Body) -> bool {
    matches!(body, Body::Files { text, files } if text.is_empty() && files.iter().all(is_visual))
}

fn state_name(delivery: Delivery) -> &'static str {
    match delivery {
        Delivery::Saved => "saved",
        Delivery::Sending => "sending",
        Delivery::Sent => "sent",
        Delivery::Read => "read",
        Delivery::Failed => "failed",
    }
}

fn mark(delivery: Delivery) -> impl IntoView {
    let (icon, label) = match delivery {
        Delivery::Saved => (Icon::Clock, t::list::state_saved()),
        Delivery::Sending => (Icon::ArrowUp, t::list::state_sending()),
        Delivery::Sent => (Icon::Check, t::list::state_sent()),
        Delivery::Read => (Icon::CheckCheck, t::message::state_read()),
        Delivery::Failed => (Icon::CircleAlert, t::list::state_failed()),
    };
    view! { <span class="mark" role="img" aria-label=label title=label><Glyph icon=icon small=true /></span> }
}

/// Keys of a message that has the focus.
fn on_key(
    talk: Talk,
    message: RwSignal<MessageView>,
    menu: RwSignal<Option<MenuPlace>>,
    event: &ev::KeyboardEvent,
) {
    let now = message.get_untracked();
    let plain = !(event.ctrl_key() || event.meta_key() || event.alt_key());
    match event.key().as_str() {
        "Enter" | " " if talk.selecting() => talk.toggle(now.id),
        "Enter" | "ContextMenu" => menu.set(element_place(event.current_target())),
        "F10" if event.shift_key() => menu.set(element_place(event.current_target())),
        "Delete" if !talk.selecting() => talk.sheet.set(Some(Sheet::Delete(vec![now.id]))),
        "r" if plain && !talk.selecting() && talk.may_reply(&now) => talk.replying.set(Some(now.id)),
        "e" if plain && !talk.selecting() && talk.may_react(&now) => {
            talk.sheet.set(Some(Sheet::Emoji(EmojiFor::Reaction(now.id))));
        }
        "i" if plain && !talk.selecting() => talk.sheet.set(Some(Sheet::Ledger(now.id))),
        "o" if plain && !talk.selecting() => match actions::original(&now) {
            Some(id) => talk.goal.set(Some(Goal::Message(id))),
            None => return,
        },
        _ => return,
    }
    event.prevent_default();
}

/// Whether text is selected: then the browser's own menu is wanted.
fn text_selected() -> bool {
    window().get_selection().ok().flatten().is_some_and(|selection| !selection.is_collapsed())
}

/// Where a right click was; a menu key on the keyboard gives no place, then below the message.
fn place_of(event: &ev::MouseEvent) -> MenuPlace {
    let place = MenuPlace { x: event.client_x(), y: event.client_y() };
    let by_key = place.x == 0.0 && place.y == 0.0;
    by_key.then(|| element_place(event.current_target())).flatten().unwrap_or(place)
}

fn element_place(target: Option<web_sys::EventTarget>) -> Option<MenuPlace> {
    let element: Element = target?.dyn_into().ok()?;
    let place = element.get_bounding_client_rect();
    Some(MenuPlace { x: place.left() + 16.0, y: place.bottom() })
}

fn leave_flash(target: Option<web_sys::EventTarget>) {
    if let Some(element) = target.and_then(|target| target.dyn_into::<Element>().ok()) {
        let _ = element.class_list().remove_1("flash");
    }
}
