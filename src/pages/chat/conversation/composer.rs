use gloo_timers::callback::Timeout;
use leptos::{ev, html, prelude::*};
use sotto_api::{Command, ConversationId, Failure, FileId, MAX_TEXT_CHARS, MessageId, Reply};
use web_sys::{HtmlElement, HtmlTextAreaElement};

use super::{
    talk::{EmojiFor, Goal, Sheet, Talk, use_talk},
    tray::{Attach, Tray, add, from_transfer, send_again},
};
use crate::{
    components::{
        icon::{Glyph, Icon},
        show::Show,
    },
    i18n::t,
    once,
    pages::chat::voice::{Microphone, RecordBar, Start},
    state::{State, trays::Pending},
};

/// A draft is kept this long after the last key.
const DRAFT_AFTER_MS: u32 = 500;
/// The counter appears when so few characters are left.
const COUNT_FROM: usize = 200;
/// Lines shown before the field scrolls.
const LINES: f64 = 6.0;

/// Where a message is written.
#[component]
pub fn Composer(
    /// Where it goes.
    id: ConversationId,
    /// What was typed before and not sent.
    draft: String,
) -> impl IntoView {
    let talk = use_talk();
    let state = talk.state;
    let node = NodeRef::<html::Textarea>::new();
    let text = RwSignal::new(draft.clone());
    let keeper = Draft::new(state, id, draft);
    let left = once::memo(move || {
        text.with(|text| MAX_TEXT_CHARS.cast_signed() - text.trim().chars().count().cast_signed())
    });
    let pending = once::memo(move || state.trays.of(id).iter().any(Pending::is_wanted));
    let ready = once::memo(move || state.trays.ready(id));
    let can_send = once::memo(move || {
        let filled = if pending.get() {
            ready.with(|ready| !ready.is_empty())
        } else {
            text.with(|text| !text.trim().is_empty())
        };
        left.get() >= 0 && filled
    });
    let recording = RwSignal::new(None::<Start>);
    // With nothing to send, the same place is for speaking.
    let speaks = once::memo(move || {
        let nothing = text.with(|text| text.trim().is_empty()) && !pending.get();
        nothing && talk.view.with(|view| view.as_ref().is_some_and(|view| view.may_send_files))
    });
    // After a recording the person goes on writing.
    let spoke = StoredValue::new(false);
    once::effect(move || {
        let now = recording.with(Option::is_some);
        if spoke.get_value() && !now {
            // Once it is shown again.
            request_animation_frame(move || {
                if let Some(Some(field)) = node.try_get_untracked() {
                    let _ = field.focus();
                }
            });
        }
        spoke.set_value(now);
    });
    let send = move || {
        let Some(field) = node.get_untracked() else { return };
        if !can_send.get_untracked() {
            return;
        }
        let written = text.get_untracked();
        let files = ready.get_untracked();
        put(&field, text, "");
        let _ = field.focus();
        keeper.sent();
        talk.timeline.first_unread.set(None);
        let answered = talk.replying.get_untracked();
        talk.replying.set(None);
        leptos::task::spawn_local(async move {
            // What one writes oneself is shown, wherever one was.
            let shown = talk.goal.try_set(Some(Goal::End));
            if let Err(failure) = dispatch(talk, written.clone(), files, answered).await {
                state.complain(&failure);
                if shown.is_none() && answered.is_some() {
                    talk.replying.try_set(answered);
                }
                // Nothing typed is lost: it goes back where it was.
                if let (Some(Some(field)), Some(true)) =
                    (node.try_get_untracked(), text.try_with_untracked(String::is_empty))
                {
                    put(&field, text, &written);
                    keeper.typed(written);
                }
            }
        });
    };
    once::effect(move || {
        if let Some(field) = node.get() {
            put(&field, text, &text.get_untracked());
            if !window().match_media("(pointer: coarse)").ok().flatten().is_some_and(|media| media.matches())
            {
                let _ = field.focus();
            }
        }
    });
    // An answer begins, or an emoji was chosen: the person goes on writing.
    once::effect(move || {
        if talk.replying.get().is_some()
            && let Some(field) = node.get_untracked()
        {
            // After the menu has given the focus back to where it was.
            request_animation_frame(move || drop(field.focus()));
        }
    });
    once::effect(move || {
        if let (Some(piece), Some(field)) = (talk.insert.get(), node.get_untracked()) {
            talk.insert.set(None);
            insert(&field, text, &piece);
            keeper.typed(text.get_untracked());
        }
    });
    on_cleanup(move || state.engine.tell(Command::Typing { conversation: id, typing: false }));
    let on_key = move |event: ev::KeyboardEvent| {
        if event.key() == "Escape" && !event.is_composing() && talk.replying.get_untracked().is_some() {
            event.prevent_default();
            event.stop_propagation();
            talk.replying.set(None);
            return;
        }
        // While an input method composes, Enter picks a word.
        if event.key() != "Enter" || event.is_composing() || event.key_code() == 229 {
            return;
        }
        let with_command = event.ctrl_key() || event.meta_key();
        let enter_sends = state.preferences.enter_sends.get_untracked();
        if with_command || (enter_sends && !event.shift_key() && !event.alt_key()) {
            event.prevent_default();
            send();
        }
    };
    let on_input = move |event: ev::Event| {
        text.set(event_target_value(&event));
        keeper.typed(text.get_untracked());
        let typing = text.with_untracked(|text| !text.trim().is_empty());
        state.engine.tell(Command::Typing { conversation: id, typing });
        if let Some(field) = node.get_untracked() {
            grow(&field);
        }
    };
    let on_paste = move |event: ev::ClipboardEvent| {
        let Some(data) = event.clipboard_data() else { return };
        let files = from_transfer(&data);
        let has = |kind: &str| data.types().includes(&kind.into(), 0);
        // What is copied out of a document comes as text and, beside it, as a picture of the text.
        let from_document = has("text/plain") && has("text/html");
        if !files.is_empty() && !from_document {
            event.prevent_default();
            add(talk, files);
        }
    };
    view! {
        <form
            class="composer"
            class:recording=move || recording.with(Option::is_some)
            on:submit=move |event| {
                event.prevent_default();
                send();
            }
        >
            <Show when=move || recording.with(Option::is_some)><RecordBar recording=recording /></Show>
            <Tray />
            <Attach />
            <div class="composer-field">
                <textarea
                    node_ref=node
                    rows="1"
                    dir="auto"
                    data-testid="composer-input"
                    class="private"
                    placeholder=t::composer::placeholder()
                    aria-label=t::composer::label()
                    enterkeyhint="send"
                    autocomplete="off"
                    on:keydown=on_key
                    on:input=on_input
                    on:paste=on_paste
                ></textarea>
                <button
                    type="button"
                    class="icon-button emoji"
                    data-testid="composer-emoji"
                    aria-label=t::message::emoji()
                    title=t::message::emoji()
                    on:click=move |_| talk.sheet.set(Some(Sheet::Emoji(EmojiFor::Composer)))
                >
                    <Glyph icon=Icon::Smile />
                </button>
                <p
                    class="counter"
                    class:over=move || { left.get() < 0 }
                    data-testid="composer-counter"
                    role="status"
                    hidden=move || { left.get() > COUNT_FROM.cast_signed() }
                >
                    {move || match left.get() {
                        left @ 0.. => t::composer::left(left.unsigned_abs() as u64),
                        over => t::composer::over(over.unsigned_abs() as u64),
                    }}
                </p>
            </div>
            <Show
                when=move || !speaks.get()
                fallback=move || view! { <Microphone recording=recording /> }
            >
                <button
                    type="submit"
                    class="send"
                    data-testid="composer-send"
                    aria-label=t::composer::send()
                    title=t::composer::send()
                    disabled=move || !can_send.get()
                    on:pointerdown=|event| event.prevent_default()
                >
                    <Glyph icon=Icon::ArrowUp />
                </button>
            </Show>
        </form>
    }
}

