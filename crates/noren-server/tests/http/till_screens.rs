//! The screens of a sale, and what they call beside the merchant's API.

use serde_json::json;

use crate::tills::paired;
use crate::world::{get, nobodys, post, world, yen};

#[tokio::test]
async fn a_browser_that_is_no_till_is_offered_the_shops_of_the_demo() {
    let world = world().await;
    let page = get("/till").send(&world).await;
    let text = String::from_utf8(page.raw).unwrap();
    for store in [world.sakura.store, world.takayama.store] {
        assert!(text.contains(&format!("value=\"{store}\"")), "{text}");
    }
    let watch = get("/till/watch").send(&world).await;
    assert_eq!((watch.status.as_u16(), watch.header("location")), (303, Some("/till/pair")));
}

#[tokio::test]
async fn a_till_has_its_store_and_words_in_its_page() {
    let world = world().await;
    let cookie = paired(&world).await;
    for (path, lang) in [("/till", "th"), ("/till/watch", "ko"), ("/till?lang=ja", "en")] {
        let ask = get(path).header("cookie", &cookie).header("accept-language", lang);
        let page = ask.send(&world).await;
        assert_eq!(page.status.as_u16(), 200);
        let remembered = page.header("set-cookie").is_some_and(|set| set.starts_with("lang=ja"));
        assert_eq!(remembered, path.contains("lang="));
        let text = String::from_utf8(page.raw).unwrap();
        assert!(text.contains(&world.sakura.store.to_string()) && text.contains("さくら食堂"));
        let lang = if path.contains("lang=") { "ja" } else { lang };
        assert!(text.contains(&format!("<html lang=\"{lang}\">")), "{path}");
        // Every word that a script asks for was found.
        assert!(!text.contains("\":\"till-") && !text.contains("\":\"decline-"), "{path}");
    }
}

#[tokio::test]
async fn the_code_of_an_open_payment_is_drawn_for_its_own_till_only() {
    let world = world().await;
    let cookie = paired(&world).await;
    let own = world.shown("O1", 100).await;
    let path = format!("/till/codes/{}.svg", own.text("id"));
    let drawn = get(&path).header("cookie", &cookie).send(&world).await;
    assert_eq!(drawn.header("content-type"), Some("image/svg+xml"));
    assert_eq!(drawn.header("cache-control"), Some("no-store"));
    assert!(drawn.raw.starts_with(b"<svg "));
    get(&path).send(&world).await.is_problem(401, "till-unpaired");
    let cancel = post(&format!("/till/v1/payments/{}/cancel", own.text("id")));
    let cancel = cancel.header("cookie", &cookie).key("C").json(&json!({})).send(&world).await;
    assert_eq!(cancel.text("status"), "cancelled");
    // The page may ask once more than there is a code.
    assert_eq!(get(&path).header("cookie", &cookie).send(&world).await.status.as_u16(), 204);
    let none = format!("/till/codes/{}.svg", nobodys("pay"));
    get(&none).header("cookie", &cookie).send(&world).await.is_problem(404, "payment-unknown");
    for wrong in ["x.svg", "pay_0000000000000000000000001"] {
        let path = format!("/till/codes/{wrong}");
        get(&path).header("cookie", &cookie).send(&world).await.is_problem(400, "id-invalid");
    }
}

#[tokio::test]
async fn a_till_hears_whose_code_it_has_read() {
    let world = world().await;
    let cookie = paired(&world).await;
    let ask = |code: &str| {
        let ask = post("/till/v1/payment_codes/issuer").header("cookie", &cookie);
        ask.json(&json!({ "payment_code": code })).send(&world)
    };
    let known = ask("281212345678901234").await;
    assert_eq!((known.text("wallet"), known.text("title")), ("alipayplus", "Alipay+"));
    let unknown = ask("991212345678901234").await;
    unknown.is_problem(422, "payment-code-unroutable");
    assert!(!unknown.body.to_string().contains("991212345678901234"));
}

#[tokio::test]
async fn a_till_withdraws_an_order_that_may_never_have_arrived() {
    let world = world().await;
    let cookie = paired(&world).await;
    let withdraw = post("/till/v1/orders/T-9/cancel").header("cookie", &cookie).key("C");
    let withdrawn = withdraw.json(&json!({})).send(&world).await;
    assert_eq!((withdrawn.status.as_u16(), withdrawn.text("object")), (200, "order"));
    assert!(withdrawn.body["payment"].is_null());
    let late = json!({
        "order_number": "T-9", "store": world.sakura.store, "amount": yen(100),
        "present": "merchant",
    });
    let late = post("/till/v1/payments").header("cookie", &cookie).key("K").json(&late);
    late.send(&world).await.is_problem(409, "order-withdrawn");
}

#[tokio::test]
async fn the_till_can_be_installed() {
    let world = world().await;
    let manifest = get("/till/manifest.webmanifest").header("accept-language", "ko").send(&world);
    let manifest = manifest.await;
    assert_eq!(manifest.header("content-type"), Some("application/manifest+json"));
    assert_eq!((manifest.text("lang"), manifest.text("start_url")), ("ko", "/till"));
    for icon in manifest.body["icons"].as_array().unwrap() {
        let file = get(icon["src"].as_str().unwrap()).send(&world).await;
        assert_eq!(file.header("content-type"), icon["type"].as_str());
    }
    let worker = get("/till/sw.js").send(&world).await;
    assert_eq!(worker.header("service-worker-allowed"), Some("/till"));
    assert_eq!(worker.header("cache-control"), Some("no-cache"));
}
