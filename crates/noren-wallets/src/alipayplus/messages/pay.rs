//! `pay`, what it asks, and `userInitiatedPay`, what it is answered: the same things (`wallets/alipayplus`
//! facts, section 4).

use serde::{Deserialize, Serialize};

use super::{Amount, ResultSaid, Scalar};

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

/// `userInitiatedPay`: the network asks what a code of the acquirer's costs that its user has
/// scanned. Members as in the published SDK.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CodeQuestion {
    /// As scanned; at most 512 characters.
    pub code_value: Scalar,
    /// Who scanned it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer_id: Option<Scalar>,
}

/// The answer to `userInitiatedPay`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CodeSaid {
    /// If there is something to pay.
    pub result: ResultSaid,
    /// What there is to pay.
    #[serde(flatten)]
    pub order: Option<CodeOrder>,
}

/// What there is to pay for a code: as an acquirer's `pay` would ask it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CodeOrder {
    /// `ORDER_CODE`; the other one, `STORE_CODE`, is not used here.
    pub code_type: Scalar,
    /// The acquirer's id, by which it inquires and cancels.
    pub payment_request_id: Scalar,
    /// What is bought.
    pub order: Order,
    /// What the buyer owes.
    pub payment_amount: Amount,
    /// That it is at a counter.
    pub payment_factor: PaymentFactor,
    /// What the acquirer wants to be paid in.
    pub settlement_strategy: SettlementStrategy,
    /// From then on nobody can pay.
    pub payment_expiry_time: Scalar,
    /// Where to send the result.
    pub payment_notify_url: Scalar,
}
