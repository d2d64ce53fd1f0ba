//! v3, in both its dialects (`wallets/wechatpay` facts, sections 1 to 5).

use noren_core::time::Timestamp;
use serde::Serialize;

use super::trade::{Asked, ScanTold, converted};
use super::user::CODE_URL;
use super::{PRICE_SCALED, WechatPaySandbox};
use crate::instant;
use crate::sandbox::Answered;
use crate::sandbox::bank::{Manner, Payment};
use crate::wechatpay::asking::read;
use crate::wechatpay::certificate::{self, VALID};
use crate::wechatpay::codes::{Code, Fault, TradeState};
use crate::wechatpay::messages::{
    Certificates, ExchangeRate, OrderRequest, OrderSaid, Party, Payer, Transaction, money,
};
use crate::wechatpay::route::{self, OrderName, Query, Route, TradeType};
use crate::wechatpay::signing::{
    PLATFORM_SERIAL, origin_form, serial, sign_statement, verify_request,
};
use crate::wechatpay::{reply, standing};
use crate::wire::Request;

mod refunds;

/// What a call answers.
pub(super) enum Said {
    /// A body and how it leaves.
    Json(u16, Vec<u8>, Manner),
    /// 204.
    Nothing,
    /// A file whose digest is signed in its place.
    Statement(String),
    /// A file that is not signed: its digest was given before.
    Download(String),
}

/// Whom the platform's certificate names.
const PLATFORM: &str = "WeChat Pay sandbox of Noren";

impl WechatPaySandbox {
    /// Answers a call; `call` is what follows `/v3/`.
    pub(super) fn v3(&mut self, now: Timestamp, request: &Request, call: &str) -> Answered {
        let said = self.v3_said(now, request, call).unwrap_or_else(|(code, message)| {
            Said::Json(code.status(), reply::error(code, message), Manner::Plain)
        });
        let nonce = self.bank.bits();
        let key = &*self.link.sign;
        let file = |file: String| {
            reply::unsigned(200, "text/plain; charset=utf-8", file.into_bytes(), nonce)
        };
        let (response, manner) = match said {
            Said::Json(status, body, manner) => {
                let mut response = reply::json(status, body, key, now, nonce);
                if manner == Manner::Forged {
                    response.body.push(b' ');
                }
                (response, manner)
            }
            Said::Nothing => (reply::nothing(key, now, nonce), Manner::Plain),
            Said::Statement(text) => {
                let mut response = file(text);
                sign_statement(&mut response, key, now, nonce);
                (response, Manner::Plain)
            }
            Said::Download(text) => (file(text), Manner::Plain),
        };
        self.leave(response, manner)
    }

    fn v3_said(&mut self, now: Timestamp, request: &Request, call: &str) -> Result<Said, Fault> {
        let signer = verify_request(request, &*self.link.verify, now)
            .map_err(|_| (Code::SignError, "the signature is missing, stale or wrong"))?;
        if !signer.is(self.mode.signer(), &*self.link.verify) {
            return Err((
                Code::SignError,
                "no such merchant, or not the serial of its certificate",
            ));
        }
        if self.bank.is_closed(now) {
            return Err((Code::SystemError, "closed for maintenance"));
        }
        let query = Query::read(origin_form(&request.target));
        let route = Route::read(&request.method, call);
        let body = &request.body;
        match route.ok_or((Code::ResourceNotExists, "there is no such call"))? {
            Route::Certificates => Ok(json_said(&self.certificates(), Manner::Plain)),
            Route::TradeBill => self.bill(now, &query),
            Route::BillFile => self.bill_file(now, &query),
            Route::Statement => self.statement(now, &query),
            Route::Scan(dialect) => self.scanned(now, body, dialect),
            Route::Order(dialect, kind) => self.ordered(now, body, dialect, kind),
            Route::OrderGet(dialect, name) => {
                let sub = self.party(&query.party())?;
                let id = self.find(&self.named(&name)?, sub.as_deref())?;
                Ok(json_said(&self.transaction_in(&id, dialect), Manner::Plain))
            }
            Route::Close(_, name) => {
                let sub = self.party(&read(body)?)?;
                let id = self.find(&self.named(&name)?, sub.as_deref())?;
                self.close(now, &id)?;
                Ok(Said::Nothing)
            }
            Route::Reverse(dialect, name) => self.reversed(now, body, dialect, &name),
            Route::Refund(dialect) => self.refund_asked(now, body, dialect),
            Route::RefundList => self.refund_list(&query),
            Route::RefundGet(dialect, name) => self.refund_got(dialect, &name),
        }
    }

