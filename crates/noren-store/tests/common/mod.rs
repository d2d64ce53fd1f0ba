//! Batches as the engine makes them, without the engine.

#![allow(dead_code, missing_docs)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use noren_core::Text;
use noren_core::credit::{Credit, CreditState};
use noren_core::day::{Counted, DayName, PayerHash};
use noren_core::directory::{Acquirer, Change};
use noren_core::due::Doubt;
use noren_core::effects::{Event, EventKind, Row, Seal};
use noren_core::fee::{FeeShare, FeeSplit};
use noren_core::id::{
    AcquirerName, CaptureId, CreditId, Entropy, Id, MerchantId, OrderId, PaymentId, QuoteId,
    RefundId, Slot, StoreId, StrayId, TenantName, WalletName,
};
use noren_core::keys::{
    Key, KeyName, KeyOutcome, KeyOwner, KeyRecord, Order, OrderName, OrderStand, Route, Used,
    UsedName, Wanted,
};
use noren_core::ledger::{
    Account, AccountKind, AccountName, AccountOwner, Cause, Entry, EntryKind, Head, Posting, Side,
};
use noren_core::money::{Currency, Money};
use noren_core::payment::{
    Asked, Authorising, CaptureMode, Captured, Payment, Pending, Reversed, ReversedBy, State, Way,
};
use noren_core::quote::{Quote, Target};
use noren_core::rate::Rate;
use noren_core::refund::{Asking, Refund, RefundBy, RefundState, Refunded};
use noren_core::stray::{Stray, StrayOrigin};
use noren_core::time::{Span, Timestamp};
use noren_core::wallet::{Receipt, Reference, RefundReceipt};
use noren_store::{Batch, Hash, Loaded, Store};

/// A folder of its own for one test, removed when it goes well.
pub struct Folder(PathBuf);

impl Folder {
    pub fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name =
            format!("noren-store-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub fn db(&self) -> PathBuf {
        self.0.join("noren.db")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            let _ = std::fs::remove_dir_all(&self.0);
        }
    }
}

pub fn slot(n: u16) -> Slot {
    Slot::new(n).unwrap()
}

pub fn jpy(minor: i64) -> Money {
    Money::new(minor, Currency::JPY)
}

pub fn cny(minor: i64) -> Money {
    Money::new(minor, Currency::CNY)
}

pub fn tenant() -> TenantName {
    TenantName::new("hida-bank").unwrap()
}

pub fn wallet() -> WalletName {
    WalletName::new("alipayplus").unwrap()
}

fn account_of(slot: Slot, number: u32, name: AccountName) -> Account {
    let (debits, credits, pending_debits, pending_credits) = (0, 0, 0, 0);
    Account { slot, number, name, debits, credits, pending_debits, pending_credits }
}

/// Plays the engine: numbers entries, postings and events, keeps totals, chains batches.
pub struct Maker {
    pub number: u64,
    pub previous: Hash,
    pub now: Timestamp,
    heads: BTreeMap<Slot, Head>,
    accounts: BTreeMap<(Slot, AccountName), Account>,
    counts: BTreeMap<Slot, u32>,
    pending: BTreeMap<PaymentId, Option<Pending>>,
    counted: BTreeMap<PaymentId, Option<Counted>>,
    days: BTreeMap<DayName, i64>,
    days_changed: BTreeSet<DayName>,
    rows: Vec<Row>,
    changed: BTreeMap<(Slot, AccountName), ()>,
    touched: BTreeMap<Slot, ()>,
    ids: u128,
    directory: u64,
}

impl Maker {
    pub fn new() -> Self {
        Self {
            number: 0,
            previous: Hash::default(),
            now: Timestamp(1_795_275_000_000),
            heads: BTreeMap::new(),
            accounts: BTreeMap::new(),
            counts: BTreeMap::new(),
            pending: BTreeMap::new(),
            counted: BTreeMap::new(),
            days: BTreeMap::new(),
            days_changed: BTreeSet::new(),
            rows: Vec::new(),
            changed: BTreeMap::new(),
            touched: BTreeMap::new(),
            ids: 0,
            directory: 0,
        }
    }

