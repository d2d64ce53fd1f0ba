//! Asks WeChat Pay in the v3 global dialect, and reads what it says.
//!
//! | ask | messages |
//! |---|---|
//! | pay | `micropay/transactions/pay`; the order, where the answer only says that there is one |
//! | order | `transactions/native` |
//! | inquire | `transactions/out-trade-no/…` |
//! | cancel a payment | reverse; close, where there is nothing to reverse; the order, to be sure |
//! | cancel an order | close; the order, to be sure |
//! | refund | the order, whose amount must be repeated; `refunds`; the refund, which says if it was done |
//! | inquire of a refund | `refunds/out-refund-no/…` |

use noren_core::command::{Body, PaymentHeard, RefundHeard};
use noren_core::id::WalletName;
use noren_core::time::BusinessDate;
use noren_core::wallet::{
    Ask, Call, OrderAsk, PayAsk, PaymentAnswer, Question, Reference, RefundAsk, Unknown,
};
use serde::Serialize;

use super::messages::{
    ErrorSaid, Notification, OrderRequest, Party, Payer, RefundAmount, RefundRequest, Scene, Store,
    Total,
};
use super::signing::{self, sign_request, verify_notice, verify_response, verify_statement};
use super::{APPID, CONTENT_TYPE, NOTIFY_PATH, bill, codes, time};
use crate::connector::{Connector, Env, Heard, Notified, Step, refund_by_cancel, unheard};
use crate::link::Link;
use crate::statement::{Statement, StatementError, StatementStep};
use crate::wire::{PATH_SEGMENT, Request, Response, TransportError};
use codes::{Code, Meaning};
use reading::{about_order, about_refund, ordered};

mod reading;

/// The connector of WeChat Pay.
#[derive(Clone, Debug)]
pub struct WechatPayConnector {
    name: WalletName,
    link: Link,
    mode: Mode,
}

/// As whom the switch asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mode {
    /// As one merchant.
    Direct {
        /// Its number.
        mchid: String,
    },
    /// As an institution, for one sub-merchant.
    Institution {
        /// The institution's number.
        sp_mchid: String,
        /// The sub-merchant's. One for all shops: ours, until a directory names one for each.
        sub_mchid: String,
    },
}

impl Mode {
    /// The mode that a client id names: `1900000109`, or `1900000100/1900000109`.
    pub fn read(client_id: &str) -> Self {
        match client_id.split_once('/') {
            None => Self::Direct { mchid: client_id.to_owned() },
            Some((sp, sub)) => {
                Self::Institution { sp_mchid: sp.to_owned(), sub_mchid: sub.to_owned() }
            }
        }
    }

    /// Whose certificate signs.
    pub fn signer(&self) -> &str {
        match self {
            Self::Direct { mchid } => mchid,
            Self::Institution { sp_mchid, .. } => sp_mchid,
        }
    }

    /// The members that say so in a body.
    pub fn party(&self) -> Party {
        let appid = Some(APPID.to_owned());
        match self.clone() {
            Self::Direct { mchid } => Party { mchid: Some(mchid), appid, ..Party::default() },
            Self::Institution { sp_mchid, sub_mchid } => Party {
                sp_mchid: Some(sp_mchid),
                sp_appid: appid,
                sub_mchid: Some(sub_mchid),
                ..Party::default()
            },
        }
    }

    /// The same without the application, as `close` and `reverse` want it.
    fn numbers(&self) -> Party {
        Party { appid: None, sp_appid: None, ..self.party() }
    }

    /// The same in a query.
    fn query(&self) -> String {
        match self {
            Self::Direct { mchid } => format!("mchid={mchid}"),
            Self::Institution { sp_mchid, sub_mchid } => {
                format!("sp_mchid={sp_mchid}&sub_mchid={sub_mchid}")
            }
        }
    }
}

/// Which message of a call a request is: read from its target, since a connector keeps nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Message {
    Pay,
    Native,
    Order,
    Close,
    Reverse,
    Refund,
    RefundOrder,
}

