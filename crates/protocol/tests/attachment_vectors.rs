//! Every vector of `vectors/attachments.json` that tells of files and their encryption.

#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use common::{Script, array, bytes, list, text};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use sotto_protocol::attachment::{AttachmentError, legacy, profile_picture, stream};

/// Lengths of slices in which files are fed: whole blocks, odd ones, all at once.
const SLICES: [usize; 4] = [1_024, 33_000, 7_777, usize::MAX / 2];

fn vectors() -> Value {
    serde_json::from_str(include_str!("vectors/attachments.json")).unwrap()
}

fn file(vector: &Value) -> Vec<u8> {
    match text(vector, "plaintext").strip_prefix("ASCII: ") {
        Some(ascii) => ascii.as_bytes().to_vec(),
        None => pattern(number(vector, "plaintext_len")),
    }
}

/// What the vectors call `bytes (i*7) mod 256`.
fn pattern(len: usize) -> Vec<u8> {
    (0..len).map(|i| (i * 7 % 256) as u8).collect()
}

fn number(vector: &Value, name: &str) -> usize {
    vector[name].as_u64().unwrap_or_else(|| panic!("no number {name} in {vector}")) as usize
}

fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

fn seal_legacy(vector: &Value, file: &[u8], padding: legacy::Padding, slice: usize) -> legacy::Sealed {
    let key = legacy::Key::from_slice(&bytes(vector, "key")).unwrap();
    let mut sealer = legacy::Sealer::new(&key, array(vector, "iv"), file.len(), padding).unwrap();
    file.chunks(slice).for_each(|slice| sealer.update(slice).unwrap());
    sealer.finish().unwrap()
}

fn open_legacy(
    blob: &[u8],
    key: &[u8],
    digest: Option<&[u8]>,
    size: usize,
    slice: usize,
) -> Result<Vec<u8>, AttachmentError> {
    let mut opener = legacy::Opener::new(blob.to_vec(), key, digest, Some(size))?;
    while !opener.work(slice)? {}
    opener.finish()
}

fn open_stream(blob: &[u8], key: &[u8], slice: usize) -> Result<Vec<u8>, AttachmentError> {
    let mut opener = stream::Opener::new(blob.to_vec(), key)?;
    while !opener.work(slice)? {}
    opener.finish()
}

#[test]
fn legacy_padding() {
    for vector in list(&vectors(), "legacy_padding") {
        assert_eq!(legacy::padded_len(number(vector, "n")), number(vector, "padded"), "{vector}");
    }
}

#[test]
fn legacy_files() {
    let vectors = vectors();
    let unpadded = vectors["legacy_unpadded"].clone();
    for slice in SLICES {
        for vector in list(&vectors, "legacy") {
            let file = file(vector);
            let sealed = seal_legacy(vector, &file, legacy::Padding::Zeros, slice);
            assert_eq!(sealed.blob.len(), number(vector, "ciphertext_len"));
            assert_eq!(sealed.digest, array(vector, "ciphertext_sha256_is_digest"));
            assert_eq!(sealed.blob[sealed.blob.len() - 32..], bytes(vector, "hmac"));
            if vector["ciphertext"].is_string() {
                assert_eq!(sealed.blob, bytes(vector, "ciphertext"));
            }
            let digest = Some(&sealed.digest[..]);
            let opened = open_legacy(&sealed.blob, &bytes(vector, "key"), digest, file.len(), slice);
            let zeros = file.is_empty();
            assert_eq!(opened.unwrap(), if zeros { vec![0; 541] } else { file });
        }
        let file = pattern(number(&unpadded, "plaintext_len"));
        let sealed = seal_legacy(&unpadded, &file, legacy::Padding::None, slice);
        assert_eq!(sealed.blob.len(), number(&unpadded, "ciphertext_len"));
        assert_eq!(sealed.digest, array(&unpadded, "digest"));
    }
}

#[test]
fn legacy_files_that_must_fail() {
    let vectors = vectors();
    let base = list(&vectors, "legacy").iter().find(|vector| number(vector, "plaintext_len") == 5).unwrap();
    let good = bytes(base, "ciphertext");
    let mut flipped = good.clone();
    flipped[20] ^= 1;
    let mut mac = good.clone();
    *mac.last_mut().unwrap() ^= 1;
    let candidates = [good.clone(), flipped, mac, good[..47].to_vec()];
    let expected = |name: &str| match name {
        "mac" => AttachmentError::Mac,
        "digest" => AttachmentError::Digest,
        "digest_missing" => AttachmentError::DigestMissing,
        "key_length" => AttachmentError::KeyLength(63),
        "too_short" => AttachmentError::TooShort(47),
        "size" => AttachmentError::Size,
        other => panic!("unknown error {other}"),
    };
    for vector in list(&vectors, "legacy_reject") {
        let hash: [u8; 32] = array(vector, "ciphertext_sha256");
        let blob = candidates.iter().find(|blob| sha256(blob) == hash);
        let blob = blob.unwrap_or_else(|| panic!("what bytes does {vector} mean?"));
        let digest = vector["digest"].as_str().map(|digest| hex::decode(digest).unwrap());
        let key = bytes(vector, "key");
        let opened = open_legacy(blob, &key, digest.as_deref(), number(vector, "size"), 64);
        assert_eq!(opened.unwrap_err(), expected(text(vector, "error")), "{vector}");
    }
}

