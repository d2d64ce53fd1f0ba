//! What a sandbox is asked for, and what came of it.

use noren_core::money::Money;
use noren_core::time::Timestamp;

use super::super::scenario::Scenario;

/// How a first answer leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manner {
    /// As it should.
    Plain,
    /// Not at all.
    Silent,
    /// With a signature that does not fit, or not as a message of this network at all where it
    /// signs nothing.
    Forged,
    /// As it should, one pace late.
    Slow,
}

/// The same id came with another content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Differs;

/// What a pay request asks.
#[derive(Clone, Copy, Debug)]
pub struct Intent<'a> {
    /// The request's id.
    pub id: &'a str,
    /// The code.
    pub code: &'a str,
    /// What the shop is paid.
    pub order: Money,
    /// What the user is debited.
    pub payer: Money,
    /// What a repeat is compared with.
    pub asked: &'a str,
    /// The money is to be held only.
    pub hold: bool,
}

/// What an order for a shop on the web asks.
#[derive(Clone, Copy, Debug)]
pub struct OrderIntent<'a> {
    /// The request's id.
    pub id: &'a str,
    /// What the shop is paid.
    pub order: Money,
    /// What whoever pays is debited.
    pub payer: Money,
    /// What a repeat is compared with.
    pub asked: &'a str,
    /// The money is to be held only.
    pub hold: bool,
    /// Nobody can pay from then on.
    pub expires_at: Timestamp,
}

/// A debit that the user's own scan leads to.
#[derive(Clone, Copy, Debug)]
pub struct ScanDebit<'a> {
    /// The wallet's id for the intent.
    pub id: &'a str,
    /// Whose money.
    pub user: &'a str,
    /// What the shop is paid.
    pub order: Money,
    /// What the user is debited.
    pub payer: Money,
    /// What it meets.
    pub scenario: Scenario,
    /// The money is to be held only.
    pub hold: bool,
}

/// What a capture request asks.
#[derive(Clone, Copy, Debug)]
pub struct CaptureIntent<'a> {
    /// The capture's id.
    pub id: &'a str,
    /// Of which payment.
    pub payment: &'a str,
    /// In the order's currency.
    pub order: Money,
    /// In the payer's currency.
    pub payer: Money,
    /// The only one: what it leaves is released.
    pub last: bool,
}

/// What a refund request asks.
#[derive(Clone, Copy, Debug)]
pub struct RefundIntent<'a> {
    /// The refund's id.
    pub id: &'a str,
    /// Of which payment.
    pub payment: &'a str,
    /// In the order's currency.
    pub order: Money,
    /// In the payer's currency; `None`: in proportion.
    pub payer: Option<Money>,
}

/// What becomes of a refund request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefundTold {
    /// It is in the books, done or refused.
    Settled(Manner),
    /// Not now. Nothing is in the books.
    NoFunds,
}
