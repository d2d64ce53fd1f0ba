//! Tills that were written for Antom/AMS or for ACQP, against the switch in memory.

use noren_core::refusal::Refusal;
use serde_json::{Value, json};

use super::ams::{asked, in_store, yen};
use crate::alipayplus::codes::Code;
use crate::alipayplus::facade::AlipayPlusFacade;
use crate::alipayplus::signing::{sign_request, verify_request, verify_response};
use crate::alipayplus::{AMS_PATH, AMS_SANDBOX_PATH, NAME, PATH};
use crate::facade::{Account, Facade as _, News, Refused};
use crate::testing::till::{FakeTill, Says, now};
use crate::testing::{jpy, link};
use crate::wire::{Request, Response};

const NOREN_CODE: &str = "900081810000000000000001";

struct Shop {
    till: FakeTill,
    account: Account,
    /// Below which the calls lie.
    path: &'static str,
}

impl Shop {
    fn new(path: &'static str, id: &'static str) -> Self {
        let till = FakeTill::new(NAME, id);
        let account = till.account(link(NAME), Some("https://shop.example/told"));
        Self { till, account, path }
    }

    fn ams() -> Self {
        Self::new(AMS_PATH, "5YAB")
    }

    fn request(&self, call: &str, body: &Value) -> Request {
        let mut request = Request {
            method: "POST".into(),
            target: format!("{}{call}", self.path),
            headers: Vec::new(),
            body: serde_json::to_vec_pretty(body).unwrap(),
        };
        let link = &self.account.link;
        sign_request(&mut request, &link.client_id, &*link.sign, self.till.env().now);
        request
    }

    fn send(&self, request: &Request) -> Value {
        let response =
            now(AlipayPlusFacade.answer(&self.account, &self.till, request, self.till.env()));
        let link = &self.account.link;
        assert_eq!(response.status, 200, "the business answer is always 200");
        verify_response(&response, request, &link.client_id, &*link.verify).unwrap();
        serde_json::from_slice(&response.body).unwrap()
    }

    fn ask(&self, call: &str, body: &Value) -> Value {
        self.send(&self.request(call, body))
    }

    fn code(&self, call: &str, body: &Value) -> String {
        code(&self.ask(call, body))
    }

    fn pay(&self, id: &str, factor: Value, code: Value) -> Value {
        self.ask("pay", &asked(id, 1_200, factor, code))
    }

    fn open(&self, id: &str) -> Value {
        self.pay(id, in_store("OrderCode"), Value::Null)
    }

    fn status(&self, id: &str) -> String {
        let said = self.ask("inquiryPayment", &json!({ "paymentRequestId": id }));
        said["paymentStatus"].as_str().unwrap().to_owned()
    }

    fn refund(&self, id: &str, payment: &Value, value: i64) -> Value {
        let body =
            json!({ "refundRequestId": id, "paymentId": payment, "refundAmount": yen(value) });
        self.ask("refund", &body)
    }

    fn told(&self, number: &str, news: News) -> Option<(String, Value)> {
        let (shown, env) = (self.till.shown(number), self.till.env());
        let notice = AlipayPlusFacade.notice(&self.account, &shown, news, env)?;
        let link = &self.account.link;
        verify_request(&notice.request, &link.client_id, &*link.verify).unwrap();
        assert!(notice.url.ends_with(&notice.request.target), "{}", notice.url);
        Some((notice.url, serde_json::from_slice(&notice.request.body).unwrap()))
    }
}

fn code(said: &Value) -> String {
    let word = |name: &str| said["result"][name].as_str().unwrap().to_owned();
    format!("{} {}", word("resultStatus"), word("resultCode"))
}

fn key(id: &str) -> Value {
    json!({ "paymentRequestId": id })
}

