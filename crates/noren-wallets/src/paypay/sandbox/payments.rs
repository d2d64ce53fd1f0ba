//! Codes, payments, holds and refunds, as the switch asks for them.

use noren_core::time::Timestamp;
use serde_json::{Value, json};

use super::deal::{Deal, Note, OrderCode};
use super::{Answer, CODE_VALID_FOR, PayPaySandbox, answer};
use crate::paypay::codes::Code;
use crate::paypay::forms;
use crate::paypay::forms::{hold_until, id, positive, read, value};
use crate::paypay::messages::{
    CaptureRequest, CodeRequest, PaymentRequest, RefundRequest, RevertRequest, Status, seconds,
};
use crate::sandbox::bank::{
    CaptureIntent, Intent, No, OrderIntent, RefundIntent, RefundTold, State,
};
use crate::sandbox::scenario::Scenario;

type Said = Result<Answer, Code>;

impl PayPaySandbox {
    pub(super) fn code_create(&mut self, now: Timestamp, body: &[u8]) -> Said {
        let asked: CodeRequest = read(body)?;
        let id = id(&asked.merchant_payment_id)?.to_owned();
        let order = positive(&asked.amount).ok_or(Code::DynamicQrBadRequest)?;
        if asked.code_type != "ORDER_QR" {
            return Err(Code::DynamicQrBadRequest);
        }
        let hold = asked.is_authorization.unwrap_or(false);
        let hold_until = hold_until(now, hold, asked.authorization_expiry)?;
        // Also when a cancel of this id came first: it binds.
        if self.bank.payment(&id).is_some() {
            return Err(Code::DuplicateDynamicQrRequest);
        }
        let expires_at = now.after(CODE_VALID_FOR);
        let intent = OrderIntent { id: &id, order, payer: order, asked: "code", hold, expires_at };
        self.bank.order_open(now, intent).map_err(|_| Code::DuplicateDynamicQrRequest)?;
        let code = OrderCode {
            code_id: format!("04-{:020x}", self.bank.bits() >> 48),
            token: format!("{:024x}", self.bank.bits() >> 32),
            expires_at,
        };
        let url = self.url(&code.token);
        let mut data = value(&asked);
        data["codeId"] = json!(code.code_id);
        data["url"] = json!(url);
        data["deeplink"] = json!(deeplink(&url));
        data["expiryDate"] = json!(seconds(expires_at));
        self.names.put(&format!("code/{}", code.code_id), id.clone());
        self.names.put(&format!("link/{}", code.token), id.clone());
        let deal = Deal {
            code: Some(code),
            requested_at: asked.requested_at,
            store_id: asked.store_id,
            store_info: asked.store_info,
            terminal_id: asked.terminal_id,
            order_description: asked.order_description,
            hold_until,
            ..Deal::default()
        };
        self.deal_open(&id, deal);
        Ok(answer(Code::Success, 201, data))
    }

    /// The link of a code. Ours: it is the address of the control call that shows and pays it.
    pub(super) fn url(&self, token: &str) -> String {
        self.link.network.url(&format!("/sandbox/orders/{token}"))
    }

    pub(super) fn code_delete(&mut self, now: Timestamp, code_id: &str) -> Said {
        let id = self.names.get(&format!("code/{code_id}")).cloned();
        let id = id.ok_or(Code::DynamicQrNotFound)?;
        match self.bank.payment(&id).map(|payment| payment.state) {
            Some(State::Open) => {
                self.bank.cancel(now, &id);
                self.canceled(now, &id);
                Ok(answer(Code::Success, 200, Value::Null))
            }
            Some(
                State::Processing | State::Paid | State::Held | State::Released | State::Blocked,
            ) => Err(Code::DynamicQrAlreadyPaid),
            Some(State::Declined(_) | State::Cancelled) | None => Err(Code::DynamicQrNotFound),
        }
    }

