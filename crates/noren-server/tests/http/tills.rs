//! Browsers that are tills.

use serde_json::json;

use crate::world::{Answer, Ask, World, get, post, world, yen};

/// A browser that took a demo shop's till with one tap.
pub async fn paired(world: &World) -> String {
    let answer = post("/till/demo")
        .header("content-type", "application/x-www-form-urlencoded")
        .bytes(format!("store={}", world.sakura.store).as_bytes())
        .send(world)
        .await;
    assert_eq!((answer.status.as_u16(), answer.header("location")), (303, Some("/till")));
    let cookie = answer.header("set-cookie").unwrap();
    for word in ["Path=/till", "HttpOnly", "SameSite=Strict"] {
        assert!(cookie.contains(word), "{cookie}");
    }
    cookie.split(';').next().unwrap().to_owned()
}

async fn sale(world: &World, ask: Ask) -> Answer {
    let body = json!({
        "order_number": "T-1", "store": world.sakura.store, "amount": yen(1_200),
        "present": "merchant",
    });
    ask.key("K1").json(&body).send(world).await
}

#[tokio::test]
async fn a_paired_till_sells_by_the_merchants_api() {
    let world = world().await;
    let stranger = sale(&world, post("/till/v1/payments")).await;
    assert_eq!((stranger.status.as_u16(), stranger.text("code")), (401, "till-unpaired"));
    let cookie = paired(&world).await;
    let made = sale(&world, post("/till/v1/payments").header("cookie", &cookie)).await;
    assert_eq!((made.status.as_u16(), made.text("status")), (201, "waiting_for_payer"));
    // The same till by its shop's key: the same sale.
    let again = sale(&world, post("/v1/payments").by(&world.sakura.key)).await;
    assert_eq!(again.header("idempotent-replayed"), Some("true"));
    assert_eq!(again.text("id"), made.text("id"));
}

#[tokio::test]
async fn money_goes_back_by_a_supervisors_word_only() {
    let world = world().await;
    let cookie = paired(&world).await;
    let body = json!({ "payment": "pay_0000000000000000000000001", "amount": yen(1) });
    let refund = post("/till/v1/refunds").header("cookie", &cookie).key("K").json(&body);
    let refused = refund.send(&world).await;
    assert_eq!((refused.status.as_u16(), refused.text("code")), (403, "supervisor-needed"));
}

#[tokio::test]
async fn another_sites_page_and_another_token_are_nobody() {
    let world = world().await;
    let cookie = paired(&world).await;
    let ask = || get("/till/v1/payments").header("cookie", &cookie);
    assert_eq!(ask().send(&world).await.status.as_u16(), 200);
    let own = ask().header("sec-fetch-site", "same-origin").send(&world).await;
    assert_eq!(own.status.as_u16(), 200);
    for site in ["cross-site", "same-site"] {
        let foreign = ask().header("sec-fetch-site", site).send(&world).await;
        assert_eq!((foreign.status.as_u16(), foreign.text("code")), (403, "till-foreign"));
    }
    let forged = format!("{}0", &cookie[..cookie.len() - 1]);
    for wrong in [forged.as_str(), "till=till_1.x", "till=x", "till="] {
        let answer = get("/till/v1/payments").header("cookie", wrong).send(&world).await;
        let same = wrong == cookie;
        assert!(same || answer.text("code") == "till-unpaired", "{wrong}");
    }
}

/// The network's lost answer and an impatient clerk: what is paid is not given back by the way.
#[tokio::test]
async fn a_clerk_withdraws_what_is_not_paid_and_gives_nothing_back() {
    let world = world().await;
    let cookie = paired(&world).await;
    let withdraw = async |number: &str, key: &str| {
        let ask = post(&format!("/till/v1/orders/{number}/cancel")).header("cookie", &cookie);
        ask.key(key).json(&json!({})).send(&world).await
    };
    world.scanned("T-1", 1_200, "281200000000000001").await;
    world.approve().await;
    withdraw("T-1", "K1").await.is_problem(409, "payment-captured");
    withdraw("T-1", "K1").await.is_problem(409, "payment-captured");
    let found = get("/v1/payments?order_number=T-1").by(&world.sakura.key).send(&world).await;
    let payment = &found.body["data"][0];
    assert_eq!(payment["status"], "captured");
    let refunds = get("/v1/refunds").by(&world.sakura.key).send(&world).await;
    assert_eq!(refunds.body["data"], json!([]), "nothing goes back");
    // The same words by the shop's own key are another request.
    let by_key = post("/v1/orders/T-1/cancel").by(&world.sakura.key).key("K1").json(&json!({}));
    by_key.send(&world).await.is_problem(422, "key-reused");
    assert_eq!(withdraw("T-2", "K2").await.text("status"), "withdrawn");
    assert_eq!(withdraw("T-2", "K2").await.header("idempotent-replayed"), Some("true"));
}

/// A tablet that moved to another counter of the same shop still shows the page of the first.
#[tokio::test]
async fn a_till_acts_for_its_own_store_only() {
    let world = world().await;
    let cookie = paired(&world).await;
    let other = world.another_store().await;
    let body = |number: &str| {
        json!({
            "order_number": number, "store": other, "amount": yen(1_200), "present": "merchant",
        })
    };
    let sells = post("/till/v1/payments").header("cookie", &cookie).key("K1").json(&body("T-1"));
    sells.send(&world).await.is_problem(404, "shop-unknown");
    let made = post("/v1/payments").by(&world.sakura.key).key("K2").json(&body("T-2"));
    let made = made.send(&world).await;
    assert_eq!(made.status.as_u16(), 201, "{}", made.body);
    let id = made.text("id");
    // What it had asked for before it moved it may ask again: the same request is one payment.
    let again = post("/till/v1/payments").header("cookie", &cookie).key("K2").json(&body("T-2"));
    assert_eq!(again.send(&world).await.text("id"), id);
    let at_till = |ask: Ask| ask.header("cookie", &cookie).send(&world);
    let payment = format!("/till/v1/payments/{id}");
    at_till(get(&payment)).await.is_problem(404, "payment-unknown");
    let listed = at_till(get("/till/v1/payments?order_number=T-2")).await;
    assert_eq!(listed.body["data"], json!([]));
    let cancels =
        [(format!("{payment}/cancel"), "K3"), ("/till/v1/orders/T-2/cancel".into(), "K4")];
    for (path, key) in cancels {
        at_till(post(&path).key(key).json(&json!({}))).await.is_problem(401, "till-unpaired");
    }
    let still = get(&format!("/v1/payments/{id}")).by(&world.sakura.key).send(&world).await;
    assert_eq!(still.text("status"), "waiting_for_payer");
}
