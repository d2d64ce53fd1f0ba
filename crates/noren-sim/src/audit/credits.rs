//! Credits of push rails: one transaction is one credit and one sum in the books, whatever became
//! of it (I4, I5), and none of it without the rail's word (I6).

use std::sync::Arc;

use noren_core::Text;
use noren_core::command::Caller;
use noren_core::credit::{Credit, CreditState};
use noren_core::effects::Credited;
use noren_core::id::{About, CreditId, PaymentId, RefundId, Slot, WalletName};
use noren_core::keys::{Used, UsedName};
use noren_core::ledger::{AccountKind, EntryKind};
use noren_core::payment::{Payment, State};
use noren_core::refund::{Refund, RefundState};
use noren_core::stray::{Stray, StrayOrigin};
use noren_core::time::Timestamp;
use noren_core::wallet::{Call, Receipt, Reference};

use super::payments::ends_without_funds;
use super::{Auditor, Broken, broken};

/// The return of a credit, also one that was refused before it was assigned.
fn refund(credit: &Credit) -> Option<&Refund> {
    match &credit.state {
        CreditState::Unclaimed => None,
        CreditState::Return { refund } => Some(refund),
        CreditState::Assigned { refused, .. } => refused.as_ref(),
    }
}

fn due_at(credit: &Credit) -> Option<Timestamp> {
    match &refund(credit)?.state {
        RefundState::Requested(a) | RefundState::InDoubt(a) | RefundState::WaitingForFunds(a) => {
            Some(a.next_at)
        }
        RefundState::Refunded(_) | RefundState::Declined(_) | RefundState::Impossible(_) => None,
    }
}

fn went_back(credit: &Credit) -> bool {
    refund(credit).is_some_and(|refund| matches!(refund.state, RefundState::Refunded(_)))
}

fn may_follow(from: &CreditState, to: &CreditState) -> bool {
    let no = |refund: &Refund| {
        matches!(refund.state, RefundState::Declined(_) | RefundState::Impossible(_))
    };
    match (from, to) {
        (CreditState::Unclaimed, CreditState::Assigned { refused, .. }) => refused.is_none(),
        (CreditState::Unclaimed, _) => true,
        (CreditState::Return { refund: from }, CreditState::Return { refund: to }) => {
            let intent = |refund: &Refund| (refund.id, refund.amount, refund.payer);
            // What was refused may turn out to have gone back; what went back stays so.
            let ended = matches!(from.state, RefundState::Refunded(_)) && from.state != to.state;
            let revived = no(from) && !no(to) && !matches!(to.state, RefundState::Refunded(_));
            intent(from) == intent(to) && !ended && !revived
        }
        (CreditState::Return { refund }, CreditState::Assigned { refused, .. }) => {
            no(refund) && refused.as_ref() == Some(refund)
        }
        (CreditState::Assigned { .. }, to) => from == to,
        (CreditState::Return { .. }, CreditState::Unclaimed) => false,
    }
}

/// The money of a payment that a rail credited: what it was captured with, and stray receipts.
fn credited(payment: &Payment) -> impl Iterator<Item = (WalletName, &Receipt, &Text)> {
    let captured = match &payment.state {
        State::Captured(s) => match &s.asked.reference {
            Reference::Credit { named, .. } => Some((s.asked.wallet, &s.receipt, named)),
            Reference::Request | Reference::Order { .. } | Reference::Scan { .. } => None,
        },
        _ => None,
    };
    let strays = payment.strays.iter().filter_map(|stray| match &stray.origin {
        StrayOrigin::Credit { named } => Some((stray.wallet, &stray.receipt, named)),
        StrayOrigin::Asked => None,
    });
    captured.into_iter().chain(strays)
}

/// Who owes the money of a stray receipt, or would give it back.
pub(super) fn from_rail(stray: &Stray) -> bool {
    match stray.origin {
        StrayOrigin::Credit { .. } => true,
        StrayOrigin::Asked => false,
    }
}

