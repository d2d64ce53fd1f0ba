//! Replies at the moment they leave: durable, the same for the same key, and only to those whose
//! affair it is (I5, I11, I12).

use noren_core::command::{Body, Caller, Command};
use noren_core::effects::Reply;
use noren_core::id::{PaymentId, RefundId, Slot};
use noren_core::keys::{KeyName, KeyOutcome, KeyOwner, Order, RequestHash, Route};
use noren_core::payment::{Payment, Way};
use noren_core::refusal::Refusal;

use super::payments::is_over;
use super::{Auditor, Broken, broken};

/// The key of a command, if it carries one.
pub(super) fn key_of(command: &Command) -> Option<(KeyName, RequestHash)> {
    let by_merchant = |slot, route, key: &noren_core::Text| {
        let Caller::Merchant { merchant, .. } = command.caller else { return None };
        let owner = KeyOwner::Merchant(merchant);
        Some(KeyName { slot, owner, route, key: key.clone() })
    };
    let (name, hash) = match &command.body {
        Body::PaymentCreate(c) => {
            let Caller::Merchant { merchant, .. } = command.caller else { return None };
            (by_merchant(merchant.slot(), Route::PaymentCreate, &c.key), c.hash)
        }
        Body::PaymentRecall(c) => {
            let Caller::Merchant { merchant, .. } = command.caller else { return None };
            (by_merchant(merchant.slot(), Route::PaymentCreate, &c.key), c.hash)
        }
        Body::PaymentCancel(c) => {
            (by_merchant(c.payment.slot(), Route::PaymentCancel, &c.key), c.hash)
        }
        Body::OrderCancel(c) => {
            let Caller::Merchant { merchant, .. } = command.caller else { return None };
            (by_merchant(merchant.slot(), Route::OrderCancel, &c.key), c.hash)
        }
        Body::PaymentCapture(c) => {
            (by_merchant(c.payment.slot(), Route::PaymentCapture, &c.key), c.hash)
        }
        Body::PaymentVoid(c) => (by_merchant(c.payment.slot(), Route::PaymentVoid, &c.key), c.hash),
        Body::RefundCreate(c) => {
            (by_merchant(c.payment.slot(), Route::RefundCreate, &c.key), c.hash)
        }
        Body::Reserve(r) => {
            let Caller::Wallet(wallet) = command.caller else { return None };
            let (slot, key) = (r.target.slot(), r.wallet_payment_id.clone());
            let owner = KeyOwner::Wallet(wallet);
            (Some(KeyName { slot, owner, route: Route::Reserve, key }), r.hash)
        }
        Body::Prefund(p) => {
            let (slot, owner, key) = (Slot::HOUSE, KeyOwner::Operator, p.key.clone());
            (Some(KeyName { slot, owner, route: Route::Prefund, key }), p.hash)
        }
        _ => return None,
    };
    name.map(|name| (name, hash))
}

fn payment_of(reply: &Reply) -> Option<&Payment> {
    match reply {
        Reply::Payment { payment, .. }
        | Reply::Capture { payment, .. }
        | Reply::Refund { payment, .. }
        | Reply::Permission { payment, .. }
        | Reply::Confirmed { payment } => Some(payment),
        Reply::Order { payment, .. } => payment.as_deref(),
        // What is said of credits is looked at apart.
        Reply::Credited(_)
        | Reply::Credit { .. }
        | Reply::Refused { .. }
        | Reply::Resolution(_)
        | Reply::Quote(_)
        | Reply::Movement { .. }
        | Reply::Directory { .. }
        | Reply::Noted => None,
    }
}

