//! v2: older tills (`wallets/wechatpay` facts, sections 1, 5 and 7).
//!
//! An answer has two layers: `return_code` says if the form could be read and was signed,
//! `result_code` what became of it. Always HTTP 200.

use noren_core::money::Money;
use noren_core::time::Timestamp;

use super::trade::{Asked, RefundAsked, ScanTold, converted};
use super::user::code_url;
use super::{Dialect, PRICE_SCALED, WechatPaySandbox};
use crate::sandbox::Answered;
use crate::sandbox::bank::{Manner, Payment};
use crate::wechatpay::codes::{Code, Fault, RefundStatus, TradeState};
use crate::wechatpay::messages::money;
use crate::wechatpay::route::TradeType;
use crate::wechatpay::time;
use crate::wechatpay::v2::{self, Fields, SignType};
use crate::wire::{Request, Response};

/// The calls of v2 that older tills keep.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Call {
    Micropay,
    OrderQuery,
    Reverse,
    Refund,
    RefundQuery,
    UnifiedOrder,
    CloseOrder,
}

/// The call of a path.
pub(super) fn call(below: &str) -> Option<Call> {
    Some(match below {
        "/pay/micropay" => Call::Micropay,
        "/pay/orderquery" => Call::OrderQuery,
        "/secapi/pay/reverse" => Call::Reverse,
        "/secapi/pay/refund" => Call::Refund,
        "/pay/refundquery" => Call::RefundQuery,
        "/pay/unifiedorder" => Call::UnifiedOrder,
        "/pay/closeorder" => Call::CloseOrder,
        _ => return None,
    })
}

/// What a form says, as text; empty is as good as missing.
fn text<'a>(fields: &'a Fields, name: &str) -> Option<&'a str> {
    fields.get(name).map(String::as_str).filter(|text| !text.is_empty())
}

/// The answer's own members, and how it leaves.
type Said = (Fields, Manner);

impl WechatPaySandbox {
    pub(super) fn v2(&mut self, now: Timestamp, request: &Request, call: Call) -> Answered {
        let transport = |message: &str| {
            let fields = [("return_code", "FAIL"), ("return_msg", message)];
            Answered::Respond(form(v2::write(&owned(&fields))))
        };
        if request.method != "POST" {
            return transport("POST only");
        }
        let Ok(asked) = v2::read(&request.body) else { return transport("not a form") };
        let Some(how) = SignType::of(&asked) else { return transport("unknown sign_type") };
        let Some(secret) = self.link.secret.clone() else { return transport("no key") };
        if text(&asked, "mch_id") != Some(self.mode.signer()) {
            return transport("no such mch_id");
        }
        if text(&asked, "nonce_str").is_none() || !v2::verify(&asked, &secret, how) {
            return transport("the signature is wrong");
        }
        let said = if self.bank.is_closed(now) {
            Err((Code::SystemError, "closed for maintenance"))
        } else {
            self.v2_said(now, call, &asked, how)
        };
        let (mut fields, manner) = said.unwrap_or_else(|fault| (refusal(fault), Manner::Plain));
        if call == Call::Reverse {
            let again = fields.get("err_code").is_some_and(|code| code == "SYSTEMERROR");
            fields.insert("recall".into(), if again { "Y" } else { "N" }.into());
        }
        fields.entry("result_code".into()).or_insert_with(|| "SUCCESS".into());
        for (name, value) in [("return_code", "SUCCESS"), ("return_msg", "OK")] {
            fields.insert(name.into(), value.into());
        }
        for name in ["appid", "mch_id", "sub_appid", "sub_mch_id", "device_info"] {
            if let Some(value) = text(&asked, name) {
                fields.insert(name.into(), value.to_owned());
            }
        }
        fields.insert("nonce_str".into(), format!("{:032X}", self.bank.bits()));
        v2::sign(&mut fields, &secret, how);
        if manner == Manner::Forged {
            fields.insert("sign".into(), "0".repeat(32));
        }
        self.leave(form(v2::write(&fields)), manner)
    }

