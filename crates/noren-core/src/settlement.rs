//! What a merchant is owed in another currency than it prices in.
//!
//! The rate is fixed in the intent, before a wallet is asked or permitted to debit, and holds for
//! every capture and refund of the payment. Fees are taken in the order's currency first; what is
//! left of it is converted, always as a running total, so that captures make the whole to the last
//! unit, and refunds take back what was credited.

use serde::{Deserialize, Serialize};

use crate::Text;
use crate::directory::{MidRate, SettlementChoice};
use crate::fee::FeeSplit;
use crate::money::{Money, MoneyError};
use crate::rate::{Rate, Rounding};
use crate::refund::RefundBy;
use crate::time::Timestamp;

/// The terms on which one payment is settled. Never changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settlement {
    /// What the merchant is owed once all of the order is captured: the order's amount less the
    /// fees, converted.
    pub amount: Money,
    /// From the order's currency to the merchant's: mid less margin.
    pub rate: Rate,
    /// What the market says.
    pub mid: Rate,
    /// The difference, in hundredths of a percent.
    pub margin_bps: u16,
    /// Who published the mid rate.
    pub source: Text,
    /// When the mid rate was published.
    pub rate_at: Timestamp,
    /// The version of the directory that rate and margin are from.
    pub directory_version: u64,
}

/// What one capture or refund moves of what a merchant is owed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settled {
    /// In the merchant's currency. Below zero where fees round to more than the part.
    pub amount: Money,
    /// The payment's rate.
    pub rate: Rate,
}

impl Settlement {
    /// Fixes the rate for an order of `amount` with these fees.
    pub(crate) fn make(
        choice: SettlementChoice,
        mid: &MidRate,
        directory_version: u64,
        amount: Money,
        fees: &FeeSplit,
    ) -> Result<Self, MoneyError> {
        let rate = mid.rate.marked_down(choice.margin_bps).map_err(|_| MoneyError::Overflow)?;
        Ok(Self {
            amount: rate.convert(amount.checked_sub(fees.total)?, Rounding::Down)?,
            rate,
            mid: mid.rate,
            margin_bps: choice.margin_bps,
            source: mid.source.clone(),
            rate_at: mid.at,
            directory_version,
        })
    }

    /// What `net` of the order's currency is to the merchant. Rounded down: a part of a minor unit
    /// stays in the fx position.
    fn of(&self, net: Money) -> Result<Money, MoneyError> {
        self.rate.convert(net, Rounding::Down)
    }

    /// What the merchant is owed for captures that grow from `before` to `after` of `whole`.
    pub fn captured(
        &self,
        fees: &FeeSplit,
        before: Money,
        after: Money,
        whole: i64,
    ) -> Result<Settled, MoneyError> {
        let due = |sum: Money| self.of(sum.checked_sub(fees.due(sum.minor(), whole)?)?);
        Ok(Settled { amount: due(after)?.checked_sub(due(before)?)?, rate: self.rate })
    }

    /// What the merchant gives back for refunds that grow from `before` to `after` of `whole`: what
    /// the payer gets, less the fees that come back.
    pub fn given_back(
        &self,
        fees: &FeeSplit,
        by: RefundBy,
        (before, after): (Money, Money),
        whole: i64,
    ) -> Result<Settled, MoneyError> {
        let due =
            |sum: Money| self.of(sum.checked_sub(fees.returned(by, sum.minor(), whole)?)?);
        Ok(Settled { amount: due(after)?.checked_sub(due(before)?)?, rate: self.rate })
    }

