//! Asks Alipay and reads what it says.
//!
//! It speaks `gateway.do`: there every answer is signed, refusals too, while the refusals of v3 are
//! not; and all that a till needs is documented there, also the word for a user who is being asked.
//! v3 is the same messages in another wrapping ([`AlipayConnector::speaking`]).
//!
//! The network knows yuan alone: `total_amount` is what the payer is to be debited, and every amount
//! that it says is handed on in yuan. The engine knows what order it belongs to.

use noren_core::command::{Body, PaymentHeard};
use noren_core::id::WalletName;
use noren_core::money::{Currency, Money};
use noren_core::time::{BusinessDate, Span, Timestamp};
use noren_core::wallet::{
    Ask, Call, Decline, PayAsk, PaymentAnswer, Question, Receipt, RefundAnswer, RefundAsk,
    RefundReceipt, Unknown,
};
use serde::Serialize;
use serde_json::Value;

use super::codes::{Class, Meaning, SubCode, of_cancel, of_pay, of_query, of_refund};
use super::dialect::{Dialect, Said, read};
use super::form;
use super::messages::{
    BillAsked, BillUrlSaid, CancelSaid, Method, PrecreateSaid, RefundAsked, RefundKey,
    RefundQuerySaid, RefundSaid, TradeAsked, TradeKey, TradeSaid,
};
use super::scalar::{Amount, Scalar};
use super::signing::{Signed, verify_params};
use super::{NOTIFY_PATH, bill};
use crate::connector::{Connector, Env, Heard, Notified, Step, refund_by_cancel, unheard};
use crate::link::Link;
use crate::statement::{Statement, StatementError, StatementStep};
use crate::wire::{Request, Response, TransportError};

/// The connector of Alipay.
#[derive(Clone, Debug)]
pub struct AlipayConnector {
    name: WalletName,
    link: Link,
    dialect: Dialect,
}

impl AlipayConnector {
    /// `name` is the network's in the directory.
    pub fn new(name: WalletName, link: Link) -> Self {
        Self::speaking(Dialect::Gateway, name, link)
    }

    /// In a dialect of choice.
    pub fn speaking(dialect: Dialect, name: WalletName, link: Link) -> Self {
        Self { name, link, dialect }
    }

    fn send(&self, env: Env, method: Method, content: &impl Serialize) -> Request {
        self.dialect.request(&self.link, env, method, value(content), None)
    }

    fn send_trade(&self, env: Env, method: Method, content: &TradeAsked) -> Request {
        let url = self.link.switch.url(NOTIFY_PATH);
        self.dialect.request(&self.link, env, method, value(content), Some(&url))
    }

    /// What there is: moves nothing.
    fn send_query(&self, call: &Call, env: Env) -> Request {
        self.send(env, Method::Query, &key(call))
    }

    fn send_refund_query(&self, call: &Call, ask: &RefundAsk, env: Env) -> Request {
        let out_request_no = ask.refund.to_string().into();
        self.send(env, Method::RefundQuery, &RefundKey { key: key(call), out_request_no })
    }

    /// What the answer to a message of the method says, or that it says nothing.
    fn said(&self, call: &Call, method: Method, response: &Response) -> Result<Said, Unknown> {
        self.dialect.read(&*self.link.verify, method, response, Some(&call.about.to_string()))
    }

    /// The answer to `refund`: `Ok(None)` when only the inquiry can tell.
    fn refunded(&self, ask: &RefundAsk, said: Said) -> Result<Option<RefundAnswer>, Unknown> {
        match said {
            Said::Refused(sub) => refused_refund(sub).map(Some),
            Said::Waiting(_) => Err(Unknown::UnlistedCode),
            Said::Done(members) => {
                let said: RefundSaid = read(members)?;
                let payer = yuan(ask.amount, ask.payer).ok_or(Unknown::Unreadable)?;
                match said.fund_change.as_ref().map(Scalar::as_str) {
                    // The sum of all refunds; this one is in it.
                    Some("Y") if said.refund_fee.is_none_or(|sum| sum >= payer) => {
                        Ok(Some(receipt_of_refund(ask, payer)))
                    }
                    Some("Y") => Err(Unknown::Unreadable),
                    Some("N") | None => Ok(None),
                    Some(_) => Err(Unknown::UnlistedCode),
                }
            }
        }
    }

