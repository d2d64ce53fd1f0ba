//! What a wallet said of a payment that is being undone or has ended.

use super::ticks::patient;
use super::{Engine, Work, planted};
use crate::effects::AlarmKind;
use crate::payment::{Captured, Goal, HoldCaptured, Payment, Probe, Rest, Reversing, State, Undo};
use crate::refund::{Refund, RefundBy};
use crate::wallet::{Ask, PaymentAnswer, Question, Receipt};

impl Engine {
    pub(super) fn judge_reversing(
        &mut self,
        work: &mut Work,
        payment: &mut Payment,
        question: Question,
        attempt: u32,
        state: Reversing,
        answer: PaymentAnswer,
    ) {
        match (state.phase.clone(), answer) {
            (Undo::Cancelling { .. }, PaymentAnswer::Paid(receipt))
                if planted!(self, CancelRevived) =>
            {
                let doubt = crate::payment::InDoubt {
                    asked: state.asked,
                    since: state.since,
                    inquiries: 0,
                    next_at: work.now,
                    proof_from: None,
                };
                let profile = &self.wallet(payment).profile;
                let captured = doubt.undecided().approved(receipt, work.now, profile);
                self.capture(work, payment, captured);
            }
            // The cancel's answer decides; all that comes before it is evidence.
            (
                Undo::Cancelling { .. } | Undo::CancelRefused { .. } | Undo::Releasing { .. },
                PaymentAnswer::Cancelled,
            ) => {
                let ended = undone(state, payment, work.now);
                self.enter(work, payment, ended);
            }
            (
                Undo::Cancelling { .. } | Undo::Releasing { .. },
                PaymentAnswer::TooLate { receipt },
            ) => {
                payment.state = State::Reversing(state.cancel_refused(work.now));
                match receipt {
                    Some(receipt) => self.stray(work, payment, receipt),
                    None => self.undo_when_due(work, payment),
                }
            }
            (Undo::CancelRefused { .. }, PaymentAnswer::TooLate { receipt: Some(receipt) })
            | (Undo::CancelRefused { .. }, PaymentAnswer::Paid(receipt)) => {
                self.stray(work, payment, receipt);
            }
            (Undo::CancelRefused { .. }, PaymentAnswer::Declined(proof)) => {
                let declined = state.declined(proof, work.now);
                self.enter(work, payment, State::Declined(declined));
            }
            (Undo::CancelRefused { .. }, PaymentAnswer::Blocked) => {
                let blocked = state.blocked(work.now);
                self.enter(work, payment, State::Blocked(blocked));
            }
            // It refused to cancel what it does not know. Now it is certain that it never will.
            (Undo::CancelRefused { proof_from, .. }, PaymentAnswer::NotFound)
                if question == Question::Inquiry
                    && proof_from.is_some_and(|from| attempt >= from) =>
            {
                let ended = state.never_arrived(work.now);
                self.enter(work, payment, State::Cancelled(ended));
            }
            // The wallet refused the cancel and holds the money still: it can be cancelled.
            (Undo::CancelRefused { inquiries, .. }, PaymentAnswer::Authorised(_)) => {
                let every = self.wallet(payment).profile.cancel_every;
                let next_at = work.now.after(patient(every, inquiries));
                payment.state = State::Reversing(state.releasing(inquiries, next_at));
            }
            (
                Undo::Cancelling { .. } | Undo::Releasing { .. },
                answer @ (PaymentAnswer::Paid(_)
                | PaymentAnswer::Authorised(_)
                | PaymentAnswer::Declined(_)
                | PaymentAnswer::Blocked),
            ) => {
                self.keep_evidence(work, payment, question, answer);
            }
            (Undo::Returning { .. }, PaymentAnswer::Paid(receipt)) => {
                self.paid_again(work, payment, question, receipt);
            }
            (
                Undo::Returning { .. },
                answer @ (PaymentAnswer::Declined(_)
                | PaymentAnswer::Cancelled
                | PaymentAnswer::Blocked),
            ) => self.contradicts(work, payment, question, answer),
            (Undo::CancelRefused { .. }, PaymentAnswer::TooLate { receipt: None })
            | (Undo::Returning { .. }, PaymentAnswer::TooLate { .. })
            | (Undo::Returning { .. }, PaymentAnswer::Authorised(_))
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

    pub(super) fn judge_captured(
        &mut self,
        work: &mut Work,
        payment: &mut Payment,
        question: Question,
        state: &Captured,
        answer: PaymentAnswer,
    ) {
        match answer {
            PaymentAnswer::Paid(receipt)
                if receipt.transaction == state.receipt.transaction
                    && receipt.amount == state.receipt.amount =>
            {
                if planted!(self, CaptureRepeated) && question == Question::Notice {
                    self.book_capture(work, payment, &state.asked);
                }
            }
            // A refund of ours is carried out as its cancel.
            PaymentAnswer::Cancelled if payment.refunds.iter().any(by_cancel) => {}
            answer @ (PaymentAnswer::Paid(_)
            | PaymentAnswer::Declined(_)
            | PaymentAnswer::Cancelled
            | PaymentAnswer::Blocked) => {
                self.contradicts(work, payment, question, answer);
            }
            PaymentAnswer::TooLate { .. }
            | PaymentAnswer::Authorised(_)
            | PaymentAnswer::Ordered { .. }
            | PaymentAnswer::Pending
            | PaymentAnswer::NotFound
            | PaymentAnswer::NotSent
            | PaymentAnswer::Unknown(_) => {}
        }
    }

    /// A hold that is used up. Money under a name of its own is nobody's; another sum under a name
    /// that we know says two things at once, and people must look.
    pub(super) fn judge_hold_captured(
        &mut self,
        work: &mut Work,
        payment: &mut Payment,
        question: Question,
        attempt: u32,
        state: &HoldCaptured,
        answer: PaymentAnswer,
    ) {
        let hold = &state.hold;
        let named = |receipt: &Receipt| {
            let parts = hold.parts.iter().filter_map(|part| part.receipt());
            std::iter::once(&hold.receipt)
                .chain(parts)
                .any(|own| own.transaction == receipt.transaction)
        };
        match answer {
            PaymentAnswer::Paid(receipt) if payment.knows(&receipt) => {}
            PaymentAnswer::Paid(receipt) if named(&receipt) => {
                self.contradicts(work, payment, question, PaymentAnswer::Paid(receipt));
            }
            answer @ PaymentAnswer::Paid(_) => {
                self.judge_ended_unpaid(work, payment, question, attempt, answer);
            }
            PaymentAnswer::Blocked if state.rest == Rest::Frozen => {}
            answer @ (PaymentAnswer::Declined(_) | PaymentAnswer::Blocked) => {
                self.contradicts(work, payment, question, answer);
            }
            PaymentAnswer::Cancelled
            | PaymentAnswer::Authorised(_)
            | PaymentAnswer::TooLate { .. }
            | PaymentAnswer::Ordered { .. }
            | PaymentAnswer::Pending
            | PaymentAnswer::NotFound
            | PaymentAnswer::NotSent
            | PaymentAnswer::Unknown(_) => {}
        }
    }

    /// A statement about a payment that ended without money. Its state stays. Money that an
    /// inquiry made *after* the end confirms is a stray receipt; an older answer, or a notice,
    /// only leads to that inquiry.
    pub(super) fn judge_ended_unpaid(
        &mut self,
        work: &mut Work,
        payment: &mut Payment,
        question: Question,
        attempt: u32,
        answer: PaymentAnswer,
    ) {
        let probed = payment.probe.is_some_and(|probe| attempt >= probe.attempt)
            && question == Question::Inquiry;
        match answer {
            PaymentAnswer::Paid(receipt) if probed => {
                payment.probe = None;
                if !payment.knows(&receipt) {
                    self.stray(work, payment, receipt);
                }
            }
            PaymentAnswer::Paid(receipt) => self.paid_again(work, payment, question, receipt),
            // The payer's money is held for nothing: it is released, and asked about again.
            answer @ PaymentAnswer::Authorised(_) if probed => {
                self.contradicts(work, payment, question, answer);
                self.release_late(work, payment);
            }
            // The news of a hold often comes late and twice; only the inquiry tells if it stands.
            PaymentAnswer::Authorised(_) => self.probe(work, payment),
            PaymentAnswer::Blocked => {
                payment.probe = payment.probe.filter(|_| !probed);
                if !matches!(payment.state, State::Blocked(_)) {
                    self.contradicts(work, payment, question, PaymentAnswer::Blocked);
                }
            }
            PaymentAnswer::Declined(_) | PaymentAnswer::Cancelled if probed => {
                payment.probe = None;
            }
            PaymentAnswer::Declined(_)
            | PaymentAnswer::Cancelled
            | PaymentAnswer::Ordered { .. }
            | PaymentAnswer::NotFound
            | PaymentAnswer::TooLate { .. }
            | PaymentAnswer::Pending
            | PaymentAnswer::NotSent
            | PaymentAnswer::Unknown(_) => {}
        }
    }

    fn release_late(&mut self, work: &mut Work, payment: &mut Payment) {
        let asked = payment.state.asked().expect("only what was asked is held");
        let (reference, cancel_from) = (asked.reference.clone(), asked.cancel_from);
        let ask = match payment.state.hold() {
            Some(_) => Ask::Void { reference },
            // Not before its time, like any other cancel: the wallet is asked again then.
            None if work.now < cancel_from => {
                payment.probe = payment.probe.map(|probe| Probe {
                    next_at: probe.next_at.max(cancel_from),
                    left: probe.left.max(1),
                    ..probe
                });
                return;
            }
            None => Ask::Cancel { reference },
        };
        self.call(work, payment, ask);
    }

    /// "Paid" for a payment that is ending or ended without money. Known strays are known.
    pub(super) fn paid_again(
        &mut self,
        work: &mut Work,
        payment: &mut Payment,
        question: Question,
        receipt: Receipt,
    ) {
        if payment.knows(&receipt) {
            return;
        }
        work.alarm(payment.id, AlarmKind::StateContradicts);
        self.keep_evidence(work, payment, question, PaymentAnswer::Paid(receipt));
        if payment.state.is_final() {
            self.probe(work, payment);
        }
    }

    pub(super) fn contradicts(
        &mut self,
        work: &mut Work,
        payment: &mut Payment,
        question: Question,
        answer: PaymentAnswer,
    ) {
        work.alarm(payment.id, AlarmKind::StateContradicts);
        self.keep_evidence(work, payment, question, answer);
    }
}

/// What a confirmed cancel makes of a payment. An order of which somebody said that it was paid is
/// reversed, whoever had wished it closed.
fn undone(state: Reversing, payment: &Payment, now: crate::time::Timestamp) -> State {
    let paid =
        payment.evidence.iter().any(|evidence| matches!(evidence.answer, PaymentAnswer::Paid(_)));
    match state.goal {
        Goal::Withdraw if !paid => State::Cancelled(state.withdrawn(now)),
        Goal::Expire if !paid => State::Expired(state.expired(now)),
        Goal::Reverse | Goal::Withdraw | Goal::Expire => State::Reversed(state.cancelled(now)),
    }
}

fn by_cancel(refund: &Refund) -> bool {
    refund.by == RefundBy::Cancel
}