    /// The same with each refund rounded by itself: a mistake, to be planted.
    #[cfg(feature = "faults")]
    pub(crate) fn given_back_alone(
        &self,
        fees: &FeeSplit,
        by: RefundBy,
        (before, after): (Money, Money),
        whole: i64,
    ) -> Result<Settled, MoneyError> {
        let net = |sum: Money| sum.checked_sub(fees.returned(by, sum.minor(), whole)?);
        let amount = self.of(net(after)?.checked_sub(net(before)?)?)?;
        Ok(Settled { amount, rate: self.rate })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fee::{FeePart, FeeParties, FeeParty, FeeSchedule};
    use crate::money::Currency;

    fn fees(amount: Money, bps: u16, shares: &[(u16, bool)]) -> FeeSplit {
        let part = |(share, returned_on_refund): &(u16, bool)| FeePart {
            party: FeeParty::Switch,
            share: *share,
            returned_on_refund: *returned_on_refund,
        };
        let schedule = FeeSchedule {
            name: "test".into(),
            acquirer: None,
            merchant: None,
            wallet: None,
            way: None,
            categories: Vec::new(),
            valid_from: None,
            valid_until: None,
            discount_bps: bps,
            parts: shares.iter().map(part).collect(),
        };
        let (wallet, acquirer) = ("w".parse().unwrap(), "a".parse().unwrap());
        schedule.split(amount, &FeeParties { wallet, acquirer, partner: None }).unwrap()
    }

    fn settlement(amount: Money, fees: &FeeSplit, mid: &str, margin_bps: u16) -> Settlement {
        let rate = Rate::from_decimal(Currency::JPY, Currency::CNY, mid).unwrap();
        let mid = MidRate { rate, source: "test".into(), at: Timestamp(0) };
        let choice = SettlementChoice { currency: Currency::CNY, margin_bps };
        Settlement::make(choice, &mid, 1, amount, fees).unwrap()
    }

    fn yen(minor: i64) -> Money {
        Money::new(minor, Currency::JPY)
    }

    /// 1,200 yen less 36 are 1,164; at 0.0484 less 1 % they are 55.774224 yuan.
    #[test]
    fn fees_are_taken_first_and_a_part_of_a_fen_is_not_paid() {
        let split = fees(yen(1_200), 300, &[(10_000, false)]);
        let settled = settlement(yen(1_200), &split, "0.0484", 100);
        assert_eq!(settled.amount, Money::new(5_577, Currency::CNY));
        assert_eq!(settled.rate.ratio(), (11_979, 250_000));
    }

    /// Four yen with three of them in fees, of which two fall due with the last yen.
    #[test]
    fn a_step_below_zero_is_made_good_by_the_next() {
        let split = fees(yen(4), 7_500, &[(3_334, true), (3_333, true), (3_333, true)]);
        let settled = settlement(yen(4), &split, "0.05", 0);
        let steps: Vec<i64> = (0..4)
            .map(|n| settled.captured(&split, yen(n), yen(n + 1), 4).unwrap().amount.minor())
            .collect();
        assert_eq!(steps, [5, 0, 5, -5]);
        assert_eq!(steps.iter().sum::<i64>(), settled.amount.minor());
    }

    proptest::proptest! {
        #[test]
        fn captures_make_the_whole_and_refunds_take_it_back(
            whole in 1i64..10_000_000,
            cuts in proptest::collection::vec(0i64..10_000_000, 0..6),
            others in proptest::collection::vec(0i64..10_000_000, 0..6),
            bps in 0u16..=10_000,
            a in 0u16..=5_000,
            mid in 1u64..2_000,
            margin in 0u16..10_000,
        ) {
            let split = fees(yen(whole), bps, &[(a, true), (3_333, true), (6_667 - a, true)]);
            let settled = settlement(yen(whole), &split, &format!("0.{mid:04}"), margin);
            let sorted = |cuts: Vec<i64>| {
                let mut cuts: Vec<i64> =
                    cuts.into_iter().map(|cut| cut % whole).chain([0, whole]).collect();
                cuts.sort_unstable();
                cuts
            };
            let captured: i64 = sorted(cuts)
                .windows(2)
                .map(|c| settled.captured(&split, yen(c[0]), yen(c[1]), whole).unwrap().amount.minor())
                .sum();
            let back: i64 = sorted(others)
                .windows(2)
                .map(|c| (yen(c[0]), yen(c[1])))
                .map(|step| settled.given_back(&split, RefundBy::Refund, step, whole).unwrap().amount.minor())
                .sum();
            proptest::prop_assert_eq!(captured, settled.amount.minor());
            proptest::prop_assert_eq!(back, captured);
            let step = (yen(0), yen(whole));
            let cancelled = settled.given_back(&split, RefundBy::Cancel, step, whole).unwrap();
            proptest::prop_assert_eq!(cancelled.amount, settled.amount);
        }
    }
}
