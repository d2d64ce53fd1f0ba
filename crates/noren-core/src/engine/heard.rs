//! What a wallet said, weighed against what the payment is.
//!
//! Source: `reliability` facts, section 2 (reading an outcome), 3 (in doubt), 4 (cancel, reversal,
//! stray receipt). Each pair of state and statement has its own arm; there is no catch-all.

use super::{Decided, Engine, Work, planted};
use crate::command::{Caller, PaymentHeard, RefundHeard};
use crate::effects::{AlarmKind, EventKind, Reply};
use crate::id::{PaymentId, RefundId, Slot, WalletName};
use crate::keys::{Used, UsedName};
use crate::money::Money;
use crate::payment::{Asked, Payment, State, Undo};
use crate::refund::{Refund, RefundDeclined, RefundState, Refunded};
use crate::refusal::Refusal;
use crate::stray::Stray;
use crate::wallet::{
    Ask, Decline, PaymentAnswer, Question, Receipt, Reference, RefundAnswer, RefundReceipt, Unknown,
};

impl Engine {
    /// A wallet's transaction id belongs to one payment, for ever.
    pub(super) fn receipt_name(
        &self,
        wallet: WalletName,
        slot: Slot,
        receipt: &Receipt,
    ) -> UsedName {
        UsedName { slot, wallet, what: Used::Receipt, text: receipt.transaction.clone() }
    }

    pub(super) fn payment_heard(
        &mut self,
        work: &mut Work,
        caller: Caller,
        heard: &PaymentHeard,
    ) -> Decided {
        let Some(payment) = self.payment(heard.payment)? else {
            return Ok(Err(Refusal::PaymentUnknown));
        };
        let asked = payment.state.asked();
        let believed = match caller {
            Caller::Runtime => true,
            Caller::Wallet(name) => asked.is_some_and(|asked| asked.wallet == name),
            Caller::Merchant { .. } | Caller::Operator => return Ok(Err(Refusal::NotAllowed)),
        };
        let Some(asked) = asked.filter(|_| believed) else {
            return Ok(Err(Refusal::PaymentUnknown));
        };
        let said = plausible(heard.answer.clone());
        let said = one_intent(&asked.reference, said);
        let receipt = match &said {
            PaymentAnswer::Paid(receipt) => Some(receipt),
            PaymentAnswer::TooLate { receipt } => receipt.as_ref(),
            _ => None,
        };
        if let Some(receipt) = receipt {
            // Looked up now, so that nothing is missing once something has changed.
            self.used_by(&self.receipt_name(asked.wallet, heard.payment.slot(), receipt))?;
        }
        let answer = match said {
            PaymentAnswer::Pending if planted!(self, PendingIsPaid) => {
                PaymentAnswer::Paid(Receipt {
                    transaction: heard.payment.to_string().into(),
                    amount: payment.amount,
                    payer: asked.payer,
                    rate: None,
                    settlement: None,
                })
            }
            PaymentAnswer::Unknown(Unknown::TimedOut) if planted!(self, SilenceIsCancelled) => {
                PaymentAnswer::Cancelled
            }
            answer => answer,
        };
        self.judge(work, heard.payment, heard.question, heard.attempt, answer);
        Ok(Ok(Reply::Noted))
    }

    /// True when the wallet confirmed what was asked: amount, currency, and a transaction that is
    /// not another payment's.
    fn fits(&self, payment: &Payment, asked: &Asked, receipt: &Receipt) -> bool {
        let name = self.receipt_name(asked.wallet, payment.id.slot(), receipt);
        let own = self.used.get(&name).is_none_or(|by| *by == payment.id);
        let payer = match (asked.payer, receipt.payer) {
            (Some(expected), Some(said)) => expected == said,
            (Some(_), None) | (None, _) => true,
        };
        let amount = receipt.amount == payment.amount && payer;
        own && (amount || planted!(self, AmountUnchecked))
    }

