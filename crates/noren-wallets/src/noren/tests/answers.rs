//! What the connector makes of answers: only a documented yes or no decides.

use noren_core::id::WalletName;
use noren_core::wallet::{
    Ask, Call, DeclineReason, PaymentAnswer, Reference, RefundAnswer, Unknown,
};

use crate::connector::{Connector, Env, Heard};
use crate::noren::connector::NorenConnector;
use crate::noren::messages::DeclineWord;
use crate::noren::signature::{sign_request, sign_response};
use crate::testing::{call, cancel, cny, inquire, jpy, link, pay, payment_id, refund};
use crate::wire::{Request, Response, TransportError};
use noren_core::time::Timestamp;

const ENV: Env = Env { now: Timestamp(1_795_275_000_000), nonce: 5 };

fn connector() -> NorenConnector {
    NorenConnector::new(WalletName::new("noren").unwrap(), link("noren"))
}

fn a_pay() -> Call {
    pay(1, jpy(1_200), Some(cny(5_808)), "86010000000000000001")
}

fn scan(cancel: bool) -> Call {
    let reference = Reference::Scan { wallet_payment_id: "w-1".into() };
    call(1, if cancel { Ask::Cancel { reference } } else { Ask::Inquire { reference } })
}

/// What is heard when the wallet answers `call` with this, well signed.
fn heard(call: &Call, status: u16, body: &[u8]) -> Heard {
    let request = connector().request(call, ENV);
    let mut response = Response { status, headers: vec![], body: body.to_vec() };
    let link = link("noren");
    sign_response(&mut response, &request, &link.client_id, &*link.sign, ENV.now);
    connector().heard(call, &request, Ok(&response))
}

fn payment(call: &Call, body: &str) -> PaymentAnswer {
    match heard(call, 200, body.as_bytes()) {
        Heard::Payment(answer) => answer,
        other => panic!("{other:?}"),
    }
}

const RECEIPT: &str = r#""wallet_transaction_id":"t1","amount":{"amount":1200,"currency":"JPY"}"#;

