//! What a wallet said while a payment of it is undecided. Asked just now or in doubt, by order or
//! by request: a definite word means the same, so one function weighs it.

use super::{Engine, Work};
use crate::effects::{AlarmKind, EventKind};
use crate::payment::{Asked, Authorised, Captured, InDoubt, Payment, State, Undecided};
use crate::wallet::{PaymentAnswer, Question, Receipt, Unknown};
use crate::{Text, payment::Authorising};

/// What is left to weigh when nothing was decided. What it means depends on the state.
pub(super) enum Hint {
    /// Nothing new, or nothing that can be trusted.
    Nothing,
    /// The wallet does not know the request.
    NotFound,
    /// The wallet's order is open, and this is its link, with the wallet's own name for it.
    Ordered(Text, Option<Text>),
    /// Not a byte left.
    NotSent,
    /// Our own queue was too long: the wallet was not asked.
    Dropped,
    /// Money may have moved, but not as it was asked for. Evidence is kept.
    Contradiction,
}

impl Engine {
    /// A definite word decides, and `None` is given back.
    pub(super) fn decide(
        &mut self,
        work: &mut Work,
        payment: &mut Payment,
        question: Question,
        undecided: Undecided,
        answer: PaymentAnswer,
    ) -> Option<Hint> {
        let now = work.now;
        let hold = undecided.asked().hold;
        match answer {
            PaymentAnswer::Paid(receipt)
                if hold.is_none() && self.fits(payment, undecided.asked(), &receipt) =>
            {
                let captured = undecided.approved(receipt, now, &self.wallet(payment).profile);
                self.capture(work, payment, captured);
                None
            }
            PaymentAnswer::Authorised(receipt)
                if let Some(rules) = hold
                    && self.fits(payment, undecided.asked(), &receipt) =>
            {
                self.hold(work, payment, undecided.held(receipt, now, rules));
                None
            }
            PaymentAnswer::Declined(proof) => {
                self.enter(work, payment, State::Declined(undecided.declined(proof, now)));
                None
            }
            PaymentAnswer::Cancelled => {
                self.enter(work, payment, State::Cancelled(undecided.closed(now)));
                None
            }
            PaymentAnswer::Blocked => {
                self.enter(work, payment, State::Blocked(undecided.blocked(now)));
                None
            }
            // A confirmed amount that was not asked for, money taken that was to be held, or a
            // transaction of another payment: money may have moved, but not the money we know of.
            answer @ (PaymentAnswer::Paid(_)
            | PaymentAnswer::Authorised(_)
            | PaymentAnswer::TooLate { .. }) => {
                work.alarm(payment.id, AlarmKind::AmountContradicts);
                self.keep_evidence(work, payment, question, answer);
                Some(Hint::Contradiction)
            }
            PaymentAnswer::Ordered { link, handle } => Some(Hint::Ordered(link, handle)),
            PaymentAnswer::NotSent => Some(Hint::NotSent),
            PaymentAnswer::Unknown(Unknown::Dropped) => Some(Hint::Dropped),
            PaymentAnswer::NotFound => Some(Hint::NotFound),
            PaymentAnswer::Pending | PaymentAnswer::Unknown(_) => Some(Hint::Nothing),
        }
    }

    pub(super) fn judge_authorising(
        &mut self,
        work: &mut Work,
        payment: &mut Payment,
        question: Question,
        state: Authorising,
        answer: PaymentAnswer,
    ) {
        let undecided = state.clone().undecided();
        match self.decide(work, payment, question, undecided, answer) {
            None => {}
            Some(Hint::NotSent) if question == Question::Pay => {
                self.enter(work, payment, State::Cancelled(state.not_sent(work.now)));
            }
            Some(
                Hint::Nothing
                | Hint::NotFound
                | Hint::Ordered(..)
                | Hint::NotSent
                | Hint::Dropped
                | Hint::Contradiction,
            ) => self.enter(work, payment, State::InDoubt(state.unanswered(work.now))),
        }
    }

    pub(super) fn judge_in_doubt(
        &mut self,
        work: &mut Work,
        payment: &mut Payment,
        question: Question,
        attempt: u32,
        state: InDoubt,
        answer: PaymentAnswer,
    ) {
        let undecided = state.clone().undecided();
        match self.decide(work, payment, question, undecided, answer) {
            // Nothing came to the wallet, and nothing can come any more: it has no order of ours.
            Some(Hint::NotFound)
                if question == Question::Inquiry
                    && state.proof_from.is_some_and(|from| attempt >= from) =>
            {
                self.enter(work, payment, State::Cancelled(state.never_arrived(work.now)));
            }
            // The wallet was not asked, and must be before a cancel.
            Some(Hint::Dropped) if question == Question::Inquiry => {
                payment.state = State::InDoubt(state.not_asked());
            }
            None
            | Some(
                Hint::Nothing
                | Hint::NotFound
                | Hint::Ordered(..)
                | Hint::NotSent
                | Hint::Dropped
                | Hint::Contradiction,
            ) => {}
        }
    }

    /// True when the wallet confirmed what was asked: amount, currency, and a transaction that is
    /// not another payment's.
    pub(super) fn fits(&self, payment: &Payment, asked: &Asked, receipt: &Receipt) -> bool {
        let name = self.receipt_name(asked.wallet, payment.id.slot(), receipt);
        let own = self.used.get(&name).is_none_or(|by| *by == payment.id.into());
        let payer = match (asked.payer, receipt.payer) {
            (Some(expected), Some(said)) => expected == said,
            (Some(_), None) | (None, _) => true,
        };
        let amount = receipt.amount == payment.amount && payer;
        own && (amount || super::planted!(self, AmountUnchecked))
    }

    pub(super) fn capture(&mut self, work: &mut Work, payment: &mut Payment, captured: Captured) {
        let name = self.receipt_name(captured.asked.wallet, payment.id.slot(), &captured.receipt);
        self.keep_used(work, name, payment.id);
        self.book_capture(work, payment, &captured.asked);
        self.enter(work, payment, State::Captured(captured));
    }

    /// Nothing is booked: no money has moved, and none is owed.
    fn hold(&mut self, work: &mut Work, payment: &mut Payment, held: Authorised) {
        let hold = &held.hold;
        let name = self.receipt_name(hold.asked.wallet, payment.id.slot(), &hold.receipt);
        self.keep_used(work, name, payment.id);
        payment.state = State::Authorised(held);
        self.event(work, payment, EventKind::PaymentAuthorised);
    }
}
