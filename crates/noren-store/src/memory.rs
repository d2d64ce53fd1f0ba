//! The store as a model: the same answers from plain maps, for the simulation.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use noren_core::credit::Credit;
use noren_core::day::{DayName, DayTotal};
use noren_core::directory::Change;
use noren_core::effects::{Event, Found, Row};
use noren_core::id::{About, CreditId, PaymentId, QuoteId, RefundId, Slot};
use noren_core::keys::{Key, KeyName, KeyRecord, Order, OrderName, UsedName};
use noren_core::ledger::{Account, Entry, Head};
use noren_core::payment::Payment;
use noren_core::quote::Quote;
use noren_core::time::Timestamp;

use crate::chain::{self, Content};
use crate::plan::Plan;
use crate::sqlite::{LastBatch, VERIFY_BATCHES};
use crate::{Batch, Fetch, Hash, Loaded, Store, StoreError};

/// What is to happen to the next commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It fails before anything is durable.
    Refused,
    /// It is durable, but the caller hears of an error, or of nothing: the process ends.
    DurableThenLost,
}

/// A batch and the rows of it that only ever grow.
#[derive(Clone, Debug)]
struct Sealed {
    number: u64,
    now: Timestamp,
    previous: Hash,
    hash: Hash,
    rows: Vec<Row>,
}

#[derive(Clone, Debug, Default)]
struct Disk {
    /// Shared with the forks: what was committed stays as it is.
    sealed: Vec<Arc<Sealed>>,
    /// So many batches were proven at an earlier load. Memory does not rot.
    proven: usize,
    payments: BTreeMap<PaymentId, Arc<Payment>>,
    credits: BTreeMap<CreditId, Arc<Credit>>,
    refunds: BTreeMap<RefundId, About>,
    orders: BTreeMap<OrderName, Order>,
    quotes: BTreeMap<QuoteId, Quote>,
    keys: BTreeMap<KeyName, KeyRecord>,
    used: BTreeMap<UsedName, About>,
    days: BTreeMap<DayName, i64>,
    accounts: BTreeMap<(Slot, u32), Account>,
    heads: BTreeMap<Slot, Head>,
    directory: BTreeMap<u64, Change>,
    fault: Option<Fault>,
    poisoned: bool,
}

/// A store without a disk. Clones are handles of the same store, so one can be the engine's, one
/// the prefetch's, and a third can look on; [`MemoryStore::fork`] makes another store.
///
/// After a commit has failed, further commits are refused until [`Store::load`]: that is the next
/// start.
#[derive(Clone, Debug, Default)]
pub struct MemoryStore(Arc<Mutex<Disk>>);

impl MemoryStore {
    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }

    fn disk(&self) -> MutexGuard<'_, Disk> {
        // A commit that panics does so before it changes anything.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A store of its own with the same content.
    pub fn fork(&self) -> Self {
        Self(Arc::new(Mutex::new(self.disk().clone())))
    }

    /// Sets what happens to the next commit. A [`Store::load`] before it forgets it again.
    pub fn fail_next(&self, fault: Fault) {
        self.disk().fault = Some(fault);
    }

    /// All payments, by id.
    pub fn payments(&self) -> Vec<Arc<Payment>> {
        self.disk().payments.values().cloned().collect()
    }

    /// All orders, by merchant and number.
    pub fn orders(&self) -> Vec<Order> {
        self.disk().orders.values().cloned().collect()
    }

    /// All entries, in the order in which they were committed.
    pub fn entries(&self) -> Vec<Entry> {
        self.appended(|row| match row {
            Row::Entry(entry) => Some(entry.clone()),
            _ => None,
        })
    }

    /// All events, in the order in which they were committed.
    pub fn events(&self) -> Vec<Event> {
        self.appended(|row| match row {
            Row::Event(event) => Some(event.clone()),
            _ => None,
        })
    }

    /// All accounts, by slot and number.
    pub fn accounts(&self) -> Vec<Account> {
        self.disk().accounts.values().cloned().collect()
    }

    /// All totals of days, by merchant, day and payer.
    pub fn days(&self) -> Vec<DayTotal> {
        self.disk().days.iter().map(|(name, total)| (*name, *total)).collect()
    }

    fn appended<T>(&self, pick: impl FnMut(&Row) -> Option<T>) -> Vec<T> {
        self.disk().sealed.iter().flat_map(|sealed| &sealed.rows).filter_map(pick).collect()
    }

    /// Checks chain and balance of the last `batches`. Errors with [`StoreError::Corrupt`].
    pub fn verify_last(&self, batches: u64) -> Result<(), StoreError> {
        self.disk().verify(batches)
    }
}

