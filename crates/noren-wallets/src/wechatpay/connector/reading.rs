//! What the bodies of v3 say, compared with what was asked.

use noren_core::id::{PaymentId, RefundId};
use noren_core::money::Money;
use noren_core::wallet::{
    Ask, Call, Decline, DeclineReason, PaymentAnswer, Receipt, RefundAnswer, RefundAsk,
    RefundReceipt, Unknown,
};

use super::{Heard, Meaning, Mode};
use crate::wechatpay::codes::{Code, RefundStatus, TradeState};
use crate::wechatpay::messages::{OrderSaid, Party, RefundSaid, Returned, Transaction, money};

/// What an order says of itself.
pub(super) struct OrderTold {
    /// To a payment, an order or an inquiry.
    pub answer: PaymentAnswer,
    /// Its amount, as the network has it.
    pub total: Option<Money>,
}

impl OrderTold {
    /// To a cancel. Only what ended without money binds; and "given back in part or whole" is
    /// money that was paid.
    pub fn of_cancel(self) -> PaymentAnswer {
        match self.answer {
            PaymentAnswer::Cancelled => PaymentAnswer::Cancelled,
            PaymentAnswer::Paid(receipt) => PaymentAnswer::TooLate { receipt: Some(receipt) },
            PaymentAnswer::Authorised(_)
            | PaymentAnswer::Ordered { .. }
            | PaymentAnswer::Declined(_)
            | PaymentAnswer::Pending
            | PaymentAnswer::NotFound
            | PaymentAnswer::Blocked
            | PaymentAnswer::TooLate { .. }
            | PaymentAnswer::NotSent => PaymentAnswer::Unknown(Unknown::SaidUnknown),
            PaymentAnswer::Unknown(why) => PaymentAnswer::Unknown(why),
        }
    }
}

/// Reads where the order of a call stands.
pub(super) fn about_order(call: &Call, mode: &Mode, body: &[u8]) -> Result<OrderTold, Unknown> {
    let said: Transaction = serde_json::from_slice(body).map_err(|_| Unknown::Unreadable)?;
    let ours = said.out_trade_no.as_deref() == Some(call.about.to_string().as_str());
    if !ours || !fits(&said.party, mode) {
        return Err(Unknown::Unreadable);
    }
    order_told(said)
}

/// A merchant that is named must be ours. The signature covers no path, so this and the order's own
/// number are what tells answers apart.
fn fits(party: &Party, mode: &Mode) -> bool {
    let same = |named: &Option<String>, ours: Option<String>| {
        named.is_none() || ours.is_none() || *named == ours
    };
    let ours = mode.party();
    same(&party.mchid, ours.mchid)
        && same(&party.sp_mchid, ours.sp_mchid)
        && same(&party.sub_mchid, ours.sub_mchid)
}

fn order_told(said: Transaction) -> Result<OrderTold, Unknown> {
    let state = TradeState::read(&said.trade_state).ok_or(Unknown::UnlistedCode)?;
    let amount = said.amount.as_ref();
    let total = amount.and_then(|paid| money(paid.total?, paid.currency.as_deref()));
    let answer = match state {
        // What was given back has been paid first; refunds are asked about by their own numbers.
        TradeState::Success | TradeState::Refund => PaymentAnswer::Paid(receipt(&said, total)?),
        TradeState::NotPay | TradeState::UserPaying => PaymentAnswer::Pending,
        TradeState::Closed | TradeState::Revoked => PaymentAnswer::Cancelled,
        TradeState::PayError => {
            PaymentAnswer::Declined(Decline::read(DeclineReason::Other, state.name()))
        }
    };
    Ok(OrderTold { answer, total })
}

/// A success must name the transaction and the amount, or it proves nothing.
fn receipt(said: &Transaction, total: Option<Money>) -> Result<Receipt, Unknown> {
    let paid = said.amount.as_ref().ok_or(Unknown::Unreadable)?;
    let rate = paid.exchange_rate.as_ref().map(|rate| format!("{} {}", rate.kind, rate.rate));
    Ok(Receipt {
        transaction: said.number().ok_or(Unknown::Unreadable)?.into(),
        amount: total.ok_or(Unknown::Unreadable)?,
        payer: paid.payer_total.and_then(|sum| money(sum, paid.payer_currency.as_deref())),
        rate: rate.map(Into::into),
        settlement: None,
    })
}

/// The answer to an order: the text of a code. It names nothing else.
pub(super) fn ordered(body: &[u8]) -> Result<Heard, Unknown> {
    let said: OrderSaid = serde_json::from_slice(body).map_err(|_| Unknown::Unreadable)?;
    let link = said.code_url.filter(|url| !url.is_empty()).ok_or(Unknown::Unreadable)?;
    // The network's name of an order is what the code says after this.
    let handle = link.rsplit_once("pr=").map_or(link.as_str(), |(_, name)| name);
    let handle = Some(handle.into());
    Ok(Heard::Payment(PaymentAnswer::Ordered { handle, link: link.into() }))
}

