//! PayPay's API as the switch answers it: a till of a stranger in front, the engine behind.

use noren_core::payment::Payment;
use serde_json::{Value, json};

use super::{YEN, said, yen};
use crate::connector::Env;
use crate::facade::{Account, Facade as _, News};
use crate::link::Link;
use crate::paypay::facade::PayPayFacade;
use crate::paypay::signing::{nonce, sign_request};
use crate::signing::Secret;
use crate::testing::link;
use crate::testing::till::{FakeTill, now};
use crate::wire::{Request, Response};

mod connector;
mod holds;
mod orders;
mod refunds;
mod refusals;
mod webhook;

/// PayPay's and two other wallets' payment codes, as the sandboxes make them.
const CODES: [&str; 3] =
    ["900081810000000000000001", "281001020000000000000001", "100000000000000001"];

/// A till that was written for PayPay, and the switch.
struct Shop {
    facade: PayPayFacade,
    till: FakeTill,
    account: Account,
}

fn shop() -> Shop {
    seen_by(FakeTill::new("paypay", "a_key"))
}

fn seen_by(till: FakeTill) -> Shop {
    let account = till.account(link("paypay"), Some("https://shop.example/paypay?till=4"));
    Shop { facade: PayPayFacade::default(), till, account }
}

fn code_body(number: &str, amount: i64) -> Value {
    json!({
        "merchantPaymentId": number, "codeType": "ORDER_QR", "amount": yen(amount),
        "requestedAt": 1_795_275_000, "orderDescription": "soba", "storeId": "S1",
        "terminalId": "T4", "redirectUrl": null,
    })
}

fn scan_body(number: &str, amount: i64, code: &str) -> Value {
    json!({
        "merchantPaymentId": number, "paymentCode": code, "amount": yen(amount),
        "requestedAt": 1_795_275_000, "orderReceiptNumber": "0007",
    })
}

fn refund_body(number: &str, payment: &Value, amount: i64) -> Value {
    json!({
        "merchantRefundId": number, "paymentId": payment, "amount": yen(amount),
        "requestedAt": 1_795_275_100, "reason": "too salty",
    })
}

impl Shop {
    /// A call as an SDK makes it; not signed yet.
    fn plain(method: &str, target: &str, body: &Value) -> Request {
        let body = if body.is_null() { Vec::new() } else { body.to_string().into_bytes() };
        let headers = vec![("Content-Type".into(), "application/json".into())];
        let target = link("paypay").network.target(target);
        Request { method: method.into(), target, headers, body }
    }

    fn signed(&self, method: &str, target: &str, body: &Value, env: Env) -> Request {
        let mut request = Self::plain(method, target, body);
        let Link { client_id, sign, .. } = &self.account.link;
        sign_request(&mut request, client_id, &**sign, env.now, &nonce(env.nonce));
        request
    }

    /// What is answered to a message, as it is.
    fn raw(&self, request: &Request) -> (u16, String, Value) {
        let env = self.till.env();
        said(&now(self.facade.answer(&self.account, &self.till, request, env)))
    }

    fn call(&self, method: &str, target: &str, body: &Value) -> (u16, String, Value) {
        self.raw(&self.signed(method, target, body, self.till.env()))
    }

    fn get(&self, target: &str) -> (u16, String, Value) {
        self.call("GET", target, &Value::Null)
    }

    fn delete(&self, target: &str) -> (u16, String, Value) {
        self.call("DELETE", target, &Value::Null)
    }

    /// A fresh code; its answer's data.
    fn code(&self, number: &str) -> Value {
        let (status, code, data) = self.call("POST", "/v2/codes", &code_body(number, YEN));
        assert_eq!((status, code.as_str()), (201, "SUCCESS"));
        data
    }

    /// A code that was paid; `paymentId`.
    fn paid(&self, number: &str, wallet: &str) -> Value {
        self.code(number);
        self.till.pay(number, wallet);
        let look = self.code_look(number);
        assert_eq!(look["status"], "COMPLETED");
        look["paymentId"].clone()
    }

    fn code_look(&self, number: &str) -> Value {
        let (status, code, data) = self.get(&format!("/v2/codes/payments/{number}"));
        assert_eq!((status, code.as_str()), (200, "SUCCESS"));
        data
    }

    fn look(&self, number: &str) -> Value {
        let (status, code, data) = self.get(&format!("/v2/payments/{number}"));
        assert_eq!((status, code.as_str()), (200, "SUCCESS"));
        data
    }

    fn payment(&self, number: &str) -> std::sync::Arc<Payment> {
        self.till.last(number)
    }

    fn notice(&self, number: &str) -> Option<crate::facade::Notice> {
        let shown = self.till.shown(number);
        self.facade.notice(&self.account, &shown, News::Payment, self.till.env())
    }
}

/// The status and the code of an answer.
fn short((status, code, _): (u16, String, Value)) -> (u16, String) {
    (status, code)
}

fn is(status: u16, code: &str) -> (u16, String) {
    (status, code.to_owned())
}

fn with_secret(account: &Account, secret: &str) -> Account {
    let Link { network, switch, client_id, .. } = account.link.clone();
    let link = Link::shared(network, switch, &client_id, Secret::new(secret));
    Account { link, ..account.clone() }
}

fn taken(status: u16) -> Response {
    Response { status, headers: Vec::new(), body: Vec::new() }
}
