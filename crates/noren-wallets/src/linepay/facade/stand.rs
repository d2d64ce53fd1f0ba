//! What LINE Pay's words can tell apart of a payment: a complete table from its states.

use noren_core::payment::{Payment, Release, State, VoidWhy};
use noren_core::time::Timestamp;
use noren_core::wallet::DeclineReason;

/// Where a payment stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stand {
    /// Nobody has paid, and somebody may.
    Waiting,
    /// A wallet was asked, and what it did is not known: in process, never a yes and never a no.
    Undecided,
    /// Held until then, and nothing of it was captured.
    Held(Timestamp),
    /// The first capture of a hold is running.
    Capturing,
    /// A hold of which nothing was captured is being released.
    Releasing,
    /// So much was captured, in minor units.
    Taken(i64),
    /// A hold was released before anything was captured.
    Released {
        /// By its own end, not by the shop.
        expired: bool,
    },
    /// A definite no.
    Declined(DeclineReason),
    /// It came to nothing: given up, timed out, undone.
    Closed,
    /// The wallet's side froze the payer's money.
    Blocked,
}

impl Stand {
    /// The row of the table for this payment.
    pub fn of(payment: &Payment) -> Self {
        let taken = payment.captured();
        match &payment.state {
            State::WaitingForPayer(_) | State::Ordering(_) | State::Ordered(_) => Self::Waiting,
            State::Authorising(_) | State::InDoubt(_) | State::Reversing(_) => Self::Undecided,
            // One capture is all that LINE Pay knows of: what follows it is the release of the rest.
            State::Authorised(_) | State::Capturing(_) | State::Voiding(_) if taken > 0 => {
                Self::Taken(taken)
            }
            State::Authorised(s) => Self::Held(s.hold.expires_at),
            State::Capturing(_) => Self::Capturing,
            State::Voiding(_) => Self::Releasing,
            State::Captured(_) | State::HoldCaptured(_) => Self::Taken(taken),
            State::Voided(s) => Self::Released { expired: expired(s.by) },
            State::Declined(s) => Self::Declined(s.proof.reason()),
            State::Cancelled(_) | State::Expired(_) | State::Reversed(_) => Self::Closed,
            State::Blocked(_) => Self::Blocked,
        }
    }
}

/// True when nobody had asked for the release.
const fn expired(by: Release) -> bool {
    match by {
        Release::Confirmed { why: Some(VoidWhy::Expiry) | None } => true,
        Release::Confirmed { why: Some(VoidWhy::Merchant) }
        | Release::Returned { .. }
        | Release::Claim { .. } => false,
    }
}
