use leptos::{ev, html, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::{Element, File, HtmlInputElement};

use super::add;
use crate::{
    components::{
        icon::{Glyph, Icon},
        menu::{Menu, MenuItem, MenuPlace},
    },
    i18n::t,
    pages::chat::conversation::talk::use_talk,
};

/// The button that chooses files. With a finger, it asks first whether from the camera, the pictures, or all files.
#[component]
pub fn Attach() -> impl IntoView {
    let talk = use_talk();
    let (files, pictures, camera) = (NodeRef::new(), NodeRef::new(), NodeRef::new());
    let menu = RwSignal::new(None::<MenuPlace>);
    let open = move |event: ev::MouseEvent| {
        if !talk.may_send_files() {
            return talk.state.toasts.bad(t::files::not_yet(&untrack(|| talk.name())));
        }
        if !by_finger() {
            return choose(files);
        }
        let button = event.current_target().and_then(|target| target.dyn_into::<Element>().ok());
        if let Some(place) = button.map(|button| button.get_bounding_client_rect()) {
            menu.set(Some(MenuPlace { x: place.left(), y: place.top() }));
        }
    };
    let item = |icon, label, input| MenuItem {
        icon,
        label,
        danger: false,
        action: Callback::new(move |()| choose(input)),
    };
    view! {
        <button
            type="button"
            class="icon-button attach"
            data-testid="composer-attach"
            aria-label=t::files::attach()
            title=t::files::attach()
            on:click=open
        >
            <Glyph icon=Icon::Paperclip />
        </button>
        <input
            node_ref=files
            type="file"
            multiple
            hidden
            data-testid="attach-files"
            aria-label=t::files::attach()
            on:change=move |event| add(talk, chosen(&event))
        />
        <input
            node_ref=pictures
            type="file"
            multiple
            hidden
            accept="image/*,video/*"
            aria-label=t::files::pictures()
            on:change=move |event| add(talk, chosen(&event))
        />
        <input
            node_ref=camera
            type="file"
            hidden
            accept="image/*"
            capture="environment"
            aria-label=t::files::camera()
            on:change=move |event| add(talk, chosen(&event))
        />
        {move || {
            menu.get()
                .map(|place| {
                    view! {
                        <Menu
                            place=place
                            label=t::files::attach()
                            items=vec![
                                item(Icon::Camera, t::files::camera(), camera),
                                item(Icon::Image, t::files::pictures(), pictures),
                                item(Icon::File, t::files::any(), files),
                            ]
                            close=Callback::new(move |()| menu.set(None))
                        />
                    }
                })
        }}
    }
}

fn by_finger() -> bool {
    window().match_media("(pointer: coarse)").ok().flatten().is_some_and(|media| media.matches())
}

fn choose(input: NodeRef<html::Input>) {
    if let Some(input) = input.get_untracked() {
        input.click();
    }
}

/// What was chosen; the same can be chosen again afterwards.
fn chosen(event: &ev::Event) -> Vec<File> {
    let input = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
    let Some(input) = input else { return Vec::new() };
    let files = input.files().map(|list| (0..list.length()).filter_map(|index| list.get(index)).collect());
    input.set_value("");
    files.unwrap_or_default()
}
