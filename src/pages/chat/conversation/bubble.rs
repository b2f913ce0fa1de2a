use gloo_timers::callback::Timeout;
use leptos::{ev, prelude::*};
use sotto_api::{Body, Command, ConversationView, Delivery, MessageView};
use wasm_bindgen::JsCast;
use web_sys::Element;

use crate::{
    components::{
        copy::copy,
        icon::{Glyph, Icon},
        menu::{Menu, MenuItem, MenuPlace},
        show::Show,
    },
    i18n::{format, t},
    once,
    state::{State, confirm::Question, use_state},
    words,
};

/// How long a finger rests before the menu opens.
const LONG_PRESS_MS: u32 = 500;

/// One message: a bubble with its text, time and state, or a line about the conversation.
#[component]
pub fn Bubble(
    /// The message.
    message: ArcRwSignal<MessageView>,
    /// First of its group.
    first: bool,
    /// Last of its group.
    last: bool,
    /// The conversation.
    view: Signal<Option<ConversationView>>,
) -> impl IntoView {
    let message = RwSignal::from(message);
    match message.with_untracked(|message| message.body.clone()) {
        Body::Accepted { by_us: true } => {
            view! { <Line message=message text=Signal::stored(t::conversation::accepted_by_you().to_owned()) /> }
                .into_any()
        }
        Body::Accepted { by_us: false } => {
            let text = Signal::derive(move || t::conversation::accepted_by_them(&name(view)));
            view! { <Line message=message text=text /> }.into_any()
        }
        Body::Timer { .. } => {
            view! { <Line message=message text=Signal::stored(t::conversation::timer_changed().to_owned()) /> }
                .into_any()
        }
        Body::Text(_) | Body::Unsupported { .. } | Body::Deleted => {
            view! { <Words message=message first=first last=last view=view /> }.into_any()
        }
    }
}

#[component]
fn Line(message: RwSignal<MessageView>, text: Signal<String>) -> impl IntoView {
    let id = message.with_untracked(|message| message.id.to_string());
    view! { <p class="system-line" data-message=id tabindex="-1"><Glyph icon=Icon::Check small=true /> {text}</p> }
}

#[component]
fn Words(
    message: RwSignal<MessageView>,
    first: bool,
    last: bool,
    view: Signal<Option<ConversationView>>,
) -> impl IntoView {
    let state = use_state();
    let menu = RwSignal::new(None::<MenuPlace>);
    let (id, sent_ms, outgoing) =
        message.with_untracked(|message| (message.id, message.sent_ms, message.delivery.is_some()));
    let delivery = once::memo(move || message.with(|message| message.delivery));
    let failed = move || delivery.get() == Some(Delivery::Failed);
    let state_name = move || {
        delivery.get().map(|delivery| match delivery {
            Delivery::Saved => "saved",
            Delivery::Sending => "sending",
            Delivery::Sent => "sent",
            Delivery::Read => "read",
            Delivery::Failed => "failed",
        })
    };
    let label = move || {
        let text = message.with(|message| text(&message.body));
        let said = if outgoing {
            t::conversation::you_said(&text)
        } else {
            t::conversation::said(&name(view), &text)
        };
        t::conversation::at(&said, &format::time(sent_ms))
    };
    let press = LongPress::new(move |place| menu.set(Some(place)));
    view! {
        <div
            class="message"
            class:outgoing=outgoing
            class:incoming=!outgoing
            class:first=first
            class:last=last
            class:failed=failed
            data-testid="message"
            data-message=id.to_string()
            data-state=state_name
            data-outgoing=outgoing.to_string()
            tabindex="-1"
            role="article"
            aria-label=label
            on:contextmenu=move |event| {
                if !selecting() {
                    event.prevent_default();
                    menu.set(Some(place_of(&event)));
                }
            }
            on:pointerdown=move |event| press.down(&event)
            on:pointermove=move |event| press.moved(&event)
            on:pointerup=move |_| press.up()
            on:pointercancel=move |_| press.up()
            on:keydown=move |event| {
                if event.key() == "Enter" && event.target() == event.current_target() {
                    event.prevent_default();
                    menu.set(element_place(event.current_target()));
                }
            }
        >
            <div class="bubble">
                {move || match message.with(|message| message.body.clone()) {
                    Body::Text(text) => view! { <span class="said private" dir="auto" data-testid="message-text">{text}</span> }.into_any(),
                    body => view! { <Unsupported body=body /> }.into_any(),
                }}
                <span class="meta">
                    <time title=format::full(sent_ms)>{format::time(sent_ms)}</time>
                    {move || delivery.get().map(mark)}
                </span>
            </div>
            <button
                type="button"
                class="icon-button message-more"
                tabindex="-1"
                aria-label=t::conversation::message_menu()
                aria-haspopup="menu"
                on:click=move |event| menu.set(element_place(event.current_target()))
            >
                <Glyph icon=Icon::EllipsisVertical />
            </button>
            <Show when=failed>
                <p class="failure">
                    {t::conversation::failed()} " "
                    <button type="button" on:click=move |_| state.ask(Command::Retry(id))>
                        {t::conversation::try_again()}
                    </button>
                </p>
            </Show>
            {move || {
                menu.get()
                    .map(|place| {
                        view! {
                            <Menu
                                place=place
                                label=t::conversation::message_menu()
                                items=items(state, message)
                                close=Callback::new(move |()| menu.set(None))
                            />
                        }
                    })
            }}
        </div>
    }
}

