//! Who may do what, for every route.

use noren_core::directory::{ApiKey, Change, KeyRole};
use noren_core::time::Timestamp;
use noren_server::auth::mint_api_key;
use serde_json::json;

use crate::routes::{ROUTES, Who, filled};
use crate::world::{Ask, NOW, get, nobodys, post, world, yen};

#[tokio::test]
async fn no_route_answers_a_stranger() {
    let world = world().await;
    for (method, path, who) in ROUTES {
        let path = filled(path, &nobodys("pay"), &nobodys("rfd"), &nobodys("sto"));
        let bare = Ask::new(method, &path).send(&world).await;
        let wrong =
            Ask::new(method, &path).header("authorization", "Bearer nk_a_b_c").send(&world).await;
        let operator = Ask::new(method, &path).by(&world.operator).key("k").send(&world).await;
        let merchant = Ask::new(method, &path).by(&world.sakura.key).key("k").send(&world).await;
        match who {
            // Whoever has a payment's id may open its page; an id of nobody's leads nowhere.
            Who::Anyone if path.starts_with("/checkout/") => {
                assert!(matches!(bare.status.as_u16(), 400 | 404 | 415 | 422), "{path}");
            }
            Who::Anyone => assert!(bare.status.is_success(), "{path}"),
            Who::Merchant => {
                bare.is_problem(401, "unauthorized");
                wrong.is_problem(401, "unauthorized");
                operator.is_problem(403, "not-allowed");
                assert_eq!(bare.header("www-authenticate"), Some("Bearer"));
            }
            Who::Operator => {
                bare.is_problem(401, "unauthorized");
                wrong.is_problem(401, "unauthorized");
                merchant.is_problem(403, "not-allowed");
            }
            Who::Wallet => {
                for answer in [bare, wrong, operator, merchant] {
                    answer.is_problem(401, "signature-invalid");
                }
            }
        }
    }
}

#[tokio::test]
async fn another_merchants_objects_do_not_exist() {
    let world = world().await;
    let payment = world.scanned("O1", 1_200, "281212345678901234").await;
    world.approve().await;
    let body = json!({"payment": payment.body["id"], "amount": yen(100)});
    let refund = post("/v1/refunds").by(&world.sakura.key).key("R1").json(&body).send(&world).await;
    assert_eq!(refund.status, 201, "{}", refund.body);
    let (payment, refund) = (payment.text("id"), refund.text("id"));
    let store = world.sakura.store.to_string();
    // A merchant's key does nothing at all where only the operator may.
    let of_objects = ROUTES.iter().filter(|(_, path, who)| {
        path.starts_with("/v1/") && path.contains("{id}") && !matches!(who, Who::Operator)
    });
    for (method, path, _) in of_objects {
        let path = filled(path, payment, refund, &store);
        let ask = |path: &str| {
            let ask = Ask::new(method, path);
            let needs_amount = path.ends_with("/captures");
            if needs_amount { ask.json(&json!({"amount": yen(1)})) } else { ask }
        };
        let own = ask(&path).by(&world.sakura.key).key("own").send(&world).await;
        assert_ne!(own.status, 404, "{path}");
        let other = ask(&path).by(&world.takayama.key).key("other").send(&world).await;
        assert_eq!(other.status, 404, "{path} {}", other.body);
        let invented = path
            .replace(payment, &nobodys("pay"))
            .replace(refund, &nobodys("rfd"))
            .replace(&store, &nobodys("sto"));
        let nobody = ask(&invented).by(&world.takayama.key).key("n").send(&world).await;
        assert_ne!(path, invented);
        assert_eq!(other.body["code"], nobody.body["code"], "no word tells them apart");
    }
    let stolen =
        post("/v1/refunds").by(&world.takayama.key).key("R2").json(&body).send(&world).await;
    stolen.is_problem(404, "payment-unknown");
    let elsewhere =
        json!({"order_number": "X", "store": store, "amount": yen(1), "present": "merchant"});
    let stolen =
        post("/v1/payments").by(&world.takayama.key).key("X").json(&elsewhere).send(&world).await;
    stolen.is_problem(404, "shop-unknown");
    for list in ["/v1/payments", "/v1/refunds", "/v1/events", "/v1/stray_receipts"] {
        let answer = get(list).by(&world.takayama.key).send(&world).await;
        assert_eq!(answer.body["data"], json!([]), "{list}");
    }
}

#[tokio::test]
async fn a_new_key_works_at_once_and_an_ended_one_no_more() {
    let world = world().await;
    let role =
        KeyRole::Merchant { tenant: "shinkin".parse().unwrap(), merchant: world.sakura.merchant };
    let (token, key) = mint_api_key([77; 24], role, Timestamp(0));
    get("/v1/stores").by(&token).send(&world).await.is_problem(401, "unauthorized");
    let change = |key: &ApiKey| json!({"change": Change::ApiKey(key.clone())});
    let send = async |key: &ApiKey| {
        let answer =
            post("/v1/directory").by(&world.operator).json(&change(key)).send(&world).await;
        assert_eq!(answer.status, 201, "{}", answer.body);
    };
    send(&key).await;
    assert_eq!(get("/v1/stores").by(&token).send(&world).await.status, 200);
    send(&ApiKey { until: Some(NOW), ..key.clone() }).await;
    get("/v1/stores").by(&token).send(&world).await.is_problem(401, "unauthorized");
    // The right id with another secret.
    let mut other = String::from(token.reveal());
    let last = other.pop().unwrap();
    other.push(if last == 'a' { 'b' } else { 'a' });
    let answer =
        get("/v1/stores").header("authorization", &format!("Bearer {other}")).send(&world).await;
    answer.is_problem(401, "unauthorized");
}
