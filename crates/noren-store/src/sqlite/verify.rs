//! Reads batches back from the tables and checks the chain, the balance of each entry and that no
//! sequence has a gap.

use std::borrow::Cow;
use std::collections::BTreeMap;

use noren_core::id::Slot;
use noren_core::ledger::{Entry, Posting};
use noren_core::time::Timestamp;
use rusqlite::Connection;

use super::codec;
use crate::chain::{self, Content, DirectoryRow};
use crate::{Doing, Hash, StoreError};

const DOING: &str = "verifying the chain";
/// A whole-store check holds about so many rows at a time.
const WINDOW_ROWS: u64 = 200_000;

/// What was checked and found good.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Verified {
    /// Batches.
    pub batches: u64,
    /// Rows in them: directory, entries, postings, events, movements.
    pub rows: u64,
}

/// A row of `batches`.
struct Sealed {
    number: u64,
    now: Timestamp,
    previous: Hash,
    hash: Hash,
    rows: u64,
}

/// The last numbers of a slot that were read.
#[derive(Clone, Copy, Default)]
struct Place {
    entry: u64,
    posting: u64,
    event: u64,
}

/// A row of `postings`.
struct Line {
    posting: Posting,
    entry: u64,
    batch: u64,
    tenant: String,
    order: String,
}

fn corrupt<T>(what: String) -> Result<T, StoreError> {
    Err(StoreError::Corrupt(what))
}

/// See [`super::SqliteStore::verify_last`].
pub(super) fn last(db: &Connection, batches: u64, rows: u64) -> Result<Verified, StoreError> {
    let end = super::load::last(db)?.number;
    let mut first = end;
    let mut sum = 0;
    for sealed in descending(db, batches)? {
        sum += sealed.rows;
        if sum > rows && sealed.number != end {
            break;
        }
        first = sealed.number;
    }
    run(db, first.max(1), end)
}

/// See [`super::SqliteStore::verify_all`].
pub(super) fn all(db: &Connection) -> Result<Verified, StoreError> {
    run(db, 1, super::load::last(db)?.number)
}

fn descending(db: &Connection, limit: u64) -> Result<Vec<Sealed>, StoreError> {
    let sql = "SELECT number, now, previous, hash, rows FROM batches ORDER BY number DESC LIMIT ?1";
    let mut statement = db.prepare(sql).doing(DOING)?;
    codec::collect(&mut statement, [codec::int(limit)], DOING, sealed)
}

fn sealed(row: &rusqlite::Row<'_>) -> Result<Sealed, StoreError> {
    Ok(Sealed {
        number: codec::count(row, 0)?,
        now: codec::time(row, 1)?,
        previous: codec::hash(row, 2)?,
        hash: codec::hash(row, 3)?,
        rows: codec::count(row, 4)?,
    })
}

/// Checks batches `first` to `end`, window by window.
fn run(db: &Connection, first: u64, end: u64) -> Result<Verified, StoreError> {
    let mut places = places_before(db, first)?;
    let mut previous = hash_of(db, first - 1)?;
    let mut done = Verified::default();
    let mut next = first;
    while next <= end {
        let sql = "SELECT number, now, previous, hash, rows FROM batches WHERE number >= ?1 ORDER BY number";
        let mut statement = db.prepare_cached(sql).doing(DOING)?;
        let mut rows = statement.query([codec::int(next)]).doing(DOING)?;
        let mut window: Vec<Sealed> = Vec::new();
        let mut sum = 0;
        while let Some(row) = rows.next().doing(DOING)? {
            let sealed = sealed(row)?;
            sum += sealed.rows;
            if sealed.number > end || (sum > WINDOW_ROWS && !window.is_empty()) {
                break;
            }
            if sealed.number != next {
                return corrupt(format!("batch {next} is missing"));
            }
            next += 1;
            window.push(sealed);
        }
        if window.is_empty() {
            return corrupt(format!("batch {next} is missing"));
        }
        let contents = read(db, &window, &mut places)?;
        for (sealed, content) in window.iter().zip(&contents) {
            check(sealed, content, &previous)?;
            previous = sealed.hash;
            done.batches += 1;
            done.rows += sealed.rows;
        }
    }
    ends_match(db, &places)?;
    Ok(done)
}

