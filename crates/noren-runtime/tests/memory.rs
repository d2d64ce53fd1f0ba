//! A real database under an engine that keeps nothing it need not keep, while commits take their
//! time: what is on its way to the store is never taken for absent.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use noren_core::command::{
    Body, Caller, PaymentCreate, PaymentHeard, Present, RefundCreate, RefundHeard,
};
use noren_core::effects::Reply;
use noren_core::engine::Keep;
use noren_core::money::{Currency, Money};
use noren_core::payment::CaptureMode;
use noren_core::refusal::Refusal;
use noren_core::time::Span;
use noren_core::wallet::{
    PaymentAnswer, PaymentCode, Question, Receipt, RefundAnswer, RefundReceipt,
};
use noren_runtime::{Config, Handle, ManualClock, NoCalls, Runtime};
use noren_sim::directory::{self, START, Till};
use noren_store::sqlite::{KEYS_KEPT, NameLimits, audit};
use noren_store::{Batch, Hash, Loaded, SqliteFetch, SqliteStore, Store, StoreError};

/// A disk that is slow enough for the next batch to be applied meanwhile.
struct Slow(SqliteStore);

impl Store for Slow {
    fn load(&mut self) -> Result<Loaded, StoreError> {
        self.0.load()
    }

    fn commit(&mut self, batch: &Batch) -> Result<Hash, StoreError> {
        std::thread::sleep(Duration::from_millis(3));
        self.0.commit(batch)
    }
}

struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("noren-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    fn db(&self) -> PathBuf {
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

fn start(path: &Path, clock: Arc<ManualClock>, limits: NameLimits) -> Runtime {
    let mut store = Slow(SqliteStore::open_with(path, limits).unwrap());
    let loaded = store.load().unwrap();
    let fetch = Box::new(SqliteFetch::open(path).unwrap());
    let config = Config {
        keep: Keep { payments: 0, names: 0 },
        on_fatal: Arc::new(|why| panic!("{why}")),
        ..Config::default()
    };
    Runtime::start(loaded, Box::new(store), fetch, clock, Box::new(NoCalls), config).unwrap()
}

async fn publish(handle: &Handle) {
    for change in directory::changes() {
        handle.submit(Caller::Operator, Body::Directory(change)).await.unwrap();
    }
}

fn till() -> (Till, Caller) {
    let till = directory::takayama();
    (till, Caller::Merchant { tenant: till.tenant, merchant: till.merchant })
}

fn create(key: &str, order: &str, code: &str) -> Body {
    Body::PaymentCreate(PaymentCreate {
        key: key.into(),
        hash: [1; 32],
        order_number: order.into(),
        store: till().0.store,
        amount: Money::new(1_200, Currency::JPY),
        present: Present::Consumer {
            wallet: directory::alipayplus(),
            code: PaymentCode::new("28"),
            code_hash: code.into(),
        },
        capture: CaptureMode::Now,
        memo: None,
    })
}

async fn ask(handle: &Handle, body: Body) -> Reply {
    let caller = match &body {
        Body::PaymentHeard(_) | Body::RefundHeard(_) => Caller::Runtime,
        _ => till().1,
    };
    handle.submit(caller, body).await.expect("the switch runs")
}

fn refusal(reply: &Reply) -> Option<&Refusal> {
    match reply {
        Reply::Refused { refusal, .. } => Some(refusal),
        _ => None,
    }
}

/// One payment with every name used twice, at once and one after the other.
async fn customer(handle: Handle, n: u32) {
    let (key, order, code) = (format!("K{n}"), format!("O{n}"), format!("C{n}"));
    let (first, second, other) = tokio::join!(
        ask(&handle, create(&key, &order, &code)),
        ask(&handle, create(&key, &order, &code)),
        ask(&handle, create(&format!("{key}b"), &format!("{order}b"), &code)),
    );
    let Reply::Payment { payment, replayed: false } = first else { panic!("{n}: {first:?}") };
    let Reply::Payment { payment: again, replayed: true } = second else {
        panic!("{n}: {second:?}")
    };
    assert_eq!(payment.id, again.id);
    assert_eq!(refusal(&other), Some(&Refusal::PaymentCodeUsed), "{n}");
    let receipt = Receipt {
        transaction: format!("T{n}").into(),
        amount: payment.amount,
        payer: None,
        rate: None,
        settlement: None,
    };
    let heard = Body::PaymentHeard(PaymentHeard {
        payment: payment.id,
        question: Question::Pay,
        attempt: 1,
        answer: PaymentAnswer::Paid(receipt),
    });
    let (one, two) = tokio::join!(ask(&handle, heard.clone()), ask(&handle, heard.clone()));
    assert_eq!((one, two), (Reply::Noted, Reply::Noted));
    let reply = ask(&handle, create(&key, &order, &code)).await;
    let Reply::Payment { payment: now, replayed: true } = reply else { panic!("{n}: {reply:?}") };
    assert_eq!((now.id, now.state.name()), (payment.id, "captured"));
    let reply = ask(&handle, create(&format!("{key}c"), &order, &format!("{code}c"))).await;
    assert_eq!(refusal(&reply), Some(&Refusal::OrderPaid), "{n}");
    // The receipt again, as a notice would bring it, when nothing of the payment is in memory.
    assert_eq!(ask(&handle, heard).await, Reply::Noted);
    let refund = |key: String, amount| {
        let (payment, amount) = (payment.id, Money::new(amount, Currency::JPY));
        Body::RefundCreate(RefundCreate {
            key: key.into(),
            hash: [2; 32],
            payment,
            amount,
            number: None,
            memo: None,
        })
    };
    let (one, two) = tokio::join!(
        ask(&handle, refund(format!("{key}r"), 1_000)),
        ask(&handle, refund(format!("{key}s"), 1_000)),
    );
    let Reply::Refund { refund: id, replayed: false, .. } = one else { panic!("{n}: {one:?}") };
    assert!(
        matches!(refusal(&two), Some(Refusal::RefundExceedsCaptured { .. })),
        "{n}: two refunds of one sum (I9): {two:?}"
    );
    // Known by the refund's id alone.
    let done =
        RefundReceipt { amount: Money::new(1_000, Currency::JPY), payer: None, settlement: None };
    let answer = RefundAnswer::Refunded(done);
    let heard = Body::RefundHeard(RefundHeard { payment: None, refund: id, answer });
    assert_eq!(ask(&handle, heard.clone()).await, Reply::Noted);
    assert_eq!(ask(&handle, heard).await, Reply::Noted);
    let reply = ask(&handle, refund(format!("{key}r"), 1_000)).await;
    assert!(matches!(reply, Reply::Refund { replayed: true, .. }), "{n}: {reply:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn i04_nothing_is_taken_for_absent_while_it_is_on_its_way() {
    let folder = Folder::new("runtime-memory");
    let clock = Arc::new(ManualClock::at(START));
    let runtime = start(&folder.db(), clock, NameLimits::default());
    publish(&runtime.handle()).await;
    let customers = (0..60).map(|n| tokio::spawn(customer(runtime.handle(), n)));
    for customer in customers.collect::<Vec<_>>() {
        customer.await.unwrap();
    }
    runtime.stop();
    let audit = audit(&folder.db()).unwrap();
    assert!(audit.good(), "{audit:?}");
}

/// A client's key is kept for thirty days. What it made is known for ever: a call that comes after
/// that is refused by the order's number, and by the payment code's hash.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn i04_a_call_repeated_after_its_key_was_dropped_makes_no_second_payment() {
    let folder = Folder::new("runtime-retention");
    let clock = Arc::new(ManualClock::at(START));
    let runtime = start(&folder.db(), clock.clone(), NameLimits::default());
    let handle = runtime.handle();
    publish(&handle).await;
    customer(handle.clone(), 1).await;
    let at = |days: u64| START.after(Span::seconds(days * 86_400));
    let kept = KEYS_KEPT.0 / 86_400_000;
    for day in 1..=kept + 6 {
        clock.set(at(day));
        let n = 1_000 + day;
        ask(&handle, create(&format!("K{n}"), &format!("O{n}"), &format!("C{n}"))).await;
        if day == kept {
            let reply = ask(&handle, create("K1", "O1", "C1")).await;
            assert!(matches!(reply, Reply::Payment { replayed: true, .. }), "{reply:?}");
        }
    }
    let reply = ask(&handle, create("K1", "O1", "C1")).await;
    let expected = Reply::Refused { refusal: Refusal::OrderPaid, replayed: false };
    assert_eq!(reply, expected, "the key is forgotten, the order is not");
    let reply = ask(&handle, create("K1d", "O1d", "C1")).await;
    assert_eq!(refusal(&reply), Some(&Refusal::PaymentCodeUsed));
    runtime.stop();
    let audit = audit(&folder.db()).unwrap();
    assert!(audit.good(), "{audit:?}");
}
