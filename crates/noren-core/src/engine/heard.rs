//! What a wallet said, weighed against what the payment is.
//!
//! Source: `reliability` facts, section 2 (reading an outcome), 3 (in doubt), 4 (cancel, reversal,
//! stray receipt). Each pair of state and statement has its own arm; there is no catch-all.

use super::{Decided, Engine, Work, planted};
use crate::command::{Caller, PaymentHeard};
use crate::effects::{AlarmKind, Reply};
use crate::id::{PaymentId, Slot, WalletName};
use crate::keys::{Used, UsedName};
use crate::money::Money;
use crate::payment::State;
use crate::refusal::Refusal;
use crate::wallet::{PaymentAnswer, Question, Receipt, Reference, Unknown};

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
            Caller::Merchant { .. } | Caller::Payer | Caller::Operator => {
                return Ok(Err(Refusal::NotAllowed));
            }
        };
        let Some(asked) = asked.filter(|_| believed) else {
            return Ok(Err(Refusal::PaymentUnknown));
        };
        let said = beside_order(payment.amount, asked.payer, heard.answer.clone());
        let said = one_intent(&asked.reference, plausible(said));
        if let Some(receipt) = said.receipt() {
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

    /// Weighs one statement. Everything it needs has been looked up.
    pub(super) fn judge(
        &mut self,
        work: &mut Work,
        id: PaymentId,
        question: Question,
        attempt: u32,
        answer: PaymentAnswer,
    ) {
        let mut taken = self.take(id);
        let payment = &mut taken;
        if let PaymentAnswer::Unknown(why) = &answer
            && why.alarming()
        {
            work.alarm(id, AlarmKind::ProtocolBroken);
        }
        match payment.state.clone() {
            // No wallet was asked; `payment_heard` lets nobody through to here.
            State::WaitingForPayer(_) => self.contradicts(work, payment, question, answer),
            State::Ordering(s) => self.judge_ordering(work, payment, question, s, answer),
            State::Ordered(s) => self.judge_ordered(work, payment, question, s, answer),
            State::Authorising(s) => self.judge_authorising(work, payment, question, s, answer),
            State::InDoubt(s) => {
                self.judge_in_doubt(work, payment, question, attempt, s, answer);
            }
            State::Reversing(s) => {
                self.judge_reversing(work, payment, question, attempt, s, answer);
            }
            State::Authorised(s) => self.judge_authorised(work, payment, question, s, answer),
            State::Capturing(s) => self.judge_capturing(work, payment, question, &s, answer),
            State::Voiding(s) => self.judge_voiding(work, payment, question, s, answer),
            State::Captured(s) => self.judge_captured(work, payment, question, &s, answer),
            State::HoldCaptured(s) => {
                self.judge_hold_captured(work, payment, question, attempt, &s, answer);
            }
            State::Voided(_)
            | State::Declined(_)
            | State::Cancelled(_)
            | State::Expired(_)
            | State::Reversed(_)
            | State::Blocked(_) => {
                self.judge_ended_unpaid(work, payment, question, attempt, answer);
            }
        }
        self.put(work, taken);
    }
}

/// A network that knows the payer's currency alone names what the payer was debited and nothing
/// else. When we converted, the order's amount that belongs to it is known: the whole for what was
/// asked, a share of it for any other sum (which then fits nothing that was asked). It is put in the
/// amount's place, so that everything after this reads one kind of receipt.
fn beside_order(order: Money, payer: Option<Money>, answer: PaymentAnswer) -> PaymentAnswer {
    let Some(asked) = payer.filter(|p| p.positive() && p.currency() != order.currency()) else {
        return answer;
    };
    let beside = |receipt: Receipt| {
        if receipt.amount.currency() != asked.currency() {
            return receipt;
        }
        // Less than a unit of the order's is a unit: something was debited.
        let share = order.share(receipt.amount.minor(), asked.minor());
        let share = share.map(|share| Money::new(share.minor().max(1), share.currency()));
        match share {
            Ok(amount) if receipt.amount.positive() => {
                let payer = receipt.payer.or(Some(receipt.amount));
                Receipt { amount, payer, ..receipt }
            }
            // Nobody can have paid that: it is weighed as it was said.
            Ok(_) | Err(_) => receipt,
        }
    };
    with_receipt(answer, beside)
}

/// The same answer with another receipt, where it carries one.
fn with_receipt(answer: PaymentAnswer, change: impl Fn(Receipt) -> Receipt) -> PaymentAnswer {
    match answer {
        PaymentAnswer::Paid(receipt) => PaymentAnswer::Paid(change(receipt)),
        PaymentAnswer::Authorised(receipt) => PaymentAnswer::Authorised(change(receipt)),
        PaymentAnswer::TooLate { receipt } => {
            PaymentAnswer::TooLate { receipt: receipt.map(change) }
        }
        other @ (PaymentAnswer::Ordered { .. }
        | PaymentAnswer::Declined(_)
        | PaymentAnswer::Pending
        | PaymentAnswer::NotFound
        | PaymentAnswer::Cancelled
        | PaymentAnswer::Blocked
        | PaymentAnswer::NotSent
        | PaymentAnswer::Unknown(_)) => other,
    }
}

/// A receipt whose amounts nobody can have paid is no receipt: not above zero, beyond all bounds,
/// or without a usable name. It must not reach the books.
fn plausible(answer: PaymentAnswer) -> PaymentAnswer {
    match answer {
        PaymentAnswer::Paid(receipt) | PaymentAnswer::Authorised(receipt)
            if !is_plausible(&receipt) =>
        {
            PaymentAnswer::Unknown(Unknown::Unreadable)
        }
        PaymentAnswer::Ordered { link, handle }
            if !(1..=LINK_MAX).contains(&link.len())
                || handle
                    .as_ref()
                    .is_some_and(|name| !(1..=TRANSACTION_MAX).contains(&name.len())) =>
        {
            PaymentAnswer::Unknown(Unknown::Unreadable)
        }
        PaymentAnswer::TooLate { receipt: Some(receipt) } if !is_plausible(&receipt) => {
            PaymentAnswer::TooLate { receipt: None }
        }
        answer => answer,
    }
}

pub(super) fn is_plausible(receipt: &Receipt) -> bool {
    receipt.amount.plausible()
        && receipt.payer.is_none_or(Money::plausible)
        && (1..=TRANSACTION_MAX).contains(&receipt.transaction.len())
}

/// Bytes of a link that a payer can open; the common limit of browsers and code readers.
const LINK_MAX: usize = 2_048;

/// Bytes of a wallet's name for a transaction; longer ones are no names.
const TRANSACTION_MAX: usize = 128;

/// A scan has one receipt, whatever the wallet calls its transaction: its own id of the payment is
/// its id for that one intent, and the only one that a confirmation carries. So a confirmation, an
/// inquiry and a notice of the same debit are the same receipt.
fn one_intent(reference: &Reference, answer: PaymentAnswer) -> PaymentAnswer {
    let Reference::Scan { wallet_payment_id } = reference else { return answer };
    with_receipt(answer, |receipt| Receipt { transaction: wallet_payment_id.clone(), ..receipt })
}
