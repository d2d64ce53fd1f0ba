//! Carries the names of the first schema over to rows in time order; see the migrations.

use noren_core::id::MerchantId;
use rusqlite::{Connection, params};

use super::NameHash;
use crate::sqlite::codec;
use crate::{Doing, StoreError};

const DOING: &str = "carrying names over to the new schema";

/// Step 3.
pub(in crate::sqlite) fn keys(db: &Connection) -> Result<(), StoreError> {
    let sql = "SELECT slot, owner, route, key, hash, outcome, at FROM idempotency_keys_v1
        ORDER BY at, slot, owner, route, key";
    let mut from = db.prepare(sql).doing(DOING)?;
    let to = |table: &str| {
        db.prepare(&format!(
            "INSERT INTO {table} (name, slot, owner, route, key, hash, outcome, at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)"
        ))
        .doing(DOING)
    };
    let (mut keys, mut reserves) = (to("idempotency_keys")?, to("reserve_keys")?);
    let mut rows = from.query([]).doing(DOING)?;
    while let Some(row) = rows.next().doing(DOING)? {
        let slot: u16 = codec::count(row, 0)?;
        let [owner, route, key] =
            [codec::text(row, 1)?, codec::text(row, 2)?, codec::text(row, 3)?];
        let hash = NameHash::of(slot, [owner.as_bytes(), route.as_bytes(), key.as_bytes()]);
        let insert = if route == "reserve" { &mut reserves } else { &mut keys };
        let (content, outcome) = (codec::hash(row, 4)?, codec::text(row, 5)?);
        let at = codec::integer(row, 6)?;
        insert
            .execute(params![hash.column(), slot, owner, route, key, content, outcome, at])
            .doing(DOING)?;
    }
    Ok(())
}

/// Step 4.
pub(in crate::sqlite) fn orders(db: &Connection) -> Result<(), StoreError> {
    let sql = "SELECT slot, merchant, number, id, tenant, amount, currency, last_payment, at
        FROM orders_v1 ORDER BY at, slot, merchant, number";
    let mut from = db.prepare(sql).doing(DOING)?;
    let sql = "INSERT INTO orders (name, slot, merchant, number, id, tenant, amount, currency, last_payment, at)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";
    let mut to = db.prepare(sql).doing(DOING)?;
    let mut rows = from.query([]).doing(DOING)?;
    while let Some(row) = rows.next().doing(DOING)? {
        let merchant: MerchantId = codec::parse(row, 1)?;
        let number = codec::text(row, 2)?;
        let hash = NameHash::of_order(merchant, number);
        to.execute(params![
            hash.column(),
            codec::count::<u16>(row, 0)?,
            codec::text(row, 1)?,
            number,
            codec::text(row, 3)?,
            codec::text(row, 4)?,
            codec::integer(row, 5)?,
            codec::text(row, 6)?,
            codec::text(row, 7)?,
            codec::integer(row, 8)?,
        ])
        .doing(DOING)?;
    }
    Ok(())
}

/// Step 5.
pub(in crate::sqlite) fn used(db: &Connection) -> Result<(), StoreError> {
    let sql = "SELECT slot, wallet, what, text, payment, at FROM used_names_v1
        ORDER BY at, slot, wallet, what, text";
    let mut from = db.prepare(sql).doing(DOING)?;
    let sql = "INSERT INTO used_names (name, slot, wallet, what, text, payment, at)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    let mut to = db.prepare(sql).doing(DOING)?;
    let mut rows = from.query([]).doing(DOING)?;
    while let Some(row) = rows.next().doing(DOING)? {
        let slot: u16 = codec::count(row, 0)?;
        let [wallet, what, text] =
            [codec::text(row, 1)?, codec::text(row, 2)?, codec::text(row, 3)?];
        let hash = NameHash::of(slot, [wallet.as_bytes(), what.as_bytes(), text.as_bytes()]);
        let (payment, at) = (codec::text(row, 4)?, codec::integer(row, 5)?);
        to.execute(params![hash.column(), slot, wallet, what, text, payment, at]).doing(DOING)?;
    }
    Ok(())
}
