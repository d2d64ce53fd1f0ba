//! What a command needs from the store, and what the store brings.

use std::sync::Arc;

use super::Engine;
use super::days::Day;
use crate::Text;
use crate::command::{Body, Caller, Command, Payee, Present, Scanned};
use crate::day::DayName;
use crate::directory::Merchant;
use crate::effects::Found;
use crate::id::PaymentId;
use crate::keys::{Key, KeyName, KeyOwner, OrderName, Route, Used, UsedName};
use crate::quote::Target;
use crate::time::Timestamp;
use crate::wallet::{CaptureAnswer, Reference};

impl Engine {
    /// What `command` needs first and memory does not have, for a prefetch of many at once.
    /// It may need more once these are there; then `apply` says so.
    pub fn wants(&self, now: Timestamp, command: &Command, keys: &mut Vec<Key>) {
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
                match &create.present {
                    Present::Merchant { .. } => {}
                    Present::Consumer { wallet, code_hash, .. } => {
                        want(Key::Used(UsedName {
                            slot: merchant.slot(),
                            wallet: *wallet,
                            what: Used::PaymentCode,
                            text: code_hash.clone(),
                        }));
                        DayName::of(merchant, now, None).map(Key::Day).for_each(want);
                    }
                    Present::Online { .. } => {
                        DayName::of(merchant, now, None).map(Key::Day).for_each(want);
                    }
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
            Body::PaymentRecall(recall) => {
                let Caller::Merchant { merchant, .. } = command.caller else { return };
                want(Key::Idempotency(KeyName {
                    slot: merchant.slot(),
                    owner: KeyOwner::Merchant(merchant),
                    route: Route::PaymentCreate,
                    key: recall.key.clone(),
                }));
            }
            Body::PaymentChoose(choose) => {
                want(Key::Payment(choose.payment));
                if let Some(merchant) = self.merchant_at(Target::Payment(choose.payment)) {
                    DayName::of(merchant.id, now, None).map(Key::Day).for_each(want);
                }
            }
            Body::PaymentCancel(cancel) => want(Key::Payment(cancel.payment)),
            Body::PaymentCapture(capture) => want(Key::Payment(capture.payment)),
            Body::PaymentVoid(void) => want(Key::Payment(void.payment)),
            Body::RefundCreate(create) => want(Key::Payment(create.payment)),
            Body::ClaimClose(close) => want(Key::Payment(close.payment)),
            Body::Prefund(prefund) => want(Key::Idempotency(Self::prefund_key(prefund))),
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
                if let Some(merchant) = self.merchant_at(reserve.target) {
                    let payer = Self::payer_counted(merchant, reserve.payer);
                    DayName::of(merchant.id, now, payer).map(Key::Day).for_each(want);
                }
            }
            Body::Confirm(confirm) => {
                want(Key::Payment(confirm.payment));
                self.receipt_wanted(confirm.payment, None).into_iter().for_each(want);
            }
            Body::Fail(fail) => want(Key::Payment(fail.payment)),
            Body::CreditReceived(said) => {
                let Caller::Wallet(wallet) = command.caller else { return };
                want(Key::Used(Self::credit_name(wallet, &said.transaction)));
                match said.payee {
                    Payee::Payment(payment) => want(Key::Payment(payment)),
                    Payee::Shop { .. } | Payee::Store(_) | Payee::Unreadable => {}
                }
            }
            Body::CreditAssign(assign) => want(Key::Credit(assign.credit)),
            Body::CreditReturn(back) => want(Key::Credit(back.credit)),
            Body::PaymentHeard(heard) => {
                want(Key::Payment(heard.payment));
                if let Some(receipt) = heard.answer.receipt() {
                    let wanted = self.receipt_wanted(heard.payment, Some(&receipt.transaction));
                    wanted.into_iter().for_each(want);
                }
            }
            Body::CaptureHeard(heard) => {
                want(Key::Payment(heard.payment));
                let wallet = self.payments.get(&heard.payment).and_then(|held| held.wallet());
                if let (CaptureAnswer::Captured(receipt), Some(wallet)) = (&heard.answer, wallet) {
                    let slot = heard.payment.slot();
                    want(Key::Used(self.receipt_name(wallet, slot, receipt)));
                }
            }
            Body::RefundHeard(heard) => match heard.payment {
                Some(payment) => want(Key::Payment(payment)),
                None => want(Key::Refund(heard.refund)),
            },
        }
    }

    /// Who is paid, as far as memory knows it.
    fn merchant_at(&self, target: Target) -> Option<&Merchant> {
        let merchant = match target {
            Target::Store(id) => self.directory.store(id)?.merchant,
            Target::Payment(id) => self.payments.get(&id)?.merchant,
        };
        self.directory.merchant(merchant).map(|merchant| &**merchant)
    }

    /// The name of a receipt of a payment that is in memory: a wallet's own id of the payment where
    /// it scanned, else the transaction that it names.
    fn receipt_wanted(&self, payment: PaymentId, transaction: Option<&Text>) -> Option<Key> {
        let asked = self.payments.get(&payment)?.state.asked()?;
        let text = match &asked.reference {
            Reference::Scan { wallet_payment_id } => wallet_payment_id,
            Reference::Request | Reference::Order { .. } => transaction?,
            // Nobody is asked about it.
            Reference::Credit { .. } => return None,
        };
        let (slot, wallet, what) = (payment.slot(), asked.wallet, Used::Receipt);
        Some(Key::Used(UsedName { slot, wallet, what, text: text.clone() }))
    }

    pub(super) fn knows(&self, key: &Key) -> bool {
        match key {
            Key::Payment(id) => self.payments.look_up(id).is_some(),
            Key::Refund(id) => self.refund_owner(*id).is_ok(),
            Key::Quote(id) => self.quotes.look_up(id).is_some(),
            Key::Idempotency(name) => self.keys.look_up(name).is_some(),
            Key::Order(name) => self.orders.look_up(name).is_some(),
            Key::Used(name) => self.used.look_up(name).is_some(),
            Key::Credit(id) => self.credits.look_up(id).is_some(),
            Key::Day(name) => self.days.look_up(name).is_some(),
        }
    }

    fn note_absent(&mut self, key: Key) {
        match key {
            Key::Payment(id) => self.payments.note_absent(id, self.batch),
            Key::Refund(id) => {
                self.absent_refunds.insert(id);
            }
            Key::Quote(id) => self.quotes.note_absent(id, self.batch),
            Key::Idempotency(name) => self.keys.note_absent(name, self.batch),
            Key::Order(name) => self.orders.note_absent(name, self.batch),
            Key::Used(name) => self.used.note_absent(name, self.batch),
            Key::Credit(id) => self.credits.note_absent(id, self.batch),
            Key::Day(name) => self.days.note_absent(name, self.batch),
        }
    }

    /// Takes in what the store has for a key. Memory wins.
    pub fn admit(&mut self, key: Key, found: Found) {
        if let Found::Nothing = found {
            self.note_absent(key);
            return;
        }
        if self.knows(&key) {
            return;
        }
        match (key, found) {
            (key, Found::Payment(payment)) => {
                if let Key::Refund(refund) = key {
                    self.refund_owners.insert(refund, payment.id.into());
                }
                if self.payments.get(&payment.id).is_none() {
                    self.remember(Arc::from(payment));
                }
            }
            (_, Found::Credit(credit)) => {
                if self.credits.get(&credit.id).is_none() {
                    self.remember_credit(Arc::from(credit));
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
            (Key::Used(name), Found::Used(by)) => {
                self.used.put(name, by, self.batch);
            }
            (Key::Day(name), Found::Day(total)) => {
                self.days.put(name, Day::found(total), self.batch);
            }
            // A store that answers with another kind of thing has answered nothing.
            (
                key,
                Found::Nothing | Found::Key(_) | Found::Order(_) | Found::Used(_) | Found::Day(_),
            ) => self.note_absent(key),
        }
    }

    /// Forgets what the store was found not to have. Called between batches: it may have it soon.
    pub fn forget_absences(&mut self) {
        self.absent_refunds.clear();
        self.payments.forget_absences();
        self.quotes.forget_absences();
        self.keys.forget_absences();
        self.orders.forget_absences();
        self.used.forget_absences();
        self.credits.forget_absences();
        self.days.forget_absences();
    }
}
