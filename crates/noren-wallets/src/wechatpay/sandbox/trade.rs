//! What the network does, in whichever dialect it is asked.

use noren_core::money::{Currency, Money};
use noren_core::time::{Span, Timestamp};

use super::{
    Dialect, ORDER_WITHIN, REVERSE_NOT_BEFORE_S, REVERSE_WITHIN, RefundTrade, Reversed, Trade,
    WechatPaySandbox,
};
use crate::sandbox::bank::{
    Intent, Manner, No, OrderIntent, Payment, RefundIntent, RefundTold, State,
};
use crate::wechatpay::asking::{order_fits, order_number_fits, refund_number_fits};
use crate::wechatpay::codes::{Code, Fault, RefundStatus, TradeState};
use crate::wechatpay::route::TradeType;

/// Section 4, not verified.
const REFUNDS_MAX: usize = 50;
const REFUND_WITHIN: Span = Span::seconds(365 * 86_400);

/// What is asked with a scanned code or with an order.
pub(super) struct Asked<'a> {
    pub dialect: Dialect,
    pub trade_type: TradeType,
    pub appid: &'a str,
    pub sub_mchid: Option<&'a str>,
    pub id: &'a str,
    pub order: Money,
    pub description: &'a str,
    pub attach: Option<&'a str>,
    pub notify_url: Option<&'a str>,
}

/// Where a scanned payment stands, for its answer.
pub(super) enum ScanTold {
    /// In a body.
    Stands,
    /// As a refusal.
    Refused(Fault),
}

/// What is asked of a refund.
pub(super) struct RefundAsked<'a> {
    pub dialect: Dialect,
    /// The merchant's number of the order.
    pub order_id: &'a str,
    pub id: &'a str,
    pub refund: Money,
    /// The order's own amount, in its minor units.
    pub total: i64,
    pub notify_url: Option<&'a str>,
}

impl WechatPaySandbox {
    /// Checks what both kinds of order share, and says what it costs the payer.
    fn check(&self, asked: &Asked<'_>) -> Result<Money, Fault> {
        order_fits(asked.id, asked.appid, asked.description, asked.notify_url)?;
        let known = [Currency::CNY, Currency::JPY].contains(&asked.order.currency());
        if !known || !asked.order.positive() {
            return Err((Code::ParamError, "amount: above zero, in CNY or JPY"));
        }
        self.cost(asked.order).ok_or((Code::ParamError, "amount: too large"))
    }

    fn trade(
        &mut self,
        asked: &Asked<'_>,
        token: Option<String>,
        until: Option<Timestamp>,
    ) -> Trade {
        let transaction = self.bank.payment(asked.id).map(|payment| payment.transaction.clone());
        let number = wire_number("4200", &transaction.unwrap_or_default());
        self.numbers.put(&number, asked.id.to_owned());
        Trade {
            dialect: asked.dialect,
            trade_type: asked.trade_type,
            appid: asked.appid.to_owned(),
            sub_mchid: asked.sub_mchid.map(str::to_owned),
            description: asked.description.to_owned(),
            attach: asked.attach.map(str::to_owned),
            notify: self.target(asked.notify_url),
            token,
            number,
            expires_at: until,
            reversed: None,
        }
    }

    /// Pays with a scanned code.
    pub(super) fn scan_pay(
        &mut self,
        now: Timestamp,
        asked: &Asked<'_>,
        code: &str,
    ) -> Result<(ScanTold, Manner), Fault> {
        let payer = self.check(asked)?;
        let (id, order) = (asked.id, asked.order);
        let known = self.trades.get(id);
        if known.is_some_and(|trade| trade.trade_type != TradeType::Micropay) {
            return Err((Code::OutTradeNoUsed, "the number is an order's"));
        }
        // A number that is used already is judged before the code.
        if !code_fits(code) && self.bank.payment(id).is_none() {
            return Err((Code::AuthCodeError, "a payment code has 18 digits and begins 10 to 15"));
        }
        let compared = format!("{order} {code}");
        let intent = Intent { id, code, order, payer, asked: &compared, hold: false };
        let fresh = self.bank.payment(id).is_none();
        let differs = (Code::OutTradeNoUsed, "the number was used with another content");
        let manner = self.bank.pay(now, intent).map_err(|_| differs)?;
        if fresh {
            let trade = self.trade(asked, None, None);
            self.bank.shop_keep(id, &trade.description, None);
            self.trades.put(id, trade);
            self.lapse(id);
        }
        let state = self.bank.payment(id).map(|payment| payment.state);
        let told = match state.unwrap_or(State::Processing) {
            State::Paid if !fresh => ScanTold::Refused((Code::OrderPaid, "the order is paid")),
            State::Declined(No::NoFunds) => {
                ScanTold::Refused((Code::NotEnough, "the balance is not enough"))
            }
            State::Declined(No::CodeInvalid | No::CodeUsed) => {
                ScanTold::Refused((Code::AuthCodeInvalid, "the code does not count"))
            }
            State::Declined(No::CodeExpired) => {
                ScanTold::Refused((Code::AuthCodeExpired, "the code is too old"))
            }
            State::Cancelled => ScanTold::Refused((Code::OrderClosed, "the order is closed")),
            State::Open
            | State::Processing
            | State::Paid
            | State::Held
            | State::Released
            | State::Blocked
            | State::Declined(No::Refused | No::OverLimit) => ScanTold::Stands,
        };
        Ok((told, manner))
    }

