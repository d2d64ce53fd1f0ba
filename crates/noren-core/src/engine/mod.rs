//! The engine: a deterministic state machine over commands.
//!
//! What it holds in memory wins over what a prefetch brings. What has ended and is durable may leave
//! memory between batches ([`Engine::let_go`]). A lookup that memory cannot answer makes
//! [`Engine::apply`] return [`Missing`], with nothing changed.

mod books;
mod budget;
mod cancels;
mod captures;
mod choose;
mod claims;
mod credits;
mod days;
mod ended;
mod heard;
mod holds;
mod limits;
mod memory;
mod merchant;
mod orders;
mod prefetch;
mod prefunding;
mod refunds;
mod strays;
mod ticks;
mod undecided;
mod wallet_api;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use crate::command::{Body, Caller, Command};
use crate::credit::Credit;
use crate::day::{Counted, DayName, DayTotal};
use crate::directory::{Change, Directory, Merchant, Wallet};
use crate::due::Wake;
use crate::effects::{Alarm, AlarmKind, Effects, Event, EventKind, Missing, Reply, Row, Seal};
use crate::id::{
    About, CaptureId, CreditId, Entropy, Id, PaymentId, QuoteId, RefundId, Slot, StrayId,
    WalletName,
};
use crate::keys::{
    Key, KeyName, KeyOutcome, KeyRecord, Order, OrderName, RequestHash, Route, UsedName,
};
use crate::ledger::{Account, Head, Ledger};
use crate::payment::{EVIDENCE_MAX, Evidence, Payment, Pending, Probe, State};
use crate::quote::Quote;
use crate::refusal::Refusal;
use crate::time::Timestamp;
use crate::wallet::{Ask, Call, PaymentAnswer, Question};

pub use memory::{InMemory, Keep};

use memory::Shelf;

/// True when the named mistake is planted. Always false, and gone, outside of a test build.
macro_rules! planted {
    ($engine:expr, $fault:ident) => {{
        #[cfg(feature = "faults")]
        let planted = $engine.planted == Some(crate::fault::Fault::$fault);
        #[cfg(not(feature = "faults"))]
        let planted = false;
        planted
    }};
}
pub(crate) use planted;

/// A map whose hasher is seeded from outside: outsiders choose many of the names, and must not be
/// able to aim at one bucket; the engine itself must not touch the system's randomness. Nothing is
/// ever decided by the order of a map, so the seed changes no decision.
type Map<K, V> = HashMap<K, V, Hashing>;
type Hashing = foldhash::fast::SeedableRandomState;

/// See the module.
pub struct Engine {
    directory: Directory,
    ledger: Ledger,
    payments: Shelf<PaymentId, Arc<Payment>>,
    credits: Shelf<CreditId, Arc<Credit>>,
    /// Of the payments and credits in memory.
    refund_owners: Map<RefundId, About>,
    quotes: Shelf<QuoteId, Quote>,
    keys: Shelf<KeyName, KeyRecord>,
    orders: Shelf<OrderName, Order>,
    used: Shelf<UsedName, About>,
    days: Shelf<DayName, days::Day>,
    days_changed: BTreeSet<DayName>,
    absent_refunds: HashSet<RefundId, Hashing>,
    /// Requests and steps that are due without drawing from a budget.
    sendings: BTreeSet<(Timestamp, PaymentId)>,
    inquiries: BTreeMap<WalletName, budget::Lane>,
    expiries: BTreeSet<(Timestamp, PaymentId)>,
    /// Payments that are out of memory for the moment.
    lifted: Vec<Lifted>,
    credit_timers: BTreeSet<(Timestamp, CreditId)>,
    events: Vec<u64>,
    slots_touched: BTreeSet<Slot>,
    /// Which batch is being applied.
    batch: u64,
    #[cfg(feature = "faults")]
    planted: Option<crate::fault::Fault>,
}

/// What followed from a payment before a command took it out.
struct Lifted {
    id: PaymentId,
    pending: Option<Pending>,
    counted: Option<Counted>,
}

/// A new payment's key, order, payment code, event and the payment itself, and one more.
const ROWS_USUAL: usize = 6;

/// What one command has led to so far.
struct Work {
    now: Timestamp,
    entropy: Entropy,
    ids: u64,
    rows: Vec<Row>,
    calls: Vec<Call>,
    alarms: Vec<Alarm>,
}

