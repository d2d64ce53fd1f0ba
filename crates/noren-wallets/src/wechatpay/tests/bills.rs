//! The day's file, read back, and what is none.

use noren_core::money::{Currency, Money};
use noren_core::time::Timestamp;
use noren_core::wallet::PaymentAnswer;
use proptest::prelude::*;
use ring::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use serde_json::{Value, json};

use super::answers::an_order;
use super::{stranger, stranger_raw};
use crate::connector::Env;
use crate::statement::{Line, LineKind, Statement, StatementError, StatementStep};
use crate::testing::{World, cancel, jpy, pay, payment_id, refund, refund_ask};
use crate::wechatpay::bill::{self, Row, RowKind};
use crate::wechatpay::signing::hex;
use crate::wechatpay::{ENTRY, time};
use crate::wire::{Response, TransportError};

fn day(world: &mut World, at: Timestamp) -> Result<Statement, StatementError> {
    let env = world.env();
    let date = at.business_date(time::OFFSET_MINUTES);
    let request = world.connector.statement_request(date, env).unwrap();
    let (request, response) = world.send(request);
    let said = response.as_ref().ok_or(TransportError::TimedOut);
    let env = Env { now: world.now, nonce: 1 };
    match world.connector.statement(date, &request, said, env)? {
        StatementStep::Read(statement) => Ok(statement),
        StatementStep::Then(request) => panic!("one message: {request:?}"),
    }
}

/// What the file says, as short words.
fn short(statement: &Statement) -> Vec<(LineKind, Option<String>, String, i64)> {
    let line =
        |line: &Line| (line.kind, line.asked_as.clone(), line.payment.clone(), line.amount.minor());
    statement.lines.iter().map(line).collect()
}

#[test]
fn the_file_says_what_the_books_say() {
    let mut world = World::new(&ENTRY);
    let start = world.now;
    let user = |world: &mut World, n: u32| world.user_with_code("mei", 1_000_000, &format!("c{n}"));
    let code = user(&mut world, 1);
    let PaymentAnswer::Paid(receipt) = world.payment(&pay(1, jpy(1_200), None, &code)) else {
        panic!()
    };
    world.refund(&refund(1, 1, jpy(300), None));
    // Refused, and so not in the file.
    world.refund(&refund(1, 2, jpy(1_000), None));
    // Refunded in part and then reversed on the same day: it never stood.
    let code = user(&mut world, 2);
    world.payment(&pay(2, jpy(500), None, &code));
    world.refund(&refund(2, 3, jpy(100), None));
    // Reversed on the next day.
    let code = user(&mut world, 3);
    world.payment(&pay(3, jpy(700), None, &code));
    world.wait(200);
    assert_eq!(world.payment(&cancel(2)), PaymentAnswer::Cancelled);
    assert_eq!(day(&mut world, start), Err(StatementError::NotYet));
    let tomorrow = Timestamp(start.0 + 86_400_000);
    assert_eq!(day(&mut world, tomorrow), Err(StatementError::NotYet));
    world.wait(86_400_000);
    assert_eq!(world.payment(&cancel(3)), PaymentAnswer::Cancelled);
    world.wait(86_400_000);

    let [one, three] = [1, 3].map(|n| payment_id(n).to_string());
    let refund = refund_ask(1, jpy(1), None).refund.to_string();
    let first = day(&mut world, start).unwrap();
    let mut lines = short(&first);
    lines.sort_by_key(|line| std::cmp::Reverse(line.3));
    assert_eq!(
        lines,
        [
            (LineKind::Payment, Some(one.clone()), one.clone(), 1_200),
            (LineKind::Payment, Some(three.clone()), three.clone(), 700),
            (LineKind::Refund, Some(refund), one, 300),
        ]
    );
    let paid = first.lines.iter().find(|line| line.amount == jpy(1_200)).unwrap();
    assert_eq!(paid.transaction, receipt.transaction.as_ref());
    assert_eq!(paid.at, Some(start));
    // Each line that stands is a payment or a refund of the books, and the other way round.
    let books = world.books();
    let stands = |rows: &Value, state: &str| {
        let rows = rows.as_array().unwrap().iter();
        rows.filter(|row| row["state"] == state).count()
    };
    assert_eq!(stands(&books["payments"], "paid"), 1);
    let second = day(&mut world, tomorrow).unwrap();
    assert_eq!(short(&second), [(LineKind::Refund, None, three, 700)]);
    let sum = |statement: &Statement, kind: LineKind| -> i64 {
        let lines = statement.lines.iter().filter(|line| line.kind == kind);
        lines.map(|line| line.amount.minor()).sum()
    };
    let net = sum(&first, LineKind::Payment)
        - sum(&first, LineKind::Refund)
        - sum(&second, LineKind::Refund);
    assert_eq!(books["owed"]["amount"], net);
    // A day without movement has a file.
    world.wait(86_400_000);
    let empty = day(&mut world, Timestamp(start.0 + 2 * 86_400_000)).unwrap();
    assert_eq!(empty.lines, []);
}

