//! What only the SQLite store does: settings, the lock, the log, damage, lists.

mod common;

use std::collections::BTreeMap;
use std::sync::Arc;

use common::*;
use noren_core::due::Doubt;
use noren_core::effects::{EventKind, Row};
use noren_core::id::{CaptureId, Entropy, MerchantId, StoreId, TenantName};
use noren_core::money::Currency;
use noren_core::payment::Payment;
use noren_core::time::Timestamp;
use noren_store::sqlite::{Cursor, LOG_MAX, PaymentFilter, Scope, VERSION_MIN, audit};
use noren_store::{Reads, SqliteStore, Store, StoreError};
use rusqlite::Connection;

fn open(folder: &Folder) -> SqliteStore {
    SqliteStore::open(&folder.db()).unwrap()
}

/// A store with `n` captured payments of one merchant, one a batch.
fn filled(folder: &Folder, n: usize) -> Vec<Payment> {
    let (mut store, mut maker) = (open(folder), Maker::new());
    (0..n)
        .map(|_| {
            maker.pass(7);
            let mut payment = maker.create(Maker::merchant(slot(3), 0));
            maker.capture(&mut payment);
            maker.commit(&mut store);
            payment
        })
        .collect()
}

#[test]
fn settings_are_what_they_must_be() {
    let folder = Folder::new();
    let settings = open(&folder).settings().unwrap();
    assert!(settings.version >= VERSION_MIN);
    assert_eq!(settings.journal_mode, "wal");
    assert_eq!((settings.synchronous, settings.foreign_keys), (2, 1));
    assert_eq!((settings.mmap_size, settings.wal_autocheckpoint), (0, 0));
}

#[test]
fn a_second_writer_is_refused() {
    let folder = Folder::new();
    let first = open(&folder);
    match SqliteStore::open(&folder.db()) {
        Err(StoreError::Unfit(why)) => assert!(why.contains("another process writes"), "{why}"),
        other => panic!("{:?}", other.map(|_| "opened")),
    }
    drop(first);
    open(&folder);
}

#[test]
fn a_clean_end_leaves_one_file() {
    let folder = Folder::new();
    filled(&folder, 3);
    let wal = folder.db().with_extension("db-wal");
    assert!(!exists(&wal) || std::fs::metadata(&wal).unwrap().len() == 0);
    assert!(audit(&folder.db()).unwrap().good());
}

#[test]
fn an_edited_migration_is_refused() {
    let folder = Folder::new();
    filled(&folder, 1);
    let db = Connection::open(folder.db()).unwrap();
    db.execute("UPDATE schema_migrations SET sha256 = zeroblob(32)", []).unwrap();
    match SqliteStore::open(&folder.db()) {
        Err(StoreError::Unfit(why)) => assert!(why.contains("never edited"), "{why}"),
        other => panic!("{:?}", other.map(|_| "opened")),
    }
}

/// Each line is damage that somebody could do to the tables by hand; each must be found.
#[test]
fn damage_is_found() {
    for damage in [
        "UPDATE postings SET amount = amount + 1 WHERE seq = 100",
        "UPDATE postings SET amount = amount + 1 WHERE entry = 20 AND currency = 'CNY'",
        "UPDATE postings SET account = 1 WHERE seq = 100",
        "UPDATE postings SET side = CASE side WHEN 'debit' THEN 'credit' ELSE 'debit' END WHERE entry = 5",
        "UPDATE postings SET tenant = 'other' WHERE seq = 100",
        "UPDATE postings SET batch = batch - 1 WHERE seq = 240",
        "DELETE FROM postings WHERE entry = 30",
        "DELETE FROM entries WHERE number = 30",
        "UPDATE entries SET kind = 'refund' WHERE number = 3",
        "UPDATE entries SET at = at + 1 WHERE number = 3",
        "UPDATE events SET type = 'payment.declined' WHERE seq = 17",
        "DELETE FROM events WHERE seq = 60",
        "DELETE FROM batches WHERE number = 12",
        "UPDATE batches SET now = now + 1 WHERE number = 30",
        "UPDATE batches SET hash = zeroblob(32) WHERE number = 30",
        "UPDATE heads SET events = events + 1",
        "DELETE FROM heads",
    ] {
        let folder = Folder::new();
        filled(&folder, 30);
        let verified = open(&folder).verify_all().unwrap();
        assert_eq!((verified.batches, verified.rows), (30, 30 * (1 + 8 + 2)));
        let db = Connection::open(folder.db()).unwrap();
        assert!(db.execute(damage, []).unwrap() > 0, "{damage}");
        drop(db);
        let audit = audit(&folder.db()).unwrap();
        assert!(!audit.chain_ok && !audit.good(), "{damage}: {audit:?}");
        match open(&folder).load() {
            Err(StoreError::Corrupt(_)) => {}
            other => panic!("{damage}: {other:?}"),
        }
    }
}

