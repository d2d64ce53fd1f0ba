//! Prefunding: each movement booked once, as it says, and never more sent back than was placed.

use std::collections::{BTreeMap, BTreeSet};

use noren_core::id::{MovementId, WalletName};
use noren_core::ledger::{AccountKind, AccountName, AccountOwner, EntryKind};
use noren_core::money::Currency;
use noren_core::movement::{Direction, Movement};

use super::books::Books;
use super::{Broken, broken};

/// What wallets have placed, as the rows of movements say.
#[derive(Clone, Debug, Default)]
pub(super) struct Prefunding {
    movements: BTreeMap<MovementId, Movement>,
    placed: BTreeMap<(WalletName, Currency), i64>,
    touched: BTreeSet<MovementId>,
}

impl Prefunding {
    /// A row. It never changes.
    pub fn note(&mut self, movement: &Movement) -> Result<(), Broken> {
        let id = movement.id;
        self.touch(id);
        let placed = self.placed.entry((movement.wallet, movement.amount.currency())).or_default();
        match movement.direction {
            Direction::Received => *placed += movement.amount.minor(),
            Direction::Returned => *placed -= movement.amount.minor(),
        }
        if *placed < 0 {
            return broken("L1", format!("{id} sent back more than {} placed", movement.wallet));
        }
        match self.movements.insert(id, movement.clone()) {
            None => Ok(()),
            Some(_) => broken("I3", format!("{id} was written twice")),
        }
    }

    /// An entry names it.
    pub fn touch(&mut self, id: MovementId) {
        self.touched.insert(id);
    }

    /// What a wallet has placed in a currency.
    pub fn placed(&self, wallet: WalletName, currency: Currency) -> i64 {
        self.placed.get(&(wallet, currency)).copied().unwrap_or(0)
    }

    /// The end of a batch (I3).
    pub fn close(&mut self, books: &Books) -> Result<(), Broken> {
        for id in std::mem::take(&mut self.touched) {
            let Some(movement) = self.movements.get(&id) else {
                return broken("I11", format!("{id} was booked and is not there"));
            };
            let (minor, currency) = (movement.amount.minor(), movement.amount.currency());
            let (kind, sign) = match movement.direction {
                Direction::Received => (EntryKind::Prefunding, 1),
                Direction::Returned => (EntryKind::PrefundingReturn, -1),
            };
            let own = books.of_movement(id);
            let nets = BTreeMap::from([
                ((AccountKind::Bank, currency), sign * minor),
                ((AccountKind::Prefunding, currency), -sign * minor),
            ]);
            if own.entries.iter().sum::<usize>() != 1 || own.count(kind) != 1 || own.nets != nets {
                return broken("I3", format!("{id} is not booked as it says: {own:?}"));
            }
            let owned = |name: &AccountName| {
                name.owner == AccountOwner::Wallet(movement.wallet)
                    && name.kind == AccountKind::Prefunding
                    && name.currency == currency
            };
            let booked = -books.net(owned).get(&currency).copied().unwrap_or(0);
            let placed = self.placed(movement.wallet, currency);
            if booked != placed {
                let wallet = movement.wallet;
                return broken("I3", format!("{wallet} placed {placed}, {booked} is booked"));
            }
        }
        Ok(())
    }
}
