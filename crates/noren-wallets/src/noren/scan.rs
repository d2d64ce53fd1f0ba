//! A payer's scan of a shop's code, as the wallet's own records have it: one step at a time, each
//! durable before the next message leaves.

use noren_core::id::PaymentId;
use noren_core::money::Money;
use noren_core::time::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::messages::{Capture, DeclineWord, QuoteResponse, ResolveResponse};
use crate::sandbox::scenario::Scenario;

/// Where a scan stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "snake_case")]
pub enum Step {
    /// We ask the switch what the code leads to.
    Resolving,
    /// The user must type the amount.
    NeedsAmount,
    /// We ask the switch for a rate.
    Quoting,
    /// The user sees shop, amount and rate, and must approve with their PIN.
    NeedsPin,
    /// We ask the switch for permission to debit.
    Reserving,
    /// We have permission and hold back: until an instant, or for ever.
    Holding {
        /// When it goes on.
        until: Option<Timestamp>,
    },
    /// The user is debited; we tell the switch until it answers.
    Confirming,
    /// We give the permission up; we tell the switch until it answers.
    Failing {
        /// Why.
        reason: String,
    },
    /// Over.
    Ended(Outcome),
}

/// How a scan ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", content = "code", rename_all = "snake_case")]
pub enum Outcome {
    /// The shop was told that it is paid.
    Captured,
    /// The shop was told that the money is held.
    Held,
    /// The user was debited, and the switch's cancel was on its way: its answer decides.
    BeingCancelled,
    /// Cancelled by the switch; what was debited was given back.
    Cancelled,
    /// The switch refused, before any debit; the code of its problem.
    Refused(String),
    /// The wallet refused; its word.
    Failed(String),
    /// The user was debited and the switch refused the confirmation; the code of its problem.
    Disputed(String),
}

/// One scan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scan {
    /// Who.
    pub user: String,
    /// What was scanned.
    pub code: String,
    /// What the user typed.
    pub amount: Option<Money>,
    /// True when the user gave their PIN.
    pub approved: bool,
    /// What the user was to pay as they gave it, in the smallest unit; `None`: whatever it is.
    #[serde(default)]
    pub seen: Option<i64>,
    /// Where it stands.
    pub step: Step,
    /// What it meets.
    pub scenario: Scenario,
    /// What the code leads to.
    pub resolution: Option<ResolveResponse>,
    /// The switch's promise.
    pub quote: Option<QuoteResponse>,
    /// The switch's id.
    pub payment_id: Option<PaymentId>,
    /// Not debited from then on.
    pub confirm_by: Option<Timestamp>,
    /// Confirmations that were sent.
    pub confirms: u32,
    /// When the present step is taken, or its message repeated.
    pub next_at: Option<Timestamp>,
}

impl Scan {
    /// A code that was just scanned.
    pub fn new(now: Timestamp, user: &str, code: &str, scenario: Scenario) -> Self {
        Self {
            user: user.to_owned(),
            code: code.to_owned(),
            amount: None,
            approved: false,
            seen: None,
            step: Step::Resolving,
            scenario,
            resolution: None,
            quote: None,
            payment_id: None,
            confirm_by: None,
            confirms: 0,
            next_at: Some(now),
        }
    }

    /// True when the shop wants the money held, to capture it later.
    pub fn holds(&self) -> bool {
        self.resolution.as_ref().is_some_and(|found| found.capture == Capture::Later)
    }

    /// What the shop is to be paid: what the code says, else what the user typed.
    pub fn order_amount(&self) -> Option<Money> {
        self.resolution.as_ref().and_then(|resolution| resolution.amount).or(self.amount)
    }

    /// Goes to a step that acts at `at`, or waits for somebody with `None`.
    pub fn go(&mut self, step: Step, at: Option<Timestamp>) {
        self.step = step;
        self.next_at = at;
    }

    /// Ends it.
    pub fn end(&mut self, outcome: Outcome) {
        self.go(Step::Ended(outcome), None);
    }

    /// The user gave their PIN for what they saw. A promise that has ended meanwhile is had anew: the
    /// approval holds if that one costs the same.
    pub fn approve(&mut self, now: Timestamp, seen: Option<i64>) {
        (self.approved, self.seen) = (true, seen);
        let over = self.quote.as_ref().is_some_and(|quote| quote.expires_at <= now);
        if seen.is_some() && over {
            self.renew(now);
        }
    }

