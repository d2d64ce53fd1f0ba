//! How a browser becomes a till: the life of its code, and codes in other hands.

use noren_core::time::Span;
use noren_server::auth::Token;
use serde_json::{Value, json};

use crate::world::{Answer, NOW, World, get, nobodys, post, world};

/// A browser: what it holds, and what its page shows.
struct Browser {
    cookie: String,
}

fn cookie(answer: &Answer, name: &str) -> Option<String> {
    let set = answer.headers.get_all("set-cookie").iter().map(|value| value.to_str().unwrap());
    let mut pairs = set.map(|value| value.split(';').next().unwrap().to_owned());
    pairs.find(|pair| pair.starts_with(&format!("{name}=")))
}

/// The code on a page.
fn code(answer: &Answer) -> String {
    let page = String::from_utf8(answer.raw.clone()).unwrap();
    let (_, after) = page.split_once("id=\"pair-code\"").expect("the page shows a code");
    let (_, code) = after.split_once('>').unwrap();
    code.split('<').next().unwrap().to_owned()
}

impl Browser {
    async fn opened(world: &World) -> (Self, String) {
        let page = get("/till/pair").send(world).await;
        assert_eq!(page.status.as_u16(), 200, "{}", page.body);
        let cookie = cookie(&page, "till_pairing").expect("the browser is given its secret");
        (Self { cookie }, code(&page))
    }

    async fn page(&self, world: &World) -> Answer {
        get("/till/pair").header("cookie", &self.cookie).send(world).await
    }

    async fn poll(&self, world: &World) -> Answer {
        post("/till/pair/poll").header("cookie", &self.cookie).send(world).await
    }
}

async fn approve(world: &World, by: &Token, code: &str, store: &str) -> Answer {
    let body = json!({ "user_code": code, "store": store, "title": "Counter 1" });
    post("/v1/tills").by(by).json(&body).send(world).await
}

#[tokio::test]
async fn a_code_that_its_shop_approves_makes_the_browser_a_till() {
    let world = world().await;
    let (browser, code) = Browser::opened(&world).await;
    assert_eq!(browser.poll(&world).await.text("status"), "waiting");
    let store = world.sakura.store.to_string();
    let typed = code.to_lowercase().replace('-', " ");
    let till = approve(&world, &world.sakura.key, &typed, &store).await;
    assert_eq!((till.status.as_u16(), till.text("title")), (201, "Counter 1"), "{}", till.body);
    // The first answer may be lost: the next one brings the same till.
    let lost = cookie(&browser.poll(&world).await, "till").unwrap();
    let answer = browser.poll(&world).await;
    assert_eq!(answer.text("status"), "paired");
    let held = cookie(&answer, "till").unwrap();
    assert_eq!(held, lost);
    assert!(held.starts_with(&format!("till={}.", till.text("id"))), "{held}");
    let start = get("/till/pair").header("cookie", &held).send(&world).await;
    assert_eq!((start.status.as_u16(), start.header("location")), (303, Some("/till")));
    let sale = get("/till/v1/payments").header("cookie", &held).send(&world).await;
    sale.is_problem(401, "nobody-signed-in");
    // A page that was left open without a script goes on, too.
    let reloaded = browser.page(&world).await;
    assert_eq!(cookie(&reloaded, "till").as_deref(), Some(&*held));
    let again = approve(&world, &world.sakura.key, &code, &store).await;
    assert_eq!(again.text("id"), till.text("id"), "the same words again");
    let listed = get("/v1/tills").by(&world.sakura.key).send(&world).await;
    assert_eq!(listed.body["data"].as_array().unwrap().len(), 1);
    assert_eq!(listed.body["data"][0], till.body);
}

#[tokio::test]
async fn a_code_expires_and_a_newer_one_does_not_undo_it() {
    let world = world().await;
    let (browser, first) = Browser::opened(&world).await;
    let same = browser.page(&world).await;
    assert_eq!(code(&same), first, "a reload shows the same code");
    let renewed = post("/till/pair").header("cookie", &browser.cookie).send(&world).await;
    assert_eq!(renewed.status.as_u16(), 303);
    let newer = Browser { cookie: cookie(&renewed, "till_pairing").unwrap() };
    let second = code(&newer.page(&world).await);
    assert_ne!(first, second);
    // Whoever was reading the older one is not too late.
    let store = world.sakura.store.to_string();
    assert_eq!(approve(&world, &world.sakura.key, &first, &store).await.status.as_u16(), 201);
    assert_eq!(newer.poll(&world).await.text("status"), "paired");

    let (late, code) = Browser::opened(&world).await;
    world.clock.set(NOW.after(Span::seconds(600)));
    approve(&world, &world.sakura.key, &code, &store).await.is_problem(404, "pairing-unknown");
    assert_eq!(late.poll(&world).await.text("status"), "expired");
    let fresh = late.page(&world).await;
    assert_eq!(fresh.status.as_u16(), 200);
    assert_ne!(self::code(&fresh), code);
}

