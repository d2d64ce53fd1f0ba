//! A till that was written for Alipay, at the switch.

use noren_core::money::{Currency, Money};
use noren_core::refusal::Refusal;
use noren_core::wallet::DeclineReason;
use serde_json::{Value, json};

use super::BOTH;
use crate::alipay::codes::{Class, SubCode, of_pay, of_refund};
use crate::alipay::dialect::{Dialect, Said};
use crate::alipay::facade::{AlipayFacade, words};
use crate::alipay::messages::Method;
use crate::facade::{Account, Facade, News, Notice, Refused};
use crate::link::Link;
use crate::testing::till::{FakeTill, Says, now};
use crate::testing::{jpy, link};
use crate::wire::{Request, Response};

mod door;
mod told;

const ID: &str = "2021000000000001";
const CODE: &str = "287600000000000001";

/// A till at the switch.
struct Shop {
    dialect: Dialect,
    facade: AlipayFacade,
    till: FakeTill,
    account: Account,
    link: Link,
}

impl Shop {
    fn new(dialect: Dialect) -> Self {
        Self::of(dialect, FakeTill::new("alipay", ID))
    }

    fn of(dialect: Dialect, till: FakeTill) -> Self {
        let account = till.account(link("alipay"), Some("http://shop.example/agreed"));
        let link = account.link.clone();
        Self { dialect, facade: AlipayFacade::default(), till, account, link }
    }

    /// A signed call.
    fn request(&self, method: Method, content: Value) -> Request {
        let env = self.till.env();
        self.dialect.request(&self.link, env, method, content, None)
    }

    fn send(&self, request: &Request) -> Response {
        let env = self.till.env();
        now(self.facade.answer(&self.account, &self.till, request, env))
    }

    /// What the signed answer to a call says.
    fn ask(&self, method: Method, content: Value) -> Said {
        let response = self.send(&self.request(method, content));
        self.dialect.read(&*self.link.verify, method, &response, None).unwrap()
    }

    fn done(&self, method: Method, content: Value) -> Value {
        match self.ask(method, content) {
            Said::Done(members) => members,
            other => panic!("not done: {other:?}"),
        }
    }

    fn refused(&self, method: Method, content: Value) -> SubCode {
        match self.ask(method, content) {
            Said::Refused(sub) => sub,
            other => panic!("not refused: {other:?}"),
        }
    }

    fn status(&self, number: &str) -> String {
        let said = self.done(Method::Query, json!({ "out_trade_no": number }));
        said["trade_status"].as_str().unwrap().to_owned()
    }

    /// An order of 1200 yen, paid with a wallet.
    fn paid(&self, number: &str, wallet: &str) {
        self.done(Method::Precreate, order(number));
        self.till.pay(number, wallet);
    }

    fn notice(&self, number: &str, news: News) -> Option<Notice> {
        self.facade.notice(&self.account, &self.till.shown(number), news, self.till.env())
    }
}

fn order(number: &str) -> Value {
    json!({ "out_trade_no": number, "total_amount": "1200.00", "subject": "tea" })
}

fn scan(number: &str, code: &str) -> Value {
    json!({
        "out_trade_no": number, "total_amount": "1200", "subject": "tea",
        "scene": "bar_code", "auth_code": code,
    })
}

fn refund(number: &str, request: &str, yen: &str) -> Value {
    json!({ "out_trade_no": number, "out_request_no": request, "refund_amount": yen })
}

fn key(number: &str) -> Value {
    json!({ "out_trade_no": number })
}

