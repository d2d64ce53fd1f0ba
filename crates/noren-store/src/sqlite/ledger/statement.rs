//! Statements of accounts. An owner may have an account of the same name in many slots (a wallet
//! has one in the slot of each shop that takes it); a statement adds them up and mixes their lines
//! by time.
//!
//! The opening balance is the present one less all that was posted since: a statement of the last
//! days reads the postings of the last days only. There is no index by account, because that would
//! be one more write for each of a payment's eight postings; so all postings of the slots are
//! walked from `from` on. That totals are the sums of postings is proven by [`super::prove`].

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

use noren_core::id::Slot;
use noren_core::ledger::{AccountName, Cause, EntryKind, Side};
use noren_core::money::Money;
use noren_core::time::Timestamp;
use rusqlite::{Connection, Rows, Statement as Prepared};

use crate::sqlite::{Reads, codec};
use crate::{Doing, StoreError};

const DOING: &str = "reading a statement";

/// An account with its totals, added up over all slots.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AccountTotal {
    /// Which account.
    pub name: AccountName,
    /// Sum of all debits.
    pub debits: Money,
    /// Sum of all credits.
    pub credits: Money,
    /// In how many slots it is.
    pub slots: u32,
}

impl AccountTotal {
    /// Debits less credits.
    pub fn balance(&self) -> Money {
        let minor = self.debits.minor().saturating_sub(self.credits.minor());
        Money::new(minor, self.name.currency)
    }
}

/// One line of a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StatementLine {
    /// When it was posted.
    pub at: Timestamp,
    /// The slot of the entry.
    pub slot: Slot,
    /// The entry's number in its slot.
    pub entry: u64,
    /// Why money moved.
    pub kind: EntryKind,
    /// By what.
    pub cause: Cause,
    /// Debit or credit.
    pub side: Side,
    /// How much.
    pub amount: Money,
    /// Debits less credits after this line.
    pub balance: Money,
}

/// What a statement consists of, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StatementPart {
    /// Debits less credits before the first line.
    Opening(Money),
    /// A line; oldest first.
    Line(StatementLine),
}

/// The end of a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Statement {
    /// Debits less credits before the first line.
    pub opening: Money,
    /// Sum of the debits between.
    pub debits: Money,
    /// Sum of the credits between.
    pub credits: Money,
    /// Debits less credits after the last line.
    pub closing: Money,
    /// How many lines there are.
    pub lines: u64,
}

/// Debits and credits in minor units, wide enough for all slots together.
#[derive(Clone, Copy, Debug, Default)]
struct Sides {
    debits: i128,
    credits: i128,
}

impl Sides {
    fn add(&mut self, side: Side, minor: i64) {
        match side {
            Side::Debit => self.debits += i128::from(minor),
            Side::Credit => self.credits += i128::from(minor),
        }
    }
}

fn money(minor: i128, name: &AccountName) -> Result<Money, StoreError> {
    let minor = i64::try_from(minor).map_err(|_| codec::bad("a sum out of range", name))?;
    Ok(Money::new(minor, name.currency))
}

/// An account of one slot, as far as a statement needs it.
struct Place {
    slot: u16,
    number: u32,
    sides: Sides,
    /// Postings from here on are within the statement.
    first: u64,
    /// And none from here on.
    end: u64,
}

impl Reads {
    /// All accounts, by name, each added up over all slots.
    pub fn account_totals(&self) -> Result<Vec<AccountTotal>, StoreError> {
        let mut totals: BTreeMap<AccountName, (Sides, u32)> = BTreeMap::new();
        for account in self.accounts(None)? {
            let (sides, slots) = totals.entry(account.name).or_default();
            sides.debits += i128::from(account.debits);
            sides.credits += i128::from(account.credits);
            *slots += 1;
        }
        totals
            .into_iter()
            .map(|(name, (sides, slots))| {
                let (debits, credits) = (money(sides.debits, &name)?, money(sides.credits, &name)?);
                Ok(AccountTotal { name, debits, credits, slots })
            })
            .collect()
    }

