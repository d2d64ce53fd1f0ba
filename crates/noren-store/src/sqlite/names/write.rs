//! Appends the names of a batch.

use noren_core::id::About;
use noren_core::keys::{KeyName, KeyRecord, Order, UsedName};
use noren_core::time::Timestamp;
use rusqlite::{Connection, Result};

use super::index::Index;
use super::{Family, Name, NameHash};
use crate::plan::Plan;
use crate::sqlite::codec::owner_text;
use crate::sqlite::tables::Tables;
use crate::sqlite::write::{json, run};
use crate::{Doing, StoreError};

/// Appends the names of a batch; gives how many rows were written. Errors with
/// [`StoreError::Refused`] when a name is there already that may be there once.
pub(in crate::sqlite) fn names(
    db: &Connection,
    plan: &Plan<'_>,
    index: &mut Index,
) -> Result<usize, StoreError> {
    const DOING: &str = "appending names";
    for (name, record) in &plan.keys {
        let of = Name::Key(name);
        let (hash, seq) = new_row(db, index, &of, "a key")?;
        key(db, seq, hash, name, record).doing(DOING)?;
        index.appended(of.family(), hash);
    }
    for order in &plan.orders {
        let of = Name::Order(&order.name);
        let hash = of.hash();
        match index.find_hashed(db, &of, hash)? {
            Some(seq) => order_again(db, seq, order).doing(DOING)?,
            None => {
                order_first(db, index.next_row(Family::Orders), hash, order).doing(DOING)?;
                index.appended(Family::Orders, hash);
            }
        }
    }
    for (name, by, at) in &plan.used {
        let of = Name::Used(name);
        let (hash, seq) = new_row(db, index, &of, "a used name")?;
        used(db, seq, hash, name, *by, *at).doing(DOING)?;
        index.appended(Family::Used, hash);
    }
    Ok(plan.keys.len() + plan.orders.len() + plan.used.len())
}

/// The rows of names alone, as if nothing were known of any.
pub(in crate::sqlite) fn rows(db: &impl Tables, plan: &Plan<'_>) -> Result<()> {
    for (name, record) in &plan.keys {
        key(db, 0, Name::Key(name).hash(), name, record)?;
    }
    for order in &plan.orders {
        order_first(db, 0, Name::Order(&order.name).hash(), order)?;
    }
    for (name, payment, at) in &plan.used {
        used(db, 0, Name::Used(name).hash(), name, *payment, *at)?;
    }
    Ok(())
}

fn new_row(
    db: &Connection,
    index: &Index,
    name: &Name<'_>,
    what: &str,
) -> Result<(NameHash, i64), StoreError> {
    let hash = name.hash();
    match index.find_hashed(db, name, hash)? {
        None => Ok((hash, index.next_row(name.family()))),
        Some(_) => Err(StoreError::Refused(format!("{what} is there already"))),
    }
}

fn key(
    db: &impl Tables,
    seq: i64,
    hash: NameHash,
    name: &KeyName,
    record: &KeyRecord,
) -> Result<()> {
    let sql = match Name::Key(name).family() {
        Family::Reserves => {
            "INSERT INTO reserve_keys (seq, name, slot, owner, route, key, hash, outcome, at)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)"
        }
        Family::Keys | Family::Orders | Family::Used => {
            "INSERT INTO idempotency_keys (seq, name, slot, owner, route, key, hash, outcome, at)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)"
        }
    };
    run!(
        db.statement(sql)?,
        seq,
        hash.column(),
        name.slot.number(),
        owner_text(&name.owner),
        name.route.name(),
        &*name.key,
        &record.hash[..],
        json(&record.outcome),
        record.at.0
    );
    Ok(())
}

fn used(
    db: &impl Tables,
    seq: i64,
    hash: NameHash,
    name: &UsedName,
    by: About,
    at: Timestamp,
) -> Result<()> {
    let mut insert = db.statement(
        "INSERT INTO used_names (seq, name, slot, wallet, what, text, used_by, at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?;
    run!(
        insert,
        seq,
        hash.column(),
        name.slot.number(),
        name.wallet.as_str(),
        name.what.name(),
        &*name.text,
        by.to_string(),
        at.0
    );
    Ok(())
}

fn order_first(db: &impl Tables, seq: i64, name: NameHash, order: &Order) -> Result<()> {
    let mut insert = db.statement(
        "INSERT INTO orders (seq, name, slot, merchant, number, id, tenant, amount, currency,
            last_payment, withdrawn_at, at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
    )?;
    let wanted = order.wanted();
    run!(
        insert,
        seq,
        name.column(),
        order.name.merchant.slot().number(),
        order.name.merchant.to_string(),
        &*order.name.number,
        order.id.to_string(),
        order.tenant.as_str(),
        wanted.map(|wanted| wanted.amount.minor()),
        wanted.map(|wanted| wanted.amount.currency().alpha()),
        wanted.map(|wanted| wanted.last.to_string()),
        order.withdrawn_at().map(|at| at.0),
        order.at.0
    );
    Ok(())
}

/// Another payment of an order that is known, or its withdrawal.
fn order_again(db: &impl Tables, seq: i64, order: &Order) -> Result<()> {
    let mut update = db.statement(
        "UPDATE orders SET id = ?2, amount = ?3, currency = ?4, last_payment = ?5,
            withdrawn_at = ?6, at = ?7
         WHERE seq = ?1",
    )?;
    let wanted = order.wanted();
    run!(
        update,
        seq,
        order.id.to_string(),
        wanted.map(|wanted| wanted.amount.minor()),
        wanted.map(|wanted| wanted.amount.currency().alpha()),
        wanted.map(|wanted| wanted.last.to_string()),
        order.withdrawn_at().map(|at| at.0),
        order.at.0
    );
    Ok(())
}
