//! Every state of one payment, breadth first.
//!
//! The real engine is run from every distinct state with every event of a small alphabet, until
//! no state is new. Each step is a whole life of the process: load from the store, apply, commit,
//! show the auditor, forget. So each edge is also a restart, and each state is looked at by a
//! second model ([`crate::audit`]) that shares nothing with the engine but the data types.
//!
//! What is checked in every state: every currency sums to zero (I1), a second payment of the
//! order is refused while the first stands or may (I4), the ends have their proofs (I6), final is
//! final (I8), refunds stay below what was received and all refunds together leave nothing at the
//! wallet (I9), no cancel overtakes its request (I7), and something is due at a known time
//! until all has ended (I10: no deadlock). Then every state must have an exit: whatever is true
//! at the wallet, if it answers truthfully from now on, time alone brings everything to its end.
//!
//! Two states are the same when the next event cannot tell them apart: see [`view`]. The bounds
//! are data: [`INQUIRIES`] on the ladder, [`REFUNDS`] refunds of a payment.

mod act;
mod alphabet;
mod check;
mod explore;
mod page;
mod stage;
mod view;

use noren_core::wallet::FxBy;

pub use alphabet::{ALPHABET_MAX, Event, Subject, Word};
pub use explore::{Edge, Explored, Unsound, explore};
pub use page::page;

/// Inquiries on the ladder of the model's wallets. Two show the first, a next and the end.
pub const INQUIRIES: u32 = 2;

/// Refunds that the merchant of the model asks for. Two can race for the same money.
pub const REFUNDS: usize = 2;

/// More states than these mean that a counter or an instant is missing in [`view`].
pub const STATES_MAX: usize = 60_000;

/// How the payment begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Start {
    /// The till scans the payer's code.
    Cpm,
    /// The till shows a code, and the payer scans it.
    ScanShown,
    /// The payer scans the printed code.
    ScanPrinted,
}

/// One model to check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Setting {
    /// How the payment begins.
    pub start: Start,
    /// Who converts.
    pub fx_by: FxBy,
    /// A known mistake to plant in the engine.
    #[cfg(feature = "faults")]
    pub plant: Option<noren_core::fault::Fault>,
}

impl Setting {
    /// Nothing planted.
    pub const fn new(start: Start, fx_by: FxBy) -> Self {
        Self {
            start,
            fx_by,
            #[cfg(feature = "faults")]
            plant: None,
        }
    }

    /// Wallets of both kinds, and every way to begin.
    pub fn all() -> Vec<Setting> {
        let starts = [Start::Cpm, Start::ScanShown, Start::ScanPrinted];
        let kinds = [FxBy::Switch, FxBy::Wallet];
        starts.iter().flat_map(|start| kinds.map(|fx_by| Self::new(*start, fx_by))).collect()
    }

    /// For tables.
    pub fn name(&self) -> String {
        let fx_by = match self.fx_by {
            FxBy::Switch => "the switch converts",
            FxBy::Wallet => "the wallet converts",
        };
        format!("{}, {fx_by}", self.start.name())
    }
}

impl Start {
    /// For tables.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Cpm => "till scans",
            Self::ScanShown => "payer scans a till's code",
            Self::ScanPrinted => "payer scans a printed code",
        }
    }
}
