//! What is to be said to tills beside the books: a small file of its own, because it may be lost
//! without any money being lost, and because its writes must not wait for the books' nor they for it.

use std::collections::BTreeMap;
use std::path::Path;

use noren_core::id::{PaymentId, RefundId, Slot};
use noren_core::time::{Span, Timestamp};
use rusqlite::Connection;

use crate::{Doing, StoreError};

const DOING: &str = "keeping notices";

/// Somebody who is to be told of something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Addressed {
    /// Which API's words.
    pub facade: String,
    /// Whom, by the name that we issued.
    pub account: String,
    /// Of which payment.
    pub payment: PaymentId,
    /// Of which of its refunds; `None`: of the payment.
    pub refund: Option<RefundId>,
}

/// One that is due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    /// Its number here.
    pub id: i64,
    /// Whom, and of what.
    pub to: Addressed,
    /// How often it has been sent, this time included.
    pub sent: usize,
}

/// The file.
pub struct Outbox(Connection);

impl Outbox {
    /// Opens or makes it.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let file = Connection::open(path).doing(DOING)?;
        file.pragma_update(None, "journal_mode", "WAL").doing(DOING)?;
        file.pragma_update(None, "synchronous", "FULL").doing(DOING)?;
        file.execute_batch(
            "CREATE TABLE IF NOT EXISTS positions (
                slot INTEGER PRIMARY KEY, seq INTEGER NOT NULL) STRICT;
             CREATE TABLE IF NOT EXISTS notices (
                id INTEGER PRIMARY KEY, facade TEXT NOT NULL, account TEXT NOT NULL,
                payment TEXT NOT NULL, refund TEXT, sent INTEGER NOT NULL,
                next_at INTEGER NOT NULL) STRICT;
             CREATE INDEX IF NOT EXISTS notices_due ON notices (next_at);",
        )
        .doing(DOING)?;
        Ok(Self(file))
    }

    /// How far the events of each slot have been read.
    pub fn positions(&self) -> Result<BTreeMap<Slot, u64>, StoreError> {
        let read = || -> rusqlite::Result<_> {
            let mut statement = self.0.prepare_cached("SELECT slot, seq FROM positions")?;
            let mut rows = statement.query([])?;
            let mut positions = BTreeMap::new();
            while let Some(row) = rows.next()? {
                if let Some(slot) = Slot::new(row.get(0)?) {
                    positions.insert(slot, row.get::<_, i64>(1)?.unsigned_abs());
                }
            }
            Ok(positions)
        };
        read().doing(DOING)
    }

    /// Keeps how far was read and who is to be told, in one transaction.
    pub fn note(
        &mut self,
        now: Timestamp,
        positions: &BTreeMap<Slot, u64>,
        notices: &[Addressed],
    ) -> Result<(), StoreError> {
        let mut write = || -> rusqlite::Result<()> {
            let transaction = self.0.transaction()?;
            for (slot, seq) in positions {
                let seq = i64::try_from(*seq).unwrap_or(i64::MAX);
                let sql = "INSERT OR REPLACE INTO positions (slot, seq) VALUES (?, ?)";
                transaction.prepare_cached(sql)?.execute((slot.number(), seq))?;
            }
            for Addressed { facade, account, payment, refund } in notices {
                let sql = "INSERT INTO notices (facade, account, payment, refund, sent, next_at)
                           VALUES (?, ?, ?, ?, 0, ?)";
                let refund = refund.map(|id| id.to_string());
                let row = (facade, account, payment.to_string(), refund, now.0);
                transaction.prepare_cached(sql)?.execute(row)?;
            }
            transaction.commit()
        };
        write().doing(DOING)
    }

    /// Takes at most `limit` that are due. They are not due again within `lease`.
    pub fn take(
        &mut self,
        now: Timestamp,
        lease: Span,
        limit: u32,
    ) -> Result<Vec<Due>, StoreError> {
        let read = || -> rusqlite::Result<Vec<Due>> {
            let sql = "UPDATE notices SET next_at = ?2, sent = sent + 1 WHERE id IN
                         (SELECT id FROM notices WHERE next_at <= ?1 ORDER BY next_at, id LIMIT ?3)
                       RETURNING id, facade, account, payment, refund, sent";
            let mut statement = self.0.prepare_cached(sql)?;
            let mut rows = statement.query((now.0, now.after(lease).0, limit))?;
            let mut due = Vec::new();
            while let Some(row) = rows.next()? {
                let payment: String = row.get(3)?;
                let refund: Option<String> = row.get(4)?;
                let invalid = |_| rusqlite::Error::InvalidQuery;
                due.push(Due {
                    id: row.get(0)?,
                    to: Addressed {
                        facade: row.get(1)?,
                        account: row.get(2)?,
                        payment: payment.parse().map_err(invalid)?,
                        refund: refund.map(|id| id.parse()).transpose().map_err(invalid)?,
                    },
                    sent: usize::try_from(row.get::<_, i64>(5)?).unwrap_or(usize::MAX),
                });
            }
            due.sort_by_key(|due| due.id);
            Ok(due)
        };
        read().doing(DOING)
    }

    /// It is to be sent again then.
    pub fn again(&mut self, id: i64, at: Timestamp) -> Result<(), StoreError> {
        let sql = "UPDATE notices SET next_at = ? WHERE id = ?";
        let done = self.0.prepare_cached(sql).and_then(|mut put| put.execute((at.0, id)));
        done.map(drop).doing(DOING)
    }

    /// It was taken, or there is nothing to say, or it is given up.
    pub fn done(&mut self, id: i64) -> Result<(), StoreError> {
        let sql = "DELETE FROM notices WHERE id = ?";
        let done = self.0.prepare_cached(sql).and_then(|mut delete| delete.execute([id]));
        done.map(drop).doing(DOING)
    }
}

#[cfg(test)]
mod tests {
    use noren_core::id::Entropy;

    use super::*;

    #[test]
    fn what_was_noted_is_due_until_it_is_done_also_after_a_restart() {
        let folder = std::env::temp_dir().join(format!("noren-outbox-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let path = folder.join("outbox.db");
        let slot = Slot::new(17).unwrap();
        let to = Addressed {
            facade: "paypay".into(),
            account: "key-1".into(),
            payment: PaymentId::new(Timestamp(1), slot, Entropy(1), 0),
            refund: None,
        };
        let positions = BTreeMap::from([(slot, 7)]);
        let at = |ms: i64| Timestamp(1_000 + ms);
        let mut outbox = Outbox::open(&path).unwrap();
        assert_eq!(outbox.positions().unwrap(), BTreeMap::new());
        outbox.note(at(0), &positions, std::slice::from_ref(&to)).unwrap();
        let taken = outbox.take(at(0), Span(100), 10).unwrap();
        assert_eq!((taken.len(), &taken[0].to, taken[0].sent), (1, &to, 1));
        assert_eq!(outbox.take(at(99), Span(100), 10).unwrap(), []);
        drop(outbox);
        let mut outbox = Outbox::open(&path).unwrap();
        assert_eq!(outbox.positions().unwrap(), positions);
        let taken = outbox.take(at(100), Span(100), 10).unwrap();
        assert_eq!(taken[0].sent, 2);
        outbox.again(taken[0].id, at(5_000)).unwrap();
        assert_eq!(outbox.take(at(4_999), Span(100), 10).unwrap(), []);
        outbox.done(taken[0].id).unwrap();
        assert_eq!(outbox.take(at(9_999), Span(100), 10).unwrap(), []);
        std::fs::remove_dir_all(folder).unwrap();
    }
}
