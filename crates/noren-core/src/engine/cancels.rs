//! What a merchant wants not to stand: one payment by its id, or an order by the merchant's own
//! number, whatever we know of it.

use super::{Decided, Engine, Work};
use crate::command::{Caller, IfPaid, OrderCancel, PaymentCancel};
use crate::effects::{AlarmKind, Missing, Reply};
use crate::keys::{KeyName, KeyOutcome, KeyOwner, Order, OrderName, OrderStand, Route};
use crate::money::Money;
use crate::payment::{Authorised, Capturing, Goal, Payment, State, VoidWhy};
use crate::refusal::Refusal;
use crate::time::Timestamp;

/// What the wish that a payment not stand finds.
enum Found {
    /// Nothing was captured: this is what the payment becomes.
    Open(State),
    /// The money is held, and perhaps a part of it was captured.
    Held(Authorised),
    /// A capture is running.
    Running(Capturing),
    /// It was captured, and nothing is held.
    Captured,
    /// What is left of a hold of which a part was captured is being released.
    CapturedInPart,
    /// It is being undone, or it ended unpaid: nothing is left to do.
    Nothing,
}

fn found(state: &State, now: Timestamp) -> Found {
    let goal = Goal::Withdraw;
    match state.clone() {
        State::WaitingForPayer(s) => Found::Open(State::Cancelled(s.cancelled(now))),
        State::Ordering(s) => Found::Open(State::Reversing(s.closing(goal, now))),
        State::Ordered(s) => Found::Open(State::Reversing(s.closing(goal, now))),
        State::Authorising(s) => Found::Open(State::Reversing(s.reversing(now))),
        State::InDoubt(s) => Found::Open(State::Reversing(s.reversing(now))),
        State::Authorised(s) => Found::Held(s),
        State::Capturing(s) => Found::Running(s),
        State::Captured(_) | State::HoldCaptured(_) => Found::Captured,
        State::Voiding(s) if s.hold.captured() > 0 => Found::CapturedInPart,
        State::Reversing(_)
        | State::Voiding(_)
        | State::Voided(_)
        | State::Declined(_)
        | State::Cancelled(_)
        | State::Expired(_)
        | State::Reversed(_)
        | State::Blocked(_) => Found::Nothing,
    }
}

impl Found {
    /// What an open payment becomes; refused when money was captured, or is being.
    fn unpaid(self, now: Timestamp) -> Result<Option<State>, Refusal> {
        match self {
            Self::Open(next) => Ok(Some(next)),
            Self::Held(s) if s.hold.captured() == 0 => {
                Ok(Some(State::Voiding(s.voiding(VoidWhy::Merchant, now))))
            }
            // Money that was captured does not go away with what is left of the hold.
            Self::Held(_) | Self::Captured | Self::CapturedInPart => Err(Refusal::PaymentCaptured),
            Self::Running(_) => Err(Refusal::CaptureRunning),
            Self::Nothing => Ok(None),
        }
    }
}

/// What withdrawing an order does to its last payment.
struct Withdrawal {
    /// What the payment becomes.
    next: Option<State>,
    /// What is given back, in the order's currency and the payer's.
    refund: Option<(Money, Option<Money>)>,
}

impl Engine {
    pub(super) fn payment_cancel(
        &mut self,
        work: &mut Work,
        caller: Caller,
        cancel: &PaymentCancel,
    ) -> Decided {
        let (name, found) = match self.own_payment(caller, cancel.payment)? {
            Err(refusal) => return Ok(Err(refusal)),
            Ok(payment) => {
                let name = KeyName {
                    slot: payment.id.slot(),
                    owner: KeyOwner::Merchant(payment.merchant),
                    route: Route::PaymentCancel,
                    key: cancel.key.clone(),
                };
                (name, found(&payment.state, work.now))
            }
        };
        if let Some(replay) = self.replay(&name, &cancel.hash)? {
            return Ok(replay);
        }
        let next = match found.unpaid(work.now) {
            Ok(next) => next,
            Err(refusal) => return Ok(Err(self.refuse(work, name, cancel.hash, refusal))),
        };
        self.keep_key(work, name, cancel.hash, KeyOutcome::Payment(cancel.payment));
        let mut payment = self.take(cancel.payment);
        self.let_payment_go(work, &mut payment, next);
        let payment = self.put(work, payment);
        Ok(Ok(Reply::Payment { payment, replayed: false }))
    }

