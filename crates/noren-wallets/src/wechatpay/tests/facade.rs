//! The API as the switch answers it, by a till that was written for this network.

mod news;
mod refusals;
mod undoing;

use noren_core::wallet::{Call, PaymentAnswer, RefundAnswer};
use serde_json::{Value, json};

use super::answers::{an_order, cancel_order};
use crate::connector::{Connector as _, Env, Heard, STEPS_MAX, Step};
use crate::facade::{Account, Facade as _};
use crate::testing::till::{FakeTill, Says, now};
use crate::testing::{cancel, inquire, jpy, link, pay, payment_id, refund};
use crate::wechatpay::connector::WechatPayConnector;
use crate::wechatpay::facade::WechatPayFacade;
use crate::wechatpay::signing::{sign_request, verify_response};
use crate::wire::{Request, Response};

const MCHID: &str = "1900000109";
const NATIVE: &str = "/v3/pay/transactions/native";
const CODEPAY: &str = "/v3/pay/transactions/codepay";
const MICROPAY: &str = "/v3/global/micropay/transactions/pay";
const REFUNDS: &str = "/v3/refund/domestic/refunds";
/// Codes of two wallets, none of them this network's.
const PAYPAY_CODE: &str = "900081810000000000000001";
const NOREN_CODE: &str = "86010000000000000001";

/// A shop whose till speaks this API.
struct Shop {
    till: FakeTill,
    account: Account,
}

impl Shop {
    fn new() -> Self {
        Self::of(FakeTill::new("wechatpay", MCHID))
    }

    fn of(till: FakeTill) -> Self {
        let account = till.account(link("wechatpay"), Some("https://shop.example/agreed"));
        Self { till, account }
    }

    fn signed(&self, method: &str, below: &str, body: &Value, env: Env) -> Request {
        let mut request = Request {
            method: method.into(),
            target: self.account.link.network.target(below),
            headers: vec![("content-type".into(), "application/json".into())],
            body: if body.is_null() { Vec::new() } else { body.to_string().into_bytes() },
        };
        let link = link("wechatpay");
        sign_request(&mut request, &self.account.link.client_id, &*link.sign, env.now, env.nonce);
        request
    }

    fn answer(&self, request: &Request, env: Env) -> Response {
        now(WechatPayFacade.answer(&self.account, &self.till, request, env))
    }

    fn raw(&self, method: &str, below: &str, body: &Value) -> Response {
        let env = self.till.env();
        let response = self.answer(&self.signed(method, below, body, env), env);
        let key = link("wechatpay").verify;
        assert_eq!(verify_response(&response, &*key, env.now), Ok(()), "{method} {below}");
        let kind = response.header("wechatpay-signature-type");
        assert_eq!(kind, Some("WECHATPAY2-SHA256-RSA2048"));
        assert!(response.header("request-id").is_some());
        assert_eq!(response.body.is_empty(), response.status == 204);
        response
    }

    fn call(&self, method: &str, below: &str, body: &Value) -> (u16, Value) {
        let response = self.raw(method, below, body);
        (response.status, serde_json::from_slice(&response.body).unwrap_or(Value::Null))
    }

    fn post(&self, below: &str, body: &Value) -> (u16, Value) {
        self.call("POST", below, body)
    }

    fn get(&self, below: &str) -> (u16, Value) {
        self.call("GET", below, &Value::Null)
    }

    /// Status and code of an error, or status and state of an order or refund.
    fn word(&self, method: &str, below: &str, body: &Value) -> (u16, String) {
        let (status, said) = self.call(method, below, body);
        let names = ["code", "trade_state", "status", "code_url"];
        let word = names.iter().find_map(|name| said[*name].as_str()).unwrap_or_default();
        (status, word.to_owned())
    }

