//! v3, in both its dialects (`wallets/wechatpay` facts, sections 1 to 5).

use noren_core::time::Timestamp;
use percent_encoding::percent_decode_str;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::trade::{Asked, Fault, ScanTold, converted};
use super::user::CODE_URL;
use super::{Dialect, PRICE_SCALED, TradeType, WechatPaySandbox};
use crate::instant;
use crate::sandbox::Answered;
use crate::sandbox::bank::{Manner, Payment};
use crate::wechatpay::certificate::{Validity, self_signed};
use crate::wechatpay::codes::{Code, TradeState};
use crate::wechatpay::messages::{
    Certificate, Certificates, ErrorSaid, ExchangeRate, OrderRequest, OrderSaid, Paid, Party,
    Payer, Sealed, Transaction, money,
};
use crate::wechatpay::signing::{
    self, MERCHANT_SERIAL, PLATFORM_SERIAL, origin_form, serial, sign_response, sign_statement,
    verify_request,
};
use crate::wechatpay::{CONTENT_TYPE, time};
use crate::wire::{Request, Response};

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

/// A query's members.
pub(super) struct Query(Vec<(String, String)>);

impl Query {
    fn read(target: &str) -> Self {
        let text = target.split_once('?').map_or("", |(_, query)| query);
        let decode = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
        let pairs = text.split('&').filter_map(|pair| pair.split_once('='));
        Self(pairs.map(|(name, value)| (decode(name), decode(value))).collect())
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    fn party(&self) -> Party {
        let owned = |name| self.get(name).map(str::to_owned);
        Party {
            mchid: owned("mchid"),
            sp_mchid: owned("sp_mchid"),
            sub_mchid: owned("sub_mchid"),
            ..Party::default()
        }
    }
}

/// From the beginning of 2024 to that of 2034.
const VALID: Validity =
    Validity { from: Timestamp(1_704_067_200_000), until: Timestamp(2_019_686_400_000) };

impl WechatPaySandbox {
    /// Answers a call; `call` is what follows `/v3/`.
    pub(super) fn v3(&mut self, now: Timestamp, request: &Request, call: &str) -> Answered {
        let said = self.v3_said(now, request, call).unwrap_or_else(|(code, message)| {
            let body = ErrorSaid { code: code.name().into(), message: message.into() };
            Said::Json(code.status(), json_bytes(&body), Manner::Plain)
        });
        let nonce = self.bank.bits();
        let key = &*self.link.sign;
        let plain = |status, content_type: &str, body: Vec<u8>| Response {
            status,
            headers: vec![
                ("content-type".into(), content_type.into()),
                ("request-id".into(), format!("{nonce:032X}")),
            ],
            body,
        };
        let (response, manner) = match said {
            Said::Json(status, body, manner) => {
                let mut response = plain(status, CONTENT_TYPE, body);
                sign_response(&mut response, key, now, nonce);
                if manner == Manner::Forged {
                    response.body.push(b' ');
                }
                (response, manner)
            }
            Said::Nothing => {
                let mut response = plain(204, CONTENT_TYPE, Vec::new());
                response.headers.remove(0);
                sign_response(&mut response, key, now, nonce);
                (response, Manner::Plain)
            }
            Said::Statement(file) => {
                let mut response = plain(200, "text/plain; charset=utf-8", file.into_bytes());
                sign_statement(&mut response, key, now, nonce);
                (response, Manner::Plain)
            }
            Said::Download(file) => {
                (plain(200, "text/plain; charset=utf-8", file.into_bytes()), Manner::Plain)
            }
        };
        self.leave(response, manner)
    }

