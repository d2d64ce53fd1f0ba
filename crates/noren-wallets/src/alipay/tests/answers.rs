//! What the connector sends, and what it takes from an answer or a notification.

use noren_core::money::{Currency, Money};
use noren_core::wallet::{
    Ask, CaptureAnswer, CaptureAsk, PaymentAnswer, Reference, RefundAnswer, Unknown,
};
use serde_json::{Value, json};

use super::{BOTH, COST, ENV, a_pay, an_order, connector, heard, paid};
use crate::alipay::dialect::{Answer, Dialect};
use crate::alipay::form::{self, Params};
use crate::alipay::messages::Method;
use crate::alipay::signing::{Signed, V3Auth, sign_params, v3_content, verify, verify_params};
use crate::connector::{Connector, Heard, Step};
use crate::testing::{
    call, cancel, cny, inquire, inquire_refund, jpy, link, pay, payment_id, refund, refund_ask,
};
use crate::wire::{Request, Response, TransportError};

fn done(dialect: Dialect, method: Method, members: Value) -> Response {
    dialect.answer(&*link("alipay").sign, ENV, Some(method), &Answer::Done(members), false)
}

fn payment(heard: Heard) -> PaymentAnswer {
    let Heard::Payment(answer) = heard else { panic!("{heard:?}") };
    answer
}

fn refunded(heard: Heard) -> RefundAnswer {
    let Heard::Refund(answer) = heard else { panic!("{heard:?}") };
    answer
}

/// A good answer to `pay`, with a member replaced; `null` takes it out.
fn said(name: &str, value: Value) -> Value {
    let mut said = json!({
        "out_trade_no": payment_id(1).to_string(), "trade_no": "2026112122001",
        "total_amount": "58.08", "receipt_amount": "58.08", "buyer_pay_amount": "50.00",
        "gmt_payment": "2026-11-21 23:30:00",
    });
    said[name] = value;
    said
}

#[test]
fn a_payment_is_asked_for_in_yuan_by_either_dialect() {
    let call = a_pay(1, "287612345678901234");
    let content = |text: &str| serde_json::from_str::<Value>(text).unwrap();

    let request = connector(Dialect::Gateway).request(&call, ENV);
    assert_eq!((&request.method[..], request.path()), ("POST", "/alipay/gateway.do"));
    let params = form::merged(&request).unwrap();
    assert!(verify_params(&params, Signed::Request, &*link("alipay").verify));
    let get = |name| form::get(&params, name).unwrap_or_default();
    assert_eq!(get("method"), "alipay.trade.pay");
    assert_eq!(get("timestamp"), "2026-11-21 23:30:00");
    assert_eq!(get("notify_url"), "http://127.0.0.1:7400/callbacks/alipay/notify");
    let shown = content(get("biz_content"));
    assert_eq!(shown["total_amount"], "58.08");
    assert_eq!(shown["auth_code"], "287612345678901234");
    assert_eq!(shown["scene"], "bar_code");
    assert_eq!(shown["out_trade_no"], payment_id(1).to_string());
    assert_eq!(shown["subject"], "Sobadokoro Hida A-1");

    let request = connector(Dialect::V3).request(&call, ENV);
    assert_eq!(request.target, "/alipay/v3/alipay/trade/pay");
    let auth = V3Auth::read(request.header("authorization").unwrap()).unwrap();
    let signed = v3_content(auth.auth, "POST", &request.target, &request.body, None);
    assert!(verify(&signed, auth.sign, &*link("alipay").verify));
    let mut v3 = content(std::str::from_utf8(&request.body).unwrap());
    let url = v3.as_object_mut().unwrap().remove("notify_url").unwrap();
    assert_eq!(url, "http://127.0.0.1:7400/callbacks/alipay/notify");
    assert_eq!(v3, shown, "the same message");
}

#[test]
fn an_order_lasts_whole_minutes() {
    let request = connector(Dialect::V3).request(&an_order(1), ENV);
    let body: Value = serde_json::from_slice(&request.body).unwrap();
    assert_eq!((&body["timeout_express"], &body["total_amount"]), (&json!("60m"), &json!("58.08")));
    assert_eq!(body["auth_code"], Value::Null);
    let late =
        crate::connector::Env { now: noren_core::time::Timestamp(ENV.now.0 + 3_599_999), ..ENV };
    let request = connector(Dialect::V3).request(&an_order(1), late);
    let body: Value = serde_json::from_slice(&request.body).unwrap();
    assert_eq!(body["timeout_express"], "1m");
}

