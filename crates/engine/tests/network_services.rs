//! Files and names through the engine's network, against a whole local network of real nodes.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

mod common;

use std::rc::Rc;

use common::{Machine, on_this_thread};
use sotto_engine::{
    network::{FilesError, NetworkConfig, NetworkError, ResolveError},
    platform::Platform,
    random::Random,
};
use sotto_network::{Faults, Network as Nodes, NodeHandle, SeenKind, TapLevel, WrongAnswer};
use sotto_protocol::{
    account::AccountId,
    files::{DownloadUrl, FileError, UrlError},
    names::Name,
};

type Client = sotto_engine::network::Network<Machine>;

const DAY_MS: u64 = 24 * 3600 * 1000;

struct Setup {
    nodes: Nodes,
    machine: Rc<Machine>,
    client: Client,
}

impl Setup {
    async fn new() -> Self {
        let nodes = Nodes::builder().nodes(24).seed(7).tap(TapLevel::Bodies).start().await.unwrap();
        Self::of(nodes, |json| json)
    }

    /// A client with another description of the network.
    fn of(nodes: Nodes, change: impl FnOnce(serde_json::Value) -> serde_json::Value) -> Self {
        let machine = Machine::new();
        let text = change(nodes.network_json()).to_string();
        let config = NetworkConfig::parse(text.as_bytes()).unwrap();
        let client = Client::new(machine.clone(), Random::new(machine.clone()), config, None);
        let running = client.clone();
        tokio::task::spawn_local(async move { running.run().await });
        Self { nodes, machine, client }
    }

    async fn resolve(&self, name: &str) -> Result<AccountId, ResolveError> {
        self.client.resolve_name(&Name::parse(name).unwrap()).await
    }

    fn lie(&self, nodes: &[NodeHandle], wrong: WrongAnswer) {
        nodes.iter().for_each(|node| node.set_faults(Faults { wrong: Some(wrong), ..Faults::default() }));
    }

    async fn end(self) {
        self.client.shutdown();
        self.nodes.shutdown().await;
    }
}

fn alice() -> AccountId {
    AccountId::from_x25519([1; 32])
}

#[test]
fn a_file_goes_up_and_down() {
    on_this_thread(async {
        let setup = Setup::new().await;
        let (client, clock) = (&setup.client, setup.nodes.clock());
        clock.fix(clock.now_ms());
        let now = clock.now_ms();
        let blob: Vec<u8> = (0..300_000u32).map(|n| (n % 251) as u8).collect();
        let up = client.upload(blob.clone(), true, None).await.unwrap();
        assert_eq!(up.expires_ms, now + 14 * DAY_MS);
        // The URL alone leads there: also from a client that knows no file server.
        let url: DownloadUrl = up.url.to_string().parse().unwrap();
        assert_eq!(url, up.url);
        assert!(url.stream && url.key == Some(hex32(&setup.nodes.files().ed25519())));
        assert!(client.download(&url).await.unwrap().blob == blob);
        let info = client.file_info(&url).await.unwrap();
        assert_eq!((info.size, info.expires_ms), (Some(300_000), Some(up.expires_ms)));
        assert_eq!(client.extend_file(&url, Some(60)).await.unwrap().expires_ms, Some(up.expires_ms));
        let longer = client.extend_file(&url, Some(20 * 24 * 3600)).await.unwrap();
        assert_eq!(longer.expires_ms, Some(now + 20 * DAY_MS));
        // The same bytes are the same file.
        assert_eq!(client.upload(blob, true, None).await.unwrap().url, url);

        clock.advance(20 * DAY_MS);
        assert_eq!(client.download(&url).await, Err(FileError::NotFound.into()));
        assert_eq!(client.upload(Vec::new(), false, None).await, Err(FileError::Size.into()));
        // Nothing left this machine but onion requests, and no node saw which file.
        assert!(setup.machine.net().sent().iter().all(|(url, _)| url.ends_with("/onion_req/v2")));
        let id = url.id.as_str().as_bytes();
        let seen = setup.nodes.tap().seen();
        assert!(seen.iter().any(|seen| seen.kind == SeenKind::Hop));
        assert!(!seen.iter().any(|seen| seen.request.windows(id.len()).any(|part| part == id)));
        setup.end().await;
    });
}

fn hex32(text: &str) -> [u8; 32] {
    hex::decode(text).unwrap().try_into().unwrap()
}

#[test]
fn a_passing_failure_of_the_server_is_passed_over() {
    on_this_thread(async {
        let setup = Setup::new().await;
        for status in [500, 502, 503, 504] {
            setup.nodes.files().fail_next(1, status);
            let up = setup.client.upload(vec![1; 10], false, None).await.unwrap();
            setup.nodes.files().fail_next(2, status);
            assert!(setup.client.download(&up.url).await.is_ok());
        }
        // A server that stays away is no fault of the nodes.
        setup.nodes.files().fail_next(usize::MAX, 503);
        let before = setup.nodes.files().sealed_requests();
        let failed = setup.client.upload(vec![1; 10], false, None).await.unwrap_err();
        assert_eq!(failed, FilesError::Network(NetworkError::Server));
        assert!(failed.is_temporary());
        assert_eq!(setup.nodes.files().sealed_requests() - before, 4);
        assert_eq!(setup.client.view().nodes, 24);
        setup.end().await;
    });
}

