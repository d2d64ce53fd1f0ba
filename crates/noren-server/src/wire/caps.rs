//! Caps and prefunding as the operator sends and sees them.

use noren_core::Text;
use noren_core::id::{MovementId, WalletName};
use noren_core::money::{Currency, Money};
use noren_core::movement::{Direction, Movement};
use noren_store::sqlite::WalletPosition;
use serde::Serialize;
use utoipa::ToSchema;

use super::{Amount, At};

/// `POST /v1/prefunding`.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "wallet": "noren", "direction": "received", "amount": {"amount": 500000, "currency": "CNY"},
    "reference": "bank transfer of 21 November",
}))]
pub struct PrefundingNew {
    /// Whose money it is.
    #[schema(value_type = String)]
    pub wallet: WalletName,
    /// `received`: the wallet paid it to the operator's bank. `returned`: it was sent back.
    #[schema(value_type = String)]
    pub direction: Direction,
    /// How much.
    #[schema(value_type = Amount)]
    pub amount: Money,
    /// The bank's reference, or the operator's own words: 1 to 200 characters. No payer data.
    pub reference: String,
}

/// Prefunding that was reported. It never changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Prefunding {
    /// `prefunding`.
    pub object: &'static str,
    /// Begins with `mov_`; the ledger's entry names it as its cause.
    #[schema(value_type = String)]
    pub id: MovementId,
    /// True when the money is real.
    pub livemode: bool,
    /// Whose money it is.
    #[schema(value_type = String)]
    pub wallet: WalletName,
    /// `received` or `returned`.
    #[schema(value_type = String, example = "received")]
    pub direction: Direction,
    /// How much.
    #[schema(value_type = Amount)]
    pub amount: Money,
    /// The bank's reference, or the operator's own words.
    #[schema(value_type = String)]
    pub reference: Text,
    /// When it was reported and booked.
    #[schema(value_type = String, format = DateTime)]
    pub at: At,
}

impl Prefunding {
    /// A movement as the operator sees it.
    pub fn of(movement: &Movement, livemode: bool) -> Self {
        Self {
            object: "prefunding",
            id: movement.id,
            livemode,
            wallet: movement.wallet,
            direction: movement.direction,
            amount: movement.amount,
            reference: movement.reference.clone(),
            at: At(movement.at),
        }
    }
}

/// What a wallet owes in one currency, may still come to owe, and is allowed to. All amounts are in
/// minor units.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Cap {
    /// `cap`.
    pub object: &'static str,
    /// True when the money is real.
    pub livemode: bool,
    /// The wallet.
    #[schema(value_type = String)]
    pub wallet: WalletName,
    /// In what.
    #[schema(value_type = String, example = "JPY")]
    pub currency: Currency,
    /// Its net debit cap; absent: it has none.
    pub cap: Option<i64>,
    /// What it has placed beforehand, which the cap is raised by.
    pub prefunding: i64,
    /// What it owes: captures and stray receipts, less what went back. Below zero: we owe it.
    pub owed: i64,
    /// What running payments may still add.
    pub pending: i64,
    /// What it may still come to owe: cap and prefunding less what is owed and pending. Below zero
    /// after a cap was lowered, or when money came that nobody could refuse; absent without a cap.
    pub room: Option<i64>,
}

impl Cap {
    /// A position with its cap, as the operator sees it.
    pub fn of(position: &WalletPosition, cap: Option<i64>, livemode: bool) -> Self {
        let WalletPosition { wallet, currency, owed, pending, prefunded } = *position;
        let used = i128::from(owed) + i128::from(pending);
        let room = cap.map(|cap| i128::from(cap) + i128::from(prefunded) - used);
        // A cap of 64 bits, and amounts that each fit: only an absurd cap does not.
        let room = room.map(|room| i64::try_from(room).unwrap_or(i64::MAX));
        Self {
            object: "cap",
            livemode,
            wallet,
            currency,
            cap,
            prefunding: prefunded,
            owed,
            pending,
            room,
        }
    }
}