fn check(sealed: &Sealed, content: &Content<'_>, previous: &Hash) -> Result<(), StoreError> {
    let number = sealed.number;
    if sealed.previous != *previous {
        return corrupt(format!("batch {number} does not follow the batch before it"));
    }
    if let Some(entry) = content.entries.iter().find(|entry| !chain::balances(entry)) {
        let slot = entry.slot.number();
        return corrupt(format!(
            "entry {} of slot {slot} in batch {number} does not balance",
            entry.number
        ));
    }
    if content.hash(previous, number, sealed.now) != sealed.hash || content.rows() != sealed.rows {
        return corrupt(format!("the rows of batch {number} are not the ones that were committed"));
    }
    Ok(())
}

fn hash_of(db: &Connection, number: u64) -> Result<Hash, StoreError> {
    if number == 0 {
        return Ok(Hash::default());
    }
    let mut statement = db.prepare("SELECT hash FROM batches WHERE number = ?1").doing(DOING)?;
    let hash = codec::one(&mut statement, [codec::int(number)], DOING, |row| codec::hash(row, 0))?;
    hash.ok_or_else(|| StoreError::Corrupt(format!("batch {number} is missing")))
}

/// Where each slot's sequences stood before batch `first`.
fn places_before(db: &Connection, first: u64) -> Result<BTreeMap<Slot, Place>, StoreError> {
    let mut statement = db.prepare("SELECT slot FROM heads ORDER BY slot").doing(DOING)?;
    let slots = codec::collect(&mut statement, [], DOING, |row| codec::slot(row, 0))?;
    let before = |table: &str, column: &str, slot: Slot| -> Result<u64, StoreError> {
        let sql = format!(
            "SELECT {column} FROM {table} WHERE slot = ?1 AND batch < ?2 ORDER BY {column} DESC LIMIT 1"
        );
        let mut statement = db.prepare_cached(&sql).doing(DOING)?;
        let params = (slot.number(), codec::int(first));
        Ok(codec::one(&mut statement, params, DOING, |row| codec::count(row, 0))?.unwrap_or(0))
    };
    let mut places = BTreeMap::new();
    for slot in slots {
        let place = match first {
            1 => Place::default(),
            _ => Place {
                entry: before("entries", "number", slot)?,
                posting: before("postings", "seq", slot)?,
                event: before("events", "seq", slot)?,
            },
        };
        places.insert(slot, place);
    }
    Ok(places)
}

/// The append-only rows of a window of batches, one content a batch.
fn read(
    db: &Connection,
    window: &[Sealed],
    places: &mut BTreeMap<Slot, Place>,
) -> Result<Vec<Content<'static>>, StoreError> {
    let (first, last) = (window[0].number, window[window.len() - 1].number);
    let mut contents: Vec<Content<'static>> = window.iter().map(|_| Content::default()).collect();
    let index = |batch: u64| (first..=last).contains(&batch).then(|| (batch - first) as usize);

    let sql = "SELECT version, body, at, batch FROM directory
        WHERE slot = 256 AND batch BETWEEN ?1 AND ?2 ORDER BY version";
    let mut statement = db.prepare_cached(sql).doing(DOING)?;
    let mut rows = statement.query((codec::int(first), codec::int(last))).doing(DOING)?;
    while let Some(row) = rows.next().doing(DOING)? {
        let body = Cow::Owned(codec::text(row, 1)?.to_owned());
        let change =
            DirectoryRow { version: codec::count(row, 0)?, body, at: codec::time(row, 2)? };
        if let Some(index) = index(codec::count(row, 3)?) {
            contents[index].directory.push(change);
        }
    }

    let sql = "SELECT id, body, batch FROM movements
        WHERE slot = 256 AND batch BETWEEN ?1 AND ?2 ORDER BY id";
    let mut statement = db.prepare_cached(sql).doing(DOING)?;
    let mut rows = statement.query((codec::int(first), codec::int(last))).doing(DOING)?;
    while let Some(row) = rows.next().doing(DOING)? {
        let movement = (codec::parse(row, 0)?, Cow::Owned(codec::text(row, 1)?.to_owned()));
        if let Some(index) = index(codec::count(row, 2)?) {
            contents[index].movements.push(movement);
        }
    }

    for (slot, place) in places {
        for (batch, entry) in entries(db, *slot, place, last)? {
            let Some(index) = index(batch) else {
                return corrupt(format!(
                    "entry {} of slot {} is out of order",
                    entry.number,
                    slot.number()
                ));
            };
            contents[index].entries.push(Cow::Owned(entry));
        }
        let sql = format!(
            "SELECT {}, batch FROM events WHERE slot = ?1 AND seq > ?2 ORDER BY seq",
            codec::EVENT
        );
        let mut statement = db.prepare_cached(&sql).doing(DOING)?;
        let mut rows = statement.query((slot.number(), codec::int(place.event))).doing(DOING)?;
        while let Some(row) = rows.next().doing(DOING)? {
            let batch = codec::count::<u64>(row, 12)?;
            if batch > last {
                break;
            }
            let event = codec::event(row)?;
            let (Some(index), true) = (index(batch), event.seq == place.event + 1) else {
                return corrupt(format!(
                    "event {} of slot {} is out of order",
                    event.seq,
                    slot.number()
                ));
            };
            place.event = event.seq;
            contents[index].events.push(Cow::Owned(event));
        }
    }
    Ok(contents)
}

