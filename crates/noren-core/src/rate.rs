//! Exchange rates as ratios of two integers, and conversion with a named rounding.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::money::{Currency, Money, MoneyError};

/// How much of `quote` one unit of `base` is worth, both in **major** units: JPY/CNY 0.0484 is
/// `484 / 10000`. Kept in lowest terms, so equal rates are equal values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rate {
    /// The currency that is one unit.
    pub base: Currency,
    /// The currency that the price is in.
    pub quote: Currency,
    numerator: u64,
    denominator: u64,
}

/// What becomes of a part of a minor unit. There is no default: each conversion says which.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rounding {
    /// To the nearest; a half goes to the even neighbour.
    HalfEven,
    /// Towards the lower number.
    Down,
    /// Towards the higher number.
    Up,
}

/// Why there is no such rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RateError {
    /// A rate is above zero on both sides.
    NotPositive,
    /// Base and quote are the same currency.
    SameCurrency,
    /// The ratio does not fit 64 bits even in lowest terms.
    Overflow,
    /// Not a decimal number such as `0.0484`.
    NotDecimal,
}

impl fmt::Display for RateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotPositive => "a rate is above zero",
            Self::SameCurrency => "a rate is between two currencies",
            Self::Overflow => "the rate has too many digits",
            Self::NotDecimal => "a rate is written as a decimal number such as 0.0484",
        })
    }
}

impl std::error::Error for RateError {}

fn gcd(mut a: u128, mut b: u128) -> u128 {
    while b != 0 {
        // Sixty-four bits divide many times faster, and nearly every rate fits them.
        if let (Ok(mut x), Ok(mut y)) = (u64::try_from(a), u64::try_from(b)) {
            while y != 0 {
                (x, y) = (y, x % y);
            }
            return u128::from(x);
        }
        (a, b) = (b, a % b);
    }
    a
}

impl Rate {
    /// One `base` is `numerator / denominator` of `quote`.
    pub fn new(
        base: Currency,
        quote: Currency,
        numerator: u128,
        denominator: u128,
    ) -> Result<Self, RateError> {
        if base == quote {
            return Err(RateError::SameCurrency);
        }
        if numerator == 0 || denominator == 0 {
            return Err(RateError::NotPositive);
        }
        let common = gcd(numerator, denominator);
        Ok(Self {
            base,
            quote,
            numerator: u64::try_from(numerator / common).map_err(|_| RateError::Overflow)?,
            denominator: u64::try_from(denominator / common).map_err(|_| RateError::Overflow)?,
        })
    }

    /// Reads a decimal text, as rate sources publish it. No float is involved.
    pub fn from_decimal(base: Currency, quote: Currency, text: &str) -> Result<Self, RateError> {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        let digits = || whole.bytes().chain(fraction.bytes());
        if whole.is_empty() || text.len() > 24 || !digits().all(|b| b.is_ascii_digit()) {
            return Err(RateError::NotDecimal);
        }
        let numerator = digits().fold(0u128, |sum, b| sum * 10 + u128::from(b - b'0'));
        Self::new(base, quote, numerator, 10u128.pow(fraction.len() as u32))
    }

    /// The ratio in lowest terms: (numerator, denominator), major units of quote per base.
    pub const fn ratio(self) -> (u64, u64) {
        (self.numerator, self.denominator)
    }

    /// The same rate with `basis_points` hundredths of a percent on top.
    pub fn marked_up(self, basis_points: u16) -> Result<Self, RateError> {
        Self::new(
            self.base,
            self.quote,
            u128::from(self.numerator) * (10_000 + u128::from(basis_points)),
            u128::from(self.denominator) * 10_000,
        )
    }

    /// The same rate with `basis_points` hundredths of a percent taken off; all of it is too much.
    pub fn marked_down(self, basis_points: u16) -> Result<Self, RateError> {
        Self::new(
            self.base,
            self.quote,
            u128::from(self.numerator) * u128::from(10_000u16.saturating_sub(basis_points)),
            u128::from(self.denominator) * 10_000,
        )
    }

