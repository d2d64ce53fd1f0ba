//! Durable rows in memory, and what is due when.

use std::collections::{BTreeMap, BTreeSet};

use noren_core::time::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::Record;

/// A record that this sandbox did not write.
#[derive(Debug, thiserror::Error)]
#[error("the record {key} cannot be read: {source}")]
pub struct RecordError {
    /// Which.
    pub key: String,
    /// Why.
    pub source: serde_json::Error,
}

/// Rows of one kind. Remembers which have changed since they were last taken.
#[derive(Clone, Debug)]
pub struct Table<T> {
    prefix: &'static str,
    rows: BTreeMap<String, T>,
    changed: BTreeSet<String>,
}

impl<T: Serialize + DeserializeOwned> Table<T> {
    /// The rows whose records are named `prefix/…`.
    pub fn load(prefix: &'static str, records: &[Record]) -> Result<Self, RecordError> {
        let mut rows = BTreeMap::new();
        for record in records {
            let name = record.key.strip_prefix(prefix).and_then(|rest| rest.strip_prefix('/'));
            let Some(name) = name else { continue };
            let row = serde_json::from_str(&record.value)
                .map_err(|source| RecordError { key: record.key.clone(), source })?;
            rows.insert(name.to_owned(), row);
        }
        Ok(Self { prefix, rows, changed: BTreeSet::new() })
    }

    /// One row.
    pub fn get(&self, name: &str) -> Option<&T> {
        self.rows.get(name)
    }

    /// One row, to be changed.
    pub fn edit(&mut self, name: &str) -> Option<&mut T> {
        let row = self.rows.get_mut(name)?;
        self.changed.insert(name.to_owned());
        Some(row)
    }

    /// Inserts or replaces a row.
    pub fn put(&mut self, name: &str, row: T) {
        self.changed.insert(name.to_owned());
        self.rows.insert(name.to_owned(), row);
    }

    /// All rows, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&String, &T)> {
        self.rows.iter()
    }

    /// Adds the rows that changed since the last call.
    pub fn take_changes(&mut self, changes: &mut Vec<Record>) {
        for name in std::mem::take(&mut self.changed) {
            let row = &self.rows[&name];
            let value = serde_json::to_string(row).expect("rows have string keys only");
            changes.push(Record { key: format!("{}/{name}", self.prefix), value });
        }
    }
}

/// What is due when; each item once.
#[derive(Clone, Debug, Default)]
pub struct Agenda {
    by_time: BTreeSet<(Timestamp, String)>,
    by_item: BTreeMap<String, Timestamp>,
}

impl Agenda {
    /// Sets or clears when `item` is due.
    pub fn set(&mut self, item: &str, at: Option<Timestamp>) {
        if let Some(old) = self.by_item.remove(item) {
            self.by_time.remove(&(old, item.to_owned()));
        }
        if let Some(at) = at {
            self.by_time.insert((at, item.to_owned()));
            self.by_item.insert(item.to_owned(), at);
        }
    }

    /// The earliest.
    pub fn next_at(&self) -> Option<Timestamp> {
        self.by_time.first().map(|(at, _)| *at)
    }

    /// Takes out one item that is due.
    pub fn pop(&mut self, now: Timestamp) -> Option<String> {
        if self.next_at()? > now {
            return None;
        }
        let (_, item) = self.by_time.pop_first()?;
        self.by_item.remove(&item);
        Some(item)
    }
}