impl Auditor {
    pub(super) fn credit(&mut self, new: &Arc<Credit>) -> Result<(), Broken> {
        let id = new.id;
        self.touched_credits.insert(id);
        if let Some(old) = self.credits.get(&id) {
            let fixed = |c: &Credit| {
                (c.wallet, c.receipt.clone(), c.named.clone(), c.credited_at, c.received_at)
            };
            if fixed(old) != fixed(new) || new.repeats.len() < old.repeats.len() {
                return broken("I3", format!("{id} became another credit"));
            }
            if !may_follow(&old.state, &new.state) {
                return broken("I8", format!("{id} went from {:?} to {:?}", old.state, new.state));
            }
            if new.calls < old.calls {
                return broken("I3", format!("{id} counts backwards"));
            }
        } else if new.state != CreditState::Unclaimed || id.slot() != Slot::HOUSE {
            return broken("I7", format!("{id} began as {:?}", new.state));
        } else {
            self.caps.came(new.wallet, new.receipt.payer.unwrap_or(new.receipt.amount));
        }
        if !self.said.credited(new.wallet, &new.receipt, &new.named) {
            return broken("I6", format!("{id} is booked and no rail said so"));
        }
        let before = self.credits.get(&id).and_then(|old| refund(old));
        if let Some(refund) = refund(new) {
            let said = self.said.of_refund(refund.id);
            let proven = match &refund.state {
                RefundState::Refunded(_) => said.refunded.contains(&refund.amount),
                RefundState::Declined(_) => {
                    said.declined || (said.no_funds && before.is_some_and(ends_without_funds))
                }
                _ => true,
            };
            if !proven || refund.amount != new.receipt.amount {
                return broken("I6", format!("{id} is {:?} and nobody said so", refund.state));
            }
        }
        match due_at(new) {
            Some(at) => self.credits_due.insert(id, at),
            None => self.credits_due.remove(&id),
        };
        self.credits.insert(id, new.clone());
        Ok(())
    }

    /// At the end of a batch: the books say of a credit what its row says, and its transaction is
    /// no other's (I4, I11).
    pub(super) fn close_credit(&self, id: CreditId) -> Result<(), Broken> {
        let Some(credit) = self.credits.get(&id) else {
            return broken("I11", format!("{id} has rows but is no credit"));
        };
        if self.used.get(&name(credit.wallet, &credit.receipt)) != Some(&About::Credit(id)) {
            return broken("I4", format!("the transaction of {id} is not its own"));
        }
        let (back, assigned) = (went_back(credit), assigned(credit));
        let books = self.books.of(About::Credit(id));
        let expected = [
            (EntryKind::Credit, 1),
            (EntryKind::CreditReturn, usize::from(back)),
            (EntryKind::CreditAssign, usize::from(assigned.is_some())),
        ];
        for (kind, count) in expected {
            let booked = books.count(kind);
            if booked != count {
                let name = kind.name();
                return broken("I11", format!("{id}: {booked} entries of {name}, {count} due"));
            }
        }
        let amount = credit.receipt.amount;
        let here = if back || assigned.is_some() { 0 } else { amount.minor() };
        for (kind, net) in [(AccountKind::WalletReceivable, here), (AccountKind::Suspense, -here)] {
            let booked = books.nets.get(&(kind, amount.currency())).copied().unwrap_or(0);
            if booked != net {
                let kind = kind.name();
                return broken("I5", format!("{id}: {kind} is {booked}, not {net}"));
            }
        }
        let Some(payment) = assigned else { return Ok(()) };
        let money = |payment: &Payment| {
            credited(payment)
                .any(|(w, r, n)| (w, r, n) == (credit.wallet, &credit.receipt, &credit.named))
        };
        if self.payments.get(&payment).is_none_or(|seen| !money(&seen.payment)) {
            return broken("I5", format!("{id} was assigned to {payment}, which has it not"));
        }
        Ok(())
    }

    /// A payment's money from rails: said by them, and the payment's own (I4, I6).
    pub(super) fn credited_to(&self, payment: &Payment) -> Result<(), Broken> {
        let id = payment.id;
        for (wallet, receipt, named) in credited(payment) {
            if !self.said.credited(wallet, receipt, named) {
                return broken("I6", format!("{id} has money that no rail said it credited"));
            }
            let own = match self.used.get(&name(wallet, receipt)) {
                Some(About::Payment(by)) => *by == id,
                Some(About::Credit(by)) => {
                    self.credits.get(by).and_then(|credit| assigned(credit)) == Some(id)
                }
                None => false,
            };
            if !own {
                return broken("I4", format!("{id} has the money of another transaction"));
            }
        }
        Ok(())
    }

