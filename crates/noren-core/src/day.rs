//! Totals by day: what a merchant has taken, and what one payer has paid there.
//!
//! A payment says itself what it counts for ([`Payment::counted`]), as it says what is pending for
//! it, so whatever ends a payment without money also takes it out of its day.

use std::fmt;
use std::str::FromStr;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::id::{MerchantId, Slot};
use crate::payment::Payment;
use crate::time::{BusinessDate, Timestamp};

/// Minutes ahead of UTC of Tokyo, where a merchant's day ends. Japan has no summer time.
const TOKYO: i16 = 540;

/// A payer at one merchant: the keyed hash of wallet, merchant and the wallet's payer token, made at
/// the edge. The token itself never comes here, and the same payer is somebody else at another
/// merchant.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PayerHash([u8; 32]);

impl PayerHash {
    /// The 32 bytes of a keyed hash.
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
}

impl fmt::Display for PayerHash {
    /// 64 digits of hexadecimal, as in rows.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for PayerHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PayerHash({self})")
    }
}

/// A text is not the hash of a payer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PayerHashError;

impl fmt::Display for PayerHashError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the hash of a payer has 64 digits of 0-9 and a-f")
    }
}

impl std::error::Error for PayerHashError {}

impl FromStr for PayerHash {
    type Err = PayerHashError;

    /// Reads what `Display` writes.
    fn from_str(text: &str) -> Result<Self, PayerHashError> {
        let digit = |byte: u8| match byte {
            b'0'..=b'9' => Ok(byte - b'0'),
            b'a'..=b'f' => Ok(byte - b'a' + 10),
            _ => Err(PayerHashError),
        };
        let digits = text.as_bytes();
        let mut bytes = [0; 32];
        if digits.len() != 2 * bytes.len() {
            return Err(PayerHashError);
        }
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
            *byte = digit(pair[0])? << 4 | digit(pair[1])?;
        }
        Ok(Self(bytes))
    }
}

impl Serialize for PayerHash {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for PayerHash {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(D::Error::custom)
    }
}

/// Whose total of which day, in minor units of the merchant's currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DayName {
    /// At whom; carries the slot.
    pub merchant: MerchantId,
    /// A day in Tokyo.
    pub day: BusinessDate,
    /// One payer's total there; `None`: that of all payments.
    pub payer: Option<PayerHash>,
}

impl DayName {
    /// The totals that a payment asked for at `at` counts in: the merchant's, and the payer's where
    /// the payer is known.
    pub fn of(
        merchant: MerchantId,
        at: Timestamp,
        payer: Option<PayerHash>,
    ) -> impl Iterator<Item = Self> {
        let day = at.business_date(TOKYO);
        let name = move |payer| Self { merchant, day, payer };
        std::iter::once(name(None)).chain(payer.map(|payer| name(Some(payer))))
    }

    /// Where it is kept.
    pub fn slot(&self) -> Slot {
        self.merchant.slot()
    }
}

/// A total as it stands in the store, in minor units of the merchant's currency.
pub type DayTotal = (DayName, i64);

/// What one payment counts for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counted {
    merchant: MerchantId,
    at: Timestamp,
    payer: Option<PayerHash>,
    /// In minor units of the order's currency, zero or more.
    pub amount: i64,
    /// It may still become another amount.
    pub running: bool,
}

impl Counted {
    /// The same, with nothing running.
    pub(crate) fn ended(self) -> Self {
        Self { running: false, ..self }
    }

    /// The totals it is a part of.
    pub fn names(&self) -> impl Iterator<Item = DayName> + use<> {
        DayName::of(self.merchant, self.at, self.payer)
    }
}

impl Payment {
    /// What it counts for on the day on which a wallet was asked, or on which money came unasked.
    /// `None`: nobody was asked. A pure function of its row.
    ///
    /// What may still become money counts whole; what has ended counts as far as it was captured.
    /// A refund changes nothing: a limit is on what is taken, not on what is kept.
    pub fn counted(&self) -> Option<Counted> {
        let asked = self.state.asked()?;
        let amount =
            if self.state.may_bring_money() { self.amount.minor() } else { self.captured() };
        Some(Counted {
            merchant: self.merchant,
            at: asked.at,
            payer: self.payer,
            amount,
            running: !self.state.is_final(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::Entropy;

    #[test]
    fn a_payers_hash_is_read_as_it_is_written() {
        let hash = PayerHash::new(std::array::from_fn(|n| (n * 8) as u8));
        assert!(hash.to_string().starts_with("0008101820"));
        assert_eq!(hash.to_string().parse(), Ok(hash));
        for bad in ["", "00", &"0".repeat(63), &"G".repeat(64), &"A".repeat(64)] {
            assert_eq!(bad.parse::<PayerHash>(), Err(PayerHashError));
        }
    }

    #[test]
    fn a_merchants_day_is_tokyos() {
        let merchant = MerchantId::new(Timestamp(1), Slot::new(3).unwrap(), Entropy(1), 0);
        // 2026-11-21T15:00:00Z is midnight in Tokyo.
        for (at, day) in [(1_795_273_199_999, "2026-11-21"), (1_795_273_200_000, "2026-11-22")] {
            let names: Vec<_> = DayName::of(merchant, Timestamp(at), None).collect();
            assert_eq!(names.iter().map(|n| n.day.to_string()).collect::<Vec<_>>(), [day]);
        }
        let payer = Some(PayerHash::new([7; 32]));
        assert_eq!(DayName::of(merchant, Timestamp(0), payer).count(), 2);
    }
}
