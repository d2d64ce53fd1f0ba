//! The whole ledger, proven again from its smallest parts: postings add up to entries, accounts
//! and currencies; batches follow each other; every payment's record says what its entries say.
//!
//! One pass over the postings and one over the payments. What has to be sorted in between goes to
//! a scratch file of SQLite's own, so memory stays small whatever the store holds.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::time::{Duration, Instant};

use noren_core::id::Slot;
use noren_core::ledger::{Account, Cause, EntryKind, Posting, Side};
use noren_core::money::{Currency, Money};
use noren_core::payment::Payment;
use noren_core::tally::Tally;
use rusqlite::{Connection, Rows};

use crate::sqlite::{Access, codec, connect, days, movements, names, pending, verify};
use crate::{Doing, StoreError};

const DOING: &str = "proving the ledger";

/// A check lists so many faults, and counts the others.
pub const FAULTS_SHOWN: usize = 20;

/// One thing that was checked of the whole store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// A word for it.
    pub name: &'static str,
    /// What is true when no fault was found.
    pub proves: &'static str,
    /// Of how many things.
    pub count: u64,
    /// What is wrong, each with its place; at most [`FAULTS_SHOWN`].
    pub faults: Vec<String>,
    /// How many faults are not listed.
    pub faults_more: u64,
    /// How long it took.
    pub took: Duration,
}

impl Check {
    fn new(name: &'static str, proves: &'static str) -> Self {
        let (faults, took) = (Vec::new(), Duration::ZERO);
        Self { name, proves, count: 0, faults, faults_more: 0, took }
    }

    fn fault(&mut self, what: String) {
        if self.faults.len() < FAULTS_SHOWN {
            self.faults.push(what);
        } else {
            self.faults_more += 1;
        }
    }

    /// True when nothing is wrong.
    pub fn good(&self) -> bool {
        self.faults.is_empty()
    }
}

/// Proves everything, in one view, over a read connection of its own; `told` hears of each check
/// when it is done. May run beside the writer; the write-ahead log is not shortened meanwhile.
///
/// Faults in the data are told in the [`Check`]s; an error means that it could not be proven.
pub fn prove(path: &Path, mut told: impl FnMut(&Check)) -> Result<Vec<Check>, StoreError> {
    let connection = connect(path, Access::Read)?;
    // Millions of names are sorted; the memory for that is the system's to give or not.
    connection.pragma_update(None, "temp_store", "FILE").doing(DOING)?;
    let db = connection.unchecked_transaction().doing(DOING)?;
    let scratch = Scratch::open()?;
    let mut sums = Sums::load(&db)?;
    let mut checks = Vec::new();
    let mut run = |mut check: Check, work: &mut dyn FnMut(&mut Check) -> Result<(), StoreError>| {
        let begun = Instant::now();
        match work(&mut check) {
            // What cannot be read at all was not written by this program: a fault like others.
            Err(StoreError::Corrupt(what)) => check.fault(what),
            other => other?,
        }
        check.took = begun.elapsed();
        told(&check);
        checks.push(check);
        Ok::<(), StoreError>(())
    };
    run(
        Check::new("batches", "each follows the one before and holds the rows it was sealed with"),
        &mut |check| {
            check.count = verify::all(&db)?.batches;
            Ok(())
        },
    )?;
    run(
        Check::new(
            "postings",
            "numbered without a gap, each in an entry that balances by currency",
        ),
        &mut |check| postings(&db, &scratch, &mut sums, check),
    )?;
    run(
        Check::new("accounts", "each total is the sum of its postings, all in its currency"),
        &mut |check| sums.accounts(check),
    )?;
    run(Check::new("currencies", "all accounts together come to zero"), &mut |check| {
        sums.currencies(check)
    })?;
    run(Check::new("events", "numbered without a gap to their slot's head"), &mut |check| {
        events(&db, check)
    })?;
    run(
        Check::new("payments", "each record says what its entries, events and columns say"),
        &mut |check| payments(&db, &scratch, &sums, check),
    )?;
    run(
        Check::new("pending", "each account's is what its open payments may still move"),
        &mut |check| {
            check.count = pending::sums(&db)?.len() as u64;
            pending::fault(&db)?.into_iter().for_each(|what| check.fault(what));
            Ok(())
        },
    )?;
    run(Check::new("days", "each total is what its payments count for"), &mut |check| {
        let (count, fault) = days::prove(&db)?;
        check.count = count;
        fault.into_iter().for_each(|what| check.fault(what));
        Ok(())
    })?;
    run(Check::new("movements", "each has the one entry that it was booked by"), &mut |check| {
        let (count, fault) = movements::prove(&db)?;
        check.count = count;
        fault.into_iter().for_each(|what| check.fault(what));
        Ok(())
    })?;
    run(
        Check::new("orders", "none has two payments that took or can still take money"),
        &mut |c| orders(&db, c),
    )?;
    run(Check::new("names", "each that may be used once is there once"), &mut |check| {
        check.count = names::audit::count(&db)?;
        names::audit::fault(&db)?.into_iter().for_each(|what| check.fault(what));
        Ok(())
    })?;
    db.finish().doing(DOING)?;
    Ok(checks)
}

