//! Payments by the payer's code, from both ends: connector and sandbox.

use noren_core::wallet::{
    Ask, Call, DeclineReason, PaymentAnswer, Question, Receipt, Reference, Unknown,
};
use serde_json::json;

use super::{RICH, YEN, debited, notices, receipt, world};
use crate::connector::Heard;
use crate::testing::{World, call, cancel, inquire, jpy, pay, payment_id};

fn reason(answer: PaymentAnswer) -> DeclineReason {
    match answer {
        PaymentAnswer::Declined(decline) => decline.reason(),
        other => panic!("not declined: {other:?}"),
    }
}

#[test]
fn a_payment_is_made_once_and_named_as_the_network_names_it() {
    let (mut world, code) = world("approve");
    let call = pay(1, jpy(YEN), None, &code);
    let first = receipt(world.payment(&call));
    assert_eq!((first.amount, first.payer), (jpy(YEN), Some(jpy(YEN))));
    assert!(first.transaction.len() == 20 && first.transaction.bytes().all(|b| b.is_ascii_digit()));
    for _ in 0..2 {
        world.restart();
        assert_eq!(receipt(world.payment(&call)), first);
        assert_eq!(receipt(world.payment(&inquire(1))), first);
    }
    assert_eq!(debited(&mut world), YEN);
}

#[test]
fn each_no_has_its_reason() {
    let (mut world, code) = world("decline");
    let call = pay(1, jpy(YEN), None, &code);
    let no = world.payment(&call);
    assert_eq!(reason(no.clone()), DeclineReason::Other);
    assert_eq!(world.payment(&inquire(1)), no, "and the inquiry says the same");
    assert_eq!(world.payment(&call), no, "and so does a repeat");

    let poor = world.user_with_code("ren", 3, "c1");
    assert_eq!(reason(world.payment(&pay(2, jpy(YEN), None, &poor))), DeclineReason::Funds);
    assert_eq!(reason(world.payment(&inquire(2))), DeclineReason::Other, "FAILED says no more");
    let huge = world.user_with_code("gin", 9_000_000, "c1");
    assert_eq!(reason(world.payment(&pay(3, jpy(500_001), None, &huge))), DeclineReason::Funds);

    let used = world.payment(&pay(4, jpy(YEN), None, &code));
    assert_eq!(reason(used), DeclineReason::Code);
    let unknown = world.payment(&pay(5, jpy(YEN), None, "900081810000000000000000"));
    assert_eq!(reason(unknown), DeclineReason::Code);
    let old = world.user_with_code("mei", RICH, "c2");
    world.wait(300_000);
    assert_eq!(reason(world.payment(&pay(6, jpy(YEN), None, &old))), DeclineReason::Code);
    assert_eq!(debited(&mut world), 0);
}

#[test]
fn money_that_the_network_froze_has_no_word_here_and_fails() {
    let (mut world, code) = world("blocked");
    assert_eq!(reason(world.payment(&pay(1, jpy(YEN), None, &code))), DeclineReason::Other);
    assert_eq!(debited(&mut world), 0);
}

#[test]
fn the_same_id_with_another_content_decides_nothing() {
    let (mut world, code) = world("approve");
    world.payment(&pay(1, jpy(YEN), None, &code));
    for other in
        [pay(1, jpy(YEN + 1), None, &code), pay(1, jpy(YEN), None, "900081810000000000000000")]
    {
        assert_eq!(world.payment(&other), PaymentAnswer::Unknown(Unknown::UnlistedCode));
    }
    assert_eq!(debited(&mut world), YEN);
}

/// Scenario, first answer, inquiry at once, inquiry after a pace, taken in the end.
#[test]
fn each_kind_of_trouble_ends_as_it_should() {
    let unknown = PaymentAnswer::Unknown;
    let timed_out = || unknown(Unknown::TimedOut);
    for (scenario, first, at_once, later, taken) in [
        ("unknown_then_yes", PaymentAnswer::Pending, "pending", "paid", YEN),
        ("unknown_then_no", PaymentAnswer::Pending, "pending", "failed", 0),
        ("timeout", timed_out(), "pending", "pending", 0),
        ("lost_answer", timed_out(), "paid", "paid", YEN),
        ("late_success", PaymentAnswer::Pending, "pending", "pending", 0),
        ("bad_signature", unknown(Unknown::Unreadable), "paid", "paid", YEN),
        ("slow", timed_out(), "paid", "paid", YEN),
    ] {
        let (mut world, code) = world(scenario);
        assert_eq!(world.payment(&pay(1, jpy(YEN), None, &code)), first, "{scenario}");
        for (word, pause) in [(at_once, 120), (later, 0)] {
            let asked = match world.payment(&inquire(1)) {
                PaymentAnswer::Paid(_) => "paid",
                PaymentAnswer::Pending => "pending",
                PaymentAnswer::Declined(_) => "failed",
                other => panic!("{scenario}: {other:?}"),
            };
            assert_eq!(asked, word, "{scenario}");
            world.wait(pause);
            world.restart();
        }
        assert_eq!(debited(&mut world), taken, "{scenario}");
    }
}

#[test]
fn a_wrong_amount_is_passed_on_as_said() {
    let (mut world, code) = world("wrong_amount");
    let said = receipt(world.payment(&pay(1, jpy(YEN), None, &code)));
    assert_eq!(said.amount, jpy(YEN + 1));
    assert_eq!(receipt(world.payment(&inquire(1))), said);
    assert_eq!(world.payment(&cancel(1)), PaymentAnswer::Cancelled);
    assert_eq!(debited(&mut world), 0);
}

