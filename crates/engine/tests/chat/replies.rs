//! Answers and reactions.

use sotto_api::{Author, Body, Command, ConversationId, Failure, MessageId, Page, Place, Reply};

use crate::{
    common::on_this_thread,
    people::{Person, friends, network},
};

const THUMB: &str = "👍🏽";

async fn reply(person: &Person, to: MessageId, text: &str) -> MessageId {
    let reply = person.call(Command::Reply { to, text: text.into() }).await;
    let Ok(Reply::Sent(id)) = reply else { panic!("{reply:?}") };
    id
}

async fn reactions(person: &Person, conversation: ConversationId, reads: &str) -> Vec<(String, u32, bool)> {
    let views = person.message(conversation, reads).await.reactions;
    views.into_iter().map(|view| (view.emoji, view.count, view.by_us)).collect()
}

#[test]
fn an_answer_names_its_original_on_both_sides_and_devices() {
    on_this_thread(async {
        let (_network, config) = network().await;
        let (ann, bob, with_bob, with_ann) = friends(&config).await;
        let hello = bob.message(with_ann, "< hello").await;
        reply(&bob, hello.id, "to you").await;
        assert!(ann.polled(async || ann.lines(with_bob).await.contains(&"< to you".into())).await);
        let answer = ann.message(with_bob, "< to you").await;
        let quote = answer.quote.unwrap();
        let original = ann.message(with_bob, "> hello").await;
        assert_eq!((quote.author, quote.sent_ms), (Some(Author::Us), original.sent_ms));
        let shown = quote.original.unwrap();
        assert_eq!((shown.id, shown.body), (original.id, Body::Text("hello".into())));

        // A third message answers the answer; a second device of its author sees it so as well.
        ann.settled().await;
        reply(&ann, answer.id, "and back").await;
        ann.settled().await;
        let other = ann.second_device().await;
        let there = other.open(&bob.account_id().await).await;
        assert!(other.polled(async || other.lines(there).await.contains(&"> and back".into())).await);
        let quote = other.message(there, "> and back").await.quote.unwrap();
        assert_eq!((quote.author, quote.sent_ms), (Some(Author::Them), answer.sent_ms));
        assert_eq!(quote.original.unwrap().body, Body::Text("to you".into()));

        // The original may go: the answer stays and says so.
        ann.done(Command::DeleteHere(original.id)).await;
        let ann = ann.after_power_cut().await;
        let quote = ann.message(with_bob, "< to you").await.quote.unwrap();
        assert_eq!((quote.author, quote.original), (Some(Author::Us), None));
        let accepted = ann.message(with_bob, "= they accepted").await.id;
        let refused = ann.call(Command::Reply { to: accepted, text: "no".into() }).await;
        assert_eq!(refused, Err(Failure::NotAllowed));
    });
}

#[test]
fn pages_jump_far() {
    on_this_thread(async {
        let (_network, config) = network().await;
        let ann = Person::named(&config, "Ann").await;
        let note = ann.open(&ann.account_id().await).await;
        for number in 0..30 {
            ann.say(note, &number.to_string()).await;
        }
        let fifth = ann.message(note, "> 5").await;
        let page = async |command| -> (Vec<String>, bool, bool) {
            let Ok(Reply::Messages(Page { messages, more, newer })) = ann.call(command).await else {
                panic!("no page")
            };
            (messages.iter().map(crate::people::line).collect(), more, newer)
        };
        let around = |place| Command::MessagesAround { conversation: note, place, limit: 4 };
        let expected = (["> 3", "> 4", "> 5", "> 6"].map(str::to_owned).to_vec(), true, true);
        assert_eq!(page(around(Place::Message(fifth.id))).await, expected);
        assert_eq!(page(around(Place::Time(fifth.sent_ms))).await, expected);
        let after = Command::MessagesAfter { conversation: note, after: fifth.id, limit: 2 };
        assert_eq!(page(after).await, (vec!["> 6".into(), "> 7".into()], true, true));
        let before = Command::Messages { conversation: note, before: Some(fifth.id), limit: 2 };
        assert_eq!(page(before).await, (vec!["> 3".into(), "> 4".into()], true, true));
        let unknown = ann.call(around(Place::Message(MessageId([9; 16])))).await;
        assert_eq!(unknown, Err(Failure::NotFound));
    });
}

#[test]
fn reactions_come_and_go_everywhere() {
    on_this_thread(async {
        let (_network, config) = network().await;
        let (ann, bob, with_bob, with_ann) = friends(&config).await;
        let react = |message, emoji: &str, add| Command::React { message, emoji: emoji.into(), add };
        let hello = bob.message(with_ann, "< hello").await.id;
        bob.done(react(hello, THUMB, true)).await;
        bob.done(react(hello, THUMB, true)).await;
        bob.done(react(hello, "🎉", true)).await;
        let expected = vec![(THUMB.to_owned(), 1, false), ("🎉".to_owned(), 1, false)];
        assert!(ann.polled(async || reactions(&ann, with_bob, "> hello").await == expected).await);
        let original = ann.message(with_bob, "> hello").await;
        assert_eq!(original.reactions[0].who, [bob.account_id().await]);
        ann.done(react(original.id, THUMB, true)).await;
        let both = vec![(THUMB.to_owned(), 2, true), ("🎉".to_owned(), 1, true)];
        assert!(bob.polled(async || reactions(&bob, with_ann, "< hello").await == both).await);
        bob.done(react(hello, "🎉", false)).await;
        let left = vec![(THUMB.to_owned(), 2, true)];
        assert!(ann.polled(async || reactions(&ann, with_bob, "> hello").await == left).await);
        assert_eq!(ann.conversation(with_bob).await.unread, bob_unread(&ann, with_bob).await);

        // Another device of either finds the same.
        let other = bob.second_device().await;
        let there = other.open(&ann.account_id().await).await;
        let restored = async || {
            other.lines(there).await.contains(&"< hello".into())
                && reactions(&other, there, "< hello").await == left
        };
        assert!(other.polled(restored).await);
        let ann = ann.after_power_cut().await;
        assert_eq!(reactions(&ann, with_bob, "> hello").await, left);
        assert_eq!(ann.network().await.set_aside, 0);
    });
}

async fn bob_unread(person: &Person, conversation: ConversationId) -> u32 {
    person.messages(conversation).await.iter().filter(|message| message.unread).count() as u32
}

#[test]
fn reactions_have_limits() {
    on_this_thread(async {
        let (_network, config) = network().await;
        let (ann, bob) = (Person::named(&config, "Ann").await, Person::named(&config, "Bob").await);
        let with_bob = ann.open(&bob.account_id().await).await;
        ann.say(with_bob, "hello").await;
        let with_ann = bob.open(&ann.account_id().await).await;
        bob.expect(with_ann, &["< hello"]).await;
        let react = |message, emoji: &str| Command::React { message, emoji: emoji.into(), add: true };
        let request = bob.message(with_ann, "< hello").await.id;
        assert_eq!(bob.call(react(request, THUMB)).await, Err(Failure::NotAllowed), "a request");
        ann.settled().await;
        let hello = ann.message(with_bob, "> hello").await.id;
        for bad in ["", "line\n", &"x".repeat(65)] {
            assert_eq!(ann.call(react(hello, bad)).await, Err(Failure::NotAllowed));
        }
        for number in 0..20 {
            ann.done(react(hello, &format!("e{number}"))).await;
        }
        assert_eq!(ann.call(react(hello, THUMB)).await, Err(Failure::TooOften));
    });
}
