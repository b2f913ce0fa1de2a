use leptos::{ev, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::{Blob, DataTransfer, HtmlInputElement};

use super::{
    field::unique,
    icon::{Glyph, Icon},
    qr_camera::QrCamera,
    qr_kind::CodeKind,
    spinner::Spinner,
};
use crate::{
    device::{
        grey::Grey,
        qr::{self, QrError},
    },
    i18n::t,
};

/// What a reader is opened for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// Somebody to write to.
    AccountId,
    /// The way back into an account.
    Recovery,
}

impl Wanted {
    fn kind(self) -> CodeKind {
        match self {
            Self::AccountId => CodeKind::AccountId,
            Self::Recovery => CodeKind::Recovery,
        }
    }

    fn sentence(self) -> &'static str {
        match self {
            Self::AccountId => t::qr::wanted_account_id(),
            Self::Recovery => t::qr::wanted_recovery(),
        }
    }
}

/// Where the code comes from.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Source {
    Picture,
    Camera,
}

/// Reads a QR code from a picture (chosen, dropped or pasted) or from the camera. A code of another kind
/// is named, and reading goes on.
#[component]
pub fn QrReader(
    /// Which kind of code is taken.
    wanted: Wanted,
    /// Called with the trimmed text of a code of that kind.
    #[prop(into)]
    on_found: Callback<String>,
) -> impl IntoView {
    let error = RwSignal::new(String::new());
    let source = RwSignal::new(Source::Picture);
    let take = Callback::new(move |texts: Vec<String>| {
        match texts.iter().map(|text| text.trim()).find(|text| CodeKind::of(text) == wanted.kind()) {
            Some(text) => {
                error.set(String::new());
                on_found.run(text.to_owned());
            }
            None => {
                let kind = texts.first().map_or(CodeKind::Other, |text| CodeKind::of(text));
                error.set(format!("{} {}", kind.sentence(), wanted.sentence()));
            }
        }
    });
    let tab = move |this: Source, label: &'static str, icon: Icon, test: &'static str| {
        view! {
            <button
                type="button"
                data-testid=test
                aria-pressed=move || (source.get() == this).to_string()
                on:click=move |_| {
                    error.set(String::new());
                    source.set(this);
                }
            >
                <Glyph icon=icon />
                {label}
            </button>
        }
    };
    view! {
        <div class="qr-reader" data-testid="qr-reader">
            <div class="segments" role="group" aria-label=t::qr::source()>
                {tab(Source::Picture, t::qr::image(), Icon::Image, "qr-from-picture")}
                {tab(Source::Camera, t::qr::camera(), Icon::Camera, "qr-from-camera")}
            </div>
            {move || match source.get() {
                Source::Picture => view! { <QrPicture on_texts=take error=error /> }.into_any(),
                Source::Camera => view! { <QrCamera on_texts=take error=error /> }.into_any(),
            }}
            <p class="error" role="alert" data-testid="qr-error" hidden=move || error.with(String::is_empty)>
                {move || error.get()}
            </p>
        </div>
    }
}

/// The picture half: a place to choose, drop or paste into.
#[component]
fn QrPicture(on_texts: Callback<Vec<String>>, error: RwSignal<String>) -> impl IntoView {
    let busy = RwSignal::new(false);
    let over = RwSignal::new(false);
    let id = unique("qr-image");
    let open = move |file: Option<Blob>| {
        let Some(file) = file else { return };
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        error.set(String::new());
        leptos::task::spawn_local(async move {
            let outcome = read(&file).await;
            if busy.try_set(false).is_some() {
                return;
            }
            match outcome {
                Ok(texts) => on_texts.run(texts),
                Err(sentence) => error.set(sentence.to_owned()),
            }
        });
    };
    let paste = window_event_listener(ev::paste, move |event| {
        if let Some(file) = event.clipboard_data().as_ref().and_then(picture) {
            event.prevent_default();
            open(Some(file));
        }
    });
    on_cleanup(move || paste.remove());
    let choose = move |event: ev::Event| {
        let Some(input) = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok()) else {
            return;
        };
        open(input.files().and_then(|files| files.get(0)).map(Into::into));
        // The same file may be chosen again.
        input.set_value("");
    };
    let drop = move |event: ev::DragEvent| {
        event.prevent_default();
        over.set(false);
        open(event.data_transfer().as_ref().and_then(picture));
    };
    let drag = move |event: ev::DragEvent| {
        event.prevent_default();
        over.set(true);
    };
    view! {
        <div
            class="drop"
            class:over=move || over.get()
            on:dragover=drag
            on:dragleave=move |_| over.set(false)
            on:drop=drop
        >
            <input
                type="file"
                accept="image/*"
                class="unseen"
                id=id.clone()
                data-testid="qr-image-input"
                on:change=choose
            />
            <label for=id class="button outline">
                {move || match busy.get() {
                    true => view! { <Spinner />{t::qr::reading()} }.into_any(),
                    false => view! { <Glyph icon=Icon::Image />{t::qr::choose()} }.into_any(),
                }}
            </label>
            <p class="hint">{t::qr::drop()}</p>
        </div>
    }
}

/// The first picture among what was dropped or pasted.
fn picture(data: &DataTransfer) -> Option<Blob> {
    let files = data.files()?;
    (0..files.length()).filter_map(|index| files.get(index)).next().map(Into::into)
}

async fn read(file: &Blob) -> Result<Vec<String>, &'static str> {
    let grey = Grey::from_file(file).await.map_err(|_| t::qr::error_picture())?;
    qr::read(&grey).await.map_err(|error| match error {
        QrError::Nothing => t::qr::error_nothing(),
        QrError::Unreadable => t::qr::error_unreadable(),
        QrError::Unavailable => t::qr::error_unavailable(),
    })
}
