//! The messages that we send, and by which id each is about what.

use noren_core::money::{Currency, Money};
use noren_core::wallet::{Call, OrderAsk, PayAsk, Reference};
use serde::Serialize;

use crate::linepay::endpoints::{Deal, Endpoint, Version};
use crate::linepay::messages::{
    Amount, AmountRequest, Extra, Handle, Options, OrderRequest, Package, PayRequest,
    PaymentOptions, Product, RedirectUrls, RefundRequest, Text,
};
use crate::linepay::{CANCEL_PATH, CONFIRM_PATH};
use crate::link::Link;

/// How the network knows a payment.
pub(super) enum Known {
    /// An order that it named.
    Online(Handle),
    /// By the id that we gave it: a scanned code, or an order whose name was lost.
    ByOrder,
}

pub(super) fn known(reference: &Reference) -> Known {
    match reference {
        // A name that we did not write cannot come back; asking by our id moves nothing.
        Reference::Order { handle } => handle.parse().map_or(Known::ByOrder, Known::Online),
        Reference::Request | Reference::Scan { .. } | Reference::Credit { .. } => Known::ByOrder,
    }
}

/// One message, not yet signed.
pub(super) struct Message {
    pub endpoint: Endpoint,
    pub query: String,
    pub body: Vec<u8>,
}

impl Message {
    pub fn get(endpoint: Endpoint, query: String) -> Self {
        Self { endpoint, query, body: Vec::new() }
    }

    pub fn post(endpoint: Endpoint, body: &impl Serialize) -> Self {
        let body = serde_json::to_vec(body).expect("our messages have string keys only");
        Self { endpoint, query: String::new(), body }
    }

    pub fn details(call: &Call, known: &Known) -> Self {
        match known {
            Known::Online(handle) => Self::get(
                Endpoint::Details(Version::V3),
                format!("transactionId={}", handle.transaction),
            ),
            Known::ByOrder => Self::by_order(call, Version::V4),
        }
    }

    pub fn by_order(call: &Call, version: Version) -> Self {
        Self::get(Endpoint::Details(version), format!("orderId={}", call.about))
    }

    pub fn check(call: &Call, known: &Known) -> Self {
        let endpoint = match known {
            Known::Online(handle) => Endpoint::Check(handle.transaction),
            Known::ByOrder => Endpoint::OrderCheck(Version::V4, call.about.to_string()),
        };
        Self::get(endpoint, String::new())
    }

    pub fn void(call: &Call, known: &Known) -> Self {
        // It has nothing to say; what is sent is signed as it is.
        Self { body: b"{}".to_vec(), ..Self::get(Endpoint::Void(deal(call, known)), String::new()) }
    }

    pub fn refund(call: &Call, known: &Known, amount: Option<Money>) -> Self {
        let body = RefundRequest { refund_amount: amount.map(Amount::of) };
        Self::post(Endpoint::Refund(deal(call, known)), &body)
    }
}

pub(super) fn deal(call: &Call, known: &Known) -> Deal {
    match known {
        Known::Online(handle) => Deal::Transaction(handle.transaction),
        Known::ByOrder => Deal::Order(Version::V4, call.about.to_string()),
    }
}

/// To confirm, or to capture.
pub(super) fn amount_request(amount: Money) -> AmountRequest {
    AmountRequest { amount: Amount::of(amount), currency: amount.currency().alpha().to_owned() }
}

pub(super) fn order_request(link: &Link, call: &Call, ask: &OrderAsk) -> OrderRequest {
    let shop = &ask.shop;
    OrderRequest {
        amount: Amount::of(ask.amount),
        currency: ask.amount.currency().alpha().to_owned(),
        order_id: Text(call.about.to_string()),
        packages: vec![package(ask.amount, &shop.name, &shop.store.to_string(), &ask.order_number)],
        redirect_urls: RedirectUrls {
            confirm_url: link.switch.url(CONFIRM_PATH),
            confirm_url_type: None,
            cancel_url: link.switch.url(CANCEL_PATH),
        },
        options: Some(options(ask.hold, &shop.name, &shop.store.to_string())),
    }
}

fn package(amount: Money, shop: &str, store: &str, order_number: &str) -> Package {
    let name: String = format!("{shop} {order_number}").chars().take(256).collect();
    let one = Amount::of(Money::new(1, Currency::JPY));
    Package {
        id: Text(store.to_owned()),
        amount: Amount::of(amount),
        user_fee: None,
        name: Some(shop.to_owned()),
        products: vec![Product {
            id: None,
            name,
            image_url: None,
            quantity: one,
            price: Amount::of(amount),
        }],
    }
}

fn options(hold: bool, shop: &str, store: &str) -> Options {
    Options {
        payment: Some(PaymentOptions { capture: Some(!hold), pay_type: None }),
        extra: Some(Extra {
            branch_id: Some(Text(store.to_owned())),
            branch_name: Some(shop.to_owned()),
        }),
        ..Options::default()
    }
}

pub(super) fn pay_request(call: &Call, ask: &PayAsk, hold: bool) -> PayRequest {
    let (shop, store) = (&ask.shop.name, ask.shop.store.to_string());
    PayRequest {
        product_name: None,
        amount: Amount::of(ask.amount),
        currency: ask.amount.currency().alpha().to_owned(),
        order_id: Text(call.about.to_string()),
        one_time_key: Text(ask.code.reveal().to_owned()),
        capture: None,
        options: Some(options(hold, shop, &store)),
        packages: Some(vec![package(ask.amount, shop, &store, &ask.order_number)]),
    }
}