/// The payment that a command names as the caller's own. Codes and orders that a wallet scans are
/// shown to everybody, so what is said of them is no secret; an order number is always one's own.
fn named(command: &Command) -> Option<Named> {
    match &command.body {
        Body::PaymentCancel(c) => Some(Named::Payment(c.payment)),
        Body::PaymentCapture(c) => Some(Named::Payment(c.payment)),
        Body::PaymentVoid(c) => Some(Named::Payment(c.payment)),
        Body::RefundCreate(c) => Some(Named::Payment(c.payment)),
        Body::Confirm(c) => Some(Named::Payment(c.payment)),
        Body::Fail(f) => Some(Named::Payment(f.payment)),
        Body::PaymentHeard(h) => Some(Named::Payment(h.payment)),
        Body::CaptureHeard(h) => Some(Named::Payment(h.payment)),
        Body::RefundHeard(h) => Some(Named::Refund(h.refund)),
        Body::ClaimClose(c) => Some(Named::Payment(c.payment)),
        Body::Directory(_)
        | Body::PaymentCreate(_)
        | Body::PaymentRecall(_)
        | Body::PaymentChoose(_)
        | Body::OrderCancel(_)
        | Body::Resolve(_)
        | Body::QuoteCreate(_)
        | Body::Reserve(_)
        | Body::Prefund(_)
        | Body::CreditReceived(_)
        | Body::CreditAssign(_)
        | Body::CreditReturn(_)
        | Body::Tick { .. } => None,
    }
}

enum Named {
    Payment(PaymentId),
    Refund(RefundId),
}

fn own(caller: Caller, payment: &Payment) -> bool {
    match caller {
        Caller::Merchant { tenant, merchant } => {
            (tenant, merchant) == (payment.tenant, payment.merchant)
        }
        Caller::Wallet(name) => payment.wallet() == Some(name),
        // Whoever holds the code of an order is told of its payment.
        Caller::Payer => matches!(payment.way, Way::MpmDynamic),
        Caller::Operator | Caller::Runtime => true,
    }
}

impl Auditor {
    /// Checks a reply that leaves now.
    pub fn reply(&self, command: &Command, reply: &Reply) -> Result<(), Broken> {
        if self.is_stranger(command.caller) {
            return match reply {
                Reply::Refused {
                    refusal: Refusal::NotAllowed | Refusal::PaymentUnknown, ..
                } => Ok(()),
                _ => {
                    broken("I12", format!("{:?} of another tenant hears {reply:?}", command.caller))
                }
            };
        }
        if let Some(told) = payment_of(reply) {
            self.told(command.caller, told)?;
        }
        if let (Reply::Quote(quote), Caller::Wallet(name)) = (reply, command.caller)
            && quote.wallet != name
        {
            return broken("I12", format!("{name} was given the quote {} of another", quote.id));
        }
        self.foreign(command, reply)?;
        if let Reply::Order { order, .. } = reply {
            self.told_of_order(command.caller, order)?;
        }
        match (reply, command.caller) {
            (Reply::Credited(told), Caller::Wallet(wallet)) => self.told_credit(wallet, told)?,
            (Reply::Credit { .. }, Caller::Operator) => {}
            (Reply::Credited(_) | Reply::Credit { .. }, caller) => {
                return broken("I12", format!("a credit was shown to {caller:?}"));
            }
            _ => {}
        }
        match key_of(command) {
            // Nothing was found, and nothing is promised.
            Some((name, _))
                if *reply == Reply::Noted && matches!(command.body, Body::PaymentRecall(_)) =>
            {
                if self.recalls.contains(&command.entropy.0) {
                    return broken("I11", format!("{name:?} stands for something, not recalled"));
                }
                Ok(())
            }
            Some((name, hash)) => self.same_key_same_answer(&name, hash, reply),
            None => Ok(()),
        }
    }

    /// A merchant under the name of a tenant whose it is not. Whatever it names, also a key that the
    /// merchant has used, is not there for it.
    fn is_stranger(&self, caller: Caller) -> bool {
        match caller {
            Caller::Merchant { tenant, merchant } => self.tenants.get(&merchant) != Some(&tenant),
            Caller::Wallet(_) | Caller::Payer | Caller::Operator | Caller::Runtime => false,
        }
    }

