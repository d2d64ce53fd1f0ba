//! One suite for all stores: the same cases, the same names.

mod common;

use std::sync::Arc;

use common::*;
use noren_core::credit::{Credit, CreditState};
use noren_core::due::Doubt;
use noren_core::effects::{Found, Row};
use noren_core::id::{CreditId, PaymentId, QuoteId, RefundId, Slot};
use noren_core::keys::{Key, KeyOutcome, KeyRecord, Used, UsedName, Wanted};
use noren_core::ledger::{AccountKind, AccountOwner, EntryKind, Side};
use noren_core::payment::Payment;
use noren_core::refund::{Asking, Refund, RefundBy, RefundState};
use noren_core::time::Timestamp;
use noren_store::{Fault, Fetch, MemoryStore, SqliteFetch, SqliteStore, Store, StoreError, chain};

/// A place where a store's data survives the store.
trait Place {
    fn new() -> Self;
    fn open(&self) -> impl Store;
    fn fetch(&self) -> impl Fetch;
}

struct Sqlite(Folder);

impl Place for Sqlite {
    fn new() -> Self {
        Self(Folder::new())
    }

    fn open(&self) -> impl Store {
        SqliteStore::open(&self.0.db()).unwrap()
    }

    fn fetch(&self) -> impl Fetch {
        SqliteFetch::open(&self.0.db()).unwrap()
    }
}

struct Memory(MemoryStore);

impl Place for Memory {
    fn new() -> Self {
        Self(MemoryStore::new())
    }

    fn open(&self) -> impl Store {
        let mut store = self.0.clone();
        // A start always loads; that is what lets a store go on after a failure.
        let _ = store.load();
        store
    }

    fn fetch(&self) -> impl Fetch {
        self.0.clone()
    }
}

fn found(place: &impl Place, key: Key) -> Found {
    let found = place.fetch().fetch(std::slice::from_ref(&key)).unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].0, key);
    found[0].1.clone()
}

fn found_payment(place: &impl Place, key: Key) -> Payment {
    match found(place, key) {
        Found::Payment(payment) => *payment,
        other => panic!("{other:?}"),
    }
}

fn an_empty_store_loads_nothing<P: Place>() {
    let place = P::new();
    let loaded = place.open().load().unwrap();
    same(&loaded, &Maker::new().expected(Vec::new(), Vec::new()));
}

fn a_batch_comes_back<P: Place>() {
    let (place, mut maker) = (P::new(), Maker::new());
    let mut store = place.open();
    let payment = maker.create(Maker::merchant(slot(3), 0));
    maker.commit(&mut store);
    assert_eq!(found_payment(&place, Key::Payment(payment.id)), payment);
    let record = KeyRecord {
        hash: [7; 32],
        outcome: KeyOutcome::Payment(payment.id),
        at: payment.created_at,
    };
    assert_eq!(found(&place, Key::Idempotency(key_name(&payment))), Found::Key(record));
    assert_eq!(found(&place, Key::Used(code_name(&payment))), Found::Used(payment.id.into()));
    match found(&place, Key::Order(order_name(&payment))) {
        Found::Order(order) => {
            assert_eq!(
                (order.id, order.wanted()),
                (payment.order, Some(Wanted { amount: payment.amount, last: payment.id }))
            );
            assert_eq!((order.name, order.tenant), (order_name(&payment), payment.tenant));
        }
        other => panic!("{other:?}"),
    }
    same(&store.load().unwrap(), &maker.expected(Vec::new(), vec![payment]));
}

