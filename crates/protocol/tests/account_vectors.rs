//! Every vector of `vectors/account.json`: seeds, words, identifiers, registered names.

#![allow(clippy::unwrap_used, clippy::panic)]

use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chacha20poly1305::KeyInit;
use poly1305::Poly1305;
use salsa20::XSalsa20;
use salsa20::cipher::{KeyIvInit, StreamCipher};
use serde_json::Value;
use sotto_protocol::account::{AccountId, AccountKeys, Seed, ed25519_to_x25519};
use sotto_protocol::mnemonic::{self, PhraseError};
use sotto_protocol::names::{Name, OnsError};

fn vectors(key: &str) -> Vec<Value> {
    let all: Value = serde_json::from_str(include_str!("vectors/account.json")).unwrap();
    all[key].as_array().unwrap_or_else(|| panic!("no vectors {key}")).clone()
}

fn text<'a>(vector: &'a Value, key: &str) -> &'a str {
    vector[key].as_str().unwrap_or_else(|| panic!("no {key} in {vector}"))
}

fn bytes(vector: &Value, key: &str) -> Vec<u8> {
    hex::decode(text(vector, key)).unwrap()
}

fn array<const N: usize>(vector: &Value, key: &str) -> [u8; N] {
    bytes(vector, key).try_into().unwrap()
}

#[test]
fn accounts() {
    let vectors = vectors("accounts");
    assert_eq!(vectors.len(), 8);
    for vector in &vectors {
        let seed = Seed::new(array(vector, "seed16"));
        assert_eq!(*seed.ed25519_seed(), array::<32>(vector, "seed32"));

        let keys = AccountKeys::derive(&seed);
        assert_eq!(keys.ed25519_public(), array(vector, "ed25519_public"));
        // X25519 clamps the scalar when it is used; the vectors hold it clamped.
        let mut scalar = keys.x25519_secret().to_bytes();
        (scalar[0], scalar[31]) = (scalar[0] & 0xf8, scalar[31] & 0x7f | 0x40);
        assert_eq!(scalar, array(vector, "x25519_secret"));
        assert_eq!(*keys.x25519_public(), array(vector, "x25519_public"));
        assert_eq!(keys.id().to_string(), text(vector, "account_id"));
        assert_eq!(ed25519_to_x25519(&keys.ed25519_public()), Ok(*keys.x25519_public()));

        let words = mnemonic::to_words(&seed);
        assert_eq!(*words, text(vector, "words13"));
        let prefixes: String = words.split(' ').take(12).map(|word| &word[..3]).collect();
        assert_eq!(prefixes, text(vector, "checksum_input"));
        let crc = crc32fast::hash(prefixes.as_bytes());
        assert_eq!(u64::from(crc), vector["crc32"].as_u64().unwrap());
        assert_eq!(u64::from(crc % 12), vector["checksum_index"].as_u64().unwrap());
        assert_eq!(*mnemonic::to_bip39(&seed), text(vector, "bip39_12"));
        assert_eq!(*mnemonic::to_hex(&seed), text(vector, "seed16"));

        for form in ["words13", "bip39_12", "seed16"] {
            assert_eq!(
                mnemonic::parse_recovery(text(vector, form)),
                Ok(Seed::new(*seed.as_bytes())),
                "{form}"
            );
        }
    }
}

#[test]
fn word_encoding() {
    for vector in vectors("word_encoding") {
        let checksum = vector["checksum"].as_bool().unwrap();
        let words = mnemonic::encode_words(&bytes(&vector, "bytes"), checksum);
        assert_eq!(words.join(" "), text(&vector, "words"));
        assert_eq!(*mnemonic::decode_words(&words, checksum).unwrap(), bytes(&vector, "bytes"));
    }
}

#[test]
fn words_accepted() {
    for vector in vectors("words_accept") {
        let seed = mnemonic::parse_recovery(text(&vector, "input"));
        assert_eq!(seed, Ok(Seed::new(array(&vector, "seed16"))), "{}", vector["desc"]);
    }
}

#[test]
fn words_and_bip39_rejected() {
    let vectors: Vec<_> = vectors("words_reject").into_iter().chain(vectors("bip39_reject")).collect();
    assert_eq!(vectors.len(), 14);
    for vector in vectors {
        let input = text(&vector, "input");
        let error = mnemonic::parse_recovery(input).unwrap_err();
        let class = match error {
            PhraseError::TooShort { .. } | PhraseError::TooLong(_) => "word_count",
            PhraseError::UnknownWord(_) => "unknown_word",
            PhraseError::Checksum => "checksum",
            PhraseError::Invalid => "invalid_triple",
            PhraseError::IsAccountId => "account_id",
        };
        assert_eq!(class, text(&vector, "error"), "{}", vector["desc"]);
        match text(&vector, "desc") {
            "12 words (checksum word missing)" => {
                assert_eq!(error, PhraseError::TooShort { words: 12, last_missing: true });
            }
            "14 words" => assert_eq!(error, PhraseError::TooLong(14)),
            "empty" => assert_eq!(error, PhraseError::TooShort { words: 0, last_missing: false }),
            "checksum word not in list" => assert_eq!(error, PhraseError::UnknownWord(13)),
            "seed word not in list" => assert_eq!(error, PhraseError::UnknownWord(1)),
            _ => {}
        }
    }
}

