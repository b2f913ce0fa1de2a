//! Where in the page we are, held in the fragment of the address. Only opaque identifiers appear there.

use std::fmt;

use sotto_api::ConversationId;

/// One screen. `Display` gives the fragment, `parse` reads it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Route {
    /// The list with nothing opened. Also where an unknown fragment leads.
    #[default]
    List,
    /// A conversation.
    Conversation(ConversationId),
    /// Message requests.
    Requests,
    /// Begin a conversation.
    New,
    /// Settings.
    Settings(Section),
    /// The live path.
    Network,
    /// Onboarding: a new account.
    Create,
    /// Onboarding: an account that exists.
    Restore,
}

/// A page of the settings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Section {
    /// Which pages there are.
    #[default]
    Overview,
    /// Display name, Account ID and its QR code.
    Profile,
    /// Lock and blur.
    Privacy,
    /// Theme, accent, sizes.
    Appearance,
    /// The recovery password.
    Recovery,
    /// Language.
    Language,
    /// Keyboard shortcuts.
    Shortcuts,
    /// Version and licences.
    About,
}

impl Section {
    /// Every section with its name in the fragment.
    pub const ALL: [(Self, &'static str); 8] = [
        (Self::Overview, ""),
        (Self::Profile, "profile"),
        (Self::Privacy, "privacy"),
        (Self::Appearance, "appearance"),
        (Self::Recovery, "recovery"),
        (Self::Language, "language"),
        (Self::Shortcuts, "shortcuts"),
        (Self::About, "about"),
    ];

    fn name(self) -> &'static str {
        Self::ALL.iter().find(|(section, _)| *section == self).map_or("", |(_, name)| name)
    }

    fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, known)| *known == name).map(|(section, _)| *section)
    }
}

impl Route {
    /// Reads a fragment, with or without its `#`. Whatever is not a screen is the list.
    pub fn parse(fragment: &str) -> Self {
        let path = fragment.trim_start_matches('#').trim_matches('/');
        let (head, tail) = path.split_once('/').unwrap_or((path, ""));
        match (head, tail) {
            ("c", id) => id.parse().map_or(Self::List, Self::Conversation),
            ("settings", name) => Section::parse(name).map_or(Self::List, Self::Settings),
            ("requests", "") => Self::Requests,
            ("new", "") => Self::New,
            ("network", "") => Self::Network,
            ("create", "") => Self::Create,
            ("restore", "") => Self::Restore,
            _ => Self::List,
        }
    }

    /// The conversation shown, if any.
    pub fn conversation(self) -> Option<ConversationId> {
        match self {
            Self::Conversation(id) => Some(id),
            _ => None,
        }
    }
}

impl fmt::Display for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::List => f.write_str("#/"),
            Self::Conversation(id) => write!(f, "#/c/{id}"),
            Self::Requests => f.write_str("#/requests"),
            Self::New => f.write_str("#/new"),
            Self::Settings(Section::Overview) => f.write_str("#/settings"),
            Self::Settings(section) => write!(f, "#/settings/{}", section.name()),
            Self::Network => f.write_str("#/network"),
            Self::Create => f.write_str("#/create"),
            Self::Restore => f.write_str("#/restore"),
        }
    }
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    #[test]
    fn every_route_survives_the_address_bar() {
        let id = ConversationId([0xab; 16]);
        let mut routes = vec![
            Route::List,
            Route::Conversation(id),
            Route::Requests,
            Route::New,
            Route::Network,
            Route::Create,
            Route::Restore,
        ];
        routes.extend(Section::ALL.iter().map(|(section, _)| Route::Settings(*section)));
        for route in routes {
            assert_eq!(Route::parse(&route.to_string()), route);
        }
    }

    #[test]
    fn a_bad_fragment_is_the_list() {
        for bad in ["", "#", "#/c/", "#/c/zz", "#/c/../x", "#/settings/none", "#/%00", "#//new/x", "#/💥"] {
            assert_eq!(Route::parse(bad), Route::List, "{bad}");
        }
    }
}
