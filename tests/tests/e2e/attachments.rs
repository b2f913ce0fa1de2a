//! Files from one person to the other.

use std::{path::Path, time::Duration};

use serde_json::json;
use sotto_tests::{
    Lock, Outcome, Pace, Stage, User,
    files::{Folder, PLACE, holds, with_metadata},
    flows::Pair,
};
use thirtyfour::Key;

/// The state of the newest own message.
async fn newest_state(user: &User) -> Outcome<String> {
    let all = user.messages().await?;
    Ok(all.into_iter().rfind(|message| message.outgoing).map(|message| message.state).unwrap_or_default())
}

async fn wait_state(user: &User, state: &str) -> Outcome {
    user.wait_for(&format!("the newest message to be {state}"), async || {
        Ok((newest_state(user).await? == state).then_some(()))
    })
    .await
}

/// Every own message has left.
async fn wait_all_sent(user: &User) -> Outcome {
    user.wait_for("everything to be sent", async || {
        Ok(user.messages().await?.iter().all(|one| !one.outgoing || one.state == "sent").then_some(()))
    })
    .await
}

/// A text without the marks that keep what is put into a sentence apart from it.
fn plain(text: &str) -> String {
    text.chars().filter(|letter| !matches!(letter, '\u{2066}'..='\u{2069}')).collect()
}

/// Waits until so many elements with this test id are among the messages.
async fn wait_count(user: &User, id: &str, count: usize) -> Outcome {
    let script = "return document.querySelectorAll(`main [data-testid=\"${arguments[0]}\"]`).length;";
    user.wait_for(&format!("{count} times {id}"), async || {
        let found = user.script(script, vec![json!(id)]).await?.as_u64();
        Ok((found == Some(count as u64)).then_some(()))
    })
    .await
}

