//! A file in the works is held once. One test alone in its file: the allocator counts for the whole process.

#![allow(clippy::unwrap_used)]

use peak_alloc::PeakAlloc;
use sotto_protocol::attachment::{MAX_FILE, legacy, stream};

#[global_allocator]
static ALLOCATOR: PeakAlloc = PeakAlloc;

/// Buffers besides the file.
const SLACK: usize = 200_000;

#[test]
fn a_file_is_held_once() {
    let slice = vec![5; 100_000];
    let before = ALLOCATOR.current_usage();
    let limit = before + 10_485_760 + SLACK;

    ALLOCATOR.reset_peak_usage();
    let key = legacy::Key::from_slice(&[1; 64]).unwrap();
    let mut sealer = legacy::Sealer::new(&key, [2; 16], MAX_FILE, legacy::Padding::Zeros).unwrap();
    (0..100).for_each(|_| sealer.update(&slice).unwrap());
    let sealed = sealer.finish().unwrap();
    let opener =
        legacy::Opener::new(sealed.blob, key.as_bytes(), Some(&sealed.digest), Some(MAX_FILE)).unwrap();
    assert_eq!(opener.finish().unwrap().len(), MAX_FILE);
    assert!(ALLOCATOR.peak_usage() < limit, "legacy: {}", ALLOCATOR.peak_usage() - before);

    ALLOCATOR.reset_peak_usage();
    let key = stream::Derivation::new(&[3; 32], stream::Domain::Attachment).unwrap().finish();
    let mut sealer = stream::Sealer::new(&key, MAX_FILE).unwrap();
    (0..100).for_each(|_| sealer.update(&slice).unwrap());
    let opener = stream::Opener::new(sealer.finish().unwrap(), key.as_bytes()).unwrap();
    assert_eq!(opener.finish().unwrap().len(), MAX_FILE);
    assert!(ALLOCATOR.peak_usage() < limit, "stream: {}", ALLOCATOR.peak_usage() - before);
}
