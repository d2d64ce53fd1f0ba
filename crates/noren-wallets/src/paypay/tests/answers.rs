//! What the connector makes of answers, without the sandbox: words of the published kind, spelled
//! in other ways than ours.

use noren_core::id::WalletName;
use noren_core::time::Timestamp;
use noren_core::wallet::{
    Ask, Call, CaptureAnswer, PaymentAnswer, Reference, RefundAnswer, Unknown,
};
use serde_json::{Value, json};

use super::{capture_ask, order_for, void_by, yen};
use crate::connector::{Connector as _, Env, Heard, Step};
use crate::paypay::connector::PayPayConnector;
use crate::testing::{
    call, cancel, inquire, inquire_refund, jpy, link, pay, payment_id, refund, refund_ask,
};
use crate::wire::{Request, Response, TransportError};

pub(super) const ENV: Env = Env { now: Timestamp(1_795_275_000_000), nonce: 7 };

pub(super) fn connector() -> PayPayConnector {
    PayPayConnector::new(WalletName::new("paypay").unwrap(), link("paypay"))
}

pub(super) fn response(status: u16, code: &str, id: &str, data: &Value) -> Response {
    let info = json!({ "code": code, "message": "m", "codeId": id });
    let body = json!({ "resultInfo": info, "data": data }).to_string().into_bytes();
    Response { status, headers: Vec::new(), body }
}

fn good(data: &Value) -> Response {
    response(200, "SUCCESS", "08100001", data)
}

/// The first message of a call, and what its answer leads to.
fn step(call: &Call, said: &Response) -> Step {
    let request = connector().request(call, ENV);
    connector().answer(call, &request, Ok(said), ENV)
}

fn heard(call: &Call, said: &Response) -> Heard {
    match step(call, said) {
        Step::Heard(heard) => heard,
        Step::Then(next) => panic!("one more message: {} {}", next.method, next.target),
    }
}

fn payment(call: &Call, said: &Response) -> PaymentAnswer {
    match heard(call, said) {
        Heard::Payment(answer) => answer,
        other => panic!("{other:?}"),
    }
}

pub(super) fn paid(status: &str) -> Value {
    json!({
        "paymentId": "04230873410203967488", "status": status, "amount": yen(1_200),
        "merchantPaymentId": payment_id(1).to_string(), "acceptedAt": 1_767_225_600,
    })
}

fn a_pay() -> Call {
    pay(1, jpy(1_200), None, "900081811234567890123456")
}

fn order_reference() -> Reference {
    Reference::Order { handle: "04-abc".into() }
}

/// What each status of a payment is, in the answer to paying and to asking.
#[test]
fn each_status_is_one_answer() {
    for (status, expected) in [
        ("CREATED", "pending"),
        ("REAUTHORIZING", "pending"),
        ("AUTHORIZED", "held"),
        ("COMPLETED", "paid"),
        ("REFUNDED", "paid"),
        ("FAILED", "declined"),
        ("CANCELED", "cancelled"),
        ("EXPIRED", "cancelled"),
        ("completed", "alarm"),
        ("SOMETHING_NEW", "alarm"),
    ] {
        for call in [a_pay(), inquire(1), call(1, Ask::Inquire { reference: order_reference() })] {
            let word = match payment(&call, &good(&paid(status))) {
                PaymentAnswer::Pending => "pending",
                PaymentAnswer::Authorised(_) => "held",
                PaymentAnswer::Paid(_) => "paid",
                PaymentAnswer::Declined(_) => "declined",
                PaymentAnswer::Cancelled => "cancelled",
                PaymentAnswer::Unknown(why) if why.alarming() => "alarm",
                other => panic!("{status}: {other:?}"),
            };
            assert_eq!(word, expected, "{status}");
        }
    }
}

