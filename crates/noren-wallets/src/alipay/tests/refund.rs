//! Money that goes back: connector and sandbox, in both dialects.

use noren_core::wallet::{Ask, DeclineReason, PaymentAnswer, RefundAnswer, Unknown};
use serde_json::{Value, json};

use super::{BOTH, COST, a_pay, debited, met, paid, world};
use crate::alipay::dialect::Dialect;
use crate::alipay::messages::Method;
use crate::testing::{World, call, cancel, cny, inquire, inquire_refund, jpy, refund, refund_ask};

fn a_paid_one(dialect: Dialect, scenario: &str) -> World {
    let (mut world, code) = met(dialect, scenario);
    paid(world.payment(&a_pay(1, &code)));
    world
}

fn no(answer: RefundAnswer) -> (DeclineReason, String) {
    match answer {
        RefundAnswer::Declined(no) => (no.reason(), no.code().to_owned()),
        other => panic!("{other:?}"),
    }
}

#[test]
fn parts_are_given_back_once_each_and_never_more_than_was_paid() {
    for dialect in BOTH {
        let mut world = a_paid_one(dialect, "approve");
        let first = refund(1, 1, jpy(500), Some(cny(2_420)));
        let done = world.refund(&first);
        let RefundAnswer::Refunded(receipt) = &done else { panic!("{done:?}") };
        assert_eq!((receipt.amount, receipt.payer), (jpy(500), Some(cny(2_420))));
        world.restart();
        // The repeat moves nothing, and is looked up.
        assert_eq!(world.refund(&first), done);
        assert_eq!(world.refund(&inquire_refund(1, 1, jpy(500), Some(cny(2_420)))), done);
        let other = world.refund(&refund(1, 1, jpy(500), Some(cny(2_421))));
        assert_eq!(other, RefundAnswer::Unknown(Unknown::UnlistedCode));
        let over = world.refund(&refund(1, 2, jpy(701), Some(cny(3_389))));
        assert_eq!(no(over), (DeclineReason::Refund, "ACQ.REASON_TRADE_REFUND_FEE_ERR".into()));
        assert_eq!(debited(&mut world), COST - 2_420);
        paid(world.payment(&inquire(1)));
        assert!(matches!(
            world.refund(&refund(1, 3, jpy(700), Some(cny(3_388)))),
            RefundAnswer::Refunded(_)
        ));
        assert_eq!(debited(&mut world), 0);
        assert_eq!(world.payment(&inquire(1)), PaymentAnswer::Cancelled, "closed by it");
        let never = world.refund(&inquire_refund(1, 9, jpy(1), Some(cny(4))));
        assert_eq!(never, RefundAnswer::NotFound);
        // What was refused is not spoken of, and can be asked for again.
        let again = world.refund(&inquire_refund(1, 2, jpy(701), Some(cny(3_389))));
        assert_eq!(again, RefundAnswer::NotFound);
        world.books();
    }
}

#[test]
fn a_refund_in_doubt_is_found() {
    for dialect in BOTH {
        let mut world = a_paid_one(dialect, "refund_silent");
        // That was for refunds alone.
        let call = refund(1, 1, jpy(1_200), Some(cny(COST)));
        assert_eq!(world.refund(&call), RefundAnswer::Unknown(Unknown::TimedOut));
        world.restart();
        let found = world.refund(&inquire_refund(1, 1, jpy(1_200), Some(cny(COST))));
        assert!(matches!(found, RefundAnswer::Refunded(_)), "{found:?}");
        assert_eq!(world.refund(&call), found);
        assert_eq!(debited(&mut world), 0);
    }
}

#[test]
fn an_empty_account_gives_back_later() {
    for dialect in BOTH {
        let mut world = a_paid_one(dialect, "refund_no_funds");
        let call = refund(1, 1, jpy(1_200), Some(cny(COST)));
        assert_eq!(world.refund(&call), RefundAnswer::NoFunds);
        assert_eq!(debited(&mut world), COST);
        assert!(matches!(world.refund(&call), RefundAnswer::Refunded(_)));
        // A cancel is to be asked for again, in its own words.
        let mut world = a_paid_one(dialect, "refund_no_funds");
        let again = PaymentAnswer::Unknown(Unknown::SaidUnknown);
        assert_eq!(world.payment(&cancel(1)), again);
        assert_eq!(debited(&mut world), COST);
        assert_eq!(world.payment(&cancel(1)), PaymentAnswer::Cancelled);
        assert_eq!(debited(&mut world), 0);
    }
}

