//! Asks Antom/AMS and reads what it says (`wallets/alipayplus` facts, sections 1, 4, 5 and 7).
//!
//! Captures and refunds are asked for by the network's id of the payment, which we do not keep:
//! `inquiryPayment` goes first and names it. It goes first when a hold is to be released, too: AMS has
//! `cancel` alone for that, and would give back with it what was captured.

use noren_core::command::{Body, PaymentHeard, RefundHeard};
use noren_core::id::{PaymentId, RefundId, WalletName};
use noren_core::money::Money;
use noren_core::time::BusinessDate;
use noren_core::wallet::{
    Ask, Call, CaptureAnswer, CaptureAsk, Decline, DeclineReason, PaymentAnswer, Question, Receipt,
    RefundAnswer, RefundAsk, Unknown,
};
use serde::Deserialize;

use super::desk::{Desk, payment_key, refund_key, refund_request};
use super::{
    cancelled, code, is_about, ordered, paid, read, receipt, refund_receipt, refunded, undecided,
};
use crate::alipayplus::ams::{CaptureRequest, CaptureSaid, Status, Transaction};
use crate::alipayplus::codes::{Code, Meaning, of_capture, of_inquiry, of_payment};
use crate::alipayplus::dialect::ams_path;
use crate::alipayplus::messages::{
    Bare, PayRequest, PaymentKey, PaymentSaid, RefundRequest, RefundSaid, Scalar,
};
use crate::alipayplus::{ANTOM_NOTIFY_PATH, ANTOM_REFUND_PATH, json};
use crate::connector::{Connector, Env, Heard, Notified, Step, refund_by_cancel, unheard};
use crate::link::Link;
use crate::statement::{StatementError, StatementStep};
use crate::wire::{Request, Response, TransportError};

/// What the path of the look at a payment ends with.
const LOOK: &str = "/inquiryPayment";

/// The connector of Antom.
#[derive(Clone, Debug)]
pub struct AntomConnector {
    name: WalletName,
    desk: Desk,
}

/// What follows from an answer.
enum Next {
    Heard(Heard),
    /// One more message: its call and its body.
    Ask(&'static str, Vec<u8>),
}

impl From<PaymentAnswer> for Next {
    fn from(answer: PaymentAnswer) -> Self {
        Self::Heard(Heard::Payment(answer))
    }
}

impl From<CaptureAnswer> for Next {
    fn from(answer: CaptureAnswer) -> Self {
        Self::Heard(Heard::Capture(answer))
    }
}

impl From<RefundAnswer> for Next {
    fn from(answer: RefundAnswer) -> Self {
        Self::Heard(Heard::Refund(answer))
    }
}

impl AntomConnector {
    /// `name` is the network's in the directory.
    pub fn new(name: WalletName, link: Link) -> Self {
        let path = ams_path(&link.client_id);
        Self { name, desk: Desk { link, path, notify_path: ANTOM_NOTIFY_PATH } }
    }

    fn hear(&self, call: &Call, request: &Request, response: &Response) -> Result<Next, Unknown> {
        let body = self.desk.believed(request, response)?;
        let looked = request.path().ends_with(LOOK);
        match &call.ask {
            Ask::Pay(_) => paid(call, read(body)?).map(Next::from),
            Ask::Authorise(_) => paid(call, read(body)?).map(|answer| held(answer, true).into()),
            Ask::CreateOrder(ask) => {
                ordered(call, read(body)?).map(|answer| held(answer, ask.hold).into())
            }
            Ask::Inquire { .. } => match look(call, body)? {
                Some(said) => standing(said).map(Next::from),
                None => Ok(PaymentAnswer::NotFound.into()),
            },
            Ask::Void { .. } if looked => releasable(call, body),
            Ask::Cancel { .. } | Ask::Void { .. } => cancelled(call, read(body)?).map(Next::from),
            Ask::CancelRefund(ask) => {
                let answer = cancelled(call, read(body)?)?;
                Ok(refund_by_cancel(ask, answer).into())
            }
            Ask::Capture(ask) if looked => capture_looked(call, ask, body, true),
            Ask::Capture(ask) => captured(ask, body).map(Next::from),
            Ask::InquireCapture(ask) => capture_looked(call, ask, body, false),
            Ask::Refund(ask) if looked => self.refundable(call, ask, body),
            Ask::Refund(ask) => refunded(ask, read(body)?).map(Next::from),
            Ask::InquireRefund(ask) => inquired_refund(ask, read(body)?).map(Next::from),
        }
    }

