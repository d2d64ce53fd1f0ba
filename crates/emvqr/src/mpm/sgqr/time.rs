//! When a PayNow code ends.

use crate::mpm::check::digits;

/// A moment by the clocks of Singapore, which is eight hours ahead of UTC all year. A value
/// to compare; what time it is, is the caller's to know.
///
/// ```
/// use emvqr::mpm::sgqr::SingaporeTime;
///
/// let date = SingaporeTime::date(2028, 2, 29).unwrap();
/// assert!(date < date.at(18, 2, 0).unwrap());
/// assert_eq!(SingaporeTime::date(2027, 2, 29), None);
/// assert_eq!(date.at(24, 0, 0), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SingaporeTime {
    // From the largest to the smallest, so that the derived order is that of time.
    year: u16,
    month: u8,
    day: u8,
    hour: u8,
    minute: u8,
    second: u8,
}

impl SingaporeTime {
    /// The first moment of a day of the Gregorian calendar, years 1 to 9999. Nothing for days
    /// that do not exist.
    #[must_use]
    pub const fn date(year: u16, month: u8, day: u8) -> Option<Self> {
        let days = match month {
            1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
            4 | 6 | 9 | 11 => 30,
            2 if leaps(year) => 29,
            2 => 28,
            _ => return None,
        };
        if year == 0 || year > 9999 || day == 0 || day > days {
            return None;
        }
        Some(Self { year, month, day, hour: 0, minute: 0, second: 0 })
    }

    /// The same day at this time. Nothing past 23:59:59.
    #[must_use]
    pub const fn at(self, hour: u8, minute: u8, second: u8) -> Option<Self> {
        if hour > 23 || minute > 59 || second > 59 {
            return None;
        }
        Some(Self { hour, minute, second, ..self })
    }

    /// The last moment at which a code with this expiry is valid: the end of the day for
    /// `YYYYMMDD`, the moment itself for `YYYYMMDDhhmmss`. Nothing for other texts.
    ///
    /// That the day of expiry still counts is our reading; no source says so.
    pub(super) fn end_of(expiry: &str) -> Option<Self> {
        if !digits(8..=14)(expiry) {
            return None;
        }
        // Two digits each, all ASCII.
        let two = |start: usize| expiry[start..start + 2].parse::<u8>().ok();
        let date = Self::date(expiry[..4].parse().ok()?, two(4)?, two(6)?)?;
        match expiry.len() {
            8 => date.at(23, 59, 59),
            14 => date.at(two(8)?, two(10)?, two(12)?),
            _ => None,
        }
    }
}

const fn leaps(year: u16) -> bool {
    year.is_multiple_of(4) && !year.is_multiple_of(100) || year.is_multiple_of(400)
}

/// Whether a text is a day, `YYYYMMDD`.
pub(super) fn is_day(text: &str) -> bool {
    text.len() == 8 && SingaporeTime::end_of(text).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_that_exist() {
        let exists = |year, month, day| SingaporeTime::date(year, month, day).is_some();
        for (year, february) in [(1900, 28), (2000, 29), (2027, 28), (2028, 29), (2100, 28)] {
            assert!(exists(year, 2, february) && !exists(year, 2, february + 1), "{year}");
        }
        let days: u32 = (1..=12)
            .map(|month| (0..=40).filter(|day| exists(2027, month, *day)).count() as u32)
            .sum();
        assert_eq!(days, 365);
        assert!(!exists(2027, 0, 1) && !exists(2027, 13, 1) && !exists(0, 1, 1));
        assert!(exists(9999, 12, 31) && !exists(10_000, 1, 1));
    }

    #[test]
    fn texts_that_end() {
        let day = SingaporeTime::date(2027, 12, 31).unwrap();
        assert_eq!(SingaporeTime::end_of("20271231"), day.at(23, 59, 59));
        assert_eq!(SingaporeTime::end_of("20271231180200"), day.at(18, 2, 0));
        for text in [
            "",
            "2027123",
            "202712311",
            "20271301",
            "20270229",
            "2027123118",
            "20271231240000",
            "2027-12-31",
            "２０２７",
            "20271231 1802",
            "+2027123",
        ] {
            assert_eq!(SingaporeTime::end_of(text), None, "{text}");
        }
    }
}