#[component]
fn Unsupported(body: Body) -> impl IntoView {
    let text = text(&body);
    let has_text = !text.is_empty();
    let deleted = body == Body::Deleted;
    let notice = if deleted { t::conversation::deleted() } else { t::conversation::unsupported() };
    view! {
        {has_text.then(|| view! { <span class="said private" dir="auto" data-testid="message-text">{text}</span> })}
        <span class="unsupported"><Glyph icon=Icon::Info small=true /> {notice}</span>
    }
}

fn mark(delivery: Delivery) -> impl IntoView {
    let (icon, label) = match delivery {
        Delivery::Saved => (Icon::Clock, t::list::state_saved()),
        Delivery::Sending => (Icon::ArrowUp, t::list::state_sending()),
        Delivery::Sent | Delivery::Read => (Icon::Check, t::list::state_sent()),
        Delivery::Failed => (Icon::CircleAlert, t::list::state_failed()),
    };
    view! { <span class="mark" role="img" aria-label=label title=label><Glyph icon=icon small=true /></span> }
}

fn items(state: State, message: RwSignal<MessageView>) -> Vec<MenuItem> {
    let (id, body, delivery) =
        message.with_untracked(|message| (message.id, message.body.clone(), message.delivery));
    let mut items = Vec::with_capacity(3);
    if delivery == Some(Delivery::Failed) {
        items.push(MenuItem {
            icon: Icon::RotateCcw,
            label: t::conversation::try_again(),
            danger: false,
            action: Callback::new(move |()| state.ask(Command::Retry(id))),
        });
    }
    let text = text(&body);
    if !text.is_empty() {
        items.push(MenuItem {
            icon: Icon::Copy,
            label: t::conversation::copy(),
            danger: false,
            action: Callback::new(move |()| copy(state, text.clone(), t::action::copied())),
        });
    }
    items.push(MenuItem {
        icon: Icon::Trash2,
        label: t::conversation::delete_here(),
        danger: true,
        action: Callback::new(move |()| {
            let question = Question {
                title: t::conversation::delete_here_title().to_owned(),
                body: t::conversation::delete_here_body().to_owned(),
                action: t::action::delete(),
                danger: true,
            };
            leptos::task::spawn_local(async move {
                if state.confirm.ask(question).await {
                    state.attempt(Command::DeleteHere(id)).await;
                }
            });
        }),
    });
    items
}

fn text(body: &Body) -> String {
    match body {
        Body::Text(text) | Body::Unsupported { text } => text.clone(),
        Body::Accepted { .. } | Body::Deleted | Body::Timer { .. } => String::new(),
    }
}

fn name(view: Signal<Option<ConversationView>>) -> String {
    view.with(|view| view.as_ref().map(words::name)).unwrap_or_default()
}

/// Whether text is selected: then the browser's own menu is wanted.
fn selecting() -> bool {
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

/// A finger that rests on the message.
#[derive(Clone, Copy)]
struct LongPress {
    timer: StoredValue<Option<(Timeout, MenuPlace)>, LocalStorage>,
    act: Callback<MenuPlace>,
}

impl LongPress {
    fn new(act: impl Fn(MenuPlace) + Send + Sync + 'static) -> Self {
        Self { timer: StoredValue::new_local(None), act: Callback::new(act) }
    }

    fn down(self, event: &ev::PointerEvent) {
        if event.pointer_type() != "touch" {
            return;
        }
        let place = MenuPlace { x: event.client_x(), y: event.client_y() };
        let timer = Timeout::new(LONG_PRESS_MS, move || self.act.run(place));
        self.timer.set_value(Some((timer, place)));
    }

    /// A finger that moves scrolls.
    fn moved(self, event: &ev::PointerEvent) {
        const SLOP: f64 = 10.0;
        let far = self.timer.with_value(|timer| {
            timer
                .as_ref()
                .is_some_and(|(_, from)| (event.client_x() - from.x).hypot(event.client_y() - from.y) > SLOP)
        });
        if far {
            self.up();
        }
    }

    fn up(self) {
        self.timer.set_value(None);
    }
}
