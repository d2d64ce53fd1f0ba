//! What a network's day-end file is made from.

use noren_core::money::Money;
use noren_core::time::{BusinessDate, Span, Timestamp};

use super::{Bank, State};

/// Of what kind a movement is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MovedBy {
    /// A payment that took all at once.
    Payment,
    /// A part of what was held.
    Capture,
    /// Money that went back.
    Refund,
}

/// One movement of money that stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moved {
    /// Of what kind.
    pub by: MovedBy,
    /// The id that it was asked for by: of the payment, the capture or the refund.
    pub id: String,
    /// The id of the payment that it belongs to.
    pub payment: String,
    /// The network's own id of it.
    pub transaction: String,
    /// In the order's currency.
    pub order: Money,
    /// In the user's currency.
    pub payer: Money,
    /// When.
    pub at: Timestamp,
}

impl Bank {
    /// All that moved on a business day and stands, in the order of time. A payment that was
    /// cancelled in its window has no line, nor what belonged to it.
    ///
    /// `None`: the day's window for cancels is open still, so nobody can say.
    pub fn day(&self, now: Timestamp, date: BusinessDate) -> Option<Vec<Moved>> {
        let offset = self.terms.day_offset_minutes;
        let grace = Span::seconds(u64::from(self.terms.cancel_until_minutes) * 60);
        let settled = Timestamp(now.0 - i64::try_from(grace.0).unwrap_or(i64::MAX));
        if settled.business_date(offset) <= date {
            return None;
        }
        let stands = |id: &str| {
            self.payment(id).is_some_and(|payment| match payment.state {
                State::Paid | State::Held | State::Released => true,
                State::Open
                | State::Processing
                | State::Blocked
                | State::Declined(_)
                | State::Cancelled => false,
            })
        };
        let payments = self.payments.iter().filter_map(|(id, payment)| {
            Some(Moved {
                by: MovedBy::Payment,
                id: id.clone(),
                payment: id.clone(),
                transaction: payment.transaction.clone(),
                order: payment.order,
                payer: payment.payer,
                at: payment.paid_at?,
            })
        });
        let captures = self.captures.iter().filter(|(_, capture)| capture.done);
        let captures = captures.map(|(id, capture)| Moved {
            by: MovedBy::Capture,
            id: id.clone(),
            payment: capture.payment.clone(),
            transaction: capture.transaction.clone(),
            order: capture.order,
            payer: capture.payer,
            at: capture.at,
        });
        let refunds = self.refunds.iter().filter(|(_, refund)| refund.done);
        let refunds = refunds.map(|(id, refund)| Moved {
            by: MovedBy::Refund,
            id: id.clone(),
            payment: refund.payment.clone(),
            transaction: refund.transaction.clone(),
            order: refund.order,
            payer: refund.payer,
            at: refund.at,
        });
        let all = payments.chain(captures).chain(refunds);
        let of_the_day = |moved: &Moved| moved.at.business_date(offset) == date;
        let mut day: Vec<_> =
            all.filter(|moved| of_the_day(moved) && stands(&moved.payment)).collect();
        day.sort_by(|a, b| (a.at, &a.transaction).cmp(&(b.at, &b.transaction)));
        Some(day)
    }
}
