//! The rows of payments: what may follow what, and which proof each end must have.

use std::sync::Arc;

use noren_core::effects::EventKind;
use noren_core::id::{About, PaymentId, StrayId, WalletName};
use noren_core::ledger::{AccountKind, EntryKind};
use noren_core::money::Money;
use noren_core::payment::{
    Asked, CancelledWhy, PartAsking, Payment, ReversedBy, State, Undo, VoidStep, Way,
};
use noren_core::refund::{Refund, RefundBy, RefundState};
use noren_core::time::Timestamp;
use noren_core::wallet::{Receipt, Reference};

use super::credits::from_rail;
use super::{Auditor, Broken, Seen, broken, holds, pending, settlement};

/// Which state may come after which. One command may climb several steps at once.
fn may_follow(from: &str, to: &str) -> bool {
    match from {
        "created" => matches!(
            to,
            "waiting_for_payer"
                | "authorised"
                | "captured"
                | "declined"
                | "cancelled"
                | "in_doubt"
                | "reversing"
                | "blocked"
        ),
        "waiting_for_payer" => matches!(
            to,
            "authorising"
                | "cancelled"
                | "expired"
                | "authorised"
                | "captured"
                | "declined"
                | "in_doubt"
                | "reversing"
                | "blocked"
        ),
        "authorising" => matches!(
            to,
            "authorised"
                | "captured"
                | "declined"
                | "cancelled"
                | "in_doubt"
                | "reversing"
                | "blocked"
        ),
        "in_doubt" => matches!(
            to,
            "authorised" | "captured" | "declined" | "cancelled" | "reversing" | "blocked"
        ),
        "reversing" => matches!(to, "reversed" | "declined" | "cancelled" | "expired" | "blocked"),
        "authorised" => matches!(to, "capturing" | "voiding" | "voided" | "captured" | "blocked"),
        "capturing" => matches!(to, "authorised" | "captured" | "voiding"),
        "voiding" => matches!(to, "voided" | "captured" | "blocked"),
        _ => false,
    }
}

fn event_of(state: &str) -> Option<EventKind> {
    Some(match state {
        "created" => EventKind::PaymentCreated,
        "waiting_for_payer" => EventKind::PaymentWaitingForPayer,
        "authorised" => EventKind::PaymentAuthorised,
        "capturing" => EventKind::PaymentCapturing,
        "voiding" => EventKind::PaymentVoiding,
        "voided" => EventKind::PaymentVoided,
        "authorising" => EventKind::PaymentAuthorising,
        "in_doubt" => EventKind::PaymentInDoubt,
        "reversing" => EventKind::PaymentReversing,
        "captured" => EventKind::PaymentCaptured,
        "declined" => EventKind::PaymentDeclined,
        "cancelled" => EventKind::PaymentCancelled,
        "expired" => EventKind::PaymentExpired,
        "reversed" => EventKind::PaymentReversed,
        "blocked" => EventKind::PaymentBlocked,
        _ => return None,
    })
}

fn refunds(payment: &Payment) -> impl Iterator<Item = &Refund> {
    payment.refunds.iter().chain(payment.strays.iter().map(|stray| &stray.refund))
}

/// What was received of a payment, in the order's currency.
pub(super) fn captured(payment: &Payment) -> i64 {
    match &payment.state {
        State::Captured(s) => s.receipt.amount.minor(),
        _ => holds::taken(payment).map(|part| part.amount.minor()).sum(),
    }
}

/// "Not now" is a definite no where a refund has no key, because it must not be sent twice.
pub(super) fn ends_without_funds(refund: &Refund) -> bool {
    match &refund.state {
        RefundState::Requested(a) | RefundState::InDoubt(a) | RefundState::WaitingForFunds(a) => {
            a.sent_at.is_some()
        }
        // It was proven when it ended.
        RefundState::Declined(_) => true,
        RefundState::Refunded(_) | RefundState::Impossible(_) => false,
    }
}

fn closed(payment: &Payment, id: StrayId) -> bool {
    payment.strays.iter().any(|stray| stray.id == id && stray.closed.is_some())
}

fn ends(state: &RefundState) -> bool {
    matches!(
        state,
        RefundState::Refunded(_) | RefundState::Declined(_) | RefundState::Impossible(_)
    )
}

