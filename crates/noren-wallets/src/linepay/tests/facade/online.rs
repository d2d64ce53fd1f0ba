//! Orders on the web.

use noren_core::money::Money;
use noren_core::time::Span;
use serde_json::json;

use super::{Shop, order, shop};
use crate::WALLETS;
use crate::facade::{Meet, NewOrder, Till as _};
use crate::tempo::Tempo;
use crate::testing::jpy;
use crate::testing::till::{Says, now};

#[test]
fn an_order_is_paid_with_any_wallet_confirmed_and_given_back() {
    for entry in WALLETS.iter().filter(|entry| (entry.profile)(Tempo::Test).orders) {
        let mut shop = shop();
        let tx = shop.request("o-1");
        assert_eq!(tx.to_string().len(), 19);
        assert_eq!(shop.check(tx), "0000");
        assert_eq!(shop.confirm(tx, 1000).0, "1169", "nobody has paid");
        assert_eq!(shop.details("orderId=o-1").0, "1150");
        assert_eq!(shop.refund(tx, &json!({})).0, "1150");

        shop.till.pay("o-1", entry.name);
        assert_eq!(shop.check(tx), "0110", "{}", entry.name);
        assert_eq!(shop.confirm(tx, 999).0, "1153");
        let body = json!({ "amount": 1000, "currency": "TWD" });
        assert_eq!(shop.code("POST", &format!("/v3/payments/{tx}/confirm"), &body), "1178");
        for _ in 0..2 {
            let (code, info) = shop.confirm(tx, 1000);
            let paid = json!({
                "transactionId": tx, "orderId": "o-1",
                "payInfo": [{ "method": "BALANCE", "amount": 1000 }],
            });
            assert_eq!((code.as_str(), info), ("0000", paid));
        }
        assert_eq!(shop.check(tx), "0110", "a confirmation is kept nowhere");

        let (code, back) = shop.refund(tx, &json!({ "refundAmount": 300 }));
        assert_eq!((code.as_str(), back["refundTransactionId"].is_u64()), ("0000", true));
        assert_eq!(shop.check(tx), "0123");
        assert_eq!(shop.confirm(tx, 1000).0, "1152");
        assert_eq!(shop.refund(tx, &json!({ "refundAmount": 701 })).0, "1164");
        assert_eq!(shop.refund(tx, &json!({ "refundAmount": 0 })).0, "1124");
        // A wallet that makes one refund of a payment leaves nothing to be given back.
        let rest = shop.refund(tx, &json!({})).0;
        let single = (entry.profile)(Tempo::Test).refunds_max == Some(1);
        assert_eq!(rest, if single { "1164" } else { "0000" }, "{}", entry.name);
        if !single {
            assert_eq!(shop.refund(tx, &json!({})).0, "1165");
        }
        let (_, found) = shop.details(&format!("transactionId={tx}"));
        assert_eq!(found[0]["payStatus"], "CAPTURE");
        assert_eq!(found[0]["payInfo"][0]["amount"], 1000);
        let list = found[0]["refundList"].as_array().unwrap();
        assert_eq!(list[0]["refundTransactionId"], back["refundTransactionId"]);
        assert_eq!(
            (&list[0]["refundAmount"], list.len()),
            (&json!(300), if single { 1 } else { 2 })
        );
    }
}

#[test]
fn details_name_what_is_asked_and_never_say_that_something_undecided_does_not_exist() {
    let mut shop = shop();
    let (one, two) = (shop.request("o-1"), shop.request("o-2"));
    shop.till.pay("o-1", "linepay");
    shop.till.pay("o-2", "wechatpay");
    for query in [
        format!("transactionId={one}&transactionId={two}"),
        format!("transactionId={one}%2C{two}"),
        format!("transactionId={one}&orderId=o-2&orderId=o-1"),
    ] {
        let (_, found) = shop.details(&query);
        let orders: Vec<_> = found.as_array().unwrap().iter().map(|d| &d["orderId"]).collect();
        assert_eq!(orders.len(), 2, "{query}");
        assert!(orders.contains(&&json!("o-1")) && orders.contains(&&json!("o-2")));
    }
    let (_, whole) = shop.details("orderId=o-1&fields=ALL");
    assert_eq!(whole[0]["packages"], order("o-1", &json!(1000))["packages"]);
    assert_eq!((&whole[0]["productName"], &whole[0]["currency"]), (&json!("soba"), &json!("JPY")));
    assert_eq!(shop.details("orderId=o-1&fields=TRANSACTION").1[0].get("packages"), None);

    shop.till.say(Says::Nothing);
    assert_eq!(shop.scan("v4", "t-1", "391000000000000001").0, "1133", "too short for any wallet");
    assert_eq!(shop.scan("v4", "t-1", "3910000000000000011").0, "1145");
    assert_eq!(shop.details("orderId=t-1").0, "1145");
    assert_eq!(shop.details("orderId=t-1&orderId=o-1").1.as_array().unwrap().len(), 1);
}

#[test]
fn the_same_request_is_the_same_order_while_it_waits() {
    let mut shop = shop();
    let tx = shop.request("o-1");
    assert_eq!(shop.request("o-1"), tx);
    let changed = [
        order("o-1", &json!(1001)),
        {
            let mut body = order("o-1", &json!(1000));
            body["redirectUrls"]["confirmUrl"] = json!("https://shop.example/other");
            body
        },
        {
            let mut body = order("o-1", &json!(1000));
            body["options"] = json!({ "payment": { "capture": false } });
            body
        },
    ];
    for body in changed {
        assert_eq!(shop.code("POST", "/v3/payments/request", &body), "1172", "{body}");
    }
    shop.till.pay("o-1", "paypay");
    let again = order("o-1", &json!(1000));
    assert_eq!(shop.code("POST", "/v3/payments/request", &again), "1172");
    assert_eq!(shop.check(tx), "0110");
}

