//! Caps and prefunding, by the operator's calls.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::world::{Answer, World, get, post, world};

async fn prefund(world: &World, key: &str, direction: &str, minor: i64) -> Answer {
    let body = json!({
        "wallet": "alipayplus", "direction": direction, "reference": "transfer 7",
        "amount": {"amount": minor, "currency": "JPY"},
    });
    post("/v1/prefunding").by(&world.operator).key(key).json(&body).send(world).await
}

async fn cap(world: &World) -> Value {
    let caps = get("/v1/caps").by(&world.operator).send(world).await;
    let of =
        |cap: &&Value| (&cap["wallet"], &cap["currency"]) == (&json!("alipayplus"), &json!("JPY"));
    let cap = caps.body["data"].as_array().unwrap().iter().find(of);
    let mut cap = cap.unwrap_or_else(|| panic!("{}", caps.body)).clone();
    for known in ["object", "livemode", "wallet", "currency"] {
        cap.as_object_mut().unwrap().remove(known);
    }
    cap
}

#[tokio::test]
async fn prefunding_raises_a_cap_is_listed_and_goes_back_when_nothing_needs_it() {
    let world = world().await;
    let change = json!({"kind": "cap", "wallet": "alipayplus", "currency": "JPY", "limit": 1_000});
    let change = post("/v1/directory").by(&world.operator).json(&json!({ "change": change }));
    assert_eq!(change.send(&world).await.status, 201);
    let first = prefund(&world, "K1", "received", 500).await;
    assert_eq!((first.status.as_u16(), first.text("object")), (201, "prefunding"));
    assert!(first.text("id").starts_with("mov_"));
    let again = prefund(&world, "K1", "received", 500).await;
    assert_eq!((again.status.as_u16(), again.text("id")), (201, first.text("id")));
    assert_eq!(again.header("idempotent-replayed"), Some("true"));
    prefund(&world, "K1", "returned", 500).await.is_problem(422, "key-reused");

    let made = world.scanned("O1", 1_200, "281212345678901234").await;
    assert_eq!(made.status, 201, "{}", made.body);
    let due = json!({"cap": 1_000, "prefunding": 500, "owed": 0, "pending": 1_200, "room": 300});
    assert_eq!(cap(&world).await, due);
    prefund(&world, "K2", "returned", 301).await.is_problem(409, "prefunding-short");
    assert_eq!(prefund(&world, "K3", "returned", 300).await.status, 201);
    world.approve().await;
    let due = json!({"cap": 1_000, "prefunding": 200, "owed": 1_200, "pending": 0, "room": 0});
    assert_eq!(cap(&world).await, due);

    let page = get("/v1/prefunding").by(&world.operator).send(&world).await;
    // Both may be of one millisecond, within which the order is nobody's.
    let rows = page.body["data"].as_array().unwrap();
    let told: BTreeMap<_, _> =
        rows.iter().map(|row| (row["direction"].as_str(), &row["amount"]["amount"])).collect();
    let due = [(Some("received"), &json!(500)), (Some("returned"), &json!(300))];
    assert_eq!(told, BTreeMap::from(due));
    assert!(rows.contains(&first.body), "{}", page.body);
}

#[tokio::test]
async fn prefunding_without_a_key_or_by_nobody_is_refused() {
    let world = world().await;
    let body = json!({
        "wallet": "nobody", "direction": "received", "reference": "transfer 7",
        "amount": {"amount": 1, "currency": "JPY"},
    });
    let ask = || post("/v1/prefunding").by(&world.operator).json(&body);
    ask().send(&world).await.is_problem(400, "idempotency-key-missing");
    ask().key("K1").send(&world).await.is_problem(404, "wallet-unknown");
    let by_shop = post("/v1/prefunding").by(&world.sakura.key).key("K1").json(&body);
    by_shop.send(&world).await.is_problem(403, "not-allowed");
}
