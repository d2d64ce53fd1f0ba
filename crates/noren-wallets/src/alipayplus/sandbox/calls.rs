//! The calls of both dialects, as the network answers them.

use noren_core::money::{Currency, Money};
use noren_core::rate::Rounding;
use noren_core::time::Timestamp;
use serde::de::DeserializeOwned;

use super::{AlipayPlusSandbox, BRAND, QUOTE_PRICE, Trade, result};
use crate::alipayplus::ams::{CaptureRequest, CaptureSaid, HOLD_LASTS};
use crate::alipayplus::codes::{Class, Code};
use crate::alipayplus::dialect::{
    Api, Dialect, MoveKind, MoveView, Offer, PaidView, PaymentView, RefundView,
};
use crate::alipayplus::messages::{
    Bare, CancelSaid, Meeting, PayRequest, PaymentKey, Quote, RefundKey, RefundRequest, Scalar,
};
use crate::alipayplus::{expires_at, id_fits, json};
use crate::instant;
use crate::sandbox::bank::{
    CaptureIntent, Intent, Manner, OrderIntent, Payment, RefundIntent, RefundTold, State,
};
use crate::sandbox::scenario::Scenario;

/// An answer and how it leaves.
pub(super) type Said = (Vec<u8>, Manner);

impl AlipayPlusSandbox {
    /// Answers one call.
    pub(super) fn called(
        &mut self,
        now: Timestamp,
        dialect: Dialect,
        api: Api,
        body: &[u8],
    ) -> Said {
        let said = match api {
            Api::Pay => read(body).and_then(|asked| self.pay(now, dialect, &asked)),
            Api::InquiryPayment => read(body).and_then(|key| self.payment_inquiry(dialect, &key)),
            Api::Cancel => read(body).and_then(|key| self.payment_cancel(now, dialect, &key)),
            Api::Capture => read(body).and_then(|asked| self.capture(now, asked)),
            Api::Refund => read(body).and_then(|asked| self.refund(now, dialect, &asked)),
            Api::InquiryRefund => read(body).and_then(|key| self.refund_inquiry(dialect, &key)),
        };
        said.unwrap_or_else(bare)
    }

    fn pay(&mut self, now: Timestamp, dialect: Dialect, asked: &PayRequest) -> Result<Said, Code> {
        let id = asked.payment_request_id.as_str();
        let order = asked.payment_amount.money().filter(|money| money.positive());
        let order = order.filter(|_| id_fits(id)).ok_or(Code::ParamIllegal)?;
        if order.currency() != Currency::JPY {
            return Err(Code::CurrencyNotSupport);
        }
        let payer = self.fx.convert(order, Rounding::HalfEven);
        let payer = payer.map_err(|_| Code::PaymentAmountExceedLimit)?;
        asked.order.order_amount.money().ok_or(Code::ParamIllegal)?;
        let meeting = asked.meeting().ok_or(Code::ParamIllegal)?;
        if dialect == Dialect::Acqp && !is_whole(asked, meeting) {
            return Err(Code::ParamIllegal);
        }
        let (compared, hold) = (asked.compared(), dialect == Dialect::Ams && asked.holds());
        let fresh = self.bank.payment(id).is_none();
        let (manner, ends) = match meeting {
            Meeting::PaymentCode(code) => {
                let intent = Intent { id, code, order, payer, asked: &compared, hold };
                (self.bank.pay(now, intent), None)
            }
            Meeting::OrderCode | Meeting::EntryCode | Meeting::Cashier => {
                // A repeat of what was in time when it came first changes nothing.
                let ends = expires_at(asked, meeting, now);
                let ends = ends.or_else(|code| if fresh { Err(code) } else { Ok(now) })?;
                let asked = compared.as_str();
                let intent = OrderIntent { id, order, payer, asked, hold, expires_at: ends };
                (self.bank.order_open(now, intent).map(|()| Manner::Plain), Some(ends))
            }
        };
        let manner = manner.map_err(|_| Code::RepeatReqInconsistent)?;
        if fresh {
            self.remember(now, dialect, asked, ends);
        }
        let payment = self.bank.payment(id).ok_or(Code::ProcessFail)?;
        Ok((json(&self.view(id, payment).pay_said(dialect)), manner))
    }

