//! The wallet API with real signatures.

use noren_core::id::{PaymentId, QuoteId};
use noren_core::money::{Currency, Money};
use noren_wallets::link::Link;
use noren_wallets::noren::messages::{
    About, ConfirmOutcome, ConfirmRequest, ConfirmResponse, FailRequest, FailResponse,
    Notification, PaymentSaid, QuoteRequest, QuoteResponse, ReceiptSaid, ReserveRequest,
    ReserveResponse, ResolutionId, ResolveRequest, ResolveResponse,
};
use noren_wallets::noren::signature::{sign_request, verify_response};
use noren_wallets::wire::{Request, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::world::{Answer, Ask, PUBLIC_URL, World, get, nobodys, post, world, yen};

fn now() -> noren_core::time::Timestamp {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    noren_core::time::Timestamp(since.as_millis() as i64)
}

fn signed(world: &World, path: &str, body: &impl Serialize) -> Request {
    signed_for(world, format!("/wallet/v1{path}"), body)
}

fn signed_for(world: &World, target: String, body: &impl Serialize) -> Request {
    signed_by(&world.link, target, body)
}

fn signed_by(link: &Link, target: String, body: &impl Serialize) -> Request {
    use std::sync::atomic::{AtomicU64, Ordering};
    static NONCE: AtomicU64 = AtomicU64::new(1);
    let mut request = Request {
        method: "POST".into(),
        target,
        headers: vec![("content-type".into(), "application/json".into())],
        body: serde_json::to_vec(body).unwrap(),
    };
    let nonce = u128::from(NONCE.fetch_add(1, Ordering::Relaxed));
    sign_request(&mut request, PUBLIC_URL, &link.client_id, &*link.sign, now(), nonce);
    request
}

async fn send(world: &World, request: &Request) -> Answer {
    let mut ask = Ask::new(&request.method, &request.target).bytes(&request.body);
    for (name, value) in &request.headers {
        ask = ask.header(name, value);
    }
    ask.send(world).await
}

/// Sends a signed request and checks the answer's signature.
pub async fn call(world: &World, path: &str, body: &impl Serialize) -> Answer {
    call_by(world, &world.link, path, body).await
}

/// The same with another network's key.
pub async fn call_by(world: &World, link: &Link, path: &str, body: &impl Serialize) -> Answer {
    let request = signed_by(link, format!("/wallet/v1{path}"), body);
    let answer = send(world, &request).await;
    let headers = answer.headers.iter();
    let response = Response {
        status: answer.status.as_u16(),
        headers: headers.map(|(n, v)| (n.to_string(), v.to_str().unwrap().to_owned())).collect(),
        body: answer.raw.clone(),
    };
    verify_response(&response, &request, &link.client_id, &*link.verify).unwrap();
    answer
}

pub fn read<T: DeserializeOwned>(answer: Answer) -> T {
    assert_eq!(answer.status, 200, "{}", answer.body);
    serde_json::from_value(answer.body).unwrap()
}

async fn resolve(world: &World, code: &str) -> Answer {
    let request = ResolveRequest { code: code.into(), payer_currency: Currency::CNY };
    call(world, "/codes/resolve", &request).await
}

pub async fn counter_code(world: &World) -> String {
    let path = format!("/v1/stores/{}/code", world.sakura.store);
    get(&path).by(&world.sakura.key).send(world).await.text("code").to_owned()
}

async fn quote(world: &World, resolution: ResolutionId, minor: i64) -> QuoteResponse {
    let request = QuoteRequest { resolution, receive: Some(yen(minor)), send: None };
    read(call(world, "/quotes", &request).await)
}

fn reservation(id: &str, resolution: ResolutionId, quote: QuoteId, minor: i64) -> ReserveRequest {
    ReserveRequest {
        wallet_payment_id: id.into(),
        resolution,
        quote: Some(quote),
        amount: yen(minor),
        payer_token: None,
    }
}

/// A permission to debit for a scan of the printed code, with its quote.
async fn reserved(world: &World) -> (ReserveResponse, QuoteResponse) {
    let code = counter_code(world).await;
    let found: ResolveResponse = read(resolve(world, &code).await);
    let quoted = quote(world, found.resolution, 1_200).await;
    let request = reservation("W1", found.resolution, quoted.quote_id, 1_200);
    (read(call(world, "/payments", &request).await), quoted)
}

#[tokio::test]
async fn a_visitor_scans_the_printed_code() {
    let world = world().await;
    let code = counter_code(&world).await;
    let found: ResolveResponse = read(resolve(&world, &code).await);
    assert_eq!(found.shop.name, "SAKURA SHOKUDO");
    assert_eq!((found.amount, found.limit), (None, yen(100_000)));
    let quoted = quote(&world, found.resolution, 1_200).await;
    // 0.0484 and 150 basis points on top, of 1,200 yen.
    assert_eq!(quoted.payer_amount, Money::new(5_895, Currency::CNY));
    assert_eq!(quoted.markup_bps, 150);
    let request = reservation("W1", found.resolution, quoted.quote_id, 1_200);
    let permission: ReserveResponse = read(call(&world, "/payments", &request).await);
    assert_eq!(permission.status, "authorising");
    let again: ReserveResponse = read(call(&world, "/payments", &request).await);
    assert_eq!(again, permission);
    // A new token is no other request.
    let token = Some("a one-time token".into());
    let retold = ReserveRequest { payer_token: token, ..request };
    let again: ReserveResponse = read(call(&world, "/payments", &retold).await);
    assert_eq!(again, permission);
    let path = format!("/payments/{}/confirm", permission.payment_id);
    let confirm = ConfirmRequest { debited: quoted.payer_amount, rate: None };
    let confirmed: ConfirmResponse = read(call(&world, &path, &confirm).await);
    assert_eq!(confirmed.outcome, ConfirmOutcome::Captured);
    let shown = get(&format!("/v1/payments/{}", permission.payment_id)).by(&world.sakura.key);
    let shown = shown.send(&world).await;
    assert_eq!((shown.text("status"), shown.text("wallet")), ("captured", "noren"));
    assert_eq!(shown.body["quote"]["markup_bps"], 150);
}

/// Sakura lets one payer pay 2,000 yen in a day.
async fn limit_payers(world: &World) {
    let change = json!({
        "kind": "merchant", "id": world.sakura.merchant, "tenant": "shinkin",
        "acquirer": "hida-shinkin", "name": "SAKURA SHOKUDO", "name_ja": "さくら食堂",
        "mcc": "5812", "prefecture": 21, "currency": "JPY", "payment_max": 100_000,
        "payer_day_max": 2_000, "wallets": ["noren"], "standing": "active",
    });
    let send = post("/v1/directory").by(&world.operator).json(&json!({ "change": change }));
    assert_eq!(send.send(world).await.status, 201);
}

#[tokio::test]
async fn a_payer_is_counted_by_the_wallets_name_for_it_and_the_name_is_not_kept() {
    let world = world().await;
    limit_payers(&world).await;
    let printed: ResolveResponse = read(resolve(&world, &counter_code(&world).await).await);
    let order = world.shown("O1", 1_000).await;
    let shown: ResolveResponse = read(resolve(&world, order.text("code")).await);
    let reserve = async |id: &str, resolution: ResolutionId, minor: i64, payer: Option<&str>| {
        let quoted = quote(&world, resolution, minor).await;
        let payer_token = payer.map(str::to_owned);
        let asked =
            ReserveRequest { payer_token, ..reservation(id, resolution, quoted.quote_id, minor) };
        call(&world, "/payments", &asked).await
    };
    let (printed, shown) = (printed.resolution, shown.resolution);
    let first: ReserveResponse = read(reserve("W1", printed, 1_200, Some("payer-mei")).await);
    let refused = reserve("W2", shown, 1_000, Some("payer-mei")).await;
    refused.is_problem(409, "payer-day-limit");
    // Another payer, and one of whom the wallet says nothing.
    let _: ReserveResponse = read(reserve("W3", shown, 1_000, Some("payer-jun")).await);
    let _: ReserveResponse = read(reserve("W4", printed, 2_000, None).await);
    let kept = world.payment(first.payment_id).payer.expect("the shop limits payers");
    assert_eq!(kept.to_string().len(), 64);
    assert!(!world.file_holds("payer-mei"));
}

#[tokio::test]
async fn a_visitor_scans_the_tills_code_and_gives_up() {
    let world = world().await;
    let order = world.shown("O1", 900).await;
    let found: ResolveResponse = read(resolve(&world, order.text("code")).await);
    assert_eq!(found.amount, Some(yen(900)));
    let quoted = quote(&world, found.resolution, 900).await;
    let request = reservation("W1", found.resolution, quoted.quote_id, 900);
    let permission: ReserveResponse = read(call(&world, "/payments", &request).await);
    assert_eq!(permission.payment_id.to_string(), order.text("id"));
    let path = format!("/payments/{}/fail", permission.payment_id);
    let failed: FailResponse =
        read(call(&world, &path, &FailRequest { reason: "no funds".into() }).await);
    assert_eq!(failed.status, "declined");
    let closed = resolve(&world, order.text("code")).await;
    closed.is_problem(409, "order-closed");
}

#[tokio::test]
async fn codes_that_lead_nowhere_say_why() {
    let world = world().await;
    let code = counter_code(&world).await;
    let broken = resolve(&world, &code.replace("TAKAYAMA", "TAKAYAMB")).await;
    broken.is_problem(422, "code-unreadable");
    assert!(broken.text("detail").contains("crc"), "{}", broken.text("detail"));
    resolve(&world, "https://example.com/pay").await.is_problem(422, "code-unreadable");
    // A sound code of a shop that is not ours.
    let id = "9999999999999-0001-000001-000001".parse().unwrap();
    let merchant = emvqr::mpm::jpqr::Merchant {
        id: &id,
        mcc: "5812",
        name_latin: "FOREIGN",
        name_ja: "他",
        city: "OSAKA",
        postal_code: "5300001",
        accounts: &[],
    };
    let foreign = emvqr::mpm::jpqr::StaticCode { merchant, store: None, terminal: None };
    resolve(&world, &foreign.build().unwrap()).await.is_problem(404, "shop-unknown");
    let (amount_yen, reference) = (5, "OF-ANOTHER-SWITCH");
    let foreign = emvqr::mpm::jpqr::DynamicCode {
        merchant,
        amount_yen,
        reference,
        store: None,
        terminal: None,
    };
    resolve(&world, &foreign.build().unwrap()).await.is_problem(404, "order-unknown");
    let request = json!({"code": code, "payer_currency": "THB"});
    call(&world, "/codes/resolve", &request).await.is_problem(422, "corridor-closed");
    let request = json!({"code": code, "payer_currency": "XXX"});
    call(&world, "/codes/resolve", &request).await.is_problem(400, "currency-unknown");
}

/// Published payloads go the way of our own codes. Their ids are those of this world's first shop.
#[tokio::test]
async fn published_codes_lead_to_a_shop_or_say_why_not() {
    let world = world().await;
    let text = include_str!("../../../emvqr/tests/vectors/jpqr.json");
    let vectors: Vec<Value> = serde_json::from_str(text).unwrap();
    let mut led_to_the_shop = 0;
    for vector in &vectors {
        let (id, payload) = (&vector["id"], vector["payload"].as_str().unwrap());
        let answer = resolve(&world, payload).await;
        match (vector["verdict"].as_str().unwrap(), &vector["fields"]["point_of_initiation"]) {
            // Made for one order, but by nobody's till that we know.
            ("accept", initiation) if initiation == "12" => {
                answer.is_problem(404, "order-unknown");
            }
            ("accept", _) => {
                assert_eq!(answer.status, 200, "{id}: {}", answer.body);
                // The payer is shown the shop as registered, never as the code has it.
                assert_eq!(answer.body["shop"]["name"], "SAKURA SHOKUDO", "{id}");
                led_to_the_shop += 1;
            }
            ("reject", _) => answer.is_problem(422, "code-unreadable"),
            ("either", _) => assert!([200, 422].contains(&answer.status.as_u16()), "{id}"),
            (verdict, _) => panic!("{id}: an unknown verdict {verdict}"),
        }
    }
    assert_eq!((vectors.len(), led_to_the_shop), (23, 5));
    let all = get("/v1/payments").by(&world.sakura.key).send(&world).await;
    assert_eq!(all.body["data"], json!([]));
}

#[tokio::test]
async fn nothing_unsigned_or_changed_is_believed() {
    let world = world().await;
    let code = counter_code(&world).await;
    let body = ResolveRequest { code, payer_currency: Currency::CNY };
    let good = signed(&world, "/codes/resolve", &body);
    let bad = |change: fn(&mut Request)| {
        let mut request = good.clone();
        change(&mut request);
        request
    };
    let cases: [(&str, Request); 5] = [
        ("body", bad(|r| r.body.push(b' '))),
        ("path", bad(|r| r.target = "/wallet/v1/quotes".into())),
        ("query", bad(|r| r.target.push_str("?x=1"))),
        ("no signature", bad(|r| r.headers.retain(|(name, _)| name != "signature"))),
        (
            "another key",
            bad(|r| {
                for (name, value) in &mut r.headers {
                    if name == "signature-input" {
                        *value = value.replace("noren-1", "noren-2");
                    }
                }
            }),
        ),
    ];
    for (what, request) in cases {
        let answer = send(&world, &request).await;
        assert_eq!(answer.status, 401, "{what}");
        answer.is_problem(401, "signature-invalid");
        assert_eq!(
            answer.header("signature"),
            None,
            "{what}: a stranger gets no signature of ours"
        );
    }
    assert_eq!(send(&world, &good).await.status, 200);
    send(&world, &good).await.is_problem(401, "signature-replayed");
}

/// The id becomes a part of the path of our inquiry, where `..` leads elsewhere.
#[tokio::test]
async fn a_wallets_id_must_fit_into_a_path() {
    let world = world().await;
    let reserve = async |id: &str| {
        let body =
            json!({"wallet_payment_id": id, "resolution": world.sakura.store, "amount": yen(5)});
        call(&world, "/payments", &body).await
    };
    for bad in [".", "..", "a.b", "a/b", "a b", "a%2e", "é", "", &"x".repeat(65)] {
        let answer = reserve(bad).await;
        answer.is_problem(400, "member-invalid");
        assert_eq!(answer.text("param"), "wallet_payment_id");
    }
    reserve("4111111111111111").await.is_problem(400, "card-number-refused");
    for good in ["W-20261121_1", &"x".repeat(64)] {
        reserve(good).await.is_problem(400, "quote-needed");
    }
}

#[tokio::test]
async fn refusals_are_signed_and_name_the_payment() {
    let world = world().await;
    let path = format!("/payments/{}/confirm", nobodys("pay"));
    let confirm = ConfirmRequest { debited: yen(1), rate: None };
    let answer = call(&world, &path, &confirm).await;
    answer.is_problem(404, "payment-unknown");
    assert_eq!(answer.text("payment_id"), nobodys("pay"));
    let both = json!({"resolution": world.sakura.store, "receive": yen(1), "send": yen(1)});
    call(&world, "/quotes", &both).await.is_problem(400, "member-invalid");
    let neither = json!({"resolution": world.sakura.store});
    call(&world, "/quotes", &neither).await.is_problem(400, "member-invalid");
    let wrong = json!({"resolution": "res_1", "receive": yen(1)});
    call(&world, "/quotes", &wrong).await.is_problem(400, "id-invalid");
    let without =
        json!({"wallet_payment_id": "W", "resolution": world.sakura.store, "amount": yen(5)});
    call(&world, "/payments", &without).await.is_problem(400, "quote-needed");
}

#[tokio::test]
async fn a_notification_is_acknowledged_when_it_is_recorded() {
    let world = world().await;
    let (permission, quoted) = reserved(&world).await;
    let notice = |payment_id: PaymentId| Notification {
        notification_id: "N1".into(),
        about: About::Payment {
            payment_id,
            outcome: PaymentSaid::Debited(ReceiptSaid {
                wallet_transaction_id: "W1".into(),
                amount: yen(1_200),
                payer_amount: Some(quoted.payer_amount),
                rate: None,
                settlement_amount: None,
            }),
        },
    };
    let known = call(&world, "/notifications", &notice(permission.payment_id)).await;
    assert_eq!((known.status.as_u16(), &known.body), (200, &json!({})));
    let path = format!("/v1/payments/{}", permission.payment_id);
    let shown = get(&path).by(&world.sakura.key).send(&world).await;
    assert_eq!(shown.text("status"), "captured");
    let unknown = nobodys("pay").parse().unwrap();
    call(&world, "/notifications", &notice(unknown)).await.is_problem(404, "not-acknowledged");
    let nonsense: Value = json!({"about": 5});
    // The connector answers what it cannot read; the server signs that as well.
    assert_eq!(call(&world, "/notifications", &nonsense).await.status, 400);
}

#[tokio::test]
async fn a_callback_is_judged_by_the_connector() {
    let world = world().await;
    let (ReserveResponse { payment_id, .. }, _) = reserved(&world).await;
    let about = About::Payment { payment_id, outcome: PaymentSaid::Processing };
    let notice = Notification { notification_id: "N1".into(), about };
    let good = signed_for(&world, "/callbacks/noren/what/ever?x=1".into(), &notice);
    let answer = send(&world, &good).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert!(answer.header("signature").is_some(), "the connector's own signature is kept");
    let forged = Request { target: "/callbacks/noren/another".into(), ..good };
    let answer = send(&world, &forged).await;
    assert_eq!((answer.status.as_u16(), answer.text("code")), (401, "signature-refused"));
}
