//! The typed views of the configs against `vectors/config.json`: what they read, and the bytes that they write.

#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use common::{bytes, list, text};
use serde_json::Value as Json;
use sotto_protocol::account::{AccountId, AccountKeys, NameError};
use sotto_protocol::bt::{Dict, Value};
use sotto_protocol::config::{
    BlindedContact, Community, CommunityError, CommunityUrl, Config, Contact, Contacts, Convo,
    ConvoInfoVolatile, Group, GroupAccess, GroupSeed, Keys, Kind, LegacyGroup, LegacyKeys, Membership,
    Notify, PeerPro, Picture, ProCredential, ReadState, Removed, RoomServer, UserGroups, UserProfile,
    encrypt, normal_room, pad, seconds, truncate,
};
use sotto_protocol::content::Timer;
use sotto_protocol::storage::{AuthData, Pubkey};

/// Later than everything in the vectors.
const NOW_S: u64 = 1_780_000_000;

fn all() -> Json {
    serde_json::from_str(include_str!("vectors/config.json")).unwrap()
}

fn vector(name: &str) -> Json {
    let all = all();
    list(&all, "config_types").iter().find(|vector| vector["name"] == name).unwrap().clone()
}

fn account() -> AccountKeys {
    let mut seed = [0; 32];
    hex::decode_to_slice("0123456789abcdef0123456789abcdef", &mut seed[..16]).unwrap();
    AccountKeys::from_ed25519_seed(&seed)
}

/// The config of which a vector shows the bytes.
fn read<K: Kind>(vector: &Json) -> Config<K> {
    let (account, mut config) = (account(), Config::new());
    let merged =
        config.merge(&Keys::account(&account), [("h", bytes(vector, "encrypted_hex").as_slice())], 0);
    assert!(merged.change.is_news(), "{merged:?}");
    config
}

fn assert_is<K: Kind>(config: &Config<K>, vector: &Json) {
    let account = account();
    let message = config.message(&Keys::account(&account));
    let (ours, expected) = (message.as_bytes(), bytes(vector, "plain_hex"));
    assert_eq!(String::from_utf8_lossy(ours), String::from_utf8_lossy(&expected), "{}", vector["name"]);
    assert_eq!(ours, expected);
}

/// Pushes and takes that for stored, so that the next change begins a new message.
fn push<K: Kind>(config: &mut Config<K>) {
    let push = config.push(&Keys::account(&account()), 0).unwrap();
    assert!(config.confirm_pushed(push.seqno, [format!("hash {}", push.seqno)]));
}

fn id(byte: u8) -> AccountId {
    AccountId::from_x25519([byte; 32])
}

fn legacy_id() -> AccountId {
    let mut key = [0; 32];
    key[0] = b'P';
    AccountId::from_x25519(key)
}

fn picture(url: &str, key: &[u8; 32]) -> Picture {
    Picture { url: url.to_owned(), key: *key }
}

fn server() -> RoomServer {
    "http://example.org:5678".parse().unwrap()
}

fn server_key() -> [u8; 32] {
    let mut key = [0; 32];
    hex::decode_to_slice("0123456789abcdef".repeat(4), &mut key).unwrap();
    key
}

#[test]
fn contacts_step_by_step() {
    let mut config = Config::<Contacts>::new();
    let joe = Contact {
        name: "Joe".into(),
        nickname: "Joey".into(),
        approved: true,
        approved_me: true,
        created: 1_680_064_059,
        notify: Notify::All,
        muted_until: 1_700_000_000,
        ..Contact::default()
    };
    assert!(config.set_contact(&id(0), &joe));
    assert!(!config.set_contact(&id(0), &joe));
    assert_is(&config, &vector("contacts_1"));
    push(&mut config);
    assert!(config.set_contact(&id(0x11), &Contact::default()));
    assert_is(&config, &vector("contacts_2"));
    push(&mut config);

    let mut other = config.clone();
    assert!(config.remove_contact(&id(0)) && !config.remove_contact(&id(0)));
    assert_is(&config, &vector("contacts_3a"));
    let third = Contact {
        nickname: "Nickname 3".into(),
        approved: true,
        blocked: true,
        picture: Some(picture("http://example.com/huge.bmp", b"qwerty78901234567890123456789012")),
        ..Contact::default()
    };
    assert!(other.set_contact(&id(0x22), &third));
    assert_is(&other, &vector("contacts_3b"));
    let read: Vec<_> = other.contacts().collect();
    assert_eq!(read, [(id(0), joe), (id(0x11), Contact::default()), (id(0x22), third)]);
}

