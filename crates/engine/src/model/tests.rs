//! The rules for what comes in and what goes out, without I/O.

mod about;

use proptest::prelude::*;
use sotto_api::{Acceptance, ConversationId, FileState};
use sotto_protocol::{
    account::AccountId,
    content::{
        AttachmentPointer, Content, DataMessage, Kind, LokiProfile, ReadReceipt, RequestResponse, Unsend,
        proto::{GroupUpdateMessage, OpenGroupInvitation, Reaction},
    },
    message::Opened,
};
use zeroize::Zeroizing;

use super::*;
use crate::vault::Vault;

const OWN: PeerKey = [1; 32];
const BOB: PeerKey = [2; 32];
const NOW: u64 = 1_000_000;
const ORIGIN: Origin = Origin { hash: HASH, expiry_ms: NOW + 1_000_000 };
const HASH: &str = "0123456789012345678901234567890123456789012";

struct Desk {
    vault: Vault,
    state: State,
    /// What the store would hold.
    stored: Loaded,
}

impl Desk {
    fn new() -> Self {
        let account = AccountRecord {
            seed: [0; 16],
            display_name: "Ann".into(),
            profile_updated_s: 1,
            recovery_saved: false,
            read_receipts: true,
            typing: true,
            original_images: false,
            recent_emoji: Vec::new(),
            skin_tone: 0,
            picture: None,
        };
        Self {
            vault: Vault::open(&Zeroizing::new([9; 32])),
            state: State::new(OWN, account),
            stored: Loaded::new(),
        }
    }

    fn bob(&self) -> ConversationId {
        conversation_id(self.vault.keys(), &BOB)
    }

    fn edit<R>(&mut self, make: impl FnOnce(&mut Edit, &crate::vault::Keys) -> R) -> (R, Changes) {
        let loaded = self.stored.clone();
        let mut edit = Edit::new(&self.state, NOW, &loaded);
        let result = make(&mut edit, self.vault.keys());
        let changes = edit.finish();
        self.state.apply(&changes);
        self.stored.retain(|_, message| !changes.cleared.contains(&message.conversation));
        for ((_, id), message) in &changes.messages {
            match message {
                Some(message) => drop(self.stored.insert(*id, message.clone())),
                None => drop(self.stored.remove(id)),
            }
        }
        (result, changes)
    }

    fn hear(&mut self, sender: PeerKey, sent_ms: u64, kind: Kind) -> Effect {
        self.hear_changes(sender, sent_ms, kind).0
    }

    fn hear_changes(&mut self, sender: PeerKey, sent_ms: u64, kind: Kind) -> (Effect, Changes) {
        let opened = opened(sender, sent_ms, kind);
        self.edit(|edit, keys| receive(edit, keys, &opened, ORIGIN))
    }

    fn say(&mut self, sent_ms: u64) -> Times {
        let (id, bob) = (self.bob(), BOB);
        let (times, _) = self.edit(|edit, keys| {
            edit.now_ms = sent_ms;
            edit.conversation_or_new(id, || Conversation::new(id, bob, false));
            let times = begin_sending(edit, keys, id).unwrap();
            let message = Message {
                id: message_id(keys, id, &OWN, times.sent_ms),
                conversation: id,
                sent_ms: times.sent_ms,
                received_ms: sent_ms,
                arrival: 0,
                body: Body::Text("ours".into()),
                outcome: Some(Outcome::Waiting),
                own_hash: None,
                raw: Vec::new(),
                quote: None,
                reactions: Vec::new(),
                expiry: None,
            };
            edit.put_message(message);
            times
        });
        times
    }

    fn with_bob(&self) -> &Conversation {
        self.state.conversations.get(&self.bob()).unwrap()
    }

    fn count(&self) -> usize {
        self.state.timelines.get(&self.bob()).map_or(0, |timeline| timeline.page(None, 999).unwrap().0.len())
    }
}

fn opened(sender: PeerKey, sent_ms: u64, kind: Kind) -> Opened {
    Opened {
        sender: AccountId::from_x25519(sender),
        sender_ed25519: [0; 32],
        timestamp: sent_ms,
        content: Content::new(kind, sent_ms),
        pro_sig: None,
    }
}

fn data(text: &str) -> DataMessage {
    DataMessage { body: Some(text.into()), ..DataMessage::default() }
}

