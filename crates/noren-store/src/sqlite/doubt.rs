//! Payments that are in doubt, and those that were, wallet by wallet.

use std::collections::BTreeMap;

use noren_core::due::Doubt;
use noren_core::id::{PaymentId, Slot, WalletName};
use noren_core::payment::Payment;
use noren_core::time::Timestamp;
use rusqlite::{Connection, Row};

use super::lists::slots;
use super::{Reads, codec};
use crate::{Doing, StoreError};

const DOING: &str = "reading what is in doubt";

/// A payment that was in doubt, or is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Doubted {
    /// What it is now: the name of its state.
    pub status: String,
    /// For how long it was.
    pub doubt: Doubt,
}

/// What is and what was in doubt with one wallet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WalletDoubt {
    /// Payments that are in doubt now, whenever they were created.
    pub open: u64,
    /// Of those, the one that is in doubt for longest.
    pub oldest: Option<Payment>,
    /// Payments of the period that asked the wallet.
    pub payments: u64,
    /// Of those, the ones that ever were in doubt.
    pub doubted: Vec<Doubted>,
}

impl WalletDoubt {
    fn see(&mut self, open: u64, payment: Payment) {
        self.open += open;
        let longer = |oldest: &Payment| oldest.doubt.since <= payment.doubt.since;
        if !self.oldest.as_ref().is_some_and(longer) {
            self.oldest = Some(payment);
        }
    }
}

type ByWallet = BTreeMap<WalletName, WalletDoubt>;

/// What is in doubt now. The body is that of the row with the least time (SQLite, "bare columns in
/// an aggregate query").
fn open(db: &Connection, slot: Slot, found: &mut ByWallet) -> Result<(), StoreError> {
    let sql = "SELECT wallet, count(*), min(unknown_since), body FROM payments
        WHERE slot = ?1 AND unknown_since IS NOT NULL GROUP BY wallet";
    let mut statement = db.prepare_cached(sql).doing(DOING)?;
    let rows = codec::collect(&mut statement, [slot.number()], DOING, |row| {
        Ok((codec::parse(row, 0)?, codec::count::<u64>(row, 1)?, codec::json(row, 3)?))
    })?;
    for (wallet, count, oldest) in rows {
        found.entry(wallet).or_default().see(count, oldest);
    }
    Ok(())
}

fn of_period(
    db: &Connection,
    slot: Slot,
    first: &str,
    end: &str,
    found: &mut ByWallet,
) -> Result<(), StoreError> {
    let sql = "SELECT wallet, count(*) FROM payments
        WHERE slot = ?1 AND id >= ?2 AND id < ?3 AND wallet IS NOT NULL GROUP BY wallet";
    let mut statement = db.prepare_cached(sql).doing(DOING)?;
    let rows = codec::collect(&mut statement, (slot.number(), first, end), DOING, |row| {
        Ok((codec::parse(row, 0)?, codec::count::<u64>(row, 1)?))
    })?;
    for (wallet, count) in rows {
        found.entry(wallet).or_default().payments += count;
    }
    // Those that are in doubt, then those whose doubts are over: one index each.
    for kind in ["unknown_since IS NOT NULL", "unknown_ms > 0 AND unknown_since IS NULL"] {
        let sql = format!(
            "SELECT wallet, status, unknown_ms, unknown_since FROM payments
             WHERE slot = ?1 AND id >= ?2 AND id < ?3 AND {kind}"
        );
        let mut statement = db.prepare_cached(&sql).doing(DOING)?;
        let read = |row: &Row<'_>| {
            let since = row.get::<_, Option<i64>>(3).doing(DOING)?.map(Timestamp);
            let doubt = Doubt { ms: codec::count(row, 2)?, since };
            let status = codec::text(row, 1)?.to_owned();
            Ok((codec::parse(row, 0)?, Doubted { status, doubt }))
        };
        let params = (slot.number(), first, end);
        for (wallet, doubted) in codec::collect(&mut statement, params, DOING, read)? {
            found.entry(wallet).or_default().doubted.push(doubted);
        }
    }
    Ok(())
}

impl Reads {
    /// What is in doubt now, and what was of the payments that were created in a period (`from`
    /// on, before `until`), by wallet. Walks through all payments of the period.
    pub fn doubt(&self, from: Timestamp, until: Timestamp) -> Result<ByWallet, StoreError> {
        // Ids sort by time.
        let at = |at: Timestamp| {
            PaymentId::from_raw(u128::from(at.0.max(0).unsigned_abs()) << 80).to_string()
        };
        let (first, end) = (at(from), at(until));
        self.with(|db| {
            let mut found = BTreeMap::new();
            for slot in slots(db, "payments")? {
                open(db, slot, &mut found)?;
                of_period(db, slot, &first, &end, &mut found)?;
            }
            Ok(found)
        })
    }
}
