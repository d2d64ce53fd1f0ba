//! Fees: a merchant discount that is split between parties, to the last unit.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::Text;
use crate::directory::Merchant;
use crate::id::{AcquirerName, MerchantId, PartnerName, WalletName};
use crate::ledger::AccountOwner;
use crate::money::{Money, MoneyError};
use crate::payment::Way;
use crate::refund::RefundBy;
use crate::time::Timestamp;

/// Who gets a part of the merchant discount.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FeeParty {
    /// The wallet whose user paid (interchange).
    Wallet,
    /// The acquirer that signed the merchant.
    Acquirer,
    /// Whose terminal it was. Where nobody is named, the part is the acquirer's, who brought the
    /// merchant itself.
    Partner,
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
    /// Only merchants of these categories (ISO 18245); empty: all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub categories: Vec<Text>,
    /// Only what is asked of a wallet at or after this instant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_from: Option<Timestamp>,
    /// Only what is asked of a wallet before this instant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<Timestamp>,
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
    /// The schedule that it was worked out by, as it was in the payment's directory version.
    /// `None`: none fitted, or it is a part of a whole that names it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schedule: Option<Text>,
}

/// The parties of one payment that a discount may be split between.
#[derive(Clone, Copy, Debug)]
pub struct FeeParties {
    /// Whose user paid.
    pub wallet: WalletName,
    /// Who signed the merchant.
    pub acquirer: AcquirerName,
    /// Whose terminal it was, if anybody's.
    pub partner: Option<PartnerName>,
}

impl FeeParties {
    fn owner(&self, party: FeeParty) -> AccountOwner {
        match party {
            FeeParty::Wallet => AccountOwner::Wallet(self.wallet),
            FeeParty::Acquirer => AccountOwner::Acquirer(self.acquirer),
            FeeParty::Partner => match self.partner {
                Some(partner) => AccountOwner::Partner(partner),
                None => AccountOwner::Acquirer(self.acquirer),
            },
            FeeParty::Switch => AccountOwner::Switch,
        }
    }
}

impl FeeShare {
    /// What comes back of this share when refunds grow from `before` to `after` of `whole`: due
    /// after, less due before, so that all refunds together return all of it.
    pub fn back(&self, before: i64, after: i64, whole: i64) -> Result<Money, MoneyError> {
        if !self.returned_on_refund {
            return Ok(Money::zero(self.amount.currency()));
        }
        self.amount.share(after, whole)?.checked_sub(self.amount.share(before, whole)?)
    }
}

impl FeeSchedule {
    /// Shares make a whole, and the discount is no more than the amount.
    pub(crate) fn adds_up(&self) -> bool {
        let sum: u32 = self.parts.iter().map(|part| u32::from(part.share)).sum();
        sum == 10_000 && self.discount_bps <= 10_000
    }

    /// True when there is an instant at which it is in force.
    pub(crate) fn is_ever_in_force(&self) -> bool {
        self.valid_from.zip(self.valid_until).is_none_or(|(from, until)| from < until)
    }

    /// How closely it names this payment; `None` when a member names another.
    pub(crate) fn fit(
        &self,
        merchant: &Merchant,
        wallet: WalletName,
        way: Way,
        at: Timestamp,
    ) -> Option<u32> {
        fn weigh<T: PartialEq>(wanted: &Option<T>, is: &T, weight: u32) -> Option<u32> {
            match wanted {
                None => Some(0),
                Some(wanted) if wanted == is => Some(weight),
                Some(_) => None,
            }
        }
        let in_force = self.valid_from.is_none_or(|from| from <= at)
            && self.valid_until.is_none_or(|until| at < until);
        let category = match self.categories.is_empty() {
            true => 0,
            false => self.categories.contains(&merchant.mcc).then_some(16)?,
        };
        let dated = self.valid_from.is_some() || self.valid_until.is_some();
        in_force.then_some(())?;
        Some(
            weigh(&self.merchant, &merchant.id, 32)?
                + category
                + weigh(&self.wallet, &wallet, 8)?
                + weigh(&self.way, &way, 4)?
                + weigh(&self.acquirer, &merchant.acquirer, 2)?
                + u32::from(dated),
        )
    }

    /// Splits the discount on `amount` between the parties of a payment.
    pub fn split(&self, amount: Money, parties: &FeeParties) -> Result<FeeSplit, MoneyError> {
        let total = amount.share(i64::from(self.discount_bps), 10_000)?;
        let mut left = total;
        let mut shares = Vec::with_capacity(self.parts.len());
        for (place, part) in self.parts.iter().enumerate() {
            let last = place + 1 == self.parts.len();
            let part_of = if last { left } else { total.share(i64::from(part.share), 10_000)? };
            left = left.checked_sub(part_of)?;
            shares.push(FeeShare {
                owner: parties.owner(part.party),
                amount: part_of,
                returned_on_refund: part.returned_on_refund,
            });
        }
        assert_eq!(left.minor(), 0, "fee shares must add up to the whole");
        Ok(FeeSplit { total, shares: shares.into(), schedule: Some(self.name.clone()) })
    }
}

