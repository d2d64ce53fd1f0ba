//! A peer that lies: huge, malformed, cut off, unsigned, wrongly signed or contradicting answers are
//! unknown with an alarm, never paid and never a no, and nothing panics.

use noren_core::wallet::{Call, PaymentAnswer, RefundAnswer};
use proptest::prelude::*;
use serde_json::json;

use super::{BOTH, ENV, a_pay, an_order, connector, heard};
use crate::alipay::codes::SubCode;
use crate::alipay::dialect::{Answer, Dialect};
use crate::alipay::messages::Method;
use crate::connector::{Connector, Heard, Step};
use crate::testing::{cancel, cny, inquire, inquire_refund, jpy, link, payment_id, refund};
use crate::wire::{Request, Response};

fn calls() -> [(Call, Method); 6] {
    let yuan = Some(cny(2_420));
    [
        (a_pay(1, "2876"), Method::Pay),
        (an_order(1), Method::Precreate),
        (inquire(1), Method::Query),
        (cancel(1), Method::Cancel),
        (refund(1, 1, jpy(500), yuan), Method::Refund),
        (inquire_refund(1, 1, jpy(500), yuan), Method::RefundQuery),
    ]
}

/// A good yes to each call, and a good no.
fn answers(dialect: Dialect, method: Method) -> Vec<Response> {
    let yes = json!({
        "out_trade_no": payment_id(1).to_string(), "trade_no": "2026112122001",
        "total_amount": "58.08", "trade_status": "TRADE_SUCCESS", "qr_code": "x",
        "retry_flag": "N", "action": "refund", "fund_change": "Y", "refund_fee": "24.20",
        "refund_status": "REFUND_SUCCESS", "refund_amount": "24.20",
        "out_request_no": crate::testing::refund_ask(1, jpy(500), None).refund.to_string(),
    });
    let refused = Answer::Refused(SubCode::PaymentFail, json!({}));
    let made =
        |answer: &Answer| dialect.answer(&*link("alipay").sign, ENV, Some(method), answer, false);
    vec![made(&Answer::Done(yes)), made(&refused)]
}

/// True when nothing was decided, and somebody looks.
fn alarms(heard: &Heard) -> bool {
    match heard {
        Heard::Payment(PaymentAnswer::Unknown(why)) => why.alarming(),
        Heard::Refund(RefundAnswer::Unknown(why)) => why.alarming(),
        _ => false,
    }
}

#[test]
fn an_answer_that_is_cut_off_anywhere_decides_nothing() {
    for dialect in BOTH {
        for (call, method) in calls() {
            for good in answers(dialect, method) {
                // An unsigned refusal is the transport's word; cut off it is none either.
                for end in 0..good.body.len() {
                    let cut = Response { body: good.body[..end].to_vec(), ..good.clone() };
                    let heard = heard(dialect, &call, &cut);
                    assert!(alarms(&heard), "{method:?} {dialect:?} at {end}: {heard:?}");
                }
            }
        }
    }
}

#[test]
fn an_answer_with_any_byte_changed_is_no_yes() {
    for dialect in BOTH {
        let (call, method) = (a_pay(1, "2876"), Method::Pay);
        let good = &answers(dialect, method)[0];
        for at in 0..good.body.len() {
            for flip in [1u8, 0x20] {
                let mut bad = good.clone();
                bad.body[at] ^= flip;
                let heard = heard(dialect, &call, &bad);
                // What is around the signed part may vary; what is in it may not.
                let same = heard == super::heard(dialect, &call, good);
                let around = dialect == Dialect::Gateway && !signed_part(&good.body).contains(&at);
                assert!(alarms(&heard) || (same && around), "{dialect:?} at {at}: {heard:?}");
            }
        }
    }
}

/// Where the signed member of an answer of the older dialect stands.
fn signed_part(body: &[u8]) -> std::ops::Range<usize> {
    let text = std::str::from_utf8(body).unwrap();
    let start = text.find(":{").unwrap() + 1;
    start..text.find(",\"sign\"").unwrap()
}

#[test]
fn an_unsigned_yes_is_none_and_neither_is_an_unsigned_no_where_refusals_are_signed() {
    for (call, method) in calls() {
        for good in answers(Dialect::Gateway, method) {
            let text = String::from_utf8(good.body.clone()).unwrap();
            let unsigned = format!("{}}}", text.split(",\"sign\"").next().unwrap());
            for body in [
                unsigned.clone(),
                unsigned.replace('}', ",\"sign\":\"\"}"),
                text.replace("sign", "sing"),
            ] {
                let bad = Response { body: body.into_bytes(), ..good.clone() };
                assert!(alarms(&heard(Dialect::Gateway, &call, &bad)), "{method:?}");
            }
        }
        let yes = &answers(Dialect::V3, method)[0];
        for missing in ["alipay-signature", "alipay-timestamp", "alipay-nonce"] {
            let mut bad = yes.clone();
            bad.headers.retain(|(name, _)| name != missing);
            assert!(alarms(&heard(Dialect::V3, &call, &bad)), "{method:?} without {missing}");
        }
        // A refusal of v3 needs no signature, but must not have a wrong one, nor pass for a yes.
        let mut no = answers(Dialect::V3, method)[1].clone();
        no.headers.push(("alipay-signature".into(), "AAAA".into()));
        assert!(alarms(&heard(Dialect::V3, &call, &no)), "{method:?}");
        let mut yes = yes.clone();
        yes.headers.clear();
        yes.status = 400;
        assert!(alarms(&heard(Dialect::V3, &call, &yes)), "{method:?}");
    }
}