    /// Keeps what the books do not say of a payment.
    fn remember(
        &mut self,
        now: Timestamp,
        dialect: Dialect,
        asked: &PayRequest,
        expires_at: Option<Timestamp>,
    ) {
        let id = asked.payment_request_id.as_str();
        let Some(payment) = self.bank.payment(id) else { return };
        let number = payment.transaction.clone();
        let paid = payment.state == State::Paid;
        let undecided = matches!(payment.state, State::Processing | State::Open);
        let twice = paid && payment.scenario == Scenario::DoubleNotice;
        let token = expires_at.map(|_| format!("{:032x}", self.bank.bits()));
        if let Some(token) = &token {
            self.tokens.put(token, id.to_owned());
        }
        self.numbers.put(&number, id.to_owned());
        self.bank.shop_keep(id, asked.order.order_description.as_str(), None);
        let trade = Trade {
            dialect,
            notify: self.target(asked.payment_notify_url.as_ref()),
            token,
            page: !matches!(asked.meeting(), Some(Meeting::OrderCode)),
            description: asked.order.order_description.as_str().to_owned(),
            expires_at,
        };
        self.trades.put(id, trade);
        // Ours: what the answer itself says is told again to AMS's merchants, as is published, and
        // to an acquirer only where it is to be said twice.
        if !undecided && (twice || dialect == Dialect::Ams) {
            self.tell(now, id);
        }
    }

    /// Where a merchant wants to be told: below the switch's address, or at a whole one.
    pub(super) fn target(&self, url: Option<&Scalar>) -> Option<String> {
        let url = url?.as_str();
        let below = url.strip_prefix(self.link.switch.origin()).filter(|at| at.starts_with('/'));
        let whole = url.starts_with("http://") || url.starts_with("https://");
        below.or(whole.then_some(url)).map(str::to_owned)
    }

    /// The merchant's id of the payment that a key names; the network's id goes first.
    fn named(&self, key: &PaymentKey) -> Option<String> {
        match (&key.payment_id, &key.payment_request_id) {
            (Some(number), _) => self.numbers.get(number.as_str()).cloned(),
            (None, id) => id.as_ref().map(|id| id.as_str().to_owned()),
        }
    }

    fn payment_inquiry(&self, dialect: Dialect, key: &PaymentKey) -> Result<Said, Code> {
        let id = self.named(key).ok_or(Code::OrderNotExist)?;
        let payment = self.bank.payment(&id).ok_or(Code::OrderNotExist)?;
        Ok((json(&self.view(&id, payment).inquiry_said(dialect)), Manner::Plain))
    }

    fn payment_cancel(
        &mut self,
        now: Timestamp,
        dialect: Dialect,
        key: &PaymentKey,
    ) -> Result<Said, Code> {
        let id = self.named(key).ok_or(Code::OrderNotExist)?;
        if !id_fits(&id) {
            return Err(Code::ParamIllegal);
        }
        // Ours: a hold of which nothing was taken is let go of whenever that is asked. AMS has no
        // other call for it.
        let untouched =
            |payment: &Payment| payment.state == State::Held && payment.taken().order == 0;
        let gone = if self.bank.payment(&id).is_some_and(untouched) {
            self.bank.void(now, &id)
        } else {
            self.bank.cancel(now, &id)
        };
        if !gone {
            return Err(Code::CancelWindowExceed);
        }
        let ams = dialect == Dialect::Ams;
        let number = self.bank.payment(&id).map(|payment| payment.transaction.as_str().into());
        let said = CancelSaid {
            result: Code::Success.said(),
            payment_request_id: Some(id.into()),
            payment_id: number.filter(|_| ams),
            cancel_time: ams.then(|| instant::print(now).into()),
        };
        Ok((json(&said), Manner::Plain))
    }

