//! How many orders may be open at one time that strangers have made by a shop's link. Kept in memory:
//! a restart begins with none, and the orders themselves end by the clock.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use noren_core::id::{PaymentId, StoreId};
use noren_core::time::Timestamp;

/// Most open orders of one store. A counter serves a guest in seconds, an order lives ten minutes.
pub(super) const OPEN_MAX: usize = 60;

/// The open orders of all stores, as far as a link made them.
#[derive(Default)]
pub(crate) struct OpenOrders(Mutex<Book>);

#[derive(Default)]
struct Book {
    number: u64,
    by_store: HashMap<StoreId, Vec<Entry>>,
}

struct Entry {
    place: Place,
    /// Not known while it is being made.
    payment: Option<PaymentId>,
    until: Timestamp,
}

/// A place that was taken for an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place(u64);

impl OpenOrders {
    fn lock(&self) -> MutexGuard<'_, Book> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a place for an order that ends at `until`; `Err` with the payments that hold them all.
    pub(super) fn take(
        &self,
        store: StoreId,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Place, Vec<PaymentId>> {
        let mut book = self.lock();
        book.number += 1;
        let place = Place(book.number);
        let entries = book.by_store.entry(store).or_default();
        entries.retain(|entry| entry.until > now);
        if entries.len() >= OPEN_MAX {
            return Err(entries.iter().filter_map(|entry| entry.payment).collect());
        }
        entries.push(Entry { place, payment: None, until });
        Ok(place)
    }

    /// The order was made. One that was made before has its place already.
    pub(super) fn made(&self, store: StoreId, place: Place, payment: PaymentId) {
        let mut book = self.lock();
        let Some(entries) = book.by_store.get_mut(&store) else { return };
        let known = entries.iter().any(|entry| entry.payment == Some(payment));
        if known {
            entries.retain(|entry| entry.place != place);
        } else if let Some(entry) = entries.iter_mut().find(|entry| entry.place == place) {
            entry.payment = Some(payment);
        }
    }

    /// No order was made.
    pub(super) fn give_back(&self, store: StoreId, place: Place) {
        if let Some(entries) = self.lock().by_store.get_mut(&store) {
            entries.retain(|entry| entry.place != place);
        }
    }

    /// Those have ended.
    pub(super) fn ended(&self, store: StoreId, payments: &[PaymentId]) {
        if let Some(entries) = self.lock().by_store.get_mut(&store) {
            entries.retain(|entry| entry.payment.is_none_or(|id| !payments.contains(&id)));
        }
    }
}

#[cfg(test)]
mod tests {
    use noren_core::id::{Entropy, Slot};

    use super::*;

    #[test]
    fn places_are_taken_given_back_and_end_by_the_clock() {
        let orders = OpenOrders::default();
        let slot = Slot::new(1).unwrap();
        let store = StoreId::new(Timestamp(1), slot, Entropy(1), 1);
        let payment = |n| PaymentId::new(Timestamp(1), slot, Entropy(1), n);
        for n in 0..OPEN_MAX as u64 {
            let place = orders.take(store, Timestamp(0), Timestamp(100)).unwrap();
            orders.made(store, place, payment(n));
        }
        let holders = orders.take(store, Timestamp(50), Timestamp(150)).unwrap_err();
        assert_eq!(holders.len(), OPEN_MAX);
        orders.ended(store, &holders[..1]);
        let place = orders.take(store, Timestamp(50), Timestamp(150)).unwrap();
        // The same order once more holds one place.
        orders.made(store, place, payment(5));
        let place = orders.take(store, Timestamp(50), Timestamp(150)).unwrap();
        assert!(orders.take(store, Timestamp(50), Timestamp(150)).is_err());
        orders.give_back(store, place);
        assert!(orders.take(store, Timestamp(100), Timestamp(200)).is_ok());
    }
}