pub(super) fn stands_or_may(state: &State) -> bool {
    match state {
        State::WaitingForPayer(_)
        | State::Ordering(_)
        | State::Ordered(_)
        | State::Authorising(_)
        | State::InDoubt(_)
        | State::Reversing(_)
        | State::Authorised(_)
        | State::Capturing(_)
        | State::Voiding(_)
        | State::HoldCaptured(_)
        | State::Captured(_) => true,
        State::Declined(_)
        | State::Cancelled(_)
        | State::Expired(_)
        | State::Reversed(_)
        | State::Voided(_)
        | State::Blocked(_) => false,
    }
}

/// What changes no more: it ended without the money, or all of the money was taken.
pub(super) fn is_over(state: &State) -> bool {
    !stands_or_may(state) || matches!(state, State::Captured(_) | State::HoldCaptured(_))
}

/// When somebody has to do something next, read off the row.
fn due_at(payment: &Payment) -> Option<Timestamp> {
    let state = match &payment.state {
        State::WaitingForPayer(s) => Some(s.expires_at),
        State::Ordering(s) => Some(s.next_at.min(s.expires_at)),
        State::Ordered(s) => Some(s.next_at.min(s.expires_at)),
        State::Authorised(s) => Some(s.hold.expires_at),
        State::Capturing(s) => match &s.part.asking {
            PartAsking::Requested(a) | PartAsking::InDoubt(a) => Some(a.next_at),
        },
        State::Voiding(s) => match s.step {
            VoidStep::Asking { .. } | VoidStep::Refused { .. } => Some(s.next_at),
            VoidStep::Returning { .. } => None,
        },
        State::Authorising(s) => Some(s.silent_at),
        State::InDoubt(s) => Some(s.next_at),
        State::Reversing(s) => match s.phase {
            Undo::Cancelling { .. } | Undo::CancelRefused { .. } | Undo::Releasing { .. } => {
                Some(s.next_at)
            }
            Undo::Returning { .. } => None,
        },
        State::Captured(_)
        | State::HoldCaptured(_)
        | State::Voided(_)
        | State::Declined(_)
        | State::Cancelled(_)
        | State::Expired(_)
        | State::Reversed(_)
        | State::Blocked(_) => None,
    };
    let refunds = refunds(payment).filter_map(|refund| match &refund.state {
        RefundState::Requested(a) | RefundState::InDoubt(a) | RefundState::WaitingForFunds(a) => {
            Some(a.next_at)
        }
        RefundState::Refunded(_) | RefundState::Declined(_) | RefundState::Impossible(_) => None,
    });
    refunds.chain(state).chain(payment.probe.map(|probe| probe.next_at)).min()
}

/// The wallet's own name for the order is learnt when the order is made, and stays.
fn order_named(old: &State, new: &State) -> bool {
    let (State::Ordering(old), State::Ordered(new)) = (old, new) else { return false };
    let named = Asked { reference: new.asked.reference.clone(), ..old.asked.clone() };
    old.asked.reference == Reference::Request && named == new.asked
}

/// A request for an order that is made once more has later times than the one before, and nothing
/// else that is new.
fn order_asked_again(old: &State, new: &State) -> bool {
    let (State::Ordering(old), State::Ordering(new)) = (old, new) else { return false };
    let (before, after) = (&old.asked, &new.asked);
    let timed = Asked { send_by: after.send_by, cancel_from: after.cancel_from, ..before.clone() };
    new.sent == old.sent + 1
        && before.send_by < after.send_by
        && before.cancel_from <= after.cancel_from
        && timed == *after
}

