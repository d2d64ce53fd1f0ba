//! Refunds: asked for, and what became of them.

use noren_core::money::Money;
use noren_core::payment::Payment;
use noren_core::refund::{Refund, RefundState};
use noren_core::time::Timestamp;

use super::memo::{self, RefundKept, kept, refund_kept};
use super::orders::{address_fits, debited, order_standing};
use super::words::{Asked, refund_status, refused};
use super::{Desk, Said};
use crate::facade::Account;
use crate::wechatpay::asking::{read, refund_number_fits};
use crate::wechatpay::codes::{Code, Fault};
use crate::wechatpay::messages::{RefundList, RefundRequest, money};
use crate::wechatpay::route::{Dialect, Query, RefundName};
use crate::wechatpay::standing;

const NO_REFUND: Fault = (Code::ResourceNotExists, "there is no such refund");

impl Desk<'_> {
    pub(super) async fn refund(&self, body: &[u8], dialect: Dialect) -> Result<Said, Fault> {
        let asked: RefundRequest = read(body)?;
        // The domestic dialect names no merchant here: it is the one who signed.
        let sub = match asked.party.signer() {
            Some(_) => self.party(&asked.party)?,
            None => asked.party.sub_mchid.clone(),
        };
        let number = &asked.out_refund_no;
        if !refund_number_fits(number) {
            return Err((Code::ParamError, "out_refund_no: 1 to 64 letters, digits, _-|*@"));
        }
        if asked.notify_url.as_ref().is_some_and(|url| !address_fits(url)) {
            return Err((Code::ParamError, "notify_url: a whole address without a query"));
        }
        let own = self.own(&asked.order()?, sub.as_deref()).await?;
        let currency = asked.amount.currency.as_deref();
        let amount = self.amount(asked.amount.refund, currency)?;
        let payment = &own.shown.payment;
        if money(asked.amount.total, currency) != Some(payment.amount) {
            return Err((Code::InvalidRequest, "amount.total is not the order's"));
        }
        let kept = RefundKept { dialect, notify_url: asked.notify_url.clone() };
        let made = self.till.refund(number, payment.id, amount, &memo::text(&kept)).await;
        let made = made.map_err(|no| refused(no, Asked::Refund))?;
        let refund = refund_standing(&made.payment, made.record());
        // The global dialect only says that it was taken in.
        let refund = refund.ok_or((Code::InvalidRequest, "the number is another refund's"))?;
        Ok(Said::json(&refund.said(dialect, dialect == Dialect::Domestic)))
    }

    pub(super) async fn refund_got(
        &self,
        query: &Query,
        dialect: Dialect,
        name: &RefundName,
    ) -> Result<Said, Fault> {
        if query.party().signer().is_some() {
            self.party(&query.party())?;
        }
        let number = match name {
            RefundName::OutRefundNo(number) => number,
            // Refunds are found by the till's number, or with their order.
            RefundName::Number(_) => return Err(NO_REFUND),
        };
        let found = self.till.refund_numbered(number).await;
        let found = found.map_err(|no| refused(no, Asked::Look))?.ok_or(NO_REFUND)?;
        let own = kept(self.account, &found.payment).is_some();
        refund_kept(self.account, found.record()).filter(|_| own).ok_or(NO_REFUND)?;
        let refund = refund_standing(&found.payment, found.record()).ok_or(NO_REFUND)?;
        Ok(Said::json(&refund.said(dialect, true)))
    }

    pub(super) async fn refund_list(&self, query: &Query) -> Result<Said, Fault> {
        let sub = self.party(&query.party())?;
        let own = self.own(&query.order()?, sub.as_deref()).await?;
        let payment = &own.shown.payment;
        let all: Vec<&Refund> =
            payment.refunds.iter().filter(|r| refund_kept(self.account, r).is_some()).collect();
        let (offset, count) = query.page()?;
        let page = all.iter().skip(offset).take(count);
        let data = page.filter_map(|refund| refund_standing(payment, refund));
        let data: Vec<_> = data.map(|refund| refund.said(Dialect::Global, true)).collect();
        let order = order_standing(self.account, payment, &own.kept, own.state());
        let order = order.said(Dialect::Global);
        Ok(Said::json(&RefundList {
            party: order.party,
            id: order.id,
            out_trade_no: payment.order_number.to_string(),
            amount: order.amount,
            total_num: all.len(),
            current_total_num: data.len(),
            data,
        }))
    }
}

/// Where a refund stands; `None`: it is not one that a till asked for by a number.
pub(super) fn refund_standing(payment: &Payment, refund: &Refund) -> Option<standing::Refund> {
    let (done_at, credited) = done(refund);
    Some(standing::Refund {
        number: refund.id.to_string(),
        out_refund_no: refund.number.as_ref()?.to_string(),
        order_number: payment.id.to_string(),
        out_trade_no: payment.order_number.to_string(),
        status: refund_status(&refund.state),
        at: refund.requested_at,
        done_at,
        account: "the payer's wallet",
        amount: refund.amount,
        total: payment.amount,
        credited: credited.or(refund.payer).unwrap_or(refund.amount),
        debited: debited(payment),
        rate: None,
    })
}

/// When it was made, and what the payer got, where the wallet says so.
fn done(refund: &Refund) -> (Option<Timestamp>, Option<Money>) {
    match &refund.state {
        RefundState::Refunded(done) => (Some(done.at), done.receipt.payer),
        RefundState::Requested(_)
        | RefundState::InDoubt(_)
        | RefundState::WaitingForFunds(_)
        | RefundState::Declined(_)
        | RefundState::Impossible(_) => (None, None),
    }
}

/// Where a refund's result is told.
pub(super) fn told_at(account: &Account, kept: &RefundKept) -> Option<String> {
    kept.notify_url.clone().or_else(|| account.notify_url.clone())
}