#[test]
fn a_file_that_is_not_believed_is_none() {
    let mut world = World::new(&ENTRY);
    let code = world.user_with_code("mei", 1_000_000, "c1");
    world.payment(&pay(1, jpy(1_200), None, &code));
    let start = world.now;
    world.wait(86_400_000);
    let date = start.business_date(time::OFFSET_MINUTES);
    let env = world.env();
    let request = world.connector.statement_request(date, env).unwrap();
    let (request, response) = world.send(request);
    let good = response.unwrap();
    let read = |response: Result<&Response, TransportError>, date| {
        world.connector.statement(date, &request, response, env)
    };
    assert!(read(Ok(&good), date).is_ok());
    let lost = read(Err(TransportError::TimedOut), date);
    assert_eq!(lost, Err(StatementError::Transport));
    let mut changed = good.clone();
    changed.body.push(b'\n');
    assert_eq!(read(Ok(&changed), date), Err(StatementError::BadSignature));
    let tomorrow = Timestamp(start.0 + 86_400_000).business_date(time::OFFSET_MINUTES);
    assert!(matches!(read(Ok(&good), tomorrow), Err(StatementError::Unreadable(_))), "another day");
    let mut unsigned = good.clone();
    unsigned.headers.clear();
    assert_eq!(read(Ok(&unsigned), date), Err(StatementError::BadSignature));
    let failed = Response { status: 500, ..unsigned.clone() };
    assert_eq!(read(Ok(&failed), date), Err(StatementError::Transport));
}

#[test]
fn the_domestic_file_comes_in_two_messages() {
    let mut world = World::new(&ENTRY);
    world.user_with_code("mei", 1_000_000, "c1");
    let body = json!({
        "appid": "wx1", "mchid": "client-1", "description": "茶, 二つ", "out_trade_no": "order-0001",
        "notify_url": "http://127.0.0.1:7400/n", "amount": { "total": 888, "currency": "CNY" },
    });
    stranger(&mut world, "POST", "/v3/pay/transactions/native", &body);
    let by = json!({ "user": "mei", "order": "order-0001", "pin": "1234" });
    world.control("POST", "pay", &by);
    // An order in yen is in the other file.
    world.payment(&an_order());
    world.control(
        "POST",
        "pay",
        &json!({ "user": "mei", "order": payment_id(1).to_string(), "pin": "1234" }),
    );
    let below = "/v3/bill/tradebill?bill_date=2026-11-21&bill_type=ALL";
    let (status, said) = stranger(&mut world, "GET", below, &Value::Null);
    assert_eq!((status, &said["code"]), (400, &json!("STATEMENT_CREATING")));
    world.wait(86_400_000);
    let (_, said) = stranger(&mut world, "GET", below, &Value::Null);
    assert_eq!(said["hash_type"], "SHA1");
    let url = said["download_url"].as_str().unwrap();
    let below = url.strip_prefix("http://127.0.0.1:7401/wechatpay").unwrap();
    let file = stranger_raw(&mut world, "GET", below, &Value::Null);
    assert_eq!(file.header("wechatpay-signature"), None, "its digest was signed before");
    let hash = hex(digest(&SHA1_FOR_LEGACY_USE_ONLY, &file.body).as_ref());
    assert_eq!(said["hash_value"], hash);
    let text = String::from_utf8(file.body).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert!(lines[1].starts_with("`2026-11-21 23:30:00,`wx1,`client-1,`0,`,`4200"), "{}", lines[1]);
    assert_eq!(lines[3], "`1,`8.88,`0.00,`0.00,`0.00000,`8.88,`0.00");
    let rows = bill::read(&text).unwrap();
    assert_eq!((rows.len(), rows[0].amount), (1, Money::new(888, Currency::CNY)));
    for below in [
        "/v3/bill/tradebill",
        "/v3/bill/tradebill?bill_date=2026-02-30",
        "/v3/bill/tradebill?bill_date=2026-11-21&bill_type=REFUND",
        "/v3/bill/tradebill?bill_date=2026-11-21&tar_type=GZIP",
    ] {
        let (status, said) = stranger(&mut world, "GET", below, &Value::Null);
        assert_eq!((status, &said["code"]), (400, &json!("PARAM_ERROR")), "{below}");
    }
}