impl Auditor {
    pub(super) fn payment(&mut self, new: &Arc<Payment>, now: Timestamp) -> Result<(), Broken> {
        let id = new.id;
        self.touched.insert(id);
        let old = self.payments.get(&id).map(|seen| seen.payment.clone());
        match &old {
            Some(old) => self.changed(old, new)?,
            None => {
                let begins = matches!(
                    new.state,
                    State::WaitingForPayer(_) | State::Ordering(_) | State::Authorising(_)
                );
                // Money that came by itself: taken, or on its way back.
                let pushed = new.way == Way::Push
                    && match &new.state {
                        State::Captured(s) => matches!(s.asked.reference, Reference::Credit { .. }),
                        State::Cancelled(s) => s.why == CancelledWhy::NotTaken,
                        _ => false,
                    };
                if !begins && !pushed {
                    return broken("I7", format!("{id} began as {}", new.state.name()));
                }
                self.not_withdrawn(new)?;
                self.by_order.entry(new.order).or_default().push(id);
            }
        }
        if let Some((of, sums)) = old.as_deref().and_then(pending::of) {
            self.books.await_more(of, sums, -1);
        }
        if let Some((of, sums)) = pending::of(new) {
            self.books.await_more(of, sums, 1);
        }
        self.caps.note(old.as_deref(), new);
        self.days.note(old.as_deref(), new)?;
        let events = self.events_of(old.as_deref(), new)?;
        if old.as_ref().is_none_or(|old| old.state != new.state) {
            self.proof(old.as_deref(), new, now)?;
        }
        if let (Some(quote), Some(asked)) = (&new.quote, new.state.asked())
            && asked.at >= quote.expires_at
        {
            return broken("I2", format!("{id} uses a rate that was promised until before"));
        }
        if let Some(asked) = new.state.asked()
            && old.as_ref().is_none_or(|old| old.state.asked().is_none())
        {
            self.terms.fixed(new, asked)?;
        }
        holds::proof(&self.said, new)?;
        holds::bound(new)?;
        self.clocks.entry(id).or_default().check(new, now)?;
        self.refunds(old.as_deref(), new)?;
        self.claims(old.as_deref(), new)?;
        let was_voiding = matches!(new.state, State::Voiding(_))
            || events.contains(&EventKind::PaymentVoiding)
            || self.payments.get(&id).is_some_and(|seen| seen.was_voiding);
        let was_reversing = matches!(new.state, State::Reversing(_))
            || events.contains(&EventKind::PaymentReversing)
            || self.payments.get(&id).is_some_and(|seen| seen.was_reversing);
        self.payments.insert(id, Seen { payment: new.clone(), was_reversing, was_voiding });
        self.one_at_a_time(new)?;
        if let Some(at) = self.due_of.remove(&id) {
            self.due.remove(&(at, id));
        }
        if let Some(at) = due_at(new) {
            self.due_of.insert(id, at);
            self.due.insert((at, id));
            self.pace.due(self.due.len());
        }
        Ok(())
    }

    /// What never changes, and what a final state forbids (I3, I7, I8).
    fn changed(&self, old: &Payment, new: &Payment) -> Result<(), Broken> {
        let id = new.id;
        let fixed =
            |p: &Payment| (p.order, p.tenant, p.merchant, p.store, p.amount, p.way, p.capture);
        if fixed(old) != fixed(new) || old.created_at != new.created_at {
            return broken("I3", format!("{id} became another payment"));
        }
        let (was, is) = (old.state.name(), new.state.name());
        if was != is && !may_follow(was, is) {
            return broken("I8", format!("{id} went from {was} to {is}"));
        }
        if was == is && !stands_or_may(&old.state) && old.state != new.state {
            return broken("I8", format!("{id} is {was} and changed"));
        }
        let captured = matches!(old.state, State::Captured(_) | State::HoldCaptured(_));
        if captured && old.state != new.state {
            return broken("I8", format!("{id} is captured and changed"));
        }
        holds::changed(old, new)?;
        if let (Some(before), Some(after)) = (old.state.asked(), new.state.asked())
            && before != after
            && !order_asked_again(&old.state, &new.state)
            && !order_named(&old.state, &new.state)
        {
            return broken("I7", format!("the intent of {id} changed after it was committed"));
        }
        if new.evidence.len() < old.evidence.len() || new.strays.len() < old.strays.len() {
            return broken("I3", format!("{id} lost evidence or a stray receipt"));
        }
        if new.calls < old.calls || new.events < old.events {
            return broken("I3", format!("{id} counts backwards"));
        }
        Ok(())
    }

