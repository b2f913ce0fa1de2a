use std::collections::HashSet;

use leptos::{ev, html, prelude::*};
use sotto_api::{Command, Event, MessageId};
use wasm_bindgen::{JsCast, prelude::Closure};
use web_sys::{Element, HtmlElement, ResizeObserver};

use super::{
    message::Bubble,
    rows::Row,
    talk::{Goal, Talk, use_talk},
    timeline::Timeline,
};
use crate::{
    components::{
        each::Each,
        icon::{Glyph, Icon},
        show::Show,
        spinner::Spinner,
    },
    device::attention::Active,
    i18n::{format, t},
    once,
    state::use_state,
};

/// Closer to the end than this counts as being at the end, px.
const AT_END: f64 = 48.0;
/// Closer to the top than this, older ones are fetched, px.
const NEAR_TOP: f64 = 900.0;

/// The messages, with the place kept while older ones come in.
#[component]
pub fn Messages() -> impl IntoView {
    let talk = use_talk();
    let timeline = talk.timeline;
    let scroller = Scroller::new(talk);
    let node = scroller.node;
    let missed = scroller.missed;
    scroller.follow();
    mark_read(scroller, talk);
    let typing = once::memo(move || {
        talk.view.with(|view| view.as_ref().is_some_and(|view| view.typing && !view.blocked))
    });
    once::effect(move || {
        if typing.get() {
            request_animation_frame(move || scroller.stay());
        }
    });
    view! {
        <div class="messages">
            <div
                node_ref=node
                class="scroller"
                role="log"
                aria-live="off"
                aria-label=t::conversation::log()
                tabindex="0"
                on:scroll=move |_| scroller.scrolled()
                on:keydown=move |event| walk(node, &event)
            >
                <div class="track">
                    <div class="older" role="status">
                        <Show when=move || timeline.loading.get() && timeline.loaded.get()>
                            <Spinner />
                            <span class="unseen">{t::conversation::loading_older()}</span>
                        </Show>
                    </div>
                    <Each each=move || timeline.rows.get() key=|row| *row let(row)>
                        {show(row, talk)}
                    </Each>
                    <div class="typing-place" role="status">
                        <Show when=move || typing.get()>
                            <p class="typing" data-testid="typing">
                                <span class="dots" aria-hidden="true"><i></i><i></i><i></i></span>
                                <span class="unseen">{move || t::message::typing(&talk.name())}</span>
                            </p>
                        </Show>
                    </div>
                </div>
            </div>
            <Show when=move || !scroller.at_end.get()>
                <button
                    type="button"
                    class="jump"
                    data-testid="jump-latest"
                    aria-label=move || match missed.get() {
                        0 => t::conversation::jump().to_owned(),
                        count => t::conversation::jump_count(count),
                    }
                    on:click=move |_| scroller.to_end()
                >
                    <Glyph icon=Icon::ArrowDown />
                    {move || {
                        (missed.get() > 0).then(|| view! { <span class="count">{format::number(missed.get())}</span> })
                    }}
                </button>
            </Show>
        </div>
    }
}

fn show(row: Row, talk: Talk) -> AnyView {
    match row {
        Row::Beginning => {
            let own = untrack(|| talk.with_self());
            let text = if own { t::conversation::beginning_self() } else { t::conversation::beginning() };
            view! { <p class="beginning"><Glyph icon=Icon::Lock small=true /> {text}</p> }.into_any()
        }
        Row::Day { sent_ms, .. } => view! { <h2 class="day">{format::day(sent_ms)}</h2> }.into_any(),
        Row::New => {
            view! { <p class="new-line" role="separator"><span>{t::conversation::new_messages()}</span></p> }
                .into_any()
        }
        Row::Message { id, first, last } => match talk.timeline.message(id) {
            Some(message) => view! { <Bubble message=message first=first last=last /> }.into_any(),
            None => ().into_any(),
        },
    }
}

/// The scrolled box and what is known about its place.
#[derive(Clone, Copy)]
struct Scroller {
    talk: Talk,
    timeline: Timeline,
    node: NodeRef<html::Div>,
    /// The newest message is in sight.
    at_end: RwSignal<bool>,
    /// Received while the end was out of sight.
    missed: RwSignal<u64>,
    /// Where it was when it was scrolled last, px.
    last_top: StoredValue<f64>,
    /// Messages that were counted in `missed`.
    told: StoredValue<HashSet<MessageId>>,
}

impl Scroller {
    fn new(talk: Talk) -> Self {
        Self {
            talk,
            timeline: talk.timeline,
            node: NodeRef::new(),
            at_end: RwSignal::new(true),
            missed: RwSignal::new(0),
            last_top: StoredValue::new(0.0),
            told: StoredValue::new(HashSet::new()),
        }
    }

