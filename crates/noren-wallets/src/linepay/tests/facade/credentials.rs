//! Who may call, and what.

use serde_json::{Value, json};

use super::{CHANNEL, Shop, order, read, shop};
use crate::facade::Facade as _;
use crate::linepay::NAME;
use crate::linepay::facade::LinePayFacade;
use crate::linepay::signing::show_secret;
use crate::linepay::tests::strangers::signed_with;
use crate::testing::link;
use crate::wire::Request;

#[test]
fn credentials_come_first_in_the_protocols_words() {
    let shop = shop();
    let body = order("o-1", &json!(1000)).to_string();
    let good = signed_with("POST", "/v3/payments/request", &body, "1795275000");
    assert_eq!(LinePayFacade.claims(&good).as_deref(), Some(CHANNEL));
    type Change = (&'static str, fn(&mut Request), &'static str);
    let changes: [Change; 6] = [
        ("no nonce", |r| drop(r.headers.remove(3)), "1106"),
        ("no signature", |r| drop(r.headers.remove(0)), "1106"),
        ("another's signature", |r| r.headers[0].1 = "AAAA".into(), "1106"),
        ("another nonce", |r| r.headers[3].1.push('1'), "1106"),
        ("another body", |r| r.body = r.body.replace_1000(), "1106"),
        ("another channel", |r| r.headers[2].1 = "nobody".into(), "1104"),
    ];
    for (what, change, expected) in changes {
        let mut request = good.clone();
        change(&mut request);
        assert_eq!(read(&shop.send(&request)).0, expected, "{what}");
    }
    let nobody = LinePayFacade.stranger(&good, shop.till.env());
    assert_eq!(read(&nobody).0, "1104");
    let long = signed_with("POST", "/v3/payments/request", &body, &"x".repeat(101));
    assert_eq!(read(&shop.send(&long)).0, "1106", "ours: no nonce is so long");
    assert_eq!(read(&shop.send(&good)).0, "0000", "none of these made the order");

    // A signature is no secret for v2, and the secret is no signature for v4.
    let v2 = signed_with("GET", "/v2/payments?orderId=o-1", "", "1");
    assert_eq!(read(&shop.send(&v2)).0, "1106");
    let mut v4 = signed_with("GET", "/v4/payments?orderId=o-1", "", "1");
    v4.headers.clear();
    show_secret(&mut v4, &link(NAME));
    assert_eq!(read(&shop.send(&v4)).0, "1106");
}

/// A body with another amount in it.
trait Tampered {
    fn replace_1000(&self) -> Vec<u8>;
}

impl Tampered for Vec<u8> {
    fn replace_1000(&self) -> Vec<u8> {
        String::from_utf8_lossy(self).replace("1000", "1001").into_bytes()
    }
}

#[test]
fn what_is_no_call_of_this_api_is_not_found() {
    let shop = shop();
    for (method, target) in [
        ("GET", "/"),
        ("GET", "/v1/payments"),
        ("DELETE", "/v3/payments/1/confirm"),
        ("GET", "/v3/payments/request"),
        ("POST", "/v3/payments/x/confirm"),
        ("GET", "/noren/v1/statements/2026-11-21"),
    ] {
        let response = shop.send(&signed_with(method, target, "", "1"));
        assert_eq!(response.status, 404, "{method} {target}");
        let said: Value = serde_json::from_slice(&response.body).unwrap();
        assert_eq!(said["returnCode"], "2101");
    }
    let stored = "/v3/payments/preapprovedPay/key/payment";
    assert_eq!(read(&shop.send(&signed_with("POST", stored, "{}", "1"))).0, "1194");
    let mut unsigned = signed_with("POST", stored, "{}", "1");
    unsigned.headers.remove(0);
    assert_eq!(read(&shop.send(&unsigned)).0, "1106");
}

/// What is there for one channel is there for no other: of another merchant, or of the same.
#[test]
fn another_channels_payments_do_not_exist() {
    let mut shop = shop();
    let tx = shop.request("o-1");
    shop.till.pay("o-1", "paypay");
    let mut till = shop.till.clone();
    // Its keys are those that sign here; its name is not, so the memo is another channel's.
    till.id = "client-9";
    let account = shop.account.clone();
    let same_merchant =
        Shop { till: shop.till.clone(), account: till.account(link(NAME), None), calls: 0 };
    let stranger = Shop { till: shop.till.other(CHANNEL), account, calls: 0 };
    for (mut other, channel) in [(same_merchant, "client-9"), (stranger, CHANNEL)] {
        let calls = [
            ("GET", format!("/v3/payments/requests/{tx}/check"), Value::Null),
            (
                "POST",
                format!("/v3/payments/{tx}/confirm"),
                json!({ "amount": 1000, "currency": "JPY" }),
            ),
            ("POST", format!("/v3/payments/{tx}/refund"), json!({})),
            ("POST", format!("/v3/payments/authorizations/{tx}/void"), json!({})),
            ("GET", format!("/v3/payments?transactionId={tx}"), Value::Null),
            ("GET", "/v3/payments?orderId=o-1".to_owned(), Value::Null),
            ("GET", "/v4/payments/orders/o-1/check".to_owned(), Value::Null),
            ("POST", "/v4/payments/orders/o-1/refund".to_owned(), json!({})),
        ];
        for (method, target, body) in calls {
            other.calls += 1;
            let body = if body.is_null() { String::new() } else { body.to_string() };
            let mut request = signed_with(method, &target, &body, "7");
            request.headers[2].1 = channel.into();
            assert_eq!(read(&other.send(&request)).0, "1150", "{channel} {target}");
        }
    }
    assert_eq!(shop.till.last("o-1").refunds_counted(), 0);
}
