//! Every word of the table, through every call: answer → what the core hears.

use noren_core::wallet::{Call, DeclineReason, PaymentAnswer, RefundAnswer, Unknown};
use serde_json::{Value, json};

use super::{BOTH, ENV, a_pay, an_order, heard};
use crate::alipay::codes::{Code, SubCode, of_cancel, of_pay, of_query, of_refund};
use crate::alipay::dialect::{Answer, Dialect};
use crate::alipay::messages::Method;
use crate::connector::Heard;
use crate::testing::{cancel, cny, inquire, inquire_refund, jpy, link, payment_id, refund};
use crate::wire::Response;

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

fn said(dialect: Dialect, method: Method, answer: &Answer) -> Response {
    dialect.answer(&*link("alipay").sign, ENV, Some(method), answer, false)
}

fn refusal(dialect: Dialect, method: Method, sub: SubCode) -> Response {
    said(dialect, method, &Answer::Refused(sub, json!({})))
}

/// One word for what was heard.
fn word(heard: Heard) -> String {
    let unknown = |why: Unknown| format!("unknown:{why:?}");
    match heard {
        Heard::Payment(PaymentAnswer::Declined(no)) => format!("no:{:?}", no.reason()),
        Heard::Payment(PaymentAnswer::Unknown(why)) => unknown(why),
        Heard::Payment(PaymentAnswer::TooLate { receipt: None }) => "too late".into(),
        Heard::Payment(answer) => format!("{answer:?}").to_lowercase(),
        Heard::Refund(RefundAnswer::Declined(no)) => format!("no:{:?}", no.reason()),
        Heard::Refund(RefundAnswer::Unknown(why)) => unknown(why),
        Heard::Refund(answer) => format!("{answer:?}").to_lowercase(),
        other => format!("{other:?}"),
    }
}

const SAID_UNKNOWN: &str = "unknown:SaidUnknown";
const UNLISTED: &str = "unknown:UnlistedCode";

/// Sub code; to pay and precreate; to query; to cancel; to refund; to the refund's query.
const TABLE: &[(&str, [&str; 5])] = &[
    ("isp.unknow-error", [SAID_UNKNOWN; 5]),
    ("ACQ.SYSTEM_ERROR", [SAID_UNKNOWN; 5]),
    ("AQC.SYSTEM_ERROR", [SAID_UNKNOWN; 5]),
    ("isv.invalid-signature", [UNLISTED; 5]),
    ("isv.missing-method", [UNLISTED; 5]),
    ("isv.insufficient-isv-permissions", [UNLISTED; 5]),
    ("ACQ.INVALID_PARAMETER", [UNLISTED; 5]),
    ("ACQ.CONTEXT_INCONSISTENT", [UNLISTED; 5]),
    ("ACQ.DISCORDANT_REPEAT_REQUEST", [UNLISTED; 5]),
    ("ACQ.TOTAL_FEE_EXCEED", ["no:Funds", UNLISTED, UNLISTED, "no:Funds", UNLISTED]),
    ("ACQ.BUYER_BALANCE_NOT_ENOUGH", ["no:Funds", UNLISTED, UNLISTED, "no:Funds", UNLISTED]),
    ("ACQ.PAYMENT_AUTH_CODE_INVALID", ["no:Code", UNLISTED, UNLISTED, "no:Code", UNLISTED]),
    ("ACQ.BUYER_ENABLE_STATUS_FORBID", ["no:Payer", UNLISTED, UNLISTED, "no:Payer", UNLISTED]),
    ("ACQ.PAYMENT_REQUEST_HAS_RISK", ["no:Risk", UNLISTED, UNLISTED, "no:Risk", UNLISTED]),
    ("ACQ.SELLER_BEEN_BLOCKED", ["no:Shop", UNLISTED, UNLISTED, "no:Shop", UNLISTED]),
    ("ACQ.PAYMENT_FAIL", ["no:Other", UNLISTED, UNLISTED, "no:Other", UNLISTED]),
    ("ACQ.TRADE_NOT_EXIST", [UNLISTED, "notfound", SAID_UNKNOWN, UNLISTED, "notfound"]),
    ("ACQ.TRADE_HAS_SUCCESS", [SAID_UNKNOWN, UNLISTED, UNLISTED, UNLISTED, UNLISTED]),
    ("ACQ.TRADE_HAS_CLOSE", ["cancelled", UNLISTED, "cancelled", "no:Refund", UNLISTED]),
    ("ACQ.TRADE_STATUS_ERROR", [SAID_UNKNOWN, UNLISTED, SAID_UNKNOWN, "no:Refund", UNLISTED]),
    ("ACQ.CANCEL_NOT_ALLOWED", [UNLISTED, UNLISTED, "too late", UNLISTED, UNLISTED]),
    ("ACQ.TRADE_CANCEL_TIME_OUT", [UNLISTED, UNLISTED, "too late", UNLISTED, UNLISTED]),
    ("ACQ.REASON_TRADE_REFUND_FEE_ERR", [UNLISTED, UNLISTED, "too late", "no:Refund", UNLISTED]),
    ("ACQ.TRADE_HAS_FINISHED", [UNLISTED, UNLISTED, "too late", "no:Refund", UNLISTED]),
    ("ACQ.REFUND_AMT_NOT_EQUAL_TOTAL", [UNLISTED, UNLISTED, UNLISTED, "no:Refund", UNLISTED]),
    ("ACQ.SELLER_BALANCE_NOT_ENOUGH", [UNLISTED, UNLISTED, SAID_UNKNOWN, "nofunds", UNLISTED]),
    ("BILL_NOT_EXIST", [UNLISTED; 5]),
];

