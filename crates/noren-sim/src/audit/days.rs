//! What a shop takes in a day, and what one payer pays there, counted again from the rows of
//! payments; and what a wallet pays at once.

use std::collections::{BTreeMap, BTreeSet};

use noren_core::day::{DayName, DayTotal, PayerHash};
use noren_core::directory::Change;
use noren_core::id::{MerchantId, WalletName};
use noren_core::money::Currency;
use noren_core::payment::{Payment, State};
use noren_core::wallet::Reference;

use super::{Broken, broken, holds, pending};

/// A merchant, a day by its number since 1970-01-01 in Tokyo, and one payer or all.
type Name = (MerchantId, i64, Option<PayerHash>);

/// What the merchant's limits are, in minor units.
#[derive(Clone, Copy, Debug, Default)]
struct Limits {
    day: Option<i64>,
    payer: Option<i64>,
}

/// Totals by day as the rows of payments make them, and the limits that hold.
#[derive(Clone, Debug, Default)]
pub(super) struct Days {
    due: BTreeMap<Name, i64>,
    stored: BTreeMap<Name, i64>,
    touched: BTreeSet<Name>,
    limits: BTreeMap<MerchantId, Limits>,
    largest: BTreeMap<WalletName, (Currency, i64)>,
}

/// Which totals a payment is a part of: those of the day on which its wallet was asked.
fn names(payment: &Payment) -> Vec<Name> {
    let Some(asked) = payment.state.asked() else { return Vec::new() };
    // Tokyo is nine hours ahead of UTC, all the year.
    let day = (asked.at.0 + 9 * 3_600_000).div_euclid(86_400_000);
    let name = |payer| (payment.merchant, day, payer);
    [name(None)].into_iter().chain(payment.payer.map(|payer| name(Some(payer)))).collect()
}

/// What may still become money counts whole, and what has ended as far as it was captured.
fn amount(payment: &Payment) -> i64 {
    match &payment.state {
        State::Captured(_) => payment.amount.minor(),
        state if pending::may_come(state) => payment.amount.minor(),
        _ => holds::taken(payment).map(|part| part.amount.minor()).sum(),
    }
}

/// The number of a day as it is stored.
fn number(name: &DayName) -> i64 {
    let leap = |year: i64| year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let (year, month, day) = name.day.ymd();
    let years: i64 = (1970..year).map(|year| 365 + i64::from(leap(year))).sum();
    let february = 28 + i64::from(leap(year));
    let months = [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let months: i64 = months[..usize::from(month) - 1].iter().sum();
    years + months + i64::from(day) - 1
}

impl Days {
    pub fn directory(&mut self, change: &Change) {
        match change {
            Change::Merchant(merchant) => {
                let limits = Limits { day: merchant.day_max, payer: merchant.payer_day_max };
                self.limits.insert(merchant.id, limits);
            }
            Change::Wallet(wallet) => {
                match wallet.profile.payment_max {
                    Some(max) => self.largest.insert(wallet.name, (wallet.profile.currency, max)),
                    None => self.largest.remove(&wallet.name),
                };
            }
            _ => {}
        }
    }

    /// A payment's row replaced another one. Rows come in the order in which they were decided, so
    /// the limits that hold here are those that held then.
    pub fn note(&mut self, old: Option<&Payment>, new: &Payment) -> Result<(), Broken> {
        let (was, is) = (old.map_or_else(Vec::new, names), names(new));
        for name in was.iter().chain(&is) {
            self.touched.insert(*name);
        }
        for name in &was {
            *self.due.entry(*name).or_default() -= old.map_or(0, amount);
        }
        for name in &is {
            *self.due.entry(*name).or_default() += amount(new);
        }
        let Some(asked) = new.state.asked() else { return Ok(()) };
        // What a push rail credits cannot be refused: nobody was asked.
        let pushed = matches!(asked.reference, Reference::Credit { .. });
        if old.and_then(|old| old.state.asked()).is_some() || pushed {
            return Ok(());
        }
        let id = new.id;
        let limits = self.limits.get(&new.merchant).copied().unwrap_or_default();
        if new.payer.is_some() && limits.payer.is_none() {
            return broken("L2", format!("{id} keeps a payer whom no limit has to know"));
        }
        for name in is {
            let (whose, limit) = match name.2 {
                None => ("the shop", limits.day),
                Some(_) => ("the payer", limits.payer),
            };
            let due = self.due.get(&name).copied().unwrap_or(0);
            if let Some(limit) = limit
                && due > limit
            {
                return broken("L2", format!("{id} was asked for: {whose} has {due} of {limit}"));
            }
        }
        let owed = asked.payer.unwrap_or(new.amount);
        match self.largest.get(&asked.wallet) {
            Some((currency, max)) if owed.currency() == *currency && owed.minor() > *max => {
                broken("L3", format!("{} was asked for {owed}, and pays {max}", asked.wallet))
            }
            Some(_) | None => Ok(()),
        }
    }

    /// The end of a batch: what is stored is what the rows of payments make (I3).
    pub fn close(&mut self, changed: &[DayTotal]) -> Result<(), Broken> {
        for (name, total) in changed {
            let name = (name.merchant, number(name), name.payer);
            self.stored.insert(name, *total);
            self.touched.insert(name);
        }
        for name in std::mem::take(&mut self.touched) {
            let of = |totals: &BTreeMap<Name, i64>| totals.get(&name).copied().unwrap_or(0);
            let (stored, due) = (of(&self.stored), of(&self.due));
            if stored != due {
                let what = format!("{stored} is stored of {name:?}, its payments make {due}");
                return broken("I3", what);
            }
        }
        Ok(())
    }
}