    pub fn pass(&mut self, ms: u64) {
        self.now = self.now.after(Span(ms));
    }

    pub fn id<K>(&mut self, slot: Slot) -> Id<K> {
        self.ids += 1;
        let spread = self.ids.wrapping_mul(0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835);
        Id::new(self.now, slot, Entropy(spread), 0)
    }

    /// The `n`th merchant of a slot: the same id every time.
    pub fn merchant(slot: Slot, n: u64) -> MerchantId {
        MerchantId::new(Timestamp(1_790_000_000_000), slot, Entropy(77), n)
    }

    pub fn row(&mut self, row: Row) {
        self.rows.push(row);
    }

    pub fn acquirer(&mut self, title: &str) {
        self.directory += 1;
        let name = AcquirerName::new("hida").unwrap();
        let change = Change::Acquirer(Acquirer { name, title: title.into() });
        self.row(Row::Directory(self.directory, change, self.now));
    }

    pub fn event(
        &mut self,
        kind: EventKind,
        payment: &mut Payment,
        refund: Option<RefundId>,
        stray: Option<StrayId>,
    ) {
        let slot = payment.id.slot();
        let head = self.heads.entry(slot).or_default();
        head.events += 1;
        self.touched.insert(slot, ());
        payment.events += 1;
        self.rows.push(Row::Event(Event {
            slot,
            seq: head.events,
            kind,
            payment: payment.id,
            payment_seq: payment.events,
            order: payment.order,
            tenant: payment.tenant,
            merchant: payment.merchant,
            refund,
            stray,
            capture: None,
            at: self.now,
        }));
    }

    /// An event about a capture.
    pub fn event_of(&mut self, capture: CaptureId, kind: EventKind, payment: &mut Payment) {
        self.event(kind, payment, None, None);
        let Some(Row::Event(event)) = self.rows.last_mut() else { unreachable!() };
        event.capture = Some(capture);
    }

    pub fn entry(
        &mut self,
        kind: EntryKind,
        payment: &Payment,
        lines: &[(AccountOwner, AccountKind, Side, Money)],
    ) {
        let (payment, order, tenant) = (payment.id, payment.order, payment.tenant);
        self.entry_by(payment.slot(), kind, Cause::Payment { payment, order, tenant }, lines);
    }

    pub fn entry_by(
        &mut self,
        slot: Slot,
        kind: EntryKind,
        cause: Cause,
        lines: &[(AccountOwner, AccountKind, Side, Money)],
    ) {
        let mut postings = Vec::new();
        for (owner, kind, side, amount) in lines {
            let name = AccountName { owner: *owner, kind: *kind, currency: amount.currency() };
            let count = self.counts.entry(slot).or_default();
            let account = self.accounts.entry((slot, name)).or_insert_with(|| {
                *count += 1;
                account_of(slot, *count - 1, name)
            });
            match side {
                Side::Debit => account.debits += amount.minor(),
                Side::Credit => account.credits += amount.minor(),
            }
            let number = account.number;
            self.changed.insert((slot, name), ());
            let head = self.heads.entry(slot).or_default();
            head.postings += 1;
            postings.push(Posting {
                seq: head.postings,
                account: number,
                side: *side,
                amount: *amount,
            });
        }
        let head = self.heads.entry(slot).or_default();
        head.entries += 1;
        self.touched.insert(slot, ());
        let number = head.entries;
        self.rows.push(Row::Entry(Entry { slot, number, kind, cause, at: self.now, postings }));
    }