    /// A change of state and its event are one (I11); numbers have no gaps (I3).
    fn events_of(
        &mut self,
        old: Option<&Payment>,
        new: &Payment,
    ) -> Result<Vec<EventKind>, Broken> {
        let mut count = old.map_or(0, |old| old.events);
        let mut kinds = Vec::new();
        for event in self.early_events.remove(&new.id).unwrap_or_default() {
            count += 1;
            if event.payment_seq != count {
                let seq = event.payment_seq;
                return broken("I3", format!("{}: event {seq} where {count} is due", new.id));
            }
            if (event.tenant, event.merchant) != (new.tenant, new.merchant) {
                return broken("I12", format!("an event of {} goes to another merchant", new.id));
            }
            let of_capture = event.kind == EventKind::PaymentCapturing
                || event.kind.name().starts_with("capture.");
            if event.capture.is_some_and(|id| holds::known(new, id).is_none())
                || event.capture.is_some() != of_capture
            {
                let (kind, names) = (event.kind.name(), event.capture);
                return broken("I11", format!("{}: {kind} names the capture {names:?}", new.id));
            }
            kinds.push(event.kind);
        }
        if new.events != count {
            let says = new.events;
            return broken("I11", format!("{} says {says} events, {count} were written", new.id));
        }
        let is = new.state.name();
        let of_states: Vec<_> =
            kinds.iter().copied().filter(|kind| kind.name().starts_with("payment.")).collect();
        if old.is_none_or(|old| old.state.name() != is) {
            if of_states.last().copied() != event_of(is) {
                return broken("I11", format!("{} is {is}; its events are {kinds:?}", new.id));
            }
        } else if !of_states.is_empty() {
            return broken("I11", format!("{} stayed {is}; its events are {kinds:?}", new.id));
        }
        Ok(kinds)
    }

    /// No end without a message that proves it (I5, I6).
    fn proof(&self, old: Option<&Payment>, new: &Payment, now: Timestamp) -> Result<(), Broken> {
        let id = new.id;
        let said = self.said.of_payment(id);
        match &new.state {
            State::WaitingForPayer(_)
            | State::Ordering(_)
            | State::Ordered(_)
            | State::Authorising(_)
            | State::InDoubt(_)
            | State::Reversing(_) => Ok(()),
            // Their proofs are asked for with every row.
            State::Authorised(_)
            | State::Capturing(_)
            | State::Voiding(_)
            | State::HoldCaptured(_)
            | State::Voided(_) => Ok(()),
            State::Captured(s) if s.asked.hold.is_some() => {
                broken("I6", format!("{id} was to be held and is captured whole"))
            }
            State::Captured(s) => {
                let receipt = &s.receipt;
                // A scan is one intent and one debit for ever, so its receipt goes by the wallet's
                // id of the intent, whatever the wallet calls its transaction.
                let proven = match &s.asked.reference {
                    Reference::Request | Reference::Order { .. } => {
                        said.paid.iter().any(|paid| says(paid, receipt))
                    }
                    Reference::Scan { wallet_payment_id } => {
                        let same = |paid: &Receipt| {
                            (paid.amount, paid.payer) == (receipt.amount, receipt.payer)
                        };
                        let confirmed = receipt.payer.is_some_and(|p| said.confirmed.contains(&p));
                        *wallet_payment_id == receipt.transaction
                            && (confirmed || said.paid.iter().any(same))
                    }
                    // That the rail said so is looked at with every row of money from rails.
                    Reference::Credit { transaction, .. } => *transaction == receipt.transaction,
                };
                if !proven {
                    return broken("I6", format!("{id} is captured and nobody said paid"));
                }
                let payer = s.asked.payer.zip(receipt.payer).is_some_and(|(want, is)| want != is);
                if receipt.amount != new.amount || payer {
                    return broken("I6", format!("{id} is captured for another amount"));
                }
                Ok(())
            }
            State::Blocked(_) if said.blocked => Ok(()),
            State::Blocked(_) => broken("I6", format!("{id} is blocked and nobody said so")),
            State::Declined(_) if said.declined => Ok(()),
            State::Declined(_) => broken("I6", format!("{id} is declined and nobody said no")),
            State::Expired(s) => match old.map(|old| &old.state) {
                Some(State::WaitingForPayer(s)) if s.expires_at <= now => Ok(()),
                // An order that a wallet had is over when the wallet says so.
                Some(State::Reversing(_)) if s.asked.is_some() && said.cancelled => Ok(()),
                _ => broken("I6", format!("{id} expired before its time")),
            },
            State::Cancelled(s) => {
                let nothing_asked = old.is_some_and(|old| old.state.asked().is_none());
                let proven = match s.why {
                    CancelledWhy::BeforeAsking => nothing_asked && s.asked.is_none(),
                    CancelledWhy::NeverSent => said.not_sent,
                    CancelledWhy::ClosedUnpaid => said.cancelled,
                    CancelledWhy::NeverArrived => {
                        said.not_found && s.asked.as_ref().is_some_and(|a| self.settled(a, now))
                    }
                    CancelledWhy::NotTaken => {
                        old.is_none() && s.asked.is_none() && new.strays.iter().any(from_rail)
                    }
                };
                let why = s.why;
                if proven { Ok(()) } else { broken("I6", format!("{id} is cancelled, {why:?}")) }
            }
            State::Reversed(s) => {
                let proven = match s.by {
                    ReversedBy::Cancel => said.cancelled,
                    ReversedBy::Claim { stray } => closed(new, stray),
                    ReversedBy::Refund { stray } => new.strays.iter().any(|s| {
                        s.id == stray && matches!(s.refund.state, RefundState::Refunded(_))
                    }),
                };
                let by = s.by;
                if proven { Ok(()) } else { broken("I6", format!("{id} is reversed by {by:?}")) }
            }
        }
    }

