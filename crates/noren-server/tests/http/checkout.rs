//! The page of an order as its payer sees it.

use noren_core::id::PaymentId;
use noren_core::time::Span;
use noren_core::wallet::{Ask, PaymentAnswer, Question, Receipt};
use serde_json::{Value, json};

use crate::world::{Answer, Ask as Call, NOW, World, get, nobodys, post, world, yen};

const LANGUAGES: [&str; 5] = ["ja", "en", "zh-Hans", "ko", "th"];

/// A page's text.
pub fn text(answer: &Answer) -> String {
    assert_eq!(answer.header("content-type"), Some("text/html; charset=utf-8"));
    assert!(answer.header("content-security-policy").unwrap().contains("default-src 'none'"));
    String::from_utf8(answer.raw.clone()).unwrap()
}

/// What a browser sends of a form.
pub async fn fill(world: &World, path: &str, fields: &str) -> Answer {
    let call = post(path).header("content-type", "application/x-www-form-urlencoded");
    call.bytes(fields.as_bytes()).send(world).await
}

async fn read(world: &World, path: &str, language: &str) -> String {
    text(&get(path).header("accept-language", language).send(world).await)
}

/// An order's path, and what the shop was told of it.
async fn made(world: &World, order: &str, more: Value) -> Answer {
    let mut body = json!({
        "order_number": order, "store": world.sakura.store, "amount": yen(1_200),
        "present": "merchant",
    });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    post("/v1/payments").by(&world.sakura.key).key(order).json(&body).send(world).await
}

fn id(answer: &Answer) -> PaymentId {
    answer.text("id").parse().unwrap()
}

async fn linked(world: &World, link: &str) {
    let call = world.last_call();
    assert!(matches!(call.ask, Ask::CreateOrder(_)), "{call:?}");
    let answer = PaymentAnswer::Ordered { link: link.into(), handle: None };
    world.hear(&call, Question::Order, answer).await;
}

async fn paid(world: &World) {
    let call = world.last_call();
    let Ask::CreateOrder(asked) = &call.ask else { panic!("{call:?}") };
    let receipt = Receipt {
        transaction: "T-77".into(),
        amount: asked.amount,
        payer: asked.payer,
        rate: None,
        settlement: None,
    };
    world.hear(&call, Question::Notice, PaymentAnswer::Paid(receipt)).await;
}

