//! People talk over a whole network in this process.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that can not go on has failed"
)]

mod common;
mod people;

use std::{collections::BTreeSet, rc::Rc};

use common::on_this_thread;
use people::{Person, friends, network, until};
use sotto_api::{Acceptance, Command, Delivery, Event, Failure, Lock, Phase, Reply, Secret};
use sotto_engine::platform::{Platform as _, Store as _};
use sotto_network::{ErrorAnswer, Faults, Scope};

#[test]
fn request_accept_reply() {
    on_this_thread(async {
        let (_network, config) = network().await;
        let (ann, bob) = (Person::named(&config, "Ann").await, Person::named(&config, "Bob").await);
        let with_bob = ann.open(&bob.account_id().await.to_uppercase()).await;
        assert!(ann.list().await.is_empty(), "nothing is listed before it holds something");
        ann.say(with_bob, "  hello\n").await;
        assert_eq!(ann.conversation(with_bob).await.acceptance, Acceptance::OutgoingRequest);

        let with_ann = bob.open(&ann.account_id().await).await;
        bob.expect(with_ann, &["< hello"]).await;
        let request = bob.conversation(with_ann).await;
        assert_eq!((request.acceptance, request.unread), (Acceptance::IncomingRequest, 1));
        assert_eq!(request.name, "Ann");

        bob.done(Command::Accept(with_ann)).await;
        bob.done(Command::MarkRead(with_ann)).await;
        assert_eq!(bob.conversation(with_ann).await.unread, 0);
        ann.expect_acceptance(with_bob, Acceptance::Accepted).await;
        assert_eq!(ann.conversation(with_bob).await.name, "Bob");
        bob.say(with_ann, "hi").await;
        ann.expect(with_bob, &["> hello", "= they accepted", "< hi"]).await;
        bob.expect(with_ann, &["< hello", "= we accepted", "> hi"]).await;
        ann.expect_all_sent(with_bob).await;
        bob.expect_all_sent(with_ann).await;
        assert_eq!(ann.network().await.set_aside, 0);
    });
}

#[test]
fn messages_keep_the_order_in_which_they_were_written() {
    on_this_thread(async {
        let (_network, config) = network().await;
        let (ann, bob, with_bob, with_ann) = friends(&config).await;
        let texts: Vec<String> = (0..40).map(|number| format!("number {number}")).collect();
        // Each is written while those before it are still being stored.
        let ann = Rc::new(ann);
        let mut saying = Vec::new();
        for (number, text) in texts.iter().cloned().enumerate() {
            let ann = ann.clone();
            saying.push(tokio::task::spawn_local(async move { ann.say(with_bob, &text).await }));
            if number % 3 == 2 {
                tokio::task::yield_now().await;
            }
        }
        futures::future::join_all(saying).await;

        let numbered = |lines: Vec<String>, mark: &str| -> Vec<String> {
            lines.iter().filter_map(|line| line.strip_prefix(mark)).map(str::to_owned).collect()
        };
        ann.expect_all_sent(with_bob).await;
        assert_eq!(numbered(ann.lines(with_bob).await, "> ")[1..], texts);
        let arrived = async || {
            bob.done(Command::PollNow).await;
            numbered(bob.lines(with_ann).await, "< ").len() == texts.len() + 1
        };
        assert!(until(arrived).await);
        assert_eq!(numbered(bob.lines(with_ann).await, "< ")[1..], texts);
    });
}

#[test]
fn replying_accepts() {
    on_this_thread(async {
        let (_network, config) = network().await;
        let (ann, bob, with_bob, with_ann) = friends(&config).await;
        assert_eq!(bob.lines(with_ann).await, ["< hello", "= we accepted", "> hi"]);
        assert_eq!(ann.conversation(with_bob).await.acceptance, Acceptance::Accepted);
        assert_eq!(bob.conversation(with_ann).await.acceptance, Acceptance::Accepted);
    });
}

