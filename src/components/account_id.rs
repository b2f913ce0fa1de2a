use leptos::prelude::*;

/// An Account ID in groups of four, so that it can be compared by eye. Selecting and copying it by hand
/// gives the ID without gaps: they are only drawn.
#[component]
pub fn AccountId(
    /// 66 hex digits.
    #[prop(into)]
    id: Signal<String>,
    /// For tests.
    #[prop(optional)]
    testid: Option<&'static str>,
) -> impl IntoView {
    view! {
        <p class="account-id" dir="ltr" data-testid=testid>
            {move || groups(&id.get()).into_iter().map(|group| view! { <span>{group}</span> }).collect_view()}
        </p>
    }
}

/// The prefix, then groups of four.
fn groups(id: &str) -> Vec<String> {
    let letters: Vec<char> = id.chars().collect();
    let (prefix, rest) = letters.split_at(letters.len().min(2));
    std::iter::once(prefix).chain(rest.chunks(4)).map(|group| group.iter().collect()).collect()
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::groups;

    #[test]
    fn nothing_is_lost_in_groups() {
        let id = format!("05{}", "0123456789abcdef".repeat(4));
        let groups = groups(&id);
        assert_eq!(groups.len(), 17);
        assert_eq!(groups.concat(), id);
    }
}
