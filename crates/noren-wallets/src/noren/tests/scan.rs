//! The payer scans a shop's code: the sandbox against a switch of a few lines.

use noren_core::id::{CaptureId, Entropy, QuoteId, Slot, StoreId};
use noren_core::money::Currency;
use noren_core::quote::Target;
use noren_core::rate::Rate;
use noren_core::time::{Span, Timestamp};
use noren_core::wallet::{
    Ask, Call, CaptureAnswer, CaptureAsk, FxBy, PaymentAnswer, Reference, RefundAnswer, Unknown,
};
use serde_json::{Value, json};

use crate::connector::Heard;
use crate::noren::ENTRY;
use crate::noren::messages::{
    Capture, ConfirmOutcome, ConfirmRequest, ConfirmResponse, FailResponse, QuoteRequest,
    QuoteResponse, ReserveRequest, ReserveResponse, ResolutionId, ResolveRequest, ResolveResponse,
    ShopShown,
};
use crate::noren::signature::{sign_response, verify_request};
use crate::sandbox::Outgoing;
use crate::testing::{World, call, cny, jpy, link, payment_id, refund_ask};
use crate::wire::{Request, Response, TransportError};

/// Answers as the switch would; remembers what it heard.
#[derive(Default)]
struct Switch {
    confirmed: u32,
    failed: Vec<String>,
    refuse_reserve: bool,
    holds: bool,
    cancelling: bool,
    confirm_by: Option<Timestamp>,
    /// How many fen a payment costs more than at first.
    dearer: i64,
}

fn shop() -> ShopShown {
    ShopShown {
        merchant_id: noren_core::id::MerchantId::new(Timestamp(1), Slot::HOUSE, Entropy(1), 0),
        store_id: StoreId::new(Timestamp(1), Slot::HOUSE, Entropy(1), 1),
        name: "Sobadokoro Hida".into(),
        name_ja: "そば処ひだ".into(),
        city: "TAKAYAMA".into(),
        category: "5812".into(),
    }
}

impl Switch {
    fn answer(&mut self, now: Timestamp, request: &Request) -> Response {
        let link = link("noren");
        let key_of = |_: &str| Some(&*link.verify);
        if verify_request(request, link.switch.origin(), now, key_of).is_err() {
            return Response { status: 401, headers: vec![], body: vec![] };
        }
        let (status, body) = self.said(now, request);
        let mut response =
            Response { status, headers: vec![], body: body.to_string().into_bytes() };
        sign_response(&mut response, request, &link.client_id, &*link.sign, now);
        response
    }

    fn said(&mut self, now: Timestamp, request: &Request) -> (u16, Value) {
        let read = |body: &[u8]| -> Value { serde_json::from_slice(body).unwrap() };
        let body = read(&request.body);
        let path = request.path().strip_prefix("/wallet/v1/").unwrap();
        let payment = format!("payments/{}", payment_id(1));
        if path == "codes/resolve" {
            let ask: ResolveRequest = serde_json::from_value(body).unwrap();
            if ask.code == "nowhere" {
                return (
                    404,
                    json!({ "code": "shop-unknown", "title": "No shop.", "retry": "never" }),
                );
            }
            let resolution = ResolveResponse {
                capture: if self.holds { Capture::Later } else { Capture::Now },
                resolution: ResolutionId(Target::Payment(payment_id(1))),
                shop: shop(),
                amount: (ask.code == "order").then(|| jpy(1_200)),
                limit: jpy(100_000),
                fx_by: FxBy::Switch,
                expires_at: None,
            };
            return (200, json!(resolution));
        }
        if path == "quotes" {
            let ask: QuoteRequest = serde_json::from_value(body).unwrap();
            let rate = Rate::from_decimal(Currency::JPY, Currency::CNY, "0.0484").unwrap();
            let quote = QuoteResponse {
                quote_id: QuoteId::new(Timestamp(1), Slot::HOUSE, Entropy(2), 0),
                payer_amount: cny(5_808 + self.dearer),
                merchant_amount: ask.receive.unwrap(),
                rate: rate.into(),
                mid_rate: rate.into(),
                markup_bps: 0,
                source: "test".into(),
                rate_at: now,
                expires_at: now.after(Span::seconds(60)),
            };
            return (200, json!(quote));
        }
        if path == "payments" {
            let ask: ReserveRequest = serde_json::from_value(body).unwrap();
            assert_eq!((ask.wallet_payment_id.as_str(), ask.amount), ("w-s1", jpy(1_200)));
            if self.refuse_reserve {
                return (409, json!({ "code": "quote-expired", "retry": "new_key" }));
            }
            let confirm_by = *self.confirm_by.get_or_insert(now.after(Span::millis(300)));
            let status = "authorising".into();
            return (200, json!(ReserveResponse { payment_id: payment_id(1), status, confirm_by }));
        }
        if path == format!("{payment}/confirm") {
            let ask: ConfirmRequest = serde_json::from_value(body).unwrap();
            if ask.debited != cny(5_808 + self.dearer) {
                return (422, json!({ "code": "debit-differs", "retry": "never" }));
            }
            self.confirmed += 1;
            let outcome = if self.cancelling {
                ConfirmOutcome::BeingCancelled
            } else if self.holds {
                ConfirmOutcome::Held
            } else {
                ConfirmOutcome::Captured
            };
            let status = "captured".into();
            return (200, json!(ConfirmResponse { payment_id: payment_id(1), outcome, status }));
        }
        assert_eq!(path, format!("{payment}/fail"));
        self.failed.push(body["reason"].as_str().unwrap().to_owned());
        (200, json!(FailResponse { payment_id: payment_id(1), status: "declined".into() }))
    }
}

