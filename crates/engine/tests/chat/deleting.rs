//! Deleting: here, on the own devices, for everyone, and what a peer may not.

use std::rc::Rc;

use sotto_api::{Command, DeleteScope, Failure, Secret};
use sotto_engine::{
    network::{Network, StoreMessage},
    platform::{Clock as _, Platform as _},
    random::Random,
};
use sotto_protocol::{
    account::{AccountId, AccountKeys},
    content::{Content, Kind, Unsend},
    message, mnemonic,
};

use crate::{
    common::{Machine, on_this_thread},
    people::{Person, friends, network, until},
};

fn delete(messages: &[sotto_api::MessageId], scope: DeleteScope) -> Command {
    Command::Delete { messages: messages.to_vec(), scope }
}

#[test]
fn deleted_for_everyone_leaves_a_trace_and_nothing_else() {
    on_this_thread(async {
        let (network, config) = network().await;
        let (ann, bob, with_bob, with_ann) = friends(&config).await;
        ann.say(with_bob, "regretted").await;
        ann.say(with_bob, "kept").await;
        assert!(bob.polled(async || bob.lines(with_ann).await.contains(&"< kept".into())).await);
        let answer =
            Command::Reply { to: bob.message(with_ann, "< regretted").await.id, text: "really?".into() };
        assert!(bob.call(answer).await.is_ok());
        ann.expect_all_sent(with_bob).await;
        ann.settled().await;
        // The copy in the own swarm is known as well.
        let copied = async || {
            let id = ann.message(with_bob, "> regretted").await.id;
            let reply = ann.call(Command::MessageDetails(id)).await;
            matches!(reply, Ok(sotto_api::Reply::Details(details)) if !details.own_hash.is_empty())
        };
        assert!(until(copied).await);
        let id = ann.message(with_bob, "> regretted").await.id;
        let theirs = ann.message(with_bob, "< hi").await.id;
        assert_eq!(ann.call(delete(&[id, theirs], DeleteScope::Everyone)).await, Err(Failure::NotAllowed));
        assert!(ann.lines(with_bob).await.contains(&"> regretted".into()), "all or nothing");
        ann.done(delete(&[id], DeleteScope::Everyone)).await;
        assert!(!ann.lines(with_bob).await.contains(&"> regretted".into()));
        assert!(ann.lines(with_bob).await.contains(&"> deleted".into()));

        assert!(bob.polled(async || bob.lines(with_ann).await.contains(&"< deleted".into())).await);
        let quote = bob.message(with_ann, "> really?").await.quote.unwrap();
        assert_eq!(quote.original.unwrap().body, sotto_api::Body::Deleted);
        let react = Command::React {
            message: bob.message(with_ann, "< deleted").await.id,
            emoji: "x".into(),
            add: true,
        };
        assert_eq!(bob.call(react).await, Err(Failure::NotAllowed));

        // A new device of either finds neither the text nor a trace: the swarms have dropped it.
        drop(network);
        let bob = bob.after_power_cut().await;
        assert!(bob.lines(with_ann).await.contains(&"< deleted".into()));
    });
}

#[test]
fn swarms_drop_what_was_deleted_for_everyone() {
    on_this_thread(async {
        let (_network, config) = network().await;
        let (ann, bob, with_bob, with_ann) = friends(&config).await;
        ann.say(with_bob, "regretted").await;
        ann.say(with_bob, "kept").await;
        assert!(bob.polled(async || bob.lines(with_ann).await.contains(&"< kept".into())).await);
        ann.settled().await;
        let other = ann.second_device().await;
        let there = other.open(&bob.account_id().await).await;
        assert!(other.polled(async || other.lines(there).await.contains(&"> kept".into())).await);
        let id = ann.message(with_bob, "> regretted").await.id;
        ann.done(delete(&[id], DeleteScope::Everyone)).await;
        assert!(other.polled(async || other.lines(there).await.contains(&"> deleted".into())).await);
        assert!(bob.polled(async || bob.lines(with_ann).await.contains(&"< deleted".into())).await);
        // Both own swarms were told to drop it, which takes a moment: a new device then sees nothing of it.
        for (person, peer, newest) in [(&ann, &bob, "> kept"), (&bob, &ann, "< kept")] {
            let dropped = async || {
                let fresh = person.second_device().await;
                let there = fresh.open(&peer.account_id().await).await;
                assert!(fresh.polled(async || fresh.lines(there).await.contains(&newest.into())).await);
                let lines = fresh.lines(there).await;
                assert!(!lines.iter().any(|line| line.contains("regretted") && line.starts_with('=')));
                !lines.iter().any(|line| line.contains("regretted") || line.contains("deleted"))
            };
            assert!(until(dropped).await);
        }
    });
}