    /// A look at a payment of which something is to be given back.
    fn refundable(&self, call: &Call, ask: &RefundAsk, body: &[u8]) -> Result<Next, Unknown> {
        let payment_id = look(call, body)?.and_then(|said| said.payment_id);
        // We give back only what the network confirmed as paid; that it knows no such payment
        // contradicts itself.
        let payment_id = Some(payment_id.ok_or(Unknown::UnlistedCode)?);
        let payment = PaymentKey { payment_request_id: None, payment_id };
        let url = format!("{ANTOM_REFUND_PATH}{}", call.about);
        let request = RefundRequest {
            refund_notify_url: Some(self.desk.link.switch.url(&url).into()),
            ..refund_request(payment, ask)
        };
        Ok(Next::Ask("refund", json(&request)))
    }
}

impl Connector for AntomConnector {
    fn name(&self) -> WalletName {
        self.name
    }

    fn request(&self, call: &Call, env: Env) -> Request {
        let (name, body) = match &call.ask {
            Ask::Pay(ask) => ("pay", json(&of_ams(self.desk.pay_request(call, ask), false))),
            Ask::Authorise(ask) => ("pay", json(&of_ams(self.desk.pay_request(call, ask), true))),
            Ask::CreateOrder(ask) => {
                let request = self.desk.order_request(call, ask, env.now);
                ("pay", json(&of_ams(request, ask.hold)))
            }
            Ask::Cancel { .. } | Ask::CancelRefund(_) => ("cancel", json(&payment_key(call))),
            Ask::Inquire { .. }
            | Ask::Void { .. }
            | Ask::Capture(_)
            | Ask::InquireCapture(_)
            | Ask::Refund(_) => ("inquiryPayment", json(&payment_key(call))),
            Ask::InquireRefund(ask) => ("inquiryRefund", json(&refund_key(ask))),
        };
        self.desk.post(name, body, env)
    }

    fn answer(
        &self,
        call: &Call,
        request: &Request,
        response: Result<&Response, TransportError>,
        env: Env,
    ) -> Step {
        let response = match response {
            Ok(response) => response,
            Err(error) => return unheard(&call.ask, error).into(),
        };
        match self.hear(call, request, response) {
            Ok(Next::Heard(heard)) => heard.into(),
            Ok(Next::Ask(name, body)) => Step::Then(self.desk.post(name, body, env)),
            Err(why) => Heard::unknown(&call.ask, why).into(),
        }
    }