#[test]
fn an_order_that_nobody_pays_ends() {
    let mut shop = shop();
    let tx = shop.request("o-1");
    shop.till.wait(20 * 60 * 1_000);
    assert_eq!(shop.check(tx), "0121");
    assert_eq!(shop.confirm(tx, 1000).0, "1180");
    assert_eq!(shop.refund(tx, &json!({})).0, "1150");
    let again = order("o-1", &json!(1000));
    assert_eq!(shop.code("POST", "/v3/payments/request", &again), "1172");
}

#[test]
fn the_money_of_an_order_that_nobody_confirms_stays_the_shops_and_can_be_given_back() {
    let mut shop = shop();
    let tx = shop.request("o-1");
    shop.till.pay("o-1", "wechatpay");
    shop.till.wait(60 * 60 * 1_000);
    assert_eq!(shop.check(tx), "0110");
    assert_eq!(shop.details("orderId=o-1").1[0]["payStatus"], "CAPTURE");
    assert_eq!(shop.till.last("o-1").captured(), 1_000);
    assert_eq!(shop.refund(tx, &json!({})).0, "0000");
}

#[test]
fn a_refund_is_known_by_the_nonce_of_its_message_and_one_runs_at_a_time() {
    let mut shop = shop();
    let tx = shop.request("o-1");
    shop.till.pay("o-1", "wechatpay");
    let target = format!("/v3/payments/{tx}/refund");
    let body = json!({ "refundAmount": 300 });
    shop.till.say(Says::Nothing);
    assert_eq!(shop.repeat("POST", &target, &body, "n-1").0, "1145");
    assert_eq!(shop.repeat("POST", &target, &body, "n-1").0, "1145");
    assert_eq!(shop.repeat("POST", &target, &body, "n-2").0, "1145", "another is not begun");
    assert_eq!(shop.details("orderId=o-1").1[0].get("refundList"), None);
    shop.till.say(Says::Yes);
    shop.till.hear();
    let (code, made) = shop.repeat("POST", &target, &body, "n-1");
    assert_eq!(code, "0000");
    let other = json!({ "refundAmount": 301 });
    assert_eq!(shop.repeat("POST", &target, &other, "n-1").0, "1198", "another by the same nonce");
    assert_eq!(shop.till.last("o-1").refunds_done(), 300);
    let (_, found) = shop.details("orderId=o-1");
    let listed = &found[0]["refundList"][0]["refundTransactionId"];
    assert_eq!(listed, &made["refundTransactionId"]);
    // All that is left, repeated when nothing is left any more.
    let (_, first) = shop.repeat("POST", &target, &json!({}), "n-3");
    let (code, again) = shop.repeat("POST", &target, &json!({}), "n-3");
    assert_eq!((code.as_str(), first), ("0000", again));
    assert_eq!(shop.till.last("o-1").refunds_done(), 1_000);
}

#[test]
fn a_wallet_that_refuses_is_heard_in_the_protocols_words() {
    let mut shop = shop();
    let tx = shop.request("o-1");
    shop.till.say(Says::No);
    shop.till.choose("o-1", "linepay");
    assert_eq!(shop.check(tx), "0122");
    assert_eq!(shop.confirm(tx, 1000).0, "1142");

    shop.till.say(Says::Yes);
    let tx = shop.request("o-2");
    shop.till.pay("o-2", "linepay");
    shop.till.say(Says::No);
    assert_eq!(shop.refund(tx, &json!({ "refundAmount": 300 })).0, "1142");
    assert_eq!(shop.details("orderId=o-2").1[0].get("refundList"), None);
}

/// The ids of the switch in memory follow from how many calls it has had, so which two orders get
/// the same nineteen digits can be found out in one and brought about in another.
#[test]
fn two_orders_of_the_same_name_are_never_taken_for_each_other() {
    let number = |n: usize| format!("o-{n}");
    let make = |shop: &Shop, n: usize| {
        shop.till.env();
        let order = NewOrder {
            number: number(n),
            content: String::new(),
            amount: Money::new(1_000, jpy(1).currency()),
            meet: Meet::Shown { expires_in: Span::seconds(1_200) },
            hold: false,
            memo: r#"{"web":{"confirm":"https://a.example","cancel":"https://a.example"}}"#.into(),
        };
        let id = now(shop.till.create(order)).unwrap().payment.id;
        id.created_at().0.unsigned_abs() * 1_000_000 + (id.raw() % 1_000_000) as u64
    };
    let mut names = std::collections::HashMap::new();
    let trial = shop();
    let (first, second, name) = (0..)
        .find_map(|n| {
            let name = make(&trial, n);
            names.insert(name, n).map(|first| (first, n, name))
        })
        .unwrap();

    let mut shop = shop();
    for n in 0..second {
        make(&shop, n);
    }
    let body = order(&number(second), &json!(1000));
    assert_eq!(shop.code("POST", "/v3/payments/request", &body), "9000", "it is not given out");
    assert_eq!(shop.till.last(&number(second)).state.name(), "cancelled");
    assert_eq!(shop.check(name), "0000", "the other one waits on");
    shop.till.pay(&number(first), "paypay");
    assert_eq!(shop.confirm(name, 1000).1["orderId"], json!(number(first)));
    assert_eq!(shop.code("POST", "/v3/payments/request", &body), "1172");
    assert_eq!(shop.till.last(&number(second)).captured(), 0);
}