    fn reversed(
        &mut self,
        now: Timestamp,
        body: &[u8],
        dialect: route::Dialect,
        name: &OrderName,
    ) -> Result<Said, Fault> {
        let party: Party = read(body)?;
        let sub = self.party(&party)?;
        let id = self.named(name)?;
        let none = money(0, Some("JPY")).expect("zero is an amount");
        let asked = Asked {
            dialect: dialect.into(),
            trade_type: TradeType::Micropay,
            appid: party.application(),
            sub_mchid: sub.as_deref(),
            id: &id,
            order: none,
            description: "",
            attach: None,
            notify_url: None,
        };
        self.reverse(now, &asked)?;
        Ok(Said::Nothing)
    }

    fn named(&self, name: &OrderName) -> Result<String, Fault> {
        match name {
            OrderName::Transaction(number) => self.numbered(number),
            OrderName::OutTradeNo(number) => Ok(number.clone()),
        }
    }

    /// That the merchant of a message is the one who signed; gives its sub-merchant.
    fn party(&self, party: &Party) -> Result<Option<String>, Fault> {
        let named = party.signer().ok_or((Code::ParamError, "mchid is missing"))?;
        if named != self.mode.signer() {
            return Err((Code::NoAuth, "the order of another merchant"));
        }
        let ours = self.mode.party().sub_mchid;
        match (&party.sub_mchid, ours) {
            (None, _) if party.sp_mchid.is_some() => {
                Err((Code::ParamError, "sub_mchid is missing"))
            }
            (Some(sub), Some(ours)) if *sub != ours => {
                Err((Code::NoAuth, "not a sub-merchant of this institution"))
            }
            (sub, _) => Ok(sub.clone()),
        }
    }

    fn scanned(
        &mut self,
        now: Timestamp,
        body: &[u8],
        dialect: route::Dialect,
    ) -> Result<Said, Fault> {
        let asked: OrderRequest = read(body)?;
        let sub = self.party(&asked.party)?;
        let code = asked.scanned_code()?;
        let wanted = asked_of(&asked, dialect, TradeType::Micropay, sub.as_deref())?;
        let (told, manner) = self.scan_pay(now, &wanted, code)?;
        if let ScanTold::Refused((code, message)) = told {
            return Ok(Said::Json(code.status(), reply::error(code, message), manner));
        }
        let id = &asked.out_trade_no;
        if self.trade_state(id) == TradeState::UserPaying && dialect == route::Dialect::Global {
            // Ours: which of the two forms of "not yet" a dialect has.
            let code = Code::UserPaying;
            let said = reply::error(code, "a password is due");
            return Ok(Said::Json(code.status(), said, manner));
        }
        Ok(json_said(&self.transaction_in(id, dialect), manner))
    }

