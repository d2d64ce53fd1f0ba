//! Limits by day: what a merchant may take, and what one payer may pay there.
//!
//! The totals follow the rows of payments at the one place at which every payment is put back. A
//! total that a running payment counts in stays in memory, so nothing has to be fetched when that
//! payment changes; the others leave and are fetched as other things are.

use super::{Engine, planted};
use crate::day::{Counted, DayName, DayTotal, PayerHash};
use crate::directory::Merchant;
use crate::effects::Missing;
use crate::id::MerchantId;
use crate::keys::Key;
use crate::money::Money;
use crate::payment::Payment;
use crate::refusal::Refusal;
use crate::time::Timestamp;

/// A total in memory.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Day {
    total: i64,
    /// How many running payments count in it.
    running: usize,
}

impl Day {
    pub(super) fn found(total: i64) -> Self {
        Self { total, running: 0 }
    }

    /// True when it cannot leave memory.
    pub(super) fn stays(&self) -> bool {
        self.running > 0
    }

    fn add(&mut self, counted: &Counted) {
        let sum = self.total.checked_add(counted.amount);
        self.total = sum.expect("a total of a day fits 64 bits");
        self.running += usize::from(counted.running);
    }

    fn take_off(&mut self, counted: &Counted) {
        self.total -= counted.amount;
        assert!(self.total >= 0, "a day has less than nothing");
        let running = self.running.checked_sub(usize::from(counted.running));
        self.running = running.expect("what runs was counted");
    }
}

impl Engine {
    /// What counts of a payment becomes what its row says.
    pub(super) fn count_day(&mut self, before: Option<Counted>, after: Option<Counted>) {
        if before == after {
            return;
        }
        let changed = before.map(Counted::ended) != after.map(Counted::ended);
        let adds = after.map(|counted| (counted, Day::add as fn(&mut Day, &Counted)));
        let takes = before.map(|counted| (counted, Day::take_off as fn(&mut Day, &Counted)));
        for (counted, change) in adds.into_iter().chain(takes) {
            for name in counted.names() {
                let known = self.days.look_up(&name).expect("looked up before a wallet is asked");
                let mut day = known.copied().unwrap_or_default();
                change(&mut day, &counted);
                self.days.put_until(name, day, self.batch, !day.stays());
                if changed {
                    self.days_changed.insert(name);
                }
            }
        }
    }

    /// What the day's total was at a start, with the payments that count in it.
    pub(super) fn load_days(
        &mut self,
        days: Vec<DayTotal>,
        open: &[Payment],
    ) -> Result<(), String> {
        for (name, total) in days {
            self.days.put(name, Day::found(total), self.batch);
        }
        let running = open.iter().filter_map(Payment::counted).filter(|counted| counted.running);
        let mut least = std::collections::BTreeMap::<DayName, i64>::new();
        for counted in running {
            for name in counted.names() {
                let Some(mut day) = self.days.get(&name).copied() else {
                    return Err(format!("{name:?} has no total, and payments that count in it"));
                };
                day.running += 1;
                self.days.put_until(name, day, self.batch, false);
                let sum = least.entry(name).or_default();
                *sum = sum.saturating_add(counted.amount);
                if *sum > day.total {
                    let total = day.total;
                    return Err(format!("{name:?} has {total}, its running payments {sum}"));
                }
            }
        }
        Ok(())
    }

    /// The totals that changed since the last call, once each.
    pub(super) fn take_days_changed(&mut self) -> Vec<DayTotal> {
        let changed = std::mem::take(&mut self.days_changed).into_iter();
        let total = |name| self.days.get(&name).expect("it changed in this batch").total;
        changed.map(|name| (name, total(name))).collect()
    }

    /// Looked up before anything is decided about a payment that may come to count now.
    pub(super) fn look_up_days(
        &self,
        now: Timestamp,
        merchant: MerchantId,
        payer: Option<PayerHash>,
    ) -> Result<(), Missing> {
        let unknown = |name: &DayName| self.days.look_up(name).is_none();
        let mut unknown = DayName::of(merchant, now, payer).filter(unknown).peekable();
        match unknown.peek() {
            None => Ok(()),
            Some(_) => Err(Missing(unknown.map(Key::Day).collect())),
        }
    }

    /// The payer, where the merchant limits what one may pay: nobody else's hash is kept.
    pub(super) fn payer_counted(
        merchant: &Merchant,
        payer: Option<PayerHash>,
    ) -> Option<PayerHash> {
        payer.filter(|_| merchant.payer_day_max.is_some())
    }

    /// May the merchant take `more` today, and this payer pay it there? Asked before anything is
    /// asked of a wallet; `payer` as [`Engine::payer_counted`] gives it.
    pub(super) fn check_days(
        &self,
        now: Timestamp,
        merchant: &Merchant,
        payer: Option<PayerHash>,
        more: Money,
    ) -> Result<(), Refusal> {
        if planted!(self, DayLimitForgotten) {
            return Ok(());
        }
        for name in DayName::of(merchant.id, now, payer) {
            let (max, refusal) = match name.payer {
                None => (merchant.day_max, Refusal::MerchantDayLimit),
                Some(_) => (merchant.payer_day_max, Refusal::PayerDayLimit),
            };
            let known = self.days.look_up(&name).expect("looked up before it is decided");
            let total = known.map_or(0, |day| day.total);
            if max.is_some_and(|max| i128::from(total) + i128::from(more.minor()) > i128::from(max))
            {
                return Err(refusal);
            }
        }
        Ok(())
    }
}