#[test]
fn what_is_not_yuan_or_not_offered_is_not_sent() {
    let capture = CaptureAsk {
        capture: noren_core::id::Id::from_raw(1),
        reference: Reference::Request,
        amount: jpy(1),
        payer: Some(cny(5)),
    };
    let Ask::CreateOrder(mut hold) = an_order(1).ask else { panic!() };
    hold.hold = true;
    let dollars = Money::new(5, Currency::USD);
    for dialect in BOTH {
        for ask in [
            pay(1, jpy(1_200), None, "2876").ask,
            pay(1, jpy(1_200), Some(dollars), "2876").ask,
            Ask::CreateOrder(hold.clone()),
            Ask::Capture(capture.clone()),
            Ask::Void { reference: Reference::Request },
        ] {
            let call = call(1, ask);
            let request = connector(dialect).request(&call, ENV);
            assert_eq!(dialect.method_of(&request), Some(Method::Query), "asking moves nothing");
            let answer = done(dialect, Method::Query, said("trade_status", json!("TRADE_SUCCESS")));
            let unknown = match heard(dialect, &call, &answer) {
                Heard::Payment(PaymentAnswer::Unknown(why)) => why,
                Heard::Capture(CaptureAnswer::Unknown(why)) => why,
                other => panic!("{other:?}"),
            };
            assert_eq!(unknown, Unknown::UnlistedCode);
        }
        let back = refund(1, 1, jpy(500), None);
        let request = connector(dialect).request(&back, ENV);
        assert_eq!(dialect.method_of(&request), Some(Method::RefundQuery));
    }
}

#[test]
fn a_success_must_name_trade_and_amount() {
    let call = a_pay(1, "2876");
    for dialect in BOTH {
        let hear = |name, value| {
            payment(heard(dialect, &call, &done(dialect, Method::Pay, said(name, value))))
        };
        let receipt = paid(hear("msg", json!("Success")));
        assert_eq!((receipt.amount, receipt.payer), (cny(COST), Some(cny(COST))));
        assert_eq!(receipt.settlement, Some(cny(COST)));
        assert_eq!(&*receipt.transaction, "2026112122001");
        // Numbers, as the v3 examples show them; another amount is passed on as said.
        assert_eq!(paid(hear("total_amount", json!(58.08))), receipt);
        assert_eq!(paid(hear("total_amount", json!("58.09"))).amount, cny(COST + 1));
        assert_eq!(paid(hear("trans_currency", json!("CNY"))), receipt);
        for (name, value) in [
            ("out_trade_no", json!(payment_id(2).to_string())),
            ("out_trade_no", Value::Null),
            ("trade_no", Value::Null),
            ("trade_no", json!("")),
            ("total_amount", Value::Null),
            ("total_amount", json!("58.081")),
            ("total_amount", json!("-58.08")),
            ("trans_currency", json!("USD")),
        ] {
            let unreadable = PaymentAnswer::Unknown(Unknown::Unreadable);
            assert_eq!(hear(name, value.clone()), unreadable, "{name} {value} {dialect:?}");
        }
    }
}

/// Every answer that names a trade must name the one that was asked about.
#[test]
fn an_answer_about_something_else_decides_nothing() {
    let yuan = Some(cny(2_420));
    let other = json!(payment_id(2).to_string());
    for dialect in BOTH {
        for (call, method, members) in [
            (an_order(1), Method::Precreate, json!({"out_trade_no": other, "qr_code": "x"})),
            (
                inquire(1),
                Method::Query,
                json!({"out_trade_no": other, "trade_status": "TRADE_CLOSED"}),
            ),
            (cancel(1), Method::Cancel, json!({"out_trade_no": other, "retry_flag": "N"})),
            (
                refund(1, 1, jpy(500), yuan),
                Method::Refund,
                json!({"out_trade_no": other, "fund_change": "Y"}),
            ),
            (
                inquire_refund(1, 1, jpy(500), yuan),
                Method::RefundQuery,
                json!({"out_trade_no": other}),
            ),
        ] {
            let unreadable = Heard::unknown(&call.ask, Unknown::Unreadable);
            let answer = done(dialect, method, members.clone());
            assert_eq!(heard(dialect, &call, &answer), unreadable, "{members}");
        }
    }
}

