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
use sotto_protocol::account::{AccountKeys, Seed};
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

criterion_group!(benches, messages, mnemonic, onion);
criterion_main!(benches);
