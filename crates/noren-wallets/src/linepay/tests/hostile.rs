//! A peer that sends anything: cut off, huge, changed, or no message at all. Nothing of it is a yes,
//! a no or a cancel, and nothing panics.

use noren_core::time::Timestamp;
use noren_core::wallet::{Call, CaptureAnswer, PaymentAnswer, Reference, RefundAnswer};
use proptest::prelude::*;
use serde_json::json;

use super::answers::said;
use super::{
    YEN, approve, cancel, capture, code, inquire, inquire_refund, order_call, ordered, refund,
    void, world,
};
use crate::connector::{Connector as _, Env, Heard, Step};
use crate::linepay::ENTRY;
use crate::linepay::connector::LinePayConnector;
use crate::linepay::messages::{Handle, TransactionId};
use crate::sandbox::Answered;
use crate::testing::{World, jpy, link, pay};
use crate::wire::{Request, Response};

const ENV: Env = Env { now: Timestamp(1_795_275_000_000), nonce: 5 };

fn connector() -> LinePayConnector {
    LinePayConnector::new("linepay".parse().unwrap(), link("linepay"))
}

fn calls() -> Vec<Call> {
    let transaction = TransactionId(2_026_112_100_000_000_001);
    let handle = Handle { transaction, amount: jpy(YEN), hold: false };
    let order = Reference::Order { handle: handle.to_string().into() };
    let mut all = vec![
        pay(1, jpy(YEN), None, "3911234567890123456"),
        order_call(1, jpy(YEN), false),
        capture(1, &order, YEN),
    ];
    for reference in [order, Reference::Request] {
        all.extend([
            inquire(1, &reference),
            cancel(1, &reference),
            void(1, &reference),
            refund(1, &reference, 1, YEN, 0),
            inquire_refund(1, &reference, 1, YEN, 0),
        ]);
    }
    all
}

/// True when nothing was decided.
fn undecided(heard: &Heard) -> bool {
    match heard {
        Heard::Payment(answer) => matches!(answer, PaymentAnswer::Unknown(why) if why.alarming()),
        Heard::Capture(answer) => matches!(answer, CaptureAnswer::Unknown(why) if why.alarming()),
        Heard::Refund(answer) => matches!(answer, RefundAnswer::Unknown(why) if why.alarming()),
    }
}

/// The first answer to a call is this body.
fn first(call: &Call, body: &[u8]) -> Step {
    let request = connector().request(call, ENV);
    let response = Response { status: 200, headers: vec![], body: body.to_vec() };
    connector().answer(call, &request, Ok(&response), ENV)
}

/// A real answer of the sandbox to the message that takes money.
fn real_answer() -> (Call, Vec<u8>) {
    let mut world = world();
    let code = code(&mut world, "c1");
    let call = pay(1, jpy(YEN), None, &code);
    let (_, response) = world.exchange(&call);
    (call, response.unwrap().body)
}

#[test]
fn a_body_that_is_cut_off_anywhere_is_no_answer() {
    let (call, body) = real_answer();
    assert!(matches!(first(&call, &body), Step::Heard(Heard::Payment(PaymentAnswer::Paid(_)))));
    for end in 0..body.len() {
        let Step::Heard(heard) = first(&call, &body[..end]) else { panic!("cut at {end}") };
        assert!(undecided(&heard), "cut at {end}: {heard:?}");
    }
}