/// Entries on their way from the order of numbers to the order of payments.
struct Scratch(Connection);

impl Scratch {
    fn open() -> Result<Self, StoreError> {
        // A file without a name: SQLite removes it when the connection closes.
        let connection = Connection::open("").doing(DOING)?;
        connection
            .execute_batch(
                "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;
                 CREATE TABLE entries (slot INTEGER NOT NULL, payment TEXT NOT NULL,
                     number INTEGER NOT NULL, kind TEXT NOT NULL, lines BLOB NOT NULL) STRICT;
                 BEGIN;",
            )
            .doing(DOING)?;
        Ok(Self(connection))
    }

    fn keep(&self, entry: &EntryRow, lines: &[Posting]) -> Result<(), StoreError> {
        let Cause::Payment { payment, .. } = entry.cause else { return Ok(()) };
        let mut bytes = Vec::with_capacity(lines.len() * 16);
        for line in lines {
            bytes.extend_from_slice(&line.account.to_be_bytes());
            bytes.push(u8::from(line.side == Side::Debit));
            bytes.extend_from_slice(&line.amount.minor().to_be_bytes());
            bytes.extend_from_slice(line.amount.currency().alpha().as_bytes());
        }
        let sql =
            "INSERT INTO entries (slot, payment, number, kind, lines) VALUES (?1, ?2, ?3, ?4, ?5)";
        let mut statement = self.0.prepare_cached(sql).doing(DOING)?;
        let params =
            (entry.slot, payment.to_string(), codec::int(entry.number), entry.kind.name(), bytes);
        statement.execute(params).map(drop).doing(DOING)
    }
}

/// The account, side and amount of each line that [`Scratch::keep`] wrote.
fn lines(bytes: &[u8]) -> impl Iterator<Item = Result<(u32, Side, Money), StoreError>> + '_ {
    bytes.chunks(16).map(|line| {
        let read = || {
            let account = u32::from_be_bytes(line.get(..4)?.try_into().ok()?);
            let side = if *line.get(4)? == 1 { Side::Debit } else { Side::Credit };
            let minor = i64::from_be_bytes(line.get(5..13)?.try_into().ok()?);
            let currency = std::str::from_utf8(line.get(13..16)?).ok()?.parse().ok()?;
            Some((account, side, Money::new(minor, currency)))
        };
        read().ok_or_else(|| codec::bad("a line that does not read", line))
    })
}

/// Both sides of an account or a currency.
#[derive(Clone, Copy, Default)]
struct Total {
    debits: i128,
    credits: i128,
}

impl Total {
    fn add(&mut self, side: Side, amount: Money) {
        match side {
            Side::Debit => self.debits += i128::from(amount.minor()),
            Side::Credit => self.credits += i128::from(amount.minor()),
        }
    }
}

/// What the postings add up to.
struct Sums {
    accounts: HashMap<(u16, u32), Account>,
    by_account: BTreeMap<(u16, u32), Total>,
    by_currency: BTreeMap<&'static str, Total>,
    /// Postings in another currency than their account's.
    strangers: Vec<String>,
}