    /// Where the order stands, as both dialects say it by both its names.
    fn state(&self, number: &str) -> String {
        let mut seen = Vec::new();
        let id = self.till.last(number).id;
        for orders in ["/v3/pay/transactions", "/v3/global/transactions"] {
            for name in [format!("out-trade-no/{number}"), format!("id/{id}")] {
                let (status, said) = self.get(&format!("{orders}/{name}?mchid={MCHID}"));
                assert_eq!(status, 200, "{said}");
                assert_eq!(said["out_trade_no"], number);
                seen.push(said["trade_state"].as_str().unwrap().to_owned());
            }
        }
        seen.dedup();
        assert_eq!(seen.len(), 1, "{seen:?}");
        seen.remove(0)
    }
}

fn native(number: &str) -> Value {
    json!({
        "appid": "wx1", "mchid": MCHID, "description": "茶", "out_trade_no": number,
        "attach": "table 7", "notify_url": "https://shop.example/n",
        "amount": { "total": 1_200, "currency": "JPY" },
    })
}

fn scan(number: &str, code: &str) -> Value {
    json!({
        "appid": "wx1", "mchid": MCHID, "description": "tea", "out_trade_no": number,
        "payer": { "auth_code": code }, "amount": { "total": 1_200, "currency": "JPY" },
        "scene_info": { "store_info": { "out_id": "1" } },
        "trade_type": "MICROPAY", "merchant_category_code": "5812",
    })
}

fn global(mut body: Value) -> Value {
    body["merchant_category_code"] = json!("5812");
    body
}

fn changed(mut body: Value, name: &str, value: Value) -> Value {
    body[name] = value;
    body
}

fn said(status: u16, word: &str) -> (u16, String) {
    (status, word.to_owned())
}

#[test]
fn an_order_is_opened_by_the_page_where_its_payer_chooses_a_wallet() {
    let institution = |body: Value| {
        let mut body = changed(global(body), "mchid", Value::Null);
        body["sp_mchid"] = json!(MCHID);
        body["sub_mchid"] = json!("1900000200");
        body["appid"] = Value::Null;
        body["sp_appid"] = json!("wx2");
        body
    };
    for (below, member, body) in [
        (NATIVE, "code_url", native("order-0001")),
        ("/v3/pay/partner/transactions/native", "code_url", institution(native("order-0001"))),
        ("/v3/pay/transactions/h5", "h5_url", native("order-0001")),
        ("/v3/global/transactions/native", "code_url", global(native("order-0001"))),
        ("/v3/global/transactions/mweb", "mweb_url", institution(native("order-0001"))),
    ] {
        let shop = Shop::new();
        let (status, made) = shop.post(below, &body);
        let id = shop.till.last("order-0001").id;
        // Behind a browser's page a shop writes `&redirect_url=…`.
        let query = if member == "code_url" { "" } else { "?trade_type=MWEB" };
        let page = json!({ member: format!("http://127.0.0.1:7400/checkout/{id}{query}") });
        assert_eq!((status, &made), (200, &page), "{below}");
        assert_eq!(shop.post(below, &body), (200, page), "the same again");
        // The first address and time stand; they are no other order.
        let later = changed(body.clone(), "notify_url", json!("https://shop.example/other"));
        assert_eq!(shop.post(below, &later).0, 200);
        for (name, value) in [
            ("amount", json!({ "total": 1_201, "currency": "JPY" })),
            ("description", json!("coffee")),
            ("attach", json!("table 8")),
        ] {
            let other = changed(body.clone(), name, value);
            assert_eq!(shop.word("POST", below, &other), said(400, "INVALID_REQUEST"), "{name}");
        }
        let code = scan("order-0001", PAYPAY_CODE);
        assert_eq!(shop.word("POST", CODEPAY, &code), said(403, "OUT_TRADE_NO_USED"));
        assert_eq!(shop.till.last("order-0001").amount, jpy(1_200));
    }
}

