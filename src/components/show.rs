use leptos::{children::ViewFn, prelude::*, reactive::computed::ArcMemo};

/// Shows what is in it while a condition holds. Unlike the framework's own, it is compiled once for all
/// that it shows.
#[component]
pub fn Show<W: Fn() -> bool + Send + Sync + 'static>(
    /// The condition.
    when: W,
    /// What is shown otherwise; nothing, if not given.
    #[prop(optional, into)]
    fallback: ViewFn,
    /// What is in it; built anew each time the condition comes true.
    children: ChildrenFn,
) -> impl IntoView {
    switch(Box::new(when), children, fallback)
}

fn switch(when: Box<dyn Fn() -> bool + Send + Sync>, children: ChildrenFn, fallback: ViewFn) -> AnyView {
    // Owned by the view that reads it, so that it is there as long as that is.
    let shown = ArcMemo::new(move |_| when());
    (move || if shown.get() { children() } else { fallback.run() }).into_any()
}