impl Disk {
    fn last(&self) -> LastBatch {
        self.sealed.last().map_or(LastBatch::default(), |last| LastBatch {
            number: last.number,
            hash: last.hash,
            now: Some(last.now),
        })
    }

    fn verify(&self, batches: u64) -> Result<(), StoreError> {
        let skip = self.sealed.len().saturating_sub(usize::try_from(batches).unwrap_or(usize::MAX));
        let mut previous =
            skip.checked_sub(1).map_or(Hash::default(), |place| self.sealed[place].hash);
        for sealed in &self.sealed[skip..] {
            let content = Content::of(&sealed.rows);
            let number = sealed.number;
            if let Some(entry) = content.entries.iter().find(|entry| !chain::balances(entry)) {
                let (entry, slot) = (entry.number, entry.slot.number());
                let fault =
                    format!("entry {entry} of slot {slot} in batch {number} does not balance");
                return Err(StoreError::Corrupt(fault));
            }
            if sealed.previous != previous
                || content.hash(&previous, number, sealed.now) != sealed.hash
            {
                return Err(StoreError::Corrupt(format!("batch {number} does not fit the chain")));
            }
            previous = sealed.hash;
        }
        Ok(())
    }

    /// What SQL would refuse: a name or number that is there already.
    fn check_new(&self, plan: &Plan<'_>) -> Result<(), StoreError> {
        let taken = |what: &str| Err(StoreError::Refused(format!("{what} is there already")));
        let twice = |n: usize, distinct: usize| n != distinct;
        if plan.keys.iter().any(|(name, _)| self.keys.contains_key(*name)) {
            return taken("a key");
        }
        let keys: std::collections::BTreeSet<_> = plan.keys.iter().map(|(name, _)| name).collect();
        let used: std::collections::BTreeSet<_> = plan.used.iter().map(|(name, ..)| name).collect();
        if twice(plan.keys.len(), keys.len()) || twice(plan.used.len(), used.len()) {
            return taken("a name within the batch");
        }
        if plan.used.iter().any(|(name, ..)| self.used.contains_key(*name)) {
            return taken("a used name");
        }
        if plan.directory.iter().any(|(version, ..)| self.directory.contains_key(version)) {
            return taken("a version of the directory");
        }
        let head = |slot: &Slot| self.heads.get(slot).copied().unwrap_or_default();
        if plan.entries.iter().any(|entry| entry.number <= head(&entry.slot).entries)
            || plan.events.iter().any(|event| event.seq <= head(&event.slot).events)
        {
            return taken("a number of a sequence");
        }
        Ok(())
    }

    fn write(&mut self, batch: &Batch) -> Result<Hash, StoreError> {
        self.last().check_next(batch)?;
        let plan = Plan::of(&batch.rows);
        self.check_new(&plan)?;
        // From here on nothing fails.
        for row in &batch.rows {
            match row {
                Row::Payment(payment) => {
                    let strays = payment.strays.iter().map(|stray| &stray.refund);
                    for refund in payment.refunds.iter().chain(strays) {
                        self.refunds.insert(refund.id, payment.id.into());
                    }
                    self.payments.insert(payment.id, payment.clone());
                }
                Row::Credit(credit) => {
                    if let Some(refund) = credit.refund() {
                        self.refunds.insert(refund.id, credit.id.into());
                    }
                    self.credits.insert(credit.id, credit.clone());
                }
                Row::Order(order) => {
                    self.orders.insert(order.name.clone(), order.clone());
                }
                Row::Quote(quote) => {
                    self.quotes.insert(quote.id, quote.clone());
                }
                Row::Key(name, record) => {
                    self.keys.insert(name.clone(), record.clone());
                }
                Row::Used(name, by, _) => {
                    self.used.insert(name.clone(), *by);
                }
                Row::Directory(version, change, _) => {
                    self.directory.insert(*version, change.clone());
                }
                Row::Entry(_) | Row::Event(_) | Row::Movement(_) => {}
            }
        }
        for account in &batch.seal.accounts {
            self.accounts.insert((account.slot, account.number), account.clone());
        }
        self.days.extend(batch.seal.days.iter().copied());
        self.heads.extend(batch.seal.heads.iter().copied());
        let hash = chain::batch_hash(batch);
        let grows = |row: &&Row| match row {
            Row::Entry(_) | Row::Event(_) | Row::Directory(..) | Row::Movement(_) => true,
            Row::Payment(_)
            | Row::Credit(_)
            | Row::Order(_)
            | Row::Quote(_)
            | Row::Key(..)
            | Row::Used(..) => false,
        };
        self.sealed.push(Arc::new(Sealed {
            number: batch.number,
            now: batch.now,
            previous: batch.previous,
            hash,
            rows: batch.rows.iter().filter(grows).cloned().collect(),
        }));
        Ok(hash)
    }

