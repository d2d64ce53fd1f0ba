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
    /// How people ended it, after the wallet had refused the return for good.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed: Option<ClaimClosed>,
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

/// The end of a claim, as the operator reported it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimClosed {
    /// What became of the money.
    pub end: ClaimEnd,
    /// Why, or by what transfer: the operator's words.
    pub note: Text,
    /// When.
    pub at: Timestamp,
}

/// What became of money that could not be returned by message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClaimEnd {
    /// The payer was paid by hand, from the operator's bank.
    PaidBack,
    /// Nobody can be paid; the operator's loss account takes it.
    WrittenOff,
}

/// What has become of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StrayStatus {
    /// Its refund is running.
    Returning,
    /// The payer has the money again.
    Returned,
    /// The wallet refused the return for good, or returns nothing by message: a claim with an age
    /// (since the refusal) and an owner, the operator.
    Claim,
    /// A claim that was paid back by hand.
    PaidBack,
    /// A claim that was written off.
    WrittenOff,
}

impl StrayStatus {
    /// The word in rows and API members.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Returning => "returning",
            Self::Returned => "returned",
            Self::Claim => "claim",
            Self::PaidBack => "paid_back",
            Self::WrittenOff => "written_off",
        }
    }
}

impl Stray {
    /// Follows from the refund, and from how people ended it.
    pub fn status(&self) -> StrayStatus {
        match self.refund.state {
            RefundState::Requested(_)
            | RefundState::InDoubt(_)
            | RefundState::WaitingForFunds(_) => StrayStatus::Returning,
            RefundState::Refunded(_) => StrayStatus::Returned,
            RefundState::Declined(_) | RefundState::Impossible(_) => match &self.closed {
                None => StrayStatus::Claim,
                Some(ClaimClosed { end: ClaimEnd::PaidBack, .. }) => StrayStatus::PaidBack,
                Some(ClaimClosed { end: ClaimEnd::WrittenOff, .. }) => StrayStatus::WrittenOff,
            },
        }
    }
}
