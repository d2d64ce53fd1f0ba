//! What whoever holds an order's code or link may see of it, and the one thing that they may do: say
//! with which wallet they pay. Nobody is asked who they are; the payment's id is the secret.
//! When it is over, a shop that named a page of its own (through its facade) is where the browser goes.
//!
//! The page is the plainest that works: names of wallets, and a button each.

use std::fmt::Write as _;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use noren_core::command::{Body, Caller, PaymentChoose};
use noren_core::directory::{Directory, Standing};
use noren_core::effects::Reply;
use noren_core::id::{PaymentId, PaymentKind, WalletName};
use noren_core::payment::{Payment, State as PaymentState, Way};
use noren_core::refusal::Refusal;
use noren_store::sqlite::Scope;
use serde::Serialize;

use crate::api::{id_in_path, unexpected};
use crate::edge::InPath;
use crate::facades;
use crate::members::{JsonBody, Members};
use crate::pages::escape;
use crate::prefer::{Wait, read_until};
use crate::problem::{Problem, ProblemBody};
use crate::state::AppState;
use crate::wire::Amount;

const PATH: &str = "/checkout";

/// How long the choice waits for the wallet's link.
const LINK_WITHIN: std::time::Duration = std::time::Duration::from_secs(10);

/// The page of an order.
pub(crate) fn page_url(state: &AppState, payment: PaymentId) -> String {
    state.public_url().url(&format!("{PATH}/{payment}"))
}

/// The payment that a link of ours names, when it is one.
pub(crate) fn payment_of_url(state: &AppState, text: &str) -> Option<PaymentId> {
    text.strip_prefix(&state.public_url().url(PATH))?.strip_prefix('/')?.parse().ok()
}

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

async fn read(state: &AppState, id: &str) -> Result<Payment, Problem> {
    let id = id_in_path::<PaymentKind>(id)?;
    let found = state.read(move |reads| reads.payment(Scope::Operator, id)).await?;
    let shown = found.filter(|payment| payment.way == Way::MpmDynamic);
    shown.ok_or_else(|| Refusal::PaymentUnknown.into())
}

async fn seen(state: &AppState, payment: &Payment) -> Result<Checkout, Problem> {
    let known = |directory: &Directory| directory.store(payment.store).is_some();
    let directory = state.directory().with(known).await?;
    let link = match &payment.state {
        PaymentState::Ordered(ordered) => Some(ordered.link.to_string()),
        _ => None,
    };
    let waits = matches!(payment.state, PaymentState::WaitingForPayer(_));
    let merchant = directory.merchant(payment.merchant);
    let accepted = merchant.into_iter().flat_map(|merchant| &merchant.wallets);
    let wallets = accepted
        .filter_map(|name| directory.wallet(*name))
        .filter(|wallet| waits && wallet.standing == Standing::Active && wallet.profile.orders)
        .map(|wallet| CheckoutWallet {
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
        link,
    })
}

async fn choose(state: &AppState, id: &str, wallet: WalletName) -> Result<Payment, Problem> {
    let payment = id_in_path::<PaymentKind>(id)?;
    let body = Body::PaymentChoose(PaymentChoose { payment, wallet });
    match state.handle().submit(Caller::Payer, body).await? {
        Reply::Payment { payment, .. } => {
            let linked = |payment: &Payment| !matches!(payment.state, PaymentState::Ordering(_));
            let wait = Wait(Some(LINK_WITHIN));
            read_until(state, Scope::Operator, payment.id, wait, linked).await
        }
        other => Err(unexpected(other)),
    }
}

