//! Alipay+ in a box: a network with one wallet, whose users hold won and whose wallet converts. It
//! speaks ACQP and AMS, on the same books.
//!
//! Beside the shared control calls (`crate::sandbox::control`):
//!
//! | call | body | answer |
//! |---|---|---|
//! | `GET /sandbox/orders` | | `{orders:[{order, code, number, amount, shop, expires_at}]}`: those that wait for a payer |
//! | `GET /sandbox/orders/{token}` | | one order; this is the text of its code |
//! | `POST /sandbox/pay` | `{user, code or order, pin?, refuse?, amount?}` | `{state, payment_id, …}`; either is the text of the code, the merchant's id or the network's; without `pin` and `refuse` it is only shown |
//! | `POST /sandbox/scan` | `{user, code, pin?}` | `{scan, …}`; the switch is asked what the code costs, and it is paid if there is a `pin`; not as `antom` |
//! | `GET /sandbox/scans/{scan}` | | `{scan, user, said, payment_id}`; `said`: what the switch answered |
//!
//! Idempotency as in the `wallets/alipayplus` facts, section 6. **Ours**, because it is not
//! published: that an acquirer is notified of a final result only when it came after the answer to
//! `pay` (and twice in the scenario `double_notice`), a merchant of AMS always; and when a
//! notification is repeated (`crate::sandbox::notices`).

use std::collections::BTreeMap;

use noren_core::money::Currency;
use noren_core::rate::Rate;
use noren_core::time::{BusinessDate, Span, Timestamp};
use serde::{Deserialize, Serialize};

use super::codes::Code;
use super::dialect::{Api, Dialect, called};
use super::messages::{Bare, StatementRequest};
use super::signing::{sign_request, sign_response, verify_request, verify_response};
use super::{CONTENT_TYPE, STATEMENT, json};
use crate::link::Link;
use crate::sandbox::bank::{Bank, Manner, No, Payment, State, Terms};
use crate::sandbox::control;
use crate::sandbox::notices::{Notice, Notices};
use crate::sandbox::scenario::Scenario;
use crate::sandbox::table::{RecordError, Table};
use crate::sandbox::{Answered, Outgoing, Record, Sandbox, SandboxConfig};
use crate::statement::flat;
use crate::wire::{Request, Response, TransportError};
use calls::bare;

mod calls;
mod scan;
mod user;

/// As whom a sandbox is met. Whoever it is, it answers both dialects.
#[derive(Clone, Copy, Debug)]
pub struct Brand {
    /// As in the registry.
    pub name: &'static str,
    /// What its payment codes begin with: an issuer id of ours, and 02 for a payment code.
    pub code_prefix: &'static str,
    /// If its users can scan a code of the switch's: it asks what that costs.
    pub asks: bool,
}

/// Alipay+, as its acquirers know it.
pub const ALIPAYPLUS: Brand = Brand { name: super::NAME, code_prefix: "28100102", asks: true };
/// Antom, as its merchants know it: of these it asks nothing.
pub const ANTOM: Brand = Brand { name: super::ANTOM_NAME, code_prefix: "28100202", asks: false };

/// What one yen costs its users, the wallet's margin included. Made up.
const QUOTE_PRICE: &str = "9.45";
/// The most that a user can pay at once, in won. Made up.
const PAYMENT_MAX: i64 = 10_000_000;
/// Ours: the facts say that a payment code is short-lived, and no figure.
const CODE_VALID_FOR: Span = Span::seconds(300);
const BRAND: &str = "Noren Pay (sandbox)";

/// The sandbox. Its users hold KRW; the switch is owed JPY.
pub struct AlipayPlusSandbox {
    brand: Brand,
    link: Link,
    bank: Bank,
    fx: Rate,
    notices: Notices,
    /// By the merchant's id of the payment.
    trades: Table<Trade>,
    /// Merchants' ids of payments, by what their links end with.
    tokens: Table<String>,
    /// Merchants' ids of payments, by the network's id.
    numbers: Table<String>,
    /// Merchants' ids of refunds, by the network's id.
    refund_numbers: Table<String>,
    /// Codes of the switch's that users have scanned.
    scans: Table<scan::Scan>,
    outbox: Vec<Outgoing>,
    sent: BTreeMap<u64, Sent>,
}