/// What an event is about, beside its payment.
#[derive(Clone, Copy, Default)]
struct Beside {
    capture: Option<CaptureId>,
    refund: Option<RefundId>,
    stray: Option<StrayId>,
}

impl Work {
    /// The next id of this command.
    fn id<K>(&mut self, slot: Slot) -> Id<K> {
        self.ids += 1;
        Id::new(self.now, slot, self.entropy, self.ids)
    }

    fn alarm(&mut self, about: impl Into<About>, kind: AlarmKind) {
        self.alarms.push(Alarm { about: about.into(), kind });
    }
}

/// A handler's result: a reply or a refusal, unless something has to be fetched first.
type Decided = Result<Result<Reply, Refusal>, Missing>;

fn missing<T>(key: Key) -> Result<T, Missing> {
    Err(Missing(vec![key]))
}

impl Engine {
    /// An engine that knows nothing. `seed` keeps outsiders from aiming at its maps, and changes
    /// no decision.
    pub fn new(seed: u64) -> Self {
        let hashing = || Hashing::with_seed(seed, foldhash::SharedSeed::global_fixed());
        Self {
            directory: Directory::default(),
            ledger: Ledger::default(),
            payments: Shelf::new(hashing()),
            credits: Shelf::new(hashing()),
            refund_owners: Map::with_hasher(hashing()),
            quotes: Shelf::new(hashing()),
            keys: Shelf::new(hashing()),
            orders: Shelf::new(hashing()),
            used: Shelf::new(hashing()),
            days: Shelf::new(hashing()),
            days_changed: BTreeSet::new(),
            absent_refunds: HashSet::with_hasher(hashing()),
            sendings: BTreeSet::new(),
            inquiries: BTreeMap::new(),
            expiries: BTreeSet::new(),
            lifted: Vec::new(),
            credit_timers: BTreeSet::new(),
            events: vec![0; Slot::COUNT],
            slots_touched: BTreeSet::new(),
            batch: 1,
            #[cfg(feature = "faults")]
            planted: None,
        }
    }

    /// An engine as the store has it. Errors say what does not fit together.
    pub fn load(
        seed: u64,
        directory: Vec<(u64, Change)>,
        accounts: Vec<Account>,
        heads: Vec<(Slot, Head)>,
        open: Vec<Payment>,
        credits: Vec<Credit>,
        days: Vec<DayTotal>,
    ) -> Result<Self, String> {
        let mut engine = Self::new(seed);
        for (version, change) in directory {
            let is = engine
                .directory
                .apply(&change)
                .map_err(|why| format!("directory version {version} is refused: {why:?}"))?;
            if is != version {
                return Err(format!("directory version {version} came where {is} is due"));
            }
        }
        for account in accounts {
            let (slot, number) = (account.slot, account.number);
            if !engine.ledger.load(account) {
                return Err(format!("account {number} of slot {} is out of order", slot.number()));
            }
        }
        for (slot, head) in heads {
            engine.ledger.load_head(slot, head.postings, head.entries);
            engine.events[usize::from(slot.number())] = head.events;
        }
        engine.check_pending(&open)?;
        engine.load_days(days, &open)?;
        for payment in open {
            engine.remember(Arc::new(payment));
        }
        for credit in credits {
            engine.remember_credit(Arc::new(credit));
        }
        Ok(engine)
    }

    /// Plants a known mistake. Only in a test build.
    #[cfg(feature = "faults")]
    pub fn plant(&mut self, fault: crate::fault::Fault) {
        self.ledger.unchecked = fault == crate::fault::Fault::LineDropped;
        self.planted = Some(fault);
    }

    /// The directory as it stands.
    pub fn directory(&self) -> &Directory {
        &self.directory
    }

    /// All accounts with their totals, by slot and number.
    pub fn accounts(&self) -> impl Iterator<Item = &Account> {
        self.ledger.accounts()
    }

    /// A payment that is in memory.
    pub fn payment_in_memory(&self, id: PaymentId) -> Option<&Arc<Payment>> {
        self.payments.get(&id)
    }

    /// When time alone has something to do.
    pub fn next_wake(&self, hold_expiries: bool) -> Option<Timestamp> {
        let sending = self.sendings.first().map(|(at, _)| *at);
        let credit = self.credit_timers.first().map(|(at, _)| *at);
        let expiry = if hold_expiries { None } else { self.expiries.first().map(|(at, _)| *at) };
        let due = sending.into_iter().chain(credit).chain(expiry);
        due.chain(self.inquiries_wake()).min()
    }

