//! Answers that contradict what was asked, and what it means when one of several messages of a call
//! is lost. Answers of this network are not signed, so everything in them is checked.

use noren_core::time::Timestamp;
use noren_core::wallet::{
    Ask, Call, CaptureAnswer, PaymentAnswer, Reference, RefundAnswer, Unknown,
};
use serde_json::{Value, json};

use super::{
    YEN, cancel, capture, inquire, inquire_capture, inquire_refund, order_call, refund, void,
};
use crate::connector::{Connector, Env, Heard, Step};
use crate::linepay::connector::LinePayConnector;
use crate::linepay::messages::{Handle, TransactionId};
use crate::testing::{jpy, link, pay, payment_id};
use crate::wire::{Response, TransportError};

const ENV: Env = Env { now: Timestamp(1_795_275_000_000), nonce: 5 };
const TX: u64 = 2_026_112_100_000_000_001;

fn connector() -> LinePayConnector {
    LinePayConnector::new("linepay".parse().unwrap(), link("linepay"))
}

fn online() -> Reference {
    let handle = Handle { transaction: TransactionId(TX), amount: jpy(YEN), hold: false };
    Reference::Order { handle: handle.to_string().into() }
}

pub(super) fn said(code: &str, info: Value) -> Response {
    let body = json!({ "returnCode": code, "returnMessage": "m", "info": info });
    Response { status: 200, headers: vec![], body: body.to_string().into_bytes() }
}

/// Plays a call against these answers, one for each message that leaves; `None` is silence. Says
/// also which paths were asked.
fn play(call: &Call, answers: &[Result<Response, TransportError>]) -> (Heard, Vec<String>) {
    let connector = connector();
    let mut request = connector.request(call, ENV);
    let mut asked = Vec::new();
    for answer in answers {
        let path = request.target.strip_prefix("/linepay").unwrap();
        asked.push(format!("{} {path}", request.method).replace(&payment_id(1).to_string(), "P1"));
        let answer = answer.as_ref().map_err(|error| *error);
        match connector.answer(call, &request, answer, ENV) {
            Step::Heard(heard) => return (heard, asked),
            Step::Then(next) => request = next,
        }
    }
    panic!("more messages than answers: {asked:?}, then {}", request.target);
}

fn heard(call: &Call, answers: &[Response]) -> Heard {
    let answers: Vec<_> = answers.iter().cloned().map(Ok).collect();
    play(call, &answers).0
}

