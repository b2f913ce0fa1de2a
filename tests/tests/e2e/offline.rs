//! No network for a while.

use serde_json::json;
use sotto_tests::{Outcome, Stage, flows::Pair};

#[tokio::test(flavor = "multi_thread")]
async fn what_is_written_offline_goes_out_later() -> Outcome {
    let stage = Stage::open().await?;
    let Pair { anna, bela, .. } = Pair::meet(&stage).await?;

    anna.set_online(false).await?;
    anna.send("written offline, one").await?;
    anna.send("written offline, two").await?;
    let kept = anna.see("written offline, two").await?;
    assert_ne!(kept.state, "sent");
    bela.send("while you were away").await?;
    bela.see_sent("while you were away").await?;

    anna.set_online(true).await?;
    anna.see_sent("written offline, one").await?;
    anna.see_sent("written offline, two").await?;
    anna.see("while you were away").await?;
    bela.see("written offline, two").await?;
    let received: Vec<String> =
        bela.messages().await?.into_iter().filter(|message| !message.outgoing).map(|m| m.text).collect();
    assert_eq!(received, ["hello", "written offline, one", "written offline, two"]);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn offline_is_a_state_that_is_shown() -> Outcome {
    let stage = Stage::open().await?;
    let Pair { anna, .. } = Pair::meet(&stage).await?;
    anna.wait_attribute("network-state", "data-link", "connected").await?;
    anna.set_online(false).await?;
    anna.wait_attribute("network-state", "data-link", "offline").await?;
    anna.set_online(true).await?;
    anna.wait_attribute("network-state", "data-link", "connected").await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_screen_that_can_not_be_loaded_says_so_and_is_tried_again() -> Outcome {
    let stage = Stage::open().await?;
    let anna = stage.user().await?;
    anna.cdp("Network.enable", json!({})).await?;
    anna.cdp("Network.setBlockedURLs", json!({ "urls": ["*split_entry*"] })).await?;
    anna.visit("/create").await?;
    anna.find("not-loaded").await?;
    anna.cdp("Network.setBlockedURLs", json!({ "urls": [] })).await?;
    anna.click("load-again").await?;
    anna.find("create-name").await?;
    Ok(())
}