#[test]
fn totals_that_are_not_the_sums_of_postings_are_found() {
    let folder = Folder::new();
    filled(&folder, 5);
    let db = Connection::open(folder.db()).unwrap();
    db.execute("UPDATE accounts SET debits = debits + 1 WHERE number = 0", []).unwrap();
    let audit = audit(&folder.db()).unwrap();
    assert!(audit.balanced && audit.chain_ok && audit.sequences_gap_free && !audit.accounts_match);
}

#[test]
fn a_start_looks_back_only_as_far_as_it_says() {
    let folder = Folder::new();
    filled(&folder, 20);
    let db = Connection::open(folder.db()).unwrap();
    db.execute("UPDATE postings SET amount = amount + 1 WHERE seq = 1", []).unwrap();
    let store = open(&folder);
    assert_eq!(store.verify_last(19, 1_000_000).unwrap().batches, 19);
    assert_eq!(store.verify_last(1_000, 35).unwrap().batches, 3);
    assert_eq!(store.verify_last(1_000, 0).unwrap().batches, 1);
    store.verify_last(20, 1_000_000).unwrap_err();
    store.verify_all().unwrap_err();
}

#[test]
fn the_log_stays_bounded_under_load() {
    let folder = Folder::new();
    let (mut store, mut maker) = (open(&folder), Maker::new());
    let mut longest = 0;
    let mut waiting: Vec<Payment> = Vec::new();
    for _ in 0..60 {
        let next = (0..500).map(|n| maker.create(Maker::merchant(slot(n % 64), 0))).collect();
        for mut payment in std::mem::replace(&mut waiting, next) {
            maker.capture(&mut payment);
        }
        maker.commit(&mut store);
        longest = longest.max(store.log().unwrap().size);
    }
    let written = std::fs::metadata(folder.db()).unwrap().len();
    assert!(longest < LOG_MAX + (24 << 20), "{longest}");
    drop(store);
    assert!(written > 0 && audit(&folder.db()).unwrap().good());
}

fn merchant_scope(merchant: MerchantId) -> Scope {
    Scope::Merchant { tenant: tenant(), merchant }
}

