//! Whatever is sent, the answer is one of ours.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use axum::body::{Body, Bytes, HttpBody};
use axum::http::Request;
use serde_json::{Value, json};

use tower::ServiceExt as _;

use crate::world::{Ask, World, get, nobodys, post, world, yen};

fn order(world: &World) -> Value {
    json!({"order_number": "O1", "store": world.sakura.store, "amount": yen(1_200), "present": "merchant"})
}

async fn create(world: &World, body: &Value) -> crate::world::Answer {
    post("/v1/payments").by(&world.sakura.key).key("K").json(body).send(world).await
}

#[tokio::test]
async fn every_http_error_is_a_problem() {
    let world = world().await;
    get("/nowhere").send(&world).await.is_problem(404, "route-unknown");
    get("/v1/payments/x/y/z").send(&world).await.is_problem(404, "route-unknown");
    let wrong = Ask::new("DELETE", "/v1/payments").by(&world.sakura.key).send(&world).await;
    wrong.is_problem(405, "method-not-allowed");
    let allow = wrong.header("allow").unwrap();
    assert!(allow.contains("GET") && allow.contains("POST"), "{allow}");
    let call = || post("/v1/payments").by(&world.sakura.key).key("K");
    call()
        .header("content-type", "text/plain")
        .bytes(b"{}")
        .send(&world)
        .await
        .is_problem(415, "media-type-unsupported");
    call().bytes(b"{}").send(&world).await.is_problem(415, "media-type-unsupported");
    let json =
        |body: &[u8]| call().header("content-type", "application/json; charset=utf-8").bytes(body);
    json(b"{").send(&world).await.is_problem(400, "body-unreadable");
    json(br#"{"a":1,"a":1}"#).send(&world).await.is_problem(400, "body-unreadable");
    json(b"[1]").send(&world).await.is_problem(400, "body-unreadable");
    json(b"\xff").send(&world).await.is_problem(400, "body-unreadable");
    json(&vec![b' '; 64 * 1024 + 1]).send(&world).await.is_problem(413, "body-too-large");
    json(&vec![b'['; 60_000]).send(&world).await.is_problem(400, "body-unreadable");
    let signed = post("/wallet/v1/quotes").bytes(&vec![b' '; 70_000]).send(&world).await;
    signed.is_problem(413, "body-too-large");
    get("/v1/payments/rfd_x")
        .by(&world.sakura.key)
        .send(&world)
        .await
        .is_problem(400, "id-invalid");
    // Bytes that are no text name nothing, each in its own way.
    let own = |path: &str| get(path).by(&world.sakura.key);
    for path in ["/v1/payments/%ff", "/v1/refunds/%ff", "/v1/stores/%ff/code"] {
        own(path).send(&world).await.is_problem(400, "id-invalid");
    }
    let cancel = post("/v1/payments/%ff/cancel").by(&world.sakura.key).key("K");
    cancel.send(&world).await.is_problem(400, "id-invalid");
    get("/problems/%ff").send(&world).await.is_problem(404, "route-unknown");
    for path in ["/callbacks/%ff/x", "/callbacks/noren/%ff"] {
        post(path).send(&world).await.is_problem(404, "callback-wallet-unknown");
    }
    post("/callbacks/nobody/x").send(&world).await.is_problem(404, "callback-wallet-unknown");
    post("/callbacks/NOT%20A%20NAME/x")
        .send(&world)
        .await
        .is_problem(404, "callback-wallet-unknown");
}

#[tokio::test]
async fn a_request_id_goes_round() {
    let world = world().await;
    let mine = get("/livez").header("request-id", "till-7.2026-11-21_1").send(&world).await;
    assert_eq!(mine.header("request-id"), Some("till-7.2026-11-21_1"));
    for bad in ["short", "with space", "<script>alert(1)</script>", &"x".repeat(129)] {
        let answer = get("/nowhere").header("request-id", bad).send(&world).await;
        answer.is_problem(404, "route-unknown");
        assert!(answer.header("request-id").unwrap().starts_with("req_"), "{bad}");
    }
}

#[tokio::test]
async fn bad_input_has_a_code_of_its_own_and_leaves_no_trace() {
    let world = world().await;
    let with = |changes: Value| {
        let mut body = order(&world);
        for (name, value) in changes.as_object().unwrap() {
            body[name] = value.clone();
        }
        body
    };
    let cases = [
        (json!({"amount": {"amount": 1200.5, "currency": "JPY"}}), 400, "amount-not-integer"),
        (json!({"amount": {"amount": 0, "currency": "JPY"}}), 400, "amount-not-positive"),
        (json!({"amount": {"amount": -1, "currency": "JPY"}}), 400, "amount-not-positive"),
        (
            json!({"amount": {"amount": 18_446_744_073_709_551_615_u64, "currency": "JPY"}}),
            400,
            "amount-too-large",
        ),
        (json!({"amount": {"amount": 100_001, "currency": "JPY"}}), 422, "amount-over-limit"),
        (json!({"amount": {"amount": 1, "currency": "CNY"}}), 422, "currency-differs"),
        (json!({"amount": {"amount": 1, "currency": "XXX"}}), 400, "currency-unknown"),
        (json!({"amount": {"amount": "1", "currency": "JPY"}}), 400, "member-invalid"),
        (json!({"amount": {"currency": "JPY"}}), 400, "member-missing"),
        (json!({"amount": 5}), 400, "member-invalid"),
        (json!({"store": "pay_x"}), 400, "id-invalid"),
        (json!({"colour": "red"}), 400, "member-unknown"),
        (json!({"order_number": "4111 1111 1111 1111"}), 400, "card-number-refused"),
        (json!({"order_number": "a\u{0}b"}), 400, "member-invalid"),
        (json!({"present": "both"}), 400, "member-invalid"),
        (json!({"present": "consumer"}), 400, "member-missing"),
        (json!({"payment_code": "281212345678901234"}), 400, "member-invalid"),
        (json!({"expires_in_seconds": 0}), 400, "member-invalid"),
        (
            json!({"present": "consumer", "payment_code": "0123456789"}),
            422,
            "payment-code-unroutable",
        ),
        (
            json!({"present": "consumer", "payment_code": "28121234"}),
            422,
            "payment-code-unroutable",
        ),
        (
            json!({"present": "consumer", "payment_code": "129912345678901234"}),
            404,
            "wallet-unknown",
        ),
    ];
    for (number, (changes, status, code)) in cases.into_iter().enumerate() {
        let body = with(changes);
        let call = post("/v1/payments").by(&world.sakura.key).key(&format!("K{number}"));
        let answer = call.json(&body).send(&world).await;
        answer.is_problem(status, code);
        let said = String::from_utf8_lossy(&answer.raw).into_owned();
        if let Some(secret) = body["payment_code"].as_str() {
            assert!(!said.contains(secret), "{said}");
        }
    }
    let all = get("/v1/payments").by(&world.sakura.key).send(&world).await;
    assert_eq!(all.body["data"], json!([]));
    let totals = get("/v1/ledger/totals").by(&world.operator).send(&world).await;
    assert_eq!(totals.body["data"], json!([]));
}

#[tokio::test]
async fn all_faulty_members_come_at_once() {
    let world = world().await;
    let body = json!({"order_number": "", "store": 5, "amount": {"amount": 0.1, "currency": "??"}, "x": 1});
    let answer = create(&world, &body).await;
    answer.is_problem(400, "member-invalid");
    let errors = answer.body["errors"].as_array().unwrap();
    let mut params: Vec<&str> =
        errors.iter().map(|error| error["param"].as_str().unwrap()).collect();
    params.sort_unstable();
    assert_eq!(
        params,
        ["amount.amount", "amount.currency", "order_number", "present", "store", "x"]
    );
    assert_eq!(answer.body["param"], "order_number");
}

#[tokio::test]
async fn queries_are_read_as_strictly_as_bodies() {
    let world = world().await;
    let pay = nobodys("pay");
    let both = format!("starting_after={pay}&ending_before={pay}");
    let bad = [
        ("limit=0", "member-invalid"),
        ("limit=101", "member-invalid"),
        ("limit=x", "member-invalid"),
        ("limit=1&limit=2", "member-invalid"),
        ("colour=red", "member-unknown"),
        ("starting_after=5", "id-invalid"),
        (&both, "member-invalid"),
    ];
    for (query, code) in bad {
        let path = format!("/v1/payments?{query}");
        get(&path).by(&world.sakura.key).send(&world).await.is_problem(400, code);
    }
    let answer = get("/v1/events?after=evc_nonsense").by(&world.sakura.key).send(&world).await;
    answer.is_problem(400, "cursor-invalid");
}

#[tokio::test]
async fn every_problem_has_a_page() {
    let world = world().await;
    for row in noren_server::problem::table() {
        let page = get(&format!("/problems/{}", row.code)).send(&world).await;
        assert_eq!(page.status, 200, "{}", row.code);
        assert!(page.header("content-security-policy").is_some());
        let text = String::from_utf8(page.raw).unwrap();
        assert!(text.contains(row.code) && text.contains("What to do"), "{text}");
    }
    get("/problems/never-heard-of").send(&world).await.is_problem(404, "route-unknown");
    assert_eq!(get("/problems").send(&world).await.status, 200);
    let thai = get("/problems/order-paid?lang=th").send(&world).await;
    assert!(thai.header("set-cookie").is_some_and(|cookie| cookie.starts_with("lang=th;")));
    let text = String::from_utf8(thai.raw).unwrap();
    assert!(text.contains("<h1>รายการนี้ชำระแล้ว กรุณาอย่าชำระซ้ำ</h1>"), "{text}");
}

#[tokio::test]
async fn the_phone_is_at_an_address_of_its_own() {
    let answer = get("/wallet").send(&world().await).await;
    assert_eq!(answer.status.as_u16(), 303);
    assert_eq!(answer.header("location"), Some("http://127.0.0.1:7430/wallet"));
}

#[tokio::test]
async fn a_draining_server_says_so() {
    let world = world().await;
    assert_eq!(get("/readyz").send(&world).await.status, 200);
    world.state.drain();
    let answer = get("/readyz").send(&world).await;
    assert_eq!((answer.status.as_u16(), answer.text("status")), (503, "draining"));
    assert_eq!(get("/livez").send(&world).await.status, 200);
    assert_eq!(get("/version").send(&world).await.text("name"), "noren");
}

#[tokio::test]
async fn a_panic_is_answered_and_tells_nothing() {
    let world = world().await;
    let answer = post("/callbacks/clumsy/x").send(&world).await;
    answer.is_problem(500, "internal");
    assert!(!String::from_utf8(answer.raw).unwrap().contains("secret"));
    assert_eq!(get("/livez").send(&world).await.status, 200);
}

/// A body that never comes.
struct Never;

impl HttpBody for Never {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<hyper::body::Frame<Bytes>, Infallible>>> {
        Poll::Pending
    }
}

/// Sends calls that do not end until one is refused; gives how many were taken.
async fn fill(world: &World) -> usize {
    for taken in 0..20_000 {
        let request = Request::post("/callbacks/noren/x").body(Body::new(Never)).unwrap();
        let call = tokio::spawn(world.app.clone().oneshot(request));
        // On this one thread the call goes as far as it can; a refused one to its end.
        tokio::task::yield_now().await;
        if call.is_finished() {
            assert_eq!(call.await.unwrap().unwrap().status(), 503);
            return taken;
        }
    }
    panic!("it takes whatever comes");
}

#[tokio::test]
async fn a_full_server_still_says_how_it_is() {
    let world = world().await;
    assert!(fill(&world).await > 1_000);
    get("/problems").send(&world).await.is_problem(503, "busy");
    for path in ["/livez", "/readyz", "/version"] {
        assert_eq!(get(path).send(&world).await.status, 200, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_finds_no_place_to_wait_is_answered_at_once() {
    let world = world().await;
    let payment = world.shown("O1", 100).await;
    let path = format!("/v1/payments/{}", payment.text("id"));
    let bearer = format!("Bearer {}", world.sakura.key.reveal());
    let waiting = |_| {
        let request = Request::get(&path).header("authorization", &bearer);
        let request = request.header("prefer", "wait=20").body(Body::empty()).unwrap();
        tokio::spawn(world.app.clone().oneshot(request))
    };
    let mut calls: Vec<_> = (0..1_100).map(waiting).collect();
    let began = Instant::now();
    let answered = |calls: &[tokio::task::JoinHandle<_>]| {
        calls.iter().filter(|call| call.is_finished()).count()
    };
    while answered(&calls) < 1_100 - 1_024 {
        assert!(began.elapsed() < Duration::from_secs(15), "all of them wait");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert_eq!(get("/livez").send(&world).await.status, 200);
    world.state.drain();
    for call in calls.drain(..) {
        assert_eq!(call.await.unwrap().unwrap().status(), 200);
    }
}
