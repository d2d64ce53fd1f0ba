//! Payments and refunds as a till sees them.

use std::time::{Duration, Instant};

use noren_core::id::PaymentId;
use noren_core::time::{Span, Timestamp};
use noren_core::wallet::{Ask, PaymentAnswer, Question, Receipt};
use serde_json::{Value, json};

use crate::world::{NOW, get, nobodys, post, world, yen};

#[tokio::test]
async fn a_till_shows_a_code_for_one_order() {
    let world = world().await;
    let made = world.shown("O1", 1_580).await;
    assert_eq!(made.status, 201, "{}", made.body);
    assert_eq!(made.text("object"), "payment");
    assert_eq!(made.text("status"), "waiting_for_payer");
    assert_eq!(made.text("created_at"), "2026-11-21T15:30:00.000Z");
    assert_eq!(made.text("expires_at"), "2026-11-21T15:40:00.000Z");
    assert_eq!(made.body["livemode"], false);
    assert_eq!(made.body["amount"], json!({"amount": 1580, "currency": "JPY"}));
    let code = emvqr::mpm::jpqr::read(made.text("code")).unwrap();
    assert_eq!(code.amount_yen, Some(1_580));
    assert_eq!(code.id.to_string(), "0000000000001-0001-000001-000001");
    let id: PaymentId = made.text("id").parse().unwrap();
    assert_eq!(code.reference, Some(id.digits().as_str()));

    let path = format!("/v1/payments/{id}");
    let read = get(&path).by(&world.sakura.key).send(&world).await;
    assert_eq!(read.body, made.body);
    let cancel = post(&format!("{path}/cancel")).by(&world.sakura.key);
    let cancelled = cancel.key("C1").send(&world).await;
    assert_eq!((cancelled.status.as_u16(), cancelled.text("status")), (200, "cancelled"));
    assert_eq!(cancelled.body["code"], Value::Null);
}

#[tokio::test]
async fn a_scanned_code_is_paid_and_refunded_in_part() {
    let world = world().await;
    let made = world.scanned("O1", 1_200, "281212345678901234").await;
    assert_eq!((made.status.as_u16(), made.text("status")), (201, "authorising"), "{}", made.body);
    assert_eq!(made.text("wallet"), "alipayplus");
    let call = world.last_call();
    assert_eq!(call.about.to_string(), made.text("id"));
    world.approve().await;
    let path = format!("/v1/payments/{}", made.text("id"));
    let paid = get(&path).by(&world.sakura.key).send(&world).await;
    assert_eq!(paid.text("status"), "captured");
    assert_eq!(paid.body["payer_amount"], json!({"amount": 5900, "currency": "CNY"}));
    assert_eq!(paid.text("business_date"), "2026-11-22");

    let refund = |amount: i64, key: &'static str| {
        let body = json!({"payment": made.body["id"], "amount": yen(amount)});
        post("/v1/refunds").by(&world.sakura.key).key(key).json(&body)
    };
    let first = refund(500, "R1").send(&world).await;
    assert_eq!((first.status.as_u16(), first.text("status")), (201, "requested"), "{}", first.body);
    let again = refund(500, "R1").send(&world).await;
    assert_eq!(again.text("id"), first.text("id"));
    assert_eq!(again.header("idempotent-replayed"), Some("true"));
    let much = refund(701, "R2").send(&world).await;
    much.is_problem(409, "refund-exceeds-captured");
    assert!(much.text("detail").contains("JPY 700"), "{}", much.text("detail"));
    assert_eq!(much.body["payment_id"], made.body["id"]);
    let read = get(&format!("/v1/refunds/{}", first.text("id"))).by(&world.sakura.key);
    assert_eq!(read.send(&world).await.body, first.body);
    let list = get("/v1/refunds").by(&world.sakura.key).send(&world).await;
    assert_eq!(list.body["data"], json!([first.body]));
    let none = get(&format!("/v1/refunds/{}", nobodys("rfd"))).by(&world.sakura.key);
    none.send(&world).await.is_problem(404, "refund-unknown");

    let totals = get("/v1/ledger/totals").by(&world.operator).send(&world).await;
    for total in totals.body["data"].as_array().unwrap() {
        assert_eq!(total["difference"], 0);
    }
    let accounts = get("/v1/ledger/accounts?limit=1").by(&world.operator).send(&world).await;
    assert_eq!(accounts.body["has_more"], true);
    let next = format!("/v1/ledger/accounts?starting_after={}", accounts.text("next_cursor"));
    let rest = get(&next).by(&world.operator).send(&world).await;
    assert_ne!(rest.body["data"][0], accounts.body["data"][0]);
}

