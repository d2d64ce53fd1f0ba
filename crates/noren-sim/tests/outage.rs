//! A wallet is away while hundreds of payments wait for it, and our process ends in the middle:
//! the questions that piled up are spread, oldest first, and everything ends.

use std::collections::BTreeMap;
use std::num::NonZeroU32;

use noren_core::command::{Body, Caller, Command, PaymentCreate, PaymentHeard, Present};
use noren_core::directory::Change;
use noren_core::engine::Engine;
use noren_core::id::{Entropy, PaymentId};
use noren_core::money::{Currency, Money};
use noren_core::payment::{CaptureMode, State};
use noren_core::time::{Span, Timestamp};
use noren_core::wallet::{Ask, Call, PaymentAnswer, PaymentCode, Question};
use noren_sim::audit::{Auditor, Commit};
use noren_sim::directory::{self, START};
use noren_store::{Batch, Fetch, Hash, MemoryStore, Store};

const PAYMENTS: usize = 400;
const BUDGET: u32 = 5;

struct Process {
    engine: Engine,
    store: MemoryStore,
    auditor: Auditor,
    now: Timestamp,
    number: u64,
    hash: Hash,
    commands: u128,
    /// When inquiries left since the last start.
    inquiries: Vec<Timestamp>,
    of_payment: BTreeMap<PaymentId, u32>,
}

impl Process {
    fn new() -> Self {
        let mut process = Self {
            engine: Engine::new(1),
            store: MemoryStore::new(),
            auditor: Auditor::new(),
            now: START,
            number: 0,
            hash: Hash::default(),
            commands: 0,
            inquiries: Vec::new(),
            of_payment: BTreeMap::new(),
        };
        for change in directory::changes() {
            let change = match change {
                Change::Wallet(mut wallet) => {
                    let budget = NonZeroU32::new(BUDGET).unwrap();
                    wallet.profile.inquiry_budget_per_second = budget;
                    Change::Wallet(wallet)
                }
                other => other,
            };
            process.command(Caller::Operator, Body::Directory(change));
        }
        process
    }

    /// One command as a batch of its own; gives the calls, and if there were rows.
    fn command(&mut self, caller: Caller, body: Body) -> (Vec<Call>, bool) {
        self.commands += 1;
        let entropy = Entropy(self.commands << 64);
        let command = Command { caller, entropy, body };
        let effects = loop {
            match self.engine.apply(self.now, &command) {
                Ok(effects) => break effects,
                Err(missing) => {
                    for (key, found) in self.store.fetch(&missing.0).unwrap() {
                        self.engine.admit(key, found);
                    }
                }
            }
        };
        let seal = self.engine.seal();
        if effects.rows.is_empty() {
            return (effects.calls, false);
        }
        let number = self.number + 1;
        self.auditor
            .commit(&Commit {
                number,
                now: self.now,
                commands: std::slice::from_ref(&command),
                rows: &effects.rows,
                seal: &seal,
            })
            .unwrap();
        let batch = Batch { number, now: self.now, previous: self.hash, rows: effects.rows, seal };
        self.hash = self.store.commit(&batch).unwrap();
        self.number = number;
        for call in &effects.calls {
            self.auditor.released(call, self.now).unwrap();
            self.auditor.call(call, self.now).unwrap();
            if let Ask::Inquire { .. } = call.ask {
                self.inquiries.push(self.now);
                let payment = call.payment().expect("there are payments only");
                *self.of_payment.entry(payment).or_default() += 1;
            }
        }
        (effects.calls, true)
    }

    fn pay(&mut self, n: usize) {
        let till = directory::takayama();
        let code = format!("code{n}");
        self.command(
            Caller::Merchant { tenant: till.tenant, merchant: till.merchant },
            Body::PaymentCreate(PaymentCreate {
                key: format!("k{n}").into(),
                hash: [0; 32],
                order_number: format!("o{n}").into(),
                store: till.store,
                amount: Money::new(100, Currency::JPY),
                present: Present::Consumer {
                    wallet: directory::alipayplus(),
                    code: PaymentCode::new(&code),
                    code_hash: code.into(),
                },
                capture: CaptureMode::Now,
                memo: None,
            }),
        );
    }

