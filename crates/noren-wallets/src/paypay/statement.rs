//! The day-end file. **Ours**: PayPay sends word that a reconciliation file is ready, and what
//! stands in it is not published.
//!
//! A CSV (RFC 4180, one line a row) in UTF-8. Its first line is the header with the day, the zone
//! in which the day is cut, and the number of rows, so that half a file is no file; the second
//! names the columns. An empty day has a file too. Times are in that zone.

use noren_core::money::{Currency, Money};
use noren_core::time::{BusinessDate, Timestamp};

use super::codes::Code;
use super::messages::Envelope;
use crate::instant;
use crate::statement::{Line, LineKind, Statement, StatementError};
use crate::wire::Response;

/// What the file is sent as.
pub const CONTENT_TYPE: &str = "text/csv; charset=UTF-8";

const ZONE: &str = "+09:00";
const ZONE_MS: i64 = 9 * 60 * 60 * 1_000;
const COLUMNS: &str = "kind,payment_id,merchant_payment_id,merchant_key,amount,currency,at";

/// Writes the file of a day.
pub fn write(date: BusinessDate, lines: &[Line]) -> Vec<u8> {
    let mut text = format!("date,{date},zone,{ZONE},rows,{}\r\n{COLUMNS}\r\n", lines.len());
    for line in lines {
        let key = line.asked_as.as_deref().unwrap_or_default();
        let at = line.at.map(local).unwrap_or_default();
        let (amount, currency) = (line.amount.minor(), line.amount.currency().alpha());
        let ids = [&line.transaction, &line.payment, key].map(quoted).join(",");
        text.push_str(&format!("{},{ids},{amount},{currency},{at}\r\n", word(line.kind)));
    }
    text.into_bytes()
}

/// Reads the answer that should be the file of a day.
pub fn read(date: BusinessDate, response: &Response) -> Result<Statement, StatementError> {
    if response.status >= 500 || response.status == 429 {
        return Err(StatementError::Transport);
    }
    let unreadable = |why: &str| StatementError::Unreadable(why.to_owned());
    if response.status != 200 {
        let said: Option<Envelope<serde_json::Value>> = serde_json::from_slice(&response.body).ok();
        let code = said.and_then(|said| Code::read(response.status, &said.result_info));
        return Err(match code {
            Some(Code::RequestAccepted) => StatementError::NotYet,
            Some(other) => unreadable(other.name()),
            None => unreadable("neither a file nor a listed result"),
        });
    }
    let text = std::str::from_utf8(&response.body).map_err(|_| unreadable("not UTF-8"))?;
    let mut rows = text.split_terminator('\n').map(|row| row.strip_suffix('\r').unwrap_or(row));
    let header = rows.next().and_then(fields).unwrap_or_default();
    let [a, day, b, zone, c, count] = &header[..] else { return Err(unreadable("no header")) };
    if [a, b, c] != ["date", "zone", "rows"] || zone != ZONE {
        return Err(unreadable("not the header of this file"));
    }
    if *day != date.to_string() {
        return Err(unreadable("the file of another day"));
    }
    if rows.next() != Some(COLUMNS) {
        return Err(unreadable("not the columns of this file"));
    }
    let lines = rows.map(|row| line(row).ok_or_else(|| unreadable(row)));
    let lines = lines.collect::<Result<Vec<_>, _>>()?;
    if *count != lines.len().to_string() {
        return Err(unreadable("not as many rows as the header says"));
    }
    Ok(Statement { date, lines })
}

fn line(row: &str) -> Option<Line> {
    let row = fields(row)?;
    let [kind, transaction, payment, key, amount, currency, at] = &row[..] else { return None };
    let digits = !amount.is_empty() && amount.bytes().all(|b| b.is_ascii_digit());
    let amount = amount.parse().ok().filter(|_| digits && currency == "JPY")?;
    Some(Line {
        kind: [LineKind::Payment, LineKind::Capture, LineKind::Refund]
            .into_iter()
            .find(|one| word(*one) == kind)?,
        asked_as: Some(key.clone()).filter(|key| !key.is_empty()),
        payment: payment.clone(),
        transaction: transaction.clone(),
        amount: Money::new(amount, Currency::JPY),
        payer: None,
        at: Some(instant::parse(at)?),
    })
}

const fn word(kind: LineKind) -> &'static str {
    match kind {
        LineKind::Payment => "PAYMENT",
        LineKind::Capture => "CAPTURE",
        LineKind::Refund => "REFUND",
    }
}

fn local(at: Timestamp) -> String {
    let shifted = instant::print(Timestamp(at.0.saturating_add(ZONE_MS)));
    format!("{}{ZONE}", shifted.trim_end_matches('Z'))
}

fn quoted(field: &str) -> String {
    if field.bytes().any(|b| b == b',' || b == b'"') {
        return format!("\"{}\"", field.replace('"', "\"\""));
    }
    field.to_owned()
}

/// The fields of one row; `None` when its quotes do not close.
fn fields(row: &str) -> Option<Vec<String>> {
    let mut fields = Vec::new();
    let mut rest = row;
    loop {
        let (field, after) = match rest.strip_prefix('"') {
            Some(inside) => quoted_field(inside)?,
            None => match rest.find(',') {
                Some(at) => (rest[..at].to_owned(), &rest[at..]),
                None => (rest.to_owned(), ""),
            },
        };
        fields.push(field);
        match after.strip_prefix(',') {
            Some(next) => rest = next,
            None => return after.is_empty().then_some(fields),
        }
    }
}

/// What stands before the closing quote, and what follows it.
fn quoted_field(inside: &str) -> Option<(String, &str)> {
    let mut field = String::new();
    let mut rest = inside;
    loop {
        let at = rest.find('"')?;
        field.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        match rest.strip_prefix('"') {
            Some(next) => {
                field.push('"');
                rest = next;
            }
            None => return Some((field, rest)),
        }
    }
}
