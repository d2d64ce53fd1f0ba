//! The calls about trades: pay, precreate, a page, query, cancel, close.

use std::sync::Arc;

use noren_core::money::Money;
use noren_core::payment::{Payment, State};
use noren_core::refund::RefundState;
use noren_core::time::{Span, Timestamp};
use noren_core::wallet::DeclineReason;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::kept::Kept;
use super::words::{declined, word};
use super::{Call, Done, Said};
use crate::alipay::codes::SubCode;
use crate::alipay::form::target_of;
use crate::alipay::messages::{
    CancelSaid, Named, PrecreateSaid, TradeAsked, TradeKey, TradeSaid, number_fits,
};
use crate::alipay::scalar::{Amount, Scalar, print_time};
use crate::facade::{Found, Meet, NewOrder, Shown};

/// How long a code can be paid when nothing is said of it: two hours (the public page of precreate).
const CODE_LASTS: Span = Span::seconds(2 * 3_600);
/// A page: fifteen days (the public page of the call).
const PAGE_LASTS: Span = Span::seconds(15 * 86_400);
/// How long a till that scanned a code waits; then it is told that the payer is asked. Ours: clients
/// of this API give up after five seconds.
const PATIENCE: Span = Span::seconds(3);
/// Bytes of an address to notify, and characters of a subject (the public pages of the calls).
const TEXT_MAX: usize = 256;

/// Where a payment stands, in the words of this API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stand {
    /// It waits for its payer.
    Open,
    /// Somebody is paying it, or it is not known yet what became of that.
    Undecided,
    /// Paid, since then.
    Paid {
        /// When.
        at: Timestamp,
        /// All of it was given back.
        given_back: bool,
    },
    /// Refused by the payer's wallet.
    Declined(DeclineReason),
    /// Ended unpaid.
    Closed,
    /// The wallet's side froze the payer's money: the shop has none.
    Frozen,
}

impl Stand {
    /// Of a payment. Nothing is held here, so of holds only their ends count.
    pub(super) fn of(payment: &Payment) -> Self {
        let paid = |at| {
            let given_back = payment.refunds_done() >= payment.amount.minor();
            Self::Paid { at, given_back }
        };
        match &payment.state {
            State::WaitingForPayer(_) | State::Ordering(_) | State::Ordered(_) => Self::Open,
            State::Authorising(_)
            | State::InDoubt(_)
            | State::Reversing(_)
            | State::Authorised(_)
            | State::Capturing(_)
            | State::Voiding(_) => Self::Undecided,
            State::Captured(s) => paid(s.at),
            State::HoldCaptured(s) => paid(s.hold.at),
            State::Declined(s) => Self::Declined(s.proof.reason()),
            State::Voided(_) | State::Cancelled(_) | State::Expired(_) | State::Reversed(_) => {
                Self::Closed
            }
            State::Blocked(_) => Self::Frozen,
        }
    }

    /// The word in `trade_status`. What is not decided waits for its payer: neither yes nor no.
    const fn status(self) -> &'static str {
        match self {
            Self::Open | Self::Undecided => "WAIT_BUYER_PAY",
            Self::Paid { given_back: false, .. } => "TRADE_SUCCESS",
            Self::Paid { given_back: true, .. }
            | Self::Declined(_)
            | Self::Closed
            | Self::Frozen => "TRADE_CLOSED",
        }
    }
}

/// Which trade, in both numbers.
pub(super) fn named(payment: &Payment) -> Named {
    Named {
        out_trade_no: Some(payment.order_number.to_string().into()),
        trade_no: Some(payment.id.to_string().into()),
    }
}

/// What a query says of a payment.
pub(super) fn trade_said(payment: &Payment) -> TradeSaid {
    let stand = Stand::of(payment);
    let total = Amount::from_money(payment.amount);
    let knows = Kept::of(payment).is_some_and(|kept| kept.names_currency);
    let currency = knows.then(|| payment.amount.currency().to_string().into());
    let (received, at) = match stand {
        Stand::Paid { at, .. } => (total, Some(print_time(at).into())),
        Stand::Open | Stand::Undecided | Stand::Declined(_) | Stand::Closed | Stand::Frozen => {
            (Some(Amount::ZERO), None)
        }
    };
    TradeSaid {
        named: named(payment),
        trade_status: Some(stand.status().into()),
        total_amount: total,
        trans_currency: currency,
        buyer_pay_amount: received,
        receipt_amount: received,
        // Nobody says who pays.
        buyer_logon_id: None,
        gmt_payment: None,
        send_pay_date: at,
    }
}

/// The sum of all refunds that were made.
pub(super) fn refund_sum(payment: &Payment) -> Option<Amount> {
    Amount::from_money(Money::new(payment.refunds_done(), payment.amount.currency()))
}

