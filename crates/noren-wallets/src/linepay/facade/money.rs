//! What orders on the web and scanned codes share: details, capture, void, refund.

use noren_core::id::CaptureId;
use noren_core::money::Money;
use noren_core::payment::{PartEnd, Payment, State};
use noren_core::refund::{Refund, RefundState};

use super::codes::{declined, refused};
use super::desk::{Desk, Known, Said};
use super::ids::transaction_of;
use super::stand::Stand;
use crate::facade::Shown;
use crate::instant;
use crate::linepay::codes::Code;
use crate::linepay::endpoints::{Asked, Deal};
use crate::linepay::messages::{
    Amount, AmountRequest, Details, PaymentMade, RefundListed, RefundRequest,
};
use crate::linepay::shapes::{amount, pay_info, refund_made, value};

impl Desk<'_> {
    /// All that is known of the transactions that are named; of holds only with `held`. What nobody
    /// has paid is no transaction; what may have been paid is never said not to exist.
    pub async fn details(&self, asked: &Asked, held: bool) -> Said {
        let mut named = Vec::new();
        for id in &asked.transactions {
            named.extend(self.named(*id).await?);
        }
        for number in &asked.orders {
            match self.order_numbered(number).await {
                Ok(known) => named.push(known),
                Err(Code::NoTransaction) => {}
                Err(code) => return Err(code),
            }
        }
        named.sort_by_key(|known| known.payment().id);
        named.dedup_by_key(|known| known.payment().id);
        let found = named.iter().filter_map(|known| details_of(known, asked.packages, held));
        let found: Vec<Details> = found.collect();
        let undecided = named.iter().any(|known| known.stand() == Stand::Undecided);
        match (found.is_empty(), undecided) {
            (false, _) => Ok(value(&found)),
            (true, true) => Err(Code::InProcess),
            (true, false) => Err(Code::NoTransaction),
        }
    }

    /// Takes a part of a hold. What it leaves goes back to the payer: LINE Pay knows of one capture.
    pub async fn capture(&self, deal: &Deal, asked: &AmountRequest) -> Said {
        let amount = amount(&asked.amount, &asked.currency, self.account.currency)?;
        let known = self.deal(deal).await?;
        let payment = known.payment();
        match known.stand() {
            Stand::Held(_) => {}
            Stand::Capturing | Stand::Undecided => return Err(Code::InProcess),
            Stand::Taken(taken) if taken == amount.minor() => return Err(Code::SameTransaction),
            Stand::Taken(_) | Stand::Releasing => return Err(Code::StateError),
            Stand::Released { expired: false } => return Err(Code::StateError),
            Stand::Released { expired: true } => return Err(Code::Expired),
            Stand::Waiting | Stand::Declined(_) | Stand::Closed | Stand::Blocked => {
                return Err(Code::NoTransaction);
            }
        }
        if amount.minor() > payment.amount.minor() {
            return Err(Code::AmountError);
        }
        // Of two calls at the same time one captures; after one that a wallet declined there may be
        // another.
        let tried = payment.state.hold().map_or(0, |hold| hold.parts.len());
        let key = format!("capture-{}-{tried}", known.transaction());
        let taken = self.till.capture(&key, payment.id, amount).await.map_err(refused)?;
        capture_ended(&taken.payment, taken.capture)?;
        if matches!(taken.payment.state, State::Authorised(_)) {
            // The answer does not depend on it: what is not released now ends with the hold.
            let key = format!("rest-{}", known.transaction());
            let _ = self.till.void(&key, payment.id).await;
        }
        let made = PaymentMade {
            transaction_id: Some(known.transaction()),
            order_id: Some(known.order_id()),
            pay_info: pay_info(amount),
            ..PaymentMade::default()
        };
        Ok(value(&made))
    }

    /// Lets go of a hold; offline also of a code that is in doubt (facts, section 5).
    pub async fn void(&self, deal: &Deal) -> Said {
        let known = self.deal(deal).await?;
        match known.stand() {
            Stand::Held(_) => {}
            Stand::Undecided if matches!(deal, Deal::Order(..)) => {
                return self.undo(&known).await.map(|_| None);
            }
            Stand::Undecided | Stand::Capturing | Stand::Releasing => return Err(Code::InProcess),
            Stand::Taken(_) => return Err(Code::StateError),
            Stand::Released { .. } => return Err(Code::SameTransaction),
            Stand::Waiting | Stand::Declined(_) | Stand::Closed | Stand::Blocked => {
                return Err(Code::NoTransaction);
            }
        }
        let key = format!("void-{}-{}", known.transaction(), self.call);
        let after = self.till.void(&key, known.payment().id).await.map_err(refused)?;
        match Stand::of(&after.payment) {
            Stand::Released { .. } => Ok(None),
            Stand::Taken(_) => Err(Code::StateError),
            Stand::Waiting
            | Stand::Undecided
            | Stand::Held(_)
            | Stand::Capturing
            | Stand::Releasing
            | Stand::Declined(_)
            | Stand::Closed
            | Stand::Blocked => Err(Code::InProcess),
        }
    }

    /// Gives money back. There is no key for it in this API, so the nonce of the message is one: the
    /// very same message again is the same refund, and while one is under way another is not begun,
    /// because a till that has lost an answer asks the details and then may begin again.
    pub async fn refund(&self, deal: &Deal, asked: &RefundRequest) -> Said {
        let known = self.deal(deal).await?;
        let payment = known.payment();
        let offline = matches!(deal, Deal::Order(..));
        let taken = match known.stand() {
            Stand::Taken(taken) => taken,
            Stand::Undecided if offline && self.is_all(asked, payment) => {
                return self.undo(&known).await;
            }
            Stand::Undecided | Stand::Capturing | Stand::Releasing => return Err(Code::InProcess),
            Stand::Held(_) | Stand::Released { .. } => return Err(Code::StateError),
            // What was undone by the call before this one.
            Stand::Closed if offline => return Err(Code::RefundedAlready),
            Stand::Waiting | Stand::Closed | Stand::Declined(_) | Stand::Blocked => {
                return Err(Code::NoTransaction);
            }
        };
        let number = format!("{}-{}", known.transaction(), self.call);
        let is_it = |refund: &&Refund| refund.number.as_deref() == Some(number.as_str());
        let before = payment.refunds.iter().find(is_it);
        let running = |refund: &Refund| !refund.state.is_final();
        if before.is_none() && payment.refunds.iter().any(running) {
            return Err(Code::InProcess);
        }
        let left = Money::new(taken - payment.refunds_counted(), payment.amount.currency());
        let amount = match (&asked.refund_amount, before) {
            (Some(amount), _) => {
                let amount = amount.money(left.currency());
                amount.filter(|amount| amount.positive()).ok_or(Code::AmountError)?
            }
            (None, Some(before)) => before.amount,
            (None, None) => left,
        };
        if before.is_none() && !left.positive() {
            return Err(Code::RefundedAlready);
        }
        if before.is_none() && amount.minor() > left.minor() {
            return Err(Code::RefundTooMuch);
        }
        let back = self.till.refund(&number, payment.id, amount, "").await.map_err(refused)?;
        refund_said(back.record())
    }

    /// True when all of a payment is to go back.
    fn is_all(&self, asked: &RefundRequest, payment: &Payment) -> bool {
        let amount = asked.refund_amount.as_ref();
        amount.is_none_or(|amount| amount.money(self.account.currency) == Some(payment.amount))
    }

    /// Lets a payment that is in doubt not stand, whatever it turns out to be. Nothing was taken as
    /// far as anybody knows, so the refund that is answered has the transaction's own id.
    async fn undo(&self, known: &Known) -> Said {
        let key = format!("undo-{}-{}", known.transaction(), self.call);
        let number = known.payment().order_number.to_string();
        let found = self.till.withdraw(&key, &number).await.map_err(refused)?;
        let Some(Shown { payment, .. }) = found.last else { return Err(Code::InProcess) };
        match Stand::of(&payment) {
            Stand::Closed | Stand::Declined(_) | Stand::Released { .. } => {
                Ok(refund_made(known.transaction(), self.env.now))
            }
            // It had been paid, and all of it went back.
            Stand::Taken(taken) if payment.refunds_done() == taken => {
                Ok(refund_made(known.transaction(), self.env.now))
            }
            Stand::Blocked => Err(Code::StateError),
            Stand::Taken(_)
            | Stand::Waiting
            | Stand::Undecided
            | Stand::Held(_)
            | Stand::Capturing
            | Stand::Releasing => Err(Code::InProcess),
        }
    }
}

