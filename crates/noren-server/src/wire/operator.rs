//! The directory and the books as the operator sends and sees them.

use noren_core::directory::Change;
use noren_core::ledger::{Account, AccountKind, AccountOwner};
use noren_core::money::{Currency, Money};
use noren_store::sqlite::CurrencyTotal;
use serde::Serialize;
use utoipa::ToSchema;

use super::Amount;

/// `POST /v1/directory`.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({"change": {"kind": "tenant", "name": "noren", "title": "Noren"}}))]
pub struct DirectoryChangeNew {
    /// One change; `kind` says of what.
    #[schema(value_type = Object)]
    pub change: Change,
}

/// A version of the directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct DirectoryVersion {
    /// `directory_version`.
    pub object: &'static str,
    /// How many changes have made the directory.
    pub version: u64,
    /// True when the money is real.
    pub livemode: bool,
}

/// An account of the ledger and its totals.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct LedgerAccount {
    /// `ledger_account`.
    pub object: &'static str,
    /// Begins with `acc_`; slot and number.
    pub id: String,
    /// True when the money is real.
    pub livemode: bool,
    /// Whose: `kind` and, where there are many of the kind, `id`.
    #[schema(value_type = Object)]
    pub owner: AccountOwner,
    /// Counting what.
    #[schema(value_type = String, example = "merchant_payable")]
    pub kind: AccountKind,
    /// In what.
    #[schema(value_type = String, example = "JPY")]
    pub currency: Currency,
    /// Sum of all debits in minor units.
    pub debits: i64,
    /// Sum of all credits in minor units.
    pub credits: i64,
    /// Debits less credits.
    #[schema(value_type = Amount)]
    pub balance: Money,
    /// What running payments may still add to the debits, in minor units. Part of no balance.
    pub pending_debits: i64,
    /// What running refunds may still add to the credits, in minor units. Part of no balance.
    pub pending_credits: i64,
}

impl LedgerAccount {
    /// An account as the operator sees it.
    pub fn of(account: &Account, livemode: bool) -> Self {
        Self {
            object: "ledger_account",
            id: format!("acc_{:03}_{:06}", account.slot.number(), account.number),
            livemode,
            owner: account.name.owner,
            kind: account.name.kind,
            currency: account.name.currency,
            debits: account.debits,
            credits: account.credits,
            balance: account.balance(),
            pending_debits: account.pending_debits,
            pending_credits: account.pending_credits,
        }
    }
}

/// All that is booked in one currency. The difference is zero, always.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct LedgerTotal {
    /// `ledger_total`.
    pub object: &'static str,
    /// The currency.
    #[schema(value_type = String, example = "JPY")]
    pub currency: Currency,
    /// True when the money is real.
    pub livemode: bool,
    /// Sum of all debits in minor units.
    pub debits: i64,
    /// Sum of all credits in minor units.
    pub credits: i64,
    /// Debits less credits.
    pub difference: i64,
}

impl LedgerTotal {
    /// A currency's total as the operator sees it.
    pub fn of(total: &CurrencyTotal, livemode: bool) -> Self {
        Self {
            object: "ledger_total",
            currency: total.currency,
            livemode,
            debits: total.debits,
            credits: total.credits,
            difference: total.difference(),
        }
    }
}
