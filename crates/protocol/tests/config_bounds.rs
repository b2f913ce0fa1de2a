//! Decoders of configs hold no more memory than their documentation says, for the inputs that cost most. One test alone
//! in its file: the allocator counts for the whole process.

#![allow(clippy::unwrap_used)]

use peak_alloc::PeakAlloc;
use sotto_protocol::account::{AccountKeys, Seed};
use sotto_protocol::bt::Dict;
use sotto_protocol::config::{
    Config, Contacts, Draft, Keys, MAX_UNPACKED, Message, Refusal, encrypt, merge, pack, pad, unpack,
};

#[global_allocator]
static ALLOCATOR: PeakAlloc = PeakAlloc;

/// What the allocator itself and the test may hold besides.
const SLACK: usize = 65_536;

const MIB: usize = 1 << 20;

/// Most bytes held at once while `decode` runs, beyond those held before.
fn held<T>(decode: impl FnOnce() -> T) -> usize {
    let before = ALLOCATOR.current_usage();
    ALLOCATOR.reset_peak_usage();
    drop(decode());
    ALLOCATOR.peak_usage() - before
}

fn message(data: &str, diff: &str) -> Vec<u8> {
    format!("d1:#i9e1:&d{data}e1:<le1:=d{diff}ee").into_bytes()
}

/// Keys in ascending order, four digits of base 26 each.
fn keys(count: usize) -> impl Iterator<Item = String> {
    let letter = |place: usize| char::from(b'a' + (place % 26) as u8);
    (0..count).map(move |n| [n / 17_576, n / 676, n / 26, n].map(letter).into_iter().collect())
}

#[test]
fn configs_stay_within_their_bounds() {
    let scalars: String = keys(40_000).map(|key| format!("4:{key}0:")).collect();
    let nested: String =
        keys(4_000).map(|key| format!("4:{key}{}0:{}", "d0:".repeat(40), "e".repeat(40))).collect();
    let singles: String = keys(40_000).map(|key| format!("4:{key}li1ee")).collect();
    let dicts: String = keys(40_000).map(|key| format!("4:{key}d0:0:e")).collect();
    let set = format!("1:al{}e", (0..90_000).map(|n| format!("i{n}e")).collect::<String>());
    let sets: String = keys(40_000).map(|key| format!("4:{key}llelee")).collect();
    for (data, diff) in [
        (&scalars, ""),
        (&nested, ""),
        (&singles, ""),
        (&dicts, ""),
        (&set, ""),
        (&String::new(), sets.as_str()),
    ] {
        let input = message(data, diff);
        assert!(Message::parse(&input, None).is_ok());
        let held = held(|| Message::parse(&input, None));
        assert!(held <= 32 * input.len() + SLACK, "{held} bytes for {} of input", input.len());
    }

    // A frame that says it is short, or nothing, and unpacks to much more.
    let bomb = pack(&vec![b'd'; MAX_UNPACKED]);
    assert!(bomb.len() < 20_000);
    let held_by = held(|| unpack(&bomb[1..]));
    assert!(held_by <= 4 * MAX_UNPACKED + SLACK, "{held_by}");
    let claims =
        [&0xfd2f_b528_u32.to_le_bytes()[..], &[0xc0, 0x78], &u64::MAX.to_le_bytes(), &[1, 0, 0]].concat();
    let held_by = held(|| unpack(&claims));
    assert!(held_by <= 2 * MIB, "{held_by}");

    // Many bombs in one merge.
    let account = AccountKeys::derive(&Seed::new([9; 16]));
    let key = account.signing_key().as_bytes();
    let stored = encrypt(key, "Contacts", &pad(&bomb)).unwrap();
    let mut config = Config::<Contacts>::new();
    let incoming = (0..3).map(|_| ("h", stored.as_slice()));
    let mut merged = None;
    let held_by = held(|| merged = Some(config.merge(&Keys::account(&account), incoming, 0)));
    assert!(held_by <= 6 * MAX_UNPACKED, "{held_by}");
    let refused = merged.unwrap().refused;
    assert_eq!(refused.len(), 3);
    assert!(refused.iter().any(|(_, refusal)| matches!(refusal, Refusal::Crowded)));

    // Merging holds a few times what the messages hold.
    let mut draft = Draft::following(Message::empty());
    draft.edit(&[b"c"], |all| {
        for key in keys(10_000) {
            all.insert(key.as_str(), Dict::new().with("n", "name").with("a", 1));
        }
    });
    let base = draft.finish(None);
    let side = |name: &str| {
        let mut draft = Draft::following(base.clone());
        draft.edit(&[], |data| drop(data.insert(name, 1)));
        draft.finish(None)
    };
    let (left, right) = (side("l"), side("r"));
    let length = left.as_bytes().len();
    let held_by = held(|| merge(&[&left, &right], true));
    assert!(held_by <= 16 * length, "{held_by} for {length}");
}