    fn notified(&self, request: &Request, env: Env) -> Result<Notified, Response> {
        self.desk.is_from_network(request, env)?;
        let command =
            news(request).map_err(|_| self.desk.result(request, Code::ParamIllegal, env))?;
        Ok(Notified { command, acknowledge: self.desk.result(request, Code::Success, env) })
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
}

/// `pay` as AMS wants it.
fn of_ams(mut request: PayRequest, hold: bool) -> PayRequest {
    request.product_code = Some("IN_STORE_PAYMENT".into());
    if let Some(factor) = &mut request.payment_factor {
        factor.capture_mode = hold.then(|| Scalar::from("MANUAL"));
    }
    request
}

/// The success of a request to hold the money is that it is held.
fn held(answer: PaymentAnswer, hold: bool) -> PaymentAnswer {
    match answer {
        PaymentAnswer::Paid(receipt) if hold => PaymentAnswer::Authorised(receipt),
        other => other,
    }
}

/// The answer to `inquiryPayment`. `None`: the network knows no such payment.
fn look(call: &Call, body: &[u8]) -> Result<Option<PaymentSaid>, Unknown> {
    let said: PaymentSaid = read(body)?;
    is_about(said.payment_request_id.as_ref(), call.about)?;
    match of_inquiry(code(said.result.as_ref())?.class()) {
        // What is known is named.
        Meaning::Yes if said.payment_request_id.is_none() => Err(Unknown::Unreadable),
        Meaning::Yes => Ok(Some(said)),
        Meaning::NotFound => Ok(None),
        other => undecided(other),
    }
}

fn word(status: Option<&Scalar>) -> Result<Status, Unknown> {
    Status::read(status.ok_or(Unknown::Unreadable)?.as_str()).ok_or(Unknown::UnlistedCode)
}

/// What became of a payment, as an inquiry says it: `paymentStatus`, and why in `paymentResultCode`.
fn standing(said: PaymentSaid) -> Result<PaymentAnswer, Unknown> {
    let why = said.ams.payment_result_code.as_ref().map(|code| Code::named(code.as_str()));
    match (word(said.ams.payment_status.as_ref())?, why) {
        (Status::Success, None | Some(Some(Code::Success))) => stands(said),
        (Status::Fail, Some(Some(code))) => match of_payment(code.class()) {
            Meaning::No(reason) => Ok(PaymentAnswer::Declined(Decline::read(reason, code.name()))),
            Meaning::Cancelled => Ok(PaymentAnswer::Cancelled),
            // Failed, for a reason that is none.
            Meaning::Yes
            | Meaning::Pending
            | Meaning::NotFound
            | Meaning::TooLate
            | Meaning::NoFunds
            | Meaning::Unsure
            | Meaning::Broken => Err(Unknown::UnlistedCode),
        },
        (Status::Success | Status::Fail, _) => Err(Unknown::UnlistedCode),
        (Status::Processing | Status::Pending, _) => Ok(PaymentAnswer::Pending),
        (Status::Cancelled, _) => Ok(PaymentAnswer::Cancelled),
    }
}

/// What a success is: paid, held, or captured of what was held. **Ours**: that `authExpiryTime` tells
/// a hold from a payment. AMS says `SUCCESS` of both.
fn stands(said: PaymentSaid) -> Result<PaymentAnswer, Unknown> {
    let hold = said.ams.auth_expiry_time.is_some();
    let taken = captured_sum(&said)?;
    let receipt = receipt(said)?;
    Ok(match (hold, taken) {
        (false, _) => PaymentAnswer::Paid(receipt),
        (true, None) => PaymentAnswer::Authorised(receipt),
        // The payer's amount, the rate and what we receive are those of the whole.
        (true, Some(amount)) => PaymentAnswer::Paid(Receipt {
            payer: None,
            settlement: None,
            rate: None,
            amount,
            ..receipt
        }),
    })
}

/// The captures that a payment lists.
fn captures(said: &PaymentSaid) -> impl Iterator<Item = &Transaction> {
    let all = said.ams.transactions.as_deref().unwrap_or_default();
    all.iter().filter(|listed| listed.transaction_type.as_str() == "CAPTURE")
}

/// What was captured of a payment, as it lists that. `None`: nothing.
fn captured_sum(said: &PaymentSaid) -> Result<Option<Money>, Unknown> {
    let mut sum: Option<Money> = None;
    for capture in captures(said) {
        match word(Some(&capture.transaction_status))? {
            Status::Success => {
                let amount = capture.transaction_amount.money().ok_or(Unknown::Unreadable)?;
                let added = sum.map_or(Ok(amount), |sum| sum.checked_add(amount));
                sum = Some(added.map_err(|_| Unknown::Unreadable)?);
            }
            Status::Fail | Status::Processing | Status::Cancelled | Status::Pending => {}
        }
    }
    Ok(sum)
}

/// A look at what is to be released.
fn releasable(call: &Call, body: &[u8]) -> Result<Next, Unknown> {
    let said = look(call, body)?;
    let taken = said.as_ref().map(captured_sum).transpose()?.flatten();
    match said.filter(|_| taken.is_some()) {
        // A cancel would give back what the shop has taken.
        Some(said) => match standing(said)? {
            PaymentAnswer::Paid(receipt) => {
                Ok(PaymentAnswer::TooLate { receipt: Some(receipt) }.into())
            }
            answer => Ok(answer.into()),
        },
        None => Ok(Next::Ask("cancel", json(&payment_key(call)))),
    }
}

/// A look at a capture, in the list of its payment. `asked`: it is to be made when it is not there.
fn capture_looked(
    call: &Call,
    ask: &CaptureAsk,
    body: &[u8],
    asked: bool,
) -> Result<Next, Unknown> {
    let said = look(call, body)?.ok_or(Unknown::UnlistedCode)?;
    let key = ask.capture.to_string();
    let named = |id: Option<&Scalar>| id.is_some_and(|id| id.as_str() == key);
    let own = captures(&said).find(|capture| named(capture.transaction_request_id.as_ref()));
    if let Some(own) = own {
        let code = code(Some(&own.transaction_result))?;
        let amount = own.transaction_amount.money();
        return of_a_capture(code, &own.transaction_id, amount).map(Next::from);
    }
    let payment_id = said.payment_id.clone();
    match standing(said)? {
        PaymentAnswer::Authorised(_) if asked => {
            let request = CaptureRequest {
                capture_request_id: key.into(),
                payment_id: payment_id.ok_or(Unknown::Unreadable)?,
                capture_amount: ask.amount.into(),
                // One capture: the rest is released with it.
                is_last_capture: Some("true".into()),
            };
            Ok(Next::Ask("capture", json(&request)))
        }
        PaymentAnswer::Authorised(_) => Ok(CaptureAnswer::NotFound.into()),
        PaymentAnswer::Pending => Ok(CaptureAnswer::Processing.into()),
        // Nothing is held, and nothing was taken by this capture.
        PaymentAnswer::Cancelled => {
            let no = Decline::read(DeclineReason::Other, Code::OrderIsCanceled.name());
            Ok(CaptureAnswer::Declined(no).into())
        }
        PaymentAnswer::Declined(no) => Ok(CaptureAnswer::Declined(no).into()),
        // Taken, and by no capture of ours; or never held.
        PaymentAnswer::Paid(_)
        | PaymentAnswer::Ordered { .. }
        | PaymentAnswer::NotFound
        | PaymentAnswer::Blocked
        | PaymentAnswer::TooLate { .. }
        | PaymentAnswer::NotSent
        | PaymentAnswer::Unknown(_) => Err(Unknown::UnlistedCode),
    }
}

/// The answer to `capture`.
fn captured(ask: &CaptureAsk, body: &[u8]) -> Result<CaptureAnswer, Unknown> {
    let bare: Bare = read(body)?;
    let code = code(Some(&bare.result))?;
    match read::<CaptureSaid>(body) {
        Ok(said) => {
            is_about(Some(&said.capture_request_id), ask.capture)?;
            of_a_capture(code, &said.capture_id, said.capture_amount.money())
        }
        // A refusal need not have members.
        Err(_) => of_a_capture(code, &Scalar::from(""), None),
    }
}

/// `transaction` and `amount` are what a success must name.
fn of_a_capture(
    code: Code,
    transaction: &Scalar,
    amount: Option<Money>,
) -> Result<CaptureAnswer, Unknown> {
    match of_capture(code.class()) {
        Meaning::Yes if transaction.as_str().is_empty() => Err(Unknown::Unreadable),
        Meaning::Yes => Ok(CaptureAnswer::Captured(Receipt {
            transaction: transaction.as_str().into(),
            amount: amount.ok_or(Unknown::Unreadable)?,
            payer: None,
            rate: None,
            settlement: None,
        })),
        Meaning::No(reason) => Ok(CaptureAnswer::Declined(Decline::read(reason, code.name()))),
        Meaning::Pending => Ok(CaptureAnswer::Processing),
        other => undecided(other),
    }
}

/// The answer to `inquiryRefund`: first if the call worked, then what became of the refund.
fn inquired_refund(ask: &RefundAsk, said: RefundSaid) -> Result<RefundAnswer, Unknown> {
    is_about(said.refund_request_id.as_ref(), ask.refund)?;
    match of_inquiry(code(said.result.as_ref())?.class()) {
        Meaning::Yes => of_a_refund(said),
        Meaning::NotFound => Ok(RefundAnswer::NotFound),
        other => undecided(other),
    }
}

/// What became of a refund: `refundStatus`. Why it failed is not said.
fn of_a_refund(said: RefundSaid) -> Result<RefundAnswer, Unknown> {
    match word(said.ams.refund_status.as_ref())? {
        Status::Success => refund_receipt(said).map(RefundAnswer::Refunded),
        Status::Fail => {
            Ok(RefundAnswer::Declined(Decline::read(DeclineReason::Refund, Status::Fail.word())))
        }
        Status::Processing | Status::Pending => Ok(RefundAnswer::Processing),
        Status::Cancelled => Err(Unknown::UnlistedCode),
    }
}

/// Of which kind a notification is.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Kind {
    notify_type: Scalar,
}

/// What a notification says. `Err`: nothing that can be read.
fn news(request: &Request) -> Result<Body, Unknown> {
    let kind: Kind = read(&request.body)?;
    match kind.notify_type.as_str() {
        "PAYMENT_RESULT" => payment_news(read(&request.body)?, payment_result),
        "PAYMENT_PENDING" => payment_news(read(&request.body)?, |_| Ok(PaymentAnswer::Pending)),
        "REFUND_RESULT" => refund_news(request.path(), read(&request.body)?),
        // Captures are asked about; whatever else there is was not asked for.
        _ => Err(Unknown::UnlistedCode),
    }
}

fn payment_news(
    said: PaymentSaid,
    read: impl FnOnce(PaymentSaid) -> Result<PaymentAnswer, Unknown>,
) -> Result<Body, Unknown> {
    let id = said.payment_request_id.as_ref().and_then(|id| id.as_str().parse::<PaymentId>().ok());
    let payment = id.ok_or(Unknown::Unreadable)?;
    let answer = match read(said) {
        Err(Unknown::Unreadable) => return Err(Unknown::Unreadable),
        // Form and signature are good, so it is acknowledged; what it says is kept as it is.
        answer => answer.unwrap_or_else(PaymentAnswer::Unknown),
    };
    let question = Question::Notice;
    Ok(Body::PaymentHeard(PaymentHeard { payment, question, attempt: 0, answer }))
}

/// What became of a payment, as its notification says it: in `result`.
fn payment_result(said: PaymentSaid) -> Result<PaymentAnswer, Unknown> {
    let code = code(said.result.as_ref())?;
    match of_payment(code.class()) {
        Meaning::Yes => stands(said),
        Meaning::No(reason) => Ok(PaymentAnswer::Declined(Decline::read(reason, code.name()))),
        Meaning::Pending => Ok(PaymentAnswer::Pending),
        Meaning::Cancelled => Ok(PaymentAnswer::Cancelled),
        other => undecided(other),
    }
}

/// The payment of a refund is in the address that we named: the network's id of it says us nothing.
fn refund_news(path: &str, said: RefundSaid) -> Result<Body, Unknown> {
    let named = path.rsplit_once('/').map_or(path, |(_, named)| named);
    let payment: PaymentId = named.parse().map_err(|_| Unknown::Unreadable)?;
    let id = said.refund_request_id.as_ref().and_then(|id| id.as_str().parse::<RefundId>().ok());
    let refund = id.ok_or(Unknown::Unreadable)?;
    let answer = match of_a_refund(said) {
        Err(Unknown::Unreadable) => return Err(Unknown::Unreadable),
        answer => answer.unwrap_or_else(RefundAnswer::Unknown),
    };
    Ok(Body::RefundHeard(RefundHeard { payment: Some(payment), refund, answer }))
}
