//! Which statements met which states.
//!
//! A pair is a state of a payment, or of a refund, and something that was heard or asked for in
//! it. All pairs follow from the enums of the core: each name below stands in an exhaustive match,
//! so a new variant does not compile until it has a name, and then its pairs are due.

mod gaps;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use noren_core::command::{Body, Caller, Command, Scanned};
use noren_core::effects::Row;
use noren_core::id::{PaymentId, RefundId};
use noren_core::keys::OrderName;
use noren_core::payment::{Asked, Payment, State, Way};
use noren_core::quote::Target;
use noren_core::refund::{Refund, RefundState};
use noren_core::stray::{Stray, StrayOrigin};
use noren_core::wallet::{PaymentAnswer, Reference, RefundAnswer};
use serde::ser::SerializeSeq;
use serde::{Serialize, Serializer};

pub use gaps::{GAPS, Gap};

/// One list of names and one exhaustive match, from the same lines.
macro_rules! names {
    ($(#[$doc:meta])* $list:ident, $name:ident($type:ty) { $($pattern:pat => $text:literal,)+ }) => {
        $(#[$doc])*
        pub const $list: &[&str] = &[$($text),+];
        const fn $name(of: &$type) -> &'static str {
            match of {
                $($pattern => $text,)+
            }
        }
    };
}

names! {
    /// The states of a payment.
    STATES, state(State) {
        State::WaitingForPayer(_) => "waiting_for_payer",
        State::Authorising(_) => "authorising",
        State::InDoubt(_) => "in_doubt",
        State::Reversing(_) => "reversing",
        State::Captured(_) => "captured",
        State::Declined(_) => "declined",
        State::Cancelled(_) => "cancelled",
        State::Expired(_) => "expired",
        State::Reversed(_) => "reversed",
        State::Blocked(_) => "blocked",
        State::Ordering(_) => "created",
        State::Ordered(_) => "ordered",
        State::Authorised(_) => "authorised",
        State::Capturing(_) => "capturing",
        State::HoldCaptured(_) => "captured of a hold",
        State::Voiding(_) => "voiding",
        State::Voided(_) => "voided",
    }
}

/// States, answers and commands of holds, of orders with a wallet and of push rails, and frozen
/// money. Scenario tables prove them;
/// the model check does not play them yet, so nothing could tell a pair that cannot occur from
/// one that nobody tried. They are due here when it does.
const NOT_PLAYED: &[&str] = &[
    "created",
    "ordered",
    "authorised",
    "capturing",
    "captured of a hold",
    "voiding",
    "voided",
    "blocked",
    "hears blocked",
    "hears authorised",
    "hears ordered",
    "capture",
    "void",
    "capture heard",
    "credit",
    "credit assigned",
    "credit returned",
    "impossible",
];

names! {
    /// The states of a refund.
    REFUND_STATES, refund_state(RefundState) {
        RefundState::Requested(_) => "requested",
        RefundState::InDoubt(_) => "in_doubt",
        RefundState::WaitingForFunds(_) => "waiting_for_funds",
        RefundState::Refunded(_) => "refunded",
        RefundState::Declined(_) => "declined",
        RefundState::Impossible(_) => "impossible",
    }
}

names! {
    /// What a wallet says of a payment.
    ANSWERS, answer(PaymentAnswer) {
        PaymentAnswer::Paid(_) => "hears paid",
        PaymentAnswer::Authorised(_) => "hears authorised",
        PaymentAnswer::Ordered { .. } => "hears ordered",
        PaymentAnswer::Declined(_) => "hears declined",
        PaymentAnswer::Pending => "hears pending",
        PaymentAnswer::NotFound => "hears not found",
        PaymentAnswer::Cancelled => "hears cancelled",
        PaymentAnswer::Blocked => "hears blocked",
        PaymentAnswer::TooLate { .. } => "hears too late",
        PaymentAnswer::NotSent => "hears not sent",
        PaymentAnswer::Unknown(_) => "hears unknown",
    }
}

/// A success for another amount or currency than was asked is another statement.
const ANOTHER_AMOUNT: &str = "hears paid, another amount";

names! {
    /// What a wallet says of a refund.
    REFUND_ANSWERS, refund_answer(RefundAnswer) {
        RefundAnswer::Refunded(_) => "hears refunded",
        RefundAnswer::Declined(_) => "hears declined",
        RefundAnswer::NoFunds => "hears no funds",
        RefundAnswer::TooLate => "hears too late",
        RefundAnswer::Processing => "hears processing",
        RefundAnswer::NotFound => "hears not found",
        RefundAnswer::NotSent => "hears not sent",
        RefundAnswer::Unknown(_) => "hears unknown",
    }
}

/// Commands that are no statement about a payment that is there, or have names of their own.
const ELSEWHERE: &[&str] =
    &["directory", "recall", "choose", "payment heard", "refund heard", "claim close", "prefund"];

names! {
    /// What else can come, by command.
    COMMANDS, command_name(Body) {
        Body::Directory(_) => "directory",
        Body::PaymentCreate(_) => "order again",
        Body::PaymentRecall(_) => "recall",
        Body::PaymentChoose(_) => "choose",
        Body::PaymentCancel(_) => "cancel",
        Body::OrderCancel(_) => "withdraw",
        Body::PaymentCapture(_) => "capture",
        Body::PaymentVoid(_) => "void",
        Body::RefundCreate(_) => "refund",
        Body::ClaimClose(_) => "claim close",
        Body::Prefund(_) => "prefund",
        Body::Resolve(_) => "resolve",
        Body::QuoteCreate(_) => "quote",
        Body::Reserve(_) => "reserve",
        Body::Confirm(_) => "confirm",
        Body::Fail(_) => "fail",
        Body::CreditReceived(_) => "credit",
        Body::CreditAssign(_) => "credit assigned",
        Body::CreditReturn(_) => "credit returned",
        Body::PaymentHeard(_) => "payment heard",
        Body::CaptureHeard(_) => "capture heard",
        Body::RefundHeard(_) => "refund heard",
        Body::Tick { .. } => "time",
    }
}

/// A state and what was met in it: `payment` or `refund`, the state, the event.
pub type Pair = (&'static str, &'static str, &'static str);

/// Every pair that the enums allow, in their order.
pub fn all() -> Vec<Pair> {
    let commands = COMMANDS.iter().filter(|name| !ELSEWHERE.contains(name));
    let played = |name: &&&str| !NOT_PLAYED.contains(*name);
    let events: Vec<_> =
        commands.chain(ANSWERS).chain([&ANOTHER_AMOUNT]).filter(played).copied().collect();
    let states = STATES.iter().filter(played);
    let of_payments =
        states.flat_map(|state| events.iter().map(|event| ("payment", *state, *event)));
    let of_refunds = REFUND_STATES.iter().filter(played).flat_map(|state| {
        REFUND_ANSWERS.iter().chain([&"time"]).map(|event| ("refund", *state, *event))
    });
    of_payments.chain(of_refunds).collect()
}

/// Pairs that the model check excludes: it tried the event in every state in which it can happen,
/// and this state was not among them. Events that are not in its alphabet are not excluded.
pub fn excluded(modelled: &Pairs) -> Vec<Pair> {
    let tried =
        |of, event| all().iter().any(|p| p.0 == of && p.2 == event && modelled.count(*p) > 0);
    let never = all().into_iter().filter(|pair| modelled.count(*pair) == 0);
    never.filter(|(of, _, event)| tried(*of, *event)).collect()
}

/// How often each pair was met.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pairs {
    counts: BTreeMap<Pair, u64>,
    /// The last payment of each order, to know whose state another payment of it meets.
    orders: BTreeMap<OrderName, PaymentId>,
}

impl Pairs {
    /// Notes what one command met. `before` gives a payment as it was; `rows` are what came of it.
    pub fn observe(
        &mut self,
        command: &Command,
        rows: &[Row],
        before: impl Fn(PaymentId) -> Option<Arc<Payment>>,
    ) {
        // Orders with a wallet end in states that other payments share, and hear other things there;
        // so do payments to which a push rail credits money. The model check plays neither.
        let played = |payment: &Arc<Payment>| {
            let stray = |stray: &Stray| matches!(stray.origin, StrayOrigin::Credit { .. });
            let asked = |asked: &Asked| matches!(asked.reference, Reference::Credit { .. });
            let credited =
                payment.state.asked().is_some_and(asked) || payment.strays.iter().any(stray);
            payment.way != Way::Online && !credited
        };
        let before = |id| before(id).filter(played);
        let name = command_name(&command.body);
        match &command.body {
            Body::Directory(_)
            | Body::PaymentRecall(_)
            | Body::PaymentChoose(_)
            | Body::PaymentCapture(_)
            | Body::PaymentVoid(_)
            | Body::CreditReceived(_)
            | Body::CreditAssign(_)
            | Body::CreditReturn(_)
            | Body::ClaimClose(_)
            | Body::Prefund(_)
            | Body::CaptureHeard(_) => {}
            Body::PaymentCreate(create) => {
                let Caller::Merchant { merchant, .. } = command.caller else { return };
                let order = OrderName { merchant, number: create.order_number.clone() };
                let last = self.orders.get(&order).copied();
                self.commanded(last.and_then(&before), name);
            }
            Body::OrderCancel(cancel) => {
                let Caller::Merchant { merchant, .. } = command.caller else { return };
                let order = OrderName { merchant, number: cancel.order_number.clone() };
                let last = self.orders.get(&order).copied();
                self.commanded(last.and_then(&before), name);
            }
            Body::PaymentCancel(cancel) => self.commanded(before(cancel.payment), name),
            Body::RefundCreate(create) => self.commanded(before(create.payment), name),
            Body::Resolve(resolve) => match resolve.scanned {
                Scanned::Order { payment, .. } => self.commanded(before(payment), name),
                Scanned::Shop { .. } => {}
            },
            Body::QuoteCreate(create) => self.aimed(create.target, name, before),
            Body::Reserve(reserve) => self.aimed(reserve.target, name, before),
            Body::Confirm(confirm) => self.commanded(before(confirm.payment), name),
            Body::Fail(fail) => self.commanded(before(fail.payment), name),
            Body::PaymentHeard(heard) => {
                if let Some(payment) = before(heard.payment) {
                    let event = said(&payment, &heard.answer);
                    self.met(("payment", state(&payment.state), event));
                }
            }
            Body::RefundHeard(heard) => {
                let owner =
                    heard.payment.or_else(|| changed(rows).find_map(|p| has(p, heard.refund)));
                let payment = owner.and_then(before);
                let refund =
                    payment.as_deref().and_then(|p| refunds(p).find(|r| r.id == heard.refund));
                if let Some(refund) = refund {
                    self.met(("refund", refund_state(&refund.state), refund_answer(&heard.answer)));
                }
            }
            Body::Tick { .. } => {
                for payment in changed(rows).filter_map(|payment| before(payment.id)) {
                    self.met(("payment", state(&payment.state), name));
                    for refund in refunds(&payment) {
                        self.met(("refund", refund_state(&refund.state), name));
                    }
                }
            }
        }
        for row in rows {
            if let Row::Order(order) = row {
                let last = order.wanted().map(|wanted| (order.name.clone(), wanted.last));
                self.orders.extend(last);
            }
        }
    }

    fn commanded(&mut self, payment: Option<Arc<Payment>>, name: &'static str) {
        if let Some(payment) = payment {
            self.met(("payment", state(&payment.state), name));
        }
    }

    fn aimed(
        &mut self,
        target: Target,
        name: &'static str,
        before: impl Fn(PaymentId) -> Option<Arc<Payment>>,
    ) {
        match target {
            Target::Payment(payment) => self.commanded(before(payment), name),
            Target::Store(_) => {}
        }
    }

    fn met(&mut self, pair: Pair) {
        *self.counts.entry(pair).or_default() += 1;
    }

    /// How often a pair was met.
    pub fn count(&self, pair: Pair) -> u64 {
        self.counts.get(&pair).copied().unwrap_or(0)
    }

    /// Adds another run's.
    pub fn merge(&mut self, other: &Pairs) {
        for (pair, count) in &other.counts {
            *self.counts.entry(*pair).or_default() += count;
        }
    }

    /// Pairs that never were.
    pub fn unmet(&self) -> Vec<Pair> {
        all().into_iter().filter(|pair| self.count(*pair) == 0).collect()
    }
}

fn said(payment: &Payment, said: &PaymentAnswer) -> &'static str {
    if let PaymentAnswer::Paid(receipt) = said {
        let agreed = payment.state.asked().and_then(|asked| asked.payer);
        let payer = agreed.zip(receipt.payer).is_none_or(|(agreed, said)| agreed == said);
        if receipt.amount != payment.amount || !payer {
            return ANOTHER_AMOUNT;
        }
    }
    answer(said)
}

