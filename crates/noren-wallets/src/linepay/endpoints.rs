//! The calls of LINE Pay and where they lie (`wallets/linepay` facts, section 1). One table for both
//! ends: the connector writes paths, and reads from its own request which answer it has before it;
//! the sandbox routes by it.

use std::borrow::Cow;

use noren_core::time::BusinessDate;
use percent_encoding::{percent_decode_str, utf8_percent_encode};

use super::codes::Code;
use super::messages::TransactionId;
use crate::wire::{PATH_SEGMENT, Request};

/// Which API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    /// Offline, with the channel secret in clear.
    V2,
    /// Online.
    V3,
    /// Offline, signed.
    V4,
}

impl Version {
    const fn word(self) -> &'static str {
        match self {
            Self::V2 => "v2",
            Self::V3 => "v3",
            Self::V4 => "v4",
        }
    }

    fn read(word: &str) -> Option<Self> {
        [Self::V2, Self::V3, Self::V4].into_iter().find(|version| version.word() == word)
    }

    /// True for the API of tills.
    pub const fn offline(self) -> bool {
        matches!(self, Self::V2 | Self::V4)
    }
}

/// One transaction: online by the network's id, offline by the shop's order id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Deal {
    /// Online v3.
    Transaction(TransactionId),
    /// Offline.
    Order(Version, String),
}

/// One call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Endpoint {
    /// Makes an order.
    Request,
    /// Has the payer approved the order?
    Check(TransactionId),
    /// Takes, or holds, the money of an approved order.
    Confirm(TransactionId),
    /// Pays with a scanned code.
    Pay(Version),
    /// What became of a scanned code?
    OrderCheck(Version, String),
    /// What is known of transactions.
    Details(Version),
    /// What is held.
    Authorizations(Version),
    /// Takes a part of a hold; the rest goes back.
    Capture(Deal),
    /// Lets go of a hold.
    Void(Deal),
    /// Gives money back.
    Refund(Deal),
    /// The file of a business day. Ours.
    Statement(BusinessDate),
}

/// What `below` begins with for the file of a day. Ours: LINE Pay's report is a page for people.
const STATEMENTS: &str = "/noren/v1/statements/";

impl Endpoint {
    /// `GET` or `POST`.
    pub const fn method(&self) -> &'static str {
        match self {
            Self::Request
            | Self::Confirm(_)
            | Self::Pay(_)
            | Self::Capture(_)
            | Self::Void(_)
            | Self::Refund(_) => "POST",
            Self::Check(_)
            | Self::OrderCheck(..)
            | Self::Details(_)
            | Self::Authorizations(_)
            | Self::Statement(_) => "GET",
        }
    }

    /// The path below the network's address.
    pub fn path(&self) -> String {
        let of = |deal: &Deal, call: &str| match deal {
            Deal::Transaction(id) if call == "refund" => format!("/v3/payments/{id}/refund"),
            Deal::Transaction(id) => format!("/v3/payments/authorizations/{id}/{call}"),
            Deal::Order(version, order) => order_path(*version, order, call),
        };
        match self {
            Self::Request => "/v3/payments/request".to_owned(),
            Self::Check(id) => format!("/v3/payments/requests/{id}/check"),
            Self::Confirm(id) => format!("/v3/payments/{id}/confirm"),
            Self::Pay(version) => format!("/{}/payments/oneTimeKeys/pay", version.word()),
            Self::OrderCheck(version, order) => order_path(*version, order, "check"),
            Self::Details(version) => format!("/{}/payments", version.word()),
            Self::Authorizations(version) => {
                format!("/{}/payments/authorizations", version.word())
            }
            Self::Capture(deal) => of(deal, "capture"),
            Self::Void(deal) => of(deal, "void"),
            Self::Refund(deal) => of(deal, "refund"),
            Self::Statement(date) => format!("{STATEMENTS}{date}"),
        }
    }

    /// The call that a method and a path below the network's address name.
    pub fn read(method: &str, below: &str) -> Option<Self> {
        let found = match below.strip_prefix(STATEMENTS) {
            Some(date) => Self::Statement(BusinessDate::parse(date)?),
            None => Self::of_path(below.strip_prefix('/')?)?,
        };
        (found.method() == method).then_some(found)
    }

    fn of_path(below: &str) -> Option<Self> {
        let parts: Vec<&str> = below.split('/').collect();
        let ([version, "payments"] | [version, "payments", ..]) = parts[..] else { return None };
        let version = Version::read(version)?;
        let rest = &parts[2..];
        let id = |text: &str| text.parse::<TransactionId>().ok();
        let online = version == Version::V3;
        Some(match rest {
            [] => Self::Details(version),
            ["request"] if online => Self::Request,
            ["requests", tx, "check"] if online => Self::Check(id(tx)?),
            ["authorizations", tx, "capture"] if online => {
                Self::Capture(Deal::Transaction(id(tx)?))
            }
            ["authorizations", tx, "void"] if online => Self::Void(Deal::Transaction(id(tx)?)),
            [tx, "confirm"] if online => Self::Confirm(id(tx)?),
            [tx, "refund"] if online => Self::Refund(Deal::Transaction(id(tx)?)),
            ["authorizations"] if !online => Self::Authorizations(version),
            ["oneTimeKeys", "pay"] if !online => Self::Pay(version),
            ["orders", order, call] if !online => {
                let order = percent_decode_str(order).decode_utf8().ok().map(Cow::into_owned)?;
                let deal = |order| Deal::Order(version, order);
                match *call {
                    "check" => Self::OrderCheck(version, order),
                    "capture" => Self::Capture(deal(order)),
                    "void" => Self::Void(deal(order)),
                    "refund" => Self::Refund(deal(order)),
                    _ => return None,
                }
            }
            _ => return None,
        })
    }

    /// Which API it is of. A statement is signed as the newer ones are.
    pub const fn version(&self) -> Version {
        match self {
            Self::Request | Self::Check(_) | Self::Confirm(_) => Version::V3,
            Self::Pay(version)
            | Self::OrderCheck(version, _)
            | Self::Details(version)
            | Self::Authorizations(version) => *version,
            Self::Capture(deal) | Self::Void(deal) | Self::Refund(deal) => match deal {
                Deal::Transaction(_) => Version::V3,
                Deal::Order(version, _) => *version,
            },
            Self::Statement(_) => Version::V3,
        }
    }
}

