/// Longest display name or nickname, in bytes of UTF-8 after trimming.
pub const MAX_NAME_BYTES: usize = 100;

/// Why a text cannot be a display name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// Nothing but white space.
    #[error("a display name cannot be empty")]
    Empty,
    /// More than [`MAX_NAME_BYTES`] bytes.
    #[error("a display name has at most {MAX_NAME_BYTES} bytes, not {0}")]
    TooLong(usize),
}

/// Checks a name that the user chose: trimmed, 1…100 bytes.
pub fn display_name(text: &str) -> Result<&str, NameError> {
    match text.trim() {
        "" => Err(NameError::Empty),
        name if name.len() > MAX_NAME_BYTES => Err(NameError::TooLong(name.len())),
        name => Ok(name),
    }
}

/// Makes a name that came from elsewhere fit: trimmed, cut after the last whole character within 100 bytes.
/// `None` when nothing is left.
pub fn cut_name(text: &str) -> Option<&str> {
    let name = text.trim();
    let cut = name.floor_char_boundary(MAX_NAME_BYTES);
    Some(name[..cut].trim_end()).filter(|name| !name.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_in_bytes() {
        assert_eq!(display_name("  Ann \n"), Ok("Ann"));
        assert_eq!(display_name(" \t "), Err(NameError::Empty));
        assert_eq!(display_name(&"é".repeat(50)), Ok("é".repeat(50).as_str()));
        assert_eq!(display_name(&"é".repeat(51)), Err(NameError::TooLong(102)));
    }

    #[test]
    fn foreign_names_are_cut_at_a_character() {
        assert_eq!(cut_name(" Ann "), Some("Ann"));
        assert_eq!(cut_name("  "), None);
        assert_eq!(cut_name(&"x".repeat(101)), Some("x".repeat(100).as_str()));
        // 33 × 3 bytes fit; the 34th character would need bytes 100 to 102.
        assert_eq!(cut_name(&"語".repeat(34)), Some("語".repeat(33).as_str()));
    }
}
