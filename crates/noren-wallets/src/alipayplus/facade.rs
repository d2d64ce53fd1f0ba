//! Antom/AMS and Alipay+ ACQP as the switch answers them, for tills that were written for either
//! (`wallets/alipayplus` facts).
//!
//! `paymentRequestId` is the number of the order, `refundRequestId` that of the refund; `paymentId` is
//! our id of the payment, and `refundId` the digits of payment and refund together. An order code
//! is the address of our page of wallets, and so is the page of a cashier payment: any wallet pays.
//!
//! **Ours**: that a caller whom we do not know is answered unsigned (there is no key to sign with);
//! how often a notification is repeated. The scheme has neither a nonce nor an age after which a
//! request is stale: a repeat gets the same answer, whoever sends it again.

use std::str::FromStr as _;

use noren_core::id::{MerchantId, PaymentId, RefundId};
use noren_core::keys::OrderStand;
use noren_core::money::Money;
use noren_core::payment::{Payment, State};
use noren_core::time::Span;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::ams::{CaptureRequest, CaptureSaid};
use super::codes::{Class, Code};
use super::dialect::{Api, Dialect, called};
use super::messages::{
    Amount, Bare, CancelSaid, Meeting, PayRequest, PaymentKey, RefundKey, RefundRequest, Scalar,
};
use super::signing::{sign_request, sign_response, verify_request};
use super::{CONTENT_TYPE, NAME, expires_at, id_fits, json};
use crate::connector::Env;
use crate::facade::{
    Account, Answer, Facade, Found, Meet, NewOrder, News, Notice, Shown, Till, memo_of,
};
use crate::instant;
use crate::link::Link;
use crate::wire::{Request, Response};
use view::{payment_view, refund_view};
use words::{capture_code, refused, standing};

mod view;
mod words;

/// How long the answer to a scanned code waits for the wallet. SDKs wait for 15 s (section 5).
const PATIENCE: Span = Span::seconds(8);
/// Repeats of a notification. **Ours**: the network's schedule is not in what we have.
const SCHEDULE: &[Span] = &[
    Span::seconds(120),
    Span::seconds(600),
    Span::seconds(600),
    Span::seconds(3_600),
    Span::seconds(7_200),
    Span::seconds(21_600),
    Span::seconds(54_000),
];
/// Addresses are at most so long, in bytes: they are kept with the payment.
const URL_MAX: usize = 800;
/// UTC+8, where the day of a cancel ends.
const DAY_OFFSET_MINUTES: i16 = 480;
/// How long after the end of the day what was paid can still be cancelled (section 5).
const CANCEL_AFTER_DAY: Span = Span::seconds(15 * 60);

/// The API as the switch answers it. It keeps nothing.
#[derive(Clone, Copy, Debug)]
pub struct AlipayPlusFacade;

/// What is to be found again with a payment or a refund.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Memo {
    /// In which it was asked for.
    dialect: Dialect,
    /// Where to tell of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    notify: Option<String>,
    /// The payer is sent to a page, and not shown a code.
    #[serde(default)]
    page: bool,
    /// Where the payer's browser goes from there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    back: Option<String>,
}

impl Memo {
    /// What is kept; an address that cannot be called is refused.
    fn new(dialect: Dialect, notify: Option<&Scalar>) -> Result<Self, Code> {
        Ok(Self { dialect, notify: address(notify)?, page: false, back: None })
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&json(self)).into_owned()
    }

    fn of(memo: Option<&noren_core::Text>) -> Option<Self> {
        serde_json::from_str(memo_of(memo, NAME)?.1).ok()
    }
}

