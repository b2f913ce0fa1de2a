//! zstd around config messages.

use std::io::Read;

use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};
use ruzstd::decoding::{FrameDecoder, StreamingDecoder};
use ruzstd::encoding::{CompressionLevel, compress_to_vec};
use zeroize::Zeroizing;

/// Longest message that is unpacked, in bytes. The largest that is ever pushed has 5,000,000 bytes when packed.
pub const MAX_UNPACKED: usize = 32 << 20;

/// First byte of a compressed message.
pub(super) const MARK: u8 = b'z';

/// Why a compressed message was not unpacked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CompressError {
    /// Not a zstd frame, or one that is damaged.
    #[error("not a zstd frame")]
    Frame,
    /// More than [`MAX_UNPACKED`] bytes.
    #[error("unpacked, it is longer than {MAX_UNPACKED} bytes")]
    TooLong,
}

/// Compresses a message if that makes it shorter: `z` and a zstd frame.
///
/// What was packed is unpacked again before it is believed: a message that no device can read would be worse than a
/// long one.
pub fn pack(message: &[u8]) -> Zeroizing<Vec<u8>> {
    let frame = Zeroizing::new(compress_to_vec(message, CompressionLevel::Fastest));
    let shorter = frame.len() + 1 < message.len();
    if !(shorter && unpack(&frame).is_ok_and(|unpacked| *unpacked == message)) {
        return Zeroizing::new(message.to_vec());
    }
    let mut packed = Zeroizing::new(Vec::with_capacity(frame.len() + 1));
    packed.push(MARK);
    packed.extend_from_slice(&frame);
    packed
}

/// Unpacks zstd frames, without `z` in front. Holds at most four times [`MAX_UNPACKED`], whatever the frames claim.
pub fn unpack(mut frames: &[u8]) -> Result<Zeroizing<Vec<u8>>, CompressError> {
    let mut unpacked = Zeroizing::new(Vec::new());
    while !frames.is_empty() {
        let mut decoder = FrameDecoder::new();
        decoder.set_max_window_size(MAX_UNPACKED as u64);
        match StreamingDecoder::new_with_decoder(&mut frames, decoder) {
            Ok(decoder) => {
                let room = (MAX_UNPACKED + 1).saturating_sub(unpacked.len());
                decoder.take(room as u64).read_to_end(&mut unpacked).map_err(|_| CompressError::Frame)?;
            }
            Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame {
                length, ..
            })) => {
                frames = frames.get(length as usize..).ok_or(CompressError::Frame)?;
            }
            Err(_) => return Err(CompressError::Frame),
        }
        if unpacked.len() > MAX_UNPACKED {
            return Err(CompressError::TooLong);
        }
    }
    Ok(unpacked)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unpacked(packed: &[u8]) -> Vec<u8> {
        unpack(packed.strip_prefix(b"z").unwrap()).unwrap().to_vec()
    }

    #[test]
    fn packs_what_becomes_shorter() {
        let long = b"d1:#i1e1:&d1:n".repeat(40);
        let packed = pack(&long);
        assert!(packed.len() < long.len());
        assert_eq!(unpacked(&packed), long);
        assert_eq!(*pack(b"short"), b"short");
        assert_eq!(*pack(b""), b"");
    }

    #[test]
    fn frames_follow_each_other_and_some_are_skipped() {
        let frame = compress_to_vec(&b"abc"[..], CompressionLevel::Fastest);
        let skipped = [&0x184d_2a50_u32.to_le_bytes()[..], &3_u32.to_le_bytes(), b"xyz"].concat();
        let frames = [&frame[..], &skipped, &frame].concat();
        assert_eq!(**unpack(&frames).unwrap(), *b"abcabc");
        assert_eq!(unpack(&frames[..frames.len() - 1]).err(), Some(CompressError::Frame));
        assert_eq!(unpack(&skipped[..9]).err(), Some(CompressError::Frame));
        assert_eq!(unpack(b"xyz").err(), Some(CompressError::Frame));
    }

    #[test]
    fn bombs_are_refused() {
        let bomb = compress_to_vec(&vec![b'd'; MAX_UNPACKED + 1][..], CompressionLevel::Fastest);
        assert!(bomb.len() < 20_000);
        assert_eq!(unpack(&bomb).err(), Some(CompressError::TooLong));
        let halves =
            compress_to_vec(&vec![b'd'; MAX_UNPACKED / 2 + 1][..], CompressionLevel::Fastest).repeat(2);
        assert_eq!(unpack(&halves).err(), Some(CompressError::TooLong));
    }
}
