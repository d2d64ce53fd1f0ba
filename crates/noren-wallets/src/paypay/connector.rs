//! Asks PayPay and reads what it says.
//!
//! PayPay knows a payment by our id (`merchantPaymentId`), but wants its own id (`paymentId`) in
//! refunds and reverts, so those begin with a look at the payment. A payment that is known by our
//! id alone may have come from a code or from a direct call; each has its own inquiry, and the one
//! is asked when the other knows nothing.

use noren_core::command::{Body, PaymentHeard};
use noren_core::id::{PaymentId, WalletName};
use noren_core::time::{BusinessDate, Timestamp};
use noren_core::wallet::{
    Ask, Call, CaptureAnswer, CaptureAsk, Decline, DeclineReason, OrderAsk, PayAsk, PaymentAnswer,
    Question, Reference, RefundAnswer, RefundAsk, Unknown,
};
use serde::Serialize;

use super::calls::Api;
use super::codes::{
    Meaning, of_cancel, of_capture, of_code_delete, of_look, of_payment, of_refund, of_refund_look,
    of_revert,
};
use super::hearing::{self, RefundLook, Said, read, undecided};
use super::messages::{
    CaptureRequest, CodeRequest, CodeSaid, PaymentRequest, PaymentSaid, RefundRequest, RefundSaid,
    RevertRequest, RevertSaid, Status, Webhook, seconds, shortened,
};
use super::{CONTENT_TYPE, HOLD_LIFETIME, signing, statement};
use crate::connector::{Connector, Env, Heard, Notified, Step, refund_by_cancel, unheard};
use crate::link::Link;
use crate::statement::{StatementError, StatementStep};
use crate::wire::{Request, Response, TransportError};

/// The connector of PayPay.
#[derive(Clone, Debug)]
pub struct PayPayConnector {
    name: WalletName,
    link: Link,
}

/// What follows from an answer, before it is made a message.
enum Next {
    Heard(Heard),
    /// One more message, without a body.
    Ask(Api),
    /// Release the hold that the network knows by this id.
    Revert(String),
    /// Refund the payment that the network knows by this id.
    Refund(String),
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

impl PayPayConnector {
    /// `name` is the network's in the directory.
    pub fn new(name: WalletName, link: Link) -> Self {
        Self { name, link }
    }

    fn message(&self, call: &Api, query: &str, body: Vec<u8>, env: Env) -> Request {
        let (method, below) = call.address();
        let headers = match body.is_empty() {
            true => Vec::new(),
            false => vec![("content-type".to_owned(), CONTENT_TYPE.to_owned())],
        };
        let target = self.link.network.target(&format!("{below}{query}"));
        let mut request = Request { method: method.to_owned(), target, headers, body };
        let nonce = signing::nonce(env.nonce);
        signing::sign_request(
            &mut request,
            &self.link.client_id,
            &*self.link.sign,
            env.now,
            &nonce,
        );
        request
    }

    fn bare(&self, call: &Api, env: Env) -> Request {
        self.message(call, "", Vec::new(), env)
    }

    /// The call that a message of ours made.
    fn sent(&self, request: &Request) -> Option<Api> {
        let below = self.link.network.below(signing::path(&request.target))?;
        Api::read(&request.method, below)
    }

    fn hear(&self, call: &Call, request: &Request, response: &Response) -> Result<Next, Unknown> {
        // A message that is not ours is a mistake of ours, and proves nothing.
        let sent = self.sent(request).ok_or(Unknown::Unreadable)?;
        match (&call.ask, &sent) {
            (Ask::Pay(_) | Ask::Authorise(_), _) => paid(call, response),
            (Ask::CreateOrder(ask), _) => ordered(call, ask, response),
            (Ask::Inquire { .. }, _) => looked(call, &sent, response, |said| {
                hearing::payment(call.about, &said).map(Next::from)
            }),
            (Ask::Cancel { .. }, Api::CodeDelete(_)) => code_deleted(call, response),
            (Ask::Cancel { .. }, _) => cancelled(response).map(Next::from),
            (Ask::CancelRefund(ask), _) => {
                cancelled(response).map(|answer| refund_by_cancel(ask, answer).into())
            }
            (Ask::Void { .. }, Api::Revert) => reverted(request, response),
            (Ask::Void { .. }, _) => looked(call, &sent, response, |said| voidable(call, &said)),
            (Ask::Capture(ask), Api::Capture) => captured(call, ask, response),
            (Ask::Capture(ask), _) => looked(call, &sent, response, |said| {
                hearing::captured(call.about, ask, &said, true).map(Next::from)
            }),
            (Ask::InquireCapture(ask), _) => looked(call, &sent, response, |said| {
                hearing::captured(call.about, ask, &said, false).map(Next::from)
            }),
            (Ask::Refund(ask), Api::Refund) => refunded(ask, response),
            (Ask::Refund(ask), Api::RefundLook(_)) => {
                // It was refused just before. When there is none of this id, none was made.
                let none = Decline::read(DeclineReason::Refund, "NO_SUCH_REFUND_ORDER");
                refund_looked(ask, response, RefundAnswer::Declined(none))
            }
            (Ask::Refund(ask), _) => {
                looked(call, &sent, response, |said| refundable(call, ask, &said))
            }
            (Ask::InquireRefund(ask), _) => refund_looked(ask, response, RefundAnswer::NotFound),
        }
    }
}

impl Connector for PayPayConnector {
    fn name(&self) -> WalletName {
        self.name
    }

