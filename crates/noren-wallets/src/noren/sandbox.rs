//! A wallet in a box that speaks the Noren wallet API: its users hold yuan, the switch converts.
//!
//! Beside the shared control calls (`crate::sandbox::control`):
//!
//! | call | body | answer |
//! |---|---|---|
//! | `POST /sandbox/scan` | `{scan_id, user, code, amount?, pin?, payer?, renew?}` | the scan; `renew: true` asks for a new rate while it waits for the PIN; a `pin` with `payer` (smallest units) is good for that amount alone |
//! | `GET /sandbox/scans/{scan_id}` | | the scan: `{step, outcome, code, shop, amount, quote, payment_id, …}` |
//! | `GET /sandbox/orders` | | `{orders:[{order, code, amount, shop, expires_at}]}`: those that are open |
//! | `POST /sandbox/pay` | `{user, code\|order, pin?, refuse?, amount?}` | the order, named by its link or the payment's id |
//! | `GET /sandbox/orders/{token}` | | an order for a shop on the web: `{order, state, shop, amount, payer_amount, …}` |
//! | `POST /sandbox/orders/{token}` | `{user, pin?, refuse?}` | the order: `pin` pays it, `refuse: true` says no, neither only opens it |
//!
//! An order's link is the address of its call. `amount` is in yen and needed when the code carries none; without it the scan waits at
//! `needs_amount`. `pin` (four to eight digits, any) is the user's approval of what is shown;
//! without it the scan waits at `needs_pin`. The same call again, with what was missing, goes on.

use std::collections::BTreeMap;

use noren_core::money::Currency;
use noren_core::time::{BusinessDate, Timestamp};
use serde::Serialize;
use serde_json::Value;

use super::NOTIFY_PATH;
use super::messages::{
    About, Capture, CaptureRequest, CaptureSaid, DeclineWord, Notification, PayRequest,
    PaymentSaid, Problem, ReceiptSaid, RefundRequest, RefundSaid,
};
use super::scan::{Outcome, Scan, Step};
use super::signature::{
    NonceGuard, SignatureError, sign_request, sign_response, verify_request, verify_response,
};
use crate::link::Link;
use crate::sandbox::bank::{
    Bank, CaptureIntent, Intent, Manner, No, Payment, RefundIntent, RefundTold, State, Terms,
};
use crate::sandbox::control;
use crate::sandbox::notices::Notices;
use crate::sandbox::scenario::Scenario;
use crate::sandbox::table::{Agenda, RecordError, Table};
use crate::sandbox::{Answered, Outgoing, Record, Sandbox, SandboxConfig};
use crate::statement::flat;
use crate::wire::{Request, Response, TransportError};
use orders::WebOrder;

mod orders;
mod user;

/// What this wallet's payment codes begin with.
pub const CODE_PREFIX: &str = "8601";

/// Requests that can be told apart within 330 s: 6,000 a second.
const NONCES_MAX: usize = 2_000_000;

/// The sandbox. Its users hold CNY.
pub struct NorenSandbox {
    link: Link,
    bank: Bank,
    scans: Table<Scan>,
    orders: Table<WebOrder>,
    links: Table<String>,
    agenda: Agenda,
    notices: Notices,
    nonces: NonceGuard,
    outbox: Vec<Outgoing>,
    sent: BTreeMap<u64, Sent>,
}

/// A message that is on its way.
struct Sent {
    request: Request,
    about: SentAbout,
}

enum SentAbout {
    Scan { scan_id: String, step: Step },
    Notice { payment: String },
}

/// What the network's own API answers: a status, a body and how it leaves.
/// The most that a user can pay at once, in fen. Made up.
const PAYMENT_MAX: i64 = 5_000_000;

type Said = (u16, Value, Manner);