    /// Everything that a rail was believed is somewhere, and nothing of it still moves (I5, I10).
    pub(super) fn credits_quiet(&self) -> Result<(), Broken> {
        for (name, by) in &self.used {
            if name.slot != Slot::HOUSE || name.what != Used::Receipt {
                continue;
            }
            let there = match by {
                About::Credit(id) => self.credits.contains_key(id),
                About::Payment(id) => self.payments.get(id).is_some_and(|seen| {
                    credited(&seen.payment)
                        .any(|(w, r, _)| (w, &r.transaction) == (name.wallet, &name.text))
                }),
            };
            if !there {
                return broken("I5", format!("{name:?} was credited and is nowhere"));
            }
        }
        match self.credits_due.first_key_value() {
            Some((id, _)) => broken("I10", format!("{id} still has something to do")),
            None => Ok(()),
        }
    }

    /// What a rail is told is durable, and of its own money (I5, I12).
    pub(super) fn told_credit(&self, caller: WalletName, told: &Credited) -> Result<(), Broken> {
        let there = match told {
            Credited::Captured { payment } => self.payments.get(&payment.id).is_some_and(|seen| {
                let captured = matches!(seen.payment.state, State::Captured(_));
                captured && credited(&seen.payment).any(|(wallet, ..)| wallet == caller)
            }),
            Credited::Stray { payment, stray } => {
                self.payments.get(&payment.id).is_some_and(|seen| {
                    seen.payment.strays.iter().any(|s| s.id == *stray && s.wallet == caller)
                })
            }
            Credited::Unclaimed { credit } => {
                self.credits.get(&credit.id).is_some_and(|seen| seen.wallet == caller)
            }
        };
        if there { Ok(()) } else { broken("I5", format!("{told:?} was told and is not committed")) }
    }

    /// True when a refund gives a rail's money back, and it is the rail (or nobody else) who
    /// speaks of it.
    pub(super) fn returned_to(&self, id: RefundId, caller: Caller) -> bool {
        let speaks = |wallet: WalletName| match caller {
            Caller::Wallet(name) => name == wallet,
            Caller::Runtime => true,
            Caller::Merchant { .. } | Caller::Payer | Caller::Operator => false,
        };
        let of_payment = self.refund_owners.get(&id).and_then(|owner| self.payments.get(owner));
        let strays = of_payment.into_iter().flat_map(|seen| &seen.payment.strays);
        let strays = strays.filter(|stray| from_rail(stray) && stray.refund.id == id);
        let mut credits = self.credits.values();
        let credit = credits.find(|credit| refund(credit).is_some_and(|refund| refund.id == id));
        strays.map(|stray| stray.wallet).chain(credit.map(|credit| credit.wallet)).any(speaks)
    }

    /// A call about a credit leaves: only its return can be asked for (I7).
    pub(super) fn credit_call(&self, id: CreditId, call: &Call) -> Result<(), Broken> {
        use noren_core::wallet::Ask;
        let Some(credit) = self.credits.get(&id) else {
            return broken("I7", format!("a call leaves for {id}, which was never committed"));
        };
        let (Ask::Refund(ask) | Ask::InquireRefund(ask)) = &call.ask else {
            return broken("I7", format!("{:?} leaves for {id}", call.ask));
        };
        let known = refund(credit).is_some_and(|refund| {
            (refund.id, refund.amount, refund.payer) == (ask.refund, ask.amount, ask.payer)
        });
        if known && call.wallet == credit.wallet && call.attempt <= credit.calls {
            Ok(())
        } else {
            broken("I7", format!("refund {} of {id} leaves and is not committed", ask.refund))
        }
    }
}

fn assigned(credit: &Credit) -> Option<PaymentId> {
    match &credit.state {
        CreditState::Assigned { payment, .. } => Some(*payment),
        CreditState::Unclaimed | CreditState::Return { .. } => None,
    }
}

/// A transaction's name, which every credit of it must have used.
fn name(wallet: WalletName, receipt: &Receipt) -> UsedName {
    let text = receipt.transaction.clone();
    UsedName { slot: Slot::HOUSE, wallet, what: Used::Receipt, text }
}
