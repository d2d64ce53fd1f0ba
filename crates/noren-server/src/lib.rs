//! HTTP: authenticate, parse, hand a command to the runtime, render the reply. The only crate in
//! which a status code of our API is spelled. It decides nothing about money and keeps nothing but a copy of
//! the directory.
//!
//! | Module | What it does |
//! |---|---|
//! | `api` | what merchants and the operator may ask |
//! | `wallet_api` | what wallets may ask, signed both ways |
//! | `callbacks` | what networks tell us of their own accord |
//! | [`outgoing`] | what we ask of wallets |
//! | [`facades`] | what tills ask that were written for one network's API |
//! | `checkout` | what a payer sees of an order, and the choice of a wallet |
//! | `start` | the first page, and in a demo the doors to all that there is to try |
//! | `till` | the till: which browsers are one, and its screens |
//! | [`web`] | what every page shares: the reader's language, headers, files |
//! | [`auth`], [`idempotency`], [`problem`] | keys, repeats, and every way to say no |
//! | `pages`, `say` | a page for every problem, and its sentence for the counter |
//! | [`wire`] | the shapes of the merchant and operator API |
//!
//! How the parts are put together:
//!
//! ```no_run
//! use noren_server::outgoing::{Dispatcher, Endpoint};
//! # use std::sync::Arc;
//! # use noren_runtime::{BootClock, Config as RuntimeConfig, Runtime};
//! # async fn run(
//! #     store: noren_store::SqliteStore, fetch: noren_store::SqliteFetch,
//! #     loaded: noren_store::Loaded, reads: noren_store::Reads, clock: Arc<BootClock>,
//! #     endpoints: Vec<Endpoint>, config: noren_server::Config,
//! #     listener: tokio::net::TcpListener, sigterm: std::future::Ready<()>,
//! # ) -> Result<(), Box<dyn std::error::Error>> {
//! // A rustls provider was installed before.
//! let dispatcher = Dispatcher::new(endpoints)?;
//! let sink = Box::new(dispatcher.clone());
//! let (store, fetch) = (Box::new(store), Box::new(fetch));
//! let runtime = Runtime::start(loaded, store, fetch, clock, sink, RuntimeConfig::default())?;
//! dispatcher.connect(runtime.handle());
//! let state = noren_server::AppState::new(runtime.handle(), reads, config);
//! noren_server::serve(listener, state, sigterm).await?;
//! runtime.stop();
//! # Ok(())
//! # }
//! ```

mod api;
pub mod auth;
mod callbacks;
pub mod checkout;
mod directory;
mod edge;
pub mod facades;
mod health;
pub mod idempotency;
mod lists;
mod members;
mod messages;
mod openapi;
pub mod outgoing;
mod pages;
mod prefer;
pub mod problem;
mod random;
mod say;
mod serve;
mod start;
mod state;
mod strict;
pub mod till;
mod wallet_api;
mod wallet_examples;
pub mod web;
pub mod wire;

pub use edge::REQUEST_ID;
pub use openapi::openapi;
pub use serve::{DRAIN_WITHIN, serve};
pub use state::{AppState, Config, WalletKey};

use axum::Router;
use axum::middleware::from_fn_with_state;

/// The whole server as one service.
pub fn app(state: AppState) -> Router {
    openapi::routes(&state)
        .fallback(edge::route_unknown)
        .method_not_allowed_fallback(edge::method_not_allowed)
        .layer(from_fn_with_state(state.clone(), edge::handle))
        .with_state(state)
}
