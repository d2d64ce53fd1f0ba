//! Cursor pages of payments, refunds and stray receipts, newest first.
//!
//! A page is found in two steps: the ids by an index (of one merchant, or of every slot for the
//! operator), then the rows of that page only.

use noren_core::Text;
use noren_core::credit::{Credit, CreditStatus};
use noren_core::id::{
    CreditId, CreditKind, Id, Kind, MerchantId, MovementKind, OrderId, PaymentId, RefundId, Slot,
    StoreId, StrayId, TenantName, WalletName,
};
use noren_core::movement::Movement;
use noren_core::payment::Payment;
use noren_core::refund::Refund;
use noren_core::stray::Stray;
use noren_core::time::Timestamp;
use rusqlite::types::Value;
use rusqlite::{Connection, Row, params_from_iter};

use super::takings::first_id;
use super::{Reads, codec};
use crate::{Doing, StoreError};

const DOING: &str = "reading a list";

/// Whose objects a caller may see. What it may not see does not exist (I12).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Everything.
    Operator,
    /// One merchant's.
    Merchant {
        /// Whose data the merchant's is.
        tenant: TenantName,
        /// The merchant.
        merchant: MerchantId,
    },
}

impl Scope {
    /// True when an object of this tenant and merchant may be seen.
    pub fn sees(self, of: TenantName, by: MerchantId) -> bool {
        match self {
            Self::Operator => true,
            Self::Merchant { tenant, merchant } => tenant == of && merchant == by,
        }
    }
}

/// No page is longer, whatever is asked.
pub const PAGE_MAX: usize = 1_000;

/// Where a page begins and how long it is. Newest first, so "after" is older.
pub struct Cursor<K> {
    /// The most items; see [`PAGE_MAX`].
    pub limit: usize,
    /// Only items older than this one: the next page.
    pub starting_after: Option<Id<K>>,
    /// Only items newer than this one, those next to it: the page before.
    pub ending_before: Option<Id<K>>,
}

impl<K> Cursor<K> {
    /// The newest `limit`.
    pub fn newest(limit: usize) -> Self {
        Self { limit, starting_after: None, ending_before: None }
    }
}

/// A part of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    /// The items.
    pub items: Vec<T>,
    /// If there are more in the direction that was asked for.
    pub has_more: bool,
}

impl<T> Page<T> {
    /// Of a list that was read one further than `limit`.
    pub(super) fn cut(mut items: Vec<T>, limit: usize) -> Self {
        let has_more = items.len() > limit;
        items.truncate(limit);
        Self { items, has_more }
    }
}

/// Which payments. `None` is all.
#[derive(Clone, Debug, Default)]
pub struct PaymentFilter {
    /// By state: the name that [`noren_core::payment::State::name`] gives.
    pub status: Option<Text>,
    /// By wallet.
    pub wallet: Option<WalletName>,
    /// By the merchant's own number. Quick when the merchant is known, a walk through all
    /// payments for an operator who names none.
    pub order_number: Option<Text>,
    /// By merchant; for an operator.
    pub merchant: Option<MerchantId>,
    /// By store.
    pub store: Option<StoreId>,
    /// By when it was created: from the first on, before the second.
    pub created: Option<(Timestamp, Timestamp)>,
    /// By when it came to its end, in the same way.
    pub ended: Option<(Timestamp, Timestamp)>,
    /// By the last four of its id or of its order number, in lower case: what is read out of either.
    pub last_digits: Option<Text>,
    /// By the order's amount, in minor units.
    pub amount: Option<i64>,
    /// Only those whose end is not known yet.
    pub unfinished: bool,
}

/// See [`PaymentFilter::last_digits`].
const LAST_FOUR: &str = "? IN (substr(id, -4), lower(substr(order_number, -4)))";

/// See [`PaymentFilter::ended`]; a state that can still change has no end.
const ENDED_FROM: &str = "json_extract(body, '$.state.at') >= ?";
const ENDED_UNTIL: &str = "json_extract(body, '$.state.at') < ?";

/// States that can still change ([`noren_core::payment::State::is_final`]).
const UNFINISHED: &str = "status IN ('created', 'waiting_for_payer', 'authorising', 'in_doubt',
    'reversing', 'authorised', 'capturing', 'voiding') AND ? IS NULL";

