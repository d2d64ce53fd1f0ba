//! A network that lies, stammers or is somebody else: nothing that it says makes money, and nothing
//! makes the connector or the sandbox panic.

use noren_core::wallet::{Ask, Call, PaymentAnswer, Reference, Unknown};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::answers::{ENV, connector, paid, response};
use super::{capture_ask, order_for, raw, void_by, world, yen};
use crate::connector::{Connector as _, Heard, STEPS_MAX, Step};
use crate::sandbox::{Record, Sandbox as _, SandboxConfig};
use crate::testing::{
    call, cancel, inquire, inquire_refund, jpy, link, pay, payment_id, refund, refund_ask,
};
use crate::wire::{Request, Response};

fn every_ask() -> Vec<Call> {
    let order = Reference::Order { handle: "04-abc".into() };
    let capture = capture_ask(1, 700, &Reference::Request);
    let a_pay = pay(1, jpy(1_200), None, "900081811234567890123456");
    let Ask::Pay(ask) = a_pay.ask.clone() else { panic!() };
    vec![
        a_pay,
        call(1, Ask::Authorise(ask)),
        order_for(1, 1_200, false),
        inquire(1),
        call(1, Ask::Inquire { reference: order.clone() }),
        cancel(1),
        call(1, Ask::Cancel { reference: order.clone() }),
        void_by(1, &order),
        call(1, Ask::Capture(capture.clone())),
        call(1, Ask::InquireCapture(capture)),
        refund(1, 1, jpy(500), None),
        call(1, Ask::CancelRefund(refund_ask(1, jpy(1_200), None))),
        inquire_refund(1, 1, jpy(500), None),
    ]
}

/// Follows a call to its end when every message is answered the same; at most as many messages as a
/// call may take.
fn follow(call: &Call, said: &Response) -> Heard {
    let mut request = connector().request(call, ENV);
    for _ in 0..STEPS_MAX {
        match connector().answer(call, &request, Ok(said), ENV) {
            Step::Heard(heard) => return heard,
            Step::Then(next) => request = next,
        }
    }
    panic!("more than {STEPS_MAX} messages")
}

fn raw_response(status: u16, body: &[u8]) -> Response {
    Response { status, headers: Vec::new(), body: body.to_vec() }
}

#[test]
fn every_listed_result_ends_every_call() {
    for code in crate::paypay::codes::Code::ALL {
        for status in [code.http().usual(), 200, 400, 500] {
            for data in [Value::Null, json!({}), paid("COMPLETED"), paid("AUTHORIZED")] {
                let said = response(status, code.name(), code.id(), &data);
                for call in every_ask() {
                    follow(&call, &said);
                }
            }
        }
    }
}

#[test]
fn an_answer_that_is_cut_off_anywhere_proves_nothing() {
    let whole = response(200, "SUCCESS", "08100001", &paid("COMPLETED")).body;
    for cut in 0..whole.len() {
        let heard = follow(&inquire(1), &raw_response(200, &whole[..cut]));
        let unknown = PaymentAnswer::Unknown(Unknown::Unreadable);
        assert_eq!(heard, Heard::Payment(unknown), "{cut}");
    }
}

#[test]
fn huge_and_deep_answers_are_unreadable() {
    let unreadable = Heard::Payment(PaymentAnswer::Unknown(Unknown::Unreadable));
    let deep = format!("{{\"resultInfo\":{}1{}}}", "[".repeat(10_000), "]".repeat(10_000));
    assert_eq!(follow(&inquire(1), &raw_response(200, deep.as_bytes())), unreadable);
    let huge = vec![b'9'; 4_000_000];
    assert_eq!(follow(&inquire(1), &raw_response(200, &huge)), unreadable);
    let mut many = paid("COMPLETED");
    let capture = json!({"merchantCaptureId": "x", "amount": yen(99_999_999_999_i64)});
    many["captures"] = json!({"data": vec![capture; 10_000]});
    let said = response(200, "SUCCESS", "08100001", &many);
    // A sum beyond all bounds is the core's to refuse; here it must only not overflow.
    follow(&inquire(1), &said);
}