    fn request(&self, call: &Call, env: Env) -> Request {
        // Two payers of one amount within five minutes are two payers: our own id keeps repeats
        // apart, and the payer's code was fresh.
        const AGREED: &str = "?agreeSimilarTransaction=true";
        let about = || call.about.to_string();
        match &call.ask {
            Ask::Pay(ask) => {
                let body = json(&payment_request(call, ask, None, env.now));
                self.message(&Api::Pay, AGREED, body, env)
            }
            Ask::Authorise(ask) => {
                let expires_at = seconds(env.now.after(HOLD_LIFETIME));
                let body = json(&payment_request(call, ask, Some(expires_at), env.now));
                self.message(&Api::Preauthorise, AGREED, body, env)
            }
            Ask::CreateOrder(ask) => {
                self.message(&Api::CodeCreate, "", json(&code_request(call, ask, env.now)), env)
            }
            Ask::Capture(ask) => {
                self.message(&Api::Capture, "", json(&capture_request(call, ask, env.now)), env)
            }
            Ask::Inquire { reference }
            | Ask::Void { reference }
            | Ask::InquireCapture(CaptureAsk { reference, .. })
            | Ask::Refund(RefundAsk { reference, .. }) => self.bare(&look(call, reference), env),
            Ask::Cancel { reference: Reference::Order { handle } } => {
                self.bare(&Api::CodeDelete(handle.as_ref().to_owned()), env)
            }
            // What is refunded by a cancel was paid, so there is no code to delete.
            Ask::Cancel { .. } | Ask::CancelRefund(_) => self.bare(&Api::Cancel(about()), env),
            Ask::InquireRefund(ask) => self.bare(&Api::RefundLook(ask.refund.to_string()), env),
        }
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
        match (self.hear(call, request, response), &call.ask) {
            (Ok(Next::Heard(heard)), _) => heard.into(),
            (Ok(Next::Ask(next)), _) => Step::Then(self.bare(&next, env)),
            (Ok(Next::Revert(payment_id)), _) => {
                let body = json(&revert_request(call, payment_id, env.now));
                Step::Then(self.message(&Api::Revert, "", body, env))
            }
            (Ok(Next::Refund(payment_id)), Ask::Refund(ask)) => {
                let body = json(&refund_request(ask, payment_id, env.now));
                Step::Then(self.message(&Api::Refund, "", body, env))
            }
            // Only a refund leads to a refund.
            (Ok(Next::Refund(_)), ask) => Heard::unknown(ask, Unknown::Unreadable).into(),
            (Err(why), ask) => Heard::unknown(ask, why).into(),
        }
    }

    /// Not signed, so it proves nothing: whatever it says of a payment of ours makes us ask.
    fn notified(&self, request: &Request, _env: Env) -> Result<Notified, Response> {
        let webhook: Webhook =
            serde_json::from_slice(&request.body).map_err(|_| acknowledge(400))?;
        let named = webhook.merchant_order_id.as_deref().and_then(|id| id.parse().ok());
        let payment: Option<PaymentId> =
            named.filter(|_| webhook.notification_type == "Transaction");
        // News of users and files, and of payments that are not ours, is heard and needs nothing.
        let payment = payment.ok_or_else(|| acknowledge(200))?;
        let command = Body::PaymentHeard(PaymentHeard {
            payment,
            question: Question::Notice,
            attempt: 0,
            answer: PaymentAnswer::Pending,
        });
        Ok(Notified { command, acknowledge: acknowledge(200) })
    }

    fn statement_request(&self, date: BusinessDate, env: Env) -> Option<Request> {
        Some(self.bare(&Api::Statement(date.to_string()), env))
    }