    fn ordered(
        &mut self,
        now: Timestamp,
        body: &[u8],
        dialect: route::Dialect,
        trade_type: TradeType,
    ) -> Result<Said, Fault> {
        let asked: OrderRequest = read(body)?;
        let sub = self.party(&asked.party)?;
        let until = asked.time_expire.as_deref().map(|text| {
            instant::parse(text).ok_or((Code::ParamError, "time_expire is not RFC 3339"))
        });
        let wanted = asked_of(&asked, dialect, trade_type, sub.as_deref())?;
        let token = self.order_open(now, &wanted, until.transpose()?)?;
        let said = match trade_type {
            TradeType::Native | TradeType::Micropay => {
                OrderSaid { code_url: Some(format!("{CODE_URL}{token}")), ..OrderSaid::default() }
            }
            TradeType::Jsapi | TradeType::App => {
                OrderSaid { prepay_id: Some(format!("wx{token}")), ..OrderSaid::default() }
            }
            TradeType::Mweb => {
                let url = Some(self.link.network.url(&format!("/sandbox/h5?pr={token}")));
                match dialect {
                    route::Dialect::Global => OrderSaid { mweb_url: url, ..OrderSaid::default() },
                    route::Dialect::Domestic => OrderSaid { h5_url: url, ..OrderSaid::default() },
                }
            }
        };
        Ok(json_said(&said, Manner::Plain))
    }

    /// Where an order stands, as its own notification says it; `None`: there is no such order, or it
    /// is one of v2.
    pub(super) fn transaction(&self, id: &str) -> Option<Transaction> {
        let dialect = self.trades.get(id)?.dialect.of_v3()?;
        Some(self.transaction_in(id, dialect))
    }

    pub(super) fn transaction_in(&self, id: &str, dialect: route::Dialect) -> Transaction {
        let state = self.trade_state(id);
        let (Some(trade), Some(payment)) = (self.trades.get(id), self.bank.payment(id)) else {
            return Transaction::default();
        };
        let order = standing::Order {
            party: self.said_party(&trade.appid, trade.sub_mchid.as_deref()),
            number: trade.number.clone(),
            out_trade_no: id.to_owned(),
            trade_type: trade.trade_type,
            state,
            attach: trade.attach.clone(),
            paid_at: payment.paid_at,
            payer: Some(self.payer(payment, trade.sub_mchid.is_some())),
            amount: payment.order,
            debited: payment.payer,
            rate: converted(payment).then(rate),
        };
        order.said(dialect)
    }

    fn payer(&self, payment: &Payment, institution: bool) -> Payer {
        let openid = Some(self.openid(payment));
        match institution {
            true => Payer { sp_openid: openid, ..Payer::default() },
            false => Payer { openid, ..Payer::default() },
        }
    }

    fn said_party(&self, appid: &str, sub_mchid: Option<&str>) -> Party {
        Party::answered(self.mode.signer(), appid, sub_mchid)
    }

    /// The platform's certificate in PEM, where its key is RSA.
    pub(super) fn certificate(&self) -> Option<String> {
        let number = serial(self.link.sign.public_key(), PLATFORM_SERIAL);
        certificate::self_signed(&*self.link.sign, &number, PLATFORM, VALID)
    }

    fn certificates(&mut self) -> Certificates {
        certificate::listed(&self.link, PLATFORM, VALID, self.bank.bits())
    }
}

/// What the messages of both kinds of order have in common.
fn asked_of<'a>(
    asked: &'a OrderRequest,
    dialect: route::Dialect,
    trade_type: TradeType,
    sub_mchid: Option<&'a str>,
) -> Result<Asked<'a>, Fault> {
    let order = money(asked.amount.total, asked.amount.currency.as_deref());
    asked.suits(dialect, trade_type)?;
    Ok(Asked {
        dialect: dialect.into(),
        trade_type,
        appid: asked.party.application(),
        sub_mchid,
        id: &asked.out_trade_no,
        order: order.ok_or((Code::ParamError, "amount: not an amount"))?,
        description: &asked.description,
        attach: asked.attach.as_deref(),
        notify_url: asked.notify_url.as_deref(),
    })
}

fn rate() -> ExchangeRate {
    ExchangeRate { kind: "SETTLEMENT_RATE".into(), rate: PRICE_SCALED }
}

pub(super) fn json_said(message: &impl Serialize, manner: Manner) -> Said {
    Said::Json(200, reply::bytes(message), manner)
}
