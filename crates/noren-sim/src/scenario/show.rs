//! Saying what came of a line, in the words of the table.

use std::collections::BTreeMap;
use std::sync::Arc;

use noren_core::credit::CreditStatus;
use noren_core::effects::{AlarmKind, Credited, Effects, Reply, Row};
use noren_core::id::{CaptureId, CreditId, PaymentId, RefundId};
use noren_core::ledger::AccountOwner;
use noren_core::money::Money;
use noren_core::payment::Payment;
use noren_core::wallet::{Ask, Reference, RefundAsk};

use super::act::Stage;
use crate::directory;

/// The number of a thing, counted from one; it gets the next one when it is new.
fn number<T: PartialEq + Copy>(list: &mut Vec<T>, id: T) -> usize {
    match list.iter().position(|known| *known == id) {
        Some(place) => place + 1,
        None => {
            list.push(id);
            list.len()
        }
    }
}

impl Stage {
    /// What a command did: the reply, what changed of each payment, calls and alarms.
    pub(super) fn show(
        &mut self,
        before: &[Option<Arc<Payment>>],
        credits: &BTreeMap<CreditId, CreditStatus>,
        effects: &Effects,
    ) -> String {
        let mut parts = Vec::new();
        let subject = self.reply(&effects.reply, &mut parts);
        if matches!(effects.reply, Reply::Refused { .. })
            && effects.rows.iter().any(|row| matches!(row, Row::Key(..)))
        {
            parts.push("key burned".to_owned());
        }
        let mut shown: Vec<PaymentId> = subject.into_iter().collect();
        for row in &effects.rows {
            let Row::Payment(payment) = row else { continue };
            let place = number(&mut self.payments, payment.id) - 1;
            let old = before.get(place).cloned().flatten();
            if !shown.contains(&payment.id) {
                shown.push(payment.id);
                parts.push(format!("P{} {}", place + 1, payment.state.name()));
            }
            self.changes(old.as_deref(), payment, &mut parts);
        }
        for row in &effects.rows {
            let Row::Credit(credit) = row else { continue };
            let place = number(&mut self.credits, credit.id);
            if credits.get(&credit.id) != Some(&credit.status()) {
                parts.push(format!("U{place} {}", credit.status().name()));
            }
        }
        for call in &effects.calls {
            // Of a credit only refunds are asked for, and they are told by their own numbers.
            let place = call.payment().map_or(0, |id| number(&mut self.payments, id));
            let refund = |id: RefundId, list: &mut Vec<RefundId>| number(list, id);
            // A refund without a key is known by what went back before it.
            let wallet = self.engine.directory().wallet(call.wallet);
            let keyless = wallet.is_some_and(|wallet| !wallet.profile.refund_key);
            let after = |ask: &RefundAsk| match ask.before {
                before if keyless && before.positive() => format!(" after {before}"),
                _ => String::new(),
            };
            parts.push(match &call.ask {
                Ask::Pay(_) => format!("ask R{place}"),
                Ask::Authorise(_) => format!("hold R{place}"),
                Ask::CreateOrder(_) => format!("order R{place}"),
                Ask::Void { .. } => format!("void R{place}"),
                Ask::Capture(ask) => {
                    format!("capture G{}", number(&mut self.captures, ask.capture))
                }
                Ask::InquireCapture(ask) => {
                    format!("inquire G{}", number(&mut self.captures, ask.capture))
                }
                Ask::Inquire { reference } => format!("inquire R{place}{}", named(reference)),
                Ask::Cancel { reference } => format!("cancel R{place}{}", named(reference)),
                Ask::Refund(ask) => {
                    format!("refund F{}{}", refund(ask.refund, &mut self.refunds), after(ask))
                }
                Ask::CancelRefund(ask) => {
                    format!("cancel F{}", refund(ask.refund, &mut self.refunds))
                }
                Ask::InquireRefund(ask) => {
                    format!("inquire F{}{}", refund(ask.refund, &mut self.refunds), after(ask))
                }
            });
        }
        parts
            .extend(effects.alarms.iter().map(|alarm| format!("alarm {}", alarm_word(alarm.kind))));
        if parts.is_empty() { "nothing".to_owned() } else { parts.join(", ") }
    }

