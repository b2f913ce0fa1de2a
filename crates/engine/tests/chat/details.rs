//! The delivery ledger.

use sotto_api::{Command, Delivery, MemberState, MessageDetails, MessageId, Reply, TryOutcome};
use sotto_engine::platform::Platform as _;
use sotto_network::{Faults, WrongAnswer};

use crate::{
    common::on_this_thread,
    people::{Person, friends, network, until},
};

async fn details(person: &Person, id: MessageId) -> MessageDetails {
    let reply = person.call(Command::MessageDetails(id)).await;
    let Ok(Reply::Details(details)) = reply else { panic!("{reply:?}") };
    details
}

#[test]
fn every_signature_is_listed_for_both_swarms() {
    on_this_thread(async {
        let (_network, config) = network().await;
        let (ann, _bob, with_bob, _) = friends(&config).await;
        ann.say(with_bob, "where are you?").await;
        let id = ann.message(with_bob, "> where are you?").await.id;
        assert!(until(async || details(&ann, id).await.swarms.len() == 2).await);
        let details = details(&ann, id).await;
        assert_eq!(details.swarms.iter().map(|swarm| swarm.own).collect::<Vec<_>>(), [false, true]);
        for swarm in &details.swarms {
            let stored = swarm.members.iter().filter(|member| match member.state {
                MemberState::Stored { until_ms } => until_ms > details.sent_ms + 13 * 86_400_000,
                _ => false,
            });
            assert_eq!(stored.count(), swarm.members.len(), "{swarm:?}");
            assert!(
                swarm.members.len() >= 3 && swarm.members.iter().all(|member| !member.address.is_empty())
            );
        }
        assert_eq!(details.own_hash.len(), 43);
        let good = details
            .tries
            .iter()
            .filter(|tried| matches!(tried.outcome, TryOutcome::Stored { signed } if signed >= 3));
        assert_eq!(good.count(), 2);
        assert!(details.tries.iter().all(|tried| tried.hops.len() == 3 && !tried.member.is_empty()));
        let ann = ann.after_power_cut().await;
        assert_eq!(self::details(&ann, id).await, details);
    });
}

#[test]
fn failures_have_reasons() {
    on_this_thread(async {
        let (network, config) = network().await;
        let (ann, _bob, with_bob, _) = friends(&config).await;
        ann.settled().await;
        ann.machine.net().set_unplugged(true);
        ann.done(Command::Online(false)).await;
        ann.say(with_bob, "nowhere").await;
        let id = ann.message(with_bob, "> nowhere").await.id;
        assert!(
            until(async || details(&ann, id)
                .await
                .tries
                .iter()
                .any(|tried| tried.outcome == TryOutcome::Offline))
            .await
        );
        assert!(details(&ann, id).await.swarms.is_empty());
        // One node of the whole network signs badly; whoever's swarm it is in hears of it.
        let liar = Faults { wrong: Some(WrongAnswer::BadSignature), ..Faults::default() };
        network.nodes().iter().for_each(|node| node.set_faults(liar.clone()));
        ann.machine.net().set_unplugged(false);
        ann.done(Command::Online(true)).await;
        let bad = async || {
            let details = details(&ann, id).await;
            let unsigned = details.tries.iter().any(|tried| tried.outcome == TryOutcome::Unsigned);
            let swarm = details.swarms.first().is_some_and(|swarm| {
                swarm.members.iter().any(|member| member.state == MemberState::BadSignature)
            });
            unsigned && (swarm || details.swarms.is_empty())
        };
        assert!(until(bad).await, "{:?}", details(&ann, id).await);
        assert_ne!(ann.message(with_bob, "> nowhere").await.delivery, Some(Delivery::Sent));
        network.nodes().iter().for_each(|node| node.clear_faults());
        ann.expect_all_sent(with_bob).await;
        let swarm = details(&ann, id).await.swarms.remove(0);
        assert!(swarm.members.iter().any(|member| matches!(member.state, MemberState::Stored { .. })));
    });
}
