//! What a run met: faults, ways through doubt, ends. A row that these wallets can reach and that
//! stays at zero means that the simulation has stopped looking there.

use std::collections::BTreeMap;

use noren_core::credit::{Credit, CreditStatus};
use noren_core::effects::{AlarmKind, EventKind, Row};
use noren_core::movement::Direction;
use noren_core::payment::{
    CancelledWhy, Goal, Payment, ReversedBy, State, Undo, VoidStep, VoidWhy, Way,
};
use noren_core::refund::{RefundBy, RefundState};
use noren_core::refusal::Refusal;
use noren_core::stray::{StrayOrigin, StrayStatus};
use noren_core::wallet::Reference;
use serde::ser::SerializeSeq;
use serde::{Serialize, Serializer};

/// Every row of the table, in its order: group and name.
pub const ROWS: &[(&str, &str)] = &[
    ("fault", "call lost"),
    ("fault", "answer lost"),
    ("fault", "notice or wallet API call lost"),
    ("fault", "reply to a wallet lost"),
    ("fault", "till's call lost"),
    ("fault", "reply to a till lost"),
    ("fault", "message doubled"),
    ("fault", "message delayed for long"),
    ("fault", "message delayed to the next day"),
    ("fault", "answer after the time-out"),
    ("fault", "connection refused"),
    ("fault", "connection broken"),
    ("fault", "answer garbled"),
    ("fault", "answer 503"),
    ("fault", "call dropped after send_by"),
    ("fault", "call dropped between two messages"),
    ("fault", "crash before commit"),
    ("fault", "crash after commit"),
    ("fault", "crash within release"),
    ("fault", "crash while idle"),
    ("fault", "store refuses a commit"),
    ("fault", "clock far ahead after a crash"),
    ("fault", "sandbox crash before commit"),
    ("fault", "sandbox crash after commit"),
    ("fault", "wallet away for long"),
    ("till", "same call again"),
    ("till", "same call, refused by the edge"),
    ("till", "same key, other body"),
    ("till", "same order, other key"),
    ("till", "refunds race"),
    ("till", "another merchant's payment"),
    ("network", "noren"),
    ("network", "alipayplus"),
    ("network", "rail"),
    ("network", "paypay"),
    ("network", "linepay"),
    ("network", "wechatpay"),
    ("network", "alipay"),
    ("network", "antom"),
    ("limit", "wallet over its cap"),
    ("limit", "prefunding received"),
    ("limit", "prefunding returned"),
    ("limit", "prefunding short"),
    ("limit", "wallet over its largest payment"),
    ("limit", "shop over its day"),
    ("limit", "payer over its day"),
    ("till", "order cancelled by its number"),
    ("till", "order withdrawn before it came"),
    ("operator", "rate changed"),
    ("operator", "fees changed"),
    ("operator", "wallet suspended, retired or resumed"),
    ("operator", "shop suspended, or takes other wallets"),
    ("operator", "claim closed"),
    ("day", "refund on a later business day"),
    ("doubt", "no answer in time"),
    ("doubt", "an answer that decides nothing"),
    ("doubt", "an inquiry waits its turn"),
    ("doubt", "another amount"),
    ("doubt", "ended by yes"),
    ("doubt", "ended by no"),
    ("doubt", "ended by closed unpaid"),
    ("doubt", "ladder climbed to the cancel"),
    ("doubt", "undone at the merchant's wish"),
    ("doubt", "cancel confirmed"),
    ("doubt", "cancel refused"),
    ("doubt", "yes while being undone"),
    ("doubt", "yes after the end: probe"),
    ("doubt", "refund in doubt"),
    ("doubt", "refund without funds"),
    ("doubt", "refund by cancel"),
    ("doubt", "cancel too late for a refund"),
    ("hold", "held"),
    ("hold", "held by a scan of the payer's"),
    ("hold", "held by an order"),
    ("hold", "captured in parts"),
    ("hold", "capture declined"),
    ("hold", "capture in doubt"),
    ("hold", "void refused"),
    ("hold", "expired"),
    ("order", "payer chooses"),
    ("order", "link given"),
    ("order", "paid by notice or inquiry"),
    ("order", "payer says no"),
    ("order", "another amount paid"),
    ("order", "withdrawn"),
    ("order", "expired"),
    ("order", "never confirmed"),
    ("end", "captured"),
    ("end", "captured from a hold"),
    ("end", "voided"),
    ("end", "declined"),
    ("end", "cancelled before asking"),
    ("end", "cancelled, never sent"),
    ("end", "cancelled, closed unpaid"),
    ("end", "cancelled, credit not taken"),
    ("end", "expired"),
    ("end", "reversed by cancel"),
    ("end", "reversed by refund"),
    ("end", "blocked"),
    ("end", "cancelled, never arrived"),
    ("end", "reversed by people"),
    ("push", "a code is paid"),
    ("push", "a credit goes back"),
    ("push", "nobody claims it"),
    ("push", "assigned by people"),
    ("push", "sent back by people"),
    ("push", "not taken back"),
    ("push", "told in two ways"),
    ("yuan", "owed to a shop"),
    ("yuan", "given back in part"),
    ("yuan", "given back to the last fen"),
    ("end", "refund refunded"),
    ("end", "refund declined"),
    ("end", "stray returned"),
    ("end", "stray claim"),
    ("end", "stray claim, closed by people"),
    ("memory", "payment fetched"),
    ("memory", "payment fetched by its refund"),
    ("memory", "key fetched"),
    ("memory", "order fetched"),
    ("memory", "used name fetched"),
    ("memory", "quote fetched"),
    ("memory", "credit fetched"),
    ("memory", "total of a day fetched"),
];

