//! What follows from each answer, call by call.

use noren_core::money::{Currency, Money};
use noren_core::wallet::{
    Ask, Call, CaptureAnswer, Decline, DeclineReason, OrderAsk, PaymentAnswer, Receipt,
    RefundAnswer, RefundAsk, RefundReceipt, Unknown,
};

use super::message::{Known, Message, amount_request, known};
use super::said::{Answer, FAIL, Said, Standing, Status, VOIDED, look, made, order_status, stands};
use crate::connector::Heard;
use crate::linepay::codes::{
    Code, Meaning, of_capture, of_check, of_inquiry, of_payment, of_refund, of_request, of_undoing,
    of_void,
};
use crate::linepay::endpoints::{Endpoint, Version};
use crate::linepay::messages::{Handle, OrderMade, RefundMade};

/// What follows from an answer.
pub(super) enum Next {
    Heard(Heard),
    Send(Message),
}

pub(super) fn next(call: &Call, endpoint: &Endpoint, said: Said) -> Answer<Next> {
    match &call.ask {
        Ask::Pay(ask) => paying(call, ask.amount, false, endpoint, said),
        Ask::Authorise(ask) => paying(call, ask.amount, true, endpoint, said),
        Ask::CreateOrder(ask) => ordering(call, ask, endpoint, said),
        Ask::Inquire { reference } => inquiring(call, &known(reference), endpoint, said),
        Ask::Cancel { reference } => cancelling(call, &known(reference), endpoint, said),
        Ask::Void { reference } => voiding(call, &known(reference), endpoint, said),
        Ask::Capture(ask) => {
            let capturing = (&known(&ask.reference), ask.amount.currency());
            captured(call, capturing, endpoint, said, CaptureAnswer::Unknown(Unknown::SaidUnknown))
        }
        Ask::InquireCapture(ask) => {
            let capturing = (&known(&ask.reference), ask.amount.currency());
            captured(call, capturing, endpoint, said, CaptureAnswer::NotFound)
        }
        Ask::Refund(ask) | Ask::CancelRefund(ask) => {
            refunding(call, ask, endpoint, said, Some(ask.amount))
        }
        Ask::InquireRefund(ask) => refunding(call, ask, endpoint, said, None),
    }
}

fn heard(answer: PaymentAnswer) -> Answer<Next> {
    Ok(Next::Heard(Heard::Payment(answer)))
}

/// What is left when nothing was decided.
fn nothing<T>(meaning: Meaning) -> Answer<T> {
    match meaning {
        Meaning::Unsure | Meaning::Pending | Meaning::Look => Err(Unknown::SaidUnknown),
        Meaning::Yes
        | Meaning::Confirm
        | Meaning::No(_)
        | Meaning::Cancelled
        | Meaning::NotFound
        | Meaning::Refused
        | Meaning::Broken => Err(Unknown::UnlistedCode),
    }
}

fn no(reason: DeclineReason, code: Code) -> PaymentAnswer {
    PaymentAnswer::Declined(Decline::read(reason, &code.digits()))
}

fn paid_or_held(receipt: Receipt, hold: bool) -> PaymentAnswer {
    if hold { PaymentAnswer::Authorised(receipt) } else { PaymentAnswer::Paid(receipt) }
}

/// With a scanned code.
fn paying(call: &Call, amount: Money, hold: bool, endpoint: &Endpoint, said: Said) -> Answer<Next> {
    let Endpoint::Pay(_) = endpoint else {
        return inquiring(call, &Known::ByOrder, endpoint, said);
    };
    match of_payment(said.code.class()) {
        Meaning::Yes => {
            let receipt = made(call, None, amount.currency(), said.info()?)?;
            heard(paid_or_held(receipt, hold))
        }
        Meaning::Look => Ok(Next::Send(Message::check(call, &Known::ByOrder))),
        Meaning::Pending => heard(PaymentAnswer::Pending),
        Meaning::No(reason) => heard(no(reason, said.code)),
        other => nothing(other),
    }
}

/// An order for a shop on the web.
fn ordering(call: &Call, ask: &OrderAsk, endpoint: &Endpoint, said: Said) -> Answer<Next> {
    let Endpoint::Request = endpoint else {
        let code = said.code;
        return match of_inquiry(code.class()) {
            // Made before, and its name was lost with the answer. Nobody can pay it, for nobody can
            // confirm it; but it is not closed.
            Meaning::NotFound => Err(Unknown::SaidUnknown),
            Meaning::Yes => heard(stands(look(call, &Known::ByOrder, said)?)),
            other => nothing(other),
        };
    };
    match of_request(said.code.class()) {
        Meaning::Yes => {
            let made: OrderMade = said.info()?;
            let handle =
                Handle { transaction: made.transaction_id, amount: ask.amount, hold: ask.hold };
            if made.payment_url.web.is_empty() {
                return Err(Unknown::Unreadable);
            }
            heard(PaymentAnswer::Ordered {
                link: made.payment_url.web.into(),
                handle: Some(handle.to_string().into()),
            })
        }
        Meaning::Look => Ok(Next::Send(Message::by_order(call, Version::V3))),
        Meaning::No(reason) => heard(no(reason, said.code)),
        other => nothing(other),
    }
}