    /// A payment by the payer's code (ours), or of a user who linked their account.
    pub(super) fn pay(&mut self, now: Timestamp, body: &[u8], agreed: bool, hold: bool) -> Said {
        let asked: PaymentRequest = read(body)?;
        let id = id(&asked.merchant_payment_id)?.to_owned();
        let order = positive(&asked.amount).ok_or(Code::InvalidParams)?;
        let hold_until = hold_until(now, hold, asked.expires_at)?;
        let given = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
        let fresh = self.bank.payment(&id).is_none();
        let linked = given(&asked.user_authorization_id);
        let (code, who) = match (linked.clone(), given(&asked.payment_code)) {
            (None, None) => return Err(Code::MissingRequestParams),
            (Some(_), Some(_)) => return Err(Code::InvalidRequestParams),
            (None, Some(code)) => (code.clone(), code),
            (Some(link), None) => {
                let code = match fresh {
                    true => self.direct_code(now, &id, &link, order, agreed)?,
                    false => String::new(),
                };
                (code, link)
            }
        };
        let compared = format!("{order} {hold} {who}");
        let intent = Intent { id: &id, code: &code, order, payer: order, asked: &compared, hold };
        let manner = self.bank.pay(now, intent).map_err(|_| Code::InvalidParams)?;
        if fresh {
            let deal = Deal {
                user_authorization_id: linked,
                requested_at: Some(asked.requested_at),
                store_id: asked.store_id,
                terminal_id: asked.terminal_id,
                order_receipt_number: asked.order_receipt_number,
                order_description: asked.order_description,
                hold_until,
                ..Deal::default()
            };
            self.deal_open(&id, deal);
            self.paid_now(now, &id);
        }
        let state = self.bank.payment(&id).map(|payment| payment.state);
        let no = match state {
            Some(State::Declined(no)) => word(no),
            Some(_) | None => None,
        };
        let said = match no {
            Some(code) => answer(code, code.http().usual(), Value::Null),
            None => answer(Code::Success, 201, value(&self.said(&id))),
        };
        Ok(Answer { manner, ..said })
    }

    /// What the user's approval or an end of their own leads to: a notice, unless it is to be lost.
    pub(super) fn paid_now(&mut self, now: Timestamp, id: &str) {
        let Some(payment) = self.bank.payment(id) else { return };
        let held = payment.state == State::Held;
        let times = match (payment.state, payment.scenario) {
            // Decided later, and told then.
            (State::Processing | State::Open, _) | (_, Scenario::LostAnswer) => 0,
            // A call that was refused was answered.
            (State::Declined(no), _) if word(no).is_some() => 0,
            (_, Scenario::DoubleNotice) => 2,
            _ => 1,
        };
        if held {
            self.holds.set(id, self.deals.get(id).and_then(|deal| deal.hold_until));
        }
        if times > 0 {
            self.notices.add(now, id, crate::paypay::NOTIFY_PATH.to_owned(), times);
        }
    }

    fn deal_open(&mut self, id: &str, deal: Deal) {
        let payment_id = format!("{:020}", self.bank.bits() % 100_000_000_000_000_000_000);
        self.names.put(&format!("payment/{payment_id}"), id.to_owned());
        let shop = deal.store_info.as_deref().or(deal.order_description.as_deref());
        self.bank.shop_keep(id, shop.unwrap_or_default(), None);
        self.deals.put(id, Deal { payment_id, ..deal });
    }

    fn canceled(&mut self, now: Timestamp, id: &str) {
        self.holds.set(id, None);
        if let Some(deal) = self.deals.edit(id) {
            deal.canceled_at.get_or_insert(now);
        }
    }

    /// `/v2/codes/payments/{id}` knows codes only.
    pub(super) fn code_look(&self, id: &str) -> Said {
        let is_code = self.deals.get(id).is_some_and(|deal| deal.code.is_some());
        let said = self.said(id).filter(|_| is_code).ok_or(Code::DynamicQrPaymentNotFound)?;
        Ok(answer(Code::Success, 200, value(&said)))
    }

    /// `/v2/payments/{id}` knows payments: of a code only once somebody has begun to pay it.
    pub(super) fn look(&self, id: &str) -> Said {
        let payment = self.bank.payment(id).ok_or(Code::ResourceNotFound)?;
        let is_code = self.deals.get(id).is_some_and(|deal| deal.code.is_some());
        if is_code && !Deal::is_begun(payment) {
            return Err(Code::ResourceNotFound);
        }
        Ok(answer(Code::Success, 200, value(&self.said(id))))
    }

    /// Ours: that it binds also when the id was never seen, and that it closes a code that nobody
    /// has paid.
    pub(super) fn cancel(&mut self, now: Timestamp, merchant_id: &str) -> Said {
        let id = id(merchant_id)?;
        if !self.bank.cancel(now, id) {
            return Err(Code::OrderNotReversible);
        }
        self.canceled(now, id);
        Ok(answer(Code::RequestAccepted, 202, Value::Null))
    }

