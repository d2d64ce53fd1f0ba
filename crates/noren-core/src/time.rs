//! Instants and spans. The core never asks what time it is; it is told.

use serde::{Deserialize, Serialize};

/// An instant: milliseconds since 1970-01-01T00:00:00Z, leap seconds not counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(pub i64);

/// A length of time in milliseconds, never negative.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Span(pub u64);

impl Span {
    /// `n` whole seconds.
    pub const fn seconds(n: u64) -> Self {
        Self(n * 1_000)
    }

    /// `n` milliseconds.
    pub const fn millis(n: u64) -> Self {
        Self(n)
    }
}

impl Timestamp {
    /// This instant and `span` after it. Stops at the end of time instead of wrapping.
    pub fn after(self, span: Span) -> Self {
        Self(self.0.saturating_add(i64::try_from(span.0).unwrap_or(i64::MAX)))
    }

    /// How long ago `earlier` was, seen from here; zero when it lies ahead.
    pub fn since(self, earlier: Timestamp) -> Span {
        Span(self.0.saturating_sub(earlier.0).max(0).unsigned_abs())
    }

    /// The midnight that ends the calendar day of this instant in a zone that is `offset_minutes`
    /// ahead of UTC.
    pub fn day_end(self, offset_minutes: i16) -> Self {
        const DAY_MS: i64 = 86_400_000;
        let ahead = i64::from(offset_minutes) * 60_000;
        let days = self.0.saturating_add(ahead).div_euclid(DAY_MS).saturating_add(1);
        Self(days.saturating_mul(DAY_MS).saturating_sub(ahead))
    }

    /// The calendar day of this instant in a zone that is `offset_minutes` ahead of UTC.
    ///
    /// A wallet cuts its books at its own midnight (`domain` facts, section 5), so the day is
    /// stored with the capture and never worked out again from a zone that may have changed.
    pub fn business_date(self, offset_minutes: i16) -> BusinessDate {
        const DAY_MS: i64 = 86_400_000;
        let local = self.0.saturating_add(i64::from(offset_minutes) * 60_000);
        BusinessDate::from_days(local.div_euclid(DAY_MS))
    }
}

/// A calendar day without a zone of its own, proleptic Gregorian. Shown as `2026-11-21`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct BusinessDate(i64);

impl BusinessDate {
    fn from_days(days_since_1970: i64) -> Self {
        Self(days_since_1970)
    }

    /// Reads `2026-11-21`.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.splitn(3, '-').map(str::parse::<i64>);
        let (year, month, day) = (parts.next()?.ok()?, parts.next()?.ok()?, parts.next()?.ok()?);
        // Near enough to search from: no month is shorter than 28 days.
        let guess = (year - 1970) * 365 + (year - 1969) / 4 + (month - 1) * 28;
        let found = (guess - 40..guess + 90).map(Self).find(|date| {
            let (y, m, d) = date.ymd();
            (y, i64::from(m), i64::from(d)) == (year, month, day)
        })?;
        (found.to_string() == text).then_some(found)
    }

    /// Year, month (1-12) and day (1-31).
    ///
    /// Counts in 400-year eras that begin on 1 March, so that the leap day is the last of a year.
    pub fn ymd(self) -> (i64, u8, u8) {
        let days = self.0 + 719_468;
        let era = days.div_euclid(146_097);
        let of_era = days.rem_euclid(146_097);
        let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let shifted_month = (5 * of_year + 2) / 153;
        let day = of_year - (153 * shifted_month + 2) / 5 + 1;
        let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
        let year = era * 400 + year_of_era + i64::from(month <= 2);
        (year, month as u8, day as u8)
    }
}

impl std::fmt::Display for BusinessDate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (year, month, day) = self.ymd();
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_ends_at_the_wallets_own_midnight() {
        // 2026-11-21T15:30:00Z is 00:30 on the 22nd in Tokyo, 23:30 on the 21st in Shanghai.
        let t = Timestamp(1_795_275_000_000);
        assert_eq!(t.business_date(0).to_string(), "2026-11-21");
        assert_eq!(t.business_date(540).to_string(), "2026-11-22");
        assert_eq!(t.business_date(480).to_string(), "2026-11-21");
        assert_eq!(Timestamp(951_782_400_000).business_date(0).to_string(), "2000-02-29");
        // And that day ends at midnight there: 16:00 UTC for Shanghai, 15:00 UTC for Tokyo.
        assert_eq!(t.day_end(480), Timestamp(1_795_276_800_000));
        assert_eq!(t.day_end(540), Timestamp(1_795_359_600_000));
        assert_eq!(Timestamp(1_795_276_800_000).day_end(480), Timestamp(1_795_363_200_000));
        assert_eq!(Timestamp(-1).business_date(0).to_string(), "1969-12-31");
    }

    #[test]
    fn a_day_is_read_as_it_is_shown() {
        for days in (-800_000..800_000).step_by(97) {
            let date = BusinessDate(days);
            if (0..10_000).contains(&date.ymd().0) {
                assert_eq!(BusinessDate::parse(&date.to_string()), Some(date), "{date}");
            }
        }
        for none in ["", "2026-02-30", "2026-13-01", "2026-1-1", "26-01-01", "2026-11-21 "] {
            assert_eq!(BusinessDate::parse(none), None, "{none}");
        }
    }
}