    fn statement(
        &self,
        date: BusinessDate,
        _request: &Request,
        response: Result<&Response, TransportError>,
        _env: Env,
    ) -> Result<StatementStep, StatementError> {
        let response = response.map_err(|_| StatementError::Transport)?;
        statement::read(date, response).map(StatementStep::Read)
    }
}

/// The inquiry that knows the payment, as far as we can tell.
fn look(call: &Call, reference: &Reference) -> Api {
    let about = call.about.to_string();
    match reference {
        Reference::Order { .. } => Api::CodeLook(about),
        // PayPay's users do not scan our codes yet, and it is no push rail.
        Reference::Request | Reference::Scan { .. } | Reference::Credit { .. } => Api::Look(about),
    }
}

/// The answer to an inquiry. When the one for direct payments knows nothing, the one for codes is
/// asked.
fn looked(
    call: &Call,
    sent: &Api,
    response: &Response,
    then: impl FnOnce(PaymentSaid) -> Result<Next, Unknown>,
) -> Result<Next, Unknown> {
    match (read(response, of_look)?, sent) {
        (Said::Data(said), _) => then(*said),
        (Said::Only(Meaning::NotFound, _), Api::Look(id)) => {
            Ok(Next::Ask(Api::CodeLook(id.clone())))
        }
        (Said::Only(Meaning::NotFound, _), _) => match call.ask {
            Ask::Inquire { .. } => Ok(PaymentAnswer::NotFound.into()),
            // Of a hold, or of what it confirmed as paid, the network contradicts itself.
            _ => Err(Unknown::UnlistedCode),
        },
        (Said::Only(meaning, _), _) => undecided(meaning),
    }
}

fn paid(call: &Call, response: &Response) -> Result<Next, Unknown> {
    match read(response, of_payment)? {
        Said::Data(said) => hearing::payment(call.about, &said).map(Next::from),
        Said::Only(Meaning::Pending, _) => Ok(PaymentAnswer::Pending.into()),
        Said::Only(Meaning::No(reason), code) => {
            Ok(PaymentAnswer::Declined(Decline::read(reason, code.name())).into())
        }
        Said::Only(meaning, _) => undecided(meaning),
    }
}

fn ordered(call: &Call, ask: &OrderAsk, response: &Response) -> Result<Next, Unknown> {
    match read::<CodeSaid>(response, of_payment)? {
        Said::Data(said) => hearing::ordered(call.about, ask.amount, *said).map(Next::from),
        Said::Only(Meaning::No(reason), code) => {
            Ok(PaymentAnswer::Declined(Decline::read(reason, code.name())).into())
        }
        Said::Only(meaning, _) => undecided(meaning),
    }
}

fn code_deleted(call: &Call, response: &Response) -> Result<Next, Unknown> {
    match read_only(response, of_code_delete)? {
        // Nobody had paid, and nobody can any more.
        Meaning::Cancelled => Ok(PaymentAnswer::Cancelled.into()),
        Meaning::Next => Ok(Next::Ask(Api::Cancel(call.about.to_string()))),
        meaning => undecided(meaning),
    }
}

fn cancelled(response: &Response) -> Result<PaymentAnswer, Unknown> {
    match read_only(response, of_cancel)? {
        Meaning::Cancelled => Ok(PaymentAnswer::Cancelled),
        Meaning::TooLate => Ok(PaymentAnswer::TooLate { receipt: None }),
        meaning => undecided(meaning),
    }
}

/// An answer that has no data.
fn read_only(
    response: &Response,
    means: fn(super::codes::Class) -> Meaning,
) -> Result<Meaning, Unknown> {
    match read::<serde_json::Value>(response, means)? {
        Said::Data(_) => Err(Unknown::Unreadable),
        Said::Only(meaning, _) => Ok(meaning),
    }
}

/// A look at a hold that is to be released.
fn voidable(call: &Call, said: &PaymentSaid) -> Result<Next, Unknown> {
    match hearing::standing(call.about, said)? {
        Status::Authorized => {
            let id = said.payment_id.clone().filter(|id| !id.is_empty());
            id.map(Next::Revert).ok_or(Unknown::Unreadable)
        }
        Status::Created | Status::Reauthorizing => Err(Unknown::SaidUnknown),
        Status::Completed | Status::Refunded => {
            let receipt = hearing::receipt(said, hearing::taken(said)?)?;
            Ok(PaymentAnswer::TooLate { receipt: Some(receipt) }.into())
        }
        // Nothing is held.
        Status::Failed | Status::Canceled | Status::Expired => Ok(PaymentAnswer::Cancelled.into()),
    }
}

fn reverted(request: &Request, response: &Response) -> Result<Next, Unknown> {
    match read::<RevertSaid>(response, of_revert)? {
        Said::Data(said) => hearing::reverted(&request.body, &said).map(Next::from),
        Said::Only(Meaning::TooLate, _) => Ok(PaymentAnswer::TooLate { receipt: None }.into()),
        Said::Only(meaning, _) => undecided(meaning),
    }
}

fn captured(call: &Call, ask: &CaptureAsk, response: &Response) -> Result<Next, Unknown> {
    match read::<PaymentSaid>(response, of_capture)? {
        Said::Data(said) => hearing::captured(call.about, ask, &said, true).map(Next::from),
        Said::Only(Meaning::Pending, _) => Ok(CaptureAnswer::Processing.into()),
        Said::Only(Meaning::Next, _) => Ok(Next::Ask(look(call, &ask.reference))),
        Said::Only(Meaning::No(reason), code) => {
            Ok(CaptureAnswer::Declined(Decline::read(reason, code.name())).into())
        }
        Said::Only(meaning, _) => undecided(meaning),
    }
}

/// A look at a payment that is to be refunded.
fn refundable(call: &Call, ask: &RefundAsk, said: &PaymentSaid) -> Result<Next, Unknown> {
    match hearing::refundable(call.about, ask, said)? {
        RefundLook::Made(answer) => Ok(answer.into()),
        RefundLook::Payment(id) => Ok(Next::Refund(id)),
        RefundLook::Nothing(decline) => Ok(RefundAnswer::Declined(decline).into()),
    }
}

fn refunded(ask: &RefundAsk, response: &Response) -> Result<Next, Unknown> {
    match read::<RefundSaid>(response, of_refund)? {
        Said::Data(said) => hearing::refunded(ask, &said).map(Next::from),
        Said::Only(Meaning::Pending, _) => Ok(RefundAnswer::Processing.into()),
        Said::Only(Meaning::NoFunds, _) => Ok(RefundAnswer::NoFunds.into()),
        Said::Only(Meaning::Next, _) => Ok(Next::Ask(Api::RefundLook(ask.refund.to_string()))),
        Said::Only(meaning, _) => undecided(meaning),
    }
}

fn refund_looked(
    ask: &RefundAsk,
    response: &Response,
    unknown: RefundAnswer,
) -> Result<Next, Unknown> {
    match read::<RefundSaid>(response, of_refund_look)? {
        Said::Data(said) => hearing::refunded(ask, &said).map(Next::from),
        Said::Only(Meaning::NotFound, _) => Ok(unknown.into()),
        Said::Only(meaning, _) => undecided(meaning),
    }
}

fn payment_request(
    call: &Call,
    ask: &PayAsk,
    expires_at: Option<i64>,
    now: Timestamp,
) -> PaymentRequest {
    PaymentRequest {
        merchant_payment_id: call.about.to_string(),
        user_authorization_id: None,
        payment_code: Some(ask.code.reveal().to_owned()),
        amount: ask.amount.into(),
        requested_at: seconds(now),
        store_id: Some(ask.shop.store.to_string()),
        terminal_id: None,
        order_receipt_number: Some(shortened(&ask.order_number)),
        order_description: Some(shortened(&format!("{} {}", ask.shop.name_ja, ask.order_number))),
        order_items: None,
        metadata: None,
        expires_at,
    }
}

fn code_request(call: &Call, ask: &OrderAsk, now: Timestamp) -> CodeRequest {
    let description = format!("{} {}", ask.shop.name_ja, ask.order_number);
    CodeRequest {
        merchant_payment_id: call.about.to_string(),
        amount: ask.amount.into(),
        code_type: "ORDER_QR".to_owned(),
        order_description: Some(shortened(&description)),
        order_items: None,
        metadata: None,
        store_info: Some(shortened(&ask.shop.name_ja)),
        store_id: Some(ask.shop.store.to_string()),
        terminal_id: None,
        requested_at: Some(seconds(now)),
        redirect_url: None,
        redirect_type: None,
        user_agent: None,
        is_authorization: Some(ask.hold),
        authorization_expiry: ask.hold.then(|| seconds(now.after(HOLD_LIFETIME))),
    }
}

fn capture_request(call: &Call, ask: &CaptureAsk, now: Timestamp) -> CaptureRequest {
    CaptureRequest {
        merchant_payment_id: call.about.to_string(),
        merchant_capture_id: ask.capture.to_string(),
        amount: ask.amount.into(),
        requested_at: seconds(now),
        order_description: ask.capture.to_string(),
    }
}

fn revert_request(call: &Call, payment_id: String, now: Timestamp) -> RevertRequest {
    RevertRequest {
        // A hold is released once, so its own id is the key of that.
        merchant_revert_id: call.about.to_string(),
        payment_id,
        requested_at: seconds(now),
        reason: None,
    }
}

fn refund_request(ask: &RefundAsk, payment_id: String, now: Timestamp) -> RefundRequest {
    RefundRequest {
        merchant_refund_id: ask.refund.to_string(),
        payment_id,
        amount: ask.amount.into(),
        requested_at: seconds(now),
        reason: None,
    }
}

fn acknowledge(status: u16) -> Response {
    Response {
        status,
        headers: vec![("content-type".to_owned(), CONTENT_TYPE.to_owned())],
        body: b"{}".to_vec(),
    }
}

fn json(message: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(message).expect("our messages have string keys only")
}