/// Sends a message, with its files if there are any. What could not be sent is back in the tray.
async fn dispatch(
    talk: Talk,
    text: String,
    files: Vec<(u32, FileId)>,
    to: Option<MessageId>,
) -> Result<Reply, Failure> {
    let (engine, trays, conversation) = (talk.state.engine, talk.state.trays, talk.id);
    if files.is_empty() {
        return engine
            .call(match to {
                Some(to) => Command::Reply { to, text },
                None => Command::SendText { conversation, text },
            })
            .await;
    }
    let (keys, files): (Vec<u32>, Vec<FileId>) = files.into_iter().unzip();
    let taken = trays.take(conversation, &keys);
    let command = |files| Command::SendFiles { conversation, text: text.clone(), files, to };
    let mut answer = engine.call(command(files)).await;
    if answer == Err(Failure::NotFound)
        && let Some(files) = send_again(talk, &taken).await
    {
        answer = engine.call(command(files)).await;
    }
    match &answer {
        Ok(_) => trays.forget(conversation, &keys),
        Err(_) => trays.put_back(conversation, taken),
    }
    answer
}

/// Puts a text into the field and makes it as high as the text.
fn put(field: &HtmlTextAreaElement, text: RwSignal<String>, value: &str) {
    field.set_value(value);
    text.set(value.to_owned());
    grow(field);
}