#[test]
fn every_field_of_a_contact() {
    let mut config: Config<Contacts> = read(&vector("contacts_full"));
    let full = config.contact(&id(0x33)).unwrap();
    let expected = Contact {
        name: "Full".into(),
        blocked: true,
        priority: -1,
        notify: Notify::All,
        muted_until: 1_700_000_000,
        timer: Timer::AfterRead(86_400),
        created: 1_690_000_000,
        ..Contact::default()
    };
    assert_eq!(full, expected);
    assert_eq!(config.contact(&id(0x44)).unwrap().priority, 3);
    // Writing what was read changes nothing, though the vector has a time in milliseconds.
    assert!(!config.set_contact(&id(0x33), &Contact { notify: Notify::MentionsOnly, ..full }));
    assert!(!config.needs_push());
}

#[test]
fn a_contact_takes_newer_profiles_and_a_time_once() {
    let mut config = Config::<Contacts>::new();
    assert!(config.update_contact(&id(1), 50, |contact| assert!(contact.take_profile("Ann", None, 100))));
    assert!(!config.update_contact(&id(1), 60, |contact| assert!(!contact.take_profile("Old", None, 100))));
    let new = Some(picture("http://a.b/1", &[1; 32]));
    assert!(config.update_contact(&id(1), 70, |contact| assert!(contact.take_profile(
        "Anna",
        new.clone(),
        101
    ))));
    let ann = config.contact(&id(1)).unwrap();
    assert_eq!((ann.name.as_str(), ann.picture, ann.profile_updated, ann.created), ("Anna", new, 101, 50));
    assert!(config.update_contact(&id(2), 0, |contact| contact.name = "語".repeat(40)));
    assert_eq!(config.contact(&id(2)).unwrap().name, "語".repeat(33));
}

#[test]
fn blinded_contacts() {
    let vector = &all()["contacts_2026"];
    let mut config = Config::<Contacts>::new();
    let contact = |prefix, byte| BlindedContact {
        server: server(),
        server_key: server_key(),
        id: Pubkey::new(prefix, &[byte; 32]),
        name: String::new(),
        picture: None,
        profile_updated: 0,
        priority: 0,
        created: 0,
        features: 0,
    };
    let old = BlindedContact { name: "Blinded".into(), created: 1_680_064_059, ..contact(0x15, 0xab) };
    let hidden = BlindedContact { priority: -1, ..contact(0x25, 0xcd) };
    let joe =
        Contact { name: "Joe".into(), profile_updated: 1_760_000_000, features: 1, ..Contact::default() };
    assert!(config.set_blinded_contact(&old) && config.set_blinded_contact(&hidden));
    assert!(!config.set_blinded_contact(&hidden) && !config.set_blinded_contact(&contact(0x05, 1)));
    assert!(config.set_contact(&id(1), &joe));
    assert_is(&config, vector);
    assert_eq!(config.blinded_contacts().collect::<Vec<_>>(), [old.clone(), hidden]);
    let known: Config<Contacts> = read(vector);
    assert_eq!(known.contact(&id(1)), Some(joe));
    assert!(config.remove_blinded_contact(&old.server, &old.id));
    assert_eq!(config.blinded_contacts().count(), 1);
}

#[test]
fn first_profile() {
    let all = all();
    let push_vector = &all["user_profile_push"]["seqno1"];
    let mut config = Config::<UserProfile>::new();
    // The vector is from before changes were stamped.
    let key = b"secret78901234567890123456789012";
    config.edit(&[], |data| {
        data.insert("n", "Kallie");
        data.insert("p", "http://example.org/omg-pic-123.bmp");
        data.insert("q", key.as_slice());
    });
    assert!(config.set_note_to_self_priority(9) && !config.set_note_to_self_priority(9));
    assert_is(&config, push_vector);
    assert_eq!(config.picture(), Some(picture("http://example.org/omg-pic-123.bmp", key)));
    assert_eq!((config.name().as_deref(), config.profile_updated()), (Some("Kallie"), 0));

    for (number, name) in ["profile_a", "profile_b"].into_iter().enumerate() {
        let config: Config<UserProfile> = read(&vector(name));
        assert_eq!((config.note_to_self_priority(), config.note_to_self_timer()), (-1, 86_400));
        let expected = [(Some("x".to_owned()), Some(false)), (None, None)];
        assert_eq!((config.name(), config.blinded_requests()), expected[number]);
    }
}

