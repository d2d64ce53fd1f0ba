//! Order codes, from both ends.

use noren_core::command::{Body, PaymentHeard};
use noren_core::time::Timestamp;
use noren_core::wallet::{Ask, Call, OrderAsk, PaymentAnswer, Question, RefundAnswer, Unknown};
use serde_json::{Value, json};

use super::answers::{heard, result};
use crate::alipayplus::ENTRY;
use crate::connector::Heard;
use crate::sandbox::Outgoing;
use crate::testing::{World, call, cancel, inquire, jpy, pay, payment_id, refund, shop};

const RICH: i64 = 1_000_000;

/// An order that ends so many milliseconds after the tests' beginning.
fn an_order(ends_after: i64) -> Call {
    let Ask::Pay(asked) = pay(1, jpy(1_200), None, "").ask else { panic!("it is a payment") };
    let ask = OrderAsk {
        order: asked.order,
        order_number: asked.order_number,
        amount: jpy(1_200),
        payer: None,
        hold: false,
        shop: shop(),
        expires_at: Timestamp(1_795_275_000_000 + ends_after),
    };
    call(1, Ask::CreateOrder(Box::new(ask)))
}

/// An open order, a rich user who meets `scenario`, and the text of the order's code.
fn opened(scenario: &str) -> (World, String) {
    let mut world = World::new(&ENTRY);
    for user in ["mei", "ken"] {
        world.user_with_code(user, RICH, "c1");
    }
    world.scenario("mei", scenario);
    let PaymentAnswer::Ordered { link, handle: None } = world.payment(&an_order(60_000)) else {
        panic!("an order has a link");
    };
    (world, link.as_ref().to_owned())
}

fn pays(world: &mut World, code: &str, user: &str) -> (u16, Value) {
    world.control("POST", "pay", &json!({ "user": user, "code": code, "pin": "1234" }))
}

fn debited(world: &mut World) -> i64 {
    RICH - world.balance("mei")
}

/// Hands the notices that leave now to the connector, and its answers back. What it did not believe
/// is `None`.
fn notices(world: &mut World) -> Vec<Option<PaymentAnswer>> {
    let outgoing = world.sandbox.take_outgoing();
    let hear = |Outgoing { id, request }| {
        let env = world.env();
        let (heard, response) = match world.connector.notified(&request, env) {
            Ok(heard) => (Some(heard.command), heard.acknowledge),
            Err(response) => (None, response),
        };
        world.sandbox.delivered(world.now, id, Ok(response));
        world.commit();
        heard.map(|command| match command {
            Body::PaymentHeard(PaymentHeard { payment, question, attempt, answer }) => {
                assert_eq!((payment, question, attempt), (payment_id(1), Question::Notice, 0));
                answer
            }
            other => panic!("{other:?}"),
        })
    };
    outgoing.into_iter().map(hear).collect()
}

/// What the switch hears by notices, and by an inquiry after.
fn told(scenario: &str) -> (Vec<Option<PaymentAnswer>>, PaymentAnswer, World) {
    let (mut world, code) = opened(scenario);
    assert_eq!(pays(&mut world, &code, "mei").0, 200);
    let mut heard = notices(&mut world);
    heard.extend(notices(&mut world));
    for _ in 0..20 {
        world.wait(120);
        heard.extend(notices(&mut world));
    }
    let asked = world.payment(&inquire(1));
    (heard, asked, world)
}

#[test]
fn an_order_is_open_until_its_payer_pays() {
    let (mut world, code) = opened("approve");
    assert_eq!(world.payment(&inquire(1)), PaymentAnswer::Pending);
    let again = world.payment(&an_order(60_000));
    assert!(matches!(again, PaymentAnswer::Ordered { link, .. } if link.as_ref() == code));
    let (_, open) = world.control("GET", "orders", &Value::Null);
    let order = &open["orders"][0];
    let id = json!(payment_id(1).to_string());
    assert_eq!((&order["code"], &order["order"]), (&json!(code), &id));
    assert_eq!(order["expires_at"], "2026-11-21T15:31:00Z");
    // Shown, and not yet paid: by its code, by our id, by the network's, and as a page.
    let shown = world.control("POST", "pay", &json!({ "user": "mei", "code": code })).1;
    assert_eq!((&shown["state"], &shown["payment_id"]), (&json!("PAYMENT_IN_PROCESS"), &id));
    for name in [&id, &order["number"]] {
        let by = json!({ "user": "mei", "order": name });
        assert_eq!(world.control("POST", "pay", &by).1, shown, "{name}");
    }
    let (_, token) = code.rsplit_once('/').unwrap();
    assert_eq!(world.control("GET", &format!("orders/{token}"), &Value::Null).1, shown);
    assert_eq!(pays(&mut world, &code, "mei").1["state"], "SUCCESS");
    let heard = notices(&mut world);
    let asked = world.payment(&inquire(1));
    assert!(matches!(&asked, PaymentAnswer::Paid(receipt) if receipt.amount == jpy(1_200)));
    assert_eq!(heard, [Some(asked.clone())]);
    // Asked for once more, the network says that it is paid.
    assert_eq!(world.payment(&an_order(60_000)), asked);
    assert_eq!(pays(&mut world, &code, "ken").0, 409, "it is another's");
    assert_eq!(debited(&mut world), 11_340);
    assert!(notices(&mut world).is_empty(), "it was acknowledged");
}

