//! Claims: money that a wallet refused to take back for good. People end them; the books and the
//! payment that waited for it follow.

use super::{Decided, Engine, Work, planted};
use crate::command::{Caller, ClaimClose};
use crate::effects::{EventKind, Reply};
use crate::id::StrayId;
use crate::payment::{Payment, State, Undo, VoidStep};
use crate::refusal::Refusal;
use crate::stray::{ClaimClosed, ClaimEnd, Stray, StrayStatus};

impl Engine {
    pub(super) fn claim_close(
        &mut self,
        work: &mut Work,
        caller: Caller,
        close: &ClaimClose,
    ) -> Decided {
        let Caller::Operator = caller else { return Ok(Err(Refusal::NotAllowed)) };
        let Some(payment) = self.payment(close.payment)? else {
            return Ok(Err(Refusal::ClaimUnknown));
        };
        let Some(stray) = payment.strays.iter().find(|stray| stray.id == close.stray) else {
            return Ok(Err(Refusal::ClaimUnknown));
        };
        match (stray.status(), close.end) {
            (StrayStatus::Claim, _) => {}
            // The same report again tells nothing new.
            (StrayStatus::PaidBack, ClaimEnd::PaidBack)
            | (StrayStatus::WrittenOff, ClaimEnd::WrittenOff) => {
                return Ok(Ok(Reply::Payment { payment: payment.clone(), replayed: true }));
            }
            (StrayStatus::PaidBack, ClaimEnd::WrittenOff)
            | (StrayStatus::WrittenOff, ClaimEnd::PaidBack)
            | (StrayStatus::Returning | StrayStatus::Returned, _) => {
                return Ok(Err(Refusal::ClaimNotOpen));
            }
        }
        let stray = stray.clone();
        let mut payment = self.take(close.payment);
        if !planted!(self, ClaimUnbooked) {
            self.book_claim(work, &payment, &stray, close.end);
        }
        let closed = ClaimClosed { end: close.end, note: close.note.clone(), at: work.now };
        let stray = Stray { closed: Some(closed), ..stray };
        let (id, refund) = (stray.id, stray.refund.id);
        if let Some(place) = payment.strays.iter_mut().find(|stray| stray.id == id) {
            *place = stray;
        }
        self.event_about(work, &mut payment, EventKind::StrayClaimClosed, Some(refund), Some(id));
        self.claim_closed(work, &mut payment, id);
        let payment = self.put(work, payment);
        Ok(Ok(Reply::Payment { payment, replayed: false }))
    }

    /// What waited for the return has ended.
    fn claim_closed(&mut self, work: &mut Work, payment: &mut Payment, stray: StrayId) {
        match payment.state.clone() {
            State::Reversing(state) if state.phase == (Undo::Returning { stray }) => {
                self.enter(work, payment, State::Reversed(state.claim_closed(stray, work.now)));
            }
            State::Voiding(state) if state.step == (VoidStep::Returning { stray }) => {
                self.enter(work, payment, state.claim_closed(stray, work.now));
            }
            _ => {}
        }
    }
}
