use std::{hash::Hash, sync::Arc};

use leptos::prelude::*;

/// A list whose rows stay as long as their keys do. Unlike the framework's `For`, it is compiled once for
/// each type of item, whatever the rows look like.
#[component]
pub fn Each<T, K, F, C, V>(
    /// The items.
    each: F,
    /// What an item is recognised by.
    key: fn(&T) -> K,
    /// Draws a row.
    children: C,
) -> impl IntoView
where
    T: Send + 'static,
    K: Eq + Hash + 'static,
    F: Fn() -> Vec<T> + Send + 'static,
    C: Fn(T) -> V + Send + Sync + 'static,
    V: IntoView + 'static,
{
    rows(Box::new(each), key, Arc::new(move |item| children(item).into_any()))
}

/// Draws the row of an item.
type Draw<T> = Arc<dyn Fn(T) -> AnyView + Send + Sync>;

fn rows<T: Send + 'static, K: Eq + Hash + 'static>(
    each: Box<dyn Fn() -> Vec<T> + Send>,
    key: fn(&T) -> K,
    draw: Draw<T>,
) -> AnyView {
    view! { <For each=each key=key children=move |item| draw(item) /> }.into_any()
}
