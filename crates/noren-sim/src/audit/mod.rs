//! A second, simpler model of what may happen. It sees only what left the switch and what came
//! in: committed rows, messages, replies. It shares the data types with the engine and nothing
//! else, so a mistake in the engine is not repeated here.
//!
//! Every rule names the invariant of the reliability facts that it stands for.

mod books;
mod calls;
mod credits;
mod days;
mod doubt;
mod holds;
mod orders;
mod pace;
mod payments;
mod pending;
mod prefunding;
mod replies;
mod said;
mod settlement;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use noren_core::command::{Body, Command};
use noren_core::credit::Credit;
use noren_core::directory::Change;
use noren_core::effects::{Event, Row, Seal};
use noren_core::id::{
    About, CreditId, MerchantId, OrderId, PaymentId, QuoteId, RefundId, Slot, TenantName,
    WalletName,
};
use noren_core::keys::{KeyName, KeyOutcome, KeyOwner, KeyRecord, Order, OrderName, UsedName};
use noren_core::ledger::{Account, AccountKind, AccountName, AccountOwner, Cause};
use noren_core::money::Currency;
use noren_core::movement::Direction;
use noren_core::payment::Payment;
use noren_core::quote::Quote;
use noren_core::time::Timestamp;

use books::Books;
pub(crate) use payments::expected_receivable;
use said::Said;

/// A broken invariant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// Which: `I1` to `I12`; `L1` is a net debit cap, `L2` a limit by day, `L3` what a wallet pays at
    /// once.
    pub invariant: &'static str,
    /// What was seen.
    pub what: String,
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.invariant, self.what)
    }
}

fn broken<T>(invariant: &'static str, what: impl Into<String>) -> Result<T, Broken> {
    Err(Broken { invariant, what: what.into() })
}

/// One batch, with the commands that led to it.
pub struct Commit<'a> {
    /// One more than the batch before.
    pub number: u64,
    /// The engine's time.
    pub now: Timestamp,
    /// What was decided upon, in order.
    pub commands: &'a [Command],
    /// The rows, in order.
    pub rows: &'a [Row],
    /// The end of the batch.
    pub seal: &'a Seal,
}

/// What the auditor knows of one payment.
#[derive(Clone, Debug)]
struct Seen {
    payment: Arc<Payment>,
    /// It was once being undone: from then on a cancel may be on its way.
    was_reversing: bool,
    /// It was once being released: from then on a void may be on its way.
    was_voiding: bool,
}

/// See the module.
#[derive(Clone, Debug, Default)]
pub struct Auditor {
    number: u64,
    now: Option<Timestamp>,
    directory: u64,
    books: Books,
    caps: pending::Caps,
    days: days::Days,
    prefunding: prefunding::Prefunding,
    terms: settlement::Terms,
    said: Said,
    payments: BTreeMap<PaymentId, Seen>,
    /// Events that came before the first row of their payment.
    early_events: BTreeMap<PaymentId, Vec<Event>>,
    by_order: BTreeMap<OrderId, Vec<PaymentId>>,
    orders: BTreeMap<OrderName, Order>,
    keys: BTreeMap<KeyName, KeyRecord>,
    used: BTreeMap<UsedName, About>,
    credits: BTreeMap<CreditId, Arc<Credit>>,
    credits_due: BTreeMap<CreditId, Timestamp>,
    touched_credits: BTreeSet<CreditId>,
    /// Recalls, by their random bits, whose key was used in an earlier batch: they are owed an answer.
    recalls: BTreeSet<u128>,
    event_heads: BTreeMap<Slot, u64>,
    refund_owners: BTreeMap<RefundId, PaymentId>,
    quotes: BTreeMap<QuoteId, Quote>,
    /// Payments that keys of this batch stand for.
    keyed: Vec<(KeyOwner, PaymentId)>,
    /// Payments whose cancel has left: no request may leave after it.
    cancels_left: BTreeSet<About>,
    due: BTreeSet<(Timestamp, PaymentId)>,
    due_of: BTreeMap<PaymentId, Timestamp>,
    touched: BTreeSet<PaymentId>,
    pace: pace::Pace,
    clocks: BTreeMap<PaymentId, doubt::Clocks>,
    /// Whose data each merchant's is, by the directory.
    tenants: BTreeMap<MerchantId, TenantName>,
    /// After how many milliseconds a wallet's "not found" is proof, by its latest profile.
    proof_after: BTreeMap<WalletName, i64>,
}