    /// Refunds are never lost, renamed or changed after their end, and have a proof for it (I7,
    /// I8); together they never exceed what was received (I9).
    fn refunds(&mut self, old: Option<&Payment>, new: &Payment) -> Result<(), Broken> {
        for before in old.into_iter().flat_map(refunds) {
            let id = before.id;
            let Some(after) = refunds(new).find(|refund| refund.id == id) else {
                return broken("I7", format!("refund {id} of {} is gone or renamed", new.id));
            };
            if (before.amount, before.payer) != (after.amount, after.payer) {
                return broken("I7", format!("the intent of refund {id} changed"));
            }
            let ways = (before.by, after.by);
            if ways.0 != ways.1
                && (ways != (RefundBy::Cancel, RefundBy::Refund)
                    || !self.said.of_refund(id).says_no())
            {
                return broken("I9", format!("refund {id} is carried out as {ways:?}"));
            }
            // A claim ends when the wallet says that the money went back after all; whether it did
            // say so is asked below.
            let is_return = old.is_some_and(|old| old.strays.iter().any(|s| s.refund.id == id));
            let claim_ends = is_return
                && matches!(before.state, RefundState::Declined(_))
                && matches!(after.state, RefundState::Refunded(_));
            if ends(&before.state) && before.state != after.state && !claim_ends {
                return broken("I8", format!("refund {id} changed after its end"));
            }
        }
        for refund in refunds(new) {
            let said = self.said.of_refund(refund.id);
            let proven = match &refund.state {
                RefundState::Refunded(_) => said.refunded.contains(&refund.amount),
                RefundState::Declined(_) => {
                    let before = old.and_then(|old| refunds(old).find(|r| r.id == refund.id));
                    said.declined || (said.no_funds && before.is_some_and(ends_without_funds))
                }
                _ => true,
            };
            if !proven {
                let is = refund.state.name();
                return broken("I6", format!("refund {} is {is} and nobody said so", refund.id));
            }
            if *self.refund_owners.entry(refund.id).or_insert(new.id) != new.id {
                return broken("I7", format!("refund {} belongs to two payments", refund.id));
            }
        }
        let counted = new.refunds.iter().filter(|r| !matches!(r.state, RefundState::Declined(_)));
        let sum: i64 = counted.map(|refund| refund.amount.minor()).sum();
        let captured = captured(new);
        if sum > captured {
            return broken("I9", format!("{}: refunds of {sum} for {captured}", new.id));
        }
        converted(new, sum == captured)
    }

    /// A claim ends by the operator's word only, after the wallet had refused, and once (I6, I8).
    fn claims(&self, old: Option<&Payment>, new: &Payment) -> Result<(), Broken> {
        for stray in &new.strays {
            let before = old.and_then(|old| old.strays.iter().find(|s| s.id == stray.id));
            let before = before.and_then(|stray| stray.closed.as_ref());
            if before.is_some() && before != stray.closed.as_ref() {
                return broken("I8", format!("the claim {} changed after its end", stray.id));
            }
            let Some(closed) = &stray.closed else { continue };
            let refused =
                matches!(stray.refund.state, RefundState::Declined(_) | RefundState::Impossible(_));
            if !refused || !self.said.closed(stray.id, closed.end) {
                return broken("I6", format!("the claim {} ended and nobody said so", stray.id));
            }
        }
        Ok(())
    }

    /// One payment of an order stands or may come to stand (I4).
    fn one_at_a_time(&self, new: &Payment) -> Result<(), Broken> {
        let of_order = self.by_order.get(&new.order).into_iter().flatten();
        let standing: Vec<_> = of_order
            .filter_map(|id| self.payments.get(id))
            .filter(|seen| stands_or_may(&seen.payment.state))
            .map(|seen| (seen.payment.id, seen.payment.state.name()))
            .collect();
        if standing.len() > 1 {
            return broken("I4", format!("one order has the payments {standing:?}"));
        }
        Ok(())
    }