    /// The statement of an account: what was posted at or after `from` and before `to` (`None`: no
    /// bound). `each` hears of the opening balance and of every line. `None` when there is no such
    /// account.
    pub fn statement(
        &self,
        name: &AccountName,
        from: Option<Timestamp>,
        to: Option<Timestamp>,
        mut each: impl FnMut(StatementPart),
    ) -> Result<Option<Statement>, StoreError> {
        self.with(|db| {
            let places = places(db, name, from, to)?;
            if places.is_empty() {
                return Ok(None);
            }
            let mut opening = 0;
            for place in &places {
                let since = since(db, place, place.first)?;
                opening += place.sides.debits - since.debits;
                opening -= place.sides.credits - since.credits;
            }
            each(StatementPart::Opening(money(opening, name)?));
            let mut between = Sides::default();
            let mut count = 0;
            lines(db, &places, |mut line| {
                between.add(line.side, line.amount.minor());
                line.balance = money(opening + between.debits - between.credits, name)?;
                count += 1;
                each(StatementPart::Line(line));
                Ok(())
            })?;
            Ok(Some(Statement {
                opening: money(opening, name)?,
                debits: money(between.debits, name)?,
                credits: money(between.credits, name)?,
                closing: money(opening + between.debits - between.credits, name)?,
                lines: count,
            }))
        })
    }

    /// What an account came to just before `at`: debits less credits. `None` when there is no such
    /// account.
    pub fn balance_at(
        &self,
        name: &AccountName,
        at: Option<Timestamp>,
    ) -> Result<Option<Money>, StoreError> {
        self.with(|db| {
            let places = places(db, name, None, at)?;
            if places.is_empty() {
                return Ok(None);
            }
            let mut net = 0;
            for place in &places {
                let since = since(db, place, place.end)?;
                net += place.sides.debits - since.debits;
                net -= place.sides.credits - since.credits;
            }
            money(net, name).map(Some)
        })
    }
}

/// The account in each slot that has it.
fn places(
    db: &Connection,
    name: &AccountName,
    from: Option<Timestamp>,
    to: Option<Timestamp>,
) -> Result<Vec<Place>, StoreError> {
    let sql = "SELECT a.slot, a.number, a.debits, a.credits, h.entries, h.postings
        FROM accounts AS a JOIN heads AS h ON h.slot = a.slot
        WHERE a.owner = ?1 AND a.kind = ?2 AND a.currency = ?3 ORDER BY a.slot";
    let mut statement = db.prepare_cached(sql).doing(DOING)?;
    let params = (name.owner.to_string(), name.kind.name(), name.currency.alpha());
    codec::collect(&mut statement, params, DOING, |row| {
        let slot = codec::slot(row, 0)?.number();
        let debits = i128::from(codec::integer(row, 2)?);
        let credits = i128::from(codec::integer(row, 3)?);
        let head = (codec::count(row, 4)?, codec::count(row, 5)?);
        Ok(Place {
            slot,
            number: codec::count(row, 1)?,
            sides: Sides { debits, credits },
            first: from.map_or(Ok(1), |at| first_at(db, slot, head, at))?,
            end: to.map_or(Ok(head.1 + 1), |at| first_at(db, slot, head, at))?,
        })
    })
}

/// The first posting of a slot at or after `at`; one more than the last when there is none. Time
/// and entries grow with the numbers, so each is found by halving.
fn first_at(
    db: &Connection,
    slot: u16,
    (entries, postings): (u64, u64),
    at: Timestamp,
) -> Result<u64, StoreError> {
    let mut statement =
        db.prepare_cached("SELECT at FROM entries WHERE slot = ?1 AND number = ?2").doing(DOING)?;
    let entry = first(entries, |number| {
        let params = (slot, codec::int(number));
        let found = codec::one(&mut statement, params, DOING, |row| codec::time(row, 0))?;
        found.map(|time| time >= at).ok_or_else(|| codec::bad("no entry of this number", number))
    })?;
    let mut statement = db
        .prepare_cached("SELECT entry FROM postings WHERE slot = ?1 AND seq = ?2")
        .doing(DOING)?;
    first(postings, |seq| {
        let params = (slot, codec::int(seq));
        let found: Option<u64> =
            codec::one(&mut statement, params, DOING, |row| codec::count(row, 0))?;
        found.map(|of| of >= entry).ok_or_else(|| codec::bad("no posting of this number", seq))
    })
}

