//! Tills and shops that were written for LINE Pay, not for us: their forms, their mistakes, and the
//! sandbox's words for them. No message here is made by our connector.

use serde_json::{Value, json};

use super::{RICH, approve, assert_debited, code, world};
use crate::linepay::signing::{content, show_secret, uuid};
use crate::sandbox::Answered;
use crate::testing::{World, link};
use crate::wire::{Request, Response};
use base64::Engine as _;

/// What a kit sends: its own spelling of headers, its own spacing, the path without any prefix.
fn signed(method: &str, target: &str, body: &str) -> Request {
    signed_with(method, target, body, &uuid(77))
}

/// The same with a nonce of the caller's.
pub(super) fn signed_with(method: &str, target: &str, body: &str, nonce: &str) -> Request {
    let link = link("linepay");
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let data = if method == "GET" { query } else { body };
    let secret = link.secret.as_ref().unwrap().reveal();
    let content = content(secret, path, data.as_bytes(), nonce);
    let signature = base64::engine::general_purpose::STANDARD.encode(link.sign.sign(&content));
    let headers = [
        ("X-LINE-Authorization", signature),
        ("Accept", "*/*".to_owned()),
        ("X-LINE-ChannelId", link.client_id.clone()),
        ("X-LINE-Authorization-Nonce", nonce.to_owned()),
        ("Content-Type", "application/json".to_owned()),
    ];
    Request {
        method: method.into(),
        target: format!("/linepay{target}"),
        headers: headers.map(|(name, value)| (name.to_owned(), value)).into(),
        body: body.into(),
    }
}

fn send(world: &mut World, request: &Request) -> Response {
    let answered = world.sandbox.handle(world.now, request);
    world.commit();
    match answered {
        Answered::Respond(response) => response,
        other => panic!("an answer is due: {other:?}"),
    }
}

fn ask(world: &mut World, method: &str, target: &str, body: &str) -> (String, Value) {
    let response = send(world, &signed(method, target, body));
    assert_eq!(response.status, 200, "business answers are always 200");
    let said: Value = serde_json::from_slice(&response.body).unwrap();
    let code = said["returnCode"].as_str().unwrap();
    assert_eq!(code.len(), 4);
    (code.to_owned(), said["info"].clone())
}

pub(super) fn order(id: &str, amount: &Value) -> Value {
    json!({
        "orderId": id, "currency": "JPY", "amount": amount,
        "packages": [{
            "id": "p", "amount": amount, "name": "Sobadokoro",
            "products": [{ "name": "soba", "quantity": 1, "price": amount, "imageUrl": "https://x.example/a" }],
        }],
        "redirectUrls": { "confirmUrl": "https://shop.example/done?s=1", "cancelUrl": "https://shop.example/no" },
        "somethingNew": { "a": [1, 2] },
    })
}

fn start(world: &mut World, id: &str) -> u64 {
    let (code, info) =
        ask(world, "POST", "/v3/payments/request", &order(id, &json!(1000)).to_string());
    assert_eq!(code, "0000");
    info["transactionId"].as_u64().unwrap()
}

