//! What stands in a member: a text, an amount in yuan, an instant in UTC+8.

use noren_core::money::{Currency, Money};
use noren_core::time::Timestamp;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use super::ZONE_MINUTES;
use crate::instant;

/// A text: written as a string, read also from a number or a boolean.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Scalar(pub String);

impl Scalar {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&str> for Scalar {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl From<String> for Scalar {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl<'de> Deserialize<'de> for Scalar {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Value::deserialize(deserializer)? {
            Value::String(text) => Ok(Self(text)),
            Value::Number(number) => Ok(Self(number.to_string())),
            Value::Bool(flag) => Ok(Self(flag.to_string())),
            Value::Null | Value::Array(_) | Value::Object(_) => {
                Err(D::Error::custom("a string, number or boolean is due here"))
            }
        }
    }
}

/// An amount, two places at most (section 2). Written as a decimal string, `12.30`; read also from a
/// JSON number, which the v3 examples show. The network's are yuan; of a till that the switch
/// answers they are of the currency that its shop prices in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Amount(i64);

impl Amount {
    /// Nothing.
    pub const ZERO: Amount = Amount(0);

    /// So many hundredths; `None` below nothing.
    pub fn from_hundredths(hundredths: i64) -> Option<Self> {
        (hundredths >= 0).then_some(Self(hundredths))
    }

    /// `None` for money that is not yuan, or below nothing.
    pub fn from_yuan(money: Money) -> Option<Self> {
        Self::from_hundredths(money.minor()).filter(|_| money.currency() == Currency::CNY)
    }

    /// In yuan.
    pub const fn yuan(self) -> Money {
        Money::new(self.0, Currency::CNY)
    }

    /// In fen, where it is of yuan.
    pub const fn hundredths(self) -> i64 {
        self.0
    }

    /// `None` for money with more than two places, below nothing, or too much of it.
    pub fn from_money(money: Money) -> Option<Self> {
        let scale = scale(money.currency())?;
        money.minor().checked_mul(scale).and_then(Self::from_hundredths)
    }

    /// The money that it is in a currency; `None` where there is none: half a yen.
    pub fn of(self, currency: Currency) -> Option<Money> {
        let scale = scale(currency)?;
        (self.0 % scale == 0).then(|| Money::new(self.0 / scale, currency))
    }

    /// Reads `12`, `12.3` or `12.30`: digits, and a full stop with one or two more. No sign.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
        if !digits(whole) || !digits(part) || part.len() > 2 {
            return None;
        }
        let whole: i64 = whole.parse().ok()?;
        let part: i64 = format!("{part:0<2}").parse().ok()?;
        whole.checked_mul(100)?.checked_add(part).map(Self)
    }
}

/// Hundredths in a minor unit of a currency; `None` where there is no whole number of them.
fn scale(currency: Currency) -> Option<i64> {
    match currency.exponent() {
        0 => Some(100),
        1 => Some(10),
        2 => Some(1),
        _ => None,
    }
}

impl std::fmt::Display for Amount {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{:02}", self.0 / 100, self.0 % 100)
    }
}

impl Serialize for Amount {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Amount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Scalar::deserialize(deserializer)?;
        Self::parse(text.as_str()).ok_or_else(|| D::Error::custom("not an amount such as 12.30"))
    }
}

/// `2026-11-21 23:30:00`, in UTC+8 whatever the reader's zone (section 1).
pub fn print_time(at: Timestamp) -> String {
    let there = Timestamp(at.0 + i64::from(ZONE_MINUTES) * 60_000);
    instant::print(there).chars().take(19).collect::<String>().replace('T', " ")
}

/// The instant that such a text names.
pub fn parse_time(text: &str) -> Option<Timestamp> {
    let (date, time) = text.split_once(' ')?;
    let whole = time.len() == 8;
    instant::parse(&format!("{date}T{time}+08:00")).filter(|_| whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn yuan_have_two_places_at_most() {
        for (text, fen) in [("12.34", 1_234), ("12.3", 1_230), ("12", 1_200), ("0.01", 1)] {
            assert_eq!(Amount::parse(text).map(Amount::hundredths), Some(fen), "{text}");
        }
        assert_eq!(Amount(1_230).to_string(), "12.30");
        assert_eq!(Amount(5).to_string(), "0.05");
        for bad in [
            "",
            ".",
            "1.",
            ".5",
            "1.234",
            "-1",
            "+1",
            "1e3",
            "1,2",
            " 1",
            "１",
            "92233720368547759",
        ] {
            assert_eq!(Amount::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_currency_has_its_own_places() {
        let yen = Money::new(1_200, Currency::JPY);
        assert_eq!(
            Amount::from_money(yen).map(|amount| amount.to_string()),
            Some("1200.00".into())
        );
        let read = |text: &str| Amount::parse(text).and_then(|amount| amount.of(Currency::JPY));
        assert_eq!([read("1200"), read("1200.0"), read("1200.00")], [Some(yen); 3]);
        assert_eq!(read("1200.50"), None, "half a yen");
        assert_eq!(Amount(1_230).of(Currency::CNY), Some(Amount(1_230).yuan()));
        assert_eq!(Amount::from_money(Money::new(i64::MAX, Currency::JPY)), None);
    }

    #[test]
    fn a_json_number_is_read_by_its_digits() {
        let read = |text: &str| serde_json::from_str::<Amount>(text).ok().map(Amount::hundredths);
        for (text, fen) in [("88.88", 8_888), ("100.20", 10_020), ("10", 1_000), ("\"8.88\"", 888)]
        {
            assert_eq!(read(text), Some(fen), "{text}");
        }
        for bad in ["1.001", "-1", "null", "[]", "1e30", "true"] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }

    #[test]
    fn the_clock_is_eight_hours_ahead() {
        let at = Timestamp(1_795_275_000_999);
        assert_eq!(print_time(at), "2026-11-21 23:30:00");
        assert_eq!(parse_time("2026-11-21 23:30:00"), Some(Timestamp(1_795_275_000_000)));
        for bad in
            ["", "2026-11-21", "2026-11-21T23:30:00", "2026-11-21 23:30:00Z", "2026-02-30 00:00:00"]
        {
            assert_eq!(parse_time(bad), None, "{bad}");
        }
    }

    proptest::proptest! {
        #[test]
        fn amounts_survive_the_way(fen in 0i64..=9_000_000_000_000_000) {
            proptest::prop_assert_eq!(Amount::parse(&Amount(fen).to_string()), Some(Amount(fen)));
        }

        #[test]
        fn no_text_panics(text in ".{0,40}") {
            let _ = (Amount::parse(&text), parse_time(&text));
        }
    }
}
