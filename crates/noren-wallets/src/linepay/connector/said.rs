//! Reading answers. They are not signed, so everything in them is checked.

use noren_core::money::{Currency, Money};
use noren_core::wallet::{Call, PaymentAnswer, Receipt, Unknown};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::message::Known;
use crate::linepay::codes::Code;
use crate::linepay::messages::{
    Details, Envelope, PaymentMade, Text, TransactionId, pay_sum, refund_sum,
};
use crate::wire::Response;

/// What an answer says, its code known.
pub(super) struct Said {
    pub code: Code,
    pub info: Option<Value>,
}

impl Said {
    pub fn info<T: DeserializeOwned>(self) -> Result<T, Unknown> {
        serde_json::from_value(self.info.ok_or(Unknown::Unreadable)?)
            .map_err(|_| Unknown::Unreadable)
    }
}

pub(super) type Answer<T> = Result<T, Unknown>;

pub(super) fn read(response: &Response) -> Answer<Said> {
    // Every business answer is HTTP 200 (facts, section 3); whatever else comes is not the
    // network's.
    if response.status != 200 {
        return Err(Unknown::Transport);
    }
    let said: Envelope = serde_json::from_slice(&response.body).map_err(|_| Unknown::Unreadable)?;
    let code = Code::read(&said.return_code).ok_or(Unknown::UnlistedCode)?;
    Ok(Said { code, info: said.info })
}

/// What the check of a code says that is not finished by itself.
pub(super) enum Status {
    /// It came to something: the details say to what.
    Look,
    /// It failed.
    Failed,
}

/// The word for a payment that failed.
pub(super) const FAIL: &str = "FAIL";
/// The word for a hold that was let go.
pub(super) const VOIDED: &str = "VOIDED_AUTHORIZATION";

pub(super) fn order_status(call: &Call, info: PaymentMade) -> Answer<Status> {
    is_order(call, info.order_id.as_ref())?;
    match info.status.as_deref().ok_or(Unknown::Unreadable)? {
        // `AUTH_READY` is not verified; the details are.
        "COMPLETE" | "REFUND" | "AUTH_READY" => Ok(Status::Look),
        FAIL => Ok(Status::Failed),
        _ => Err(Unknown::UnlistedCode),
    }
}

/// An answer that names an order must name the one that was asked about: answers are not signed.
fn is_order(call: &Call, named: Option<&Text>) -> Answer<()> {
    match named {
        Some(named) if named.0 != call.about.to_string() => Err(Unknown::Unreadable),
        _ => Ok(()),
    }
}

/// A success must name the transaction and what was paid, or it proves nothing.
pub(super) fn made(
    call: &Call,
    transaction: Option<TransactionId>,
    currency: Currency,
    info: PaymentMade,
) -> Answer<Receipt> {
    is_order(call, info.order_id.as_ref())?;
    let named = info.transaction_id.ok_or(Unknown::Unreadable)?;
    let another = transaction.is_some_and(|asked| asked != named);
    if another || info.currency.is_some_and(|said| said != currency.alpha()) {
        return Err(Unknown::Unreadable);
    }
    let amount = pay_sum(info.pay_info.as_deref(), currency).ok_or(Unknown::Unreadable)?;
    Ok(receipt(named, amount))
}

fn receipt(transaction: TransactionId, amount: Money) -> Receipt {
    Receipt {
        transaction: transaction.to_string().into(),
        amount,
        payer: None,
        rate: None,
        settlement: None,
    }
}

/// What stands, by the details.
pub(super) enum Standing {
    /// Paid, and how much of it went back.
    Captured(Receipt, Money),
    /// Held.
    Held(Receipt),
    /// Nothing: the hold was let go or ended.
    Gone,
}

impl Standing {
    /// True when no money of it stands: let go, or all of it back.
    pub fn nothing(&self) -> bool {
        match self {
            Self::Captured(receipt, back) => *back == receipt.amount,
            Self::Held(_) => false,
            Self::Gone => true,
        }
    }
}

/// What stands, in answer to the question what became of the payment.
pub(super) fn stands(standing: Standing) -> PaymentAnswer {
    match standing {
        standing if standing.nothing() => PaymentAnswer::Cancelled,
        Standing::Captured(receipt, _) => PaymentAnswer::Paid(receipt),
        Standing::Held(receipt) => PaymentAnswer::Authorised(receipt),
        Standing::Gone => PaymentAnswer::Cancelled,
    }
}

/// Reads details: exactly one payment must be in them, and it must be ours.
pub(super) fn look(call: &Call, known: &Known, said: Said) -> Answer<Standing> {
    let listed: Vec<Details> = said.info()?;
    let mut payments = listed
        .into_iter()
        .filter(|listed| listed.transaction_type.as_deref().is_none_or(|kind| kind == "PAYMENT"));
    let (Some(found), None) = (payments.next(), payments.next()) else {
        return Err(Unknown::Unreadable);
    };
    is_order(call, Some(found.order_id.as_ref().ok_or(Unknown::Unreadable)?))?;
    let transaction = found.transaction_id.ok_or(Unknown::Unreadable)?;
    if let Known::Online(handle) = known
        && handle.transaction != transaction
    {
        return Err(Unknown::Unreadable);
    }
    // Another currency than was asked for is passed on as it is said; the core compares.
    let currency = found.currency.as_deref().ok_or(Unknown::Unreadable)?;
    let currency: Currency = currency.parse().map_err(|_| Unknown::Unreadable)?;
    let sum = || pay_sum(found.pay_info.as_deref(), currency).ok_or(Unknown::Unreadable);
    match found.pay_status.as_deref().ok_or(Unknown::Unreadable)? {
        "CAPTURE" => {
            let back = refund_sum(found.refund_list.as_deref(), currency);
            Ok(Standing::Captured(receipt(transaction, sum()?), back.ok_or(Unknown::Unreadable)?))
        }
        "AUTHORIZATION" => Ok(Standing::Held(receipt(transaction, sum()?))),
        VOIDED | "EXPIRED_AUTHORIZATION" => Ok(Standing::Gone),
        _ => Err(Unknown::UnlistedCode),
    }
}
