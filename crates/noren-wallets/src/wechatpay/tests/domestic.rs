//! v3 domestic, as clients of other makers speak it: orders in yuan.

use serde_json::{Value, json};

use super::{stranger, stranger_raw};
use crate::testing::{World, link};
use crate::wechatpay::ENTRY;
use crate::wechatpay::messages::Certificates;
use crate::wechatpay::signing::open;

const RICH: i64 = 1_000_000;

fn world() -> (World, String) {
    let mut world = World::new(&ENTRY);
    let code = world.user_with_code("mei", RICH, "c1");
    (world, code)
}

fn order(kind: &str) -> (String, Value) {
    let body = json!({
        "appid": "wx1", "mchid": "client-1", "description": "茶", "out_trade_no": "order-0001",
        "notify_url": "http://127.0.0.1:7400/n", "amount": { "total": 888 },
        "payer": { "openid": "o-mei" }, "unknown": { "members": "are left out" },
    });
    (format!("/v3/pay/transactions/{kind}"), body)
}

fn get(world: &mut World, below: &str) -> (u16, Value) {
    stranger(world, "GET", below, &Value::Null)
}

#[test]
fn each_kind_of_order_is_opened_by_what_its_client_needs() {
    for (kind, member) in
        [("native", "code_url"), ("jsapi", "prepay_id"), ("app", "prepay_id"), ("h5", "h5_url")]
    {
        let (mut world, _) = world();
        let (below, body) = order(kind);
        let (status, said) = stranger(&mut world, "POST", &below, &body);
        assert_eq!((status, said.as_object().map(|said| said.len())), (200, Some(1)), "{said}");
        assert!(said[member].is_string(), "{kind}: {said}");
        assert_eq!(stranger(&mut world, "POST", &below, &body).1, said, "the same again");
        let mut other = body.clone();
        other["amount"] = json!({ "total": 889, "currency": "CNY" });
        let (status, said) = stranger(&mut world, "POST", &below, &other);
        assert_eq!((status, &said["code"]), (400, &json!("INVALID_REQUEST")));
        let (status, said) =
            get(&mut world, "/v3/pay/transactions/out-trade-no/order-0001?mchid=client-1");
        assert_eq!((status, &said["trade_state"]), (200, &json!("NOTPAY")));
        assert_eq!((said.get("transaction_id"), said.get("trade_type")), (None, None));
    }
}

#[test]
fn an_order_in_yuan_is_paid_queried_refunded_and_owed_at_home() {
    let (mut world, _) = world();
    let (below, body) = order("native");
    let code = stranger(&mut world, "POST", &below, &body).1["code_url"].clone();
    world.control("POST", "pay", &json!({ "user": "mei", "code": code, "pin": "1234" }));
    let (_, said) = get(&mut world, "/v3/pay/transactions/out-trade-no/order-0001?mchid=client-1");
    assert_eq!(
        said["amount"],
        json!({
            "total": 888, "currency": "CNY", "payer_total": 888, "payer_currency": "CNY",
        })
    );
    let number = said["transaction_id"].as_str().unwrap().to_owned();
    assert_eq!(
        get(&mut world, &format!("/v3/pay/transactions/id/{number}?mchid=client-1")).1,
        said
    );
    let close = "/v3/pay/transactions/out-trade-no/order-0001/close";
    let (status, said) = stranger(&mut world, "POST", close, &json!({ "mchid": "client-1" }));
    assert_eq!((status, &said["code"]), (400, &json!("ORDERPAID")));
    let refund = |refund: i64, total: i64, id: &str| {
        json!({
            "transaction_id": number, "out_refund_no": id,
            "amount": { "refund": refund, "total": total, "currency": "CNY" },
        })
    };
    let refunds = "/v3/refund/domestic/refunds";
    let (status, made) = stranger(&mut world, "POST", refunds, &refund(88, 888, "r-1"));
    assert_eq!((status, &made["status"]), (200, &json!("SUCCESS")), "{made}");
    assert_eq!(made["amount"]["payer_refund"], 88);
    assert_eq!(stranger(&mut world, "POST", refunds, &refund(88, 888, "r-1")).1, made);
    assert_eq!(get(&mut world, "/v3/refund/domestic/refunds/r-1").1, made);
    for (body, status, word) in [
        (refund(88, 887, "r-2"), 400, "INVALID_REQUEST"),
        (refund(801, 888, "r-2"), 400, "INVALID_REQUEST"),
        (refund(89, 888, "r-1"), 400, "INVALID_REQUEST"),
        (refund(0, 888, "r-3"), 400, "PARAM_ERROR"),
        (refund(1, 888, "r 3"), 400, "PARAM_ERROR"),
        (
            json!({ "out_refund_no": "r-3", "amount": { "refund": 1, "total": 888 } }),
            400,
            "PARAM_ERROR",
        ),
    ] {
        let (got, said) = stranger(&mut world, "POST", refunds, &body);
        assert_eq!((got, said["code"].as_str()), (status, Some(word)), "{body}");
    }
    assert_eq!(get(&mut world, "/v3/refund/domestic/refunds/r-2").1["status"], "CLOSED");
    assert_eq!(get(&mut world, "/v3/refund/domestic/refunds/r-9").0, 404);
    let books = world.books();
    assert_eq!(books["owed"], json!({ "amount": 0, "currency": "JPY" }));
    assert_eq!(books["owed_at_home"], json!({ "amount": 800, "currency": "CNY" }));
    assert_eq!(world.balance("mei"), RICH - 800);
}

