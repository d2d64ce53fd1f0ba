//! The day's files: the global one in one message, the domestic one in two.

use noren_core::money::Currency;
use noren_core::time::{BusinessDate, Timestamp};
use ring::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};

use super::WechatPaySandbox;
use super::v3::{Said, json_said};
use crate::sandbox::bank::Manner;
use crate::wechatpay::bill::{self, Row, RowKind};
use crate::wechatpay::codes::{Code, Fault};
use crate::wechatpay::messages::BillSaid;
use crate::wechatpay::route::Query;
use crate::wechatpay::{signing, time};

impl WechatPaySandbox {
    /// `GET /v3/global/statements?date=20261121&mchid=…`: the file of orders in yen.
    pub(super) fn statement(&self, now: Timestamp, query: &Query) -> Result<Said, Fault> {
        let date = closed_day(now, query.get("date"))?;
        Ok(Said::Statement(bill::write(&self.rows(date, Currency::JPY), Currency::JPY)))
    }

    /// `GET /v3/bill/tradebill?bill_date=2026-11-21`: where the file of orders in yuan is.
    pub(super) fn bill(&self, now: Timestamp, query: &Query) -> Result<Said, Fault> {
        let date = closed_day(now, query.get("bill_date"))?;
        if query.get("bill_type").is_some_and(|kind| kind != "ALL") {
            return Err((Code::ParamError, "bill_type: this sandbox has ALL only"));
        }
        if query.get("tar_type").is_some_and(|kind| !kind.is_empty()) {
            return Err((Code::ParamError, "tar_type: this sandbox does not pack files"));
        }
        let file = bill::write(&self.rows(date, Currency::CNY), Currency::CNY);
        let below = format!("/v3/billdownload/file?token={}", time::day(date));
        let said = BillSaid {
            hash_type: "SHA1".into(),
            hash_value: signing::hex(digest(&SHA1_FOR_LEGACY_USE_ONLY, file.as_bytes()).as_ref()),
            download_url: self.link.network.url(&below),
        };
        Ok(json_said(&said, Manner::Plain))
    }

    /// The file itself.
    pub(super) fn bill_file(&self, now: Timestamp, query: &Query) -> Result<Said, Fault> {
        let date = closed_day(now, query.get("token"))?;
        Ok(Said::Download(bill::write(&self.rows(date, Currency::CNY), Currency::CNY)))
    }

    /// What moved on a day, in one currency of orders, by time.
    fn rows(&self, date: BusinessDate, currency: Currency) -> Vec<Row> {
        let mut rows = Vec::new();
        for (id, trade) in self.trades.iter() {
            let Some(payment) = self.bank.payment(id) else { continue };
            let row = |kind, at, amount, refund| Row {
                kind,
                at,
                appid: trade.appid.clone(),
                mchid: self.mode.signer().to_owned(),
                sub_mchid: trade.sub_mchid.clone().unwrap_or_default(),
                transaction: trade.number.clone(),
                out_trade_no: id.clone(),
                openid: self.openid(payment),
                trade_type: trade.trade_type.name().to_owned(),
                amount,
                refund,
                description: trade.description.clone(),
            };
            if let Some(at) = payment.paid_at {
                rows.push(row(RowKind::Success, at, payment.order, None));
            }
            if let Some(reversed) = trade.reversed {
                rows.push(row(RowKind::Revoked, reversed.at, reversed.order, None));
            }
        }
        for (id, refund) in self.bank.refunds().filter(|(_, refund)| refund.done) {
            let (Some(trade), Some(made), Some(payment)) = (
                self.trades.get(&refund.payment),
                self.refund_trades.get(id),
                self.bank.payment(&refund.payment),
            ) else {
                continue;
            };
            rows.push(Row {
                kind: RowKind::Refund,
                at: refund.at,
                appid: trade.appid.clone(),
                mchid: self.mode.signer().to_owned(),
                sub_mchid: trade.sub_mchid.clone().unwrap_or_default(),
                transaction: trade.number.clone(),
                out_trade_no: refund.payment.clone(),
                openid: self.openid(payment),
                trade_type: trade.trade_type.name().to_owned(),
                amount: refund.order,
                refund: Some((made.number.clone(), id.clone())),
                description: trade.description.clone(),
            });
        }
        rows.retain(|row| {
            row.at.business_date(time::OFFSET_MINUTES) == date && row.amount.currency() == currency
        });
        rows.sort_by(|a, b| (a.at, &a.transaction).cmp(&(b.at, &b.transaction)));
        rows
    }
}

/// The day of a query, when it is over. Ours: there is a file from midnight on, also of a day
/// without movement.
fn closed_day(now: Timestamp, text: Option<&str>) -> Result<BusinessDate, Fault> {
    let date = text.and_then(time::day_read).ok_or((Code::ParamError, "which day?"))?;
    let today = now.business_date(time::OFFSET_MINUTES);
    match date.cmp(&today) {
        std::cmp::Ordering::Less => Ok(date),
        std::cmp::Ordering::Equal => Err((Code::StatementCreating, "the day is not over")),
        std::cmp::Ordering::Greater => Err((Code::NoStatementExist, "there is no such day yet")),
    }
}
