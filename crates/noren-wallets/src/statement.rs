//! The common shape of a network's day-end file: what it says of each payment, capture and refund
//! that stands.
//!
//! Each folder writes (in its sandbox) and reads (in its connector) the file in its own form. What
//! a line means is the same for all, so that a file can be matched with our books.

pub mod flat;

use noren_core::money::Money;
use noren_core::time::{BusinessDate, Timestamp};

use crate::wire::Request;

/// Of what kind a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LineKind {
    /// A payment that took all at once.
    Payment,
    /// A part of what was held.
    Capture,
    /// Money that went back.
    Refund,
}

/// One line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Of what kind.
    pub kind: LineKind,
    /// The id by which we asked, or by which the wallet named its user's scan. `None` where a
    /// network's file cannot carry it (a refund without a key).
    pub asked_as: Option<String>,
    /// The id of the payment that it belongs to, as the network knows it from us.
    pub payment: String,
    /// The network's own id.
    pub transaction: String,
    /// In the order's currency; in the payer's where the network knows no other.
    pub amount: Money,
    /// What the payer was debited or given back, where the file says so.
    pub payer: Option<Money>,
    /// When, where the file says so.
    pub at: Option<Timestamp>,
}

/// One business day of one network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// Which day, in the network's own zone.
    pub date: BusinessDate,
    /// What moved and stands. An empty day has a file too.
    pub lines: Vec<Line>,
}

/// What follows from an answer on the way to a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StatementStep {
    /// The file, read.
    Read(Statement),
    /// The network said where the file lies: this fetches it. At most
    /// [`crate::connector::STEPS_MAX`] messages in all.
    Then(Request),
}

/// Why there is no statement.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StatementError {
    /// The network offers none.
    #[error("this network has no day-end file")]
    NotOffered,
    /// The day is not closed yet: ask again after the network's midnight and its window for cancels.
    #[error("the day is not closed yet")]
    NotYet,
    /// No answer, or the transport's own error.
    #[error("the network did not answer")]
    Transport,
    /// Not signed, or wrongly.
    #[error("the answer is not signed as it should be")]
    BadSignature,
    /// Not a file of this network.
    #[error("the file cannot be read: {0}")]
    Unreadable(String),
}
