//! Names in partitions against a plain map: nothing that was committed is ever missed, whatever is
//! being sealed, merged, dropped or was cut off.

mod common;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use common::*;
use noren_core::effects::{Found, Row};
use noren_core::id::{MerchantId, OrderId, PaymentId};
use noren_core::keys::{
    Key, KeyName, KeyOutcome, KeyOwner, KeyRecord, Order, OrderName, OrderStand, Route, Used,
    UsedName, Wanted,
};
use noren_core::time::Timestamp;
use noren_store::sqlite::{KEYS_KEPT, NameLimits, Scope, audit};
use noren_store::{Fetch, Reads, SqliteFetch, SqliteStore, Store, StoreError};
use rusqlite::Connection;

/// SplitMix64.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn below(&mut self, n: usize) -> usize {
        (self.next() % n as u64) as usize
    }
}

/// Small partitions, so that a few hundred names go through every stage.
fn limits(dice: &mut Dice) -> NameLimits {
    NameLimits {
        seal: 5 + dice.below(40),
        fan: 2 + dice.below(3),
        slice: 1 + dice.below(12),
        filter_bytes: [0, 400, 64 << 10][dice.below(3)],
    }
}

/// The `n`th name of its kind, and what it leads to. A row that is written again has another `again`.
fn row(maker: &mut Maker, kind: usize, n: u64, again: u64) -> (Key, Row, Found) {
    let slot = slot((n % 5) as u16);
    let merchant: MerchantId = Maker::merchant(slot, n % 3);
    let id: PaymentId = maker.id(slot);
    let now = maker.now;
    let text = format!("{:016x}", Dice(n).next());
    let route = [Route::PaymentCreate, Route::Prefund, Route::Reserve][kind % 3];
    match kind {
        0..=2 => {
            let owner = match route {
                Route::Reserve => KeyOwner::Wallet(wallet()),
                Route::Prefund => KeyOwner::Operator,
                Route::PaymentCreate
                | Route::PaymentCancel
                | Route::PaymentCapture
                | Route::PaymentVoid
                | Route::OrderCancel
                | Route::RefundCreate => KeyOwner::Merchant(merchant),
            };
            let name = KeyName { slot, owner, route, key: text.into() };
            let record = KeyRecord { hash: [7; 32], outcome: KeyOutcome::Payment(id), at: now };
            (Key::Idempotency(name.clone()), Row::Key(name, record.clone()), Found::Key(record))
        }
        3 => {
            let name = OrderName { merchant, number: text.into() };
            let amount = jpy(100 + again as i64);
            let number: OrderId = maker.id(slot);
            let wanted = Wanted { amount, last: id };
            // Withdrawn ones are names like the others, with or without a payment.
            let stand = match (n + again) % 3 {
                0 => OrderStand::Withdrawn { at: now, wanted: Some(wanted) },
                1 => OrderStand::Withdrawn { at: now, wanted: None },
                _ => OrderStand::Wanted(wanted),
            };
            let order = Order { id: number, name: name.clone(), tenant: tenant(), stand, at: now };
            (Key::Order(name), Row::Order(order.clone()), Found::Order(order))
        }
        _ => {
            let what = if kind == 4 { Used::PaymentCode } else { Used::Receipt };
            let name = UsedName { slot, wallet: wallet(), what, text: text.into() };
            (Key::Used(name.clone()), Row::Used(name, id.into(), now), Found::Used(id.into()))
        }
    }
}

/// What a plain map says, and until when a name must be found.
#[derive(Default)]
struct Model(BTreeMap<Key, (Found, Option<Timestamp>)>);

impl Model {
    fn put(&mut self, key: Key, found: Found, now: Timestamp) {
        let forgets = match &key {
            Key::Idempotency(name) => name.route != Route::Reserve,
            _ => false,
        };
        self.0.insert(key, (found, forgets.then(|| now.after(KEYS_KEPT))));
    }

    /// Everything that must be there is, and nothing else is anything but what it was.
    fn check(&self, fetch: &mut SqliteFetch, now: Timestamp, seed: u64) {
        let keys: Vec<Key> = self.0.keys().cloned().collect();
        for (key, found) in fetch.fetch(&keys).unwrap() {
            let (expected, until) = &self.0[&key];
            if found == Found::Nothing && until.is_some_and(|until| until < now) {
                continue;
            }
            assert_eq!(found, *expected, "seed={seed} {key:?}");
        }
    }
}

/// More by hand: `NAME_SEEDS=1000 cargo test --release -p noren-store --test names`.
fn seeds() -> std::ops::Range<u64> {
    let count = std::env::var("NAME_SEEDS").map_or(10, |n| n.parse().unwrap());
    0..count
}

