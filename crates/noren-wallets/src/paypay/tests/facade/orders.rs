//! Codes and scanned codes from their making to their end.

use serde_json::{Value, json};

use super::super::{YEN, yen};
use super::{CODES, code_body, is, scan_body, shop, short};
use crate::facade::Facade as _;
use crate::testing::till::Says;

#[test]
fn a_code_leads_to_the_page_and_every_wallet_pays_it() {
    for wallet in ["paypay", "noren", "linepay", "wechatpay"] {
        let shop = shop();
        let mut body = code_body("A-1", YEN);
        body["metadata"] = json!({"table": 4});
        let (status, code, made) = shop.call("POST", "/v2/codes", &body);
        assert_eq!((status, code.as_str()), (201, "SUCCESS"));
        let payment = shop.payment("A-1");
        assert_eq!(made["url"], format!("http://127.0.0.1:7400/checkout/{}", payment.id));
        assert_eq!(made["deeplink"], made["url"]);
        assert_eq!(made["codeId"], format!("04-{}", payment.id.digits()));
        assert_eq!(made["expiryDate"], json!(shop.till.env().now.0 / 1_000 + 300));
        assert_eq!((&made["metadata"], &made["amount"]), (&json!({"table": 4}), &yen(YEN)));
        let open = shop.code_look("A-1");
        assert_eq!((&open["status"], &open["paymentId"]), (&json!("CREATED"), &Value::Null));
        assert_eq!(short(shop.get("/v2/payments/A-1")), is(404, "RESOURCE_NOT_FOUND"));
        shop.till.pay("A-1", wallet);
        for paid in [shop.code_look("A-1"), shop.look("A-1")] {
            assert_eq!(paid["status"], "COMPLETED", "{wallet}");
            assert_eq!(paid["paymentId"], payment.id.digits());
            assert_eq!(paid["merchantPaymentId"], "A-1");
            assert_eq!((&paid["amount"], &paid["orderDescription"]), (&yen(YEN), &json!("soba")));
            assert_eq!((&paid["storeId"], &paid["terminalId"]), (&json!("S1"), &json!("T4")));
            assert_eq!(paid["requestedAt"], 1_795_275_000);
            assert!(paid["acceptedAt"].is_i64());
        }
    }
}

#[test]
fn a_scanned_code_goes_to_its_wallet() {
    for (code, wallet) in CODES.into_iter().zip(["paypay", "alipayplus", "wechatpay"]) {
        let shop = shop();
        let body = scan_body("B-1", YEN, code);
        let target = "/v2/payments?agreeSimilarTransaction=false";
        let (status, word, paid) = shop.call("POST", target, &body);
        assert_eq!((status, word.as_str(), &paid["status"]), (201, "SUCCESS", &json!("COMPLETED")));
        assert_eq!(shop.payment("B-1").wallet().unwrap().as_str(), wallet);
        assert_eq!(paid["orderReceiptNumber"], "0007");
        // The same again is the same payment; another time of asking is no other content.
        let mut again = body.clone();
        again["requestedAt"] = json!(1_795_275_009);
        let repeat = shop.call("POST", target, &again);
        assert_eq!((repeat.0, &repeat.2), (201, &paid));
        assert_eq!(shop.look("B-1"), paid);
        let none = shop.get("/v2/codes/payments/B-1");
        assert_eq!(short(none), is(400, "DYNAMIC_QR_PAYMENT_NOT_FOUND"));
        for changed in [scan_body("B-1", YEN + 1, code), scan_body("B-1", YEN, "x")] {
            let refused = shop.call("POST", target, &changed);
            assert!(["INVALID_PARAMS", "INVALID_PAYMENT_CODE"].contains(&refused.1.as_str()));
        }
        let reused = shop.call("POST", target, &scan_body("B-2", YEN, code));
        assert_eq!(short(reused), is(400, "EXPIRED_PAYMENT_CODE"));
    }
}

