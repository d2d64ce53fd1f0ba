//! Totals of days: reading them, and adding them up over all payments of a file.

use std::collections::{BTreeMap, BTreeSet};

use noren_core::day::{DayName, DayTotal};
use noren_core::payment::Payment;
use rusqlite::{Connection, params};

use super::codec;
use crate::{Doing, StoreError};

const DOING: &str = "adding up days";

/// As in rows: empty for the total of all payers.
pub(super) fn payer(name: &DayName) -> String {
    name.payer.map(|payer| payer.to_string()).unwrap_or_default()
}

/// One total, if there is one.
pub(super) fn find(db: &Connection, name: &DayName) -> Result<Option<i64>, StoreError> {
    let sql = "SELECT total FROM day_totals
        WHERE slot = ?1 AND merchant = ?2 AND day = ?3 AND payer = ?4";
    let mut statement = db.prepare_cached(sql).doing(DOING)?;
    let (merchant, day) = (name.merchant.to_string(), name.day.to_string());
    let values = params![name.slot().number(), merchant, day, payer(name)];
    codec::one(&mut statement, values, DOING, |row| codec::integer(row, 0))
}

/// Those that `payments` count in.
pub(super) fn of(db: &Connection, payments: &[Payment]) -> Result<Vec<DayTotal>, StoreError> {
    let names = payments.iter().filter_map(Payment::counted).flat_map(|counted| counted.names());
    let names: BTreeSet<DayName> = names.collect();
    let mut days = Vec::with_capacity(names.len());
    for name in names {
        days.extend(find(db, &name)?.map(|total| (name, total)));
    }
    Ok(days)
}

/// What all payments count for, days that come to nothing left out.
fn totals(db: &Connection) -> Result<BTreeMap<DayName, i64>, StoreError> {
    let mut statement = db.prepare("SELECT body FROM payments").doing(DOING)?;
    let mut rows = statement.query([]).doing(DOING)?;
    let mut totals = BTreeMap::new();
    while let Some(row) = rows.next().doing(DOING)? {
        let payment: Payment = codec::json(row, 0)?;
        let Some(counted) = payment.counted().filter(|counted| counted.amount != 0) else {
            continue;
        };
        for name in counted.names() {
            let total: &mut i64 = totals.entry(name).or_default();
            let sum = total.checked_add(counted.amount);
            *total = sum.ok_or_else(|| codec::bad("a day counts more than fits", payment.id))?;
        }
    }
    Ok(totals)
}

/// Step 15: a file of an earlier program has payments and no totals.
pub(super) fn count(db: &Connection) -> Result<(), StoreError> {
    let sql =
        "INSERT INTO day_totals (slot, merchant, day, payer, total) VALUES (?1, ?2, ?3, ?4, ?5)";
    let mut insert = db.prepare(sql).doing(DOING)?;
    for (name, total) in totals(db)? {
        let (merchant, day) = (name.merchant.to_string(), name.day.to_string());
        let values = params![name.slot().number(), merchant, day, payer(&name), total];
        insert.execute(values).doing(DOING)?;
    }
    Ok(())
}

/// How many totals there are that come to something, and the first of them that is not what its
/// payments count for.
pub(super) fn prove(db: &Connection) -> Result<(u64, Option<String>), StoreError> {
    let texts = |(name, total): (DayName, i64)| {
        ((name.merchant.to_string(), name.day.to_string(), payer(&name)), total)
    };
    let mut due: BTreeMap<_, _> = totals(db)?.into_iter().map(texts).collect();
    let count = due.len() as u64;
    let say = |(merchant, day, payer): &(String, String, String)| match payer.as_str() {
        "" => format!("{day} of {merchant}"),
        payer => format!("{day} of {merchant} and payer {payer}"),
    };
    let sql = "SELECT merchant, day, payer, total FROM day_totals WHERE total <> 0
        ORDER BY slot, merchant, day, payer";
    let mut statement = db.prepare(sql).doing(DOING)?;
    let mut rows = statement.query([]).doing(DOING)?;
    while let Some(row) = rows.next().doing(DOING)? {
        let text = |place| Ok::<_, StoreError>(codec::text(row, place)?.to_owned());
        let (name, stored) = ((text(0)?, text(1)?, text(2)?), codec::integer(row, 3)?);
        let is = due.remove(&name).unwrap_or(0);
        if is != stored {
            let day = say(&name);
            let fault = format!("{day} has {stored}, its payments count for {is}");
            return Ok((count, Some(fault)));
        }
    }
    let rest = due.first_key_value();
    let fault = |(name, is)| format!("{} has nothing, its payments count for {is}", say(name));
    Ok((count, rest.map(fault)))
}
