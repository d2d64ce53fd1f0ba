//! The messages of v3, both ways and in both its dialects (`wallets/wechatpay` facts, sections 3, 4
//! and 6). Read tolerantly: members that are not known are left out, and members that only one
//! dialect has may be missing.

use noren_core::money::{Currency, Money};
use serde::{Deserialize, Serialize};

/// Who asks: a merchant by itself, or an institution for one of its sub-merchants.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Party {
    /// The merchant, in direct mode.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mchid: Option<String>,
    /// Its application.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub appid: Option<String>,
    /// The institution.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sp_mchid: Option<String>,
    /// Its application.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sp_appid: Option<String>,
    /// The sub-merchant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sub_mchid: Option<String>,
    /// Its application.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sub_appid: Option<String>,
}

/// An order's amount, in minor units. **JPY has no decimals**: 1500 is 1500 yen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Total {
    /// In minor units.
    pub total: i64,
    /// CNY when it is missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
}

/// The payer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payer {
    /// The scanned code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auth_code: Option<String>,
    /// The user, as the merchant's application knows them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub openid: Option<String>,
    /// As the institution's application knows them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sp_openid: Option<String>,
    /// As the sub-merchant's application knows them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sub_openid: Option<String>,
}

/// Where the payment takes place.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scene {
    /// The till.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device_id: Option<String>,
    /// Its address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device_ip: Option<String>,
    /// The payer's address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payer_client_ip: Option<String>,
    /// The store.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub store_info: Option<Store>,
}

/// A store.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Store {
    /// The network's number for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The merchant's number for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub out_id: Option<String>,
    /// Its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Where it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
}

impl Party {
    /// The one that signs: the merchant, or the institution.
    pub fn signer(&self) -> Option<&str> {
        self.sp_mchid.as_deref().or(self.mchid.as_deref())
    }

    /// The signer's application; empty when it is not named.
    pub fn application(&self) -> &str {
        self.appid.as_deref().or(self.sp_appid.as_deref()).unwrap_or_default()
    }

    /// As an answer names it: `signer` and `appid` by themselves, or for a sub-merchant.
    pub fn answered(signer: &str, appid: &str, sub_mchid: Option<&str>) -> Self {
        let (signer, appid) = (Some(signer.to_owned()), Some(appid.to_owned()));
        match sub_mchid {
            None => Self { mchid: signer, appid, ..Self::default() },
            Some(sub) => Self {
                sp_mchid: signer,
                sp_appid: appid,
                sub_mchid: Some(sub.to_owned()),
                ..Self::default()
            },
        }
    }
}

/// A payment with a scanned code, or an order that the payer is to open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderRequest {
    /// Who asks.
    #[serde(flatten)]
    pub party: Party,
    /// What is bought, at most 127 characters.
    pub description: String,
    /// The merchant's number, for ever: 6 to 32 of letters, digits and `_-|*`.
    pub out_trade_no: String,
    /// How much.
    pub amount: Total,
    /// `NATIVE`, `MICROPAY`, …: global only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trade_type: Option<String>,
    /// The kind of business: global only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merchant_category_code: Option<String>,
    /// Where the result is to be told, without a query; not with scanned codes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notify_url: Option<String>,
    /// Until when it can be paid, RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_expire: Option<String>,
    /// Comes back as it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attach: Option<String>,
    /// Who pays.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payer: Option<Payer>,
    /// Where.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scene_info: Option<Scene>,
}

/// The answer to an order: by what the payer opens it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderSaid {
    /// Of `native`: the text of a code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code_url: Option<String>,
    /// Of `jsapi` and `app`: for the library in the payer's hand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prepay_id: Option<String>,
    /// Of domestic `h5`: a page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub h5_url: Option<String>,
    /// Of global `mweb`: a page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mweb_url: Option<String>,
}

/// A rate. The integer is the rate times 10^8 (section 4, not verified).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExchangeRate {
    /// `SETTLEMENT_RATE`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Kept as it is; never computed with.
    pub rate: i64,
}

/// What was asked and what was paid, in minor units.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Paid {
    /// Of the order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total: Option<i64>,
    /// CNY when it is missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
    /// What the payer was debited.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payer_total: Option<i64>,
    /// In which currency.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payer_currency: Option<String>,
    /// For settling; not the payer's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exchange_rate: Option<ExchangeRate>,
}

/// Where an order stands: the answer to a scanned code and to an inquiry, and what a notification
/// carries.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transaction {
    /// Whose.
    #[serde(flatten)]
    pub party: Party,
    /// The network's id, global.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The network's id, domestic.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transaction_id: Option<String>,
    /// The merchant's number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub out_trade_no: Option<String>,
    /// `NATIVE`, `MICROPAY`, …
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trade_type: Option<String>,
    /// See [`super::codes::TradeState`].
    pub trade_state: String,
    /// The same for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trade_state_desc: Option<String>,
    /// From which account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bank_type: Option<String>,
    /// As it came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attach: Option<String>,
    /// When it was paid, RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub success_time: Option<String>,
    /// Who paid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payer: Option<Payer>,
    /// How much.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<Paid>,
}

