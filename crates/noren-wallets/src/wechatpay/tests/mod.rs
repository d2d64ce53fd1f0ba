//! Tests of this folder: signatures, what answers mean, and the network in its box.

mod answers;
mod bills;
mod domestic;
mod facade;
mod hostile;
mod older;
mod orders;
mod signature;
mod stories;

use noren_core::id::WalletName;
use noren_core::time::Timestamp;
use noren_core::wallet::{PaymentAnswer, RefundAnswer};
use serde_json::Value;

use super::connector::WechatPayConnector;
use super::signing::{sign_request, verify_response};
use crate::connector::{Env, Heard, Step};
use crate::sandbox::Answered;
use crate::testing::{World, link};
use crate::wire::{Request, Response};

const ENV: Env = Env { now: Timestamp(1_795_275_000_000), nonce: 5 };
const MCHID: &str = "client-1";

fn connector() -> WechatPayConnector {
    WechatPayConnector::new(WalletName::new("wechatpay").unwrap(), link("wechatpay"))
}

/// One word for what follows.
fn word(step: Step) -> String {
    let heard = match step {
        Step::Heard(heard) => heard,
        Step::Then(request) => {
            let path = request.path().to_owned();
            let word = match request.method.as_str() {
                "GET" if path.contains("/refunds/") => "ask_refund",
                "GET" => "ask_order",
                _ if path.ends_with("/close") => "close",
                _ if path.ends_with("/refunds") => "refund",
                other => panic!("nothing follows with {other} {path}"),
            };
            return word.into();
        }
    };
    match heard {
        Heard::Payment(PaymentAnswer::Paid(_)) | Heard::Refund(RefundAnswer::Refunded(_)) => {
            "yes".into()
        }
        Heard::Payment(PaymentAnswer::Declined(no)) | Heard::Refund(RefundAnswer::Declined(no)) => {
            format!("{:?}", no.reason()).to_lowercase()
        }
        Heard::Payment(PaymentAnswer::Pending) | Heard::Refund(RefundAnswer::Processing) => {
            "pending".into()
        }
        Heard::Payment(PaymentAnswer::Ordered { .. }) => "ordered".into(),
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
        other @ (Heard::Capture(_)
        | Heard::Payment(PaymentAnswer::Authorised(_) | PaymentAnswer::Blocked)) => {
            panic!("nothing of this network says {other:?}")
        }
    }
}

/// A client of another maker: signs by itself, and checks what it hears.
fn stranger(world: &mut World, method: &str, below: &str, body: &Value) -> (u16, Value) {
    let response = stranger_raw(world, method, below, body);
    let body = serde_json::from_slice(&response.body).unwrap_or(Value::Null);
    (response.status, body)
}

fn stranger_raw(world: &mut World, method: &str, below: &str, body: &Value) -> Response {
    let link = link("wechatpay");
    let mut request = Request {
        method: method.into(),
        target: link.network.target(below),
        headers: vec![("Content-Type".into(), "application/json".into())],
        // Spaced as one library does it.
        body: if body.is_null() { Vec::new() } else { format!("{body:#}\n").into_bytes() },
    };
    let env = world.env();
    sign_request(&mut request, MCHID, &*link.sign, env.now, env.nonce);
    let Answered::Respond(response) = world.sandbox.handle(world.now, &request) else {
        panic!("{method} {below} is answered");
    };
    world.commit();
    if !below.contains("/billdownload/") && !below.contains("/statements") {
        assert_eq!(verify_response(&response, &*link.verify, world.now), Ok(()), "{below}");
        let kind = response.header("Wechatpay-Signature-Type");
        assert_eq!(kind, Some("WECHATPAY2-SHA256-RSA2048"), "one client insists on it");
        assert!(response.header("Request-ID").is_some());
    }
    response
}
