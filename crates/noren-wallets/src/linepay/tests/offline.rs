//! Codes that a till scans (Offline v4), from both ends.

use noren_core::wallet::{
    Ask, Call, CaptureAnswer, DeclineReason, PaymentAnswer, Reference, Unknown,
};
use serde_json::json;

use super::{
    RICH, YEN, assert_debited, cancel, capture, captured, code, given_back, held, inquire,
    inquire_refund, paid, reason, refund, void, world,
};
use crate::testing::{World, jpy, pay};

const BY_US: Reference = Reference::Request;

fn pay_with(code: &str, n: u128) -> Call {
    pay(n, jpy(YEN), None, code)
}

/// A user who meets `scenario`, and the call for their code.
fn meeting(scenario: &str) -> (World, Call) {
    let mut world = world();
    world.scenario("mei", scenario);
    let code = code(&mut world, "c1");
    (world, pay_with(&code, 1))
}

fn hold(call: Call) -> Call {
    let Ask::Pay(ask) = call.ask else { panic!("a payment") };
    Call { ask: Ask::Authorise(ask), ..call }
}

#[test]
fn a_code_is_paid_once_however_often_it_is_asked_for() {
    let (mut world, call) = meeting("approve");
    let receipt = paid(world.payment(&call));
    assert_eq!((receipt.amount, receipt.transaction.len()), (jpy(YEN), 19));
    // The order id is used, so the network refuses it, and the details say why.
    assert_eq!(paid(world.payment(&call)), receipt);
    assert_eq!(paid(world.payment(&inquire(1, &BY_US))), receipt);
    assert_debited(&mut world, YEN);
}

#[test]
fn a_code_works_once_for_five_minutes_and_an_unknown_one_never() {
    let mut world = world();
    let (used, old) = (code(&mut world, "c1"), code(&mut world, "c2"));
    assert_eq!(used.len(), 19);
    paid(world.payment(&pay_with(&used, 1)));
    assert_eq!(reason(world.payment(&pay_with(&used, 2))), DeclineReason::Code);
    assert_eq!(reason(world.payment(&pay_with("3910000000000000000", 3))), DeclineReason::Code);
    assert_eq!(reason(world.payment(&pay_with("12345678901", 4))), DeclineReason::Code);
    world.wait(300_000);
    assert_eq!(reason(world.payment(&pay_with(&old, 5))), DeclineReason::Code);
    assert_debited(&mut world, YEN);
}

#[test]
fn a_definite_no_says_why() {
    for (scenario, why) in [("decline", DeclineReason::Payer), ("blocked", DeclineReason::Payer)] {
        let (mut world, call) = meeting(scenario);
        assert_eq!(reason(world.payment(&call)), why);
        // The check knows that it failed, not why.
        assert_eq!(reason(world.payment(&inquire(1, &BY_US))), DeclineReason::Other);
        assert_eq!(world.payment(&cancel(1, &BY_US)), PaymentAnswer::Cancelled);
        assert_debited(&mut world, 0);
    }
    let mut world = world();
    let poor = world.user_with_code("ren", 3, "c1");
    assert_eq!(reason(world.payment(&pay_with(&poor, 1))), DeclineReason::Funds);
    let rich = world.user_with_code("rin", 10 * RICH * RICH, "c1");
    let call = pay(2, jpy(1_000_001), None, &rich);
    assert_eq!(reason(world.payment(&call)), DeclineReason::Funds);
}

#[test]
fn what_is_not_finished_is_found_when_it_is() {
    for (scenario, yes) in [("unknown_then_yes", true), ("unknown_then_no", false)] {
        let (mut world, call) = meeting(scenario);
        assert_eq!(world.payment(&call), PaymentAnswer::Pending);
        assert_eq!(world.payment(&inquire(1, &BY_US)), PaymentAnswer::Pending);
        world.restart();
        world.wait(120);
        let answer = world.payment(&inquire(1, &BY_US));
        if yes {
            paid(answer);
        } else {
            reason(answer);
        }
        assert_debited(&mut world, if yes { YEN } else { 0 });
    }
}

#[test]
fn a_lost_late_or_foreign_answer_is_found_by_the_check() {
    for (scenario, why) in [
        ("lost_answer", Unknown::TimedOut),
        ("slow", Unknown::TimedOut),
        ("bad_signature", Unknown::Unreadable),
    ] {
        let (mut world, call) = meeting(scenario);
        assert_eq!(world.payment(&call), PaymentAnswer::Unknown(why), "{scenario}");
        world.restart();
        assert_eq!(paid(world.payment(&inquire(1, &BY_US))).amount, jpy(YEN));
        assert_debited(&mut world, YEN);
    }
}

