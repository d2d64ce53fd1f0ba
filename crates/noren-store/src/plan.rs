//! A batch sorted by table, each replaceable row once.
//!
//! A payment that is created and answered within one batch appears twice in it; only its last
//! version is ever read, so only that is written. Writing table by table keeps each tree's pages
//! at hand.

use std::collections::HashMap;
use std::hash::Hash;

use noren_core::credit::Credit;
use noren_core::directory::Change;
use noren_core::effects::{Event, Row};
use noren_core::id::About;
use noren_core::keys::{KeyName, KeyRecord, Order, UsedName};
use noren_core::ledger::Entry;
use noren_core::movement::Movement;
use noren_core::payment::Payment;
use noren_core::quote::Quote;
use noren_core::time::Timestamp;

/// What a batch writes.
#[derive(Default)]
pub(crate) struct Plan<'a> {
    pub payments: Vec<&'a Payment>,
    pub credits: Vec<&'a Credit>,
    pub orders: Vec<&'a Order>,
    pub quotes: Vec<&'a Quote>,
    pub keys: Vec<(&'a KeyName, &'a KeyRecord)>,
    pub used: Vec<(&'a UsedName, About, Timestamp)>,
    pub entries: Vec<&'a Entry>,
    pub events: Vec<&'a Event>,
    pub directory: Vec<(u64, &'a Change, Timestamp)>,
    pub movements: Vec<&'a Movement>,
}

/// Keeps the last value of each key.
fn put<'a, K: Eq + Hash, T>(
    list: &mut Vec<&'a T>,
    places: &mut HashMap<K, usize>,
    key: K,
    value: &'a T,
) {
    match places.get(&key) {
        Some(place) => list[*place] = value,
        None => {
            places.insert(key, list.len());
            list.push(value);
        }
    }
}

impl<'a> Plan<'a> {
    pub fn of(rows: &'a [Row]) -> Self {
        let mut plan = Self::default();
        let mut payments = HashMap::new();
        let mut credits = HashMap::new();
        let mut orders = HashMap::new();
        let mut quotes = HashMap::new();
        for row in rows {
            match row {
                Row::Payment(payment) => {
                    put(&mut plan.payments, &mut payments, payment.id, &**payment)
                }
                Row::Credit(credit) => put(&mut plan.credits, &mut credits, credit.id, &**credit),
                Row::Order(order) => put(&mut plan.orders, &mut orders, &order.name, order),
                Row::Quote(quote) => put(&mut plan.quotes, &mut quotes, quote.id, quote),
                Row::Key(name, record) => plan.keys.push((name, record)),
                Row::Used(name, by, at) => plan.used.push((name, *by, *at)),
                Row::Entry(entry) => plan.entries.push(entry),
                Row::Event(event) => plan.events.push(event),
                Row::Movement(movement) => plan.movements.push(movement),
                Row::Directory(version, change, at) => plan.directory.push((*version, change, *at)),
            }
        }
        // In the order of the trees, so that neighbours in a tree are written one after the other.
        plan.payments.sort_by_key(|payment| (payment.id.slot(), payment.merchant, payment.id));
        plan.entries.sort_by_key(|entry| (entry.slot, entry.number));
        plan.events.sort_by_key(|event| (event.slot, event.merchant, event.seq));
        plan
    }
}
