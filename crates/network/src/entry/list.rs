//! The nodes that may be forwarded to.

use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicU64, Ordering},
    },
    time::Instant,
};

use serde_json::json;
use sotto_protocol::nodes::{Entry, Node, NodeId, seed::NodeList};
use tokio::sync::watch;

use super::address::is_allowed;
use crate::{aside::aside, web::Packed};

/// One list, ready to be looked up and handed out.
#[derive(Debug)]
pub(super) struct Listing {
    places: HashMap<NodeId, SocketAddr>,
    nodes: Vec<Node>,
    /// Chain height at which it was made.
    pub(super) height: u64,
    /// A seed's answer with these nodes.
    pub(super) json: Packed,
}

impl Listing {
    /// The usable nodes of a list; `private` allows those with private addresses. Made away from the async runtime,
    /// because packing a long list takes a while.
    pub(super) async fn make(list: NodeList, private: bool) -> Self {
        aside(move || Self::new(list, private)).await
    }

    fn new(list: NodeList, private: bool) -> Self {
        let height = list.height.unwrap_or_default();
        let nodes: Vec<Node> = list.nodes.into_iter().filter(|node| is_allowed(node.ip, private)).collect();
        let places = nodes.iter().map(|node| (node.ed25519, (node.ip, node.port).into())).collect();
        let entries: Vec<Entry> = nodes.iter().map(Entry::from).collect();
        let json = json!({
            "jsonrpc": "2.0", "id": null,
            "result": {"status": "OK", "height": height, "service_node_states": entries},
        })
        .to_string();
        Self { places, nodes, height, json: Packed::new(json) }
    }

    /// Where the node with this key listens.
    pub(super) fn place(&self, id: &NodeId) -> Option<SocketAddr> {
        self.places.get(id).copied()
    }

    /// All nodes.
    pub(super) fn nodes(&self) -> &[Node] {
        &self.nodes
    }
}

/// The list in use. It is replaced as a whole.
#[derive(Debug)]
pub(super) struct Current {
    listing: RwLock<Option<Arc<Listing>>>,
    confirmed: RwLock<Option<Instant>>,
    changed: watch::Sender<u64>,
    failures: AtomicU64,
}

impl Current {
    pub(super) fn new(saved: Option<Listing>) -> Self {
        Self {
            listing: RwLock::new(saved.map(Arc::new)),
            confirmed: RwLock::default(),
            changed: watch::Sender::new(0),
            failures: AtomicU64::default(),
        }
    }

    /// Counts a refresh in which no seed gave a list that may be used.
    pub(super) fn failed(&self) {
        self.failures.fetch_add(1, Ordering::Relaxed);
    }

    /// Refreshes that failed since the start.
    pub(super) fn failures(&self) -> u64 {
        self.failures.load(Ordering::Relaxed)
    }

    /// The list now.
    pub(super) fn get(&self) -> Option<Arc<Listing>> {
        self.listing.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Takes over a list of a seed.
    pub(super) fn set(&self, listing: Listing) {
        *self.listing.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(listing));
        *self.confirmed.write().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
        self.changed.send_modify(|version| *version += 1);
    }

    /// Seconds since a seed last gave the list; none when it is only a saved one.
    pub(super) fn age_seconds(&self) -> Option<u64> {
        let confirmed = *self.confirmed.read().unwrap_or_else(PoisonError::into_inner);
        confirmed.map(|at| at.elapsed().as_secs())
    }

    /// Ends when there is a list.
    pub(super) async fn known(&self) {
        let mut changed = self.changed.subscribe();
        while self.get().is_none() {
            if changed.changed().await.is_err() {
                return;
            }
        }
    }

    /// Counts the lists that came from seeds.
    pub(super) fn watch(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }
}

#[cfg(test)]
mod tests {
    use sotto_protocol::nodes::seed;

    use super::*;

    fn listing(addresses: &[&str], private: bool) -> Option<Listing> {
        let entry = |(index, ip): (usize, &&str)| {
            json!({"public_ip": ip, "storage_port": 22021, "requested_unlock_height": 0,
                "pubkey_x25519": "ab".repeat(32), "pubkey_ed25519": format!("{index:064x}")})
        };
        let states: Vec<_> = addresses.iter().enumerate().map(entry).collect();
        let answer = json!({"result": {"height": 7, "service_node_states": states}}).to_string();
        Some(Listing::new(seed::parse(answer.as_bytes()).ok()?, private))
    }

    #[test]
    fn only_numbers_of_public_machines_are_addresses() {
        let list =
            ["1.2.3.4", "10.0.0.1", "127.0.0.1", "169.254.169.254", "localhost", "node.example", "::1", ""];
        let public = listing(&list, false).unwrap();
        assert_eq!(public.nodes().len(), 1);
        assert_eq!(public.place(&public.nodes()[0].ed25519), Some("1.2.3.4:22021".parse().unwrap()));
        assert_eq!(listing(&list, true).unwrap().nodes().len(), 3);
        assert!(listing(&["2130706433", "0x7f.1", "127.1", "1.2.3.4:80", "1.2.3.4/x"], true).is_none());
    }

    #[tokio::test]
    async fn a_long_list_holds_up_nobody() {
        let node = |index: u32| {
            json!({"public_ip": "1.2.3.4", "storage_port": 22021, "requested_unlock_height": 0,
                "pubkey_x25519": "ab".repeat(32), "pubkey_ed25519": format!("{index:064x}")})
        };
        let states: Vec<_> = (0..2_000).map(node).collect();
        let answer = json!({"result": {"height": 7, "service_node_states": states}}).to_string();
        let mut made = Box::pin(Listing::make(seed::parse(answer.as_bytes()).unwrap(), false));
        assert!(futures::poll!(&mut made).is_pending(), "made in a turn of the runtime");
        assert_eq!(made.await.nodes().len(), 2_000);
    }

    #[test]
    fn what_is_handed_out_is_what_is_forwarded_to() {
        let listing = listing(&["1.2.3.4", "10.0.0.1", "5.6.7.8"], false).unwrap();
        let given = seed::parse(&listing.json.plain).unwrap();
        assert_eq!((given.height, given.nodes.as_slice()), (Some(7), listing.nodes()));
    }
}
