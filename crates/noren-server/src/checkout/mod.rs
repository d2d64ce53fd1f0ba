//! What whoever holds an order's code or link may see of it, and the one thing that they may do: say
//! with which wallet they pay. Nobody is asked who they are; the payment's id is the secret.
//!
//! | Module | What it does |
//! |---|---|
//! | `api` | the order as JSON, for scripts and other programs |
//! | `pages` | the order, from the choice of a wallet to the result, and the receipt |
//! | `shop` | the link form of a shop's code: the payer types the amount, and an order is made |
//! | `open` | how many orders that way may be open at one time |
//! | `agent` | which wallet's browser, or what device, reads a page |
//! | `grid` | wallets in the order in which a reader will look for them |
//! | `back` | the address of a shop's own page, kept with the payment |
//! | `trouble` | problems as a payer is told of them |

mod agent;
pub(crate) mod api;
pub(crate) mod back;
mod grid;
mod open;
mod pages;
mod shop;
mod trouble;

use axum::Router;
use axum::routing::get;
use noren_core::command::{Body, Caller, PaymentChoose};
use noren_core::directory::{Directory, Standing, Wallet};
use noren_core::effects::Reply;
use noren_core::id::{MerchantId, PaymentId, PaymentKind, WalletName};
use noren_core::payment::{Payment, State as PaymentState, Way};
use noren_core::refusal::Refusal;
use noren_store::sqlite::Scope;
use ring::digest;

pub use api::{Checkout, CheckoutWallet, Choice};
pub(crate) use open::OpenOrders;
pub(crate) use shop::{shop_url, store_of_url};

use crate::api::{id_in_path, unexpected};
use crate::prefer::{Wait, read_until};
use crate::problem::Problem;
use crate::state::AppState;

const PATH: &str = "/checkout";

/// How long the choice waits for the wallet's link.
const LINK_WITHIN: std::time::Duration = std::time::Duration::from_secs(10);

/// The pages. What programs call is in the API's description.
pub(crate) fn routes() -> Router<AppState> {
    Router::new()
        .route("/checkout/{id}", get(pages::order).post(pages::chosen))
        .route("/checkout/{id}/receipt", get(pages::receipt))
        .route("/s/{store}", get(shop::form).post(shop::sent))
}

/// The page of an order.
pub(crate) fn page_url(state: &AppState, payment: PaymentId) -> String {
    state.public_url().url(&format!("{PATH}/{payment}"))
}

/// The page of a payment that has one: where a payer comes by a code, a link or a shop's site.
pub(crate) fn page_of(state: &AppState, payment: &Payment) -> Option<String> {
    has_page(payment.way).then(|| page_url(state, payment.id))
}

const fn has_page(way: Way) -> bool {
    match way {
        Way::MpmDynamic | Way::Online => true,
        Way::MpmStatic | Way::Cpm | Way::Push => false,
    }
}

/// The payment that a link of ours names, when it is one.
pub(crate) fn payment_of_url(state: &AppState, text: &str) -> Option<PaymentId> {
    text.strip_prefix(&state.public_url().url(PATH))?.strip_prefix('/')?.parse().ok()
}

async fn read(state: &AppState, id: &str) -> Result<Payment, Problem> {
    let id = id_in_path::<PaymentKind>(id)?;
    let found = state.read(move |reads| reads.payment(Scope::Operator, id)).await?;
    let shown = found.filter(|payment| has_page(payment.way));
    shown.ok_or_else(|| Refusal::PaymentUnknown.into())
}

/// The wallets that a merchant takes and a payer can choose.
fn choosable(directory: &Directory, merchant: MerchantId) -> impl Iterator<Item = &Wallet> {
    let merchant = directory.merchant(merchant);
    let accepted = merchant.into_iter().flat_map(|merchant| &merchant.wallets);
    accepted
        .filter_map(|name| directory.wallet(*name))
        .filter(|wallet| wallet.standing == Standing::Active && wallet.profile.orders)
}

async fn choose(state: &AppState, id: PaymentId, wallet: WalletName) -> Result<Payment, Problem> {
    let body = Body::PaymentChoose(PaymentChoose { payment: id, wallet });
    match state.handle().submit(Caller::Payer, body).await? {
        Reply::Payment { payment, .. } => {
            let linked = |payment: &Payment| !matches!(payment.state, PaymentState::Ordering(_));
            let wait = Wait(Some(LINK_WITHIN));
            read_until(state, Scope::Operator, payment.id, wait, linked).await
        }
        other => Err(unexpected(other)),
    }
}

/// What is to be opened in the chosen wallet, while its order is open.
fn link(payment: &Payment) -> Option<String> {
    let PaymentState::Ordered(ordered) = &payment.state else { return None };
    Some(ordered.link.to_string())
}

/// Names what a payer sees of an order now: with another name there is something else to see.
fn mark(payment: &Payment) -> String {
    let wallet = payment.wallet().map(|name| name.to_string()).unwrap_or_default();
    let link = link(payment).unwrap_or_default();
    let refunded = payment.refunds_done();
    let seen = format!("{}\n{wallet}\n{link}\n{refunded}", payment.state.name());
    let hash = digest::digest(&digest::SHA256, seen.as_bytes());
    hash.as_ref().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}
