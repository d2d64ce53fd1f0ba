//! Capturing what is held, once, and releasing it.

use noren_core::id::PaymentId;
use noren_core::payment::State;
use noren_core::refusal::Refusal;
use serde_json::{Value, json};

use super::words::{self, On};
use super::{Call, Said, accepted, success};
use crate::facade::{Refused, Shown, Taken};
use crate::paypay::codes::Code;
use crate::paypay::forms::{id, positive, read, value};
use crate::paypay::messages::{CaptureRequest, PaymentSaid, RevertRequest, Status, seconds};

impl Call<'_> {
    /// PayPay captures once and releases the rest; a wallet that captures in parts is asked to
    /// release it. A capture that is not decided is `REQUEST_ACCEPTED`.
    pub(super) async fn capture(self) -> Said {
        let asked: CaptureRequest = read(self.body)?;
        let number = id(&asked.merchant_payment_id)?;
        let key = id(&asked.merchant_capture_id)?;
        let amount = positive(&asked.amount).ok_or(Code::InvalidParams)?;
        let found = self.found(number).await?.and_then(|found| found.last);
        let payment = found.ok_or(Code::ResourceNotFound)?.payment;
        if payment.captured() > 0 {
            // Before another capture could take more, or this one be known as a repeat.
            self.release_rest(payment.id).await?;
        }
        let taken = match self.till.capture(key, payment.id, amount).await {
            Ok(taken) => taken,
            Err(Refused::By(Refusal::PaymentNotHeld)) if payment.captured() > 0 => {
                return Err(Code::AlreadyCaptured);
            }
            Err(refused) => return Err(words::code(On::Capture, &refused)),
        };
        let open = taken.payment.state.open_part();
        if open.is_some_and(|open| open.terms.id == taken.capture) {
            return Ok(accepted(value(&capture_told(&taken, &asked))));
        }
        let hold = taken.payment.state.hold();
        let parts = hold.map(|hold| hold.parts.as_slice()).unwrap_or_default();
        let part = parts.iter().find(|part| part.terms.id == taken.capture);
        if part.is_none_or(|part| part.receipt().is_none()) {
            return Err(Code::OrderNotCapturable);
        }
        self.release_rest(payment.id).await?;
        Ok(success(200, &capture_told(&taken, &asked)))
    }

    /// What a capture left of a hold is held no longer.
    async fn release_rest(self, payment: PaymentId) -> Result<(), Code> {
        let found = self.till.payment(payment).await;
        let shown = found.map_err(|refused| words::code(On::Look, &refused))?;
        let held = |shown: &Shown| match &shown.payment.state {
            State::Authorised(held) => held.hold.captured() > 0,
            State::WaitingForPayer(_)
            | State::Ordering(_)
            | State::Ordered(_)
            | State::Authorising(_)
            | State::InDoubt(_)
            | State::Reversing(_)
            | State::Capturing(_)
            | State::Voiding(_)
            | State::Captured(_)
            | State::HoldCaptured(_)
            | State::Voided(_)
            | State::Declined(_)
            | State::Cancelled(_)
            | State::Expired(_)
            | State::Reversed(_)
            | State::Blocked(_) => false,
        };
        if shown.as_ref().is_some_and(held) {
            let key = format!("rest:{payment}");
            let released = self.till.void(&key, payment).await;
            released.map_err(|refused| words::code(On::Capture, &refused))?;
        }
        Ok(())
    }

    pub(super) async fn revert(self) -> Said {
        let asked: RevertRequest = read(self.body)?;
        let key = format!("revert:{}", id(&asked.merchant_revert_id)?);
        let payment = PaymentId::from_digits(&asked.payment_id);
        let payment = payment.map_err(|_| Code::ResourceNotFound)?;
        let released = self.till.void(&key, payment).await;
        let shown = released.map_err(|refused| words::code(On::Revert, &refused))?;
        let data = |at| {
            json!({
                "status": Status::Canceled.word(), "acceptedAt": at,
                "paymentId": asked.payment_id, "requestedAt": asked.requested_at,
                "reason": asked.reason,
            })
        };
        match &shown.payment.state {
            State::Voided(voided) => Ok(success(200, &data(seconds(voided.at)))),
            // It is asked of the wallet, and the wallet has not said that it did.
            State::Voiding(_) | State::Capturing(_) => Ok(accepted(Value::Null)),
            State::WaitingForPayer(_)
            | State::Ordering(_)
            | State::Ordered(_)
            | State::Authorising(_)
            | State::InDoubt(_)
            | State::Reversing(_)
            | State::Authorised(_)
            | State::Captured(_)
            | State::HoldCaptured(_)
            | State::Declined(_)
            | State::Cancelled(_)
            | State::Expired(_)
            | State::Reversed(_)
            | State::Blocked(_) => Err(Code::OrderNotCancelable),
        }
    }
}

/// The payment, with the capture by the name that the till gave it.
fn capture_told(taken: &Taken, asked: &CaptureRequest) -> PaymentSaid {
    let mut said = words::said(&taken.payment, false);
    let ours = taken.capture.digits();
    let captures = said.captures.iter_mut().filter_map(|list| list.data.as_mut()).flatten();
    for capture in captures.filter(|capture| capture.merchant_capture_id == ours) {
        capture.merchant_capture_id.clone_from(&asked.merchant_capture_id);
        capture.requested_at = Some(asked.requested_at);
        capture.order_description = Some(asked.order_description.clone());
    }
    said
}
