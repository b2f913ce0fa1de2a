//! Configs that are signed, as those of groups are: who may write them, and what the others believe.

#![allow(clippy::unwrap_used, clippy::panic)]

use ed25519_dalek::SigningKey;
use sotto_protocol::account::{AccountKeys, Seed};
use sotto_protocol::config::{
    Change, Config, Contacts, Keys, Kind, MessageError, OVERHEAD, PushError, Refusal, encrypt, pad,
};
use sotto_protocol::storage::Namespace;

/// Name and settings of a group.
enum Info {}

impl Kind for Info {
    const NAMESPACE: Namespace = Namespace::GROUP_INFO;
    const DOMAIN: &'static str = "groups::Info";
    const WRAP: Option<u32> = None;
}

const OLD: [u8; 32] = [1; 32];
const NEW: [u8; 32] = [2; 32];

fn admin_key() -> SigningKey {
    SigningKey::from_bytes(&[7; 32])
}

fn set(config: &mut Config<Info>, key: &str, value: &str) {
    assert!(config.edit(&[], |data| drop(data.insert(key, value))));
}

fn text(config: &Config<Info>, key: &str) -> Option<String> {
    Some(String::from_utf8(config.data().get(key.as_bytes())?.as_bytes()?.to_vec()).unwrap())
}

fn push(config: &mut Config<Info>, keys: &Keys<'_>, hash: &str) -> Vec<u8> {
    let mut push = config.push(keys, 0).unwrap();
    assert!(config.confirm_pushed(push.seqno, [hash.to_owned()]));
    push.payloads.remove(0)
}

#[test]
fn members_read_what_admins_sign() {
    let (secret, encryption) = (admin_key(), [NEW, OLD]);
    let admin = Keys::group(&encryption[1..], secret.verifying_key(), Some(&secret));
    let member = Keys::group(&encryption, secret.verifying_key(), None);
    assert!(admin.may_write() && !member.may_write());

    let mut config = Config::<Info>::new();
    set(&mut config, "n", "Friends");
    let stored = push(&mut config, &admin, "a");
    // Not wrapped: as long as it was padded to.
    assert_eq!((stored.len() % 256, stored.len() > OVERHEAD), (0, true));

    // The member has a newer key as well, which comes first.
    let mut theirs = Config::<Info>::new();
    let merged = theirs.merge(&member, [("a", stored.as_slice())], 0);
    assert_eq!(merged.change, Change::Adopted { lost: false });
    assert_eq!(text(&theirs, "n").as_deref(), Some("Friends"));
    assert_eq!(theirs.push(&member, 0), Err(PushError::ReadOnly));
    // The signature is kept, so that what a member has can be passed on.
    assert!(theirs.message(&member) == config.message(&admin));

    let new_key_only = Keys::group(&encryption[..1], secret.verifying_key(), None);
    let merged = Config::<Info>::new().merge(&new_key_only, [("a", stored.as_slice())], 0);
    assert_eq!(merged.refused, [("a".to_owned(), Refusal::Decrypt)]);
}

#[test]
fn what_is_not_signed_by_the_group_is_refused() {
    let (secret, other, encryption) = (admin_key(), SigningKey::from_bytes(&[8; 32]), [NEW]);
    let member = Keys::group(&encryption, secret.verifying_key(), None);
    let forger = Keys::group(&encryption, other.verifying_key(), Some(&other));
    let mut config = Config::<Info>::new();
    set(&mut config, "n", "Forged");
    let forged = push(&mut config, &forger, "f");
    let unsigned = encrypt(&NEW, "groups::Info", &pad(b"d1:#i1e1:&de1:<le1:=dee")).unwrap();
    let mut theirs = Config::<Info>::new();
    let merged = theirs.merge(&member, [("f", forged.as_slice()), ("u", unsigned.as_slice())], 0);
    let refused = [
        ("f".to_owned(), Refusal::Message(MessageError::Signature)),
        ("u".to_owned(), Refusal::Message(MessageError::Unsigned)),
    ];
    assert_eq!((merged.change, &merged.refused[..]), (Change::None, &refused[..]));
    assert_eq!(theirs.seqno(), 0);
}

#[test]
fn admins_solve_conflicts_and_members_wait() {
    let (secret, encryption) = (admin_key(), [NEW]);
    let admin = Keys::group(&encryption, secret.verifying_key(), Some(&secret));
    let member = Keys::group(&encryption, secret.verifying_key(), None);
    let mut first = Config::<Info>::new();
    set(&mut first, "n", "Friends");
    let base = push(&mut first, &admin, "base");
    let mut second = first.clone();
    set(&mut first, "a", "1");
    set(&mut second, "b", "2");
    let (one, two) = (push(&mut first, &admin, "one"), push(&mut second, &admin, "two"));

    // Whatever comes first, a member ends with the same one of both, and deletes nothing.
    let all = [("base", base.as_slice()), ("one", one.as_slice()), ("two", two.as_slice())];
    let mut members = [Config::<Info>::new(), Config::<Info>::new()];
    members[0].merge(&member, all, 0);
    for message in all {
        members[1].merge(&member, [message], 0);
    }
    assert!(members[0].message(&member) == members[1].message(&member));
    assert!(members.iter().all(|config| !config.needs_push() && config.obsolete_hashes().count() == 0));

    assert_eq!(first.merge(&admin, [("two", two.as_slice())], 0).change, Change::Merged);
    let solved = push(&mut first, &admin, "solved");
    for config in &mut members {
        assert_eq!(
            config.merge(&member, [("solved", solved.as_slice())], 0).change,
            Change::Adopted { lost: false }
        );
        assert_eq!((text(config, "a").as_deref(), text(config, "b").as_deref()), (Some("1"), Some("2")));
    }
    assert_eq!(
        second.merge(&admin, [("solved", solved.as_slice())], 0).change,
        Change::Adopted { lost: false }
    );
    assert!(second.message(&admin) == first.message(&admin));
}

#[test]
fn a_change_that_comes_five_states_late_is_lost_and_said_to_be() {
    let account = AccountKeys::derive(&Seed::new([9; 16]));
    let keys = Keys::account(&account);
    let (mut quick, mut slow) = (Config::<Contacts>::new(), Config::<Contacts>::new());
    let change =
        |config: &mut Config<Contacts>, value: i64| config.edit(&[], |data| drop(data.insert("x", value)));
    assert!(change(&mut slow, -1));
    let mut last = Vec::new();
    for value in 0..6 {
        assert!(change(&mut quick, value));
        let mut push = quick.push(&keys, 0).unwrap();
        assert!(quick.confirm_pushed(push.seqno, [format!("{value}")]));
        last = push.payloads.remove(0);
        if value < 5 {
            // Up to here, it would be merged.
            let merged = slow.clone().merge(&keys, [("h", last.as_slice())], 0);
            assert_eq!(merged.change, Change::Merged, "{value}");
        }
    }
    let merged = slow.merge(&keys, [("h", last.as_slice())], 0);
    assert_eq!(merged.change, Change::Adopted { lost: true });
    assert!(!slow.needs_push() && slow.message(&keys) == quick.message(&keys));
}
