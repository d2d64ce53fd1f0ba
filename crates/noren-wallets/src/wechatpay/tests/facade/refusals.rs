//! Who is not let in, what is not done, and in which words.

use noren_core::refusal::Refusal;
use noren_core::time::Timestamp;
use serde_json::{Value, json};

use super::{
    CODEPAY, MCHID, MICROPAY, NATIVE, PAYPAY_CODE, REFUNDS, Shop, changed, native, said, scan,
};
use crate::connector::Env;
use crate::facade::{Facade as _, Refused};
use crate::signing::{Hmac, Secret};
use crate::wechatpay::codes::Code;
use crate::wechatpay::facade::WechatPayFacade;
use crate::wechatpay::signing::sign_request;

#[test]
fn credentials_come_first() {
    let shop = Shop::new();
    let env = shop.till.env();
    let good = shop.signed("POST", NATIVE, &native("order-0001"), env);
    let mut altered = good.clone();
    altered.body = good.body.iter().map(|b| if *b == b'2' { b'3' } else { *b }).collect();
    let mut elsewhere = good.clone();
    elsewhere.target = elsewhere.target.replace("native", "h5");
    let mut unsigned = good.clone();
    unsigned.headers.clear();
    let mut garbled = good.clone();
    garbled.headers[1].1 = garbled.headers[1].1.replace("signature=\"", "signature=\"!");
    let resigned = |mchid: &str, key: &Hmac, env: Env| {
        let mut request = good.clone();
        request.headers.truncate(1);
        sign_request(&mut request, mchid, key, env.now, env.nonce);
        request
    };
    let own = Hmac::new(&Secret::new("a secret of the tests, 32 bytes."));
    let other = Hmac::new(&Secret::new("another secret of the tests, 32."));
    let stale = Env { now: Timestamp(env.now.0 - 301_000), ..env };
    let mut serial = good.clone();
    serial.headers[1].1 = serial.headers[1].1.replace("4E4F", "4E4E");
    for (what, request) in [
        ("altered", altered),
        ("another path", elsewhere),
        ("unsigned", unsigned),
        ("garbled", garbled),
        ("wrong key", resigned(MCHID, &other, env)),
        ("another merchant", resigned("1900000001", &own, env)),
        ("stale", resigned(MCHID, &own, stale)),
        ("another certificate", serial),
    ] {
        let response = shop.answer(&request, env);
        let body: Value = serde_json::from_slice(&response.body).unwrap();
        assert_eq!((response.status, &body["code"]), (401, &json!("SIGN_ERROR")), "{what}");
    }
    let below = format!("/v3/pay/transactions/out-trade-no/order-0001?mchid={MCHID}");
    assert_eq!(shop.word("GET", &below, &Value::Null), said(404, "ORDER_NOT_EXIST"));
    assert_eq!(shop.answer(&good, env).status, 200, "as it was sent");
    // In absolute form, as one library sends it.
    let mut absolute = shop.signed("POST", NATIVE, &native("order-0001"), env);
    absolute.target = format!("http://127.0.0.1:7401{}", absolute.target);
    assert_eq!(shop.answer(&absolute, env).status, 200);
}

#[test]
fn a_stranger_is_told_that_it_is_one() {
    let shop = Shop::new();
    let env = shop.till.env();
    let mut request = shop.signed("GET", "/v3/certificates", &Value::Null, env);
    assert_eq!(WechatPayFacade.claims(&request).as_deref(), Some(MCHID));
    request.headers.clear();
    assert_eq!(WechatPayFacade.claims(&request), None);
    let response = WechatPayFacade.stranger(&request, env);
    let body: Value = serde_json::from_slice(&response.body).unwrap();
    assert_eq!((response.status, &body["code"]), (401, &json!("SIGN_ERROR")));
}

