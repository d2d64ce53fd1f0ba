//! Calls at the moment they leave: the intent must be on the disk by then (I7).

use noren_core::id::About;
use noren_core::payment::{Payment, State};
use noren_core::refund::{Refund, RefundBy};
use noren_core::time::Timestamp;
use noren_core::wallet::{Ask, Call, RefundAsk};

use super::credits::from_rail;
use super::payments::stands_or_may;
use super::{Auditor, Broken, broken, holds};

impl Auditor {
    /// Checks a call that leaves now.
    pub fn call(&mut self, call: &Call, now: Timestamp) -> Result<(), Broken> {
        self.intended(call, now)?;
        match &call.ask {
            Ask::Cancel { .. } => {
                self.cancels_left.insert(call.about);
                Ok(())
            }
            Ask::Pay(_) | Ask::Authorise(_) | Ask::CreateOrder(_)
                if self.cancels_left.contains(&call.about) =>
            {
                broken("I7", format!("a request for {} leaves after its cancel", call.about))
            }
            Ask::Pay(_)
            | Ask::Authorise(_)
            | Ask::CreateOrder(_)
            | Ask::Capture(_)
            | Ask::InquireCapture(_)
            | Ask::Void { .. }
            | Ask::Inquire { .. }
            | Ask::Refund(_)
            | Ask::CancelRefund(_)
            | Ask::InquireRefund(_) => Ok(()),
        }
    }

    /// What leaves is what was committed, and may leave.
    fn intended(&self, call: &Call, now: Timestamp) -> Result<(), Broken> {
        if now > call.send_by {
            return broken("I7", format!("a call for {} leaves after its time", call.about));
        }
        let id = match call.about {
            About::Payment(id) => id,
            About::Credit(id) => return self.credit_call(id, call),
        };
        let Some(seen) = self.payments.get(&id) else {
            return broken("I7", format!("a call leaves for {id}, which was never committed"));
        };
        let payment = &seen.payment;
        // What a rail credited goes back to it, whatever was asked of whom.
        if let Ask::Refund(ask) | Ask::InquireRefund(ask) = &call.ask
            && let Some(stray) = payment.strays.iter().find(|stray| stray.refund.id == ask.refund)
            && from_rail(stray)
        {
            if call.attempt > payment.calls || stray.wallet != call.wallet {
                return broken("I7", format!("a call for {id} leaves that was not committed"));
            }
            return refund(payment, ask).map(|_| ());
        }
        let Some(asked) = payment.state.asked() else {
            return broken("I7", format!("a call leaves for {id}, which has no intent"));
        };
        if call.attempt > payment.calls || asked.wallet != call.wallet {
            return broken("I7", format!("a call for {id} leaves that was not committed"));
        }
        match &call.ask {
            Ask::Pay(ask) | Ask::Authorise(ask) => {
                let hold = matches!(call.ask, Ask::Authorise(_));
                let intent = (payment.amount, asked.payer, asked.hold.is_some(), 1);
                if (ask.amount, ask.payer, hold, call.attempt) != intent {
                    return broken("I7", format!("{id} is asked for otherwise than committed"));
                }
                Ok(())
            }
            Ask::CreateOrder(ask) => {
                let intent = (payment.amount, asked.payer, asked.hold.is_some());
                if (ask.amount, ask.payer, ask.hold) != intent {
                    return broken("I7", format!("{id} is ordered otherwise than committed"));
                }
                Ok(())
            }
            Ask::Capture(ask) | Ask::InquireCapture(ask) => {
                match holds::known(payment, ask.capture) {
                    Some(terms) if (terms.amount, terms.payer) == (ask.amount, ask.payer) => Ok(()),
                    _ => broken("I7", format!("capture {} leaves uncommitted", ask.capture)),
                }
            }
            Ask::Void { .. } => {
                // A hold that turned up while the payment was being undone is let go as well.
                // And so is one that the wallet has still, or again, after the end.
                let late = asked.hold.is_some() && !stands_or_may(&payment.state);
                if seen.was_voiding || late || (seen.was_reversing && asked.hold.is_some()) {
                    Ok(())
                } else {
                    broken("I7", format!("a void of {id} leaves that nobody decided"))
                }
            }
            Ask::Inquire { .. } => Ok(()),
            Ask::Cancel { .. } => {
                // A hold that a wallet still has for a payment that ended is let go.
                let late = asked.hold.is_some() && !stands_or_may(&payment.state);
                if !seen.was_reversing && !late {
                    return broken("I7", format!("a cancel of {id} leaves that nobody decided"));
                }
                // What the wallet says that it holds has arrived, and is not overtaken.
                if now < asked.send_by && !late {
                    return broken("I7", format!("a cancel of {id} may overtake its request"));
                }
                if matches!(payment.state, State::Captured(_)) {
                    return broken("I8", format!("a cancel leaves for {id}, which is captured"));
                }
                Ok(())
            }
            Ask::Refund(ask) | Ask::InquireRefund(ask) => match refund(payment, ask)?.by {
                RefundBy::Refund => Ok(()),
                RefundBy::Cancel => {
                    let id = ask.refund;
                    broken("I9", format!("refund {id} leaves while its cancel is under way"))
                }
            },
            Ask::CancelRefund(ask) => {
                let refund = refund(payment, ask)?;
                let whole = refund.amount == payment.amount;
                // One that waited to leave while the wallet refused another does no harm.
                let once =
                    refund.by == RefundBy::Cancel || self.said.of_refund(ask.refund).says_no();
                if whole && once && matches!(payment.state, State::Captured(_)) {
                    return Ok(());
                }
                broken("I9", format!("refund {} of {id} leaves as a cancel", ask.refund))
            }
        }
    }
}

fn refund<'a>(payment: &'a Payment, ask: &RefundAsk) -> Result<&'a Refund, Broken> {
    let strays = payment.strays.iter().map(|stray| &stray.refund);
    let known = payment.refunds.iter().chain(strays).find(|refund| refund.id == ask.refund);
    match known {
        Some(refund) if (refund.amount, refund.payer) == (ask.amount, ask.payer) => Ok(refund),
        Some(_) => broken("I7", format!("refund {} leaves for another amount", ask.refund)),
        None => broken("I7", format!("refund {} leaves and is not committed", ask.refund)),
    }
}
