//! Orders that a payer opens, payments with scanned codes, and what became of either.

use noren_core::money::Money;
use noren_core::payment::{Payment, State};
use noren_core::time::{Span, Timestamp};
use serde_json::json;

use super::memo::{self, Kept};
use super::words::{Asked, declined, refused};
use super::{Desk, Own, Said};
use crate::facade::{Account, Meet, NewOrder, Shown};
use crate::instant;
use crate::link::Place;
use crate::wechatpay::asking::{order_fits, read};
use crate::wechatpay::codes::{Code, Fault, TradeState};
use crate::wechatpay::messages::{OrderRequest, OrderSaid, Transaction};
use crate::wechatpay::reply;
use crate::wechatpay::route::{Dialect, OrderName, Query, TradeType};
use crate::wechatpay::standing;

/// Ours: what an order that names no end has.
const ORDER_WITHIN: Span = Span::seconds(2 * 3_600);
/// Ours: the longest.
const ORDER_WITHIN_MAX: Span = Span::seconds(7 * 86_400);
/// Ours: how long the answer to a scanned code waits for the wallet. Then the payer is paying, as far
/// as the till is told, and it asks again; its patience is 30 s (section 5).
const PATIENCE: Span = Span::seconds(8);
/// Ours; `attach` is published as 128, an address as 256.
const ATTACH_MAX: usize = 128;
const URL_MAX: usize = 256;
const CODE_MAX: usize = 128;

/// An address for notifications: whole, without a query.
pub(super) fn address_fits(url: &str) -> bool {
    url.len() <= URL_MAX && Place::new(url).is_ok()
}

impl Desk<'_> {
    /// `native`, and the page for browsers.
    pub(super) async fn ordered(
        &self,
        body: &[u8],
        dialect: Dialect,
        trade_type: TradeType,
    ) -> Result<Said, Fault> {
        match trade_type {
            TradeType::Native | TradeType::Mweb => {}
            // What they answer is for the library of one wallet's app.
            TradeType::Jsapi | TradeType::App | TradeType::Micropay => {
                return Err((Code::ResourceNotExists, "there is no such call"));
            }
        }
        let asked: OrderRequest = read(body)?;
        let (kept, amount) = self.checked(&asked, dialect, trade_type)?;
        if kept.notify_url.is_none() {
            return Err((Code::ParamError, "notify_url is missing"));
        }
        let meet = Meet::Shown { expires_in: self.expires_in(&asked).await? };
        let order = self.new_order(&asked, &kept, amount, meet, "");
        let made = self.till.create(order).await.map_err(|no| refused(no, Asked::Order))?;
        let own = self.made(&made).await?;
        match own.state() {
            TradeState::NotPay | TradeState::UserPaying => {}
            TradeState::Success | TradeState::Refund => {
                return Err((Code::OrderPaid, "the order is paid"));
            }
            TradeState::Closed | TradeState::Revoked | TradeState::PayError => {
                return Err((Code::OrderClosed, "the order is closed"));
            }
        }
        // Shops write `&redirect_url=…` behind the address of a browser's page, so it has a query.
        let url = Some(match trade_type {
            TradeType::Mweb => format!("{}?trade_type={}", made.page, trade_type.name()),
            TradeType::Native | TradeType::Micropay | TradeType::Jsapi | TradeType::App => {
                made.page
            }
        });
        let none = OrderSaid::default();
        Ok(Said::json(&match (trade_type, dialect) {
            (TradeType::Mweb, Dialect::Global) => OrderSaid { mweb_url: url, ..none },
            (TradeType::Mweb, Dialect::Domestic) => OrderSaid { h5_url: url, ..none },
            (
                TradeType::Native | TradeType::Micropay | TradeType::Jsapi | TradeType::App,
                Dialect::Global | Dialect::Domestic,
            ) => OrderSaid { code_url: url, ..none },
        }))
    }

    /// `codepay` and `micropay`.
    pub(super) async fn scanned(&self, body: &[u8], dialect: Dialect) -> Result<Said, Fault> {
        let asked: OrderRequest = read(body)?;
        let (kept, amount) = self.checked(&asked, dialect, TradeType::Micropay)?;
        // Scanned payments are not notified (section 4).
        let kept = Kept { notify_url: None, ..kept };
        let code = asked.scanned_code()?;
        if code.is_empty() || code.len() > CODE_MAX {
            return Err((Code::AuthCodeError, "this is no payment code"));
        }
        let meet = Meet::Scanned { code: code.to_owned(), patience: PATIENCE };
        let order = self.new_order(&asked, &kept, amount, meet, code);
        let made = self.till.create(order).await.map_err(|no| refused(no, Asked::Scan))?;
        let own = self.made(&made).await?;
        match own.state() {
            TradeState::Success | TradeState::Refund if made.replayed => {
                return Err((Code::OrderPaid, "the order is paid"));
            }
            TradeState::UserPaying if dialect == Dialect::Global => {
                let code = Code::UserPaying;
                let said = reply::error(code, "the payer is paying; ask what became of it");
                return Ok(Said::Json(code.status(), said));
            }
            TradeState::Revoked | TradeState::Closed => {
                return Err((Code::OrderClosed, "the order is closed"));
            }
            TradeState::PayError => {
                if let Some(fault) = no_of(&own.shown.payment) {
                    return Err(fault);
                }
            }
            TradeState::Success
            | TradeState::Refund
            | TradeState::UserPaying
            | TradeState::NotPay => {}
        }
        Ok(Said::json(&transaction(self.account, &own, dialect)))
    }

    /// The order of a payment that was made now or before.
    async fn made(&self, shown: &Shown) -> Result<Own, Fault> {
        // Another till of the shop may have asked for the same; its order is its own.
        let foreign = (Code::OutTradeNoUsed, "the number is another order's");
        memo::kept(self.account, &shown.payment).ok_or(foreign)?;
        let own = self.own_numbered(&shown.payment.order_number, None).await?;
        own.ok_or((Code::SystemError, "the order is not in the books"))
    }

    pub(super) async fn order_got(
        &self,
        query: &Query,
        dialect: Dialect,
        name: &OrderName,
    ) -> Result<Said, Fault> {
        let sub = self.party(&query.party())?;
        let own = self.own(name, sub.as_deref()).await?;
        Ok(Said::json(&transaction(self.account, &own, dialect)))
    }

    /// Checks what both kinds of order share.
    fn checked(
        &self,
        asked: &OrderRequest,
        dialect: Dialect,
        trade_type: TradeType,
    ) -> Result<(Kept, Money), Fault> {
        let sub_mchid = self.party(&asked.party)?;
        let appid = asked.party.application();
        order_fits(&asked.out_trade_no, appid, &asked.description, asked.notify_url.as_deref())?;
        asked.suits(dialect, trade_type)?;
        if asked.attach.as_ref().is_some_and(|attach| attach.chars().count() > ATTACH_MAX) {
            return Err((Code::ParamError, "attach: at most 128 characters"));
        }
        if asked.notify_url.as_ref().is_some_and(|url| !address_fits(url)) {
            return Err((Code::ParamError, "notify_url: a whole address, at most 256 characters"));
        }
        let names = [Some(appid), sub_mchid.as_deref()];
        if names.into_iter().flatten().any(|name| name.len() > 32) {
            return Err((Code::ParamError, "appid and sub_mchid: at most 32 characters"));
        }
        let amount = self.amount(asked.amount.total, asked.amount.currency.as_deref())?;
        let kept = Kept {
            dialect,
            trade_type,
            appid: appid.to_owned(),
            sub_mchid,
            attach: asked.attach.clone(),
            notify_url: asked.notify_url.clone(),
        };
        Ok((kept, amount))
    }

    /// How long an order is honoured. One that is repeated after its time is still the same order.
    async fn expires_in(&self, asked: &OrderRequest) -> Result<Span, Fault> {
        let Some(text) = asked.time_expire.as_deref() else { return Ok(ORDER_WITHIN) };
        let until: Timestamp =
            instant::parse(text).ok_or((Code::ParamError, "time_expire is not RFC 3339"))?;
        let left = until.since(self.env.now);
        if left > ORDER_WITHIN_MAX {
            return Err((Code::ParamError, "time_expire: at most seven days from now"));
        }
        if left == Span(0) {
            let known = self.till.order(&asked.out_trade_no).await;
            if known.map_err(|no| refused(no, Asked::Look))?.is_none() {
                return Err((Code::OrderClosed, "time_expire is over"));
            }
        }
        Ok(left)
    }

    /// As the switch is asked for it. Ours: a repeat is the same when all is that the order is kept
    /// with, but for the time and the address; the first of those stand.
    fn new_order(
        &self,
        asked: &OrderRequest,
        kept: &Kept,
        amount: Money,
        meet: Meet,
        code: &str,
    ) -> NewOrder {
        let Kept { trade_type, appid, sub_mchid, attach, .. } = kept;
        let content = json!([trade_type.name(), appid, sub_mchid, attach, asked.description, code]);
        NewOrder {
            number: asked.out_trade_no.clone(),
            content: content.to_string(),
            amount,
            meet,
            hold: false,
            memo: memo::text(kept),
        }
    }
}

