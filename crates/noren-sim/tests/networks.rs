//! Every network in every mode against everything that can happen: each ends in the right state, the
//! network's books and ours agree, and its day-end file has a line for everything that we have booked.
//!
//! `cargo test --release -p noren-sim --test networks -- --nocapture` prints a row each.

mod common;

use std::collections::BTreeMap;

use noren_core::command::{
    Body, Caller, IfPaid, OrderCancel, PaymentCapture, PaymentCreate, Present, RefundCreate,
};
use noren_core::effects::Reply;
use noren_core::id::PaymentId;
use noren_core::money::{Currency, Money};
use noren_core::payment::{CaptureMode, Payment, State};
use noren_core::refund::RefundState;
use noren_core::stray::StrayStatus;
use noren_core::time::Span;
use noren_core::wallet::PaymentCode;
use noren_sim::directory::takayama;
use noren_sim::pair::Pair;
use noren_wallets::statement::LineKind;
use noren_wallets::{Entry, WALLETS};
use serde_json::{Value, json};

use common::say;

/// How payer and shop meet, and when the money is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    Scanned,
    ScannedHold,
    Ordered,
    OrderedHold,
}

const MODES: [Mode; 4] = [Mode::Scanned, Mode::ScannedHold, Mode::Ordered, Mode::OrderedHold];

impl Mode {
    fn hold(self) -> bool {
        matches!(self, Self::ScannedHold | Self::OrderedHold)
    }

    fn ordered(self) -> bool {
        matches!(self, Self::Ordered | Self::OrderedHold)
    }

    fn name(self) -> &'static str {
        match self {
            Self::Scanned => "scanned",
            Self::ScannedHold => "scanned, held",
            Self::Ordered => "order",
            Self::OrderedHold => "order, held",
        }
    }
}

/// What happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Case {
    Yes,
    No,
    UnknownThenYes,
    UnknownThenNo,
    TimeoutThenCancel,
    LateSuccessAfterCancel,
    RefusedCancel,
    DoubledNotification,
    PartialRefund,
    RefundInDoubt,
}

const CASES: [Case; 10] = [
    Case::Yes,
    Case::No,
    Case::UnknownThenYes,
    Case::UnknownThenNo,
    Case::TimeoutThenCancel,
    Case::LateSuccessAfterCancel,
    Case::RefusedCancel,
    Case::DoubledNotification,
    Case::PartialRefund,
    Case::RefundInDoubt,
];

impl Case {
    fn name(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::No => "no",
            Self::UnknownThenYes => "unknown then yes",
            Self::UnknownThenNo => "unknown then no",
            Self::TimeoutThenCancel => "timeout then cancel",
            Self::LateSuccessAfterCancel => "late success after cancel",
            Self::RefusedCancel => "refused cancel",
            Self::DoubledNotification => "doubled notification",
            Self::PartialRefund => "partial refund",
            Self::RefundInDoubt => "refund in doubt",
        }
    }

    /// The sandbox's word for what its user meets.
    fn scenario(self) -> &'static str {
        match self {
            Self::Yes | Self::PartialRefund | Self::RefundInDoubt => "approve",
            Self::No => "decline",
            Self::UnknownThenYes => "unknown_then_yes",
            Self::UnknownThenNo => "unknown_then_no",
            Self::TimeoutThenCancel => "timeout",
            Self::LateSuccessAfterCancel => "late_success",
            Self::RefusedCancel => "cancel_closed",
            Self::DoubledNotification => "double_notice",
        }
    }

    /// Where a payment may stand at its end, and how much of the 1,200 yen the shop keeps.
    fn ends(self, hold: bool) -> (&'static [&'static str], i64) {
        match self {
            Self::Yes | Self::UnknownThenYes | Self::DoubledNotification => (&["captured"], 1_200),
            Self::No | Self::UnknownThenNo => (&["declined", "cancelled"], 0),
            Self::TimeoutThenCancel => (&["reversed", "cancelled", "expired", "declined"], 0),
            // The cancel is refused, the money comes, and goes back as a stray receipt.
            Self::LateSuccessAfterCancel => (&["reversed", "cancelled", "expired", "declined"], 0),
            // Paid, then withdrawn by the shop: refunded, by whatever name.
            Self::RefusedCancel if hold => (&["voided", "captured", "reversed"], 0),
            Self::RefusedCancel => (&["captured"], 0),
            Self::PartialRefund => (&["captured"], 900),
            Self::RefundInDoubt => (&["captured"], 0),
        }
    }
}

struct Played<'a> {
    pair: Pair,
    entry: &'static Entry,
    mode: Mode,
    case: Case,
    payment: PaymentId,
    keys: &'a mut u32,
}

fn yen(amount: i64) -> Money {
    Money::new(amount, Currency::JPY)
}

fn shop() -> Caller {
    let till = takayama();
    Caller::Merchant { tenant: till.tenant, merchant: till.merchant }
}

