//! Movements and the entries that booked them.

use noren_core::ledger::{AccountKind, AccountName, AccountOwner, EntryKind, Side};
use noren_core::movement::{Direction, Movement};
use rusqlite::Connection;

use super::codec;
use crate::{Doing, StoreError};

const DOING: &str = "proving movements";

/// A line of an entry, with its account's name as on screens.
type Line = (String, String, Side, i64);

/// What a movement's one entry has: its kind, and a debit and a credit.
fn due(movement: &Movement) -> Vec<Line> {
    let name =
        |owner, kind| AccountName { owner, kind, currency: movement.amount.currency() }.to_string();
    let bank = name(AccountOwner::Switch, AccountKind::Bank);
    let prefunding = name(AccountOwner::Wallet(movement.wallet), AccountKind::Prefunding);
    let (kind, debit, credit) = match movement.direction {
        Direction::Received => (EntryKind::Prefunding, bank, prefunding),
        Direction::Returned => (EntryKind::PrefundingReturn, prefunding, bank),
    };
    let line = |account, side| (kind.name().to_owned(), account, side, movement.amount.minor());
    vec![line(debit, Side::Debit), line(credit, Side::Credit)]
}

/// How many movements there are, and the first that is not booked as it says, or whose columns are
/// not what it says.
pub(super) fn prove(db: &Connection) -> Result<(u64, Option<String>), StoreError> {
    let sql = "SELECT body, id, wallet, direction, amount, currency FROM movements
        WHERE slot = 256 ORDER BY id";
    let mut statement = db.prepare(sql).doing(DOING)?;
    let mut rows = statement.query([]).doing(DOING)?;
    let sql = "SELECT e.kind, a.owner || '/' || a.kind || '/' || a.currency, p.side, p.amount,
            p.currency = a.currency
        FROM entries e JOIN postings p ON p.slot = e.slot AND p.entry = e.number
            JOIN accounts a ON a.slot = p.slot AND a.number = p.account
        WHERE e.slot = 256 AND e.cause = ?1 ORDER BY p.seq";
    let mut lines = db.prepare(sql).doing(DOING)?;
    let mut count = 0;
    let mut fault = None;
    while let Some(row) = rows.next().doing(DOING)? {
        count += 1;
        let movement: Movement = codec::json(row, 0)?;
        let id = codec::text(row, 1)?;
        let columns = (codec::text(row, 2)?, codec::text(row, 3)?, codec::integer(row, 4)?);
        let (amount, currency) = (movement.amount.minor(), movement.amount.currency());
        if movement.id.to_string() != id
            || columns != (movement.wallet.as_str(), movement.direction.name(), amount)
            || codec::text(row, 5)? != currency.alpha()
        {
            fault.get_or_insert(format!("{id}: a column is not what its record says"));
        }
        let posted = codec::collect(&mut lines, [id], DOING, |row| {
            let line = (codec::text(row, 0)?.to_owned(), codec::text(row, 1)?.to_owned());
            let amount = codec::integer(row, 3)?;
            let fits = codec::integer(row, 4)? == 1;
            Ok((line.0, line.1, codec::word(row, 2)?, if fits { amount } else { 0 }))
        })?;
        if posted != due(&movement) {
            fault.get_or_insert(format!("{id}: its entry is not what its record says"));
        }
    }
    let sql = "SELECT cause FROM entries WHERE slot = 256 AND cause LIKE 'mov\\_%' ESCAPE '\\'
        AND cause NOT IN (SELECT id FROM movements WHERE slot = 256) LIMIT 1";
    let mut statement = db.prepare(sql).doing(DOING)?;
    let stray = codec::one(&mut statement, [], DOING, |row| Ok(codec::text(row, 0)?.to_owned()))?;
    let stray = stray.map(|id| format!("{id} has an entry and is not there"));
    Ok((count, fault.or(stray)))
}
