//! Files come down: by themselves, at a press, or not at all.

use sotto_api::{Bytes, Command, Event, Failure, FileKind, FileProblem, FileState};
use sotto_protocol::{
    attachment::{legacy, stream},
    content::AttachmentPointer,
};

use sotto_engine::platform::Platform as _;

use crate::{
    common::on_this_thread,
    hands::{Client, bare_client, is_here, noise, send_pointers},
    people::{Person, friends, network},
};

/// Uploads bytes in the legacy scheme, under made-up keys.
async fn legacy(client: &Client, bytes: &[u8]) -> AttachmentPointer {
    let key = legacy::Key::from_slice(&[3; 64]).unwrap();
    let mut sealer = legacy::Sealer::new(&key, [4; 16], bytes.len(), legacy::Padding::Zeros).unwrap();
    sealer.update(bytes).unwrap();
    let sealed = sealer.finish().unwrap();
    let up = client.upload(sealed.blob, false, None).await.unwrap();
    AttachmentPointer {
        id: Some(0),
        content_type: Some("image/png".into()),
        key: Some(vec![3; 64]),
        size: Some(bytes.len() as u32),
        digest: Some(sealed.digest.to_vec()),
        url: Some(up.url.to_string()),
        ..AttachmentPointer::default()
    }
}

/// Uploads bytes in the stream scheme.
async fn streamed(client: &Client, bytes: &[u8]) -> AttachmentPointer {
    let mut derivation = stream::Derivation::new(&[1; 32], stream::Domain::Attachment).unwrap();
    derivation.update(bytes);
    let key = derivation.finish();
    let mut sealer = stream::Sealer::new(&key, bytes.len()).unwrap();
    sealer.update(bytes).unwrap();
    let up = client.upload(sealer.finish().unwrap(), true, None).await.unwrap();
    AttachmentPointer {
        content_type: Some("audio/mp4".into()),
        key: Some(key.as_bytes().to_vec()),
        size: Some(bytes.len() as u32),
        flags: Some(1),
        url: Some(up.url.to_string()),
        ..AttachmentPointer::default()
    }
}

#[test]
fn both_schemes_are_read_and_lies_are_not_believed() {
    on_this_thread(async {
        let (_network, config) = network().await;
        let (ann, bob, with_bob, _) = friends(&config).await;
        let client = bare_client(&config);
        let bytes = noise(300_000);
        let (old, new) = (legacy(&client, &bytes).await, streamed(&client, &bytes).await);
        let good = vec![
            old.clone(),
            new.clone(),
            // Lengths that are smaller than the truth, or not told.
            AttachmentPointer { size: Some(7), ..old.clone() },
            AttachmentPointer { size: Some(7), ..new.clone() },
        ];
        let to = ann.account_id().await;
        send_pointers(&client, &bob, &to, good).await;
        let (_, files) = ann.files_when(with_bob, is_here).await;
        assert_eq!([files[0].kind, files[1].kind], [FileKind::Image, FileKind::Voice]);
        for (file, len) in files.iter().zip([300_000, 300_000, 7, 300_000]) {
            assert!(ann.read_file(file.id).await.unwrap() == bytes[..len]);
            assert_eq!(file.size as usize, len);
        }
        assert_eq!(
            ann.call(Command::ReadFile { file: files[2].id, part: 1 }).await.unwrap(),
            sotto_api::Reply::Part(Bytes(Vec::new()))
        );

        let other_key = |pointer: &AttachmentPointer| {
            let mut key = pointer.key.clone().unwrap();
            key[0] ^= 1;
            AttachmentPointer { key: Some(key), ..pointer.clone() }
        };
        let url = |url: &str| AttachmentPointer { url: Some(url.into()), ..old.clone() };
        let gone = old.url.clone().unwrap().replace("/file/", "/file/gone");
        let bad = vec![
            AttachmentPointer { digest: Some(vec![0; 32]), ..old.clone() },
            AttachmentPointer { digest: None, ..old.clone() },
            AttachmentPointer { size: Some(400_000), ..old.clone() },
            AttachmentPointer { key: Some(vec![3; 63]), ..old.clone() },
            AttachmentPointer { key: Some(vec![3; 5_000]), ..new.clone() },
            AttachmentPointer { key: None, ..new.clone() },
            other_key(&old),
            other_key(&new),
            // The schemes taken for each other.
            AttachmentPointer { url: new.url.clone(), ..old.clone() },
            AttachmentPointer { url: old.url.clone(), ..new.clone() },
            AttachmentPointer { size: Some(u32::MAX), ..old.clone() },
            url("http://elsewhere.example/file/1"),
            url("file:///etc/passwd"),
            url(""),
            url(&gone),
        ];
        let expected: Vec<FileState> = [FileProblem::Broken; 10]
            .into_iter()
            .chain([FileProblem::TooLarge])
            .chain([FileProblem::UnknownServer; 3])
            .map(FileState::Failed)
            .chain([FileState::Gone])
            .collect();
        send_pointers(&client, &bob, &to, bad).await;
        let settled = |state| matches!(state, FileState::Failed(_) | FileState::Gone);
        let (message, files) = ann.files_when(with_bob, settled).await;
        let states: Vec<FileState> = files.iter().map(|file| file.state).collect();
        assert_eq!(states, expected);
        // A second try comes to the same.
        ann.done(Command::LoadFile { message: message.id, file: files[0].id }).await;
        assert_eq!(ann.file_event(files[0].id).await, FileState::Failed(FileProblem::Broken));
        assert_eq!(ann.read_file(files[0].id).await, Err(Failure::NotFound));
        client.shutdown();
    });
}

