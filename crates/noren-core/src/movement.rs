//! Movements of money between a wallet and the operator that belong to no payment: prefunding.
//!
//! A wallet places money beforehand, so that it may come to owe more than its net debit cap alone
//! allows (`domain` facts, "prefunding"). The operator reports what its bank has received, or sent
//! back.

use serde::{Deserialize, Serialize};

use crate::Text;
use crate::id::{MovementId, WalletName};
use crate::money::Money;
use crate::time::Timestamp;

/// One movement, booked when it was reported. It never changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Movement {
    /// Shown as `mov_…`. It lives in the house.
    pub id: MovementId,
    /// Whose money it is.
    pub wallet: WalletName,
    /// Which way it went.
    pub direction: Direction,
    /// How much.
    pub amount: Money,
    /// The bank's reference, or the operator's own words.
    pub reference: Text,
    /// When it was reported.
    pub at: Timestamp,
}

/// Which way a movement went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// The wallet paid in.
    Received,
    /// We sent it back.
    Returned,
}

impl Direction {
    /// The word in rows and API members.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::Returned => "returned",
        }
    }
}
