//! What the devices of an account share, over a whole network in this process. The other device is one that speaks the
//! configs of the protocol and nothing else.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that can not go on has failed"
)]

mod common;
mod people;

use std::time::{SystemTime, UNIX_EPOCH};

use common::on_this_thread;
use people::{Person, friends, network, until};
use sotto_api::{Acceptance, Command, ConversationId, Event, Reply, Timer};
use sotto_network::Network;
use sotto_protocol::{
    account::{AccountId, AccountKeys, Seed},
    config::{Config, Contact, Contacts, Convo, ConvoInfoVolatile, Keys, Kind, Notify, UserProfile},
    content,
    storage::{Namespace, Pubkey, Signer, Store},
};

const DAY_MS: u64 = 24 * 60 * 60 * 1_000;

/// Another device of somebody's account.
struct Phone<'n> {
    network: &'n Network,
    keys: AccountKeys,
    profile: Config<UserProfile>,
    contacts: Config<Contacts>,
    reading: Config<ConvoInfoVolatile>,
}

impl<'n> Phone<'n> {
    async fn of(person: &Person, network: &'n Network) -> Self {
        let Ok(Reply::RecoveryPassword(password)) = person.call(Command::RecoveryPassword).await else {
            panic!("no recovery password")
        };
        let seed: [u8; 16] = hex::decode(password.hex.expose()).unwrap().try_into().unwrap();
        let keys = AccountKeys::derive(&Seed::new(seed));
        let (profile, contacts, reading) = (Config::new(), Config::new(), Config::new());
        Self { network, keys, profile, contacts, reading }
    }

    async fn name(&mut self, name: &str) {
        self.profile.set_name(name, now_ms() / 1_000).unwrap();
        push(self.network, &self.keys, &mut self.profile).await;
    }

    async fn contact(&mut self, id: &AccountId, change: impl FnOnce(&mut Contact)) {
        self.contacts.update_contact(id, now_ms() / 1_000, change);
        push(self.network, &self.keys, &mut self.contacts).await;
    }

    async fn remove(&mut self, id: &AccountId) {
        self.contacts.remove_contact(id);
        push(self.network, &self.keys, &mut self.contacts).await;
    }

    async fn read(&mut self, id: &AccountId, until_ms: u64, unread: bool) {
        self.reading.update_read_state(&Convo::OneToOne(*id), now_ms(), |state| {
            state.read_to(until_ms);
            state.unread = unread;
        });
        push(self.network, &self.keys, &mut self.reading).await;
    }
}

fn now_ms() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis() as u64
}

async fn push<K: Kind>(network: &Network, keys: &AccountKeys, config: &mut Config<K>) {
    let push = config.push(&Keys::account(keys), now_ms()).unwrap();
    let mut hashes = Vec::new();
    for payload in push.payloads {
        hashes.push(store(network, keys, K::NAMESPACE, payload).await);
    }
    assert!(config.confirm_pushed(push.seqno, hashes));
}

/// Stores something in the swarm of an account.
async fn store(network: &Network, keys: &AccountKeys, namespace: Namespace, data: Vec<u8>) -> String {
    let account = Pubkey::from_bytes(*keys.id().as_bytes());
    let store = Store::new(account, namespace, data, now_ms(), 30 * DAY_MS);
    let hash = store.hash().to_string();
    let request = Signer::user(keys.signing_key().clone()).sign(store).unwrap();
    let client = reqwest::Client::new();
    for node in network.nodes() {
        let url = format!("http://{}/storage_rpc/v1", node.address());
        let answer = client.post(url).body(request.to_bytes()).send().await.unwrap();
        if answer.status().as_u16() == 200 {
            return hash;
        }
    }
    panic!("no node takes it")
}

async fn id_of(person: &Person) -> AccountId {
    person.account_id().await.parse().unwrap()
}

