//! The messages of Alipay+ ACQP and of its sibling dialect Antom/AMS, as far as they are used here
//! (`wallets/alipayplus` facts, sections 1, 3 to 7 and 9). What AMS alone has is in [`super::ams`].
//!
//! Amounts are strings of minor units. Every scalar is written as a JSON string; numbers and
//! booleans are read too, because SDKs send them. Members that are not named here are ignored.
//! What the network does not publish and we chose is marked **ours**.

use noren_core::money::{Currency, Money};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use super::ams;
pub use pay::{
    Address, CodeOrder, CodeQuestion, CodeSaid, Meeting, Merchant, Order, OrderEnv, PayRequest,
    PaymentFactor, PaymentMethod, SettlementStrategy, Store,
};

mod pay;

/// A scalar: written as a string, read also from a number or a boolean.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Scalar(pub String);

impl Scalar {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// A boolean that is true, however it was written.
    pub fn is_true(&self) -> bool {
        self.0 == "true"
    }
}

impl From<&str> for Scalar {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl From<String> for Scalar {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl<'de> Deserialize<'de> for Scalar {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Value::deserialize(deserializer)? {
            Value::String(text) => Ok(Self(text)),
            Value::Number(number) => Ok(Self(number.to_string())),
            Value::Bool(flag) => Ok(Self(flag.to_string())),
            Value::Null | Value::Array(_) | Value::Object(_) => {
                Err(D::Error::custom("a string, number or boolean is due here"))
            }
        }
    }
}

/// `{"currency":"JPY","value":"1500"}`: minor units.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Amount {
    /// ISO 4217.
    pub currency: Scalar,
    /// Digits only.
    pub value: Scalar,
}

impl From<Money> for Amount {
    fn from(money: Money) -> Self {
        Self { currency: money.currency().alpha().into(), value: money.minor().to_string().into() }
    }
}

impl Amount {
    /// As money; `None` when the currency is not one that we hold or the value is not digits.
    pub fn money(&self) -> Option<Money> {
        let currency: Currency = self.currency.as_str().parse().ok()?;
        let digits = self.value.as_str();
        let plain = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
        Some(Money::new(digits.parse().ok().filter(|_| plain)?, currency))
    }
}

/// A rate as the network prints it. `quotePrice` is never computed with: which side it
/// multiplies is not confirmed (section 9).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Quote {
    /// The network's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quote_id: Option<Scalar>,
    /// `JPY/KRW`.
    pub quote_currency_pair: Scalar,
    /// `9.45`.
    pub quote_price: Scalar,
    /// `JPY`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub base_currency: Option<Scalar>,
    /// `1`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quote_unit: Option<Scalar>,
}

/// What became of a call, or of a payment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ResultSaid {
    /// `S`, `F` or `U`.
    pub result_status: Scalar,
    /// See [`super::codes::Code`].
    pub result_code: Scalar,
    /// For people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub result_message: Option<Scalar>,
}

/// What the network says of a payment: the answer to `pay` (what became of the payment is in
/// `result`), to `inquiryPayment` (it is in `payment_result`, and `result` is of the call) and the
/// body of `notifyPayment` (`payment_result` alone). AMS says what became of the payment in
/// `payment_status`, and in `result` of a notification.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PaymentSaid {
    /// Of the call.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub result: Option<ResultSaid>,
    /// Of the payment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payment_result: Option<ResultSaid>,
    /// Our id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payment_request_id: Option<Scalar>,
    /// The network's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payment_id: Option<Scalar>,
    /// When it was paid.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payment_time: Option<Scalar>,
    /// The page on which the payer pays.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub normal_url: Option<Scalar>,
    /// The code that the shop shows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order_code_form: Option<OrderCodeForm>,
    /// In the order's currency: what is cleared.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payment_amount: Option<Amount>,
    /// The wallet, as people know it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wallet_brand_name: Option<Scalar>,
    /// What we shall receive.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub settlement_amount: Option<Amount>,
    /// At which rate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub settlement_quote: Option<Quote>,
    /// What the buyer was debited. **Ours**: ACQP publishes no member for it; the name is AMS's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actual_payment_amount: Option<Amount>,
    /// At which rate. **Ours**: the name is AMS's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payment_quote: Option<Quote>,
    /// What AMS alone says.
    #[serde(flatten)]
    pub ams: ams::PaymentMembers,
}

