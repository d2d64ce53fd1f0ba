//! What must hold after every step, and in every state.

use std::collections::BTreeMap;

use noren_core::command::{Body, Caller, PaymentHeard, RefundHeard};
use noren_core::effects::Reply;
use noren_core::ledger::{AccountName, AccountOwner};
use noren_core::payment::Payment;
use noren_core::stray::StrayStatus;
use noren_core::wallet::{
    Ask, Call, Decline, DeclineReason, PaymentAnswer, Question, RefundAnswer, RefundAsk,
};

use super::act::{given_back, order_again, receipt};
use super::alphabet::Event;
use super::stage::{Live, Node};
use super::{INQUIRIES, Setting};
use crate::audit::Broken;
use crate::coverage::Pairs;

/// Whatever is true at the wallet when it answers truthfully from now on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Truth {
    /// The payer was debited, and a cancel comes too late.
    Paid,
    /// The payer was debited, and a cancel undoes it.
    PaidUndone,
    /// It refused.
    Declined,
    /// It closed its order unpaid.
    Closed,
    /// It never heard of the payment, until it is cancelled.
    NeverArrived,
    /// The payer is still acting, until it is cancelled.
    Acting,
}

const TRUTHS: [Truth; 6] = [
    Truth::Paid,
    Truth::PaidUndone,
    Truth::Declined,
    Truth::Closed,
    Truth::NeverArrived,
    Truth::Acting,
];

/// The ladder twice over, and the steps of undoing and returning: more is a circle.
const STEPS_TO_END: u32 = 8 * (INQUIRIES + 2);

fn broken<T>(invariant: &'static str, what: impl Into<String>) -> Result<T, Broken> {
    Err(Broken { invariant, what: what.into() })
}

/// True when only people can go on: the return of a stray receipt was refused for good.
fn waits_for_people(payment: &Payment) -> bool {
    payment.strays.iter().any(|stray| stray.status() == StrayStatus::Claim)
}

/// Checks one step on the engine that took it.
pub(super) fn step(live: &Live, before: &Payment, event: Event) -> Result<(), Broken> {
    let payment = live.node.row().expect("a state has a payment");
    if before.state.is_final() && before.state != payment.state {
        let (was, is) = (before.state.name(), payment.state.name());
        return broken("I8", format!("{was} became {is}"));
    }
    if payment.refunds_counted() > payment.amount.minor() {
        return broken("I9", format!("refunds of {} exceed", payment.refunds_counted()));
    }
    let wake = payment.wake().next();
    if live.engine.next_wake(false) != wake {
        return broken("I10", format!("{} is due at {wake:?}, nobody will wake", payment.id));
    }
    if event == Event::Time && wake.is_some_and(|at| at <= live.node.now) {
        return broken("I10", format!("{} is due again at once", payment.id));
    }
    Ok(())
}

/// Checks a call at the moment it may leave: no cancel overtakes the request that it undoes.
pub(super) fn call(live: &Live, call: &Call) -> Result<(), Broken> {
    let asked = live.node.row().and_then(|payment| payment.state.asked());
    match (&call.ask, asked) {
        (Ask::Cancel { .. }, Some(asked)) if live.node.now < asked.cancel_from => {
            broken("I7", format!("a cancel leaves before {:?}", asked.cancel_from))
        }
        _ => Ok(()),
    }
}

/// Checks a state that is new.
pub(super) fn state(setting: &Setting, node: &Node, payment: &Payment) -> Result<Pairs, Broken> {
    let mut sums: BTreeMap<_, i64> = BTreeMap::new();
    for (account, net) in node.auditor.balances() {
        *sums.entry(account.currency).or_default() += net;
    }
    if let Some((currency, sum)) = sums.iter().find(|(_, sum)| **sum != 0) {
        return broken("I1", format!("{currency} sums to {sum}"));
    }
    if payment.wake().next().is_none() && !payment.state.is_final() && !waits_for_people(payment) {
        return broken("I10", format!("{} has nothing due: a deadlock", payment.state.name()));
    }
    if payment.refunds_done() == payment.amount.minor() {
        // The last refund takes what remains, of the debit in both currencies and of the fee.
        let holds = |account: &AccountName| matches!(account.owner, AccountOwner::Wallet(_));
        let mut left = node.auditor.balances().into_iter().filter(|(account, _)| holds(account));
        if let Some((account, net)) = left.find(|(_, net)| *net != 0) {
            return broken("I9", format!("all was given back, and {account:?} holds {net}"));
        }
    }
    let mut pairs = one_at_a_time(setting, node, payment)?;
    for truth in TRUTHS {
        pairs.merge(&exit(setting, node, truth)?);
    }
    Ok(pairs)
}

