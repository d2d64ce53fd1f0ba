//! Captures of a hold: what merchants ask for, what wallets say of it, and asking again.
//!
//! A capture is a record of its own with doubt of its own, like a refund. It is repeated with the
//! same id until its outcome is known; only then may the next one be asked for.

use super::heard::is_plausible;
use super::{Decided, Engine, Work, planted};
use crate::command::{Caller, CaptureHeard, PaymentCapture};
use crate::effects::{AlarmKind, EventKind, Reply};
use crate::id::CaptureId;
use crate::keys::{KeyName, KeyOutcome, KeyOwner, Route};
use crate::money::Money;
use crate::payment::{Authorised, Capturing, PartAsking, PartEnd, PartTerms, Payment, State, Then};
use crate::refusal::{Refusal, over};
use crate::time::Timestamp;
use crate::wallet::{
    Ask, CaptureAnswer, CaptureAsk, Decline, DeclineReason, PaymentAnswer, Question, Receipt,
    Unknown,
};

/// Captures that one payment may have, the declined ones counted; as for refunds.
const CAPTURES_MAX: usize = 100;

impl Engine {
    pub(super) fn payment_capture(
        &mut self,
        work: &mut Work,
        caller: Caller,
        capture: &PaymentCapture,
    ) -> Decided {
        let (name, planned) = match self.own_payment(caller, capture.payment)? {
            Err(refusal) => return Ok(Err(refusal)),
            Ok(payment) => {
                let name = KeyName {
                    slot: payment.id.slot(),
                    owner: KeyOwner::Merchant(payment.merchant),
                    route: Route::PaymentCapture,
                    key: capture.key.clone(),
                };
                let id = work.id(payment.id.slot());
                (name, self.plan_capture(work.now, payment, capture.amount, id))
            }
        };
        if let Some(replay) = self.replay(&name, &capture.hash)? {
            return Ok(replay);
        }
        let (held, terms) = match planned {
            Ok(planned) => planned,
            Err(refusal) => return Ok(Err(self.refuse(work, name, capture.hash, refusal))),
        };
        let id = terms.id;
        let outcome = KeyOutcome::Capture { payment: capture.payment, capture: id };
        self.keep_key(work, name, capture.hash, outcome);
        let mut payment = self.take(capture.payment);
        let state = held.capturing(terms, work.now, &self.wallet(&payment).profile);
        let ask = Ask::Capture(capture_ask(&state));
        self.enter(work, &mut payment, State::Capturing(state));
        self.call(work, &mut payment, ask);
        let payment = self.put(work, payment);
        Ok(Ok(Reply::Capture { payment, capture: id, replayed: false }))
    }

    fn plan_capture(
        &self,
        now: Timestamp,
        payment: &Payment,
        amount: Money,
        id: CaptureId,
    ) -> Result<(Authorised, PartTerms), Refusal> {
        if !amount.positive() {
            return Err(Refusal::AmountNotPositive);
        }
        if amount.currency() != payment.amount.currency() {
            return Err(Refusal::CurrencyDiffers);
        }
        let held = match &payment.state {
            State::Authorised(held) => held,
            State::Capturing(_) => return Err(Refusal::CaptureRunning),
            State::InDoubt(_) | State::Reversing(_) => return Err(Refusal::PaymentInDoubt),
            State::Captured(_) => return Err(Refusal::PaymentCaptured),
            State::WaitingForPayer(_)
            | State::Ordering(_)
            | State::Ordered(_)
            | State::Authorising(_)
            | State::Voiding(_)
            | State::HoldCaptured(_)
            | State::Voided(_)
            | State::Declined(_)
            | State::Cancelled(_)
            | State::Expired(_)
            | State::Reversed(_)
            | State::Blocked(_) => return Err(Refusal::PaymentNotHeld),
        };
        let hold = &held.hold;
        if over(hold.expires_at, now) {
            return Err(Refusal::HoldExpired);
        }
        if hold.parts.len() >= CAPTURES_MAX {
            return Err(Refusal::CapturesTooMany);
        }
        if amount.minor() > hold.left() && !planted!(self, CaptureBoundForgotten) {
            let left = Money::new(hold.left(), amount.currency());
            return Err(Refusal::CaptureExceedsHeld { left });
        }
        let terms = hold.terms(id, amount, now).map_err(|_| Refusal::AmountTooLarge)?;
        // A part so small that the payer's side of it rounds to nothing cannot be taken.
        if terms.payer.is_some_and(|payer| !payer.positive()) {
            return Err(Refusal::AmountNotPositive);
        }
        Ok((held.clone(), terms))
    }