#[test]
fn a_peer_can_not_delete_what_others_wrote() {
    on_this_thread(async {
        let (_network, config) = network().await;
        let (ann, bob, with_bob, with_ann) = friends(&config).await;
        bob.settled().await;
        let ours = ann.message(with_bob, "> hello").await;
        let Ok(sotto_api::Reply::RecoveryPassword(password)) = bob.call(Command::RecoveryPassword).await
        else {
            panic!("no recovery password")
        };
        // Bob's hand-made client asks Ann to delete what Ann wrote, naming her and naming himself.
        let keys = keys_of(&password.words);
        let machine = Machine::new();
        let wire = Network::new(machine.clone(), Random::new(machine.clone()), config.clone(), None);
        let running = wire.clone();
        let runner = tokio::task::spawn_local(async move { running.run().await });
        let to: AccountId = ann.account_id().await.parse().unwrap();
        for author in [ann.account_id().await, bob.account_id().await] {
            let now_ms = machine.clock().now_ms();
            let unsend = Unsend { timestamp: ours.sent_ms, author };
            let content = Content::new(Kind::Unsend(unsend), now_ms);
            let data = message::seal(&keys, &to, &content, &mut Random::new(machine.clone())).unwrap();
            let stored = wire.store(&to, StoreMessage { data, timestamp_ms: now_ms, ttl_ms: 60_000 }).await;
            assert!(stored.is_ok());
        }
        bob.say(with_ann, "done").await;
        ann.expect(with_bob, &["> hello", "= they accepted", "< hi", "< done"]).await;
        ann.done(Command::PollNow).await;
        assert_eq!(ann.message(with_bob, "> hello").await.id, ours.id);
        runner.abort();
        drop(Rc::clone(&machine));
    });
}

fn keys_of(words: &Secret) -> AccountKeys {
    AccountKeys::derive(&mnemonic::parse_recovery(words.expose()).unwrap())
}

#[test]
fn notes_go_from_all_own_devices() {
    on_this_thread(async {
        let (_network, config) = network().await;
        let ann = Person::named(&config, "Ann").await;
        let note = ann.open(&ann.account_id().await).await;
        for text in ["milk", "bread", "eggs"] {
            ann.say(note, text).await;
        }
        ann.settled().await;
        let other = ann.second_device().await;
        let there = other.open(&ann.account_id().await).await;
        other.expect(there, &["> milk", "> bread", "> eggs"]).await;
        let gone = [ann.message(note, "> milk").await.id, ann.message(note, "> eggs").await.id];
        ann.done(delete(&gone, DeleteScope::MyDevices)).await;
        assert_eq!(ann.lines(note).await, ["> bread"]);
        assert_eq!(ann.list().await[0].last.as_ref().unwrap().body, sotto_api::Body::Text("bread".into()));
        other.expect(there, &["> bread"]).await;
        let last = other.conversation(there).await.last.unwrap();
        assert_eq!(last.body, sotto_api::Body::Text("bread".into()));
        ann.done(Command::PollNow).await;
        assert_eq!(ann.lines(note).await, ["> bread"]);
    });
}

#[test]
fn emptied_conversations_stay_and_fill_again() {
    on_this_thread(async {
        let (_network, config) = network().await;
        let (ann, bob, with_bob, with_ann) = friends(&config).await;
        ann.done(Command::ClearConversation { conversation: with_bob, swarm: true }).await;
        assert!(ann.lines(with_bob).await.is_empty());
        assert_eq!(ann.list().await.len(), 1);
        let ann = ann.after_power_cut().await;
        ann.done(Command::PollNow).await;
        assert!(ann.lines(with_bob).await.is_empty());
        assert_eq!(ann.list().await[0].last, None);
        bob.say(with_ann, "again").await;
        ann.expect(with_bob, &["< again"]).await;
        ann.done(Command::ClearAll).await;
        assert!(ann.lines(with_bob).await.is_empty());
        assert_eq!((ann.list().await.len(), ann.conversation(with_bob).await.unread), (1, 0));
    });
}
