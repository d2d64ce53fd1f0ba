//! WeChat Pay's v3 as the switch answers it, in both its dialects, for tills that were written for it.
//!
//! Orders that a payer opens by a code (`native`, and the page of `h5` and `mweb`), scanned codes
//! (`codepay`, `micropay`) of whichever wallet, both queries, `close`, `reverse`, refunds and
//! `certificates`. `jsapi` and `app` end inside of one wallet's own app and are not there, nor are the
//! day's files.
//!
//! **`code_url` is the page where a payer chooses a wallet**, not the text of a JPQR code: the member
//! is a link to every client (some open it, some check that it is one); any phone's camera opens it,
//! and wallets that speak our wallet API read the order out of it as they do out of the JPQR text.

use noren_core::id::MerchantId;
use noren_core::money::{Currency, Money};

use super::certificate::{self, VALID};
use super::codes::{Code, Fault, TradeState};
use super::messages::{Party, money};
use super::notification::{self, REPEATS};
use super::route::{OrderName, Query, Route};
use super::signing::{self, MERCHANT_SERIAL, PLATFORM_SERIAL, origin_form, serial, verify_request};
use super::{APPID, CONTENT_TYPE, NAME, reply};
use crate::connector::Env;
use crate::facade::{Account, Answer, Facade, News, Notice, Shown, Till};
use crate::link::Link;
use crate::wire::{Request, Response};
use memo::{Kept, kept};
use words::{Asked, refused, trade_state};

mod memo;
mod news;
mod orders;
mod refunds;
mod undoing;
mod words;

/// Whom the platform's certificate names.
const PLATFORM: &str = "Noren, for tills of WeChat Pay";

/// See the module.
#[derive(Clone, Copy, Debug)]
pub struct WechatPayFacade;

impl Facade for WechatPayFacade {
    fn name(&self) -> &'static str {
        NAME
    }

    fn claims(&self, request: &Request) -> Option<String> {
        signing::claimed(request).map(str::to_owned)
    }

    fn stranger(&self, _: &Request, env: Env) -> Response {
        // Each merchant has a platform key of its own here, so there is none to sign this with.
        let code = Code::SignError;
        let body = reply::error(code, "no such merchant, or the signature is missing");
        reply::unsigned(code.status(), CONTENT_TYPE, body, env.nonce)
    }

    fn answer<'a>(
        &'a self,
        account: &'a Account,
        till: &'a dyn Till,
        request: &'a Request,
        env: Env,
    ) -> Answer<'a, Response> {
        Box::pin(async move {
            let desk = Desk { account, till, env };
            let said = desk.said(request).await.unwrap_or_else(Said::from);
            let key = &*account.link.sign;
            match said {
                Said::Json(status, body) => reply::json(status, body, key, env.now, env.nonce),
                Said::Nothing => reply::nothing(key, env.now, env.nonce),
            }
        })
    }

    fn notice(&self, account: &Account, shown: &Shown, news: News, env: Env) -> Option<Notice> {
        news::notice(account, &shown.payment, news, env)
    }

    fn acknowledged(&self, response: &Response) -> bool {
        notification::acknowledged(response)
    }

    fn schedule(&self) -> &'static [noren_core::time::Span] {
        REPEATS
    }

    fn settings(&self, link: &Link, _: Option<MerchantId>) -> Vec<(&'static str, String)> {
        vec![
            ("MCHID", link.client_id.clone()),
            ("APPID", APPID.to_owned()),
            ("SERIAL_NO", serial(link.verify.public_key(), MERCHANT_SERIAL)),
            ("PLATFORM_SERIAL_NO", serial(link.sign.public_key(), PLATFORM_SERIAL)),
        ]
    }
}

/// What a call answers.
#[derive(Clone, Debug)]
enum Said {
    /// A body.
    Json(u16, Vec<u8>),
    /// 204.
    Nothing,
}

impl From<Fault> for Said {
    fn from((code, message): Fault) -> Self {
        Self::Json(code.status(), reply::error(code, message))
    }
}

impl Said {
    fn json(message: &impl serde::Serialize) -> Self {
        Self::Json(200, reply::bytes(message))
    }
}

/// One call of one till.
struct Desk<'a> {
    account: &'a Account,
    till: &'a dyn Till,
    env: Env,
}

/// An order that this till made.
struct Own {
    shown: Shown,
    kept: Kept,
    /// The merchant reversed or closed it.
    withdrawn: bool,
}

impl Own {
    fn state(&self) -> TradeState {
        trade_state(&self.shown.payment, self.kept.trade_type, self.withdrawn)
    }
}

const NO_ORDER: Fault = (Code::OrderNotExist, "there is no such order");

