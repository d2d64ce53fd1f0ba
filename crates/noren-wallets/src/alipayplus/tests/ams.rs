//! A merchant of Antom against the sandbox: the sibling dialect on the same books.

use serde_json::{Value, json};

use crate::alipayplus::signing::{sign_request, sign_response, verify_request, verify_response};
use crate::alipayplus::{AMS_PATH, AMS_SANDBOX_PATH, ENTRY, PATH};
use crate::sandbox::Outgoing;
use crate::testing::{World, link};
use crate::wire::{Request, Response};

/// The merchant's own address.
const NOTIFY: &str = "http://127.0.0.1:9/told?by=antom";

fn called(world: &mut World, path: &str, body: &Value) -> Value {
    let link = link("alipayplus");
    let mut request = Request {
        method: "POST".into(),
        target: link.network.target(path),
        headers: vec![("content-type".into(), "application/json; charset=UTF-8".into())],
        // SDKs send it spaced.
        body: serde_json::to_vec_pretty(body).unwrap(),
    };
    sign_request(&mut request, &link.client_id, &*link.sign, world.now);
    let (request, response) = world.send(request);
    let response = response.expect("it answers");
    verify_response(&response, &request, &link.client_id, &*link.verify).unwrap();
    serde_json::from_slice(&response.body).unwrap()
}

fn ams(world: &mut World, call: &str, body: &Value) -> Value {
    called(world, &format!("{AMS_PATH}{call}"), body)
}

fn code(said: &Value) -> String {
    let result = &said["result"];
    let word = |name: &str| result[name].as_str().unwrap().to_owned();
    format!("{} {}", word("resultStatus"), word("resultCode"))
}

pub(super) fn yen(value: i64) -> Value {
    json!({ "currency": "JPY", "value": value.to_string() })
}

/// What a merchant's client sends: no more of the merchant than its guide wants.
pub(super) fn asked(id: &str, value: i64, factor: Value, code: Value) -> Value {
    json!({
        "productCode": "IN_STORE_PAYMENT", "paymentRequestId": id, "paymentAmount": yen(value),
        "order": {
            "referenceOrderId": "R1", "orderDescription": "soba", "orderAmount": yen(value),
            "merchant": { "referenceMerchantId": "M1", "merchantMCC": "5812" },
        },
        "paymentMethod": { "paymentMethodType": "CONNECT_WALLET", "paymentMethodId": code },
        "paymentFactor": factor, "paymentNotifyUrl": NOTIFY,
    })
}

pub(super) fn in_store(scenario: &str) -> Value {
    json!({ "inStorePaymentScenario": scenario })
}

/// The bodies of the notices that leave now, each checked and acknowledged without a signature.
fn notices(world: &mut World) -> Vec<Value> {
    let link = link("alipayplus");
    let outgoing = world.sandbox.take_outgoing();
    let hear = |Outgoing { id, request }| {
        assert_eq!(request.target, NOTIFY, "a whole address");
        verify_request(&request, &link.client_id, &*link.verify).unwrap();
        let body = json!({ "result": { "resultStatus": "S", "resultCode": "SUCCESS" } });
        let body = body.to_string().into_bytes();
        let response = Response { status: 200, headers: Vec::new(), body };
        world.sandbox.delivered(world.now, id, Ok(response));
        world.commit();
        serde_json::from_slice(&request.body).unwrap()
    };
    outgoing.into_iter().map(hear).collect()
}

fn hand(world: &mut World, order: &str) -> Value {
    let body = json!({ "user": "mei", "order": order, "pin": "1234" });
    world.control("POST", "pay", &body).1
}