fn order_path(version: Version, order: &str, call: &str) -> String {
    let order = utf8_percent_encode(order, PATH_SEGMENT);
    format!("/{}/payments/orders/{order}/{call}", version.word())
}

/// The target of a request without scheme and host, should it have come in absolute form.
pub fn origin_form(target: &str) -> &str {
    let absolute = target.strip_prefix("http://").or_else(|| target.strip_prefix("https://"));
    match absolute {
        Some(rest) => rest.find('/').map_or("/", |at| &rest[at..]),
        None => target,
    }
}

/// The query of a request, as it was sent, without its question mark.
pub fn query(request: &Request) -> &str {
    request.target.split_once('?').map_or("", |(_, query)| query)
}

/// The values of a parameter, which may come several times.
pub fn parameters(query: &str, name: &str) -> Vec<String> {
    let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    let decoded = |text: &str| {
        let text = text.replace('+', " ");
        percent_decode_str(&text).decode_utf8_lossy().into_owned()
    };
    // Some write a list as `name[]`.
    let named = |key: &str| {
        let key = decoded(key);
        key == name || key.strip_suffix("[]") == Some(name)
    };
    pairs.filter(|(key, _)| named(key)).map(|(_, value)| decoded(value)).collect()
}

/// No more transactions than that are named in one question for details (1177). Ours.
const NAMED_MAX: usize = 100;

/// What a question for details names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// By the network's ids.
    pub transactions: Vec<TransactionId>,
    /// By the shop's.
    pub orders: Vec<String>,
    /// What was bought is wanted too: anything but `fields=TRANSACTION`.
    pub packages: bool,
}

impl Asked {
    /// Reads a query. Names come several times, or with commas between them where they are digits.
    pub fn read(query: &str) -> Result<Self, Code> {
        let transactions = parameters(query, "transactionId");
        let transactions: Vec<&str> = transactions.iter().flat_map(|ids| ids.split(',')).collect();
        let orders = parameters(query, "orderId");
        if transactions.is_empty() && orders.is_empty() {
            return Err(Code::ParameterError);
        }
        if transactions.len() + orders.len() > NAMED_MAX {
            return Err(Code::TooManyResults);
        }
        let transactions = transactions.into_iter().map(str::parse);
        let transactions = transactions.collect::<Result<_, _>>();
        let fields = parameters(query, "fields");
        let packages = fields.first().is_none_or(|fields| fields != "TRANSACTION");
        Ok(Self { transactions: transactions.map_err(|_| Code::ParameterError)?, orders, packages })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_read_as_it_is_written() {
        let tx = || TransactionId(2_026_010_100_000_000_001);
        let order = |version| Deal::Order(version, "order 1/あ".to_owned());
        let mut all = vec![
            Endpoint::Request,
            Endpoint::Check(tx()),
            Endpoint::Confirm(tx()),
            Endpoint::Capture(Deal::Transaction(tx())),
            Endpoint::Void(Deal::Transaction(tx())),
            Endpoint::Refund(Deal::Transaction(tx())),
            Endpoint::Details(Version::V3),
            Endpoint::Statement(BusinessDate::parse("2026-11-21").unwrap()),
        ];
        for version in [Version::V2, Version::V4] {
            all.extend([
                Endpoint::Pay(version),
                Endpoint::OrderCheck(version, "o-1".into()),
                Endpoint::Details(version),
                Endpoint::Authorizations(version),
                Endpoint::Capture(order(version)),
                Endpoint::Void(order(version)),
                Endpoint::Refund(order(version)),
            ]);
        }
        for endpoint in all {
            let path = endpoint.path();
            assert_eq!(Endpoint::read(endpoint.method(), &path), Some(endpoint), "{path}");
            assert_eq!(Endpoint::read("PUT", &path), None, "{path}");
        }
        for no in [
            "",
            "/",
            "/v3",
            "/v1/payments",
            "/v3/payments/orders/o/check",
            "/v2/payments/request",
            "/v3/payments/-1/confirm",
            "/v3/payments/preapprovedPay/key/payment",
            "/v4/payments/orders/%ff/check",
        ] {
            assert_eq!(Endpoint::read("GET", no), None, "{no}");
            assert_eq!(Endpoint::read("POST", no), None, "{no}");
        }
    }

    #[test]
    fn a_parameter_may_come_several_times_and_escaped() {
        let query = "transactionId=1&orderId=a%2Fb&transactionId%5B%5D=2&fields=ALL";
        assert_eq!(parameters(query, "transactionId"), ["1", "2"]);
        assert_eq!(parameters(query, "orderId"), ["a/b"]);
        assert!(parameters("", "orderId").is_empty());
        let asked = Asked::read("transactionId=1%2C2&orderId=a%2Cb&fields=TRANSACTION").unwrap();
        assert_eq!(asked.transactions, [TransactionId(1), TransactionId(2)]);
        assert_eq!((asked.orders, asked.packages), (vec!["a,b".to_owned()], false));
        assert_eq!(origin_form("http://h:1/v3/payments?a=b"), "/v3/payments?a=b");
        assert_eq!(origin_form("https://h"), "/");
    }
}
