//! Stray receipts: money that a wallet confirms for a payment that ended, or is ending, without it.
//!
//! One rule for a late success after cancel, expiry, replacement or decline: book it from the
//! wallet's receivable to suspense, return it by a refund of its own, tell the merchant. It is
//! never "paid" and never lost (`reliability` facts, section 4).

use serde::{Deserialize, Serialize};

use crate::Text;
use crate::id::{StrayId, WalletName};
use crate::refund::{Refund, RefundState};
use crate::time::Timestamp;
use crate::wallet::Receipt;

/// One such receipt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stray {
    /// Shown as `str_…`.
    pub id: StrayId,
    /// Who holds the money.
    pub wallet: WalletName,
    /// The wallet's words.
    pub receipt: Receipt,
    /// When we learned of it.
    pub received_at: Timestamp,
    /// How it goes back.
    pub refund: Refund,
    /// How it came.
    #[serde(default, skip_serializing_if = "StrayOrigin::is_asked")]
    pub origin: StrayOrigin,
}

/// How the money of a stray receipt came.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum StrayOrigin {
    /// From the wallet that the payment was asked of.
    #[default]
    Asked,
    /// A push rail credited it, whatever the payment was or had asked of whom.
    Credit {
        /// What the rail named as the payee, as it wrote it.
        named: Text,
    },
}

impl StrayOrigin {
    fn is_asked(&self) -> bool {
        *self == Self::Asked
    }
}

/// What has become of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StrayStatus {
    /// Its refund is running.
    Returning,
    /// The payer has the money again.
    Returned,
    /// The wallet refused the return for good, or returns nothing by message: a claim with an age (`received_at`) and an owner,
    /// the operator.
    Claim,
}

impl Stray {
    /// Follows from the refund.
    pub fn status(&self) -> StrayStatus {
        match self.refund.state {
            RefundState::Requested(_)
            | RefundState::InDoubt(_)
            | RefundState::WaitingForFunds(_) => StrayStatus::Returning,
            RefundState::Refunded(_) => StrayStatus::Returned,
            RefundState::Declined(_) | RefundState::Impossible(_) => StrayStatus::Claim,
        }
    }
}
