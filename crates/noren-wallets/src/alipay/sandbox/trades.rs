//! The calls about trades: pay, precreate, query, cancel, close.

use noren_core::time::{Span, Timestamp};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{AlipaySandbox, Reply, Said, Trade};
use crate::alipay::codes::SubCode;
use crate::alipay::dialect::Asked;
use crate::alipay::form::target_of;
use crate::alipay::messages::{
    CancelSaid, Method, Named, PrecreateSaid, TradeAsked, TradeKey, TradeSaid, number_fits,
};
use crate::alipay::scalar::{Amount, print_time};
use crate::sandbox::bank::{Intent, No, OrderIntent, Payment, State};
use crate::sandbox::scenario::{Plan, Scenario};

/// The largest amount of a trade: a hundred million yuan (the public pages of the calls).
const TOTAL_MAX: i64 = 10_000_000_000;
/// How long a code can be paid when nothing is said of it: two hours (the public page of precreate).
const CODE_LASTS: Span = Span::seconds(2 * 3_600);
/// Afterwards nothing is given back any more, and the trade is finished. By contract; **ours** that
/// it is a year.
pub(super) const FINISHED_AFTER: Span = Span::seconds(365 * 86_400);

impl AlipaySandbox {
    pub(super) fn call(&mut self, now: Timestamp, asked: &Asked) -> Said {
        let content = &asked.content;
        match asked.method {
            Method::Pay => self.pay(now, asked),
            Method::Precreate => self.precreate(now, asked),
            Method::Query => self.query(now, content),
            Method::Cancel => self.cancel(now, content),
            Method::Close => self.close(now, content),
            Method::Refund => self.refund(now, content),
            Method::RefundQuery => self.refund_query(content),
            Method::BillUrl => self.bill_url(now, content),
            // There are no pages here.
            Method::PagePay | Method::WapPay => Err(SubCode::NoRight),
        }
    }

    fn pay(&mut self, now: Timestamp, asked: &Asked) -> Said {
        let said: TradeAsked = read(&asked.content)?;
        let bar_code = said.scene.as_ref().is_none_or(|scene| scene.as_str() == "bar_code");
        let code = said.auth_code.as_ref().filter(|_| bar_code);
        let code = code.ok_or(SubCode::InvalidParameter)?.as_str().to_owned();
        let total = checked(&said)?;
        let id = said.out_trade_no.as_str();
        let fresh = self.bank.payment(id).is_none();
        let compared = format!("pay {total}");
        let money = total.yuan();
        let intent =
            Intent { id, code: &code, order: money, payer: money, asked: &compared, hold: false };
        let manner = self.bank.pay(now, intent).map_err(|_| SubCode::ContextInconsistent)?;
        if fresh {
            self.remember(now, asked, &said, None);
            self.announce(now, id);
        }
        let payment = self.payment(id)?;
        match payment.state {
            State::Paid => {
                let said = TradeSaid {
                    trade_status: None,
                    send_pay_date: None,
                    gmt_payment: self.paid_time(id).map(Into::into),
                    ..self.trade_said(now, id)
                };
                Ok((value(&said), Reply { waiting: false, manner }))
            }
            State::Processing => Ok((value(&self.named(id)), Reply { waiting: true, manner })),
            State::Declined(no) => Err(word(no)),
            State::Cancelled => Err(SubCode::TradeHasClose),
            // A number of an order's is another content; nothing is held here.
            State::Open | State::Held | State::Released | State::Blocked => {
                Err(SubCode::TradeStatusError)
            }
        }
    }

    fn precreate(&mut self, now: Timestamp, asked: &Asked) -> Said {
        let said: TradeAsked = read(&asked.content)?;
        let total = checked(&said)?;
        let lasts = said.lasts(now, CODE_LASTS).ok_or(SubCode::InvalidParameter)?;
        let expires_at = now.after(lasts);
        let (id, money) = (said.out_trade_no.as_str(), total.yuan());
        let fresh = self.bank.payment(id).is_none();
        let compared = format!("precreate {total}");
        let (order, payer, asked_as) = (money, money, compared.as_str());
        let intent = OrderIntent { id, order, payer, asked: asked_as, hold: false, expires_at };
        self.bank.order_open(now, intent).map_err(|_| SubCode::ContextInconsistent)?;
        if fresh {
            self.remember(now, asked, &said, Some(expires_at));
        }
        match self.payment(id)?.state {
            State::Open => {}
            State::Paid => return Err(SubCode::TradeHasSuccess),
            State::Processing => return Err(SubCode::TradeStatusError),
            State::Declined(_)
            | State::Cancelled
            | State::Held
            | State::Released
            | State::Blocked => return Err(SubCode::TradeHasClose),
        }
        let said = PrecreateSaid {
            out_trade_no: Some(id.into()),
            qr_code: self.code_text(id).map(Into::into),
        };
        Ok((value(&said), Reply::PLAIN))
    }

