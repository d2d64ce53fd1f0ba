//! What a running payment may still change of what its wallet owes.

use super::{Hold, Payment, State, Undo, VoidStep};
use crate::id::WalletName;
use crate::money::{Currency, Money};
use crate::refund::Refund;
use crate::stray::StrayOrigin;

/// Pending amounts on the account of what a wallet owes, in minor units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pending {
    /// Who would owe.
    pub wallet: WalletName,
    /// In what.
    pub currency: Currency,
    /// What the wallet may come to owe.
    pub debits: i64,
    /// What refunds that are on their way may take from it.
    pub credits: i64,
}

impl Payment {
    /// What is reserved for this payment. A pure function of its row, so that whatever ends a
    /// payment also releases what was reserved for it.
    pub fn pending(&self) -> Option<Pending> {
        let asked = self.state.asked()?;
        let whole = asked.payer.unwrap_or(self.amount);
        let taken = self.state.hold().map_or(0, Hold::payers_taken);
        let debits = if self.state.may_bring_money() { whole.minor() - taken } else { 0 };
        let running = |refund: &&Refund| !refund.state.is_final();
        // What a push rail credited goes back to it, not to the wallet that was asked.
        let strays = self.strays.iter().filter(|stray| stray.origin == StrayOrigin::Asked);
        let strays = strays.map(|stray| &stray.refund);
        let credits = self
            .refunds
            .iter()
            .chain(strays)
            .filter(running)
            .map(|refund| refund.payer.unwrap_or(refund.amount).minor())
            .sum();
        let (wallet, currency) = (asked.wallet, whole.currency());
        let pending = Pending { wallet, currency, debits, credits };
        (debits != 0 || credits != 0).then_some(pending)
    }
}

impl State {
    /// True while a wallet was asked for money that may still come, and is not booked by then.
    pub(crate) const fn may_bring_money(&self) -> bool {
        match self {
            Self::Ordering(_)
            | Self::Ordered(_)
            | Self::Authorising(_)
            | Self::InDoubt(_)
            | Self::Authorised(_)
            | Self::Capturing(_) => true,
            // What goes back is booked as a stray receipt by then.
            Self::Reversing(s) => match s.phase {
                Undo::Cancelling { .. } | Undo::CancelRefused { .. } | Undo::Releasing { .. } => {
                    true
                }
                Undo::Returning { .. } => false,
            },
            Self::Voiding(s) => match s.step {
                VoidStep::Asking { .. } | VoidStep::Refused { .. } => true,
                VoidStep::Returning { .. } => false,
            },
            Self::WaitingForPayer(_)
            | Self::Captured(_)
            | Self::HoldCaptured(_)
            | Self::Voided(_)
            | Self::Declined(_)
            | Self::Cancelled(_)
            | Self::Expired(_)
            | Self::Reversed(_)
            | Self::Blocked(_) => false,
        }
    }
}

impl Hold {
    /// What the wallet owes for the captures so far, in minor units of what it owes in.
    fn payers_taken(&self) -> i64 {
        let taken = self.parts.iter().filter(|part| part.receipt().is_some());
        let owed = |terms: &super::PartTerms| terms.payer.unwrap_or(terms.amount);
        taken.map(|part| Money::minor(owed(&part.terms))).sum()
    }
}
