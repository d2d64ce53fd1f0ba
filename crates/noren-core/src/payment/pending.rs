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
        let left = |hold: &Hold| whole.minor() - hold.payers_taken();
        let debits = match &self.state {
            State::WaitingForPayer(_) => 0,
            State::Ordering(_) | State::Ordered(_) | State::Authorising(_) | State::InDoubt(_) => {
                whole.minor()
            }
            // The money is booked as a stray receipt by then.
            State::Reversing(s) => match s.phase {
                Undo::Cancelling { .. } | Undo::CancelRefused { .. } | Undo::Releasing { .. } => {
                    whole.minor()
                }
                Undo::Returning { .. } => 0,
            },
            State::Authorised(s) => left(&s.hold),
            State::Capturing(s) => left(&s.hold),
            State::Voiding(s) => match s.step {
                VoidStep::Asking { .. } | VoidStep::Refused { .. } => left(&s.hold),
                VoidStep::Returning { .. } => 0,
            },
            State::Captured(_)
            | State::HoldCaptured(_)
            | State::Voided(_)
            | State::Declined(_)
            | State::Cancelled(_)
            | State::Expired(_)
            | State::Reversed(_)
            | State::Blocked(_) => 0,
        };
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

impl Hold {
    /// What the wallet owes for the captures so far, in minor units of what it owes in.
    fn payers_taken(&self) -> i64 {
        let taken = self.parts.iter().filter(|part| part.receipt().is_some());
        let owed = |terms: &super::PartTerms| terms.payer.unwrap_or(terms.amount);
        taken.map(|part| Money::minor(owed(&part.terms))).sum()
    }
}
