//! The messages of PayPay that this switch uses (`wallets/paypay` facts, sections 3, 4 and 7).
//!
//! Amounts are whole yen, times are seconds since 1970. Members that are not named here are
//! ignored, and a member that is `null` is as if it were not there: SDKs send what is not set so.
//! What the network does not publish and we chose is marked **ours**.

use noren_core::money::{Currency, Money};
use noren_core::time::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What became of a call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ResultInfo {
    /// See [`super::codes::Code`].
    pub code: String,
    /// For people.
    #[serde(default)]
    pub message: Option<String>,
    /// The code's number.
    #[serde(default)]
    pub code_id: Option<String>,
}

/// Every answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Envelope<T> {
    /// What became of the call.
    pub result_info: ResultInfo,
    /// What was asked for, or `null`.
    #[serde(default = "Option::default")]
    pub data: Option<T>,
}

/// `{"amount":1200,"currency":"JPY"}`: whole yen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Amount {
    /// At most eleven digits.
    pub amount: i64,
    /// `JPY`.
    pub currency: String,
}

/// The first amount that is too long to be written: eleven digits are allowed.
pub const AMOUNT_END: i64 = 100_000_000_000;

impl From<Money> for Amount {
    fn from(money: Money) -> Self {
        Self { amount: money.minor(), currency: money.currency().alpha().to_owned() }
    }
}

impl Amount {
    /// As money; `None` when it is not yen, or not an amount that the network writes.
    pub fn money(&self) -> Option<Money> {
        let fits = self.currency == "JPY" && (0..AMOUNT_END).contains(&self.amount);
        fits.then(|| Money::new(self.amount, Currency::JPY))
    }
}

/// A list of the network's: `{"data":[…]}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct List<T> {
    /// The items; `None` is no items.
    #[serde(default = "Option::default")]
    pub data: Option<Vec<T>>,
}

impl<T> List<T> {
    /// The items of a list that may be missing.
    pub fn items(list: Option<&Self>) -> &[T] {
        list.and_then(|list| list.data.as_deref()).unwrap_or_default()
    }
}

impl<T> From<Vec<T>> for List<T> {
    fn from(items: Vec<T>) -> Self {
        Self { data: Some(items) }
    }
}

/// `POST /v2/codes`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CodeRequest {
    /// Our id for this one intent, for ever; 64 characters.
    pub merchant_payment_id: String,
    /// What the payer owes.
    pub amount: Amount,
    /// `ORDER_QR`.
    pub code_type: String,
    /// At most 255 characters, shown to the payer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order_description: Option<String>,
    /// What is bought; passed through.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order_items: Option<Value>,
    /// The merchant's own; passed through.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metadata: Option<Value>,
    /// The shop, shown to the payer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub store_info: Option<String>,
    /// The shop's id. **Ours**: we send our own id of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub store_id: Option<String>,
    /// The till.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub terminal_id: Option<String>,
    /// Seconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requested_at: Option<i64>,
    /// Where the payer goes afterwards.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub redirect_url: Option<String>,
    /// `WEB_LINK` or `APP_DEEP_LINK`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub redirect_type: Option<String>,
    /// The payer's browser.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_agent: Option<String>,
    /// The money is to be held only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is_authorization: Option<bool>,
    /// Until when it is held, in seconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authorization_expiry: Option<i64>,
}

/// What the network says of a code that it made, beside what was asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CodeSaid {
    /// The network's name of the code.
    pub code_id: String,
    /// What the code says, and what a browser opens.
    pub url: String,
    /// What the app opens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deeplink: Option<String>,
    /// Nobody can pay from then on, in seconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expiry_date: Option<i64>,
    /// As it was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merchant_payment_id: Option<String>,
    /// As it was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<Amount>,
}