#[test]
fn history_comes_back_from_the_words() {
    on_this_thread(async {
        let (_network, config) = network().await;
        let (ann, bob, with_bob, with_ann) = friends(&config).await;
        let note = ann.open(&ann.account_id().await).await;
        ann.say(note, "milk").await;
        ann.expect_all_sent(note).await;
        assert!(until(async || ann.network().await.queued == 0).await);
        let other = ann.second_device().await;
        let progress = other.event(|event| match event {
            Event::Restore(progress) if progress.finished => Some(progress),
            _ => None,
        });
        let progress = progress.await;
        assert!(progress.swarm_found);
        assert_eq!((progress.conversations, progress.messages), (2, 4));
        let names: BTreeSet<_> = other.list().await.iter().map(|view| view.name.clone()).collect();
        assert_eq!(names, BTreeSet::from([String::new(), "Bob".into()]));
        assert_eq!(other.lines(with_bob).await.len(), 0, "identifiers belong to one vault");
        let with_bob_there = other.open(&bob.account_id().await).await;
        other.expect(with_bob_there, &["> hello", "= they accepted", "< hi"]).await;
        assert_eq!(other.conversation(with_bob_there).await.acceptance, Acceptance::Accepted);

        // From now on both devices see what either sends and what comes in.
        other.say(with_bob_there, "from the second").await;
        ann.expect(with_bob, &["> hello", "= they accepted", "< hi", "> from the second"]).await;
        ann.say(with_bob, "from the first").await;
        bob.expect(with_ann, &["< hello", "= we accepted", "> hi", "< from the second", "< from the first"])
            .await;
        let all = ["> hello", "= they accepted", "< hi", "> from the second", "> from the first"];
        ann.expect(with_bob, &all).await;
        other.expect(with_bob_there, &all).await;
        assert_eq!(ann.conversation(with_bob).await.unread, 0);
    });
}

#[test]
fn offline_and_back() {
    on_this_thread(async {
        let (_network, config) = network().await;
        let (ann, bob, with_bob, with_ann) = friends(&config).await;
        ann.machine.net().set_unplugged(true);
        ann.done(Command::Online(false)).await;
        for text in ["one", "two", "three"] {
            ann.say(with_bob, text).await;
        }
        assert_eq!(ann.network().await.queued, 3);
        assert_eq!(ann.call(Command::PollNow).await, Err(Failure::Network));
        let ann = ann.after_power_cut().await;
        assert_eq!(ann.lines(with_bob).await[3..], ["> one", "> two", "> three"]);
        bob.expect(with_ann, &["< hello", "= we accepted", "> hi", "< one", "< two", "< three"]).await;
        ann.expect_all_sent(with_bob).await;
    });
}

#[test]
fn what_the_network_refuses_fails_and_can_be_tried_again() {
    on_this_thread(async {
        let (network, config) = network().await;
        let (ann, bob, with_bob, with_ann) = friends(&config).await;
        ann.expect_all_sent(with_bob).await;
        assert!(until(async || ann.network().await.queued == 0).await);
        let refuse = Faults {
            scope: Scope::Clients,
            error_rate: 1.0,
            error: ErrorAnswer { status: 413, text: "Request body too large".into() },
            ..Faults::default()
        };
        network.nodes().iter().for_each(|node| node.set_faults(refuse.clone()));
        ann.say(with_bob, "too much").await;
        let failed = async || {
            let tried = ann.message(with_bob, "> too much").await;
            tried.delivery == Some(Delivery::Failed)
        };
        assert!(until(failed).await, "{:?}", ann.messages(with_bob).await);
        assert_eq!(ann.network().await.queued, 0, "the copy for the own devices goes with it");

        network.nodes().iter().for_each(|node| node.clear_faults());
        let id = ann.message(with_bob, "> too much").await.id;
        ann.done(Command::Retry(id)).await;
        ann.expect_all_sent(with_bob).await;
        assert_eq!(ann.call(Command::Retry(id)).await, Err(Failure::NotFound));
        bob.expect(with_ann, &["< hello", "= we accepted", "> hi", "< too much"]).await;
        assert_eq!(ann.lines(with_bob).await.len(), 4);
    });
}

