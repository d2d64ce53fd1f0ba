//! Holds: what a wallet says of money that it holds, and releasing what was not captured.
//!
//! A void is asked of the wallet like a cancel, is repeated until it is answered, and its answer
//! decides. What was captured before stands.

use super::ticks::patient;
use super::{Decided, Engine, Work, planted};
use crate::command::{Caller, PaymentVoid};
use crate::effects::Reply;
use crate::keys::{KeyName, KeyOutcome, KeyOwner, Route};
use crate::payment::{Authorised, Capturing, Payment, Release, State, VoidStep, VoidWhy, Voiding};
use crate::refusal::Refusal;
use crate::wallet::{Ask, PaymentAnswer, Question};

impl Engine {
    pub(super) fn payment_void(
        &mut self,
        work: &mut Work,
        caller: Caller,
        void: &PaymentVoid,
    ) -> Decided {
        let (name, next) = match self.own_payment(caller, void.payment)? {
            Err(refusal) => return Ok(Err(refusal)),
            Ok(payment) => {
                let name = KeyName {
                    slot: payment.id.slot(),
                    owner: KeyOwner::Merchant(payment.merchant),
                    route: Route::PaymentVoid,
                    key: void.key.clone(),
                };
                (name, plan_void(payment))
            }
        };
        if let Some(replay) = self.replay(&name, &void.hash)? {
            return Ok(replay);
        }
        let next = match next {
            Ok(next) => next,
            Err(refusal) => return Ok(Err(self.refuse(work, name, void.hash, refusal))),
        };
        self.keep_key(work, name, void.hash, KeyOutcome::Payment(void.payment));
        let mut payment = self.take(void.payment);
        match next {
            VoidNext::Now(state) => {
                let voiding = state.voiding(VoidWhy::Merchant, work.now);
                self.enter(work, &mut payment, State::Voiding(voiding));
                self.void_when_due(work, &mut payment);
            }
            VoidNext::AfterCapture(state) => payment.state = State::Capturing(state.void_then()),
            VoidNext::Already => {}
        }
        let payment = self.put(work, payment);
        Ok(Ok(Reply::Payment { payment, replayed: false }))
    }

    /// Repeats the present step of releasing when its time has come.
    pub(super) fn void_when_due(&mut self, work: &mut Work, payment: &mut Payment) {
        let State::Voiding(state) = payment.state.clone() else { return };
        if state.next_at > work.now {
            return;
        }
        let profile = self.wallet(payment).profile.clone();
        let void = Ask::Void { reference: state.hold.asked.reference.clone() };
        let state = match state.step {
            VoidStep::Asking { sent } => {
                self.call(work, payment, void);
                state.sent(work.now.after(patient(profile.cancel_every, sent + 1)))
            }
            VoidStep::Refused { inquiries } => {
                let inquiries = inquiries.saturating_add(1);
                // As with a cancel: a wallet that refused while it was busy, and then forgot,
                // would be asked for ever.
                if inquiries % profile.inquiry_max.max(1).saturating_add(1) == 0 {
                    self.call(work, payment, void);
                } else {
                    let Some(token) = self.token(work.now, payment, state.next_at) else { return };
                    self.inquire(work, payment, token);
                }
                let next_at = work.now.after(patient(profile.inquiry_every, inquiries));
                state.inquired(inquiries, next_at)
            }
            VoidStep::Returning { .. } => return,
        };
        if planted!(self, VoidAssumed) {
            self.enter(work, payment, state.released(work.now));
            return;
        }
        payment.state = State::Voiding(state);
    }

    pub(super) fn judge_authorised(
        &mut self,
        work: &mut Work,
        payment: &mut Payment,
        question: Question,
        state: Authorised,
        answer: PaymentAnswer,
    ) {
        match answer {
            PaymentAnswer::Authorised(receipt) if receipt.amount == state.hold.receipt.amount => {}
            // The wallet's hold ended before ours.
            PaymentAnswer::Cancelled => {
                let by = Release::Confirmed { why: None };
                let released = state.hold.released(by, work.now);
                self.enter(work, payment, released);
            }
            PaymentAnswer::Blocked => {
                let frozen = state.hold.frozen(work.now);
                self.enter(work, payment, frozen);
            }
            PaymentAnswer::Paid(receipt) if payment.knows(&receipt) => {}
            // Money that no capture of ours asked for: if it was really taken, the wallet refuses
            // to void what is left, and then it is a stray receipt.
            answer @ (PaymentAnswer::Paid(_)
            | PaymentAnswer::Authorised(_)
            | PaymentAnswer::Declined(_)) => self.contradicts(work, payment, question, answer),
            PaymentAnswer::TooLate { .. }
            | PaymentAnswer::Ordered { .. }
            | PaymentAnswer::Pending
            | PaymentAnswer::NotFound
            | PaymentAnswer::NotSent
            | PaymentAnswer::Unknown(_) => {}
        }
    }

