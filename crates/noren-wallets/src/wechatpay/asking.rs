//! What whoever answers v3 checks of a call before anything else (`wallets/wechatpay` facts, section 4).

use serde::de::DeserializeOwned;

use super::codes::{Code, Fault};
use super::messages::{OrderRequest, RefundRequest};
use super::route::{Dialect, OrderName, Query, TradeType};

/// A body of a call.
pub(super) fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Fault> {
    serde_json::from_slice(body).map_err(|_| (Code::ParamError, "the body cannot be read"))
}

/// What every order is checked for, in whichever dialect (section 4).
pub(super) fn order_fits(
    number: &str,
    appid: &str,
    description: &str,
    notify_url: Option<&str>,
) -> Result<(), Fault> {
    let wrong = |message| Err((Code::ParamError, message));
    if !order_number_fits(number) {
        return wrong("out_trade_no: 6 to 32 letters, digits, _-|*");
    }
    if appid.is_empty() {
        return wrong("the appid is missing");
    }
    if description.is_empty() || description.chars().count() > 127 {
        return wrong("description: 1 to 127 characters");
    }
    if notify_url.is_some_and(|url| url.contains('?')) {
        return wrong("notify_url: without a query");
    }
    Ok(())
}

impl OrderRequest {
    /// Checks the members that only the global dialect has.
    pub(super) fn suits(&self, dialect: Dialect, trade_type: TradeType) -> Result<(), Fault> {
        match dialect {
            Dialect::Domestic => Ok(()),
            Dialect::Global => {
                if self.trade_type.as_deref().is_some_and(|named| named != trade_type.name()) {
                    return Err((Code::ParamError, "trade_type does not fit the call"));
                }
                if self.merchant_category_code.is_none() {
                    return Err((Code::ParamError, "merchant_category_code is missing"));
                }
                Ok(())
            }
        }
    }

    /// The code that was scanned, and that a store is named with it (section 4).
    pub(super) fn scanned_code(&self) -> Result<&str, Fault> {
        let code = self.payer.as_ref().and_then(|payer| payer.auth_code.as_deref());
        let code = code.ok_or((Code::ParamError, "payer.auth_code is missing"))?;
        let store = self.scene_info.as_ref().and_then(|scene| scene.store_info.as_ref());
        if store.is_none_or(|store| store.id.is_none() && store.out_id.is_none()) {
            return Err((Code::ParamError, "scene_info.store_info needs an id"));
        }
        Ok(code)
    }
}

impl RefundRequest {
    /// The order that it names: by the network's number or by the merchant's.
    pub(super) fn order(&self) -> Result<OrderName, Fault> {
        let text = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
        match (text(&self.transaction_id), text(&self.out_trade_no)) {
            (Some(number), _) => Ok(OrderName::Transaction(number)),
            (None, Some(number)) => Ok(OrderName::OutTradeNo(number)),
            (None, None) => Err((Code::ParamError, "which order?")),
        }
    }
}

impl Query {
    /// The order whose refunds are listed.
    pub(super) fn order(&self) -> Result<OrderName, Fault> {
        match (self.get("transaction_id"), self.get("out_trade_no")) {
            (Some(number), _) if !number.is_empty() => {
                Ok(OrderName::Transaction(number.to_owned()))
            }
            (_, Some(number)) => Ok(OrderName::OutTradeNo(number.to_owned())),
            (_, None) => Err((Code::ParamError, "which order?")),
        }
    }

    /// From where on, and how many. Ours: 20 when nothing is said, and 50 at most.
    pub(super) fn page(&self) -> Result<(usize, usize), Fault> {
        let number = |name, otherwise| {
            let said = self.get(name).map_or(Ok(otherwise), str::parse::<usize>);
            said.map_err(|_| (Code::ParamError, "offset and count are numbers"))
        };
        Ok((number("offset", 0)?, number("count", 20)?.min(50)))
    }
}

/// True of a merchant's number of an order: 6 to 32 of letters, digits and `_-|*` (section 4).
pub(super) fn order_number_fits(number: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"_-|*".contains(&b);
    (6..=32).contains(&number.len()) && number.bytes().all(plain)
}

/// True of a merchant's number of a refund: 1 to 64 of letters, digits and `_-|*@`.
pub(super) fn refund_number_fits(number: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"_-|*@".contains(&b);
    (1..=64).contains(&number.len()) && number.bytes().all(plain)
}
