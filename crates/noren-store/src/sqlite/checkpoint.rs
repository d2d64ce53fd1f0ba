//! Keeps the write-ahead log short.
//!
//! A second connection on a thread of its own copies the log into the database (passive
//! checkpoints), so the writer never pays for it inside a commit. But beside a writer that never
//! pauses, passive checkpoints never find the log complete, and it grows for ever; so the writer
//! waits between two batches when the log has passed [`LOG_MAX`] bytes, until it is copied. Its
//! next transaction then begins the log anew. Source: `reliability` facts, section 7.

use std::cell::Cell;
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rusqlite::Connection;

use crate::{Doing, StoreError};

/// The writer waits when the log is longer than this, in bytes.
pub const LOG_MAX: u64 = 64 << 20;
/// The log is copied when so many bytes of it are not in the database yet. Much less copies the
/// same pages again and again.
const LOG_ASK: u64 = 16 << 20;
/// What was left is copied after so long a pause.
const IDLE: Duration = Duration::from_secs(1);
/// A reader that holds an old view (a long audit) keeps the log from being copied completely.
/// Payments wait for it no longer than this, and not again before the log has grown by [`LOG_MAX`].
const HOLD_MAX: Duration = Duration::from_secs(1);

/// How long the log is, in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Log {
    /// In it.
    pub size: u64,
    /// Of it, not yet in the database.
    pub waiting: u64,
}

#[derive(Default)]
struct State {
    asked: bool,
    stop: bool,
    rounds: u64,
    failed: Option<String>,
}

struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        // Every change of the state is one assignment: it is whole even if a thread panicked.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The thread, from the writer's side.
pub(super) struct Checkpointer {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
    page_size: u64,
    /// How long the log was when waiting for it was given up; the next wait comes when it has
    /// grown by as much again.
    held_at: Cell<Option<u64>>,
}

/// Asks SQLite how long the log is; does no work and takes no lock.
pub(super) fn log(connection: &Connection, page_size: u64) -> Result<Log, StoreError> {
    let mut statement =
        connection.prepare_cached("PRAGMA wal_checkpoint(NOOP)").doing("measuring the log")?;
    let (size, copied) = statement
        .query_row([], |row| Ok((row.get::<_, i64>(1)?, row.get::<_, i64>(2)?)))
        .doing("measuring the log")?;
    let (size, copied) = (size.max(0).unsigned_abs(), copied.max(0).unsigned_abs());
    Ok(Log { size: size * page_size, waiting: size.saturating_sub(copied) * page_size })
}

impl Checkpointer {
    /// Starts the thread with a connection of its own.
    pub fn start(path: &Path, page_size: u64) -> Result<Self, StoreError> {
        let connection = super::connect(path, super::Access::Write)?;
        let shared = Arc::new(Shared { state: Mutex::default(), changed: Condvar::new() });
        let theirs = shared.clone();
        let thread = std::thread::Builder::new()
            .name("noren-checkpoint".into())
            .spawn(move || work(&connection, &theirs))
            .map_err(|error| StoreError::Unfit(format!("no thread for checkpoints: {error}")))?;
        Ok(Self { shared, thread: Some(thread), page_size, held_at: Cell::new(None) })
    }

    /// After a commit: has the log copied if it is worth it.
    pub fn committed(&self, writer: &Connection) -> Result<(), StoreError> {
        if log(writer, self.page_size)?.waiting >= LOG_ASK {
            self.shared.lock().asked = true;
            self.shared.changed.notify_all();
        }
        Ok(())
    }

    /// Before a commit: waits while the log is too long. Errors when a checkpoint has failed.
    pub fn hold(&self, writer: &Connection) -> Result<(), StoreError> {
        let until = Instant::now() + HOLD_MAX;
        let mut enough = self.held_at.get().map_or(LOG_MAX, |size| size + LOG_MAX);
        loop {
            if let Some(failed) = &self.shared.lock().failed {
                return Err(StoreError::Refused(format!("a checkpoint failed: {failed}")));
            }
            let log = log(writer, self.page_size)?;
            if log.size <= LOG_MAX {
                self.held_at.set(None);
                enough = LOG_MAX;
            }
            if log.size <= enough || log.waiting == 0 {
                return Ok(());
            }
            if Instant::now() >= until {
                // A long reader keeps the log. Waiting again before every commit would stop the
                // switch for as long as somebody looks at it.
                self.held_at.set(Some(log.size));
                return Ok(());
            }
            let mut state = self.shared.lock();
            let round = state.rounds;
            state.asked = true;
            self.shared.changed.notify_all();
            while state.rounds == round && Instant::now() < until {
                let left = until.saturating_duration_since(Instant::now());
                let waited = self.shared.changed.wait_timeout(state, left);
                state = waited.unwrap_or_else(PoisonError::into_inner).0;
            }
            drop(state);
            // A round that could copy nothing takes no time; asking again at once would spin.
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    /// Ends the thread and waits for it; its connection is closed then.
    pub fn stop(&mut self) {
        self.shared.lock().stop = true;
        self.shared.changed.notify_all();
        if let Some(thread) = self.thread.take() {
            // A panic of the thread has been reported by the panic hook; nothing is left to do.
            let _ = thread.join();
        }
    }
}

impl Drop for Checkpointer {
    fn drop(&mut self) {
        self.stop();
    }
}

fn work(connection: &Connection, shared: &Shared) {
    loop {
        {
            let mut state = shared.lock();
            while !state.asked && !state.stop {
                let waited = shared.changed.wait_timeout(state, IDLE);
                let (next, timeout) = waited.unwrap_or_else(PoisonError::into_inner);
                state = next;
                if timeout.timed_out() {
                    break;
                }
            }
            if state.stop {
                return;
            }
            state.asked = false;
        }
        let done = connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()));
        let mut state = shared.lock();
        state.rounds += 1;
        if let Err(error) = done {
            // Written pages may be lost from here on: the writer must stop (crash-only).
            state.failed = Some(error.to_string());
        }
        drop(state);
        shared.changed.notify_all();
    }
}