impl NorenSandbox {
    /// Fresh with no records, or as they left it.
    pub fn new(config: SandboxConfig, records: &[Record]) -> Result<Self, RecordError> {
        let terms = Terms {
            currency: Currency::CNY,
            owed_in: Currency::CNY,
            code_prefix: CODE_PREFIX,
            seed: config.seed,
            pace: config.pace,
            freezes: true,
            day_offset_minutes: 540,
            cancel_until_minutes: 15,
            code_valid_for: None,
            payment_max: PAYMENT_MAX,
        };
        let scans: Table<Scan> = Table::load("scan", records)?;
        let mut agenda = Agenda::default();
        for (scan_id, scan) in scans.iter() {
            agenda.set(scan_id, scan.next_at);
        }
        Ok(Self {
            link: config.link,
            bank: Bank::load(terms, records)?,
            scans,
            orders: Table::load("order", records)?,
            links: Table::load("link", records)?,
            agenda,
            notices: Notices::load(config.pace, records)?,
            nonces: NonceGuard::new(NONCES_MAX),
            outbox: Vec::new(),
            sent: BTreeMap::new(),
        })
    }

    /// The wallet's books.
    pub fn bank(&self) -> &Bank {
        &self.bank
    }

    // --- the wallet's API, for the switch ---

    fn api(&mut self, now: Timestamp, request: &Request, below: &str) -> Answered {
        let origin = self.link.network.origin();
        let key_of = |id: &str| (id == self.link.client_id).then_some(&*self.link.verify);
        let checked = verify_request(request, origin, now, key_of)
            .and_then(|signed| self.nonces.admit(now, &signed));
        if let Err(error) = checked {
            let status = if error == SignatureError::Full { 503 } else { 401 };
            let problem = problem("signature-refused", &error.to_string());
            return Answered::Respond(plain(status, &problem));
        }
        if self.bank.is_closed(now) {
            let mut response = plain(503, &problem("maintenance", "closed for maintenance"));
            let (key_id, key) = (&self.link.client_id, &*self.link.sign);
            sign_response(&mut response, request, key_id, key, now);
            return Answered::Respond(response);
        }
        let parts: Vec<&str> = below.trim_start_matches('/').split('/').collect();
        let (status, body, manner) = match (request.method.as_str(), &parts[..]) {
            ("POST", ["payments"]) => self.pay(now, &request.body),
            ("GET", ["payments", id]) => self.payment(id),
            ("POST", ["payments", id, "capture"]) => self.capture(now, id, &request.body),
            ("POST", ["payments", id, "void"]) => self.payment_void(now, id),
            ("GET", ["captures", id]) => (200, value(&self.capture_said(id)), Manner::Plain),
            ("POST", ["payments", id, "cancel"]) => self.payment_cancel(now, id),
            ("POST", ["refunds"]) => self.refund(now, &request.body),
            ("GET", ["refunds", id]) => self.refund_shown(id),
            ("GET", ["statements", date]) => return self.statement(now, request, date),
            ("POST", ["orders"]) => self.order(now, &request.body),
            ("GET", ["scans", id]) => self.scan_inquiry(now, id),
            ("POST", ["scans", id, "cancel"]) => self.scan_cancel(now, id),
            ("POST", ["scans", id, "capture"]) => self.capture(now, id, &request.body),
            ("POST", ["scans", id, "void"]) => self.scan_void(now, id),
            _ => (404, problem("not-found", "there is no such call"), Manner::Plain),
        };
        let mut response = plain(status, &body);
        if manner == Manner::Silent {
            return Answered::Silence;
        }
        let (key_id, key) = (&self.link.client_id, &*self.link.sign);
        sign_response(&mut response, request, key_id, key, now);
        if manner == Manner::Forged {
            response.body.push(b' ');
        }
        if manner == Manner::Slow {
            return Answered::Late(response, self.bank.terms().pace);
        }
        Answered::Respond(response)
    }

