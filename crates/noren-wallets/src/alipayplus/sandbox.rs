//! Alipay+ in a box: a network with one wallet, whose users hold won and whose wallet converts.
//!
//! Idempotency as in the `wallets/alipayplus` facts, section 6. **Ours**, because it is not
//! published: that a final result is notified only when it came after the answer to `pay` (and
//! twice in the scenario `double_notice`), and when a notification is repeated
//! (`crate::sandbox::notices`).

use std::collections::BTreeMap;

use noren_core::money::{Currency, Money};
use noren_core::rate::{Rate, Rounding};
use noren_core::time::{BusinessDate, Span, Timestamp};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::codes::{Class, Code};
use super::messages::{
    Bare, CancelSaid, PayRequest, PaymentKey, PaymentSaid, Quote, RefundKey, RefundRequest,
    RefundSaid, ResultSaid, StatementRequest,
};
use super::signing::{sign_request, sign_response, verify_request, verify_response};
use super::{CONTENT_TYPE, PATH, STATEMENT};
use crate::instant;
use crate::link::Link;
use crate::sandbox::bank::{
    Bank, Intent, Manner, No, Payment, RefundIntent, RefundTold, State, Terms,
};
use crate::sandbox::control;
use crate::sandbox::notices::Notices;
use crate::sandbox::scenario::Scenario;
use crate::sandbox::table::{RecordError, Table};
use crate::sandbox::{Answered, Outgoing, Record, Sandbox, SandboxConfig};
use crate::statement::flat;
use crate::wire::{Request, Response, TransportError};

/// What its payment codes begin with: an issuer id of ours, and 02 for a payment code.
pub const CODE_PREFIX: &str = "28100102";
/// What one yen costs its users, the wallet's margin included. Made up.
const QUOTE_PRICE: &str = "9.45";
/// The most that a user can pay at once, in won. Made up.
const PAYMENT_MAX: i64 = 10_000_000;
/// Ours: the facts say that a payment code is short-lived, and no figure.
const CODE_VALID_FOR: Span = Span::seconds(300);
const BRAND: &str = "Noren Pay (sandbox)";

/// The sandbox. Its users hold KRW; the switch is owed JPY.
pub struct AlipayPlusSandbox {
    link: Link,
    bank: Bank,
    fx: Rate,
    notices: Notices,
    /// Where each payment's result is to be sent, by the payment's id.
    notify_targets: Table<String>,
    outbox: Vec<Outgoing>,
    sent: BTreeMap<u64, Sent>,
}

struct Sent {
    request: Request,
    payment: String,
}

/// An answer and how it leaves.
type Said = (Vec<u8>, Manner);