fn a_reload_equals_what_was_written<P: Place>() {
    let (place, mut maker) = (P::new(), Maker::new());
    let mut directory = Vec::new();
    let mut open = Vec::new();
    for round in 0..5 {
        let mut store = place.open();
        for n in 0..40 {
            maker.pass(1);
            let mut payment =
                maker.create(Maker::merchant(slot([0, 1, 137, 255][n % 4]), n as u64 % 3));
            if n % 5 != 0 {
                maker.commit(&mut store);
            }
            match n % 8 {
                0 => open.push(payment),
                1 => {
                    maker.stray(&mut payment);
                    open.push(payment);
                }
                2 => {
                    maker.capture(&mut payment);
                    maker.refund(&mut payment, 200);
                    maker.refund(&mut payment, 100);
                }
                _ => maker.capture(&mut payment),
            }
        }
        maker.acquirer(&format!("title {round}"));
        let batch = maker.seal();
        directory.extend(batch.rows.iter().filter_map(|row| match row {
            Row::Directory(version, change, _) => Some((*version, change.clone())),
            _ => None,
        }));
        maker.previous = store.commit(&batch).unwrap();
        drop(store);
        same(&place.open().load().unwrap(), &maker.expected(directory.clone(), open.clone()));
    }
}

fn the_last_version_of_a_row_in_a_batch_wins<P: Place>() {
    let (place, mut maker) = (P::new(), Maker::new());
    let mut store = place.open();
    let mut payment = maker.create(Maker::merchant(slot(3), 0));
    let quote = payment.quote.clone().unwrap();
    let mut unused = quote.clone();
    unused.used_by = None;
    maker.row(Row::Quote(unused));
    maker.row(Row::Quote(quote.clone()));
    maker.capture(&mut payment);
    let second = maker.create_for(payment.merchant, &payment.order_number);
    maker.commit(&mut store);
    assert_eq!(found_payment(&place, Key::Payment(payment.id)), payment);
    assert_eq!(found(&place, Key::Quote(quote.id)), Found::Quote(Box::new(quote)));
    match found(&place, Key::Order(order_name(&payment))) {
        Found::Order(order) => assert_eq!(order.wanted().map(|w| w.last), Some(second.id)),
        other => panic!("{other:?}"),
    }
    same(&store.load().unwrap(), &maker.expected(Vec::new(), vec![second]));
}

fn a_refund_leads_to_its_payment<P: Place>() {
    let (place, mut maker) = (P::new(), Maker::new());
    let mut store = place.open();
    let mut payment = maker.create(Maker::merchant(slot(9), 0));
    let mut late = maker.create(Maker::merchant(slot(9), 0));
    maker.commit(&mut store);
    maker.capture(&mut payment);
    let refund = maker.refund(&mut payment, 300);
    let (_, return_of_stray) = maker.stray(&mut late);
    maker.commit(&mut store);
    assert_eq!(found_payment(&place, Key::Refund(refund)), payment);
    assert_eq!(found_payment(&place, Key::Refund(return_of_stray)), late);
}

fn a_credit_of_the_house_is_kept_found_and_loaded_until_it_is_settled<P: Place>() {
    let (place, mut maker) = (P::new(), Maker::new());
    let mut store = place.open();
    let (waits, mut back) = (maker.credit(300), maker.credit(500));
    maker.commit(&mut store);
    let name = UsedName {
        slot: Slot::HOUSE,
        wallet: wallet(),
        what: Used::Receipt,
        text: waits.receipt.transaction.clone(),
    };
    assert_eq!(found(&place, Key::Used(name)), Found::Used(waits.id.into()));
    let refund = Refund {
        number: None,
        memo: None,
        id: maker.id(Slot::HOUSE),
        amount: back.receipt.amount,
        payer: None,
        requested_at: maker.now,
        by: RefundBy::Refund,
        state: RefundState::Requested(Asking { asked_count: 1, next_at: maker.now, sent_at: None }),
        doubt: Doubt::default(),
    };
    back.state = CreditState::Return { refund: refund.clone() };
    maker.row(Row::Credit(Arc::new(back.clone())));
    maker.commit(&mut store);
    for key in [Key::Credit(back.id), Key::Refund(refund.id)] {
        assert_eq!(found(&place, key), Found::Credit(Box::new(back.clone())));
    }
    let open = |credits: &[&Credit]| {
        let mut expected = maker.expected(Vec::new(), Vec::new());
        expected.credits = credits.iter().map(|credit| (*credit).clone()).collect();
        expected.credits.sort_by_key(|credit| credit.id);
        expected
    };
    same(&store.load().unwrap(), &open(&[&waits, &back]));
    let payment = maker.id(slot(3));
    let mut settled = waits.clone();
    settled.state = CreditState::Assigned { payment, at: maker.now, refused: None };
    maker.row(Row::Credit(Arc::new(settled.clone())));
    maker.commit(&mut store);
    assert_eq!(found(&place, Key::Credit(waits.id)), Found::Credit(Box::new(settled)));
    assert_eq!(store.load().unwrap().credits, [back]);
}

