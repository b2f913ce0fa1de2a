//! Spans of time in words.

use super::t;

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;
const WEEK: u64 = 7 * DAY;

/// Seconds in full, in the largest unit that fits exactly: 12 hours, 90 minutes.
pub fn long(seconds: u64) -> String {
    match seconds {
        0 => t::duration::seconds(0),
        _ if seconds.is_multiple_of(WEEK) => t::duration::weeks(seconds / WEEK),
        _ if seconds.is_multiple_of(DAY) => t::duration::days(seconds / DAY),
        _ if seconds.is_multiple_of(HOUR) => t::duration::hours(seconds / HOUR),
        _ if seconds.is_multiple_of(MINUTE) => t::duration::minutes(seconds / MINUTE),
        _ => t::duration::seconds(seconds),
    }
}

/// Seconds in short, in the largest unit, rounded up: 12 h.
pub fn short(seconds: u64) -> String {
    let count = seconds.div_ceil(unit(seconds));
    match unit(seconds) {
        DAY => t::duration::short_days(count),
        HOUR => t::duration::short_hours(count),
        MINUTE => t::duration::short_minutes(count),
        _ => t::duration::short_seconds(count),
    }
}

/// Seconds until [`short`] says something else.
pub fn until_change(seconds: u64) -> u64 {
    let unit = unit(seconds);
    match seconds % unit {
        0 => 1,
        rest => rest,
    }
}

/// A unit is used from one of it on.
fn unit(seconds: u64) -> u64 {
    match seconds {
        DAY.. => DAY,
        HOUR.. => HOUR,
        MINUTE.. => MINUTE,
        _ => 1,
    }
}
