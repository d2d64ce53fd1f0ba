//! Who is let in, and what is refused before anybody is asked.

use std::sync::Arc;

use noren_core::time::Timestamp;
use serde_json::{Value, json};

use super::{BOTH, Shop, key, order, refund};
use crate::alipay::codes::SubCode;
use crate::alipay::dialect::{Dialect, Said};
use crate::alipay::form;
use crate::alipay::messages::Method;
use crate::alipay::signing::{Signed, sign_params};
use crate::alipay::tests::{get, members};
use crate::connector::Env;
use crate::facade::Facade;
use crate::link::Link;
use crate::signing::{Hmac, Secret};
use crate::wire::Request;

#[test]
fn what_makes_no_sense_is_refused_and_asks_nobody() {
    let cases = [
        (json!({ "total_amount": "1200.50" }), SubCode::InvalidParameter),
        (json!({ "total_amount": "0.00" }), SubCode::InvalidParameter),
        (json!({ "total_amount": "-1" }), SubCode::InvalidParameter),
        (json!({ "total_amount": "300001" }), SubCode::TotalFeeExceed),
        (json!({ "trans_currency": "CNY" }), SubCode::CurrencyNotSupport),
        (json!({ "out_trade_no": "A 1" }), SubCode::InvalidParameter),
        (json!({ "subject": "" }), SubCode::InvalidParameter),
        (json!({ "subject": "t".repeat(257) }), SubCode::InvalidParameter),
        (json!({ "timeout_express": "1c" }), SubCode::InvalidParameter),
        (json!({ "time_expire": "2026-11-21 23:29:59" }), SubCode::InvalidParameter),
        (json!({ "notify_url": "shop.example" }), SubCode::InvalidParameter),
    ];
    for (change, sub) in cases {
        // Only v3 has its address to notify beside the rest.
        let shop = Shop::new(Dialect::V3);
        let mut asked = order("A-1");
        asked.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        assert_eq!(shop.refused(Method::Precreate, asked), sub, "{change}");
        assert_eq!(shop.refused(Method::Query, key("A-1")), SubCode::TradeNotExist, "{change}");
    }
    let shop = Shop::new(Dialect::Gateway);
    for (method, content, sub) in [
        (Method::Pay, order("A-1"), SubCode::InvalidParameter),
        (Method::Query, json!({}), SubCode::InvalidParameter),
        (Method::Query, json!({ "trade_no": "2026112122001" }), SubCode::TradeNotExist),
        (Method::RefundQuery, key("A-1"), SubCode::InvalidParameter),
        (Method::Refund, refund("A-1", "R-1", "1"), SubCode::TradeNotExist),
        (Method::BillUrl, json!({}), SubCode::NoRight),
    ] {
        assert_eq!(shop.refused(method, content), sub, "{method:?}");
    }
    shop.paid("A-1", "alipay");
    let part = json!({ "out_trade_no": "A-1", "refund_amount": "1" });
    assert_eq!(shop.refused(Method::Refund, part), SubCode::RefundNotTotal);
    let unknown = json!({ "out_trade_no": "A-1", "out_request_no": "R-9" });
    assert_eq!(shop.done(Method::RefundQuery, unknown)["refund_status"], Value::Null);
    let whole = json!({ "out_trade_no": "A-1", "refund_amount": "1200" });
    assert_eq!(shop.done(Method::Refund, whole)["fund_change"], "Y");
}