    /// The payment's row; what is pending for it, and what it counts for on its day, in place of what
    /// was.
    pub fn put(&mut self, payment: &Payment) {
        let slot = payment.id.slot();
        let after = payment.pending();
        let before = std::mem::replace(self.pending.entry(payment.id).or_default(), after);
        for (pending, sign) in [(before, -1), (after, 1)] {
            let Some(pending) = pending else { continue };
            let (owner, currency) = (AccountOwner::Wallet(pending.wallet), pending.currency);
            let name = AccountName { owner, kind: AccountKind::WalletReceivable, currency };
            let count = self.counts.entry(slot).or_default();
            let account = self.accounts.entry((slot, name)).or_insert_with(|| {
                *count += 1;
                account_of(slot, *count - 1, name)
            });
            account.pending_debits += sign * pending.debits;
            account.pending_credits += sign * pending.credits;
            self.changed.insert((slot, name), ());
        }
        let after = payment.counted();
        let before = std::mem::replace(self.counted.entry(payment.id).or_default(), after);
        for (counted, sign) in [(before, -1), (after, 1)] {
            for name in counted.into_iter().flat_map(|counted| counted.names()) {
                *self.days.entry(name).or_default() += sign * counted.map_or(0, |it| it.amount);
                self.days_changed.insert(name);
            }
        }
        self.rows.push(Row::Payment(Arc::new(payment.clone())));
    }

    /// A credit for nobody: its transaction, its books in the house.
    pub fn credit(&mut self, minor: i64) -> Credit {
        let id: CreditId = self.id(Slot::HOUSE);
        let transaction: Text = format!("T-{id}").into();
        let money = Money::new(minor, Currency::JPY);
        let receipt = Receipt {
            transaction: transaction.clone(),
            amount: money,
            payer: None,
            rate: None,
            settlement: None,
        };
        let (slot, what) = (Slot::HOUSE, Used::Receipt);
        let name = UsedName { slot, wallet: wallet(), what, text: transaction };
        self.row(Row::Used(name, id.into(), self.now));
        let lines = [
            (AccountOwner::Wallet(wallet()), AccountKind::WalletReceivable, Side::Debit, money),
            (AccountOwner::Switch, AccountKind::Suspense, Side::Credit, money),
        ];
        self.entry_by(Slot::HOUSE, EntryKind::Credit, Cause::Credit(id), &lines);
        let credit = Credit {
            id,
            wallet: wallet(),
            receipt,
            named: "whoever".into(),
            credited_at: self.now,
            received_at: self.now,
            state: CreditState::Unclaimed,
            calls: 0,
            repeats: Vec::new(),
        };
        self.row(Row::Credit(Arc::new(credit.clone())));
        credit
    }

    /// Key, used code, quote inside, order, payment in `authorising`, event: the first commit.
    pub fn create(&mut self, merchant: MerchantId) -> Payment {
        let number = format!("2026-11-21/{:08}", self.ids);
        self.create_for(merchant, &number)
    }