#[test]
fn a_code_of_ours_is_paid_with_any_wallet_and_given_back() {
    let shop = Shop::ams();
    let said = shop.open("A-1");
    assert_eq!(code(&said), "U PAYMENT_IN_PROCESS");
    let form = &said["orderCodeForm"];
    let text = form["codeDetails"][0]["codeValue"].as_str().unwrap();
    assert!(text.starts_with("http://127.0.0.1:7400/checkout/pay_"), "{text}");
    assert_eq!(form["expireTime"], "2026-11-21T15:40:00Z");
    assert_eq!(shop.status("A-1"), "PROCESSING");
    assert_eq!(shop.told("A-1", News::Payment), None, "never before the end");
    assert_eq!(shop.open("A-1"), said, "a repeat");
    let other = asked("A-1", 1_201, in_store("OrderCode"), Value::Null);
    assert_eq!(shop.code("pay", &other), "F REPEAT_REQ_INCONSISTENT");
    shop.till.choose("A-1", "wechatpay");
    assert_eq!(shop.status("A-1"), "PROCESSING", "a wallet was chosen, and nothing paid");

    let shop = Shop::ams();
    let id = shop.open("A-1")["paymentId"].clone();
    assert_eq!(code(&shop.refund("R-0", &id, 1)), "F ORDER_STATUS_INVALID");
    shop.till.pay("A-1", "wechatpay");
    let paid = shop.ask("inquiryPayment", &json!({ "paymentId": id }));
    assert_eq!(
        (&paid["paymentStatus"], &paid["paymentRequestId"]),
        (&json!("SUCCESS"), &json!("A-1"))
    );
    assert_eq!(paid["pspCustomerInfo"]["pspName"], "wechatpay");
    let again = shop.open("A-1");
    assert_eq!((code(&again).as_str(), again.get("orderCodeForm")), ("S SUCCESS", None));
    let (url, told) = shop.told("A-1", News::Payment).unwrap();
    assert_eq!(url, "http://127.0.0.1:9/told?by=antom", "the order's own address");
    assert_eq!(
        (&told["notifyType"], code(&told).as_str()),
        (&json!("PAYMENT_RESULT"), "S SUCCESS")
    );

    let back = shop.refund("R-1", &id, 500);
    assert_eq!(code(&back), "S SUCCESS");
    assert_eq!(shop.refund("R-1", &id, 500), back, "a repeat");
    assert_eq!(code(&shop.refund("R-1", &id, 501)), "F REPEAT_REQ_INCONSISTENT");
    assert_eq!(code(&shop.refund("R-2", &id, 701)), "F REFUND_AMOUNT_EXCEED");
    assert_eq!(code(&shop.refund("R-3", &id, 700)), "S SUCCESS");
    for refund in [json!({ "refundRequestId": "R-1" }), json!({ "refundId": back["refundId"] })] {
        let said = shop.ask("inquiryRefund", &refund);
        assert_eq!((&said["refundStatus"], &said["refundAmount"]), (&json!("SUCCESS"), &yen(500)));
    }
    for none in [
        json!({ "refundRequestId": "R-9" }),
        json!({ "refundId": "x" }),
        json!({ "refundId": "é" }),
    ] {
        assert_eq!(shop.code("inquiryRefund", &none), "F ORDER_NOT_EXIST");
    }
    let moves = shop.ask("inquiryPayment", &key("A-1"))["transactions"].clone();
    let numbers: Vec<_> =
        moves.as_array().unwrap().iter().map(|m| &m["transactionRequestId"]).collect();
    assert_eq!(numbers, ["R-1", "R-3"]);
    let refund = shop.till.last("A-1").refunds[0].id;
    let (url, told) = shop.told("A-1", News::Refund(refund)).unwrap();
    assert_eq!(url, "https://shop.example/told", "the account's address");
    assert_eq!(
        (&told["notifyType"], &told["refundRequestId"]),
        (&json!("REFUND_RESULT"), &json!("R-1"))
    );
}