#[test]
fn what_is_no_message_of_the_network_is_alarming() {
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let wide = format!(r#"{{"returnCode":"0000","x":"{}"}}"#, "a".repeat(2_000_000));
    let bodies = [
        String::new(),
        "null".into(),
        "[]".into(),
        "{}".into(),
        "<html></html>".into(),
        r#"{"returnCode":0}"#.into(),
        r#"{"returnCode":null}"#.into(),
        r#"{"returnCode":"00000"}"#.into(),
        r#"{"returnCode":"0000","info":7}"#.into(),
        r#"{"returnCode":"0000","returnCode":"1142"}"#.into(),
        deep,
        wide,
    ];
    for body in &bodies {
        for call in calls() {
            let Step::Heard(heard) = first(&call, body.as_bytes()) else { panic!("{body:.60}") };
            // That an order still waits, and that a void is made, are said without members.
            let bare = |said: &Heard| {
                matches!(said, Heard::Payment(PaymentAnswer::Pending | PaymentAnswer::Cancelled))
            };
            let success = body.contains(r#""0000""#) && !body.contains("1142");
            assert!(undecided(&heard) || (success && bare(&heard)), "{body:.60}: {heard:?}");
        }
    }
}

proptest! {
    #[test]
    fn no_bytes_decide_anything(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        for call in calls() {
            match first(&call, &bytes) {
                Step::Heard(heard) => prop_assert!(undecided(&heard), "{heard:?}"),
                Step::Then(next) => prop_assert!(false, "{next:?}"),
            }
        }
    }

    /// A real answer with one byte changed says the same, or nothing, or another amount (which the
    /// core compares); never another payment, and never no.
    #[test]
    fn a_changed_byte_makes_no_other_payment(at in 0usize..1_000, to in any::<u8>()) {
        let (call, body) = real_answer();
        let Step::Heard(Heard::Payment(PaymentAnswer::Paid(truth))) = first(&call, &body) else {
            panic!("the real answer is a yes")
        };
        let mut changed = body.clone();
        let at = at % body.len();
        changed[at] = to;
        match first(&call, &changed) {
            Step::Heard(Heard::Payment(PaymentAnswer::Paid(said))) => {
                // The network's own id is not known before, and not signed: only its form is.
                prop_assert!(said.transaction.bytes().all(|b| b.is_ascii_digit()));
                prop_assert_eq!(said.amount.currency(), truth.amount.currency());
            }
            // One digit of the code away lie other codes: 1000, 0100, 0010 and so on are none.
            Step::Heard(heard) => prop_assert!(undecided(&heard), "{heard:?}"),
            Step::Then(next) => prop_assert!(false, "{next:?}"),
        }
    }

    /// The sandbox is a peer of strangers too.
    #[test]
    fn no_request_panics_the_sandbox(
        method in "GET|POST|PUT|[A-Z]{0,8}",
        target in "(/linepay)?(http://h)?/(v[0-9]/payments(/[a-zA-Z0-9%/?=&]{0,40})?|sandbox/[a-z/]{0,12}|.{0,20})",
        body in prop::collection::vec(any::<u8>(), 0..100),
    ) {
        let mut world = world();
        let request = Request { method, target, headers: vec![], body };
        let answered = world.sandbox.handle(world.now, &request);
        let Answered::Respond(response) = answered else { panic!("a stranger is answered") };
        if response.status == 200 && request.target.contains("/payments") {
            let said: serde_json::Value = serde_json::from_slice(&response.body).unwrap();
            prop_assert_ne!(&said["returnCode"], "0000");
        }
        world.books();
    }

    #[test]
    fn no_redirect_panics(target in "/callbacks/linepay/(confirm|cancel)\\?.{0,60}") {
        let request = Request { method: "GET".into(), target, headers: vec![], body: vec![] };
        let _ = connector().notified(&request, ENV);
    }
}

/// Whatever comes between the messages of a call, it comes to an end.
#[test]
fn a_peer_that_says_the_same_for_ever_is_left() {
    let mut world = World::new(&ENTRY);
    let details = json!([{ "transactionType": "PAYMENT" }]);
    for code in ["0000", "0110", "0123", "1145", "1172", "1179", "1198"] {
        for call in calls() {
            let mut request = connector().request(&call, ENV);
            let ended = (0..crate::connector::STEPS_MAX).any(|_| {
                let response = said(code, details.clone());
                match connector().answer(&call, &request, Ok(&response), ENV) {
                    Step::Heard(_) => true,
                    Step::Then(next) => {
                        request = next;
                        false
                    }
                }
            });
            assert!(ended, "{code}: {call:?}");
        }
    }
    let (link, order) = {
        world.control("POST", "users", &json!({ "user": "mei", "balance": 10_000 }));
        ordered(&mut world, 1, false)
    };
    approve(&mut world, &link);
    super::paid(world.payment(&inquire(1, &order)));
}