    /// "Let this order not stand": from now on no payment of it begins, also when the number was
    /// never heard of, so that it does not matter which of the two calls was faster. What is open
    /// is undone; what was captured goes back, or the order stands: that is the caller's to say.
    pub(super) fn order_cancel(
        &mut self,
        work: &mut Work,
        caller: Caller,
        cancel: &OrderCancel,
    ) -> Decided {
        let merchant = match self.merchant_of(caller) {
            Ok(merchant) => merchant.clone(),
            Err(refusal) => return Ok(Err(refusal)),
        };
        let slot = merchant.id.slot();
        let name = KeyName {
            slot,
            owner: KeyOwner::Merchant(merchant.id),
            route: Route::OrderCancel,
            key: cancel.key.clone(),
        };
        if let Some(replay) = self.replay(&name, &cancel.hash)? {
            return Ok(replay);
        }
        let order_name = OrderName { merchant: merchant.id, number: cancel.order_number.clone() };
        let (order, last) = self.order_and_last(&order_name)?;
        // All that had to be looked up has been. From here on nothing is missing.
        let planned = match (&last, cancel.if_paid) {
            (Some(last), IfPaid::Refund) => self.plan_withdrawal(work.now, last),
            (Some(last), IfPaid::Refuse) => found(&last.state, work.now)
                .unpaid(work.now)
                .map(|next| Withdrawal { next, refund: None }),
            (None, IfPaid::Refund | IfPaid::Refuse) => Ok(Withdrawal { next: None, refund: None }),
        };
        let withdrawal = match planned {
            Ok(withdrawal) => withdrawal,
            Err(refusal) => return Ok(Err(self.refuse(work, name, cancel.hash, refusal))),
        };
        self.keep_key(work, name, cancel.hash, KeyOutcome::Order(order_name.clone()));
        let order = match order {
            Some(order) if order.withdrawn_at().is_some() => order,
            known => {
                let order = withdrawn(work, known, order_name, merchant.tenant);
                self.keep_order(work, order.clone());
                order
            }
        };
        let payment = last.map(|last| {
            // Taken out of memory whole, not copied: nobody else may hold it then.
            let id = last.id;
            drop(last);
            let mut payment = self.take(id);
            self.let_payment_go(work, &mut payment, withdrawal.next);
            if let Some((amount, payer)) = withdrawal.refund {
                self.start_refund(work, &mut payment, amount, payer, (None, None));
            }
            self.put(work, payment)
        });
        Ok(Ok(Reply::Order { order, payment, replayed: false }))
    }

    fn order_and_last(
        &self,
        name: &OrderName,
    ) -> Result<(Option<Order>, Option<std::sync::Arc<Payment>>), Missing> {
        match self.order(name)? {
            None => Ok((None, None)),
            Some(order) => Ok((Some(order.clone()), self.last_of(order)?)),
        }
    }

    fn plan_withdrawal(&self, now: Timestamp, last: &Payment) -> Result<Withdrawal, Refusal> {
        let (next, refund) = match found(&last.state, now) {
            Found::Open(next) => (Some(next), None),
            Found::Held(s) => {
                let voiding = State::Voiding(s.voiding(VoidWhy::Merchant, now));
                (Some(voiding), self.plan_refund_of_rest(now, last)?)
            }
            // Both cannot be asked of the wallet at once: what it takes now goes back as soon as
            // it has said so, and so does what was taken before.
            Found::Running(s) => {
                self.check_refundable(now, last)?;
                (Some(State::Capturing(s.withdraw_then())), None)
            }
            Found::Captured | Found::CapturedInPart => (None, self.plan_refund_of_rest(now, last)?),
            Found::Nothing => (None, None),
        };
        Ok(Withdrawal { next, refund })
    }

    /// The payment becomes `next`, and what that asks for is asked at once.
    fn let_payment_go(&mut self, work: &mut Work, payment: &mut Payment, next: Option<State>) {
        match next {
            None => {}
            // It was capturing before, and nobody has to hear of what comes after.
            Some(State::Capturing(s)) => payment.state = State::Capturing(s),
            Some(next) => {
                self.enter(work, payment, next);
                self.undo_when_due(work, payment);
                self.void_when_due(work, payment);
            }
        }
    }

    /// After the last capture of an order that was withdrawn meanwhile: all of it goes back.
    pub(super) fn refund_withdrawn(&mut self, work: &mut Work, payment: &mut Payment) {
        match self.plan_refund_of_rest(work.now, payment) {
            Ok(None) => {}
            Ok(Some((amount, payer))) => {
                self.start_refund(work, payment, amount, payer, (None, None));
            }
            // It was promised and cannot be done by message.
            Err(_) => work.alarm(payment.id, AlarmKind::RefundRefused),
        }
    }
}

/// The order as it is from now on, also when nobody had heard of it.
fn withdrawn(
    work: &mut Work,
    known: Option<Order>,
    name: OrderName,
    tenant: crate::id::TenantName,
) -> Order {
    let at = work.now;
    match known {
        Some(order) => {
            let stand = OrderStand::Withdrawn { at, wanted: order.wanted() };
            Order { stand, ..order }
        }
        None => {
            let id = work.id(name.merchant.slot());
            Order { id, name, tenant, stand: OrderStand::Withdrawn { at, wanted: None }, at }
        }
    }
}