/// A message under way.
struct Sent {
    request: Request,
    what: What,
}

/// See [`Sent`].
enum What {
    /// A notice, by its name.
    Notice(String, Dialect),
    /// The question what a scanned code costs, by the scan's number.
    Scan(String),
}

/// What the bank's books do not say of a payment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Trade {
    /// In which it was asked for; its notification is in the same.
    dialect: Dialect,
    /// Where its result is to be told.
    notify: Option<String>,
    /// What an order's link ends with.
    token: Option<String>,
    /// The link is a page, not a code.
    page: bool,
    description: String,
    expires_at: Option<Timestamp>,
}

/// What the name of a notice begins with.
const OF_PAYMENT: &str = "payment/";
/// The same of a refund.
const OF_REFUND: &str = "refund/";

/// A call, and in which dialect it came.
type Called<'a> = (Dialect, &'a str);

impl AlipayPlusSandbox {
    /// Fresh with no records, or as they left it.
    pub fn new(
        brand: Brand,
        config: SandboxConfig,
        records: &[Record],
    ) -> Result<Self, RecordError> {
        let terms = Terms {
            currency: Currency::KRW,
            owed_in: Currency::JPY,
            code_prefix: brand.code_prefix,
            seed: config.seed,
            pace: config.pace,
            freezes: false,
            // Section 5: until 00:15 of the next day, UTC+8.
            day_offset_minutes: 480,
            cancel_until_minutes: 15,
            code_valid_for: Some(CODE_VALID_FOR),
            payment_max: PAYMENT_MAX,
        };
        let fx = Rate::from_decimal(Currency::JPY, Currency::KRW, QUOTE_PRICE);
        Ok(Self {
            brand,
            link: config.link,
            bank: Bank::load(terms, records)?,
            fx: fx.expect("the price is a decimal number above zero"),
            notices: Notices::load(config.pace, records)?,
            trades: Table::load("trade", records)?,
            tokens: Table::load("token", records)?,
            numbers: Table::load("number", records)?,
            refund_numbers: Table::load("refund-number", records)?,
            scans: Table::load("scan", records)?,
            outbox: Vec::new(),
            sent: BTreeMap::new(),
        })
    }

    /// The network's books.
    pub fn bank(&self) -> &Bank {
        &self.bank
    }

    fn api(&mut self, now: Timestamp, request: &Request, (dialect, call): Called<'_>) -> Answered {
        let (client_id, key) = (&self.link.client_id, &*self.link.verify);
        let (body, manner) = if verify_request(request, client_id, key).is_err() {
            bare(Code::SignatureInvalid)
        } else if request.method != "POST" {
            bare(Code::MethodNotSupported)
        } else if self.bank.is_closed(now) {
            bare(Code::RequestTrafficExceedLimit)
        } else if call == STATEMENT {
            return self.statement(now, request);
        } else {
            match Api::named(dialect, call) {
                Some(api) => self.called(now, dialect, api, &request.body),
                None => bare(Code::NoInterfaceDef),
            }
        };
        if manner == Manner::Silent {
            return Answered::Silence;
        }
        let headers = vec![("content-type".into(), CONTENT_TYPE.into())];
        let mut response = Response { status: 200, headers, body };
        sign_response(&mut response, request, &self.link.client_id, &*self.link.sign, now);
        if manner == Manner::Forged {
            response.body.push(b' ');
        }
        if manner == Manner::Slow {
            return Answered::Late(response, self.bank.terms().pace);
        }
        Answered::Respond(response)
    }

