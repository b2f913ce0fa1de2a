//! Files that people send each other: made in a browser, kept in a folder, looked at where they arrive.

use std::{
    path::{Path, PathBuf},
    sync::atomic::{AtomicU32, Ordering},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::json;

use crate::{Outcome, Trouble, User};

/// A folder that is gone when it is dropped.
pub struct Folder(PathBuf);

impl Folder {
    /// A new, empty one.
    pub fn new() -> Outcome<Self> {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("sotto-files-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let folder = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&folder)?;
        Ok(Self(folder))
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Writes a file into it.
    pub fn file(&self, name: &str, content: &[u8]) -> Outcome<PathBuf> {
        let file = self.0.join(name);
        std::fs::write(&file, content)?;
        Ok(file)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// What a page has shown or saved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// Its media type.
    pub media_type: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// What a phone writes into a photo: that it has to be turned by a quarter, and where it was taken.
pub const PLACE: &[u8] = b"52.5200 N 13.4050 E";

/// Puts that into a JPEG.
pub fn with_metadata(jpeg: &[u8]) -> Vec<u8> {
    // One entry: orientation 6.
    let mut exif = b"Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0".to_vec();
    exif.extend_from_slice(PLACE);
    let length = ((exif.len() + 2) as u16).to_be_bytes();
    [&jpeg[..2], b"\xff\xe1", &length, &exif, &jpeg[2..]].concat()
}

/// Whether bytes are found in others.
pub fn holds(haystack: &[u8], needle: &[u8]) -> bool {
    haystack.windows(needle.len()).any(|window| window == needle)
}

/// Remembers every file for which a page makes an address; the policy of the page lets nobody fetch them.
const KEEP: &str = "
    window.keptFiles = [];
    const make = URL.createObjectURL.bind(URL);
    URL.createObjectURL = (file) => { window.keptFiles.push(file); return make(file); };";

impl User {
    /// A picture with a landscape in it, as a file of this type.
    pub async fn draw(&self, width: u32, height: u32, media_type: &str) -> Outcome<Vec<u8>> {
        let body = "
            const [width, height, type] = arguments;
            const canvas = new OffscreenCanvas(width, height);
            const c = canvas.getContext('2d');
            const sky = c.createLinearGradient(0, 0, 0, height);
            sky.addColorStop(0, '#2b4a7a'); sky.addColorStop(0.6, '#f2b07a'); sky.addColorStop(1, '#f7d9b0');
            c.fillStyle = sky; c.fillRect(0, 0, width, height);
            c.fillStyle = '#fff3d6'; c.beginPath();
            c.arc(width * 0.68, height * 0.42, Math.min(width, height) * 0.09, 0, 7); c.fill();
            for (const [shade, base, swing] of [['#5d5a78', 0.62, 0.09], ['#3d4a5c', 0.74, 0.06], ['#22303a', 0.86, 0.05]]) {
                c.fillStyle = shade; c.beginPath(); c.moveTo(0, height);
                for (let x = 0; x <= width; x += 4) {
                    const at = x / width * 9;
                    c.lineTo(x, height * (base - swing * (Math.sin(at * base * 2) + Math.sin(at * 2.7) / 2)));
                }
                c.lineTo(width, height); c.fill();
            }
            const bytes = new Uint8Array(await (await canvas.convertToBlob({ type })).arrayBuffer());
            let text = '';
            for (let at = 0; at < bytes.length; at += 32768) text += String.fromCharCode(...bytes.subarray(at, at + 32768));
            return btoa(text);";
        let answer =
            self.async_script_with(body, vec![json!(width), json!(height), json!(media_type)]).await?;
        let text = answer.as_str().ok_or_else(|| Trouble::Unexpected(format!("no picture: {answer}")))?;
        STANDARD.decode(text).map_err(|error| Trouble::Unexpected(error.to_string()))
    }

    /// Chooses files for the composer, and waits until they can be sent or are refused.
    pub async fn attach(&self, files: &[&Path]) -> Outcome {
        let before = self.count("tray-item").await?;
        for file in files {
            self.choose_file("attach-files", file).await?;
        }
        self.wait_tray(before + files.len()).await
    }

    /// Waits until the composer has so many files, none of them on its way.
    pub async fn wait_tray(&self, count: usize) -> Outcome {
        let script = r#"return [...document.querySelectorAll('[data-testid="tray-item"]')].map((one) => one.dataset.stage);"#;
        self.wait_for(&format!("{count} files in the tray"), async || {
            let stages = self.script(script, vec![]).await?;
            let stages = stages.as_array().cloned().unwrap_or_default();
            Ok((stages.len() == count && stages.iter().all(|stage| stage != "busy")).then_some(()))
        })
        .await
    }

    /// From now on, what this tab shows or saves is remembered; also after it was loaded anew.
    pub async fn keep_files(&self) -> Outcome {
        self.cdp("Page.enable", json!({})).await?;
        self.cdp("Page.addScriptToEvaluateOnNewDocument", json!({ "source": KEEP })).await?;
        self.script(KEEP, vec![]).await?;
        Ok(())
    }

    /// What was remembered, oldest first.
    pub async fn kept_files(&self) -> Outcome<Vec<Kept>> {
        let body = "
            const kept = [];
            for (const file of window.keptFiles) {
                const bytes = new Uint8Array(await file.arrayBuffer());
                let text = '';
                for (let at = 0; at < bytes.length; at += 32768) text += String.fromCharCode(...bytes.subarray(at, at + 32768));
                kept.push([file.type, btoa(text)]);
            }
            return kept;";
        let answer = self.async_script(body).await?;
        let rows = answer.as_array().ok_or_else(|| Trouble::Unexpected(answer.to_string()))?;
        rows.iter()
            .map(|row| {
                let bytes = STANDARD.decode(row[1].as_str().unwrap_or_default());
                Ok(Kept {
                    media_type: row[0].as_str().unwrap_or_default().to_owned(),
                    bytes: bytes.map_err(|error| Trouble::Unexpected(error.to_string()))?,
                })
            })
            .collect()
    }

    /// Waits until so many pictures are shown among the messages: loaded by the browser, not only there.
    pub async fn see_pictures(&self, count: usize) -> Outcome<Vec<(u64, u64)>> {
        let script = r#"return [...document.querySelectorAll('main [data-testid="picture"]')]
            .filter((one) => one.complete && one.naturalWidth > 0).map((one) => [one.naturalWidth, one.naturalHeight]);"#;
        self.wait_for(&format!("{count} pictures"), async || {
            let shown = self.script(script, vec![]).await?;
            let shown = shown.as_array().cloned().unwrap_or_default();
            let size = |one: &serde_json::Value| {
                (one[0].as_u64().unwrap_or_default(), one[1].as_u64().unwrap_or_default())
            };
            Ok((shown.len() == count).then(|| shown.iter().map(size).collect()))
        })
        .await
    }

    /// Lets downloads go into a folder.
    pub async fn download_to(&self, folder: &Path) -> Outcome {
        let to = json!({ "behavior": "allow", "downloadPath": folder.to_string_lossy() });
        self.cdp("Page.setDownloadBehavior", to).await?;
        Ok(())
    }

    /// Waits until a file is in a folder and whole; gives its bytes.
    pub async fn wait_download(&self, folder: &Path, name: &str) -> Outcome<Vec<u8>> {
        let file = folder.join(name);
        self.wait_for(&format!("{name} to be saved"), async || {
            Ok(std::fs::read(&file).ok().filter(|bytes| !bytes.is_empty()))
        })
        .await
        .map_err(|trouble| {
            let there: Vec<_> = std::fs::read_dir(folder)
                .map(|all| all.filter_map(Result::ok).map(|one| one.file_name()).collect())
                .unwrap_or_default();
            Trouble::Unexpected(format!("{trouble}; the folder has {there:?}"))
        })
    }
}

/// A sound of so many seconds: a tone, 8,000 samples a second.
pub fn wav(seconds: u32) -> Vec<u8> {
    let samples: Vec<u8> = (0..seconds * 8_000).map(|at| if at / 9 % 2 == 0 { 140 } else { 116 }).collect();
    let mut bytes = b"RIFF".to_vec();
    bytes.extend_from_slice(&(36 + samples.len() as u32).to_le_bytes());
    bytes.extend_from_slice(b"WAVEfmt \x10\0\0\0\x01\0\x01\0\x40\x1f\0\0\x40\x1f\0\0\x01\0\x08\0data");
    bytes.extend_from_slice(&(samples.len() as u32).to_le_bytes());
    bytes.extend_from_slice(&samples);
    bytes
}

/// A short video, recorded by the browser.
pub async fn video(user: &User) -> Outcome<Vec<u8>> {
    let body = "
        const canvas = document.createElement('canvas');
        canvas.width = 480; canvas.height = 270;
        const c = canvas.getContext('2d');
        let frame = 0;
        const paint = () => {
            c.fillStyle = `hsl(${200 + frame * 3} 50% 45%)`; c.fillRect(0, 0, 480, 270);
            c.fillStyle = '#fff'; c.beginPath(); c.arc(60 + frame * 8, 130, 30, 0, 7); c.fill();
            frame += 1;
        };
        paint();
        const recorder = new MediaRecorder(canvas.captureStream(25), { mimeType: 'video/webm' });
        const parts = [];
        const stopped = new Promise((done) => { recorder.onstop = done; });
        recorder.ondataavailable = (event) => parts.push(event.data);
        recorder.start();
        await new Promise((done) => {
            const beat = setInterval(() => { paint(); if (frame > 30) { clearInterval(beat); done(); } }, 40);
        });
        recorder.stop();
        await stopped;
        const bytes = new Uint8Array(await new Blob(parts).arrayBuffer());
        let text = '';
        for (let at = 0; at < bytes.length; at += 32768) text += String.fromCharCode(...bytes.subarray(at, at + 32768));
        return btoa(text);";
    let answer = user.async_script(body).await?;
    let text = answer.as_str().ok_or_else(|| Trouble::Unexpected(format!("no video: {answer}")))?;
    STANDARD.decode(text).map_err(|error| Trouble::Unexpected(error.to_string()))
}