#[test]
fn an_order_is_paid_with_any_wallet_and_found_by_both_its_names() {
    for wallet in ["noren", "paypay", "linepay", "wechatpay"] {
        let shop = Shop::new();
        shop.post(NATIVE, &native("order-0001"));
        assert_eq!(shop.state("order-0001"), "NOTPAY");
        let below = format!("/v3/pay/transactions/out-trade-no/order-0001?mchid={MCHID}");
        let (_, open) = shop.get(&below);
        assert_eq!((open.get("transaction_id"), open.get("success_time")), (None, None));
        assert_eq!(open["amount"], json!({ "total": 1_200, "currency": "JPY" }));
        shop.till.pay("order-0001", wallet);
        assert_eq!(shop.state("order-0001"), "SUCCESS");
        let (_, paid) = shop.get(&below);
        let id = shop.till.last("order-0001").id.to_string();
        for (name, value) in [
            ("transaction_id", json!(id)),
            ("mchid", json!(MCHID)),
            ("appid", json!("wx1")),
            ("trade_type", json!("NATIVE")),
            ("attach", json!("table 7")),
            ("success_time", json!("2026-11-21T23:30:00+08:00")),
        ] {
            assert_eq!(paid[name], value, "{name}");
        }
        assert!(id.len() <= 32, "{id}");
        // What the payer was debited, where we convert.
        let debited = if wallet == "noren" { "CNY" } else { "JPY" };
        assert_eq!(paid["amount"]["payer_currency"], debited);
        let global = format!("/v3/global/transactions/id/{id}?mchid={MCHID}");
        assert_eq!(shop.get(&global).1["id"], json!(id), "that dialect's name of it");
        assert_eq!(shop.word("POST", NATIVE, &native("order-0001")), said(400, "ORDERPAID"));
    }
}

#[test]
fn an_order_ends_with_its_time() {
    let shop = Shop::new();
    let body = changed(native("order-0001"), "time_expire", json!("2026-11-21T23:35:00+08:00"));
    assert_eq!(shop.post(NATIVE, &body).0, 200);
    shop.till.wait(299_000);
    assert_eq!(shop.state("order-0001"), "NOTPAY");
    shop.till.wait(1_000);
    assert_eq!(shop.state("order-0001"), "CLOSED");
    assert_eq!(shop.word("POST", NATIVE, &body), said(400, "ORDER_CLOSED"));
    for (time, word) in [
        (json!("2026-11-21T23:35:00+08:00"), "ORDER_CLOSED"),
        (json!("2026-12-24T00:00:00+08:00"), "PARAM_ERROR"),
        (json!("tomorrow"), "PARAM_ERROR"),
    ] {
        let body = changed(native("order-0002"), "time_expire", time);
        assert_eq!(shop.word("POST", NATIVE, &body), said(400, word), "{body}");
    }
}

#[test]
fn a_scanned_code_is_paid_by_the_wallet_whose_it_is() {
    for code in [PAYPAY_CODE, NOREN_CODE, "130000000000000001"] {
        for (below, id) in [(CODEPAY, "transaction_id"), (MICROPAY, "id")] {
            let shop = Shop::new();
            let body = scan("order-0001", code);
            let (status, paid) = shop.post(below, &body);
            assert_eq!((status, &paid["trade_state"]), (200, &json!("SUCCESS")), "{paid}");
            assert_eq!(paid["trade_type"], "MICROPAY");
            assert_eq!(paid[id], json!(shop.till.last("order-0001").id.to_string()));
            assert_eq!(shop.state("order-0001"), "SUCCESS");
            assert_eq!(shop.word("POST", below, &body), said(400, "ORDERPAID"), "once");
            for other in [
                scan("order-0001", "130000000000000009"),
                changed(body.clone(), "amount", json!({ "total": 1_201, "currency": "JPY" })),
            ] {
                assert_eq!(shop.word("POST", below, &other), said(403, "OUT_TRADE_NO_USED"));
            }
            let again = scan("order-0002", code);
            assert_eq!(shop.word("POST", below, &again), said(400, "AUTH_CODE_INVALID"));
        }
    }
}

#[test]
fn a_payment_that_is_not_decided_is_being_paid() {
    let shop = Shop::new();
    shop.till.say(Says::Nothing);
    let (one, two) = (scan("order-0001", PAYPAY_CODE), scan("order-0002", NOREN_CODE));
    assert_eq!(shop.word("POST", CODEPAY, &one), said(200, "USERPAYING"));
    assert_eq!(shop.word("POST", MICROPAY, &two), said(202, "USERPAYING"));
    assert_eq!(shop.word("POST", MICROPAY, &two), said(202, "USERPAYING"), "asked again");
    assert_eq!(shop.till.last("order-0001").refunds.len(), 0);
    for number in ["order-0001", "order-0002"] {
        assert_eq!(shop.state(number), "USERPAYING");
    }
    shop.till.wait(100);
    assert_eq!(shop.till.last("order-0002").state.name(), "in_doubt");
    assert_eq!(shop.state("order-0002"), "USERPAYING");
    shop.till.say(Says::Yes);
    shop.till.hear();
    assert_eq!(shop.state("order-0001"), "SUCCESS");
}

