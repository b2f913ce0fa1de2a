//! Messages that disappear: on both sides, on all devices, also while nothing runs.

use sotto_api::{Command, DeleteScope, Failure, Timer};
use sotto_engine::platform::{MemoryStore, Store as _};

use crate::{
    common::on_this_thread,
    people::{Person, friends, network, until},
};

const DAY: Timer = Timer::AfterSend(86_400);
const DAY_MS: i64 = 86_400_000;

#[test]
fn what_disappears_after_sending_goes_on_both_sides() {
    on_this_thread(async {
        let (_network, config) = network().await;
        let (ann, bob, with_bob, with_ann) = friends(&config).await;
        let short = Timer::AfterSend(2);
        ann.done(Command::SetTimer { conversation: with_bob, timer: short }).await;
        assert!(
            bob.polled(async || bob.lines(with_ann).await.contains(&"= they set AfterSend(2)".into())).await
        );
        let view = bob.conversation(with_ann).await;
        assert_eq!((view.timer, view.their_timer, view.may_follow_timer), (Timer::Off, short, true));
        assert!(until(async || ann.lines(with_bob).await.len() == 3).await, "the notice goes as well");
        ann.say(with_bob, "gone soon").await;
        bob.say(with_ann, "stays").await;
        assert!(bob.polled(async || bob.lines(with_ann).await.contains(&"< gone soon".into())).await);
        assert!(until(async || !bob.lines(with_ann).await.contains(&"< gone soon".into())).await);
        assert!(until(async || !ann.lines(with_bob).await.contains(&"> gone soon".into())).await);
        assert!(ann.polled(async || ann.lines(with_bob).await.contains(&"< stays".into())).await);
        let last = bob.conversation(with_ann).await.last.unwrap();
        assert_eq!(last.body, sotto_api::Body::Text("stays".into()));
        ann.done(Command::PollNow).await;
        bob.done(Command::PollNow).await;
        assert!(!bob.lines(with_ann).await.iter().any(|line| line.contains("gone")));
        assert!(!ann.lines(with_bob).await.iter().any(|line| line.contains("gone")));
    });
}

#[test]
fn what_is_due_while_nothing_runs_is_gone_before_anybody_looks() {
    on_this_thread(async {
        let (_network, config) = network().await;
        let (ann, bob, with_bob, with_ann) = friends(&config).await;
        ann.done(Command::SetTimer { conversation: with_bob, timer: DAY }).await;
        ann.say(with_bob, "for a day").await;
        ann.expect_all_sent(with_bob).await;
        assert!(bob.polled(async || bob.lines(with_ann).await.contains(&"< for a day".into())).await);
        let expiry = bob.message(with_ann, "< for a day").await.expiry.unwrap();
        let sent_ms = ann.message(with_bob, "> for a day").await.sent_ms;
        assert_eq!(expiry.timer, DAY);
        assert!(expiry.at_ms.unwrap() <= sent_ms + DAY_MS as u64);
        let ours = ann.message(with_bob, "> for a day").await.expiry.unwrap().at_ms.unwrap();
        assert!(ours.abs_diff(sent_ms + DAY_MS as u64) < 60_000);

        // Both stop; a day later there is no connection either.
        for (person, conversation) in [(ann, with_bob), (bob, with_ann)] {
            let records = person.store().inner();
            drop(person);
            let early = Person::later(&config, records.clone(), DAY_MS / 2).await;
            assert!(early.lines(conversation).await.iter().any(|line| line.ends_with("for a day")));
            drop(early);
            let count = stored(&records).await;
            let late = Person::later(&config, records.clone(), DAY_MS + 60_000).await;
            assert!(stored(&records).await < count, "before anybody asks");
            let lines = late.lines(conversation).await;
            assert!(!lines.iter().any(|line| line.contains("day") || line.contains("set")), "{lines:?}");
            let last = late.conversation(conversation).await.last.unwrap();
            assert!(!format!("{:?}", last.body).contains("day"));
        }
    });
}

async fn stored(records: &MemoryStore) -> usize {
    records.scan(b"").await.unwrap().len()
}