#[test]
fn payments_are_paged_newest_first_and_only_to_whom_they_belong() {
    let folder = Folder::new();
    let (mut store, mut maker) = (open(&folder), Maker::new());
    let (mine, other) = (Maker::merchant(slot(3), 0), Maker::merchant(slot(3), 1));
    let mut payments = Vec::new();
    for n in 0..25 {
        maker.pass(1);
        let mut payment = maker.create(mine);
        if n % 2 == 0 {
            maker.capture(&mut payment);
        }
        payments.insert(0, payment);
        maker.create(other);
        maker.create(Maker::merchant(slot(4), 0));
    }
    maker.commit(&mut store);
    let reads = Reads::open(&folder.db(), 2).unwrap();
    let scope = merchant_scope(mine);
    let all = PaymentFilter::default();

    let mut seen = Vec::new();
    let mut cursor = Cursor::newest(10);
    loop {
        let page = reads.payments(scope, &all, &cursor).unwrap();
        seen.extend(page.items);
        if !page.has_more {
            break;
        }
        cursor.starting_after = seen.last().map(|payment| payment.id);
    }
    assert_eq!(seen, payments);

    let before = Cursor { limit: 5, starting_after: None, ending_before: Some(payments[9].id) };
    let page = reads.payments(scope, &all, &before).unwrap();
    assert_eq!((&page.items[..], page.has_more), (&payments[4..9], true));
    let before = Cursor { limit: 5, starting_after: None, ending_before: Some(payments[2].id) };
    let page = reads.payments(scope, &all, &before).unwrap();
    assert_eq!((&page.items[..], page.has_more), (&payments[..2], false));

    let captured = PaymentFilter { status: Some("captured".into()), ..PaymentFilter::default() };
    assert_eq!(reads.payments(scope, &captured, &Cursor::newest(100)).unwrap().items.len(), 13);
    let wallet =
        PaymentFilter { wallet: Some("paypay".parse().unwrap()), ..PaymentFilter::default() };
    assert!(reads.payments(scope, &wallet, &Cursor::newest(100)).unwrap().items.is_empty());

    // The operator sees all, over all slots, newest first.
    let everything = reads.payments(Scope::Operator, &all, &Cursor::newest(100)).unwrap();
    assert_eq!(everything.items.len(), 75);
    assert!(everything.items.is_sorted_by(|a, b| a.id > b.id));
    let one = PaymentFilter { merchant: Some(other), ..PaymentFilter::default() };
    assert_eq!(
        reads.payments(Scope::Operator, &one, &Cursor::newest(100)).unwrap().items.len(),
        25
    );

    // I12: what may not be seen does not exist.
    let stranger =
        Scope::Merchant { tenant: TenantName::new("other-bank").unwrap(), merchant: mine };
    for scope in [merchant_scope(other), stranger] {
        assert_eq!(reads.payment(scope, payments[0].id).unwrap(), None);
        assert!(reads.order(scope, mine, &payments[0].order_number).unwrap().is_none());
    }
    assert!(reads.payments(stranger, &all, &Cursor::newest(9)).unwrap().items.is_empty());
    assert!(
        reads
            .payments(
                merchant_scope(other),
                &PaymentFilter { merchant: Some(mine), ..all },
                &Cursor::newest(9)
            )
            .unwrap()
            .items
            .is_empty()
    );
    assert_eq!(reads.payment(scope, payments[0].id).unwrap().as_ref(), Some(&payments[0]));
    assert_eq!(
        reads.payment(Scope::Operator, payments[0].id).unwrap().as_ref(),
        Some(&payments[0])
    );
}

#[test]
fn all_payments_of_an_order_are_found_by_its_number() {
    let folder = Folder::new();
    let (mut store, mut maker) = (open(&folder), Maker::new());
    let mine = Maker::merchant(slot(3), 0);
    let first = maker.create_for(mine, "A-1");
    let at = maker.now;
    let mut attempts = vec![first];
    for _ in 0..3 {
        maker.pass(60_000);
        maker.create(mine);
        maker.commit(&mut store);
        let batch_before = maker.number;
        let payment = maker.create_for(mine, "A-1");
        // The order keeps its first time, as the engine's does.
        let mut batch = maker.seal();
        assert_eq!(batch.number, batch_before + 1);
        for row in &mut batch.rows {
            if let noren_core::effects::Row::Order(order) = row {
                order.at = at;
            }
        }
        maker.previous = store.commit(&batch).unwrap();
        attempts.insert(0, payment);
    }
    let reads = Reads::open(&folder.db(), 1).unwrap();
    let filter = PaymentFilter { order_number: Some("A-1".into()), ..PaymentFilter::default() };
    for scope in [merchant_scope(mine), Scope::Operator] {
        assert_eq!(reads.payments(scope, &filter, &Cursor::newest(9)).unwrap().items, attempts);
    }
    let filter = PaymentFilter { order_number: Some("A-2".into()), ..PaymentFilter::default() };
    assert!(
        reads.payments(merchant_scope(mine), &filter, &Cursor::newest(9)).unwrap().items.is_empty()
    );
}

