//! Fees: a merchant discount that is split between parties, to the last unit.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::Text;
use crate::directory::Merchant;
use crate::id::{AcquirerName, MerchantId, WalletName};
use crate::ledger::AccountOwner;
use crate::money::{Money, MoneyError};
use crate::payment::Way;

/// Who gets a part of the merchant discount.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FeeParty {
    /// The wallet whose user paid (interchange).
    Wallet,
    /// The acquirer that signed the merchant.
    Acquirer,
    /// The switch (service fee).
    Switch,
}

/// One party's part of the discount.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeePart {
    /// Who gets it.
    pub party: FeeParty,
    /// Ten-thousandths of the discount.
    pub share: u16,
    /// If the part comes back to the merchant with a refund. Interchange does, a service fee
    /// does not (`domain` facts, section 3, "Alipay+ refund").
    pub returned_on_refund: bool,
}

/// What a merchant pays for a payment, and how it is split. Members that are `None` fit all.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeeSchedule {
    /// Unique.
    pub name: Text,
    /// Only merchants of this acquirer.
    pub acquirer: Option<AcquirerName>,
    /// Only this merchant.
    pub merchant: Option<MerchantId>,
    /// Only this wallet.
    pub wallet: Option<WalletName>,
    /// Only this way to pay.
    pub way: Option<Way>,
    /// The discount in hundredths of a percent of the amount, rounded down to a whole unit.
    pub discount_bps: u16,
    /// Shares add up to 10,000; the last party takes what rounding left.
    pub parts: Vec<FeePart>,
}

/// One party's money. It names the party itself, not its role: a merchant may change its acquirer
/// between a payment and its refund.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeeShare {
    /// Who gets it.
    pub owner: AccountOwner,
    /// How much.
    pub amount: Money,
    /// If it comes back with a refund.
    pub returned_on_refund: bool,
}

/// A discount, split. The shares add up to the total, always.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeeSplit {
    /// What the merchant pays.
    pub total: Money,
    /// Who gets it.
    pub shares: Arc<[FeeShare]>,
}

impl FeeSchedule {
    /// Shares make a whole, and the discount is no more than the amount.
    pub(crate) fn adds_up(&self) -> bool {
        let sum: u32 = self.parts.iter().map(|part| u32::from(part.share)).sum();
        sum == 10_000 && self.discount_bps <= 10_000
    }

    /// How many of the four members name this payment; `None` when one names another.
    pub(crate) fn fit(&self, merchant: &Merchant, wallet: WalletName, way: Way) -> Option<u32> {
        fn weigh<T: PartialEq>(wanted: &Option<T>, is: &T, weight: u32) -> Option<u32> {
            match wanted {
                None => Some(0),
                Some(wanted) if wanted == is => Some(weight),
                Some(_) => None,
            }
        }
        Some(
            weigh(&self.merchant, &merchant.id, 8)?
                + weigh(&self.wallet, &wallet, 4)?
                + weigh(&self.way, &way, 2)?
                + weigh(&self.acquirer, &merchant.acquirer, 1)?,
        )
    }

    /// Splits the discount on `amount` of a payment by `wallet` at a merchant of `acquirer`.
    pub fn split(
        &self,
        amount: Money,
        wallet: WalletName,
        acquirer: AcquirerName,
    ) -> Result<FeeSplit, MoneyError> {
        let total = amount.share(i64::from(self.discount_bps), 10_000)?;
        let mut left = total;
        let mut shares = Vec::with_capacity(self.parts.len());
        for (place, part) in self.parts.iter().enumerate() {
            let last = place + 1 == self.parts.len();
            let part_of = if last { left } else { total.share(i64::from(part.share), 10_000)? };
            left = left.checked_sub(part_of)?;
            shares.push(FeeShare {
                owner: match part.party {
                    FeeParty::Wallet => AccountOwner::Wallet(wallet),
                    FeeParty::Acquirer => AccountOwner::Acquirer(acquirer),
                    FeeParty::Switch => AccountOwner::Switch,
                },
                amount: part_of,
                returned_on_refund: part.returned_on_refund,
            });
        }
        assert_eq!(left.minor(), 0, "fee shares must add up to the whole");
        Ok(FeeSplit { total, shares: shares.into() })
    }
}