#[test]
fn a_payment_that_is_never_answered_ends_by_a_refund_of_all() {
    let (mut world, call) = meeting("timeout");
    for _ in 0..2 {
        assert_eq!(world.payment(&call), PaymentAnswer::Unknown(Unknown::TimedOut));
    }
    world.wait(60_000);
    assert_eq!(world.payment(&inquire(1, &BY_US)), PaymentAnswer::Pending);
    for _ in 0..2 {
        assert_eq!(world.payment(&cancel(1, &BY_US)), PaymentAnswer::Cancelled);
    }
    assert!(matches!(world.payment(&inquire(1, &BY_US)), PaymentAnswer::Declined(_)));
    assert_debited(&mut world, 0);
}

#[test]
fn a_late_success_refuses_the_cancel_and_is_undone_by_refund() {
    let (mut world, call) = meeting("late_success");
    assert_eq!(world.payment(&call), PaymentAnswer::Pending);
    assert_eq!(world.payment(&cancel(1, &BY_US)), PaymentAnswer::TooLate { receipt: None });
    assert_eq!(world.payment(&inquire(1, &BY_US)), PaymentAnswer::Pending);
    world.wait(120);
    let receipt = paid(world.payment(&inquire(1, &BY_US)));
    let late = world.payment(&cancel(1, &BY_US));
    assert_eq!(late, PaymentAnswer::TooLate { receipt: Some(receipt) });
    given_back(world.refund(&refund(1, &BY_US, 1, YEN, 0)), YEN);
    assert_eq!(world.payment(&cancel(1, &BY_US)), PaymentAnswer::Cancelled);
    assert_debited(&mut world, 0);
}

#[test]
fn a_wrong_amount_is_passed_on_as_it_is_said() {
    let (mut world, call) = meeting("wrong_amount");
    let said = paid(world.payment(&call));
    assert_eq!(said.amount, jpy(YEN + 1));
    assert_eq!(paid(world.payment(&inquire(1, &BY_US))), said);
    let late = world.payment(&cancel(1, &BY_US));
    assert_eq!(late, PaymentAnswer::TooLate { receipt: Some(said) });
}

/// "Cancelled" would not bind what is still on its way: nothing here refuses it when it comes.
#[test]
fn a_cancel_of_what_never_came_is_refused_and_the_ladder_asks_again() {
    let (mut world, call) = meeting("cancel_closed");
    assert_eq!(world.payment(&inquire(1, &BY_US)), PaymentAnswer::NotFound);
    assert_eq!(world.payment(&cancel(1, &BY_US)), PaymentAnswer::TooLate { receipt: None });
    paid(world.payment(&call));
    assert_debited(&mut world, YEN);
}

#[test]
fn a_hold_is_taken_in_part_or_let_go() {
    let (mut world, call) = meeting("approve");
    let receipt = held(world.payment(&hold(call.clone())));
    assert_eq!(held(world.payment(&hold(call))), receipt);
    assert_eq!(held(world.payment(&inquire(1, &BY_US))), receipt);
    let taken = captured(&mut world, &capture(1, &BY_US, 700));
    let CaptureAnswer::Captured(first) = &taken else { panic!("not captured: {taken:?}") };
    assert_eq!((first.amount, &first.transaction), (jpy(700), &receipt.transaction));
    assert_eq!(captured(&mut world, &capture(1, &BY_US, 700)), taken);
    assert_debited(&mut world, 700);

    for undo in [void, cancel] {
        let (mut world, call) = meeting("approve");
        held(world.payment(&hold(call)));
        let over = captured(&mut world, &capture(1, &BY_US, YEN + 1));
        assert!(matches!(over, CaptureAnswer::Declined(_)), "{over:?}");
        for _ in 0..2 {
            assert_eq!(world.payment(&undo(1, &BY_US)), PaymentAnswer::Cancelled);
        }
        assert_eq!(world.payment(&inquire(1, &BY_US)), PaymentAnswer::Cancelled);
        assert_debited(&mut world, 0);
    }
}

#[test]
fn refunds_of_a_code_go_by_its_order() {
    let (mut world, call) = meeting("approve");
    paid(world.payment(&call));
    world.scenario("mei", "refund_silent");
    let first = refund(1, &BY_US, 1, 500, 0);
    let lost = noren_core::wallet::RefundAnswer::Unknown(Unknown::TimedOut);
    assert_eq!(world.refund(&first), lost);
    given_back(world.refund(&inquire_refund(1, &BY_US, 1, 500, 0)), 500);
    given_back(world.refund(&refund(1, &BY_US, 2, 700, 500)), 700);
    assert_eq!(world.payment(&inquire(1, &BY_US)), PaymentAnswer::Cancelled);
    assert_debited(&mut world, 0);
}

#[test]
fn a_network_under_maintenance_says_nothing() {
    let (mut world, call) = meeting("approve");
    world.control("POST", "maintenance", &json!({ "for_ms": 1_000 }));
    let unsure = PaymentAnswer::Unknown(Unknown::SaidUnknown);
    for call in [&call, &inquire(1, &BY_US), &cancel(1, &BY_US), &void(1, &BY_US)] {
        assert_eq!(world.payment(call), unsure);
    }
    world.wait(1_000);
    paid(world.payment(&call));
}
