//! The till: a browser on a shop's counter.
//!
//! | Module | What it does |
//! |---|---|
//! | `session` | which device calls, for which store, and who is signed in |
//! | `demo` | in the demo: a till of any of its shops with one tap |
//! | `frame` | what stands around every screen |
//! | `pages` | the screens of a sale |
//!
//! A till sells by the merchant API's own handlers, mounted below `/till/v1`: the same bodies, keys and
//! answers, with the till's cookie in place of an API key.

mod demo;
mod frame;
mod pages;
pub(crate) mod session;

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};

use crate::api::{codes, events, payments, refunds};
use crate::state::AppState;

pub(crate) fn routes(state: &AppState) -> Router<AppState> {
    // What a clerk may do. Money goes back by a supervisor's word only.
    let sells = Router::new()
        .route("/till/v1/payments", get(payments::list_all).post(payments::create))
        .route("/till/v1/payments/{id}", get(payments::get))
        .route("/till/v1/payments/{id}/cancel", post(payments::cancel))
        .route("/till/v1/refunds", get(refunds::list_all))
        .route("/till/v1/refunds/{id}", get(refunds::get))
        .route("/till/v1/events", get(events::list_all))
        .route("/till/v1/stores/{id}/code", get(codes::store_code))
        .route_layer(from_fn_with_state(state.clone(), session::sells));
    let gives_back = Router::new()
        .route("/till/v1/refunds", post(refunds::create))
        .route_layer(from_fn_with_state(state.clone(), session::gives_back));
    Router::new()
        .route("/till", get(pages::start))
        .route("/till/demo", post(demo::open))
        .merge(sells)
        .merge(gives_back)
}
