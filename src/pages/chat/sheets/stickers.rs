use std::sync::Arc;

use leptos::{ev, html, prelude::*};
use sotto_api::{Command, Failure, NewFile};

use super::{
    grid::{enter, move_in},
    sticker_set::{Sticker, fetch},
};
use crate::{
    components::{each::Each, show::Show, spinner::Spinner},
    device::save::BlobUrl,
    i18n::t,
    once,
    pages::chat::{
        conversation::talk::{Goal, Talk, use_talk},
        files::store,
    },
    stickers::{STICKER_NAME, STICKER_SIDE},
    words,
};

/// The stickers, by name; one that is chosen is sent at once.
#[component]
pub fn Stickers() -> impl IntoView {
    let talk = use_talk();
    let node = NodeRef::<html::Div>::new();
    let all = RwSignal::new(None::<Arc<Vec<Sticker>>>);
    let missing = RwSignal::new(false);
    let query = RwSignal::new(String::new());
    let load = move || {
        missing.set(false);
        leptos::task::spawn_local(async move {
            match fetch().await {
                Some(set) => drop(all.try_set(Some(set))),
                None => drop(missing.try_set(true)),
            }
        });
    };
    load();
    let found = once::memo(move || {
        let query = query.with(|query| words::lower(query.trim()));
        let wanted: Vec<&str> = query.split_whitespace().collect();
        let all = all.get().unwrap_or_default();
        let shown = all.iter().enumerate().filter(|(_, sticker)| sticker.is_called(&wanted));
        shown.map(|(place, _)| place).collect::<Vec<usize>>()
    });
    let choose = move |place: usize| {
        let sticker = all.with_untracked(|all| all.as_ref().and_then(|all| all.get(place).cloned()));
        if let Some(sticker) = sticker {
            talk.sheet.set(None);
            leptos::task::spawn_local(send(talk, sticker));
        }
    };
    let on_key = move |event: ev::KeyboardEvent| match event.key().as_str() {
        _ if event.is_composing() => {}
        "Enter" => {
            event.prevent_default();
            let searched = query.with_untracked(|query| !query.trim().is_empty());
            if let Some(first) = untrack(|| found.get()).first().filter(|_| searched) {
                choose(*first);
            }
        }
        "ArrowDown" => {
            event.prevent_default();
            enter(node);
        }
        _ => {}
    };
    view! {
        <div class="emoji-head">
            <input
                type="search"
                class="emoji-search"
                data-testid="sticker-search"
                placeholder=t::emoji::sticker_search()
                aria-label=t::emoji::sticker_search()
                autocomplete="off"
                on:input=move |event| query.set(event_target_value(&event))
                on:keydown=on_key
            />
        </div>
        <Show
            when=move || all.with(Option::is_some)
            fallback=move || {
                view! {
                    <Show when=move || missing.get() fallback=|| view! { <p role="status"><Spinner /></p> }>
                        <p class="body" role="alert">{t::app::missing_body()}</p>
                        <button type="button" class="button outline" on:click=move |_| load()>
                            {t::action::try_again()}
                        </button>
                    </Show>
                }
            }
        >
            <div
                node_ref=node
                class="emoji-grid"
                data-testid="sticker-grid"
                on:keydown=move |event| move_in(node, &event)
            >
                <p class="hint" hidden=move || !found.with(Vec::is_empty)>{t::emoji::found(0)}</p>
                <div class="stickers">
                    <Each each=move || found.get() key=|place: &usize| *place let(place)>
                        {all.with_untracked(|all| all.as_ref().and_then(|all| all.get(place).cloned()))
                            .map(|sticker| {
                                let url = sticker.drawn().as_ref().and_then(BlobUrl::new);
                                view! {
                                    <button
                                        type="button"
                                        aria-label=sticker.name.clone()
                                        title=sticker.name
                                        data-testid="sticker-choice"
                                        on:click=move |_| choose(place)
                                    >
                                        <img src=move || url.as_ref().map(BlobUrl::get) alt="" draggable="false" />
                                    </button>
                                }
                            })}
                    </Each>
                </div>
            </div>
        </Show>
    }
}

async fn send(talk: Talk, sticker: Sticker) {
    if let Err(failure) = try_send(talk, &sticker).await {
        talk.state.complain(&failure);
    }
}

async fn try_send(talk: Talk, sticker: &Sticker) -> Result<(), Failure> {
    let to = talk.replying.try_get_untracked().flatten();
    let painted = sticker.painted().await.ok_or(Failure::Internal)?;
    let new = NewFile {
        name: STICKER_NAME.to_owned(),
        content_type: "image/png".to_owned(),
        size: painted.size() as u32,
        dimensions: Some((STICKER_SIDE, STICKER_SIDE)),
        ..NewFile::default()
    };
    let file = store(talk.state, new, &painted, |_| true).await?;
    let command = Command::SendFiles { conversation: talk.id, text: String::new(), files: vec![file], to };
    if let Err(failure) = talk.state.engine.call(command).await {
        talk.state.engine.tell(Command::DropFile(file));
        return Err(failure);
    }
    let _ = talk.replying.try_set(None);
    let _ = talk.goal.try_set(Some(Goal::End));
    Ok(())
}