#[test]
fn each_call_has_its_documented_words() {
    let unlisted = PaymentAnswer::Unknown(Unknown::UnlistedCode);
    let words = |call: &Call| {
        let all = [
            "approved",
            "debited",
            "declined",
            "waiting_for_payer",
            "processing",
            "not_debited",
            "unknown",
            "not_found",
            "cancelled",
            "too_late",
            "paid",
            "",
        ];
        let listed = |word: &&str| {
            let state = r#""state":{"status":"processing"}"#;
            let body = format!(r#"{{"status":"{word}","reason":"risk",{RECEIPT},{state}}}"#);
            payment(call, &body) != unlisted
        };
        all.into_iter().filter(listed).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(words(&a_pay()), "approved declined waiting_for_payer processing");
    assert_eq!(
        words(&inquire(1)),
        "approved declined waiting_for_payer processing not_found cancelled"
    );
    assert_eq!(words(&scan(false)), "debited not_debited unknown cancelled");
    assert_eq!(words(&cancel(1)), "cancelled too_late");
    assert_eq!(words(&scan(true)), "cancelled too_late");
}

#[test]
fn too_late_names_the_payment_that_stands() {
    let said =
        |state: &str| payment(&cancel(1), &format!(r#"{{"status":"too_late","state":{state}}}"#));
    let stands = said(&format!(r#"{{"status":"debited",{RECEIPT}}}"#));
    let PaymentAnswer::TooLate { receipt: Some(receipt) } = stands else { panic!("{stands:?}") };
    assert_eq!((receipt.transaction.as_ref(), receipt.amount), ("t1", jpy(1_200)));
    let open = said(r#"{"status":"not_debited"}"#);
    assert_eq!(open, PaymentAnswer::TooLate { receipt: None });
    assert_eq!(said("{}"), PaymentAnswer::Unknown(Unknown::Unreadable));
}

#[test]
fn every_decline_word_has_a_meaning_and_no_other_word_declines() {
    for (index, (word, name, reason)) in DeclineWord::TABLE.into_iter().enumerate() {
        assert_eq!(word as usize, index, "the table is in the order of the words");
        assert_eq!(serde_json::to_value(word).unwrap(), name);
        let said = payment(&a_pay(), &format!(r#"{{"status":"declined","reason":"{name}"}}"#));
        let PaymentAnswer::Declined(decline) = said else { panic!("{said:?}") };
        assert_eq!((decline.reason(), decline.code()), (reason, name));
    }
    let said = payment(&a_pay(), r#"{"status":"declined","reason":"bad_mood"}"#);
    assert_eq!(said, PaymentAnswer::Unknown(Unknown::UnlistedCode));
    let said = payment(&a_pay(), r#"{"status":"declined"}"#);
    assert_eq!(said, PaymentAnswer::Unknown(Unknown::Unreadable));
}

#[test]
fn no_response_is_never_a_decision() {
    let request = connector().request(&a_pay(), ENV);
    let of = |error| connector().heard(&a_pay(), &request, Err(error));
    assert_eq!(of(TransportError::NotSent), Heard::Payment(PaymentAnswer::NotSent));
    for error in [TransportError::TimedOut, TransportError::Broken] {
        assert_eq!(of(error), Heard::Payment(PaymentAnswer::Unknown(Unknown::TimedOut)));
    }
    let call = refund(1, 1, jpy(1), None);
    let of = |error| connector().heard(&call, &request, Err(error));
    assert_eq!(of(TransportError::NotSent), Heard::Refund(RefundAnswer::NotSent));
    assert_eq!(of(TransportError::Broken), Heard::Refund(RefundAnswer::Unknown(Unknown::TimedOut)));
}

#[test]
fn hostile_answers_decide_nothing() {
    let approved = format!(r#"{{"status":"approved",{RECEIPT}}}"#);
    let unknown = |status: u16, body: &[u8], why: Unknown| {
        let heard = heard(&a_pay(), status, body);
        assert_eq!(heard, Heard::Payment(PaymentAnswer::Unknown(why)), "{status}");
    };
    for status in [500, 502, 503, 504, 429] {
        unknown(status, approved.as_bytes(), Unknown::Transport);
    }
    for status in [201, 204, 301, 400, 404, 409] {
        unknown(status, approved.as_bytes(), Unknown::UnlistedCode);
    }
    let deep = [b"[".repeat(100_000), b"]".repeat(100_000)].concat();
    let huge = vec![b' '; 1 << 20];
    for garbage in [&b""[..], b"\xff\xfe", b"null", b"[]", b"{}", b"{\"status\":7}", &deep, &huge] {
        unknown(200, garbage, Unknown::Unreadable);
    }
    for amount in [
        r#"{"amount":1e400,"currency":"JPY"}"#,
        r#"{"amount":9223372036854775808,"currency":"JPY"}"#,
        r#"{"amount":1200.5,"currency":"JPY"}"#,
        r#"{"amount":"1200","currency":"JPY"}"#,
        r#"{"amount":1200,"currency":"JPX"}"#,
        r#"{"amount":1200}"#,
    ] {
        let body =
            format!(r#"{{"status":"approved","wallet_transaction_id":"t","amount":{amount}}}"#);
        unknown(200, body.as_bytes(), Unknown::Unreadable);
    }
    // Another amount is not the connector's to judge.
    let body = approved.replace("1200", "-7");
    let said = payment(&a_pay(), &body);
    assert!(matches!(said, PaymentAnswer::Paid(receipt) if receipt.amount == jpy(-7)));
}

#[test]
fn an_answer_that_is_not_signed_for_this_request_decides_nothing() {
    let request = connector().request(&a_pay(), ENV);
    let link = link("noren");
    let body = format!(r#"{{"status":"approved",{RECEIPT}}}"#).into_bytes();
    let bad = Heard::Payment(PaymentAnswer::Unknown(Unknown::BadSignature));
    let unsigned = Response { status: 200, headers: vec![], body };
    assert_eq!(connector().heard(&a_pay(), &request, Ok(&unsigned)), bad);
    let mut other = unsigned.clone();
    let earlier = connector().request(&a_pay(), Env { nonce: 4, ..ENV });
    sign_response(&mut other, &earlier, &link.client_id, &*link.sign, ENV.now);
    assert_eq!(connector().heard(&a_pay(), &request, Ok(&other)), bad);
    let mut tampered = unsigned.clone();
    sign_response(&mut tampered, &request, &link.client_id, &*link.sign, ENV.now);
    tampered.body = String::from_utf8(tampered.body).unwrap().replace("1200", "9200").into_bytes();
    assert_eq!(connector().heard(&a_pay(), &request, Ok(&tampered)), bad);
}

fn notification(body: &str) -> Request {
    let link = link("noren");
    let mut request = Request {
        method: "POST".into(),
        target: "/wallet/v1/notifications".into(),
        headers: vec![],
        body: body.as_bytes().to_vec(),
    };
    let origin = link.switch.origin();
    sign_request(&mut request, origin, &link.client_id, &*link.sign, ENV.now, 9);
    request
}

#[test]
fn a_notification_is_believed_when_signed_and_refused_otherwise() {
    let id = payment_id(1);
    let body = format!(
        r#"{{"notification_id":"n1","about":{{"payment":{{"payment_id":"{id}",
            "outcome":{{"status":"declined","reason":"no_funds"}}}}}}}}"#
    );
    let good = connector().notified(&notification(&body), ENV).unwrap();
    let noren_core::command::Body::PaymentHeard(heard) = good.command else { panic!() };
    assert_eq!(heard.payment, id);
    assert!(
        matches!(heard.answer, PaymentAnswer::Declined(d) if d.reason() == DeclineReason::Funds)
    );

    let mut tampered = notification(&body);
    tampered.body.push(b' ');
    let late = Env { now: Timestamp(ENV.now.0 + 301_000), ..ENV };
    let refused = |request: &Request, env| connector().notified(request, env).unwrap_err().status;
    assert_eq!(refused(&tampered, ENV), 401);
    assert_eq!(refused(&notification(&body), late), 401);
    assert_eq!(refused(&notification("{}"), ENV), 400);
    let too_late = body.replace(
        r#""status":"declined","reason":"no_funds""#,
        r#""status":"too_late","state":{"status":"unknown"}"#,
    );
    assert_eq!(refused(&notification(&too_late), ENV), 400);
}
