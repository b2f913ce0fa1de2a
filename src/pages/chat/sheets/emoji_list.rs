//! All emoji, from a file that is fetched when they are first wanted. Names are English; the file of another
//! language has the same shape.

use std::sync::Arc;

use leptos::prelude::window;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::Response;

use crate::{i18n::t, words};

/// One emoji.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The emoji.
    pub face: String,
    /// What it is called.
    pub name: String,
    /// Other names, apart by spaces.
    other: String,
    /// From the lightest to the darkest skin; empty when it has none.
    tones: Vec<String>,
    /// Its group, by place in the file.
    pub group: usize,
}

impl Entry {
    /// It with a skin tone, 1 the lightest; 0 is without one.
    pub fn toned(&self, tone: usize) -> &str {
        tone.checked_sub(1).and_then(|tone| self.tones.get(tone)).unwrap_or(&self.face)
    }

    /// Whether all these words, in small letters, begin words of its names.
    pub fn is_called(&self, wanted: &[&str]) -> bool {
        let known = |wanted: &&str| {
            self.name.split([' ', '-']).chain(self.other.split(' ')).any(|word| word.starts_with(wanted))
        };
        wanted.iter().all(known)
    }
}

/// Fetches the list.
pub async fn fetch() -> Option<Arc<Vec<Entry>>> {
    let text = fetch_text().await.ok()?;
    let all = parse(&text);
    (!all.is_empty()).then(|| Arc::new(all))
}

async fn fetch_text() -> Result<String, JsValue> {
    let response: Response = JsFuture::from(window().fetch_with_str("/emoji/en.txt")).await?.dyn_into()?;
    if !response.ok() {
        return Err(JsValue::UNDEFINED);
    }
    Ok(JsFuture::from(response.text()?).await?.as_string().unwrap_or_default())
}

/// A line `@Group` begins a group; every other has emoji, name, other names and tones, apart by tabs.
fn parse(text: &str) -> Vec<Entry> {
    let mut groups = 0_usize;
    let mut all = Vec::with_capacity(2000);
    for line in text.lines() {
        if line.starts_with('@') {
            groups += 1;
            continue;
        }
        let mut cells = line.split('\t');
        let (Some(face), Some(name)) = (cells.next(), cells.next()) else { continue };
        let other = cells.next().unwrap_or_default();
        let tones = cells.next().unwrap_or_default();
        all.push(Entry {
            face: face.to_owned(),
            name: words::lower(name),
            other: words::lower(other),
            tones: tones.split(' ').filter(|tone| !tone.is_empty()).map(str::to_owned).collect(),
            group: groups.saturating_sub(1),
        });
    }
    all
}

/// The groups in the order of the file: what stands for each, and its name.
pub fn groups() -> [(&'static str, &'static str); 9] {
    [
        ("😀", t::emoji::smileys()),
        ("👋", t::emoji::people()),
        ("🐻", t::emoji::animals()),
        ("🍎", t::emoji::food()),
        ("✈️", t::emoji::travel()),
        ("⚽", t::emoji::activities()),
        ("💡", t::emoji::objects()),
        ("🔣", t::emoji::symbols()),
        ("🏁", t::emoji::flags()),
    ]
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    const FILE: &str = include_str!("../../../../public/emoji/en.txt");

    #[test]
    fn the_file_is_read_whole() {
        let all = parse(FILE);
        assert!(all.len() > 1_800);
        assert_eq!(all.iter().map(|entry| entry.group).max(), Some(groups().len() - 1));
        assert!(all.iter().all(|entry| entry.tones.is_empty() || entry.tones.len() == 5));
        let wave = all.iter().find(|entry| entry.name == "waving hand").unwrap();
        assert_eq!([wave.toned(0), wave.toned(1), wave.toned(5)], ["👋", "👋🏻", "👋🏿"]);
    }

    #[test]
    fn beginnings_of_words_find_an_emoji() {
        let all = parse(FILE);
        let found = |wanted: &[&str]| {
            all.iter()
                .filter(|entry| entry.is_called(wanted))
                .map(|entry| entry.face.as_str())
                .collect::<Vec<_>>()
        };
        assert!(found(&["thumb", "up"]).contains(&"👍"));
        assert!(found(&["+1"]).contains(&"👍"));
        assert!(found(&["nothing", "of", "that"]).is_empty());
    }
}