impl Message {
    fn of(request: &Request) -> Self {
        let path = request.path();
        match request.method.as_str() {
            "GET" if path.contains("/v3/global/refunds/") => Self::RefundOrder,
            "GET" => Self::Order,
            _ if path.ends_with("/reverse") => Self::Reverse,
            _ if path.ends_with("/close") => Self::Close,
            _ if path.ends_with("/micropay/transactions/pay") => Self::Pay,
            _ if path.ends_with("/v3/global/refunds") => Self::Refund,
            _ => Self::Native,
        }
    }
}

impl WechatPayConnector {
    /// `name` is the network's in the directory.
    pub fn new(name: WalletName, link: Link) -> Self {
        let mode = Mode::read(&link.client_id);
        Self { name, link, mode }
    }

    fn send(&self, message: Message, call: &Call, env: Env) -> Request {
        let order = call.about;
        let (method, below, body) = match message {
            Message::Pay => ("POST", "micropay/transactions/pay".to_owned(), self.pay_body(call)),
            Message::Native => ("POST", "transactions/native".to_owned(), self.order_body(call)),
            // A refund begins with the order too: its amount must be repeated (`refund`).
            Message::Order | Message::Refund => {
                let query = self.mode.query();
                ("GET", format!("transactions/out-trade-no/{order}?{query}"), Vec::new())
            }
            Message::Close => {
                let body = json(&self.mode.numbers());
                ("POST", format!("transactions/out-trade-no/{order}/close"), body)
            }
            Message::Reverse => {
                let body = json(&self.mode.numbers());
                ("POST", format!("micropay/transactions/out-trade-no/{order}/reverse"), body)
            }
            Message::RefundOrder => {
                let (id, query) = (refund_of(call), self.mode.query());
                let id = percent_encoding::utf8_percent_encode(&id, PATH_SEGMENT).to_string();
                ("GET", format!("refunds/out-refund-no/{id}?{query}"), Vec::new())
            }
        };
        self.signed(method, &format!("/v3/global/{below}"), body, env)
    }

    fn signed(&self, method: &str, below: &str, body: Vec<u8>, env: Env) -> Request {
        let serial = signing::serial(self.link.verify.public_key(), signing::PLATFORM_SERIAL);
        let mut request = Request {
            method: method.to_owned(),
            target: self.link.network.target(below),
            headers: vec![
                ("accept".into(), "application/json".into()),
                ("content-type".into(), CONTENT_TYPE.into()),
                // The network refuses a request that names no client.
                ("user-agent".into(), "noren".into()),
                ("wechatpay-serial".into(), serial),
            ],
            body,
        };
        sign_request(&mut request, self.mode.signer(), &*self.link.sign, env.now, env.nonce);
        request
    }

    fn pay_body(&self, call: &Call) -> Vec<u8> {
        let (Ask::Pay(ask) | Ask::Authorise(ask)) = &call.ask else { return Vec::new() };
        let PayAsk { order_number, amount, code, shop, .. } = &**ask;
        json(&OrderRequest {
            party: self.mode.party(),
            description: description(&shop.name, order_number),
            out_trade_no: call.about.to_string(),
            amount: total(*amount),
            trade_type: Some("MICROPAY".into()),
            merchant_category_code: Some(shop.mcc.as_ref().into()),
            notify_url: None,
            time_expire: None,
            attach: None,
            payer: Some(Payer { auth_code: Some(code.reveal().into()), ..Payer::default() }),
            scene_info: Some(scene(shop)),
        })
    }

    fn order_body(&self, call: &Call) -> Vec<u8> {
        let Ask::CreateOrder(ask) = &call.ask else { return Vec::new() };
        let OrderAsk { order_number, amount, shop, expires_at, .. } = &**ask;
        json(&OrderRequest {
            party: self.mode.party(),
            description: description(&shop.name, order_number),
            out_trade_no: call.about.to_string(),
            amount: total(*amount),
            trade_type: Some("NATIVE".into()),
            merchant_category_code: Some(shop.mcc.as_ref().into()),
            notify_url: Some(self.link.switch.url(NOTIFY_PATH)),
            time_expire: Some(time::v3_up(*expires_at)),
            attach: None,
            payer: None,
            scene_info: Some(scene(shop)),
        })
    }

