//! Asks Alipay+ and reads what it says.

use std::fmt::Display;

use noren_core::command::{Body, PaymentHeard};
use noren_core::directory::Shop;
use noren_core::id::{OrderId, PaymentId, WalletName};
use noren_core::money::Money;
use noren_core::refusal::Refusal;
use noren_core::time::{BusinessDate, Span, Timestamp};
use noren_core::wallet::{
    Ask, Call, Decline, OrderAsk, PayAsk, PaymentAnswer, Question, Receipt, RefundAnswer,
    RefundAsk, RefundReceipt, Unknown,
};
use serde::de::DeserializeOwned;

use super::codes::{Code, Meaning, of_cancel, of_inquiry, of_payment, of_refund};
use super::messages::{
    Address, Bare, CancelSaid, Merchant, Order, OrderEnv, PayRequest, PaymentFactor, PaymentKey,
    PaymentMethod, PaymentSaid, Quote, RefundKey, RefundRequest, RefundSaid, ResultSaid, Scalar,
    SettlementStrategy, StatementRequest, Store,
};
use super::signing::{sign_request, sign_response, verify_request, verify_response};
use super::{NOTIFY_PATH, PATH, STATEMENT, json};
use crate::connector::{
    CodeAsked, Connector, Env, Heard, Notified, Permitted, Step, refund_by_cancel, unheard,
};
use crate::instant;
use crate::link::Link;
use crate::statement::{StatementError, StatementStep, flat};
use crate::wire::{Request, Response, TransportError};

mod scans;

/// What the path of a question about a scanned code ends with.
const CODE_QUESTION: &str = "/userInitiatedPay";

/// How long our order codes are good at most: a minute less than the network's bound, for clocks that
/// differ.
const ORDER_CODE_LASTS: Span = Span::seconds(29 * 60);

/// The connector of Alipay+.
#[derive(Clone, Debug)]
pub struct AlipayPlusConnector {
    name: WalletName,
    link: Link,
}

impl AlipayPlusConnector {
    /// `name` is the network's in the directory.
    pub fn new(name: WalletName, link: Link) -> Self {
        Self { name, link }
    }

    /// `pay` with the payer's code.
    fn pay_request(&self, call: &Call, ask: &PayAsk) -> PayRequest {
        let meeting = ("PaymentCode", Some(ask.code.reveal().into()));
        let env = OrderEnv {
            store_terminal_id: Some(ask.shop.store.to_string().into()),
            store_terminal_request_time: Some(instant::print(ask.at).into()),
            ..OrderEnv::default()
        };
        let order = order(ask.order, &ask.order_number, ask.amount, &ask.shop, Some(env));
        self.in_store(call, meeting, order, None)
    }

    /// `pay` for a code that the payer scans. Later than the network allows the order's end is cut:
    /// it need not honour our time, and we cancel what it closed all the same.
    fn order_request(&self, call: &Call, ask: &OrderAsk, now: Timestamp) -> PayRequest {
        let order = order(ask.order, &ask.order_number, ask.amount, &ask.shop, None);
        let ends = ask.expires_at.min(now.after(ORDER_CODE_LASTS));
        self.in_store(call, ("OrderCode", None), order, Some(ends))
    }

    fn in_store(
        &self,
        call: &Call,
        (scenario, code): (&str, Option<Scalar>),
        order: Order,
        ends: Option<Timestamp>,
    ) -> PayRequest {
        let amount = order.order_amount.clone();
        PayRequest {
            product_code: None,
            payment_request_id: call.about.to_string().into(),
            payment_method: PaymentMethod {
                payment_method_type: "CONNECT_WALLET".into(),
                payment_method_id: code,
            },
            payment_factor: Some(PaymentFactor {
                is_in_store_payment: Some("true".into()),
                in_store_payment_scenario: Some(scenario.into()),
                ..PaymentFactor::default()
            }),
            settlement_strategy: Some(SettlementStrategy {
                settlement_currency: amount.currency.clone(),
            }),
            payment_amount: amount,
            order,
            payment_expiry_time: ends.map(|at| instant::print(at).into()),
            payment_notify_url: Some(self.link.switch.url(NOTIFY_PATH).into()),
            payment_redirect_url: None,
        }
    }

    fn result(&self, request: &Request, code: Code, env: Env) -> Response {
        self.signed(request, json(&Bare { result: code.said() }), env)
    }