#[test]
fn servers_that_are_not_there() {
    on_this_thread(async {
        let setup = Setup::new().await;
        let up = setup.client.upload(vec![1; 10], false, None).await.unwrap();
        // Nobody listens on the discard port.
        let away = DownloadUrl { port: Some(9), ..up.url.clone() };
        assert_eq!(setup.client.download(&away).await, Err(NetworkError::Server.into()));
        // Another key: the server can not open what is sealed for it.
        let foreign = hex32("b8eef9821445ae16e2e97ef8aa6fe782fd11ad5253cd6723b281341dba22e372");
        let wrong_key = DownloadUrl { key: Some(foreign), ..up.url.clone() };
        assert!(setup.client.download(&wrong_key).await.is_err());
        // Without a key, only a known place will do.
        let bare = DownloadUrl { key: None, ..up.url.clone() };
        assert!(setup.client.download(&bare).await.is_ok());
        let unknown = DownloadUrl { host: "elsewhere".into(), ..bare };
        assert_eq!(setup.client.download(&unknown).await, Err(UrlError::UnknownServer.into()));
        let Setup { nodes, client, .. } = setup;
        client.shutdown();
        let none = Setup::of(nodes, |mut json| {
            json.as_object_mut().unwrap().remove("file_server");
            json
        });
        assert_eq!(none.client.upload(vec![1], false, None).await, Err(FilesError::NoServer));
        assert!(none.client.download(&up.url).await.is_ok());
        none.end().await;
    });
}

#[test]
fn a_file_survives_stopped_nodes() {
    on_this_thread(async {
        let setup = Setup::new().await;
        let up = setup.client.upload(vec![1; 1_000], false, None).await.unwrap();
        for path in setup.client.view().paths {
            setup.nodes.node(&path.hops[2].key).unwrap().stop();
        }
        let mut found = Err(FilesError::NoServer);
        for _ in 0..20 {
            found = setup.client.download(&up.url).await;
            match &found {
                Ok(_) => break,
                Err(error) => assert!(error.is_temporary(), "{error}"),
            }
        }
        assert_eq!(found.unwrap().blob, [1; 1_000]);
        setup.end().await;
    });
}

#[test]
fn a_name_that_three_nodes_agree_on() {
    on_this_thread(async {
        let setup = Setup::new().await;
        setup.nodes.names().add("alice", &alice().to_string()).unwrap();
        assert_eq!(setup.resolve("Alice").await, Ok(alice()));
        let asked = |nodes: &Nodes| -> Vec<usize> {
            let seen = nodes.tap().seen();
            seen.iter().filter(|seen| seen.method == "oxend_request").map(|seen| seen.node).collect()
        };
        let mut witnesses = asked(&setup.nodes);
        witnesses.sort_unstable();
        witnesses.dedup();
        assert_eq!(witnesses.len(), 3);
        // Nobody saw the name.
        let seen = setup.nodes.tap().seen();
        assert!(!seen.iter().any(|seen| seen.request.windows(5).any(|part| part == b"alice")));
        assert_eq!(setup.resolve("bob").await, Err(ResolveError::Unregistered));
        setup.end().await;
    });
}

#[test]
fn names_that_can_not_be_trusted() {
    on_this_thread(async {
        let setup = Setup::new().await;
        setup.nodes.names().add("alice", &alice().to_string()).unwrap();
        setup.nodes.names().add_obsolete("old", &alice().to_string()).unwrap();
        assert_eq!(setup.resolve("old").await, Err(ResolveError::Obsolete));
        setup.lie(setup.nodes.nodes(), WrongAnswer::GarbledName);
        assert_eq!(setup.resolve("alice").await, Err(ResolveError::Tampered));
        setup.lie(setup.nodes.nodes(), WrongAnswer::ForgetsNames);
        assert_eq!(setup.resolve("alice").await, Err(ResolveError::Unregistered));
        // With few honest nodes, some of any three say otherwise.
        for wrong in [WrongAnswer::ForgetsNames, WrongAnswer::ForeignName] {
            let half: Vec<NodeHandle> = setup.nodes.nodes()[..12].to_vec();
            setup.nodes.nodes().iter().for_each(NodeHandle::clear_faults);
            setup.lie(&half, wrong);
            let mut disagreed = false;
            for _ in 0..40 {
                disagreed |= setup.resolve("alice").await == Err(ResolveError::Disagreement);
                if disagreed {
                    break;
                }
            }
            assert!(disagreed, "{wrong:?}");
        }
        setup.nodes.nodes().iter().for_each(NodeHandle::clear_faults);
        assert_eq!(setup.resolve("alice").await, Ok(alice()));
        setup.end().await;
    });
}

#[test]
fn a_node_that_does_not_answer_is_replaced() {
    on_this_thread(async {
        let setup = Setup::new().await;
        setup.nodes.names().add("alice", &alice().to_string()).unwrap();
        setup.client.connected().await;
        let on_paths: Vec<String> =
            setup.client.view().paths.iter().flat_map(|path| &path.hops).map(|hop| hop.key.clone()).collect();
        let away: Vec<&NodeHandle> =
            setup.nodes.nodes().iter().filter(|node| !on_paths.contains(&node.ed25519())).take(5).collect();
        away.iter().for_each(|node| node.stop());
        let mut found = Err(ResolveError::Unregistered);
        for _ in 0..10 {
            found = setup.resolve("alice").await;
            match &found {
                Err(ResolveError::Network(error)) => assert!(error.is_temporary(), "{error}"),
                _ => break,
            }
        }
        assert_eq!(found, Ok(alice()));
        setup.end().await;
    });
}