#[test]
fn credentials_come_first() {
    for dialect in BOTH {
        let shop = Shop::new(dialect);
        let refused = |request: &Request| match dialect.read(
            &*shop.link.verify,
            Method::Query,
            &shop.send(request),
            None,
        ) {
            Ok(Said::Refused(sub)) => sub,
            other => panic!("{other:?}"),
        };
        let good = shop.request(Method::Query, key("A-1"));
        let mut tampered = good.clone();
        let body = String::from_utf8(good.body.clone()).unwrap();
        tampered.body = body.replace("A-1", "A-2").into_bytes();
        assert_ne!(tampered.body, good.body);
        assert_eq!(refused(&tampered), SubCode::InvalidSignature);
        let other = Secret::new("another secret of the tests.....");
        let stranger = Link { sign: Arc::new(Hmac::new(&other)), ..shop.link.clone() };
        let forged = dialect.request(&stranger, shop.till.env(), Method::Query, key("A-1"), None);
        assert_eq!(refused(&forged), SubCode::InvalidSignature);
        let env = shop.till.env();
        let stale = Env { now: Timestamp(env.now.0 - 601_000), ..env };
        let stale = dialect.request(&shop.link, stale, Method::Query, key("A-1"), None);
        assert_eq!(refused(&stale), SubCode::InvalidTimestamp);
        assert_eq!(refused(&good), SubCode::TradeNotExist);
        // A nonce of v3 works once; the older dialect has none.
        let again = match dialect {
            Dialect::Gateway => SubCode::TradeNotExist,
            Dialect::V3 => SubCode::InvalidSignature,
        };
        assert_eq!(refused(&good), again);
    }
}

#[test]
fn strangers_and_unknown_calls_are_answered_in_the_apis_words() {
    let shop = Shop::new(Dialect::Gateway);
    let stranger = Link { client_id: "2021999999999999".into(), ..shop.link.clone() };
    for dialect in BOTH {
        let request = dialect.request(&stranger, shop.till.env(), Method::Query, key("A"), None);
        assert_eq!(shop.facade.claims(&request).as_deref(), Some("2021999999999999"));
        let answer = shop.facade.stranger(&request, shop.till.env());
        let said = members(dialect, &answer);
        let word = if dialect == Dialect::V3 { &said["code"] } else { &said["sub_code"] };
        assert_eq!(word, "isv.invalid-app-id");
        assert_eq!(answer.status, if dialect == Dialect::V3 { 400 } else { 200 });
    }
    let bare = get("/gateway.do");
    assert_eq!(shop.facade.claims(&bare), None);
    let answer = shop.facade.stranger(&bare, shop.till.env());
    assert_eq!(members(Dialect::Gateway, &answer)["sub_code"], "isv.missing-app-id");
    // A call that this API does not have, well signed.
    let mut params = form::merged(&shop.request(Method::Query, key("A"))).unwrap();
    for (name, value) in &mut params {
        if name == "method" {
            *value = "alipay.trade.nothing".into();
        }
    }
    params.retain(|(name, _)| name != "sign");
    let sign = sign_params(&params, Signed::Request, &*shop.link.sign);
    params.push(("sign".into(), sign));
    let pairs = params.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let query = form::print(pairs);
    let target = shop.link.network.target(&format!("/gateway.do?{query}"));
    let answer = shop.send(&get(&target));
    assert_eq!(members(Dialect::Gateway, &answer)["sub_code"], "isv.invalid-method");
    let answer = shop.send(&get(&shop.link.network.target("/elsewhere")));
    assert_eq!(answer.status, 404);
}

#[test]
fn another_shops_trade_does_not_exist() {
    let shop = Shop::new(Dialect::Gateway);
    shop.paid("A-1", "wechatpay");
    let ours = shop.till.last("A-1").id.to_string();
    let other = Shop::of(Dialect::Gateway, shop.till.other("2021000000000002"));
    for key in [json!({ "trade_no": ours }), key("A-1")] {
        for method in [Method::Query, Method::Close] {
            assert_eq!(other.refused(method, key.clone()), SubCode::TradeNotExist);
        }
        let mut back = key.clone();
        back["refund_amount"] = json!("1200");
        assert_eq!(other.refused(Method::Refund, back), SubCode::TradeNotExist);
    }
    assert_eq!(other.refused(Method::Cancel, json!({ "trade_no": ours })), SubCode::TradeNotExist);
    assert_eq!(shop.status("A-1"), "TRADE_SUCCESS");
}
