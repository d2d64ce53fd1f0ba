//! The same request twice is one payment, also when much has changed in between, and at once.

use noren_core::command::{Body, Caller};
use noren_core::directory::{Change, Standing, Store};
use noren_core::effects::Reply;
use serde_json::json;

use crate::world::{Ask, World, post, world, yen};

fn show(world: &World, order: &str, key: &str) -> Ask {
    let body = json!({
        "order_number": order, "store": world.sakura.store, "amount": yen(700),
        "present": "merchant",
    });
    post("/v1/payments").by(&world.sakura.key).key(key).json(&body)
}

fn scan(world: &World, order: &str, key: &str, code: &str) -> Ask {
    let body = json!({
        "order_number": order, "store": world.sakura.store, "amount": yen(700),
        "present": "consumer", "payment_code": code,
    });
    post("/v1/payments").by(&world.sakura.key).key(key).json(&body)
}

#[tokio::test]
async fn a_repeat_finds_its_payment_although_its_shop_could_show_no_code_now() {
    let world = world().await;
    let made = show(&world, "O1", "K1").send(&world).await;
    assert_eq!(made.status, 201, "{}", made.body);
    let nameless = Store {
        id: world.sakura.store,
        merchant: world.sakura.merchant,
        name: "A name that is much longer than any code can carry".into(),
        name_ja: "さくら食堂".into(),
        city: "TAKAYAMA".into(),
        postal_code: "5060001".into(),
        jpqr: "0000000000001-0001-000001-000001".into(),
        partner: None,
        standing: Standing::Active,
    };
    let change = Body::Directory(Change::Store(nameless));
    let reply = world.handle.submit(Caller::Operator, change).await.unwrap();
    let Reply::Directory { version } = reply else { panic!("{reply:?}") };
    // The edge reads the directory again when it is told of a version.
    let body = json!({"change": {"kind": "tenant", "name": "news", "title": "News"}});
    let told = post("/v1/directory").by(&world.operator).json(&body).send(&world).await;
    assert!(told.body["version"].as_u64().unwrap() > version, "{}", told.body);

    let again = show(&world, "O1", "K1").send(&world).await;
    assert_eq!((again.status.as_u16(), again.text("id")), (201, made.text("id")));
    assert_eq!(again.header("idempotent-replayed"), Some("true"));
    show(&world, "O1", "K2").send(&world).await.is_problem(409, "store-code-impossible");
    let mut other =
        json!({"order_number": "O1", "store": world.sakura.store, "present": "merchant"});
    other["amount"] = json!(yen(701));
    let other = post("/v1/payments").by(&world.sakura.key).key("K1").json(&other);
    other.send(&world).await.is_problem(422, "key-reused");
}

#[tokio::test]
async fn a_repeat_finds_its_payment_although_its_code_leads_nowhere_now() {
    let world = world().await;
    let code = "281212345678901234";
    let made = scan(&world, "O1", "K1", code).send(&world).await;
    assert_eq!(made.status, 201, "{}", made.body);
    let burned = scan(&world, "O1", "K2", "281200000000000000").send(&world).await;
    burned.is_problem(409, "order-being-paid");

    let edge = world.with_codes("1299 18 strangers\n");
    let again = scan(&world, "O1", "K1", code).send_to(&edge).await;
    assert_eq!((again.status.as_u16(), again.text("id")), (201, made.text("id")));
    assert_eq!(again.header("idempotent-replayed"), Some("true"));
    let burned = scan(&world, "O1", "K2", "281200000000000000").send_to(&edge).await;
    burned.is_problem(409, "order-being-paid");
    assert_eq!(burned.header("idempotent-replayed"), Some("true"));
    let fresh = scan(&world, "O2", "K3", "281200000000000001").send_to(&edge).await;
    fresh.is_problem(422, "payment-code-unroutable");
    // The refusal left no trace: the same key works once the table knows the code again.
    assert_eq!(scan(&world, "O2", "K3", "281200000000000001").send(&world).await.status, 201);
}

/// "The first call is still running" is no state that anybody can meet: one writer decides call
/// after call, and each reply waits for the commit of all that was decided before it.
#[tokio::test(flavor = "multi_thread")]
async fn calls_at_once_under_one_key_are_one_payment_and_none_is_turned_away() {
    let world = world().await;
    for round in 0..8 {
        let (order, key) = (format!("O{round}"), format!("K{round}"));
        let call = || show(&world, &order, &key).send(&world);
        let (a, b, c, d) = tokio::join!(call(), call(), call(), call());
        let answers = [a, b, c, d];
        for answer in &answers {
            assert_eq!(answer.status, 201, "{}", answer.body);
            assert_eq!(answer.body, answers[0].body);
        }
        let first = |a: &&crate::world::Answer| a.header("idempotent-replayed").is_none();
        assert_eq!(answers.iter().filter(first).count(), 1, "one made it, the others found it");
    }
}