/// A wallet whose user `mei` meets `scenario`, and a switch.
struct Story {
    world: World,
    switch: Switch,
}

fn story(scenario: &str) -> Story {
    let mut world = World::new(&ENTRY);
    world.user_with_code("mei", 1_000_000, "c1");
    world.scenario("mei", scenario);
    Story { world, switch: Switch::default() }
}

impl Story {
    fn scan(&mut self, code: &str, amount: Option<i64>, pin: Option<&str>) -> Value {
        let body =
            json!({ "scan_id": "s1", "user": "mei", "code": code, "amount": amount, "pin": pin });
        let (status, shown) = self.world.control("POST", "scan", &body);
        assert_eq!(status, 200, "{shown}");
        shown
    }

    /// Carries messages until none is left.
    fn settle(&mut self) {
        while self.carry() {}
    }

    /// Carries one message there and its answer back. False: there was none.
    fn carry(&mut self) -> bool {
        let outgoing = self.world.sandbox.take_outgoing();
        self.world.commit();
        for Outgoing { id, request } in &outgoing {
            let response = self.switch.answer(self.world.now, request);
            self.world.sandbox.delivered(self.world.now, *id, Ok(response));
            self.world.commit();
        }
        !outgoing.is_empty()
    }

    fn wait(&mut self, ms: i64) {
        self.world.wait(ms);
        self.settle();
    }

    /// Step, outcome and code of the scan.
    fn shown(&mut self) -> String {
        let (_, shown) = self.world.control("GET", "scans/s1", &Value::Null);
        let part = |name: &str| shown[name].as_str().unwrap_or("-").to_owned();
        format!("{} {} {}", part("step"), part("outcome"), part("code"))
    }

    fn inquire(&mut self) -> PaymentAnswer {
        let answer = self.world.payment(&about(Ask::Inquire { reference: reference() }));
        self.settle();
        answer
    }

    fn cancel(&mut self) -> PaymentAnswer {
        self.world.payment(&about(Ask::Cancel { reference: reference() }))
    }

    fn debited(&mut self) -> i64 {
        1_000_000 - self.world.balance("mei")
    }
}

fn reference() -> Reference {
    Reference::Scan { wallet_payment_id: "w-s1".into() }
}

fn about(ask: Ask) -> Call {
    call(1, ask)
}

/// Scans and pays at once.
fn paid(scenario: &str) -> Story {
    let mut story = story(scenario);
    story.scan("order", None, Some("1234"));
    story.settle();
    story
}

#[test]
fn the_user_sees_shop_amount_and_rate_before_the_pin() {
    let mut story = story("approve");
    story.scan("counter", None, None);
    story.settle();
    assert_eq!(story.shown(), "needs_amount - -");
    story.scan("counter", Some(1_200), None);
    story.settle();
    assert_eq!(story.shown(), "needs_pin - -");
    let shown = story.world.control("GET", "scans/s1", &Value::Null).1;
    assert_eq!(shown["shop"]["name_ja"], "そば処ひだ");
    assert_eq!(shown["quote"]["payer_amount"], json!({ "amount": 5808, "currency": "CNY" }));
    assert_eq!(shown["quote"]["rate"]["numerator"], 121);
    assert_eq!(story.debited(), 0);
    story.scan("counter", None, Some("0000"));
    story.settle();
    assert_eq!(story.shown(), "ended captured -");
    assert_eq!(story.debited(), 5_808);
    let PaymentAnswer::Paid(receipt) = story.inquire() else { panic!() };
    assert_eq!((receipt.amount, receipt.payer), (jpy(1_200), Some(cny(5_808))));
}

