//! A file of the first schema, with data, is brought to the last one.

mod common;

use common::*;
use noren_core::effects::{Found, Row};
use noren_core::keys::{Key, KeyName, KeyOutcome, KeyOwner, KeyRecord, Route};
use noren_core::payment::Payment;
use noren_store::sqlite::{Cursor, NameLimits, PaymentFilter, Scope, audit};
use noren_store::{Fetch, Reads, SqliteFetch, SqliteStore, Store};
use rusqlite::Connection;

const V1: &str = include_str!("../migrations/sqlite/V1__first.sql");

/// Writes what the file at `new` holds in the first schema's form, as a program of that time would
/// have left it.
fn as_first_schema(new: &Folder, old: &Folder) {
    let db = Connection::open(old.db()).unwrap();
    db.execute_batch(V1).unwrap();
    db.execute_batch("CREATE TABLE schema_migrations (version INTEGER NOT NULL PRIMARY KEY, name TEXT NOT NULL, sha256 BLOB NOT NULL) STRICT")
        .unwrap();
    let hash = ring::digest::digest(&ring::digest::SHA256, V1.as_bytes());
    db.execute("INSERT INTO schema_migrations VALUES (1, 'first', ?1)", [hash.as_ref()]).unwrap();
    db.execute("ATTACH ?1 AS new", [new.db().to_str().unwrap()]).unwrap();
    for table in [
        "batches",
        "heads",
        "directory",
        "payments",
        "refunds",
        "stray_receipts",
        "quotes",
        "entries",
        "postings",
        "events",
    ] {
        // Columns that came later are behind those of that time; some of those have other names now.
        let sql = "SELECT group_concat(name) FROM pragma_table_info(?1, 'new') WHERE cid <
            (SELECT count(*) FROM pragma_table_info(?1, 'main'))";
        let columns: String = db.query_row(sql, [table], |row| row.get(0)).unwrap();
        let sql = format!("INSERT INTO main.{table} SELECT {columns} FROM new.{table}");
        db.execute(&sql, []).unwrap();
    }
    let accounts = "slot, number, owner, kind, currency, debits, credits";
    let sql = format!(
        "INSERT INTO accounts ({accounts}) SELECT {accounts} FROM new.accounts WHERE slot <> 9"
    );
    db.execute(&sql, []).unwrap();
    let keys = "slot, owner, route, key, hash, outcome, at";
    // The last column of a used name was called otherwise in the first schema.
    for (to, from, columns) in [
        ("idempotency_keys", "idempotency_keys", keys),
        ("idempotency_keys", "reserve_keys", keys),
        (
            "orders",
            "orders",
            "slot, merchant, number, id, tenant, amount, currency, last_payment, at",
        ),
        ("used_names", "used_names", "slot, wallet, what, text, used_by, at"),
    ] {
        let first = columns.replace("used_by", "payment");
        let sql = format!("INSERT INTO main.{to} ({first}) SELECT {columns} FROM new.{from}");
        assert!(db.execute(&sql, []).unwrap() > 0, "{from}");
    }
}

fn reserve(payment: &Payment) -> KeyName {
    let owner = KeyOwner::Wallet(wallet());
    KeyName { slot: payment.id.slot(), owner, route: Route::Reserve, key: key_name(payment).key }
}

#[test]
fn a_first_schema_with_data_is_carried_over() {
    let (new, old) = (Folder::new(), Folder::new());
    let mut maker = Maker::new();
    let mut store = SqliteStore::open(&new.db()).unwrap();
    let mut payments = Vec::new();
    for n in 0..300u16 {
        maker.pass(7);
        let mut payment = maker.create(Maker::merchant(slot(n % 7), 0));
        let record = KeyRecord {
            hash: [3; 32],
            outcome: KeyOutcome::Payment(payment.id),
            at: payment.created_at,
        };
        maker.row(Row::Key(reserve(&payment), record));
        if n % 3 > 0 {
            maker.capture(&mut payment);
        }
        if n % 3 > 1 {
            maker.refund(&mut payment, 100);
        }
        payments.push(payment);
        maker.commit(&mut store);
    }
    // In this slot nothing was ever booked, so the old file has no account that could be pending.
    payments.push(maker.create(Maker::merchant(slot(9), 0)));
    maker.commit(&mut store);
    let before = store.load().unwrap();
    drop(store);
    as_first_schema(&new, &old);

    // Few names a partition: the start has to seal what it finds before it answers.
    let limits = NameLimits { seal: 64, fan: 3, slice: 16, filter_bytes: 1 << 16 };
    let mut store = SqliteStore::open_with(&old.db(), limits).unwrap();
    assert!(store.names_in_memory() < 4 * 64, "{}", store.names_in_memory());
    same(&store.load().unwrap(), &before);
    let audit_of = |folder: &Folder| {
        let audit = audit(&folder.db()).unwrap();
        assert!(audit.good(), "{audit:?}");
        audit
    };
    assert_eq!(audit_of(&old), audit_of(&new));

    let (mut now, mut then) =
        (SqliteFetch::open(&old.db()).unwrap(), SqliteFetch::open(&new.db()).unwrap());
    for payment in &payments[..300] {
        let mut keys = keys_of(payment);
        keys.push(Key::Idempotency(reserve(payment)));
        let found = now.fetch(&keys).unwrap();
        assert!(found.iter().all(|(_, found)| *found != Found::Nothing), "{found:?}");
        assert_eq!(found, then.fetch(&keys).unwrap());
    }
    let reads = Reads::open(&old.db(), 1).unwrap();
    let filter = PaymentFilter {
        order_number: Some(payments[8].order_number.clone()),
        merchant: Some(payments[8].merchant),
        ..PaymentFilter::default()
    };
    let page = reads.payments(Scope::Operator, &filter, &Cursor::newest(9)).unwrap();
    assert_eq!(page.items, [payments[8].clone()]);

    // And it goes on: a known key is refused, a new payment is taken.
    maker.create(Maker::merchant(slot(3), 0));
    maker.commit(&mut store);
    let (key, record) = (key_name(&payments[0]), KeyOutcome::Payment(payments[0].id));
    maker.row(Row::Key(key, KeyRecord { hash: [1; 32], outcome: record, at: maker.now }));
    store.commit(&maker.seal()).unwrap_err();
    drop(store);
    let tables = Connection::open(old.db()).unwrap();
    let sql = "SELECT count(*) FROM sqlite_schema WHERE name LIKE '%\\_v1' ESCAPE '\\'";
    assert_eq!(tables.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap(), 0);
}