    fn pay(&mut self, now: Timestamp, body: &[u8]) -> Said {
        let asked: PayRequest = match serde_json::from_slice(body) {
            Ok(asked) => asked,
            Err(error) => return refused(400, "request-unreadable", &error.to_string()),
        };
        let Some(payer) = asked.payer_amount.filter(|m| m.currency() == Currency::CNY) else {
            return refused(422, "payer-amount-needed", "this wallet's users hold CNY");
        };
        if !asked.amount.positive() || !payer.positive() {
            return refused(422, "amount-not-positive", "an amount is above zero");
        }
        let id = asked.request_id.to_string();
        let hold = asked.capture == Capture::Later;
        let compared = format!("{} {payer} {} {hold}", asked.amount, asked.code);
        let intent = Intent {
            id: &id,
            code: &asked.code,
            order: asked.amount,
            payer,
            asked: &compared,
            hold,
        };
        let fresh = self.bank.payment(&id).is_none();
        let Ok(manner) = self.bank.pay(now, intent) else {
            return refused(409, "request-differs", "this id was used with another content");
        };
        if fresh {
            self.bank.shop_keep(&id, &asked.shop.name, Some(&asked.shop.name_ja));
        }
        let twice = |p: &Payment| p.scenario == Scenario::DoubleNotice && p.state == State::Paid;
        if fresh && self.bank.payment(&id).is_some_and(twice) {
            self.notices.add(now, &id, NOTIFY_PATH.to_owned(), 2);
        }
        let said = match self.bank.payment(&id).map(payment_said) {
            // A cancel for this id came first.
            Some(PaymentSaid::Cancelled) => {
                PaymentSaid::Declined { reason: DeclineWord::Cancelled }
            }
            Some(said) => said,
            None => PaymentSaid::NotFound,
        };
        (200, value(&said), manner)
    }

    fn payment(&self, id: &str) -> Said {
        let said = self.bank.payment(id).map_or(PaymentSaid::NotFound, payment_said);
        (200, value(&said), Manner::Plain)
    }

    fn payment_cancel(&mut self, now: Timestamp, id: &str) -> Said {
        if self.bank.cancel(now, id) {
            return (200, value(&PaymentSaid::Cancelled), Manner::Plain);
        }
        let state = Box::new(self.bank.payment(id).map_or(PaymentSaid::NotFound, payment_said));
        (200, value(&PaymentSaid::TooLate { state }), Manner::Plain)
    }

    fn payment_void(&mut self, now: Timestamp, id: &str) -> Said {
        if self.bank.void(now, id) {
            return (200, value(&PaymentSaid::Cancelled), Manner::Plain);
        }
        let state = Box::new(self.bank.payment(id).map_or(PaymentSaid::NotFound, payment_said));
        (200, value(&PaymentSaid::TooLate { state }), Manner::Plain)
    }

    fn capture(&mut self, now: Timestamp, payment: &str, body: &[u8]) -> Said {
        let asked: CaptureRequest = match serde_json::from_slice(body) {
            Ok(asked) => asked,
            Err(error) => return refused(400, "request-unreadable", &error.to_string()),
        };
        let Some(payer) = asked.payer_amount else {
            return refused(422, "payer-amount-needed", "this wallet's users hold CNY");
        };
        let id = asked.capture_id.to_string();
        let intent = CaptureIntent { id: &id, payment, order: asked.amount, payer, last: false };
        match self.bank.capture_make(now, intent) {
            Ok(()) => (200, value(&self.capture_said(&id)), Manner::Plain),
            Err(_) => refused(409, "request-differs", "this id was used with another content"),
        }
    }

    fn capture_said(&self, id: &str) -> CaptureSaid {
        match self.bank.capture(id) {
            None => CaptureSaid::NotFound,
            Some(made) if made.done => CaptureSaid::Captured(ReceiptSaid {
                wallet_transaction_id: made.transaction.clone(),
                amount: made.order,
                payer_amount: Some(made.payer),
                rate: None,
                settlement_amount: None,
            }),
            Some(_) => CaptureSaid::Declined { reason: DeclineWord::CaptureNotPossible },
        }
    }

    fn refund(&mut self, now: Timestamp, body: &[u8]) -> Said {
        let asked: RefundRequest = match serde_json::from_slice(body) {
            Ok(asked) => asked,
            Err(error) => return refused(400, "request-unreadable", &error.to_string()),
        };
        let payment = match (asked.request_id, asked.wallet_payment_id) {
            (Some(id), None) => id.to_string(),
            (None, Some(id)) => id,
            _ => return refused(422, "one-payment", "name the payment once"),
        };
        let id = asked.refund_id.to_string();
        let (order, payer) = (asked.amount, asked.payer_amount);
        let intent = RefundIntent { id: &id, payment: &payment, order, payer };
        match self.bank.refund_make(now, intent) {
            Ok(RefundTold::Settled(manner)) => (200, value(&self.refund_said(&id)), manner),
            Ok(RefundTold::NoFunds) => (200, value(&RefundSaid::NoFunds), Manner::Plain),
            Err(_) => refused(409, "request-differs", "this id was used with another content"),
        }
    }