impl Facade for AlipayPlusFacade {
    fn name(&self) -> &'static str {
        NAME
    }

    fn claims(&self, request: &Request) -> Option<String> {
        request.header("client-id").map(str::to_owned)
    }

    fn stranger(&self, _request: &Request, _env: Env) -> Response {
        plain(json(&Bare { result: Code::KeyNotFound.said() }))
    }

    fn answer<'a>(
        &'a self,
        account: &'a Account,
        till: &'a dyn Till,
        request: &'a Request,
        env: Env,
    ) -> Answer<'a, Response> {
        Box::pin(async move {
            let said = answered(account, till, request, env).await;
            let body = said.unwrap_or_else(|code| json(&Bare { result: code.said() }));
            let (mut response, link) = (plain(body), &account.link);
            sign_response(&mut response, request, &link.client_id, &*link.sign, env.now);
            response
        })
    }

    fn notice(&self, account: &Account, payment: &Shown, news: News, env: Env) -> Option<Notice> {
        let memo = Memo::of(payment.payment.memo.as_ref())?;
        let (notify, body) = match news {
            News::Payment => {
                let view = payment_view(payment, false);
                let over = !matches!(view.code.class(), Class::Working | Class::Unsure);
                (memo.notify, over.then(|| json(&view.notice(memo.dialect)))?)
            }
            // An acquirer is not told of refunds (section 1).
            News::Refund(_) if memo.dialect == Dialect::Acqp => return None,
            News::Refund(id) => {
                let refund = payment.payment.refunds.iter().find(|refund| refund.id == id)?;
                let own = Memo::of(refund.memo.as_ref())?;
                (own.notify, json(&refund_view(&payment.payment, refund).notice()))
            }
        };
        let url = notify.or_else(|| account.notify_url.clone())?;
        let mut request = Request {
            method: "POST".into(),
            target: target(&url)?.to_owned(),
            headers: vec![("content-type".into(), CONTENT_TYPE.into())],
            body,
        };
        sign_request(&mut request, &account.link.client_id, &*account.link.sign, env.now);
        Some(Notice { url, request })
    }

    /// The words alone are looked at: merchants of AMS do not sign them.
    fn acknowledged(&self, response: &Response) -> bool {
        let said = serde_json::from_slice::<Bare>(&response.body);
        response.status == 200
            && said.is_ok_and(|said| Code::read(&said.result) == Some(Code::Success))
    }

    fn schedule(&self) -> &'static [Span] {
        SCHEDULE
    }

    fn onward(&self, payment: &Payment) -> Option<String> {
        let back = Memo::of(payment.memo.as_ref())?.back?;
        let over = !matches!(standing(payment, false).class(), Class::Working | Class::Unsure);
        over.then_some(back)
    }

    fn settings(&self, link: &Link, _: Option<MerchantId>) -> Vec<(&'static str, String)> {
        vec![("GATEWAY_URL", link.network.url(""))]
    }
}

/// An answer that is not signed yet. The business answer is always HTTP 200 (section 1).
fn plain(body: Vec<u8>) -> Response {
    let headers = vec![("content-type".into(), CONTENT_TYPE.into())];
    Response { status: 200, headers, body }
}

/// An address that a shop names.
fn address(url: Option<&Scalar>) -> Result<Option<String>, Code> {
    let url = url.map(|url| url.as_str().to_owned());
    let good = url.as_deref().is_none_or(|url| url.len() <= URL_MAX && target(url).is_some());
    if good { Ok(url) } else { Err(Code::ParamIllegal) }
}

/// The path and query of an address; `None`: it is none.
fn target(url: &str) -> Option<&str> {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"))?;
    let clean = url.bytes().all(|byte| byte.is_ascii_graphic() && !b"#\"\\<>".contains(&byte));
    let at = rest.find('/')?;
    (clean && at > 0).then(|| &rest[at..])
}

fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Code> {
    serde_json::from_slice(body).map_err(|_| Code::ParamIllegal)
}

/// One call: credentials first.
async fn answered(
    account: &Account,
    till: &dyn Till,
    request: &Request,
    env: Env,
) -> Result<Vec<u8>, Code> {
    let client_id = &account.link.client_id;
    verify_request(request, client_id, &*account.link.verify)
        .map_err(|_| Code::SignatureInvalid)?;
    let (dialect, name) = called(request.path(), client_id).ok_or(Code::NoInterfaceDef)?;
    let api = Api::named(dialect, name).ok_or(Code::NoInterfaceDef)?;
    if request.method != "POST" {
        return Err(Code::MethodNotSupported);
    }
    let (desk, body) = (Desk { account, till, dialect, env }, &request.body);
    match api {
        Api::Pay => desk.pay(read(body)?).await,
        Api::InquiryPayment => desk.payment_inquiry(read(body)?).await,
        Api::Cancel => desk.cancel(read(body)?).await,
        Api::Capture => desk.capture(read(body)?).await,
        Api::Refund => desk.refund(read(body)?).await,
        Api::InquiryRefund => desk.refund_inquiry(read(body)?).await,
    }
}

/// One call whose caller is known.
struct Desk<'a> {
    account: &'a Account,
    till: &'a dyn Till,
    dialect: Dialect,
    env: Env,
}

