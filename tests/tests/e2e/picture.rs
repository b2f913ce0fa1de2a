//! The profile picture: chosen, cut, seen by the other side, taken away.

use sotto_tests::{
    Outcome, Stage, User,
    files::{Folder, with_metadata},
    flows::Pair,
};
use thirtyfour::Key;

use crate::screens::{look, look_at};

/// Waits until so many pictures of people are shown, loaded by the browser.
async fn wait_faces(user: &User, within: &str, some: bool) -> Outcome {
    let script = "return [...document.querySelectorAll(arguments[0] + ' [data-testid=avatar-picture]')]
        .some((one) => one.complete && one.naturalWidth === 168);";
    user.wait_for(&format!("pictures in {within}: {some}"), async || {
        Ok((user.script(script, vec![within.into()]).await? == some).then_some(()))
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_is_cut_and_seen_and_can_be_taken_away() -> Outcome {
    let stage = Stage::open().await?;
    let Pair { anna, bela, bela_id, .. } = Pair::meet(&stage).await?;
    let folder = Folder::new()?;
    let photo = with_metadata(&anna.draw(900, 600, "image/jpeg").await?);
    let photo = folder.file("me.jpg", &photo)?;
    let text = folder.file("no-picture.png", b"these are only words")?;

    anna.go("/settings/profile").await?;
    anna.choose_file("picture-input", &text).await?;
    anna.wait_text("picture-error", "not a picture").await?;
    anna.choose_file("picture-input", &photo).await?;
    // Turned upright, the photo is 600 wide and 900 high.
    anna.wait_attribute("picture-crop", "data-place", "0 150 600").await?;
    anna.click("picture-crop").await?;
    anna.press(Key::Up).await?;
    anna.wait_attribute("picture-crop", "data-place", "0 120 600").await?;
    anna.keys("++").await?;
    anna.wait_for("a closer look", async || {
        Ok((anna.attribute("picture-crop", "data-place").await?.ends_with(" 496")).then_some(()))
    })
    .await?;
    look_at(&anna, "picture-crop", async || anna.find("picture-crop").await.map(|_| ())).await?;
    anna.click("picture-save").await?;
    anna.wait_gone("picture-crop").await?;
    wait_faces(&anna, "[data-testid=picture]", true).await?;
    wait_faces(&anna, "nav", true).await?;
    look(&anna, "picture-set").await?;

    assert_eq!(bela.count("avatar-picture").await?, 0);
    anna.open(&bela_id).await?;
    anna.send("look at me").await?;
    bela.see("look at me").await?;
    wait_faces(&bela, "header", true).await?;
    look(&bela, "picture-seen").await?;
    bela.reload().await?;
    bela.see("look at me").await?;
    wait_faces(&bela, "header", true).await?;
    anna.reload().await?;
    wait_faces(&anna, "nav", true).await?;

    anna.go("/settings/profile").await?;
    anna.click("picture-remove").await?;
    anna.wait_gone("picture-remove").await?;
    wait_faces(&anna, "nav", false).await?;
    anna.open(&bela_id).await?;
    anna.send("and gone").await?;
    bela.see("and gone").await?;
    wait_faces(&bela, "header", false).await
}
