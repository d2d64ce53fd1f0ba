//! The file of a business day.
//!
//! **Ours**: the network's own is an archive of tables whose columns the facts do not give. This one
//! is a table in CSV and UTF-8. Its first line names the day, the zone and the merchant's app, and
//! its last line counts: a file that was cut off is none. An empty day has a file.
//!
//! ```text
//! #bill,trade,2026-11-21,UTC+8,2021000000000001
//! type,out_trade_no,trade_no,out_request_no,amount,time
//! pay,pay_…,2026112122001…,,58.08,2026-11-21 23:30:00
//! refund,pay_…,2026112122001…,ref_…,24.20,2026-11-21 23:31:00
//! #total,1,58.08,1,24.20
//! ```

use noren_core::time::{BusinessDate, Timestamp};

use super::ZONE_MINUTES;
use super::scalar::{Amount, parse_time, print_time};
use crate::statement::{Line, LineKind, Statement};

const COLUMNS: &str = "type,out_trade_no,trade_no,out_request_no,amount,time";
const PAY: &str = "pay";
const REFUND: &str = "refund";

/// A line of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The merchant's number of the trade.
    pub out_trade_no: String,
    /// The network's.
    pub trade_no: String,
    /// Of a refund: the merchant's number of it.
    pub out_request_no: Option<String>,
    /// How much, either way.
    pub amount: Amount,
    /// When.
    pub at: Timestamp,
}

/// Writes a day's file. Numbers are of letters, digits, `-` and `_`, so nothing is quoted.
pub fn print(date: BusinessDate, app_id: &str, rows: &[Row]) -> String {
    let mut text = format!("#bill,trade,{date},UTC+8,{app_id}\n{COLUMNS}\n");
    for row in rows {
        let (kind, request) = match &row.out_request_no {
            None => (PAY, ""),
            Some(request) => (REFUND, request.as_str()),
        };
        let (trade, no) = (&row.out_trade_no, &row.trade_no);
        let (amount, time) = (row.amount, print_time(row.at));
        text.push_str(&format!("{kind},{trade},{no},{request},{amount},{time}\n"));
    }
    text.push_str(&total(rows));
    text
}

fn total(rows: &[Row]) -> String {
    let part = |refunds: bool| {
        let of = || rows.iter().filter(|row| row.out_request_no.is_some() == refunds);
        let sum = of().map(|row| i128::from(row.amount.hundredths())).sum::<i128>();
        format!("{},{}.{:02}", of().count(), sum / 100, sum % 100)
    };
    format!("#total,{},{}\n", part(false), part(true))
}

/// Reads the file of that day; the error is a sentence.
pub fn read(date: BusinessDate, app_id: &str, text: &[u8]) -> Result<Statement, String> {
    let text = std::str::from_utf8(text).map_err(|_| "not UTF-8".to_owned())?;
    let mut lines = text.split_inclusive('\n');
    let mut next = || lines.next().ok_or_else(|| "cut off".to_owned());
    if next()? != format!("#bill,trade,{date},UTC+8,{app_id}\n") {
        return Err("another day's, zone's or merchant's file".into());
    }
    if next()?.trim_end() != COLUMNS {
        return Err("other columns".into());
    }
    let mut rows = Vec::new();
    let last = loop {
        let line = next()?;
        if line.starts_with('#') {
            break line;
        }
        let row = line
            .strip_suffix('\n')
            .and_then(row)
            .filter(|row| row.at.business_date(ZONE_MINUTES) == date);
        rows.push(row.ok_or_else(|| format!("line {}", rows.len() + 3))?);
    };
    if last != total(&rows) || next().is_ok() {
        return Err("the last line counts something else".into());
    }
    Ok(Statement { date, lines: rows.into_iter().map(line).collect() })
}

fn row(text: &str) -> Option<Row> {
    let columns: Vec<&str> = text.split(',').collect();
    let [kind, trade, no, request, amount, time] = columns[..] else { return None };
    let out_request_no = match kind {
        PAY if request.is_empty() => None,
        REFUND if !request.is_empty() => Some(request.to_owned()),
        _ => return None,
    };
    let named = !trade.is_empty() && !no.is_empty();
    Some(Row {
        out_trade_no: trade.to_owned(),
        trade_no: no.to_owned(),
        out_request_no,
        amount: Amount::parse(amount).filter(|amount| named && *amount > Amount::ZERO)?,
        at: parse_time(time)?,
    })
}

fn line(row: Row) -> Line {
    let refund = row.out_request_no.is_some();
    Line {
        kind: if refund { LineKind::Refund } else { LineKind::Payment },
        asked_as: row.out_request_no.or_else(|| Some(row.out_trade_no.clone())),
        payment: row.out_trade_no,
        transaction: row.trade_no,
        // The network knows no other currency.
        amount: row.amount.yuan(),
        payer: Some(row.amount.yuan()),
        at: Some(row.at),
    }
}
