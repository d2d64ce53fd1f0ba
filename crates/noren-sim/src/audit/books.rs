//! The books, added up again from the postings alone (I1, I3).

use std::collections::{BTreeMap, BTreeSet};

use noren_core::effects::Seal;
use noren_core::id::{About, MovementId, Slot};
use noren_core::ledger::{Account, AccountKind, AccountName, Cause, Entry, EntryKind, Side};
use noren_core::money::{Currency, Money};

use super::pending::Sums;
use super::{Broken, broken};

/// What the postings of one payment, or of one credit, add up to.
#[derive(Clone, Debug, Default)]
pub(super) struct OwnBooks {
    /// How many entries there were of each kind, by [`place`].
    pub entries: [usize; 10],
    /// Debits less credits by kind of account and currency.
    pub nets: BTreeMap<(AccountKind, Currency), i64>,
}

impl OwnBooks {
    pub fn count(&self, kind: EntryKind) -> usize {
        self.entries[place(kind)]
    }
}

/// What an entry was booked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Whose {
    About(About),
    Movement(MovementId),
}

fn whose(cause: &Cause) -> Whose {
    match cause {
        Cause::Payment { payment, .. } => Whose::About(About::Payment(*payment)),
        Cause::Credit(credit) => Whose::About(About::Credit(*credit)),
        Cause::Movement(movement) => Whose::Movement(*movement),
    }
}

fn place(kind: EntryKind) -> usize {
    match kind {
        EntryKind::Capture => 0,
        EntryKind::Refund => 1,
        EntryKind::Stray => 2,
        EntryKind::StrayReturn => 3,
        EntryKind::Credit => 4,
        EntryKind::CreditReturn => 5,
        EntryKind::CreditAssign => 6,
        EntryKind::ClaimClosed => 7,
        EntryKind::Prefunding => 8,
        EntryKind::PrefundingReturn => 9,
    }
}

/// Where an account's postings have come to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Totals {
    debits: i64,
    credits: i64,
}

/// All postings, added up.
#[derive(Clone, Debug, Default)]
pub(super) struct Books {
    totals: BTreeMap<(Slot, u32), Totals>,
    names: BTreeMap<(Slot, u32), AccountName>,
    heads: BTreeMap<Slot, (u64, u64)>,
    of: BTreeMap<Whose, OwnBooks>,
    /// What is pending by the rows of payments, and the accounts that this batch touched.
    pending: BTreeMap<(Slot, AccountName), Sums>,
    pended: BTreeSet<(Slot, AccountName)>,
    /// The same as it is stored.
    stored: BTreeMap<(Slot, AccountName), Sums>,
    /// Postings whose account's name comes with the seal of the same batch.
    unnamed: Vec<(Whose, Slot, u32, Side, Money)>,
}

impl Books {
    /// One entry: numbers without gaps, and each currency in balance.
    pub fn entry(&mut self, entry: &Entry) -> Result<(), Broken> {
        let (number, posting) = self.heads.entry(entry.slot).or_default();
        *number += 1;
        if entry.number != *number {
            return broken("I3", format!("entry {} came where {number} is due", entry.number));
        }
        let mut sums: BTreeMap<Currency, i128> = BTreeMap::new();
        for line in &entry.postings {
            *posting += 1;
            if line.seq != *posting {
                return broken("I3", format!("posting {} came where {posting} is due", line.seq));
            }
            if line.amount.minor() <= 0 {
                return broken("I1", format!("a posting of {} in {entry:?}", line.amount));
            }
            let totals = self.totals.entry((entry.slot, line.account)).or_default();
            let sum = sums.entry(line.amount.currency()).or_default();
            match line.side {
                Side::Debit => {
                    totals.debits += line.amount.minor();
                    *sum += i128::from(line.amount.minor());
                }
                Side::Credit => {
                    totals.credits += line.amount.minor();
                    *sum -= i128::from(line.amount.minor());
                }
            }
            let unnamed = (whose(&entry.cause), entry.slot, line.account, line.side, line.amount);
            self.unnamed.push(unnamed);
        }
        if sums.values().any(|sum| *sum != 0) {
            return broken("I1", format!("an entry does not balance: {entry:?}"));
        }
        self.of.entry(whose(&entry.cause)).or_default().entries[place(entry.kind)] += 1;
        Ok(())
    }

    /// Something is pending on an account, or is no more.
    pub fn await_more(&mut self, of: (Slot, AccountName), sums: Sums, sign: i64) {
        let pending = self.pending.entry(of).or_default();
        *pending = (pending.0 + sign * sums.0, pending.1 + sign * sums.1);
        self.pended.insert(of);
    }

    /// At the end of a batch: what is stored as pending is what the rows of payments make.
    pub fn awaited_is_stored(&mut self) -> Result<(), Broken> {
        for of in std::mem::take(&mut self.pended) {
            self.pending_is(of, self.stored.get(&of).copied().unwrap_or_default())?;
        }
        Ok(())
    }

    fn pending_is(&self, of: (Slot, AccountName), stored: Sums) -> Result<(), Broken> {
        let due = self.pending.get(&of).copied().unwrap_or_default();
        if due == stored {
            return Ok(());
        }
        let what = format!("{stored:?} is pending on {of:?}, its payments make {due:?}");
        broken("I3", what)
    }

