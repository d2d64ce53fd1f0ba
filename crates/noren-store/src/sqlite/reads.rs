//! A capped pool of read connections, and the reads that are not lists.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use noren_core::directory::Change;
use noren_core::effects::Event;
use noren_core::id::{MerchantId, Slot, TenantName, WalletName};
use noren_core::keys::{Order, OrderName};
use noren_core::ledger::Account;
use noren_core::money::{Currency, Money};
use noren_core::time::Timestamp;
use rusqlite::Connection;

use super::lists::{PAGE_MAX, Page, Scope};
use super::names::index::Index;
use super::{Access, codec, connect, fetch, load};
use crate::{Batch, Doing, Hash, StoreError};

const DOING: &str = "reading";

/// A read waits no longer than this for a connection.
const WAIT: Duration = Duration::from_secs(5);

/// The last batch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LastBatch {
    /// Its number; 0 for an empty store.
    pub number: u64,
    /// Its hash; zeros for an empty store.
    pub hash: Hash,
    /// Its time.
    pub now: Option<Timestamp>,
}

impl LastBatch {
    /// Errors when `batch` is not the one that follows. Our caller's mistake, seen before anything
    /// is written.
    pub(crate) fn check_next(&self, batch: &Batch) -> Result<(), StoreError> {
        if batch.number == self.number + 1 && batch.previous == self.hash {
            return Ok(());
        }
        let (got, last) = (batch.number, self.number);
        Err(StoreError::Refused(format!("batch {got} does not follow batch {last} of this store")))
    }
}

/// All that is booked in one currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CurrencyTotal {
    /// The currency.
    pub currency: Currency,
    /// Sum of all debits in minor units.
    pub debits: i64,
    /// Sum of all credits in minor units.
    pub credits: i64,
}

impl CurrencyTotal {
    /// Debits less credits: zero, always (I1).
    pub fn difference(&self) -> i64 {
        self.debits - self.credits
    }
}

/// What a merchant is owed, in one currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Owed {
    /// Whom.
    pub merchant: MerchantId,
    /// How much: credits less debits of the payable. Negative when refunds were more.
    pub amount: Money,
}

/// What one wallet owes in one currency, and what it may use of its cap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WalletPosition {
    /// Whose.
    pub wallet: WalletName,
    /// In what.
    pub currency: Currency,
    /// Booked, in minor units.
    pub owed: i64,
    /// What running payments may still add, in minor units.
    pub pending: i64,
    /// What the wallet placed beforehand, in minor units.
    pub prefunded: i64,
}

/// How many rows a table has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TableCount {
    /// The table.
    pub table: &'static str,
    /// Its rows.
    pub rows: u64,
}

/// Events of many slots.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventPage {
    /// Within a slot in sequence; slots are mixed by time.
    pub items: Vec<Event>,
    /// The last sequence seen of each slot: where the next page begins.
    pub positions: BTreeMap<Slot, u64>,
    /// If there are more now.
    pub has_more: bool,
}

struct Pool {
    free: Mutex<Vec<Connection>>,
    freed: Condvar,
    /// One for all connections, without filters: it follows whichever view was begun last.
    names: Mutex<Index>,
}

/// Reads for lists: sees committed batches only. Calls block; an async caller moves them to a
/// thread for blocking work. Clones share the connections.
#[derive(Clone)]
pub struct Reads(Arc<Pool>);

/// Gives the connection back, also after a panic.
struct Lent<'a> {
    pool: &'a Pool,
    connection: Option<Connection>,
}

impl Drop for Lent<'_> {
    fn drop(&mut self) {
        let mut free = self.pool.free.lock().unwrap_or_else(PoisonError::into_inner);
        free.extend(self.connection.take());
        drop(free);
        self.pool.freed.notify_one();
    }
}

impl Reads {
    /// Opens `connections` (at least one) read connections on a database that a
    /// [`super::SqliteStore`] has made.
    pub fn open(path: &Path, connections: usize) -> Result<Self, StoreError> {
        let free: Result<Vec<_>, _> =
            (0..connections.max(1)).map(|_| connect(path, Access::Read)).collect();
        let names = Mutex::new(Index::new(0));
        Ok(Self(Arc::new(Pool { free: Mutex::new(free?), freed: Condvar::new(), names })))
    }

