//! Numbers, dates and times as the reader's language writes them.

use js_sys::{Array, Date, Function, Intl, Object, Reflect};
use wasm_bindgen::JsValue;

use super::{t, tag};

const DAY_MS: f64 = 86_400_000.0;

/// A whole number with its grouping.
pub fn number(value: u64) -> String {
    thread_local! {
        static FORMAT: Function = Intl::NumberFormat::new(&locales(), &Object::new()).format();
    }
    apply(&FORMAT, &JsValue::from_f64(value as f64))
}

/// A size: 7 bytes, 812 kB, 4.1 MB.
pub fn bytes(value: u64) -> String {
    thread_local! {
        static BYTE: Function = sizes("byte", "long");
        static KILO: Function = sizes("kilobyte", "short");
        static MEGA: Function = sizes("megabyte", "short");
    }
    match value as f64 {
        value @ ..1e3 => apply(&BYTE, &JsValue::from_f64(value)),
        value @ ..9_950.0 => apply(&KILO, &JsValue::from_f64(value / 1e3)),
        value @ ..995_000.0 => apply(&KILO, &JsValue::from_f64((value / 1e3).round())),
        value => apply(&MEGA, &JsValue::from_f64(value / 1e6)),
    }
}

/// A number with at most one decimal: 1.5.
pub fn decimal(value: f64) -> String {
    thread_local! {
        static FORMAT: Function = {
            let options = Object::new();
            // Setting a field of a fresh plain object does not fail.
            let _ = Reflect::set(&options, &"maximumFractionDigits".into(), &1.into());
            Intl::NumberFormat::new(&locales(), &options).format()
        };
    }
    apply(&FORMAT, &JsValue::from_f64(value))
}

/// A length as clocks show it: 1:05.
pub fn clock(seconds: f64) -> String {
    let seconds = seconds.max(0.0) as u64;
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

/// The time of day: 14:32.
pub fn time(unix_ms: u64) -> String {
    thread_local! {
        static FORMAT: Function = dates(&[("timeStyle", "short")]);
    }
    apply(&FORMAT, &date(unix_ms))
}

/// For a row of a list: the time today, *Yesterday*, the weekday within a week, else the date.
pub fn short(unix_ms: u64) -> String {
    thread_local! {
        static WEEKDAY: Function = dates(&[("weekday", "short")]);
        static DATE: Function = dates(&[("day", "numeric"), ("month", "short")]);
        static YEAR: Function = dates(&[("day", "numeric"), ("month", "short"), ("year", "numeric")]);
    }
    match days_ago(unix_ms) {
        ..=0 => time(unix_ms),
        1 => t::time::yesterday().to_owned(),
        2..=6 => apply(&WEEKDAY, &date(unix_ms)),
        7..=300 => apply(&DATE, &date(unix_ms)),
        _ => apply(&YEAR, &date(unix_ms)),
    }
}

/// For a separator: *Today*, *Yesterday*, else weekday and date.
pub fn day(unix_ms: u64) -> String {
    thread_local! {
        static DATE: Function = dates(&[("weekday", "long"), ("day", "numeric"), ("month", "long")]);
        static YEAR: Function = dates(&[("day", "numeric"), ("month", "long"), ("year", "numeric")]);
    }
    match days_ago(unix_ms) {
        ..=0 => t::time::today().to_owned(),
        1 => t::time::yesterday().to_owned(),
        2..=300 => apply(&DATE, &date(unix_ms)),
        _ => apply(&YEAR, &date(unix_ms)),
    }
}

/// Date and time in full.
pub fn full(unix_ms: u64) -> String {
    thread_local! {
        static FORMAT: Function = dates(&[("dateStyle", "full"), ("timeStyle", "short")]);
    }
    apply(&FORMAT, &date(unix_ms))
}

/// Date and time in short: 05/12/2026, 14:32.
pub fn stamp(unix_ms: u64) -> String {
    thread_local! {
        static FORMAT: Function = dates(&[("dateStyle", "short"), ("timeStyle", "short")]);
    }
    apply(&FORMAT, &date(unix_ms))
}

/// Day and month: 5 December.
pub fn date_long(unix_ms: u64) -> String {
    thread_local! {
        static FORMAT: Function = dates(&[("day", "numeric"), ("month", "long")]);
    }
    apply(&FORMAT, &date(unix_ms))
}

/// Date and time with seconds.
pub fn exact(unix_ms: u64) -> String {
    thread_local! {
        static FORMAT: Function = dates(&[("dateStyle", "medium"), ("timeStyle", "medium")]);
    }
    apply(&FORMAT, &date(unix_ms))
}

/// The local calendar day, as a number that differs between two days.
pub fn day_number(unix_ms: u64) -> i64 {
    midnight(&date(unix_ms))
}

fn days_ago(unix_ms: u64) -> i64 {
    midnight(&Date::new_0()) - midnight(&date(unix_ms))
}

/// Days since 1970 of the local calendar day that a moment falls into.
fn midnight(moment: &Date) -> i64 {
    let shifted = moment.get_time() - moment.get_timezone_offset() * 60_000.0;
    (shifted / DAY_MS).floor() as i64
}

fn date(unix_ms: u64) -> Date {
    Date::new(&JsValue::from_f64(unix_ms as f64))
}

fn sizes(unit: &str, display: &str) -> Function {
    let options = Object::new();
    for (name, value) in [("style", "unit"), ("unit", unit), ("unitDisplay", display)] {
        let _ = Reflect::set(&options, &name.into(), &value.into());
    }
    let _ = Reflect::set(&options, &"maximumFractionDigits".into(), &1.into());
    Intl::NumberFormat::new(&locales(), &options).format()
}

fn dates(parts: &[(&str, &str)]) -> Function {
    let options = Object::new();
    for (name, value) in parts {
        let _ = Reflect::set(&options, &(*name).into(), &(*value).into());
    }
    Intl::DateTimeFormat::new(&locales(), &options).format()
}

fn apply(format: &'static std::thread::LocalKey<Function>, value: &JsValue) -> String {
    format.with(|format| {
        format.call1(&JsValue::UNDEFINED, value).ok().and_then(|text| text.as_string()).unwrap_or_default()
    })
}

/// The language of the page; within it, the reader's own region, when the browser says one.
fn locales() -> Array {
    let tag = tag();
    let regional = web_sys::window()
        .and_then(|window| window.navigator().language())
        .filter(|found| found.split('-').next() == tag.split('-').next());
    Array::of1(&regional.unwrap_or(tag).into())
}
