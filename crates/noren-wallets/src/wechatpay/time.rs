//! Instants as WeChat Pay writes them, all at UTC+8.

use noren_core::time::{BusinessDate, Timestamp};

use crate::instant;

/// Minutes ahead of UTC of the zone in which the network writes and cuts its day.
pub const OFFSET_MINUTES: i16 = 480;
const AHEAD_MS: i64 = OFFSET_MINUTES as i64 * 60_000;

/// Year to second, as `(2026-11-21, 23:30:00)` in the network's zone.
fn parts(at: Timestamp) -> (String, String) {
    let local = instant::print(Timestamp((at.0 + AHEAD_MS).div_euclid(1_000) * 1_000));
    (local[..10].to_owned(), local[11..19].to_owned())
}

/// `2026-11-21T23:30:00+08:00`: v3.
pub fn v3(at: Timestamp) -> String {
    let (date, time) = parts(at);
    format!("{date}T{time}+08:00")
}

/// The same; the next whole second when it is not one, so that nothing ends too early.
pub fn v3_up(at: Timestamp) -> String {
    v3(Timestamp(at.0 + 999))
}

/// `20261121233000`: v2.
pub fn v2(at: Timestamp) -> String {
    let (date, time) = parts(at);
    format!("{}{}", date.replace('-', ""), time.replace(':', ""))
}

/// Reads `20261121233000`.
pub fn v2_read(text: &str) -> Option<Timestamp> {
    if text.len() != 14 || !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let part = |from: usize, to: usize| &text[from..to];
    let (date, time) = (
        [part(0, 4), part(4, 6), part(6, 8)].join("-"),
        [part(8, 10), part(10, 12), part(12, 14)].join(":"),
    );
    instant::parse(&format!("{date}T{time}+08:00"))
}

/// `2026-11-21 23:30:00`: bills.
pub fn bill(at: Timestamp) -> String {
    let (date, time) = parts(at);
    format!("{date} {time}")
}

/// Reads `2026-11-21 23:30:00`.
pub fn bill_read(text: &str) -> Option<Timestamp> {
    let (date, time) = text.split_once(' ')?;
    instant::parse(&format!("{date}T{time}+08:00"))
}

/// `20261121`: the day of a v3 global statement.
pub fn day(date: BusinessDate) -> String {
    date.to_string().replace('-', "")
}

/// The day that `20261121` or `2026-11-21` names.
pub fn day_read(text: &str) -> Option<BusinessDate> {
    let digits: String = text.split('-').collect();
    let plain = digits == text || (text.len() == 10 && text.split('-').count() == 3);
    let noon = v2_read(&format!("{digits}120000")).filter(|_| plain && digits.len() == 8)?;
    Some(noon.business_date(OFFSET_MINUTES))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_are_written_at_the_networks_zone() {
        // 2026-11-21T15:30:00.123Z.
        let at = Timestamp(1_795_275_000_123);
        assert_eq!(v3(at), "2026-11-21T23:30:00+08:00");
        assert_eq!(v3_up(at), "2026-11-21T23:30:01+08:00");
        assert_eq!(v3_up(Timestamp(1_795_275_000_000)), "2026-11-21T23:30:00+08:00");
        assert_eq!(v2(at), "20261121233000");
        assert_eq!(bill(at), "2026-11-21 23:30:00");
        let whole = Some(Timestamp(1_795_275_000_000));
        assert_eq!((v2_read("20261121233000"), bill_read("2026-11-21 23:30:00")), (whole, whole));
        for bad in ["", "2026112123300", "20261321233000", "2026112123300x", "２026112123300"] {
            assert_eq!(v2_read(bad), None, "{bad}");
        }
        let date = at.business_date(OFFSET_MINUTES);
        assert_eq!(day(date), "20261121");
        assert_eq!((day_read("20261121"), day_read("2026-11-21")), (Some(date), Some(date)));
        for bad in ["2026-1121", "20261131", "2026-11-2", "26-11-21", "x"] {
            assert_eq!(day_read(bad), None, "{bad}");
        }
    }
}
