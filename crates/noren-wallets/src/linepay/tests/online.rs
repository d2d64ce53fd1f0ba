//! Orders for shops on the web: approval, confirmation, expiry, and what is lost on the way.

use noren_core::command::{Body, PaymentHeard};
use noren_core::wallet::{
    CaptureAnswer, DeclineReason, PaymentAnswer, Question, Reference, RefundAnswer, Unknown,
};
use serde_json::{Value, json};

use super::{
    YEN, approve, assert_debited, cancel, capture, captured, given_back, held, inquire,
    inquire_capture, inquire_refund, order_call, ordered, paid, reason, refund, void, world,
};
use crate::linepay::messages::Handle;
use crate::linepay::{CANCEL_PATH, CONFIRM_PATH};
use crate::testing::{World, jpy, payment_id};
use crate::wire::Request;

/// 120 paces of 120 ms.
const ORDER_MS: i64 = 14_400;

fn not_closed() -> PaymentAnswer {
    PaymentAnswer::Pending
}

#[test]
fn an_approved_order_is_confirmed_by_the_inquiry_and_paid_once() {
    let mut world = world();
    let (link, order) = ordered(&mut world, 1, false);
    assert_eq!(world.payment(&inquire(1, &order)), PaymentAnswer::Pending);
    let shown = approve(&mut world, &link);
    assert_eq!(shown["state"], "approved");
    assert_eq!(shown["payment_id"], payment_id(1).to_string());
    assert_debited(&mut world, 0);
    let receipt = paid(world.payment(&inquire(1, &order)));
    assert_eq!(receipt.amount, jpy(YEN));
    assert_eq!(receipt.transaction.len(), 19);
    // Found by its details from then on, by the network's name and by ours.
    assert_eq!(paid(world.payment(&inquire(1, &order))), receipt);
    assert_eq!(paid(world.payment(&inquire(1, &Reference::Request))), receipt);
    assert_debited(&mut world, YEN);
}

#[test]
fn the_name_of_an_order_carries_what_a_confirmation_repeats() {
    let mut world = world();
    let (_, order) = ordered(&mut world, 1, true);
    let Reference::Order { handle } = order else { panic!("a name of the network's") };
    let handle: Handle = handle.parse().unwrap();
    assert_eq!((handle.amount, handle.hold), (jpy(YEN), true));
}

#[test]
fn the_redirect_of_the_browser_makes_us_ask_and_proves_nothing() {
    let mut world = world();
    let (link, order) = ordered(&mut world, 1, false);
    approve(&mut world, &link);
    let [sent] = &world.sandbox.take_outgoing()[..] else { panic!("one redirect") };
    assert_eq!(sent.request.method, "GET");
    assert_eq!(sent.request.path(), CONFIRM_PATH);
    let env = world.env();
    let notified = world.connector.notified(&sent.request, env).unwrap();
    let hint = PaymentHeard {
        payment: payment_id(1),
        question: Question::Notice,
        attempt: 0,
        answer: PaymentAnswer::Pending,
    };
    let Body::PaymentHeard(heard) = notified.command else { panic!("of a payment") };
    assert_eq!(heard, hint);
    assert_eq!(notified.acknowledge.status, 200);
    paid(world.payment(&inquire(1, &order)));

    let hear = |world: &mut World, method: &str, target: &str| {
        let (method, target) = (method.to_owned(), target.to_owned());
        let request = Request { method, target, headers: vec![], body: vec![] };
        let env = world.env();
        world.connector.notified(&request, env).map(|_| 200).unwrap_or_else(|no| no.status)
    };
    let id = payment_id(1);
    for (method, target, status) in [
        ("GET", format!("{CANCEL_PATH}?orderId={id}"), 200),
        ("GET", format!("{CONFIRM_PATH}?transactionId=1"), 400),
        ("GET", format!("{CONFIRM_PATH}?orderId=%ff"), 400),
        ("POST", format!("{CONFIRM_PATH}?orderId={id}"), 404),
        ("GET", format!("/callbacks/linepay/else?orderId={id}"), 404),
    ] {
        assert_eq!(hear(&mut world, method, &target), status, "{method} {target}");
    }
}

