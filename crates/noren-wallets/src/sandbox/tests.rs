//! One suite for all wallets: the same questions, put through each connector to its sandbox.

use noren_core::command::Body;
use noren_core::id::WalletName;
use noren_core::money::Money;
use noren_core::wallet::{
    Call, DeclineReason, PaymentAnswer, Question, Receipt, RefundAnswer, Unknown,
};
use serde_json::{Value, json};

use super::Outgoing;
use super::scenario::{Scenario, ScenarioOf};
use crate::testing::{World, cancel, cny, inquire, inquire_refund, jpy, pay, payment_id, refund};
use crate::{Entry, WALLETS};

const RICH: i64 = 1_000_000;
const YEN: i64 = 1_200;

/// A wallet, and what is its own in these stories.
struct Case {
    world: World,
    /// What 1200 yen cost its user.
    cost: i64,
    /// What the switch tells it to debit.
    payer: Option<Money>,
    /// What was scanned is told when it is decided.
    tells: bool,
    /// What was scanned and never decided ends by itself.
    lapses: bool,
    /// A cancel comes so long after the payment at the earliest, in milliseconds.
    before_cancel: i64,
    /// Its answers and notices are signed. Where they are not, a notice is a hint at most.
    signed: bool,
    /// One payment can be refunded once only.
    refunds_once: bool,
    /// It knows the payer's currency alone, and names no other amount.
    payers_only: bool,
    /// An inquiry does not tell a no from a cancel.
    no_is_closed: bool,
    /// What was given back in part is not cancelled any more.
    cancels_whole_only: bool,
    /// A notice that was not acknowledged is repeated after so long, in milliseconds.
    repeats_after: i64,
}

fn case(entry: &'static Entry) -> Case {
    let world = World::new(entry);
    match entry.name {
        "noren" => Case::new(world, 5_808, Some(cny(5_808))),
        "alipayplus" | "antom" => Case::new(world, 11_340, None),
        "wechatpay" => {
            let case = Case::new(world, 5_808, None);
            Case { tells: false, lapses: true, before_cancel: 180, ..case }
        }
        "paypay" => Case { signed: false, refunds_once: true, ..Case::new(world, YEN, None) },
        "alipay" => Case {
            payers_only: true,
            no_is_closed: true,
            cancels_whole_only: true,
            // Four minutes, at the pace of tests.
            repeats_after: 2_880,
            ..Case::new(world, 5_808, Some(cny(5_808)))
        },
        other => panic!("say what 1200 yen cost in {other}"),
    }
}

/// Networks that know neither a cancel nor a notice nor a key on refunds: these stories cannot be told in
/// their words. Their own tests tell what there is; the matrix of networks plays every end.
const OTHER_HABITS: [&str; 1] = ["linepay"];

/// Runs a story on every wallet, with a user `mei` who has money and meets `scenario`.
fn each(scenario: &str, story: impl Fn(&mut Case, &str)) {
    for entry in WALLETS.iter().filter(|entry| !OTHER_HABITS.contains(&entry.name)) {
        let mut case = case(entry);
        let code = case.world.user_with_code("mei", RICH, "c1");
        case.world.scenario("mei", scenario);
        story(&mut case, &code);
        case.world.books();
    }
}

impl Case {
    /// As most are.
    fn new(world: World, cost: i64, payer: Option<Money>) -> Self {
        Self {
            world,
            cost,
            payer,
            tells: true,
            lapses: false,
            before_cancel: 0,
            signed: true,
            refunds_once: false,
            payers_only: false,
            no_is_closed: false,
            cancels_whole_only: false,
            repeats_after: 120,
        }
    }

    /// A cancel, as early as the wallet takes it.
    fn cancel(&mut self, n: u128) -> PaymentAnswer {
        if self.before_cancel > 0 {
            self.world.wait(self.before_cancel);
        }
        self.world.payment(&cancel(n))
    }

    fn pay(&self, n: u128, code: &str) -> Call {
        pay(n, jpy(YEN), self.payer, code)
    }

    /// What a receipt names when 1200 yen were paid.
    fn whole(&self) -> Money {
        self.payer.filter(|_| self.payers_only).unwrap_or(jpy(YEN))
    }