    /// As [`Maker::create`], for an order number.
    pub fn create_for(&mut self, merchant: MerchantId, number: &str) -> Payment {
        let slot = merchant.slot();
        let (id, order): (PaymentId, OrderId) = (self.id(slot), self.id(slot));
        let number: Text = number.into();
        let store = StoreId::new(Timestamp(1_790_000_000_000), slot, Entropy(78), 0);
        let share =
            |owner, minor| FeeShare { owner, amount: jpy(minor), returned_on_refund: false };
        let shares = [
            share(AccountOwner::Wallet(wallet()), 19),
            share(AccountOwner::Acquirer("hida".parse().unwrap()), 12),
            share(AccountOwner::Switch, 7),
        ];
        let fees = FeeSplit { total: jpy(38), shares: Arc::new(shares), schedule: None };
        let now = self.now;
        let asked = Asked {
            wallet: wallet(),
            at: now,
            reference: Reference::Request,
            payer: Some(cny(5_808)),
            fees,
            settlement: None,
            hold: None,
            send_by: now.after(Span(5_000)),
            cancel_from: now.after(Span(6_000)),
        };
        let quote: QuoteId = self.id(slot);
        let rate = Rate::from_decimal(Currency::JPY, Currency::CNY, "0.0484").unwrap();
        let mut payment = Payment {
            memo: None,
            id,
            order,
            order_number: number.clone(),
            tenant: tenant(),
            merchant,
            store,
            amount: jpy(1_200),
            way: Way::Cpm,
            capture: CaptureMode::Now,
            // Every second payer is known, as shops with limits know theirs.
            payer: self.ids.is_multiple_of(2).then(|| PayerHash::new([self.ids as u8; 32])),
            created_at: now,
            directory_version: 7,
            quote: Some(Quote {
                id: quote,
                wallet: wallet(),
                target: Target::Payment(id),
                payer: cny(5_808),
                merchant: jpy(1_200),
                rate,
                mid: rate,
                markup_bps: 0,
                source: "ecb".into(),
                rate_at: now,
                expires_at: now.after(Span(60_000)),
                used_by: Some(id),
            }),
            state: State::Authorising(Authorising { asked, silent_at: now.after(Span(3_000)) }),
            calls: 1,
            events: 0,
            refunds: Vec::new(),
            strays: Vec::new(),
            evidence: Vec::new(),
            probe: None,
            doubt: Doubt::default(),
            void_doubt: Doubt::default(),
        };
        self.event(EventKind::PaymentAuthorising, &mut payment, None, None);
        self.put(&payment);
        let name = OrderName { merchant, number };
        self.row(Row::Order(Order {
            id: order,
            name,
            tenant: tenant(),
            stand: OrderStand::Wanted(Wanted { amount: payment.amount, last: id }),
            at: now,
        }));
        self.row(Row::Key(
            key_name(&payment),
            KeyRecord { hash: [7; 32], outcome: KeyOutcome::Payment(id), at: now },
        ));
        self.row(Row::Used(code_name(&payment), id.into(), now));
        payment
    }

    /// The four names that a payment leaves, without the payment.
    pub fn names_only(&mut self, merchant: MerchantId) {
        let slot = merchant.slot();
        let id: PaymentId = self.id(slot);
        let order: OrderId = self.id(slot);
        let random =
            |salt: u128| (id.raw() ^ salt).wrapping_mul(0xDA94_2042_E4DD_58B5_1234_5678_9ABC_DEF1);
        let used =
            |what, text: String| UsedName { slot, wallet: wallet(), what, text: text.into() };
        let name = KeyName {
            slot,
            owner: KeyOwner::Merchant(merchant),
            route: Route::PaymentCreate,
            key: format!("{:032x}", random(1)).into(),
        };
        let (now, outcome) = (self.now, KeyOutcome::Payment(id));
        self.row(Row::Key(name, KeyRecord { hash: [7; 32], outcome, at: now }));
        let name = OrderName { merchant, number: format!("order-{:032x}", random(2)).into() };
        let amount = jpy(1_200);
        self.row(Row::Order(Order {
            id: order,
            name,
            tenant: tenant(),
            stand: OrderStand::Wanted(Wanted { amount, last: id }),
            at: now,
        }));
        let code = used(Used::PaymentCode, format!("{:064x}", random(3)));
        self.row(Row::Used(code, id.into(), now));
        self.row(Row::Used(used(Used::Receipt, format!("w{:032x}", random(4))), id.into(), now));
    }

