//! Profile pictures travel with messages, to people who were let in.

use sotto_api::{Command, Failure, FileProblem};

use crate::{
    common::on_this_thread,
    hands::{noise, picture},
    people::{Person, friends, network, until},
};

impl Person {
    async fn set_picture(&self, bytes: &[u8]) {
        let file = self.attach(picture(bytes.len()), bytes).await;
        self.done(Command::SetPicture(file)).await;
    }
}

#[test]
fn a_picture_is_seen_changes_and_goes() {
    on_this_thread(async {
        let (_network, config) = network().await;
        let (ann, bob, with_bob, with_ann) = friends(&config).await;
        assert_eq!((ann.profile().await.picture, bob.conversation(with_ann).await.picture), (None, None));
        let mut before = None;
        for size in [70_000, 80_000] {
            ann.set_picture(&noise(size)).await;
            let own = ann.profile().await.picture.unwrap();
            assert!(ann.read_file(own).await.unwrap() == noise(size));
            assert_eq!(ann.parts().await, 1, "the one before is gone");
            ann.say(with_bob, "look at me").await;
            let changed = bob.polled(async || {
                let picture = bob.conversation(with_ann).await.picture;
                picture.is_some() && picture != before
            });
            assert!(changed.await);
            before = bob.conversation(with_ann).await.picture;
            assert!(bob.read_file(before.unwrap()).await.unwrap() == noise(size));
            assert_eq!(bob.parts().await, 1);
        }
        // It stays over a new start, and an old message brings nothing back.
        let bob = bob.after_power_cut().await;
        assert_eq!(bob.conversation(with_ann).await.picture, before);
        let ann = ann.after_power_cut().await;
        assert_eq!(ann.read_file(ann.profile().await.picture.unwrap()).await.unwrap().len(), 80_000);
        let note = ann.open(&ann.account_id().await).await;
        assert_eq!(ann.conversation(note).await.picture, ann.profile().await.picture);

        ann.done(Command::RemovePicture).await;
        assert_eq!((ann.profile().await.picture, ann.parts().await), (None, 0));
        ann.say(with_bob, "without").await;
        assert!(bob.polled(async || bob.conversation(with_ann).await.picture.is_none()).await);
        assert_eq!(bob.parts().await, 0);
    });
}

#[test]
fn pictures_of_strangers_are_not_asked_for() {
    on_this_thread(async {
        let (network, config) = network().await;
        let (ann, eve) = (Person::named(&config, "Ann").await, Person::named(&config, "Eve").await);
        eve.set_picture(&noise(1_000)).await;
        let asked = network.files().sealed_requests();
        let with_ann = eve.open(&ann.account_id().await).await;
        let with_eve = ann.open(&eve.account_id().await).await;
        eve.say(with_ann, "hello").await;
        ann.expect(with_eve, &["< hello"]).await;
        ann.done(Command::PollNow).await;
        let ann = ann.after_power_cut().await;
        ann.done(Command::PollNow).await;
        assert_eq!(
            (network.files().sealed_requests(), ann.conversation(with_eve).await.picture),
            (asked, None)
        );
        // Once she is let in, her picture comes without another message.
        ann.done(Command::Accept(with_eve)).await;
        assert!(until(async || ann.conversation(with_eve).await.picture.is_some()).await);
    });
}

#[test]
fn a_picture_that_can_not_be_is_refused_and_one_that_does_not_come_leaves_the_old() {
    on_this_thread(async {
        let (network, config) = network().await;
        let (ann, bob, with_bob, with_ann) = friends(&config).await;
        ann.settled().await;
        let large = noise(2_000_001);
        let file = ann.attach(picture(large.len()), &large).await;
        assert_eq!(ann.call(Command::SetPicture(file)).await, Err(Failure::File(FileProblem::TooLarge)));
        let empty = ann.attach(picture(0), b"").await;
        assert_eq!(ann.call(Command::SetPicture(empty)).await, Err(Failure::File(FileProblem::Incomplete)));
        ann.set_picture(&noise(900)).await;
        ann.say(with_bob, "one").await;
        assert!(bob.polled(async || bob.conversation(with_ann).await.picture.is_some()).await);
        let old = bob.conversation(with_ann).await.picture;
        ann.set_picture(&noise(901)).await;
        network.files().fail_next(usize::MAX, 404);
        ann.say(with_bob, "two").await;
        assert!(bob.polled(async || bob.lines(with_ann).await.contains(&"< two".into())).await);
        assert_eq!(bob.conversation(with_ann).await.picture, old);
        network.files().fail_next(0, 200);
        // Every next picture is tried.
        ann.set_picture(&noise(902)).await;
        ann.say(with_bob, "three").await;
        let newest = bob.polled(async || {
            let picture = bob.conversation(with_ann).await.picture.unwrap();
            bob.read_file(picture).await.is_ok_and(|bytes| bytes.len() == 902)
        });
        assert!(newest.await);
    });
}
