//! Makes partitions of recent rows, merges them, and drops what is old: a slice at a time, inside
//! the transactions that append names.
//!
//! Nothing here runs beside the writer, so nothing waits for a lock, and no slice costs a commit of
//! its own. Work is paid for by the names that cause it, so it never falls behind. What was begun
//! and not finished when the process ended is thrown away at the next start and begun again.

use noren_core::time::Timestamp;
use rusqlite::{Connection, TransactionBehavior, params};

use super::index::{Index, Partition};
use super::{Family, NameHash, NameLimits, filter};
use crate::sqlite::codec;
use crate::{Doing, StoreError};

const DOING: &str = "sealing names";

/// The writer's part of the names.
pub(in crate::sqlite) struct Sealer {
    limits: NameLimits,
    sealing: Option<Sealing>,
    merging: Option<Merging>,
    /// Partitions that are replaced or expired and still have entries or rows.
    dropping: Vec<Dropping>,
}

/// A partition that is being written, in the order of hashes.
struct Build {
    family: Family,
    to: Partition,
    filter: filter::Building,
}

struct Sealing {
    build: Build,
    entries: Vec<(NameHash, i64)>,
    done: usize,
}

struct Merging {
    build: Build,
    from: Vec<Partition>,
    /// Hashes from here on are still to be merged.
    next: NameHash,
}

struct Dropping {
    family: Family,
    partition: Partition,
    with_rows: bool,
}

impl Build {
    fn begin(db: &Connection, family: Family, mut to: Partition) -> Result<Self, StoreError> {
        let sql = "UPDATE name_state SET next_partition = next_partition + 1
            RETURNING next_partition - 1";
        let mut statement = db.prepare_cached(sql).doing(DOING)?;
        to.number = statement.query_row([], |row| row.get(0)).doing(DOING)?;
        let sql = "INSERT INTO name_partitions (number, source, level, first, last, names, oldest, newest, state)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 'building')";
        let (level, names) = (to.level, codec::int(to.names));
        let row = params![
            to.number,
            family.table(),
            level,
            to.first,
            to.last,
            names,
            to.oldest.0,
            to.newest.0
        ];
        db.prepare_cached(sql).doing(DOING)?.execute(row).doing(DOING)?;
        Ok(Self { family, to, filter: filter::Building::new(to.number, to.names) })
    }

    fn add(&mut self, db: &Connection, entries: &[(NameHash, i64)]) -> Result<(), StoreError> {
        let sql = "INSERT INTO name_index (partition, name, row) VALUES (?1, ?2, ?3)";
        let mut insert = db.prepare_cached(sql).doing(DOING)?;
        for (hash, row) in entries {
            insert.execute((self.to.number, hash.column(), row)).doing(DOING)?;
            self.filter.add(db, *hash)?;
        }
        Ok(())
    }

    fn finish(self, db: &Connection) -> Result<(), StoreError> {
        self.filter.finish(db)?;
        set_state(db, self.to.number, "sealed")
    }
}

fn set_state(db: &Connection, partition: i64, state: &str) -> Result<(), StoreError> {
    let sql = "UPDATE name_partitions SET state = ?2 WHERE number = ?1";
    let changed = db.prepare_cached(sql).doing(DOING)?.execute((partition, state)).doing(DOING)?;
    assert_eq!(changed, 1, "a partition has a row until it is dropped");
    let sql = "UPDATE name_state SET generation = generation + 1";
    db.prepare_cached(sql).doing(DOING)?.execute([]).doing(DOING)?;
    Ok(())
}

fn time_of_row(db: &Connection, family: Family, seq: i64) -> Result<Timestamp, StoreError> {
    let sql = format!("SELECT at FROM {} WHERE seq = ?1", family.table());
    let mut statement = db.prepare_cached(&sql).doing(DOING)?;
    codec::one(&mut statement, [seq], DOING, |row| codec::time(row, 0))?
        .ok_or_else(|| StoreError::Corrupt(format!("row {seq} of {} is missing", family.table())))
}

impl Sealer {
    /// After a start: what was being built is thrown away.
    pub fn resume(db: &Connection, limits: NameLimits) -> Result<Self, StoreError> {
        let sql = "UPDATE name_partitions SET state = 'replaced' WHERE state = 'building'";
        db.execute(sql, []).doing(DOING)?;
        let mut dropping = Vec::new();
        for family in Family::ALL {
            let sql = format!(
                "SELECT {}, state = 'expired' FROM name_partitions
                 WHERE source = ?1 AND state IN ('replaced', 'expired') ORDER BY number",
                Partition::COLUMNS
            );
            let mut statement = db.prepare(&sql).doing(DOING)?;
            dropping.extend(codec::collect(&mut statement, [family.table()], DOING, |row| {
                let partition = Partition::read(row)?;
                Ok(Dropping { family, partition, with_rows: codec::integer(row, 7)? == 1 })
            })?);
        }
        Ok(Self { limits, sealing: None, merging: None, dropping })
    }

