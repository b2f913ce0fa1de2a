//! What can be done with a message.

use leptos::prelude::*;
use sotto_api::{Body, Command, Delivery, MessageId, MessageView};

use crate::{
    components::{
        copy::copy,
        icon::Icon,
        menu::{MenuItem, QuickItem},
    },
    i18n::t,
    pages::chat::{
        conversation::talk::{EmojiFor, Goal, Sheet, Talk, is_content, text},
        files::{readable, saving::save},
    },
};

/// Offered before one has given any.
const QUICK: [&str; 6] = ["👍", "❤️", "😂", "😮", "😢", "🙏"];

/// The reactions that are one press away.
pub fn quick(talk: Talk, message: &MessageView) -> Vec<QuickItem> {
    if !talk.may_react(message) {
        return Vec::new();
    }
    let id = message.id;
    let own = |emoji: &str| message.reactions.iter().any(|given| given.by_us && given.emoji == emoji);
    let mut items: Vec<QuickItem> = QUICK
        .into_iter()
        .map(|emoji| QuickItem {
            face: emoji,
            icon: None,
            label: t::message::react_with(emoji),
            pressed: own(emoji),
            action: Callback::new(move |()| talk.react(id, emoji.to_owned())),
        })
        .collect();
    items.push(QuickItem {
        face: "",
        icon: Some(Icon::SmilePlus),
        label: t::message::more_emoji().to_owned(),
        pressed: false,
        action: Callback::new(move |()| talk.sheet.set(Some(Sheet::Emoji(EmojiFor::Reaction(id))))),
    });
    items
}

/// The entries of its menu.
pub fn items(talk: Talk, message: &MessageView) -> Vec<MenuItem> {
    let id = message.id;
    let mut items = Vec::with_capacity(8);
    let mut add = |icon, label, act: Box<dyn Fn() + Send + Sync>| {
        items.push(MenuItem { icon, label, danger: false, action: Callback::new(move |()| act()) });
    };
    if message.delivery == Some(Delivery::Failed) {
        let retry = move || talk.state.ask(Command::Retry(id));
        add(Icon::RotateCcw, t::conversation::try_again(), Box::new(retry));
    }
    if talk.may_reply(message) {
        add(Icon::Reply, t::message::reply(), Box::new(move || talk.replying.set(Some(id))));
    }
    if let Some(original) = original(message) {
        let go = move || talk.goal.set(Some(Goal::Message(original)));
        add(Icon::ArrowUp, t::message::go_original(), Box::new(go));
    }
    let said = text(&message.body);
    if !said.is_empty() {
        let copy = move || copy(talk.state, said.clone(), t::action::copied());
        add(Icon::Copy, t::conversation::copy(), Box::new(copy));
    }
    if let Body::Files { files, .. } = &message.body
        && let [file] = files.as_slice()
        && readable(untrack(|| talk.places.of(file).get()), message.delivery.is_some())
    {
        let file = file.clone();
        add(Icon::Download, t::files::save(), Box::new(move || save(talk.state, &file)));
    }
    if !message.reactions.is_empty() {
        add(Icon::Smile, t::message::who(), Box::new(move || talk.sheet.set(Some(Sheet::Who(id)))));
    }
    add(Icon::Info, t::message::details(), Box::new(move || talk.sheet.set(Some(Sheet::Ledger(id)))));
    add(Icon::CircleCheck, t::message::select(), Box::new(move || talk.select(id)));
    items.push(MenuItem {
        icon: Icon::Trash2,
        label: t::action::delete(),
        danger: true,
        action: Callback::new(move |()| talk.sheet.set(Some(Sheet::Delete(vec![id])))),
    });
    items
}

/// The message that it answers, if that is here.
pub fn original(message: &MessageView) -> Option<MessageId> {
    let original = message.quote.as_ref()?.original.as_ref()?;
    is_content(&original.body).then_some(original.id)
}
