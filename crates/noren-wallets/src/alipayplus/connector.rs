//! Asks Alipay+ and reads what it says. What AMS does otherwise: [`AntomConnector`].

use std::fmt::Display;

use noren_core::command::{Body, PaymentHeard};
use noren_core::id::{PaymentId, WalletName};
use noren_core::refusal::Refusal;
use noren_core::time::BusinessDate;
use noren_core::wallet::{
    Ask, Call, Decline, PaymentAnswer, Question, Receipt, RefundAnswer, RefundAsk, RefundReceipt,
    Unknown,
};
use serde::de::DeserializeOwned;

use super::codes::{Code, Meaning, of_cancel, of_inquiry, of_payment, of_refund};
use super::messages::{CancelSaid, PaymentSaid, Quote, RefundSaid, ResultSaid, Scalar};
use super::{NOTIFY_PATH, PATH, json};
use crate::connector::{
    CodeAsked, Connector, Env, Heard, Notified, Permitted, Step, refund_by_cancel, unheard,
};
use crate::link::Link;
use crate::statement::{StatementError, StatementStep};
use crate::wire::{Request, Response, TransportError};
use desk::{Desk, payment_key, refund_key, refund_request};

pub use antom::AntomConnector;

mod antom;
mod desk;
mod scans;

/// What the path of a question about a scanned code ends with.
const CODE_QUESTION: &str = "/userInitiatedPay";

/// The connector of Alipay+.
#[derive(Clone, Debug)]
pub struct AlipayPlusConnector {
    name: WalletName,
    desk: Desk,
}

impl AlipayPlusConnector {
    /// `name` is the network's in the directory.
    pub fn new(name: WalletName, link: Link) -> Self {
        Self { name, desk: Desk { link, path: PATH, notify_path: NOTIFY_PATH } }
    }

    /// What the answer means; one message is all that a call takes here.
    pub(super) fn heard(
        &self,
        call: &Call,
        request: &Request,
        response: Result<&Response, TransportError>,
    ) -> Heard {
        let response = match response {
            Ok(response) => response,
            Err(error) => return unheard(&call.ask, error),
        };
        let body = match self.desk.believed(request, response) {
            Ok(body) => body,
            Err(why) => return Heard::unknown(&call.ask, why),
        };
        let payment =
            |answer: Result<_, _>| Heard::Payment(answer.unwrap_or_else(PaymentAnswer::Unknown));
        let refund =
            |answer: Result<_, _>| Heard::Refund(answer.unwrap_or_else(RefundAnswer::Unknown));
        match &call.ask {
            Ask::Pay(_) => payment(read(body).and_then(|said| paid(call, said))),
            Ask::CreateOrder(ask) if !ask.hold => {
                payment(read(body).and_then(|said| ordered(call, said)))
            }
            Ask::Inquire { .. } => payment(read(body).and_then(|said| inquired(call, said))),
            Ask::Cancel { .. } => payment(read(body).and_then(|said| cancelled(call, said))),
            Ask::CancelRefund(ask) => {
                let answer = read(body).and_then(|said| cancelled(call, said));
                let answer = answer.unwrap_or_else(PaymentAnswer::Unknown);
                Heard::Refund(refund_by_cancel(ask, answer))
            }
            Ask::Refund(ask) => refund(read(body).and_then(|said| refunded(ask, said))),
            ask @ (Ask::Authorise(_)
            | Ask::CreateOrder(_)
            | Ask::Capture(_)
            | Ask::InquireCapture(_)
            | Ask::Void { .. }) => Heard::unknown(ask, Unknown::UnlistedCode),
            Ask::InquireRefund(ask) => {
                refund(read(body).and_then(|said| inquired_refund(ask, said)))
            }
        }
    }
}

impl Connector for AlipayPlusConnector {
    fn name(&self) -> WalletName {
        self.name
    }

    fn request(&self, call: &Call, env: Env) -> Request {
        let (name, body) = match &call.ask {
            Ask::Pay(ask) => ("pay", json(&self.desk.pay_request(call, ask))),
            Ask::CreateOrder(ask) if !ask.hold => {
                ("pay", json(&self.desk.order_request(call, ask, env.now)))
            }
            // Holds are not connected, and the profile offers none. Should somebody ask all the same,
            // asking what there is moves nothing.
            Ask::Inquire { .. }
            | Ask::Authorise(_)
            | Ask::CreateOrder(_)
            | Ask::Capture(_)
            | Ask::InquireCapture(_)
            | Ask::Void { .. } => ("inquiryPayment", json(&payment_key(call))),
            Ask::Cancel { .. } | Ask::CancelRefund(_) => {
                ("cancelPayment", json(&payment_key(call)))
            }
            Ask::Refund(ask) => ("refund", json(&refund_request(payment_key(call), ask))),
            Ask::InquireRefund(ask) => ("inquiryRefund", json(&refund_key(ask))),
        };
        self.desk.post(name, body, env)
    }

