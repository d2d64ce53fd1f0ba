//! Money that is held first and captured later, as a hotel's till sees it.

use std::time::{Duration, Instant};

use noren_core::time::Span;
use noren_core::wallet::{Ask, PaymentAnswer, Question};
use serde_json::{Value, json};

use crate::world::{Answer, NOW, World, get, nobodys, post, world, yen};

async fn seen(world: &World, path: &str) -> Answer {
    get(path).by(&world.sakura.key).send(world).await
}

async fn void(world: &World, path: &str, key: &str) -> Answer {
    post(&format!("{path}/void")).by(&world.sakura.key).key(key).send(world).await
}

#[tokio::test]
async fn a_hold_is_captured_in_part_and_the_rest_released() {
    let world = world().await;
    let path = world.held("O1", 1_000).await;
    let held = seen(&world, &path).await;
    assert_eq!((held.text("status"), held.text("capture")), ("authorised", "manual"));
    assert_eq!(held.body["amount_held"], json!(yen(1_000)));
    assert_eq!(held.body["amount_captured"], json!(yen(0)));
    assert_eq!(held.body["amount_left"], json!(yen(1_000)));
    assert_eq!(held.body["captures"], json!([]));
    assert_eq!(held.text("hold_expires_at"), "2026-11-22T15:30:00.000Z");
    assert_eq!(held.body["expires_at"], Value::Null);

    let asked = world.ask_capture(&path, 600, "C1").await;
    assert_eq!((asked.status.as_u16(), asked.text("status")), (201, "requested"), "{}", asked.body);
    let running = seen(&world, &path).await;
    assert_eq!(running.text("status"), "capturing");
    assert_eq!(running.body["amount_left"], json!(yen(400)));
    assert_eq!(running.body["captures"], json!([asked.body]));
    world.ask_capture(&path, 100, "C2").await.is_problem(409, "capture-running");
    let cancel = post(&format!("{path}/cancel")).by(&world.sakura.key).key("X1");
    cancel.send(&world).await.is_problem(409, "capture-running");

    world.capture(2_952).await;
    let again = world.ask_capture(&path, 600, "C1").await;
    assert_eq!(again.header("idempotent-replayed"), Some("true"));
    assert_eq!((again.text("id"), again.text("status")), (asked.text("id"), "captured"));
    assert_eq!(again.body["payer_amount"], json!({"amount": 2952, "currency": "CNY"}));
    assert_eq!(again.text("business_date"), "2026-11-22");
    let partly = seen(&world, &path).await;
    assert_eq!(partly.text("status"), "authorised");
    assert_eq!(partly.body["amount_captured"], json!(yen(600)));
    assert_eq!(partly.body["payer_amount"], again.body["payer_amount"]);
    let much = world.ask_capture(&path, 401, "C3").await;
    much.is_problem(409, "capture-exceeds-held");
    assert!(much.text("detail").contains("JPY 400"), "{}", much.text("detail"));

    // What was captured does not go away by a cancel; void releases the rest.
    let cancel = post(&format!("{path}/cancel")).by(&world.sakura.key).key("X2");
    cancel.send(&world).await.is_problem(409, "payment-captured");
    let voiding = void(&world, &path, "V1").await;
    assert_eq!((voiding.status.as_u16(), voiding.text("status")), (200, "voiding"));
    assert_eq!(voiding.body["amount_left"], json!(yen(0)));
    let call = world.last_call();
    assert!(matches!(call.ask, Ask::Void { .. }), "{call:?}");
    world.hear(&call, Question::Void, PaymentAnswer::Cancelled).await;
    let ended = seen(&world, &path).await;
    assert_eq!(ended.text("status"), "captured");
    assert_eq!(ended.body["amount_captured"], json!(yen(600)));
    assert_eq!(ended.body["captures"].as_array().unwrap().len(), 1);
    let again = void(&world, &path, "V1").await;
    assert_eq!(again.header("idempotent-replayed"), Some("true"));
    assert_eq!(again.text("status"), "captured");

    // Refunds are bound by what was captured.
    let body = |minor| json!({"payment": ended.body["id"], "amount": yen(minor)});
    let refund = async |minor, key: &str| {
        post("/v1/refunds").by(&world.sakura.key).key(key).json(&body(minor)).send(&world).await
    };
    refund(601, "R1").await.is_problem(409, "refund-exceeds-captured");
    assert_eq!(refund(600, "R2").await.status, 201);
    let totals = get("/v1/ledger/totals").by(&world.operator).send(&world).await;
    for total in totals.body["data"].as_array().unwrap() {
        assert_eq!(total["difference"], 0);
    }
}

