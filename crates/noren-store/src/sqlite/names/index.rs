//! From a name to its row: the recent rows in memory, the sealed partitions in the database.
//!
//! An index follows the database: at the beginning of each view it reads what was appended since
//! the last one, and the list of partitions when that has changed. It never looks further than the
//! view, so memory and view agree, and what a view has read cannot be sealed away under it.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use noren_core::time::Timestamp;
use rusqlite::Connection;

use super::filter::Filter;
use super::{Family, Name, NameHash};
use crate::sqlite::codec;
use crate::{Doing, StoreError};

const DOING: &str = "following the names";

/// A sealed part of a family's rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Partition {
    pub number: i64,
    pub level: u32,
    pub first: i64,
    pub last: i64,
    pub names: u64,
    pub oldest: Timestamp,
    pub newest: Timestamp,
}

impl Partition {
    pub const COLUMNS: &str = "number, level, first, last, names, oldest, newest";

    /// The sealed partitions of a family, and with `false` the expired ones, whose rows are still
    /// being removed; oldest first.
    pub fn counted(db: &Connection, family: Family) -> Result<Vec<(Self, bool)>, StoreError> {
        let sql = format!(
            "SELECT {}, state = 'sealed' FROM name_partitions
             WHERE source = ?1 AND state IN ('sealed', 'expired') ORDER BY first",
            Self::COLUMNS
        );
        let mut statement = db.prepare_cached(&sql).doing(DOING)?;
        codec::collect(&mut statement, [family.table()], DOING, |row| {
            Ok((Self::read(row)?, codec::integer(row, 7)? == 1))
        })
    }

    pub fn read(row: &rusqlite::Row<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            number: codec::integer(row, 0)?,
            level: codec::count(row, 1)?,
            first: codec::integer(row, 2)?,
            last: codec::integer(row, 3)?,
            names: codec::count(row, 4)?,
            oldest: codec::time(row, 5)?,
            newest: codec::time(row, 6)?,
        })
    }
}

/// Hashes of recent rows. Two names with one hash happen once in 2^32 names or so, and must not
/// hide one another.
#[derive(Default)]
struct Recent {
    first: HashMap<NameHash, i64>,
    others: Vec<(NameHash, i64)>,
}

impl Recent {
    fn add(&mut self, hash: NameHash, row: i64) {
        match self.first.entry(hash) {
            Entry::Vacant(place) => {
                place.insert(row);
            }
            Entry::Occupied(_) => self.others.push((hash, row)),
        }
    }

    fn rows(&self, hash: NameHash, out: &mut Vec<i64>) {
        out.extend(self.first.get(&hash));
        out.extend(self.others.iter().filter(|(other, _)| *other == hash).map(|(_, row)| row));
    }

    fn forget_through(&mut self, last: i64) {
        self.first.retain(|_, row| *row > last);
        self.others.retain(|(_, row)| *row > last);
    }

    fn len(&self) -> usize {
        self.first.len() + self.others.len()
    }
}

/// A family's part of an index.
#[derive(Default)]
struct Tail {
    recent: Recent,
    /// The last row that memory has heard of, or that is sealed.
    seen: i64,
    /// Rows up to here are in partitions.
    sealed: i64,
    partitions: Vec<(Partition, Option<Filter>)>,
}

/// See the module. One for each connection, or a lock around it.
pub(in crate::sqlite) struct Index {
    tails: [Tail; Family::ALL.len()],
    /// Of `name_state`, when the partitions were read.
    generation: Option<i64>,
    /// The most bytes of filters.
    filter_bytes: usize,
}

impl Index {
    pub fn new(filter_bytes: usize) -> Self {
        Self { tails: Default::default(), generation: None, filter_bytes }
    }

    /// Catches up with the view that `db` is in: all of its rows.
    pub fn follow(&mut self, db: &Connection) -> Result<(), StoreError> {
        self.follow_some(db, usize::MAX)
    }

    /// As [`Index::follow`], but at most `rows` rows of each family.
    pub fn follow_some(&mut self, db: &Connection, rows: usize) -> Result<(), StoreError> {
        self.refresh(db)?;
        for family in Family::ALL {
            let tail = &mut self.tails[family as usize];
            let table = family.table();
            let sql = format!("SELECT seq, name FROM {table} WHERE seq > ?1 ORDER BY seq LIMIT ?2");
            let mut statement = db.prepare_cached(&sql).doing(DOING)?;
            let limit = i64::try_from(rows).unwrap_or(i64::MAX);
            let mut rows = statement.query((tail.seen, limit)).doing(DOING)?;
            while let Some(row) = rows.next().doing(DOING)? {
                tail.seen = codec::integer(row, 0)?;
                tail.recent.add(NameHash::from_column(codec::integer(row, 1)?), tail.seen);
            }
        }
        Ok(())
    }