    fn v2_said(
        &mut self,
        now: Timestamp,
        call: Call,
        asked: &Fields,
        how: SignType,
    ) -> Result<Said, Fault> {
        match call {
            Call::Micropay => self.v2_scanned(now, asked, how),
            Call::UnifiedOrder => self.v2_ordered(now, asked, how),
            Call::OrderQuery => {
                let id = self.v2_order(asked)?;
                Ok((self.v2_order_said(&id), Manner::Plain))
            }
            Call::CloseOrder => {
                let id = self.v2_order(asked)?;
                self.close(now, &id)?;
                Ok((Fields::new(), Manner::Plain))
            }
            Call::Reverse => self.v2_reversed(now, asked, how),
            Call::Refund => self.v2_refunded(now, asked, how),
            Call::RefundQuery => self.v2_refunds(asked),
        }
    }

    /// The order that a form names.
    fn v2_order(&self, asked: &Fields) -> Result<String, Fault> {
        let id = match (text(asked, "transaction_id"), text(asked, "out_trade_no")) {
            (Some(number), _) => self.numbered(number)?,
            (None, Some(id)) => id.to_owned(),
            (None, None) => return Err((Code::ParamError, "which order?")),
        };
        self.find(&id, text(asked, "sub_mch_id"))
    }

    fn v2_scanned(&mut self, now: Timestamp, asked: &Fields, how: SignType) -> Result<Said, Fault> {
        let code = text(asked, "auth_code").ok_or((Code::ParamError, "auth_code is missing"))?;
        let wanted = v2_asked(asked, how, TradeType::Micropay)?;
        let (told, manner) = self.scan_pay(now, &wanted, code)?;
        let fault = match (told, self.trade_state(wanted.id)) {
            (ScanTold::Refused(fault), _) => Some(fault),
            (ScanTold::Stands, TradeState::UserPaying) => {
                Some((Code::UserPaying, "the user is paying, a password is due"))
            }
            (ScanTold::Stands, TradeState::PayError) => {
                Some((Code::TradeError, "the payment failed"))
            }
            (ScanTold::Stands, _) => None,
        };
        let said = fault.map_or_else(|| self.v2_order_said(wanted.id), refusal);
        Ok((said, manner))
    }

    fn v2_ordered(&mut self, now: Timestamp, asked: &Fields, how: SignType) -> Result<Said, Fault> {
        let trade_type = match text(asked, "trade_type") {
            Some("NATIVE") => TradeType::Native,
            Some("JSAPI") => TradeType::Jsapi,
            Some("APP") => TradeType::App,
            Some("MWEB") => TradeType::Mweb,
            _ => return Err((Code::ParamError, "trade_type: NATIVE, JSAPI, APP or MWEB")),
        };
        let until = text(asked, "time_expire").map(|text| {
            time::v2_read(text).ok_or((Code::ParamError, "time_expire: fourteen digits"))
        });
        let wanted = v2_asked(asked, how, trade_type)?;
        let token = self.order_open(now, &wanted, until.transpose()?)?;
        let mut said = owned(&[("trade_type", trade_type.name())]);
        said.insert("prepay_id".into(), format!("wx{token}"));
        match trade_type {
            TradeType::Native => {
                let url = self.trades.get(wanted.id).and_then(code_url);
                said.insert("code_url".into(), url.unwrap_or_default());
            }
            TradeType::Mweb => {
                let url = self.link.network.url(&format!("/sandbox/h5?pr={token}"));
                said.insert("mweb_url".into(), url);
            }
            TradeType::Jsapi | TradeType::App | TradeType::Micropay => {}
        }
        Ok((said, Manner::Plain))
    }

    fn v2_reversed(
        &mut self,
        now: Timestamp,
        asked: &Fields,
        how: SignType,
    ) -> Result<Said, Fault> {
        let id = match (text(asked, "transaction_id"), text(asked, "out_trade_no")) {
            (Some(number), _) => self.numbered(number)?,
            (None, Some(id)) => id.to_owned(),
            (None, None) => return Err((Code::ParamError, "which order?")),
        };
        let none = money(0, Some("JPY")).expect("zero is an amount");
        let wanted = Asked {
            dialect: Dialect::V2(how),
            trade_type: TradeType::Micropay,
            appid: text(asked, "appid").unwrap_or_default(),
            sub_mchid: text(asked, "sub_mch_id"),
            id: &id,
            order: none,
            description: "",
            attach: None,
            notify_url: None,
        };
        // "Call again" is said with this word.
        self.reverse(now, &wanted).map_err(|(code, message)| match code {
            Code::FrequencyLimited => (Code::SystemError, message),
            code => (code, message),
        })?;
        Ok((Fields::new(), Manner::Plain))
    }

