//! An open account: its keys, its state, and everything that works on it in the background.

mod load;
mod records;
mod writer;

use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
    pin::pin,
    rc::Rc,
};

use futures::{
    FutureExt, StreamExt,
    future::{Either, join4, join5, pending, select},
};
use sotto_api::{Event, Failure, Link, LockKind, MessageView, NetworkView, ProfileView};
use sotto_protocol::account::AccountKeys;
use tokio::sync::Mutex;

use crate::{
    disappear,
    files::{self, Transfers},
    inbox::Inbox,
    model::{Message, Originals, Showing, State, account_id_text},
    network::{Change, Network},
    notify::Notify,
    outbox,
    platform::{Clock, Platform},
    random::Random,
    search::{self, Search},
    sync::Configs,
    tabs::Tabs,
    typing::{self, Typing},
    vault::{Space, Vault},
};

pub(crate) use load::{NewAccount, Surroundings};
pub(crate) use writer::Writer;

/// How long changes of the network's memory are gathered before they are written, ms.
const SAVE_DELAY_MS: u64 = 2_000;

/// An open account.
pub(crate) struct Session<P: Platform> {
    pub platform: Rc<P>,
    pub random: Random<P>,
    pub tabs: Rc<Tabs>,
    pub network: Network<P>,
    pub vault: Vault,
    pub keys: AccountKeys,
    pub lock: LockKind,
    pub state: RefCell<State>,
    /// What the account's devices share. Changes only under the right to write, after it was stored.
    pub configs: RefCell<Rc<Configs>>,
    pub inbox: Inbox,
    /// Tells of new jobs, and of a connection that came back.
    pub outbox_changed: Notify,
    /// Counts how often the connection came back: waiting for a retry is over then.
    pub recovered: Notify,
    /// Tells that another message is the next to disappear, or that the clock was set.
    pub timers_changed: Notify,
    /// Files on their way.
    pub files: Transfers,
    /// What is said and heard about typing.
    pub typing: Typing,
    /// What can be searched.
    pub search: Search,
    /// When reactions were added lately, monotonic ms.
    pub reacted_at: RefCell<VecDeque<u64>>,
    /// Given out in the order of asking: messages keep the order in which they were written.
    writing: Mutex<()>,
    closed: Cell<bool>,
    closing: Notify,
}

impl<P: Platform> Session<P> {
    /// Does all background work until [`Session::close`].
    pub async fn run(&self) {
        let work = join5(
            self.network.run().boxed_local(),
            outbox::run(self).boxed_local(),
            crate::inbox::run(self).boxed_local(),
            self.watch_network().boxed_local(),
            join4(disappear::run(self), typing::run(self), search::run(self), files::run(self))
                .map(drop)
                .boxed_local(),
        );
        let closing = self.closing.changed(0);
        if !self.closed.get() {
            select(pin!(work), pin!(closing)).await;
        }
    }

    /// Waits for the write under way, then ends everything; nothing is written afterwards.
    pub async fn close(&self) {
        let writing = self.writing.lock().await;
        self.closed.set(true);
        drop(writing);
        self.search.clear();
        self.network.shutdown();
        self.closing.notify();
    }

    /// Gets the right to write. Reads that must fit together with a write happen under it as well.
    ///
    /// # Errors
    /// When the account was closed meanwhile.
    pub async fn writer(&self) -> Result<Writer<'_, P>, Failure> {
        let guard = self.writing.lock().await;
        if self.closed.get() { Err(Failure::NotReady) } else { Ok(Writer::new(self, guard)) }
    }

    /// Tells every tab.
    pub fn tell(&self, event: &Event) {
        self.tabs.tell(event);
    }

    /// What the page shows of a message.
    pub fn message_view(&self, message: &Message, originals: &Originals) -> MessageView {
        let state = self.state.borrow();
        message.view(&Showing {
            own: &state.own,
            conversation: state.conversation(message.conversation),
            in_flight: state.in_flight.contains(&message.id),
            originals,
            files: &state.files,
        })
    }

    /// Tells every tab of a message as it stands, and of its conversation when it is the newest there.
    pub fn tell_message(&self, message: &Message, originals: &Originals) {
        self.tabs.tell(&Event::Message(self.message_view(message, originals)));
        let state = self.state.borrow();
        if let Some(conversation) = state.conversation(message.conversation)
            && conversation.last.as_ref().is_some_and(|last| last.id == message.id)
        {
            self.tabs.tell(&Event::Conversation(state.conversation_view(conversation)));
        }
    }

    /// The own profile.
    pub fn profile_view(&self) -> ProfileView {
        let state = self.state.borrow();
        ProfileView {
            account_id: account_id_text(&state.own),
            display_name: state.account.display_name.clone(),
            recovery_saved: state.account.recovery_saved,
            lock: self.lock,
            picture: state.account.picture.as_ref().map(|picture| picture.file),
        }
    }

    /// Paths, nodes, clock and queues.
    pub fn network_view(&self) -> NetworkView {
        let part = self.network.view();
        let state = self.state.borrow();
        NetworkView {
            link: part.link,
            network: part.network,
            gateway: part.gateway,
            paths: part.paths,
            nodes: part.nodes,
            clock_offset_ms: part.clock_offset_ms,
            last_poll_ms: self.inbox.last_poll_ms().or(state.meta.last_poll_ms),
            queued: state.queued(),
            set_aside: state.meta.set_aside,
        }
    }

    async fn watch_network(&self) {
        let mut changes = self.network.changes();
        let mut link = self.network.view().link;
        let mut save_at = None;
        loop {
            let timer = async {
                match save_at {
                    Some(at) => self.sleep_until(at).await,
                    None => pending().await,
                }
            };
            let change = match select(changes.next(), pin!(timer)).await {
                Either::Left((Some(change), _)) => Some(change),
                Either::Left((None, _)) => return,
                Either::Right(_) => None,
            };
            match change {
                Some(Change::View) => link = self.note_view(link),
                Some(Change::State) => {
                    save_at.get_or_insert_with(|| self.platform.clock().monotonic_ms() + SAVE_DELAY_MS);
                }
                None => {
                    save_at = None;
                    self.save_network().await;
                }
            }
        }
    }

    /// Tells the tabs how the connection is, and waiting work that it came back.
    fn note_view(&self, before: Link) -> Link {
        let view = self.network_view();
        let now = view.link;
        self.tell(&Event::Network(view));
        self.timers_changed.notify();
        if now == Link::Connected && before != now {
            self.recovered.notify();
            self.outbox_changed.notify();
        }
        now
    }

    async fn sleep_until(&self, at: u64) {
        let clock = self.platform.clock();
        clock.sleep(at.saturating_sub(clock.monotonic_ms())).await;
    }

    async fn save_network(&self) {
        if let Ok(writer) = self.writer().await {
            let saved = self.network.saved_state();
            // The next change tries again; without it the next start merely builds new paths.
            drop(writer.put(Space::Network, &saved).await);
        }
    }
}
