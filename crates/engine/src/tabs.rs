//! The tabs that look at the engine: where events go and how much attention the account gets.

use std::cell::{Cell, RefCell};

use futures::channel::mpsc::{UnboundedReceiver, UnboundedSender, unbounded};
use sotto_api::{ConversationId, Event};

use crate::{notify::Notify, ordered::Map};

/// One attached tab.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TabId(u32);

/// How much attention the tabs together pay, least first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Attention {
    /// No tab is active.
    Away,
    /// A tab is active.
    Present,
    /// A tab is active and shows a conversation.
    Reading,
}

/// All attached tabs.
#[derive(Default)]
pub(crate) struct Tabs {
    next: Cell<u32>,
    tabs: RefCell<Map<TabId, Tab>>,
    /// Tells of every change of [`Tabs::attention`].
    pub changed: Notify,
}

struct Tab {
    events: UnboundedSender<Event>,
    attention: Attention,
}

impl Tabs {
    /// Adds a tab.
    pub fn attach(&self) -> (TabId, UnboundedReceiver<Event>) {
        let id = TabId(self.next.get());
        self.next.set(id.0.wrapping_add(1));
        let (events, receiver) = unbounded();
        self.tabs.borrow_mut().insert(id, Tab { events, attention: Attention::Present });
        self.changed.notify();
        (id, receiver)
    }

    /// Forgets a tab.
    pub fn detach(&self, id: TabId) {
        self.tabs.borrow_mut().remove(&id);
        self.changed.notify();
    }

    /// Ends all event streams.
    pub fn close(&self) {
        self.tabs.borrow_mut().clear();
    }

    /// Tells every tab.
    pub fn tell(&self, event: &Event) {
        // A tab whose receiver is gone will be detached by its owner.
        self.tabs.borrow().values().for_each(|tab| drop(tab.events.unbounded_send(event.clone())));
    }

    /// Takes over what a tab shows.
    pub fn look(&self, id: TabId, conversation: Option<ConversationId>, active: bool) {
        let attention = match (active, conversation) {
            (false, _) => Attention::Away,
            (true, None) => Attention::Present,
            (true, Some(_)) => Attention::Reading,
        };
        if let Some(tab) = self.tabs.borrow_mut().get_mut(&id) {
            tab.attention = attention;
        }
        self.changed.notify();
    }

    /// The most attention that any tab pays.
    pub fn attention(&self) -> Attention {
        self.tabs.borrow().values().map(|tab| tab.attention).max().unwrap_or(Attention::Away)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_attentive_tab_counts() {
        let tabs = Tabs::default();
        assert_eq!(tabs.attention(), Attention::Away);
        let ((first, _events), (second, _others)) = (tabs.attach(), tabs.attach());
        tabs.look(first, Some(ConversationId([1; 16])), true);
        tabs.look(second, None, false);
        assert_eq!(tabs.attention(), Attention::Reading);
        tabs.look(first, Some(ConversationId([1; 16])), false);
        assert_eq!(tabs.attention(), Attention::Away);
        tabs.look(second, None, true);
        assert_eq!(tabs.attention(), Attention::Present);
        tabs.detach(second);
        assert_eq!(tabs.attention(), Attention::Away);
    }

    #[test]
    fn every_tab_hears_events() {
        let tabs = Tabs::default();
        let ((_, mut first), (second, mut other)) = (tabs.attach(), tabs.attach());
        tabs.detach(second);
        tabs.tell(&Event::Phase(sotto_api::Phase::Ready));
        assert!(first.try_recv().is_ok());
        assert!(other.try_recv().is_err());
    }
}