impl Sums {
    fn load(db: &Connection) -> Result<Self, StoreError> {
        let sql = format!("SELECT {} FROM accounts ORDER BY slot, number", codec::ACCOUNT);
        let mut statement = db.prepare(&sql).doing(DOING)?;
        let accounts = codec::collect(&mut statement, [], DOING, codec::account)?;
        let accounts = accounts.into_iter();
        let accounts = accounts.map(|a| ((a.slot.number(), a.number), a)).collect();
        let (by_account, by_currency) = (BTreeMap::new(), BTreeMap::new());
        Ok(Self { accounts, by_account, by_currency, strangers: Vec::new() })
    }

    fn add(&mut self, slot: u16, line: &Posting) {
        self.by_account.entry((slot, line.account)).or_default().add(line.side, line.amount);
        let currency = line.amount.currency();
        self.by_currency.entry(currency.alpha()).or_default().add(line.side, line.amount);
        let account = self.accounts.get(&(slot, line.account));
        if account.is_some_and(|account| account.name.currency != currency)
            && self.strangers.len() < FAULTS_SHOWN
        {
            let (seq, amount) = (line.seq, line.amount);
            self.strangers.push(format!(
                "posting {seq} of slot {slot} puts {amount} into {}",
                account.map_or_else(String::new, |account| account.name.to_string())
            ));
        }
    }

    fn accounts(&self, check: &mut Check) -> Result<(), StoreError> {
        check.count = self.accounts.len() as u64;
        self.strangers.iter().for_each(|what| check.fault(what.clone()));
        for (slot, number) in self.by_account.keys() {
            if !self.accounts.contains_key(&(*slot, *number)) {
                check.fault(format!("account {number} of slot {slot} has postings, and no row"));
            }
        }
        let mut accounts: Vec<&Account> = self.accounts.values().collect();
        accounts.sort_unstable_by_key(|account| (account.slot, account.number));
        for account in accounts {
            let key = (account.slot.number(), account.number);
            let sums = self.by_account.get(&key).copied().unwrap_or_default();
            let (debits, credits) = (i128::from(account.debits), i128::from(account.credits));
            if (debits, credits) != (sums.debits, sums.credits) {
                check.fault(format!(
                    "account {} of slot {} ({}) has debits {debits} and credits {credits}, its \
                     postings come to {} and {}",
                    account.number,
                    account.slot.number(),
                    account.name,
                    sums.debits,
                    sums.credits
                ));
            }
        }
        Ok(())
    }

    fn currencies(&self, check: &mut Check) -> Result<(), StoreError> {
        // Both from the postings and from the stored totals: either may have been changed.
        let mut stored: BTreeMap<&'static str, i128> = BTreeMap::new();
        for account in self.accounts.values() {
            let net = i128::from(account.debits) - i128::from(account.credits);
            *stored.entry(account.name.currency.alpha()).or_default() += net;
        }
        check.count = self.by_currency.len() as u64;
        for (currency, total) in &self.by_currency {
            if total.debits != total.credits {
                let (debits, credits) = (total.debits, total.credits);
                check.fault(format!("{currency}: debits {debits}, credits {credits}"));
            }
        }
        for (currency, net) in stored.into_iter().filter(|(_, net)| *net != 0) {
            check.fault(format!("{currency}: the totals of all accounts come to {net}"));
        }
        Ok(())
    }
}

/// A row of `entries`, as far as it is needed here.
struct EntryRow {
    slot: u16,
    number: u64,
    kind: EntryKind,
    cause: Cause,
}

fn heads(db: &Connection, column: &str) -> Result<BTreeMap<u16, u64>, StoreError> {
    let mut statement = db.prepare(&format!("SELECT slot, {column} FROM heads")).doing(DOING)?;
    let rows = codec::collect(&mut statement, [], DOING, |row| {
        Ok((codec::slot(row, 0)?.number(), codec::count(row, 1)?))
    })?;
    Ok(rows.into_iter().collect())
}

/// Follows one sequence through all slots, and says where it has a gap.
struct Sequence {
    what: &'static str,
    heads: BTreeMap<u16, u64>,
    slot: Option<u16>,
    last: u64,
}

