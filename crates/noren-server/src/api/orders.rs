//! Orders by the merchant's own number.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use noren_core::Text;
use noren_core::command::{Body, OrderCancel};
use noren_core::effects::Reply;
use noren_core::keys::Route;
use serde_json::json;

use crate::api::{codes, unexpected};
use crate::auth::MerchantCaller;
use crate::edge::InPath;
use crate::idempotency::{IdempotencyKey, Replayed, request_hash};
use crate::members::{JsonBody, Members};
use crate::problem::{Problem, ProblemBody};
use crate::state::AppState;
use crate::wire::{self, OrderCancelNew};

const PATH: &str = "/v1/orders";

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
    let order_number = order_number(number)?;
    Members::of(body)?.done(())?;
    let cancel = OrderCancel { key: key.0, hash, order_number };
    match state.handle().submit(who.caller(), Body::OrderCancel(cancel)).await? {
        Reply::Order { order, payment, replayed } => {
            let shown = match &payment {
                None => None,
                Some(payment) => {
                    let ways = codes::ways(&state, payment).await?;
                    Some(wire::Payment::of(payment, state.livemode(), ways))
                }
            };
            let shown = wire::Order::of(&order, shown, state.livemode());
            Ok((StatusCode::OK, Replayed(replayed), Json(shown)).into_response())
        }
        other => Err(unexpected(other)),
    }
}
