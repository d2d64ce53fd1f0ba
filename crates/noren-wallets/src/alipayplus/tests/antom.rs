//! The switch as a merchant of Antom: what it asks, and what it makes of answers and notifications.

use noren_core::command::{Body, PaymentHeard, RefundHeard};
use noren_core::id::{CaptureId, Entropy, Slot, WalletName};
use noren_core::time::Timestamp;
use noren_core::wallet::{
    Ask, Call, CaptureAnswer, CaptureAsk, DeclineReason, HoldCaptures, OrderAsk, PaymentAnswer,
    Question, Reference, RefundAnswer, Unknown,
};
use serde_json::{Value, json};

use super::answers::result;
use crate::alipayplus::ams::{HOLD_LASTS, Status};
use crate::alipayplus::codes::{Class, Code};
use crate::alipayplus::connector::AntomConnector;
use crate::alipayplus::dialect::status_word;
use crate::alipayplus::signing::{sign_request, sign_response};
use crate::alipayplus::{AMS_PATH, AMS_SANDBOX_PATH, ANTOM, ANTOM_NOTIFY_PATH, ANTOM_REFUND_PATH};
use crate::connector::{Connector, Env, Heard, Step};
use crate::link::Link;
use crate::sandbox::Outgoing;
use crate::testing::{
    World, call, cancel, inquire, inquire_refund, jpy, link, pay, payment_id, refund, refund_ask,
    shop,
};
use crate::wire::{Request, Response};

const RICH: i64 = 1_000_000;
const ENV: Env = Env { now: Timestamp(1_795_275_000_000), nonce: 5 };

fn rich(scenario: &str) -> (World, String) {
    let mut world = World::new(&ANTOM);
    let code = world.user_with_code("mei", RICH, "c1");
    world.scenario("mei", scenario);
    (world, code)
}

fn authorise(code: &str) -> Call {
    let Ask::Pay(ask) = pay(1, jpy(1_200), None, code).ask else { panic!("it is a payment") };
    call(1, Ask::Authorise(ask))
}

fn order_held() -> Call {
    let Ask::Pay(asked) = pay(1, jpy(1_200), None, "").ask else { panic!("it is a payment") };
    let ask = OrderAsk {
        order: asked.order,
        order_number: asked.order_number,
        amount: jpy(1_200),
        payer: None,
        hold: true,
        shop: shop(),
        expires_at: Timestamp(ENV.now.0 + 60_000),
    };
    call(1, Ask::CreateOrder(Box::new(ask)))
}

fn capture_ask(yen: i64) -> CaptureAsk {
    let capture = CaptureId::new(Timestamp(1), Slot::new(3).unwrap(), Entropy(7), 0);
    CaptureAsk { capture, reference: Reference::Request, amount: jpy(yen), payer: None }
}

fn capture(world: &mut World, ask: Ask) -> CaptureAnswer {
    match world.ask(&call(1, ask)) {
        Heard::Capture(answer) => answer,
        other => panic!("a capture was asked for, heard {other:?}"),
    }
}

fn void() -> Call {
    call(1, Ask::Void { reference: Reference::Request })
}

/// What the switch hears of the messages that leave now; each is acknowledged.
fn notices(world: &mut World) -> Vec<Body> {
    let outgoing = world.sandbox.take_outgoing();
    let hear = |Outgoing { id, request }| {
        let env = world.env();
        let heard = world.connector.notified(&request, env).expect("it is believed");
        world.sandbox.delivered(world.now, id, Ok(heard.acknowledge));
        world.commit();
        heard.command
    };
    outgoing.into_iter().map(hear).collect()
}

#[test]
fn holds_are_offered_with_one_capture() {
    let published = crate::alipayplus::antom_profile(crate::tempo::Tempo::Published);
    let holds = published.holds.unwrap();
    assert_eq!((holds.captures, holds.lifetime), (HoldCaptures::One, HOLD_LASTS));
    assert!(published.orders);
}

