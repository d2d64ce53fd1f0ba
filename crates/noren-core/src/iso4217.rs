//! Currencies: alphabetic code, numeric code and exponent of ISO 4217.
//!
//! Only currencies that a network of this switch can use are listed; what is not listed cannot be
//! held. A test compares the table with an independent list.

use std::fmt;
use std::str::FromStr;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

struct Row {
    alpha: &'static str,
    numeric: u16,
    exponent: u8,
}

macro_rules! currencies {
    ($($alpha:ident $numeric:literal $exponent:literal;)*) => {
        const TABLE: &[Row] = &[$(Row {
            alpha: stringify!($alpha), numeric: $numeric, exponent: $exponent,
        }),*];

        #[allow(clippy::upper_case_acronyms, non_camel_case_types)]
        #[repr(u8)]
        enum Index { $($alpha),* }

        impl Currency {
            $(
                #[doc = concat!(stringify!($alpha), ", ISO 4217 number ", stringify!($numeric),
                    ", ", stringify!($exponent), " decimals.")]
                pub const $alpha: Currency = Currency(Index::$alpha as u8);
            )*
        }
    };
}

/// A currency of ISO 4217. Offshore "CNH" is not one; books use CNY.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency(u8);

currencies! {
    JPY 392 0; CNY 156 2; USD 840 2; EUR 978 2; HKD 344 2; MOP 446 2; TWD 901 2; KRW 410 0;
    SGD 702 2; MYR 458 2; THB 764 2; IDR 360 2; PHP 608 2; VND 704 0; KHR 116 2; LAK 418 2;
    INR 356 2; MNT 496 2; GBP 826 2; AUD 36 2; KWD 414 3;
}

impl Currency {
    fn row(self) -> &'static Row {
        &TABLE[usize::from(self.0)]
    }

    /// `JPY`.
    pub fn alpha(self) -> &'static str {
        self.row().alpha
    }

    /// 392 for JPY.
    pub fn numeric(self) -> u16 {
        self.row().numeric
    }

    /// How many decimal places a minor unit is: 0 for JPY, 2 for CNY, 3 for KWD.
    pub fn exponent(self) -> u8 {
        self.row().exponent
    }

    /// A currency by its number, as payment codes write it.
    pub fn from_numeric(numeric: u16) -> Option<Self> {
        TABLE.iter().position(|row| row.numeric == numeric).map(|index| Self(index as u8))
    }

    /// Every currency that can be held.
    pub fn all() -> impl Iterator<Item = Currency> {
        (0..TABLE.len()).map(|index| Self(index as u8))
    }
}

/// The text is not the code of a currency that this switch can hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownCurrency;

impl fmt::Display for UnknownCurrency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not the ISO 4217 code of a currency that this switch can hold")
    }
}

impl std::error::Error for UnknownCurrency {}

impl FromStr for Currency {
    type Err = UnknownCurrency;

    fn from_str(text: &str) -> Result<Self, UnknownCurrency> {
        TABLE
            .iter()
            .position(|row| row.alpha == text)
            .map(|index| Self(index as u8))
            .ok_or(UnknownCurrency)
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.alpha())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.alpha())
    }
}

impl Serialize for Currency {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.alpha())
    }
}

impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(D::Error::custom)
    }
}
