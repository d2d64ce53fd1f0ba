//! Holds and their captures: what may follow what, which proof each end must have, and that the
//! parts make no more than the whole. Sums are made here, not taken from the rows' own methods.

use noren_core::id::CaptureId;
use noren_core::money::Money;
use noren_core::payment::{
    Hold, Part, PartEnd, PartTerms, Payment, Release, Rest, State, VoidStep,
};
use noren_core::refund::RefundState;

use super::said::Said;
use super::{Broken, broken};

/// The captures of a payment that were taken.
pub(super) fn taken(payment: &Payment) -> impl Iterator<Item = &PartTerms> {
    let parts = payment.state.hold().into_iter().flat_map(|hold| &hold.parts);
    parts.filter(|part| matches!(part.end, PartEnd::Captured { .. })).map(|part| &part.terms)
}

fn sum(amounts: impl Iterator<Item = Money>) -> i64 {
    amounts.map(Money::minor).sum()
}

fn open(payment: &Payment) -> Option<&PartTerms> {
    match &payment.state {
        State::Capturing(s) => Some(&s.part.terms),
        _ => None,
    }
}

fn ended(payment: &Payment) -> &[Part] {
    payment.state.hold().map_or(&[], |hold| &hold.parts)
}

/// What was asked for and not yet known to be refused, capture by capture.
pub(super) fn known(payment: &Payment, id: CaptureId) -> Option<&PartTerms> {
    ended(payment).iter().map(|part| &part.terms).chain(open(payment)).find(|t| t.id == id)
}

/// What never changes of a hold, and of each of its captures (I3, I7, I8).
pub(super) fn changed(old: &Payment, new: &Payment) -> Result<(), Broken> {
    let id = new.id;
    if let (Some(before), Some(after)) = (old.state.hold(), new.state.hold()) {
        let fixed = |hold: &Hold| (hold.receipt.clone(), hold.at, hold.expires_at, hold.captures);
        if fixed(before) != fixed(after) {
            return broken("I3", format!("{id}: another hold than before"));
        }
    }
    if ended(new).len() < ended(old).len() || ended(new)[..ended(old).len()] != *ended(old) {
        return broken("I8", format!("{id}: a capture changed after its end"));
    }
    if ended(new).len() > ended(old).len() + 1 {
        return broken("I7", format!("{id}: two captures ended at once"));
    }
    if let Some(before) = open(old)
        && known(new, before.id) != Some(before)
    {
        return broken("I7", format!("{id}: the capture {} is gone or changed", before.id));
    }
    Ok(())
}

/// The parts make no more than the whole, in both currencies and in each share of the fee; and
/// once all is captured they make the whole, to the last unit (I1, I4).
pub(super) fn bound(payment: &Payment) -> Result<(), Broken> {
    let Some(hold) = payment.state.hold() else { return Ok(()) };
    let id = payment.id;
    let parts = || taken(payment).chain(open(payment));
    let captured = sum(parts().map(|part| part.amount));
    let whole = payment.amount.minor();
    if captured > whole {
        return broken("I4", format!("{id}: captures of {captured} from a hold of {whole}"));
    }
    let all = captured == whole;
    let fits = |sum: i64, of: i64| if all { sum == of } else { sum <= of };
    if let Some(payer) = hold.asked.payer {
        let paid = sum(parts().filter_map(|part| part.payer));
        if !fits(paid, payer.minor()) {
            return broken("I2", format!("{id}: the payer's parts make {paid} of {payer}"));
        }
    }
    let fees = sum(parts().map(|part| part.fees.total));
    if !fits(fees, hold.asked.fees.total.minor()) {
        return broken("I2", format!("{id}: the fees of the parts make {fees}"));
    }
    for (place, share) in hold.asked.fees.shares.iter().enumerate() {
        let parts = parts().filter_map(|part| part.fees.shares.get(place));
        let due = sum(parts.map(|share| share.amount));
        if !fits(due, share.amount.minor()) {
            return broken("I2", format!("{id}: share {place} of the fees makes {due}"));
        }
    }
    Ok(())
}

/// No capture and no end of a hold without a message that proves it (I5, I6).
pub(super) fn proof(said: &Said, payment: &Payment) -> Result<(), Broken> {
    let id = payment.id;
    let Some(hold) = payment.state.hold() else { return Ok(()) };
    let of_payment = said.of_payment(id);
    let whole = [Some(hold.receipt.amount), hold.asked.payer];
    if !of_payment.held.iter().any(|receipt| whole.contains(&Some(receipt.amount)))
        && !of_payment.confirmed.iter().any(|debited| hold.receipt.payer == Some(*debited))
    {
        return broken("I6", format!("{id} is held and nobody said so"));
    }
    if hold.receipt.amount != payment.amount {
        return broken("I6", format!("{id} is held for another amount"));
    }
    for part in &hold.parts {
        let said = said.of_capture(part.terms.id);
        let proven = match &part.end {
            PartEnd::Captured { receipt, .. } => {
                receipt.amount == part.terms.amount && said.captured.contains(receipt)
            }
            PartEnd::Declined { .. } => said.declined,
        };
        if !proven {
            let is = part.status();
            return broken("I6", format!("{} is {is} and nobody said so", part.terms.id));
        }
    }
    let released = |by: &Release| match by {
        Release::Confirmed { .. } => of_payment.cancelled || of_payment.declined,
        Release::Claim { stray } => {
            payment.strays.iter().any(|s| s.id == *stray && s.closed.is_some())
        }
        Release::Returned { stray } => payment
            .strays
            .iter()
            .any(|s| s.id == *stray && matches!(s.refund.state, RefundState::Refunded(_))),
    };
    let captured = sum(taken(payment).map(|part| part.amount));
    let proven = match &payment.state {
        State::Voided(s) => captured == 0 && released(&s.by),
        State::HoldCaptured(s) => {
            captured > 0
                && match &s.rest {
                    Rest::Nothing => captured == payment.amount.minor(),
                    Rest::WithCapture => captured < payment.amount.minor(),
                    Rest::Released { by } => released(by),
                    Rest::Frozen => of_payment.blocked,
                }
        }
        State::Voiding(s) => match s.step {
            VoidStep::Returning { stray } => payment.strays.iter().any(|s| s.id == stray),
            VoidStep::Asking { .. } | VoidStep::Refused { .. } => true,
        },
        _ => true,
    };
    if proven {
        Ok(())
    } else {
        broken("I6", format!("{id} is {} and nobody said so", payment.state.name()))
    }
}
