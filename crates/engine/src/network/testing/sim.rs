//! A network of simulated nodes behind the closure of a `FakeNet`: real onion layers, real signatures, time
//! that jumps.

use std::{
    cell::{Cell, RefCell},
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
};

use ed25519_dalek::SigningKey;
use sotto_protocol::{
    nodes::{Node, NodeId, records, seed},
    onion::{Answer, Envelope, Next, NodeSecret, peel::Plain},
    storage::{
        self, Affected, Clock as NodeClock, Outcome, Pubkey, Request, StoredMessage, SwarmAnswer,
        SwarmMembers, batch_body,
    },
    swarm::swarm_for,
};

use super::{config, node, secret_seed};
use crate::{
    network::{Network, NetworkConfig},
    platform::{
        Clock, NetError, Platform, Response,
        doubles::{Posted, TestPlatform, VirtualClock},
    },
    random::Random,
};

/// How a simulated node misbehaves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Refuses connections; the hop before calls it unreachable.
    Silent,
    /// Never answers.
    Hangs,
    /// As a hop that is not the destination: answers so instead of forwarding.
    Says(u16, String),
    /// As destination: answers every request so.
    Answers(u16, String),
    /// As destination: signs with another node's key.
    Forges,
    /// Its clock is off by this, ms.
    Ahead(i64),
    /// Does not know `active_nodes_bin`.
    Old,
    /// Gives this list instead of the true one.
    Lies(Vec<Node>),
}

/// How a simulated gateway behaves. Its URL is `https://<name>`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Gate {
    /// Forwards.
    Works,
    /// Refuses connections.
    Down,
    /// Takes connections and never answers.
    Hangs,
    /// Answers every onion request so.
    Says(u16, &'static str),
}

/// What arrived at a destination: which node, over which path, asking what.
#[derive(Clone, Debug)]
pub(crate) struct Arrived {
    pub(crate) path: Vec<NodeId>,
    pub(crate) destination: NodeId,
    pub(crate) request: Request,
}

/// The simulated nodes.
pub(crate) struct Sim {
    nodes: RefCell<BTreeMap<NodeId, Member>>,
    pub(crate) faults: RefCell<BTreeMap<NodeId, Fault>>,
    pub(crate) arrived: RefCell<Vec<Arrived>>,
    stored: RefCell<BTreeMap<Pubkey, Vec<StoredMessage>>>,
    pub(crate) platform: Rc<TestPlatform>,
    /// One way through the network, ms.
    latency_ms: u64,
    /// Network time minus device time, ms.
    pub(crate) ahead_ms: Cell<i64>,
    pub(crate) unplugged: Cell<bool>,
    /// What the seeds say; nothing when empty.
    pub(crate) seed_list: RefCell<Vec<Node>>,
    /// Gateways by their names. Their lists are those of the seeds.
    pub(crate) gates: RefCell<BTreeMap<&'static str, Gate>>,
}

struct Member {
    node: Node,
    secret: NodeSecret,
    signing: SigningKey,
}

impl Sim {
    /// Nodes of these numbers, see [`node`].
    pub(crate) fn new(numbers: impl IntoIterator<Item = usize>) -> Rc<Self> {
        let member = |number| {
            let (node, seed) = (node(number), secret_seed(number));
            let secret = NodeSecret::from_ed25519_seed(&seed);
            (node.ed25519, Member { node, secret, signing: SigningKey::from_bytes(&seed) })
        };
        let sim = Rc::new(Self {
            nodes: RefCell::new(numbers.into_iter().map(member).collect()),
            faults: RefCell::default(),
            arrived: RefCell::default(),
            stored: RefCell::default(),
            platform: Rc::default(),
            latency_ms: 20,
            ahead_ms: Cell::new(0),
            unplugged: Cell::default(),
            seed_list: RefCell::default(),
            gates: RefCell::default(),
        });
        let answering = sim.clone();
        sim.platform.net().answer_with(move |posted| answering.clone().answer(posted));
        sim
    }

    /// A client that came with the list of all nodes.
    pub(crate) fn client(&self) -> Network<TestPlatform> {
        self.client_with(self.list())
    }

    /// A client that came with this list.
    pub(crate) fn client_with(&self, bundled: Vec<Node>) -> Network<TestPlatform> {
        Network::new(self.platform.clone(), Random::new(self.platform.clone()), config(bundled), None)
    }