    /// Opens an order, and gives what its code ends with.
    pub(super) fn order_open(
        &mut self,
        now: Timestamp,
        asked: &Asked<'_>,
        until: Option<Timestamp>,
    ) -> Result<String, Fault> {
        let payer = self.check(asked)?;
        let (id, order) = (asked.id, asked.order);
        if self.trades.get(id).is_some_and(|trade| trade.trade_type != asked.trade_type) {
            return Err((Code::OutTradeNoUsed, "the number was used in another way"));
        }
        if asked.notify_url.is_none() {
            return Err((Code::ParamError, "notify_url is missing"));
        }
        let expires_at = until.unwrap_or(now.after(ORDER_WITHIN));
        let fresh = self.bank.payment(id).is_none();
        if fresh && expires_at <= now {
            return Err((Code::OrderClosed, "time_expire is over"));
        }
        let compared = format!("order {order}");
        let intent = OrderIntent { id, order, payer, asked: &compared, hold: false, expires_at };
        let differs = (Code::InvalidRequest, "the number was used with another content");
        self.bank.order_open(now, intent).map_err(|_| differs)?;
        if fresh {
            let token = format!("{:032x}", self.bank.bits());
            self.tokens.put(&token, id.to_owned());
            let trade = self.trade(asked, Some(token), Some(expires_at));
            self.bank.shop_keep(id, &trade.description, None);
            self.trades.put(id, trade);
        }
        match self.bank.payment(id).map(|payment| payment.state) {
            Some(State::Open | State::Processing) => {
                let token = self.trades.get(id).and_then(|trade| trade.token.clone());
                token.ok_or((Code::OutTradeNoUsed, "the number is no order's"))
            }
            Some(State::Paid) => Err((Code::OrderPaid, "the order is paid")),
            None
            | Some(
                State::Cancelled
                | State::Declined(_)
                | State::Held
                | State::Released
                | State::Blocked,
            ) => Err((Code::OrderClosed, "the order is closed")),
        }
    }

    /// An order by either of its names, for the merchant who asks.
    pub(super) fn find(&self, id: &str, sub_mchid: Option<&str>) -> Result<String, Fault> {
        let unknown = (Code::OrderNotExist, "there is no such order");
        let trade = self.trades.get(id).ok_or(unknown)?;
        // Another sub-merchant's is as good as none.
        let theirs = trade.sub_mchid.as_deref() == sub_mchid || sub_mchid.is_none();
        if theirs && self.bank.payment(id).is_some() { Ok(id.to_owned()) } else { Err(unknown) }
    }

    /// The merchant's number of the order that the network knows as `number`.
    pub(super) fn numbered(&self, number: &str) -> Result<String, Fault> {
        self.numbers.get(number).cloned().ok_or((Code::OrderNotExist, "there is no such order"))
    }

    /// Where an order stands.
    pub(super) fn trade_state(&self, id: &str) -> TradeState {
        let scanned =
            self.trades.get(id).is_some_and(|trade| trade.trade_type == TradeType::Micropay);
        match self.bank.payment(id).map(|payment| (payment.state, payment.refunded_order)) {
            Some((State::Processing, _)) if scanned => TradeState::UserPaying,
            Some((State::Paid, 0)) => TradeState::Success,
            Some((State::Paid, _)) => TradeState::Refund,
            Some((State::Declined(_), _)) => TradeState::PayError,
            Some((State::Cancelled, _)) if scanned => TradeState::Revoked,
            Some((State::Cancelled, _)) => TradeState::Closed,
            None
            | Some((
                State::Open | State::Processing | State::Held | State::Released | State::Blocked,
                _,
            )) => TradeState::NotPay,
        }
    }

    /// Undoes a scanned payment: closes it unpaid, gives it back paid.
    pub(super) fn reverse(&mut self, now: Timestamp, asked: &Asked<'_>) -> Result<(), Fault> {
        let id = asked.id;
        let Some(payment) = self.bank.payment(id).cloned() else {
            if !order_number_fits(id) {
                return Err((Code::ParamError, "out_trade_no: 6 to 32 letters, digits, _-|*"));
            }
            // Ours: it binds, whatever comes later.
            self.bank.cancel(now, id);
            let trade = self.trade(asked, None, None);
            self.trades.put(id, trade);
            return Ok(());
        };
        self.find(id, asked.sub_mchid)?;
        if self.trades.get(id).is_some_and(|trade| trade.trade_type != TradeType::Micropay) {
            return Err((Code::InvalidRequest, "only scanned payments are reversed"));
        }
        let young = now < payment.at.after(self.scaled(REVERSE_NOT_BEFORE_S));
        if young && matches!(payment.state, State::Processing | State::Paid) {
            return Err((Code::FrequencyLimited, "a reverse comes 15 seconds after the payment"));
        }
        let paid = payment.state == State::Paid;
        let over = paid && now > payment.at.after(REVERSE_WITHIN);
        if over || !self.bank.cancel(now, id) {
            return Err((Code::ReverseExpire, "the payment cannot be reversed"));
        }
        self.lapses.set(id, None);
        if paid && let Some(trade) = self.trades.edit(id) {
            let left = payment.order.minor() - payment.refunded_order;
            let order = Money::new(left, payment.order.currency());
            trade.reversed = (left > 0).then_some(Reversed { at: now, order });
        }
        Ok(())
    }

