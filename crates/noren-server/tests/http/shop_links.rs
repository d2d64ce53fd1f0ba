//! The link form of a shop's code, for whatever scans it.

use noren_core::directory::{Change, Standing, Store};
use noren_core::id::{PaymentId, StoreId};
use noren_store::sqlite::Scope;
use serde_json::json;

use crate::checkout::{fill, text};
use crate::wallet_api;
use crate::world::{Answer, World, get, nobodys, world, yen};

fn path(world: &World) -> String {
    format!("/s/{}", world.sakura.store)
}

/// The name that a form was given.
fn form(page: &str) -> String {
    let (_, rest) = page.split_once("name=\"form\" value=\"").unwrap();
    rest.split('"').next().unwrap().to_owned()
}

async fn opened(world: &World, agent: &str) -> String {
    let call = get(&path(world)).header("accept-language", "en").header("user-agent", agent);
    text(&call.send(world).await)
}

fn fields(form: &str, amount: &str, wallet: &str) -> String {
    format!("form={form}&amount={amount}&wallet={wallet}")
}

/// Fills in the form; the wallet does not answer, and is not waited for.
async fn sent(world: &World, fields: &str) -> Answer {
    let path = path(world);
    let call = fill(world, &path, fields);
    tokio::pin!(call);
    let calls = world.calls.lock().unwrap().len();
    loop {
        tokio::select! {
            answer = &mut call => return answer,
            () = tokio::time::sleep(std::time::Duration::from_millis(5)) => {
                if world.calls.lock().unwrap().len() > calls {
                    world.link().await;
                    return call.await;
                }
            }
        }
    }
}

fn payment(answer: &Answer) -> PaymentId {
    assert_eq!(answer.status, 303, "{}", String::from_utf8_lossy(&answer.raw));
    answer.header("location").unwrap().strip_prefix("/checkout/").unwrap().parse().unwrap()
}

async fn change(world: &World, edit: impl FnOnce(&mut Store)) {
    let directory = world.reads.directory(0).unwrap();
    let mut stores = directory.into_iter().filter_map(|(_, change)| match change {
        Change::Store(store) if store.id == world.sakura.store => Some(store),
        _ => None,
    });
    let mut store = stores.next().unwrap();
    edit(&mut store);
    let body = json!({ "change": Change::Store(store) });
    let call = crate::world::post("/v1/directory").by(&world.operator).json(&body);
    assert_eq!(call.send(world).await.status, 201);
}