    fn capture(&mut self, now: Timestamp, asked: CaptureRequest) -> Result<Said, Code> {
        let id = asked.capture_request_id.as_str();
        let order = asked.capture_amount.money().filter(|money| money.positive());
        let order = order.filter(|_| id_fits(id)).ok_or(Code::ParamIllegal)?;
        let payment = self.numbers.get(asked.payment_id.as_str()).cloned();
        let payment = payment.ok_or(Code::OrderNotExist)?;
        let held = self.bank.payment(&payment).ok_or(Code::OrderNotExist)?;
        // From the running sum, so that the last capture takes what rounding left.
        let taken = held.taken();
        let share = held.payer.share(taken.order.saturating_add(order.minor()), held.order.minor());
        let share = share.map_err(|_| Code::OrderStatusInvalid)?;
        let payer = Money::new(share.minor() - taken.payer, share.currency());
        let last = asked.is_last_capture.as_ref().is_some_and(Scalar::is_true);
        let intent = CaptureIntent { id, payment: &payment, order, payer, last };
        self.bank.capture_make(now, intent).map_err(|_| Code::RepeatReqInconsistent)?;
        let made = self.bank.capture(id).ok_or(Code::ProcessFail)?;
        let code = if made.done { Code::Success } else { Code::OrderStatusInvalid };
        let said = CaptureSaid {
            result: code.said(),
            capture_id: made.transaction.as_str().into(),
            payment_id: asked.payment_id,
            capture_amount: made.order.into(),
            capture_time: made.done.then(|| instant::print(made.at).into()),
            capture_request_id: asked.capture_request_id,
        };
        Ok((json(&said), Manner::Plain))
    }

    fn refund(
        &mut self,
        now: Timestamp,
        dialect: Dialect,
        asked: &RefundRequest,
    ) -> Result<Said, Code> {
        let id = asked.refund_request_id.as_str();
        let order = asked.refund_amount.money().filter(|_| id_fits(id));
        let order = order.ok_or(Code::ParamIllegal)?;
        let payment = self.named(&asked.payment).ok_or(Code::OrderNotExist)?;
        if self.bank.payment(&payment).is_none() {
            return Err(Code::OrderNotExist);
        }
        let fresh = self.bank.refund(id).is_none();
        let intent = RefundIntent { id, payment: &payment, order, payer: None };
        let told = self.bank.refund_make(now, intent).map_err(|_| Code::RepeatReqInconsistent)?;
        let RefundTold::Settled(manner) = told else {
            return Err(Code::MerchantBalanceNotEnough);
        };
        let said = self.refund_view(id).ok_or(Code::ProcessFail)?.refund_said(dialect);
        if let Some(number) = &said.refund_id {
            self.refund_numbers.put(number.as_str(), id.to_owned());
        }
        if let Some(target) = self.target(asked.refund_notify_url.as_ref()).filter(|_| fresh) {
            self.tell_refund(now, id, target);
        }
        Ok((json(&said), manner))
    }

    fn refund_inquiry(&self, dialect: Dialect, key: &RefundKey) -> Result<Said, Code> {
        let id = match (&key.refund_id, &key.refund_request_id) {
            (Some(number), _) => self.refund_numbers.get(number.as_str()).map(String::as_str),
            (None, id) => id.as_ref().map(Scalar::as_str),
        };
        let view = id.and_then(|id| self.refund_view(id)).ok_or(Code::OrderNotExist)?;
        Ok((json(&view.inquiry_said(dialect)), Manner::Plain))
    }

