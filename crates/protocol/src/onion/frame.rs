//! `u32le(len(blob)) ‖ blob ‖ control`, where `control` is UTF-8 JSON filling the rest. There is no padding.

/// Why a frame could not be taken apart. The texts are what nodes answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    /// Fewer than four bytes.
    #[error("Unexpected payload size; expected ciphertext size")]
    Short,
    /// The length exceeds what is there.
    #[error("Unexpected payload size; expected data of the ciphertext size")]
    Length,
}

/// Builds a frame: `4 + blob + control` bytes.
pub fn encode(blob: &[u8], control: &[u8]) -> Vec<u8> {
    let mut frame = Vec::with_capacity(4 + blob.len() + control.len());
    // Blobs are bounded by memory of a wasm page and by request limits, both below 4 GiB.
    frame.extend_from_slice(&u32::try_from(blob.len()).unwrap_or(u32::MAX).to_le_bytes());
    frame.extend_from_slice(blob);
    frame.extend_from_slice(control);
    frame
}

/// Makes a frame of what stands in `buffer` from `start` on, in place: the length goes before it, where there must be
/// four bytes of room, and the control part behind it. Gives back where the frame begins.
pub(super) fn wrap(buffer: &mut Vec<u8>, start: usize, control: &[u8]) -> usize {
    let length = u32::try_from(buffer.len() - start).unwrap_or(u32::MAX).to_le_bytes();
    let begin = start.saturating_sub(length.len());
    buffer[begin..start].copy_from_slice(&length[..start - begin]);
    buffer.extend_from_slice(control);
    begin
}

/// Splits a frame into blob and control part, without copying. The control part is not looked at.
///
/// # Errors
/// [`FrameError`] when the length does not fit the data.
pub fn decode(frame: &[u8]) -> Result<(&[u8], &[u8]), FrameError> {
    let (length, rest) = frame.split_first_chunk::<4>().ok_or(FrameError::Short)?;
    let length = usize::try_from(u32::from_le_bytes(*length)).map_err(|_| FrameError::Length)?;
    rest.split_at_checked(length).ok_or(FrameError::Length)
}