impl Played<'_> {
    fn row(&self) -> &Payment {
        self.pair.auditor.payment_row(self.payment).expect("the payment was committed")
    }

    fn key(&mut self) -> noren_core::Text {
        *self.keys += 1;
        format!("K{}", self.keys).into()
    }

    fn fails(&self, what: &str) -> ! {
        panic!(
            "{} · {} · {}: {what}\n{:#?}",
            self.entry.name,
            self.mode.name(),
            self.case.name(),
            self.row()
        )
    }

    fn until(&mut self, what: &str, enough: impl Fn(&Payment) -> bool) {
        let id = self.payment;
        let reached = self.pair.until(|pair| {
            let row = pair.auditor.payment_row(id).expect("the payment was committed");
            enough(row)
        });
        if !reached {
            self.fails(what);
        }
    }

    fn command(&mut self, body: Body) -> Reply {
        let reply = self.pair.command(shop(), body);
        if let Reply::Refused { refusal, .. } = &reply {
            self.fails(&format!("refused: {}", refusal.problem().code));
        }
        reply
    }

    /// The payer's part of an order.
    fn payer_pays(&mut self) {
        self.until("no link", |row| !matches!(row.state, State::Ordering(_)));
        let State::Ordered(ordered) = &self.row().state else { self.fails("no order") };
        let link = ordered.link.to_string();
        if self.entry.name == "noren" {
            let (_, below) = link.split_once("/sandbox/").expect("a link of the sandbox");
            let below = below.to_owned();
            self.pair.control("POST", &below, &json!({ "user": "mei", "pin": "1234" }));
        } else {
            let body = json!({ "user": "mei", "order": link, "pin": "1234" });
            self.pair.control("POST", "pay", &body);
        }
    }

    fn capture_all(&mut self) {
        let (key, payment) = (self.key(), self.payment);
        let capture = PaymentCapture { key, hash: [3; 32], payment, amount: yen(1_200) };
        self.command(Body::PaymentCapture(capture));
        self.until("the capture has no end", |row| {
            matches!(row.state, State::HoldCaptured(_) | State::Captured(_))
        });
    }

    fn refund(&mut self, amount: i64) {
        let (key, payment) = (self.key(), self.payment);
        let amount = yen(amount);
        let refund = RefundCreate { key, hash: [4; 32], payment, amount, number: None, memo: None };
        self.command(Body::RefundCreate(refund));
        self.until("the refund has no end", |row| {
            row.refunds.iter().all(|refund| refund.due().is_none())
        });
        let all = &self.row().refunds;
        if !all.iter().all(|refund| matches!(refund.state, RefundState::Refunded(_))) {
            self.fails("the refund was not made");
        }
    }

    fn withdraw(&mut self) {
        let key = self.key();
        let number = self.row().order_number.clone();
        let cancel =
            OrderCancel { key, hash: [5; 32], order_number: number, if_paid: IfPaid::Refund };
        self.command(Body::OrderCancel(cancel));
    }
}

fn settled(row: &Payment) -> bool {
    let strays = row
        .strays
        .iter()
        .all(|stray| matches!(stray.status(), StrayStatus::Returned | StrayStatus::Claim));
    let due = row.refunds.iter().any(|refund| refund.due().is_some());
    (row.state.is_final() || matches!(row.state, State::Authorised(_)))
        && strays
        && !due
        && row.probe.is_none()
}

