//! What the connector makes of answers: the whole table of codes, and hostile ones.

use noren_core::command::Body;
use noren_core::id::WalletName;
use noren_core::time::Timestamp;
use noren_core::wallet::{Call, PaymentAnswer, Question, RefundAnswer, Unknown};
use serde_json::{Value, json};

use crate::alipayplus::codes::Code;
use crate::alipayplus::connector::AlipayPlusConnector;
use crate::alipayplus::signing::{sign_request, sign_response};
use crate::alipayplus::{ENTRY, NOTIFY_PATH};
use crate::connector::{Connector, Env, Heard};
use crate::testing::{
    World, cancel, inquire, inquire_refund, jpy, link, pay, payment_id, refund, refund_ask,
};
use crate::wire::{Request, Response};

const ENV: Env = Env { now: Timestamp(1_795_275_000_000), nonce: 5 };

fn connector() -> AlipayPlusConnector {
    AlipayPlusConnector::new(WalletName::new("alipayplus").unwrap(), link("alipayplus"))
}

fn a_pay() -> Call {
    pay(1, jpy(1_200), None, "281001021234567890123456")
}

fn heard_raw(call: &Call, status: u16, body: &[u8]) -> Heard {
    let request = connector().request(call, ENV);
    let mut response = Response { status, headers: vec![], body: body.to_vec() };
    let link = link("alipayplus");
    sign_response(&mut response, &request, &link.client_id, &*link.sign, ENV.now);
    connector().heard(call, &request, Ok(&response))
}

pub(super) fn heard(call: &Call, body: &Value) -> Heard {
    heard_raw(call, 200, body.to_string().as_bytes())
}

pub(super) fn result(status: &str, code: &str) -> Value {
    json!({ "resultStatus": status, "resultCode": code, "resultMessage": "m" })
}

/// An answer with all members that a success needs, and these results.
fn body(of_call: Value, of_thing: Value) -> Value {
    json!({
        "result": of_call, "paymentResult": of_thing, "refundResult": of_thing,
        "paymentId": "p1", "paymentAmount": { "currency": "JPY", "value": "1200" },
        "refundAmount": { "currency": "JPY", "value": "1200" },
    })
}

/// One word for what was heard.
fn word(heard: Heard) -> String {
    match heard {
        Heard::Payment(PaymentAnswer::Paid(_)) | Heard::Refund(RefundAnswer::Refunded(_)) => {
            "yes".into()
        }
        other @ (Heard::Capture(_)
        | Heard::Payment(
            PaymentAnswer::Authorised(_) | PaymentAnswer::Ordered { .. } | PaymentAnswer::Blocked,
        )) => {
            panic!("nothing of this network says {other:?}")
        }
        Heard::Payment(PaymentAnswer::Declined(no)) | Heard::Refund(RefundAnswer::Declined(no)) => {
            format!("{:?}", no.reason()).to_lowercase()
        }
        Heard::Payment(PaymentAnswer::Pending) | Heard::Refund(RefundAnswer::Processing) => {
            "pending".into()
        }
        Heard::Payment(PaymentAnswer::NotFound) | Heard::Refund(RefundAnswer::NotFound) => {
            "not_found".into()
        }
        Heard::Payment(PaymentAnswer::Cancelled) => "cancelled".into(),
        Heard::Payment(PaymentAnswer::TooLate { .. }) | Heard::Refund(RefundAnswer::TooLate) => {
            "too_late".into()
        }
        Heard::Payment(PaymentAnswer::NotSent) | Heard::Refund(RefundAnswer::NotSent) => {
            "not_sent".into()
        }
        Heard::Refund(RefundAnswer::NoFunds) => "no_funds".into(),
        Heard::Payment(PaymentAnswer::Unknown(why)) | Heard::Refund(RefundAnswer::Unknown(why)) => {
            if why.alarming() { "alarm" } else { "unsure" }.into()
        }
    }
}