#[test]
fn scenarios_say_how_the_news_travels() {
    for (scenario, redirects) in [("approve", 1), ("double_notice", 2), ("lost_answer", 0)] {
        let mut world = world();
        world.scenario("mei", scenario);
        let (link, _) = ordered(&mut world, 1, false);
        approve(&mut world, &link);
        approve(&mut world, &link);
        assert_eq!(world.sandbox.take_outgoing().len(), redirects, "{scenario}");
    }
}

#[test]
fn a_payer_who_gives_up_ends_the_order() {
    let mut world = world();
    let (link, order) = ordered(&mut world, 1, false);
    let (_, shown) =
        world.control("POST", "pay", &json!({ "user": "mei", "code": link, "refuse": true }));
    assert_eq!(shown["state"], "declined");
    let back = shown["redirect_url"].as_str().unwrap();
    assert!(back.contains(CANCEL_PATH), "{back}");
    assert_eq!(world.payment(&inquire(1, &order)), PaymentAnswer::Cancelled);
    assert_eq!(world.payment(&cancel(1, &order)), PaymentAnswer::Cancelled);
    assert_eq!(approve(&mut world, &link)["state"], "declined");
    assert_debited(&mut world, 0);
}

/// Nothing closes an order before its time: the cancel is asked for until the network says so, and
/// an approval in between takes no money, because a cancel never confirms.
#[test]
fn a_cancel_waits_for_the_network_to_close_the_order() {
    let mut world = world();
    let (link, order) = ordered(&mut world, 1, false);
    assert_eq!(world.payment(&cancel(1, &order)), not_closed());
    approve(&mut world, &link);
    assert_eq!(world.payment(&cancel(1, &order)), not_closed());
    world.wait(ORDER_MS - 1);
    assert_eq!(world.payment(&cancel(1, &order)), not_closed());
    world.wait(1);
    assert_eq!(world.payment(&cancel(1, &order)), PaymentAnswer::Cancelled);
    assert_eq!(world.payment(&inquire(1, &order)), PaymentAnswer::Cancelled);
    assert_debited(&mut world, 0);
}

#[test]
fn a_cancel_of_what_was_paid_names_what_stands_and_a_refund_undoes_it() {
    let mut world = world();
    let (link, order) = ordered(&mut world, 1, false);
    approve(&mut world, &link);
    let receipt = paid(world.payment(&inquire(1, &order)));
    let late = world.payment(&cancel(1, &order));
    assert_eq!(late, PaymentAnswer::TooLate { receipt: Some(receipt) });
    given_back(world.refund(&refund(1, &order, 1, YEN, 0)), YEN);
    assert_eq!(world.payment(&cancel(1, &order)), PaymentAnswer::Cancelled);
    assert_eq!(world.payment(&inquire(1, &order)), PaymentAnswer::Cancelled);
    assert_debited(&mut world, 0);
}

#[test]
fn a_confirmation_whose_answer_is_lost_is_found_in_the_details() {
    for (scenario, first) in [
        ("lost_answer", Unknown::TimedOut),
        ("bad_signature", Unknown::Unreadable),
        ("slow", Unknown::TimedOut),
    ] {
        let mut world = world();
        world.scenario("mei", scenario);
        let (link, order) = ordered(&mut world, 1, false);
        approve(&mut world, &link);
        assert_eq!(world.payment(&inquire(1, &order)), PaymentAnswer::Unknown(first), "{scenario}");
        assert_debited(&mut world, YEN);
        world.restart();
        assert_eq!(paid(world.payment(&inquire(1, &order))).amount, jpy(YEN));
        assert_debited(&mut world, YEN);
    }
}

#[test]
fn a_confirmation_in_process_is_pending_until_it_is_decided() {
    for (scenario, yes) in [("unknown_then_yes", true), ("unknown_then_no", false)] {
        let mut world = world();
        world.scenario("mei", scenario);
        let (link, order) = ordered(&mut world, 1, false);
        approve(&mut world, &link);
        assert_eq!(world.payment(&inquire(1, &order)), PaymentAnswer::Pending);
        assert_eq!(world.payment(&inquire(1, &order)), PaymentAnswer::Pending);
        assert_debited(&mut world, 0);
        world.wait(120);
        let answer = world.payment(&inquire(1, &order));
        if yes {
            paid(answer);
        } else {
            assert_eq!(reason(answer), DeclineReason::Other);
        }
        assert_debited(&mut world, if yes { YEN } else { 0 });
    }
}