    /// Weighs one statement. Everything it needs has been looked up.
    pub(super) fn judge(
        &mut self,
        work: &mut Work,
        id: PaymentId,
        question: Question,
        attempt: u32,
        answer: PaymentAnswer,
    ) {
        let mut payment = self.take(id);
        if let PaymentAnswer::Unknown(why) = &answer
            && why.alarming()
        {
            work.alarm(id, AlarmKind::ProtocolBroken);
        }
        match payment.state.clone() {
            State::WaitingForPayer(_) | State::Expired(_) => {
                // No wallet was asked; `payment_heard` lets nobody through to here.
                self.contradicts(work, &mut payment, question, answer);
            }
            State::Authorising(state) => {
                let asked = state.asked.clone();
                match answer {
                    PaymentAnswer::Paid(receipt) if self.fits(&payment, &asked, &receipt) => {
                        let profile = &self.wallet(&payment).profile;
                        let captured = state.approved(receipt, work.now, profile);
                        self.capture(work, &mut payment, captured);
                    }
                    PaymentAnswer::Declined(proof) => {
                        payment.state = State::Declined(state.declined(proof, work.now));
                        self.event(work, &mut payment, EventKind::PaymentDeclined);
                    }
                    PaymentAnswer::Cancelled => {
                        payment.state = State::Cancelled(state.closed(work.now));
                        self.event(work, &mut payment, EventKind::PaymentCancelled);
                    }
                    PaymentAnswer::NotSent if question == Question::Pay => {
                        payment.state = State::Cancelled(state.not_sent(work.now));
                        self.event(work, &mut payment, EventKind::PaymentCancelled);
                    }
                    // A confirmed amount that was not asked for, or a transaction of another
                    // payment: money may have moved, but not the money we know of.
                    answer @ (PaymentAnswer::Paid(_) | PaymentAnswer::TooLate { .. }) => {
                        work.alarm(id, AlarmKind::AmountContradicts);
                        self.keep_evidence(work, &mut payment, question, answer);
                        payment.state = State::InDoubt(state.unanswered(work.now));
                        self.event(work, &mut payment, EventKind::PaymentInDoubt);
                    }
                    PaymentAnswer::Pending
                    | PaymentAnswer::NotFound
                    | PaymentAnswer::NotSent
                    | PaymentAnswer::Unknown(_) => {
                        payment.state = State::InDoubt(state.unanswered(work.now));
                        self.event(work, &mut payment, EventKind::PaymentInDoubt);
                    }
                }
            }
            State::InDoubt(state) => {
                let asked = state.asked.clone();
                match answer {
                    PaymentAnswer::Paid(receipt) if self.fits(&payment, &asked, &receipt) => {
                        let profile = &self.wallet(&payment).profile;
                        let captured = state.approved(receipt, work.now, profile);
                        self.capture(work, &mut payment, captured);
                    }
                    PaymentAnswer::Declined(proof) => {
                        payment.state = State::Declined(state.declined(proof, work.now));
                        self.event(work, &mut payment, EventKind::PaymentDeclined);
                    }
                    PaymentAnswer::Cancelled => {
                        payment.state = State::Cancelled(state.closed(work.now));
                        self.event(work, &mut payment, EventKind::PaymentCancelled);
                    }
                    answer @ (PaymentAnswer::Paid(_) | PaymentAnswer::TooLate { .. }) => {
                        work.alarm(id, AlarmKind::AmountContradicts);
                        self.keep_evidence(work, &mut payment, question, answer);
                    }
                    // Our own queue was too long: the wallet was not asked, and must be before a
                    // cancel.
                    PaymentAnswer::Unknown(Unknown::Dropped) if question == Question::Inquiry => {
                        payment.state = State::InDoubt(state.not_asked());
                    }
                    PaymentAnswer::Pending
                    | PaymentAnswer::NotFound
                    | PaymentAnswer::NotSent
                    | PaymentAnswer::Unknown(_) => {}
                }
            }
            State::Reversing(state) => match (state.phase.clone(), answer) {
                (Undo::Cancelling { .. }, PaymentAnswer::Paid(receipt))
                    if planted!(self, CancelRevived) =>
                {
                    let profile = &self.wallet(&payment).profile;
                    let doubt = crate::payment::InDoubt {
                        asked: state.asked,
                        since: state.since,
                        inquiries: 0,
                        next_at: work.now,
                    };
                    let captured = doubt.approved(receipt, work.now, profile);
                    self.capture(work, &mut payment, captured);
                }
                // The cancel's answer decides; all that comes before it is evidence.
                (
                    Undo::Cancelling { .. } | Undo::CancelRefused { .. },
                    PaymentAnswer::Cancelled,
                ) => {
                    payment.state = State::Reversed(state.cancelled(work.now));
                    self.event(work, &mut payment, EventKind::PaymentReversed);
                }
                (Undo::Cancelling { .. }, PaymentAnswer::TooLate { receipt }) => {
                    payment.state = State::Reversing(state.cancel_refused(work.now));
                    match receipt {
                        Some(receipt) => self.stray(work, &mut payment, receipt),
                        None => self.undo_when_due(work, &mut payment),
                    }
                }
                (Undo::CancelRefused { .. }, PaymentAnswer::TooLate { receipt: Some(receipt) })
                | (Undo::CancelRefused { .. }, PaymentAnswer::Paid(receipt)) => {
                    self.stray(work, &mut payment, receipt);
                }
                (Undo::CancelRefused { .. }, PaymentAnswer::Declined(proof)) => {
                    payment.state = State::Declined(state.declined(proof, work.now));
                    self.event(work, &mut payment, EventKind::PaymentDeclined);
                }
                (
                    Undo::Cancelling { .. },
                    answer @ (PaymentAnswer::Paid(_) | PaymentAnswer::Declined(_)),
                ) => {
                    self.keep_evidence(work, &mut payment, question, answer);
                }
                (Undo::Returning { .. }, PaymentAnswer::Paid(receipt)) => {
                    self.paid_again(work, &mut payment, question, receipt);
                }
                (
                    Undo::Returning { .. },
                    answer @ (PaymentAnswer::Declined(_) | PaymentAnswer::Cancelled),
                ) => self.contradicts(work, &mut payment, question, answer),
                (Undo::CancelRefused { .. }, PaymentAnswer::TooLate { receipt: None })
                | (Undo::Returning { .. }, PaymentAnswer::TooLate { .. })
                | (
                    _,
                    PaymentAnswer::Pending
                    | PaymentAnswer::NotFound
                    | PaymentAnswer::NotSent
                    | PaymentAnswer::Unknown(_),
                ) => {}
            },
            State::Captured(state) => match answer {
                PaymentAnswer::Paid(receipt)
                    if receipt.transaction == state.receipt.transaction
                        && receipt.amount == state.receipt.amount =>
                {
                    if planted!(self, CaptureRepeated) && question == Question::Notice {
                        self.book_capture(work, &payment, &state.asked);
                    }
                }
                answer @ (PaymentAnswer::Paid(_)
                | PaymentAnswer::Declined(_)
                | PaymentAnswer::Cancelled) => {
                    self.contradicts(work, &mut payment, question, answer);
                }
                PaymentAnswer::TooLate { .. }
                | PaymentAnswer::Pending
                | PaymentAnswer::NotFound
                | PaymentAnswer::NotSent
                | PaymentAnswer::Unknown(_) => {}
            },
            State::Declined(_) | State::Cancelled(_) | State::Reversed(_) => {
                self.judge_ended_unpaid(work, &mut payment, question, attempt, answer);
            }
        }
        self.put(work, payment);
    }

