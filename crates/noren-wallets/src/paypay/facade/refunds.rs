//! Giving money back.

use noren_core::id::PaymentId;
use noren_core::refund::RefundState;

use super::kept::Kept;
use super::words::{self, On};
use super::{Call, Said, success};
use crate::paypay::codes::Code;
use crate::paypay::forms::{id, positive, read};
use crate::paypay::messages::RefundRequest;

impl Call<'_> {
    /// To whoever paid. One that is not decided is `CREATED`.
    pub(super) async fn refund(self) -> Said {
        let asked: RefundRequest = read(self.body)?;
        let number = id(&asked.merchant_refund_id)?;
        let amount = positive(&asked.amount).ok_or(Code::InvalidRefundAmount)?;
        let payment = PaymentId::from_digits(&asked.payment_id);
        let payment = payment.map_err(|_| Code::ResourceNotFound)?;
        let kept = Kept {
            requested_at: Some(asked.requested_at),
            text: asked.reason.clone(),
            ..Kept::default()
        };
        let made = self.till.refund(number, payment, amount, &kept.memo()).await;
        let back = made.map_err(|refused| words::code(On::Refund, &refused))?;
        let refund = back.record();
        match &refund.state {
            RefundState::Declined(_) | RefundState::Impossible(_) => Err(Code::OrderNotRefundable),
            RefundState::Requested(_)
            | RefundState::InDoubt(_)
            | RefundState::WaitingForFunds(_)
            | RefundState::Refunded(_) => {
                Ok(success(200, &words::refund_said(&back.payment, refund)))
            }
        }
    }

    pub(super) async fn refund_look(self, number: &str) -> Said {
        let found = self.till.refund_numbered(number).await;
        let found = found.map_err(|refused| words::code(On::Look, &refused))?;
        let back = found.ok_or(Code::NoSuchRefundOrder)?;
        Ok(success(200, &words::refund_said(&back.payment, back.record())))
    }
}