    pub(super) fn capture_heard(
        &mut self,
        work: &mut Work,
        caller: Caller,
        heard: &CaptureHeard,
    ) -> Decided {
        let Some(payment) = self.payment(heard.payment)? else {
            return Ok(Err(Refusal::PaymentUnknown));
        };
        let believed = match caller {
            Caller::Runtime => true,
            Caller::Wallet(name) => payment.wallet() == Some(name),
            Caller::Merchant { .. } | Caller::Payer | Caller::Operator => {
                return Ok(Err(Refusal::NotAllowed));
            }
        };
        let Some(terms) = terms_of(payment, heard.capture).filter(|_| believed) else {
            return Ok(Err(Refusal::PaymentUnknown));
        };
        let answer = match heard.answer.clone() {
            CaptureAnswer::Captured(receipt) if !is_plausible(&receipt) => {
                CaptureAnswer::Unknown(Unknown::Unreadable)
            }
            CaptureAnswer::Unknown(Unknown::TimedOut) if planted!(self, CaptureSilenceIsNo) => {
                CaptureAnswer::Declined(Decline::read(DeclineReason::GaveUp, "silence"))
            }
            answer => answer,
        };
        if let CaptureAnswer::Captured(receipt) = &answer {
            let wallet = payment.wallet().expect("what has captures was asked of a wallet");
            // Looked up now, so that nothing is missing once something has changed.
            self.used_by(&self.receipt_name(wallet, heard.payment.slot(), receipt))?;
        }
        let terms = terms.clone();
        let mut payment = self.take(heard.payment);
        if let CaptureAnswer::Unknown(why) = &answer
            && why.alarming()
        {
            work.alarm(payment.id, AlarmKind::ProtocolBroken);
        }
        match payment.state.clone() {
            State::Capturing(state) if state.part.terms.id == heard.capture => {
                self.judge_part(work, &mut payment, state, answer);
            }
            _ => self.judge_ended_part(work, caller, &mut payment, &terms, answer),
        }
        self.put(work, payment);
        Ok(Ok(Reply::Noted))
    }

    fn judge_part(
        &mut self,
        work: &mut Work,
        payment: &mut Payment,
        mut state: Capturing,
        answer: CaptureAnswer,
    ) {
        let terms = state.part.terms.clone();
        let withdrawn = state.then == Then::Withdraw;
        match answer {
            CaptureAnswer::Captured(receipt) if self.part_fits(payment, &terms, &receipt) => {
                let wallet = state.hold.asked.wallet;
                let name = self.receipt_name(wallet, payment.id.slot(), &receipt);
                self.keep_used(work, name, payment.id);
                self.book_part(work, payment, &state.hold.asked, &terms);
                self.event_of_capture(work, payment, EventKind::CaptureCaptured, terms.id);
                let next = state.captured(receipt, work.now, &self.wallet(payment).profile);
                self.enter(work, payment, next);
                self.void_when_due(work, payment);
                if withdrawn {
                    self.refund_withdrawn(work, payment);
                }
            }
            CaptureAnswer::Declined(proof) => {
                self.event_of_capture(work, payment, EventKind::CaptureDeclined, terms.id);
                self.enter(work, payment, state.declined(proof, work.now));
                self.void_when_due(work, payment);
                if withdrawn {
                    self.refund_withdrawn(work, payment);
                }
            }
            CaptureAnswer::Captured(receipt) => {
                // Money may have moved, but not the money that was asked for.
                work.alarm(payment.id, AlarmKind::AmountContradicts);
                let said = PaymentAnswer::Paid(receipt);
                self.keep_evidence(work, payment, Question::Notice, said);
                state.part.asking = state.part.asking.unknown();
                payment.state = State::Capturing(state);
            }
            CaptureAnswer::Processing | CaptureAnswer::Unknown(_) => {
                state.part.asking = state.part.asking.unknown();
                payment.state = State::Capturing(state);
            }
            CaptureAnswer::NotSent | CaptureAnswer::NotFound => {
                // Not there: it is sent again, with the same id, when its time comes.
                state.part.asking = state.part.asking.not_there();
                payment.state = State::Capturing(state);
            }
        }
    }

