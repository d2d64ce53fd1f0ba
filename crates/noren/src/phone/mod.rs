//! The phone of a payer: pages for the users of the sandbox wallets, on an address of their own.
//!
//! A phone knows the sandboxes' control calls, which play the hand of a user, and what any browser
//! may ask of the switch: an order's page. It has no key of a merchant and no way into the books; what a wallet tells
//! the switch, the sandbox tells it, by its own protocol. The one exception is marked on the screen as a demo's: the
//! codes that shops show now, for people who have no camera between two windows ([`counters`]).
//!
//! | Module | What it does |
//! |---|---|
//! | `wallets` | the sandboxes, how they look, and their control calls |
//! | `meaning` | what a text is that was scanned or typed |
//! | `reading` | goes on with it: scans it, chooses the wallet, or says what it is |
//! | `sheet` | one payment, from the first look to the receipt |
//! | `pages` | choosing a wallet, its home, history, scenarios |
//! | `own_code` | the code that a till scans |
//! | [`counters`] | the codes that shops show, in a demo |

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::http::{StatusCode, header};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use emvqr::payment_code::Table;
use noren_server::web;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::client::Client;
use crate::folder::Folder;
use counters::Counters;
use wallets::Wallet;

pub mod counters;
mod meaning;
mod own_code;
mod pages;
mod person;
mod reading;
mod sheet;
mod wallets;

/// How long a control call is repeated while nobody answers; a page waits no longer than that.
const PATIENCE: Duration = Duration::from_secs(2);

/// The phone, as its handlers know it. Cheap to clone.
#[derive(Clone)]
struct Phone(Arc<Inner>);

struct Inner {
    wallets: Vec<Wallet>,
    /// What any browser may ask of the switch.
    switch: Client,
    /// Where the switch's pages lie.
    switch_url: String,
    codes: Table,
    counters: Option<Counters>,
    /// No real money moves.
    demo: bool,
}

impl Phone {
    fn new(folder: &Folder) -> anyhow::Result<Self> {
        let config = &folder.config;
        let mut lines = String::from(Table::BUILTIN);
        for entry in noren_wallets::WALLETS {
            lines.push_str(&format!("\n{}\n", entry.payment_codes));
        }
        let codes = Table::parse(&lines)
            .map_err(|error| anyhow::anyhow!("the payment code table: {error}"))?;
        Ok(Self(Arc::new(Inner {
            wallets: wallets::of(folder)?,
            switch: Client::new(&config.switch.public_url, None, PATIENCE)?,
            switch_url: config.switch.public_url.trim_end_matches('/').to_owned(),
            codes,
            counters: config.switch.demo.then(|| Counters::of(folder)).transpose()?,
            demo: !config.switch.livemode,
        })))
    }

    fn wallet(&self, name: &str) -> Result<&Wallet, Lost> {
        self.0.wallets.iter().find(|wallet| wallet.look.name == name).ok_or(Lost::Nowhere)
    }
}

/// Why a page cannot be shown.
#[derive(Debug)]
enum Lost {
    /// There is no such wallet, payment or code.
    Nowhere,
    /// The sandbox does not answer, or not as it should.
    Silent(anyhow::Error),
}

impl From<anyhow::Error> for Lost {
    fn from(error: anyhow::Error) -> Self {
        Self::Silent(error)
    }
}

impl From<noren_pages::RenderError> for Lost {
    fn from(error: noren_pages::RenderError) -> Self {
        Self::Silent(error.into())
    }
}

impl IntoResponse for Lost {
    fn into_response(self) -> Response {
        match self {
            // A wallet that is not there leads to those that are.
            Self::Nowhere => (StatusCode::NOT_FOUND, "There is no such page.\n").into_response(),
            Self::Silent(error) => {
                tracing::warn!(%error, "a sandbox did not answer the phone");
                (StatusCode::BAD_GATEWAY, "The wallet does not answer.\n").into_response()
            }
        }
    }
}

type Shown = Result<Response, Lost>;

/// Pages are forms of this address only: nobody else's page presses their buttons.
async fn own_forms(request: Request, next: Next) -> Response {
    let site = request.headers().get("sec-fetch-site").and_then(|site| site.to_str().ok());
    let foreign = matches!(site, Some("cross-site" | "same-site"));
    if foreign && request.method() == axum::http::Method::POST {
        return (StatusCode::FORBIDDEN, "This form belongs to another page.\n").into_response();
    }
    next.run(request).await
}

fn app(phone: Phone) -> Router {
    Router::new()
        .route("/", get(|| async { Redirect::to("/wallet") }))
        .route("/wallet", get(pages::pick))
        .route("/wallet/open", get(reading::opened))
        .route("/wallet/{wallet}", get(pages::home))
        .route("/wallet/{wallet}/live", get(pages::live))
        .route("/wallet/{wallet}/person", post(pages::person))
        .route("/wallet/{wallet}/scenario", post(pages::scenario))
        .route("/wallet/{wallet}/history", get(pages::history))
        .route("/wallet/{wallet}/scan", get(pages::scan))
        .route("/wallet/{wallet}/read", get(reading::looked).post(reading::read))
        .route("/wallet/{wallet}/scans/{id}", get(sheet::scan).post(sheet::scan_moved))
        .route("/wallet/{wallet}/payments/{id}", get(sheet::payment).post(sheet::payment_moved))
        .route("/wallet/{wallet}/code", get(own_code::page))
        .route("/wallet/{wallet}/code/part", get(own_code::part))
        .route("/wallet/{wallet}/code/seen", get(own_code::seen))
        .layer(from_fn(own_forms))
        .with_state(phone)
        .merge(web::files())
}

/// Serves the phone at `listener` until the set is dropped.
///
/// # Errors
/// The folder's keys cannot be read.
pub fn serve_on(
    folder: &Folder,
    listener: TcpListener,
    tasks: &mut JoinSet<anyhow::Result<()>>,
) -> anyhow::Result<()> {
    let app = app(Phone::new(folder)?);
    tasks.spawn(async move { Ok(axum::serve(listener, app).await?) });
    Ok(())
}

/// Sends to a page, by a method that a browser does not repeat.
fn go(url: &str) -> Response {
    (StatusCode::SEE_OTHER, [(header::LOCATION, url.to_owned())]).into_response()
}

/// A text as part of a query.
pub fn escaped(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                out.push(char::from(byte));
            }
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests;
