//! What is in memory, and when it may leave.
//!
//! The rule: a thing may leave only after its own commit, and after every command whose fetch began
//! before that commit has been applied. Otherwise a fetch could read "absent" while the row is on
//! its way. Each thing carries the number of the batch that changed it last, and things leave
//! between batches only, when no fetch is under way.

use std::collections::VecDeque;
use std::collections::hash_map::Entry;
use std::hash::Hash;

use super::days::Day;
use super::{Engine, Hashing, Map};
use crate::quote::Quote;

/// How much may stay in memory when it need not be there. A payment that is open never leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Keep {
    /// Payments that have ended.
    pub payments: usize,
    /// Idempotency keys, orders, things used once, quotes, and totals of days: so many of each.
    pub names: usize,
}

impl Default for Keep {
    /// What a busy switch decided within the last second: repeats of it need no fetch. Four times as
    /// much costs the engine a quarter of its speed, because it leaves the processor's cache.
    fn default() -> Self {
        Self { payments: 8_192, names: 16_384 }
    }
}

/// How many things are in memory.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct InMemory {
    /// Payments that are open.
    pub open: usize,
    /// Payments that have ended.
    pub ended: usize,
    /// Idempotency keys.
    pub keys: usize,
    /// Orders.
    pub orders: usize,
    /// Payment codes and receipts.
    pub used: usize,
    /// Quotes.
    pub quotes: usize,
    /// Totals of days.
    pub days: usize,
}

impl InMemory {
    /// All of them.
    pub fn total(&self) -> usize {
        let names = self.keys + self.orders + self.used + self.quotes + self.days;
        self.open + self.ended + names
    }
}

/// A name on a shelf.
struct Held<V> {
    what: What<V>,
    /// The batch that changed it last, or fetched it.
    batch: u64,
    /// It stands in the queue.
    waits: bool,
}

enum What<V> {
    Thing(V),
    /// The thing is in the hands of a command.
    InHand,
    /// The store was found not to have it. Worth something as long as absences are counted so.
    Absent(u64),
}

/// Things of one kind by name, and the order in which they may leave.
pub(super) struct Shelf<K, V> {
    held: Map<K, Held<V>>,
    /// What may leave, each name once; what came first goes first.
    queue: VecDeque<K>,
    /// How often absences were forgotten.
    absences: u64,
}

impl<K: Clone + Eq + Hash, V> Shelf<K, V> {
    pub(super) fn new(hashing: Hashing) -> Self {
        Self { held: Map::with_hasher(hashing), queue: VecDeque::new(), absences: 0 }
    }

    pub(super) fn get(&self, name: &K) -> Option<&V> {
        self.look_up(name).flatten()
    }

    /// The thing, or that the store does not have it. `None`: nobody has looked.
    pub(super) fn look_up(&self, name: &K) -> Option<Option<&V>> {
        match &self.held.get(name)?.what {
            What::Thing(value) => Some(Some(value)),
            What::Absent(counted) => (*counted == self.absences).then_some(None),
            What::InHand => unreachable!("what a command has in hand it does not look for"),
        }
    }

    /// Things that may leave one day.
    pub(super) fn waiting(&self) -> usize {
        self.queue.len()
    }

    pub(super) fn len(&self) -> usize {
        self.held.len()
    }

    /// Puts a thing there that may leave after batch `batch`; gives what it replaces.
    pub(super) fn put(&mut self, name: K, value: V, batch: u64) -> Option<V> {
        self.put_until(name, value, batch, true)
    }

    /// As [`Shelf::put`]; with `waits` false it stays until it is put there again.
    pub(super) fn put_until(&mut self, name: K, value: V, batch: u64, waits: bool) -> Option<V> {
        match self.set(name, What::Thing(value), batch, waits) {
            Some(What::Thing(before)) => Some(before),
            Some(What::InHand | What::Absent(_)) | None => None,
        }
    }

    /// Notes that the store does not have it. Memory wins.
    pub(super) fn note_absent(&mut self, name: K, batch: u64) {
        if !self.held.get(&name).is_some_and(|held| matches!(held.what, What::Thing(_))) {
            self.set(name, What::Absent(self.absences), batch, true);
        }
    }

