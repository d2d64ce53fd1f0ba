//! Steps of the schema: numbered files, forward only, one transaction each.
//!
//! Each applied step is recorded with the SHA-256 of its text, so a step that was edited after it
//! ran somewhere is refused instead of leaving two databases that claim to be the same. A database
//! that knows a later step than this program is refused too.
//!
//! Why not the `refinery` crate, which the ecosystem facts name: 0.10.0 works with our rusqlite, but
//! brings eleven crates that nothing else of ours needs (`regex`, `time`, `siphasher`, their parts
//! and its macros) for the loop below, and it recognises a step by a SipHash, not a cryptographic
//! one. The file names are refinery's, so changing over stays easy when PostgreSQL comes.

use ring::digest::{SHA256, digest};
use rusqlite::{Connection, TransactionBehavior};

use super::{codec, days, names::carry, pending};
use crate::{Doing, Hash, StoreError};

/// One step. Its place in the list and its number must agree; a test checks it.
pub(super) struct Step {
    pub version: u32,
    pub name: &'static str,
    pub sql: &'static str,
    /// What SQL alone cannot do. Runs before `sql`, in the same transaction.
    pub carry: Option<Carry>,
}

type Carry = fn(&Connection) -> Result<(), StoreError>;

macro_rules! step {
    ($version:literal, $name:literal, $carry:expr) => {
        Step {
            version: $version,
            name: $name,
            sql: include_str!(concat!("../../migrations/sqlite/V", $version, "__", $name, ".sql")),
            carry: $carry,
        }
    };
}

pub(super) const STEPS: &[Step] = &[
    step!(1, "first", None),
    step!(2, "names_in_time_order", None),
    step!(3, "idempotency_keys_moved", Some(carry::keys)),
    step!(4, "orders_moved", Some(carry::orders)),
    step!(5, "used_names_moved", Some(carry::used)),
    step!(6, "causes", None),
    step!(7, "accounts_pending", None),
    step!(8, "accounts_pending_counted", Some(pending::count)),
    step!(9, "events_of_captures", None),
    step!(10, "orders_withdrawn", None),
    step!(11, "time_in_doubt", None),
    step!(12, "credits", None),
    step!(13, "refund_numbers", None),
    step!(14, "day_totals", None),
    step!(15, "day_totals_counted", Some(days::count)),
    step!(16, "movements", None),
];

fn sha256(text: &str) -> Hash {
    digest(&SHA256, text.as_bytes()).as_ref().try_into().expect("SHA-256 gives 32 bytes")
}

/// Brings the database to the last of `steps`.
pub(super) fn run(connection: &mut Connection, steps: &[Step]) -> Result<(), StoreError> {
    const DOING: &str = "migrating the schema";
    connection
        .execute_batch(
            "CREATE TABLE IF NOT EXISTS schema_migrations (
                version INTEGER NOT NULL PRIMARY KEY, name TEXT NOT NULL, sha256 BLOB NOT NULL
            ) STRICT",
        )
        .doing(DOING)?;
    let applied = {
        let sql = "SELECT version, name, sha256 FROM schema_migrations ORDER BY version";
        let mut statement = connection.prepare(sql).doing(DOING)?;
        codec::collect(&mut statement, [], DOING, |row| {
            Ok((
                codec::count::<u32>(row, 0)?,
                codec::text(row, 1)?.to_owned(),
                codec::hash(row, 2)?,
            ))
        })?
    };
    for (place, (version, name, hash)) in applied.iter().enumerate() {
        let Some(step) = steps.get(place) else {
            return Err(StoreError::Unfit(format!(
                "the database has schema step {version} ({name}), which this program does not know: \
                 it was used by a later version"
            )));
        };
        if (step.version, step.name) != (*version, name.as_str()) || sha256(step.sql) != *hash {
            return Err(StoreError::Unfit(format!(
                "schema step {version} ({name}) is not the one that was applied to this database: \
                 an applied step is never edited"
            )));
        }
    }
    let missing = &steps[applied.len()..];
    if missing.is_empty() {
        return Ok(());
    }
    // A step may sort millions of rows; the memory for that is the system's to give or not.
    connection.pragma_update(None, "temp_store", "FILE").doing(DOING)?;
    for step in missing {
        let transaction =
            connection.transaction_with_behavior(TransactionBehavior::Immediate).doing(DOING)?;
        if let Some(carry) = step.carry {
            carry(&transaction)?;
        }
        transaction.execute_batch(step.sql).doing(DOING)?;
        let record = "INSERT INTO schema_migrations (version, name, sha256) VALUES (?1, ?2, ?3)";
        transaction.execute(record, (step.version, step.name, sha256(step.sql))).doing(DOING)?;
        transaction.commit().doing(DOING)?;
    }
    connection.pragma_update(None, "temp_store", "MEMORY").doing(DOING)
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: &str = "CREATE TABLE a (n INTEGER) STRICT";

    fn steps(first: &'static str, more: bool) -> Vec<Step> {
        let mut steps = vec![Step { version: 1, name: "a", sql: first, carry: None }];
        if more {
            let sql = "CREATE TABLE b (n INTEGER) STRICT";
            steps.push(Step { version: 2, name: "b", sql, carry: None });
        }
        steps
    }

    #[test]
    fn steps_run_once_and_in_order() {
        let mut db = Connection::open_in_memory().unwrap();
        for (more, tables) in [(false, 2), (false, 2), (true, 3), (true, 3)] {
            run(&mut db, &steps(A, more)).unwrap();
            let sql = "SELECT count(*) FROM sqlite_schema WHERE type = 'table'";
            assert_eq!(db.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap(), tables);
        }
    }

    #[test]
    fn an_edited_step_is_refused() {
        let mut db = Connection::open_in_memory().unwrap();
        run(&mut db, &steps(A, false)).unwrap();
        let edited = run(&mut db, &steps("CREATE TABLE a (n INTEGER NOT NULL) STRICT", false));
        assert!(edited.unwrap_err().to_string().contains("never edited"));
    }

    #[test]
    fn a_later_database_is_refused() {
        let mut db = Connection::open_in_memory().unwrap();
        run(&mut db, &steps(A, true)).unwrap();
        assert!(run(&mut db, &steps(A, false)).unwrap_err().to_string().contains("later version"));
    }

    #[test]
    fn a_step_that_fails_leaves_nothing() {
        let mut db = Connection::open_in_memory().unwrap();
        let half = "CREATE TABLE a (n INTEGER) STRICT; CREATE TABLE broken (";
        run(&mut db, &steps(half, false)).unwrap_err();
        run(&mut db, &steps(A, false)).unwrap();
    }

    #[test]
    fn numbers_and_places_agree() {
        for (place, step) in STEPS.iter().enumerate() {
            assert_eq!(step.version as usize, place + 1, "{}", step.name);
        }
    }
}