    fn v3_said(&mut self, now: Timestamp, request: &Request, call: &str) -> Result<Said, Fault> {
        let signer = verify_request(request, &*self.link.verify, now)
            .map_err(|_| (Code::SignError, "the signature is missing, stale or wrong"))?;
        let ours = serial(self.link.verify.public_key(), MERCHANT_SERIAL);
        if signer.mchid != self.mode.signer() || !signer.serial_no.eq_ignore_ascii_case(&ours) {
            return Err((
                Code::SignError,
                "no such merchant, or not the serial of its certificate",
            ));
        }
        if self.bank.is_closed(now) {
            return Err((Code::SystemError, "closed for maintenance"));
        }
        let query = Query::read(origin_form(&request.target));
        let decode = |part: &str| percent_decode_str(part).decode_utf8_lossy().into_owned();
        let parts: Vec<String> = call.split('/').map(decode).collect();
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        let method = request.method.as_str();
        let unknown = (Code::ResourceNotExists, "there is no such call");
        match &parts[..] {
            ["certificates"] | ["global", "certificates"] if method == "GET" => {
                Ok(json_said(&self.certificates(), Manner::Plain))
            }
            ["bill", "tradebill"] if method == "GET" => self.bill(now, &query),
            ["billdownload", "file"] if method == "GET" => self.bill_file(now, &query),
            ["global", "statements"] if method == "GET" => self.statement(now, &query),
            ["global", "micropay", "transactions", rest @ ..]
            | ["global", "transactions", rest @ ..] => {
                let scanned = parts[1] == "micropay";
                self.orders(now, request, &query, Dialect::Global, scanned, rest)
            }
            ["pay", "partner", "transactions", rest @ ..] | ["pay", "transactions", rest @ ..] => {
                self.orders(now, request, &query, Dialect::Domestic, false, rest)
            }
            ["global", "refunds", rest @ ..] => {
                self.refunds_called(now, request, &query, Dialect::Global, rest)
            }
            ["refund", "domestic", "refunds", rest @ ..] => {
                self.refunds_called(now, request, &query, Dialect::Domestic, rest)
            }
            _ => Err(unknown),
        }
    }

    fn orders(
        &mut self,
        now: Timestamp,
        request: &Request,
        query: &Query,
        dialect: Dialect,
        scanned: bool,
        rest: &[&str],
    ) -> Result<Said, Fault> {
        let body = &request.body;
        let global = dialect == Dialect::Global;
        match (request.method.as_str(), rest) {
            ("POST", ["pay"]) if scanned => self.scanned(now, body, dialect),
            ("POST", ["codepay"]) if !global => self.scanned(now, body, dialect),
            ("POST", ["native"]) => self.ordered(now, body, dialect, TradeType::Native),
            ("POST", ["jsapi"]) => self.ordered(now, body, dialect, TradeType::Jsapi),
            ("POST", ["app"]) => self.ordered(now, body, dialect, TradeType::App),
            ("POST", ["h5" | "mweb"]) => self.ordered(now, body, dialect, TradeType::Mweb),
            ("GET", [by @ ("id" | "out-trade-no"), number]) => {
                let sub = self.party(&query.party())?;
                let id = self.named(by, number)?;
                let id = self.find(&id, sub.as_deref())?;
                let said = self.transaction_in(&id, dialect);
                Ok(json_said(&said, Manner::Plain))
            }
            ("POST", [by @ ("id" | "out-trade-no"), number, call @ ("close" | "reverse")]) => {
                let party: Party = read(body)?;
                let sub = self.party(&party)?;
                let id = self.named(by, number)?;
                if *call == "close" {
                    let id = self.find(&id, sub.as_deref())?;
                    self.close(now, &id)?;
                } else {
                    let appid = party.appid.or(party.sp_appid).unwrap_or_default();
                    let none = money(0, Some("JPY")).expect("zero is an amount");
                    self.reverse(
                        now,
                        &Asked {
                            dialect,
                            trade_type: TradeType::Micropay,
                            appid: &appid,
                            sub_mchid: sub.as_deref(),
                            id: &id,
                            order: none,
                            description: "",
                            attach: None,
                            notify_url: None,
                        },
                    )?;
                }
                Ok(Said::Nothing)
            }
            _ => Err((Code::ResourceNotExists, "there is no such call")),
        }
    }

