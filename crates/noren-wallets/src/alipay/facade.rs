//! Alipay's API as the switch answers it, in both dialects: a till or web shop that was written for
//! Alipay shows codes and pages that every wallet pays, and scans codes that are routed by their
//! prefix.
//!
//! Messages, signatures and words are those of this folder, which the sandbox speaks from the
//! network's side. `out_trade_no` is our order number, `trade_no` our payment's id. A refund's number
//! is within its trade, so that ours is both.
//!
//! **Ours**, beside what this folder marks so: amounts are in the currency that the shop prices in,
//! two places at most; a code that nobody has scanned is a trade that waits; the text of a code is
//! the page where a payer chooses a wallet; and what `words` says of states and refusals for which
//! nothing is published.

use std::sync::{Mutex, PoisonError};

use noren_core::id::MerchantId;
use noren_core::time::{Span, Timestamp};
use serde_json::{Value, json};

use super::codes::SubCode;
use super::dialect::{self, Asked, Dialect, Rejected, enter, strange};
use super::form::{path, target_of};
use super::messages::Method;
use super::notification::{self, PAUSES};
use super::signing::Nonces;
use super::{GATEWAY_PATH, NAME};
use crate::connector::Env;
use crate::facade::{Account, Answer, Facade, News, Notice, Shown, Till};
use crate::link::Link;
use crate::wire::{Request, Response};

mod kept;
mod news;
mod refunds;
mod trades;
pub(super) mod words;

/// The pauses between the sendings of a notification (section 4).
const SCHEDULE: [Span; 7] = {
    let mut spans = [Span(0); 7];
    let mut at = 0;
    while at < spans.len() {
        spans[at] = Span::seconds(PAUSES[at]);
        at += 1;
    }
    spans
};

/// The API. It remembers the nonces of the last minutes (v3), and nothing else.
#[derive(Debug, Default)]
pub struct AlipayFacade {
    nonces: Mutex<Nonces>,
}

/// What a call is answered, when it is not refused.
enum Done {
    /// It was carried out.
    Said(Value),
    /// The payer is being asked.
    Waiting(Value),
    /// The browser that made the call goes on there.
    Page(String),
}

type Said = Result<Done, SubCode>;

/// One call of a till that we know.
#[derive(Clone, Copy)]
struct Call<'a> {
    account: &'a Account,
    till: &'a dyn Till,
    now: Timestamp,
    asked: &'a Asked,
}

impl Call<'_> {
    async fn carry_out(self) -> Said {
        match self.asked.method {
            Method::Pay => self.pay().await,
            Method::Precreate => self.precreate().await,
            // A browser brings these, and browsers sign no headers.
            Method::PagePay | Method::WapPay => match self.asked.dialect {
                Dialect::Gateway => self.page().await,
                Dialect::V3 => Err(SubCode::InvalidMethod),
            },
            Method::Query => self.query().await,
            Method::Cancel => self.cancel().await,
            Method::Close => self.close().await,
            Method::Refund => self.refund().await,
            Method::RefundQuery => self.refund_query().await,
            // The day's figures come from the switch.
            Method::BillUrl => Err(SubCode::NoRight),
        }
    }
}

impl AlipayFacade {
    fn enter(
        &self,
        account: &Account,
        request: &Request,
        now: Timestamp,
    ) -> Option<Result<Asked, Rejected>> {
        // Nonces stay whole whatever panicked beside them.
        let mut nonces = self.nonces.lock().unwrap_or_else(PoisonError::into_inner);
        let below = account.link.network.below(path(&request.target))?;
        enter(&account.link, now, &mut nonces, request, below)
    }
}

impl Facade for AlipayFacade {
    fn name(&self) -> &'static str {
        NAME
    }

    fn claims(&self, request: &Request) -> Option<String> {
        dialect::claims(request)
    }

    fn stranger(&self, request: &Request, _: Env) -> Response {
        strange(request)
    }

    fn answer<'a>(
        &'a self,
        account: &'a Account,
        till: &'a dyn Till,
        request: &'a Request,
        env: Env,
    ) -> Answer<'a, Response> {
        Box::pin(async move {
            let (dialect, method, said) = match self.enter(account, request, env.now) {
                None => return nowhere(),
                Some(Err(Rejected { dialect, method, why })) => (dialect, method, Err(why)),
                Some(Ok(asked)) => {
                    let call = Call { account, till, now: env.now, asked: &asked };
                    (asked.dialect, Some(asked.method), call.carry_out().await)
                }
            };
            let answer = match said {
                Ok(Done::Page(page)) => return sent_on(page),
                Ok(Done::Said(members)) => dialect::Answer::Done(members),
                Ok(Done::Waiting(members)) => dialect::Answer::Waiting(members),
                Err(sub) => dialect::Answer::Refused(sub, json!({})),
            };
            dialect.answer(&*account.link.sign, env, method, &answer, false)
        })
    }

    fn notice(&self, account: &Account, shown: &Shown, news: News, env: Env) -> Option<Notice> {
        let (url, notification) = news::of(account, shown, news, env)?;
        let (app_id, key) = (&account.link.client_id, &*account.link.sign);
        let request = notification.request(app_id, key, env.now, target_of(&url)?);
        Some(Notice { url, request })
    }

    fn acknowledged(&self, response: &Response) -> bool {
        notification::acknowledged(response)
    }

    fn schedule(&self) -> &'static [Span] {
        &SCHEDULE
    }

    fn settings(&self, link: &Link, _: Option<MerchantId>) -> Vec<(&'static str, String)> {
        vec![("GATEWAY", link.network.url(GATEWAY_PATH)), ("APP_ID", link.client_id.clone())]
    }
}

/// No address of this API.
fn nowhere() -> Response {
    let headers = vec![("content-type".into(), "text/plain;charset=utf-8".into())];
    Response { status: 404, headers, body: b"there is no such interface\n".to_vec() }
}

/// A browser is sent on to the page; what it posted is not to be posted again.
fn sent_on(page: String) -> Response {
    Response { status: 302, headers: vec![("location".into(), page)], body: Vec::new() }
}
