//! The connector and the network in its box, without a socket. The suite of all wallets
//! (`crate::sandbox::tests`) has the common ground.

use noren_core::command::{Body, RefundHeard};
use noren_core::wallet::{Ask, PaymentAnswer, RefundAnswer, Unknown};
use serde_json::json;

use super::stranger;
use crate::connector::Heard;
use crate::sandbox::Outgoing;
use crate::signing::{RsaSigner, Sign as _};
use crate::testing::{
    World, call, cancel, inquire, inquire_refund, jpy, link, pay, payment_id, pkcs8, refund,
    refund_ask, rsa_key,
};
use crate::wechatpay::ENTRY;
use crate::wire::{Request, Response};

const RICH: i64 = 1_000_000;

fn world(scenario: &str) -> (World, String) {
    let mut world = World::new(&ENTRY);
    let code = world.user_with_code("mei", RICH, "c1");
    world.scenario("mei", scenario);
    (world, code)
}

fn debited(world: &mut World) -> i64 {
    RICH - world.balance("mei")
}

#[test]
fn a_reverse_waits_fifteen_seconds_and_an_unpaid_payment_is_revoked_after_forty_five() {
    let (mut world, code) = world("timeout");
    world.payment(&pay(1, jpy(1_200), None, &code));
    // At the pace of the tests: 180 and 540 ms.
    world.wait(179);
    assert_eq!(world.payment(&cancel(1)), PaymentAnswer::Unknown(Unknown::Transport));
    world.wait(360);
    assert_eq!(world.payment(&inquire(1)), PaymentAnswer::Pending);
    world.wait(1);
    assert_eq!(world.payment(&inquire(1)), PaymentAnswer::Cancelled);
    assert_eq!(world.payment(&cancel(1)), PaymentAnswer::Cancelled);
    assert_eq!(debited(&mut world), 0);
}

#[test]
fn a_reverse_gives_back_what_was_paid_for_seven_days() {
    let (mut world, code) = world("approve");
    world.payment(&pay(1, jpy(1_200), None, &code));
    world.wait(180);
    assert_eq!(debited(&mut world), 5_808);
    assert_eq!(world.payment(&cancel(1)), PaymentAnswer::Cancelled);
    assert_eq!(debited(&mut world), 0);
    let code = world.user_with_code("mei", RICH, "c2");
    world.payment(&pay(2, jpy(1_200), None, &code));
    world.wait(7 * 86_400_000 + 1);
    assert_eq!(world.payment(&cancel(2)), PaymentAnswer::TooLate { receipt: None });
    let by_cancel = call(2, Ask::CancelRefund(refund_ask(1, jpy(1_200), None)));
    assert_eq!(world.refund(&by_cancel), RefundAnswer::TooLate);
    assert!(matches!(world.refund(&refund(2, 2, jpy(1_200), None)), RefundAnswer::Refunded(_)));
    assert_eq!(debited(&mut world), 0);
}

#[test]
fn a_refund_carried_out_as_a_reverse_takes_nothing_twice() {
    let (mut world, code) = world("approve");
    world.payment(&pay(1, jpy(1_200), None, &code));
    world.wait(200);
    let by_cancel = call(1, Ask::CancelRefund(refund_ask(1, jpy(1_200), None)));
    for _ in 0..2 {
        assert!(matches!(world.refund(&by_cancel), RefundAnswer::Refunded(_)));
        assert_eq!(debited(&mut world), 0);
    }
}

#[test]
fn a_cancel_that_the_network_refuses_for_good_is_too_late() {
    let (mut world, code) = world("cancel_closed");
    world.payment(&pay(1, jpy(1_200), None, &code));
    world.wait(200);
    assert_eq!(world.payment(&cancel(1)), PaymentAnswer::TooLate { receipt: None });
    assert_eq!(debited(&mut world), 5_808);
}

#[test]
fn a_network_under_maintenance_says_nothing_of_payments() {
    let (mut world, code) = world("approve");
    world.control("POST", "maintenance", &json!({ "for_ms": 1_000 }));
    let unknown = PaymentAnswer::Unknown(Unknown::Transport);
    assert_eq!(world.payment(&pay(1, jpy(1_200), None, &code)), unknown);
    assert_eq!(world.payment(&inquire(1)), unknown);
    let refunding = world.refund(&refund(1, 1, jpy(1), None));
    assert_eq!(refunding, RefundAnswer::Unknown(Unknown::Transport));
    world.wait(1_000);
    assert_eq!(world.payment(&inquire(1)), PaymentAnswer::NotFound);
    assert_eq!(debited(&mut world), 0);
}

#[test]
fn a_slow_answer_is_found_by_inquiry() {
    let (mut world, code) = world("slow");
    let call = pay(1, jpy(1_200), None, &code);
    assert_eq!(world.payment(&call), PaymentAnswer::Unknown(Unknown::TimedOut));
    assert!(matches!(world.payment(&inquire(1)), PaymentAnswer::Paid(_)));
}

