//! Orders that any payer can scan: connector, sandbox, and the payer's hand.

use noren_core::wallet::{Call, PaymentAnswer, Unknown};
use serde_json::{Value, json};

use super::{BOTH, COST, RICH, an_order, debited, get, met, notices, paid, world};
use crate::alipay::dialect::Dialect;
use crate::sandbox::Answered;
use crate::testing::{World, cancel, cny, inquire, jpy, pay, payment_id};

/// A network with an open order, a rich user who meets `scenario`, and the text of the code.
fn opened(dialect: Dialect, scenario: &str) -> (World, String) {
    let (mut world, _) = met(dialect, scenario);
    world.user_with_code("ken", RICH, "c1");
    let code = code(world.payment(&an_order(1)));
    (world, code)
}

fn code(answer: PaymentAnswer) -> String {
    let PaymentAnswer::Ordered { link, handle: None } = answer else { panic!("{answer:?}") };
    link.to_string()
}

fn scan(world: &mut World, body: &Value) -> (u16, Value) {
    world.control("POST", "pay", body)
}

fn state(said: (u16, Value)) -> String {
    assert_eq!(said.0, 200, "{}", said.1);
    said.1["state"].as_str().unwrap().to_owned()
}

#[test]
fn a_payer_scans_and_pays_once() {
    for dialect in BOTH {
        let (mut world, text) = opened(dialect, "approve");
        assert_eq!(code(world.payment(&an_order(1))), text, "a repeat is the same order");
        // Nobody has scanned it: there is no trade yet.
        assert_eq!(world.payment(&inquire(1)), PaymentAnswer::NotFound);
        let scanned = scan(&mut world, &json!({"user": "mei", "code": text}));
        assert_eq!(state(scanned), "waiting_for_payer");
        assert_eq!(world.payment(&inquire(1)), PaymentAnswer::Pending);
        assert_eq!(debited(&mut world), 0, "scanning is not paying");
        world.restart();
        for _ in 0..2 {
            let said = scan(&mut world, &json!({"user": "mei", "code": text, "pin": "1234"}));
            assert_eq!(state(said), "approved");
        }
        let other = scan(&mut world, &json!({"user": "ken", "code": text, "pin": "1234"}));
        assert_eq!(other.0, 409, "it is somebody else's by now");
        assert_eq!(debited(&mut world), COST);
        let told = notices(&mut world);
        let [Some(answer)] = &told[..] else { panic!("{told:?}") };
        assert_eq!(paid(answer.clone()).amount, cny(COST));
        assert_eq!(&world.payment(&inquire(1)), answer);
        let late = world.payment(&an_order(1));
        assert_eq!(late, PaymentAnswer::Unknown(Unknown::SaidUnknown), "paid by now: ask");
    }
}

#[test]
fn an_order_is_named_in_four_ways() {
    let trade_no = |world: &World| {
        let record = world.records.iter().find(|(key, _)| key.starts_with("trade-no/")).unwrap();
        record.0.trim_start_matches("trade-no/").to_owned()
    };
    for way in 0..4 {
        let (mut world, text) = opened(Dialect::Gateway, "approve");
        let named = match way {
            0 => json!({"code": text}),
            1 => json!({"code": text.replace("http://127.0.0.1:7401/alipay", "")}),
            2 => json!({"order": payment_id(1).to_string()}),
            _ => json!({"order": trade_no(&world)}),
        };
        let mut body = json!({"user": "mei", "pin": "123456", "amount": COST});
        body.as_object_mut().unwrap().extend(named.as_object().unwrap().clone());
        let (status, shown) = scan(&mut world, &body);
        assert_eq!((status, &shown["state"]), (200, &json!("approved")), "{body}");
        assert_eq!(shown["payment_id"], payment_id(1).to_string());
    }
}

#[test]
fn open_orders_are_listed_and_shown() {
    let (mut world, text) = opened(Dialect::Gateway, "approve");
    let (_, listed) = world.control("GET", "orders", &Value::Null);
    assert_eq!(
        listed["orders"],
        json!([{
            "order": payment_id(1).to_string(), "code": text,
            "amount": {"amount": COST, "currency": "CNY"}, "shop": "Sobadokoro Hida A-1",
            "expires_at": "2026-11-21T16:30:00Z",
        }])
    );
    let page = get(text.trim_start_matches("http://127.0.0.1:7401"));
    let Answered::Respond(page) = world.sandbox.handle(world.now, &page) else { panic!() };
    let page: Value = serde_json::from_slice(&page.body).unwrap();
    assert_eq!(
        (&page["state"], &page["amount"]["amount"]),
        (&json!("waiting_for_payer"), &json!(COST))
    );
    scan(&mut world, &json!({"user": "mei", "code": text, "pin": "1234"}));
    let (_, listed) = world.control("GET", "orders", &Value::Null);
    assert_eq!(listed["orders"], json!([]));
}

