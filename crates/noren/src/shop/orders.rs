//! Who ordered what, and what the switch has said of it.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use noren_pages::shop::{Good, Heard};

/// More are not kept: the oldest goes.
const ORDERS_MAX: usize = 1_000;

/// An order of the shop.
#[derive(Clone, Debug)]
pub struct Order {
    /// What is wanted.
    pub good: Good,
    /// The page on which it is paid.
    pub checkout: String,
    /// What was heard of its payment.
    pub heard: Heard,
}

/// All orders, by their numbers.
#[derive(Default)]
pub struct Orders(Mutex<Book>);

#[derive(Default)]
struct Book {
    orders: HashMap<String, Order>,
    by_payment: HashMap<String, String>,
    /// Heard before the order was written down: the money can be faster than our own answer.
    early: HashMap<String, Heard>,
    oldest: std::collections::VecDeque<(String, String)>,
}

impl Orders {
    fn lock(&self) -> MutexGuard<'_, Book> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes an order down.
    pub fn put(&self, number: &str, payment: &str, mut order: Order) {
        let mut book = self.lock();
        if book.orders.contains_key(number) {
            return;
        }
        if book.oldest.len() >= ORDERS_MAX
            && let Some((number, payment)) = book.oldest.pop_front()
        {
            book.orders.remove(&number);
            book.by_payment.remove(&payment);
        }
        if let Some(heard) = book.early.remove(payment) {
            order.heard = heard;
        }
        book.oldest.push_back((number.to_owned(), payment.to_owned()));
        book.by_payment.insert(payment.to_owned(), number.to_owned());
        book.orders.insert(number.to_owned(), order);
    }

    /// The order of that number.
    pub fn get(&self, number: &str) -> Option<Order> {
        self.lock().orders.get(number).cloned()
    }

    /// The switch has said something of a payment.
    pub fn hear(&self, payment: &str, heard: Heard) {
        let mut book = self.lock();
        let Some(number) = book.by_payment.get(payment).cloned() else {
            if book.early.len() >= ORDERS_MAX {
                book.early.clear();
            }
            book.early.insert(payment.to_owned(), heard);
            return;
        };
        if let Some(order) = book.orders.get_mut(&number) {
            order.heard = heard;
        }
    }
}