    fn find(&self, key: &Key) -> Found {
        let payment = |id: &PaymentId| {
            let payment = self.payments.get(id)?;
            Some(Found::Payment(Box::new(Payment::clone(payment))))
        };
        let credit = |id: &CreditId| {
            let credit = self.credits.get(id)?;
            Some(Found::Credit(Box::new(Credit::clone(credit))))
        };
        let found = match key {
            Key::Payment(id) => payment(id),
            Key::Refund(id) => match self.refunds.get(id) {
                Some(About::Payment(id)) => payment(id),
                Some(About::Credit(id)) => credit(id),
                None => None,
            },
            Key::Credit(id) => credit(id),
            Key::Quote(id) => {
                self.quotes.get(id).map(|quote| Found::Quote(Box::new(quote.clone())))
            }
            Key::Idempotency(name) => self.keys.get(name).cloned().map(Found::Key),
            Key::Order(name) => self.orders.get(name).cloned().map(Found::Order),
            Key::Used(name) => self.used.get(name).copied().map(Found::Used),
            Key::Day(name) => self.days.get(name).copied().map(Found::Day),
        };
        found.unwrap_or(Found::Nothing)
    }
}

impl Store for MemoryStore {
    fn load(&mut self) -> Result<Loaded, StoreError> {
        let mut disk = self.disk();
        let new = disk.sealed.len() - disk.proven;
        disk.verify(VERIFY_BATCHES.min(new.try_into().unwrap_or(u64::MAX)))?;
        disk.proven = disk.sealed.len();
        disk.poisoned = false;
        disk.fault = None;
        let LastBatch { number, hash, now } = disk.last();
        let mut open: Vec<Payment> = disk
            .payments
            .values()
            .filter(|payment| payment.is_open())
            .map(|payment| Payment::clone(payment))
            .collect();
        open.sort_by_key(|payment| (payment.id.slot(), payment.id));
        let credits = disk.credits.values().filter(|credit| credit.is_open());
        let credits = credits.map(|credit| Credit::clone(credit)).collect();
        let names = open.iter().filter_map(Payment::counted).flat_map(|counted| counted.names());
        let names = names.collect::<std::collections::BTreeSet<_>>().into_iter();
        let days = names.filter_map(|name| Some((name, *disk.days.get(&name)?))).collect();
        Ok(Loaded {
            number,
            hash,
            now,
            directory: disk
                .directory
                .iter()
                .map(|(version, change)| (*version, change.clone()))
                .collect(),
            accounts: disk.accounts.values().cloned().collect(),
            heads: disk.heads.iter().map(|(slot, head)| (*slot, *head)).collect(),
            open,
            credits,
            days,
        })
    }

    fn commit(&mut self, batch: &Batch) -> Result<Hash, StoreError> {
        let mut disk = self.disk();
        if disk.poisoned {
            return Err(StoreError::Refused("an earlier commit failed; start again".into()));
        }
        let fault = disk.fault.take();
        if fault == Some(Fault::Refused) {
            disk.poisoned = true;
            return Err(StoreError::Refused("injected: nothing is durable".into()));
        }
        let done = disk.write(batch);
        disk.poisoned = done.is_err();
        if fault == Some(Fault::DurableThenLost) && done.is_ok() {
            disk.poisoned = true;
            return Err(StoreError::Refused("injected: durable, but nobody hears of it".into()));
        }
        done
    }
}

impl Fetch for MemoryStore {
    fn fetch(&mut self, keys: &[Key]) -> Result<Vec<(Key, Found)>, StoreError> {
        let disk = self.disk();
        Ok(keys.iter().map(|key| (key.clone(), disk.find(key))).collect())
    }
}
