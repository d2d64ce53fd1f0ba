//! The file of a day, from the sandbox's books to what the connector reads.

use noren_core::time::{BusinessDate, Timestamp};
use serde_json::json;

use super::{BOTH, COST, a_pay, an_order, get, met, paid, world};
use crate::alipay::ZONE_MINUTES;
use crate::alipay::bill::{self, Row};
use crate::alipay::dialect::{Answer, Dialect};
use crate::alipay::messages::Method;
use crate::alipay::scalar::Amount;
use crate::connector::Connector;
use crate::statement::{LineKind, Statement, StatementError, StatementStep};
use crate::testing::{World, cancel, cny, jpy, link, payment_id, refund, refund_ask};
use crate::wire::{Request, Response, TransportError};

const DAY_MS: i64 = 86_400_000;

fn date(at: Timestamp) -> BusinessDate {
    at.business_date(ZONE_MINUTES)
}

/// Asks for a day's file, and where that lies is where it is fetched.
fn fetch(world: &mut World, day: BusinessDate) -> Result<Statement, StatementError> {
    let env = world.env();
    let mut request = world.connector.statement_request(day, env).unwrap();
    for _ in 0..2 {
        let (asked, response) = world.send(request);
        let response = response.as_ref().ok_or(TransportError::TimedOut);
        match world.connector.statement(day, &asked, response, env)? {
            StatementStep::Read(statement) => return Ok(statement),
            StatementStep::Then(next) => request = next,
        }
    }
    panic!("a file is two messages away at most");
}

#[test]
fn a_days_file_says_what_the_books_say() {
    for dialect in BOTH {
        let (mut world, code) = met(dialect, "approve");
        let day = date(world.now);
        let pay = |world: &mut World, n: u128, code: &str| {
            paid(world.payment(&a_pay(n, code))).transaction.to_string()
        };
        let first = pay(&mut world, 1, &code);
        let cancelled = world.user_with_code("mei", 0, "c2");
        pay(&mut world, 2, &cancelled);
        world.payment(&cancel(2));
        world.wait(1_000);
        world.refund(&refund(1, 1, jpy(500), Some(cny(2_420))));
        world.refund(&refund(1, 2, jpy(9_999), Some(cny(48_395))));
        let order = world.payment(&an_order(3));
        let noren_core::wallet::PaymentAnswer::Ordered { link, .. } = order else { panic!() };
        world.control("POST", "pay", &json!({"user": "mei", "code": &*link, "pin": "1234"}));
        // Over midnight: of the next day.
        world.wait(31 * 60_000);
        let next = world.user_with_code("mei", 0, "c4");
        pay(&mut world, 4, &next);
        assert_eq!(fetch(&mut world, day), Err(StatementError::NotYet), "cancels are still open");
        world.wait(14 * 60_000);
        world.restart();

        let statement = fetch(&mut world, day).unwrap();
        assert_eq!(statement.date, day);
        let ids: Vec<_> =
            statement.lines.iter().map(|line| line.asked_as.clone().unwrap()).collect();
        let refund = refund_ask(1, jpy(500), None).refund.to_string();
        let order = payment_id(3).to_string();
        assert_eq!(ids.len(), 3, "{ids:?}");
        assert_eq!(ids[0], payment_id(1).to_string());
        assert!(ids.contains(&refund) && ids.contains(&order), "{ids:?}");

        let books = world.books();
        for line in &statement.lines {
            let (list, id) = match line.kind {
                LineKind::Payment => ("payments", line.payment.clone()),
                LineKind::Refund => {
                    ("refunds", format!("{}/{}", line.payment, line.asked_as.as_ref().unwrap()))
                }
                LineKind::Capture => panic!("nothing is held here"),
            };
            let rows = books[list].as_array().unwrap();
            let row = rows.iter().find(|row| row["id"] == id).unwrap();
            assert_eq!(row["payer_amount"], json!(line.amount), "{id}");
            assert_eq!(line.payer, Some(line.amount));
            assert!(matches!(row["state"].as_str(), Some("paid" | "refunded")));
            assert_eq!(date(line.at.unwrap()), day);
        }
        assert_eq!(statement.lines[0].transaction, first);
        let sum = |kind| {
            let of = statement.lines.iter().filter(|line| line.kind == kind);
            of.map(|line| line.amount.minor()).sum::<i64>()
        };
        assert_eq!((sum(LineKind::Payment), sum(LineKind::Refund)), (2 * COST, 2_420));

        // The next day has one payment, and an empty day a file.
        world.wait(2 * DAY_MS);
        let before = |days: i64| date(Timestamp(world.now.0 - days * DAY_MS));
        let (next, empty) = (before(2), before(1));
        assert_eq!(fetch(&mut world, next).unwrap().lines.len(), 1);
        assert_eq!(fetch(&mut world, empty).unwrap().lines, []);
    }
}