#[test]
fn a_cancel_binds_whenever_it_comes() {
    // First of all.
    let (mut world, code) = world("approve");
    assert_eq!(world.payment(&inquire(1)), PaymentAnswer::NotFound);
    assert_eq!(world.payment(&cancel(1)), PaymentAnswer::Cancelled);
    world.restart();
    assert_eq!(world.payment(&pay(1, jpy(YEN), None, &code)), PaymentAnswer::Cancelled);
    assert_eq!(world.payment(&inquire(1)), PaymentAnswer::Cancelled);
    // After it was paid, and again.
    receipt(world.payment(&pay(2, jpy(YEN), None, &code)));
    for _ in 0..2 {
        assert_eq!(world.payment(&cancel(2)), PaymentAnswer::Cancelled);
        assert_eq!(world.payment(&inquire(2)), PaymentAnswer::Cancelled);
    }
    assert_eq!(debited(&mut world), 0);
    // While it is not decided.
    world.scenario("mei", "timeout");
    let code = world.user_with_code("mei", RICH, "c2");
    world.payment(&pay(3, jpy(YEN), None, &code));
    assert_eq!(world.payment(&cancel(3)), PaymentAnswer::Cancelled);
    world.wait(600_000);
    assert_eq!(debited(&mut world), 0);
}

#[test]
fn a_refused_cancel_leads_to_what_stands() {
    let (mut world, code) = world("late_success");
    assert_eq!(world.payment(&pay(1, jpy(YEN), None, &code)), PaymentAnswer::Pending);
    assert_eq!(world.payment(&cancel(1)), PaymentAnswer::TooLate { receipt: None });
    world.wait(120);
    assert_eq!(receipt(world.payment(&inquire(1))).amount, jpy(YEN));
    assert_eq!(world.payment(&cancel(1)), PaymentAnswer::TooLate { receipt: None });
    assert_eq!(debited(&mut world), YEN);
}

/// The world's clock stands at 00:30 in Japan, on the 22nd.
#[test]
fn a_cancel_is_possible_until_fourteen_minutes_and_59_seconds_past_midnight() {
    const DAY: i64 = 86_400_000;
    let until = DAY - 30 * 60_000 + 15 * 60_000;
    for (wait, expected) in
        [(until - 1, PaymentAnswer::Cancelled), (until, PaymentAnswer::TooLate { receipt: None })]
    {
        let (mut world, code) = world("approve");
        receipt(world.payment(&pay(1, jpy(YEN), None, &code)));
        world.wait(wait);
        assert_eq!(world.payment(&cancel(1)), expected);
    }
    let (mut world, code) = world("cancel_closed");
    receipt(world.payment(&pay(1, jpy(YEN), None, &code)));
    assert_eq!(world.payment(&cancel(1)), PaymentAnswer::TooLate { receipt: None });
}

#[test]
fn notices_are_hints_and_are_repeated_until_they_are_acknowledged() {
    let hint = |world: &mut World| {
        let heard = notices(world);
        assert!(!heard.is_empty());
        for said in heard {
            let said = said.expect("a webhook of a payment of ours");
            assert_eq!((said.payment, said.question), (payment_id(1), Question::Notice));
            assert_eq!((said.attempt, said.answer), (0, PaymentAnswer::Pending));
        }
    };
    let (mut world, code) = world("double_notice");
    receipt(world.payment(&pay(1, jpy(YEN), None, &code)));
    // The first sending is lost.
    assert_eq!(world.sandbox.take_outgoing().len(), 1);
    world.wait(119);
    assert!(world.sandbox.take_outgoing().is_empty());
    world.restart();
    world.wait(1);
    hint(&mut world);
    world.wait(600_000);
    assert_eq!(notices(&mut world), [], "said twice, and heard twice");

    let (mut world, code) = self::world("unknown_then_yes");
    world.payment(&pay(1, jpy(YEN), None, &code));
    assert_eq!(notices(&mut world), []);
    world.wait(120);
    hint(&mut world);
    let (mut world, code) = self::world("lost_answer");
    world.payment(&pay(1, jpy(YEN), None, &code));
    world.wait(600_000);
    assert_eq!(notices(&mut world), [], "the news of it is lost too");
}

#[test]
fn a_network_in_maintenance_says_so_and_does_nothing() {
    let (mut world, code) = world("approve");
    assert_eq!(world.control("POST", "maintenance", &json!({"for_ms": 1_000})).0, 200);
    let call = pay(1, jpy(YEN), None, &code);
    for ask in [&call, &inquire(1), &cancel(1)] {
        assert_eq!(world.payment(ask), PaymentAnswer::Unknown(Unknown::Transport));
    }
    world.wait(1_000);
    assert_eq!(world.payment(&inquire(1)), PaymentAnswer::NotFound);
    receipt(world.payment(&call));
}

/// What the connector is asked of other ways to pay, it asks by our id.
#[test]
fn a_payment_that_came_another_way_is_asked_about_by_our_id() {
    let by = |reference: Reference| -> Call { call(1, Ask::Inquire { reference }) };
    let (mut world, code) = world("approve");
    let Heard::Payment(PaymentAnswer::Paid(Receipt { amount, .. })) =
        world.ask(&pay(1, jpy(YEN), None, &code))
    else {
        panic!("not paid")
    };
    assert_eq!(amount, jpy(YEN));
    for reference in [
        Reference::Scan { wallet_payment_id: "w-1".into() },
        Reference::Credit { transaction: "t".into(), named: "n".into() },
    ] {
        receipt(world.payment(&by(reference)));
    }
}