/// `POST /v2/payments` and `POST /v2/payments/preauthorize`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PaymentRequest {
    /// Our id for this one intent, for ever; 64 characters.
    pub merchant_payment_id: String,
    /// Whose money, when the payer linked their account with the merchant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_authorization_id: Option<String>,
    /// **Ours**: the code that the payer showed at the till, in place of `userAuthorizationId`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment_code: Option<String>,
    /// What the payer owes.
    pub amount: Amount,
    /// Seconds since 1970.
    pub requested_at: i64,
    /// The shop's id. **Ours**: we send our own id of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub store_id: Option<String>,
    /// The till.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub terminal_id: Option<String>,
    /// The merchant's number of the order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order_receipt_number: Option<String>,
    /// At most 255 characters, shown to the payer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order_description: Option<String>,
    /// What is bought; passed through.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order_items: Option<Value>,
    /// The merchant's own; passed through.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metadata: Option<Value>,
    /// Until when the money is held, in seconds since 1970. Preauthorisations only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<i64>,
}

/// Where a payment stands, in the network's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Nobody has paid, or it is not decided.
    Created,
    /// The money is held.
    Authorized,
    /// The hold is being renewed.
    Reauthorizing,
    /// The money was taken.
    Completed,
    /// It was taken, and some or all of it given back.
    Refunded,
    /// It failed.
    Failed,
    /// It was cancelled, or the hold was released.
    Canceled,
    /// Its time was over: of the code, or of the hold.
    Expired,
}

/// What the network says of a payment.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PaymentSaid {
    /// The network's id, once there is a payment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payment_id: Option<String>,
    /// See [`Status`]. Text, so that a word that is not listed can be told from a text that is no
    /// answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// When the network took it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accepted_at: Option<i64>,
    /// When the money was held.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authorized_at: Option<i64>,
    /// When it was cancelled.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub canceled_at: Option<i64>,
    /// Until when the money is held.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<i64>,
    /// What went back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refunds: Option<List<RefundSaid>>,
    /// What was taken of a hold.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub captures: Option<List<CaptureSaid>>,
    /// How a hold was released.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revert: Option<RevertSaid>,
    /// Our id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub merchant_payment_id: Option<String>,
    /// Whose money, where the payer linked their account.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_authorization_id: Option<String>,
    /// What was asked for, or held.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amount: Option<Amount>,
    /// As it was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub requested_at: Option<i64>,
    /// As it was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub store_id: Option<String>,
    /// As it was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub terminal_id: Option<String>,
    /// As it was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order_receipt_number: Option<String>,
    /// As it was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order_description: Option<String>,
}

/// `POST /v2/payments/capture`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CaptureRequest {
    /// Our id of the payment.
    pub merchant_payment_id: String,
    /// Our id of the capture, its key for ever.
    pub merchant_capture_id: String,
    /// What is taken.
    pub amount: Amount,
    /// Seconds since 1970.
    pub requested_at: i64,
    /// At most 255 characters, shown to the payer.
    pub order_description: String,
}

/// One capture, in the list of a payment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CaptureSaid {
    /// Our id of it.
    pub merchant_capture_id: String,
    /// What was taken.
    pub amount: Amount,
    /// When.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accepted_at: Option<i64>,
    /// As it was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requested_at: Option<i64>,
    /// As it was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order_description: Option<String>,
    /// `COMPLETED` when it is done; `USER_REQUESTED` or `PENDING` while the payer is asked.
    /// **Ours**: the member is known, its words are not published.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
}

