//! The power goes before and after every single write of a scripted conversation. Whatever is lost, it is
//! neither a message nor its order, and nothing arrives twice.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that can not go on has failed"
)]

mod common;
mod people;

use common::on_this_thread;
use people::{Death, Person, friends, network, until};
use sotto_api::{Body, Command, ConversationId, DeleteScope, Reply, Timer};
use sotto_engine::NetworkConfig;

const OURS: [&str; 3] = ["one", "two", "three"];

/// Writes of the script without a crash, with some room.
const MAX_WRITES: u32 = 40;

#[test]
fn nothing_is_lost_or_doubled() {
    on_this_thread(async {
        let (_network, config) = network().await;
        let bob = Person::named(&config, "Bob").await;
        let mut crashes = 0;
        for write in 1..=MAX_WRITES {
            let before = script(&config, &bob, Death::Before(write)).await;
            let after = script(&config, &bob, Death::After(write)).await;
            crashes += u32::from(before) + u32::from(after);
            if !before && !after {
                break;
            }
        }
        assert!(crashes >= 20, "only {crashes} crashes: the script does not reach far enough");
    });
}

#[test]
fn a_restore_goes_on_after_a_power_cut() {
    on_this_thread(async {
        let (_network, config) = network().await;
        let (ann, bob) = (Person::named(&config, "Ann").await, Person::named(&config, "Bob").await);
        let (ann_id, bob_id) = (ann.account_id().await, bob.account_id().await);
        let (with_bob, with_ann) = (ann.open(&bob_id).await, bob.open(&ann_id).await);
        ann.say(with_bob, "one").await;
        bob.expect(with_ann, &["< one"]).await;
        bob.say(with_ann, "two").await;
        let all = ["> one", "= they accepted", "< two"];
        ann.expect(with_bob, &all).await;
        assert!(until(async || ann.network().await.queued == 0).await);
        let Ok(Reply::RecoveryPassword(password)) = ann.call(Command::RecoveryPassword).await else {
            panic!()
        };
        let restore = || Command::RestoreAccount {
            phrase: password.hex.clone(),
            display_name: None,
            lock: sotto_api::Lock::Browser,
        };
        for write in 1..=4 {
            for death in [Death::Before(write), Death::After(write)] {
                let mut device = Person::stranger(&config).await;
                device.store().die(death);
                let _ = device.try_call(restore()).await;
                loop {
                    if device.is_dead() {
                        device = device.after_power_cut().await;
                        let _ = device.call(restore()).await;
                    }
                    let id = device.open(&bob_id).await;
                    let there = until(async || device.is_dead() || device.lines(id).await == all).await;
                    assert!(there, "{death:?}: {:?}", device.lines(id).await);
                    if !device.is_dead() {
                        break;
                    }
                }
            }
        }
    });
}

/// Answers, reactions, timers and deletions, with the power going at every write.
#[test]
fn what_is_done_with_messages_is_done_once() {
    on_this_thread(async {
        let (_network, config) = network().await;
        let mut crashes = 0;
        for write in 1..=MAX_WRITES {
            let death = if write % 2 == 0 { Death::Before(write) } else { Death::After(write) };
            if !actions(&config, death).await {
                break;
            }
            crashes += 1;
        }
        assert!(crashes >= 8, "only {crashes} crashes: the script does not reach far enough");
    });
}

async fn actions(config: &NetworkConfig, death: Death) -> bool {
    let (ann, bob, with_bob, with_ann) = friends(config).await;
    ann.settled().await;
    let (ours, theirs) = (ann.message(with_bob, "> hello").await.id, ann.message(with_bob, "< hi").await.id);
    ann.store().die(death);
    let mut crashed = false;
    let has = async |ann: &Person, line: &str| ann.lines(with_bob).await.contains(&line.to_owned());

    let answer = Command::Reply { to: theirs, text: "answer".into() };
    let ann = act(ann, answer, async |ann| has(ann, "> answer").await, &mut crashed).await;
    let react = Command::React { message: theirs, emoji: "👍".into(), add: true };
    let ann = act(ann, react, async |_| false, &mut crashed).await;
    let timer = Command::SetTimer { conversation: with_bob, timer: Timer::AfterSend(86_400) };
    let ann = act(ann, timer, async |_| false, &mut crashed).await;
    let delete = Command::Delete { messages: vec![ours], scope: DeleteScope::Everyone };
    let mut ann = act(ann, delete, async |ann| !has(ann, "> hello").await, &mut crashed).await;

    loop {
        let arrived = until(async || {
            let _ = bob.call(Command::PollNow).await;
            ann.is_dead() || arrived(&bob, with_ann).await && ann.network().await.queued == 0
        });
        assert!(arrived.await, "{death:?}: {:?}", bob.lines(with_ann).await);
        if !ann.is_dead() {
            break;
        }
        (ann, crashed) = (ann.after_power_cut().await, true);
    }
    let mut lines = ann.lines(with_bob).await;
    if ann.is_dead() {
        // The power went at a write in the background, after everything had come.
        (ann, crashed) = (ann.after_power_cut().await, true);
        lines = ann.lines(with_bob).await;
    }
    let times = |line: &str| lines.iter().filter(|found| *found == line).count();
    assert_eq!(
        [times("> answer"), times("> deleted"), times("= we set AfterSend(86400)")],
        [1, 1, 1],
        "{death:?}"
    );
    crashed
}

