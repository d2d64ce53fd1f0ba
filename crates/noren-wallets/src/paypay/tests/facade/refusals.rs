//! Who may not call, what is wrong with a call, and the table of the engine's refusals.

use noren_core::refusal::Refusal;
use noren_core::time::Timestamp;
use serde_json::{Value, json};

use super::super::{YEN, said};
use super::{CODES, Shop, code_body, is, refund_body, scan_body, shop, short, with_secret};
use crate::connector::Env;
use crate::facade::{Facade as _, Refused};
use crate::paypay::codes::{Code, Http};
use crate::paypay::facade::words::{On, code};
use crate::testing::jpy;
use crate::testing::till::now;

#[test]
fn nobody_is_believed_without_the_key() {
    let shop = shop();
    let body = code_body("A-1", YEN);
    let unauthorized = is(401, "UNAUTHORIZED");
    let signed = || shop.signed("POST", "/v2/codes", &body, shop.till.env());
    let unsigned = Shop::plain("POST", "/v2/codes", &body);
    assert_eq!(short(shop.raw(&unsigned)), unauthorized);
    // Signed with another secret.
    let thief = Shop { account: with_secret(&shop.account, "another"), ..self::shop() };
    let forged = thief.signed("POST", "/v2/codes", &body, shop.till.env());
    assert_eq!(short(shop.raw(&forged)), unauthorized);
    // Changed on its way: body, path, method.
    let mut tampered = signed();
    tampered.body = code_body("A-1", 1).to_string().into_bytes();
    assert_eq!(short(shop.raw(&tampered)), unauthorized);
    let mut tampered = signed();
    tampered.target = tampered.target.replace("/v2/codes", "/v2/refunds");
    assert_eq!(short(shop.raw(&tampered)), unauthorized);
    let mut tampered = signed();
    tampered.method = "DELETE".into();
    assert_eq!(short(shop.raw(&tampered)), unauthorized);
    // More than two minutes old, or ahead.
    for ms in [-121_000, 121_000] {
        let env = shop.till.env();
        let env = Env { now: Timestamp(env.now.0 + ms), ..env };
        let stale = shop.signed("POST", "/v2/codes", &body, env);
        assert_eq!(short(shop.raw(&stale)), unauthorized, "{ms}");
    }
    assert_eq!(short(shop.get("/v2/codes/payments/A-1")), is(400, "DYNAMIC_QR_PAYMENT_NOT_FOUND"));
    // Played again.
    let good = signed();
    assert_eq!(short(shop.raw(&good)), is(201, "SUCCESS"));
    assert_eq!(short(shop.raw(&good)), unauthorized);
}

#[test]
fn a_key_is_ours_or_nobodys() {
    let shop = shop();
    let good = shop.signed("GET", "/v2/payments/x", &Value::Null, shop.till.env());
    assert_eq!(shop.facade.claims(&good).as_deref(), Some("a_key"));
    let unsigned = Shop::plain("GET", "/v2/payments/x", &Value::Null);
    assert_eq!(shop.facade.claims(&unsigned), None);
    let env = shop.till.env();
    let stranger = said(&shop.facade.stranger(&good, env));
    assert_eq!(short(stranger), is(404, "OPA_CLIENT_NOT_FOUND"));
    assert_eq!(short(said(&shop.facade.stranger(&unsigned, env))), is(401, "UNAUTHORIZED"));
}

#[test]
fn two_tills_may_happen_to_choose_one_nonce() {
    let shop = shop();
    let other = Shop { till: shop.till.other("b_key"), ..self::shop() };
    let account = other.till.account(super::link("paypay"), None);
    let other = Shop { account, ..other };
    let env = shop.till.env();
    for one in [&shop, &other] {
        let request = one.signed("GET", "/v2/payments/none", &Value::Null, env);
        let answer = shop.facade.answer(&one.account, &one.till, &request, env);
        assert_eq!(short(said(&now(answer))), is(404, "RESOURCE_NOT_FOUND"));
    }
}

#[test]
fn a_merchant_is_the_keys_own() {
    let shop = shop();
    let settings = shop.facade.settings(&shop.account.link, Some(shop.account.shop.merchant));
    let own = &settings.iter().find(|(name, _)| *name == "MERCHANT_ID").unwrap().1;
    let with = |header: &str| {
        let mut request = shop.signed("GET", "/v2/payments/none", &Value::Null, shop.till.env());
        request.headers.push(("X-ASSUME-MERCHANT".into(), header.into()));
        short(shop.raw(&request))
    };
    assert_eq!(with(own), is(404, "RESOURCE_NOT_FOUND"));
    assert_eq!(with(""), is(404, "RESOURCE_NOT_FOUND"));
    assert_eq!(with("690000000000000001"), is(401, "OP_OUT_OF_SCOPE"));
    let named = shop.get("/v2/payments/none?assumeMerchant=690000000000000001");
    assert_eq!(short(named), is(401, "OP_OUT_OF_SCOPE"));
}