    /// A statement about a payment that ended without money. Its state stays. Money that an
    /// inquiry made *after* the end confirms is a stray receipt; an older answer, or a notice,
    /// only leads to that inquiry.
    fn judge_ended_unpaid(
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
                if payment.strays.iter().any(|s| s.receipt.transaction == receipt.transaction) {
                    return;
                }
                self.stray(work, payment, receipt);
            }
            PaymentAnswer::Paid(receipt) => self.paid_again(work, payment, question, receipt),
            PaymentAnswer::Declined(_) | PaymentAnswer::Cancelled if probed => {
                payment.probe = None;
            }
            PaymentAnswer::Declined(_)
            | PaymentAnswer::Cancelled
            | PaymentAnswer::NotFound
            | PaymentAnswer::TooLate { .. }
            | PaymentAnswer::Pending
            | PaymentAnswer::NotSent
            | PaymentAnswer::Unknown(_) => {}
        }
    }

    /// "Paid" for a payment that is ending or ended without money. Known strays are known.
    fn paid_again(
        &mut self,
        work: &mut Work,
        payment: &mut Payment,
        question: Question,
        receipt: Receipt,
    ) {
        if payment.strays.iter().any(|s| s.receipt.transaction == receipt.transaction) {
            return;
        }
        work.alarm(payment.id, AlarmKind::StateContradicts);
        self.keep_evidence(work, payment, question, PaymentAnswer::Paid(receipt));
        if payment.state.is_final() {
            self.probe(work, payment);
        }
    }

    fn contradicts(
        &mut self,
        work: &mut Work,
        payment: &mut Payment,
        question: Question,
        answer: PaymentAnswer,
    ) {
        work.alarm(payment.id, AlarmKind::StateContradicts);
        self.keep_evidence(work, payment, question, answer);
    }

    fn capture(
        &mut self,
        work: &mut Work,
        payment: &mut Payment,
        captured: crate::payment::Captured,
    ) {
        let name = self.receipt_name(captured.asked.wallet, payment.id.slot(), &captured.receipt);
        self.keep_used(work, name, payment.id);
        self.book_capture(work, payment, &captured.asked);
        payment.state = State::Captured(captured);
        self.event(work, payment, EventKind::PaymentCaptured);
    }

    /// Books money that belongs to nobody yet, and begins to return it.
    fn stray(&mut self, work: &mut Work, payment: &mut Payment, receipt: Receipt) {
        if planted!(self, StrayForgotten) {
            if let State::Reversing(state) = payment.state.clone() {
                payment.state = State::Reversed(state.cancelled(work.now));
                self.event(work, payment, EventKind::PaymentReversed);
            }
            return;
        }
        let asked = payment.state.asked().expect("only what was asked is paid").clone();
        let name = self.receipt_name(asked.wallet, payment.id.slot(), &receipt);
        let agreed = receipt.amount.currency() == payment.amount.currency()
            && match (asked.payer, receipt.payer) {
                (Some(agreed), Some(said)) => agreed.currency() == said.currency(),
                (Some(_), None) | (None, _) => true,
            };
        if !agreed || self.used.get(&name).is_some_and(|by| *by != payment.id) {
            // Money in a currency that was never agreed, or another payment's money: one receipt
            // per transaction. It cannot be booked; people must look.
            self.contradicts(work, payment, Question::Inquiry, PaymentAnswer::Paid(receipt));
            return;
        }
        self.keep_used(work, name, payment.id);
        // What we would have converted comes, and goes back, in the payer's currency.
        let payer = asked.payer.map(|agreed| receipt.payer.unwrap_or(agreed));
        let refund = self.begin_refund(work, payment, receipt.amount, payer);
        let stray = Stray {
            id: work.id(payment.id.slot()),
            wallet: asked.wallet,
            receipt,
            received_at: work.now,
            refund,
        };
        self.book_stray(work, payment, &asked, &stray);
        work.alarm(payment.id, AlarmKind::StrayReceived);
        self.event_about(work, payment, EventKind::StrayReceived, None, Some(stray.id));
        if let State::Reversing(state) = payment.state.clone() {
            payment.state = State::Reversing(state.returning(stray.id));
        }
        payment.strays.push(stray);
    }

    pub(super) fn refund_heard(
        &mut self,
        work: &mut Work,
        caller: Caller,
        heard: &RefundHeard,
    ) -> Decided {
        let owner = match heard.payment.or_else(|| self.refund_owners.get(&heard.refund).copied()) {
            Some(owner) => owner,
            None => match self.known_absent(crate::keys::Key::Refund(heard.refund))? {
                Some(owner) => owner,
                None => return Ok(Err(Refusal::PaymentUnknown)),
            },
        };
        let Some(payment) = self.payment(owner)? else { return Ok(Err(Refusal::PaymentUnknown)) };
        let believed = match caller {
            Caller::Runtime => true,
            Caller::Wallet(name) => payment.wallet() == Some(name),
            Caller::Merchant { .. } | Caller::Operator => return Ok(Err(Refusal::NotAllowed)),
        };
        if !believed || find(payment, heard.refund).is_none() {
            return Ok(Err(Refusal::PaymentUnknown));
        }
        let mut payment = self.take(owner);
        self.judge_refund(work, &mut payment, heard.refund, heard.answer.clone());
        self.put(work, payment);
        Ok(Ok(Reply::Noted))
    }

    fn judge_refund(
        &mut self,
        work: &mut Work,
        payment: &mut Payment,
        id: RefundId,
        answer: RefundAnswer,
    ) {
        let refund = find(payment, id).expect("looked up before").clone();
        if let RefundAnswer::Unknown(why) = &answer
            && why.alarming()
        {
            work.alarm(payment.id, AlarmKind::ProtocolBroken);
        }
        let asking = match &refund.state {
            RefundState::Requested(a)
            | RefundState::InDoubt(a)
            | RefundState::WaitingForFunds(a) => a.clone(),
            RefundState::Refunded(_) => {
                if let RefundAnswer::Declined(_) = answer {
                    work.alarm(payment.id, AlarmKind::StateContradicts);
                }
                return;
            }
            RefundState::Declined(_) => {
                if let RefundAnswer::Refunded(receipt) = answer {
                    work.alarm(payment.id, AlarmKind::StateContradicts);
                    // A stray receipt that went back after all is no claim any more. For a refund
                    // of the merchant's, who may have given another since, people must look.
                    let stray = payment.strays.iter().any(|stray| stray.refund.id == id);
                    if stray && gave_back(&refund, &receipt) {
                        let done = self.refunded(work, payment, receipt);
                        self.refund_done(work, payment, id, done);
                    }
                }
                return;
            }
        };
        match answer {
            RefundAnswer::Refunded(receipt) if gave_back(&refund, &receipt) => {
                let done = self.refunded(work, payment, receipt);
                self.refund_done(work, payment, id, done);
            }
            RefundAnswer::Refunded(_) => {
                work.alarm(payment.id, AlarmKind::AmountContradicts);
                set(payment, id, RefundState::InDoubt(asking));
            }
            RefundAnswer::Declined(proof) => self.refund_declined(work, payment, id, proof),
            RefundAnswer::NoFunds => set(payment, id, RefundState::WaitingForFunds(asking)),
            RefundAnswer::Processing => set(payment, id, RefundState::InDoubt(asking)),
            RefundAnswer::NotSent | RefundAnswer::NotFound => {
                // Not there: it is sent again, with the same id, when its time comes.
                set(payment, id, RefundState::Requested(asking));
            }
            RefundAnswer::Unknown(why) => set(payment, id, asking.unanswered(why)),
        }
    }

    fn refunded(&self, work: &Work, payment: &Payment, receipt: RefundReceipt) -> Refunded {
        let offset = self.wallet(payment).profile.business_day_offset_minutes;
        Refunded { at: work.now, business_date: work.now.business_date(offset), receipt }
    }

    fn refund_done(
        &mut self,
        work: &mut Work,
        payment: &mut Payment,
        id: RefundId,
        done: Refunded,
    ) {
        let asked = payment.state.asked().expect("only what was asked is refunded").clone();
        let before = payment.refunds_done();
        set(payment, id, RefundState::Refunded(done));
        match payment.strays.iter().find(|stray| stray.refund.id == id).cloned() {
            Some(stray) => {
                self.book_stray_return(work, payment, &asked, &stray);
                self.event_about(work, payment, EventKind::StrayReturned, Some(id), Some(stray.id));
                if let State::Reversing(state) = payment.state.clone()
                    && state.phase == (Undo::Returning { stray: stray.id })
                {
                    payment.state = State::Reversed(state.returned(stray.id, work.now));
                    self.event(work, payment, EventKind::PaymentReversed);
                }
            }
            None => {
                let refund = find(payment, id).expect("looked up before").clone();
                self.book_refund(work, payment, &asked, &refund, before);
                self.event_about(work, payment, EventKind::RefundRefunded, Some(id), None);
            }
        }
    }

    fn refund_declined(
        &mut self,
        work: &mut Work,
        payment: &mut Payment,
        id: RefundId,
        proof: Decline,
    ) {
        set(payment, id, RefundState::Declined(RefundDeclined { at: work.now, proof }));
        match payment.strays.iter().find(|stray| stray.refund.id == id).map(|stray| stray.id) {
            Some(stray) => {
                work.alarm(payment.id, AlarmKind::StrayClaim);
                self.event_about(work, payment, EventKind::StrayClaim, Some(id), Some(stray));
            }
            None => self.event_about(work, payment, EventKind::RefundDeclined, Some(id), None),
        }
    }

    /// Asks about a refund again: what is not known to have arrived is sent again with the same
    /// id, what is in doubt is inquired of and sent again in turn.
    pub(super) fn refund_again(&mut self, work: &mut Work, payment: &mut Payment, id: RefundId) {
        let refund = find(payment, id).expect("looked up before").clone();
        let profile = self.wallet(payment).profile.clone();
        #[cfg(feature = "faults")]
        let refund = if planted!(self, RefundRenamed) {
            let renamed = Refund { id: work.id(payment.id.slot()), ..refund.clone() };
            rename(payment, id, renamed.id);
            renamed
        } else {
            refund
        };
        let ask = Self::refund_ask(payment, &refund);
        let (ask, state) = match refund.state.clone() {
            RefundState::Requested(asking) => {
                (Ask::Refund(ask), RefundState::Requested(asking.again(work.now, &profile)))
            }
            RefundState::WaitingForFunds(asking) => {
                (Ask::Refund(ask), RefundState::WaitingForFunds(asking.again(work.now, &profile)))
            }
            RefundState::InDoubt(asking) => {
                let ask = if asking.asked_count % 2 == 1 {
                    Ask::InquireRefund(ask)
                } else {
                    Ask::Refund(ask)
                };
                (ask, RefundState::InDoubt(asking.again(work.now, &profile)))
            }
            RefundState::Refunded(_) | RefundState::Declined(_) => return,
        };
        self.call(work, payment, ask);
        set(payment, refund.id, state);
    }
}

