//! What is pending beside what is posted, the caps that it counts against, and what a wallet pays at
//! most.

use std::collections::BTreeMap;

use super::{Engine, planted};
use crate::directory::Wallet;
use crate::id::WalletName;
use crate::ledger::{AccountKind, AccountName, AccountOwner, Position};
use crate::money::{Currency, Money};
use crate::payment::{Payment, Pending};
use crate::refusal::Refusal;

fn receivable(pending: &Pending) -> AccountName {
    let (owner, currency) = (AccountOwner::Wallet(pending.wallet), pending.currency);
    AccountName { owner, kind: AccountKind::WalletReceivable, currency }
}

impl Engine {
    /// What is pending for a payment, and what counts of it, becomes what its row says. Everything
    /// that changes a payment ends here, so nothing stays reserved for what has ended.
    pub(super) fn follow(&mut self, payment: &Payment) {
        let place = self.lifted.iter().position(|lifted| lifted.id == payment.id);
        let before = place.map(|place| self.lifted.swap_remove(place));
        let (pending, counted) = before.map_or((None, None), |it| (it.pending, it.counted));
        self.reserve_for(payment, pending);
        self.count_day(counted, payment.counted());
    }

    fn reserve_for(&mut self, payment: &Payment, before: Option<Pending>) {
        let after = payment.pending();
        if before == after || (planted!(self, ReservationKept) && after.is_none()) {
            return;
        }
        let slot = payment.id.slot();
        if let Some(p) = before {
            self.ledger.pend(slot, receivable(&p), -p.debits, -p.credits);
        }
        if let Some(p) = after {
            self.ledger.pend(slot, receivable(&p), p.debits, p.credits);
        }
    }

    /// What is stored as pending must be what the open payments make (I3).
    pub(super) fn check_pending(&self, open: &[Payment]) -> Result<(), String> {
        let mut due = BTreeMap::new();
        for payment in open {
            if let Some(p) = payment.pending() {
                let sums = due.entry((payment.id.slot(), receivable(&p))).or_insert((0i64, 0i64));
                *sums = (sums.0.saturating_add(p.debits), sums.1.saturating_add(p.credits));
            }
        }
        for (slot, name, debits, credits) in self.ledger.pending() {
            let sums = due.remove(&(slot, name)).unwrap_or_default();
            if sums != (debits, credits) {
                let slot = slot.number();
                return Err(format!(
                    "{name:?} of slot {slot} has ({debits}, {credits}) pending, its payments {sums:?}"
                ));
            }
        }
        match due.first_key_value() {
            None => Ok(()),
            Some(((slot, name), sums)) => {
                let slot = slot.number();
                Err(format!("{name:?} of slot {slot} has nothing pending, its payments {sums:?}"))
            }
        }
    }

    /// What a wallet owes in a currency, booked and pending, and has placed beforehand, over all slots of this engine.
    pub fn position(&self, wallet: WalletName, currency: Currency) -> Position {
        self.ledger.position(wallet, currency)
    }

    /// Does the wallet make a single payment of `amount`, of what it would come to owe?
    pub(super) fn check_wallet(wallet: &Wallet, amount: Money) -> Result<(), Refusal> {
        match wallet.profile.payment_max {
            Some(max) if amount.currency() == wallet.profile.currency && amount.minor() > max => {
                Err(Refusal::WalletOverLimit)
            }
            Some(_) | None => Ok(()),
        }
    }

    /// May the wallet come to owe `more`, with its cap and what it placed beforehand? Asked before anything is asked of the wallet.
    pub(super) fn check_cap(&self, wallet: WalletName, more: Money) -> Result<(), Refusal> {
        let Some(cap) = self.directory.cap(wallet, more.currency()) else { return Ok(()) };
        let Position { owed, pending, prefunded } = self.ledger.position(wallet, more.currency());
        if owed + pending + i128::from(more.minor()) > i128::from(cap) + prefunded
            && !planted!(self, CapForgotten)
        {
            return Err(Refusal::WalletOverCap);
        }
        Ok(())
    }
}
