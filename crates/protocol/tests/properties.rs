//! What holds for any input: round trips, and decoders that never panic.

use getrandom::SysRng;
use proptest::collection::vec;
use proptest::prelude::*;
use rand_core::UnwrapErr;
use sotto_protocol::account::{AccountId, AccountKeys, Seed, cut_name, display_name, ed25519_to_x25519};
use sotto_protocol::bt::{self, Dict, Strictness, Value};
use sotto_protocol::content::{
    AttachmentPointer, Content, DataMessage, Kind, QuoteRef, React, ReactionAction, Timer, Unsend,
};
use sotto_protocol::message::{Envelope, open, open_base64, open_sealed, pad, seal, unpad};
use sotto_protocol::mnemonic::{
    check, complete, decode_words, encode_words, parse_recovery, to_bip39, to_hex, to_words,
};
use sotto_protocol::names::Name;

fn keys() -> impl Strategy<Value = AccountKeys> {
    any::<[u8; 16]>().prop_map(|seed| AccountKeys::derive(&Seed::new(seed)))
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![any::<i64>().prop_map(Value::Int), vec(any::<u8>(), 0..40).prop_map(Value::Bytes)];
    leaf.prop_recursive(5, 60, 8, |inner| {
        let entry = (vec(any::<u8>(), 0..6), inner.clone());
        let dict = vec(entry, 0..8).prop_map(|entries| {
            let fold = |dict: Dict, (key, value): (Vec<u8>, Value)| dict.with(key, value);
            Value::Dict(entries.into_iter().fold(Dict::new(), fold))
        });
        prop_oneof![vec(inner, 0..8).prop_map(Value::List), dict]
    })
}

fn timer() -> impl Strategy<Value = Timer> {
    prop_oneof![
        Just(Timer::Off),
        (1..=u32::MAX).prop_map(Timer::AfterRead),
        (1..=u32::MAX).prop_map(Timer::AfterSend)
    ]
}

fn content() -> impl Strategy<Value = Content> {
    let data = (".{0,80}", any::<Option<u64>>(), any::<bool>(), vec(any::<[u8; 32]>(), 0..3)).prop_map(
        |(body, quoted, reacts, files)| {
            let quote = quoted.map(|timestamp| QuoteRef { timestamp, author: "05".into() }.into());
            let react = || React {
                timestamp: 7,
                author: "05".into(),
                emoji: "😂".into(),
                action: ReactionAction::Remove,
            };
            let attachments = files
                .into_iter()
                .map(|key| AttachmentPointer { key: Some(key.into()), ..Default::default() });
            Kind::Data(Box::new(DataMessage {
                body: Some(body),
                quote,
                reaction: reacts.then(|| react().into()),
                attachments: attachments.collect(),
                ..DataMessage::default()
            }))
        },
    );
    let unsend = (any::<u64>(), "[0-9a-f]{0,66}")
        .prop_map(|(timestamp, author)| Kind::Unsend(Unsend { timestamp, author }));
    (prop_oneof![data, unsend], 1..=u64::MAX, timer())
        .prop_map(|(kind, timestamp, timer)| Content::new(kind, timestamp).with_timer(timer))
}