fn text(text: &str) -> Kind {
    Kind::Data(data(text).into())
}

fn copy_to(peer: &PeerKey) -> Kind {
    Kind::Data(DataMessage { sync_target: Some(account_id_text(peer)), ..data("copy") }.into())
}

fn response(approved: bool) -> Kind {
    let profile = Some(LokiProfile { display_name: Some("Bob".into()), ..LokiProfile::default() });
    Kind::RequestResponse(RequestResponse { approved, profile_key: None, profile })
}

#[test]
fn a_stranger_makes_a_request() {
    let mut desk = Desk::new();
    assert_eq!(desk.hear(BOB, 10, text("hello")), Effect::Taken);
    assert_eq!(desk.with_bob().acceptance(), Acceptance::IncomingRequest);
    assert_eq!(desk.with_bob().unread, 1);
    assert_eq!(desk.hear(BOB, 10, text("hello")), Effect::Duplicate);
    assert_eq!((desk.with_bob().unread, desk.count()), (1, 1));
}

#[test]
fn replying_answers_the_request_a_little_earlier() {
    let mut desk = Desk::new();
    desk.hear(BOB, 10, text("hello"));
    let times = desk.say(5_000);
    assert_eq!(times, Times { sent_ms: 5_000, response_ms: Some(4_900), read: Vec::new() });
    assert_eq!(desk.with_bob().acceptance(), Acceptance::Accepted);
    assert_eq!((desk.with_bob().unread, desk.count()), (0, 3));
    assert_eq!(desk.say(5_000).response_ms, None);
}

#[test]
fn writing_first_asks_and_a_message_back_is_a_yes() {
    let mut desk = Desk::new();
    assert_eq!(desk.say(1_000).response_ms, None);
    assert_eq!(desk.with_bob().acceptance(), Acceptance::OutgoingRequest);
    desk.hear(BOB, 2_000, text("yes"));
    assert_eq!(desk.with_bob().acceptance(), Acceptance::Accepted);
    assert_eq!(desk.count(), 3, "ours, the line, theirs");
    assert_eq!(desk.hear(BOB, 1_900, response(true)), Effect::Taken);
    assert_eq!(desk.count(), 3, "the line is there only once");
}

#[test]
fn an_answer_counts_once_and_only_if_it_is_a_yes() {
    let mut desk = Desk::new();
    desk.say(1_000);
    assert_eq!(desk.hear(BOB, 1_500, response(false)), Effect::Refused);
    assert_eq!(desk.with_bob().acceptance(), Acceptance::OutgoingRequest);
    desk.hear(BOB, 2_000, response(true));
    desk.hear(BOB, 2_001, response(true));
    assert_eq!((desk.with_bob().acceptance(), desk.count()), (Acceptance::Accepted, 2));
    assert_eq!(desk.with_bob().profile.name, "Bob");
    assert_eq!(desk.with_bob().unread, 0);
    assert_eq!(desk.hear(OWN, 3_000, response(true)), Effect::Passed);
}

#[test]
fn an_answer_nobody_asked_for_shows_nothing() {
    let mut desk = Desk::new();
    desk.hear(BOB, 2_000, response(true));
    assert!(!desk.with_bob().is_listed());
}

#[test]
fn accepting_is_possible_once() {
    let mut desk = Desk::new();
    desk.hear(BOB, 10, text("hello"));
    let id = desk.bob();
    assert!(desk.edit(|edit, keys| accept(edit, keys, id)).0.is_some());
    assert!(desk.edit(|edit, keys| accept(edit, keys, id)).0.is_none());
    assert_eq!((desk.with_bob().acceptance(), desk.count()), (Acceptance::Accepted, 2));
}

#[test]
fn what_was_declined_stays_away_but_new_messages_are_new_requests() {
    let mut desk = Desk::new();
    desk.hear(BOB, 10, text("hello"));
    desk.hear(BOB, 20, text("hello?"));
    let id = desk.bob();
    desk.edit(|edit, _| decline(edit, id));
    assert!(!desk.with_bob().is_listed());
    assert_eq!(desk.hear(BOB, 15, text("late")), Effect::Refused);
    assert_eq!(desk.hear(BOB, 20, text("hello?")), Effect::Refused);
    assert_eq!(desk.hear(BOB, 21, text("again")), Effect::Taken);
    assert_eq!(desk.with_bob().acceptance(), Acceptance::IncomingRequest);
    assert_eq!((desk.with_bob().unread, desk.count()), (1, 1));
}