#[test]
fn fifty_refunds_and_no_more() {
    let (mut world, _) = world();
    let (below, body) = order("native");
    let code = stranger(&mut world, "POST", &below, &body).1["code_url"].clone();
    world.control("POST", "pay", &json!({ "user": "mei", "code": code, "pin": "1234" }));
    for n in 1..=51 {
        let body = json!({
            "out_trade_no": "order-0001", "out_refund_no": format!("r-{n}"),
            "amount": { "refund": 1, "total": 888 },
        });
        let status = stranger(&mut world, "POST", "/v3/refund/domestic/refunds", &body).0;
        assert_eq!(status, if n <= 50 { 200 } else { 400 }, "{n}");
    }
    assert_eq!(world.balance("mei"), RICH - 838);
}

#[test]
fn a_scanned_code_is_paid_or_waits_and_is_reversed() {
    let (mut world, code) = world();
    let pay = |code: &str, id: &str| {
        json!({
            "appid": "wx1", "mchid": "client-1", "description": "tea", "out_trade_no": id,
            "payer": { "auth_code": code }, "amount": { "total": 888 },
            "scene_info": { "store_info": { "out_id": "s-1" } },
        })
    };
    let below = "/v3/pay/transactions/codepay";
    let (status, said) = stranger(&mut world, "POST", below, &pay(&code, "order-0001"));
    assert_eq!((status, &said["trade_state"]), (200, &json!("SUCCESS")), "{said}");
    let (status, said) = stranger(&mut world, "POST", below, &pay(&code, "order-0001"));
    assert_eq!((status, &said["code"]), (400, &json!("ORDERPAID")));
    let reverse = |world: &mut World, id: &str| {
        let below = format!("/v3/pay/transactions/out-trade-no/{id}/reverse");
        stranger_raw(world, "POST", &below, &json!({ "appid": "wx1", "mchid": "client-1" }))
    };
    assert_eq!(reverse(&mut world, "order-0001").status, 429, "too early");
    world.wait(180);
    let done = reverse(&mut world, "order-0001");
    assert_eq!((done.status, done.body.len()), (204, 0));
    assert_eq!(world.balance("mei"), RICH);
    world.scenario("mei", "unknown_then_yes");
    let code = world.user_with_code("mei", RICH, "c2");
    let (status, said) = stranger(&mut world, "POST", below, &pay(&code, "order-0002"));
    assert_eq!((status, &said["trade_state"]), (200, &json!("USERPAYING")));
    world.wait(120);
    let (_, said) = get(&mut world, "/v3/pay/transactions/out-trade-no/order-0002?mchid=client-1");
    assert_eq!(said["trade_state"], "SUCCESS");
    world.wait(1_000_000);
    assert!(world.sandbox.take_outgoing().is_empty(), "scanned codes are not notified");
}

#[test]
fn the_certificates_are_encrypted_under_the_apiv3_key() {
    use crate::signing::RsaSigner;
    use crate::testing::{pkcs8, rsa_key};
    let mut own = link("wechatpay");
    own.sign = std::sync::Arc::new(RsaSigner::from_pkcs8(&pkcs8(rsa_key(1))).unwrap());
    let config = crate::sandbox::SandboxConfig {
        link: own.clone(),
        seed: 7,
        pace: crate::tempo::Tempo::Test.pace(),
    };
    let mut sandbox = (ENTRY.sandbox)(config, &[]).unwrap();
    let world = World::new(&ENTRY);
    for below in ["/v3/certificates", "/v3/global/certificates"] {
        let mut request = crate::wire::Request {
            method: "GET".into(),
            target: own.network.target(below),
            headers: Vec::new(),
            body: Vec::new(),
        };
        let client = link("wechatpay");
        crate::wechatpay::signing::sign_request(
            &mut request,
            "client-1",
            &*client.sign,
            world.now,
            1,
        );
        let crate::sandbox::Answered::Respond(response) = sandbox.handle(world.now, &request)
        else {
            panic!()
        };
        let said: Certificates = serde_json::from_slice(&response.body).unwrap();
        let one = &said.data[0];
        assert_eq!(response.header("wechatpay-serial"), Some(one.serial_no.as_str()));
        let sealed = &one.encrypt_certificate;
        assert_eq!(sealed.algorithm, "AEAD_AES_256_GCM");
        let secret = own.secret.as_ref().unwrap();
        let pem = open(secret, &sealed.nonce, &sealed.associated_data, &sealed.ciphertext).unwrap();
        assert!(pem.starts_with(b"-----BEGIN CERTIFICATE-----"));
    }
}
