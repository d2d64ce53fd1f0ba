//! What a payment's record says about the books.
//!
//! A [`Tally`] is worked out from the last state of a payment alone, not from the way in which it
//! came there, and another one from the entries that name the payment. When the two differ, the
//! record or the entries are not what the engine wrote. `noren ledger verify` compares them for
//! every payment.

use std::collections::BTreeMap;
use std::fmt;

use crate::fee::{FeeShare, FeeSplit};
use crate::ledger::{AccountKind, AccountName, AccountOwner, EntryKind, Side};
use crate::money::{Currency, Money, MoneyError};
use crate::payment::{Asked, Payment, State};
use crate::rate::Rounding;
use crate::refund::{Refund, RefundBy, RefundState};
use crate::settlement::Settlement;
use crate::stray::{Stray, StrayStatus};

/// Both sides of one account, in minor units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Sums {
    debits: i128,
    credits: i128,
}

/// How many entries there are of each kind, and what they come to in each account.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    entries: BTreeMap<EntryKind, u32>,
    sums: BTreeMap<(EntryKind, AccountName), Sums>,
}

/// The first place at which a record and its entries differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Difference {
    /// The number of entries of a kind.
    Entries {
        /// Of which kind.
        kind: EntryKind,
        /// What the record says.
        recorded: u32,
        /// What is in the ledger.
        posted: u32,
    },
    /// What the entries of a kind come to in one account.
    Sums {
        /// Of which kind.
        kind: EntryKind,
        /// In which account.
        account: AccountName,
        /// Debits and credits as the record says, in minor units.
        recorded: (i128, i128),
        /// Debits and credits in the ledger, in minor units.
        posted: (i128, i128),
    },
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Entries { kind, recorded, posted } => {
                let kind = kind.name();
                write!(f, "its record says {recorded} {kind} entries, the ledger has {posted}")
            }
            Self::Sums { kind, account, recorded, posted } => write!(
                f,
                "its record says debits {} and credits {} of {account} by {} entries, the ledger \
                 has debits {} and credits {}",
                recorded.0,
                recorded.1,
                kind.name(),
                posted.0,
                posted.1
            ),
        }
    }
}

fn account(owner: AccountOwner, kind: AccountKind, money: Money) -> AccountName {
    AccountName { owner, kind, currency: money.currency() }
}

type Whose = (AccountOwner, AccountKind);

const FX: Whose = (AccountOwner::Switch, AccountKind::FxPosition);

/// Where an order's amount goes: to the merchant, or to the position where it is converted for it.
fn order_side(payment: &Payment, asked: &Asked) -> Whose {
    match asked.settlement {
        None => (AccountOwner::Merchant(payment.merchant), AccountKind::MerchantPayable),
        Some(_) => FX,
    }
}

impl Tally {
    /// What `payment` says. Errors when its amounts do not fit together at all, which the engine
    /// never lets happen.
    pub fn of(payment: &Payment) -> Result<Self, MoneyError> {
        let mut tally = Self::default();
        // A push rail may credit a payment that asked nobody.
        for stray in &payment.strays {
            tally.stray(stray);
        }
        let Some(asked) = payment.state.asked() else { return Ok(tally) };
        if let State::Captured(_) = payment.state {
            tally.capture(payment, asked, payment.amount, asked.payer, &asked.fees);
        }
        let parts = payment.state.hold().into_iter().flat_map(|hold| &hold.parts);
        for part in parts.filter(|part| part.receipt().is_some()) {
            let terms = &part.terms;
            tally.capture(payment, asked, terms.amount, terms.payer, &terms.fees);
        }
        for refund in payment.refunds.iter().filter(|refund| is_done(refund)) {
            tally.refund(payment, asked, refund);
        }
        tally.fees_returned(payment, asked)?;
        if let Some(settlement) = &asked.settlement {
            tally.settled(payment, asked, settlement)?;
        }
        Ok(tally)
    }

    /// Adds an entry that is in the ledger.
    pub fn post(
        &mut self,
        kind: EntryKind,
        lines: impl IntoIterator<Item = (AccountName, Side, Money)>,
    ) {
        *self.entries.entry(kind).or_default() += 1;
        for (account, side, amount) in lines {
            self.line(kind, account, side, amount);
        }
    }

