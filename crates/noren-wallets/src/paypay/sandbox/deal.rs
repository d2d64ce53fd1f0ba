//! What PayPay keeps of a payment beside the bank's books, and how it is told.

use noren_core::money::Money;
use noren_core::time::Timestamp;
use serde::{Deserialize, Serialize};

use super::PayPaySandbox;
use crate::paypay::messages::{
    CaptureSaid, List, PaymentSaid, RefundSaid, RevertSaid, Status, seconds,
};
use crate::sandbox::bank::{Payment, State};

/// One payment, by `merchantPaymentId`. Its money is in the bank's books.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Deal {
    /// The network's id: twenty digits.
    pub payment_id: String,
    /// The code by which it is paid, when it is an order.
    pub code: Option<OrderCode>,
    /// Whose link with the merchant paid it.
    pub user_authorization_id: Option<String>,
    /// As it was asked.
    pub requested_at: Option<i64>,
    /// As it was asked.
    pub store_id: Option<String>,
    /// As it was asked.
    pub store_info: Option<String>,
    /// As it was asked.
    pub terminal_id: Option<String>,
    /// As it was asked.
    pub order_receipt_number: Option<String>,
    /// As it was asked.
    pub order_description: Option<String>,
    /// Until when the money is held, when it is to be held.
    pub hold_until: Option<Timestamp>,
    /// Its time was over before it was paid, or captured.
    pub expired: bool,
    /// When it was cancelled, its code deleted, or its hold released.
    pub canceled_at: Option<Timestamp>,
    /// What was taken of the hold.
    pub capture: Option<Note>,
    /// How the hold was released.
    pub revert: Option<Note>,
    /// What went back.
    pub refunds: Vec<Note>,
}

/// The code of an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct OrderCode {
    /// The network's name of it.
    pub code_id: String,
    /// What its link ends with.
    pub token: String,
    /// Nobody can pay from then on.
    pub expires_at: Timestamp,
}

/// What was asked of a payment later.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Note {
    /// The merchant's id of it.
    pub id: String,
    /// As it was asked.
    pub requested_at: i64,
    /// When it was carried out.
    pub at: Timestamp,
    /// As it was asked.
    pub text: Option<String>,
}

impl Deal {
    /// Where it stands, in the network's words. `None` for `deal`: a cancel came for an id that was
    /// never seen.
    pub fn status(deal: Option<&Self>, payment: &Payment) -> Status {
        let expired = deal.is_some_and(|deal| deal.expired);
        let ended = if expired { Status::Expired } else { Status::Canceled };
        let taken = if payment.refunded_order > 0 { Status::Refunded } else { Status::Completed };
        match payment.state {
            State::Open | State::Processing => Status::Created,
            State::Held => Status::Authorized,
            State::Paid => taken,
            State::Released if payment.taken().order > 0 => taken,
            State::Released | State::Cancelled => ended,
            // Nothing is frozen here.
            State::Declined(_) | State::Blocked => Status::Failed,
        }
    }

    /// True once somebody has begun to pay it.
    pub fn is_begun(payment: &Payment) -> bool {
        payment.user.is_some()
    }
}

impl PayPaySandbox {
    /// The network's words about a payment.
    pub(super) fn said(&self, id: &str) -> Option<PaymentSaid> {
        let payment = self.bank.payment(id)?;
        let deal = self.deals.get(id);
        let mut said = PaymentSaid {
            status: Some(Deal::status(deal, payment).word().to_owned()),
            merchant_payment_id: Some(id.to_owned()),
            ..PaymentSaid::default()
        };
        let Some(deal) = deal else { return Some(said) };
        let begun = Deal::is_begun(payment);
        let held = deal.hold_until.filter(|_| begun);
        said.payment_id = begun.then(|| deal.payment_id.clone());
        said.accepted_at = begun.then(|| seconds(payment.paid_at.unwrap_or(payment.at)));
        said.authorized_at = held.map(|_| seconds(payment.at));
        said.expires_at = held.map(seconds);
        said.canceled_at = deal.canceled_at.map(seconds);
        said.amount = Some(payment.order.into());
        said.user_authorization_id = deal.user_authorization_id.clone();
        said.requested_at = deal.requested_at;
        said.store_id = deal.store_id.clone();
        said.terminal_id = deal.terminal_id.clone();
        said.order_receipt_number = deal.order_receipt_number.clone();
        said.order_description = deal.order_description.clone();
        said.captures = deal.capture.as_ref().map(|note| self.capture_said(note).into());
        said.revert = deal.revert.as_ref().map(|note| RevertSaid {
            accepted_at: Some(seconds(note.at)),
            merchant_revert_id: Some(note.id.clone()),
            requested_at: Some(note.requested_at),
            reason: note.text.clone(),
            ..RevertSaid::default()
        });
        let refunds: Vec<_> =
            deal.refunds.iter().filter_map(|note| self.refund_said(&note.id)).collect();
        said.refunds = (!refunds.is_empty()).then(|| List::from(refunds));
        Some(said)
    }

    fn capture_said(&self, note: &Note) -> Vec<CaptureSaid> {
        let made = self.bank.capture(&note.id).filter(|made| made.done);
        let said = made.map(|made| CaptureSaid {
            merchant_capture_id: note.id.clone(),
            amount: made.order.into(),
            accepted_at: Some(seconds(note.at)),
            requested_at: Some(note.requested_at),
            order_description: note.text.clone(),
            status: Some("COMPLETED".to_owned()),
        });
        said.into_iter().collect()
    }

    /// The network's words about a refund.
    pub(super) fn refund_said(&self, id: &str) -> Option<RefundSaid> {
        let refund = self.bank.refund(id)?;
        let deal = self.deals.get(&refund.payment);
        let note = deal.and_then(|deal| deal.refunds.iter().find(|note| note.id == id));
        let status = if refund.done { "REFUNDED" } else { "REFUND_FAILED" };
        Some(RefundSaid {
            status: Some(status.to_owned()),
            accepted_at: Some(seconds(refund.at)),
            merchant_refund_id: Some(id.to_owned()),
            payment_id: deal.map(|deal| deal.payment_id.clone()),
            amount: Some(refund.order.into()),
            requested_at: note.map(|note| note.requested_at),
            reason: note.and_then(|note| note.text.clone()),
        })
    }

    /// What can still be given back of a payment.
    pub(super) fn refundable(payment: &Payment) -> Money {
        let left = payment.taken().order - payment.refunded_order;
        Money::new(left, payment.order.currency())
    }
}