fn inquiring(call: &Call, known: &Known, endpoint: &Endpoint, said: Said) -> Answer<Next> {
    let code = said.code;
    match (known, endpoint) {
        (Known::Online(handle), Endpoint::Check(_)) => match of_check(code.class()) {
            Meaning::Pending => heard(PaymentAnswer::Pending),
            Meaning::Confirm => {
                let endpoint = Endpoint::Confirm(handle.transaction);
                Ok(Next::Send(Message::post(endpoint, &amount_request(handle.amount))))
            }
            Meaning::Cancelled => heard(PaymentAnswer::Cancelled),
            Meaning::No(reason) => heard(no(reason, code)),
            Meaning::Look => Ok(Next::Send(Message::details(call, known))),
            Meaning::NotFound => heard(PaymentAnswer::NotFound),
            other => nothing(other),
        },
        (Known::Online(handle), Endpoint::Confirm(_)) => match of_payment(code.class()) {
            Meaning::Yes => {
                let currency = handle.amount.currency();
                let receipt = made(call, Some(handle.transaction), currency, said.info()?)?;
                heard(paid_or_held(receipt, handle.hold))
            }
            Meaning::Look => Ok(Next::Send(Message::details(call, known))),
            Meaning::Pending => heard(PaymentAnswer::Pending),
            Meaning::No(reason) => heard(no(reason, code)),
            other => nothing(other),
        },
        (Known::ByOrder, Endpoint::OrderCheck(..)) => match of_inquiry(code.class()) {
            Meaning::Yes => match order_status(call, said.info()?)? {
                Status::Look => Ok(Next::Send(Message::details(call, known))),
                Status::Failed => {
                    let failed = Decline::read(DeclineReason::Other, FAIL);
                    heard(PaymentAnswer::Declined(failed))
                }
            },
            Meaning::Pending => heard(PaymentAnswer::Pending),
            Meaning::NotFound => heard(PaymentAnswer::NotFound),
            other => nothing(other),
        },
        (_, Endpoint::Details(_)) => match of_inquiry(code.class()) {
            Meaning::Yes => heard(stands(look(call, known, said)?)),
            // The word before was that it is done, so this one contradicts it.
            other => nothing(other),
        },
        _ => Err(Unknown::Unreadable),
    }
}

fn cancelling(call: &Call, known: &Known, endpoint: &Endpoint, said: Said) -> Answer<Next> {
    let too_late = |receipt| heard(PaymentAnswer::TooLate { receipt });
    match endpoint {
        Endpoint::Check(_) => match of_check(said.code.class()) {
            // Nothing closes an order before its time; what is never confirmed takes no money. The
            // network's own word that it is over is the answer, and is asked for until it comes.
            Meaning::Pending | Meaning::Confirm => heard(PaymentAnswer::Pending),
            Meaning::Cancelled | Meaning::No(_) => heard(PaymentAnswer::Cancelled),
            Meaning::Look => Ok(Next::Send(Message::details(call, known))),
            Meaning::NotFound => too_late(None),
            other => nothing(other),
        },
        Endpoint::OrderCheck(..) => match of_inquiry(said.code.class()) {
            Meaning::Yes => match order_status(call, said.info()?)? {
                Status::Look => Ok(Next::Send(Message::details(call, known))),
                Status::Failed => heard(PaymentAnswer::Cancelled),
            },
            Meaning::Pending => Ok(Next::Send(Message::refund(call, known, None))),
            // It may still be on its way. Whoever asks again later than that knows.
            Meaning::NotFound => too_late(None),
            other => nothing(other),
        },
        Endpoint::Details(_) => match of_inquiry(said.code.class()) {
            Meaning::Yes => match look(call, known, said)? {
                standing if standing.nothing() => heard(PaymentAnswer::Cancelled),
                // Money moved; it goes back by a refund of its own, which the books see.
                Standing::Captured(receipt, _) => too_late(Some(receipt)),
                Standing::Held(_) => Ok(Next::Send(Message::void(call, known))),
                Standing::Gone => heard(PaymentAnswer::Cancelled),
            },
            other => nothing(other),
        },
        Endpoint::Void(_) => match of_void(said.code.class()) {
            Meaning::Cancelled => heard(PaymentAnswer::Cancelled),
            other => nothing(other),
        },
        Endpoint::Refund(_) => match of_undoing(said.code.class()) {
            Meaning::Cancelled => heard(PaymentAnswer::Cancelled),
            Meaning::Refused => too_late(None),
            other => nothing(other),
        },
        _ => Err(Unknown::Unreadable),
    }
}

