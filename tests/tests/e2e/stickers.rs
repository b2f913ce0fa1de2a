//! Stickers: chosen beside the emoji, sent as pictures.

use sotto_tests::{Outcome, Stage, flows::Pair};
use thirtyfour::Key;

use crate::screens::{look, look_at};

#[tokio::test(flavor = "multi_thread")]
async fn a_sticker_is_found_by_name_and_arrives_as_a_picture() -> Outcome {
    let stage = Stage::open().await?;
    let Pair { anna, bela, .. } = Pair::meet(&stage).await?;
    bela.keep_files().await?;
    anna.click("composer-emoji").await?;
    anna.click("tab-stickers").await?;
    anna.find("sticker-grid").await?;
    look_at(&anna, "sticker-sheet", async || anna.find("sticker-grid").await.map(|_| ())).await?;

    // By keyboard alone: a word, then Enter.
    anna.click("sticker-search").await?;
    anna.keys("coffee").await?;
    anna.wait_for("one sticker", async || Ok((anna.count("sticker-choice").await? == 1).then_some(())))
        .await?;
    anna.press(Key::Enter).await?;
    anna.wait_gone("emoji-sheet").await?;
    bela.find("visual").await?;
    assert_eq!(bela.see_pictures(1).await?, [(512, 512)]);
    let received = bela.kept_files().await?;
    let sticker = received.iter().find(|file| file.media_type == "image/png");
    assert!(sticker.is_some_and(|file| file.bytes.starts_with(b"\x89PNG") && file.bytes.len() < 100_000));
    let bare = r#"return Boolean(document.querySelector('.bubble.sticker [data-testid="picture"]'));"#;
    for person in [&anna, &bela] {
        person.see_pictures(1).await?;
        assert_eq!(person.script(bare, vec![]).await?, true);
    }
    look(&anna, "sticker-sent").await?;
    bela.go("/").await?;
    bela.wait_text("list-item", "Sticker").await?;
    bela.open_first().await?;
    bela.reload().await?;
    bela.see_pictures(1).await?;
    look(&bela, "sticker-received").await
}

#[tokio::test(flavor = "multi_thread")]
async fn stickers_are_for_messages_only() -> Outcome {
    let stage = Stage::open().await?;
    let Pair { anna, .. } = Pair::meet(&stage).await?;
    anna.script("[...document.querySelectorAll('[data-testid=\"message\"]')].at(-1).focus();", vec![])
        .await?;
    anna.keys("e").await?;
    anna.find("emoji-grid").await?;
    assert!(!anna.has("tab-stickers").await?);
    Ok(())
}
