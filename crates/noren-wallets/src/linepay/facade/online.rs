//! Online v3: an order, its payer's approval, and the shop's confirmation.
//!
//! With LINE Pay an approval takes no money and the confirmation does. The wallets that pay here
//! take it when their user says so, and most of them cannot do otherwise. So what a shop hears as
//! "approved, confirm now" (0110) is a payment that is captured, or held where the shop wants that,
//! and its confirmation asks whether the amount is the right one and moves nothing. A confirmation
//! is kept nowhere: it may be repeated, and the money of an order that is never confirmed is the
//! shop's all the same. It stands in the details and is given back by a refund.

use noren_core::payment::{Payment, State};
use noren_core::time::Span;

use super::codes::{declined, refused_order};
use super::desk::{Desk, Known, Said};
use super::memo::{Memo, Web};
use super::stand::Stand;
use crate::facade::{Meet, NewOrder};
use crate::instant;
use crate::linepay::codes::Code;
use crate::linepay::messages::{
    AmountRequest, Options, OrderMade, OrderRequest, PaymentMade, PaymentUrl, TransactionId,
};
use crate::linepay::shapes::{
    adds_up, amount, order_holds, order_id_fits, pay_info, shipping, value,
};

/// An order waits for its payer for 20 minutes (facts, section 5).
const ORDER_VALID_FOR: Span = Span::seconds(20 * 60);

impl Desk<'_> {
    /// `request`. The same order again, while it waits, gives the same answer; LINE Pay itself has
    /// 1172 for every repeat, and its shop then cannot learn the link that was lost.
    pub async fn order(&self, asked: &OrderRequest) -> Said {
        let order = self.order_read(asked)?;
        let number = order.number.clone();
        let shown = self.till.create(order).await.map_err(refused_order)?;
        let replayed = shown.replayed;
        let known = self.known(shown).ok_or(Code::SameOrder)?;
        if known.stand() != Stand::Waiting {
            return Err(Code::SameOrder);
        }
        let id = known.transaction();
        if self.named_alive(id).await?.len() > 1 {
            // Another of this millisecond has the same name. This one's link is not given out; a
            // repeat may be of the other, whose link was.
            if !replayed {
                let key = format!("name-{}", self.call);
                self.till.withdraw(&key, &number).await.map_err(refused_order)?;
            }
            return Err(Code::InternalError);
        }
        let page = known.shown.page;
        let made = OrderMade {
            transaction_id: id,
            // Digits that are typed in LINE's own app; no other wallet knows them.
            payment_access_token: None,
            payment_url: PaymentUrl { web: page.clone(), app: Some(page) },
        };
        Ok(value(&made))
    }

    fn order_read(&self, asked: &OrderRequest) -> Result<NewOrder, Code> {
        let number = asked.order_id.0.as_str();
        let due = self.account.currency;
        let amount = amount(&asked.amount, &asked.currency, due)?;
        let options = asked.options.as_ref();
        let shipping = shipping(options, due)?;
        let web = Web::of(&asked.redirect_urls).ok_or(Code::ParameterError)?;
        if !order_id_fits(number) || asked.packages.is_empty() {
            return Err(Code::ParameterError);
        }
        adds_up(amount, &asked.packages, shipping)?;
        if wants_to_be_stored(options) {
            return Err(Code::RegKeyNotAllowed);
        }
        let memo = Memo::of(Some(&asked.packages), None, Some(web)).text();
        Ok(NewOrder {
            number: number.to_owned(),
            content: serde_json::to_string(asked).map_err(|_| Code::ParameterError)?,
            amount,
            meet: Meet::Shown { expires_in: ORDER_VALID_FOR },
            hold: order_holds(options),
            memo: memo.ok_or(Code::ParameterError)?,
        })
    }

    /// `check`: said by a code alone.
    pub async fn order_check(&self, id: TransactionId) -> Said {
        let known = self.transaction(id).await?;
        if known.memo.web.is_none() {
            return Err(Code::NoTransaction);
        }
        match known.stand() {
            // In doubt is "the payer is still to act": a check has no other word for it.
            Stand::Waiting | Stand::Undecided | Stand::Releasing => Ok(None),
            Stand::Held(_) => Err(Code::Authenticated),
            Stand::Taken(_) if is_untouched(known.payment()) => Err(Code::Authenticated),
            // The shop has captured it or given back of it: it had confirmed.
            Stand::Taken(_) | Stand::Capturing => Err(Code::PaymentDone),
            Stand::Declined(_) | Stand::Blocked => Err(Code::PaymentFailed),
            Stand::Closed | Stand::Released { .. } => Err(Code::CancelledOrTimedOut),
        }
    }

    /// `confirm`.
    pub async fn order_confirm(&self, id: TransactionId, asked: &AmountRequest) -> Said {
        let known = self.transaction(id).await?;
        if known.memo.web.is_none() {
            return Err(Code::WrongTransaction);
        }
        let payment = known.payment();
        if amount(&asked.amount, &asked.currency, self.account.currency)? != payment.amount {
            return Err(Code::AmountDiffers);
        }
        match known.stand() {
            Stand::Held(_) => Ok(confirmed(&known)),
            Stand::Taken(_) if is_untouched(payment) => Ok(confirmed(&known)),
            Stand::Taken(_) | Stand::Capturing => Err(Code::SameTransaction),
            Stand::Waiting => Err(Code::MustAuthenticate),
            Stand::Undecided => Err(Code::InProcess),
            Stand::Declined(reason) => Err(declined(reason)),
            Stand::Closed | Stand::Releasing | Stand::Released { .. } | Stand::Blocked => {
                Err(Code::Expired)
            }
        }
    }
}

/// `PREAPPROVED`: the payer's consent to later payments. The switch keeps none.
fn wants_to_be_stored(options: Option<&Options>) -> bool {
    let payment = options.and_then(|options| options.payment.as_ref());
    payment.and_then(|payment| payment.pay_type.as_deref()) == Some("PREAPPROVED")
}

/// True while the shop has done nothing yet with what was captured at once.
fn is_untouched(payment: &Payment) -> bool {
    matches!(payment.state, State::Captured(_)) && payment.refunds_counted() == 0
}

fn confirmed(known: &Known) -> Option<serde_json::Value> {
    let until = match known.stand() {
        Stand::Held(until) => Some(instant::print(until)),
        Stand::Waiting
        | Stand::Undecided
        | Stand::Capturing
        | Stand::Releasing
        | Stand::Taken(_)
        | Stand::Released { .. }
        | Stand::Declined(_)
        | Stand::Closed
        | Stand::Blocked => None,
    };
    let made = PaymentMade {
        transaction_id: Some(known.transaction()),
        order_id: Some(known.order_id()),
        authorization_expire_date: until,
        pay_info: pay_info(known.payment().amount),
        ..PaymentMade::default()
    };
    value(&made)
}
