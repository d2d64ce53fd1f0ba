//! The pace of inquiries, seen from outside: no wallet is asked more often than its budget, and
//! what one second may have saved up, allow.

use std::collections::{BTreeMap, VecDeque};

use noren_core::directory::{Change, Wallet};
use noren_core::id::WalletName;
use noren_core::time::Timestamp;
use noren_core::wallet::{Ask, Call};

use super::{Auditor, Broken, broken};

const SECOND_MS: i64 = 1_000;

/// The budget of one wallet, and what it was before it was last changed.
#[derive(Clone, Copy, Debug)]
struct Budget {
    is: u64,
    was: u64,
    since: Timestamp,
}

/// What was asked lately.
#[derive(Clone, Debug, Default)]
pub(super) struct Pace {
    budgets: BTreeMap<WalletName, Budget>,
    asked: BTreeMap<WalletName, VecDeque<Timestamp>>,
    starts: VecDeque<Timestamp>,
    /// The most payments that had something to do at one time since the last start.
    due_most: usize,
}

impl Pace {
    pub fn directory(&mut self, change: &Change, now: Timestamp) {
        let Change::Wallet(Wallet { name, profile, .. }) = change else { return };
        let is = u64::from(profile.inquiry_budget_per_second.get());
        let was = self.budgets.get(name).map_or(is, |before| before.is);
        self.budgets.insert(*name, Budget { is, was, since: now });
    }

    pub fn due(&mut self, count: usize) {
        self.due_most = self.due_most.max(count);
    }

    /// How long the last in the longest queue may have to wait for its turn. A payment seldom has
    /// more than one question open, and never many.
    pub fn patience_ms(&self) -> i64 {
        const QUESTIONS: i64 = 4;
        let slowest = self.budgets.values().map(|budget| budget.is).min().unwrap_or(1);
        let due = i64::try_from(self.due_most).unwrap_or(i64::MAX);
        due.saturating_mul(QUESTIONS * SECOND_MS) / i64::try_from(slowest).unwrap_or(i64::MAX)
    }
}

fn within(moments: &mut VecDeque<Timestamp>, now: Timestamp) -> u64 {
    while moments.front().is_some_and(|at| at.0 <= now.0 - SECOND_MS) {
        moments.pop_front();
    }
    moments.len() as u64
}

impl Auditor {
    /// The process starts: what it had saved up is gone, and it has one inquiry for each wallet.
    pub fn started(&mut self, now: Timestamp) {
        self.pace.starts.push_back(now);
        self.pace.due_most = self.due.len();
    }

    /// Checks a call at the moment at which it was decided and committed.
    pub fn released(&mut self, call: &Call, now: Timestamp) -> Result<(), Broken> {
        match call.ask {
            Ask::Inquire { .. } | Ask::InquireCapture(_) | Ask::InquireRefund(_) => {}
            Ask::Pay(_)
            | Ask::Authorise(_)
            | Ask::CreateOrder(_)
            | Ask::Capture(_)
            | Ask::Void { .. }
            | Ask::Cancel { .. }
            | Ask::CancelRefund(_)
            | Ask::Refund(_) => return Ok(()),
        }
        let wallet = call.wallet;
        let Some(budget) = self.pace.budgets.get(&wallet) else {
            return broken("I7", format!("{wallet} is asked and is not in the directory"));
        };
        let changed_now = now.0 - budget.since.0 < SECOND_MS;
        let rate = if changed_now { budget.is.max(budget.was) } else { budget.is };
        let asked = self.pace.asked.entry(wallet).or_default();
        asked.push_back(now);
        let count = within(asked, now);
        let starts = within(&mut self.pace.starts, now) * (rate / 1_000).max(1);
        let most = 2 * rate + starts;
        if count > most {
            return broken("I10", format!("{count} inquiries in a second, {wallet} takes {most}"));
        }
        Ok(())
    }
}