    /// The payment with another content.
    fn pay_other(&self, n: u128, code: &str) -> Call {
        let payer = self.payer.map(|payer| Money::new(payer.minor() + 1, payer.currency()));
        pay(n, jpy(YEN + 1), payer, code)
    }

    fn assert_debited(&mut self, cost: i64) {
        assert_eq!(RICH - self.world.balance("mei"), cost);
    }

    /// The messages that leave now, as the switch's command hears them; each is acknowledged.
    fn notices(&mut self) -> Vec<Body> {
        let outgoing = self.world.sandbox.take_outgoing();
        let hear = |Outgoing { id, request }| {
            let env = self.world.env();
            let heard = self.world.connector.notified(&request, env).expect("it is well signed");
            let now = self.world.now;
            self.world.sandbox.delivered(now, id, Ok(heard.acknowledge));
            self.world.commit();
            heard.command
        };
        outgoing.into_iter().map(hear).collect()
    }
}

fn receipt(answer: PaymentAnswer) -> Receipt {
    match answer {
        PaymentAnswer::Paid(receipt) => receipt,
        other => panic!("not paid: {other:?}"),
    }
}

fn reason(answer: PaymentAnswer) -> DeclineReason {
    match answer {
        PaymentAnswer::Declined(decline) => decline.reason(),
        other => panic!("not declined: {other:?}"),
    }
}

#[test]
fn a_payment_is_debited_once_however_often_it_is_asked_for() {
    each("approve", |case, code| {
        let call = case.pay(1, code);
        let first = receipt(case.world.payment(&call));
        assert_eq!(first.amount, case.whole());
        assert_eq!(first.payer.map(Money::minor), Some(case.cost));
        assert_eq!(receipt(case.world.payment(&call)), first);
        assert_eq!(receipt(case.world.payment(&inquire(1))), first);
        let cost = case.cost;
        case.assert_debited(cost);
    });
}

#[test]
fn the_same_id_with_another_content_decides_nothing() {
    each("approve", |case, code| {
        case.world.payment(&case.pay(1, code));
        let other = case.pay_other(1, code);
        assert_eq!(case.world.payment(&other), PaymentAnswer::Unknown(Unknown::UnlistedCode));
        let cost = case.cost;
        case.assert_debited(cost);
    });
}

#[test]
fn a_definite_no_says_why() {
    each("decline", |case, code| {
        let call = case.pay(1, code);
        let no = case.world.payment(&call);
        assert!(matches!(no, PaymentAnswer::Declined(_)));
        let then = if case.no_is_closed { PaymentAnswer::Cancelled } else { no };
        assert_eq!(case.world.payment(&inquire(1)), then);
        case.assert_debited(0);
    });
    each("approve", |case, _| {
        let poor = case.world.user_with_code("ren", 3, "c1");
        let answer = case.world.payment(&case.pay(1, &poor));
        assert_eq!(reason(answer), DeclineReason::Funds);
    });
}

#[test]
fn a_code_works_once_and_an_unknown_one_never() {
    each("approve", |case, code| {
        receipt(case.world.payment(&case.pay(1, code)));
        let again = case.world.payment(&case.pay(2, code));
        assert_eq!(reason(again), DeclineReason::Code);
        let unknown = case.world.payment(&case.pay(3, "860100000000000000000000"));
        assert_eq!(reason(unknown), DeclineReason::Code);
        assert_eq!(case.world.user_with_code("mei", 5, "c1"), code, "the same id, the same code");
        assert_ne!(case.world.user_with_code("mei", 5, "c2"), code);
        let cost = case.cost;
        case.assert_debited(cost);
    });
}

