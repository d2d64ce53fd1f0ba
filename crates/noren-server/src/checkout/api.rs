//! An order as JSON.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use noren_core::directory::Directory;
use noren_core::id::{PaymentId, PaymentKind, WalletName};
use noren_core::payment::{Payment, State as PaymentState};
use noren_core::refusal::Refusal;
use noren_store::sqlite::Scope;
use serde::Serialize;

use super::{choosable, choose, link, mark, read};
use crate::api::id_in_path;
use crate::edge::InPath;
use crate::members::{JsonBody, Members};
use crate::prefer::{Wait, read_until};
use crate::problem::{Problem, ProblemBody};
use crate::state::AppState;
use crate::wire::Amount;

/// What a payer may know of an order.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
#[schema(as = Checkout)]
pub struct Checkout {
    /// Always `checkout`.
    pub object: &'static str,
    /// The payment.
    #[schema(value_type = String)]
    pub payment: PaymentId,
    /// The shop's name, as registered.
    pub shop: String,
    /// What is to be paid.
    pub amount: Amount,
    /// What the payment is.
    pub status: &'static str,
    /// Which wallets can be chosen.
    pub wallets: Vec<CheckoutWallet>,
    /// The wallet that was chosen.
    pub wallet: Option<String>,
    /// What to open in that wallet, as soon as it is known.
    pub link: Option<String>,
}

/// A wallet that can be chosen.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
#[schema(as = CheckoutWallet)]
pub struct CheckoutWallet {
    /// Its name here.
    pub name: String,
    /// As people know it.
    pub title: String,
}

/// The body of the choice.
#[derive(utoipa::ToSchema)]
#[schema(as = CheckoutChoice)]
pub struct Choice {
    /// The wallet's name.
    pub wallet: String,
}

async fn seen(state: &AppState, payment: &Payment) -> Result<Checkout, Problem> {
    let known = |directory: &Directory| directory.store(payment.store).is_some();
    let directory = state.directory().with(known).await?;
    let waits = matches!(payment.state, PaymentState::WaitingForPayer(_));
    let wallets = choosable(&directory, payment.merchant).filter(|_| waits);
    let wallets = wallets.map(|wallet| CheckoutWallet {
        name: wallet.name.to_string(),
        title: wallet.title.to_string(),
    });
    Ok(Checkout {
        object: "checkout",
        payment: payment.id,
        shop: directory.store(payment.store).map_or(String::new(), |store| store.name.to_string()),
        amount: Amount::from(payment.amount),
        status: payment.state.name(),
        wallets: wallets.collect(),
        wallet: payment.wallet().map(|name| name.to_string()),
        link: link(payment),
    })
}

async fn answer(state: &AppState, payment: &Payment) -> Result<Response, Problem> {
    let tag = [(header::ETAG, format!("\"{}\"", mark(payment)))];
    Ok((tag, Json(seen(state, payment).await?)).into_response())
}

/// What the caller has, as an earlier answer named it.
fn known(headers: &HeaderMap) -> Option<String> {
    let text = headers.get(header::IF_NONE_MATCH)?.to_str().ok()?;
    Some(text.trim().trim_start_matches("W/").trim_matches('"').to_owned())
}

/// An order as its payer may see it: whoever has its id. `Prefer: wait=20` holds the answer until
/// there is something else to see: another status or wallet, a link, a refund; with `If-None-Match`,
/// something else than the answer that had that `ETag`.
#[utoipa::path(get, path = "/checkout/v1/payments/{id}", operation_id = "checkout_get", tag = "checkout",
    params(
        ("id" = String, Path, description = "The payment, `pay_…`."),
        ("Prefer" = Option<String>, Header, description = "`wait=N`: up to 20 seconds until there is something else to see."),
        ("If-None-Match" = Option<String>, Header, description = "The `ETag` of an earlier answer."),
    ),
    responses(
        (status = 200, description = "The order.", body = Checkout),
        (status = 304, description = "It is as the `ETag` in `If-None-Match` says."),
        (status = "default", description = "A problem.", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(crate) async fn get(
    State(state): State<AppState>,
    InPath(id): InPath,
    wait: Wait,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let found = read(&state, &id).await?;
    let known = known(&headers);
    let old = known.clone().unwrap_or_else(|| mark(&found));
    let changed = |payment: &Payment| mark(payment) != old;
    let payment = match wait.0 {
        Some(_) => read_until(&state, Scope::Operator, found.id, wait, changed).await?,
        None => found,
    };
    if known.is_some() && !changed(&payment) {
        let tag = [(header::ETAG, format!("\"{old}\""))];
        return Ok((StatusCode::NOT_MODIFIED, tag).into_response());
    }
    answer(&state, &payment).await
}

/// The payer says with which wallet they pay, and is given what to open in it. One wallet an order:
/// a repeat with the same one gives the same link.
#[utoipa::path(post, path = "/checkout/v1/payments/{id}/wallet", operation_id = "checkout_choose", tag = "checkout",
    request_body = Choice,
    params(("id" = String, Path, description = "The payment, `pay_…`.")),
    responses(
        (status = 200, description = "The order.", body = Checkout),
        (status = "default", description = "A problem.", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(crate) async fn choose_wallet(
    State(state): State<AppState>,
    InPath(id): InPath,
    JsonBody(body): JsonBody,
) -> Result<Response, Problem> {
    let mut members = Members::of(body)?;
    let wallet = members.text("wallet", 64);
    let (wallet,) = members.done((wallet,))?;
    let wallet = WalletName::new(&wallet).map_err(|_| Refusal::WalletUnknown)?;
    let payment = choose(&state, id_in_path::<PaymentKind>(&id)?, wallet).await?;
    answer(&state, &payment).await
}
