//! Tests of PayPay.

use noren_core::command::{Body, PaymentHeard};
use noren_core::id::{CaptureId, Entropy, OrderId, Slot};
use noren_core::time::Timestamp;
use noren_core::wallet::{
    Ask, Call, CaptureAnswer, CaptureAsk, OrderAsk, PaymentAnswer, Receipt, Reference,
};
use serde_json::{Value, json};

use crate::connector::Heard;
use crate::paypay::ENTRY;
use crate::paypay::signing::{nonce, sign_request};
use crate::sandbox::Answered;
use crate::testing::{World, call, jpy, link, shop};
use crate::wire::{Request, Response};

mod answers;
mod codes;
mod facade;
mod hold;
mod hostile;
mod order;
mod payment;
mod refund;
mod signature;
mod statement;
mod stranger;
mod users;

const RICH: i64 = 100_000;
const YEN: i64 = 1_200;

/// A world with a rich user `mei`, who meets `scenario`, and a code of hers.
fn world(scenario: &str) -> (World, String) {
    let mut world = World::new(&ENTRY);
    let code = world.user_with_code("mei", RICH, "c1");
    world.scenario("mei", scenario);
    (world, code)
}

fn debited(world: &mut World) -> i64 {
    RICH - world.balance("mei")
}

fn receipt(answer: PaymentAnswer) -> Receipt {
    match answer {
        PaymentAnswer::Paid(receipt) | PaymentAnswer::Authorised(receipt) => receipt,
        other => panic!("no money: {other:?}"),
    }
}

fn order_for(n: u128, yen: i64, hold: bool) -> Call {
    let ask = OrderAsk {
        order: OrderId::new(Timestamp(1), Slot::new(3).unwrap(), Entropy(n), 1),
        order_number: format!("A-{n}").into(),
        amount: jpy(yen),
        payer: None,
        hold,
        shop: shop(),
        expires_at: Timestamp(1_795_275_060_000),
    };
    call(n, Ask::CreateOrder(Box::new(ask)))
}

/// The link and the name of a fresh order.
fn ordered(world: &mut World, order: &Call) -> (String, Reference) {
    match world.payment(order) {
        PaymentAnswer::Ordered { link, handle: Some(handle) } => {
            (link.as_ref().to_owned(), Reference::Order { handle })
        }
        other => panic!("no order: {other:?}"),
    }
}

fn inquire_by(n: u128, reference: &Reference) -> Call {
    call(n, Ask::Inquire { reference: reference.clone() })
}

fn cancel_by(n: u128, reference: &Reference) -> Call {
    call(n, Ask::Cancel { reference: reference.clone() })
}

fn void_by(n: u128, reference: &Reference) -> Call {
    call(n, Ask::Void { reference: reference.clone() })
}

fn capture_ask(capture: u128, yen: i64, reference: &Reference) -> CaptureAsk {
    CaptureAsk {
        capture: CaptureId::new(Timestamp(1), Slot::new(3).unwrap(), Entropy(capture), 4),
        reference: reference.clone(),
        amount: jpy(yen),
        payer: None,
    }
}

fn capture(world: &mut World, n: u128, ask: &CaptureAsk) -> CaptureAnswer {
    match world.ask(&call(n, Ask::Capture(ask.clone()))) {
        Heard::Capture(answer) => answer,
        other => panic!("a capture was asked for, heard {other:?}"),
    }
}

fn pay_control(world: &mut World, body: Value) -> (u16, Value) {
    world.control("POST", "pay", &body)
}

/// Hands the notices that leave now to the connector, and its answers back. Of each: the payment
/// that is to be asked about, or the status of the answer when nothing follows.
fn notices(world: &mut World) -> Vec<Result<PaymentHeard, u16>> {
    let mut heard = Vec::new();
    loop {
        let outgoing = world.sandbox.take_outgoing();
        if outgoing.is_empty() {
            return heard;
        }
        for message in outgoing {
            let env = world.env();
            let answer = match world.connector.notified(&message.request, env) {
                Ok(notified) => {
                    let Body::PaymentHeard(said) = notified.command else {
                        panic!("{:?}", notified.command)
                    };
                    heard.push(Ok(said));
                    notified.acknowledge
                }
                Err(response) => {
                    heard.push(Err(response.status));
                    response
                }
            };
            world.sandbox.delivered(world.now, message.id, Ok(answer));
            world.commit();
        }
    }
}

/// Sends what an SDK of a stranger would: signed by itself, in a form of its own.
fn stranger(world: &mut World, method: &str, target: &str, body: &str) -> Option<Response> {
    let headers = vec![("Content-Type".into(), "application/json;charset=UTF-8".into())];
    let link = link("paypay");
    let target = link.network.target(target);
    let body = body.as_bytes().to_vec();
    let mut request = Request { method: method.into(), target, headers, body };
    let bits = world.env().nonce;
    sign_request(&mut request, &link.client_id, &*link.sign, world.now, &nonce(bits));
    raw(world, &request)
}

fn raw(world: &mut World, request: &Request) -> Option<Response> {
    let answered = world.sandbox.handle(world.now, request);
    world.commit();
    match answered {
        Answered::Respond(response) | Answered::Late(response, _) => Some(response),
        Answered::Silence => None,
    }
}

/// The same, and what stands in the answer: the status, the code and the data.
fn told(world: &mut World, method: &str, target: &str, body: &Value) -> (u16, String, Value) {
    let body = if body.is_null() { String::new() } else { body.to_string() };
    let response = stranger(world, method, target, &body).expect("an answer");
    said(&response)
}

fn said(response: &Response) -> (u16, String, Value) {
    let value: Value = serde_json::from_slice(&response.body).unwrap();
    let code = value["resultInfo"]["code"].as_str().unwrap().to_owned();
    (response.status, code, value["data"].clone())
}

fn yen(amount: i64) -> Value {
    json!({ "amount": amount, "currency": "JPY" })
}