/// An answer that contradicts what was asked, or leaves out what proves it, is unreadable.
#[test]
fn what_contradicts_proves_nothing() {
    let with = |member: &str, value: Value| {
        let mut said = paid("COMPLETED");
        said[member] = value;
        said
    };
    for said in [
        with("merchantPaymentId", json!(payment_id(2).to_string())),
        with("merchantPaymentId", Value::Null),
        with("paymentId", Value::Null),
        with("paymentId", json!("")),
        with("amount", Value::Null),
        with("amount", json!({"amount": 1_200, "currency": "USD"})),
        with("amount", json!({"amount": "1200", "currency": "JPY"})),
        with("amount", json!({"amount": 1200.5, "currency": "JPY"})),
        with("amount", yen(-1_200)),
        with("amount", yen(100_000_000_000)),
        with("amount", json!({"amount": 12_345_678_901_234_567_890_u64, "currency": "JPY"})),
        with("status", Value::Null),
        with("status", json!(1)),
        Value::Null,
        json!([]),
        json!("COMPLETED"),
    ] {
        for call in [a_pay(), inquire(1)] {
            let answer = payment(&call, &good(&said));
            assert_eq!(answer, PaymentAnswer::Unknown(Unknown::Unreadable), "{said}");
        }
    }
    // Another amount is not ours to judge: it is passed on as said.
    let PaymentAnswer::Paid(receipt) = payment(&a_pay(), &good(&with("amount", yen(1)))) else {
        panic!("not passed on")
    };
    assert_eq!(receipt.amount, jpy(1));
}

#[test]
fn errors_of_the_transport_are_never_a_no() {
    let request = connector().request(&a_pay(), ENV);
    let no = response(500, "NO_SUFFICIENT_FUND", "", &Value::Null);
    let failed = response(500, "TRANSACTION_FAILED", "00200002", &Value::Null);
    let html = Response { status: 502, headers: Vec::new(), body: b"<html>".to_vec() };
    for said in [no, failed, html, response(429, "RATE_LIMIT", "08100998", &Value::Null)] {
        let answer = payment(&a_pay(), &said);
        assert_eq!(answer, PaymentAnswer::Unknown(Unknown::Transport));
    }
    for (error, expected) in [
        (TransportError::NotSent, PaymentAnswer::NotSent),
        (TransportError::TimedOut, PaymentAnswer::Unknown(Unknown::TimedOut)),
        (TransportError::Broken, PaymentAnswer::Unknown(Unknown::TimedOut)),
    ] {
        let step = connector().answer(&a_pay(), &request, Err(error), ENV);
        assert_eq!(step, Step::Heard(Heard::Payment(expected)));
    }
}

#[test]
fn a_call_that_the_network_will_carry_out_or_asks_its_user_about_is_pending() {
    for (code, id) in [("REQUEST_ACCEPTED", "08100001"), ("USER_CONFIRMATION_REQUIRED", "08300103")]
    {
        let said = response(202, code, id, &Value::Null);
        assert_eq!(payment(&a_pay(), &said), PaymentAnswer::Pending);
        let ask = call(1, Ask::Capture(capture_ask(1, 700, &Reference::Request)));
        assert_eq!(heard(&ask, &said), Heard::Capture(CaptureAnswer::Processing));
    }
    let said = response(202, "REQUEST_ACCEPTED", "08100001", &Value::Null);
    let answer = heard(&inquire_refund(1, 1, jpy(5), None), &said);
    assert_eq!(answer, Heard::Refund(RefundAnswer::Unknown(Unknown::UnlistedCode)));
}

#[test]
fn an_order_needs_a_name_and_a_link_of_its_own() {
    let order = order_for(1, 1_200, false);
    let said = json!({
        "codeId": "04-abc", "url": "https://qr.example/x", "amount": yen(1_200),
        "merchantPaymentId": payment_id(1).to_string(),
    });
    let created = |data: &Value| response(201, "SUCCESS", "08100001", data);
    let answer = payment(&order, &created(&said));
    let PaymentAnswer::Ordered { link, handle } = answer else { panic!("{answer:?}") };
    assert_eq!((link.as_ref(), handle.as_deref()), ("https://qr.example/x", Some("04-abc")));
    for (member, value) in [
        ("codeId", json!("")),
        ("codeId", json!("..")),
        ("codeId", json!("a/b")),
        ("codeId", json!("x".repeat(65))),
        ("url", json!("")),
        ("url", json!("javascript:alert(1)")),
        ("amount", yen(1_201)),
        ("amount", Value::Null),
        ("merchantPaymentId", json!("somebody else's")),
        ("merchantPaymentId", Value::Null),
    ] {
        let mut other = said.clone();
        other[member] = value;
        let answer = payment(&order, &created(&other));
        assert_eq!(answer, PaymentAnswer::Unknown(Unknown::Unreadable), "{other}");
    }
}