    /// "Not found" is proof: for what we asked for ourselves, once the request can be neither in
    /// our own queue nor on its way, and the wallet's settling time after that is over.
    fn settled(&self, asked: &Asked, now: Timestamp) -> bool {
        let Some(span_ms) = self.proof_after.get(&asked.wallet) else { return false };
        let ours = matches!(asked.reference, Reference::Request | Reference::Order { .. });
        ours && asked.send_by.0.max(asked.cancel_from.0) + span_ms <= now.0
    }

    /// At the end of a batch: what the books say of a payment is what its row says (I11).
    pub(super) fn close(&mut self, id: PaymentId) -> Result<(), Broken> {
        let Some(seen) = self.payments.get(&id) else {
            return broken("I11", format!("{id} has rows but is no payment"));
        };
        if self.early_events.contains_key(&id) {
            return broken("I11", format!("{id} has events but no row of its own"));
        }
        let payment = seen.payment.clone();
        let books = self.books.of(About::Payment(id));
        let done = |r: &Refund| matches!(r.state, RefundState::Refunded(_));
        let ended_by_people = payment.strays.iter().filter(|s| s.closed.is_some()).count();
        let returned = payment.strays.iter().filter(|stray| done(&stray.refund)).count();
        let expected = [
            (
                EntryKind::Capture,
                usize::from(matches!(payment.state, State::Captured(_)))
                    + holds::taken(&payment).count(),
            ),
            (EntryKind::Refund, payment.refunds.iter().filter(|r| done(r)).count()),
            (EntryKind::Stray, payment.strays.len()),
            (EntryKind::StrayReturn, returned),
            (EntryKind::ClaimClosed, ended_by_people),
        ];
        for (kind, count) in expected {
            let booked = books.count(kind);
            if booked != count {
                let name = kind.name();
                return broken("I11", format!("{id}: {booked} entries of {name}, {count} due"));
            }
        }
        let (least, most) = fees_kept(&payment);
        let fees = books.nets.get(&(AccountKind::Fee, payment.amount.currency()));
        let fees = -fees.copied().unwrap_or(0);
        if fees < least || fees > most {
            return broken("I1", format!("{id}: fees of {fees} are kept, not {least} to {most}"));
        }
        settlement::owed(&payment, &books)?;
        self.credited_to(&payment)?;
        for (money, net) in expected_receivable(&payment, None) {
            let booked = books.nets.get(&(AccountKind::WalletReceivable, money));
            let booked = booked.copied().unwrap_or(0);
            if booked != net {
                return broken("I5", format!("{id}: the wallet owes {booked} {money}, not {net}"));
            }
        }
        Ok(())
    }

    /// Everything has ended, and the ends fit what was said (I5, I10).
    pub fn quiet(&self) -> Result<(), Broken> {
        for seen in self.payments.values() {
            let payment = &seen.payment;
            let id = payment.id;
            let claim = payment.strays.iter().any(|stray| {
                !from_rail(stray)
                    && matches!(stray.refund.state, RefundState::Declined(_))
                    && stray.closed.is_none()
            });
            let waits_for_people =
                matches!(payment.state, State::Reversing(_) | State::Voiding(_)) && claim;
            if stands_or_may(&payment.state)
                && !matches!(payment.state, State::Captured(_) | State::HoldCaptured(_))
                && !waits_for_people
            {
                return broken("I10", format!("{id} is {} for ever", payment.state.name()));
            }
            if let Some(open) = refunds(payment).find(|refund| !ends(&refund.state)) {
                let is = open.state.name();
                return broken("I10", format!("refund {} of {id} is {is} for ever", open.id));
            }
            let said = self.said.of_payment(id);
            let asked = payment.state.asked().and_then(|asked| asked.payer);
            let whole = [Some(payment.amount), asked];
            let paid = said.paid.iter().any(|receipt| whole.contains(&Some(receipt.amount)));
            // "Paid" in whole is what a hold is whose captures make the whole.
            let taken: i64 = holds::taken(payment).map(|part| part.amount.minor()).sum();
            let settled = matches!(payment.state, State::Captured(_))
                || taken == payment.amount.minor()
                || said.cancelled
                || !payment.strays.is_empty()
                || !payment.evidence.is_empty();
            if paid && !settled {
                let is = payment.state.name();
                return broken("I5", format!("{id} was confirmed as paid and is {is}"));
            }
        }
        self.credits_quiet()?;
        if let Some((_, id)) = self.due.first() {
            return broken("I10", format!("{id} still has something to do"));
        }
        self.withdrawn_goes_back()
    }
}