#[test]
fn account_id_input() {
    for vector in vectors("account_id_input") {
        let input = text(&vector, "input");
        let id = AccountId::parse_contact(input);
        assert_eq!(id.is_ok(), vector["valid_contact"].as_bool().unwrap(), "{}", vector["why"]);
        if let Ok(id) = id {
            assert_eq!(id.to_string(), input.to_lowercase());
        }
    }
}

#[test]
fn ons_names() {
    for vector in vectors("ons_names") {
        let name = Name::parse(text(&vector, "name"));
        assert_eq!(name.is_ok(), vector["valid"].as_bool().unwrap(), "{vector}");
    }
}

#[test]
fn ons_records() {
    let (current, legacy): (Vec<_>, Vec<_>) =
        vectors("ons_records").into_iter().partition(|vector| vector["nonce"].is_string());
    assert_eq!((current.len(), legacy.len()), (2, 1));
    for vector in current {
        let name = Name::parse(text(&vector, "name")).unwrap();
        assert_eq!(name.hash(), array(&vector, "name_hash_hex"));
        assert_eq!(STANDARD.encode(name.hash()), text(&vector, "name_hash_base64"));
        let id = name.open(&bytes(&vector, "encrypted_value"), &array(&vector, "nonce")).unwrap();
        assert_eq!(id.to_string(), text(&vector, "account_id"));
        assert_eq!(hex::encode(id.as_bytes()), text(&vector, "plaintext"));
        let sealed = name.seal(&id, &array(&vector, "nonce")).unwrap();
        assert_eq!(sealed, bytes(&vector, "encrypted_value"));
    }
    for vector in legacy {
        let name = Name::parse(text(&vector, "name")).unwrap();
        assert_eq!(name.hash(), array(&vector, "name_hash_hex"));
        assert_eq!(open_legacy(&vector), text(&vector, "plaintext"));
    }
}

/// The form before hard fork 16, which the library leaves out: Argon2id over the name, then secretbox with a nonce of
/// zeros.
fn open_legacy(vector: &Value) -> String {
    let cost = &vector["argon2"];
    let memory = u32::try_from(cost["memlimit"].as_u64().unwrap() / 1024).unwrap();
    let passes = u32::try_from(cost["opslimit"].as_u64().unwrap()).unwrap();
    let params = Params::new(memory, passes, 1, Some(32)).unwrap();
    let mut key = [0; 32];
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(text(vector, "name").as_bytes(), &bytes(cost, "salt"), &mut key)
        .unwrap();
    assert_eq!(key, array(vector, "decryption_key"));

    let mut cipher = XSalsa20::new(&key.into(), &[0; 24].into());
    let mut mac_key = [0; 32];
    cipher.apply_keystream(&mut mac_key);
    let sealed = bytes(vector, "encrypted_value");
    let (tag, encrypted) = sealed.split_at(16);
    assert_eq!(Poly1305::new(&mac_key.into()).compute_unpadded(encrypted).as_slice(), tag);
    let mut plain = encrypted.to_vec();
    cipher.apply_keystream(&mut plain);
    hex::encode(plain)
}

#[test]
fn ons_rejected() {
    for vector in vectors("ons_reject") {
        assert_eq!(text(&vector, "error"), "decrypt");
        let name = Name::parse(text(&vector, "name")).unwrap();
        let opened = name.open(&bytes(&vector, "encrypted_value"), &array(&vector, "nonce"));
        assert_eq!(opened, Err(OnsError::Decrypt), "{}", vector["desc"]);
    }
}

#[test]
fn ons_record_of_another_length() {
    let name = Name::parse("test").unwrap();
    assert_eq!(name.open(&[0; 48], &[0; 24]), Err(OnsError::Length(48)));
    assert_eq!(name.open(&[], &[0; 24]), Err(OnsError::Length(0)));
}

#[test]
fn word_list() {
    let all: Value = serde_json::from_str(include_str!("vectors/account.json")).unwrap();
    let list = &all["wordlist"];
    let words = include_str!("../src/mnemonic/english.txt");
    assert_eq!(words.lines().count() as u64, list["count"].as_u64().unwrap());
    assert_eq!(words.lines().next(), list["first"].as_str());
    assert_eq!(words.lines().last(), list["last"].as_str());
    use sha2::Digest;
    let hash = hex::encode(sha2::Sha256::digest(words));
    assert_eq!(hash, text(list, "sha256_joined_by_newline_with_trailing_newline"));
}
