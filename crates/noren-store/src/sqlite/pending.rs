//! What is pending beside what is posted: adding it up over the open payments of a file.

use std::collections::BTreeMap;

use noren_core::id::Slot;
use noren_core::ledger::{AccountKind, AccountOwner};
use noren_core::money::Currency;
use noren_core::payment::Payment;
use rusqlite::{Connection, params};

use super::codec;
use crate::{Doing, StoreError};

const DOING: &str = "adding up what is pending";

/// Pending debits and credits by slot, owner of the receivable, and currency.
pub(super) type Sums = BTreeMap<(Slot, String, Currency), (i64, i64)>;

/// What the open payments make.
pub(super) fn sums(db: &Connection) -> Result<Sums, StoreError> {
    let mut statement = db.prepare("SELECT body FROM payments WHERE open = 1").doing(DOING)?;
    let mut rows = statement.query([]).doing(DOING)?;
    let mut sums = Sums::new();
    while let Some(row) = rows.next().doing(DOING)? {
        let payment: Payment = codec::json(row, 0)?;
        let Some(pending) = payment.pending() else { continue };
        let owner = AccountOwner::Wallet(pending.wallet).to_string();
        let sum = sums.entry((payment.id.slot(), owner, pending.currency)).or_default();
        let added = sum.0.checked_add(pending.debits).zip(sum.1.checked_add(pending.credits));
        *sum = added.ok_or_else(|| codec::bad("more pending than fits", payment.id))?;
    }
    Ok(sums)
}

/// Step 8: a file of an earlier program has open payments and nothing pending.
pub(super) fn count(db: &Connection) -> Result<(), StoreError> {
    for ((slot, owner, currency), (debits, credits)) in sums(db)? {
        let (slot, kind) = (slot.number(), AccountKind::WalletReceivable.name());
        let sql = "UPDATE accounts SET pending_debits = ?5, pending_credits = ?6
            WHERE slot = ?1 AND owner = ?2 AND kind = ?3 AND currency = ?4";
        let values = params![slot, owner, kind, currency.alpha(), debits, credits];
        if db.execute(sql, values).doing(DOING)? == 0 {
            let sql = "INSERT INTO accounts (slot, number, owner, kind, currency, debits, credits,
                    pending_debits, pending_credits)
                VALUES (?1, (SELECT count(*) FROM accounts WHERE slot = ?1), ?2, ?3, ?4, 0, 0, ?5, ?6)";
            db.execute(sql, values).doing(DOING)?;
        }
    }
    Ok(())
}

/// The first account whose pending amounts are not what the open payments make.
pub(super) fn fault(db: &Connection) -> Result<Option<String>, StoreError> {
    let mut due = sums(db)?;
    let sql = "SELECT slot, owner, kind, currency, pending_debits, pending_credits FROM accounts
        WHERE pending_debits <> 0 OR pending_credits <> 0 ORDER BY slot, number";
    let mut statement = db.prepare(sql).doing(DOING)?;
    let mut rows = statement.query([]).doing(DOING)?;
    while let Some(row) = rows.next().doing(DOING)? {
        let (slot, owner) = (codec::slot(row, 0)?, codec::text(row, 1)?.to_owned());
        let (kind, currency) = (codec::text(row, 2)?, codec::parse(row, 3)?);
        let stored = (codec::integer(row, 4)?, codec::integer(row, 5)?);
        let place = format!("{owner}/{kind}/{currency} of slot {}", slot.number());
        let is = due.remove(&(slot, owner, currency)).unwrap_or_default();
        if kind != AccountKind::WalletReceivable.name() || is != stored {
            return Ok(Some(format!("{place} has {stored:?} pending, its payments make {is:?}")));
        }
    }
    let rest = due.first_key_value().map(|((slot, owner, currency), is)| {
        let slot = slot.number();
        format!("{owner} {currency} of slot {slot} has nothing pending, its payments make {is:?}")
    });
    Ok(rest)
}
