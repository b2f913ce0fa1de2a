//! The own profile picture: chosen, cut to a square, taken away.

mod crop;
mod frame;

use leptos::{ev, prelude::*};
use sotto_api::{Command, NewFile};
use wasm_bindgen::JsCast;
use web_sys::{Blob, HtmlImageElement, HtmlInputElement};

use crate::{
    components::{
        avatar::{Avatar, AvatarSize},
        dialog::Dialog,
        field::unique,
        icon::{Glyph, Icon},
        show::Show,
        spinner::Spinner,
    },
    device::{
        canvas,
        pictures::{self, Look},
    },
    i18n::t,
    once,
    pages::chat::files::store,
    state::{State, use_state},
};
use crop::{Crop, cut};
use frame::Frame;

/// Larger ones are scaled down before they are cut, bytes.
const LARGEST: u32 = 10_000_000;

/// What goes on with the picture.
#[derive(Clone, Copy)]
struct Desk {
    state: State,
    /// Something is being read, made or handed over.
    busy: RwSignal<bool>,
    error: RwSignal<&'static str>,
    open: RwSignal<bool>,
    picture: StoredValue<Option<StoredValue<HtmlImageElement, LocalStorage>>, LocalStorage>,
    frame: RwSignal<Frame>,
}

/// The own picture, and what can be done with it.
#[component]
pub fn Picture() -> impl IntoView {
    let state = use_state();
    let desk = Desk {
        state,
        busy: RwSignal::new(false),
        error: RwSignal::new(""),
        open: RwSignal::new(false),
        picture: StoredValue::new_local(None),
        frame: RwSignal::new(Frame::WHOLE),
    };
    let own = move |read: fn(&sotto_api::ProfileView) -> String| {
        Signal::derive(move || state.profile.with(|own| own.as_ref().map(read).unwrap_or_default()))
    };
    let picture = once::memo(move || state.profile.with(|own| own.as_ref().and_then(|own| own.picture)));
    let over = RwSignal::new(false);
    let drop = move |event: ev::DragEvent| {
        event.prevent_default();
        over.set(false);
        let files = event.data_transfer().and_then(|data| data.files());
        desk.take(files.and_then(|files| files.get(0)).map(Into::into));
    };
    view! {
        <section
            class="own-picture"
            class:over=move || over.get()
            data-testid="picture"
            on:dragover=move |event: ev::DragEvent| {
                event.prevent_default();
                over.set(true);
            }
            on:dragleave=move |_| over.set(false)
            on:drop=drop
        >
            <Avatar
                id=own(|own| own.account_id.clone())
                name=own(|own| own.display_name.clone())
                size=AvatarSize::Large
            />
            <div class="text">
                <div class="buttons">
                    <Choose desk=desk label=t::picture::choose() icon=Icon::Image testid="picture-input" camera=false />
                    <Choose desk=desk label=t::picture::camera() icon=Icon::Camera testid="picture-camera" camera=true />
                    <Show when=move || picture.get().is_some()>
                        <button
                            type="button"
                            class="button outline quiet-danger"
                            data-testid="picture-remove"
                            disabled=move || desk.busy.get()
                            on:click=move |_| desk.remove()
                        >
                            {t::picture::remove()}
                        </button>
                    </Show>
                </div>
                <p class="hint">{t::picture::hint()}</p>
                <p class="error" role="alert" data-testid="picture-error" hidden=move || desk.error.get().is_empty()>
                    {move || desk.error.get()}
                </p>
            </div>
        </section>
        <Dialog open=desk.open title=Signal::stored(t::picture::title().to_owned()) testid="picture-sheet">
            {move || {
                desk.picture.get_value().map(|picture| view! { <Crop picture=picture frame=desk.frame /> })
            }}
            <div class="actions">
                <button type="button" class="button outline" on:click=move |_| desk.open.set(false)>
                    {t::action::cancel()}
                </button>
                <button
                    type="button"
                    class="button primary"
                    data-testid="picture-save"
                    disabled=move || desk.busy.get()
                    on:click=move |_| desk.save()
                >
                    {move || desk.busy.get().then(|| view! { <Spinner /> })}
                    {t::picture::save()}
                </button>
            </div>
        </Dialog>
    }
}

/// A button that chooses a file, or on a phone lets the camera make one.
#[component]
fn Choose(desk: Desk, label: &'static str, icon: Icon, testid: &'static str, camera: bool) -> impl IntoView {
    let id = unique("picture");
    let chosen = move |event: ev::Event| {
        let input = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
        let Some(input) = input else { return };
        desk.take(input.files().and_then(|files| files.get(0)).map(Into::into));
        // The same file may be chosen again.
        input.set_value("");
    };
    view! {
        <input
            type="file"
            accept="image/*"
            capture=camera.then_some("user")
            class="unseen"
            id=id.clone()
            data-testid=testid
            disabled=move || desk.busy.get()
            on:change=chosen
        />
        <label for=id class="button outline" class:by-finger=camera>
            <Glyph icon=icon />
            {label}
        </label>
    }
}

impl Desk {
    /// Reads a file and lets the person choose a square of it.
    fn take(self, file: Option<Blob>) {
        let Some(file) = file.filter(|_| !self.busy.get_untracked()) else { return };
        self.busy.set(true);
        self.error.set("");
        leptos::task::spawn_local(async move {
            let read = read(&file).await;
            if self.busy.try_set(false).is_some() {
                return;
            }
            match read {
                Ok(picture) => {
                    self.picture.set_value(Some(StoredValue::new_local(picture)));
                    self.frame.set(Frame::WHOLE);
                    self.open.set(true);
                }
                Err(sentence) => self.error.set(sentence),
            }
        });
    }

    fn save(self) {
        let Some(picture) = self.picture.get_value() else { return };
        self.busy.set(true);
        leptos::task::spawn_local(async move {
            let made = cut(picture, self.frame.get_untracked()).await;
            let saved = match made {
                Some(made) => hand_over(self.state, &made).await,
                None => {
                    self.state.toasts.bad(t::picture::unreadable());
                    false
                }
            };
            if self.busy.try_set(false).is_none() && saved {
                self.open.set(false);
                self.state.toasts.say(t::picture::saved());
            }
        });
    }

    fn remove(self) {
        leptos::task::spawn_local(async move {
            if self.state.attempt(Command::RemovePicture).await {
                self.state.toasts.say(t::picture::removed());
            }
        });
    }
}

/// Gives the picture to the engine; `true` when it is on the file server.
async fn hand_over(state: State, made: &Blob) -> bool {
    let new = NewFile {
        content_type: made.type_(),
        size: made.size() as u32,
        dimensions: Some((crop::SIDE, crop::SIDE)),
        ..NewFile::default()
    };
    match store(state, new, made, |_| true).await {
        Ok(file) => {
            let set = state.attempt(Command::SetPicture(file)).await;
            if !set {
                state.engine.tell(Command::DropFile(file));
            }
            set
        }
        Err(failure) => {
            state.complain(&failure);
            false
        }
    }
}

/// Never the file itself is shown: what is hidden in it, or not a picture at all, goes no further.
async fn read(file: &Blob) -> Result<HtmlImageElement, &'static str> {
    match pictures::prepare(file, false, LARGEST).await {
        Look::Picture(picture) => canvas::load(&picture.file).await.ok_or(t::picture::unreadable()),
        Look::TooLarge => Err(t::files::too_many_pixels()),
        Look::Other | Look::Unreadable => Err(t::picture::unreadable()),
    }
}