    pub(super) fn capture(&mut self, now: Timestamp, body: &[u8]) -> Said {
        let asked: CaptureRequest = read(body)?;
        let id = id(&asked.merchant_payment_id)?;
        let key = forms::id(&asked.merchant_capture_id)?;
        let order = positive(&asked.amount).ok_or(Code::InvalidParams)?;
        let payment = self.bank.payment(id).ok_or(Code::ResourceNotFound)?;
        let expired = self.deals.get(id).is_some_and(|deal| deal.expired);
        if self.bank.capture(key).is_none() {
            match payment.state {
                State::Held if order.minor() > payment.order.minor() => {
                    return Err(Code::HigherCaptureNotPermitted);
                }
                State::Held => {}
                State::Paid | State::Released if payment.taken().order > 0 => {
                    return Err(Code::AlreadyCaptured);
                }
                State::Released | State::Cancelled if expired => return Err(Code::OrderExpired),
                State::Open
                | State::Processing
                | State::Paid
                | State::Released
                | State::Cancelled
                | State::Blocked
                | State::Declined(_) => return Err(Code::OrderNotCapturable),
            }
        }
        let intent = CaptureIntent { id: key, payment: id, order, payer: order, last: true };
        self.bank.capture_make(now, intent).map_err(|_| Code::InvalidParams)?;
        let fresh = self.deals.get(id).is_some_and(|deal| deal.capture.is_none());
        if fresh && let Some(deal) = self.deals.edit(id) {
            deal.capture = Some(Note {
                id: key.to_owned(),
                requested_at: asked.requested_at,
                at: now,
                text: Some(asked.order_description.clone()),
            });
            self.holds.set(id, None);
            self.notices.add(now, id, crate::paypay::NOTIFY_PATH.to_owned(), 1);
        }
        Ok(answer(Code::Success, 200, value(&self.said(id))))
    }

    pub(super) fn revert(&mut self, now: Timestamp, body: &[u8]) -> Said {
        let asked: RevertRequest = read(body)?;
        let key = id(&asked.merchant_revert_id)?;
        let id = self.names.get(&format!("payment/{}", asked.payment_id)).cloned();
        let id = id.ok_or(Code::ResourceNotFound)?;
        let held = self.bank.payment(&id).is_some_and(|payment| payment.state == State::Held);
        if held {
            self.bank.void(now, &id);
            self.canceled(now, &id);
            if let Some(deal) = self.deals.edit(&id) {
                let text = asked.reason.clone();
                let requested_at = asked.requested_at;
                deal.revert = Some(Note { id: key.to_owned(), requested_at, at: now, text });
            }
        }
        let note = self.deals.get(&id).and_then(|deal| deal.revert.as_ref());
        let note = note.filter(|note| note.id == key).ok_or(Code::OrderNotCancelable)?;
        let data = json!({
            "status": Status::Canceled.word(), "acceptedAt": seconds(note.at),
            "paymentId": asked.payment_id, "requestedAt": note.requested_at, "reason": note.text,
        });
        Ok(answer(Code::Success, 200, data))
    }

    pub(super) fn refund(&mut self, now: Timestamp, body: &[u8]) -> Said {
        let asked: RefundRequest = read(body)?;
        let key = id(&asked.merchant_refund_id)?;
        let order = positive(&asked.amount).ok_or(Code::InvalidRefundAmount)?;
        let id = self.names.get(&format!("payment/{}", asked.payment_id)).cloned();
        let id = id.ok_or(Code::ResourceNotFound)?;
        let known = self.bank.refund(key).is_some();
        // The contract of a merchant as it is by default.
        if !known && self.deals.get(&id).is_some_and(|deal| !deal.refunds.is_empty()) {
            return Err(Code::SeveralRefunds);
        }
        let intent = RefundIntent { id: key, payment: &id, order, payer: None };
        let too_much = self.bank.payment(&id).is_some_and(|payment| {
            let left = Self::refundable(payment);
            left.positive() && order.minor() > left.minor()
        });
        let told = self.bank.refund_make(now, intent).map_err(|_| Code::InvalidParams)?;
        let RefundTold::Settled(manner) = told else { return Err(Code::MerchantBalanceNotEnough) };
        if !self.bank.refund(key).is_some_and(|refund| refund.done) {
            return Err(if too_much {
                Code::InvalidRefundAmount
            } else {
                Code::OrderNotRefundable
            });
        }
        if !known && let Some(deal) = self.deals.edit(&id) {
            deal.refunds.push(Note {
                id: key.to_owned(),
                requested_at: asked.requested_at,
                at: now,
                text: asked.reason.clone(),
            });
        }
        let said = answer(Code::Success, 200, value(&self.refund_said(key)));
        Ok(Answer { manner, ..said })
    }

    pub(super) fn refund_look(&self, id: &str) -> Said {
        let said = self.refund_said(id).ok_or(Code::NoSuchRefundOrder)?;
        Ok(answer(Code::Success, 200, value(&said)))
    }
}

/// The word that refuses the call itself; `None`: the payment fails, and its status says so.
fn word(no: No) -> Option<Code> {
    match no {
        No::Refused => None,
        No::NoFunds => Some(Code::NoSufficientFund),
        No::CodeInvalid => Some(Code::InvalidPaymentCode),
        No::CodeUsed | No::CodeExpired => Some(Code::ExpiredPaymentCode),
        No::OverLimit => Some(Code::LimitExceeded),
    }
}

/// What opens the app: the link, escaped as a whole.
pub(super) fn deeplink(url: &str) -> String {
    let key = percent_encoding::utf8_percent_encode(url, crate::wire::PATH_SEGMENT);
    format!("paypay://payment?link_key={key}")
}
