//! Commit, then speak; and when nothing can be committed any more, end.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use noren_core::command::{Body, Caller};
use noren_core::directory::{Change, Tenant};
use noren_core::effects::{Found, Reply};
use noren_core::id::PaymentId;
use noren_core::keys::Key;
use noren_core::time::Timestamp;
use noren_runtime::{Config, ManualClock, NoCalls, Runtime, Unavailable};
use noren_store::{Batch, Fetch, Hash, Loaded, MemoryStore, Store, StoreError};

/// A store whose commits wait for a gate, or fail.
struct Gated {
    inner: MemoryStore,
    open: Arc<(Mutex<bool>, Condvar)>,
    fail: Arc<AtomicBool>,
}

impl Store for Gated {
    fn load(&mut self) -> Result<Loaded, StoreError> {
        self.inner.load()
    }

    fn commit(&mut self, batch: &Batch) -> Result<Hash, StoreError> {
        let (open, changed) = &*self.open;
        let mut open = open.lock().unwrap();
        while !*open {
            open = changed.wait(open).unwrap();
        }
        if self.fail.load(Ordering::SeqCst) {
            return Err(StoreError::Refused("the disk is gone".into()));
        }
        self.inner.commit(batch)
    }
}

struct Broken;

impl Fetch for Broken {
    fn fetch(&mut self, _: &[Key]) -> Result<Vec<(Key, Found)>, StoreError> {
        Err(StoreError::Refused("the disk is gone".into()))
    }
}

struct World {
    runtime: Runtime,
    gate: Arc<(Mutex<bool>, Condvar)>,
    fail: Arc<AtomicBool>,
    fatal: Arc<AtomicU32>,
}

fn world(fetch: Option<Box<dyn Fetch>>) -> World {
    let inner = MemoryStore::new();
    let gate = Arc::new((Mutex::new(true), Condvar::new()));
    let fail = Arc::new(AtomicBool::new(false));
    let fatal = Arc::new(AtomicU32::new(0));
    let mut store = Gated { inner: inner.clone(), open: gate.clone(), fail: fail.clone() };
    let loaded = store.load().unwrap();
    let counted = fatal.clone();
    let config = Config {
        on_fatal: Arc::new(move |_| {
            counted.fetch_add(1, Ordering::SeqCst);
        }),
        ..Config::default()
    };
    let clock = Arc::new(ManualClock::at(Timestamp(1_795_000_000_000)));
    let fetch = fetch.unwrap_or_else(|| Box::new(inner));
    let runtime =
        Runtime::start(loaded, Box::new(store), fetch, clock, Box::new(NoCalls), config).unwrap();
    World { runtime, gate, fail, fatal }
}

impl World {
    fn gate(&self, open: bool) {
        *self.gate.0.lock().unwrap() = open;
        self.gate.1.notify_all();
    }
}

fn change() -> Body {
    let name = "t".parse().unwrap();
    Body::Directory(Change::Tenant(Tenant { name, title: "T".into() }))
}

/// Needs something from the store.
fn lookup() -> Body {
    use noren_core::command::Resolve;
    use noren_core::id::{Entropy, Slot};
    let payment = PaymentId::new(Timestamp(1), Slot::new(3).unwrap(), Entropy(1), 0);
    let jpqr = "0000000000001-0001-000001-000001".into();
    Body::Resolve(Resolve { scanned: noren_core::command::Scanned::Order { jpqr, payment } })
}

#[tokio::test]
async fn nobody_hears_of_what_is_not_durable() {
    let world = world(None);
    let handle = world.runtime.handle();
    world.gate(false);
    let asked = tokio::spawn(async move { handle.submit(Caller::Operator, change()).await });
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert!(!asked.is_finished(), "a reply came before its commit");
    assert_eq!(world.runtime.handle().status().batch, 0);
    world.gate(true);
    assert_eq!(asked.await.unwrap(), Ok(Reply::Directory { version: 1 }));
}

#[tokio::test]
async fn a_refusal_waits_for_what_was_decided_before_it() {
    let world = world(None);
    world.gate(false);
    let (first, second) = (world.runtime.handle(), world.runtime.handle());
    let first = tokio::spawn(async move { first.submit(Caller::Operator, change()).await });
    tokio::time::sleep(Duration::from_millis(50)).await;
    // No rows of its own: but it could tell of the change before it.
    let second = tokio::spawn(async move { second.submit(Caller::Runtime, change()).await });
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert!(!first.is_finished() && !second.is_finished());
    world.gate(true);
    assert!(matches!(second.await.unwrap(), Ok(Reply::Refused { .. })));
    assert!(first.is_finished());
}

#[tokio::test]
async fn a_failed_commit_ends_it_and_promises_nothing() {
    let world = world(None);
    world.fail.store(true, Ordering::SeqCst);
    let handle = world.runtime.handle();
    assert_eq!(handle.submit(Caller::Operator, change()).await, Err(Unavailable::Stopping));
    assert_eq!(world.fatal.load(Ordering::SeqCst), 1);
    assert!(!handle.status().accepting);
    assert_eq!(handle.submit(Caller::Operator, change()).await, Err(Unavailable::Stopping));
}

#[tokio::test]
async fn a_failed_fetch_ends_it_too() {
    let world = world(Some(Box::new(Broken)));
    let handle = world.runtime.handle();
    let wallet = Caller::Wallet("w".parse().unwrap());
    assert_eq!(handle.submit(wallet, lookup()).await, Err(Unavailable::Stopping));
    // The caller may hear of it a moment earlier.
    for _ in 0..200 {
        if world.fatal.load(Ordering::SeqCst) == 1 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("a switch that cannot decide went on living");
}

#[tokio::test]
async fn a_stop_finishes_what_waits() {
    let world = world(None);
    let handle = world.runtime.handle();
    world.gate(false);
    let asked: Vec<_> = (0..50)
        .map(|_| {
            let handle = handle.clone();
            tokio::spawn(async move { handle.submit(Caller::Operator, change()).await })
        })
        .collect();
    tokio::time::sleep(Duration::from_millis(100)).await;
    world.gate(true);
    let (runtime, fatal) = (world.runtime, world.fatal);
    tokio::task::spawn_blocking(move || runtime.stop()).await.unwrap();
    for asked in asked {
        assert!(matches!(asked.await.unwrap(), Ok(Reply::Directory { .. })));
    }
    assert_eq!(fatal.load(Ordering::SeqCst), 0);
    assert_eq!(handle.submit(Caller::Operator, change()).await, Err(Unavailable::Stopping));
}
