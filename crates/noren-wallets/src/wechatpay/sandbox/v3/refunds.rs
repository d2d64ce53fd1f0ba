//! Refunds of v3, in both its dialects.

use noren_core::time::Timestamp;
use serde_json::{Value, json};

use super::{Query, Said, json_said, rate, read};
use crate::sandbox::bank::Manner;
use crate::wechatpay::codes::Code;
use crate::wechatpay::messages::{RefundRequest, RefundSaid, Returned, money};
use crate::wechatpay::sandbox::trade::{Fault, RefundAsked, converted};
use crate::wechatpay::sandbox::{Dialect, WechatPaySandbox};
use crate::wechatpay::time;
use crate::wire::Request;

impl WechatPaySandbox {
    /// Answers a call below the refunds of a dialect.
    pub(super) fn refunds_called(
        &mut self,
        now: Timestamp,
        request: &Request,
        query: &Query,
        dialect: Dialect,
        rest: &[&str],
    ) -> Result<Said, Fault> {
        let unknown = (Code::ResourceNotExists, "there is no such refund");
        match (request.method.as_str(), rest, dialect) {
            ("POST", [], _) => self.refund_asked(now, &request.body, dialect),
            ("GET", [], Dialect::Global) => self.refund_list(query),
            ("GET", ["out-refund-no", id], Dialect::Global) | ("GET", [id], Dialect::Domestic) => {
                self.bank.refund(id).ok_or(unknown)?;
                Ok(json_said(&self.refund_said(id, dialect, true), Manner::Plain))
            }
            ("GET", ["id", number], Dialect::Global) => {
                let id = self.refund_numbers.get(number).ok_or(unknown)?;
                Ok(json_said(&self.refund_said(id, dialect, true), Manner::Plain))
            }
            _ => Err((Code::ResourceNotExists, "there is no such call")),
        }
    }

    fn refund_asked(
        &mut self,
        now: Timestamp,
        body: &[u8],
        dialect: Dialect,
    ) -> Result<Said, Fault> {
        let asked: RefundRequest = read(body)?;
        // The domestic dialect names no merchant here: it is the one who signed.
        let named = asked.party.mchid.is_some() || asked.party.sp_mchid.is_some();
        let sub = if named { self.party(&asked.party)? } else { None };
        let text = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
        let id = match (text(&asked.transaction_id), text(&asked.out_trade_no)) {
            (Some(number), _) => self.numbered(&number)?,
            (None, Some(id)) => id,
            (None, None) => return Err((Code::ParamError, "which order?")),
        };
        let id = self.find(&id, sub.as_deref())?;
        let refund = money(asked.amount.refund, asked.amount.currency.as_deref());
        let wanted = RefundAsked {
            dialect,
            order_id: &id,
            id: &asked.out_refund_no,
            refund: refund.ok_or((Code::ParamError, "amount: not an amount"))?,
            total: asked.amount.total,
            notify_url: asked.notify_url.as_deref(),
        };
        let manner = self.refund(now, &wanted)?;
        // The global dialect only says that it was taken in.
        let with_status = dialect != Dialect::Global;
        Ok(json_said(&self.refund_said(&asked.out_refund_no, dialect, with_status), manner))
    }