    /// Closes a batch: what changed since the last call.
    pub fn seal(&mut self) -> Seal {
        self.batch += 1;
        let accounts = self.ledger.take_changed();
        let days = self.take_days_changed();
        let heads = std::mem::take(&mut self.slots_touched)
            .into_iter()
            .map(|slot| (slot, self.head(slot)))
            .collect();
        Seal { accounts, days, heads }
    }

    fn head(&self, slot: Slot) -> Head {
        let (postings, entries) = self.ledger.head(slot);
        Head { postings, entries, events: self.events[usize::from(slot.number())] }
    }

    /// Decides. Touches nothing outside of `self`: no clock, no randomness, no disk.
    ///
    /// The caller commits the rows first; reply and calls leave only after that. A refusal is a
    /// reply like any other, and may have rows to write: its key is burned. `Err` means that
    /// nothing changed and that the named things have to be [admitted](Self::admit) first.
    pub fn apply(&mut self, now: Timestamp, command: &Command) -> Result<Effects, Missing> {
        let mut work = Work {
            now,
            entropy: command.entropy,
            ids: 0,
            rows: Vec::with_capacity(ROWS_USUAL),
            calls: Vec::new(),
            alarms: Vec::new(),
        };
        let caller = command.caller;
        let decided = match &command.body {
            Body::Directory(change) => Ok(self.directory_change(&mut work, caller, change)),
            Body::PaymentCreate(create) => self.payment_create(&mut work, caller, create),
            Body::PaymentRecall(recall) => self.payment_recall(caller, recall),
            Body::PaymentChoose(choose) => self.payment_choose(&mut work, caller, choose),
            Body::PaymentCancel(cancel) => self.payment_cancel(&mut work, caller, cancel),
            Body::OrderCancel(cancel) => self.order_cancel(&mut work, caller, cancel),
            Body::PaymentCapture(capture) => self.payment_capture(&mut work, caller, capture),
            Body::PaymentVoid(void) => self.payment_void(&mut work, caller, void),
            Body::RefundCreate(create) => self.refund_create(&mut work, caller, create),
            Body::ClaimClose(close) => self.claim_close(&mut work, caller, close),
            Body::Prefund(prefund) => self.prefund(&mut work, caller, prefund),
            Body::Resolve(resolve) => self.resolve(&work, caller, resolve),
            Body::QuoteCreate(create) => self.quote_create(&mut work, caller, create),
            Body::Reserve(reserve) => self.reserve(&mut work, caller, reserve),
            Body::Confirm(confirm) => self.confirm(&mut work, caller, confirm),
            Body::Fail(fail) => self.fail(&mut work, caller, fail),
            Body::CreditReceived(said) => self.credit_received(&mut work, caller, said),
            Body::CreditAssign(assign) => self.credit_assign(&mut work, caller, assign),
            Body::CreditReturn(back) => self.credit_return(&mut work, caller, back),
            Body::PaymentHeard(heard) => self.payment_heard(&mut work, caller, heard),
            Body::CaptureHeard(heard) => self.capture_heard(&mut work, caller, heard),
            Body::RefundHeard(heard) => self.refund_heard(&mut work, caller, heard),
            Body::Tick { hold_expiries } => Ok(self.tick(&mut work, caller, *hold_expiries)),
        };
        let reply = decided?.unwrap_or_else(|refusal| Reply::Refused { refusal, replayed: false });
        assert!(self.lifted.is_empty(), "a payment was taken out and not put back");
        Ok(Effects { rows: work.rows, calls: work.calls, alarms: work.alarms, reply })
    }

    fn directory_change(
        &mut self,
        work: &mut Work,
        caller: Caller,
        change: &Change,
    ) -> Result<Reply, Refusal> {
        let Caller::Operator = caller else { return Err(Refusal::NotAllowed) };
        let version = self.directory.apply(change).map_err(|why| Refusal::Directory { why })?;
        work.rows.push(Row::Directory(version, change.clone(), work.now));
        Ok(Reply::Directory { version })
    }

    // Looking things up. Each may say that it has to be fetched first.

