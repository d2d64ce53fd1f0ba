//! Who is at a till: PINs, waits after wrong ones, and a supervisor's word.

use noren_core::time::Span;
use serde_json::json;

use crate::world::{Answer, Ask, NOW, World, get, post, world, yen};

/// A till of the first shop with nobody at it, its clerk and its supervisor.
async fn till(world: &World) -> String {
    for (name, role, pin) in [("Hana", "clerk", "1234"), ("健", "supervisor", "４３２１")] {
        let answer = put(world, name, role, pin).await;
        assert_eq!((answer.status.as_u16(), answer.text("role")), (200, role), "{}", answer.body);
        assert!(!answer.body.to_string().contains("1234"), "a PIN is never shown");
    }
    let form = format!("store={}", world.sakura.store);
    let opened = form_to(world, "/till/demo", "", &form).await;
    let cookie = opened.header("set-cookie").unwrap().split(';').next().unwrap().to_owned();
    let out = form_to(world, "/till/sign-out", &cookie, "").await;
    assert_eq!(out.header("location"), Some("/till/sign-in"));
    cookie
}

async fn put(world: &World, name: &str, role: &str, pin: &str) -> Answer {
    let escaped: String = name.bytes().map(|byte| format!("%{byte:02X}")).collect();
    let body = json!({ "role": role, "pin": pin });
    Ask::new("PUT", &format!("/v1/staff/{escaped}"))
        .by(&world.sakura.key)
        .json(&body)
        .send(world)
        .await
}

async fn form_to(world: &World, path: &str, cookie: &str, form: &str) -> Answer {
    let ask = post(path).header("content-type", "application/x-www-form-urlencoded");
    ask.header("cookie", cookie).bytes(form.as_bytes()).send(world).await
}

async fn sign_in(world: &World, cookie: &str, name: &str, pin: &str) -> Answer {
    form_to(world, "/till/sign-in", cookie, &format!("name={name}&pin={pin}")).await
}

fn text(answer: &Answer) -> String {
    String::from_utf8(answer.raw.clone()).unwrap()
}

#[tokio::test]
async fn somebody_signs_in_with_their_pin_and_out_again() {
    let world = world().await;
    let cookie = till(&world).await;
    let sales = || get("/till/v1/payments").header("cookie", &cookie).send(&world);
    sales().await.is_problem(401, "nobody-signed-in");
    let page = get("/till/sign-in").header("cookie", &cookie).send(&world).await;
    assert!(text(&page).contains("Hana") && text(&page).contains("健"));
    let wrong = sign_in(&world, &cookie, "Hana", "1235").await;
    assert_eq!(wrong.status.as_u16(), 403);
    assert!(text(&wrong).contains("role=\"alert\""), "what was wrong is said on the page");
    let unknown = sign_in(&world, &cookie, "Nobody", "1234").await;
    assert_eq!((unknown.status, text(&unknown).contains("role=\"alert\"")), (wrong.status, true));
    let form = "name=Hana&pin=1234&next=/till/today";
    let right = form_to(&world, "/till/sign-in", &cookie, form).await;
    assert_eq!((right.status.as_u16(), right.header("location")), (303, Some("/till/today")));
    assert_eq!(sales().await.status.as_u16(), 200);
    form_to(&world, "/till/sign-out", &cookie, "").await;
    sales().await.is_problem(401, "nobody-signed-in");
    let elsewhere =
        form_to(&world, "/till/sign-in", &cookie, "name=Hana&pin=1234&next=//x.test").await;
    assert_eq!(elsewhere.header("location"), Some("/till"), "no form leads to another site");
}

#[tokio::test]
async fn wrong_pins_make_everybody_wait_longer_each_time() {
    let world = world().await;
    let cookie = till(&world).await;
    for _ in 0..5 {
        assert!(text(&sign_in(&world, &cookie, "Hana", "0000").await).contains("違います"));
    }
    let locked = sign_in(&world, &cookie, "Hana", "1234").await;
    assert!(text(&locked).contains("00:30まで入力できません"), "the right one has to wait, too");
    let listed = get("/v1/staff").by(&world.sakura.key).send(&world).await;
    assert!(listed.body["data"][0]["locked_until"].is_string(), "{}", listed.body);
    let other = form_to(&world, "/till/sign-in", &cookie, "name=%E5%81%A5&pin=4321").await;
    assert_eq!(other.status.as_u16(), 303, "others may go on");
    world.clock.set(NOW.after(Span::seconds(30)));
    assert_eq!(sign_in(&world, &cookie, "Hana", "0000").await.status.as_u16(), 403);
    world.clock.set(NOW.after(Span::seconds(89)));
    assert!(text(&sign_in(&world, &cookie, "Hana", "1234").await).contains("まで入力できません"));
    world.clock.set(NOW.after(Span::seconds(90)));
    assert_eq!(sign_in(&world, &cookie, "Hana", "1234").await.status.as_u16(), 303);
    assert_eq!(sign_in(&world, &cookie, "Hana", "0000").await.status.as_u16(), 403);
    assert_eq!(
        sign_in(&world, &cookie, "Hana", "1234").await.status.as_u16(),
        303,
        "all forgotten"
    );
}