#[test]
fn an_approval_is_good_for_the_amount_that_was_seen() {
    let mut story = story("approve");
    story.scan("order", None, None);
    story.settle();
    let approve = |story: &mut Story, payer: i64| {
        let body = json!({
            "scan_id": "s1", "user": "mei", "code": "order", "pin": "1234", "payer": payer,
        });
        assert_eq!(story.world.control("POST", "scan", &body).0, 200);
        story.settle();
        story.shown()
    };
    assert_eq!(approve(&mut story, 5_807), "needs_pin - -");
    // The promise has ended, and the new one costs more.
    story.wait(60_000);
    story.switch.dearer = 1;
    assert_eq!(approve(&mut story, 5_808), "needs_pin - -");
    assert_eq!(story.debited(), 0);
    // This one has ended too, and the next costs the same.
    story.wait(60_000);
    assert_eq!(approve(&mut story, 5_809), "ended captured -");
    assert_eq!(story.debited(), 5_809);
}

fn capture(id: u128, yen: i64, fen: i64) -> Call {
    let capture = CaptureId::new(Timestamp(1), Slot::new(3).unwrap(), Entropy(id), 4);
    let (amount, payer) = (jpy(yen), Some(cny(fen)));
    about(Ask::Capture(CaptureAsk { capture, reference: reference(), amount, payer }))
}

fn void() -> Call {
    about(Ask::Void { reference: reference() })
}

#[test]
fn a_scan_for_a_shop_that_captures_later_holds_and_is_captured_in_parts() {
    let mut story = story("approve");
    story.switch.holds = true;
    story.scan("order", None, Some("1234"));
    story.settle();
    assert_eq!(story.shown(), "ended held -");
    assert_eq!(story.debited(), 5_808, "the user cannot spend it");
    assert_eq!(story.world.books()["owed"]["amount"], 0, "nobody has it yet");
    let PaymentAnswer::Authorised(receipt) = story.inquire() else { panic!() };
    assert_eq!((receipt.amount, receipt.payer), (jpy(1_200), Some(cny(5_808))));
    let first = story.world.ask(&capture(1, 500, 2_420));
    let Heard::Capture(CaptureAnswer::Captured(part)) = &first else { panic!("{first:?}") };
    assert_eq!((part.amount, part.payer), (jpy(500), Some(cny(2_420))));
    story.world.restart();
    assert_eq!(story.world.ask(&capture(1, 500, 2_420)), first, "a repeat takes nothing");
    assert_eq!(story.world.payment(&void()), PaymentAnswer::Cancelled);
    assert_eq!(story.inquire(), PaymentAnswer::Cancelled);
    assert_eq!((story.shown().as_str(), story.debited()), ("ended held -", 2_420));
}

#[test]
fn a_hold_by_scan_is_voided_before_and_after_it_is_held() {
    let held = |scenario: &str| {
        let mut story = story(scenario);
        story.switch.holds = true;
        story.scan("order", None, Some("1234"));
        story.settle();
        story
    };
    let mut story = held("unknown_then_yes");
    assert_eq!(story.world.payment(&void()), PaymentAnswer::Cancelled);
    story.wait(60_000);
    assert_eq!((story.shown().as_str(), story.debited()), ("ended cancelled -", 0));
    let mut story = held("approve");
    assert!(matches!(story.world.ask(&capture(1, 1_200, 5_808)), Heard::Capture(_)));
    let PaymentAnswer::TooLate { receipt: Some(all) } = story.world.payment(&void()) else {
        panic!("all of it was taken")
    };
    assert_eq!((all.amount, story.debited()), (jpy(1_200), 5_808));
    // A cancel is refused by a wallet that is late, and what it holds then is voided.
    let mut story = held("late_success");
    assert_eq!(story.cancel(), PaymentAnswer::TooLate { receipt: None });
    story.switch.cancelling = true;
    story.wait(120);
    assert_eq!(story.cancel(), PaymentAnswer::TooLate { receipt: None });
    assert!(matches!(story.inquire(), PaymentAnswer::Authorised(_)));
    assert_eq!(story.world.payment(&void()), PaymentAnswer::Cancelled);
    assert_eq!(story.debited(), 0);
}