impl Call<'_> {
    pub(super) async fn pay(self) -> Said {
        let said: TradeAsked = self.read()?;
        let bar_code = said.scene.as_ref().is_none_or(|scene| scene.as_str() == "bar_code");
        let code = said.auth_code.as_ref().map(Scalar::as_str).filter(|code| !code.is_empty());
        let code = code.filter(|_| bar_code).ok_or(SubCode::InvalidParameter)?.to_owned();
        let meet = Meet::Scanned { code, patience: PATIENCE };
        let payment = self.create("pay", &said, meet).await?.payment;
        match Stand::of(&payment) {
            Stand::Paid { .. } => {
                let said = trade_said(&payment);
                let gmt_payment = said.send_pay_date.clone();
                let said =
                    TradeSaid { trade_status: None, send_pay_date: None, gmt_payment, ..said };
                Ok(Done::Said(value(&said)))
            }
            Stand::Open | Stand::Undecided => Ok(Done::Waiting(value(&named(&payment)))),
            Stand::Declined(reason) => Err(declined(reason)),
            Stand::Closed => Err(SubCode::TradeHasClose),
            Stand::Frozen => Err(SubCode::HasRisk),
        }
    }

    pub(super) async fn precreate(self) -> Said {
        let said: TradeAsked = self.read()?;
        let shown = self.show("precreate", &said, CODE_LASTS).await?;
        let out_trade_no = Some(said.out_trade_no);
        let qr_code = Some(shown.page.into());
        Ok(Done::Said(value(&PrecreateSaid { out_trade_no, qr_code })))
    }

    /// The payer's own browser asks, and is sent to the page.
    pub(super) async fn page(self) -> Said {
        let said: TradeAsked = self.read()?;
        Ok(Done::Page(self.show("page", &said, PAGE_LASTS).await?.page))
    }

    /// An order that a payer can still pay.
    async fn show(self, kind: &str, said: &TradeAsked, usual: Span) -> Result<Shown, SubCode> {
        let expires_in = said.lasts(self.now, usual).ok_or(SubCode::InvalidParameter)?;
        let shown = self.create(kind, said, Meet::Shown { expires_in }).await?;
        match Stand::of(&shown.payment) {
            Stand::Open => Ok(shown),
            Stand::Undecided => Err(SubCode::TradeStatusError),
            Stand::Paid { given_back: false, .. } => Err(SubCode::TradeHasSuccess),
            Stand::Paid { given_back: true, .. }
            | Stand::Declined(_)
            | Stand::Closed
            | Stand::Frozen => Err(SubCode::TradeHasClose),
        }
    }

    async fn create(self, kind: &str, said: &TradeAsked, meet: Meet) -> Result<Shown, SubCode> {
        let (number, subject) = (said.out_trade_no.as_str(), said.subject.as_str());
        let fits =
            number_fits(number) && !subject.is_empty() && subject.chars().count() <= TEXT_MAX;
        if !fits {
            return Err(SubCode::InvalidParameter);
        }
        let currency = self.account.currency;
        if said.trans_currency.as_ref().is_some_and(|said| said.as_str() != currency.to_string()) {
            return Err(SubCode::CurrencyNotSupport);
        }
        let amount = said.total_amount.of(currency).filter(|amount| amount.positive());
        let amount = amount.ok_or(SubCode::InvalidParameter)?;
        let notify = self.asked.notify_url.clone();
        if notify.as_ref().is_some_and(|url| url.len() > TEXT_MAX || target_of(url).is_none()) {
            return Err(SubCode::InvalidParameter);
        }
        let (subject, names_currency) = (subject.to_owned(), said.trans_currency.is_some());
        let kept = Kept { notify, subject, names_currency };
        let order = NewOrder {
            number: number.to_owned(),
            // The amount is compared beside it; a code that was shown anew makes no other trade.
            content: kind.to_owned(),
            amount,
            meet,
            hold: false,
            memo: kept.print(),
        };
        let made = self.till.create(order).await;
        made.map_err(|no| word(&no, SubCode::ContextInconsistent))
    }

    pub(super) async fn query(self) -> Said {
        let payment = self.payment().await?.ok_or(SubCode::TradeNotExist)?;
        Ok(Done::Said(value(&trade_said(&payment))))
    }

    /// Lets the trade not stand, whatever it is.
    pub(super) async fn cancel(self) -> Said {
        let number = self.number().await?;
        let found = self.withdraw(&number, true).await?;
        let said = match found.last {
            // It came before the trade, and binds the number.
            None => CancelSaid {
                named: Named { out_trade_no: Some(number.into()), trade_no: None },
                retry_flag: Some("N".into()),
                action: None,
            },
            Some(last) => cancel_said(&last.payment),
        };
        Ok(Done::Said(value(&said)))
    }

    /// The order, which is not to stand from now on. `whole`: not when a part was given back.
    async fn withdraw(self, number: &str, whole: bool) -> Result<Found, SubCode> {
        let unsure = |no| word(&no, SubCode::SystemError);
        let mut events = 0;
        if let Some(found) = self.till.order(number).await.map_err(unsure)? {
            if found.order.withdrawn_at().is_some() {
                return Ok(found);
            }
            if let Some(last) = &found.last {
                if whole && last.payment.refunds_done() > 0 {
                    return Err(SubCode::RefundFeeErr);
                }
                events = last.payment.events;
            }
        }
        // What was refused is asked anew once something has happened.
        let key = format!("cancel:{number}:{events}");
        self.till.withdraw(&key, number).await.map_err(unsure)
    }

    /// Only of what nobody has paid.
    pub(super) async fn close(self) -> Said {
        let payment = self.payment().await?.ok_or(SubCode::TradeNotExist)?;
        match Stand::of(&payment) {
            Stand::Open => {}
            Stand::Declined(_) | Stand::Closed => return Ok(Done::Said(value(&named(&payment)))),
            Stand::Undecided | Stand::Paid { .. } | Stand::Frozen => {
                return Err(SubCode::ReasonTradeStatus);
            }
        }
        let number = payment.order_number.to_string();
        let found = self.withdraw(&number, false).await?;
        let last = found.last.map_or(payment, |last| last.payment);
        match Stand::of(&last) {
            Stand::Declined(_) | Stand::Closed => Ok(Done::Said(value(&named(&last)))),
            // The payer was faster; the money goes back.
            Stand::Paid { .. } | Stand::Frozen => Err(SubCode::ReasonTradeStatus),
            // Its wallet has not confirmed yet: to be asked for.
            Stand::Open | Stand::Undecided => Err(SubCode::SystemError),
        }
    }

    /// The payment that is meant, by either number. `None`: there is none, or it is not the shop's.
    pub(super) async fn payment(self) -> Result<Option<Arc<Payment>>, SubCode> {
        let unsure = |no| word(&no, SubCode::SystemError);
        let shown = match self.key()? {
            Key::Ours(text) => match text.parse() {
                Ok(id) => self.till.payment(id).await.map_err(unsure)?,
                Err(_) => None,
            },
            Key::Theirs(number) => {
                self.till.order(&number).await.map_err(unsure)?.and_then(|found| found.last)
            }
        };
        Ok(shown.map(|shown| shown.payment))
    }

    /// The till's number of the trade that is meant. By our own number only what is there is meant.
    async fn number(self) -> Result<String, SubCode> {
        match self.key()? {
            Key::Theirs(number) => Ok(number),
            Key::Ours(_) => {
                let payment = self.payment().await?.ok_or(SubCode::TradeNotExist)?;
                Ok(payment.order_number.to_string())
            }
        }
    }

    /// Where both numbers are given, ours counts.
    fn key(self) -> Result<Key, SubCode> {
        let key: TradeKey = self.read()?;
        let given = |number: Option<Scalar>| number.map(|no| no.0).filter(|no| !no.is_empty());
        match (given(key.trade_no), given(key.out_trade_no)) {
            (Some(ours), _) => Ok(Key::Ours(ours)),
            (None, Some(number)) if number_fits(&number) => Ok(Key::Theirs(number)),
            (None, Some(_) | None) => Err(SubCode::InvalidParameter),
        }
    }

    pub(super) fn read<T: DeserializeOwned>(self) -> Result<T, SubCode> {
        serde_json::from_value(self.asked.content.clone()).map_err(|_| SubCode::InvalidParameter)
    }
}

enum Key {
    /// `trade_no`.
    Ours(String),
    /// `out_trade_no`.
    Theirs(String),
}

/// What became of a payment that is to stand no more.
fn cancel_said(payment: &Payment) -> CancelSaid {
    let under_way = payment.refunds.iter().any(|refund| match refund.state {
        RefundState::Requested(_) | RefundState::InDoubt(_) | RefundState::WaitingForFunds(_) => {
            true
        }
        RefundState::Refunded(_) | RefundState::Declined(_) | RefundState::Impossible(_) => false,
    });
    let (done, action) = match Stand::of(payment) {
        Stand::Open | Stand::Undecided => (false, None),
        Stand::Paid { given_back, .. } => (given_back && !under_way, Some("refund")),
        Stand::Declined(_) | Stand::Closed | Stand::Frozen => (true, Some("close")),
    };
    CancelSaid {
        named: named(payment),
        retry_flag: Some(if done { "N" } else { "Y" }.into()),
        action: action.filter(|_| done).map(Into::into),
    }
}

pub(super) fn value(said: &impl Serialize) -> Value {
    serde_json::to_value(said).expect("our messages have string keys only")
}
