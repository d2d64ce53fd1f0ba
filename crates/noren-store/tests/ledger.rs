//! Statements of accounts, and the proof of the whole ledger.

mod common;

use common::*;
use noren_core::effects::Row;
use noren_core::id::{MovementId, Slot};
use noren_core::ledger::{AccountKind, AccountName, AccountOwner, Cause, EntryKind, Side};
use noren_core::money::{Currency, Money};
use noren_core::movement::{Direction, Movement};
use noren_core::payment::Payment;
use noren_core::time::{Span, Timestamp};
use noren_store::sqlite::{
    Check, Cursor, FAULTS_SHOWN, Statement, StatementLine, StatementPart, WalletPosition, prove,
};
use noren_store::{MemoryStore, Reads, SqliteStore, Store};
use rusqlite::Connection;

/// `n` captured payments in two slots, then a refund, a stray receipt and one that is open.
fn filled(folder: &Folder, n: u16) -> (Maker, Vec<Payment>) {
    let (mut store, mut maker) = (SqliteStore::open(&folder.db()).unwrap(), Maker::new());
    let mut payments = Vec::new();
    for place in 0..n {
        maker.pass(1_000);
        let mut payment = maker.create(Maker::merchant(slot(3 + place % 2), 0));
        maker.capture(&mut payment);
        maker.commit(&mut store);
        payments.push(payment);
    }
    maker.pass(1_000);
    maker.refund(&mut payments[0], 300);
    let mut stray = maker.create(Maker::merchant(slot(4), 0));
    maker.stray(&mut stray);
    maker.commit(&mut store);
    maker.pass(1_000);
    payments.push(maker.create(Maker::merchant(slot(9), 0)));
    maker.commit(&mut store);
    (maker, payments)
}

fn faults(checks: &[Check]) -> Vec<(&'static str, &str)> {
    checks.iter().flat_map(|c| c.faults.iter().map(|fault| (c.name, fault.as_str()))).collect()
}

#[test]
fn a_whole_ledger_is_proven_while_its_writer_is_open() {
    let folder = Folder::new();
    filled(&folder, 20);
    let _writer = SqliteStore::open(&folder.db()).unwrap();
    let mut told = Vec::new();
    let checks = prove(&folder.db(), |check| told.push(check.name)).unwrap();
    assert_eq!(faults(&checks), []);
    let counts: Vec<_> = checks.iter().map(|check| (check.name, check.count)).collect();
    assert_eq!(
        counts,
        [
            ("batches", 22),
            ("postings", 20 * 8 + 2 + 2),
            // Seven of a payment in each slot, one more of the refund, two of the stray receipt, one
            // of what is pending in slot 9.
            ("accounts", 2 * 7 + 1 + 2 + 1),
            ("currencies", 2),
            ("events", 20 * 2 + 1 + 2 + 1),
            ("payments", 22),
            // What is being asked of the wallet, and the stray receipt on its way back.
            ("pending", 2),
            // One of each of three merchants, and of every second payer.
            ("days", 3 + 10),
            ("movements", 0),
            ("orders", 21),
            ("names", 22 * 3 + 20),
        ]
    );
    assert_eq!(told, counts.iter().map(|(name, _)| *name).collect::<Vec<_>>());
}

#[test]
fn an_empty_ledger_is_whole() {
    let folder = Folder::new();
    drop(SqliteStore::open(&folder.db()).unwrap());
    let checks = prove(&folder.db(), |_| {}).unwrap();
    assert!(checks.iter().all(|check| check.good() && check.count == 0), "{checks:?}");
}

