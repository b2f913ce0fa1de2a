//! What people choose: when messages disappear, what others are told, clearing everything.

use sotto_tests::{Lock, Outcome, Stage, flows::Pair};

use crate::screens::{look, look_at};

#[tokio::test(flavor = "multi_thread")]
async fn a_timer_is_set_followed_and_known_to_the_own_second_device() -> Outcome {
    let stage = Stage::open().await?;
    let Pair { anna, bela, .. } = Pair::meet(&stage).await?;
    for person in [&anna, &bela] {
        if !person.has("details").await? {
            person.click("details-toggle").await?;
        }
        person.wait_text("timer-now", "Messages stay").await?;
    }
    anna.select("timer-mode", "send").await?;
    anna.select("timer-time", "43200").await?;
    anna.click("timer-set").await?;
    anna.wait_text("timer-now", "12 hours").await?;
    anna.wait_gone("timer-set").await?;

    bela.find("timer-follow").await?;
    bela.wait_text("timer-theirs", "12 hours").await?;
    look_at(&bela, "timer", async || {
        if !bela.has("details").await? {
            bela.click("details-toggle").await?;
        }
        bela.find("timer-follow").await?;
        let script = "document.querySelector('[data-testid=timer]').scrollIntoView({ block: 'center' });";
        bela.script(script, vec![]).await.map(|_| ())
    })
    .await?;
    if !bela.has("details").await? {
        bela.click("details-toggle").await?;
    }
    bela.click("timer-follow").await?;
    bela.wait_text("timer-now", "12 hours").await?;
    bela.wait_gone("timer-follow").await?;
    assert!(!anna.has("timer-follow").await?);

    let words = anna.recovery_words().await?;
    let second = stage.user().await?;
    second.restore(&words, Lock::Browser).await?;
    second.find("list-item").await?;
    second.open_first().await?;
    if !second.has("details").await? {
        second.click("details-toggle").await?;
    }
    second.wait_text("timer-now", "12 hours").await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_others_are_told_is_off_until_it_is_switched_on() -> Outcome {
    let stage = Stage::open().await?;
    let Pair { anna, .. } = Pair::meet(&stage).await?;
    anna.go("/settings/privacy").await?;
    for id in ["read-receipts", "typing-indicators"] {
        anna.wait_for("the switch", async || Ok(anna.has(id).await?.then_some(()))).await?;
        let script = "return document.querySelector(`[data-testid=\"${arguments[0]}\"]`).checked;";
        assert_eq!(anna.script(script, vec![id.into()]).await?.as_bool(), Some(false), "{id}");
        anna.choose(id).await?;
    }
    look(&anna, "privacy").await?;
    anna.reload().await?;
    for id in ["read-receipts", "typing-indicators"] {
        let script = "return document.querySelector(`[data-testid=\"${arguments[0]}\"]`)?.checked;";
        anna.wait_for("the switch to be on", async || {
            Ok((anna.script(script, vec![id.into()]).await?.as_bool() == Some(true)).then_some(()))
        })
        .await?;
    }

    anna.click("clear-all").await?;
    anna.click("confirm").await?;
    anna.go("/").await?;
    anna.wait_for("no message in the list", async || {
        let text = anna.script("return document.querySelector('.rows').textContent;", vec![]).await?;
        Ok((!text.as_str().unwrap_or_default().contains("hello back")).then_some(()))
    })
    .await
}