    /// Closes an order that nobody has paid.
    pub(super) fn close(&mut self, now: Timestamp, id: &str) -> Result<(), Fault> {
        if self.trades.get(id).is_some_and(|trade| trade.trade_type == TradeType::Micropay) {
            return Err((Code::InvalidRequest, "scanned payments are reversed"));
        }
        let paid = (Code::OrderPaid, "the order is paid");
        match self.bank.payment(id).map(|payment| payment.state) {
            Some(State::Paid) => Err(paid),
            Some(State::Cancelled) => Err((Code::OrderClosed, "the order is closed")),
            // Somebody is paying it at this moment, and will have.
            _ if !self.bank.cancel(now, id) => Err(paid),
            _ => Ok(()),
        }
    }

    /// Gives money back.
    pub(super) fn refund(
        &mut self,
        now: Timestamp,
        asked: &RefundAsked<'_>,
    ) -> Result<Manner, Fault> {
        let (id, payment_id) = (asked.id, asked.order_id);
        if !refund_number_fits(id) {
            return Err((Code::ParamError, "out_refund_no: 1 to 64 letters, digits, _-|*@"));
        }
        let payment = self.bank.payment(payment_id).cloned();
        let payment = payment.ok_or((Code::OrderNotExist, "there is no such order"))?;
        if !asked.refund.positive() {
            return Err((Code::ParamError, "amount.refund: above zero"));
        }
        let total = Money::new(asked.total, asked.refund.currency());
        if total != payment.order {
            return Err((Code::InvalidRequest, "amount.total is not the order's"));
        }
        let known = self.bank.refund(id).is_some();
        let made = self.bank.refunds().filter(|(_, refund)| refund.payment == payment_id).count();
        if !known && (made >= REFUNDS_MAX || now > payment.at.after(REFUND_WITHIN)) {
            return Err((Code::InvalidRequest, "50 refunds, within a year"));
        }
        let intent = RefundIntent { id, payment: payment_id, order: asked.refund, payer: None };
        let differs = (Code::InvalidRequest, "the number was used with another content");
        let told = self.bank.refund_make(now, intent).map_err(|_| differs)?;
        let RefundTold::Settled(manner) = told else {
            return Err((Code::NotEnough, "the merchant's balance is not enough"));
        };
        let refund = self.bank.refund(id).ok_or((Code::SystemError, "it is not in the books"))?;
        let (done, transaction) = (refund.done, refund.transaction.clone());
        if !known {
            let number = wire_number("5030", &transaction);
            self.refund_numbers.put(&number, id.to_owned());
            let notify = self.target(asked.notify_url);
            if let Some(target) = notify.clone().filter(|_| done) {
                self.notices.add(now, &format!("refund/{id}"), target, 1);
            }
            let trade = RefundTrade { dialect: asked.dialect, notify, number };
            self.refund_trades.put(id, trade);
        }
        // Ours: a refund that was refused is kept, and shown as closed.
        if done { Ok(manner) } else { Err((Code::InvalidRequest, "more than is left")) }
    }

    /// Where a refund stands; `None`: there is no such refund.
    pub(super) fn refund_status(&self, id: &str) -> Option<RefundStatus> {
        let refund = self.bank.refund(id)?;
        Some(if refund.done { RefundStatus::Success } else { RefundStatus::Closed })
    }
}

/// The amount of the order's currency that the payer pays another one for.
pub(super) fn converted(payment: &Payment) -> bool {
    payment.order.currency() != payment.payer.currency()
}

/// A payer's code (section 4).
fn code_fits(code: &str) -> bool {
    let begins = code.get(..2).and_then(|two| two.parse::<u8>().ok());
    code.len() == 18
        && code.bytes().all(|b| b.is_ascii_digit())
        && begins.is_some_and(|two| (10..=15).contains(&two))
}

/// 28 digits that follow from the books' own id, `kind-seed-count`: a prefix, ten of the seed and
/// fourteen of the count.
pub(super) fn wire_number(prefix: &str, transaction: &str) -> String {
    let mut parts = transaction.rsplit('-');
    let count: u64 = parts.next().and_then(|count| count.parse().ok()).unwrap_or_default();
    let seed = parts.next().and_then(|seed| u64::from_str_radix(seed, 16).ok());
    let seed = seed.unwrap_or_default() % 10_000_000_000;
    format!("{prefix}{seed:010}{count:014}")
}
