//! Bar codes: the digits that a payer shows, the table that routes them, and bills.

use std::sync::LazyLock;

use emvqr::mpm::jpqr::JpqrId;
use emvqr::mpm::promptpay::bill_barcode;
use emvqr::payment_code::{DIGITS_MAX, RouteError, Table};

use super::{show, show_debug};

/// A table is written by an operator, not scanned. What is tried here stays small.
const TABLE_BYTES_MAX: usize = 8192;

pub(super) static BUILTIN: LazyLock<Table> = LazyLock::new(Table::builtin);

/// Routes bytes as the digits that a payer shows, and reads them as whatever else is a line of
/// text. Bytes that are no text are not looked at. Gives whether a wallet was found.
pub fn digits(bytes: &[u8]) -> bool {
    let Ok(text) = core::str::from_utf8(bytes) else {
        return false;
    };
    if text.len() <= TABLE_BYTES_MAX {
        check_table(text);
    }
    if let Ok(bill) = bill_barcode::read(text) {
        let again = bill.build().expect("what was read can be written");
        assert_eq!(bill_barcode::read(&again).as_ref(), Ok(&bill));
        show_debug(bill.bill());
    }
    if let Ok(id) = text.parse::<JpqrId>() {
        assert_eq!(id.to_string().parse(), Ok(id));
    }
    check_route(&BUILTIN, text)
}

fn check_route(table: &Table, code: &str) -> bool {
    let routed = table.route(code);
    assert_eq!(routed, table.route(code), "routes twice alike");
    let digits = code.bytes().all(|byte| byte.is_ascii_digit());
    match &routed {
        Ok(wallet) => {
            assert!(digits && (1..=DIGITS_MAX).contains(&code.len()), "{code:?} was taken");
            assert!(!wallet.is_empty());
        }
        Err(error) => {
            // A code works like money, so no message repeats one. A text with fewer digits is no
            // code, and may be in a message by chance.
            let secret = code.bytes().filter(u8::is_ascii_digit).count() >= 6;
            assert!(!secret || !error.to_string().contains(code), "the code is shown");
            match error {
                RouteError::Empty => assert!(code.is_empty()),
                RouteError::NotDigits => assert!(!digits),
                RouteError::UnknownPrefix | RouteError::FixedDigit => assert!(!code.is_empty()),
                RouteError::Length { found, expected } => {
                    assert_eq!(*found, code.len());
                    assert!(expected.iter().all(|(min, max)| min <= max));
                    assert!(!expected.iter().any(|(min, max)| (min..=max).contains(&found)));
                }
            }
        }
    }
    routed.is_ok()
}

/// The text as a table of rules.
fn check_table(text: &str) {
    match Table::parse(text) {
        Ok(table) => {
            check_route(&table, text);
            assert_eq!(Table::parse(text).as_ref(), Ok(&table), "reads twice alike");
        }
        Err(error) => show(&error),
    }
}
