use leptos::prelude::*;

use super::dialog::Dialog;
use crate::{i18n::t, once, state::use_state};

/// Asks the question that [`Confirm`](crate::state::confirm::Confirm) holds.
#[component]
pub fn ConfirmDialog() -> impl IntoView {
    let confirm = use_state().confirm;
    let open = RwSignal::new(false);
    once::effect(move || open.set(confirm.question.get().is_some()));
    // Escape and a press beside it mean no.
    once::effect(move || {
        if !open.get() && confirm.question.get_untracked().is_some() {
            confirm.answer(false);
        }
    });
    let title = move || confirm.question.get().map(|question| question.title).unwrap_or_default();
    view! {
        <Dialog open=open title=Signal::derive(title)>
            {move || {
                confirm
                    .question
                    .get()
                    .map(|question| {
                        view! {
                            <p class="body">{question.body}</p>
                            <div class="actions">
                                <button
                                    type="button"
                                    class="button outline"
                                    autofocus
                                    on:click=move |_| confirm.answer(false)
                                >
                                    {t::action::cancel()}
                                </button>
                                <button
                                    type="button"
                                    class="button"
                                    class:danger=question.danger
                                    class:primary=!question.danger
                                    data-testid="confirm"
                                    on:click=move |_| confirm.answer(true)
                                >
                                    {question.action}
                                </button>
                            </div>
                        }
                    })
            }}
        </Dialog>
    }
}
