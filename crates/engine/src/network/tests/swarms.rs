//! What members of a swarm answer, and what the client makes of their clocks.

use sotto_protocol::storage::Request;

use super::*;
use crate::{
    network::{NetworkError, testing::sim::Fault},
    platform::Clock,
};

#[test]
fn what_is_stored_can_be_retrieved_from_its_cursor_and_deleted() {
    let sim = Sim::new(1..=24);
    let network = sim.client();
    let account = keys();
    sim.run(&network, async {
        let first = network.store(&account.id(), message(&network, "one")).await.unwrap();
        let second = network.store(&account.id(), message(&network, "two")).await.unwrap();
        assert_eq!(first.members.len(), sim.swarm_of(&pubkey()).len());
        let again = network.store(&account.id(), message(&network, "one")).await.unwrap();
        assert_eq!(again.hash, first.hash);

        let found = network.retrieve(&account, &[0, 2], |_, _| None).await.unwrap();
        let answered: BTreeSet<_> = found.iter().map(|part| part.node).collect();
        assert_eq!((answered.len(), found.len()), (2, 4));
        let texts: Vec<_> = found[0].messages.iter().map(|message| message.data.as_slice()).collect();
        assert_eq!(texts, [b"one", b"two"]);

        let cursor = |_: &NodeId, namespace| (namespace == 0).then(|| first.hash.clone());
        let found = network.retrieve(&account, &[0], cursor).await.unwrap();
        assert!(found.iter().all(|part| part.messages.len() == 1 && part.messages[0].hash == second.hash));

        let deleted = network.delete(&account, &[first.hash, "no hash".into()]).await.unwrap();
        assert!(!deleted.is_empty());
        assert_eq!(sim.stored(&pubkey()).len(), 1);
    });
}

#[test]
fn a_wrong_device_clock_is_set_right_at_the_start() {
    let sim = Sim::new(1..=24);
    sim.ahead_ms.set(3_600_000);
    let network = sim.client();
    sim.run(&network, async {
        both_paths(&network).await;
        sim.clock().sleep(1000).await;
        assert!((network.view().clock_offset_ms - 3_600_000).abs() <= 20);
        network.store(&keys().id(), message(&network, "hello")).await.unwrap();
        network.retrieve(&keys(), &[0], |_, _| None).await.unwrap();
    });
}

#[test]
fn a_clock_turned_later_is_noticed_by_406_and_the_request_repeated() {
    let sim = Sim::new(1..=24);
    let network = sim.client();
    sim.run(&network, async {
        both_paths(&network).await;
        sim.clock().sleep(11 * 60 * 1000).await;
        sim.clock().turn_ms(7_200_000);
        sim.ahead_ms.set(-7_200_000);
        sim.arrived.borrow_mut().clear();
        let old = message(&network, "made with the wrong time");
        network.store(&keys().id(), old).await.unwrap();
        let stores = sim.arrived.borrow().iter().filter(|a| matches!(a.request, Request::Store(_))).count();
        assert_eq!(stores, 2);
        network.retrieve(&keys(), &[0], |_, _| None).await.unwrap();
    });
}

#[test]
fn a_member_with_a_wrong_clock_is_removed_not_believed() {
    let sim = Sim::new(1..=24);
    let network = sim.client();
    let wrong = *sim.swarm_of(&pubkey()).iter().next().unwrap();
    sim.set_fault(wrong, Fault::Ahead(-600_000));
    sim.run(&network, async {
        both_paths(&network).await;
        for number in 0..30 {
            network.store(&keys().id(), message(&network, &number.to_string())).await.unwrap();
        }
        assert!(network.view().clock_offset_ms.abs() < 100);
        assert!(network.0.state().pool.strikes.is_out(&wrong, sim.clock().now_ms()));
    });
}

#[test]
fn a_changed_swarm_is_learnt_from_421() {
    let sim = Sim::new(1..=24);
    sim.deal(|place| if place % 2 == 0 { 0 } else { 1 << 63 });
    let network = sim.client();
    sim.run(&network, async {
        both_paths(&network).await;
        network.store(&keys().id(), message(&network, "before")).await.unwrap();
        sim.deal(|place| if place % 2 == 1 { 0 } else { 1 << 63 });
        let stored = network.store(&keys().id(), message(&network, "after")).await.unwrap();
        let members: BTreeSet<_> = stored.members.into_iter().collect();
        assert!(members.is_subset(&sim.swarm_of(&pubkey())));
        sim.arrived.borrow_mut().clear();
        network.retrieve(&keys(), &[0], |_, _| None).await.unwrap();
        assert_eq!(sim.arrived.borrow().iter().filter(|a| matches!(a.request, Request::Batch(_))).count(), 2);
    });
}

#[test]
fn forged_signatures_do_not_count() {
    let sim = Sim::new(1..=24);
    let network = sim.client();
    sim.run(&network, async {
        both_paths(&network).await;
        let members = sim.swarm_of(&pubkey());
        members.iter().for_each(|member| sim.set_fault(*member, Fault::Forges));
        network.store(&keys().id(), message(&network, "hello")).await.unwrap_err();
        let honest = *members.iter().next().unwrap();
        sim.faults.borrow_mut().remove(&honest);
        let mut tries = 0;
        while network.store(&keys().id(), message(&network, "hello")).await.is_err() {
            tries += 1;
            assert!(tries < 20);
        }
    });
}

#[test]
fn failing_members_are_struck_and_others_asked() {
    let sim = Sim::new(1..=24);
    let network = sim.client();
    sim.run(&network, async {
        both_paths(&network).await;
        let members = sim.swarm_of(&pubkey());
        for member in members.iter().skip(1) {
            sim.set_fault(*member, Fault::Answers(500, "request failed".into()));
        }
        let mut tries = 0;
        while network.store(&keys().id(), message(&network, "hello")).await.is_err() {
            tries += 1;
            assert!(tries < 20);
        }
    });
}

#[test]
fn refusals_are_not_repeated() {
    let sim = Sim::new(1..=24);
    let network = sim.client();
    sim.run(&network, async {
        both_paths(&network).await;
        for (status, error) in [(401, NetworkError::Unauthorized), (403, NetworkError::Refused(403))] {
            for member in sim.swarm_of(&pubkey()) {
                sim.set_fault(member, Fault::Answers(status, "no".into()));
            }
            sim.arrived.borrow_mut().clear();
            let failed = network.store(&keys().id(), message(&network, "hello")).await.unwrap_err();
            assert_eq!(failed, error);
            let stores =
                sim.arrived.borrow().iter().filter(|a| matches!(a.request, Request::Store(_))).count();
            assert_eq!(stores, 1);
        }
        let long = StoreMessage { data: vec![0; 76_801], timestamp_ms: network.now_ms(), ttl_ms: DAY_MS };
        assert_eq!(network.store(&keys().id(), long).await.unwrap_err(), NetworkError::TooLarge);
    });
}
