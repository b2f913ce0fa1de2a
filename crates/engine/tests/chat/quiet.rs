//! Read receipts and typing: only where both sides switched them on.

use sotto_api::{Command, ConversationId, Delivery, MAX_EMOJI_BYTES, MAX_RECENT_EMOJI, Reply, Settings};
use sotto_engine::platform::Platform as _;

use crate::{
    common::on_this_thread,
    people::{Person, friends, network, until},
};

fn on() -> Settings {
    Settings { read_receipts: true, typing: true, ..Settings::default() }
}

async fn read(person: &Person, conversation: ConversationId) -> usize {
    let messages = person.messages(conversation).await;
    messages.iter().filter(|message| message.delivery == Some(Delivery::Read)).count()
}

#[test]
fn receipts_travel_only_when_both_want_them() {
    on_this_thread(async {
        let (_network, config) = network().await;
        let (ann, bob, with_bob, with_ann) = friends(&config).await;
        assert_eq!(ann.call(Command::Settings).await, Ok(Reply::Settings(Settings::default())));
        ann.done(Command::SetSettings(on())).await;
        ann.say(with_bob, "one").await;
        assert!(bob.polled(async || bob.lines(with_ann).await.contains(&"< one".into())).await);
        // Bob has them off: reading tells nothing.
        bob.done(Command::MarkRead(with_ann)).await;
        bob.done(Command::SetSettings(on())).await;
        for text in ["two", "three"] {
            ann.say(with_bob, text).await;
        }
        assert!(bob.polled(async || bob.lines(with_ann).await.contains(&"< three".into())).await);
        let before = bob.machine.net().sent().len();
        bob.done(Command::MarkRead(with_ann)).await;
        assert!(ann.polled(async || read(&ann, with_bob).await >= 2).await);
        assert!(bob.machine.net().sent().len() > before);
        assert_eq!(read(&ann, with_bob).await, 2, "one was read while receipts were off");
        let state = ann.message(with_bob, "> one").await.delivery;
        assert_eq!(state, Some(Delivery::Sent));
        let ann = ann.after_power_cut().await;
        assert_eq!(read(&ann, with_bob).await, 2);

        // Ann switches them off: she hears of no more.
        ann.done(Command::SetSettings(Settings::default())).await;
        ann.say(with_bob, "four").await;
        assert!(bob.polled(async || bob.lines(with_ann).await.contains(&"< four".into())).await);
        bob.done(Command::MarkRead(with_ann)).await;
        bob.say(with_ann, "after the receipt").await;
        assert!(ann.polled(async || ann.lines(with_bob).await.contains(&"< after the receipt".into())).await);
        ann.done(Command::PollNow).await;
        assert_eq!(read(&ann, with_bob).await, 2);
    });
}

#[test]
fn typing_is_seen_and_ends() {
    on_this_thread(async {
        let (_network, config) = network().await;
        let (ann, bob, with_bob, with_ann) = friends(&config).await;
        let typing = |typing| Command::Typing { conversation: with_bob, typing };
        ann.done(typing(true)).await;
        for person in [&ann, &bob] {
            person.done(Command::SetSettings(on())).await;
        }
        bob.done(Command::PollNow).await;
        assert!(!bob.conversation(with_ann).await.typing, "typed while it was off");
        ann.done(typing(true)).await;
        ann.done(typing(true)).await;
        assert!(bob.polled(async || bob.conversation(with_ann).await.typing).await);
        ann.done(typing(false)).await;
        assert!(bob.polled(async || !bob.conversation(with_ann).await.typing).await);
        // A message ends it as well, and so does a long silence.
        ann.done(typing(true)).await;
        assert!(bob.polled(async || bob.conversation(with_ann).await.typing).await);
        ann.say(with_bob, "typed").await;
        assert!(bob.polled(async || bob.lines(with_ann).await.contains(&"< typed".into())).await);
        assert!(!bob.conversation(with_ann).await.typing);
        ann.done(typing(true)).await;
        assert!(bob.polled(async || bob.conversation(with_ann).await.typing).await);
        bob.done(Command::SetSettings(Settings::default())).await;
        assert!(!bob.conversation(with_ann).await.typing);
        bob.done(Command::SetSettings(on())).await;
        assert!(until(async || !bob.conversation(with_ann).await.typing).await);
    });
}

#[test]
fn emoji_used_lately_are_kept_within_limits() {
    on_this_thread(async {
        let (_network, config) = network().await;
        let (ann, ..) = friends(&config).await;
        let faces: Vec<String> = (0..40).map(|number| format!("face {number}")).collect();
        let mut chosen = on();
        chosen.recent_emoji = ["", &"x".repeat(MAX_EMOJI_BYTES + 1)].map(str::to_owned).into();
        chosen.recent_emoji.extend(faces.clone());
        chosen.skin_tone = 200;
        ann.done(Command::SetSettings(chosen)).await;
        let ann = ann.after_power_cut().await;
        let kept = Settings { recent_emoji: faces[..MAX_RECENT_EMOJI].into(), skin_tone: 5, ..on() };
        assert_eq!(ann.call(Command::Settings).await, Ok(Reply::Settings(kept)));
    });
}