    /// Captured, entry with eight postings, receipt, event: the second commit.
    pub fn capture(&mut self, payment: &mut Payment) {
        let asked = payment.state.asked().unwrap().clone();
        let receipt = Receipt {
            transaction: receipt_name(payment).text,
            amount: payment.amount,
            payer: asked.payer,
            rate: Some("0.0484".into()),
            settlement: Some(cny(5_808)),
        };
        let business_date = self.now.business_date(480);
        payment.state = State::Captured(Captured { asked, receipt, at: self.now, business_date });
        self.event(EventKind::PaymentCaptured, payment, None, None);
        let (side, merchant) = (Side::Debit, AccountOwner::Merchant(payment.merchant));
        let (w, s) = (AccountOwner::Wallet(wallet()), AccountOwner::Switch);
        let a = AccountOwner::Acquirer(AcquirerName::new("hida").unwrap());
        self.entry(
            EntryKind::Capture,
            payment,
            &[
                (w, AccountKind::WalletReceivable, side, cny(5_808)),
                (s, AccountKind::FxPosition, Side::Credit, cny(5_808)),
                (s, AccountKind::FxPosition, side, jpy(1_200)),
                (merchant, AccountKind::MerchantPayable, Side::Credit, jpy(1_200)),
                (merchant, AccountKind::MerchantPayable, side, jpy(38)),
                (w, AccountKind::Fee, Side::Credit, jpy(19)),
                (a, AccountKind::Fee, Side::Credit, jpy(12)),
                (s, AccountKind::Fee, Side::Credit, jpy(7)),
            ],
        );
        self.row(Row::Used(receipt_name(payment), payment.id.into(), self.now));
        self.put(payment);
    }

    /// A refund that is done at once.
    pub fn refund(&mut self, payment: &mut Payment, minor: i64) -> RefundId {
        let id = self.id(payment.id.slot());
        let amount = jpy(minor);
        let receipt = RefundReceipt { amount, payer: None, settlement: None };
        let done = Refunded {
            at: self.now,
            business_date: self.now.business_date(480),
            receipt,
            settlement: None,
        };
        let state = RefundState::Refunded(done);
        payment.refunds.push(Refund {
            number: None,
            memo: None,
            id,
            amount,
            payer: None,
            requested_at: self.now,
            by: RefundBy::Refund,
            state,
            doubt: Doubt::default(),
        });
        self.event(EventKind::RefundRefunded, payment, Some(id), None);
        let merchant = AccountOwner::Merchant(payment.merchant);
        let lines = [
            (merchant, AccountKind::MerchantPayable, Side::Debit, amount),
            (AccountOwner::Wallet(wallet()), AccountKind::WalletReceivable, Side::Credit, amount),
        ];
        self.entry(EntryKind::Refund, payment, &lines);
        self.put(payment);
        id
    }

    /// Reversed, and then money arrives whose return is still running.
    pub fn stray(&mut self, payment: &mut Payment) -> (StrayId, RefundId) {
        let slot = payment.id.slot();
        let (id, refund): (StrayId, RefundId) = (self.id(slot), self.id(slot));
        let asked = payment.state.asked().unwrap().clone();
        payment.state = State::Reversed(Reversed { asked, by: ReversedBy::Cancel, at: self.now });
        let receipt = Receipt {
            transaction: "late".into(),
            amount: payment.amount,
            payer: None,
            rate: None,
            settlement: None,
        };
        let state = RefundState::Requested(Asking {
            asked_count: 1,
            next_at: self.now.after(Span(5_000)),
            sent_at: None,
        });
        let refund_row = Refund {
            number: None,
            memo: None,
            id: refund,
            amount: payment.amount,
            payer: None,
            requested_at: self.now,
            by: RefundBy::Refund,
            state,
            doubt: Doubt::default(),
        };
        payment.strays.push(Stray {
            id,
            wallet: wallet(),
            receipt,
            received_at: self.now,
            refund: refund_row,
            origin: StrayOrigin::Asked,
            closed: None,
        });
        self.event(EventKind::StrayReceived, payment, None, Some(id));
        let lines = [
            (
                AccountOwner::Wallet(wallet()),
                AccountKind::WalletReceivable,
                Side::Debit,
                payment.amount,
            ),
            (AccountOwner::Switch, AccountKind::Suspense, Side::Credit, payment.amount),
        ];
        self.entry(EntryKind::Stray, payment, &lines);
        self.put(payment);
        (id, refund)
    }

