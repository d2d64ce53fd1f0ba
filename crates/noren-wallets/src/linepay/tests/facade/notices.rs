//! What a shop is told of its own accord: nothing, unless it asked to be called.

use serde_json::json;

use super::{Shop, order, shop};
use crate::facade::{Facade as _, News, Notice};
use crate::linepay::facade::LinePayFacade;
use crate::testing::till::Says;
use crate::wire::Response;

fn request(shop: &mut Shop, number: &str, kind: &str, hold: bool) -> u64 {
    let mut body = order(number, &json!(1000));
    body["redirectUrls"]["confirmUrl"] = json!("https://shop.example/done?s=1#end");
    body["redirectUrls"]["confirmUrlType"] = json!(kind);
    body["options"] = json!({ "payment": { "capture": !hold } });
    let (code, info) = shop.ask("POST", "/v3/payments/request", &body);
    assert_eq!(code, "0000");
    info["transactionId"].as_u64().unwrap()
}

fn notice(shop: &Shop, number: &str) -> Option<Notice> {
    let (shown, env) = (shop.till.shown(number), shop.till.env());
    LinePayFacade.notice(&shop.account, &shown, News::Payment, env)
}

#[test]
fn a_shop_that_asked_for_it_is_called_when_its_order_can_be_confirmed() {
    for hold in [false, true] {
        let mut shop = shop();
        let tx = request(&mut shop, "o/1", "SERVER", hold);
        assert_eq!(notice(&shop, "o/1"), None, "nobody has paid");
        shop.till.pay("o/1", "paypay");
        let told = notice(&shop, "o/1").unwrap();
        let target = format!("/done?s=1&transactionId={tx}&orderId=o%2F1");
        assert_eq!(told.url, format!("https://shop.example{target}"));
        assert_eq!((told.request.method.as_str(), told.request.target), ("GET", target));
        assert!(told.request.body.is_empty());
        if hold {
            let body = json!({ "amount": 600, "currency": "JPY" });
            let capture = format!("/v3/payments/authorizations/{tx}/capture");
            assert_eq!(shop.code("POST", &capture, &body), "0000");
            assert_eq!(notice(&shop, "o/1"), None, "it did that itself");
        } else {
            assert_eq!(shop.refund(tx, &json!({})).0, "0000");
            let (shown, env) = (shop.till.shown("o/1"), shop.till.env());
            let refund = News::Refund(shown.payment.refunds[0].id);
            assert_eq!(LinePayFacade.notice(&shop.account, &shown, refund, env), None);
        }
    }
}

#[test]
fn others_are_not_called() {
    let mut shop = shop();
    request(&mut shop, "o-1", "CLIENT", false);
    shop.till.pay("o-1", "paypay");
    assert_eq!(notice(&shop, "o-1"), None);
    shop.scan("v4", "t-1", "3910000000000000001");
    assert_eq!(notice(&shop, "t-1"), None);
    request(&mut shop, "o-2", "SERVER", false);
    shop.till.wait(20 * 60 * 1_000);
    assert_eq!(notice(&shop, "o-2"), None, "an order that ended");
}

#[test]
fn the_payers_browser_goes_on_to_the_shop_when_its_order_is_over() {
    let mut shop = shop();
    let onward = |shop: &Shop, number: &str| LinePayFacade.onward(&shop.till.last(number));
    let tx = request(&mut shop, "o-1", "CLIENT", false);
    assert_eq!(onward(&shop, "o-1"), None);
    shop.till.pay("o-1", "wechatpay");
    let yes = format!("https://shop.example/done?s=1&transactionId={tx}&orderId=o-1#end");
    assert_eq!(onward(&shop, "o-1"), Some(yes));

    let tx = request(&mut shop, "o-2", "CLIENT", false);
    shop.till.say(Says::No);
    shop.till.choose("o-2", "wechatpay");
    let no = format!("https://shop.example/no?transactionId={tx}&orderId=o-2");
    assert_eq!(onward(&shop, "o-2"), Some(no));

    shop.scan("v4", "t-1", "3910000000000000001");
    assert_eq!(onward(&shop, "t-1"), None, "a code has no browser");
}

#[test]
fn a_page_that_answers_has_taken_it() {
    for (status, taken) in [(200, true), (204, true), (302, true), (404, false), (500, false)] {
        let response = Response { status, headers: Vec::new(), body: Vec::new() };
        assert_eq!(LinePayFacade.acknowledged(&response), taken, "{status}");
    }
    let minutes: u64 = LinePayFacade.schedule().iter().map(|pause| pause.0 / 1_000).sum();
    assert!(minutes <= 20 * 60);
}
