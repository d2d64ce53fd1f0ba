//! The day-end file: what the sandbox serves is what the connector reads, and what the bank did.

use noren_core::time::{BusinessDate, Timestamp};
use serde_json::json;

use super::{YEN, capture, capture_ask, order_for, ordered, pay_control, receipt, world};
use crate::paypay::statement::{read, write};
use crate::statement::{Line, LineKind, Statement, StatementError, StatementStep};
use crate::testing::{World, cancel, jpy, pay, payment_id, refund};
use crate::wire::{Response, TransportError};

const DAY: i64 = 86_400_000;

/// The world's clock stands at 00:30 in Japan, on the 22nd.
fn today(world: &World) -> BusinessDate {
    world.now.business_date(540)
}

fn fetch(world: &mut World, date: BusinessDate) -> Result<Statement, StatementError> {
    let env = world.env();
    let request = world.connector.statement_request(date, env).expect("there is a file");
    let (request, response) = world.send(request);
    let response = response.as_ref().ok_or(TransportError::TimedOut);
    match world.connector.statement(date, &request, response, env)? {
        StatementStep::Read(statement) => Ok(statement),
        StatementStep::Then(next) => panic!("it lies elsewhere: {}", next.target),
    }
}

#[test]
fn the_file_of_a_day_has_a_line_for_each_movement_that_stands() {
    let (mut world, code) = world("approve");
    let date = today(&world);
    let paid = receipt(world.payment(&pay(1, jpy(YEN), None, &code)));
    world.wait(1_000);
    world.refund(&refund(1, 1, jpy(500), None));
    let code = world.user_with_code("mei", 0, "c2");
    receipt(world.payment(&pay(2, jpy(300), None, &code)));
    world.payment(&cancel(2));
    let (link, by) = ordered(&mut world, &order_for(3, YEN, true));
    pay_control(&mut world, json!({"user": "mei", "code": link, "pin": "1234"}));
    world.wait(1_000);
    capture(&mut world, 3, &capture_ask(3, 700, &by));
    assert_eq!(fetch(&mut world, date), Err(StatementError::NotYet));
    // The day ends, and its window for cancels closes fifteen minutes later.
    world.wait(DAY - 30 * 60_000 + 15 * 60_000 - 2_001);
    assert_eq!(fetch(&mut world, date), Err(StatementError::NotYet));
    world.wait(1);
    let statement = fetch(&mut world, date).unwrap();
    let shown: Vec<_> = statement
        .lines
        .iter()
        .map(|line| (line.kind, line.payment.clone(), line.amount, line.at.unwrap().0))
        .collect();
    let at = 1_795_275_000_000;
    assert_eq!(
        shown,
        [
            (LineKind::Payment, payment_id(1).to_string(), jpy(YEN), at),
            (LineKind::Refund, payment_id(1).to_string(), jpy(500), at + 1_000),
            (LineKind::Capture, payment_id(3).to_string(), jpy(700), at + 2_000),
        ]
    );
    assert_eq!(statement.lines[0].transaction, paid.transaction.as_ref());
    assert_eq!(statement.lines[0].asked_as, Some(payment_id(1).to_string()));
    assert_ne!(statement.lines[1].asked_as, statement.lines[0].asked_as, "the refund's own key");
    // The bank agrees, line by line.
    let sum: i64 = statement
        .lines
        .iter()
        .map(|line| match line.kind {
            LineKind::Payment | LineKind::Capture => line.amount.minor(),
            LineKind::Refund => -line.amount.minor(),
        })
        .sum();
    assert_eq!(world.books()["owed"]["amount"], sum);
    world.restart();
    assert_eq!(fetch(&mut world, date), Ok(statement), "and after a restart");
}

