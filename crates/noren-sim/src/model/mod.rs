//! Every state of one payment, or of one credit, breadth first.
//!
//! The real engine is run from every distinct state with every event of a small alphabet, until
//! no state is new. Each step is a whole life of the process: load from the store, apply, commit,
//! show the auditor, forget. So each edge is also a restart, and each state is looked at by a
//! second model ([`crate::audit`]) that shares nothing with the engine but the data types.
//!
//! One walk over all that can be said at once would be too large, so there is a walk for each way
//! to begin, with an alphabet of its own ([`walks`]). A walk that begins in the middle, with money
//! held, says less of what came before and more of what comes after.
//!
//! What is checked in every state: every currency sums to zero (I1), a second payment of the
//! order is refused while the first stands or may (I4), the ends have their proofs (I6), final is
//! final (I8), captures stay below what is held, refunds below what was captured, and all refunds
//! together leave nothing at the wallet (I9), no cancel overtakes its request (I7), and something is
//! due at a known time until all has ended (I10: no deadlock). Then every state must have an exit:
//! whatever is true at the wallet, if it answers truthfully from now on, time alone brings
//! everything to its end; and what waits for people, one word of theirs ends.
//!
//! Two states are the same when the next event cannot tell them apart: see [`view`]. The bounds
//! are data: [`INQUIRIES`] on the ladder, [`REFUNDS`] refunds and [`CAPTURES`] captures of a
//! payment, [`CREDITS`] credits.

mod act;
mod alphabet;
mod check;
mod exit;
mod explore;
mod page;
mod said;
mod stage;
mod view;
mod walks;

use noren_core::wallet::FxBy;

pub use alphabet::{ALPHABET_MAX, Event, Subject, Word};
pub use explore::{Edge, Explored, Unsound, explore};
pub use page::page;

/// Inquiries on the ladder of the model's wallets. Two show the first, a next and the end.
pub const INQUIRIES: u32 = 2;

/// Refunds that the merchant of the model asks for. Two can race for the same money.
pub const REFUNDS: usize = 2;

/// Captures that the merchant of the model asks for, each of half of what is held or of all of it.
pub const CAPTURES: usize = 2;

/// Credits that the push rail of the model sends, the repeats not counted.
pub const CREDITS: usize = 2;

/// More states than these mean that a counter or an instant is missing in [`view`].
pub const STATES_MAX: usize = 8_000;

/// How the walk begins, which also says what can happen in it: see [`walks`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Start {
    /// The till scans the payer's code.
    Cpm,
    /// The till shows a code, and the payer scans it.
    ScanShown,
    /// The payer scans the printed code.
    ScanPrinted,
    /// The till scans the payer's code, and the wallet's side may freeze the money.
    Frozen,
    /// A shop on the web asks the wallet for an order.
    Order,
    /// The till shows a code, and its payer chooses a wallet, which is asked for an order.
    Chosen,
    /// The till scans the payer's code, and the money is to be held only.
    Hold,
    /// The till shows a code, the payer scans it, and the money is to be held only.
    HoldShown,
    /// The money is held.
    Captures,
    /// The money is held, and half of it was captured.
    Partly,
    /// The same, and the merchant may withdraw the order.
    Withdrawn,
    /// The payment is being undone, and the money that arrived late is on its way back.
    Claim,
    /// The till shows a code, and a push rail credits the shop.
    Rail,
    /// The same, and the rail returns nothing by message.
    RailKeeps,
    /// A push rail credited money for a name that nobody here has.
    Nobody,
    /// The same, and the rail returns nothing by message.
    NobodyKeeps,
}

/// One model to check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Setting {
    /// How the walk begins.
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

    /// Every way to begin, with wallets of both kinds where the kind makes a difference.
    pub fn all() -> Vec<Setting> {
        let kinds = |start: &Start| {
            let start = *start;
            start.kinds().iter().map(move |fx_by| Self::new(start, *fx_by))
        };
        Start::ALL.iter().flat_map(kinds).collect()
    }

    /// For tables.
    pub fn name(&self) -> String {
        match (self.start.kinds(), self.fx_by) {
            ([_], _) => self.start.name().to_owned(),
            (_, FxBy::Switch) => format!("{}, the switch converts", self.start.name()),
            (_, FxBy::Wallet) => format!("{}, the wallet converts", self.start.name()),
        }
    }
}

impl Start {
    /// All of them, in the order of tables.
    pub const ALL: &[Start] = &[
        Self::Cpm,
        Self::ScanShown,
        Self::ScanPrinted,
        Self::Frozen,
        Self::Order,
        Self::Chosen,
        Self::Hold,
        Self::HoldShown,
        Self::Captures,
        Self::Partly,
        Self::Withdrawn,
        Self::Claim,
        Self::Rail,
        Self::RailKeeps,
        Self::Nobody,
        Self::NobodyKeeps,
    ];

    /// Wallets of which kinds are walked with. A rail never converts.
    const fn kinds(self) -> &'static [FxBy] {
        match self {
            Self::Cpm | Self::ScanShown | Self::ScanPrinted | Self::Order => {
                &[FxBy::Switch, FxBy::Wallet]
            }
            // Who converts makes a difference to amounts only, and there are more of them so.
            Self::Frozen
            | Self::Chosen
            | Self::Hold
            | Self::HoldShown
            | Self::Captures
            | Self::Partly
            | Self::Withdrawn
            | Self::Claim => &[FxBy::Switch],
            Self::Rail | Self::RailKeeps | Self::Nobody | Self::NobodyKeeps => &[FxBy::Wallet],
        }
    }

    /// For tables.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Cpm => "till scans",
            Self::ScanShown => "payer scans a till's code",
            Self::ScanPrinted => "payer scans a printed code",
            Self::Frozen => "till scans, money may be frozen",
            Self::Order => "web order",
            Self::Chosen => "payer of a till's code chooses",
            Self::Hold => "till scans for a hold",
            Self::HoldShown => "payer scans a till's code for a hold",
            Self::Captures => "held",
            Self::Partly => "held, half of it captured",
            Self::Withdrawn => "held, half of it captured, order withdrawn",
            Self::Claim => "late money goes back",
            Self::Rail => "push rail credits a till's code",
            Self::RailKeeps => "the same, a rail that returns nothing",
            Self::Nobody => "push rail credits nobody",
            Self::NobodyKeeps => "nobody, a rail that returns nothing",
        }
    }
}
