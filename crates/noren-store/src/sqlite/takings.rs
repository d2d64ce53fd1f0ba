//! What a store took and gave back on a day, wallet by wallet, summed by SQL from committed rows.

use std::collections::BTreeMap;

use noren_core::id::{Id, Kind, StoreId, WalletName};
use noren_core::money::Currency;
use noren_core::payment::Payment;
use noren_core::time::Timestamp;
use rusqlite::{Connection, Row};

use super::lists::Scope;
use super::{Reads, codec};
use crate::{Doing, StoreError};

const DOING: &str = "summing a day";

/// What one wallet brought, in minor units of one currency.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Taking {
    /// Payments that stand, or stood until they were refunded.
    pub payments: u64,
    /// What was captured of them.
    pub taken: i64,
    /// Refunds that are done.
    pub refunds: u64,
    /// What they gave back.
    pub refunded: i64,
    /// Refunds whose end is not known.
    pub refunds_open: u64,
    /// What those would give back.
    pub refunding: i64,
}

/// By wallet and currency.
pub type Takings = BTreeMap<(WalletName, Currency), Taking>;

/// The first id of that time, or of a later one. Ids sort by time.
pub(super) fn first_id<K: Kind>(at: Timestamp) -> String {
    Id::<K>::from_raw(u128::from(at.0.max(0).unsigned_abs()) << 80).to_string()
}

/// Payments that were captured at once.
const TAKEN: &str = "SELECT wallet, currency, count(*), sum(amount) FROM payments
    WHERE slot = ?1 AND merchant = ?2 AND tenant = ?3 AND store = ?4 AND id >= ?5 AND id < ?6
      AND status = 'captured' AND json_type(body, '$.capture') IS NULL
    GROUP BY wallet, currency";

/// Payments of which something was held: how much was captured stands in the body.
const HELD: &str = "SELECT body FROM payments
    WHERE slot = ?1 AND merchant = ?2 AND tenant = ?3 AND store = ?4 AND id >= ?5 AND id < ?6
      AND json_type(body, '$.capture') IS NOT NULL";

/// Refunds of payments of the store, whenever those were made.
const REFUNDED: &str = "SELECT p.wallet, r.currency,
      count(*) FILTER (WHERE r.status = 'refunded'),
      coalesce(sum(r.amount) FILTER (WHERE r.status = 'refunded'), 0),
      count(*) FILTER (WHERE r.status <> 'refunded'),
      coalesce(sum(r.amount) FILTER (WHERE r.status <> 'refunded'), 0)
    FROM refunds r JOIN payments p ON p.slot = r.slot AND p.id = r.payment
    WHERE r.slot = ?1 AND r.merchant = ?2 AND r.tenant = ?3 AND p.store = ?4
      AND r.id >= ?5 AND r.id < ?6 AND r.stray IS NULL
      AND r.status NOT IN ('declined', 'impossible')
    GROUP BY p.wallet, r.currency";

type Params = (u16, String, String, String, String, String);

fn key(row: &Row<'_>) -> Result<(WalletName, Currency), StoreError> {
    Ok((codec::parse(row, 0)?, codec::parse(row, 1)?))
}

fn payments(db: &Connection, params: &Params, found: &mut Takings) -> Result<(), StoreError> {
    let mut statement = db.prepare_cached(TAKEN).doing(DOING)?;
    let rows = codec::collect(&mut statement, params.clone(), DOING, |row| {
        Ok((key(row)?, codec::count::<u64>(row, 2)?, codec::integer(row, 3)?))
    })?;
    for (key, count, sum) in rows {
        let taking = found.entry(key).or_default();
        taking.payments += count;
        taking.taken += sum;
    }
    let mut statement = db.prepare_cached(HELD).doing(DOING)?;
    let held = codec::collect(&mut statement, params.clone(), DOING, |row| {
        codec::json::<Payment>(row, 0)
    })?;
    for payment in held.iter().filter(|payment| payment.captured() > 0) {
        if let Some(wallet) = payment.wallet() {
            let taking = found.entry((wallet, payment.amount.currency())).or_default();
            taking.payments += 1;
            taking.taken += payment.captured();
        }
    }
    Ok(())
}

fn refunds(db: &Connection, params: &Params, found: &mut Takings) -> Result<(), StoreError> {
    let mut statement = db.prepare_cached(REFUNDED).doing(DOING)?;
    let rows = codec::collect(&mut statement, params.clone(), DOING, |row| {
        let taking = Taking {
            refunds: codec::count(row, 2)?,
            refunded: codec::integer(row, 3)?,
            refunds_open: codec::count(row, 4)?,
            refunding: codec::integer(row, 5)?,
            ..Taking::default()
        };
        Ok((key(row)?, taking))
    })?;
    for (key, of_refunds) in rows {
        let taking = found.entry(key).or_default();
        *taking = Taking { payments: taking.payments, taken: taking.taken, ..of_refunds };
    }
    Ok(())
}

impl Reads {
    /// What a store took of the payments that began in a period (`from` on, before `until`), and
    /// what was asked to be given back in it. Walks through the merchant's payments and refunds of
    /// the period.
    pub fn takings(
        &self,
        scope: Scope,
        store: StoreId,
        from: Timestamp,
        until: Timestamp,
    ) -> Result<Takings, StoreError> {
        let Scope::Merchant { tenant, merchant } = scope else { return Ok(Takings::new()) };
        let params = |first: String, end: String| {
            let slot = merchant.slot().number();
            (slot, merchant.to_string(), tenant.to_string(), store.to_string(), first, end)
        };
        let of_payments = params(
            first_id::<noren_core::id::PaymentKind>(from),
            first_id::<noren_core::id::PaymentKind>(until),
        );
        let of_refunds = params(
            first_id::<noren_core::id::RefundKind>(from),
            first_id::<noren_core::id::RefundKind>(until),
        );
        self.with(|db| {
            let mut found = Takings::new();
            payments(db, &of_payments, &mut found)?;
            refunds(db, &of_refunds, &mut found)?;
            Ok(found)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is asked walks through one merchant's rows of one period, whatever else is in the books.
    #[test]
    fn a_day_is_summed_by_the_merchants_index() {
        let db = Connection::open_in_memory().unwrap();
        db.execute_batch(include_str!("../../migrations/sqlite/V1__first.sql")).unwrap();
        for (sql, index) in [
            (TAKEN, "payments_by_merchant"),
            (HELD, "payments_by_merchant"),
            (REFUNDED, "refunds_by_merchant"),
        ] {
            let mut statement = db.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
            let params = ["1", "m", "t", "s", "a", "b"];
            let plan: Vec<String> = statement
                .query_map(params, |row| row.get(3))
                .unwrap()
                .collect::<Result<_, _>>()
                .unwrap();
            assert!(plan[0].contains(index) && plan[0].contains("id>? AND id<?"), "{plan:?}");
            assert!(plan.iter().all(|step| !step.starts_with("SCAN")), "{plan:?}");
        }
    }
}