/// Reads where a refund stands. `None`: it was taken in, and nothing more is said.
pub(super) fn about_refund(
    call: &Call,
    ask: &RefundAsk,
    body: &[u8],
) -> Result<Option<RefundAnswer>, Unknown> {
    let said: RefundSaid = serde_json::from_slice(body).map_err(|_| Unknown::Unreadable)?;
    let of_order = |id: &str| id == call.about.to_string();
    let ours = said.out_refund_no.as_deref() == Some(ask.refund.to_string().as_str());
    if !ours || !said.out_trade_no.as_deref().is_none_or(of_order) {
        return Err(Unknown::Unreadable);
    }
    let sums = said.amount.as_ref().ok_or(Unknown::Unreadable)?;
    let refund = refund_receipt(sums)?;
    if refund.amount != ask.amount {
        // The number was used with another content.
        return Err(Unknown::UnlistedCode);
    }
    said.status().map(|status| refund_told(status, refund)).transpose()
}

fn refund_told(status: &str, receipt: RefundReceipt) -> Result<RefundAnswer, Unknown> {
    match RefundStatus::read(status).ok_or(Unknown::UnlistedCode)? {
        RefundStatus::Success => Ok(RefundAnswer::Refunded(receipt)),
        RefundStatus::Processing => Ok(RefundAnswer::Processing),
        RefundStatus::Closed => {
            Ok(RefundAnswer::Declined(Decline::read(DeclineReason::Refund, status)))
        }
        // The money is neither here nor there, and a person has to see to it.
        RefundStatus::Abnormal => Err(Unknown::UnlistedCode),
    }
}

fn refund_receipt(sums: &Returned) -> Result<RefundReceipt, Unknown> {
    let in_order = |minor: Option<i64>| money(minor?, sums.currency.as_deref());
    Ok(RefundReceipt {
        amount: in_order(sums.refund).ok_or(Unknown::Unreadable)?,
        payer: sums.payer_refund.and_then(|sum| money(sum, sums.payer_currency.as_deref())),
        settlement: in_order(sums.settlement_refund),
    })
}

/// The resource of a notification about an order. `None`: not of ours, or unclear.
pub(super) fn notice_of_order(mode: &Mode, plain: &[u8]) -> Option<(PaymentId, PaymentAnswer)> {
    let said: Transaction = serde_json::from_slice(plain).ok()?;
    let payment = said.out_trade_no.as_deref()?.parse().ok()?;
    if !fits(&said.party, mode) {
        return None;
    }
    match order_told(said) {
        Ok(told) => Some((payment, told.answer)),
        Err(Unknown::Unreadable) => None,
        // Form and signature are good, so it is acknowledged; what it says is kept as it is.
        Err(why) => Some((payment, PaymentAnswer::Unknown(why))),
    }
}

/// The resource of a notification about a refund.
pub(super) fn notice_of_refund(plain: &[u8]) -> Option<(PaymentId, RefundId, RefundAnswer)> {
    let said: RefundSaid = serde_json::from_slice(plain).ok()?;
    let payment = said.out_trade_no.as_deref()?.parse().ok()?;
    let refund = said.out_refund_no.as_deref()?.parse().ok()?;
    let receipt = refund_receipt(said.amount.as_ref()?).ok()?;
    let answer = refund_told(said.status()?, receipt).unwrap_or_else(RefundAnswer::Unknown);
    Some((payment, refund, answer))
}

/// What an error decides by itself.
pub(super) fn decided(call: &Call, code: Code, meaning: Meaning) -> Heard {
    let unknown = |why| Heard::unknown(&call.ask, why);
    match (&call.ask, meaning) {
        (_, Meaning::Unsure) => unknown(Unknown::SaidUnknown),
        (Ask::Pay(_), Meaning::No(reason)) => {
            Heard::Payment(PaymentAnswer::Declined(Decline::read(reason, code.name())))
        }
        (Ask::Pay(_), Meaning::Pending) => Heard::Payment(PaymentAnswer::Pending),
        (Ask::Pay(_) | Ask::CreateOrder(_), Meaning::Cancelled) => {
            Heard::Payment(PaymentAnswer::Cancelled)
        }
        (Ask::Inquire { .. }, Meaning::NotFound) => Heard::Payment(PaymentAnswer::NotFound),
        (Ask::InquireRefund(_), Meaning::NotFound) => Heard::Refund(RefundAnswer::NotFound),
        (Ask::Cancel { .. }, Meaning::TooLate) => {
            Heard::Payment(PaymentAnswer::TooLate { receipt: None })
        }
        (Ask::CancelRefund(_), Meaning::TooLate) => Heard::Refund(RefundAnswer::TooLate),
        (Ask::Refund(_), Meaning::NoFunds) => Heard::Refund(RefundAnswer::NoFunds),
        // A cancel that was answered, of an order that is not there: it was lost, or it is late.
        (Ask::Cancel { .. } | Ask::CancelRefund(_), Meaning::NotFound) => {
            unknown(Unknown::SaidUnknown)
        }
        // A word of another call, or one that nothing follows from: somebody must look.
        (
            _,
            Meaning::No(_)
            | Meaning::Pending
            | Meaning::Cancelled
            | Meaning::NotFound
            | Meaning::TooLate
            | Meaning::NoFunds
            | Meaning::AskOrder
            | Meaning::AskRefund
            | Meaning::Close
            | Meaning::Broken,
        ) => unknown(Unknown::UnlistedCode),
    }
}