/// Every code of the `wallets/alipayplus` facts, section 8, and one of ours. Columns: the code; the
/// `result` of pay; the `result` of an inquiry; the `result` of cancel; the `result` of refund.
const TABLE: &str = "
SUCCESS                          yes        yes       cancelled yes
PAYMENT_IN_PROCESS               pending    unsure    unsure    pending
UNKNOWN_EXCEPTION                unsure     unsure    unsure    unsure
REQUEST_TRAFFIC_EXCEED_LIMIT     unsure     unsure    unsure    unsure
PROCESS_FAIL                     other      alarm     alarm     other
PARAM_ILLEGAL                    alarm      alarm     alarm     alarm
ACCESS_DENIED                    alarm      alarm     alarm     alarm
INVALID_API                      alarm      alarm     alarm     alarm
NO_INTERFACE_DEF                 alarm      alarm     alarm     alarm
KEY_NOT_FOUND                    alarm      alarm     alarm     alarm
SIGNATURE_INVALID                alarm      alarm     alarm     alarm
MEDIA_TYPE_NOT_ACCEPTABLE        alarm      alarm     alarm     alarm
METHOD_NOT_SUPPORTED             alarm      alarm     alarm     alarm
INVALID_CONTRACT                 shop       alarm     alarm     shop
INVALID_MERCHANT_STATUS          shop       alarm     alarm     shop
MERCHANT_NOT_REGISTERED          shop       alarm     alarm     shop
MERCHANT_KYB_NOT_QUALIFIED       shop       alarm     alarm     shop
CURRENCY_NOT_SUPPORT             shop       alarm     alarm     shop
SETTLE_CONTRACT_NOT_MATCH        shop       alarm     alarm     shop
EXPIRED_CODE                     code       alarm     alarm     code
INVALID_PAYMENT_CODE             code       alarm     alarm     code
USER_NOT_EXIST                   payer      alarm     alarm     payer
USER_STATUS_ABNORMAL             payer      alarm     alarm     payer
USER_KYC_NOT_QUALIFIED           payer      alarm     alarm     payer
USER_BALANCE_NOT_ENOUGH          funds      alarm     alarm     funds
USER_AMOUNT_EXCEED_LIMIT         funds      alarm     alarm     funds
USER_PAYMENT_VERIFICATION_FAILED payer      alarm     alarm     payer
PAYMENT_AMOUNT_EXCEED_LIMIT      funds      alarm     alarm     funds
PAYMENT_COUNT_EXCEED_LIMIT       funds      alarm     alarm     funds
PAYMENT_NOT_QUALIFIED            risk       alarm     alarm     risk
RISK_REJECT                      risk       alarm     alarm     risk
FRAUD_REJECT                     risk       alarm     alarm     risk
REGULATION_RESTRICTION           risk       alarm     alarm     risk
UNAVAILABLE_PAYMENT_METHOD       other      alarm     alarm     other
NO_PAY_OPTIONS                   other      alarm     alarm     other
REPEAT_REQ_INCONSISTENT          alarm      alarm     alarm     alarm
ORDER_NOT_EXIST                  alarm      not_found unsure    alarm
ORDER_IS_CLOSED                  cancelled  alarm     alarm     refund
ORDER_STATUS_INVALID             unsure     alarm     unsure    refund
ORDER_IS_CANCELED                cancelled  alarm     cancelled refund
CANCEL_WINDOW_EXCEED             alarm      alarm     too_late  alarm
REFUND_AMOUNT_EXCEED             alarm      alarm     alarm     refund
REFUND_WINDOW_EXCEED             alarm      alarm     alarm     refund
MERCHANT_BALANCE_NOT_ENOUGH      alarm      alarm     alarm     no_funds
";

fn rows() -> Vec<Vec<&'static str>> {
    TABLE
        .lines()
        .filter(|line| !line.is_empty())
        .map(|line| line.split_whitespace().collect())
        .collect()
}