impl Auditor {
    /// One that has seen nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Checks one committed batch (I1, I3, I4, I6 to I9, I11).
    pub fn commit(&mut self, commit: &Commit<'_>) -> Result<(), Broken> {
        self.number += 1;
        if commit.number != self.number {
            let (is, due) = (commit.number, self.number);
            return broken("I11", format!("batch {is} came where {due} is due"));
        }
        if self.now.is_some_and(|before| commit.now < before) {
            return broken("I3", "time went back between two batches");
        }
        self.now = Some(commit.now);
        for command in commit.commands {
            self.hear(command);
        }
        for row in commit.rows {
            self.row(row, commit.now)?;
        }
        self.keyed()?;
        self.books.seal(commit.seal)?;
        for (slot, head) in &commit.seal.heads {
            if head.events != self.event_heads.get(slot).copied().unwrap_or(0) {
                return broken("I3", format!("the head {head:?} is not that of the events"));
            }
        }
        for id in std::mem::take(&mut self.touched) {
            self.close(id)?;
        }
        for id in std::mem::take(&mut self.touched_credits) {
            self.close_credit(id)?;
        }
        self.books.awaited_is_stored()?;
        self.days.close(&commit.seal.days)?;
        let books = &self.books;
        let position = |wallet, currency| {
            let owned = |name: &AccountName| {
                name.owner == AccountOwner::Wallet(wallet)
                    && name.kind == AccountKind::WalletReceivable
                    && name.currency == currency
            };
            books.may_come(owned) + books.net(owned).get(&currency).copied().unwrap_or(0)
        };
        self.prefunding.close(books)?;
        let placed = |wallet, currency| self.prefunding.placed(wallet, currency);
        if let Some(what) = self.caps.close(position, placed) {
            return broken("L1", what);
        }
        Ok(())
    }

    /// Notes a message that was decided upon without leading to a row.
    pub fn hear(&mut self, command: &Command) {
        let payments = &self.payments;
        self.said.note(command, |id| payments.get(&id).and_then(|seen| seen.payment.wallet()));
        if let Body::PaymentRecall(_) = command.body
            && let Some((name, _)) = replies::key_of(command)
            && self.keys.contains_key(&name)
        {
            self.recalls.insert(command.entropy.0);
        }
    }

    fn row(&mut self, row: &Row, now: Timestamp) -> Result<(), Broken> {
        match row {
            Row::Payment(payment) => self.payment(payment, now),
            Row::Credit(credit) => self.credit(credit),
            Row::Order(order) => self.order(order),
            Row::Quote(quote) => self.quote(quote),
            Row::Key(name, record) => {
                if let KeyOutcome::Payment(payment)
                | KeyOutcome::Capture { payment, .. }
                | KeyOutcome::Refund { payment, .. } = record.outcome
                {
                    self.keyed.push((name.owner, payment));
                }
                match self.keys.insert(name.clone(), record.clone()) {
                    None => Ok(()),
                    Some(_) => broken("I11", format!("the key {name:?} was used twice")),
                }
            }
            Row::Used(name, user, _) => {
                self.touch(*user);
                match self.used.insert(name.clone(), *user) {
                    None => Ok(()),
                    Some(by) => broken("I4", format!("{name:?} of {user} was used by {by}")),
                }
            }
            Row::Entry(entry) => {
                match entry.cause {
                    Cause::Payment { payment, .. } => self.touch(payment.into()),
                    Cause::Credit(credit) => self.touch(credit.into()),
                    Cause::Movement(movement) => self.prefunding.touch(movement),
                }
                self.books.entry(entry)
            }
            Row::Event(event) => self.event(event),
            Row::Movement(movement) => {
                if movement.direction == Direction::Returned {
                    self.caps.returned(movement.wallet, movement.amount.currency());
                }
                self.prefunding.note(movement)
            }
            Row::Directory(version, change, _) => {
                match change {
                    Change::Cap(cap) => self.caps.set(cap.wallet, cap.currency, cap.limit),
                    Change::Merchant(merchant) => {
                        self.tenants.insert(merchant.id, merchant.tenant);
                    }
                    Change::Wallet(wallet) => match wallet.profile.not_found_is_proof_after {
                        Some(span) => {
                            self.proof_after.insert(wallet.name, span.0.cast_signed());
                        }
                        None => {
                            self.proof_after.remove(&wallet.name);
                        }
                    },
                    _ => {}
                }
                self.days.directory(change);
                self.terms.set(*version, change);
                self.directory += 1;
                self.pace.directory(change, now);
                if *version != self.directory {
                    return broken("I3", format!("version {version} of the directory is not next"));
                }
                Ok(())
            }
        }
    }

    fn touch(&mut self, about: About) {
        match about {
            About::Payment(payment) => {
                self.touched.insert(payment);
            }
            About::Credit(credit) => {
                self.touched_credits.insert(credit);
            }
        }
    }

    /// A promise never changes, and is used once.
    fn quote(&mut self, quote: &Quote) -> Result<(), Broken> {
        let unused = |quote: &Quote| Quote { used_by: None, ..quote.clone() };
        let id = quote.id;
        match self.quotes.insert(id, quote.clone()) {
            None => Ok(()),
            Some(old) if old.used_by.is_some() && old.used_by != quote.used_by => {
                broken("I2", format!("the quote {id} was used twice"))
            }
            Some(old) if unused(&old) != unused(quote) => {
                broken("I3", format!("the quote {id} changed"))
            }
            Some(_) => Ok(()),
        }
    }

