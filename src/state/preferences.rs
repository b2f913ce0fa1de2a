//! How the page looks. Kept in the browser's local storage: nothing in it tells who uses the page.

use leptos::prelude::*;

use crate::once;

/// Light, dark, or as the system.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// As the system.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

/// The colour of what can be pressed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Accent {
    /// The default.
    #[default]
    Persimmon,
    /// Blue-green.
    Teal,
    /// Blue-violet.
    Indigo,
    /// Green.
    Forest,
    /// Red-violet.
    Plum,
    /// Grey-blue.
    Slate,
}

/// The size of text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TextSize {
    /// A step down.
    Small,
    /// The default.
    #[default]
    Normal,
    /// A step up.
    Large,
    /// Two steps up.
    Huge,
}

/// How much a notification tells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Detail {
    /// Who wrote, and what.
    Text,
    /// Who wrote.
    #[default]
    Name,
    /// That there is something.
    Nothing,
}

macro_rules! named {
    ($type:ident, $attribute:literal, $($variant:ident = $name:literal),+) => {
        impl $type {
            /// Every choice, the default included.
            pub const ALL: &[Self] = &[$(Self::$variant),+];
            /// The attribute of the root element and the key in the local storage.
            pub const ATTRIBUTE: &str = $attribute;

            /// Its name in the style sheets.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }

            fn parse(name: &str) -> Option<Self> {
                match name { $($name => Some(Self::$variant),)+ _ => None }
            }
        }
    };
}

named!(Theme, "theme", System = "system", Light = "light", Dark = "dark");
named!(
    Accent,
    "accent",
    Persimmon = "persimmon",
    Teal = "teal",
    Indigo = "indigo",
    Forest = "forest",
    Plum = "plum",
    Slate = "slate"
);
named!(TextSize, "text", Small = "small", Normal = "normal", Large = "large", Huge = "huge");

named!(Detail, "notice", Text = "text", Name = "name", Nothing = "nothing");

/// The choices as signals. Setting one shows it at once and keeps it.
#[derive(Clone, Copy)]
pub struct Preferences {
    /// Light or dark.
    pub theme: RwSignal<Theme>,
    /// The colour of what can be pressed.
    pub accent: RwSignal<Accent>,
    /// The size of text.
    pub text: RwSignal<TextSize>,
    /// Enter sends; otherwise it makes a new line and Ctrl+Enter sends.
    pub enter_sends: RwSignal<bool>,
    /// Names and messages are blurred while the window has no focus.
    pub blur: RwSignal<bool>,
    /// New messages make notifications, as far as the browser allows.
    pub notify: RwSignal<bool>,
    /// How much they tell.
    pub detail: RwSignal<Detail>,
    /// New messages make a sound.
    pub sound: RwSignal<bool>,
    /// Animated pictures move without being asked.
    pub gifs: RwSignal<bool>,
}

impl Preferences {
    /// Reads what was kept; what is missing or unreadable is the default.
    pub fn load() -> Self {
        let choices = Self {
            theme: RwSignal::new(
                read(Theme::ATTRIBUTE).and_then(|name| Theme::parse(&name)).unwrap_or_default(),
            ),
            accent: RwSignal::new(
                read(Accent::ATTRIBUTE).and_then(|name| Accent::parse(&name)).unwrap_or_default(),
            ),
            text: RwSignal::new(
                read(TextSize::ATTRIBUTE).and_then(|name| TextSize::parse(&name)).unwrap_or_default(),
            ),
            enter_sends: RwSignal::new(read("enter-sends").as_deref() != Some("no")),
            blur: RwSignal::new(read("blur").as_deref() == Some("yes")),
            notify: RwSignal::new(read("notify").as_deref() == Some("yes")),
            detail: RwSignal::new(
                read(Detail::ATTRIBUTE).and_then(|name| Detail::parse(&name)).unwrap_or_default(),
            ),
            sound: RwSignal::new(read("sound").as_deref() == Some("yes")),
            gifs: RwSignal::new(read("gifs").as_deref() == Some("yes")),
        };
        once::effect(move || apply(Theme::ATTRIBUTE, choices.theme.get().name()));
        once::effect(move || apply(Accent::ATTRIBUTE, choices.accent.get().name()));
        once::effect(move || apply(TextSize::ATTRIBUTE, choices.text.get().name()));
        once::effect(move || apply("enter-sends", yes_no(choices.enter_sends.get())));
        once::effect(move || apply("blur", yes_no(choices.blur.get())));
        once::effect(move || apply("notify", yes_no(choices.notify.get())));
        once::effect(move || apply(Detail::ATTRIBUTE, choices.detail.get().name()));
        once::effect(move || apply("sound", yes_no(choices.sound.get())));
        once::effect(move || apply("gifs", yes_no(choices.gifs.get())));
        choices
    }

    /// Whether animated pictures move by themselves: never, where the system asks for less motion.
    pub fn gifs_move(self) -> bool {
        self.gifs.get() && !less_motion()
    }
}

/// Whether nothing was ever kept in this browser. [`Preferences::load`] keeps something.
pub fn first_visit() -> bool {
    read(Theme::ATTRIBUTE).is_none()
}

fn less_motion() -> bool {
    let media = window().match_media("(prefers-reduced-motion: reduce)").ok().flatten();
    media.is_some_and(|media| media.matches())
}

fn yes_no(yes: bool) -> &'static str {
    if yes { "yes" } else { "no" }
}

fn read(key: &str) -> Option<String> {
    window().local_storage().ok()??.get_item(key).ok()?
}

/// Shows a choice through an attribute of the root element, and keeps it.
fn apply(key: &str, value: &str) {
    if let Some(root) = document().document_element() {
        let _ = root.set_attribute(&format!("data-{key}"), value);
    }
    if let Ok(Some(storage)) = window().local_storage() {
        let _ = storage.set_item(key, value);
    }
}