    fn refund_answered(
        &self,
        call: &Call,
        ask: &RefundAsk,
        method: Option<Method>,
        response: &Response,
        env: Env,
    ) -> Step {
        let heard = |answer: Result<RefundAnswer, Unknown>| {
            Heard::Refund(answer.unwrap_or_else(RefundAnswer::Unknown)).into()
        };
        let inquired = || {
            let said = self.said(call, Method::RefundQuery, response)?;
            refund_queried(ask, said)
        };
        if method != Some(Method::Refund) {
            // The second message: what is not there yet may be on its way.
            return heard(inquired().map(|answer| match answer {
                RefundAnswer::NotFound => RefundAnswer::Processing,
                answer => answer,
            }));
        }
        let said = self.said(call, Method::Refund, response);
        match said.and_then(|said| self.refunded(ask, said)) {
            Ok(Some(answer)) => heard(Ok(answer)),
            Ok(None) => Step::Then(self.send_refund_query(call, ask, env)),
            Err(why) => heard(Err(why)),
        }
    }
}

impl Connector for AlipayConnector {
    fn name(&self) -> WalletName {
        self.name
    }

    fn request(&self, call: &Call, env: Env) -> Request {
        match &call.ask {
            Ask::Pay(ask) => match pay_asked(call, ask) {
                Some(asked) => self.send_trade(env, Method::Pay, &asked),
                None => self.send_query(call, env),
            },
            Ask::CreateOrder(ask) if !ask.hold => {
                let subject = subject(&ask.shop.name, &ask.order_number);
                match yuan(ask.amount, ask.payer) {
                    Some(total_amount) => {
                        let asked = TradeAsked {
                            timeout_express: Some(timeout(env.now, ask.expires_at).into()),
                            store_id: Some(ask.shop.store.to_string().into()),
                            ..trade_asked(call, total_amount, subject)
                        };
                        self.send_trade(env, Method::Precreate, &asked)
                    }
                    None => self.send_query(call, env),
                }
            }
            Ask::Cancel { .. } | Ask::CancelRefund(_) => self.send(env, Method::Cancel, &key(call)),
            Ask::Refund(ask) => match yuan(ask.amount, ask.payer) {
                Some(refund_amount) => {
                    let out_request_no = Some(ask.refund.to_string().into());
                    let asked = RefundAsked { key: key(call), refund_amount, out_request_no };
                    self.send(env, Method::Refund, &asked)
                }
                None => self.send_refund_query(call, ask, env),
            },
            Ask::InquireRefund(ask) => self.send_refund_query(call, ask, env),
            // Holds are not connected, and the profile offers none. Should somebody ask for one all
            // the same, or for money that is not yuan, asking what there is moves nothing.
            Ask::Inquire { .. }
            | Ask::CreateOrder(_)
            | Ask::Authorise(_)
            | Ask::Capture(_)
            | Ask::InquireCapture(_)
            | Ask::Void { .. } => self.send_query(call, env),
        }
    }

    fn answer(
        &self,
        call: &Call,
        request: &Request,
        response: Result<&Response, TransportError>,
        env: Env,
    ) -> Step {
        let method = self.dialect.method_of(request);
        let response = match response {
            Ok(response) => response,
            // The refund itself had left before.
            Err(TransportError::NotSent)
                if matches!(call.ask, Ask::Refund(_)) && method == Some(Method::RefundQuery) =>
            {
                return Heard::unknown(&call.ask, Unknown::TimedOut).into();
            }
            Err(error) => return unheard(&call.ask, error).into(),
        };
        let payment = |answer: Result<PaymentAnswer, Unknown>| {
            Step::from(Heard::Payment(answer.unwrap_or_else(PaymentAnswer::Unknown)))
        };
        let said = |method| self.said(call, method, response);
        match &call.ask {
            Ask::Pay(_) if method == Some(Method::Pay) => payment(said(Method::Pay).and_then(paid)),
            Ask::CreateOrder(_) if method == Some(Method::Precreate) => {
                payment(said(Method::Precreate).and_then(ordered))
            }
            Ask::Inquire { .. } => payment(said(Method::Query).and_then(queried)),
            Ask::Cancel { .. } => payment(said(Method::Cancel).and_then(cancelled)),
            Ask::CancelRefund(ask) => {
                let answer = said(Method::Cancel).and_then(cancelled);
                let answer = answer.unwrap_or_else(PaymentAnswer::Unknown);
                Heard::Refund(refund_by_cancel(ask, answer)).into()
            }
            Ask::Refund(ask) => self.refund_answered(call, ask, method, response, env),
            Ask::InquireRefund(ask) => {
                let answer = said(Method::RefundQuery).and_then(|said| refund_queried(ask, said));
                Heard::Refund(answer.unwrap_or_else(RefundAnswer::Unknown)).into()
            }
            ask @ (Ask::Pay(_)
            | Ask::CreateOrder(_)
            | Ask::Authorise(_)
            | Ask::Capture(_)
            | Ask::InquireCapture(_)
            | Ask::Void { .. }) => Heard::unknown(ask, Unknown::UnlistedCode).into(),
        }
    }

