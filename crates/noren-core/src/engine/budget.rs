//! How many inquiries a wallet is sent: a budget for each wallet, spent oldest first.
//!
//! A wallet that was away comes back to all the questions that piled up, and so does a switch that
//! was restarted; asked all at once, they take the wallet down again. So an inquiry needs a
//! [`Token`], and nobody is handed one before those who have waited longer. Whoever gets none
//! stays where it is, due, in memory; nothing is written for it.
//!
//! Source: `reliability` facts, section 3: "inquiries draw from a budget per wallet".

use std::collections::BTreeSet;

use super::{Engine, planted};
use crate::id::{About, WalletName};
use crate::payment::Payment;
use crate::time::{Span, Timestamp};
use crate::wallet::{Ask, CaptureAsk, Profile, RefundAsk};

/// Permission for one inquiry. There is no inquiry without one.
pub(super) struct Token(());

impl Token {
    /// The inquiry for a capture.
    pub fn about_capture(self, ask: CaptureAsk) -> Ask {
        Ask::InquireCapture(ask)
    }

    /// The inquiry for a refund.
    pub fn about_refund(self, ask: RefundAsk) -> Ask {
        Ask::InquireRefund(ask)
    }
}

/// Thousandths of a token, so that a millisecond brings a whole number of them.
const WHOLE: u64 = 1_000;

/// A bucket that fills by the wallet's budget and holds what one second brings.
#[derive(Clone, Copy, Debug)]
struct Budget {
    /// Thousandths of a token.
    level: u64,
    /// When it was last filled; `None` before anybody asked.
    at: Option<Timestamp>,
}

impl Budget {
    const fn at_start() -> Self {
        Self { level: 0, at: None }
    }

    fn fill(&mut self, now: Timestamp, per_second: u64) {
        // After a start nobody knows what was spent before it: it has what a millisecond brings,
        // and at least one token, so that what is overdue is spread.
        let first = per_second.max(WHOLE);
        let brought = self.at.map_or(first, |at| now.since(at).0.saturating_mul(per_second));
        self.level = self.level.saturating_add(brought).min(per_second.saturating_mul(WHOLE));
        self.at = Some(self.at.map_or(now, |at| at.max(now)));
    }

    /// When there is a token again; `None` when there is one.
    fn ready_at(&self, per_second: u64) -> Option<Timestamp> {
        let lacks = WHOLE.saturating_sub(self.level);
        self.at.filter(|_| lacks > 0).map(|at| at.after(Span(lacks.div_ceil(per_second))))
    }

    fn take(&mut self) -> bool {
        let enough = self.level >= WHOLE;
        if enough {
            self.level -= WHOLE;
        }
        enough
    }
}

/// The inquiries of one wallet that wait for their time or their turn.
pub(super) struct Lane {
    pub waiting: BTreeSet<(Timestamp, About)>,
    budget: Budget,
}

impl Default for Lane {
    fn default() -> Self {
        Self { waiting: BTreeSet::new(), budget: Budget::at_start() }
    }
}

fn per_second(profile: &Profile) -> u64 {
    u64::from(profile.inquiry_budget_per_second.get())
}

impl Engine {
    /// Permission for an inquiry that has been due since `due_at`, if the budget has one and
    /// nobody has waited longer.
    pub(super) fn token(
        &mut self,
        now: Timestamp,
        payment: &Payment,
        due_at: Timestamp,
    ) -> Option<Token> {
        self.token_of(now, self.wallet(payment).name, due_at)
    }

    /// The same for a wallet by name.
    pub(super) fn token_of(
        &mut self,
        now: Timestamp,
        name: WalletName,
        due_at: Timestamp,
    ) -> Option<Token> {
        if planted!(self, BudgetIgnored) {
            return Some(Token(()));
        }
        let wallet = self.wallet_named(name);
        let (name, per_second) = (wallet.name, per_second(&wallet.profile));
        let lane = self.inquiries.entry(name).or_default();
        lane.budget.fill(now, per_second);
        let overtakes = lane.waiting.first().is_some_and(|(oldest, _)| *oldest < due_at);
        if overtakes || !lane.budget.take() {
            return None;
        }
        Some(Token(()))
    }

    /// The payment or credit whose inquiry is the next of this wallet's, when it is due and has a token.
    pub(super) fn next_inquiry(&mut self, name: WalletName, now: Timestamp) -> Option<About> {
        let per_second = per_second(&self.directory.wallet(name)?.profile);
        let lane = self.inquiries.get_mut(&name)?;
        lane.budget.fill(now, per_second);
        let (due_at, about) = *lane.waiting.first()?;
        (due_at <= now && lane.budget.level >= WHOLE).then_some(about)
    }

    /// How many inquiries are overdue at an instant because they wait their turn.
    pub fn inquiries_waiting(&self, now: Timestamp) -> usize {
        let due = |lane: &Lane| lane.waiting.iter().take_while(|(at, _)| *at <= now).count();
        self.inquiries.values().map(due).sum()
    }

    /// When the next inquiry of any wallet is due and has a token.
    pub(super) fn inquiries_wake(&self) -> Option<Timestamp> {
        let wakes = self.inquiries.iter().filter_map(|(name, lane)| {
            let (due_at, _) = lane.waiting.first()?;
            let per_second = per_second(&self.directory.wallet(*name)?.profile);
            let ready_at = lane.budget.ready_at(per_second);
            Some(ready_at.map_or(*due_at, |ready_at| ready_at.max(*due_at)))
        });
        wakes.min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many tokens the budget gives when one is asked for in every millisecond of a span.
    fn given(budget: &mut Budget, from: i64, to: i64, per_second: u64) -> u64 {
        let mut given = 0;
        for ms in from..to {
            budget.fill(Timestamp(ms), per_second);
            given += u64::from(budget.take());
        }
        given
    }

    #[test]
    fn a_start_is_spread_and_a_pause_saves_up_one_second_at_most() {
        for per_second in [1, 3, 50, 999, 5_000] {
            let mut budget = Budget::at_start();
            let first = given(&mut budget, 0, 1_000, per_second);
            let most = per_second.min(1_000);
            assert!(first == most || first == most - 1 || first == most + 1, "{first}");
            let after_pause = given(&mut budget, 3_600_000, 3_601_000, per_second);
            assert!(after_pause <= (2 * per_second).min(1_000), "{after_pause} of {per_second}");
        }
    }

    #[test]
    fn the_time_of_the_next_token_is_exact() {
        for per_second in [1, 3, 7, 50, 999, 1_000, 5_000] {
            let mut budget = Budget::at_start();
            budget.fill(Timestamp(10), per_second);
            while budget.take() {}
            let ready = budget.ready_at(per_second).unwrap();
            let mut before = budget;
            before.fill(Timestamp(ready.0 - 1), per_second);
            assert!(!before.take(), "{per_second} a second: too early");
            budget.fill(ready, per_second);
            assert!(budget.take(), "{per_second} a second: too late");
        }
    }

    #[test]
    fn time_that_goes_back_brings_nothing() {
        let mut budget = Budget::at_start();
        budget.fill(Timestamp(5_000), 10);
        while budget.take() {}
        budget.fill(Timestamp(1_000), 10);
        budget.fill(Timestamp(5_000), 10);
        assert!(!budget.take());
    }
}
