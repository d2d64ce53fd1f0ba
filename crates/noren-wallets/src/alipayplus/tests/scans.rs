//! Codes of ours that users of the network scan: its question, our answer, and what it pays by that.

use std::sync::Arc;

use noren_core::command::{Body, PaymentHeard};
use noren_core::payment::Payment;
use noren_core::refusal::Refusal;
use noren_core::wallet::{Call, PaymentAnswer};
use serde_json::{Value, json};

use crate::alipayplus::{ENTRY, NAME, NOTIFY_PATH, SCAN_PATH};
use crate::connector::Permitted;
use crate::facade::{Meet, NewOrder, Till as _};
use crate::sandbox::Outgoing;
use crate::testing::till::{FakeTill, Says, now};
use crate::testing::{World, cancel, inquire, jpy, shop};
use crate::wire::Request;

const CODE: &str = "000201 a code of ours";

/// A payment that a wallet was asked for and has not answered, as after a permission.
fn open_payment() -> Arc<Payment> {
    let till = FakeTill::new(NAME, "a");
    till.say(Says::Nothing);
    let code = "900081810000000000000001".to_owned();
    let meet = Meet::Scanned { code, patience: noren_core::time::Span::seconds(1) };
    let order = NewOrder {
        number: "A-1".into(),
        content: "c".into(),
        amount: jpy(1_200),
        meet,
        hold: false,
        memo: String::new(),
    };
    now(till.create(order)).unwrap().payment
}

fn world() -> World {
    let mut world = World::new(&ENTRY);
    world.user_with_code("mei", 20_000, "c1");
    world
}

fn scans(world: &mut World, pin: Option<&str>) -> String {
    let body = json!({ "user": "mei", "code": CODE, "pin": pin });
    let (status, said) = world.control("POST", "scan", &body);
    assert_eq!((status, &said["said"]), (200, &Value::Null));
    said["scan"].as_str().unwrap().to_owned()
}

/// Answers the question that leaves now, with a permission or without.
fn answer(world: &mut World, permission: Result<&Permitted, &Refusal>) -> Request {
    let Outgoing { id, request } = world.sandbox.take_outgoing().pop().expect("a question");
    assert_eq!(request.target, SCAN_PATH);
    let env = world.env();
    let asked = world.connector.code_asked(&request, env).expect("it is a question").unwrap();
    assert_eq!((asked.code.as_str(), asked.payer.as_deref()), (CODE, Some("mei")));
    let response = world.connector.code_answer(&request, permission, env);
    world.sandbox.delivered(world.now, id, Ok(response));
    world.commit();
    request
}

fn permitted(world: &World, payment: &Arc<Payment>) -> Permitted {
    let until = noren_core::time::Timestamp(world.now.0 + 60_000);
    Permitted { payment: payment.clone(), shop: shop(), until }
}

fn about(payment: &Payment, call: Call) -> Call {
    Call { about: payment.id.into(), ..call }
}

#[test]
fn a_scanned_code_is_paid_and_told_of() {
    let (mut world, payment) = (world(), open_payment());
    let scan = scans(&mut world, Some("1234"));
    let permission = permitted(&world, &payment);
    answer(&mut world, Ok(&permission));
    let (_, seen) = world.control("GET", &format!("scans/{scan}"), &Value::Null);
    assert_eq!(
        (&seen["said"], &seen["payment_id"]),
        (&json!("SUCCESS"), &json!(payment.id.to_string()))
    );
    let Outgoing { request, .. } = world.sandbox.take_outgoing().pop().expect("a notice");
    assert_eq!(request.target, NOTIFY_PATH);
    let env = world.env();
    assert!(world.connector.code_asked(&request, env).is_none(), "it is no question");
    let Body::PaymentHeard(PaymentHeard { payment: id, answer, .. }) =
        world.connector.notified(&request, env).unwrap().command
    else {
        panic!("it is of a payment");
    };
    assert_eq!(id, payment.id);
    assert!(matches!(&answer, PaymentAnswer::Paid(receipt) if receipt.amount == jpy(1_200)));
    assert_eq!(world.payment(&about(&payment, inquire(1))), answer);
    assert_eq!(world.balance("mei"), 20_000 - 11_340);
    assert_eq!(world.payment(&about(&payment, cancel(1))), PaymentAnswer::Cancelled);
    assert_eq!(world.balance("mei"), 20_000);
    world.books();
}

#[test]
fn who_only_looks_pays_nothing_and_the_permission_ends() {
    let (mut world, payment) = (world(), open_payment());
    scans(&mut world, None);
    let permission = permitted(&world, &payment);
    answer(&mut world, Ok(&permission));
    let asked = about(&payment, inquire(1));
    assert_eq!(world.payment(&asked), PaymentAnswer::Pending);
    world.wait(60_000);
    assert_eq!(world.payment(&asked), PaymentAnswer::Cancelled);
    // A later permission of the same payment opens nothing.
    scans(&mut world, Some("1234"));
    answer(&mut world, Ok(&permission));
    assert_eq!(world.payment(&asked), PaymentAnswer::Cancelled);
    assert_eq!(world.balance("mei"), 20_000);
}

#[test]
fn without_permission_nothing_is_paid() {
    for (refusal, said) in [
        (Refusal::OrderUnknown, "INVALID_PAYMENT_CODE"),
        (Refusal::OrderExpired, "ORDER_IS_CLOSED"),
        (Refusal::OrderBeingPaid, "ORDER_STATUS_INVALID"),
        (Refusal::ShopSuspended, "INVALID_MERCHANT_STATUS"),
        (Refusal::PayerDayLimit, "USER_AMOUNT_EXCEED_LIMIT"),
    ] {
        let mut world = world();
        let scan = scans(&mut world, Some("1234"));
        answer(&mut world, Err(&refusal));
        let (_, seen) = world.control("GET", &format!("scans/{scan}"), &Value::Null);
        assert_eq!((&seen["said"], &seen["payment_id"]), (&json!(said), &Value::Null));
        assert!(world.sandbox.take_outgoing().is_empty());
        assert_eq!(world.balance("mei"), 20_000);
    }
}

#[test]
fn an_answer_that_cannot_be_believed_is_none() {
    let (mut world, payment) = (world(), open_payment());
    let scan = scans(&mut world, Some("1234"));
    let Outgoing { id, request } = world.sandbox.take_outgoing().pop().expect("a question");
    let permission = permitted(&world, &payment);
    let env = world.env();
    let mut response = world.connector.code_answer(&request, Ok(&permission), env);
    response.body.push(b' ');
    world.sandbox.delivered(world.now, id, Ok(response));
    let (_, seen) = world.control("GET", &format!("scans/{scan}"), &Value::Null);
    assert_eq!(seen["said"], Value::Null);
    assert_eq!(world.control("GET", "scans/none", &Value::Null).0, 404);
    let mut forged = request;
    forged.body.push(b' ');
    assert!(world.connector.code_asked(&forged, env).unwrap().is_err());
    assert_eq!(world.balance("mei"), 20_000);
}