/// The messages of a call, one after another, when the network knows nothing of a direct payment.
#[test]
fn the_inquiry_for_codes_is_asked_when_the_one_for_payments_knows_nothing() {
    let unknown = response(404, "RESOURCE_NOT_FOUND", "00200001", &Value::Null);
    let none = response(400, "DYNAMIC_QR_PAYMENT_NOT_FOUND", "01652075", &Value::Null);
    let gone = response(404, "DYNAMIC_QR_NOT_FOUND", "01652072", &Value::Null);
    let Step::Then(next) = step(&inquire(1), &unknown) else { panic!("no second question") };
    assert_eq!(next.path(), format!("/paypay/v2/codes/payments/{}", payment_id(1)));
    let second = |said: &Response| connector().answer(&inquire(1), &next, Ok(said), ENV);
    for said in [&unknown, &none, &gone] {
        assert_eq!(second(said), Step::Heard(Heard::Payment(PaymentAnswer::NotFound)));
    }
    let Step::Heard(Heard::Payment(PaymentAnswer::Paid(_))) = second(&good(&paid("COMPLETED")))
    else {
        panic!("it is found there")
    };
}

#[test]
fn a_refused_cancel_is_too_late_and_an_unknown_one_too() {
    for (status, code, id) in [
        (400, "ORDER_NOT_REVERSIBLE", "00200044"),
        (400, "ORDER_EXPIRED", "00200043"),
        (404, "RESOURCE_NOT_FOUND", "00200001"),
    ] {
        let said = response(status, code, id, &Value::Null);
        assert_eq!(payment(&cancel(1), &said), PaymentAnswer::TooLate { receipt: None }, "{code}");
        let back = call(1, Ask::CancelRefund(refund_ask(1, jpy(5), None)));
        assert_eq!(heard(&back, &said), Heard::Refund(RefundAnswer::TooLate), "{code}");
    }
    // 200 with data is as good as 202 without.
    let said = good(&json!({}));
    assert_eq!(payment(&cancel(1), &said), PaymentAnswer::Cancelled);
}

/// The second message of a void or a refund, and its answer.
fn second(call: &Call, status: &str, said: &Response) -> Heard {
    let Step::Then(next) = step(call, &good(&paid(status))) else { panic!("no second message") };
    match connector().answer(call, &next, Ok(said), ENV) {
        Step::Heard(heard) => heard,
        Step::Then(next) => panic!("a third message: {}", next.target),
    }
}

#[test]
fn a_revert_names_the_networks_own_id() {
    let void = void_by(1, &Reference::Request);
    let Step::Then(next) = step(&void, &good(&paid("AUTHORIZED"))) else { panic!("no revert") };
    let body: Value = serde_json::from_slice(&next.body).unwrap();
    assert_eq!(
        (body["paymentId"].as_str(), next.method.as_str()),
        (Some("04230873410203967488"), "POST")
    );
    let answer = |status: &str, id: &str| {
        let data = json!({"status": status, "paymentId": id});
        second(&void, "AUTHORIZED", &good(&data))
    };
    let heard = Heard::Payment;
    let own = "04230873410203967488";
    assert_eq!(answer("CANCELED", own), heard(PaymentAnswer::Cancelled));
    let unknown = |why| heard(PaymentAnswer::Unknown(why));
    assert_eq!(answer("CANCELED", "1"), unknown(Unknown::Unreadable), "another payment");
    assert_eq!(answer("COMPLETED", own), unknown(Unknown::UnlistedCode));
    let refused = response(400, "ORDER_NOT_CANCELABLE", "00200042", &Value::Null);
    let late = second(&void, "AUTHORIZED", &refused);
    assert_eq!(late, heard(PaymentAnswer::TooLate { receipt: None }));
}