#[test]
fn names_and_numbers_of_strangers_are_made_harmless() {
    on_this_thread(async {
        let (_network, config) = network().await;
        let (ann, bob, with_bob, _) = friends(&config).await;
        let client = bare_client(&config);
        let pointer = AttachmentPointer {
            content_type: Some("IMAGE/SVG+xml; x=<script>".into()),
            file_name: Some("../\u{202e}gnp.\u{0}exe".into()),
            width: Some(u32::MAX),
            height: Some(1),
            ..AttachmentPointer::default()
        };
        let mut pointers = vec![pointer; 40];
        pointers[0].caption = Some("c".repeat(9_000));
        send_pointers(&client, &bob, &ann.account_id().await, pointers).await;
        let (_, files) = ann.files_when(with_bob, |state| matches!(state, FileState::Failed(_))).await;
        assert_eq!(files.len(), 32);
        assert_eq!((files[0].kind, files[0].name.as_str()), (FileKind::Other, "gnp.exe"));
        assert_eq!((files[0].dimensions, files[0].caption.len()), (None, 2_000));
        client.shutdown();
    });
}

#[test]
fn files_of_strangers_wait_to_be_asked_for() {
    on_this_thread(async {
        let (network, config) = network().await;
        let (ann, eve) = (Person::named(&config, "Ann").await, Person::named(&config, "Eve").await);
        let client = bare_client(&config);
        let bytes = noise(50_000);
        let pointer = legacy(&client, &bytes).await;
        let asked = network.files().sealed_requests();
        send_pointers(&client, &eve, &ann.account_id().await, vec![pointer]).await;
        let with_eve = ann.open(&eve.account_id().await).await;
        let (message, files) = ann.files_when(with_eve, |state| state == FileState::NotLoaded).await;
        // Nothing happens over further polls and a new start either.
        ann.done(Command::PollNow).await;
        let ann = ann.after_power_cut().await;
        ann.done(Command::PollNow).await;
        ann.done(Command::Accept(with_eve)).await;
        ann.settled().await;
        assert_eq!(network.files().sealed_requests(), asked);
        ann.done(Command::LoadFile { message: message.id, file: files[0].id }).await;
        assert_eq!(ann.file_event(files[0].id).await, FileState::Here);
        assert!(ann.read_file(files[0].id).await.unwrap() == bytes);
        assert_eq!(network.files().sealed_requests(), asked + 1);
        client.shutdown();
    });
}

#[test]
fn it_is_told_how_much_has_come() {
    on_this_thread(async {
        let (_network, config) = network().await;
        let (ann, bob, with_bob, with_ann) = friends(&config).await;
        bob.done(Command::SetAutoLoad { conversation: with_ann, load: false }).await;
        ann.send_picture(with_bob, &noise(1_000_000)).await;
        let (message, files) = bob.files_when(with_ann, |state| state == FileState::NotLoaded).await;
        bob.done(Command::LoadFile { message: message.id, file: files[0].id }).await;
        let far = bob.event(|event| match event {
            Event::File { state: FileState::Loading { done, total }, .. } if done > 0 => Some((done, total)),
            _ => None,
        });
        let (done, total) = far.await;
        assert!(done <= total && total > 1_000_000, "{done} of {total}");
        assert_eq!(bob.file_event(files[0].id).await, FileState::Here);
    });
}

#[test]
fn whoever_wants_to_be_asked_is_asked() {
    on_this_thread(async {
        let (network, config) = network().await;
        let (ann, bob, with_bob, with_ann) = friends(&config).await;
        assert!(bob.conversation(with_ann).await.auto_load);
        bob.done(Command::SetAutoLoad { conversation: with_ann, load: false }).await;
        ann.send_picture(with_bob, &noise(1_000)).await;
        let (message, files) = bob.files_when(with_ann, |state| state == FileState::NotLoaded).await;
        let file = files[0].id;
        // Away from the network it waits, and can be stopped.
        bob.machine.net().set_unplugged(true);
        bob.done(Command::LoadFile { message: message.id, file }).await;
        bob.done(Command::CancelFile { message: message.id, file }).await;
        assert_eq!(bob.file_event(file).await, FileState::NotLoaded);
        bob.machine.net().set_unplugged(false);
        bob.done(Command::Online(true)).await;
        // A server that fails for a while is asked again.
        network.files().fail_next(5, 503);
        bob.done(Command::LoadFile { message: message.id, file }).await;
        assert_eq!(bob.file_event(file).await, FileState::Here);
        let command = Command::DescribeFile {
            message: message.id,
            file,
            preview: Bytes(vec![1; 20]),
            duration_ms: Some(9),
            dimensions: Some((3, 4)),
        };
        bob.done(command).await;
        let bob = bob.after_power_cut().await;
        let (_, files) = bob.filed(with_ann).await.unwrap();
        assert_eq!(
            (files[0].preview.0.len(), files[0].duration_ms, files[0].dimensions),
            (20, Some(9), Some((3, 4)))
        );
        assert!(!bob.conversation(with_ann).await.auto_load);
    });
}