#[test]
fn profile_of_2026() {
    let all = all();
    let vector = &all["profile_2026"];
    let mut config = Config::<UserProfile>::new();
    let fields = &vector["pro_credential_fields"];
    let credential = ProCredential {
        expiry: fields["e"].as_u64().unwrap(),
        tag: common::array(fields, "g"),
        seed: common::array(fields, "r_seed"),
        signature: common::array(fields, "s"),
    };
    assert_eq!(*credential.encode(), bytes(vector, "pro_credential_hex"));
    let chosen = picture("http://filev2.getsession.org/file/abc#p=00", &[0x11; 32]);
    let renewed = picture("http://filev2.getsession.org/file/def#p=00", &[0x22; 32]);
    let now = 1_760_000_000;
    assert_eq!(config.set_name("Kallie", now), Ok(true));
    assert!(config.set_picture(Some(&chosen), now) && !config.set_picture(Some(&chosen), now + 1));
    assert!(config.set_features(3, now) && config.set_pro_credential(Some(&credential), now));
    assert!(config.set_pro_access(1_800_000_000, 259_200, now) && config.set_pro_renews(true));
    assert_eq!(config.picture(), Some(chosen));
    assert!(config.set_renewed_picture(&renewed, 1_760_100_000));
    assert_is(&config, vector);

    let known: Config<UserProfile> = read(vector);
    assert_eq!(known.pro_credential(), Some(credential));
    assert_eq!((known.pro_access(), known.pro_grace(), known.pro_renews()), (1_800_000_000, 259_200, true));
    let expected = &vector["expected_reads"];
    assert_eq!(Some(known.profile_updated()), expected["profile_updated"].as_u64());
    assert_eq!(known.picture().unwrap().url, text(expected, "picture_url"));
    assert_eq!(Some(known.features()), expected["profile_bitset"].as_u64());
}

#[test]
fn changes_of_a_profile_are_stamped() {
    let mut config = Config::<UserProfile>::new();
    let stamps = |config: &Config<UserProfile>| {
        [b"t", b"T"].map(|key| config.data().get(key).and_then(Value::as_int).unwrap_or_default())
    };
    assert_eq!(config.set_name("Ann", 10), Ok(true));
    assert_eq!(config.set_name("Ann", 11), Ok(false));
    assert_eq!(stamps(&config), [10, 0]);
    assert!(config.set_renewed_picture(&picture("http://a.b/1", &[1; 32]), 20));
    assert!(config.set_blinded_requests(Some(false), 30) && !config.set_blinded_requests(Some(false), 31));
    assert_eq!((stamps(&config), config.profile_updated()), ([10, 30], 30));
    assert!(!config.set_picture(Some(&picture(&"x".repeat(224), &[1; 32])), 40));
    assert!(!config.set_renewed_picture(&picture("", &[1; 32]), 40));
    // Without a picture that was chosen there is none to be cleared.
    assert!(!config.set_picture(None, 40));
    assert!(config.set_picture(Some(&picture("http://a.b/2", &[2; 32])), 40) && config.set_picture(None, 50));
    assert_eq!((stamps(&config), config.picture()), ([50, 50], None));
    assert!(config.set_note_to_self_timer(60) && config.set_pro_renews(true));
    assert_eq!(stamps(&config), [50, 50]);
    let long = "x".repeat(101);
    assert_eq!(config.set_name(&long, 60), Err(NameError::TooLong(101)));
    assert_eq!(config.set_name("", 60), Ok(true));
    assert_eq!((config.name(), stamps(&config)), (None, [60, 50]));

    assert!(config.set_purchase_pending(100, 100) && config.set_refund_requested(100, 100));
    assert_eq!((config.purchase_pending(100), config.refund_requested(100)), (100, 100));
    let later = 100 + 7 * 86_400 + 1;
    assert_eq!((config.purchase_pending(later), config.refund_requested(later)), (0, 0));
    assert!(config.set_pro_access(later + 1, 0, later));
    assert_eq!((config.data().get(b"I"), config.data().get(b"R")), (None, None));
    config.edit(&[], |data| drop(data.insert("E", 1_800_000_000_000)));
    assert_eq!(config.pro_access(), 1_800_000_000);
    assert!(!config.set_pro_access(1_800_000_000, 0, later));
}

