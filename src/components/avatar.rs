use js_sys::{Array, Uint8Array};
use leptos::prelude::*;
use sotto_api::{Bytes, Command, FILE_PART_BYTES, FileId, Reply};
use web_sys::Blob;

use crate::{
    device::{face, save::BlobUrl},
    once,
    state::{State, pictures::Face, use_state},
    words,
};

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

/// Somebody's picture. Until it is there, and when there is none: initials on a colour that follows from the Account ID,
/// the same everywhere.
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
    let state = use_state();
    let known = once::memo(move || id.get());
    let picture = once::memo(move || {
        let shown = state.pictures.of(&known.get()).shown.get();
        shown.and_then(|(_, url)| url).map(|url| url.get())
    });
    once::effect(move || {
        let face = known.with(|id| state.pictures.of(id));
        if let Some(file) = face.file.get() {
            look(state, face, file);
        }
    });
    view! {
        <span class=class aria-hidden="true">
            {move || match picture.get() {
                Some(url) => view! { <img src=url alt="" draggable="false" data-testid="avatar-picture" /> }.into_any(),
                None => initials(&name.get()).into_any(),
            }}
        </span>
    }
}

/// Makes something to show of a picture, once for all places where it is shown.
fn look(state: State, face: Face, file: FileId) {
    if face.shown.with_untracked(|shown| shown.as_ref().is_some_and(|(of, _)| *of == file)) {
        return;
    }
    // Kept from before until the new one is there.
    let before = face.shown.get_untracked().and_then(|(_, url)| url);
    face.shown.set(Some((file, before)));
    leptos::task::spawn_local(async move {
        let url = shown(state, file).await;
        if face.file.get_untracked() == Some(file) {
            face.shown.set(Some((file, url)));
        }
    });
}

async fn shown(state: State, file: FileId) -> Option<BlobUrl> {
    let parts = Array::new();
    for part in 0.. {
        let Ok(Reply::Part(Bytes(bytes))) = state.engine.call(Command::ReadFile { file, part }).await else {
            return None;
        };
        parts.push(&Uint8Array::from(bytes.as_slice()));
        if bytes.len() < FILE_PART_BYTES {
            break;
        }
    }
    face::of(&Blob::new_with_u8_array_sequence(&parts).ok()?).await
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