#[test]
fn a_hand_that_points_nowhere_is_refused() {
    let (mut world, _) = opened("approve");
    let id = payment_id(1).to_string();
    for (body, status) in [
        (json!({ "user": "mei", "order": "none" }), 404),
        (json!({ "user": "nobody", "order": id }), 404),
        (json!({ "user": "mei", "order": id, "pin": "12" }), 422),
        (json!({ "user": "mei", "order": id, "amount": 1 }), 422),
        (json!({ "user": "mei" }), 422),
        (json!({ "user": "mei", "order": id, "code": "x" }), 422),
        (json!({ "user": "mei", "order": id, "why": 1 }), 400),
    ] {
        assert_eq!(world.control("POST", "pay", &body).0, status, "{body}");
    }
    assert_eq!(world.control("GET", "orders/none", &Value::Null).0, 404);
    assert_eq!(world.payment(&inquire(1)), PaymentAnswer::Pending);
}

#[test]
fn a_cancelled_order_cannot_be_paid_and_a_paid_one_can_be_cancelled_on_its_day() {
    let (mut world, code) = opened("approve");
    assert_eq!(world.payment(&cancel(1)), PaymentAnswer::Cancelled);
    assert_eq!(world.payment(&cancel(1)), PaymentAnswer::Cancelled);
    pays(&mut world, &code, "mei");
    assert_eq!(world.payment(&inquire(1)), PaymentAnswer::Cancelled);
    assert_eq!(world.payment(&an_order(60_000)), PaymentAnswer::Cancelled);
    assert_eq!((notices(&mut world).len(), debited(&mut world)), (0, 0));

    let (mut world, code) = opened("approve");
    pays(&mut world, &code, "mei");
    assert_eq!(notices(&mut world).len(), 1);
    assert_eq!(world.payment(&cancel(1)), PaymentAnswer::Cancelled);
    assert_eq!((notices(&mut world).len(), debited(&mut world)), (0, 0));

    let (mut world, code) = opened("cancel_closed");
    pays(&mut world, &code, "mei");
    assert_eq!(world.payment(&cancel(1)), PaymentAnswer::TooLate { receipt: None });
    assert!(matches!(world.refund(&refund(1, 1, jpy(500), None)), RefundAnswer::Refunded(_)));
    assert!(matches!(world.refund(&refund(1, 2, jpy(700), None)), RefundAnswer::Refunded(_)));
    assert_eq!(debited(&mut world), 0);
}

#[test]
fn an_order_ends_with_its_time_or_by_its_payers_no() {
    let (mut world, code) = opened("approve");
    world.wait(60_000);
    assert_eq!(world.payment(&inquire(1)), PaymentAnswer::Cancelled);
    pays(&mut world, &code, "mei");
    assert_eq!((notices(&mut world).len(), debited(&mut world)), (0, 0));

    let (mut world, code) = opened("approve");
    world.control("POST", "pay", &json!({ "user": "mei", "code": code, "refuse": true }));
    let asked = world.payment(&inquire(1));
    assert!(matches!(asked, PaymentAnswer::Declined(_)));
    assert_eq!((notices(&mut world), debited(&mut world)), (vec![Some(asked)], 0));
}

/// Section 4: less than thirty minutes. A longer order of ours is cut; a repeat of it changes nothing.
#[test]
fn an_order_code_lasts_less_than_half_an_hour() {
    let mut world = World::new(&ENTRY);
    let day = an_order(86_400_000);
    assert!(matches!(world.payment(&day), PaymentAnswer::Ordered { .. }));
    let (_, open) = world.control("GET", "orders", &Value::Null);
    assert_eq!(open["orders"][0]["expires_at"], "2026-11-21T15:59:00Z");
    world.wait(29 * 60_000 - 1);
    assert!(matches!(world.payment(&day), PaymentAnswer::Ordered { .. }));
    world.wait(1);
    assert_eq!(world.payment(&day), PaymentAnswer::Cancelled);
    assert_eq!(world.payment(&an_order(1)), PaymentAnswer::Cancelled, "a repeat, out of time");
}