impl FeeSplit {
    /// No fee at all, in the currency of `amount`.
    pub fn none(amount: Money) -> Self {
        Self { total: Money::zero(amount.currency()), shares: Arc::new([]) }
    }

    /// What a capture that takes a hold of `whole` from `before` to `after` pays: every share by
    /// the running total, so that the parts of all captures add up to the whole to the last unit.
    pub fn part(&self, before: i64, after: i64, whole: i64) -> Result<Self, MoneyError> {
        let part = |share: &FeeShare| {
            let due = |sum| share.amount.share(sum, whole);
            Ok(FeeShare { amount: due(after)?.checked_sub(due(before)?)?, ..*share })
        };
        let shares = self.shares.iter().map(part).collect::<Result<Vec<_>, MoneyError>>()?;
        let zero = Money::zero(self.total.currency());
        let total = shares.iter().try_fold(zero, |sum, share| sum.checked_add(share.amount))?;
        Ok(Self { total, shares: shares.into() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::Currency;

    fn schedule(bps: u16, shares: &[u16]) -> FeeSchedule {
        let part = |share| FeePart { party: FeeParty::Switch, share, returned_on_refund: false };
        FeeSchedule {
            name: "test".into(),
            acquirer: None,
            merchant: None,
            wallet: None,
            way: None,
            discount_bps: bps,
            parts: shares.iter().copied().map(part).collect(),
        }
    }

    fn split(schedule: &FeeSchedule, minor: i64) -> FeeSplit {
        let (wallet, acquirer) = ("w".parse().unwrap(), "a".parse().unwrap());
        schedule.split(Money::new(minor, Currency::JPY), wallet, acquirer).unwrap()
    }

    #[test]
    fn the_last_party_takes_what_rounding_left() {
        let split = split(&schedule(324, &[5_000, 3_333, 1_667]), 1_200);
        assert_eq!(split.total.minor(), 38);
        let minors: Vec<i64> = split.shares.iter().map(|s| s.amount.minor()).collect();
        assert_eq!(minors, [19, 12, 7]);
    }

    #[test]
    fn a_schedule_that_does_not_share_out_the_whole_is_refused() {
        assert!(!schedule(100, &[5_000, 4_999]).adds_up());
        assert!(!schedule(10_001, &[10_000]).adds_up());
        assert!(schedule(10_000, &[10_000]).adds_up());
    }

    proptest::proptest! {
        #[test]
        fn parts_of_a_hold_add_up_to_the_whole_in_every_share(
            whole in 1i64..10_000_000,
            cuts in proptest::collection::vec(0i64..10_000_000, 0..6),
            bps in 0u16..=10_000,
            a in 0u16..=5_000,
        ) {
            let split = split(&schedule(bps, &[a, 3_333, 6_667 - a]), whole);
            let mut cuts: Vec<i64> = cuts.into_iter().map(|cut| cut % whole).chain([0, whole]).collect();
            cuts.sort_unstable();
            let parts: Vec<_> =
                cuts.windows(2).map(|c| split.part(c[0], c[1], whole).unwrap()).collect();
            let total: i64 = parts.iter().map(|p| p.total.minor()).sum();
            proptest::prop_assert_eq!(total, split.total.minor());
            for (place, share) in split.shares.iter().enumerate() {
                let sum: i64 = parts.iter().map(|p| p.shares[place].amount.minor()).sum();
                proptest::prop_assert_eq!(sum, share.amount.minor());
                proptest::prop_assert!(parts.iter().all(|p| p.shares[place].amount.minor() >= 0));
            }
        }

        #[test]
        fn shares_always_add_up(minor in 0i64..1_000_000_000, bps in 0u16..=10_000, a in 0u16..=5_000, b in 0u16..=5_000) {
            let split = split(&schedule(bps, &[a, b, 10_000 - a - b]), minor);
            let sum: i64 = split.shares.iter().map(|s| s.amount.minor()).sum();
            proptest::prop_assert_eq!(sum, split.total.minor());
            proptest::prop_assert!(split.shares.iter().all(|s| s.amount.minor() >= 0));
        }
    }
}