/// What is changed in an answer, and how.
type Change = (&'static str, fn(&mut Value));

fn done() -> Response {
    said("0123", Value::Null)
}

/// What details say of our payment, changed by `change`.
fn details(change: impl FnOnce(&mut Value)) -> Response {
    let mut row = json!({
        "transactionId": TX, "orderId": payment_id(1).to_string(), "transactionType": "PAYMENT",
        "payStatus": "CAPTURE", "currency": "JPY",
        "payInfo": [{ "method": "BALANCE", "amount": YEN }],
    });
    change(&mut row);
    said("0000", json!([row]))
}

fn payment(heard: Heard) -> PaymentAnswer {
    match heard {
        Heard::Payment(answer) => answer,
        other => panic!("of a payment: {other:?}"),
    }
}

#[test]
fn each_call_asks_what_its_table_says() {
    let (order, ok) = (online(), |code: &str| Ok(said(code, Value::Null)));
    let details = || Ok(details(|_| {}));
    let held = || Ok(self::details(|row| row["payStatus"] = json!("AUTHORIZATION")));
    let code_done = || Ok(said("0000", json!({ "status": "COMPLETE" })));
    let tx = TX;
    let by_us = Reference::Request;
    let pay = pay(1, jpy(YEN), None, "3911234567890123456");
    type Messages = Vec<Result<Response, TransportError>>;
    let cases: Vec<(Call, Messages, Vec<String>)> = vec![
        (
            order_call(1, jpy(YEN), false),
            vec![ok("1172"), details()],
            vec!["POST /v3/payments/request".into(), "GET /v3/payments?orderId=P1".into()],
        ),
        (
            pay,
            vec![ok("1172"), code_done(), details()],
            vec![
                "POST /v4/payments/oneTimeKeys/pay".into(),
                "GET /v4/payments/orders/P1/check".into(),
                "GET /v4/payments?orderId=P1".into(),
            ],
        ),
        (
            inquire(1, &order),
            vec![ok("0110"), ok("1198"), details()],
            vec![
                format!("GET /v3/payments/requests/{tx}/check"),
                format!("POST /v3/payments/{tx}/confirm"),
                format!("GET /v3/payments?transactionId={tx}"),
            ],
        ),
        (
            cancel(1, &order),
            vec![ok("0123"), held(), ok("0000")],
            vec![
                format!("GET /v3/payments/requests/{tx}/check"),
                format!("GET /v3/payments?transactionId={tx}"),
                format!("POST /v3/payments/authorizations/{tx}/void"),
            ],
        ),
        (
            cancel(1, &by_us),
            vec![code_done(), held(), ok("0000")],
            vec![
                "GET /v4/payments/orders/P1/check".into(),
                "GET /v4/payments?orderId=P1".into(),
                "POST /v4/payments/orders/P1/void".into(),
            ],
        ),
        (
            cancel(1, &by_us),
            vec![ok("1145"), ok("0000")],
            vec![
                "GET /v4/payments/orders/P1/check".into(),
                "POST /v4/payments/orders/P1/refund".into(),
            ],
        ),
        (
            capture(1, &order, YEN),
            vec![ok("1179"), details()],
            vec![
                format!("POST /v3/payments/authorizations/{tx}/capture"),
                format!("GET /v3/payments?transactionId={tx}"),
            ],
        ),
        (
            void(1, &by_us),
            vec![ok("1179"), details()],
            vec!["POST /v4/payments/orders/P1/void".into(), "GET /v4/payments?orderId=P1".into()],
        ),
        (
            refund(1, &order, 1, 500, 0),
            vec![details(), Ok(said("0000", json!({ "refundTransactionId": 7 })))],
            vec![
                format!("GET /v3/payments?transactionId={tx}"),
                format!("POST /v3/payments/{tx}/refund"),
            ],
        ),
    ];
    for (call, answers, expected) in cases {
        let (heard, asked) = play(&call, &answers);
        assert_eq!(asked, expected);
        let unknown = Heard::unknown(&call.ask, Unknown::UnlistedCode);
        assert_ne!(heard, unknown, "{asked:?}");
    }
}

#[test]
fn an_answer_of_another_payment_decides_nothing() {
    let changes: [Change; 16] = [
        ("another transaction", |row| row["transactionId"] = json!(TX + 1)),
        ("an id as a float", |row| row["transactionId"] = json!(2.026e18)),
        ("no transaction", |row| drop(row.as_object_mut().unwrap().remove("transactionId"))),
        ("another order", |row| row["orderId"] = json!("another")),
        ("no order", |row| drop(row.as_object_mut().unwrap().remove("orderId"))),
        ("a refund", |row| row["transactionType"] = json!("PAYMENT_REFUND")),
        ("another word", |row| row["payStatus"] = json!("DONE")),
        ("no word", |row| drop(row.as_object_mut().unwrap().remove("payStatus"))),
        ("no currency", |row| drop(row.as_object_mut().unwrap().remove("currency"))),
        ("no known currency", |row| row["currency"] = json!("XXX")),
        ("no amount", |row| drop(row.as_object_mut().unwrap().remove("payInfo"))),
        ("no parts", |row| row["payInfo"] = json!([])),
        ("half a yen", |row| row["payInfo"][0]["amount"] = json!(0.5)),
        ("less than nothing", |row| row["payInfo"][0]["amount"] = json!(-1)),
        ("too much", |row| row["payInfo"][0]["amount"] = json!(1e30)),
        ("a strange refund", |row| row["refundList"] = json!([{ "refundAmount": 1 }])),
    ];
    for (what, change) in changes {
        for call in [inquire(1, &online()), cancel(1, &online())] {
            let answer = payment(heard(&call, &[done(), details(change)]));
            let PaymentAnswer::Unknown(why) = answer else { panic!("{what}: {answer:?}") };
            assert!(why.alarming(), "{what}: {why:?}");
        }
    }
    let twice = said("0000", json!([{ "transactionType": "PAYMENT" }, {}]));
    for body in [twice, said("0000", json!([])), said("0000", json!({})), said("0000", Value::Null)]
    {
        let answer = payment(heard(&inquire(1, &online()), &[done(), body]));
        assert_eq!(answer, PaymentAnswer::Unknown(Unknown::Unreadable));
    }
}

/// The core compares amounts and currencies; what is said reaches it as it is said.
#[test]
fn another_amount_or_currency_is_passed_on_as_it_is_said() {
    let less = details(|row| row["payInfo"][0]["amount"] = json!(YEN - 1));
    let parts = details(|row| {
        row["payInfo"] = json!([{ "method": "POINT", "amount": "200" }, { "amount": 1000 }]);
    });
    let baht = details(|row| row["currency"] = json!("THB"));
    for (body, text) in [(less, "JPY 1199"), (parts, "JPY 1200"), (baht, "THB 1200.00")] {
        match payment(heard(&inquire(1, &online()), &[done(), body])) {
            PaymentAnswer::Paid(receipt) => assert_eq!(receipt.amount.to_string(), text),
            other => panic!("{text}: {other:?}"),
        }
    }
}

#[test]
fn a_confirmation_or_pay_answer_must_be_of_what_was_asked() {
    let ours = payment_id(1).to_string();
    let good = || json!({ "transactionId": TX, "orderId": ours, "payInfo": [{ "amount": YEN }] });
    let changes: [Change; 4] = [
        ("another order", |info| info["orderId"] = json!("another")),
        ("no transaction", |info| drop(info.as_object_mut().unwrap().remove("transactionId"))),
        ("no amount", |info| drop(info.as_object_mut().unwrap().remove("payInfo"))),
        ("another currency", |info| info["currency"] = json!("TWD")),
    ];
    let approved = || said("0110", Value::Null);
    let pay = pay(1, jpy(YEN), None, "3911234567890123456");
    for (what, change) in changes {
        let mut info = good();
        change(&mut info);
        let unreadable = PaymentAnswer::Unknown(Unknown::Unreadable);
        let confirmed = heard(&inquire(1, &online()), &[approved(), said("0000", info.clone())]);
        assert_eq!(payment(confirmed), unreadable, "{what}");
        assert_eq!(payment(heard(&pay, &[said("0000", info)])), unreadable, "{what}");
    }
    let mut other = good();
    other["transactionId"] = json!(TX + 1);
    let confirmed = heard(&inquire(1, &online()), &[approved(), said("0000", other)]);
    assert_eq!(payment(confirmed), PaymentAnswer::Unknown(Unknown::Unreadable));
    let quoted = json!({ "transactionId": TX.to_string(), "payInfo": [{ "amount": YEN }] });
    let confirmed = heard(&inquire(1, &online()), &[approved(), said("0000", quoted)]);
    assert!(matches!(payment(confirmed), PaymentAnswer::Paid(_)));
}

#[test]
fn an_http_error_is_not_an_answer_of_the_network() {
    for status in [204, 301, 400, 401, 404, 500, 503] {
        let response = Response { status, ..said("1142", Value::Null) };
        let pay = pay(1, jpy(YEN), None, "3911234567890123456");
        for call in [inquire(1, &online()), cancel(1, &online()), pay] {
            let answer = payment(heard(&call, std::slice::from_ref(&response)));
            assert_eq!(answer, PaymentAnswer::Unknown(Unknown::Transport), "{status}");
        }
    }
}

/// "Not sent" is said only where it is true of the message that matters.
#[test]
fn a_later_message_that_did_not_leave_says_nothing_of_the_first() {
    use TransportError::{Broken, NotSent, TimedOut};
    let pay = pay(1, jpy(YEN), None, "3911234567890123456");
    let order = order_call(1, jpy(YEN), false);
    let code = |code: &str| Ok(said(code, Value::Null));
    let unsure = PaymentAnswer::Unknown(Unknown::TimedOut);
    let cases = [
        (&pay, vec![Err(NotSent)], PaymentAnswer::NotSent),
        (&pay, vec![Err(Broken)], unsure.clone()),
        (&pay, vec![code("1172"), Err(NotSent)], unsure.clone()),
        (&order, vec![Err(NotSent)], PaymentAnswer::NotSent),
        (&order, vec![code("1172"), Err(NotSent)], unsure.clone()),
        (&void(1, &online()), vec![code("1179"), Err(NotSent)], unsure),
    ];
    for (call, answers, expected) in cases {
        assert_eq!(payment(play(call, &answers).0), expected, "{answers:?}");
    }
    let held = capture(1, &online(), YEN);
    let lost = Heard::Capture(CaptureAnswer::Unknown(Unknown::TimedOut));
    assert_eq!(play(&held, &[code("1179"), Err(NotSent)]).0, lost);

    let back = refund(1, &online(), 1, 500, 0);
    let refunded = |answers: &[Result<Response, TransportError>]| match play(&back, answers).0 {
        Heard::Refund(answer) => answer,
        other => panic!("of a refund: {other:?}"),
    };
    let nothing = || Ok(details(|_| {}));
    for silence in [NotSent, TimedOut, Broken] {
        assert_eq!(refunded(&[Err(silence)]), RefundAnswer::NotSent, "only looked");
    }
    assert_eq!(refunded(&[nothing(), Err(NotSent)]), RefundAnswer::NotSent);
    let lost = RefundAnswer::Unknown(Unknown::TimedOut);
    assert_eq!(refunded(&[nothing(), Err(TimedOut)]), lost);
    assert_eq!(refunded(&[nothing(), Err(Broken)]), lost);
    assert_eq!(refunded(&[nothing(), code("9000")]), RefundAnswer::Unknown(Unknown::SaidUnknown));
    let foreign = refunded(&[Ok(said("7777", Value::Null))]);
    assert_eq!(foreign, RefundAnswer::Unknown(Unknown::UnlistedCode));
    // An inquiry whose question did not leave says nothing of the refund.
    let asked = inquire_refund(1, &online(), 1, 500, 0);
    assert_eq!(play(&asked, &[Err(TimedOut)]).0, Heard::Refund(lost));
}

#[test]
fn refunds_in_the_details_are_summed_with_either_sign() {
    let with = |list: Value| vec![details(|row| row["refundList"] = list)];
    let one = |amount: i64| json!({ "refundTransactionId": 7, "refundAmount": amount });
    let asked = inquire_refund(1, &online(), 1, 300, 200);
    for (list, expected) in [
        (json!([one(200)]), RefundAnswer::NotFound),
        (json!([one(-200)]), RefundAnswer::NotFound),
        (json!([one(-200), one(300)]), super::RefundAnswer::NotFound),
        (json!([]), RefundAnswer::Unknown(Unknown::Unreadable)),
        (json!([one(200), one(301)]), RefundAnswer::Unknown(Unknown::Unreadable)),
    ] {
        let Heard::Refund(answer) = heard(&asked, &with(list.clone())) else { panic!("a refund") };
        if list == json!([one(-200), one(300)]) {
            super::given_back(answer, 300);
        } else {
            assert_eq!(answer, expected, "{list}");
        }
    }
    let held = details(|row| row["payStatus"] = json!("AUTHORIZATION"));
    let answer = heard(&asked, &[held]);
    assert_eq!(answer, Heard::Refund(RefundAnswer::Unknown(Unknown::Unreadable)));
}

#[test]
fn what_became_of_a_capture_is_read_from_the_details() {
    let asked = inquire_capture(1, &online(), YEN);
    let status = |word: &str| vec![details(|row| row["payStatus"] = json!(word))];
    let heard = |word: &str| match heard(&asked, &status(word)) {
        Heard::Capture(answer) => answer,
        other => panic!("of a capture: {other:?}"),
    };
    assert!(matches!(heard("CAPTURE"), CaptureAnswer::Captured(_)));
    assert_eq!(heard("AUTHORIZATION"), CaptureAnswer::NotFound);
    assert!(matches!(heard("VOIDED_AUTHORIZATION"), CaptureAnswer::Declined(_)));
    assert!(matches!(heard("EXPIRED_AUTHORIZATION"), CaptureAnswer::Declined(_)));
    assert_eq!(heard("PAID"), CaptureAnswer::Unknown(Unknown::UnlistedCode));
}

#[test]
fn a_check_of_a_code_says_only_the_words_that_are_published() {
    let asked = inquire(1, &Reference::Request);
    let check = |info: Value| payment(heard(&asked, &[said("0000", info)]));
    assert!(matches!(check(json!({ "status": "FAIL" })), PaymentAnswer::Declined(_)));
    let unlisted = PaymentAnswer::Unknown(Unknown::UnlistedCode);
    assert_eq!(check(json!({ "status": "DONE" })), unlisted);
    for unreadable in [json!({}), json!([]), json!({ "status": "FAIL", "orderId": "another" })] {
        let answer = check(unreadable);
        assert_eq!(answer, PaymentAnswer::Unknown(Unknown::Unreadable));
    }
    let Ask::Inquire { .. } = asked.ask else { panic!("an inquiry") };
}