    /// The answer to the capture decides; what is said of the whole is evidence.
    pub(super) fn judge_capturing(
        &mut self,
        work: &mut Work,
        payment: &mut Payment,
        question: Question,
        state: &Capturing,
        answer: PaymentAnswer,
    ) {
        match answer {
            PaymentAnswer::Authorised(receipt) if receipt.amount == state.hold.receipt.amount => {}
            PaymentAnswer::Paid(receipt) if payment.knows(&receipt) => {}
            answer @ (PaymentAnswer::Paid(_)
            | PaymentAnswer::Authorised(_)
            | PaymentAnswer::Declined(_)
            | PaymentAnswer::Cancelled
            | PaymentAnswer::Blocked) => self.keep_evidence(work, payment, question, answer),
            PaymentAnswer::TooLate { .. }
            | PaymentAnswer::Ordered { .. }
            | PaymentAnswer::Pending
            | PaymentAnswer::NotFound
            | PaymentAnswer::NotSent
            | PaymentAnswer::Unknown(_) => {}
        }
    }

    pub(super) fn judge_voiding(
        &mut self,
        work: &mut Work,
        payment: &mut Payment,
        question: Question,
        state: Voiding,
        answer: PaymentAnswer,
    ) {
        match (state.step.clone(), answer) {
            (VoidStep::Asking { .. } | VoidStep::Refused { .. }, PaymentAnswer::Cancelled) => {
                self.enter(work, payment, state.released(work.now));
            }
            (VoidStep::Asking { .. }, PaymentAnswer::TooLate { receipt }) => {
                payment.state = State::Voiding(state.refused(work.now));
                match receipt.filter(|receipt| !payment.knows(receipt)) {
                    Some(receipt) => self.stray(work, payment, receipt),
                    None => self.void_when_due(work, payment),
                }
            }
            (_, PaymentAnswer::Paid(receipt)) if payment.knows(&receipt) => {}
            (
                VoidStep::Refused { .. },
                PaymentAnswer::TooLate { receipt: Some(receipt) } | PaymentAnswer::Paid(receipt),
            ) if !payment.knows(&receipt) => self.stray(work, payment, receipt),
            // The wallet says for good that there is no such payment, so it holds nothing of it.
            (VoidStep::Refused { .. }, PaymentAnswer::Declined(proof)) => {
                self.contradicts(work, payment, question, PaymentAnswer::Declined(proof));
                self.enter(work, payment, state.released(work.now));
            }
            (VoidStep::Refused { .. }, PaymentAnswer::Blocked) => {
                let frozen = state.hold.frozen(work.now);
                self.enter(work, payment, frozen);
            }
            (VoidStep::Refused { inquiries }, PaymentAnswer::Authorised(_)) => {
                let every = self.wallet(payment).profile.cancel_every;
                let next_at = work.now.after(patient(every, inquiries));
                payment.state = State::Voiding(state.void_again(inquiries, next_at));
            }
            // The void's answer decides; all that comes before it is evidence. That the money is
            // held is what we know.
            (
                VoidStep::Asking { .. },
                answer @ (PaymentAnswer::Paid(_)
                | PaymentAnswer::Declined(_)
                | PaymentAnswer::Blocked),
            ) => self.keep_evidence(work, payment, question, answer),
            (VoidStep::Returning { .. }, PaymentAnswer::Paid(receipt)) => {
                self.paid_again(work, payment, question, receipt);
            }
            (
                VoidStep::Returning { .. },
                answer @ (PaymentAnswer::Declined(_)
                | PaymentAnswer::Cancelled
                | PaymentAnswer::Blocked),
            ) => self.contradicts(work, payment, question, answer),
            (
                VoidStep::Asking { .. } | VoidStep::Returning { .. },
                PaymentAnswer::Authorised(_),
            )
            | (VoidStep::Refused { .. }, PaymentAnswer::Paid(_))
            | (
                VoidStep::Refused { .. } | VoidStep::Returning { .. },
                PaymentAnswer::TooLate { .. },
            )
            | (
                _,
                PaymentAnswer::Ordered { .. }
                | PaymentAnswer::Pending
                | PaymentAnswer::NotFound
                | PaymentAnswer::NotSent
                | PaymentAnswer::Unknown(_),
            ) => {}
        }
    }
}

/// What a merchant's wish to release leads to.
enum VoidNext {
    Now(Box<Authorised>),
    AfterCapture(Box<Capturing>),
    /// It is being released, or nothing is held any more.
    Already,
}

fn plan_void(payment: &Payment) -> Result<VoidNext, Refusal> {
    match &payment.state {
        State::Authorised(state) => Ok(VoidNext::Now(Box::new(state.clone()))),
        State::Capturing(state) => Ok(VoidNext::AfterCapture(Box::new(state.clone()))),
        State::Voiding(_) | State::Voided(_) | State::HoldCaptured(_) => Ok(VoidNext::Already),
        State::Captured(_) => Err(Refusal::PaymentCaptured),
        State::InDoubt(_) | State::Reversing(_) => Err(Refusal::PaymentInDoubt),
        State::WaitingForPayer(_)
        | State::Ordering(_)
        | State::Ordered(_)
        | State::Authorising(_)
        | State::Declined(_)
        | State::Cancelled(_)
        | State::Expired(_)
        | State::Reversed(_)
        | State::Blocked(_) => Err(Refusal::PaymentNotHeld),
    }
}
