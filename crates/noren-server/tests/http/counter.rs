//! The till around the sale: a day's payments, giving money back, the end of the day, receipts.

use noren_core::time::Span;
use serde_json::json;

use crate::world::{Answer, Ask, NOW, World, get, nobodys, post, world, yen};

/// A till of the first shop with Hana at it, and Ken to be asked.
async fn till(world: &World) -> String {
    for (name, role, pin) in [("Hana", "clerk", "1234"), ("Ken", "supervisor", "4321")] {
        let body = json!({ "role": role, "pin": pin });
        let put = Ask::new("PUT", &format!("/v1/staff/{name}")).by(&world.sakura.key);
        assert_eq!(put.json(&body).send(world).await.status.as_u16(), 200);
    }
    let opened = form(world, "/till/demo", "", &format!("store={}", world.sakura.store)).await;
    opened.header("set-cookie").unwrap().split(';').next().unwrap().to_owned()
}

async fn form(world: &World, path: &str, cookie: &str, form: &str) -> Answer {
    let ask = post(path).header("content-type", "application/x-www-form-urlencoded");
    ask.header("cookie", cookie).bytes(form.as_bytes()).send(world).await
}

async fn page(world: &World, path: &str, cookie: &str) -> (u16, String) {
    let answer = get(path).header("cookie", cookie).send(world).await;
    (answer.status.as_u16(), String::from_utf8(answer.raw).unwrap())
}

/// A payment of the first shop that was paid.
async fn paid(world: &World, order: &str, minor: i64) -> String {
    let code = format!("2812{:014}", order.len() * 1_000 + minor as usize);
    let made = world.scanned(order, minor, &code).await;
    world.approve().await;
    made.text("id").to_owned()
}

#[tokio::test]
async fn a_days_payments_are_found_by_number_amount_and_minute() {
    let world = world().await;
    let cookie = till(&world).await;
    let first = paid(&world, "T1128-5207", 1_200).await;
    world.clock.set(NOW.after(Span::seconds(120)));
    let second = paid(&world, "T1128-A946K", 980).await;
    let (status, all) = page(&world, "/till/today", &cookie).await;
    assert_eq!(status, 200);
    let place = |id: &str| all.find(&format!("/till/payments/{id}")).expect("it is in the list");
    assert!(place(&second) < place(&first), "the newest first");
    let finds = async |query: &str| {
        let (_, found) = page(&world, &format!("/till/today?{query}"), &cookie).await;
        (found.contains(&first), found.contains(&second))
    };
    assert_eq!(finds("q=1200").await, (true, false));
    assert_eq!(finds("q=00:30").await, (true, false));
    assert_eq!(finds("q=00:32").await, (false, true));
    assert_eq!(finds(&format!("q={}", &second[second.len() - 4..])).await, (false, true));
    // The last four that the till's own screens call a sale by.
    assert!(all.contains("<span class=\"row-last\">946K</span>"));
    assert_eq!(finds("q=946K").await, (false, true));
    assert_eq!(finds("q=5207").await, (true, false));
    assert_eq!(finds("state=captured").await, (true, true));
    assert_eq!(finds("state=declined").await, (false, false));
    assert_eq!(finds("day=2026-11-21").await, (false, false));
    assert_eq!(finds("day=2026-11-22").await, (true, true));
    let nobody = page(&world, "/till/today", "").await;
    assert_eq!(nobody.0, 303, "a browser that is no till is shown how it becomes one");
}

#[tokio::test]
async fn what_belongs_to_another_shop_is_not_there() {
    let world = world().await;
    let cookie = till(&world).await;
    let body = json!({
        "order_number": "T", "store": world.takayama.store, "amount": yen(500), "present": "merchant",
    });
    let made = post("/v1/payments").by(&world.takayama.key).key("T").json(&body).send(&world).await;
    for id in [made.text("id").to_owned(), nobodys("pay"), "pay_1".into()] {
        for path in ["", "/receipt"] {
            let (status, _) = page(&world, &format!("/till/payments/{id}{path}"), &cookie).await;
            assert_eq!(status, 404, "{id}{path}");
        }
    }
    let (status, _) =
        page(&world, &format!("/till/refunds/{}/receipt", nobodys("rfd")), &cookie).await;
    assert_eq!(status, 404);
    for token in ["", "x", &"0".repeat(57)] {
        assert_eq!(page(&world, &format!("/r/{token}"), "").await.0, 404, "{token}");
    }
}

#[tokio::test]
async fn a_refund_needs_a_supervisor_and_twice_is_once() {
    let world = world().await;
    let cookie = till(&world).await;
    let id = paid(&world, "A", 1_200).await;
    let (_, before) = page(&world, &format!("/till/payments/{id}"), &cookie).await;
    assert!(before.contains("data-left=\"1200\"") && before.contains("data-supervised=\"false\""));
    let refund = || {
        let body = json!({ "payment": id, "amount": yen(500) });
        post("/till/v1/refunds").header("cookie", &cookie).key("one").json(&body).send(&world)
    };
    refund().await.is_problem(403, "supervisor-needed");
    form(&world, "/till/supervisor", &cookie, "name=Ken&pin=4321").await;
    let (_, asked) = page(&world, &format!("/till/payments/{id}"), &cookie).await;
    assert!(asked.contains("data-supervised=\"true\""));
    let made = refund().await;
    assert_eq!(made.status.as_u16(), 201, "{}", made.body);
    let again = refund().await;
    assert_eq!(
        (again.text("id"), again.header("idempotent-replayed")),
        (made.text("id"), Some("true"))
    );
    let (_, after) = page(&world, &format!("/till/payments/{id}"), &cookie).await;
    assert!(after.contains("data-left=\"700\""), "what is under way counts");
}