impl Sequence {
    fn new(db: &Connection, what: &'static str, column: &str) -> Result<Self, StoreError> {
        Ok(Self { what, heads: heads(db, column)?, slot: None, last: 0 })
    }

    fn next(&mut self, slot: u16, number: u64, check: &mut Check) {
        if self.slot != Some(slot) {
            self.end(check);
            (self.slot, self.last) = (Some(slot), 0);
        }
        if number != self.last + 1 {
            let (what, due) = (self.what, self.last + 1);
            check.fault(match number.checked_sub(due) {
                None => format!("{what} {number} of slot {slot} is out of order"),
                Some(1) => format!("{what} {due} of slot {slot} is missing"),
                Some(_) => format!("{what} {due} and on to {number} of slot {slot} are missing"),
            });
        }
        self.last = number;
    }

    fn end(&mut self, check: &mut Check) {
        let Some(slot) = self.slot else { return };
        let (what, last) = (self.what, self.last);
        match self.heads.remove(&slot) {
            Some(head) if head == last => {}
            Some(head) => check
                .fault(format!("the last {what} of slot {slot} is {last}, its head says {head}")),
            None => check.fault(format!("slot {slot} has {what}s and no head")),
        }
    }

    /// After the last row: slots of which nothing was read.
    fn finish(mut self, check: &mut Check) {
        self.end(check);
        for (slot, head) in self.heads.iter().filter(|(_, head)| **head != 0) {
            let what = self.what;
            check.fault(format!("the head of slot {slot} says {head} {what}s, there are none"));
        }
    }
}

fn next_entry(rows: &mut Rows<'_>) -> Result<Option<EntryRow>, StoreError> {
    let Some(row) = rows.next().doing(DOING)? else { return Ok(None) };
    Ok(Some(EntryRow {
        slot: codec::slot(row, 0)?.number(),
        number: codec::count(row, 1)?,
        kind: codec::word(row, 2)?,
        cause: codec::cause(row, 3)?,
    }))
}

type PostingRow = (u16, u64, Posting);

fn next_posting(rows: &mut Rows<'_>) -> Result<Option<PostingRow>, StoreError> {
    let Some(row) = rows.next().doing(DOING)? else { return Ok(None) };
    let (slot, entry) = (codec::slot(row, 0)?.number(), codec::count(row, 1)?);
    Ok(Some((slot, entry, codec::posting(row, 2)?)))
}

/// Every posting once, beside the entries.
fn postings(
    db: &Connection,
    scratch: &Scratch,
    sums: &mut Sums,
    check: &mut Check,
) -> Result<(), StoreError> {
    let sql = "SELECT slot, number, kind, cause, order_id, tenant FROM entries
        ORDER BY slot, number";
    let mut statement = db.prepare(sql).doing(DOING)?;
    let mut entries = statement.query([]).doing(DOING)?;
    let sql =
        "SELECT slot, entry, seq, account, side, amount, currency FROM postings ORDER BY slot, seq";
    let mut statement = db.prepare(sql).doing(DOING)?;
    let mut postings = statement.query([]).doing(DOING)?;
    let mut numbers = Sequence::new(db, "entry", "entries")?;
    let mut seqs = Sequence::new(db, "posting", "postings")?;
    let mut seen = |(slot, _, line): &PostingRow, check: &mut Check| {
        check.count += 1;
        seqs.next(*slot, line.seq, check);
        sums.add(*slot, line);
    };
    let unowned = |(slot, _, line): &PostingRow| {
        format!("posting {} of slot {slot} belongs to no entry", line.seq)
    };
    let mut group: Vec<Posting> = Vec::new();
    let mut ahead = next_posting(&mut postings)?;
    while let Some(entry) = next_entry(&mut entries)? {
        numbers.next(entry.slot, entry.number, check);
        group.clear();
        let place = (entry.slot, entry.number);
        while let Some(row) = ahead.take_if(|(slot, number, _)| (*slot, *number) <= place) {
            seen(&row, check);
            if (row.0, row.1) == place {
                group.push(row.2);
            } else {
                check.fault(unowned(&row));
            }
            ahead = next_posting(&mut postings)?;
        }
        if group.is_empty() {
            check.fault(format!("entry {} of slot {} has no postings", entry.number, entry.slot));
        }
        balance(&entry, &group, check);
        scratch.keep(&entry, &group)?;
    }
    while let Some(row) = ahead {
        seen(&row, check);
        check.fault(unowned(&row));
        ahead = next_posting(&mut postings)?;
    }
    numbers.finish(check);
    seqs.finish(check);
    Ok(())
}

