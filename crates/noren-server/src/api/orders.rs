//! Orders by the merchant's own number.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use noren_core::Text;
use noren_core::command::{Body, IfPaid, OrderCancel};
use noren_core::effects::Reply;
use noren_core::keys::{RequestHash, Route};
use noren_store::sqlite::{Cursor, PaymentFilter};
use serde_json::{Value, json};

use crate::api::{codes, scope, unexpected};
use crate::auth::MerchantCaller;
use crate::edge::InPath;
use crate::idempotency::{IdempotencyKey, Replayed, request_hash};
use crate::members::{JsonBody, Members};
use crate::problem::{Edge, Problem, ProblemBody};
use crate::state::AppState;
use crate::wire::{self, OrderCancelNew};

const PATH: &str = "/v1/orders";

const TILL_PATH: &str = "/till/v1/orders";

/// The number in the path, by the rules that hold for it in a new payment.
fn order_number(number: String) -> Result<Text, Problem> {
    let mut members = Members::of(json!({ "order_number": number }))?;
    let fields = (members.free_text("order_number", 64),);
    let (number,) = members.done(fields)?;
    Ok(number)
}

/// Lets an order not stand, whatever is known of it: what is open is cancelled or undone, what is
/// held is released, and what was captured is refunded. From then on no payment of this order
/// number begins, also when this call was faster than the payment that it is about.
#[utoipa::path(post, path = "/v1/orders/{order_number}/cancel", operation_id = "order_cancel", tag = "orders",
    request_body = Option<OrderCancelNew>,
    params(
        ("order_number" = String, Path, description = "Your own number for the order."),
        ("Idempotency-Key" = String, Header, description = "1 to 255 visible ASCII characters, a new one for each intention."),
    ),
    responses(
        (status = 200, description = "The order, withdrawn, with its last payment as it is now.", body = wire::Order),
        (status = "default", description = "A problem.", body = ProblemBody, content_type = "application/problem+json"),
    ),
    security(("merchant" = [])))]
pub(crate) async fn cancel(
    State(state): State<AppState>,
    who: MerchantCaller,
    InPath(number): InPath,
    key: IdempotencyKey,
    JsonBody(body): JsonBody,
) -> Result<Response, Problem> {
    let hash = request_hash(Route::OrderCancel, &format!("{PATH}/{number}/cancel"), &body);
    withdraw(&state, &who, number, (key, hash), body, IfPaid::Refund).await
}

/// The same by a till, where money goes back by a supervisor's word only: an order that is paid stands.
pub(crate) async fn cancel_unpaid(
    State(state): State<AppState>,
    who: MerchantCaller,
    InPath(number): InPath,
    key: IdempotencyKey,
    JsonBody(body): JsonBody,
) -> Result<Response, Problem> {
    let hash = request_hash(Route::OrderCancel, &format!("{TILL_PATH}/{number}/cancel"), &body);
    withdraw(&state, &who, number, (key, hash), body, IfPaid::Refuse).await
}

async fn withdraw(
    state: &AppState,
    who: &MerchantCaller,
    number: String,
    (key, hash): (IdempotencyKey, RequestHash),
    body: Value,
    if_paid: IfPaid,
) -> Result<Response, Problem> {
    let order_number = order_number(number)?;
    Members::of(body)?.done(())?;
    refuse_other_stores_order(state, *who, &order_number).await?;
    let cancel = OrderCancel { key: key.0, hash, order_number, if_paid };
    match state.handle().submit(who.caller(), Body::OrderCancel(cancel)).await? {
        Reply::Order { order, payment, replayed } => {
            let shown = match &payment {
                None => None,
                Some(payment) => {
                    let ways = codes::ways(state, payment).await?;
                    Some(wire::Payment::of(payment, state.livemode(), ways))
                }
            };
            let shown = wire::Order::of(&order, shown, state.livemode());
            Ok((StatusCode::OK, Replayed(replayed), Json(shown)).into_response())
        }
        other => Err(unexpected(other)),
    }
}

/// As [`refuse_other_store`](super::refuse_other_store), for an order by its number.
async fn refuse_other_stores_order(
    state: &AppState,
    who: MerchantCaller,
    number: &Text,
) -> Result<(), Problem> {
    if who.store.is_none() {
        return Ok(());
    }
    let filter = PaymentFilter { order_number: Some(number.clone()), ..PaymentFilter::default() };
    let (scope, newest) = (scope(who), Cursor::newest(1));
    let page = state.read(move |reads| reads.payments(scope, &filter, &newest)).await?;
    if page.items.first().is_some_and(|payment| !who.acts_for(payment.store)) {
        return Err(Edge::TillUnpaired.into());
    }
    Ok(())
}