#[test]
fn what_is_wrong_with_a_scan_is_said() {
    let (mut world, text) = opened(Dialect::Gateway, "approve");
    for (body, status) in [
        (json!({"user": "nobody", "code": text, "pin": "1234"}), 404),
        (json!({"user": "mei", "code": "http://elsewhere/qr/bax1", "pin": "1234"}), 404),
        (json!({"user": "mei", "order": "none", "pin": "1234"}), 404),
        (json!({"user": "mei", "pin": "1234"}), 422),
        (json!({"user": "mei", "code": text, "order": "1", "pin": "1234"}), 422),
        (json!({"user": "mei", "code": text, "pin": "12"}), 422),
        (json!({"user": "mei", "code": text, "pin": "1234", "amount": COST + 1}), 422),
        (json!({"code": text}), 400),
    ] {
        assert_eq!(scan(&mut world, &body).0, status, "{body}");
    }
    assert_eq!(debited(&mut world), 0);
}

#[test]
fn a_payer_may_say_no_and_the_poor_cannot_pay() {
    let (mut world, text) = opened(Dialect::Gateway, "approve");
    let said = scan(&mut world, &json!({"user": "mei", "code": text, "refuse": true}));
    assert_eq!(state(said), "declined");
    assert_eq!(world.payment(&inquire(1)), PaymentAnswer::Cancelled);
    assert_eq!(world.payment(&an_order(1)), PaymentAnswer::Cancelled, "the number is used up");
    let (mut world, text) = opened(Dialect::Gateway, "approve");
    world.user_with_code("poor", 1, "c1");
    let (_, shown) = scan(&mut world, &json!({"user": "poor", "code": text, "pin": "1234"}));
    assert_eq!((&shown["state"], &shown["reason"]), (&json!("declined"), &json!("no_funds")));
    assert_eq!(world.payment(&inquire(1)), PaymentAnswer::Cancelled);
    assert!(notices(&mut world).is_empty(), "only successes are announced");
}

#[test]
fn nobody_pays_an_order_that_is_closed_or_over() {
    for dialect in BOTH {
        let (mut world, text) = opened(dialect, "approve");
        assert_eq!(world.payment(&cancel(1)), PaymentAnswer::Cancelled);
        let body = json!({"user": "mei", "code": text, "pin": "1234"});
        assert_eq!(state(scan(&mut world, &body)), "cancelled");
        let (mut world, text) = opened(dialect, "approve");
        world.wait(3_599_999);
        let only = json!({"user": "mei", "code": text});
        assert_eq!(state(scan(&mut world, &only)), "waiting_for_payer");
        world.wait(1);
        let body = json!({"user": "mei", "code": text, "pin": "1234"});
        assert_eq!(state(scan(&mut world, &body)), "cancelled");
        assert_eq!(world.payment(&inquire(1)), PaymentAnswer::Cancelled);
        assert_eq!((debited(&mut world), notices(&mut world)), (0, vec![]));
        // A cancel that came first binds.
        let mut world = super::world(dialect);
        assert_eq!(world.payment(&cancel(1)), PaymentAnswer::Cancelled);
        assert_eq!(world.payment(&an_order(1)), PaymentAnswer::Cancelled);
    }
}

#[test]
fn another_order_under_the_same_number_proves_nothing() {
    let (mut world, _) = opened(Dialect::Gateway, "approve");
    let alarm = PaymentAnswer::Unknown(Unknown::UnlistedCode);
    let Call { ask, .. } = an_order(1);
    let noren_core::wallet::Ask::CreateOrder(mut ask) = ask else { panic!() };
    ask.payer = Some(cny(COST + 1));
    let other = crate::testing::call(1, noren_core::wallet::Ask::CreateOrder(ask));
    assert_eq!(world.payment(&other), alarm);
    let code = world.user_with_code("mei", RICH, "c9");
    assert_eq!(world.payment(&pay(1, jpy(1_200), Some(cny(COST)), &code)), alarm);
}

/// What the switch hears by notices within a minute, by an inquiry then, and what was debited.
#[test]
fn each_kind_of_trouble_with_an_order_is_its_own() {
    let told = |scenario: &str| {
        let (mut world, text) = opened(Dialect::Gateway, scenario);
        scan(&mut world, &json!({"user": "mei", "code": text, "pin": "1234"}));
        let mut heard = notices(&mut world);
        for _ in 0..50 {
            world.wait(120);
            heard.extend(notices(&mut world));
        }
        let asked = world.payment(&inquire(1));
        let debited = debited(&mut world);
        (heard, asked, debited)
    };
    let (heard, asked, cost) = told("lost_answer");
    assert_eq!((heard.len(), paid(asked).amount, cost), (0, cny(COST), COST));
    let (heard, asked, _) = told("bad_signature");
    assert_eq!(heard, [None, Some(asked)], "the first is not believed");
    let (heard, asked, cost) = told("double_notice");
    assert_eq!((heard, cost), (vec![Some(asked.clone()), Some(asked)], COST));
    let (heard, asked, _) = told("unknown_then_yes");
    assert_eq!(heard, [Some(asked)]);
    let (heard, asked, cost) = told("unknown_then_no");
    assert_eq!((heard, asked, cost), (vec![], PaymentAnswer::Cancelled, 0));
    let (_, asked, cost) = told("wrong_amount");
    assert_eq!((paid(asked).amount, cost), (cny(COST + 1), COST + 1));
    let (heard, asked, cost) = told("timeout");
    assert_eq!((heard, asked, cost), (vec![], PaymentAnswer::Pending, 0));
}

