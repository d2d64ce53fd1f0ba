//! What a start needs in memory.

use noren_core::ledger::Head;
use rusqlite::Connection;

use super::{LastBatch, codec, days};
use crate::{Doing, Loaded, StoreError};

const DOING: &str = "loading";

/// The last batch; number 0 and a zero hash for an empty store.
pub(super) fn last(db: &Connection) -> Result<LastBatch, StoreError> {
    let sql = "SELECT number, hash, now FROM batches ORDER BY number DESC LIMIT 1";
    let mut statement = db.prepare_cached(sql).doing(DOING)?;
    let last = codec::one(&mut statement, [], DOING, |row| {
        let now = Some(codec::time(row, 2)?);
        Ok(LastBatch { number: codec::count(row, 0)?, hash: codec::hash(row, 1)?, now })
    })?;
    Ok(last.unwrap_or_default())
}

/// Everything, from one view.
pub(super) fn all(db: &Connection) -> Result<Loaded, StoreError> {
    let LastBatch { number, hash, now } = last(db)?;
    let accounts = {
        let sql = format!("SELECT {} FROM accounts ORDER BY slot, number", codec::ACCOUNT);
        let mut statement = db.prepare(&sql).doing(DOING)?;
        codec::collect(&mut statement, [], DOING, codec::account)?
    };
    let heads = {
        let sql = "SELECT slot, postings, entries, events FROM heads ORDER BY slot";
        let mut statement = db.prepare(sql).doing(DOING)?;
        codec::collect(&mut statement, [], DOING, |row| {
            let (postings, entries) = (codec::count(row, 1)?, codec::count(row, 2)?);
            Ok((codec::slot(row, 0)?, Head { postings, entries, events: codec::count(row, 3)? }))
        })?
    };
    let open = {
        let sql = "SELECT body FROM payments WHERE open = 1 ORDER BY slot, id";
        let mut statement = db.prepare(sql).doing(DOING)?;
        codec::collect(&mut statement, [], DOING, |row| codec::json(row, 0))?
    };
    let credits = {
        let sql = "SELECT body FROM credits WHERE open = 1 ORDER BY slot, id";
        let mut statement = db.prepare(sql).doing(DOING)?;
        codec::collect(&mut statement, [], DOING, |row| codec::json(row, 0))?
    };
    let days = days::of(db, &open)?;
    Ok(Loaded {
        number,
        hash,
        now,
        directory: directory(db, 0)?,
        accounts,
        heads,
        open,
        credits,
        days,
    })
}

/// Changes of the directory with versions above `after`, in order.
pub(super) fn directory(
    db: &Connection,
    after: u64,
) -> Result<Vec<(u64, noren_core::directory::Change)>, StoreError> {
    let sql =
        "SELECT version, body FROM directory WHERE slot = 256 AND version > ?1 ORDER BY version";
    let mut statement = db.prepare_cached(sql).doing(DOING)?;
    codec::collect(&mut statement, [codec::int(after)], DOING, |row| {
        Ok((codec::count(row, 0)?, codec::json(row, 1)?))
    })
}