/// A receipt whose amounts nobody can have paid is no receipt: not above zero, beyond all bounds,
/// or without a usable name. It must not reach the books.
fn plausible(answer: PaymentAnswer) -> PaymentAnswer {
    let good = |receipt: &Receipt| {
        receipt.amount.plausible()
            && receipt.payer.is_none_or(Money::plausible)
            && (1..=TRANSACTION_MAX).contains(&receipt.transaction.len())
    };
    match answer {
        PaymentAnswer::Paid(receipt) if !good(&receipt) => {
            PaymentAnswer::Unknown(Unknown::Unreadable)
        }
        PaymentAnswer::TooLate { receipt: Some(receipt) } if !good(&receipt) => {
            PaymentAnswer::TooLate { receipt: None }
        }
        answer => answer,
    }
}

/// Bytes of a wallet's name for a transaction; longer ones are no names.
const TRANSACTION_MAX: usize = 128;

/// A scan has one receipt, whatever the wallet calls its transaction: its own id of the payment is
/// its id for that one intent, and the only one that a confirmation carries. So a confirmation, an
/// inquiry and a notice of the same debit are the same receipt.
fn one_intent(reference: &Reference, answer: PaymentAnswer) -> PaymentAnswer {
    let Reference::Scan { wallet_payment_id } = reference else { return answer };
    let named = |receipt: Receipt| Receipt { transaction: wallet_payment_id.clone(), ..receipt };
    match answer {
        PaymentAnswer::Paid(receipt) => PaymentAnswer::Paid(named(receipt)),
        PaymentAnswer::TooLate { receipt } => {
            PaymentAnswer::TooLate { receipt: receipt.map(named) }
        }
        other => other,
    }
}

/// True when the wallet gave back what was asked, in both currencies as far as it names them.
fn gave_back(refund: &Refund, receipt: &RefundReceipt) -> bool {
    let payer = match (refund.payer, receipt.payer) {
        (Some(asked), Some(said)) => asked == said,
        (Some(_), None) | (None, _) => true,
    };
    receipt.amount == refund.amount && payer
}

fn find(payment: &Payment, id: RefundId) -> Option<&Refund> {
    let strays = payment.strays.iter().map(|stray| &stray.refund);
    payment.refunds.iter().chain(strays).find(|refund| refund.id == id)
}

fn set(payment: &mut Payment, id: RefundId, state: RefundState) {
    let strays = payment.strays.iter_mut().map(|stray| &mut stray.refund);
    if let Some(refund) = payment.refunds.iter_mut().chain(strays).find(|refund| refund.id == id) {
        refund.state = state;
    }
}

#[cfg(feature = "faults")]
fn rename(payment: &mut Payment, from: RefundId, to: RefundId) {
    let strays = payment.strays.iter_mut().map(|stray| &mut stray.refund);
    if let Some(refund) = payment.refunds.iter_mut().chain(strays).find(|refund| refund.id == from)
    {
        refund.id = to;
    }
}
