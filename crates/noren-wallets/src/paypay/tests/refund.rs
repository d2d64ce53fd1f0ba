//! Refunds: one of a payment, looked up first, and asked about before anybody says no.

use noren_core::wallet::{
    Ask, Call, DeclineReason, PaymentAnswer, Reference, RefundAnswer, Unknown,
};
use serde_json::{Value, json};

use super::{
    YEN, cancel_by, debited, inquire_by, order_for, ordered, pay_control, receipt, told, world,
};
use crate::connector::Step;
use crate::testing::{
    World, call, cancel, inquire, inquire_refund, jpy, pay, payment_id, refund, refund_ask,
};

fn paid(scenario: &str) -> World {
    let (mut world, code) = world("approve");
    receipt(world.payment(&pay(1, jpy(YEN), None, &code)));
    if scenario != "approve" {
        world.scenario("mei", scenario);
    }
    world
}

fn by(call: Call, reference: &Reference) -> Call {
    let Ask::Refund(mut ask) = call.ask else { panic!("a refund") };
    ask.reference = reference.clone();
    Call { ask: Ask::Refund(ask), ..call }
}

fn no(answer: &RefundAnswer) -> (DeclineReason, &str) {
    match answer {
        RefundAnswer::Declined(decline) => (decline.reason(), decline.code()),
        other => panic!("not declined: {other:?}"),
    }
}

#[test]
fn a_part_goes_back_once_however_often_it_is_asked_for() {
    let mut world = paid("approve");
    let call = refund(1, 1, jpy(500), None);
    let RefundAnswer::Refunded(said) = world.refund(&call) else { panic!("not refunded") };
    assert_eq!((said.amount, said.payer), (jpy(500), Some(jpy(500))));
    for _ in 0..2 {
        world.restart();
        assert_eq!(world.refund(&call), RefundAnswer::Refunded(said.clone()));
        let asked = world.refund(&inquire_refund(1, 1, jpy(500), None));
        assert_eq!(asked, RefundAnswer::Refunded(said.clone()));
    }
    assert_eq!(debited(&mut world), YEN - 500);
    assert_eq!(receipt(world.payment(&inquire(1))).amount, jpy(YEN), "REFUNDED was paid");
}

#[test]
fn a_second_refund_too_much_and_another_content() {
    let mut world = paid("approve");
    let over = world.refund(&refund(1, 9, jpy(YEN + 1), None));
    assert_eq!(no(&over), (DeclineReason::Refund, "REFUND_FAILED"));
    assert!(matches!(world.refund(&refund(1, 1, jpy(500), None)), RefundAnswer::Refunded(_)));
    let second = world.refund(&refund(1, 2, jpy(100), None));
    assert_eq!(no(&second), (DeclineReason::Refund, "NO_SUCH_REFUND_ORDER"));
    let other = world.refund(&refund(1, 1, jpy(501), None));
    assert_eq!(other, RefundAnswer::Unknown(Unknown::UnlistedCode));
    let unknown = world.refund(&inquire_refund(1, 7, jpy(1), None));
    assert_eq!(unknown, RefundAnswer::NotFound);
    assert_eq!(debited(&mut world), YEN - 500);
}

#[test]
fn a_refund_without_funds_is_asked_again_and_a_silent_one_is_found() {
    let mut world = paid("refund_no_funds");
    let call = refund(1, 1, jpy(YEN), None);
    assert_eq!(world.refund(&call), RefundAnswer::NoFunds);
    assert_eq!(world.refund(&inquire_refund(1, 1, jpy(YEN), None)), RefundAnswer::NotFound);
    assert!(matches!(world.refund(&call), RefundAnswer::Refunded(_)));

    let mut world = paid("refund_silent");
    assert_eq!(world.refund(&call), RefundAnswer::Unknown(Unknown::TimedOut));
    world.restart();
    let found = world.refund(&inquire_refund(1, 1, jpy(YEN), None));
    assert!(matches!(found, RefundAnswer::Refunded(_)));
    assert_eq!(world.refund(&call), found, "a look finds it before it is sent again");
    assert_eq!(debited(&mut world), 0);
}

/// Two copies of one refund cross: the second looked before the first was made, and is told
/// "several refunds". That is no proof of a no: the refund is asked for by its id.
#[test]
fn a_refusal_is_no_proof_while_an_earlier_copy_may_have_been_carried_out() {
    let mut world = paid("approve");
    let call = refund(1, 1, jpy(500), None);
    let (look, looked) = world.exchange(&call);
    let env = world.env();
    let Step::Then(sending) =
        world.connector.answer(&call, &look, Ok(looked.as_ref().unwrap()), env)
    else {
        panic!("a look leads to the refund")
    };
    assert!(matches!(world.refund(&call), RefundAnswer::Refunded(_)), "the other copy");
    let refused = json!({
        "resultInfo": { "code": "UNACCEPTABLE_OP", "message": "", "codeId": "00200014" },
        "data": null,
    });
    let refused = crate::wire::Response {
        status: 400,
        headers: Vec::new(),
        body: refused.to_string().into_bytes(),
    };
    let env = world.env();
    let Step::Then(asking) = world.connector.answer(&call, &sending, Ok(&refused), env) else {
        panic!("a refusal leads to a question")
    };
    let (asking, told) = world.send(asking);
    let env = world.env();
    let heard = world.connector.answer(&call, &asking, Ok(told.as_ref().unwrap()), env);
    let Step::Heard(crate::connector::Heard::Refund(RefundAnswer::Refunded(said))) = heard else {
        panic!("{heard:?}")
    };
    assert_eq!(said.amount, jpy(500));
}