/// A refund's amount, in minor units of the order's currency.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefundAmount {
    /// What is to go back.
    pub refund: i64,
    /// The order's own amount; must be right.
    pub total: i64,
    /// CNY when it is missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
}

/// A refund.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefundRequest {
    /// Who asks.
    #[serde(flatten)]
    pub party: Party,
    /// The network's id of the order; this or the merchant's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transaction_id: Option<String>,
    /// The merchant's number of the order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub out_trade_no: Option<String>,
    /// The merchant's number of the refund, its key for ever.
    pub out_refund_no: String,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Where the result is to be told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notify_url: Option<String>,
    /// How much.
    pub amount: RefundAmount,
}

/// What went back, in minor units.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Returned {
    /// In the order's currency.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refund: Option<i64>,
    /// The order's own amount.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total: Option<i64>,
    /// CNY when it is missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
    /// What the payer paid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payer_total: Option<i64>,
    /// What the payer got.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payer_refund: Option<i64>,
    /// In which currency.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payer_currency: Option<String>,
    /// What the merchant pays.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settlement_refund: Option<i64>,
    /// What the merchant had got.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settlement_total: Option<i64>,
    /// Of a discount.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub discount_refund: Option<i64>,
    /// For settling.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exchange_rate: Option<ExchangeRate>,
}

/// Where a refund stands. The answer to a refund in the global dialect has no status: it was taken
/// in, and an inquiry says what became of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefundSaid {
    /// Whose; in notifications.
    #[serde(flatten)]
    pub party: Party,
    /// The network's id, global.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The network's id, domestic and in notifications.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refund_id: Option<String>,
    /// The merchant's number of the refund.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub out_refund_no: Option<String>,
    /// The network's id of the order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transaction_id: Option<String>,
    /// The merchant's number of the order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub out_trade_no: Option<String>,
    /// By which way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<String>,
    /// To which account, domestic.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_received_account: Option<String>,
    /// To which account, global.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recv_account: Option<String>,
    /// When it was taken in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub create_time: Option<String>,
    /// When it was done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub success_time: Option<String>,
    /// See [`super::codes::RefundStatus`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// The same, in notifications.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refund_status: Option<String>,
    /// How much.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<Returned>,
}

/// A notification.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notification {
    /// Of this notification; a repeat has the same.
    pub id: String,
    /// When it was made.
    pub create_time: String,
    /// `TRANSACTION.SUCCESS`, `REFUND.SUCCESS`, …
    pub event_type: String,
    /// `encrypt-resource`.
    pub resource_type: String,
    /// For people.
    #[serde(default)]
    pub summary: String,
    /// What it says.
    pub resource: Sealed,
}

/// Something encrypted under the APIv3 key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sealed {
    /// `transaction` or `refund`; certificates have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub original_type: Option<String>,
    /// `AEAD_AES_256_GCM`.
    pub algorithm: String,
    /// Base64, with the tag at the end.
    pub ciphertext: String,
    /// Bound to it.
    #[serde(default)]
    pub associated_data: String,
    /// Twelve characters.
    pub nonce: String,
}

/// An error, and the acknowledgement of a notification.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErrorSaid {
    /// See [`super::codes::Code`].
    pub code: String,
    /// For people.
    #[serde(default)]
    pub message: String,
}

/// `certificates`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Certificates {
    /// One or more.
    pub data: Vec<Certificate>,
}

/// One platform certificate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Certificate {
    /// In hex.
    pub serial_no: String,
    /// RFC 3339.
    pub effective_time: String,
    /// RFC 3339.
    pub expire_time: String,
    /// In PEM, encrypted.
    pub encrypt_certificate: Sealed,
}

/// The answer to `tradebill`: where the file is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BillSaid {
    /// `SHA1`.
    pub hash_type: String,
    /// In hex.
    pub hash_value: String,
    /// A whole address.
    pub download_url: String,
}

/// The refunds of one order, a page of them: global only.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefundList {
    /// Whose.
    #[serde(flatten)]
    pub party: Party,
    /// The network's id of the order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The merchant's number of the order.
    pub out_trade_no: String,
    /// What was paid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<Paid>,
    /// How many there are.
    pub total_num: usize,
    /// How many of them are here.
    pub current_total_num: usize,
    /// Oldest first.
    pub data: Vec<RefundSaid>,
}

/// An amount of this network; CNY when no currency is named. `None`: not a currency, or negative.
pub fn money(minor: i64, currency: Option<&str>) -> Option<Money> {
    let currency: Currency = currency.unwrap_or("CNY").parse().ok()?;
    (minor >= 0).then(|| Money::new(minor, currency))
}

impl Transaction {
    /// The network's id, in whichever dialect.
    pub fn number(&self) -> Option<&str> {
        self.id.as_deref().or(self.transaction_id.as_deref()).filter(|id| !id.is_empty())
    }
}

impl RefundSaid {
    /// Its status, in whichever place.
    pub fn status(&self) -> Option<&str> {
        self.status.as_deref().or(self.refund_status.as_deref())
    }
}
