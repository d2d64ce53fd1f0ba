//! Every record against the books, batch by batch: what `noren ledger verify` checks in a whole
//! store, checked here whenever a payment changes. So the check itself is tried on every state
//! that scenarios and simulation reach.

use std::collections::BTreeMap;

use noren_core::effects::{Row, Seal};
use noren_core::id::{PaymentId, Slot};
use noren_core::ledger::{AccountName, Cause};
use noren_core::payment::Payment;
use noren_core::tally::Tally;

use crate::audit::Broken;

/// What the entries of each payment have come to.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tallies {
    names: BTreeMap<(Slot, u32), AccountName>,
    posted: BTreeMap<PaymentId, Tally>,
}

impl Tallies {
    /// One batch. Errors when a payment's record does not say what its entries say.
    pub fn commit(&mut self, rows: &[Row], seal: &Seal) -> Result<(), Broken> {
        for account in &seal.accounts {
            self.names.insert((account.slot, account.number), account.name);
        }
        let mut records: BTreeMap<PaymentId, &Payment> = BTreeMap::new();
        for row in rows {
            match row {
                Row::Payment(payment) => drop(records.insert(payment.id, payment)),
                Row::Entry(entry) => {
                    let lines = entry.postings.iter().map(|line| {
                        (self.names[&(entry.slot, line.account)], line.side, line.amount)
                    });
                    match entry.cause {
                        Cause::Payment { payment, .. } => {
                            self.posted.entry(payment).or_default().post(entry.kind, lines);
                        }
                        Cause::Credit(_) | Cause::Movement(_) => {}
                    }
                }
                Row::Credit(_)
                | Row::Order(_)
                | Row::Quote(_)
                | Row::Key(..)
                | Row::Used(..)
                | Row::Event(_)
                | Row::Movement(_)
                | Row::Directory(..) => {}
            }
        }
        for (id, payment) in records {
            let broken = |what| Broken { invariant: "I3", what };
            let recorded = Tally::of(payment).map_err(|error| broken(format!("{id}: {error}")))?;
            let posted = self.posted.get(&id).cloned().unwrap_or_default();
            if let Some(difference) = recorded.difference(&posted) {
                return Err(broken(format!("{id}: {difference}")));
            }
        }
        Ok(())
    }
}