impl Desk<'_> {
    async fn said(&self, request: &Request) -> Result<Said, Fault> {
        let link = &self.account.link;
        let signer = verify_request(request, &*link.verify, self.env.now)
            .map_err(|_| (Code::SignError, "the signature is missing, stale or wrong"))?;
        if !signer.is(&link.client_id, &*link.verify) {
            let message = "no such merchant, or not the serial of its certificate";
            return Err((Code::SignError, message));
        }
        let no_call = (Code::ResourceNotExists, "there is no such call");
        let path = origin_form(request.path());
        let below = link.network.below(path).and_then(|below| below.strip_prefix("/v3/"));
        let route = Route::read(&request.method, below.ok_or(no_call)?);
        let query = Query::read(origin_form(&request.target));
        let body = &request.body;
        match route.ok_or(no_call)? {
            Route::Certificates => {
                let listed = certificate::listed(link, PLATFORM, VALID, self.env.nonce);
                Ok(Said::json(&listed))
            }
            Route::Order(dialect, trade_type) => self.ordered(body, dialect, trade_type).await,
            Route::Scan(dialect) => self.scanned(body, dialect).await,
            Route::OrderGet(dialect, name) => self.order_got(&query, dialect, &name).await,
            Route::Close(_, name) => self.close(body, &name).await,
            Route::Reverse(_, name) => self.reverse(body, &name).await,
            Route::Refund(dialect) => self.refund(body, dialect).await,
            Route::RefundList => self.refund_list(&query).await,
            Route::RefundGet(dialect, name) => self.refund_got(&query, dialect, &name).await,
            Route::TradeBill | Route::BillFile | Route::Statement => Err(no_call),
        }
    }

    /// That the merchant of a message is the one who signed; gives its sub-merchant. An account pays
    /// one store, so an institution's sub-merchant is a part of the order's name and no more (ours).
    fn party(&self, party: &Party) -> Result<Option<String>, Fault> {
        let named = party.signer().ok_or((Code::ParamError, "mchid is missing"))?;
        if named != self.account.link.client_id {
            return Err((Code::NoAuth, "the order of another merchant"));
        }
        match &party.sub_mchid {
            None if party.sp_mchid.is_some() => Err((Code::ParamError, "sub_mchid is missing")),
            sub => Ok(sub.clone()),
        }
    }

    /// An amount in the currency that the shop prices in.
    fn amount(&self, minor: i64, currency: Option<&str>) -> Result<Money, Fault> {
        let amount = money(minor, currency).ok_or((Code::ParamError, "amount: not an amount"))?;
        if amount.currency() != self.account.currency {
            return Err((Code::ParamError, other_currency(self.account.currency)));
        }
        if !amount.positive() {
            return Err((Code::ParamError, "amount: above zero"));
        }
        Ok(amount)
    }

    /// The order of that name, if this till made it. Whoever else's is as good as none.
    async fn own(&self, name: &OrderName, sub_mchid: Option<&str>) -> Result<Own, Fault> {
        let number = self.order_number(name).await?;
        self.own_numbered(&number, sub_mchid).await?.ok_or(NO_ORDER)
    }

    /// The merchant's number of an order.
    async fn order_number(&self, name: &OrderName) -> Result<String, Fault> {
        match name {
            OrderName::OutTradeNo(number) => Ok(number.clone()),
            OrderName::Transaction(id) => {
                let id = id.parse().map_err(|_| NO_ORDER)?;
                let shown = self.till.payment(id).await.map_err(|no| refused(no, Asked::Look))?;
                let shown = shown.ok_or(NO_ORDER)?;
                kept(self.account, &shown.payment).ok_or(NO_ORDER)?;
                Ok(shown.payment.order_number.to_string())
            }
        }
    }

    /// The order of that number. `None`: nobody has heard of it, or it was withdrawn before it came.
    async fn own_numbered(
        &self,
        number: &str,
        sub_mchid: Option<&str>,
    ) -> Result<Option<Own>, Fault> {
        let found = self.till.order(number).await.map_err(|no| refused(no, Asked::Look))?;
        let Some(found) = found else { return Ok(None) };
        let withdrawn = found.order.withdrawn_at().is_some();
        let Some(shown) = found.last else { return Ok(None) };
        let kept = kept(self.account, &shown.payment).ok_or(NO_ORDER)?;
        if sub_mchid.is_some() && kept.sub_mchid.as_deref() != sub_mchid {
            return Err(NO_ORDER);
        }
        Ok(Some(Own { shown, kept, withdrawn }))
    }
}

/// What a till is told that names another currency; CNY is what no name means.
fn other_currency(own: Currency) -> &'static str {
    if own == Currency::JPY {
        "amount.currency: this shop prices in JPY, which has to be named"
    } else {
        "amount.currency: not the one that this shop prices in"
    }
}
