//! What a till is told of its own accord.

use serde_json::json;

use super::{CODE, ID, Shop, order, refund, scan};
use crate::alipay::dialect::Dialect;
use crate::alipay::form;
use crate::alipay::messages::Method;
use crate::alipay::signing::{Signed, verify_params};
use crate::facade::{Facade, News};
use crate::testing::till::Says;
use crate::wire::Response;

#[test]
fn a_till_is_told_in_a_signed_form() {
    let shop = Shop::new(Dialect::V3);
    let mut asked = order("A-1");
    asked["notify_url"] = json!("http://shop.example:8080/told?till=1");
    shop.done(Method::Precreate, asked);
    assert!(shop.notice("A-1", News::Payment).is_none(), "nothing has happened yet");
    shop.till.pay("A-1", "linepay");
    let notice = shop.notice("A-1", News::Payment).unwrap();
    assert_eq!(notice.url, "http://shop.example:8080/told?till=1");
    assert_eq!(notice.request.target, "/told?till=1");
    let params = form::parse(&notice.request.body).unwrap();
    assert!(verify_params(&params, Signed::Notification, &*shop.link.verify));
    let get = |name: &str| form::get(&params, name);
    assert_eq!(get("notify_type"), Some("trade_status_sync"));
    assert_eq!((get("app_id"), get("out_trade_no")), (Some(ID), Some("A-1")));
    assert_eq!(
        (get("trade_status"), get("total_amount")),
        (Some("TRADE_SUCCESS"), Some("1200.00"))
    );
    assert_eq!((get("subject"), get("refund_fee")), (Some("tea"), None));
    let mut altered = params.clone();
    for (name, value) in &mut altered {
        if name == "total_amount" {
            *value = "1.00".into();
        }
    }
    assert!(!verify_params(&altered, Signed::Notification, &*shop.link.verify));
    shop.done(Method::Refund, refund("A-1", "R-1", "300"));
    let back = News::Refund(shop.till.last("A-1").refunds[0].id);
    let told = form::parse(&shop.notice("A-1", back).unwrap().request.body).unwrap();
    let get = |name: &str| form::get(&told, name);
    assert_eq!((get("out_biz_no"), get("refund_fee")), (Some("R-1"), Some("300.00")));
    assert_eq!((get("trade_status"), get("gmt_refund").is_some()), (Some("TRADE_SUCCESS"), true));
    let answer = |body: &[u8]| Response { status: 200, headers: vec![], body: body.to_vec() };
    assert!(shop.facade.acknowledged(&answer(b"success\n")));
    assert!(!shop.facade.acknowledged(&answer(b"fail")));
    assert_eq!(shop.facade.schedule().len(), 7);
}

#[test]
fn without_an_address_of_its_own_an_order_is_told_where_it_was_agreed() {
    let shop = Shop::new(Dialect::Gateway);
    shop.paid("A-1", "wechatpay");
    assert_eq!(shop.notice("A-1", News::Payment).unwrap().url, "http://shop.example/agreed");
    shop.till.say(Says::No);
    shop.refused(Method::Pay, scan("A-2", CODE));
    let told = form::parse(&shop.notice("A-2", News::Payment).unwrap().request.body).unwrap();
    assert_eq!(form::get(&told, "trade_status"), Some("TRADE_CLOSED"));
}