/// Each line is damage that somebody could do by hand, a check that must find it, and words that
/// must be in what it says: the place.
#[test]
fn each_damage_is_found_and_its_place_is_named() {
    let folder = Folder::new();
    let (_, payments) = filled(&folder, 20);
    let captured = payments[1].id.to_string();
    let refunded = payments[0].id.to_string();
    let bent = |json: &str| {
        format!("UPDATE payments SET body = json_set(body, {json}) WHERE id = '{captured}'")
    };
    let cases: Vec<(String, &str, Vec<&str>)> = vec![
        (
            "UPDATE postings SET amount = amount + 1 WHERE slot = 3 AND seq = 20".into(),
            "postings",
            vec!["entry 3 of slot 3", "does not balance", "JPY"],
        ),
        (
            "UPDATE postings SET side = 'credit' WHERE slot = 3 AND seq = 17".into(),
            "postings",
            vec!["entry 3 of slot 3", "does not balance"],
        ),
        (
            "DELETE FROM postings WHERE slot = 4 AND seq IN (9, 10)".into(),
            "postings",
            vec!["posting 9 and on to 11 of slot 4 are missing"],
        ),
        (
            "DELETE FROM entries WHERE slot = 4 AND number = 3".into(),
            "postings",
            vec!["entry 3 of slot 4 is missing"],
        ),
        (
            "UPDATE postings SET amount = amount + 1 WHERE slot = 3 AND seq IN (17, 18)".into(),
            "accounts",
            vec!["account 0 of slot 3 (wallet:alipayplus/wallet_receivable/CNY)"],
        ),
        (
            "UPDATE accounts SET debits = debits + 5 WHERE slot = 4 AND number = 3".into(),
            "accounts",
            vec!["account 3 of slot 4", "merchant_payable/JPY"],
        ),
        (
            "UPDATE accounts SET currency = 'KWD' WHERE slot = 4 AND number = 3".into(),
            "accounts",
            vec!["posting 4 of slot 4 puts JPY 1200 into"],
        ),
        (
            "DELETE FROM accounts WHERE slot = 4 AND number = 3".into(),
            "accounts",
            vec!["account 3 of slot 4 has postings, and no row"],
        ),
        (
            "UPDATE accounts SET credits = credits + 5 WHERE slot = 4 AND number = 3".into(),
            "currencies",
            vec!["JPY", "-5"],
        ),
        (
            "DELETE FROM events WHERE slot = 3 AND seq = 7".into(),
            "events",
            vec!["event 7 of slot 3 is missing"],
        ),
        (
            "UPDATE heads SET events = events + 1 WHERE slot = 9".into(),
            "events",
            vec!["the last event of slot 9 is 1, its head says 2"],
        ),
        (
            "DELETE FROM heads WHERE slot = 9".into(),
            "events",
            vec!["slot 9 has events and no head"],
        ),
        (
            "UPDATE batches SET hash = zeroblob(32) WHERE number = 12".into(),
            "batches",
            vec!["batch 12"],
        ),
        ("DELETE FROM batches WHERE number = 12".into(), "batches", vec!["batch 12 is missing"]),
        (
            bent("'$.amount.amount', 1300"),
            "payments",
            vec![&captured, "merchant_payable/JPY", "1300", "1200"],
        ),
        (
            bent("'$.state.asked.fees.shares[0].amount.amount', 20"),
            "payments",
            vec![&captured, "wallet:alipayplus/fee/JPY", "20", "19"],
        ),
        (bent("'$.state.asked.payer.amount', 1"), "payments", vec![&captured, "CNY", "5808"]),
        (
            bent("'$.state', json_object('status', 'waiting_for_payer', 'expires_at', 1)"),
            "payments",
            vec![&captured, "0 capture entries, the ledger has 1"],
        ),
        (bent("'$.events', 3"), "payments", vec![&captured, "3 events, there are 2"]),
        (bent("'$.tenant', 'other-bank'"), "payments", vec![&captured, "column tenant"]),
        (bent("'$.state', 'gone'"), "payments", vec![&captured, "does not read"]),
        (
            format!("UPDATE payments SET status = 'declined' WHERE id = '{captured}'"),
            "payments",
            vec![&captured, "column status"],
        ),
        (
            format!(
                "UPDATE payments SET body = json_remove(body, '$.refunds[0]') WHERE id = '{refunded}'"
            ),
            "payments",
            vec![&refunded, "0 refund entries, the ledger has 1"],
        ),
        (
            format!(
                "UPDATE payments SET body = json_set(body, '$.refunds[0].amount.amount', 200) WHERE id = '{refunded}'"
            ),
            "payments",
            vec![&refunded, "200", "300"],
        ),
        (
            "UPDATE refunds SET body = json_set(body, '$.requested_at', 5) WHERE stray IS NULL"
                .into(),
            "payments",
            vec![&refunded, "the row of its refund"],
        ),
        (
            "UPDATE stray_receipts SET body = json_set(body, '$.received_at', 5)".into(),
            "payments",
            vec!["the row of its stray receipt"],
        ),
        (
            format!("UPDATE payments SET id = 'pay_zz' WHERE id = '{captured}'"),
            "payments",
            vec![&captured, "which is not there"],
        ),
        (
            format!(
                "UPDATE payments SET order_id = '{}' WHERE id = '{captured}'",
                payments[3].order
            ),
            "orders",
            vec!["has 2 payments"],
        ),
        (
            "UPDATE accounts SET pending_debits = pending_debits + 1 WHERE slot = 9".into(),
            "pending",
            vec!["wallet:alipayplus/wallet_receivable/CNY of slot 9"],
        ),
        (
            "UPDATE day_totals SET total = total + 1 WHERE slot = 9".into(),
            "days",
            vec!["2026-11-22 of mer_", "has 1201, its payments count for 1200"],
        ),
        (
            "DELETE FROM day_totals WHERE slot = 9".into(),
            "days",
            vec!["2026-11-22 of mer_", "has nothing, its payments count for 1200"],
        ),
        (
            "UPDATE used_names SET text = (SELECT text FROM used_names WHERE seq = 1),
                name = (SELECT name FROM used_names WHERE seq = 1),
                what = (SELECT what FROM used_names WHERE seq = 1) WHERE seq = 5"
                .into(),
            "names",
            vec!["twice"],
        ),
    ];
    let sound = std::fs::read(folder.db()).unwrap();
    for (damage, check, words) in cases {
        let folder = Folder::new();
        std::fs::write(folder.db(), &sound).unwrap();
        let db = Connection::open(folder.db()).unwrap();
        db.pragma_update(None, "foreign_keys", "OFF").unwrap();
        assert!(db.execute(&damage, []).unwrap() > 0, "{damage}");
        drop(db);
        let checks = prove(&folder.db(), |_| {}).unwrap();
        let found = faults(&checks);
        let named = |(name, fault): &(&str, &str)| {
            *name == check && words.iter().all(|word| fault.contains(word))
        };
        assert!(found.iter().any(named), "{damage}\n{check} {words:?}\n{found:#?}");
    }
}