/// Rows that these sandboxes and this world cannot reach, and why.
pub const UNREACHABLE: &[(&str, &str, &str)] = &[
    (
        "hold",
        "capture declined",
        "a sandbox refuses a capture only above what it holds, and the engine never asks for more",
    ),
    (
        "hold",
        "void refused",
        "a sandbox lets go of whatever it holds; the tables of scenarios refuse",
    ),
    (
        "end",
        "reversed by people",
        "networks that are asked for payments give back whatever they debited; a rail's \
         claim ends beside its payment",
    ),
];

fn out_of_reach(group: &str, name: &str) -> bool {
    UNREACHABLE.iter().any(|row| (row.0, row.1) == (group, name))
}

/// How often each thing happened.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts(BTreeMap<(&'static str, &'static str), u64>);

/// One row of the table, for machines.
#[derive(Serialize)]
struct Counted {
    group: &'static str,
    name: &'static str,
    count: u64,
    reachable: bool,
}

impl Serialize for Counts {
    /// A list of all rows, also those at zero.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut rows = serializer.serialize_seq(Some(ROWS.len()))?;
        for (group, name, count) in self.rows() {
            let reachable = !out_of_reach(group, name);
            rows.serialize_element(&Counted { group, name, count, reachable })?;
        }
        rows.end()
    }
}

impl Counts {
    /// One more.
    pub fn add(&mut self, group: &'static str, name: &'static str) {
        debug_assert!(ROWS.contains(&(group, name)), "{group}: {name} is not in the table");
        *self.0.entry((group, name)).or_default() += 1;
    }

    /// All rows of the table, also those at zero.
    pub fn rows(&self) -> impl Iterator<Item = (&'static str, &'static str, u64)> {
        ROWS.iter().map(|row| (row.0, row.1, self.0.get(row).copied().unwrap_or(0)))
    }

    /// Adds another run's.
    pub fn merge(&mut self, other: &Counts) {
        for (row, count) in &other.0 {
            *self.0.entry(*row).or_default() += count;
        }
    }

    /// Rows at zero that should not be.
    pub fn unreached(&self) -> Vec<(&'static str, &'static str)> {
        let zeros = self.rows().filter(|(_, _, count)| *count == 0);
        zeros.filter(|(g, n, _)| !out_of_reach(g, n)).map(|(g, n, _)| (g, n)).collect()
    }

    /// Rows that are said to be out of reach, and are not at zero.
    pub fn reached_after_all(&self) -> Vec<(&'static str, &'static str)> {
        let met = self.rows().filter(|(_, _, count)| *count > 0);
        met.filter(|(g, n, _)| out_of_reach(g, n)).map(|(g, n, _)| (g, n)).collect()
    }

    /// What a caller was refused.
    pub(super) fn refused(&mut self, refusal: &Refusal) {
        match refusal {
            Refusal::WalletOverCap => self.add("limit", "wallet over its cap"),
            Refusal::PrefundingShort => self.add("limit", "prefunding short"),
            Refusal::WalletOverLimit => self.add("limit", "wallet over its largest payment"),
            Refusal::MerchantDayLimit => self.add("limit", "shop over its day"),
            Refusal::PayerDayLimit => self.add("limit", "payer over its day"),
            _ => {}
        }
        if let Refusal::CreditDiffers = refusal {
            self.add("push", "told in two ways");
        }
    }

