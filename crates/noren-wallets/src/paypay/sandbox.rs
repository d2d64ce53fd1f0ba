//! PayPay in a box: users hold yen; a merchant makes codes, takes payments, holds, refunds.
//!
//! Its own API is the published one, at the root of its address, with the checks of the facts'
//! section 2. Beside the shared control calls (`crate::sandbox::control`):
//!
//! | call | body | answer |
//! |---|---|---|
//! | `POST /sandbox/pay` | `{user, code\|order, pin?, refuse?, amount?}` | `{state, status, payment_id, …}`: `pin` pays, `refuse: true` says no, neither only opens it |
//! | `GET /sandbox/orders` | | `{orders:[{order, code, amount, shop, expires_at}]}`, the open ones |
//! | `GET`, `POST /sandbox/orders/{token}` | `{user, pin?, refuse?}` | the same, at the address that a code's link is |
//! | `POST /sandbox/link` | `{user, session, pin?, refuse?}` | `{state, user_authorization_id, redirect_url, response_token}`: a user links their account |
//! | `POST /sandbox/webhook` | `{url}` | `{url}`: the merchant registers another address for webhooks than the switch's; `null` takes it away |
//!
//! **Ours**, because it is not published: payments by the payer's code, the codes of their
//! refusal, that a cancel binds for an id that was never seen and closes an unpaid code, how long
//! codes and holds last, what is notified and how often, the day-end file, the merchant's id.

use std::collections::BTreeMap;

use noren_core::money::Currency;
use noren_core::time::{BusinessDate, Span, Timestamp};
use serde_json::{Value, json};

use super::calls::Api;
use super::codes::Code;
use super::forms::{believed, envelope, merchant_named, parameter, query, value};
use super::messages::{Status, Webhook};
use super::signing::{self, Nonces};
use super::statement;
use crate::instant;
use crate::link::Link;
use crate::sandbox::bank::{Bank, Manner, MovedBy, State, Terms};
use crate::sandbox::control;
use crate::sandbox::notices::Notices;
use crate::sandbox::scenario::Scenario;
use crate::sandbox::table::{Agenda, RecordError, Table};
use crate::sandbox::{Answered, Outgoing, Record, Sandbox, SandboxConfig};
use crate::statement::{Line, LineKind};
use crate::wire::{Request, Response, TransportError};
use deal::Deal;
use users::{Authorization, Session};

mod deal;
mod hand;
mod payments;
mod users;

/// What its payment codes begin with. A public list has `9000818188`; this is shorter by two so
/// that sixteen digits of the user's follow.
pub const CODE_PREFIX: &str = "90008181";
/// The merchant that the switch is. Made up.
pub const MERCHANT_ID: &str = "690000000000000001";
/// The most that a user can pay at once, in yen. Made up.
const PAYMENT_MAX: i64 = 500_000;
/// The name under which the address is kept that a merchant registered for its webhooks; empty: none.
const WEBHOOK: &str = "webhook/address";
/// How long an order's code can be paid, and a payer's code be used. Ours.
const CODE_VALID_FOR: Span = Span::seconds(300);

/// The sandbox. Its users hold JPY.
pub struct PayPaySandbox {
    link: Link,
    bank: Bank,
    deals: Table<Deal>,
    /// `code/…`, `link/…` and `payment/…`: whose they are; and [`WEBHOOK`].
    names: Table<String>,
    links: Table<Authorization>,
    sessions: Table<Session>,
    /// When holds end.
    holds: Agenda,
    notices: Notices,
    nonces: Nonces,
    outbox: Vec<Outgoing>,
    sent: BTreeMap<u64, String>,
}

/// What a call is answered.
struct Answer {
    code: Code,
    status: u16,
    data: Value,
    manner: Manner,
}

fn answer(code: Code, status: u16, data: Value) -> Answer {
    Answer { code, status, data, manner: Manner::Plain }
}

impl PayPaySandbox {
    /// Fresh with no records, or as they left it.
    pub fn new(config: SandboxConfig, records: &[Record]) -> Result<Self, RecordError> {
        let terms = Terms {
            currency: Currency::JPY,
            owed_in: Currency::JPY,
            code_prefix: CODE_PREFIX,
            seed: config.seed,
            pace: config.pace,
            freezes: false,
            // Section 4: until 00:14:59 of the next day in Japan.
            day_offset_minutes: 540,
            cancel_until_minutes: 15,
            code_valid_for: Some(CODE_VALID_FOR),
            payment_max: PAYMENT_MAX,
        };
        let bank = Bank::load(terms, records)?;
        let deals: Table<Deal> = Table::load("deal", records)?;
        let mut holds = Agenda::default();
        for (id, deal) in deals.iter() {
            let held = bank.payment(id).is_some_and(|payment| payment.state == State::Held);
            holds.set(id, deal.hold_until.filter(|_| held));
        }
        Ok(Self {
            link: config.link,
            bank,
            deals,
            names: Table::load("name", records)?,
            links: Table::load("authorization", records)?,
            sessions: Table::load("session", records)?,
            holds,
            notices: Notices::load(config.pace, records)?,
            nonces: Nonces::default(),
            outbox: Vec::new(),
            sent: BTreeMap::new(),
        })
    }