#[test]
fn what_is_wrong_with_a_call_is_said_in_the_networks_words() {
    let shop = shop();
    let with = |body: Value, member: &str, value: Value| {
        let mut body = body;
        body[member] = value;
        body
    };
    let code = || code_body("fresh", YEN);
    let scan = || scan_body("fresh", YEN, CODES[0]);
    let dollars = || json!({"amount": 1, "currency": "USD"});
    for (method, path, body, status, expected) in [
        ("POST", "/v2/codes", json!({}), 400, "MISSING_REQUEST_PARAMS"),
        ("POST", "/v2/codes", json!("x"), 400, "INVALID_REQUEST_PARAMS"),
        ("POST", "/v2/codes", code_body("", YEN), 400, "INVALID_REQUEST_PARAMS"),
        ("POST", "/v2/codes", code_body(&"x".repeat(65), YEN), 400, "INVALID_REQUEST_PARAMS"),
        ("POST", "/v2/codes", code_body("fresh", 0), 400, "DYNAMIC_QR_BAD_REQUEST"),
        ("POST", "/v2/codes", code_body("fresh", -5), 400, "DYNAMIC_QR_BAD_REQUEST"),
        ("POST", "/v2/codes", with(code(), "amount", dollars()), 400, "DYNAMIC_QR_BAD_REQUEST"),
        ("POST", "/v2/codes", with(code(), "codeType", json!("X")), 400, "DYNAMIC_QR_BAD_REQUEST"),
        // More than the shop may take at once.
        ("POST", "/v2/codes", code_body("much", 300_001), 400, "UNACCEPTABLE_OP"),
        ("POST", "/v2/payments", with(scan(), "amount", dollars()), 400, "INVALID_PARAMS"),
        ("POST", "/v2/payments", scan_body("fresh", YEN, ""), 400, "MISSING_REQUEST_PARAMS"),
        ("POST", "/v2/payments", scan_body("fresh", YEN, "7"), 400, "INVALID_PAYMENT_CODE"),
        (
            "POST",
            "/v2/payments",
            with(scan(), "userAuthorizationId", json!("u")),
            400,
            "INVALID_REQUEST_PARAMS",
        ),
        (
            "POST",
            "/v2/payments",
            with(scan_body("fresh", YEN, ""), "userAuthorizationId", json!("u")),
            400,
            "INVALID_USER_AUTHORIZATION_ID",
        ),
        ("POST", "/v2/refunds", refund_body("r", &json!("1"), 0), 400, "INVALID_PARAMS"),
        ("POST", "/v2/payments/capture", json!({}), 400, "MISSING_REQUEST_PARAMS"),
        ("POST", "/v2/payments/preauthorize/revert", json!({}), 400, "MISSING_REQUEST_PARAMS"),
        // Nothing of that is here.
        ("POST", "/v1/qr/sessions", json!({}), 401, "OP_OUT_OF_SCOPE"),
        (
            "GET",
            "/v2/user/authorizations?userAuthorizationId=u",
            Value::Null,
            401,
            "OP_OUT_OF_SCOPE",
        ),
        ("DELETE", "/v2/user/authorizations/u", Value::Null, 401, "OP_OUT_OF_SCOPE"),
        ("POST", "/v2/cashback", json!({}), 401, "OP_OUT_OF_SCOPE"),
        ("GET", "/v1/reconciliation/20261127", Value::Null, 401, "OP_OUT_OF_SCOPE"),
        ("GET", "/v2/codes", Value::Null, 400, "INVALID_REQUEST_PARAMS"),
        ("PUT", "/v2/payments/x", json!({}), 400, "INVALID_REQUEST_PARAMS"),
        ("GET", "/", Value::Null, 400, "INVALID_REQUEST_PARAMS"),
    ] {
        let answered = short(shop.call(method, path, &body));
        assert_eq!(answered, is(status, expected), "{method} {path} {body}");
    }
    assert_eq!(
        short(shop.get("/v2/codes/payments/fresh")),
        is(400, "DYNAMIC_QR_PAYMENT_NOT_FOUND")
    );
}

