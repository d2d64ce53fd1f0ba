//! What PayPay says, read. Answers are not signed, so what they name is compared with what was
//! asked: ids, currency, and words against the tables.

use std::fmt::Display;

use noren_core::money::{Currency, Money};
use noren_core::wallet::{
    CaptureAnswer, CaptureAsk, Decline, DeclineReason, PaymentAnswer, Receipt, RefundAnswer,
    RefundAsk, RefundReceipt, Unknown,
};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::codes::{Class, Code, Meaning};
use super::messages::{
    CaptureSaid, CodeSaid, Envelope, List, PaymentSaid, RefundSaid, RevertRequest, RevertSaid,
    Status,
};
use crate::wire::Response;

/// An answer whose form is good.
#[derive(Debug)]
pub(super) enum Said<T> {
    /// It worked, and this is what it says.
    Data(Box<T>),
    /// No more than this. Never [`Meaning::Read`].
    Only(Meaning, Code),
}

/// Reads an answer to a call in which results mean what `means` says.
pub(super) fn read<T: DeserializeOwned>(
    response: &Response,
    means: fn(Class) -> Meaning,
) -> Result<Said<T>, Unknown> {
    if response.status >= 500 || response.status == 429 {
        return Err(Unknown::Transport);
    }
    let envelope: Envelope<Value> =
        serde_json::from_slice(&response.body).map_err(|_| Unknown::Unreadable)?;
    let code = Code::read(response.status, &envelope.result_info).ok_or(Unknown::UnlistedCode)?;
    match means(code.class()) {
        Meaning::Read => {
            let data = envelope.data.ok_or(Unknown::Unreadable)?;
            serde_json::from_value(data)
                .map(|data| Said::Data(Box::new(data)))
                .map_err(|_| Unknown::Unreadable)
        }
        meaning => Ok(Said::Only(meaning, code)),
    }
}

/// What is left when nothing was decided.
pub(super) fn undecided<T>(meaning: Meaning) -> Result<T, Unknown> {
    match meaning {
        Meaning::Unsure | Meaning::Pending => Err(Unknown::SaidUnknown),
        Meaning::Read
        | Meaning::No(_)
        | Meaning::NotFound
        | Meaning::Cancelled
        | Meaning::TooLate
        | Meaning::Next
        | Meaning::NoFunds
        | Meaning::Broken => Err(Unknown::UnlistedCode),
    }
}

/// An answer must name what was asked about. It is not signed, and this is what tells it from an
/// answer to somebody else.
fn is_about(named: Option<&String>, asked: impl Display) -> Result<(), Unknown> {
    match named {
        Some(named) if *named == asked.to_string() => Ok(()),
        Some(_) | None => Err(Unknown::Unreadable),
    }
}

fn status(word: Option<&String>) -> Result<Status, Unknown> {
    Status::read(word.ok_or(Unknown::Unreadable)?).ok_or(Unknown::UnlistedCode)
}

/// Where a payment stands. `asked` is our id of it.
pub(super) fn standing(asked: impl Display, said: &PaymentSaid) -> Result<Status, Unknown> {
    is_about(said.merchant_payment_id.as_ref(), asked)?;
    status(said.status.as_ref())
}

/// What became of a payment.
pub(super) fn payment(asked: impl Display, said: &PaymentSaid) -> Result<PaymentAnswer, Unknown> {
    match standing(asked, said)? {
        // Of a hold that is being renewed nothing can be said until that is over.
        Status::Created | Status::Reauthorizing => Ok(PaymentAnswer::Pending),
        Status::Authorized => Ok(PaymentAnswer::Authorised(receipt(said, held(said)?)?)),
        // That money went back afterwards is told by the refunds.
        Status::Completed | Status::Refunded => {
            Ok(PaymentAnswer::Paid(receipt(said, taken(said)?)?))
        }
        Status::Failed => {
            let word = Status::Failed.word();
            Ok(PaymentAnswer::Declined(Decline::read(DeclineReason::Other, word)))
        }
        // Also of a hold whose time was over: nothing stands, and nobody said no.
        Status::Canceled | Status::Expired => Ok(PaymentAnswer::Cancelled),
    }
}

/// The amount that the payment is about.
fn held(said: &PaymentSaid) -> Result<Money, Unknown> {
    said.amount.as_ref().and_then(|amount| amount.money()).ok_or(Unknown::Unreadable)
}

/// What was taken: the captures of a hold, or the whole.
pub(super) fn taken(said: &PaymentSaid) -> Result<Money, Unknown> {
    let captures = List::items(said.captures.as_ref());
    if captures.is_empty() {
        return held(said);
    }
    let mut sum = Money::zero(Currency::JPY);
    for capture in captures {
        if capture_done(capture)? {
            let amount = capture.amount.money().ok_or(Unknown::Unreadable)?;
            sum = sum.checked_add(amount).map_err(|_| Unknown::Unreadable)?;
        }
    }
    Ok(sum)
}

/// A success must name the transaction and the amount, or it proves nothing. The payer pays yen,
/// and as many as the shop asks.
pub(super) fn receipt(said: &PaymentSaid, amount: Money) -> Result<Receipt, Unknown> {
    let transaction = said.payment_id.as_deref().filter(|id| !id.is_empty());
    Ok(Receipt {
        transaction: transaction.ok_or(Unknown::Unreadable)?.into(),
        amount,
        payer: Some(amount),
        rate: None,
        settlement: None,
    })
}

