//! Emoji that were used lately. They say something about the person, so they are kept where everything of the account
//! is: sealed, by the engine.

use leptos::prelude::*;
use sotto_api::{Command, MAX_RECENT_EMOJI, Settings};

use super::State;

impl State {
    /// Puts an emoji before the others that were used lately.
    pub fn used_emoji(self, emoji: &str) {
        self.choose(|settings| {
            let recent = &mut settings.recent_emoji;
            recent.retain(|known| known != emoji);
            recent.insert(0, emoji.to_owned());
            recent.truncate(MAX_RECENT_EMOJI);
        });
    }

    /// Keeps a skin tone for the next emoji: 0 the yellow one, 1 the lightest, 5 the darkest.
    pub fn set_skin_tone(self, tone: u8) {
        self.choose(|settings| settings.skin_tone = tone);
    }

    /// Shown at once. Whether it could be kept matters too little to complain.
    fn choose(self, change: impl FnOnce(&mut Settings)) {
        let mut settings = self.settings.get_untracked();
        change(&mut settings);
        if self.settings.with_untracked(|known| *known != settings) {
            self.settings.set(settings.clone());
            self.engine.tell(Command::SetSettings(settings));
        }
    }
}
