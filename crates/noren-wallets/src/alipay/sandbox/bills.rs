//! The file of a business day: where it lies, for half a minute, and what is in it.

use noren_core::time::{BusinessDate, Span, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::trades::{read, value};
use super::{AlipaySandbox, Reply, Said};
use crate::alipay::bill::{self, Row};
use crate::alipay::codes::SubCode;
use crate::alipay::messages::{BillAsked, BillUrlSaid};
use crate::alipay::scalar::{Amount, parse_time};
use crate::alipay::{ZONE_MINUTES, form};
use crate::sandbox::Answered;
use crate::sandbox::bank::{Moved, MovedBy};
use crate::wire::{Request, Response};

/// Where files lie, below the network's address. Ours.
const PATH: &str = "/downloadBillFile.resource";
/// The address expires after so long (the call's public page).
const LINK_LASTS: Span = Span::seconds(30);

/// An address that was given out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct BillLink {
    /// Of which day, as it was asked for.
    date: String,
    expires_at: Timestamp,
}

impl AlipaySandbox {
    pub(super) fn bill_url(&mut self, now: Timestamp, content: &Value) -> Said {
        let asked: BillAsked = read(content).map_err(|_| SubCode::BillArguments)?;
        let date = asked.bill_date.as_str();
        let day = day(date).filter(|_| asked.bill_type.as_str() == "trade");
        let day = day.ok_or(SubCode::BillArguments)?;
        if self.rows(now, day).is_none() {
            return Err(SubCode::BillNotExist);
        }
        let token = format!("{:032x}", self.bank.bits());
        let (date, expires_at) = (date.to_owned(), now.after(LINK_LASTS));
        self.bills.put(&token, BillLink { date, expires_at });
        let url = self.link.network.url(&format!("{PATH}?fileId={token}"));
        let said = BillUrlSaid { bill_download_url: Some(url.into()) };
        Ok((value(&said), Reply::PLAIN))
    }

    /// The file itself; `None`: another address.
    pub(super) fn bill_file(
        &self,
        now: Timestamp,
        request: &Request,
        below: &str,
    ) -> Option<Answered> {
        if below != PATH || request.method != "GET" {
            return None;
        }
        let query = request.target.split_once('?').map_or("", |(_, query)| query);
        let params = form::parse(query.as_bytes()).unwrap_or_default();
        let link = form::get(&params, "fileId").and_then(|token| self.bills.get(token));
        let link = link.filter(|link| now < link.expires_at);
        let rows = link.and_then(|link| day(&link.date)).and_then(|day| {
            let rows = self.rows(now, day)?;
            Some(bill::print(day, &self.link.client_id, &rows))
        });
        let (status, text) = match rows {
            Some(text) => (200, text),
            None => (404, "there is no such file, or its address has expired\n".into()),
        };
        let headers = vec![("content-type".into(), "text/csv;charset=utf-8".into())];
        Some(Answered::Respond(Response { status, headers, body: text.into_bytes() }))
    }

    /// `None`: the day is not over yet.
    fn rows(&self, now: Timestamp, day: BusinessDate) -> Option<Vec<Row>> {
        let moved = self.bank.day(now, day)?;
        let row = |moved: Moved| {
            let request = match moved.by {
                MovedBy::Payment => None,
                // Nothing is held here, so nothing is captured.
                MovedBy::Capture => return None,
                MovedBy::Refund => {
                    let within = moved.id.strip_prefix(&moved.payment)?.strip_prefix('/')?;
                    Some(within.to_owned())
                }
            };
            Some(Row {
                trade_no: self.trades.get(&moved.payment)?.trade_no.clone(),
                out_trade_no: moved.payment,
                out_request_no: request,
                amount: Amount::from_yuan(moved.payer)?,
                at: moved.at,
            })
        };
        Some(moved.into_iter().filter_map(row).collect())
    }
}

/// `2026-11-21`, and no other form.
fn day(text: &str) -> Option<BusinessDate> {
    let noon = parse_time(&format!("{text} 12:00:00"))?;
    Some(noon.business_date(ZONE_MINUTES)).filter(|date| date.to_string() == text)
}
