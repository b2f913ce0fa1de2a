//! Speed of what happens for every message. Figures are recorded in BENCHMARKS.md, never asserted.
//!
//! ```text
//! cargo bench -p sotto-protocol --profile native
//! ```

#![allow(missing_docs, reason = "the macro makes a public function")]

use std::hint::black_box;

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use getrandom::SysRng;
use rand_core::{Rng, UnwrapErr};
use sotto_protocol::account::{AccountId, AccountKeys, Seed};
use sotto_protocol::config::{Config, Contact, Contacts, Keys, Picture};
use sotto_protocol::content::{Content, DataMessage, Kind};
use sotto_protocol::message::{open, seal};
use sotto_protocol::mnemonic::{parse_recovery, to_words};
use sotto_protocol::nodes::NodeId;
use sotto_protocol::onion::peel::Plain;
use sotto_protocol::onion::{Destination, Envelope, Hop, Next, NodeSecret, build};

fn messages(c: &mut Criterion) {
    let mut rng = UnwrapErr(SysRng);
    let alice = AccountKeys::derive(&Seed::make_random(&mut rng));
    let bob = AccountKeys::derive(&Seed::make_random(&mut rng));
    let body = Some("A message of ordinary length, as people write them all day.".to_owned());
    let data = DataMessage { body, ..DataMessage::default() };
    let content = Content::new(Kind::Data(Box::new(data)), 1_764_547_200_123);

    c.bench_function("message seal", |b| b.iter(|| seal(&alice, &bob.id(), black_box(&content), &mut rng)));
    let Ok(sealed) = seal(&alice, &bob.id(), &content, &mut rng) else { return };
    c.bench_function("message open", |b| b.iter(|| open(&bob, black_box(&sealed))));
}

fn mnemonic(c: &mut Criterion) {
    let words = to_words(&Seed::make_random(&mut UnwrapErr(SysRng)));
    c.bench_function("mnemonic restore to keys", |b| {
        b.iter(|| parse_recovery(black_box(&words)).map(|seed| AccountKeys::derive(&seed)));
    });
}

fn onion(c: &mut Criterion) {
    let mut rng = UnwrapErr(SysRng);
    let nodes: Vec<NodeSecret> = (0..4)
        .map(|_| {
            let mut secret = [0; 32];
            rng.fill_bytes(&mut secret);
            NodeSecret::from_bytes(secret)
        })
        .collect();
    let hops: Vec<Hop> =
        nodes.iter().map(|node| Hop { ed25519: NodeId([1; 32]), x25519: node.public() }).collect();
    let (path, destination) = (&hops[..3], Destination::Node(hops[3]));
    let payload = vec![b'x'; 1_024];

    c.bench_function("onion build, 3 hops, 1 KiB", |b| {
        b.iter(|| build::build(path, &destination, black_box(&payload), &mut rng));
    });

    let Ok(outgoing) = build::build(path, &destination, &payload, &mut rng) else { return };
    let mut layer = Envelope::parse(&outgoing.body);
    for node in &nodes {
        let Ok(peeled) = layer.and_then(|layer| layer.peel(node)) else { return };
        match peeled.next {
            Next::Node { ref envelope, .. } => layer = Ok(envelope.clone()),
            _ => {
                let answer = Plain { status: 200, body: &"y".repeat(1_024), is_json: false };
                let Ok(sealed) = peeled.seal_answer(answer, &mut rng) else { return };
                c.bench_function("onion answer open, 1 KiB", |b| {
                    b.iter_batched_ref(
                        || sealed.clone(),
                        |sealed| outgoing.answer.open_node(sealed),
                        BatchSize::SmallInput,
                    );
                });
                return;
            }
        }
    }
}

/// What a device does that finds another one's changes beside its own, with 500 contacts.
fn configs(c: &mut Criterion) {
    let mut rng = UnwrapErr(SysRng);
    let account = AccountKeys::derive(&Seed::make_random(&mut rng));
    let keys = Keys::account(&account);
    let ids: Vec<AccountId> = (0..500)
        .map(|_| {
            let mut key = [0; 32];
            rng.fill_bytes(&mut key);
            AccountId::from_x25519(key)
        })
        .collect();
    let mut ours = Config::<Contacts>::new();
    for (number, id) in ids.iter().enumerate() {
        let picture = Picture { url: format!("http://filev2.getsession.org/file/{number}"), key: [7; 32] };
        let contact = Contact {
            name: format!("Contact number {number}"),
            picture: Some(picture),
            approved: true,
            approved_me: true,
            created: 1_760_000_000,
            ..Contact::default()
        };
        ours.set_contact(id, &contact);
    }
    let Ok(push) = ours.push(&keys, 0) else { return };
    let all: Vec<(String, Vec<u8>)> = push
        .payloads
        .into_iter()
        .enumerate()
        .map(|(number, payload)| (number.to_string(), payload))
        .collect();
    ours.confirm_pushed(push.seqno, all.iter().map(|(hash, _)| hash.clone()));
    let mut theirs = ours.clone();
    ours.update_contact(&ids[1], 0, |contact| contact.nickname = "ours".to_owned());
    theirs.update_contact(&ids[2], 0, |contact| contact.nickname = "theirs".to_owned());
    let Ok(push) = theirs.push(&keys, 0) else { return };
    let incoming = || push.payloads.iter().map(|payload| ("theirs", payload.as_slice()));

    c.bench_function("config merge, 500 contacts, conflict", |b| {
        b.iter_batched_ref(|| ours.clone(), |ours| ours.merge(&keys, incoming(), 0), BatchSize::SmallInput);
    });
    let first = || all.iter().map(|(hash, payload)| (hash.as_str(), payload.as_slice()));
    c.bench_function("config restore, 500 contacts", |b| {
        b.iter(|| {
            let mut restored = Config::<Contacts>::new();
            restored.merge(&keys, first(), 0);
            restored.contacts().count()
        });
    });
    c.bench_function("config edit and push, 500 contacts", |b| {
        b.iter_batched_ref(
            || theirs.clone(),
            |config| {
                config.update_contact(&ids[3], 0, |contact| contact.blocked = true);
                config.push(&keys, 0)
            },
            BatchSize::SmallInput,
        );
    });
}

criterion_group!(benches, messages, mnemonic, onion, configs);
criterion_main!(benches);
