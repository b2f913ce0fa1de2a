//! What lies over a conversation for a while. It is in a file of its own, since reading and writing need none
//! of it.

mod clear;
mod delete;
mod emoji;
mod emoji_list;
mod grid;
mod ledger;
mod link;
mod scopes;
mod sticker_set;
mod stickers;
mod swarm;
mod tries;
mod who;

use leptos::prelude::*;

use super::conversation::talk::{Sheet, use_talk};
use crate::{components::dialog::Dialog, once};

/// The sheet that the conversation asks for.
#[component]
pub fn Over() -> impl IntoView {
    let talk = use_talk();
    move || {
        talk.sheet.get().map(|sheet| match sheet {
            Sheet::Ledger(id) => view! { <ledger::Ledger id=id /> }.into_any(),
            Sheet::Who(id) => view! { <who::Who id=id /> }.into_any(),
            Sheet::Delete(ids) => view! { <delete::Delete ids=ids /> }.into_any(),
            Sheet::Clear => view! { <clear::Clear /> }.into_any(),
            Sheet::Link(address) => view! { <link::Link address=address /> }.into_any(),
            Sheet::Emoji(wanted) => view! { <emoji::Emoji wanted=wanted /> }.into_any(),
            // In a file of its own.
            Sheet::Gallery(..) => ().into_any(),
        })
    }
}

/// A dialog that is open from the start; the conversation forgets it when it closes.
#[component]
fn Lying(
    /// Its heading.
    #[prop(into)]
    title: String,
    /// For tests.
    testid: &'static str,
    /// What is in it.
    children: ChildrenFn,
) -> impl IntoView {
    let talk = use_talk();
    let open = RwSignal::new(true);
    once::effect(move || {
        if !open.get() {
            talk.sheet.set(None);
        }
    });
    view! { <Dialog open=open title=Signal::stored(title) testid=testid children=children /> }
}