    /// A statement about a capture that has ended. Its end stays.
    fn judge_ended_part(
        &mut self,
        work: &mut Work,
        caller: Caller,
        payment: &mut Payment,
        terms: &PartTerms,
        answer: CaptureAnswer,
    ) {
        let hold = payment.state.hold().expect("what has captures was held");
        let end = hold.parts.iter().find(|part| part.terms.id == terms.id);
        let taken = end.is_some_and(|part| matches!(part.end, PartEnd::Captured { .. }));
        match answer {
            CaptureAnswer::Captured(receipt) if payment.knows(&receipt) => {}
            CaptureAnswer::Captured(receipt) if taken => {
                self.contradicts(work, payment, Question::Notice, PaymentAnswer::Paid(receipt));
            }
            // A yes after a no. The merchant was told "declined" and may have captured again, so
            // it is money of nobody: returned when the wallet says so to our own question, and
            // asked about when it merely notifies. What is left of the hold is still to be released.
            CaptureAnswer::Captured(receipt) if caller == Caller::Runtime => {
                self.stray_beside(work, payment, receipt);
            }
            CaptureAnswer::Captured(receipt) => {
                self.contradicts(work, payment, Question::Notice, PaymentAnswer::Paid(receipt));
                let asked = payment.state.asked().expect("what was held was asked");
                let ask = ask_of(terms, asked.reference.clone());
                match self.token(work.now, payment, work.now) {
                    Some(token) => {
                        self.call(work, payment, token.about_capture(ask));
                    }
                    // Whatever stands is found when its turn comes; of a hold that is open, when
                    // it is released.
                    None if payment.state.is_final() => self.probe(work, payment),
                    None => {}
                }
            }
            CaptureAnswer::Declined(_) if taken => {
                work.alarm(payment.id, AlarmKind::StateContradicts);
            }
            CaptureAnswer::Declined(_)
            | CaptureAnswer::Processing
            | CaptureAnswer::NotFound
            | CaptureAnswer::NotSent
            | CaptureAnswer::Unknown(_) => {}
        }
    }

    /// True when the wallet took what was asked, under a name that is not another payment's.
    fn part_fits(&self, payment: &Payment, terms: &PartTerms, receipt: &Receipt) -> bool {
        let Some(wallet) = payment.wallet() else { return false };
        let name = self.receipt_name(wallet, payment.id.slot(), receipt);
        let own = self.used.get(&name).is_none_or(|by| *by == payment.id.into());
        let payer = match (terms.payer, receipt.payer) {
            (Some(expected), Some(said)) => expected == said,
            (Some(_), None) | (None, _) => true,
        };
        own && receipt.amount == terms.amount && payer
    }

    /// Asks about a capture again: what is not known to have arrived is sent again with the same
    /// id, what is in doubt is inquired of and sent again in turn.
    pub(super) fn capture_when_due(&mut self, work: &mut Work, payment: &mut Payment) {
        let State::Capturing(mut state) = payment.state.clone() else { return };
        let due_at = state.part.due().at();
        if due_at > work.now {
            return;
        }
        let profile = self.wallet(payment).profile.clone();
        let ask = capture_ask(&state);
        let (ask, asking) = match state.part.asking {
            PartAsking::Requested(asking) => {
                (Ask::Capture(ask), PartAsking::Requested(asking.again(work.now, &profile)))
            }
            PartAsking::InDoubt(asking) => {
                let ask = if asking.inquires_next() {
                    let Some(token) = self.token(work.now, payment, due_at) else { return };
                    token.about_capture(ask)
                } else {
                    Ask::Capture(ask)
                };
                (ask, PartAsking::InDoubt(asking.again(work.now, &profile)))
            }
        };
        self.call(work, payment, ask);
        state.part.asking = asking;
        payment.state = State::Capturing(state);
    }
}

fn terms_of(payment: &Payment, id: CaptureId) -> Option<&PartTerms> {
    let open = payment.state.open_part().map(|part| &part.terms);
    let ended = payment.state.hold()?.parts.iter().map(|part| &part.terms);
    ended.chain(open).find(|terms| terms.id == id)
}

fn capture_ask(state: &Capturing) -> CaptureAsk {
    ask_of(&state.part.terms, state.hold.asked.reference.clone())
}

fn ask_of(terms: &PartTerms, reference: crate::wallet::Reference) -> CaptureAsk {
    CaptureAsk { capture: terms.id, reference, amount: terms.amount, payer: terms.payer }
}
