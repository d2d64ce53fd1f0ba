//! The till: a browser on a shop's counter.
//!
//! | Module | What it does |
//! |---|---|
//! | `session` | which device calls, for which store, and who is signed in |
//! | `demo` | in the demo: a till of any of its shops with one tap |
//! | `opened` | whose screen it is, or where a browser has to go first |
//! | `pairing`, `sign_in`, `pin` | how a browser becomes a till, and who is at it |
//! | `today`, `payment`, `days`, `said` | a day's payments, one of them, and the end of the day |
//! | `receipts`, `tax` | receipts on paper and on the customer's phone |
//! | `poster` | the shop's printed code |
//! | `frame` | what stands around every screen |
//! | `pages` | the screens of a sale |
//! | `issuer` | whose code was read |
//!
//! A till sells by the merchant API's own handlers, mounted below `/till/v1`: the same bodies, keys and
//! answers, with the till's cookie in place of an API key.

mod days;
mod demo;
mod frame;
mod issuer;
mod opened;
mod pages;
pub(crate) mod pairing;
mod payment;
pub(crate) mod pin;
mod poster;
mod receipts;
mod said;
pub(crate) mod session;
mod sign_in;
mod tax;
mod today;

pub use demo::{DEMO_CLERK, DEMO_CLERK_PIN, DEMO_SUPERVISOR, DEMO_SUPERVISOR_PIN};
pub(crate) use frame::frame;
pub(crate) use opened::{Opened, picture};
pub(crate) use said::last;

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};

use crate::api::{codes, event_stream, events, orders, payments, refunds};
use crate::state::AppState;

pub(crate) fn routes(state: &AppState) -> Router<AppState> {
    // What a clerk may do. Money goes back by a supervisor's word only.
    let sells = Router::new()
        .route("/till/v1/payments", get(payments::list_all).post(payments::create))
        .route("/till/v1/payments/{id}", get(payments::get))
        .route("/till/v1/payments/{id}/cancel", post(payments::cancel))
        .route("/till/v1/orders/{order_number}/cancel", post(orders::cancel_unpaid))
        .route("/till/v1/payment_codes/issuer", post(issuer::issuer))
        .route("/till/v1/refunds", get(refunds::list_all))
        .route("/till/v1/refunds/{id}", get(refunds::get))
        .route("/till/v1/events", get(events::list_all))
        .route("/till/v1/events/stream", get(event_stream::stream))
        .route("/till/v1/stores/{id}/code", get(codes::store_code))
        .route_layer(from_fn_with_state(state.clone(), session::sells));
    let gives_back = Router::new()
        .route("/till/v1/refunds", post(refunds::create))
        .route_layer(from_fn_with_state(state.clone(), session::gives_back));
    Router::new()
        .route("/till", get(pages::start))
        .route("/till/watch", get(pages::watch))
        .route("/till/codes/{name}", get(pages::code))
        .route("/till/manifest.webmanifest", get(pages::web_manifest))
        .route("/till/sw.js", get(pages::worker))
        .route("/till/offline", get(pages::offline))
        .route("/till/demo", post(demo::open))
        .route("/till/pair", get(pairing::page).post(pairing::renew))
        .route("/till/pair/poll", post(pairing::poll))
        .route("/till/sign-in", get(sign_in::page).post(sign_in::sign_in))
        .route("/till/sign-out", post(sign_in::sign_out))
        .route("/till/supervisor", get(sign_in::supervisor_page).post(sign_in::supervise))
        .route("/till/today", get(today::page))
        .route("/till/close", get(today::close))
        .route("/till/payments/{id}", get(payment::page))
        .route("/till/payments/{id}/tax", post(payment::set_reduced))
        .route("/till/payments/{id}/receipt", get(receipts::of_payment))
        .route("/till/payments/{id}/receipt/printed", post(receipts::payment_printed))
        .route("/till/refunds/{id}/receipt", get(receipts::of_refund))
        .route("/till/refunds/{id}/receipt/printed", post(receipts::refund_printed))
        .route("/till/poster", get(poster::page))
        .route("/till/poster.svg", get(poster::file))
        .route("/r/{token}", get(receipts::public))
        .merge(sells)
        .merge(gives_back)
}
