//! A shop's old till, written for one network's API and pointed at the switch's answer to it.
//!
//! Its software is that network's connector: a client of the network's merchant API that knows nothing
//! of the switch. So a demo's day shows, over HTTP, that whoever speaks that API takes every wallet.

use std::time::Duration;

use anyhow::{Context, bail};
use noren_core::id::{Entropy, OrderId, PaymentId, WalletName};
use noren_core::money::{Currency, Money};
use noren_core::time::Span;
use noren_core::wallet::{Ask, Call, FxBy, OrderAsk, PaymentAnswer, Profile, Reference};
use noren_wallets::Entry;
use noren_wallets::connector::{Connector, Env, Heard, STEPS_MAX, Step};
use noren_wallets::link::Link;
use noren_wallets::wire::{Request, Response, TransportError};

use crate::cast::Shop;
use crate::demo::now;
use crate::folder::random;

/// One till.
pub struct OldTill {
    /// Whose API it speaks.
    pub name: &'static str,
    wallet: WalletName,
    connector: Box<dyn Connector>,
    origin: String,
    http: reqwest::Client,
    /// The network knows the payer's currency alone: the API's amounts bear its name, and are the
    /// shop's.
    payers: Option<Currency>,
}

/// An order as its till knows it.
pub struct Order {
    id: PaymentId,
    reference: Reference,
    /// What the till shows its payer.
    pub link: String,
}

impl OldTill {
    /// `link` is the till's end of its connection to the switch.
    pub fn new(entry: &Entry, link: Link, profile: &Profile) -> anyhow::Result<Self> {
        let wallet: WalletName = entry.name.parse()?;
        let http = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(Duration::from_secs(30))
            .build()?;
        let origin = link.network.origin().to_owned();
        let connector = (entry.connector)(wallet, link);
        let foreign = profile.currency != Currency::JPY && profile.fx_by == FxBy::Switch;
        let payers = foreign.then_some(profile.currency);
        Ok(Self { name: entry.name, wallet, connector, origin, http, payers })
    }

    /// Makes an order. The same day asks for the same order.
    pub async fn order(&self, day: &str, shop: &Shop, yen: i64) -> anyhow::Result<Order> {
        let number = format!("{day}-till-{}", self.name);
        let bits = ring::digest::digest(&ring::digest::SHA256, number.as_bytes());
        let bits = Entropy(u128::from_le_bytes(bits.as_ref()[..16].try_into()?));
        let (slot, amount) = (shop.merchant().slot(), Money::new(yen, Currency::JPY));
        // The same digits on the wire.
        let payer = self.payers.map(|currency| {
            let units = 10_i64.pow(u32::from(currency.exponent()));
            Money::new(yen * units, currency)
        });
        let id = PaymentId::new(shop.merchant().created_at(), slot, bits, 0);
        let ask = Ask::CreateOrder(Box::new(OrderAsk {
            order: OrderId::new(shop.merchant().created_at(), slot, bits, 0),
            order_number: number.into(),
            amount,
            payer,
            hold: false,
            shop: shop.shown(),
            expires_at: now().after(Span::seconds(300)),
        }));
        match self.ask(id, ask).await? {
            PaymentAnswer::Ordered { link, handle } => {
                let reference = match handle {
                    Some(handle) => Reference::Order { handle },
                    None => Reference::Request,
                };
                Ok(Order { id, reference, link: link.to_string() })
            }
            other => bail!("the till for {} got no order: {other:?}", self.name),
        }
    }

    /// True once the till hears that the order is paid.
    pub async fn is_paid(&self, order: &Order) -> anyhow::Result<bool> {
        let ask = Ask::Inquire { reference: order.reference.clone() };
        match self.ask(order.id, ask).await? {
            PaymentAnswer::Paid(_) => Ok(true),
            PaymentAnswer::Pending => Ok(false),
            other => bail!("the till for {} hears {other:?}", self.name),
        }
    }

    async fn ask(&self, id: PaymentId, ask: Ask) -> anyhow::Result<PaymentAnswer> {
        let send_by = now().after(Span::seconds(60));
        let call = Call { wallet: self.wallet, about: id.into(), attempt: 1, send_by, ask };
        let mut request = self.connector.request(&call, env()?);
        for _ in 0..STEPS_MAX {
            let response = self.exchange(&request).await;
            let response = response.as_ref().map_err(|error| *error);
            match self.connector.answer(&call, &request, response, env()?) {
                Step::Heard(Heard::Payment(answer)) => return Ok(answer),
                Step::Heard(other) => bail!("the till for {} hears {other:?}", self.name),
                Step::Then(next) => request = next,
            }
        }
        bail!("the till for {} comes to no end", self.name)
    }

    async fn exchange(&self, request: &Request) -> Result<Response, TransportError> {
        let method =
            request.method.parse::<reqwest::Method>().map_err(|_| TransportError::NotSent)?;
        let mut builder = self.http.request(method, format!("{}{}", self.origin, request.target));
        for (name, value) in &request.headers {
            builder = builder.header(name, value);
        }
        let sent = builder.body(request.body.clone()).send().await;
        let response = sent.map_err(|_| TransportError::TimedOut)?;
        let headers = response.headers().iter().filter_map(|(name, value)| {
            Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned()))
        });
        let (status, headers) = (response.status().as_u16(), headers.collect());
        let body = response.bytes().await.map_err(|_| TransportError::Broken)?.to_vec();
        Ok(Response { status, headers, body })
    }
}

fn env() -> anyhow::Result<Env> {
    let nonce = u128::from_le_bytes(random()?);
    Ok(Env { now: now(), nonce })
}

/// The payment whose page a link of ours is.
pub fn payment_of(link: &str) -> anyhow::Result<String> {
    let last = link.rsplit('/').next().filter(|id| id.starts_with("pay_"));
    Ok(last.with_context(|| format!("{link} is no page of the switch"))?.to_owned())
}