    fn payment(&self, id: PaymentId) -> Result<Option<&Arc<Payment>>, Missing> {
        self.payments.look_up(&id).map_or_else(|| missing(Key::Payment(id)), Ok)
    }

    fn order(&self, name: &OrderName) -> Result<Option<&Order>, Missing> {
        self.orders.look_up(name).map_or_else(|| missing(Key::Order(name.clone())), Ok)
    }

    /// The latest attempt to have an order paid.
    fn last_of(&self, order: &Order) -> Result<Option<Arc<Payment>>, Missing> {
        match order.wanted() {
            Some(wanted) => {
                let last = self.payment(wanted.last)?;
                Ok(Some(last.expect("an order's payment is in the store").clone()))
            }
            None => Ok(None),
        }
    }

    fn key(&self, name: &KeyName) -> Result<Option<&KeyRecord>, Missing> {
        self.keys.look_up(name).map_or_else(|| missing(Key::Idempotency(name.clone())), Ok)
    }

    fn used_by(&self, name: &UsedName) -> Result<Option<About>, Missing> {
        let found = self.used.look_up(name).map(|by| by.copied());
        found.map_or_else(|| missing(Key::Used(name.clone())), Ok)
    }

    fn credit(&self, id: CreditId) -> Result<Option<&Arc<Credit>>, Missing> {
        self.credits.look_up(&id).map_or_else(|| missing(Key::Credit(id)), Ok)
    }

    fn quote(&self, id: QuoteId) -> Result<Option<&Quote>, Missing> {
        self.quotes.look_up(&id).map_or_else(|| missing(Key::Quote(id)), Ok)
    }

    fn refund_owner(&self, id: RefundId) -> Result<Option<About>, Missing> {
        match self.refund_owners.get(&id) {
            Some(payment) => Ok(Some(*payment)),
            None if self.absent_refunds.contains(&id) => Ok(None),
            None => missing(Key::Refund(id)),
        }
    }

    fn wallet(&self, payment: &Payment) -> &Wallet {
        self.wallet_named(payment.wallet().expect("only payments that asked a wallet get here"))
    }

    fn wallet_named(&self, name: WalletName) -> &Wallet {
        self.directory.wallet(name).expect("wallets are never removed from the directory")
    }

    fn merchant_of(&self, caller: Caller) -> Result<&Arc<Merchant>, Refusal> {
        let Caller::Merchant { tenant, merchant } = caller else {
            return Err(Refusal::NotAllowed);
        };
        self.directory
            .merchant(merchant)
            .filter(|merchant| merchant.tenant == tenant)
            .ok_or(Refusal::NotAllowed)
    }

    fn wallet_of(&self, caller: Caller) -> Result<&Wallet, Refusal> {
        let Caller::Wallet(name) = caller else { return Err(Refusal::NotAllowed) };
        self.directory.wallet(name).ok_or(Refusal::NotAllowed)
    }

    // Keys.

    /// The stored answer for a key, if it was used before.
    fn replay(
        &self,
        name: &KeyName,
        hash: &RequestHash,
    ) -> Result<Option<Result<Reply, Refusal>>, Missing> {
        if planted!(self, KeyForgotten) {
            return Ok(None);
        }
        let Some(record) = self.key(name)? else { return Ok(None) };
        if record.hash != *hash && !planted!(self, KeyUnbound) {
            return Ok(Some(Err(Refusal::KeyReused)));
        }
        let reply = match &record.outcome {
            KeyOutcome::Refused(refusal) => Reply::Refused { refusal: *refusal, replayed: true },
            KeyOutcome::Payment(id) => {
                let payment = self.payment(*id)?.expect("a key's payment is in the store").clone();
                match name.route {
                    Route::Reserve => Reply::Permission { payment, replayed: true },
                    Route::PaymentCreate
                    | Route::PaymentCancel
                    | Route::PaymentCapture
                    | Route::PaymentVoid
                    | Route::OrderCancel
                    | Route::Prefund
                    | Route::RefundCreate => Reply::Payment { payment, replayed: true },
                }
            }
            KeyOutcome::Movement(movement) => {
                Reply::Movement { movement: movement.clone(), replayed: true }
            }
            KeyOutcome::Order(name) => {
                let order = self.order(name)?.expect("a key's order is in the store").clone();
                Reply::Order { payment: self.last_of(&order)?, order, replayed: true }
            }
            KeyOutcome::Capture { payment, capture } => {
                let payment = self.payment(*payment)?.expect("a key's payment is in the store");
                Reply::Capture { payment: payment.clone(), capture: *capture, replayed: true }
            }
            KeyOutcome::Refund { payment, refund } => {
                let payment = self.payment(*payment)?.expect("a key's payment is in the store");
                Reply::Refund { payment: payment.clone(), refund: *refund, replayed: true }
            }
        };
        Ok(Some(Ok(reply)))
    }