#[test]
fn unknown_then_yes_is_found_by_inquiry_and_notified() {
    each("unknown_then_yes", |case, code| {
        assert_eq!(case.world.payment(&case.pay(1, code)), PaymentAnswer::Pending);
        assert_eq!(case.world.payment(&inquire(1)), PaymentAnswer::Pending);
        case.assert_debited(0);
        case.world.wait(120);
        let paid = case.world.payment(&inquire(1));
        let heard = case.notices();
        if !case.tells {
            receipt(paid);
            assert!(heard.is_empty(), "{heard:?}");
            return;
        }
        let [Body::PaymentHeard(notice)] = &heard[..] else { panic!("one notice: {heard:?}") };
        assert_eq!((notice.payment, notice.question), (payment_id(1), Question::Notice));
        receipt(paid.clone());
        assert_eq!(notice.answer, if case.signed { paid } else { PaymentAnswer::Pending });
        case.world.wait(60_000);
        assert!(case.notices().is_empty(), "it was acknowledged");
        let cost = case.cost;
        case.assert_debited(cost);
    });
}

#[test]
fn unknown_then_no_is_a_definite_no() {
    each("unknown_then_no", |case, code| {
        assert_eq!(case.world.payment(&case.pay(1, code)), PaymentAnswer::Pending);
        case.world.wait(120);
        match case.world.payment(&inquire(1)) {
            PaymentAnswer::Declined(_) => {}
            PaymentAnswer::Cancelled if case.no_is_closed => {}
            other => panic!("no definite no: {other:?}"),
        }
        case.assert_debited(0);
    });
}

#[test]
fn a_payment_that_is_never_answered_ends_by_cancel() {
    each("timeout", |case, code| {
        let call = case.pay(1, code);
        assert_eq!(case.world.payment(&call), PaymentAnswer::Unknown(Unknown::TimedOut));
        assert_eq!(case.world.payment(&call), PaymentAnswer::Unknown(Unknown::TimedOut));
        case.world.wait(60_000);
        let open = if case.lapses { PaymentAnswer::Cancelled } else { PaymentAnswer::Pending };
        assert_eq!(case.world.payment(&inquire(1)), open);
        assert_eq!(case.cancel(1), PaymentAnswer::Cancelled);
        assert_eq!(case.cancel(1), PaymentAnswer::Cancelled);
        assert_eq!(case.world.payment(&inquire(1)), PaymentAnswer::Cancelled);
        case.assert_debited(0);
    });
}

#[test]
fn a_lost_or_wrongly_signed_answer_is_found_by_inquiry() {
    for scenario in ["lost_answer", "bad_signature"] {
        each(scenario, |case, code| {
            let why = match (scenario, case.signed) {
                ("lost_answer", _) => Unknown::TimedOut,
                (_, true) => Unknown::BadSignature,
                (_, false) => Unknown::Unreadable,
            };
            let call = case.pay(1, code);
            assert_eq!(case.world.payment(&call), PaymentAnswer::Unknown(why));
            assert_eq!(receipt(case.world.payment(&inquire(1))).amount, case.whole());
            let cost = case.cost;
            case.assert_debited(cost);
        });
    }
}

#[test]
fn a_late_success_refuses_the_cancel_and_is_undone_by_refund() {
    each("late_success", |case, code| {
        assert_eq!(case.world.payment(&case.pay(1, code)), PaymentAnswer::Pending);
        let late = case.cancel(1);
        assert_eq!(late, PaymentAnswer::TooLate { receipt: None });
        assert_eq!(case.world.payment(&inquire(1)), PaymentAnswer::Pending);
        case.world.wait(120);
        receipt(case.world.payment(&inquire(1)));
        assert!(matches!(case.cancel(1), PaymentAnswer::TooLate { .. }));
        let back = case.world.refund(&refund(1, 1, jpy(YEN), case.payer));
        assert!(matches!(back, RefundAnswer::Refunded(_)));
        case.assert_debited(0);
    });
}

#[test]
fn a_wrong_amount_is_passed_on_as_said_and_can_be_cancelled() {
    each("wrong_amount", |case, code| {
        let said = receipt(case.world.payment(&case.pay(1, code)));
        let whole = case.whole();
        assert_eq!(said.amount, Money::new(whole.minor() + 1, whole.currency()));
        assert_eq!(receipt(case.world.payment(&inquire(1))), said);
        let cost = case.cost + 1;
        case.assert_debited(cost);
        assert_eq!(case.cancel(1), PaymentAnswer::Cancelled);
        case.assert_debited(0);
    });
}

