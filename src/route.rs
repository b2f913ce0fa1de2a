//! Where in the page we are, held in the fragment of the address. Only opaque identifiers appear there.

use std::fmt;

use sotto_api::{ConversationId, MessageId};

/// Where a link that invites to a conversation has its Account ID.
const ADD: &str = "#/add/";

/// What a link or a fragment invites to; not checked. `None` when it is no such link.
pub fn invited(text: &str) -> Option<&str> {
    text.split_once(ADD).map(|(_, id)| id.trim().trim_matches('/'))
}

/// A link to this page that invites to a conversation with an Account ID.
pub fn invitation(account_id: &str) -> String {
    let location = leptos::prelude::window().location();
    let (origin, path) = (location.origin().unwrap_or_default(), location.pathname().unwrap_or_default());
    format!("{origin}{path}{ADD}{account_id}")
}

/// One screen. `Display` gives the fragment, `parse` reads it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Route {
    /// The list with nothing opened. Also where an unknown fragment leads.
    #[default]
    List,
    /// A conversation.
    Conversation(ConversationId),
    /// A message of a conversation: leads to the conversation, which then shows the message.
    Message(ConversationId, MessageId),
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
    /// When and how to tell of new messages.
    Notifications,
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
    pub const ALL: [(Self, &'static str); 9] = [
        (Self::Overview, ""),
        (Self::Profile, "profile"),
        (Self::Privacy, "privacy"),
        (Self::Notifications, "notifications"),
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
            ("c", tail) => Self::parse_conversation(tail).unwrap_or_default(),
            ("settings", name) => Section::parse(name).map_or(Self::List, Self::Settings),
            ("requests", "") => Self::Requests,
            ("new", "") => Self::New,
            ("network", "") => Self::Network,
            ("create", "") => Self::Create,
            ("restore", "") => Self::Restore,
            _ => Self::List,
        }
    }

    fn parse_conversation(tail: &str) -> Option<Self> {
        match tail.split_once('/') {
            None => tail.parse().ok().map(Self::Conversation),
            Some((id, message)) => Some(Self::Message(id.parse().ok()?, message.parse().ok()?)),
        }
    }

    /// The conversation shown, if any.
    pub fn conversation(self) -> Option<ConversationId> {
        match self {
            Self::Conversation(id) | Self::Message(id, _) => Some(id),
            _ => None,
        }
    }
}

impl fmt::Display for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::List => f.write_str("#/"),
            Self::Conversation(id) => write!(f, "#/c/{id}"),
            Self::Message(id, message) => write!(f, "#/c/{id}/{message}"),
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
            Route::Message(id, MessageId([0xcd; 16])),
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
    fn links_that_invite() {
        for (text, id) in [
            ("#/add/05ab", Some("05ab")),
            ("https://example.org/#/add/05ab/\n", Some("05ab")),
            ("#/add/", Some("")),
            ("#/adds/05ab", None),
            ("05ab", None),
        ] {
            assert_eq!(invited(text), id, "{text}");
        }
    }

    #[test]
    fn a_bad_fragment_is_the_list() {
        for bad in [
            "",
            "#",
            "#/c/",
            "#/c/zz",
            "#/c/../x",
            "#/c/00/11",
            "#/add/05",
            "#/settings/none",
            "#/%00",
            "#//new/x",
            "#/💥",
        ] {
            assert_eq!(Route::parse(bad), Route::List, "{bad}");
        }
    }
}
