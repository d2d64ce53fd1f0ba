//! The payer's code at a till: connector and sandbox, in both dialects, through all that can happen.

use noren_core::wallet::{DeclineReason, PaymentAnswer, Unknown};
use serde_json::json;

use super::{BOTH, COST, RICH, a_pay, debited, met, notices, paid, world};
use crate::alipay::dialect::Dialect;
use crate::testing::{cancel, cny, inquire, jpy, pay, refund};

/// What is said to pay; to an inquiry at once and one pace later; to a cancel then; and what the
/// payer was debited before and after the cancel.
const STORIES: &[(&str, [&str; 4], [i64; 2])] = &[
    ("approve", ["paid", "paid", "paid", "cancelled"], [COST, 0]),
    ("decline", ["no", "cancelled", "cancelled", "cancelled"], [0, 0]),
    ("blocked", ["no", "cancelled", "cancelled", "cancelled"], [0, 0]),
    ("unknown_then_yes", ["pending", "pending", "paid", "cancelled"], [COST, 0]),
    ("unknown_then_no", ["pending", "pending", "cancelled", "cancelled"], [0, 0]),
    ("timeout", ["silence", "pending", "pending", "cancelled"], [0, 0]),
    ("lost_answer", ["silence", "paid", "paid", "cancelled"], [COST, 0]),
    ("slow", ["silence", "paid", "paid", "cancelled"], [COST, 0]),
    ("bad_signature", ["forged", "paid", "paid", "cancelled"], [COST, 0]),
    ("double_notice", ["paid", "paid", "paid", "cancelled"], [COST, 0]),
    ("wrong_amount", ["paid", "paid", "paid", "cancelled"], [COST + 1, 0]),
    ("late_success", ["pending", "pending", "pending", "too late"], [0, 0]),
    ("cancel_closed", ["paid", "paid", "paid", "too late"], [COST, COST]),
];

fn word(answer: &PaymentAnswer) -> &'static str {
    match answer {
        PaymentAnswer::Paid(_) => "paid",
        PaymentAnswer::Declined(_) => "no",
        PaymentAnswer::Pending => "pending",
        PaymentAnswer::Cancelled => "cancelled",
        PaymentAnswer::NotFound => "not found",
        PaymentAnswer::TooLate { .. } => "too late",
        PaymentAnswer::Unknown(Unknown::TimedOut) => "silence",
        PaymentAnswer::Unknown(Unknown::BadSignature) => "forged",
        PaymentAnswer::Unknown(Unknown::UnlistedCode) => "alarm",
        PaymentAnswer::Unknown(Unknown::SaidUnknown) => "unsure",
        _ => "other",
    }
}

#[test]
fn each_kind_of_trouble_is_its_own_also_after_a_crash() {
    for dialect in BOTH {
        for crash in [false, true] {
            for (scenario, said, [before, after]) in STORIES {
                let (mut world, code) = met(dialect, scenario);
                let mut told = Vec::new();
                for (step, call) in
                    [a_pay(1, &code), inquire(1), inquire(1), cancel(1)].iter().enumerate()
                {
                    if step == 2 {
                        world.wait(120);
                    }
                    if step == 3 {
                        assert_eq!(debited(&mut world), *before, "{scenario}");
                    }
                    told.push(word(&world.payment(call)));
                    if crash {
                        world.restart();
                    }
                }
                assert_eq!(told, said, "{scenario} in {dialect:?}, crash: {crash}");
                assert_eq!(debited(&mut world), *after, "{scenario}");
                world.books();
            }
        }
    }
}

#[test]
fn a_late_success_is_found_and_given_back() {
    for dialect in BOTH {
        let (mut world, code) = met(dialect, "late_success");
        world.payment(&a_pay(1, &code));
        assert_eq!(world.payment(&cancel(1)), PaymentAnswer::TooLate { receipt: None });
        world.wait(120);
        let receipt = paid(world.payment(&inquire(1)));
        assert_eq!(notices(&mut world), [Some(PaymentAnswer::Paid(receipt))]);
        world.refund(&refund(1, 1, jpy(1_200), Some(cny(COST))));
        assert_eq!(debited(&mut world), 0);
        // Given back whole it is closed.
        assert_eq!(word(&world.payment(&inquire(1))), "cancelled");
    }
}

#[test]
fn a_repeat_is_the_same_and_another_content_an_alarm() {
    for dialect in BOTH {
        let (mut world, code) = met(dialect, "approve");
        let first = paid(world.payment(&a_pay(1, &code)));
        assert_eq!((first.amount, first.settlement), (cny(COST), Some(cny(COST))));
        assert_eq!(paid(world.payment(&a_pay(1, &code))), first);
        assert_eq!(first.transaction.len(), 28);
        let other = pay(1, jpy(1_200), Some(cny(COST + 1)), &code);
        assert_eq!(word(&world.payment(&other)), "alarm");
        assert_eq!(debited(&mut world), COST);
    }
}

