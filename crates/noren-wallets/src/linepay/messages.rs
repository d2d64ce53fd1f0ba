//! The messages of LINE Pay (`wallets/linepay` facts, sections 3 and 4), for both ends.
//!
//! Ids of transactions are JSON numbers of 19 digits, above 2^53: kept as 64-bit integers, written
//! bare, read with quotes too. Amounts are JSON numbers in major units. Members that are not known
//! are ignored, as the network does.

use std::fmt;
use std::str::FromStr;

use noren_core::money::{Currency, Money};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Number, Value};

/// The network's id of a transaction or of a refund.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct TransactionId(pub u64);

impl fmt::Display for TransactionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for TransactionId {
    type Err = NoId;

    /// Digits only, at most 19 of them.
    fn from_str(text: &str) -> Result<Self, NoId> {
        let digits = (1..=19).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
        text.parse().ok().filter(|_| digits).map(Self).ok_or(NoId)
    }
}

/// Not the id of a transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an id of a transaction is 1 to 19 digits")]
pub struct NoId;

impl<'de> Deserialize<'de> for TransactionId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        scalar(deserializer)?.parse().map_err(D::Error::custom)
    }
}

/// A number or a text, as text: digits as they stand in the message.
fn scalar<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    match Value::deserialize(deserializer)? {
        Value::String(text) => Ok(text),
        Value::Number(number) => Ok(number.to_string()),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => {
            Err(D::Error::custom("a number or a text is due here"))
        }
    }
}

/// A text that some write as a number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Text(pub String);

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        scalar(deserializer).map(Self)
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self(text)
    }
}

/// An amount in major units, whose currency stands elsewhere. A JSON number; read as a text too.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Amount(Number);

impl Amount {
    /// As it is written: whole for the yen.
    pub fn of(money: Money) -> Self {
        let text = money.to_string();
        let digits = text.split_once(' ').map_or("0", |(_, digits)| digits);
        Self(digits.parse().expect("money is shown as a number"))
    }

    /// As money of `currency`; `None` when it has more decimals than that has.
    pub fn money(&self, currency: Currency) -> Option<Money> {
        let text = self.0.to_string();
        let (sign, digits) = text.strip_prefix('-').map_or((1, text.as_str()), |rest| (-1, rest));
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let fraction = fraction.trim_end_matches('0');
        let exponent = usize::from(currency.exponent());
        let plain = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
        if whole.is_empty() || fraction.len() > exponent || !plain(whole) || !plain(fraction) {
            return None;
        }
        let minor: i64 = format!("{whole}{fraction:0<exponent$}").parse().ok()?;
        Some(Money::new(sign * minor, currency))
    }
}

impl<'de> Deserialize<'de> for Amount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Value::deserialize(deserializer)? {
            Value::Number(number) => Ok(Self(number)),
            Value::String(text) => text.parse().map(Self).map_err(D::Error::custom),
            Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => {
                Err(D::Error::custom("an amount is a number"))
            }
        }
    }
}

/// What every answer is wrapped in, always with HTTP status 200.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Envelope {
    /// Four digits.
    pub return_code: String,
    /// For people.
    #[serde(default)]
    pub return_message: Option<String>,
    /// An object, or a list for details.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub info: Option<Value>,
}

/// `request` (online v3).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OrderRequest {
    /// What the payer owes.
    pub amount: Amount,
    /// ISO 4217.
    pub currency: String,
    /// The shop's id of the order, for ever: at most 100 characters.
    pub order_id: Text,
    /// What is bought. Their amounts, and the fee for shipping, add up to the amount.
    pub packages: Vec<Package>,
    /// Where the payer's browser goes afterwards.
    pub redirect_urls: RedirectUrls,
    /// More about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub options: Option<Options>,
}

/// See [`OrderRequest`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Package {
    /// The shop's id of it.
    pub id: Text,
    /// The sum of its products.
    pub amount: Amount,
    /// A part of the amount that is a fee.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_fee: Option<Amount>,
    /// Whose shop it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Quantity times price adds up to the amount.
    pub products: Vec<Product>,
}

/// See [`Package`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Product {
    /// The shop's id of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<Text>,
    /// What it is called.
    pub name: String,
    /// A picture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image_url: Option<String>,
    /// How many.
    pub quantity: Amount,
    /// Of each.
    pub price: Amount,
}

/// See [`OrderRequest`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RedirectUrls {
    /// After the payer approved: `transactionId` and `orderId` are added.
    pub confirm_url: String,
    /// `CLIENT`, or `SERVER`: then LINE Pay itself calls `confirmUrl`. Not verified.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirm_url_type: Option<String>,
    /// After the payer gave up.
    pub cancel_url: String,
}