#[test]
fn a_code_that_is_shown_is_paid_with_any_wallet_and_given_back_in_parts() {
    for dialect in BOTH {
        for wallet in ["alipay", "wechatpay", "paypay", "linepay"] {
            let shop = Shop::new(dialect);
            let made = shop.done(Method::Precreate, order("A-1"));
            let page = shop.till.shown("A-1").page;
            assert_eq!((&made["out_trade_no"], &made["qr_code"]), (&json!("A-1"), &json!(page)));
            assert_eq!(shop.status("A-1"), "WAIT_BUYER_PAY");
            shop.till.pay("A-1", wallet);
            let said = shop.done(Method::Query, key("A-1"));
            assert_eq!(said["trade_status"], "TRADE_SUCCESS", "{wallet}");
            assert_eq!([&said["total_amount"], &said["receipt_amount"]], ["1200.00", "1200.00"]);
            let ours = json!({ "trade_no": said["trade_no"], "out_trade_no": "something-else" });
            assert_eq!(shop.done(Method::Query, ours)["out_trade_no"], "A-1");
            if wallet == "paypay" {
                continue; // One refund a payment.
            }
            let back = shop.done(Method::Refund, refund("A-1", "R-1", "500"));
            let moved = [&back["fund_change"], &back["refund_fee"]];
            assert_eq!(moved, ["Y", "500.00"]);
            let again = shop.done(Method::Refund, refund("A-1", "R-1", "500.00"));
            assert_eq!([&again["fund_change"], &again["refund_fee"]], ["N", "500.00"]);
            let found = json!({ "out_trade_no": "A-1", "out_request_no": "R-1" });
            let found = shop.done(Method::RefundQuery, found);
            assert_eq!(found["refund_status"], "REFUND_SUCCESS");
            assert_eq!([&found["refund_amount"], &found["total_amount"]], ["500.00", "1200.00"]);
            assert_eq!(shop.status("A-1"), "TRADE_SUCCESS");
            let rest = shop.done(Method::Refund, refund("A-1", "R-2", "700"));
            assert_eq!([&rest["fund_change"], &rest["refund_fee"]], ["Y", "1200.00"]);
            assert_eq!(shop.status("A-1"), "TRADE_CLOSED");
        }
    }
}

#[test]
fn a_payers_code_is_routed_by_its_prefix() {
    for (code, wallet) in [(CODE, "alipay"), ("900081810000000000000001", "paypay")] {
        let shop = Shop::new(Dialect::Gateway);
        let paid = shop.done(Method::Pay, scan("A-1", code));
        assert_eq!([&paid["total_amount"], &paid["receipt_amount"]], ["1200.00", "1200.00"]);
        assert_eq!((&paid["trade_status"], paid["gmt_payment"].is_string()), (&Value::Null, true));
        let asked = shop.till.last("A-1").state.asked().map(|asked| asked.wallet.to_string());
        assert_eq!(asked.as_deref(), Some(wallet));
        // The same again is the same payment, whatever code is shown now.
        let again = shop.done(Method::Pay, scan("A-1", "287600000000000002"));
        assert_eq!(again["trade_no"], paid["trade_no"]);
    }
}

#[test]
fn what_is_not_decided_is_neither_yes_nor_no() {
    for dialect in BOTH {
        let shop = Shop::new(dialect);
        shop.till.say(Says::Nothing);
        let Said::Waiting(named) = shop.ask(Method::Pay, scan("A-1", CODE)) else { panic!() };
        assert_eq!(named["out_trade_no"], "A-1");
        assert_eq!(shop.status("A-1"), "WAIT_BUYER_PAY");
        assert_eq!(
            shop.refused(Method::Refund, refund("A-1", "R", "1")),
            SubCode::TradeStatusError
        );
        assert_eq!(shop.refused(Method::Close, key("A-1")), SubCode::ReasonTradeStatus);
        let cancel = shop.done(Method::Cancel, key("A-1"));
        assert_eq!((&cancel["retry_flag"], &cancel["action"]), (&json!("Y"), &Value::Null));
        shop.till.say(Says::Yes);
        shop.till.wait(10_000);
        let cancel = shop.done(Method::Cancel, key("A-1"));
        assert_eq!([&cancel["retry_flag"], &cancel["action"]], ["N", "close"]);
        assert_eq!(shop.status("A-1"), "TRADE_CLOSED");
    }
}

#[test]
fn a_no_is_a_no() {
    let shop = Shop::new(Dialect::Gateway);
    shop.till.say(Says::No);
    assert_eq!(shop.refused(Method::Pay, scan("A-1", CODE)), SubCode::BuyerBalanceNotEnough);
    assert_eq!(shop.status("A-1"), "TRADE_CLOSED");
    assert_eq!(shop.refused(Method::Pay, scan("A-2", "7")), SubCode::AuthCodeInvalid);
    assert_eq!(shop.refused(Method::Query, key("A-2")), SubCode::TradeNotExist);
}

