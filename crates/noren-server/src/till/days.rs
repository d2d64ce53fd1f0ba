//! Days of a store: from midnight to midnight in Japan.

use noren_core::time::{BusinessDate, Timestamp};
use noren_pages::japan::OFFSET_MINUTES;

const DAY_MS: i64 = 86_400_000;

/// A day of a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Day {
    /// Its first instant.
    pub from: Timestamp,
    /// The first instant of the next.
    pub until: Timestamp,
}

impl Day {
    /// The day of an instant.
    pub fn of(at: Timestamp) -> Self {
        let until = at.day_end(OFFSET_MINUTES);
        Self { from: Timestamp(until.0.saturating_sub(DAY_MS)), until }
    }

    /// The day that an address names, `2026-11-28`; one that cannot be read, and none, is that of `now`.
    pub fn named(text: Option<&str>, now: Timestamp) -> Self {
        let Some(date) = text.and_then(BusinessDate::parse) else { return Self::of(now) };
        // From a day near it: no date is further away than what is stepped over.
        let (year, month, day) = date.ymd();
        let guess = ((year - 1970) * 365 + (year - 1969) / 4) * DAY_MS
            + (i64::from(month) - 1) * 30 * DAY_MS
            + i64::from(day) * DAY_MS;
        let near = Self::of(Timestamp(guess));
        let days = (-40..40).map(|days| Self::of(Timestamp(near.from.0 + days * DAY_MS)));
        days.into_iter().find(|day| day.date() == date).unwrap_or_else(|| Self::of(now))
    }

    /// Its date.
    pub fn date(self) -> BusinessDate {
        self.from.business_date(OFFSET_MINUTES)
    }

    /// The minute of that name, `14:05`.
    pub fn minute(self, text: &str) -> Option<(Timestamp, Timestamp)> {
        let (hours, minutes) = text.split_once(':')?;
        let (hours, minutes): (i64, i64) = (hours.parse().ok()?, minutes.parse().ok()?);
        let good = (0..24).contains(&hours) && (0..60).contains(&minutes);
        let from = self.from.0 + (hours * 60 + minutes) * 60_000;
        good.then_some((Timestamp(from), Timestamp(from + 60_000)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_795_275_000_000);

    #[test]
    fn a_day_begins_at_midnight_in_japan() {
        let day = Day::of(NOW);
        assert_eq!(day.date().to_string(), "2026-11-22");
        assert_eq!(day.from, Timestamp(NOW.0 - 30 * 60_000));
        assert_eq!(Day::of(Timestamp(day.from.0 - 1)).date().to_string(), "2026-11-21");
    }

    #[test]
    fn every_day_is_found_by_its_name() {
        for date in
            ["1999-12-31", "2000-02-29", "2026-01-01", "2026-11-28", "2028-02-29", "2100-03-01"]
        {
            assert_eq!(Day::named(Some(date), NOW).date().to_string(), date);
        }
        for other in [None, Some(""), Some("2026-13-01"), Some("today")] {
            assert_eq!(Day::named(other, NOW), Day::of(NOW));
        }
    }

    #[test]
    fn a_minute_is_of_its_day() {
        let day = Day::of(NOW);
        let minute = day.minute("0:30").unwrap();
        assert_eq!(minute, (NOW, Timestamp(NOW.0 + 60_000)));
        for wrong in ["24:00", "1:60", "130", "-1:00", "a:b", ":"] {
            assert_eq!(day.minute(wrong), None, "{wrong}");
        }
    }
}
