//! What may still come and go for a payment, read off its row, and the net debit caps that it
//! counts against.

use std::collections::BTreeMap;

use noren_core::id::{Slot, WalletName};
use noren_core::ledger::{AccountKind, AccountName, AccountOwner};
use noren_core::money::{Currency, Money};
use noren_core::payment::{Payment, State, Undo, VoidStep};
use noren_core::refund::RefundState;
use noren_core::wallet::Reference;

use super::credits::from_rail;
use super::holds;

/// Debits and credits, pending.
pub(super) type Sums = (i64, i64);

/// A wallet owes the payer's amount where there is one.
fn owed(amount: Money, payer: Option<Money>) -> i64 {
    payer.unwrap_or(amount).minor()
}

/// Whatever is not known to have ended may still bring money; what is booked is not counted twice.
pub(super) fn may_come(state: &State) -> bool {
    match state {
        State::Reversing(s) => !matches!(s.phase, Undo::Returning { .. }),
        State::Voiding(s) => !matches!(s.step, VoidStep::Returning { .. }),
        State::Ordering(_)
        | State::Ordered(_)
        | State::Authorising(_)
        | State::InDoubt(_)
        | State::Authorised(_)
        | State::Capturing(_) => true,
        State::WaitingForPayer(_)
        | State::Captured(_)
        | State::HoldCaptured(_)
        | State::Voided(_)
        | State::Declined(_)
        | State::Cancelled(_)
        | State::Expired(_)
        | State::Reversed(_)
        | State::Blocked(_) => false,
    }
}

/// The account and the pending amounts of one payment.
pub(super) fn of(payment: &Payment) -> Option<((Slot, AccountName), Sums)> {
    let asked = payment.state.asked()?;
    let whole = owed(payment.amount, asked.payer);
    let taken: i64 = holds::taken(payment).map(|part| owed(part.amount, part.payer)).sum();
    let debits = if may_come(&payment.state) { whole - taken } else { 0 };
    let strays = payment.strays.iter().filter(|stray| !from_rail(stray));
    let strays = strays.map(|stray| &stray.refund);
    let mut credits = 0;
    for refund in payment.refunds.iter().chain(strays) {
        match &refund.state {
            RefundState::Requested(_)
            | RefundState::InDoubt(_)
            | RefundState::WaitingForFunds(_) => {
                credits += owed(refund.amount, refund.payer);
            }
            RefundState::Refunded(_) | RefundState::Declined(_) | RefundState::Impossible(_) => {}
        }
    }
    let currency = asked.payer.map_or(payment.amount.currency(), Money::currency);
    let owner = AccountOwner::Wallet(asked.wallet);
    let name = AccountName { owner, kind: AccountKind::WalletReceivable, currency };
    Some(((payment.id.slot(), name), (debits, credits)))
}

/// Net debit caps, and what a batch may do to them.
#[derive(Clone, Debug, Default)]
pub(super) struct Caps {
    /// The last one of each.
    limits: BTreeMap<(WalletName, Currency), i64>,
    /// The highest that held at some time within this batch; `None`: for some time there was none.
    highest: BTreeMap<(WalletName, Currency), Option<i64>>,
    /// Asked for the first time within this batch.
    asked: BTreeMap<(WalletName, Currency), u32>,
    /// What nobody could refuse within this batch: money that a rail credited, or that came as a stray
    /// receipt.
    unasked: BTreeMap<(WalletName, Currency), i64>,
}

impl Caps {
    /// The directory changed.
    pub fn set(&mut self, wallet: WalletName, currency: Currency, limit: Option<i64>) {
        let key = (wallet, currency);
        let before = self.limits.get(&key).copied();
        let highest = self.highest.entry(key).or_insert(before);
        *highest = highest.zip(limit).map(|(a, b)| a.max(b));
        match limit {
            Some(limit) => self.limits.insert(key, limit),
            None => self.limits.remove(&key),
        };
    }

    /// A payment's row replaced another one.
    pub fn note(&mut self, old: Option<&Payment>, new: &Payment) {
        let fresh = &new.strays[old.map_or(0, |old| old.strays.len())..];
        for stray in fresh.iter().filter(|stray| from_rail(stray)) {
            self.came(stray.wallet, stray.refund.payer.unwrap_or(stray.receipt.amount));
        }
        let (Some(asked), Some(((_, name), _))) = (new.state.asked(), of(new)) else { return };
        let key = (asked.wallet, name.currency);
        if old.and_then(|old| old.state.asked()).is_none() {
            // What a push rail credits cannot be refused: nobody was asked.
            if matches!(asked.reference, Reference::Credit { .. }) {
                *self.unasked.entry(key).or_default() += owed(new.amount, asked.payer);
            } else {
                *self.asked.entry(key).or_default() += 1;
            }
        }
        for stray in fresh.iter().filter(|stray| !from_rail(stray)) {
            let money = stray.refund.payer.unwrap_or(stray.receipt.amount);
            *self.unasked.entry(key).or_default() += money.minor();
        }
    }

    /// A rail credited money.
    pub fn came(&mut self, wallet: WalletName, money: Money) {
        *self.unasked.entry((wallet, money.currency())).or_default() += money.minor();
    }

    /// Prefunding was sent back: what is left must cover what the wallet owes, as when it is asked
    /// for more.
    pub fn returned(&mut self, wallet: WalletName, currency: Currency) {
        *self.asked.entry((wallet, currency)).or_default() += 1;
    }

    /// The end of a batch. `position` is what a wallet owes, booked and pending, and `placed` what it
    /// placed beforehand. Gives what is wrong.
    pub fn close(
        &mut self,
        position: impl Fn(WalletName, Currency) -> i64,
        placed: impl Fn(WalletName, Currency) -> i64,
    ) -> Option<String> {
        let (highest, asked) = (std::mem::take(&mut self.highest), std::mem::take(&mut self.asked));
        let unasked = std::mem::take(&mut self.unasked);
        asked.into_keys().find_map(|key| {
            let now = self.limits.get(&key).copied();
            let limit = highest.get(&key).copied().unwrap_or(now)?;
            let unasked = unasked.get(&key).copied().unwrap_or(0);
            let (wallet, currency) = key;
            let (is, limit) = (position(wallet, currency), limit + placed(wallet, currency));
            (is > limit + unasked).then(|| {
                format!("{wallet} was asked for more while it owes {is} {currency} of {limit}")
            })
        })
    }
}