#[test]
fn a_notice_comes_twice_and_is_repeated_until_it_is_acknowledged() {
    each("double_notice", |case, code| {
        receipt(case.world.payment(&case.pay(1, code)));
        if !case.tells {
            assert!(case.notices().is_empty());
            return;
        }
        // The first sending is lost.
        assert_eq!(case.world.sandbox.take_outgoing().len(), 1);
        case.world.wait(case.repeats_after - 1);
        assert!(case.world.sandbox.take_outgoing().is_empty());
        case.world.wait(1);
        assert_eq!(case.notices().len(), 1);
        assert_eq!(case.notices().len(), 1, "said twice");
        case.world.wait(60_000);
        assert!(case.notices().is_empty());
    });
}

#[test]
fn a_cancel_binds_even_when_it_comes_first() {
    each("approve", |case, code| {
        assert_eq!(case.world.payment(&inquire(1)), PaymentAnswer::NotFound);
        assert_eq!(case.cancel(1), PaymentAnswer::Cancelled);
        let late = case.world.payment(&case.pay(1, code));
        assert!(!matches!(late, PaymentAnswer::Paid(_) | PaymentAnswer::Pending), "{late:?}");
        assert_eq!(case.world.payment(&inquire(1)), PaymentAnswer::Cancelled);
        case.assert_debited(0);
        receipt(case.world.payment(&case.pay(2, code)));
    });
}

#[test]
fn a_cancel_gives_back_what_refunds_left() {
    each("approve", |case, code| {
        receipt(case.world.payment(&case.pay(1, code)));
        let part = case.payer.map(|payer| Money::new(1_452, payer.currency()));
        let back = case.world.refund(&refund(1, 1, jpy(300), part));
        assert!(matches!(back, RefundAnswer::Refunded(_)), "{back:?}");
        if case.cancels_whole_only {
            assert_eq!(case.cancel(1), PaymentAnswer::TooLate { receipt: None });
            return;
        }
        assert_eq!(case.cancel(1), PaymentAnswer::Cancelled);
        case.assert_debited(0);
        assert_eq!(case.world.books()["owed"]["amount"], 0);
    });
}

#[test]
fn refunds_are_made_once_and_never_exceed_the_payment() {
    each("approve", |case, code| {
        receipt(case.world.payment(&case.pay(1, code)));
        let part = |yen: i64| {
            case.payer.map(|payer| Money::new(payer.minor() * yen / YEN, payer.currency()))
        };
        let (first, rest) = (refund(1, 1, jpy(500), part(500)), refund(1, 3, jpy(700), part(700)));
        let over = refund(1, 2, jpy(701), part(701));
        let done = case.world.refund(&first);
        assert!(matches!(&done, RefundAnswer::Refunded(r) if r.amount == jpy(500)));
        assert_eq!(case.world.refund(&first), done);
        assert_eq!(case.world.refund(&inquire_refund(1, 1, jpy(500), None)), done);
        let other = case.world.refund(&refund(1, 1, jpy(501), part(501)));
        assert_eq!(other, RefundAnswer::Unknown(Unknown::UnlistedCode), "mismatch");
        let no = case.world.refund(&over);
        assert!(matches!(&no, RefundAnswer::Declined(d) if d.reason() == DeclineReason::Refund));
        let rest = case.world.refund(&rest);
        if case.refunds_once {
            assert!(matches!(rest, RefundAnswer::Declined(_)), "{rest:?}");
            case.assert_debited(700);
            return;
        }
        assert!(matches!(rest, RefundAnswer::Refunded(_)));
        assert_eq!(case.world.refund(&inquire_refund(1, 9, jpy(1), None)), RefundAnswer::NotFound);
        let cost = i64::from(case.payer.is_some());
        assert!((0..=cost).contains(&(RICH - case.world.balance("mei"))), "rounding at most");
    });
}

