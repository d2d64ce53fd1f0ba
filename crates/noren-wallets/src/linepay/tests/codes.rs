//! Every code of the `wallets/linepay` facts, section 5, as an answer to every call.

use noren_core::wallet::{Ask, CaptureAnswer, PaymentAnswer, Reference, RefundAnswer};
use serde_json::{Value, json};

use super::{YEN, capture_of, order_call, refund_of};
use crate::connector::{Connector, Heard, Step};
use crate::linepay::codes::Code;
use crate::linepay::connector::LinePayConnector;
use crate::linepay::endpoints::{Deal, Endpoint, Version};
use crate::linepay::messages::{Handle, TransactionId};
use crate::testing::{call, jpy, link, pay, payment_id};
use crate::wire::{Request, Response};

const TX: TransactionId = TransactionId(2_026_112_100_000_000_001);

/// Columns: the code; the answer to `request`, to `check` (inquiry, cancel), to `confirm` (`pay`
/// with a code says the same), to the check of a code (inquiry, cancel), to `capture`, to `void`, to
/// `refund`, and to the refund of what is not finished.
const TABLE: &str = "
0000 ordered  pending   pending   paid     look      look      captured  cancelled refunded  cancelled
0110 alarm    confirm   pending   alarm    alarm     alarm     alarm     alarm     alarm     alarm
0121 alarm    cancelled cancelled alarm    alarm     alarm     alarm     alarm     alarm     alarm
0122 alarm    other     cancelled alarm    alarm     alarm     alarm     alarm     alarm     alarm
0123 alarm    look      look      alarm    alarm     alarm     alarm     alarm     alarm     alarm
1101 payer    alarm     alarm     payer    alarm     alarm     payer     alarm     payer     alarm
1102 payer    alarm     alarm     payer    alarm     alarm     payer     alarm     payer     alarm
1104 shop     alarm     alarm     shop     alarm     alarm     shop      alarm     shop      alarm
1105 shop     alarm     alarm     shop     alarm     alarm     shop      alarm     shop      alarm
1106 alarm    alarm     alarm     alarm    alarm     alarm     alarm     alarm     alarm     alarm
1110 payer    alarm     alarm     payer    alarm     alarm     payer     alarm     payer     alarm
1124 other    alarm     alarm     other    alarm     alarm     other     alarm     other     alarm
1133 code     alarm     alarm     code     alarm     alarm     code      alarm     code      alarm
1141 payer    alarm     alarm     payer    alarm     alarm     payer     alarm     payer     alarm
1142 funds    alarm     alarm     funds    alarm     alarm     funds     alarm     funds     alarm
1145 unsure   unsure    unsure    pending  pending   undo      pending   unsure    pending   too_late
1150 alarm    not_found too_late  alarm    not_found too_late  alarm     alarm     alarm     too_late
1152 look     alarm     alarm     look     alarm     alarm     look      look      unsure    unsure
1153 alarm    alarm     alarm     alarm    alarm     alarm     alarm     alarm     alarm     alarm
1155 alarm    alarm     alarm     unsure   alarm     alarm     look      look      unsure    too_late
1159 unsure   unsure    unsure    unsure   unsure    unsure    unsure    unsure    unsure    unsure
1163 alarm    alarm     alarm     alarm    alarm     alarm     alarm     alarm     refund    alarm
1164 alarm    alarm     alarm     alarm    alarm     alarm     alarm     alarm     refund    alarm
1165 alarm    alarm     alarm     alarm    alarm     alarm     alarm     alarm     unsure    cancelled
1169 unsure   unsure    unsure    unsure   unsure    unsure    unsure    unsure    unsure    unsure
1170 funds    alarm     alarm     funds    alarm     alarm     funds     alarm     funds     alarm
1172 look     alarm     alarm     look     alarm     alarm     look      look      unsure    unsure
1177 alarm    alarm     alarm     alarm    alarm     alarm     alarm     alarm     alarm     alarm
1178 shop     alarm     alarm     shop     alarm     alarm     shop      alarm     shop      alarm
1179 alarm    alarm     alarm     unsure   alarm     alarm     look      look      unsure    too_late
1180 alarm    alarm     alarm     unsure   alarm     alarm     look      look      unsure    too_late
1183 funds    alarm     alarm     funds    alarm     alarm     funds     alarm     funds     alarm
1184 funds    alarm     alarm     funds    alarm     alarm     funds     alarm     funds     alarm
1190 alarm    alarm     alarm     alarm    alarm     alarm     alarm     alarm     alarm     alarm
1193 alarm    alarm     alarm     alarm    alarm     alarm     alarm     alarm     alarm     alarm
1194 alarm    alarm     alarm     alarm    alarm     alarm     alarm     alarm     alarm     alarm
1198 look     alarm     alarm     look     alarm     alarm     look      look      unsure    unsure
1280 unsure   unsure    unsure    unsure   unsure    unsure    unsure    unsure    unsure    unsure
12xx payer    alarm     alarm     payer    alarm     alarm     payer     alarm     payer     alarm
2101 alarm    alarm     alarm     alarm    alarm     alarm     alarm     alarm     alarm     alarm
2102 alarm    alarm     alarm     alarm    alarm     alarm     alarm     alarm     alarm     alarm
9000 unsure   unsure    unsure    unsure   unsure    unsure    unsure    unsure    unsure    unsure
7777 alarm    alarm     alarm     alarm    alarm     alarm     alarm     alarm     alarm     alarm
000  alarm    alarm     alarm     alarm    alarm     alarm     alarm     alarm     alarm     alarm
";