#[test]
fn a_wallets_no_is_this_networks_no() {
    let shop = Shop::new();
    shop.till.say(Says::No);
    let body = scan("order-0001", PAYPAY_CODE);
    assert_eq!(shop.word("POST", CODEPAY, &body), said(403, "NOT_ENOUGH"));
    assert_eq!(shop.state("order-0001"), "PAYERROR");
    assert_eq!(shop.word("POST", CODEPAY, &body), said(403, "NOT_ENOUGH"), "the same answer");
    let lost = scan("order-0002", "7777");
    assert_eq!(shop.word("POST", CODEPAY, &lost), said(400, "AUTH_CODE_INVALID"));
    let empty = scan("order-0003", "");
    assert_eq!(shop.word("POST", CODEPAY, &empty), said(400, "AUTH_CODE_ERROR"));
}

#[test]
fn refunds_go_back_to_whoever_paid() {
    let shop = Shop::new();
    shop.post(NATIVE, &native("order-0001"));
    let refund = |id: &str, refund: i64, total: i64| {
        json!({
            "out_trade_no": "order-0001", "out_refund_no": id, "reason": "cold",
            "amount": { "refund": refund, "total": total, "currency": "JPY" },
        })
    };
    let early = refund("r-1", 200, 1_200);
    assert_eq!(shop.word("POST", REFUNDS, &early), said(400, "INVALID_REQUEST"), "not paid");
    shop.till.pay("order-0001", "linepay");
    let part = refund("r-2", 200, 1_200);
    let (status, made) = shop.post(REFUNDS, &part);
    assert_eq!((status, &made["status"]), (200, &json!("SUCCESS")), "{made}");
    assert_eq!((&made["amount"]["refund"], &made["amount"]["total"]), (&json!(200), &json!(1_200)));
    assert_eq!(made["transaction_id"], json!(shop.till.last("order-0001").id.to_string()));
    assert_eq!(shop.post(REFUNDS, &part), (200, made.clone()), "the same again");
    assert_eq!(shop.get(&format!("{REFUNDS}/r-2")), (200, made.clone()));
    assert_eq!(shop.state("order-0001"), "REFUND");
    let by_ours = json!({
        "transaction_id": made["transaction_id"], "out_refund_no": "r-3", "sp_mchid": MCHID,
        "sub_mchid": "1900000200", "amount": { "refund": 1, "total": 1_200, "currency": "JPY" },
    });
    assert_eq!(
        shop.word("POST", "/v3/global/refunds", &by_ours),
        said(404, "ORDER_NOT_EXIST"),
        "another sub-merchant's"
    );
    let amount = |value: Value| changed(refund("r-4", 1, 1_200), "amount", value);
    for (body, status, word) in [
        (refund("r-2", 201, 1_200), 400, "INVALID_REQUEST"),
        (refund("r-4", 1_001, 1_200), 400, "INVALID_REQUEST"),
        (refund("r-5", 200, 1_201), 400, "INVALID_REQUEST"),
        (refund("r-5", 0, 1_200), 400, "PARAM_ERROR"),
        (refund("r 5", 1, 1_200), 400, "PARAM_ERROR"),
        (amount(json!({ "refund": 1, "total": 1_200 })), 400, "PARAM_ERROR"),
        (amount(json!({ "refund": 1, "total": 1_200, "currency": "USD" })), 400, "PARAM_ERROR"),
        (
            changed(refund("r-5", 1, 1_200), "out_trade_no", json!("no-order")),
            404,
            "ORDER_NOT_EXIST",
        ),
        (changed(refund("r-5", 1, 1_200), "out_trade_no", json!("")), 400, "PARAM_ERROR"),
        (changed(refund("r-5", 1, 1_200), "notify_url", json!("n")), 400, "PARAM_ERROR"),
    ] {
        assert_eq!(shop.word("POST", REFUNDS, &body), said(status, word), "{body}");
    }
    // The rest, in the other dialect, whose answer says only that it was taken in.
    let (status, rest) = shop.post("/v3/global/refunds", &refund("r-6", 1_000, 1_200));
    assert_eq!((status, rest.get("status")), (200, None), "{rest}");
    let (_, got) = shop.get(&format!("/v3/global/refunds/out-refund-no/r-6?mchid={MCHID}"));
    assert_eq!((&got["status"], &got["id"]), (&json!("SUCCESS"), &rest["id"]));
    let list = format!("/v3/global/refunds?mchid={MCHID}&out_trade_no=order-0001");
    let (status, all) = shop.get(&list);
    let numbers: Vec<&Value> =
        all["data"].as_array().unwrap().iter().map(|r| &r["out_refund_no"]).collect();
    assert_eq!(
        (status, &all["total_num"], numbers),
        (200, &json!(2), vec![&json!("r-2"), &json!("r-6")])
    );
    assert_eq!(shop.get(&format!("{list}&offset=1&count=5")).1["current_total_num"], 1);
    assert_eq!(shop.till.last("order-0001").refunds_done(), 1_200);
    // A wallet that makes one refund of a payment is not asked for a second.
    shop.post(CODEPAY, &scan("order-0002", PAYPAY_CODE));
    let of_paypay = |id| changed(refund(id, 100, 1_200), "out_trade_no", json!("order-0002"));
    assert_eq!(shop.post(REFUNDS, &of_paypay("p-1")).0, 200);
    assert_eq!(shop.word("POST", REFUNDS, &of_paypay("p-2")), said(400, "INVALID_REQUEST"));
    for below in [format!("{REFUNDS}/r-9"), "/v3/global/refunds/id/5030".into()] {
        assert_eq!(shop.word("GET", &below, &Value::Null), said(404, "RESOURCE_NOT_EXISTS"));
    }
}

