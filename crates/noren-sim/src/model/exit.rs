//! The way out of a state: from now on the wallet answers truthfully, whatever the truth is.

use std::collections::HashSet;

use noren_core::command::{Body, Caller, CaptureHeard, PaymentHeard, RefundHeard};
use noren_core::refund::Refund;
use noren_core::wallet::{
    Ask, Call, CaptureAnswer, Decline, DeclineReason, PaymentAnswer, Question, RefundAnswer,
    RefundAsk, Unknown,
};

use super::check::{broken, is};
use super::said::{captures, given_back, of_payment, ordered, receipt, taken};
use super::stage::{Node, Rows};
use super::view::key;
use super::{INQUIRIES, Setting, Start, Word};
use crate::audit::Broken;
use crate::coverage::Pairs;

/// Whatever is true at the wallet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Truth {
    /// The payer was debited, and a cancel or void comes too late.
    Paid,
    /// The payer was debited, and a cancel undoes it.
    PaidUndone,
    /// The money is held, and a cancel or void lets it go.
    Held,
    /// The money is held, and only a void lets it go: a cancel is refused.
    HeldFast,
    /// It refused.
    Declined,
    /// It closed its order unpaid, or let go of what it held.
    Closed,
    /// It never heard of the payment, until it is cancelled.
    NeverArrived,
    /// The payer is still acting, until it is cancelled.
    Acting,
}

/// What can be true in a walk.
pub(super) const fn truths(start: Start) -> &'static [Truth] {
    use Truth::{Acting, Closed, Declined, Held, HeldFast, NeverArrived, Paid, PaidUndone};
    match start {
        Start::Cpm
        | Start::ScanShown
        | Start::ScanPrinted
        | Start::Frozen
        | Start::Order
        | Start::Chosen
        | Start::Claim => &[Paid, PaidUndone, Declined, Closed, NeverArrived, Acting],
        Start::Hold | Start::HoldShown => {
            &[Paid, Held, HeldFast, Declined, Closed, NeverArrived, Acting]
        }
        Start::Captures | Start::Partly | Start::Withdrawn => &[Paid, Held, HeldFast, Declined],
        // A rail is asked for refunds only.
        Start::Rail | Start::RailKeeps | Start::Nobody | Start::NobodyKeeps => &[Paid],
    }
}

/// The ladder twice over, and the steps of undoing and returning: more is a circle.
const STEPS_TO_END: u32 = 8 * (INQUIRIES + 2);

/// States from which a way out was found, by what is true and whether a cancel was confirmed on
/// the way. Many ways out join.
#[derive(Default)]
pub(super) struct Exits(HashSet<(Truth, bool, String)>);

/// Time passes and every question is answered truthfully: it must end, and the books must fit.
pub(super) fn exit(
    setting: &Setting,
    node: &Node,
    truth: Truth,
    known: &mut Exits,
) -> Result<Pairs, Broken> {
    let mut live = node.wake_up(setting)?;
    let mut undone = false;
    let mut passed = Vec::new();
    for _ in 0..STEPS_TO_END {
        let here = (truth, undone, key(&live.node));
        if known.0.contains(&here) {
            known.0.extend(passed);
            return Ok(live.pairs);
        }
        passed.push(here);
        let Some(effects) = live.time()? else { break };
        let mut open = effects.calls;
        while let Some(call) = open.pop() {
            let rows = live.node.rows().expect("a state is of something");
            let body = answer(&rows, &call, truth, &mut undone);
            live.moment();
            let mut more = live.command(Caller::Runtime, body)?;
            open.append(&mut more.calls);
        }
    }
    let rows = live.node.rows().expect("a state is of something");
    if rows.wake().is_some() {
        return broken("I10", format!("no exit: {truth:?} is true, and it stays {}", is(&rows)));
    }
    live.node.auditor.quiet()?;
    known.0.extend(passed);
    Ok(live.pairs)
}

/// The truthful answer to a call.
fn answer(rows: &Rows, call: &Call, truth: Truth, undone: &mut bool) -> Body {
    let question = match &call.ask {
        Ask::Pay(_) | Ask::Authorise(_) => Question::Pay,
        Ask::CreateOrder(_) => Question::Order,
        Ask::Inquire { .. } => Question::Inquiry,
        Ask::Cancel { .. } => Question::Cancel,
        Ask::Void { .. } => Question::Void,
        Ask::CancelRefund(RefundAsk { refund, .. }) if truth != Truth::PaidUndone => {
            let (payment, refund, answer) = (call.payment(), *refund, RefundAnswer::TooLate);
            return Body::RefundHeard(RefundHeard { payment, refund, answer });
        }
        Ask::Refund(ask) | Ask::CancelRefund(ask) | Ask::InquireRefund(ask) => {
            let answer = refund_of(rows, ask).map_or(RefundAnswer::NotFound, |refund| {
                RefundAnswer::Refunded(given_back(refund, 0))
            });
            let (payment, refund) = (call.payment(), ask.refund);
            return Body::RefundHeard(RefundHeard { payment, refund, answer });
        }
        Ask::Capture(ask) | Ask::InquireCapture(ask) => {
            let payment = rows.payment.as_ref().expect("what is captured is a payment");
            let terms = captures(payment).find(|terms| terms.id == ask.capture);
            let answer = match (truth, terms) {
                (Truth::Declined, _) => CaptureAnswer::Declined(no()),
                (_, Some(terms)) => CaptureAnswer::Captured(taken(payment, terms, 0)),
                (_, None) => CaptureAnswer::NotFound,
            };
            let (payment, capture) = (payment.id, ask.capture);
            return Body::CaptureHeard(CaptureHeard { payment, capture, answer });
        }
    };
    let payment = rows.payment.as_ref().expect("what is asked of is a payment");
    let cancel = matches!(question, Question::Cancel | Question::Void);
    let refused = match truth {
        Truth::Paid => true,
        Truth::HeldFast => question == Question::Cancel,
        Truth::PaidUndone
        | Truth::Held
        | Truth::Declined
        | Truth::Closed
        | Truth::NeverArrived
        | Truth::Acting => false,
    };
    let answer = match truth {
        _ if cancel && refused => PaymentAnswer::TooLate { receipt: None },
        _ if cancel || *undone => PaymentAnswer::Cancelled,
        Truth::NeverArrived if question == Question::Order => {
            PaymentAnswer::Unknown(Unknown::TimedOut)
        }
        Truth::Declined => PaymentAnswer::Declined(no()),
        Truth::Closed => PaymentAnswer::Cancelled,
        Truth::NeverArrived => PaymentAnswer::NotFound,
        _ if question == Question::Order => ordered(payment),
        Truth::Paid | Truth::PaidUndone => PaymentAnswer::Paid(receipt(payment, 0)),
        Truth::Held | Truth::HeldFast => of_payment(payment, Word::Held),
        Truth::Acting => PaymentAnswer::Pending,
    };
    *undone |= cancel && !refused;
    let (payment, attempt) = (payment.id, call.attempt);
    Body::PaymentHeard(PaymentHeard { payment, question, attempt, answer })
}

fn no() -> Decline {
    Decline::read(DeclineReason::Funds, "NO")
}

fn refund_of<'a>(rows: &'a Rows, ask: &RefundAsk) -> Option<&'a Refund> {
    let payment = rows.payment.iter();
    let strays = payment.clone().flat_map(|payment| &payment.strays).map(|stray| &stray.refund);
    let refunds = payment.flat_map(|payment| &payment.refunds);
    let returns = rows.credit.iter().filter_map(|credit| credit.refund());
    refunds.chain(strays).chain(returns).find(|known| known.id == ask.refund)
}
