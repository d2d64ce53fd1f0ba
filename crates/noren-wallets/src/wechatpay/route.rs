//! The calls of v3 by method and path, in both its dialects (`wallets/wechatpay` facts, section 1): one
//! list for whoever answers them.

use percent_encoding::percent_decode_str;
use serde::{Deserialize, Serialize};

use super::messages::Party;

/// The two forms of v3.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Dialect {
    /// For acquirers abroad.
    Global,
    /// Of the mainland.
    Domestic,
}

/// How an order is paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum TradeType {
    /// The payer's code was scanned.
    Micropay,
    /// The payer scans a code.
    Native,
    /// Inside of the wallet's browser.
    Jsapi,
    /// From another app.
    App,
    /// From another browser.
    Mweb,
}

impl TradeType {
    /// The word on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Micropay => "MICROPAY",
            Self::Native => "NATIVE",
            Self::Jsapi => "JSAPI",
            Self::App => "APP",
            Self::Mweb => "MWEB",
        }
    }
}

/// An order as a path names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OrderName {
    /// By the network's number: `transaction_id`, or `id` in the global dialect.
    Transaction(String),
    /// By the merchant's: `out_trade_no`.
    OutTradeNo(String),
}

/// A refund as a path names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RefundName {
    /// By the network's number; global only.
    Number(String),
    /// By the merchant's: `out_refund_no`.
    OutRefundNo(String),
}

/// A call of v3.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Route {
    /// `GET certificates`.
    Certificates,
    /// `GET bill/tradebill`: where the file of a day is. Domestic only.
    TradeBill,
    /// `GET billdownload/file`: the file itself. Domestic only.
    BillFile,
    /// `GET statements`: the file of a day. Global only.
    Statement,
    /// `POST …/codepay`, or `micropay/transactions/pay` in the global dialect.
    Scan(Dialect),
    /// `POST …/native` and its like.
    Order(Dialect, TradeType),
    /// `GET …/id/{id}` and `GET …/out-trade-no/{no}`.
    OrderGet(Dialect, OrderName),
    /// `POST …/close`.
    Close(Dialect, OrderName),
    /// `POST …/reverse`.
    Reverse(Dialect, OrderName),
    /// `POST …/refunds`.
    Refund(Dialect),
    /// `GET …/refunds?out_trade_no=…`: those of one order. Global only.
    RefundList,
    /// `GET …/refunds/…`.
    RefundGet(Dialect, RefundName),
}

impl Route {
    /// The call of a method and of what follows `/v3/` in its path; `None`: there is no such call.
    pub fn read(method: &str, below: &str) -> Option<Self> {
        let decode = |part: &str| percent_decode_str(part).decode_utf8_lossy().into_owned();
        let parts: Vec<String> = below.split('/').map(decode).collect();
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        match (method, &parts[..]) {
            ("GET", ["certificates"] | ["global", "certificates"]) => Some(Self::Certificates),
            ("GET", ["bill", "tradebill"]) => Some(Self::TradeBill),
            ("GET", ["billdownload", "file"]) => Some(Self::BillFile),
            ("GET", ["global", "statements"]) => Some(Self::Statement),
            ("POST", ["global", "micropay", "transactions", "pay"]) => {
                Some(Self::Scan(Dialect::Global))
            }
            (_, ["global", "transactions", rest @ ..])
            | (_, ["global", "micropay", "transactions", rest @ ..]) => {
                Self::of_orders(method, Dialect::Global, rest)
            }
            ("POST", ["pay", "transactions", "codepay"])
            | ("POST", ["pay", "partner", "transactions", "codepay"]) => {
                Some(Self::Scan(Dialect::Domestic))
            }
            (_, ["pay", "transactions", rest @ ..])
            | (_, ["pay", "partner", "transactions", rest @ ..]) => {
                Self::of_orders(method, Dialect::Domestic, rest)
            }
            (_, ["global", "refunds", rest @ ..]) => {
                Self::of_refunds(method, Dialect::Global, rest)
            }
            (_, ["refund", "domestic", "refunds", rest @ ..]) => {
                Self::of_refunds(method, Dialect::Domestic, rest)
            }
            _ => None,
        }
    }

    fn of_orders(method: &str, dialect: Dialect, rest: &[&str]) -> Option<Self> {
        let order = |trade_type| Some(Self::Order(dialect, trade_type));
        let named = |by: &str, number: &str| match by {
            "id" => Some(OrderName::Transaction(number.to_owned())),
            "out-trade-no" => Some(OrderName::OutTradeNo(number.to_owned())),
            _ => None,
        };
        match (method, rest) {
            ("POST", ["native"]) => order(TradeType::Native),
            ("POST", ["jsapi"]) => order(TradeType::Jsapi),
            ("POST", ["app"]) => order(TradeType::App),
            ("POST", ["h5" | "mweb"]) => order(TradeType::Mweb),
            ("GET", [by, number]) => Some(Self::OrderGet(dialect, named(by, number)?)),
            ("POST", [by, number, "close"]) => Some(Self::Close(dialect, named(by, number)?)),
            ("POST", [by, number, "reverse"]) => Some(Self::Reverse(dialect, named(by, number)?)),
            _ => None,
        }
    }

