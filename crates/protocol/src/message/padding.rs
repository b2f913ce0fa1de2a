/// Messages are padded to a multiple of this many bytes.
const BLOCK: usize = 160;

/// Byte that ends the message.
const END: u8 = 0x80;

/// Hides the length: appends `80`, then `00` up to a multiple of 160 bytes. Where that is reached already after
/// `80`, one block more of `00` follows, as in the official clients.
pub fn pad(message: &[u8]) -> Vec<u8> {
    let length = BLOCK * ((message.len() + 1) / BLOCK + 1);
    let mut padded = Vec::with_capacity(length);
    padded.extend_from_slice(message);
    padded.push(END);
    padded.resize(length, 0);
    padded
}

/// Removes trailing `00` bytes, then one `80`. What ends otherwise is taken to be unpadded, apart from its
/// zeros: older clients send that.
pub fn unpad(padded: &[u8]) -> &[u8] {
    let end = padded.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
    let message = &padded[..end];
    message.strip_suffix(&[END]).unwrap_or(message)
}