/// Section 1: where it calls follows from the client id; section 4: what it says.
#[test]
fn it_asks_as_a_merchant_of_ams() {
    for (client_id, path) in [("M1", AMS_PATH), ("SANDBOX_M1", AMS_SANDBOX_PATH)] {
        let link = Link { client_id: client_id.to_owned(), ..link("antom") };
        let connector = AntomConnector::new(WalletName::new("antom").unwrap(), link);
        let target = |call: &Call| connector.request(call, ENV).target;
        for (call, name) in [
            (pay(1, jpy(1_200), None, "28"), "pay"),
            (inquire(1), "inquiryPayment"),
            (cancel(1), "cancel"),
            (inquire_refund(1, 1, jpy(5), None), "inquiryRefund"),
            // The network's id of the payment has to be learned first.
            (refund(1, 1, jpy(5), None), "inquiryPayment"),
            (call(1, Ask::Capture(capture_ask(5))), "inquiryPayment"),
            (void(), "inquiryPayment"),
        ] {
            assert_eq!(target(&call), format!("/antom{path}{name}"));
        }
        let body = |call: &Call| -> Value {
            serde_json::from_slice(&connector.request(call, ENV).body).unwrap()
        };
        let (paid, held) = (body(&pay(1, jpy(1_200), None, "28")), body(&authorise("28")));
        assert_eq!(paid["productCode"], "IN_STORE_PAYMENT");
        assert_eq!(paid["paymentFactor"].get("captureMode"), None);
        assert_eq!(held["paymentFactor"]["captureMode"], "MANUAL");
        assert_eq!(
            paid["paymentNotifyUrl"],
            format!("http://127.0.0.1:7400{ANTOM_NOTIFY_PATH}").as_str()
        );
    }
}

#[test]
fn a_hold_is_captured_once_and_the_rest_is_let_go() {
    let (mut world, code) = rich("approve");
    let held = world.payment(&authorise(&code));
    let PaymentAnswer::Authorised(receipt) = &held else { panic!("{held:?}") };
    assert_eq!(receipt.amount, jpy(1_200));
    assert_eq!(world.payment(&inquire(1)), held);
    let told = notices(&mut world);
    let [Body::PaymentHeard(PaymentHeard { answer, .. })] = &told[..] else { panic!("{told:?}") };
    assert_eq!(*answer, held);

    let asks = (Ask::Capture(capture_ask(700)), Ask::InquireCapture(capture_ask(700)));
    assert_eq!(capture(&mut world, asks.1.clone()), CaptureAnswer::NotFound);
    let taken = capture(&mut world, asks.0.clone());
    let CaptureAnswer::Captured(part) = &taken else { panic!("{taken:?}") };
    assert_eq!(part.amount, jpy(700));
    assert_eq!(capture(&mut world, asks.0), taken, "the list names it");
    assert_eq!(capture(&mut world, asks.1), taken);
    assert_eq!(RICH - world.balance("mei"), 6_615);
    let PaymentAnswer::Paid(whole) = world.payment(&inquire(1)) else { panic!("it is taken") };
    assert_eq!((&whole.transaction, whole.amount), (&receipt.transaction, jpy(700)));
    // A cancel would give it back.
    let late = world.payment(&void());
    assert_eq!(late, PaymentAnswer::TooLate { receipt: Some(whole) });
    assert_eq!(RICH - world.balance("mei"), 6_615);
    let back = world.refund(&refund(1, 1, jpy(200), None));
    assert!(matches!(back, RefundAnswer::Refunded(back) if back.amount == jpy(200)));
    world.books();
}