#[test]
fn a_scan_that_is_repeated_pays_once_and_its_id_is_for_one_scan() {
    let mut story = paid("approve");
    story.scan("order", None, Some("1234"));
    story.settle();
    assert_eq!((story.debited(), story.switch.confirmed), (5_808, 1));
    let other = json!({ "scan_id": "s1", "user": "mei", "code": "counter" });
    assert_eq!(story.world.control("POST", "scan", &other).0, 409);
    for (field, bad) in [("pin", json!("12")), ("amount", json!(0)), ("scan_id", json!("a/b"))] {
        let mut body = json!({ "scan_id": "s2", "user": "mei", "code": "order" });
        body[field] = bad;
        assert_eq!(story.world.control("POST", "scan", &body).0, 422, "{field}");
    }
}

#[test]
fn a_refusal_of_the_switch_ends_a_scan_before_any_debit() {
    let mut story = story("approve");
    story.scan("nowhere", None, Some("1234"));
    story.settle();
    assert_eq!(story.shown(), "ended refused shop-unknown");
    let mut story = self::story("approve");
    story.switch.refuse_reserve = true;
    story.scan("order", None, Some("1234"));
    story.settle();
    assert_eq!(story.shown(), "ended refused quote-expired");
    assert_eq!(story.debited(), 0);
    assert_eq!(story.inquire(), PaymentAnswer::Pending, "a hint, not a proof");
}

#[test]
fn a_wallet_that_will_not_debit_gives_the_permission_up() {
    let mut story = paid("decline");
    assert_eq!(story.shown(), "ended failed payer_refused");
    let mut late = paid("unknown_then_no");
    assert_eq!(late.shown(), "holding - -");
    late.wait(120);
    assert_eq!(late.shown(), "ended failed payer_refused");
    let mut poor = self::story("approve");
    poor.world.user_with_code("ren", 10, "c");
    let body = json!({ "scan_id": "s1", "user": "ren", "code": "order", "pin": "1234" });
    poor.world.control("POST", "scan", &body);
    poor.settle();
    assert_eq!(poor.shown(), "ended failed no_funds");
    for mut story in [story, late, poor] {
        assert_eq!((story.debited(), story.switch.failed.len()), (0, 1));
        assert_eq!(story.inquire(), PaymentAnswer::Pending);
    }
}

#[test]
fn nothing_is_debited_after_confirm_by() {
    let mut story = story("approve");
    story.switch.confirm_by = Some(story.world.now);
    story.scan("order", None, Some("1234"));
    story.settle();
    assert_eq!(story.shown(), "ended failed too_late");
    assert_eq!(story.debited(), 0);
}

#[test]
fn a_debit_that_takes_its_time_is_confirmed_in_the_end() {
    let mut story = paid("unknown_then_yes");
    assert_eq!(story.inquire(), PaymentAnswer::Pending);
    story.wait(120);
    assert_eq!(story.shown(), "ended captured -");
    assert_eq!(story.debited(), 5_808);
}

#[test]
fn a_wallet_that_goes_silent_is_cancelled_and_never_debits() {
    for scenario in ["never_debit", "timeout"] {
        let mut story = paid(scenario);
        story.wait(60_000);
        assert_eq!(
            (story.shown().as_str(), story.inquire()),
            ("holding - -", PaymentAnswer::Pending)
        );
        assert_eq!(story.cancel(), PaymentAnswer::Cancelled);
        assert_eq!(story.cancel(), PaymentAnswer::Cancelled);
        story.wait(60_000);
        assert_eq!((story.shown().as_str(), story.debited()), ("ended cancelled -", 0));
    }
}

#[test]
fn a_lost_confirmation_is_found_by_inquiry() {
    let mut story = paid("no_confirm");
    story.wait(60_000);
    assert_eq!((story.debited(), story.switch.confirmed), (5_808, 0));
    assert!(matches!(story.inquire(), PaymentAnswer::Paid(_)));
    assert_eq!((story.shown().as_str(), story.switch.confirmed), ("ended captured -", 1));
}

#[test]
fn a_confirmation_is_repeated_until_it_is_answered() {
    for scenario in ["lost_answer", "double_notice"] {
        let mut story = paid(scenario);
        assert_eq!((story.shown().as_str(), story.switch.confirmed), ("ended captured -", 2));
        assert_eq!(story.debited(), 5_808);
    }
    let mut story = paid("bad_signature");
    assert_eq!((story.shown().as_str(), story.switch.confirmed), ("confirming - -", 0));
    story.wait(120);
    assert_eq!((story.shown().as_str(), story.switch.confirmed), ("ended captured -", 1));
}