    /// At a start: seals what an older schema, or other limits, left unsealed, before anything is
    /// asked. In transactions of its own, so that memory never holds more than usual.
    pub fn catch_up(
        &mut self,
        connection: &mut Connection,
        index: &mut Index,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        loop {
            let transaction = connection
                .transaction_with_behavior(TransactionBehavior::Immediate)
                .doing(DOING)?;
            index.follow_some(&transaction, self.limits.seal)?;
            if self.sealing.is_none() && self.due(&transaction, index, now)?.is_none() {
                return transaction.commit().doing(DOING);
            }
            self.work(&transaction, index, now, self.limits.seal / 8)?;
            transaction.commit().doing(DOING)?;
        }
    }

    /// A slice of work inside a transaction that has appended `names` names.
    pub fn work(
        &mut self,
        db: &Connection,
        index: &mut Index,
        now: Timestamp,
        names: usize,
    ) -> Result<(), StoreError> {
        let mut budget = 8 * names + self.limits.slice;
        // New rows first: memory is what has a bound. A step may come to an end within the budget,
        // and another begin.
        while budget > 0 {
            let used = match self.step(db, index, now, budget)? {
                0 => break,
                used => used,
            };
            budget = budget.saturating_sub(used);
        }
        Ok(())
    }

    /// One step of at most about `budget` entries; 0 when nothing is to be done.
    fn step(
        &mut self,
        db: &Connection,
        index: &mut Index,
        now: Timestamp,
        budget: usize,
    ) -> Result<usize, StoreError> {
        if self.sealing.is_none()
            && let Some(family) = self.due(db, index, now)?
        {
            self.sealing = Some(Sealing::begin(db, index, family)?);
        }
        if let Some(mut sealing) = self.sealing.take() {
            let used = sealing.step(db, budget)?;
            if sealing.done == sealing.entries.len() {
                sealing.build.finish(db)?;
                index.refresh(db)?;
            } else {
                self.sealing = Some(sealing);
            }
            return Ok(used.max(1));
        }
        if self.merging.is_none()
            && let Some((family, from)) = self.merge_due(index)
        {
            self.merging = Some(Merging::begin(db, family, from)?);
        }
        if let Some(merging) = self.merging.take() {
            let (used, rest) = merging.step(db, budget)?;
            match rest {
                Rest::More(merging) => self.merging = Some(merging),
                Rest::Done(replaced) => {
                    self.dropping.extend(replaced);
                    index.refresh(db)?;
                }
            }
            return Ok(used.max(1));
        }
        if let Some((family, partition)) = self.expired(index, now) {
            set_state(db, partition.number, "expired")?;
            index.refresh(db)?;
            self.dropping.push(Dropping { family, partition, with_rows: true });
        }
        let Some(dropping) = self.dropping.last() else { return Ok(0) };
        let used = dropping.step(db, budget)?;
        if used == 0 {
            dropping.end(db)?;
            self.dropping.pop();
        }
        Ok(used.max(1))
    }

    /// The family whose recent rows are to be sealed: too many of them, or too old.
    fn due(
        &self,
        db: &Connection,
        index: &Index,
        now: Timestamp,
    ) -> Result<Option<Family>, StoreError> {
        let fullest = Family::ALL.into_iter().max_by_key(|family| index.recent(*family));
        if let Some(family) = fullest.filter(|family| index.recent(*family) >= self.limits.seal) {
            return Ok(Some(family));
        }
        for family in Family::ALL {
            if let (Some(after), Some(row)) = (family.seal_after(), index.oldest_recent(family))
                && time_of_row(db, family, row)?.after(after) <= now
            {
                return Ok(Some(family));
            }
        }
        Ok(None)
    }

    /// The oldest run of partitions of one level that is worth merging.
    fn merge_due(&self, index: &Index) -> Option<(Family, Vec<Partition>)> {
        Family::ALL.into_iter().find_map(|family| {
            let all = index.partitions(family);
            let top = all.iter().map(|partition| partition.level).max()?;
            (0..=top).find_map(|level| {
                let of_level: Vec<_> =
                    all.iter().copied().filter(|partition| partition.level == level).collect();
                if of_level.len() < self.limits.fan {
                    return None;
                }
                let fits = |run: &[Partition]| {
                    let (first, last) = (run[0], run[run.len() - 1]);
                    run.is_sorted_by(|a, b| a.last + 1 == b.first)
                        && family
                            .span_max()
                            .is_none_or(|max| last.newest.since(first.oldest).0 <= max.0)
                };
                (0..of_level.len()).find_map(|start| {
                    let end = of_level.len().min(start + self.limits.fan);
                    let longest =
                        (start + 2..=end).rev().find(|end| fits(&of_level[start..*end]))?;
                    Some((family, of_level[start..longest].to_vec()))
                })
            })
        })
    }

