//! Which statements met which states.
//!
//! A pair is a state of a payment, a capture, a refund, a stray receipt or a credit, and something that was heard or asked for in
//! it. All pairs follow from the enums of the core: each name below stands in an exhaustive match,
//! so a new variant does not compile until it has a name, and then its pairs are due.

mod gaps;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use noren_core::Text;
use noren_core::command::{Body, Caller, Command, Payee, RefundHeard, Scanned};
use noren_core::credit::{Credit, CreditStatus};
use noren_core::effects::Row;
use noren_core::id::{About, CaptureId, CreditId, PaymentId, RefundId, Slot, WalletName};
use noren_core::keys::{OrderName, Used, UsedName};
use noren_core::payment::{PartAsking, PartEnd, Payment, State};
use noren_core::quote::Target;
use noren_core::refund::{Refund, RefundState};
use noren_core::stray::StrayStatus;
use noren_core::wallet::{CaptureAnswer, PaymentAnswer, RefundAnswer};
use serde::ser::SerializeSeq;
use serde::{Serialize, Serializer};

use crate::audit::Auditor;
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

/// Paid or held in another amount or currency than was asked is another statement.
const ANOTHER_AMOUNT: &str = "hears another amount";

/// A transaction of a push rail that was told before is another event than a new one.
const CREDIT_AGAIN: &str = "credit again";

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

names! {
    /// How far the asking for a capture has come.
    CAPTURE_OPEN, capture_open(PartAsking) {
        PartAsking::Requested(_) => "requested",
        PartAsking::InDoubt(_) => "in_doubt",
    }
}

names! {
    /// How a capture ended.
    CAPTURE_ENDS, capture_end(PartEnd) {
        PartEnd::Captured { .. } => "captured",
        PartEnd::Declined { .. } => "declined",
    }
}

names! {
    /// What a wallet says of a capture.
    CAPTURE_ANSWERS, capture_answer(CaptureAnswer) {
        CaptureAnswer::Captured(_) => "hears captured",
        CaptureAnswer::Declined(_) => "hears declined",
        CaptureAnswer::Processing => "hears processing",
        CaptureAnswer::NotFound => "hears not found",
        CaptureAnswer::NotSent => "hears not sent",
        CaptureAnswer::Unknown(_) => "hears unknown",
    }
}

names! {
    /// What has become of a stray receipt.
    STRAY_STATES, stray_state(StrayStatus) {
        StrayStatus::Returning => "returning",
        StrayStatus::Returned => "returned",
        StrayStatus::Claim => "claim",
        StrayStatus::PaidBack => "paid_back",
        StrayStatus::WrittenOff => "written_off",
    }
}

names! {
    /// What has become of a credit that came for nobody.
    CREDIT_STATES, credit_state(CreditStatus) {
        CreditStatus::Unclaimed => "unclaimed",
        CreditStatus::Returning => "returning",
        CreditStatus::Returned => "returned",
        CreditStatus::Claim => "claim",
        CreditStatus::Assigned => "assigned",
    }
}

/// Commands that are no statement about a payment that is there, or are met by other things.
const ELSEWHERE: &[&str] = &[
    "directory",
    "recall",
    "payment heard",
    "capture heard",
    "refund heard",
    "claim close",
    "credit assigned",
    "credit returned",
    "prefund",
];

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

