use super::fields::{Fields, Picture, SetFields, name};
use super::servers::{self, Server};
use super::{Config, Contacts, RoomServer};
use crate::bt::Dict;
use crate::storage::Pubkey;

const BLINDED: &[u8] = b"b";

/// Prefix of IDs that are blinded the old way.
const LEGACY: u8 = 0x15;
const CURRENT: u8 = 0x25;

/// A person of a community to whom the user wrote, known there only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BlindedContact {
    /// Where.
    pub server: RoomServer,
    /// The server's key.
    pub server_key: [u8; 32],
    /// Who: a blinded ID, prefix 15 or 25.
    pub id: Pubkey,
    /// Name in the person's profile; may be empty. Cut to 100 bytes when written.
    pub name: String,
    /// The person's picture.
    pub picture: Option<Picture>,
    /// When name and picture changed, seconds; 0 if unknown.
    pub profile_updated: u64,
    /// Below 0 hidden, above 0 pinned.
    pub priority: i64,
    /// When the conversation began, seconds; 0 if unknown.
    pub created: u64,
    /// Session Pro features of the person's profile, as bits.
    pub features: u64,
}

impl Config<Contacts> {
    /// All people of communities to whom the user wrote.
    pub fn blinded_contacts(&self) -> impl Iterator<Item = BlindedContact> {
        servers::rooms(self.data(), BLINDED).filter_map(|(server, id, entry)| {
            let key = crate::text::unhex::<32>(id)?;
            let prefix = if entry.flag("y") { LEGACY } else { CURRENT };
            Some(BlindedContact {
                server: server.url,
                server_key: server.key,
                id: Pubkey::new(prefix, &key),
                name: entry.text("n"),
                picture: entry.picture("p", "q"),
                profile_updated: entry.time("t"),
                priority: entry.int("+"),
                created: entry.time("j"),
                features: entry.bits("f"),
            })
        })
    }

    /// Adds or changes one; nothing happens if the ID is not blinded.
    pub fn set_blinded_contact(&mut self, contact: &BlindedContact) -> bool {
        if !matches!(contact.id.prefix(), LEGACY | CURRENT) {
            return false;
        }
        let server = Server { url: contact.server.clone(), key: contact.server_key };
        let id = hex::encode(contact.id.key());
        servers::edit(self, BLINDED, &server, &id, |entry| {
            entry.keep_text("n", name(&contact.name));
            entry.set_picture("p", "q", contact.picture.as_ref());
            entry.set_time("t", contact.profile_updated);
            entry.set_int("+", contact.priority);
            entry.set_time("j", contact.created);
            entry.set_bits("f", contact.features);
            entry.set_flag("y", contact.id.prefix() == LEGACY);
        })
    }

    /// Removes one. The server stays, as official clients leave it.
    pub fn remove_blinded_contact(&mut self, server: &RoomServer, id: &Pubkey) -> bool {
        let room = hex::encode(id.key());
        self.edit(&servers::path(BLINDED, server, &room), |entry| *entry = Dict::new())
    }
}
