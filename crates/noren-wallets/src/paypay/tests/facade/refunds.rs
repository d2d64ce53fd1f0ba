//! Giving money back through the switch.

use serde_json::{Value, json};

use super::super::{YEN, yen};
use super::{code_body, is, refund_body, scan_body, seen_by, shop, short};
use crate::testing::till::Says;

#[test]
fn a_part_and_then_the_rest_goes_back_to_whoever_paid() {
    for wallet in ["noren", "linepay", "wechatpay"] {
        let shop = shop();
        let payment = shop.paid("A-1", wallet);
        // One SDK posts to a path with a slash at its end, and signs that.
        let first = shop.call("POST", "/v2/refunds/", &refund_body("R-1", &payment, 200));
        assert_eq!((first.0, first.1.as_str()), (200, "SUCCESS"), "{wallet}");
        assert_eq!((&first.2["status"], &first.2["amount"]), (&json!("REFUNDED"), &yen(200)));
        assert_eq!(first.2["paymentId"], payment);
        assert_eq!(
            (&first.2["reason"], &first.2["requestedAt"]),
            (&json!("too salty"), &json!(1_795_275_100))
        );
        let repeat = shop.call("POST", "/v2/refunds", &refund_body("R-1", &payment, 200));
        assert_eq!(repeat, first, "a repeat is the same refund");
        let changed = shop.call("POST", "/v2/refunds", &refund_body("R-1", &payment, 201));
        assert_eq!(short(changed), is(400, "INVALID_PARAMS"));
        let look = shop.get("/v2/refunds/R-1");
        assert_eq!((look.0, &look.2), (200, &first.2));
        let paid = shop.look("A-1");
        assert_eq!(paid["status"], "REFUNDED");
        assert_eq!(paid["refunds"]["data"][0]["merchantRefundId"], "R-1");
        let too_much = shop.call("POST", "/v2/refunds", &refund_body("R-2", &payment, YEN));
        assert_eq!((too_much.0, too_much.1.as_str()), (400, "INVALID_PARAMS"));
        let rest = shop.call("POST", "/v2/refunds", &refund_body("R-3", &payment, YEN - 200));
        assert_eq!((rest.0, &rest.2["status"]), (200, &json!("REFUNDED")), "{wallet}");
        assert_eq!(shop.payment("A-1").refunds_done(), YEN);
    }
}

#[test]
fn a_wallet_that_gives_back_once_is_the_apis_own_rule() {
    let shop = shop();
    let payment = shop.paid("A-1", "paypay");
    assert_eq!(shop.call("POST", "/v2/refunds", &refund_body("R-1", &payment, 200)).0, 200);
    let again = shop.call("POST", "/v2/refunds", &refund_body("R-2", &payment, 200));
    assert_eq!(short(again), is(400, "UNACCEPTABLE_OP"));
}

#[test]
fn a_refund_that_is_not_decided_is_created_and_one_that_was_refused_failed() {
    let shop = shop();
    let payment = shop.paid("A-1", "wechatpay");
    shop.till.say(Says::Nothing);
    let body = refund_body("R-1", &payment, 200);
    let open = shop.call("POST", "/v2/refunds", &body);
    assert_eq!((open.0, open.1.as_str(), &open.2["status"]), (200, "SUCCESS", &json!("CREATED")));
    assert_eq!(shop.get("/v2/refunds/R-1").2["status"], "CREATED");
    assert_eq!(shop.look("A-1")["status"], "COMPLETED");
    shop.till.say(Says::No);
    shop.till.hear();
    assert_eq!(shop.get("/v2/refunds/R-1").2["status"], "REFUND_FAILED");
    assert_eq!(short(shop.call("POST", "/v2/refunds", &body)), is(400, "UNACCEPTABLE_OP"));
}

#[test]
fn what_is_not_paid_or_not_here_cannot_be_refunded() {
    let shop = shop();
    shop.code("A-1");
    let open = json!(shop.payment("A-1").id.digits());
    let unpaid = shop.call("POST", "/v2/refunds", &refund_body("R-1", &open, 1));
    assert_eq!(short(unpaid), is(400, "UNACCEPTABLE_OP"));
    for none in [json!("1"), json!(""), json!("0000000000000000000000000")] {
        let refused = shop.call("POST", "/v2/refunds", &refund_body("R-2", &none, 1));
        assert_eq!(short(refused), is(404, "RESOURCE_NOT_FOUND"));
    }
    assert_eq!(short(shop.get("/v2/refunds/none")), is(404, "NO_SUCH_REFUND_ORDER"));
}

/// Another shop's numbers and ids are as if they were not there.
#[test]
fn nobody_is_told_of_another_shops_payments() {
    let shop = shop();
    let made = shop.code("A-1");
    shop.till.pay("A-1", "wechatpay");
    let payment = json!(shop.payment("A-1").id.digits());
    shop.call("POST", "/v2/refunds", &refund_body("R-1", &payment, 200));
    let other = seen_by(shop.till.other("b_key"));
    assert_eq!(short(other.get("/v2/codes/payments/A-1")), is(400, "DYNAMIC_QR_PAYMENT_NOT_FOUND"));
    assert_eq!(short(other.get("/v2/payments/A-1")), is(404, "RESOURCE_NOT_FOUND"));
    assert_eq!(short(other.get("/v2/refunds/R-1")), is(404, "NO_SUCH_REFUND_ORDER"));
    let stolen = other.call("POST", "/v2/refunds", &refund_body("R-9", &payment, 200));
    assert_eq!(short(stolen), is(404, "RESOURCE_NOT_FOUND"));
    let delete = format!("/v2/codes/{}", made["codeId"].as_str().unwrap());
    assert_eq!(short(other.delete(&delete)), is(404, "DYNAMIC_QR_NOT_FOUND"));
    let revert = json!({"merchantRevertId": "V", "paymentId": payment, "requestedAt": 1});
    let reverted = other.call("POST", "/v2/payments/preauthorize/revert", &revert);
    assert_eq!(short(reverted), is(404, "RESOURCE_NOT_FOUND"));
    // Its own orders may have the same numbers.
    assert_eq!(other.call("POST", "/v2/codes", &code_body("A-1", 5)).0, 201);
    let scan = scan_body("A-2", 5, "281001020000000000000009");
    assert_eq!(other.call("POST", "/v2/payments", &scan).0, 201);
    assert_eq!(shop.code_look("A-1")["amount"], yen(YEN));
    assert_eq!(other.get("/v2/payments/A-3").2, Value::Null);
}
