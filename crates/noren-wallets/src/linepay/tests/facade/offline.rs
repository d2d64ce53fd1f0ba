//! Codes that a till scans, whosever they are.

use serde_json::{Value, json};

use super::shop;
use crate::testing::till::Says;

/// A payment code of each wallet that the registry has one of.
const CODES: [&str; 5] = [
    "3910000000000000001",
    "281001020000000000000001",
    "900081810000000000000001",
    "86010000000000000001",
    "130000000000000001",
];

#[test]
fn a_till_takes_every_wallets_code() {
    for version in ["v2", "v4"] {
        let mut shop = shop();
        for (n, key) in CODES.into_iter().enumerate() {
            let (code, info) = shop.scan(version, &format!("t/{n}"), key);
            assert_eq!(code, "0000", "{version} {key}");
            assert_eq!(
                (info["transactionId"].is_u64(), &info["orderId"]),
                (true, &json!(format!("t/{n}")))
            );
            assert_eq!(info["payInfo"][0]["amount"], 1000);
            assert_eq!(info.get("paymentProvider").is_some(), version == "v4");
            let below = format!("/{version}/payments/orders/t%2F{n}");
            let (_, check) = shop.ask("GET", &format!("{below}/check"), &Value::Null);
            assert_eq!(check["status"], "COMPLETE");
            assert_eq!(check["transactionId"], info["transactionId"]);
            let refund = format!("{below}/refund");
            // Some wallets cancel on the same day, and not before the payment has arrived for sure.
            shop.till.wait(1_000);
            assert_eq!(shop.code("POST", &refund, &json!({ "refundAmount": 1000 })), "0000");
            let (_, check) = shop.ask("GET", &format!("{below}/check"), &Value::Null);
            assert_eq!(check["status"], "REFUND");
            assert_eq!(shop.code("POST", &refund, &Value::Null), "1165");
            let target = format!("/{version}/payments?orderId=t%2F{n}");
            let (_, found) = shop.ask("GET", &target, &Value::Null);
            assert_eq!(found[0]["refundList"][0]["refundAmount"], 1000);
            assert_eq!(found[0]["productName"], "soba");
        }
    }
}

#[test]
fn the_same_code_again_is_the_same_payment() {
    let mut shop = shop();
    let (_, first) = shop.scan("v4", "t-1", CODES[0]);
    let (code, again) = shop.scan("v4", "t-1", CODES[0]);
    assert_eq!((code.as_str(), first), ("0000", again));
    assert_eq!(shop.scan("v4", "t-1", CODES[2]).0, "1172", "another code for the same order");
    assert_eq!(shop.scan("v4", "t-2", CODES[0]).0, "1133", "another order for the same code");
    assert_eq!(shop.scan("v4", "t-3", "1").0, "1133", "nobody's code");
    shop.till.say(Says::No);
    for _ in 0..2 {
        assert_eq!(shop.scan("v4", "t-4", CODES[1]).0, "1142");
    }
    let (_, check) = shop.ask("GET", "/v4/payments/orders/t-4/check", &Value::Null);
    assert_eq!(check["status"], "FAIL");
    assert_eq!(shop.code("POST", "/v4/payments/orders/t-4/refund", &json!({})), "1150");
}

#[test]
fn a_code_in_doubt_is_in_process_until_the_till_undoes_it() {
    for (version, call) in [("v2", "refund"), ("v4", "refund"), ("v4", "void")] {
        let mut shop = shop();
        shop.till.say(Says::Nothing);
        let below = format!("/{version}/payments/orders/t-1");
        assert_eq!(shop.scan(version, "t-1", CODES[2]).0, "1145");
        assert_eq!(shop.scan(version, "t-1", CODES[2]).0, "1145");
        assert_eq!(shop.code("GET", &format!("{below}/check"), &Value::Null), "1145");
        let undo = format!("{below}/{call}");
        if call == "refund" {
            let part = json!({ "refundAmount": 300 });
            assert_eq!(shop.code("POST", &undo, &part), "1145", "a part cannot be undone");
        }
        assert_eq!(shop.code("POST", &undo, &json!({})), "1145", "the wallet has not answered");
        assert_eq!(shop.code("GET", &format!("{below}/check"), &Value::Null), "1145");
        shop.till.say(Says::Yes);
        shop.till.wait(1_000);
        let (_, check) = shop.ask("GET", &format!("{below}/check"), &Value::Null);
        assert_eq!(check["status"], "FAIL", "{version} {call}");
        let after = if call == "refund" { "1165" } else { "1150" };
        assert_eq!(shop.code("POST", &undo, &json!({})), after);
        assert_eq!(shop.till.last("t-1").captured(), 0);
    }
}

#[test]
fn a_code_is_held_captured_and_let_go() {
    for version in ["v2", "v4"] {
        let mut shop = shop();
        let hold = |number: &str, key: &str| {
            json!({
                "orderId": number, "oneTimeKey": key, "amount": 1000, "currency": "JPY",
                "productName": "soba", "capture": false,
                "options": { "payment": { "capture": false } },
            })
        };
        let pay = format!("/{version}/payments/oneTimeKeys/pay");
        let orders = format!("/{version}/payments/orders");
        let (code, info) = shop.ask("POST", &pay, &hold("t-1", CODES[0]));
        assert_eq!((code.as_str(), info["authorizationExpireDate"].is_string()), ("0000", true));
        let (_, check) = shop.ask("GET", &format!("{orders}/t-1/check"), &Value::Null);
        assert_eq!(check["status"], "AUTH_READY");
        let part = json!({ "amount": 600, "currency": "JPY" });
        assert_eq!(shop.code("POST", &format!("{orders}/t-1/capture"), &part), "0000");
        let (_, check) = shop.ask("GET", &format!("{orders}/t-1/check"), &Value::Null);
        assert_eq!(
            (&check["status"], &check["payInfo"][0]["amount"]),
            (&json!("COMPLETE"), &json!(600))
        );
        shop.ask("POST", &pay, &hold("t-2", CODES[2]));
        assert_eq!(shop.code("POST", &format!("{orders}/t-2/void"), &json!({})), "0000");
        let (_, check) = shop.ask("GET", &format!("{orders}/t-2/check"), &Value::Null);
        assert_eq!(check["status"], "REFUND");
        // A wallet that holds nothing is no wallet for that.
        assert_eq!(shop.code("POST", &pay, &hold("t-3", CODES[4])), "1141");
    }
}

#[test]
fn an_order_on_the_web_is_no_code() {
    let mut shop = shop();
    let tx = shop.request("o-1");
    assert_eq!(shop.code("GET", "/v4/payments/orders/o-1/check", &Value::Null), "1150");
    let (_, info) = shop.scan("v4", "t-1", CODES[0]);
    let code = info["transactionId"].as_u64().unwrap();
    assert_eq!(shop.confirm(code, 1000).0, "1155");
    assert_eq!(shop.check(code), "1150");
    assert_eq!(shop.code("GET", "/v4/payments/orders/none/check", &Value::Null), "1150");
    assert_eq!(shop.refund(code, &json!({})).0, "0000", "by its transaction too");
    assert_eq!(shop.check(tx), "0000");
}
