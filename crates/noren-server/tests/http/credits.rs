//! Push rails: what they credit, and what the operator does with money for nobody.

use noren_core::time::{Span, Timestamp};
use noren_core::wallet::Ask as Asked;
use noren_wallets::noren::messages::{CreditOutcome, CreditRequest, CreditResponse};
use serde_json::{Value, json};

use crate::wallet_api::{call, call_by, counter_code, read};
use crate::world::{Answer, NOW, World, get, nobodys, post, world, yen};

fn credit(id: &str, reference: &str, minor: i64) -> CreditRequest {
    CreditRequest {
        wallet_transaction_id: id.into(),
        reference: reference.into(),
        amount: yen(minor),
        payer_amount: None,
        settlement_amount: None,
        credited_at: Timestamp(NOW.0 - 2_000),
    }
}

async fn send(world: &World, request: &CreditRequest) -> Answer {
    call_by(world, &world.rail, "/credits", request).await
}

async fn credited(world: &World, request: &CreditRequest) -> CreditResponse {
    read(send(world, request).await)
}

async fn by_operator(world: &World, path: &str, body: Option<Value>) -> Answer {
    let ask = post(path).by(&world.operator);
    let ask = if let Some(body) = body { ask.json(&body) } else { ask };
    ask.send(world).await
}

#[tokio::test]
async fn a_bank_credits_a_tills_code_and_a_repeat_is_answered_the_same() {
    let world = world().await;
    let order = world.shown("O1", 900).await;
    let request = credit("T1", order.text("code"), 900);
    let first = credited(&world, &request).await;
    assert_eq!(first.outcome, CreditOutcome::Captured);
    assert_eq!(first.payment_id.unwrap().to_string(), order.text("id"));
    assert_eq!(credited(&world, &request).await, first);
    let shown = get(&format!("/v1/payments/{}", order.text("id"))).by(&world.sakura.key);
    let shown = shown.send(&world).await;
    assert_eq!((shown.text("status"), shown.text("wallet")), ("captured", "rail"));
    // The second transaction for one order goes back.
    let second = credited(&world, &credit("T2", order.text("code"), 900)).await;
    assert_eq!((second.outcome, second.payment_id), (CreditOutcome::Stray, first.payment_id));
    let Asked::Refund(back) = world.last_call().ask else { panic!("nothing went back") };
    assert_eq!(back.amount, yen(900));
    let strays = get("/v1/stray_receipts").by(&world.sakura.key).send(&world).await;
    let stray = &strays.body["data"][0];
    assert_eq!(stray["id"], second.stray_receipt_id.unwrap().to_string());
    assert_eq!((&stray["wallet"], &stray["status"]), (&json!("rail"), &json!("returning")));
}

#[tokio::test]
async fn whatever_names_a_shop_pays_there() {
    let world = world().await;
    let store = world.sakura.store.to_string();
    let names = [counter_code(&world).await, store, "0000000000001-0001-000001-000001".to_owned()];
    for (place, name) in names.iter().enumerate() {
        let answer = credited(&world, &credit(&format!("T{place}"), name, 500)).await;
        assert_eq!(answer.outcome, CreditOutcome::Captured, "{name}");
    }
    let order = world.shown("O1", 900).await;
    let digits = order.text("id").strip_prefix("pay_").unwrap().to_owned();
    let answer = credited(&world, &credit("T9", &digits, 900)).await;
    assert_eq!(answer.payment_id.unwrap().to_string(), order.text("id"));
}

#[tokio::test]
async fn what_is_no_credit_is_refused_and_nothing_is_kept() {
    let world = world().await;
    let code = counter_code(&world).await;
    call(&world, "/credits", &credit("T1", &code, 5)).await.is_problem(422, "not-a-push-rail");
    send(&world, &credit("T1", &code, 0)).await.is_problem(400, "amount-not-positive");
    let mut body = serde_json::to_value(credit("T1", &code, 5)).unwrap();
    body["credited_at"] = json!("yesterday");
    call_by(&world, &world.rail, "/credits", &body).await.is_problem(400, "member-invalid");
    assert_eq!(credited(&world, &credit("T1", &code, 5)).await.outcome, CreditOutcome::Captured);
    send(&world, &credit("T1", &code, 6)).await.is_problem(409, "credit-differs");
    // A rail is never asked to pay.
    let found = json!({"code": code, "payer_currency": "JPY"});
    let found = call_by(&world, &world.rail, "/codes/resolve", &found).await;
    assert_eq!(found.status, 200, "{}", found.body);
    let reserve = json!({
        "wallet_payment_id": "W1", "resolution": found.body["resolution"], "amount": yen(5),
    });
    let reserve = call_by(&world, &world.rail, "/payments", &reserve).await;
    reserve.is_problem(422, "push-rail-only");
}