/// See [`OrderRequest`] and [`PayRequest`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Options {
    /// How to take the money.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment: Option<PaymentOptions>,
    /// How to show it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display: Option<Display>,
    /// What is sent, and for how much.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shipping: Option<Shipping>,
    /// Where it is bought.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extra: Option<Extra>,
}

/// See [`Options`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PaymentOptions {
    /// `false` only holds the money. Left out: `true`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub capture: Option<bool>,
    /// `NORMAL` or `PREAPPROVED`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pay_type: Option<String>,
}

/// See [`Options`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Display {
    /// For instance `ja`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub locale: Option<String>,
}

/// See [`Options`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Shipping {
    /// A part of the order's amount.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fee_amount: Option<Amount>,
}

/// See [`Options`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Extra {
    /// Which shop.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub branch_id: Option<Text>,
    /// Its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub branch_name: Option<String>,
}

/// The answer to `request`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OrderMade {
    /// The network's id of the order, by which it is asked about.
    pub transaction_id: TransactionId,
    /// Twelve digits that the payer can type in the app.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment_access_token: Option<Text>,
    /// Where the payer goes.
    pub payment_url: PaymentUrl,
}

/// See [`OrderMade`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentUrl {
    /// A page.
    pub web: String,
    /// A link into the app.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub app: Option<String>,
}

/// `confirm` and `capture`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AmountRequest {
    /// For a confirmation: that of the order.
    pub amount: Amount,
    /// ISO 4217.
    pub currency: String,
}

/// `oneTimeKeys/pay` (offline v2 and v4).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PayRequest {
    /// v2: what is bought.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub product_name: Option<String>,
    /// What the payer owes.
    pub amount: Amount,
    /// ISO 4217.
    pub currency: String,
    /// The shop's id of the order, for ever.
    pub order_id: Text,
    /// The scanned code: 12 to 19 digits.
    pub one_time_key: Text,
    /// v2: `false` only holds the money.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub capture: Option<bool>,
    /// v4: the same, in `payment.capture`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub options: Option<Options>,
    /// v4: what is bought.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub packages: Option<Vec<Package>>,
}

/// The answers to `confirm`, `capture`, `oneTimeKeys/pay` and the check of a code.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PaymentMade {
    /// Check of a code only: `COMPLETE`, `FAIL`, `REFUND`, `AUTH_READY`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// The network's id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transaction_id: Option<TransactionId>,
    /// The shop's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order_id: Option<Text>,
    /// When.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transaction_date: Option<String>,
    /// Of a hold: its end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authorization_expire_date: Option<String>,
    /// Not among the published members; where it comes it must be the one that was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
    /// What the payer paid with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pay_info: Option<Vec<PayInfo>>,
    /// v4.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment_provider: Option<String>,
}

/// A part of what the payer paid.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PayInfo {
    /// `CREDIT_CARD`, `BALANCE`, `DISCOUNT`, `POINT`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// How much.
    pub amount: Amount,
}

/// The sum of the parts; `None` when there is none, or one that nobody can have paid.
pub fn pay_sum(parts: Option<&[PayInfo]>, currency: Currency) -> Option<Money> {
    let parts = parts.filter(|parts| !parts.is_empty())?;
    parts.iter().try_fold(Money::zero(currency), |sum, part| {
        let amount = part.amount.money(currency).filter(|amount| amount.minor() >= 0)?;
        sum.checked_add(amount).ok()
    })
}

/// `refund`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RefundRequest {
    /// Left out: all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refund_amount: Option<Amount>,
}

/// The answer to `refund`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RefundMade {
    /// The network's id of the refund.
    pub refund_transaction_id: TransactionId,
    /// When.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refund_transaction_date: Option<String>,
}

/// One transaction in an answer to `details`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Details {
    /// The network's id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transaction_id: Option<TransactionId>,
    /// The shop's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order_id: Option<Text>,
    /// When.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transaction_date: Option<String>,
    /// `PAYMENT`, `PAYMENT_REFUND` or `PARTIAL_REFUND`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transaction_type: Option<String>,
    /// `CAPTURE`, `AUTHORIZATION`, `VOIDED_AUTHORIZATION` or `EXPIRED_AUTHORIZATION`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pay_status: Option<String>,
    /// Of the first product.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub product_name: Option<String>,
    /// ISO 4217.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
    /// Of a hold: its end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authorization_expire_date: Option<String>,
    /// What the payer paid with. Refunds leave it as it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pay_info: Option<Vec<PayInfo>>,
    /// What went back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refund_list: Option<Vec<RefundListed>>,
    /// With `fields=ALL` or `ORDER`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub packages: Option<Vec<Package>>,
}