#[test]
fn many_faults_are_counted_and_some_are_shown() {
    let folder = Folder::new();
    filled(&folder, 40);
    let db = Connection::open(folder.db()).unwrap();
    db.execute("UPDATE postings SET amount = amount + 1 WHERE account = 0", []).unwrap();
    drop(db);
    let checks = prove(&folder.db(), |_| {}).unwrap();
    let postings = &checks[1];
    assert_eq!((postings.faults.len(), postings.faults_more), (FAULTS_SHOWN, 40 - 20));
}

fn cause(payment: &Payment) -> Cause {
    let Payment { id, order, tenant, .. } = *payment;
    Cause::Payment { payment: id, order, tenant }
}

fn read(
    reads: &Reads,
    name: &str,
    from: Option<Timestamp>,
    to: Option<Timestamp>,
) -> (Money, Vec<StatementLine>, Statement) {
    let name: AccountName = name.parse().unwrap();
    let (mut opening, mut lines) = (None, Vec::new());
    let end = reads.statement(&name, from, to, |part| match part {
        StatementPart::Opening(money) => opening = Some(money),
        StatementPart::Line(line) => lines.push(line),
    });
    (opening.unwrap(), lines, end.unwrap().unwrap())
}

#[test]
fn a_statement_adds_up_over_slots_and_times() {
    let folder = Folder::new();
    let (maker, payments) = filled(&folder, 20);
    let begun = payments[0].created_at;
    let reads = Reads::open(&folder.db(), 1).unwrap();
    let wallet = "wallet:alipayplus/wallet_receivable/CNY";

    // All of it: the lines of both slots, mixed by time.
    let (opening, lines, end) = read(&reads, wallet, None, None);
    assert_eq!((opening, lines.len(), end.lines), (cny(0), 20, 20));
    assert_eq!((end.debits, end.credits, end.closing), (cny(20 * 5_808), cny(0), cny(20 * 5_808)));
    for (place, (line, payment)) in lines.iter().zip(&payments).enumerate() {
        assert_eq!((line.cause, line.at), (cause(payment), payment.created_at));
        assert_eq!(
            (line.kind, line.side, line.amount),
            (EntryKind::Capture, Side::Debit, cny(5_808))
        );
        assert_eq!(line.balance, cny(5_808 * (place as i64 + 1)));
    }

    // From the sixth to before the ninth: what is at the bound belongs to the later statement.
    let at = |n: u64| Some(begun.after(Span(n * 1_000)));
    let (opening, lines, end) = read(&reads, wallet, at(5), at(8));
    assert_eq!((opening, end.closing), (cny(5 * 5_808), cny(8 * 5_808)));
    assert_eq!(
        lines.iter().map(|l| l.cause).collect::<Vec<_>>(),
        payments[5..8].iter().map(cause).collect::<Vec<_>>()
    );
    assert_eq!(lines[0].balance, cny(6 * 5_808));

    // Statements that follow each other agree where they meet, wherever that is.
    let shop = format!("merchant:{}/merchant_payable/JPY", payments[0].merchant);
    for name in [wallet, &shop] {
        let whole = read(&reads, name, None, None).2;
        for cut in 0..24 {
            let (before, after) =
                (read(&reads, name, None, at(cut)).2, read(&reads, name, at(cut), None).2);
            assert_eq!(before.closing, after.opening);
            assert_eq!(after.closing, whole.closing);
            assert_eq!(before.lines + after.lines, whole.lines);
            let name: AccountName = name.parse().unwrap();
            assert_eq!(reads.balance_at(&name, at(cut)).unwrap(), Some(before.closing));
        }
    }

    // A shop's own: its captures with fees, and its refund.
    let (_, lines, end) = read(&reads, &shop, None, None);
    assert_eq!(end.closing, jpy(-(10 * (1_200 - 38) - 300)));
    let last = lines.last().unwrap();
    assert_eq!((last.kind, last.side, last.amount), (EntryKind::Refund, Side::Debit, jpy(300)));
    assert_eq!(last.at, begun.after(Span(20_000)));

    // Totals, and names that are not there.
    let totals = reads.account_totals().unwrap();
    assert!(totals.is_sorted_by(|a, b| a.name < b.name));
    let of = |text: &str| *totals.iter().find(|t| t.name.to_string() == text).unwrap();
    assert_eq!((of(wallet).balance(), of(wallet).slots), (cny(20 * 5_808), 3));
    assert_eq!(of(&shop).credits, jpy(10 * 1_200));
    let absent: AccountName = "switch/suspense/KWD".parse().unwrap();
    assert_eq!(reads.balance_at(&absent, None).unwrap(), None);
    assert_eq!(reads.statement(&absent, None, None, |_| panic!("no part")).unwrap(), None);
    assert!(maker.number > 20);
}

