//! When all is quiet, both sides' books must say the same: in total, and payment by payment.

use std::collections::BTreeMap;

use noren_core::id::PaymentId;
use noren_core::ledger::AccountOwner;
use noren_core::money::{Currency, Money};
use noren_core::payment::{Payment, State};
use noren_core::refund::{Refund, RefundBy, RefundState};
use noren_core::stray::{StrayOrigin, StrayStatus};
use noren_core::wallet::Reference;
use serde::Deserialize;
use serde_json::Value;

use super::World;
use crate::audit::{Broken, expected_receivable};

/// A sandbox's `GET /sandbox/books`.
#[derive(Deserialize)]
struct Books {
    owed: Money,
    balanced: bool,
    payments: Vec<Line>,
}

#[derive(Deserialize)]
struct Line {
    id: String,
    state: String,
    payer_amount: Money,
    /// Of a hold only what captures took, else the whole.
    taken: i64,
    payer_taken: i64,
    refunded: i64,
    payer_refunded: i64,
}

fn disagree<T>(what: String) -> Result<T, Broken> {
    Err(Broken { invariant: "I5", what })
}

impl World {
    pub(super) fn agree(&mut self) -> Result<(), Broken> {
        for network in 0..self.networks.len() {
            let books = self.control(network, "GET", "books", &Value::Null);
            let books: Option<Books> = books.and_then(|value| serde_json::from_value(value).ok());
            let Some(books) = books else {
                return disagree("a sandbox does not show its books".to_owned());
            };
            let name = self.networks[network].name;
            if !books.balanced {
                return disagree(format!("the books of {name} do not balance in themselves"));
            }
            // What a stray brings in is owed in the same currency, so there is one only.
            let ours = self.auditor.owed(AccountOwner::Wallet(name));
            let currency = books.owed.currency();
            let owed = ours.get(&currency).copied().unwrap_or(0);
            let others = ours.iter().any(|(c, minor)| *c != currency && *minor != 0);
            self.payments_agree(name, &books)?;
            if owed != books.owed.minor() || others {
                return disagree(format!("{name} owes {}, our books say {ours:?}", books.owed));
            }
        }
        Ok(())
    }

    fn payments_agree(
        &self,
        name: noren_core::id::WalletName,
        books: &Books,
    ) -> Result<(), Broken> {
        let mut theirs: BTreeMap<&str, &Line> =
            books.payments.iter().map(|line| (line.id.as_str(), line)).collect();
        let of_wallet = |payment: &&std::sync::Arc<Payment>| payment.wallet() == Some(name);
        for payment in self.auditor.payments().filter(of_wallet) {
            let line = known_as(payment).and_then(|id| theirs.remove(id.as_str()));
            let ours = expected_receivable(payment, Some(name));
            let (currency, net) =
                line.map_or((books.owed.currency(), 0), |line| net(line, books.owed.currency()));
            // What a rail credited beside it is a line of its own.
            let beside: i64 = kept(payment, name).map(|(_, minor)| minor).sum();
            let here = ours.get(&currency).copied().unwrap_or(0) - beside;
            let stands = line.is_some_and(|line| line.state == "paid");
            // Nothing may stay held for nobody, or open for whoever comes: we have ended.
            let stays = line.filter(|line| matches!(&*line.state, "held" | "open"));
            if let Some(line) = stays.filter(|_| payment.state.is_final()) {
                let (is, there) = (payment.state.name(), &line.state);
                return disagree(format!("{} is {is} here and {there} at {name}", payment.id));
            }
            let undone = |refund: &Refund| {
                refund.by == RefundBy::Cancel && matches!(refund.state, RefundState::Refunded(_))
            };
            let captured =
                matches!(payment.state, State::Captured(_)) && !payment.refunds.iter().any(undone);
            if here != net || (captured && !stands) {
                let (id, is): (PaymentId, _) = (payment.id, payment.state.name());
                let there = line.map_or("unknown", |line| line.state.as_str());
                return disagree(format!(
                    "{id} is {is} here with {here}, {there} at {name} with {net} {currency}"
                ));
            }
        }
        // Money that no payment could take, and that the rail does not take back.
        for payment in self.auditor.payments() {
            for (transaction, here) in kept(payment, name) {
                let there =
                    theirs.remove(transaction).map(|line| net(line, books.owed.currency()).1);
                if there != Some(here) {
                    let id = payment.id;
                    return disagree(format!("{id} keeps {here} here, {name} owes {there:?}"));
                }
            }
        }
        // Money that came for nobody is no payment here.
        let credits = self.auditor.credits().filter(|credit| credit.wallet == name);
        for credit in credits.filter(|credit| credit.is_open()) {
            let there = theirs.remove(&*credit.receipt.transaction);
            let there = there.map(|line| net(line, books.owed.currency()).1);
            if there != Some(credit.receipt.amount.minor()) {
                let (id, here) = (credit.id, credit.receipt.amount);
                return disagree(format!("{id} is {here} here and {there:?} at {name}"));
            }
        }
        match theirs.values().find(|line| net(line, books.owed.currency()).1 != 0) {
            Some(line) => disagree(format!("{name} was paid {} that we do not know", line.id)),
            None => Ok(()),
        }
    }
}

/// The stray receipts that a rail credited to a payment and that have not gone back: their
/// transactions, in minor units of what it owes in.
fn kept(payment: &Payment, rail: noren_core::id::WalletName) -> impl Iterator<Item = (&str, i64)> {
    let strays = payment.strays.iter().filter(move |stray| {
        let credited = matches!(stray.origin, StrayOrigin::Credit { .. });
        credited && stray.wallet == rail && stray.status() != StrayStatus::Returned
    });
    strays.map(|stray| (&*stray.receipt.transaction, stray.receipt.amount.minor()))
}

/// What a wallet holds for us of a payment, in the currency in which it owes.
fn net(line: &Line, owed_in: Currency) -> (Currency, i64) {
    if line.state == "cancelled" {
        return (owed_in, 0);
    }
    if line.payer_amount.currency() == owed_in {
        (owed_in, line.payer_taken - line.payer_refunded)
    } else {
        (owed_in, line.taken - line.refunded)
    }
}

/// The payment's id in the wallet's books.
fn known_as(payment: &Payment) -> Option<String> {
    Some(match &payment.state.asked()?.reference {
        Reference::Request | Reference::Order { .. } => payment.id.to_string(),
        Reference::Scan { wallet_payment_id } => wallet_payment_id.to_string(),
        Reference::Credit { transaction, .. } => transaction.to_string(),
    })
}