#[test]
fn a_scanned_code_goes_to_its_wallet() {
    let shop = Shop::ams();
    let scan = |id: &str, code: &str| shop.pay(id, in_store("PAYMENTCODE"), json!(code));
    assert_eq!(code(&scan("A-0", "7")), "F INVALID_PAYMENT_CODE");
    assert_eq!(code(&scan("A-1", NOREN_CODE)), "S SUCCESS");
    assert_eq!(code(&scan("A-2", NOREN_CODE)), "F EXPIRED_CODE", "used");
    shop.till.say(Says::No);
    assert_eq!(code(&scan("A-3", "900081810000000000000003")), "F USER_BALANCE_NOT_ENOUGH");
    assert_eq!(shop.status("A-3"), "FAIL");
    let (_, told) = shop.told("A-3", News::Payment).unwrap();
    assert_eq!(code(&told), "F USER_BALANCE_NOT_ENOUGH");
    // Not known: never success, never failure, and not told.
    shop.till.say(Says::Nothing);
    assert_eq!(code(&scan("A-4", "900081810000000000000004")), "U PAYMENT_IN_PROCESS");
    shop.till.wait(10_000);
    assert_eq!(shop.status("A-4"), "PROCESSING");
    assert_eq!(shop.told("A-4", News::Payment), None);
    assert_eq!(shop.code("cancel", &key("A-4")), "U PAYMENT_IN_PROCESS");
    assert_eq!(shop.status("A-4"), "PROCESSING");
    shop.till.say(Says::Yes);
    shop.till.wait(10_000);
    assert_eq!(shop.code("cancel", &key("A-4")), "S SUCCESS");
    assert_eq!(shop.status("A-4"), "CANCELLED");
}

#[test]
fn what_is_cancelled_never_counts() {
    let shop = Shop::ams();
    let id = shop.open("A-1")["paymentId"].clone();
    for body in [key("A-1"), json!({ "paymentId": id }), key("A-1")] {
        let said = shop.ask("cancel", &body);
        assert_eq!((code(&said).as_str(), &said["paymentId"]), ("S SUCCESS", &id));
    }
    assert_eq!(
        (shop.status("A-1").as_str(), code(&shop.open("A-1")).as_str()),
        ("CANCELLED", "F ORDER_IS_CANCELED")
    );
    // Paid: its money goes back, by whatever way its wallet has.
    shop.open("A-2");
    shop.till.pay("A-2", "alipayplus");
    assert_eq!(shop.code("cancel", &key("A-2")), "S SUCCESS");
    assert_eq!(
        (shop.status("A-2").as_str(), code(&shop.open("A-2")).as_str()),
        ("CANCELLED", "F ORDER_IS_CANCELED")
    );
    let moves = shop.ask("inquiryPayment", &key("A-2"))["transactions"].clone();
    assert_eq!(
        (&moves[0]["transactionType"], &moves[0]["transactionAmount"]),
        (&json!("REFUND"), &yen(1_200))
    );
    // It never came.
    assert_eq!(shop.code("cancel", &key("A-3")), "S SUCCESS");
    assert_eq!(code(&shop.open("A-3")), "F ORDER_IS_CANCELED");
    assert_eq!(shop.code("inquiryPayment", &key("A-3")), "F ORDER_NOT_EXIST");
    // Section 5: until 00:15 of the next day in Shanghai. It is 23:30 there.
    shop.open("A-4");
    shop.till.pay("A-4", "alipayplus");
    shop.till.wait(45 * 60_000);
    assert_eq!(shop.code("cancel", &key("A-4")), "F CANCEL_WINDOW_EXCEED");
    assert_eq!(shop.status("A-4"), "SUCCESS");
}