/// A refund with what it belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefundRow {
    /// The payment.
    pub payment: PaymentId,
    /// The payment's order.
    pub order: OrderId,
    /// Whose data it is.
    pub tenant: TenantName,
    /// Whose payment it is.
    pub merchant: MerchantId,
    /// The stray receipt that it returns; `None`: it is a refund of the payment itself.
    pub stray: Option<StrayId>,
    /// The refund.
    pub refund: Refund,
}

/// A stray receipt with what it belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StrayRow {
    /// The payment that ended without it.
    pub payment: PaymentId,
    /// The payment's order.
    pub order: OrderId,
    /// Whose data it is.
    pub tenant: TenantName,
    /// Whose payment it was.
    pub merchant: MerchantId,
    /// The stray receipt.
    pub stray: Stray,
}

/// What is asked of one table.
struct Ask<'a, K> {
    table: &'static str,
    scope: Scope,
    merchant: Option<MerchantId>,
    /// More conditions: SQL with one `?` each, and its value.
    also: Vec<(&'static str, Value)>,
    cursor: &'a Cursor<K>,
}

/// Slots in which the table has rows, one index seek each.
pub(super) fn slots(db: &Connection, table: &str) -> Result<Vec<Slot>, StoreError> {
    let sql = format!("SELECT slot FROM {table} WHERE slot > ?1 ORDER BY slot LIMIT 1");
    let mut statement = db.prepare_cached(&sql).doing(DOING)?;
    let mut slots = Vec::new();
    let mut last = -1;
    while let Some(slot) = codec::one(&mut statement, [last], DOING, |row| codec::slot(row, 0))? {
        last = i32::from(slot.number());
        slots.push(slot);
    }
    Ok(slots)
}

/// The ids of a page, newest first, and if there are more.
fn ids<K: Kind>(db: &Connection, ask: Ask<'_, K>) -> Result<Page<Id<K>>, StoreError> {
    let (scope_merchant, tenant) = match ask.scope {
        Scope::Operator => (ask.merchant, None),
        Scope::Merchant { tenant, merchant } => {
            if ask.merchant.is_some_and(|asked| asked != merchant) {
                return Ok(Page { items: Vec::new(), has_more: false });
            }
            (Some(merchant), Some(tenant))
        }
    };
    // Seen from an item backwards, the list is read oldest first and turned round.
    let backwards = ask.cursor.ending_before.is_some();
    let mut sql = format!("SELECT id FROM {} WHERE slot = ?", ask.table);
    let mut values = vec![Value::Null];
    let mut also = |condition: &str, value: Value| {
        sql.push_str(" AND ");
        sql.push_str(condition);
        values.push(value);
    };
    if let Some(merchant) = scope_merchant {
        also("merchant = ?", merchant.to_string().into());
    }
    if let Some(tenant) = tenant {
        also("tenant = ?", tenant.to_string().into());
    }
    for (condition, value) in ask.also {
        also(condition, value);
    }
    if let Some(id) = ask.cursor.starting_after {
        also("id < ?", id.to_string().into());
    }
    if let Some(id) = ask.cursor.ending_before {
        also("id > ?", id.to_string().into());
    }
    let limit = ask.cursor.limit.min(PAGE_MAX);
    let more = codec::int(limit as u64 + 1);
    sql.push_str(if backwards { " ORDER BY id LIMIT ?" } else { " ORDER BY id DESC LIMIT ?" });
    values.push(more.into());

    let slots = match scope_merchant {
        Some(merchant) => vec![merchant.slot()],
        None => slots(db, ask.table)?,
    };
    let mut statement = db.prepare_cached(&sql).doing(DOING)?;
    let mut found: Vec<Id<K>> = Vec::new();
    for slot in slots {
        values[0] = i64::from(slot.number()).into();
        let params = params_from_iter(values.iter());
        found.extend(codec::collect(&mut statement, params, DOING, |row| {
            codec::parse::<Id<K>>(row, 0)
        })?);
    }
    found.sort();
    if !backwards {
        found.reverse();
    }
    let mut page = Page::cut(found, limit);
    if backwards {
        page.items.reverse();
    }
    Ok(page)
}

