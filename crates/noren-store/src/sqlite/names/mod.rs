//! Names that other people chose (idempotency keys, order numbers, payment codes, wallets'
//! transaction ids): how a row is found by its name without a growing tree on the hot path.
//!
//! The rows of each [`Family`] are appended in time order and numbered by `seq`. From a name's
//! [`NameHash`] to its row lead two ways: for rows since the last seal an index in memory
//! ([`index::Index`]), made again at each start from those rows; for older ones the sealed
//! partitions of `name_index`, sorted by hash, with a filter each ([`filter`]). [`seal`] makes,
//! merges and drops partitions, a slice in each commit.
//!
//! A partition counts only from the commit that says `sealed`; memory forgets its rows only when it
//! has read that. So a name is always found in one place at least, whatever was interrupted.

pub(super) mod audit;
pub(super) mod carry;
mod filter;
pub(super) mod index;
pub(super) mod seal;
pub(super) mod write;

use noren_core::id::MerchantId;
use noren_core::keys::{KeyName, OrderName, Route, UsedName};
use noren_core::time::{Span, Timestamp};
use ring::digest::{Context, SHA256};
use rusqlite::Connection;

use super::codec;
use crate::{Doing, StoreError};

const DOING: &str = "looking a name up";

/// Idempotency keys of money-moving calls are kept so long. Source: `reliability` facts, section 5.
pub const KEYS_KEPT: Span = Span::seconds(30 * 24 * 60 * 60);

/// How names are sealed. The defaults are for use; smaller ones let a test see many partitions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NameLimits {
    /// Rows of a new partition. Memory holds at most about twice as many of each kind of name.
    pub seal: usize,
    /// So many partitions of one size are merged into one of the next size.
    pub fan: usize,
    /// A commit that appends `n` names does at most `8 n + slice` steps of sealing: entries
    /// written, moved or removed.
    pub slice: usize,
    /// Bytes of filters in memory, for each of writer and prefetch. The largest partitions go
    /// without when it is not enough: a page is then read for each name that they lack.
    pub filter_bytes: usize,
}

impl Default for NameLimits {
    fn default() -> Self {
        Self { seal: 65_536, fan: 16, slice: 64, filter_bytes: 64 << 20 }
    }
}

/// A table of names. Names of different families never meet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Family {
    /// Merchants' idempotency keys.
    Keys,
    /// Wallets' own ids of payments.
    Reserves,
    Orders,
    Used,
}

impl Family {
    pub const ALL: [Self; 4] = [Self::Keys, Self::Reserves, Self::Orders, Self::Used];

    pub fn table(self) -> &'static str {
        match self {
            Self::Keys => "idempotency_keys",
            Self::Reserves => "reserve_keys",
            Self::Orders => "orders",
            Self::Used => "used_names",
        }
    }

    /// True when nothing written up to `newest` need be kept at `now`.
    pub fn may_forget(self, newest: Timestamp, now: Timestamp) -> bool {
        match self {
            Self::Keys => newest.after(KEYS_KEPT) < now,
            Self::Reserves | Self::Orders | Self::Used => false,
        }
    }

    /// Rows that have waited so long are sealed, however few they are: only what is sealed can be
    /// forgotten.
    pub fn seal_after(self) -> Option<Span> {
        match self {
            Self::Keys => Some(Span::seconds(24 * 60 * 60)),
            Self::Reserves | Self::Orders | Self::Used => None,
        }
    }

    /// The longest time that a merged partition may span. A partition is dropped as a whole, so a
    /// wide one would keep its oldest rows for longer than they need be.
    pub fn span_max(self) -> Option<Span> {
        match self {
            Self::Keys => Some(Span::seconds(3 * 24 * 60 * 60)),
            Self::Reserves | Self::Orders | Self::Used => None,
        }
    }
}

/// The first 64 bits of the SHA-256 of a name. Two names may share one, so a row that it leads to
/// is always compared; clients choose names, and could make a weaker hash collide at will.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct NameHash(pub u64);

