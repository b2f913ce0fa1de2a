//! Voice messages: recorded with a microphone that beeps, heard on the other side.

use serde_json::json;
use sotto_tests::{Devices, Outcome, Setup, Stage, User, flows::Pair};
use thirtyfour::Key;

use crate::screens::{look, look_at};

/// Remembers every track that the page was given.
const WATCH: &str = "
    window.tracks = [];
    const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    navigator.mediaDevices.getUserMedia = async (wishes) => {
        const stream = await ask(wishes);
        window.tracks.push(...stream.getTracks());
        return stream;
    };";

async fn with_microphone(stage: &Stage) -> Outcome<Pair> {
    let setup = Setup { devices: Devices::Fake, ..Setup::default() };
    let (anna, bela) = tokio::try_join!(stage.user_with(setup), stage.user())?;
    anna.allow("microphone", true).await?;
    Pair::introduce(anna, bela).await
}

async fn wait_stage(user: &User, stage: &str) -> Outcome {
    user.wait_attribute("record-state", "data-stage", stage).await
}

/// Waits until the recording is at least a second long.
async fn wait_second(user: &User) -> Outcome {
    wait_length(user, "0:01").await
}

/// Waits until the recording is at least so long.
async fn wait_length(user: &User, length: &str) -> Outcome {
    wait_stage(user, "recording").await?;
    user.wait_for("enough sound", async || {
        Ok((user.text("record-time").await?.as_str() >= length).then_some(()))
    })
    .await
}

async fn record(user: &User) -> Outcome {
    record_for(user, "0:01").await
}

async fn record_for(user: &User, length: &str) -> Outcome {
    user.click("composer-voice").await?;
    wait_length(user, length).await?;
    user.click("record-send").await?;
    user.wait_gone("record").await
}

async fn wait_count(user: &User, id: &str, count: usize) -> Outcome {
    user.wait_for(&format!("{count} times {id}"), async || Ok((user.count(id).await? == count).then_some(())))
        .await
}

/// The microphone is off.
async fn wait_silent(user: &User) -> Outcome {
    user.wait_for("the microphone to be off", async || {
        let off = "return window.tracks.length > 0 && window.tracks.every((track) => track.readyState === 'ended');";
        Ok((user.script(off, vec![]).await? == true).then_some(()))
    })
    .await
}

/// Clicks the button of one of several voice messages.
async fn play(user: &User, place: usize) -> Outcome {
    let script = "const all = [...document.querySelectorAll('[data-testid=\"voice-play\"]')];
        const button = all[arguments[0]];
        if (!button || button.disabled) return false;
        button.click();
        return true;";
    user.wait_for("a voice message that can be played", async || {
        Ok((user.script(script, vec![json!(place)]).await? == true).then_some(()))
    })
    .await
}

