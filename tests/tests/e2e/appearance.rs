//! How it looks, and whether everyone can use it.

use sotto_tests::{Outcome, Setup, Stage, User, flows::Pair};

/// Name and place of every screen of an open account.
const SCREENS: [(&str, &str); 7] = [
    ("list", "/"),
    ("requests", "/requests"),
    ("new", "/new"),
    ("network", "/network"),
    ("profile", "/settings/profile"),
    ("appearance", "/settings/appearance"),
    ("recovery", "/settings/recovery"),
];
const WIDTHS: [(&str, u32, u32); 3] = [("wide", 1280, 860), ("medium", 800, 860), ("narrow", 390, 844)];

#[tokio::test(flavor = "multi_thread")]
async fn every_screen_is_photographed_and_accessible() -> Outcome {
    let stage = Stage::open().await?;
    let (anna, bela) =
        tokio::try_join!(stage.user(), stage.user_with(Setup { dark: true, ..Setup::default() }))?;
    for (place, name) in [("/", "welcome"), ("/create", "create"), ("/restore", "restore")] {
        anna.visit(place).await?;
        look(&anna, name).await?;
    }
    let Pair { anna, bela, .. } = Pair::introduce(anna, bela).await?;
    for text in ["Did the train leave on time?", "I wait at the old clock.", "🙂"] {
        anna.send(text).await?;
        bela.see(text).await?;
        bela.send(&format!("Yes: {text}")).await?;
    }
    anna.open_first().await?;
    look(&anna, "conversation").await?;
    for (name, place) in SCREENS {
        anna.go(place).await?;
        look(&anna, name).await?;
    }
    Ok(())
}

/// Photographs what is shown in both themes and three widths, and asks axe-core about each.
async fn look(user: &User, name: &str) -> Outcome {
    for (width_name, width, height) in WIDTHS {
        user.resize(width, height).await?;
        for (theme, dark) in [("light", false), ("dark", true)] {
            user.set_dark(dark).await?;
            user.settle().await?;
            user.screenshot(&format!("{name}-{width_name}-{theme}")).await?;
            let violations = user.accessibility().await?;
            assert!(violations.is_empty(), "{name}, {width_name}, {theme}: {violations:#?}");
            let overflow =
                user.script("return document.documentElement.scrollWidth - innerWidth;", vec![]).await?;
            assert!(overflow.as_i64().unwrap_or_default() <= 0, "{name}, {width_name}: scrolls sideways");
        }
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_chosen_theme_stays() -> Outcome {
    let stage = Stage::open().await?;
    let Pair { anna, .. } = Pair::meet(&stage).await?;
    let background = async |user: &User| {
        user.script("return getComputedStyle(document.body).backgroundColor;", vec![]).await
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