    /// A client that came with this list and reaches the nodes through these gateways only.
    pub(crate) fn client_through(&self, gates: &[&'static str], bundled: Vec<Node>) -> Network<TestPlatform> {
        gates.iter().for_each(|gate| self.set_gate(gate, Gate::Works));
        let entry = gates.iter().map(|gate| format!("https://{gate}/")).collect();
        let config = NetworkConfig { entry, ..config(bundled) };
        Network::new(self.platform.clone(), Random::new(self.platform.clone()), config, None)
    }

    pub(crate) fn set_gate(&self, name: &'static str, gate: Gate) {
        self.gates.borrow_mut().insert(name, gate);
    }

    /// Drives a client's background work and a test beside it.
    pub(crate) fn run<T>(&self, network: &Network<TestPlatform>, test: impl Future<Output = T>) -> T {
        let both = async {
            let test = std::pin::pin!(async {
                let result = test.await;
                network.shutdown();
                result
            });
            futures::future::join(network.run(), test).await.1
        };
        self.clock().run(Box::pin(both))
    }

    pub(crate) fn clock(&self) -> &VirtualClock {
        self.platform.clock()
    }

    /// All nodes.
    pub(crate) fn list(&self) -> Vec<Node> {
        self.nodes.borrow().values().map(|member| member.node.clone()).collect()
    }

    pub(crate) fn set_fault(&self, node: NodeId, fault: Fault) {
        self.faults.borrow_mut().insert(node, fault);
    }

    /// Puts all nodes into swarms by this rule.
    pub(crate) fn deal(&self, swarm: impl Fn(usize) -> u64) {
        for (place, member) in self.nodes.borrow_mut().values_mut().enumerate() {
            member.node.swarm = Some(sotto_protocol::swarm::SwarmId(swarm(place)));
        }
    }

    /// The true members of an account's swarm.
    pub(crate) fn swarm_of(&self, account: &Pubkey) -> BTreeSet<NodeId> {
        let list = self.list();
        let ids: BTreeSet<_> = list.iter().filter_map(|node| node.swarm).collect();
        let swarm = swarm_for(account, &ids.into_iter().collect::<Vec<_>>());
        list.iter().filter(|node| node.swarm == swarm).map(|node| node.ed25519).collect()
    }

    pub(crate) fn stored(&self, account: &Pubkey) -> Vec<StoredMessage> {
        self.stored.borrow().get(account).cloned().unwrap_or_default()
    }

    async fn answer(self: Rc<Self>, posted: Posted) -> Result<Response, NetError> {
        if self.unplugged.get() {
            return Err(NetError::Unreachable);
        }
        self.clock().sleep(self.latency_ms).await;
        let answer = if posted.url.ends_with("/json_rpc") {
            self.seed_answer(&posted.body)
        } else if self.gates.borrow().is_empty() {
            self.hop(&posted, |node| posted.url == format!("https://{}:{}/onion_req/v2", node.ip, node.port))
        } else {
            self.gate(&posted)
        };
        if answer == Err(NetError::Timeout) {
            self.clock().sleep(posted.limits.timeout_ms.into()).await;
        }
        self.clock().sleep(self.latency_ms).await;
        answer
    }

    fn seed_answer(&self, body: &[u8]) -> Result<Response, NetError> {
        let list = self.seed_list.borrow();
        if list.is_empty() {
            return Err(NetError::Unreachable);
        }
        let query = seed::Query::parse(body).unwrap();
        let chain = seed::ChainState { height: 1, block_hash: "00".into(), hardfork: 19, snode_revision: 3 };
        Ok(Response { status: 200, body: query.answer(list.iter(), &chain) })
    }

    /// Does what a gateway does.
    fn gate(&self, posted: &Posted) -> Result<Response, NetError> {
        let url = posted.url.strip_prefix("https://").ok_or(NetError::Unreachable)?;
        let (name, path) = url.split_once('/').ok_or(NetError::Unreachable)?;
        let gate = self.gates.borrow().get(name).cloned().ok_or(NetError::Unreachable)?;
        match (gate, path.strip_prefix("onion/")) {
            (Gate::Down, _) => Err(NetError::Unreachable),
            (Gate::Hangs, _) => Err(NetError::Timeout),
            (Gate::Says(status, body), Some(_)) => Ok(text(status, body)),
            (Gate::Works, Some(key)) => {
                let passed = self.hop(posted, |node| node.ed25519.to_string() == key);
                let unreachable = || text(502, "gateway: the node is unreachable");
                passed.or_else(|e| if e == NetError::Unreachable { Ok(unreachable()) } else { Err(e) })
            }
            (_, None) if path == "nodes" => self.seed_answer(&posted.body),
            (_, None) => Ok(text(if path == "health" { 200 } else { 404 }, "ok")),
        }
    }

    /// Carries an onion request from hop to hop, beginning at this node.
    fn hop(&self, posted: &Posted, first: impl Fn(&Node) -> bool) -> Result<Response, NetError> {
        let nodes = self.nodes.borrow();
        let guard = nodes.values().find(|member| first(&member.node));
        let mut at = guard.ok_or(NetError::Unreachable)?;
        let mut envelope = Envelope::parse(&posted.body).unwrap();
        let mut path = Vec::new();
        loop {
            let id = at.node.ed25519;
            match self.faults.borrow().get(&id) {
                Some(Fault::Silent) if path.is_empty() => return Err(NetError::Unreachable),
                Some(Fault::Silent) => {
                    return Ok(text(502, &format!("Next node is currently unreachable: {id}")));
                }
                Some(Fault::Hangs) => return Err(NetError::Timeout),
                _ => {}
            }
            let peeled = envelope.peel(&at.secret).unwrap();
            let next = match &peeled.next {
                Next::Node { destination, envelope: inner } => {
                    if let Some(Fault::Says(status, body)) = self.faults.borrow().get(&id) {
                        return Ok(text(*status, body));
                    }
                    path.push(id);
                    envelope = inner.clone();
                    nodes
                        .get(destination)
                        .ok_or_else(|| text(502, &format!("Next node not found: {destination}")))
                }
                Next::Final(wanted) => {
                    let answer = self.rpc(at, &path, &wanted.body);
                    let is_json = answer.body.starts_with('{');
                    let plain = Plain { status: answer.status, body: &answer.body, is_json };
                    let mut random = Random::new(self.platform.clone());
                    let body = peeled.seal_answer(plain, &mut random).unwrap();
                    return Ok(Response { status: 200, body });
                }
                other => panic!("unexpected {other:?}"),
            };
            match next {
                Ok(member) => at = member,
                Err(answer) => return Ok(answer),
            }
        }
    }

    fn rpc(&self, at: &Member, path: &[NodeId], body: &[u8]) -> Answer {
        let request = Request::parse(body).unwrap();
        let destination = at.node.ed25519;
        self.arrived.borrow_mut().push(Arrived {
            path: path.to_vec(),
            destination,
            request: request.clone(),
        });
        match self.faults.borrow().get(&destination) {
            Some(Fault::Answers(status, body)) => return Answer { status: *status, body: body.clone() },
            Some(Fault::Old) if request == Request::ActiveNodesBin => {
                return Answer { status: 400, body: "no method active_nodes_bin".into() };
            }
            _ => {}
        }
        self.execute(at, &request)
    }

    fn execute(&self, at: &Member, request: &Request) -> Answer {
        let id = at.node.ed25519;
        let now_ms = self.node_ms(&id);
        let clock = NodeClock::new(now_ms, [19, 3]);
        if let Some(account) = request.account().filter(|_| !matches!(request, Request::GetSwarm(_)))
            && !self.swarm_of(account).contains(&id)
        {
            return Answer { status: 421, body: self.swarm_body(account, &clock) };
        }
        if !is_timely(request, now_ms) {
            return Answer { status: 406, body: "Timestamp error: check your clock".into() };
        }
        let ok = |body| Answer { status: 200, body };
        match request {
            Request::Info => ok(storage::Info { version: [2, 8, 0], timestamp: now_ms, clock }.to_body()),
            Request::ActiveNodesBin => {
                let list = self.list_of(&id);
                ok(base64::Engine::encode(&base64::prelude::BASE64_STANDARD, records::encode(&list)))
            }
            Request::OxendRequest(_) => {
                let states: Vec<_> =
                    self.list_of(&id).iter().map(sotto_protocol::nodes::Entry::from).collect();
                ok(serde_json::json!({"result": {"service_node_states": states}, "t": now_ms}).to_string())
            }
            Request::GetSwarm(account) => ok(self.swarm_body(account, &clock)),
            Request::Batch(parts) => {
                let answers: Vec<Answer> = parts.iter().map(|part| self.execute(at, part)).collect();
                ok(batch_body(answers.iter().map(|answer| (answer, answer.body.starts_with('{')))))
            }
            Request::Retrieve(_) => match request.verify(&|_| false) {
                Ok(()) => ok(self.retrieve(request, clock)),
                Err(_) => Answer { status: 401, body: "retrieve signature verification failed".into() },
            },
            Request::Store(store) => {
                let hash = store.hash();
                let mut stored = self.stored.borrow_mut();
                let messages = stored.entry(store.account).or_default();
                let already = messages.iter().any(|message| message.hash == hash);
                if !already {
                    let (timestamp, expiry, data) = (store.timestamp, store.expiry, store.data.clone());
                    messages.push(StoredMessage { hash, timestamp, expiry, data });
                }
                let done = |_: &Member| Outcome::Stored { hash, expiry: store.expiry, already };
                self.all_members(at, request, clock, done)
            }
            Request::Delete(delete) => {
                let mut stored = self.stored.borrow_mut();
                let messages = stored.entry(delete.account).or_default();
                messages.retain(|message| !delete.messages.contains(&message.hash));
                let deleted = delete.messages.clone();
                self.all_members(at, request, clock, |_| Outcome::Deleted(Affected::One(deleted.clone())))
            }
            other => panic!("unexpected {other:?}"),
        }
    }

    fn retrieve(&self, request: &Request, clock: NodeClock) -> String {
        let Request::Retrieve(retrieve) = request else { panic!("not a retrieve") };
        let all = if retrieve.namespace.0 == 0 { self.stored(&retrieve.account) } else { Vec::new() };
        let known = all.iter().position(|message| Some(message.hash) == retrieve.last_hash);
        let messages = all[known.map_or(0, |place| place + 1)..].to_vec();
        storage::Retrieved { messages, more: false, clock }.to_body()
    }

    fn all_members(
        &self,
        at: &Member,
        request: &Request,
        clock: NodeClock,
        done: impl Fn(&Member) -> Outcome,
    ) -> Answer {
        let members = self.swarm_of(request.account().unwrap());
        let stranger = SigningKey::from_bytes(&[99; 32]);
        let nodes = self.nodes.borrow();
        let sign = |id: &NodeId| {
            let member = &nodes[id];
            let forges = self.faults.borrow().get(&at.node.ed25519) == Some(&Fault::Forges);
            let key = if forges { &stranger } else { &member.signing };
            (*id, done(member).sign(request, key).unwrap())
        };
        SwarmAnswer { members: members.iter().map(sign).collect(), clock }.reply(request, &at.node.ed25519)
    }

    fn swarm_body(&self, account: &Pubkey, clock: &NodeClock) -> String {
        let (list, members) = (self.list(), self.swarm_of(account));
        SwarmMembers::body(list.iter().filter(|node| members.contains(&node.ed25519)), None, clock)
    }

    fn list_of(&self, id: &NodeId) -> Vec<Node> {
        match self.faults.borrow().get(id) {
            Some(Fault::Lies(list)) => list.clone(),
            _ => self.nodes.borrow().values().map(|member| member.node.clone()).collect(),
        }
    }

    fn node_ms(&self, id: &NodeId) -> u64 {
        let own = match self.faults.borrow().get(id) {
            Some(Fault::Ahead(ms)) => *ms,
            _ => 0,
        };
        self.clock().now_ms().saturating_add_signed(self.ahead_ms.get() + own)
    }
}

fn text(status: u16, body: &str) -> Response {
    Response { status, body: body.as_bytes().to_vec() }
}

fn is_timely(request: &Request, now_ms: u64) -> bool {
    match request {
        Request::Store(store) => store.timestamp <= now_ms + 10_000 && store.expiry + 10_000 >= now_ms,
        Request::Retrieve(retrieve) => retrieve.timestamp.is_some_and(|time| time.abs_diff(now_ms) <= 60_000),
        _ => true,
    }
}