#[test]
fn a_refund_without_funds_is_asked_again_and_a_silent_one_is_found() {
    each("refund_no_funds", |case, code| {
        receipt(case.world.payment(&case.pay(1, code)));
        let call = refund(1, 1, jpy(YEN), case.payer);
        assert_eq!(case.world.refund(&call), RefundAnswer::NoFunds);
        assert!(matches!(case.world.refund(&call), RefundAnswer::Refunded(_)));
        case.assert_debited(0);
    });
    each("refund_silent", |case, code| {
        receipt(case.world.payment(&case.pay(1, code)));
        let call = refund(1, 1, jpy(YEN), case.payer);
        assert_eq!(case.world.refund(&call), RefundAnswer::Unknown(Unknown::TimedOut));
        let found = case.world.refund(&inquire_refund(1, 1, jpy(YEN), case.payer));
        assert!(matches!(found, RefundAnswer::Refunded(_)));
        assert_eq!(case.world.refund(&call), found);
        case.assert_debited(0);
    });
}

#[test]
fn control_calls_refuse_what_makes_no_sense() {
    each("approve", |case, _| {
        let world = &mut case.world;
        for (method, below, body, status) in [
            ("POST", "users", json!({ "user": "mei", "balance": -1 }), 422),
            ("POST", "users", json!({ "user": "a/b", "balance": 1 }), 422),
            ("POST", "users", json!({ "user": "x", "balance": i64::MAX }), 422),
            ("POST", "users", json!({ "user": "x" }), 400),
            ("POST", "users/nobody/code", json!({ "code_id": "c" }), 404),
            ("POST", "scenario", json!({ "user": "mei", "scenario": "explode" }), 400),
            ("POST", "scenario", json!({ "user": "nobody", "scenario": "decline" }), 404),
            ("POST", "no-such-call", json!({}), 404),
            ("GET", "scans/none", Value::Null, 404),
        ] {
            assert_eq!(world.control(method, below, &body).0, status, "{method} {below} {body}");
        }
        assert_eq!(world.balance("mei"), RICH);
        world.control("POST", "users", &json!({ "user": "mei", "balance": 5 }));
        assert_eq!(world.balance("mei"), RICH, "a user who is there stays as they are");
    });
}

#[test]
fn scenario_words_are_what_the_documents_say() {
    let words: Vec<Value> = Scenario::ALL.iter().map(|s| json!(s)).collect();
    assert_eq!(
        json!(words),
        json!([
            "approve",
            "decline",
            "unknown_then_yes",
            "unknown_then_no",
            "timeout",
            "lost_answer",
            "late_success",
            "wrong_amount",
            "bad_signature",
            "slow",
            "double_notice",
            "cancel_closed",
            "blocked",
            "no_confirm",
            "never_debit",
            "refund_no_funds",
            "refund_silent"
        ])
    );
}

#[test]
fn every_folder_is_complete() {
    for entry in WALLETS {
        assert!(WalletName::new(entry.name).is_ok());
        assert_eq!(Entry::named(entry.name).map(|found| found.title), Some(entry.title));
        for tempo in
            [crate::tempo::Tempo::Published, crate::tempo::Tempo::Demo, crate::tempo::Tempo::Test]
        {
            let profile = (entry.profile)(tempo);
            assert!(profile.first_inquiry_after.0 < profile.confirm_within.0);
            let inquiries = profile.inquiry_every.0 * u64::from(profile.inquiry_max - 1);
            let ladder = profile.first_inquiry_after.0 + inquiries;
            assert!(tempo.pace().0 < ladder, "a late answer is found by an inquiry");
        }
    }
}

mod search {
    use proptest::prelude::*;

    use super::*;

    #[derive(Clone, Debug)]
    enum Step {
        Meet(usize),
        Pay(u128),
        Inquire(u128),
        Cancel(u128),
        Refund(u128, u128, i64),
        InquireRefund(u128, u128),
        Wait(i64),
    }

    fn step() -> impl Strategy<Value = Step> {
        let n = 0u128..4;
        prop_oneof![
            2 => (0..Scenario::ALL.len()).prop_map(Step::Meet),
            3 => n.clone().prop_map(Step::Pay),
            2 => n.clone().prop_map(Step::Inquire),
            2 => n.clone().prop_map(Step::Cancel),
            2 => (n.clone(), 0u128..4, 0i64..1_300).prop_map(|(n, r, yen)| Step::Refund(n, r, yen)),
            1 => (n, 0u128..4).prop_map(|(n, r)| Step::InquireRefund(n, r)),
            2 => (1i64..200).prop_map(Step::Wait),
        ]
    }