/// Chooses while the wallet's answer is brought.
async fn chosen(world: &World, path: &str, wallet: &str, link: &str) -> Answer {
    let calls = world.calls.lock().unwrap().len();
    let fields = format!("wallet={wallet}");
    let (answer, ()) = tokio::join!(fill(world, path, &fields), async {
        while world.calls.lock().unwrap().len() == calls {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
        linked(world, link).await;
    });
    answer
}

#[tokio::test]
async fn a_payer_reads_shop_and_amount_in_their_language() {
    let world = world().await;
    let order = made(&world, "O1", json!({})).await;
    let path = format!("/checkout/{}", order.text("id"));
    assert_eq!(order.text("checkout_url"), format!("http://switch.test{path}"));
    let says = [
        ("ja", "さくら食堂", "1,200円"),
        ("en", "SAKURA SHOKUDO", "¥1,200"),
        ("zh-Hans", "SAKURA SHOKUDO", "JPY\u{a0}1,200"),
        ("ko", "SAKURA SHOKUDO", "¥1,200"),
        ("th", "SAKURA SHOKUDO", "¥1,200"),
    ];
    for (language, shop, amount) in says {
        let page = read(&world, &path, language).await;
        assert!(page.contains(&format!("<html lang=\"{language}\">")), "{language}");
        assert!(page.contains(shop) && page.contains(amount), "{language}: {page}");
        assert!(!page.contains(">checkout-"), "{language} lacks a sentence");
        // Wallets that make no orders of their own are not offered.
        assert!(page.contains("value=\"noren\""), "{page}");
    }
}

#[tokio::test]
async fn an_estimate_is_made_of_a_rate_that_is_known_and_of_nothing_else() {
    let world = world().await;
    let order = made(&world, "O1", json!({})).await;
    let path = format!("/checkout/{}", order.text("id"));
    let chinese = read(&world, &path, "zh-CN").await;
    assert!(chinese.contains("CNY\u{a0}58.08") && chinese.contains("test bank"), "{chinese}");
    let korean = read(&world, &path, "ko").await;
    assert!(!korean.contains("KRW"), "{korean}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_choice_leads_to_the_wallet_and_the_result_to_a_receipt() {
    let world = world().await;
    let more = json!({ "return_url": "https://shop.example/back?order=1" });
    let order = made(&world, "O1", more).await;
    let path = format!("/checkout/{}", order.text("id"));
    let choice = chosen(&world, &path, "noren", "https://wallet.test/o/1").await;
    assert_eq!((choice.status.as_u16(), choice.header("location")), (303, Some(&*path)));
    // On a computer a code, on a telephone the link first; the link is a link in both.
    let computer = read(&world, &path, "en").await;
    assert!(computer.contains("<svg") && computer.contains("href=\"https://wallet.test/o/1\""));
    let phone = get(&path).header("accept-language", "en").header("user-agent", "iPhone Mobile");
    let phone = text(&phone.send(&world).await);
    assert!(!phone.contains("<svg") && phone.contains("Open Partner wallet"), "{phone}");
    // What the switch has promised is said, in both currencies.
    assert!(phone.contains("CNY\u{a0}58.95") && phone.contains("1.50"), "{phone}");
    // No receipt yet.
    let early = get(&format!("{path}/receipt")).send(&world).await;
    assert_eq!((early.status.as_u16(), early.header("location")), (303, Some(&*path)));
    paid(&world).await;
    for language in LANGUAGES {
        let page = read(&world, &path, language).await;
        assert!(page.contains("role=\"alert\"") && page.contains("tone-good"), "{language}");
        assert!(page.contains("https://shop.example/back?order=1"), "{page}");
        let slip = read(&world, &format!("{path}/receipt"), language).await;
        let digits = id(&order).digits();
        assert!(slip.contains(&digits[digits.len() - 4..]) && slip.contains("O1"), "{slip}");
        assert!(slip.contains("T-77") && slip.contains("CNY\u{a0}58.95"), "{slip}");
        assert!(!page.contains(">checkout-") && !slip.contains(">checkout-"), "{language}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_text_of_a_code_is_no_link() {
    let world = world().await;
    let order = made(&world, "O1", json!({})).await;
    let path = format!("/checkout/{}", order.text("id"));
    chosen(&world, &path, "noren", "weixin://wxpay/bizpayurl?pr=1").await;
    for agent in ["iPhone Mobile", "X11; Linux x86_64"] {
        let page = get(&path).header("user-agent", agent).send(&world).await;
        let page = text(&page);
        assert!(page.contains("<svg") && !page.contains("href=\"weixin"), "{page}");
    }
}

#[tokio::test]
async fn an_order_that_ran_out_says_so_and_where_to_begin_again() {
    let world = world().await;
    let more = json!({ "return_url": "https://shop.example/", "expires_in_seconds": 60 });
    let order = made(&world, "O1", more).await;
    let path = format!("/checkout/{}", order.text("id"));
    world.clock.set(NOW.after(Span::seconds(61)));
    made(&world, "O2", json!({})).await;
    let page = read(&world, &path, "en").await;
    assert!(page.contains("The time to pay is over"), "{page}");
    assert!(page.contains("start again at the shop") && page.contains("https://shop.example/"));
    assert!(!page.contains("name=\"wallet\"") && !page.contains("data-live"), "{page}");
    let late = fill(&world, &path, "wallet=noren").await;
    assert!(late.status.is_client_error());
    assert!(text(&late).contains("role=\"alert\""));
}

#[tokio::test]
async fn what_is_nobodys_order_is_told_in_words() {
    let world = world().await;
    for id in [nobodys("pay"), nobodys("sto"), "pay_x".into(), "x".into()] {
        for path in [format!("/checkout/{id}"), format!("/checkout/{id}/receipt")] {
            let answer = get(&path).header("accept-language", "en").send(&world).await;
            assert!(answer.status.is_client_error(), "{path}");
            assert!(text(&answer).contains("We cannot find this order or shop"), "{path}");
        }
        let answer = fill(&world, &format!("/checkout/{id}"), "wallet=noren").await;
        assert!(answer.status.is_client_error() && !text(&answer).is_empty());
    }
    // A payment at a till has no page.
    let scanned = world.scanned("O1", 1_200, "281212345678901234").await;
    let path = format!("/checkout/{}", scanned.text("id"));
    assert_eq!(get(&path).send(&world).await.status, 404);
    assert_eq!(
        (&scanned.body["checkout_url"], &scanned.body["return_url"]),
        (&Value::Null, &Value::Null)
    );
    let order = made(&world, "O2", json!({})).await;
    let nobody = fill(&world, &format!("/checkout/{}", order.text("id")), "wallet=nobody").await;
    assert_eq!(nobody.status, 404);
    assert!(text(&nobody).contains(&format!("/checkout/{}", order.text("id"))));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_is_told_when_there_is_something_else_to_see() {
    let world = world().await;
    let order = made(&world, "O1", json!({})).await;
    let path = format!("/checkout/v1/payments/{}", order.text("id"));
    let first = get(&path).send(&world).await;
    let tag = first.header("etag").unwrap().to_owned();
    let same = get(&path).header("if-none-match", &tag).send(&world).await;
    assert_eq!((same.status.as_u16(), same.raw.len()), (304, 0));
    assert_eq!(same.header("etag"), Some(&*tag));
    let waiting = get(&path).header("if-none-match", &tag).header("prefer", "wait=15");
    let choice = json!({ "wallet": "noren" });
    let choose = post(&format!("{path}/wallet")).json(&choice);
    let started = std::time::Instant::now();
    let (told, chosen, ()) = tokio::join!(waiting.send(&world), choose.send(&world), async {
        while world.calls.lock().unwrap().is_empty() {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
        linked(&world, "https://wallet.test/o/1").await;
    });
    assert!(started.elapsed() < std::time::Duration::from_secs(10));
    assert_eq!((told.status.as_u16(), told.text("wallet")), (200, "noren"));
    assert_eq!(chosen.text("link"), "https://wallet.test/o/1");
    // Without an earlier answer: until something changes while it waits.
    let waiting = get(&path).header("prefer", "wait=15");
    let (told, ()) = tokio::join!(waiting.send(&world), async {
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        paid(&world).await;
    });
    assert_eq!(told.text("status"), "captured");
}

#[tokio::test]
async fn a_shop_names_where_its_payer_goes_on() {
    let world = world().await;
    let url = format!("https://shop.example/{}", "a".repeat(2_027));
    assert_eq!(url.len(), 2_048);
    let order = made(&world, "O1", json!({ "return_url": url })).await;
    assert_eq!((order.status.as_u16(), order.text("return_url")), (201, &*url));
    let read = get(&format!("/v1/payments/{}", order.text("id"))).by(&world.sakura.key);
    assert_eq!(read.send(&world).await.text("return_url"), url);
    // It is a part of what was asked for.
    let again = made(&world, "O1", json!({ "return_url": "https://shop.example/" })).await;
    again.is_problem(422, "key-reused");
    let long = format!("{url}a");
    for bad in
        [&*long, "shop.example", "ftp://shop.example/", "javascript:alert(1)", "https://", ""]
    {
        let refused = made(&world, "O2", json!({ "return_url": bad })).await;
        refused.is_problem(400, "member-invalid");
        assert_eq!(refused.body["param"], "return_url", "{bad}");
    }
    let online =
        json!({ "present": "online", "wallet": "noren", "return_url": "https://shop.example/" });
    let online = made(&world, "O3", online).await;
    assert_eq!(online.text("return_url"), "https://shop.example/");
    assert!(online.text("checkout_url").contains(online.text("id")));
    let scanned = json!({
        "present": "consumer", "payment_code": "281212345678901234",
        "return_url": "https://shop.example/",
    });
    let scanned = made(&world, "O4", scanned).await;
    scanned.is_problem(400, "member-invalid");
    assert_eq!(scanned.body["param"], "return_url");
}

#[tokio::test]
async fn a_choice_of_a_language_is_remembered() {
    let world = world().await;
    let order = made(&world, "O1", json!({})).await;
    let path = format!("/checkout/{}", order.text("id"));
    let chosen = get(&format!("{path}?lang=th")).send(&world).await;
    assert!(chosen.header("set-cookie").unwrap().starts_with("lang=th;"));
    let later = Call::new("GET", &path).header("cookie", "lang=th").send(&world).await;
    assert!(text(&later).contains("<html lang=\"th\">"));
}

#[tokio::test]
async fn the_first_page_leads_to_what_there_is() {
    let world = world().await;
    for language in LANGUAGES {
        let page = read(&world, "/", language).await;
        for door in ["/till/pair", "http://shop.test", "/openapi.json", "/problems"] {
            assert!(page.contains(&format!("href=\"{door}\"")), "{door}: {page}");
        }
        // One tap opens a shop's till, and a phone with a wallet in hand.
        assert!(page.contains("/wallet/noren\""));
        assert!(page.contains("action=\"/till/demo\"") && page.contains("value=\"sto_"));
        assert!(!page.contains(">start-"), "{language} lacks a sentence");
    }
}