/// Plays one cell. `None`: the network has no such mode.
fn play(entry: &'static Entry, mode: Mode, case: Case, keys: &mut u32) -> Option<String> {
    let pair = Pair::new(entry);
    let offered = (!mode.hold() || pair.profile.holds.is_some())
        && (!mode.ordered() || pair.profile.orders)
        && (mode.ordered() || !entry.payment_codes.is_empty());
    if !offered {
        return None;
    }
    let mut pair = pair;
    pair.control("POST", "users", &json!({ "user": "mei", "balance": 100_000_000 }));
    let scenario = json!({ "user": "mei", "scenario": case.scenario() });
    if case.scenario() != "approve" {
        pair.control("POST", "scenario", &scenario);
    }
    let present = if mode.ordered() {
        Present::Online { wallet: pair.name, expires_in: Span::seconds(300) }
    } else {
        let code = pair.control("POST", "users/mei/code", &json!({ "code_id": "c1" }));
        let code = code["code"].as_str().expect("a code").to_owned();
        Present::Consumer {
            wallet: pair.name,
            code_hash: format!("hash-{code}").into(),
            code: PaymentCode::new(&code),
        }
    };
    *keys += 1;
    let create = PaymentCreate {
        key: format!("K{keys}").into(),
        hash: [1; 32],
        order_number: format!("O{keys}").into(),
        store: takayama().store,
        amount: yen(1_200),
        present,
        capture: if mode.hold() { CaptureMode::Manual } else { CaptureMode::Now },
        memo: None,
    };
    let reply = pair.command(shop(), Body::PaymentCreate(create));
    let Reply::Payment { payment, .. } = reply else {
        panic!("{} · {}: {reply:?}", entry.name, mode.name());
    };
    let payment = payment.id;
    let mut played = Played { pair, entry, mode, case, payment, keys };
    if mode.ordered() {
        played.payer_pays();
    }
    if case == Case::LateSuccessAfterCancel && mode.ordered() {
        played.withdraw();
    }
    played.until("no end", settled);
    let held = matches!(played.row().state, State::Authorised(_));
    match case {
        Case::Yes
        | Case::UnknownThenYes
        | Case::DoubledNotification
        | Case::PartialRefund
        | Case::RefundInDoubt
            if held =>
        {
            played.capture_all();
        }
        _ => {}
    }
    match case {
        Case::RefusedCancel => played.withdraw(),
        Case::PartialRefund => played.refund(300),
        Case::RefundInDoubt => {
            let body = json!({ "user": "mei", "scenario": "refund_silent" });
            played.pair.control("POST", "scenario", &body);
            played.refund(1_200);
        }
        Case::Yes
        | Case::No
        | Case::UnknownThenYes
        | Case::UnknownThenNo
        | Case::TimeoutThenCancel
        | Case::LateSuccessAfterCancel
        | Case::DoubledNotification => {}
    }
    played.until("no end", |row| settled(row) && !matches!(row.state, State::Authorised(_)));
    check(&mut played);
    let row = played.row();
    let kept = row.captured() - row.refunds_done();
    let strays = if row.strays.is_empty() { "" } else { ", stray receipt returned" };
    Some(format!("{:<10} shop keeps JPY {kept}{strays}", row.state.name()))
}

/// State, money and books.
fn check(played: &mut Played<'_>) {
    let (states, kept) = played.case.ends(played.mode.hold());
    let row = played.row();
    if !states.contains(&row.state.name()) {
        played.fails("another end than it should have");
    }
    if row.captured() - row.refunds_done() != kept {
        played.fails("the shop keeps another amount");
    }
    let books = played.pair.control("GET", "books", &Value::Null);
    assert_eq!(books["balanced"], true, "{books:#}");
    let currency: Currency = serde_json::from_value(books["owed"]["currency"].clone()).unwrap();
    let owed = books["owed"]["amount"].as_i64().expect("an amount");
    let ours = played.pair.receivable().get(&currency).copied().unwrap_or(0);
    if owed != ours {
        played.fails(&format!("the network owes {owed}, our books say {ours}: {books:#}"));
    }
    statement(played);
}

/// The file of the day has one line for everything that was booked and not undone, and no other.
fn statement(played: &mut Played<'_>) {
    let offset = played.pair.profile.business_day_offset_minutes;
    let date = played.pair.now.business_date(offset);
    let next_day = played.pair.now.day_end(offset).after(Span::seconds(12 * 3_600));
    played.pair.now = next_day;
    let Some(read) = played.pair.statement(date) else {
        played.fails("this network has no day-end file");
    };
    let mut lines: BTreeMap<&'static str, i64> = BTreeMap::new();
    let payer_only = played.row().state.asked().is_some_and(|asked| asked.payer.is_some());
    for line in &read.lines {
        let kind = match line.kind {
            LineKind::Payment | LineKind::Capture => "taken",
            LineKind::Refund => "given back",
        };
        let yen = line.amount.currency() == Currency::JPY;
        if !yen && !payer_only {
            played.fails("the file is in a currency that nobody asked for");
        }
        *lines.entry(kind).or_insert(0) += line.amount.minor();
    }
    let net =
        lines.get("taken").copied().unwrap_or(0) - lines.get("given back").copied().unwrap_or(0);
    let owed: i64 = played.pair.receivable().values().sum();
    let in_yen = read.lines.iter().all(|line| line.amount.currency() == Currency::JPY);
    let row = played.row();
    let expected = if in_yen { row.captured() - row.refunds_done() } else { owed };
    if net != expected {
        played.fails(&format!(
            "the day-end file comes to {net}, we have {expected}: {:#?}",
            read.lines
        ));
    }
}

#[test]
fn every_network_in_every_mode_ends_as_it_should() {
    let mut keys = 0;
    let mut missing = Vec::new();
    for entry in WALLETS {
        for mode in MODES {
            for case in CASES {
                match play(entry, mode, case, &mut keys) {
                    Some(end) => {
                        say!("{:<11} {:<14} {:<26} {end}", entry.name, mode.name(), case.name())
                    }
                    None => {
                        missing.push((entry.name, mode.name()));
                        break;
                    }
                }
            }
        }
    }
    for (network, mode) in missing {
        say!("{network:<11} {mode:<14} not offered by this network (docs/networks)");
    }
}
