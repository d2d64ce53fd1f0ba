//! Stray receipts: money that a wallet confirms for a payment that ended, or is ending, without it.
//!
//! One rule for a late success after cancel, expiry, replacement or decline: book it from the
//! wallet's receivable to suspense, return it by a refund of its own, tell the merchant. It is
//! never "paid" and never lost (`reliability` facts, section 4).

use serde::{Deserialize, Serialize};

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
}

/// What has become of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StrayStatus {
    /// Its refund is running.
    Returning,
    /// The payer has the money again.
    Returned,
    /// The wallet refused the return for good: a claim with an age (`received_at`) and an owner,
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
            RefundState::Declined(_) => StrayStatus::Claim,
        }
    }
}
