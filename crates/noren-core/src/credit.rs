//! Credits that belong to no payment: a push rail sent money for somebody whom nobody here knows.
//!
//! It cannot be refused. It is booked from what the rail owes us to suspense, in the house, and
//! waits there for people, who send it back or assign it to a store (`wallets/national-rails`
//! facts, section 1; `domain` facts, "suspense account").

use serde::{Deserialize, Serialize};

use crate::Text;
use crate::due::Due;
use crate::id::{CreditId, PaymentId, WalletName};
use crate::refund::{Refund, RefundState};
use crate::time::Timestamp;
use crate::wallet::Receipt;

/// One such credit. It lives in the house.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credit {
    /// Shown as `crd_…`.
    pub id: CreditId,
    /// The rail that holds the money.
    pub wallet: WalletName,
    /// The rail's words.
    pub receipt: Receipt,
    /// What it named as the payee, as it wrote it.
    pub named: Text,
    /// When, by the rail's clock.
    pub credited_at: Timestamp,
    /// When we learned of it; its age counts from then.
    pub received_at: Timestamp,
    /// What has become of it.
    pub state: CreditState,
    /// How many calls were made for it.
    pub calls: u32,
    /// Repeats of the same transaction with another content, oldest first; at most
    /// [`crate::payment::EVIDENCE_MAX`].
    pub repeats: Vec<Repeat>,
}

/// The same transaction, told otherwise than at first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Repeat {
    /// When it came.
    pub at: Timestamp,
    /// The rail's words.
    pub receipt: Receipt,
    /// What it named as the payee.
    pub named: Text,
}

/// What has become of a credit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum CreditState {
    /// It waits for people.
    Unclaimed,
    /// It goes back, or went back, or cannot.
    Return {
        /// How.
        refund: Refund,
    },
    /// It was given to a store, for ever.
    Assigned {
        /// The payment that it became.
        payment: PaymentId,
        /// When.
        at: Timestamp,
        /// The return that had been refused before.
        refused: Option<Refund>,
    },
}

/// A word for what has become of a credit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CreditStatus {
    /// It waits for people.
    Unclaimed,
    /// Its refund is running.
    Returning,
    /// The payer has the money again.
    Returned,
    /// It cannot go back by message: a claim with an age (`received_at`) and an owner, the
    /// operator. It can still be assigned.
    Claim,
    /// It was given to a store.
    Assigned,
}

impl CreditStatus {
    /// The name that API members `status` carry.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Unclaimed => "unclaimed",
            Self::Returning => "returning",
            Self::Returned => "returned",
            Self::Claim => "claim",
            Self::Assigned => "assigned",
        }
    }
}

impl Credit {
    /// Follows from the state.
    pub const fn status(&self) -> CreditStatus {
        match &self.state {
            CreditState::Unclaimed => CreditStatus::Unclaimed,
            CreditState::Assigned { .. } => CreditStatus::Assigned,
            CreditState::Return { refund } => match refund.state {
                RefundState::Requested(_)
                | RefundState::InDoubt(_)
                | RefundState::WaitingForFunds(_) => CreditStatus::Returning,
                RefundState::Refunded(_) => CreditStatus::Returned,
                RefundState::Declined(_) | RefundState::Impossible(_) => CreditStatus::Claim,
            },
        }
    }

    /// True until the money is where it belongs.
    pub const fn is_open(&self) -> bool {
        match self.status() {
            CreditStatus::Unclaimed | CreditStatus::Returning | CreditStatus::Claim => true,
            CreditStatus::Returned | CreditStatus::Assigned => false,
        }
    }

    /// Its return, also one that was refused before it was assigned.
    pub const fn refund(&self) -> Option<&Refund> {
        match &self.state {
            CreditState::Unclaimed => None,
            CreditState::Return { refund } => Some(refund),
            CreditState::Assigned { refused, .. } => refused.as_ref(),
        }
    }

    /// When its return is asked for, or about, again.
    pub fn due(&self) -> Option<Due> {
        self.refund().and_then(Refund::due)
    }
}
