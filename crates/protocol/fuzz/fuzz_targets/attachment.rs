//! Encrypted files as a file server gives them out.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sotto_protocol::attachment::{legacy, profile_picture, stream};

fuzz_target!(|data: &[u8]| {
    let Some((key, blob)) = data.split_at_checked(64) else { return };
    let digest = [0; 32];
    if let Ok(opener) = legacy::Opener::new(blob.to_vec(), key, Some(&digest), Some(blob.len())) {
        assert!(opener.finish().is_err());
    }
    let open = |blob: &[u8]| stream::Opener::new(blob.to_vec(), &key[..32]).and_then(stream::Opener::finish);
    let _ = open(blob);
    let _ = profile_picture::open(blob.to_vec(), &key[..32]);

    // What was sealed opens, in whatever slices it came.
    let Some(mut derivation) =
        stream::Derivation::new(key[..32].try_into().unwrap_or(&[0; 32]), stream::Domain::Attachment)
    else {
        return;
    };
    derivation.update(blob);
    let file_key = derivation.finish();
    let slice = usize::from(key[0]).max(1) * 131;
    let mut sealer = stream::Sealer::new(&file_key, blob.len()).unwrap();
    blob.chunks(slice).for_each(|slice| sealer.update(slice).unwrap());
    let sealed = sealer.finish().unwrap();
    let opened = stream::Opener::new(sealed, file_key.as_bytes()).and_then(stream::Opener::finish);
    assert_eq!(opened.as_deref(), Ok(blob));
});
