//! Reactions, deletions and timers, in whatever order they come.

use sotto_api::Timer;
use sotto_protocol::content::{FLAG_EXPIRATION_TIMER_UPDATE, React, ReactionAction};

use super::*;

fn reaction(author: &PeerKey, sent_ms: u64, emoji: &str, add: bool) -> Kind {
    let action = if add { ReactionAction::React } else { ReactionAction::Remove };
    let react = React { timestamp: sent_ms, author: account_id_text(author), emoji: emoji.into(), action };
    Kind::Data(DataMessage { reaction: Some(react.into()), ..DataMessage::default() }.into())
}

fn unsend(author: &PeerKey, sent_ms: u64) -> Kind {
    Kind::Unsend(Unsend { timestamp: sent_ms, author: account_id_text(author) })
}

fn stored<'a>(desk: &'a Desk, author: &PeerKey, sent_ms: u64) -> &'a Message {
    desk.stored.get(&message_id(desk.vault.keys(), desk.bob(), author, sent_ms)).unwrap()
}

#[test]
fn a_peer_can_delete_only_what_it_wrote() {
    let mut desk = Desk::new();
    desk.say(1_000);
    desk.hear(BOB, 2_000, text("theirs"));
    assert_eq!(desk.hear(BOB, 3_000, unsend(&OWN, 1_000)), Effect::Refused);
    assert_eq!(stored(&desk, &OWN, 1_000).body, Body::Text("ours".into()));
    // Naming itself as author of our message means another message, which is not there.
    assert_eq!(desk.hear(BOB, 3_001, unsend(&BOB, 1_000)), Effect::Passed);
    assert_eq!(stored(&desk, &OWN, 1_000).body, Body::Text("ours".into()));
    assert_eq!(desk.with_bob().unread, 1);
    let (effect, changes) = desk.hear_changes(BOB, 3_002, unsend(&BOB, 2_000));
    assert_eq!((effect, desk.with_bob().unread), (Effect::Taken, 0));
    assert_eq!(stored(&desk, &BOB, 2_000).body, Body::Deleted);
    let kinds: Vec<_> = changes.jobs.values().flatten().map(|job| job.kind).collect();
    assert_eq!(kinds, [JobKind::Delete], "the copy in the own swarm goes as well");
    assert_eq!(desk.hear(BOB, 3_003, unsend(&BOB, 2_000)), Effect::Duplicate);
    assert_eq!(desk.hear(OWN, 3_004, unsend(&OWN, 1_000)), Effect::Taken);
    assert_eq!(stored(&desk, &OWN, 1_000).body, Body::Deleted);
}

#[test]
fn reactions_need_a_message_that_can_have_them() {
    let mut desk = Desk::new();
    desk.say(1_000);
    desk.hear(BOB, 2_000, text("yes"));
    assert_eq!(desk.hear(BOB, 3_000, reaction(&OWN, 1_000, "👍", true)), Effect::Taken);
    assert_eq!(desk.hear(BOB, 3_000, reaction(&OWN, 1_000, "👍", true)), Effect::Duplicate);
    assert_eq!(desk.hear(BOB, 3_001, reaction(&[7; 32], 1_000, "👍", true)), Effect::Refused);
    desk.hear(OWN, 3_002, unsend(&OWN, 1_000));
    assert!(stored(&desk, &OWN, 1_000).reactions.is_empty());
    assert_eq!(desk.hear(BOB, 3_003, reaction(&OWN, 1_000, "🎉", true)), Effect::Refused);
}

#[test]
fn notes_about_missing_messages_are_bounded() {
    let mut desk = Desk::new();
    desk.hear(BOB, 10, text("hello"));
    for number in 0..100 {
        assert_eq!(desk.hear(BOB, 100 + number, unsend(&BOB, 5_000 + number)), Effect::Passed);
    }
    assert_eq!(desk.with_bob().early.len(), 32);
}

