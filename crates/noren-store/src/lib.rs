//! What must be durable, behind one trait, and the reads that lists are made of.
//!
//! The database is the journal: a [`Batch`] is everything that a group of commands changed, and it
//! is committed in one transaction or not at all. The tables are ordinary SQL that an auditor can
//! read. This crate decides nothing.

pub mod chain;
pub mod counter;
pub mod memory;
pub mod outbox;
mod plan;
pub mod sqlite;

pub use memory::{Fault, MemoryStore};
pub use sqlite::{Reads, SqliteFetch, SqliteStore};

use noren_core::credit::Credit;
use noren_core::day::DayTotal;
use noren_core::directory::Change;
use noren_core::effects::{Found, Row, Seal};
use noren_core::id::Slot;
use noren_core::keys::Key;
use noren_core::ledger::{Account, Head};
use noren_core::payment::Payment;
use noren_core::time::Timestamp;

/// SHA-256.
pub type Hash = [u8; 32];

/// Everything that a group of commands changed.
#[derive(Clone, Debug)]
pub struct Batch {
    /// One more than the batch before; the first is 1.
    pub number: u64,
    /// The engine's time of the last command in it.
    pub now: Timestamp,
    /// The hash of the batch before; zeros before the first.
    pub previous: Hash,
    /// Rows in the order in which they were decided. A later row replaces an earlier one.
    pub rows: Vec<Row>,
    /// Totals and sequence heads after the last command.
    pub seal: Seal,
}

/// What a start needs in memory.
#[derive(Clone, Debug, Default)]
pub struct Loaded {
    /// Number of the last batch; 0 for an empty store.
    pub number: u64,
    /// Its hash.
    pub hash: Hash,
    /// Its time; the engine's clock never starts behind it.
    pub now: Option<Timestamp>,
    /// Every change of the directory, in order.
    pub directory: Vec<(u64, Change)>,
    /// Every account, by slot and number.
    pub accounts: Vec<Account>,
    /// How far each slot's sequences have come.
    pub heads: Vec<(Slot, Head)>,
    /// Payments that can still change by themselves, with refunds and strays.
    pub open: Vec<Payment>,
    /// Credits that belong to no payment and are not yet where they belong.
    pub credits: Vec<Credit>,
    /// Totals of days that payments which can still change count in.
    pub days: Vec<DayTotal>,
}

/// Why the store did not do what was asked. After an error from [`Store::commit`] the caller must
/// not go on: it ends, and the next start recovers from what is durable.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database said no.
    #[error("the database failed while {doing}: {source}")]
    Database {
        /// What was being done.
        doing: &'static str,
        /// Why.
        #[source]
        source: rusqlite::Error,
    },
    /// What was read is not what was written.
    #[error("the database holds something that was not written by this program: {0}")]
    Corrupt(String),
    /// The database library, a setting or the place is not good enough, or somebody else writes.
    #[error("{0}")]
    Unfit(String),
    /// The store takes no such batch: it is not the next one, or a commit has failed before.
    #[error("the batch is refused: {0}")]
    Refused(String),
    /// All read connections were in use for the whole time that a read may wait. Nothing is wrong
    /// with the data; the caller may come again.
    #[error("all read connections are busy")]
    Busy,
}

/// Says what was being done when the database failed.
pub(crate) trait Doing<T> {
    fn doing(self, doing: &'static str) -> Result<T, StoreError>;
}

impl<T> Doing<T> for Result<T, rusqlite::Error> {
    fn doing(self, doing: &'static str) -> Result<T, StoreError> {
        self.map_err(|source| StoreError::Database { doing, source })
    }
}

/// The one writer's side. One instance writes to a database at a time.
pub trait Store: Send {
    /// Reads what a start needs.
    fn load(&mut self) -> Result<Loaded, StoreError>;

    /// Makes the batch durable: when this returns `Ok`, it survives a power cut. All of it is
    /// visible afterwards, or, after an error, possibly none or all of it, never a part.
    /// Gives the batch's hash.
    fn commit(&mut self, batch: &Batch) -> Result<Hash, StoreError>;
}

/// The prefetch side. May run beside the writer; sees committed batches only.
pub trait Fetch: Send {
    /// What the store has for each key, in the same order.
    fn fetch(&mut self, keys: &[Key]) -> Result<Vec<(Key, Found)>, StoreError>;
}