#[test]
fn stream_sizes() {
    for vector in list(&vectors(), "stream_sizes") {
        let len = number(vector, "plaintext_len");
        assert_eq!(stream::sealed_len(len), number(vector, "encrypted_len"), "{vector}");
        assert_eq!(stream::padding_len(len), number(vector, "padding"), "{vector}");
    }
}

#[test]
fn stream_files() {
    for vector in list(&vectors(), "stream") {
        let file = file(vector);
        let domain = match text(vector, "domain") {
            "attachment" => stream::Domain::Attachment,
            _ => stream::Domain::ProfilePicture,
        };
        for slice in SLICES {
            let mut derivation = stream::Derivation::new(&array(vector, "seed"), domain).unwrap();
            file.chunks(slice).for_each(|slice| derivation.update(slice));
            let key = derivation.finish();
            assert_eq!(key.as_bytes()[..], bytes(vector, "key"));
            let mut sealer = stream::Sealer::new(&key, file.len()).unwrap();
            file.chunks(slice).for_each(|slice| sealer.update(slice).unwrap());
            let blob = sealer.finish().unwrap();
            assert_eq!(blob.len(), number(vector, "encrypted_len"));
            assert_eq!(blob[1..25], bytes(vector, "header_nonce"));
            assert_eq!(sha256(&blob), array(vector, "encrypted_sha256"));
            assert_eq!(open_stream(&blob, key.as_bytes(), slice).unwrap(), file);
        }
    }
    for vector in list(&vectors(), "stream_accept") {
        let (blob, key) = (bytes(vector, "encrypted"), bytes(vector, "key"));
        assert_eq!(open_stream(&blob, &key, 1).unwrap(), bytes(vector, "plaintext"));
    }
}

#[test]
fn stream_files_that_must_fail() {
    let vectors = vectors();
    let base = list(&vectors, "stream").iter().find(|vector| number(vector, "plaintext_len") == 16).unwrap();
    let good = STANDARD.decode(text(base, "encrypted_base64")).unwrap();
    let changed = |at: usize, mask: u8| {
        let mut blob = good.clone();
        blob[at] ^= mask;
        blob
    };
    let mut longer = good.clone();
    longer.push(0);
    let candidates = [
        good.clone(),
        changed(good.len() - 1, 1),
        changed(25, 1),
        changed(0, 0x53 ^ 0x54),
        good[..30].to_vec(),
        longer,
    ];
    let expected = |name: &str| match name {
        "decrypt" => AttachmentError::Decrypt,
        "type" => AttachmentError::UnknownFormat(0x54),
        "too_short" => AttachmentError::TooShort(30),
        "no_final" => AttachmentError::NoFinal,
        "final_early" => AttachmentError::FinalEarly,
        "padding" => AttachmentError::Padding,
        other => panic!("unknown error {other}"),
    };
    for vector in list(&vectors, "stream_reject") {
        let blob = if vector["encrypted"].is_string() {
            bytes(vector, "encrypted")
        } else if let Some(whole) = vector["encrypted_base64"].as_str() {
            STANDARD.decode(whole).unwrap()
        } else {
            let hash: [u8; 32] = array(vector, "encrypted_sha256");
            let blob = candidates.iter().find(|blob| sha256(blob) == hash);
            blob.unwrap_or_else(|| panic!("what bytes does {vector} mean?")).clone()
        };
        let opened = open_stream(&blob, &bytes(vector, "key"), 64);
        assert_eq!(opened.unwrap_err(), expected(text(vector, "error")), "{vector}");
    }
}

#[test]
fn profile_pictures() {
    let vectors = vectors();
    for vector in list(&vectors, "avatar_aes_gcm") {
        let picture = file(vector);
        let mut rng = Script::new([bytes(vector, "iv")]);
        let blob = profile_picture::seal(&array(vector, "key"), &picture, &mut rng).unwrap();
        assert_eq!(blob, bytes(vector, "encrypted"));
        assert_eq!(profile_picture::open(blob, &bytes(vector, "key")).unwrap(), picture);
    }
    for vector in list(&vectors, "avatar_reject") {
        let blob = bytes(vector, "encrypted");
        let expected = match text(vector, "error") {
            "decrypt" => AttachmentError::Decrypt,
            _ => AttachmentError::TooShort(blob.len()),
        };
        assert_eq!(profile_picture::open(blob, &bytes(vector, "key")).unwrap_err(), expected);
    }
}