    /// A refund repeats the order's amount, which is the network's to say: the payer may have been
    /// asked for another one than we wanted.
    fn refund(&self, call: &Call, ask: &RefundAsk, order_total: i64, env: Env) -> Request {
        let body = json(&RefundRequest {
            party: self.mode.party(),
            transaction_id: None,
            out_trade_no: Some(call.about.to_string()),
            out_refund_no: ask.refund.to_string(),
            reason: None,
            notify_url: Some(self.link.switch.url(NOTIFY_PATH)),
            amount: RefundAmount {
                refund: ask.amount.minor(),
                total: order_total,
                currency: Some(ask.amount.currency().alpha().into()),
            },
        });
        self.signed("POST", "/v3/global/refunds", body, env)
    }

    /// The first message of a call.
    fn first(call: &Call) -> Message {
        match &call.ask {
            Ask::Pay(_) => Message::Pay,
            Ask::CreateOrder(ask) if !ask.hold => Message::Native,
            // Neither holds nor captures are connected, and the profile offers neither. Should
            // somebody ask all the same, asking what there is moves nothing.
            Ask::CreateOrder(_)
            | Ask::Authorise(_)
            | Ask::Capture(_)
            | Ask::InquireCapture(_)
            | Ask::Void { .. }
            | Ask::Inquire { .. }
            | Ask::Refund(_) => Message::Order,
            Ask::Cancel { reference } | Ask::CancelRefund(RefundAsk { reference, .. }) => {
                match reference {
                    Reference::Order { .. } => Message::Close,
                    // A scanned code, or an order whose answer was lost.
                    Reference::Request | Reference::Scan { .. } | Reference::Credit { .. } => {
                        Message::Reverse
                    }
                }
            }
            Ask::InquireRefund(_) => Message::RefundOrder,
        }
    }

    /// What a signed answer to one message of a call means.
    fn said(&self, call: &Call, message: Message, response: &Response, env: Env) -> Step {
        let then = |message| Step::Then(self.send(message, call, env));
        if response.status == 202 && message == Message::Pay {
            return Heard::Payment(PaymentAnswer::Pending).into();
        }
        if response.status == 202 {
            return Heard::unknown(&call.ask, Unknown::SaidUnknown).into();
        }
        if response.status >= 300 {
            return match refusal(message, &response.body) {
                Ok((code, meaning)) => match meaning {
                    Meaning::AskOrder => then(Message::Order),
                    Meaning::AskRefund => then(Message::RefundOrder),
                    Meaning::Close => then(Message::Close),
                    meaning => reading::decided(call, code, meaning).into(),
                },
                Err(why) => Heard::unknown(&call.ask, why).into(),
            };
        }
        let unknown = |why| Heard::unknown(&call.ask, why);
        match message {
            Message::Native => ordered(&response.body).unwrap_or_else(unknown).into(),
            // An empty answer is bound to nothing: the order itself has to say that it ended.
            Message::Close | Message::Reverse => then(Message::Order),
            Message::Pay | Message::Order => {
                let said = match about_order(call, &self.mode, &response.body) {
                    Ok(said) => said,
                    Err(why) => return unknown(why).into(),
                };
                match (&call.ask, said.total) {
                    (Ask::Refund(ask), Some(total))
                        if total.currency() == ask.amount.currency() =>
                    {
                        Step::Then(self.refund(call, ask, total.minor(), env))
                    }
                    (Ask::Refund(_), _) => unknown(Unknown::Unreadable).into(),
                    (Ask::CancelRefund(ask), _) => {
                        Heard::Refund(refund_by_cancel(ask, said.of_cancel())).into()
                    }
                    (Ask::Cancel { .. }, _) => Heard::Payment(said.of_cancel()).into(),
                    (Ask::Pay(_) | Ask::CreateOrder(_) | Ask::Inquire { .. }, _) => {
                        Heard::Payment(said.answer).into()
                    }
                    (
                        Ask::Authorise(_)
                        | Ask::Capture(_)
                        | Ask::InquireCapture(_)
                        | Ask::Void { .. }
                        | Ask::InquireRefund(_),
                        _,
                    ) => unknown(Unknown::UnlistedCode).into(),
                }
            }
            Message::Refund | Message::RefundOrder => {
                let (Ask::Refund(ask) | Ask::InquireRefund(ask)) = &call.ask else {
                    return unknown(Unknown::Unreadable).into();
                };
                match about_refund(call, ask, &response.body) {
                    Ok(Some(answer)) => Heard::Refund(answer).into(),
                    // It was taken in. What became of it is said when it is asked for.
                    Ok(None) if message == Message::Refund => then(Message::RefundOrder),
                    Ok(None) => unknown(Unknown::Unreadable).into(),
                    Err(why) => unknown(why).into(),
                }
            }
        }
    }
}