#[tokio::test]
async fn the_operator_assigns_money_for_nobody_or_sends_it_back() {
    let world = world().await;
    // 16 digits with a good check digit: money is taken whatever its text looks like.
    let first = credited(&world, &credit("T1", "4111111111111111", 700)).await;
    assert_eq!((first.outcome, first.payment_id), (CreditOutcome::Unclaimed, None));
    world.clock.set(NOW.after(Span::millis(1)));
    let second = credited(&world, &credit("T2", "who is it", 800)).await;
    let id = |answer: &CreditResponse| answer.credit_id.unwrap().to_string();
    let list = async |query: &str| {
        let answer = get(&format!("/v1/credits{query}")).by(&world.operator).send(&world).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        let data = answer.body["data"].as_array().unwrap().clone();
        data.iter().map(|credit| credit["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(list("").await, [id(&second), id(&first)]);
    assert_eq!(list("?limit=1").await, [id(&second)]);
    assert_eq!(list(&format!("?starting_after={}", id(&second))).await, [id(&first)]);

    let path = format!("/v1/credits/{}", id(&first));
    let shown = get(&path).by(&world.operator).send(&world).await;
    assert_eq!(
        (shown.text("status"), shown.text("reference"), shown.text("credited_at")),
        ("unclaimed", "4111111111111111", "2026-11-21T15:29:58.000Z")
    );
    let to = json!({"store": world.takayama.store});
    let assigned = by_operator(&world, &format!("{path}/assign"), Some(to.clone())).await;
    assert_eq!(assigned.text("status"), "assigned", "{}", assigned.body);
    let again = by_operator(&world, &format!("{path}/assign"), Some(to)).await;
    assert_eq!(again.body, assigned.body);
    let other = json!({"store": world.sakura.store});
    let other = by_operator(&world, &format!("{path}/assign"), Some(other)).await;
    other.is_problem(409, "credit-assigned");
    let back = by_operator(&world, &format!("{path}/return"), None).await;
    back.is_problem(409, "credit-assigned");
    let payment = format!("/v1/payments/{}", assigned.text("payment"));
    let payment = get(&payment).by(&world.takayama.key).send(&world).await;
    assert_eq!((payment.text("status"), payment.text("way")), ("captured", "push"));
    // The rail repeats itself, and hears what has become of it.
    let repeat = credited(&world, &credit("T1", "4111111111111111", 700)).await;
    assert_eq!((repeat.outcome, repeat.credit_id), (CreditOutcome::Unclaimed, first.credit_id));

    let path = format!("/v1/credits/{}", id(&second));
    let back = by_operator(&world, &format!("{path}/return"), None).await;
    assert_eq!(back.text("status"), "returning", "{}", back.body);
    assert_eq!(back.body["refund"]["status"], "requested");
    let Asked::Refund(ask) = world.last_call().ask else { panic!("nothing went back") };
    assert_eq!((ask.amount, ask.refund.to_string()), (yen(800), refund_of(&back)));
    let again = by_operator(&world, &format!("{path}/return"), None).await;
    assert_eq!(again.body, back.body);
    assert_eq!(list("?status=returning").await, [id(&second)]);
    assert!(list("?status=unclaimed").await.is_empty());

    let nobody = format!("/v1/credits/{}", nobodys("crd"));
    get(&nobody).by(&world.operator).send(&world).await.is_problem(404, "credit-unknown");
    by_operator(&world, &format!("{nobody}/return"), None).await.is_problem(404, "credit-unknown");
    let wrong = get("/v1/credits?status=lost").by(&world.operator).send(&world).await;
    wrong.is_problem(400, "member-invalid");
}

fn refund_of(answer: &Answer) -> String {
    answer.body["refund"]["id"].as_str().unwrap().to_owned()
}