/// Another payment of the order is refused while this one stands or may come to stand (I4).
fn one_at_a_time(setting: &Setting, node: &Node, payment: &Payment) -> Result<Pairs, Broken> {
    let mut live = node.wake_up(setting)?;
    live.moment();
    let effects = order_again(&mut live, payment)?;
    let allowed = matches!(effects.reply, Reply::Payment { .. });
    if allowed != payment.state.ended_unpaid() {
        let is = payment.state.name();
        return broken("I4", format!("another payment beside {is}: {:?}", effects.reply));
    }
    Ok(live.pairs)
}

/// Time passes and every question is answered truthfully: it must end, and the books must fit.
fn exit(setting: &Setting, node: &Node, truth: Truth) -> Result<Pairs, Broken> {
    let mut live = node.wake_up(setting)?;
    let mut undone = false;
    for _ in 0..STEPS_TO_END {
        let Some(effects) = live.time()? else { break };
        let mut open = effects.calls;
        while let Some(call) = open.pop() {
            let payment = live.node.row().expect("a state has a payment").clone();
            let body = answer(&payment, &call, truth, &mut undone);
            live.moment();
            let mut more = live.command(Caller::Runtime, body)?;
            open.append(&mut more.calls);
        }
    }
    let payment = live.node.row().expect("a state has a payment");
    if payment.wake().next().is_some() {
        let is = payment.state.name();
        return broken("I10", format!("no exit: {truth:?} is true, and it stays {is}"));
    }
    live.node.auditor.quiet()?;
    Ok(live.pairs)
}

fn answer(payment: &Payment, call: &Call, truth: Truth, undone: &mut bool) -> Body {
    let id = payment.id;
    let question = match &call.ask {
        Ask::Pay(_) => Question::Pay,
        Ask::Inquire { .. } => Question::Inquiry,
        Ask::Cancel { .. } => Question::Cancel,
        Ask::CancelRefund(RefundAsk { refund, .. }) if !matches!(truth, Truth::PaidUndone) => {
            let (payment, refund, answer) = (Some(id), *refund, RefundAnswer::TooLate);
            return Body::RefundHeard(RefundHeard { payment, refund, answer });
        }
        Ask::Refund(RefundAsk { refund, .. })
        | Ask::CancelRefund(RefundAsk { refund, .. })
        | Ask::InquireRefund(RefundAsk { refund, .. }) => {
            let strays = payment.strays.iter().map(|stray| &stray.refund);
            let of = payment.refunds.iter().chain(strays).find(|known| known.id == *refund);
            let answer = of.map_or(RefundAnswer::NotFound, |refund| {
                RefundAnswer::Refunded(given_back(refund, 0))
            });
            return Body::RefundHeard(RefundHeard { payment: Some(id), refund: *refund, answer });
        }
        Ask::Authorise(_)
        | Ask::CreateOrder(_)
        | Ask::Capture(_)
        | Ask::InquireCapture(_)
        | Ask::Void { .. } => unreachable!("no payment of the model is a hold or an order"),
    };
    let cancel = question == Question::Cancel;
    let answer = match truth {
        Truth::Paid if cancel => PaymentAnswer::TooLate { receipt: None },
        Truth::PaidUndone if cancel || *undone => PaymentAnswer::Cancelled,
        Truth::Paid | Truth::PaidUndone => PaymentAnswer::Paid(receipt(payment, 0)),
        _ if cancel || *undone => PaymentAnswer::Cancelled,
        Truth::Declined => PaymentAnswer::Declined(Decline::read(DeclineReason::Funds, "NO")),
        Truth::Closed => PaymentAnswer::Cancelled,
        Truth::NeverArrived => PaymentAnswer::NotFound,
        Truth::Acting => PaymentAnswer::Pending,
    };
    *undone |= cancel && truth != Truth::Paid;
    Body::PaymentHeard(PaymentHeard { payment: id, question, attempt: call.attempt, answer })
}

/// What we ask, in a word.
pub(super) fn ask_name(ask: &Ask) -> &'static str {
    match ask {
        Ask::Pay(_) => "pay",
        Ask::Inquire { .. } => "inquire",
        Ask::Cancel { .. } => "cancel",
        Ask::Refund(_) => "refund",
        Ask::CancelRefund(_) => "cancel refund",
        Ask::InquireRefund(_) => "inquire refund",
        Ask::Authorise(_) => "authorise",
        Ask::CreateOrder(_) => "create order",
        Ask::Capture(_) => "capture",
        Ask::InquireCapture(_) => "inquire capture",
        Ask::Void { .. } => "void",
    }
}
