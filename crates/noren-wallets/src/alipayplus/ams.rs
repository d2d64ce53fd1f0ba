//! What the messages of Antom/AMS have beside those of Alipay+ (`wallets/alipayplus` facts, sections
//! 1, 4 and 7; names of members as in the published SDKs).

use noren_core::time::Span;
use serde::{Deserialize, Serialize};

use super::messages::{Amount, ResultSaid, Scalar};

/// How long what is held can be captured (Antom's guide on captures).
pub const HOLD_LASTS: Span = Span::seconds(7 * 86_400);

/// A word of AMS's for where a payment, a capture or a refund stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// `SUCCESS`
    Success,
    /// `FAIL`
    Fail,
    /// `PROCESSING`
    Processing,
    /// `CANCELLED`
    Cancelled,
    /// `PENDING`: the payer has done their part, the network works.
    Pending,
}

impl Status {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::Success, Self::Fail, Self::Processing, Self::Cancelled, Self::Pending];

    /// The word on the wire.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Success => "SUCCESS",
            Self::Fail => "FAIL",
            Self::Processing => "PROCESSING",
            Self::Cancelled => "CANCELLED",
            Self::Pending => "PENDING",
        }
    }

    /// The one of that word; `None` when it is not listed.
    pub fn read(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.word() == word)
    }
}

/// What AMS says of a payment beside [`super::messages::PaymentSaid`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PaymentMembers {
    /// Of a notification: `PAYMENT_RESULT`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notify_type: Option<Scalar>,
    /// `SUCCESS`, `FAIL`, `PROCESSING`, `CANCELLED`, `PENDING`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payment_status: Option<Scalar>,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payment_result_code: Option<Scalar>,
    /// Of a hold: until when it can be captured. **Ours**: that every hold says it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auth_expiry_time: Option<Scalar>,
    /// When it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payment_create_time: Option<Scalar>,
    /// Where the payer's browser is to be sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub redirect_action_form: Option<RedirectActionForm>,
    /// What the merchant will receive.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gross_settlement_amount: Option<Amount>,
    /// With which wallet it was paid.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub psp_customer_info: Option<PspCustomerInfo>,
    /// What was captured and given back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transactions: Option<Vec<Transaction>>,
}

/// What AMS says of a refund beside [`super::messages::RefundSaid`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct RefundMembers {
    /// Of a notification: `REFUND_RESULT`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notify_type: Option<Scalar>,
    /// `SUCCESS`, `FAIL`, `PROCESSING`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refund_status: Option<Scalar>,
    /// The network's id of the payment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payment_id: Option<Scalar>,
    /// When it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refund_time: Option<Scalar>,
    /// What the merchant will pay.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gross_settlement_amount: Option<Amount>,
}

/// Where the payer's browser is to be sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RedirectActionForm {
    /// `GET`.
    pub method: Scalar,
    /// The page.
    pub redirect_url: Scalar,
}

/// With which wallet it was paid.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PspCustomerInfo {
    /// The wallet.
    pub psp_name: Scalar,
}

/// A capture or a refund of a payment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Transaction {
    /// What became of it.
    pub transaction_result: ResultSaid,
    /// The network's id.
    pub transaction_id: Scalar,
    /// `CAPTURE` or `REFUND`.
    pub transaction_type: Scalar,
    /// `SUCCESS`, `FAIL`, `PROCESSING`.
    pub transaction_status: Scalar,
    /// How much.
    pub transaction_amount: Amount,
    /// The merchant's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transaction_request_id: Option<Scalar>,
    /// When it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transaction_time: Option<Scalar>,
}

/// `capture`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CaptureRequest {
    /// The merchant's id of the capture, its key for ever.
    pub capture_request_id: Scalar,
    /// The network's id of the payment.
    pub payment_id: Scalar,
    /// In the order's currency.
    pub capture_amount: Amount,
    /// What it leaves is released.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_last_capture: Option<Scalar>,
}

/// The answer to `capture`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CaptureSaid {
    /// Of the capture.
    pub result: ResultSaid,
    /// The merchant's id.
    pub capture_request_id: Scalar,
    /// The network's id.
    pub capture_id: Scalar,
    /// The network's id of the payment.
    pub payment_id: Scalar,
    /// In the order's currency.
    pub capture_amount: Amount,
    /// When.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub capture_time: Option<Scalar>,
}
