//! A peer that lies: nothing of it is a payment, and nothing panics.

use noren_core::wallet::{Call, PaymentAnswer, Unknown};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::answers::{a_pay, an_order, answer, cancel_order, later, transaction};
use super::{ENV, connector, word};
use crate::connector::{Connector as _, Heard, Step};
use crate::testing::{cancel, inquire, inquire_refund, jpy, link, payment_id, refund, refund_ask};
use crate::wechatpay::messages::{Notification, Sealed};
use crate::wechatpay::signing::{self, seal, sign_notice};
use crate::wire::{Request, Response};

fn alarmed(step: Step) {
    match step {
        Step::Heard(Heard::Payment(PaymentAnswer::Unknown(why))) => assert!(why.alarming()),
        other => panic!("{other:?}"),
    }
}

#[test]
fn unsigned_and_wrongly_signed_answers_decide_nothing() {
    let body = transaction("SUCCESS").to_string().into_bytes();
    let request = connector().request(&inquire(1), ENV);
    for status in [200, 202, 204, 301, 400, 404] {
        let bare = Response { status, headers: Vec::new(), body: body.clone() };
        let step = connector().answer(&inquire(1), &request, Ok(&bare), ENV);
        let unknown = PaymentAnswer::Unknown(Unknown::BadSignature);
        assert_eq!(step, Step::Heard(Heard::Payment(unknown)), "{status}");
    }
    let other = crate::signing::Hmac::new(&crate::signing::Secret::new("another key"));
    let mut forged = Response { status: 200, headers: Vec::new(), body: body.clone() };
    signing::sign_response(&mut forged, &other, ENV.now, 1);
    alarmed(connector().answer(&inquire(1), &request, Ok(&forged), ENV));
    // A good answer of ten minutes ago.
    let mut old = Response { status: 200, headers: Vec::new(), body };
    let then = noren_core::time::Timestamp(ENV.now.0 - 600_000);
    signing::sign_response(&mut old, &*link("wechatpay").sign, then, 1);
    alarmed(connector().answer(&inquire(1), &request, Ok(&old), ENV));
}

#[test]
fn an_answer_about_something_else_decides_nothing() {
    let change = |name: &str, value: Value| {
        let mut said = transaction("SUCCESS");
        said[name] = value;
        said
    };
    let amount = |value: Value| change("amount", value);
    let request = later("GET", "transactions/out-trade-no/x?mchid=client-1");
    for said in [
        change("out_trade_no", json!(payment_id(2).to_string())),
        change("out_trade_no", Value::Null),
        change("mchid", json!("1900000001")),
        change("id", json!("")),
        change("id", Value::Null),
        change("trade_state", Value::Null),
        amount(Value::Null),
        amount(json!({ "currency": "JPY" })),
        amount(json!({ "total": -1_200, "currency": "JPY" })),
        amount(json!({ "total": "1200", "currency": "JPY" })),
        amount(json!({ "total": 12.5, "currency": "JPY" })),
        amount(json!({ "total": 1_200, "currency": "XXX" })),
        amount(json!({ "total": 1_200, "currency": "" })),
        amount(json!({ "total": 9_223_372_036_854_775_808_u64, "currency": "JPY" })),
    ] {
        for call in [a_pay(), inquire(1), cancel(1)] {
            alarmed(answer(&call, &request, 200, said.to_string().as_bytes()));
        }
    }
    // Another amount or currency is the engine's to judge, and is passed on as it was said.
    let said = amount(json!({ "total": 1_201, "currency": "USD" }));
    assert_eq!(word(answer(&inquire(1), &request, 200, said.to_string().as_bytes())), "yes");
    // But of an order in another currency no refund is asked for.
    let refunding = refund(1, 1, jpy(1_200), None);
    assert_eq!(word(answer(&refunding, &request, 200, said.to_string().as_bytes())), "alarm");
}

#[test]
fn a_refund_of_something_else_is_none() {
    let id = refund_ask(1, jpy(1), None).refund.to_string();
    let said = |id: &str, order: &str, amount: Value| json!({ "out_refund_no": id, "out_trade_no": order, "status": "SUCCESS", "amount": amount });
    let (order, whole) = (payment_id(1).to_string(), json!({ "refund": 1_200, "currency": "JPY" }));
    let call = inquire_refund(1, 1, jpy(1_200), None);
    let request = connector().request(&call, ENV);
    let heard = |said: Value| word(answer(&call, &request, 200, said.to_string().as_bytes()));
    assert_eq!(heard(said(&id, &order, whole.clone())), "yes");
    assert_eq!(heard(said("ref_other", &order, whole.clone())), "alarm");
    assert_eq!(heard(said(&id, "pay_other", whole)), "alarm");
    for amount in [
        json!({ "refund": 1_201, "currency": "JPY" }),
        json!({ "refund": 1_200 }),
        json!({ "refund": 1_200, "currency": "KRW" }),
        json!({ "currency": "JPY" }),
        json!(null),
    ] {
        assert_eq!(heard(said(&id, &order, amount)), "alarm");
    }
}

#[test]
fn an_empty_answer_to_a_cancel_is_not_its_end() {
    for call in [cancel(1), cancel_order()] {
        let request = connector().request(&call, ENV);
        assert_eq!(word(answer(&call, &request, 204, b"")), "ask_order");
        let order = later("GET", "transactions/out-trade-no/x?mchid=client-1");
        assert_eq!(word(answer(&call, &order, 204, b"")), "alarm");
    }
}