/// See [`Details`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RefundListed {
    /// The network's id of the refund.
    pub refund_transaction_id: TransactionId,
    /// `PAYMENT_REFUND` (all) or `PARTIAL_REFUND`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transaction_type: Option<String>,
    /// Read with either sign.
    pub refund_amount: Amount,
    /// When.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refund_transaction_date: Option<String>,
}

/// The sum of what went back.
pub fn refund_sum(list: Option<&[RefundListed]>, currency: Currency) -> Option<Money> {
    list.unwrap_or_default().iter().try_fold(Money::zero(currency), |sum, refund| {
        let minor = refund.refund_amount.money(currency)?.minor().checked_abs()?;
        sum.checked_add(Money::new(minor, currency)).ok()
    })
}

/// The name of an order as the core keeps it for us. Beside the network's id it carries what a
/// confirmation must repeat, because a connector keeps nothing: `2026010100000000001/JPY/1200/now`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Handle {
    /// The network's id.
    pub transaction: TransactionId,
    /// What was requested.
    pub amount: Money,
    /// The money is to be held only.
    pub hold: bool,
}

impl fmt::Display for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (money, when) = (self.amount, if self.hold { "later" } else { "now" });
        write!(f, "{}/{}/{}/{when}", self.transaction, money.currency(), money.minor())
    }
}

impl FromStr for Handle {
    type Err = NoId;

    fn from_str(text: &str) -> Result<Self, NoId> {
        let parts: Vec<&str> = text.split('/').collect();
        let [transaction, currency, minor, when] = parts[..] else { return Err(NoId) };
        let currency = currency.parse().map_err(|_| NoId)?;
        let minor = minor.parse().map_err(|_| NoId)?;
        let hold = match when {
            "later" => true,
            "now" => false,
            _ => return Err(NoId),
        };
        let amount = Money::new(minor, currency);
        Ok(Self { transaction: transaction.parse()?, amount, hold })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_bare_numbers_and_read_with_quotes_too() {
        let id = TransactionId(2_026_010_100_000_000_001);
        assert_eq!(serde_json::to_string(&id).unwrap(), "2026010100000000001");
        for text in ["2026010100000000001", "\"2026010100000000001\""] {
            assert_eq!(serde_json::from_str::<TransactionId>(text).unwrap(), id, "{text}");
        }
        for no in ["2.0e18", "-1", "1.5", "\"\"", "\"1a\"", "null", "[]", "99999999999999999999"] {
            assert!(serde_json::from_str::<TransactionId>(no).is_err(), "{no}");
        }
    }

    #[test]
    fn amounts_are_numbers_in_major_units() {
        let thb: Currency = "THB".parse().unwrap();
        for (text, currency, minor) in [
            ("1200", Currency::JPY, Some(1_200)),
            ("1200.0", Currency::JPY, Some(1_200)),
            ("\"1200.00\"", Currency::JPY, Some(1_200)),
            ("-300", Currency::JPY, Some(-300)),
            ("1200.5", Currency::JPY, None),
            ("1e3", Currency::JPY, Some(1_000)),
            ("12.3", thb, Some(1_230)),
            ("12.34", thb, Some(1_234)),
            ("12.345", thb, None),
            ("100000000000000000000", Currency::JPY, None),
        ] {
            let amount: Amount = serde_json::from_str(text).unwrap();
            assert_eq!(amount.money(currency).map(Money::minor), minor, "{text} {currency}");
        }
        let written = |minor, currency| {
            serde_json::to_string(&Amount::of(Money::new(minor, currency))).unwrap()
        };
        assert_eq!(written(1_200, Currency::JPY), "1200");
        assert_eq!(written(1_234, thb), "12.34");
        assert!(serde_json::from_str::<Amount>("\"twelve\"").is_err());
        assert!(serde_json::from_str::<Amount>("true").is_err());
    }

    #[test]
    fn the_name_of_an_order_says_what_a_confirmation_must_repeat() {
        let amount = Money::new(1_200, Currency::JPY);
        for hold in [false, true] {
            let handle =
                Handle { transaction: TransactionId(2_026_010_100_000_000_001), amount, hold };
            assert_eq!(handle.to_string().parse(), Ok(handle));
        }
        for no in ["", "2026010100000000001", "x/JPY/1/now", "1/XXX/1/now", "1/JPY/1/soon"] {
            assert_eq!(no.parse::<Handle>(), Err(NoId), "{no}");
        }
    }

    proptest::proptest! {
        #[test]
        fn an_amount_comes_back_as_it_was_written(minor in -10_000_000_000_000i64..10_000_000_000_000) {
            for currency in ["JPY", "TWD", "USD"] {
                let money = Money::new(minor, currency.parse().unwrap());
                let text = serde_json::to_string(&Amount::of(money)).unwrap();
                let read: Amount = serde_json::from_str(&text).unwrap();
                proptest::prop_assert_eq!(read.money(money.currency()), Some(money));
            }
        }
    }
}
