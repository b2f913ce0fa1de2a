//! Records of the form before hard fork 16: `XSalsa20-Poly1305` (tag first) under Argon2id of the name, with salt and
//! nonce of zeros.

use argon2::{Algorithm, Argon2, Params, Version};
use poly1305::{Poly1305, universal_hash::KeyInit};
use salsa20::{
    XSalsa20,
    cipher::{KeyIvInit, StreamCipher},
};
use sotto_protocol::{account::AccountId, names::Name};

/// 256 MiB, in KiB.
const MEMORY: u32 = 262_144;
const PASSES: u32 = 3;

/// Seals an Account ID: 49 bytes. `None` when there is not enough memory.
pub(super) fn seal(name: &Name, id: &AccountId) -> Option<Vec<u8>> {
    let params = Params::new(MEMORY, PASSES, 1, Some(32)).ok()?;
    let mut key = [0; 32];
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(name.as_ref().as_bytes(), &[0; 16], &mut key)
        .ok()?;
    let mut cipher = XSalsa20::new(&key.into(), &[0; 24].into());
    let mut mac_key = [0; 32];
    cipher.apply_keystream(&mut mac_key);
    let mut sealed = id.as_bytes().to_vec();
    cipher.apply_keystream(&mut sealed);
    let tag = Poly1305::new(&mac_key.into()).compute_unpadded(&sealed);
    Some([tag.as_slice(), &sealed].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_the_published_record() {
        // `test` of the clients' library, tests/test_session_encrypt.cpp.
        let id = "05d2ad010eeb72d72e561d9de7bd7b6989af77dcabffa03a5111a6c859ae5c3a72";
        let sealed = seal(&Name::parse("test").unwrap(), &AccountId::parse_contact(id).unwrap()).unwrap();
        let expected = "dbd4bc89bd2c9e5322fd9f4cadcaa66a0c38f15d0c927a86cc36e895fe1f3c53\
                        2a3958d972563f52ca858e94eec22dc360";
        assert_eq!(hex::encode(sealed), expected);
    }
}
