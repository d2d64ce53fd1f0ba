//! LINE Pay's API as the switch answers it, for shops and tills that were written for it: Online v3,
//! Offline v4 and v2 (`wallets/linepay` facts).
//!
//! The messages, paths and signatures are those of the sandbox, which answers the same API as the
//! network. What differs is whose the money is: here every wallet pays, and the switch's books
//! decide. The network's service in Japan has ended; a till's API does not depend on it.
//!
//! What this API has no word for, and what happens to an order that nobody confirms, is in
//! `docs/networks/linepay.md`.

use noren_core::id::MerchantId;
use noren_core::payment::Payment;
use noren_core::time::Span;

use super::NAME;
use super::codes::Code;
use super::endpoints::{Asked, Endpoint, Version, origin_form, query};
use super::shapes::{body_or_empty, enveloped, read, return_url};
use super::signing::{CHANNEL_ID, NotSigned, verify_request};
use crate::connector::Env;
use crate::facade::{Account, Answer, Facade, News, Notice, Shown, Till, memo_of};
use crate::link::Link;
use crate::wire::{Request, Response};
use desk::{Desk, Said};
use memo::Memo;
use stand::Stand;

mod codes;
mod desk;
mod ids;
mod memo;
mod money;
mod offline;
mod online;
mod stand;

/// Where stored payments lie; the switch offers none.
const STORED: &str = "/v3/payments/preapprovedPay/";

/// The pauses between calls of a shop's `confirmUrl`. Ours: nothing is published. An order would have
/// ended after 20 minutes, and so do these.
const SCHEDULE: &[Span] = &[
    Span::seconds(5),
    Span::seconds(15),
    Span::seconds(60),
    Span::seconds(180),
    Span::seconds(300),
    Span::seconds(600),
];

/// The facade.
pub struct LinePayFacade;

impl LinePayFacade {
    async fn say(
        &self,
        account: &Account,
        till: &dyn Till,
        (request, endpoint): (&Request, &Endpoint),
        env: Env,
    ) -> Said {
        let version = endpoint.version();
        signed(request, account, version)?;
        let desk = Desk::new(account, till, (request, version), env)?;
        let body = request.body.as_slice();
        match endpoint {
            Endpoint::Request => desk.order(&read(body)?).await,
            Endpoint::Check(id) => desk.order_check(*id).await,
            Endpoint::Confirm(id) => desk.order_confirm(*id, &read(body)?).await,
            Endpoint::Pay(version) => desk.pay(*version, &read(body)?).await,
            Endpoint::OrderCheck(version, order) => desk.code_check(*version, order).await,
            Endpoint::Details(_) => desk.details(&Asked::read(query(request))?, false).await,
            Endpoint::Authorizations(_) => desk.details(&Asked::read(query(request))?, true).await,
            Endpoint::Capture(deal) => desk.capture(deal, &read(body)?).await,
            Endpoint::Void(deal) => desk.void(deal).await,
            Endpoint::Refund(deal) => desk.refund(deal, &read(body_or_empty(body))?).await,
            // The file of a day is between the switch and a network.
            Endpoint::Statement(_) => Err(Code::ParameterError),
        }
    }
}

/// Credentials first.
fn signed(request: &Request, account: &Account, version: Version) -> Result<(), Code> {
    verify_request(request, &account.link, version).map_err(|no| match no {
        NotSigned::Channel => Code::NoSuchMerchant,
        NotSigned::Header => Code::HeaderError,
    })
}

/// There is no such call. LINE Pay's own answer to that is not published.
fn no_such_call() -> Response {
    Response { status: 404, ..enveloped(Code::ParameterError, None) }
}

fn leave(said: Said) -> Response {
    match said {
        Ok(info) => enveloped(Code::Success, info),
        Err(code) => enveloped(code, None),
    }
}

