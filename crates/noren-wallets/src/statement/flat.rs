//! A day-end file in the plainest form, ours: for our own wallet API, and for networks that publish no
//! shape. Comma-separated, without quotes: no member of it can hold a comma.
//!
//! ```text
//! noren-statement,1,2026-11-21,+09:00
//! kind,asked_as,payment,transaction,amount,currency,payer_amount,payer_currency,at
//! payment,pay_…,pay_…,tx-1-7,1200,JPY,5895,CNY,2026-11-21T03:00:00Z
//! ```
//!
//! The last line says how many came before it (`end,1`), so a file that was cut off is none. Amounts are
//! minor units; a member that is not there is empty; an empty day has its head and its end.

use std::fmt::Write as _;

use noren_core::money::Money;
use noren_core::time::BusinessDate;

use super::{Line, LineKind, Statement, StatementError};
use crate::instant;
use crate::sandbox::bank::day::{Moved, MovedBy};

const HEAD: &str =
    "kind,asked_as,payment,transaction,amount,currency,payer_amount,payer_currency,at";

fn zone(offset_minutes: i16) -> String {
    let (sign, minutes) =
        if offset_minutes < 0 { ('-', -offset_minutes) } else { ('+', offset_minutes) };
    format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60)
}

/// Writes the file of a day.
pub fn write(date: BusinessDate, offset_minutes: i16, day: &[Moved]) -> String {
    let mut file = format!("noren-statement,1,{date},{}\n{HEAD}\n", zone(offset_minutes));
    for moved in day {
        let kind = match moved.by {
            MovedBy::Payment => "payment",
            MovedBy::Capture => "capture",
            MovedBy::Refund => "refund",
        };
        let _ = writeln!(
            file,
            "{kind},{},{},{},{},{},{},{},{}",
            moved.id,
            moved.payment,
            moved.transaction,
            moved.order.minor(),
            moved.order.currency(),
            moved.payer.minor(),
            moved.payer.currency(),
            instant::print(moved.at)
        );
    }
    let _ = writeln!(file, "end,{}", day.len());
    file
}

/// Reads it back. Another day's file, another version or a line that is not whole is refused.
pub fn read(date: BusinessDate, file: &[u8]) -> Result<Statement, StatementError> {
    let unreadable = |why: String| StatementError::Unreadable(why);
    let text = std::str::from_utf8(file).map_err(|error| unreadable(error.to_string()))?;
    let mut lines = text.lines();
    let first = lines.next().unwrap_or_default();
    if !first.starts_with(&format!("noren-statement,1,{date},")) {
        return Err(unreadable(format!("this is not the file of {date}")));
    }
    if lines.next() != Some(HEAD) {
        return Err(unreadable("the columns are others".into()));
    }
    let mut body: Vec<&str> = lines.collect();
    let end = body.pop().unwrap_or_default();
    if end != format!("end,{}", body.len()) || !text.ends_with('\n') {
        return Err(unreadable("the file is cut off".into()));
    }
    let read = body.into_iter().enumerate().map(|(place, line)| {
        line_of(line).ok_or_else(|| unreadable(format!("line {} is not whole", place + 3)))
    });
    Ok(Statement { date, lines: read.collect::<Result<_, _>>()? })
}

fn line_of(line: &str) -> Option<Line> {
    let cells: Vec<&str> = line.split(',').collect();
    let [kind, asked_as, payment, transaction, amount, currency, payer, payer_currency, at] =
        cells[..]
    else {
        return None;
    };
    let kind = match kind {
        "payment" => LineKind::Payment,
        "capture" => LineKind::Capture,
        "refund" => LineKind::Refund,
        _ => return None,
    };
    let money = |amount: &str, currency: &str| {
        Some(Money::new(amount.parse().ok()?, currency.parse().ok()?))
    };
    let payer = match (payer, payer_currency) {
        ("", "") => None,
        (amount, currency) => Some(money(amount, currency)?),
    };
    Some(Line {
        kind,
        asked_as: (!asked_as.is_empty()).then(|| asked_as.to_owned()),
        payment: payment.to_owned(),
        transaction: transaction.to_owned(),
        amount: money(amount, currency)?,
        payer,
        at: Some(instant::parse(at)?),
    })
}

#[cfg(test)]
mod tests {
    use noren_core::time::Timestamp;

    use noren_core::money::Currency;

    use super::*;

    fn moved() -> Moved {
        Moved {
            by: MovedBy::Payment,
            id: "pay_1".into(),
            payment: "pay_1".into(),
            transaction: "tx-1".into(),
            order: Money::new(1_200, Currency::JPY),
            payer: Money::new(5_895, Currency::CNY),
            at: Timestamp(1_795_275_000_000),
        }
    }

    #[test]
    fn what_was_written_is_read() {
        let date = Timestamp(1_795_275_000_000).business_date(540);
        let file = write(date, 540, &[moved()]);
        assert!(file.starts_with("noren-statement,1,2026-11-22,+09:00\n"), "{file}");
        let read = read(date, file.as_bytes()).unwrap();
        let [line] = &read.lines[..] else { panic!("{read:?}") };
        assert_eq!((line.kind, line.transaction.as_str()), (LineKind::Payment, "tx-1"));
        assert_eq!((line.amount, line.payer), (moved().order, Some(moved().payer)));
        assert_eq!(line.at, Some(moved().at));
        assert_eq!(super::read(date, write(date, 540, &[]).as_bytes()).unwrap().lines, []);
    }

    #[test]
    fn another_day_and_a_file_that_is_cut_off_are_refused() {
        let date = Timestamp(1_795_275_000_000).business_date(540);
        let file = write(date, 540, &[moved()]);
        let other = Timestamp(0).business_date(540);
        assert!(read(other, file.as_bytes()).is_err());
        for cut in 0..file.len() {
            assert!(read(date, &file.as_bytes()[..cut]).is_err(), "{cut}");
        }
    }
}
