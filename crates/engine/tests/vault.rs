//! What somebody with a copy of the records learns, and how the vault opens.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that can not go on has failed"
)]

mod common;
mod people;

use base64::{Engine as _, engine::general_purpose};
use common::on_this_thread;
use people::{Person, network, until};
use sotto_api::{Command, Event, Failure, Lock, LockKind, Phase, Reply, Secret};
use sotto_engine::platform::{Platform as _, Store};

/// Every form in which a secret could show up.
fn forms(secret: &[u8]) -> Vec<Vec<u8>> {
    let hex = hex::encode(secret);
    let utf16: Vec<u8> = String::from_utf8_lossy(secret).encode_utf16().flat_map(u16::to_le_bytes).collect();
    let mut forms = vec![secret.to_vec(), hex.to_uppercase().into_bytes(), hex.into_bytes(), utf16];
    // Inside a longer text base64 begins at any of three places; the ends depend on the neighbours.
    for shift in 0..3 {
        let text = [&vec![0; shift][..], secret].concat();
        let encoded = general_purpose::STANDARD_NO_PAD.encode(&text);
        let inner = &encoded[shift + usize::from(shift > 0)..encoded.len().saturating_sub(2)];
        forms.push(inner.as_bytes().to_vec());
        forms.push(inner.replace('+', "-").replace('/', "_").into_bytes());
    }
    forms.retain(|form| form.len() >= 4);
    forms
}

#[test]
fn records_tell_nothing() {
    on_this_thread(async {
        let (_network, config) = network().await;
        let (ann, bob) = (Person::named(&config, "Annabel").await, Person::named(&config, "Robert").await);
        let (ann_id, bob_id) = (ann.account_id().await, bob.account_id().await);
        let with_bob = ann.open(&bob_id).await;
        ann.say(with_bob, "the secret plan").await;
        let with_ann = bob.open(&ann_id).await;
        bob.expect(with_ann, &["< the secret plan"]).await;
        bob.say(with_ann, "agreed, at noon").await;
        ann.expect(with_bob, &["> the secret plan", "= they accepted", "< agreed, at noon"]).await;
        ann.done(Command::SaveDraft { conversation: with_bob, text: "unfinished thought".into() }).await;
        assert!(until(async || ann.network().await.queued == 0).await);

        let Ok(Reply::RecoveryPassword(password)) = ann.call(Command::RecoveryPassword).await else {
            panic!()
        };
        let mut secrets: Vec<Vec<u8>> = Vec::new();
        for id in [&ann_id, &bob_id] {
            secrets.extend([
                id.clone().into_bytes(),
                hex::decode(id).unwrap(),
                hex::decode(&id[2..]).unwrap(),
            ]);
        }
        for text in ["Annabel", "Robert", "the secret plan", "agreed, at noon", "unfinished thought"] {
            secrets.push(text.into());
        }
        secrets.push(hex::decode(password.hex.expose()).unwrap());
        let words = [password.words.expose(), password.bip39.expose()];
        secrets.extend(words.iter().flat_map(|words| words.split(' ')).map(|word| word.as_bytes().to_vec()));
        let records = ann.store().scan(b"").await.unwrap();
        assert!(records.len() >= 8, "{}", records.len());
        for (key, value) in &records {
            for form in secrets.iter().flat_map(|secret| forms(secret)).filter(|form| form.len() >= 5) {
                let shows = |bytes: &[u8]| bytes.windows(form.len()).any(|window| window == form);
                assert!(!shows(key) && !shows(value), "{}", String::from_utf8_lossy(&form));
            }
        }
        let sealed = records.iter().filter(|(key, _)| key != b"unlock");
        for (key, value) in sealed {
            assert_eq!(key.len(), 32);
            assert_eq!(value[0], 1);
            let padded = value.len() - 1 - 24 - 16;
            assert!(padded >= 128 && padded % 16 == 0, "{padded}");
        }
    });
}