/// Puts a piece where the cursor is.
fn insert(field: &HtmlTextAreaElement, text: RwSignal<String>, piece: &str) {
    let end = field.selection_end().ok().flatten().unwrap_or(u32::MAX);
    let start = field.selection_start().ok().flatten().unwrap_or(end);
    let done = field.set_range_text_with_start_and_end_and_mode(piece, start, end, "end");
    if done.is_err() {
        field.set_value(&format!("{}{piece}", field.value()));
    }
    text.set(field.value());
    grow(field);
}

fn grow(field: &HtmlTextAreaElement) {
    let style = window().get_computed_style(field).ok().flatten();
    let read = |name| style.as_ref().and_then(|style| style.get_property_value(name).ok());
    // JavaScript's own function reads `20px` as 20, and `normal` as no number.
    let px =
        |name| read(name).map(|value| js_sys::parse_float(&value)).filter(|px| px.is_finite()).unwrap_or(0.0);
    let highest = px("line-height") * LINES + px("padding-top") + px("padding-bottom");
    let own = HtmlElement::style(field);
    let _ = own.set_property("height", "auto");
    let height = field.scroll_height().min(highest.max(1.0) as i32);
    let _ = own.set_property("height", &format!("{height}px"));
}

/// Keeps what is typed: a moment after the last key, and at once when the tab is hidden or the
/// conversation is left.
#[derive(Clone, Copy)]
struct Draft {
    state: State,
    id: ConversationId,
    kept: StoredValue<String>,
    typed: StoredValue<String>,
    timer: StoredValue<Option<Timeout>, LocalStorage>,
}

impl Draft {
    fn new(state: State, id: ConversationId, draft: String) -> Self {
        let keeper = Self {
            state,
            id,
            kept: StoredValue::new(draft.clone()),
            typed: StoredValue::new(draft),
            timer: StoredValue::new_local(None),
        };
        let hidden = window_event_listener(ev::visibilitychange, move |_| {
            if document().hidden() {
                keeper.keep();
            }
        });
        let leaving = window_event_listener(ev::pagehide, move |_| keeper.keep());
        on_cleanup(move || {
            keeper.keep();
            hidden.remove();
            leaving.remove();
        });
        keeper
    }

    fn typed(self, text: String) {
        self.typed.set_value(text);
        self.timer.set_value(Some(Timeout::new(DRAFT_AFTER_MS, move || self.keep())));
    }

    /// The field was emptied by sending. The engine forgets the draft when it was told of one.
    fn sent(self) {
        self.timer.set_value(None);
        self.typed.set_value(String::new());
        self.keep();
    }

    fn keep(self) {
        let (Some(typed), Some(kept)) = (self.typed.try_get_value(), self.kept.try_get_value()) else {
            return;
        };
        if typed != kept {
            self.kept.set_value(typed.clone());
            self.state.engine.tell(Command::SaveDraft { conversation: self.id, text: typed });
        }
    }
}