    /// A refund as the network sees it.
    pub(super) fn refund_view(&self, id: &str) -> Option<RefundView> {
        let refund = self.bank.refund(id)?;
        let number = self.bank.payment(&refund.payment).map(|payment| payment.transaction.clone());
        Some(RefundView {
            request_id: id.to_owned(),
            refund_id: refund.transaction.clone(),
            payment_id: number.unwrap_or_default(),
            code: if refund.done { Code::Success } else { Code::RefundAmountExceed },
            amount: refund.order,
            payer: Some(refund.payer),
            settlement: Some(refund.order),
            at: Some(refund.at),
        })
    }

    /// A payment as the network sees it.
    pub(super) fn view(&self, id: &str, payment: &Payment) -> PaymentView {
        let code = result(payment);
        let trade = self.trades.get(id);
        let quote = || Quote {
            quote_id: None,
            quote_currency_pair: "JPY/KRW".into(),
            quote_price: QUOTE_PRICE.into(),
            base_currency: Some("JPY".into()),
            quote_unit: Some("1".into()),
        };
        let paid = (code.class() == Class::Done).then(|| PaidView {
            at: payment.paid_at.unwrap_or(payment.at),
            payer: Some(payment.payer),
            quote: Some(quote()),
            settlement: Some(payment.order),
            brand: Some(BRAND.into()),
        });
        let open = trade.filter(|_| payment.state == State::Open);
        let offer = open.and_then(|trade| {
            let url = self.link_of(trade)?;
            let expires_at = trade.expires_at.filter(|_| !trade.page);
            Some(match expires_at {
                Some(expires_at) => Offer::Code { text: url, expires_at },
                None => Offer::Page { url },
            })
        });
        let refunds = self.bank.refunds().filter(|(_, refund)| refund.payment == id);
        let refunds = refunds.map(|(request_id, refund)| MoveView {
            kind: MoveKind::Refund,
            request_id: Some(request_id.clone()),
            id: refund.transaction.clone(),
            code: if refund.done { Code::Success } else { Code::RefundAmountExceed },
            amount: refund.order,
            at: Some(refund.at),
        });
        let captures = self.bank.captures().filter(|(_, capture)| capture.payment == id);
        let captures = captures.map(|(request_id, capture)| MoveView {
            kind: MoveKind::Capture,
            request_id: Some(request_id.clone()),
            id: capture.transaction.clone(),
            code: if capture.done { Code::Success } else { Code::OrderStatusInvalid },
            amount: capture.order,
            at: Some(capture.at),
        });
        PaymentView {
            request_id: id.to_owned(),
            payment_id: payment.transaction.clone(),
            code,
            amount: payment.order,
            created_at: payment.at,
            paid,
            offer,
            held_until: payment.captured.as_ref().map(|_| payment.at.after(HOLD_LASTS)),
            moves: captures.chain(refunds).collect(),
        }
    }
}

/// That an acquirer's request has what is required of it (section 4).
fn is_whole(asked: &PayRequest, meeting: Meeting<'_>) -> bool {
    let merchant = asked.order.merchant.as_ref();
    let env = asked.order.env.as_ref();
    let placed = match meeting {
        Meeting::PaymentCode(_) => env.is_some_and(|env| {
            env.store_terminal_id.is_some() && env.store_terminal_request_time.is_some()
        }),
        Meeting::EntryCode => env.is_some_and(|env| env.user_agent.is_some()),
        Meeting::Cashier => env.is_some_and(|env| env.terminal_type.is_some()),
        Meeting::OrderCode => true,
    };
    placed && merchant.is_some_and(|merchant| merchant.is_whole(meeting.in_store()))
}

/// An answer that is nothing but a result.
pub(super) fn bare(code: Code) -> Said {
    debug_assert!(code.class() != Class::Done, "a success has members");
    (json(&Bare { result: code.said() }), Manner::Plain)
}

pub(super) fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Code> {
    serde_json::from_slice(body).map_err(|_| Code::ParamIllegal)
}
