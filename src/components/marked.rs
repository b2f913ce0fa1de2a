use leptos::prelude::*;

/// A text with what was searched for in it marked.
#[component]
pub fn Marked(
    /// The text.
    text: String,
    /// What is marked: start and end in UTF-16 code units, in order.
    ranges: Vec<(u32, u32)>,
) -> impl IntoView {
    pieces(&text, &ranges)
        .into_iter()
        .map(|(piece, marked)| match marked {
            true => view! { <mark>{piece}</mark> }.into_any(),
            false => piece.into_any(),
        })
        .collect_view()
}

/// Cuts a text at the ranges. What lies outside of the text or before the range ahead of it is left out.
fn pieces(text: &str, ranges: &[(u32, u32)]) -> Vec<(String, bool)> {
    let units: Vec<u16> = text.encode_utf16().collect();
    let mut found = Vec::new();
    let mut at = 0;
    for (start, end) in ranges {
        let (start, end) = (*start as usize, *end as usize);
        if start < at || end <= start || end > units.len() {
            continue;
        }
        found.push((String::from_utf16_lossy(&units[at..start]), false));
        found.push((String::from_utf16_lossy(&units[start..end]), true));
        at = end;
    }
    found.push((String::from_utf16_lossy(&units[at..]), false));
    found.retain(|(piece, _)| !piece.is_empty());
    found
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    #[test]
    fn ranges_count_as_the_browser_does_and_bad_ones_are_left_out() {
        let marked = |text, ranges: &[(u32, u32)]| {
            pieces(text, ranges)
                .into_iter()
                .map(|(piece, marked)| if marked { format!("[{piece}]") } else { piece })
                .collect::<String>()
        };
        assert_eq!(marked("a fox 🦊 runs", &[(2, 5), (9, 13)]), "a [fox] 🦊 [runs]");
        assert_eq!(marked("fox", &[(0, 3)]), "[fox]");
        assert_eq!(marked("fox", &[(2, 9), (1, 1), (3, 2)]), "fox");
        assert_eq!(marked("fox", &[(1, 2), (0, 1)]), "f[o]x");
        assert_eq!(marked("", &[]), "");
    }
}
