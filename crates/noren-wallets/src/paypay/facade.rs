//! PayPay's API as the switch answers it: a till or web shop that was written for PayPay creates
//! codes that every wallet pays, and scans codes that are routed by their prefix.
//!
//! The order number is `merchantPaymentId`, the refund number `merchantRefundId`; `paymentId` is our
//! payment's id in digits. Messages, signature and result codes are those of this folder, which the
//! sandbox speaks from the network's side.
//!
//! **Ours**, beside what this folder marks so: the form of `codeId` and `merchant_id`, that the
//! deep link is the page of the order, for how long codes are honoured, what repeats a webhook, and
//! the refusals for which no code is published (`words`).

use std::sync::{Mutex, PoisonError};

use noren_core::id::MerchantId;
use noren_core::payment::Payment;
use noren_core::time::{Span, Timestamp};
use serde_json::Value;

use super::NAME;
use super::calls::Api;
use super::codes::Code;
use super::forms::{believed, envelope, merchant_named, value};
use super::messages::{Status, Webhook};
use super::signing::{self, Nonces};
use crate::connector::Env;
use crate::facade::{Account, Answer, Facade, News, Notice, Shown, Till};
use crate::instant;
use crate::link::Link;
use crate::wire::{Request, Response};
use kept::Kept;

mod holds;
mod kept;
mod payments;
mod refunds;
pub(super) mod words;

/// How long a code can be paid.
const CODE_VALID_FOR: Span = Span::seconds(300);
/// How long a till that scanned a code waits for its payer. It gives us 30 s (section 1).
const PATIENCE: Span = Span::seconds(20);
/// When a webhook that was not taken is sent again. Ours: repeats are not published.
const SCHEDULE: &[Span] = &[
    Span::seconds(5),
    Span::seconds(15),
    Span::seconds(60),
    Span::seconds(5 * 60),
    Span::seconds(30 * 60),
    Span::seconds(2 * 3_600),
    Span::seconds(6 * 3_600),
    Span::seconds(24 * 3_600),
];

/// The API. It remembers the nonces of the last minutes, and nothing else.
#[derive(Debug, Default)]
pub struct PayPayFacade {
    nonces: Mutex<Nonces>,
}

/// What a call is answered, when it is not refused.
struct Done {
    code: Code,
    status: u16,
    data: Value,
}

type Said = Result<Done, Code>;

fn success(status: u16, data: &impl serde::Serialize) -> Done {
    Done { code: Code::Success, status, data: value(data) }
}

/// It will be carried out; what became of it is to be asked for.
fn accepted(data: Value) -> Done {
    Done { code: Code::RequestAccepted, status: 202, data }
}

fn refused(code: Code) -> Response {
    envelope(code, code.http().usual(), &Value::Null)
}

/// One call of a till that we know.
#[derive(Clone, Copy)]
struct Call<'a> {
    till: &'a dyn Till,
    now: Timestamp,
    body: &'a [u8],
}

impl Call<'_> {
    async fn carry_out(self, api: Option<Api>) -> Said {
        match api {
            Some(Api::CodeCreate) => self.code_create().await,
            Some(Api::CodeDelete(id)) => self.code_delete(&id).await,
            Some(Api::CodeLook(number)) => self.code_look(&number).await,
            Some(Api::Pay) => self.pay(false).await,
            Some(Api::Preauthorise) => self.pay(true).await,
            Some(Api::Look(number)) => self.look(&number).await,
            Some(Api::Cancel(number)) => self.cancel(&number).await,
            Some(Api::Capture) => self.capture().await,
            Some(Api::Revert) => self.revert().await,
            Some(Api::Refund) => self.refund().await,
            Some(Api::RefundLook(number)) => self.refund_look(&number).await,
            // Nobody links an account here, and the day's figures come from the switch.
            Some(
                Api::Session
                | Api::UserLook
                | Api::UserUnlink(_)
                | Api::Statement(_)
                | Api::NotOffered,
            ) => Err(Code::OpOutOfScope),
            None => Err(Code::InvalidRequestParams),
        }
    }
}