#[test]
fn a_refund_is_in_process_until_its_wallet_has_spoken() {
    for (says, status, word) in
        [(Says::Yes, "SUCCESS", Some("2026-11-21T23:30:00+08:00")), (Says::No, "CLOSED", None)]
    {
        let shop = Shop::new();
        shop.post(CODEPAY, &scan("order-0001", PAYPAY_CODE));
        shop.till.say(Says::Nothing);
        let body = json!({
            "out_trade_no": "order-0001", "out_refund_no": "r-1",
            "amount": { "refund": 200, "total": 1_200, "currency": "JPY" },
        });
        assert_eq!(shop.word("POST", REFUNDS, &body), said(200, "PROCESSING"));
        assert_eq!(shop.state("order-0001"), "REFUND");
        shop.till.say(says);
        shop.till.hear();
        let (_, got) = shop.get(&format!("{REFUNDS}/r-1"));
        assert_eq!((&got["status"], got["success_time"].as_str()), (&json!(status), word));
    }
}

#[test]
fn what_another_till_made_does_not_exist() {
    let shop = Shop::new();
    shop.post(NATIVE, &native("order-0001"));
    shop.till.pay("order-0001", "paypay");
    let refund = json!({
        "out_trade_no": "order-0001", "out_refund_no": "r-1",
        "amount": { "refund": 200, "total": 1_200, "currency": "JPY" },
    });
    assert_eq!(shop.post(REFUNDS, &refund).0, 200);
    let id = shop.till.last("order-0001").id;
    let other_shop = Shop::of(shop.till.other("1900000500"));
    let other_till = Shop::of(shop.till.beside("1900000600"));
    for stranger in [other_shop, other_till] {
        let mchid = stranger.account.link.client_id.clone();
        let party = json!({ "mchid": mchid });
        for (method, below, body, word) in [
            ("GET", format!("/v3/pay/transactions/id/{id}?mchid={mchid}"), Value::Null, "ORDER"),
            (
                "GET",
                format!("/v3/pay/transactions/out-trade-no/order-0001?mchid={mchid}"),
                Value::Null,
                "ORDER",
            ),
            ("POST", "/v3/pay/transactions/out-trade-no/order-0001/close".into(), party, "ORDER"),
            (
                "POST",
                REFUNDS.into(),
                changed(refund.clone(), "out_refund_no", json!("r-2")),
                "ORDER",
            ),
            ("GET", format!("{REFUNDS}/r-1"), Value::Null, "RESOURCE"),
        ] {
            let (status, code) = stranger.word(method, &below, &body);
            assert!(status == 404 && code.starts_with(word), "{method} {below}: {status} {code}");
        }
        let named = "/v3/pay/transactions/out-trade-no/order-0001?mchid=1900000109";
        assert_eq!(stranger.word("GET", named, &Value::Null), said(403, "NO_AUTH"));
    }
    let none = "/v3/pay/transactions/id/4200000000000000000000000001?mchid=1900000109";
    assert_eq!(shop.word("GET", none, &Value::Null), said(404, "ORDER_NOT_EXIST"));
    // The number of one till's order is used for the others of the shop.
    let neighbour = Shop::of(shop.till.beside("1900000600"));
    let same = changed(native("order-0001"), "mchid", json!("1900000600"));
    assert_eq!(neighbour.word("POST", NATIVE, &same), said(403, "OUT_TRADE_NO_USED"));
}

