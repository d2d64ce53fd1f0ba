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

/// `pay`, in every scenario and in both dialects.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PayRequest {
    /// AMS: `IN_STORE_PAYMENT` or `CASHIER_PAYMENT`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub product_code: Option<Scalar>,
    /// The merchant's (or our) id for this one intent, for ever.
    pub payment_request_id: Scalar,
    /// What is bought.
    pub order: Order,
    /// What the buyer owes.
    pub payment_amount: Amount,
    /// The code.
    pub payment_method: PaymentMethod,
    /// How payer and shop meet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payment_factor: Option<PaymentFactor>,
    /// What we want to be paid in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub settlement_strategy: Option<SettlementStrategy>,
    /// From then on nobody can pay.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payment_expiry_time: Option<Scalar>,
    /// Where to send the result.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payment_notify_url: Option<Scalar>,
    /// Where the payer's browser goes afterwards.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payment_redirect_url: Option<Scalar>,
}

/// How payer and shop meet, as `pay` says it (section 4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meeting<'a> {
    /// The payer's code was scanned.
    PaymentCode(&'a str),
    /// The shop shows a code of the network's for this order.
    OrderCode,
    /// The payer scanned the shop's printed code, and the wallet's browser is at the shop's page.
    EntryCode,
    /// The payer's browser is sent to the network's page.
    Cashier,
}

impl Meeting<'_> {
    /// If it is at a counter.
    pub const fn in_store(self) -> bool {
        match self {
            Self::PaymentCode(_) | Self::OrderCode | Self::EntryCode => true,
            Self::Cashier => false,
        }
    }
}

impl PayRequest {
    /// `None`: no scenario is named, an unknown one, or a scanned code without the code. SDKs of AMS
    /// write the scenario in capitals.
    pub fn meeting(&self) -> Option<Meeting<'_>> {
        let factor = self.payment_factor.as_ref();
        let scenario = factor.and_then(|factor| factor.in_store_payment_scenario.as_ref());
        let Some(scenario) = scenario else {
            let flagged = factor.and_then(|factor| factor.is_cashier_payment.as_ref());
            let product = self.product_code.as_ref().map(Scalar::as_str);
            let cashier =
                flagged.is_some_and(Scalar::is_true) || product == Some("CASHIER_PAYMENT");
            return cashier.then_some(Meeting::Cashier);
        };
        match scenario.as_str().to_ascii_lowercase().as_str() {
            "paymentcode" => {
                let code = self.payment_method.payment_method_id.as_ref();
                code.map(|code| Meeting::PaymentCode(code.as_str()))
            }
            "ordercode" => Some(Meeting::OrderCode),
            "entrycode" => Some(Meeting::EntryCode),
            _ => None,
        }
    }

    /// AMS: the money is to be held, and captured by a call of its own.
    pub fn holds(&self) -> bool {
        let mode = self.payment_factor.as_ref().and_then(|factor| factor.capture_mode.as_ref());
        mode.is_some_and(|mode| mode.as_str() == "MANUAL")
    }

    /// What a repeat is compared with: section 6, and no more.
    pub fn compared(&self) -> String {
        let (paid, ordered) = (&self.payment_amount, &self.order.order_amount);
        let text = |amount: &Amount| format!("{} {}", amount.currency.0, amount.value.0);
        let method = self.payment_method.payment_method_type.as_str();
        format!("{} {} {method}", text(paid), text(ordered))
    }
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

/// See [`Order`]. ACQP requires all of it, AMS less.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Merchant {
    /// Our id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reference_merchant_id: Option<Scalar>,
    /// As registered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub merchant_name: Option<Scalar>,
    /// As shown to the payer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub merchant_display_name: Option<Scalar>,
    /// ISO 18245.
    #[serde(rename = "merchantMCC", skip_serializing_if = "Option::is_none")]
    pub merchant_mcc: Option<Scalar>,
    /// `region` alone is required.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub merchant_address: Option<Address>,
    /// The place; required at a counter.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub store: Option<Store>,
}

impl Merchant {
    /// That every member is there that ACQP requires.
    pub fn is_whole(&self, in_store: bool) -> bool {
        self.reference_merchant_id.is_some()
            && self.merchant_name.is_some()
            && self.merchant_display_name.is_some()
            && self.merchant_mcc.is_some()
            && self.merchant_address.is_some()
            && (self.store.is_some() || !in_store)
    }
}

/// See [`Merchant`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Address {
    /// ISO 3166: `JP`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<Scalar>,
}

/// See [`Merchant`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Store {
    /// Our id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reference_store_id: Option<Scalar>,
    /// In Latin letters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub store_name: Option<Scalar>,
    /// ISO 18245.
    #[serde(rename = "storeMCC", skip_serializing_if = "Option::is_none")]
    pub store_mcc: Option<Scalar>,
}

/// See [`Order`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OrderEnv {
    /// The till. **Ours**: tills have no id yet, the store's is sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub store_terminal_id: Option<Scalar>,
    /// When the till sent it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub store_terminal_request_time: Option<Scalar>,
    /// The payer's browser: an entry code is told apart by it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_agent: Option<Scalar>,
    /// Cashier: `WEB`, `WAP`, `APP`, `MINI_APP`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub terminal_type: Option<Scalar>,
}

/// See [`PayRequest`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PaymentMethod {
    /// `CONNECT_WALLET`: the network finds the wallet by the code, or the payer names it.
    pub payment_method_type: Scalar,
    /// The scanned code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payment_method_id: Option<Scalar>,
}

/// See [`PayRequest`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PaymentFactor {
    /// `true` at a counter.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_in_store_payment: Option<Scalar>,
    /// `PaymentCode`, `OrderCode`, `EntryCode`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub in_store_payment_scenario: Option<Scalar>,
    /// `true` for the network's page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_cashier_payment: Option<Scalar>,
    /// AMS: `AUTOMATIC`, which is meant when it is absent, or `MANUAL`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub capture_mode: Option<Scalar>,
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
    /// What the payer's wallet reads. **Ours**: that ACQP puts the text of an order code here; which
    /// member it uses is not shown in what we have.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payment_data: Option<Scalar>,
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
        let form = self.ams.order_code_form.as_ref().and_then(ams::OrderCodeForm::text);
        let data = [&self.payment_data, &self.normal_url].map(|member| member.as_ref());
        let text = form.or_else(|| data.into_iter().flatten().map(Scalar::as_str).next());
        text.filter(|text| !text.is_empty())
    }
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