/// A slot's entries up to batch `last`, with their postings, each with its batch.
fn entries(
    db: &Connection,
    slot: Slot,
    place: &mut Place,
    last: u64,
) -> Result<Vec<(u64, Entry)>, StoreError> {
    let sql = "SELECT number, kind, cause, order_id, tenant, at, batch FROM entries
        WHERE slot = ?1 AND number > ?2 ORDER BY number";
    let mut statement = db.prepare_cached(sql).doing(DOING)?;
    let mut rows = statement.query((slot.number(), codec::int(place.entry))).doing(DOING)?;
    let sql =
        "SELECT seq, account, side, amount, currency, entry, batch, tenant, order_id FROM postings
        WHERE slot = ?1 AND seq > ?2 ORDER BY seq";
    let mut lines_statement = db.prepare_cached(sql).doing(DOING)?;
    let mut lines =
        lines_statement.query((slot.number(), codec::int(place.posting))).doing(DOING)?;
    let line = |row: &rusqlite::Row<'_>| -> Result<Line, StoreError> {
        Ok(Line {
            posting: codec::posting(row, 0)?,
            entry: codec::count(row, 5)?,
            batch: codec::count(row, 6)?,
            tenant: codec::text(row, 7)?.to_owned(),
            order: codec::text(row, 8)?.to_owned(),
        })
    };
    let mut ahead = lines.next().doing(DOING)?.map(line).transpose()?;
    let mut out = Vec::new();
    let name = slot.number();
    while let Some(row) = rows.next().doing(DOING)? {
        let batch = codec::count::<u64>(row, 6)?;
        if batch > last {
            break;
        }
        let mut entry = Entry {
            slot,
            number: codec::count(row, 0)?,
            kind: codec::word(row, 1)?,
            cause: codec::cause(row, 2)?,
            at: codec::time(row, 5)?,
            postings: Vec::with_capacity(8),
        };
        if entry.number != place.entry + 1 {
            return corrupt(format!("entry {} of slot {name} is missing", place.entry + 1));
        }
        place.entry = entry.number;
        let (_, order, tenant) = codec::cause_texts(&entry.cause);
        while let Some(line_of) = ahead.take_if(|ahead| ahead.entry == entry.number) {
            let seq = line_of.posting.seq;
            if seq != place.posting + 1 || line_of.batch != batch {
                return corrupt(format!("posting {seq} of slot {name} is out of order"));
            }
            if (&line_of.tenant, &line_of.order) != (&tenant, &order) {
                return corrupt(format!(
                    "posting {seq} of slot {name} names another tenant or order than its entry"
                ));
            }
            place.posting = seq;
            entry.postings.push(line_of.posting);
            ahead = lines.next().doing(DOING)?.map(line).transpose()?;
        }
        out.push((batch, entry));
    }
    match ahead {
        Some(line) if line.batch <= last => {
            corrupt(format!("posting {} of slot {name} belongs to no entry", line.posting.seq))
        }
        _ => Ok(out),
    }
}

/// The heads say exactly how far the sequences have come.
fn ends_match(db: &Connection, places: &BTreeMap<Slot, Place>) -> Result<(), StoreError> {
    let mut statement =
        db.prepare("SELECT slot, postings, entries, events FROM heads").doing(DOING)?;
    let heads = codec::collect(&mut statement, [], DOING, |row| {
        Ok((
            codec::slot(row, 0)?,
            codec::count(row, 1)?,
            codec::count(row, 2)?,
            codec::count(row, 3)?,
        ))
    })?;
    for (slot, postings, entries, events) in heads {
        let place = places.get(&slot).copied().unwrap_or_default();
        if (place.posting, place.entry, place.event) != (postings, entries, events) {
            return corrupt(format!(
                "the sequences of slot {} do not end where its head says",
                slot.number()
            ));
        }
    }
    Ok(())
}