    /// The file of a business day. Ours: how the network hands it over is not published.
    fn statement(&self, now: Timestamp, request: &Request) -> Answered {
        let asked: Result<StatementRequest, _> = serde_json::from_slice(&request.body);
        let date = asked.ok().and_then(|asked| BusinessDate::parse(asked.statement_date.as_str()));
        let day = date.map(|date| (date, self.bank.day(now, date)));
        let (content_type, body) = match day {
            None => (CONTENT_TYPE, bare(Code::ParamIllegal).0),
            Some((_, None)) => (CONTENT_TYPE, bare(Code::OrderStatusInvalid).0),
            Some((date, Some(day))) => {
                let offset = self.bank.terms().day_offset_minutes;
                ("text/csv; charset=utf-8", flat::write(date, offset, &day).into_bytes())
            }
        };
        let headers = vec![("content-type".into(), content_type.into())];
        let mut response = Response { status: 200, headers, body };
        sign_response(&mut response, request, &self.link.client_id, &*self.link.sign, now);
        Answered::Respond(response)
    }

    /// Does what is due: decides payments and sends notices.
    fn run(&mut self, now: Timestamp) {
        for id in self.bank.decide_due(now) {
            self.tell(now, &id);
        }
        while let Some((about, notice)) = self.notices.due(now) {
            self.notify(now, about, &notice);
        }
    }

    /// Puts the news of a payment that has come to its end into the post. What was cancelled, by
    /// whom or what ever, is not told.
    fn tell(&mut self, now: Timestamp, id: &str) {
        let (Some(trade), Some(payment)) = (self.trades.get(id), self.bank.payment(id)) else {
            return;
        };
        let Some(target) = trade.notify.clone().filter(|_| is_news(payment)) else { return };
        let times = match payment.scenario {
            // Of an order that a user opened, the news of it is lost.
            Scenario::LostAnswer if trade.token.is_some() => return,
            Scenario::DoubleNotice => 2,
            Scenario::Approve
            | Scenario::Decline
            | Scenario::UnknownThenYes
            | Scenario::UnknownThenNo
            | Scenario::Timeout
            | Scenario::LostAnswer
            | Scenario::LateSuccess
            | Scenario::WrongAmount
            | Scenario::BadSignature
            | Scenario::Slow
            | Scenario::CancelClosed
            | Scenario::Blocked
            | Scenario::NoConfirm
            | Scenario::NeverDebit
            | Scenario::RefundNoFunds
            | Scenario::RefundSilent => 1,
        };
        self.notices.add(now, &format!("{OF_PAYMENT}{id}"), target, times);
    }

    /// Puts the news of a refund into the post.
    fn tell_refund(&mut self, now: Timestamp, id: &str, target: String) {
        self.notices.add(now, &format!("{OF_REFUND}{id}"), target, 1);
    }

    /// What a notice says now, and if it is wrongly signed. `None`: nothing any more.
    fn news(&self, about: &str, notice: &Notice) -> Option<(Dialect, Vec<u8>, bool)> {
        if let Some(id) = about.strip_prefix(OF_REFUND) {
            return Some((Dialect::Ams, json(&self.refund_view(id)?.notice()), false));
        }
        let id = about.strip_prefix(OF_PAYMENT)?;
        let (trade, payment) = (self.trades.get(id)?, self.bank.payment(id)?);
        // The answer to a scanned code was forged itself.
        let forged = payment.scenario == Scenario::BadSignature
            && trade.token.is_some()
            && notice.is_first();
        let body = json(&self.view(id, payment).notice(trade.dialect));
        is_news(payment).then_some((trade.dialect, body, forged))
    }

    fn notify(&mut self, now: Timestamp, about: String, notice: &Notice) {
        let Some((dialect, body, forged)) = self.news(&about, notice) else {
            return self.notices.drop(&about);
        };
        let mut request = Request {
            method: "POST".into(),
            target: notice.target.clone(),
            headers: vec![("content-type".into(), CONTENT_TYPE.into())],
            body,
        };
        sign_request(&mut request, &self.link.client_id, &*self.link.sign, now);
        if forged {
            request.body.push(b' ');
        }
        let sending = self.bank.count();
        self.outbox.push(Outgoing { id: sending, request: request.clone() });
        self.sent.insert(sending, Sent { request, what: What::Notice(about, dialect) });
    }
}

