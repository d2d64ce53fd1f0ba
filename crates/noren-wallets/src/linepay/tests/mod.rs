//! The tests of this folder, and what they share: a user `mei`, a shop, and both ends without a
//! socket.

mod answers;
mod codes;
mod facade;
mod hostile;
mod offline;
mod online;
mod search;
mod signature;
mod statement;
mod strangers;

use noren_core::id::{Entropy, OrderId, Slot};
use noren_core::money::Money;
use noren_core::time::Timestamp;
use noren_core::wallet::{
    Ask, Call, CaptureAnswer, CaptureAsk, DeclineReason, OrderAsk, PaymentAnswer, Receipt,
    Reference, RefundAnswer, RefundAsk,
};
use serde_json::{Value, json};

use super::ENTRY;
use crate::connector::Heard;
use crate::testing::{World, call, jpy, refund_ask, shop};

const RICH: i64 = 100_000;
const YEN: i64 = 1_200;

/// Both ends, and a user who has money.
fn world() -> World {
    let mut world = World::new(&ENTRY);
    world.control("POST", "users", &json!({ "user": "mei", "balance": RICH }));
    world
}

/// A code of the user's.
fn code(world: &mut World, id: &str) -> String {
    world.user_with_code("mei", RICH, id)
}

fn order_call(n: u128, amount: Money, hold: bool) -> Call {
    let order = OrderId::new(Timestamp(1), Slot::new(3).unwrap(), Entropy(n), 1);
    let ask = OrderAsk {
        order,
        order_number: format!("A-{n}").into(),
        amount,
        payer: None,
        hold,
        shop: shop(),
        expires_at: Timestamp(i64::MAX),
    };
    call(n, Ask::CreateOrder(Box::new(ask)))
}

/// An order that the network made: its link, and how it is asked about.
fn ordered(world: &mut World, n: u128, hold: bool) -> (String, Reference) {
    match world.payment(&order_call(n, jpy(YEN), hold)) {
        PaymentAnswer::Ordered { link, handle: Some(handle) } => {
            (link.to_string(), Reference::Order { handle })
        }
        other => panic!("not ordered: {other:?}"),
    }
}

/// The user approves an order.
fn approve(world: &mut World, link: &str) -> Value {
    let (status, said) =
        world.control("POST", "pay", &json!({ "user": "mei", "code": link, "pin": "1234" }));
    assert_eq!(status, 200, "{said}");
    said
}

fn inquire(n: u128, reference: &Reference) -> Call {
    call(n, Ask::Inquire { reference: reference.clone() })
}

fn cancel(n: u128, reference: &Reference) -> Call {
    call(n, Ask::Cancel { reference: reference.clone() })
}

fn void(n: u128, reference: &Reference) -> Call {
    call(n, Ask::Void { reference: reference.clone() })
}

fn refund_of(reference: &Reference, refund: u128, yen: i64, before: i64) -> RefundAsk {
    let ask = refund_ask(refund, jpy(yen), None);
    RefundAsk { reference: reference.clone(), before: jpy(before), ..ask }
}

fn refund(n: u128, reference: &Reference, id: u128, yen: i64, before: i64) -> Call {
    call(n, Ask::Refund(refund_of(reference, id, yen, before)))
}

fn inquire_refund(n: u128, reference: &Reference, id: u128, yen: i64, before: i64) -> Call {
    call(n, Ask::InquireRefund(refund_of(reference, id, yen, before)))
}

fn capture_of(reference: &Reference, yen: i64) -> CaptureAsk {
    let capture =
        noren_core::id::CaptureId::new(Timestamp(1), Slot::new(3).unwrap(), Entropy(1), 4);
    CaptureAsk { capture, reference: reference.clone(), amount: jpy(yen), payer: None }
}

fn capture(n: u128, reference: &Reference, yen: i64) -> Call {
    call(n, Ask::Capture(capture_of(reference, yen)))
}

fn inquire_capture(n: u128, reference: &Reference, yen: i64) -> Call {
    call(n, Ask::InquireCapture(capture_of(reference, yen)))
}

fn captured(world: &mut World, call: &Call) -> CaptureAnswer {
    match world.ask(call) {
        Heard::Capture(answer) => answer,
        other => panic!("a capture was asked for, heard {other:?}"),
    }
}

#[track_caller]
fn paid(answer: PaymentAnswer) -> Receipt {
    match answer {
        PaymentAnswer::Paid(receipt) => receipt,
        other => panic!("not paid: {other:?}"),
    }
}

#[track_caller]
fn held(answer: PaymentAnswer) -> Receipt {
    match answer {
        PaymentAnswer::Authorised(receipt) => receipt,
        other => panic!("not held: {other:?}"),
    }
}

#[track_caller]
fn reason(answer: PaymentAnswer) -> DeclineReason {
    match answer {
        PaymentAnswer::Declined(decline) => decline.reason(),
        other => panic!("not declined: {other:?}"),
    }
}

#[track_caller]
fn given_back(answer: RefundAnswer, yen: i64) {
    match answer {
        RefundAnswer::Refunded(receipt) => assert_eq!(receipt.amount, jpy(yen)),
        other => panic!("not refunded: {other:?}"),
    }
}

/// How much of the user's money is gone.
#[track_caller]
fn assert_debited(world: &mut World, yen: i64) {
    assert_eq!(RICH - world.balance("mei"), yen);
}
