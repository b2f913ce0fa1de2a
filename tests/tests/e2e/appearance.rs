//! How it looks, and whether everyone can use it.

use sotto_tests::{Lock, Outcome, Stage, User, flows::Pair};
use thirtyfour::Key;

#[tokio::test(flavor = "multi_thread")]
async fn the_chosen_theme_stays() -> Outcome {
    let stage = Stage::open().await?;
    let Pair { anna, .. } = Pair::meet(&stage).await?;
    let background = async |user: &User| {
        user.script("return getComputedStyle(document.documentElement).backgroundColor;", vec![]).await
    };
    anna.go("/settings/appearance").await?;
    anna.choose("theme-light").await?;
    let light = background(&anna).await?;
    anna.choose("theme-dark").await?;
    anna.wait_for("dark colours", async || Ok((background(&anna).await? != light).then_some(()))).await?;
    let dark = background(&anna).await?;
    anna.reload().await?;
    anna.wait_for("the settings", async || Ok(anna.has("theme-system").await?.then_some(()))).await?;
    assert_eq!(background(&anna).await?, dark);
    anna.choose("theme-system").await?;
    anna.wait_for("the system's colours", async || Ok((background(&anna).await? == light).then_some(())))
        .await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_keyboard_alone_is_enough() -> Outcome {
    let stage = Stage::open().await?;
    let (anna, bela) = tokio::try_join!(stage.user(), stage.user())?;
    bela.create("Béla", Lock::Browser).await?;
    let bela_id = bela.account_id().await?;

    anna.visit("/").await?;
    anna.tab_to("welcome-create").await?;
    anna.press(Key::Enter).await?;
    anna.wait_focus("create-name").await?;
    anna.keys("Anna").await?;
    anna.press(Key::Enter).await?;
    anna.find("list").await?;
    anna.tab_to("new-conversation").await?;
    anna.press(Key::Enter).await?;
    anna.wait_focus("new-account-id").await?;
    anna.keys(&bela_id).await?;
    anna.press(Key::Enter).await?;
    anna.wait_focus("composer-input").await?;
    anna.keys("typed without a mouse").await?;
    anna.press(Key::Enter).await?;
    anna.see_sent("typed without a mouse").await?;

    bela.go("/requests").await?;
    bela.tab_to("request-accept").await?;
    bela.press(Key::Enter).await?;
    bela.see("typed without a mouse").await?;
    for person in [&anna, &bela] {
        assert_eq!(person.console().await?, Vec::<String>::new());
    }
    Ok(())
}
