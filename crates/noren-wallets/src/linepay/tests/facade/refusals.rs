//! What is refused, and in which words.

use noren_core::refusal::Refusal;
use serde_json::{Value, json};

use super::{Shop, order, shop};
use crate::facade::Refused;
use crate::linepay::codes::{Code, Meaning, of_payment, of_refund, of_request};

const REQUEST: &str = "/v3/payments/request";
const PAY: &str = "/v4/payments/oneTimeKeys/pay";
const KEY: &str = "3910000000000000001";

/// What is wrong, how it comes to be, and the code.
type Case = (&'static str, fn(&mut Value), &'static str);

#[test]
fn wrong_parameters_are_refused_in_the_protocols_words() {
    let mut shop = shop();
    shop.request("o-1");
    let with = |change: fn(&mut Value)| {
        let mut body = order("o-2", &json!(1000));
        change(&mut body);
        body
    };
    let scan = |change: fn(&mut Value)| {
        let mut body =
            json!({ "orderId": "t-2", "oneTimeKey": KEY, "amount": 1000, "currency": "JPY" });
        change(&mut body);
        body
    };
    let requests: [Case; 14] = [
        ("no amount", |b| drop(b.as_object_mut().unwrap().remove("amount")), "2101"),
        ("no order id", |b| drop(b.as_object_mut().unwrap().remove("orderId")), "2101"),
        ("empty order id", |b| b["orderId"] = json!(""), "2101"),
        ("long order id", |b| b["orderId"] = json!("x".repeat(101)), "2101"),
        ("no packages", |b| b["packages"] = json!([]), "2101"),
        ("no confirmUrl", |b| b["redirectUrls"]["confirmUrl"] = json!(""), "2101"),
        (
            "addresses too long",
            |b| b["redirectUrls"]["cancelUrl"] = json!("x".repeat(2000)),
            "2101",
        ),
        ("baht", |b| b["currency"] = json!("THB"), "1178"),
        ("nothing", |b| b["amount"] = json!(0), "1124"),
        ("half a yen", |b| b["amount"] = json!(0.5), "1124"),
        ("another sum", |b| b["amount"] = json!(999), "1124"),
        ("another price", |b| b["packages"][0]["products"][0]["price"] = json!(9), "1124"),
        ("stored", |b| b["options"] = json!({ "payment": { "payType": "PREAPPROVED" } }), "1194"),
        (
            "SERVER without an address",
            |b| {
                b["redirectUrls"] =
                    json!({ "confirmUrl": "app://a", "confirmUrlType": "SERVER", "cancelUrl": "b" })
            },
            "2101",
        ),
    ];
    for (what, change, expected) in requests {
        assert_eq!(shop.code("POST", REQUEST, &with(change)), expected, "{what}");
    }
    let scans: [Case; 5] = [
        ("no key", |b| drop(b.as_object_mut().unwrap().remove("oneTimeKey")), "2101"),
        ("nobody's key", |b| b["oneTimeKey"] = json!("abc"), "1133"),
        ("empty key", |b| b["oneTimeKey"] = json!(""), "1133"),
        ("baht", |b| b["currency"] = json!("THB"), "1178"),
        ("more than the shop may take", |b| b["amount"] = json!(300_001), "1184"),
    ];
    for (what, change, expected) in scans {
        assert_eq!(shop.code("POST", PAY, &scan(change)), expected, "{what}");
    }
    let v2 = "/v2/payments/oneTimeKeys/pay";
    assert_eq!(shop.code("POST", v2, &scan(|_| {})), "2101", "v2 without a product's name");
    let request = super::signed_with("POST", REQUEST, "{", "1");
    assert_eq!(super::read(&shop.send(&request)).0, "2102");
    for (target, expected) in [
        ("/v3/payments", "2101"),
        ("/v3/payments?transactionId=x", "2101"),
        ("/v3/payments?orderId=none", "1150"),
        ("/v3/payments/requests/1/check", "1150"),
        ("/v3/payments/requests/9999999999999999999/check", "1150"),
    ] {
        assert_eq!(shop.code("GET", target, &Value::Null), expected, "{target}");
    }

    // The fee for shipping is a part of the amount, and a number may come as a text.
    let mut shipped = order("o-3", &json!(1000));
    shipped["amount"] = json!("1200");
    shipped["options"] = json!({ "shipping": { "feeAmount": 200 } });
    assert_eq!(shop.code("POST", REQUEST, &shipped), "0000");
}

/// The one call of each kind that asks the switch to do something.
fn code_of(shop: &mut Shop, refused: Refused, call: usize) -> Code {
    let tx = shop.request(&format!("o-{call}"));
    let body = json!({ "orderId": "t-1", "oneTimeKey": KEY, "amount": 1, "currency": "JPY" });
    shop.till.refuse(refused);
    let code = match call {
        0 => shop.code("POST", REQUEST, &order("o-9", &json!(1000))),
        1 => shop.code("POST", PAY, &body),
        2 => shop.check(tx),
        3 => shop.confirm(tx, 1000).0,
        4 => shop.refund(tx, &json!({})).0,
        _ => shop.details("orderId=o-9").0,
    };
    Code::read(&code).unwrap()
}

#[test]
fn a_switch_that_is_full_or_at_fault_decides_nothing() {
    for refused in [Refused::Busy, Refused::Internal] {
        let mut shop = shop();
        for call in 0..6 {
            let code = code_of(&mut shop, refused.clone(), call);
            assert_eq!(code, Code::InternalError, "{refused:?} {call}");
        }
    }
}

/// Whoever reads these codes as our own connector does must never take a refusal for a yes, and what
/// is in doubt never for a no.
#[test]
fn every_refusal_has_a_word_that_is_no_yes() {
    for refusal in Refusal::all() {
        let mut shop = shop();
        let refused = || Refused::By(refusal);
        let (made, paid) = (code_of(&mut shop, refused(), 0), code_of(&mut shop, refused(), 1));
        assert!(!made.digits().starts_with('0'), "{refusal:?} {made:?}");
        let meanings =
            [of_request(made.class()), of_payment(paid.class()), of_refund(made.class())];
        for meaning in meanings {
            assert!(!matches!(meaning, Meaning::Yes | Meaning::Confirm), "{refusal:?} {made:?}");
        }
        let in_doubt = matches!(
            refusal,
            Refusal::PaymentInDoubt | Refusal::CaptureRunning | Refusal::RefundRunning
        );
        assert_eq!(made == Code::InProcess, in_doubt, "{refusal:?}");
        let duplicate = refusal == Refusal::KeyReused;
        assert!(!duplicate || made == Code::SameOrder);
    }
}