    fn named(&self, by: &str, number: &str) -> Result<String, Fault> {
        if by == "id" { self.numbered(number) } else { Ok(number.to_owned()) }
    }

    /// That the merchant of a message is the one who signed; gives its sub-merchant.
    fn party(&self, party: &Party) -> Result<Option<String>, Fault> {
        let named = party.sp_mchid.as_ref().or(party.mchid.as_ref());
        let named = named.ok_or((Code::ParamError, "mchid is missing"))?;
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

    fn scanned(&mut self, now: Timestamp, body: &[u8], dialect: Dialect) -> Result<Said, Fault> {
        let asked: OrderRequest = read(body)?;
        let sub = self.party(&asked.party)?;
        let code = asked.payer.as_ref().and_then(|payer| payer.auth_code.as_deref());
        let code = code.ok_or((Code::ParamError, "payer.auth_code is missing"))?;
        let store = asked.scene_info.as_ref().and_then(|scene| scene.store_info.as_ref());
        if store.is_none_or(|store| store.id.is_none() && store.out_id.is_none()) {
            return Err((Code::ParamError, "scene_info.store_info needs an id"));
        }
        let wanted = asked_of(&asked, dialect, TradeType::Micropay, sub.as_deref())?;
        let (told, manner) = self.scan_pay(now, &wanted, code)?;
        if let ScanTold::Refused((code, message)) = told {
            let said = ErrorSaid { code: code.name().into(), message: message.into() };
            return Ok(Said::Json(code.status(), json_bytes(&said), manner));
        }
        let id = &asked.out_trade_no;
        if self.trade_state(id) == TradeState::UserPaying && dialect == Dialect::Global {
            // Ours: which of the two forms of "not yet" a dialect has.
            let code = Code::UserPaying;
            let said = ErrorSaid { code: code.name().into(), message: "a password is due".into() };
            return Ok(Said::Json(code.status(), json_bytes(&said), manner));
        }
        Ok(json_said(&self.transaction_in(id, dialect), manner))
    }

    fn ordered(
        &mut self,
        now: Timestamp,
        body: &[u8],
        dialect: Dialect,
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
                    Dialect::Global => OrderSaid { mweb_url: url, ..OrderSaid::default() },
                    Dialect::Domestic | Dialect::V2(_) => {
                        OrderSaid { h5_url: url, ..OrderSaid::default() }
                    }
                }
            }
        };
        Ok(json_said(&said, Manner::Plain))
    }

    /// Where an order stands, as its own notification says it.
    pub(super) fn transaction(&self, id: &str) -> Option<Transaction> {
        let dialect = self.trades.get(id)?.dialect;
        Some(self.transaction_in(id, dialect))
    }

    fn transaction_in(&self, id: &str, dialect: Dialect) -> Transaction {
        let state = self.trade_state(id);
        let (Some(trade), Some(payment)) = (self.trades.get(id), self.bank.payment(id)) else {
            return Transaction::default();
        };
        let paid = matches!(state, TradeState::Success | TradeState::Refund);
        let number = paid.then(|| trade.number.clone());
        let (global, domestic) = match dialect {
            Dialect::Global => (number, None),
            Dialect::Domestic | Dialect::V2(_) => (None, number),
        };
        let kind = (state != TradeState::NotPay).then(|| trade.trade_type.name().to_owned());
        Transaction {
            party: self.said_party(&trade.appid, trade.sub_mchid.as_deref()),
            id: global,
            transaction_id: domestic,
            out_trade_no: Some(id.to_owned()),
            trade_type: kind,
            trade_state: state.name().to_owned(),
            trade_state_desc: Some(described(state).to_owned()),
            bank_type: paid.then(|| "OTHERS".to_owned()),
            attach: trade.attach.clone(),
            success_time: payment.paid_at.filter(|_| paid).map(time::v3),
            payer: paid.then(|| self.payer(payment, trade.sub_mchid.is_some())),
            amount: Some(Paid {
                total: Some(payment.order.minor()),
                currency: Some(payment.order.currency().alpha().to_owned()),
                payer_total: paid.then(|| payment.payer.minor()),
                payer_currency: paid.then(|| payment.payer.currency().alpha().to_owned()),
                exchange_rate: (paid && converted(payment)).then(rate),
            }),
        }
    }

    fn payer(&self, payment: &Payment, institution: bool) -> Payer {
        let openid = Some(self.openid(payment));
        match institution {
            true => Payer { sp_openid: openid, ..Payer::default() },
            false => Payer { openid, ..Payer::default() },
        }
    }

    fn said_party(&self, appid: &str, sub_mchid: Option<&str>) -> Party {
        let (signer, appid) = (Some(self.mode.signer().to_owned()), Some(appid.to_owned()));
        match sub_mchid {
            None => Party { mchid: signer, appid, ..Party::default() },
            Some(sub) => Party {
                sp_mchid: signer,
                sp_appid: appid,
                sub_mchid: Some(sub.to_owned()),
                ..Party::default()
            },
        }
    }

    /// The platform's certificate in PEM, where its key is RSA.
    pub(super) fn certificate(&self) -> Option<String> {
        let number = serial(self.link.sign.public_key(), PLATFORM_SERIAL);
        self_signed(&*self.link.sign, &number, "WeChat Pay sandbox of Noren", VALID)
    }

    fn certificates(&mut self) -> Certificates {
        let serial_no = serial(self.link.sign.public_key(), PLATFORM_SERIAL);
        let nonce = format!("{:012x}", self.bank.bits() & 0xFFFF_FFFF_FFFF);
        let sealed = self.certificate().and_then(|pem| {
            let secret = self.link.secret.as_ref()?;
            signing::seal(secret, &nonce, "certificate", pem.as_bytes())
        });
        let certificate = |ciphertext| Certificate {
            serial_no,
            effective_time: time::v3(VALID.from),
            expire_time: time::v3(VALID.until),
            encrypt_certificate: Sealed {
                original_type: None,
                algorithm: signing::AEAD.into(),
                ciphertext,
                associated_data: "certificate".into(),
                nonce,
            },
        };
        Certificates { data: sealed.map(certificate).into_iter().collect() }
    }
}