fn balance(entry: &EntryRow, lines: &[Posting], check: &mut Check) {
    let mut totals: Vec<(Currency, Total)> = Vec::with_capacity(2);
    for line in lines {
        let currency = line.amount.currency();
        match totals.iter_mut().find(|(of, _)| *of == currency) {
            Some((_, total)) => total.add(line.side, line.amount),
            None => {
                let mut total = Total::default();
                total.add(line.side, line.amount);
                totals.push((currency, total));
            }
        }
    }
    for (currency, Total { debits, credits }) in totals {
        if debits != credits {
            check.fault(format!(
                "entry {} of slot {} ({}) does not balance: {currency} debits {debits}, credits \
                 {credits}",
                entry.number,
                entry.slot,
                codec::cause_texts(&entry.cause).0
            ));
        }
    }
}

fn events(db: &Connection, check: &mut Check) -> Result<(), StoreError> {
    let mut statement =
        db.prepare("SELECT slot, seq FROM events ORDER BY slot, seq").doing(DOING)?;
    let mut rows = statement.query([]).doing(DOING)?;
    let mut sequence = Sequence::new(db, "event", "events")?;
    while let Some(row) = rows.next().doing(DOING)? {
        sequence.next(codec::slot(row, 0)?.number(), codec::count(row, 1)?, check);
        check.count += 1;
    }
    sequence.finish(check);
    Ok(())
}

/// What the columns of a payment's row repeat of its record.
const COLUMNS: &str = "tenant, merchant, order_id, order_number, store, way, wallet, status, open,
    amount, currency, created_at";

/// Every payment's record beside its entries, its events and the rows of its refunds and strays.
/// All three come in the order of slots and ids.
fn payments(
    db: &Connection,
    scratch: &Scratch,
    sums: &Sums,
    check: &mut Check,
) -> Result<(), StoreError> {
    let sql =
        "SELECT slot, payment, number, kind, lines FROM entries ORDER BY slot, payment, number";
    let mut statement = scratch.0.prepare(sql).doing(DOING)?;
    let mut entries = Entries { rows: statement.query([]).doing(DOING)?, ahead: None };
    let sql = "SELECT slot, payment, count(*), min(payment_seq), max(payment_seq), sum(payment_seq)
        FROM events GROUP BY slot, payment ORDER BY slot, payment";
    let mut statement = db.prepare(sql).doing(DOING)?;
    let mut events = Events { rows: statement.query([]).doing(DOING)?, ahead: None };
    let sql = format!("SELECT slot, id, body, {COLUMNS} FROM payments ORDER BY slot, id");
    let mut statement = db.prepare(&sql).doing(DOING)?;
    let mut rows = statement.query([]).doing(DOING)?;
    let (mut refunds, mut strays) = (0, 0);
    while let Some(row) = rows.next().doing(DOING)? {
        check.count += 1;
        let place = (codec::slot(row, 0)?.number(), codec::text(row, 1)?.to_owned());
        let posted = entries.of(&place, sums, check)?;
        let told = events.of(&place, check)?;
        let payment: Payment = match codec::json(row, 2) {
            Ok(payment) => payment,
            Err(StoreError::Corrupt(what)) => {
                check.fault(format!("{}: {what}", place.1));
                continue;
            }
            Err(error) => return Err(error),
        };
        let mut fault = |what: String| check.fault(format!("{}: {what}", place.1));
        if payment.id.to_string() != place.1 {
            fault(format!("its record is that of {}", payment.id));
            continue;
        }
        match Tally::of(&payment).map(|recorded| recorded.difference(&posted)) {
            Ok(None) => {}
            Ok(Some(difference)) => fault(difference.to_string()),
            Err(error) => fault(error.to_string()),
        }
        if told != u64::from(payment.events) {
            fault(format!("its record says {} events, there are {told}", payment.events));
        }
        if let Some(column) = column_differs(row, &payment)? {
            fault(format!("its column {column} is not what its record says"));
        }
        refunds += payment.refunds.len() + payment.strays.len();
        strays += payment.strays.len();
        if let Some(what) = children(db, &payment)? {
            fault(what);
        }
    }
    entries.rest(check)?;
    events.rest(check)?;
    for (table, due) in [("refunds", refunds), ("stray_receipts", strays)] {
        let mut statement = db.prepare(&format!("SELECT count(*) FROM {table}")).doing(DOING)?;
        let rows = codec::one(&mut statement, [], DOING, |row| codec::count::<u64>(row, 0))?;
        if rows != Some(due as u64) {
            let rows = rows.unwrap_or(0);
            check.fault(format!("{table} has {rows} rows, the records of payments say {due}"));
        }
    }
    Ok(())
}