#[test]
fn a_full_switch_asks_for_patience_and_a_broken_one_is_unknown() {
    let shop = shop();
    for (refused, expected) in [
        (Refused::Busy, is(429, "RATE_LIMIT")),
        (Refused::Internal, is(500, "INTERNAL_SERVER_ERROR")),
    ] {
        for (method, path, body) in [
            ("POST", "/v2/codes", code_body("A-1", YEN)),
            ("POST", "/v2/payments", scan_body("A-2", YEN, CODES[0])),
            ("GET", "/v2/payments/A-1", Value::Null),
            ("GET", "/v2/refunds/R-1", Value::Null),
            ("DELETE", "/v2/payments/A-1", Value::Null),
        ] {
            shop.till.refuse(refused.clone());
            assert_eq!(short(shop.call(method, path, &body)), expected, "{method} {path}");
        }
    }
}

/// Refusal, call, code: one line for each refusal that tills can meet, and where calls differ.
#[test]
fn every_refusal_has_its_code() {
    use On::{Cancel, Capture, Look, Payment, Refund, Revert};
    let limit = jpy(1);
    for (refusal, on, expected) in [
        (Refusal::AmountNotPositive, On::Code, Code::DynamicQrBadRequest),
        (Refusal::AmountTooLarge, Payment, Code::InvalidParams),
        (Refusal::CurrencyDiffers, Refund, Code::InvalidRefundAmount),
        (Refusal::AmountOverLimit { limit }, On::Code, Code::MerchantLimitExceeded),
        (Refusal::MerchantDayLimit, Payment, Code::MerchantLimitExceeded),
        (Refusal::ShopSuspended, On::Code, Code::OpOutOfScope),
        (Refusal::NotAllowed, Look, Code::OpOutOfScope),
        (Refusal::WalletUnknown, Payment, Code::InvalidPaymentCode),
        (Refusal::WalletNotAccepted, Payment, Code::UnsupportedPaymentMethod),
        (Refusal::WalletOverCap, Payment, Code::UnacceptableOp),
        (Refusal::WalletOverLimit, Payment, Code::LimitExceeded),
        (Refusal::PayerDayLimit, Payment, Code::UserDailyLimitForMerchantExceeded),
        (Refusal::OrderWithdrawn, On::Code, Code::DuplicateDynamicQrRequest),
        (Refusal::OrderWithdrawn, Payment, Code::UnacceptableOp),
        (Refusal::OrderPaid, Payment, Code::InvalidParams),
        (Refusal::OrderBeingPaid, On::Code, Code::DuplicateDynamicQrRequest),
        (Refusal::OrderAmountDiffers { expected: limit }, Payment, Code::InvalidParams),
        (Refusal::PaymentInDoubt, Refund, Code::OrderNotRefundable),
        (Refusal::PaymentInDoubt, Capture, Code::OrderNotCapturable),
        (Refusal::PaymentCodeUsed, Payment, Code::ExpiredPaymentCode),
        (Refusal::PaymentUnknown, Revert, Code::ResourceNotFound),
        (Refusal::PaymentCaptured, Cancel, Code::OrderNotReversible),
        (Refusal::PaymentCaptured, Capture, Code::AlreadyCaptured),
        (Refusal::PaymentNotHeld, Revert, Code::OrderNotCancelable),
        (Refusal::HoldNotOffered, Payment, Code::PreAuthCaptureUnsupportedMerchant),
        (Refusal::CaptureRunning, Capture, Code::ReauthorizationInProgress),
        (Refusal::HoldExpired, Capture, Code::OrderExpired),
        (Refusal::CaptureExceedsHeld { left: limit }, Capture, Code::HigherCaptureNotPermitted),
        (Refusal::RefundExceedsCaptured { left: limit }, Refund, Code::InvalidRefundAmount),
        (Refusal::RefundsUsedUp, Refund, Code::SeveralRefunds),
        (Refusal::RefundTooLate, Refund, Code::OrderNotRefundable),
        (Refusal::RefundTooLate, Cancel, Code::OrderNotReversible),
        (Refusal::KeyReused, On::Code, Code::DuplicateDynamicQrRequest),
        (Refusal::KeyReused, Refund, Code::InvalidParams),
        (Refusal::ClaimUnknown, Look, Code::InternalServerError),
    ] {
        assert_eq!(code(on, &Refused::By(refusal)), expected, "{on:?} {refusal:?}");
        // A no never looks like a yes, or like something to wait for.
        for on in On::ALL {
            let http = code(on, &Refused::By(refusal)).http();
            let no = matches!(http, Http::Refusal) || matches!(http, Http::Is(400..));
            assert!(no, "{on:?} {refusal:?}");
        }
    }
}