impl PaymentSaid {
    /// What an order's payer is shown or opens: the text of its code, or the page.
    pub fn link(&self) -> Option<&str> {
        let code = self.order_code_form.as_ref().and_then(OrderCodeForm::text);
        let text = code.or_else(|| self.normal_url.as_ref().map(Scalar::as_str));
        text.filter(|text| !text.is_empty())
    }
}

/// The code that a shop shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OrderCodeForm {
    /// As in the request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payment_method_type: Option<Scalar>,
    /// From then on nobody can pay.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expire_time: Option<Scalar>,
    /// At most four.
    pub code_details: Vec<CodeDetail>,
}

impl OrderCodeForm {
    /// The text of the QR code; what is an image is of no use here.
    pub fn text(&self) -> Option<&str> {
        let text = |detail: &&CodeDetail| detail.display_type.as_str() == "TEXT";
        self.code_details.iter().find(text).map(|detail| detail.code_value.as_str())
    }
}

/// See [`OrderCodeForm`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CodeDetail {
    /// `QRCODE` or `BARCODE`.
    pub code_value_type: Scalar,
    /// A text, or the address of an image.
    pub code_value: Scalar,
    /// `TEXT`, or the size of an image.
    pub display_type: Scalar,
}

/// `inquiryPayment` and `cancelPayment` (AMS: `cancel`). Either name is enough; the network's id
/// goes first. **Ours**, for ACQP: that the key alone is enough.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PaymentKey {
    /// The merchant's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payment_request_id: Option<Scalar>,
    /// The network's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payment_id: Option<Scalar>,
}

/// The answer to `cancelPayment`. **Ours**, for ACQP: all but `result`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CancelSaid {
    /// Of the cancel.
    pub result: ResultSaid,
    /// The merchant's id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment_request_id: Option<Scalar>,
    /// AMS: the network's id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment_id: Option<Scalar>,
    /// AMS: when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cancel_time: Option<Scalar>,
}

/// `refund`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RefundRequest {
    /// The merchant's id of the refund, its key for ever.
    pub refund_request_id: Scalar,
    /// The payment: ACQP takes either name, AMS the network's id.
    #[serde(flatten)]
    pub payment: PaymentKey,
    /// In the order's currency.
    pub refund_amount: Amount,
    /// AMS: where to send the result.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refund_notify_url: Option<Scalar>,
}

/// `inquiryRefund`. Either name is enough. **Ours**, for ACQP: that the key alone is enough.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RefundKey {
    /// The merchant's id of the refund.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refund_request_id: Option<Scalar>,
    /// The network's id of the refund.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refund_id: Option<Scalar>,
}

/// The answer to `refund` (what became of the refund is in `result`) and to `inquiryRefund`.
///
/// **Ours**: `refund_result`, on the pattern of `paymentResult`, and the members beside the
/// results; ACQP's `inquiryRefund` is named in the documentation that we have, not shown.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct RefundSaid {
    /// Of the call.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub result: Option<ResultSaid>,
    /// Of the refund.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refund_result: Option<ResultSaid>,
    /// Our id of the refund.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refund_request_id: Option<Scalar>,
    /// The network's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refund_id: Option<Scalar>,
    /// In the order's currency.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refund_amount: Option<Amount>,
    /// What we shall pay.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub settlement_amount: Option<Amount>,
    /// What the buyer got back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actual_refund_amount: Option<Amount>,
    /// What AMS alone says.
    #[serde(flatten)]
    pub ams: ams::RefundMembers,
}

/// An answer that has nothing but a result: refusals, and the acknowledgement of a notification.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bare {
    /// Of the call.
    pub result: ResultSaid,
}

/// The body of `inquiryStatement`. Ours.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StatementRequest {
    /// `2026-11-21`, a day of the network's.
    pub statement_date: Scalar,
}