/// The error that a declined payment is answered with.
fn no_of(payment: &Payment) -> Option<Fault> {
    match &payment.state {
        State::Declined(state) => declined(state.proof.reason()),
        State::WaitingForPayer(_)
        | State::Ordering(_)
        | State::Ordered(_)
        | State::Authorising(_)
        | State::InDoubt(_)
        | State::Reversing(_)
        | State::Authorised(_)
        | State::Capturing(_)
        | State::Voiding(_)
        | State::Captured(_)
        | State::HoldCaptured(_)
        | State::Voided(_)
        | State::Cancelled(_)
        | State::Expired(_)
        | State::Reversed(_)
        | State::Blocked(_) => None,
    }
}

/// Where an order stands, as it is answered.
fn transaction(account: &Account, own: &Own, dialect: Dialect) -> Transaction {
    order_standing(account, &own.shown.payment, &own.kept, own.state()).said(dialect)
}

/// Where an order stands. Our payment's id is the network's number of it: 29 of its 32 characters. Who
/// paid with which wallet has no member; `openid` belongs to users of one wallet.
pub(super) fn order_standing(
    account: &Account,
    payment: &Payment,
    kept: &Kept,
    state: TradeState,
) -> standing::Order {
    standing::Order {
        party: kept.party(account),
        number: payment.id.to_string(),
        out_trade_no: payment.order_number.to_string(),
        trade_type: kept.trade_type,
        state,
        attach: kept.attach.clone(),
        paid_at: paid_at(payment),
        payer: None,
        amount: payment.amount,
        debited: debited(payment),
        rate: None,
    }
}

fn paid_at(payment: &Payment) -> Option<Timestamp> {
    match &payment.state {
        State::Captured(state) => Some(state.at),
        state => state.hold().map(|hold| hold.at),
    }
}

/// What the payer was debited, as far as the wallet or our quote says; else what was asked.
pub(super) fn debited(payment: &Payment) -> Money {
    let said = match &payment.state {
        State::Captured(state) => state.receipt.payer,
        state => state.hold().and_then(|hold| hold.receipt.payer),
    };
    let quoted = payment.state.asked().and_then(|asked| asked.payer);
    said.or(quoted).unwrap_or(payment.amount)
}