fn voiding(call: &Call, known: &Known, endpoint: &Endpoint, said: Said) -> Answer<Next> {
    match endpoint {
        Endpoint::Void(_) => match of_void(said.code.class()) {
            Meaning::Cancelled => heard(PaymentAnswer::Cancelled),
            Meaning::Look => Ok(Next::Send(Message::details(call, known))),
            other => nothing(other),
        },
        Endpoint::Details(_) => match of_inquiry(said.code.class()) {
            Meaning::Yes => match look(call, known, said)? {
                Standing::Captured(receipt, _) => {
                    heard(PaymentAnswer::TooLate { receipt: Some(receipt) })
                }
                Standing::Held(_) => Err(Unknown::SaidUnknown),
                Standing::Gone => heard(PaymentAnswer::Cancelled),
            },
            other => nothing(other),
        },
        _ => Err(Unknown::Unreadable),
    }
}

/// The answer to a capture, or to what became of it; `held` is what it means that all is held still.
fn captured(
    call: &Call,
    (known, currency): (&Known, Currency),
    endpoint: &Endpoint,
    said: Said,
    held: CaptureAnswer,
) -> Answer<Next> {
    let heard = |answer| Ok(Next::Heard(Heard::Capture(answer)));
    let code = said.code;
    match endpoint {
        Endpoint::Capture(_) => match of_capture(code.class()) {
            Meaning::Yes => {
                let transaction = match known {
                    Known::Online(handle) => Some(handle.transaction),
                    Known::ByOrder => None,
                };
                let receipt = made(call, transaction, currency, said.info()?)?;
                heard(CaptureAnswer::Captured(receipt))
            }
            Meaning::Look => Ok(Next::Send(Message::details(call, known))),
            Meaning::Pending => heard(CaptureAnswer::Processing),
            Meaning::No(reason) => {
                heard(CaptureAnswer::Declined(Decline::read(reason, &code.digits())))
            }
            other => nothing(other),
        },
        Endpoint::Details(_) => match of_inquiry(code.class()) {
            Meaning::Yes => match look(call, known, said)? {
                Standing::Captured(receipt, _) => heard(CaptureAnswer::Captured(receipt)),
                Standing::Held(_) => heard(held),
                // The hold ended without a capture, and holds nothing any more.
                Standing::Gone => {
                    heard(CaptureAnswer::Declined(Decline::read(DeclineReason::Other, VOIDED)))
                }
            },
            other => nothing(other),
        },
        _ => Err(Unknown::Unreadable),
    }
}

/// The answer to a refund, or to what became of it. `send` is what to give back when the details
/// show that it did not.
fn refunding(
    call: &Call,
    ask: &RefundAsk,
    endpoint: &Endpoint,
    said: Said,
    send: Option<Money>,
) -> Answer<Next> {
    let heard = |answer| Ok(Next::Heard(Heard::Refund(answer)));
    let given = || {
        RefundAnswer::Refunded(RefundReceipt { amount: ask.amount, payer: None, settlement: None })
    };
    let (known, code) = (known(&ask.reference), said.code);
    match endpoint {
        Endpoint::Details(_) => match of_inquiry(code.class()) {
            Meaning::Yes => {
                let back = match look(call, &known, said)? {
                    Standing::Captured(_, back) => back,
                    // We refund only what the network confirmed as paid.
                    Standing::Held(_) | Standing::Gone => return Err(Unknown::Unreadable),
                };
                let with_this = ask.before.checked_add(ask.amount);
                if back == ask.before {
                    match send {
                        Some(amount) => Ok(Next::Send(Message::refund(call, &known, Some(amount)))),
                        None => heard(RefundAnswer::NotFound),
                    }
                } else if Ok(back) == with_this {
                    heard(given())
                } else {
                    // Somebody else gave back, or took: people must look.
                    Err(Unknown::Unreadable)
                }
            }
            other => nothing(other),
        },
        Endpoint::Refund(_) => match of_refund(code.class()) {
            Meaning::Yes => {
                let _: RefundMade = said.info()?;
                heard(given())
            }
            Meaning::Pending => heard(RefundAnswer::Processing),
            Meaning::No(reason) => {
                heard(RefundAnswer::Declined(Decline::read(reason, &code.digits())))
            }
            // Never sent twice within a call; the next inquiry looks.
            other => nothing(other),
        },
        _ => Err(Unknown::Unreadable),
    }
}
