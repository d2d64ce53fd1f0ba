//! LINE Pay in a box: its users hold yen. Speaks Online v3, and Offline v2 and v4 for tills.
//!
//! As the facts say: one order id for ever (1172), a confirmation for the requested amount only
//! (1153), refunds without a key, no webhook. **Ours**, because it is not published: what each call
//! answers in a state that does not allow it, and everything that the documentation of this project
//! lists for LINE Pay under "what is ours".
//!
//! Beside the shared control calls (`crate::sandbox::control`):
//!
//! | call | body | answer |
//! |---|---|---|
//! | `GET /sandbox/orders` | | `{orders: [{order, code, amount, shop, expires_at}]}`: those that wait for a payer |
//! | `POST /sandbox/pay` | `{user, code\|order, pin?, refuse?, amount?}` | `{state, payment_id, …}`: `pin` approves an order, `refuse: true` gives up, neither only looks |
//!
//! `code` or `order` is the link of an order (web or app), our request id, or the network's id.
//! Approving takes no money: the shop's confirmation does, and meets what is planned for the user.

use noren_core::money::{Currency, Money};
use noren_core::time::{Span, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::codes::Code;
use super::endpoints::{Endpoint, origin_form};
use super::messages::{Amount, Package, TransactionId};
use super::shapes::{body_or_empty, enveloped, read};
use super::signing::{NotSigned, verify_request};
use super::{NAME, ZONE_MINUTES};
use crate::link::Link;
use crate::sandbox::bank::{Bank, Manner, No, Payment, State, Terms};
use crate::sandbox::control;
use crate::sandbox::table::{Agenda, RecordError, Table};
use crate::sandbox::{Answered, Outgoing, Record, Sandbox, SandboxConfig};
use crate::wire::{Request, Response, TransportError};

mod money;
mod offline;
mod online;
mod payer;

/// What its payment codes begin with. Ours: LINE's own (9000000000 in Japan) are not played.
pub const CODE_PREFIX: &str = "391";
/// A code is valid for 5 minutes (facts, section 4).
const CODE_VALID_FOR: Span = Span::seconds(300);
/// The most that one payment can take, in yen. Made up.
const PAYMENT_MAX: i64 = 1_000_000;
/// An order that nobody approves and confirms ends after 20 minutes (facts, section 5), at the pace
/// of the published rules.
const ORDER_PACES: u64 = 120;

/// The sandbox.
pub struct LinePaySandbox {
    link: Link,
    bank: Bank,
    /// By order id, for ever.
    deals: Table<Deal>,
    /// The order id of each transaction.
    transactions: Table<String>,
    /// The order id of each link.
    links: Table<String>,
    /// When the orders end that are not confirmed.
    expiries: Agenda,
    outbox: Vec<Outgoing>,
}

/// What the network knows of one order beside its money, which is in the bank's books.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Deal {
    transaction: TransactionId,
    /// What the shop asked for. (What the bank took can differ: `wrong_amount`.)
    asked: Money,
    at: Timestamp,
    /// What is bought.
    packages: Vec<Package>,
    /// An order for a shop on the web; `None`: a scanned code.
    web: Option<Web>,
    refunds: Vec<Back>,
}

/// One refund.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Back {
    id: TransactionId,
    amount: Money,
    whole: bool,
    at: Timestamp,
}

/// An order for a shop on the web.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Web {
    /// What its link ends with.
    token: String,
    confirm_url: String,
    cancel_url: String,
    expires_at: Timestamp,
    /// The user who approved it.
    approved_by: Option<String>,
    /// The user gave up.
    refused: bool,
}

/// What a call answers: the members of `info`, and how it leaves.
type Said = Result<(Option<Value>, Manner), Code>;

impl LinePaySandbox {
    /// Fresh with no records, or as they left it.
    pub fn new(config: SandboxConfig, records: &[Record]) -> Result<Self, RecordError> {
        let terms = Terms {
            currency: Currency::JPY,
            owed_in: Currency::JPY,
            code_prefix: CODE_PREFIX,
            seed: config.seed,
            pace: config.pace,
            freezes: false,
            day_offset_minutes: ZONE_MINUTES,
            // What was paid is never cancelled here, so a day is closed at its end.
            cancel_until_minutes: 0,
            code_valid_for: Some(CODE_VALID_FOR),
            payment_max: PAYMENT_MAX,
        };
        let bank = Bank::load(terms, records)?;
        let deals: Table<Deal> = Table::load("deal", records)?;
        let mut expiries = Agenda::default();
        for (order, deal) in deals.iter() {
            let open = bank.payment(order).is_some_and(|payment| is_open(payment.state));
            let web = deal.web.as_ref().filter(|_| open);
            expiries.set(order, web.map(|web| web.expires_at));
        }
        Ok(Self {
            link: config.link,
            bank,
            deals,
            transactions: Table::load("transaction", records)?,
            links: Table::load("link", records)?,
            expiries,
            outbox: Vec::new(),
        })
    }