    fn notified(&self, request: &Request, _env: Env) -> Result<Notified, Response> {
        let command = self.notice(request).map_err(|_| plain(400, "failure"))?;
        // The bare word; anything else is repeated (section 4).
        Ok(Notified { command: Body::PaymentHeard(command), acknowledge: plain(200, "success") })
    }

    fn statement_request(&self, date: BusinessDate, env: Env) -> Option<Request> {
        let (bill_type, bill_date) = ("trade".into(), date.to_string().into());
        Some(self.send(env, Method::BillUrl, &BillAsked { bill_type, bill_date }))
    }

    fn statement(
        &self,
        date: BusinessDate,
        request: &Request,
        response: Result<&Response, TransportError>,
        _env: Env,
    ) -> Result<StatementStep, StatementError> {
        let response = response.map_err(|_| StatementError::Transport)?;
        if self.dialect.method_of(request) == Some(Method::BillUrl) {
            return self.bill_url(response).map(StatementStep::Then);
        }
        self.bill(date, response).map(StatementStep::Read)
    }
}

impl AlipayConnector {
    /// The form of a notification (section 4). Only the body is signed: the address is ours.
    fn notice(&self, request: &Request) -> Result<PaymentHeard, Unknown> {
        let params = form::parse(request.body.trim_ascii()).map_err(|_| Unknown::Unreadable)?;
        if !verify_params(&params, Signed::Notification, &*self.link.verify) {
            return Err(Unknown::BadSignature);
        }
        let get = |name: &str| form::get(&params, name);
        let ours = get("app_id") == Some(self.link.client_id.as_str())
            && get("notify_type") == Some("trade_status_sync")
            && get("sign_type").is_none_or(|kind| kind == "RSA2");
        let payment = get("out_trade_no").and_then(|id| id.parse().ok());
        let payment = payment.filter(|_| ours).ok_or(Unknown::Unreadable)?;
        let given_back = get("gmt_refund").is_some() || get("refund_fee").is_some();
        let members = params.iter().map(|(name, value)| (name.clone(), value.as_str().into()));
        let answer = match trade(read(Value::Object(members.collect()))?) {
            // Form and signature are good, so it is acknowledged; what it says is kept as it is.
            Err(Unknown::UnlistedCode) => PaymentAnswer::Unknown(Unknown::UnlistedCode),
            // A trade that was given back whole is closed, too: no news of the payment. A hint.
            Ok(PaymentAnswer::Cancelled) if given_back => PaymentAnswer::Pending,
            other => other?,
        };
        Ok(PaymentHeard { payment, question: Question::Notice, attempt: 0, answer })
    }

    /// Where the file lies. Only below the network's own address: whoever answers must not send us
    /// elsewhere.
    fn bill_url(&self, response: &Response) -> Result<Request, StatementError> {
        let said = self.dialect.read(&*self.link.verify, Method::BillUrl, response, None);
        let members = match said {
            Ok(Said::Done(members)) => members,
            Ok(Said::Refused(sub)) if sub.class() == Class::NoBill => {
                return Err(StatementError::NotYet);
            }
            Ok(Said::Refused(sub)) => {
                return Err(StatementError::Unreadable(format!("refused: {}", sub.name())));
            }
            Err(Unknown::BadSignature) => return Err(StatementError::BadSignature),
            Err(Unknown::Transport | Unknown::TimedOut | Unknown::SaidUnknown) => {
                return Err(StatementError::Transport);
            }
            Ok(Said::Waiting(_))
            | Err(Unknown::Unreadable | Unknown::UnlistedCode | Unknown::Dropped) => {
                return Err(StatementError::Unreadable("not an answer to this call".into()));
            }
        };
        let unreadable = |why: &str| StatementError::Unreadable(why.to_owned());
        let said: BillUrlSaid = read(members).map_err(|_| unreadable("no address"))?;
        let url = said.bill_download_url.ok_or_else(|| unreadable("no address"))?;
        let target = url.as_str().strip_prefix(self.link.network.origin());
        let plain = |target: &&str| target.bytes().all(|b| b.is_ascii_graphic());
        let target =
            target.filter(|target| self.link.network.below(target).is_some()).filter(plain);
        Ok(Request {
            method: "GET".into(),
            target: target.ok_or_else(|| unreadable("the file lies elsewhere"))?.to_owned(),
            headers: Vec::new(),
            body: Vec::new(),
        })
    }