    fn query(&self, now: Timestamp, content: &Value) -> Said {
        let id = self.find(content)?.filter(|id| self.has_trade(id));
        let id = id.ok_or(SubCode::TradeNotExist)?;
        Ok((value(&self.trade_said(now, &id)), Reply::PLAIN))
    }

    fn cancel(&mut self, now: Timestamp, content: &Value) -> Said {
        let id = self.find(content)?;
        // By the network's own number only what is there can be cancelled.
        let id = id.ok_or(SubCode::TradeNotExist)?;
        let done = |named: Named, retry: &str, action: Option<&str>| CancelSaid {
            named,
            retry_flag: Some(retry.into()),
            action: action.map(Into::into),
        };
        let Some(payment) = self.bank.payment(&id) else {
            self.bank.cancel(now, &id);
            return Ok((value(&done(self.named(&id), "N", None)), Reply::PLAIN));
        };
        if payment.state == State::Paid && payment.refunded_payer > 0 {
            return Err(SubCode::RefundFeeErr);
        }
        if payment.state == State::Paid && self.finished(now, &id) {
            return Err(SubCode::TradeHasFinished);
        }
        let (late, user) = (payment.scenario == Scenario::LateSuccess, payment.user.clone());
        let paid = payment.paid_at.is_some();
        // Money that goes back by a cancel comes from the same account as a refund's.
        if payment.state == State::Paid
            && let Some(user) = user
            && let Some(plan) = self.bank.user(&user).map(|known| known.refunds)
            && plan.scenario == Scenario::RefundNoFunds
            && plan.times > 0
        {
            self.bank.plan(&user, Plan { times: plan.times - 1, ..plan });
            return Ok((value(&done(self.named(&id), "Y", None)), Reply::PLAIN));
        }
        let begun = self.has_trade(&id);
        if !self.bank.cancel(now, &id) {
            return Err(if late { SubCode::CancelNotAllowed } else { SubCode::CancelTimeOut });
        }
        let action = begun.then_some(if paid { "refund" } else { "close" });
        Ok((value(&done(self.named(&id), "N", action)), Reply::PLAIN))
    }

    fn close(&mut self, now: Timestamp, content: &Value) -> Said {
        let id = self.find(content)?.filter(|id| self.has_trade(id));
        let id = id.ok_or(SubCode::TradeNotExist)?;
        match self.payment(&id)?.state {
            State::Open | State::Cancelled => {}
            State::Processing
            | State::Paid
            | State::Declined(_)
            | State::Held
            | State::Released
            | State::Blocked => return Err(SubCode::ReasonTradeStatus),
        }
        self.bank.cancel(now, &id);
        Ok((value(&self.named(&id)), Reply::PLAIN))
    }

    /// Keeps what the bank does not.
    fn remember(
        &mut self,
        now: Timestamp,
        asked: &Asked,
        said: &TradeAsked,
        expires_at: Option<Timestamp>,
    ) {
        let id = said.out_trade_no.as_str();
        let date = print_time(now).replace('-', "");
        let digits = self.bank.bits() % 10_000_000_000_000_000;
        let trade_no = format!("{}2200{digits:016}", &date[..8]);
        let token = expires_at.map(|_| format!("bax{:025x}", self.bank.bits() >> 28));
        // Below the switch's address, or wherever a client wants it.
        let notify = asked.notify_url.as_deref().and_then(|url| {
            let below = url.strip_prefix(self.link.switch.origin());
            let target = below.filter(|below| below.starts_with('/'));
            target.or_else(|| target_of(url).map(|_| url)).map(str::to_owned)
        });
        self.numbers.put(&trade_no, id.to_owned());
        if let Some(token) = &token {
            self.tokens.put(token, id.to_owned());
        }
        let begun = token.is_none();
        let subject = said.subject.as_str().to_owned();
        self.bank.shop_keep(id, &subject, None);
        self.trades.put(id, Trade { trade_no, subject, notify, token, begun, expires_at });
    }

    /// The merchant's number of the trade that is meant. `None`: the network's own number, and
    /// there is no such trade.
    pub(super) fn find(&self, content: &Value) -> Result<Option<String>, SubCode> {
        let key: TradeKey = read(content)?;
        let given = |number: Option<crate::alipay::scalar::Scalar>| {
            number.map(|number| number.0).filter(|number| !number.is_empty())
        };
        match (given(key.trade_no), given(key.out_trade_no)) {
            (Some(trade_no), _) => Ok(self.numbers.get(&trade_no).cloned()),
            (None, Some(id)) if number_fits(&id) => Ok(Some(id)),
            (None, Some(_) | None) => Err(SubCode::InvalidParameter),
        }
    }