#[test]
fn captures_are_read_from_the_list_of_the_payment() {
    let ask = capture_ask(1, 700, &Reference::Request);
    let inquiry = call(1, Ask::InquireCapture(ask.clone()));
    let with = |status: &str, captures: Value| {
        let mut said = paid(status);
        said["captures"] = json!({ "data": captures });
        good(&said)
    };
    let item = |word: Value, amount: i64| {
        json!([
            {"merchantCaptureId": "another", "amount": yen(1), "status": "COMPLETED"},
            {"merchantCaptureId": ask.capture.to_string(), "amount": yen(amount), "status": word},
        ])
    };
    let amount = |said: &Response| match heard(&inquiry, said) {
        Heard::Capture(CaptureAnswer::Captured(receipt)) => receipt.amount,
        other => panic!("{other:?}"),
    };
    for word in [json!("COMPLETED"), json!("CAPTURED"), Value::Null] {
        assert_eq!(amount(&with("COMPLETED", item(word, 700))), jpy(700));
    }
    let capture = Heard::Capture;
    for (said, expected) in [
        (with("AUTHORIZED", item(json!("USER_REQUESTED"), 700)), CaptureAnswer::Processing),
        (with("AUTHORIZED", json!([])), CaptureAnswer::NotFound),
        (with("AUTHORIZED", Value::Null), CaptureAnswer::NotFound),
        (with("REAUTHORIZING", json!([])), CaptureAnswer::Processing),
        (
            with("COMPLETED", item(json!("NEW_WORD"), 700)),
            CaptureAnswer::Unknown(Unknown::UnlistedCode),
        ),
        (
            with("COMPLETED", json!([{"merchantCaptureId": "x", "amount": yen(1)}])),
            CaptureAnswer::Unknown(Unknown::UnlistedCode),
        ),
        (with("COMPLETED", json!([{}])), CaptureAnswer::Unknown(Unknown::Unreadable)),
    ] {
        assert_eq!(heard(&inquiry, &said), capture(expected));
    }
    // A refused capture leads to the list; when it is not there and the hold stands, we do not know.
    let asked = call(1, Ask::Capture(ask.clone()));
    let refused = response(400, "ALREADY_CAPTURED", "00200039", &Value::Null);
    let Step::Then(look) = step(&asked, &refused) else { panic!("no look") };
    let after = |said: &Response| match connector().answer(&asked, &look, Ok(said), ENV) {
        Step::Heard(Heard::Capture(answer)) => answer,
        other => panic!("{other:?}"),
    };
    assert_eq!(after(&with("AUTHORIZED", json!([]))), CaptureAnswer::Unknown(Unknown::SaidUnknown));
    let found = after(&with("COMPLETED", item(json!("COMPLETED"), 700)));
    assert!(matches!(found, CaptureAnswer::Captured(receipt) if receipt.amount == jpy(700)));
    // The sum of captures is what was paid.
    let sum = payment(&inquire(1), &with("COMPLETED", item(json!("COMPLETED"), 700)));
    assert!(matches!(sum, PaymentAnswer::Paid(receipt) if receipt.amount == jpy(701)));
}

#[test]
fn each_word_about_a_refund_is_one_answer() {
    let call = inquire_refund(1, 1, jpy(500), None);
    let key = refund_ask(1, jpy(500), None).refund.to_string();
    let said = |status: &str, key: &str| {
        good(&json!({"status": status, "merchantRefundId": key, "amount": yen(500)}))
    };
    let refund_heard = |said: &Response| match heard(&call, said) {
        Heard::Refund(answer) => answer,
        other => panic!("{other:?}"),
    };
    assert!(matches!(refund_heard(&said("REFUNDED", &key)), RefundAnswer::Refunded(_)));
    assert_eq!(refund_heard(&said("CREATED", &key)), RefundAnswer::Processing);
    assert!(matches!(refund_heard(&said("REFUND_FAILED", &key)), RefundAnswer::Declined(_)));
    let unknown = RefundAnswer::Unknown;
    assert_eq!(refund_heard(&said("NEW", &key)), unknown(Unknown::UnlistedCode));
    assert_eq!(refund_heard(&said("REFUNDED", "another")), unknown(Unknown::Unreadable));
    let bare = good(&json!({"status": "REFUNDED", "merchantRefundId": key}));
    assert_eq!(refund_heard(&bare), unknown(Unknown::Unreadable));
}

#[test]
fn a_refund_that_is_being_made_is_listed_as_such() {
    let call = refund(1, 1, jpy(500), None);
    let key = refund_ask(1, jpy(500), None).refund.to_string();
    let mut said = paid("COMPLETED");
    said["refunds"] =
        json!({"data": [{"status": "CREATED", "merchantRefundId": key, "amount": yen(500)}]});
    assert_eq!(heard(&call, &good(&said)), Heard::Refund(RefundAnswer::Processing));
}

/// An answer that comes with a message which is none of ours is a mistake of ours.
#[test]
fn an_answer_to_no_message_of_ours_proves_nothing() {
    for target in ["/paypay/v9/x", "/elsewhere", "http://h/x"] {
        let request = Request {
            method: "GET".into(),
            target: target.into(),
            headers: Vec::new(),
            body: Vec::new(),
        };
        let step = connector().answer(&inquire(1), &request, Ok(&good(&paid("COMPLETED"))), ENV);
        let unknown = PaymentAnswer::Unknown(Unknown::Unreadable);
        assert_eq!(step, Step::Heard(Heard::Payment(unknown)), "{target}");
    }
}
