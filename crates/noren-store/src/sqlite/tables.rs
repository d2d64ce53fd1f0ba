//! Where rows are written: into SQLite, or into plain bytes that show what a batch amounts to.

use std::cell::RefCell;

use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{CachedStatement, Connection, Result, ToSql};

use super::{names, write};
use crate::Batch;
use crate::chain::Content;
use crate::plan::Plan;

/// Something that takes rows.
pub(super) trait Tables {
    type Statement<'a>: Statement
    where
        Self: 'a;

    fn statement(&self, sql: &str) -> Result<Self::Statement<'_>>;
}

/// A statement that is run once for each row.
pub(super) trait Statement {
    fn bind(&mut self, place: usize, value: impl ToSql) -> Result<()>;
    fn run(&mut self) -> Result<()>;
}

impl Tables for Connection {
    type Statement<'a> = CachedStatement<'a>;

    fn statement(&self, sql: &str) -> Result<CachedStatement<'_>> {
        self.prepare_cached(sql)
    }
}

impl Statement for CachedStatement<'_> {
    fn bind(&mut self, place: usize, value: impl ToSql) -> Result<()> {
        self.raw_bind_parameter(place, value)
    }

    fn run(&mut self) -> Result<()> {
        self.raw_execute().map(drop)
    }
}

/// The values of rows one after the other.
struct Bytes<'a>(RefCell<&'a mut Vec<u8>>);

struct Row<'a, 'b>(&'a RefCell<&'b mut Vec<u8>>);

impl<'b> Tables for Bytes<'b> {
    type Statement<'a>
        = Row<'a, 'b>
    where
        Self: 'a;

    fn statement(&self, _: &str) -> Result<Row<'_, 'b>> {
        Ok(Row(&self.0))
    }
}

impl Statement for Row<'_, '_> {
    fn bind(&mut self, _: usize, value: impl ToSql) -> Result<()> {
        let value = value.to_sql()?;
        let value = match &value {
            ToSqlOutput::Borrowed(value) => *value,
            ToSqlOutput::Owned(value) => ValueRef::from(value),
            other => unreachable!("rows are made of plain values: {other:?}"),
        };
        let mut out = self.0.borrow_mut();
        match value {
            ValueRef::Null => {}
            ValueRef::Integer(n) => out.extend_from_slice(&n.to_be_bytes()),
            ValueRef::Real(n) => out.extend_from_slice(&n.to_be_bytes()),
            ValueRef::Text(bytes) | ValueRef::Blob(bytes) => out.extend_from_slice(bytes),
        }
        Ok(())
    }

    fn run(&mut self) -> Result<()> {
        Ok(())
    }
}

/// Everything that a commit does before a row goes to SQLite: sorting by table, the chained hash,
/// the hashes of names, every column as text, JSON or number. The values are appended to `out`.
/// For measuring.
pub fn encode(batch: &Batch, out: &mut Vec<u8>) {
    let content = Content::of(&batch.rows);
    let hash = content.hash(&batch.previous, batch.number, batch.now);
    let plan = Plan::of(&batch.rows);
    let tables = Bytes(RefCell::new(out));
    let done = names::write::rows(&tables, &plan)
        .and_then(|()| write::batch(&tables, batch, &plan, &content, &hash));
    done.expect("bytes in memory take everything");
}