    /// Time goes on to the next thing that is due, and it is done. `None`: nothing is left.
    fn time(&mut self) -> Option<Vec<Call>> {
        let wake = self.engine.next_wake(false)?;
        self.now = self.now.max(wake);
        let (calls, rows) = self.command(Caller::Runtime, Body::Tick { hold_expiries: false });
        assert!(rows, "the engine wanted to be woken at {wake:?} and did nothing");
        Some(calls)
    }

    fn crash(&mut self, down: Span) {
        let loaded = self.store.load().unwrap();
        let (open, credits) = (loaded.open.iter(), loaded.credits.iter());
        self.auditor.loaded(loaded.number, loaded.accounts.iter(), open, credits).unwrap();
        self.engine = Engine::load(
            2,
            loaded.directory,
            loaded.accounts,
            loaded.heads,
            loaded.open,
            loaded.credits,
            loaded.days,
        )
        .unwrap();
        self.now = self.now.after(down);
        self.inquiries.clear();
        self.auditor.started(self.now);
    }

    /// Nobody is asked a second time before everybody was asked once.
    fn fair(&self) {
        let asked = |id| self.of_payment.get(id).copied().unwrap_or(0);
        let open = self.auditor.payments().filter(|p| matches!(p.state, State::InDoubt(_)));
        let counts: Vec<u32> = open.map(|payment| asked(&payment.id)).collect();
        let (least, most) = (counts.iter().min(), counts.iter().max());
        if let (Some(least), Some(most)) = (least, most) {
            assert!(most - least <= 1, "asked from {least} to {most} times");
        }
    }
}

#[test]
fn i10_an_outage_and_a_crash_spread_what_is_overdue_and_everything_ends() {
    let mut process = Process::new();
    (0..PAYMENTS).for_each(|n| process.pay(n));
    // The wallet is away, and answers nothing.
    while process.now < START.after(Span::seconds(90)) {
        process.time().expect("much is due");
        process.fair();
    }
    assert!(process.engine.inquiries_waiting(process.now) > PAYMENTS / 2);

    // Our process ends, and starts with everything overdue.
    process.crash(Span::seconds(600));
    let start = process.now;
    assert!(process.engine.inquiries_waiting(start) > PAYMENTS / 2);
    while process.now < start.after(Span::seconds(30)) {
        process.time().expect("much is due");
        process.fair();
    }
    for second in 0..30 {
        let from = start.0 + second * 1_000;
        let within = process.inquiries.iter().filter(|at| (from..from + 1_000).contains(&at.0));
        let count = within.count();
        let budget = BUDGET as usize;
        assert!((budget - 1..=budget + 1).contains(&count), "{count} in second {second}");
    }

    // The wallet comes back. It knows of nothing, and confirms each cancel.
    let mut ended = 0;
    while let Some(calls) = process.time() {
        for call in calls.into_iter().filter(|call| matches!(call.ask, Ask::Cancel { .. })) {
            let heard = PaymentHeard {
                payment: call.payment().expect("there are payments only"),
                question: Question::Cancel,
                attempt: call.attempt,
                answer: PaymentAnswer::Cancelled,
            };
            process.command(Caller::Runtime, Body::PaymentHeard(heard));
            ended += 1;
        }
    }
    assert_eq!(ended, PAYMENTS);
    process.auditor.quiet().unwrap();
    // Five inquiries for each before the cancel, at the pace of the budget: bounded, and no longer.
    let lasted = process.now.since(START).0 / 1_000;
    let asked = PAYMENTS as u64 * 5 / u64::from(BUDGET);
    assert!((600..=600 + 90 + asked + 60).contains(&lasted), "{lasted} s");
}
