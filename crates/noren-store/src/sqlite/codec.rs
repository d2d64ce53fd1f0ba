//! Between columns and values. Every column that is read is checked: what this program did not
//! write gives [`StoreError::Corrupt`], never a panic.

use std::str::FromStr;

use noren_core::Text;
use noren_core::effects::Event;
use noren_core::id::{Id, Kind, MerchantId, Slot};
use noren_core::keys::{KeyOwner, KeyRecord, Order, OrderName, OrderStand, Wanted};
use noren_core::ledger::{Account, AccountName, Cause, Posting};
use noren_core::money::Money;
use noren_core::time::Timestamp;
use rusqlite::{Params, Row, Statement};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde::de::IntoDeserializer;
use serde::de::value::{Error as WordError, StrDeserializer};

use crate::{Doing, Hash, StoreError};

const READING: &str = "reading a row";

/// Counts and sequences as SQLite keeps them.
pub(super) fn int(n: u64) -> i64 {
    i64::try_from(n).expect("no count reaches 2^63")
}

pub(super) fn owner_text(owner: &KeyOwner) -> String {
    match owner {
        KeyOwner::Merchant(id) => format!("merchant:{id}"),
        KeyOwner::Wallet(name) => format!("wallet:{name}"),
        KeyOwner::Operator => "operator".to_owned(),
    }
}

pub(super) fn bad(what: &str, value: impl std::fmt::Debug) -> StoreError {
    StoreError::Corrupt(format!("{what}: {value:?}"))
}

/// Runs a query and reads each row.
pub(super) fn collect<T>(
    statement: &mut Statement<'_>,
    params: impl Params,
    doing: &'static str,
    mut read: impl FnMut(&Row<'_>) -> Result<T, StoreError>,
) -> Result<Vec<T>, StoreError> {
    let mut rows = statement.query(params).doing(doing)?;
    let mut out = Vec::new();
    while let Some(row) = rows.next().doing(doing)? {
        out.push(read(row)?);
    }
    Ok(out)
}

/// Runs a query that gives one row or none.
pub(super) fn one<T>(
    statement: &mut Statement<'_>,
    params: impl Params,
    doing: &'static str,
    read: impl FnOnce(&Row<'_>) -> Result<T, StoreError>,
) -> Result<Option<T>, StoreError> {
    let mut rows = statement.query(params).doing(doing)?;
    match rows.next().doing(doing)? {
        Some(row) => read(row).map(Some),
        None => Ok(None),
    }
}

pub(super) fn text<'r>(row: &'r Row<'_>, column: usize) -> Result<&'r str, StoreError> {
    let value = row.get_ref(column).doing(READING)?;
    value.as_str().map_err(|_| bad("not a text", value.data_type()))
}

pub(super) fn maybe_text<'r>(
    row: &'r Row<'_>,
    column: usize,
) -> Result<Option<&'r str>, StoreError> {
    let value = row.get_ref(column).doing(READING)?;
    value.as_str_or_null().map_err(|_| bad("not a text", value.data_type()))
}

pub(super) fn integer(row: &Row<'_>, column: usize) -> Result<i64, StoreError> {
    row.get(column).doing(READING)
}

pub(super) fn count<N: TryFrom<i64>>(row: &Row<'_>, column: usize) -> Result<N, StoreError> {
    let n = integer(row, column)?;
    N::try_from(n).map_err(|_| bad("a number out of range", n))
}

pub(super) fn time(row: &Row<'_>, column: usize) -> Result<Timestamp, StoreError> {
    integer(row, column).map(Timestamp)
}

pub(super) fn slot(row: &Row<'_>, column: usize) -> Result<Slot, StoreError> {
    let number = count::<u16>(row, column)?;
    Slot::new(number).ok_or_else(|| bad("not a slot", number))
}

pub(super) fn parsed<T: FromStr>(text: &str) -> Result<T, StoreError> {
    text.parse().map_err(|_| bad("not an id, name or currency", text))
}

pub(super) fn parse<T: FromStr>(row: &Row<'_>, column: usize) -> Result<T, StoreError> {
    parsed(text(row, column)?)
}

pub(super) fn maybe_id<K: Kind>(row: &Row<'_>, column: usize) -> Result<Option<Id<K>>, StoreError> {
    maybe_text(row, column)?.map(parsed).transpose()
}

/// A word of one of our enums, by the name that serde gives it.
pub(super) fn word<T: DeserializeOwned>(row: &Row<'_>, column: usize) -> Result<T, StoreError> {
    let text = text(row, column)?;
    let from: StrDeserializer<'_, WordError> = text.into_deserializer();
    T::deserialize(from).map_err(|_| bad("an unknown word", text))
}

pub(super) fn json<'r, T: Deserialize<'r>>(
    row: &'r Row<'_>,
    column: usize,
) -> Result<T, StoreError> {
    let body = text(row, column)?;
    serde_json::from_str(body)
        .map_err(|error| StoreError::Corrupt(format!("a body that does not read: {error}")))
}