/// What a power cut right now would leave: the file and its log.
fn cut(from: &Folder, to: &Folder) {
    for end in ["db", "db-wal"] {
        let (from, to) = (from.db().with_extension(end), to.db().with_extension(end));
        match exists(&from) {
            true => drop(std::fs::copy(from, to).unwrap()),
            false => drop(std::fs::remove_file(to)),
        }
    }
}

#[derive(Default)]
struct Reached {
    merged: u32,
    forgotten: usize,
    cut_while_building: usize,
    cut_while_removing: usize,
}

fn partitions(path: &Path, state: &str) -> usize {
    let db = Connection::open(path).unwrap();
    let sql = "SELECT count(*) FROM name_partitions WHERE state = ?1";
    db.query_row(sql, [state], |row| row.get::<_, u32>(0)).unwrap() as usize
}

fn one_life(seed: u64, reached: &mut Reached) {
    let mut dice = Dice(seed);
    let (folder, other) = (Folder::new(), Folder::new());
    let mut maker = Maker::new();
    let mut model = Model::default();
    let mut store = SqliteStore::open_with(&folder.db(), limits(&mut dice)).unwrap();
    let mut old_fetch = SqliteFetch::open(&folder.db()).unwrap();
    let reads = Reads::open(&folder.db(), 1).unwrap();
    let mut orders: Vec<(u64, MerchantId, String)> = Vec::new();
    let mut n = seed << 32;
    for step in 0..60 {
        // Hours, and now and then days: some keys outlive their time.
        maker.pass([1_000, 3_600_000, 12 * 3_600_000, 5 * 86_400_000][dice.below(4)]);
        for _ in 0..1 + dice.below(30) {
            n += 1;
            let (key, row, found) = row(&mut maker, dice.below(6), n, 0);
            if let Key::Order(name) = &key {
                orders.push((n, name.merchant, name.number.to_string()));
            }
            maker.row(row);
            model.put(key, found, maker.now);
        }
        if !orders.is_empty() && dice.below(2) == 0 {
            // A second attempt of an order that may lie anywhere.
            let (which, ..) = orders[dice.below(orders.len())];
            let (key, row, found) = row(&mut maker, 3, which, step);
            maker.row(row);
            model.put(key, found, maker.now);
        }
        maker.commit(&mut store);
        if dice.below(4) == 0 {
            model.check(&mut old_fetch, maker.now, seed);
        }
        if let Some((_, merchant, number)) = orders.get(dice.below(orders.len().max(1))) {
            let order = reads.order(Scope::Operator, *merchant, number).unwrap().unwrap();
            let (found, _) = &model.0[&Key::Order(order.name.clone())];
            assert_eq!(*found, Found::Order(order), "seed={seed}");
        }
        if dice.below(8) == 0 {
            // The power fails here; another machine goes on with what is on the disk.
            cut(&folder, &other);
            reached.cut_while_building += partitions(&other.db(), "building");
            reached.cut_while_removing +=
                partitions(&other.db(), "replaced") + partitions(&other.db(), "expired");
            let survivor = SqliteStore::open_with(&other.db(), limits(&mut dice)).unwrap();
            model.check(&mut SqliteFetch::open(&other.db()).unwrap(), maker.now, seed);
            drop(survivor);
            let audit = audit(&other.db()).unwrap();
            assert!(audit.good(), "seed={seed}: {audit:?}");
        }
        if dice.below(10) == 0 {
            drop(store);
            store = SqliteStore::open_with(&folder.db(), limits(&mut dice)).unwrap();
            old_fetch = SqliteFetch::open(&folder.db()).unwrap();
        }
        if dice.below(10) == 0 {
            // Names that nobody has used, among them some that share all but a part with a real one.
            let strange: Vec<Key> = (0..6).map(|kind| row(&mut maker, kind, !n, 0).0).collect();
            for (key, found) in old_fetch.fetch(&strange).unwrap() {
                assert_eq!(found, Found::Nothing, "seed={seed} {key:?}");
            }
        }
    }
    drop(store);
    let audit = audit(&folder.db()).unwrap();
    assert!(audit.good(), "seed={seed}: {audit:?}");
    let db = Connection::open(folder.db()).unwrap();
    let number = |sql: &str| db.query_row(sql, [], |row| row.get::<_, u32>(0)).unwrap();
    reached.merged = reached.merged.max(number("SELECT max(level) FROM name_partitions"));
    let keys = model.0.values().filter(|(_, until)| until.is_some()).count();
    reached.forgotten += keys - number("SELECT count(*) FROM idempotency_keys") as usize;
}