    /// The members of micropay, inquiry and notification.
    fn v2_order_said(&self, id: &str) -> Fields {
        let state = self.trade_state(id);
        let (Some(trade), Some(payment)) = (self.trades.get(id), self.bank.payment(id)) else {
            return Fields::new();
        };
        let mut said = owned(&[
            ("out_trade_no", id),
            ("trade_state", state.name()),
            ("trade_state_desc", state.described()),
            ("attach", trade.attach.as_deref().unwrap_or_default()),
        ]);
        if !matches!(state, TradeState::Success | TradeState::Refund) {
            return said;
        }
        said.extend(owned(&[
            ("openid", &self.openid(payment)),
            ("is_subscribe", "N"),
            ("trade_type", trade.trade_type.name()),
            ("bank_type", "OTHERS"),
            ("transaction_id", &trade.number),
            ("time_end", &payment.paid_at.map(time::v2).unwrap_or_default()),
        ]));
        said.extend(amounts(payment));
        said
    }

    fn v2_refunded(
        &mut self,
        now: Timestamp,
        asked: &Fields,
        how: SignType,
    ) -> Result<Said, Fault> {
        let order_id = self.v2_order(asked)?;
        let id =
            text(asked, "out_refund_no").ok_or((Code::ParamError, "out_refund_no is missing"))?;
        let order = self.bank.payment(&order_id).map(|payment| payment.order.currency().alpha());
        let currency = text(asked, "refund_fee_type").or(order);
        let wanted = RefundAsked {
            dialect: Dialect::V2(how),
            order_id: &order_id,
            id,
            refund: amount(asked, "refund_fee", currency)?,
            total: amount(asked, "total_fee", currency)?.minor(),
            notify_url: None,
        };
        let manner = self.refund(now, &wanted)?;
        let (Some(refund), Some(made)) = (self.bank.refund(id), self.refund_trades.get(id)) else {
            return Err((Code::SystemError, "it is not in the books"));
        };
        let payment = self.bank.payment(&order_id).ok_or((Code::OrderNotExist, "gone"))?;
        let mut said = owned(&[
            ("out_trade_no", &order_id),
            ("out_refund_no", id),
            ("refund_id", &made.number),
            ("transaction_id", self.trades.get(&order_id).map_or("", |trade| &trade.number)),
            ("refund_fee", &refund.order.minor().to_string()),
            ("refund_fee_type", refund.order.currency().alpha()),
            ("cash_refund_fee", &refund.payer.minor().to_string()),
            ("cash_refund_fee_type", refund.payer.currency().alpha()),
        ]);
        said.extend(amounts(payment));
        Ok((said, manner))
    }

    /// One refund by its own number, or all of an order, ten at a time.
    fn v2_refunds(&self, asked: &Fields) -> Result<Said, Fault> {
        let unknown = (Code::ResourceNotExists, "there is no such refund");
        let one = match (text(asked, "refund_id"), text(asked, "out_refund_no")) {
            (Some(number), _) => Some(self.refund_numbers.get(number).ok_or(unknown)?.clone()),
            (None, id) => id.map(str::to_owned),
        };
        let ids: Vec<String> = match one {
            Some(id) => vec![id],
            None => {
                let order = self.v2_order(asked)?;
                let of_order = self.bank.refunds().filter(|(_, refund)| refund.payment == order);
                of_order.map(|(id, _)| id.clone()).collect()
            }
        };
        let offset = text(asked, "offset").map_or(Ok(0), str::parse::<usize>);
        let offset = offset.map_err(|_| (Code::ParamError, "offset is a number"))?;
        let total = ids.len();
        let mut said = Fields::new();
        let mut shown = 0;
        for (n, id) in ids.iter().skip(offset).take(10).enumerate() {
            let refund = self.bank.refund(id).ok_or(unknown)?;
            let made = self.refund_trades.get(id).ok_or(unknown)?;
            let status = match self.refund_status(id).ok_or(unknown)? {
                RefundStatus::Success => "SUCCESS",
                RefundStatus::Processing => "PROCESSING",
                RefundStatus::Closed => "REFUNDCLOSE",
                RefundStatus::Abnormal => "CHANGE",
            };
            for (name, value) in [
                ("out_refund_no", id.clone()),
                ("refund_id", made.number.clone()),
                ("refund_channel", "ORIGINAL".to_owned()),
                ("refund_fee", refund.order.minor().to_string()),
                ("refund_status", status.to_owned()),
                ("refund_recv_accout", "user's balance".to_owned()),
                ("refund_success_time", time::bill(refund.at)),
            ] {
                said.insert(format!("{name}_{n}"), value);
            }
            shown += 1;
            if let (Some(trade), Some(payment)) =
                (self.trades.get(&refund.payment), self.bank.payment(&refund.payment))
            {
                said.insert("out_trade_no".into(), refund.payment.clone());
                said.insert("transaction_id".into(), trade.number.clone());
                said.extend(amounts(payment));
            }
        }
        if shown == 0 {
            return Err(unknown);
        }
        said.insert("refund_count".into(), shown.to_string());
        said.insert("total_refund_count".into(), total.to_string());
        Ok((said, Manner::Plain))
    }