#[test]
fn a_number_makes_one_code_for_ever() {
    let shop = shop();
    shop.code("A-1");
    let duplicate = is(400, "DUPLICATE_DYNAMIC_QR_REQUEST");
    for amount in [YEN, YEN + 1] {
        assert_eq!(short(shop.call("POST", "/v2/codes", &code_body("A-1", amount))), duplicate);
    }
    shop.till.wait(300_000);
    assert_eq!(shop.code_look("A-1")["status"], "EXPIRED");
    assert_eq!(short(shop.call("POST", "/v2/codes", &code_body("A-1", YEN))), duplicate);
    // A cancel that overtook the code binds.
    assert_eq!(short(shop.delete("/v2/payments/A-2")), is(202, "REQUEST_ACCEPTED"));
    assert_eq!(shop.look("A-2")["status"], "CANCELED");
    assert_eq!(short(shop.call("POST", "/v2/codes", &code_body("A-2", YEN))), duplicate);
    assert_eq!(short(shop.delete("/v2/payments/A-3")), is(202, "REQUEST_ACCEPTED"));
    let late = shop.call("POST", "/v2/payments", &scan_body("A-3", YEN, CODES[0]));
    assert_eq!(short(late), is(400, "UNACCEPTABLE_OP"));
}

#[test]
fn what_is_not_decided_is_created() {
    let shop = shop();
    shop.till.say(Says::Nothing);
    let (status, code, data) = shop.call("POST", "/v2/payments", &scan_body("B-1", YEN, CODES[0]));
    assert_eq!((status, code.as_str(), &data["status"]), (201, "SUCCESS", &json!("CREATED")));
    assert_eq!(shop.look("B-1")["status"], "CREATED");
    // Cancelled, and the wallet has not said that it did.
    assert_eq!(short(shop.delete("/v2/payments/B-1")), is(202, "REQUEST_ACCEPTED"));
    assert_eq!(shop.look("B-1")["status"], "CREATED");
    assert_eq!(shop.notice("B-1"), None);
    shop.till.say(Says::Yes);
    shop.till.wait(60_000);
    assert_eq!(shop.look("B-1")["status"], "CANCELED");
}

#[test]
fn a_no_of_the_wallet_is_a_no_in_the_words_that_there_are() {
    let shop = shop();
    shop.till.say(Says::No);
    let body = scan_body("B-1", YEN, CODES[0]);
    for _ in 0..2 {
        let refused = shop.call("POST", "/v2/payments", &body);
        assert_eq!(short(refused), is(400, "NO_SUFFICIENT_FUND"));
    }
    assert_eq!(shop.look("B-1")["status"], "FAILED");
}

#[test]
fn a_code_is_deleted_as_long_as_nobody_paid() {
    let shop = shop();
    let of = |made: &Value| format!("/v2/codes/{}", made["codeId"].as_str().unwrap());
    let made = shop.code("A-1");
    assert_eq!(short(shop.delete(&of(&made))), is(200, "SUCCESS"));
    assert_eq!(shop.code_look("A-1")["status"], "CANCELED");
    assert_eq!(short(shop.delete(&of(&made))), is(404, "DYNAMIC_QR_NOT_FOUND"));
    // The payer has chosen a wallet, which is asked to close its order.
    let made = shop.code("A-2");
    shop.till.choose("A-2", "linepay");
    shop.till.say(Says::Nothing);
    assert_eq!(short(shop.delete(&of(&made))), is(202, "REQUEST_ACCEPTED"));
    shop.till.say(Says::Yes);
    shop.till.wait(60_000);
    assert_eq!(shop.code_look("A-2")["status"], "CANCELED");
    let made = shop.code("A-3");
    shop.till.pay("A-3", "wechatpay");
    assert_eq!(short(shop.delete(&of(&made))), is(400, "DYNAMIC_QR_ALREADY_PAID"));
    for none in ["/v2/codes/x", "/v2/codes/04-x", "/v2/codes/04-0000000000000000000000000"] {
        assert_eq!(short(shop.delete(none)), is(404, "DYNAMIC_QR_NOT_FOUND"), "{none}");
    }
    // A payment by a scanned code has none.
    shop.call("POST", "/v2/payments", &scan_body("B-1", YEN, CODES[0]));
    let none = format!("/v2/codes/04-{}", shop.payment("B-1").id.digits());
    assert_eq!(short(shop.delete(&none)), is(404, "DYNAMIC_QR_NOT_FOUND"));
}

