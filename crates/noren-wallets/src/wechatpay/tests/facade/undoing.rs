//! Close and reverse.

use serde_json::{Value, json};

use super::{CODEPAY, MCHID, MICROPAY, NATIVE, NOREN_CODE, PAYPAY_CODE, Shop, native, said, scan};
use crate::testing::till::Says;

fn close(shop: &Shop, number: &str) -> (u16, String) {
    let below = format!("/v3/pay/transactions/out-trade-no/{number}/close");
    shop.word("POST", &below, &json!({ "mchid": MCHID }))
}

fn reverse(shop: &Shop, number: &str) -> (u16, String) {
    let below = format!("/v3/pay/transactions/out-trade-no/{number}/reverse");
    shop.word("POST", &below, &json!({ "mchid": MCHID, "appid": "wx1" }))
}

#[test]
fn an_order_that_nobody_paid_is_closed_and_a_paid_one_is_not() {
    let shop = Shop::new();
    assert_eq!(close(&shop, "order-0001"), said(404, "ORDER_NOT_EXIST"));
    shop.post(NATIVE, &native("order-0001"));
    assert_eq!(close(&shop, "order-0001"), said(204, ""));
    assert_eq!(shop.state("order-0001"), "CLOSED");
    assert_eq!(close(&shop, "order-0001"), said(400, "ORDER_CLOSED"));
    assert_eq!(shop.word("POST", NATIVE, &native("order-0001")), said(400, "ORDER_CLOSED"));

    shop.post(NATIVE, &native("order-0002"));
    shop.till.pay("order-0002", "linepay");
    assert_eq!(close(&shop, "order-0002"), said(400, "ORDERPAID"));
    assert_eq!(
        (shop.state("order-0002").as_str(), shop.till.last("order-0002").refunds.len()),
        ("SUCCESS", 0)
    );

    shop.post(CODEPAY, &scan("order-0003", PAYPAY_CODE));
    assert_eq!(close(&shop, "order-0003"), said(400, "INVALID_REQUEST"));
    assert_eq!(reverse(&shop, "order-0001"), said(400, "INVALID_REQUEST"));
}

#[test]
fn an_order_at_a_wallet_is_closed_when_the_wallet_says_so() {
    let shop = Shop::new();
    shop.post(NATIVE, &native("order-0001"));
    shop.till.choose("order-0001", "paypay");
    shop.till.say(Says::Nothing);
    assert_eq!(close(&shop, "order-0001"), said(500, "SYSTEM_ERROR"));
    assert_eq!(shop.state("order-0001"), "NOTPAY", "neither paid nor closed");
    shop.till.say(Says::Yes);
    shop.till.wait(500);
    assert_eq!(shop.state("order-0001"), "CLOSED");
    let global = "/v3/global/transactions/out-trade-no/order-0002/close";
    shop.post(NATIVE, &native("order-0002"));
    let raw = shop.raw("POST", global, &json!({ "mchid": MCHID }));
    assert_eq!((raw.status, raw.header("content-type")), (204, None), "empty, and signed");
}

#[test]
fn a_scanned_payment_is_reversed_paid_or_not() {
    let shop = Shop::new();
    shop.post(CODEPAY, &scan("order-0001", PAYPAY_CODE));
    let id = shop.till.last("order-0001").id;
    let global = format!("/v3/global/micropay/transactions/id/{id}/reverse");
    assert_eq!(shop.word("POST", &global, &json!({ "mchid": MCHID })), said(204, ""));
    assert_eq!(shop.state("order-0001"), "REVOKED");
    assert_eq!(shop.till.last("order-0001").refunds_done(), 1_200);
    assert_eq!(reverse(&shop, "order-0001"), said(204, ""), "as often as the till likes");
    assert_eq!(shop.till.last("order-0001").refunds_done(), 1_200, "and once");
    let again = scan("order-0001", PAYPAY_CODE);
    assert_eq!(shop.word("POST", CODEPAY, &again), said(400, "ORDER_CLOSED"));

    // Undecided: not confirmed until the wallet has spoken.
    shop.till.say(Says::Nothing);
    shop.post(CODEPAY, &scan("order-0002", NOREN_CODE));
    assert_eq!(reverse(&shop, "order-0002"), said(500, "SYSTEM_ERROR"));
    assert_eq!(shop.state("order-0002"), "USERPAYING");
    shop.till.say(Says::Yes);
    shop.till.hear();
    shop.till.wait(200);
    assert_eq!(reverse(&shop, "order-0002"), said(204, ""));
    assert_eq!(shop.state("order-0002"), "REVOKED");

    // A part was given back before.
    shop.post(MICROPAY, &scan("order-0003", "900081810000000000000003"));
    let refund = json!({
        "out_trade_no": "order-0003", "out_refund_no": "r-1",
        "amount": { "refund": 200, "total": 1_200, "currency": "JPY" },
    });
    assert_eq!(shop.post("/v3/global/refunds", &refund).0, 200);
    shop.till.say(Says::No);
    assert_ne!(reverse(&shop, "order-0003").0, 204, "the wallet refuses the second refund");
    assert_eq!(shop.till.last("order-0003").refunds_done(), 200);
}

#[test]
fn a_reverse_binds_a_payment_that_comes_later() {
    let shop = Shop::new();
    assert_eq!(reverse(&shop, "order-0001"), said(204, ""));
    assert_eq!(reverse(&shop, "order-0001"), said(204, ""));
    let late = scan("order-0001", PAYPAY_CODE);
    assert_eq!(shop.word("POST", CODEPAY, &late), said(400, "ORDER_CLOSED"));
    let below = format!("/v3/pay/transactions/out-trade-no/order-0001?mchid={MCHID}");
    assert_eq!(shop.word("GET", &below, &Value::Null), said(404, "ORDER_NOT_EXIST"));
    assert_eq!(reverse(&shop, "short"), said(400, "PARAM_ERROR"));
}
