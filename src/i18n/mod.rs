//! Every text that a person reads, in the language of the page.
//!
//! English is built in and is the reference: `t::section::key()` exists exactly when `languages/en.json`
//! has that string. Another language is a file of the same shape, loaded before the page is mounted;
//! strings that it lacks stay English.

pub mod duration;
pub mod format;
pub mod load;

use std::cell::OnceCell;

use js_sys::{Array, Intl, JsString, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};

include!(concat!(env!("OUT_DIR"), "/strings.rs"));

/// One string of a language.
#[derive(Clone, Copy)]
enum Entry<T: 'static> {
    Text(T),
    Plural(&'static [(T, T)]),
}

/// A language other than English. It is read once and lives as long as the page.
struct Language {
    tag: String,
    strings: Vec<Option<Entry<&'static str>>>,
}

thread_local! {
    static LANGUAGE: OnceCell<Language> = const { OnceCell::new() };
}

/// Languages written from right to left, by the first part of their tag.
const RIGHT_TO_LEFT: [&str; 9] = ["ar", "arc", "ckb", "dv", "fa", "he", "ps", "ur", "yi"];

/// Uses `strings`, the parsed content of a language file, from now on. Must be called before anything is
/// shown; a second call has no effect.
pub fn install(tag: &str, strings: &JsValue) {
    let strings = ENGLISH.iter().map(|(path, _)| read(strings, path)).collect();
    LANGUAGE.with(|language| {
        let _ = language.set(Language { tag: tag.to_owned(), strings });
    });
}

/// The tag of the language in use, such as `en`.
pub fn tag() -> String {
    LANGUAGE.with(|language| language.get().map_or_else(|| "en".to_owned(), |found| found.tag.clone()))
}

/// `rtl` or `ltr`.
pub fn direction() -> &'static str {
    let tag = tag();
    let first = tag.split('-').next().unwrap_or_default();
    if RIGHT_TO_LEFT.contains(&first) { "rtl" } else { "ltr" }
}

fn entry(index: usize) -> Entry<&'static str> {
    let own = LANGUAGE
        .with(|language| language.get().and_then(|found| found.strings.get(index).copied().flatten()));
    own.unwrap_or(ENGLISH[index].1)
}

fn text(index: usize) -> &'static str {
    match entry(index) {
        Entry::Text(text) => text,
        Entry::Plural(forms) => form(forms, "other"),
    }
}

fn filled(index: usize, values: &[(&str, &str)]) -> String {
    fill(text(index), values)
}

fn plural(index: usize, count: u64, values: &[(&str, &str)]) -> String {
    let pattern = match entry(index) {
        Entry::Text(text) => text,
        Entry::Plural(forms) => form(forms, &category(count)),
    };
    fill(&pattern.replace("{count}", &format::number(count)), values)
}

fn form(forms: &'static [(&'static str, &'static str)], name: &str) -> &'static str {
    let find = |wanted: &str| forms.iter().find(|(form, _)| *form == wanted).map(|(_, text)| *text);
    find(name).or_else(|| find("other")).unwrap_or_default()
}

fn category(count: u64) -> String {
    thread_local! {
        static RULES: Intl::PluralRules = Intl::PluralRules::new(&Array::of1(&tag().into()), &Object::new());
    }
    RULES.with(|rules| String::from(rules.select(count as f64)))
}

/// Puts the values in. Each is isolated, so that a right-to-left name does not turn the sentence around.
fn fill(pattern: &str, values: &[(&str, &str)]) -> String {
    let mut out = String::with_capacity(pattern.len() + 32);
    let mut rest = pattern;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let Some((name, tail)) = after.split_once('}') else { break };
        if let Some((_, value)) = values.iter().find(|(known, _)| *known == name) {
            out.push('\u{2068}');
            out.push_str(value);
            out.push('\u{2069}');
        }
        rest = tail;
    }
    out.push_str(rest);
    out
}

fn read(strings: &JsValue, path: &str) -> Option<Entry<&'static str>> {
    let (section, key) = path.split_once('.')?;
    let value = Reflect::get(&Reflect::get(strings, &section.into()).ok()?, &key.into()).ok()?;
    if let Some(text) = value.as_string() {
        return Some(Entry::Text(keep(text)));
    }
    let forms: Vec<_> = Object::entries(value.dyn_ref::<Object>()?)
        .iter()
        .filter_map(|pair| {
            let pair = pair.dyn_into::<Array>().ok()?;
            Some((keep(pair.get(0).as_string()?), keep(pair.get(1).dyn_into::<JsString>().ok()?.into())))
        })
        .collect();
    Some(Entry::Plural(Vec::leak(forms)))
}

/// A language is loaded once and needed until the page goes.
fn keep(text: String) -> &'static str {
    String::leak(text)
}
