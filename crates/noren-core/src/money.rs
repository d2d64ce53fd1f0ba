//! Money that cannot be added by mistake.

use std::fmt;

use serde::{Deserialize, Serialize};

pub use crate::iso4217::Currency;

/// An amount in the smallest unit of its currency: JPY 1 is one yen, CNY 1 is one fen, KWD 1 is a
/// thousandth of a dinar. May be negative only where a type says so; most take [`Money::positive`].
///
/// There is no `Default`, no `From<i64>` and no `+`: an amount without a currency cannot be
/// written, and a sum can fail.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Money {
    #[serde(rename = "amount")]
    minor: i64,
    currency: Currency,
}

/// No single amount is larger: ten million million minor units. Far above any payment, and small
/// enough that a slot's totals hold nine hundred thousand of the largest.
pub const MINOR_MAX: i64 = 10_000_000_000_000;

/// Why a calculation with money has no result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MoneyError {
    /// Two currencies met that never may.
    CurrencyDiffers,
    /// The result does not fit 64 bits.
    Overflow,
}

impl fmt::Display for MoneyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::CurrencyDiffers => "the amounts are of different currencies",
            Self::Overflow => "the amount does not fit 64 bits",
        })
    }
}

impl std::error::Error for MoneyError {}

impl Money {
    /// `minor` smallest units of `currency`.
    pub const fn new(minor: i64, currency: Currency) -> Self {
        Self { minor, currency }
    }

    /// Nothing, in `currency`.
    pub const fn zero(currency: Currency) -> Self {
        Self { minor: 0, currency }
    }

    /// The number of smallest units.
    pub const fn minor(self) -> i64 {
        self.minor
    }

    /// What it is counted in.
    pub const fn currency(self) -> Currency {
        self.currency
    }

    /// True above zero.
    pub const fn positive(self) -> bool {
        self.minor > 0
    }

    /// True for an amount that somebody can have paid: above zero, and at most [`MINOR_MAX`].
    pub const fn plausible(self) -> bool {
        self.minor > 0 && self.minor <= MINOR_MAX
    }

    /// The sum. Errors when the currencies differ or it does not fit. Never converts.
    pub fn checked_add(self, other: Money) -> Result<Money, MoneyError> {
        if self.currency != other.currency {
            return Err(MoneyError::CurrencyDiffers);
        }
        let minor = self.minor.checked_add(other.minor).ok_or(MoneyError::Overflow)?;
        Ok(Money { minor, currency: self.currency })
    }

    /// The difference, under the same rules as [`Money::checked_add`].
    pub fn checked_sub(self, other: Money) -> Result<Money, MoneyError> {
        if self.currency != other.currency {
            return Err(MoneyError::CurrencyDiffers);
        }
        let minor = self.minor.checked_sub(other.minor).ok_or(MoneyError::Overflow)?;
        Ok(Money { minor, currency: self.currency })
    }

    /// `self × part / whole`, rounded down. `whole` must be above zero.
    ///
    /// For shares that are worked out from running totals: whoever takes the last share takes
    /// what rounding left (fees, refunds in two currencies).
    pub fn share(self, part: i64, whole: i64) -> Result<Money, MoneyError> {
        assert!(whole > 0, "a share needs a whole above zero");
        let minor = (i128::from(self.minor) * i128::from(part)).div_euclid(i128::from(whole));
        let minor = i64::try_from(minor).map_err(|_| MoneyError::Overflow)?;
        Ok(Money { minor, currency: self.currency })
    }
}

impl fmt::Display for Money {
    /// The currency and the amount in major units: `JPY 1200`, `CNY 58.12`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let exponent = usize::from(self.currency.exponent());
        let sign = if self.minor < 0 { "-" } else { "" };
        let digits = self.minor.unsigned_abs();
        let unit = 10u64.pow(exponent as u32);
        if exponent == 0 {
            return write!(f, "{} {sign}{digits}", self.currency);
        }
        write!(f, "{} {sign}{}.{:0exponent$}", self.currency, digits / unit, digits % unit)
    }
}

impl fmt::Debug for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_is_shown_by_its_exponent() {
        assert_eq!(Money::new(1200, Currency::JPY).to_string(), "JPY 1200");
        assert_eq!(Money::new(-5812, Currency::CNY).to_string(), "CNY -58.12");
        assert_eq!(Money::new(5, Currency::CNY).to_string(), "CNY 0.05");
        assert_eq!(Money::new(1_005, Currency::KWD).to_string(), "KWD 1.005");
    }

    #[test]
    fn currencies_never_mix_and_sums_never_wrap() {
        let yen = Money::new(1, Currency::JPY);
        let fen = Money::new(1, Currency::CNY);
        assert_eq!(yen.checked_add(fen), Err(MoneyError::CurrencyDiffers));
        let most = Money::new(i64::MAX, Currency::JPY);
        assert_eq!(most.checked_add(yen), Err(MoneyError::Overflow));
        assert_eq!(most.share(i64::MAX, 1), Err(MoneyError::Overflow));
    }

    #[test]
    fn an_amount_without_its_currency_cannot_be_read() {
        assert!(serde_json::from_str::<Money>(r#"{"amount":5}"#).is_err());
        assert!(serde_json::from_str::<Money>(r#"{"amount":5.5,"currency":"JPY"}"#).is_err());
        assert!(serde_json::from_str::<Money>(r#"{"amount":5,"currency":"XXX"}"#).is_err());
        let read: Money = serde_json::from_str(r#"{"amount":5,"currency":"JPY"}"#).unwrap();
        assert_eq!(read, Money::new(5, Currency::JPY));
    }
}
