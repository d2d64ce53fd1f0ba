//! What the operator decides because no rule can.

use noren_core::command::{Body, Caller, RefundHeard};
use noren_core::time::Span;
use noren_core::wallet::{
    Ask, Decline, DeclineReason, PaymentAnswer, Question, Receipt, RefundAnswer,
};
use serde_json::json;

use crate::world::{NOW, get, nobodys, post, world, yen};

#[tokio::test]
async fn a_claim_has_an_age_and_is_closed_once() {
    let world = world().await;
    let claims = async || {
        let answer = get("/v1/claims").by(&world.operator).send(&world).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        answer.body["data"].clone()
    };
    // A payment whose cancel is refused because it was paid, and whose return is refused for good.
    let made = world.scanned("O1", 1_200, "281212345678901234").await;
    let id = made.text("id");
    let pay = world.last_call();
    let cancel = post(&format!("/v1/payments/{id}/cancel")).by(&world.sakura.key);
    assert_eq!(cancel.key("C1").send(&world).await.text("status"), "reversing");
    let receipt = Receipt {
        transaction: "T1".into(),
        amount: yen(1_200),
        payer: None,
        rate: None,
        settlement: None,
    };
    let too_late = PaymentAnswer::TooLate { receipt: Some(receipt) };
    world.hear(&pay, Question::Cancel, too_late).await;
    let back = world.last_call();
    let Ask::Refund(refund) = &back.ask else { panic!("{back:?} is no refund") };
    let answer = RefundAnswer::Declined(Decline::read(DeclineReason::Refund, "WINDOW_OVER"));
    let heard = RefundHeard { payment: back.payment(), refund: refund.refund, answer };
    world.handle.submit(Caller::Runtime, Body::RefundHeard(heard)).await.unwrap();

    world.clock.set(NOW.after(Span::seconds(90)));
    let open = claims().await;
    let claim = &open[0];
    assert_eq!((&claim["payment"], &claim["status"]), (&json!(id), &json!("claim")));
    assert_eq!((&claim["age_ms"], &claim["owner"]), (&json!(90_000), &json!("operator")));
    assert_eq!(claim["decline"]["wallet_code"], "WINDOW_OVER");

    let close = async |path: &str, end: &str| {
        let body = json!({"end": end, "note": "bank transfer 7"});
        post(path).by(&world.operator).json(&body).send(&world).await
    };
    let path = format!("/v1/claims/{}/close", claim["id"].as_str().unwrap());
    close(&path, "forgotten").await.is_problem(400, "member-invalid");
    let strangers = format!("/v1/claims/{}/close", nobodys("str"));
    close(&strangers, "paid_back").await.is_problem(404, "claim-unknown");
    let closed = close(&path, "paid_back").await;
    assert_eq!(closed.status, 200, "{}", closed.body);
    assert_eq!((closed.text("status"), closed.text("note")), ("paid_back", "bank transfer 7"));
    assert_eq!(close(&path, "paid_back").await.body, closed.body, "the same report again");
    close(&path, "written_off").await.is_problem(409, "claim-not-open");
    assert_eq!(claims().await, json!([]));
    let payment = get(&format!("/v1/payments/{id}")).by(&world.sakura.key).send(&world).await;
    assert_eq!(payment.text("status"), "reversed");
    let strays = get("/v1/stray_receipts").by(&world.sakura.key).send(&world).await;
    assert_eq!(strays.body["data"][0]["status"], "paid_back");
}

#[tokio::test]
async fn a_clock_that_disagrees_holds_expiries_until_the_operator_accepts_it() {
    let world = world().await;
    let shown = world.shown("O1", 900).await;
    world.clock.set_apart(-60_000);
    world.clock.set(NOW.after(Span::seconds(3_600)));
    // Any command lets time pass in the engine.
    world.shown("O2", 900).await;
    let path = format!("/v1/payments/{}", shown.text("id"));
    let status =
        async || get(&path).by(&world.sakura.key).send(&world).await.text("status").to_owned();
    assert_eq!(status().await, "waiting_for_payer", "held");
    let clock = get("/v1/clock").by(&world.operator).send(&world).await;
    assert_eq!(
        (&clock.body["difference_ms"], &clock.body["expiries_held"]),
        (&json!(-60_000), &json!(true))
    );

    let accept = async |ms: i64| {
        let body = json!({"difference_ms": ms});
        post("/v1/clock/accept").by(&world.operator).json(&body).send(&world).await
    };
    accept(0).await.is_problem(409, "clock-differs");
    let accepted = accept(-60_000).await;
    assert_eq!(accepted.status, 200, "{}", accepted.body);
    assert_eq!(
        (&accepted.body["expiries_held"], &accepted.body["accepted_ms"]),
        (&json!(false), &json!(-60_000))
    );
    world.shown("O3", 900).await;
    assert_eq!(status().await, "expired");
}