    /// The network's books.
    pub fn bank(&self) -> &Bank {
        &self.bank
    }

    fn api(&mut self, now: Timestamp, request: &Request, endpoint: &Endpoint) -> Answered {
        let said = match verify_request(request, &self.link, endpoint.version()) {
            Err(NotSigned::Channel) => Err(Code::NoSuchMerchant),
            Err(NotSigned::Header) => Err(Code::HeaderError),
            // Its word for maintenance is not published.
            Ok(()) if self.bank.is_closed(now) => Err(Code::InternalError),
            Ok(()) => match endpoint {
                Endpoint::Statement(date) => {
                    return Answered::Respond(self.statement(now, *date));
                }
                endpoint => self.call(now, request, endpoint),
            },
        };
        let (code, info, manner) = match said {
            Ok((info, manner)) => (Code::Success, info, manner),
            Err(code) => (code, None, Manner::Plain),
        };
        self.leave(code, info, manner)
    }

    /// An answer as it leaves: whatever was said, a planned manner comes first.
    fn leave(&self, code: Code, info: Option<Value>, manner: Manner) -> Answered {
        let response = enveloped(code, info);
        match manner {
            Manner::Plain => Answered::Respond(response),
            Manner::Silent => Answered::Silence,
            Manner::Slow => Answered::Late(response, self.bank.terms().pace),
            // Nothing is signed here, so what is forged is no message of this network.
            Manner::Forged => Answered::Respond(Response {
                status: 200,
                headers: vec![("content-type".into(), "text/html".into())],
                body: b"<html><body>Please sign in to the network.</body></html>".to_vec(),
            }),
        }
    }

    fn call(&mut self, now: Timestamp, request: &Request, endpoint: &Endpoint) -> Said {
        let body = &request.body;
        match endpoint {
            Endpoint::Request => self.order(now, &read(body)?),
            Endpoint::Check(id) => self.order_check(*id),
            Endpoint::Confirm(id) => self.order_confirm(now, *id, &read(body)?),
            Endpoint::Pay(version) => self.pay(now, *version, &read(body)?),
            Endpoint::OrderCheck(version, order) => self.code_check(*version, order),
            Endpoint::Details(_) => self.details(request, false),
            Endpoint::Authorizations(_) => self.details(request, true),
            Endpoint::Capture(deal) => {
                let order = self.order_of(deal)?;
                self.capture(now, &order, &read(body)?)
            }
            Endpoint::Void(deal) => {
                let order = self.order_of(deal)?;
                self.void(now, &order)
            }
            Endpoint::Refund(deal) => {
                let order = self.order_of(deal)?;
                self.refund(now, &order, &read(body_or_empty(body))?)
            }
            Endpoint::Statement(_) => Err(Code::ParameterError),
        }
    }

    /// The order that a call names, by whichever id.
    fn order_of(&self, deal: &super::endpoints::Deal) -> Result<String, Code> {
        use super::endpoints::Deal;
        match deal {
            Deal::Transaction(id) => self.order_named(*id),
            Deal::Order(_, order) => {
                self.deals.get(order).map(|_| order.clone()).ok_or(Code::NoTransaction)
            }
        }
    }

    fn order_named(&self, id: TransactionId) -> Result<String, Code> {
        self.transactions.get(&id.to_string()).cloned().ok_or(Code::NoTransaction)
    }

    fn known(&self, order: &str) -> Result<(&Deal, &Payment), Code> {
        self.deals.get(order).zip(self.bank.payment(order)).ok_or(Code::NoTransaction)
    }

    /// A new id: the day, and eleven digits.
    fn transaction_new(&mut self, now: Timestamp) -> TransactionId {
        const DIGITS: u128 = 100_000_000_000;
        let (year, month, day) = now.business_date(ZONE_MINUTES).ymd();
        let day = year * 10_000 + i64::from(month) * 100 + i64::from(day);
        loop {
            let low = u64::try_from(self.bank.bits() % DIGITS).unwrap_or(0);
            let id = TransactionId(day.unsigned_abs() * 100_000_000_000 + low);
            // Refunds have ids of the same kind.
            if self.transactions.get(&id.to_string()).is_none() {
                return id;
            }
        }
    }

    /// Keeps a new order and its id.
    fn deal_put(&mut self, order: &str, deal: Deal) {
        self.transactions.put(&deal.transaction.to_string(), order.to_owned());
        self.bank.shop_keep(order, payer::shop(&deal), None);
        self.deals.put(order, deal);
    }