    fn bill(&self, date: BusinessDate, response: &Response) -> Result<Statement, StatementError> {
        if response.status != 200 {
            return Err(StatementError::Transport);
        }
        bill::read(date, &self.link.client_id, &response.body).map_err(StatementError::Unreadable)
    }
}

/// What goes on the wire of an amount: the payer's part, which the switch converted, or the order's
/// own where that is yuan. `None`: there is none.
fn yuan(amount: Money, payer: Option<Money>) -> Option<Amount> {
    let money = payer.unwrap_or(amount);
    Amount::from_yuan(money).filter(|_| money.positive() && money.currency() == Currency::CNY)
}

fn key(call: &Call) -> TradeKey {
    TradeKey { out_trade_no: Some(call.about.to_string().into()), trade_no: None }
}

fn trade_asked(call: &Call, total_amount: Amount, subject: String) -> TradeAsked {
    TradeAsked {
        out_trade_no: call.about.to_string().into(),
        total_amount,
        subject: subject.into(),
        scene: None,
        auth_code: None,
        timeout_express: None,
        time_expire: None,
        trans_currency: None,
        store_id: None,
    }
}

fn pay_asked(call: &Call, ask: &PayAsk) -> Option<TradeAsked> {
    let subject = subject(&ask.shop.name, &ask.order_number);
    Some(TradeAsked {
        scene: Some("bar_code".into()),
        auth_code: Some(ask.code.reveal().into()),
        store_id: Some(ask.shop.store.to_string().into()),
        ..trade_asked(call, yuan(ask.amount, ask.payer)?, subject)
    })
}

/// At most 256 characters, and none that the public pages forbid.
fn subject(shop: &str, number: &str) -> String {
    let text = format!("{shop} {number}").replace(['/', '=', '&'], " ");
    text.chars().filter(|c| !c.is_control()).take(256).collect()
}

/// How long from now, in whole minutes, one at least and fifteen days at most.
fn timeout(now: Timestamp, expires_at: Timestamp) -> String {
    let Span(left) = expires_at.since(now);
    format!("{}m", left.div_ceil(60_000).clamp(1, 15 * 24 * 60))
}

fn value(content: &impl Serialize) -> Value {
    serde_json::to_value(content).expect("our messages have string keys only")
}

fn plain(status: u16, text: &str) -> Response {
    let headers = vec![("content-type".into(), "text/plain;charset=utf-8".into())];
    Response { status, headers, body: text.as_bytes().to_vec() }
}

/// The answer to `pay`.
fn paid(said: Said) -> Result<PaymentAnswer, Unknown> {
    match said {
        Said::Done(members) => receipt(read(members)?).map(PaymentAnswer::Paid),
        Said::Waiting(_) => Ok(PaymentAnswer::Pending),
        Said::Refused(sub) => refused(sub, of_pay),
    }
}

/// The answer to `precreate`.
fn ordered(said: Said) -> Result<PaymentAnswer, Unknown> {
    match said {
        Said::Done(members) => {
            let said: PrecreateSaid = read(members)?;
            let code = said.qr_code.filter(|code| !code.as_str().is_empty());
            let link = code.ok_or(Unknown::Unreadable)?.0.into();
            // It wants to be asked by our own number.
            Ok(PaymentAnswer::Ordered { link, handle: None })
        }
        Said::Waiting(_) => Err(Unknown::UnlistedCode),
        Said::Refused(sub) => refused(sub, of_pay),
    }
}

/// The answer to `query`.
fn queried(said: Said) -> Result<PaymentAnswer, Unknown> {
    match said {
        Said::Done(members) => trade(read(members)?),
        Said::Waiting(_) => Err(Unknown::UnlistedCode),
        Said::Refused(sub) => refused(sub, of_query),
    }
}

/// What the status of a trade says. The word for failed is the same as for closed.
fn trade(said: TradeSaid) -> Result<PaymentAnswer, Unknown> {
    let status = said.trade_status.clone().ok_or(Unknown::Unreadable)?;
    match status.as_str() {
        "WAIT_BUYER_PAY" => Ok(PaymentAnswer::Pending),
        "TRADE_SUCCESS" | "TRADE_FINISHED" => receipt(said).map(PaymentAnswer::Paid),
        "TRADE_CLOSED" => Ok(PaymentAnswer::Cancelled),
        _ => Err(Unknown::UnlistedCode),
    }
}

