//! What is in doubt and for how long it was, as till and operator are told.

use noren_core::time::Span;
use noren_core::wallet::{PaymentAnswer, Question, Receipt, Unknown};
use serde_json::{Value, json};

use crate::world::{NOW, get, world, yen};

#[tokio::test]
async fn i10_the_operator_sees_what_is_in_doubt_and_how_long_it_was() {
    let world = world().await;
    let doubts = async || {
        let answer = get("/v1/doubt?hours=1").by(&world.operator).send(&world).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        answer.body
    };
    assert_eq!(doubts().await["data"], json!([]));

    let made = world.scanned("O1", 1_200, "281212345678901234").await;
    let id = made.text("id");
    let call = world.last_call();
    let unsure = PaymentAnswer::Unknown(Unknown::SaidUnknown);
    world.hear(&call, Question::Pay, unsure).await;
    world.clock.set(NOW.after(Span::millis(2_500)));
    let read = async || get(&format!("/v1/payments/{id}")).by(&world.sakura.key).send(&world).await;
    let now = read().await;
    assert_eq!(now.text("status"), "in_doubt");
    assert_eq!(
        (&now.body["unknown_ms"], now.text("unknown_since")),
        (&json!(0), "2026-11-21T15:30:00.000Z")
    );
    let found = &doubts().await["data"][0];
    assert_eq!(found["wallet"], "alipayplus");
    assert_eq!(
        (&found["open"], &found["payments"], &found["doubted"]),
        (&json!(1), &json!(1), &json!(1))
    );
    let oldest = &found["oldest"];
    assert_eq!((&oldest["payment"], &oldest["age_ms"]), (&json!(id), &json!(2_500)));
    assert_eq!(
        (&oldest["next_action"], &oldest["status"]),
        (&json!("inquire"), &json!("in_doubt"))
    );
    assert_eq!(oldest["next_at"], "2026-11-21T15:30:05.000Z");
    assert_eq!(found["ended"], json!({"in_doubt": 1}));

    world.clock.set(NOW.after(Span::millis(4_000)));
    let receipt = Receipt {
        transaction: "T1".into(),
        amount: yen(1_200),
        payer: None,
        rate: None,
        settlement: None,
    };
    world.hear(&call, Question::Notice, PaymentAnswer::Paid(receipt)).await;
    let now = read().await;
    assert_eq!((now.text("status"), &now.body["unknown_ms"]), ("captured", &json!(4_000)));
    assert_eq!(now.body["unknown_since"], Value::Null);
    let found = &doubts().await["data"][0];
    assert_eq!((&found["open"], &found["oldest"]), (&json!(0), &Value::Null));
    let spread = json!({"p50": 4_000, "p95": 4_000, "max": 4_000, "sum": 4_000});
    assert_eq!((&found["unknown_ms"], &found["ended"]), (&spread, &json!({"captured": 1})));
}

#[tokio::test]
async fn the_period_of_a_summary_is_a_month_at_most() {
    let world = world().await;
    for hours in ["0", "745", "-1", "1.5", "x"] {
        let answer =
            get(&format!("/v1/doubt?hours={hours}")).by(&world.operator).send(&world).await;
        answer.is_problem(400, "member-invalid");
    }
    let answer = get("/v1/doubt").by(&world.operator).send(&world).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
}