#[test]
fn a_refund_is_believed_by_its_own_amount() {
    let call = refund(1, 1, jpy(500), Some(cny(2_420)));
    let ask = refund_ask(1, jpy(500), Some(cny(2_420)));
    let query = |status: Value, amount: Value, no: &str| json!({"refund_status": status, "refund_amount": amount, "out_request_no": no});
    let own = ask.refund.to_string();
    for dialect in BOTH {
        let asked = connector(dialect).request(&call, ENV);
        let step = |members: Value| {
            let answer = done(dialect, Method::Refund, members);
            connector(dialect).answer(&call, &asked, Ok(&answer), ENV)
        };
        let yes = step(json!({"fund_change": "Y", "refund_fee": "30.00"}));
        let Step::Heard(Heard::Refund(RefundAnswer::Refunded(receipt))) = yes else { panic!() };
        assert_eq!((receipt.amount, receipt.payer), (jpy(500), Some(cny(2_420))));
        // The sum of all refunds is less than this one: it contradicts itself.
        let less = step(json!({"fund_change": "Y", "refund_fee": "24.19"}));
        assert_eq!(less, Step::Heard(Heard::Refund(RefundAnswer::Unknown(Unknown::Unreadable))));
        // A repeat moves nothing, and the inquiry tells what the first did.
        for members in [json!({"fund_change": "N"}), json!({})] {
            let Step::Then(next) = step(members) else { panic!("it asks") };
            assert_eq!(dialect.method_of(&next), Some(Method::RefundQuery));
            let second = |members: Value| {
                let answer = done(dialect, Method::RefundQuery, members);
                match connector(dialect).answer(&call, &next, Ok(&answer), ENV) {
                    Step::Heard(heard) => refunded(heard),
                    Step::Then(_) => panic!("that was enough"),
                }
            };
            let found = second(query(json!("REFUND_SUCCESS"), json!("24.20"), &own));
            assert_eq!(found, RefundAnswer::Refunded(receipt.clone()));
            assert_eq!(second(json!({})), RefundAnswer::Processing, "not yet, perhaps");
            // It had left, whatever became of the question.
            let lost = connector(dialect).answer(&call, &next, Err(TransportError::NotSent), ENV);
            let doubt = RefundAnswer::Unknown(Unknown::TimedOut);
            assert_eq!(lost, Step::Heard(Heard::Refund(doubt)));
        }

        let inquiry = inquire_refund(1, 1, jpy(500), Some(cny(2_420)));
        let hear = |members| {
            refunded(heard(dialect, &inquiry, &done(dialect, Method::RefundQuery, members)))
        };
        let wrong = hear(query(json!("REFUND_SUCCESS"), json!(24.21), &own));
        let RefundAnswer::Refunded(wrong) = wrong else { panic!("{wrong:?}") };
        assert_eq!(wrong.payer, Some(cny(2_421)), "passed on as said");
        assert_eq!(hear(json!({})), RefundAnswer::NotFound);
        for (members, why) in [
            (query(json!("REFUND_SUCCESS"), json!("24.20"), "ref_other"), Unknown::Unreadable),
            (query(json!("REFUND_SUCCESS"), Value::Null, &own), Unknown::Unreadable),
            (
                json!({"refund_status": "REFUND_SUCCESS", "refund_amount": "24.20"}),
                Unknown::Unreadable,
            ),
            (query(json!("REFUND_FAIL"), json!("24.20"), &own), Unknown::UnlistedCode),
        ] {
            assert_eq!(hear(members.clone()), RefundAnswer::Unknown(why), "{members}");
        }
    }
}

#[test]
fn silence_and_the_transports_own_errors_decide_nothing() {
    let call = a_pay(1, "2876");
    for dialect in BOTH {
        let request = connector(dialect).request(&call, ENV);
        let hear = |response: Result<&Response, TransportError>| match connector(dialect)
            .answer(&call, &request, response, ENV)
        {
            Step::Heard(heard) => payment(heard),
            Step::Then(_) => panic!("one message"),
        };
        let unknown = PaymentAnswer::Unknown;
        assert_eq!(hear(Err(TransportError::TimedOut)), unknown(Unknown::TimedOut));
        assert_eq!(hear(Err(TransportError::Broken)), unknown(Unknown::TimedOut));
        assert_eq!(hear(Err(TransportError::NotSent)), PaymentAnswer::NotSent);
        let good = done(dialect, Method::Pay, said("msg", json!("Success")));
        for status in [301, 429, 500, 502, 503] {
            let response = Response { status, ..good.clone() };
            assert_eq!(hear(Ok(&response)), unknown(Unknown::Transport), "{status}");
        }
    }
}