#[tokio::test]
async fn a_code_in_other_hands_opens_nothing() {
    let world = world().await;
    let (browser, code) = Browser::opened(&world).await;
    let (sakura, takayama) = (world.sakura.store.to_string(), world.takayama.store.to_string());
    // Somebody read the code off the screen: without the browser's secret it is nothing.
    let thief = format!("till_pairing={}.{}", code.replace('-', ""), "0".repeat(64));
    let stolen = post("/till/pair/poll").header("cookie", &thief).send(&world).await;
    assert_eq!(stolen.text("status"), "expired");
    // A shop pairs browsers with its own stores only.
    approve(&world, &world.takayama.key, &code, &sakura).await.is_problem(404, "shop-unknown");
    assert_eq!(approve(&world, &world.sakura.key, &code, &sakura).await.status.as_u16(), 201);
    let late = approve(&world, &world.takayama.key, &code, &takayama).await;
    late.is_problem(404, "pairing-unknown");
    let held = cookie(&browser.poll(&world).await, "till").unwrap();
    for page in ["/till/pair", "/till/pair/poll"] {
        let foreign = post(page).header("sec-fetch-site", "cross-site").send(&world).await;
        foreign.is_problem(403, "till-foreign");
    }
    // Neither code nor secret is anywhere in what is kept.
    assert!(!held.contains(&browser.cookie[browser.cookie.len() - 64..]));
}

#[tokio::test]
async fn guessing_codes_comes_to_an_end() {
    let world = world().await;
    let store = world.sakura.store.to_string();
    for _ in 0..20 {
        let wrong = approve(&world, &world.sakura.key, "WXYT-3467", &store).await;
        wrong.is_problem(404, "pairing-unknown");
    }
    let (_, code) = Browser::opened(&world).await;
    approve(&world, &world.sakura.key, &code, &store).await.is_problem(429, "pairing-tries");
    world.clock.set(NOW.after(Span::seconds(601)));
    let (_, code) = Browser::opened(&world).await;
    assert_eq!(approve(&world, &world.sakura.key, &code, &store).await.status.as_u16(), 201);
}

#[tokio::test]
async fn a_revoked_till_sells_no_more_and_is_nobody_elses_to_revoke() {
    let world = world().await;
    let (browser, code) = Browser::opened(&world).await;
    let store = world.sakura.store.to_string();
    let till = approve(&world, &world.sakura.key, &code, &store).await;
    let held = cookie(&browser.poll(&world).await, "till").unwrap();
    let path = format!("/v1/tills/{}/revoke", till.text("id"));
    post(&path).by(&world.takayama.key).send(&world).await.is_problem(404, "till-unknown");
    let none = format!("/v1/tills/{}/revoke", nobodys("till"));
    post(&none).by(&world.sakura.key).send(&world).await.is_problem(404, "till-unknown");
    let others = get("/v1/tills").by(&world.takayama.key).send(&world).await;
    assert_eq!(others.body["data"], Value::Array(Vec::new()));
    let revoked = post(&path).by(&world.sakura.key).send(&world).await;
    assert!(revoked.body["revoked_at"].is_string(), "{}", revoked.body);
    let call = get("/till/v1/payments").header("cookie", &held).send(&world).await;
    call.is_problem(401, "till-unpaired");
    let again = post(&path).by(&world.sakura.key).send(&world).await;
    assert_eq!(again.body, revoked.body);
}

#[tokio::test]
async fn what_is_wrong_with_an_approval_is_named() {
    let world = world().await;
    let body = json!({ "user_code": "0000-OOOO", "store": "pay_1", "title": "" });
    let answer = post("/v1/tills").by(&world.sakura.key).json(&body).send(&world).await;
    let named = answer.body["errors"].as_array().unwrap();
    let params: Vec<&str> = named.iter().map(|e| e["param"].as_str().unwrap()).collect();
    assert_eq!(params, ["user_code", "store", "title"]);
}