#[test]
fn an_order_without_a_code_is_none() {
    let call = an_order();
    let request = connector().request(&call, ENV);
    for body in
        ["", "{}", "null", "{\"code_url\":\"\"}", "{\"code_url\":7}", "{\"prepay_id\":\"x\"}"]
    {
        assert_eq!(word(answer(&call, &request, 200, body.as_bytes())), "alarm", "{body}");
    }
    let said = "{\"code_url\":\"weixin://wxpay/bizpayurl?pr=abc\"}";
    let Step::Heard(Heard::Payment(PaymentAnswer::Ordered { link, handle })) =
        answer(&call, &request, 200, said.as_bytes())
    else {
        panic!()
    };
    assert_eq!(
        (link.as_ref(), handle.as_deref()),
        ("weixin://wxpay/bizpayurl?pr=abc", Some("abc"))
    );
}

fn notice(event: &str, plain: &[u8], change: impl FnOnce(&mut Notification)) -> Request {
    let link = link("wechatpay");
    let secret = link.secret.as_ref().unwrap();
    let mut body = Notification {
        id: "1".into(),
        create_time: "2026-11-21T23:30:00+08:00".into(),
        event_type: event.into(),
        resource_type: "encrypt-resource".into(),
        summary: String::new(),
        resource: Sealed {
            original_type: None,
            algorithm: signing::AEAD.into(),
            ciphertext: seal(secret, "abcdefabcdef", "x", plain).unwrap(),
            associated_data: "x".into(),
            nonce: "abcdefabcdef".into(),
        },
    };
    change(&mut body);
    let mut request = Request {
        method: "POST".into(),
        target: "/callbacks/wechatpay/notify".into(),
        headers: Vec::new(),
        body: serde_json::to_vec(&body).unwrap(),
    };
    sign_notice(&mut request, &*link.sign, ENV.now, 3);
    request
}

#[test]
fn a_notification_is_believed_only_when_all_of_it_fits() {
    let good = transaction("SUCCESS").to_string();
    let status = |request: &Request| match connector().notified(request, ENV) {
        Ok(heard) => heard.acknowledge.status,
        Err(response) => {
            let said: Value = serde_json::from_slice(&response.body).unwrap();
            assert_eq!(said["code"], "FAIL");
            response.status
        }
    };
    let event = "TRANSACTION.SUCCESS";
    assert_eq!(status(&notice(event, good.as_bytes(), |_| {})), 204);
    let mut unsigned = notice(event, good.as_bytes(), |_| {});
    unsigned.body.push(b' ');
    assert_eq!(status(&unsigned), 401);
    unsigned.headers.clear();
    assert_eq!(status(&unsigned), 401);
    let bad: [fn(&mut Notification); 5] = [
        |n| n.resource.algorithm = "AEAD_SM4_GCM".into(),
        |n| n.resource.associated_data = "y".into(),
        |n| n.resource.nonce = "short".into(),
        |n| n.resource.ciphertext = "????".into(),
        |n| n.event_type = "COUPON.USE".into(),
    ];
    for change in bad {
        assert_eq!(status(&notice(event, good.as_bytes(), change)), 400);
    }
    let mut other = transaction("SUCCESS");
    other["mchid"] = json!("1900000001");
    for plain in [&b""[..], b"{}", b"null", other.to_string().as_bytes()] {
        assert_eq!(status(&notice(event, plain, |_| {})), 400);
    }
    // Well signed, about a payment of ours, and not understood: acknowledged, and alarming.
    let heard = connector()
        .notified(&notice(event, transaction("NEW").to_string().as_bytes(), |_| {}), ENV);
    assert!(format!("{:?}", heard.unwrap().command).contains("UnlistedCode"));
}

fn calls() -> Vec<(Call, Request)> {
    let first = [
        a_pay(),
        an_order(),
        inquire(1),
        cancel(1),
        cancel_order(),
        refund(1, 1, jpy(1_200), None),
        inquire_refund(1, 1, jpy(1_200), None),
    ];
    let later =
        [later("POST", "refunds"), later("GET", "transactions/out-trade-no/x?mchid=client-1")];
    let mut all = Vec::new();
    for call in first {
        all.push((call.clone(), connector().request(&call, ENV)));
        all.extend(later.iter().map(|request| (call.clone(), request.clone())));
    }
    all
}

proptest! {
    #[test]
    fn no_bytes_are_a_payment_and_none_panic(
        status in prop_oneof![Just(200u16), Just(202), Just(204), Just(400), Just(404), 100u16..600],
        body in prop_oneof![
            prop::collection::vec(any::<u8>(), 0..200),
            "[{}\\[\\]\":,a-z0-9_]{0,60}".prop_map(String::into_bytes),
        ],
    ) {
        for (call, request) in calls() {
            let said = word(answer(&call, &request, status, &body));
            prop_assert!(said != "yes" && said != "cancelled" && said != "funds", "{said}");
        }
        let mut request = notice("TRANSACTION.SUCCESS", &body, |_| {});
        prop_assert!(connector().notified(&request, ENV).is_err());
        request.body = body;
        sign_notice(&mut request, &*link("wechatpay").sign, ENV.now, 3);
        prop_assert!(connector().notified(&request, ENV).is_err());
    }

    #[test]
    fn an_answer_that_was_cut_short_is_none(cut in 0usize..400) {
        let whole = transaction("SUCCESS").to_string();
        let cut = cut.min(whole.len() - 1);
        let request = connector().request(&inquire(1), ENV);
        alarmed(answer(&inquire(1), &request, 200, &whole.as_bytes()[..cut]));
    }
}

#[test]
fn a_huge_answer_is_refused_in_its_turn() {
    let request = connector().request(&inquire(1), ENV);
    alarmed(answer(&inquire(1), &request, 200, &vec![b'['; 1 << 20]));
    alarmed(answer(&inquire(1), &request, 400, &vec![b'{'; 1 << 20]));
}
