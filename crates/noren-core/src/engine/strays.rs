//! Stray receipts: money that arrived for a payment that ended, or is ending, without it.

use super::refunds::Source;
use super::{Engine, Work, planted};
use crate::effects::{AlarmKind, EventKind};
use crate::id::StrayId;
use crate::money::Money;
use crate::payment::{Payment, State, Undo, VoidStep};
use crate::refund::RefundBy;
use crate::stray::{Stray, StrayOrigin, StrayStatus};
use crate::wallet::{PaymentAnswer, Question, Receipt};

impl Engine {
    /// Books money that belongs to nobody yet, and begins to return it.
    pub(super) fn stray(&mut self, work: &mut Work, payment: &mut Payment, receipt: Receipt) {
        if planted!(self, StrayForgotten) {
            if let State::Reversing(state) = payment.state.clone() {
                self.enter(work, payment, State::Reversed(state.cancelled(work.now)));
            }
            return;
        }
        let Some(stray) = self.stray_beside(work, payment, receipt) else { return };
        match payment.state.clone() {
            State::Reversing(state) => {
                payment.state = State::Reversing(state.returning(stray));
            }
            State::Voiding(state) => payment.state = State::Voiding(state.returning(stray)),
            State::WaitingForPayer(_)
            | State::Ordering(_)
            | State::Ordered(_)
            | State::Authorising(_)
            | State::InDoubt(_)
            | State::Authorised(_)
            | State::Capturing(_)
            | State::Captured(_)
            | State::HoldCaptured(_)
            | State::Voided(_)
            | State::Declined(_)
            | State::Cancelled(_)
            | State::Expired(_)
            | State::Reversed(_)
            | State::Blocked(_) => {}
        }
    }

    /// The same, and the state stays as it is: what goes on of the payment does not end with this
    /// money.
    pub(super) fn stray_beside(
        &mut self,
        work: &mut Work,
        payment: &mut Payment,
        receipt: Receipt,
    ) -> Option<StrayId> {
        let asked = payment.state.asked().expect("only what was asked is paid").clone();
        let name = self.receipt_name(asked.wallet, payment.id.slot(), &receipt);
        let agreed = receipt.amount.currency() == payment.amount.currency()
            && match (asked.payer, receipt.payer) {
                (Some(agreed), Some(said)) => agreed.currency() == said.currency(),
                (Some(_), None) | (None, _) => true,
            };
        if !agreed || self.used.get(&name).is_some_and(|by| *by != payment.id.into()) {
            // Money in a currency that was never agreed, or another payment's money: one receipt
            // per transaction. It cannot be booked; people must look.
            self.contradicts(work, payment, Question::Inquiry, PaymentAnswer::Paid(receipt));
            return None;
        }
        self.keep_used(work, name, payment.id);
        // What we would have converted comes, and goes back, in the payer's currency.
        let payer = asked.payer.map(|agreed| payers_part(agreed, &receipt, payment.amount));
        let source = Source::of_payment(payment);
        Some(self.keep_stray(work, payment, &source, receipt, payer, StrayOrigin::Asked))
    }

    /// Books a stray receipt, begins its return, and tells of it. The state stays as it is.
    pub(super) fn keep_stray(
        &mut self,
        work: &mut Work,
        payment: &mut Payment,
        source: &Source,
        receipt: Receipt,
        payer: Option<Money>,
        origin: StrayOrigin,
    ) -> StrayId {
        let by = RefundBy::Refund;
        let refund = self.begin_refund(work, payment, source, receipt.amount, payer, by);
        let id = work.id(payment.id.slot());
        let (wallet, received_at) = (source.wallet, work.now);
        let closed = None;
        let stray = Stray { id, wallet, receipt, received_at, refund, origin, closed };
        self.book_stray(work, payment, &stray);
        work.alarm(payment.id, AlarmKind::StrayReceived);
        self.event_about(work, payment, EventKind::StrayReceived, None, Some(id));
        let claim = stray.status() == StrayStatus::Claim;
        let refund = stray.refund.id;
        payment.strays.push(stray);
        if claim {
            work.alarm(payment.id, AlarmKind::StrayClaim);
            self.event_about(work, payment, EventKind::StrayClaim, Some(refund), Some(id));
        }
        id
    }

    /// The return of a stray receipt was confirmed: what waited for it has ended.
    pub(super) fn stray_returned(
        &mut self,
        work: &mut Work,
        payment: &mut Payment,
        stray: StrayId,
    ) {
        match payment.state.clone() {
            State::Reversing(state) if state.phase == (Undo::Returning { stray }) => {
                self.enter(work, payment, State::Reversed(state.returned(stray, work.now)));
            }
            State::Voiding(state) if state.step == (VoidStep::Returning { stray }) => {
                self.enter(work, payment, state.returned(stray, work.now));
            }
            _ => {}
        }
    }
}

/// What the payer was debited: the wallet's word, or the agreed amount in proportion.
fn payers_part(agreed: Money, receipt: &Receipt, whole: Money) -> Money {
    let share = agreed.share(receipt.amount.minor(), whole.minor());
    receipt.payer.or(share.ok()).unwrap_or(agreed)
}
