//! Orders with a wallet, as a shop on the web sees them.

use noren_core::money::{Currency, Money};
use noren_core::time::Span;
use noren_core::wallet::{Ask, PaymentAnswer, Question, Receipt};
use serde_json::{Value, json};

use crate::world::{Answer, NOW, World, get, post, world, yen};

fn order(world: &World) -> Value {
    json!({
        "order_number": "O1", "store": world.sakura.store, "amount": yen(1_200),
        "present": "online", "wallet": "noren", "expires_in_seconds": 90,
    })
}

async fn ask(world: &World, body: &Value, key: &str) -> Answer {
    post("/v1/payments").by(&world.sakura.key).key(key).json(body).send(world).await
}

async fn link(world: &World) {
    let call = world.last_call();
    assert!(matches!(call.ask, Ask::CreateOrder(_)), "{call:?}");
    let link = PaymentAnswer::Ordered { link: "https://wallet.test/o/1".into(), handle: None };
    world.hear(&call, Question::Order, link).await;
}

#[tokio::test]
async fn a_shop_on_the_web_gets_a_link_and_is_told_when_it_was_paid() {
    let world = world().await;
    let made = ask(&world, &order(&world), "K").await;
    assert_eq!((made.status.as_u16(), made.text("status")), (201, "created"), "{}", made.body);
    assert_eq!((made.text("way"), made.text("wallet")), ("online", "noren"));
    assert_eq!(made.body["link"], Value::Null);
    assert_eq!(made.text("expires_at"), "2026-11-21T15:31:30.000Z");
    link(&world).await;
    let path = format!("/v1/payments/{}", made.text("id"));
    let open = get(&path).by(&world.sakura.key).send(&world).await;
    assert_eq!(open.text("status"), "waiting_for_payer");
    assert_eq!(open.text("link"), "https://wallet.test/o/1");
    assert_eq!(open.body["code"], Value::Null);
    let again = ask(&world, &order(&world), "K").await;
    assert_eq!(again.header("idempotent-replayed"), Some("true"));
    assert_eq!(again.text("link"), "https://wallet.test/o/1");
    let call = world.last_call();
    let Ask::CreateOrder(asked) = &call.ask else { panic!("{call:?}") };
    let receipt = Receipt {
        transaction: "T1".into(),
        amount: asked.amount,
        payer: asked.payer,
        rate: None,
        settlement: None,
    };
    assert_eq!(asked.payer.map(Money::currency), Some(Currency::CNY));
    world.hear(&call, Question::Notice, PaymentAnswer::Paid(receipt)).await;
    let paid = get(&path).by(&world.sakura.key).send(&world).await;
    assert_eq!((paid.text("status"), &paid.body["link"]), ("captured", &Value::Null));
    assert_eq!(paid.body["amount_captured"], json!(yen(1_200)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shop_may_wait_for_the_link() {
    let world = world().await;
    let body = order(&world);
    let call = post("/v1/payments").by(&world.sakura.key).key("K").header("prefer", "wait=15");
    let (made, ()) = tokio::join!(call.json(&body).send(&world), async {
        while world.calls.lock().unwrap().is_empty() {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
        link(&world).await;
    });
    assert_eq!(made.text("status"), "waiting_for_payer");
    assert_eq!(made.text("link"), "https://wallet.test/o/1");
}

#[tokio::test]
async fn an_order_is_withdrawn_only_once_the_wallet_has_closed_it() {
    let world = world().await;
    let made = ask(&world, &order(&world), "K").await;
    link(&world).await;
    let path = format!("/v1/payments/{}", made.text("id"));
    let cancel = post(&format!("{path}/cancel")).by(&world.sakura.key).key("X");
    assert_eq!(cancel.send(&world).await.text("status"), "reversing");
    world.clock.set(NOW.after(Span::seconds(6)));
    // Whatever comes next tells the time.
    let other = json!({"order_number": "O2", "store": world.sakura.store, "amount": yen(1), "present": "merchant"});
    ask(&world, &other, "K2").await;
    let call = world.last_call();
    assert!(matches!(call.ask, Ask::Cancel { .. }), "{call:?}");
    world.hear(&call, Question::Cancel, PaymentAnswer::Cancelled).await;
    let ended = get(&path).by(&world.sakura.key).send(&world).await;
    assert_eq!(ended.text("status"), "cancelled");
    // The order may be tried again, now with money that is held.
    let mut again = order(&world);
    again["capture"] = "manual".into();
    let again = ask(&world, &again, "K3").await;
    assert_eq!((again.text("status"), again.text("capture")), ("created", "manual"));
}

#[tokio::test]
async fn each_way_to_pay_takes_its_own_members_only() {
    let world = world().await;
    let code = "281212345678901234";
    let base = json!({"order_number": "O1", "store": world.sakura.store, "amount": yen(1)});
    let cases = [
        (json!({"present": "merchant", "wallet": "noren"}), 400, "member-invalid", "wallet"),
        (
            json!({"present": "merchant", "payment_code": code}),
            400,
            "member-invalid",
            "payment_code",
        ),
        (json!({"present": "consumer"}), 400, "member-missing", "payment_code"),
        (
            json!({"present": "consumer", "payment_code": code, "wallet": "noren"}),
            400,
            "member-invalid",
            "wallet",
        ),
        (
            json!({"present": "consumer", "payment_code": code, "expires_in_seconds": 60}),
            400,
            "member-invalid",
            "expires_in_seconds",
        ),
        (json!({"present": "online"}), 400, "member-missing", "wallet"),
        (
            json!({"present": "online", "wallet": "noren", "payment_code": code}),
            400,
            "member-invalid",
            "payment_code",
        ),
        (json!({"present": "online", "wallet": "No Wallet"}), 400, "member-invalid", "wallet"),
        (json!({"present": "merchant", "capture": "later"}), 400, "member-invalid", "capture"),
    ];
    for (number, (more, status, code, param)) in cases.into_iter().enumerate() {
        let mut body = base.clone();
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let answer = ask(&world, &body, &format!("K{number}")).await;
        answer.is_problem(status, code);
        assert_eq!(answer.body["param"], param, "{body}");
    }
    let mut body = base.clone();
    body["present"] = "online".into();
    body["wallet"] = "nobody".into();
    ask(&world, &body, "KX").await.is_problem(404, "wallet-unknown");
}