#[test]
fn an_order_code_is_shown_paid_told_of_and_given_back() {
    let mut world = World::new(&ENTRY);
    world.user_with_code("mei", 20_000, "c1");
    let request = asked("A-1", 1_200, in_store("ORDERCODE"), Value::Null);
    let said = ams(&mut world, "pay", &request);
    assert_eq!(code(&said), "U PAYMENT_IN_PROCESS");
    assert_eq!(said["paymentAmount"], yen(1_200));
    let detail = &said["orderCodeForm"]["codeDetails"][0];
    assert_eq!(
        (&detail["codeValueType"], &detail["displayType"]),
        (&json!("QRCODE"), &json!("TEXT"))
    );
    let id = said["paymentId"].clone();
    let open = ams(&mut world, "inquiryPayment", &json!({ "paymentRequestId": "A-1" }));
    assert_eq!((code(&open).as_str(), &open["paymentStatus"]), ("S SUCCESS", &json!("PROCESSING")));
    assert_eq!(hand(&mut world, detail["codeValue"].as_str().unwrap())["state"], "SUCCESS");
    let told = notices(&mut world);
    assert_eq!((told.len(), &told[0]["notifyType"]), (1, &json!("PAYMENT_RESULT")));
    assert_eq!(
        (code(&told[0]).as_str(), &told[0]["paymentRequestId"]),
        ("S SUCCESS", &json!("A-1"))
    );
    assert!(told[0].get("paymentResult").is_none(), "that is the other dialect's");

    let mut refund = json!({
        "refundRequestId": "R-1", "paymentId": id, "refundAmount": yen(500),
        "refundNotifyUrl": NOTIFY,
    });
    let back = ams(&mut world, "refund", &refund);
    assert_eq!((code(&back).as_str(), &back["paymentId"]), ("S SUCCESS", &id));
    let told = notices(&mut world);
    assert_eq!(
        (&told[0]["notifyType"], &told[0]["refundStatus"]),
        (&json!("REFUND_RESULT"), &json!("SUCCESS"))
    );
    refund["refundAmount"] = yen(501);
    assert_eq!(code(&ams(&mut world, "refund", &refund)), "F REPEAT_REQ_INCONSISTENT");
    refund["refundRequestId"] = json!("R-2");
    refund["refundAmount"] = yen(701);
    assert_eq!(code(&ams(&mut world, "refund", &refund)), "F REFUND_AMOUNT_EXCEED");
    for key in [json!({ "refundRequestId": "R-1" }), json!({ "refundId": back["refundId"] })] {
        let said = ams(&mut world, "inquiryRefund", &key);
        assert_eq!((code(&said).as_str(), &said["refundStatus"]), ("S SUCCESS", &json!("SUCCESS")));
    }
    let none = ams(&mut world, "inquiryRefund", &json!({ "refundRequestId": "R-9" }));
    assert_eq!(code(&none), "F ORDER_NOT_EXIST");
    let paid = ams(&mut world, "inquiryPayment", &json!({ "paymentId": id }));
    assert_eq!(paid["paymentStatus"], "SUCCESS");
    assert_eq!(paid["actualPaymentAmount"], json!({ "currency": "KRW", "value": "11340" }));
    assert_eq!(paid["transactions"].as_array().unwrap().len(), 2, "one of them refused");
    world.books();
}

#[test]
fn a_scanned_code_is_answered_at_once_and_told_of_all_the_same() {
    let mut world = World::new(&ENTRY);
    let payer = world.user_with_code("mei", 20_000, "c1");
    let request = asked("A-1", 1_200, in_store("PaymentCode"), json!(payer));
    assert_eq!(code(&ams(&mut world, "pay", &request)), "S SUCCESS");
    assert_eq!(code(&notices(&mut world)[0]), "S SUCCESS");
    let again = asked("A-1", 1_300, in_store("PaymentCode"), json!(payer));
    assert_eq!(code(&ams(&mut world, "pay", &again)), "F REPEAT_REQ_INCONSISTENT");
    for (factor, code_) in [
        (in_store("PaymentCode"), Value::Null),
        (in_store("Drone"), json!(payer)),
        (json!({}), json!(payer)),
    ] {
        let said = ams(&mut world, "pay", &asked("A-2", 1_200, factor, code_));
        assert_eq!(code(&said), "F PARAM_ILLEGAL");
    }
    for key in [json!({ "paymentRequestId": "A-1" }), json!({ "paymentRequestId": "A-9" })] {
        let said = ams(&mut world, "cancel", &key);
        assert_eq!(code(&said), "S SUCCESS");
        assert!(said["cancelTime"].is_string());
        let said = ams(&mut world, "inquiryPayment", &key);
        assert_eq!(said["paymentStatus"], "CANCELLED");
    }
    assert!(notices(&mut world).is_empty(), "the shop knows it");
    assert_eq!(world.balance("mei"), 20_000);
}

