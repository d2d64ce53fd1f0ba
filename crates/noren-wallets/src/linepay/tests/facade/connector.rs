//! This folder's own connector as the till: a client of LINE Pay's API that knows nothing of the
//! switch finds here what it finds at the network.

use noren_core::id::WalletName;
use noren_core::wallet::{Call, CaptureAnswer, PaymentAnswer, Reference};

use super::super::{
    YEN, cancel, capture, given_back, held, inquire, inquire_refund, order_call, paid, refund, void,
};
use super::{Shop, shop};
use crate::connector::{Connector as _, Heard, STEPS_MAX, Step};
use crate::facade::Facade as _;
use crate::linepay::connector::LinePayConnector;
use crate::linepay::facade::LinePayFacade;
use crate::testing::till::{Says, now};
use crate::testing::{jpy, pay, payment_id};

const PAYPAY: &str = "900081810000000000000001";

fn ask(shop: &Shop, call: &Call) -> Heard {
    let name = WalletName::new("linepay").unwrap();
    let connector = LinePayConnector::new(name, shop.account.link.clone());
    let mut request = connector.request(call, shop.till.env());
    for _ in 0..STEPS_MAX {
        let env = shop.till.env();
        let response = now(LinePayFacade.answer(&shop.account, &shop.till, &request, env));
        match connector.answer(call, &request, Ok(&response), env) {
            Step::Heard(heard) => return heard,
            Step::Then(next) => request = next,
        }
    }
    panic!("a call takes {STEPS_MAX} messages at most");
}

fn answer(shop: &Shop, call: &Call) -> PaymentAnswer {
    match ask(shop, call) {
        Heard::Payment(answer) => answer,
        other => panic!("a payment was asked for, heard {other:?}"),
    }
}

#[track_caller]
fn assert_given_back(shop: &Shop, call: &Call, yen: i64) {
    match ask(shop, call) {
        Heard::Refund(answer) => given_back(answer, yen),
        other => panic!("a refund was asked for, heard {other:?}"),
    }
}

fn ordered(shop: &Shop, n: u128, hold: bool) -> Reference {
    match answer(shop, &order_call(n, jpy(YEN), hold)) {
        PaymentAnswer::Ordered { link, handle: Some(handle) } => {
            assert!(link.starts_with("http://127.0.0.1:7400/checkout/pay_"), "{link}");
            Reference::Order { handle }
        }
        other => panic!("no order: {other:?}"),
    }
}

fn number(n: u128) -> String {
    payment_id(n).to_string()
}

#[test]
fn an_order_is_paid_confirmed_and_given_back() {
    let shop = shop();
    let order = ordered(&shop, 1, false);
    assert_eq!(ordered(&shop, 1, false), order, "the answer was lost");
    assert_eq!(answer(&shop, &inquire(1, &order)), PaymentAnswer::Pending);
    shop.till.pay(&number(1), "wechatpay");
    let receipt = paid(answer(&shop, &inquire(1, &order)));
    assert_eq!(receipt.amount, jpy(YEN));
    assert_eq!(paid(answer(&shop, &inquire(1, &order))), receipt, "as often as it asks");
    assert_given_back(&shop, &refund(1, &order, 5, 300, 0), 300);
    assert_given_back(&shop, &inquire_refund(1, &order, 5, 300, 0), 300);
    assert_eq!(paid(answer(&shop, &inquire(1, &order))), receipt, "a refund leaves it as it is");
    assert_given_back(&shop, &refund(1, &order, 6, YEN - 300, 300), YEN - 300);
    assert_eq!(shop.till.last(&number(1)).refunds_done(), YEN);
}

#[test]
fn a_refund_in_doubt_is_not_made_twice() {
    let shop = shop();
    let order = ordered(&shop, 1, false);
    shop.till.pay(&number(1), "paypay");
    paid(answer(&shop, &inquire(1, &order)));
    shop.till.say(Says::Nothing);
    for _ in 0..3 {
        ask(&shop, &refund(1, &order, 5, 300, 0));
    }
    shop.till.say(Says::Yes);
    shop.till.hear();
    assert_given_back(&shop, &inquire_refund(1, &order, 5, 300, 0), 300);
    assert_eq!(shop.till.last(&number(1)).refunds_counted(), 300);
}

#[test]
fn an_order_ends_with_its_time_or_was_paid_first() {
    let shop = shop();
    let order = ordered(&shop, 1, false);
    let open = answer(&shop, &cancel(1, &order));
    assert_ne!(open, PaymentAnswer::Cancelled, "its payer may still pay");
    shop.till.wait(20 * 60 * 1_000);
    assert_eq!(answer(&shop, &cancel(1, &order)), PaymentAnswer::Cancelled);
    assert_eq!(answer(&shop, &inquire(1, &order)), PaymentAnswer::Cancelled);
}

#[test]
fn a_code_is_paid_or_undone() {
    let shop = shop();
    paid(answer(&shop, &pay(1, jpy(YEN), None, PAYPAY)));
    paid(answer(&shop, &inquire(1, &Reference::Request)));
    shop.till.wait(1_000);
    assert_given_back(&shop, &refund(1, &Reference::Request, 5, YEN, 0), YEN);

    shop.till.say(Says::Nothing);
    let code = "900081810000000000000002";
    assert_eq!(answer(&shop, &pay(2, jpy(YEN), None, code)), PaymentAnswer::Pending);
    assert_eq!(answer(&shop, &inquire(2, &Reference::Request)), PaymentAnswer::Pending);
    assert_ne!(answer(&shop, &cancel(2, &Reference::Request)), PaymentAnswer::Cancelled);
    shop.till.say(Says::Yes);
    shop.till.wait(1_000);
    assert_eq!(answer(&shop, &cancel(2, &Reference::Request)), PaymentAnswer::Cancelled);
}

#[test]
fn a_hold_is_captured_or_released() {
    let shop = shop();
    let order = ordered(&shop, 1, true);
    shop.till.pay(&number(1), "noren");
    held(answer(&shop, &inquire(1, &order)));
    match ask(&shop, &capture(1, &order, 900)) {
        Heard::Capture(CaptureAnswer::Captured(taken)) => assert_eq!(taken.amount, jpy(900)),
        other => panic!("not captured: {other:?}"),
    }
    let order = ordered(&shop, 2, true);
    shop.till.pay(&number(2), "paypay");
    held(answer(&shop, &inquire(2, &order)));
    assert_eq!(answer(&shop, &void(2, &order)), PaymentAnswer::Cancelled);
    assert_eq!(answer(&shop, &void(2, &order)), PaymentAnswer::Cancelled);
}