    /// Says what the caller was told, and of which payment.
    fn reply(&mut self, reply: &Reply, parts: &mut Vec<String>) -> Option<PaymentId> {
        let (payment, replayed) = match reply {
            Reply::Refused { refusal, replayed } => {
                parts.push(format!("refused {}", refusal.problem().code));
                if *replayed {
                    parts.push("replayed".to_owned());
                }
                return None;
            }
            Reply::Resolution(resolution) => {
                let amount = match resolution.amount {
                    Some(amount) => amount.to_string(),
                    None => format!("up to {}", resolution.limit),
                };
                parts.push(format!("{} {amount}", resolution.shop.city));
                return None;
            }
            Reply::Quote(quote) => {
                let place = number(&mut self.quotes, quote.id);
                parts.push(format!("Q{place} {} for {}", quote.payer, quote.merchant));
                return None;
            }
            Reply::Movement { movement, replayed } => {
                parts.push(format!("{} {}", movement.direction.name(), movement.amount));
                parts.extend(replayed.then(|| "replayed".to_owned()));
                return None;
            }
            Reply::Directory { .. } => {
                parts.push("done".to_owned());
                return None;
            }
            Reply::Noted => return None,
            Reply::Credited(Credited::Stray { payment, stray }) => {
                let (place, stray) =
                    (number(&mut self.payments, payment.id), number(&mut self.strays, *stray));
                parts.push(format!("P{place} {}", payment.state.name()));
                parts.push(format!("stray X{stray}"));
                return Some(payment.id);
            }
            Reply::Credited(Credited::Unclaimed { credit }) => {
                parts.push(format!("credit U{}", number(&mut self.credits, credit.id)));
                return None;
            }
            Reply::Credit { credit, payment } => {
                parts.push(format!("credit U{}", number(&mut self.credits, credit.id)));
                let payment = payment.as_ref()?;
                let place = number(&mut self.payments, payment.id);
                parts.push(format!("P{place} {}", payment.state.name()));
                return Some(payment.id);
            }
            Reply::Credited(Credited::Captured { payment }) => (payment, false),
            Reply::Payment { payment, replayed } | Reply::Permission { payment, replayed } => {
                (payment, *replayed)
            }
            Reply::Confirmed { payment } => (payment, false),
            Reply::Order { order, payment, replayed } => {
                parts.push(match order.withdrawn_at() {
                    Some(_) => format!("order {} withdrawn", order.name.number),
                    None => format!("order {} wanted", order.name.number),
                });
                let Some(payment) = payment else {
                    parts.extend(replayed.then(|| "replayed".to_owned()));
                    return None;
                };
                (payment, *replayed)
            }
            Reply::Capture { payment, capture, replayed } => {
                let place = number(&mut self.captures, *capture);
                if *replayed {
                    parts.push(format!("G{place} {}", capture_status(payment, *capture)));
                    parts.push("replayed".to_owned());
                    return Some(payment.id);
                }
                (payment, false)
            }
            Reply::Refund { payment, refund, replayed } => {
                let place = number(&mut self.refunds, *refund);
                if *replayed {
                    let is = payment.refunds.iter().find(|r| r.id == *refund);
                    let is = is.map_or("nowhere", |refund| refund.state.name());
                    parts.push(format!("F{place} {is}"));
                    parts.push("replayed".to_owned());
                    return Some(payment.id);
                }
                (payment, false)
            }
        };
        let place = number(&mut self.payments, payment.id);
        parts.push(format!("P{place} {}", payment.state.name()));
        if replayed {
            parts.push("replayed".to_owned());
        }
        Some(payment.id)
    }

