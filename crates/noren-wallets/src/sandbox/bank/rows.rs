//! What a sandbox keeps: users, codes, payments, captures, refunds and sums.

use noren_core::money::Money;
use noren_core::time::Timestamp;
use serde::{Deserialize, Serialize};

use super::super::scenario::{Plan, Scenario};

/// One user.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// In minor units of the wallet's currency.
    pub balance: i64,
    /// What the next payments meet.
    pub payments: Plan,
    /// What the next refunds meet.
    pub refunds: Plan,
}

/// One payment code: shown once, used once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Code {
    pub(super) user: String,
    pub(super) used_by: Option<String>,
    /// It cannot be used from then on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) valid_until: Option<Timestamp>,
}

/// Where a payment stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// An order that waits for somebody to pay it.
    Open,
    /// Not decided.
    Processing,
    /// The user was debited.
    Paid,
    /// The user's money is held; captures take parts of it.
    Held,
    /// What was held and not captured went back to the user.
    Released,
    /// The user's money is frozen: neither paid nor with the user.
    Blocked,
    /// A definite no.
    Declined(No),
    /// Cancelled; what was debited was given back. Also the trace of a cancel that came first.
    Cancelled,
}

/// Why not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum No {
    /// The user refused.
    Refused,
    /// The balance is too small.
    NoFunds,
    /// No such code.
    CodeInvalid,
    /// The code was used by another payment.
    CodeUsed,
    /// The code is too old.
    CodeExpired,
    /// More than the wallet allows its users in one payment.
    OverLimit,
}

/// One payment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payment {
    /// The wallet's id of the transaction.
    pub transaction: String,
    /// What a repeat is compared with; `None`: only a cancel came.
    pub(super) asked: Option<String>,
    /// Whose money.
    pub user: Option<String>,
    /// What the shop is paid.
    pub order: Money,
    /// What the user is debited.
    pub payer: Money,
    /// Where it stands.
    pub state: State,
    /// What it meets.
    pub scenario: Scenario,
    /// When it was asked for.
    pub at: Timestamp,
    /// When the user was debited, all at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paid_at: Option<Timestamp>,
    /// When it will be decided.
    pub(super) decides_at: Option<Timestamp>,
    /// What captures took of a hold; `None`: the whole was debited at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub captured: Option<Taken>,
    /// Who is paid, as far as the network was told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shop: Option<ShopName>,
    /// Sum of refunds, in minor units of the order's currency.
    pub refunded_order: i64,
    /// Sum of refunds, in minor units of the payer's currency.
    pub refunded_payer: i64,
}

/// A shop, as a user sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShopName {
    /// As the network was told: in Latin letters where it was told both.
    pub name: String,
    /// In Japanese letters, where it was told so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name_ja: Option<String>,
}

/// What was taken of a payment, in minor units of both currencies.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Taken {
    /// In the order's currency.
    pub order: i64,
    /// In the payer's currency.
    pub payer: i64,
}

impl Payment {
    /// What the user has paid so far, refunds not counted.
    pub fn taken(&self) -> Taken {
        let whole = Taken { order: self.order.minor(), payer: self.payer.minor() };
        match self.state {
            State::Paid | State::Held | State::Released => self.captured.unwrap_or(whole),
            State::Open
            | State::Processing
            | State::Declined(_)
            | State::Cancelled
            | State::Blocked => Taken::default(),
        }
    }

    /// What is held of the user's money, in minor units of it.
    pub(super) fn frozen(&self) -> i64 {
        match self.state {
            State::Held => self.payer.minor() - self.taken().payer,
            State::Blocked => self.payer.minor(),
            State::Open
            | State::Processing
            | State::Paid
            | State::Released
            | State::Declined(_)
            | State::Cancelled => 0,
        }
    }
}

/// One capture of a hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaptureMade {
    /// The network's id of it.
    pub transaction: String,
    /// Of which payment.
    pub payment: String,
    /// In the order's currency.
    pub order: Money,
    /// What the user paid.
    pub payer: Money,
    /// False: refused, for ever.
    pub done: bool,
    /// When.
    pub at: Timestamp,
}

/// One refund.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refund {
    /// The network's id of it.
    pub transaction: String,
    /// Of which payment.
    pub payment: String,
    /// In the order's currency.
    pub order: Money,
    /// What the user got.
    pub payer: Money,
    /// False: refused, for ever.
    pub done: bool,
    /// When.
    pub at: Timestamp,
    /// What was asked, in the payer's currency; compared with a repeat.
    pub(super) asked_payer: Option<Money>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Totals {
    pub(super) counter: u64,
    /// Given to users at the beginning.
    pub(super) deposited: i64,
    /// Taken from users and not given back, in the wallet's currency.
    pub(super) debited: i64,
    /// Held of users' money and not captured, in the wallet's currency.
    #[serde(default)]
    pub(super) frozen: i64,
    /// Owed to the switch, in `Terms::owed_in`.
    pub(super) owed: i64,
    /// Owed for orders of a third currency, in the wallet's: a network that is owed yen for orders
    /// in yen is asked for orders in its own currency too.
    #[serde(default)]
    pub(super) owed_at_home: i64,
    /// The network is being maintained until then.
    #[serde(default)]
    pub(super) closed_until: Option<Timestamp>,
}