impl Connector for WechatPayConnector {
    fn name(&self) -> WalletName {
        self.name
    }

    fn request(&self, call: &Call, env: Env) -> Request {
        self.send(Self::first(call), call, env)
    }

    fn answer(
        &self,
        call: &Call,
        request: &Request,
        response: Result<&Response, TransportError>,
        env: Env,
    ) -> Step {
        let message = Message::of(request);
        let response = match response {
            Ok(response) => response,
            // What came before this message may have been carried out.
            Err(TransportError::NotSent) if message != Self::first(call) => {
                return Heard::unknown(&call.ask, Unknown::TimedOut).into();
            }
            Err(error) => return unheard(&call.ask, error).into(),
        };
        if response.status >= 500 || response.status == 429 {
            return Heard::unknown(&call.ask, Unknown::Transport).into();
        }
        // Errors too: libraries do not look at the signature of an error, but what ends a payment
        // has to be signed.
        if verify_response(response, &*self.link.verify, env.now).is_err() {
            return Heard::unknown(&call.ask, Unknown::BadSignature).into();
        }
        self.said(call, message, response, env)
    }

    fn notified(&self, request: &Request, env: Env) -> Result<Notified, Response> {
        verify_notice(request, &*self.link.verify, env.now)
            .map_err(|error| refuse(401, &error.to_string()))?;
        let unreadable = |why: &str| refuse(400, why);
        let notification: Notification = serde_json::from_slice(&request.body)
            .map_err(|error| unreadable(&error.to_string()))?;
        let sealed = &notification.resource;
        let secret = self.link.secret.as_ref().filter(|_| sealed.algorithm == signing::AEAD);
        let plain = secret.and_then(|secret| {
            signing::open(secret, &sealed.nonce, &sealed.associated_data, &sealed.ciphertext)
        });
        let plain = plain.ok_or_else(|| unreadable("the resource cannot be decrypted"))?;
        let command = match notification.event_type.split_once('.') {
            Some(("TRANSACTION", _)) => {
                let (payment, answer) = reading::notice_of_order(&self.mode, &plain)
                    .ok_or_else(|| unreadable("not a transaction of ours"))?;
                let question = Question::Notice;
                Body::PaymentHeard(PaymentHeard { payment, question, attempt: 0, answer })
            }
            Some(("REFUND", _)) => {
                let (payment, refund, answer) = reading::notice_of_refund(&plain)
                    .ok_or_else(|| unreadable("not a refund of ours"))?;
                Body::RefundHeard(RefundHeard { payment: Some(payment), refund, answer })
            }
            Some(_) | None => return Err(unreadable("an event that is not listed")),
        };
        let acknowledge = Response { status: 204, headers: Vec::new(), body: Vec::new() };
        Ok(Notified { command, acknowledge })
    }

    fn statement_request(&self, date: BusinessDate, env: Env) -> Option<Request> {
        let (day, query) = (time::day(date), self.mode.query());
        let below = format!("/v3/global/statements?date={day}&{query}");
        Some(self.signed("GET", &below, Vec::new(), env))
    }

