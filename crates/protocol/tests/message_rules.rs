//! Rules of messages that no vector shows: limits, lenient reading, every refusal that is left.

#![allow(clippy::unwrap_used)]

use curve25519_dalek::constants::{ED25519_BASEPOINT_POINT, EIGHT_TORSION};
use curve25519_dalek::edwards::CompressedEdwardsY;
use getrandom::SysRng;
use rand_core::UnwrapErr;
use sotto_protocol::account::{AccountId, AccountKeys, Seed};
use sotto_protocol::content::{
    CallStep, Content, DataMessage, Kind, MAX_ATTACHMENTS, MAX_BODY_CHARS, ReadReceipt, Timer, Typing,
    TypingAction,
};
use sotto_protocol::message::{
    Envelope, MAX_CONTENT, MAX_DATA, OpenError, SealError, decoy_pro_sig, open, open_base64, seal,
    seal_deterministic,
};

fn keys(seed: u8) -> AccountKeys {
    AccountKeys::derive(&Seed::new([seed; 16]))
}

fn rng() -> UnwrapErr<SysRng> {
    UnwrapErr(SysRng)
}

fn text_of(length: usize) -> Content {
    let data = DataMessage { body: Some("x".repeat(length)), ..DataMessage::default() };
    Content::new(Kind::Data(Box::new(data)), 1_764_547_200_123)
}

#[test]
fn longest_content_just_fits_into_a_node() {
    let overhead = text_of(MAX_CONTENT).to_bytes().len() - MAX_CONTENT;
    let content = text_of(MAX_CONTENT - overhead);
    assert_eq!(content.to_bytes().len(), MAX_CONTENT);
    let sealed = seal(&keys(1), &keys(2).id(), &content, &mut rng()).unwrap();
    assert_eq!(sealed.len(), 76_721);
    assert!(sealed.len() <= MAX_DATA);

    let content = text_of(MAX_CONTENT - overhead + 1);
    let refused = seal(&keys(1), &keys(2).id(), &content, &mut rng());
    assert_eq!(refused, Err(SealError::TooLarge(MAX_CONTENT + 1)));
}

#[test]
fn empty_content_has_the_documented_length() {
    let content = Content { sig_timestamp: Some(1_764_547_200_123), ..Content::default() };
    assert_eq!(seal(&keys(1), &keys(2).id(), &content, &mut rng()).unwrap().len(), 398);
}

#[test]
fn sent_time_is_required() {
    for sig_timestamp in [None, Some(0)] {
        let content = Content { sig_timestamp, ..Content::default() };
        assert_eq!(seal(&keys(1), &keys(2).id(), &content, &mut rng()), Err(SealError::NoTimestamp));
    }
}

#[test]
fn degenerate_recipient_is_refused() {
    let nobody = AccountId::from_x25519([0; 32]);
    assert_eq!(seal(&keys(1), &nobody, &text_of(1), &mut rng()), Err(SealError::Recipient));
}

#[test]
fn every_sealing_differs_and_the_deterministic_one_does_not() {
    let (alice, bob) = (keys(1), keys(2));
    let seal = || seal(&alice, &bob.id(), &text_of(5), &mut rng()).unwrap();
    assert_ne!(seal(), seal());
    let deterministic = |message| seal_deterministic(&alice, bob.x25519_public(), message);
    assert_eq!(deterministic(b"same"), deterministic(b"same"));
    assert_ne!(deterministic(b"same"), deterministic(b"sane"));
}

#[test]
fn decoy_is_a_point_and_a_reduced_scalar() {
    let decoy = decoy_pro_sig(&mut rng());
    let (point, scalar) = decoy.split_first_chunk::<32>().unwrap();
    assert!(CompressedEdwardsY(*point).decompress().is_some_and(|point| point.is_torsion_free()));
    let scalar = <[u8; 32]>::try_from(scalar).unwrap();
    assert!(bool::from(curve25519_dalek::Scalar::from_canonical_bytes(scalar).is_some()));
    assert_ne!(decoy, decoy_pro_sig(&mut rng()));
}

#[test]
fn outer_refusals() {
    let bob = keys(2);
    assert_eq!(open_base64(&bob, "not base64!"), Err(OpenError::Base64));
    assert_eq!(open(&bob, &vec![8; MAX_DATA + 1]), Err(OpenError::TooLarge(MAX_DATA + 1)));
    assert!(matches!(open_base64(&bob, &"A".repeat(200_000)), Err(OpenError::TooLarge(_))));
    assert_eq!(open(&bob, &[0, 1, 2]), Err(OpenError::ProtocolV2));
    assert_eq!(open(&bob, &[]), Err(OpenError::NoRequest));
    // Wrapper { request { body: … } } around a body that is no envelope, and around one without a timestamp.
    assert_eq!(open(&bob, &[0x12, 3, 0x1a, 1, 0xff]), Err(OpenError::Envelope));
    assert_eq!(open(&bob, &[0x12, 4, 0x1a, 2, 0x08, 6]), Err(OpenError::NoTimestamp));
    let short = Envelope { timestamp: 1, content: vec![0; 143], pro_sig: None }.wrap();
    assert_eq!(open(&bob, &short), Err(OpenError::TooShort(143)));
}