/// The answer to an order: its link and its name.
pub(super) fn ordered(
    asked: impl Display,
    amount: Money,
    said: CodeSaid,
) -> Result<PaymentAnswer, Unknown> {
    is_about(said.merchant_payment_id.as_ref(), asked)?;
    let same = said.amount.and_then(|amount| amount.money()) == Some(amount);
    // The name goes into a path, and the link to a payer's browser.
    let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
    let named = (1..=64).contains(&said.code_id.len()) && said.code_id.bytes().all(plain);
    let opens = said.url.starts_with("https://") || said.url.starts_with("http://");
    if !same || !named || !opens {
        return Err(Unknown::Unreadable);
    }
    Ok(PaymentAnswer::Ordered { link: said.url.into(), handle: Some(said.code_id.into()) })
}

/// The answer to a revert of what was held.
pub(super) fn reverted(sent: &[u8], said: &RevertSaid) -> Result<PaymentAnswer, Unknown> {
    let sent: RevertRequest = serde_json::from_slice(sent).map_err(|_| Unknown::Unreadable)?;
    is_about(said.payment_id.as_ref(), sent.payment_id)?;
    match status(said.status.as_ref())? {
        Status::Canceled => Ok(PaymentAnswer::Cancelled),
        Status::Created
        | Status::Authorized
        | Status::Reauthorizing
        | Status::Completed
        | Status::Refunded
        | Status::Failed
        | Status::Expired => Err(Unknown::UnlistedCode),
    }
}

/// True when a capture took its money, false while the payer is asked.
fn capture_done(capture: &CaptureSaid) -> Result<bool, Unknown> {
    match capture.status.as_deref() {
        // Nothing but captures that were carried out is listed without a word.
        None | Some("COMPLETED" | "CAPTURED") => Ok(true),
        Some("USER_REQUESTED" | "PENDING") => Ok(false),
        Some(_) => Err(Unknown::UnlistedCode),
    }
}

/// What became of a capture, as the payment lists it. `refused`: the network has just refused to
/// carry it out.
pub(super) fn captured(
    asked: impl Display,
    ask: &CaptureAsk,
    said: &PaymentSaid,
    refused: bool,
) -> Result<CaptureAnswer, Unknown> {
    let standing = standing(asked, said)?;
    let key = ask.capture.to_string();
    let captures = List::items(said.captures.as_ref());
    if let Some(own) = captures.iter().find(|capture| capture.merchant_capture_id == key) {
        if !capture_done(own)? {
            return Ok(CaptureAnswer::Processing);
        }
        let amount = own.amount.money().ok_or(Unknown::Unreadable)?;
        return Ok(CaptureAnswer::Captured(receipt(said, amount)?));
    }
    match standing {
        Status::Authorized if refused => Err(Unknown::SaidUnknown),
        Status::Authorized => Ok(CaptureAnswer::NotFound),
        Status::Reauthorizing => Ok(CaptureAnswer::Processing),
        // Nothing is held, and nothing was taken by this capture.
        Status::Failed | Status::Canceled | Status::Expired => {
            let word = standing.word();
            Ok(CaptureAnswer::Declined(Decline::read(DeclineReason::Other, word)))
        }
        // Taken, and by no capture of ours; or never held.
        Status::Created | Status::Completed | Status::Refunded => Err(Unknown::UnlistedCode),
    }
}

/// What to do about a refund, after a look at its payment.
pub(super) enum RefundLook {
    /// The refund was made before.
    Made(RefundAnswer),
    /// The payment stands: this is the network's id of it.
    Payment(String),
    /// There is nothing to give back.
    Nothing(Decline),
}

/// A look at the payment that a refund is of.
pub(super) fn refundable(
    asked: impl Display,
    ask: &RefundAsk,
    said: &PaymentSaid,
) -> Result<RefundLook, Unknown> {
    let standing = standing(asked, said)?;
    let key = ask.refund.to_string();
    let refunds = List::items(said.refunds.as_ref());
    let own = refunds.iter().find(|refund| refund.merchant_refund_id.as_ref() == Some(&key));
    if let Some(own) = own {
        let same = own.amount.as_ref().and_then(|amount| amount.money()) == Some(ask.amount);
        if !same {
            // The same id with another content.
            return Err(Unknown::UnlistedCode);
        }
        return refunded(ask, own).map(RefundLook::Made);
    }
    match standing {
        Status::Completed | Status::Refunded => {
            let id = said.payment_id.clone().filter(|id| !id.is_empty());
            id.map(RefundLook::Payment).ok_or(Unknown::Unreadable)
        }
        Status::Created | Status::Authorized | Status::Reauthorizing => Err(Unknown::SaidUnknown),
        Status::Failed | Status::Canceled | Status::Expired => {
            Ok(RefundLook::Nothing(Decline::read(DeclineReason::Refund, standing.word())))
        }
    }
}

/// What became of a refund.
pub(super) fn refunded(ask: &RefundAsk, said: &RefundSaid) -> Result<RefundAnswer, Unknown> {
    is_about(said.merchant_refund_id.as_ref(), ask.refund)?;
    match said.status.as_deref() {
        None => Err(Unknown::Unreadable),
        Some("CREATED") => Ok(RefundAnswer::Processing),
        Some("REFUNDED") => {
            let amount = said.amount.as_ref().and_then(|amount| amount.money());
            let amount = amount.ok_or(Unknown::Unreadable)?;
            Ok(RefundAnswer::Refunded(RefundReceipt {
                amount,
                payer: Some(amount),
                settlement: None,
            }))
        }
        Some(word @ "REFUND_FAILED") => {
            Ok(RefundAnswer::Declined(Decline::read(DeclineReason::Refund, word)))
        }
        Some(_) => Err(Unknown::UnlistedCode),
    }
}
