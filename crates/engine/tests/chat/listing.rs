//! The state of the list.

use sotto_api::Command;

use crate::{
    common::on_this_thread,
    people::{Person, friends, network},
};

#[test]
fn pinned_muted_archived_and_marked_unread() {
    on_this_thread(async {
        let (_network, config) = network().await;
        let (ann, bob, with_bob, with_ann) = friends(&config).await;
        let note = ann.open(&ann.account_id().await).await;
        ann.say(note, "newest").await;
        let order =
            async |person: &Person| -> Vec<_> { person.list().await.iter().map(|view| view.id).collect() };
        assert_eq!(order(&ann).await, [note, with_bob]);
        ann.done(Command::Pin { conversation: with_bob, pinned: true }).await;
        ann.done(Command::Mute { conversation: with_bob, until_ms: u64::MAX }).await;
        ann.done(Command::MarkUnread(with_bob)).await;
        let ann = ann.after_power_cut().await;
        assert_eq!(order(&ann).await, [with_bob, note]);
        let view = ann.conversation(with_bob).await;
        assert_eq!((view.muted_until_ms, view.marked_unread, view.pinned), (u64::MAX, true, true));
        ann.done(Command::MarkRead(with_bob)).await;
        assert!(!ann.conversation(with_bob).await.marked_unread);

        ann.done(Command::Archive { conversation: with_bob, archived: true }).await;
        assert!(!ann.conversation(with_bob).await.pinned);
        bob.say(with_ann, "muted").await;
        assert!(ann.polled(async || ann.lines(with_bob).await.contains(&"< muted".into())).await);
        assert!(ann.conversation(with_bob).await.archived);
        ann.done(Command::Mute { conversation: with_bob, until_ms: 0 }).await;
        bob.say(with_ann, "heard").await;
        assert!(ann.polled(async || ann.lines(with_bob).await.contains(&"< heard".into())).await);
        assert!(!ann.conversation(with_bob).await.archived);
    });
}
