//! Tills that were written for one network's API: each such API is answered at the root of an
//! address of its own, by the folder of its network. This module knows who calls, and asks the engine.

mod news;
mod till;

use std::collections::HashMap;

use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::from_fn_with_state;
use axum::response::Response;
use noren_core::id::StoreId;
use noren_core::payment::Payment;
use noren_wallets::facade::{Account, Facade};
use noren_wallets::link::Link;

pub use news::News;

use crate::auth::MerchantCaller;
use crate::members::read_body;
use crate::messages;
use crate::problem::{Edge, Problem};
use crate::state::AppState;
use crate::{edge, random};
use till::HouseTill;

/// One network's API, and the tills that may call it.
pub struct FacadeConfig {
    /// What answers.
    pub facade: Box<dyn Facade>,
    /// Who may call.
    pub accounts: Vec<FacadeAccount>,
}

/// A till that was written for a network's API.
pub struct FacadeAccount {
    /// The keys that we issued; see [`Account::link`].
    pub link: Link,
    /// Where it is told of payments when an order names no address.
    pub notify_url: Option<String>,
    /// The store that is paid.
    pub store: StoreId,
}

/// One facade with its accounts, by the name that we issued.
pub(crate) struct Accounts {
    pub facade: Box<dyn Facade>,
    by_id: HashMap<String, FacadeAccount>,
}

impl Accounts {
    pub(crate) fn named(config: FacadeConfig) -> (&'static str, Self) {
        let by_id = config.accounts.into_iter();
        let by_id = by_id.map(|account| (account.link.client_id.clone(), account)).collect();
        (config.facade.name(), Self { facade: config.facade, by_id })
    }

    /// Everything that is known of an account, as the directory has it now. `None`: there is no such
    /// account, or its store is not in the directory (yet).
    pub(crate) async fn of(
        &self,
        state: &AppState,
        id: &str,
    ) -> Result<Option<(Account, MerchantCaller, StoreId)>, Problem> {
        let Some(held) = self.by_id.get(id) else { return Ok(None) };
        let store = held.store;
        let directory = state.directory().with(|d| d.store(store).is_some()).await?;
        let Some(found) = directory.store(store) else { return Ok(None) };
        let Some(merchant) = directory.merchant(found.merchant) else { return Ok(None) };
        let Some(shop) = directory.shop(found) else { return Ok(None) };
        let account = Account {
            link: held.link.clone(),
            notify_url: held.notify_url.clone(),
            shop,
            currency: merchant.currency,
            checkout: state.public_url().clone(),
        };
        let caller = MerchantCaller { tenant: merchant.tenant, merchant: merchant.id, store: None };
        Ok(Some((account, caller, store)))
    }
}

/// Where a payer's browser goes on from the page of an order: what the till that made it has named.
/// Only an address on the web, in a form that fits a header.
pub(crate) fn onward(state: &AppState, payment: &Payment) -> Option<String> {
    let url = state.facades().find_map(|known| known.facade.onward(payment))?;
    let web = url.starts_with("https://") || url.starts_with("http://");
    (web && url.bytes().all(|b| b.is_ascii_graphic())).then_some(url)
}

/// The service of one facade, for a listener of its own.
pub fn app(state: AppState, facade: &'static str) -> Router {
    let answer = move |State(state): State<AppState>, request: Request| async move {
        answer(&state, facade, request).await
    };
    Router::new()
        .fallback(answer)
        .layer(from_fn_with_state(state.clone(), edge::handle))
        .with_state(state)
}

async fn answer(state: &AppState, name: &str, request: Request) -> Result<Response, Problem> {
    let accounts = state.facade(name).ok_or(Edge::RouteUnknown)?;
    let (parts, body) = request.into_parts();
    let message = messages::request(&parts, read_body(body).await?);
    let facade = &*accounts.facade;
    let env = random::env();
    let known = match facade.claims(&message) {
        Some(id) => accounts.of(state, &id).await?,
        None => None,
    };
    let answer = match known {
        None => facade.stranger(&message, env),
        Some((account, who, store)) => {
            let id = &account.link.client_id;
            let till = HouseTill::new(state, facade.name(), id, who, store);
            facade.answer(&account, &till, &message, env).await
        }
    };
    Ok(messages::response(answer))
}

/// Serves one facade until the switch stops.
pub async fn serve(
    listener: tokio::net::TcpListener,
    state: AppState,
    facade: &'static str,
) -> std::io::Result<()> {
    let stopping = state.clone();
    let service = app(state, facade);
    axum::serve(listener, service)
        .with_graceful_shutdown(async move { stopping.drained().await })
        .await
}
