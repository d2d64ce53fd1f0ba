//! How long nobody knew, counted again from the states of rows alone (I10: an age that is
//! measured).

use std::collections::BTreeMap;

use noren_core::due::Doubt;
use noren_core::id::{CaptureId, PaymentId, RefundId};
use noren_core::payment::{PartAsking, Payment, State, Undo, VoidStep};
use noren_core::refund::RefundState;
use noren_core::time::Timestamp;

use super::{Broken, broken};

/// The clock of one question.
#[derive(Clone, Copy, Debug, Default)]
struct Clock {
    ms: i64,
    since: Option<i64>,
}

impl Clock {
    /// Goes on to `now`, and must then show what the row shows.
    fn shows(&mut self, now: Timestamp, runs: bool, row: Doubt) -> bool {
        if runs {
            self.since = self.since.or(Some(now.0));
        } else if let Some(since) = self.since.take() {
            self.ms += now.0 - since;
        }
        let since = row.since.map(|since| since.0);
        self.since == since && u64::try_from(self.ms) == Ok(row.ms)
    }
}

/// The clocks of all questions about one payment.
#[derive(Clone, Debug, Default)]
pub(super) struct Clocks {
    payment: Clock,
    void: Clock,
    captures: BTreeMap<CaptureId, Clock>,
    refunds: BTreeMap<RefundId, Clock>,
}

fn undecided(state: &State) -> bool {
    match state {
        State::InDoubt(_) => true,
        State::Reversing(s) => match s.phase {
            Undo::Cancelling { .. } | Undo::CancelRefused { .. } | Undo::Releasing { .. } => true,
            Undo::Returning { .. } => false,
        },
        _ => false,
    }
}

fn releasing(state: &State) -> bool {
    match state {
        State::Voiding(s) => match s.step {
            VoidStep::Asking { .. } | VoidStep::Refused { .. } => true,
            VoidStep::Returning { .. } => false,
        },
        _ => false,
    }
}

fn wrong(id: PaymentId, of: &str, row: Doubt) -> Result<(), Broken> {
    broken("I10", format!("{id}: {of} was not in doubt for {row:?}"))
}

impl Clocks {
    /// Every row of the payment passes here, with the time of its batch.
    pub fn check(&mut self, payment: &Payment, now: Timestamp) -> Result<(), Broken> {
        let (id, state) = (payment.id, &payment.state);
        if !self.payment.shows(now, undecided(state), payment.doubt) {
            return wrong(id, "it", payment.doubt);
        }
        if !self.void.shows(now, releasing(state), payment.void_doubt) {
            return wrong(id, "its release", payment.void_doubt);
        }
        for part in state.hold().into_iter().flat_map(|hold| &hold.parts) {
            let clock = self.captures.entry(part.terms.id).or_default();
            if !clock.shows(now, false, part.doubt) {
                return wrong(id, "a capture", part.doubt);
            }
        }
        if let State::Capturing(s) = state {
            let runs = match &s.part.asking {
                PartAsking::Requested(asking) => asking.asked_count > 1,
                PartAsking::InDoubt(_) => true,
            };
            let clock = self.captures.entry(s.part.terms.id).or_default();
            if !clock.shows(now, runs, s.part.doubt) {
                return wrong(id, "a capture", s.part.doubt);
            }
        }
        let strays = payment.strays.iter().map(|stray| &stray.refund);
        for refund in payment.refunds.iter().chain(strays) {
            let runs = match &refund.state {
                RefundState::Requested(asking) => asking.asked_count > 1,
                RefundState::InDoubt(_) => true,
                RefundState::WaitingForFunds(_)
                | RefundState::Refunded(_)
                | RefundState::Declined(_)
                | RefundState::Impossible(_) => false,
            };
            let clock = self.refunds.entry(refund.id).or_default();
            if !clock.shows(now, runs, refund.doubt) {
                return wrong(id, "a refund", refund.doubt);
            }
        }
        Ok(())
    }
}
