//! Codes that are shown, codes that are scanned, looking and cancelling.

use noren_core::id::PaymentId;
use noren_core::payment::{Payment, State};
use serde_json::{Value, json};

use super::kept::Kept;
use super::words::{self, On, is_code};
use super::{CODE_VALID_FOR, Call, PATIENCE, Said, accepted, success};
use crate::facade::{Found, Meet, NewOrder};
use crate::paypay::codes::Code;
use crate::paypay::forms::{hold_until, id, positive, read, value};
use crate::paypay::messages::{CodeRequest, PaymentRequest, PaymentSaid, Status, seconds};

/// What a code's name begins with.
const CODE_PREFIX: &str = "04-";

impl Call<'_> {
    /// A repeat is refused whatever it asks, as section 5 has it: its till looks, or cancels.
    pub(super) async fn code_create(self) -> Said {
        let asked: CodeRequest = read(self.body)?;
        let number = id(&asked.merchant_payment_id)?.to_owned();
        let amount = positive(&asked.amount).ok_or(Code::DynamicQrBadRequest)?;
        if asked.code_type != "ORDER_QR" {
            return Err(Code::DynamicQrBadRequest);
        }
        let hold = asked.is_authorization.unwrap_or(false);
        hold_until(self.now, hold, asked.authorization_expiry)?;
        let kept = Kept {
            requested_at: asked.requested_at,
            store_id: asked.store_id.clone(),
            terminal_id: asked.terminal_id.clone(),
            order_receipt_number: None,
            text: asked.order_description.clone(),
            redirect_url: asked.redirect_url.clone(),
        };
        let order = NewOrder {
            number,
            content: "code".to_owned(),
            amount,
            meet: Meet::Shown { expires_in: CODE_VALID_FOR },
            hold,
            memo: kept.memo(),
        };
        let made = self.till.create(order).await;
        let shown = made.map_err(|refused| words::code(On::Code, &refused))?;
        if shown.replayed {
            return Err(Code::DuplicateDynamicQrRequest);
        }
        let expires_at = match &shown.payment.state {
            State::WaitingForPayer(waiting) => waiting.expires_at,
            _ => self.now.after(CODE_VALID_FOR),
        };
        let mut data = value(&asked);
        data["codeId"] = json!(code_id(&shown.payment));
        data["url"] = json!(shown.page);
        // Whoever opens it on their own telephone chooses a wallet there.
        data["deeplink"] = json!(shown.page);
        data["expiryDate"] = json!(seconds(expires_at));
        Ok(success(201, &data))
    }

    pub(super) async fn code_delete(self, code_id: &str) -> Said {
        let payment =
            code_id.strip_prefix(CODE_PREFIX).and_then(|id| PaymentId::from_digits(id).ok());
        let payment = payment.ok_or(Code::DynamicQrNotFound)?;
        let found = self.till.payment(payment).await;
        let found = found.map_err(|refused| words::code(On::Look, &refused))?;
        let shown = found.filter(|shown| is_code(&shown.payment)).ok_or(Code::DynamicQrNotFound)?;
        match &shown.payment.state {
            State::WaitingForPayer(_) | State::Ordering(_) | State::Ordered(_) => {}
            State::Authorising(_)
            | State::InDoubt(_)
            | State::Authorised(_)
            | State::Capturing(_)
            | State::Voiding(_)
            | State::Captured(_)
            | State::HoldCaptured(_)
            | State::Voided(_)
            | State::Blocked(_) => return Err(Code::DynamicQrAlreadyPaid),
            State::Reversing(_)
            | State::Declined(_)
            | State::Cancelled(_)
            | State::Expired(_)
            | State::Reversed(_) => return Err(Code::DynamicQrNotFound),
        }
        let found = self.withdraw(&shown.payment.order_number).await?;
        let over = found.last.is_some_and(|last| last.payment.state.ended_unpaid());
        Ok(if over { success(200, &Value::Null) } else { accepted(Value::Null) })
    }

    /// A payment by the payer's code (ours), or a hold.
    pub(super) async fn pay(self, hold: bool) -> Said {
        let asked: PaymentRequest = read(self.body)?;
        let number = id(&asked.merchant_payment_id)?.to_owned();
        let amount = positive(&asked.amount).ok_or(Code::InvalidParams)?;
        hold_until(self.now, hold, asked.expires_at)?;
        let given = |text: Option<String>| text.filter(|text| !text.is_empty());
        let code = match (given(asked.user_authorization_id), given(asked.payment_code)) {
            (None, None) => return Err(Code::MissingRequestParams),
            (Some(_), Some(_)) => return Err(Code::InvalidRequestParams),
            // Nobody has linked an account here.
            (Some(_), None) => return Err(Code::InvalidUserAuthorizationId),
            (None, Some(code)) => code,
        };
        let kept = Kept {
            requested_at: Some(asked.requested_at),
            store_id: asked.store_id,
            terminal_id: asked.terminal_id,
            order_receipt_number: asked.order_receipt_number,
            text: asked.order_description,
            redirect_url: None,
        };
        let order = NewOrder {
            number,
            content: format!("code {code}"),
            amount,
            meet: Meet::Scanned { code, patience: PATIENCE },
            hold,
            memo: kept.memo(),
        };
        let made = self.till.create(order).await;
        let shown = made.map_err(|refused| words::code(On::Payment, &refused))?;
        if let State::Declined(declined) = &shown.payment.state
            && let Some(code) = words::declined(declined.proof.reason())
        {
            return Err(code);
        }
        Ok(success(201, &words::said(&shown.payment, false)))
    }

    pub(super) async fn found(self, number: &str) -> Result<Option<Found>, Code> {
        let found = self.till.order(number).await;
        found.map_err(|refused| words::code(On::Look, &refused))
    }

    /// `/v2/codes/payments/{id}` knows codes only.
    pub(super) async fn code_look(self, number: &str) -> Said {
        let found = self.found(number).await?.ok_or(Code::DynamicQrPaymentNotFound)?;
        let last = found.last.filter(|last| is_code(&last.payment));
        let last = last.ok_or(Code::DynamicQrPaymentNotFound)?;
        Ok(success(200, &words::said(&last.payment, found.order.withdrawn_at().is_some())))
    }

    /// `/v2/payments/{id}` knows payments: of a code only once somebody has begun to pay it.
    pub(super) async fn look(self, number: &str) -> Said {
        let found = self.found(number).await?.ok_or(Code::ResourceNotFound)?;
        let withdrawn = found.order.withdrawn_at();
        let Some(last) = found.last else {
            // It was cancelled before anything of it came.
            return Ok(success(
                200,
                &PaymentSaid {
                    status: Some(Status::Canceled.word().to_owned()),
                    canceled_at: withdrawn.map(seconds),
                    merchant_payment_id: Some(number.to_owned()),
                    ..PaymentSaid::default()
                },
            ));
        };
        if is_code(&last.payment) && last.payment.wallet().is_none() {
            return Err(Code::ResourceNotFound);
        }
        Ok(success(200, &words::said(&last.payment, withdrawn.is_some())))
    }

    /// Binds, whatever is known of the number. Later than the network would, too: what was taken
    /// goes back as a refund then.
    pub(super) async fn cancel(self, number: &str) -> Said {
        let found = self.withdraw(id(number)?).await?;
        let stands = found.last.is_some_and(|last| keeps(&last.payment));
        if stands { Err(Code::OrderNotReversible) } else { Ok(accepted(Value::Null)) }
    }

    async fn withdraw(self, number: &str) -> Result<Found, Code> {
        let found = self.till.withdraw(number, number).await;
        found.map_err(|refused| words::code(On::Cancel, &refused))
    }
}

/// True when the shop has money of a payment that does not go back.
fn keeps(payment: &Payment) -> bool {
    let left = payment.captured() - payment.refunds_counted();
    payment.state.is_final() && left > 0
}

fn code_id(payment: &Payment) -> String {
    format!("{CODE_PREFIX}{}", payment.id.digits())
}