#[tokio::test]
async fn events_about_a_capture_name_it() {
    let world = world().await;
    let path = world.held("O1", 1_000).await;
    let capture = world.captured(&path, 1_000, 4_920).await;
    let events = get("/v1/events?limit=100").by(&world.sakura.key).send(&world).await;
    let told: Vec<_> = events.body["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|event| (event["type"].as_str().unwrap(), event["capture"].clone()))
        .collect();
    let id = capture.body["id"].clone();
    assert_eq!(
        told,
        [
            ("payment.authorising", Value::Null),
            ("payment.authorised", Value::Null),
            ("payment.capturing", id.clone()),
            ("capture.captured", id),
            ("payment.captured", Value::Null),
        ]
    );
}

#[tokio::test]
async fn a_hold_is_cancelled_by_letting_it_go() {
    let world = world().await;
    let path = world.held("O1", 1_000).await;
    let cancel = post(&format!("{path}/cancel")).by(&world.sakura.key).key("X1");
    assert_eq!(cancel.send(&world).await.text("status"), "voiding");
    let call = world.last_call();
    world.hear(&call, Question::Void, PaymentAnswer::Cancelled).await;
    let ended = seen(&world, &path).await;
    assert_eq!(ended.text("status"), "voided");
    assert_eq!(ended.body["amount_captured"], json!(yen(0)));
    world.ask_capture(&path, 1, "C1").await.is_problem(409, "payment-not-held");
    let body = json!({"payment": ended.body["id"], "amount": yen(1)});
    let refund = post("/v1/refunds").by(&world.sakura.key).key("R1").json(&body).send(&world).await;
    refund.is_problem(409, "payment-not-captured");
}

#[tokio::test]
async fn every_refusal_of_a_capture_or_void_has_its_code() {
    let world = world().await;
    let path = world.held("O1", 1_000).await;
    let captures = format!("{path}/captures");
    let call = |body: &Value| post(&captures).by(&world.sakura.key).json(body);
    let good = json!({"amount": yen(100)});
    call(&good).send(&world).await.is_problem(400, "idempotency-key-missing");
    let bare = post(&format!("{path}/void")).by(&world.sakura.key).send(&world).await;
    bare.is_problem(400, "idempotency-key-missing");
    let cases = [
        (json!({}), 400, "member-missing"),
        (json!({"amount": yen(0)}), 400, "amount-not-positive"),
        (json!({"amount": {"amount": 1, "currency": "CNY"}}), 422, "currency-differs"),
        (json!({"amount": {"amount": 0.5, "currency": "JPY"}}), 400, "amount-not-integer"),
        (json!({"amount": yen(1), "final": true}), 400, "member-unknown"),
        (json!({"amount": yen(1_001)}), 409, "capture-exceeds-held"),
    ];
    for (number, (body, status, code)) in cases.into_iter().enumerate() {
        call(&body).key(&format!("B{number}")).send(&world).await.is_problem(status, code);
    }
    let unknown = post(&format!("{path}/void")).by(&world.sakura.key).key("B9");
    unknown.json(&json!({"all": true})).send(&world).await.is_problem(400, "member-unknown");
    assert_eq!(call(&good).key("K").send(&world).await.status, 201);
    let other = json!({"amount": yen(101)});
    call(&other).key("K").send(&world).await.is_problem(422, "key-reused");
    for step in ["captures", "void"] {
        let nobodys = format!("/v1/payments/{}/{step}", nobodys("pay"));
        let body = if step == "captures" { &good } else { &json!({}) };
        let answer = post(&nobodys).by(&world.sakura.key).key("N").json(body).send(&world).await;
        answer.is_problem(404, "payment-unknown");
    }
    let paid = world.scanned("O2", 100, "281212345678901234").await;
    world.approve().await;
    let path = format!("/v1/payments/{}", paid.text("id"));
    world.ask_capture(&path, 1, "P1").await.is_problem(409, "payment-captured");
    assert_eq!(void(&world, &path, "P2").await.body["code"], "payment-captured");
}

#[tokio::test]
async fn a_hold_that_is_over_is_not_captured() {
    let world = world().await;
    let path = world.held("O1", 1_000).await;
    world.clock.set(NOW.after(Span::seconds(86_400)));
    // Time is told by whatever comes next: the rest is being released, or is over.
    let answer = world.ask_capture(&path, 1, "C1").await;
    let codes = ["hold-expired", "payment-not-held"];
    assert!(codes.contains(&answer.text("code")), "{}", answer.body);
    assert_eq!(answer.status, 409);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_till_may_wait_for_a_hold_a_capture_and_a_release() {
    let world = world().await;
    let began = Instant::now();
    let body = json!({
        "order_number": "O1", "store": world.sakura.store, "amount": yen(1_000),
        "present": "consumer", "payment_code": "281212345678901234", "capture": "manual",
    });
    let call = |path: &str, key: &str| {
        post(path).by(&world.sakura.key).key(key).header("prefer", "wait=15")
    };
    let asked = async |many: usize| {
        while world.calls.lock().unwrap().len() < many {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    let (made, ()) = tokio::join!(call("/v1/payments", "K").json(&body).send(&world), async {
        asked(1).await;
        world.hold().await;
    });
    assert_eq!((made.status.as_u16(), made.text("status")), (201, "authorised"));
    let path = format!("/v1/payments/{}", made.text("id"));
    let captures = format!("{path}/captures");
    let body = json!({"amount": yen(400)});
    let (capture, ()) = tokio::join!(call(&captures, "C").json(&body).send(&world), async {
        asked(2).await;
        world.capture(1_968).await;
    });
    assert_eq!((capture.status.as_u16(), capture.text("status")), (201, "captured"));
    let voids = format!("{path}/void");
    let (ended, ()) = tokio::join!(call(&voids, "V").send(&world), async {
        asked(3).await;
        let call = world.last_call();
        world.hear(&call, Question::Void, PaymentAnswer::Cancelled).await;
    });
    assert_eq!((ended.status.as_u16(), ended.text("status")), (200, "captured"));
    assert_eq!(ended.body["amount_captured"], json!(yen(400)));
    assert!(began.elapsed() < Duration::from_secs(14), "nobody waits longer than need be");
}

#[tokio::test]
async fn a_code_may_be_shown_for_money_that_is_held_first() {
    let world = world().await;
    let body = json!({
        "order_number": "O1", "store": world.sakura.store, "amount": yen(1_000),
        "present": "merchant", "capture": "manual",
    });
    let made = post("/v1/payments").by(&world.sakura.key).key("K").json(&body).send(&world).await;
    assert_eq!((made.text("status"), made.text("capture")), ("waiting_for_payer", "manual"));
    assert!(!made.text("code").is_empty());
    assert_eq!(made.body["amount_held"], Value::Null);
    assert_eq!(made.body["amount_left"], Value::Null);
}