#[test]
fn blocked_people_are_not_heard_apart_from_group_invitations() {
    let mut desk = Desk::new();
    desk.hear(BOB, 10, text("hello"));
    let id = desk.bob();
    desk.edit(|edit, _| edit.conversation(id).unwrap().blocked = true);
    assert_eq!(desk.hear(BOB, 20, text("psst")), Effect::Refused);
    assert_eq!(desk.hear(BOB, 21, response(true)), Effect::Refused);
    let group = Some(Box::<GroupUpdateMessage>::default());
    let invite = DataMessage { group_update_message: group, ..DataMessage::default() };
    assert_eq!(desk.hear(BOB, 22, Kind::Data(invite.into())), Effect::Kept);
    assert_eq!(desk.count(), 1);
}

#[test]
fn copies_count_only_from_ourselves() {
    let mut desk = Desk::new();
    assert_eq!(desk.hear(BOB, 10, copy_to(&OWN)), Effect::Refused);
    assert_eq!(desk.hear(OWN, 20, copy_to(&BOB)), Effect::Taken);
    assert_eq!(desk.with_bob().acceptance(), Acceptance::OutgoingRequest);
    assert_eq!(desk.with_bob().last.as_ref().unwrap().delivery, Some(Outcome::Sent));
    assert_eq!(desk.hear(OWN, 30, text("note")), Effect::Taken);
    let note = conversation_id(desk.vault.keys(), &OWN);
    assert!(desk.state.conversations.get(&note).unwrap().with_self);
    let nowhere = DataMessage { sync_target: Some("somewhere".into()), ..data("copy") };
    assert_eq!(desk.hear(OWN, 40, Kind::Data(nowhere.into())), Effect::Refused);
}

#[test]
fn a_copy_newer_than_what_came_in_marks_it_read() {
    let mut desk = Desk::new();
    desk.hear(BOB, 10, text("hello"));
    desk.hear(OWN, 5, copy_to(&BOB));
    assert_eq!(desk.with_bob().unread, 1);
    desk.hear(OWN, 20, copy_to(&BOB));
    assert_eq!(desk.with_bob().unread, 0);
}

#[test]
fn more_than_text_keeps_the_whole_content() {
    let mut desk = Desk::new();
    let invitation = OpenGroupInvitation { url: Some("http://x/y".into()), name: Some("y".into()) };
    let invitation = DataMessage { open_group_invitation: Some(invitation), ..data("join") };
    let (effect, changes) = desk.hear_changes(BOB, 10, Kind::Data(invitation.into()));
    assert_eq!(effect, Effect::Taken);
    let message = changes.messages.into_values().next().flatten().unwrap();
    assert_eq!(message.body, Body::Unsupported { text: "join".into() });
    assert!(Content::from_bytes(&message.raw).unwrap().data_message.unwrap().open_group_invitation.is_some());
    let (_, changes) = desk.hear_changes(BOB, 11, text("plain"));
    assert!(changes.messages.into_values().flatten().all(|message| message.raw.is_empty()));
}

/// Files are wanted from people who were let in, and forgotten with their message, whatever becomes of it.
#[test]
fn files_go_with_their_messages() {
    let mut desk = Desk::new();
    let files = |text: &str| {
        let attachments = vec![AttachmentPointer::default(), AttachmentPointer::default()];
        Kind::Data(DataMessage { attachments, ..data(text) }.into())
    };
    desk.hear(BOB, 10, files("from a stranger"));
    assert!(desk.state.files.heads.is_empty());
    desk.say(20);
    desk.hear(BOB, 30, files("look"));
    assert_eq!(desk.state.files.heads.len(), 2);
    let message = desk.stored.values().find(|message| message.sent_ms == 30).unwrap().clone();
    assert!(message.raw.is_empty() && message.text() == "look");
    let wanted =
        |state: &State, file: &Attachment| matches!(state.files.state(file), FileState::Loading { .. });
    assert!(message.files().iter().all(|file| wanted(&desk.state, file)));
    // A change that leaves them alone.
    let (_, changes) = desk.edit(|edit, _| edit.put_message(message.clone()));
    assert!(changes.files.is_empty());
    let unsend = Kind::Unsend(Unsend { timestamp: 30, author: account_id_text(&BOB) });
    assert_eq!(desk.hear(BOB, 31, unsend), Effect::Taken);
    assert!(desk.state.files.heads.is_empty());

    for sent_ms in [4_000, 5_000] {
        desk.hear(BOB, sent_ms, files(""));
    }
    let (bob, last) = (desk.bob(), desk.with_bob().last.as_ref().unwrap().id);
    desk.edit(|edit, _| edit.remove_message(bob, last));
    assert_eq!(desk.state.files.heads.len(), 2);
    desk.edit(|edit, _| edit.clear(bob));
    assert!(desk.state.files.heads.is_empty());
}

