//! Questions before something is destroyed.

use std::{cell::RefCell, rc::Rc};

use futures::channel::oneshot;
use leptos::prelude::*;

/// What is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// The question itself.
    pub title: String,
    /// What will be destroyed, and what stays.
    pub body: String,
    /// What the button that does it says.
    pub action: &'static str,
    /// Whether it destroys something.
    pub danger: bool,
}

/// The one question that can be open at a time.
#[derive(Clone, Copy)]
pub struct Confirm {
    /// What is asked now.
    pub question: RwSignal<Option<Question>>,
    answer: StoredValue<Rc<RefCell<Option<oneshot::Sender<bool>>>>, LocalStorage>,
}

impl Confirm {
    /// Nothing asked.
    pub fn new() -> Self {
        Self { question: RwSignal::new(None), answer: StoredValue::new_local(Rc::default()) }
    }

    /// Asks, and waits for the answer. An open question counts as answered with no.
    pub async fn ask(self, question: Question) -> bool {
        let (sender, receiver) = oneshot::channel();
        self.answer.with_value(|answer| *answer.borrow_mut() = Some(sender));
        self.question.set(Some(question));
        receiver.await.unwrap_or(false)
    }

    /// Gives the answer.
    pub fn answer(self, yes: bool) {
        self.question.set(None);
        let sender = self.answer.with_value(|answer| answer.borrow_mut().take());
        if let Some(sender) = sender {
            let _ = sender.send(yes);
        }
    }
}
