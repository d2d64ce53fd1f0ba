//! Orders with a wallet, for shops on the web: we ask the wallet for one, give its link to the
//! payer, and hear of the outcome by a notification or an inquiry.
//!
//! Until the wallet has confirmed that its order is closed, nobody is told "expired" or
//! "cancelled": the payer could still be paying (I6).

use super::ticks::patient;
use super::undecided::Hint;
use super::{Engine, Work};
use crate::id::WalletName;
use crate::payment::{Asked, Goal, Ordered, Ordering, Payment, State};
use crate::quote::Quote;
use crate::refusal::Refusal;
use crate::time::{Span, Timestamp};
use crate::wallet::{Ask, OrderAsk, PaymentAnswer, Profile, Question};

impl Engine {
    /// An order that is about to be asked for. A rate that we promised ends with its quote, so the
    /// order ends with it too.
    pub(super) fn plan_order(
        &self,
        work: &Work,
        wallet: WalletName,
        asked: Asked,
        quote: Option<&Quote>,
        expires_in: Span,
    ) -> Result<Ordering, Refusal> {
        let wallet = self.directory.wallet(wallet).ok_or(Refusal::WalletUnknown)?;
        if !wallet.profile.orders {
            return Err(Refusal::OrderNotOffered);
        }
        let wished = work.now.after(expires_in);
        let expires_at = quote.map_or(wished, |quote| wished.min(quote.expires_at));
        let next_at = next_sending(work.now, &wallet.profile);
        Ok(Ordering { asked, expires_at, chosen: false, sent: 1, next_at })
    }

    /// Asks for the order of a payment that waits for one.
    pub(super) fn ask_for_order(&mut self, work: &mut Work, payment: &mut Payment) {
        let State::Ordering(state) = &payment.state else { return };
        let store = self.directory.store(payment.store).expect("stores are never removed");
        let ask = OrderAsk {
            order: payment.order,
            order_number: payment.order_number.clone(),
            amount: payment.amount,
            payer: state.asked.payer,
            hold: state.asked.hold.is_some(),
            shop: self.directory.shop(store).expect("a store's merchant is never removed"),
            expires_at: state.expires_at,
        };
        self.call(work, payment, Ask::CreateOrder(Box::new(ask)));
    }

    /// Asks for the order again, or what has become of it.
    pub(super) fn order_when_due(&mut self, work: &mut Work, payment: &mut Payment) {
        match payment.state.clone() {
            State::Ordering(state) if state.next_at <= work.now => {
                let profile = self.wallet(payment).profile.clone();
                if state.sent > profile.inquiry_max {
                    let closing = state.closing(Goal::Expire, work.now);
                    self.enter(work, payment, State::Reversing(closing));
                    return;
                }
                self.ask_for_order(work, payment);
                let again = state.again(next_sending(work.now, &profile), work.now, &profile);
                payment.state = State::Ordering(again);
            }
            State::Ordered(state) if state.next_at <= work.now => {
                let every = self.wallet(payment).profile.inquiry_every;
                let Some(token) = self.token(work.now, payment, state.next_at) else { return };
                self.inquire(work, payment, token);
                let next_at = work.now.after(patient(every, state.inquiries + 1));
                payment.state = State::Ordered(state.inquired(next_at));
            }
            _ => {}
        }
    }

    pub(super) fn judge_ordering(
        &mut self,
        work: &mut Work,
        payment: &mut Payment,
        question: Question,
        state: Ordering,
        answer: PaymentAnswer,
    ) {
        let undecided = state.clone().undecided();
        match self.decide(work, payment, question, undecided, answer) {
            Some(Hint::Ordered(link, handle)) => {
                let profile = self.wallet(payment).profile.clone();
                let chosen = state.chosen;
                let ordered = state.ordered(link, handle, work.now, &profile);
                if chosen {
                    // For the shop nothing is new: it waits for the payer still.
                    payment.state = State::Ordered(ordered);
                } else {
                    self.enter(work, payment, State::Ordered(ordered));
                }
            }
            Some(Hint::Contradiction) => {
                self.enter(work, payment, State::InDoubt(state.contradicted(work.now)));
            }
            // It is asked for again with the same id when its time comes.
            None | Some(Hint::Nothing | Hint::NotFound | Hint::NotSent | Hint::Dropped) => {}
        }
    }

    pub(super) fn judge_ordered(
        &mut self,
        work: &mut Work,
        payment: &mut Payment,
        question: Question,
        state: Ordered,
        answer: PaymentAnswer,
    ) {
        let undecided = state.clone().undecided();
        match self.decide(work, payment, question, undecided, answer) {
            Some(Hint::Contradiction) => {
                self.enter(work, payment, State::InDoubt(state.contradicted(work.now)));
            }
            // The wallet says without proof that something has happened: it is asked now.
            Some(Hint::Nothing) if question == Question::Notice => {
                payment.state = State::Ordered(state.roused(work.now));
            }
            // The payer takes their time; the order's own time ends it.
            None
            | Some(
                Hint::Nothing | Hint::NotFound | Hint::Ordered(..) | Hint::NotSent | Hint::Dropped,
            ) => {}
        }
    }
}

/// Never before the request before may still be leaving.
fn next_sending(now: Timestamp, profile: &Profile) -> Timestamp {
    let leaving = profile.send_within.0 + profile.send_margin.0;
    now.after(Span(profile.first_inquiry_after.0.max(leaving)))
}
