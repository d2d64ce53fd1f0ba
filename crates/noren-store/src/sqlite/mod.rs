//! SQLite: one file, one writer, readers beside it.
//!
//! Settings and their reasons: `reliability` facts, section 7. They are set when a connection is
//! opened and read back, because a setting that SQLite did not take is silent.

mod audit;
mod checkpoint;
mod codec;
mod days;
mod doubt;
mod fetch;
mod ledger;
mod lists;
mod load;
mod migrate;
mod movements;
mod names;
mod pending;
mod reads;
mod tables;
mod takings;
mod verify;
mod write;

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::time::Duration;

use noren_core::time::Timestamp;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, TransactionBehavior};

pub use audit::{Audit, audit};
pub use checkpoint::{LOG_MAX, Log};
pub use doubt::{Doubted, WalletDoubt};
pub use fetch::SqliteFetch;
pub use ledger::{
    AccountTotal, Check, FAULTS_SHOWN, Statement, StatementLine, StatementPart, prove,
};
pub use lists::{Cursor, PAGE_MAX, Page, PaymentFilter, RefundRow, Scope, StrayRow};
pub use names::{KEYS_KEPT, NameLimits};
pub use reads::{CurrencyTotal, EventPage, LastBatch, Owed, Reads, TableCount, WalletPosition};
pub use tables::encode;
pub use takings::{Taking, Takings};
pub use verify::Verified;

use crate::chain::Content;
use crate::plan::Plan;
use crate::{Batch, Doing, Hash, Loaded, Store, StoreError};

/// The oldest SQLite that is good enough, as its library numbers itself: 3.51.3. Earlier ones can
/// lose commits when two connections write and checkpoint at once.
pub const VERSION_MIN: i32 = 3_051_003;

/// A start looks back over so many batches.
pub const VERIFY_BATCHES: u64 = 1_000;
/// And over at most so many rows of them, so that a start after a day of full batches does not
/// take minutes. The last batch is always checked.
pub const VERIFY_ROWS: u64 = 1_000_000;

/// How long a connection waits for a lock. Only recovery and schema changes take one that
/// conflicts.
const LOCK_WAIT: Duration = Duration::from_secs(5);

/// What a connection is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    Write,
    Read,
}

/// The settings of a connection as SQLite reports them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The library's number: 3.51.3 is 3051003.
    pub version: i32,
    /// `wal`.
    pub journal_mode: String,
    /// 2 is FULL.
    pub synchronous: i64,
    /// 1 is on.
    pub foreign_keys: i64,
    /// Bytes of the file that are mapped into memory: 0.
    pub mmap_size: i64,
    /// 0: the log is copied by a thread of ours.
    pub wal_autocheckpoint: i64,
}

/// Errors below the floor of [`VERSION_MIN`].
pub fn version_check(version: i32) -> Result<(), StoreError> {
    if version >= VERSION_MIN {
        return Ok(());
    }
    let part = |n: i32| (n / 1_000_000, n / 1_000 % 1_000, n % 1_000);
    let ((a, b, c), (x, y, z)) = (part(version), part(VERSION_MIN));
    Err(StoreError::Unfit(format!(
        "SQLite {a}.{b}.{c} can lose commits; {x}.{y}.{z} or later is needed"
    )))
}

