//! The names, checked against each other: rows, partitions, and that each name is there once.

use rusqlite::Connection;

use super::Family;
use super::index::Partition;
use crate::sqlite::codec;
use crate::{Doing, StoreError};

const DOING: &str = "auditing names";

/// How many pairs of name and row there are, and a sum over them that does not depend on order.
/// Finds accidents; the rows of the ledger are what is guarded against people.
const SUM: &str = "count(*), coalesce(sum(((name & 2147483647) + 31 * {row}) % 2147483647), 0)";

/// What is wrong with the names, if anything is.
pub(in crate::sqlite) fn fault(db: &Connection) -> Result<Option<String>, StoreError> {
    for family in Family::ALL {
        let table = family.table();
        if twice(db, family)? {
            return Ok(Some(format!("a name is in {table} twice")));
        }
        let (mut inside, mut end) = (0, 0);
        for (partition, sealed) in Partition::counted(db, family)? {
            let range = (partition.first, partition.last);
            let sql = format!(
                "SELECT {} FROM {table} WHERE seq BETWEEN ?1 AND ?2",
                SUM.replace("{row}", "seq")
            );
            let rows = pair(db, &sql, range)?;
            inside += rows.0;
            end = end.max(partition.last);
            if !sealed {
                continue;
            }
            let sql = format!(
                "SELECT {} FROM name_index WHERE partition = ?1 AND ?2 > 0",
                SUM.replace("{row}", "row")
            );
            let entries = pair(db, &sql, (partition.number, partition.last))?;
            if rows != entries || rows.0 != codec::int(partition.names) {
                let number = partition.number;
                return Ok(Some(format!("partition {number} does not hold the names of {table}")));
            }
        }
        let sql = format!("SELECT count(*), coalesce(sum(seq <= ?1), 0) FROM {table} WHERE ?2 = 0");
        if pair(db, &sql, (end, 0))?.1 != inside {
            return Ok(Some(format!("rows of {table} are in no partition, or in two")));
        }
    }
    Ok(None)
}

/// How many names there are.
pub(in crate::sqlite) fn count(db: &Connection) -> Result<u64, StoreError> {
    let mut sum = 0;
    for family in Family::ALL {
        let mut statement =
            db.prepare(&format!("SELECT count(*) FROM {}", family.table())).doing(DOING)?;
        sum += codec::one(&mut statement, [], DOING, |row| codec::count(row, 0))?.unwrap_or(0);
    }
    Ok(sum)
}

fn pair(db: &Connection, sql: &str, of: (i64, i64)) -> Result<(i64, i64), StoreError> {
    let mut statement = db.prepare(sql).doing(DOING)?;
    let read = |row: &rusqlite::Row<'_>| Ok((codec::integer(row, 0)?, codec::integer(row, 1)?));
    Ok(codec::one(&mut statement, of, DOING, read)?.unwrap_or_default())
}

/// Sorts hashes only; whole names are compared where two hashes are the same.
fn twice(db: &Connection, family: Family) -> Result<bool, StoreError> {
    let (table, columns) = match family {
        Family::Keys => ("idempotency_keys", "slot, owner, route, key"),
        Family::Reserves => ("reserve_keys", "slot, owner, route, key"),
        Family::Orders => ("orders", "slot, merchant, number"),
        Family::Used => ("used_names", "slot, wallet, what, text"),
    };
    let sql = format!(
        "WITH alike AS (SELECT name FROM {table} GROUP BY name HAVING count(*) > 1)
         SELECT 1 FROM {table} WHERE name IN alike GROUP BY {columns} HAVING count(*) > 1 LIMIT 1"
    );
    let mut statement = db.prepare(&sql).doing(DOING)?;
    Ok(codec::one(&mut statement, [], DOING, |_| Ok(()))?.is_some())
}
