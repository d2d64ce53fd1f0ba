//! What a form may hold, and how rates and times are written.

use noren_core::money::{Currency, Money};
use noren_core::time::Timestamp;

use super::escaped;
use super::sheet::{Moved, rate_of, when};

#[test]
fn a_query_holds_any_code() {
    assert_eq!(escaped("000201 そば&x=1"), "000201%20%E3%81%9D%E3%81%B0%26x%3D1");
}

#[test]
fn times_are_japans() {
    let at = noren_wallets::instant::parse("2026-11-28T15:30:00Z").unwrap();
    assert_eq!(when(at).shown, "2026-11-29 00:30");
    assert_eq!(when(Timestamp(0)).exact, "1970-01-01T00:00:00Z");
}

#[test]
fn what_people_type_is_read_or_refused() {
    let typed = |amount: &str| Moved { amount: Some(amount.into()), ..Moved::default() }.yen();
    assert_eq!(typed(" １,２００円 "), Ok(Some(1_200)));
    assert_eq!(typed("¥500"), Ok(Some(500)));
    for none in ["", "0", "-5", "12.5", "abc", "1234567890123"] {
        assert_eq!(typed(none), Err(()), "{none}");
    }
    let pin = |pin: &str| Moved { pin: Some(pin.into()), ..Moved::default() }.approval();
    assert_eq!(pin("４７１１"), Ok(Some("4711".into())));
    for none in ["", "123", "123456789", "12a4"] {
        assert_eq!(pin(none), Err(()), "{none}");
    }
    assert_eq!(Moved::default().approval(), Ok(None));
    assert_eq!(Moved::default().yen(), Ok(None));
}

#[test]
fn a_rate_is_what_a_hundred_yen_cost() {
    let yen = Money::new(1_200, Currency::JPY);
    let won = Money::new(11_340, Currency::KRW);
    assert_eq!(rate_of(yen, won).unwrap(), "JPY\u{a0}100 = KRW\u{a0}945.0000");
    let yuan = Money::new(5_895, Currency::CNY);
    assert_eq!(rate_of(yen, yuan).unwrap(), "JPY\u{a0}100 = CNY\u{a0}4.9125");
}