    fn keep_key(&mut self, work: &mut Work, name: KeyName, hash: RequestHash, outcome: KeyOutcome) {
        let record = KeyRecord { hash, outcome, at: work.now };
        self.keys.put(name.clone(), record.clone(), self.batch);
        work.rows.push(Row::Key(name, record));
    }

    /// A refusal by the rules burns its key, so that no late retry succeeds unseen. A wallet's id
    /// of a payment is burned by every refusal: the wallet is told that it may never debit for it.
    fn refuse(
        &mut self,
        work: &mut Work,
        name: KeyName,
        hash: RequestHash,
        refusal: Refusal,
    ) -> Refusal {
        if refusal.burns_key() || name.route == Route::Reserve {
            self.keep_key(work, name, hash, KeyOutcome::Refused(refusal));
        }
        refusal
    }

    fn keep_order(&mut self, work: &mut Work, order: Order) {
        self.orders.put(order.name.clone(), order.clone(), self.batch);
        work.rows.push(Row::Order(order));
    }

    fn keep_used(&mut self, work: &mut Work, name: UsedName, by: impl Into<About>) {
        let by = by.into();
        if self.used.put(name.clone(), by, self.batch) != Some(by) {
            work.rows.push(Row::Used(name, by, work.now));
        }
    }

    // Payments: taken out, changed, put back, so that a row is written once a command.

    fn remember(&mut self, payment: Arc<Payment>) {
        self.set_timer(&payment, payment.wake());
        let refunds = payment.refunds.iter().chain(payment.strays.iter().map(|s| &s.refund));
        for refund in refunds {
            self.refund_owners.insert(refund.id, payment.id.into());
        }
        let ended = !payment.is_open();
        self.payments.put_until(payment.id, payment, self.batch, ended);
    }

    fn set_timer(&mut self, payment: &Payment, wake: Wake) {
        self.sendings.extend(wake.sending.map(|at| (at, payment.id)));
        self.expiries.extend(wake.expiry.map(|at| (at, payment.id)));
        if let (Some(at), Some(wallet)) = (wake.inquiry, payment.wallet()) {
            self.inquire_at(wallet, at, payment.id.into());
        }
        for (wallet, at) in payment.rail_inquiries() {
            self.inquire_at(wallet, at, payment.id.into());
        }
    }

    fn clear_timer(&mut self, payment: &Payment, wake: Wake) {
        if let Some(at) = wake.sending {
            self.sendings.remove(&(at, payment.id));
        }
        if let Some(at) = wake.expiry {
            self.expiries.remove(&(at, payment.id));
        }
        if let (Some(at), Some(wallet)) = (wake.inquiry, payment.wallet()) {
            self.inquire_not(wallet, at, payment.id.into());
        }
        for (wallet, at) in payment.rail_inquiries() {
            self.inquire_not(wallet, at, payment.id.into());
        }
    }

    fn inquire_at(&mut self, wallet: WalletName, at: Timestamp, about: About) {
        self.inquiries.entry(wallet).or_default().waiting.insert((at, about));
    }

    fn inquire_not(&mut self, wallet: WalletName, at: Timestamp, about: About) {
        if let Some(lane) = self.inquiries.get_mut(&wallet) {
            lane.waiting.remove(&(at, about));
        }
    }

    fn take(&mut self, id: PaymentId) -> Payment {
        let payment = self.payments.take(&id).expect("looked up before it is taken");
        self.clear_timer(&payment, payment.wake());
        let (pending, counted) = (payment.pending(), payment.counted());
        self.lifted.push(Lifted { id, pending, counted });
        Arc::unwrap_or_clone(payment)
    }

    fn put(&mut self, work: &mut Work, payment: Payment) -> Arc<Payment> {
        let payment = self.put_back(work.now, payment);
        work.rows.push(Row::Payment(payment.clone()));
        payment
    }

