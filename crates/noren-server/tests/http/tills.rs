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