#[test]
fn a_confirmation_that_never_ends_ends_with_the_order() {
    let mut world = world();
    world.scenario("mei", "timeout");
    let (link, order) = ordered(&mut world, 1, false);
    approve(&mut world, &link);
    for _ in 0..2 {
        let heard = world.payment(&inquire(1, &order));
        assert_eq!(heard, PaymentAnswer::Unknown(Unknown::TimedOut));
    }
    assert_eq!(world.payment(&cancel(1, &order)), not_closed());
    world.wait(ORDER_MS);
    assert_eq!(world.payment(&cancel(1, &order)), PaymentAnswer::Cancelled);
    assert_debited(&mut world, 0);
}

#[test]
fn a_late_success_after_the_cancel_is_named_by_it() {
    let mut world = world();
    world.scenario("mei", "late_success");
    let (link, order) = ordered(&mut world, 1, false);
    approve(&mut world, &link);
    assert_eq!(world.payment(&inquire(1, &order)), PaymentAnswer::Pending);
    world.wait(ORDER_MS);
    assert_eq!(world.payment(&cancel(1, &order)), not_closed());
    world.wait(120);
    let late = world.payment(&cancel(1, &order));
    assert!(matches!(late, PaymentAnswer::TooLate { receipt: Some(_) }), "{late:?}");
    given_back(world.refund(&refund(1, &order, 1, YEN, 0)), YEN);
    assert_debited(&mut world, 0);
}

#[test]
fn definite_refusals_of_a_confirmation_say_why() {
    for (scenario, why) in [("decline", DeclineReason::Payer), ("blocked", DeclineReason::Payer)] {
        let mut world = world();
        world.scenario("mei", scenario);
        let (link, order) = ordered(&mut world, 1, false);
        approve(&mut world, &link);
        assert_eq!(reason(world.payment(&inquire(1, &order))), why, "{scenario}");
        assert_eq!(reason(world.payment(&inquire(1, &order))), DeclineReason::Other);
        assert_eq!(world.payment(&cancel(1, &order)), PaymentAnswer::Cancelled);
        assert_debited(&mut world, 0);
    }
    let mut world = world();
    world.control("POST", "users", &json!({ "user": "ren", "balance": 3 }));
    let (link, order) = ordered(&mut world, 1, false);
    let body = json!({ "user": "ren", "order": link, "pin": "1234" });
    assert_eq!(world.control("POST", "pay", &body).0, 200);
    assert_eq!(reason(world.payment(&inquire(1, &order))), DeclineReason::Funds);
}

#[test]
fn a_wrong_amount_is_passed_on_as_it_is_said() {
    let mut world = world();
    world.scenario("mei", "wrong_amount");
    let (link, order) = ordered(&mut world, 1, false);
    approve(&mut world, &link);
    assert_eq!(paid(world.payment(&inquire(1, &order))).amount, jpy(YEN + 1));
    assert_eq!(paid(world.payment(&inquire(1, &order))).amount, jpy(YEN + 1));
    assert_debited(&mut world, YEN + 1);
}

/// The name is lost with the answer, and one order id is used once. Nobody can pay that order; it
/// ends when "not found" has become proof.
#[test]
fn an_order_whose_answer_was_lost_is_asked_for_again_and_ends_unpaid() {
    let mut world = world();
    let call = order_call(1, jpy(YEN), false);
    let env = world.env();
    let lost = world.connector.request(&call, env);
    world.send(lost);
    world.restart();
    assert_eq!(world.payment(&call), PaymentAnswer::Unknown(Unknown::SaidUnknown));
    let by_us = Reference::Request;
    let refused = world.payment(&cancel(1, &by_us));
    assert_eq!(refused, PaymentAnswer::TooLate { receipt: None });
    assert_eq!(world.payment(&inquire(1, &by_us)), PaymentAnswer::NotFound);
    world.wait(ORDER_MS);
    assert_eq!(world.payment(&cancel(1, &by_us)), PaymentAnswer::Cancelled);
    assert_debited(&mut world, 0);
}