#[test]
fn groups_of_all_kinds() {
    let mut config = Config::<UserGroups>::new();
    let first = vector("usergroups_1");
    let mut secret = [0; 32];
    hex::decode_to_slice("00112233445566778899aabbccddeeff".repeat(2), &mut secret).unwrap();
    let known: Config<UserGroups> = read(&first);
    let public = known.legacy_group(&legacy_id()).unwrap().keys.clone().unwrap().public;
    let legacy = LegacyGroup {
        name: "Englishmen".into(),
        keys: Some(LegacyKeys { public, secret }),
        members: [id(0), id(0x11)].into(),
        admins: [id(0x22)].into(),
        timer: 3_600,
        membership: Membership {
            priority: 3,
            joined: 1_680_064_059,
            notify: Notify::MentionsOnly,
            muted_until: 1_700_003_600,
            invited: false,
        },
        ..LegacyGroup::new(legacy_id())
    };
    let url = CommunityUrl { server: server(), room: "SudokuRoom".into(), key: server_key() };
    let community = Community { url, membership: Membership { priority: 14, ..Membership::default() } };
    let group = Group::new(Pubkey::new(3, &[1; 32]));
    assert!(config.set_legacy_group(&legacy) && !config.set_legacy_group(&legacy));
    assert!(config.set_community(&community) && !config.set_community(&community));
    assert!(config.set_group(&group) && !config.set_group(&group));
    assert_is(&config, &first);
    assert_eq!(known.legacy_groups().collect::<Vec<_>>(), [legacy]);
    assert_eq!(known.communities().count(), 1);
    assert_eq!(known.groups().collect::<Vec<_>>(), [group]);
    assert_eq!(known.community(&server(), "sudokuROOM"), Some(community));

    push(&mut config);
    assert!(
        config.remove_community(&server(), "SUDOKUroom") && !config.remove_community(&server(), "sudokuroom")
    );
    assert_is(&config, &vector("usergroups_2_community_erased"));
}

#[test]
fn a_group_from_invitation_to_its_end() {
    let mut config = Config::<UserGroups>::new();
    let mut seed = [0; 32];
    seed[..16].copy_from_slice(&server_key()[..16]);
    let admin_id = Pubkey::new(3, &account().ed25519_public());
    let admin = Group { access: GroupAccess::Admin(GroupSeed::new(seed)), ..Group::new(admin_id) };
    let mut member_key = [0; 32];
    member_key[0] = b'P';
    let member_id = Pubkey::new(3, &member_key);
    let mut auth = [0; 100];
    auth[..5].copy_from_slice(&[1, 2, 3, 4, 5]);
    let mut member = Group::new(member_id);
    member.membership = Membership {
        priority: 123,
        notify: Notify::MentionsOnly,
        muted_until: 456_789_012,
        ..Membership::default()
    };
    assert!(member.invite("Magic Special Room", AuthData::from_bytes(auth), 1_234_567_890));
    assert!(config.set_group(&admin) && config.set_group(&member));
    assert_is(&config, &vector("usergroups_admin_and_member"));
    assert_eq!(config.groups().collect::<Vec<_>>(), [admin.clone(), member]);
    // Another group's seed is not written, and not read.
    assert!(!config.set_group(&Group { id: member_id, ..admin.clone() }));
    assert!(!config.set_group(&Group::new(Pubkey::new(5, &[1; 32]))));

    push(&mut config);
    assert!(config.update_group(&admin_id, Group::kick));
    assert!(config.update_group(&member_id, Group::destroy));
    assert_is(&config, &vector("usergroups_kicked_destroyed"));
    assert!(config.update_group(&admin_id, |group| assert!(group.invite("", AuthData::from_bytes(auth), 1))));
    assert_eq!(config.group(&admin_id).unwrap().removed, Removed::No);
    config.update_group(&member_id, |group| {
        group.kick();
        assert!(!group.invite("", AuthData::from_bytes(auth), 1));
    });
    assert_eq!(config.group(&member_id).unwrap().removed, Removed::Destroyed);
    assert!(config.remove_group(&member_id) && config.group(&member_id).is_none());
    assert!(!config.update_group(&member_id, Group::kick));
}

