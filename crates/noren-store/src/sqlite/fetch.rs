//! Reads by key: the prefetch side.

use std::path::Path;

use noren_core::effects::Found;
use noren_core::id::{Id, Kind, PaymentId, QuoteId, Slot};
use noren_core::keys::{Key, KeyName, Order, OrderName, UsedName};
use rusqlite::{Connection, Row};

use super::names::index::Index;
use super::names::{Family, Name, NameLimits};
use super::{Access, codec, connect, days};
use crate::{Doing, Fetch, StoreError};

const DOING: &str = "fetching by key";

/// A read connection for prefetching. Sees committed batches only; may run beside the writer.
pub struct SqliteFetch {
    connection: Connection,
    names: Index,
}

impl SqliteFetch {
    /// Opens a database that a [`super::SqliteStore`] has made.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let connection = connect(path, Access::Read)?;
        let mut names = Index::new(NameLimits::default().filter_bytes);
        // The first fetch would do it; a start may take longer than a fetch.
        names.follow(&connection)?;
        Ok(Self { connection, names })
    }
}

impl Fetch for SqliteFetch {
    fn fetch(&mut self, keys: &[Key]) -> Result<Vec<(Key, Found)>, StoreError> {
        // One view for all keys: none of them is from before a batch that another one is from after.
        let view = self.connection.unchecked_transaction().doing(DOING)?;
        self.names.follow(&view)?;
        let names = &self.names;
        let found = keys.iter().map(|key| Ok((key.clone(), find(&view, names, key)?))).collect();
        view.finish().doing(DOING)?;
        found
    }
}

fn find(db: &Connection, names: &Index, key: &Key) -> Result<Found, StoreError> {
    let found = match key {
        Key::Payment(id) => payment(db, *id)?,
        // Only the returns of credits have refunds in the house.
        Key::Refund(id) if id.slot() == Slot::HOUSE => {
            credit(db, "SELECT body FROM credits WHERE slot = ?1 AND refund = ?2", *id)?
        }
        Key::Credit(id) => credit(db, "SELECT body FROM credits WHERE slot = ?1 AND id = ?2", *id)?,
        Key::Refund(id) => {
            let sql = "SELECT payment FROM refunds WHERE slot = ?1 AND id = ?2";
            let mut statement = db.prepare_cached(sql).doing(DOING)?;
            let params = (id.slot().number(), id.to_string());
            match codec::one(&mut statement, params, DOING, |row| codec::parse(row, 0))? {
                Some(id) => payment(db, id)?,
                None => None,
            }
        }
        Key::Quote(id) => quote(db, *id)?,
        Key::Idempotency(name) => key_record(db, names, name)?,
        Key::Order(name) => order(db, names, name)?.map(Found::Order),
        Key::Used(name) => used(db, names, name)?,
        Key::Day(name) => days::find(db, name)?.map(Found::Day),
    };
    Ok(found.unwrap_or(Found::Nothing))
}

fn payment(db: &Connection, id: PaymentId) -> Result<Option<Found>, StoreError> {
    let sql = "SELECT body FROM payments WHERE slot = ?1 AND id = ?2";
    let mut statement = db.prepare_cached(sql).doing(DOING)?;
    codec::one(&mut statement, (id.slot().number(), id.to_string()), DOING, |row| {
        codec::json(row, 0).map(|payment| Found::Payment(Box::new(payment)))
    })
}

fn credit<K: Kind>(db: &Connection, sql: &str, id: Id<K>) -> Result<Option<Found>, StoreError> {
    let mut statement = db.prepare_cached(sql).doing(DOING)?;
    codec::one(&mut statement, (id.slot().number(), id.to_string()), DOING, |row| {
        codec::json(row, 0).map(|credit| Found::Credit(Box::new(credit)))
    })
}

fn quote(db: &Connection, id: QuoteId) -> Result<Option<Found>, StoreError> {
    let sql = "SELECT body FROM quotes WHERE slot = ?1 AND id = ?2";
    let mut statement = db.prepare_cached(sql).doing(DOING)?;
    codec::one(&mut statement, (id.slot().number(), id.to_string()), DOING, |row| {
        codec::json(row, 0).map(|quote| Found::Quote(Box::new(quote)))
    })
}

fn key_record(db: &Connection, names: &Index, name: &KeyName) -> Result<Option<Found>, StoreError> {
    let name = Name::Key(name);
    let sql = match name.family() {
        Family::Reserves => "SELECT hash, outcome, at FROM reserve_keys WHERE seq = ?1",
        Family::Keys | Family::Orders | Family::Used => {
            "SELECT hash, outcome, at FROM idempotency_keys WHERE seq = ?1"
        }
    };
    by_name(db, names, name, sql, |row| codec::key_record(row).map(Found::Key))
}

/// Also for reads that are not the prefetch's.
pub(super) fn order(
    db: &Connection,
    names: &Index,
    name: &OrderName,
) -> Result<Option<Order>, StoreError> {
    let sql = format!("SELECT {} FROM orders WHERE seq = ?1", codec::ORDER);
    by_name(db, names, Name::Order(name), &sql, codec::order)
}

fn used(db: &Connection, names: &Index, name: &UsedName) -> Result<Option<Found>, StoreError> {
    let sql = "SELECT used_by FROM used_names WHERE seq = ?1";
    by_name(db, names, Name::Used(name), sql, |row| codec::parse(row, 0).map(Found::Used))
}

fn by_name<T>(
    db: &Connection,
    names: &Index,
    name: Name<'_>,
    sql: &str,
    read: impl FnOnce(&Row<'_>) -> Result<T, StoreError>,
) -> Result<Option<T>, StoreError> {
    let Some(row) = names.find(db, &name)? else { return Ok(None) };
    let mut statement = db.prepare_cached(sql).doing(DOING)?;
    codec::one(&mut statement, [row], DOING, read)
}
