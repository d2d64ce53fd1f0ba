//! Ids of transactions with nineteen digits, which have no room for ours: the millisecond in which
//! the thing came to be, and six digits of its id.
//!
//! ```text
//! 1795275000123 456789
//! milliseconds  id modulo a million
//! ```
//!
//! The time leads back to the payments of that millisecond ([`crate::facade::Till::created_at`]),
//! and the digits to one of them. Two of one shop's in the same millisecond share all nineteen once
//! in a million: then the name is ambiguous, and nothing is done by it (see
//! [`super::desk::Desk::transaction`]). Nineteen digits, and below the greatest signed 64-bit
//! integer, until the year 2262.

use noren_core::id::Id;
use noren_core::time::Timestamp;

use crate::linepay::messages::TransactionId;

const PER_MILLISECOND: u64 = 1_000_000;

/// The network's name for a payment or a refund of ours.
pub fn transaction_of<K>(id: Id<K>) -> TransactionId {
    let at = id.created_at().0.unsigned_abs();
    let digits = u64::try_from(id.raw() % u128::from(PER_MILLISECOND)).unwrap_or_default();
    TransactionId(at.saturating_mul(PER_MILLISECOND).saturating_add(digits))
}

/// When the thing that is named came to be.
pub fn created_at(transaction: TransactionId) -> Timestamp {
    // A nineteenth of what a u64 holds fits an i64 by far.
    Timestamp(i64::try_from(transaction.0 / PER_MILLISECOND).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use noren_core::id::{Entropy, PaymentId, Slot};

    use super::*;

    #[test]
    fn nineteen_digits_lead_back_to_the_millisecond() {
        let slot = Slot::new(137).unwrap();
        for (ms, n) in [(1_795_275_000_123, 5), (1_000_000_000_000, 1), (9_223_372_036_853, 7)] {
            let id = PaymentId::new(Timestamp(ms), slot, Entropy(n), 0);
            let transaction = transaction_of(id);
            assert_eq!(created_at(transaction), Timestamp(ms));
            assert_eq!(transaction.to_string().len(), 19);
            assert!(i64::try_from(transaction.0).is_ok());
            assert_eq!(transaction.to_string().parse(), Ok(transaction));
        }
    }

    #[test]
    fn payments_of_one_millisecond_are_told_apart() {
        let slot = Slot::new(3).unwrap();
        let at = Timestamp(1_795_275_000_123);
        let mut names: Vec<_> =
            (0..1_000).map(|n| transaction_of(PaymentId::new(at, slot, Entropy(n), 0)).0).collect();
        names.sort_unstable();
        names.dedup();
        // Of half a million pairs, one in a million shares a name.
        assert!(names.len() >= 996, "{}", names.len());
    }
}