#[test]
fn what_another_device_changes_is_here_after_one_poll() {
    on_this_thread(async {
        let (network, config) = network().await;
        let (ann, bob, with_bob, with_ann) = friends(&config).await;
        let mut phone = Phone::of(&ann, &network).await;
        let bob_id = id_of(&bob).await;

        phone.name("Anna").await;
        phone
            .contact(&bob_id, |contact| {
                (contact.approved, contact.approved_me) = (true, true);
                contact.nickname = "Bobby".into();
                contact.priority = 1;
                contact.notify = Notify::Disabled;
                contact.timer = content::Timer::AfterRead(60);
            })
            .await;
        ann.done(Command::PollNow).await;
        assert_eq!(ann.profile().await.display_name, "Anna");
        let known = ann.conversation(with_bob).await;
        assert_eq!((known.name.as_str(), known.display_name.as_str()), ("Bobby", "Bob"));
        assert_eq!((known.pinned, known.muted_until_ms), (true, u64::MAX));
        assert_eq!((known.timer, known.acceptance), (Timer::AfterRead(60), Acceptance::Accepted));

        bob.say(with_ann, "first").await;
        bob.expect_all_sent(with_ann).await;
        assert!(ann.polled(async || ann.conversation(with_bob).await.unread == 2).await);
        let first = ann.message(with_bob, "< first").await;
        bob.say(with_ann, "second").await;
        bob.expect_all_sent(with_ann).await;
        // What arrives with the position, or after it, is read up to it as well.
        phone.read(&bob_id, first.sent_ms, true).await;
        assert!(ann.polled(async || ann.lines(with_bob).await.contains(&"< second".into())).await);
        let known = ann.conversation(with_bob).await;
        assert_eq!((known.unread, known.marked_unread), (1, true));
        phone.read(&bob_id, now_ms(), false).await;
        ann.done(Command::PollNow).await;
        let known = ann.conversation(with_bob).await;
        assert_eq!((known.unread, known.marked_unread), (0, false));

        phone.contact(&bob_id, |contact| contact.blocked = true).await;
        ann.done(Command::PollNow).await;
        assert!(ann.conversation(with_bob).await.blocked);
    });
}

#[test]
fn only_what_differs_is_applied() {
    on_this_thread(async {
        let (network, config) = network().await;
        let (ann, bob, with_bob, _) = friends(&config).await;
        let mut phone = Phone::of(&ann, &network).await;
        let (bob_id, carl_id) = (id_of(&bob).await, id_of(&Person::named(&config, "Carl").await).await);
        phone.contact(&bob_id, |contact| (contact.approved, contact.nickname) = (true, "Bobby".into())).await;
        ann.done(Command::PollNow).await;
        ann.done(Command::Pin { conversation: with_bob, pinned: true }).await;
        let nickname = Command::SetNickname { conversation: with_bob, nickname: "B".into() };
        ann.done(nickname).await;

        // The copy of the config outlives a power cut together with what was made of it.
        let ann = ann.after_power_cut().await;
        phone.contact(&carl_id, |contact| contact.approved = true).await;
        phone.contact(&bob_id, |contact| contact.timer = content::Timer::AfterSend(60)).await;
        let with_carl = ann.open(&carl_id.to_string()).await;
        assert!(ann.polled(async || ann.list().await.iter().any(|known| known.id == with_carl)).await);
        let known = ann.conversation(with_bob).await;
        assert_eq!((known.pinned, known.name.as_str()), (true, "B"));
        assert_eq!(known.timer, Timer::AfterSend(60));
    });
}

#[test]
fn devices_that_change_at_once_converge_here() {
    on_this_thread(async {
        let (network, config) = network().await;
        let ann = Person::named(&config, "Ann").await;
        let ids = [Person::named(&config, "Bob").await, Person::named(&config, "Carl").await];
        let (bob_id, carl_id) = (id_of(&ids[0]).await, id_of(&ids[1]).await);
        let mut phone = Phone::of(&ann, &network).await;
        let mut tablet = Phone::of(&ann, &network).await;
        // Neither knows of the other's change.
        phone.contact(&bob_id, |contact| contact.nickname = "one".into()).await;
        tablet.contact(&carl_id, |contact| contact.nickname = "two".into()).await;
        let (with_bob, with_carl) =
            (ann.open(&bob_id.to_string()).await, ann.open(&carl_id.to_string()).await);
        ann.done(Command::PollNow).await;
        assert_eq!(ann.conversation(with_bob).await.nickname, "one");
        assert_eq!(ann.conversation(with_carl).await.nickname, "two");
    });
}

