//! The power goes at every write while a file goes up, and while it comes down.

use sotto_api::{Bytes, Command, ConversationId, Delivery, FileState, Reply};
use sotto_engine::NetworkConfig;

use crate::{
    common::on_this_thread,
    hands::{noise, picture},
    people::{Death, Person, friends, network, until},
};

/// Writes of the script without a crash, with some room.
const MAX_WRITES: u32 = 40;
/// Three parts.
const BYTES: usize = 600_000;

#[test]
fn a_file_arrives_once_whenever_the_power_goes() {
    on_this_thread(async {
        let (_network, config) = network().await;
        let (mut ann, bob, with_bob, with_ann) = friends(&config).await;
        let bytes = noise(BYTES);
        let mut crashes = 0;
        for write in 1..=MAX_WRITES {
            let death = if write % 2 == 0 { Death::Before(write) } else { Death::After(write) };
            ann.settled().await;
            ann.store().die(death);
            let crashed;
            (ann, crashed) = send(ann, &config, with_bob, &bytes).await;
            let mut loaded = Vec::new();
            let there = bob.polled(async || {
                loaded = here(&bob, with_ann).await;
                loaded.len() == write as usize
            });
            assert!(there.await, "{death:?}: {} files", loaded.len());
            let newest = *loaded.last().unwrap();
            assert!(bob.read_file(newest).await.unwrap() == bytes);
            assert_eq!(ann.parts().await, 3 * write as usize, "{death:?}: parts of nobody's file");
            crashes += u32::from(crashed);
            if !crashed {
                break;
            }
        }
        assert!(crashes >= 7, "only {crashes} crashes: the script does not reach far enough");
    });
}

/// Sends a file, again after a power cut until it is sent.
async fn send(mut ann: Person, _: &NetworkConfig, with_bob: ConversationId, bytes: &[u8]) -> (Person, bool) {
    let before = own(&ann, with_bob).await;
    let mut crashed = false;
    loop {
        if own(&ann, with_bob).await == before {
            let _cut = hand_over(&ann, with_bob, bytes).await;
        }
        let sent = until(async || {
            ann.is_dead() || {
                let messages = ann.messages(with_bob).await;
                let sent =
                    messages.iter().all(|message| matches!(message.delivery, None | Some(Delivery::Sent)));
                sent && own(&ann, with_bob).await > before && ann.network().await.queued == 0
            }
        });
        assert!(sent.await);
        if !ann.is_dead() {
            return (ann, crashed);
        }
        (ann, crashed) = (ann.after_power_cut().await, true);
    }
}

async fn hand_over(ann: &Person, conversation: ConversationId, bytes: &[u8]) -> Option<()> {
    let Ok(Reply::File(file)) = ann.try_call(Command::BeginFile(picture(bytes.len()))).await? else {
        panic!()
    };
    for part in bytes.chunks(sotto_api::FILE_PART_BYTES) {
        ann.try_call(Command::AddPart { file, bytes: Bytes(part.to_vec()) }).await?.unwrap();
    }
    let (text, files) = (String::new(), vec![file]);
    ann.try_call(Command::SendFiles { conversation, text, files, to: None }).await?.unwrap();
    Some(())
}

async fn own(ann: &Person, conversation: ConversationId) -> usize {
    let messages = ann.messages(conversation).await;
    messages.iter().filter(|message| message.delivery.is_some()).count()
}

/// The files that are here, oldest first.
async fn here(person: &Person, conversation: ConversationId) -> Vec<sotto_api::FileId> {
    let messages = person.messages(conversation).await;
    let files = messages.into_iter().filter_map(|message| match message.body {
        sotto_api::Body::Files { files, .. } => Some(files),
        _ => None,
    });
    files.flatten().filter(|file| file.state == FileState::Here).map(|file| file.id).collect()
}

#[test]
fn a_load_goes_on_after_a_power_cut() {
    on_this_thread(async {
        let (_network, config) = network().await;
        let (ann, mut bob, with_bob, with_ann) = friends(&config).await;
        let bytes = noise(BYTES);
        let mut crashes = 0;
        for write in 1..=MAX_WRITES {
            let death = if write % 2 == 0 { Death::Before(write) } else { Death::After(write) };
            bob.settled().await;
            ann.send_picture(with_bob, &bytes).await;
            ann.expect_all_sent(with_bob).await;
            bob.store().die(death);
            let mut crashed = false;
            loop {
                let loaded = until(async || {
                    let _ = bob.try_call(Command::PollNow).await;
                    bob.is_dead() || here(&bob, with_ann).await.len() == write as usize
                });
                assert!(loaded.await, "{death:?}");
                if !bob.is_dead() {
                    break;
                }
                (bob, crashed) = (bob.after_power_cut().await, true);
            }
            let newest = *here(&bob, with_ann).await.last().unwrap();
            assert!(bob.read_file(newest).await.unwrap() == bytes, "{death:?}");
            assert_eq!(bob.parts().await, 3 * write as usize, "{death:?}");
            crashes += u32::from(crashed);
            if !crashed {
                break;
            }
        }
        assert!(crashes >= 4, "only {crashes} crashes: the script does not reach far enough");
    });
}