    /// Runs `read` in one view of the database. Errors with [`StoreError::Busy`] when no
    /// connection is free for five seconds.
    pub(super) fn with<T>(
        &self,
        read: impl FnOnce(&Connection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let until = Instant::now() + WAIT;
        let mut free = self.0.free.lock().unwrap_or_else(PoisonError::into_inner);
        let connection = loop {
            if let Some(connection) = free.pop() {
                break connection;
            }
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(StoreError::Busy);
            }
            free = self.0.freed.wait_timeout(free, left).unwrap_or_else(PoisonError::into_inner).0;
        };
        drop(free);
        let lent = Lent { pool: &self.0, connection: Some(connection) };
        let connection = lent.connection.as_ref().expect("it is taken only when it is given back");
        let view = connection.unchecked_transaction().doing(DOING)?;
        let out = read(&view)?;
        view.finish().doing(DOING)?;
        Ok(out)
    }

    /// A merchant's order by its own number, if the caller may see it.
    pub fn order(
        &self,
        scope: Scope,
        merchant: MerchantId,
        number: &str,
    ) -> Result<Option<Order>, StoreError> {
        let name = OrderName { merchant, number: number.into() };
        let order = self.with(|db| {
            let mut names = self.0.names.lock().unwrap_or_else(PoisonError::into_inner);
            // The view begins here, under the lock: no other one has been followed further.
            names.follow(db)?;
            fetch::order(db, &names, &name)
        })?;
        Ok(order.filter(|order| scope.sees(order.tenant, order.name.merchant)))
    }

    /// A merchant's events with sequences above `after`, at most `limit`, oldest first.
    pub fn events(
        &self,
        tenant: TenantName,
        merchant: MerchantId,
        after: u64,
        limit: usize,
    ) -> Result<Page<Event>, StoreError> {
        let limit = limit.min(PAGE_MAX);
        let sql = format!(
            "SELECT {} FROM events WHERE slot = ?1 AND merchant = ?2 AND tenant = ?3 AND seq > ?4
             ORDER BY seq LIMIT ?5",
            codec::EVENT
        );
        let items = self.with(|db| {
            let mut statement = db.prepare_cached(&sql).doing(DOING)?;
            let slot = merchant.slot().number();
            let more = codec::int(limit as u64 + 1);
            let params = (slot, merchant.to_string(), tenant.as_str(), codec::int(after), more);
            codec::collect(&mut statement, params, DOING, codec::event)
        })?;
        Ok(Page::cut(items, limit))
    }

    /// The sequence of a slot's last event; 0 when it has none.
    pub fn event_last(&self, slot: Slot) -> Result<u64, StoreError> {
        self.with(|db| {
            let sql = "SELECT coalesce(max(seq), 0) FROM events WHERE slot = ?1";
            let mut statement = db.prepare_cached(sql).doing(DOING)?;
            let last: i64 = statement.query_row([slot.number()], |row| row.get(0)).doing(DOING)?;
            Ok(u64::try_from(last).unwrap_or(0))
        })
    }

    /// Events of all slots after `positions` (a slot that is not in it: from the beginning), at
    /// most `limit`.
    pub fn events_all(
        &self,
        positions: &BTreeMap<Slot, u64>,
        limit: usize,
    ) -> Result<EventPage, StoreError> {
        let limit = limit.min(PAGE_MAX);
        let sql = format!(
            "SELECT {} FROM events WHERE slot = ?1 AND seq > ?2 ORDER BY seq LIMIT ?3",
            codec::EVENT
        );
        let mut items = self.with(|db| {
            let mut statement =
                db.prepare_cached("SELECT slot FROM heads ORDER BY slot").doing(DOING)?;
            let slots = codec::collect(&mut statement, [], DOING, |row| codec::slot(row, 0))?;
            let mut statement = db.prepare_cached(&sql).doing(DOING)?;
            let mut items = Vec::new();
            for slot in slots {
                let after = positions.get(&slot).copied().unwrap_or(0);
                let params = (slot.number(), codec::int(after), codec::int(limit as u64 + 1));
                items.extend(codec::collect(&mut statement, params, DOING, codec::event)?);
            }
            Ok(items)
        })?;
        // Times never run backwards within a slot, so this keeps each slot in sequence.
        items.sort_by_key(|event| (event.at, event.slot, event.seq));
        let page = Page::cut(items, limit);
        let mut positions = positions.clone();
        for event in &page.items {
            positions.insert(event.slot, event.seq);
        }
        Ok(EventPage { items: page.items, positions, has_more: page.has_more })
    }