impl AlipayPlusSandbox {
    /// Fresh with no records, or as they left it.
    pub fn new(config: SandboxConfig, records: &[Record]) -> Result<Self, RecordError> {
        let terms = Terms {
            currency: Currency::KRW,
            owed_in: Currency::JPY,
            code_prefix: CODE_PREFIX,
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
            link: config.link,
            bank: Bank::load(terms, records)?,
            fx: fx.expect("the price is a decimal number above zero"),
            notices: Notices::load(config.pace, records)?,
            notify_targets: Table::load("notify-target", records)?,
            outbox: Vec::new(),
            sent: BTreeMap::new(),
        })
    }

    /// The network's books.
    pub fn bank(&self) -> &Bank {
        &self.bank
    }

    fn api(&mut self, now: Timestamp, request: &Request, call: &str) -> Answered {
        let (client_id, key) = (&self.link.client_id, &*self.link.verify);
        let (body, manner) = if verify_request(request, client_id, key).is_err() {
            bare(Code::SignatureInvalid)
        } else if request.method != "POST" {
            bare(Code::MethodNotSupported)
        } else if self.bank.is_closed(now) {
            bare(Code::RequestTrafficExceedLimit)
        } else {
            let body = &request.body;
            if call == STATEMENT {
                return self.statement(now, request);
            }
            let said = match call {
                "pay" => read(body).and_then(|asked| self.pay(now, &asked)),
                "inquiryPayment" => read(body).and_then(|key| self.payment_inquiry(&key)),
                "cancelPayment" => read(body).and_then(|key| self.payment_cancel(now, key)),
                "refund" => read(body).and_then(|asked| self.refund(now, &asked)),
                "inquiryRefund" => read(body).and_then(|key| self.refund_inquiry(&key)),
                _ => Err(Code::NoInterfaceDef),
            };
            said.unwrap_or_else(bare)
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

    fn pay(&mut self, now: Timestamp, asked: &PayRequest) -> Result<Said, Code> {
        let id = asked.payment_request_id.as_str();
        let order = asked.payment_amount.money().filter(|money| money.positive());
        let order = order.filter(|_| id_fits(id)).ok_or(Code::ParamIllegal)?;
        if order.currency() != Currency::JPY {
            return Err(Code::CurrencyNotSupport);
        }
        let payer = self.fx.convert(order, Rounding::HalfEven);
        let payer = payer.map_err(|_| Code::PaymentAmountExceedLimit)?;
        let order_amount = asked.order.order_amount.money().ok_or(Code::ParamIllegal)?;
        let method = &asked.payment_method;
        // What a repeat is compared with: section 6, and no more.
        let compared = format!("{order} {order_amount} {}", method.payment_method_type.as_str());
        let code = method.payment_method_id.as_str();
        let fresh = self.bank.payment(id).is_none();
        let intent = Intent { id, code, order, payer, asked: &compared, hold: false };
        let manner = self.bank.pay(now, intent).map_err(|_| Code::RepeatReqInconsistent)?;
        if fresh {
            self.remember_target(now, id, asked);
        }
        let payment = self.bank.payment(id).ok_or(Code::ProcessFail)?;
        let said = PaymentSaid { result: Some(result(payment).said()), ..self.said(id, payment) };
        Ok((json(&said), manner))
    }

    /// Keeps where to notify, when that is at the switch's own address.
    fn remember_target(&mut self, now: Timestamp, id: &str, asked: &PayRequest) {
        let url = asked.payment_notify_url.as_ref().map(|url| url.as_str());
        let target = url.and_then(|url| url.strip_prefix(self.link.switch.origin()));
        let Some(target) = target.filter(|target| target.starts_with('/')) else { return };
        let twice = self.bank.payment(id).is_some_and(|payment| {
            payment.scenario == Scenario::DoubleNotice && payment.state == State::Paid
        });
        if twice {
            self.notices.add(now, id, target.to_owned(), 2);
        }
        if self.bank.payment(id).is_some_and(|payment| payment.state == State::Processing) {
            self.notify_targets.put(id, target.to_owned());
        }
    }

    fn payment_inquiry(&self, key: &PaymentKey) -> Result<Said, Code> {
        let id = key.payment_request_id.as_str();
        let payment = self.bank.payment(id).ok_or(Code::OrderNotExist)?;
        let said = PaymentSaid {
            result: Some(Code::Success.said()),
            payment_result: Some(result(payment).said()),
            ..self.said(id, payment)
        };
        Ok((json(&said), Manner::Plain))
    }

    fn payment_cancel(&mut self, now: Timestamp, key: PaymentKey) -> Result<Said, Code> {
        let id = key.payment_request_id.as_str();
        if !id_fits(id) {
            return Err(Code::ParamIllegal);
        }
        if !self.bank.cancel(now, id) {
            return Err(Code::CancelWindowExceed);
        }
        let payment_request_id = Some(key.payment_request_id);
        let said = CancelSaid { result: Code::Success.said(), payment_request_id };
        Ok((json(&said), Manner::Plain))
    }

    fn refund(&mut self, now: Timestamp, asked: &RefundRequest) -> Result<Said, Code> {
        let id = asked.refund_request_id.as_str();
        let order = asked.refund_amount.money().filter(|_| id_fits(id));
        let order = order.ok_or(Code::ParamIllegal)?;
        let payment = asked.payment_request_id.as_str();
        if self.bank.payment(payment).is_none() {
            return Err(Code::OrderNotExist);
        }
        let intent = RefundIntent { id, payment, order, payer: None };
        let told = self.bank.refund_make(now, intent).map_err(|_| Code::RepeatReqInconsistent)?;
        let RefundTold::Settled(manner) = told else {
            return Err(Code::MerchantBalanceNotEnough);
        };
        let (result, said) = self.refund_said(id).ok_or(Code::ProcessFail)?;
        Ok((json(&RefundSaid { result: Some(result), ..said }), manner))
    }

    fn refund_inquiry(&self, key: &RefundKey) -> Result<Said, Code> {
        let (result, said) =
            self.refund_said(key.refund_request_id.as_str()).ok_or(Code::OrderNotExist)?;
        let ok = Some(Code::Success.said());
        let said = RefundSaid { result: ok, refund_result: Some(result), ..said };
        Ok((json(&said), Manner::Plain))
    }

    /// What became of a refund, and the members that say it.
    fn refund_said(&self, id: &str) -> Option<(ResultSaid, RefundSaid)> {
        let refund = self.bank.refund(id)?;
        let code = if refund.done { Code::Success } else { Code::RefundAmountExceed };
        let amount = |money: Money| refund.done.then(|| money.into());
        let said = RefundSaid {
            refund_request_id: Some(id.into()),
            refund_id: Some(refund.transaction.as_str().into()),
            refund_amount: amount(refund.order),
            settlement_amount: amount(refund.order),
            actual_refund_amount: amount(refund.payer),
            ..RefundSaid::default()
        };
        Some((code.said(), said))
    }

    /// The members that pay, inquiry and notification share.
    fn said(&self, id: &str, payment: &Payment) -> PaymentSaid {
        let ids = PaymentSaid {
            payment_request_id: Some(id.into()),
            payment_id: Some(payment.transaction.as_str().into()),
            ..PaymentSaid::default()
        };
        if payment.state != State::Paid {
            return ids;
        }
        PaymentSaid {
            payment_time: Some(instant::print(payment.at).into()),
            payment_amount: Some(payment.order.into()),
            wallet_brand_name: Some(BRAND.into()),
            settlement_amount: Some(payment.order.into()),
            actual_payment_amount: Some(payment.payer.into()),
            payment_quote: Some(Quote {
                quote_id: None,
                quote_currency_pair: "JPY/KRW".into(),
                quote_price: QUOTE_PRICE.into(),
                base_currency: Some("JPY".into()),
                quote_unit: Some("1".into()),
            }),
            ..ids
        }
    }

    /// Does what is due: decides payments and sends notices.
    fn run(&mut self, now: Timestamp) {
        for id in self.bank.decide_due(now) {
            if let Some(target) = self.notify_targets.get(&id) {
                self.notices.add(now, &id, target.clone(), 1);
            }
        }
        while let Some((payment, notice)) = self.notices.due(now) {
            self.notify(now, payment, notice.target);
        }
    }

    fn notify(&mut self, now: Timestamp, id: String, target: String) {
        let Some(payment) = self.bank.payment(&id) else { return };
        if matches!(payment.state, State::Cancelled | State::Processing) {
            return self.notices.drop(&id);
        }
        let payment_result = Some(result(payment).said());
        let mut request = Request {
            method: "POST".into(),
            target,
            headers: vec![("content-type".into(), CONTENT_TYPE.into())],
            body: json(&PaymentSaid { payment_result, ..self.said(&id, payment) }),
        };
        sign_request(&mut request, &self.link.client_id, &*self.link.sign, now);
        let sending = self.bank.count();
        self.outbox.push(Outgoing { id: sending, request: request.clone() });
        self.sent.insert(sending, Sent { request, payment: id });
    }
}

impl Sandbox for AlipayPlusSandbox {
    fn name(&self) -> &'static str {
        super::NAME
    }

    fn handle(&mut self, now: Timestamp, request: &Request) -> Answered {
        self.run(now);
        let lost = |why: &str| Answered::Respond(control::respond(Err((404, why.to_owned()))));
        let Some(below) = self.link.network.below(request.path()) else {
            return lost("not below this address");
        };
        if let Some(call) = below.strip_prefix(PATH) {
            let call = call.to_owned();
            let answered = self.api(now, request, &call);
            self.run(now);
            return answered;
        }
        let answered = below
            .strip_prefix("/sandbox/")
            .and_then(|call| control::handle(&mut self.bank, now, request, call, false));
        answered.map_or_else(|| lost("there is no such call"), Answered::Respond)
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
        let Some(sent) = self.sent.remove(&id) else { return };
        let acknowledged = response.is_ok_and(|response| {
            let (client_id, key) = (&self.link.client_id, &*self.link.verify);
            let said = serde_json::from_slice::<Bare>(&response.body);
            response.status == 200
                && verify_response(&response, &sent.request, client_id, key).is_ok()
                && said.is_ok_and(|said| Code::read(&said.result) == Some(Code::Success))
        });
        if acknowledged {
            self.notices.acknowledged(now, &sent.payment);
        }
        self.run(now);
    }

    fn take_changes(&mut self) -> Vec<Record> {
        let mut changes = Vec::new();
        self.bank.take_changes(&mut changes);
        self.notices.take_changes(&mut changes);
        self.notify_targets.take_changes(&mut changes);
        changes
    }
}

/// Ids are 1 to 64 characters (section 3).
fn id_fits(id: &str) -> bool {
    (1..=64).contains(&id.chars().count())
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
        // Nothing is held or frozen here, and there are no orders.
        State::Cancelled | State::Held | State::Released | State::Open | State::Blocked => {
            Code::OrderIsCanceled
        }
    }
}

fn bare(code: Code) -> Said {
    debug_assert!(code.class() != Class::Done, "a success has members");
    (json(&Bare { result: code.said() }), Manner::Plain)
}

fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Code> {
    serde_json::from_slice(body).map_err(|_| Code::ParamIllegal)
}

fn json(message: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(message).expect("our messages have string keys only")
}