    fn statement(
        &self,
        date: BusinessDate,
        _request: &Request,
        response: Result<&Response, TransportError>,
        env: Env,
    ) -> Result<StatementStep, StatementError> {
        let response = response.map_err(|_| StatementError::Transport)?;
        let key = &*self.link.verify;
        if response.status != 200 {
            verify_response(response, key, env.now).map_err(|_| StatementError::Transport)?;
            let said = serde_json::from_slice::<ErrorSaid>(&response.body).ok();
            let code = said.and_then(|said| Code::read(&said.code));
            let not_yet = code.is_some_and(|code| code.class() == codes::Class::NoBill);
            return Err(if not_yet { StatementError::NotYet } else { StatementError::Transport });
        }
        verify_statement(response, key, env.now).map_err(|_| StatementError::BadSignature)?;
        let unreadable = |why: &str| StatementError::Unreadable(why.to_owned());
        let text = str::from_utf8(&response.body).map_err(|_| unreadable("not UTF-8"))?;
        let rows = bill::read(text).map_err(StatementError::Unreadable)?;
        if rows.iter().any(|row| row.at.business_date(time::OFFSET_MINUTES) != date) {
            return Err(unreadable("a row of another day"));
        }
        if rows.iter().any(|row| row.mchid != self.mode.signer()) {
            return Err(unreadable("a row of another merchant"));
        }
        Ok(StatementStep::Read(Statement { date, lines: bill::lines(&rows) }))
    }
}

/// What an error says about one message.
fn refusal(message: Message, body: &[u8]) -> Result<(Code, Meaning), Unknown> {
    let said: ErrorSaid = serde_json::from_slice(body).map_err(|_| Unknown::Unreadable)?;
    let code = Code::read(&said.code).ok_or(Unknown::UnlistedCode)?;
    let class = code.class();
    let meaning = match message {
        Message::Pay => codes::of_pay(class),
        Message::Native => codes::of_order(class),
        Message::Order => codes::of_inquiry(class),
        Message::Close => codes::of_close(class),
        Message::Reverse => codes::of_reverse(class),
        Message::Refund => codes::of_refund(class),
        Message::RefundOrder => codes::of_refund_inquiry(class),
    };
    Ok((code, meaning))
}

fn refund_of(call: &Call) -> String {
    match &call.ask {
        Ask::Refund(ask) | Ask::InquireRefund(ask) | Ask::CancelRefund(ask) => {
            ask.refund.to_string()
        }
        Ask::Pay(_)
        | Ask::Authorise(_)
        | Ask::CreateOrder(_)
        | Ask::Inquire { .. }
        | Ask::Cancel { .. }
        | Ask::Capture(_)
        | Ask::InquireCapture(_)
        | Ask::Void { .. } => String::new(),
    }
}

/// At most 127 characters, on every reading of "character": 42 of three bytes (section 4).
fn description(shop: &str, order_number: &str) -> String {
    let mut text = String::new();
    for c in format!("{shop} {order_number}").chars() {
        if text.len() + c.len_utf8() > 127 {
            break;
        }
        text.push(c);
    }
    text
}

fn total(amount: noren_core::money::Money) -> Total {
    Total { total: amount.minor(), currency: Some(amount.currency().alpha().into()) }
}

fn scene(shop: &noren_core::directory::Shop) -> Scene {
    let store = Store {
        id: None,
        out_id: Some(shop.store.to_string()),
        name: Some(shop.name.as_ref().into()),
        address: Some(shop.city.as_ref().into()),
    };
    Scene { store_info: Some(store), ..Scene::default() }
}

fn json(message: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(message).expect("our messages have string keys only")
}

/// The answer to a notification that is not believed: it asks for a repeat.
fn refuse(status: u16, message: &str) -> Response {
    let said = ErrorSaid { code: "FAIL".into(), message: message.into() };
    let headers = vec![("content-type".into(), CONTENT_TYPE.into())];
    Response { status, headers, body: json(&said) }
}
