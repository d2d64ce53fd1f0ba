//! What the wallet's words are, as answers.

use noren_core::command::{Body, Caller, CaptureHeard, RefundHeard};
use noren_core::credit::Credit;
use noren_core::id::PaymentId;
use noren_core::money::Money;
use noren_core::payment::{PartTerms, Payment};
use noren_core::refund::Refund;
use noren_core::wallet::{
    CaptureAnswer, Decline, DeclineReason, PaymentAnswer, Receipt, RefundAnswer, RefundReceipt,
    Unknown,
};

use super::alphabet::Word;

fn above(money: Money, more: i64) -> Money {
    Money::new(money.minor() + more, money.currency())
}

/// The wallet's receipt; `more` is what it was debited above what was asked.
pub(super) fn receipt(payment: &Payment, more: i64) -> Receipt {
    Receipt {
        transaction: "tx-1".into(),
        amount: above(payment.amount, more),
        payer: payment.state.asked().and_then(|asked| asked.payer).map(|p| above(p, more)),
        rate: None,
        settlement: None,
    }
}

pub(super) fn of_payment(payment: &Payment, word: Word) -> PaymentAnswer {
    let hold = payment.state.asked().is_some_and(|asked| asked.hold.is_some());
    match word {
        Word::Yes => PaymentAnswer::Paid(receipt(payment, 0)),
        Word::Held => PaymentAnswer::Authorised(receipt(payment, 0)),
        Word::Ordered => ordered(payment),
        Word::No => PaymentAnswer::Declined(Decline::read(DeclineReason::Funds, "NO")),
        Word::Working => PaymentAnswer::Pending,
        Word::Silent => PaymentAnswer::Unknown(Unknown::TimedOut),
        Word::NotFound => PaymentAnswer::NotFound,
        Word::Closed => PaymentAnswer::Cancelled,
        Word::TooLate => PaymentAnswer::TooLate { receipt: Some(receipt(payment, 0)) },
        Word::OtherAmount if hold => PaymentAnswer::Authorised(receipt(payment, 1)),
        Word::OtherAmount => PaymentAnswer::Paid(receipt(payment, 1)),
        Word::NotSent => PaymentAnswer::NotSent,
        Word::Frozen => PaymentAnswer::Blocked,
    }
}

/// Wallets of one kind want to be asked by a name of theirs from then on.
pub(super) fn ordered(payment: &Payment) -> PaymentAnswer {
    let converts = payment.state.asked().is_some_and(|asked| asked.payer.is_none());
    let handle = converts.then(|| "order-1".into());
    PaymentAnswer::Ordered { link: "https://wallet.example/1".into(), handle }
}

/// A payment's captures, oldest first, the one whose outcome is not known last.
pub(super) fn captures(payment: &Payment) -> impl Iterator<Item = &PartTerms> {
    let ended = payment.state.hold().into_iter().flat_map(|hold| &hold.parts);
    let open = payment.state.open_part().map(|part| &part.terms);
    ended.map(|part| &part.terms).chain(open)
}

/// The wallet's receipt of a capture, under a name of its own for each.
pub(super) fn taken(payment: &Payment, terms: &PartTerms, more: i64) -> Receipt {
    let place = captures(payment).position(|known| known.id == terms.id).unwrap_or_default();
    Receipt {
        transaction: format!("cap-{place}").into(),
        amount: above(terms.amount, more),
        payer: terms.payer.map(|payer| above(payer, more)),
        rate: None,
        settlement: None,
    }
}

pub(super) fn of_capture(
    payment: &Payment,
    terms: &PartTerms,
    word: Word,
) -> Option<(Caller, Body)> {
    let answer = match word {
        Word::Yes => CaptureAnswer::Captured(taken(payment, terms, 0)),
        Word::No => CaptureAnswer::Declined(Decline::read(DeclineReason::Funds, "NO")),
        Word::Working => CaptureAnswer::Processing,
        Word::Silent => CaptureAnswer::Unknown(Unknown::TimedOut),
        Word::NotFound => CaptureAnswer::NotFound,
        Word::OtherAmount => CaptureAnswer::Captured(taken(payment, terms, 1)),
        Word::NotSent => CaptureAnswer::NotSent,
        Word::Held | Word::Ordered | Word::Closed | Word::TooLate | Word::Frozen => return None,
    };
    let heard = CaptureHeard { payment: payment.id, capture: terms.id, answer };
    Some((Caller::Runtime, Body::CaptureHeard(heard)))
}

/// What the wallet says of a refund when it gives back what was asked, and `more`.
pub(super) fn given_back(refund: &Refund, more: i64) -> RefundReceipt {
    RefundReceipt {
        amount: above(refund.amount, more),
        payer: refund.payer.map(|payer| above(payer, more)),
        settlement: None,
    }
}

/// Of a refund of a payment.
pub(super) fn of_refund(payment: &Payment, refund: &Refund, word: Word) -> Option<(Caller, Body)> {
    // Only the cancel that carries a refund out can come too late; a late copy of that answer
    // may be heard at any time after.
    let stray = payment.strays.iter().any(|stray| stray.refund.id == refund.id);
    if word == Word::TooLate && stray {
        return None;
    }
    heard(Some(payment.id), refund, word)
}

/// Of the return of a credit.
pub(super) fn of_return(credit: &Credit, word: Word) -> Option<(Caller, Body)> {
    heard(None, credit.refund()?, word)
}

fn heard(payment: Option<PaymentId>, refund: &Refund, word: Word) -> Option<(Caller, Body)> {
    let answer = match word {
        Word::Yes => RefundAnswer::Refunded(given_back(refund, 0)),
        Word::No => RefundAnswer::Declined(Decline::read(DeclineReason::Refund, "NO")),
        Word::Working => RefundAnswer::Processing,
        Word::Silent => RefundAnswer::Unknown(Unknown::TimedOut),
        Word::NotFound => RefundAnswer::NotFound,
        Word::Closed => RefundAnswer::NoFunds,
        Word::TooLate => RefundAnswer::TooLate,
        Word::OtherAmount => RefundAnswer::Refunded(given_back(refund, 1)),
        Word::NotSent => RefundAnswer::NotSent,
        Word::Held | Word::Ordered | Word::Frozen => return None,
    };
    let heard = RefundHeard { payment, refund: refund.id, answer };
    Some((Caller::Runtime, Body::RefundHeard(heard)))
}
