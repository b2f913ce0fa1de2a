use super::community::{RoomServer, normal_room};
use super::fields::{Fields, SetFields};
use super::groups::Membership;
use super::servers::{self, Server};
use super::{CommunityUrl, Config, UserGroups};

const COMMUNITIES: &[u8] = b"o";

/// A room of a community that the user joined.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Community {
    /// Server, room and key. The room is spelt as when joining, or as the server spells it.
    pub url: CommunityUrl,
    /// Settings.
    pub membership: Membership,
}

impl Config<UserGroups> {
    /// A room, whatever case its token is in.
    pub fn community(&self, server: &RoomServer, room: &str) -> Option<Community> {
        let room = normal_room(room).ok()?;
        self.communities()
            .find(|known| known.url.server == *server && normal_room(&known.url.room) == Ok(room.clone()))
    }

    /// All rooms.
    pub fn communities(&self) -> impl Iterator<Item = Community> {
        servers::rooms(self.data(), COMMUNITIES).filter_map(|(Server { url, key }, room, entry)| {
            normal_room(room).ok()?;
            let spelt = Some(entry.text("n")).filter(|spelt| spelt.eq_ignore_ascii_case(room));
            let room = spelt.unwrap_or_else(|| room.to_owned());
            Some(Community {
                url: CommunityUrl { server: url, room, key },
                membership: Membership::read(entry),
            })
        })
    }

    /// Adds or changes a room; nothing happens if its token can not be one.
    pub fn set_community(&mut self, community: &Community) -> bool {
        let CommunityUrl { server, room, key } = &community.url;
        let Ok(normal) = normal_room(room) else { return false };
        let server = Server { url: server.clone(), key: *key };
        servers::edit(self, COMMUNITIES, &server, &normal, |entry| {
            entry.keep_text("n", room);
            community.membership.write(entry);
        })
    }

    /// Removes a room: the user left it.
    pub fn remove_community(&mut self, server: &RoomServer, room: &str) -> bool {
        servers::remove(self, COMMUNITIES, server, room)
    }
}