    /// Where `posted` is not what this record says.
    pub fn difference(&self, posted: &Tally) -> Option<Difference> {
        for kind in self.entries.keys().chain(posted.entries.keys()) {
            let of = |tally: &Tally| tally.entries.get(kind).copied().unwrap_or(0);
            if of(self) != of(posted) {
                let (recorded, posted) = (of(self), of(posted));
                return Some(Difference::Entries { kind: *kind, recorded, posted });
            }
        }
        for key in self.sums.keys().chain(posted.sums.keys()) {
            let of = |tally: &Tally| tally.sums.get(key).copied().unwrap_or_default();
            let (recorded, posted) = (of(self), of(posted));
            if recorded != posted {
                return Some(Difference::Sums {
                    kind: key.0,
                    account: key.1,
                    recorded: (recorded.debits, recorded.credits),
                    posted: (posted.debits, posted.credits),
                });
            }
        }
        None
    }

    fn line(&mut self, kind: EntryKind, account: AccountName, side: Side, amount: Money) {
        let sums = self.sums.entry((kind, account)).or_default();
        match side {
            Side::Debit => sums.debits += i128::from(amount.minor()),
            Side::Credit => sums.credits += i128::from(amount.minor()),
        }
    }

    fn transfer(&mut self, kind: EntryKind, debit: Whose, credit: Whose, amount: Money) {
        self.line(kind, account(debit.0, debit.1, amount), Side::Debit, amount);
        self.line(kind, account(credit.0, credit.1, amount), Side::Credit, amount);
    }

    fn capture(
        &mut self,
        payment: &Payment,
        asked: &Asked,
        amount: Money,
        payer: Option<Money>,
        fees: &FeeSplit,
    ) {
        let kind = EntryKind::Capture;
        let order = order_side(payment, asked);
        let wallet = (AccountOwner::Wallet(asked.wallet), AccountKind::WalletReceivable);
        *self.entries.entry(kind).or_default() += 1;
        match payer.filter(|payer| payer.currency() != amount.currency()) {
            Some(payer) => {
                self.transfer(kind, wallet, FX, payer);
                if order != FX {
                    self.transfer(kind, FX, order, amount);
                }
            }
            None => self.transfer(kind, wallet, order, amount),
        }
        for share in fees.shares.iter() {
            self.transfer(kind, order, (share.owner, AccountKind::Fee), share.amount);
        }
    }

    fn refund(&mut self, payment: &Payment, asked: &Asked, refund: &Refund) {
        let kind = EntryKind::Refund;
        let order = order_side(payment, asked);
        let wallet = (AccountOwner::Wallet(asked.wallet), AccountKind::WalletReceivable);
        *self.entries.entry(kind).or_default() += 1;
        match refund.payer.filter(|payer| payer.currency() != refund.amount.currency()) {
            Some(payer) => {
                if order != FX {
                    self.transfer(kind, order, FX, refund.amount);
                }
                self.transfer(kind, FX, wallet, payer);
            }
            None => self.transfer(kind, order, wallet, refund.amount),
        }
    }

    /// What the merchant is owed in another currency than the order's: all captures together, less
    /// their fees, converted and rounded down; and the same of all refunds, less the fees that came
    /// back. How the sums came about step by step is the record's word, what they make is the
    /// rule's.
    fn settled(
        &mut self,
        payment: &Payment,
        asked: &Asked,
        settlement: &Settlement,
    ) -> Result<(), MoneyError> {
        let currency = payment.amount.currency();
        let convert = |net: i64| settlement.rate.convert(Money::new(net, currency), Rounding::Down);
        let parts = payment.state.hold().into_iter().flat_map(|hold| &hold.parts);
        let taken = parts.filter(|part| part.receipt().is_some()).map(|part| &part.terms);
        let whole = match payment.state {
            State::Captured(_) => Some((asked.fees.total, settlement.amount)),
            _ => None,
        };
        let steps = taken.clone().filter_map(|part| part.settlement).map(|part| part.amount);
        let steps: Vec<Money> = steps.chain(whole.map(|(_, owed)| owed)).collect();
        let fees = taken.map(|part| part.fees.total).chain(whole.map(|(fees, _)| fees));
        let fees = fees.map(Money::minor).sum::<i64>();
        let due = convert(payment.captured() - fees)?;
        self.steps(payment, EntryKind::Capture, &steps, due);

        let refunds = payment.refunds.iter().filter(|refund| is_done(refund));
        let steps: Vec<Money> = refunds
            .filter_map(Refund::settled)
            .map(|back| Money::new(-back.amount.minor(), back.amount.currency()))
            .collect();
        let returned = self.returned_fees(currency);
        let due = convert(payment.refunds_done() - returned)?;
        let due = Money::new(-due.minor(), due.currency());
        self.steps(payment, EntryKind::Refund, &steps, due);
        Ok(())
    }