async fn wait_playing(user: &User, expected: &[bool]) -> Outcome {
    let script = "return [...document.querySelectorAll('[data-testid=\"voice\"]')].map((one) => one.dataset.playing === 'true');";
    user.wait_for(&format!("playing: {expected:?}"), async || {
        Ok((user.script(script, vec![]).await? == json!(expected)).then_some(()))
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_voice_message_is_recorded_and_heard_wherever_one_goes() -> Outcome {
    let stage = Stage::open().await?;
    let Pair { anna, bela, .. } = with_microphone(&stage).await?;
    anna.script(WATCH, vec![]).await?;
    bela.keep_files().await?;
    record_for(&anna, "0:04").await?;
    wait_silent(&anna).await?;
    anna.find("voice").await?;
    anna.wait_attribute("message", "data-outgoing", "true").await?;

    // It looks like what was said: not flat, and its length is known.
    bela.find("voice").await?;
    bela.wait_for("the length of the voice message", async || {
        Ok(bela.text("voice-time").await?.starts_with("0:0").then_some(()))
    })
    .await?;
    bela.wait_for("its picture", async || {
        let wave = "return new Set(document.querySelector('.wave .all').getAttribute('d').match(/ [0-9.]+V/g)).size;";
        Ok(bela.script(wave, vec![]).await?.as_u64().filter(|heights| *heights > 2))
    })
    .await?;
    play(&bela, 0).await?;
    wait_playing(&bela, &[true]).await?;
    bela.click("voice-speed").await?;
    assert!(bela.text("voice-speed").await?.contains("1.5"));
    bela.wait_for("the file that every client plays", async || {
        let wav = |bytes: &[u8]| {
            bytes.starts_with(b"RIFF") && bytes[24..28] == 16_000_u32.to_le_bytes() && bytes.len() > 32_000
        };
        Ok(bela
            .kept_files()
            .await?
            .iter()
            .any(|kept| kept.media_type == "audio/wav" && wav(&kept.bytes))
            .then_some(()))
    })
    .await?;

    // By keyboard to its begin, and on elsewhere; it can be ended from there.
    bela.click("voice-speed").await?;
    bela.click("voice-speed").await?;
    bela.script("document.querySelector('[data-testid=\"voice-wave\"]').focus();", vec![]).await?;
    bela.press(Key::Home).await?;
    play_on(&bela).await?;
    bela.go("/settings").await?;
    bela.find("player-bar").await?;
    assert_eq!(bela.attribute("player-toggle", "aria-label").await?, "Pause");
    bela.click("player-toggle").await?;
    bela.wait_attribute("player-toggle", "aria-label", "Play the voice message").await?;
    bela.click("player-stop").await?;
    bela.wait_gone("player-bar").await?;

    // It is still there after a reload, without being decoded again.
    bela.go("/").await?;
    bela.open_first().await?;
    bela.reload().await?;
    bela.find("voice").await?;
    assert!(bela.text("voice-time").await?.starts_with("0:0"));
    Ok(())
}

/// Plays the only voice message unless it is playing.
async fn play_on(user: &User) -> Outcome {
    if user.attribute("voice", "data-playing").await? != "true" {
        play(user, 0).await?;
    }
    wait_playing(user, &[true]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_next_voice_message_follows() -> Outcome {
    let stage = Stage::open().await?;
    let Pair { anna, bela, .. } = with_microphone(&stage).await?;
    record(&anna).await?;
    record(&anna).await?;
    wait_count(&bela, "voice", 2).await?;
    play(&bela, 0).await?;
    wait_playing(&bela, &[true, false]).await?;
    wait_playing(&bela, &[false, true]).await?;
    wait_playing(&bela, &[false, false]).await?;

    // One at a time.
    play(&bela, 1).await?;
    wait_playing(&bela, &[false, true]).await?;
    play(&bela, 0).await?;
    wait_playing(&bela, &[true, false]).await?;

    // Nothing goes on without its message.
    bela.script(
        "document.querySelector('[data-testid=\"message\"]:has([data-testid=\"voice\"])').focus();",
        vec![],
    )
    .await?;
    bela.press(Key::Delete).await?;
    bela.choose("delete-here").await?;
    bela.click("delete-do").await?;
    wait_playing(&bela, &[false]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_sent_that_was_not_meant() -> Outcome {
    let stage = Stage::open().await?;
    let Pair { anna, bela, .. } = with_microphone(&stage).await?;
    anna.script(WATCH, vec![]).await?;
    anna.click("composer-voice").await?;
    wait_second(&anna).await?;
    anna.press(Key::Escape).await?;
    anna.wait_gone("record").await?;
    wait_silent(&anna).await?;
    anna.wait_focus("composer-input").await?;

    anna.click("composer-voice").await?;
    wait_second(&anna).await?;
    anna.click("record-cancel").await?;
    anna.wait_gone("record").await?;
    wait_silent(&anna).await?;

    // A slip of the finger: nothing was recorded yet.
    let slip = "document.querySelector('[data-testid=\"composer-voice\"]').click();
        return new Promise((done) => {
            const look = () => {
                const button = document.querySelector('[data-testid=\"record-send\"]:enabled');
                if (button) { button.click(); done(); } else setTimeout(look);
            };
            look();
        });";
    anna.async_script(slip).await?;
    anna.wait_text("toast", "too short").await?;
    anna.wait_gone("record").await?;

    anna.send("only this").await?;
    bela.see("only this").await?;
    assert!(!bela.has("voice").await? && !anna.has("voice").await?);

    // What has no sound in it says so, and can still be saved.
    bela.script(
        "OfflineAudioContext.prototype.decodeAudioData = () => Promise.reject(new DOMException('no', 'EncodingError'));",
        vec![],
    )
    .await?;
    record(&anna).await?;
    bela.wait_text("file-notice", "Nothing can be heard").await?;
    bela.find("file-save").await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_the_microphone_is_said() -> Outcome {
    const IN_USE: &str = "navigator.mediaDevices.getUserMedia =
         () => Promise.reject(new DOMException('Could not start audio source', 'NotReadableError'));";
    let stage = Stage::open().await?;
    let Pair { anna, bela, .. } = with_microphone(&stage).await?;
    let problem = async |user: &User, begin: &str| -> Outcome {
        user.click("composer-voice").await?;
        user.wait_for(begin, async || {
            Ok(user.text("record-problem").await?.starts_with(begin).then_some(()))
        })
        .await?;
        user.screenshot(&format!("voice-{}", begin.to_lowercase().replace(' ', "-"))).await?;
        user.click("record-cancel").await?;
        user.wait_gone("record").await
    };
    bela.allow("microphone", true).await?;
    problem(&bela, "No microphone").await?;
    anna.allow("microphone", false).await?;
    problem(&anna, "The microphone is not allowed").await?;
    anna.allow("microphone", true).await?;
    anna.script(IN_USE, vec![]).await?;
    problem(&anna, "The microphone could not be started").await
}

#[tokio::test(flavor = "multi_thread")]
async fn screens_of_voice_messages() -> Outcome {
    let stage = Stage::open().await?;
    let Pair { anna, bela, .. } = with_microphone(&stage).await?;
    record(&anna).await?;
    bela.find("voice").await?;
    bela.send("I can hear you.").await?;
    anna.see("I can hear you.").await?;
    anna.click("composer-voice").await?;
    wait_second(&anna).await?;
    look(&anna, "voice-recording").await?;
    anna.click("record-send").await?;
    anna.wait_gone("record").await?;
    wait_count(&bela, "voice", 2).await?;
    bela.wait_for("both lengths", async || {
        let known = "return [...document.querySelectorAll('[data-testid=\"voice-time\"]')].every((one) => one.textContent !== '');";
        Ok((bela.script(known, vec![]).await? == true).then_some(()))
    })
    .await?;
    look(&bela, "voice-received").await?;
    look(&anna, "voice-sent").await?;
    // Held in the middle, so that it can be looked at.
    play(&bela, 1).await?;
    wait_playing(&bela, &[false, true]).await?;
    play(&bela, 1).await?;
    wait_playing(&bela, &[false, false]).await?;
    look(&bela, "voice-held").await?;
    bela.go("/").await?;
    look_at(&bela, "voice-bar", async || bela.find("player-bar").await.map(|_| ())).await?;
    bela.go("/settings").await?;
    look_at(&bela, "voice-bar-settings", async || bela.find("player-bar").await.map(|_| ())).await
}