    fn changes(&mut self, old: Option<&Payment>, new: &Payment, parts: &mut Vec<String>) {
        let kept = old.map_or(0, |old| old.evidence.len());
        if new.evidence.len() > kept {
            parts.push("evidence kept".to_owned());
        }
        for stray in &new.strays {
            let before = old.and_then(|old| old.strays.iter().find(|s| s.id == stray.id));
            if before.map(|before| before.status()) != Some(stray.status()) {
                let word = stray.status().name();
                parts.push(format!("X{} {word}", number(&mut self.strays, stray.id)));
            }
        }
        let captures = |payment: &Payment| -> Vec<CaptureId> {
            let ended = payment.state.hold().into_iter().flat_map(|hold| &hold.parts);
            let open = payment.state.open_part().map(|part| part.terms.id);
            ended.map(|part| part.terms.id).chain(open).collect()
        };
        for id in captures(new) {
            let was = old.filter(|old| captures(old).contains(&id));
            let was = was.map(|old| capture_status(old, id));
            let is = capture_status(new, id);
            if was != Some(is) {
                parts.push(format!("G{} {is}", number(&mut self.captures, id)));
            }
        }
        for refund in &new.refunds {
            let before = old.and_then(|old| old.refunds.iter().find(|r| r.id == refund.id));
            let (was, is) = (before.map(|before| before.state.name()), refund.state.name());
            if was != Some(is) {
                parts.push(format!("F{} {is}", number(&mut self.refunds, refund.id)));
            }
        }
    }

    /// What may still come to be owed, and what refunds that run may take from it.
    pub(super) fn pending(&self) -> String {
        let mut parts = Vec::new();
        for (name, (debits, credits)) in self.auditor.awaited() {
            let kind = name.kind.name();
            for (minor, word) in [(debits, ""), (credits, " back")] {
                if minor != 0 {
                    let money = Money::new(minor, name.currency);
                    parts.push(format!("{} {kind} {money}{word}", owner_word(name.owner)));
                }
            }
        }
        if parts.is_empty() { "nothing".to_owned() } else { parts.join(", ") }
    }

    /// Accounts that are not at zero, or that every one is.
    pub(super) fn ledger(&self) -> String {
        let mut parts = Vec::new();
        for (name, minor) in self.auditor.balances() {
            if minor == 0 {
                continue;
            }
            let owner = owner_word(name.owner);
            let money = Money::new(minor, name.currency);
            parts.push(format!("{owner} {} {money}", name.kind.name()));
        }
        if parts.is_empty() { "every account 0".to_owned() } else { parts.join(", ") }
    }
}

fn owner_word(owner: AccountOwner) -> String {
    match owner {
        AccountOwner::Merchant(id) if id == directory::takayama().merchant => "takayama".into(),
        AccountOwner::Merchant(id) if id == directory::kanazawa().merchant => "kanazawa".into(),
        AccountOwner::Merchant(id) if id == directory::gero().merchant => "gero".into(),
        AccountOwner::Merchant(id) => id.to_string(),
        AccountOwner::Wallet(name) => name.to_string(),
        AccountOwner::Acquirer(name) => name.to_string(),
        AccountOwner::Partner(name) => name.to_string(),
        AccountOwner::Switch => "switch".to_owned(),
    }
}

fn capture_status(payment: &Payment, id: CaptureId) -> &'static str {
    let ended = payment.state.hold().into_iter().flat_map(|hold| &hold.parts);
    let ended = ended.filter(|part| part.terms.id == id).map(|part| part.status());
    let open = payment.state.open_part().filter(|part| part.terms.id == id);
    ended.chain(open.map(|part| part.status())).next().unwrap_or("nowhere")
}

fn alarm_word(kind: AlarmKind) -> &'static str {
    match kind {
        AlarmKind::ProtocolBroken => "protocol",
        AlarmKind::AmountContradicts => "amount",
        AlarmKind::StateContradicts => "state",
        AlarmKind::StrayReceived => "stray",
        AlarmKind::StrayClaim => "claim",
        AlarmKind::ProbeUnanswered => "probe",
        AlarmKind::RefundRefused => "refund",
        AlarmKind::CreditUnclaimed => "unclaimed",
        AlarmKind::CreditDiffers => "differs",
        AlarmKind::CapPassed => "cap",
    }
}

/// The wallet's own name for an order, where it is asked by that.
fn named(reference: &Reference) -> String {
    match reference {
        Reference::Order { handle } => format!(" as={handle}"),
        Reference::Request | Reference::Scan { .. } | Reference::Credit { .. } => String::new(),
    }
}