#[test]
fn a_cancel_gives_back_what_was_paid() {
    let shop = shop();
    for wallet in ["paypay", "wechatpay", "linepay"] {
        let number = format!("A-{wallet}");
        shop.paid(&number, wallet);
        let cancel = format!("/v2/payments/{number}");
        for _ in 0..2 {
            // Some SDKs send `{}` with it.
            let cancelled = shop.call("DELETE", &cancel, &json!({}));
            assert_eq!(short(cancelled), is(202, "REQUEST_ACCEPTED"), "{wallet}");
        }
        // One of them is not asked to cancel before the payment could have come to it.
        shop.till.wait(60_000);
        assert_eq!(shop.code_look(&number)["status"], "CANCELED", "{wallet}");
        assert_eq!(shop.payment(&number).refunds_done(), YEN);
    }
    // The wallet gives nothing back: the payment stands, and nobody says otherwise.
    shop.paid("A-9", "linepay");
    shop.till.say(Says::No);
    assert_eq!(short(shop.delete("/v2/payments/A-9")), is(400, "ORDER_NOT_REVERSIBLE"));
    assert_eq!(shop.code_look("A-9")["status"], "COMPLETED");
    // Not known yet: neither paid nor cancelled.
    shop.till.say(Says::Yes);
    shop.paid("A-10", "linepay");
    shop.till.say(Says::Nothing);
    assert_eq!(short(shop.delete("/v2/payments/A-10")), is(202, "REQUEST_ACCEPTED"));
    assert_eq!(shop.code_look("A-10")["status"], "CREATED");
}

#[test]
fn texts_that_are_too_long_to_be_kept_are_not_said_again() {
    let shop = shop();
    let mut body = code_body("A-1", YEN);
    body["orderDescription"] = json!("蕎麦".repeat(2_000));
    body["storeId"] = json!("S".repeat(1_700));
    assert_eq!(shop.call("POST", "/v2/codes", &body).0, 201);
    let look = shop.code_look("A-1");
    assert_eq!(
        (look["storeId"].as_str().unwrap().len(), &look["orderDescription"]),
        (1_700, &Value::Null)
    );
    body["merchantPaymentId"] = json!("A-2");
    body["storeId"] = json!("S".repeat(5_000));
    assert_eq!(shop.call("POST", "/v2/codes", &body).0, 201);
    assert_eq!(shop.code_look("A-2")["storeId"], Value::Null);
    assert!(shop.payment("A-2").memo.as_ref().unwrap().len() < 2_000);
}

#[test]
fn the_payers_browser_goes_on_to_the_shop_when_its_order_is_over() {
    let shop = shop();
    let onward = |number: &str| shop.facade.onward(&shop.payment(number));
    let back = "https://shop.example/back?order=1";
    let mut body = code_body("A-1", YEN);
    body["redirectUrl"] = json!(back);
    body["redirectType"] = json!("WEB_LINK");
    assert_eq!(shop.call("POST", "/v2/codes", &body).0, 201);
    assert_eq!(onward("A-1"), None);
    shop.till.choose("A-1", "linepay");
    assert_eq!(onward("A-1"), None, "the payer is in the wallet");
    body["merchantPaymentId"] = json!("A-2");
    assert_eq!(shop.call("POST", "/v2/codes", &body).0, 201);
    shop.till.pay("A-2", "linepay");
    assert_eq!(onward("A-2").as_deref(), Some(back));
    shop.till.wait(300_000);
    assert_eq!(onward("A-1").as_deref(), Some(back), "also when nobody paid: the shop looks");
    shop.paid("A-3", "wechatpay");
    assert_eq!(onward("A-3"), None, "it named none");
}
