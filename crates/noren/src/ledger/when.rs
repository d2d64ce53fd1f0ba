//! Times on the command line and in tables: RFC 3339, or days in Tokyo.

use noren_core::time::{Span, Timestamp};
use noren_wallets::instant;
use serde_json::{Value, json};

/// Where a statement begins or ends. Japan has one zone and no summer time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bound(pub Timestamp);

const DAY: Span = Span::seconds(24 * 60 * 60);
const TOKYO: Span = Span::seconds(9 * 60 * 60);

enum Read {
    Instant(Timestamp),
    Day(Timestamp),
}

fn read(text: &str) -> Result<Read, String> {
    if let Some(at) = instant::parse(text) {
        return Ok(Read::Instant(at));
    }
    let midnight = (text.len() == 10).then(|| instant::parse(&format!("{text}T00:00:00+09:00")));
    midnight.flatten().map(Read::Day).ok_or_else(|| {
        "write a day such as 2026-11-21, or an instant such as 2026-11-21T09:00:00+09:00".to_owned()
    })
}

/// An instant, or the first of a day in Tokyo.
pub fn from(text: &str) -> Result<Bound, String> {
    Ok(match read(text)? {
        Read::Instant(at) | Read::Day(at) => Bound(at),
    })
}

/// An instant, or the first after a day in Tokyo.
pub fn to(text: &str) -> Result<Bound, String> {
    Ok(match read(text)? {
        Read::Instant(at) => Bound(at),
        Read::Day(at) => Bound(at.after(DAY)),
    })
}

/// For tables: RFC 3339 in Tokyo, with milliseconds.
pub fn in_tokyo(at: Timestamp) -> String {
    let local = instant::print(at.after(TOKYO));
    let local = local.trim_end_matches('Z');
    let fraction = if local.contains('.') { "" } else { ".000" };
    format!("{local}{fraction}+09:00")
}

/// For programs: RFC 3339 in UTC, or null.
pub fn member(bound: Option<Bound>) -> Value {
    bound.map_or(Value::Null, |bound| json!(instant::print(bound.0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_a_day_in_tokyo() {
        let at = |text: &str| Bound(instant::parse(text).unwrap());
        assert_eq!(from("2026-11-21"), Ok(at("2026-11-20T15:00:00Z")));
        assert_eq!(to("2026-11-21"), Ok(at("2026-11-21T15:00:00Z")));
        // A month that ends, and a year.
        assert_eq!(to("2026-12-31"), from("2027-01-01"));
        for read in [from, to] {
            assert_eq!(read("2026-11-21T09:00:00+09:00"), Ok(at("2026-11-21T00:00:00Z")));
        }
        for bad in ["", "yesterday", "2026-11-31", "21-11-2026", "2026-11-21T09:00"] {
            assert!(from(bad).is_err() && to(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn tables_show_tokyo() {
        let at = |text: &str| in_tokyo(instant::parse(text).unwrap());
        assert_eq!(at("2026-11-20T15:30:00Z"), "2026-11-21T00:30:00.000+09:00");
        assert_eq!(at("2026-11-20T15:30:00.070Z"), "2026-11-21T00:30:00.070+09:00");
    }
}
