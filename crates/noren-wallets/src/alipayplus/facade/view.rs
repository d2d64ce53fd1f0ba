//! Payments and refunds of the switch, as this API shows them.

use noren_core::money::Money;
use noren_core::payment::{Payment, State};
use noren_core::refund::{Refund, RefundState};
use noren_core::time::Timestamp;

use super::Memo;
use super::words::{capture_code, refund_code, standing};
use crate::alipayplus::codes::Class;
use crate::alipayplus::dialect::{MoveKind, MoveView, Offer, PaidView, PaymentView, RefundView};
use crate::facade::Shown;

/// A payment; `withdrawn`: the shop has cancelled the order.
pub(super) fn payment_view(shown: &Shown, withdrawn: bool) -> PaymentView {
    let payment = &*shown.payment;
    let code = standing(payment, withdrawn);
    let paid = (code.class() == Class::Done).then(|| PaidView {
        at: paid_at(payment).unwrap_or(payment.created_at),
        payer: payer(payment),
        // A wallet's rate is kept as it wrote it, and is no quote of this API's.
        quote: None,
        settlement: None,
        brand: payment.wallet().map(|wallet| wallet.to_string()),
    });
    let captures = payment.state.hold().into_iter().flat_map(|hold| &hold.parts);
    let captures = captures.map(|part| {
        let (code, at) = capture_code(payment, part.terms.id);
        let (id, amount) = (part.terms.id.to_string(), part.terms.amount);
        MoveView { kind: MoveKind::Capture, request_id: None, id, code, amount, at }
    });
    let refunds = payment.refunds.iter().map(|refund| MoveView {
        kind: MoveKind::Refund,
        request_id: refund.number.as_deref().map(str::to_owned),
        id: refund_id(payment, refund),
        code: refund_code(&refund.state),
        amount: refund.amount,
        at: refunded_at(refund),
    });
    PaymentView {
        request_id: payment.order_number.to_string(),
        payment_id: payment.id.to_string(),
        code,
        amount: payment.amount,
        created_at: payment.created_at,
        paid,
        offer: offer(shown).filter(|_| !withdrawn),
        held_until: payment.state.hold().map(|hold| hold.expires_at),
        moves: captures.chain(refunds).collect(),
    }
}

/// What the payer of an open order is shown, or where they are sent.
fn offer(shown: &Shown) -> Option<Offer> {
    let (expires_at, page) = (open_until(&shown.payment)?, shown.page.clone());
    let sent_there = Memo::of(shown.payment.memo.as_ref()).is_some_and(|memo| memo.page);
    // The page's address is a code that wallets of our own API and every camera read.
    Some(if sent_there {
        Offer::Page { url: page }
    } else {
        Offer::Code { text: page, expires_at }
    })
}

/// Until when somebody can still come to pay.
fn open_until(payment: &Payment) -> Option<Timestamp> {
    match &payment.state {
        State::WaitingForPayer(state) => Some(state.expires_at),
        State::Ordering(state) => Some(state.expires_at),
        State::Ordered(state) => Some(state.expires_at),
        State::Authorising(_)
        | State::InDoubt(_)
        | State::Reversing(_)
        | State::Authorised(_)
        | State::Capturing(_)
        | State::Voiding(_)
        | State::Captured(_)
        | State::HoldCaptured(_)
        | State::Voided(_)
        | State::Declined(_)
        | State::Cancelled(_)
        | State::Expired(_)
        | State::Reversed(_)
        | State::Blocked(_) => None,
    }
}

/// When the payer had paid, or the money was held.
fn paid_at(payment: &Payment) -> Option<Timestamp> {
    match &payment.state {
        State::Captured(state) => Some(state.at),
        state => state.hold().map(|hold| hold.at),
    }
}

/// What the payer was debited, or what is held of theirs, as far as that is known.
fn payer(payment: &Payment) -> Option<Money> {
    let said = match &payment.state {
        State::Captured(state) => state.receipt.payer,
        state => state.hold().and_then(|hold| hold.receipt.payer),
    };
    said.or(payment.state.asked().and_then(|asked| asked.payer))
}

/// A refund.
pub(super) fn refund_view(payment: &Payment, refund: &Refund) -> RefundView {
    let payer = match &refund.state {
        RefundState::Refunded(done) => done.receipt.payer,
        RefundState::Requested(_)
        | RefundState::InDoubt(_)
        | RefundState::WaitingForFunds(_)
        | RefundState::Declined(_)
        | RefundState::Impossible(_) => None,
    };
    RefundView {
        // One that was not asked for through this API has no number.
        request_id: refund.number.as_deref().map_or_else(|| refund.id.to_string(), str::to_owned),
        refund_id: refund_id(payment, refund),
        payment_id: payment.id.to_string(),
        code: refund_code(&refund.state),
        amount: refund.amount,
        payer: payer.or(refund.payer),
        settlement: None,
        at: refunded_at(refund),
    }
}

/// Both ids, so that the refund is found by it.
fn refund_id(payment: &Payment, refund: &Refund) -> String {
    payment.id.digits() + &refund.id.digits()
}

fn refunded_at(refund: &Refund) -> Option<Timestamp> {
    match &refund.state {
        RefundState::Refunded(done) => Some(done.at),
        RefundState::Declined(no) => Some(no.at),
        RefundState::Impossible(no) => Some(no.at),
        RefundState::Requested(_) | RefundState::InDoubt(_) | RefundState::WaitingForFunds(_) => {
            None
        }
    }
}