    /// A key stands for nothing that is not its owner's (I12).
    fn keyed(&mut self) -> Result<(), Broken> {
        for (owner, id) in std::mem::take(&mut self.keyed) {
            let payment = self.payments.get(&id).map(|seen| &seen.payment);
            let own = payment.is_some_and(|payment| match owner {
                KeyOwner::Merchant(merchant) => payment.merchant == merchant,
                KeyOwner::Wallet(name) => payment.wallet() == Some(name),
                KeyOwner::Operator => false,
            });
            if !own {
                return broken("I12", format!("a key of {owner:?} stands for {id}"));
            }
        }
        Ok(())
    }

    fn event(&mut self, event: &Event) -> Result<(), Broken> {
        let head = self.event_heads.entry(event.slot).or_default();
        *head += 1;
        if event.seq != *head {
            return broken("I3", format!("event {} came where {head} is due", event.seq));
        }
        self.touched.insert(event.payment);
        self.early_events.entry(event.payment).or_default().push(event.clone());
        Ok(())
    }

    /// Checks what a start was given against everything that was committed (I3).
    pub fn loaded<'a>(
        &self,
        number: u64,
        accounts: impl Iterator<Item = &'a Account>,
        open: impl Iterator<Item = &'a Payment>,
        credits: impl Iterator<Item = &'a Credit>,
    ) -> Result<(), Broken> {
        if number != self.number {
            return broken("I3", format!("batch {number} loaded, {} committed", self.number));
        }
        self.books.are(accounts)?;
        let mut loaded = BTreeSet::new();
        for payment in open {
            loaded.insert(payment.id);
            match self.payments.get(&payment.id) {
                Some(seen) if *seen.payment == *payment => {}
                Some(_) => return broken("I3", format!("{} was loaded as it was not", payment.id)),
                None => return broken("I3", format!("{} was never committed", payment.id)),
            }
        }
        if let Some(id) = self.due_of.keys().find(|id| !loaded.contains(id)) {
            return broken("I3", format!("{id} is open and was not loaded"));
        }
        let mut loaded = BTreeSet::new();
        for credit in credits {
            loaded.insert(credit.id);
            if self.credits.get(&credit.id).is_none_or(|seen| **seen != *credit) {
                return broken("I3", format!("{} was loaded as it was not", credit.id));
            }
        }
        match self.credits_due.keys().find(|id| !loaded.contains(id)) {
            Some(id) => broken("I3", format!("{id} is open and was not loaded")),
            None => Ok(()),
        }
    }

    /// Checks the accounts that a process has in memory.
    pub fn accounts_are<'a>(
        &self,
        accounts: impl Iterator<Item = &'a Account>,
    ) -> Result<(), Broken> {
        self.books.are(accounts)
    }

    /// Nothing open may wait long past its time while the switch is up, unless it waits its turn in
    /// a wallet's budget, and that is bounded too (I10).
    pub fn overdue(&self, now: Timestamp, up_since: Timestamp) -> Result<(), Broken> {
        const GRACE_MS: i64 = 60_000;
        let credit = self.credits_due.iter().map(|(id, at)| (*at, About::Credit(*id))).min();
        let payment = self.due.first().map(|(at, id)| (*at, About::Payment(*id)));
        match payment.into_iter().chain(credit).min() {
            Some((at, id)) if at.0.max(up_since.0) + GRACE_MS + self.pace.patience_ms() < now.0 => {
                let late = now.0 - at.0;
                broken("I10", format!("{id} has had nothing done for it for {late} ms"))
            }
            Some(_) | None => Ok(()),
        }
    }

    /// The payment for which something has to be done next.
    pub fn next_due(&self) -> Option<PaymentId> {
        self.due.first().map(|(_, id)| *id)
    }

    /// The last committed row of every credit that belongs to no payment.
    pub fn credits(&self) -> impl Iterator<Item = &Arc<Credit>> {
        self.credits.values()
    }

    /// Every account with what it holds: debits less credits.
    pub fn balances(&self) -> BTreeMap<AccountName, i64> {
        self.books.balances()
    }

    /// What a wallet has placed beforehand, in minor units.
    pub fn placed(&self, wallet: WalletName, currency: Currency) -> i64 {
        self.prefunding.placed(wallet, currency)
    }

    /// What is pending on each account, over all slots: debits and credits.
    pub fn awaited(&self) -> BTreeMap<AccountName, (i64, i64)> {
        self.books.awaited()
    }

    /// What an owner's accounts of one kind hold, by currency: debits less credits.
    pub fn owed(&self, owner: AccountOwner) -> BTreeMap<Currency, i64> {
        self.books.net(|name| name.owner == owner && name.kind == AccountKind::WalletReceivable)
    }

    /// An order as it was last committed.
    pub fn order_row(&self, name: &OrderName) -> Option<&Order> {
        self.orders.get(name)
    }

    /// What used a name that can be used once.
    pub fn used_by(&self, name: &UsedName) -> Option<About> {
        self.used.get(name).copied()
    }

    /// The last committed row of every payment.
    pub fn payments(&self) -> impl Iterator<Item = &Arc<Payment>> {
        self.payments.values().map(|seen| &seen.payment)
    }

    /// The last committed row of a payment.
    pub fn payment_row(&self, id: PaymentId) -> Option<&Arc<Payment>> {
        self.payments.get(&id).map(|seen| &seen.payment)
    }
}