#[test]
fn maintenance_and_an_order_that_was_never_made_decide_nothing() {
    let mut world = world();
    let (_, order) = ordered(&mut world, 1, false);
    world.control("POST", "maintenance", &json!({ "for_ms": 1_000 }));
    let unsure = PaymentAnswer::Unknown(Unknown::SaidUnknown);
    assert_eq!(world.payment(&inquire(1, &order)), unsure);
    assert_eq!(world.payment(&cancel(1, &order)), unsure);
    assert_eq!(world.payment(&order_call(2, jpy(YEN), false)), unsure);
    // Nothing of a refund left: only its details were asked for.
    assert_eq!(world.refund(&refund(1, &order, 1, YEN, 0)), RefundAnswer::NotSent);
    world.wait(1_000);
    assert_eq!(world.payment(&inquire(1, &order)), PaymentAnswer::Pending);

    let Reference::Order { handle } = &order else { panic!("a name of the network's") };
    let mut handle: Handle = handle.parse().unwrap();
    handle.transaction.0 += 1;
    let stranger = Reference::Order { handle: handle.to_string().into() };
    assert_eq!(world.payment(&inquire(1, &stranger)), PaymentAnswer::NotFound);
    let refused = world.payment(&cancel(1, &stranger));
    assert_eq!(refused, PaymentAnswer::TooLate { receipt: None });
}

#[test]
fn a_hold_is_captured_once_and_the_rest_goes_back() {
    let mut world = world();
    let (link, order) = ordered(&mut world, 1, true);
    approve(&mut world, &link);
    let receipt = held(world.payment(&inquire(1, &order)));
    assert_eq!(receipt.amount, jpy(YEN));
    assert_eq!(held(world.payment(&inquire(1, &order))), receipt);
    assert_eq!(captured(&mut world, &inquire_capture(1, &order, 700)), CaptureAnswer::NotFound);
    assert_debited(&mut world, YEN);
    let taken = captured(&mut world, &capture(1, &order, 700));
    let CaptureAnswer::Captured(first) = &taken else { panic!("not captured: {taken:?}") };
    assert_eq!(first.amount, jpy(700));
    assert_debited(&mut world, 700);
    // Sent again, or asked about: the same.
    assert_eq!(captured(&mut world, &capture(1, &order, 700)), taken);
    assert_eq!(captured(&mut world, &inquire_capture(1, &order, 700)), taken);
    assert_eq!(paid(world.payment(&inquire(1, &order))), *first);
    let late = world.payment(&void(1, &order));
    assert_eq!(late, PaymentAnswer::TooLate { receipt: Some(first.clone()) });
    given_back(world.refund(&refund(1, &order, 1, 700, 0)), 700);
    assert_debited(&mut world, 0);
}

#[test]
fn a_hold_is_let_go_by_a_void_and_by_a_cancel() {
    for undo in [void, cancel] {
        let mut world = world();
        let (link, order) = ordered(&mut world, 1, true);
        approve(&mut world, &link);
        held(world.payment(&inquire(1, &order)));
        for _ in 0..2 {
            assert_eq!(world.payment(&undo(1, &order)), PaymentAnswer::Cancelled);
        }
        assert_eq!(world.payment(&inquire(1, &order)), PaymentAnswer::Cancelled);
        let no = captured(&mut world, &capture(1, &order, 1));
        assert!(matches!(no, CaptureAnswer::Declined(_)), "{no:?}");
        assert_debited(&mut world, 0);
    }
}