#[tokio::test]
async fn the_close_is_what_the_books_have() {
    let world = world().await;
    let cookie = till(&world).await;
    for (order, minor) in [("A", 1_200), ("AB", 980)] {
        paid(&world, order, minor).await;
    }
    world.shown("WAITS", 300).await;
    let (status, close) = page(&world, "/till/close?expected=２，１８０", &cookie).await;
    assert_eq!(status, 200);
    assert!(close.contains("2,180円") && close.contains("お支払い2件"), "{close}");
    assert!(close.contains("手元の集計と一致しています。"));
    assert!(close.contains("まだ終わっていない取引"), "the open sale is named");
    let (_, more) = page(&world, "/till/close?expected=2000", &cookie).await;
    assert!(more.contains("記録のほうが180円多くなっています。"));
    let (_, faulty) = page(&world, "/till/close?expected=abc", &cookie).await;
    assert!(faulty.contains("aria-invalid=\"true\""));
    let (_, other) = page(&world, "/till/close?day=2026-11-21", &cookie).await;
    assert!(other.contains("この日の取引はありません。"));
}

#[tokio::test]
async fn a_receipt_says_its_tax_and_whether_it_is_a_qualified_invoice() {
    let world = world().await;
    let cookie = till(&world).await;
    let id = paid(&world, "A", 1_200).await;
    let path = format!("/till/payments/{id}/receipt");
    let (_, plain) = page(&world, &format!("{path}?width=58"), &cookie).await;
    assert!(plain.contains("適格請求書ではありません") && plain.contains("109円"), "{plain}");
    let settings = format!("/v1/stores/{}/receipt", world.sakura.store);
    let set = |body: serde_json::Value| {
        Ask::new("PUT", &settings).by(&world.sakura.key).json(&body).send(&world)
    };
    set(json!({ "invoice_number": "T123" })).await.is_problem(400, "member-invalid");
    set(json!({ "tax_default": 9 })).await.is_problem(400, "member-invalid");
    let kept = set(json!({ "invoice_number": "T1234567890123", "tax_default": 8 })).await;
    assert_eq!(
        (kept.status.as_u16(), &kept.body["tax_default"]),
        (200, &json!(8)),
        "{}",
        kept.body
    );
    let (_, qualified) = page(&world, &path, &cookie).await;
    for words in ["適格簡易請求書", "T1234567890123", "※8%対象", "88円"] {
        assert!(qualified.contains(words), "{words}");
    }
    let mixed = form(&world, &format!("/till/payments/{id}/tax"), &cookie, "reduced=648").await;
    assert_eq!(mixed.status.as_u16(), 303);
    let (_, mixed) = page(&world, &path, &cookie).await;
    for words in ["552円", "50円", "648円", "48円"] {
        assert!(mixed.contains(words), "{words}");
    }
    let too_much = form(&world, &format!("/till/payments/{id}/tax"), &cookie, "reduced=1201").await;
    assert_eq!(too_much.status.as_u16(), 422);
    // The first print is the receipt, the next one a copy.
    assert!(!mixed.contains("class=\"copy\""));
    let printed = form(&world, &format!("{path}/printed"), &cookie, "").await;
    assert_eq!(printed.status.as_u16(), 204);
    assert!(page(&world, &path, &cookie).await.1.contains("<span class=\"copy\">再発行"));
    // The customer's page: the same sums, and nobody has to sign in.
    let (_, after) = mixed.split_once("href=\"/r/").unwrap();
    let token = after.split('"').next().unwrap();
    let (status, public) = page(&world, &format!("/r/{token}"), "").await;
    assert!(status == 200 && public.contains("648円") && !public.contains("till-head"));
    let last = if token.ends_with('0') { "1" } else { "0" };
    let forged = format!("{}{last}", &token[..token.len() - 1]);
    assert_eq!(page(&world, &format!("/r/{forged}"), "").await.0, 404);
}

#[tokio::test]
async fn the_poster_is_drawn_in_every_size_and_both_codes() {
    let world = world().await;
    let cookie = till(&world).await;
    for size in ["a4", "a5", "sticker"] {
        for code in ["jpqr", "link"] {
            let query = format!("size={size}&tongue=ko&code={code}");
            let (status, shown) = page(&world, &format!("/till/poster?{query}"), &cookie).await;
            assert!(status == 200 && shown.contains("<svg"), "{query}");
            let file = get(&format!("/till/poster.svg?{query}")).header("cookie", &cookie);
            let file = file.send(&world).await;
            assert_eq!(file.header("content-type"), Some("image/svg+xml"), "{query}");
        }
    }
}
