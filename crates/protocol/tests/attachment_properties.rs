//! Encrypted files: round trips for any length and any slices, and any bytes open or fail without a panic.

#![allow(clippy::unwrap_used)]

use getrandom::SysRng;
use proptest::{collection::vec, prelude::*};
use rand_core::UnwrapErr;
use sotto_protocol::attachment::{AttachmentError, legacy, profile_picture, stream};

fn file() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        vec(any::<u8>(), 1..2_000),
        (30_000..140_000_usize, any::<u8>()).prop_map(|(len, seed)| {
            (0..len).map(|at| (at as u8).wrapping_mul(31).wrapping_add(seed)).collect()
        }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn legacy_round_trip(file in file(), slice in 1..50_000_usize, padded in any::<bool>(), flip in any::<usize>()) {
        let key = legacy::Key::random(&mut UnwrapErr(SysRng));
        let padding = if padded { legacy::Padding::Zeros } else { legacy::Padding::None };
        let mut sealer = legacy::Sealer::new(&key, [7; 16], file.len(), padding).unwrap();
        for slice in file.chunks(slice) {
            sealer.update(slice).unwrap();
        }
        prop_assert_eq!(sealer.update(b"x"), Err(AttachmentError::TooLong));
        let sealed = sealer.finish().unwrap();
        let open = |blob: Vec<u8>| {
            let digest = Some(&sealed.digest[..]);
            let mut opener = legacy::Opener::new(blob, key.as_bytes(), digest, Some(file.len()))?;
            while !opener.work(slice)? {}
            opener.finish()
        };
        prop_assert_eq!(open(sealed.blob.clone()).unwrap(), file.clone());
        let mut bad = sealed.blob.clone();
        let at = flip % bad.len();
        bad[at] ^= 0x10;
        prop_assert_eq!(open(bad), Err(AttachmentError::Mac));
        prop_assert!(open(sealed.blob[..flip % sealed.blob.len()].to_vec()).is_err());
    }

    #[test]
    fn stream_round_trip(file in file(), slice in 1..50_000_usize, flip in any::<usize>()) {
        let mut derivation = stream::Derivation::new(&[9; 32], stream::Domain::Attachment).unwrap();
        file.chunks(slice).for_each(|slice| derivation.update(slice));
        let key = derivation.finish();
        let mut sealer = stream::Sealer::new(&key, file.len()).unwrap();
        for slice in file.chunks(slice) {
            sealer.update(slice).unwrap();
        }
        prop_assert_eq!(sealer.update(b"x"), Err(AttachmentError::TooLong));
        let blob = sealer.finish().unwrap();
        prop_assert_eq!(blob.len(), stream::sealed_len(file.len()));
        let open = |blob: Vec<u8>| {
            let mut opener = stream::Opener::new(blob, key.as_bytes())?;
            while !opener.work(slice)? {}
            opener.finish()
        };
        prop_assert_eq!(open(blob.clone()).unwrap(), file.clone());
        let mut bad = blob.clone();
        bad[flip % blob.len()] ^= 0x10;
        prop_assert!(open(bad).is_err());
        prop_assert!(open(blob[..flip % blob.len()].to_vec()).is_err());
    }

    #[test]
    fn any_bytes_open_or_fail(mut blob in vec(any::<u8>(), 0..500), key in vec(any::<u8>(), 0..70), size in any::<usize>()) {
        let digest = [0; 32];
        if let Ok(opener) = legacy::Opener::new(blob.clone(), &key, Some(&digest), Some(size)) {
            prop_assert!(opener.finish().is_err());
        }
        if let Some(first) = blob.first_mut() {
            *first = b'S';
        }
        if let Ok(opener) = stream::Opener::new(blob.clone(), &key) {
            prop_assert!(opener.finish().is_err());
        }
        prop_assert!(profile_picture::open(blob, &key).is_err());
    }
}

#[test]
fn what_is_announced_must_come_and_fit() {
    let key = legacy::Key::random(&mut UnwrapErr(SysRng));
    let sealer = |len| legacy::Sealer::new(&key, [0; 16], len, legacy::Padding::Zeros);
    assert_eq!(sealer(10_000_001).unwrap_err(), AttachmentError::TooLong);
    assert_eq!(sealer(1).unwrap().finish().unwrap_err(), AttachmentError::Size);
    let key = stream::Derivation::new(&[1; 32], stream::Domain::ProfilePicture).unwrap().finish();
    assert_eq!(stream::Sealer::new(&key, 10_485_760).unwrap_err(), AttachmentError::TooLong);
    assert_eq!(stream::Sealer::new(&key, 1).unwrap().finish().unwrap_err(), AttachmentError::Size);
}