#[test]
fn what_is_held_is_captured_and_the_rest_released() {
    let shop = Shop::ams();
    let mut request = asked("A-1", 1_200, json!({ "captureMode": "MANUAL" }), Value::Null);
    request["productCode"] = json!("CASHIER_PAYMENT");
    request["paymentRedirectUrl"] = json!("https://shop.example/back?order=1");
    let said = shop.ask("pay", &request);
    assert_eq!(code(&said), "U PAYMENT_IN_PROCESS");
    let page = said["normalUrl"].as_str().unwrap();
    assert!(page.starts_with("http://127.0.0.1:7400/checkout/pay_"), "{page}");
    assert_eq!(said["redirectActionForm"]["redirectUrl"], page);
    let onward = || AlipayPlusFacade.onward(&shop.till.last("A-1"));
    assert_eq!(onward(), None, "not yet");
    let capture = |id: &str, value: i64, last: bool| {
        let body = json!({
            "captureRequestId": id, "paymentId": said["paymentId"], "captureAmount": yen(value),
            "isLastCapture": last.to_string(),
        });
        shop.ask("capture", &body)
    };
    assert_eq!(code(&capture("C-0", 1, false)), "F ORDER_STATUS_INVALID", "nobody came yet");
    shop.till.pay("A-1", "noren");
    assert_eq!(shop.status("A-1"), "SUCCESS");
    assert_eq!(onward().as_deref(), Some("https://shop.example/back?order=1"));
    let taken = capture("C-1", 300, false);
    assert_eq!((code(&taken).as_str(), &taken["captureAmount"]), ("S SUCCESS", &yen(300)));
    assert_eq!(capture("C-1", 300, false), taken, "a repeat");
    assert_eq!(code(&capture("C-1", 301, false)), "F REPEAT_REQ_INCONSISTENT");
    assert_eq!(code(&capture("C-2", 901, false)), "F PAYMENT_AMOUNT_EXCEED_LIMIT");
    assert_eq!(code(&capture("C-3", 400, true)), "S SUCCESS");
    assert_eq!(shop.till.last("A-1").state.name(), "captured");
    assert_eq!(code(&shop.refund("R-1", &said["paymentId"], 701)), "F REFUND_AMOUNT_EXCEED");
    assert_eq!(code(&shop.refund("R-2", &said["paymentId"], 700)), "S SUCCESS");
}

#[test]
fn credentials_come_first_and_strangers_learn_nothing() {
    let shop = Shop::ams();
    let id = shop.open("A-1")["paymentId"].clone();
    let good = shop.request("inquiryPayment", &key("A-1"));
    assert_eq!(AlipayPlusFacade.claims(&good).as_deref(), Some("5YAB"));
    let refused = |change: fn(&mut Request)| {
        let mut request = good.clone();
        change(&mut request);
        let link = &shop.account.link;
        let said =
            now(AlipayPlusFacade.answer(&shop.account, &shop.till, &request, shop.till.env()));
        // The answer is bound to what was asked, so a client believes the refusal.
        let believed = verify_response(&said, &request, &link.client_id, &*link.verify);
        assert!(believed.is_ok() || request.header("request-time").is_none());
        code(&serde_json::from_slice(&said.body).unwrap())
    };
    assert_eq!(refused(|r| r.body.push(b' ')), "F SIGNATURE_INVALID");
    assert_eq!(refused(|r| r.target = format!("{AMS_PATH}cancel")), "F SIGNATURE_INVALID");
    assert_eq!(refused(|r| r.method = "PUT".into()), "F SIGNATURE_INVALID");
    assert_eq!(refused(|r| r.headers.clear()), "F SIGNATURE_INVALID");
    assert_eq!(refused(|r| r.headers[1].1 = "2026-11-21T15:31:00Z".into()), "F SIGNATURE_INVALID");
    let unknown = AlipayPlusFacade.stranger(&good, shop.till.env());
    assert_eq!(code(&serde_json::from_slice(&unknown.body).unwrap()), "F KEY_NOT_FOUND");
    assert_eq!(unknown.header("signature"), None, "there is no key");

    let mut put = shop.request("inquiryPayment", &key("A-1"));
    put.method = "PUT".into();
    let link = &shop.account.link;
    put.headers.clear();
    sign_request(&mut put, &link.client_id, &*link.sign, shop.till.env().now);
    assert_eq!(code(&shop.send(&put)), "F METHOD_NOT_SUPPORTED");
    for (call, said) in [
        ("createPaymentSession", "F NO_INTERFACE_DEF"),
        ("cancelPayment", "F NO_INTERFACE_DEF"),
        ("pay/more", "F NO_INTERFACE_DEF"),
        ("", "F NO_INTERFACE_DEF"),
    ] {
        assert_eq!(shop.code(call, &key("A-1")), said, "{call}");
    }
    for body in [json!({}), json!([]), json!({ "paymentRequestId": "" })] {
        assert_eq!(shop.code("inquiryPayment", &body), "F PARAM_ILLEGAL", "{body}");
    }
    // Another shop's payment is none.
    let till = shop.till.other("KAGA");
    let account = till.account(crate::testing::link(NAME), None);
    let other = Shop { till, account, path: AMS_PATH };
    for body in [key("A-1"), json!({ "paymentId": id }), json!({ "paymentId": "pay_x" })] {
        assert_eq!(other.code("inquiryPayment", &body), "F ORDER_NOT_EXIST");
    }
    assert_eq!(code(&other.refund("R-1", &id, 1)), "F ORDER_NOT_EXIST");
    assert_eq!(other.code("cancel", &json!({ "paymentId": id })), "F ORDER_NOT_EXIST");
    assert_eq!(shop.status("A-1"), "PROCESSING");
}

