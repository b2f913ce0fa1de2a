use crate::once;
use leptos::{html::Input, prelude::*};
use wasm_bindgen::JsCast;

/// A labelled line of input with its hint and its error. The error is tied to the input for screen readers.
#[component]
pub fn Field(
    /// What is typed; written at each change.
    value: RwSignal<String>,
    /// What it is.
    #[prop(into)]
    label: String,
    /// Explains what is wanted.
    #[prop(optional, into)]
    hint: Option<String>,
    /// What is wrong now; empty when nothing is.
    #[prop(optional, into)]
    error: Signal<String>,
    /// `text` or `password`.
    #[prop(default = "text")]
    kind: &'static str,
    /// The browser's word for what it is.
    #[prop(default = "off")]
    autocomplete: &'static str,
    /// Monospaced, no capitals, no spelling: for identifiers and words of a list.
    #[prop(optional)]
    verbatim: bool,
    /// Takes the focus when it appears.
    #[prop(optional)]
    autofocus: bool,
    /// Longest text, in UTF-16 units.
    #[prop(optional)]
    maxlength: Option<u32>,
    /// For tests: the input, and the error.
    #[prop(optional)]
    testid: Option<&'static str>,
    /// For tests.
    #[prop(optional)]
    error_testid: Option<&'static str>,
) -> impl IntoView {
    let node = NodeRef::<Input>::new();
    let id = unique("field");
    let (hint_id, error_id) = (format!("{id}-hint"), format!("{id}-error"));
    let described = format!("{hint_id} {error_id}");
    if autofocus {
        once::effect(move || {
            if let Some(input) = node.get() {
                let _ = input.focus();
            }
        });
    }
    view! {
        <div class="field" class:verbatim=verbatim class:wrong=move || !error.get().is_empty()>
            <label for=id.clone()>{label}</label>
            <input
                node_ref=node
                id=id
                type=kind
                autocomplete=autocomplete
                autocapitalize=verbatim.then_some("none")
                spellcheck=if verbatim { "false" } else { "true" }
                dir="auto"
                maxlength=maxlength.map(|limit| limit.to_string())
                data-testid=testid
                aria-describedby=described
                aria-invalid=move || (!error.get().is_empty()).then_some("true")
                prop:value=move || value.get()
                on:input=move |event| value.set(event_target_value(&event))
            />
            {hint.map(|hint| view! { <p class="hint" id=hint_id>{hint}</p> })}
            <p class="error" id=error_id role="alert" data-testid=error_testid hidden=move || error.get().is_empty()>
                {move || error.get()}
            </p>
        </div>
    }
}

/// Moves the focus to the first input that is marked as wrong, once the marks are drawn.
pub fn focus_wrong() {
    request_animation_frame(|| {
        let wrong = document().query_selector("[aria-invalid=true]").ok().flatten();
        if let Some(input) = wrong.and_then(|found| found.dyn_into::<web_sys::HtmlElement>().ok()) {
            let _ = input.focus();
        }
    });
}

/// A new identifier for an element of this page.
pub fn unique(prefix: &str) -> String {
    use std::sync::atomic::{AtomicU32, Ordering};
    static NEXT: AtomicU32 = AtomicU32::new(0);
    format!("{prefix}-{}", NEXT.fetch_add(1, Ordering::Relaxed))
}