#[test]
fn an_event_says_which_capture_it_is_about() {
    let folder = Folder::new();
    let (mut store, mut maker) = (open(&folder), Maker::new());
    let mine = Maker::merchant(slot(3), 0);
    let mut payment = maker.create(mine);
    let capture: CaptureId = maker.id(slot(3));
    maker.event_of(capture, EventKind::CaptureCaptured, &mut payment);
    maker.commit(&mut store);
    let reads = Reads::open(&folder.db(), 1).unwrap();
    let events = reads.events(tenant(), mine, 0, 9).unwrap().items;
    let captures: Vec<_> = events.iter().map(|event| event.capture).collect();
    assert_eq!(captures, [None, Some(capture)]);
    drop(store);
    // It is in the chain: another capture does not fit.
    open(&folder).load().unwrap();
    let other: CaptureId = maker.id(slot(3));
    let db = Connection::open(folder.db()).unwrap();
    let sql = "UPDATE events SET capture = ?1 WHERE capture IS NOT NULL";
    assert_eq!(db.execute(sql, [other.to_string()]).unwrap(), 1);
    drop(db);
    assert!(matches!(open(&folder).load(), Err(StoreError::Corrupt(_))));
}

#[test]
fn refunds_strays_events_and_accounts_are_read() {
    let folder = Folder::new();
    let (mut store, mut maker) = (open(&folder), Maker::new());
    let (mine, other) = (Maker::merchant(slot(3), 0), Maker::merchant(slot(9), 1));
    let (mut a, mut b) = (maker.create(mine), maker.create(other));
    maker.commit(&mut store);
    maker.pass(5);
    maker.capture(&mut a);
    let refund = maker.refund(&mut a, 300);
    let (stray, returned) = maker.stray(&mut b);
    maker.acquirer("Hida");
    maker.commit(&mut store);
    let reads = Reads::open(&folder.db(), 1).unwrap();
    let scope = merchant_scope(mine);

    let page = reads.refunds(scope, None, &Cursor::newest(10)).unwrap();
    assert_eq!(
        page.items.iter().map(|row| (row.refund.id, row.payment)).collect::<Vec<_>>(),
        [(refund, a.id)]
    );
    assert_eq!(
        reads.refunds(Scope::Operator, Some(b.id), &Cursor::newest(10)).unwrap().items.len(),
        0
    );
    assert_eq!(reads.refund(scope, refund).unwrap().unwrap().refund, a.refunds[0]);
    assert_eq!(reads.refund(scope, returned).unwrap(), None);
    assert_eq!(reads.refund(Scope::Operator, returned).unwrap().unwrap().stray, Some(stray));
    assert_eq!(reads.strays(scope, &Cursor::newest(10)).unwrap().items.len(), 0);
    let strays = reads.strays(Scope::Operator, &Cursor::newest(10)).unwrap().items;
    assert_eq!(strays[0].stray, b.strays[0]);
    assert_eq!(reads.stray(merchant_scope(other), stray).unwrap().unwrap().payment, b.id);

    let events = reads.events(tenant(), mine, 0, 2).unwrap();
    assert_eq!(events.items.iter().map(|event| event.seq).collect::<Vec<_>>(), [1, 2]);
    assert!(events.has_more);
    let events = reads.events(tenant(), mine, 2, 2).unwrap();
    assert_eq!((events.items.len(), events.has_more), (1, false));
    assert_eq!(events.items[0].refund, Some(refund));
    assert!(
        reads.events(TenantName::new("other-bank").unwrap(), mine, 0, 9).unwrap().items.is_empty()
    );

    let mut positions = BTreeMap::new();
    let mut all = Vec::new();
    loop {
        let page = reads.events_all(&positions, 2).unwrap();
        positions = page.positions;
        all.extend(page.items);
        if !page.has_more {
            break;
        }
    }
    assert_eq!(all.len(), 5);
    assert!(reads.events_all(&positions, 2).unwrap().items.is_empty());

    assert_eq!(reads.accounts(None).unwrap(), store.load().unwrap().accounts);
    assert!(reads.accounts(Some(mine)).unwrap().iter().all(|account| account.slot == mine.slot()));
    assert_eq!(reads.accounts(Some(mine)).unwrap().len(), 1);
    assert!(
        reads.totals().unwrap().iter().all(|total| total.difference() == 0 && total.debits > 0)
    );
    let owed = reads.owed().unwrap();
    assert_eq!((owed.len(), owed[0].merchant, owed[0].amount), (1, mine, jpy(1_200 - 38 - 300)));
    assert_eq!(reads.directory(0).unwrap().len(), 1);
    assert_eq!(reads.directory(1).unwrap().len(), 0);
    assert_eq!(reads.last_batch().unwrap().number, 2);
    let counts = reads.counts().unwrap();
    let rows = |table: &str| counts.iter().find(|count| count.table == table).unwrap().rows;
    assert_eq!((rows("payments"), rows("postings"), rows("batches")), (2, 12, 2));
    let audit = audit(&folder.db()).unwrap();
    assert!(audit.good(), "{audit:?}");
    assert_eq!((audit.payments, audit.open_payments, audit.entries, audit.batches), (2, 1, 3, 2));
}

