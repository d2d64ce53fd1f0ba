//! What both kinds of payment share: details, capture, void, refund, and the file of a day.

use noren_core::money::Money;
use noren_core::time::{BusinessDate, Timestamp};
use percent_encoding::utf8_percent_encode;

use super::{Back, Deal, LinePaySandbox, Said, hold_end, yen};
use crate::instant;
use crate::linepay::ZONE_MINUTES;
use crate::linepay::codes::Code;
use crate::linepay::endpoints::{Asked, query};
use crate::linepay::messages::{
    AmountRequest, Details, PaymentMade, RefundListed, RefundRequest, Text,
};
use crate::linepay::shapes::{enveloped, pay_info, refund_made, value};
use crate::sandbox::bank::{
    CaptureIntent, Manner, Moved, MovedBy, Payment, RefundIntent, RefundTold, State,
};
use crate::statement::flat;
use crate::wire::{PATH_SEGMENT, Request, Response};

impl LinePaySandbox {
    /// All that is known of the transactions that are named; of holds only with `held`.
    pub(super) fn details(&self, request: &Request, held: bool) -> Said {
        let asked = Asked::read(query(request))?;
        let mut named: Vec<String> =
            asked.transactions.iter().filter_map(|id| self.order_named(*id).ok()).collect();
        named.extend(asked.orders);
        named.sort();
        named.dedup();
        let shown = |order: &String| {
            let (deal, payment) = self.known(order).ok()?;
            shown(order, deal, payment, asked.packages)
                .filter(|_| !held || matches!(payment.state, State::Held | State::Released))
        };
        let found: Vec<Details> = named.iter().filter_map(shown).collect();
        if found.is_empty() {
            return Err(Code::NoTransaction);
        }
        Ok((value(&found), Manner::Plain))
    }

    /// Takes a part of a hold; what it leaves goes back to the payer.
    pub(super) fn capture(&mut self, now: Timestamp, order: &str, asked: &AmountRequest) -> Said {
        let amount = yen(&asked.amount, &asked.currency)?;
        let (deal, payment) = self.known(order)?;
        let transaction = deal.transaction;
        match payment.state {
            State::Held => {}
            State::Paid | State::Released => return Err(Code::StateError),
            State::Open
            | State::Processing
            | State::Declined(_)
            | State::Cancelled
            | State::Blocked => return Err(Code::NoTransaction),
        }
        if amount.minor() > payment.order.minor() {
            return Err(Code::AmountError);
        }
        // One capture an order, so its id is the order's.
        let intent =
            CaptureIntent { id: order, payment: order, order: amount, payer: amount, last: true };
        self.bank.capture_make(now, intent).map_err(|_| Code::StateError)?;
        let made = PaymentMade {
            transaction_id: Some(transaction),
            order_id: Some(Text(order.to_owned())),
            pay_info: pay_info(amount),
            ..PaymentMade::default()
        };
        Ok((value(&made), Manner::Plain))
    }

    /// Lets go of a hold.
    pub(super) fn void(&mut self, now: Timestamp, order: &str) -> Said {
        let (_, payment) = self.known(order)?;
        match payment.state {
            State::Held => {
                self.bank.void(now, order);
                Ok((None, Manner::Plain))
            }
            State::Paid | State::Released => Err(Code::StateError),
            State::Processing => Err(Code::InProcess),
            State::Open | State::Declined(_) | State::Cancelled | State::Blocked => {
                Err(Code::NoTransaction)
            }
        }
    }

    /// Gives money back, every time it is called.
    pub(super) fn refund(&mut self, now: Timestamp, order: &str, asked: &RefundRequest) -> Said {
        let (_, payment) = self.known(order)?;
        match payment.state {
            State::Paid | State::Released => {}
            State::Processing => return self.undo(now, order),
            State::Held => return Err(Code::StateError),
            State::Open | State::Declined(_) | State::Cancelled | State::Blocked => {
                return Err(Code::NoTransaction);
            }
        }
        let (taken, currency) = (payment.taken().order, payment.order.currency());
        let left = Money::new(taken - payment.refunded_order, currency);
        let amount = match &asked.refund_amount {
            Some(amount) => {
                amount.money(currency).filter(|m| m.positive()).ok_or(Code::AmountError)?
            }
            None => left,
        };
        if !left.positive() {
            // What was let go was never taken.
            return Err(if taken == 0 { Code::StateError } else { Code::RefundedAlready });
        }
        if amount.minor() > left.minor() {
            return Err(Code::RefundTooMuch);
        }
        let id = self.transaction_new(now);
        let (name, whole) = (id.to_string(), amount.minor() == taken);
        let intent = RefundIntent { id: &name, payment: order, order: amount, payer: Some(amount) };
        let told = self.bank.refund_make(now, intent).map_err(|_| Code::InternalError)?;
        let RefundTold::Settled(manner) = told else {
            // A code for a pool that is too small is not published.
            return Err(Code::InternalError);
        };
        self.refunded(order, Back { id, amount, whole, at: now });
        Ok((refund_made(id, now), manner))
    }

