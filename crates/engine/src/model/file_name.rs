//! Names and types of files as strangers write them, made harmless.

use sotto_api::FileKind;

/// Longest name, bytes.
const MAX_NAME: usize = 255;
/// Longest ending that is kept when a name is cut, bytes with its dot.
const MAX_ENDING: usize = 16;
/// Longest MIME type, bytes.
const MAX_TYPE: usize = 100;
/// What a file is when nobody says.
const UNKNOWN_TYPE: &str = "application/octet-stream";

/// A name under which a file can be shown and saved anywhere: no path, nothing invisible, nothing that turns the
/// direction of the text around, no name that some system reserves, at most 255 bytes. Possibly empty.
pub fn safe_name(name: &str) -> String {
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let mut safe: String = name.chars().filter(|letter| !is_hidden(*letter)).map(harmless).collect();
    // Systems hide names that begin with a dot, and drop dots and spaces at the end.
    safe = safe.trim_start_matches(is_edge).trim_end_matches(is_edge).to_owned();
    if is_reserved(&safe) {
        safe.insert(0, '_');
    }
    cut(safe)
}

/// A MIME type in lower case, without parameters; what is none becomes one for unknown content.
pub fn clean_type(text: &str) -> String {
    let kind = text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let fits = |part: &str| {
        let usual = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&byte);
        !part.is_empty() && part.bytes().all(usual)
    };
    let is_type = kind.split_once('/').is_some_and(|(major, minor)| fits(major) && fits(minor));
    if is_type && kind.len() <= MAX_TYPE { kind } else { UNKNOWN_TYPE.to_owned() }
}

/// What a file of this (clean) type is shown as.
pub fn kind(content_type: &str, voice: bool) -> FileKind {
    match content_type {
        "image/png" | "image/jpeg" | "image/jpg" | "image/gif" | "image/webp" | "image/avif"
        | "image/bmp" => FileKind::Image,
        "video/mp4" | "video/webm" | "video/ogg" | "video/quicktime" => FileKind::Video,
        audio if audio.starts_with("audio/") => {
            if voice {
                FileKind::Voice
            } else {
                FileKind::Audio
            }
        }
        _ => FileKind::Other,
    }
}

/// Control characters, marks that turn text around, and others that cannot be seen.
fn is_hidden(letter: char) -> bool {
    letter.is_control()
        || matches!(letter,
            '\u{ad}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{180e}' | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

/// What some system does not take in a name.
fn harmless(letter: char) -> char {
    match letter {
        '<' | '>' | ':' | '"' | '|' | '?' | '*' | '%' => '_',
        space if space.is_whitespace() => ' ',
        other => other,
    }
}

fn is_edge(letter: char) -> bool {
    letter == '.' || letter == ' '
}

/// Names of devices, with any ending.
fn is_reserved(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default().trim_end().to_ascii_lowercase();
    match stem.as_str() {
        "con" | "prn" | "aux" | "nul" | "conin$" | "conout$" => true,
        device => {
            let number = device.strip_prefix("com").or_else(|| device.strip_prefix("lpt"));
            number.is_some_and(|number| {
                matches!(number, "¹" | "²" | "³")
                    || number.len() == 1 && number.as_bytes()[0].is_ascii_digit()
            })
        }
    }
}

/// Cuts a name before its ending.
fn cut(name: String) -> String {
    if name.len() <= MAX_NAME {
        return name;
    }
    let dot = name.rfind('.').filter(|dot| name.len() - dot <= MAX_ENDING).unwrap_or(name.len());
    let (stem, ending) = name.split_at(dot);
    let stem = &stem[..stem.floor_char_boundary(MAX_NAME - ending.len())];
    format!("{}{ending}", stem.trim_end_matches(is_edge))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_become_harmless() {
        for (name, safe) in [
            ("photo.jpg", "photo.jpg"),
            ("../../etc/passwd", "passwd"),
            (r"C:\Windows\system32\evil.exe", "evil.exe"),
            ("gpj.\u{202e}exe.txt", "gpj.exe.txt"),
            ("a\0b\nc\u{200b}d\u{2066}.png", "abcd.png"),
            (".bashrc", "bashrc"),
            ("...", ""),
            ("..", ""),
            ("/", ""),
            ("name. . ", "name"),
            ("CON", "_CON"),
            ("aux.txt", "_aux.txt"),
            ("com7 .tar.gz", "_com7 .tar.gz"),
            ("LPT¹", "_LPT¹"),
            ("community.txt", "community.txt"),
            ("a<b>c:d|e?f*g\"h", "a_b_c_d_e_f_g_h"),
            ("תמונה.png", "תמונה.png"),
        ] {
            assert_eq!(safe_name(name), safe, "{name:?}");
        }
        let long = format!("{}.jpeg", "é".repeat(300));
        let cut = safe_name(&long);
        assert!(cut.len() <= 255 && cut.ends_with("é.jpeg"), "{cut}");
        assert_eq!(safe_name(&"x".repeat(400)).len(), 255);
    }

    #[test]
    fn types_are_types() {
        assert_eq!(clean_type(" Image/PNG; charset=x"), "image/png");
        for bad in ["", "image", "/png", "image/", "a/b/c", "text/ht ml", "te\u{7f}xt/x", &"a/".repeat(200)] {
            assert_eq!(clean_type(bad), UNKNOWN_TYPE, "{bad}");
        }
        assert_eq!(kind("image/svg+xml", false), FileKind::Other);
        assert_eq!(kind("text/html", true), FileKind::Other);
        assert_eq!(kind("audio/mp4", true), FileKind::Voice);
        assert_eq!(kind("audio/mp4", false), FileKind::Audio);
    }

    proptest! {
        #[test]
        fn every_name_becomes_a_safe_one(
            name in prop_oneof![
                any::<String>(),
                "[./\\\\ A-Zcon-\u{2040}\u{0}-\u{20}]{0,300}",
                "(con|nul|com1|LPT9)[. ]{0,3}[a-z\u{202a}-\u{202e}]{0,6}",
            ]
        ) {
            let safe = safe_name(&name);
            prop_assert!(safe.len() <= MAX_NAME);
            let edges = [safe.chars().next(), safe.chars().last()];
            prop_assert!(edges.into_iter().flatten().all(|edge| !is_edge(edge)));
            prop_assert!(!safe.chars().any(is_hidden));
            prop_assert!(!safe.contains(['/', '\\', '<', '>', ':', '"', '|', '?', '*', '%']));
            prop_assert!(!is_reserved(&safe));
            prop_assert_eq!(safe_name(&safe), safe);
        }
    }
}