/// A state and what was met in it: of what (a payment, a capture, a refund, a stray receipt, a
/// credit), the state, the event.
pub type Pair = (&'static str, &'static str, &'static str);

/// The states and the events of one kind of thing.
type Group = (&'static str, Vec<&'static str>, Vec<&'static str>);

fn groups() -> [Group; 5] {
    let commands = COMMANDS.iter().filter(|name| !ELSEWHERE.contains(name));
    let of_payment = commands.chain(&[CREDIT_AGAIN]).chain(ANSWERS).chain(&[ANOTHER_AMOUNT]);
    let with_time = |answers: &[&'static str]| [answers, &["time"]].concat();
    [
        ("payment", STATES.to_vec(), of_payment.copied().collect()),
        ("capture", [CAPTURE_OPEN, CAPTURE_ENDS].concat(), with_time(CAPTURE_ANSWERS)),
        ("refund", REFUND_STATES.to_vec(), with_time(REFUND_ANSWERS)),
        ("stray", STRAY_STATES.to_vec(), vec!["claim close"]),
        (
            "credit",
            CREDIT_STATES.to_vec(),
            vec![CREDIT_AGAIN, "credit assigned", "credit returned"],
        ),
    ]
}

/// Every pair that the enums allow, in their order.
pub fn all() -> Vec<Pair> {
    let pairs = |(of, states, events): Group| {
        let each = move |state| events.clone().into_iter().map(move |event| (of, state, event));
        states.into_iter().flat_map(each)
    };
    groups().into_iter().flat_map(pairs).collect()
}

/// Pairs that a walk of the model check keeps apart: it came through the state, it had the event, it
/// tried every event wherever it can happen there, and never were the two together; nor in another
/// walk. That is an observation about walks whose bounds are small, and no proof.
pub fn apart(walks: &[Pairs]) -> Vec<Pair> {
    let met = |pair: &Pair| walks.iter().any(|walk| walk.count(*pair) > 0);
    let tried = |(of, state, event): &Pair| {
        walks.iter().any(|walk| {
            let of_walk = || walk.counts.keys().filter(|pair| pair.0 == *of);
            of_walk().any(|pair| pair.1 == *state) && of_walk().any(|pair| pair.2 == *event)
        })
    };
    all().into_iter().filter(|pair| !met(pair) && tried(pair)).collect()
}

/// What there was before a command: committed, or decided upon in the same batch.
pub struct Before<'a> {
    /// What was committed.
    pub auditor: &'a Auditor,
    /// Rows of the batch so far.
    pub rows: &'a [Row],
}

impl Before<'_> {
    /// A payment as it was.
    pub fn payment(&self, id: PaymentId) -> Option<Arc<Payment>> {
        let own = self.rows.iter().rev().find_map(|row| match row {
            Row::Payment(payment) if payment.id == id => Some(payment.clone()),
            _ => None,
        });
        own.or_else(|| self.auditor.payment_row(id).cloned())
    }

    fn credit(&self, id: CreditId) -> Option<Arc<Credit>> {
        let own = self.rows.iter().rev().find_map(|row| match row {
            Row::Credit(credit) if credit.id == id => Some(credit.clone()),
            _ => None,
        });
        own.or_else(|| self.auditor.credits().find(|credit| credit.id == id).cloned())
    }

    /// What the money of a rail's transaction became.
    fn credited(&self, wallet: WalletName, transaction: &Text) -> Option<About> {
        let (slot, what) = (Slot::HOUSE, Used::Receipt);
        let name = UsedName { slot, wallet, what, text: transaction.clone() };
        let own = self.rows.iter().find_map(|row| match row {
            Row::Used(used, by, _) if *used == name => Some(*by),
            _ => None,
        });
        own.or_else(|| self.auditor.used_by(&name))
    }

    /// The last payment of an order.
    fn last_of(&self, name: &OrderName) -> Option<Arc<Payment>> {
        let own = self.rows.iter().rev().find_map(|row| match row {
            Row::Order(order) if order.name == *name => Some(order.wanted()),
            _ => None,
        });
        let wanted = own.unwrap_or_else(|| self.auditor.order_row(name)?.wanted());
        self.payment(wanted?.last)
    }
}

/// How often each pair was met.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pairs {
    counts: BTreeMap<Pair, u64>,
}

impl Pairs {
    /// Notes what one command met. `rows` are what came of it.
    pub fn observe(&mut self, command: &Command, rows: &[Row], before: &Before<'_>) {
        let name = command_name(&command.body);
        let order = |number: &Text| match command.caller {
            Caller::Merchant { merchant, .. } => {
                before.last_of(&OrderName { merchant, number: number.clone() })
            }
            Caller::Wallet(_) | Caller::Payer | Caller::Operator | Caller::Runtime => None,
        };
        match &command.body {
            Body::Directory(_) | Body::PaymentRecall(_) | Body::Prefund(_) => {}
            Body::PaymentCreate(create) => self.commanded(order(&create.order_number), name),
            Body::OrderCancel(cancel) => self.commanded(order(&cancel.order_number), name),
            Body::PaymentChoose(choose) => self.commanded(before.payment(choose.payment), name),
            Body::PaymentCancel(cancel) => self.commanded(before.payment(cancel.payment), name),
            Body::PaymentCapture(capture) => self.commanded(before.payment(capture.payment), name),
            Body::PaymentVoid(void) => self.commanded(before.payment(void.payment), name),
            Body::RefundCreate(create) => self.commanded(before.payment(create.payment), name),
            Body::Resolve(resolve) => match resolve.scanned {
                Scanned::Order { payment, .. } => self.commanded(before.payment(payment), name),
                Scanned::Shop { .. } => {}
            },
            Body::QuoteCreate(create) => self.aimed(create.target, name, before),
            Body::Reserve(reserve) => self.aimed(reserve.target, name, before),
            Body::Confirm(confirm) => self.commanded(before.payment(confirm.payment), name),
            Body::Fail(fail) => self.commanded(before.payment(fail.payment), name),
            Body::CreditReceived(credit) => {
                let Caller::Wallet(wallet) = command.caller else { return };
                match (before.credited(wallet, &credit.transaction), &credit.payee) {
                    (Some(About::Payment(id)), _) => {
                        self.commanded(before.payment(id), CREDIT_AGAIN);
                    }
                    (Some(About::Credit(id)), _) => self.of_credit(id, CREDIT_AGAIN, before),
                    (None, Payee::Payment(id)) => self.commanded(before.payment(*id), name),
                    (None, Payee::Shop { .. } | Payee::Store(_) | Payee::Unreadable) => {}
                }
            }
            Body::CreditAssign(assign) => self.of_credit(assign.credit, name, before),
            Body::CreditReturn(back) => self.of_credit(back.credit, name, before),
            Body::ClaimClose(close) => {
                let payment = before.payment(close.payment);
                let mut strays = payment.iter().flat_map(|payment| &payment.strays);
                if let Some(stray) = strays.find(|stray| stray.id == close.stray) {
                    self.met(("stray", stray_state(&stray.status()), name));
                }
            }
            Body::PaymentHeard(heard) => {
                if let Some(payment) = before.payment(heard.payment) {
                    let event = said(&payment, &heard.answer);
                    self.met(("payment", state(&payment.state), event));
                }
            }
            Body::CaptureHeard(heard) => {
                let payment = before.payment(heard.payment);
                let mut parts = payment.iter().flat_map(|payment| captures(payment));
                if let Some((_, is)) = parts.find(|(id, _)| *id == heard.capture) {
                    self.met(("capture", is, capture_answer(&heard.answer)));
                }
            }
            Body::RefundHeard(heard) => self.refund_heard(heard, rows, before),
            Body::Tick { .. } => {
                for payment in changed(rows).filter_map(|payment| before.payment(payment.id)) {
                    self.met(("payment", state(&payment.state), name));
                    for (_, is) in captures(&payment) {
                        self.met(("capture", is, name));
                    }
                    for refund in refunds(&payment) {
                        self.met(("refund", refund_state(&refund.state), name));
                    }
                }
                for credit in rows.iter().filter_map(|row| match row {
                    Row::Credit(credit) => before.credit(credit.id),
                    _ => None,
                }) {
                    if let Some(refund) = credit.refund() {
                        self.met(("refund", refund_state(&refund.state), name));
                    }
                }
            }
        }
    }

