//! What a till is told, and how it checks that.

use std::sync::Arc;

use noren_core::id::RefundId;
use serde_json::{Value, json};

use super::{CODEPAY, MCHID, NATIVE, PAYPAY_CODE, REFUNDS, Shop, native, scan};
use crate::facade::{Facade as _, News, Notice};
use crate::signing::{RsaSigner, Verify as _};
use crate::testing::till::Says;
use crate::testing::{link, pkcs8, rsa_key};
use crate::wechatpay::facade::WechatPayFacade;
use crate::wechatpay::messages::{Certificates, Notification};
use crate::wechatpay::signing::{open, serial, verify_notice};
use crate::wire::Response;

fn told(shop: &Shop, number: &str, news: News) -> Option<Notice> {
    WechatPayFacade.notice(&shop.account, &shop.till.shown(number), news, shop.till.env())
}

/// What the till reads out of a notice, once it has checked it.
fn read(shop: &Shop, notice: &Notice) -> (Notification, Value) {
    let (link, now) = (link("wechatpay"), shop.till.env().now);
    assert_eq!(verify_notice(&notice.request, &*link.verify, now), Ok(()));
    let said: Notification = serde_json::from_slice(&notice.request.body).unwrap();
    let sealed = &said.resource;
    let secret = link.secret.as_ref().unwrap();
    let plain = open(secret, &sealed.nonce, &sealed.associated_data, &sealed.ciphertext).unwrap();
    let plain = serde_json::from_slice(&plain).unwrap();
    (said, plain)
}

fn refund(shop: &Shop, number: &str, refund: &str, notify_url: Value) -> RefundId {
    let body = json!({
        "out_trade_no": number, "out_refund_no": refund, "notify_url": notify_url,
        "amount": { "refund": 200, "total": 1_200, "currency": "JPY" },
    });
    assert_eq!(shop.post(REFUNDS, &body).0, 200);
    shop.till.last(number).refunds.last().unwrap().id
}

#[test]
fn a_paid_order_is_told_signed_and_encrypted() {
    let shop = Shop::new();
    shop.post(NATIVE, &native("order-0001"));
    assert_eq!(told(&shop, "order-0001", News::Payment), None, "not paid");
    shop.till.pay("order-0001", "linepay");
    let notice = told(&shop, "order-0001", News::Payment).unwrap();
    assert_eq!(
        (notice.url.as_str(), notice.request.target.as_str()),
        ("https://shop.example/n", "/n")
    );
    let (said, order) = read(&shop, &notice);
    assert_eq!(said.event_type, "TRANSACTION.SUCCESS");
    assert_eq!(
        (&order["trade_state"], &order["out_trade_no"]),
        (&json!("SUCCESS"), &json!("order-0001"))
    );
    assert_eq!(order["attach"], "table 7");
    assert_eq!(order["mchid"], MCHID);
    let again = told(&shop, "order-0001", News::Payment).unwrap();
    let (repeat, _) = read(&shop, &again);
    assert_eq!(repeat.id, said.id, "a repeat is known by its id");
    assert_ne!(repeat.resource.nonce, said.resource.nonce, "and encrypted anew");
    // Altered, or of another hour: not believed.
    let (key, now) = (link("wechatpay").verify, shop.till.env().now);
    let mut altered = notice.request.clone();
    altered.body.push(b' ');
    assert!(verify_notice(&altered, &*key, now).is_err());
    shop.till.wait(301_000);
    assert!(verify_notice(&notice.request, &*key, shop.till.env().now).is_err());
    // What went back meanwhile is told of by itself.
    let id = refund(&shop, "order-0001", "r-1", json!("http://127.0.0.1:9/r"));
    assert_eq!(
        read(&shop, &told(&shop, "order-0001", News::Payment).unwrap()).1["trade_state"],
        "SUCCESS"
    );
    let notice = told(&shop, "order-0001", News::Refund(id)).unwrap();
    assert_eq!(notice.url, "http://127.0.0.1:9/r");
    let (said, back) = read(&shop, &notice);
    assert_eq!(
        (said.event_type.as_str(), &back["refund_status"]),
        ("REFUND.SUCCESS", &json!("SUCCESS"))
    );
    assert_eq!((&back["out_refund_no"], &back["amount"]["refund"]), (&json!("r-1"), &json!(200)));
    let agreed = refund(&shop, "order-0001", "r-2", Value::Null);
    assert_eq!(
        told(&shop, "order-0001", News::Refund(agreed)).unwrap().url,
        "https://shop.example/agreed"
    );
}

