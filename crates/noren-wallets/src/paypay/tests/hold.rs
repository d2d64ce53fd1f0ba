//! Holds: preauthorised by a code, by an order; captured once, released, and left to end.

use noren_core::wallet::{
    Ask, Call, CaptureAnswer, CaptureAsk, PaymentAnswer, Reference, RefundAnswer, Unknown,
};
use serde_json::{Value, json};

use super::{
    YEN, cancel_by, capture, capture_ask, debited, inquire_by, notices, order_for, ordered,
    pay_control, receipt, told, void_by, world,
};
use crate::connector::Heard;
use crate::paypay::{HOLD_LIFETIME, profile};
use crate::tempo::Tempo;
use crate::testing::{World, call, jpy, pay, payment_id, refund};

fn authorise(n: u128, yen: i64, code: &str) -> Call {
    let Ask::Pay(ask) = pay(n, jpy(yen), None, code).ask else { panic!("a payment") };
    call(n, Ask::Authorise(ask))
}

/// A hold of 1200 yen, by the payer's code or by an order.
fn held(by_order: bool, scenario: &str) -> (World, Reference) {
    let (mut world, code) = world(scenario);
    let reference = if by_order {
        let (link, by) = ordered(&mut world, &order_for(1, YEN, true));
        pay_control(&mut world, json!({"user": "mei", "code": link, "pin": "1234"}));
        by
    } else {
        world.payment(&authorise(1, YEN, &code));
        Reference::Request
    };
    (world, reference)
}

fn each(story: impl Fn(World, Reference)) {
    for by_order in [false, true] {
        let (world, reference) = held(by_order, "approve");
        story(world, reference);
    }
}

fn ask_capture(world: &mut World, ask: &CaptureAsk) -> CaptureAnswer {
    match world.ask(&call(1, Ask::InquireCapture(ask.clone()))) {
        Heard::Capture(answer) => answer,
        other => panic!("{other:?}"),
    }
}

fn state(world: &mut World) -> Value {
    world.books()["payments"][0]["state"].clone()
}

#[test]
fn the_profile_and_the_messages_agree_on_the_length_of_a_hold() {
    let holds = profile(Tempo::Published).holds.unwrap();
    assert_eq!(holds.lifetime, HOLD_LIFETIME);
}

#[test]
fn a_hold_is_captured_once_and_the_rest_is_released() {
    each(|mut world, by| {
        let PaymentAnswer::Authorised(hold) = world.payment(&inquire_by(1, &by)) else {
            panic!("not held")
        };
        assert_eq!((hold.amount, debited(&mut world)), (jpy(YEN), YEN));
        let ask = capture_ask(1, 700, &by);
        assert_eq!(ask_capture(&mut world, &ask), CaptureAnswer::NotFound);
        let done = capture(&mut world, 1, &ask);
        let CaptureAnswer::Captured(part) = &done else { panic!("{done:?}") };
        assert_eq!((part.amount, &part.transaction), (jpy(700), &hold.transaction));
        assert_eq!(debited(&mut world), 700, "what was not captured went back");
        world.restart();
        assert_eq!(capture(&mut world, 1, &ask), done, "a repeat is the same capture");
        assert_eq!(ask_capture(&mut world, &ask), done);
        // The whole is what was captured, under the name of the hold.
        let whole = receipt(world.payment(&inquire_by(1, &by)));
        assert_eq!((whole.amount, whole.transaction), (jpy(700), hold.transaction));
        // There is nothing left to take or to release.
        let second = capture(&mut world, 1, &capture_ask(2, 100, &by));
        assert_eq!(second, CaptureAnswer::Unknown(Unknown::UnlistedCode));
        let void = world.payment(&void_by(1, &by));
        assert!(
            matches!(void, PaymentAnswer::TooLate { receipt: Some(r) } if r.amount == jpy(700))
        );
        assert_eq!(debited(&mut world), 700);
    });
}

#[test]
fn a_whole_capture_and_its_refund() {
    each(|mut world, by| {
        let done = capture(&mut world, 1, &capture_ask(1, YEN, &by));
        assert!(matches!(done, CaptureAnswer::Captured(_)));
        let Ask::Refund(mut ask) = refund(1, 1, jpy(500), None).ask else { panic!() };
        ask.reference = by.clone();
        let back = world.refund(&call(1, Ask::Refund(ask)));
        assert!(matches!(back, RefundAnswer::Refunded(_)), "{back:?}");
        assert_eq!(debited(&mut world), 700);
        assert_eq!(receipt(world.payment(&inquire_by(1, &by))).amount, jpy(YEN), "as captured");
    });
}

#[test]
fn the_same_capture_with_another_amount_and_too_much_decide_nothing_or_no() {
    each(|mut world, by| {
        let over = capture(&mut world, 1, &capture_ask(9, YEN + 1, &by));
        assert!(
            matches!(&over, CaptureAnswer::Declined(no) if no.code() == "HIGHER_CAPTURE_NOT_PERMITTED")
        );
        assert!(matches!(
            capture(&mut world, 1, &capture_ask(1, 700, &by)),
            CaptureAnswer::Captured(_)
        ));
        let other = capture(&mut world, 1, &capture_ask(1, 701, &by));
        assert_eq!(other, CaptureAnswer::Unknown(Unknown::UnlistedCode));
        assert_eq!(debited(&mut world), 700);
    });
}