#[test]
fn a_pool_lends_no_more_than_it_has() {
    let folder = Folder::new();
    let payments = filled(&folder, 10);
    let _store = open(&folder);
    let reads = Reads::open(&folder.db(), 2).unwrap();
    std::thread::scope(|scope| {
        for _ in 0..8 {
            let (reads, payments) = (reads.clone(), &payments);
            scope.spawn(move || {
                for payment in payments {
                    assert!(reads.payment(Scope::Operator, payment.id).unwrap().is_some());
                }
            });
        }
    });
}

#[test]
fn i10_time_in_doubt_is_summed_by_sql_and_told_by_wallet() {
    let folder = Folder::new();
    let (mut store, mut maker) = (open(&folder), Maker::new());
    let began = maker.now;
    let mut payments = Vec::new();
    for n in 0..6u16 {
        maker.pass(1_000);
        let mut payment = maker.create(Maker::merchant(slot(n % 2), 0));
        match n {
            0 | 1 => {}
            2 | 3 => {
                payment.doubt = Doubt { ms: u64::from(n) * 500, since: None };
                maker.capture(&mut payment);
            }
            _ => {
                payment.doubt = Doubt { ms: 10, since: Some(maker.now) };
                maker.row(Row::Payment(Arc::new(payment.clone())));
            }
        }
        maker.commit(&mut store);
        payments.push(payment);
    }
    let reads = Reads::open(&folder.db(), 1).unwrap();
    let found = reads.doubt(began, Timestamp(maker.now.0 + 1)).unwrap();
    assert_eq!(found.keys().copied().collect::<Vec<_>>(), [wallet()]);
    let found = &found[&wallet()];
    assert_eq!((found.open, found.payments, found.doubted.len()), (2, 6, 4));
    assert_eq!(found.oldest.as_ref(), Some(&payments[4]), "of two slots, the older one");
    let ended = |status: &str| found.doubted.iter().filter(|d| d.status == status).count();
    assert_eq!((ended("captured"), ended("authorising")), (2, 2));
    // A period that ends before: only what is open now is told of, whenever it was created.
    let before = reads.doubt(Timestamp(0), began).unwrap();
    assert_eq!((before[&wallet()].open, before[&wallet()].payments), (2, 0));
    let db = Connection::open(folder.db()).unwrap();
    let sum = "SELECT sum(unknown_ms) FROM payments";
    assert_eq!(db.query_row(sum, [], |row| row.get::<_, i64>(0)).unwrap(), 2_520);
    let plan = "EXPLAIN QUERY PLAN SELECT wallet, count(*), min(unknown_since), body FROM payments
        WHERE slot = 1 AND unknown_since IS NOT NULL GROUP BY wallet";
    let plan: String = db.query_row(plan, [], |row| row.get(3)).unwrap();
    assert!(plan.contains("payments_in_doubt"), "{plan}");
}

