//! The API as the switch answers it, against an engine: what a shop or till of LINE Pay hears, whoever
//! pays.

mod connector;
mod credentials;
mod holds;
mod notices;
mod offline;
mod online;
mod refusals;

use serde_json::{Value, json};

use super::strangers::{order, signed_with};
use crate::facade::{Account, Facade as _};
use crate::linepay::NAME;
use crate::linepay::facade::LinePayFacade;
use crate::linepay::signing::{show_secret, uuid};
use crate::testing::link;
use crate::testing::till::{FakeTill, now};
use crate::wire::{Request, Response};

/// The channel of [`link`], which is the one that signs.
const CHANNEL: &str = "client-1";

/// A shop with its keys, and the switch that it calls.
struct Shop {
    till: FakeTill,
    account: Account,
    calls: u128,
}

fn shop() -> Shop {
    Shop::of(FakeTill::new(NAME, CHANNEL))
}

impl Shop {
    fn of(till: FakeTill) -> Self {
        let account = till.account(link(NAME), None);
        Self { till, account, calls: 0 }
    }

    fn send(&self, request: &Request) -> Response {
        now(LinePayFacade.answer(&self.account, &self.till, request, self.till.env()))
    }

    /// A signed call with a nonce of its own: the code and `info`.
    fn ask(&mut self, method: &str, target: &str, body: &Value) -> (String, Value) {
        self.calls += 1;
        let nonce = uuid(self.calls);
        self.repeat(method, target, body, &nonce)
    }

    /// The same with a nonce that is given.
    fn repeat(&self, method: &str, target: &str, body: &Value, nonce: &str) -> (String, Value) {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let mut request = signed_with(method, target, &body, nonce);
        if target.starts_with("/v2/") {
            request.headers.clear();
            show_secret(&mut request, &link(NAME));
        }
        read(&self.send(&request))
    }

    fn code(&mut self, method: &str, target: &str, body: &Value) -> String {
        self.ask(method, target, body).0
    }

    /// An order of 1,000 yen on the web, as LINE Pay names it.
    fn request(&mut self, number: &str) -> u64 {
        let (code, info) = self.ask("POST", "/v3/payments/request", &order(number, &json!(1000)));
        assert_eq!(code, "0000");
        let page = info["paymentUrl"]["web"].as_str().unwrap();
        assert!(page.starts_with("http://127.0.0.1:7400/checkout/pay_"), "{page}");
        info["transactionId"].as_u64().unwrap()
    }

    fn check(&mut self, transaction: u64) -> String {
        self.code("GET", &format!("/v3/payments/requests/{transaction}/check"), &Value::Null)
    }

    fn confirm(&mut self, transaction: u64, yen: i64) -> (String, Value) {
        let body = json!({ "amount": yen, "currency": "JPY" });
        self.ask("POST", &format!("/v3/payments/{transaction}/confirm"), &body)
    }

    fn details(&mut self, query: &str) -> (String, Value) {
        self.ask("GET", &format!("/v3/payments?{query}"), &Value::Null)
    }

    fn refund(&mut self, transaction: u64, body: &Value) -> (String, Value) {
        self.ask("POST", &format!("/v3/payments/{transaction}/refund"), body)
    }

    /// A scanned code of 1,000 yen.
    fn scan(&mut self, version: &str, number: &str, key: &str) -> (String, Value) {
        let body = json!({
            "orderId": number, "oneTimeKey": key, "amount": 1000, "currency": "JPY",
            "productName": "soba",
        });
        self.ask("POST", &format!("/{version}/payments/oneTimeKeys/pay"), &body)
    }
}

fn read(response: &Response) -> (String, Value) {
    assert_eq!(response.status, 200, "business answers are always 200");
    let said: Value = serde_json::from_slice(&response.body).unwrap();
    let code = said["returnCode"].as_str().unwrap();
    assert_eq!(code.len(), 4);
    (code.to_owned(), said["info"].clone())
}