    /// Converts between the two currencies of this rate, in whichever direction `money` asks.
    ///
    /// Errors when `money` is of a third currency or the result does not fit.
    pub fn convert(self, money: Money, rounding: Rounding) -> Result<Money, MoneyError> {
        let (to, up, down) = if money.currency() == self.base {
            (self.quote, self.numerator, self.denominator)
        } else if money.currency() == self.quote {
            (self.base, self.denominator, self.numerator)
        } else {
            return Err(MoneyError::CurrencyDiffers);
        };
        let from_unit = 10i128.pow(u32::from(money.currency().exponent()));
        let to_unit = 10i128.pow(u32::from(to.exponent()));
        let numerator = i128::from(money.minor())
            .checked_mul(i128::from(up))
            .and_then(|n| n.checked_mul(to_unit))
            .ok_or(MoneyError::Overflow)?;
        let denominator = i128::from(down) * from_unit;
        let floor = numerator.div_euclid(denominator);
        let rest = numerator.rem_euclid(denominator);
        let rounded = match rounding {
            Rounding::Down => floor,
            Rounding::Up => floor + i128::from(rest > 0),
            Rounding::HalfEven => match (rest * 2).cmp(&denominator) {
                std::cmp::Ordering::Less => floor,
                std::cmp::Ordering::Greater => floor + 1,
                std::cmp::Ordering::Equal => floor + (floor & 1),
            },
        };
        let minor = i64::try_from(rounded).map_err(|_| MoneyError::Overflow)?;
        Ok(Money::new(minor, to))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rate(text: &str) -> Rate {
        Rate::from_decimal(Currency::JPY, Currency::CNY, text).unwrap()
    }

    #[test]
    fn yen_becomes_fen_and_back() {
        let yen = Money::new(1_200, Currency::JPY);
        let fen = rate("0.0484").convert(yen, Rounding::HalfEven).unwrap();
        assert_eq!(fen, Money::new(5_808, Currency::CNY));
        assert_eq!(rate("0.0484").convert(fen, Rounding::HalfEven).unwrap(), yen);
    }

    #[test]
    fn rounding_is_what_it_says() {
        // 5 yen at 0.001 are half a fen.
        let half = Money::new(5, Currency::JPY);
        let by = |r| rate("0.001").convert(half, r).unwrap().minor();
        assert_eq!((by(Rounding::Down), by(Rounding::HalfEven), by(Rounding::Up)), (0, 0, 1));
        let one_and_a_half = Money::new(15, Currency::JPY);
        assert_eq!(rate("0.001").convert(one_and_a_half, Rounding::HalfEven).unwrap().minor(), 2);
    }

    #[test]
    fn a_mark_up_is_exact() {
        assert_eq!(rate("0.05").marked_up(150).unwrap(), rate("0.05075"));
        assert_eq!(rate("0.05").marked_up(0).unwrap(), rate("0.05"));
    }

    #[test]
    fn a_margin_is_exact_and_never_takes_all() {
        assert_eq!(rate("0.05").marked_down(150).unwrap(), rate("0.04925"));
        assert_eq!(rate("0.05").marked_down(0).unwrap(), rate("0.05"));
        assert_eq!(rate("0.05").marked_down(10_000), Err(RateError::NotPositive));
    }

    #[test]
    fn what_is_no_rate_is_refused() {
        let read = |t| Rate::from_decimal(Currency::JPY, Currency::CNY, t);
        assert_eq!(read("0"), Err(RateError::NotPositive));
        for bad in ["", ".5", "1e3", "-1", "1,5", "0.00000000000000000000000001"] {
            assert_eq!(read(bad), Err(RateError::NotDecimal), "{bad}");
        }
        assert_eq!(Rate::new(Currency::JPY, Currency::JPY, 1, 1), Err(RateError::SameCurrency));
    }

    proptest::proptest! {
        #[test]
        fn there_and_back_never_gains(minor in 0i64..1_000_000_000_000, n in 1u128..1_000_000, d in 1u128..1_000_000) {
            let rate = Rate::new(Currency::JPY, Currency::CNY, n, d).unwrap();
            let yen = Money::new(minor, Currency::JPY);
            let fen = rate.convert(yen, Rounding::Down).unwrap();
            let back = rate.convert(fen, Rounding::Down).unwrap();
            proptest::prop_assert!(back.minor() <= minor);
        }
    }
}