#[test]
fn a_cancel_gives_back_what_was_debited() {
    let mut story = paid("no_confirm");
    assert_eq!(story.debited(), 5_808);
    assert_eq!(story.cancel(), PaymentAnswer::Cancelled);
    assert_eq!((story.shown().as_str(), story.debited()), ("ended cancelled -", 0));
    let mut wrong = paid("wrong_amount");
    assert_eq!((wrong.shown().as_str(), wrong.debited()), ("ended disputed debit-differs", 5_809));
    assert_eq!(wrong.cancel(), PaymentAnswer::Cancelled);
    assert_eq!(wrong.debited(), 0);
}

#[test]
fn a_cancel_of_a_scan_that_was_never_seen_binds_it() {
    let mut story = story("approve");
    assert_eq!(story.inquire(), PaymentAnswer::Pending);
    assert_eq!(story.cancel(), PaymentAnswer::Cancelled);
    story.scan("order", None, Some("1234"));
    story.settle();
    assert_eq!((story.shown().as_str(), story.debited()), ("ended cancelled -", 0));
}

#[test]
fn a_late_debit_refuses_the_cancel_and_is_undone_by_refund() {
    let mut story = paid("late_success");
    story.wait(60_000);
    assert_eq!(story.cancel(), PaymentAnswer::TooLate { receipt: None });
    assert_eq!(story.debited(), 0);
    story.switch.cancelling = true;
    story.wait(120);
    assert_eq!((story.shown().as_str(), story.debited()), ("ended being_cancelled -", 5_808));
    assert!(matches!(story.cancel(), PaymentAnswer::TooLate { receipt: Some(_) }));
    assert!(matches!(story.inquire(), PaymentAnswer::Paid(_)));
    let mut ask = refund_ask(1, jpy(1_200), Some(cny(5_808)));
    ask.reference = reference();
    let back = story.world.refund(&about(Ask::Refund(ask)));
    assert!(matches!(back, RefundAnswer::Refunded(_)));
    assert_eq!(story.debited(), 0);
}

#[test]
fn a_crash_at_any_step_of_a_scan_leads_to_the_same_end() {
    for scenario in ["approve", "unknown_then_yes", "lost_answer", "bad_signature", "decline"] {
        let end = |story: &mut Story| (story.shown(), story.debited());
        let mut steady = paid(scenario);
        for _ in 0..10 {
            steady.wait(120);
        }
        let expected = end(&mut steady);
        // Messages until the end, each lost once in the crash after `step` of them.
        for step in 0..8 {
            for lost in [false, true] {
                let mut story = story(scenario);
                story.scan("order", None, Some("1234"));
                for _ in 0..step {
                    story.carry();
                }
                if lost {
                    // It left, was handled by the switch, and the answer met nobody.
                    for Outgoing { request, .. } in story.world.sandbox.take_outgoing() {
                        story.switch.answer(story.world.now, &request);
                    }
                }
                story.world.restart();
                story.switch.confirm_by =
                    story.switch.confirm_by.map(|_| Timestamp(1_900_000_000_000));
                for _ in 0..40 {
                    story.wait(120);
                }
                assert_eq!(end(&mut story), expected, "{scenario}, crash after {step}, {lost}");
            }
        }
    }
}

#[test]
fn a_switch_that_is_away_is_asked_again() {
    let mut story = story("approve");
    story.scan("order", None, Some("1234"));
    for error in [TransportError::NotSent, TransportError::TimedOut, TransportError::Broken] {
        let outgoing = story.world.sandbox.take_outgoing();
        let [Outgoing { id, .. }] = &outgoing[..] else { panic!("one message: {outgoing:?}") };
        story.world.sandbox.delivered(story.world.now, *id, Err(error));
        story.world.commit();
        story.world.wait(119);
        assert!(story.world.sandbox.take_outgoing().is_empty(), "not before a pace is over");
        story.world.wait(1);
    }
    story.settle();
    assert_eq!(story.shown(), "ended captured -");
}

#[test]
fn a_replayed_call_of_the_switch_is_refused() {
    let mut story = story("approve");
    let call = about(Ask::Inquire { reference: reference() });
    let env = story.world.env();
    let request = story.world.connector.request(&call, env);
    let now = story.world.now;
    let mut ask = |request: &Request| match story.world.sandbox.handle(now, request) {
        crate::sandbox::Answered::Respond(response) => response,
        crate::sandbox::Answered::Late(..) | crate::sandbox::Answered::Silence => {
            panic!("it answers")
        }
    };
    assert_eq!(ask(&request).status, 200);
    let again = ask(&request);
    assert_eq!(again.status, 401);
    let env = story.world.env();
    let heard = story.world.connector.answer(&call, &request, Ok(&again), env);
    let bad = Heard::Payment(PaymentAnswer::Unknown(Unknown::BadSignature));
    assert_eq!(heard, bad.into());
}
