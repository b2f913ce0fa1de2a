use core::ops::Bound::Excluded;

use ed25519_dalek::{Signer as _, SigningKey};
use zeroize::Zeroizing;

use super::message::{Rows, Unknown};
use crate::bt::{Dict, write_bytes, write_dict};

/// What a message is written from.
pub(super) struct Parts<'a> {
    pub seqno: i64,
    pub data: &'a Dict,
    pub rows: &'a Rows,
    pub diff: &'a Dict,
    pub unknown: &'a Unknown,
}

impl Parts<'_> {
    /// Serialises, and signs where there is a key.
    pub fn write(&self, signer: Option<&SigningKey>) -> Zeroizing<Vec<u8>> {
        let mut out = Zeroizing::new(Vec::new());
        out.extend_from_slice(format!("d1:#i{}e", self.seqno).as_bytes());
        self.write_unknown(b"#", b"&", &mut out);
        write_bytes(b"&", &mut out);
        write_dict(self.data, &mut out);
        self.write_unknown(b"&", b"<", &mut out);
        write_bytes(b"<", &mut out);
        self.write_rows(&mut out);
        self.write_unknown(b"<", b"=", &mut out);
        write_bytes(b"=", &mut out);
        write_dict(self.diff, &mut out);
        self.write_unknown(b"=", b"~", &mut out);
        if let Some(signer) = signer {
            let signature = signer.sign(&out);
            write_bytes(b"~", &mut out);
            write_bytes(&signature.to_bytes(), &mut out);
        }
        out.push(b'e');
        out
    }

    fn write_rows(&self, out: &mut Vec<u8>) {
        out.push(b'l');
        for ((seqno, hash), diff) in self.rows {
            out.extend_from_slice(format!("li{seqno}e").as_bytes());
            write_bytes(hash, out);
            write_dict(diff, out);
            out.push(b'e');
        }
        out.push(b'e');
    }

    fn write_unknown(&self, from: &[u8], to: &[u8], out: &mut Vec<u8>) {
        for (key, value) in self.unknown.range::<[u8], _>((Excluded(from), Excluded(to))) {
            write_bytes(key, out);
            out.extend_from_slice(value);
        }
    }
}