/// The first column that does not repeat the record.
fn column_differs(
    row: &rusqlite::Row<'_>,
    payment: &Payment,
) -> Result<Option<&'static str>, StoreError> {
    let wallet = payment.wallet();
    let texts = [
        ("tenant", 3, Some(payment.tenant.to_string())),
        ("merchant", 4, Some(payment.merchant.to_string())),
        ("order_id", 5, Some(payment.order.to_string())),
        ("order_number", 6, Some(payment.order_number.to_string())),
        ("store", 7, Some(payment.store.to_string())),
        ("way", 8, Some(payment.way.name().to_owned())),
        ("wallet", 9, wallet.map(|name| name.to_string())),
        ("status", 10, Some(payment.state.name().to_owned())),
        ("currency", 13, Some(payment.amount.currency().to_string())),
    ];
    for (name, place, due) in texts {
        if codec::maybe_text(row, place)? != due.as_deref() {
            return Ok(Some(name));
        }
    }
    let numbers = [
        ("open", 11, i64::from(payment.is_open())),
        ("amount", 12, payment.amount.minor()),
        ("created_at", 14, payment.created_at.0),
    ];
    for (name, place, due) in numbers {
        if codec::integer(row, place)? != due {
            return Ok(Some(name));
        }
    }
    Ok(None)
}

/// Refunds and stray receipts have rows of their own beside the record that holds them.
fn children(db: &Connection, payment: &Payment) -> Result<Option<String>, StoreError> {
    let strays = payment.strays.iter().map(|stray| &stray.refund);
    for refund in payment.refunds.iter().chain(strays) {
        let sql = "SELECT body FROM refunds WHERE slot = ?1 AND id = ?2";
        let mut statement = db.prepare_cached(sql).doing(DOING)?;
        let params = (payment.id.slot().number(), refund.id.to_string());
        let kept = codec::one(&mut statement, params, DOING, |row| codec::json(row, 0))?;
        if kept.as_ref() != Some(refund) {
            return Ok(Some(format!("the row of its refund {} is not what it says", refund.id)));
        }
    }
    for stray in &payment.strays {
        let sql = "SELECT body FROM stray_receipts WHERE slot = ?1 AND id = ?2";
        let mut statement = db.prepare_cached(sql).doing(DOING)?;
        let params = (payment.id.slot().number(), stray.id.to_string());
        let kept = codec::one(&mut statement, params, DOING, |row| codec::json(row, 0))?;
        if kept.as_ref() != Some(stray) {
            let id = stray.id;
            return Ok(Some(format!("the row of its stray receipt {id} is not what it says")));
        }
    }
    Ok(None)
}

/// The slot and the text of a payment's id.
type Place = (u16, String);

/// Entries by payment, from the scratch file.
struct Entries<'s> {
    rows: Rows<'s>,
    ahead: Option<(Place, u64, EntryKind, Vec<u8>)>,
}

