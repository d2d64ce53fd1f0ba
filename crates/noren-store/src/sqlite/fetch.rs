//! Reads by key: the prefetch side.

use std::path::Path;

use noren_core::effects::Found;
use noren_core::id::{PaymentId, QuoteId};
use noren_core::keys::{Key, KeyName, OrderName, UsedName};
use rusqlite::Connection;

use super::{Access, codec, connect};
use crate::{Doing, Fetch, StoreError};

const DOING: &str = "fetching by key";

/// A read connection for prefetching. Sees committed batches only; may run beside the writer.
pub struct SqliteFetch {
    connection: Connection,
}

impl SqliteFetch {
    /// Opens a database that a [`super::SqliteStore`] has made.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        Ok(Self { connection: connect(path, Access::Read)? })
    }
}

impl Fetch for SqliteFetch {
    fn fetch(&mut self, keys: &[Key]) -> Result<Vec<(Key, Found)>, StoreError> {
        // One view for all keys: none of them is from before a batch that another one is from after.
        let view = self.connection.unchecked_transaction().doing(DOING)?;
        let found = keys.iter().map(|key| Ok((key.clone(), find(&view, key)?))).collect();
        view.finish().doing(DOING)?;
        found
    }
}

fn find(db: &Connection, key: &Key) -> Result<Found, StoreError> {
    let found = match key {
        Key::Payment(id) => payment(db, *id)?,
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
        Key::Idempotency(name) => key_record(db, name)?,
        Key::Order(name) => order(db, name)?,
        Key::Used(name) => used(db, name)?,
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

fn quote(db: &Connection, id: QuoteId) -> Result<Option<Found>, StoreError> {
    let sql = "SELECT body FROM quotes WHERE slot = ?1 AND id = ?2";
    let mut statement = db.prepare_cached(sql).doing(DOING)?;
    codec::one(&mut statement, (id.slot().number(), id.to_string()), DOING, |row| {
        codec::json(row, 0).map(|quote| Found::Quote(Box::new(quote)))
    })
}

fn key_record(db: &Connection, name: &KeyName) -> Result<Option<Found>, StoreError> {
    let sql = "SELECT hash, outcome, at FROM idempotency_keys
        WHERE slot = ?1 AND owner = ?2 AND route = ?3 AND key = ?4";
    let mut statement = db.prepare_cached(sql).doing(DOING)?;
    let params =
        (name.slot.number(), codec::owner_text(&name.owner), name.route.name(), &*name.key);
    codec::one(&mut statement, params, DOING, |row| codec::key_record(row).map(Found::Key))
}

fn order(db: &Connection, name: &OrderName) -> Result<Option<Found>, StoreError> {
    let sql = format!(
        "SELECT {} FROM orders WHERE slot = ?1 AND merchant = ?2 AND number = ?3",
        codec::ORDER
    );
    let mut statement = db.prepare_cached(&sql).doing(DOING)?;
    let params = (name.merchant.slot().number(), name.merchant.to_string(), &*name.number);
    codec::one(&mut statement, params, DOING, |row| codec::order(row).map(Found::Order))
}

fn used(db: &Connection, name: &UsedName) -> Result<Option<Found>, StoreError> {
    let sql = "SELECT payment FROM used_names
        WHERE slot = ?1 AND wallet = ?2 AND what = ?3 AND text = ?4";
    let mut statement = db.prepare_cached(sql).doing(DOING)?;
    let params = (name.slot.number(), name.wallet.as_str(), name.what.name(), &*name.text);
    codec::one(&mut statement, params, DOING, |row| codec::parse(row, 0).map(Found::Used))
}