    fn answer(
        &self,
        call: &Call,
        request: &Request,
        response: Result<&Response, TransportError>,
        _env: Env,
    ) -> Step {
        self.heard(call, request, response).into()
    }

    fn statement_request(&self, date: BusinessDate, env: Env) -> Option<Request> {
        Some(self.desk.statement_request(date, env))
    }

    fn statement(
        &self,
        date: BusinessDate,
        request: &Request,
        response: Result<&Response, TransportError>,
        _env: Env,
    ) -> Result<StatementStep, StatementError> {
        self.desk.statement(date, request, response)
    }

    fn code_asked(&self, request: &Request, env: Env) -> Option<Result<CodeAsked, Response>> {
        request.path().ends_with(CODE_QUESTION).then(|| self.code_question(request, env))
    }

    fn code_answer(
        &self,
        request: &Request,
        permission: Result<&Permitted, &Refusal>,
        env: Env,
    ) -> Response {
        self.code_said(request, permission, env)
    }

    fn notified(&self, request: &Request, env: Env) -> Result<Notified, Response> {
        self.desk.is_from_network(request, env)?;
        let (payment, answer) = read(&request.body)
            .and_then(notice)
            .map_err(|_| self.desk.result(request, Code::ParamIllegal, env))?;
        let command = Body::PaymentHeard(PaymentHeard {
            payment,
            question: Question::Notice,
            attempt: 0,
            answer,
        });
        Ok(Notified { command, acknowledge: self.desk.result(request, Code::Success, env) })
    }
}

fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Unknown> {
    serde_json::from_slice(body).map_err(|_| Unknown::Unreadable)
}

fn code(result: Option<&ResultSaid>) -> Result<Code, Unknown> {
    Code::read(result.ok_or(Unknown::Unreadable)?).ok_or(Unknown::UnlistedCode)
}

/// An answer that names a payment or refund must name the one that was asked about. The signature
/// covers the path, which all calls of a kind share, so this is what tells their answers apart.
fn is_about(named: Option<&Scalar>, asked: impl Display) -> Result<(), Unknown> {
    match named {
        Some(named) if named.as_str() != asked.to_string() => Err(Unknown::Unreadable),
        _ => Ok(()),
    }
}

/// The answer to `pay`: what became of the payment is in `result`.
fn paid(call: &Call, said: PaymentSaid) -> Result<PaymentAnswer, Unknown> {
    is_about(said.payment_request_id.as_ref(), call.about)?;
    of_a_payment(code(said.result.as_ref())?, said)
}

/// The answer to `pay` for an order that its payer opens: it is not paid, and here is its code. A
/// repeat says what has become of it meanwhile.
fn ordered(call: &Call, said: PaymentSaid) -> Result<PaymentAnswer, Unknown> {
    is_about(said.payment_request_id.as_ref(), call.about)?;
    let code = code(said.result.as_ref())?;
    match (of_payment(code.class()), said.link()) {
        (Meaning::Pending, Some(link)) => {
            Ok(PaymentAnswer::Ordered { link: link.into(), handle: None })
        }
        (_, _) => of_a_payment(code, said),
    }
}

/// The answer to `inquiryPayment`: first if the call worked, then what became of the payment.
fn inquired(call: &Call, said: PaymentSaid) -> Result<PaymentAnswer, Unknown> {
    is_about(said.payment_request_id.as_ref(), call.about)?;
    match of_inquiry(code(said.result.as_ref())?.class()) {
        Meaning::Yes => of_a_payment(code(said.payment_result.as_ref())?, said),
        Meaning::NotFound => Ok(PaymentAnswer::NotFound),
        other => undecided(other),
    }
}

/// The answer to `cancelPayment`.
fn cancelled(call: &Call, said: CancelSaid) -> Result<PaymentAnswer, Unknown> {
    is_about(said.payment_request_id.as_ref(), call.about)?;
    match of_cancel(code(Some(&said.result))?.class()) {
        Meaning::Cancelled => Ok(PaymentAnswer::Cancelled),
        Meaning::TooLate => Ok(PaymentAnswer::TooLate { receipt: None }),
        other => undecided(other),
    }
}

