//! The messages of Alipay+ ACQP that this switch uses (`wallets/alipayplus` facts, sections 3 to
//! 7 and 9).
//!
//! Amounts are strings of minor units. Every scalar is written as a JSON string; numbers and
//! booleans are read too, because SDKs send them. Members that are not named here are ignored.
//! What the network does not publish and we chose is marked **ours**.

use noren_core::money::{Currency, Money};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

/// A scalar: written as a string, read also from a number or a boolean.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Scalar(pub String);

impl Scalar {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
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

/// `pay`, with the payer's code (`PaymentCode` scenario).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PayRequest {
    /// Our id for this one intent, for ever.
    pub payment_request_id: Scalar,
    /// What is bought.
    pub order: Order,
    /// What the buyer owes.
    pub payment_amount: Amount,
    /// The code.
    pub payment_method: PaymentMethod,
    /// That it is a scanned code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payment_factor: Option<PaymentFactor>,
    /// What we want to be paid in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub settlement_strategy: Option<SettlementStrategy>,
    /// Where to send the result.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payment_notify_url: Option<Scalar>,
}

/// See [`PayRequest`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Order {
    /// The merchant's own number.
    pub reference_order_id: Scalar,
    /// At most 256 characters.
    pub order_description: Scalar,
    /// What the merchant wants.
    pub order_amount: Amount,
    /// Who is paid.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub merchant: Option<Merchant>,
    /// Where.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub env: Option<OrderEnv>,
}

/// See [`Order`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Merchant {
    /// Our id.
    pub reference_merchant_id: Scalar,
    /// As registered.
    pub merchant_name: Scalar,
    /// As shown to the payer.
    pub merchant_display_name: Scalar,
    /// ISO 18245.
    #[serde(rename = "merchantMCC")]
    pub merchant_mcc: Scalar,
    /// `region` alone is required.
    pub merchant_address: Address,
    /// The place.
    pub store: Store,
}

/// See [`Merchant`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Address {
    /// ISO 3166: `JP`.
    pub region: Scalar,
}

/// See [`Merchant`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Store {
    /// Our id.
    pub reference_store_id: Scalar,
    /// In Latin letters.
    pub store_name: Scalar,
    /// ISO 18245.
    #[serde(rename = "storeMCC")]
    pub store_mcc: Scalar,
}

/// See [`Order`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OrderEnv {
    /// The till. **Ours**: tills have no id yet, the store's is sent.
    pub store_terminal_id: Scalar,
    /// When the till sent it.
    pub store_terminal_request_time: Scalar,
}

/// See [`PayRequest`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PaymentMethod {
    /// `CONNECT_WALLET`: the network finds the wallet by the code.
    pub payment_method_type: Scalar,
    /// The scanned code.
    pub payment_method_id: Scalar,
}

/// See [`PayRequest`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PaymentFactor {
    /// `true`.
    pub is_in_store_payment: Scalar,
    /// `PaymentCode`.
    pub in_store_payment_scenario: Scalar,
}

/// See [`PayRequest`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SettlementStrategy {
    /// ISO 4217.
    pub settlement_currency: Scalar,
}

/// What the network says of a payment: the answer to `pay` (what became of the payment is in
/// `result`), to `inquiryPayment` (it is in `payment_result`, and `result` is of the call) and the
/// body of `notifyPayment` (`payment_result` alone).
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
}

/// `inquiryPayment` and `cancelPayment`. **Ours**: that the key alone is enough.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PaymentKey {
    /// Our id.
    pub payment_request_id: Scalar,
}

/// The answer to `cancelPayment`. **Ours**: all but `result`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CancelSaid {
    /// Of the cancel.
    pub result: ResultSaid,
    /// Our id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment_request_id: Option<Scalar>,
}

/// `refund`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RefundRequest {
    /// Our id of the refund, its key for ever.
    pub refund_request_id: Scalar,
    /// Our id of the payment.
    pub payment_request_id: Scalar,
    /// In the order's currency.
    pub refund_amount: Amount,
}

/// `inquiryRefund`. **Ours**: that the key alone is enough.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RefundKey {
    /// Our id of the refund.
    pub refund_request_id: Scalar,
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