#[test]
fn read_positions() {
    let expected = vector("convos_1");
    let known: Config<ConvoInfoVolatile> = read(&expected);
    let states: Vec<_> = known.read_states().collect();
    assert_eq!(states.len(), 4);
    let now = 4_102_444_800_000;
    let mut config = Config::<ConvoInfoVolatile>::new();
    for (convo, state) in &states {
        assert_eq!(known.read_state(convo), Some(*state));
        assert!(config.set_read_state(convo, state, now) && !config.set_read_state(convo, state, now));
    }
    assert_is(&config, &expected);
    let one = Convo::OneToOne(legacy_id());
    assert_eq!(config.read_state(&one), Some(ReadState { last_read: now, unread: false, pro: None }));
    let room = Convo::Community { server: server(), key: server_key(), room: "SudokuRoom".into() };
    assert_eq!(config.read_state(&room).map(|state| (state.last_read, state.unread)), Some((now + 1, true)));
    assert!(config.remove_read_state(&room) && config.read_state(&room).is_none());

    let all = all();
    let vector = &all["convo_volatile_2026"];
    let mut config = Config::<ConvoInfoVolatile>::new();
    let pro = Some(PeerPro { expiry: 1_790_000_000, tag: [0xaa; 32] });
    let states = [
        (Convo::OneToOne(id(1)), ReadState { last_read: 1_760_000_000_000, unread: true, pro }),
        (
            Convo::Blinded(Pubkey::new(0x15, &[0xab; 32])),
            ReadState { last_read: 1_760_000_000_001, ..ReadState::default() },
        ),
        (Convo::Blinded(Pubkey::new(0x25, &[0xcd; 32])), ReadState::default()),
    ];
    for (convo, state) in &states {
        assert!(config.set_read_state(convo, state, 0));
    }
    assert_is(&config, vector);
    assert_eq!(config.read_states().collect::<Vec<_>>(), states);
    // Milliseconds of older clients.
    config.edit(&[b"1", id(1).as_bytes()], |entry| drop(entry.insert("e", 1_790_000_000_000)));
    assert_eq!(config.read_state(&states[0].0), Some(states[0].1));
}

#[test]
fn old_read_positions_leave_the_config() {
    let mut config = Config::<ConvoInfoVolatile>::new();
    let (now, day) = (NOW_S * 1000, 86_400_000);
    let at = |last_read| ReadState { last_read, ..ReadState::default() };
    let old = at(now - 20 * day);
    assert!(config.set_read_state(&Convo::OneToOne(id(1)), &old, now));
    assert!(config.set_read_state(&Convo::OneToOne(id(2)), &ReadState { unread: true, ..old }, now));
    let pro = Some(PeerPro { expiry: NOW_S, tag: [1; 32] });
    assert!(config.set_read_state(&Convo::OneToOne(id(3)), &ReadState { pro, ..old }, now));
    let room = Convo::Community { server: server(), key: server_key(), room: "a".into() };
    assert!(config.set_read_state(&room, &old, now));
    assert!(!config.set_read_state(&Convo::LegacyGroup(id(4)), &at(now - 31 * day), now));
    assert!(config.take_stale(now).is_empty());
    let stale = config.take_stale(now + 11 * day);
    assert_eq!(stale, [(Convo::OneToOne(id(1)), old), (room, old)]);
    assert_eq!(config.read_states().count(), 2);
    assert!(config.data().get(b"o").is_none());
    assert!(!config.set_read_state(&Convo::Group(Pubkey::new(5, &[1; 32])), &at(now), now));
    assert!(!config.set_read_state(&Convo::Blinded(Pubkey::new(3, &[1; 32])), &at(now), now));

    let mut state = ReadState { last_read: 100, unread: true, pro: None };
    state.read_to(99);
    assert_eq!((state.last_read, state.unread), (100, true));
    state.read_to(100);
    assert_eq!((state.last_read, state.unread), (100, false));
    state.read_to(120);
    assert_eq!(state.last_read, 120);
}

#[test]
fn unknown_fields_and_entries_stay() {
    let mut config = Config::<Contacts>::new();
    config.edit(&[b"c", id(1).as_bytes()], |entry| {
        *entry =
            Dict::new().with("n", "Ann").with("Z", "newer").with("zz", vec![Value::from(1)]).with("b", 5);
    });
    config.edit(&[b"c"], |all| {
        all.insert("short", 1);
        all.insert(id(2).as_bytes().as_slice(), "no dictionary");
    });
    config.edit(&[], |data| drop(data.insert("X", Dict::new().with("x", 1))));
    let before = config.data().clone();
    assert_eq!(config.contacts().map(|(id, _)| id).collect::<Vec<_>>(), [id(1)]);
    assert!(config.contact(&id(1)).unwrap().blocked);
    assert!(config.update_contact(&id(1), 0, |contact| contact.nickname = "A".into()));
    let mut expected = before;
    let Some(Value::Dict(all)) = expected.get_mut(b"c") else { panic!() };
    let Some(Value::Dict(ann)) = all.get_mut(id(1).as_bytes()) else { panic!() };
    ann.insert("N", "A");
    assert_eq!(*config.data(), expected);
}

