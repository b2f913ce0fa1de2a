//! What happens without being said: reading, typing, disappearing.

use serde_json::json;
use sotto_tests::{Outcome, Stage, User, flows::Pair};

async fn allow(user: &User, other: &str) -> Outcome {
    user.go("/settings/privacy").await?;
    for switch in ["read-receipts", "typing-indicators"] {
        user.choose(switch).await?;
        user.wait_for(switch, async || {
            let on = format!("return document.querySelector('[data-testid=\"{switch}\"]')?.checked;");
            Ok(user.script(&on, vec![]).await?.as_bool().unwrap_or_default().then_some(()))
        })
        .await?;
    }
    user.open_first().await?;
    user.see(other).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn reading_and_typing_are_seen_when_both_allow_it() -> Outcome {
    let stage = Stage::open().await?;
    let Pair { anna, bela, .. } = Pair::meet(&stage).await?;
    tokio::try_join!(allow(&anna, "hello"), allow(&bela, "hello"))?;
    bela.fill("composer-input", "I am wri").await?;
    anna.find("typing").await?;
    bela.send("I am writing").await?;
    anna.see("I am writing").await?;
    anna.wait_gone("typing").await?;
    anna.send("and I read").await?;
    anna.wait_for("the message to be read", async || {
        Ok(anna
            .messages()
            .await?
            .iter()
            .any(|one| one.text == "and I read" && one.state == "read")
            .then_some(()))
    })
    .await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disappearing_message_shows_its_time_and_goes() -> Outcome {
    let stage = Stage::open().await?;
    let Pair { anna, bela, .. } = Pair::meet(&stage).await?;
    if !anna.has("details").await? {
        anna.click("details-toggle").await?;
    }
    let set = r#"
        const mode = document.querySelector('[data-testid="timer-mode"]');
        mode.value = [...mode.options].at(-1).value;
        mode.dispatchEvent(new Event('change', { bubbles: true }));
        return mode.value;"#;
    anna.find("timer-mode").await?;
    anna.script(set, vec![]).await?;
    anna.click("timer-set").await?;
    for person in [&anna, &bela] {
        person
            .wait_for("the line about the timer", async || {
                let script = r#"return [...document.querySelectorAll('[data-testid="system-line"]')].some((one) => one.textContent.includes(arguments[0]));"#;
                Ok(person.script(script, vec![json!("disappear")]).await?.as_bool().unwrap_or_default().then_some(()))
            })
            .await?;
    }
    anna.send("not for ever").await?;
    bela.see("not for ever").await?;
    for person in [&anna, &bela] {
        person.find("time-left").await?;
        person.reload().await?;
        person.see("not for ever").await?;
        let left = person.text("time-left").await?;
        assert!(!left.trim().is_empty());
    }
    Ok(())
}