#[test]
fn what_this_network_does_not_tell_is_not_told() {
    let shop = Shop::new();
    shop.post(CODEPAY, &scan("order-0001", PAYPAY_CODE));
    assert_eq!(told(&shop, "order-0001", News::Payment), None, "of scanned codes nothing");
    shop.till.say(Says::Nothing);
    let id = refund(&shop, "order-0001", "r-1", Value::Null);
    assert_eq!(told(&shop, "order-0001", News::Refund(id)), None, "in process");
    shop.till.say(Says::No);
    shop.till.hear();
    let notice = told(&shop, "order-0001", News::Refund(id)).unwrap();
    let (said, back) = read(&shop, &notice);
    assert_eq!(
        (said.event_type.as_str(), &back["refund_status"]),
        ("REFUND.CLOSED", &json!("CLOSED"))
    );
    let body =
        super::changed(native("order-0002"), "time_expire", json!("2026-11-21T23:35:00+08:00"));
    shop.post(NATIVE, &body);
    shop.till.wait(300_000);
    assert_eq!(told(&shop, "order-0002", News::Payment), None, "expired");
    // A reverse gives back by a refund that the till did not number.
    shop.till.say(Says::Yes);
    shop.post(CODEPAY, &scan("order-0003", "86010000000000000003"));
    let reverse = "/v3/pay/transactions/out-trade-no/order-0003/reverse";
    assert_eq!(shop.post(reverse, &json!({ "mchid": MCHID })).0, 204);
    let back = shop.till.last("order-0003").refunds[0].id;
    assert_eq!(told(&shop, "order-0003", News::Refund(back)), None);
}

#[test]
fn a_notice_is_taken_with_200_or_204_and_repeated_for_a_day() {
    let facade = WechatPayFacade;
    for (status, taken) in [(200, true), (204, true), (201, false), (302, false), (500, false)] {
        let response = Response { status, headers: Vec::new(), body: Vec::new() };
        assert_eq!(facade.acknowledged(&response), taken, "{status}");
    }
    let whole: u64 = facade.schedule().iter().map(|pause| pause.0).sum();
    assert_eq!((facade.schedule().len(), whole), (15, (24 * 60 + 4) * 60_000));
}

#[test]
fn the_platforms_certificate_is_had_with_the_apiv3_key_and_checks_the_answers() {
    let mut shop = Shop::new();
    let key = RsaSigner::from_pkcs8(&pkcs8(rsa_key(1))).unwrap();
    let verifier = key.verifier();
    shop.account.link.sign = Arc::new(key);
    for below in ["/v3/certificates", "/v3/global/certificates"] {
        let env = shop.till.env();
        let response = shop.answer(&shop.signed("GET", below, &Value::Null, env), env);
        let said: Certificates = serde_json::from_slice(&response.body).unwrap();
        let one = &said.data[0];
        assert_eq!(response.header("wechatpay-serial"), Some(one.serial_no.as_str()));
        assert_eq!(one.serial_no, serial(verifier.public_key(), ""));
        let sealed = &one.encrypt_certificate;
        let secret = shop.account.link.secret.as_ref().unwrap();
        let pem = open(secret, &sealed.nonce, &sealed.associated_data, &sealed.ciphertext).unwrap();
        assert!(pem.starts_with(b"-----BEGIN CERTIFICATE-----"));
        let checked = crate::wechatpay::signing::verify_response(&response, &verifier, env.now);
        assert_eq!(checked, Ok(()));
    }
}