    /// Puts a payment back whose row comes later.
    fn put_back(&mut self, now: Timestamp, mut payment: Payment) -> Arc<Payment> {
        payment.keep_time(now);
        self.follow(&payment);
        let payment = Arc::new(payment);
        self.remember(payment.clone());
        if planted!(self, TimerForgotten) && matches!(payment.state, State::InDoubt(_)) {
            self.clear_timer(&payment, payment.wake());
        }
        payment
    }

    /// The payment becomes `state`, and whoever may hear of it does.
    fn enter(&mut self, work: &mut Work, payment: &mut Payment, state: State) {
        payment.state = state;
        let kind = EventKind::of(&payment.state);
        match payment.state.open_part().map(|part| part.terms.id) {
            Some(capture) => self.event_of_capture(work, payment, kind, capture),
            None => self.event(work, payment, kind),
        }
    }

    fn event(&mut self, work: &mut Work, payment: &mut Payment, kind: EventKind) {
        self.event_about(work, payment, kind, None, None);
    }

    fn event_of_capture(
        &mut self,
        work: &mut Work,
        payment: &mut Payment,
        kind: EventKind,
        capture: CaptureId,
    ) {
        self.tell(work, payment, kind, Beside { capture: Some(capture), ..Beside::default() });
    }

    fn event_about(
        &mut self,
        work: &mut Work,
        payment: &mut Payment,
        kind: EventKind,
        refund: Option<RefundId>,
        stray: Option<StrayId>,
    ) {
        self.tell(work, payment, kind, Beside { refund, stray, ..Beside::default() });
    }

    fn tell(&mut self, work: &mut Work, payment: &mut Payment, kind: EventKind, about: Beside) {
        let slot = payment.id.slot();
        let seq = &mut self.events[usize::from(slot.number())];
        *seq += 1;
        if planted!(self, EventSkipped) && kind == EventKind::PaymentReversing {
            *seq += 1;
        }
        payment.events += 1;
        self.slots_touched.insert(slot);
        work.rows.push(Row::Event(Event {
            slot,
            seq: *seq,
            kind,
            payment: payment.id,
            payment_seq: payment.events,
            order: payment.order,
            tenant: payment.tenant,
            merchant: payment.merchant,
            refund: about.refund,
            stray: about.stray,
            capture: about.capture,
            at: work.now,
        }));
    }

    /// Makes a call; its intent is in the payment's row of the same batch.
    /// Gives the number of the call.
    fn call(&self, work: &mut Work, payment: &mut Payment, ask: Ask) -> u32 {
        let wallet = self.wallet(payment).name;
        self.call_to(work, payment, wallet, ask)
    }

    /// The same to a wallet by name: a stray receipt may be another one's than was asked.
    fn call_to(&self, work: &mut Work, payment: &mut Payment, wallet: WalletName, ask: Ask) -> u32 {
        let wallet = self.wallet_named(wallet);
        payment.calls += 1;
        // Nearly every command that makes a call makes one.
        work.calls.reserve_exact(1);
        work.calls.push(Call {
            wallet: wallet.name,
            about: payment.id.into(),
            attempt: payment.calls,
            send_by: work.now.after(wallet.profile.send_within),
            ask,
        });
        payment.calls
    }

    fn inquire(&self, work: &mut Work, payment: &mut Payment, _: budget::Token) -> u32 {
        let asked = payment.state.asked().expect("only what was asked is inquired of");
        let reference = asked.reference.clone();
        self.call(work, payment, Ask::Inquire { reference })
    }

    /// Keeps what was said against the state. The state stays.
    fn keep_evidence(
        &self,
        work: &Work,
        payment: &mut Payment,
        question: Question,
        answer: PaymentAnswer,
    ) {
        if payment.evidence.len() < EVIDENCE_MAX {
            payment.evidence.push(Evidence { at: work.now, question, answer });
        }
    }

    /// One more inquiry for a payment that is final.
    fn probe(&mut self, work: &mut Work, payment: &mut Payment) {
        if payment.probe.is_none() {
            let repeats = self.wallet(payment).profile.inquiry_max;
            payment.probe = Some(Probe {
                attempt: payment.calls + 1,
                next_at: work.now,
                left: repeats.saturating_add(1),
            });
            self.probe_again(work, payment);
        }
    }
}