/// What the messages of both kinds of order have in common.
fn asked_of<'a>(
    asked: &'a OrderRequest,
    dialect: Dialect,
    trade_type: TradeType,
    sub_mchid: Option<&'a str>,
) -> Result<Asked<'a>, Fault> {
    let order = money(asked.amount.total, asked.amount.currency.as_deref());
    let global = dialect == Dialect::Global;
    let kind = asked.trade_type.as_deref();
    if global && kind.is_some_and(|kind| kind != trade_type.name()) {
        return Err((Code::ParamError, "trade_type does not fit the call"));
    }
    if global && asked.merchant_category_code.is_none() {
        return Err((Code::ParamError, "merchant_category_code is missing"));
    }
    Ok(Asked {
        dialect,
        trade_type,
        appid: asked.party.appid.as_deref().or(asked.party.sp_appid.as_deref()).unwrap_or_default(),
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

pub(super) const fn described(state: TradeState) -> &'static str {
    match state {
        TradeState::NotPay => "not paid yet",
        TradeState::UserPaying => "the user is paying, a password is due",
        TradeState::Success => "paid",
        TradeState::Refund => "given back in part or whole",
        TradeState::Closed => "closed",
        TradeState::Revoked => "revoked",
        TradeState::PayError => "the payment failed",
    }
}

fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Fault> {
    serde_json::from_slice(body).map_err(|_| (Code::ParamError, "the body cannot be read"))
}

fn json_bytes(message: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(message).expect("our messages have string keys only")
}

pub(super) fn json_said(message: &impl Serialize, manner: Manner) -> Said {
    Said::Json(200, json_bytes(message), manner)
}
