//! The whole store, checked from outside of the program that writes it.

use std::path::Path;

use rusqlite::Connection;

use super::{Access, CurrencyTotal, codec, connect, days, load, names, pending, verify};
use crate::{Doing, StoreError};

const DOING: &str = "auditing";

/// What an audit found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Audit {
    /// Debits equal credits in every currency, summed over all postings.
    pub balanced: bool,
    /// The stored totals of every account equal the sums over its postings, and every posting is in
    /// its account's currency.
    pub accounts_match: bool,
    /// What is pending on every account is what the open payments make.
    pub pending_matches: bool,
    /// The total of every day is what its payments count for.
    pub days_match: bool,
    /// Entries, postings and events are numbered from 1 to their slot's head without a gap.
    pub sequences_gap_free: bool,
    /// Every batch follows the one before, holds the rows that it was committed with, and each of
    /// its entries balances.
    pub chain_ok: bool,
    /// What the chain's check said, when it is not ok.
    pub chain_fault: Option<String>,
    /// Each name that may be there once is there once, and the partitions hold what the rows say.
    pub names_ok: bool,
    /// What the names' check said, when it is not ok.
    pub names_fault: Option<String>,
    /// Sums over all postings.
    pub totals: Vec<CurrencyTotal>,
    /// Rows.
    pub postings: u64,
    /// Rows.
    pub entries: u64,
    /// Rows.
    pub events: u64,
    /// Rows.
    pub payments: u64,
    /// Payments that can still change by themselves.
    pub open_payments: u64,
    /// The number of the last batch.
    pub batches: u64,
}

impl Audit {
    /// True when nothing is wrong.
    pub fn good(&self) -> bool {
        self.balanced
            && self.accounts_match
            && self.pending_matches
            && self.days_match
            && self.sequences_gap_free
            && self.chain_ok
            && self.names_ok
    }
}

fn number(db: &Connection, sql: &str) -> Result<u64, StoreError> {
    let mut statement = db.prepare(sql).doing(DOING)?;
    Ok(codec::one(&mut statement, [], DOING, |row| codec::count(row, 0))?.unwrap_or(0))
}

/// Checks everything, in one view, over a read connection of its own. May run beside the writer;
/// the write-ahead log is not shortened meanwhile. Reads every row: about a second for each few
/// hundred thousand payments.
///
/// Faults in the data are told in the [`Audit`]; an error means that it could not be made.
pub fn audit(path: &Path) -> Result<Audit, StoreError> {
    let connection = connect(path, Access::Read)?;
    // Millions of names are sorted; the memory for that is the system's to give or not.
    connection.pragma_update(None, "temp_store", "FILE").doing(DOING)?;
    let db = connection.unchecked_transaction().doing(DOING)?;
    let totals = totals(&db)?;
    let (chain_ok, chain_fault) = match verify::all(&db) {
        Ok(_) => (true, None),
        Err(StoreError::Corrupt(fault)) => (false, Some(fault)),
        Err(error) => return Err(error),
    };
    let names_fault = names::audit::fault(&db)?;
    let audit = Audit {
        balanced: totals.iter().all(|total| total.difference() == 0),
        accounts_match: number(&db, ACCOUNTS_WRONG)? == 0,
        pending_matches: pending::fault(&db)?.is_none(),
        days_match: days::prove(&db)?.1.is_none(),
        sequences_gap_free: gap_free(&db)?,
        chain_ok,
        chain_fault,
        names_ok: names_fault.is_none(),
        names_fault,
        totals,
        postings: number(&db, "SELECT count(*) FROM postings")?,
        entries: number(&db, "SELECT count(*) FROM entries")?,
        events: number(&db, "SELECT count(*) FROM events")?,
        payments: number(&db, "SELECT count(*) FROM payments")?,
        open_payments: number(&db, "SELECT count(*) FROM payments WHERE open = 1")?,
        batches: load::last(&db)?.number,
    };
    db.finish().doing(DOING)?;
    Ok(audit)
}

/// Accounts whose totals are not the sums over their postings, and sums without an account.
const ACCOUNTS_WRONG: &str = "
    WITH sums AS (
        SELECT slot, account, min(currency) AS low, max(currency) AS high,
            sum(CASE side WHEN 'debit' THEN amount ELSE 0 END) AS debits,
            sum(CASE side WHEN 'credit' THEN amount ELSE 0 END) AS credits
        FROM postings GROUP BY slot, account
    )
    SELECT
        (SELECT count(*) FROM accounts AS a LEFT JOIN sums AS s ON s.slot = a.slot AND s.account = a.number
         WHERE a.debits <> coalesce(s.debits, 0) OR a.credits <> coalesce(s.credits, 0)
            OR coalesce(s.low, a.currency) <> a.currency OR coalesce(s.high, a.currency) <> a.currency)
      + (SELECT count(*) FROM sums AS s LEFT JOIN accounts AS a ON a.slot = s.slot AND a.number = s.account
         WHERE a.number IS NULL)";

fn totals(db: &Connection) -> Result<Vec<CurrencyTotal>, StoreError> {
    let sql = "SELECT currency,
            sum(CASE side WHEN 'debit' THEN amount ELSE 0 END),
            sum(CASE side WHEN 'credit' THEN amount ELSE 0 END)
        FROM postings GROUP BY currency ORDER BY currency";
    let mut statement = db.prepare(sql).doing(DOING)?;
    codec::collect(&mut statement, [], DOING, |row| {
        let (debits, credits) = (codec::integer(row, 1)?, codec::integer(row, 2)?);
        Ok(CurrencyTotal { currency: codec::parse(row, 0)?, debits, credits })
    })
}

fn gap_free(db: &Connection) -> Result<bool, StoreError> {
    for (table, column, head) in [
        ("entries", "number", "entries"),
        ("postings", "seq", "postings"),
        ("events", "seq", "events"),
    ] {
        let sql = format!(
            "WITH of AS (
                SELECT slot, min({column}) AS first, max({column}) AS last, count(*) AS rows
                FROM {table} GROUP BY slot
             )
             SELECT (SELECT count(*) FROM of LEFT JOIN heads AS h ON h.slot = of.slot
                     WHERE of.first <> 1 OR of.last <> of.rows OR of.last IS NOT h.{head})
                  + (SELECT count(*) FROM heads AS h LEFT JOIN of ON of.slot = h.slot
                     WHERE h.{head} <> 0 AND of.slot IS NULL)"
        );
        if number(db, &sql)? != 0 {
            return Ok(false);
        }
    }
    Ok(true)
}
