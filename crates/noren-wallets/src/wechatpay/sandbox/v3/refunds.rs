//! Refunds of v3, in both its dialects.

use noren_core::time::Timestamp;

use super::{Said, json_said, rate};
use crate::sandbox::bank::Manner;
use crate::wechatpay::asking::read;
use crate::wechatpay::codes::{Code, Fault};
use crate::wechatpay::messages::{RefundList, RefundRequest, RefundSaid, money};
use crate::wechatpay::route::{self, Query, RefundName};
use crate::wechatpay::sandbox::WechatPaySandbox;
use crate::wechatpay::sandbox::trade::{RefundAsked, converted};
use crate::wechatpay::standing;

impl WechatPaySandbox {
    /// Where a refund stands.
    pub(super) fn refund_got(
        &self,
        dialect: route::Dialect,
        name: &RefundName,
    ) -> Result<Said, Fault> {
        let unknown = (Code::ResourceNotExists, "there is no such refund");
        let id = match name {
            RefundName::OutRefundNo(id) => id,
            RefundName::Number(number) => self.refund_numbers.get(number).ok_or(unknown)?,
        };
        self.bank.refund(id).ok_or(unknown)?;
        Ok(json_said(&self.refund_said(id, dialect, true), Manner::Plain))
    }

    pub(super) fn refund_asked(
        &mut self,
        now: Timestamp,
        body: &[u8],
        dialect: route::Dialect,
    ) -> Result<Said, Fault> {
        let asked: RefundRequest = read(body)?;
        // The domestic dialect names no merchant here: it is the one who signed.
        let named = asked.party.mchid.is_some() || asked.party.sp_mchid.is_some();
        let sub = if named { self.party(&asked.party)? } else { None };
        let id = self.named(&asked.order()?)?;
        let id = self.find(&id, sub.as_deref())?;
        let refund = money(asked.amount.refund, asked.amount.currency.as_deref());
        let wanted = RefundAsked {
            dialect: dialect.into(),
            order_id: &id,
            id: &asked.out_refund_no,
            refund: refund.ok_or((Code::ParamError, "amount: not an amount"))?,
            total: asked.amount.total,
            notify_url: asked.notify_url.as_deref(),
        };
        let manner = self.refund(now, &wanted)?;
        // The global dialect only says that it was taken in.
        let with_status = dialect == route::Dialect::Domestic;
        Ok(json_said(&self.refund_said(&asked.out_refund_no, dialect, with_status), manner))
    }

    fn refund_said(&self, id: &str, dialect: route::Dialect, with_status: bool) -> RefundSaid {
        let standing = self.refund_standing(id);
        standing.map_or_else(RefundSaid::default, |refund| refund.said(dialect, with_status))
    }

    /// A refund, as its notification says it; `None`: there is no such refund, or it is one of v2.
    pub(in super::super) fn refund_notified(&self, id: &str) -> Option<RefundSaid> {
        let dialect = self.refund_trades.get(id)?.dialect.of_v3()?;
        let trade = self.trades.get(&self.bank.refund(id)?.payment)?;
        let party = self.said_party(&trade.appid, trade.sub_mchid.as_deref());
        Some(self.refund_standing(id)?.notified(party, dialect))
    }

    fn refund_standing(&self, id: &str) -> Option<standing::Refund> {
        let (refund, made) = (self.bank.refund(id)?, self.refund_trades.get(id)?);
        let payment = self.bank.payment(&refund.payment)?;
        let order = self.trades.get(&refund.payment)?;
        Some(standing::Refund {
            number: made.number.clone(),
            out_refund_no: id.to_owned(),
            order_number: order.number.clone(),
            out_trade_no: refund.payment.clone(),
            status: self.refund_status(id)?,
            at: refund.at,
            done_at: refund.done.then_some(refund.at),
            account: "user's balance",
            amount: refund.order,
            total: payment.order,
            credited: refund.payer,
            debited: payment.payer,
            rate: converted(payment).then(rate),
        })
    }

    pub(super) fn refund_list(&self, query: &Query) -> Result<Said, Fault> {
        let sub = self.party(&query.party())?;
        let id = self.find(&self.named(&query.order()?)?, sub.as_deref())?;
        let (offset, count) = query.page()?;
        let of_order = self.bank.refunds().filter(|(_, refund)| refund.payment == id);
        let all: Vec<&String> = of_order.map(|(refund, _)| refund).collect();
        let page = all.iter().skip(offset).take(count);
        let data: Vec<RefundSaid> =
            page.map(|refund| self.refund_said(refund, route::Dialect::Global, true)).collect();
        let order = self.transaction_in(&id, route::Dialect::Global);
        let said = RefundList {
            party: order.party,
            id: order.id,
            out_trade_no: id,
            amount: order.amount,
            total_num: all.len(),
            current_total_num: data.len(),
            data,
        };
        Ok(json_said(&said, Manner::Plain))
    }
}