    /// The notes say nothing any more. They leave when their turn comes.
    pub(super) fn forget_absences(&mut self) {
        self.absences += 1;
    }

    fn set(&mut self, name: K, what: What<V>, batch: u64, waits: bool) -> Option<What<V>> {
        let queue = &mut self.queue;
        match self.held.entry(name) {
            Entry::Occupied(mut place) => {
                if waits && !place.get().waits {
                    queue.push_back(place.key().clone());
                }
                let held = place.get_mut();
                held.batch = batch;
                held.waits |= waits;
                Some(std::mem::replace(&mut held.what, what))
            }
            Entry::Vacant(place) => {
                if waits {
                    queue.push_back(place.key().clone());
                }
                place.insert(Held { what, batch, waits });
                None
            }
        }
    }

    /// Takes a thing in hand. It has to be put back within the same command.
    pub(super) fn take(&mut self, name: &K) -> Option<V> {
        let held = self.held.get_mut(name)?;
        match std::mem::replace(&mut held.what, What::InHand) {
            What::Thing(value) => Some(value),
            What::InHand | What::Absent(_) => None,
        }
    }

    /// Lets names go until no more than `keep` wait: those that changed last in batch `durable` or
    /// before, unless they `stay` after all. Looks at each once, so what came late costs no time.
    fn let_go(
        &mut self,
        durable: u64,
        keep: usize,
        stays: impl Fn(&V) -> bool,
        mut gone: impl FnMut(V),
    ) {
        for _ in keep..self.queue.len() {
            let Some(name) = self.queue.pop_front() else { return };
            let Entry::Occupied(mut place) = self.held.entry(name) else {
                unreachable!("what waits is there")
            };
            let held = place.get_mut();
            match &held.what {
                // It waits again when it is put back.
                What::Thing(value) if stays(value) => held.waits = false,
                What::Thing(_) if held.batch > durable => self.queue.push_back(place.key().clone()),
                What::Thing(_) | What::Absent(_) => {
                    if let What::Thing(value) = place.remove().what {
                        gone(value);
                    }
                }
                What::InHand => unreachable!("a command puts back what it took"),
            }
        }
    }
}

impl Engine {
    /// The batch that is being applied, counted from this engine's start: the first is 1.
    /// [`Engine::seal`] closes it.
    pub fn batch(&self) -> u64 {
        self.batch
    }

    /// Lets go of what need not be in memory. To be called between batches only, when all that was
    /// fetched has been used. `durable`: all that was applied up to and in this batch of
    /// [`Engine::batch`] is committed, and every fetch from now on sees it.
    ///
    /// Changes no decision: what is missing is asked for.
    pub fn let_go(&mut self, durable: u64, keep: Keep) {
        // What the store did not have a moment ago it may have now.
        self.forget_absences();
        let owners = &mut self.refund_owners;
        self.payments.let_go(
            durable,
            keep.payments,
            |payment| payment.is_open(),
            |payment| {
                let strays = payment.strays.iter().map(|stray| &stray.refund);
                for refund in payment.refunds.iter().chain(strays) {
                    owners.remove(&refund.id);
                }
            },
        );
        self.credits.let_go(
            durable,
            keep.payments,
            |credit| credit.is_open(),
            |credit| {
                if let Some(refund) = credit.refund() {
                    owners.remove(&refund.id);
                }
            },
        );
        self.keys.let_go(durable, keep.names, |_| false, drop);
        self.orders.let_go(durable, keep.names, |_| false, drop);
        self.used.let_go(durable, keep.names, |_| false, drop);
        self.quotes.let_go(durable, keep.names, |_: &Quote| false, drop);
        self.days.let_go(durable, keep.names, Day::stays, drop);
    }

    /// How much is in memory.
    pub fn in_memory(&self) -> InMemory {
        let ended = self.payments.waiting();
        InMemory {
            open: self.payments.len() - ended,
            ended,
            keys: self.keys.len(),
            orders: self.orders.len(),
            used: self.used.len(),
            quotes: self.quotes.len(),
            days: self.days.len(),
        }
    }
}