#[test]
fn refunds_are_told_apart_by_what_went_back_before() {
    let mut world = world();
    let (link, order) = ordered(&mut world, 1, false);
    approve(&mut world, &link);
    paid(world.payment(&inquire(1, &order)));
    let first = refund(1, &order, 1, 300, 0);
    assert_eq!(world.refund(&inquire_refund(1, &order, 1, 300, 0)), RefundAnswer::NotFound);
    given_back(world.refund(&first), 300);
    // The same one once more: it is there already, and is not made twice.
    given_back(world.refund(&first), 300);
    assert_debited(&mut world, YEN - 300);
    // Another one of the same amount is another one.
    let second = inquire_refund(1, &order, 2, 300, 300);
    assert_eq!(world.refund(&second), RefundAnswer::NotFound);
    given_back(world.refund(&refund(1, &order, 2, 300, 300)), 300);
    given_back(world.refund(&second), 300);
    assert_debited(&mut world, YEN - 600);
    let no = world.refund(&refund(1, &order, 3, 601, 600));
    assert!(matches!(&no, RefundAnswer::Declined(d) if d.code() == "1164"), "{no:?}");
    // Somebody gave back what we did not: people must look.
    let strange = world.refund(&refund(1, &order, 4, 100, 300));
    assert_eq!(strange, RefundAnswer::Unknown(Unknown::Unreadable));
    assert_debited(&mut world, YEN - 600);
    given_back(world.refund(&refund(1, &order, 5, 600, 600)), 600);
    assert_debited(&mut world, 0);
}

#[test]
fn a_refund_whose_answer_is_lost_is_found_and_not_made_twice() {
    let mut world = world();
    let (link, order) = ordered(&mut world, 1, false);
    approve(&mut world, &link);
    paid(world.payment(&inquire(1, &order)));
    world.scenario("mei", "refund_silent");
    let call = refund(1, &order, 1, 300, 0);
    assert_eq!(world.refund(&call), RefundAnswer::Unknown(Unknown::TimedOut));
    world.restart();
    given_back(world.refund(&inquire_refund(1, &order, 1, 300, 0)), 300);
    given_back(world.refund(&call), 300);
    assert_debited(&mut world, YEN - 300);
    // The pool is empty: the network has no word for it, so nothing is known but that it is not there.
    world.scenario("mei", "refund_no_funds");
    let call = refund(1, &order, 2, 200, 300);
    assert_eq!(world.refund(&call), RefundAnswer::Unknown(Unknown::SaidUnknown));
    let asked = inquire_refund(1, &order, 2, 200, 300);
    assert_eq!(world.refund(&asked), RefundAnswer::NotFound);
    given_back(world.refund(&call), 200);
    assert_debited(&mut world, YEN - 500);
}

#[test]
fn open_orders_are_listed_and_opened_by_any_of_their_names() {
    let mut world = world();
    let (link, order) = ordered(&mut world, 1, false);
    let Reference::Order { handle } = &order else { panic!("a name of the network's") };
    let id = handle.parse::<Handle>().unwrap().transaction.to_string();
    let (_, listed) = world.control("GET", "orders", &Value::Null);
    let ours = payment_id(1).to_string();
    let first = &listed["orders"][0];
    assert_eq!((first["order"].as_str(), first["code"].as_str()), (Some(&*ours), Some(&*link)));
    assert_eq!(first["amount"], json!({ "amount": YEN, "currency": "JPY" }));
    assert_eq!(first["shop"], "Sobadokoro Hida");
    assert_eq!(first["expires_at"], "2026-11-21T15:30:14.400Z");
    let token = link.split_once('=').unwrap().1;
    for name in [&*link, &*ours, &*id, &format!("line://pay/payment/{token}")] {
        let (status, shown) =
            world.control("POST", "pay", &json!({ "user": "mei", "order": name }));
        assert_eq!((status, shown["state"].as_str()), (200, Some("open")), "{name}");
    }
    for (body, status) in [
        (json!({ "user": "mei", "order": "none" }), 404),
        (json!({ "user": "nobody", "order": link }), 404),
        (json!({ "user": "mei" }), 422),
        (json!({ "user": "mei", "order": link, "code": link }), 422),
        (json!({ "user": "mei", "order": link, "amount": 1 }), 422),
        (json!({ "user": "mei", "order": link, "pin": "12" }), 422),
        (json!({ "user": "mei", "order": link, "tip": 1 }), 400),
    ] {
        assert_eq!(world.control("POST", "pay", &body).0, status, "{body}");
    }
    approve(&mut world, &link);
    world.control("POST", "users", &json!({ "user": "ren", "balance": 5 }));
    assert_eq!(world.control("POST", "pay", &json!({ "user": "ren", "order": link })).0, 409);
    let (_, listed) = world.control("GET", "orders", &Value::Null);
    assert_eq!(listed, json!({ "orders": [] }));
}
