//! What the whole page knows: the engine's events folded into signals, and what the page itself holds.

pub mod confirm;
pub mod conversations;
pub mod navigation;
pub mod pictures;
pub mod preferences;
mod recents;
pub mod search;
pub mod toasts;
pub mod trays;

use leptos::prelude::*;
use sotto_api::{
    Acceptance, Body, Command, ConversationId, Event, Failure, MessageId, MessageView, NetworkView, Phase,
    ProfileView, Reply, RestoreProgress, Settings,
};

use crate::{
    engine::{Engine, Status},
    i18n::t,
    once, words,
};
use confirm::Confirm;
use conversations::Conversations;
use navigation::Navigation;
use pictures::Pictures;
use preferences::Preferences;
use search::Search;
use toasts::Toasts;
use trays::Trays;

/// Everything shared, by copy. Get it with [`use_state`].
#[derive(Clone, Copy)]
pub struct State {
    /// The engine.
    pub engine: Engine,
    /// Where the engine stands; `None` until it has said so.
    pub phase: RwSignal<Option<Phase>>,
    /// Nothing was ever kept in this browser, so there will be no account, although the engine has not said
    /// so yet. What is asked of it meanwhile waits.
    pub newcomer: RwSignal<bool>,
    /// The own profile.
    pub profile: RwSignal<Option<ProfileView>>,
    /// Every conversation.
    pub conversations: Conversations,
    /// Paths, nodes, clock.
    pub network: RwSignal<Option<NetworkView>>,
    /// How far a running restore has come.
    pub restore: RwSignal<Option<RestoreProgress>>,
    /// An account was restored in this tab, and the person has not gone on to the list yet.
    pub arriving: RwSignal<bool>,
    /// What the person has chosen for the account.
    pub settings: RwSignal<Settings>,
    /// What is searched for.
    pub search: Search,
    /// Profile pictures.
    pub pictures: Pictures,
    /// The screen.
    pub navigation: Navigation,
    /// Files that were chosen and not sent yet.
    pub trays: Trays,
    /// Short notes at the edge.
    pub toasts: Toasts,
    /// The question that is being asked.
    pub confirm: Confirm,
    /// Theme, accent, sizes.
    pub preferences: Preferences,
    /// The message that its conversation is to show: scrolled into view and marked for a moment. Whoever asks for
    /// it sets this and opens the conversation; the open conversation takes it out again.
    pub jump: RwSignal<Option<(ConversationId, MessageId)>>,
    /// Said to screen readers, not shown.
    pub announcement: RwSignal<String>,
    announced: StoredValue<Option<MessageId>>,
}

/// The state of this page.
///
/// # Panics
/// Outside the component tree of [`App`](crate::app::App), which provides it.
pub fn use_state() -> State {
    expect_context()
}

impl State {
    /// Makes the state, starts the engine and follows it.
    pub fn start() -> Self {
        let state = Self {
            engine: Engine::start(),
            phase: RwSignal::new(None),
            newcomer: RwSignal::new(preferences::first_visit()),
            profile: RwSignal::new(None),
            conversations: Conversations::new(),
            network: RwSignal::new(None),
            restore: RwSignal::new(None),
            arriving: RwSignal::new(false),
            settings: RwSignal::new(Settings::default()),
            search: Search::new(),
            pictures: Pictures::new(),
            navigation: Navigation::start(),
            trays: Trays::new(),
            toasts: Toasts::new(),
            confirm: Confirm::new(),
            preferences: Preferences::load(),
            jump: RwSignal::new(None),
            announcement: RwSignal::new(String::new()),
            announced: StoredValue::new(None),
        };
        state.engine.listen(move |event| state.fold(event));
        // Each new worker (the first, one after a crash, one after another tab handed over) starts afresh.
        once::effect(move || match state.engine.status.get() {
            Status::Running => leptos::task::spawn_local(state.enter()),
            Status::Taken => state.forget(),
            _ => {}
        });
        state
    }

