//! Where the node list comes from.

use futures::future::join_all;
use sotto_protocol::{
    nodes::{Node, records, seed},
    storage::{OxendRequest, Request},
};

use super::{
    changes::Change,
    inner::Inner,
    pool::{VOTES, agreed},
    request::{MAX_RESPONSE, TIMEOUT_MS},
};
use crate::platform::{Clock, Limits, Net, Platform};

/// Nodes asked for the list at once.
const SOURCES: usize = 3;
/// Attempts over paths before the seeds are asked too.
const ATTEMPTS: u32 = 3;
/// Longest time for asking a seed, ms.
const SEED_TIMEOUT_MS: u32 = 5_000;
/// Shortest time between two refreshes, ms.
const REFRESH_PAUSE_MS: u64 = 2_000;
/// First and longest pause after a failure, ms.
const PAUSES_MS: (u64, u64) = (200, 5_000);
/// Pause after everything was tried in vain, ms.
const LONG_PAUSE_MS: u64 = 60_000;
/// How often the need for a refresh is looked at without any other reason, ms.
const LOOK_MS: u64 = 60_000;

impl<P: Platform> Inner<P> {
    /// Keeps the node list fresh, for ever.
    pub(crate) async fn keep_pool(&self) {
        loop {
            let now_ms = self.local_ms();
            let due = {
                let state = self.state();
                let known = !state.pool.nodes().is_empty();
                // Without a path there is nobody to ask but the seeds, and these only when it can not be
                // helped: when no list is known, or the known nodes do not answer.
                let possible = if known { !state.paths.is_empty() || state.unreachable } else { true };
                state.online && possible && (state.refresh_wanted || state.pool.is_stale(now_ms))
            };
            if !due {
                self.pause(LOOK_MS).await;
                continue;
            }
            let pause = if self.refresh().await { REFRESH_PAUSE_MS } else { LONG_PAUSE_MS };
            self.pause_unless(pause, |state| state.pool.nodes().is_empty() && !state.online).await;
        }
    }

    /// Asks for a new list until there is one, within bounds; `false` when the old one stays.
    async fn refresh(&self) -> bool {
        self.state_mut().refresh_wanted = false;
        let (first, longest) = PAUSES_MS;
        for attempt in 0..ATTEMPTS {
            let lists = self.ask_nodes().await;
            if self.accept(agreed(&lists, VOTES)) {
                return true;
            }
            self.platform.clock().sleep((first << attempt).min(longest)).await;
        }
        self.refresh_from_seeds().await
    }

    /// A seed alone is believed only by a client that knows no node at all. Otherwise what it says is one
    /// voice among those of known nodes, asked over paths of known nodes. A gateway has no voice: it could keep
    /// the known nodes silent and then be the only one that speaks.
    async fn refresh_from_seeds(&self) -> bool {
        let mut seeds = self.config.seeds.clone();
        self.random.shuffle(&mut seeds);
        for url in seeds {
            let Some(list) = self.ask_seed(&url).await else { continue };
            let nothing_known = self.state().pool.nodes().is_empty() && self.config.nodes.is_empty();
            if nothing_known {
                return self.accept(list);
            }
            let mut lists = self.ask_nodes().await;
            // Beside a single other voice it could leave out whom it likes.
            if lists.len() < VOTES.min(self.state().pool.nodes().len()) {
                continue;
            }
            lists.push(list);
            if self.accept(agreed(&lists, VOTES)) {
                return true;
            }
        }
        false
    }

    /// Replaces the pool, unless the list is suspiciously short.
    fn accept(&self, nodes: Vec<Node>) -> bool {
        let now_ms = self.local_ms();
        let mut state = self.state_mut();
        if nodes.len() < state.pool.required() {
            return false;
        }
        state.pool.replace(nodes, now_ms, &self.random);
        state.swarms.clear();
        drop(state);
        self.announce(&[Change::View, Change::State]);
        true
    }

    /// The lists of random nodes, asked over paths at the same time; those that answered with one that is long
    /// enough to be true.
    async fn ask_nodes(&self) -> Vec<Vec<Node>> {
        if self.state().paths.is_empty() {
            return Vec::new();
        }
        let sources = self.random_nodes(SOURCES);
        let lists = join_all(sources.iter().map(|node| self.ask_list(node))).await;
        let required = self.state().pool.required();
        lists.into_iter().flatten().filter(|list| list.len() >= required).collect()
    }

    /// One node's list, in the newest form that it knows.
    async fn ask_list(&self, node: &Node) -> Option<Vec<Node>> {
        let reply = self.ask(node, &Request::ActiveNodesBin.to_bytes(), &[], TIMEOUT_MS).await.ok()?;
        match reply.status {
            200 => records::decode_base64(reply.body.trim_matches('"')).ok(),
            400 if reply.body.contains("active_nodes_bin") => self.ask_old_list(node).await,
            _ => None,
        }
    }

    async fn ask_old_list(&self, node: &Node) -> Option<Vec<Node>> {
        let fields = serde_json::json!({
            "public_ip": true, "storage_port": true, "pubkey_x25519": true, "pubkey_ed25519": true,
            "requested_unlock_height": true, "swarm": true,
        });
        let params = serde_json::json!({"active_only": true, "fields": fields});
        let request = Request::OxendRequest(OxendRequest { endpoint: "get_service_nodes".into(), params });
        let reply = self.ask(node, &request.to_bytes(), &[], TIMEOUT_MS).await.ok()?;
        if reply.status != 200 {
            return None;
        }
        seed::parse(reply.body.as_bytes()).ok().map(|list| list.nodes)
    }

    async fn ask_seed(&self, url: &str) -> Option<Vec<Node>> {
        let limits = Limits::new(SEED_TIMEOUT_MS, MAX_RESPONSE);
        let answer = self.platform.net().post(url, seed::request(true), limits).await.ok()?;
        if answer.status != 200 {
            return None;
        }
        seed::parse(&answer.body).ok().map(|list| list.nodes)
    }

    /// Different usable nodes, at most `count`.
    pub(crate) fn random_nodes(&self, count: usize) -> Vec<Node> {
        let (state, now_ms) = (self.state(), self.local_ms());
        let mut nodes: Vec<&Node> = state.pool.usable(now_ms).collect();
        self.random.shuffle(&mut nodes);
        nodes.into_iter().take(count).cloned().collect()
    }
}
