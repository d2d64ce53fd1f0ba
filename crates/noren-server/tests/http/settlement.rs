//! What a shop sees that prices in yen and is paid in yuan.

use noren_core::command::{Body, Caller, RefundHeard};
use noren_core::directory::{Change, Merchant, SettlementChoice};
use noren_core::money::Currency;
use noren_core::wallet::{Ask, RefundAnswer, RefundReceipt};
use serde_json::{Value, json};

use crate::world::{Answer, World, get, post, world, yen};

/// The shop chooses, by a change of the directory.
async fn paid_in(world: &World, currency: &str, margin_bps: u16) -> Answer {
    let changes = world.reads.directory(0).unwrap();
    let merchant = changes.into_iter().rev().find_map(|(_, change)| match change {
        Change::Merchant(merchant) if merchant.id == world.sakura.merchant => Some(merchant),
        _ => None,
    });
    let merchant = merchant.expect("the shop is in the directory");
    let currency: Currency = currency.parse().unwrap();
    let settlement = Some(SettlementChoice { currency, margin_bps });
    let change = Change::Merchant(Merchant { settlement, ..merchant });
    post("/v1/directory").by(&world.operator).json(&json!({ "change": change })).send(world).await
}

async fn seen(world: &World, path: &str) -> Value {
    get(path).by(&world.sakura.key).send(world).await.body
}

fn rate() -> Value {
    json!({"base": "JPY", "quote": "CNY", "numerator": 11_979, "denominator": 250_000})
}

fn yuan(fen: i64) -> Value {
    json!({"amount": fen, "currency": "CNY"})
}

/// 1,200 yen at 0.0484 less 1 % are 57.4992 yuan; 500 of them are 23.958.
#[tokio::test]
async fn a_payment_and_its_refund_say_what_is_owed_and_at_which_rate() {
    let world = world().await;
    assert_eq!(paid_in(&world, "CNY", 100).await.status, 201);
    let shown = world.shown("O0", 700).await;
    assert_eq!(shown.body["settlement"], Value::Null);
    let made = world.scanned("O1", 1_200, "281212345678901234").await;
    let promised = json!({
        "amount": yuan(0), "amount_promised": yuan(5_749), "rate": rate(),
        "mid_rate": {"base": "JPY", "quote": "CNY", "numerator": 121, "denominator": 2_500},
        "margin_bps": 100, "source": "test bank", "rate_at": "2026-11-21T15:30:00.000Z",
    });
    assert_eq!(made.body["settlement"], promised, "{}", made.body);
    world.approve().await;
    let path = format!("/v1/payments/{}", made.text("id"));
    assert_eq!(seen(&world, &path).await["settlement"]["amount"], yuan(5_749));

    let body = json!({"payment": made.body["id"], "amount": yen(500)});
    let refund = post("/v1/refunds").by(&world.sakura.key).key("R1").json(&body).send(&world).await;
    assert_eq!(refund.body["settlement"], Value::Null);
    let call = world.last_call();
    let Ask::Refund(ask) = &call.ask else { panic!("{call:?} is no refund") };
    let receipt = RefundReceipt { amount: ask.amount, payer: None, settlement: None };
    let (payment, answer) = (call.payment(), RefundAnswer::Refunded(receipt));
    let heard = Body::RefundHeard(RefundHeard { payment, refund: ask.refund, answer });
    world.handle.submit(Caller::Runtime, heard).await.unwrap();

    let done = seen(&world, &format!("/v1/refunds/{}", refund.text("id"))).await;
    assert_eq!(done["settlement"], json!({"amount": yuan(2_395), "rate": rate()}), "{done}");
    let left = seen(&world, &path).await;
    assert_eq!(left["settlement"]["amount"], yuan(5_749 - 2_395));
    assert_eq!(left["settlement"]["amount_promised"], yuan(5_749));

    let accounts = get("/v1/ledger/accounts").by(&world.operator).send(&world).await;
    let payable = accounts.body["data"].as_array().unwrap().iter();
    let owed: Vec<_> = payable
        .filter(|account| account["kind"] == "merchant_payable")
        .map(|account| (account["currency"].as_str(), account["balance"].clone()))
        .collect();
    assert_eq!(owed.len(), 1, "{owed:?}");
    assert_eq!(owed[0].0, Some("CNY"));
}

/// Each capture says what it adds; together they make what was promised.
#[tokio::test]
async fn captures_of_a_hold_say_what_each_adds() {
    let world = world().await;
    assert_eq!(paid_in(&world, "CNY", 100).await.status, 201);
    let path = world.held("O1", 1_000).await;
    let held = seen(&world, &path).await;
    assert_eq!(held["settlement"]["amount"], yuan(0));
    assert_eq!(held["settlement"]["amount_promised"], yuan(4_791));
    let part = world.captured(&path, 333, 1_640).await;
    assert_eq!(part.body["settlement"], json!({"amount": yuan(1_595), "rate": rate()}));
    let part = world.captured(&path, 667, 3_280).await;
    assert_eq!(part.body["settlement"], json!({"amount": yuan(4_791 - 1_595), "rate": rate()}));
    assert_eq!(seen(&world, &path).await["settlement"]["amount"], yuan(4_791));
}

#[tokio::test]
async fn a_choice_that_there_is_not_is_refused_and_yen_shops_say_nothing() {
    let world = world().await;
    paid_in(&world, "KRW", 0).await.is_problem(422, "directory-settlement");
    paid_in(&world, "CNY", 10_000).await.is_problem(422, "directory-settlement");
    assert_eq!(paid_in(&world, "JPY", 0).await.status, 201);
    let made = world.scanned("O1", 1_200, "281212345678901234").await;
    assert_eq!(made.body["settlement"], Value::Null);
    world.approve().await;
    let path = format!("/v1/payments/{}", made.text("id"));
    assert_eq!(seen(&world, &path).await["settlement"], Value::Null);
}
