//! The description of the API is whole and true.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::routes::{ROUTES, Who};
use crate::wallet_api;
use crate::world::{get, post, world};

#[tokio::test]
async fn every_route_is_in_the_document_and_nothing_else() {
    let world = world().await;
    let answer = get("/openapi.json").send(&world).await;
    let document = answer.body;
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1."), "{}", document["openapi"]);
    assert_eq!(document, noren_server::openapi());
    let mut described = BTreeSet::new();
    let mut operations = BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            described.insert((method.to_uppercase(), path.clone()));
            let name = operation["operationId"].as_str().unwrap();
            assert!(operations.insert(name.to_owned()), "{name} is taken twice");
            let responses = operation["responses"].as_object().unwrap();
            assert!(responses.keys().any(|status| status.starts_with('2')), "{path}");
            assert!(
                operation["summary"].is_string() || operation["description"].is_string(),
                "{path}"
            );
        }
    }
    let listed: BTreeSet<_> =
        ROUTES.iter().map(|(method, path, _)| ((*method).to_owned(), (*path).to_owned())).collect();
    assert_eq!(described, listed);
    for (method, path, who) in ROUTES {
        let operation = &document["paths"][path][method.to_lowercase()];
        let schemes = operation["security"].as_array().map(|all| {
            all.iter().flat_map(|one| one.as_object().unwrap().keys().cloned()).collect::<Vec<_>>()
        });
        let expected = match who {
            Who::Anyone => None,
            Who::Merchant => Some(vec!["merchant".to_owned()]),
            Who::Operator => Some(vec!["operator".to_owned()]),
            Who::Wallet => Some(vec!["wallet".to_owned()]),
        };
        assert_eq!(schemes, expected, "{method} {path}");
    }
}

#[tokio::test]
async fn every_reference_of_the_document_leads_somewhere() {
    let world = world().await;
    let document = get("/openapi.json").send(&world).await.body;
    let mut references = BTreeSet::new();
    collect(&document, &mut references);
    assert!(!references.is_empty());
    for reference in references {
        let pointer = reference.strip_prefix('#').unwrap();
        assert!(document.pointer(pointer).is_some(), "{reference} leads nowhere");
    }
}

fn collect(value: &Value, out: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            out.extend(members.get("$ref").and_then(Value::as_str).map(str::to_owned));
            members.values().for_each(|value| collect(value, out));
        }
        Value::Array(values) => values.iter().for_each(|value| collect(value, out)),
        _ => {}
    }
}

/// What is answered has the members that the document says, no more and no fewer.
#[tokio::test]
async fn answers_have_the_members_that_are_described() {
    let world = world().await;
    let document = get("/openapi.json").send(&world).await.body;
    let members = |value: &Value| -> BTreeSet<String> {
        value.as_object().unwrap().keys().cloned().collect()
    };
    let described =
        |schema: &str| members(&document["components"]["schemas"][schema]["properties"]);
    let payment = world.shown("O1", 1_200).await.body;
    assert_eq!(members(&payment), described("Payment"));
    let held = world.held("O2", 1_000).await;
    let capture = world.captured(&held, 400, 1_968).await.body;
    assert_eq!(members(&capture), described("Capture"));
    let page = |path: &'static str| get(path).by(&world.sakura.key).send(&world);
    assert_eq!(members(&page("/v1/events").await.body["data"][0]), described("Event"));
    assert_eq!(members(&page("/v1/stores").await.body["data"][0]), described("Store"));
    let order = post("/v1/orders/O1/cancel").by(&world.sakura.key).key("C").send(&world).await;
    assert_eq!(members(&order.body), described("Order"));
    let problem = page("/v1/payments/pay_x").await.body;
    assert!(members(&problem).is_subset(&described("Problem")));
}

fn example(document: &Value, path: &str) -> Value {
    let body = &document["paths"][path]["post"]["requestBody"]["content"]["application/json"];
    let reference = body["schema"]["$ref"].as_str().and_then(|at| at.strip_prefix('#'));
    let schema = reference.map_or(&body["schema"], |at| document.pointer(at).unwrap());
    let example = [&body["example"], &schema["example"]].into_iter().find(|e| !e.is_null());
    example.unwrap_or_else(|| panic!("{path} has no example")).clone()
}

/// The examples of the document do what they say, once their ids are ones of this switch.
#[tokio::test]
async fn the_examples_are_good_requests() {
    let world = world().await;
    let document = noren_server::openapi();
    let mut body = example(&document, "/v1/payments");
    body["store"] = world.sakura.store.to_string().into();
    let made = post("/v1/payments").by(&world.sakura.key).key("1").json(&body).send(&world).await;
    assert_eq!(made.status, 201, "{}", made.body);
    let mut body = example(&document, "/v1/refunds");
    body["payment"] = made.body["id"].clone();
    let refund = post("/v1/refunds").by(&world.sakura.key).key("1").json(&body).send(&world).await;
    refund.is_problem(409, "payment-not-captured");
    let path = format!("/v1/payments/{}", made.text("id"));
    let body = example(&document, "/v1/payments/{id}/captures");
    let captures = post(&format!("{path}/captures")).by(&world.sakura.key).key("1").json(&body);
    captures.send(&world).await.is_problem(409, "payment-not-held");
    let body = example(&document, "/v1/directory");
    let change = post("/v1/directory").by(&world.operator).json(&body).send(&world).await;
    assert_eq!(change.status, 201, "{}", change.body);
    let body = example(&document, "/v1/prefunding");
    let prefund = post("/v1/prefunding").by(&world.operator).key("2").json(&body);
    assert_eq!(prefund.send(&world).await.status, 201);
    let payment = made.text("id");
    for (_, path, who) in ROUTES {
        if *who == Who::Wallet {
            let body = example(&document, path);
            let path = path.strip_prefix("/wallet/v1").unwrap().replace("{payment_id}", payment);
            // Most of it is not known here, but every member of it is understood.
            let answer = wallet_api::call(&world, &path, &body).await;
            let understood = answer.body["code"] == "not-a-push-rail";
            let understood = understood || [200, 404, 409].contains(&answer.status.as_u16());
            assert!(understood, "{path} {}", answer.body);
        }
    }
}
