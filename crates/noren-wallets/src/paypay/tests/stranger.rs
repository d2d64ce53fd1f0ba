//! The sandbox as an SDK of somebody else meets it: the published calls, their checks and words.

use noren_core::time::Timestamp;
use serde_json::{Value, json};

use super::{RICH, YEN, debited, pay_control, raw, said, stranger, told, world, yen};
use crate::paypay::sandbox::MERCHANT_ID;
use crate::paypay::signing::sign_request;
use crate::testing::{World, link};
use crate::wire::Request;

fn code_body(id: &str, amount: i64) -> Value {
    json!({
        "merchantPaymentId": id, "codeType": "ORDER_QR", "amount": yen(amount),
        "requestedAt": 1_767_225_600,
    })
}

#[test]
fn the_guide_of_a_code_as_an_sdk_follows_it() {
    let (mut world, _) = world("approve");
    // Members that are not set are sent as null, and unknown ones too (Go, Node).
    let mut body = code_body("order-0001", YEN);
    for (member, value) in [
        ("orderItems", json!([{"name": "soba", "quantity": 1, "unitPrice": yen(YEN)}])),
        ("metadata", json!({"table": 4})),
        ("orderDescription", json!("soba")),
        ("authorizationExpiry", Value::Null),
        ("isAuthorization", json!(false)),
        ("redirectUrl", json!("https://shop.example/back")),
        ("redirectType", json!("WEB_LINK")),
        ("somethingElse", json!([1])),
    ] {
        body[member] = value;
    }
    let (status, code, data) = told(&mut world, "POST", "/v2/codes", &body);
    assert_eq!((status, code.as_str()), (201, "SUCCESS"));
    assert_eq!(data["metadata"], json!({"table": 4}), "it is given back as it came");
    assert_eq!(data["expiryDate"], json!(world.now.0 / 1_000 + 300));
    let look = "/v2/codes/payments/order-0001";
    let (status, code, open) = told(&mut world, "GET", look, &Value::Null);
    assert_eq!((status, code.as_str(), &open["status"]), (200, "SUCCESS", &json!("CREATED")));
    assert_eq!(open["paymentId"], Value::Null, "nobody has paid");
    // Another SDK sends `{}` with a GET and a DELETE.
    assert_eq!(told(&mut world, "GET", look, &json!({})).0, 200);

    pay_control(&mut world, json!({"user": "mei", "code": data["url"], "pin": "1234"}));
    let paid = told(&mut world, "GET", look, &Value::Null).2;
    assert_eq!((&paid["status"], &paid["amount"]), (&json!("COMPLETED"), &yen(YEN)));
    assert_eq!(paid["orderDescription"], "soba");
    let delete = format!("/v2/codes/{}", data["codeId"].as_str().unwrap());
    let (status, code, _) = told(&mut world, "DELETE", &delete, &json!({}));
    assert_eq!((status, code.as_str()), (400, "DYNAMIC_QR_ALREADY_PAID"));
    let cancel = told(&mut world, "DELETE", "/v2/payments/order-0001", &json!({}));
    assert_eq!(cancel, (202, "REQUEST_ACCEPTED".into(), Value::Null));
    assert_eq!(told(&mut world, "GET", look, &Value::Null).2["status"], "CANCELED");
    assert_eq!(debited(&mut world), 0);
}