impl FeeSplit {
    /// No fee at all, in the currency of `amount`.
    pub fn none(amount: Money) -> Self {
        Self { total: Money::zero(amount.currency()), shares: Arc::new([]), schedule: None }
    }

    /// What is due of it when `sum` of `whole` is captured, every share rounded down.
    pub fn due(&self, sum: i64, whole: i64) -> Result<Money, MoneyError> {
        let zero = Money::zero(self.total.currency());
        let mut shares = self.shares.iter();
        shares.try_fold(zero, |due, share| due.checked_add(share.amount.share(sum, whole)?))
    }

    /// What comes back of it when `sum` of `whole` is given back. What is cancelled carries no fees.
    pub fn returned(&self, by: RefundBy, sum: i64, whole: i64) -> Result<Money, MoneyError> {
        match by {
            RefundBy::Cancel => self.due(sum, whole),
            RefundBy::Refund => {
                let zero = Money::zero(self.total.currency());
                let mut shares = self.shares.iter();
                shares.try_fold(zero, |back, share| back.checked_add(share.back(0, sum, whole)?))
            }
        }
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
        Ok(Self { total, shares: shares.into(), schedule: None })
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
            categories: Vec::new(),
            valid_from: None,
            valid_until: None,
            discount_bps: bps,
            parts: shares.iter().copied().map(part).collect(),
        }
    }

    fn split(schedule: &FeeSchedule, minor: i64) -> FeeSplit {
        let (wallet, acquirer) = ("w".parse().unwrap(), "a".parse().unwrap());
        let parties = FeeParties { wallet, acquirer, partner: Some("p".parse().unwrap()) };
        schedule.split(Money::new(minor, Currency::JPY), &parties).unwrap()
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

    #[test]
    fn a_partners_part_is_the_acquirers_where_there_is_no_partner() {
        let (wallet, acquirer) = ("w".parse().unwrap(), "a".parse().unwrap());
        let partner = "p".parse().unwrap();
        let of = |partner| FeeParties { wallet, acquirer, partner }.owner(FeeParty::Partner);
        assert_eq!(of(Some(partner)), AccountOwner::Partner(partner));
        assert_eq!(of(None), AccountOwner::Acquirer(acquirer));
    }

    #[test]
    fn a_schedule_that_is_never_in_force_is_known() {
        let between = |from: Option<i64>, until: Option<i64>| FeeSchedule {
            valid_from: from.map(Timestamp),
            valid_until: until.map(Timestamp),
            ..schedule(100, &[10_000])
        };
        assert!(
            between(None, None).is_ever_in_force() && between(Some(1), None).is_ever_in_force()
        );
        assert!(between(Some(1), Some(2)).is_ever_in_force());
        assert!(!between(Some(2), Some(2)).is_ever_in_force());
    }

    #[test]
    fn a_schedule_of_earlier_programs_is_read() {
        let old = r#"{"name":"all","acquirer":null,"merchant":null,"wallet":null,"way":null,
            "discount_bps":300,"parts":[{"party":"switch","share":10000,"returned_on_refund":true}]}"#;
        let read: FeeSchedule = serde_json::from_str(old).unwrap();
        assert_eq!((read.valid_from, read.valid_until, read.categories.len()), (None, None, 0));
        let old = r#"{"total":{"amount":0,"currency":"JPY"},"shares":[]}"#;
        let read: FeeSplit = serde_json::from_str(old).unwrap();
        assert_eq!(read, FeeSplit::none(Money::new(5, Currency::JPY)));
        assert_eq!(serde_json::to_string(&read).unwrap(), old);
    }

    proptest::proptest! {
        #[test]
        fn refunds_return_each_share_whole_or_keep_it_whole(
            whole in 1i64..10_000_000,
            cuts in proptest::collection::vec(0i64..10_000_000, 0..6),
            bps in 0u16..=10_000,
            a in 0u16..=5_000,
            returned in proptest::collection::vec(proptest::bool::ANY, 4),
        ) {
            let mut schedule = schedule(bps, &[a, 3_333, 1_667, 5_000 - a]);
            let parties =
                [FeeParty::Wallet, FeeParty::Acquirer, FeeParty::Partner, FeeParty::Switch];
            for ((part, party), back) in schedule.parts.iter_mut().zip(parties).zip(&returned) {
                (part.party, part.returned_on_refund) = (party, *back);
            }
            let split = split(&schedule, whole);
            let mut cuts: Vec<i64> = cuts.into_iter().map(|cut| cut % whole).chain([0, whole]).collect();
            cuts.sort_unstable();
            for share in split.shares.iter() {
                let parts: Vec<i64> =
                    cuts.windows(2).map(|c| share.back(c[0], c[1], whole).unwrap().minor()).collect();
                let due = if share.returned_on_refund { share.amount.minor() } else { 0 };
                proptest::prop_assert_eq!(parts.iter().sum::<i64>(), due);
                proptest::prop_assert!(parts.iter().all(|part| *part >= 0));
            }
        }

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