    /// What has been gathered, as the next batch. Call [`Maker::committed`] with its hash.
    pub fn seal(&mut self) -> Batch {
        let changed = std::mem::take(&mut self.changed);
        let touched = std::mem::take(&mut self.touched);
        let days = std::mem::take(&mut self.days_changed);
        self.number += 1;
        Batch {
            number: self.number,
            now: self.now,
            previous: self.previous,
            rows: std::mem::take(&mut self.rows),
            seal: Seal {
                accounts: changed.keys().map(|name| self.accounts[name].clone()).collect(),
                days: days.into_iter().map(|name| (name, self.days[&name])).collect(),
                heads: touched.keys().map(|slot| (*slot, self.heads[slot])).collect(),
            },
        }
    }

    pub fn commit(&mut self, store: &mut impl Store) -> Hash {
        let batch = self.seal();
        let hash = store.commit(&batch).unwrap();
        self.previous = hash;
        hash
    }

    /// What a start should find.
    pub fn expected(&self, directory: Vec<(u64, Change)>, mut open: Vec<Payment>) -> Loaded {
        let mut accounts: Vec<Account> = self.accounts.values().cloned().collect();
        accounts.sort_by_key(|account| (account.slot, account.number));
        open.sort_by_key(|payment| (payment.id.slot(), payment.id));
        let names = open.iter().filter_map(Payment::counted).flat_map(|counted| counted.names());
        let names: BTreeSet<DayName> = names.collect();
        let days = names.into_iter().map(|name| (name, self.days[&name])).collect();
        Loaded {
            number: self.number,
            hash: self.previous,
            now: (self.number > 0).then_some(self.now),
            directory,
            accounts,
            heads: self.heads.iter().map(|(slot, head)| (*slot, *head)).collect(),
            open,
            credits: Vec::new(),
            days,
        }
    }
}

pub fn same(a: &Loaded, b: &Loaded) {
    assert_eq!((a.number, a.hash, a.now), (b.number, b.hash, b.now));
    assert_eq!(a.directory, b.directory);
    assert_eq!(a.accounts, b.accounts);
    assert_eq!(a.heads, b.heads);
    assert_eq!(a.open, b.open);
    assert_eq!(a.credits, b.credits);
    assert_eq!(a.days, b.days);
}

pub fn key_name(payment: &Payment) -> KeyName {
    // Random, as clients make them.
    let key = format!(
        "{:032x}",
        payment.id.raw().wrapping_mul(0xDA94_2042_E4DD_58B5_1234_5678_9ABC_DEF1)
    )
    .into();
    let (slot, owner) = (payment.id.slot(), KeyOwner::Merchant(payment.merchant));
    KeyName { slot, owner, route: Route::PaymentCreate, key }
}

pub fn code_name(payment: &Payment) -> UsedName {
    let text = format!(
        "{:064x}",
        payment.id.raw().wrapping_mul(0x2127_599B_F432_5C37_880B_1B2F_9E2A_7F0D)
    )
    .into();
    UsedName { slot: payment.id.slot(), wallet: wallet(), what: Used::PaymentCode, text }
}

pub fn receipt_name(payment: &Payment) -> UsedName {
    let text = format!("2026112122001{:020}", payment.id.raw() as u64).into();
    UsedName { slot: payment.id.slot(), wallet: wallet(), what: Used::Receipt, text }
}

pub fn order_name(payment: &Payment) -> OrderName {
    OrderName { merchant: payment.merchant, number: payment.order_number.clone() }
}

/// Every key that [`Maker::create`] writes.
pub fn keys_of(payment: &Payment) -> Vec<Key> {
    let mut keys = vec![
        Key::Payment(payment.id),
        Key::Idempotency(key_name(payment)),
        Key::Order(order_name(payment)),
        Key::Used(code_name(payment)),
    ];
    keys.extend(payment.counted().into_iter().flat_map(|counted| counted.names()).map(Key::Day));
    keys
}

pub fn exists(path: &Path) -> bool {
    path.exists()
}