/// True when a row's receipt is what was said: word for word, or what the payer was debited where the
/// network named nothing else. That it is the amount that was asked for is looked at by itself.
fn says(said: &Receipt, kept: &Receipt) -> bool {
    let in_payers = said.amount.currency() != kept.amount.currency()
        && kept.payer.is_some()
        && said.payer.unwrap_or(said.amount) == said.amount;
    let (amount, payer) =
        if in_payers { (kept.amount, Some(said.amount)) } else { (said.amount, said.payer) };
    *kept == Receipt { amount, payer, ..said.clone() }
}

/// The payer's parts of the refunds make no more than what the payer gave, and all of it once all
/// is given back (I9).
fn converted(payment: &Payment, all: bool) -> Result<(), Broken> {
    let given: i64 = match &payment.state {
        State::Captured(s) => s.asked.payer.map_or(0, Money::minor),
        _ => holds::taken(payment).filter_map(|part| part.payer).map(Money::minor).sum(),
    };
    let counted = payment.refunds.iter().filter(|r| !matches!(r.state, RefundState::Declined(_)));
    let back: i64 = counted.filter_map(|refund| refund.payer).map(Money::minor).sum();
    if back > given || (all && back != given) {
        let what = format!("{}: {back} of the payer's {given} go back", payment.id);
        return broken("I9", what);
    }
    Ok(())
}

/// The least and the most that may be left of the discount: the parts that come back with refunds
/// come back in proportion, to a unit for each part, and wholly once all is given back.
fn fees_kept(payment: &Payment) -> (i64, i64) {
    // What was cancelled is as if it had never been.
    let cancelled =
        |r: &Refund| r.by == RefundBy::Cancel && matches!(r.state, RefundState::Refunded(_));
    if payment.refunds.iter().any(cancelled) {
        return (0, 0);
    }
    let charged: i64 = match &payment.state {
        State::Captured(s) => s.asked.fees.total.minor(),
        _ => holds::taken(payment).map(|part| part.fees.total.minor()).sum(),
    };
    let done = payment.refunds.iter().filter(|r| matches!(r.state, RefundState::Refunded(_)));
    let done: i64 = done.map(|refund| refund.amount.minor()).sum();
    let whole = i128::from(payment.amount.minor());
    let (mut least, mut most) = (charged, charged);
    let shares = payment.state.asked().into_iter().flat_map(|asked| asked.fees.shares.iter());
    for share in shares.filter(|share| share.returned_on_refund) {
        let part = i128::from(share.amount.minor()) * i128::from(done);
        // Of a share that fits, so it fits as well.
        let down = i64::try_from(part / whole).unwrap_or(i64::MAX);
        most -= down;
        least -= down + i64::from(part % whole != 0);
    }
    (least, most)
}

/// What wallets (or one of them) must owe for a payment, from its row: captures, less refunds, plus
/// strays that have not gone back.
pub(crate) fn expected_receivable(
    payment: &Payment,
    of: Option<WalletName>,
) -> std::collections::BTreeMap<noren_core::money::Currency, i64> {
    let mut nets = std::collections::BTreeMap::new();
    let asked = payment.wallet();
    let mut add = |wallet: Option<WalletName>, money: Money, sign: i64| {
        let sign = if of.is_none() || of == wallet { sign } else { 0 };
        *nets.entry(money.currency()).or_default() += sign * money.minor();
    };
    if let State::Captured(s) = &payment.state {
        add(asked, s.asked.payer.unwrap_or(payment.amount), 1);
    }
    for part in holds::taken(payment) {
        add(asked, part.payer.unwrap_or(part.amount), 1);
    }
    for refund in &payment.refunds {
        if let RefundState::Refunded(_) = refund.state {
            add(asked, refund.payer.unwrap_or(refund.amount), -1);
        }
    }
    for stray in &payment.strays {
        if !matches!(stray.refund.state, RefundState::Refunded(_)) {
            let money = stray.refund.payer.unwrap_or(stray.receipt.amount);
            add(Some(stray.wallet), money, 1);
        }
    }
    nets
}
