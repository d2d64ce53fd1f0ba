//! The engine alone.

use std::time::{Duration, Instant};

use noren_core::command::{Caller, Command};
use noren_core::effects::{Effects, Found, Row, Seal};
use noren_core::engine::{Engine, Keep};
use noren_core::time::Timestamp;
use noren_store::{Batch, Hash};
use serde_json::{Value, json};

use super::load::{self, Random};

const CHUNK: u64 = 1_000;

#[derive(Default)]
struct Rows {
    payments: u64,
    orders: u64,
    keys: u64,
    used: u64,
    entries: u64,
    postings: u64,
    events: u64,
}

impl Rows {
    fn count(&mut self, effects: &Effects) {
        for row in &effects.rows {
            match row {
                Row::Payment(_) => self.payments += 1,
                Row::Order(_) => self.orders += 1,
                Row::Key(..) => self.keys += 1,
                Row::Used(..) => self.used += 1,
                Row::Entry(entry) => {
                    self.entries += 1;
                    self.postings += entry.postings.len() as u64;
                }
                Row::Event(_) => self.events += 1,
                Row::Quote(_) | Row::Credit(_) | Row::Movement(_) | Row::Directory(..) => {}
            }
        }
    }
}

/// As the runtime does it: prefetch (nothing is there), apply, seal at the end of the batch.
fn apply_all(
    engine: &mut Engine,
    now: Timestamp,
    commands: &[Command],
) -> anyhow::Result<(Vec<Effects>, Seal)> {
    let mut keys = Vec::new();
    for command in commands {
        engine.wants(now, command, &mut keys);
    }
    for key in keys {
        engine.admit(key, Found::Nothing);
    }
    let mut all = Vec::with_capacity(commands.len());
    for command in commands {
        let effects = loop {
            match engine.apply(now, command) {
                Ok(effects) => break effects,
                Err(missing) => {
                    missing.0.into_iter().for_each(|key| engine.admit(key, Found::Nothing))
                }
            }
        };
        all.push(effects);
    }
    let seal = engine.seal();
    // The batch before this one is durable by now; this one is on its way.
    engine.let_go(engine.batch().saturating_sub(2), Keep::default());
    Ok((all, seal))
}

/// Time on the wall and on the processor. On a machine that does other things too, only the latter
/// says what the work takes.
#[derive(Default)]
struct Spent {
    wall: Duration,
    processor: Duration,
}

impl Spent {
    fn time<T>(&mut self, work: impl FnOnce() -> T) -> T {
        let (wall, processor) = (Instant::now(), on_processor());
        let done = work();
        self.wall += wall.elapsed();
        self.processor += on_processor().saturating_sub(processor);
        done
    }

    fn report(&self, payments: u64) -> Value {
        let each = |spent: Duration| spent.as_secs_f64() * 1e6 / payments as f64;
        let rate = |spent: Duration| (payments as f64 / spent.as_secs_f64()).round();
        json!({
            "payments_per_second": rate(self.wall),
            "microseconds_per_payment": each(self.wall),
            "payments_per_processor_second": rate(self.processor),
            "processor_microseconds_per_payment": each(self.processor),
        })
    }
}

/// What this thread has had of a processor, as Linux counts it; zero elsewhere.
fn on_processor() -> Duration {
    let counted = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let ns = counted.split_whitespace().next().and_then(|ns| ns.parse().ok());
    Duration::from_nanos(ns.unwrap_or(0))
}

/// A batch in the bytes that the store hands to the database; gives how many.
fn encode(number: u64, now: Timestamp, all: Vec<Effects>, seal: Seal, out: &mut Vec<u8>) -> usize {
    let rows = all.into_iter().flat_map(|effects| effects.rows).collect();
    let batch = Batch { number, now, previous: Hash::default(), rows, seal };
    out.clear();
    noren_store::sqlite::encode(&batch, out);
    out.len()
}

/// Memory of this process as the system counts it, in MiB; `null` where it does not say.
fn resident_mib() -> Value {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    kib.map_or(Value::Null, |kib| (kib / 1024).into())
}

pub fn run(payments: u64) -> anyhow::Result<Value> {
    let mut random = Random(7);
    let mut engine = Engine::new(7);
    let mut now = Timestamp(1_795_000_000_000);
    for change in load::directory() {
        let body = noren_core::command::Body::Directory(change);
        let command = load::command(Caller::Operator, body, &mut random);
        apply_all(&mut engine, now, &[command])?;
    }
    let mut rows = Rows::default();
    let (mut deciding, mut encoding) = (Spent::default(), Spent::default());
    let (mut made, mut encoded, mut bytes) = (0, 0, Vec::new());
    let mut memory = Vec::new();
    while made < payments {
        let count = CHUNK.min(payments - made);
        now = Timestamp(now.0 + 10);
        let creates: Vec<Command> = (0..count)
            .map(|_| {
                let (caller, body) = load::create(&mut random);
                load::command(caller, body, &mut random)
            })
            .collect();
        let (created, seal) = deciding.time(|| apply_all(&mut engine, now, &creates))?;
        let answers = created
            .iter()
            .map(|effects| {
                let body = load::paid(load::payment_of(&effects.reply)?, &mut random);
                Ok(load::command(Caller::Runtime, body, &mut random))
            })
            .collect::<anyhow::Result<Vec<_>>>()?;
        created.iter().for_each(|effects| rows.count(effects));
        encoded += encoding.time(|| encode(made * 2 + 1, now, created, seal, &mut bytes));
        let (captured, seal) = deciding.time(|| apply_all(&mut engine, now, &answers))?;
        captured.iter().for_each(|effects| rows.count(effects));
        encoded += encoding.time(|| encode(made * 2 + 2, now, captured, seal, &mut bytes));
        made += count;
        if made * 10 / payments > (made - count) * 10 / payments {
            let held = engine.in_memory();
            memory.push(json!({
                "payments_made": made,
                "in_memory": held.total(),
                "open_payments": held.open,
                "resident_mib": resident_mib(),
            }));
        }
    }
    let mut sums = std::collections::BTreeMap::new();
    for account in engine.accounts() {
        *sums.entry(account.name.currency.alpha()).or_insert(0i128) +=
            i128::from(account.balance().minor());
    }
    anyhow::ensure!(sums.values().all(|sum| *sum == 0), "the books do not balance: {sums:?}");
    anyhow::ensure!(rows.postings == 8 * payments, "a bench payment has 8 postings");
    let both = Spent {
        wall: deciding.wall + encoding.wall,
        processor: deciding.processor + encoding.processor,
    };
    Ok(json!({
        "bench": "engine",
        "settings": { "payments": payments, "merchants": load::MERCHANTS, "commands_per_batch": CHUNK },
        "result": {
            "deciding": deciding.report(payments),
            "encoding": encoding.report(payments),
            "both": both.report(payments),
            "encoded_bytes_per_payment": encoded as u64 / payments.max(1),
        },
        "rows": {
            "payments_written": rows.payments, "orders": rows.orders, "keys": rows.keys,
            "used_names": rows.used, "entries": rows.entries, "postings": rows.postings,
            "events": rows.events,
        },
        "memory": memory,
        "audit": { "currencies": sums.len(), "balanced": true },
    }))
}
