use curve25519_dalek::edwards::CompressedEdwardsY;

/// Why an Ed25519 public key has no usable X25519 form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// The 32 bytes are not the canonical encoding of a point on the curve.
    #[error("not a point of the curve")]
    Undecodable,
    /// The point is one of the eight of small order.
    #[error("a point of small order")]
    SmallOrder,
    /// The point has a component of small order besides the prime-order one.
    #[error("a point outside the prime-order subgroup")]
    OutsideSubgroup,
}

/// Converts somebody's Ed25519 public key into the X25519 key of the same account: u = (1 + y) / (1 − y).
///
/// Refuses the same keys as libsodium's `crypto_sign_ed25519_pk_to_curve25519`, and encodings with y ≥ p.
pub fn ed25519_to_x25519(public: &[u8; 32]) -> Result<[u8; 32], KeyError> {
    if !is_canonical(public) {
        return Err(KeyError::Undecodable);
    }
    let point = CompressedEdwardsY(*public).decompress().ok_or(KeyError::Undecodable)?;
    if point.is_small_order() {
        return Err(KeyError::SmallOrder);
    }
    if !point.is_torsion_free() {
        return Err(KeyError::OutsideSubgroup);
    }
    Ok(point.to_montgomery().to_bytes())
}

/// Whether y, the low 255 bits in little-endian order, is below p = 2^255 − 19.
fn is_canonical(encoded: &[u8; 32]) -> bool {
    let [low, middle @ .., high] = encoded;
    !(*low >= 0xed && middle.iter().all(|byte| *byte == 0xff) && high & 0x7f == 0x7f)
}

#[cfg(test)]
mod tests {
    use curve25519_dalek::constants::{ED25519_BASEPOINT_POINT, EIGHT_TORSION};

    use super::*;

    #[test]
    fn base_point_becomes_nine() {
        let mut nine = [0; 32];
        nine[0] = 9;
        assert_eq!(ed25519_to_x25519(&ED25519_BASEPOINT_POINT.compress().to_bytes()), Ok(nine));
    }

    #[test]
    fn every_small_order_point_is_refused() {
        for point in EIGHT_TORSION {
            assert_eq!(ed25519_to_x25519(&point.compress().to_bytes()), Err(KeyError::SmallOrder));
        }
    }

    #[test]
    fn mixed_order_is_refused() {
        for torsion in &EIGHT_TORSION[1..] {
            let mixed = (ED25519_BASEPOINT_POINT + torsion).compress().to_bytes();
            assert_eq!(ed25519_to_x25519(&mixed), Err(KeyError::OutsideSubgroup));
        }
    }

    #[test]
    fn undecodable_is_refused() {
        // y = 2 is on no point of the curve.
        let mut bytes = [0; 32];
        bytes[0] = 2;
        assert_eq!(ed25519_to_x25519(&bytes), Err(KeyError::Undecodable));
        // y = p + 3: decodes as 3 where encodings are not checked.
        let mut bytes = [0xff; 32];
        (bytes[0], bytes[31]) = (0xf0, 0x7f);
        assert!(CompressedEdwardsY(bytes).decompress().is_some());
        assert_eq!(ed25519_to_x25519(&bytes), Err(KeyError::Undecodable));
        // y = p − 1 is canonical, and of small order.
        bytes[0] = 0xec;
        assert_eq!(ed25519_to_x25519(&bytes), Err(KeyError::SmallOrder));
    }
}