#[test]
fn the_address_of_a_file_lasts_half_a_minute() {
    let mut world = world(Dialect::Gateway);
    let env = world.env();
    let day = date(Timestamp(world.now.0 - 2 * DAY_MS));
    let request = world.connector.statement_request(day, env).unwrap();
    let (asked, response) = world.send(request);
    let step = world.connector.statement(
        day,
        &asked,
        response.as_ref().ok_or(TransportError::TimedOut),
        env,
    );
    let Ok(StatementStep::Then(file)) = step else { panic!("{step:?}") };
    world.wait(29_999);
    assert_eq!(world.send(file.clone()).1.unwrap().status, 200);
    world.wait(1);
    assert_eq!(world.send(file).1.unwrap().status, 404);
    let guessed = get("/alipay/downloadBillFile.resource?fileId=0");
    assert_eq!(world.send(guessed).1.unwrap().status, 404);
}

#[test]
fn a_bill_is_of_one_day_in_the_networks_form() {
    let mut world = world(Dialect::Gateway);
    for (content, sub) in [
        (json!({"bill_type": "trade", "bill_date": "2026-11"}), "INVAILID_ARGUMENTS"),
        (json!({"bill_type": "trade", "bill_date": "2026-02-30"}), "INVAILID_ARGUMENTS"),
        (json!({"bill_type": "signcustomer", "bill_date": "2026-11-01"}), "INVAILID_ARGUMENTS"),
        (json!({}), "INVAILID_ARGUMENTS"),
        (json!({"bill_type": "trade", "bill_date": "2026-11-21"}), "BILL_NOT_EXIST"),
    ] {
        let (env, link) = (world.env(), link("alipay"));
        let request = Dialect::Gateway.request(&link, env, Method::BillUrl, content.clone(), None);
        let said = super::members(Dialect::Gateway, &world.send(request).1.unwrap());
        assert_eq!(said["sub_code"], sub, "{content}");
    }
}

#[test]
fn what_is_not_the_file_is_not_read() {
    let day = date(super::ENV.now);
    let rows = [
        Row {
            out_trade_no: "pay_1".into(),
            trade_no: "2026".into(),
            out_request_no: None,
            amount: Amount::parse("58.08").unwrap(),
            at: super::ENV.now,
        },
        Row {
            out_trade_no: "pay_1".into(),
            trade_no: "2026".into(),
            out_request_no: Some("ref_1".into()),
            amount: Amount::parse("8").unwrap(),
            at: super::ENV.now,
        },
    ];
    let text = bill::print(day, "client-1", &rows);
    let read = |text: &[u8]| bill::read(day, "client-1", text);
    assert_eq!(read(text.as_bytes()).unwrap().lines.len(), 2);
    // Cut off anywhere it is no file.
    for end in 0..text.len() {
        assert!(read(&text.as_bytes()[..end]).is_err(), "{end}");
    }
    assert!(bill::read(day, "client-2", text.as_bytes()).is_err());
    assert!(
        bill::read(date(Timestamp(super::ENV.now.0 + DAY_MS)), "client-1", text.as_bytes())
            .is_err()
    );
    for (from, to) in [
        ("58.08,2026", "58.09,2026"),
        ("8.00,2026", "-8.00,2026"),
        ("2026-11-21 23:30:00", "2026-11-22 00:30:00"),
        ("pay,pay_1", "gift,pay_1"),
        ("ref_1", ""),
        ("UTC+8", "UTC+9"),
        ("#total,1", "#total,2"),
        ("time\n", "time\npay,pay_9,2027,,1.00,2026-11-21 23:30:00\n"),
    ] {
        assert!(text.contains(from), "{from}");
        assert!(read(text.replace(from, to).as_bytes()).is_err(), "{from} -> {to}");
    }
    assert!(read(format!("{text}more").as_bytes()).is_err());
}

/// Whoever answers must not send us elsewhere.
#[test]
fn a_file_is_fetched_below_the_networks_own_address_only() {
    let day = date(super::ENV.now);
    for dialect in BOTH {
        let connector = super::connector(dialect);
        let request = connector.statement_request(day, super::ENV).unwrap();
        let step =
            |response: &Response| connector.statement(day, &request, Ok(response), super::ENV);
        let answer = |url: &str| {
            let members = json!({"bill_download_url": url});
            let key = &*link("alipay").sign;
            dialect.answer(key, super::ENV, Some(Method::BillUrl), &Answer::Done(members), false)
        };
        let good = step(&answer("http://127.0.0.1:7401/alipay/file?x=1"));
        let Ok(StatementStep::Then(Request { target, .. })) = good else { panic!("{good:?}") };
        assert_eq!(target, "/alipay/file?x=1");
        for bad in [
            "http://127.0.0.1:74010/alipay/file",
            "http://127.0.0.1:7401@evil.example/alipay/file",
            "http://127.0.0.1:7401/other/file",
            "http://169.254.169.254/latest",
            "/alipay/file",
            "http://127.0.0.1:7401/alipay/a b\r\nx: y",
            "",
        ] {
            let refused = step(&answer(bad));
            assert!(matches!(refused, Err(StatementError::Unreadable(_))), "{bad}");
        }
        let mut forged = answer("http://127.0.0.1:7401/alipay/file");
        let at = forged.body.len() - 4;
        forged.body[at] = forged.body[at].wrapping_add(1);
        let refused = step(&forged);
        assert!(
            matches!(refused, Err(StatementError::BadSignature | StatementError::Unreadable(_))),
            "{refused:?}"
        );
    }
}
