//! Asks LINE Pay and reads what it says.
//!
//! | ask | messages |
//! |---|---|
//! | order | `request`; only when it was made before: details |
//! | pay, hold with a code | `oneTimeKeys/pay`; only when it was made before: check, details |
//! | inquire of an order | check; when its payer approved: confirm; when it is done: details |
//! | inquire of a code | check; when it is done: details |
//! | cancel of an order | check; when it is done: details, and void of a hold |
//! | cancel of a code | check; when it is done: details, and void of a hold; unfinished: refund of all |
//! | capture, void | the call; when the state refuses it: details |
//! | refund | details, then the refund |
//!
//! A confirmation takes the money. It leaves only within an inquiry of an order that is open to the
//! core, never within a cancel, so the core's wish to cancel ends all confirming.

use noren_core::command::{Body, PaymentHeard};
use noren_core::id::WalletName;
use noren_core::time::BusinessDate;
use noren_core::wallet::{Ask, Call, PaymentAnswer, Question, Unknown};

use self::message::{Message, amount_request, deal, known, order_request, pay_request};
use self::said::read;
use self::steps::{Next, next};
use super::codes::Code;
use super::endpoints::{Endpoint, Version, parameters, query};
use super::signing::{DEVICE_PROFILE, DEVICE_TYPE, sign_request};
use super::{CANCEL_PATH, CONFIRM_PATH};
use crate::connector::{Connector, Env, Heard, Notified, Step, unheard};
use crate::link::Link;
use crate::statement::{StatementError, StatementStep, flat};
use crate::wire::{Request, Response, TransportError};

mod message;
mod said;
mod steps;

/// What a till calls itself. Ours: one name for all, until tills have ids of their own.
const DEVICE: &str = "noren";

/// The connector of LINE Pay.
#[derive(Clone, Debug)]
pub struct LinePayConnector {
    name: WalletName,
    link: Link,
}

impl LinePayConnector {
    /// `name` is the network's in the directory.
    pub fn new(name: WalletName, link: Link) -> Self {
        Self { name, link }
    }

    fn build(&self, message: Message, env: Env) -> Request {
        let Message { endpoint, query, body } = message;
        let mut target = self.link.network.target(&endpoint.path());
        if !query.is_empty() {
            target.push('?');
            target.push_str(&query);
        }
        let json = || ("content-type".to_owned(), "application/json; charset=UTF-8".to_owned());
        let mut headers = vec![json()];
        if endpoint.version().offline() {
            headers.push((DEVICE_TYPE.to_owned(), "POS".to_owned()));
            headers.push((DEVICE_PROFILE.to_owned(), DEVICE.to_owned()));
        }
        let method = endpoint.method().to_owned();
        let mut request = Request { method, target, headers, body };
        sign_request(&mut request, &self.link, env.nonce);
        request
    }

    /// Which call `request`, which is one of ours, made.
    fn endpoint_of(&self, request: &Request) -> Option<Endpoint> {
        Endpoint::read(&request.method, self.link.network.below(request.path())?)
    }
}

impl Connector for LinePayConnector {
    fn name(&self) -> WalletName {
        self.name
    }

    fn request(&self, call: &Call, env: Env) -> Request {
        let message = match &call.ask {
            Ask::Pay(ask) => {
                Message::post(Endpoint::Pay(Version::V4), &pay_request(call, ask, false))
            }
            Ask::Authorise(ask) => {
                Message::post(Endpoint::Pay(Version::V4), &pay_request(call, ask, true))
            }
            Ask::CreateOrder(ask) => {
                Message::post(Endpoint::Request, &order_request(&self.link, call, ask))
            }
            Ask::Inquire { reference } | Ask::Cancel { reference } => {
                Message::check(call, &known(reference))
            }
            Ask::Capture(ask) => {
                let endpoint = Endpoint::Capture(deal(call, &known(&ask.reference)));
                Message::post(endpoint, &amount_request(ask.amount))
            }
            Ask::InquireCapture(ask) => Message::details(call, &known(&ask.reference)),
            Ask::Void { reference } => Message::void(call, &known(reference)),
            // A refund has no key: what went back already is looked at first, every time.
            Ask::Refund(ask) | Ask::CancelRefund(ask) | Ask::InquireRefund(ask) => {
                Message::details(call, &known(&ask.reference))
            }
        };
        self.build(message, env)
    }