#[test]
fn a_page_is_opened_and_what_it_holds_is_captured() {
    let mut world = World::new(&ENTRY);
    world.user_with_code("mei", 20_000, "c1");
    let mut request = asked("A-1", 1_200, json!({ "captureMode": "MANUAL" }), Value::Null);
    request["productCode"] = json!("CASHIER_PAYMENT");
    let said = ams(&mut world, "pay", &request);
    assert_eq!(said["normalUrl"], said["redirectActionForm"]["redirectUrl"]);
    hand(&mut world, said["normalUrl"].as_str().unwrap());
    let id = said["paymentId"].clone();
    let mut capture = json!({
        "captureRequestId": "C-1", "paymentId": id, "captureAmount": yen(500),
        "isLastCapture": true,
    });
    let taken = ams(&mut world, "capture", &capture);
    assert_eq!((code(&taken).as_str(), &taken["captureAmount"]), ("S SUCCESS", &yen(500)));
    assert_eq!(ams(&mut world, "capture", &capture), taken);
    capture["captureRequestId"] = json!("C-2");
    assert_eq!(code(&ams(&mut world, "capture", &capture)), "F ORDER_STATUS_INVALID");
    capture["paymentId"] = json!("none");
    assert_eq!(code(&ams(&mut world, "capture", &capture)), "F ORDER_NOT_EXIST");
    assert_eq!(world.balance("mei"), 20_000 - 4_725);
    world.books();
}

/// Section 4: a page lasts ten minutes at most, a code less than thirty; section 1: paths.
#[test]
fn each_dialect_keeps_to_its_own_paths_and_times() {
    let mut world = World::new(&ENTRY);
    let open = in_store("OrderCode");
    for (at, said) in [
        ("2026-11-21T15:59:59Z", "U PAYMENT_IN_PROCESS"),
        ("2026-11-22T00:59:00+09:00", "U PAYMENT_IN_PROCESS"),
        ("2026-11-21T16:00:00Z", "F PARAM_ILLEGAL"),
        ("2026-11-21T15:30:00Z", "F PARAM_ILLEGAL"),
        ("tomorrow", "F PARAM_ILLEGAL"),
    ] {
        let mut request = asked(at, 1_200, open.clone(), Value::Null);
        request["paymentExpiryTime"] = json!(at);
        assert_eq!(code(&ams(&mut world, "pay", &request)), said, "{at}");
    }
    let key = json!({ "paymentRequestId": "A-1" });
    for (path, call, said) in [
        (AMS_PATH, "cancelPayment", "F NO_INTERFACE_DEF"),
        (PATH, "cancel", "F NO_INTERFACE_DEF"),
        (PATH, "capture", "F NO_INTERFACE_DEF"),
        (PATH, "inquiryPayment", "F ORDER_NOT_EXIST"),
    ] {
        assert_eq!(code(&called(&mut world, &format!("{path}{call}"), &key)), said, "{path}{call}");
    }
    // An acquirer has to say who is paid, and where.
    let said = called(&mut world, &format!("{PATH}pay"), &asked("A-1", 1_200, open, Value::Null));
    assert_eq!(code(&said), "F PARAM_ILLEGAL");
    // Only for client ids that begin with SANDBOX_.
    let link = link("alipayplus");
    let mut request = Request {
        method: "POST".into(),
        target: link.network.target(&format!("{AMS_SANDBOX_PATH}inquiryPayment")),
        headers: Vec::new(),
        body: key.to_string().into_bytes(),
    };
    sign_request(&mut request, &link.client_id, &*link.sign, world.now);
    assert_eq!(world.send(request).1.unwrap().status, 404);
}

/// An acquirer's answer to a notification must be signed; a merchant's need not be.
#[test]
fn only_acquirers_have_to_sign_what_they_acknowledge() {
    let link = link("alipayplus");
    for (path, signed, left) in
        [(AMS_PATH, false, 0), (AMS_PATH, true, 0), (PATH, true, 0), (PATH, false, 1)]
    {
        let mut world = World::new(&ENTRY);
        world.user_with_code("mei", 20_000, "c1");
        let mut request = asked("A-1", 1_200, in_store("OrderCode"), Value::Null);
        request["order"]["merchant"] = json!({
            "referenceMerchantId": "M1", "merchantName": "Hida", "merchantDisplayName": "Hida",
            "merchantMCC": "5812", "merchantAddress": { "region": "JP" },
            "store": { "referenceStoreId": "S1", "storeName": "Hida", "storeMCC": "5812" },
        });
        assert_eq!(
            code(&called(&mut world, &format!("{path}pay"), &request)),
            "U PAYMENT_IN_PROCESS"
        );
        hand(&mut world, "A-1");
        let Outgoing { id, request } = world.sandbox.take_outgoing().pop().unwrap();
        let body = br#"{"result":{"resultStatus":"S","resultCode":"SUCCESS"}}"#.to_vec();
        let mut response = Response { status: 200, headers: Vec::new(), body };
        if signed {
            sign_response(&mut response, &request, &link.client_id, &*link.sign, world.now);
        }
        world.sandbox.delivered(world.now, id, Ok(response));
        world.wait(60_000);
        assert_eq!(world.sandbox.take_outgoing().len(), left, "{path} {signed}");
    }
}