#[test]
fn a_shop_on_the_web_plays_online_v3() {
    let mut world = world();
    let body = serde_json::to_string_pretty(&order("order-0001", &json!(1000))).unwrap();
    let response = send(&mut world, &signed("POST", "/v3/payments/request", &body));
    let text = String::from_utf8(response.body.clone()).unwrap();
    // Some kits find the id in the raw text by its bare digits.
    let digits = text.split("\"transactionId\":").nth(1).unwrap();
    assert!(digits[..19].bytes().all(|b| b.is_ascii_digit()), "{text}");
    assert!(matches!(digits.as_bytes()[19], b',' | b'}'), "{text}");
    let said: Value = serde_json::from_slice(&response.body).unwrap();
    let tx = said["info"]["transactionId"].as_u64().unwrap();
    let web = said["info"]["paymentUrl"]["web"].as_str().unwrap();
    assert_eq!(said["info"]["paymentAccessToken"].as_str().unwrap().len(), 12);

    assert_eq!(ask(&mut world, "GET", &format!("/v3/payments/requests/{tx}/check"), "").0, "0000");
    let confirm = format!("/v3/payments/{tx}/confirm");
    let amount = r#"{ "amount" : 1000.0, "currency" : "JPY" }"#;
    assert_eq!(ask(&mut world, "POST", &confirm, amount).0, "1169", "not approved yet");
    let page = web.strip_prefix("http://127.0.0.1:7401").unwrap();
    let page = Request { method: "GET".into(), target: page.into(), headers: vec![], body: vec![] };
    let page: Value = serde_json::from_slice(&send(&mut world, &page).body).unwrap();
    assert_eq!((&page["state"], &page["shop"]), (&json!("open"), &json!("Sobadokoro")));
    let shown = approve(&mut world, web);
    let back = format!("https://shop.example/done?s=1&transactionId={tx}&orderId=order-0001");
    assert_eq!(shown["redirect_url"], json!(back));
    let visits = world.sandbox.take_outgoing();
    assert_eq!(visits.iter().map(|sent| &sent.request.target).collect::<Vec<_>>(), [&back]);

    assert_eq!(ask(&mut world, "GET", &format!("/v3/payments/requests/{tx}/check"), "").0, "0110");
    let wrong = r#"{"amount":999,"currency":"JPY"}"#;
    assert_eq!(ask(&mut world, "POST", &confirm, wrong).0, "1153");
    assert_eq!(ask(&mut world, "POST", &confirm, r#"{"amount":1000,"currency":"TWD"}"#).0, "1178");
    let (code, info) = ask(&mut world, "POST", &confirm, amount);
    assert_eq!((code.as_str(), &info["orderId"]), ("0000", &json!("order-0001")));
    assert_eq!(info["payInfo"], json!([{ "method": "BALANCE", "amount": 1000 }]));
    assert_eq!(ask(&mut world, "POST", &confirm, amount).0, "1152");
    assert_eq!(ask(&mut world, "GET", &format!("/v3/payments/requests/{tx}/check"), "").0, "0123");

    let (_, by_tx) =
        ask(&mut world, "GET", &format!("/v3/payments?transactionId={tx}&fields=ALL"), "");
    let (_, by_order) =
        ask(&mut world, "GET", "/v3/payments?orderId=order-0001&fields=TRANSACTION", "");
    assert_eq!(by_tx[0]["packages"][0]["products"][0]["name"], "soba");
    assert_eq!(by_order[0].get("packages"), None);
    assert_eq!(by_tx[0]["payStatus"], "CAPTURE");

    let refund = format!("/v3/payments/{tx}/refund");
    let (code, info) = ask(&mut world, "POST", &refund, r#"{"refundAmount":300}"#);
    assert_eq!(code, "0000");
    assert!(info["refundTransactionId"].is_u64());
    assert_eq!(ask(&mut world, "POST", &refund, r#"{"refundAmount":701}"#).0, "1164");
    assert_eq!(ask(&mut world, "POST", &refund, "").0, "0000", "without a body all that is left");
    assert_eq!(ask(&mut world, "POST", &refund, "{}").0, "1165");
    let (_, found) = ask(&mut world, "GET", &format!("/v3/payments?transactionId={tx}"), "");
    let list = found[0]["refundList"].as_array().unwrap();
    assert_eq!(
        list.iter().map(|r| &r["refundAmount"]).collect::<Vec<_>>(),
        [&json!(300), &json!(700)]
    );
    assert_debited(&mut world, 0);
}

#[test]
fn a_till_plays_offline_v2_and_v4() {
    for version in ["v2", "v4"] {
        let mut world = world();
        let key = code(&mut world, "c1");
        let call = |world: &mut World, method: &str, below: &str, body: &Value| {
            let body = if body.is_null() { String::new() } else { body.to_string() };
            let mut request = signed(method, &format!("/{version}/payments{below}"), &body);
            if version == "v2" {
                request.headers.clear();
                show_secret(&mut request, &link("linepay"));
            }
            let said: Value = serde_json::from_slice(&send(world, &request).body).unwrap();
            (said["returnCode"].as_str().unwrap().to_owned(), said["info"].clone())
        };
        // Some write the key as a number, some the amount as a text.
        let mut pay = json!({
            "orderId": "t/1", "oneTimeKey": key.parse::<u64>().unwrap(), "amount": "1000",
            "currency": "JPY", "productName": "soba",
        });
        pay[if version == "v2" { "capture" } else { "options" }] =
            if version == "v2" { json!(false) } else { json!({ "payment": { "capture": false } }) };
        let (code, info) = call(&mut world, "POST", "/oneTimeKeys/pay", &pay);
        assert_eq!((code.as_str(), info["transactionId"].is_u64()), ("0000", true), "{version}");
        assert!(info["authorizationExpireDate"].is_string());
        assert_eq!(info.get("paymentProvider").is_some(), version == "v4");
        assert_eq!(call(&mut world, "POST", "/oneTimeKeys/pay", &pay).0, "1172");
        let (_, check) = call(&mut world, "GET", "/orders/t%2F1/check", &Value::Null);
        assert_eq!(check["status"], "AUTH_READY");
        let (_, holds) = call(&mut world, "GET", "/authorizations?orderId=t%2F1", &Value::Null);
        assert_eq!(holds[0]["payStatus"], "AUTHORIZATION");
        let part = json!({ "amount": 600, "currency": "JPY" });
        assert_eq!(call(&mut world, "POST", "/orders/t%2F1/refund", &json!({})).0, "1179");
        assert_eq!(call(&mut world, "POST", "/orders/t%2F1/capture", &part).0, "0000");
        assert_eq!(call(&mut world, "POST", "/orders/t%2F1/capture", &part).0, "1179");
        assert_eq!(call(&mut world, "POST", "/orders/t%2F1/void", &json!({})).0, "1179");
        let (_, check) = call(&mut world, "GET", "/orders/t%2F1/check", &Value::Null);
        assert_eq!(check["status"], "COMPLETE");
        assert_debited(&mut world, 600);
        assert_eq!(call(&mut world, "POST", "/orders/t%2F1/refund", &json!({})).0, "0000");
        let (_, check) = call(&mut world, "GET", "/orders/t%2F1/check", &Value::Null);
        assert_eq!(check["status"], "REFUND");
        let (_, found) = call(&mut world, "GET", "?orderId=t%2F1", &Value::Null);
        assert_eq!(found[0]["refundList"][0]["refundAmount"], 600);
        assert_eq!(call(&mut world, "GET", "/orders/none/check", &Value::Null).0, "1150");
        assert_debited(&mut world, 0);
    }
}

#[test]
fn the_sandbox_refuses_in_the_protocols_words() {
    let mut world = world();
    let tx = start(&mut world, "o-1");
    let without = |member: &str| {
        let mut body = order("o-2", &json!(1000));
        body.as_object_mut().unwrap().remove(member);
        body.to_string()
    };
    let with = |change: fn(&mut Value)| {
        let mut body = order("o-2", &json!(1000));
        change(&mut body);
        body.to_string()
    };
    let request = "/v3/payments/request";
    let long = "x".repeat(101);
    let cases = [
        ("no JSON", "POST", request.to_owned(), "{".to_owned(), "2102"),
        ("no amount", "POST", request.to_owned(), without("amount"), "2101"),
        ("no order id", "POST", request.to_owned(), without("orderId"), "2101"),
        ("no packages", "POST", request.to_owned(), without("packages"), "2101"),
        ("no urls", "POST", request.to_owned(), without("redirectUrls"), "2101"),
        ("empty packages", "POST", request.to_owned(), with(|b| b["packages"] = json!([])), "2101"),
        ("baht", "POST", request.to_owned(), with(|b| b["currency"] = json!("THB")), "1178"),
        ("nothing", "POST", request.to_owned(), with(|b| b["amount"] = json!(0)), "1124"),
        ("half a yen", "POST", request.to_owned(), with(|b| b["amount"] = json!(0.5)), "1124"),
        ("another sum", "POST", request.to_owned(), with(|b| b["amount"] = json!(999)), "1124"),
        (
            "another price",
            "POST",
            request.to_owned(),
            with(|b| b["packages"][0]["products"][0]["quantity"] = json!(2)),
            "1124",
        ),
        ("used id", "POST", request.to_owned(), order("o-1", &json!(1000)).to_string(), "1172"),
        ("long id", "POST", request.to_owned(), order(&long, &json!(1000)).to_string(), "2101"),
        ("unknown", "GET", "/v3/payments/requests/1/check".into(), String::new(), "1150"),
        ("unpaid", "GET", format!("/v3/payments?transactionId={tx}"), String::new(), "1150"),
        ("no question", "GET", "/v3/payments".into(), String::new(), "2101"),
        ("no number", "GET", "/v3/payments?transactionId=x".into(), String::new(), "2101"),
        ("unpaid refund", "POST", format!("/v3/payments/{tx}/refund"), "{}".into(), "1150"),
        (
            "unpaid void",
            "POST",
            format!("/v3/payments/authorizations/{tx}/void"),
            "{}".into(),
            "1150",
        ),
        (
            "no code",
            "POST",
            "/v4/payments/oneTimeKeys/pay".into(),
            json!({ "orderId": "o-3", "oneTimeKey": "abc", "amount": 1, "currency": "JPY" })
                .to_string(),
            "1133",
        ),
        (
            "v2 without a name",
            "POST",
            "/v4/payments/oneTimeKeys/pay".into(),
            json!({ "orderId": "o-3", "amount": 1, "currency": "JPY" }).to_string(),
            "2101",
        ),
    ];
    for (what, method, target, body, expected) in cases {
        assert_eq!(ask(&mut world, method, &target, &body).0, expected, "{what}");
    }
    let many = (0..101).map(|n| format!("orderId={n}")).collect::<Vec<_>>().join("&");
    assert_eq!(ask(&mut world, "GET", &format!("/v3/payments?{many}"), "").0, "1177");

    // Shipping is a part of the amount.
    let mut shipped = order("o-4", &json!(1000));
    shipped["amount"] = json!(1200);
    shipped["options"] = json!({ "shipping": { "feeAmount": 200 } });
    assert_eq!(ask(&mut world, "POST", request, &shipped.to_string()).0, "0000");
    assert_debited(&mut world, 0);
}

#[test]
fn credentials_are_checked_before_anything_is_done() {
    let mut world = world();
    let tx = start(&mut world, "o-1");
    let good = signed("GET", &format!("/v3/payments/requests/{tx}/check"), "");
    let said = |world: &mut World, request: &Request| {
        let said: Value = serde_json::from_slice(&send(world, request).body).unwrap();
        said["returnCode"].as_str().unwrap().to_owned()
    };
    assert_eq!(said(&mut world, &good), "0000");
    // The same again: no rule about nonces is published.
    assert_eq!(said(&mut world, &good), "0000");
    let mut absolute = good.clone();
    absolute.target = format!("http://127.0.0.1:7401{}", good.target);
    assert_eq!(said(&mut world, &absolute), "0000");
    let mut upper = good.clone();
    upper.headers.iter_mut().for_each(|(name, _)| *name = name.to_uppercase());
    assert_eq!(said(&mut world, &upper), "0000");
    type Change = (fn(&mut Request), &'static str);
    let changes: [Change; 4] = [
        (|r| r.headers[2].1 = "another".into(), "1104"),
        (|r| drop(r.headers.remove(2)), "1104"),
        (|r| drop(r.headers.remove(0)), "1106"),
        (|r| r.headers[3].1.push('x'), "1106"),
    ];
    for (change, expected) in changes {
        let mut request = good.clone();
        change(&mut request);
        assert_eq!(said(&mut world, &request), expected);
    }
    // A signature of v4 is no secret for v2, and the secret is no signature for v4.
    let v2 = signed("GET", "/v2/payments?orderId=o-1", "");
    assert_eq!(said(&mut world, &v2), "1106");
    let mut v4 = signed("GET", "/v4/payments?orderId=o-1", "");
    v4.headers.clear();
    show_secret(&mut v4, &link("linepay"));
    assert_eq!(said(&mut world, &v4), "1106");
    let unknown = signed("POST", "/v3/payments/preapprovedPay/k/payment", "{}");
    assert_eq!(send(&mut world, &unknown).status, 404, "stored payments are not played");
    assert_eq!(world.balance("mei"), RICH);
}