/// The switch's own connector is a client of this API as well.
#[test]
fn the_connector_of_this_folder_is_a_till_too() {
    let shop = Shop::new();
    let connector =
        WechatPayConnector::new("wechatpay".parse().unwrap(), shop.account.link.clone());
    let ask = |call: &Call| {
        let mut request = connector.request(call, shop.till.env());
        for _ in 0..STEPS_MAX {
            let env = shop.till.env();
            let response = shop.answer(&request, env);
            match connector.answer(call, &request, Ok(&response), env) {
                Step::Heard(heard) => return heard,
                Step::Then(next) => request = next,
            }
        }
        panic!("a call takes {STEPS_MAX} messages at most");
    };
    let Heard::Payment(PaymentAnswer::Ordered { link, .. }) = ask(&an_order()) else { panic!() };
    let number = payment_id(1).to_string();
    let page = format!("http://127.0.0.1:7400/checkout/{}", shop.till.last(&number).id);
    assert_eq!(&*link, page);
    assert_eq!(ask(&inquire(1)), Heard::Payment(PaymentAnswer::Pending));
    shop.till.pay(&number, "linepay");
    let Heard::Payment(PaymentAnswer::Paid(receipt)) = ask(&inquire(1)) else { panic!() };
    assert_eq!(receipt.amount, jpy(1_200));
    assert!(matches!(
        ask(&cancel_order()),
        Heard::Payment(PaymentAnswer::TooLate { receipt: Some(_) })
    ));
    for id in [1, 2] {
        let back = ask(&refund(1, id, jpy(600), None));
        assert!(matches!(back, Heard::Refund(RefundAnswer::Refunded(_))), "{back:?}");
    }
    assert_eq!(shop.till.last(&number).refunds_done(), 1_200);
    let paid = ask(&pay(2, jpy(800), None, NOREN_CODE));
    assert!(matches!(paid, Heard::Payment(PaymentAnswer::Paid(_))), "{paid:?}");
    assert_eq!(ask(&cancel(2)), Heard::Payment(PaymentAnswer::Cancelled));
}

#[test]
fn settings_are_what_a_client_is_configured_with() {
    let shop = Shop::new();
    let settings = WechatPayFacade.settings(&shop.account.link, None);
    let named = |name: &str| {
        settings.iter().find(|(known, _)| *known == name).map(|(_, value)| value.clone()).unwrap()
    };
    assert_eq!(named("MCHID"), MCHID);
    assert_eq!(named("SERIAL_NO").len(), 40);
    assert_eq!(named("PLATFORM_SERIAL_NO").len(), 40);
    assert!(named("APPID").starts_with("wx"));
}