    /// Loads, then keeps the end in sight for as long as it is in sight.
    fn follow(self) {
        let timeline = self.timeline;
        leptos::task::spawn_local(async move {
            timeline.load().await;
            request_animation_frame(move || self.begin());
        });
        once::effect(move || {
            timeline.rows.track();
            if self.at_end.get_untracked() && timeline.loaded.get_untracked() {
                request_animation_frame(move || self.stay());
            }
        });
        use_state().engine.listen(move |event| {
            if let Event::Message(message) = event
                && message.conversation == timeline.conversation
                && timeline.loaded.get_untracked()
                && message.unread
                && message.delivery.is_none()
                && !self.at_end.get_untracked()
                && self.is_new(message.id)
            {
                self.missed.update(|count| *count += 1);
            }
        });
        let goal = self.talk.goal;
        once::effect(move || match goal.get() {
            None => {}
            Some(Goal::End) => {
                goal.set(None);
                self.to_end();
            }
            Some(Goal::Message(id)) => {
                goal.set(None);
                leptos::task::spawn_local(self.to_message(id));
            }
        });
        let (state, loaded) = (self.talk.state, timeline.loaded);
        once::effect(move || {
            if let (Some((conversation, id)), true) = (state.jump.get(), loaded.get())
                && conversation == timeline.conversation
            {
                state.jump.set(None);
                goal.set(Some(Goal::Message(id)));
            }
        });
        self.watch_size();
    }

    /// The composer or the messages grow, the keyboard opens, the window turns: the end stays in sight.
    fn watch_size(self) {
        let node = self.node;
        once::effect(move || {
            let Some(element) = node.get() else { return };
            let stay = Closure::<dyn FnMut()>::new(move || self.stay());
            let Ok(observer) = ResizeObserver::new(stay.as_ref().unchecked_ref()) else { return };
            observer.observe(&element);
            // Reactions make the last message higher.
            if let Some(track) = element.first_element_child() {
                observer.observe(&track);
            }
            let kept = StoredValue::new_local((observer, stay));
            on_cleanup(move || {
                let _ = kept.try_with_value(|(observer, _)| observer.disconnect());
            });
        });
    }

    /// At opening: to the first unread message, else to the end.
    fn begin(self) {
        let Some(Some(element)) = self.node.try_get_untracked() else { return };
        match element.query_selector(".new-line").ok().flatten() {
            Some(line) => {
                let above = line.get_bounding_client_rect().top() - element.get_bounding_client_rect().top();
                element.set_scroll_top(element.scroll_top() + above - 72.0);
                self.at_end.set(false);
            }
            None => element.set_scroll_top(f64::from(element.scroll_height())),
        }
        self.scrolled();
    }

    fn stay(self) {
        let Some(Some(element)) = self.node.try_get_untracked() else { return };
        if self.at_end.get_untracked() && self.timeline.loaded.get_untracked() {
            element.set_scroll_top(f64::from(element.scroll_height()));
        }
    }

    /// Whether a message has not been told of before: a reaction to it tells of it again.
    fn is_new(self, id: MessageId) -> bool {
        let told = self.told.with_value(|told| told.contains(&id));
        if !told {
            self.told.update_value(|told| {
                told.insert(id);
            });
        }
        !told
    }

    fn to_end(self) {
        leptos::task::spawn_local(async move {
            if !self.timeline.at_newest() {
                self.timeline.newest().await;
            }
            if self.at_end.try_set(true).is_none() {
                self.missed.set(0);
                request_animation_frame(move || self.stay());
            }
        });
    }

    /// Shows a message in the middle, gives it the focus, and marks it for a moment.
    async fn to_message(self, id: MessageId) {
        // From now on nothing pulls the end into sight.
        self.at_end.set(false);
        if !self.timeline.bring(id).await {
            self.talk.state.toasts.bad(t::message::original_missing());
            return;
        }
        request_animation_frame(move || {
            let Some(Some(element)) = self.node.try_get_untracked() else { return };
            let found = element.query_selector(&format!("[data-message=\"{id}\"]")).ok().flatten();
            let Some(bubble) = found.and_then(|found| found.dyn_into::<HtmlElement>().ok()) else { return };
            let (place, frame) = (bubble.get_bounding_client_rect(), element.get_bounding_client_rect());
            let middle = (frame.height() - place.height()).max(0.0) / 2.0;
            let top = element.scroll_top() + place.top() - frame.top() - middle;
            self.last_top.set_value(f64::MAX);
            element.set_scroll_top(top);
            let options = web_sys::FocusOptions::new();
            options.set_prevent_scroll(true);
            let _ = bubble.focus_with_options(&options);
            let _ = bubble.class_list().remove_1("flash");
            // Asking for the height makes the browser begin the animation anew.
            let _ = bubble.offset_height();
            let _ = bubble.class_list().add_1("flash");
        });
    }