impl Facade for LinePayFacade {
    fn name(&self) -> &'static str {
        NAME
    }

    fn claims(&self, request: &Request) -> Option<String> {
        request.header(CHANNEL_ID).map(str::to_owned)
    }

    fn stranger(&self, _: &Request, _: Env) -> Response {
        enveloped(Code::NoSuchMerchant, None)
    }

    fn answer<'a>(
        &'a self,
        account: &'a Account,
        till: &'a dyn Till,
        request: &'a Request,
        env: Env,
    ) -> Answer<'a, Response> {
        Box::pin(async move {
            let target = origin_form(&request.target);
            let path = target.split('?').next().unwrap_or_default();
            let Some(below) = account.link.network.below(path) else { return no_such_call() };
            match Endpoint::read(&request.method, below) {
                Some(Endpoint::Statement(_)) => no_such_call(),
                Some(endpoint) => leave(self.say(account, till, (request, &endpoint), env).await),
                None if below.starts_with(STORED) => {
                    let said = signed(request, account, Version::V3);
                    leave(said.and(Err(Code::RegKeyNotAllowed)))
                }
                None => no_such_call(),
            }
        })
    }

    /// A shop that asked for it (`confirmUrlType` SERVER) is called when its order can be confirmed;
    /// LINE Pay notifies of nothing else.
    fn notice(&self, _: &Account, shown: &Shown, news: News, _: Env) -> Option<Notice> {
        match news {
            News::Payment => {}
            News::Refund(_) => return None,
        }
        let (_, text) = memo_of(shown.payment.memo.as_ref(), NAME)?;
        let web = Memo::read(text)?.web.filter(|web| web.server)?;
        if !can_be_confirmed(shown) {
            return None;
        }
        let transaction = ids::transaction_of(shown.payment.id);
        let url = return_url(&web.confirm, transaction, &shown.payment.order_number);
        let url = url.split('#').next().unwrap_or_default().to_owned();
        let target = target_of(&url)?;
        let (method, headers, body) = ("GET".to_owned(), Vec::new(), Vec::new());
        Some(Notice { url, request: Request { method, target, headers, body } })
    }

    /// Pages that send a browser on have taken it too. Ours.
    fn acknowledged(&self, response: &Response) -> bool {
        (200..400).contains(&response.status)
    }

    fn schedule(&self) -> &'static [Span] {
        SCHEDULE
    }

    fn onward(&self, payment: &Payment) -> Option<String> {
        let (_, text) = memo_of(payment.memo.as_ref(), NAME)?;
        let web = Memo::read(text)?.web?;
        let url = match Stand::of(payment) {
            Stand::Held(_) | Stand::Capturing | Stand::Taken(_) => &web.confirm,
            Stand::Releasing
            | Stand::Released { .. }
            | Stand::Declined(_)
            | Stand::Closed
            | Stand::Blocked => &web.cancel,
            Stand::Waiting | Stand::Undecided => return None,
        };
        Some(return_url(url, ids::transaction_of(payment.id), &payment.order_number))
    }

    fn settings(&self, link: &Link, _: Option<MerchantId>) -> Vec<(&'static str, String)> {
        vec![("CHANNEL_ID", link.client_id.clone())]
    }
}

/// The payer has done their part and the shop is to act. What it has captured itself is no news to it.
fn can_be_confirmed(shown: &Shown) -> bool {
    match Stand::of(&shown.payment) {
        Stand::Held(_) => true,
        Stand::Taken(_) => shown.payment.state.hold().is_none(),
        Stand::Waiting
        | Stand::Undecided
        | Stand::Capturing
        | Stand::Releasing
        | Stand::Released { .. }
        | Stand::Declined(_)
        | Stand::Closed
        | Stand::Blocked => false,
    }
}

/// The path and query of an address.
fn target_of(url: &str) -> Option<String> {
    let authority_and_rest = url.split_once("://")?.1;
    let at = authority_and_rest.find(['/', '?'])?;
    let target = &authority_and_rest[at..];
    Some(if target.starts_with('/') { target.to_owned() } else { format!("/{target}") })
}
