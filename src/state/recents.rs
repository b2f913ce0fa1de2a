//! Emoji that were used lately. They say something about the person, so they are in memory only: the browser
//! would keep them unsealed.

use leptos::prelude::*;

const AT_MOST: usize = 24;

/// Emoji used since the page was opened, and the skin tone chosen last.
#[derive(Clone, Copy)]
pub struct Recents {
    /// The last one first.
    pub emoji: RwSignal<Vec<String>>,
    /// 0 is the yellow one, 1 the lightest, 5 the darkest.
    pub tone: RwSignal<usize>,
}

impl Recents {
    /// None yet.
    pub fn new() -> Self {
        Self { emoji: RwSignal::new(Vec::new()), tone: RwSignal::new(0) }
    }

    /// Puts an emoji first.
    pub fn used(self, emoji: &str) {
        self.emoji.update(|all| {
            all.retain(|known| known != emoji);
            all.insert(0, emoji.to_owned());
            all.truncate(AT_MOST);
        });
    }

    /// Another account, other emoji.
    pub fn forget(self) {
        self.emoji.set(Vec::new());
        self.tone.set(0);
    }
}
