//! Codes of ours that users of another network scan, which asks us by a message of its own.

use std::time::{SystemTime, UNIX_EPOCH};

use noren_core::id::PaymentId;
use noren_core::time::{Span, Timestamp};
use noren_wallets::alipayplus::signing::{sign_request, verify_response};
use noren_wallets::alipayplus::{NOTIFY_PATH, SCAN_PATH};
use noren_wallets::wire::{Request, Response};
use serde_json::{Value, json};

use crate::world::{Answer, Ask, NOW, World, get, post, world, yen};

fn signed(world: &World, path: &str, body: &Value) -> Request {
    let mut request = Request {
        method: "POST".into(),
        target: path.into(),
        headers: vec![("content-type".into(), "application/json".into())],
        body: body.to_string().into_bytes(),
    };
    // The edge's clock is the real one.
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis();
    let now = Timestamp(i64::try_from(now).unwrap());
    sign_request(&mut request, &world.link.client_id, &*world.link.sign, now);
    request
}

async fn send(world: &World, request: &Request) -> Answer {
    let mut ask = Ask::new(&request.method, &request.target).bytes(&request.body);
    for (name, value) in &request.headers {
        ask = ask.header(name, value);
    }
    let answer = ask.send(world).await;
    let headers = ["client-id", "response-time", "signature"];
    let headers = headers.map(|name| (name.into(), answer.header(name).unwrap().to_owned()));
    let response = Response { status: 200, headers: headers.into(), body: answer.raw.clone() };
    let link = &world.link;
    verify_response(&response, request, &link.client_id, &*link.verify).unwrap();
    answer
}

async fn scan(world: &World, code: &str) -> Answer {
    let body = json!({ "acquirerId": "A", "pspId": "P", "codeValue": code, "customerId": "C1" });
    send(world, &signed(world, SCAN_PATH, &body)).await
}

fn result(answer: &Answer) -> &str {
    answer.body["result"]["resultCode"].as_str().unwrap()
}

async fn till_code(world: &World, number: &str) -> Answer {
    let body = json!({
        "order_number": number, "store": world.sakura.store, "amount": yen(1_200),
        "present": "merchant",
    });
    let made = post("/v1/payments").by(&world.sakura.key).key(number).json(&body);
    made.send(world).await
}

#[tokio::test]
async fn a_tills_code_is_paid_by_a_network_that_asks_what_it_costs() {
    let world = world().await;
    let made = till_code(&world, "O1").await;
    let (id, code) = (made.text("id"), made.text("code"));
    let said = scan(&world, code).await;
    assert_eq!(result(&said), "SUCCESS", "{}", said.body);
    assert_eq!((said.text("codeType"), said.text("paymentRequestId")), ("ORDER_CODE", id));
    assert_eq!(said.body["paymentAmount"], json!({ "currency": "JPY", "value": "1200" }));
    assert_eq!(said.body["order"]["merchant"]["merchantName"], "SAKURA SHOKUDO");
    assert_eq!(said.text("paymentNotifyUrl"), format!("http://switch.test{NOTIFY_PATH}"));
    // Asked again, by the same user or another with the same code, it is the same permission.
    assert_eq!(scan(&world, code).await.body, said.body);
    let path = format!("/v1/payments/{id}");
    let open = get(&path).by(&world.sakura.key).send(&world).await;
    assert_eq!((open.text("status"), open.text("wallet")), ("authorising", "alipayplus"));
    assert!(world.calls.lock().unwrap().is_empty(), "the network has the word now");
    let ok = json!({ "resultStatus": "S", "resultCode": "SUCCESS" });
    let notice = json!({
        "paymentResult": ok, "paymentRequestId": id, "paymentId": "T1",
        "paymentAmount": { "currency": "JPY", "value": "1200" },
    });
    let told = send(&world, &signed(&world, NOTIFY_PATH, &notice)).await;
    assert_eq!(result(&told), "SUCCESS");
    let paid = get(&path).by(&world.sakura.key).send(&world).await;
    assert_eq!((paid.text("status"), paid.text("way")), ("captured", "mpm_dynamic"));
    assert_eq!(result(&scan(&world, code).await), "ORDER_IS_CLOSED");
}

#[tokio::test]
async fn what_is_no_open_order_of_ours_is_no_code() {
    let world = world().await;
    let printed = get(&format!("/v1/stores/{}/code", world.sakura.store));
    let printed = printed.by(&world.sakura.key).send(&world).await;
    let none = PaymentId::from_raw(1);
    for code in [printed.text("code"), "hello", "", &format!("http://switch.test/checkout/{none}")]
    {
        assert_eq!(result(&scan(&world, code).await), "INVALID_PAYMENT_CODE", "{code}");
    }
    let made = till_code(&world, "O1").await;
    let page = format!("http://switch.test/checkout/{}", made.text("id"));
    world.clock.set(NOW.after(Span::seconds(86_400)));
    assert_eq!(result(&scan(&world, &page).await), "ORDER_IS_CLOSED");
    let mut forged = signed(&world, SCAN_PATH, &json!({ "codeValue": made.text("code") }));
    forged.body.push(b' ');
    assert_eq!(result(&send(&world, &forged).await), "SIGNATURE_INVALID");
    let empty = signed(&world, SCAN_PATH, &json!({}));
    assert_eq!(result(&send(&world, &empty).await), "PARAM_ILLEGAL");
}