    /// Accounts by slot and number: all of them, or one merchant's.
    pub fn accounts(&self, merchant: Option<MerchantId>) -> Result<Vec<Account>, StoreError> {
        self.with(|db| {
            let columns = codec::ACCOUNT;
            match merchant {
                None => {
                    let sql = format!("SELECT {columns} FROM accounts ORDER BY slot, number");
                    let mut statement = db.prepare_cached(&sql).doing(DOING)?;
                    codec::collect(&mut statement, [], DOING, codec::account)
                }
                Some(id) => {
                    let sql = format!(
                        "SELECT {columns} FROM accounts WHERE slot = ?1 AND owner = ?2 ORDER BY slot, number"
                    );
                    let mut statement = db.prepare_cached(&sql).doing(DOING)?;
                    let params = (id.slot().number(), format!("merchant:{id}"));
                    codec::collect(&mut statement, params, DOING, codec::account)
                }
            }
        })
    }

    /// Debits and credits of all accounts, per currency.
    pub fn totals(&self) -> Result<Vec<CurrencyTotal>, StoreError> {
        self.with(|db| {
            let sql = "SELECT currency, sum(debits), sum(credits) FROM accounts GROUP BY currency ORDER BY currency";
            let mut statement = db.prepare_cached(sql).doing(DOING)?;
            codec::collect(&mut statement, [], DOING, |row| {
                let (debits, credits) = (codec::integer(row, 1)?, codec::integer(row, 2)?);
                Ok(CurrencyTotal { currency: codec::parse(row, 0)?, debits, credits })
            })
        })
    }

    /// What each merchant is owed, by owner and currency.
    pub fn owed(&self) -> Result<Vec<Owed>, StoreError> {
        self.with(|db| {
            let sql = "SELECT substr(owner, 10), credits - debits, currency FROM accounts
                WHERE kind = 'merchant_payable' AND owner LIKE 'merchant:%' ORDER BY owner, currency";
            let mut statement = db.prepare_cached(sql).doing(DOING)?;
            codec::collect(&mut statement, [], DOING, |row| {
                Ok(Owed { merchant: codec::parse(row, 0)?, amount: codec::money(row, 1)? })
            })
        })
    }

    /// What each wallet owes, and has placed beforehand, over all slots, by wallet and currency.
    pub fn positions(&self) -> Result<Vec<WalletPosition>, StoreError> {
        self.with(|db| {
            let sql = "SELECT substr(owner, 8), currency,
                    sum(CASE kind WHEN 'wallet_receivable' THEN debits - credits ELSE 0 END),
                    sum(CASE kind WHEN 'wallet_receivable' THEN pending_debits ELSE 0 END),
                    sum(CASE kind WHEN 'prefunding' THEN credits - debits ELSE 0 END)
                FROM accounts WHERE kind IN ('wallet_receivable', 'prefunding')
                    AND owner LIKE 'wallet:%' GROUP BY owner, currency ORDER BY owner, currency";
            let mut statement = db.prepare_cached(sql).doing(DOING)?;
            codec::collect(&mut statement, [], DOING, |row| {
                Ok(WalletPosition {
                    wallet: codec::parse(row, 0)?,
                    currency: codec::parse(row, 1)?,
                    owed: codec::integer(row, 2)?,
                    pending: codec::integer(row, 3)?,
                    prefunded: codec::integer(row, 4)?,
                })
            })
        })
    }

    /// Changes of the directory with versions above `after` (0: all), in order.
    pub fn directory(&self, after: u64) -> Result<Vec<(u64, Change)>, StoreError> {
        self.with(|db| load::directory(db, after))
    }

    /// The last batch.
    pub fn last_batch(&self) -> Result<LastBatch, StoreError> {
        self.with(load::last)
    }

    /// Rows per table. Counts by walking the shortest index of each: seconds for millions of rows.
    pub fn counts(&self) -> Result<Vec<TableCount>, StoreError> {
        const TABLES: [&str; 17] = [
            "batches",
            "heads",
            "directory",
            "payments",
            "refunds",
            "stray_receipts",
            "credits",
            "movements",
            "day_totals",
            "orders",
            "quotes",
            "idempotency_keys",
            "reserve_keys",
            "used_names",
            "accounts",
            "entries",
            "events",
        ];
        self.with(|db| {
            TABLES
                .into_iter()
                .chain(["postings"])
                .map(|table| {
                    let mut statement =
                        db.prepare_cached(&format!("SELECT count(*) FROM {table}")).doing(DOING)?;
                    let rows = codec::one(&mut statement, [], DOING, |row| codec::count(row, 0))?;
                    Ok(TableCount { table, rows: rows.unwrap_or(0) })
                })
                .collect()
        })
    }
}