fn capture_ended(payment: &Payment, capture: CaptureId) -> Result<(), Code> {
    let parts = payment.state.hold().map_or(&[][..], |hold| &hold.parts);
    match parts.iter().find(|part| part.terms.id == capture).map(|part| &part.end) {
        Some(PartEnd::Captured { .. }) => Ok(()),
        Some(PartEnd::Declined { proof, .. }) => Err(declined(proof.reason())),
        None => Err(Code::InProcess),
    }
}

fn refund_said(refund: &Refund) -> Said {
    match &refund.state {
        RefundState::Refunded(done) => Ok(refund_made(transaction_of(refund.id), done.at)),
        RefundState::Requested(_) | RefundState::InDoubt(_) | RefundState::WaitingForFunds(_) => {
            Err(Code::InProcess)
        }
        RefundState::Declined(no) => Err(declined(no.proof.reason())),
        RefundState::Impossible(_) => Err(Code::WrongTransaction),
    }
}

/// What details say of a payment; `None`: it is no transaction (yet), or no hold where one is due.
fn details_of(known: &Known, packages: bool, held: bool) -> Option<Details> {
    let payment = known.payment();
    let currency = payment.amount.currency();
    let whole = payment.amount.minor();
    let (status, amount) = match known.stand() {
        Stand::Taken(_) if held => return None,
        Stand::Taken(taken) => ("CAPTURE", taken),
        // A capture or a release that is running has not changed anything yet.
        Stand::Held(_) | Stand::Capturing | Stand::Releasing => ("AUTHORIZATION", whole),
        Stand::Released { expired: false } => ("VOIDED_AUTHORIZATION", whole),
        Stand::Released { expired: true } => ("EXPIRED_AUTHORIZATION", whole),
        Stand::Waiting | Stand::Undecided | Stand::Declined(_) | Stand::Closed | Stand::Blocked => {
            return None;
        }
    };
    let until = payment.state.hold().filter(|_| status == "AUTHORIZATION");
    let refunds = payment.refunds.iter().filter_map(|refund| listed(refund, amount));
    let refunds: Vec<RefundListed> = refunds.collect();
    Some(Details {
        transaction_id: Some(known.transaction()),
        order_id: Some(known.order_id()),
        transaction_date: Some(instant::print(payment.created_at)),
        transaction_type: Some("PAYMENT".into()),
        pay_status: Some(status.into()),
        product_name: known.memo.product.clone(),
        currency: Some(currency.alpha().to_owned()),
        authorization_expire_date: until.map(|hold| instant::print(hold.expires_at)),
        pay_info: pay_info(Money::new(amount, currency)),
        refund_list: (!refunds.is_empty()).then_some(refunds),
        packages: known.memo.packages.clone().filter(|_| packages),
    })
}

/// A refund that was made: no other is said to have been.
fn listed(refund: &Refund, taken: i64) -> Option<RefundListed> {
    let at = match &refund.state {
        RefundState::Refunded(done) => done.at,
        RefundState::Requested(_)
        | RefundState::InDoubt(_)
        | RefundState::WaitingForFunds(_)
        | RefundState::Declined(_)
        | RefundState::Impossible(_) => return None,
    };
    let whole = refund.amount.minor() == taken;
    Some(RefundListed {
        refund_transaction_id: transaction_of(refund.id),
        transaction_type: Some(if whole { "PAYMENT_REFUND" } else { "PARTIAL_REFUND" }.into()),
        refund_amount: Amount::of(refund.amount),
        refund_transaction_date: Some(instant::print(at)),
    })
}