#[test]
fn every_code_has_a_meaning_for_every_call() {
    let rows = rows();
    let named: Vec<&str> = rows.iter().map(|row| row[0]).collect();
    for code in Code::ALL {
        assert!(named.contains(&code.name()), "{} is not in the table", code.name());
    }
    assert_eq!(named.len(), Code::ALL.len());
    let ok = || result("S", "SUCCESS");
    for row in rows {
        let code = Code::ALL.iter().find(|code| code.name() == row[0]).expect("listed");
        let said = result(code.status().letter(), row[0]);
        let asked = |call: &Call, body: Value| word(heard(call, &body));
        let got = [
            asked(&a_pay(), body(said.clone(), Value::Null)),
            asked(&inquire(1), body(said.clone(), ok())),
            asked(&cancel(1), body(said.clone(), Value::Null)),
            asked(&refund(1, 1, jpy(1_200), None), body(said.clone(), Value::Null)),
        ];
        assert_eq!(got, row[1..5], "{}", row[0]);
        // What became of the thing itself reads the same when an inquiry says it.
        assert_eq!(asked(&inquire(1), body(ok(), said.clone())), row[1], "{}", row[0]);
        let inquiry = inquire_refund(1, 1, jpy(1_200), None);
        assert_eq!(asked(&inquiry, body(ok(), said.clone())), row[4], "{}", row[0]);
        let call_of_inquiry = asked(&inquiry, body(said, ok()));
        assert_eq!(call_of_inquiry, row[2], "{}", row[0]);
    }
}

#[test]
fn an_unlisted_code_or_a_code_with_another_status_decides_nothing() {
    let calls = [
        a_pay(),
        inquire(1),
        cancel(1),
        refund(1, 1, jpy(1), None),
        inquire_refund(1, 1, jpy(1), None),
    ];
    for call in calls {
        for status in ["S", "F", "U", "X", ""] {
            for code in ["BRAND_NEW", "", "success", "RISK_REJECT "] {
                let said = body(result(status, code), result(status, code));
                assert_eq!(word(heard(&call, &said)), "alarm", "{status} {code}");
            }
            let of_another = Code::ALL.iter().filter(|code| code.status().letter() != status);
            for code in of_another {
                let said = body(result(status, code.name()), result(status, code.name()));
                assert_eq!(word(heard(&call, &said)), "alarm", "{status} {}", code.name());
            }
        }
    }
}

#[test]
fn a_receipt_keeps_the_networks_own_words() {
    let mut said = body(result("S", "SUCCESS"), Value::Null);
    // An SDK's dialect: numbers and booleans where strings are documented, members not known.
    said["paymentAmount"]["value"] = json!(1200);
    said["settlementAmount"] = json!({ "currency": "CNY", "value": "5808" });
    said["actualPaymentAmount"] = json!({ "currency": "KRW", "value": 11340 });
    said["paymentQuote"] = json!({
        "quoteCurrencyPair": "JPY/KRW", "quotePrice": 9.45, "quoteUnit": 1, "guaranteed": true,
    });
    said["somethingNew"] = json!({ "deep": [1, 2] });
    let Heard::Payment(PaymentAnswer::Paid(receipt)) = heard(&a_pay(), &said) else { panic!() };
    assert_eq!((receipt.transaction.as_ref(), receipt.amount), ("p1", jpy(1_200)));
    assert_eq!(receipt.payer.unwrap().to_string(), "KRW 11340");
    assert_eq!(receipt.settlement.unwrap().to_string(), "CNY 58.08");
    assert_eq!(receipt.rate.as_deref(), Some("JPY/KRW 9.45"));
}