    /// The end of a batch: stored totals are those of the postings, and heads are as far as they.
    pub fn seal(&mut self, seal: &Seal) -> Result<(), Broken> {
        for account in &seal.accounts {
            self.account(account)?;
            let sums = (account.pending_debits, account.pending_credits);
            self.stored.insert((account.slot, account.name), sums);
            self.pended.insert((account.slot, account.name));
        }
        for (slot, head) in &seal.heads {
            let (entries, postings) = self.heads.get(slot).copied().unwrap_or_default();
            if (head.entries, head.postings) != (entries, postings) {
                return broken("I3", format!("the head {head:?} is not that of the postings"));
            }
        }
        for (whose, slot, number, side, amount) in std::mem::take(&mut self.unnamed) {
            let Some(name) = self.names.get(&(slot, number)) else {
                return broken("I11", format!("account {number} has postings but no row"));
            };
            if name.currency != amount.currency() {
                return broken("I1", format!("{amount} was posted to {name:?}"));
            }
            let nets = &mut self.of.entry(whose).or_default().nets;
            let net = nets.entry((name.kind, name.currency)).or_default();
            match side {
                Side::Debit => *net += amount.minor(),
                Side::Credit => *net -= amount.minor(),
            }
        }
        let mut sums: BTreeMap<Currency, i128> = BTreeMap::new();
        for (key, totals) in &self.totals {
            let Some(name) = self.names.get(key) else {
                return broken("I11", format!("account {key:?} has postings but no row"));
            };
            let net = i128::from(totals.debits) - i128::from(totals.credits);
            *sums.entry(name.currency).or_default() += net;
        }
        match sums.iter().find(|(_, sum)| **sum != 0) {
            Some((currency, sum)) => broken("I1", format!("all of {currency} sums to {sum}")),
            None => Ok(()),
        }
    }

    /// A stored account must be what its postings add up to.
    fn account(&mut self, account: &Account) -> Result<(), Broken> {
        let key = (account.slot, account.number);
        if *self.names.entry(key).or_insert(account.name) != account.name {
            return broken("I3", format!("account {key:?} changed its name: {account:?}"));
        }
        let totals = self.totals.get(&key).copied().unwrap_or_default();
        let stored = Totals { debits: account.debits, credits: account.credits };
        if totals != stored {
            return broken("I3", format!("{stored:?} is stored for {totals:?} of {account:?}"));
        }
        Ok(())
    }

    /// True when these are all the accounts, with the right totals.
    pub fn are<'a>(&self, accounts: impl Iterator<Item = &'a Account>) -> Result<(), Broken> {
        let mut count = 0;
        for account in accounts {
            count += 1;
            let key = (account.slot, account.number);
            let totals = self.totals.get(&key).copied().unwrap_or_default();
            if self.names.get(&key) != Some(&account.name)
                || (totals.debits, totals.credits) != (account.debits, account.credits)
            {
                return broken("I3", format!("loaded {account:?}, the postings say {totals:?}"));
            }
            let sums = (account.pending_debits, account.pending_credits);
            self.pending_is((account.slot, account.name), sums)?;
        }
        if count != self.names.len() {
            return broken("I3", format!("{count} accounts loaded of {}", self.names.len()));
        }
        Ok(())
    }

    pub fn of(&self, about: About) -> OwnBooks {
        self.of.get(&Whose::About(about)).cloned().unwrap_or_default()
    }

    pub fn of_movement(&self, id: MovementId) -> OwnBooks {
        self.of.get(&Whose::Movement(id)).cloned().unwrap_or_default()
    }

    /// What is pending by account, over all slots.
    pub fn awaited(&self) -> BTreeMap<AccountName, Sums> {
        let mut pending = BTreeMap::<AccountName, Sums>::new();
        for ((_, name), sums) in &self.pending {
            let sum = pending.entry(*name).or_default();
            *sum = (sum.0 + sums.0, sum.1 + sums.1);
        }
        pending
    }

    /// What is pending to be owed on all accounts that `pick` names.
    pub fn may_come(&self, pick: impl Fn(&AccountName) -> bool) -> i64 {
        let picked = self.pending.iter().filter(|((_, name), _)| pick(name));
        picked.map(|(_, sums)| sums.0).sum()
    }

    /// Debits less credits of all accounts that `pick` names, by currency.
    pub fn net(&self, pick: impl Fn(&AccountName) -> bool) -> BTreeMap<Currency, i64> {
        let mut nets = BTreeMap::new();
        for (key, name) in self.names.iter().filter(|(_, name)| pick(name)) {
            let totals = self.totals.get(key).copied().unwrap_or_default();
            *nets.entry(name.currency).or_default() += totals.debits - totals.credits;
        }
        nets
    }

    /// Every account with what it holds, under a name for people.
    pub fn balances(&self) -> BTreeMap<AccountName, i64> {
        let mut balances = BTreeMap::new();
        for (key, name) in &self.names {
            let totals = self.totals.get(key).copied().unwrap_or_default();
            *balances.entry(*name).or_default() += totals.debits - totals.credits;
        }
        balances
    }
}