#[test]
fn the_same_number_with_another_content_is_another_trade_and_refused() {
    let shop = Shop::new(Dialect::Gateway);
    let made = shop.done(Method::Precreate, order("A-1"));
    assert_eq!(shop.done(Method::Precreate, order("A-1"))["qr_code"], made["qr_code"]);
    let mut other = order("A-1");
    other["total_amount"] = json!("1201.00");
    assert_eq!(shop.refused(Method::Precreate, other), SubCode::ContextInconsistent);
    assert_eq!(shop.refused(Method::Pay, scan("A-1", CODE)), SubCode::ContextInconsistent);
    shop.till.pay("A-1", "wechatpay");
    assert_eq!(shop.refused(Method::Precreate, order("A-1")), SubCode::TradeHasSuccess);
    shop.done(Method::Refund, refund("A-1", "R-1", "500"));
    let other = refund("A-1", "R-1", "501");
    assert_eq!(shop.refused(Method::Refund, other), SubCode::DiscordantRepeat);
    assert_eq!(shop.refused(Method::Refund, refund("A-1", "R-2", "701")), SubCode::RefundFeeErr);
    // The number of a refund is within its trade.
    shop.paid("A-2", "wechatpay");
    assert_eq!(shop.done(Method::Refund, refund("A-2", "R-1", "300"))["fund_change"], "Y");
}

#[test]
fn a_cancel_undoes_what_was_paid_and_binds_a_number_that_never_came() {
    let shop = Shop::new(Dialect::Gateway);
    shop.paid("A-1", "alipay");
    for _ in 0..2 {
        let cancel = shop.done(Method::Cancel, key("A-1"));
        assert_eq!([&cancel["retry_flag"], &cancel["action"]], ["N", "refund"]);
    }
    assert_eq!(shop.status("A-1"), "TRADE_CLOSED");
    let cancel = shop.done(Method::Cancel, key("A-2"));
    assert_eq!((&cancel["retry_flag"], &cancel["action"]), (&json!("N"), &Value::Null));
    assert_eq!(shop.refused(Method::Precreate, order("A-2")), SubCode::TradeHasClose);
    shop.done(Method::Precreate, order("A-3"));
    let cancel = shop.done(Method::Cancel, key("A-3"));
    assert_eq!([&cancel["retry_flag"], &cancel["action"]], ["N", "close"]);
    // This wallet takes no cancel yet, so it is asked again.
    shop.paid("A-5", "wechatpay");
    assert_eq!(shop.done(Method::Cancel, key("A-5"))["retry_flag"], "Y");
    shop.till.wait(60_000);
    let cancel = shop.done(Method::Cancel, key("A-5"));
    assert_eq!([&cancel["retry_flag"], &cancel["action"]], ["N", "refund"]);
    shop.paid("A-4", "wechatpay");
    shop.done(Method::Refund, refund("A-4", "R-1", "1"));
    assert_eq!(shop.refused(Method::Cancel, key("A-4")), SubCode::RefundFeeErr);
}

/// One wallet takes a refund at a time: the cancel is refused while one runs, and not for ever.
#[test]
fn a_cancel_that_was_refused_is_asked_anew_when_something_has_happened() {
    let shop = Shop::new(Dialect::Gateway);
    shop.paid("A-1", "linepay");
    shop.till.say(Says::Nothing);
    let back = shop.done(Method::Refund, refund("A-1", "R-1", "500"));
    assert_eq!([&back["fund_change"], &back["refund_fee"]], ["N", "0.00"]);
    let found = json!({ "out_trade_no": "A-1", "out_request_no": "R-1" });
    assert_eq!(shop.done(Method::RefundQuery, found)["refund_status"], Value::Null);
    assert_eq!(shop.refused(Method::Cancel, key("A-1")), SubCode::TradeStatusError);
    shop.till.say(Says::No);
    shop.till.hear();
    assert_eq!(
        shop.refused(Method::Refund, refund("A-1", "R-1", "500")),
        SubCode::RefundNotAllowed
    );
    shop.till.say(Says::Yes);
    let cancel = shop.done(Method::Cancel, key("A-1"));
    assert_eq!([&cancel["retry_flag"], &cancel["action"]], ["N", "refund"]);
}