#[test]
fn a_restored_account_finds_its_name_and_contacts() {
    on_this_thread(async {
        let (network, config) = network().await;
        let (ann, bob, with_bob, with_ann) = friends(&config).await;
        let mut phone = Phone::of(&ann, &network).await;
        let (bob_id, carl_id) = (id_of(&bob).await, id_of(&Person::named(&config, "Carl").await).await);
        let newest = ann.message(with_bob, "< hi").await;
        phone.name("Ann of old").await;
        phone.contact(&bob_id, |contact| (contact.approved, contact.approved_me) = (true, true)).await;
        phone.contact(&carl_id, |contact| (contact.name, contact.approved) = ("Carl".into(), true)).await;
        phone.read(&bob_id, newest.sent_ms, false).await;

        let device = ann.second_device().await;
        device
            .event(|event| matches!(event, Event::Restore(progress) if progress.finished).then_some(()))
            .await;
        assert_eq!(device.profile().await.display_name, "Ann of old");
        let names = async || device.list().await.iter().map(|known| known.name.clone()).collect::<Vec<_>>();
        let mut found = names().await;
        found.sort();
        assert_eq!(found, ["Bob", "Carl"]);
        let again = device.open(&bob_id.to_string()).await;
        assert_eq!(device.conversation(again).await.unread, 0);
        assert_eq!(device.conversation(again).await.acceptance, Acceptance::Accepted);
        bob.say(with_ann, "new").await;
        assert!(device.polled(async || device.conversation(again).await.unread == 1).await);
    });
}

#[test]
fn what_was_removed_on_another_device_goes_and_stays_away() {
    on_this_thread(async {
        let (network, config) = network().await;
        let (ann, bob, with_bob, with_ann) = friends(&config).await;
        let mut phone = Phone::of(&ann, &network).await;
        let bob_id = id_of(&bob).await;
        phone.contact(&bob_id, |contact| (contact.approved, contact.approved_me) = (true, true)).await;
        ann.done(Command::PollNow).await;
        assert_eq!(ann.list().await.len(), 1, "a contact with messages keeps them");
        phone.contact(&bob_id, |contact| contact.priority = -1).await;
        ann.done(Command::PollNow).await;
        assert!(ann.list().await.is_empty() && ann.lines(with_bob).await.is_empty());
        assert!(ann.conversation(with_bob).await.acceptance == Acceptance::Accepted);

        // An entry for oneself is none, and takes nothing along when it goes.
        let own_id = id_of(&ann).await;
        let with_self = ann.open(&own_id.to_string()).await;
        ann.say(with_self, "note").await;
        phone.contact(&own_id, |contact| contact.nickname = "me".into()).await;
        ann.done(Command::PollNow).await;
        phone.remove(&own_id).await;
        ann.done(Command::PollNow).await;
        assert_eq!(ann.lines(with_self).await, ["> note"]);
        ann.done(Command::DeleteConversation(with_self)).await;

        bob.say(with_ann, "back").await;
        assert!(ann.polled(async || ann.lines(with_bob).await == ["< back"]).await);
        phone.remove(&bob_id).await;
        ann.done(Command::PollNow).await;
        assert!(ann.list().await.is_empty());
        assert!(ann.conversation(with_bob).await.acceptance == Acceptance::New);
    });
}

#[test]
fn a_broken_config_changes_nothing_and_holds_nobody_up() {
    on_this_thread(async {
        let (network, config) = network().await;
        let (ann, bob, with_bob, _) = friends(&config).await;
        let mut phone = Phone::of(&ann, &network).await;
        let bob_id = id_of(&bob).await;
        phone.contact(&bob_id, |contact| contact.nickname = "Bobby".into()).await;
        ann.done(Command::PollNow).await;
        for length in [0, 300] {
            store(&network, &phone.keys, Contacts::NAMESPACE, vec![7; length + 1]).await;
        }
        assert!(ann.polled(async || ann.network().await.set_aside == 2).await);
        assert_eq!(nickname(&ann, with_bob).await, "Bobby");
        store(&network, &phone.keys, Contacts::NAMESPACE, vec![8; 300]).await;
        phone.contact(&bob_id, |contact| contact.nickname = "Robert".into()).await;
        assert!(ann.polled(async || nickname(&ann, with_bob).await == "Robert").await);
        // Other members give it out again: it counts once.
        for _ in 0..10 {
            ann.done(Command::PollNow).await;
        }
        assert_eq!(ann.network().await.set_aside, 3);
        assert!(until(async || ann.network().await.queued == 0).await);
    });
}

async fn nickname(person: &Person, conversation: ConversationId) -> String {
    person.conversation(conversation).await.nickname
}
