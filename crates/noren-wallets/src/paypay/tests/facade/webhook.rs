//! What a till is told of its own accord.

use serde_json::{Value, json};

use super::super::YEN;
use super::{CODES, News, code_body, is, refund_body, scan_body, shop, short, taken};
use crate::facade::Facade as _;
use crate::paypay::signing::key_named;
use crate::testing::till::Says;

#[test]
fn the_end_of_a_payment_is_told_at_the_accounts_address() {
    let shop = shop();
    shop.paid("A-1", "wechatpay");
    let notice = shop.notice("A-1").unwrap();
    assert_eq!(notice.url, "https://shop.example/paypay?till=4");
    assert_eq!(notice.request.target, "/paypay?till=4");
    assert_eq!(notice.request.method, "POST");
    assert_eq!(notice.request.header("content-type"), Some("application/json"));
    assert_eq!(key_named(&notice.request), None, "it is not signed");
    let body: Value = serde_json::from_slice(&notice.request.body).unwrap();
    let id = shop.payment("A-1").id.digits();
    for (member, value) in [
        ("notification_type", json!("Transaction")),
        ("merchant_id", json!(shop.account.shop.merchant.digits())),
        ("store_id", json!("S1")),
        ("pos_id", json!("T4")),
        ("order_id", json!(id)),
        ("merchant_order_id", json!("A-1")),
        ("order_amount", json!(YEN.to_string())),
        ("state", json!("COMPLETED")),
    ] {
        assert_eq!(body[member], value, "{member}");
    }
    assert!(body["paid_at"].is_string() && body["authorized_at"].is_null());
}

#[test]
fn every_end_has_its_word_and_the_rest_is_silence() {
    let shop = shop();
    let state = |number: &str| {
        let notice = shop.notice(number)?;
        let body: Value = serde_json::from_slice(&notice.request.body).unwrap();
        Some(body["state"].as_str().unwrap().to_owned())
    };
    shop.code("open");
    assert_eq!(state("open"), None);
    let mut hold = code_body("held", YEN);
    hold["isAuthorization"] = json!(true);
    shop.call("POST", "/v2/codes", &hold);
    shop.till.pay("held", "paypay");
    assert_eq!(state("held").as_deref(), Some("AUTHORIZED"));
    shop.delete("/v2/payments/held");
    assert_eq!(state("held").as_deref(), Some("CANCELED"));
    shop.till.say(Says::No);
    shop.call("POST", "/v2/payments", &scan_body("no", YEN, CODES[0]));
    assert_eq!(state("no").as_deref(), Some("FAILED"));
    shop.till.say(Says::Yes);
    shop.till.wait(300_000);
    assert_eq!(state("open").as_deref(), Some("EXPIRED"));
    let payment = shop.paid("back", "linepay");
    shop.call("POST", "/v2/refunds", &refund_body("R-1", &payment, 1));
    assert_eq!(state("back").as_deref(), Some("COMPLETED"), "the news is that it was paid");
    let refund = shop.payment("back").refunds[0].id;
    let shown = shop.till.shown("back");
    let news = News::Refund(refund);
    assert_eq!(shop.facade.notice(&shop.account, &shown, news, shop.till.env()), None);
    assert_eq!(short(shop.get("/v2/refunds/R-1")), is(200, "SUCCESS"));
}

#[test]
fn a_till_without_an_address_is_told_nothing_and_200_is_thanks() {
    let shop = shop();
    shop.paid("A-1", "paypay");
    let account = shop.till.account(super::link("paypay"), None);
    let shown = shop.till.shown("A-1");
    let env = shop.till.env();
    assert_eq!(shop.facade.notice(&account, &shown, News::Payment, env), None);
    for (status, is) in [(200, true), (201, false), (204, false), (302, false), (500, false)] {
        assert_eq!(shop.facade.acknowledged(&taken(status)), is, "{status}");
    }
    assert!(shop.facade.schedule().windows(2).all(|two| two[0] < two[1]));
}