/// A success must name the trade and the amount, or it proves nothing.
fn receipt(said: TradeSaid) -> Result<Receipt, Unknown> {
    let other = said.trans_currency.is_some_and(|currency| currency.as_str() != "CNY");
    let trade_no = said.named.trade_no.filter(|no| !no.as_str().is_empty() && !other);
    let named = said.named.out_trade_no.is_some();
    let total = said.total_amount.filter(|_| named).ok_or(Unknown::Unreadable)?.yuan();
    Ok(Receipt {
        transaction: trade_no.ok_or(Unknown::Unreadable)?.0.into(),
        amount: total,
        payer: Some(total),
        rate: None,
        settlement: said.receipt_amount.map(Amount::yuan),
    })
}

/// The answer to `cancel`.
fn cancelled(said: Said) -> Result<PaymentAnswer, Unknown> {
    match said {
        Said::Done(members) => {
            let said: CancelSaid = read(members)?;
            let action = said.action.as_ref().map(Scalar::as_str);
            match (said.retry_flag.as_ref().map(Scalar::as_str), action) {
                (Some("N"), None | Some("" | "close" | "refund")) => Ok(PaymentAnswer::Cancelled),
                // Not done: repeat.
                (Some("Y"), _) => Err(Unknown::SaidUnknown),
                (None, _) => Err(Unknown::Unreadable),
                (Some(_), _) => Err(Unknown::UnlistedCode),
            }
        }
        Said::Waiting(_) => Err(Unknown::UnlistedCode),
        Said::Refused(sub) => refused(sub, of_cancel),
    }
}

/// The answer to `fastpay.refund.query`. That the call worked says nothing of the refund.
fn refund_queried(ask: &RefundAsk, said: Said) -> Result<RefundAnswer, Unknown> {
    let said: RefundQuerySaid = match said {
        Said::Done(members) => read(members)?,
        Said::Waiting(_) => return Err(Unknown::UnlistedCode),
        Said::Refused(sub) => {
            return match of_query(sub.class()) {
                Meaning::NotFound => Ok(RefundAnswer::NotFound),
                Meaning::Unsure => Err(Unknown::SaidUnknown),
                Meaning::No(_)
                | Meaning::Cancelled
                | Meaning::TooLate
                | Meaning::NoFunds
                | Meaning::Broken => Err(Unknown::UnlistedCode),
            };
        }
    };
    let asked = ask.refund.to_string();
    if said.out_request_no.as_ref().is_some_and(|named| named.as_str() != asked) {
        return Err(Unknown::Unreadable);
    }
    match said.refund_status.as_ref().map(Scalar::as_str) {
        None | Some("") => Ok(RefundAnswer::NotFound),
        Some("REFUND_SUCCESS") => {
            let amount = said.refund_amount.filter(|_| said.out_request_no.is_some());
            Ok(receipt_of_refund(ask, amount.ok_or(Unknown::Unreadable)?))
        }
        Some(_) => Err(Unknown::UnlistedCode),
    }
}

/// The network names the payer's part; the order's part is the one that was asked for with it.
fn receipt_of_refund(ask: &RefundAsk, payer: Amount) -> RefundAnswer {
    let payer = Some(payer.yuan());
    RefundAnswer::Refunded(RefundReceipt { amount: ask.amount, payer, settlement: None })
}

fn refused_refund(sub: SubCode) -> Result<RefundAnswer, Unknown> {
    match of_refund(sub.class()) {
        Meaning::No(reason) => Ok(RefundAnswer::Declined(Decline::read(reason, sub.name()))),
        Meaning::NoFunds => Ok(RefundAnswer::NoFunds),
        Meaning::Unsure => Err(Unknown::SaidUnknown),
        Meaning::Cancelled | Meaning::NotFound | Meaning::TooLate | Meaning::Broken => {
            Err(Unknown::UnlistedCode)
        }
    }
}

fn refused(sub: SubCode, of: fn(Class) -> Meaning) -> Result<PaymentAnswer, Unknown> {
    match of(sub.class()) {
        Meaning::No(reason) => Ok(PaymentAnswer::Declined(Decline::read(reason, sub.name()))),
        Meaning::Cancelled => Ok(PaymentAnswer::Cancelled),
        Meaning::NotFound => Ok(PaymentAnswer::NotFound),
        Meaning::TooLate => Ok(PaymentAnswer::TooLate { receipt: None }),
        Meaning::Unsure => Err(Unknown::SaidUnknown),
        Meaning::NoFunds | Meaning::Broken => Err(Unknown::UnlistedCode),
    }
}