#[test]
fn blocked_and_declined_people_are_not_heard() {
    on_this_thread(async {
        let (_network, config) = network().await;
        let (ann, bob, with_bob, with_ann) = friends(&config).await;
        bob.done(Command::Block(with_ann)).await;
        let refused = bob.call(Command::SendText { conversation: with_ann, text: "no".into() }).await;
        assert_eq!(refused, Err(Failure::Blocked));
        ann.say(with_bob, "unheard").await;
        ann.expect_all_sent(with_bob).await;
        let eve = Person::named(&config, "Eve").await;
        let from_eve = eve.open(&bob.account_id().await).await;
        eve.say(from_eve, "let me in").await;
        let with_eve = bob.open(&eve.account_id().await).await;
        bob.expect(with_eve, &["< let me in"]).await;
        assert_eq!(bob.lines(with_ann).await, ["< hello", "= we accepted", "> hi"]);

        bob.done(Command::DeclineAll).await;
        let listed: Vec<_> = bob.list().await.iter().map(|view| view.id).collect();
        assert_eq!(listed, [with_ann]);
        assert_eq!(bob.conversation(with_eve).await.acceptance, Acceptance::New);
        bob.done(Command::PollNow).await;
        assert!(bob.lines(with_eve).await.is_empty());
        eve.say(from_eve, "again").await;
        bob.expect(with_eve, &["< again"]).await;

        bob.done(Command::Unblock(with_ann)).await;
        ann.say(with_bob, "heard").await;
        bob.expect(with_ann, &["< hello", "= we accepted", "> hi", "< heard"]).await;
    });
}

#[test]
fn names_drafts_and_deletions_stay_here() {
    on_this_thread(async {
        let (_network, config) = network().await;
        let (ann, bob, with_bob, with_ann) = friends(&config).await;
        ann.done(Command::SetNickname { conversation: with_bob, nickname: " Bobby ".into() }).await;
        ann.done(Command::SaveDraft { conversation: with_bob, text: "half a".into() }).await;
        let view = ann.conversation(with_bob).await;
        assert_eq!(
            (view.name.as_str(), view.display_name.as_str(), view.draft.as_str()),
            ("Bobby", "Bob", "half a")
        );
        bob.done(Command::SetDisplayName("Robert".into())).await;
        bob.say(with_ann, "renamed").await;
        ann.expect(with_bob, &["> hello", "= they accepted", "< hi", "< renamed"]).await;
        assert_eq!(ann.conversation(with_bob).await.display_name, "Robert");

        let last = ann.messages(with_bob).await.pop().unwrap();
        ann.done(Command::DeleteHere(last.id)).await;
        ann.done(Command::PollNow).await;
        let ann = ann.after_power_cut().await;
        ann.done(Command::PollNow).await;
        assert_eq!(ann.lines(with_bob).await, ["> hello", "= they accepted", "< hi"]);
        assert_eq!(ann.conversation(with_bob).await.nickname, "Bobby");
        ann.done(Command::DeleteConversation(with_bob)).await;
        assert!(ann.list().await.is_empty());
        bob.say(with_ann, "still there?").await;
        ann.expect(with_bob, &["< still there?"]).await;
    });
}

#[test]
fn every_tab_sees_the_same_and_a_bad_command_says_why() {
    on_this_thread(async {
        let (_network, config) = network().await;
        let ann = Person::named(&config, "Ann").await;
        let (_second, mut events) = ann.engine.attach();
        let note = ann.open(&ann.account_id().await).await;
        ann.say(note, "seen by both").await;
        let found = async {
            while let Some(event) = futures::StreamExt::next(&mut events).await {
                if matches!(&event, Event::Message(message) if people::line(message) == "> seen by both") {
                    return true;
                }
            }
            false
        };
        assert!(found.await);

        let create = Command::CreateAccount { display_name: "B".into(), lock: Lock::Browser };
        assert_eq!(ann.call(create).await, Err(Failure::AlreadyExists));
        let too_long = Command::SendText { conversation: note, text: "x".repeat(2_001) };
        assert_eq!(ann.call(too_long).await, Err(Failure::MessageTooLong { chars: 2_001, limit: 2_000 }));
        let empty = Command::SendText { conversation: note, text: " \n".into() };
        assert_eq!(ann.call(empty).await, Err(Failure::EmptyMessage));
        let short = Command::OpenConversation { account_id: "05ab".into() };
        assert!(matches!(ann.call(short).await, Err(Failure::AccountId(_))));

        ann.done(Command::SignOut).await;
        assert_eq!(ann.call(Command::Phase).await, Ok(Reply::Phase(Phase::Empty)));
        assert_eq!(ann.call(Command::Profile).await, Err(Failure::NotReady));
        assert!(ann.store().scan(b"").await.unwrap().is_empty());
        let phrase = Secret::new("one two three".into());
        let restore = Command::RestoreAccount { phrase, display_name: None, lock: Lock::Browser };
        assert!(matches!(ann.call(restore).await, Err(Failure::Phrase(_))));
        let _keep = Rc::clone(&ann.engine);
    });
}