#[test]
fn a_cancel_gives_back_the_whole_but_not_after_a_part() {
    for dialect in BOTH {
        let whole = refund_ask(1, jpy(1_200), Some(cny(COST)));
        let mut world = a_paid_one(dialect, "approve");
        let done = world.refund(&call(1, Ask::CancelRefund(whole.clone())));
        let RefundAnswer::Refunded(receipt) = done else { panic!("{done:?}") };
        assert_eq!((receipt.amount, receipt.payer), (jpy(1_200), Some(cny(COST))));
        assert_eq!(debited(&mut world), 0);

        let mut world = a_paid_one(dialect, "approve");
        world.refund(&refund(1, 1, jpy(500), Some(cny(2_420))));
        assert_eq!(world.payment(&cancel(1)), PaymentAnswer::TooLate { receipt: None });
        let rest = refund_ask(2, jpy(700), Some(cny(3_388)));
        let late = world.refund(&call(1, Ask::CancelRefund(rest.clone())));
        assert_eq!(late, RefundAnswer::TooLate);
        assert!(matches!(world.refund(&call(1, Ask::Refund(rest))), RefundAnswer::Refunded(_)));
        assert_eq!(debited(&mut world), 0);
    }
}

#[test]
fn what_was_not_paid_is_not_given_back() {
    for dialect in BOTH {
        let (mut world, code) = met(dialect, "decline");
        world.payment(&a_pay(1, &code));
        let back = refund(1, 1, jpy(500), Some(cny(2_420)));
        assert_eq!(no(world.refund(&back)).1, "ACQ.TRADE_STATUS_ERROR");
        world.payment(&cancel(1));
        assert_eq!(no(world.refund(&back)).1, "ACQ.TRADE_HAS_CLOSE");
        let nobody = world.refund(&refund(2, 1, jpy(500), Some(cny(2_420))));
        assert_eq!(nobody, RefundAnswer::Unknown(Unknown::UnlistedCode));
        // A year later the trade is finished.
        let mut world = a_paid_one(dialect, "approve");
        world.wait(365 * 86_400_000);
        assert_eq!(no(world.refund(&back)).1, "ACQ.TRADE_HAS_FINISHED");
        paid(world.payment(&inquire(1)));
        assert_eq!(world.payment(&cancel(1)), PaymentAnswer::TooLate { receipt: None });
        assert_eq!(debited(&mut world), COST);
    }
}

/// What strangers may send: no number of the refund, and the same number for two trades.
#[test]
fn a_refund_needs_no_number_when_it_is_the_whole() {
    let mut world = world(Dialect::V3);
    world.user_with_code("mei", super::RICH, "c0");
    for n in [1, 2] {
        let code = world.user_with_code("mei", super::RICH, &format!("c{n}"));
        paid(world.payment(&a_pay(n, &code)));
    }
    let mut ask = |content: Value| {
        let env = world.env();
        let link = crate::testing::link("alipay");
        let request = Dialect::V3.request(&link, env, Method::Refund, content, None);
        let response = world.send(request).1.unwrap();
        (response.status, super::members(Dialect::V3, &response))
    };
    let trade = |n: u128| crate::testing::payment_id(n).to_string();
    let (status, said) = ask(json!({"out_trade_no": trade(1), "refund_amount": "1.00"}));
    assert_eq!((status, &said["code"]), (400, &json!("ACQ.REFUND_AMT_NOT_EQUAL_TOTAL")));
    let (status, said) = ask(json!({"out_trade_no": trade(1), "refund_amount": 58.08}));
    assert_eq!(
        (status, &said["fund_change"], &said["refund_fee"]),
        (200, &json!("Y"), &json!("58.08"))
    );
    let (_, said) = ask(json!({"out_trade_no": trade(1), "refund_amount": 58.08}));
    assert_eq!(said["fund_change"], "N");
    for (amount, sum) in [("1.00", "1.00"), ("2.00", "3.00")] {
        let no = format!("R{amount}").replace('.', "");
        let content =
            json!({"out_trade_no": trade(2), "refund_amount": amount, "out_request_no": no});
        let (_, said) = ask(content);
        assert_eq!(said["refund_fee"], sum, "the running total");
    }
    assert_eq!(debited(&mut world), COST - 300);
}
