//! What a form may hold, and how rates and times are written.

use noren_core::money::{Currency, Money};
use noren_core::time::Timestamp;

use super::escaped;
use super::sheet::when;

#[test]
fn a_query_holds_any_code() {
    assert_eq!(escaped("000201 そば&x=1"), "000201%20%E3%81%9D%E3%81%B0%26x%3D1");
}

#[test]
fn times_are_japans() {
    let at = noren_wallets::instant::parse("2026-11-28T15:30:00Z").unwrap();
    assert_eq!(when(at).shown, "2026-11-29 00:30");
    assert_eq!(when(Timestamp(0)).exact, "1970-01-01T00:00:00.000Z");
    assert_eq!(Money::new(1, Currency::JPY).minor(), 1);
}