#[test]
fn what_was_never_paid_or_went_back_is_not_refunded() {
    let (mut world, code) = world("approve");
    let call = refund(1, 1, jpy(YEN), None);
    let unknown = RefundAnswer::Unknown(Unknown::UnlistedCode);
    assert_eq!(world.refund(&call), unknown, "the network forgot what it confirmed");
    receipt(world.payment(&pay(1, jpy(YEN), None, &code)));
    assert_eq!(world.payment(&cancel(1)), PaymentAnswer::Cancelled);
    let gone = world.refund(&call);
    assert_eq!(no(&gone), (DeclineReason::Refund, "CANCELED"));

    world.scenario("mei", "timeout");
    let code = world.user_with_code("mei", 0, "c2");
    world.payment(&pay(2, jpy(YEN), None, &code));
    let early = world.refund(&refund(2, 2, jpy(YEN), None));
    assert_eq!(early, RefundAnswer::Unknown(Unknown::SaidUnknown));
    assert_eq!(debited(&mut world), 0);
}

#[test]
fn an_order_is_refunded_by_whichever_name_is_left() {
    let (mut world, _) = world("approve");
    let (link, name) = ordered(&mut world, &order_for(1, YEN, false));
    pay_control(&mut world, json!({"user": "mei", "code": link, "pin": "1234"}));
    let back = world.refund(&by(refund(1, 1, jpy(500), None), &name));
    assert!(matches!(back, RefundAnswer::Refunded(_)));
    assert_eq!(world.refund(&refund(1, 1, jpy(500), None)), back, "by our id alone");
    assert_eq!(receipt(world.payment(&inquire_by(1, &name))).amount, jpy(YEN));
}

#[test]
fn all_of_it_goes_back_by_a_cancel_while_the_window_is_open() {
    let mut world = paid("approve");
    let whole = call(1, Ask::CancelRefund(refund_ask(1, jpy(YEN), None)));
    for _ in 0..2 {
        assert!(
            matches!(world.refund(&whole), RefundAnswer::Refunded(said) if said.amount == jpy(YEN))
        );
    }
    assert_eq!(debited(&mut world), 0);

    let (mut world, code) = self::world("cancel_closed");
    receipt(world.payment(&pay(1, jpy(YEN), None, &code)));
    assert_eq!(world.refund(&whole), RefundAnswer::TooLate);
    assert!(matches!(world.refund(&refund(1, 1, jpy(YEN), None)), RefundAnswer::Refunded(_)));

    // Of an order: it was paid, so no code is deleted first.
    let (mut world, _) = self::world("approve");
    let (link, name) = ordered(&mut world, &order_for(1, YEN, false));
    pay_control(&mut world, json!({"user": "mei", "code": link, "pin": "1234"}));
    let mut ask = refund_ask(1, jpy(YEN), None);
    ask.reference = name.clone();
    let request = world.exchange(&call(1, Ask::CancelRefund(ask.clone()))).0;
    let path = format!("/paypay/v2/payments/{}", payment_id(1));
    assert_eq!((request.method.as_str(), request.path()), ("DELETE", path.as_str()));
    assert!(matches!(world.refund(&call(1, Ask::CancelRefund(ask))), RefundAnswer::Refunded(_)));
    assert_eq!(world.payment(&cancel_by(1, &name)), PaymentAnswer::Cancelled);
}

#[test]
fn a_cancel_gives_back_what_a_refund_left() {
    let mut world = paid("approve");
    assert!(matches!(world.refund(&refund(1, 1, jpy(300), None)), RefundAnswer::Refunded(_)));
    assert_eq!(world.payment(&cancel(1)), PaymentAnswer::Cancelled);
    assert_eq!(debited(&mut world), 0);
    assert_eq!(world.books()["owed"]["amount"], 0);
}

/// Both paths of the SDKs lead to the same call.
#[test]
fn refunds_are_posted_with_and_without_a_slash() {
    let mut world = paid("approve");
    let look = format!("/v2/payments/{}", payment_id(1));
    let payment = told(&mut world, "GET", &look, &Value::Null).2["paymentId"].clone();
    let body = json!({
        "merchantRefundId": "r-1", "paymentId": payment, "amount": super::yen(100),
        "requestedAt": 1, "reason": "broken",
    });
    for path in ["/v2/refunds/", "/v2/refunds"] {
        let (status, code, data) = told(&mut world, "POST", path, &body);
        assert_eq!((status, code.as_str()), (200, "SUCCESS"), "{path}");
        assert_eq!((&data["status"], &data["reason"]), (&json!("REFUNDED"), &json!("broken")));
    }
    assert_eq!(debited(&mut world), YEN - 100);
}
