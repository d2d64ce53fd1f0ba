//! Tests of Alipay.

mod answers;
mod codes;
mod door;
mod facade;
mod hostile;
mod order;
mod refund;
mod signature;
mod statement;
mod trade;

use noren_core::id::WalletName;
use noren_core::time::Timestamp;
use noren_core::wallet::{Ask, Call, OrderAsk, PaymentAnswer, Receipt};
use serde_json::Value;

use super::ENTRY;
use super::connector::AlipayConnector;
use super::dialect::Dialect;
use crate::connector::{Connector, Env, Heard, Step};
use crate::testing::{World, call, cny, jpy, link, pay, payment_id, shop};
use crate::wire::{Request, Response};

const BOTH: [Dialect; 2] = [Dialect::Gateway, Dialect::V3];
const ENV: Env = Env { now: Timestamp(1_795_275_000_000), nonce: 5 };
const RICH: i64 = 1_000_000;
/// What 1200 yen cost a payer, in fen.
const COST: i64 = 5_808;

fn connector(dialect: Dialect) -> AlipayConnector {
    AlipayConnector::speaking(dialect, WalletName::new("alipay").unwrap(), link("alipay"))
}

/// A network and a connector that speaks this dialect to it.
fn world(dialect: Dialect) -> World {
    let mut world = World::new(&ENTRY);
    world.connector = Box::new(connector(dialect));
    world
}

/// A world with a rich user `mei` who meets `scenario`, and a code of hers.
fn met(dialect: Dialect, scenario: &str) -> (World, String) {
    let mut world = world(dialect);
    let code = world.user_with_code("mei", RICH, "c1");
    world.scenario("mei", scenario);
    (world, code)
}

/// A payment of 1200 yen.
fn a_pay(n: u128, code: &str) -> Call {
    pay(n, jpy(1_200), Some(cny(COST)), code)
}

/// An order for 1200 yen that can be paid for an hour.
fn an_order(n: u128) -> Call {
    let Ask::Pay(ask) = a_pay(n, "").ask else { panic!() };
    let ask = OrderAsk {
        order: ask.order,
        order_number: ask.order_number,
        amount: ask.amount,
        payer: ask.payer,
        hold: false,
        shop: shop(),
        expires_at: Timestamp(ENV.now.0 + 3_600_000),
    };
    call(n, Ask::CreateOrder(Box::new(ask)))
}

fn paid(answer: PaymentAnswer) -> Receipt {
    match answer {
        PaymentAnswer::Paid(receipt) => receipt,
        other => panic!("not paid: {other:?}"),
    }
}

/// What a connector hears in `response` to the first message of a call.
fn heard(dialect: Dialect, call: &Call, response: &Response) -> Heard {
    let request = connector(dialect).request(call, ENV);
    match connector(dialect).answer(call, &request, Ok(response), ENV) {
        Step::Heard(heard) => heard,
        Step::Then(next) => panic!("one message more: {}", next.target),
    }
}

fn debited(world: &mut World) -> i64 {
    RICH - world.balance("mei")
}

/// The messages that leave now, as the connector hears them, and its answers brought back. `None`:
/// not believed.
fn notices(world: &mut World) -> Vec<Option<PaymentAnswer>> {
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
                    heard.push(Some(noticed(notified.command)));
                    notified.acknowledge
                }
                Err(refusal) => {
                    heard.push(None);
                    refusal
                }
            };
            world.sandbox.delivered(world.now, message.id, Ok(answer));
            world.commit();
        }
    }
}

fn noticed(command: noren_core::command::Body) -> PaymentAnswer {
    match command {
        noren_core::command::Body::PaymentHeard(heard) => {
            assert_eq!((heard.payment, heard.attempt), (payment_id(1), 0));
            heard.answer
        }
        other => panic!("{other:?}"),
    }
}

/// The members of an answer to a call of the older dialect, and of either.
fn members(dialect: Dialect, response: &Response) -> Value {
    let body: Value = serde_json::from_slice(&response.body).unwrap();
    match dialect {
        Dialect::V3 => body,
        Dialect::Gateway => {
            let found = body.as_object().unwrap().iter().find(|(name, _)| *name != "sign");
            found.unwrap().1.clone()
        }
    }
}

fn get(target: &str) -> Request {
    Request { method: "GET".into(), target: target.into(), headers: vec![], body: vec![] }
}