#[test]
fn an_empty_day_has_a_file_and_days_are_cut_in_japan() {
    let (mut world, _) = world("approve");
    // 23:59:59 of the same day there is still the 22nd.
    let date = today(&world);
    let yesterday = Timestamp(world.now.0 - DAY).business_date(540);
    world.wait(DAY - 30 * 60_000 - 1);
    assert_eq!(fetch(&mut world, yesterday).unwrap().lines, []);
    let code2 = world.user_with_code("mei", 0, "c2");
    receipt(world.payment(&pay(1, jpy(100), None, &code2)));
    world.wait(1);
    let tomorrow = today(&world);
    assert_ne!(date, tomorrow);
    let code3 = world.user_with_code("mei", 0, "c3");
    receipt(world.payment(&pay(2, jpy(200), None, &code3)));
    world.wait(2 * DAY);
    let amounts = |world: &mut World, date| -> Vec<i64> {
        fetch(world, date).unwrap().lines.iter().map(|line| line.amount.minor()).collect()
    };
    assert_eq!(amounts(&mut world, date), [100]);
    assert_eq!(amounts(&mut world, tomorrow), [200]);
}

fn lines() -> Vec<Line> {
    let line = |kind, n: i64, key: Option<&str>| Line {
        kind,
        asked_as: key.map(str::to_owned),
        payment: "a,\"b\" 注文".to_owned(),
        transaction: format!("{n:020}"),
        amount: jpy(n),
        payer: None,
        at: Some(Timestamp(1_795_275_000_123)),
    };
    vec![
        line(LineKind::Payment, 1_200, Some("a,\"b\" 注文")),
        line(LineKind::Capture, 0, Some("c\"")),
        line(LineKind::Refund, 5, None),
    ]
}

fn file(body: &[u8]) -> Response {
    Response { status: 200, headers: Vec::new(), body: body.to_vec() }
}

#[test]
fn what_is_written_is_read() {
    let date = Timestamp(1_795_275_000_000).business_date(540);
    let text = write(date, &lines());
    assert!(text.starts_with(b"date,2026-11-22,zone,+09:00,rows,3\r\nkind,payment_id,"));
    let read_back = read(date, &file(&text)).unwrap();
    assert_eq!(read_back, Statement { date, lines: lines() });
    // A file whose lines end in one character is the same.
    let plain = String::from_utf8(text).unwrap().replace("\r\n", "\n");
    assert_eq!(read(date, &file(plain.as_bytes())), Ok(read_back));
}

#[test]
fn half_a_file_is_no_file() {
    let date = Timestamp(1_795_275_000_000).business_date(540);
    let whole = write(date, &lines());
    // Without the last line's end it is the same file; anything shorter is none.
    for cut in 0..whole.len() - 2 {
        let said = read(date, &file(&whole[..cut]));
        let unreadable = matches!(said, Err(StatementError::Unreadable(_)));
        assert!(unreadable, "{cut}: {said:?}");
    }
    let other = Timestamp(1_795_275_000_000 + DAY).business_date(540);
    assert!(matches!(read(other, &file(&whole)), Err(StatementError::Unreadable(_))));
    let text = String::from_utf8(whole).unwrap();
    for broken in [
        text.replace("JPY", "USD"),
        text.replace("1200", "-1200"),
        text.replace("1200", "1200.5"),
        text.replace("PAYMENT", "GIFT"),
        text.replace("+09:00,rows", "+08:00,rows"),
        text.replace("2026-11-22T", "2026-13-22T"),
        text.replace("rows,3", "rows,2"),
        text.replace("kind,", "sort,"),
        format!("{text}x"),
    ] {
        assert!(matches!(read(date, &file(broken.as_bytes())), Err(StatementError::Unreadable(_))));
    }
    let status = |status| read(date, &Response { status, headers: Vec::new(), body: Vec::new() });
    assert_eq!(status(503), Err(StatementError::Transport));
    assert!(matches!(status(404), Err(StatementError::Unreadable(_))));
}

#[test]
fn a_date_that_is_none_is_refused() {
    let (mut world, _) = world("approve");
    for date in ["2026-02-30", "yesterday", "2026-11-22x"] {
        let path = format!("/v1/reconciliation/{date}");
        let said = super::told(&mut world, "GET", &path, &serde_json::Value::Null);
        assert_eq!(said.1, "INVALID_REQUEST_PARAMS", "{date}");
    }
}
