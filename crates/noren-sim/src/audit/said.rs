//! What was said to us, message by message: the proofs that rows must have (I5, I6).

use std::collections::{BTreeMap, BTreeSet};

use noren_core::Text;
use noren_core::command::{Body, Caller, Command};
use noren_core::id::{CaptureId, PaymentId, RefundId, StrayId, WalletName};
use noren_core::money::Money;
use noren_core::stray::ClaimEnd;
use noren_core::wallet::{CaptureAnswer, PaymentAnswer, Question, Receipt, RefundAnswer};

/// What was said of one payment, at any time.
#[derive(Clone, Debug, Default)]
pub(super) struct OfPayment {
    pub paid: Vec<Receipt>,
    pub held: Vec<Receipt>,
    pub confirmed: Vec<Money>,
    pub declined: bool,
    pub cancelled: bool,
    pub blocked: bool,
    pub not_sent: bool,
    /// "There is no such order", in answer to an inquiry.
    pub not_found: bool,
}

/// What was said of one capture.
#[derive(Clone, Debug, Default)]
pub(super) struct OfCapture {
    pub captured: Vec<Receipt>,
    pub declined: bool,
}

/// What was said of one refund.
#[derive(Clone, Debug, Default)]
pub(super) struct OfRefund {
    pub refunded: Vec<Money>,
    pub declined: bool,
    /// Not now. Where a refund has no key it is a definite no.
    pub no_funds: bool,
    /// The cancel that was to carry it out was refused.
    pub too_late: bool,
}

impl OfRefund {
    /// A definite no to the cancel that was to carry it out.
    pub fn says_no(&self) -> bool {
        self.too_late || self.declined
    }
}

/// Everything that was said.
#[derive(Clone, Debug, Default)]
pub(super) struct Said {
    payments: BTreeMap<PaymentId, OfPayment>,
    captures: BTreeMap<CaptureId, OfCapture>,
    refunds: BTreeMap<RefundId, OfRefund>,
    credits: BTreeMap<(WalletName, Text), Vec<(Receipt, Text)>>,
    closed: BTreeSet<(StrayId, ClaimEnd)>,
}

impl Said {
    /// Notes one message. `speaker` is the wallet that the payment was asked of, when one was.
    pub fn note(&mut self, command: &Command, speaker: impl Fn(PaymentId) -> Option<WalletName>) {
        let may_speak = |payment| match command.caller {
            Caller::Runtime => true,
            Caller::Wallet(name) => speaker(payment) == Some(name),
            Caller::Merchant { .. } | Caller::Payer | Caller::Operator => false,
        };
        match &command.body {
            Body::PaymentHeard(heard) if may_speak(heard.payment) => {
                let said = self.payments.entry(heard.payment).or_default();
                match &heard.answer {
                    PaymentAnswer::Paid(receipt)
                    | PaymentAnswer::TooLate { receipt: Some(receipt) } => {
                        said.paid.push(receipt.clone());
                    }
                    PaymentAnswer::Authorised(receipt) => said.held.push(receipt.clone()),
                    PaymentAnswer::Declined(_) => said.declined = true,
                    PaymentAnswer::Cancelled => said.cancelled = true,
                    PaymentAnswer::Blocked => said.blocked = true,
                    PaymentAnswer::NotSent => said.not_sent |= heard.question == Question::Pay,
                    PaymentAnswer::TooLate { receipt: None }
                    | PaymentAnswer::Ordered { .. }
                    | PaymentAnswer::Pending
                    | PaymentAnswer::Unknown(_) => {}
                    PaymentAnswer::NotFound => {
                        said.not_found |= heard.question == Question::Inquiry;
                    }
                }
            }
            Body::Confirm(confirm) if may_speak(confirm.payment) => {
                let said = self.payments.entry(confirm.payment).or_default();
                said.confirmed.push(confirm.debited);
            }
            Body::Fail(fail) if may_speak(fail.payment) => {
                self.payments.entry(fail.payment).or_default().declined = true;
            }
            Body::CaptureHeard(heard) if may_speak(heard.payment) => {
                let said = self.captures.entry(heard.capture).or_default();
                match &heard.answer {
                    CaptureAnswer::Captured(receipt) => said.captured.push(receipt.clone()),
                    CaptureAnswer::Declined(_) => said.declined = true,
                    CaptureAnswer::Processing
                    | CaptureAnswer::NotFound
                    | CaptureAnswer::NotSent
                    | CaptureAnswer::Unknown(_) => {}
                }
            }
            Body::CreditReceived(credit) => {
                let Caller::Wallet(wallet) = command.caller else { return };
                let receipt = Receipt {
                    transaction: credit.transaction.clone(),
                    amount: credit.amount,
                    payer: credit.payer,
                    rate: None,
                    settlement: credit.settlement,
                };
                let said = self.credits.entry((wallet, credit.transaction.clone())).or_default();
                said.push((receipt, credit.named.clone()));
            }
            Body::ClaimClose(close) if command.caller == Caller::Operator => {
                self.closed.insert((close.stray, close.end));
            }
            Body::RefundHeard(heard) => {
                let said = self.refunds.entry(heard.refund).or_default();
                match &heard.answer {
                    RefundAnswer::Refunded(receipt) => said.refunded.push(receipt.amount),
                    RefundAnswer::Declined(_) => said.declined = true,
                    RefundAnswer::TooLate => said.too_late = true,
                    RefundAnswer::NoFunds => said.no_funds = true,
                    RefundAnswer::Processing
                    | RefundAnswer::NotFound
                    | RefundAnswer::NotSent
                    | RefundAnswer::Unknown(_) => {}
                }
            }
            _ => {}
        }
    }

    pub fn of_payment(&self, id: PaymentId) -> OfPayment {
        self.payments.get(&id).cloned().unwrap_or_default()
    }

    /// True when the rail said so, in these words.
    pub fn credited(&self, wallet: WalletName, receipt: &Receipt, named: &Text) -> bool {
        let said = self.credits.get(&(wallet, receipt.transaction.clone()));
        said.is_some_and(|said| said.iter().any(|(r, n)| (r, n) == (receipt, named)))
    }

    /// True when the operator reported that a claim ended so.
    pub fn closed(&self, stray: StrayId, end: ClaimEnd) -> bool {
        self.closed.contains(&(stray, end))
    }

    pub fn of_capture(&self, id: CaptureId) -> OfCapture {
        self.captures.get(&id).cloned().unwrap_or_default()
    }

    pub fn of_refund(&self, id: RefundId) -> OfRefund {
        self.refunds.get(&id).cloned().unwrap_or_default()
    }
}
