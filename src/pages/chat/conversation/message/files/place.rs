use leptos::{ev, prelude::*};
use sotto_api::{Command, FileId, FileProblem, FileState};

use super::Of;
use crate::{
    components::icon::{Glyph, Icon},
    i18n::{format, t},
    pages::chat::conversation::talk::{Talk, use_talk},
    words,
};

/// Where a file is, and what can be done about it: load, stop, try again. Nothing when it is here.
#[component]
pub fn Place(
    /// What it belongs to.
    of: Of,
    /// Which file.
    file: FileId,
    /// Where it is.
    place: RwSignal<FileState>,
    /// Its length, bytes.
    size: u32,
) -> impl IntoView {
    let talk = use_talk();
    let stop = of.stop;
    let pill = move |face: AnyView, label: String, testid: &'static str, act: fn(Talk, Of, FileId)| {
        view! {
            <button
                type="button"
                class="place"
                tabindex=stop
                data-testid=testid
                aria-label=label
                on:click=move |event: ev::MouseEvent| {
                    if !talk.selecting() {
                        event.stop_propagation();
                        act(talk, of, file);
                    }
                }
            >
                {face}
            </button>
        }
        .into_any()
    };
    move || {
        match place.get() {
        FileState::Here => ().into_any(),
        FileState::Gone => {
            view! { <span class="place still" data-testid="file-gone"><Glyph icon=Icon::Ban small=true /> {t::files::gone()}</span> }
                .into_any()
        }
        FileState::NotLoaded => {
            let size = format::bytes(size.into());
            let face = view! { <Glyph icon=Icon::Download small=true /> {size.clone()} }.into_any();
            pill(face, t::files::load(&size), "file-load", load)
        }
        FileState::Waiting => {
            let face = view! { <Glyph icon=Icon::Clock small=true /> {t::files::waiting()} <Glyph icon=Icon::X small=true /> };
            pill(face.into_any(), t::files::stop_waiting().to_owned(), "file-cancel", cancel)
        }
        FileState::Uploading { done, total } => {
            let label = format!("{}. {}", amount(done, total), t::files::stop_sending());
            pill(progress(done, total), label, "file-cancel", cancel)
        }
        FileState::Loading { done, total } => {
            let label = format!("{}. {}", amount(done, total), t::files::stop_loading());
            pill(progress(done, total), label, "file-cancel", cancel)
        }
        FileState::Failed(problem) => {
            let face = view! { <Glyph icon=Icon::RotateCcw small=true /> {t::action::try_again()} }.into_any();
            failed(of.own, problem, pill(face, t::action::try_again().to_owned(), "file-retry", retry))
        }
    }
    }
}

/// Why it is not there. `again` tries again, where that may help.
fn failed(own: bool, problem: FileProblem, again: AnyView) -> AnyView {
    // Nothing will be different the next time.
    let lasting = matches!(
        problem,
        FileProblem::TooLarge | FileProblem::TooMany | FileProblem::UnknownServer | FileProblem::Broken
    );
    view! {
        <span class="trouble">
            <span class="place still" data-testid="file-problem">
                <Glyph icon=Icon::CircleAlert small=true />
                {words::file(problem)}
            </span>
            {(own || !lasting).then_some(again)}
        </span>
    }
    .into_any()
}

/// How much of it is done; all of it as long as that is not known.
fn amount(done: u32, total: u32) -> String {
    let all = format::bytes(total.into());
    if done > 0 { t::files::of(&format::bytes(done.into()), &all) } else { all }
}

/// The same with a bar.
fn progress(done: u32, total: u32) -> AnyView {
    let known = done > 0;
    let text = amount(done, total);
    view! {
        <progress
            data-testid="file-progress"
            aria-label=text.clone()
            max=known.then(|| total.max(done).to_string())
            value=known.then(|| done.to_string())
        ></progress>
        {text}
        <Glyph icon=Icon::X small=true />
    }
    .into_any()
}

fn load(talk: Talk, of: Of, file: FileId) {
    talk.state.ask(Command::LoadFile { message: of.message, file });
}

fn cancel(talk: Talk, of: Of, file: FileId) {
    talk.state.ask(Command::CancelFile { message: of.message, file });
}

fn retry(talk: Talk, of: Of, file: FileId) {
    match of.own {
        true => talk.state.ask(Command::Retry(of.message)),
        false => load(talk, of, file),
    }
}
