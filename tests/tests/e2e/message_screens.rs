//! Messages and what lies over them, photographed.

use serde_json::json;
use sotto_network::{ErrorAnswer, Faults, Scope};
use sotto_tests::{Outcome, Stage, User, flows::Pair};
use thirtyfour::Key;

use crate::{
    message::{menu, pick, see_reactions},
    screens::{look, look_at},
};

/// Closes what lies over the conversation.
async fn close(user: &User, id: &str) -> Outcome {
    if user.has(id).await? {
        user.press(Key::Escape).await?;
        user.wait_gone(id).await?;
    }
    Ok(())
}

/// Photographs a sheet of a message in every size and theme.
async fn sheet(user: &User, text: &str, entry: &str, id: &str) -> Outcome {
    look_at(user, id, async || {
        close(user, id).await?;
        menu(user, text).await?;
        pick(user, entry).await?;
        user.find(id).await?;
        Ok(())
    })
    .await?;
    close(user, id).await
}

#[tokio::test(flavor = "multi_thread")]
async fn screens_of_messages() -> Outcome {
    let stage = Stage::open().await?;
    let Pair { anna, bela, .. } = Pair::meet(&stage).await?;
    let long = "I wait at the old clock. It is the one with the golden hands, opposite the bakery, and it has been ten minutes slow for as long as anybody here can remember.";
    for text in [
        long,
        "delete me",
        "see https://example.org/a/very/long/address/that/has/no/space/in/it/at/all?and=more",
    ] {
        bela.send(text).await?;
        bela.see_sent(text).await?;
        anna.see(text).await?;
    }
    menu(&anna, long).await?;
    pick(&anna, "👍").await?;
    menu(&anna, long).await?;
    pick(&anna, "❤️").await?;
    see_reactions(&bela, &["👍1", "❤️1"]).await?;
    bela.click("reaction").await?;
    menu(&anna, long).await?;
    pick(&anna, "Reply").await?;
    anna.send("Then I have to hurry.").await?;
    bela.see("Then I have to hurry.").await?;
    menu(&bela, "Then I have to hurry.").await?;
    pick(&bela, "Reply").await?;
    bela.send("هل وصلت؟ I am here").await?;
    bela.see_sent("هل وصلت؟ I am here").await?;
    menu(&bela, "Then I have to hurry.").await?;
    pick(&bela, "🙏").await?;
    menu(&bela, "delete me").await?;
    pick(&bela, "Delete").await?;
    bela.choose("delete-everyone").await?;
    bela.click("delete-do").await?;
    see_reactions(&anna, &["👍2 own", "❤️1 own", "🙏1"]).await?;
    anna.find("message-notice").await?;
    if anna.has("details").await? {
        anna.click("details-close").await?;
    }
    look(&anna, "messages").await?;
    rtl(&anna, "messages-rtl").await?;

    look_at(&anna, "message-menu", async || {
        close(&anna, "menu").await?;
        menu(&anna, "Then I have to hurry.").await
    })
    .await?;
    close(&anna, "menu").await?;
    sheet(&anna, long, "Who reacted", "who-sheet").await?;
    sheet(&anna, "Then I have to hurry.", "Delete", "delete-sheet").await?;
    look_at(&anna, "link-sheet", async || {
        close(&anna, "link-sheet").await?;
        anna.click("message-link").await?;
        anna.find("link-sheet").await?;
        Ok(())
    })
    .await?;
    close(&anna, "link-sheet").await?;
    look_at(&anna, "emoji-sheet", async || {
        close(&anna, "emoji-sheet").await?;
        anna.click("composer-emoji").await?;
        anna.find("emoji-grid").await?;
        Ok(())
    })
    .await?;
    close(&anna, "emoji-sheet").await?;

    menu(&anna, "Then I have to hurry.").await?;
    pick(&anna, "Select").await?;
    look(&anna, "selection").await?;
    anna.press(Key::Escape).await?;
    menu(&anna, long).await?;
    pick(&anna, "Reply").await?;
    look(&anna, "reply-bar").await?;
    anna.click("reply-cancel").await?;

    // One member of each swarm or so refuses.
    let refuse = Faults {
        scope: Scope::Nodes,
        error_rate: 1.0,
        error: ErrorAnswer { status: 503, text: "Server busy, try again later".into() },
        ..Faults::default()
    };
    for node in stage.network().nodes().iter().step_by(3) {
        node.set_faults(refuse.clone());
    }
    anna.send("not everywhere").await?;
    anna.see_sent("not everywhere").await?;
    sheet(&anna, "not everywhere", "Details", "ledger").await?;
    stage.network().nodes().iter().for_each(|node| node.clear_faults());
    Ok(())
}

/// Photographs the page as a language written from right to left would have it.
async fn rtl(user: &User, name: &str) -> Outcome {
    let set = "document.documentElement.dir = arguments[0];";
    user.script(set, vec![json!("rtl")]).await?;
    for (width, height) in [(1360, 880), (390, 844)] {
        user.resize(width, height).await?;
        user.settle().await?;
        user.screenshot(&format!("{name}-{width}")).await?;
    }
    user.resize(1360, 880).await?;
    user.script(set, vec![json!("ltr")]).await?;
    Ok(())
}
