//! The camera that reads QR codes: it works, is missing, is refused, or is held by somebody else.

use std::path::PathBuf;

use qrcode::{Color, QrCode};
use sotto_tests::{Devices, Lock, Outcome, Setup, Stage, Trouble, User};

#[tokio::test(flavor = "multi_thread")]
async fn a_code_in_front_of_the_camera_opens_the_conversation() -> Outcome {
    let stage = Stage::open().await?;
    let bela = stage.user().await?;
    bela.create("Béla", Lock::Browser).await?;
    let video = Video::showing(&bela.account_id().await?)?;
    let anna = with_devices(&stage, Devices::Showing(video.0.clone())).await?;
    anna.allow("camera", true).await?;
    look(&anna).await?;
    anna.find("composer-input").await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_the_camera_is_said_and_a_picture_still_works() -> Outcome {
    const IN_USE: &str = "navigator.mediaDevices.getUserMedia =
         () => Promise.reject(new DOMException('Could not start video source', 'NotReadableError'));";
    let stage = Stage::open().await?;

    let nothing = with_devices(&stage, Devices::None).await?;
    nothing.allow("camera", true).await?;
    look(&nothing).await?;
    is_told(&nothing, "No camera was found.").await?;
    nothing.quit().await?;

    let anna = with_devices(&stage, Devices::Fake).await?;
    anna.allow("camera", false).await?;
    look(&anna).await?;
    is_told(&anna, "The camera is not allowed").await?;

    anna.allow("camera", true).await?;
    anna.script(IN_USE, vec![]).await?;
    anna.click("qr-from-picture").await?;
    anna.click("qr-from-camera").await?;
    is_told(&anna, "The camera could not be started").await?;
    anna.screenshot("camera-in-use").await?;

    anna.click("qr-from-picture").await?;
    anna.find("qr-image-input").await?;
    Ok(())
}

/// A person with an account, on whose device there are such cameras.
async fn with_devices(stage: &Stage, devices: Devices) -> Outcome<User> {
    let user = stage.user_with(Setup { devices, ..Setup::default() }).await?;
    user.create("Anna", Lock::Browser).await?;
    Ok(user)
}

/// Waits for an error that begins so.
async fn is_told(user: &User, beginning: &str) -> Outcome {
    user.wait_for(beginning, async || Ok(user.text("qr-error").await?.starts_with(beginning).then_some(())))
        .await
}

async fn look(user: &User) -> Outcome {
    user.go("/new").await?;
    user.click("new-scan").await?;
    user.click("qr-from-camera").await
}

/// A video file of one picture; removed when dropped.
struct Video(PathBuf);

impl Video {
    /// A QR code in the middle of a grey wall.
    fn showing(text: &str) -> Outcome<Self> {
        const WIDTH: usize = 640;
        const HEIGHT: usize = 480;
        const MODULE: usize = 8;
        const QUIET: usize = 4 * MODULE;
        let code = QrCode::new(text).map_err(|error| Trouble::Unexpected(error.to_string()))?;
        let modules = code.width();
        let side = modules * MODULE + 2 * QUIET;
        let (left, top) = ((WIDTH - side) / 2, (HEIGHT - side) / 2);
        let mut video = format!("YUV4MPEG2 W{WIDTH} H{HEIGHT} F10:1 Ip C420\nFRAME\n").into_bytes();
        for y in 0..HEIGHT {
            video.extend((0..WIDTH).map(|x| {
                let within = |at: usize, start: usize| at.checked_sub(start).filter(|at| *at < side);
                let (Some(x), Some(y)) = (within(x, left), within(y, top)) else { return 0x80 };
                let module =
                    |at: usize| at.checked_sub(QUIET).map(|at| at / MODULE).filter(|at| *at < modules);
                match (module(x), module(y)) {
                    (Some(x), Some(y)) if code[(x, y)] == Color::Dark => 0x10,
                    _ => 0xeb,
                }
            }));
        }
        // Both planes of colour, without any.
        video.resize(video.len() + WIDTH * HEIGHT / 2, 0x80);
        let path = std::env::temp_dir().join(format!("sotto-camera-{}.y4m", std::process::id()));
        std::fs::write(&path, video)?;
        Ok(Self(path))
    }
}

impl Drop for Video {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}