    fn refund_heard(&mut self, heard: &RefundHeard, rows: &[Row], before: &Before<'_>) {
        let owner = heard.payment.or_else(|| changed(rows).find_map(|p| has(p, heard.refund)));
        let payment = owner.and_then(|id| before.payment(id));
        let mut of_payment = payment.iter().flat_map(|payment| refunds(payment));
        let is = match of_payment.find(|refund| refund.id == heard.refund) {
            Some(refund) => Some(refund_state(&refund.state)),
            None => {
                let mut credits = before.auditor.credits().filter_map(|c| before.credit(c.id));
                credits.find_map(|credit| {
                    let refund = credit.refund().filter(|refund| refund.id == heard.refund)?;
                    Some(refund_state(&refund.state))
                })
            }
        };
        if let Some(is) = is {
            self.met(("refund", is, refund_answer(&heard.answer)));
        }
    }

    fn of_credit(&mut self, id: CreditId, name: &'static str, before: &Before<'_>) {
        if let Some(credit) = before.credit(id) {
            self.met(("credit", credit_state(&credit.status()), name));
        }
    }

    fn commanded(&mut self, payment: Option<Arc<Payment>>, name: &'static str) {
        if let Some(payment) = payment {
            self.met(("payment", state(&payment.state), name));
        }
    }

    fn aimed(&mut self, target: Target, name: &'static str, before: &Before<'_>) {
        match target {
            Target::Payment(payment) => self.commanded(before.payment(payment), name),
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
    if let PaymentAnswer::Paid(receipt) | PaymentAnswer::Authorised(receipt) = said {
        let agreed = payment.state.asked().and_then(|asked| asked.payer);
        let payer = agreed.zip(receipt.payer).is_none_or(|(agreed, said)| agreed == said);
        if receipt.amount != payment.amount || !payer {
            return ANOTHER_AMOUNT;
        }
    }
    answer(said)
}

/// A payment's captures, and what each is.
fn captures(payment: &Payment) -> impl Iterator<Item = (CaptureId, &'static str)> {
    let ended = payment.state.hold().into_iter().flat_map(|hold| &hold.parts);
    let open = payment.state.open_part();
    let open = open.map(|part| (part.terms.id, capture_open(&part.asking)));
    ended.map(|part| (part.terms.id, capture_end(&part.end))).chain(open)
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
    /// A table for each kind of thing: a row for each event, a column for each state.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (group, states, events) in groups() {
            write!(f, "{group:<28}")?;
            states.iter().try_for_each(|state| write!(f, "{:>18}", state))?;
            writeln!(f)?;
            for event in events {
                write!(f, "{event:<28}")?;
                for state in &states {
                    write!(f, "{:>18}", self.count((group, state, event)))?;
                }
                writeln!(f)?;
            }
        }
        Ok(())
    }
}