/// A notification of payment 1, with parameters replaced; an empty value takes one out.
fn notice(changes: &[(&str, &str)]) -> Request {
    let payment = payment_id(1).to_string();
    let mut params: Params = [
        ("notify_time", "2026-11-21 23:30:05"),
        ("notify_type", "trade_status_sync"),
        ("notify_id", "n1"),
        ("app_id", "client-1"),
        ("trade_no", "2026112122001"),
        ("out_trade_no", &payment),
        ("trade_status", "TRADE_SUCCESS"),
        ("total_amount", "58.08"),
        ("sign_type", "RSA2"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .to_vec();
    for (name, value) in changes {
        params.retain(|(known, _)| known != name);
        if !value.is_empty() {
            params.push(((*name).to_owned(), (*value).to_owned()));
        }
    }
    let sign = sign_params(&params, Signed::Notification, &*link("alipay").sign);
    params.push(("sign".into(), sign));
    let pairs = params.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    Request {
        method: "POST".into(),
        target: "/callbacks/alipay/notify".into(),
        headers: vec![],
        body: form::print(pairs).into_bytes(),
    }
}

fn noticed(request: &Request) -> Result<PaymentAnswer, String> {
    let text = |response: Response| String::from_utf8(response.body).unwrap();
    let good = connector(Dialect::Gateway).notified(request, ENV).map_err(text)?;
    assert_eq!(text(good.acknowledge), "success", "the bare word");
    Ok(super::noticed(good.command))
}

#[test]
fn a_notice_is_believed_when_it_is_signed_ours_and_whole() {
    let receipt = paid(noticed(&notice(&[])).unwrap());
    assert_eq!((receipt.amount, &*receipt.transaction), (cny(COST), "2026112122001"));
    assert_eq!(noticed(&notice(&[("sign_type", "")])).map(paid), Ok(receipt.clone()));
    // A part was given back: the trade stands.
    let part = [("refund_fee", "1.00"), ("gmt_refund", "2026-11-22 10:00:00")];
    assert_eq!(noticed(&notice(&part)).map(paid), Ok(receipt));
    for (changes, expected) in [
        (vec![("trade_status", "WAIT_BUYER_PAY")], PaymentAnswer::Pending),
        (vec![("trade_status", "TRADE_CLOSED")], PaymentAnswer::Cancelled),
        // Closed because it was given back: no news of the payment, only a reason to ask.
        (vec![("trade_status", "TRADE_CLOSED"), ("refund_fee", "58.08")], PaymentAnswer::Pending),
        (vec![("trade_status", "NEW")], PaymentAnswer::Unknown(Unknown::UnlistedCode)),
    ] {
        assert_eq!(noticed(&notice(&changes)), Ok(expected), "{changes:?}");
    }
    let refused = Err("failure".to_owned());
    for changes in [
        [("app_id", "client-2")],
        [("notify_type", "other")],
        [("sign_type", "RSA")],
        [("out_trade_no", "somebody-elses")],
        [("out_trade_no", "")],
        [("total_amount", "58.081")],
        [("total_amount", "")],
        [("trade_no", "")],
        [("trade_status", "")],
    ] {
        assert_eq!(noticed(&notice(&changes)), refused, "{changes:?}");
    }
}

#[test]
fn a_notice_that_was_touched_is_refused() {
    let good = notice(&[]);
    let refused = Err("failure".to_owned());
    let text = String::from_utf8(good.body.clone()).unwrap();
    for (from, to) in [
        ("58.08", "58.09"),
        ("TRADE_SUCCESS", "TRADE_CLOSED"),
        ("sign=", "sign=A"),
        ("sign=", "other="),
        ("notify_id=n1", "notify_id=n1&notify_id=n2"),
    ] {
        assert!(text.contains(from), "{from}");
        let touched = Request { body: text.replace(from, to).into_bytes(), ..good.clone() };
        assert_eq!(noticed(&touched), refused, "{to}");
    }
    // What stands in our own address is not part of it.
    let with_query = Request { target: format!("{}?total_amount=1.00", good.target), ..good };
    assert!(noticed(&with_query).is_ok());
}
