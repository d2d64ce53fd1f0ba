//! How answers are built and requests read: one way for all who answer this API, the sandbox as the
//! network and the facade as the switch.

use noren_core::money::{Currency, Money};
use noren_core::time::Timestamp;
use percent_encoding::utf8_percent_encode;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::codes::Code;
use super::endpoints::Version;
use super::messages::{
    Amount, Envelope, Options, Package, PayInfo, PayRequest, RefundMade, TransactionId,
};
use crate::instant;
use crate::wire::{PATH_SEGMENT, Response};

/// An order id has at most 100 characters (facts, section 4).
const ORDER_ID_MAX: usize = 100;

/// A business answer: HTTP 200, whatever it says (facts, section 3).
pub fn enveloped(code: Code, info: Option<Value>) -> Response {
    let said = Envelope {
        return_code: code.digits().into_owned(),
        return_message: Some(code.message().to_owned()),
        info,
    };
    Response {
        status: 200,
        headers: vec![("content-type".into(), "application/json;charset=UTF-8".into())],
        body: serde_json::to_vec(&said).expect("our messages have string keys only"),
    }
}

/// Tells a text that is no JSON from one that lacks something.
pub fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Code> {
    let value: Value = serde_json::from_slice(body).map_err(|_| Code::JsonError)?;
    T::deserialize(value).map_err(|_| Code::ParameterError)
}

/// A call that has nothing to say may come without a body.
pub fn body_or_empty(body: &[u8]) -> &[u8] {
    if body.is_empty() { b"{}" } else { body }
}

/// The member `info`.
pub fn value(message: &impl Serialize) -> Option<Value> {
    Some(serde_json::to_value(message).expect("our messages have string keys only"))
}

/// An amount that can be paid, in the one currency that is taken.
pub fn amount(amount: &Amount, currency: &str, due: Currency) -> Result<Money, Code> {
    if currency != due.alpha() {
        return Err(Code::CurrencyError);
    }
    amount.money(due).filter(|amount| amount.positive()).ok_or(Code::AmountError)
}

/// True for an id that a shop can give an order.
pub fn order_id_fits(id: &str) -> bool {
    (1..=ORDER_ID_MAX).contains(&id.chars().count())
}

/// The packages, and what is sent, must add up to the amount (facts, section 4).
pub fn adds_up(amount: Money, packages: &[Package], shipping: Money) -> Result<(), Code> {
    match sum(amount.currency(), packages, shipping) {
        Some(sum) if sum == amount => Ok(()),
        Some(_) | None => Err(Code::AmountError),
    }
}

/// `None`: an amount does not fit the currency, or products do not add up to their package.
fn sum(currency: Currency, packages: &[Package], shipping: Money) -> Option<Money> {
    let mut sum = shipping;
    for package in packages {
        let whole = package.amount.money(currency)?;
        let mut products = Money::zero(currency);
        for product in &package.products {
            let (price, count) =
                (product.price.money(currency)?, product.quantity.money(currency)?);
            // A count is no money; it is written as a whole number of major units.
            let line = price.minor().checked_mul(count.minor())?;
            let line = line.checked_div(10_i64.pow(u32::from(currency.exponent())))?;
            products = products.checked_add(Money::new(line, currency)).ok()?;
        }
        if products != whole {
            return None;
        }
        sum = sum.checked_add(whole).ok()?;
    }
    Some(sum)
}

/// The fee for shipping, which is a part of the amount.
pub fn shipping(options: Option<&Options>, currency: Currency) -> Result<Money, Code> {
    let shipping = options.and_then(|options| options.shipping.as_ref());
    match shipping.and_then(|shipping| shipping.fee_amount.as_ref()) {
        Some(fee) => fee.money(currency).ok_or(Code::AmountError),
        None => Ok(Money::zero(currency)),
    }
}

/// True when the money of an order on the web is to be held only.
pub fn order_holds(options: Option<&Options>) -> bool {
    let payment = options.and_then(|options| options.payment.as_ref());
    payment.and_then(|payment| payment.capture) == Some(false)
}

/// True when the money of a scanned code is to be held only: each version says so elsewhere.
pub fn code_holds(version: Version, asked: &PayRequest) -> bool {
    match version {
        Version::V2 => asked.capture == Some(false),
        Version::V3 | Version::V4 => order_holds(asked.options.as_ref()),
    }
}

/// What the payer paid with: all from the balance.
pub fn pay_info(amount: Money) -> Option<Vec<PayInfo>> {
    Some(vec![PayInfo { method: Some("BALANCE".into()), amount: Amount::of(amount) }])
}

/// Said by v4 only. Not verified.
pub const fn provider(version: Version) -> Option<&'static str> {
    match version {
        Version::V4 => Some("TSP"),
        Version::V2 | Version::V3 => None,
    }
}

/// The answer to a refund.
pub fn refund_made(id: TransactionId, at: Timestamp) -> Option<Value> {
    let made =
        RefundMade { refund_transaction_id: id, refund_transaction_date: Some(instant::print(at)) };
    value(&made)
}

/// Where a payer's browser goes: an address of the shop's, with both ids.
pub fn return_url(url: &str, transaction: TransactionId, order: &str) -> String {
    let (url, fragment) = match url.find('#') {
        Some(at) => url.split_at(at),
        None => (url, ""),
    };
    let joint = if url.contains('?') { '&' } else { '?' };
    let order = utf8_percent_encode(order, PATH_SEGMENT);
    format!("{url}{joint}transactionId={transaction}&orderId={order}{fragment}")
}
