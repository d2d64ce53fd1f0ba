//! What is and what was in doubt, as the operator sees it.

use std::collections::BTreeMap;

use noren_core::id::{PaymentId, WalletName};
use noren_core::payment::{Payment, State, Undo};
use noren_core::time::{Span, Timestamp};
use noren_core::wallet::Profile;
use noren_store::sqlite;
use serde::Serialize;
use utoipa::ToSchema;

use super::At;

/// What is in doubt with one wallet now, and what was of the payments of a period.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct WalletDoubt {
    /// `wallet_doubt`.
    pub object: &'static str,
    /// The wallet.
    #[schema(value_type = String)]
    pub wallet: WalletName,
    /// True when the money is real.
    pub livemode: bool,
    /// Payments that are in doubt now, whenever they were created.
    pub open: u64,
    /// Of those, the one that is in doubt for longest.
    pub oldest: Option<OldestDoubt>,
    /// The period begins: payments that were created from then on,
    #[schema(value_type = String, format = DateTime)]
    pub from: At,
    /// and before then.
    #[schema(value_type = String, format = DateTime)]
    pub until: At,
    /// Payments of the period that asked the wallet.
    pub payments: u64,
    /// Of those, the ones that ever were in doubt.
    pub doubted: u64,
    /// For how long it was not known what became of them.
    pub unknown_ms: Option<Spread>,
    /// What they are now: how many have each status.
    #[schema(value_type = Object, example = json!({"captured": 2, "reversed": 1}))]
    pub ended: BTreeMap<String, u64>,
}

/// The payment that is in doubt for longest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct OldestDoubt {
    /// Which.
    #[schema(value_type = String)]
    pub payment: PaymentId,
    /// What it is.
    #[schema(example = "in_doubt")]
    pub status: &'static str,
    /// Since when.
    #[schema(value_type = String, format = DateTime)]
    pub since: At,
    /// How long that is, in milliseconds.
    pub age_ms: u64,
    /// What is done next: `inquire`, `cancel` or `void`.
    #[schema(example = "inquire")]
    pub next_action: &'static str,
    /// When. In the past: it waits its turn in the wallet's budget.
    #[schema(value_type = String, format = DateTime)]
    pub next_at: At,
}

/// How times are spread, in milliseconds. Percentiles are of the nearest rank: times that occurred.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Spread {
    /// Half of them are at most this.
    pub p50: u64,
    /// 95 of 100 are at most this.
    pub p95: u64,
    /// The longest.
    pub max: u64,
    /// All together.
    pub sum: u64,
}

impl Spread {
    /// `None` for no times at all.
    fn of(mut times: Vec<u64>) -> Option<Self> {
        times.sort_unstable();
        let max = *times.last()?;
        let rank = |percent: usize| times[(times.len() * percent).div_ceil(100) - 1];
        let sum = times.iter().fold(0u64, |sum, time| sum.saturating_add(*time));
        Some(Self { p50: rank(50), p95: rank(95), max, sum })
    }
}

/// What is done next about a payment in doubt, and when.
fn next(payment: &Payment, profile: Option<&Profile>) -> Option<(&'static str, Timestamp)> {
    match &payment.state {
        State::InDoubt(s) => {
            let climbed = profile.is_some_and(|profile| s.inquiries >= profile.inquiry_max);
            Some((if climbed { "cancel" } else { "inquire" }, s.next_at))
        }
        State::Reversing(s) => match s.phase {
            Undo::Cancelling { .. } => Some(("cancel", s.next_at)),
            Undo::CancelRefused { .. } => Some(("inquire", s.next_at)),
            Undo::Releasing { .. } => Some(("void", s.next_at)),
            Undo::Returning { .. } => None,
        },
        State::WaitingForPayer(_)
        | State::Ordering(_)
        | State::Ordered(_)
        | State::Authorising(_)
        | State::Authorised(_)
        | State::Capturing(_)
        | State::Voiding(_)
        | State::Captured(_)
        | State::HoldCaptured(_)
        | State::Voided(_)
        | State::Declined(_)
        | State::Cancelled(_)
        | State::Expired(_)
        | State::Reversed(_)
        | State::Blocked(_) => None,
    }
}

impl WalletDoubt {
    /// One wallet's part, at an instant.
    pub fn of(
        wallet: WalletName,
        found: &sqlite::WalletDoubt,
        profile: Option<&Profile>,
        (from, until): (Timestamp, Timestamp),
        livemode: bool,
    ) -> Self {
        let oldest = found.oldest.as_ref().and_then(|payment| {
            let since = payment.doubt.since?;
            let (next_action, next_at) = next(payment, profile)?;
            let Span(age_ms) = until.since(since);
            let status = payment.state.name();
            let (since, next_at) = (At(since), At(next_at));
            Some(OldestDoubt { payment: payment.id, status, since, age_ms, next_action, next_at })
        });
        let mut ended = BTreeMap::new();
        for doubted in &found.doubted {
            *ended.entry(doubted.status.clone()).or_default() += 1;
        }
        let times = found.doubted.iter().map(|doubted| doubted.doubt.total(until).0);
        Self {
            object: "wallet_doubt",
            wallet,
            livemode,
            open: found.open,
            oldest,
            from: At(from),
            until: At(until),
            payments: found.payments,
            doubted: found.doubted.len() as u64,
            unknown_ms: Spread::of(times.collect()),
            ended,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_times_that_occurred() {
        assert_eq!(Spread::of(vec![]), None);
        let one = Spread { p50: 7, p95: 7, max: 7, sum: 7 };
        assert_eq!(Spread::of(vec![7]), Some(one));
        let spread = Spread { p50: 50, p95: 95, max: 100, sum: 5_050 };
        assert_eq!(Spread::of((1..=100).rev().collect()), Some(spread));
        let spread = Spread { p50: 2, p95: 3, max: 3, sum: 6 };
        assert_eq!(Spread::of(vec![3, 1, 2]), Some(spread));
    }
}