#[test]
fn lookups_agree_with_a_plain_map() {
    let mut reached = Reached::default();
    for seed in seeds() {
        one_life(seed, &mut reached);
    }
    assert!(reached.merged >= 2, "partitions of merged partitions were merged");
    assert!(reached.forgotten > 0, "keys were dropped after their time");
    assert!(reached.cut_while_building > 0 && reached.cut_while_removing > 0);
}

/// Each kind of name that is there is refused the second time, be it recent or sealed.
#[test]
fn a_name_that_is_there_is_refused() {
    let limits = NameLimits { seal: 10, fan: 2, slice: 20, filter_bytes: 1 << 16 };
    for kind in [0, 1, 2, 4, 5] {
        for age in [0, 100] {
            let (folder, mut maker) = (Folder::new(), Maker::new());
            let mut store = SqliteStore::open_with(&folder.db(), limits).unwrap();
            let (_, first, _) = row(&mut maker, kind, 1, 0);
            maker.row(first);
            maker.commit(&mut store);
            for n in 0..age {
                let (_, more, _) = row(&mut maker, kind, 2 + n, 0);
                maker.row(more);
                maker.commit(&mut store);
            }
            assert_eq!(partitions(&folder.db(), "sealed") > 0, age > 0);
            let (_, second, _) = row(&mut maker, kind, 1, 1);
            maker.row(second);
            match store.commit(&maker.seal()) {
                Err(StoreError::Refused(why)) => assert!(why.contains("already"), "{why}"),
                other => panic!("kind {kind}, {age} names later: {other:?}"),
            }
        }
    }
}

#[test]
fn memory_holds_no_more_than_its_bound() {
    let limits = NameLimits { seal: 100, fan: 4, slice: 0, filter_bytes: 1 << 20 };
    let (folder, mut maker) = (Folder::new(), Maker::new());
    let mut store = SqliteStore::open_with(&folder.db(), limits).unwrap();
    let mut most = 0;
    for n in 0..6_000 {
        let (_, row, _) = row(&mut maker, (n % 6) as usize, n, 0);
        maker.row(row);
        if n % 5 == 4 {
            maker.commit(&mut store);
            most = most.max(store.names_in_memory());
        }
    }
    // Four tables; a table waits for no more than the sealing of the three others.
    assert!(most < 4 * 200, "{most}");
    let count = partitions(&folder.db(), "sealed");
    assert!((4..=4 * 3 * 3).contains(&count), "{count} partitions");
}

/// A small shop's keys leave a day at a time, in slices; what has to be known for ever stays.
#[test]
fn keys_leave_thirty_days_later_and_nothing_else_does() {
    const DAYS: u64 = 75;
    const A_DAY: u64 = 40;
    let limits = NameLimits { slice: 16, ..NameLimits::default() };
    let (folder, mut maker) = (Folder::new(), Maker::new());
    let mut store = SqliteStore::open_with(&folder.db(), limits).unwrap();
    let db = Connection::open(folder.db()).unwrap();
    let count = |table: &str| {
        let sql = format!("SELECT count(*) FROM {table}");
        db.query_row(&sql, [], |row| row.get::<_, u32>(0)).unwrap() as usize
    };
    let mut keys: Vec<(Key, Found, Timestamp)> = Vec::new();
    let (mut most_partitions, mut before) = (0, 0);
    for n in 0..DAYS * A_DAY {
        maker.pass(86_400_000 / A_DAY);
        for kind in [0, 2, 3, 5] {
            let (key, row, found) = row(&mut maker, kind, n, 0);
            maker.row(row);
            if kind == 0 {
                keys.push((key, found, maker.now));
            }
        }
        maker.commit(&mut store);
        let after = count("idempotency_keys");
        assert!(before + 1 - after <= 8 * 4 + 16, "a slice removed {} rows", before + 1 - after);
        before = after;
        most_partitions = most_partitions.max(partitions(&folder.db(), "sealed"));
    }
    let mut fetch = SqliteFetch::open(&folder.db()).unwrap();
    let names: Vec<_> = keys.iter().map(|(key, ..)| key.clone()).collect();
    let found = fetch.fetch(&names).unwrap();
    let gone: Vec<_> = found.iter().map(|(_, found)| *found == Found::Nothing).collect();
    for ((_, expected, at), (key, found)) in keys.iter().zip(&found) {
        // A partition holds three days at most, and the last row of one is sealed a day later.
        let age = maker.now.since(*at).0;
        let (kept, surely_gone) = (KEYS_KEPT.0, KEYS_KEPT.0 + 5 * 86_400_000);
        assert!(age > kept || found == expected, "{key:?} is gone after {age} ms");
        assert!(age < surely_gone || *found == Found::Nothing, "{key:?} stays for {age} ms");
    }
    assert!(gone.iter().filter(|gone| **gone).count() as u64 > 35 * A_DAY);
    assert!((10..=40).contains(&most_partitions), "{most_partitions}");
    let all = (DAYS * A_DAY) as usize;
    assert_eq!([count("reserve_keys"), count("orders"), count("used_names")], [all; 3]);
    assert!(count("idempotency_keys") < 36 * A_DAY as usize);
    drop(store);
    let audit = audit(&folder.db()).unwrap();
    assert!(audit.good(), "{audit:?}");
}