#[test]
fn kinds_of_later_versions_are_kept_or_passed_over() {
    let mut desk = Desk::new();
    let reaction = Reaction {
        id: Some(1),
        author: Some(account_id_text(&OWN)),
        emoji: Some("👍".into()),
        action: Some(0),
    };
    let reaction = DataMessage { reaction: Some(reaction), ..DataMessage::default() };
    let unsend = |author: &PeerKey| Kind::Unsend(Unsend { timestamp: 1, author: account_id_text(author) });
    let group = Some(Box::<GroupUpdateMessage>::default());
    let invite = DataMessage { group_update_message: group, ..DataMessage::default() };
    assert_eq!(desk.hear(BOB, 9, Kind::Data(invite.into())), Effect::Kept);
    assert_eq!(desk.hear(BOB, 10, Kind::Data(reaction.into())), Effect::Refused, "nobody knows Bob");
    assert_eq!(desk.hear(BOB, 11, unsend(&BOB)), Effect::Refused);
    assert_eq!(desk.hear(BOB, 12, unsend(&OWN)), Effect::Refused);
    assert_eq!(desk.hear(BOB, 13, Kind::Receipt(ReadReceipt { timestamps: vec![1] })), Effect::Passed);
    assert_eq!(desk.hear(BOB, 14, Kind::Data(data("").into())), Effect::Passed);
    assert!(desk.state.conversations.is_empty());
    let nothing = Opened { content: Content::default(), ..opened(BOB, 15, text("")) };
    let (effect, _) = desk.edit(|edit, keys| receive(edit, keys, &nothing, ORIGIN));
    assert_eq!(effect, Effect::SetAside);
}

#[test]
fn a_clock_in_the_future_does_not_pin_a_conversation() {
    let mut desk = Desk::new();
    desk.hear(BOB, NOW * 1_000, text("from the future"));
    assert_eq!(desk.with_bob().active_ms, NOW);
}

proptest! {
    /// Whatever order the swarm gives messages out in, and however often: the same messages are there, in
    /// the same order, and both sides' consent is the same.
    #[test]
    fn order_of_delivery_does_not_matter(
        (sorted, shuffled) in proptest::collection::vec((0_u8..3, 1_u64..60), 0..40).prop_flat_map(|sent| {
            let doubled: Vec<_> = sent.iter().chain(&sent).copied().collect();
            (Just(sent), Just(doubled).prop_shuffle())
        })
    ) {
        let run = |sent: &[(u8, u64)]| {
            let mut desk = Desk::new();
            for (kind, sent_ms) in sent {
                match kind {
                    0 => desk.hear(BOB, sent_ms * 2, text("theirs")),
                    1 => desk.hear(OWN, sent_ms * 2, copy_to(&BOB)),
                    _ => desk.hear(BOB, sent_ms * 2, response(true)),
                };
            }
            let consent = desk.state.conversations.get(&desk.bob()).map(Conversation::acceptance);
            let ids: Vec<_> = sorted.iter().filter(|(kind, _)| *kind < 2).map(|(kind, sent_ms)| {
                let author = if *kind == 0 { BOB } else { OWN };
                message_id(desk.vault.keys(), desk.bob(), &author, sent_ms * 2)
            }).collect();
            let page = desk.state.timelines.get(&desk.bob()).map(|timeline| timeline.page(None, 999).unwrap().0);
            let shown: Vec<_> = page.unwrap_or_default().into_iter().filter(|id| ids.contains(id)).collect();
            prop_assert!(ids.iter().all(|id| shown.contains(id)));
            Ok((consent, shown))
        };
        prop_assert_eq!(run(&sorted)?, run(&shuffled)?);
    }
}
