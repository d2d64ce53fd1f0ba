//! What merchants are owed, in the currency that they chose: worked out here from the directory's
//! rows, the payment's row and whole numbers, not with the engine's rates.

use std::collections::BTreeMap;

use noren_core::directory::{Change, Merchant, MidRate};
use noren_core::id::MerchantId;
use noren_core::ledger::AccountKind;
use noren_core::money::{Currency, Money};
use noren_core::payment::{Asked, Payment, State};
use noren_core::refund::{Refund, RefundBy, RefundState};
use noren_core::settlement::{Settled, Settlement};

use super::books::OwnBooks;
use super::{Broken, broken, holds};

/// What the directory says now.
#[derive(Clone, Debug, Default)]
pub(super) struct Terms {
    merchants: BTreeMap<MerchantId, Merchant>,
    rates: BTreeMap<(Currency, Currency), MidRate>,
    version: u64,
}

impl Terms {
    pub fn set(&mut self, version: u64, change: &Change) {
        self.version = version;
        match change {
            Change::Merchant(merchant) => {
                self.merchants.insert(merchant.id, merchant.clone());
            }
            Change::Rate(mid) => {
                self.rates.insert((mid.rate.base, mid.rate.quote), mid.clone());
            }
            Change::Wallet(_)
            | Change::Acquirer(_)
            | Change::Partner(_)
            | Change::Store(_)
            | Change::Fees(_)
            | Change::Tenant(_)
            | Change::ApiKey(_)
            | Change::Cap(_) => {}
        }
    }

    /// An intent that is new: its rate is the one that is published, less the merchant's margin, and
    /// there is one exactly when the merchant is paid in another currency (I2).
    pub fn fixed(&self, payment: &Payment, asked: &Asked) -> Result<(), Broken> {
        let id = payment.id;
        let choice = self.merchants.get(&payment.merchant).and_then(|merchant| {
            merchant.settlement.filter(|choice| choice.currency != merchant.currency)
        });
        let (choice, fixed) = match (choice, asked.settlement.as_deref()) {
            (None, None) => return Ok(()),
            (Some(choice), Some(fixed)) => (choice, fixed),
            (None, Some(_)) | (Some(_), None) => {
                return broken("I2", format!("{id} is not settled in what its merchant chose"));
            }
        };
        let from = (payment.amount.currency(), choice.currency);
        let said = self.rates.get(&from).is_some_and(|mid| {
            (mid.rate, &mid.source, mid.at) == (fixed.mid, &fixed.source, fixed.rate_at)
        });
        if !said || (fixed.margin_bps, fixed.directory_version) != (choice.margin_bps, self.version)
        {
            return broken("I2", format!("{id} is settled at a rate that nobody published"));
        }
        let net = payment.amount.minor() - asked.fees.total.minor();
        let due = converted(fixed, net);
        if fixed.amount != Money::new(due, choice.currency) {
            return broken(
                "I2",
                format!("{id}: {} is promised for {net}, not {due}", fixed.amount),
            );
        }
        Ok(())
    }
}

/// Less the margin, in minor units, rounded down.
fn converted(fixed: &Settlement, net: i64) -> i64 {
    let unit = |currency: Currency| 10i128.pow(u32::from(currency.exponent()));
    let (up, down) = fixed.mid.ratio();
    let left = 10_000 - i128::from(fixed.margin_bps);
    let up = i128::from(up) * left * unit(fixed.mid.quote);
    let down = i128::from(down) * 10_000 * unit(fixed.mid.base);
    i64::try_from((i128::from(net) * up).div_euclid(down)).unwrap_or(i64::MAX)
}

/// What is booked for the merchant is what it is owed: captures less fees, less refunds, and the
/// fees that came back; in the currency of its settlement, and in no other (I1).
pub(super) fn owed(payment: &Payment, books: &OwnBooks) -> Result<(), Broken> {
    let id = payment.id;
    let Some(asked) = payment.state.asked() else { return Ok(()) };
    let (captured, fees) = match &payment.state {
        State::Captured(s) => (payment.amount.minor(), s.asked.fees.total.minor()),
        _ => holds::taken(payment).fold((0, 0), |(captured, fees), part| {
            (captured + part.amount.minor(), fees + part.fees.total.minor())
        }),
    };
    let done = || payment.refunds.iter().filter(|r| matches!(r.state, RefundState::Refunded(_)));
    let refunded: i64 = done().map(|refund| refund.amount.minor()).sum();
    let cancelled = done().any(|refund| refund.by == RefundBy::Cancel);
    let shares = asked.fees.shares.iter().filter(|share| share.returned_on_refund || cancelled);
    let whole = i128::from(payment.amount.minor());
    let returned: i128 =
        shares.map(|share| i128::from(share.amount.minor()) * i128::from(refunded) / whole).sum();
    let back = refunded - i64::try_from(returned).unwrap_or(i64::MAX);
    let mut due: BTreeMap<Currency, i64> = BTreeMap::new();
    match &asked.settlement {
        None => {
            due.insert(payment.amount.currency(), captured - fees - back);
        }
        Some(fixed) => {
            let (credited, given_back) =
                (converted(fixed, captured - fees), converted(fixed, back));
            due.insert(fixed.amount.currency(), credited - given_back);
            recorded(payment, fixed, credited, given_back)?;
        }
    }
    let payable = books.nets.iter().filter(|((kind, _), _)| *kind == AccountKind::MerchantPayable);
    for ((_, currency), net) in payable {
        let owed = due.remove(currency).unwrap_or(0);
        if *net != -owed {
            let booked = -net;
            return broken("I1", format!("{id}: {booked} {currency} is owed, {owed} is due"));
        }
    }
    match due.into_iter().find(|(_, owed)| *owed != 0) {
        None => Ok(()),
        Some((currency, owed)) => {
            broken("I1", format!("{id}: no {currency} is owed, {owed} is due"))
        }
    }
}

/// What the record shows, part by part, makes the same sums, and is at the payment's rate.
fn recorded(
    payment: &Payment,
    fixed: &Settlement,
    credited: i64,
    given_back: i64,
) -> Result<(), Broken> {
    let id = payment.id;
    let parts: Vec<Settled> = holds::taken(payment).filter_map(|part| part.settlement).collect();
    let back: Vec<Settled> = payment.refunds.iter().filter_map(given).collect();
    let sum = |steps: &[Settled]| steps.iter().map(|step| step.amount.minor()).sum::<i64>();
    let captured = match &payment.state {
        State::Captured(_) => fixed.amount.minor(),
        _ => sum(&parts),
    };
    if (captured, sum(&back)) != (credited, given_back) {
        let shown = format!("{captured} less {} is shown", sum(&back));
        return broken("I1", format!("{id}: {shown}, {credited} less {given_back} is due"));
    }
    if parts.iter().chain(&back).any(|step| step.rate != fixed.rate) {
        return broken("I2", format!("{id}: a part is settled at another rate"));
    }
    Ok(())
}

fn given(refund: &Refund) -> Option<Settled> {
    match &refund.state {
        RefundState::Refunded(done) => done.settlement,
        _ => None,
    }
}
