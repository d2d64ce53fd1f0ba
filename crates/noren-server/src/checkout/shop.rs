//! The link form of a shop's code: `/s/sto_…`. Whatever scans it opens a page: the payer types the
//! amount and names a wallet, an order of the shop's is made, and its page goes on from there.
//!
//! Anybody can call this, so what one call can do is bounded: an amount that the merchant takes, an
//! order that ends after ten minutes, and no more than [`OPEN_MAX`] open ones for one store.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use noren_core::command::{Body, Caller, PaymentCreate, Present};
use noren_core::directory::{Directory, Merchant, Standing, Store};
use noren_core::effects::Reply;
use noren_core::id::{PaymentId, StoreId, StoreKind, WalletName};
use noren_core::keys::Route;
use noren_core::money::{Currency, Money};
use noren_core::payment::{CaptureMode, Payment};
use noren_core::refusal::Refusal;
use noren_core::time::Span;
use noren_pages::checkout::{AmountFault, InWeChat, ShopPage, Trouble};
use noren_pages::typed::yen;
use noren_store::sqlite::Scope;
use ring::digest;
use serde_json::json;

use super::agent::Agent;
use super::grid::{Grid, grid};
use super::open::{OPEN_MAX, Place};
use super::pages::{Form, name, paper, see};
use super::trouble::{told, told_as};
use super::{PATH as CHECKOUT, choosable, choose};
use crate::api::{id_in_path, unexpected};
use crate::edge::InPath;
use crate::idempotency::request_hash;
use crate::problem::Problem;
use crate::random;
use crate::state::AppState;
use crate::web::{self, Reader};

const PATH: &str = "/s";

/// How the numbers of orders begin that were made here.
const NUMBER: &str = "link-";
/// How many hexadecimal digits follow.
const DIGITS: usize = 16;

/// How long an order stays open that was made here.
const EXPIRES_IN: Span = Span::seconds(600);

/// The link of a store. Its id is never given to another store, and never changes; the JPQR number
/// may, when a shop moves to another acquirer, and printed codes hang for years.
pub(crate) fn shop_url(state: &AppState, store: StoreId) -> String {
    state.public_url().url(&format!("{PATH}/{store}"))
}

/// The form from which an order came: by its number, which the form gave it.
pub(super) fn form_of(payment: &Payment) -> Option<String> {
    let digits = payment.order_number.strip_prefix(NUMBER)?;
    let ours = digits.len() == DIGITS && digits.bytes().all(is_hex);
    ours.then(|| format!("{PATH}/{}", payment.store))
}

/// The store that a link of ours names, when it is one.
pub(crate) fn store_of_url(state: &AppState, text: &str) -> Option<StoreId> {
    text.strip_prefix(&state.public_url().url(PATH))?.strip_prefix('/')?.parse().ok()
}

/// A store that takes payments, with what is known of it.
struct Seller {
    directory: Arc<Directory>,
    store: Arc<Store>,
    merchant: Arc<Merchant>,
}

async fn seller(state: &AppState, id: &str) -> Result<Seller, Problem> {
    let id = id_in_path::<StoreKind>(id)?;
    let directory = state.directory().with(|directory| directory.store(id).is_some()).await?;
    let store = directory.store(id).ok_or(Refusal::ShopUnknown)?.clone();
    let merchant = directory.merchant(store.merchant).ok_or(Refusal::ShopUnknown)?.clone();
    for standing in [merchant.standing, store.standing] {
        match standing {
            Standing::Active => {}
            Standing::Suspended => return Err(Refusal::ShopSuspended.into()),
            Standing::Retired => return Err(Refusal::ShopRetired.into()),
        }
    }
    // The form asks for yen.
    if merchant.currency != Currency::JPY {
        return Err(Refusal::CurrencyDiffers.into());
    }
    Ok(Seller { directory, store, merchant })
}

/// What is wrong with an amount, or the amount.
fn amount(typed: &str, most: Money) -> Result<Money, AmountFault> {
    let yen = yen(typed).filter(|yen| *yen > 0).ok_or(AmountFault::NotAnAmount)?;
    let amount = Money::new(yen, most.currency());
    if amount.minor() > most.minor() { Err(AmountFault::TooMuch) } else { Ok(amount) }
}

/// A name for a form that is about to be filled in.
fn fresh() -> String {
    format!("{:032x}", random::bits())
}

const fn is_hex(byte: u8) -> bool {
    matches!(byte, b'0'..=b'9' | b'a'..=b'f')
}

fn is_form(text: &str) -> bool {
    text.len() == 32 && text.bytes().all(is_hex)
}

fn page(
    state: &AppState,
    reader: &Reader,
    agent: Agent,
    place: &Seller,
    (typed, fault): (&str, Option<AmountFault>),
) -> Response {
    let accepted = choosable(&place.directory, place.merchant.id);
    let accepted = accepted.map(|w| (w.name.to_string(), w.title.to_string()));
    let Grid { first, wallets, not_here } = grid(reader.language, agent, accepted);
    let shown = ShopPage {
        page: paper(state, reader),
        shop: name(reader.language, &place.store),
        action: format!("{PATH}/{}", place.store.id),
        form: fresh(),
        typed: typed.to_owned(),
        fault,
        most: Money::new(place.merchant.payment_max, place.merchant.currency),
        first,
        wallets,
        in_wechat: not_here.then_some(InWeChat::AtTheTill),
    };
    web::view(reader, &shown)
}