/// What a wallet placed beforehand, booked in the house.
fn prefunded(maker: &mut Maker, minor: i64) -> Movement {
    let (id, amount): (MovementId, _) = (maker.id(Slot::HOUSE), jpy(minor));
    let lines = [
        (AccountOwner::Switch, AccountKind::Bank, Side::Debit, amount),
        (AccountOwner::Wallet(wallet()), AccountKind::Prefunding, Side::Credit, amount),
    ];
    maker.entry_by(Slot::HOUSE, EntryKind::Prefunding, Cause::Movement(id), &lines);
    let (direction, reference) = (Direction::Received, "transfer 7".into());
    let movement = Movement { id, wallet: wallet(), direction, amount, reference, at: maker.now };
    maker.row(Row::Movement(movement.clone()));
    movement
}

#[test]
fn movements_are_kept_chained_and_proven() {
    let (folder, mut maker) = (Folder::new(), Maker::new());
    let (mut store, mut model) = (SqliteStore::open(&folder.db()).unwrap(), MemoryStore::new());
    let first = prefunded(&mut maker, 500);
    maker.pass(1);
    let second = prefunded(&mut maker, 700);
    let batch = maker.seal();
    assert_eq!(store.commit(&batch).unwrap(), model.commit(&batch).unwrap());
    drop(store);
    model.verify_last(9).unwrap();
    let checks = prove(&folder.db(), |_| {}).unwrap();
    assert_eq!(faults(&checks), []);
    assert!(checks.iter().any(|check| (check.name, check.count) == ("movements", 2)));
    let reads = Reads::open(&folder.db(), 1).unwrap();
    let page = reads.movements(&Cursor::newest(9)).unwrap();
    assert_eq!(page.items, [second.clone(), first.clone()]);
    let positions = reads.positions().unwrap();
    let placed = |p: &WalletPosition| (p.wallet, p.currency, p.owed, p.pending, p.prefunded);
    assert_eq!(
        positions.iter().map(placed).collect::<Vec<_>>(),
        [(wallet(), Currency::JPY, 0, 0, 1_200)]
    );
    drop(reads);

    let (first, second) = (first.id.to_string(), second.id.to_string());
    let cases = [
        ("UPDATE movements SET amount = 501 WHERE amount = 500", "movements", &first, "column"),
        (
            "UPDATE movements SET body = replace(body, 'received', 'returned'),
                direction = 'returned' WHERE amount = 700",
            "movements",
            &second,
            "its entry is not what its record says",
        ),
        ("DELETE FROM movements WHERE amount = 500", "movements", &first, "is not there"),
    ];
    let sound = std::fs::read(folder.db()).unwrap();
    for (damage, check, id, words) in cases {
        let folder = Folder::new();
        std::fs::write(folder.db(), &sound).unwrap();
        let db = Connection::open(folder.db()).unwrap();
        assert_eq!(db.execute(damage, []).unwrap(), 1, "{damage}");
        drop(db);
        let checks = prove(&folder.db(), |_| {}).unwrap();
        let found = faults(&checks);
        let named = |(name, fault): &(&str, &str)| {
            *name == check && fault.contains(id.as_str()) && fault.contains(words)
        };
        assert!(found.iter().any(named), "{damage}\n{found:#?}");
        let chained = found.iter().any(|(name, _)| *name == "batches");
        assert_eq!(chained, !words.contains("column"), "{damage}\n{found:#?}");
    }
}