fn changed(rows: &[Row]) -> impl Iterator<Item = &Arc<Payment>> {
    rows.iter().filter_map(|row| match row {
        Row::Payment(payment) => Some(payment),
        _ => None,
    })
}

fn refunds(payment: &Payment) -> impl Iterator<Item = &Refund> {
    payment.refunds.iter().chain(payment.strays.iter().map(|stray| &stray.refund))
}

fn has(payment: &Arc<Payment>, refund: RefundId) -> Option<PaymentId> {
    refunds(payment).any(|r| r.id == refund).then_some(payment.id)
}

/// One pair, for machines.
#[derive(Serialize)]
struct Met {
    of: &'static str,
    state: &'static str,
    event: &'static str,
    count: u64,
}

impl Serialize for Pairs {
    /// A list of all pairs, also those that never were.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let pairs = all();
        let mut list = serializer.serialize_seq(Some(pairs.len()))?;
        for pair in pairs {
            let (of, state, event) = pair;
            list.serialize_element(&Met { of, state, event, count: self.count(pair) })?;
        }
        list.end()
    }
}

impl fmt::Display for Pairs {
    /// Two tables: a row for each event, a column for each state.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (group, states) in [("payment", STATES), ("refund", REFUND_STATES)] {
            let mut events = Vec::new();
            for (of, _, event) in all() {
                if of == group && !events.contains(&event) {
                    events.push(event);
                }
            }
            write!(f, "{group:<28}")?;
            states.iter().try_for_each(|state| write!(f, "{:>18}", state))?;
            writeln!(f)?;
            for event in events {
                write!(f, "{event:<28}")?;
                for state in states {
                    write!(f, "{:>18}", self.count((group, state, event)))?;
                }
                writeln!(f)?;
            }
        }
        Ok(())
    }
}
