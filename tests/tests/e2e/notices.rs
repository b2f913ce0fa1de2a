//! Notifications, counts, and links that invite.

use serde_json::Value;
use sotto_tests::{Lock, Outcome, Stage, User, flows::Pair};

use crate::screens::look;

/// In place of the browser's notifications: keeps what would be shown, and asks nobody.
const RECORDER: &str = "window.shownNotices = [];
    window.Notification = class {
        static permission = 'default';
        static async requestPermission() { this.permission = 'granted'; return 'granted'; }
        constructor(title, options) {
            window.shownNotices.push([title, options.body]);
            window.lastNotice = this;
        }
        close() {}
    };";

async fn shown(user: &User) -> Outcome<Vec<(String, String)>> {
    let rows = user.script("return window.shownNotices;", vec![]).await?;
    let cell = |row: &Value, at: usize| row[at].as_str().unwrap_or_default().to_owned();
    Ok(rows.as_array().into_iter().flatten().map(|row| (cell(row, 0), cell(row, 1))).collect())
}

async fn see_notice(user: &User, title: &str, body: &str) -> Outcome {
    user.wait_for(&format!("the notification {title}: {body}"), async || {
        let found = shown(user).await?;
        Ok(found.iter().any(|(t, b)| t == title && b == body).then_some(()))
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn notifications_tell_as_much_as_is_allowed_and_nothing_of_what_is_seen_or_muted() -> Outcome {
    let stage = Stage::open().await?;
    let Pair { anna, bela, anna_id, .. } = Pair::meet(&stage).await?;
    anna.script(RECORDER, vec![]).await?;
    bela.send("before it was switched on").await?;
    anna.see("before it was switched on").await?;
    anna.go("/settings/notifications").await?;
    look(&anna, "notifications").await?;
    anna.choose("notify").await?;
    anna.wait_for("permission", async || {
        let asked = anna.script("return Notification.permission;", vec![]).await?;
        Ok((asked.as_str() == Some("granted")).then_some(()))
    })
    .await?;

    bela.send("first").await?;
    see_notice(&anna, "Béla", "New message").await?;
    anna.wait_for("the count in the title", async || {
        Ok((anna.driver().title().await? == "(1) Sotto").then_some(()))
    })
    .await?;
    anna.choose("detail-text").await?;
    bela.send("second").await?;
    see_notice(&anna, "Béla", "second").await?;
    anna.choose("detail-nothing").await?;
    bela.send("third").await?;
    see_notice(&anna, "Sotto", "New message").await?;

    // Pressing it opens the conversation; what is looked at is not told.
    anna.choose("detail-text").await?;
    anna.script("window.lastNotice.onclick();", vec![]).await?;
    anna.see("third").await?;
    anna.wait_for("nothing unread", async || Ok((anna.driver().title().await? == "Sotto").then_some(())))
        .await?;
    bela.send("while she looks").await?;
    anna.see("while she looks").await?;
    anna.go("/").await?;
    anna.row_menu("Béla").await?;
    anna.choose_item("Mute…").await?;
    anna.choose_item("For ever").await?;
    anna.wait_attribute("list-item", "data-muted", "true").await?;
    bela.send("while muted").await?;
    anna.wait_text("unread", "1").await?;

    // A stranger's request comes after all that, and shows neither name nor text.
    let clara = stage.user().await?;
    clara.create("Clara", Lock::Browser).await?;
    clara.open(&anna_id).await?;
    clara.send("a secret offer").await?;
    see_notice(&anna, "Sotto", "New message request").await?;
    let told = shown(&anna).await?;
    let never = ["before it was switched on", "while she looks", "while muted", "a secret offer", "Clara"];
    for text in never {
        assert!(!told.iter().any(|(title, body)| title == text || body == text), "{text}: {told:?}");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_waits_until_the_account_is_there_and_leaves_no_trace() -> Outcome {
    let stage = Stage::open().await?;
    let (anna, bela) = tokio::try_join!(stage.user(), stage.user())?;
    anna.create("Anna", Lock::Browser).await?;
    let anna_id = anna.account_id().await?;

    bela.visit(&format!("/add/{anna_id}")).await?;
    bela.find("invited").await?;
    let address = bela.driver().current_url().await?;
    assert!(!address.as_str().contains(&anna_id), "the ID stays in the address");
    bela.click("welcome-create").await?;
    bela.fill("create-name", "Béla").await?;
    bela.choose("lock-browser").await?;
    bela.click("create-submit").await?;
    bela.find("confirm").await?;
    bela.settle().await?;
    bela.screenshot("invitation").await?;
    bela.click("confirm").await?;
    bela.find("composer-input").await?;
    bela.send("your link works").await?;
    anna.go("/requests").await?;
    anna.find("request-item").await?;

    // Opened again inside the page, and one that is broken.
    bela.go("/settings").await?;
    bela.go(&format!("/add/{anna_id}")).await?;
    bela.click("confirm").await?;
    bela.see("your link works").await?;
    bela.go("/add/05zz").await?;
    bela.wait_for("the complaint", async || {
        let text = bela.script("return document.body.innerText;", vec![]).await?;
        Ok(text.as_str().unwrap_or_default().contains("no correct Account ID").then_some(()))
    })
    .await?;
    // A pasted link does as well as an Account ID.
    bela.open(&format!("{}/#/add/{anna_id}", stage.address())).await?;
    bela.see("your link works").await?;
    assert_eq!(bela.console().await?, Vec::<String>::new());
    Ok(())
}
