//! This folder's own connector as the till: a client of PayPay's API that knows nothing of the
//! switch finds here what it finds at the network.

use noren_core::id::WalletName;
use noren_core::wallet::{Ask, Call, CaptureAnswer, PaymentAnswer, Reference, RefundAnswer};

use super::super::{YEN, cancel_by, capture_ask, inquire_by, order_for, receipt, void_by};
use super::{CODES, Shop, shop};
use crate::connector::{Connector as _, Heard, STEPS_MAX, Step};
use crate::facade::Facade as _;
use crate::paypay::connector::PayPayConnector;
use crate::testing::till::now;
use crate::testing::{call, inquire, jpy, pay, payment_id, refund, refund_ask};

fn ask(shop: &Shop, call: &Call) -> Heard {
    let name = WalletName::new("paypay").unwrap();
    let connector = PayPayConnector::new(name, shop.account.link.clone());
    let mut request = connector.request(call, shop.till.env());
    for _ in 0..STEPS_MAX {
        let env = shop.till.env();
        let response = now(shop.facade.answer(&shop.account, &shop.till, &request, env));
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

fn ordered(shop: &Shop, n: u128, hold: bool) -> Reference {
    match answer(shop, &order_for(n, YEN, hold)) {
        PaymentAnswer::Ordered { link, handle: Some(handle) } => {
            assert!(link.starts_with("http://127.0.0.1:7400/checkout/pay_"));
            Reference::Order { handle }
        }
        other => panic!("no order: {other:?}"),
    }
}

fn number(n: u128) -> String {
    payment_id(n).to_string()
}

#[test]
fn an_order_is_paid_and_given_back() {
    let shop = shop();
    let reference = ordered(&shop, 1, false);
    assert_eq!(answer(&shop, &inquire_by(1, &reference)), PaymentAnswer::Pending);
    shop.till.pay(&number(1), "wechatpay");
    let paid = receipt(answer(&shop, &inquire_by(1, &reference)));
    assert_eq!(paid.amount, jpy(YEN));
    let mut again = refund_ask(2, jpy(200), None);
    again.reference = reference;
    for asked in [Ask::Refund(again.clone()), Ask::InquireRefund(again)] {
        let Heard::Refund(RefundAnswer::Refunded(back)) = ask(&shop, &call(1, asked)) else {
            panic!("not given back")
        };
        assert_eq!(back.amount, jpy(200));
    }
    assert_eq!(shop.payment(&number(1)).refunds_done(), 200);
}

#[test]
fn an_order_is_closed_before_and_after_it_was_paid() {
    let shop = shop();
    let reference = ordered(&shop, 1, false);
    assert_eq!(answer(&shop, &cancel_by(1, &reference)), PaymentAnswer::Cancelled);
    assert_eq!(answer(&shop, &inquire_by(1, &reference)), PaymentAnswer::Cancelled);
    let reference = ordered(&shop, 2, false);
    shop.till.pay(&number(2), "linepay");
    assert_eq!(answer(&shop, &cancel_by(2, &reference)), PaymentAnswer::Cancelled);
    assert_eq!(shop.payment(&number(2)).refunds_done(), YEN);
}

#[test]
fn a_scanned_code_is_paid() {
    let shop = shop();
    receipt(answer(&shop, &pay(1, jpy(YEN), None, CODES[1])));
    receipt(answer(&shop, &inquire(1)));
    let refund = refund(1, 2, jpy(YEN), None);
    assert!(matches!(ask(&shop, &refund), Heard::Refund(RefundAnswer::Refunded(_))));
}

#[test]
fn a_hold_is_captured_or_released() {
    let shop = shop();
    let reference = ordered(&shop, 1, true);
    shop.till.pay(&number(1), "noren");
    let held = answer(&shop, &inquire_by(1, &reference));
    assert!(matches!(held, PaymentAnswer::Authorised(_)), "{held:?}");
    let part = capture_ask(2, 900, &reference);
    let Heard::Capture(CaptureAnswer::Captured(taken)) = ask(&shop, &call(1, Ask::Capture(part)))
    else {
        panic!("not captured")
    };
    assert_eq!(taken.amount, jpy(900));
    let reference = ordered(&shop, 2, true);
    shop.till.pay(&number(2), "noren");
    assert_eq!(answer(&shop, &void_by(2, &reference)), PaymentAnswer::Cancelled);
}
