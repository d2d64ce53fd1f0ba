//! The durable path.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use anyhow::Context;

use noren_core::command::{Body, Caller};
use noren_core::effects::Reply;
use noren_runtime::{BootClock, Config, Handle, NoCalls, Runtime};
use noren_store::{SqliteFetch, SqliteStore, Store};
use serde_json::{Value, json};

use super::load::{self, Random};

pub fn run(payments: u64, clients: u64, data: Option<PathBuf>) -> anyhow::Result<Value> {
    // A new folder below the one that was named: whatever else lies there is not ours to remove.
    let parent = data.unwrap_or_else(std::env::temp_dir);
    let folder = parent.join(format!("noren-bench-{}", std::process::id()));
    std::fs::create_dir(&folder).with_context(|| format!("making {}", folder.display()))?;
    let path = folder.join("bench.db");
    let mut store = SqliteStore::open(&path)?;
    let loaded = store.load()?;
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
    let at = |share: f64| {
        waits.get(((waits.len() - 1) as f64 * share) as usize).copied().unwrap_or(0) as f64 / 1e3
    };
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
        "settings": { "payments": payments, "clients": clients, "merchants": load::MERCHANTS, "synchronous": "FULL" },
        "result": {
            "payments_per_second": (payments as f64 / seconds).round(),
            "seconds": seconds,
            "commits": batches,
            "payment_ms": { "p50": at(0.50), "p95": at(0.95), "p99": at(0.99), "max": at(1.0) },
            "bytes_per_payment": bytes / payments.max(1),
        },
        "rows": counts,
        "audit": { "passed": true, "postings": audit.postings, "batches": audit.batches },
    }))
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