/// Opens a connection, sets what must be set and reads it back.
pub(crate) fn connect(path: &Path, access: Access) -> Result<Connection, StoreError> {
    const DOING: &str = "opening the database";
    version_check(rusqlite::version_number())?;
    let flags = match access {
        Access::Write => OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE,
        Access::Read => OpenFlags::SQLITE_OPEN_READ_ONLY,
    };
    let connection =
        Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX).doing(DOING)?;
    connection.busy_timeout(LOCK_WAIT).doing(DOING)?;
    connection.set_prepared_statement_cache_capacity(128);
    let set = |name: &str, value: &str| connection.pragma_update(None, name, value).doing(DOING);
    set("mmap_size", "0")?;
    set("foreign_keys", "ON")?;
    set("temp_store", "MEMORY")?;
    match access {
        Access::Write => {
            set("journal_mode", "WAL")?;
            set("synchronous", "FULL")?;
            set("wal_autocheckpoint", "0")?;
            // 64 MiB: the upper pages of all trees and the ends at which rows are appended.
            set("cache_size", "-65536")?;
        }
        Access::Read => set("query_only", "ON")?,
    }
    let settings = settings(&connection)?;
    let journal =
        settings.journal_mode == "wal" && settings.foreign_keys == 1 && settings.mmap_size == 0;
    let durable = settings.synchronous == 2 && settings.wal_autocheckpoint == 0;
    if !journal || (access == Access::Write && !durable) {
        return Err(StoreError::Unfit(format!("SQLite did not take its settings: {settings:?}")));
    }
    Ok(connection)
}

fn settings(connection: &Connection) -> Result<Settings, StoreError> {
    const DOING: &str = "reading settings back";
    let number = |name: &str| {
        connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0)).doing(DOING)
    };
    Ok(Settings {
        version: rusqlite::version_number(),
        journal_mode: connection
            .pragma_query_value(None, "journal_mode", |row| row.get(0))
            .doing(DOING)?,
        synchronous: number("synchronous")?,
        foreign_keys: number("foreign_keys")?,
        // Without memory mapping compiled in, the pragma gives no row at all.
        mmap_size: number("mmap_size").unwrap_or(0),
        wal_autocheckpoint: number("wal_autocheckpoint")?,
    })
}

/// True when another process, or another writer of this one, has the database open for writing.
/// A moment later it may be different; only opening it says for certain.
pub fn is_locked(path: &Path) -> bool {
    let lock = std::fs::File::open(lock_path(path));
    lock.is_ok_and(|lock| matches!(lock.try_lock(), Err(std::fs::TryLockError::WouldBlock)))
}

/// The path of the lock that belongs to a database: `noren.db` has `noren.db.lock` beside it.
pub fn lock_path(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    name.into()
}

/// Takes the lock for the life of the process; the system lets go of it however we end.
fn lock(path: &Path) -> Result<File, StoreError> {
    let place = lock_path(path);
    let unfit =
        |why: &dyn std::fmt::Display| StoreError::Unfit(format!("{}: {why}", place.display()));
    let file = File::options().create(true).truncate(false).write(true).open(&place);
    let file = file.map_err(|error| unfit(&error))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(unfit(&format_args!(
            "another process writes to {}; one writer at a time",
            path.display()
        ))),
        Err(TryLockError::Error(error)) => Err(unfit(&error)),
    }
}

/// The one writer. Dropping it copies the log into the database and lets the next writer in.
pub struct SqliteStore {
    connection: Connection,
    checkpointer: checkpoint::Checkpointer,
    page_size: u64,
    last: LastBatch,
    names: names::index::Index,
    sealer: names::seal::Sealer,
    /// Why no further batch is taken.
    poisoned: Option<String>,
    // Last, so that it is let go of after the connection is closed.
    _lock: File,
}