#[test]
fn each_kind_of_trouble_with_an_order_is_its_own() {
    let paid = |answer: &PaymentAnswer| matches!(answer, PaymentAnswer::Paid(_));
    let (heard, asked, mut world) = told("lost_answer");
    assert_eq!((heard.len(), paid(&asked), debited(&mut world)), (0, true, 11_340));

    let (heard, asked, _) = told("bad_signature");
    assert_eq!((heard.len(), &heard[0], heard[1].as_ref()), (2, &None, Some(&asked)));

    let (heard, asked, _) = told("double_notice");
    assert_eq!(heard, [Some(asked.clone()), Some(asked.clone())]);
    assert!(paid(&asked));

    let (heard, asked, _) = told("unknown_then_yes");
    assert_eq!(heard, [Some(asked.clone())]);
    assert!(paid(&asked));

    let (heard, asked, mut world) = told("unknown_then_no");
    assert_eq!((heard, debited(&mut world)), (vec![Some(asked.clone())], 0));
    assert!(matches!(asked, PaymentAnswer::Declined(_)));

    let (_, asked, mut world) = told("wrong_amount");
    let PaymentAnswer::Paid(receipt) = asked else { panic!("{asked:?}") };
    assert_eq!((receipt.amount, debited(&mut world)), (jpy(1_201), 11_341));

    let (heard, asked, mut world) = told("timeout");
    assert_eq!((heard.len(), asked), (0, PaymentAnswer::Pending));
    assert_eq!(world.payment(&cancel(1)), PaymentAnswer::Cancelled);

    let (heard, asked, mut world) = told("late_success");
    assert_eq!((heard.len(), asked), (0, PaymentAnswer::Pending));
    assert_eq!(world.payment(&cancel(1)), PaymentAnswer::TooLate { receipt: None });
    world.wait(120);
    let heard = notices(&mut world);
    assert!(heard[0].as_ref().is_some_and(paid), "{heard:?}");
}

#[test]
fn a_crash_between_any_two_messages_loses_nothing() {
    let (mut world, code) = opened("approve");
    world.restart();
    assert_eq!(world.payment(&inquire(1)), PaymentAnswer::Pending);
    pays(&mut world, &code, "mei");
    // The notice had left and was not acknowledged.
    assert_eq!(world.sandbox.take_outgoing().len(), 1);
    world.restart();
    world.wait(60_000);
    let asked = world.payment(&inquire(1));
    assert_eq!(notices(&mut world), [Some(asked)]);
    world.books();
}

/// A text for a code goes before a page, an image is of no use, and an answer without either leaves
/// the order to be asked for again.
#[test]
fn the_code_is_read_and_else_the_page() {
    let order = an_order(60_000);
    let said = |members: Value| {
        let mut said = json!({ "result": result("U", "PAYMENT_IN_PROCESS") });
        said.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
        answer(&order, &said)
    };
    let ordered = |text: &str| PaymentAnswer::Ordered { link: text.into(), handle: None };
    let form = |kind: &str| {
        json!({ "codeDetails": [
            { "codeValueType": "QRCODE", "codeValue": "http://image", "displayType": "BIGIMAGE" },
            { "codeValueType": "QRCODE", "codeValue": "C1", "displayType": kind },
        ] })
    };
    let both = json!({ "orderCodeForm": form("TEXT"), "normalUrl": "C3" });
    assert_eq!(said(both), ordered("C1"));
    let images = json!({ "orderCodeForm": form("SMALLIMAGE"), "normalUrl": "C3" });
    assert_eq!(said(images), ordered("C3"));
    assert_eq!(said(json!({ "normalUrl": "C3" })), ordered("C3"));
    for none in [json!({}), json!({ "normalUrl": "" }), json!({ "orderCodeForm": null })] {
        assert_eq!(said(none), PaymentAnswer::Pending);
    }
    let refused = json!({ "result": result("F", "CURRENCY_NOT_SUPPORT"), "normalUrl": "C3" });
    assert!(matches!(answer(&order, &refused), PaymentAnswer::Declined(_)));
    let odd = json!({ "result": result("S", "SUCCESS"), "normalUrl": "C3" });
    assert_eq!(answer(&order, &odd), PaymentAnswer::Unknown(Unknown::Unreadable));
}

fn answer(call: &Call, said: &Value) -> PaymentAnswer {
    match heard(call, said) {
        Heard::Payment(answer) => answer,
        other => panic!("{other:?}"),
    }
}
