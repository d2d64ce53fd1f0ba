//! Prefunding: money that a wallet placed beforehand, which lets it owe more than its cap.

use super::{Decided, Engine, Work};
use crate::command::{Caller, Prefund};
use crate::effects::{Reply, Row};
use crate::id::Slot;
use crate::keys::{KeyName, KeyOutcome, KeyOwner, Route};
use crate::ledger::Position;
use crate::movement::{Direction, Movement};
use crate::refusal::Refusal;

impl Engine {
    /// The name of the operator's key for a report of prefunding.
    pub(super) fn prefund_key(prefund: &Prefund) -> KeyName {
        KeyName {
            slot: Slot::HOUSE,
            owner: KeyOwner::Operator,
            route: Route::Prefund,
            key: prefund.key.clone(),
        }
    }

    pub(super) fn prefund(
        &mut self,
        work: &mut Work,
        caller: Caller,
        prefund: &Prefund,
    ) -> Decided {
        let Caller::Operator = caller else { return Ok(Err(Refusal::NotAllowed)) };
        let name = Self::prefund_key(prefund);
        if let Some(replay) = self.replay(&name, &prefund.hash)? {
            return Ok(replay);
        }
        if let Err(refusal) = self.check_prefund(prefund) {
            return Ok(Err(self.refuse(work, name, prefund.hash, refusal)));
        }
        let movement = Movement {
            id: work.id(Slot::HOUSE),
            wallet: prefund.wallet,
            direction: prefund.direction,
            amount: prefund.amount,
            reference: prefund.reference.clone(),
            at: work.now,
        };
        self.book_movement(work, &movement);
        self.keep_key(work, name, prefund.hash, KeyOutcome::Movement(movement.clone()));
        work.rows.push(Row::Movement(movement.clone()));
        Ok(Ok(Reply::Movement { movement, replayed: false }))
    }

    fn check_prefund(&self, prefund: &Prefund) -> Result<(), Refusal> {
        let (wallet, amount) = (prefund.wallet, prefund.amount);
        if self.directory.wallet(wallet).is_none() {
            return Err(Refusal::WalletUnknown);
        }
        if !amount.positive() {
            return Err(Refusal::AmountNotPositive);
        }
        if !amount.plausible() {
            return Err(Refusal::AmountTooLarge);
        }
        match prefund.direction {
            Direction::Received => Ok(()),
            Direction::Returned => {
                let Position { owed, pending, prefunded } =
                    self.ledger.position(wallet, amount.currency());
                let left = prefunded - i128::from(amount.minor());
                let cap = self.directory.cap(wallet, amount.currency());
                let covered = cap.is_none_or(|cap| owed + pending <= i128::from(cap) + left);
                if left >= 0 && (covered || super::planted!(self, CapForgotten)) {
                    Ok(())
                } else {
                    Err(Refusal::PrefundingShort)
                }
            }
        }
    }
}