#[test]
fn a_hold_is_released_by_a_void_and_by_a_cancel() {
    each(|mut world, by| {
        for _ in 0..2 {
            assert_eq!(world.payment(&void_by(1, &by)), PaymentAnswer::Cancelled);
            world.restart();
            assert_eq!(world.payment(&inquire_by(1, &by)), PaymentAnswer::Cancelled);
        }
        assert_eq!((debited(&mut world), state(&mut world)), (0, json!("released")));
        let late = capture(&mut world, 1, &capture_ask(1, 700, &by));
        assert!(
            matches!(&late, CaptureAnswer::Declined(no) if no.code() == "CANCELED"),
            "{late:?}"
        );
    });
    each(|mut world, by| {
        assert_eq!(world.payment(&cancel_by(1, &by)), PaymentAnswer::Cancelled);
        assert_eq!((debited(&mut world), state(&mut world)), (0, json!("cancelled")));
        assert_eq!(world.payment(&void_by(1, &by)), PaymentAnswer::Cancelled, "nothing is held");
    });
}

#[test]
fn a_hold_that_nobody_captures_ends_by_itself() {
    each(|mut world, by| {
        notices(&mut world);
        let lifetime = i64::try_from(HOLD_LIFETIME.0).unwrap();
        world.wait(lifetime - 1_000);
        assert!(matches!(world.payment(&inquire_by(1, &by)), PaymentAnswer::Authorised(_)));
        world.restart();
        assert!(world.sandbox.wake_at().is_some_and(|at| at.0 <= world.now.0 + 1_000));
        world.wait(1_000);
        assert_eq!(world.payment(&inquire_by(1, &by)), PaymentAnswer::Cancelled);
        assert_eq!(notices(&mut world).len(), 1);
        assert_eq!(debited(&mut world), 0);
        let late = capture(&mut world, 1, &capture_ask(1, 700, &by));
        assert!(matches!(&late, CaptureAnswer::Declined(no) if no.code() == "EXPIRED"), "{late:?}");
        assert_eq!(world.payment(&void_by(1, &by)), PaymentAnswer::Cancelled);
    });
}

#[test]
fn a_hold_that_is_decided_later_or_never() {
    for by_order in [false, true] {
        let (mut world, by) = held(by_order, "unknown_then_yes");
        assert_eq!(world.payment(&inquire_by(1, &by)), PaymentAnswer::Pending);
        // Not held yet, and a void is no cancel: it is asked again.
        let early = world.payment(&void_by(1, &by));
        assert_eq!(early, PaymentAnswer::Unknown(Unknown::SaidUnknown));
        world.wait(120);
        assert!(matches!(world.payment(&inquire_by(1, &by)), PaymentAnswer::Authorised(_)));
        assert_eq!(world.payment(&void_by(1, &by)), PaymentAnswer::Cancelled);

        let (mut world, by) = held(by_order, "timeout");
        assert_eq!(world.payment(&cancel_by(1, &by)), PaymentAnswer::Cancelled);
        assert_eq!(debited(&mut world), 0);

        // A cancel that is refused while the hold comes through: released by a void.
        let (mut world, by) = held(by_order, "late_success");
        assert_eq!(world.payment(&cancel_by(1, &by)), PaymentAnswer::TooLate { receipt: None });
        world.wait(120);
        assert!(matches!(world.payment(&inquire_by(1, &by)), PaymentAnswer::Authorised(_)));
        assert_eq!(world.payment(&cancel_by(1, &by)), PaymentAnswer::TooLate { receipt: None });
        assert_eq!(world.payment(&void_by(1, &by)), PaymentAnswer::Cancelled);
        assert_eq!(debited(&mut world), 0);
    }
}

#[test]
fn a_hold_of_nothing_is_nothing() {
    let (mut world, _) = world("approve");
    let ask = capture_ask(1, 700, &Reference::Request);
    let none = capture(&mut world, 1, &ask);
    assert_eq!(none, CaptureAnswer::Unknown(Unknown::UnlistedCode), "the network forgot a hold");
    assert_eq!(ask_capture(&mut world, &ask), CaptureAnswer::Unknown(Unknown::UnlistedCode));
    let void = world.payment(&void_by(1, &Reference::Request));
    assert_eq!(void, PaymentAnswer::Unknown(Unknown::UnlistedCode));
}

#[test]
fn how_long_money_is_held_is_checked() {
    let (mut world, _) = world("approve");
    let now = world.now.0 / 1_000;
    for (n, expiry, code) in [
        (1, now - 1, "PRE_AUTH_CAPTURE_INVALID_EXPIRY_DATE"),
        (2, now + 31 * 86_400, "PRE_AUTH_CAPTURE_INVALID_EXPIRY_DATE"),
        (3, now + 60, "SUCCESS"),
    ] {
        let body = json!({
            "merchantPaymentId": payment_id(n).to_string(), "codeType": "ORDER_QR",
            "amount": super::yen(YEN), "isAuthorization": true, "authorizationExpiry": expiry,
        });
        assert_eq!(told(&mut world, "POST", "/v2/codes", &body).1, code, "{expiry}");
    }
}
