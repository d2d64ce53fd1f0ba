//! What must hold after every step, and in every state.

use std::collections::BTreeMap;

use noren_core::command::{Body, Caller, CreditAssign};
use noren_core::credit::CreditStatus;
use noren_core::effects::Reply;
use noren_core::ledger::{AccountName, AccountOwner};
use noren_core::payment::Payment;
use noren_core::stray::{ClaimEnd, StrayStatus};
use noren_core::wallet::{Ask, Call};

use super::Setting;
use super::act::{close, order_again};
use super::alphabet::Event;
use super::exit::{self, Exits, exit};
use super::stage::{Live, Node, Rows};
use crate::audit::Broken;
use crate::coverage::Pairs;
use crate::directory;

pub(super) fn broken<T>(invariant: &'static str, what: impl Into<String>) -> Result<T, Broken> {
    Err(Broken { invariant, what: what.into() })
}

/// What a payment or credit is, in a word.
pub(super) fn is(rows: &Rows) -> &'static str {
    match (&rows.payment, &rows.credit) {
        (Some(payment), _) => payment.state.name(),
        (None, Some(credit)) => credit.status().name(),
        (None, None) => "nothing",
    }
}

/// Checks one step on the engine that took it.
pub(super) fn step(live: &Live, before: &Rows, event: Event) -> Result<(), Broken> {
    let rows = live.node.rows().expect("a state is of something");
    if let (Some(before), Some(payment)) = (&before.payment, &rows.payment) {
        if before.state.is_final() && before.state != payment.state {
            let (was, is) = (before.state.name(), payment.state.name());
            return broken("I8", format!("{was} became {is}"));
        }
        bounded(payment)?;
    }
    let wake = rows.wake();
    if live.engine.next_wake(false) != wake {
        return broken("I10", format!("{} is due at {wake:?}, nobody will wake", is(&rows)));
    }
    if event == Event::Time && wake.is_some_and(|at| at <= live.node.now) {
        return broken("I10", format!("{} is due again at once", is(&rows)));
    }
    Ok(())
}

/// No more is captured than was to be paid, and no more given back than was captured.
fn bounded(payment: &Payment) -> Result<(), Broken> {
    let running = payment.state.open_part().map_or(0, |part| part.terms.amount.minor());
    let taken = payment.captured();
    if taken + running > payment.amount.minor() {
        return broken("I9", format!("captures of {} exceed", taken + running));
    }
    if payment.refunds_counted() > taken {
        return broken("I9", format!("refunds of {} exceed", payment.refunds_counted()));
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
pub(super) fn state(
    setting: &Setting,
    node: &Node,
    rows: &Rows,
    exits: &mut Exits,
) -> Result<Pairs, Broken> {
    let mut sums: BTreeMap<_, i64> = BTreeMap::new();
    for (account, net) in node.auditor.balances() {
        *sums.entry(account.currency).or_default() += net;
    }
    if let Some((currency, sum)) = sums.iter().find(|(_, sum)| **sum != 0) {
        return broken("I1", format!("{currency} sums to {sum}"));
    }
    if rows.wake().is_none() && !rows.is_final() && !rows.waits_for_people() {
        return broken("I10", format!("{} has nothing due: a deadlock", is(rows)));
    }
    let mut pairs = Pairs::default();
    if let Some(payment) = &rows.payment {
        nothing_left(node, payment)?;
        pairs.merge(&one_at_a_time(setting, node, payment)?);
    }
    for truth in exit::truths(setting.start) {
        pairs.merge(&exit(setting, node, *truth, exits)?);
    }
    if rows.waits_for_people() {
        pairs.merge(&people(setting, node, rows)?);
    }
    Ok(pairs)
}

/// The last refund takes what remains, of the debit in both currencies and of the fee.
fn nothing_left(node: &Node, payment: &Payment) -> Result<(), Broken> {
    let back = |stray: &noren_core::stray::Stray| stray.status() == StrayStatus::Returned;
    let all = payment.refunds_done() == payment.captured() && payment.strays.iter().all(back);
    if !all || !payment.state.is_final() {
        return Ok(());
    }
    let holds = |account: &AccountName| matches!(account.owner, AccountOwner::Wallet(_));
    let mut left = node.auditor.balances().into_iter().filter(|(account, _)| holds(account));
    match left.find(|(_, net)| *net != 0) {
        None => Ok(()),
        Some((account, net)) => {
            broken("I9", format!("all was given back, and {account:?} holds {net}"))
        }
    }
}

/// Another payment of the order is refused while this one stands or may come to stand, and for
/// ever when the order was withdrawn (I4).
fn one_at_a_time(setting: &Setting, node: &Node, payment: &Payment) -> Result<Pairs, Broken> {
    let mut live = node.wake_up(setting)?;
    live.moment();
    let effects = order_again(&mut live, payment)?;
    let allowed = matches!(effects.reply, Reply::Payment { .. });
    if allowed != (payment.state.ended_unpaid() && !node.withdrawn) {
        let is = payment.state.name();
        return broken("I4", format!("another payment beside {is}: {:?}", effects.reply));
    }
    Ok(live.pairs)
}

/// A word of theirs ends what waits for people: each claim, and the credit that nobody claims.
fn people(setting: &Setting, node: &Node, rows: &Rows) -> Result<Pairs, Broken> {
    let mut live = node.wake_up(setting)?;
    let strays = rows.payment.iter().flat_map(|payment| &payment.strays);
    for stray in strays.filter(|stray| stray.status() == StrayStatus::Claim) {
        let payment = rows.payment.as_ref().expect("it has a stray receipt");
        live.moment();
        live.command(Caller::Operator, close(payment, stray, ClaimEnd::PaidBack))?;
    }
    if let Some(credit) = &rows.credit
        && let CreditStatus::Unclaimed | CreditStatus::Claim = credit.status()
    {
        let (credit, store) = (credit.id, directory::takayama().store);
        live.moment();
        live.command(Caller::Operator, Body::CreditAssign(CreditAssign { credit, store }))?;
    }
    let after = live.node.rows().expect("a state is of something");
    if after.waits_for_people() || (after.wake().is_none() && !after.is_final()) {
        return broken("I10", format!("{} waits for people, whatever they say", is(&after)));
    }
    Ok(live.pairs)
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