#[test]
fn a_stores_day_is_found_and_summed_and_the_days_beside_it_are_not() {
    let folder = Folder::new();
    let (mut store, mut maker) = (open(&folder), Maker::new());
    let merchant = Maker::merchant(slot(3), 0);
    let before = maker.create(merchant);
    maker.pass(60_000);
    let from = maker.now;
    let mut first = maker.create(merchant);
    maker.capture(&mut first);
    maker.refund(&mut first, 300);
    maker.pass(60_000);
    let mut second = maker.create(merchant);
    maker.capture(&mut second);
    maker.pass(1);
    let waits = maker.create(merchant);
    maker.create(Maker::merchant(slot(4), 0));
    maker.pass(60_000);
    let until = maker.now;
    let after = maker.create(merchant);
    maker.commit(&mut store);

    let reads = Reads::open(&folder.db(), 1).unwrap();
    let scope = Scope::Merchant { tenant: tenant(), merchant };
    let found = |filter: PaymentFilter| {
        let page = reads.payments(scope, &filter, &Cursor::newest(10)).unwrap();
        page.items.into_iter().map(|payment| payment.id).collect::<Vec<_>>()
    };
    let day = || PaymentFilter {
        store: Some(first.store),
        created: Some((from, until)),
        ..PaymentFilter::default()
    };
    assert_eq!(found(day()), [waits.id, second.id, first.id]);
    assert_eq!(found(PaymentFilter { unfinished: true, ..day() }), [waits.id]);
    let ended = second.state.ended_at().unwrap();
    let from_then = |ms: i64| Some((Timestamp(ended.0 + ms), Timestamp(ended.0 + ms + 1)));
    assert_eq!(found(PaymentFilter { ended: from_then(0), ..day() }), [second.id]);
    for beside in [-1, 1] {
        assert_eq!(found(PaymentFilter { ended: from_then(beside), ..day() }), [], "{beside} ms");
    }
    let text = second.id.to_string();
    let last_digits = Some(text[text.len() - 4..].into());
    assert!(found(PaymentFilter { last_digits, ..day() }).contains(&second.id));
    assert_eq!(found(PaymentFilter { amount: Some(1_200), ..day() }).len(), 3);
    assert_eq!(found(PaymentFilter { amount: Some(1_201), ..day() }), []);
    let elsewhere = StoreId::new(Timestamp(1), slot(3), Entropy(1), 9);
    assert_eq!(found(PaymentFilter { store: Some(elsewhere), ..day() }), []);
    assert_eq!(found(PaymentFilter { created: None, ..day() }).len(), 5);

    let takings = reads.takings(scope, first.store, from, until).unwrap();
    let taking = takings[&(wallet(), Currency::JPY)];
    assert_eq!((taking.payments, taking.taken), (2, 2_400));
    assert_eq!(
        (taking.refunds + taking.refunds_open, taking.refunded + taking.refunding),
        (1, 300)
    );
    assert!(reads.takings(scope, elsewhere, from, until).unwrap().is_empty());
    assert!(reads.takings(scope, first.store, Timestamp(0), from).unwrap().is_empty());
    assert_ne!(before.id, after.id);
}
