//! Instants as text: RFC 3339, for instance `2026-11-21T15:30:00.123Z`.
//!
//! Use as `#[serde(with = "crate::instant")]`, or `crate::instant::optional` for an
//! `Option<Timestamp>`. Written in UTC, with milliseconds where there are some. Read with any
//! offset; digits after the milliseconds are dropped. Leap seconds are refused.

use noren_core::time::Timestamp;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serializer};

const DAY_MS: i64 = 86_400_000;

/// The instant as text.
pub fn print(at: Timestamp) -> String {
    let date = at.business_date(0);
    let of_day = at.0.rem_euclid(DAY_MS);
    let (seconds, millis) = (of_day / 1_000, of_day % 1_000);
    let (hour, minute, second) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    let fraction = if millis == 0 { String::new() } else { format!(".{millis:03}") };
    format!("{date}T{hour:02}:{minute:02}:{second:02}{fraction}Z")
}

/// The instant that a text names; `None` when it is not RFC 3339 or not between 1970 and 9999.
pub fn parse(text: &str) -> Option<Timestamp> {
    let (date, rest) = (text.get(..10)?, text.get(11..)?);
    if !matches!(text.as_bytes()[10], b'T' | b't') {
        return None;
    }
    let (year, month, day) = (number(date, 0, 4)?, number(date, 5, 7)?, number(date, 8, 10)?);
    let (hour, minute, second) = (number(rest, 0, 2)?, number(rest, 3, 5)?, number(rest, 6, 8)?);
    let separated = date.as_bytes()[4] == b'-'
        && date.as_bytes()[7] == b'-'
        && rest.as_bytes()[2] == b':'
        && rest.as_bytes()[5] == b':';
    let in_range = (1970..=9999).contains(&year) && hour < 24 && minute < 60 && second < 60;
    if !separated || !in_range {
        return None;
    }
    let (millis, zone) = fraction(rest.get(8..)?)?;
    let days = days_since_1970(year, month, day)?;
    let seconds = days * 86_400 + hour * 3_600 + minute * 60 + second - offset_seconds(zone)?;
    Some(Timestamp(seconds * 1_000 + millis))
}

fn number(text: &str, from: usize, to: usize) -> Option<i64> {
    let digits = text.get(from..to)?;
    digits.bytes().all(|b| b.is_ascii_digit()).then(|| digits.parse().ok())?
}

/// The milliseconds after the full stop, and what follows them.
fn fraction(text: &str) -> Option<(i64, &str)> {
    let Some(digits) = text.strip_prefix('.') else { return Some((0, text)) };
    let count = digits.bytes().take_while(u8::is_ascii_digit).count();
    let known = digits.get(..count.min(3)).filter(|known| !known.is_empty())?;
    let millis: i64 = format!("{known:0<3}").parse().ok()?;
    Some((millis, &digits[count..]))
}

fn offset_seconds(zone: &str) -> Option<i64> {
    let sign = match zone.as_bytes().first()? {
        b'Z' | b'z' if zone.len() == 1 => return Some(0),
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let (hours, minutes) = (number(zone, 1, 3)?, number(zone, 4, 6)?);
    let fits = zone.len() == 6 && zone.as_bytes()[3] == b':' && hours < 24 && minutes < 60;
    fits.then_some(sign * (hours * 3_600 + minutes * 60))
}

/// Days from 1970-01-01, or `None` when there is no such day.
fn days_since_1970(year: i64, month: i64, day: i64) -> Option<i64> {
    // Years that begin on 1 March: the leap day is the last of a year.
    let (shifted_year, shifted_month) =
        if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let leap_days = shifted_year / 4 - shifted_year / 100 + shifted_year / 400;
    let days = 365 * shifted_year + leap_days + (153 * shifted_month + 2) / 5 + day - 1 - 719_468;
    // Printed and compared, so that 31 February is not silently 3 March.
    let printed = Timestamp(days.checked_mul(DAY_MS)?).business_date(0).ymd();
    let same = (1..=12).contains(&month)
        && (printed.0, i64::from(printed.1), i64::from(printed.2)) == (year, month, day);
    same.then_some(days)
}

/// For serde: writes RFC 3339.
pub fn serialize<S: Serializer>(at: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&print(*at))
}

/// For serde: reads RFC 3339.
pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Timestamp, D::Error> {
    let text = String::deserialize(deserializer)?;
    parse(&text).ok_or_else(|| D::Error::custom("not an instant such as 2026-11-21T15:30:00Z"))
}

/// The same for `Option<Timestamp>`; give the member `#[serde(default)]` too.
pub mod optional {
    use super::{Deserialize, Deserializer, Serializer, Timestamp, parse, print};
    use serde::de::Error as _;

    /// For serde: writes RFC 3339 or `null`.
    pub fn serialize<S: Serializer>(
        at: &Option<Timestamp>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        match at {
            Some(at) => serializer.serialize_str(&print(*at)),
            None => serializer.serialize_none(),
        }
    }

    /// For serde: reads RFC 3339 or `null`.
    pub fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Timestamp>, D::Error> {
        let Some(text) = Option::<String>::deserialize(deserializer)? else { return Ok(None) };
        let at = parse(&text);
        at.map(Some).ok_or_else(|| D::Error::custom("not an instant such as 2026-11-21T15:30:00Z"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_are_read_with_any_offset_and_written_in_utc() {
        let at = Timestamp(1_795_275_000_123);
        assert_eq!(print(at), "2026-11-21T15:30:00.123Z");
        assert_eq!(print(Timestamp(0)), "1970-01-01T00:00:00Z");
        for same in [
            "2026-11-22T00:30:00.123+09:00",
            "2026-11-21T15:30:00.123999Z",
            "2026-11-21t15:30:00.123z",
        ] {
            assert_eq!(parse(same), Some(at), "{same}");
        }
        assert_eq!(parse("2026-11-21T15:30:00.1Z"), Some(Timestamp(1_795_275_000_100)));
    }

    #[test]
    fn what_is_no_instant_is_refused() {
        for bad in [
            "",
            "2026-11-21",
            "2026-02-29T00:00:00Z",
            "2026-13-01T00:00:00Z",
            "2026-00-01T00:00:00Z",
            "2026-11-21T24:00:00Z",
            "2026-11-21T15:30:60Z",
            "2026-11-21T15:30:00",
            "2026-11-21 15:30:00Z",
            "2026-11-21T15:30:00.Z",
            "2026-11-21T15:30:00+0900",
            "2026-1１-21T15:30:00Z",
            "+026-11-21T15:30:00Z",
        ] {
            assert_eq!(parse(bad), None, "{bad}");
        }
    }

    proptest::proptest! {
        #[test]
        fn printed_and_read_it_is_the_same(ms in 0i64..253_402_300_800_000) {
            proptest::prop_assert_eq!(parse(&print(Timestamp(ms))), Some(Timestamp(ms)));
        }

        #[test]
        fn no_text_panics(text in ".{0,40}") {
            let _ = parse(&text);
        }
    }
}