pub(super) fn hash(row: &Row<'_>, column: usize) -> Result<Hash, StoreError> {
    let value = row.get_ref(column).doing(READING)?;
    let bytes = value.as_blob().map_err(|_| bad("not a hash", value.data_type()))?;
    bytes.try_into().map_err(|_| bad("not a hash of 32 bytes", bytes.len()))
}

pub(super) fn money(row: &Row<'_>, column: usize) -> Result<Money, StoreError> {
    Ok(Money::new(integer(row, column)?, parse(row, column + 1)?))
}

pub(super) const ACCOUNT: &str =
    "slot, number, owner, kind, currency, debits, credits, pending_debits, pending_credits";

pub(super) fn account(row: &Row<'_>) -> Result<Account, StoreError> {
    let name = AccountName { owner: parse(row, 2)?, kind: word(row, 3)?, currency: parse(row, 4)? };
    let (debits, credits) = (integer(row, 5)?, integer(row, 6)?);
    let (pending_debits, pending_credits) = (integer(row, 7)?, integer(row, 8)?);
    if [debits, credits, pending_debits, pending_credits].iter().any(|total| *total < 0) {
        return Err(bad("an account's total below zero", name));
    }
    let (slot, number) = (slot(row, 0)?, count(row, 1)?);
    Ok(Account { slot, number, name, debits, credits, pending_debits, pending_credits })
}

pub(super) const EVENT: &str =
    "slot, seq, type, payment, payment_seq, order_id, tenant, merchant, refund, stray, at, capture";

pub(super) fn event(row: &Row<'_>) -> Result<Event, StoreError> {
    Ok(Event {
        slot: slot(row, 0)?,
        seq: count(row, 1)?,
        kind: word(row, 2)?,
        payment: parse(row, 3)?,
        payment_seq: count(row, 4)?,
        order: parse(row, 5)?,
        tenant: parse(row, 6)?,
        merchant: parse(row, 7)?,
        refund: maybe_id(row, 8)?,
        stray: maybe_id(row, 9)?,
        at: time(row, 10)?,
        capture: maybe_id(row, 11)?,
    })
}

/// The columns `cause, order_id, tenant` of an entry; the last two are empty when it is of the house.
pub(super) fn cause_texts(cause: &Cause) -> (String, String, String) {
    match cause {
        Cause::Payment { payment, order, tenant } => {
            (payment.to_string(), order.to_string(), tenant.to_string())
        }
        Cause::Credit(credit) => (credit.to_string(), String::new(), String::new()),
        Cause::Movement(movement) => (movement.to_string(), String::new(), String::new()),
    }
}

/// Reads what [`cause_texts`] wrote, from column `first` on.
pub(super) fn cause(row: &Row<'_>, first: usize) -> Result<Cause, StoreError> {
    let texts = (text(row, first)?, text(row, first + 1)?, text(row, first + 2)?);
    match texts {
        (house, "", "") => match house.parse().map(Cause::Movement) {
            Ok(movement) => Ok(movement),
            Err(_) => Ok(Cause::Credit(parsed(house)?)),
        },
        (payment, order, tenant) => Ok(Cause::Payment {
            payment: parsed(payment)?,
            order: parsed(order)?,
            tenant: parsed(tenant)?,
        }),
    }
}

/// Columns `seq, account, side, amount, currency` from `first` on.
pub(super) fn posting(row: &Row<'_>, first: usize) -> Result<Posting, StoreError> {
    Ok(Posting {
        seq: count(row, first)?,
        account: count(row, first + 1)?,
        side: word(row, first + 2)?,
        amount: money(row, first + 3)?,
    })
}

pub(super) const ORDER: &str =
    "merchant, number, id, tenant, amount, currency, last_payment, withdrawn_at, at";

pub(super) fn order(row: &Row<'_>) -> Result<Order, StoreError> {
    let merchant: MerchantId = parse(row, 0)?;
    let number = Text::from(text(row, 1)?);
    let wanted = match maybe_id(row, 6)? {
        Some(last) => Some(Wanted { amount: money(row, 4)?, last }),
        None => None,
    };
    let withdrawn_at: Option<i64> = row.get(7).doing(READING)?;
    let stand = match (withdrawn_at.map(Timestamp), wanted) {
        (Some(at), wanted) => OrderStand::Withdrawn { at, wanted },
        (None, Some(wanted)) => OrderStand::Wanted(wanted),
        (None, None) => return Err(bad("an order that is neither wanted nor withdrawn", number)),
    };
    Ok(Order {
        name: OrderName { merchant, number },
        id: parse(row, 2)?,
        tenant: parse(row, 3)?,
        stand,
        at: time(row, 8)?,
    })
}

/// Columns `hash, outcome, at`.
pub(super) fn key_record(row: &Row<'_>) -> Result<KeyRecord, StoreError> {
    Ok(KeyRecord { hash: hash(row, 0)?, outcome: json(row, 1)?, at: time(row, 2)? })
}