fn by_ids<K: Kind, T>(
    db: &Connection,
    table: &str,
    columns: &str,
    page: Page<Id<K>>,
    mut read: impl FnMut(&Row<'_>) -> Result<T, StoreError>,
) -> Result<Page<T>, StoreError> {
    let sql = format!("SELECT {columns} FROM {table} WHERE slot = ?1 AND id = ?2");
    let mut statement = db.prepare_cached(&sql).doing(DOING)?;
    let mut items = Vec::with_capacity(page.items.len());
    for id in page.items {
        items.extend(codec::one(
            &mut statement,
            (id.slot().number(), id.to_string()),
            DOING,
            &mut read,
        )?);
    }
    Ok(Page { items, has_more: page.has_more })
}

/// A page of one, for reads by id.
fn single<K>(id: Id<K>) -> Page<Id<K>> {
    Page { items: vec![id], has_more: false }
}

const REFUND: &str = "payment, order_id, tenant, merchant, stray, body";

fn refund(row: &Row<'_>) -> Result<RefundRow, StoreError> {
    Ok(RefundRow {
        payment: codec::parse(row, 0)?,
        order: codec::parse(row, 1)?,
        tenant: codec::parse(row, 2)?,
        merchant: codec::parse(row, 3)?,
        stray: codec::maybe_id(row, 4)?,
        refund: codec::json(row, 5)?,
    })
}

const STRAY: &str = "payment, order_id, tenant, merchant, body";

fn stray(row: &Row<'_>) -> Result<StrayRow, StoreError> {
    Ok(StrayRow {
        payment: codec::parse(row, 0)?,
        order: codec::parse(row, 1)?,
        tenant: codec::parse(row, 2)?,
        merchant: codec::parse(row, 3)?,
        stray: codec::json(row, 4)?,
    })
}

impl Reads {
    /// A payment, if the caller may see it.
    pub fn payment(&self, scope: Scope, id: PaymentId) -> Result<Option<Payment>, StoreError> {
        let read = |row: &Row<'_>| codec::json::<Payment>(row, 0);
        let mut page = self.with(|db| by_ids(db, "payments", "body", single(id), read))?;
        Ok(page.items.pop().filter(|payment| scope.sees(payment.tenant, payment.merchant)))
    }

    /// A page of payments.
    pub fn payments(
        &self,
        scope: Scope,
        filter: &PaymentFilter,
        cursor: &Cursor<noren_core::id::PaymentKind>,
    ) -> Result<Page<Payment>, StoreError> {
        let mut also = Vec::new();
        if let Some(status) = &filter.status {
            also.push(("status = ?", Value::from(status.to_string())));
        }
        if let Some(wallet) = &filter.wallet {
            also.push(("wallet = ?", Value::from(wallet.to_string())));
        }
        if let Some(store) = &filter.store {
            also.push(("store = ?", Value::from(store.to_string())));
        }
        if let Some((from, until)) = filter.created {
            also.push(("id >= ?", Value::from(first_id::<noren_core::id::PaymentKind>(from))));
            also.push(("id < ?", Value::from(first_id::<noren_core::id::PaymentKind>(until))));
        }
        if let Some((from, until)) = filter.ended {
            also.push((ENDED_FROM, Value::from(from.0)));
            also.push((ENDED_UNTIL, Value::from(until.0)));
        }
        if let Some(digits) = &filter.last_digits {
            also.push((LAST_FOUR, Value::from(digits.to_string())));
        }
        if let Some(amount) = filter.amount {
            also.push(("amount = ?", Value::from(amount)));
        }
        if filter.unfinished {
            also.push((UNFINISHED, Value::Null));
        }
        let merchant = match scope {
            Scope::Operator => filter.merchant,
            Scope::Merchant { merchant, .. } => Some(merchant),
        };
        if let Some(number) = &filter.order_number {
            also.push(("order_number = ?", Value::from(number.to_string())));
            if let Some(merchant) = merchant {
                // All payments of an order lie between its first mention and its last payment, and
                // ids sort by time: no index over order numbers is needed for payments.
                // An order that was withdrawn before it came has none.
                let order = self.order(scope, merchant, number)?;
                let Some((at, last)) =
                    order.and_then(|order| Some((order.at, order.wanted()?.last)))
                else {
                    return Ok(Page { items: Vec::new(), has_more: false });
                };
                let first = PaymentId::from_raw(u128::from(at.0.max(0).unsigned_abs()) << 80);
                also.push(("id >= ?", Value::from(first.to_string())));
                also.push(("id <= ?", Value::from(last.to_string())));
            }
        }
        let ask = Ask { table: "payments", scope, merchant: filter.merchant, also, cursor };
        self.with(|db| by_ids(db, "payments", "body", ids(db, ask)?, |row| codec::json(row, 0)))
    }

    /// A refund of a payment or of a stray receipt, if the caller may see it.
    pub fn refund(&self, scope: Scope, id: RefundId) -> Result<Option<RefundRow>, StoreError> {
        let mut page = self.with(|db| by_ids(db, "refunds", REFUND, single(id), refund))?;
        Ok(page.items.pop().filter(|row| scope.sees(row.tenant, row.merchant)))
    }

    /// The newest refund to which a merchant gave this number, if the caller may see it.
    pub fn refund_numbered(
        &self,
        scope: Scope,
        merchant: MerchantId,
        number: &str,
    ) -> Result<Option<RefundRow>, StoreError> {
        let sql = format!(
            "SELECT {REFUND} FROM refunds WHERE merchant = ?1 AND json_extract(body, '$.number') = ?2
             AND stray IS NULL ORDER BY id DESC LIMIT 1"
        );
        let mut found = self.with(|db| {
            let mut statement = db.prepare_cached(&sql).doing(DOING)?;
            codec::collect(&mut statement, (merchant.to_string(), number), DOING, refund)
        })?;
        Ok(found.pop().filter(|row| scope.sees(row.tenant, row.merchant)))
    }

    /// A page of refunds of payments, or of one payment. The returns of stray receipts are with those.
    pub fn refunds(
        &self,
        scope: Scope,
        payment: Option<PaymentId>,
        cursor: &Cursor<noren_core::id::RefundKind>,
    ) -> Result<Page<RefundRow>, StoreError> {
        let also = payment.map(|id| ("stray IS NULL AND payment = ?", Value::from(id.to_string())));
        let also = vec![also.unwrap_or(("stray IS NULL AND ? IS NULL", Value::Null))];
        let ask = Ask { table: "refunds", scope, merchant: None, also, cursor };
        self.with(|db| by_ids(db, "refunds", REFUND, ids(db, ask)?, refund))
    }

    /// A stray receipt, if the caller may see it.
    pub fn stray(&self, scope: Scope, id: StrayId) -> Result<Option<StrayRow>, StoreError> {
        let mut page = self.with(|db| by_ids(db, "stray_receipts", STRAY, single(id), stray))?;
        Ok(page.items.pop().filter(|row| scope.sees(row.tenant, row.merchant)))
    }

    /// A credit that belongs to no payment. They are the operator's.
    pub fn credit(&self, id: CreditId) -> Result<Option<Credit>, StoreError> {
        let read = |row: &Row<'_>| codec::json::<Credit>(row, 0);
        Ok(self.with(|db| by_ids(db, "credits", "body", single(id), read))?.items.pop())
    }

    /// A page of credits that belong to no payment, by status if one is named.
    pub fn credits(
        &self,
        status: Option<CreditStatus>,
        cursor: &Cursor<CreditKind>,
    ) -> Result<Page<Credit>, StoreError> {
        let also = status.map(|status| ("status = ?", Value::from(status.name().to_owned())));
        let also = also.into_iter().collect();
        let scope = Scope::Operator;
        let ask = Ask { table: "credits", scope, merchant: None, also, cursor };
        self.with(|db| by_ids(db, "credits", "body", ids(db, ask)?, |row| codec::json(row, 0)))
    }

    /// A page of movements: prefunding that was reported.
    pub fn movements(&self, cursor: &Cursor<MovementKind>) -> Result<Page<Movement>, StoreError> {
        let scope = Scope::Operator;
        let ask = Ask { table: "movements", scope, merchant: None, also: Vec::new(), cursor };
        self.with(|db| by_ids(db, "movements", "body", ids(db, ask)?, |row| codec::json(row, 0)))
    }

    /// A page of claims: stray receipts of all merchants that cannot be returned by message.
    pub fn claims(
        &self,
        cursor: &Cursor<noren_core::id::StrayKind>,
    ) -> Result<Page<StrayRow>, StoreError> {
        let also = vec![("status = ?", Value::from("claim".to_owned()))];
        let scope = Scope::Operator;
        let ask = Ask { table: "stray_receipts", scope, merchant: None, also, cursor };
        self.with(|db| by_ids(db, "stray_receipts", STRAY, ids(db, ask)?, stray))
    }

    /// A page of stray receipts.
    pub fn strays(
        &self,
        scope: Scope,
        cursor: &Cursor<noren_core::id::StrayKind>,
    ) -> Result<Page<StrayRow>, StoreError> {
        let ask = Ask { table: "stray_receipts", scope, merchant: None, also: Vec::new(), cursor };
        self.with(|db| by_ids(db, "stray_receipts", STRAY, ids(db, ask)?, stray))
    }
}