#[test]
fn hostile_answers_decide_nothing() {
    let ok = body(result("S", "SUCCESS"), result("S", "SUCCESS"));
    let unknown = |call: &Call, status: u16, body: &[u8], why: Unknown| {
        let heard = heard_raw(call, status, body);
        assert_eq!(heard, Heard::Payment(PaymentAnswer::Unknown(why)));
    };
    for status in [201, 204, 302, 400, 401, 404, 429, 500, 503] {
        unknown(&a_pay(), status, ok.to_string().as_bytes(), Unknown::Transport);
    }
    let huge = vec![b'{'; 1 << 20];
    for garbage in [&b""[..], b"\xff", b"null", b"[]", b"{}", b"{\"result\":\"S\"}", &huge] {
        unknown(&a_pay(), 200, garbage, Unknown::Unreadable);
    }
    for amount in [
        json!(null),
        json!({}),
        json!("1200"),
        json!({ "currency": "JPY" }),
        json!({ "currency": "JPY", "value": "" }),
        json!({ "currency": "JPY", "value": "-1200" }),
        json!({ "currency": "JPY", "value": "12.00" }),
        json!({ "currency": "JPY", "value": "+1" }),
        json!({ "currency": "XXX", "value": "1200" }),
        json!({ "currency": "JPY", "value": [] }),
        json!({ "currency": "JPY", "value": "9223372036854775808" }),
    ] {
        for call in [a_pay(), inquire(1)] {
            let mut said = ok.clone();
            said["paymentAmount"] = amount.clone();
            unknown(&call, 200, said.to_string().as_bytes(), Unknown::Unreadable);
        }
    }
    let mut nameless = ok.clone();
    nameless["paymentId"] = json!("");
    unknown(&a_pay(), 200, nameless.to_string().as_bytes(), Unknown::Unreadable);
    let mut of_another = ok.clone();
    of_another["paymentRequestId"] = json!(payment_id(2).to_string());
    unknown(&inquire(1), 200, of_another.to_string().as_bytes(), Unknown::Unreadable);
    // Another amount is not the connector's to judge.
    let mut more = ok.clone();
    more["paymentAmount"]["value"] = json!("9200");
    let said = heard(&a_pay(), &more);
    assert!(matches!(said, Heard::Payment(PaymentAnswer::Paid(r)) if r.amount == jpy(9_200)));
}

#[test]
fn an_answer_about_another_payment_or_refund_decides_nothing() {
    let ok = body(result("S", "SUCCESS"), result("S", "SUCCESS"));
    let refused = body(result("F", "RISK_REJECT"), result("F", "RISK_REJECT"));
    let (payments, refunds) = (
        [a_pay(), inquire(1), cancel(1)],
        [refund(1, 1, jpy(1_200), None), inquire_refund(1, 1, jpy(1_200), None)],
    );
    let refund_id = |n| refund_ask(n, jpy(1_200), None).refund.to_string();
    let payments = payments.iter().map(|call| {
        let ids = [payment_id(1).to_string(), payment_id(2).to_string()];
        (call, "paymentRequestId", ids, Heard::Payment(PaymentAnswer::Unknown(Unknown::Unreadable)))
    });
    let refunds = refunds.iter().map(|call| {
        let ids = [refund_id(1), refund_id(2)];
        (call, "refundRequestId", ids, Heard::Refund(RefundAnswer::Unknown(Unknown::Unreadable)))
    });
    for (call, member, [own, other], unreadable) in payments.chain(refunds) {
        for said in [&ok, &refused] {
            let about = |id: &str| {
                let mut said = said.clone();
                said[member] = json!(id);
                heard(call, &said)
            };
            assert_eq!(about(&own), heard(call, said), "{call:?}");
            assert_eq!(about(&other), unreadable, "{call:?}");
        }
    }
}

/// So that the check of what an answer is about is one that our own network passes by.
#[test]
fn the_sandbox_says_what_its_answers_are_about() {
    let mut world = World::new(&ENTRY);
    let code = world.user_with_code("mei", 20_000, "c1");
    let pay = pay(1, jpy(1_200), None, &code);
    let refunds = [refund(1, 1, jpy(200), None), inquire_refund(1, 1, jpy(200), None)];
    let mut named = |call: &Call, member: &str| {
        let response = world.exchange(call).1.unwrap();
        let said: Value = serde_json::from_slice(&response.body).unwrap();
        said[member].as_str().map(str::to_owned)
    };
    let payment = Some(payment_id(1).to_string());
    assert_eq!(named(&pay, "paymentRequestId"), payment);
    assert_eq!(named(&inquire(1), "paymentRequestId"), payment);
    for call in &refunds {
        let refund = refund_ask(1, jpy(200), None).refund.to_string();
        assert_eq!(named(call, "refundRequestId"), Some(refund));
    }
    assert_eq!(named(&cancel(2), "paymentRequestId"), Some(payment_id(2).to_string()));
}

