//! Search over everything held.

use sotto_api::{Author, Command, Reply, SearchResults};

use crate::{
    common::on_this_thread,
    people::{Person, friends, network, until},
};

async fn find(person: &Person, query: &str) -> SearchResults {
    let command = Command::Search { query: query.into(), conversation: None, limit: 50, before_ms: None };
    let reply = person.call(command).await;
    let Ok(Reply::Found(found)) = reply else { panic!("{reply:?}") };
    found
}

#[test]
fn names_and_messages_are_found_until_they_go() {
    on_this_thread(async {
        let (_network, config) = network().await;
        let (ann, bob, with_bob, with_ann) = friends(&config).await;
        let note = ann.open(&ann.account_id().await).await;
        ann.say(note, "Buy MILK 🥛 and coffee").await;
        bob.say(with_ann, "milk is out, coffee as well").await;
        assert!(ann.polled(async || ann.lines(with_bob).await.len() == 4).await);
        assert!(until(async || find(&ann, "milk").await.complete).await);
        let found = find(&ann, "milk coffee").await.messages;
        let mut places: Vec<_> = found.iter().map(|found| (found.conversation, found.author)).collect();
        places.sort_by_key(|(conversation, _)| *conversation != note);
        assert_eq!(places, [(note, Author::Us), (with_bob, Author::Them)]);
        let ours = found.iter().find(|found| found.conversation == note).unwrap();
        assert_eq!(
            (ours.snippet.as_str(), &ours.ranges[..]),
            ("Buy MILK 🥛 and coffee", &[(4, 8), (16, 22)][..])
        );
        let names = find(&ann, "bO").await.conversations;
        assert_eq!((names[0].id, &names[0].ranges[..]), (with_bob, &[(0, 2)][..]));
        let here =
            Command::Search { query: "milk".into(), conversation: Some(note), limit: 1, before_ms: None };
        let Ok(Reply::Found(page)) = ann.call(here).await else { panic!() };
        assert_eq!((page.messages.len(), page.more), (1, false));
        assert!(find(&ann, " ").await.messages.is_empty());

        // What comes and goes is followed.
        ann.say(note, "milk again").await;
        assert_eq!(find(&ann, "milk").await.messages.len(), 3);
        ann.done(Command::DeleteHere(ann.message(note, "> milk again").await.id)).await;
        ann.done(Command::DeleteConversation(with_bob)).await;
        assert_eq!(find(&ann, "milk").await.messages.len(), 1);
        assert!(find(&ann, "bob").await.conversations.is_empty());
    });
}
