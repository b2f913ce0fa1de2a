//! The stickers, from a file that is fetched when they are first wanted. They leave as pictures that every client shows;
//! the wire knows no stickers.

use std::sync::Arc;

use js_sys::Array;
use leptos::prelude::window;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, Response};

use crate::{device::canvas, pages::chat::files::blob, stickers::STICKER_SIDE, words};

/// One sticker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sticker {
    /// What it is called.
    pub name: String,
    /// Other words for it, apart by spaces.
    other: String,
    /// The content of an SVG of 32 × 32 units.
    drawing: String,
}

impl Sticker {
    /// Whether all these words, in small letters, begin words of its names.
    pub fn is_called(&self, wanted: &[&str]) -> bool {
        let known = |wanted: &&str| {
            self.name.split(' ').chain(self.other.split(' ')).any(|word| word.starts_with(wanted))
        };
        wanted.iter().all(known)
    }

    /// It as an SVG.
    pub fn drawn(&self) -> Option<Blob> {
        let svg = format!(
            r#"<svg xmlns="http://www.w3.org/2000/svg" width="{STICKER_SIDE}" height="{STICKER_SIDE}" viewBox="0 0 32 32">{}</svg>"#,
            self.drawing
        );
        blob(&Array::of1(&js_sys::Uint8Array::from(svg.as_bytes())), "image/svg+xml")
    }

    /// It as a PNG of [`STICKER_SIDE`] pixels on each side.
    pub async fn painted(&self) -> Option<Blob> {
        let picture = canvas::load(&self.drawn()?).await?;
        let (paper, brush) = canvas::new(STICKER_SIDE, STICKER_SIDE)?;
        let side = f64::from(STICKER_SIDE);
        brush.draw_image_with_html_image_element_and_dw_and_dh(&picture, 0.0, 0.0, side, side).ok()?;
        canvas::file(&paper, "image/png", 1.0).await
    }
}

/// Fetches the set.
pub async fn fetch() -> Option<Arc<Vec<Sticker>>> {
    let text = fetch_text().await.ok()?;
    let all = parse(&text);
    (!all.is_empty()).then(|| Arc::new(all))
}

async fn fetch_text() -> Result<String, JsValue> {
    let response: Response =
        JsFuture::from(window().fetch_with_str("/stickers/set.txt")).await?.dyn_into()?;
    if !response.ok() {
        return Err(JsValue::UNDEFINED);
    }
    Ok(JsFuture::from(response.text()?).await?.as_string().unwrap_or_default())
}

/// A line has name, other words and drawing, apart by tabs.
fn parse(text: &str) -> Vec<Sticker> {
    let sticker = |line: &str| {
        let mut cells = line.split('\t');
        let (name, other, drawing) = (cells.next()?, cells.next()?, cells.next()?);
        Some(Sticker { name: words::lower(name), other: words::lower(other), drawing: drawing.to_owned() })
    };
    text.lines().filter_map(sticker).collect()
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    const FILE: &str = include_str!("../../../../public/stickers/set.txt");

    #[test]
    fn the_file_is_read_whole() {
        let all = parse(FILE);
        assert_eq!(all.len(), FILE.lines().count());
        assert!((16..=32).contains(&all.len()));
        // Drawings are only lines and colours: nothing that would fetch or run.
        for sticker in &all {
            let drawing = words::lower(&sticker.drawing);
            assert!(
                !["href", "script", "url(", "style", "foreign"].iter().any(|word| drawing.contains(word))
            );
        }
    }

    #[test]
    fn beginnings_of_words_find_a_sticker() {
        let all = parse(FILE);
        let found = |wanted: &[&str]| all.iter().filter(|sticker| sticker.is_called(wanted)).count();
        assert_eq!(found(&["coff"]), 1);
        assert_eq!(found(&["thumb", "up"]), 1);
        assert_eq!(found(&["nothing", "such"]), 0);
    }
}