#[test]
fn a_code_is_old_after_two_minutes_and_an_amount_can_be_too_large() {
    let (mut world, code) = world("approve");
    world.wait(120_000);
    let old = world.payment(&pay(1, jpy(1_200), None, &code));
    assert!(
        matches!(&old, PaymentAnswer::Declined(no) if no.code() == "AUTHCODEEXPIRE"),
        "{old:?}"
    );
    let code = world.user_with_code("mei", RICH, "c2");
    let large = world.payment(&pay(2, jpy(1_100_000), None, &code));
    assert!(matches!(&large, PaymentAnswer::Declined(no) if no.code() == "PAYERROR"), "{large:?}");
    assert_eq!(debited(&mut world), 0);
}

/// Any two messages of a call may have a crash of the network between them.
#[test]
fn a_crash_between_two_messages_changes_nothing() {
    let (mut world, code) = world("approve");
    let calls = [
        pay(1, jpy(1_200), None, &code),
        inquire(1),
        refund(1, 1, jpy(300), None),
        inquire_refund(1, 1, jpy(300), None),
        cancel(1),
        inquire(1),
    ];
    let mut told = Vec::new();
    for call in calls {
        world.wait(200);
        let (mut request, mut response) = world.exchange(&call);
        loop {
            world.restart();
            let env = world.env();
            let said = response.as_ref().ok_or(crate::wire::TransportError::TimedOut);
            match world.connector.answer(&call, &request, said, env) {
                crate::connector::Step::Heard(heard) => break told.push(heard),
                crate::connector::Step::Then(next) => (request, response) = world.send(next),
            }
        }
    }
    assert!(matches!(&told[0], Heard::Payment(PaymentAnswer::Paid(_))), "{told:?}");
    assert_eq!(told[0], told[1]);
    assert!(matches!(&told[2], Heard::Refund(RefundAnswer::Refunded(_))), "{told:?}");
    assert_eq!(told[2], told[3]);
    assert_eq!(
        told[4..],
        [Heard::Payment(PaymentAnswer::Cancelled), Heard::Payment(PaymentAnswer::Cancelled)]
    );
    assert_eq!(debited(&mut world), 0);
}

#[test]
fn a_refund_is_notified_encrypted() {
    let (mut world, code) = world("approve");
    world.payment(&pay(1, jpy(1_200), None, &code));
    let made = world.refund(&refund(1, 1, jpy(300), None));
    world.wait(1);
    let outgoing = world.sandbox.take_outgoing();
    let [Outgoing { id, request }] = &outgoing[..] else { panic!("{outgoing:?}") };
    assert!(!String::from_utf8_lossy(&request.body).contains("pay_"), "it is encrypted");
    let env = world.env();
    let heard = world.connector.notified(request, env).unwrap();
    let refund = refund_ask(1, jpy(300), None).refund;
    let payment = Some(payment_id(1));
    let expected = RefundHeard { payment, refund, answer: made };
    assert_eq!(heard.command, Body::RefundHeard(expected));
    world.sandbox.delivered(world.now, *id, Ok(heard.acknowledge));
    world.commit();
    world.wait(100_000_000);
    assert!(world.sandbox.take_outgoing().is_empty());
}

/// The same story with the keys that a real link has.
#[test]
fn keys_are_checked_both_ways() {
    let keys = [0, 1].map(|n| RsaSigner::from_pkcs8(&pkcs8(rsa_key(n))).unwrap());
    let end = |ours: usize, theirs: usize| {
        let mut link = link("wechatpay");
        link.sign = std::sync::Arc::new(RsaSigner::from_pkcs8(&pkcs8(rsa_key(ours))).unwrap());
        link.verify = std::sync::Arc::new(keys[theirs].verifier());
        link.client_id = "1900000109".into();
        link
    };
    let name = noren_core::id::WalletName::new("wechatpay").unwrap();
    let mut world = World::new(&ENTRY);
    let config = crate::sandbox::SandboxConfig {
        link: end(1, 0),
        seed: 7,
        pace: crate::tempo::Tempo::Test.pace(),
    };
    world.sandbox = (ENTRY.sandbox)(config, &[]).unwrap();
    world.connector = (ENTRY.connector)(name, end(0, 1));
    let code = world.user_with_code("mei", RICH, "c1");
    let asked = pay(1, jpy(1_200), None, &code);
    assert!(matches!(world.payment(&asked), PaymentAnswer::Paid(_)));
    // The control call names both serials, and the certificate is there.
    let (_, merchant) = world.control("GET", "merchant", &serde_json::Value::Null);
    let serial = crate::wechatpay::signing::serial(keys[0].public_key(), "");
    assert_eq!(merchant["serial_no"], serial);
    assert!(merchant["platform_certificate"].as_str().unwrap().starts_with("-----BEGIN CERT"));
    // A connector that signs with another key is refused, and one that checks another believes nothing.
    let bad = PaymentAnswer::Unknown(Unknown::UnlistedCode);
    world.connector = (ENTRY.connector)(name, end(1, 1));
    assert_eq!(world.payment(&inquire(1)), bad);
    world.connector = (ENTRY.connector)(name, end(0, 0));
    assert_eq!(world.payment(&inquire(1)), PaymentAnswer::Unknown(Unknown::BadSignature));
}