fn what_is_not_there_is_nothing<P: Place>() {
    let (place, mut maker) = (P::new(), Maker::new());
    let mut store = place.open();
    let payment = maker.create(Maker::merchant(slot(3), 0));
    maker.commit(&mut store);
    let stranger = maker.create(Maker::merchant(slot(3), 1));
    let mut keys = keys_of(&stranger);
    keys.push(Key::Refund(RefundId::from_raw(payment.id.raw())));
    keys.push(Key::Quote(QuoteId::from_raw(payment.id.raw())));
    keys.push(Key::Credit(CreditId::from_raw(payment.id.raw())));
    // The same key on another route, and in another slot, is another key.
    let mut name = key_name(&payment);
    name.route = noren_core::keys::Route::RefundCreate;
    keys.push(Key::Idempotency(name));
    let mut name = key_name(&payment);
    name.slot = slot(4);
    keys.push(Key::Idempotency(name));
    for (key, found) in place.fetch().fetch(&keys).unwrap() {
        assert_eq!(found, Found::Nothing, "{key:?}");
    }
}

fn a_batch_is_visible_whole_or_not_at_all<P: Place>() {
    let (place, mut maker) = (P::new(), Maker::new());
    let mut store = place.open();
    let payment = maker.create(Maker::merchant(slot(3), 0));
    maker.commit(&mut store);
    let before = store.load().unwrap();
    // The key of the second is the first's: a mistake of the engine's, found by the store.
    let second = maker.create(Maker::merchant(slot(3), 1));
    let record =
        KeyRecord { hash: [9; 32], outcome: KeyOutcome::Payment(second.id), at: Timestamp(1) };
    maker.row(Row::Key(key_name(&payment), record));
    store.commit(&maker.seal()).unwrap_err();
    for (key, found) in place.fetch().fetch(&keys_of(&second)).unwrap() {
        assert_eq!(found, Found::Nothing, "{key:?}");
    }
    drop(store);
    same(&place.open().load().unwrap(), &before);
}

fn after_a_failed_commit_nothing_is_taken_until_the_next_start<P: Place>() {
    let (place, mut maker) = (P::new(), Maker::new());
    let mut store = place.open();
    maker.create(Maker::merchant(slot(3), 0));
    let batch = maker.seal();
    let mut early = batch.clone();
    early.number = 2;
    store.commit(&early).unwrap_err();
    assert!(matches!(store.commit(&batch), Err(StoreError::Refused(_))));
    drop(store);
    place.open().commit(&batch).unwrap();
}

fn a_batch_that_does_not_follow_is_refused<P: Place>() {
    let (place, mut maker) = (P::new(), Maker::new());
    let mut store = place.open();
    maker.create(Maker::merchant(slot(3), 0));
    maker.commit(&mut store);
    drop(store);
    maker.create(Maker::merchant(slot(3), 0));
    let batch = maker.seal();
    for (number, previous) in [(1, batch.previous), (3, batch.previous), (2, [0; 32])] {
        let mut wrong = batch.clone();
        (wrong.number, wrong.previous) = (number, previous);
        assert!(matches!(place.open().commit(&wrong), Err(StoreError::Refused(_))), "{number}");
    }
    place.open().commit(&batch).unwrap();
}