    fn take(case: &mut Case, codes: &[String], step: &Step) -> String {
        let world = &mut case.world;
        let heard = match step {
            Step::Meet(index) => {
                let scenario = Scenario::ALL[*index];
                if scenario.of() != ScenarioOf::Scan {
                    let body = json!({ "user": "mei", "scenario": scenario, "times": 2 });
                    world.control("POST", "scenario", &body);
                }
                return String::new();
            }
            Step::Wait(ms) => {
                world.wait(*ms);
                return format!("{:?}", case.notices());
            }
            Step::Pay(n) => world.ask(&pay(*n, jpy(YEN), case.payer, &codes[*n as usize])),
            Step::Inquire(n) => world.ask(&inquire(*n)),
            Step::Cancel(n) => world.ask(&cancel(*n)),
            Step::Refund(n, r, yen) => {
                let part = |payer: Money| Money::new(payer.minor() * yen / YEN, payer.currency());
                world.ask(&refund(*n, *r, jpy(*yen), case.payer.map(part)))
            }
            Step::InquireRefund(n, r) => world.ask(&inquire_refund(*n, *r, jpy(1), None)),
        };
        format!("{heard:?}")
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        /// Whatever is asked in whatever order: the books balance, and a sandbox that crashes
        /// after every step says the same as one that never does.
        #[test]
        fn books_balance_and_a_crash_changes_nothing(steps in prop::collection::vec(step(), 1..40)) {
            for entry in WALLETS.iter().filter(|entry| !OTHER_HABITS.contains(&entry.name)) {
                let (mut steady, mut crashing) = (case(entry), case(entry));
                let codes = |case: &mut Case| -> Vec<String> {
                    (0..4).map(|n| case.world.user_with_code("mei", 20_000, &format!("c{n}"))).collect()
                };
                let (codes, same) = (codes(&mut steady), codes(&mut crashing));
                prop_assert_eq!(&codes, &same);
                for step in &steps {
                    let said = take(&mut steady, &codes, step);
                    prop_assert_eq!(take(&mut crashing, &codes, step), said);
                    crashing.world.sandbox.take_outgoing();
                    steady.world.sandbox.take_outgoing();
                    crashing.world.restart();
                    prop_assert_eq!(steady.world.books(), crashing.world.books());
                }
            }
        }
    }
}

#[test]
fn a_user_sees_what_they_paid_and_what_became_of_their_code() {
    each("approve", |case, code| {
        receipt(case.world.payment(&case.pay(1, code)));
        let (status, user) = case.world.control("GET", "users/mei", &Value::Null);
        assert_eq!((status, &user["user"]), (200, &json!("mei")));
        let (_, seen) = case.world.control("GET", "users/mei/payments", &Value::Null);
        let payment = &seen["payments"][0];
        assert_eq!((&payment["state"], &payment["user"]), (&json!("paid"), &json!("mei")));
        assert_eq!(payment["payer_amount"]["amount"], case.cost);
        let (_, code) = case.world.control("GET", "users/mei/codes/c1", &Value::Null);
        assert_eq!(code["payment"]["id"], payment["id"]);
        let id = payment["id"].as_str().unwrap().to_owned();
        let (_, same) = case.world.control("GET", &format!("payments/{id}"), &Value::Null);
        assert_eq!(same["transaction"], payment["transaction"]);
        let (_, offered) = case.world.control("GET", "scenarios", &Value::Null);
        assert!(offered["scenarios"].as_array().unwrap().contains(&json!("decline")));
        for nothing in ["users/nobody", "users/mei/codes/c9", "payments/nothing"] {
            assert_eq!(case.world.control("GET", nothing, &Value::Null).0, 404, "{nothing}");
        }
        // Nothing but looking.
        let cost = case.cost;
        case.assert_debited(cost);
    });
}
