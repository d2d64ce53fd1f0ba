//! The durable path.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use anyhow::Context;

use noren_core::Text;
use noren_core::command::{Body, Caller};
use noren_core::effects::{Reply, Row, Seal};
use noren_core::id::{Entropy, MerchantId, OrderId, PaymentId, Slot, TenantName, WalletName};
use noren_core::keys::{
    KeyName, KeyOutcome, KeyOwner, KeyRecord, Order, OrderName, OrderStand, Route, Used, UsedName,
    Wanted,
};
use noren_core::money::{Currency, Money};
use noren_core::time::Timestamp;
use noren_runtime::{BootClock, Config, Handle, NoCalls, Runtime};
use noren_store::{Batch, Hash, Loaded, SqliteFetch, SqliteStore, Store, StoreError};
use serde_json::{Value, json};

use super::load::{self, Random};

pub fn run(
    payments: u64,
    clients: u64,
    old_payments: u64,
    data: Option<PathBuf>,
) -> anyhow::Result<Value> {
    // A new folder below the one that was named: whatever else lies there is not ours to remove.
    let parent = data.unwrap_or_else(std::env::temp_dir);
    let folder = parent.join(format!("noren-bench-{}", std::process::id()));
    std::fs::create_dir(&folder).with_context(|| format!("making {}", folder.display()))?;
    let path = folder.join("bench.db");
    let mut store = SqliteStore::open(&path)?;
    let filled = fill(&mut store, old_payments)?;
    let old_bytes = std::fs::metadata(&path)?.len();
    let loaded = store.load()?;
    let took = Arc::new(Mutex::new(Vec::new()));
    let store = Timed { store, took: took.clone() };
    let fetch = SqliteFetch::open(&path)?;
    let clock = Arc::new(BootClock::start(loaded.now));
    let runtime = Runtime::start(
        loaded,
        Box::new(store),
        Box::new(fetch),
        clock,
        Box::new(NoCalls),
        Config::default(),
    )?;
    let handle = runtime.handle();
    let threads = tokio::runtime::Builder::new_multi_thread().worker_threads(1).build()?;
    let before = handle.status().batch;
    let (seconds, mut waits) = threads.block_on(async {
        for change in load::directory() {
            let reply = handle.submit(Caller::Operator, Body::Directory(change)).await?;
            anyhow::ensure!(matches!(reply, Reply::Directory { .. }), "{reply:?}");
        }
        let left = Arc::new(AtomicU64::new(payments));
        let start = Instant::now();
        let tasks: Vec<_> =
            (0..clients).map(|n| tokio::spawn(client(handle.clone(), left.clone(), n))).collect();
        let mut waits = Vec::with_capacity(payments as usize);
        for task in tasks {
            waits.extend(task.await??);
        }
        anyhow::Ok((start.elapsed().as_secs_f64(), waits))
    })?;
    let batches = handle.status().batch - before;
    runtime.stop();
    waits.sort_unstable();
    let mut commits = std::mem::take(&mut *took.lock().unwrap_or_else(PoisonError::into_inner));
    commits.sort_unstable();
    let audit = noren_store::sqlite::audit(&path)?;
    let bytes = std::fs::metadata(&path)?.len();
    let counts = noren_store::Reads::open(&path, 1)?.counts()?;
    let counts: serde_json::Map<String, Value> =
        counts.into_iter().map(|count| (count.table.to_owned(), count.rows.into())).collect();
    anyhow::ensure!(
        audit.good(),
        "the file does not pass the audit, and is kept at {}: {audit:?}",
        path.display()
    );
    anyhow::ensure!(audit.postings == 8 * payments, "a bench payment has 8 postings");
    std::fs::remove_dir_all(&folder)?;
    Ok(json!({
        "bench": "store",
        "settings": { "payments": payments, "clients": clients, "old_names": filled, "merchants": load::MERCHANTS, "synchronous": "FULL" },
        "result": {
            "payments_per_second": (payments as f64 / seconds).round(),
            "seconds": seconds,
            "commits": batches,
            "payment_ms": spread(&waits),
            "commit_ms": spread(&commits),
            "bytes_per_payment": bytes.saturating_sub(old_bytes) / payments.max(1),
        },
        "rows": counts,
        "audit": { "passed": true, "postings": audit.postings, "batches": audit.batches },
    }))
}

