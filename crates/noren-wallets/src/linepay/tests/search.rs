//! Whatever is asked in whatever order: the books balance, and a sandbox that crashes after every
//! step says the same as one that never does.

use noren_core::wallet::{PaymentAnswer, Reference};
use proptest::prelude::*;
use serde_json::json;

use super::{
    cancel, capture, inquire, inquire_capture, inquire_refund, order_call, refund, void, world,
};
use crate::sandbox::scenario::{Scenario, ScenarioOf};
use crate::testing::{World, jpy, pay};

const PAYMENTS: usize = 4;

#[derive(Clone, Debug)]
enum Step {
    Meet(usize),
    Order(usize, bool),
    Approve(usize),
    Refuse(usize),
    Pay(usize),
    Inquire(usize),
    Cancel(usize),
    Void(usize),
    Capture(usize, i64),
    InquireCapture(usize),
    Refund(usize, i64),
    InquireRefund(usize, i64),
    Close(u32),
    Wait(i64),
}

fn step() -> impl Strategy<Value = Step> {
    let n = 0..PAYMENTS;
    let yen = 1i64..1_300;
    prop_oneof![
        3 => (0..Scenario::ALL.len()).prop_map(Step::Meet),
        3 => (n.clone(), any::<bool>()).prop_map(|(n, hold)| Step::Order(n, hold)),
        3 => n.clone().prop_map(Step::Approve),
        1 => n.clone().prop_map(Step::Refuse),
        2 => n.clone().prop_map(Step::Pay),
        5 => n.clone().prop_map(Step::Inquire),
        2 => n.clone().prop_map(Step::Cancel),
        1 => n.clone().prop_map(Step::Void),
        2 => (n.clone(), yen.clone()).prop_map(|(n, yen)| Step::Capture(n, yen)),
        1 => n.clone().prop_map(Step::InquireCapture),
        2 => (n.clone(), yen.clone()).prop_map(|(n, yen)| Step::Refund(n, yen)),
        1 => (n, yen).prop_map(|(n, yen)| Step::InquireRefund(n, yen)),
        1 => (1u32..200).prop_map(Step::Close),
        2 => prop_oneof![1i64..200, Just(15_000)].prop_map(Step::Wait),
    ]
}

struct Run {
    world: World,
    codes: Vec<String>,
    /// How each payment is asked about, and its link.
    known: Vec<(Reference, Option<String>)>,
    crashes: bool,
}

impl Run {
    fn new(crashes: bool) -> Self {
        let mut world = world();
        let codes = (0..PAYMENTS).map(|n| super::code(&mut world, &format!("c{n}"))).collect();
        Self { world, codes, known: vec![(Reference::Request, None); PAYMENTS], crashes }
    }

    fn take(&mut self, step: &Step) -> String {
        let world = &mut self.world;
        let known = |n: &usize| self.known[*n].0.clone();
        let call = match step {
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
                return String::new();
            }
            Step::Close(ms) => {
                world.control("POST", "maintenance", &json!({ "for_ms": ms }));
                return String::new();
            }
            Step::Approve(n) | Step::Refuse(n) => {
                let Some(link) = &self.known[*n].1 else { return String::new() };
                let body = match step {
                    Step::Refuse(_) => json!({ "user": "mei", "code": link, "refuse": true }),
                    _ => json!({ "user": "mei", "code": link, "pin": "1234" }),
                };
                return world.control("POST", "pay", &body).1.to_string();
            }
            Step::Order(n, hold) => {
                let answer = world.payment(&order_call(*n as u128, jpy(1_200), *hold));
                if let PaymentAnswer::Ordered { link, handle: Some(handle) } = &answer {
                    self.known[*n] =
                        (Reference::Order { handle: handle.clone() }, Some(link.to_string()));
                }
                return format!("{answer:?}");
            }
            Step::Pay(n) => pay(*n as u128, jpy(1_200), None, &self.codes[*n]),
            Step::Inquire(n) => inquire(*n as u128, &known(n)),
            Step::Cancel(n) => cancel(*n as u128, &known(n)),
            Step::Void(n) => void(*n as u128, &known(n)),
            Step::Capture(n, yen) => capture(*n as u128, &known(n), *yen),
            Step::InquireCapture(n) => inquire_capture(*n as u128, &known(n), 1),
            Step::Refund(n, yen) => refund(*n as u128, &known(n), 1, *yen, 0),
            Step::InquireRefund(n, yen) => inquire_refund(*n as u128, &known(n), 1, *yen, 0),
        };
        format!("{:?}", world.ask(&call))
    }

    fn after(&mut self) {
        self.world.sandbox.take_outgoing();
        if self.crashes {
            self.world.restart();
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn books_balance_and_a_crash_changes_nothing(steps in prop::collection::vec(step(), 1..50)) {
        let (mut steady, mut crashing) = (Run::new(false), Run::new(true));
        prop_assert_eq!(&steady.codes, &crashing.codes);
        for step in &steps {
            let said = steady.take(step);
            prop_assert_eq!(crashing.take(step), said);
            steady.after();
            crashing.after();
            prop_assert_eq!(steady.world.books(), crashing.world.books());
            prop_assert_eq!(steady.world.sandbox.wake_at(), crashing.world.sandbox.wake_at());
        }
    }

    /// "Cancelled" is true for ever: whatever is asked afterwards, by whomever, no money of the
    /// payment is with the shop, and none will be. (A code that has not come yet is never told so.)
    #[test]
    fn cancelled_is_never_followed_by_money(steps in prop::collection::vec(step(), 1..50)) {
        let mut run = Run::new(false);
        let mut over = [false; PAYMENTS];
        for step in &steps {
            let said = run.take(step);
            if let Step::Cancel(n) | Step::Void(n) = step
                && said.contains("Cancelled")
            {
                over[*n] = true;
            }
            let books = run.world.books();
            for payment in books["payments"].as_array().unwrap() {
                let n = (0..PAYMENTS).find(|n| {
                    payment["id"] == json!(crate::testing::payment_id(*n as u128).to_string())
                });
                let left = payment["taken"].as_i64().unwrap() - payment["refunded"].as_i64().unwrap();
                prop_assert!(!over[n.unwrap()] || left == 0, "{payment}");
                prop_assert!(!over[n.unwrap()] || payment["state"] != "held", "{payment}");
            }
        }
    }
}