impl AlipayPlusSandbox {
    /// True when a notice was acknowledged. Merchants of AMS need not sign that (Antom's guide on
    /// refunds); acquirers do.
    fn is_taken(&self, dialect: Dialect, request: &Request, response: &Response) -> bool {
        let (client_id, key) = (&self.link.client_id, &*self.link.verify);
        let said = serde_json::from_slice::<Bare>(&response.body);
        response.status == 200
            && (dialect == Dialect::Ams
                || verify_response(response, request, client_id, key).is_ok())
            && said.is_ok_and(|said| Code::read(&said.result) == Some(Code::Success))
    }
}

/// Only a payment that was paid, held or declined is told of (section 7).
fn is_news(payment: &Payment) -> bool {
    match payment.state {
        State::Paid | State::Held | State::Declined(_) => true,
        State::Open | State::Processing | State::Released | State::Blocked | State::Cancelled => {
            false
        }
    }
}

impl Sandbox for AlipayPlusSandbox {
    fn name(&self) -> &'static str {
        self.brand.name
    }

    fn handle(&mut self, now: Timestamp, request: &Request) -> Answered {
        self.run(now);
        let lost = |why: &str| Answered::Respond(control::respond(Err((404, why.to_owned()))));
        let Some(below) = self.link.network.below(request.path()) else {
            return lost("not below this address");
        };
        let below = below.to_owned();
        let client_id = self.link.client_id.clone();
        let answered = if let Some(called) = called(&below, &client_id) {
            self.api(now, request, called)
        } else {
            let control = below.strip_prefix("/sandbox/");
            let answered = control.and_then(|call| self.control(now, request, call));
            answered.map_or_else(|| lost("there is no such call"), Answered::Respond)
        };
        self.run(now);
        answered
    }

    fn wake_at(&self) -> Option<Timestamp> {
        [self.bank.wake_at(), self.notices.wake_at()].into_iter().flatten().min()
    }

    fn tick(&mut self, now: Timestamp) {
        self.run(now);
    }

    fn take_outgoing(&mut self) -> Vec<Outgoing> {
        std::mem::take(&mut self.outbox)
    }

    fn delivered(&mut self, now: Timestamp, id: u64, response: Result<Response, TransportError>) {
        let Some(Sent { request, what }) = self.sent.remove(&id) else { return };
        match what {
            What::Scan(scan) => self.code_answered(now, &scan, &request, response.ok()),
            What::Notice(about, dialect) => {
                if response.is_ok_and(|response| self.is_taken(dialect, &request, &response)) {
                    self.notices.acknowledged(now, &about);
                }
            }
        }
        self.run(now);
    }

    fn take_changes(&mut self) -> Vec<Record> {
        let mut changes = Vec::new();
        self.bank.take_changes(&mut changes);
        self.notices.take_changes(&mut changes);
        self.trades.take_changes(&mut changes);
        self.tokens.take_changes(&mut changes);
        self.numbers.take_changes(&mut changes);
        self.refund_numbers.take_changes(&mut changes);
        self.scans.take_changes(&mut changes);
        changes
    }
}

/// The code that says where a payment stands.
fn result(payment: &Payment) -> Code {
    match payment.state {
        State::Processing => Code::PaymentInProcess,
        State::Paid => Code::Success,
        State::Declined(No::Refused) => Code::UserPaymentVerificationFailed,
        State::Declined(No::NoFunds) => Code::UserBalanceNotEnough,
        State::Declined(No::CodeInvalid) => Code::InvalidPaymentCode,
        State::Declined(No::CodeUsed | No::CodeExpired) => Code::ExpiredCode,
        State::Declined(No::OverLimit) => Code::UserAmountExceedLimit,
        // AMS: what is held is as good as paid to the shop, until it is released.
        State::Held => Code::Success,
        State::Released if payment.taken().order > 0 => Code::Success,
        State::Released => Code::OrderIsCanceled,
        State::Open => Code::PaymentInProcess,
        // Nothing is frozen here.
        State::Cancelled | State::Blocked => Code::OrderIsCanceled,
    }
}
