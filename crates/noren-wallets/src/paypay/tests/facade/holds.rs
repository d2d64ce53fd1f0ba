//! Holds: by a code that is shown, and by a code that is scanned.

use serde_json::{Value, json};

use super::super::{YEN, yen};
use super::{CODES, Shop, code_body, is, scan_body, shop, short};
use crate::testing::till::Says;

const CAPTURE: &str = "/v2/payments/capture";
const REVERT: &str = "/v2/payments/preauthorize/revert";

fn capture_body(number: &str, capture: &str, amount: i64) -> Value {
    json!({
        "merchantPaymentId": number, "merchantCaptureId": capture, "amount": yen(amount),
        "requestedAt": 1_795_275_200, "orderDescription": "soba",
    })
}

fn revert_body(revert: &str, payment: &Value) -> Value {
    json!({
        "merchantRevertId": revert, "paymentId": payment, "requestedAt": 1_795_275_300,
        "reason": "gone",
    })
}

/// A hold that `wallet` made for a code; `paymentId`.
fn held(shop: &Shop, number: &str, wallet: &str) -> Value {
    let mut body = code_body(number, YEN);
    body["isAuthorization"] = json!(true);
    assert_eq!(shop.call("POST", "/v2/codes", &body).0, 201);
    shop.till.pay(number, wallet);
    let look = shop.look(number);
    assert_eq!(look["status"], "AUTHORIZED", "{wallet}");
    assert!(look["expiresAt"].as_i64() > look["authorizedAt"].as_i64());
    look["paymentId"].clone()
}

/// Of wallets that capture once, and of those that capture in parts.
#[test]
fn a_part_of_a_hold_is_captured_and_the_rest_released() {
    for wallet in ["paypay", "linepay", "noren"] {
        let shop = shop();
        if wallet == "noren" {
            let body = scan_body("A-1", YEN, "86010000000000000001");
            let made = shop.call("POST", "/v2/payments/preauthorize", &body);
            assert_eq!((made.0, &made.2["status"]), (201, &json!("AUTHORIZED")), "{made:?}");
        } else {
            held(&shop, "A-1", wallet);
        }
        let done = shop.call("POST", CAPTURE, &capture_body("A-1", "C-1", 900));
        assert_eq!((done.0, done.1.as_str()), (200, "SUCCESS"), "{wallet}");
        assert_eq!(done.2["status"], "COMPLETED");
        let capture = &done.2["captures"]["data"][0];
        assert_eq!((&capture["merchantCaptureId"], &capture["amount"]), (&json!("C-1"), &yen(900)));
        let payment = shop.payment("A-1");
        assert!(payment.state.is_final(), "{wallet}: nothing is held any more");
        assert_eq!(payment.captured(), 900);
        let again = shop.call("POST", CAPTURE, &capture_body("A-1", "C-1", 900));
        assert_eq!((again.0, &again.2["status"]), (200, &json!("COMPLETED")));
        let changed = shop.call("POST", CAPTURE, &capture_body("A-1", "C-1", 901));
        assert_eq!(short(changed), is(400, "INVALID_PARAMS"));
        let second = shop.call("POST", CAPTURE, &capture_body("A-1", "C-2", 100));
        assert_eq!(short(second), is(400, "ALREADY_CAPTURED"), "{wallet}");
        assert_eq!(shop.payment("A-1").captured(), 900);
    }
}