#[test]
fn each_sub_code_means_what_the_table_says() {
    for (name, expected) in TABLE {
        let sub = SubCode::read(name).unwrap();
        for dialect in BOTH {
            for (call, method) in calls() {
                let column = match method {
                    Method::Pay | Method::Precreate => 0,
                    Method::Query => 1,
                    Method::Cancel => 2,
                    Method::Refund => 3,
                    Method::RefundQuery => 4,
                    Method::Close | Method::BillUrl | Method::PagePay | Method::WapPay => {
                        unreachable!()
                    }
                };
                // Out of service is a status of its own in v3, and the transport's word.
                let out = dialect == Dialect::V3 && sub.code() == Code::Unavailable;
                let expected = if out { "unknown:Transport" } else { expected[column] };
                let heard = heard(dialect, &call, &refusal(dialect, method, sub));
                assert_eq!(word(heard), expected, "{name} to {method:?} in {dialect:?}");
            }
        }
    }
}

/// A sub code means the same as all others of its class, so the table above has one of each.
#[test]
fn every_class_is_in_the_table_and_every_word_is_read() {
    for sub in SubCode::ALL {
        assert_eq!(SubCode::read(sub.name()), Some(*sub));
        let known = TABLE.iter().map(|(name, _)| SubCode::read(name).unwrap().class());
        let meanings = |class| (of_pay(class), of_query(class), of_cancel(class), of_refund(class));
        let same = known.into_iter().any(|class| meanings(class) == meanings(sub.class()));
        assert!(same, "{}", sub.name());
    }
    assert_eq!(SubCode::read("ACQ.PAYMENT_FAIL_"), None);
}

/// The facts' own list, whole.
#[test]
fn the_facts_sub_codes_are_all_known() {
    for name in [
        "TRADE_NOT_EXIST",
        "TRADE_HAS_SUCCESS",
        "TRADE_HAS_CLOSE",
        "CONTEXT_INCONSISTENT",
        "TOTAL_FEE_EXCEED",
        "PAYMENT_AUTH_CODE_INVALID",
        "BUYER_BALANCE_NOT_ENOUGH",
        "INVALID_PARAMETER",
        "SYSTEM_ERROR",
    ] {
        let sub = SubCode::read(&format!("ACQ.{name}")).unwrap();
        assert_eq!(sub.code(), Code::Failed, "{name}");
    }
}

/// A signed answer of the older dialect with this content.
fn gateway(method: Method, inner: &Value) -> Response {
    let text = inner.to_string();
    let sign = crate::alipay::signing::sign(text.as_bytes(), &*link("alipay").sign);
    let body = format!("{{\"{}\":{text},\"sign\":\"{sign}\"}}", method.answer_key());
    Response { status: 200, headers: vec![], body: body.into_bytes() }
}

