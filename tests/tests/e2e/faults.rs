//! Nodes that fail.

use std::collections::HashMap;

use sotto_tests::{Outcome, Stage, Trouble, User, flows::Pair};

/// Ports of the nodes that this browser sends onion requests to, the most used first.
fn first_nodes(user: &User) -> Vec<u16> {
    let mut uses: HashMap<u16, usize> = HashMap::new();
    for request in user.proxy().requests() {
        let Some((host, _)) = request.url.split_once("/onion_req/v2") else { continue };
        if let Some(port) = host.rsplit(':').next().and_then(|port| port.parse().ok()) {
            *uses.entry(port).or_default() += 1;
        }
    }
    let mut ports: Vec<u16> = uses.keys().copied().collect();
    ports.sort_by_key(|port| std::cmp::Reverse(uses[port]));
    ports
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_path_replaces_one_whose_first_node_stops() -> Outcome {
    let stage = Stage::open().await?;
    let Pair { anna, bela, .. } = Pair::meet(&stage).await?;

    let used = first_nodes(&anna);
    let stopped = stage
        .network()
        .nodes()
        .iter()
        .find(|node| Some(&node.address().port()) == used.first())
        .ok_or_else(|| Trouble::Unexpected(format!("no node has the port {used:?}")))?;
    stopped.stop();
    anna.proxy().forget();

    for text in ["over", "a new", "path"] {
        anna.send(text).await?;
    }
    anna.see_sent("path").await?;
    bela.see("path").await?;
    let texts: Vec<String> = ["hello", "hello back", "over", "a new", "path"].map(String::from).into();
    anna.see_exactly(&texts).await?;
    bela.see_exactly(&texts).await?;
    assert!(
        first_nodes(&anna).iter().any(|port| *port != stopped.address().port()),
        "another first node is used"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_network_page_shows_the_path_and_builds_a_new_one() -> Outcome {
    let stage = Stage::open().await?;
    let Pair { anna, .. } = Pair::meet(&stage).await?;
    anna.go("/network").await?;
    anna.wait_attribute("network-state", "data-link", "connected").await?;
    let before = anna.text("network-path").await?;
    let ports: Vec<String> =
        stage.network().nodes().iter().map(|node| node.address().port().to_string()).collect();
    let hops = |text: &str| ports.iter().filter(|port| text.contains(port.as_str())).count();
    assert!(hops(&before) >= 3, "{before}");
    anna.click("new-path").await?;
    anna.wait_for("another path", async || {
        let now = anna.text("network-path").await?;
        Ok((now != before && hops(&now) >= 3).then_some(()))
    })
    .await
}
