//! With a message its files go, wherever they were on their way.

use sotto_api::{Command, DeleteScope, Event, Timer};

use sotto_engine::platform::Platform as _;

use crate::{
    common::on_this_thread,
    hands::{is_here, noise},
    people::{Person, friends, network, until},
};

#[test]
fn deleted_messages_take_their_files_along() {
    on_this_thread(async {
        let (_network, config) = network().await;
        let (ann, bob, with_bob, with_ann) = friends(&config).await;
        let bytes = noise(400_000);
        for scope in [DeleteScope::Here, DeleteScope::Everyone] {
            let message = ann.send_picture(with_bob, &bytes).await;
            bob.files_when(with_ann, is_here).await;
            ann.expect_all_sent(with_bob).await;
            assert_eq!(ann.parts().await, 2, "{scope:?}");
            ann.done(Command::Delete { messages: vec![message], scope }).await;
            assert_eq!(ann.parts().await, 0, "{scope:?}");
        }
        // Bob keeps what was only deleted at Ann's, and loses the other.
        assert!(bob.polled(async || bob.lines(with_ann).await.contains(&"< deleted".into())).await);
        assert_eq!(bob.parts().await, 2);
        bob.done(Command::ClearConversation { conversation: with_ann, swarm: false }).await;
        assert_eq!(bob.parts().await, 0);
        let cleared = bob.event(|event| matches!(event, Event::Cleared(id) if id == with_ann).then_some(()));
        cleared.await;

        // One that has not left yet.
        ann.machine.net().set_unplugged(true);
        let message = ann.send_picture(with_bob, &bytes).await;
        ann.done(Command::DeleteHere(message)).await;
        assert_eq!((ann.parts().await, ann.network().await.queued), (0, 0));
        ann.send_picture(with_bob, &bytes).await;
        ann.done(Command::DeleteConversation(with_bob)).await;
        assert_eq!((ann.parts().await, ann.network().await.queued), (0, 0));
        ann.event(|event| matches!(event, Event::Cleared(id) if id == with_bob).then_some(())).await;
    });
}

#[test]
fn disappearing_messages_take_their_files_along_even_while_closed() {
    on_this_thread(async {
        let (_network, config) = network().await;
        let (ann, bob, with_bob, with_ann) = friends(&config).await;
        ann.done(Command::SetTimer { conversation: with_bob, timer: Timer::AfterSend(43_200) }).await;
        ann.send_picture(with_bob, &noise(400_000)).await;
        bob.files_when(with_ann, is_here).await;
        ann.expect_all_sent(with_bob).await;
        let away = bob.store().inner();
        // While it runs.
        ann.machine.clock().set_ahead_ms(43_300_000);
        ann.machine.net().set_unplugged(true);
        drop(bob);
        let bob = Person::later(&config, away, 43_300_000).await;
        assert_eq!(bob.parts().await, 0, "gone before anybody looks");
        assert!(bob.filed(with_ann).await.is_none());
        let ann = Person::later(&config, ann.store().inner(), 43_300_000).await;
        assert!(until(async || ann.parts().await == 0).await);
    });
}