/// Sends files with a text.
async fn send(user: &User, files: &[&Path], text: &str) -> Outcome {
    user.attach(files).await?;
    if text.is_empty() { user.click("composer-send").await } else { user.send(text).await }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_photo_arrives_upright_and_without_its_metadata() -> Outcome {
    let stage = Stage::open().await?;
    let Pair { anna, bela, anna_id, .. } = Pair::meet(&stage).await?;
    let folder = Folder::new()?;
    let photo = with_metadata(&anna.draw(640, 400, "image/jpeg").await?);
    assert!(holds(&photo, PLACE) && holds(&photo, b"Exif"));
    let photo = folder.file("IMG 0001.jpg", &photo)?;
    bela.keep_files().await?;
    send(&anna, &[&photo], "the bay").await?;
    anna.see_sent("the bay").await?;
    bela.see("the bay").await?;
    assert_eq!(bela.see_pictures(1).await?, [(400, 640)]);
    let received = bela.kept_files().await?;
    let received: Vec<_> = received.iter().filter(|file| file.media_type == "image/jpeg").collect();
    assert!(!received.is_empty());
    assert!(received.iter().all(|file| !holds(&file.bytes, PLACE) && !holds(&file.bytes, b"Exif")));

    // To the message by the arrow keys, into it by Tab; Escape leads back.
    bela.tab_to("composer-input").await?;
    bela.script(
        "document.querySelector('[data-testid=\"message\"]:has([data-testid=\"visual\"])').focus();",
        vec![],
    )
    .await?;
    bela.tab_to("visual-open").await?;
    bela.press(Key::Enter).await?;
    bela.find("gallery-picture").await?;
    assert_eq!(bela.text("gallery-caption").await?, "the bay");
    bela.keys("+").await?;
    bela.wait_for("a larger picture", async || {
        Ok(bela.attribute("gallery-picture", "style").await?.contains("scale(1.5)").then_some(()))
    })
    .await?;
    bela.download_to(folder.path()).await?;
    let saved = Folder::new()?;
    bela.download_to(saved.path()).await?;
    bela.click("gallery-save").await?;
    let bytes = bela.wait_download(saved.path(), "IMG 0001.jpg").await?;
    assert_eq!(bytes, received[0].bytes);
    bela.press(Key::Escape).await?;
    bela.wait_gone("gallery").await?;
    bela.wait_focus("visual-open").await?;

    // It is still there after the page was loaded anew, and on another device of its sender.
    bela.reload().await?;
    bela.see_pictures(1).await?;
    let words = anna.recovery_words().await?;
    let phone = stage.user().await?;
    phone.restore(&words, Lock::Browser).await?;
    phone.open_first().await?;
    phone.see("the bay").await?;
    assert_eq!(phone.see_pictures(1).await?, [(400, 640)]);
    assert_eq!(phone.account_id().await?, anna_id);
    assert_eq!(bela.console().await?, Vec::<String>::new());
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn several_pictures_are_one_message_and_one_gallery() -> Outcome {
    let stage = Stage::open().await?;
    let Pair { anna, bela, .. } = Pair::meet(&stage).await?;
    let folder = Folder::new()?;
    let mut files = Vec::new();
    for index in 0..5_u32 {
        let picture = anna.draw(300 + index * 20, 200, "image/png").await?;
        files.push(folder.file(&format!("{index}.png"), &picture)?);
    }
    anna.attach(&files.iter().map(AsRef::as_ref).collect::<Vec<&Path>>()).await?;
    // One is taken out again.
    anna.click("tray-remove").await?;
    anna.wait_tray(4).await?;
    anna.attach(&[&files[0]]).await?;
    anna.click("composer-send").await?;
    anna.wait_gone("tray").await?;
    wait_all_sent(&anna).await?;
    wait_count(&bela, "visual", 4).await?;
    bela.see_pictures(4).await?;
    bela.click("visual-open").await?;
    bela.find("gallery-picture").await?;
    for place in ["1 of 5", "2 of 5", "3 of 5", "4 of 5", "5 of 5"] {
        bela.wait_for(place, async || Ok((plain(&bela.text("gallery-count").await?) == place).then_some(())))
            .await?;
        bela.press(Key::Right).await?;
    }
    assert!(!bela.find("gallery").await?.text().await?.is_empty());
    bela.click("gallery-previous").await?;
    bela.wait_for("the last but one", async || {
        Ok((plain(&bela.text("gallery-count").await?) == "4 of 5").then_some(()))
    })
    .await?;
    bela.click("gallery-close").await?;
    bela.wait_gone("gallery").await?;
    // The same in the details.
    if !bela.has("details").await? {
        bela.click("details-toggle").await?;
    }
    bela.wait_for("five pictures in the details", async || {
        Ok((bela.count("shelf-media").await? == 5).then_some(()))
    })
    .await
}

/// A PNG that says to be of another size.
fn bomb(png: &[u8]) -> Vec<u8> {
    let mut bytes = png.to_vec();
    bytes[16..24].copy_from_slice(&[0, 0, 0xea, 0x60, 0, 0, 0xea, 0x60]);
    bytes
}

#[tokio::test(flavor = "multi_thread")]
async fn odd_files_neither_break_nor_mislead() -> Outcome {
    let stage = Stage::open().await?;
    let Pair { anna, bela, .. } = Pair::meet(&stage).await?;
    let folder = Folder::new()?;
    let pixel = anna.draw(1, 1, "image/png").await?;
    let bomb = folder.file("bomb.png", &bomb(&pixel))?;
    let large = folder.file("large.bin", &vec![7; 10_000_001])?;
    // What can not be sent says so before anything leaves.
    anna.attach(&[&bomb, &large]).await?;
    let problems = anna.script(
        r#"return [...document.querySelectorAll('[data-testid="tray-problem"]')].map((one) => one.textContent);"#,
        vec![],
    );
    let problems = problems.await?;
    assert!(problems[0].as_str().is_some_and(|text| text.contains("pixels")), "{problems}");
    assert!(problems[1].as_str().is_some_and(|text| text.contains("10 MB")), "{problems}");
    assert!(!anna.has("composer-send").await?, "there is nothing to send");
    anna.click("tray-remove").await?;
    anna.click("tray-remove").await?;
    anna.wait_gone("tray").await?;

    let pixel = folder.file("pixel.png", &pixel)?;
    let text = folder.file("false.png", b"just text")?;
    let nothing = folder.file("nothing.bin", b"")?;
    let name = "bill\u{202e}fdp.exe\u{7}.txt";
    let misleading = folder.file(name, b"harmless")?;
    for (file, caption) in
        [(&pixel, "one pixel"), (&text, "false"), (&nothing, "nothing"), (&misleading, "misleading")]
    {
        send(&anna, &[file], caption).await?;
        anna.see_sent(caption).await?;
        bela.see(caption).await?;
    }
    assert_eq!(bela.see_pictures(1).await?, [(1, 1)]);
    wait_count(&bela, "file-save", 3).await?;
    let names = bela
        .script(
            r#"return [...document.querySelectorAll('main [data-testid="file-row"] [data-testid="file-name"]')].map((one) => one.textContent);"#,
            vec![],
        )
        .await?;
    assert_eq!(names[0], "false.png");
    assert_eq!(names[1], "nothing.bin");
    let shown = names[2].as_str().unwrap_or_default();
    assert!(shown.contains("fdp.exe") && shown.ends_with(".txt"), "{shown:?}");
    assert!(
        !shown.chars().any(|letter| letter.is_control() || ('\u{202a}'..='\u{202e}').contains(&letter)),
        "{shown:?}"
    );
    bela.download_to(folder.path()).await?;
    bela.script(
        r#"[...document.querySelectorAll('main [data-testid="file-save"]')].at(-1).click();"#,
        vec![],
    )
    .await?;
    let saved = bela.wait_download(folder.path(), shown).await?;
    assert_eq!(saved, b"harmless");
    assert_eq!(bela.console().await?, Vec::<String>::new());
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_loaded_unasked_where_that_is_switched_off() -> Outcome {
    let stage = Stage::open().await?;
    let Pair { anna, bela, .. } = Pair::meet(&stage).await?;
    let folder = Folder::new()?;
    let picture = folder.file("a.png", &anna.draw(200, 150, "image/png").await?)?;
    if !bela.has("details").await? {
        bela.click("details-toggle").await?;
    }
    bela.choose("auto-load").await?;
    send(&anna, &[&picture], "not by itself").await?;
    anna.see_sent("not by itself").await?;
    bela.see("not by itself").await?;
    bela.find("file-load").await?;
    assert!(!bela.has("picture").await?);
    bela.click("file-load").await?;
    bela.see_pictures(1).await?;
    // What is loaded stays, whatever is chosen later.
    bela.reload().await?;
    bela.see_pictures(1).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_can_be_stopped_and_tried_again() -> Outcome {
    let stage = Stage::open().await?;
    let Pair { anna, bela, .. } = Pair::meet(&stage).await?;
    let folder = Folder::new()?;
    let file = folder.file("notes.bin", &vec![3; 400_000])?;
    anna.attach(&[&file]).await?;
    anna.proxy().set_pace(Some(Pace { delay: Duration::from_secs(20), bits_per_second: 1_000_000 }));
    anna.send("slowly").await?;
    anna.click("file-cancel").await?;
    wait_state(&anna, "failed").await?;
    anna.find("file-problem").await?;
    anna.proxy().set_pace(None);
    anna.click("file-retry").await?;
    anna.see_sent("slowly").await?;
    bela.see("slowly").await?;
    bela.find("file-save").await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_survives_a_pulled_cable_and_a_reload() -> Outcome {
    let stage = Stage::open().await?;
    let Pair { anna, bela, .. } = Pair::meet(&stage).await?;
    let folder = Folder::new()?;
    let picture = folder.file("a.png", &anna.draw(320, 200, "image/png").await?)?;
    anna.attach(&[&picture]).await?;
    anna.set_online(false).await?;
    anna.send("out of reach").await?;
    anna.see("out of reach").await?;
    // One sees it at once, sent or not.
    anna.see_pictures(1).await?;
    assert_ne!(newest_state(&anna).await?, "sent");
    // The page itself comes from the network.
    anna.set_online(true).await?;
    anna.proxy().set_pace(Some(Pace { delay: Duration::from_millis(1_500), bits_per_second: 50_000_000 }));
    anna.reload().await?;
    anna.see("out of reach").await?;
    anna.proxy().set_pace(None);
    anna.see_sent("out of reach").await?;
    bela.see("out of reach").await?;
    bela.see_pictures(1).await?;
    let copies = bela.messages().await?.iter().filter(|message| message.text == "out of reach").count();
    assert_eq!(copies, 1);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn files_are_dropped_and_pasted() -> Outcome {
    let stage = Stage::open().await?;
    let Pair { anna, bela, .. } = Pair::meet(&stage).await?;
    let folder = Folder::new()?;
    let picture = folder.file("dropped.png", &anna.draw(240, 160, "image/png").await?)?;
    let data = json!({ "items": [], "files": [picture.to_string_lossy()], "dragOperationsMask": 1 });
    for kind in ["dragEnter", "dragOver", "drop"] {
        let event = json!({ "type": kind, "x": 700, "y": 400, "data": data });
        anna.cdp("Input.dispatchDragEvent", event).await?;
        if kind == "dragEnter" {
            anna.find("drop-veil").await?;
        }
    }
    anna.wait_tray(1).await?;
    anna.wait_gone("drop-veil").await?;
    let paste = "
        const canvas = new OffscreenCanvas(90, 60);
        canvas.getContext('2d').fillRect(0, 0, 50, 50);
        const data = new DataTransfer();
        data.items.add(new File([await canvas.convertToBlob({ type: 'image/png' })], 'image.png', { type: 'image/png' }));
        const event = new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true });
        document.querySelector('[data-testid=\"composer-input\"]').dispatchEvent(event);
        return event.defaultPrevented;";
    assert_eq!(anna.async_script(paste).await?, json!(true));
    anna.wait_tray(2).await?;
    // They wait while one looks elsewhere.
    anna.go("/settings").await?;
    anna.find("settings").await?;
    anna.open_first().await?;
    anna.wait_tray(2).await?;
    anna.click("composer-send").await?;
    wait_all_sent(&anna).await?;
    assert_eq!(bela.see_pictures(2).await?, [(240, 160), (90, 60)]);
    Ok(())
}

/// Two frames of one pixel, one second each: red, then blue.
const GIF: &[u8] = b"GIF89a\x01\0\x01\0\x80\0\0\xff\0\0\0\0\xff!\xff\x0bNETSCAPE2.0\x03\x01\0\0\0!\xfe\x07a place\0\
    !\xf9\x04\0d\0\0\0,\0\0\0\0\x01\0\x01\0\0\x02\x02\x44\x01\0!\xf9\x04\0d\0\0\0,\0\0\0\0\x01\0\x01\0\0\x02\x02\x4c\x01\0;";

#[tokio::test(flavor = "multi_thread")]
async fn a_gif_waits_until_it_is_asked_to_move() -> Outcome {
    let stage = Stage::open().await?;
    let Pair { anna, bela, .. } = Pair::meet(&stage).await?;
    let folder = Folder::new()?;
    let gif = folder.file("cat.gif", GIF)?;
    assert!(holds(GIF, b"a place"));
    bela.keep_files().await?;
    send(&anna, &[&gif], "it moves").await?;
    bela.see("it moves").await?;
    bela.see_pictures(1).await?;
    bela.wait_attribute("gif-play", "aria-pressed", "false").await?;
    let resting = bela.attribute("picture", "src").await?;
    bela.click("gif-play").await?;
    bela.wait_for("another picture", async || {
        Ok((bela.attribute("picture", "src").await? != resting).then_some(()))
    })
    .await?;
    let kept = bela.kept_files().await?;
    let moving = kept.iter().find(|file| file.media_type == "image/gif");
    assert!(moving.is_some_and(|file| !holds(&file.bytes, b"a place") && holds(&file.bytes, b"NETSCAPE")));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn files_are_for_people_who_have_accepted_each_other() -> Outcome {
    let stage = Stage::open().await?;
    let (anna, bela) = tokio::try_join!(stage.user(), stage.user())?;
    tokio::try_join!(anna.create("Anna", Lock::Browser), bela.create("Béla", Lock::Browser))?;
    anna.open(&bela.account_id().await?).await?;
    anna.click("composer-attach").await?;
    anna.find("toast").await?;
    assert!(!anna.has("tray").await?);
    Ok(())
}