/// `POST /v2/payments/preauthorize/revert`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RevertRequest {
    /// Our id of the revert, its key for ever.
    pub merchant_revert_id: String,
    /// The network's id of the payment.
    pub payment_id: String,
    /// Seconds since 1970.
    pub requested_at: i64,
    /// At most 255 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// What the network says of a revert: its answer, and a member of a payment.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct RevertSaid {
    /// Of the payment; in the answer only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// When.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accepted_at: Option<i64>,
    /// The network's id of the payment; in the answer only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payment_id: Option<String>,
    /// Our id of the revert.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub merchant_revert_id: Option<String>,
    /// As it was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub requested_at: Option<i64>,
    /// As it was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// `POST /v2/refunds`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RefundRequest {
    /// Our id of the refund, its key for ever.
    pub merchant_refund_id: String,
    /// The network's id of the payment.
    pub payment_id: String,
    /// What goes back.
    pub amount: Amount,
    /// Seconds since 1970.
    pub requested_at: i64,
    /// At most 255 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// What the network says of a refund: its answers, and an item in the list of a payment.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct RefundSaid {
    /// `CREATED`, `REFUNDED` or `REFUND_FAILED`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// When.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accepted_at: Option<i64>,
    /// Our id of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub merchant_refund_id: Option<String>,
    /// The network's id of the payment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payment_id: Option<String>,
    /// What goes back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amount: Option<Amount>,
    /// As it was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub requested_at: Option<i64>,
    /// As it was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// `POST /v1/qr/sessions`: a user is to link their account with the merchant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SessionRequest {
    /// What the merchant may do: `direct_debit` and others.
    pub scopes: Vec<String>,
    /// Comes back in the token.
    pub nonce: String,
    /// Where the user goes afterwards.
    pub redirect_url: String,
    /// The merchant's id of the user.
    pub reference_id: String,
    /// `WEB_LINK` or `APP_DEEP_LINK`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub redirect_type: Option<String>,
}

/// The answer to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionSaid {
    /// What the user opens.
    #[serde(rename = "linkQRCodeURL")]
    pub link_qr_code_url: String,
}

/// `GET /v2/user/authorizations`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AuthorizationSaid {
    /// The network's name of the link between user and merchant.
    pub user_authorization_id: String,
    /// The merchant's ids of the user.
    pub reference_ids: Vec<String>,
    /// `ACTIVE` or `INACTIVE`.
    pub status: String,
    /// What the merchant may do.
    pub scopes: Vec<String>,
    /// Seconds since 1970.
    pub expire_at: i64,
    /// Seconds since 1970.
    pub issued_at: i64,
}

/// What the token says that a user brings back from linking, signed with HS256 under the secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LinkClaims {
    /// The merchant.
    pub aud: String,
    /// `paypay.ne.jp`.
    pub iss: String,
    /// Seconds since 1970.
    pub exp: i64,
    /// `succeeded` or `declined`.
    pub result: String,
    /// The user's telephone number, most of it hidden.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profile_identifier: Option<String>,
    /// Of the session.
    pub nonce: String,
    /// When it succeeded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_authorization_id: Option<String>,
    /// Of the session.
    pub reference_id: String,
}

/// The webhook about a payment. Not signed: it is a hint and nothing more (section 7).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Webhook {
    /// `Transaction`; other types are about users and files.
    pub notification_type: String,
    /// Who is paid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merchant_id: Option<String>,
    /// The shop.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub store_id: Option<String>,
    /// The till.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pos_id: Option<String>,
    /// The network's id of the payment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order_id: Option<String>,
    /// Our id of the payment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merchant_order_id: Option<String>,
    /// ISO 8601.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authorized_at: Option<String>,
    /// ISO 8601.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<String>,
    /// ISO 8601.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paid_at: Option<String>,
    /// A string of digits here; a number is read too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order_amount: Option<Value>,
    /// `AUTHORIZED`, `COMPLETED`, `CANCELED`, `EXPIRED`, `EXPIRED_USER_CONFIRMATION`, `FAILED`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
}

impl Status {
    /// All of them.
    pub const ALL: [Status; 8] = [
        Self::Created,
        Self::Authorized,
        Self::Reauthorizing,
        Self::Completed,
        Self::Refunded,
        Self::Failed,
        Self::Canceled,
        Self::Expired,
    ];

    /// The word on the wire.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Created => "CREATED",
            Self::Authorized => "AUTHORIZED",
            Self::Reauthorizing => "REAUTHORIZING",
            Self::Completed => "COMPLETED",
            Self::Refunded => "REFUNDED",
            Self::Failed => "FAILED",
            Self::Canceled => "CANCELED",
            Self::Expired => "EXPIRED",
        }
    }

    /// The status of that word; `None`: not listed.
    pub fn read(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.word() == word)
    }
}

/// Whole seconds since 1970.
pub fn seconds(at: Timestamp) -> i64 {
    at.0.div_euclid(1_000)
}

/// A text for people, cut to what the network takes.
pub fn shortened(text: &str) -> String {
    text.chars().take(255).collect()
}