/// Call, body, expected status and code.
#[test]
fn what_is_wrong_with_a_call_is_said_in_the_networks_words() {
    let (mut world, code) = world("approve");
    told(&mut world, "POST", "/v2/codes", &code_body("taken", YEN));
    let with = |member: &str, value: Value| {
        let mut body = code_body("fresh", YEN);
        body[member] = value;
        body
    };
    let payment = |body: Value| {
        let mut whole = json!({"merchantPaymentId": "p", "amount": yen(YEN), "requestedAt": 1});
        for (member, value) in body.as_object().unwrap() {
            whole[member] = value.clone();
        }
        whole
    };
    let capture = json!({
        "merchantPaymentId": "taken", "merchantCaptureId": "c", "amount": yen(1),
        "requestedAt": 1, "orderDescription": "x",
    });
    let refund = json!({
        "merchantRefundId": "r", "paymentId": "1", "amount": yen(1), "requestedAt": 1,
    });
    let revert = json!({"merchantRevertId": "v", "paymentId": "1", "requestedAt": 1});
    let without = |body: &Value, member: &str| {
        let mut body = body.clone();
        body.as_object_mut().unwrap().remove(member);
        body
    };
    for (method, path, body, status, expected) in [
        ("POST", "/v2/codes", json!({}), 400, "MISSING_REQUEST_PARAMS"),
        ("POST", "/v2/codes", json!([]), 400, "INVALID_REQUEST_PARAMS"),
        ("POST", "/v2/codes", json!("x"), 400, "INVALID_REQUEST_PARAMS"),
        ("POST", "/v2/codes", code_body("taken", YEN), 400, "DUPLICATE_DYNAMIC_QR_REQUEST"),
        ("POST", "/v2/codes", code_body("", YEN), 400, "INVALID_REQUEST_PARAMS"),
        ("POST", "/v2/codes", code_body(&"x".repeat(65), YEN), 400, "INVALID_REQUEST_PARAMS"),
        ("POST", "/v2/codes", code_body("a\nb", YEN), 400, "INVALID_REQUEST_PARAMS"),
        ("POST", "/v2/codes", code_body("fresh", 0), 400, "DYNAMIC_QR_BAD_REQUEST"),
        ("POST", "/v2/codes", code_body("fresh", -5), 400, "DYNAMIC_QR_BAD_REQUEST"),
        ("POST", "/v2/codes", code_body("fresh", 100_000_000_000), 400, "DYNAMIC_QR_BAD_REQUEST"),
        ("POST", "/v2/codes", with("codeType", json!("TOPUP_QR")), 400, "DYNAMIC_QR_BAD_REQUEST"),
        ("POST", "/v2/codes", with("amount", json!("1200")), 400, "INVALID_REQUEST_PARAMS"),
        (
            "POST",
            "/v2/codes",
            with("amount", json!({"amount": 1, "currency": "USD"})),
            400,
            "DYNAMIC_QR_BAD_REQUEST",
        ),
        ("GET", "/v2/codes/payments/none", Value::Null, 400, "DYNAMIC_QR_PAYMENT_NOT_FOUND"),
        ("GET", "/v2/payments/none", Value::Null, 404, "RESOURCE_NOT_FOUND"),
        ("GET", "/v2/payments/taken", Value::Null, 404, "RESOURCE_NOT_FOUND"),
        ("GET", "/v2/refunds/none", Value::Null, 404, "NO_SUCH_REFUND_ORDER"),
        ("DELETE", "/v2/codes/none", Value::Null, 404, "DYNAMIC_QR_NOT_FOUND"),
        ("POST", "/v2/payments", payment(json!({})), 400, "MISSING_REQUEST_PARAMS"),
        (
            "POST",
            "/v2/payments",
            payment(json!({"paymentCode": ""})),
            400,
            "MISSING_REQUEST_PARAMS",
        ),
        (
            "POST",
            "/v2/payments",
            payment(json!({"paymentCode": code, "userAuthorizationId": "u"})),
            400,
            "INVALID_REQUEST_PARAMS",
        ),
        (
            "POST",
            "/v2/payments",
            payment(json!({"userAuthorizationId": "u"})),
            400,
            "INVALID_USER_AUTHORIZATION_ID",
        ),
        (
            "POST",
            "/v2/payments",
            payment(json!({"paymentCode": code, "amount": yen(0)})),
            400,
            "INVALID_PARAMS",
        ),
        ("POST", "/v2/payments/capture", capture.clone(), 400, "ORDER_NOT_CAPTURABLE"),
        (
            "POST",
            "/v2/payments/capture",
            without(&capture, "orderDescription"),
            400,
            "MISSING_REQUEST_PARAMS",
        ),
        ("POST", "/v2/payments/preauthorize/revert", revert, 404, "RESOURCE_NOT_FOUND"),
        ("POST", "/v2/refunds", refund.clone(), 404, "RESOURCE_NOT_FOUND"),
        ("POST", "/v2/refunds", without(&refund, "paymentId"), 400, "MISSING_REQUEST_PARAMS"),
        // What the merchant's contract does not have.
        ("POST", "/v1/requestOrder", json!({}), 401, "OP_OUT_OF_SCOPE"),
        ("GET", "/v1/requestOrder/x", Value::Null, 401, "OP_OUT_OF_SCOPE"),
        ("POST", "/v1/subscription/payments", json!({}), 401, "OP_OUT_OF_SCOPE"),
        ("POST", "/v2/cashback", json!({}), 401, "OP_OUT_OF_SCOPE"),
        ("POST", "/v2/cashback_reversal", json!({}), 401, "OP_OUT_OF_SCOPE"),
        ("GET", "/v6/wallet/balance", Value::Null, 401, "OP_OUT_OF_SCOPE"),
        // No such call.
        ("PUT", "/v2/codes", json!({}), 400, "INVALID_REQUEST_PARAMS"),
        ("GET", "/v3/anything", Value::Null, 400, "INVALID_REQUEST_PARAMS"),
        ("GET", "/v2//payments", Value::Null, 400, "INVALID_REQUEST_PARAMS"),
    ] {
        let (got, word, data) = told(&mut world, method, path, &body);
        assert_eq!((got, word.as_str()), (status, expected), "{method} {path} {body}");
        assert_eq!(data, Value::Null, "{method} {path}");
    }
    let broken = stranger(&mut world, "POST", "/v2/codes", "{\"merchantPaymentId\":").unwrap();
    assert_eq!(said(&broken).1, "INVALID_REQUEST_PARAMS");
    assert_eq!(world.books()["payments"].as_array().unwrap().len(), 1, "nothing was made");
}