/// Milliseconds, of microseconds in rising order.
fn spread(sorted: &[u64]) -> Value {
    let at = |share: f64| {
        let place = (sorted.len().saturating_sub(1) as f64 * share) as usize;
        sorted.get(place).copied().unwrap_or(0) as f64 / 1e3
    };
    json!({ "p50": at(0.50), "p95": at(0.95), "p99": at(0.99), "max": at(1.0) })
}

/// A store that notes how long each commit takes.
struct Timed {
    store: SqliteStore,
    took: Arc<Mutex<Vec<u64>>>,
}

impl Store for Timed {
    fn load(&mut self) -> Result<Loaded, StoreError> {
        self.store.load()
    }

    fn commit(&mut self, batch: &Batch) -> Result<Hash, StoreError> {
        let start = Instant::now();
        let done = self.store.commit(batch);
        let mut took = self.took.lock().unwrap_or_else(PoisonError::into_inner);
        took.push(start.elapsed().as_micros() as u64);
        done
    }
}

/// When the earlier payments were: long before those that are timed.
const BORN: Timestamp = Timestamp(1_795_000_000_000);

/// The names that earlier payments left: an idempotency key, an order, a payment code's hash and a
/// wallet's transaction id each. Gives how many.
fn fill(store: &mut SqliteStore, payments: u64) -> anyhow::Result<u64> {
    const AT_ONCE: u64 = 2_000;
    let mut random = Random(0x01D0_0000_0000);
    let Loaded { mut number, mut hash, .. } = store.load()?;
    for first in (0..payments).step_by(AT_ONCE as usize) {
        number += 1;
        let rows = (first..payments.min(first + AT_ONCE)).flat_map(|_| names(&mut random));
        let seal = Seal::default();
        let (now, rows) = (BORN, rows.collect());
        hash = store.commit(&Batch { number, now, previous: hash, rows, seal })?;
    }
    Ok(4 * payments)
}

/// The names that a payment leaves, without the payment.
fn names(random: &mut Random) -> [Row; 4] {
    let slot =
        Slot::new((random.next() % u64::from(load::MERCHANTS)) as u16).unwrap_or(Slot::HOUSE);
    let merchant = MerchantId::new(BORN, slot, Entropy(0), 0);
    let wallet = WalletName::new("bench").expect("the name is well-formed");
    let tenant = TenantName::new("bench").expect("the name is well-formed");
    let id = |random: &mut Random| Entropy(random.wide());
    let payment = PaymentId::new(BORN, slot, id(random), 0);
    let order = OrderId::new(BORN, slot, id(random), 1);
    let key: Text = format!("{:032x}", random.wide()).into();
    let name =
        KeyName { slot, owner: KeyOwner::Merchant(merchant), route: Route::PaymentCreate, key };
    let record = KeyRecord { hash: [7; 32], outcome: KeyOutcome::Payment(payment), at: BORN };
    let number: Text = format!("order-{:016x}", random.next()).into();
    let amount = Money::new(1_200, Currency::JPY);
    let order = Order {
        id: order,
        name: OrderName { merchant, number },
        tenant,
        stand: OrderStand::Wanted(Wanted { amount, last: payment }),
        at: BORN,
    };
    let code = format!("{:032x}{:032x}", random.wide(), random.wide()).into();
    let receipt = format!("w{:024x}", random.wide() >> 32).into();
    let used = |what, text| UsedName { slot, wallet, what, text };
    [
        Row::Key(name, record),
        Row::Order(order),
        Row::Used(used(Used::PaymentCode, code), payment.into(), BORN),
        Row::Used(used(Used::Receipt, receipt), payment.into(), BORN),
    ]
}

/// One client: asks for a payment, waits until it is durable, brings the wallet's answer, waits
/// again. Gives the microseconds each payment took from first to last.
async fn client(handle: Handle, left: Arc<AtomicU64>, n: u64) -> anyhow::Result<Vec<u64>> {
    let mut random = Random(0x5EED_0000_0000 + n * 7_919);
    let mut waits = Vec::new();
    while left
        .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1))
        .is_ok()
    {
        let start = Instant::now();
        let (caller, body) = load::create(&mut random);
        let created = handle.submit(caller, body).await?;
        let answer = load::paid(load::payment_of(&created)?, &mut random);
        let reply = handle.submit(Caller::Runtime, answer).await?;
        anyhow::ensure!(matches!(reply, Reply::Noted), "{reply:?}");
        waits.push(start.elapsed().as_micros() as u64);
    }
    Ok(waits)
}
