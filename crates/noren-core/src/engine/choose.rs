//! A payer who holds the code of an order, and no wallet that reads our codes: they say with which
//! wallet they want to pay, and that wallet is asked for an order of its own.

use super::merchant::Wanting;
use super::{Decided, Engine, Work};
use crate::command::{Caller, PaymentChoose};
use crate::effects::Reply;
use crate::payment::{Payment, State, Way};
use crate::refusal::Refusal;

impl Engine {
    /// One wallet a payment: whoever chose is bound until that wallet's order has ended, because
    /// until then its user could be paying (I4).
    pub(super) fn payment_choose(
        &mut self,
        work: &mut Work,
        caller: Caller,
        choose: &PaymentChoose,
    ) -> Decided {
        let Caller::Payer = caller else { return Ok(Err(Refusal::NotAllowed)) };
        let shown = self.payment(choose.payment)?.filter(|p| p.way == Way::MpmDynamic);
        let Some(payment) = shown else {
            return Ok(Err(Refusal::PaymentUnknown));
        };
        if payment.wallet() == Some(choose.wallet) {
            let payment = payment.clone();
            return Ok(Ok(Reply::Payment { payment, replayed: true }));
        }
        self.look_up_days(work.now, payment.merchant, None)?;
        let planned = match self.plan_choice(work, payment, choose) {
            Ok(planned) => planned,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let mut payment = self.take(choose.payment);
        payment.state = planned.state;
        payment.quote = planned.quote;
        payment.directory_version = self.directory.version();
        self.ask_for_order(work, &mut payment);
        let payment = self.put(work, payment);
        Ok(Ok(Reply::Payment { payment, replayed: false }))
    }

    fn plan_choice(
        &self,
        work: &mut Work,
        payment: &Payment,
        choose: &PaymentChoose,
    ) -> Result<Payment, Refusal> {
        let State::WaitingForPayer(waiting) = &payment.state else {
            Self::may_pay_after(payment)?;
            return Err(Refusal::OrderClosed);
        };
        if waiting.expires_at <= work.now {
            return Err(Refusal::OrderExpired);
        }
        let store = self.directory.store(payment.store).expect("stores are never removed");
        let merchant = self.directory.merchant(payment.merchant);
        let merchant = merchant.expect("a payment's merchant is never removed");
        Self::check_open(merchant, store)?;
        let Payment { id, amount, capture, way, .. } = *payment;
        let wanted = Wanting { id, amount, capture, way };
        let (asked, quote) = self.plan_asking(work, (merchant, store), &wanted, choose.wallet)?;
        let left = waiting.expires_at.since(work.now);
        let order = self.plan_order(work, choose.wallet, asked, quote.as_ref(), left)?;
        let state = State::Ordering(crate::payment::Ordering { chosen: true, ..order });
        Ok(Payment { state, quote, ..payment.clone() })
    }
}