#[test]
fn what_cannot_be_right_is_refused_before_anything_is_asked() {
    let shop = Shop::ams();
    let tried = |change: &dyn Fn(&mut Value)| {
        let mut request = asked("A-1", 1_200, in_store("OrderCode"), Value::Null);
        change(&mut request);
        shop.code("pay", &request)
    };
    let dollars = json!({ "currency": "USD", "value": "5" });
    assert_eq!(tried(&|r| r["paymentAmount"] = dollars.clone()), "F CURRENCY_NOT_SUPPORT");
    for (member, value) in [
        ("paymentAmount", yen(0)),
        ("paymentAmount", json!({ "currency": "JPY", "value": "12.0" })),
        ("paymentRequestId", json!("A".repeat(65))),
        ("paymentRequestId", json!("")),
        ("paymentExpiryTime", json!("2026-11-21T16:00:00Z")),
        ("paymentNotifyUrl", json!("ftp://shop.example/told")),
        ("paymentNotifyUrl", json!("http://shop.example/".to_owned() + &"x".repeat(1_100))),
        ("paymentFactor", json!({})),
        ("order", json!({})),
    ] {
        assert_eq!(tried(&|r| r[member] = value.clone()), "F PARAM_ILLEGAL", "{member} {value}");
    }
    // A repeat of what was in time when it came first is a repeat.
    let mut request = asked("A-2", 1_200, in_store("OrderCode"), Value::Null);
    request["paymentExpiryTime"] = json!("2026-11-21T15:31:00Z");
    assert_eq!(shop.code("pay", &request), "U PAYMENT_IN_PROCESS");
    shop.till.wait(61_000);
    assert_eq!(shop.code("pay", &request), "F ORDER_IS_CLOSED");
    assert_eq!(shop.status("A-2"), "FAIL");
}

#[test]
fn an_acquirers_till_is_answered_in_its_own_dialect() {
    let shop = Shop::new(PATH, "ACQP1");
    let said = shop.open("A-1");
    let text = &said["orderCodeForm"]["codeDetails"][0]["codeValue"];
    assert!(text.as_str().unwrap().contains("/checkout/pay_"));
    assert!(said.get("paymentCreateTime").is_none(), "that is the other dialect's");
    let open = shop.ask("inquiryPayment", &key("A-1"));
    assert_eq!(open["paymentResult"]["resultCode"], "PAYMENT_IN_PROCESS");
    shop.till.pay("A-1", "noren");
    let paid = shop.ask("inquiryPayment", &key("A-1"));
    assert_eq!(
        (&paid["paymentResult"]["resultCode"], &paid["walletBrandName"]),
        (&json!("SUCCESS"), &json!("noren"))
    );
    let (_, told) = shop.told("A-1", News::Payment).unwrap();
    assert_eq!(
        (&told["paymentResult"]["resultStatus"], told.get("notifyType")),
        (&json!("S"), None)
    );
    let refund =
        json!({ "refundRequestId": "R-1", "paymentRequestId": "A-1", "refundAmount": yen(1_200) });
    assert_eq!(shop.code("refund", &refund), "S SUCCESS");
    let said = shop.ask("inquiryRefund", &json!({ "refundRequestId": "R-1" }));
    assert_eq!(said["refundResult"]["resultCode"], "SUCCESS");
    let refund = shop.till.last("A-1").refunds[0].id;
    assert_eq!(shop.told("A-1", News::Refund(refund)), None);
    assert_eq!(shop.code("cancelPayment", &key("A-9")), "S SUCCESS");
    assert_eq!(shop.code("capture", &key("A-9")), "F NO_INTERFACE_DEF");
}