#[tokio::test]
async fn the_wallet_that_scanned_is_offered_first_and_alone() {
    let world = world().await;
    let phone = "Mozilla/5.0 (iPhone) Mobile/15E148";
    let plain = opened(&world, phone).await;
    assert!(plain.contains("SAKURA SHOKUDO") && plain.contains("¥100,000"), "{plain}");
    assert!(!plain.contains("class=\"first wide own\""), "{plain}");
    let alipay = opened(&world, &format!("{phone} AlipayClient/10.6.60")).await;
    assert!(alipay.contains("Pay with Alipay+"), "{alipay}");
    // A wallet that the shop does not take is not offered, whoever scanned.
    let wechat = opened(&world, &format!("{phone} MicroMessenger/8.0.50")).await;
    assert!(!wechat.contains("class=\"first wide own\""), "{wechat}");
    for language in ["ja", "en", "zh-Hans", "ko", "th"] {
        let page = get(&path(&world)).header("accept-language", language).send(&world).await;
        let page = text(&page);
        assert!(page.contains(&format!("<html lang=\"{language}\">")));
        assert!(!page.contains(">checkout-"), "{language} lacks a sentence");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_that_is_sent_twice_is_one_order() {
    let world = world().await;
    let name = form(&opened(&world, "").await);
    // Full-width digits, a comma and a yen sign, as people type them.
    let amount = "%EF%BC%91%EF%BC%8C%EF%BC%92%EF%BC%90%EF%BC%90%E5%86%86";
    let first = payment(&sent(&world, &fields(&name, amount, "noren")).await);
    let again = payment(&sent(&world, &fields(&name, "1200", "noren")).await);
    assert_eq!(first, again);
    let stored = world.payment(first);
    assert_eq!((stored.amount, stored.store), (yen(1_200), world.sakura.store));
    assert!(stored.order_number.starts_with("link-"));
    // Another amount on the same form is another order.
    assert_ne!(payment(&sent(&world, &fields(&name, "1300", "noren")).await), first);
    let other = form(&opened(&world, "").await);
    assert_ne!(payment(&sent(&world, &fields(&other, "1200", "noren")).await), first);
}

#[tokio::test]
async fn an_amount_that_cannot_be_is_told_in_words_and_orders_nothing() {
    let world = world().await;
    let name = form(&opened(&world, "").await);
    for (typed, says) in [
        ("", "in digits"),
        ("0", "in digits"),
        ("abc", "in digits"),
        ("12.5", "in digits"),
        ("100001", "This shop takes up to ¥100,000 at a time"),
    ] {
        let path = path(&world);
        let call = crate::world::post(&path).header("accept-language", "en");
        let call = call.header("content-type", "application/x-www-form-urlencoded");
        let answer = call.bytes(fields(&name, typed, "noren").as_bytes()).send(&world).await;
        assert_eq!(answer.status, 422, "{typed}");
        let page = text(&answer);
        assert!(page.contains(says) && page.contains(&format!("value=\"{typed}\"")), "{page}");
    }
    // What is no form of ours brings a fresh one.
    for bad in ["", "amount=1200&wallet=noren", "form=x&amount=1200&wallet=noren"] {
        let answer = fill(&world, &path(&world), bad).await;
        assert_eq!(answer.status, 422, "{bad}");
        assert_eq!(form(&text(&answer)).len(), 32);
    }
    let none = world.reads.payments(
        Scope::Operator,
        &noren_store::sqlite::PaymentFilter::default(),
        &noren_store::sqlite::Cursor { limit: 1, starting_after: None, ending_before: None },
    );
    assert!(none.unwrap().items.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_has_so_many_open_orders_and_no_more() {
    let world = world().await;
    for number in 0..60 {
        let name = format!("{number:032x}");
        payment(&sent(&world, &fields(&name, "100", "noren")).await);
    }
    let full = sent(&world, &fields(&format!("{:032x}", 99), "100", "noren")).await;
    assert_eq!(full.status, 429);
    assert!(text(&full).contains(&path(&world)));
    // Ten minutes later there is room again.
    world.clock.set(crate::world::NOW.after(noren_core::time::Span::seconds(601)));
    get("/").send(&world).await;
    let later = sent(&world, &fields(&format!("{:032x}", 100), "100", "noren")).await;
    payment(&later);
}

#[tokio::test]
async fn a_shop_that_is_closed_says_so() {
    let world = world().await;
    for id in [nobodys("sto"), nobodys("pay"), "x".into()] {
        let answer = get(&format!("/s/{id}")).header("accept-language", "en").send(&world).await;
        assert!(answer.status.is_client_error());
        assert!(text(&answer).contains("We cannot find this order or shop"), "{id}");
    }
    for standing in [Standing::Suspended, Standing::Retired] {
        change(&world, |store| store.standing = standing).await;
        let call = get(&path(&world)).header("accept-language", "en");
        let answer = call.send(&world).await;
        assert!(answer.status.is_client_error());
        assert!(text(&answer).contains("This shop is not taking payments right now"));
        let name = "0".repeat(32);
        assert!(
            fill(&world, &path(&world), &fields(&name, "100", "noren"))
                .await
                .status
                .is_client_error()
        );
    }
}

/// Our own wallets read the link as they read the printed code.
#[tokio::test]
async fn a_wallet_that_joins_directly_reads_the_link_as_the_code() {
    let world = world().await;
    let code = get(&format!("/v1/stores/{}/code", world.sakura.store)).by(&world.sakura.key);
    let code = code.send(&world).await;
    assert_eq!(code.text("link"), format!("http://switch.test{}", path(&world)));
    let resolve = async |text: &str| {
        let body = json!({ "code": text, "payer_currency": "CNY" });
        wallet_api::call(&world, "/codes/resolve", &body).await
    };
    let (printed, link) = (resolve(code.text("code")).await, resolve(code.text("link")).await);
    assert_eq!(link.status, 200, "{}", link.body);
    assert_eq!(printed.body, link.body);
    let none: StoreId = nobodys("sto").parse().unwrap();
    resolve(&format!("http://switch.test/s/{none}")).await.is_problem(404, "shop-unknown");
}