#[test]
fn webhooks_of_anybody_are_hints_at_most() {
    let hear = |body: &[u8]| {
        let request = Request {
            method: "POST".into(),
            target: crate::paypay::NOTIFY_PATH.into(),
            headers: Vec::new(),
            body: body.to_vec(),
        };
        connector().notified(&request, ENV)
    };
    let own = payment_id(1).to_string();
    let said = |kind: &str, id: &str, state: &str| {
        json!({
            "notification_type": kind, "merchant_order_id": id, "state": state,
            "order_amount": "1200", "paid_at": null,
        })
        .to_string()
    };
    for state in ["COMPLETED", "FAILED", "CANCELED", "WHATEVER"] {
        let notified = hear(said("Transaction", &own, state).as_bytes()).unwrap();
        let noren_core::command::Body::PaymentHeard(heard) = notified.command else { panic!() };
        assert_eq!((heard.payment, heard.answer), (payment_id(1), PaymentAnswer::Pending));
        assert_eq!(notified.acknowledge.status, 200);
    }
    for (body, status) in [
        (said("Transaction", "their-own-order", "COMPLETED"), 200),
        (said("Transaction", "", "COMPLETED"), 200),
        (said("customer.authorization.succeeded", &own, ""), 200),
        (json!({"notification_type": "recon_file"}).to_string(), 200),
        (json!({"merchant_order_id": own}).to_string(), 400),
        ("[]".into(), 400),
        (String::new(), 400),
    ] {
        assert_eq!(hear(body.as_bytes()).unwrap_err().status, status, "{body}");
    }
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "[A-Z_]{0,12}".prop_map(Value::from),
        Just(json!(payment_id(1).to_string())),
        prop::sample::select(vec!["COMPLETED", "AUTHORIZED", "REFUNDED", "CREATED", "SUCCESS"])
            .prop_map(Value::from),
        (0i64..2_000).prop_map(yen),
    ];
    let member = prop::sample::select(vec![
        "paymentId",
        "status",
        "merchantPaymentId",
        "amount",
        "currency",
        "captures",
        "refunds",
        "data",
        "merchantRefundId",
        "merchantCaptureId",
        "codeId",
        "url",
    ]);
    leaf.prop_recursive(3, 40, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((member.clone(), inner), 0..8)
                .prop_map(|members| members.into_iter().map(|(k, v)| (k.to_owned(), v)).collect()),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Bytes of any kind, with any status: unknown and nothing else (no listed code is made of
    /// noise), and never a panic.
    #[test]
    fn noise_is_unknown(
        status in prop::sample::select(vec![200u16, 201, 202, 301, 400, 401, 404, 429, 500, 503]),
        body in prop::collection::vec(any::<u8>(), 0..300),
    ) {
        for call in every_ask() {
            let heard = follow(&call, &raw_response(status, &body));
            let unknown = [Unknown::Unreadable, Unknown::Transport, Unknown::UnlistedCode]
                .map(|why| Heard::unknown(&call.ask, why));
            prop_assert!(unknown.contains(&heard), "{heard:?}");
        }
    }

    /// Data of any shape below a success: paid only with our id, a name and an amount.
    #[test]
    fn a_success_of_any_shape_is_paid_only_with_its_proof(data in value()) {
        let said = response(200, "SUCCESS", "08100001", &data);
        for call in every_ask() {
            if let Heard::Payment(PaymentAnswer::Paid(receipt)) = follow(&call, &said) {
                prop_assert_eq!(data["merchantPaymentId"].clone(), json!(payment_id(1).to_string()));
                prop_assert!(!receipt.transaction.is_empty());
            }
        }
    }

    /// The sandbox answers whatever comes, and its books balance.
    #[test]
    fn the_sandbox_answers_anything(
        method in "[A-Z]{0,6}",
        target in "(/paypay)?/(v1|v2|sandbox)/[ -~]{0,40}",
        body in prop::collection::vec(any::<u8>(), 0..200),
        value in value(),
    ) {
        let (mut world, _) = world("approve");
        for body in [body, value.to_string().into_bytes()] {
            let headers = Vec::new();
            let request = Request { method: method.clone(), target: target.clone(), headers, body };
            raw(&mut world, &request);
        }
        for path in ["/v2/codes", "/v2/payments", "/v2/payments/capture", "/v2/refunds",
            "/v2/payments/preauthorize", "/v2/payments/preauthorize/revert", "/v1/qr/sessions"] {
            super::stranger(&mut world, "POST", path, &value.to_string());
        }
        for call in ["pay", "link"] {
            world.control("POST", call, &value);
        }
        world.books();
    }
}

#[test]
fn a_record_that_is_not_its_own_is_refused() {
    let config =
        SandboxConfig { link: link("paypay"), seed: 1, pace: crate::tempo::Tempo::Test.pace() };
    for key in ["deal/x", "name/x", "authorization/x", "session/x", "notice/x", "payment/x"] {
        let record = Record { key: key.into(), value: "[".into() };
        let made = crate::paypay::sandbox::PayPaySandbox::new(config.clone(), &[record]);
        assert_eq!(made.err().expect("not its own").key, key);
    }
    let fresh = crate::paypay::sandbox::PayPaySandbox::new(config, &[]).unwrap();
    assert_eq!((fresh.name(), fresh.bank().balanced()), ("paypay", true));
}
