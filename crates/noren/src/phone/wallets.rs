//! The sandboxes that a phone can be of.

use std::time::Duration;

use anyhow::{Context, bail};
use noren_core::money::{Currency, Money};
use noren_pages::wallet::{Country, Look, Shop};
use noren_wallets::Entry;
use noren_wallets::sandbox::bank::ShopName;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::PATIENCE;
use super::person::Person;
use crate::client::Client;
use crate::folder::Folder;

/// How a user of a network pays by a code of the switch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scans {
    /// By our own wallet API: the wallet resolves, quotes, reserves, confirms.
    WalletApi,
    /// The network asks the switch what a code costs, and opens an order for it.
    Asks,
    /// Not at all: an order's page sends the user here.
    No,
}

/// One sandbox.
pub struct Wallet {
    /// How it is told from others.
    pub look: Look,
    /// How its users pay by a code of the switch.
    pub scans: Scans,
    /// Its users have codes to show.
    pub codes: bool,
    /// Where it listens.
    address: String,
    client: Client,
}

/// The sandboxes of a folder, in the order of the program's list.
pub fn of(folder: &Folder) -> anyhow::Result<Vec<Wallet>> {
    let mut wallets = Vec::new();
    for entry in noren_wallets::WALLETS {
        let Some(config) = folder.config.wallets.get(entry.name) else { continue };
        let scans = match entry.name {
            noren_wallets::noren::NAME => Scans::WalletApi,
            noren_wallets::alipayplus::NAME => Scans::Asks,
            _ => Scans::No,
        };
        wallets.push(Wallet {
            look: look(entry),
            scans,
            codes: !entry.payment_codes.is_empty(),
            address: config.address.trim_end_matches('/').to_owned(),
            client: Client::new(&config.address, None, PATIENCE)?,
        });
    }
    Ok(wallets)
}

/// Marks are letters of ours. What users hold is what the sandboxes' books are kept in.
fn look(entry: &Entry) -> Look {
    let (mark, country, currency) = match entry.name {
        "noren" => ("N", Country::China, Currency::CNY),
        "alipayplus" => ("A+", Country::Korea, Currency::KRW),
        "antom" => ("An", Country::Korea, Currency::KRW),
        "wechatpay" => ("W", Country::China, Currency::CNY),
        "alipay" => ("Al", Country::China, Currency::CNY),
        "paypay" => ("P", Country::Japan, Currency::JPY),
        "linepay" => ("L", Country::Japan, Currency::JPY),
        _ => ("·", Country::Japan, Currency::JPY),
    };
    Look {
        name: entry.name.to_owned(),
        title: entry.title.to_owned(),
        mark,
        country,
        currency,
        // Ended in Japan on 30 April 2025 (`wallets/linepay` facts).
        closed: entry.name == "linepay",
    }
}

impl Wallet {
    /// Reads. `None`: there is no such thing there.
    pub async fn get(&self, path: &str) -> anyhow::Result<Option<Value>> {
        let answer = self.client.get(path).await?;
        match answer.status {
            200 => Ok(Some(answer.body)),
            404 => Ok(None),
            status => bail!("{} answers {status} to {path}", self.look.name),
        }
    }

    /// Does something. `Err` inside: it was refused, with the status of that.
    pub async fn post(&self, path: &str, body: &Value) -> anyhow::Result<Result<Value, u16>> {
        let answer = self.client.post(path, None, body).await?;
        match answer.status {
            200 => Ok(Ok(answer.body)),
            status @ 400..=499 => Ok(Err(status)),
            status => bail!("{} answers {status} to {path}", self.look.name),
        }
    }

    /// That a user is there, with something to spend.
    pub async fn welcome(&self, person: Person) -> anyhow::Result<()> {
        let balance = person.balance(self.look.currency);
        let body = json!({ "user": person.name(), "balance": balance });
        let made = self.post("/sandbox/users", &body).await?;
        made.map(drop).map_err(|status| anyhow::anyhow!("no user: {status}"))
    }

    /// Looks at an order, without paying it. `None`: no such order, or another user's.
    pub async fn order(&self, person: Person, named: &str) -> anyhow::Result<Option<Value>> {
        let body = json!({ "user": person.name(), "order": named });
        Ok(self.post("/sandbox/pay", &body).await?.ok())
    }

    /// A payment as its books have it.
    pub async fn payment(&self, id: &str) -> anyhow::Result<Option<Payment>> {
        let found = self.get(&format!("/sandbox/payments/{}", super::escaped(id))).await?;
        found.map(read).transpose()
    }

    /// All payments of a user, the newest first.
    pub async fn payments(&self, person: Person) -> anyhow::Result<Vec<Payment>> {
        let found = self.get(&format!("/sandbox/users/{}/payments", person.name())).await?;
        let found = found.map(|mut found| found["payments"].take());
        found.map(read).transpose().map(Option::unwrap_or_default)
    }

    /// The orders that wait here.
    pub async fn orders(&self) -> anyhow::Result<Vec<Open>> {
        let found = self.get("/sandbox/orders").await?;
        let found = found.map(|mut found| found["orders"].take());
        found.map(read).transpose().map(Option::unwrap_or_default)
    }

    /// True for the link of an order of this network.
    pub fn owns(&self, text: &str) -> bool {
        let below = |text: &str| {
            text.strip_prefix(self.address.as_str()).is_some_and(|rest| rest.starts_with('/'))
        };
        match self.look.name.as_str() {
            "wechatpay" => text.starts_with("weixin://wxpay/"),
            "linepay" => below(text) || text.starts_with("line://pay/payment/"),
            "paypay" => {
                let decoded = percent_decoded(text);
                below(text) || (text.starts_with("paypay://") && decoded.contains(&self.address))
            }
            _ => below(text),
        }
    }
}

fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let [first, more @ ..] = rest {
        let hex = |digits: &[u8]| u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok();
        match (first, more.get(..2).and_then(hex)) {
            (b'%', Some(byte)) => {
                bytes.push(byte);
                rest = &more[2..];
            }
            _ => {
                bytes.push(*first);
                rest = more;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// A payment in a sandbox's books.
#[derive(Clone, Debug, serde::Deserialize)]
pub struct Payment {
    pub id: String,
    pub transaction: String,
    pub user: Option<String>,
    pub state: String,
    pub reason: Option<noren_wallets::sandbox::bank::No>,
    pub shop: Option<ShopName>,
    pub amount: Money,
    pub payer_amount: Money,
    pub payer_refunded: i64,
    pub at: String,
    pub paid_at: Option<String>,
    pub refunds: Vec<Refund>,
}

/// Money that went back, or did not.
#[derive(Clone, Debug, serde::Deserialize)]
pub struct Refund {
    pub state: String,
    pub payer_amount: Money,
    pub at: String,
}

/// An order that waits.
#[derive(Clone, Debug, serde::Deserialize)]
pub struct Open {
    pub order: String,
    pub amount: Money,
    pub shop: Option<String>,
}

/// A shop as a page shows it.
pub fn shop(name: ShopName) -> Shop {
    Shop { name: name.name, name_ja: name.name_ja }
}

fn read<T: DeserializeOwned>(value: Value) -> anyhow::Result<T> {
    serde_json::from_value(value).context("the sandbox's answer cannot be read")
}

/// How long a page waits for the switch's first word on a code.
pub const FIRST_WORD_WITHIN: Duration = Duration::from_millis(1_500);
/// How often it looks meanwhile.
pub const LOOK_EVERY: Duration = Duration::from_millis(60);