    /// The oldest partition that may be forgotten. The youngest of a family stays, so that the
    /// numbers of rows never begin again.
    fn expired(&self, index: &Index, now: Timestamp) -> Option<(Family, Partition)> {
        Family::ALL.into_iter().find_map(|family| {
            let partitions = index.partitions(family);
            let oldest = *partitions.first()?;
            (partitions.len() > 1 && family.may_forget(oldest.newest, now))
                .then_some((family, oldest))
        })
    }
}

impl Sealing {
    fn begin(db: &Connection, index: &Index, family: Family) -> Result<Self, StoreError> {
        let (entries, first, last) = index.to_seal(family);
        let to = Partition {
            number: 0,
            level: 0,
            first,
            last,
            names: entries.len() as u64,
            oldest: time_of_row(db, family, first)?,
            newest: time_of_row(db, family, last)?,
        };
        Ok(Self { build: Build::begin(db, family, to)?, entries, done: 0 })
    }

    fn step(&mut self, db: &Connection, budget: usize) -> Result<usize, StoreError> {
        let end = self.entries.len().min(self.done + budget);
        self.build.add(db, &self.entries[self.done..end])?;
        let used = end - self.done;
        self.done = end;
        Ok(used)
    }
}

enum Rest {
    More(Merging),
    Done(Vec<Dropping>),
}

impl Merging {
    fn begin(db: &Connection, family: Family, from: Vec<Partition>) -> Result<Self, StoreError> {
        let (first, last) = (from[0], from[from.len() - 1]);
        let to = Partition {
            number: 0,
            level: first.level + 1,
            first: first.first,
            last: last.last,
            names: from.iter().map(|partition| partition.names).sum(),
            oldest: first.oldest,
            newest: last.newest,
        };
        Ok(Self { build: Build::begin(db, family, to)?, from, next: NameHash(0) })
    }

    /// Hashes are spread evenly, so a range of them that is `budget` of all names wide holds about
    /// `budget` names.
    fn step(mut self, db: &Connection, budget: usize) -> Result<(usize, Rest), StoreError> {
        let width = (1u128 << 64) * budget as u128 / u128::from(self.build.to.names.max(1));
        let end = u128::from(self.next.0) + width.max(1) - 1;
        let last = NameHash(u64::try_from(end).unwrap_or(u64::MAX));
        let sql =
            "SELECT name, row FROM name_index WHERE partition = ?1 AND name BETWEEN ?2 AND ?3";
        let mut statement = db.prepare_cached(sql).doing(DOING)?;
        let mut entries = Vec::with_capacity(budget);
        for partition in &self.from {
            let range = (partition.number, self.next.column(), last.column());
            entries.extend(codec::collect(&mut statement, range, DOING, |row| {
                Ok((NameHash::from_column(codec::integer(row, 0)?), codec::integer(row, 1)?))
            })?);
        }
        entries.sort_unstable();
        self.build.add(db, &entries)?;
        if last.0 < u64::MAX {
            self.next = NameHash(last.0 + 1);
            return Ok((entries.len(), Rest::More(self)));
        }
        let family = self.build.family;
        for partition in &self.from {
            set_state(db, partition.number, "replaced")?;
        }
        self.build.finish(db)?;
        let replaced = self.from.into_iter();
        let replaced =
            replaced.map(|partition| Dropping { family, partition, with_rows: false }).collect();
        Ok((entries.len(), Rest::Done(replaced)))
    }
}

impl Dropping {
    /// Removes some entries, then some rows; 0 when none is left.
    fn step(&self, db: &Connection, budget: usize) -> Result<usize, StoreError> {
        let number = self.partition.number;
        let sql = "DELETE FROM name_index WHERE partition = ?1 AND name <= coalesce(
            (SELECT name FROM name_index WHERE partition = ?1 ORDER BY name LIMIT 1 OFFSET ?2),
            9223372036854775807)";
        let mut delete = db.prepare_cached(sql).doing(DOING)?;
        let removed = delete.execute((number, codec::int(budget as u64))).doing(DOING)?;
        if removed > 0 || !self.with_rows {
            return Ok(removed);
        }
        let sql = format!(
            "DELETE FROM {0} WHERE seq BETWEEN ?1 AND ?2 AND seq < ?3 +
             (SELECT min(seq) FROM {0} WHERE seq >= ?1)",
            self.family.table()
        );
        let mut delete = db.prepare_cached(&sql).doing(DOING)?;
        let range = (self.partition.first, self.partition.last, codec::int(budget as u64));
        delete.execute(range).doing(DOING)
    }

    fn end(&self, db: &Connection) -> Result<(), StoreError> {
        for sql in [
            "DELETE FROM name_filters WHERE partition = ?1",
            "DELETE FROM name_partitions WHERE number = ?1",
        ] {
            let mut delete = db.prepare_cached(sql).doing(DOING)?;
            delete.execute([self.partition.number]).doing(DOING)?;
        }
        Ok(())
    }
}
