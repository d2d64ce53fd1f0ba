//! What the connector makes of answers: the whole table of codes, and of states.

use noren_core::money::{Currency, Money};
use noren_core::time::Timestamp;
use noren_core::wallet::{Ask, Call, OrderAsk, PaymentAnswer, Reference};
use serde_json::{Value, json};

use super::{ENV, connector, word};
use crate::connector::{Connector as _, Heard, Step};
use crate::testing::{
    call, cancel, inquire, inquire_refund, jpy, link, pay, payment_id, refund, refund_ask, shop,
};
use crate::wechatpay::codes::{Code, RefundStatus, TradeState};
use crate::wechatpay::signing::sign_response;
use crate::wire::{Request, Response, TransportError};

pub(super) fn a_pay() -> Call {
    pay(1, jpy(1_200), None, "130123456789012345")
}

pub(super) fn an_order() -> Call {
    let pay = a_pay();
    let Ask::Pay(asked) = pay.ask else { panic!("it is a payment") };
    let ask = OrderAsk {
        order: asked.order,
        order_number: asked.order_number,
        amount: jpy(1_200),
        payer: None,
        hold: false,
        shop: shop(),
        expires_at: Timestamp(1_795_275_060_000),
    };
    call(1, Ask::CreateOrder(Box::new(ask)))
}

pub(super) fn cancel_order() -> Call {
    call(1, Ask::Cancel { reference: Reference::Order { handle: "abc".into() } })
}

/// A message of a call that is not its first.
pub(super) fn later(method: &str, below: &str) -> Request {
    Request {
        method: method.into(),
        target: link("wechatpay").network.target(&format!("/v3/global/{below}")),
        headers: Vec::new(),
        body: Vec::new(),
    }
}

pub(super) fn answer(call: &Call, request: &Request, status: u16, body: &[u8]) -> Step {
    let mut response = Response { status, headers: Vec::new(), body: body.to_vec() };
    sign_response(&mut response, &*link("wechatpay").sign, ENV.now, 9);
    connector().answer(call, request, Ok(&response), ENV)
}

fn first(call: &Call) -> Request {
    connector().request(call, ENV)
}

fn heard(call: &Call, request: &Request, status: u16, body: &Value) -> String {
    word(answer(call, request, status, body.to_string().as_bytes()))
}

/// Every code of the `wallets/wechatpay` facts, section 5, and those of v2 and of bills. Columns: the
/// code; what it says to a scanned code, an order, an inquiry, a reverse, a close, a refund, an
/// inquiry of a refund.
const CODES: &str = "
USERPAYING             pending   alarm     alarm     unsure    unsure    alarm      alarm
SYSTEM_ERROR           unsure    unsure    unsure    unsure    unsure    unsure     unsure
BANK_ERROR             unsure    unsure    unsure    unsure    unsure    unsure     unsure
FREQUENCY_LIMITED      unsure    unsure    unsure    unsure    unsure    unsure     unsure
RULE_LIMIT             unsure    unsure    unsure    unsure    unsure    unsure     unsure
PARAM_ERROR            alarm     alarm     alarm     alarm     alarm     alarm      alarm
APPID_MCHID_NOT_MATCH  alarm     alarm     alarm     alarm     alarm     alarm      alarm
MCH_NOT_EXISTS         alarm     alarm     alarm     alarm     alarm     alarm      alarm
SIGN_ERROR             alarm     alarm     alarm     alarm     alarm     alarm      alarm
NO_AUTH                alarm     alarm     alarm     alarm     alarm     alarm      alarm
OUT_TRADE_NO_USED      alarm     alarm     alarm     alarm     alarm     alarm      alarm
INVALID_REQUEST        ask_order alarm     alarm     close     ask_order ask_refund alarm
TRADE_ERROR            ask_order alarm     alarm     close     ask_order ask_refund alarm
ORDERPAID              ask_order ask_order alarm     alarm     ask_order alarm      alarm
ORDER_CLOSED           cancelled cancelled alarm     ask_order ask_order alarm      alarm
ORDER_REVERSED         cancelled cancelled alarm     ask_order ask_order alarm      alarm
ORDER_NOT_EXIST        alarm     alarm     not_found close     unsure    alarm      alarm
RESOURCE_NOT_EXISTS    alarm     alarm     alarm     alarm     alarm     alarm      not_found
NOT_ENOUGH             funds     alarm     alarm     alarm     alarm     no_funds   alarm
AUTH_CODE_ERROR        code      alarm     alarm     alarm     alarm     alarm      alarm
AUTH_CODE_INVALID      code      alarm     alarm     alarm     alarm     alarm      alarm
AUTHCODEEXPIRE         code      alarm     alarm     alarm     alarm     alarm      alarm
REVERSE_EXPIRE         alarm     alarm     alarm     too_late  alarm     alarm      alarm
NO_STATEMENT_EXIST     alarm     alarm     alarm     alarm     alarm     alarm      alarm
STATEMENT_CREATING     alarm     alarm     alarm     alarm     alarm     alarm      alarm
";