impl Entries<'_> {
    fn advance(&mut self) -> Result<bool, StoreError> {
        if self.ahead.is_none()
            && let Some(row) = self.rows.next().doing(DOING)?
        {
            let place = (codec::slot(row, 0)?.number(), codec::text(row, 1)?.to_owned());
            let bytes: Vec<u8> = row.get(4).doing(DOING)?;
            self.ahead = Some((place, codec::count(row, 2)?, codec::word(row, 3)?, bytes));
        }
        Ok(self.ahead.is_some())
    }

    /// What the entries of the payment at `place` come to; those before it belong to no payment.
    fn of(&mut self, place: &Place, sums: &Sums, check: &mut Check) -> Result<Tally, StoreError> {
        let mut tally = Tally::default();
        while self.advance()? {
            let Some((at, number, kind, bytes)) = self.ahead.take_if(|(at, ..)| &*at <= place)
            else {
                break;
            };
            if at != *place {
                check.fault(unowned("entry", number, &at));
                continue;
            }
            let mut posted = Vec::with_capacity(8);
            for line in lines(&bytes) {
                let (account, side, amount) = line?;
                // An account without a row is a fault of its own.
                if let Some(account) = sums.accounts.get(&(place.0, account)) {
                    posted.push((account.name, side, amount));
                }
            }
            tally.post(kind, posted);
        }
        Ok(tally)
    }

    fn rest(&mut self, check: &mut Check) -> Result<(), StoreError> {
        while self.advance()? {
            if let Some((at, number, ..)) = self.ahead.take() {
                check.fault(unowned("entry", number, &at));
            }
        }
        Ok(())
    }
}

/// How many events there are by payment.
struct Events<'s> {
    rows: Rows<'s>,
    ahead: Option<(Place, u64, bool)>,
}

impl Events<'_> {
    fn advance(&mut self) -> Result<bool, StoreError> {
        if self.ahead.is_none()
            && let Some(row) = self.rows.next().doing(DOING)?
        {
            let place = (codec::slot(row, 0)?.number(), codec::text(row, 1)?.to_owned());
            let count: u64 = codec::count(row, 2)?;
            let (first, last): (u64, u64) = (codec::count(row, 3)?, codec::count(row, 4)?);
            let sum: u64 = codec::count(row, 5)?;
            let whole = first == 1 && last == count && sum == count * (count + 1) / 2;
            self.ahead = Some((place, count, whole));
        }
        Ok(self.ahead.is_some())
    }

    fn of(&mut self, place: &Place, check: &mut Check) -> Result<u64, StoreError> {
        while self.advance()? {
            let Some((at, count, whole)) = self.ahead.take_if(|(at, ..)| &*at <= place) else {
                break;
            };
            if at != *place {
                check.fault(unowned("events", count, &at));
                continue;
            }
            if !whole {
                check.fault(format!("{}: its events are not numbered 1 to {count}", place.1));
            }
            return Ok(count);
        }
        Ok(0)
    }

    fn rest(&mut self, check: &mut Check) -> Result<(), StoreError> {
        while self.advance()? {
            if let Some((at, count, _)) = self.ahead.take() {
                check.fault(unowned("events", count, &at));
            }
        }
        Ok(())
    }
}

fn unowned(what: &str, number: u64, at: &Place) -> String {
    format!("{what} {number} of slot {} names {}, which is not there", at.0, at.1)
}

/// I4, at rest: an order has at most one payment that is captured or can still become captured.
fn orders(db: &Connection, check: &mut Check) -> Result<(), StoreError> {
    let sql = "SELECT slot, order_id, count(*) FROM payments
        WHERE status IN ('authorising', 'in_doubt', 'authorised', 'capturing', 'captured')
        GROUP BY slot, order_id";
    let mut statement = db.prepare(sql).doing(DOING)?;
    let mut rows = statement.query([]).doing(DOING)?;
    while let Some(row) = rows.next().doing(DOING)? {
        check.count += 1;
        let payments: u64 = codec::count(row, 2)?;
        if payments > 1 {
            let (slot, order): (Slot, &str) = (codec::slot(row, 0)?, codec::text(row, 1)?);
            check.fault(format!(
                "{order} of slot {} has {payments} payments that took or can take money",
                slot.number()
            ));
        }
    }
    Ok(())
}