    /// Steps of what the merchant is owed, and what they fall short of `due`.
    fn steps(&mut self, payment: &Payment, kind: EntryKind, steps: &[Money], due: Money) {
        let merchant = (AccountOwner::Merchant(payment.merchant), AccountKind::MerchantPayable);
        let sum: i64 = steps.iter().map(|step| step.minor()).sum();
        let rest = Money::new(due.minor() - sum, due.currency());
        for step in steps.iter().copied().chain([rest]) {
            if step.minor() < 0 {
                let back = Money::new(-step.minor(), step.currency());
                self.transfer(kind, merchant, FX, back);
            } else if step.minor() > 0 {
                self.transfer(kind, FX, merchant, step);
            }
        }
    }

    /// What came back of all fees, in minor units of `currency`.
    fn returned_fees(&self, currency: Currency) -> i64 {
        let returned = self.sums.iter().filter(|((kind, account), _)| {
            *kind == EntryKind::Refund
                && account.kind == AccountKind::Fee
                && account.currency == currency
        });
        let sum: i128 = returned.map(|(_, sums)| sums.debits).sum();
        i64::try_from(sum).unwrap_or(i64::MAX)
    }

    /// Of each share that comes back, the part that all refunds together are of the whole.
    fn fees_returned(&mut self, payment: &Payment, asked: &Asked) -> Result<(), MoneyError> {
        let done = payment.refunds_done();
        let order = order_side(payment, asked);
        // What was cancelled on the same day carries no fees at all.
        let by_cancel = |refund: &Refund| {
            refund.by == RefundBy::Cancel && matches!(refund.state, RefundState::Refunded(_))
        };
        let cancelled = payment.refunds.iter().any(by_cancel);
        let returned = |share: &&FeeShare| share.returned_on_refund || cancelled;
        for share in asked.fees.shares.iter().filter(returned) {
            let back = share.amount.share(done, payment.amount.minor().max(1))?;
            self.transfer(EntryKind::Refund, (share.owner, AccountKind::Fee), order, back);
        }
        Ok(())
    }

    fn claim(&mut self, from: Whose, to: AccountKind, money: Money) {
        *self.entries.entry(EntryKind::ClaimClosed).or_default() += 1;
        self.transfer(EntryKind::ClaimClosed, from, (AccountOwner::Switch, to), money);
    }

    fn stray(&mut self, stray: &Stray) {
        let wallet = (AccountOwner::Wallet(stray.wallet), AccountKind::WalletReceivable);
        let suspense = (AccountOwner::Switch, AccountKind::Suspense);
        let money = stray.refund.payer.unwrap_or(stray.receipt.amount);
        *self.entries.entry(EntryKind::Stray).or_default() += 1;
        self.transfer(EntryKind::Stray, wallet, suspense, money);
        match stray.status() {
            StrayStatus::Returned => {
                *self.entries.entry(EntryKind::StrayReturn).or_default() += 1;
                self.transfer(EntryKind::StrayReturn, suspense, wallet, money);
            }
            StrayStatus::PaidBack => self.claim(suspense, AccountKind::Bank, money),
            StrayStatus::WrittenOff => self.claim(suspense, AccountKind::OperatorLoss, money),
            StrayStatus::Returning | StrayStatus::Claim => {}
        }
    }
}

fn is_done(refund: &Refund) -> bool {
    match refund.state {
        RefundState::Refunded(_) => true,
        RefundState::Requested(_)
        | RefundState::InDoubt(_)
        | RefundState::WaitingForFunds(_)
        | RefundState::Declined(_)
        | RefundState::Impossible(_) => false,
    }
}