/// Whether everything has come, each once.
async fn arrived(bob: &Person, with_ann: ConversationId) -> bool {
    let messages = bob.messages(with_ann).await;
    let mut lines: Vec<String> = messages.iter().map(people::line).collect();
    lines.sort();
    let all = ["< answer", "< deleted", "= they set AfterSend(86400)", "= we accepted", "> hi"];
    let reacted = messages.iter().any(|message| {
        message.body == Body::Text("hi".into()) && message.reactions.iter().map(|view| view.count).eq([1])
    });
    lines == all && reacted
}

/// Does something; when the power goes meanwhile, looks whether it was done, and does it again if not.
async fn act(
    mut ann: Person,
    command: Command,
    is_done: impl AsyncFn(&Person) -> bool,
    crashed: &mut bool,
) -> Person {
    while ann.try_call(command.clone()).await.is_none() {
        (ann, *crashed) = (ann.after_power_cut().await, true);
        if is_done(&ann).await {
            break;
        }
    }
    ann
}

/// Runs the script with one power cut. Gives back whether it came to that.
async fn script(config: &NetworkConfig, bob: &Person, death: Death) -> bool {
    let mut ann = Person::stranger(config).await;
    ann.store().die(death);
    let mut crashed = false;
    let create = Command::CreateAccount { display_name: "Ann".into(), lock: sotto_api::Lock::Browser };
    if ann.try_call(create.clone()).await.is_none() {
        (ann, crashed) = (ann.after_power_cut().await, true);
        // Whether it came to the account shows at the next start.
        let _ = ann.call(create).await;
    }
    let bob_id = bob.account_id().await;
    let with_ann = bob.open(&ann.account_id().await).await;

    for text in OURS {
        ann = say_once(ann, &bob_id, text, &mut crashed).await;
    }
    ann = hear(ann, bob, with_ann, &["< one", "< two", "< three"], &mut crashed).await;
    bob.say(with_ann, "reply").await;
    let with_bob = ann.open(&bob_id).await;
    let expected = ["> one", "> two", "> three", "= they accepted", "< reply"];
    loop {
        let reads = until(async || {
            let _ = ann.try_call(Command::PollNow).await;
            ann.is_dead() || ann.lines(with_bob).await == expected && ann.network().await.queued == 0
        });
        assert!(reads.await, "{death:?}: {:?}", ann.lines(with_bob).await);
        if !ann.is_dead() {
            break;
        }
        (ann, crashed) = (ann.after_power_cut().await, true);
    }
    assert_eq!(ann.lines(with_bob).await, expected, "{death:?}");
    let at_bob = ["< one", "< two", "< three", "= we accepted", "> reply"];
    bob.expect(with_ann, &at_bob).await;
    ann.expect_all_sent(with_bob).await;
    crashed
}

/// Sends a text; when the power goes meanwhile, looks whether it was kept, and types it again if not.
async fn say_once(mut ann: Person, bob_id: &str, text: &str, crashed: &mut bool) -> Person {
    let conversation = ann.open(bob_id).await;
    let command = Command::SendText { conversation, text: text.into() };
    match ann.try_call(command.clone()).await {
        Some(reply) => {
            assert!(matches!(reply, Ok(Reply::Sent(_))), "{reply:?}");
            return ann;
        }
        None => {
            (ann, *crashed) = (ann.after_power_cut().await, true);
            ann.open(bob_id).await;
        }
    }
    if !ann.lines(conversation).await.contains(&format!("> {text}")) {
        ann.say(conversation, text).await;
    }
    ann
}

/// Waits until Bob has heard everything; starts Ann again when her power went.
async fn hear(
    mut ann: Person,
    bob: &Person,
    with_ann: ConversationId,
    lines: &[&str],
    crashed: &mut bool,
) -> Person {
    loop {
        let heard = until(async || {
            let _ = bob.call(Command::PollNow).await;
            ann.is_dead() || bob.lines(with_ann).await == lines
        });
        assert!(heard.await, "{:?}", bob.lines(with_ann).await);
        if !ann.is_dead() {
            return ann;
        }
        (ann, *crashed) = (ann.after_power_cut().await, true);
    }
}