/// The form.
pub(super) async fn form(
    State(state): State<AppState>,
    InPath(id): InPath,
    reader: Reader,
    agent: Agent,
) -> Response {
    match seller(&state, &id).await {
        Ok(place) => page(&state, &reader, agent, &place, ("", None)),
        Err(problem) => told(&state, &reader, &problem, None),
    }
}

/// What a filled-in form asks for.
struct Wish {
    form: String,
    amount: Money,
    wallet: WalletName,
}

impl Wish {
    /// The same form with the same amount and wallet is the same order, however often it is sent;
    /// with another it is another.
    fn digits(&self) -> String {
        let Self { form, amount, wallet } = self;
        let text = format!("{form}\n{amount}\n{wallet}");
        let hash = digest::digest(&digest::SHA256, text.as_bytes());
        hash.as_ref().iter().take(DIGITS / 2).map(|byte| format!("{byte:02x}")).collect()
    }
}

/// A place among the open orders of the store; when all are taken, those that have ended are let go.
async fn take(state: &AppState, store: StoreId) -> Result<Option<Place>, Problem> {
    let now = state.handle().now();
    let until = now.after(EXPIRES_IN);
    let holders = match state.open_orders().take(store, now, until) {
        Ok(place) => return Ok(Some(place)),
        Err(holders) => holders,
    };
    let read = state.read(move |reads| {
        let mut ended: Vec<PaymentId> = Vec::new();
        for id in holders {
            let payment = reads.payment(Scope::Operator, id)?;
            if payment.is_some_and(|payment| payment.state.is_final()) {
                ended.push(id);
            }
        }
        Ok(ended)
    });
    state.open_orders().ended(store, &read.await?);
    Ok(state.open_orders().take(store, now, until).ok())
}

async fn create(state: &AppState, place: &Seller, wish: &Wish) -> Result<PaymentId, Problem> {
    let Seller { store, merchant, .. } = place;
    let digits = wish.digits();
    let content = json!([store.id, wish.amount, wish.wallet]);
    let create = PaymentCreate {
        key: format!("link:{digits}").into(),
        hash: request_hash(Route::PaymentCreate, PATH, &content),
        order_number: format!("{NUMBER}{digits}").into(),
        store: store.id,
        amount: wish.amount,
        present: Present::Merchant { expires_in: EXPIRES_IN },
        capture: CaptureMode::Now,
        memo: None,
    };
    let caller = Caller::Merchant { tenant: merchant.tenant, merchant: merchant.id };
    match state.handle().submit(caller, Body::PaymentCreate(create)).await? {
        Reply::Payment { payment, .. } => Ok(payment.id),
        other => Err(unexpected(other)),
    }
}

/// The filled-in form: an order is made, its wallet is asked, and its page goes on.
pub(super) async fn sent(
    State(state): State<AppState>,
    InPath(id): InPath,
    reader: Reader,
    agent: Agent,
    Form(fields): Form,
) -> Response {
    let place = match seller(&state, &id).await {
        Ok(place) => place,
        Err(problem) => return told(&state, &reader, &problem, None),
    };
    let typed = fields.get("amount").unwrap_or_default();
    let most = Money::new(place.merchant.payment_max, place.merchant.currency);
    let amount = match amount(typed, most) {
        Ok(amount) => amount,
        Err(fault) => {
            let again = page(&state, &reader, agent, &place, (typed, Some(fault)));
            return (StatusCode::UNPROCESSABLE_ENTITY, again).into_response();
        }
    };
    let form = fields.get("form").filter(|form| is_form(form));
    let wallet = fields.get("wallet").and_then(|name| WalletName::new(name).ok());
    let (Some(form), Some(wallet)) = (form, wallet) else {
        // Nobody fills our form in like that; here is a good one.
        let again = page(&state, &reader, agent, &place, (typed, None));
        return (StatusCode::UNPROCESSABLE_ENTITY, again).into_response();
    };
    let wish = Wish { form: form.to_owned(), amount, wallet };
    order(&state, &reader, &place, &wish).await
}

async fn order(state: &AppState, reader: &Reader, place: &Seller, wish: &Wish) -> Response {
    let store = place.store.id;
    let again = Some(format!("{PATH}/{store}"));
    let reserved = match take(state, store).await {
        Ok(Some(reserved)) => reserved,
        Ok(None) => {
            tracing::warn!(%store, most = OPEN_MAX, "all places for orders by the shop's link are taken");
            let status = StatusCode::TOO_MANY_REQUESTS;
            return told_as(state, reader, Trouble::Busy, status, again);
        }
        Err(problem) => return told(state, reader, &problem, again),
    };
    let payment = match create(state, place, wish).await {
        Ok(payment) => payment,
        Err(problem) => {
            state.open_orders().give_back(store, reserved);
            return told(state, reader, &problem, again);
        }
    };
    state.open_orders().made(store, reserved, payment);
    let page = format!("{CHECKOUT}/{payment}");
    // The order is there: whoever cannot have this wallet chooses another on its page.
    match choose(state, payment, wish.wallet).await {
        Ok(Payment { .. }) => see(&page),
        Err(problem) => told(state, reader, &problem, Some(page)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_is_above_zero_and_no_more_than_the_shop_takes() {
        for wrong in ["0", "", "-5"] {
            assert_eq!(
                amount(wrong, Money::new(1_000, Currency::JPY)),
                Err(AmountFault::NotAnAmount)
            );
        }
        let most = Money::new(1_000, Currency::JPY);
        assert_eq!(amount("1000", most), Ok(most));
        assert_eq!(amount("1001", most), Err(AmountFault::TooMuch));
    }
}
