//! What the facade finds again with a payment and with a refund.

use noren_core::payment::Payment;
use noren_core::refund::Refund;
use serde::{Deserialize, Serialize};

use crate::facade::{Account, memo_of};
use crate::wechatpay::NAME;
use crate::wechatpay::messages::Party;
use crate::wechatpay::route::{Dialect, TradeType};

/// Of an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Kept {
    /// In which it was made; its notification is in the same.
    pub dialect: Dialect,
    /// How it is paid.
    pub trade_type: TradeType,
    pub appid: String,
    /// Of an institution.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sub_mchid: Option<String>,
    /// Comes back as it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attach: Option<String>,
    /// Where its result is told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notify_url: Option<String>,
}

/// Of a refund.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct RefundKept {
    /// In which it was asked for; its notification is in the same.
    pub dialect: Dialect,
    /// Where its result is told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notify_url: Option<String>,
}

impl Kept {
    /// As the order's answers name whose it is.
    pub fn party(&self, account: &Account) -> Party {
        Party::answered(&account.link.client_id, &self.appid, self.sub_mchid.as_deref())
    }
}

/// What was kept with a payment, if this account made it.
pub(super) fn kept(account: &Account, payment: &Payment) -> Option<Kept> {
    let (whose, text) = memo_of(payment.memo.as_ref(), NAME)?;
    let own = whose == account.link.client_id;
    serde_json::from_str(text).ok().filter(|_| own)
}

/// What was kept with a refund, if this account made it.
pub(super) fn refund_kept(account: &Account, refund: &Refund) -> Option<RefundKept> {
    let (whose, text) = memo_of(refund.memo.as_ref(), NAME)?;
    let own = whose == account.link.client_id;
    serde_json::from_str(text).ok().filter(|_| own)
}

/// The text of a memo.
pub(super) fn text(kept: &impl Serialize) -> String {
    serde_json::to_string(kept).expect("our memos have string keys only")
}
