use leptos::prelude::*;

use crate::words;

/// How many colours `style/avatar.css` has.
const HUES: u32 = 12;

/// How large it is drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AvatarSize {
    /// 34 px.
    Small,
    /// 44 px, for rows.
    #[default]
    Row,
    /// 84 px, for details.
    Large,
}

/// Initials on a colour that follows from the Account ID: the same person has the same colour everywhere.
#[component]
pub fn Avatar(
    /// The Account ID.
    #[prop(into)]
    id: Signal<String>,
    /// What the initials come from.
    #[prop(into)]
    name: Signal<String>,
    /// How large.
    #[prop(optional)]
    size: AvatarSize,
) -> impl IntoView {
    let class = move || {
        let size = match size {
            AvatarSize::Small => "small",
            AvatarSize::Row => "medium",
            AvatarSize::Large => "large",
        };
        format!("avatar {size} hue-{}", hue(&id.get()))
    };
    view! { <span class=class aria-hidden="true">{move || initials(&name.get())}</span> }
}

/// FNV-1a over the ID: any spread that is the same on every device will do.
fn hue(id: &str) -> u32 {
    id.bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)) % HUES
}

/// The first letters of the first two words, or the first two letters of a single one.
fn initials(name: &str) -> String {
    let mut words = name.split_whitespace().filter_map(|word| {
        let mut letters = word.chars().filter(|letter| letter.is_alphanumeric());
        letters.next().map(|first| (first, letters.next()))
    });
    let letters = match (words.next(), words.next()) {
        (Some((first, _)), Some((second, _))) => vec![first, second],
        (Some((first, next)), None) => std::iter::once(first).chain(next).collect(),
        _ => name.chars().take(1).collect(),
    };
    words::upper(&letters.into_iter().collect::<String>())
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    #[test]
    fn initials_of_many_names() {
        let cases = [
            ("Mara Anselm", "MA"),
            ("Jonas", "JO"),
            ("05a3…91fe", "05"),
            ("Kestrel & Lund", "KL"),
            ("م ن", "من"),
            ("🦊", "🦊"),
            ("", ""),
        ];
        for (name, expected) in cases {
            assert_eq!(initials(name), expected, "{name}");
        }
    }
}
