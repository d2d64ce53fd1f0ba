//! The messages of Alipay's open platform that this switch uses (`wallets/alipay-openplatform`
//! facts, section 2): the content of `biz_content`, or the body of a v3 call, and of the answers.
//!
//! Amounts are yuan. Members that are not named here are ignored. What the network does not publish
//! and we chose is marked **ours**.

use serde::{Deserialize, Serialize};

use super::scalar::{Scalar, Yuan};

/// A call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// `alipay.trade.pay`: with the payer's code.
    Pay,
    /// `alipay.trade.precreate`: a code that any payer can scan.
    Precreate,
    /// `alipay.trade.query`.
    Query,
    /// `alipay.trade.cancel`: whatever the state.
    Cancel,
    /// `alipay.trade.close`: of what is not paid.
    Close,
    /// `alipay.trade.refund`.
    Refund,
    /// `alipay.trade.fastpay.refund.query`.
    RefundQuery,
    /// `alipay.data.dataservice.bill.downloadurl.query`.
    BillUrl,
}

impl Method {
    /// All of them.
    pub const ALL: [Method; 8] = [
        Self::Pay,
        Self::Precreate,
        Self::Query,
        Self::Cancel,
        Self::Close,
        Self::Refund,
        Self::RefundQuery,
        Self::BillUrl,
    ];

    /// Its name in the older dialect.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pay => "alipay.trade.pay",
            Self::Precreate => "alipay.trade.precreate",
            Self::Query => "alipay.trade.query",
            Self::Cancel => "alipay.trade.cancel",
            Self::Close => "alipay.trade.close",
            Self::Refund => "alipay.trade.refund",
            Self::RefundQuery => "alipay.trade.fastpay.refund.query",
            Self::BillUrl => "alipay.data.dataservice.bill.downloadurl.query",
        }
    }

    /// The call of that name.
    pub fn read(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|method| method.name() == name)
    }

    /// Its path in the v3 dialect: dots become slashes.
    pub fn path(self) -> String {
        format!("/v3/{}", self.name().replace('.', "/"))
    }

    /// The member of an answer in the older dialect: dots become underscores.
    pub fn answer_key(self) -> String {
        format!("{}_response", self.name().replace('.', "_"))
    }
}

/// `alipay.trade.pay` and `alipay.trade.precreate`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TradeAsked {
    /// The merchant's number of the trade, its key for ever: up to 64 letters, digits and `_`.
    pub out_trade_no: Scalar,
    /// What the payer pays.
    pub total_amount: Yuan,
    /// What is bought, as the payer sees it.
    pub subject: Scalar,
    /// `bar_code`. Of `pay` alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scene: Option<Scalar>,
    /// The payer's code. Of `pay` alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auth_code: Option<Scalar>,
    /// Nobody can pay after that: `90m`, `2h`, `1d`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout_express: Option<Scalar>,
    /// The place, by a number of the merchant's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub store_id: Option<Scalar>,
}

/// `query`, `cancel` and `close`. Where both numbers are given, `trade_no` counts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TradeKey {
    /// The merchant's number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub out_trade_no: Option<Scalar>,
    /// The network's number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trade_no: Option<Scalar>,
}

/// `refund`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefundAsked {
    /// Of which trade.
    #[serde(flatten)]
    pub key: TradeKey,
    /// How much.
    pub refund_amount: Yuan,
    /// The merchant's number of the refund, its key within the trade. Without it the whole is
    /// given back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub out_request_no: Option<Scalar>,
}

/// `fastpay.refund.query`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefundKey {
    /// Of which trade.
    #[serde(flatten)]
    pub key: TradeKey,
    /// Which refund.
    pub out_request_no: Scalar,
}

/// `bill.downloadurl.query`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BillAsked {
    /// `trade`.
    pub bill_type: Scalar,
    /// `2026-11-21`, in UTC+8.
    pub bill_date: Scalar,
}

/// Which trade an answer is about. Every answer that names one is checked by it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Named {
    /// The merchant's number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub out_trade_no: Option<Scalar>,
    /// The network's number. None while there is no trade: nobody has scanned yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trade_no: Option<Scalar>,
}

/// What `pay`, `query` and a notification say of a trade.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TradeSaid {
    /// Which.
    #[serde(flatten)]
    pub named: Named,
    /// `WAIT_BUYER_PAY`, `TRADE_SUCCESS`, `TRADE_FINISHED`, `TRADE_CLOSED`. Not of `pay`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trade_status: Option<Scalar>,
    /// What was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total_amount: Option<Yuan>,
    /// In what it was asked for, where that is not yuan (the platform's general member).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trans_currency: Option<Scalar>,
    /// What the buyer paid of it by their own means.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub buyer_pay_amount: Option<Yuan>,
    /// What the merchant receives of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receipt_amount: Option<Yuan>,
    /// The buyer, with stars.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub buyer_logon_id: Option<Scalar>,
    /// When it was paid: of `pay` and notifications.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gmt_payment: Option<Scalar>,
    /// When it was paid: of `query`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub send_pay_date: Option<Scalar>,
}

/// The answer to `precreate`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PrecreateSaid {
    /// The merchant's number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub out_trade_no: Option<Scalar>,
    /// The text of the code to show.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub qr_code: Option<Scalar>,
}

/// The answer to `cancel`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CancelSaid {
    /// Which.
    #[serde(flatten)]
    pub named: Named,
    /// `Y`: not done, ask again. `N`: done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_flag: Option<Scalar>,
    /// `close` or `refund`; none when there was no trade.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action: Option<Scalar>,
}

/// The answer to `refund`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefundSaid {
    /// Which.
    #[serde(flatten)]
    pub named: Named,
    /// `Y`: this call moved the money. `N`: it did not; the inquiry tells if another did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fund_change: Option<Scalar>,
    /// The sum of all refunds of the trade so far.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refund_fee: Option<Yuan>,
    /// When.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gmt_refund_pay: Option<Scalar>,
}

/// The answer to `fastpay.refund.query`. Without `refund_status`: not refunded, and the refund can
/// be asked for again under the same number (the call's public page).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefundQuerySaid {
    /// Which trade.
    #[serde(flatten)]
    pub named: Named,
    /// Which refund.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub out_request_no: Option<Scalar>,
    /// `REFUND_SUCCESS`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refund_status: Option<Scalar>,
    /// How much this refund gave back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refund_amount: Option<Yuan>,
    /// What the trade was about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total_amount: Option<Yuan>,
}

/// The answer to `bill.downloadurl.query`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BillUrlSaid {
    /// Where the file lies, for half a minute.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bill_download_url: Option<Scalar>,
}