    pub(super) fn payment(&self, id: &str) -> Result<&Payment, SubCode> {
        self.bank.payment(id).ok_or(SubCode::SystemError)
    }

    /// A code that nobody scanned has no trade (section 3), until it is ended.
    fn has_trade(&self, id: &str) -> bool {
        let Some(payment) = self.bank.payment(id) else { return false };
        payment.state != State::Open || self.trades.get(id).is_none_or(|trade| trade.begun)
    }

    pub(super) fn is_order(&self, id: &str) -> bool {
        self.trades.get(id).is_some_and(|trade| trade.token.is_some())
    }

    pub(super) fn finished(&self, now: Timestamp, id: &str) -> bool {
        let paid_at = self.bank.payment(id).and_then(|payment| payment.paid_at);
        paid_at.is_some_and(|at| now >= at.after(FINISHED_AFTER))
    }

    /// When it was paid, as text.
    pub(super) fn paid_time(&self, id: &str) -> Option<String> {
        self.bank.payment(id)?.paid_at.map(print_time)
    }

    pub(super) fn named(&self, id: &str) -> Named {
        let trade = self.trades.get(id).filter(|_| self.has_trade(id));
        let trade_no = trade.map(|trade| trade.trade_no.as_str().into());
        Named { out_trade_no: Some(id.into()), trade_no }
    }

    /// What a query says of a trade.
    pub(super) fn trade_said(&self, now: Timestamp, id: &str) -> TradeSaid {
        let named = self.named(id);
        let Some(payment) = self.bank.payment(id) else {
            return TradeSaid { named, ..TradeSaid::default() };
        };
        let given_back = payment.refunded_payer >= payment.payer.minor();
        let status = match payment.state {
            State::Open | State::Processing => "WAIT_BUYER_PAY",
            State::Paid if given_back => "TRADE_CLOSED",
            State::Paid if self.finished(now, id) => "TRADE_FINISHED",
            State::Paid => "TRADE_SUCCESS",
            State::Declined(_) | State::Cancelled => "TRADE_CLOSED",
            // Nothing is held or frozen here.
            State::Held | State::Released | State::Blocked => "TRADE_CLOSED",
        };
        let total = Amount::from_yuan(payment.payer);
        let paid = payment.paid_at.is_some();
        TradeSaid {
            named,
            trade_status: Some(status.into()),
            total_amount: total,
            trans_currency: None,
            buyer_pay_amount: total.map(|total| if paid { total } else { Amount::ZERO }),
            receipt_amount: total.map(|total| if paid { total } else { Amount::ZERO }),
            buyer_logon_id: payment.user.as_deref().map(|user| veiled(user).into()),
            gmt_payment: None,
            send_pay_date: self.paid_time(id).map(Into::into),
        }
    }
}

/// The first letters of a name, and stars.
fn veiled(user: &str) -> String {
    let shown: String = user.chars().take(3).collect();
    format!("{shown}***")
}

/// The amount of a trade, when all that is asked for makes sense.
fn checked(said: &TradeAsked) -> Result<Amount, SubCode> {
    if !number_fits(said.out_trade_no.as_str()) || said.subject.as_str().is_empty() {
        return Err(SubCode::InvalidParameter);
    }
    if said.trans_currency.as_ref().is_some_and(|currency| currency.as_str() != "CNY") {
        return Err(SubCode::CurrencyNotSupport);
    }
    match said.total_amount.hundredths() {
        ..=0 => Err(SubCode::InvalidParameter),
        1..=TOTAL_MAX => Ok(said.total_amount),
        _ => Err(SubCode::TotalFeeExceed),
    }
}

fn word(no: No) -> SubCode {
    match no {
        No::Refused => SubCode::PaymentFail,
        No::NoFunds => SubCode::BuyerBalanceNotEnough,
        No::CodeInvalid | No::CodeUsed | No::CodeExpired => SubCode::AuthCodeInvalid,
        No::OverLimit => SubCode::BuyerDayLimit,
    }
}

pub(super) fn read<T: DeserializeOwned>(content: &Value) -> Result<T, SubCode> {
    serde_json::from_value(content.clone()).map_err(|_| SubCode::InvalidParameter)
}

pub(super) fn value(said: &impl serde::Serialize) -> Value {
    serde_json::to_value(said).expect("our messages have string keys only")
}
