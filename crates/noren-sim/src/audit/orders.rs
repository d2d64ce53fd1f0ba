//! Orders: one for each number, withdrawn for ever, and with nothing of the payer's money left then.

use noren_core::id::PaymentId;
use noren_core::keys::{Order, OrderName, OrderStand, Wanted};
use noren_core::money::Money;
use noren_core::payment::{Payment, State};
use noren_core::refund::RefundState;
use noren_core::time::Timestamp;

use super::payments::captured;
use super::{Auditor, Broken, broken};

/// What an order is for with its last payment, and since when it is withdrawn.
fn says(order: &Order) -> (Option<(Money, PaymentId)>, Option<Timestamp>) {
    let pair = |wanted: Wanted| (wanted.amount, wanted.last);
    match order.stand {
        OrderStand::Wanted(wanted) => (Some(pair(wanted)), None),
        OrderStand::Withdrawn { at, wanted } => (wanted.map(pair), Some(at)),
    }
}

impl Auditor {
    pub(super) fn order(&mut self, order: &Order) -> Result<(), Broken> {
        let (wanted, _) = says(order);
        self.touched.extend(wanted.map(|(_, last)| last));
        let Some(old) = self.orders.insert(order.name.clone(), order.clone()) else {
            return Ok(());
        };
        let (old_wanted, old_withdrawn) = says(&old);
        let amounts = (old_wanted.map(|(amount, _)| amount), wanted.map(|(amount, _)| amount));
        let same = (old.id, old.tenant, old.at) == (order.id, order.tenant, order.at)
            && amounts.0.is_none_or(|amount| amounts.1 == Some(amount));
        if !same {
            return broken("I3", format!("{old:?} became {order:?}"));
        }
        // Withdrawn is withdrawn: not an instant and not a payment of it changes.
        if old_withdrawn.is_some() && old != *order {
            return broken("I8", format!("{old:?} was withdrawn and became {order:?}"));
        }
        Ok(())
    }

    /// No payment begins for an order that its merchant has withdrawn, however late it comes.
    pub(super) fn not_withdrawn(&self, new: &Payment) -> Result<(), Broken> {
        let name = OrderName { merchant: new.merchant, number: new.order_number.clone() };
        let order = self.orders.get(&name);
        if order.is_some_and(|order| says(order).1.is_some()) {
            let id = new.id;
            return broken("I4", format!("{id} began although its order was withdrawn"));
        }
        let earlier = self.by_order.get(&new.order).into_iter().flatten();
        let frozen = |id: &&PaymentId| {
            self.payments.get(id).is_some_and(|s| matches!(s.payment.state, State::Blocked(_)))
        };
        if let Some(earlier) = earlier.copied().find(|id| frozen(&id)) {
            let id = new.id;
            return broken("I4", format!("{id} began although {earlier} is blocked"));
        }
        Ok(())
    }

    /// What was captured of a withdrawn order has gone back, as far as the wallet let it.
    pub(super) fn withdrawn_goes_back(&self) -> Result<(), Broken> {
        for order in self.orders.values() {
            let (Some((_, last)), Some(_)) = says(order) else { continue };
            let Some(payment) = self.payments.get(&last).map(|seen| &seen.payment) else {
                continue;
            };
            let refused =
                payment.refunds.iter().any(|r| matches!(r.state, RefundState::Declined(_)));
            let given = payment.refunds.iter().map(|r| r.amount.minor()).sum::<i64>();
            let kept = captured(payment) - given;
            if kept > 0 && !refused {
                let number = &order.name.number;
                return broken("I5", format!("{number} was withdrawn and {last} keeps {kept}"));
            }
        }
        Ok(())
    }
}