fn signed(world: &World, key: &str, nonce: &str, at: Timestamp) -> Request {
    let link = link("paypay");
    let target = link.network.target("/v2/payments/none");
    let mut request =
        Request { method: "GET".into(), target, headers: Vec::new(), body: Vec::new() };
    let at = Timestamp(world.now.0 + at.0);
    sign_request(&mut request, key, &*link.sign, at, nonce);
    request
}

#[test]
fn credentials_are_checked_before_anything_else() {
    let (mut world, _) = world("approve");
    let key = link("paypay").client_id;
    let good = signed(&world, &key, "n1", Timestamp(0));
    let mut unsigned = good.clone();
    unsigned.headers.clear();
    let mut forged = good.clone();
    forged.headers[0].1 = forged.headers[0].1.replace(":n1:", ":n2:");
    for (request, status, code) in [
        (unsigned, 401, "UNAUTHORIZED"),
        (forged, 401, "UNAUTHORIZED"),
        (signed(&world, "a_somebody", "n3", Timestamp(0)), 404, "OPA_CLIENT_NOT_FOUND"),
        (signed(&world, &key, "n4", Timestamp(-125_000)), 401, "UNAUTHORIZED"),
        (signed(&world, &key, "n5", Timestamp(125_000)), 401, "UNAUTHORIZED"),
        (good.clone(), 404, "RESOURCE_NOT_FOUND"),
        // The same message again.
        (good, 401, "UNAUTHORIZED"),
    ] {
        let answer = raw(&mut world, &request).unwrap();
        let told = said(&answer);
        assert_eq!((told.0, told.1.as_str()), (status, code), "{request:?}");
    }
}

