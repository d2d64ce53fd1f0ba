//! What time alone brings: inquiries, cancels, refunds again, and expiries last.

use std::collections::BTreeSet;

use super::{Engine, Work, planted};
use crate::command::Caller;
use crate::effects::{AlarmKind, Reply, Row};
use crate::id::{About, PaymentId};
use crate::payment::{Goal, Payment, State, Undo, VoidWhy};
use crate::refund::Refund;
use crate::refusal::Refusal;
use crate::time::{Span, Timestamp};
use crate::wallet::Ask;

/// Payments looked at in one tick, for each reason to look. More are due at once after an outage
/// or a start; answers and new work must get their turn between ticks.
const TICK_MAX: usize = 256;

impl Engine {
    pub(super) fn tick(
        &mut self,
        work: &mut Work,
        caller: Caller,
        hold_expiries: bool,
    ) -> Result<Reply, Refusal> {
        let Caller::Runtime = caller else { return Err(Refusal::NotAllowed) };
        let mut looked_at = Vec::new();
        for id in due(&self.sendings, work.now, TICK_MAX) {
            looked_at.push(id);
            self.look(work, id);
        }
        // Inquiries before expiries: what a wallet can still say goes before what time says.
        let lanes: Vec<_> = self.inquiries.keys().copied().collect();
        let each = TICK_MAX / lanes.len().max(1);
        for wallet in lanes {
            for _ in 0..each.max(1) {
                match self.next_inquiry(wallet, work.now) {
                    Some(About::Payment(id)) => {
                        looked_at.push(id);
                        self.look(work, id);
                    }
                    Some(About::Credit(id)) => self.due_credit(work, id),
                    None => break,
                }
            }
        }
        // One row for each, however often it was looked at.
        let mut seen = BTreeSet::new();
        for id in looked_at.into_iter().filter(|id| seen.insert(*id)) {
            let payment = self.payments.get(&id).expect("put back just now");
            work.rows.push(Row::Payment(payment.clone()));
        }
        for id in due(&self.credit_timers, work.now, TICK_MAX) {
            self.due_credit(work, id);
        }
        if !hold_expiries {
            for id in due(&self.expiries, work.now, TICK_MAX) {
                let mut payment = self.take(id);
                self.due_expiry(work, &mut payment);
                self.put(work, payment);
            }
        }
        Ok(Reply::Noted)
    }

    fn look(&mut self, work: &mut Work, id: PaymentId) {
        let mut payment = self.take(id);
        self.due_doubt(work, &mut payment);
        self.put_back(work.now, payment);
    }

    fn due_expiry(&mut self, work: &mut Work, payment: &mut Payment) {
        let now = work.now;
        let (goal, why) = (Goal::Expire, VoidWhy::Expiry);
        match payment.state.clone() {
            State::WaitingForPayer(s) => self.enter(work, payment, State::Expired(s.expired(now))),
            // The wallet has an order, or may have: it must close it before anything is said.
            State::Ordering(s) => self.enter(work, payment, State::Reversing(s.closing(goal, now))),
            State::Ordered(s) if planted!(self, OrderExpiryAssumed) => {
                self.enter(work, payment, State::Expired(s.closing(goal, now).expired(now)));
            }
            State::Ordered(s) => self.enter(work, payment, State::Reversing(s.closing(goal, now))),
            State::Authorised(_) if planted!(self, HoldKept) => {}
            State::Authorised(s) => self.enter(work, payment, State::Voiding(s.voiding(why, now))),
            // What is running is brought to its end first; what ended has no time any more.
            State::Authorising(_)
            | State::InDoubt(_)
            | State::Reversing(_)
            | State::Capturing(_)
            | State::Voiding(_)
            | State::Captured(_)
            | State::HoldCaptured(_)
            | State::Voided(_)
            | State::Declined(_)
            | State::Cancelled(_)
            | State::Expired(_)
            | State::Reversed(_)
            | State::Blocked(_) => {}
        }
        self.undo_when_due(work, payment);
        self.void_when_due(work, payment);
    }