impl PayPayFacade {
    /// Checks key, MAC, time, nonce and merchant.
    fn believed(&self, account: &Account, request: &Request, env: Env) -> Result<(), Code> {
        let link = &account.link;
        // Nonces stay whole whatever panicked beside them.
        let mut nonces = self.nonces.lock().unwrap_or_else(PoisonError::into_inner);
        believed(link, &mut nonces, &link.client_id, request, env.now)?;
        match merchant_named(request) {
            Some(name) if name != merchant_id(account) => Err(Code::OpOutOfScope),
            Some(_) | None => Ok(()),
        }
    }
}

/// What stands for PayPay's number of the merchant.
fn merchant_id(account: &Account) -> String {
    account.shop.merchant.digits()
}

impl Facade for PayPayFacade {
    fn name(&self) -> &'static str {
        NAME
    }

    fn claims(&self, request: &Request) -> Option<String> {
        signing::key_named(request).map(str::to_owned)
    }

    fn stranger(&self, request: &Request, _: Env) -> Response {
        match signing::key_named(request) {
            Some(_) => refused(Code::OpaClientNotFound),
            None => refused(Code::Unauthorized),
        }
    }

    fn answer<'a>(
        &'a self,
        account: &'a Account,
        till: &'a dyn Till,
        request: &'a Request,
        env: Env,
    ) -> Answer<'a, Response> {
        Box::pin(async move {
            if let Err(code) = self.believed(account, request, env) {
                return refused(code);
            }
            let below = account.link.network.below(signing::path(&request.target));
            let api = below.and_then(|path| Api::read(&request.method, path));
            let call = Call { till, now: env.now, body: &request.body };
            match call.carry_out(api).await {
                Ok(done) => envelope(done.code, done.status, &done.data),
                Err(code) => refused(code),
            }
        })
    }

    /// Unsigned, like the network's. Refunds have no notice of their own there.
    fn notice(&self, account: &Account, shown: &Shown, news: News, _: Env) -> Option<Notice> {
        let url = account.notify_url.clone()?;
        match news {
            News::Payment => {}
            News::Refund(_) => return None,
        }
        let payment = &shown.payment;
        let state = match words::status(payment, false) {
            Status::Created | Status::Reauthorizing => return None,
            // The news is that it was paid.
            Status::Refunded => Status::Completed,
            state @ (Status::Authorized
            | Status::Completed
            | Status::Failed
            | Status::Canceled
            | Status::Expired) => state,
        };
        let kept = Kept::of(payment.memo.as_ref());
        let hold = payment.state.hold();
        let webhook = Webhook {
            notification_type: "Transaction".to_owned(),
            merchant_id: Some(merchant_id(account)),
            store_id: kept.store_id,
            pos_id: kept.terminal_id,
            order_id: Some(payment.id.digits()),
            merchant_order_id: Some(payment.order_number.as_ref().to_owned()),
            authorized_at: hold.map(|hold| instant::print(hold.at)),
            expires_at: hold.map(|hold| instant::print(hold.expires_at)),
            paid_at: words::paid_at(payment).map(instant::print),
            order_amount: Some(payment.amount.minor().to_string().into()),
            state: Some(state.word().to_owned()),
        };
        let request = Request {
            method: "POST".to_owned(),
            target: target(&url).to_owned(),
            headers: vec![("content-type".to_owned(), super::CONTENT_TYPE.to_owned())],
            body: value(&webhook).to_string().into_bytes(),
        };
        Some(Notice { url, request })
    }

    fn acknowledged(&self, response: &Response) -> bool {
        response.status == 200
    }

    fn schedule(&self) -> &'static [Span] {
        SCHEDULE
    }

    fn onward(&self, payment: &Payment) -> Option<String> {
        match words::status(payment, false) {
            Status::Created | Status::Reauthorizing => None,
            Status::Authorized
            | Status::Completed
            | Status::Refunded
            | Status::Failed
            | Status::Canceled
            | Status::Expired => Kept::of(payment.memo.as_ref()).redirect_url,
        }
    }

    fn settings(&self, link: &Link, merchant: Option<MerchantId>) -> Vec<(&'static str, String)> {
        let merchant = merchant.map(|merchant| ("MERCHANT_ID", merchant.digits()));
        [("API_KEY", link.client_id.clone())].into_iter().chain(merchant).collect()
    }
}

/// What of an address comes after its host.
fn target(url: &str) -> &str {
    let host = url.find("://").map_or(0, |at| at + 3);
    url[host..].find('/').map_or("/", |at| &url[host + at..])
}