    async fn enter(self) {
        if let Ok(Reply::Phase(phase)) = self.engine.call(Command::Phase).await {
            self.turn(phase);
        }
    }

    fn turn(self, phase: Phase) {
        if phase == Phase::Ready {
            leptos::task::spawn_local(async move {
                // The list comes first: shown empty for a moment, it would look as if all were lost.
                self.fetch().await;
                self.settle(phase);
            });
        } else {
            self.forget();
            self.settle(phase);
        }
    }

    fn settle(self, phase: Phase) {
        self.phase.set(Some(phase));
        self.newcomer.set(false);
    }

    async fn fetch(self) {
        let commands = [Command::Profile, Command::Conversations, Command::Settings, Command::Network];
        let answers = futures::future::join_all(commands.map(|command| self.engine.call(command))).await;
        for reply in answers.into_iter().flatten() {
            match reply {
                Reply::Profile(profile) => self.own(profile),
                Reply::Conversations(views) => {
                    views.iter().for_each(|view| self.pictures.know(&view.account_id, view.picture));
                    self.conversations.replace(views);
                }
                Reply::Settings(settings) => self.settings.set(settings),
                Reply::Network(network) => self.network.set(Some(network)),
                _ => {}
            }
        }
    }

    fn fold(self, event: &Event) {
        match event {
            Event::Phase(phase) => self.turn(*phase),
            Event::Profile(profile) => self.own(profile.clone()),
            Event::Conversation(view) => {
                self.pictures.know(&view.account_id, view.picture);
                self.conversations.put(view.clone());
            }
            Event::ConversationRemoved(id) => self.conversations.remove(*id),
            Event::Network(network) => self.network.set(Some(network.clone())),
            Event::Restore(progress) => self.restore.set(Some(*progress)),
            Event::Message(message) => self.announce(message),
            Event::Settings(settings) => self.settings.set(settings.clone()),
            Event::SearchGrew => self.search.grew.update(|grew| *grew = grew.wrapping_add(1)),
            Event::MessageRemoved(..) | Event::Cleared(_) | Event::File { .. } => {}
        }
    }

    fn own(self, profile: ProfileView) {
        self.pictures.know(&profile.account_id, profile.picture);
        self.profile.set(Some(profile));
    }

    /// Says a received message to screen readers, once.
    fn announce(self, message: &MessageView) {
        if !matches!(message.body, Body::Text(_) | Body::Files { .. }) {
            return;
        }
        if !message.unread || self.announced.get_value() == Some(message.id) {
            return;
        }
        let view = self.conversations.get_untracked(message.conversation);
        if let Some(view) =
            view.filter(|view| !view.blocked && view.acceptance != Acceptance::IncomingRequest)
        {
            self.announced.set_value(Some(message.id));
            self.announcement.set(t::conversation::said(&words::name(&view), &words::said(&message.body)));
        }
    }

    /// Drops everything about the account; the phase stays unknown until the engine says it.
    fn forget(self) {
        self.phase.set(None);
        self.profile.set(None);
        self.network.set(None);
        self.restore.set(None);
        self.arriving.set(false);
        self.jump.set(None);
        self.settings.set(Settings::default());
        self.search.clear();
        self.pictures.forget();
        self.trays.clear();
        self.conversations.replace(Vec::new());
        self.announcement.set(String::new());
    }

    /// Sends a command and shows a note when it fails. `true` when it was done.
    pub async fn attempt(self, command: Command) -> bool {
        match self.engine.call(command).await {
            Ok(_) => true,
            Err(failure) => {
                self.complain(&failure);
                false
            }
        }
    }

    /// [`attempt`](Self::attempt) for handlers that need not wait.
    pub fn ask(self, command: Command) {
        leptos::task::spawn_local(async move {
            self.attempt(command).await;
        });
    }

    /// Shows a failure as a note.
    pub fn complain(self, failure: &Failure) {
        self.toasts.bad(words::failure(failure));
    }
}
