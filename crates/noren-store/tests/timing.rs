//! How fast full payments are committed. Run by hand, alone on the machine:
//!
//! ```text
//! cargo test --release -p noren-store --test timing -- --ignored --nocapture
//! ```

mod common;

use std::time::{Duration, Instant};

use common::{Folder, Maker, slot};
use noren_core::payment::Payment;
use noren_store::{SqliteStore, Store};

/// Nanoseconds that this thread has been on a processor: does not count what others take of it.
fn on_cpu() -> f64 {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    text.split(' ').next().and_then(|n| n.parse().ok()).unwrap_or(0.0)
}

/// Makes the tables of `OFF` (names with commas between) swallow what is inserted, and drops the
/// indexes of `DROP`, to see what each costs. The file does not pass its audit then.
fn switch_off(folder: &Folder) -> bool {
    let list = |name: &str| std::env::var(name).unwrap_or_default();
    let (off, drop) = (list("OFF"), list("DROP"));
    let db = rusqlite::Connection::open(folder.db()).unwrap();
    for table in off.split(',').filter(|table| !table.is_empty()) {
        let sql = format!(
            "CREATE TRIGGER off_{table} BEFORE INSERT ON {table} BEGIN SELECT RAISE(IGNORE); END"
        );
        db.execute_batch(&sql).unwrap();
    }
    for index in drop.split(',').filter(|index| !index.is_empty()) {
        db.execute_batch(&format!("DROP INDEX {index}")).unwrap();
    }
    !(off.is_empty() && drop.is_empty())
}

/// The names that `payments` earlier payments have left: four each, as random as clients make them.
fn old_names(store: &mut SqliteStore, maker: &mut Maker, payments: usize) {
    let started = Instant::now();
    for n in 0..payments {
        let merchant = Maker::merchant(slot((n % 256) as u16), (n % 200) as u64);
        maker.names_only(merchant);
        if n % 5_000 == 4_999 || n + 1 == payments {
            maker.pass(1_000);
            maker.commit(store);
        }
    }
    if payments > 0 {
        println!("{} old names in {:.1} s", 4 * payments, started.elapsed().as_secs_f64());
    }
}

/// Each payment is two commits: created in one batch, captured in the next.
#[test]
#[ignore = "a measurement, not a check"]
fn commits_of_full_payments() {
    let number = |name: &str, or: usize| std::env::var(name).map_or(or, |n| n.parse().unwrap());
    let (size, rounds, slots) = (number("SIZE", 1_000), number("ROUNDS", 100), number("SLOTS", 64));
    let folder = Folder::new();
    let mut store = SqliteStore::open(&folder.db()).unwrap();
    let off = switch_off(&folder);
    let mut maker = Maker::new();
    old_names(&mut store, &mut maker, number("OLD", 0));
    let mut waiting: Vec<Payment> = Vec::new();
    let (mut took, mut slowest, mut rows, mut log) = (Duration::ZERO, Duration::ZERO, 0, 0);
    let (mut before, mut logged) = (0, 0);
    let (begun, mut cpu) = (Instant::now(), 0.0);
    for round in 0..=rounds {
        let mut next = Vec::with_capacity(size);
        for n in 0..size * usize::from(round < rounds) {
            if n % 10 == 0 {
                maker.pass(1);
            }
            next.push(maker.create(Maker::merchant(slot((n % slots) as u16), (n % 200) as u64)));
        }
        for mut payment in std::mem::replace(&mut waiting, next) {
            maker.capture(&mut payment);
        }
        let batch = maker.seal();
        rows += batch.rows.len();
        let (started, cpu_before) = (Instant::now(), on_cpu());
        maker.previous = store.commit(&batch).unwrap();
        let this = started.elapsed();
        cpu += on_cpu() - cpu_before;
        took += this;
        slowest = slowest.max(this);
        let size = store.log().unwrap().size;
        log = log.max(size);
        // A log that is shorter than before has begun anew.
        logged += if size >= before { size - before } else { size };
        before = size;
    }
    let payments = (size * rounds) as f64;
    println!(
        "{payments} payments of two commits, {size} a batch, {slots} slots: {:.0} payments/s, {:.0} rows/s, \
         {:.0} µs of the writer's processor a payment, slowest commit {:.1} ms, longest log {} MB, {:.0} bytes a payment, {:.2} pages logged a payment, whole run {:.1} s",
        payments / took.as_secs_f64(),
        rows as f64 / took.as_secs_f64(),
        cpu / 1e3 / payments,
        slowest.as_secs_f64() * 1e3,
        log >> 20,
        std::fs::metadata(folder.db()).unwrap().len() as f64 / payments,
        logged as f64 / 4_096.0 / payments,
        begun.elapsed().as_secs_f64(),
    );
    if off {
        return;
    }
    let started = Instant::now();
    let loaded = store.load().unwrap();
    println!(
        "load with its check of {} batches: {:.2} s",
        loaded.number,
        started.elapsed().as_secs_f64()
    );
    drop(store);
    let started = Instant::now();
    let audit = noren_store::sqlite::audit(&folder.db()).unwrap();
    assert!(audit.good(), "{audit:?}");
    println!(
        "audit of {} payments, {} postings: {:.2} s",
        audit.payments,
        audit.postings,
        started.elapsed().as_secs_f64()
    );
}