proptest! {
    #[test]
    fn keys_agree(seed: [u8; 16]) {
        let keys = AccountKeys::derive(&Seed::new(seed));
        prop_assert_eq!(ed25519_to_x25519(&keys.ed25519_public()), Ok(*keys.x25519_public()));
        let product = x25519_dalek::PublicKey::from(keys.x25519_secret());
        prop_assert_eq!(product.as_bytes(), keys.x25519_public());
        prop_assert_eq!(keys.id().to_string().parse(), Ok(keys.id()));
    }

    #[test]
    fn every_notation_restores_the_seed(bytes: [u8; 16]) {
        let seed = Seed::new(bytes);
        for form in [to_words(&seed), to_bip39(&seed), to_hex(&seed)] {
            prop_assert_eq!(parse_recovery(&form), Ok(Seed::new(bytes)));
            prop_assert_eq!(parse_recovery(&form.to_uppercase()), Ok(Seed::new(bytes)));
            prop_assert_eq!(check(&form).problem, None);
        }
    }

    #[test]
    fn words_round_trip(bytes in vec(any::<[u8; 4]>(), 1..20), checksum: bool) {
        let bytes = bytes.concat();
        let words = encode_words(&bytes, checksum);
        let read = decode_words(&words, checksum).unwrap();
        prop_assert_eq!(read.as_slice(), bytes.as_slice());
    }

    #[test]
    fn padding_round_trips(message in vec(any::<u8>(), 0..700)) {
        let padded = pad(&message);
        prop_assert_eq!(padded.len() % 160, 0);
        prop_assert!(padded.len() > message.len() && padded.len() <= message.len() + 161);
        prop_assert_eq!(unpad(&padded), message);
    }

    #[test]
    fn messages_round_trip(sender in keys(), recipient in keys(), content in content()) {
        let sealed = seal(&sender, &recipient.id(), &content, &mut UnwrapErr(SysRng)).unwrap();
        let opened = open(&recipient, &sealed).unwrap();
        prop_assert_eq!(opened.sender, sender.id());
        prop_assert_eq!(opened.timestamp, content.sig_timestamp.unwrap());
        prop_assert_eq!(opened.content, content);
        prop_assert!(opened.pro_sig.is_some());
        if sender.id() != recipient.id() {
            prop_assert!(open(&sender, &sealed).is_err());
        }
    }

    #[test]
    fn no_changed_message_opens(place: prop::sample::Index, bit in 0_u8..8) {
        let (sender, recipient) = (AccountKeys::derive(&Seed::new([1; 16])), AccountKeys::derive(&Seed::new([2; 16])));
        let unsend = Kind::Unsend(Unsend { timestamp: 1, author: sender.id().to_string() });
        let sealed = seal(&sender, &recipient.id(), &Content::new(unsend, 9), &mut UnwrapErr(SysRng)).unwrap();
        let envelope = Envelope::unwrap(&sealed).unwrap();
        let mut changed = envelope.clone();
        *place.get_mut(&mut changed.content) ^= 1_u8 << bit;
        let opened = open_sealed(&recipient, &changed.content);
        // Of the ephemeral key's 256 bits the last is ignored by X25519, but not by the nonce.
        prop_assert!(opened.is_err());
    }

    #[test]
    fn contents_round_trip(content in content()) {
        prop_assert_eq!(Content::from_bytes(&content.to_bytes()), Ok(content.clone()));
        prop_assert_eq!(content.kind().map(|kind| Content::new(kind, 1).kind()), Some(content.kind()));
    }

    #[test]
    fn bt_round_trips(value in value()) {
        let bytes = bt::encode(&value);
        prop_assert_eq!(bt::decode(&bytes), Ok(value.clone()));
        let longer = [bytes.as_slice(), b"rest"].concat();
        prop_assert_eq!(bt::decode_with(&longer, Strictness::Lenient), Ok((value, bytes.len())));
    }

    #[test]
    fn byte_decoders_never_panic(keys in keys(), bytes in vec(any::<u8>(), 0..2_000)) {
        let _ = bt::decode(&bytes);
        let _ = bt::decode_with(&bytes, Strictness::Lenient);
        let _ = Content::from_bytes(&bytes).map(|content| content.kind());
        let _ = open(&keys, &bytes);
        let _ = open_sealed(&keys, &bytes);
        let _ = Envelope::unwrap(&bytes);
        let _ = unpad(&bytes);
    }

    #[test]
    fn almost_bt_never_panics(text in "[idle0-9:e-]{0,60}") {
        if let Ok((value, _)) = bt::decode_with(text.as_bytes(), Strictness::Lenient) {
            prop_assert_eq!(bt::decode(&bt::encode(&value)), Ok(value));
        }
    }

    #[test]
    fn text_decoders_never_panic(text in "\\PC{0,200}") {
        let _ = check(&text);
        let _ = complete(&text, 8);
        let _ = AccountId::parse_contact(&text);
        let _ = Name::parse(&text);
        let _ = open_base64(&AccountKeys::derive(&Seed::new([1; 16])), &text);
        prop_assert!(cut_name(&text).is_none_or(|name| (1..=100).contains(&name.len())));
        if let Ok(name) = display_name(&text) {
            prop_assert_eq!(cut_name(&text), Some(name));
        }
    }
}