    /// What the rows and alarms of one command show, beside the rows that were there before.
    pub(super) fn observe(
        &mut self,
        rows: &[Row],
        alarms: impl Iterator<Item = AlarmKind>,
        by_time: bool,
        before: impl Fn(&Payment) -> Option<std::sync::Arc<Payment>>,
    ) {
        for row in rows {
            match row {
                Row::Order(order) if order.wanted().is_none() => {
                    self.add("till", "order withdrawn before it came");
                }
                Row::Movement(movement) => match movement.direction {
                    Direction::Received => self.add("limit", "prefunding received"),
                    Direction::Returned => self.add("limit", "prefunding returned"),
                },
                Row::Payment(new) => self.changed(before(new).as_deref(), new, by_time),
                Row::Event(event) if event.kind == EventKind::PaymentReversing => {
                    let way = if by_time {
                        "ladder climbed to the cancel"
                    } else {
                        "undone at the merchant's wish"
                    };
                    self.add("doubt", way);
                }
                _ => {}
            }
        }
        for alarm in alarms {
            if alarm == AlarmKind::AmountContradicts {
                self.add("doubt", "another amount");
            }
        }
    }

    fn changed(&mut self, old: Option<&Payment>, new: &Payment, by_time: bool) {
        let Some(old) = old else { return };
        match (&old.state, &new.state) {
            (State::Authorising(_), State::InDoubt(_)) if by_time => {
                self.add("doubt", "no answer in time");
            }
            (State::Authorising(_), State::InDoubt(_)) => {
                self.add("doubt", "an answer that decides nothing");
            }
            (State::InDoubt(_), State::Captured(_) | State::Authorised(_)) => {
                self.add("doubt", "ended by yes");
            }
            (State::Capturing(was), State::Capturing(is))
                if was.part.status() == "requested" && is.part.status() == "in_doubt" =>
            {
                self.add("hold", "capture in doubt");
            }
            (State::Voiding(was), State::Voiding(is))
                if matches!(was.step, VoidStep::Asking { .. })
                    && !matches!(is.step, VoidStep::Asking { .. }) =>
            {
                self.add("hold", "void refused");
            }
            (State::Authorised(_), State::Voiding(s)) if s.why == VoidWhy::Expiry => {
                self.add("hold", "expired");
            }
            (State::InDoubt(_), State::Declined(_)) => self.add("doubt", "ended by no"),
            (State::InDoubt(_), State::Cancelled(_)) => {
                self.add("doubt", "ended by closed unpaid");
            }
            (State::Reversing(_), State::Reversed(s)) if s.by == ReversedBy::Cancel => {
                self.add("doubt", "cancel confirmed");
            }
            (State::Reversing(was), State::Reversing(is)) => {
                let refused = matches!(was.phase, Undo::Cancelling { .. })
                    && !matches!(is.phase, Undo::Cancelling { .. });
                if refused {
                    self.add("doubt", "cancel refused");
                }
                if new.evidence.len() > old.evidence.len() {
                    self.add("doubt", "yes while being undone");
                }
            }
            _ => {}
        }
        if old.probe.is_none() && new.probe.is_some() {
            self.add("doubt", "yes after the end: probe");
        }
        if old.state.hold().is_none() && new.state.hold().is_some() {
            self.add("hold", "held");
            match new.way {
                Way::MpmStatic | Way::MpmDynamic => {
                    self.add("hold", "held by a scan of the payer's");
                }
                Way::Online => self.add("hold", "held by an order"),
                // A credit came by itself: nobody was asked to hold it.
                Way::Cpm | Way::Push => {}
            }
        }
        self.order_changed(&old.state, &new.state);
        for refund in &new.refunds {
            let before = old.refunds.iter().find(|r| r.id == refund.id);
            match (before.map(|before| before.by), refund.by) {
                (None, RefundBy::Cancel) => self.add("doubt", "refund by cancel"),
                (Some(RefundBy::Cancel), RefundBy::Refund) => {
                    self.add("doubt", "cancel too late for a refund");
                }
                _ => {}
            }
            let was = old.refunds.iter().find(|r| r.id == refund.id).map(|r| r.state.name());
            if was == Some(refund.state.name()) {
                continue;
            }
            match refund.state {
                RefundState::InDoubt(_) => self.add("doubt", "refund in doubt"),
                RefundState::WaitingForFunds(_) => self.add("doubt", "refund without funds"),
                _ => {}
            }
        }
    }

    /// How a credit that came for nobody stands when all is quiet.
    pub(super) fn credited(&mut self, credit: &Credit) {
        match credit.status() {
            CreditStatus::Unclaimed => self.add("push", "nobody claims it"),
            CreditStatus::Assigned => self.add("push", "assigned by people"),
            CreditStatus::Returned => self.add("push", "sent back by people"),
            CreditStatus::Claim => self.add("push", "not taken back"),
            CreditStatus::Returning => {}
        }
    }