fn every_store_gives_the_same_hash<P: Place>() {
    let (place, mut maker) = (P::new(), Maker::new());
    let mut store = place.open();
    let mut payment = maker.create(Maker::merchant(slot(3), 0));
    maker.acquirer("Hida");
    maker.capture(&mut payment);
    let batch = maker.seal();
    let hash = store.commit(&batch).unwrap();
    assert_eq!(hash, chain::batch_hash(&batch));
    // Rows that are replaced are not part of it, appended ones are.
    let mut less = batch.clone();
    less.rows.retain(|row| !matches!(row, Row::Payment(_)));
    assert_eq!(chain::batch_hash(&less), hash);
    less.rows.retain(|row| !matches!(row, Row::Event(_)));
    assert_ne!(chain::batch_hash(&less), hash);
}

fn an_entry_that_does_not_balance_is_found_at_the_next_start<P: Place>() {
    let (place, mut maker) = (P::new(), Maker::new());
    let mut store = place.open();
    let payment = maker.create(Maker::merchant(slot(3), 0));
    let lines = [(AccountOwner::Switch, AccountKind::Suspense, Side::Debit, jpy(5))];
    maker.entry(EntryKind::Stray, &payment, &lines);
    maker.commit(&mut store);
    drop(store);
    let mut store = place.open();
    match store.load() {
        Err(StoreError::Corrupt(why)) => assert!(why.contains("does not balance"), "{why}"),
        other => panic!("{other:?}"),
    }
}

fn ids_of_every_slot_find_their_way<P: Place>() {
    let (place, mut maker) = (P::new(), Maker::new());
    let mut store = place.open();
    let payments: Vec<Payment> =
        (0..256).map(|n| maker.create(Maker::merchant(slot(n), 0))).collect();
    maker.commit(&mut store);
    let keys: Vec<Key> = payments.iter().map(|payment| Key::Payment(payment.id)).collect();
    let found = place.fetch().fetch(&keys).unwrap();
    let ids: Vec<PaymentId> = found
        .iter()
        .map(|(_, found)| match found {
            Found::Payment(payment) => payment.id,
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(ids, payments.iter().map(|payment| payment.id).collect::<Vec<_>>());
    same(&store.load().unwrap(), &maker.expected(Vec::new(), payments));
}

macro_rules! store_suite {
    ($name:ident, $place:ty, $($case:ident)*) => {
        mod $name {
            $(
                #[test]
                fn $case() {
                    super::$case::<$place>();
                }
            )*
        }
    };
}

macro_rules! both {
    ($($case:ident)*) => {
        store_suite!(sqlite, super::Sqlite, $($case)*);
        store_suite!(memory, super::Memory, $($case)*);
    };
}

both! {
    an_empty_store_loads_nothing
    a_batch_comes_back
    a_reload_equals_what_was_written
    the_last_version_of_a_row_in_a_batch_wins
    a_refund_leads_to_its_payment
    a_credit_of_the_house_is_kept_found_and_loaded_until_it_is_settled
    what_is_not_there_is_nothing
    a_batch_is_visible_whole_or_not_at_all
    after_a_failed_commit_nothing_is_taken_until_the_next_start
    a_batch_that_does_not_follow_is_refused
    every_store_gives_the_same_hash
    an_entry_that_does_not_balance_is_found_at_the_next_start
    ids_of_every_slot_find_their_way
}

#[test]
fn injected_faults_leave_what_they_say() {
    for (fault, durable) in [(Fault::Refused, false), (Fault::DurableThenLost, true)] {
        let (mut store, mut maker) = (MemoryStore::new(), Maker::new());
        let payment = maker.create(Maker::merchant(slot(3), 0));
        let batch = maker.seal();
        let before = store.fork();
        store.fail_next(fault);
        store.commit(&batch).unwrap_err();
        store.commit(&batch).unwrap_err();
        let loaded = store.load().unwrap();
        assert_eq!((loaded.number, loaded.open.len()), (u64::from(durable), usize::from(durable)));
        assert_eq!(store.payments().iter().any(|stored| stored.id == payment.id), durable);
        // A fork is another store.
        assert!(before.payments().is_empty());
        if !durable {
            store.commit(&batch).unwrap();
        }
        assert_eq!((store.events().len(), store.orders().len()), (1, 1));
        store.verify_last(9).unwrap();
    }
}