    fn told(&self, caller: Caller, told: &Payment) -> Result<(), Broken> {
        let id = told.id;
        let Some(seen) = self.payments.get(&id) else {
            return broken("I5", format!("{id} was told of and is not committed"));
        };
        let is = &seen.payment;
        let later = told.events > is.events || told.calls > is.calls;
        if later || (is_over(&told.state) && told.state != is.state) {
            return broken("I5", format!("{id} was told as {} and is not", told.state.name()));
        }
        if own(caller, is) {
            Ok(())
        } else {
            broken("I12", format!("{id} was shown to {caller:?}"))
        }
    }

    /// What is not the caller's does not exist for it: any other refusal would tell of it.
    fn foreign(&self, command: &Command, reply: &Reply) -> Result<(), Broken> {
        let id = match named(command) {
            None => return Ok(()),
            Some(Named::Payment(id)) => Some(id),
            Some(Named::Refund(id)) if self.returned_to(id, command.caller) => return Ok(()),
            Some(Named::Refund(id)) => self.refund_owners.get(&id).copied(),
        };
        let is_own = id
            .and_then(|id| self.payments.get(&id))
            .is_some_and(|seen| own(command.caller, &seen.payment));
        let hidden = matches!(
            reply,
            Reply::Refused { refusal: Refusal::PaymentUnknown | Refusal::NotAllowed, .. }
        );
        if is_own || hidden {
            return Ok(());
        }
        broken("I12", format!("{:?} hears {reply:?} of what is not its own", command.caller))
    }

    /// A merchant is told of its own orders, as they were committed.
    fn told_of_order(&self, caller: Caller, told: &Order) -> Result<(), Broken> {
        let number = &told.name.number;
        if self.orders.get(&told.name) != Some(told) {
            return broken("I5", format!("order {number} was told of otherwise than committed"));
        }
        match caller {
            Caller::Merchant { tenant, merchant }
                if (tenant, merchant) == (told.tenant, told.name.merchant) =>
            {
                Ok(())
            }
            _ => broken("I12", format!("order {number} was shown to {caller:?}")),
        }
    }

    fn same_key_same_answer(
        &self,
        name: &KeyName,
        hash: RequestHash,
        reply: &Reply,
    ) -> Result<(), Broken> {
        let Some(record) = self.keys.get(name) else {
            return match reply {
                Reply::Refused { .. } => Ok(()),
                _ => broken("I11", format!("{name:?} was answered and is not recorded")),
            };
        };
        let same = match (&record.outcome, reply) {
            // Looked for before the key is: what is not there has no key.
            (_, Reply::Refused { refusal: Refusal::PaymentUnknown, .. }) => record.hash != hash,
            (_, Reply::Refused { refusal: Refusal::KeyReused, .. }) => record.hash != hash,
            _ if record.hash != hash => false,
            // A request that cannot be right leaves no record: this answer was given before the same
            // request was refused by the rules, because of what had come between them.
            (
                KeyOutcome::Refused(_),
                Reply::Refused { refusal: Refusal::AmountNotPositive, .. },
            ) => true,
            (KeyOutcome::Payment(id), Reply::Payment { payment, .. }) => *id == payment.id,
            (KeyOutcome::Order(name), Reply::Order { order, .. }) => *name == order.name,
            (KeyOutcome::Payment(id), Reply::Permission { payment, .. }) => *id == payment.id,
            (KeyOutcome::Capture { capture, .. }, Reply::Capture { capture: is, .. }) => {
                capture == is
            }
            (KeyOutcome::Movement(movement), Reply::Movement { movement: is, .. }) => {
                movement == is
            }
            (KeyOutcome::Refund { refund, .. }, Reply::Refund { refund: is, .. }) => refund == is,
            (KeyOutcome::Refused(refusal), Reply::Refused { refusal: is, .. }) => refusal == is,
            _ => false,
        };
        if same {
            Ok(())
        } else {
            let outcome = &record.outcome;
            broken("I11", format!("{name:?} stands for {outcome:?} and was answered {reply:?}"))
        }
    }
}