#[test]
fn a_stranger_is_checked_in_the_protocols_own_words() {
    let (mut world, code) = world("approve");
    let body = json!({
        "mchid": "client-1", "appid": "wx1", "description": "tea", "out_trade_no": "order-0001",
        "trade_type": "MICROPAY", "merchant_category_code": "5812",
        "payer": { "auth_code": code }, "amount": { "total": 1_200, "currency": "JPY" },
        "scene_info": { "store_info": { "id": "1" } },
    });
    let target = "/v3/global/micropay/transactions/pay";
    for (name, value, status, word) in [
        ("out_trade_no", json!("short"), 400, "PARAM_ERROR"),
        ("out_trade_no", json!("an-order-number-of-33-characters-"), 400, "PARAM_ERROR"),
        ("out_trade_no", json!("order 0001"), 400, "PARAM_ERROR"),
        ("amount", json!({ "total": 0, "currency": "JPY" }), 400, "PARAM_ERROR"),
        ("amount", json!({ "total": 1, "currency": "USD" }), 400, "PARAM_ERROR"),
        ("payer", json!({}), 400, "PARAM_ERROR"),
        ("payer", json!({ "auth_code": "990123456789012345" }), 400, "AUTH_CODE_ERROR"),
        ("scene_info", json!({}), 400, "PARAM_ERROR"),
        ("mchid", json!("1900000001"), 403, "NO_AUTH"),
        ("mchid", json!(null), 400, "PARAM_ERROR"),
        ("appid", json!(null), 400, "PARAM_ERROR"),
        ("merchant_category_code", json!(null), 400, "PARAM_ERROR"),
        ("trade_type", json!("NATIVE"), 400, "PARAM_ERROR"),
        ("description", json!(""), 400, "PARAM_ERROR"),
    ] {
        let mut body = body.clone();
        body[name] = value;
        let (got, said) = stranger(&mut world, "POST", target, &body);
        assert_eq!((got, said["code"].as_str()), (status, Some(word)), "{name}");
    }
    let (status, said) = stranger(&mut world, "POST", target, &body);
    assert_eq!((status, said["trade_state"].as_str()), (200, Some("SUCCESS")), "{said}");
    let id = said["id"].as_str().unwrap();
    assert_eq!(id.len(), 28);
    // By either name, and only with its merchant's.
    for below in
        [format!("id/{id}?mchid=client-1"), "out-trade-no/order-0001?mchid=client-1".into()]
    {
        let (status, again) =
            stranger(&mut world, "GET", &format!("/v3/global/transactions/{below}"), &json!(null));
        assert_eq!((status, &again), (200, &said));
    }
    let none =
        stranger(&mut world, "GET", "/v3/global/transactions/id/42?mchid=client-1", &json!(null));
    assert_eq!((none.0, &none.1["code"]), (404, &json!("ORDER_NOT_EXIST")));
    let other = stranger(&mut world, "GET", "/v3/global/transactions/id/42?mchid=1", &json!(null));
    assert_eq!((other.0, &other.1["code"]), (403, &json!("NO_AUTH")));
    let (status, said) = stranger(&mut world, "GET", "/v3/no/such/call", &json!(null));
    assert_eq!((status, &said["code"]), (404, &json!("RESOURCE_NOT_EXISTS")));
    assert_eq!(debited(&mut world), 5_808);
}

#[test]
fn a_request_in_absolute_form_is_as_good_and_an_unsigned_or_old_one_is_not() {
    let (mut world, _) = world("approve");
    let link = link("wechatpay");
    let signed = |world: &World, at: i64| {
        let mut request = Request {
            method: "GET".into(),
            target: format!("{}?mchid=client-1", link.network.url("/v3/global/transactions/id/1")),
            headers: Vec::new(),
            body: Vec::new(),
        };
        let at = noren_core::time::Timestamp(world.now.0 + at);
        crate::wechatpay::signing::sign_request(&mut request, "client-1", &*link.sign, at, 1);
        request
    };
    let mut status = |request: &Request| match world.sandbox.handle(world.now, request) {
        crate::sandbox::Answered::Respond(Response { status, .. }) => status,
        other => panic!("{other:?}"),
    };
    let world = World::new(&ENTRY);
    assert_eq!(status(&signed(&world, 0)), 404, "the signature is good, the order is not there");
    assert_eq!(status(&signed(&world, 301_000)), 401);
    assert_eq!(status(&signed(&world, -301_000)), 401);
    let mut bare = signed(&world, 0);
    bare.headers.clear();
    assert_eq!(status(&bare), 401);
    let mut other = signed(&world, 0);
    other.headers[0].1 = other.headers[0].1.replace("client-1", "client-2");
    assert_eq!(status(&other), 401);
    let mut other = signed(&world, 0);
    other.headers[0].1 = other.headers[0].1.replace("4E4F5245", "5E4F5245");
    assert_eq!(status(&other), 401, "another serial");
    let mut lower = signed(&world, 0);
    lower.headers[0].1 = lower.headers[0].1.replace("4E4F52454E20", "4e4f52454e20");
    assert_eq!(status(&lower), 404, "serials are compared without case");
}