/// The body of `notifyPayment`.
fn notice(said: PaymentSaid) -> Result<(PaymentId, PaymentAnswer), Unknown> {
    let id = said.payment_request_id.as_ref().and_then(|id| id.as_str().parse().ok());
    let id = id.ok_or(Unknown::Unreadable)?;
    let answer = code(said.payment_result.as_ref()).and_then(|code| of_a_payment(code, said));
    match answer {
        // Form and signature are good, so it is acknowledged; what it says is kept as it is.
        Ok(answer) => Ok((id, answer)),
        Err(Unknown::Unreadable) => Err(Unknown::Unreadable),
        Err(why) => Ok((id, PaymentAnswer::Unknown(why))),
    }
}

fn of_a_payment(code: Code, said: PaymentSaid) -> Result<PaymentAnswer, Unknown> {
    match of_payment(code.class()) {
        Meaning::Yes => receipt(said).map(PaymentAnswer::Paid),
        Meaning::No(reason) => Ok(PaymentAnswer::Declined(Decline::read(reason, code.name()))),
        Meaning::Pending => Ok(PaymentAnswer::Pending),
        Meaning::Cancelled => Ok(PaymentAnswer::Cancelled),
        other => undecided(other),
    }
}

/// A success must name the transaction and the amount, or it proves nothing.
fn receipt(said: PaymentSaid) -> Result<Receipt, Unknown> {
    let transaction = said.payment_id.filter(|id| !id.as_str().is_empty());
    let amount = said.payment_amount.and_then(|amount| amount.money());
    let settlement = said.settlement_amount.or(said.ams.gross_settlement_amount);
    Ok(Receipt {
        transaction: transaction.ok_or(Unknown::Unreadable)?.0.into(),
        amount: amount.ok_or(Unknown::Unreadable)?,
        payer: said.actual_payment_amount.and_then(|amount| amount.money()),
        rate: said.payment_quote.map(|quote| rate_text(&quote).into()),
        settlement: settlement.and_then(|amount| amount.money()),
    })
}

/// `JPY/KRW 9.45`, with the unit when it is not one.
fn rate_text(quote: &Quote) -> String {
    let (pair, price) = (quote.quote_currency_pair.as_str(), quote.quote_price.as_str());
    match quote.quote_unit.as_ref().map(|unit| unit.as_str()) {
        None | Some("1") => format!("{pair} {price}"),
        Some(unit) => format!("{pair} {price} per {unit}"),
    }
}

/// The answer to `refund`.
fn refunded(ask: &RefundAsk, said: RefundSaid) -> Result<RefundAnswer, Unknown> {
    is_about(said.refund_request_id.as_ref(), ask.refund)?;
    of_a_refund(code(said.result.as_ref())?, said)
}

/// The answer to `inquiryRefund`.
fn inquired_refund(ask: &RefundAsk, said: RefundSaid) -> Result<RefundAnswer, Unknown> {
    is_about(said.refund_request_id.as_ref(), ask.refund)?;
    match of_inquiry(code(said.result.as_ref())?.class()) {
        Meaning::Yes => of_a_refund(code(said.refund_result.as_ref())?, said),
        Meaning::NotFound => Ok(RefundAnswer::NotFound),
        other => undecided(other),
    }
}

fn of_a_refund(code: Code, said: RefundSaid) -> Result<RefundAnswer, Unknown> {
    match of_refund(code.class()) {
        Meaning::Yes => refund_receipt(said).map(RefundAnswer::Refunded),
        Meaning::No(reason) => Ok(RefundAnswer::Declined(Decline::read(reason, code.name()))),
        Meaning::Pending => Ok(RefundAnswer::Processing),
        Meaning::NoFunds => Ok(RefundAnswer::NoFunds),
        other => undecided(other),
    }
}

fn refund_receipt(said: RefundSaid) -> Result<RefundReceipt, Unknown> {
    let amount = said.refund_amount.and_then(|amount| amount.money());
    let settlement = said.settlement_amount.or(said.ams.gross_settlement_amount);
    Ok(RefundReceipt {
        amount: amount.ok_or(Unknown::Unreadable)?,
        payer: said.actual_refund_amount.and_then(|amount| amount.money()),
        settlement: settlement.and_then(|amount| amount.money()),
    })
}

/// What is left when nothing was decided.
fn undecided<T>(meaning: Meaning) -> Result<T, Unknown> {
    match meaning {
        Meaning::Unsure | Meaning::Pending => Err(Unknown::SaidUnknown),
        Meaning::Yes
        | Meaning::No(_)
        | Meaning::Cancelled
        | Meaning::NotFound
        | Meaning::TooLate
        | Meaning::NoFunds
        | Meaning::Broken => Err(Unknown::UnlistedCode),
    }
}
