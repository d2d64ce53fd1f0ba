//! The file of a day, written by the sandbox and read by the connector.

use noren_core::time::{BusinessDate, Timestamp};
use noren_core::wallet::Ask;

use super::{
    YEN, approve, capture, captured, code, given_back, held, inquire, ordered, paid, refund, world,
};
use crate::sandbox::bank::Bank;
use crate::sandbox::bank::MovedBy;
use crate::statement::{Line, LineKind, Statement, StatementError, StatementStep};
use crate::testing::{World, jpy, pay, payment_id};
use crate::wire::{Response, TransportError};

const DAY_MS: i64 = 86_400_000;

fn file(world: &mut World, date: BusinessDate) -> Response {
    let env = world.env();
    let request = world.connector.statement_request(date, env).unwrap();
    world.send(request).1.unwrap()
}

fn read(
    world: &mut World,
    date: BusinessDate,
    response: Result<&Response, TransportError>,
) -> Result<Statement, StatementError> {
    let env = world.env();
    let request = world.connector.statement_request(date, env).unwrap();
    match world.connector.statement(date, &request, response, env)? {
        StatementStep::Read(statement) => Ok(statement),
        StatementStep::Then(next) => panic!("the file itself is the answer: {next:?}"),
    }
}

fn day_of(at: Timestamp) -> BusinessDate {
    at.business_date(540)
}

/// A day with an order that was paid, a code with two refunds, a hold taken in part, a hold that was
/// let go, and an order that nobody paid.
fn a_day() -> (World, BusinessDate) {
    let mut world = world();
    let date = day_of(world.now);
    let (link, order) = ordered(&mut world, 1, false);
    approve(&mut world, &link);
    paid(world.payment(&inquire(1, &order)));
    let code_of = code(&mut world, "c1");
    paid(world.payment(&pay(2, jpy(500), None, &code_of)));
    let by_us = noren_core::wallet::Reference::Request;
    given_back(world.refund(&refund(2, &by_us, 1, 100, 0)), 100);
    world.wait(1_500);
    given_back(world.refund(&refund(2, &by_us, 2, 400, 100)), 400);
    for n in [3, 4] {
        let (link, order) = ordered(&mut world, n, true);
        approve(&mut world, &link);
        held(world.payment(&inquire(n, &order)));
        if n == 3 {
            captured(&mut world, &capture(3, &order, 700));
        } else {
            let void = Ask::Void { reference: order };
            world.payment(&crate::testing::call(n, void));
        }
    }
    ordered(&mut world, 5, false);
    (world, date)
}

#[test]
fn the_file_says_line_by_line_what_the_bank_says() {
    let (mut world, date) = a_day();
    let early = file(&mut world, date);
    assert_eq!(read(&mut world, date, Ok(&early)), Err(StatementError::NotYet));
    world.wait(DAY_MS);
    let whole = file(&mut world, date);
    let statement = read(&mut world, date, Ok(&whole)).unwrap();
    let kinds: Vec<_> = statement.lines.iter().map(|line| (line.kind, line.amount)).collect();
    let mut sorted = kinds.clone();
    sorted.sort_by_key(|(kind, amount)| (*kind as u8, amount.minor()));
    assert_eq!(
        sorted,
        [
            (LineKind::Payment, jpy(500)),
            (LineKind::Payment, jpy(YEN)),
            (LineKind::Capture, jpy(700)),
            (LineKind::Refund, jpy(100)),
            (LineKind::Refund, jpy(400)),
        ]
    );
    for line in &statement.lines {
        let asked = (line.kind == LineKind::Payment).then(|| line.payment.clone());
        assert_eq!(line.asked_as, asked, "refunds and captures have no id of ours");
        assert_eq!(line.transaction.len(), 19);
        assert!(line.at.is_some());
    }
    let of = |n: u128| payment_id(n).to_string();
    assert!(statement.lines.iter().all(|line| line.payment != of(4) && line.payment != of(5)));

    // Against the books themselves, as a restarted bank knows them.
    let terms = crate::sandbox::bank::Terms {
        currency: noren_core::money::Currency::JPY,
        owed_in: noren_core::money::Currency::JPY,
        code_prefix: crate::linepay::sandbox::CODE_PREFIX,
        seed: 7,
        pace: noren_core::time::Span(120),
        freezes: false,
        day_offset_minutes: 540,
        cancel_until_minutes: 0,
        code_valid_for: None,
        payment_max: i64::MAX,
    };
    let records = world
        .records
        .iter()
        .map(|(key, value)| crate::sandbox::Record { key: key.clone(), value: value.clone() });
    let bank = Bank::load(terms, &records.collect::<Vec<_>>()).unwrap();
    let moved = bank.day(world.now, date).unwrap();
    assert_eq!(moved.len(), statement.lines.len());
    for (moved, line) in moved.iter().zip(&statement.lines) {
        let kind = match moved.by {
            MovedBy::Payment => LineKind::Payment,
            MovedBy::Capture => LineKind::Capture,
            MovedBy::Refund => LineKind::Refund,
        };
        let said = (line.kind, &line.payment, line.amount, line.at);
        assert_eq!(said, (kind, &moved.payment, moved.order, Some(moved.at)));
    }
}

