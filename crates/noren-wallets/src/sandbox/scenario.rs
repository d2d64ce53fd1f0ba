//! What a sandbox's user is to meet next: one word for each kind of trouble.

use serde::{Deserialize, Serialize};

/// How the next payments of a user go. Everything else follows from balances.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scenario {
    /// Paid when the balance allows it.
    #[default]
    Approve,
    /// A definite no.
    Decline,
    /// Unknown at first; paid one pace later.
    UnknownThenYes,
    /// Unknown at first; a definite no one pace later.
    UnknownThenNo,
    /// Never answered; pending until it is cancelled.
    Timeout,
    /// Paid, but the first answer is lost.
    LostAnswer,
    /// Pending; the cancel is refused; paid one pace after that.
    LateSuccess,
    /// Paid, one minor unit too much on both sides.
    WrongAmount,
    /// Paid, but the first answer is wrongly signed.
    BadSignature,
    /// Paid, but the first answer comes one pace late.
    Slow,
    /// Paid, and said twice.
    DoubleNotice,
    /// Paid, and never cancelled by the wallet any more: a refund only gives it back.
    CancelClosed,
    /// The user's money is frozen by the wallet's side. A network without a word for that declines.
    Blocked,
    /// A scan that is debited, but not confirmed until the switch asks.
    NoConfirm,
    /// A scan that is reserved and never debited.
    NeverDebit,
    /// The next refund finds the pool empty, once.
    RefundNoFunds,
    /// The next refund is made, but its first answer is lost.
    RefundSilent,
}

/// What a scenario is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScenarioOf {
    /// Any payment.
    Payment,
    /// A payment that the user starts by scanning a code.
    Scan,
    /// A refund.
    Refund,
}

impl Scenario {
    /// All of them.
    pub const ALL: [Scenario; 17] = [
        Self::Approve,
        Self::Decline,
        Self::UnknownThenYes,
        Self::UnknownThenNo,
        Self::Timeout,
        Self::LostAnswer,
        Self::LateSuccess,
        Self::WrongAmount,
        Self::BadSignature,
        Self::Slow,
        Self::DoubleNotice,
        Self::CancelClosed,
        Self::Blocked,
        Self::NoConfirm,
        Self::NeverDebit,
        Self::RefundNoFunds,
        Self::RefundSilent,
    ];

    /// What it is of.
    pub const fn of(self) -> ScenarioOf {
        match self {
            Self::Approve
            | Self::Decline
            | Self::UnknownThenYes
            | Self::UnknownThenNo
            | Self::Timeout
            | Self::LostAnswer
            | Self::LateSuccess
            | Self::WrongAmount
            | Self::BadSignature
            | Self::Slow
            | Self::DoubleNotice
            | Self::CancelClosed
            | Self::Blocked => ScenarioOf::Payment,
            Self::NoConfirm | Self::NeverDebit => ScenarioOf::Scan,
            Self::RefundNoFunds | Self::RefundSilent => ScenarioOf::Refund,
        }
    }
}

/// A scenario and for how many more payments or refunds it holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// What happens.
    pub scenario: Scenario,
    /// How often still.
    pub times: u32,
}

impl Plan {
    /// The scenario of the payment that comes now.
    pub fn take(&mut self) -> Scenario {
        if self.times == 0 {
            return Scenario::Approve;
        }
        self.times -= 1;
        self.scenario
    }
}