#[test]
fn a_late_success_of_an_order_refuses_the_cancel() {
    let (mut world, text) = opened(Dialect::Gateway, "late_success");
    scan(&mut world, &json!({"user": "mei", "code": text, "pin": "1234"}));
    assert_eq!(world.payment(&cancel(1)), PaymentAnswer::TooLate { receipt: None });
    world.wait(120);
    let heard = notices(&mut world);
    let [Some(answer)] = &heard[..] else { panic!("{heard:?}") };
    assert_eq!(paid(answer.clone()).amount, cny(COST));
}

/// Calls of strangers: with their own numbers, and closing what is not paid.
#[test]
fn an_order_is_closed_only_while_it_is_not_paid() {
    use crate::alipay::messages::Method;
    let mut world = world(Dialect::Gateway);
    world.user_with_code("mei", RICH, "c1");
    let ask = |world: &mut World, method, content: Value| {
        let (env, link) = (world.env(), crate::testing::link("alipay"));
        let request = Dialect::Gateway.request(&link, env, method, content, None);
        super::members(Dialect::Gateway, &world.send(request).1.unwrap())
    };
    let make = |no: &str| json!({"out_trade_no": no, "total_amount": "12.34", "subject": "tea"});
    let key = |no: &str| json!({"out_trade_no": no});
    let made = ask(&mut world, Method::Precreate, make("order-0001"));
    assert_eq!(made["code"], "10000");
    let text = made["qr_code"].as_str().unwrap().to_owned();
    let none = ask(&mut world, Method::Close, key("order-0001"));
    assert_eq!(none["sub_code"], "ACQ.TRADE_NOT_EXIST", "nobody has scanned it");
    scan(&mut world, &json!({"user": "mei", "code": text}));
    let found = ask(&mut world, Method::Query, key("order-0001"));
    assert_eq!(found["trade_status"], "WAIT_BUYER_PAY");
    let closed = ask(&mut world, Method::Close, json!({"trade_no": found["trade_no"]}));
    assert_eq!((&closed["code"], &closed["out_trade_no"]), (&json!("10000"), &json!("order-0001")));
    let after = ask(&mut world, Method::Query, key("order-0001"));
    assert_eq!(after["trade_status"], "TRADE_CLOSED");

    let made = ask(&mut world, Method::Precreate, make("order-0002"));
    scan(&mut world, &json!({"user": "mei", "code": made["qr_code"], "pin": "1234"}));
    let paid = ask(&mut world, Method::Close, key("order-0002"));
    assert_eq!(paid["sub_code"], "ACQ.REASON_TRADE_STATUS_INVALID");
    let found = ask(&mut world, Method::Query, key("order-0002"));
    assert_eq!(found["trade_status"], "TRADE_SUCCESS");
    assert_eq!(found["send_pay_date"], "2026-11-21 23:30:00");
    assert_eq!(found["buyer_logon_id"], "mei***");
    for (content, sub) in [
        (json!({}), "ACQ.INVALID_PARAMETER"),
        (json!({"out_trade_no": "a/b"}), "ACQ.INVALID_PARAMETER"),
        (json!({"trade_no": "2026"}), "ACQ.TRADE_NOT_EXIST"),
        (json!({"out_trade_no": "never"}), "ACQ.TRADE_NOT_EXIST"),
    ] {
        assert_eq!(ask(&mut world, Method::Query, content.clone())["sub_code"], sub, "{content}");
    }
    for content in [
        json!({"out_trade_no": "o", "total_amount": "0.00", "subject": "tea"}),
        json!({"out_trade_no": "o", "total_amount": "1.001", "subject": "tea"}),
        json!({"out_trade_no": "o", "total_amount": "1.00"}),
        json!({"out_trade_no": "o", "total_amount": "1.00", "subject": "tea", "timeout_express": "9s"}),
        json!({"out_trade_no": "o", "total_amount": "1.00", "subject": "tea", "timeout_express": "16d"}),
    ] {
        let said = ask(&mut world, Method::Precreate, content.clone());
        assert_eq!(said["sub_code"], "ACQ.INVALID_PARAMETER", "{content}");
    }
}
