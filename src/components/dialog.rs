use leptos::{ev, html, prelude::*};

use super::field::unique;
use crate::once;

/// A dialog over the page. The browser keeps the focus inside, gives it back afterwards, and closes on
/// Escape; a press beside it closes as well.
#[component]
pub fn Dialog(
    /// Whether it is open; set to `false` when the person closes it.
    open: RwSignal<bool>,
    /// Its heading.
    #[prop(into)]
    title: Signal<String>,
    /// For tests.
    #[prop(optional)]
    testid: Option<&'static str>,
    /// What is in it; built anew each time it opens.
    children: ChildrenFn,
) -> impl IntoView {
    let node = NodeRef::<html::Dialog>::new();
    let heading = unique("dialog");
    once::effect(move || {
        let Some(dialog) = node.get() else { return };
        match (open.get(), dialog.open()) {
            // Fails only for a dialog that is open or not in the page.
            (true, false) => drop(dialog.show_modal()),
            (false, true) => dialog.close(),
            _ => {}
        }
    });
    let beside = move |event: ev::MouseEvent| {
        let on_backdrop = event.target().is_some_and(|target| {
            node.get_untracked().is_some_and(|dialog| js_sys::Object::is(&target, dialog.as_ref()))
        });
        if on_backdrop {
            open.set(false);
        }
    };
    let labelled = heading.clone();
    view! {
        <dialog
            node_ref=node
            class="dialog"
            aria-labelledby=labelled
            data-testid=testid
            on:close=move |_| open.set(false)
            on:mousedown=beside
        >
            <div class="sheet">
                <h2 id=heading>{move || title.get()}</h2>
                {move || open.get().then(|| children())}
            </div>
        </dialog>
    }
}