#[test]
fn what_is_asked_wrongly_is_said_to_be() {
    let shop = Shop::new();
    let amount = |value: Value| ("amount", value);
    for (name, value) in [
        ("out_trade_no", json!("short")),
        ("out_trade_no", json!("an-order-number-of-33-characters-")),
        ("out_trade_no", json!("order 0001")),
        ("out_trade_no", json!("訂單訂單訂單")),
        amount(json!({ "total": 0, "currency": "JPY" })),
        amount(json!({ "total": -1, "currency": "JPY" })),
        amount(json!({ "total": 12.5, "currency": "JPY" })),
        amount(json!({ "total": "1200", "currency": "JPY" })),
        amount(json!({ "total": 1_200, "currency": "USD" })),
        amount(json!({ "total": 1_200, "currency": "XXX" })),
        // CNY, that is.
        amount(json!({ "total": 1_200 })),
        ("mchid", Value::Null),
        ("appid", Value::Null),
        ("appid", json!("wx".repeat(17))),
        ("description", json!("")),
        ("description", json!("茶".repeat(128))),
        ("attach", json!("茶".repeat(129))),
    ] {
        for (below, body) in
            [(NATIVE, native("order-0001")), (CODEPAY, scan("order-0001", PAYPAY_CODE))]
        {
            let body = changed(body, name, value.clone());
            assert_eq!(shop.word("POST", below, &body), said(400, "PARAM_ERROR"), "{name} {value}");
        }
    }
    for (below, body) in [
        (NATIVE, changed(native("order-0001"), "notify_url", Value::Null)),
        (NATIVE, changed(native("order-0001"), "notify_url", json!("shop.example/n"))),
        (NATIVE, changed(native("order-0001"), "notify_url", json!("https://shop.example/n?a=1"))),
        ("/v3/global/transactions/native", native("order-0001")),
        (MICROPAY, changed(scan("order-0001", PAYPAY_CODE), "trade_type", json!("NATIVE"))),
        (CODEPAY, changed(scan("order-0001", PAYPAY_CODE), "payer", Value::Null)),
        (CODEPAY, changed(scan("order-0001", PAYPAY_CODE), "scene_info", json!({}))),
        (NATIVE, json!("not an object")),
        (REFUNDS, json!({ "out_refund_no": "r-1" })),
    ] {
        assert_eq!(shop.word("POST", below, &body), said(400, "PARAM_ERROR"), "{below} {body}");
    }
    for (method, below) in [
        ("POST", "/v3/pay/transactions/jsapi"),
        ("POST", "/v3/global/transactions/app"),
        ("GET", "/v3/bill/tradebill?bill_date=2026-11-20"),
        ("GET", "/v3/global/statements?date=20261120"),
        ("GET", "/v3/billdownload/file?token=1"),
        ("DELETE", "/v3/pay/transactions/id/1"),
        ("GET", "/v3/"),
        ("POST", "/pay/micropay"),
    ] {
        let body = if method == "POST" { native("order-0001") } else { Value::Null };
        assert_eq!(shop.word(method, below, &body), said(404, "RESOURCE_NOT_EXISTS"), "{below}");
    }
    let other = changed(native("order-0001"), "mchid", json!("1900000001"));
    assert_eq!(shop.word("POST", NATIVE, &other), said(403, "NO_AUTH"));
    let below = "/v3/pay/transactions/out-trade-no/order-0001";
    assert_eq!(shop.word("GET", below, &Value::Null), said(400, "PARAM_ERROR"), "whose?");
}

/// Every no of the switch has a word of this API, and none of them is a yes.
#[test]
fn every_refusal_has_its_word() {
    let shop = Shop::new();
    shop.post(NATIVE, &native("order-0001"));
    shop.till.pay("order-0001", "paypay");
    let order = |number: &str| (NATIVE, native(number));
    let refund = |number: &str| {
        let amount = json!({ "refund": 1, "total": 1_200, "currency": "JPY" });
        (
            REFUNDS,
            json!({ "out_trade_no": "order-0001", "out_refund_no": number, "amount": amount }),
        )
    };
    for refusal in Refusal::all() {
        let (below, body) = order("order-0002");
        shop.till.refuse(Refused::By(refusal));
        let (status, said) = shop.post(below, &body);
        let code = Code::read(said["code"].as_str().unwrap()).unwrap();
        assert_eq!(code.status(), status, "{refusal:?}");
        assert!(status >= 400, "{refusal:?}");
        assert_eq!(said["message"], refusal.problem().title);
    }
    for (refused, word) in [
        (Refused::CodeUnroutable, said(400, "AUTH_CODE_INVALID")),
        (Refused::Busy, said(429, "FREQUENCY_LIMITED")),
        (Refused::Internal, said(500, "SYSTEM_ERROR")),
        (Refused::By(Refusal::ShopSuspended), said(403, "NO_AUTH")),
        (Refused::By(Refusal::MerchantDayLimit), said(403, "RULE_LIMIT")),
        (Refused::By(Refusal::CorridorClosed), said(403, "TRADE_ERROR")),
        (Refused::By(Refusal::KeyReused), said(403, "OUT_TRADE_NO_USED")),
        (Refused::By(Refusal::PaymentInDoubt), said(403, "OUT_TRADE_NO_USED")),
        (Refused::By(Refusal::OrderWithdrawn), said(400, "ORDER_CLOSED")),
        (Refused::By(Refusal::OrderPaid), said(400, "ORDERPAID")),
    ] {
        shop.till.refuse(refused.clone());
        assert_eq!(
            shop.word("POST", CODEPAY, &scan("order-0003", PAYPAY_CODE)),
            word,
            "{refused:?}"
        );
    }
    // The order is looked up first; nothing is said of it either.
    let (below, body) = refund("r-1");
    shop.till.refuse(Refused::Internal);
    assert_eq!(shop.word("POST", below, &body), said(500, "SYSTEM_ERROR"));
    assert_eq!(shop.till.last("order-0001").refunds.len(), 0);
}