    /// The body of a paid order's notification.
    pub(super) fn v2_notice(
        &mut self,
        _now: Timestamp,
        id: &str,
        how: SignType,
    ) -> Option<Vec<u8>> {
        let secret = self.link.secret.clone()?;
        let trade = self.trades.get(id)?;
        let mut said = self.v2_order_said(id);
        said.remove("trade_state");
        said.remove("trade_state_desc");
        said.extend(owned(&[
            ("return_code", "SUCCESS"),
            ("result_code", "SUCCESS"),
            ("appid", &trade.appid),
            ("mch_id", self.mode.signer()),
        ]));
        if let Some(sub) = &trade.sub_mchid {
            said.insert("sub_mch_id".into(), sub.clone());
        }
        if how == SignType::HmacSha256 {
            said.insert("sign_type".into(), "HMAC-SHA256".into());
        }
        said.insert("nonce_str".into(), format!("{:032X}", self.bank.bits()));
        v2::sign(&mut said, &secret, how);
        Some(v2::write(&said))
    }
}

fn v2_asked<'a>(
    asked: &'a Fields,
    how: SignType,
    trade_type: TradeType,
) -> Result<Asked<'a>, Fault> {
    Ok(Asked {
        dialect: Dialect::V2(how),
        trade_type,
        appid: text(asked, "appid").unwrap_or_default(),
        sub_mchid: text(asked, "sub_mch_id"),
        id: text(asked, "out_trade_no").ok_or((Code::ParamError, "out_trade_no is missing"))?,
        order: amount(asked, "total_fee", text(asked, "fee_type"))?,
        description: text(asked, "body").unwrap_or_default(),
        attach: text(asked, "attach"),
        notify_url: text(asked, "notify_url"),
    })
}

fn amount(asked: &Fields, name: &str, currency: Option<&str>) -> Result<Money, Fault> {
    let minor = text(asked, name).and_then(|digits| digits.parse().ok());
    minor
        .and_then(|minor| money(minor, currency))
        .ok_or((Code::ParamError, "a fee is an amount in minor units"))
}

/// What was asked and paid.
fn amounts(payment: &Payment) -> Fields {
    let mut said = owned(&[
        ("total_fee", &payment.order.minor().to_string()),
        ("fee_type", payment.order.currency().alpha()),
        ("cash_fee", &payment.payer.minor().to_string()),
        ("cash_fee_type", payment.payer.currency().alpha()),
    ]);
    if converted(payment) {
        said.insert("rate".into(), PRICE_SCALED.to_string());
    }
    said
}

fn refusal((code, message): Fault) -> Fields {
    owned(&[("result_code", "FAIL"), ("err_code", code.older_name()), ("err_code_des", message)])
}

fn owned(pairs: &[(&str, &str)]) -> Fields {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn form(body: Vec<u8>) -> Response {
    let headers = vec![("content-type".into(), "text/xml; charset=utf-8".into())];
    Response { status: 200, headers, body }
}