    fn scrolled(self) {
        let Some(element) = self.node.get_untracked() else { return };
        let top = element.scroll_top();
        let below = f64::from(element.scroll_height() - element.client_height()) - top;
        // Content may have grown since the scrolling that this tells of; only a way up leaves the end.
        let upward = top < self.last_top.get_value();
        self.last_top.set_value(top);
        let stays = self.at_end.get_untracked() && !upward;
        let at_end = (below < AT_END || stays) && self.timeline.at_newest();
        if self.at_end.get_untracked() != at_end {
            self.at_end.set(at_end);
        }
        if at_end && self.missed.get_untracked() > 0 {
            self.missed.set(0);
        }
        if top < NEAR_TOP && self.timeline.loaded.get_untracked() {
            leptos::task::spawn_local(async move {
                let anchor =
                    || self.node.try_get_untracked().flatten().and_then(|element| Anchor::take(&element));
                let before = anchor();
                if self.timeline.older().await {
                    self.settle(before);
                }
            });
        } else if below < NEAR_TOP && !self.timeline.at_newest() {
            leptos::task::spawn_local(async move {
                let anchor =
                    || self.node.try_get_untracked().flatten().and_then(|element| Anchor::take(&element));
                let before = anchor();
                if self.timeline.newer().await {
                    self.settle(before);
                }
            });
        }
    }

    fn settle(self, anchor: Option<Anchor>) {
        request_animation_frame(move || {
            if let (Some(anchor), Some(Some(element))) = (anchor, self.node.try_get_untracked()) {
                anchor.restore(&element);
            }
        });
    }
}

/// A message in sight and where it was, so that it is there again after others came or went.
struct Anchor {
    id: String,
    top: f64,
}

impl Anchor {
    fn take(scroller: &HtmlElement) -> Option<Self> {
        let edge = scroller.get_bounding_client_rect().top();
        let bubbles = scroller.query_selector_all("[data-message]").ok()?;
        (0..bubbles.length()).find_map(|index| {
            let bubble: Element = bubbles.item(index)?.dyn_into().ok()?;
            let place = bubble.get_bounding_client_rect();
            (place.bottom() > edge)
                .then(|| Some(Self { id: bubble.get_attribute("data-message")?, top: place.top() }))?
        })
    }

    fn restore(self, scroller: &HtmlElement) {
        let found = scroller.query_selector(&format!("[data-message=\"{}\"]", self.id)).ok().flatten();
        if let Some(bubble) = found {
            let moved = bubble.get_bounding_client_rect().top() - self.top;
            if moved.abs() >= 1.0 {
                scroller.set_scroll_top(scroller.scroll_top() + moved);
            }
        }
    }
}

/// Tells the engine that all has been seen, when the newest message is in sight of someone who looks.
fn mark_read(scroller: Scroller, talk: Talk) {
    let (state, view) = (talk.state, talk.view);
    let active = expect_context::<Active>().0;
    let (timeline, at_end) = (scroller.timeline, scroller.at_end);
    let seen = once::memo(move || {
        let unread = view.with(|view| view.as_ref().map_or(0, |view| view.unread));
        (timeline.loaded.get() && at_end.get() && active.get()).then_some(unread)
    });
    once::effect(move || {
        if seen.get().is_some_and(|unread| unread > 0) {
            state.engine.tell(Command::MarkRead(timeline.conversation));
        }
    });
}

/// Arrow keys go from message to message.
fn walk(node: NodeRef<html::Div>, event: &ev::KeyboardEvent) {
    let forward = match event.key().as_str() {
        "ArrowDown" => true,
        "ArrowUp" => false,
        _ => return,
    };
    let Some(scroller) = node.get_untracked() else { return };
    let Ok(bubbles) = scroller.query_selector_all("[data-message]") else { return };
    let active = document().active_element();
    let at = (0..bubbles.length()).find(|index| {
        bubbles
            .item(*index)
            .is_some_and(|bubble| active.as_ref().is_some_and(|active| bubble.contains(Some(active))))
    });
    let to = match (at, forward) {
        (None, false) => bubbles.length().checked_sub(1),
        (None, true) => None,
        (Some(at), true) => Some(at + 1),
        (Some(at), false) => at.checked_sub(1),
    };
    let bubble = to.and_then(|to| bubbles.item(to)).and_then(|bubble| bubble.dyn_into::<HtmlElement>().ok());
    if let Some(bubble) = bubble {
        event.prevent_default();
        let _ = bubble.focus();
    }
}