#[test]
fn an_empty_day_has_a_file() {
    let mut world = world();
    let date = day_of(Timestamp(world.now.0 - 3 * DAY_MS));
    let empty = file(&mut world, date);
    assert_eq!(read(&mut world, date, Ok(&empty)), Ok(Statement { date, lines: vec![] }));
}

/// The network cuts its day at midnight in Tokyo: 15:00 UTC.
#[test]
fn the_day_ends_at_the_networks_midnight() {
    let mut world = world();
    let midnight = world.now.day_end(540);
    let before = day_of(world.now);
    world.wait(midnight.0 - world.now.0 - 1);
    let (first, second) = (code(&mut world, "c1"), code(&mut world, "c2"));
    paid(world.payment(&pay(1, jpy(100), None, &first)));
    world.wait(1);
    let after = day_of(world.now);
    assert_ne!(before, after);
    paid(world.payment(&pay(2, jpy(200), None, &second)));
    world.wait(DAY_MS);
    for (date, yen) in [(before, 100), (after, 200)] {
        let file = file(&mut world, date);
        let lines = read(&mut world, date, Ok(&file)).unwrap().lines;
        assert_eq!(lines.iter().map(|line: &Line| line.amount).collect::<Vec<_>>(), [jpy(yen)]);
    }
}

#[test]
fn a_file_that_is_not_whole_or_of_another_day_is_refused() {
    let (mut world, date) = a_day();
    world.wait(DAY_MS);
    let whole = file(&mut world, date);
    let text = String::from_utf8(whole.body.clone()).unwrap();
    for end in 0..text.len() {
        let cut = Response { body: text.as_bytes()[..end].to_vec(), ..whole.clone() };
        let refused = read(&mut world, date, Ok(&cut));
        assert!(matches!(refused, Err(StatementError::Unreadable(_))), "cut at {end}");
    }
    let lines: Vec<&str> = text.lines().collect();
    let without = |skip: usize| {
        let kept = lines.iter().enumerate().filter(|(at, _)| *at != skip).map(|(_, line)| *line);
        kept.collect::<Vec<_>>().join("\n") + "\n"
    };
    let mut broken: Vec<String> = (0..lines.len()).map(without).collect();
    broken.extend([
        text.replace("payment,pay", "gift,pay"),
        text.replace("JPY", "XXX"),
        text.replace(",500,", ",500.5,"),
        format!("{text}more\n"),
    ]);
    for body in broken {
        let response = Response { body: body.clone().into_bytes(), ..whole.clone() };
        let refused = read(&mut world, date, Ok(&response));
        assert!(matches!(refused, Err(StatementError::Unreadable(_))), "{body}");
    }
    let next = day_of(world.now);
    let another = read(&mut world, next, Ok(&whole));
    assert!(matches!(another, Err(StatementError::Unreadable(_))));
    let dos = Response { body: text.replace('\n', "\r\n").into_bytes(), ..whole.clone() };
    assert!(read(&mut world, date, Ok(&dos)).is_ok());
    for (body, error) in [("1145", None), ("9000", Some("refuses")), ("x", Some("neither"))] {
        let headers = vec![("content-type".to_owned(), "application/json".to_owned())];
        let body = format!("{{\"returnCode\":\"{body}\"}}").into_bytes();
        let response = Response { status: 200, headers, body };
        match (read(&mut world, date, Ok(&response)), error) {
            (Err(StatementError::NotYet), None) => {}
            (Err(StatementError::Unreadable(why)), Some(word)) => assert!(why.contains(word)),
            other => panic!("{other:?}"),
        }
    }
    let down = Response { status: 503, ..whole };
    assert_eq!(read(&mut world, date, Ok(&down)), Err(StatementError::Transport));
    let lost = read(&mut world, date, Err(TransportError::TimedOut));
    assert_eq!(lost, Err(StatementError::Transport));
}