#[tokio::test]
async fn a_supervisors_word_counts_two_minutes_and_ends_with_the_sign_out() {
    let world = world().await;
    let cookie = till(&world).await;
    let refund = || {
        let body = json!({ "payment": "pay_0000000000000000000000001", "amount": yen(1) });
        post("/till/v1/refunds").header("cookie", &cookie).key("K").json(&body).send(&world)
    };
    let supervise = |form: &'static str| form_to(&world, "/till/supervisor", &cookie, form);
    let nobody = supervise("name=%E5%81%A5&pin=4321").await;
    assert_eq!(nobody.header("location"), Some("/till/sign-in"), "somebody signs in first");
    sign_in(&world, &cookie, "Hana", "1234").await;
    refund().await.is_problem(403, "supervisor-needed");
    let clerk = supervise("name=Hana&pin=1234").await;
    assert!(text(&clerk).contains("権限がありません"));
    refund().await.is_problem(403, "supervisor-needed");
    let next = supervise("name=%E5%81%A5&pin=4321&next=/till/payments/pay_1").await;
    assert_eq!(next.header("location"), Some("/till/payments/pay_1"));
    world.clock.set(NOW.after(Span::seconds(119)));
    refund().await.is_problem(400, "id-invalid");
    world.clock.set(NOW.after(Span::seconds(120)));
    refund().await.is_problem(403, "supervisor-needed");
    supervise("name=%E5%81%A5&pin=4321").await;
    refund().await.is_problem(400, "id-invalid");
    form_to(&world, "/till/sign-out", &cookie, "").await;
    sign_in(&world, &cookie, "Hana", "1234").await;
    refund().await.is_problem(403, "supervisor-needed");
}

#[tokio::test]
async fn whoever_leaves_is_signed_in_nowhere_and_a_new_pin_ends_the_old_one() {
    let world = world().await;
    let cookie = till(&world).await;
    sign_in(&world, &cookie, "Hana", "1234").await;
    put(&world, "Hana", "clerk", "99887766").await;
    let sales = || get("/till/v1/payments").header("cookie", &cookie).send(&world);
    sales().await.is_problem(401, "nobody-signed-in");
    assert_eq!(sign_in(&world, &cookie, "Hana", "1234").await.status.as_u16(), 403);
    assert_eq!(sign_in(&world, &cookie, "Hana", "99887766").await.status.as_u16(), 303);
    let gone = |key| Ask::new("DELETE", "/v1/staff/Hana").by(key);
    gone(&world.takayama.key).send(&world).await.is_problem(404, "staff-unknown");
    assert_eq!(gone(&world.sakura.key).send(&world).await.text("name"), "Hana");
    gone(&world.sakura.key).send(&world).await.is_problem(404, "staff-unknown");
    sales().await.is_problem(401, "nobody-signed-in");
    assert_eq!(sign_in(&world, &cookie, "Hana", "99887766").await.status.as_u16(), 403);
}

#[tokio::test]
async fn what_is_wrong_with_somebody_is_named_and_a_pin_is_never_repeated() {
    let world = world().await;
    for pin in ["123", "123456789", "12a4"] {
        let answer = put(&world, "Hana", "boss", pin).await;
        answer.is_problem(400, "member-invalid");
        let named = answer.body["errors"].as_array().unwrap();
        let params: Vec<&str> = named.iter().map(|e| e["param"].as_str().unwrap()).collect();
        assert_eq!(params, ["role", "pin"]);
        assert!(!text(&answer).contains(pin), "{pin}");
    }
    put(&world, " ", "clerk", "1234").await.is_problem(400, "member-invalid");
    let others = get("/v1/staff").by(&world.takayama.key).send(&world).await;
    assert_eq!(others.body["data"], json!([]));
}