impl NameHash {
    /// Each part is preceded by its length, so that no two names give the same bytes.
    fn of(slot: u16, parts: [&[u8]; 3]) -> Self {
        let mut context = Context::new(&SHA256);
        context.update(&slot.to_le_bytes());
        for part in parts {
            context.update(&(part.len() as u64).to_le_bytes());
            context.update(part);
        }
        let digest = context.finish();
        let bytes = digest.as_ref()[..8].try_into().expect("SHA-256 gives 32 bytes");
        Self(u64::from_be_bytes(bytes))
    }

    fn of_order(merchant: MerchantId, number: &str) -> Self {
        let raw = merchant.raw().to_be_bytes();
        Self::of(merchant.slot().number(), [&raw, number.as_bytes(), b""])
    }

    /// As a column: SQLite's integers are signed, and the order must stay.
    pub fn column(self) -> i64 {
        (self.0 ^ (1 << 63)).cast_signed()
    }

    pub fn from_column(column: i64) -> Self {
        Self(column.cast_unsigned() ^ (1 << 63))
    }
}

/// Any name.
#[derive(Clone, Copy, Debug)]
pub(super) enum Name<'a> {
    Key(&'a KeyName),
    Order(&'a OrderName),
    Used(&'a UsedName),
}

impl Name<'_> {
    pub fn family(&self) -> Family {
        match self {
            Self::Key(name) => match name.route {
                Route::Reserve => Family::Reserves,
                Route::PaymentCreate
                | Route::PaymentCancel
                | Route::PaymentCapture
                | Route::PaymentVoid
                | Route::OrderCancel
                | Route::RefundCreate
                | Route::Prefund => Family::Keys,
            },
            Self::Order(_) => Family::Orders,
            Self::Used(_) => Family::Used,
        }
    }

    pub fn hash(&self) -> NameHash {
        match self {
            Self::Key(name) => {
                let owner = codec::owner_text(&name.owner);
                let route = name.route.name();
                NameHash::of(
                    name.slot.number(),
                    [owner.as_bytes(), route.as_bytes(), name.key.as_bytes()],
                )
            }
            Self::Order(name) => NameHash::of_order(name.merchant, &name.number),
            Self::Used(name) => NameHash::of(
                name.slot.number(),
                [
                    name.wallet.as_str().as_bytes(),
                    name.what.name().as_bytes(),
                    name.text.as_bytes(),
                ],
            ),
        }
    }

    /// True when row `seq` of the family carries this very name.
    fn is_row(&self, db: &Connection, seq: i64) -> Result<bool, StoreError> {
        let one = |sql: &str, params: &[&dyn rusqlite::ToSql]| {
            let mut statement = db.prepare_cached(sql).doing(DOING)?;
            Ok(codec::one(&mut statement, params, DOING, |_| Ok(()))?.is_some())
        };
        match self {
            Self::Key(name) => {
                let sql = match self.family() {
                    Family::Reserves => {
                        "SELECT 1 FROM reserve_keys WHERE seq = ?1 AND slot = ?2 AND owner = ?3
                        AND route = ?4 AND key = ?5"
                    }
                    Family::Keys | Family::Orders | Family::Used => {
                        "SELECT 1 FROM idempotency_keys WHERE seq = ?1 AND slot = ?2 AND owner = ?3
                        AND route = ?4 AND key = ?5"
                    }
                };
                let owner = codec::owner_text(&name.owner);
                one(sql, &[&seq, &name.slot.number(), &owner, &name.route.name(), &&*name.key])
            }
            Self::Order(name) => one(
                "SELECT 1 FROM orders WHERE seq = ?1 AND slot = ?2 AND merchant = ?3 AND number = ?4",
                &[&seq, &name.merchant.slot().number(), &name.merchant.to_string(), &&*name.number],
            ),
            Self::Used(name) => one(
                "SELECT 1 FROM used_names WHERE seq = ?1 AND slot = ?2 AND wallet = ?3 AND what = ?4
                AND text = ?5",
                &[&seq, &name.slot.number(), &name.wallet.as_str(), &name.what.name(), &&*name.text],
            ),
        }
    }
}
