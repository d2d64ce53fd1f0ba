//! The small web shop of a demo: what a shop on the web needs of the switch, and no more. It makes a
//! payment by the merchant API, sends the payer to the payment's page, and gives the goods away when
//! its own back end has read of the money in `GET /v1/events`. That somebody comes back proves nothing.
//!
//! | Module | What it does |
//! |---|---|
//! | `goods` | what is sold |
//! | `orders` | who ordered what, in memory: a demo's orders end with it |
//! | `events` | the back end that reads the switch's events |
//! | `pages` | the front, and the page of an order |

mod events;
mod goods;
mod orders;
mod pages;

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use tokio::net::TcpListener;

use crate::cast::SHOPS;
use crate::client::Client;
use crate::folder::Folder;
use orders::Orders;

/// How long a call to the switch is repeated while nobody answers.
const PATIENCE: Duration = Duration::from_secs(5);

/// The shop of the demo that also sells on the web.
const SHOP: usize = 4;

/// The web shop.
#[derive(Clone)]
pub struct WebShop(Arc<Inner>);

struct Inner {
    switch: Client,
    store: String,
    /// Where browsers reach it.
    url: String,
    orders: Orders,
}

impl WebShop {
    /// With the key of its merchant, from the folder.
    pub fn open(folder: &Folder) -> anyhow::Result<Self> {
        let shop = &SHOPS[SHOP];
        let (key, _) = folder.api_key(&format!("merchant-{}", shop.short), shop.role())?;
        let table = folder.config.shop.as_ref().context("noren.toml has no table [shop]")?;
        let switch = Client::new(&folder.config.switch.public_url, Some(key), PATIENCE)?;
        let (store, url) = (shop.store().to_string(), table.url());
        Ok(Self(Arc::new(Inner { switch, store, url, orders: Orders::default() })))
    }

    /// Serves until the task is dropped.
    pub async fn serve(self, listener: TcpListener) -> anyhow::Result<()> {
        let back_end = events::follow(self.clone());
        let front = axum::serve(listener, pages::routes(self));
        tokio::select! {
            served = front.into_future() => Ok(served?),
            never = back_end => match never {},
        }
    }
}

/// Listens where the folder says, in a demo that has such a shop.
pub async fn listen(folder: &Folder) -> anyhow::Result<Option<TcpListener>> {
    let Some(table) = folder.config.shop.as_ref().filter(|_| folder.config.switch.demo) else {
        return Ok(None);
    };
    let listener = TcpListener::bind(&table.listen).await;
    let listener = listener.with_context(|| format!("listening on {} for the shop", table.listen));
    listener.map(Some)
}