    /// Our answer to a message of the network's.
    fn signed(&self, request: &Request, body: Vec<u8>, env: Env) -> Response {
        let headers = vec![("content-type".into(), super::CONTENT_TYPE.into())];
        let mut response = Response { status: 200, headers, body };
        let (client_id, key) = (&self.link.client_id, &*self.link.sign);
        sign_response(&mut response, request, client_id, key, env.now);
        response
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
        // The business answer is always HTTP 200; whatever else comes is not the network's.
        if response.status != 200 {
            return Heard::unknown(&call.ask, Unknown::Transport);
        }
        let (client_id, key) = (&self.link.client_id, &*self.link.verify);
        if verify_response(response, request, client_id, key).is_err() {
            return Heard::unknown(&call.ask, Unknown::BadSignature);
        }
        let body = &response.body;
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
        let key = || PaymentKey {
            payment_request_id: Some(call.about.to_string().into()),
            payment_id: None,
        };
        let (name, body) = match &call.ask {
            Ask::Pay(ask) => ("pay", json(&self.pay_request(call, ask))),
            Ask::CreateOrder(ask) if !ask.hold => {
                ("pay", json(&self.order_request(call, ask, env.now)))
            }
            // Holds are not connected, and the profile offers none. Should somebody ask all the same,
            // asking what there is moves nothing.
            Ask::Inquire { .. }
            | Ask::Authorise(_)
            | Ask::CreateOrder(_)
            | Ask::Capture(_)
            | Ask::InquireCapture(_)
            | Ask::Void { .. } => ("inquiryPayment", json(&key())),
            Ask::Cancel { .. } | Ask::CancelRefund(_) => ("cancelPayment", json(&key())),
            Ask::Refund(ask) => ("refund", json(&refund_request(call, ask))),
            Ask::InquireRefund(ask) => {
                let refund_request_id = Some(ask.refund.to_string().into());
                ("inquiryRefund", json(&RefundKey { refund_request_id, refund_id: None }))
            }
        };
        let mut request = Request {
            method: "POST".into(),
            target: self.link.network.target(&format!("{PATH}{name}")),
            headers: vec![("content-type".into(), super::CONTENT_TYPE.into())],
            body,
        };
        sign_request(&mut request, &self.link.client_id, &*self.link.sign, env.now);
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
            method: "POST".into(),
            target: self.link.network.target(&format!("{PATH}{STATEMENT}")),
            headers: vec![("content-type".into(), super::CONTENT_TYPE.into())],
            body: json(&StatementRequest { statement_date: date.to_string().into() }),
        };
        sign_request(&mut request, &self.link.client_id, &*self.link.sign, env.now);
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
        let (client_id, key) = (&self.link.client_id, &*self.link.verify);
        verify_response(response, request, client_id, key)
            .map_err(|_| StatementError::BadSignature)?;
        let csv = response.header("content-type").is_some_and(|kind| kind.starts_with("text/csv"));
        if csv {
            return flat::read(date, &response.body).map(StatementStep::Read);
        }
        let said: Bare = read(&response.body)
            .map_err(|_| StatementError::Unreadable("neither a file nor a result".into()))?;
        match Code::read(&said.result) {
            Some(Code::OrderStatusInvalid) => Err(StatementError::NotYet),
            _ => Err(StatementError::Unreadable("the network refuses the call".into())),
        }
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
        let (client_id, key) = (&self.link.client_id, &*self.link.verify);
        verify_request(request, client_id, key)
            .map_err(|_| self.result(request, Code::SignatureInvalid, env))?;
        let (payment, answer) = read(&request.body)
            .and_then(notice)
            .map_err(|_| self.result(request, Code::ParamIllegal, env))?;
        let command = Body::PaymentHeard(PaymentHeard {
            payment,
            question: Question::Notice,
            attempt: 0,
            answer,
        });
        Ok(Notified { command, acknowledge: self.result(request, Code::Success, env) })
    }
}

fn refund_request(call: &Call, ask: &RefundAsk) -> RefundRequest {
    RefundRequest {
        refund_request_id: ask.refund.to_string().into(),
        payment: PaymentKey {
            payment_request_id: Some(call.about.to_string().into()),
            payment_id: None,
        },
        refund_amount: ask.amount.into(),
        refund_notify_url: None,
    }
}

/// What is bought, and of whom.
fn order(id: OrderId, number: &str, amount: Money, shop: &Shop, env: Option<OrderEnv>) -> Order {
    let name = || Some(shop.name.as_ref().into());
    let mcc = || Some(shop.mcc.as_ref().into());
    let description: String = format!("{} {number}", shop.name).chars().take(256).collect();
    Order {
        reference_order_id: id.to_string().into(),
        order_description: description.into(),
        order_amount: amount.into(),
        merchant: Some(Merchant {
            reference_merchant_id: Some(shop.merchant.to_string().into()),
            merchant_name: name(),
            merchant_display_name: name(),
            merchant_mcc: mcc(),
            merchant_address: Some(Address { region: Some("JP".into()) }),
            store: Some(Store {
                reference_store_id: Some(shop.store.to_string().into()),
                store_name: name(),
                store_mcc: mcc(),
            }),
        }),
        env,
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
    Ok(Receipt {
        transaction: transaction.ok_or(Unknown::Unreadable)?.0.into(),
        amount: amount.ok_or(Unknown::Unreadable)?,
        payer: said.actual_payment_amount.and_then(|amount| amount.money()),
        rate: said.payment_quote.map(|quote| rate_text(&quote).into()),
        settlement: said.settlement_amount.and_then(|amount| amount.money()),
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
        Meaning::Yes => {
            let amount = said.refund_amount.and_then(|amount| amount.money());
            Ok(RefundAnswer::Refunded(RefundReceipt {
                amount: amount.ok_or(Unknown::Unreadable)?,
                payer: said.actual_refund_amount.and_then(|amount| amount.money()),
                settlement: said.settlement_amount.and_then(|amount| amount.money()),
            }))
        }
        Meaning::No(reason) => Ok(RefundAnswer::Declined(Decline::read(reason, code.name()))),
        Meaning::Pending => Ok(RefundAnswer::Processing),
        Meaning::NoFunds => Ok(RefundAnswer::NoFunds),
        other => undecided(other),
    }
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