#[test]
fn a_hold_is_let_go() {
    for scenario in ["approve", "cancel_closed", "late_success"] {
        let (mut world, code) = rich(scenario);
        world.payment(&authorise(&code));
        if scenario == "late_success" {
            let refused = PaymentAnswer::TooLate { receipt: None };
            assert_eq!(world.payment(&cancel(1)), refused);
            world.wait(200);
        }
        assert!(matches!(world.payment(&inquire(1)), PaymentAnswer::Authorised(_)), "{scenario}");
        assert_eq!(world.payment(&void()), PaymentAnswer::Cancelled, "{scenario}");
        assert_eq!(world.payment(&inquire(1)), PaymentAnswer::Cancelled, "{scenario}");
        let asked = capture(&mut world, Ask::Capture(capture_ask(700)));
        assert!(matches!(asked, CaptureAnswer::Declined(_)), "{asked:?}");
        assert_eq!(world.balance("mei"), RICH);
        world.books();
    }
    // Of what the network never heard the cancel binds all the same.
    let (mut world, code) = rich("approve");
    assert_eq!(world.payment(&void()), PaymentAnswer::Cancelled);
    assert_eq!(world.payment(&authorise(&code)), PaymentAnswer::Cancelled);
}

#[test]
fn an_order_is_held_when_its_payer_pays() {
    let (mut world, _) = rich("approve");
    let PaymentAnswer::Ordered { link, handle: None } = world.payment(&order_held()) else {
        panic!("an order has a link");
    };
    assert_eq!(world.payment(&inquire(1)), PaymentAnswer::Pending);
    world.control("POST", "pay", &json!({ "user": "mei", "code": &*link, "pin": "1234" }));
    let told = notices(&mut world);
    let [Body::PaymentHeard(heard)] = &told[..] else { panic!("{told:?}") };
    assert_eq!((heard.payment, heard.question), (payment_id(1), Question::Notice));
    assert!(matches!(heard.answer, PaymentAnswer::Authorised(_)));
    // A repeat says what has become of it.
    assert_eq!(world.payment(&order_held()), heard.answer);
}

#[test]
fn the_news_of_a_refund_find_their_payment() {
    let (mut world, code) = rich("approve");
    world.payment(&pay(1, jpy(1_200), None, &code));
    notices(&mut world);
    let back = world.refund(&refund(1, 2, jpy(500), None));
    let told = notices(&mut world);
    let [Body::RefundHeard(RefundHeard { payment, refund, answer })] = &told[..] else {
        panic!("{told:?}");
    };
    assert_eq!(*payment, Some(payment_id(1)));
    assert_eq!(*refund, refund_ask(2, jpy(500), None).refund);
    assert_eq!(*answer, back);
}

fn connector() -> AntomConnector {
    AntomConnector::new(WalletName::new("antom").unwrap(), link("antom"))
}

fn step(call: &Call, body: &Value) -> Step {
    let request = connector().request(call, ENV);
    let body = body.to_string().into_bytes();
    let mut response = Response { status: 200, headers: vec![], body };
    let link = link("antom");
    sign_response(&mut response, &request, &link.client_id, &*link.sign, ENV.now);
    connector().answer(call, &request, Ok(&response), ENV)
}

/// A payment as an inquiry shows it.
fn shown(status: &str, code: Value) -> Value {
    json!({
        "result": result("S", "SUCCESS"), "paymentStatus": status, "paymentResultCode": code,
        "paymentRequestId": payment_id(1).to_string(), "paymentId": "p1",
        "paymentAmount": { "currency": "JPY", "value": "1200" },
    })
}

fn inquired(body: &Value) -> PaymentAnswer {
    match step(&inquire(1), body) {
        Step::Heard(Heard::Payment(answer)) => answer,
        other => panic!("{other:?}"),
    }
}

