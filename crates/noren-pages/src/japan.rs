//! Days and times of shops: Japan's, which has one zone and no summer time.

use noren_core::time::Timestamp;

/// Minutes ahead of UTC.
pub const OFFSET_MINUTES: i16 = 540;

/// The time of day: `14:05`.
pub fn time(at: Timestamp) -> String {
    let minutes = (at.0.div_euclid(60_000) + i64::from(OFFSET_MINUTES)).rem_euclid(1_440);
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}

/// `2026-11-28 14:05`.
pub fn date_and_time(at: Timestamp) -> String {
    format!("{} {}", at.business_date(OFFSET_MINUTES), time(at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clocks_are_japans() {
        let at = Timestamp(1_795_275_000_000);
        assert_eq!(date_and_time(at), "2026-11-22 00:30");
        assert_eq!(time(Timestamp(at.0 - 30 * 60_000 - 1)), "23:59");
    }
}