/// The least of 1 to `last` for which `is` holds, which then holds for all that follow; `last + 1`
/// when it holds for none.
fn first(
    last: u64,
    mut is: impl FnMut(u64) -> Result<bool, StoreError>,
) -> Result<u64, StoreError> {
    let (mut low, mut high) = (1, last + 1);
    while low < high {
        let middle = low + (high - low) / 2;
        if is(middle)? {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    Ok(low)
}

/// What was posted to an account from `seq` on.
fn since(db: &Connection, place: &Place, seq: u64) -> Result<Sides, StoreError> {
    let sql = "SELECT coalesce(sum(CASE side WHEN 'debit' THEN amount ELSE 0 END), 0),
            coalesce(sum(CASE side WHEN 'credit' THEN amount ELSE 0 END), 0)
        FROM postings WHERE slot = ?1 AND seq >= ?2 AND account = ?3";
    let mut statement = db.prepare_cached(sql).doing(DOING)?;
    let params = (place.slot, codec::int(seq), place.number);
    let sides = codec::one(&mut statement, params, DOING, |row| {
        let (debits, credits) = (codec::integer(row, 0)?, codec::integer(row, 1)?);
        Ok(Sides { debits: i128::from(debits), credits: i128::from(credits) })
    })?;
    Ok(sides.unwrap_or_default())
}

/// The lines of all places, oldest first.
fn lines(
    db: &Connection,
    places: &[Place],
    mut each: impl FnMut(StatementLine) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let sql =
        "SELECT p.slot, p.entry, p.side, p.amount, p.currency, e.at, e.kind, e.cause, e.order_id,
            e.tenant
        FROM postings AS p JOIN entries AS e ON e.slot = p.slot AND e.number = p.entry
        WHERE p.slot = ?1 AND p.seq >= ?2 AND p.seq < ?3 AND p.account = ?4 ORDER BY p.seq";
    let prepared: Result<Vec<Prepared<'_>>, StoreError> =
        places.iter().map(|_| db.prepare(sql).doing(DOING)).collect();
    let mut prepared = prepared?;
    let mut open: Vec<Rows<'_>> = Vec::with_capacity(places.len());
    for (statement, place) in prepared.iter_mut().zip(places) {
        let params = (place.slot, codec::int(place.first), codec::int(place.end), place.number);
        open.push(statement.query(params).doing(DOING)?);
    }
    let mut heads: Vec<Option<StatementLine>> = Vec::with_capacity(open.len());
    let mut order = BinaryHeap::new();
    for (index, rows) in open.iter_mut().enumerate() {
        let line = next(rows)?;
        order.extend(line.map(|line| Reverse((line.at, index))));
        heads.push(line);
    }
    while let Some(Reverse((_, index))) = order.pop() {
        let following = next(&mut open[index])?;
        order.extend(following.map(|line| Reverse((line.at, index))));
        if let Some(line) = std::mem::replace(&mut heads[index], following) {
            each(line)?;
        }
    }
    Ok(())
}

fn next(rows: &mut Rows<'_>) -> Result<Option<StatementLine>, StoreError> {
    let Some(row) = rows.next().doing(DOING)? else { return Ok(None) };
    let amount = codec::money(row, 3)?;
    Ok(Some(StatementLine {
        slot: codec::slot(row, 0)?,
        entry: codec::count(row, 1)?,
        side: codec::word(row, 2)?,
        amount,
        at: codec::time(row, 5)?,
        kind: codec::word(row, 6)?,
        cause: codec::cause(row, 7)?,
        balance: Money::zero(amount.currency()),
    }))
}