#[tokio::test]
async fn the_same_key_is_one_payment() {
    let world = world().await;
    let body = |minor: i64| json!({"order_number": "O1", "store": world.sakura.store, "amount": yen(minor), "present": "merchant"});
    let call = || post("/v1/payments").by(&world.sakura.key);
    call().json(&body(1)).send(&world).await.is_problem(400, "idempotency-key-missing");
    let long = "x".repeat(256);
    for bad in ["", "with space", &long] {
        let answer = call().key(bad).json(&body(1)).send(&world).await;
        answer.is_problem(400, "idempotency-key-invalid");
    }
    let first = call().key("K").json(&body(1)).send(&world).await;
    assert_eq!(first.status, 201);
    assert_eq!(first.header("idempotent-replayed"), None);
    let spaced = body(1).to_string().replace(':', " : ");
    let again = call().key("K").header("content-type", "application/json").bytes(spaced.as_bytes());
    let again = again.send(&world).await;
    assert_eq!((again.status.as_u16(), again.text("id")), (201, first.text("id")));
    assert_eq!(again.header("idempotent-replayed"), Some("true"));
    call().key("K").json(&body(2)).send(&world).await.is_problem(422, "key-reused");
    let burned = call().key("K2").json(&body(1)).send(&world).await;
    burned.is_problem(409, "order-being-paid");
    assert_eq!(burned.header("retry-after"), Some("5"));
    let burned = call().key("K2").json(&body(1)).send(&world).await;
    burned.is_problem(409, "order-being-paid");
    assert_eq!(burned.header("idempotent-replayed"), Some("true"));
}