impl SqliteStore {
    /// Opens or makes a database: takes the writer's lock, checks the library and the settings,
    /// brings the schema to its last step. Errors: [`StoreError::Unfit`] says what a person must
    /// change. [`Store::load`] checks the data itself.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        Self::open_with(path, NameLimits::default())
    }

    /// As [`SqliteStore::open`], with limits of one's own for the sealing of names. They may differ
    /// from one start to the next.
    pub fn open_with(path: &Path, limits: NameLimits) -> Result<Self, StoreError> {
        let lock = lock(path)?;
        let mut connection = connect(path, Access::Write)?;
        migrate::run(&mut connection, migrate::STEPS)?;
        let page_size =
            connection.pragma_query_value(None, "page_size", |row| row.get::<_, u32>(0));
        let page_size = u64::from(page_size.doing("reading settings back")?);
        let checkpointer = checkpoint::Checkpointer::start(path, page_size)?;
        let last = load::last(&connection)?;
        let mut names = names::index::Index::new(limits.filter_bytes);
        let mut sealer = names::seal::Sealer::resume(&connection, limits)?;
        let now = last.now.unwrap_or(Timestamp(0));
        sealer.catch_up(&mut connection, &mut names, now)?;
        let poisoned = None;
        Ok(Self { connection, checkpointer, page_size, last, names, sealer, poisoned, _lock: lock })
    }

    /// The settings as SQLite reports them.
    pub fn settings(&self) -> Result<Settings, StoreError> {
        settings(&self.connection)
    }

    /// How long the write-ahead log is.
    pub fn log(&self) -> Result<Log, StoreError> {
        checkpoint::log(&self.connection, self.page_size)
    }

    /// Names that the writer holds in memory, of all kinds; see [`NameLimits::seal`].
    pub fn names_in_memory(&self) -> usize {
        names::Family::ALL.into_iter().map(|family| self.names.recent(family)).sum()
    }

    /// Reads the last batches back and checks chain and balance: at most `batches` of them and
    /// about `rows` rows, but always the last one. Errors with [`StoreError::Corrupt`].
    pub fn verify_last(&self, batches: u64, rows: u64) -> Result<Verified, StoreError> {
        verify::last(&self.connection, batches, rows)
    }

    /// Reads every batch back. See [`SqliteStore::verify_last`].
    pub fn verify_all(&self) -> Result<Verified, StoreError> {
        verify::all(&self.connection)
    }

    fn write(&mut self, batch: &Batch) -> Result<Hash, StoreError> {
        const DOING: &str = "committing a batch";
        self.last.check_next(batch)?;
        self.checkpointer.hold(&self.connection)?;
        let content = Content::of(&batch.rows);
        let hash = content.hash(&batch.previous, batch.number, batch.now);
        let plan = Plan::of(&batch.rows);
        let transaction = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .doing(DOING)?;
        // What memory learns here is wrong if the commit fails; no batch is taken after that.
        let appended = names::write::names(&transaction, &plan, &mut self.names)?;
        write::batch(&*transaction, batch, &plan, &content, &hash).doing(DOING)?;
        self.sealer.work(&transaction, &mut self.names, batch.now, appended)?;
        transaction.commit().doing(DOING)?;
        self.last = LastBatch { number: batch.number, hash, now: Some(batch.now) };
        Ok(hash)
    }
}

impl Store for SqliteStore {
    fn load(&mut self) -> Result<Loaded, StoreError> {
        let view = self.connection.transaction().doing("loading")?;
        verify::last(&view, VERIFY_BATCHES, VERIFY_ROWS)?;
        let loaded = load::all(&view)?;
        view.finish().doing("loading")?;
        Ok(loaded)
    }

    fn commit(&mut self, batch: &Batch) -> Result<Hash, StoreError> {
        if let Some(why) = &self.poisoned {
            return Err(StoreError::Refused(format!(
                "an earlier commit failed ({why}); start again"
            )));
        }
        let hash =
            self.write(batch).inspect_err(|error| self.poisoned = Some(error.to_string()))?;
        // The batch is durable: trouble from here on stops the next one, not this one.
        if let Err(error) = self.checkpointer.committed(&self.connection) {
            self.poisoned = Some(error.to_string());
        }
        Ok(hash)
    }
}

impl Drop for SqliteStore {
    fn drop(&mut self) {
        self.checkpointer.stop();
        // After a failed write the kernel may have dropped pages: nothing is copied from the log any
        // more, and the next start recovers from it. Otherwise errors are for the next start too.
        if self.poisoned.is_some() {
            let _ = self.connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true);
        } else {
            let _ = self.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_old_library_is_refused() {
        assert!(version_check(3_051_003).is_ok());
        assert!(version_check(rusqlite::version_number()).is_ok());
        let error = version_check(3_051_002).unwrap_err().to_string();
        assert_eq!(error, "SQLite 3.51.2 can lose commits; 3.51.3 or later is needed");
        assert!(version_check(3_046_001).is_err());
    }
}
