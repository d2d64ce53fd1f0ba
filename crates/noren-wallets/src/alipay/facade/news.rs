//! What a till is told of its own accord.

use noren_core::id::RefundId;
use noren_core::payment::Payment;
use noren_core::refund::RefundState;

use super::kept::Kept;
use super::trades::{Stand, refund_sum, trade_said};
use crate::alipay::messages::TradeSaid;
use crate::alipay::notification::{GivenBack, Notification};
use crate::alipay::signing::uuid;
use crate::connector::Env;
use crate::facade::{Account, News, Shown};

/// The notification, and where it goes. `None`: this API tells nothing of that, or nobody wants it.
pub(super) fn of(
    account: &Account,
    shown: &Shown,
    news: News,
    env: Env,
) -> Option<(String, Notification)> {
    let payment = &shown.payment;
    let kept = Kept::of(payment)?;
    let url = kept.notify.or_else(|| account.notify_url.clone())?;
    let given_back = match news {
        News::Payment => {
            match Stand::of(payment) {
                Stand::Paid { .. } | Stand::Closed | Stand::Declined(_) | Stand::Frozen => {}
                Stand::Open | Stand::Undecided => return None,
            }
            None
        }
        News::Refund(id) => Some(given_back(payment, id)?),
    };
    let said = trade_said(payment);
    let gmt_payment = said.send_pay_date.clone();
    let said = TradeSaid { send_pay_date: None, gmt_payment, ..said };
    let notify_id = uuid(env.nonce).replace('-', "");
    let subject = Some(kept.subject).filter(|subject| !subject.is_empty());
    Some((url, Notification { notify_id, subject, said, given_back }))
}

/// Of a refund that was made; of one that was not, nothing is said.
fn given_back(payment: &Payment, id: RefundId) -> Option<GivenBack> {
    let refund = payment.refunds.iter().find(|refund| refund.id == id)?;
    let at = match &refund.state {
        RefundState::Refunded(refunded) => refunded.at,
        RefundState::Requested(_)
        | RefundState::InDoubt(_)
        | RefundState::WaitingForFunds(_)
        | RefundState::Declined(_)
        | RefundState::Impossible(_) => return None,
    };
    let number = refund.number.as_deref().and_then(|number| number.rsplit_once('/'));
    let out_biz_no = number.map(|(_, request)| request.to_owned());
    Some(GivenBack { out_biz_no, refund_fee: refund_sum(payment), at })
}