/// Section 5: `paymentStatus` decides, and the code must say the same.
#[test]
fn every_status_has_a_meaning_with_every_code() {
    let unlisted = PaymentAnswer::Unknown(Unknown::UnlistedCode);
    for code in Code::ALL {
        for status in Status::ALL {
            let answer = inquired(&shown(status.word(), json!(code.name())));
            let what = format!("{} {}", status.word(), code.name());
            match (status, code.class()) {
                (Status::Success, Class::Done) => {
                    assert!(matches!(answer, PaymentAnswer::Paid(_)), "{what}");
                }
                (Status::Success, _) => assert_eq!(answer, unlisted, "{what}"),
                (Status::Fail, Class::No(reason)) => {
                    let PaymentAnswer::Declined(no) = answer else { panic!("{what}") };
                    assert_eq!((no.reason(), no.code()), (reason, code.name()));
                }
                (Status::Fail, Class::OrderClosed | Class::OrderCancelled) => {
                    assert_eq!(answer, PaymentAnswer::Cancelled, "{what}");
                }
                (Status::Fail, _) => assert_eq!(answer, unlisted, "{what}"),
                (Status::Processing | Status::Pending, _) => {
                    assert_eq!(answer, PaymentAnswer::Pending, "{what}");
                }
                (Status::Cancelled, _) => assert_eq!(answer, PaymentAnswer::Cancelled, "{what}"),
            }
        }
        assert!(Status::read(status_word(code.class())).is_some());
    }
    for (status, code) in [
        ("BRAND_NEW", json!("SUCCESS")),
        ("success", json!("SUCCESS")),
        ("SUCCESS", json!("BRAND_NEW")),
        ("FAIL", json!("BRAND_NEW")),
        ("FAIL", Value::Null),
    ] {
        assert_eq!(inquired(&shown(status, code)), unlisted, "{status}");
    }
    assert!(matches!(inquired(&shown("SUCCESS", Value::Null)), PaymentAnswer::Paid(_)));
}

#[test]
fn an_answer_about_another_payment_or_about_none_decides_nothing() {
    let unreadable = PaymentAnswer::Unknown(Unknown::Unreadable);
    for id in [json!(payment_id(2).to_string()), Value::Null] {
        let mut body = shown("SUCCESS", json!("SUCCESS"));
        body["paymentRequestId"] = id;
        assert_eq!(inquired(&body), unreadable);
        assert!(matches!(
            step(&refund(1, 1, jpy(5), None), &body),
            Step::Heard(Heard::Refund(RefundAnswer::Unknown(Unknown::Unreadable)))
        ));
    }
    let mut body = shown("SUCCESS", json!("SUCCESS"));
    body["paymentStatus"] = Value::Null;
    assert_eq!(inquired(&body), unreadable);
}

fn listed(status: &str, of: Value) -> Value {
    let mut body = shown("SUCCESS", json!("SUCCESS"));
    body["authExpiryTime"] = json!("2026-12-01T00:00:00Z");
    body["transactions"] = json!([{
        "transactionResult": of, "transactionId": "t1", "transactionType": "CAPTURE",
        "transactionStatus": status, "transactionAmount": { "currency": "JPY", "value": "700" },
        "transactionRequestId": capture_ask(700).capture.to_string(),
    }]);
    body
}

#[test]
fn captures_are_read_from_the_list_of_the_payment() {
    let asked = |body: &Value| match step(&call(1, Ask::InquireCapture(capture_ask(700))), body) {
        Step::Heard(Heard::Capture(answer)) => answer,
        other => panic!("{other:?}"),
    };
    let yes = listed("SUCCESS", result("S", "SUCCESS"));
    assert!(matches!(asked(&yes), CaptureAnswer::Captured(part) if part.amount == jpy(700)));
    let PaymentAnswer::Paid(paid) = inquired(&yes) else { panic!("it is taken") };
    assert_eq!(paid.amount, jpy(700));
    let under_way = listed("PROCESSING", result("U", "PAYMENT_IN_PROCESS"));
    assert_eq!(asked(&under_way), CaptureAnswer::Processing);
    assert!(matches!(inquired(&under_way), PaymentAnswer::Authorised(_)));
    let no = asked(&listed("FAIL", result("F", "ORDER_STATUS_INVALID")));
    assert!(matches!(no, CaptureAnswer::Declined(no) if no.reason() == DeclineReason::Other));
    let unlisted = CaptureAnswer::Unknown(Unknown::UnlistedCode);
    assert_eq!(asked(&listed("FAIL", result("F", "BRAND_NEW"))), unlisted);
    let mut other = yes.clone();
    other["transactions"][0]["transactionRequestId"] = json!("another");
    assert_eq!(asked(&other), unlisted, "taken, and not by us");
    other["transactions"][0]["transactionStatus"] = json!("BRAND_NEW");
    assert_eq!(inquired(&other), PaymentAnswer::Unknown(Unknown::UnlistedCode));
}

