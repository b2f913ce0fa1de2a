//! What goes on in the open conversation beside its messages: the answer that is being written, what is
//! selected, where to go, and which sheet lies over it.

use leptos::prelude::*;
use sotto_api::{
    Acceptance, Body, Command, ConversationId, ConversationView, Delivery, Event, FileId, Kind, MessageId,
    MessageView,
};

use super::timeline::Timeline;
use crate::{
    i18n::t,
    pages::chat::files::Places,
    state::{State, use_state},
    words,
};

/// As many messages as the engine deletes at once.
pub const MOST_SELECTED: usize = 200;

/// What lies over the conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sheet {
    /// How a message travelled.
    Ledger(MessageId),
    /// Who reacted to a message.
    Who(MessageId),
    /// How far these messages shall be deleted.
    Delete(Vec<MessageId>),
    /// How far all messages shall be deleted.
    Clear,
    /// A link of a message, before it is opened.
    Link(String),
    /// Every emoji, to choose one.
    Emoji(EmojiFor),
    /// A picture or video of a message, large.
    Gallery(MessageId, FileId),
}

/// What an emoji is chosen for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EmojiFor {
    /// A reaction to this message.
    Reaction(MessageId),
    /// The message that is being written.
    Composer,
}

/// A place that shall be in sight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Goal {
    /// This message, however far away it is.
    Message(MessageId),
    /// The newest message.
    End,
}

/// The open conversation, by copy. Get it with [`use_talk`].
#[derive(Clone, Copy)]
pub struct Talk {
    /// The page.
    pub state: State,
    /// Which conversation.
    pub id: ConversationId,
    /// What is known about it.
    pub view: Signal<Option<ConversationView>>,
    /// Its messages.
    pub timeline: Timeline,
    /// Where the files of its messages are.
    pub places: Places,
    /// The message that is being answered.
    pub replying: RwSignal<Option<MessageId>>,
    /// What is selected, in the order of selecting; `None` when nothing is being selected.
    pub selected: RwSignal<Option<Vec<MessageId>>>,
    /// Where the person wants to be; whoever brings them there empties it.
    pub goal: RwSignal<Option<Goal>>,
    /// What lies over the conversation.
    pub sheet: RwSignal<Option<Sheet>>,
    /// Text for the composer, at the place of its cursor; the composer empties it.
    pub insert: RwSignal<Option<String>>,
}

/// The open conversation.
///
/// # Panics
/// Outside of the component that provides it.
pub fn use_talk() -> Talk {
    expect_context()
}

impl Talk {
    /// Makes it for the current owner and provides it to what is inside.
    pub fn provide(id: ConversationId, view: Signal<Option<ConversationView>>) -> Self {
        let state = use_state();
        let talk = Self {
            state,
            id,
            view,
            timeline: Timeline::open(state, id),
            places: Places::follow(state),
            replying: RwSignal::new(None),
            selected: RwSignal::new(None),
            goal: RwSignal::new(None),
            sheet: RwSignal::new(None),
            insert: RwSignal::new(None),
        };
        state.engine.listen(move |event| talk.follow(event));
        provide_context(talk);
        talk
    }

    /// What to call the other side.
    pub fn name(self) -> String {
        self.view.with(|view| view.as_ref().map(words::name)).unwrap_or_default()
    }

    /// Who has this Account ID.
    pub fn name_of(self, account_id: &str) -> String {
        if self.state.profile.with(|own| own.as_ref().is_some_and(|own| own.account_id == account_id)) {
            return t::app::you().to_owned();
        }
        match self.view.with(|view| view.as_ref().is_some_and(|view| view.account_id == account_id)) {
            true => self.name(),
            false => words::short_id(account_id),
        }
    }

    /// Whether this is Note to Self.
    pub fn with_self(self) -> bool {
        self.view.with(|view| view.as_ref().is_some_and(|view| view.kind == Kind::NoteToSelf))
    }

    /// Whether files can be sent here.
    pub fn may_send_files(self) -> bool {
        self.view.with_untracked(|view| view.as_ref().is_some_and(|view| view.may_send_files))
    }

    /// A message that is loaded, as it is now.
    pub fn message(self, id: MessageId) -> Option<MessageView> {
        self.timeline.message(id).map(|message| message.get_untracked())
    }

    /// Whether a message can be answered.
    pub fn may_reply(self, message: &MessageView) -> bool {
        is_content(&message.body)
            && message.delivery != Some(Delivery::Failed)
            && self.view.with_untracked(|view| view.as_ref().is_some_and(|view| !view.blocked))
    }

    /// Whether a message can be reacted to.
    pub fn may_react(self, message: &MessageView) -> bool {
        let travelled = matches!(message.delivery, None | Some(Delivery::Sent | Delivery::Read));
        let let_in = |view: &ConversationView| {
            !view.blocked && matches!(view.acceptance, Acceptance::Accepted | Acceptance::OutgoingRequest)
        };
        is_content(&message.body)
            && travelled
            && self.view.with_untracked(|view| view.as_ref().is_some_and(let_in))
    }

    /// Adds the own reaction, or takes it back when it is there.
    pub fn react(self, id: MessageId, emoji: String) {
        let given = self.message(id).is_some_and(|message| {
            message.reactions.iter().any(|reaction| reaction.by_us && reaction.emoji == emoji)
        });
        if !given {
            self.state.used_emoji(&emoji);
        }
        self.state.ask(Command::React { message: id, emoji, add: !given });
    }

    /// Begins to select, with this message.
    pub fn select(self, id: MessageId) {
        self.replying.set(None);
        self.selected.set(Some(vec![id]));
    }

    /// Whether messages are being selected.
    pub fn selecting(self) -> bool {
        self.selected.with_untracked(Option::is_some)
    }

    /// Selects a message, or leaves it out again.
    pub fn toggle(self, id: MessageId) {
        let full = self.selected.with_untracked(|all| {
            all.as_ref().is_some_and(|all| all.len() >= MOST_SELECTED && !all.contains(&id))
        });
        if full {
            return self.state.toasts.bad(t::message::select_full(MOST_SELECTED as u64));
        }
        self.selected.update(|all| {
            if let Some(all) = all {
                match all.iter().position(|known| *known == id) {
                    Some(place) => drop(all.remove(place)),
                    None => all.push(id),
                }
            }
        });
    }

    fn follow(self, event: &Event) {
        match event {
            Event::Message(message) if message.body == Body::Deleted => self.gone(message.id, false),
            Event::MessageRemoved(_, id) => self.gone(*id, true),
            _ => {}
        }
    }

    /// What is deleted can not be answered; what is removed can not stay selected.
    fn gone(self, id: MessageId, removed: bool) {
        if self.replying.get_untracked() == Some(id) {
            self.replying.set(None);
        }
        let selected = self.selected.with_untracked(|all| all.as_ref().is_some_and(|all| all.contains(&id)));
        if removed && selected {
            self.toggle(id);
        }
    }
}

/// Whether it was written by somebody and is still there.
pub fn is_content(body: &Body) -> bool {
    matches!(body, Body::Text(_) | Body::Unsupported { .. } | Body::Files { .. })
}

/// The text of a message, as far as it has one.
pub fn text(body: &Body) -> String {
    match body {
        Body::Text(text) | Body::Unsupported { text } | Body::Files { text, .. } => text.clone(),
        Body::Accepted { .. } | Body::Deleted | Body::Timer { .. } => String::new(),
    }
}
