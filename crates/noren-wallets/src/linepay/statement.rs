//! The file of a business day. **Ours**: LINE Pay's report is a page and a download for people, and
//! its columns are not published.
//!
//! CSV without quotes, because nothing in it needs them (an order id is percent-encoded):
//!
//! ```text
//! statement,2026-11-21,+09:00
//! type,orderId,transactionId,refundTransactionId,amount,currency,at
//! PAYMENT,pay_…,2026112100000000001,,1200,JPY,2026-11-21T03:00:00Z
//! REFUND,pay_…,2026112100000000001,2026112100000000007,300,JPY,2026-11-21T04:00:00Z
//! end,2
//! ```
//!
//! The last line counts the others, so that a file that was cut off is not taken for a whole one.

use noren_core::money::Money;
use noren_core::time::{BusinessDate, Timestamp};

use percent_encoding::{percent_decode_str, utf8_percent_encode};

use super::codes::Code;
use super::messages::{Amount, Envelope, TransactionId};
use crate::instant;
use crate::statement::{Line, LineKind, Statement, StatementError};
use crate::wire::{PATH_SEGMENT, Response};

/// What the file is sent as.
pub(super) const CONTENT_TYPE: &str = "text/csv; charset=utf-8";
const COLUMNS: &str = "type,orderId,transactionId,refundTransactionId,amount,currency,at";

/// One line, as the network knows it.
pub(super) struct Entry<'a> {
    pub kind: LineKind,
    pub order_id: &'a str,
    pub transaction: TransactionId,
    pub refund: Option<TransactionId>,
    pub amount: Money,
    pub at: Timestamp,
}

const fn word(kind: LineKind) -> &'static str {
    match kind {
        LineKind::Payment => "PAYMENT",
        LineKind::Capture => "CAPTURE",
        LineKind::Refund => "REFUND",
    }
}

/// Writes a file; `offset_minutes` is the zone of the day.
pub(super) fn write(date: BusinessDate, offset_minutes: i16, entries: &[Entry<'_>]) -> String {
    let mut file = format!("statement,{date},{}\n{COLUMNS}\n", zone(offset_minutes));
    for entry in entries {
        let amount = entry.amount.to_string();
        let (currency, amount) = amount.split_once(' ').expect("money is shown with its currency");
        let refund = entry.refund.map(|id| id.to_string()).unwrap_or_default();
        let (kind, at) = (word(entry.kind), instant::print(entry.at));
        let order = utf8_percent_encode(entry.order_id, PATH_SEGMENT);
        let transaction = entry.transaction;
        file.push_str(&format!("{kind},{order},{transaction},{refund},{amount},{currency},{at}\n"));
    }
    file.push_str(&format!("end,{}\n", entries.len()));
    file
}

/// `+09:00`.
fn zone(offset_minutes: i16) -> String {
    let (sign, minutes) = (if offset_minutes < 0 { '-' } else { '+' }, offset_minutes.abs());
    format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60)
}

/// Reads the answer to a request for the file of `date`.
pub(super) fn read(date: BusinessDate, response: &Response) -> Result<Statement, StatementError> {
    let unreadable = |why: &str| StatementError::Unreadable(why.to_owned());
    if response.status != 200 {
        return Err(StatementError::Transport);
    }
    // A file is no JSON, and a refusal is nothing else.
    if let Ok(said) = serde_json::from_slice::<Envelope>(&response.body) {
        return Err(match Code::read(&said.return_code) {
            Some(Code::InProcess) => StatementError::NotYet,
            _ => unreadable("the network refuses it"),
        });
    }
    let text = std::str::from_utf8(&response.body).map_err(|_| unreadable("it is not UTF-8"))?;
    let text = text.strip_suffix('\n').ok_or_else(|| unreadable("its last line is not whole"))?;
    let mut rows = text.split('\n').map(|row| row.strip_suffix('\r').unwrap_or(row));
    let head = format!("statement,{date},{}", zone(OFFSET_MINUTES));
    if rows.next() != Some(&head) {
        return Err(unreadable("it is not of this day and zone"));
    }
    if rows.next() != Some(COLUMNS) {
        return Err(unreadable("its columns are not known"));
    }
    let mut lines = Vec::new();
    let mut end = None;
    for row in rows {
        if end.is_some() {
            return Err(unreadable("something follows its end"));
        }
        match row.strip_prefix("end,") {
            Some(count) => end = Some(count),
            None => lines.push(line(row).ok_or_else(|| unreadable(row))?),
        }
    }
    if end != Some(lines.len().to_string().as_str()) {
        return Err(unreadable("it is not whole"));
    }
    Ok(Statement { date, lines })
}

/// Of the zone in which the network cuts its day. Not published; as in `profile.toml`.
pub(super) const OFFSET_MINUTES: i16 = 540;

fn line(row: &str) -> Option<Line> {
    let parts: Vec<&str> = row.split(',').collect();
    let [kind, order, transaction, refund, amount, currency, at] = parts[..] else { return None };
    let kind = [LineKind::Payment, LineKind::Capture, LineKind::Refund]
        .into_iter()
        .find(|known| word(*known) == kind)?;
    let order = percent_decode_str(order).decode_utf8().ok()?.into_owned();
    let transaction: TransactionId = transaction.parse().ok()?;
    // Neither a capture nor a refund has an id of ours here; a refund has the network's.
    let (asked_as, own) = match kind {
        LineKind::Payment => (Some(order.clone()), transaction),
        LineKind::Capture => (None, transaction),
        LineKind::Refund => (None, refund.parse().ok()?),
    };
    if order.is_empty() || refund.is_empty() != (kind != LineKind::Refund) {
        return None;
    }
    let amount: Amount = serde_json::from_str(amount).ok()?;
    Some(Line {
        kind,
        asked_as,
        payment: order,
        transaction: own.to_string(),
        amount: amount.money(currency.parse().ok()?).filter(|amount| amount.positive())?,
        payer: None,
        at: Some(instant::parse(at)?),
    })
}