/// Readers look while partitions are made, merged and removed.
#[test]
fn a_name_is_found_while_partitions_change() {
    let limits = NameLimits { seal: 50, fan: 2, slice: 7, filter_bytes: 1 << 12 };
    let folder = Folder::new();
    let mut store = SqliteStore::open_with(&folder.db(), limits).unwrap();
    let (mut maker, known) = (Maker::new(), Mutex::new(Vec::<(Key, Found)>::new()));
    let (done, looked) = (AtomicBool::new(false), Mutex::new(0));
    std::thread::scope(|scope| {
        for reader in 0..2 {
            let (known, done, looked, folder) = (&known, &done, &looked, &folder);
            scope.spawn(move || {
                let mut fetch = SqliteFetch::open(&folder.db()).unwrap();
                let mut dice = Dice(reader);
                while !done.load(Ordering::SeqCst) {
                    let some: BTreeMap<Key, Found> = {
                        let known = known.lock().unwrap_or_else(PoisonError::into_inner);
                        if known.is_empty() {
                            continue;
                        }
                        (0..40).map(|_| known[dice.below(known.len())].clone()).collect()
                    };
                    let keys: Vec<Key> = some.keys().cloned().collect();
                    for (key, found) in fetch.fetch(&keys).unwrap() {
                        assert_eq!(found, some[&key], "{key:?}");
                    }
                    *looked.lock().unwrap() += 1;
                }
            });
        }
        let mut n = 0;
        for _ in 0..400 {
            let mut new = Vec::new();
            for _ in 0..20 {
                n += 1;
                let (key, row, found) = row(&mut maker, (n % 6) as usize, n, 0);
                maker.row(row);
                new.push((key, found));
            }
            maker.commit(&mut store);
            known.lock().unwrap_or_else(PoisonError::into_inner).extend(new);
        }
        done.store(true, Ordering::SeqCst);
    });
    assert!(*looked.lock().unwrap() > 10);
}

/// Each line is damage that somebody could do to the tables by hand; each must be found.
#[test]
fn damage_to_names_is_found() {
    let limits = NameLimits { seal: 20, fan: 3, slice: 30, filter_bytes: 1 << 16 };
    for damage in [
        "DELETE FROM name_index WHERE row = 3",
        "UPDATE name_index SET row = row + 1 WHERE row = 3",
        "UPDATE orders SET name = name + 1 WHERE seq = 3",
        "DELETE FROM used_names WHERE seq = 2",
        // Without the youngest its rows would count as recent, and would be found.
        "DELETE FROM name_partitions WHERE number =
            (SELECT min(number) FROM name_partitions WHERE source = 'orders')",
        "INSERT INTO orders SELECT 999, name, slot, merchant, number, id, tenant, amount, currency,
            last_payment, withdrawn_at, at FROM orders WHERE seq = 5",
        "INSERT INTO reserve_keys SELECT 999, name, slot, owner, route, key, hash, outcome, at
            FROM reserve_keys WHERE seq = 5",
    ] {
        let (folder, mut maker) = (Folder::new(), Maker::new());
        let mut store = SqliteStore::open_with(&folder.db(), limits).unwrap();
        for n in 0..300 {
            let (_, row, _) = row(&mut maker, (n % 6) as usize, n, 0);
            maker.row(row);
            if n % 10 == 9 {
                maker.commit(&mut store);
            }
        }
        drop(store);
        assert!(audit(&folder.db()).unwrap().good());
        let db = Connection::open(folder.db()).unwrap();
        assert!(db.execute(damage, []).unwrap() > 0, "{damage}");
        drop(db);
        let audit = audit(&folder.db()).unwrap();
        assert!(!audit.names_ok && !audit.good() && audit.chain_ok, "{damage}: {audit:?}");
    }
}