#[test]
fn a_capture_fits_the_hold_and_a_refused_one_leaves_it() {
    let shop = shop();
    held(&shop, "A-1", "linepay");
    let high = shop.call("POST", CAPTURE, &capture_body("A-1", "C-1", YEN + 1));
    assert_eq!(short(high), is(400, "HIGHER_CAPTURE_NOT_PERMITTED"));
    shop.till.say(Says::No);
    let refused = shop.call("POST", CAPTURE, &capture_body("A-1", "C-2", YEN));
    assert_eq!(short(refused), is(400, "ORDER_NOT_CAPTURABLE"));
    assert_eq!(shop.look("A-1")["status"], "AUTHORIZED");
    shop.till.say(Says::Nothing);
    let open = shop.call("POST", CAPTURE, &capture_body("A-1", "C-3", YEN));
    assert_eq!((open.0, open.1.as_str()), (202, "REQUEST_ACCEPTED"));
    assert_eq!(open.2["status"], "AUTHORIZED");
    let beside = shop.call("POST", CAPTURE, &capture_body("A-1", "C-4", YEN));
    assert_eq!(short(beside), is(400, "REAUTHORIZATION_IN_PROGRESS"));
    shop.till.say(Says::Yes);
    shop.till.hear();
    let done = shop.call("POST", CAPTURE, &capture_body("A-1", "C-3", YEN));
    assert_eq!((done.0, &done.2["status"]), (200, &json!("COMPLETED")));
    shop.code("A-2");
    let unpaid = shop.call("POST", CAPTURE, &capture_body("A-2", "C-5", 1));
    assert_eq!(short(unpaid), is(400, "ORDER_NOT_CAPTURABLE"));
    let none = shop.call("POST", CAPTURE, &capture_body("none", "C-6", 1));
    assert_eq!(short(none), is(404, "RESOURCE_NOT_FOUND"));
}

#[test]
fn a_hold_is_released() {
    let shop = shop();
    let payment = held(&shop, "A-1", "linepay");
    for _ in 0..2 {
        let done = shop.call("POST", REVERT, &revert_body("V-1", &payment));
        assert_eq!(
            (done.0, done.1.as_str(), &done.2["status"]),
            (200, "SUCCESS", &json!("CANCELED"))
        );
        assert_eq!((&done.2["paymentId"], &done.2["reason"]), (&payment, &json!("gone")));
    }
    let look = shop.look("A-1");
    assert_eq!(look["status"], "CANCELED");
    assert_eq!(look["revert"]["acceptedAt"], look["canceledAt"]);
    // The wallet has not said that it did.
    let payment = held(&shop, "A-2", "linepay");
    shop.till.say(Says::Nothing);
    let open = shop.call("POST", REVERT, &revert_body("V-2", &payment));
    assert_eq!(short(open), is(202, "REQUEST_ACCEPTED"));
    assert_eq!(shop.look("A-2")["status"], "AUTHORIZED");
    shop.till.say(Says::Yes);
    let payment = shop.paid("A-3", "linepay");
    let paid = shop.call("POST", REVERT, &revert_body("V-3", &payment));
    assert_eq!(short(paid), is(400, "ORDER_NOT_CANCELABLE"));
    // A cancel releases it as well.
    held(&shop, "A-4", "paypay");
    assert_eq!(short(shop.delete("/v2/payments/A-4")), is(202, "REQUEST_ACCEPTED"));
    assert_eq!(shop.look("A-4")["status"], "CANCELED");
}

#[test]
fn a_wallet_that_holds_nothing_says_so() {
    let shop = shop();
    let body = scan_body("B-1", YEN, CODES[2]);
    let refused = shop.call("POST", "/v2/payments/preauthorize", &body);
    assert_eq!(short(refused), is(400, "PRE_AUTH_CAPTURE_UNSUPPORTED_MERCHANT"));
    let mut body = scan_body("B-2", YEN, CODES[0]);
    body["expiresAt"] = json!(1);
    let refused = shop.call("POST", "/v2/payments/preauthorize", &body);
    assert_eq!(short(refused), is(400, "PRE_AUTH_CAPTURE_INVALID_EXPIRY_DATE"));
    body["expiresAt"] = json!(shop.till.env().now.0 / 1_000 + 3_600);
    let held = shop.call("POST", "/v2/payments/preauthorize", &body);
    assert_eq!((held.0, &held.2["status"]), (201, &json!("AUTHORIZED")));
}
