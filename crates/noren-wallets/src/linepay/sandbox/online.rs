//! Online v3: an order, its payer's approval, and the shop's confirmation.

use noren_core::money::Currency;
use noren_core::time::{Span, Timestamp};

use super::{Deal, LinePaySandbox, ORDER_PACES, Said, Web, hold_end, manner_of, word, yen};
use crate::linepay::codes::Code;
use crate::linepay::messages::{
    AmountRequest, OrderMade, OrderRequest, PaymentMade, PaymentUrl, Text, TransactionId,
};
use crate::linepay::sandbox::payer::{app_link, web_link};
use crate::linepay::shapes::{adds_up, order_holds, order_id_fits, pay_info, shipping, value};
use crate::sandbox::bank::{Manner, OrderIntent, State};
use crate::sandbox::scenario::Scenario;

impl LinePaySandbox {
    pub(super) fn order(&mut self, now: Timestamp, asked: &OrderRequest) -> Said {
        let order = asked.order_id.0.as_str();
        let amount = yen(&asked.amount, &asked.currency)?;
        let options = asked.options.as_ref();
        let shipping = shipping(options, Currency::JPY)?;
        let urls = &asked.redirect_urls;
        let empty = urls.confirm_url.is_empty() || urls.cancel_url.is_empty();
        if !order_id_fits(order) || asked.packages.is_empty() || empty {
            return Err(Code::ParameterError);
        }
        adds_up(amount, &asked.packages, shipping)?;
        // One order id for ever (facts, section 5): the answer to the first cannot be had again.
        if self.deals.get(order).is_some() {
            return Err(Code::SameOrder);
        }
        let hold = order_holds(options);
        let paces = self.bank.terms().pace.0.max(1).saturating_mul(ORDER_PACES);
        let expires_at = now.after(Span(paces));
        let intent =
            OrderIntent { id: order, order: amount, payer: amount, asked: "", hold, expires_at };
        self.bank.order_open(now, intent).map_err(|_| Code::SameOrder)?;
        let transaction = self.transaction_new(now);
        let token = format!("{:032x}", self.bank.bits());
        self.links.put(&token, order.to_owned());
        self.expiries.set(order, Some(expires_at));
        let (web, app) = (web_link(&self.link, &token), app_link(&token));
        let digits = self.bank.bits() % 1_000_000_000_000;
        let made = OrderMade {
            transaction_id: transaction,
            payment_access_token: Some(Text(format!("{digits:012}"))),
            payment_url: PaymentUrl { web, app: Some(app) },
        };
        let web = Web {
            token,
            confirm_url: urls.confirm_url.clone(),
            cancel_url: urls.cancel_url.clone(),
            expires_at,
            approved_by: None,
            refused: false,
        };
        let (packages, refunds) = (asked.packages.clone(), Vec::new());
        let deal = Deal { transaction, asked: amount, at: now, packages, web: Some(web), refunds };
        self.deal_put(order, deal);
        Ok((value(&made), Manner::Plain))
    }

    /// Where an order stands, said by a code: `0000` is an order that still waits.
    pub(super) fn order_check(&self, id: TransactionId) -> Said {
        let order = self.order_named(id)?;
        let (deal, payment) = self.known(&order)?;
        let web = deal.web.as_ref().ok_or(Code::NoTransaction)?;
        match payment.state {
            State::Open if web.approved_by.is_none() => Ok((None, Manner::Plain)),
            State::Open | State::Processing => Err(Code::Authenticated),
            State::Paid | State::Held | State::Released => Err(Code::PaymentDone),
            State::Declined(_) if web.refused => Err(Code::CancelledOrTimedOut),
            State::Declined(_) | State::Blocked => Err(Code::PaymentFailed),
            State::Cancelled => Err(Code::CancelledOrTimedOut),
        }
    }

    pub(super) fn order_confirm(
        &mut self,
        now: Timestamp,
        id: TransactionId,
        asked: &AmountRequest,
    ) -> Said {
        let order = self.order_named(id)?;
        let (deal, payment) = self.known(&order)?;
        let web = deal.web.as_ref().ok_or(Code::WrongTransaction)?;
        let (state, scenario) = (payment.state, payment.scenario);
        if yen(&asked.amount, &asked.currency)? != deal.asked {
            return Err(Code::AmountDiffers);
        }
        let approved_by = web.approved_by.clone();
        let manner = match (state, approved_by) {
            (State::Open, None) => return Err(Code::MustAuthenticate),
            (State::Open, Some(user)) => {
                self.bank.order_pay(now, &order, &user);
                self.forget_ended(&order);
                manner_of(self.known(&order)?.1)
            }
            (State::Processing, _) if scenario == Scenario::Timeout => Manner::Silent,
            (State::Processing, _) => return Err(Code::InProcess),
            (State::Paid | State::Held | State::Released, _) => return Err(Code::SameTransaction),
            (State::Declined(no), _) => return Err(word(no)),
            (State::Cancelled | State::Blocked, _) => return Err(Code::Expired),
        };
        let (deal, payment) = self.known(&order)?;
        let held = payment.state == State::Held;
        match payment.state {
            State::Paid | State::Held => {
                let made = PaymentMade {
                    transaction_id: Some(deal.transaction),
                    order_id: Some(Text(order.clone())),
                    authorization_expire_date: held.then(|| hold_end(now)),
                    pay_info: pay_info(payment.payer),
                    ..PaymentMade::default()
                };
                Ok((value(&made), manner))
            }
            // What is not answered at all needs no code.
            State::Processing if manner == Manner::Silent => Ok((None, manner)),
            State::Processing => Err(Code::InProcess),
            State::Declined(no) => Err(word(no)),
            State::Open | State::Released | State::Cancelled | State::Blocked => Err(Code::Expired),
        }
    }
}