#[test]
fn names_and_times() {
    let all = all();
    let vectors = &all["name_truncation"];
    for case in list(vectors, "cases") {
        assert_eq!(truncate(text(case, "input"), 100), text(case, "truncated"));
    }
    let mut config = Config::<UserProfile>::new();
    let long = text(vectors, "must_fail_set_name_without_truncation");
    assert!(config.set_name(long, 0).is_err() && !config.needs_push());
    let series = &vectors["happy_birthday_series"];
    for (limit, expected) in series["by_limit"].as_object().unwrap() {
        assert_eq!(truncate(text(series, "input"), limit.parse().unwrap()), expected.as_str().unwrap());
    }
    for case in list(&all["epoch_seconds_normalisation"], "cases") {
        assert_eq!(Some(seconds(case["in"].as_u64().unwrap())), case["out"].as_u64());
    }
}

#[test]
fn addresses_of_communities() {
    let all = all();
    for case in list(&all["community_url"], "cases") {
        let url: CommunityUrl = text(case, "full_url").parse().unwrap();
        assert_eq!(url.server.as_str(), text(case, "base_url"));
        assert_eq!(normal_room(&url.room).unwrap(), text(case, "room_norm"));
        assert_eq!(hex::encode(url.key), text(case, "pubkey"));
        assert_eq!(url.to_string().parse(), Ok(url));
    }
    for case in list(&all["community_url"], "must_fail") {
        if let Some(base) = case.get("base_url") {
            assert!(base.as_str().unwrap().parse::<RoomServer>().is_err());
        } else {
            assert_eq!(normal_room(text(case, "room")), Err(CommunityError::Room));
        }
    }
    let refused = [
        ("ftp://example.org", CommunityError::Scheme),
        ("http://example", CommunityError::Host),
        ("http://a.b.", CommunityError::Host),
        ("http://exa mple.org", CommunityError::Host),
        ("http://a.b", CommunityError::Host),
        ("http://example.org:x", CommunityError::Host),
        ("http://example.org:99999", CommunityError::Host),
        ("http://example.org/room", CommunityError::Path),
    ];
    for (text, error) in refused {
        assert_eq!(text.parse::<RoomServer>(), Err(error), "{text}");
    }
    assert_eq!("HTTP://Example.org:80/".parse::<RoomServer>().unwrap().as_str(), "http://example.org");
    let long = format!("http://{}.org", "x".repeat(300));
    assert!(matches!(long.parse::<RoomServer>(), Err(CommunityError::TooLong(_))));
    for text in ["http://a.org/x", "http://a.org/x?public_key=00", "http://a.org/x?public_key=é"] {
        assert_eq!(text.parse::<CommunityUrl>(), Err(CommunityError::PublicKey), "{text}");
    }
    assert_eq!(normal_room(&"x".repeat(65)), Err(CommunityError::Room));
}

#[test]
fn times_of_groups_in_other_units() {
    let all = all();
    let example = &list(&all["dump"], "examples")[0];
    let plain = bytes(example, "message_hex");
    let stored = encrypt(account().signing_key().as_bytes(), "UserGroups", &pad(&plain)).unwrap();
    let mut config = Config::<UserGroups>::new();
    let keys = account();
    config.merge(&Keys::account(&keys), [("h", stored.as_slice())], 0);
    let group = config.groups().next().unwrap();
    assert_eq!((group.membership.joined, group.membership.muted_until), (1_733_979_503, 1_733_979_503));
}

#[test]
fn nothing_secret_is_shown() {
    let seed = GroupSeed::new([0xab; 32]);
    let keys = LegacyKeys { public: [0xab; 32], secret: [0xab; 32] };
    let credential = ProCredential { expiry: 1, tag: [0xab; 32], seed: [0xab; 32], signature: [0xab; 64] };
    let shown = format!("{seed:?} {keys:?} {credential:?} {:?}", picture("http://secret", &[0xab; 32]));
    assert!(!shown.contains("171") && !shown.contains("ab, ") && !shown.contains("secret"), "{shown}");
}
