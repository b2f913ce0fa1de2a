//! Files go up and come out the same.

use sotto_api::{Body, Bytes, Command, Delivery, Failure, FileKind, FileProblem, FileState, NewFile, Reply};

use sotto_engine::platform::Platform as _;

use crate::{
    common::on_this_thread,
    hands::{is_here, noise, picture},
    people::{Person, friends, network, until},
};

#[test]
fn a_picture_arrives_as_it_was_sent() {
    on_this_thread(async {
        let (_network, config) = network().await;
        let (ann, bob, with_bob, with_ann) = friends(&config).await;
        let other = ann.second_device().await;
        let with_bob_there = other.open(&bob.account_id().await).await;
        let bytes = noise(700_000);
        let id = ann.attach(NewFile { preview: Bytes(vec![5; 90]), ..picture(bytes.len()) }, &bytes).await;
        let message = ann.send_files(with_bob, " look ", &[id]).await.unwrap();
        let (_, files) = bob.files_when(with_ann, is_here).await;
        let file = &files[0];
        assert_eq!((file.kind, file.name.as_str(), file.size), (FileKind::Image, "beach.jpg", 700_000));
        assert_eq!((file.dimensions, file.content_type.as_str()), (Some((640, 480)), "image/jpeg"));
        assert!(file.preview.0.is_empty(), "what the page made stays here");
        assert!(bob.read_file(file.id).await.unwrap() == bytes);
        assert_eq!(bob.lines(with_ann).await.last().unwrap(), "< look +1");

        ann.expect_all_sent(with_bob).await;
        let (ours, files) = ann.files_when(with_bob, is_here).await;
        assert_eq!((ours.id, files[0].id, files[0].preview.0.len()), (message, id, 90));
        // The other device of the sender has it, too, and both after a new start.
        let (_, there) = other.files_when(with_bob_there, is_here).await;
        assert!(other.read_file(there[0].id).await.unwrap() == bytes);
        let bob = bob.after_power_cut().await;
        assert!(bob.read_file(file.id).await.unwrap() == bytes);
        let last = bob.list().await[0].last.clone().unwrap();
        assert!(matches!(last.body, Body::Files { files, .. } if files.len() == 1));
    });
}

#[test]
fn several_files_keep_their_order_and_hold_up_what_follows() {
    on_this_thread(async {
        let (network, config) = network().await;
        let (ann, bob, with_bob, with_ann) = friends(&config).await;
        ann.settled().await;
        // The first tries fail: the text must not overtake.
        network.files().fail_next(6, 503);
        let sizes = [1, 0, 262_080, 262_081, 5_000];
        let mut ids = Vec::new();
        for size in sizes {
            let file =
                NewFile { name: format!("{size}.bin"), content_type: "text/html".into(), ..picture(size) };
            ids.push(ann.attach(file, &noise(size)).await);
        }
        ann.send_files(with_bob, "five", &ids).await.unwrap();
        ann.say(with_bob, "after").await;
        let there = bob.polled(async || bob.lines(with_ann).await.contains(&"< after".into())).await;
        assert!(there);
        let lines = bob.lines(with_ann).await;
        assert_eq!(lines[lines.len() - 2..], ["< five +5", "< after"]);
        let (_, files) = bob.files_when(with_ann, is_here).await;
        for (file, size) in files.iter().zip(sizes) {
            assert_eq!((file.name.as_str(), file.kind), (format!("{size}.bin").as_str(), FileKind::Other));
            assert!(bob.read_file(file.id).await.unwrap() == noise(size), "{size}");
        }
        ann.expect_all_sent(with_bob).await;
    });
}

#[test]
fn answers_note_to_self_and_quotes() {
    on_this_thread(async {
        let (_network, config) = network().await;
        let (ann, bob, with_bob, with_ann) = friends(&config).await;
        let note = ann.open(&ann.account_id().await).await;
        ann.send_picture(note, &noise(10)).await;
        ann.expect_all_sent(note).await;
        let to = ann.message(with_bob, "< hi").await.id;
        let id = ann.attach(picture(3), b"abc").await;
        let command =
            Command::SendFiles { conversation: with_bob, text: String::new(), files: vec![id], to: Some(to) };
        assert!(ann.call(command).await.is_ok());
        let (message, _) = bob.files_when(with_ann, is_here).await;
        assert_eq!(message.quote.unwrap().original.unwrap().body, Body::Text("hi".into()));
        let answer = Command::Reply { to: message.id, text: "nice".into() };
        assert!(bob.call(answer).await.is_ok());
        let seen = ann.polled(async || ann.lines(with_bob).await.contains(&"< nice".into())).await;
        assert!(seen);
        let original = ann.message(with_bob, "< nice").await.quote.unwrap().original.unwrap();
        assert!(matches!(original.body, Body::Files { files, .. } if files[0].kind == FileKind::Image));
    });
}