#[test]
fn what_disappears_after_reading_waits_for_that() {
    on_this_thread(async {
        let (_network, config) = network().await;
        let (ann, bob, with_bob, with_ann) = friends(&config).await;
        let timer = Timer::AfterRead(3);
        ann.done(Command::SetTimer { conversation: with_bob, timer }).await;
        ann.say(with_bob, "read me").await;
        // The author's clock runs from the moment of sending.
        assert!(bob.polled(async || bob.lines(with_ann).await.contains(&"< read me".into())).await);
        assert!(until(async || !ann.lines(with_bob).await.contains(&"> read me".into())).await);
        let unread = bob.message(with_ann, "< read me").await;
        assert_eq!(unread.expiry.map(|expiry| expiry.at_ms), Some(None), "not read yet");
        let bob = bob.after_power_cut().await;
        bob.done(Command::MarkRead(with_ann)).await;
        let read = bob.message(with_ann, "< read me").await;
        assert!(read.expiry.unwrap().at_ms.is_some());
        assert!(until(async || !bob.lines(with_ann).await.contains(&"< read me".into())).await);
        assert_eq!(bob.conversation(with_ann).await.unread, 0);
    });
}

#[test]
fn only_the_newest_notice_of_each_side_stays() {
    on_this_thread(async {
        let (_network, config) = network().await;
        let (ann, bob, with_bob, with_ann) = friends(&config).await;
        ann.settled().await;
        let other = ann.second_device().await;
        let there = other.open(&bob.account_id().await).await;
        assert!(other.polled(async || other.lines(there).await.len() == 3).await);
        for timer in [DAY, Timer::AfterRead(300), Timer::AfterSend(43_200)] {
            ann.done(Command::SetTimer { conversation: with_bob, timer }).await;
        }
        bob.done(Command::SetTimer { conversation: with_ann, timer: Timer::AfterSend(43_200) }).await;
        let sets = |lines: Vec<String>| -> Vec<String> {
            lines.into_iter().filter(|line| line.contains(" set ")).collect()
        };
        // Both clocks are near the network's, not equal to it: the order of the two lines is left open.
        let both = ["= they set AfterSend(43200)", "= we set AfterSend(43200)"];
        for (person, conversation) in [(&ann, with_bob), (&bob, with_ann)] {
            let seen = async || {
                let mut lines = sets(person.lines(conversation).await);
                lines.sort();
                lines == both
            };
            assert!(person.polled(seen).await, "{:?}", person.lines(conversation).await);
        }
        assert!(!bob.conversation(with_ann).await.may_follow_timer);
        // The other device of who set it follows.
        assert!(
            other.polled(async || other.conversation(there).await.timer == Timer::AfterSend(43_200)).await
        );
        ann.done(Command::SetTimer { conversation: with_bob, timer: Timer::Off }).await;
        assert!(bob.polled(async || bob.conversation(with_ann).await.their_timer == Timer::Off).await);
        ann.say(with_bob, "stays").await;
        assert!(bob.polled(async || bob.lines(with_ann).await.contains(&"< stays".into())).await);
        assert_eq!(bob.message(with_ann, "< stays").await.expiry, None);
        let everyone = DeleteScope::Everyone;
        let notice = ann.message(with_bob, "= we set Off").await.id;
        let refused = ann.call(Command::Delete { messages: vec![notice], scope: everyone }).await;
        assert_eq!(refused, Err(Failure::NotAllowed));
    });
}

#[test]
fn requests_and_notes_have_their_rules() {
    on_this_thread(async {
        let (_network, config) = network().await;
        let (ann, bob) = (Person::named(&config, "Ann").await, Person::named(&config, "Bob").await);
        let with_bob = ann.open(&bob.account_id().await).await;
        ann.say(with_bob, "hello").await;
        let refused = ann.call(Command::SetTimer { conversation: with_bob, timer: DAY }).await;
        assert_eq!(refused, Err(Failure::NotAllowed), "a request");
        let note = ann.open(&ann.account_id().await).await;
        let reading = Command::SetTimer { conversation: note, timer: Timer::AfterRead(300) };
        assert_eq!(ann.call(reading).await, Err(Failure::NotAllowed));
        ann.done(Command::SetTimer { conversation: note, timer: Timer::AfterSend(2) }).await;
        ann.say(note, "short").await;
        assert!(until(async || ann.lines(note).await.is_empty()).await);
    });
}
