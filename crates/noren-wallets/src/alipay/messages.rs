//! The messages of Alipay's open platform that this switch uses (`wallets/alipay-openplatform`
//! facts, section 2): the content of `biz_content`, or the body of a v3 call, and of the answers.
//!
//! Members that are not named here are ignored. What the network does not publish
//! and we chose is marked **ours**.

use noren_core::time::{Span, Timestamp};
use serde::{Deserialize, Serialize};

use super::scalar::{Amount, Scalar, parse_time};

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
    /// `alipay.trade.page.pay`: a page for a payer at a computer. The payer's browser makes the call.
    PagePay,
    /// `alipay.trade.wap.pay`: the same on a phone.
    WapPay,
}

impl Method {
    /// All of them.
    pub const ALL: [Method; 10] = [
        Self::Pay,
        Self::Precreate,
        Self::Query,
        Self::Cancel,
        Self::Close,
        Self::Refund,
        Self::RefundQuery,
        Self::BillUrl,
        Self::PagePay,
        Self::WapPay,
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
            Self::PagePay => "alipay.trade.page.pay",
            Self::WapPay => "alipay.trade.wap.pay",
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

/// `alipay.trade.pay`, `alipay.trade.precreate` and the calls for a page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TradeAsked {
    /// The merchant's number of the trade, its key for ever: up to 64 letters, digits and `_`.
    pub out_trade_no: Scalar,
    /// What the payer pays.
    pub total_amount: Amount,
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
    /// Nobody can pay from then on: `2026-11-21 23:30:00`. Goes before `timeout_express`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_expire: Option<Scalar>,
    /// In what it is asked for, where that is not yuan (the platform's general member).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trans_currency: Option<Scalar>,
    /// The place, by a number of the merchant's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub store_id: Option<Scalar>,
}

impl TradeAsked {
    /// How long it can be paid: `usual` when nothing is said of it; `None` when what is said makes
    /// no sense.
    pub fn lasts(&self, now: Timestamp, usual: Span) -> Option<Span> {
        match (&self.time_expire, &self.timeout_express) {
            (Some(at), _) => {
                let left = parse_time(at.as_str())?.since(now);
                (left > Span(0) && left <= LASTS_MAX).then_some(left)
            }
            (None, Some(text)) => lasts(text.as_str()),
            (None, None) => Some(usual),
        }
    }
}

/// The longest that a trade can wait for its payer (the public pages of the calls).
const LASTS_MAX: Span = Span::seconds(15 * 86_400);

/// `90m`, `2h`, `1d`: one minute to fifteen days.
fn lasts(text: &str) -> Option<Span> {
    let unit = match text.bytes().last()? {
        b'm' => 60,
        b'h' => 3_600,
        b'd' => 86_400,
        _ => return None,
    };
    let count: u64 = text[..text.len() - 1].parse().ok()?;
    let seconds = count.checked_mul(unit)?;
    (60..=LASTS_MAX.0 / 1_000).contains(&seconds).then(|| Span::seconds(seconds))
}

/// Up to 64 letters, digits and `_` (section 2); `-` too, which the worked example has.
pub fn number_fits(number: &str) -> bool {
    let plain = number.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'));
    plain && (1..=64).contains(&number.len())
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
    pub refund_amount: Amount,
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

/// A refund's name where all refunds of a merchant are told apart: its number is within its trade.
pub fn refund_name(trade: &str, request: &str) -> String {
    format!("{trade}/{request}")
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
    pub total_amount: Option<Amount>,
    /// In what it was asked for, where that is not yuan (the platform's general member).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trans_currency: Option<Scalar>,
    /// What the buyer paid of it by their own means.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub buyer_pay_amount: Option<Amount>,
    /// What the merchant receives of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receipt_amount: Option<Amount>,
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
    pub refund_fee: Option<Amount>,
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
    pub refund_amount: Option<Amount>,
    /// What the trade was about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total_amount: Option<Amount>,
}

/// The answer to `bill.downloadurl.query`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BillUrlSaid {
    /// Where the file lies, for half a minute.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bill_download_url: Option<Scalar>,
}