    fn due_doubt(&mut self, work: &mut Work, payment: &mut Payment) {
        if let State::Authorising(state) = payment.state.clone()
            && state.silent_at <= work.now
        {
            self.enter(work, payment, State::InDoubt(state.unanswered(work.now)));
        }
        if let State::InDoubt(state) = payment.state.clone()
            && state.next_at <= work.now
        {
            self.climb(work, payment, state);
        }
        self.order_when_due(work, payment);
        self.undo_when_due(work, payment);
        self.capture_when_due(work, payment);
        self.void_when_due(work, payment);
        let refunds =
            payment.refunds.iter().chain(payment.strays.iter().map(|stray| &stray.refund));
        let again: Vec<_> =
            refunds.filter(|refund| is_due(refund, work.now)).map(|refund| refund.id).collect();
        for refund in again {
            self.refund_again(work, payment, refund);
        }
        self.probe_again(work, payment);
    }

    /// One step of the ladder: inquire, or, at its end, undo.
    fn climb(&mut self, work: &mut Work, payment: &mut Payment, state: crate::payment::InDoubt) {
        let profile = self.wallet(payment).profile.clone();
        if state.inquiries < profile.inquiry_max {
            let Some(token) = self.token(work.now, payment, state.next_at) else { return };
            let attempt = self.inquire(work, payment, token);
            payment.state = State::InDoubt(state.inquired(attempt, work.now, &profile));
        } else {
            self.enter(work, payment, State::Reversing(state.reversing(work.now)));
        }
    }

    /// Repeats the present step of undoing when its time has come.
    pub(super) fn undo_when_due(&mut self, work: &mut Work, payment: &mut Payment) {
        let State::Reversing(mut state) = payment.state.clone() else { return };
        if state.next_at > work.now {
            return;
        }
        let profile = self.wallet(payment).profile.clone();
        match &mut state.phase {
            Undo::Cancelling { sent } => {
                let reference = state.asked.reference.clone();
                self.call(work, payment, Ask::Cancel { reference });
                *sent = sent.saturating_add(1);
                state.next_at = work.now.after(patient(profile.cancel_every, *sent));
            }
            Undo::CancelRefused { inquiries, proof_from } => {
                *inquiries = inquiries.saturating_add(1);
                // A wallet that refused while it was busy, and then forgot, would be asked for
                // ever. A cancel may be repeated, so now and then it is.
                let turn = *inquiries % profile.inquiry_max.max(1).saturating_add(1) == 0;
                if turn && work.now >= state.asked.cancel_from {
                    let reference = state.asked.reference.clone();
                    self.call(work, payment, Ask::Cancel { reference });
                } else {
                    let Some(token) = self.token(work.now, payment, state.next_at) else { return };
                    let attempt = self.inquire(work, payment, token);
                    *proof_from = proof_from.or(state.asked.proof(attempt, work.now, &profile));
                }
                state.next_at = work.now.after(patient(profile.inquiry_every, *inquiries));
            }
            Undo::Releasing { sent } => {
                let reference = state.asked.reference.clone();
                self.call(work, payment, Ask::Void { reference });
                *sent = sent.saturating_add(1);
                state.next_at = work.now.after(patient(profile.cancel_every, *sent));
            }
            Undo::Returning { .. } => return,
        }
        if planted!(self, CancelAssumed) {
            self.enter(work, payment, State::Reversed(state.cancelled(work.now)));
            return;
        }
        payment.state = State::Reversing(state);
    }

    pub(super) fn probe_again(&mut self, work: &mut Work, payment: &mut Payment) {
        let Some(mut probe) = payment.probe.filter(|probe| probe.next_at <= work.now) else {
            return;
        };
        if probe.left == 0 {
            payment.probe = None;
            work.alarm(payment.id, AlarmKind::ProbeUnanswered);
            return;
        }
        let Some(token) = self.token(work.now, payment, probe.next_at) else { return };
        self.inquire(work, payment, token);
        let every = self.wallet(payment).profile.inquiry_every;
        probe.left -= 1;
        probe.next_at = work.now.after(every);
        payment.probe = Some(probe);
    }
}

/// A wallet that has been away for long is asked less often: up to twenty times the usual pause.
pub(super) fn patient(every: Span, times: u32) -> Span {
    Span(every.0.saturating_mul(u64::from(times.clamp(1, 20))))
}

fn is_due(refund: &Refund, now: Timestamp) -> bool {
    refund.due().is_some_and(|due| due.at() <= now)
}

fn due<T: Copy>(timers: &BTreeSet<(Timestamp, T)>, now: Timestamp, max: usize) -> Vec<T> {
    let due = timers.iter().take_while(|(at, _)| *at <= now);
    due.take(max).map(|(_, id)| *id).collect()
}
