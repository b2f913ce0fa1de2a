//! Reactions to messages. Of what one person says with one emoji the latest counts, whatever the order in
//! which it arrives.

use serde::{Deserialize, Serialize};
use sotto_api::ReactionView;

use super::{PeerKey, account_id_text};
use crate::ordered;

/// Reactions kept for one message at most, taken back ones included.
pub const MAX_REACTIONS: usize = 64;
/// People named for one emoji at most.
const MAX_NAMED: usize = 20;

/// What somebody last said with one emoji.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Reaction {
    /// When, Unix ms of the author's network clock.
    pub sent_ms: u64,
    /// Whether it was taken back then.
    pub removed: bool,
    /// Who.
    pub author: PeerKey,
    /// With what, 1…64 bytes.
    pub emoji: String,
}

/// Takes a reaction in. Gives back whether anything changed.
pub fn apply(all: &mut Vec<Reaction>, new: Reaction) -> bool {
    let known = all.iter_mut().find(|known| known.author == new.author && known.emoji == new.emoji);
    match known {
        Some(known) if (known.sent_ms, known.removed) >= (new.sent_ms, new.removed) => return false,
        Some(known) => *known = new,
        None => {
            if all.len() >= MAX_REACTIONS {
                let Some(oldest) = all.iter().position(|known| known.removed) else { return false };
                all.remove(oldest);
            }
            all.push(new);
        }
    }
    ordered::sort_by_key(all, Clone::clone);
    true
}

/// Whether somebody reacts so.
pub fn has(all: &[Reaction], author: &PeerKey, emoji: &str) -> bool {
    all.iter().any(|known| !known.removed && known.author == *author && known.emoji == emoji)
}

/// What the page shows.
pub fn view(all: &[Reaction], own: &PeerKey) -> Vec<ReactionView> {
    let mut views: Vec<ReactionView> = Vec::new();
    for reaction in all.iter().filter(|reaction| !reaction.removed) {
        let place = views.iter().position(|view| view.emoji == reaction.emoji);
        let place = place.unwrap_or_else(|| {
            let emoji = reaction.emoji.clone();
            views.push(ReactionView { emoji, count: 0, by_us: false, who: Vec::new() });
            views.len() - 1
        });
        let view = &mut views[place];
        view.count += 1;
        view.by_us |= reaction.author == *own;
        if view.who.len() < MAX_NAMED {
            view.who.push(account_id_text(&reaction.author));
        }
    }
    views
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn reaction(author: u8, emoji: &str, sent_ms: u64, removed: bool) -> Reaction {
        Reaction { author: [author; 32], emoji: emoji.into(), sent_ms, removed }
    }

    #[test]
    fn counts_and_names() {
        let mut all = Vec::new();
        assert!(apply(&mut all, reaction(2, "👍", 10, false)));
        assert!(apply(&mut all, reaction(1, "👍", 11, false)));
        assert!(apply(&mut all, reaction(1, "🎉", 12, false)));
        assert!(!apply(&mut all, reaction(1, "🎉", 12, false)), "the same again");
        let views = view(&all, &[1; 32]);
        assert_eq!(views.iter().map(|view| view.emoji.as_str()).collect::<Vec<_>>(), ["👍", "🎉"]);
        assert_eq!((views[0].count, views[0].by_us, views[0].who.len()), (2, true, 2));
        assert!(apply(&mut all, reaction(1, "👍", 20, true)));
        assert_eq!((view(&all, &[1; 32])[0].count, view(&all, &[1; 32])[0].by_us), (1, false));
        assert!(!apply(&mut all, reaction(1, "👍", 15, false)), "older than the last word");
        assert!(has(&all, &[2; 32], "👍") && !has(&all, &[1; 32], "👍"));
    }

    #[test]
    fn bounded() {
        let mut all = Vec::new();
        for number in 0..MAX_REACTIONS {
            assert!(apply(&mut all, reaction(1, &number.to_string(), number as u64, number == 3)));
        }
        assert!(apply(&mut all, reaction(1, "one more", 900, false)), "in place of one taken back");
        assert!(!apply(&mut all, reaction(1, "yet another", 901, false)));
        assert_eq!(all.len(), MAX_REACTIONS);
    }

    proptest! {
        #[test]
        fn order_of_arrival_does_not_matter(
            (sorted, shuffled) in proptest::collection::vec((1_u8..3, 0_u8..3, 0_u64..20, any::<bool>()), 0..30)
                .prop_flat_map(|said| (Just(said.clone()), Just(said).prop_shuffle()))
        ) {
            let run = |said: &[(u8, u8, u64, bool)]| {
                let mut all = Vec::new();
                for (author, emoji, sent_ms, removed) in said {
                    apply(&mut all, reaction(*author, &emoji.to_string(), *sent_ms, *removed));
                }
                all
            };
            prop_assert_eq!(run(&sorted), run(&shuffled));
        }
    }
}
