use leptos::prelude::*;

/// As much of a name's end is always seen, in letters.
const END: usize = 10;

/// The name of a file. Where there is no room, its middle is left out: what kind it is stays readable. It can not
/// turn round what stands beside it.
#[component]
pub fn FileName(
    /// The name.
    #[prop(into)]
    name: Signal<String>,
) -> impl IntoView {
    let parts = move || {
        let name = name.get();
        let (stem, end) = split(&name);
        let (stem, end) = (stem.to_owned(), end.to_owned());
        view! {
            <span class="stem">{stem}</span>
            <span class="end">{end}</span>
        }
    };
    view! {
        <bdi class="file-name private" data-testid="file-name" title=move || name.get()>
            {parts}
        </bdi>
    }
}

/// What may be cut, and what may not: the ending and, as long as they are plain, a few letters before it.
fn split(name: &str) -> (&str, &str) {
    let Some((stem, ending)) = name.rsplit_once('.').filter(|(_, ending)| ending.chars().count() < END)
    else {
        return (name, "");
    };
    let room = END - ending.chars().count();
    let plain = stem.bytes().rev().take(room).take_while(u8::is_ascii_alphanumeric).count();
    name.split_at(stem.len() - plain)
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    #[test]
    fn the_ending_stays() {
        for (name, parts) in [
            ("holiday-pictures.zip", ("holiday-p", "ictures.zip")),
            ("a.txt", ("", "a.txt")),
            ("no ending", ("no ending", "")),
            ("صورة.jpg", ("صورة", ".jpg")),
            ("odd.a-very-long-ending", ("odd.a-very-long-ending", "")),
            ("", ("", "")),
        ] {
            assert_eq!(split(name), parts, "{name}");
        }
    }
}