    /// The amount that was typed and the PIN that was given may let it go on.
    pub fn prompt(&mut self, now: Timestamp) {
        if self.step == Step::NeedsAmount && self.amount.is_some() {
            self.go(Step::Quoting, Some(now));
        }
        if self.step == Step::NeedsPin && self.approved {
            let costs = self.quote.as_ref().map(|quote| quote.payer_amount.minor());
            if self.seen.is_none() || self.seen == costs {
                self.go(Step::Reserving, Some(now));
            } else {
                (self.approved, self.seen) = (false, None);
            }
        }
    }

    /// The switch said what the code leads to.
    pub fn resolved(&mut self, now: Timestamp, resolution: ResolveResponse) {
        self.resolution = Some(resolution);
        let next = if self.order_amount().is_some() { Step::Quoting } else { Step::NeedsAmount };
        let at = (next == Step::Quoting).then_some(now);
        self.go(next, at);
    }

    /// The switch promised a rate.
    pub fn quoted(&mut self, now: Timestamp, quote: QuoteResponse) {
        self.quote = Some(quote);
        self.go(Step::NeedsPin, None);
        self.prompt(now);
    }

    /// The user looked too long, and wants another rate. Once there is a PIN it is too late for that.
    pub fn renew(&mut self, now: Timestamp) {
        if self.step == Step::NeedsPin {
            self.quote = None;
            self.go(Step::Quoting, Some(now));
        }
    }

    /// Gives the permission up.
    pub fn fail(&mut self, now: Timestamp, reason: &str) {
        self.go(Step::Failing { reason: reason.to_owned() }, Some(now));
    }

    /// The switch gave permission; what follows is the scenario's affair.
    pub fn reserved(&mut self, now: Timestamp, pace: noren_core::time::Span) {
        match self.scenario {
            Scenario::Decline => self.fail(now, DeclineWord::PayerRefused.name()),
            Scenario::UnknownThenYes | Scenario::UnknownThenNo => {
                let until = Some(now.after(pace));
                self.go(Step::Holding { until }, until);
            }
            Scenario::Timeout | Scenario::NeverDebit | Scenario::LateSuccess => {
                self.go(Step::Holding { until: None }, None);
            }
            Scenario::Approve
            | Scenario::LostAnswer
            | Scenario::WrongAmount
            | Scenario::BadSignature
            | Scenario::DoubleNotice
            | Scenario::Slow
            | Scenario::CancelClosed
            | Scenario::Blocked
            | Scenario::NoConfirm
            | Scenario::RefundNoFunds
            | Scenario::RefundSilent => self.go(Step::Holding { until: Some(now) }, Some(now)),
        }
    }

    /// For the wallet's screen and for tests.
    pub fn shown(&self, scan_id: &str, wallet_payment_id: &str) -> Value {
        let (step, outcome, code) = match &self.step {
            Step::Resolving => ("resolving", None, None),
            Step::NeedsAmount => ("needs_amount", None, None),
            Step::Quoting => ("quoting", None, None),
            Step::NeedsPin => ("needs_pin", None, None),
            Step::Reserving => ("reserving", None, None),
            Step::Holding { .. } => ("holding", None, None),
            Step::Confirming => ("confirming", None, None),
            Step::Failing { reason } => ("failing", None, Some(reason.as_str())),
            Step::Ended(outcome) => match outcome {
                Outcome::Captured => ("ended", Some("captured"), None),
                Outcome::Held => ("ended", Some("held"), None),
                Outcome::BeingCancelled => ("ended", Some("being_cancelled"), None),
                Outcome::Cancelled => ("ended", Some("cancelled"), None),
                Outcome::Refused(code) => ("ended", Some("refused"), Some(code.as_str())),
                Outcome::Failed(code) => ("ended", Some("failed"), Some(code.as_str())),
                Outcome::Disputed(code) => ("ended", Some("disputed"), Some(code.as_str())),
            },
        };
        json!({
            "scan_id": scan_id, "wallet_payment_id": wallet_payment_id, "user": self.user,
            "step": step, "outcome": outcome, "code": code,
            "shop": self.resolution.as_ref().map(|resolution| &resolution.shop),
            "amount": self.order_amount(),
            "quote": self.quote,
            "limit": self.resolution.as_ref().map(|resolution| resolution.limit),
            "expires_at": self
                .resolution
                .as_ref()
                .and_then(|resolution| resolution.expires_at)
                .map(crate::instant::print),
            "payment_id": self.payment_id,
        })
    }
}