#[test]
fn timestamp_outside_must_be_the_signed_one() {
    let (alice, bob) = (keys(1), keys(2));
    let sealed = seal(&alice, &bob.id(), &text_of(3), &mut rng()).unwrap();
    let mut envelope = Envelope::unwrap(&sealed).unwrap();
    let signed = envelope.timestamp;
    envelope.timestamp += 1;
    let expected = OpenError::TimestampMismatch { signed, envelope: signed + 1 };
    assert_eq!(open(&bob, &envelope.wrap()), Err(expected));
}

#[test]
fn mixed_order_points_do_not_convert() {
    // A signature can verify under such a key, so the conversion is a check of its own.
    let mixed = (ED25519_BASEPOINT_POINT + EIGHT_TORSION[1]).compress().to_bytes();
    assert!(ed25519_dalek::VerifyingKey::from_bytes(&mixed).is_ok_and(|key| !key.is_weak()));
    assert!(sotto_protocol::account::ed25519_to_x25519(&mixed).is_err());
}

#[test]
fn first_complete_kind_counts() {
    let typing = Typing { timestamp: 5, action: TypingAction::Stopped };
    let mut content = Content::new(Kind::Typing(typing), 5);
    content.message_request_response = Some(Default::default());
    assert_eq!(content.kind(), Some(Kind::Typing(typing)));
    // A receipt comes before it, but not one of a type that is not used.
    content.receipt_message =
        Some(sotto_protocol::content::proto::ReceiptMessage { r#type: Some(0), timestamp: vec![1] });
    assert_eq!(content.kind(), Some(Kind::Typing(typing)));
    let receipt = ReadReceipt { timestamps: vec![1] };
    content.receipt_message = Some(receipt.clone().into());
    assert_eq!(content.kind(), Some(Kind::Receipt(receipt)));
    content.data_message = Some(Box::default());
    assert!(matches!(content.kind(), Some(Kind::Data(_))));
}

#[test]
fn incomplete_kinds_are_absent() {
    // typingMessage { timestamp: 5, action: 9 }, callMessage { type: 1 }, unsendRequest { timestamp: 1 }.
    for bytes in [&[0x32, 4, 8, 5, 0x10, 9][..], &[0x1a, 2, 8, 1], &[0x4a, 2, 8, 1], &[]] {
        assert_eq!(Content::from_bytes(bytes).unwrap().kind(), None, "{bytes:?}");
    }
}

#[test]
fn repeated_scalars_are_read_in_both_forms() {
    let unpacked = [0x2a, 6, 8, 1, 0x10, 3, 0x10, 4];
    let packed = [0x2a, 6, 8, 1, 0x12, 2, 3, 4];
    let read = Content::from_bytes(&packed).unwrap();
    assert_eq!(read.kind(), Some(Kind::Receipt(ReadReceipt { timestamps: vec![3, 4] })));
    assert_eq!(read, Content::from_bytes(&unpacked).unwrap());
    assert_eq!(read.to_bytes(), unpacked);
}

#[test]
fn all_call_steps_are_known() {
    let step = |number| match Content::from_bytes(&[0x1a, 5, 8, number, 0x2a, 1, b'u']).unwrap().kind() {
        Some(Kind::Call(call)) => Some(call.step),
        _ => None,
    };
    let steps = [
        None,
        Some(CallStep::Offer),
        Some(CallStep::Answer),
        Some(CallStep::ProvisionalAnswer),
        Some(CallStep::IceCandidates),
        Some(CallStep::EndCall),
        Some(CallStep::PreOffer),
        None,
    ];
    assert_eq!([0, 1, 2, 3, 4, 5, 6, 7].map(step), steps);
}

#[test]
fn too_much_is_cut_off() {
    let data = DataMessage {
        body: Some("é".repeat(MAX_BODY_CHARS + 1)),
        attachments: vec![Default::default(); MAX_ATTACHMENTS + 1],
        ..DataMessage::default()
    };
    let bytes = Content::new(Kind::Data(Box::new(data)), 1).to_bytes();
    let Some(Kind::Data(data)) = Content::from_bytes(&bytes).unwrap().kind() else { unreachable!() };
    assert_eq!(data.body.unwrap(), "é".repeat(MAX_BODY_CHARS));
    assert_eq!(data.attachments.len(), MAX_ATTACHMENTS);
}

#[test]
fn timers() {
    let with = |kind: Option<u32>, seconds: Option<u32>| {
        Content { expiration_type: kind, expiration_timer: seconds, ..Content::default() }.timer()
    };
    assert_eq!(with(None, None), Timer::Off);
    assert_eq!(with(Some(2), Some(0)), Timer::Off);
    assert_eq!(with(Some(2), None), Timer::Off);
    assert_eq!(with(Some(1), Some(5)), Timer::AfterRead(5));
    assert_eq!(with(Some(2), Some(5)), Timer::AfterSend(5));
    // A timer of no or of an unknown type counts from reading.
    assert_eq!(with(None, Some(5)), Timer::AfterRead(5));
    assert_eq!(with(Some(9), Some(5)), Timer::AfterRead(5));
}
