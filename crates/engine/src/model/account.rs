//! The account itself and the counters that belong to no conversation.

use serde::{Deserialize, Serialize};
use sotto_api::{FileId, MAX_EMOJI_BYTES, MAX_RECENT_EMOJI, RestoreProgress, Settings};
use zeroize::{Zeroize, ZeroizeOnDrop};

use super::SentTimes;

/// The account as it is stored. Wiped when dropped.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
pub struct AccountRecord {
    /// The 16 bytes from which every key comes.
    pub seed: [u8; 16],
    /// What others see; empty when not known.
    pub display_name: String,
    /// When the name was last changed, Unix seconds.
    pub profile_updated_s: u64,
    /// Whether the person has confirmed that the recovery password is kept.
    pub recovery_saved: bool,
    /// Tell what was read, and show what others have read. From here on: since version 2 of the record.
    pub read_receipts: bool,
    /// Tell when one types, and show when others do.
    pub typing: bool,
    /// Send pictures in their own size. Since version 3 of the record.
    pub original_images: bool,
    /// Emoji used lately, the last one first. From here on: since version 4 of the record.
    pub recent_emoji: Vec<String>,
    /// The skin tone chosen last.
    pub skin_tone: u8,
    /// The own picture. Since version 5 of the record.
    #[zeroize(skip)]
    pub picture: Option<Picture>,
}

/// The own profile picture.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Picture {
    /// Its bytes.
    pub file: FileId,
    /// Where others find it.
    pub url: String,
    /// What opens it: told to everybody who gets a message.
    pub key: [u8; 32],
    /// When the file server was last asked to keep it, Unix ms.
    pub renewed_ms: u64,
}

impl std::fmt::Debug for AccountRecord {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("AccountRecord(…)")
    }
}

/// Counters and times used.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Meta {
    /// Times of what was sent.
    pub sent_times: SentTimes,
    /// Number of the next job.
    pub next_job: u64,
    /// Number of the next kept item.
    pub next_kept: u64,
    /// Items that could not be read.
    pub set_aside: u32,
    /// When the own swarm last answered a poll, Unix ms of network time.
    pub last_poll_ms: Option<u64>,
    /// The restore under way.
    pub restore: Option<Restore>,
    /// Sent times of own messages that another device has taken back and that are not here yet, newest
    /// last. Since version 2 of the record.
    pub unsent: Vec<u64>,
}

/// The last of the five skin tones.
const DARKEST_TONE: u8 = 5;

/// Times in [`Meta::unsent`] at most.
const MAX_UNSENT: usize = 64;

impl Meta {
    /// Notes that an own message, not here yet, was taken back.
    pub fn note_unsent(&mut self, sent_ms: u64) {
        if self.unsent.len() >= MAX_UNSENT {
            self.unsent.remove(0);
        }
        self.unsent.push(sent_ms);
    }
}

impl AccountRecord {
    /// What the person has chosen.
    pub fn settings(&self) -> Settings {
        Settings {
            read_receipts: self.read_receipts,
            typing: self.typing,
            original_images: self.original_images,
            recent_emoji: self.recent_emoji.clone(),
            skin_tone: self.skin_tone,
        }
    }

    /// Takes what the person has chosen, as far as it keeps to the limits.
    pub fn choose(&mut self, settings: Settings) {
        (self.read_receipts, self.typing) = (settings.read_receipts, settings.typing);
        self.original_images = settings.original_images;
        self.recent_emoji = settings.recent_emoji;
        self.recent_emoji.retain(|emoji| (1..=MAX_EMOJI_BYTES).contains(&emoji.len()));
        self.recent_emoji.truncate(MAX_RECENT_EMOJI);
        self.skin_tone = settings.skin_tone.min(DARKEST_TONE);
    }
}

/// How far a restore has come.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Restore {
    /// Whether a member of the own swarm has answered.
    pub swarm_found: bool,
    /// Conversations seen so far.
    pub conversations: u32,
    /// Messages stored so far.
    pub messages: u32,
}

impl Restore {
    /// What the page shows.
    pub fn view(&self, finished: bool) -> RestoreProgress {
        RestoreProgress {
            swarm_found: self.swarm_found,
            conversations: self.conversations,
            messages: self.messages,
            finished,
        }
    }
}
