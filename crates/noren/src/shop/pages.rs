//! The shop's front, and the page of an order.

use axum::Router;
use axum::extract::{Form, Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use noren_pages::Page;
use noren_pages::shop::{FrontPage, Heard, OrderPage};
use noren_server::web::{self, Reader};
use serde::Deserialize;
use serde_json::json;

use super::orders::Order;
use super::{WebShop, goods};
use crate::folder::random;

pub fn routes(shop: WebShop) -> Router {
    Router::new()
        .route("/", get(front))
        .route("/buy", post(buy))
        .route("/orders/{number}", get(order))
        .route("/orders/{number}/heard", get(heard))
        .with_state(shop)
        .merge(web::files())
}

fn paper(reader: &Reader) -> Page {
    Page::new(reader.language, reader.here.clone(), true)
}

async fn front(reader: Reader) -> Response {
    shown_front(&reader, false)
}

fn shown_front(reader: &Reader, failed: bool) -> Response {
    let Ok(bits) = random::<16>() else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let form = format!("{:032x}", u128::from_le_bytes(bits));
    let page = FrontPage { page: paper(reader), goods: goods::all(), form, failed };
    web::view(reader, &page)
}

/// What a click on "buy" sends. A second click is the same order.
#[derive(Deserialize)]
struct Wish {
    form: String,
    good: String,
}

async fn buy(
    State(shop): State<WebShop>,
    reader: Reader,
    wish: Result<Form<Wish>, axum::extract::rejection::FormRejection>,
) -> Response {
    let wish = wish.ok().map(|Form(wish)| wish);
    let wish = wish.filter(|wish| wish.form.len() == 32 && wish.form.is_ascii());
    let bought = match wish.and_then(|wish| Some((goods::named(&wish.good)?, wish))) {
        Some((good, wish)) => make(&shop, good, &wish).await,
        None => {
            return (StatusCode::UNPROCESSABLE_ENTITY, shown_front(&reader, true)).into_response();
        }
    };
    match bought {
        Ok(checkout) => (StatusCode::SEE_OTHER, [(header::LOCATION, checkout)]).into_response(),
        Err(error) => {
            tracing::error!(%error, "the shop could not make a payment");
            (StatusCode::BAD_GATEWAY, shown_front(&reader, true)).into_response()
        }
    }
}

/// Makes the payment and gives the address of its page.
async fn make(
    shop: &WebShop,
    good: noren_pages::shop::Good,
    wish: &Wish,
) -> anyhow::Result<String> {
    // The number leads to the order's page, so it is one that nobody guesses.
    let number = format!("W-{}-{}", wish.form, good.name);
    let body = json!({
        "order_number": number,
        "store": shop.0.store,
        "amount": good.price,
        "present": "merchant",
        "return_url": format!("{}/orders/{number}", shop.0.url),
    });
    let payment = shop.0.switch.post("/v1/payments", Some(&number), &body).await?.success()?;
    let word = |name: &str| payment[name].as_str().unwrap_or_default().to_owned();
    let checkout = word("checkout_url");
    let order = Order { good, checkout: checkout.clone(), heard: Heard::Nothing };
    shop.0.orders.put(&number, &word("id"), order);
    Ok(checkout)
}

async fn order(
    State(shop): State<WebShop>,
    Path(number): Path<String>,
    reader: Reader,
) -> Response {
    let found = shop.0.orders.get(&number);
    let status = if found.is_some() { StatusCode::OK } else { StatusCode::NOT_FOUND };
    let live = found.as_ref().filter(|order| order.heard == Heard::Nothing);
    let live = live.map(|_| format!("/orders/{number}/heard"));
    let (good, checkout, heard) = match found {
        Some(order) => (Some(order.good), order.checkout, order.heard),
        None => (None, String::new(), Heard::Nothing),
    };
    let page = OrderPage { page: paper(&reader), number, good, checkout, heard, live };
    (status, web::view(&reader, &page)).into_response()
}

/// If something has been heard, for the page's script.
async fn heard(State(shop): State<WebShop>, Path(number): Path<String>) -> Response {
    let heard = shop.0.orders.get(&number).is_none_or(|order| order.heard != Heard::Nothing);
    let headers = [(header::CACHE_CONTROL, "no-store")];
    (headers, axum::Json(json!({ "heard": heard }))).into_response()
}