    /// The file of a business day, signed like every answer.
    fn statement(&self, now: Timestamp, request: &Request, date: &str) -> Answered {
        let day = BusinessDate::parse(date).map(|date| (date, self.bank.day(now, date)));
        let mut response = match day {
            None => plain(400, &problem("date-unreadable", "a date is written 2026-11-21")),
            Some((_, None)) => plain(409, &problem("day-open", "the day is not closed yet")),
            Some((date, Some(day))) => Response {
                status: 200,
                headers: vec![("content-type".into(), "text/csv; charset=utf-8".into())],
                body: flat::write(date, self.bank.terms().day_offset_minutes, &day).into_bytes(),
            },
        };
        let (key_id, key) = (&self.link.client_id, &*self.link.sign);
        sign_response(&mut response, request, key_id, key, now);
        Answered::Respond(response)
    }

    fn refund_shown(&self, id: &str) -> Said {
        (200, value(&self.refund_said(id)), Manner::Plain)
    }

    fn refund_said(&self, id: &str) -> RefundSaid {
        match self.bank.refund(id) {
            None => RefundSaid::NotFound,
            Some(refund) if refund.done => {
                RefundSaid::Refunded { amount: refund.order, payer_amount: Some(refund.payer) }
            }
            Some(_) => RefundSaid::Declined { reason: DeclineWord::RefundNotPossible },
        }
    }

    fn scan_said(&self, wallet_payment_id: &str) -> PaymentSaid {
        match self.bank.payment(wallet_payment_id) {
            Some(payment) => match payment.state {
                State::Paid => PaymentSaid::Debited(receipt(payment)),
                State::Held => PaymentSaid::Authorised(receipt(payment)),
                State::Cancelled | State::Released => PaymentSaid::Cancelled,
                State::Blocked => PaymentSaid::Blocked,
                State::Open | State::Processing | State::Declined(_) => PaymentSaid::NotDebited,
            },
            None => match self.scans.get(scan_of(wallet_payment_id)) {
                Some(_) => PaymentSaid::NotDebited,
                None => PaymentSaid::Unknown,
            },
        }
    }

    fn scan_inquiry(&mut self, now: Timestamp, wallet_payment_id: &str) -> Said {
        let said = self.scan_said(wallet_payment_id);
        let scan_id = scan_of(wallet_payment_id);
        // The lost confirmation is found when somebody asks.
        let lost = |scan: &Scan| scan.step == Step::Confirming && scan.next_at.is_none();
        if self.scans.get(scan_id).is_some_and(lost) {
            self.edit(scan_id, |scan| scan.next_at = Some(now));
        }
        (200, value(&said), Manner::Plain)
    }

    fn scan_cancel(&mut self, now: Timestamp, wallet_payment_id: &str) -> Said {
        let (scan_id, pace) = (scan_of(wallet_payment_id), self.bank.terms().pace);
        if let Some(scan) = self.scans.get(scan_id)
            && scan.scenario == Scenario::LateSuccess
            && matches!(scan.step, Step::Holding { until: None })
        {
            let until = Some(now.after(pace));
            self.edit(scan_id, |scan| scan.go(Step::Holding { until }, until));
        }
        let held = self.scans.get(scan_id).is_some_and(|scan| {
            scan.scenario == Scenario::LateSuccess && matches!(scan.step, Step::Holding { .. })
        });
        if held || !self.bank.cancel(now, wallet_payment_id) {
            let state = Box::new(self.scan_said(wallet_payment_id));
            return (200, value(&PaymentSaid::TooLate { state }), Manner::Plain);
        }
        self.edit(scan_id, |scan| scan.end(Outcome::Cancelled));
        (200, value(&PaymentSaid::Cancelled), Manner::Plain)
    }