    /// A refund of all of a payment that is not finished: then it never is (facts, section 5).
    fn undo(&mut self, now: Timestamp, order: &str) -> Said {
        if !self.bank.cancel(now, order) {
            return Err(Code::StateError);
        }
        self.forget_ended(order);
        let id = self.transaction_new(now);
        self.transactions.put(&id.to_string(), order.to_owned());
        Ok((refund_made(id, now), Manner::Plain))
    }

    fn refunded(&mut self, order: &str, back: Back) {
        self.transactions.put(&back.id.to_string(), order.to_owned());
        if let Some(deal) = self.deals.edit(order) {
            deal.refunds.push(back);
        }
    }

    pub(super) fn statement(&self, now: Timestamp, date: BusinessDate) -> Response {
        let Some(moved) = self.bank.day(now, date) else {
            return enveloped(Code::InProcess, None);
        };
        let lines = moved.into_iter().filter_map(|moved| self.line(moved));
        let file = flat::write(date, ZONE_MINUTES, &lines.collect::<Vec<_>>());
        Response {
            status: 200,
            headers: vec![("content-type".into(), "text/csv; charset=utf-8".into())],
            body: file.into_bytes(),
        }
    }

    /// A movement by the network's names. Only a payment was asked for by an id of the shop's, which
    /// may hold anything.
    fn line(&self, moved: Moved) -> Option<Moved> {
        let deal = self.deals.get(&moved.payment)?;
        let payment = utf8_percent_encode(&moved.payment, PATH_SEGMENT).to_string();
        let (id, transaction) = match moved.by {
            MovedBy::Payment => (payment.clone(), deal.transaction.to_string()),
            MovedBy::Capture => (String::new(), deal.transaction.to_string()),
            // Our name of a refund is the network's id of it.
            MovedBy::Refund => (String::new(), moved.id),
        };
        Some(Moved { id, payment, transaction, ..moved })
    }
}

/// What details say; `None`: it never came to anything.
fn shown(order: &str, deal: &Deal, payment: &Payment, packages: bool) -> Option<Details> {
    let taken = payment.taken().order;
    let currency = payment.order.currency();
    let (status, amount) = match payment.state {
        State::Paid => ("CAPTURE", taken),
        State::Released if taken > 0 => ("CAPTURE", taken),
        State::Released => ("VOIDED_AUTHORIZATION", payment.order.minor()),
        State::Held => ("AUTHORIZATION", payment.order.minor()),
        State::Open
        | State::Processing
        | State::Declined(_)
        | State::Cancelled
        | State::Blocked => return None,
    };
    let refunds = deal.refunds.iter().map(|back| {
        let kind = if back.whole { "PAYMENT_REFUND" } else { "PARTIAL_REFUND" };
        RefundListed {
            refund_transaction_id: back.id,
            transaction_type: Some(kind.into()),
            refund_amount: crate::linepay::messages::Amount::of(back.amount),
            refund_transaction_date: Some(instant::print(back.at)),
        }
    });
    let product = deal.packages.first().and_then(|package| package.products.first());
    Some(Details {
        transaction_id: Some(deal.transaction),
        order_id: Some(Text(order.to_owned())),
        transaction_date: Some(instant::print(deal.at)),
        transaction_type: Some("PAYMENT".into()),
        pay_status: Some(status.into()),
        product_name: product.map(|product| product.name.clone()),
        currency: Some(currency.alpha().to_owned()),
        authorization_expire_date: (payment.state == State::Held).then(|| hold_end(deal.at)),
        pay_info: pay_info(Money::new(amount, currency)),
        refund_list: (!deal.refunds.is_empty()).then(|| refunds.collect()),
        packages: packages.then(|| deal.packages.clone()),
    })
}