#[tokio::test]
async fn a_payment_code_is_used_once_and_never_shown() {
    let world = world().await;
    let code = "281212345678901234";
    let first = world.scanned("O1", 100, code).await;
    let second = world.scanned("O2", 100, code).await;
    second.is_problem(409, "payment-code-used");
    for answer in [first, second] {
        assert!(!String::from_utf8(answer.raw).unwrap().contains(code));
    }
    let again = world.scanned("O1", 100, code).await;
    assert_eq!(again.header("idempotent-replayed"), Some("true"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_till_may_wait_for_the_end() {
    let world = world().await;
    let body = json!({"order_number": "O1", "store": world.sakura.store, "amount": yen(100), "present": "consumer", "payment_code": "281212345678901234"});
    let call = post("/v1/payments").by(&world.sakura.key).key("K").json(&body);
    let began = Instant::now();
    let (made, ()) = tokio::join!(call.header("prefer", "wait=15").send(&world), async {
        while world.calls.lock().unwrap().is_empty() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        world.approve().await;
    });
    assert_eq!((made.status.as_u16(), made.text("status")), (201, "captured"));
    assert!(began.elapsed() < Duration::from_secs(10));

    let open = world.shown("O2", 100).await;
    let path = format!("/v1/payments/{}", open.text("id"));
    let began = Instant::now();
    let read = get(&path).by(&world.sakura.key).header("prefer", "wait=1").send(&world).await;
    assert_eq!(read.text("status"), "waiting_for_payer");
    assert!(began.elapsed() >= Duration::from_secs(1));
    world.state.drain();
    let began = Instant::now();
    get(&path).by(&world.sakura.key).header("prefer", "wait=20").send(&world).await;
    assert!(began.elapsed() < Duration::from_secs(5), "a draining server ends waits");
}

#[tokio::test]
async fn lists_are_pages_newest_first() {
    let world = world().await;
    let mut ids = Vec::new();
    for number in 0..5_i64 {
        world.clock.set(Timestamp(NOW.0 + number));
        ids.push(world.shown(&format!("O{number}"), 100 + number).await.text("id").to_owned());
    }
    ids.reverse();
    let page = async |query: &str| {
        let path = format!("/v1/payments?{query}");
        let answer = get(&path).by(&world.sakura.key).send(&world).await;
        assert_eq!(answer.text("object"), "list");
        let data = answer.body["data"].as_array().unwrap();
        let ids: Vec<String> = data.iter().map(|p| p["id"].as_str().unwrap().to_owned()).collect();
        (ids, answer.body["has_more"].clone(), answer.body["next_cursor"].clone())
    };
    assert_eq!(page("limit=2").await, (ids[..2].to_vec(), true.into(), ids[1].as_str().into()));
    let next = page(&format!("limit=2&starting_after={}", ids[1])).await;
    assert_eq!(next, (ids[2..4].to_vec(), true.into(), ids[3].as_str().into()));
    let last = page(&format!("limit=2&starting_after={}", ids[3])).await;
    assert_eq!(last, (ids[4..].to_vec(), false.into(), Value::Null));
    let back = page(&format!("limit=2&ending_before={}", ids[2])).await;
    assert_eq!(back.0, ids[..2].to_vec());
    assert_eq!(page("order_number=O3").await.0, ids[1..2].to_vec());
    assert_eq!(page("status=captured").await.0, Vec::<String>::new());
    assert_eq!(page("status=waiting_for_payer").await.0.len(), 5);
}

#[tokio::test]
async fn events_go_on_where_they_were_left() {
    let world = world().await;
    world.scanned("O1", 100, "281212345678901234").await;
    world.approve().await;
    let page =
        |query: String| get(&format!("/v1/events?{query}")).by(&world.sakura.key).send(&world);
    let first = page("limit=1".into()).await;
    assert_eq!(first.body["data"][0]["type"], "payment.authorising");
    assert_eq!(first.body["has_more"], true);
    let second = page(format!("after={}", first.text("next_cursor"))).await;
    assert_eq!(second.body["data"][0]["type"], "payment.captured");
    assert_eq!(second.body["data"][0]["sequence"], 2);
    assert_eq!(second.body["has_more"], false);
    let third = page(format!("after={}", second.text("next_cursor"))).await;
    assert_eq!(third.body["data"], json!([]));
    assert_eq!(third.body["next_cursor"], second.body["next_cursor"]);
}

#[tokio::test]
async fn a_store_has_a_code_for_its_counter() {
    let world = world().await;
    let stores = get("/v1/stores").by(&world.sakura.key).send(&world).await;
    assert_eq!(stores.body["data"].as_array().unwrap().len(), 1);
    assert_eq!(stores.body["data"][0]["name"], "SAKURA SHOKUDO");
    let path = format!("/v1/stores/{}/code", world.sakura.store);
    let code = get(&path).by(&world.sakura.key).send(&world).await;
    let code = emvqr::mpm::jpqr::read(code.text("code")).unwrap().name_ja.to_owned();
    assert_eq!(code, "さくら食堂");
}

#[tokio::test]
async fn the_directory_is_changed_by_its_operator_and_read_strictly() {
    let world = world().await;
    let send = |change: Value| {
        post("/v1/directory").by(&world.operator).json(&json!({"change": change})).send(&world)
    };
    let good = send(json!({"kind": "tenant", "name": "new", "title": "New"})).await;
    assert_eq!((good.status.as_u16(), good.text("object")), (201, "directory_version"));
    let misspelt =
        send(json!({"kind": "tenant", "name": "new", "title": "New", "titel": "x"})).await;
    misspelt.is_problem(400, "member-unknown");
    assert_eq!(misspelt.body["param"], "change.titel");
    send(json!({"kind": "planet"})).await.is_problem(400, "member-invalid");
    send(json!({"kind": "fees", "name": "f", "discount_bps": 10, "parts": []}))
        .await
        .is_problem(422, "directory-fee-shares");
}

#[tokio::test]
async fn money_that_came_for_a_cancelled_payment_is_a_stray_receipt() {
    let world = world().await;
    let made = world.scanned("O1", 700, "281212345678901234").await;
    let path = format!("/v1/payments/{}", made.text("id"));
    let cancel = post(&format!("{path}/cancel")).by(&world.sakura.key).key("C");
    assert_eq!(cancel.send(&world).await.text("status"), "reversing");
    // The cancel leaves when the request can no longer overtake it; the wallet says: too late.
    world.clock.set(NOW.after(Span::seconds(5)));
    world.shown("O2", 1).await;
    let call = world.last_call();
    assert!(matches!(call.ask, Ask::Cancel { .. }), "{call:?}");
    let receipt = Receipt {
        transaction: "T1".into(),
        amount: yen(700),
        payer: None,
        rate: None,
        settlement: None,
    };
    let answer = PaymentAnswer::TooLate { receipt: Some(receipt) };
    world.hear(&call, Question::Cancel, answer).await;
    let list = get("/v1/stray_receipts").by(&world.sakura.key).send(&world).await;
    let stray = &list.body["data"][0];
    assert_eq!((&stray["status"], &stray["payment"]), (&json!("returning"), &made.body["id"]));
    assert_eq!(stray["amount"], json!(yen(700)));
    assert_eq!(stray["refund"]["status"], "requested");
    let other = get("/v1/stray_receipts").by(&world.takayama.key).send(&world).await;
    assert_eq!(other.body["data"], json!([]));
    let shown = get(&path).by(&world.sakura.key).send(&world).await;
    assert_eq!(shown.text("status"), "reversing");
}

#[tokio::test]
async fn an_order_is_cancelled_by_its_number_whatever_is_known_of_it() {
    let world = world().await;
    let withdraw = |number: &str, key: &'static str| {
        post(&format!("/v1/orders/{number}/cancel")).by(&world.sakura.key).key(key)
    };
    // The call was lost on its way and comes too late.
    let unknown = withdraw("O1", "C1").send(&world).await;
    assert_eq!(unknown.status.as_u16(), 200, "{}", unknown.body);
    assert_eq!((unknown.text("object"), unknown.text("status")), ("order", "withdrawn"));
    assert_eq!(unknown.body["payment"], Value::Null);
    assert_eq!(unknown.body["amount"], Value::Null);
    let late = world.scanned("O1", 700, "281212345678901234").await;
    late.is_problem(409, "order-withdrawn");
    assert_eq!(late.body["retry"], "never");
    let again = withdraw("O1", "C1").send(&world).await;
    assert_eq!((again.body, again.raw), (unknown.body.clone(), unknown.raw.clone()));

    let shown = world.shown("O2", 700).await;
    let open = withdraw("O2", "C2").send(&world).await;
    assert_eq!(open.body["payment"]["id"], shown.body["id"]);
    assert_eq!(open.body["payment"]["status"], "cancelled");
    assert_eq!(open.body["amount"], json!(yen(700)));

    let paid = world.scanned("O3/x", 900, "281212345678901235").await;
    world.approve().await;
    let captured = withdraw("O3%2Fx", "C3").send(&world).await;
    assert_eq!(captured.body["payment"]["status"], "captured");
    let path = format!("/v1/refunds?payment={}", paid.text("id"));
    let refunds = get(&path).by(&world.sakura.key).send(&world).await;
    assert_eq!(refunds.body["data"][0]["amount"], json!(yen(900)));
    assert_eq!(refunds.body["data"][0]["status"], "requested");

    // The number is another merchant's own as well.
    let other = post("/v1/orders/O1/cancel").by(&world.takayama.key).key("C1").send(&world).await;
    assert_ne!(other.text("id"), unknown.text("id"));
    withdraw("O2", "C1").send(&world).await.is_problem(422, "key-reused");
    withdraw("4111111111111111", "C4").send(&world).await.is_problem(400, "card-number-refused");
    let long = "9".repeat(65);
    withdraw(&long, "C5").send(&world).await.is_problem(400, "member-invalid");
}
