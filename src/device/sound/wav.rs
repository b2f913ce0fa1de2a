//! WAV: a RIFF header of 44 bytes, then the samples as they are. Every client of the network plays it.

/// A file of one channel with 16 bits per sample.
pub fn file(samples: &[i16], rate: u32) -> Vec<u8> {
    const HEADER: u32 = 44;
    const BYTES_PER_SAMPLE: u32 = 2;
    let length = samples.len() as u32 * BYTES_PER_SAMPLE;
    let mut file = Vec::with_capacity((HEADER + length) as usize);
    file.extend(b"RIFF");
    file.extend((HEADER - 8 + length).to_le_bytes());
    file.extend(b"WAVEfmt ");
    file.extend(16_u32.to_le_bytes());
    // Uncompressed, one channel.
    file.extend(1_u16.to_le_bytes());
    file.extend(1_u16.to_le_bytes());
    file.extend(rate.to_le_bytes());
    file.extend((rate * BYTES_PER_SAMPLE).to_le_bytes());
    file.extend((BYTES_PER_SAMPLE as u16).to_le_bytes());
    file.extend(16_u16.to_le_bytes());
    file.extend(b"data");
    file.extend(length.to_le_bytes());
    file.extend(samples.iter().flat_map(|sample| sample.to_le_bytes()));
    file
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    #[test]
    fn a_file_of_three_samples() {
        let file = file(&[0, 1, -2], 16_000);
        assert_eq!(file.len(), 50);
        assert_eq!(&file[..4], b"RIFF");
        assert_eq!(file[4..8], 42_u32.to_le_bytes());
        assert_eq!(&file[8..16], b"WAVEfmt ");
        assert_eq!(file[20..24], [1, 0, 1, 0]);
        assert_eq!(file[24..28], 16_000_u32.to_le_bytes());
        assert_eq!(file[28..32], 32_000_u32.to_le_bytes());
        assert_eq!(file[32..36], [2, 0, 16, 0]);
        assert_eq!(&file[36..40], b"data");
        assert_eq!(file[40..], [6, 0, 0, 0, 0, 0, 1, 0, 0xfe, 0xff]);
    }
}
