//! Money that is held first.

use serde_json::{Value, json};

use super::{Shop, order, shop};
use crate::testing::till::Says;

/// An order of 1,000 yen whose money is held.
fn held(shop: &mut Shop, number: &str, wallet: &str) -> u64 {
    let mut body = order(number, &json!(1000));
    body["options"] = json!({ "payment": { "capture": false } });
    let (code, info) = shop.ask("POST", "/v3/payments/request", &body);
    assert_eq!(code, "0000");
    shop.till.pay(number, wallet);
    info["transactionId"].as_u64().unwrap()
}

fn capture(shop: &mut Shop, tx: u64, yen: i64) -> (String, Value) {
    let body = json!({ "amount": yen, "currency": "JPY" });
    shop.ask("POST", &format!("/v3/payments/authorizations/{tx}/capture"), &body)
}

fn void(shop: &mut Shop, tx: u64) -> String {
    shop.code("POST", &format!("/v3/payments/authorizations/{tx}/void"), &json!({}))
}

#[test]
fn a_hold_is_captured_once_and_the_rest_goes_back() {
    // One wallet allows several captures, the others one.
    for wallet in ["noren", "paypay", "linepay"] {
        let mut shop = shop();
        let tx = held(&mut shop, "o-1", wallet);
        assert_eq!(shop.check(tx), "0110");
        let (code, info) = shop.confirm(tx, 1000);
        assert_eq!((code.as_str(), info["authorizationExpireDate"].is_string()), ("0000", true));
        let (_, found) = shop.details("orderId=o-1");
        assert_eq!(found[0]["payStatus"], "AUTHORIZATION");
        assert!(found[0]["authorizationExpireDate"].is_string());
        assert_eq!(shop.refund(tx, &json!({})).0, "1179");
        assert_eq!(capture(&mut shop, tx, 1001).0, "1124");

        let (code, info) = capture(&mut shop, tx, 600);
        assert_eq!(
            (code.as_str(), &info["payInfo"][0]["amount"]),
            ("0000", &json!(600)),
            "{wallet}"
        );
        let payment = shop.till.last("o-1");
        assert_eq!((payment.state.name(), payment.captured()), ("captured", 600), "{wallet}");
        assert_eq!(capture(&mut shop, tx, 600).0, "1152");
        assert_eq!(capture(&mut shop, tx, 400).0, "1179");
        assert_eq!(void(&mut shop, tx), "1179");
        assert_eq!(shop.check(tx), "0123");
        assert_eq!(shop.confirm(tx, 1000).0, "1152");
        let (_, found) = shop.details("orderId=o-1");
        assert_eq!(found[0]["payStatus"], "CAPTURE");
        assert_eq!(found[0]["payInfo"][0]["amount"], 600);
        assert_eq!(shop.refund(tx, &json!({ "refundAmount": 601 })).0, "1164");
        assert_eq!(shop.refund(tx, &json!({})).0, "0000");
        let (_, found) = shop.details("orderId=o-1");
        assert_eq!(found[0]["refundList"][0]["transactionType"], "PAYMENT_REFUND");
    }
}

#[test]
fn a_hold_is_let_go() {
    let mut shop = shop();
    let tx = held(&mut shop, "o-1", "linepay");
    assert_eq!(void(&mut shop, tx), "0000");
    assert_eq!(void(&mut shop, tx), "1152");
    assert_eq!(capture(&mut shop, tx, 600).0, "1179");
    assert_eq!(shop.refund(tx, &json!({})).0, "1179");
    assert_eq!(shop.check(tx), "0121");
    assert_eq!(shop.confirm(tx, 1000).0, "1180");
    assert_eq!(shop.details("orderId=o-1").1[0]["payStatus"], "VOIDED_AUTHORIZATION");
    let unpaid = shop.request("o-2");
    assert_eq!(void(&mut shop, unpaid), "1150");
    assert_eq!(capture(&mut shop, unpaid, 600).0, "1150");
}

#[test]
fn what_is_not_decided_is_in_process() {
    let mut shop = shop();
    let tx = held(&mut shop, "o-1", "linepay");
    shop.till.say(Says::Nothing);
    assert_eq!(capture(&mut shop, tx, 600).0, "1145");
    assert_eq!(capture(&mut shop, tx, 600).0, "1145");
    assert_eq!(void(&mut shop, tx), "1145");
    assert_eq!(shop.refund(tx, &json!({})).0, "1145");
    assert_eq!(shop.details("orderId=o-1").1[0]["payStatus"], "AUTHORIZATION");
    shop.till.say(Says::Yes);
    shop.till.hear();
    assert_eq!(shop.details("orderId=o-1").1[0]["payStatus"], "CAPTURE");

    let tx = held(&mut shop, "o-2", "linepay");
    shop.till.say(Says::Nothing);
    assert_eq!(void(&mut shop, tx), "1145");
    assert_eq!(shop.check(tx), "0000", "not said to be over before it is");
    shop.till.say(Says::Yes);
    shop.till.hear();
    assert_eq!(shop.details("orderId=o-2").1[0]["payStatus"], "VOIDED_AUTHORIZATION");
}

#[test]
fn a_capture_that_a_wallet_declined_may_be_tried_again() {
    let mut shop = shop();
    let tx = held(&mut shop, "o-1", "paypay");
    shop.till.say(Says::No);
    assert_eq!(capture(&mut shop, tx, 600).0, "1142");
    shop.till.say(Says::Yes);
    assert_eq!(capture(&mut shop, tx, 600).0, "0000");
    assert_eq!(shop.till.last("o-1").captured(), 600);
}

#[test]
fn authorizations_are_holds_alone() {
    let mut shop = shop();
    shop.request("o-1");
    shop.till.pay("o-1", "paypay");
    held(&mut shop, "o-2", "paypay");
    for version in ["v2", "v4"] {
        let target = format!("/{version}/payments/authorizations?orderId=o-1&orderId=o-2");
        let (code, found) = shop.ask("GET", &target, &Value::Null);
        assert_eq!((code.as_str(), found.as_array().unwrap().len()), ("0000", 1));
        assert_eq!(found[0]["orderId"], "o-2");
    }
}