    /// The network's books.
    pub fn bank(&self) -> &Bank {
        &self.bank
    }

    fn api(&mut self, now: Timestamp, request: &Request, below: &str) -> Answered {
        let call = self.believed(now, request).map(|()| Api::read(&request.method, below));
        let said = match call {
            Err(code) => Err(code),
            Ok(_) if self.bank.is_closed(now) => Err(Code::MaintenanceMode),
            Ok(Some(Api::Statement(date))) => match self.statement(now, &date) {
                Ok(response) => return Answered::Respond(response),
                Err(code) => Err(code),
            },
            Ok(call) => self.carry_out(now, request, call),
        };
        let said = said.unwrap_or_else(|code| answer(code, code.http().usual(), Value::Null));
        self.leave(said)
    }

    fn leave(&self, said: Answer) -> Answered {
        let response = envelope(said.code, said.status, &said.data);
        match said.manner {
            Manner::Plain => Answered::Respond(response),
            Manner::Silent => Answered::Silence,
            Manner::Slow => Answered::Late(response, self.bank.terms().pace),
            // Nothing is signed here, so what cannot be believed is what cannot be read.
            Manner::Forged => {
                let half = response.body.len() / 2;
                let body = response.body[..half].to_vec();
                Answered::Respond(Response { body, ..response })
            }
        }
    }

    /// Checks key, MAC, time, nonce and merchant.
    fn believed(&mut self, now: Timestamp, request: &Request) -> Result<(), Code> {
        believed(&self.link, &mut self.nonces, "", request, now)?;
        match merchant_named(request).as_deref() {
            None | Some(MERCHANT_ID) => Ok(()),
            Some(_) => Err(Code::OpOutOfScope),
        }
    }

    fn carry_out(
        &mut self,
        now: Timestamp,
        request: &Request,
        call: Option<Api>,
    ) -> Result<Answer, Code> {
        let body = &request.body;
        let agreed =
            parameter(query(&request.target), "agreeSimilarTransaction").as_deref() == Some("true");
        match call {
            Some(Api::CodeCreate) => self.code_create(now, body),
            Some(Api::CodeDelete(id)) => self.code_delete(now, &id),
            Some(Api::CodeLook(id)) => self.code_look(&id),
            Some(Api::Pay) => self.pay(now, body, agreed, false),
            Some(Api::Preauthorise) => self.pay(now, body, agreed, true),
            Some(Api::Look(id)) => self.look(&id),
            Some(Api::Cancel(id)) => self.cancel(now, &id),
            Some(Api::Capture) => self.capture(now, body),
            Some(Api::Revert) => self.revert(now, body),
            Some(Api::Refund) => self.refund(now, body),
            Some(Api::RefundLook(id)) => self.refund_look(&id),
            Some(Api::Session) => self.session(now, body),
            Some(Api::UserLook) => self.user_look(now, &request.target),
            Some(Api::UserUnlink(id)) => self.user_unlink(&id),
            // The merchant's contract does not have them.
            Some(Api::NotOffered) => Err(Code::OpOutOfScope),
            Some(Api::Statement(_)) | None => Err(Code::InvalidRequestParams),
        }
    }

    fn statement(&self, now: Timestamp, date: &str) -> Result<Response, Code> {
        let day = BusinessDate::parse(date).ok_or(Code::InvalidRequestParams)?;
        let moved = self.bank.day(now, day).ok_or(Code::RequestAccepted)?;
        let lines = moved.into_iter().map(|moved| Line {
            kind: match moved.by {
                MovedBy::Payment => LineKind::Payment,
                MovedBy::Capture => LineKind::Capture,
                MovedBy::Refund => LineKind::Refund,
            },
            asked_as: Some(moved.id),
            transaction: self
                .deals
                .get(&moved.payment)
                .map_or(moved.transaction, |deal| deal.payment_id.clone()),
            payment: moved.payment,
            amount: moved.order,
            payer: None,
            at: Some(moved.at),
        });
        Ok(Response {
            status: 200,
            headers: vec![("content-type".into(), statement::CONTENT_TYPE.into())],
            body: statement::write(day, &lines.collect::<Vec<_>>()),
        })
    }

    /// Does what is due: decides payments, ends holds, sends notices.
    fn run(&mut self, now: Timestamp) {
        for id in self.bank.decide_due(now) {
            let state = self.bank.payment(&id).map(|payment| payment.state);
            if let Some(deal) = self.deals.edit(&id) {
                deal.expired = state == Some(State::Cancelled);
            }
            if state == Some(State::Held) {
                self.holds.set(&id, self.deals.get(&id).and_then(|deal| deal.hold_until));
            }
            self.notices.add(now, &id, super::NOTIFY_PATH.to_owned(), 1);
        }
        while let Some(id) = self.holds.pop(now) {
            let held = self.bank.payment(&id).is_some_and(|payment| payment.state == State::Held);
            if held && let Some(deal) = self.deals.edit(&id) {
                deal.expired = true;
                self.bank.void(now, &id);
                self.notices.add(now, &id, super::NOTIFY_PATH.to_owned(), 1);
            }
        }
        while let Some((payment, notice)) = self.notices.due(now) {
            let first = notice.is_first();
            self.notify(&payment, notice.target, first);
        }
    }