#[test]
fn clients_that_only_try_have_a_path_of_their_own() {
    let trying = Shop::new(AMS_SANDBOX_PATH, "SANDBOX_5YAB");
    assert_eq!(code(&trying.open("A-1")), "U PAYMENT_IN_PROCESS");
    let others = Shop::new(AMS_SANDBOX_PATH, "5YAB");
    assert_eq!(code(&others.open("A-1")), "F NO_INTERFACE_DEF");
}

#[test]
fn each_refusal_has_its_word() {
    let limit = jpy(1);
    let refusals = [
        (Refused::Busy, "U REQUEST_TRAFFIC_EXCEED_LIMIT"),
        (Refused::Internal, "U UNKNOWN_EXCEPTION"),
        (Refused::CodeUnroutable, "F INVALID_PAYMENT_CODE"),
        (Refused::By(Refusal::AmountOverLimit { limit }), "F PAYMENT_AMOUNT_EXCEED_LIMIT"),
        (Refused::By(Refusal::PayerDayLimit), "F USER_AMOUNT_EXCEED_LIMIT"),
        (Refused::By(Refusal::ShopSuspended), "F INVALID_MERCHANT_STATUS"),
        (Refused::By(Refusal::WalletNotAccepted), "F UNAVAILABLE_PAYMENT_METHOD"),
        (Refused::By(Refusal::OrderWithdrawn), "F ORDER_IS_CANCELED"),
        (Refused::By(Refusal::OrderClosed), "F ORDER_IS_CLOSED"),
        (Refused::By(Refusal::PaymentInDoubt), "U PAYMENT_IN_PROCESS"),
        (Refused::By(Refusal::KeyReused), "F REPEAT_REQ_INCONSISTENT"),
        (Refused::By(Refusal::RefundTooLate), "F REFUND_WINDOW_EXCEED"),
        (Refused::By(Refusal::NotAllowed), "F ACCESS_DENIED"),
    ];
    for (refused, said) in refusals {
        for call in ["pay", "inquiryPayment", "cancel"] {
            let shop = Shop::ams();
            shop.till.refuse(refused.clone());
            let request = asked("A-1", 1_200, in_store("OrderCode"), Value::Null);
            assert_eq!(shop.code(call, &request), said, "{call} {refused:?}");
        }
    }
}

#[test]
fn only_the_fixed_word_is_an_acknowledgement() {
    let said = |status: u16, result: Value| {
        let body = json!({ "result": result }).to_string().into_bytes();
        AlipayPlusFacade.acknowledged(&Response { status, headers: Vec::new(), body })
    };
    let good = json!({ "resultStatus": "S", "resultCode": "SUCCESS", "resultMessage": "success" });
    assert!(said(200, good.clone()));
    assert!(!said(500, good));
    for bad in [
        json!({ "resultStatus": "F", "resultCode": "SUCCESS" }),
        json!({ "resultStatus": "U", "resultCode": Code::UnknownException.name() }),
        json!({}),
    ] {
        assert!(!said(200, bad.clone()), "{bad}");
    }
    let empty = Response { status: 200, headers: Vec::new(), body: Vec::new() };
    assert!(!AlipayPlusFacade.acknowledged(&empty));
    assert_eq!(AlipayPlusFacade.schedule().len(), 7);
}
