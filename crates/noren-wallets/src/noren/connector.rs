//! Asks a wallet that speaks the Noren wallet API, and reads what it says.

use noren_core::command::{Body, CaptureHeard, PaymentHeard, RefundHeard};
use noren_core::id::WalletName;
use noren_core::time::BusinessDate;
use noren_core::wallet::{
    Ask, Call, CaptureAnswer, CaptureAsk, OrderAsk, PayAsk, PaymentAnswer, Question, Reference,
    RefundAnswer, RefundAsk, Unknown,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::messages::{
    About, Capture, CaptureRequest, CaptureSaid, DeclineWord, Notification, OrderRequest,
    PayRequest, PaymentSaid, RefundRequest, RefundSaid,
};
use super::signature::{sign_request, sign_response, verify_request, verify_response};
use crate::connector::{
    Connector, Env, Heard, Notified, Step, asked_of, refund_by_cancel, unheard,
};
use crate::link::Link;
use crate::statement::{StatementError, StatementStep, flat};
use crate::wire::{Request, Response, TransportError};

/// One wallet on the Noren wallet API.
#[derive(Clone, Debug)]
pub struct NorenConnector {
    name: WalletName,
    link: Link,
}

impl NorenConnector {
    /// `name` is the wallet's in the directory: many wallets can speak this protocol.
    pub fn new(name: WalletName, link: Link) -> Self {
        Self { name, link }
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
        if response.status >= 500 || response.status == 429 {
            return Heard::unknown(&call.ask, Unknown::Transport);
        }
        let (key_id, key) = (&self.link.client_id, &*self.link.verify);
        if verify_response(response, request, key_id, key).is_err() {
            return Heard::unknown(&call.ask, Unknown::BadSignature);
        }
        if response.status != 200 {
            // The wallet refuses the call itself (form, repeat with other content). That says
            // nothing of the payment, and somebody should look.
            return Heard::unknown(&call.ask, Unknown::UnlistedCode);
        }
        let (body, words) = (&response.body, words(&call.ask));
        match &call.ask {
            Ask::Pay(_)
            | Ask::Authorise(_)
            | Ask::CreateOrder(_)
            | Ask::Inquire { .. }
            | Ask::Cancel { .. }
            | Ask::Void { .. } => {
                let said = read::<PaymentSaid>(body, words);
                Heard::Payment(said.map_or_else(PaymentAnswer::Unknown, PaymentSaid::answer))
            }
            Ask::Capture(_) | Ask::InquireCapture(_) => {
                let said = read::<CaptureSaid>(body, words);
                Heard::Capture(said.map_or_else(CaptureAnswer::Unknown, CaptureSaid::answer))
            }
            Ask::CancelRefund(ask) => {
                let said = read::<PaymentSaid>(body, words);
                let answer = said.map_or_else(PaymentAnswer::Unknown, PaymentSaid::answer);
                Heard::Refund(refund_by_cancel(ask, answer))
            }
            Ask::Refund(_) | Ask::InquireRefund(_) => {
                let said = read::<RefundSaid>(body, words);
                Heard::Refund(said.map_or_else(RefundAnswer::Unknown, RefundSaid::answer))
            }
        }
    }
}

impl Connector for NorenConnector {
    fn name(&self) -> WalletName {
        self.name
    }

    fn request(&self, call: &Call, env: Env) -> Request {
        let below = below(call);
        let (method, body) = match &call.ask {
            Ask::Pay(ask) => ("POST", json(&pay_request(call, ask, Capture::Now))),
            Ask::Authorise(ask) => ("POST", json(&pay_request(call, ask, Capture::Later))),
            Ask::CreateOrder(ask) => ("POST", json(&order_request(call, ask))),
            Ask::Capture(ask) => ("POST", json(&capture_request(ask))),
            Ask::Inquire { .. } | Ask::InquireCapture(_) | Ask::InquireRefund(_) => {
                ("GET", Vec::new())
            }
            Ask::Cancel { .. } | Ask::CancelRefund(_) | Ask::Void { .. } => {
                ("POST", b"{}".to_vec())
            }
            Ask::Refund(ask) => ("POST", json(&refund_request(call, ask))),
        };
        let mut request = Request {
            method: method.to_owned(),
            target: self.link.network.target(&below),
            headers: vec![("content-type".into(), "application/json".into())],
            body,
        };
        let (origin, key) = (self.link.network.origin(), &*self.link.sign);
        sign_request(&mut request, origin, &self.link.client_id, key, env.now, env.nonce);
        request
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
        let mut request = Request {
            method: "GET".into(),
            target: self.link.network.target(&format!("/statements/{date}")),
            headers: Vec::new(),
            body: Vec::new(),
        };
        let (origin, key) = (self.link.network.origin(), &*self.link.sign);
        sign_request(&mut request, origin, &self.link.client_id, key, env.now, env.nonce);
        Some(request)
    }

    fn statement(
        &self,
        date: BusinessDate,
        request: &Request,
        response: Result<&Response, TransportError>,
        _env: Env,
    ) -> Result<StatementStep, StatementError> {
        let response = response.map_err(|_| StatementError::Transport)?;
        let (key_id, key) = (&self.link.client_id, &*self.link.verify);
        verify_response(response, request, key_id, key)
            .map_err(|_| StatementError::BadSignature)?;
        match response.status {
            200 => flat::read(date, &response.body).map(StatementStep::Read),
            409 => Err(StatementError::NotYet),
            status => Err(StatementError::Unreadable(format!("HTTP status {status}"))),
        }
    }

    fn notified(&self, request: &Request, env: Env) -> Result<Notified, Response> {
        let key_of = |id: &str| (id == self.link.client_id).then_some(&*self.link.verify);
        let checked = verify_request(request, self.link.switch.origin(), env.now, key_of);
        checked.map_err(|error| problem(401, "signature-refused", &error.to_string()))?;
        let unreadable = |why: &str| problem(400, "notification-unreadable", why);
        let notification: Notification = serde_json::from_slice(&request.body)
            .map_err(|error| unreadable(&error.to_string()))?;
        let command = match notification.about {
            About::Payment { outcome: PaymentSaid::TooLate { .. }, .. } => {
                return Err(unreadable("too_late answers a cancel and nothing else"));
            }
            About::Payment { payment_id, outcome } => Body::PaymentHeard(PaymentHeard {
                payment: payment_id,
                question: Question::Notice,
                attempt: 0,
                answer: outcome.answer(),
            }),
            About::Capture { capture_id, payment_id, outcome } => {
                let answer = outcome.answer();
                Body::CaptureHeard(CaptureHeard {
                    payment: payment_id,
                    capture: capture_id,
                    answer,
                })
            }
            About::Refund { refund_id, payment_id, outcome } => Body::RefundHeard(RefundHeard {
                payment: payment_id,
                refund: refund_id,
                answer: outcome.answer(),
            }),
        };
        let mut acknowledge = Response {
            status: 200,
            headers: vec![("content-type".into(), "application/json".into())],
            body: b"{}".to_vec(),
        };
        let (key_id, key) = (&self.link.client_id, &*self.link.sign);
        sign_response(&mut acknowledge, request, key_id, key, env.now);
        Ok(Notified { command, acknowledge })
    }
}

/// The path below the wallet's address. Our ids are of letters, digits and `_`; the server takes a
/// wallet's own id only when it is of letters, digits, `-` and `_`. The escape is for an id that
/// came some other way, and does not make every one of them safe: `.` and `..` are removed from a
/// path even when they are escaped, which is why they are kept out at the door.
fn below(call: &Call) -> String {
    let of = |reference: &Reference| match reference {
        Reference::Request | Reference::Order { .. } => format!("/payments/{}", call.about),
        Reference::Scan { wallet_payment_id } => {
            let id =
                percent_encoding::utf8_percent_encode(wallet_payment_id, crate::wire::PATH_SEGMENT);
            format!("/scans/{id}")
        }
        Reference::Credit { transaction, .. } => {
            let id = percent_encoding::utf8_percent_encode(transaction, crate::wire::PATH_SEGMENT);
            format!("/credits/{id}")
        }
    };
    match &call.ask {
        Ask::Pay(_) | Ask::Authorise(_) => "/payments".to_owned(),
        Ask::CreateOrder(_) => "/orders".to_owned(),
        Ask::Capture(ask) => format!("{}/capture", of(&ask.reference)),
        Ask::InquireCapture(ask) => format!("/captures/{}", ask.capture),
        Ask::Void { reference } => format!("{}/void", of(reference)),
        Ask::Inquire { reference } => of(reference),
        Ask::Cancel { reference } | Ask::CancelRefund(RefundAsk { reference, .. }) => {
            format!("{}/cancel", of(reference))
        }
        Ask::Refund(_) => "/refunds".to_owned(),
        Ask::InquireRefund(ask) => format!("/refunds/{}", ask.refund),
    }
}

fn order_request(call: &Call, ask: &OrderAsk) -> OrderRequest {
    OrderRequest {
        request_id: asked_of(call),
        amount: ask.amount,
        payer_amount: ask.payer,
        capture: if ask.hold { Capture::Later } else { Capture::Now },
        shop: (&ask.shop).into(),
        order_number: ask.order_number.as_ref().into(),
        expires_at: ask.expires_at,
    }
}

fn capture_request(ask: &CaptureAsk) -> CaptureRequest {
    CaptureRequest { capture_id: ask.capture, amount: ask.amount, payer_amount: ask.payer }
}

fn pay_request(call: &Call, ask: &PayAsk, capture: Capture) -> PayRequest {
    PayRequest {
        request_id: asked_of(call),
        code: ask.code.reveal().to_owned(),
        amount: ask.amount,
        payer_amount: ask.payer,
        capture,
        shop: (&ask.shop).into(),
        order_number: ask.order_number.as_ref().into(),
    }
}

fn refund_request(call: &Call, ask: &RefundAsk) -> RefundRequest {
    let (request_id, wallet_payment_id, transaction_id) = match &ask.reference {
        Reference::Request | Reference::Order { .. } => (call.payment(), None, None),
        Reference::Scan { wallet_payment_id } => {
            (None, Some(wallet_payment_id.as_ref().into()), None)
        }
        Reference::Credit { transaction, .. } => (None, None, Some(transaction.as_ref().into())),
    };
    RefundRequest {
        refund_id: ask.refund,
        request_id,
        wallet_payment_id,
        transaction_id,
        amount: ask.amount,
        payer_amount: ask.payer,
    }
}

/// The documented words of `status` in the answer to each call.
fn words(ask: &Ask) -> &'static [&'static str] {
    match ask {
        Ask::Pay(_) => &["approved", "declined", "waiting_for_payer", "processing", "blocked"],
        Ask::Authorise(_) => {
            &["authorised", "approved", "declined", "waiting_for_payer", "processing", "blocked"]
        }
        Ask::CreateOrder(_) => &["ordered", "declined", "processing"],
        Ask::Inquire {
            reference: Reference::Request | Reference::Order { .. } | Reference::Credit { .. },
        } => &[
            "approved",
            "authorised",
            "declined",
            "waiting_for_payer",
            "processing",
            "not_found",
            "cancelled",
            "blocked",
        ],
        Ask::Inquire { reference: Reference::Scan { .. } } => {
            &["debited", "authorised", "not_debited", "unknown", "cancelled", "blocked"]
        }
        Ask::Cancel { .. } | Ask::CancelRefund(_) | Ask::Void { .. } => &["cancelled", "too_late"],
        Ask::Capture(_) => &["captured", "declined", "processing"],
        Ask::InquireCapture(_) => &["captured", "declined", "processing", "not_found"],
        Ask::Refund(_) => &["refunded", "declined", "no_funds", "processing"],
        Ask::InquireRefund(_) => &["refunded", "declined", "no_funds", "processing", "not_found"],
    }
}

/// Reads what a wallet says; tells a word that is not listed from a text that is no answer.
fn read<T: DeserializeOwned>(body: &[u8], words: &[&str]) -> Result<T, Unknown> {
    let value: Value = serde_json::from_slice(body).map_err(|_| Unknown::Unreadable)?;
    let status = value.get("status").and_then(Value::as_str).ok_or(Unknown::Unreadable)?;
    let reason = value.get("reason").and_then(Value::as_str);
    let known = |word: &str| DeclineWord::TABLE.iter().any(|(_, name, _)| *name == word);
    if !words.contains(&status) || (status == "declined" && reason.is_some_and(|r| !known(r))) {
        return Err(Unknown::UnlistedCode);
    }
    T::deserialize(value).map_err(|_| Unknown::Unreadable)
}

fn json(message: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(message).expect("our messages have string keys only")
}

fn problem(status: u16, code: &str, detail: &str) -> Response {
    let body = serde_json::json!({
        "type": "about:blank", "title": "The notification is not believed.",
        "status": status, "code": code, "detail": detail, "retry": "never",
    });
    Response {
        status,
        headers: vec![("content-type".into(), "application/problem+json".into())],
        body: body.to_string().into_bytes(),
    }
}