    fn notify(&mut self, id: &str, target: String, first: bool) {
        let Some(webhook) = self.webhook(id) else { return self.notices.drop(id) };
        let payment = self.bank.payment(id);
        let garbled = payment.is_some_and(|payment| payment.scenario == Scenario::BadSignature);
        let is_code = self.deals.get(id).is_some_and(|deal| deal.code.is_some());
        let mut body = value(&webhook).to_string().into_bytes();
        if first && garbled && is_code {
            body.truncate(body.len() / 2);
        }
        let registered = self.names.get(WEBHOOK).filter(|url| !url.is_empty()).cloned();
        let target = registered.unwrap_or_else(|| self.link.switch.target(&target));
        let request = Request {
            method: "POST".into(),
            target,
            headers: vec![("content-type".into(), super::CONTENT_TYPE.into())],
            body,
        };
        let sending = self.bank.count();
        self.outbox.push(Outgoing { id: sending, request });
        self.sent.insert(sending, id.to_owned());
    }

    /// `None`: there is nothing to tell.
    fn webhook(&self, id: &str) -> Option<Webhook> {
        let (payment, deal) = (self.bank.payment(id)?, self.deals.get(id)?);
        let state = match Deal::status(Some(deal), payment) {
            Status::Created | Status::Reauthorizing => return None,
            // What ended at the merchant's own wish was answered, and is no news (ours).
            Status::Canceled => return None,
            // The news is that it was paid; refunds have no notice of their own.
            Status::Refunded => Status::Completed,
            state @ (Status::Authorized | Status::Completed | Status::Failed | Status::Expired) => {
                state
            }
        };
        let held = deal.hold_until.filter(|_| Deal::is_begun(payment));
        let paid_at = deal.capture.as_ref().map(|note| note.at).or(payment.paid_at);
        Some(Webhook {
            notification_type: "Transaction".to_owned(),
            merchant_id: Some(MERCHANT_ID.to_owned()),
            store_id: deal.store_id.clone(),
            pos_id: deal.terminal_id.clone(),
            order_id: Some(deal.payment_id.clone()),
            merchant_order_id: Some(id.to_owned()),
            authorized_at: held.map(|_| instant::print(payment.at)),
            expires_at: held.map(instant::print),
            paid_at: paid_at.map(instant::print),
            order_amount: Some(json!(payment.order.minor().to_string())),
            state: Some(state.word().to_owned()),
        })
    }
}

impl Sandbox for PayPaySandbox {
    fn name(&self) -> &'static str {
        super::NAME
    }

    fn handle(&mut self, now: Timestamp, request: &Request) -> Answered {
        self.run(now);
        let lost = |why: &str| control::respond(Err((404, why.to_owned())));
        let Some(below) = self.link.network.below(signing::path(&request.target)) else {
            return Answered::Respond(lost("not below this address"));
        };
        let below = below.to_owned();
        let Some(call) = below.strip_prefix("/sandbox/") else {
            let answered = self.api(now, request, &below);
            self.run(now);
            return answered;
        };
        if let Some(response) = control::handle(&mut self.bank, now, request, call, false) {
            return Answered::Respond(response);
        }
        let body = &request.body;
        let said = match (request.method.as_str(), call) {
            ("POST", "pay") => self.pay_control(now, body),
            ("GET", "orders") => Ok(self.orders_open()),
            ("POST", "link") => self.link_opened(now, body),
            ("POST", "webhook") => self.webhook_registered(body),
            (method, _) => match call.strip_prefix("orders/") {
                Some(token) => self.order_control(now, method, token, body),
                None => Err((404, "there is no such call".to_owned())),
            },
        };
        Answered::Respond(control::respond(said))
    }

    fn wake_at(&self) -> Option<Timestamp> {
        let due = [self.bank.wake_at(), self.holds.next_at(), self.notices.wake_at()];
        due.into_iter().flatten().min()
    }

    fn tick(&mut self, now: Timestamp) {
        self.run(now);
    }

    fn take_outgoing(&mut self) -> Vec<Outgoing> {
        std::mem::take(&mut self.outbox)
    }

    fn delivered(&mut self, now: Timestamp, id: u64, response: Result<Response, TransportError>) {
        let Some(payment) = self.sent.remove(&id) else { return };
        if response.is_ok_and(|response| response.status == 200) {
            self.notices.acknowledged(now, &payment);
        }
        self.run(now);
    }

    fn take_changes(&mut self) -> Vec<Record> {
        let mut changes = Vec::new();
        self.bank.take_changes(&mut changes);
        self.deals.take_changes(&mut changes);
        self.names.take_changes(&mut changes);
        self.links.take_changes(&mut changes);
        self.sessions.take_changes(&mut changes);
        self.notices.take_changes(&mut changes);
        changes
    }
}
