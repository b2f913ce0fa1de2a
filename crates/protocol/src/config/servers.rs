//! How entries of communities are kept: address of the server → its key and its rooms → entry.

use super::community::RoomServer;
use super::fields::Fields;
use super::{Config, Kind};
use crate::bt::{Dict, Value};

const KEY: &str = "#";
const ROOMS: &[u8] = b"R";

/// A community server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Server {
    pub url: RoomServer,
    pub key: [u8; 32],
}

/// Path of a room's entry.
pub(super) fn path<'a>(list: &'a [u8], server: &'a RoomServer, room: &'a str) -> [&'a [u8]; 4] {
    [list, server.as_str().as_bytes(), ROOMS, room.as_bytes()]
}

/// All rooms with their entries. What has another form is passed over, and kept.
pub(super) fn rooms<'a>(data: &'a Dict, list: &[u8]) -> impl Iterator<Item = (Server, &'a str, &'a Dict)> {
    let servers = data.get(list).and_then(Value::as_dict).into_iter().flat_map(Dict::iter);
    servers.filter_map(read_server).flat_map(|(server, rooms)| {
        rooms.iter().filter_map(move |(room, entry)| {
            Some((server.clone(), core::str::from_utf8(room).ok()?, entry.as_dict()?))
        })
    })
}

fn read_server<'a>((url, server): (&[u8], &'a Value)) -> Option<(Server, &'a Dict)> {
    let server = server.as_dict()?;
    let url = core::str::from_utf8(url).ok()?.parse().ok()?;
    let key = server.blob(KEY)?.try_into().ok()?;
    Some((Server { url, key }, server.get(ROOMS)?.as_dict()?))
}

/// Changes the entry of a room, and the server's key with it.
pub(super) fn edit<K: Kind>(
    config: &mut Config<K>,
    list: &[u8],
    server: &Server,
    room: &str,
    edit: impl FnOnce(&mut Dict),
) -> bool {
    config.edit(&[list, server.url.as_str().as_bytes()], |known| {
        let mut rooms = match known.remove(ROOMS) {
            Some(Value::Dict(rooms)) => rooms,
            _ => Dict::new(),
        };
        let mut entry = match rooms.remove(room.as_bytes()) {
            Some(Value::Dict(entry)) => entry,
            _ => Dict::new(),
        };
        edit(&mut entry);
        rooms.insert(room, entry);
        known.insert(ROOMS, rooms);
        if known.blob(KEY) != Some(&server.key) {
            known.insert(KEY, server.key.as_slice());
        }
    })
}

/// Removes the entry of a room, and the server with its last one.
pub(super) fn remove<K: Kind>(config: &mut Config<K>, list: &[u8], server: &RoomServer, room: &str) -> bool {
    let room = room.to_ascii_lowercase();
    let known = super::data::at(config.data(), &[list, server.as_str().as_bytes(), ROOMS]);
    let Some(rooms) = known.filter(|rooms| rooms.get(room.as_bytes()).is_some()) else { return false };
    if rooms.len() == 1 {
        config.edit(&[list, server.as_str().as_bytes()], |server| *server = Dict::new())
    } else {
        config.edit(&path(list, server, &room), |entry| *entry = Dict::new())
    }
}
