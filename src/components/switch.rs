use leptos::prelude::*;

/// An on/off choice with its explanation. The whole row can be pressed.
#[component]
pub fn Switch(
    /// On or off; written when it is pressed.
    on: RwSignal<bool>,
    /// What it is.
    #[prop(into)]
    label: String,
    /// What it does.
    #[prop(optional, into)]
    hint: Option<String>,
    /// For tests.
    #[prop(optional, into)]
    testid: Option<&'static str>,
) -> impl IntoView {
    view! {
        <label class="switch">
            <input type="checkbox" role="switch" data-testid=testid prop:checked=move || on.get()
                on:change=move |event| on.set(event_target_checked(&event)) />
            <span class="groove" aria-hidden="true"></span>
            <span class="text">
                <span class="name">{label}</span>
                {hint.map(|hint| view! { <span class="hint">{hint}</span> })}
            </span>
        </label>
    }
}