#[test]
fn what_can_not_be_sent_is_refused_before_anything_leaves() {
    on_this_thread(async {
        let (network, config) = network().await;
        let (ann, _bob, with_bob, _) = friends(&config).await;
        let problem = |problem| Err(Failure::File(problem));
        let large = NewFile { size: 10_000_001, ..picture(0) };
        assert_eq!(ann.call(Command::BeginFile(large)).await, problem(FileProblem::TooLarge));
        let preview = NewFile { preview: Bytes(vec![0; 9_000]), ..picture(0) };
        assert_eq!(ann.call(Command::BeginFile(preview)).await, problem(FileProblem::TooLarge));

        let Ok(Reply::File(id)) = ann.call(Command::BeginFile(picture(5))).await else { panic!() };
        let part = |bytes: &[u8]| Command::AddPart { file: id, bytes: Bytes(bytes.to_vec()) };
        assert_eq!(ann.send_files(with_bob, "", &[id]).await, Err(Failure::File(FileProblem::Incomplete)));
        assert_eq!(ann.read_file(id).await, Err(Failure::NotFound));
        for wrong in [&b"four"[..], b"sixsix", b""] {
            assert_eq!(ann.call(part(wrong)).await, problem(FileProblem::Incomplete));
        }
        ann.done(part(b"12345")).await;
        assert_eq!(ann.call(part(b"1")).await, problem(FileProblem::Incomplete));
        assert_eq!(ann.read_file(id).await.unwrap(), b"12345");
        assert_eq!(ann.send_files(with_bob, "", &[id, id]).await, Err(Failure::NotFound));
        assert_eq!(ann.send_files(with_bob, "", &[]).await, Err(Failure::EmptyMessage));
        let many = [id; 33];
        assert_eq!(ann.send_files(with_bob, "", &many).await, Err(Failure::File(FileProblem::TooMany)));
        let stranger = ann.open(&Person::named(&config, "Eve").await.account_id().await).await;
        assert_eq!(ann.send_files(stranger, "", &[id]).await, Err(Failure::NotAllowed));
        ann.done(Command::DropFile(id)).await;
        assert_eq!(ann.send_files(with_bob, "", &[id]).await, Err(Failure::NotFound));
        assert_eq!(network.files().sealed_requests(), 0);
        // What was begun and not sent is forgotten.
        let left = ann.attach(picture(100_000), &noise(100_000)).await;
        assert_eq!(ann.parts().await, 1);
        let ann = ann.after_power_cut().await;
        assert_eq!((ann.read_file(left).await, ann.parts().await), (Err(Failure::NotFound), 0));
    });
}

#[test]
fn a_server_that_fails_is_given_up_and_can_be_tried_again() {
    on_this_thread(async {
        let (network, config) = network().await;
        let (ann, bob, with_bob, with_ann) = friends(&config).await;
        ann.settled().await;
        network.files().fail_next(usize::MAX, 413);
        let message = ann.send_picture(with_bob, &noise(1_000)).await;
        let (failed, files) = ann.files_when(with_bob, |state| matches!(state, FileState::Failed(_))).await;
        assert_eq!(files[0].state, FileState::Failed(FileProblem::TooLarge));
        assert_eq!((failed.id, failed.delivery), (message, Some(Delivery::Failed)));
        // What comes after it goes on.
        ann.say(with_bob, "never mind").await;
        assert!(bob.polled(async || bob.lines(with_ann).await.contains(&"< never mind".into())).await);
        network.files().fail_next(0, 200);
        ann.done(Command::Retry(message)).await;
        let (_, files) = bob.files_when(with_ann, is_here).await;
        assert!(bob.read_file(files[0].id).await.unwrap() == noise(1_000));
        ann.expect_all_sent(with_bob).await;
    });
}

#[test]
fn an_upload_that_is_stopped_leaves_nothing_behind_on_its_way() {
    on_this_thread(async {
        let (_network, config) = network().await;
        let (ann, bob, with_bob, with_ann) = friends(&config).await;
        ann.settled().await;
        ann.machine.net().set_unplugged(true);
        let message = ann.send_picture(with_bob, &noise(100_000)).await;
        let file = ann.filed(with_bob).await.unwrap().1[0].id;
        ann.done(Command::CancelFile { message, file }).await;
        let (stopped, files) = ann.filed(with_bob).await.unwrap();
        assert_eq!(stopped.delivery, Some(Delivery::Failed));
        assert_eq!(files[0].state, FileState::Failed(FileProblem::Cancelled));
        ann.machine.net().set_unplugged(false);
        ann.done(Command::Online(true)).await;
        ann.say(with_bob, "text").await;
        assert!(bob.polled(async || bob.lines(with_ann).await.contains(&"< text".into())).await);
        assert!(bob.filed(with_ann).await.is_none());
        ann.done(Command::Retry(message)).await;
        bob.files_when(with_ann, is_here).await;
        assert!(until(async || ann.network().await.queued == 0).await);
    });
}