#[test]
fn an_answer_that_is_not_well_signed_decides_nothing() {
    let request = connector().request(&a_pay(), ENV);
    let link = link("alipayplus");
    let body = body(result("S", "SUCCESS"), Value::Null).to_string().into_bytes();
    let bad = Heard::Payment(PaymentAnswer::Unknown(Unknown::BadSignature));
    let mut response = Response { status: 200, headers: vec![], body };
    assert_eq!(connector().heard(&a_pay(), &request, Ok(&response)), bad);
    sign_response(&mut response, &request, &link.client_id, &*link.sign, ENV.now);
    let asked = connector().request(&inquire(1), ENV);
    assert_eq!(connector().heard(&inquire(1), &asked, Ok(&response)), bad, "another path");
    response.body.push(b' ');
    assert_eq!(connector().heard(&a_pay(), &request, Ok(&response)), bad);
}

fn notice(body: &Value) -> Request {
    let link = link("alipayplus");
    let mut request = Request {
        method: "POST".into(),
        target: NOTIFY_PATH.into(),
        headers: vec![],
        body: body.to_string().into_bytes(),
    };
    sign_request(&mut request, &link.client_id, &*link.sign, ENV.now);
    request
}

fn result_code(response: &Response) -> String {
    let said: Value = serde_json::from_slice(&response.body).unwrap();
    format!(
        "{} {}",
        said["result"]["resultStatus"].as_str().unwrap(),
        said["result"]["resultCode"].as_str().unwrap()
    )
}

#[test]
fn a_notice_is_believed_when_signed_and_refused_otherwise() {
    let mut said = body(Value::Null, result("S", "SUCCESS"));
    said["paymentRequestId"] = json!(payment_id(1).to_string());
    let good = connector().notified(&notice(&said), ENV).unwrap();
    let Body::PaymentHeard(heard) = good.command else { panic!() };
    assert_eq!(
        (heard.payment, heard.question, heard.attempt),
        (payment_id(1), Question::Notice, 0)
    );
    assert!(matches!(heard.answer, PaymentAnswer::Paid(receipt) if receipt.amount == jpy(1_200)));
    assert_eq!(result_code(&good.acknowledge), "S SUCCESS");
    assert!(good.acknowledge.header("signature").is_some());

    let refused = |request: &Request| result_code(&connector().notified(request, ENV).unwrap_err());
    let mut tampered = notice(&said);
    tampered.body = said.to_string().replace("1200", "9200").into_bytes();
    assert_eq!(refused(&tampered), "F SIGNATURE_INVALID");
    let elsewhere = Request { target: "/other".into(), ..notice(&said) };
    assert_eq!(refused(&elsewhere), "F SIGNATURE_INVALID");
    said["paymentRequestId"] = json!("somebody-elses");
    assert_eq!(refused(&notice(&said)), "F PARAM_ILLEGAL");
    assert_eq!(refused(&notice(&json!({}))), "F PARAM_ILLEGAL");
}

#[test]
fn the_cancel_window_ends_at_a_quarter_past_midnight_in_shanghai() {
    // 2026-11-21T15:30Z is 23:30 in Shanghai; the window ends 45 minutes later.
    for (minutes, answer) in
        [(44, PaymentAnswer::Cancelled), (45, PaymentAnswer::TooLate { receipt: None })]
    {
        let mut world = World::new(&ENTRY);
        let code = world.user_with_code("mei", 20_000, "c1");
        world.payment(&pay(1, jpy(1_200), None, &code));
        world.wait(minutes * 60_000);
        assert_eq!(world.payment(&cancel(1)), answer);
        // What does not stand can be cancelled at any time: an order that was never seen, too.
        assert_eq!(world.payment(&cancel(2)), PaymentAnswer::Cancelled);
        world.books();
    }
}

#[test]
fn the_network_refuses_what_it_cannot_read_or_believe() {
    let mut world = World::new(&ENTRY);
    let mut unsigned = connector().request(&a_pay(), ENV);
    unsigned.body.push(b' ');
    let crate::sandbox::Answered::Respond(response) = world.sandbox.handle(ENV.now, &unsigned)
    else {
        panic!("it answers")
    };
    assert_eq!(result_code(&response), "F SIGNATURE_INVALID");
    let dollars = noren_core::money::Money::new(5, noren_core::money::Currency::USD);
    let said = world.payment(&pay(1, dollars, None, "281001020000000000000000"));
    assert!(matches!(said, PaymentAnswer::Declined(no) if no.code() == "CURRENCY_NOT_SUPPORT"));
}