    fn scan_void(&mut self, now: Timestamp, wallet_payment_id: &str) -> Said {
        let known = self.bank.payment(wallet_payment_id).is_some();
        if !self.bank.void(now, wallet_payment_id) {
            let state = Box::new(self.scan_said(wallet_payment_id));
            return (200, value(&PaymentSaid::TooLate { state }), Manner::Plain);
        }
        // Before anything was held it binds like a cancel.
        if !known {
            self.edit(scan_of(wallet_payment_id), |scan| scan.end(Outcome::Cancelled));
        }
        (200, value(&PaymentSaid::Cancelled), Manner::Plain)
    }

    /// Does what is due: decides payments, takes the steps of scans, sends notices.
    fn run(&mut self, now: Timestamp) {
        for id in self.bank.decide_due(now) {
            self.notices.add(now, &id, NOTIFY_PATH.to_owned(), 1);
        }
        while let Some(scan_id) = self.agenda.pop(now) {
            self.step(now, &scan_id);
        }
        while let Some((payment, notice)) = self.notices.due(now) {
            let first = notice.is_first();
            self.notify(now, payment, notice.target, first);
        }
    }

    fn notify(&mut self, now: Timestamp, payment: String, target: String, first: bool) {
        let Some(paid) = self.bank.payment(&payment) else { return };
        let (Ok(payment_id), true) = (payment.parse(), told_by_notice(paid.state)) else {
            return self.notices.drop(&payment);
        };
        let notification = Notification {
            notification_id: format!("{}-{}", paid.transaction, payment),
            about: About::Payment { payment_id, outcome: payment_said(paid) },
        };
        let body = value(&notification);
        let forged = first && paid.scenario == Scenario::BadSignature && self.is_order(&payment);
        self.send(now, target, &body, SentAbout::Notice { payment }, forged);
    }

    fn send(
        &mut self,
        now: Timestamp,
        below: String,
        body: &Value,
        about: SentAbout,
        forged: bool,
    ) {
        let mut request = Request {
            method: "POST".into(),
            target: self.link.switch.target(&below),
            headers: vec![("content-type".into(), "application/json".into())],
            body: body.to_string().into_bytes(),
        };
        let (id, nonce) = (self.bank.count(), self.bank.bits());
        let (origin, key) = (self.link.switch.origin(), &*self.link.sign);
        sign_request(&mut request, origin, &self.link.client_id, key, now, nonce);
        if forged {
            request.body.push(b' ');
        }
        self.outbox.push(Outgoing { id, request: request.clone() });
        self.sent.insert(id, Sent { request, about });
    }
}

impl Sandbox for NorenSandbox {
    fn name(&self) -> &'static str {
        super::NAME
    }

    fn handle(&mut self, now: Timestamp, request: &Request) -> Answered {
        self.run(now);
        let Some(below) = self.link.network.below(request.path()) else {
            return Answered::Respond(control::respond(Err((
                404,
                "not below this address".into(),
            ))));
        };
        let Some(call) = below.strip_prefix("/sandbox/") else {
            let below = below.to_owned();
            let answered = self.api(now, request, &below);
            self.run(now);
            return answered;
        };
        if let Some(response) = control::handle(&mut self.bank, now, request, call, true) {
            return Answered::Respond(response);
        }
        let answer = match (request.method.as_str(), call.strip_prefix("scans/")) {
            ("POST", None) if call == "scan" => {
                control::read(&request.body).and_then(|start| self.scan_start(now, &start))
            }
            ("GET", Some(scan_id)) if self.scans.get(scan_id).is_some() => {
                Ok(self.scan_shown(scan_id))
            }
            ("GET", None) if call == "orders" => Ok(self.orders_open()),
            ("POST", None) if call == "pay" => self.pay_control(now, &request.body),
            (method, None) if call.starts_with("orders/") => {
                let token = call.trim_start_matches("orders/");
                self.order_control(now, method, token, &request.body)
            }
            _ => Err((404, "there is no such call or scan".into())),
        };
        Answered::Respond(control::respond(answer))
    }

    fn wake_at(&self) -> Option<Timestamp> {
        let due = [self.bank.wake_at(), self.agenda.next_at(), self.notices.wake_at()];
        due.into_iter().flatten().min()
    }

    fn tick(&mut self, now: Timestamp) {
        self.run(now);
    }

    fn take_outgoing(&mut self) -> Vec<Outgoing> {
        std::mem::take(&mut self.outbox)
    }

    fn delivered(&mut self, now: Timestamp, id: u64, response: Result<Response, TransportError>) {
        let Some(sent) = self.sent.remove(&id) else { return };
        // Answers that are lost, unsigned or of a switch in trouble are as if none had come.
        let heard = response.ok().filter(|response| {
            let (key_id, key) = (&self.link.client_id, &*self.link.verify);
            let believed = verify_response(response, &sent.request, key_id, key).is_ok();
            believed && !passing(response)
        });
        match sent.about {
            SentAbout::Scan { scan_id, step } => {
                self.scan_answered(now, &scan_id, &step, heard.as_ref());
            }
            SentAbout::Notice { payment } => {
                if heard.is_some_and(|response| response.status == 200) {
                    self.notices.acknowledged(now, &payment);
                }
            }
        }
        self.run(now);
    }

    fn take_changes(&mut self) -> Vec<Record> {
        let mut changes = Vec::new();
        self.bank.take_changes(&mut changes);
        self.scans.take_changes(&mut changes);
        self.orders.take_changes(&mut changes);
        self.links.take_changes(&mut changes);
        self.notices.take_changes(&mut changes);
        changes
    }
}