#[test]
fn requests_tell_nothing() {
    on_this_thread(async {
        let (_network, config) = network().await;
        let (ann, bob) = (Person::named(&config, "Annabel").await, Person::named(&config, "Robert").await);
        let (ann_id, bob_id) = (ann.account_id().await, bob.account_id().await);
        let with_bob = ann.open(&bob_id).await;
        ann.say(with_bob, "the secret plan").await;
        ann.expect_all_sent(with_bob).await;
        ann.done(Command::PollNow).await;
        let sent = ann.machine.net().sent();
        assert!(sent.iter().any(|(url, _)| url.ends_with("/onion_req/v2")));
        let keys = [&ann_id, &bob_id].map(|id| hex::decode(&id[2..]).unwrap());
        for (url, body) in &sent {
            assert!(url.ends_with("/onion_req/v2") || url.ends_with("/json_rpc"), "{url}");
            for form in
                keys.iter().map(Vec::as_slice).chain([&b"the secret plan"[..], b"Annabel"]).flat_map(forms)
            {
                let shows = |bytes: &[u8]| bytes.windows(form.len()).any(|window| window == form);
                assert!(!shows(url.as_bytes()) && !shows(body), "{}", String::from_utf8_lossy(&form));
            }
        }
    });
}

#[test]
fn the_search_finds_what_is_there() {
    let secret = b"the secret plan";
    for shift in 0..5 {
        let text = [&b"abcde"[..shift], secret, b"xyz"].concat();
        let encoded = general_purpose::STANDARD.encode(&text);
        assert!(
            forms(secret)
                .iter()
                .any(|form| encoded.as_bytes().windows(form.len()).any(|window| window == form))
        );
    }
}

#[test]
fn a_passphrase_opens_and_a_wrong_one_waits() {
    on_this_thread(async {
        let (_network, config) = network().await;
        let ann = Person::stranger(&config).await;
        let create = |passphrase: &str| Command::CreateAccount {
            display_name: "Ann".into(),
            lock: Lock::Passphrase(Secret::new(passphrase.into())),
        };
        assert_eq!(ann.call(create("seven77")).await, Err(Failure::PassphraseTooShort));
        ann.done(create("correct horse")).await;
        assert_eq!(ann.profile().await.lock, LockKind::Passphrase);
        let id = ann.account_id().await;
        ann.done(Command::LockNow).await;
        ann.event(|event| (event == Event::Phase(Phase::Locked(LockKind::Passphrase))).then_some(())).await;
        assert_eq!(ann.call(Command::Profile).await, Err(Failure::NotReady));

        let unlock = |text: &str| Command::Unlock(Secret::new(text.into()));
        for wait_ms in [0, 0, 1_000] {
            assert_eq!(ann.call(unlock("wrong")).await, Err(Failure::WrongPassphrase { wait_ms }));
        }
        let ann = ann.after_power_cut().await;
        assert_eq!(ann.call(Command::Phase).await, Ok(Reply::Phase(Phase::Locked(LockKind::Passphrase))));
        let early = ann.call(unlock("correct horse")).await;
        assert!(matches!(early, Err(Failure::WrongPassphrase { wait_ms: 1..=1_000 })), "{early:?}");
        ann.machine.clock().set_ahead_ms(5_000);
        ann.done(unlock("correct horse")).await;
        assert_eq!(ann.account_id().await, id);
    });
}

#[test]
fn a_browser_held_key_opens_by_itself_until_it_is_gone() {
    on_this_thread(async {
        let (_network, config) = network().await;
        let ann = Person::named(&config, "Ann").await;
        let ann = ann.after_power_cut().await;
        assert_eq!(ann.call(Command::Phase).await, Ok(Reply::Phase(Phase::Ready)));
        ann.done(Command::LockNow).await;
        ann.done(Command::Unlock(Secret::default())).await;
        assert_eq!(ann.profile().await.display_name, "Ann");
    });
}