    fn answer(
        &self,
        call: &Call,
        request: &Request,
        response: Result<&Response, TransportError>,
        env: Env,
    ) -> Step {
        let Some(endpoint) = self.endpoint_of(request) else {
            return Heard::unknown(&call.ask, Unknown::Unreadable).into();
        };
        let next = match response {
            Err(error) => Ok(Next::Heard(silence(&call.ask, &endpoint, error))),
            Ok(response) => read(response).and_then(|said| next(call, &endpoint, said)),
        };
        match next {
            Ok(Next::Heard(heard)) => heard.into(),
            Ok(Next::Send(message)) => Step::Then(self.build(message, env)),
            Err(why) => undecided(&call.ask, &endpoint, why).into(),
        }
    }

    /// A payer's browser comes back. Anybody can send that, so it says nothing, and makes us ask.
    fn notified(&self, request: &Request, _env: Env) -> Result<Notified, Response> {
        let path = self.link.switch.below(request.path());
        if request.method != "GET" || !matches!(path, Some(CONFIRM_PATH | CANCEL_PATH)) {
            return Err(page(404, "There is nothing here."));
        }
        let order = parameters(query(request), "orderId");
        let payment = order.first().and_then(|order| order.parse().ok());
        let payment = payment.ok_or_else(|| page(400, "This address names no order."))?;
        let command = Body::PaymentHeard(PaymentHeard {
            payment,
            question: Question::Notice,
            attempt: 0,
            answer: PaymentAnswer::Pending,
        });
        let thanks = "Thank you. The shop is told of the result; you can go back to it.";
        Ok(Notified { command, acknowledge: page(200, thanks) })
    }

    fn statement_request(&self, date: BusinessDate, env: Env) -> Option<Request> {
        let message = Message::get(Endpoint::Statement(date), String::new());
        Some(self.build(message, env))
    }

    fn statement(
        &self,
        date: BusinessDate,
        _request: &Request,
        response: Result<&Response, TransportError>,
        _env: Env,
    ) -> Result<StatementStep, StatementError> {
        let response = response.map_err(|_| StatementError::Transport)?;
        if response.status != 200 {
            return Err(StatementError::Transport);
        }
        let csv = response.header("content-type").is_some_and(|kind| kind.starts_with("text/csv"));
        if csv {
            return flat::read(date, &response.body).map(StatementStep::Read);
        }
        match read(response).map(|said| said.code) {
            Ok(Code::InProcess) => Err(StatementError::NotYet),
            Ok(_) => Err(StatementError::Unreadable("the network refuses the call".into())),
            Err(_) => Err(StatementError::Unreadable("neither a file nor an answer".into())),
        }
    }
}

fn page(status: u16, text: &str) -> Response {
    let headers = [("content-type", "text/plain; charset=utf-8"), ("cache-control", "no-store")];
    Response {
        status,
        headers: headers.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
        body: format!("{text}\n").into_bytes(),
    }
}

/// What it means that a message had no answer. That a later message of a call did not leave says
/// nothing of the ones before it, except of a refund, whose other message only looks.
fn silence(ask: &Ask, endpoint: &Endpoint, error: TransportError) -> Heard {
    let looks = |endpoint: &Endpoint| matches!(endpoint, Endpoint::Details(_));
    match (ask, error) {
        (
            Ask::Refund(_) | Ask::CancelRefund(_),
            TransportError::TimedOut | TransportError::Broken,
        ) if looks(endpoint) => Heard::not_sent(ask),
        (
            Ask::Pay(_)
            | Ask::Authorise(_)
            | Ask::CreateOrder(_)
            | Ask::Capture(_)
            | Ask::Void { .. },
            TransportError::NotSent,
        ) if looks(endpoint) || matches!(endpoint, Endpoint::OrderCheck(..)) => {
            unheard(ask, TransportError::TimedOut)
        }
        (
            Ask::Pay(_)
            | Ask::Authorise(_)
            | Ask::CreateOrder(_)
            | Ask::Inquire { .. }
            | Ask::Cancel { .. }
            | Ask::Capture(_)
            | Ask::InquireCapture(_)
            | Ask::Void { .. }
            | Ask::Refund(_)
            | Ask::CancelRefund(_)
            | Ask::InquireRefund(_),
            error,
        ) => unheard(ask, error),
    }
}

/// Nothing that can be trusted was said. A refund whose details could not be read has not left.
fn undecided(ask: &Ask, endpoint: &Endpoint, why: Unknown) -> Heard {
    match (ask, endpoint) {
        (Ask::Refund(_) | Ask::CancelRefund(_), Endpoint::Details(_)) if !why.alarming() => {
            Heard::not_sent(ask)
        }
        _ => Heard::unknown(ask, why),
    }
}