fn row() -> impl Strategy<Value = Row> {
    let text = "[a-zA-Z0-9_-]{1,12}";
    (0usize..3, 1i64..1_000_000_000, text, text, 0i64..100_000, "[^,`\r\n]{0,8}").prop_map(
        |(kind, minor, id, transaction, seconds, description)| {
            let kind = [RowKind::Success, RowKind::Refund, RowKind::Revoked][kind];
            let refund = (kind == RowKind::Refund).then(|| (transaction.clone(), id.clone()));
            Row {
                kind,
                at: Timestamp(1_795_275_000_000 + seconds * 1_000),
                appid: "wx1".into(),
                mchid: "1".into(),
                sub_mchid: String::new(),
                transaction,
                out_trade_no: id,
                openid: "o".into(),
                trade_type: "MICROPAY".into(),
                amount: jpy(minor),
                refund,
                description,
            }
        },
    )
}

proptest! {
    #[test]
    fn a_file_is_read_as_it_was_written_and_not_when_it_is_cut(
        rows in prop::collection::vec(row(), 0..6),
        cut in 0usize..2_000,
    ) {
        let text = bill::write(&rows, Currency::JPY);
        prop_assert_eq!(bill::read(&text), Ok(rows));
        let mut cut = cut % text.len();
        while !text.is_char_boundary(cut) {
            cut -= 1;
        }
        // The line's own end is no part of what it says, nor is the last digit of a sum that we
        // do not read; all else is missed.
        let last = text.trim_end().rfind(",`0.00000").unwrap_or(0);
        if cut < last {
            prop_assert!(bill::read(&text[..cut]).is_err());
        }
    }

    #[test]
    fn no_text_panics_as_a_file(text in "\\PC{0,200}") {
        let _ = bill::read(&text);
    }

    #[test]
    fn amounts_have_the_decimals_of_their_currency(minor in 0i64..1_000_000_000) {
        for currency in [Currency::JPY, Currency::CNY] {
            let money = Money::new(minor, currency);
            prop_assert_eq!(bill::parse(&bill::decimal(money), currency), Some(money));
        }
    }
}

#[test]
fn what_is_no_amount_is_refused() {
    for bad in
        ["", ".", "1.", ".5", "-1", "+1", "1.001", "1e3", "1,0", "１", "99999999999999999999"]
    {
        assert_eq!(bill::parse(bad, Currency::CNY), None, "{bad}");
    }
    assert_eq!(bill::parse("1200.00", Currency::JPY), Some(jpy(1_200)));
    assert_eq!(bill::parse("1200.50", Currency::JPY), None);
    assert_eq!(bill::parse("1.5", Currency::CNY), Some(Money::new(150, Currency::CNY)));
}