#[test]
fn clocks_start_when_they_should() {
    let mut desk = Desk::new();
    desk.say(1_000);
    let timed = |timer| {
        let timer = match timer {
            Timer::AfterSend(seconds) => sotto_protocol::content::Timer::AfterSend(seconds),
            Timer::AfterRead(seconds) => sotto_protocol::content::Timer::AfterRead(seconds),
            Timer::Off => sotto_protocol::content::Timer::Off,
        };
        move |sent_ms| {
            let mut opened = opened(BOB, sent_ms, text("timed"));
            opened.content = opened.content.with_timer(timer);
            opened
        }
    };
    let sent_ms = NOW - 10_000;
    let hear = |desk: &mut Desk, opened: &Opened, expiry_ms| {
        desk.edit(|edit, keys| receive(edit, keys, opened, Origin { hash: HASH, expiry_ms })).0
    };
    // Stored later than sent: the sent time counts.
    let late = timed(Timer::AfterSend(100))(sent_ms);
    assert_eq!(hear(&mut desk, &late, sent_ms + 5_000 + 100_000), Effect::Taken);
    assert_eq!(stored(&desk, &BOB, sent_ms).due_ms(), Some(sent_ms + 100_000));
    // Stored earlier than its sender's clock says: the swarm counts.
    let ahead = timed(Timer::AfterSend(100))(sent_ms + 1);
    hear(&mut desk, &ahead, sent_ms - 2_000 + 100_000);
    assert_eq!(stored(&desk, &BOB, sent_ms + 1).due_ms(), Some(sent_ms - 2_000 + 100_000));
    // A member that lies grossly is not believed.
    let lied = timed(Timer::AfterSend(100))(sent_ms + 2);
    hear(&mut desk, &lied, 5);
    assert_eq!(stored(&desk, &BOB, sent_ms + 2).due_ms(), Some(sent_ms + 2 + 100_000));
    // Over before it came: it is not even stored.
    let over = timed(Timer::AfterSend(5))(sent_ms + 3);
    assert_eq!(hear(&mut desk, &over, NOW + 9), Effect::Refused);
    let unread = timed(Timer::AfterRead(100))(sent_ms + 4);
    hear(&mut desk, &unread, NOW + 1_000_000);
    assert_eq!(stored(&desk, &BOB, sent_ms + 4).due_ms(), None);
    assert_eq!(desk.state.timers.next_ms(), Some(sent_ms - 2_000 + 100_000));
    let id = desk.bob();
    let (times, changes) = desk.edit(|edit, _| mark_read(edit, id));
    assert_eq!(times.len(), 4);
    assert_eq!(stored(&desk, &BOB, sent_ms + 4).due_ms(), Some(NOW + 100_000));
    let kinds: Vec<_> = changes.jobs.values().flatten().map(|job| job.kind).collect();
    assert_eq!(kinds, [JobKind::Expire]);
}

#[test]
fn a_timer_of_the_other_side_leaves_ours() {
    let mut desk = Desk::new();
    desk.say(1_000);
    desk.hear(BOB, 2_000, text("yes"));
    let notice = DataMessage { flags: Some(FLAG_EXPIRATION_TIMER_UPDATE), ..DataMessage::default() };
    let mut opened = opened(BOB, 3_000, Kind::Data(notice.into()));
    opened.content = opened.content.with_timer(sotto_protocol::content::Timer::AfterSend(86_400));
    let (effect, _) = desk.edit(|edit, keys| receive(edit, keys, &opened, ORIGIN));
    assert_eq!(effect, Effect::Taken);
    let known = desk.with_bob();
    assert_eq!((known.timer, known.their_timer), (Timer::Off, Timer::AfterSend(86_400)));
}

proptest! {
    /// Messages, reactions to them and their deletion end in the same state in any order of delivery, each as
    /// often as the swarm likes.
    #[test]
    fn order_of_what_is_said_about_messages_does_not_matter(
        (sorted, shuffled) in proptest::collection::vec((0_u8..4, 1_u64..5, 0_u64..40), 0..24).prop_flat_map(|said| {
            let doubled: Vec<_> = said.iter().chain(&said).copied().collect();
            (Just(said), Just(doubled).prop_shuffle())
        })
    ) {
        let run = |said: &[(u8, u64, u64)]| {
            let mut desk = Desk::new();
            desk.hear(BOB, 1, text("first"));
            for (kind, target, later) in said {
                let (target, sent_ms) = (target * 100, 10_000 + later);
                match kind {
                    0 => desk.hear(BOB, target, text("theirs")),
                    1 => desk.hear(OWN, target + 1, copy_to(&BOB)),
                    2 => desk.hear(BOB, sent_ms, reaction(&BOB, target, "👍", later % 2 == 0)),
                    _ => desk.hear(BOB, sent_ms, unsend(&BOB, target)),
                };
            }
            let shown: Vec<_> = desk.stored.values().map(|message| {
                (message.id, message.body.clone(), message.reactions.clone())
            }).collect();
            shown
        };
        prop_assert_eq!(run(&sorted), run(&shuffled));
    }
}