#[test]
fn a_code_that_is_not_listed_decides_nothing() {
    let about = payment_id(1).to_string();
    for (code, sub, expected) in [
        ("20000", Some("isp.unknow-error"), SAID_UNKNOWN),
        ("20000", None, SAID_UNKNOWN),
        ("20000", Some("isp.new-trouble"), SAID_UNKNOWN),
        ("40004", None, UNLISTED),
        ("40004", Some("ACQ.NEW_WORD"), UNLISTED),
        // A word that comes with another result code than its own.
        ("40002", Some("ACQ.PAYMENT_FAIL"), UNLISTED),
        ("40004", Some("isv.invalid-signature"), UNLISTED),
        ("40006", Some("isv.insufficient-isv-permissions"), UNLISTED),
        ("40009", Some("ACQ.PAYMENT_FAIL"), UNLISTED),
        ("99999", None, UNLISTED),
    ] {
        for (call, method) in calls() {
            let inner = json!({
                "code": code, "msg": "", "sub_code": sub, "out_trade_no": about,
            });
            let heard = heard(Dialect::Gateway, &call, &gateway(method, &inner));
            assert_eq!(word(heard), expected, "{code} {sub:?} to {method:?}");
        }
    }
    let no_code = gateway(Method::Query, &json!({ "msg": "Success" }));
    assert_eq!(word(heard(Dialect::Gateway, &inquire(1), &no_code)), "unknown:Unreadable");
}

#[test]
fn waiting_is_an_answer_to_pay_alone() {
    for dialect in BOTH {
        for (call, method) in calls() {
            let answer = said(dialect, method, &Answer::Waiting(json!({})));
            let expected = if method == Method::Pay { "pending" } else { UNLISTED };
            assert_eq!(word(heard(dialect, &call, &answer)), expected, "{method:?} {dialect:?}");
        }
    }
}

#[test]
fn each_trade_status_has_its_answer() {
    let status = |status: &str| {
        json!({
            "out_trade_no": payment_id(1).to_string(), "trade_no": "2026112122001",
            "trade_status": status, "total_amount": "58.08",
        })
    };
    for (name, expected) in [
        ("WAIT_BUYER_PAY", "pending"),
        ("TRADE_SUCCESS", "paid"),
        ("TRADE_FINISHED", "paid"),
        ("TRADE_CLOSED", "cancelled"),
        ("TRADE_PENDING", UNLISTED),
        ("", UNLISTED),
    ] {
        for dialect in BOTH {
            let answer = said(dialect, Method::Query, &Answer::Done(status(name)));
            let heard = word(heard(dialect, &inquire(1), &answer));
            let first = heard.split('(').next().unwrap();
            assert_eq!(first, expected, "{name} in {dialect:?}");
        }
    }
}

#[test]
fn a_cancel_is_repeated_while_the_network_asks_for_it() {
    for (members, expected) in [
        (json!({"retry_flag": "N", "action": "close"}), "cancelled"),
        (json!({"retry_flag": "N", "action": "refund"}), "cancelled"),
        // There was no trade.
        (json!({"retry_flag": "N"}), "cancelled"),
        (json!({"retry_flag": "Y"}), SAID_UNKNOWN),
        (json!({"retry_flag": "Y", "action": "refund"}), SAID_UNKNOWN),
        (json!({"retry_flag": "N", "action": "freeze"}), UNLISTED),
        (json!({"retry_flag": "?"}), UNLISTED),
        (json!({"action": "close"}), "unknown:Unreadable"),
    ] {
        for dialect in BOTH {
            let answer = said(dialect, Method::Cancel, &Answer::Done(members.clone()));
            assert_eq!(word(heard(dialect, &cancel(1), &answer)), expected, "{members}");
        }
    }
}

#[test]
fn reasons_are_the_payers_or_the_shops() {
    // What a till is told to do next, for the words that a till meets every day.
    for (sub, reason) in [
        (SubCode::AuthCodeInvalid, DeclineReason::Code),
        (SubCode::BuyerBalanceNotEnough, DeclineReason::Funds),
        (SubCode::BuyerDayLimit, DeclineReason::Funds),
        (SubCode::FaceSwitchOff, DeclineReason::Payer),
        (SubCode::MerchantStatus, DeclineReason::Shop),
    ] {
        let answer = refusal(Dialect::Gateway, Method::Pay, sub);
        let heard = heard(Dialect::Gateway, &a_pay(1, "2876"), &answer);
        let Heard::Payment(PaymentAnswer::Declined(no)) = heard else { panic!("{heard:?}") };
        assert_eq!((no.reason(), no.code()), (reason, sub.name()));
    }
}