impl Desk<'_> {
    /// An amount that this shop can take.
    fn amount(&self, amount: &Amount) -> Result<Money, Code> {
        let money = amount.money().filter(|money| money.positive()).ok_or(Code::ParamIllegal)?;
        let own = money.currency() == self.account.currency;
        if own { Ok(money) } else { Err(Code::CurrencyNotSupport) }
    }

    async fn order(&self, number: &str) -> Result<Option<Found>, Code> {
        self.till.order(number).await.map_err(refused)
    }

    async fn pay(&self, asked: PayRequest) -> Result<Vec<u8>, Code> {
        let id = asked.payment_request_id.as_str();
        let amount = self.amount(&asked.payment_amount)?;
        asked.order.order_amount.money().ok_or(Code::ParamIllegal)?;
        let meeting = asked.meeting().filter(|_| id_fits(id)).ok_or(Code::ParamIllegal)?;
        let (meet, page) = match meeting {
            Meeting::PaymentCode(code) => {
                (Meet::Scanned { code: code.to_owned(), patience: PATIENCE }, false)
            }
            Meeting::OrderCode | Meeting::EntryCode | Meeting::Cashier => {
                let ends = match expires_at(&asked, meeting, self.env.now) {
                    Ok(ends) => ends,
                    // A repeat of what was in time when it came first.
                    Err(_) if self.order(id).await?.is_some() => self.env.now,
                    Err(code) => return Err(code),
                };
                let expires_in = ends.since(self.env.now);
                (Meet::Shown { expires_in }, meeting != Meeting::OrderCode)
            }
        };
        let memo = Memo {
            page,
            // An app's own scheme is nowhere that a page should lead to.
            back: address(asked.payment_redirect_url.as_ref()).unwrap_or_default(),
            ..Memo::new(self.dialect, asked.payment_notify_url.as_ref())?
        };
        let order = NewOrder {
            number: id.to_owned(),
            content: asked.compared(),
            amount,
            meet,
            hold: self.dialect == Dialect::Ams && asked.holds(),
            memo: memo.text(),
        };
        let shown = self.till.create(order).await.map_err(refused)?;
        // What was cancelled meanwhile says so.
        let withdrawn =
            shown.replayed && self.order(id).await?.is_some_and(|found| is_withdrawn(&found));
        Ok(json(&payment_view(&shown, withdrawn).pay_said(self.dialect)))
    }

    /// The merchant's number of the payment that a key names; our id goes first.
    async fn number(&self, key: &PaymentKey) -> Result<String, Code> {
        match (&key.payment_id, &key.payment_request_id) {
            (Some(id), _) => {
                let id = PaymentId::from_str(id.as_str()).map_err(|_| Code::OrderNotExist)?;
                let found = self.till.payment(id).await.map_err(refused)?;
                Ok(found.ok_or(Code::OrderNotExist)?.payment.order_number.to_string())
            }
            (None, Some(number)) if id_fits(number.as_str()) => Ok(number.as_str().to_owned()),
            (None, _) => Err(Code::ParamIllegal),
        }
    }

    /// The payment that a key names, and if its order was withdrawn.
    async fn payment(&self, key: &PaymentKey) -> Result<(Shown, bool), Code> {
        let number = self.number(key).await?;
        let found = self.order(&number).await?.ok_or(Code::OrderNotExist)?;
        let withdrawn = is_withdrawn(&found);
        Ok((found.last.ok_or(Code::OrderNotExist)?, withdrawn))
    }

    async fn payment_inquiry(&self, key: PaymentKey) -> Result<Vec<u8>, Code> {
        let (shown, withdrawn) = self.payment(&key).await?;
        Ok(json(&payment_view(&shown, withdrawn).inquiry_said(self.dialect)))
    }

    async fn cancel(&self, key: PaymentKey) -> Result<Vec<u8>, Code> {
        let number = self.number(&key).await?;
        let found = self.withdraw(&number).await?;
        let last = found.last.as_ref().map(|shown| &shown.payment);
        match last.map_or(Class::OrderCancelled, |payment| standing(payment, true).class()) {
            Class::OrderCancelled | Class::OrderClosed | Class::No(_) => {}
            // Neither paid nor returned, and nobody can say when that ends.
            Class::Working if last.is_some_and(|p| matches!(p.state, State::Blocked(_))) => {
                return Err(Code::OrderStatusInvalid);
            }
            Class::Working | Class::Unsure => return Err(Code::PaymentInProcess),
            Class::Done
            | Class::Call
            | Class::OrderUnknown
            | Class::OrderState
            | Class::CancelWindow
            | Class::RefundLimit
            | Class::PoolEmpty => return Err(Code::CancelWindowExceed),
        }
        let ams = self.dialect == Dialect::Ams;
        Ok(json(&CancelSaid {
            result: Code::Success.said(),
            payment_id: last.filter(|_| ams).map(|payment| payment.id.to_string().into()),
            payment_request_id: Some(number.into()),
            cancel_time: ams.then(|| instant::print(self.env.now).into()),
        }))
    }

    /// The order, which is not to stand from now on; also one of a number that never came.
    async fn withdraw(&self, number: &str) -> Result<Found, Code> {
        let mut events = 0;
        if let Some(found) = self.order(number).await? {
            if is_withdrawn(&found) {
                return Ok(found);
            }
            if let Some(last) = &found.last {
                if self.is_too_late(&last.payment) {
                    return Err(Code::CancelWindowExceed);
                }
                events = last.payment.events;
            }
        }
        // What was refused is asked anew once something has happened.
        self.till.withdraw(&format!("{number}:{events}"), number).await.map_err(refused)
    }

    /// What was paid can be cancelled until 00:15 of the next day (section 5); then it is refunded.
    fn is_too_late(&self, payment: &Payment) -> bool {
        let paid = matches!(payment.state, State::Captured(_) | State::HoldCaptured(_));
        let day_end = payment.created_at.day_end(DAY_OFFSET_MINUTES);
        paid && self.env.now >= day_end.after(CANCEL_AFTER_DAY)
    }

    async fn capture(&self, asked: CaptureRequest) -> Result<Vec<u8>, Code> {
        let id = asked.capture_request_id.as_str();
        let amount = self.amount(&asked.capture_amount)?;
        let key =
            PaymentKey { payment_id: Some(asked.payment_id.clone()), ..PaymentKey::default() };
        let payment = self.payment(&key).await?.0.payment.id;
        if !id_fits(id) {
            return Err(Code::ParamIllegal);
        }
        let taken = self.till.capture(id, payment, amount).await.map_err(refused)?;
        let (code, at) = capture_code(&taken.payment, taken.capture);
        let last = asked.is_last_capture.as_ref().is_some_and(Scalar::is_true);
        if last && code == Code::Success && matches!(taken.payment.state, State::Authorised(_)) {
            // That a rest is not released at once changes nothing of what was captured; a repeat
            // tries it again, and the hold's time ends it.
            let _ = self.till.void(id, payment).await;
        }
        Ok(json(&CaptureSaid {
            result: code.said(),
            capture_id: taken.capture.to_string().into(),
            payment_id: asked.payment_id,
            capture_amount: amount.into(),
            capture_time: at.map(|at| instant::print(at).into()),
            capture_request_id: asked.capture_request_id,
        }))
    }

    async fn refund(&self, asked: RefundRequest) -> Result<Vec<u8>, Code> {
        let id = asked.refund_request_id.as_str();
        let amount = self.amount(&asked.refund_amount)?;
        if !id_fits(id) {
            return Err(Code::ParamIllegal);
        }
        let payment = self.payment(&asked.payment).await?.0.payment.id;
        let memo = Memo::new(self.dialect, asked.refund_notify_url.as_ref())?.text();
        let back = self.till.refund(id, payment, amount, &memo).await.map_err(refused)?;
        Ok(json(&refund_view(&back.payment, back.record()).refund_said(self.dialect)))
    }

    async fn refund_inquiry(&self, key: RefundKey) -> Result<Vec<u8>, Code> {
        let unknown = Code::OrderNotExist;
        let view = match (&key.refund_id, &key.refund_request_id) {
            (Some(id), _) => {
                let (payment, refund) = refund_named(id.as_str()).ok_or(unknown)?;
                let shown = self.till.payment(payment).await.map_err(refused)?.ok_or(unknown)?;
                let refunds = &shown.payment.refunds;
                let refund = refunds.iter().find(|row| row.id == refund).ok_or(unknown)?;
                refund_view(&shown.payment, refund)
            }
            (None, Some(number)) => {
                let found = self.till.refund_numbered(number.as_str()).await.map_err(refused)?;
                let back = found.ok_or(unknown)?;
                refund_view(&back.payment, back.record())
            }
            (None, None) => return Err(Code::ParamIllegal),
        };
        Ok(json(&view.inquiry_said(self.dialect)))
    }
}

fn is_withdrawn(found: &Found) -> bool {
    matches!(found.order.stand, OrderStand::Withdrawn { .. })
}

/// The payment and the refund that a `refundId` of ours names.
fn refund_named(id: &str) -> Option<(PaymentId, RefundId)> {
    let (payment, refund) = id.split_at_checked(id.len() / 2)?;
    Some((PaymentId::from_digits(payment).ok()?, RefundId::from_digits(refund).ok()?))
}