#[test]
fn what_the_payer_lacks_is_said_in_the_networks_words() {
    let (mut world, code) = met(Dialect::Gateway, "approve");
    let poor = world.user_with_code("ren", 3, "c1");
    let rich = world.user_with_code("kin", 100_000_000, "c1");
    let mut no = |n, fen, code: &str| match world.payment(&pay(n, jpy(1), Some(cny(fen)), code)) {
        PaymentAnswer::Declined(no) => (no.reason(), no.code().to_owned()),
        other => panic!("{other:?}"),
    };
    let word = |text: &str| text.to_owned();
    assert_eq!(no(1, COST, &poor), (DeclineReason::Funds, word("ACQ.BUYER_BALANCE_NOT_ENOUGH")));
    let limit = word("ACQ.BUYER_PAYMENT_AMOUNT_DAY_LIMIT_ERROR");
    assert_eq!(no(2, 5_000_001, &rich), (DeclineReason::Funds, limit));
    let over = word("ACQ.TOTAL_FEE_EXCEED");
    assert_eq!(no(3, 10_000_000_001, &rich), (DeclineReason::Funds, over));
    let code_no = (DeclineReason::Code, word("ACQ.PAYMENT_AUTH_CODE_INVALID"));
    assert_eq!(no(4, COST, "28760000000000000000"), code_no, "no such code");
    assert_eq!(no(5, COST, &rich), code_no, "used");
    world.wait(60_000);
    let answer = world.payment(&a_pay(6, &code));
    assert!(matches!(answer, PaymentAnswer::Declined(no) if no.code() == code_no.1), "too old");
}

#[test]
fn a_cancel_binds_and_ends_with_the_day() {
    for dialect in BOTH {
        let mut world = world(dialect);
        let code = world.user_with_code("mei", RICH, "c1");
        assert_eq!(word(&world.payment(&inquire(1))), "not found");
        assert_eq!(word(&world.payment(&cancel(1))), "cancelled");
        assert_eq!(word(&world.payment(&cancel(1))), "cancelled");
        assert_eq!(word(&world.payment(&a_pay(1, &code))), "cancelled", "it came first");
        assert_eq!(word(&world.payment(&inquire(1))), "cancelled");
        // 23:30 in Shanghai: 45 minutes are left.
        paid(world.payment(&a_pay(2, &code)));
        world.wait(45 * 60_000 - 1);
        let code = world.user_with_code("mei", RICH, "c2");
        paid(world.payment(&a_pay(3, &code)));
        world.wait(1);
        assert_eq!(word(&world.payment(&cancel(2))), "too late");
        assert_eq!(word(&world.payment(&cancel(3))), "cancelled", "it is of the new day");
        assert_eq!(debited(&mut world), COST);
    }
}

#[test]
fn a_network_in_maintenance_says_that_it_does_not_know() {
    for dialect in BOTH {
        let (mut world, code) = met(dialect, "approve");
        world.control("POST", "maintenance", &json!({"for_ms": 1_000}));
        for call in [a_pay(1, &code), inquire(1), cancel(1)] {
            let expected = if dialect == Dialect::Gateway { "unsure" } else { "other" };
            assert_eq!(word(&world.payment(&call)), expected);
        }
        world.wait(1_000);
        assert_eq!(word(&world.payment(&inquire(1))), "not found", "nothing was done");
        paid(world.payment(&a_pay(1, &code)));
    }
}

#[test]
fn a_success_is_announced_on_the_published_schedule() {
    let (mut world, code) = met(Dialect::Gateway, "approve");
    paid(world.payment(&a_pay(1, &code)));
    // 4 m, 10 m, 15 m, 1 h, 2 h, 6 h, 15 h, as much shorter as the tests' pace is: 120 ms for 10 s.
    let pauses = [2_880, 7_200, 10_800, 43_200, 86_400, 259_200, 648_000];
    assert_eq!(world.sandbox.take_outgoing().len(), 1);
    for pause in pauses {
        world.wait(pause - 1);
        assert!(world.sandbox.take_outgoing().is_empty(), "{pause}");
        world.restart();
        world.wait(1);
        assert_eq!(world.sandbox.take_outgoing().len(), 1, "{pause}");
    }
    world.wait(10_000_000);
    assert!(world.sandbox.take_outgoing().is_empty(), "eight sendings, and no more");
}

#[test]
fn only_the_bare_word_acknowledges() {
    let (mut world, code) = met(Dialect::V3, "double_notice");
    paid(world.payment(&a_pay(1, &code)));
    for body in ["", "fail", "SUCCESS", "{\"code\":\"success\"}"] {
        let sent = world.sandbox.take_outgoing();
        assert_eq!(sent.len(), 1, "{body}");
        let response =
            crate::wire::Response { status: 200, headers: vec![], body: body.as_bytes().to_vec() };
        world.sandbox.delivered(world.now, sent[0].id, Ok(response));
        world.wait(700_000);
    }
    assert_eq!(notices(&mut world).len(), 2, "said twice");
    world.wait(1_000_000);
    assert!(notices(&mut world).is_empty());
}

#[test]
fn a_cancelled_payment_is_no_news() {
    let (mut world, code) = met(Dialect::Gateway, "unknown_then_yes");
    world.payment(&a_pay(1, &code));
    world.payment(&cancel(1));
    world.wait(120);
    assert!(notices(&mut world).is_empty());
    let (mut world, code) = met(Dialect::Gateway, "approve");
    paid(world.payment(&a_pay(1, &code)));
    assert_eq!(world.sandbox.take_outgoing().len(), 1, "lost");
    world.payment(&cancel(1));
    world.wait(1_000_000);
    assert!(notices(&mut world).is_empty());
}