    /// What became of an order with a wallet.
    fn order_changed(&mut self, old: &State, new: &State) {
        match (old, new) {
            (State::Ordering(_), State::Ordered(_)) => self.add("order", "link given"),
            (State::Ordered(_), State::Captured(_) | State::Authorised(_)) => {
                self.add("order", "paid by notice or inquiry");
            }
            (State::Ordered(_), State::Declined(_)) => self.add("order", "payer says no"),
            (State::Ordered(_), State::InDoubt(_)) => self.add("order", "another amount paid"),
            (State::Ordered(_), State::Reversing(s)) if s.goal == Goal::Withdraw => {
                self.add("order", "withdrawn");
            }
            (State::Ordered(_), State::Reversing(s)) if s.goal == Goal::Expire => {
                self.add("order", "expired");
            }
            (State::Ordering(_), State::Reversing(s)) if s.goal == Goal::Expire => {
                self.add("order", "never confirmed");
            }
            _ => {}
        }
    }

    /// How a payment stands when all is quiet.
    pub(super) fn ended(&mut self, payment: &Payment) {
        if let State::Captured(s) = &payment.state {
            let later = |state: &RefundState| matches!(state, RefundState::Refunded(done) if done.business_date > s.business_date);
            if payment.refunds.iter().any(|refund| later(&refund.state)) {
                self.add("day", "refund on a later business day");
            }
        }
        let end = match &payment.state {
            State::Captured(_) => Some("captured"),
            State::HoldCaptured(_) => Some("captured from a hold"),
            State::Voided(_) => Some("voided"),
            State::Declined(_) => Some("declined"),
            State::Cancelled(s) => Some(match s.why {
                CancelledWhy::BeforeAsking => "cancelled before asking",
                CancelledWhy::NeverSent => "cancelled, never sent",
                CancelledWhy::ClosedUnpaid => "cancelled, closed unpaid",
                CancelledWhy::NeverArrived => "cancelled, never arrived",
                CancelledWhy::NotTaken => "cancelled, credit not taken",
            }),
            State::Expired(_) => Some("expired"),
            State::Reversed(s) => Some(match s.by {
                ReversedBy::Cancel => "reversed by cancel",
                ReversedBy::Refund { .. } => "reversed by refund",
                ReversedBy::Claim { .. } => "reversed by people",
            }),
            State::Blocked(_) => Some("blocked"),
            State::WaitingForPayer(_)
            | State::Ordering(_)
            | State::Ordered(_)
            | State::Authorising(_)
            | State::InDoubt(_)
            | State::Reversing(_)
            | State::Authorised(_)
            | State::Capturing(_)
            | State::Voiding(_) => None,
        };
        if let Some(end) = end {
            self.add("end", end);
        }
        if payment.captured() > 0
            && let Some(wallet) = payment.wallet()
            && let Some(row) =
                ROWS.iter().find(|row| row.0 == "network" && row.1 == wallet.as_str())
        {
            self.add(row.0, row.1);
        }
        let parts = payment.state.hold().map_or(&[][..], |hold| &hold.parts);
        if parts.iter().filter(|part| part.receipt().is_some()).count() > 1 {
            self.add("hold", "captured in parts");
        }
        for _ in parts.iter().filter(|part| part.receipt().is_none()) {
            self.add("hold", "capture declined");
        }
        for refund in &payment.refunds {
            match refund.state {
                RefundState::Refunded(_) => self.add("end", "refund refunded"),
                RefundState::Declined(_) => self.add("end", "refund declined"),
                _ => {}
            }
        }
        if let Some(owed) = payment.settled().filter(|_| payment.captured() > 0) {
            self.add("yuan", "owed to a shop");
            match payment.refunds_done() {
                0 => {}
                // Fees that do not come back are owed by the merchant.
                done if done == payment.captured() && owed.minor() <= 0 => {
                    self.add("yuan", "given back to the last fen");
                }
                _ => self.add("yuan", "given back in part"),
            }
        }
        let reference = payment.state.asked().map(|asked| &asked.reference);
        if let Some(Reference::Credit { .. }) = reference {
            self.add("push", "a code is paid");
        }
        for stray in &payment.strays {
            if let StrayOrigin::Credit { .. } = stray.origin {
                self.add("push", "a credit goes back");
            }
            match stray.status() {
                StrayStatus::Returned => self.add("end", "stray returned"),
                StrayStatus::Claim => self.add("end", "stray claim"),
                StrayStatus::PaidBack | StrayStatus::WrittenOff => {
                    self.add("end", "stray claim, closed by people");
                }
                StrayStatus::Returning => {}
            }
        }
    }
}