fn connector() -> LinePayConnector {
    LinePayConnector::new("linepay".parse().unwrap(), link("linepay"))
}

/// An answer with all members that a success of any of these calls needs.
fn answer(code: &str) -> Response {
    let info = json!({
        "transactionId": TX, "orderId": payment_id(1).to_string(), "status": "COMPLETE",
        "payInfo": [{ "method": "BALANCE", "amount": YEN }], "refundTransactionId": TX,
        "paymentUrl": { "web": "https://pay.example/1", "app": "line://pay/1" },
    });
    let body = json!({ "returnCode": code, "returnMessage": "m", "info": info });
    Response { status: 200, headers: vec![], body: body.to_string().into_bytes() }
}

/// One word for what follows.
fn word(step: Step) -> String {
    let next = match step {
        Step::Then(request) => {
            let below = request.target.strip_prefix("/linepay").unwrap();
            let path = below.split('?').next().unwrap();
            let endpoint = Endpoint::read(&request.method, path).unwrap();
            return match endpoint {
                Endpoint::Details(_) | Endpoint::OrderCheck(..) => "look",
                Endpoint::Confirm(_) => "confirm",
                Endpoint::Refund(_) => "undo",
                other => panic!("{other:?} is never sent after another"),
            }
            .into();
        }
        Step::Heard(heard) => heard,
    };
    let unknown =
        |why: noren_core::wallet::Unknown| if why.alarming() { "alarm" } else { "unsure" };
    match next {
        Heard::Payment(PaymentAnswer::Paid(_)) => "paid".into(),
        Heard::Payment(PaymentAnswer::Ordered { .. }) => "ordered".into(),
        Heard::Payment(PaymentAnswer::Pending)
        | Heard::Capture(CaptureAnswer::Processing)
        | Heard::Refund(RefundAnswer::Processing) => "pending".into(),
        Heard::Payment(PaymentAnswer::NotFound) => "not_found".into(),
        Heard::Payment(PaymentAnswer::Cancelled) => "cancelled".into(),
        Heard::Payment(PaymentAnswer::TooLate { receipt: None }) => "too_late".into(),
        Heard::Payment(PaymentAnswer::Declined(no))
        | Heard::Capture(CaptureAnswer::Declined(no))
        | Heard::Refund(RefundAnswer::Declined(no)) => format!("{:?}", no.reason()).to_lowercase(),
        Heard::Capture(CaptureAnswer::Captured(_)) => "captured".into(),
        Heard::Refund(RefundAnswer::Refunded(_)) => "refunded".into(),
        Heard::Payment(PaymentAnswer::Unknown(why))
        | Heard::Capture(CaptureAnswer::Unknown(why))
        | Heard::Refund(RefundAnswer::Unknown(why)) => unknown(why).into(),
        other => panic!("no code says {other:?}"),
    }
}