#[test]
fn an_answer_to_another_call_is_no_answer() {
    for (call, own) in calls() {
        for (_, other) in calls().iter().filter(|(_, other)| *other != own) {
            for answer in answers(Dialect::Gateway, *other) {
                assert!(alarms(&heard(Dialect::Gateway, &call, &answer)), "{other:?} to {own:?}");
            }
        }
    }
}

#[test]
fn deep_and_huge_answers_are_read_without_harm() {
    let nested =
        |inner: &str| format!("{{\"alipay_trade_pay_response\":{inner},\"sign\":\"AAAA\"}}");
    let (deep, wide) = ("[".repeat(200_000), format!("\"{}\"", "x".repeat(1_000_000)));
    let closed = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    for dialect in BOTH {
        for body in [nested(&deep), nested(&wide), nested(&closed), deep.clone(), wide.clone()] {
            for status in [200, 400] {
                let response =
                    Response { status, headers: vec![], body: body.clone().into_bytes() };
                let heard = heard(dialect, &a_pay(1, "2876"), &response);
                assert!(matches!(heard, Heard::Payment(PaymentAnswer::Unknown(_))), "{heard:?}");
            }
        }
    }
    // Well signed, and nested beyond all reason.
    let deep = format!("{{\"code\":\"10000\",\"a\":{closed}}}");
    let sign = crate::alipay::signing::sign(deep.as_bytes(), &*link("alipay").sign);
    let body = format!("{{\"alipay_trade_pay_response\":{deep},\"sign\":\"{sign}\"}}").into_bytes();
    let response = Response { status: 200, headers: vec![], body };
    assert!(alarms(&heard(Dialect::Gateway, &a_pay(1, "2876"), &response)));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn no_bytes_decide_or_panic(
        body in prop::collection::vec(any::<u8>(), 0..200),
        status in prop::sample::select(vec![200u16, 202, 400, 401, 404, 500]),
        which in 0usize..6,
        v3 in any::<bool>(),
    ) {
        let dialect = if v3 { Dialect::V3 } else { Dialect::Gateway };
        let (call, _) = &calls()[which];
        let request = connector(dialect).request(call, ENV);
        let response = Response { status, headers: vec![], body: body.clone() };
        match connector(dialect).answer(call, &request, Ok(&response), ENV) {
            Step::Heard(Heard::Payment(PaymentAnswer::Unknown(_)))
            | Step::Heard(Heard::Refund(RefundAnswer::Unknown(_))) => {}
            other => prop_assert!(false, "{other:?}"),
        }
        let (method, target) = ("POST".to_owned(), "/callbacks/alipay/notify".to_owned());
        let notice = Request { method, target, headers: vec![], body };
        prop_assert!(connector(dialect).notified(&notice, ENV).is_err());
    }

    /// Signed by the network, and still nonsense.
    #[test]
    fn well_signed_nonsense_is_never_paid(
        members in prop::collection::btree_map(
            prop::sample::select(vec![
                "out_trade_no", "trade_no", "total_amount", "trade_status", "qr_code", "retry_flag",
                "fund_change", "refund_status", "refund_amount", "out_request_no", "code", "sub_code",
            ]),
            prop_oneof![
                Just(json!(null)), Just(json!(-1)), Just(json!(1e300)), Just(json!([])),
                Just(json!({"a": 1})), Just(json!("TRADE_SUCCES")), Just(json!("0.001")), Just(json!(true)),
            ],
            0..12,
        ),
        which in 0usize..6,
        v3 in any::<bool>(),
    ) {
        let dialect = if v3 { Dialect::V3 } else { Dialect::Gateway };
        let (call, method) = &calls()[which];
        let key = &*link("alipay").sign;
        let members = json!(members);
        let response = dialect.answer(key, ENV, Some(*method), &Answer::Done(members), false);
        let request = connector(dialect).request(call, ENV);
        let step = connector(dialect).answer(call, &request, Ok(&response), ENV);
        let decided = matches!(
            step,
            Step::Heard(Heard::Payment(
                PaymentAnswer::Paid(_) | PaymentAnswer::Declined(_) | PaymentAnswer::Cancelled
            )) | Step::Heard(Heard::Refund(RefundAnswer::Refunded(_) | RefundAnswer::Declined(_)))
        );
        prop_assert!(!decided, "{step:?}");
    }
}
