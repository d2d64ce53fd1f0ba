//! What a till is told of its own accord (section 6): that an order is paid, and what became of a
//! refund. Nothing of scanned codes, nor of orders that nobody paid.

use noren_core::id::RefundId;
use noren_core::payment::{Payment, State};

use super::memo::{kept, refund_kept};
use super::orders::order_standing;
use super::refunds::{refund_standing, told_at};
use crate::connector::Env;
use crate::facade::{Account, News, Notice};
use crate::link::Place;
use crate::wechatpay::codes::{RefundStatus, TradeState};
use crate::wechatpay::notification::{Event, sealed};
use crate::wechatpay::route::TradeType;
use crate::wire::Request;

pub(super) fn notice(account: &Account, payment: &Payment, news: News, env: Env) -> Option<Notice> {
    match news {
        News::Payment => of_order(account, payment, env),
        News::Refund(refund) => of_refund(account, payment, refund, env),
    }
}

fn of_order(account: &Account, payment: &Payment, env: Env) -> Option<Notice> {
    let kept = kept(account, payment)?;
    match &payment.state {
        State::Captured(_) | State::HoldCaptured(_) => {}
        State::WaitingForPayer(_)
        | State::Ordering(_)
        | State::Ordered(_)
        | State::Authorising(_)
        | State::InDoubt(_)
        | State::Reversing(_)
        | State::Authorised(_)
        | State::Capturing(_)
        | State::Voiding(_)
        | State::Voided(_)
        | State::Declined(_)
        | State::Cancelled(_)
        | State::Expired(_)
        | State::Reversed(_)
        | State::Blocked(_) => return None,
    }
    if kept.trade_type == TradeType::Micropay {
        return None;
    }
    // Of the payment, as it was then, also when some of it has gone back meanwhile.
    let order = order_standing(account, payment, &kept, TradeState::Success);
    let said = order.said(kept.dialect);
    let url = kept.notify_url.clone().or_else(|| account.notify_url.clone())?;
    let (event, about) = (Event::TransactionSuccess, &*payment.order_number);
    leaving(url, |target| sealed(&account.link, target, event, about, &said, env.now, env.nonce))
}

fn of_refund(account: &Account, payment: &Payment, id: RefundId, env: Env) -> Option<Notice> {
    let refund = payment.refunds.iter().find(|refund| refund.id == id)?;
    let (order, own) = (kept(account, payment)?, refund_kept(account, refund)?);
    let standing = refund_standing(payment, refund)?;
    let event = match standing.status {
        RefundStatus::Success => Event::RefundSuccess,
        RefundStatus::Closed => Event::RefundClosed,
        // Not at an end; and nothing here is ever "abnormal".
        RefundStatus::Processing | RefundStatus::Abnormal => return None,
    };
    let url = told_at(account, &own)?;
    let about = standing.out_refund_no.clone();
    let said = standing.notified(order.party(account), own.dialect);
    leaving(url, |target| sealed(&account.link, target, event, &about, &said, env.now, env.nonce))
}

fn leaving(url: String, make: impl FnOnce(&str) -> Option<Request>) -> Option<Notice> {
    let place = Place::new(&url).ok()?;
    let path = &url[place.origin().len()..];
    let request = make(if path.is_empty() { "/" } else { path })?;
    Some(Notice { url, request })
}