/// Our request to an endpoint, as `answer` gets it back.
fn request_to(endpoint: &Endpoint) -> Request {
    let method = endpoint.method().to_owned();
    let target = format!("/linepay{}", endpoint.path());
    Request { method, target, headers: vec![], body: vec![] }
}

#[test]
fn every_code_decides_what_the_table_says() {
    let handle = Handle { transaction: TX, amount: jpy(YEN), hold: false };
    let online = Reference::Order { handle: handle.to_string().into() };
    let by_us = Reference::Request;
    let (ours, v4) = (payment_id(1).to_string(), Version::V4);
    let order = || Deal::Order(v4, ours.clone());
    let inquire = |reference: &Reference| Ask::Inquire { reference: reference.clone() };
    let cancel = |reference: &Reference| Ask::Cancel { reference: reference.clone() };
    let columns: [(Ask, Endpoint); 10] = [
        (order_call(1, jpy(YEN), false).ask, Endpoint::Request),
        (inquire(&online), Endpoint::Check(TX)),
        (cancel(&online), Endpoint::Check(TX)),
        (inquire(&online), Endpoint::Confirm(TX)),
        (inquire(&by_us), Endpoint::OrderCheck(v4, ours.clone())),
        (cancel(&by_us), Endpoint::OrderCheck(v4, ours.clone())),
        (Ask::Capture(capture_of(&online, YEN)), Endpoint::Capture(Deal::Transaction(TX))),
        (Ask::Void { reference: by_us.clone() }, Endpoint::Void(order())),
        (Ask::Refund(refund_of(&by_us, 1, YEN, 0)), Endpoint::Refund(order())),
        (cancel(&by_us), Endpoint::Refund(order())),
    ];
    let env = crate::connector::Env { now: noren_core::time::Timestamp(0), nonce: 1 };
    let says = |ask: &Ask, endpoint: &Endpoint, code: &str| {
        let (call, response) = (call(1, ask.clone()), answer(code));
        word(connector().answer(&call, &request_to(endpoint), Ok(&response), env))
    };
    let mut listed = Vec::new();
    for row in TABLE.lines().filter(|row| !row.is_empty()) {
        let words: Vec<&str> = row.split_whitespace().collect();
        let codes: Vec<String> = match words[0] {
            "12xx" => (1281..=1298).map(|code| code.to_string()).collect(),
            code => vec![code.to_owned()],
        };
        for code in codes {
            for ((ask, endpoint), expected) in columns.iter().zip(&words[1..]) {
                assert_eq!(
                    says(ask, endpoint, &code),
                    *expected,
                    "{code} to {endpoint:?} of {ask:?}"
                );
            }
            // A scanned code is paid as an order is confirmed.
            let pay = pay(1, jpy(YEN), None, "3911234567890123456").ask;
            assert_eq!(says(&pay, &Endpoint::Pay(v4), &code), words[4], "{code} to pay");
            listed.push(code);
        }
    }
    let missing: Vec<_> = Code::all()
        .map(|code| code.digits().into_owned())
        .filter(|c| !listed.contains(c))
        .collect();
    assert!(missing.is_empty(), "the table lacks {missing:?}");
}

#[test]
fn a_code_is_read_as_it_is_written() {
    for code in Code::all() {
        assert_eq!(Code::read(&code.digits()), Some(code));
        assert_eq!(code.digits().len(), 4);
        assert!(!code.message().is_empty());
    }
    for no in ["", "0", "00000", "1299", "01281", "+1281", "abcd"] {
        assert_eq!(Code::read(no), None, "{no}");
    }
    let _: Value = serde_json::to_value(TX).unwrap();
}