/// The wallet's id for the one intent of a scan.
fn wallet_id(scan_id: &str) -> String {
    format!("w-{scan_id}")
}

fn scan_of(wallet_payment_id: &str) -> &str {
    wallet_payment_id.strip_prefix("w-").unwrap_or_default()
}

fn payment_said(payment: &Payment) -> PaymentSaid {
    match payment.state {
        State::Open => PaymentSaid::WaitingForPayer,
        State::Processing => PaymentSaid::Processing,
        State::Paid => PaymentSaid::Approved(receipt(payment)),
        State::Held => PaymentSaid::Authorised(receipt(payment)),
        State::Released => PaymentSaid::Cancelled,
        State::Declined(no) => PaymentSaid::Declined { reason: word(no) },
        State::Cancelled => PaymentSaid::Cancelled,
        State::Blocked => PaymentSaid::Blocked,
    }
}

/// What ended at the switch's own wish was answered, and is no news.
fn told_by_notice(state: State) -> bool {
    !matches!(state, State::Open | State::Cancelled | State::Released)
}

fn receipt(payment: &Payment) -> ReceiptSaid {
    ReceiptSaid {
        wallet_transaction_id: payment.transaction.clone(),
        amount: payment.order,
        payer_amount: Some(payment.payer),
        rate: None,
        settlement_amount: None,
    }
}

fn word(no: No) -> DeclineWord {
    match no {
        No::Refused => DeclineWord::PayerRefused,
        No::NoFunds => DeclineWord::NoFunds,
        No::CodeInvalid => DeclineWord::CodeInvalid,
        No::CodeUsed => DeclineWord::CodeUsed,
        No::CodeExpired => DeclineWord::CodeInvalid,
        No::OverLimit => DeclineWord::OverLimit,
    }
}

fn value(message: &impl Serialize) -> Value {
    serde_json::to_value(message).expect("our messages have string keys only")
}

fn read<T: serde::de::DeserializeOwned>(body: &[u8]) -> Option<T> {
    serde_json::from_slice(body).ok()
}

/// True for a refusal that says nothing of the matter: the switch is busy, or wants the message
/// signed anew.
fn passing(response: &Response) -> bool {
    let problem = || read::<Problem>(&response.body);
    let again = || response.status >= 400 && problem().is_some_and(|p| p.retry == "same_key");
    response.status >= 500 || matches!(response.status, 401 | 429) || again()
}

fn problem(code: &str, title: &str) -> Value {
    value(&Problem { code: code.to_owned(), title: title.to_owned(), retry: String::new() })
}

fn refused(status: u16, code: &str, title: &str) -> Said {
    (status, problem(code, title), Manner::Plain)
}

fn plain(status: u16, body: &Value) -> Response {
    Response {
        status,
        headers: vec![("content-type".into(), "application/json".into())],
        body: body.to_string().into_bytes(),
    }
}