    fn refund_said(&self, id: &str, dialect: Dialect, with_status: bool) -> RefundSaid {
        let (Some(refund), Some(trade)) = (self.bank.refund(id), self.refund_trades.get(id)) else {
            return RefundSaid::default();
        };
        let Some(payment) = self.bank.payment(&refund.payment) else {
            return RefundSaid::default();
        };
        let global = dialect == Dialect::Global;
        let number = Some(trade.number.clone());
        let account = Some("user's balance".to_owned());
        let order = self.trades.get(&refund.payment).map(|trade| trade.number.clone());
        let (minor, domestic) = (refund.order.minor(), (!global).then_some(()));
        let said = RefundSaid {
            id: number.clone().filter(|_| global),
            refund_id: number.filter(|_| !global),
            out_refund_no: Some(id.to_owned()),
            create_time: Some(time::v3(refund.at)),
            amount: Some(Returned {
                refund: Some(minor),
                total: domestic.map(|()| payment.order.minor()),
                currency: Some(refund.order.currency().alpha().to_owned()),
                payer_total: domestic.map(|()| payment.payer.minor()),
                payer_refund: Some(refund.payer.minor()),
                payer_currency: global.then(|| refund.payer.currency().alpha().to_owned()),
                settlement_refund: domestic.map(|()| minor),
                settlement_total: domestic.map(|()| payment.order.minor()),
                discount_refund: domestic.map(|()| 0),
                exchange_rate: (global && converted(payment)).then(rate),
            }),
            ..RefundSaid::default()
        };
        if !with_status {
            return said;
        }
        let status = self.refund_status(id).map(|status| status.name().to_owned());
        RefundSaid {
            transaction_id: order,
            out_trade_no: Some(refund.payment.clone()),
            channel: Some("ORIGINAL".into()),
            user_received_account: account.clone().filter(|_| !global),
            recv_account: account.filter(|_| global),
            success_time: refund.done.then(|| time::v3(refund.at)),
            status,
            ..said
        }
    }

    /// A refund, as its notification says it.
    pub(in super::super) fn refund_notified(&self, id: &str) -> Option<RefundSaid> {
        let (refund, made) = (self.bank.refund(id)?, self.refund_trades.get(id)?);
        let (payment, trade) =
            (self.bank.payment(&refund.payment)?, self.trades.get(&refund.payment)?);
        let global = made.dialect == Dialect::Global;
        Some(RefundSaid {
            party: self.said_party(&trade.appid, trade.sub_mchid.as_deref()),
            refund_id: Some(made.number.clone()),
            out_refund_no: Some(id.to_owned()),
            transaction_id: Some(trade.number.clone()),
            out_trade_no: Some(refund.payment.clone()),
            user_received_account: Some("user's balance".into()),
            success_time: Some(time::v3(refund.at)),
            refund_status: self.refund_status(id).map(|status| status.name().to_owned()),
            amount: Some(Returned {
                refund: Some(refund.order.minor()),
                total: Some(payment.order.minor()),
                // Ours: that the global dialect names them here too.
                currency: global.then(|| refund.order.currency().alpha().to_owned()),
                payer_total: Some(payment.payer.minor()),
                payer_refund: Some(refund.payer.minor()),
                payer_currency: global.then(|| refund.payer.currency().alpha().to_owned()),
                ..Returned::default()
            }),
            ..RefundSaid::default()
        })
    }

    fn refund_list(&self, query: &Query) -> Result<Said, Fault> {
        let sub = self.party(&query.party())?;
        let id = match (query.get("transaction_id"), query.get("out_trade_no")) {
            (Some(number), _) if !number.is_empty() => self.numbered(number)?,
            (_, Some(id)) => id.to_owned(),
            _ => return Err((Code::ParamError, "which order?")),
        };
        let id = self.find(&id, sub.as_deref())?;
        let number = |name, otherwise| {
            let said = query.get(name).map_or(Ok(otherwise), str::parse::<usize>);
            said.map_err(|_| (Code::ParamError, "offset and count are numbers"))
        };
        let (offset, count) = (number("offset", 0)?, number("count", 20)?.min(50));
        let of_order = self.bank.refunds().filter(|(_, refund)| refund.payment == id);
        let all: Vec<&String> = of_order.map(|(refund, _)| refund).collect();
        let page = all.iter().skip(offset).take(count);
        let data: Vec<RefundSaid> =
            page.map(|refund| self.refund_said(refund, Dialect::Global, true)).collect();
        let order = self.transaction_in(&id, Dialect::Global);
        let mut said = json!({
            "id": order.id, "out_trade_no": id, "amount": order.amount,
            "total_num": all.len(), "current_total_num": data.len(), "data": data,
        });
        if let (Value::Object(said), Ok(Value::Object(party))) =
            (&mut said, serde_json::to_value(&order.party))
        {
            said.extend(party);
        }
        Ok(json_said(&said, Manner::Plain))
    }
}