#[test]
fn only_what_nobody_has_paid_is_closed() {
    let shop = Shop::new(Dialect::Gateway);
    shop.done(Method::Precreate, order("A-1"));
    for _ in 0..2 {
        assert_eq!(shop.done(Method::Close, key("A-1"))["out_trade_no"], "A-1");
    }
    assert_eq!(shop.status("A-1"), "TRADE_CLOSED");
    shop.paid("A-2", "wechatpay");
    assert_eq!(shop.refused(Method::Close, key("A-2")), SubCode::ReasonTradeStatus);
    assert_eq!(shop.refused(Method::Close, key("A-9")), SubCode::TradeNotExist);
}

#[test]
fn a_browser_is_sent_to_the_page() {
    for method in [Method::PagePay, Method::WapPay] {
        let shop = Shop::new(Dialect::Gateway);
        let sent = shop.send(&shop.request(method, order("A-1")));
        let page = shop.till.shown("A-1").page;
        assert_eq!((sent.status, sent.header("location")), (302, Some(page.as_str())));
        let bad = json!({ "out_trade_no": "A-2", "total_amount": "0", "subject": "tea" });
        assert_eq!(shop.refused(method, bad), SubCode::InvalidParameter);
        let v3 = Shop::new(Dialect::V3);
        assert_eq!(v3.refused(method, order("A-1")), SubCode::InvalidMethod);
    }
}

#[test]
fn the_switchs_own_troubles_decide_nothing() {
    let shop = Shop::new(Dialect::Gateway);
    for (refused, sub) in
        [(Refused::Busy, SubCode::SystemError), (Refused::Internal, SubCode::IspUnknown)]
    {
        for method in [Method::Query, Method::Cancel, Method::Close] {
            shop.till.refuse(refused.clone());
            match shop.ask_loosely(method, key("A-1")) {
                Ok(Said::Refused(said)) => {
                    assert_eq!((said, refused == Refused::Busy), (sub, true))
                }
                // 20000: the network itself does not know.
                Err(_) => assert_eq!(refused, Refused::Internal),
                other => panic!("{other:?}"),
            }
        }
        assert_eq!(sub.class(), Class::Unsure);
    }
}

impl Shop {
    fn ask_loosely(
        &self,
        method: Method,
        content: Value,
    ) -> Result<Said, noren_core::wallet::Unknown> {
        let response = self.send(&self.request(method, content));
        self.dialect.read(&*self.link.verify, method, &response, None)
    }
}

/// A connector that met these words must not read a no into what may have been done, nor doubt a no.
#[test]
fn every_refusal_has_a_word_that_says_no_more_than_it_knows() {
    use crate::alipay::codes::Meaning;
    for refusal in Refusal::all() {
        let refused = Refused::By(refusal);
        let made = words::word(&refused, SubCode::ContextInconsistent);
        let doubt = matches!(refusal, Refusal::PaymentInDoubt | Refusal::OrderBeingPaid);
        if doubt {
            assert!(matches!(of_pay(made.class()), Meaning::Unsure), "{refusal:?} {made:?}");
        }
        let back = words::word(&refused, SubCode::DiscordantRepeat);
        if matches!(refusal, Refusal::RefundExceedsCaptured { .. } | Refusal::RefundTooLate) {
            assert!(matches!(of_refund(back.class()), Meaning::No(_)), "{refusal:?} {back:?}");
        }
    }
    for reason in [
        DeclineReason::Funds,
        DeclineReason::Code,
        DeclineReason::Payer,
        DeclineReason::GaveUp,
        DeclineReason::Shop,
        DeclineReason::Risk,
        DeclineReason::Refund,
        DeclineReason::Other,
    ] {
        assert!(matches!(of_pay(words::declined(reason).class()), Meaning::No(_)), "{reason:?}");
    }
}

#[test]
fn the_amount_that_a_shop_takes_is_the_one_that_was_asked() {
    let shop = Shop::new(Dialect::Gateway);
    shop.paid("A-1", "alipay");
    let payment = shop.till.last("A-1");
    assert_eq!(payment.amount, jpy(1_200));
    let asked = payment.state.asked().and_then(|asked| asked.payer);
    assert_eq!(asked.map(Money::currency), Some(Currency::CNY), "its payer has yuan");
    // A till that names no currency is told none.
    let named = |number| shop.done(Method::Query, key(number))["trans_currency"].clone();
    let mut yen = order("A-2");
    yen["trans_currency"] = json!("JPY");
    shop.done(Method::Precreate, yen);
    assert_eq!((named("A-1"), named("A-2")), (Value::Null, json!("JPY")));
}