fn notified(path: &str, body: &Value) -> Result<Body, Value> {
    let link = link("antom");
    let mut request = Request {
        method: "POST".into(),
        target: path.to_owned(),
        headers: Vec::new(),
        body: body.to_string().into_bytes(),
    };
    sign_request(&mut request, &link.client_id, &*link.sign, ENV.now);
    match connector().notified(&request, ENV) {
        Ok(heard) => Ok(heard.command),
        Err(said) => Err(serde_json::from_slice(&said.body).unwrap()),
    }
}

#[test]
fn notifications_are_told_apart_by_their_type() {
    let mut body = shown("SUCCESS", json!("SUCCESS"));
    let mut heard = |kind: &str, result: Value| {
        body["notifyType"] = json!(kind);
        body["result"] = result;
        notified(ANTOM_NOTIFY_PATH, &body).map(|command| match command {
            Body::PaymentHeard(heard) => heard.answer,
            other => panic!("{other:?}"),
        })
    };
    let good = || result("S", "SUCCESS");
    assert!(matches!(heard("PAYMENT_RESULT", good()), Ok(PaymentAnswer::Paid(_))));
    let no = heard("PAYMENT_RESULT", result("F", "USER_BALANCE_NOT_ENOUGH"));
    assert!(matches!(no, Ok(PaymentAnswer::Declined(no)) if no.reason() == DeclineReason::Funds));
    assert_eq!(heard("PAYMENT_PENDING", good()), Ok(PaymentAnswer::Pending));
    let unlisted = Ok(PaymentAnswer::Unknown(Unknown::UnlistedCode));
    assert_eq!(heard("PAYMENT_RESULT", result("F", "BRAND_NEW")), unlisted);
    for kind in ["CAPTURE_RESULT", "", "payment_result"] {
        let refused = heard(kind, good()).unwrap_err();
        assert_eq!(refused["result"]["resultCode"], "PARAM_ILLEGAL", "{kind}");
    }
    let refund = json!({
        "notifyType": "REFUND_RESULT", "refundStatus": "SUCCESS", "result": result("S", "SUCCESS"),
        "refundRequestId": refund_ask(1, jpy(5), None).refund.to_string(),
        "refundAmount": { "currency": "JPY", "value": "5" },
    });
    let about = format!("{ANTOM_REFUND_PATH}{}", payment_id(1));
    assert!(matches!(notified(&about, &refund), Ok(Body::RefundHeard(_))));
    assert!(notified(ANTOM_NOTIFY_PATH, &refund).is_err(), "of which payment is not said");
}

/// Its users do not scan the switch's codes, and nobody asks what they cost.
#[test]
fn nobody_asks_what_a_code_costs() {
    let mut world = World::new(&ANTOM);
    let body = json!({ "user": "mei", "code": "28", "pin": "1234" });
    assert_eq!(world.control("POST", "scan", &body).0, 404);
    let request = Request {
        method: "POST".into(),
        target: "/callbacks/antom/userInitiatedPay".into(),
        headers: Vec::new(),
        body: b"{}".to_vec(),
    };
    assert!(world.connector.code_asked(&request, ENV).is_none());
}