fn rows(table: &'static str) -> Vec<Vec<&'static str>> {
    let lines = table.lines().filter(|line| !line.is_empty());
    lines.map(|line| line.split_whitespace().collect()).collect()
}

/// The calls of the columns, each with the message that is answered.
fn columns() -> [(Call, Request); 7] {
    let refunding = refund(1, 1, jpy(1_200), None);
    let asking = inquire_refund(1, 1, jpy(1_200), None);
    [a_pay(), an_order(), inquire(1), cancel(1), cancel_order(), refunding, asking].map(|call| {
        let request = match &call.ask {
            Ask::Refund(_) => later("POST", "refunds"),
            _ => first(&call),
        };
        (call, request)
    })
}

#[test]
fn every_code_has_a_meaning_for_every_call() {
    let rows = rows(CODES);
    let named: Vec<&str> = rows.iter().map(|row| row[0]).collect();
    for code in Code::ALL {
        assert!(named.contains(&code.name()), "{} is not in the table", code.name());
    }
    assert_eq!(named.len(), Code::ALL.len());
    for row in rows {
        let code = Code::read(row[0]).unwrap();
        for (n, (call, request)) in columns().iter().enumerate() {
            // Whatever the number: some of those that are published are not verified.
            for name in [code.name(), code.older_name()] {
                for status in [400, 403, 404] {
                    let said = json!({ "code": name, "message": "m", "detail": { "field": "f" } });
                    assert_eq!(heard(call, request, status, &said), row[n + 1], "{name} {n}");
                }
            }
        }
    }
}

#[test]
fn what_is_not_a_2xx_or_a_listed_refusal_decides_nothing() {
    for (call, request) in columns() {
        for status in [500, 502, 503, 429] {
            let said = json!({ "code": "NOT_ENOUGH", "message": "m" });
            assert_eq!(heard(&call, &request, status, &said), "unsure");
        }
        for said in [json!({ "code": "BRAND_NEW" }), json!({ "code": "" }), json!({}), json!([])] {
            assert_eq!(heard(&call, &request, 400, &said), "alarm", "{said}");
        }
        for error in [TransportError::TimedOut, TransportError::Broken] {
            let step = connector().answer(&call, &request, Err(error), ENV);
            assert_eq!(word(step), "unsure");
        }
    }
    // Accepted, in process (section 3).
    assert_eq!(heard(&a_pay(), &first(&a_pay()), 202, &json!({})), "pending");
    assert_eq!(heard(&inquire(1), &first(&inquire(1)), 202, &json!({})), "unsure");
    // Not a byte of the first message left; of a later one that proves nothing.
    let not_sent = |call: &Call, request: &Request| {
        word(connector().answer(call, request, Err(TransportError::NotSent), ENV))
    };
    assert_eq!(not_sent(&a_pay(), &first(&a_pay())), "not_sent");
    let refunding = refund(1, 1, jpy(1), None);
    assert_eq!(not_sent(&refunding, &first(&refunding)), "not_sent");
    assert_eq!(not_sent(&refunding, &later("POST", "refunds")), "unsure");
}

pub(super) fn transaction(state: &str) -> Value {
    json!({
        "mchid": "client-1", "id": "4200000001", "out_trade_no": payment_id(1).to_string(),
        "trade_state": state, "trade_type": "MICROPAY",
        "amount": {
            "total": 1_200, "currency": "JPY", "payer_total": 5_808, "payer_currency": "CNY",
            "exchange_rate": { "type": "SETTLEMENT_RATE", "rate": 4_840_000 },
        },
    })
}

/// Columns: the state; what it says to a scanned code, an order, an inquiry, a cancel, a refund.
const STATES: &str = "
NOTPAY     pending   pending   pending   unsure    refund
USERPAYING pending   pending   pending   unsure    refund
SUCCESS    yes       yes       yes       too_late  refund
REFUND     yes       yes       yes       too_late  refund
CLOSED     cancelled cancelled cancelled cancelled refund
REVOKED    cancelled cancelled cancelled cancelled refund
PAYERROR   other     other     other     unsure    refund
ACCEPT     alarm     alarm     alarm     alarm     alarm
success    alarm     alarm     alarm     alarm     alarm
";

#[test]
fn every_state_has_a_meaning_for_every_call() {
    let rows = rows(STATES);
    for state in TradeState::ALL {
        assert!(rows.iter().any(|row| row[0] == state.name()), "{}", state.name());
    }
    for row in rows {
        let calls = [a_pay(), an_order(), inquire(1), cancel(1), refund(1, 1, jpy(1_200), None)];
        for (n, call) in calls.iter().enumerate() {
            let request = later("GET", "transactions/out-trade-no/x?mchid=client-1");
            let said = transaction(row[0]);
            assert_eq!(heard(call, &request, 200, &said), row[n + 1], "{} {n}", row[0]);
        }
        let said = transaction(row[0]);
        assert_eq!(heard(&a_pay(), &first(&a_pay()), 200, &said), row[1], "{}", row[0]);
    }
}

#[test]
fn a_receipt_keeps_the_networks_own_words() {
    let step = answer(
        &inquire(1),
        &first(&inquire(1)),
        200,
        transaction("SUCCESS").to_string().as_bytes(),
    );
    let Step::Heard(Heard::Payment(PaymentAnswer::Paid(receipt))) = step else {
        panic!("{step:?}")
    };
    assert_eq!((receipt.transaction.as_ref(), receipt.amount), ("4200000001", jpy(1_200)));
    assert_eq!(receipt.payer, Some(Money::new(5_808, Currency::CNY)));
    assert_eq!(receipt.rate.as_deref(), Some("SETTLEMENT_RATE 4840000"));
    assert_eq!(receipt.settlement, None);
    // The domestic word for the id, and no payer's amount.
    let said = json!({
        "transaction_id": "4200000002", "out_trade_no": payment_id(1).to_string(),
        "trade_state": "SUCCESS", "amount": { "total": 888 }, "something_new": [1],
    });
    let step = answer(&inquire(1), &first(&inquire(1)), 200, said.to_string().as_bytes());
    let Step::Heard(Heard::Payment(PaymentAnswer::Paid(receipt))) = step else {
        panic!("{step:?}")
    };
    assert_eq!(receipt.transaction.as_ref(), "4200000002");
    assert_eq!(receipt.amount, Money::new(888, Currency::CNY), "CNY when nothing is said");
    assert_eq!((receipt.payer, receipt.rate), (None, None));
}

fn refund_said(status: Option<&str>) -> Value {
    json!({
        "id": "5030000001", "out_refund_no": refund_ask(1, jpy(1), None).refund.to_string(),
        "status": status,
        "amount": {
            "refund": 1_200, "currency": "JPY", "payer_refund": 5_808, "payer_currency": "CNY",
        },
    })
}

#[test]
fn every_status_of_a_refund_has_a_meaning() {
    let (asked, inquired) =
        (refund(1, 1, jpy(1_200), None), inquire_refund(1, 1, jpy(1_200), None));
    let post = later("POST", "refunds");
    let words = [
        (Some("SUCCESS"), "yes", "yes"),
        (Some("PROCESSING"), "pending", "pending"),
        (Some("CLOSED"), "refund", "refund"),
        // A person has to look.
        (Some("ABNORMAL"), "alarm", "alarm"),
        (Some("NEW"), "alarm", "alarm"),
        (None, "ask_refund", "alarm"),
    ];
    for status in RefundStatus::ALL {
        assert!(words.iter().any(|(word, ..)| *word == Some(status.name())));
    }
    for (status, to_asked, to_inquired) in words {
        let said = refund_said(status);
        assert_eq!(heard(&asked, &post, 200, &said), to_asked, "{status:?}");
        assert_eq!(heard(&inquired, &first(&inquired), 200, &said), to_inquired, "{status:?}");
    }
}

#[test]
fn a_refund_repeats_the_orders_own_amount() {
    let asked = refund(1, 1, jpy(500), None);
    let request = first(&asked);
    assert_eq!(request.method, "GET");
    let step = answer(&asked, &request, 200, transaction("SUCCESS").to_string().as_bytes());
    let Step::Then(request) = step else { panic!("{step:?}") };
    let body: Value = serde_json::from_slice(&request.body).unwrap();
    assert_eq!(body["amount"], json!({ "refund": 500, "total": 1_200, "currency": "JPY" }));
    assert_eq!(body["out_trade_no"], payment_id(1).to_string());
    assert_eq!(body["mchid"], "client-1");
}

#[test]
fn the_first_message_of_a_call_is_as_published() {
    let request = first(&a_pay());
    assert_eq!(request.target, "/wechatpay/v3/global/micropay/transactions/pay");
    let body: Value = serde_json::from_slice(&request.body).unwrap();
    assert_eq!(body["payer"], json!({ "auth_code": "130123456789012345" }));
    assert_eq!(
        body["amount"],
        json!({ "total": 1_200, "currency": "JPY" }),
        "yen have no decimals"
    );
    assert_eq!(body["trade_type"], "MICROPAY");
    assert_eq!(body.get("notify_url"), None, "not with scanned codes");
    let request = first(&an_order());
    assert_eq!(request.target, "/wechatpay/v3/global/transactions/native");
    let body: Value = serde_json::from_slice(&request.body).unwrap();
    assert_eq!(body["notify_url"], "http://127.0.0.1:7400/callbacks/wechatpay/notify");
    assert_eq!(body["time_expire"], "2026-11-21T23:31:00+08:00");
    let id = payment_id(1);
    let below = |call: &Call| first(call).target.replace("/wechatpay/v3/global/", "");
    let order = format!("transactions/out-trade-no/{id}");
    assert_eq!(below(&inquire(1)), format!("{order}?mchid=client-1"));
    assert_eq!(below(&cancel(1)), format!("micropay/{order}/reverse"));
    assert_eq!(below(&cancel_order()), format!("{order}/close"));
}

#[test]
fn an_institution_names_itself_and_its_sub_merchant() {
    let mut link = link("wechatpay");
    link.client_id = "1900000100/1900000109".into();
    let name = noren_core::id::WalletName::new("wechatpay").unwrap();
    let connector = crate::wechatpay::connector::WechatPayConnector::new(name, link);
    let body: Value = serde_json::from_slice(&connector.request(&a_pay(), ENV).body).unwrap();
    assert_eq!(
        (&body["sp_mchid"], &body["sub_mchid"]),
        (&json!("1900000100"), &json!("1900000109"))
    );
    assert!(body["sp_appid"].is_string() && body.get("mchid").is_none());
    let request = connector.request(&inquire(1), ENV);
    assert!(request.target.ends_with("?sp_mchid=1900000100&sub_mchid=1900000109"));
    assert!(request.header("authorization").unwrap().contains("mchid=\"1900000100\""));
}
