use leptos::prelude::*;

use crate::components::field::unique;

/// One way of doing it.
#[derive(Clone, Copy)]
pub struct Scope<T: 'static> {
    /// Which.
    pub value: T,
    /// What it is called.
    pub label: &'static str,
    /// What it does and does not.
    pub hint: &'static str,
    /// For tests.
    pub testid: &'static str,
}

/// A choice of how far something goes.
#[component]
pub fn Scopes<T: Copy + PartialEq + Send + Sync + 'static>(
    /// The choices.
    all: Vec<Scope<T>>,
    /// The chosen one.
    chosen: RwSignal<T>,
    /// What is chosen.
    legend: &'static str,
) -> impl IntoView {
    let group = unique("scope");
    let rows = all
        .into_iter()
        .map(|scope| {
            view! {
                <label class="scope">
                    <input
                        type="radio"
                        name=group.clone()
                        data-testid=scope.testid
                        prop:checked=move || chosen.get() == scope.value
                        on:change=move |_| chosen.set(scope.value)
                    />
                    <span class="text">
                        <span class="name">{scope.label}</span>
                        <span class="hint">{scope.hint}</span>
                    </span>
                </label>
            }
        })
        .collect_view();
    view! { <fieldset class="scopes"><legend class="unseen">{legend}</legend>{rows}</fieldset> }
}