#[test]
fn the_merchant_is_chosen_by_query_before_header() {
    let (mut world, _) = world("approve");
    let key = link("paypay").client_id;
    for (n, query, header, code) in [
        (1, "", None, "RESOURCE_NOT_FOUND"),
        (2, "", Some(MERCHANT_ID), "RESOURCE_NOT_FOUND"),
        (3, "", Some(""), "RESOURCE_NOT_FOUND"),
        (4, "", Some("690000000000000002"), "OP_OUT_OF_SCOPE"),
        (5, "?assumeMerchant=690000000000000001", Some("690000000000000002"), "RESOURCE_NOT_FOUND"),
        (6, "?assumeMerchant=690000000000000002", Some(MERCHANT_ID), "OP_OUT_OF_SCOPE"),
    ] {
        let mut request = signed(&world, &key, &format!("m{n}"), Timestamp(0));
        // The query is not signed.
        request.target.push_str(query);
        request
            .headers
            .extend(header.map(|value| ("X-ASSUME-MERCHANT".to_owned(), value.to_owned())));
        let answer = raw(&mut world, &request).unwrap();
        assert_eq!(said(&answer).1, code, "{query} {header:?}");
    }
}

#[test]
fn a_target_in_absolute_form_and_ids_that_need_escapes_find_their_way() {
    let (mut world, _) = world("approve");
    let id = "注文 1/2?";
    let body = code_body(id, YEN);
    assert_eq!(told(&mut world, "POST", "/v2/codes", &body).0, 201);
    let escaped = percent_encoding::utf8_percent_encode(id, crate::wire::PATH_SEGMENT);
    let path = format!("/v2/codes/payments/{escaped}");
    assert_eq!(told(&mut world, "GET", &path, &Value::Null).2["merchantPaymentId"], id);
    let key = link("paypay").client_id;
    let mut request = signed(&world, &key, "abs", Timestamp(0));
    request.target = format!("http://127.0.0.1:7401{}", request.target);
    assert_eq!(said(&raw(&mut world, &request).unwrap()).1, "RESOURCE_NOT_FOUND");
}

#[test]
fn a_linked_id_is_the_merchants_and_a_payers_code_is_the_payers() {
    let (mut world, code) = world("approve");
    let body = json!({
        "merchantPaymentId": "till-1", "paymentCode": code, "amount": yen(YEN),
        "requestedAt": 1, "storeId": "", "orderReceiptNumber": null,
    });
    let (status, word, data) = told(&mut world, "POST", "/v2/payments", &body);
    assert_eq!((status, word.as_str(), &data["status"]), (201, "SUCCESS", &json!("COMPLETED")));
    // The same again is the same payment, in other spacing too.
    let spaced = serde_json::to_string_pretty(&body).unwrap();
    let again = stranger(&mut world, "POST", "/v2/payments", &spaced).unwrap();
    assert_eq!(said(&again).2["paymentId"], data["paymentId"]);
    assert_eq!(world.balance("mei"), RICH - YEN);
}

#[test]
fn a_merchant_registers_where_its_webhooks_go() {
    let (mut world, _) = world("approve");
    let url = "http://127.0.0.1:9/notify?till=4";
    let registered = world.control("POST", "webhook", &json!({ "url": url }));
    assert_eq!(registered, (200, json!({ "url": url })));
    assert_eq!(world.control("POST", "webhook", &json!({ "url": "shop" })).0, 422);
    world.restart();
    for (number, target, next) in [
        ("w-1", url.to_owned(), Value::Null),
        ("w-2", link("paypay").switch.target("/callbacks/paypay/webhook"), Value::Null),
    ] {
        let (_, _, made) = told(&mut world, "POST", "/v2/codes", &code_body(number, YEN));
        pay_control(&mut world, json!({"user": "mei", "code": made["url"], "pin": "1234"}));
        let told = world.sandbox.take_outgoing();
        assert_eq!(told[0].request.target, target);
        assert_eq!(world.control("POST", "webhook", &json!({ "url": next })).1["url"], next);
    }
}
