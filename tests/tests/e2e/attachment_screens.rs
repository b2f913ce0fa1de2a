//! Files in every state, photographed.

use std::{path::Path, time::Duration};

use serde_json::json;
use sotto_tests::{
    Outcome, Pace, Stage, User,
    files::{Folder, video, wav},
    flows::Pair,
};
use thirtyfour::Key;

use crate::screens::{look, look_at};

async fn send(user: &User, files: &[&Path], text: &str) -> Outcome {
    user.attach(files).await?;
    user.send(text).await?;
    user.see_sent(text).await
}

async fn end(user: &User) -> Outcome {
    user.script("const box = document.querySelector('.scroller'); box.scrollTop = box.scrollHeight;", vec![])
        .await?;
    Ok(())
}

/// Without the column or sheet of details.
async fn plain(user: &User) -> Outcome {
    if user.has("details").await? {
        user.click("details-close").await?;
    }
    end(user).await
}

#[tokio::test(flavor = "multi_thread")]
async fn screens_of_files() -> Outcome {
    let stage = Stage::open().await?;
    let Pair { anna, bela, .. } = Pair::meet(&stage).await?;
    let folder = Folder::new()?;
    let mut photos = Vec::new();
    for (index, (width, height)) in
        [(1600, 1000), (900, 1200), (1200, 1200), (1800, 700), (700, 900), (800, 600)].into_iter().enumerate()
    {
        let bytes = anna.draw(width, height, "image/jpeg").await?;
        photos.push(folder.file(&format!("IMG_{index}.jpg"), &bytes)?);
    }
    let long =
        "The minutes of the meeting about the harbour, second and last version (corrected) – final.pdf";
    let document = folder.file(long, b"%PDF-1.7 not really")?;
    let arabic = folder.file("محضر الاجتماع.docx", b"PK not really")?;
    let large = folder.file("everything.zip", &vec![1; 12_000_000])?;
    let sound = folder.file("song.wav", &wav(4))?;
    let film = folder.file("bay.webm", &video(&anna).await?)?;
    let paths = |all: &[usize]| all.iter().map(|index| photos[*index].as_path()).collect::<Vec<&Path>>();

    plain(&anna).await?;
    anna.attach(&[&photos[0], &document, &film, &large]).await?;
    anna.fill("composer-input", "The papers, and how it looked").await?;
    look(&anna, "tray").await?;
    while anna.click_if_there("tray-remove").await? {
        anna.settle().await?;
    }
    anna.wait_gone("tray").await?;
    anna.fill("composer-input", "").await?;

    let event = json!({ "type": "dragEnter", "x": 500, "y": 400, "data": { "items": [], "files": [photos[0].to_string_lossy()], "dragOperationsMask": 1 } });
    anna.cdp("Input.dispatchDragEvent", event).await?;
    anna.find("drop-veil").await?;
    look(&anna, "drop").await?;
    let none = json!({ "items": [], "files": [], "dragOperationsMask": 1 });
    let cancel = json!({ "type": "dragCancel", "x": 500, "y": 400, "data": none });
    anna.cdp("Input.dispatchDragEvent", cancel).await?;
    anna.cdp("Input.dispatchMouseEvent", json!({ "type": "mouseMoved", "x": 600, "y": 400 })).await?;
    anna.wait_gone("drop-veil").await?;

    send(&anna, &paths(&[0]), "From the boat").await?;
    anna.attach(&paths(&[1])).await?;
    anna.click("composer-send").await?;
    anna.wait_gone("tray").await?;
    send(&anna, &[&document, &arabic], "Both versions").await?;
    bela.see("Both versions").await?;
    bela.see_pictures(2).await?;
    plain(&bela).await?;
    for (user, name) in [(&anna, "photo-own"), (&bela, "photo")] {
        look_at(user, name, async || plain(user).await).await?;
    }
    for all in [&[0, 1][..], &[0, 1, 2], &[0, 1, 2, 3], &[0, 1, 2, 3, 4, 5]] {
        send(&anna, &paths(all), &format!("{} pictures", all.len())).await?;
    }
    bela.see("6 pictures").await?;
    bela.wait_for("the pictures in sight", async || {
        let script = r#"const all = [...document.querySelectorAll('main [data-testid="picture"]')];
            return all.length >= 4 && all.every((one) => one.complete && one.naturalWidth > 0);"#;
        Ok((bela.script(script, vec![]).await? == json!(true)).then_some(()))
    })
    .await?;
    look_at(&bela, "grid", async || plain(&bela).await).await?;
    send(&anna, &[&sound], "What I heard").await?;
    send(&anna, &[&film], "The bay, moving").await?;
    bela.see("The bay, moving").await?;
    bela.find("video").await?;
    look_at(&bela, "video", async || plain(&bela).await).await?;

    // Waiting, on the way, stopped; and what is not loaded.
    bela.click("details-toggle").await?;
    bela.choose("auto-load").await?;
    bela.find("shelf").await?;
    look_at(&bela, "details-media", async || {
        if !bela.has("details").await? {
            bela.click("details-toggle").await?;
        }
        Ok(())
    })
    .await?;
    plain(&bela).await?;
    send(&anna, &paths(&[3]), "not loaded").await?;
    send(&anna, &[&document], "nor this").await?;
    bela.see("nor this").await?;
    look_at(&bela, "not-loaded", async || plain(&bela).await).await?;
    anna.attach(&paths(&[0])).await?;
    anna.proxy().set_pace(Some(Pace { delay: Duration::from_secs(600), bits_per_second: 1_000_000 }));
    anna.send("on its way").await?;
    anna.see("on its way").await?;
    anna.attach(&[&document]).await?;
    anna.send("waiting").await?;
    anna.see("waiting").await?;
    look_at(&anna, "uploading", async || plain(&anna).await).await?;
    anna.click("file-cancel").await?;
    anna.find("file-problem").await?;
    look_at(&anna, "stopped", async || plain(&anna).await).await?;
    anna.proxy().set_pace(None);

    look_at(&bela, "gallery", async || {
        if !bela.has("gallery").await? {
            plain(&bela).await?;
            bela.script("document.querySelector('[data-testid=\"visual-open\"]').click();", vec![]).await?;
        }
        bela.find("gallery-picture").await?;
        Ok(())
    })
    .await?;
    bela.press(Key::Escape).await?;
    bela.wait_gone("gallery").await
}
