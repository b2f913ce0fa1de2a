//! Writes the seed corpus of the fuzz targets from the test vectors:
//!
//! ```text
//! cargo run -p sotto-protocol --example fuzz_seeds -- crates/protocol/fuzz/corpus
//! ```
//!
//! Every text of the vectors becomes a seed as it stands and, where it is hex or base64, as the bytes it means; every
//! object becomes one as JSON.

use std::collections::BTreeSet;
use std::error::Error;
use std::fs;
use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use sha2::{Digest, Sha256};

/// Longer seeds only slow fuzzing down.
const MAX_SEED: usize = 4_096;

const ACCOUNT: &str = include_str!("../tests/vectors/account.json");
const ATTACHMENTS: &str = include_str!("../tests/vectors/attachments.json");
const CONFIG: &str = include_str!("../tests/vectors/config.json");
const MESSAGES: &str = include_str!("../tests/vectors/messages.json");
const ONION: &str = include_str!("../tests/vectors/onion.json");
const STORAGE: &str = include_str!("../tests/vectors/storage.json");

/// Which vectors feed which target.
const TARGETS: [(&str, &str); 11] = [
    ("account", ACCOUNT),
    ("files", ATTACHMENTS),
    ("mnemonic", ACCOUNT),
    ("config", CONFIG),
    ("content", MESSAGES),
    ("message", MESSAGES),
    ("nodes", ONION),
    ("onion_request", ONION),
    ("onion_answer", ONION),
    ("storage_request", STORAGE),
    ("storage_answer", STORAGE),
];

/// For bt-encoding, which no vector holds.
const BT: [&str; 4] = ["d1:ai-1e1:bli0e3:xyzee", "le", "de", "4:spam"];

fn main() -> Result<(), Box<dyn Error>> {
    let corpus = PathBuf::from(std::env::args().nth(1).ok_or("usage: fuzz_seeds FOLDER")?);
    for (target, vectors) in TARGETS {
        let mut seeds = BTreeSet::new();
        collect(&serde_json::from_str(vectors)?, &mut seeds);
        write(corpus.join(target), &seeds)?;
    }
    write(corpus.join("bt"), &BT.iter().map(|seed| seed.as_bytes().to_vec()).collect())?;
    Ok(())
}

fn collect(value: &Value, seeds: &mut BTreeSet<Vec<u8>>) {
    match value {
        Value::String(text) => {
            seeds.insert(text.clone().into_bytes());
            seeds.extend(hex::decode(text).ok());
            seeds.extend(STANDARD.decode(text).ok());
        }
        Value::Array(values) => values.iter().for_each(|value| collect(value, seeds)),
        Value::Object(fields) => {
            seeds.insert(value.to_string().into_bytes());
            fields.values().for_each(|value| collect(value, seeds));
        }
        _ => {}
    }
}

fn write(folder: PathBuf, seeds: &BTreeSet<Vec<u8>>) -> Result<(), Box<dyn Error>> {
    fs::create_dir_all(&folder)?;
    for seed in seeds.iter().filter(|seed| seed.len() <= MAX_SEED) {
        fs::write(folder.join(hex::encode(&Sha256::digest(seed)[..8])), seed)?;
    }
    Ok(())
}