/// An order as its payer may see it: whoever has its id.
#[utoipa::path(get, path = "/checkout/v1/payments/{id}", operation_id = "checkout_get", tag = "checkout",
    params(("id" = String, Path, description = "The payment, `pay_…`.")),
    responses(
        (status = 200, description = "The order.", body = Checkout),
        (status = "default", description = "A problem.", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(crate) async fn get(
    State(state): State<AppState>,
    InPath(id): InPath,
) -> Result<axum::Json<Checkout>, Problem> {
    let payment = read(&state, &id).await?;
    Ok(axum::Json(seen(&state, &payment).await?))
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
) -> Result<axum::Json<Checkout>, Problem> {
    let mut members = Members::of(body)?;
    let wallet = members.text("wallet", 64);
    let (wallet,) = members.done((wallet,))?;
    let wallet = WalletName::new(&wallet).map_err(|_| Refusal::WalletUnknown)?;
    let payment = choose(&state, &id, wallet).await?;
    Ok(axum::Json(seen(&state, &payment).await?))
}

/// The page; when nothing is left to be done there, the way on to the shop's, if it named one.
pub(crate) async fn page(
    State(state): State<AppState>,
    InPath(id): InPath,
) -> Result<Response, Problem> {
    let payment = read(&state, &id).await?;
    if let Some(shop) = facades::onward(&state, &payment) {
        return Ok(Redirect::to(&shop).into_response());
    }
    let seen = seen(&state, &payment).await?;
    let mut body = format!(
        "<h1>{}</h1>\n<p><strong>{}</strong></p>\n<p>{}</p>\n",
        escape(&seen.shop),
        escape(&payment.amount.to_string()),
        for_payers(&payment.state)
    );
    for wallet in &seen.wallets {
        let (name, title) = (escape(&wallet.name), escape(&wallet.title));
        let _ = writeln!(
            body,
            "<form method=\"post\"><button name=\"wallet\" value=\"{name}\">{title}</button></form>"
        );
    }
    if let Some(link) = &seen.link {
        // The text of a code is nothing that a browser opens.
        let web = link.starts_with("https://") || link.starts_with("http://");
        let link = escape(link).replace('"', "&quot;");
        let _ = match web {
            true => writeln!(body, "<p><a href=\"{link}\">Open your wallet</a></p>"),
            false => writeln!(body, "<p>{link}</p>"),
        };
    }
    let title = escape(&seen.shop);
    // A wallet has the word now, and the page looks again by itself.
    let looks_again = seen.wallet.is_some() && !payment.state.is_final();
    let again = if looks_again { "<meta http-equiv=\"refresh\" content=\"3\">" } else { "" };
    Ok(Html(format!(
        "<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\">{again}\
         <meta name=\"viewport\" content=\"width=device-width\"><title>{title}</title>\n\
         <style>{STYLE}</style>\n{body}</html>\n"
    ))
    .into_response())
}

/// Large enough for a thumb, in whatever letters the phone has.
const STYLE: &str = "body{font:1.1rem system-ui,sans-serif;max-width:24rem;margin:2rem auto;\
    padding:0 1rem;overflow-wrap:anywhere}button,a{display:block;width:100%;box-sizing:border-box;\
    margin:.5rem 0;padding:.8rem;font:inherit;text-align:center;border:1px solid;border-radius:.5rem}";

/// What a payer is told: what happened, and what they can do.
fn for_payers(state: &PaymentState) -> &'static str {
    match state {
        PaymentState::WaitingForPayer(_) => "Choose the wallet that you pay with.",
        PaymentState::Ordered(_) => "Your wallet waits for you.",
        PaymentState::Ordering(_)
        | PaymentState::Authorising(_)
        | PaymentState::InDoubt(_)
        | PaymentState::Reversing(_)
        | PaymentState::Capturing(_)
        | PaymentState::Voiding(_) => "One moment: your wallet is being asked.",
        PaymentState::Authorised(_) => "The money is held, and the shop has been told.",
        PaymentState::Captured(_) | PaymentState::HoldCaptured(_) => {
            "Paid. The shop has been told."
        }
        PaymentState::Declined(_)
        | PaymentState::Cancelled(_)
        | PaymentState::Expired(_)
        | PaymentState::Reversed(_)
        | PaymentState::Voided(_) => "This order has ended. Whatever was debited for it goes back.",
        PaymentState::Blocked(_) => "Your wallet has stopped this payment; please ask there.",
    }
}

/// The page's button.
pub(crate) async fn page_chosen(
    State(state): State<AppState>,
    InPath(id): InPath,
    body: String,
) -> Result<Response, Problem> {
    // Names of wallets are plain letters, so a form with one field needs no more reading than this.
    let wallet = body.strip_prefix("wallet=").and_then(|name| WalletName::new(name).ok());
    let wallet = wallet.ok_or(Refusal::WalletUnknown)?;
    let payment = choose(&state, &id, wallet).await?;
    Ok(match &payment.state {
        PaymentState::Ordered(ordered) if ordered.link.starts_with("http") => {
            Redirect::to(&ordered.link).into_response()
        }
        _ => (StatusCode::SEE_OTHER, [("location", page_url(&state, payment.id))]).into_response(),
    })
}