    /// An order that has ended has no time any more.
    fn forget_ended(&mut self, order: &str) {
        if self.bank.payment(order).is_some_and(|payment| !is_open(payment.state)) {
            self.expiries.set(order, None);
        }
    }

    /// Does what is due.
    fn run(&mut self, now: Timestamp) {
        for order in self.bank.decide_due(now) {
            self.forget_ended(&order);
        }
        while let Some(order) = self.expiries.pop(now) {
            // Not only what nobody paid: a confirmation that never came to an end ends too.
            if self.bank.payment(&order).is_some_and(|payment| is_open(payment.state)) {
                self.bank.cancel(now, &order);
            }
        }
    }
}

impl Sandbox for LinePaySandbox {
    fn name(&self) -> &'static str {
        NAME
    }

    fn handle(&mut self, now: Timestamp, request: &Request) -> Answered {
        self.run(now);
        let lost = |why: &str| Answered::Respond(control::respond(Err((404, why.to_owned()))));
        let target = origin_form(&request.target);
        let path = target.split('?').next().unwrap_or_default();
        let Some(below) = self.link.network.below(path) else {
            return lost("not below this address");
        };
        if let Some(endpoint) = Endpoint::read(&request.method, below) {
            let answered = self.api(now, request, &endpoint);
            self.run(now);
            return answered;
        }
        if below == payer::PAGE && request.method == "GET" {
            return Answered::Respond(control::respond(self.order_page(request)));
        }
        let Some(call) = below.strip_prefix("/sandbox/").map(str::to_owned) else {
            return lost("there is no such call");
        };
        if let Some(response) = control::handle(&mut self.bank, now, request, &call, false) {
            return Answered::Respond(response);
        }
        let answer = match (request.method.as_str(), call.as_str()) {
            ("GET", "orders") => Ok(self.orders_open()),
            ("POST", "pay") => {
                control::read(&request.body).and_then(|paying| self.order_pay(&paying))
            }
            _ => Err((404, "there is no such call".into())),
        };
        self.run(now);
        Answered::Respond(control::respond(answer))
    }

    fn wake_at(&self) -> Option<Timestamp> {
        [self.bank.wake_at(), self.expiries.next_at()].into_iter().flatten().min()
    }

    fn tick(&mut self, now: Timestamp) {
        self.run(now);
    }

    fn take_outgoing(&mut self) -> Vec<Outgoing> {
        std::mem::take(&mut self.outbox)
    }

    /// A browser that went to the shop does not come back to tell.
    fn delivered(&mut self, now: Timestamp, _id: u64, _: Result<Response, TransportError>) {
        self.run(now);
    }

    fn take_changes(&mut self) -> Vec<Record> {
        let mut changes = Vec::new();
        self.bank.take_changes(&mut changes);
        self.deals.take_changes(&mut changes);
        self.transactions.take_changes(&mut changes);
        self.links.take_changes(&mut changes);
        changes
    }
}

/// True while an order can still come to something or to nothing.
fn is_open(state: State) -> bool {
    match state {
        State::Open | State::Processing => true,
        State::Paid
        | State::Held
        | State::Released
        | State::Blocked
        | State::Declined(_)
        | State::Cancelled => false,
    }
}

/// The code that says why not. Ours where several would do.
fn word(no: No) -> Code {
    match no {
        No::Refused => Code::AccountState,
        No::NoFunds => Code::NoBalance,
        No::CodeInvalid | No::CodeUsed | No::CodeExpired => Code::WrongOneTimeKey,
        No::OverLimit => Code::AmountTooLarge,
    }
}

/// The end of a hold, as it is said. The sandbox lets none end by itself.
fn hold_end(at: Timestamp) -> String {
    const DAYS: u64 = 30;
    crate::instant::print(at.after(Span::seconds(DAYS * 86_400)))
}

/// How the first answer to a call that met `scenario` leaves.
fn manner_of(payment: &Payment) -> Manner {
    use crate::sandbox::scenario::Scenario;
    match payment.scenario {
        Scenario::Timeout | Scenario::LostAnswer => Manner::Silent,
        Scenario::BadSignature => Manner::Forged,
        Scenario::Slow => Manner::Slow,
        Scenario::Approve
        | Scenario::Decline
        | Scenario::UnknownThenYes
        | Scenario::UnknownThenNo
        | Scenario::LateSuccess
        | Scenario::WrongAmount
        | Scenario::DoubleNotice
        | Scenario::CancelClosed
        | Scenario::Blocked
        | Scenario::NoConfirm
        | Scenario::NeverDebit
        | Scenario::RefundNoFunds
        | Scenario::RefundSilent => Manner::Plain,
    }
}

/// An amount of the sandbox's only currency.
fn yen(amount: &Amount, currency: &str) -> Result<Money, Code> {
    super::shapes::amount(amount, currency, Currency::JPY)
}
