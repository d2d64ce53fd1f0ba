//! What a command needs from the store, and what the store brings.

use std::sync::Arc;

use super::Engine;
use crate::command::{Body, Caller, Command, Present, Scanned};
use crate::effects::Found;
use crate::keys::{Key, KeyName, KeyOwner, OrderName, Route, Used, UsedName};
use crate::quote::Target;

impl Engine {
    /// What `command` needs first and memory does not have, for a prefetch of many at once.
    /// It may need more once these are there; then `apply` says so.
    pub fn wants(&self, command: &Command, keys: &mut Vec<Key>) {
        let mut want = |key: Key| {
            if !self.knows(&key) {
                keys.push(key);
            }
        };
        match &command.body {
            Body::Directory(_) | Body::Tick { .. } => {}
            Body::PaymentCreate(create) => {
                let Caller::Merchant { merchant, .. } = command.caller else { return };
                let owner = KeyOwner::Merchant(merchant);
                want(Key::Idempotency(KeyName {
                    slot: merchant.slot(),
                    owner,
                    route: Route::PaymentCreate,
                    key: create.key.clone(),
                }));
                want(Key::Order(OrderName { merchant, number: create.order_number.clone() }));
                if let Present::Consumer { wallet, code_hash, .. } = &create.present {
                    want(Key::Used(UsedName {
                        slot: merchant.slot(),
                        wallet: *wallet,
                        what: Used::PaymentCode,
                        text: code_hash.clone(),
                    }));
                }
            }
            Body::OrderCancel(cancel) => {
                let Caller::Merchant { merchant, .. } = command.caller else { return };
                let owner = KeyOwner::Merchant(merchant);
                want(Key::Idempotency(KeyName {
                    slot: merchant.slot(),
                    owner,
                    route: Route::OrderCancel,
                    key: cancel.key.clone(),
                }));
                want(Key::Order(OrderName { merchant, number: cancel.order_number.clone() }));
            }
            Body::PaymentCancel(cancel) => want(Key::Payment(cancel.payment)),
            Body::PaymentCapture(capture) => want(Key::Payment(capture.payment)),
            Body::PaymentVoid(void) => want(Key::Payment(void.payment)),
            Body::RefundCreate(create) => want(Key::Payment(create.payment)),
            Body::Resolve(resolve) => match &resolve.scanned {
                Scanned::Shop { .. } => {}
                Scanned::Order { payment, .. } => want(Key::Payment(*payment)),
            },
            Body::QuoteCreate(create) => match create.target {
                Target::Store(_) => {}
                Target::Payment(payment) => want(Key::Payment(payment)),
            },
            Body::Reserve(reserve) => {
                let Caller::Wallet(wallet) = command.caller else { return };
                want(Key::Idempotency(KeyName {
                    slot: reserve.target.slot(),
                    owner: KeyOwner::Wallet(wallet),
                    route: Route::Reserve,
                    key: reserve.wallet_payment_id.clone(),
                }));
                if let Some(quote) = reserve.quote {
                    want(Key::Quote(quote));
                }
            }
            Body::Confirm(confirm) => want(Key::Payment(confirm.payment)),
            Body::Fail(fail) => want(Key::Payment(fail.payment)),
            Body::PaymentHeard(heard) => want(Key::Payment(heard.payment)),
            Body::CaptureHeard(heard) => want(Key::Payment(heard.payment)),
            Body::RefundHeard(heard) => match heard.payment {
                Some(payment) => want(Key::Payment(payment)),
                None => want(Key::Refund(heard.refund)),
            },
        }
    }

    pub(super) fn knows(&self, key: &Key) -> bool {
        let held = match key {
            Key::Payment(id) => self.payments.contains(id),
            Key::Refund(id) => self.refund_owners.contains_key(id),
            Key::Quote(id) => self.quotes.contains(id),
            Key::Idempotency(name) => self.keys.contains(name),
            Key::Order(name) => self.orders.contains(name),
            Key::Used(name) => self.used.contains(name),
        };
        held || self.absent.contains(key)
    }

    /// Takes in what the store has for a key. Memory wins.
    pub fn admit(&mut self, key: Key, found: Found) {
        if let Found::Nothing = found {
            // Harmless even if memory has it by now: memory is always asked first.
            self.absent.insert(key);
            return;
        }
        if self.knows(&key) {
            return;
        }
        match (key, found) {
            (key, Found::Payment(payment)) => {
                if let Key::Refund(refund) = key {
                    self.refund_owners.insert(refund, payment.id);
                }
                if !self.payments.contains(&payment.id) {
                    self.remember(Arc::from(payment));
                }
            }
            (_, Found::Quote(quote)) => {
                self.quotes.put(quote.id, *quote, self.batch);
            }
            (Key::Idempotency(name), Found::Key(record)) => {
                self.keys.put(name, record, self.batch);
            }
            (Key::Order(name), Found::Order(order)) => {
                self.orders.put(name, order, self.batch);
            }
            (Key::Used(name), Found::Used(payment)) => {
                self.used.put(name, payment, self.batch);
            }
            // A store that answers with another kind of thing has answered nothing.
            (key, Found::Nothing | Found::Key(_) | Found::Order(_) | Found::Used(_)) => {
                self.absent.insert(key);
            }
        }
    }

    /// Forgets what the store was found not to have. Called between batches, so that these notes
    /// do not pile up.
    pub fn forget_absences(&mut self) {
        self.absent.clear();
    }
}