    fn of_refunds(method: &str, dialect: Dialect, rest: &[&str]) -> Option<Self> {
        let get = |name| Some(Self::RefundGet(dialect, name));
        match (method, rest, dialect) {
            ("POST", [], _) => Some(Self::Refund(dialect)),
            ("GET", [], Dialect::Global) => Some(Self::RefundList),
            ("GET", ["out-refund-no", number], Dialect::Global)
            | ("GET", [number], Dialect::Domestic) => {
                get(RefundName::OutRefundNo((*number).to_owned()))
            }
            ("GET", ["id", number], Dialect::Global) => {
                get(RefundName::Number((*number).to_owned()))
            }
            _ => None,
        }
    }
}

/// A query's members.
pub struct Query(Vec<(String, String)>);

impl Query {
    /// Of a target.
    pub fn read(target: &str) -> Self {
        let text = target.split_once('?').map_or("", |(_, query)| query);
        let decode = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
        let pairs = text.split('&').filter_map(|pair| pair.split_once('='));
        Self(pairs.map(|(name, value)| (decode(name), decode(value))).collect())
    }

    /// The first of that name.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Who asks, where a call has no body to say so.
    pub fn party(&self) -> Party {
        let owned = |name| self.get(name).map(str::to_owned);
        Party {
            mchid: owned("mchid"),
            sp_mchid: owned("sp_mchid"),
            sub_mchid: owned("sub_mchid"),
            ..Party::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_call_has_one_path_in_each_dialect() {
        use Dialect::{Domestic, Global};
        let no = |number: &str| OrderName::OutTradeNo(number.into());
        let id = |number: &str| OrderName::Transaction(number.into());
        let mine = |number: &str| RefundName::OutRefundNo(number.into());
        for (method, below, route) in [
            ("GET", "certificates", Route::Certificates),
            ("GET", "global/certificates", Route::Certificates),
            ("GET", "bill/tradebill", Route::TradeBill),
            ("GET", "billdownload/file", Route::BillFile),
            ("GET", "global/statements", Route::Statement),
            ("POST", "pay/transactions/native", Route::Order(Domestic, TradeType::Native)),
            ("POST", "pay/partner/transactions/jsapi", Route::Order(Domestic, TradeType::Jsapi)),
            ("POST", "pay/transactions/codepay", Route::Scan(Domestic)),
            ("POST", "pay/partner/transactions/codepay", Route::Scan(Domestic)),
            ("POST", "global/transactions/mweb", Route::Order(Global, TradeType::Mweb)),
            ("POST", "global/transactions/app", Route::Order(Global, TradeType::App)),
            ("POST", "global/micropay/transactions/pay", Route::Scan(Global)),
            ("GET", "global/transactions/id/7", Route::OrderGet(Global, id("7"))),
            ("GET", "pay/transactions/out-trade-no/a%7Cb", Route::OrderGet(Domestic, no("a|b"))),
            ("POST", "pay/transactions/out-trade-no/a/close", Route::Close(Domestic, no("a"))),
            ("POST", "global/transactions/out-trade-no/a/close", Route::Close(Global, no("a"))),
            ("POST", "global/micropay/transactions/id/7/reverse", Route::Reverse(Global, id("7"))),
            ("POST", "pay/transactions/out-trade-no/a/reverse", Route::Reverse(Domestic, no("a"))),
            ("POST", "refund/domestic/refunds", Route::Refund(Domestic)),
            ("GET", "refund/domestic/refunds/r", Route::RefundGet(Domestic, mine("r"))),
            ("POST", "global/refunds", Route::Refund(Global)),
            ("GET", "global/refunds", Route::RefundList),
            ("GET", "global/refunds/out-refund-no/r", Route::RefundGet(Global, mine("r"))),
            (
                "GET",
                "global/refunds/id/5",
                Route::RefundGet(Global, RefundName::Number("5".into())),
            ),
        ] {
            assert_eq!(Route::read(method, below), Some(route), "{method} {below}");
        }
        for (method, below) in [
            ("POST", "certificates"),
            ("GET", "pay/transactions/native"),
            ("POST", "pay/transactions/facepay"),
            ("DELETE", "pay/transactions/id/7"),
            ("GET", "pay/transactions/by/7"),
            ("GET", "refund/domestic/refunds"),
            ("POST", "global/transactions/pay"),
            ("GET", ""),
        ] {
            assert_eq!(Route::read(method, below), None, "{method} {below}");
        }
    }
}