    /// Reads the partitions when they have changed, and forgets the rows that they hold.
    pub(super) fn refresh(&mut self, db: &Connection) -> Result<(), StoreError> {
        let mut statement = db.prepare_cached("SELECT generation FROM name_state").doing(DOING)?;
        let generation = codec::one(&mut statement, [], DOING, |row| codec::integer(row, 0))?;
        if self.generation.is_some() && self.generation == generation {
            return Ok(());
        }
        if self.generation > generation {
            // Another file under the same path. Nothing in memory is about this one.
            *self = Self::new(self.filter_bytes);
        }
        self.read_partitions(db)?;
        self.generation = generation;
        Ok(())
    }

    fn read_partitions(&mut self, db: &Connection) -> Result<(), StoreError> {
        for family in Family::ALL {
            let found = Partition::counted(db, family)?;
            let tail = &mut self.tails[family as usize];
            let mut had: HashMap<i64, Option<Filter>> = std::mem::take(&mut tail.partitions)
                .into_iter()
                .map(|(partition, filter)| (partition.number, filter))
                .collect();
            tail.sealed = found.iter().map(|(partition, _)| partition.last).max().unwrap_or(0);
            tail.seen = tail.seen.max(tail.sealed);
            tail.recent.forget_through(tail.sealed);
            tail.partitions = found
                .into_iter()
                .filter(|(_, sealed)| *sealed)
                .map(|(partition, _)| (partition, had.remove(&partition.number).flatten()))
                .collect();
        }
        self.read_filters(db)
    }

    /// The smallest partitions first: they are the many.
    fn read_filters(&mut self, db: &Connection) -> Result<(), StoreError> {
        let mut all: Vec<_> =
            self.tails.iter_mut().flat_map(|tail| tail.partitions.iter_mut()).collect();
        all.sort_by_key(|(partition, _)| (partition.names, partition.number));
        let mut left = self.filter_bytes;
        for (partition, filter) in all {
            let size = Filter::size(partition.names);
            if size > left {
                *filter = None;
                continue;
            }
            left -= size;
            if filter.is_none() {
                *filter = Some(Filter::read(db, partition.number, partition.names)?);
            }
        }
        Ok(())
    }

    /// The row of `name`, in the view that was followed last.
    pub fn find(&self, db: &Connection, name: &Name<'_>) -> Result<Option<i64>, StoreError> {
        self.find_hashed(db, name, name.hash())
    }

    /// As [`Index::find`], when the hash is known.
    pub fn find_hashed(
        &self,
        db: &Connection,
        name: &Name<'_>,
        hash: NameHash,
    ) -> Result<Option<i64>, StoreError> {
        let tail = &self.tails[name.family() as usize];
        let mut rows = Vec::new();
        tail.recent.rows(hash, &mut rows);
        // Newest first: what is asked for again is mostly young.
        for (partition, filter) in tail.partitions.iter().rev() {
            if filter.as_ref().is_some_and(|filter| !filter.may_hold(hash)) {
                continue;
            }
            let sql = "SELECT row FROM name_index WHERE partition = ?1 AND name = ?2";
            let mut statement = db.prepare_cached(sql).doing(DOING)?;
            let params = (partition.number, hash.column());
            rows.extend(codec::collect(&mut statement, params, DOING, |row| {
                codec::integer(row, 0)
            })?);
        }
        for row in rows {
            if name.is_row(db, row)? {
                return Ok(Some(row));
            }
        }
        Ok(None)
    }

    /// The number of the next row of a family.
    pub fn next_row(&self, family: Family) -> i64 {
        self.tails[family as usize].seen + 1
    }

    /// The writer has appended a row with the number that [`Index::next_row`] gave.
    pub fn appended(&mut self, family: Family, hash: NameHash) {
        let tail = &mut self.tails[family as usize];
        tail.seen += 1;
        tail.recent.add(hash, tail.seen);
    }

    /// Rows of a family in memory.
    pub fn recent(&self, family: Family) -> usize {
        self.tails[family as usize].recent.len()
    }

    /// The number of a family's oldest row in memory, when it has one.
    pub(super) fn oldest_recent(&self, family: Family) -> Option<i64> {
        let tail = &self.tails[family as usize];
        (tail.seen > tail.sealed).then_some(tail.sealed + 1)
    }

    /// The rows in memory by hash, and the numbers of the first and the last of them.
    pub(super) fn to_seal(&self, family: Family) -> (Vec<(NameHash, i64)>, i64, i64) {
        let tail = &self.tails[family as usize];
        let first = tail.recent.first.iter().map(|(hash, row)| (*hash, *row));
        let mut entries: Vec<_> = first.chain(tail.recent.others.iter().copied()).collect();
        entries.sort_unstable();
        (entries, tail.sealed + 1, tail.seen)
    }

    /// The sealed partitions of a family, oldest first.
    pub(super) fn partitions(&self, family: Family) -> Vec<Partition> {
        self.tails[family as usize].partitions.iter().map(|(partition, _)| *partition).collect()
    }
}
