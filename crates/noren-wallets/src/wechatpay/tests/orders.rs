//! Orders that a payer opens by a code, from both ends.

use noren_core::command::{Body, PaymentHeard};
use noren_core::wallet::{Ask, PaymentAnswer, Question, Reference, RefundAnswer, Unknown};
use serde_json::{Value, json};

use super::answers::{an_order, cancel_order};
use crate::sandbox::Outgoing;
use crate::testing::{World, call, cancel, inquire, jpy, payment_id, refund, refund_ask};
use crate::wechatpay::ENTRY;
use crate::wire::{Response, TransportError};

const RICH: i64 = 1_000_000;

/// An open order, a rich user who meets `scenario`, and the text of the order's code.
fn opened(scenario: &str) -> (World, String) {
    let mut world = World::new(&ENTRY);
    for user in ["mei", "ken"] {
        world.user_with_code(user, RICH, "c1");
    }
    world.scenario("mei", scenario);
    let PaymentAnswer::Ordered { link, handle } = world.payment(&an_order()) else { panic!() };
    assert!(link.ends_with(handle.as_deref().unwrap()));
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

/// What the shop hears by notices, and by an inquiry after.
fn told(scenario: &str) -> (Vec<Option<PaymentAnswer>>, PaymentAnswer, World) {
    let (mut world, code) = opened(scenario);
    assert_eq!(pays(&mut world, &code, "mei").0, 200);
    let mut heard = notices(&mut world);
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
    let again = world.payment(&an_order());
    assert!(matches!(again, PaymentAnswer::Ordered { link, .. } if link.as_ref() == code));
    let (_, open) = world.control("GET", "orders", &Value::Null);
    let order = &open["orders"][0];
    assert_eq!(
        (&order["code"], &order["order"]),
        (&json!(code), &json!(payment_id(1).to_string()))
    );
    assert_eq!(order["amount"], json!({ "amount": 1_200, "currency": "JPY" }));
    assert_eq!(order["expires_at"], "2026-11-21T15:31:00Z");
    // Shown, and not yet paid.
    let shown = world.control("POST", "pay", &json!({ "user": "mei", "code": code }));
    assert_eq!((shown.0, &shown.1["state"]), (200, &json!("NOTPAY")));
    let paid = pays(&mut world, &code, "mei").1;
    assert_eq!((&paid["state"], &paid["payment_id"]), (&json!("SUCCESS"), &order["order"]));
    let heard = notices(&mut world);
    let asked = world.payment(&inquire(1));
    assert!(matches!(&asked, PaymentAnswer::Paid(receipt) if receipt.amount == jpy(1_200)));
    assert_eq!(heard, [Some(asked.clone())]);
    // Asked for once more, the network says that it is paid, and the connector asks how.
    assert_eq!(world.payment(&an_order()), asked);
    assert_eq!(pays(&mut world, &code, "ken").0, 409, "it is another's");
    assert_eq!(debited(&mut world), 5_808);
    world.wait(100_000_000);
    assert!(notices(&mut world).is_empty(), "it was acknowledged");
}

#[test]
fn an_order_is_named_by_code_by_our_number_and_by_the_networks() {
    let (mut world, code) = opened("approve");
    let id = payment_id(1).to_string();
    let by = |world: &mut World, order: &str| {
        world.control("POST", "pay", &json!({ "user": "mei", "order": order }))
    };
    let shown = by(&mut world, &id).1;
    let number = shown["transaction_id"].as_str().unwrap().to_owned();
    for name in [number.as_str(), &code, code.rsplit_once('=').unwrap().1] {
        assert_eq!(by(&mut world, name).1, shown, "{name}");
    }
    for (body, status) in [
        (json!({ "user": "mei", "order": "none" }), 404),
        (json!({ "user": "mei", "code": "weixin://wxpay/bizpayurl?pr=none" }), 404),
        (json!({ "user": "nobody", "order": id }), 404),
        (json!({ "user": "mei", "order": id, "pin": "12" }), 422),
        (json!({ "user": "mei", "order": id, "amount": 1 }), 422),
        (json!({ "user": "mei" }), 422),
        (json!({ "user": "mei", "order": id, "code": "x" }), 422),
        (json!({ "user": "mei", "order": id, "why": 1 }), 400),
    ] {
        assert_eq!(world.control("POST", "pay", &body).0, status, "{body}");
    }
    assert_eq!(world.payment(&inquire(1)), PaymentAnswer::Pending);
}

#[test]
fn a_cancelled_order_cannot_be_paid_and_a_paid_one_cannot_be_cancelled() {
    let by_order = cancel_order();
    // Also when the answer that named the order was lost.
    for cancelling in [by_order.clone(), cancel(1)] {
        let (mut world, code) = opened("approve");
        assert_eq!(world.payment(&cancelling), PaymentAnswer::Cancelled);
        assert_eq!(world.payment(&cancelling), PaymentAnswer::Cancelled);
        pays(&mut world, &code, "mei");
        assert_eq!(world.payment(&inquire(1)), PaymentAnswer::Cancelled);
        assert_eq!(world.payment(&an_order()), PaymentAnswer::Cancelled);
        assert_eq!((notices(&mut world).len(), debited(&mut world)), (0, 0));

        let (mut world, code) = opened("approve");
        pays(&mut world, &code, "mei");
        let late = world.payment(&cancelling);
        assert!(matches!(late, PaymentAnswer::TooLate { receipt: Some(_) }), "{late:?}");
        let reference = match &cancelling.ask {
            Ask::Cancel { reference } => reference.clone(),
            _ => Reference::Request,
        };
        let mut ask = refund_ask(1, jpy(1_200), None);
        ask.reference = reference;
        assert_eq!(world.refund(&call(1, Ask::CancelRefund(ask))), RefundAnswer::TooLate);
        assert!(matches!(world.refund(&refund(1, 2, jpy(1_200), None)), RefundAnswer::Refunded(_)));
        assert_eq!(debited(&mut world), 0);
    }
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
    assert!(matches!(world.payment(&inquire(1)), PaymentAnswer::Declined(_)));
    assert_eq!((notices(&mut world).len(), debited(&mut world)), (0, 0));
}

#[test]
fn each_kind_of_trouble_with_an_order_is_its_own() {
    let paid = |answer: &PaymentAnswer| matches!(answer, PaymentAnswer::Paid(_));
    let (heard, asked, mut world) = told("lost_answer");
    assert_eq!((heard.len(), paid(&asked), debited(&mut world)), (0, true, 5_808));

    let (heard, asked, _) = told("bad_signature");
    assert_eq!((heard.len(), &heard[0], heard[1].as_ref()), (2, &None, Some(&asked)));

    let (heard, asked, _) = told("double_notice");
    assert_eq!(heard, [Some(asked.clone()), Some(asked.clone())]);
    assert!(paid(&asked));

    let (heard, asked, _) = told("unknown_then_yes");
    assert_eq!(heard, [Some(asked.clone())]);
    assert!(paid(&asked));

    let (heard, asked, mut world) = told("unknown_then_no");
    assert_eq!((heard.len(), debited(&mut world)), (0, 0), "only a success is told");
    assert!(matches!(asked, PaymentAnswer::Declined(_)));

    let (_, asked, mut world) = told("wrong_amount");
    let PaymentAnswer::Paid(receipt) = asked else { panic!("{asked:?}") };
    assert_eq!((receipt.amount, debited(&mut world)), (jpy(1_201), 5_809));
    // The refund repeats the amount that the network has, not ours.
    assert!(matches!(world.refund(&refund(1, 1, jpy(1_201), None)), RefundAnswer::Refunded(_)));
    assert_eq!(debited(&mut world), 0);

    let (heard, asked, mut world) = told("timeout");
    assert_eq!((heard.len(), asked), (0, PaymentAnswer::Pending));
    assert_eq!(world.payment(&cancel_order()), PaymentAnswer::Cancelled);

    let (heard, asked, mut world) = told("late_success");
    assert_eq!((heard.len(), asked), (0, PaymentAnswer::Pending));
    // "Paid", says the close, and the order says "not yet": asked again.
    assert_eq!(world.payment(&cancel_order()), PaymentAnswer::Unknown(Unknown::SaidUnknown));
    world.wait(120);
    let heard = notices(&mut world);
    assert!(heard[0].as_ref().is_some_and(paid), "{heard:?}");
    let late = world.payment(&cancel_order());
    assert!(matches!(late, PaymentAnswer::TooLate { receipt: Some(_) }));
}

/// A merchant of the network's own has a server of its own.
#[test]
fn a_notification_goes_to_whatever_address_the_order_names() {
    for (named, target) in [
        ("https://shop.example/hooks/wx", Some("https://shop.example/hooks/wx")),
        ("http://127.0.0.1:7400/n", Some("/n")),
        ("ftp://shop.example/n", None),
    ] {
        let mut world = World::new(&ENTRY);
        world.user_with_code("mei", RICH, "c1");
        let body = json!({
            "appid": "wx1", "mchid": super::MCHID, "description": "tea",
            "out_trade_no": "order-0001", "notify_url": named, "amount": { "total": 888 },
        });
        let said = super::stranger(&mut world, "POST", "/v3/pay/transactions/native", &body).1;
        pays(&mut world, said["code_url"].as_str().unwrap(), "mei");
        let outgoing = world.sandbox.take_outgoing();
        let sent = outgoing.first().map(|outgoing| outgoing.request.target.as_str());
        assert_eq!(sent, target, "{named}");
    }
}

/// Section 6: 15s/15s/30s/3m/10m/20m/30m/30m/30m/60m/3h/3h/3h/6h/6h, 24 h 4 m together.
#[test]
fn a_notification_is_repeated_as_published() {
    let (mut world, code) = opened("approve");
    pays(&mut world, &code, "mei");
    let start = world.now.0;
    let mut sent = Vec::new();
    let mut answers = [
        Err(TransportError::TimedOut),
        Ok(Response { status: 500, headers: Vec::new(), body: Vec::new() }),
        Ok(Response { status: 302, headers: Vec::new(), body: Vec::new() }),
    ]
    .into_iter()
    .cycle();
    loop {
        for outgoing in world.sandbox.take_outgoing() {
            sent.push((world.now.0 - start) / 12);
            world.sandbox.delivered(world.now, outgoing.id, answers.next().unwrap());
            world.commit();
        }
        let Some(next) = world.sandbox.wake_at() else { break };
        world.restart();
        let ahead = (next.0 - world.now.0).max(0);
        world.wait(ahead);
    }
    let pauses: Vec<i64> = sent.windows(2).map(|pair| pair[1] - pair[0]).collect();
    // At the pace of the tests a second takes 12 ms.
    let published = [
        15, 15, 30, 180, 600, 1_200, 1_800, 1_800, 1_800, 3_600, 10_800, 10_800, 10_800, 21_600,
        21_600,
    ];
    assert_eq!(pauses, published);
    assert_eq!(sent.last(), Some(&86_640), "24 h 4 m");
}
