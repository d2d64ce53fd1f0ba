//! Refunds: giving money back for a payment that stands.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use noren_core::command::{Body, RefundCreate};
use noren_core::effects::Reply;
use noren_core::id::RefundKind;
use noren_core::keys::Route;

use crate::api::{id_in_path, refuse_other_store, scope, unexpected};
use crate::auth::MerchantCaller;
use crate::edge::InPath;
use crate::idempotency::{IdempotencyKey, Replayed, request_hash};
use crate::lists::{Parameters, list};
use crate::members::{JsonBody, Members};
use crate::problem::{Edge, Problem, ProblemBody};
use crate::state::AppState;
use crate::wire::{self, List, RefundNew};

const PATH: &str = "/v1/refunds";

/// Gives money back, at most what is left of the captured amount. The wallet is asked until it
/// answers, for days if need be.
#[utoipa::path(post, path = "/v1/refunds", operation_id = "refund_create", tag = "refunds",
    request_body = RefundNew,
    params(("Idempotency-Key" = String, Header, description = "1 to 255 visible ASCII characters, a new one for each intention.")),
    responses(
        (status = 201, description = "The refund.", body = wire::Refund),
        (status = "default", description = "A problem.", body = ProblemBody, content_type = "application/problem+json"),
    ),
    security(("merchant" = [])))]
pub(crate) async fn create(
    State(state): State<AppState>,
    who: MerchantCaller,
    key: IdempotencyKey,
    JsonBody(body): JsonBody,
) -> Result<Response, Problem> {
    let hash = request_hash(Route::RefundCreate, PATH, &body);
    let mut members = Members::of(body)?;
    let fields = (members.id("payment"), members.money("amount"));
    let (payment, amount) = members.done(fields)?;
    refuse_other_store(&state, who, payment).await?;
    let create = RefundCreate { key: key.0, hash, payment, amount, number: None, memo: None };
    match state.handle().submit(who.caller(), Body::RefundCreate(create)).await? {
        Reply::Refund { payment, refund, replayed } => {
            let refund = payment.refunds.iter().find(|r| r.id == refund).ok_or(Edge::Internal)?;
            let shown = wire::Refund::of(payment.id, refund, state.livemode());
            Ok((StatusCode::CREATED, Replayed(replayed), Json(shown)).into_response())
        }
        other => Err(unexpected(other).about(payment)),
    }
}

/// One refund.
#[utoipa::path(get, path = "/v1/refunds/{id}", operation_id = "refund_get", tag = "refunds",
    params(("id" = String, Path, description = "The refund, `rfd_…`.")),
    responses(
        (status = 200, description = "The refund.", body = wire::Refund),
        (status = "default", description = "A problem.", body = ProblemBody, content_type = "application/problem+json"),
    ),
    security(("merchant" = [])))]
pub(crate) async fn get(
    State(state): State<AppState>,
    who: MerchantCaller,
    InPath(id): InPath,
) -> Result<Json<wire::Refund>, Problem> {
    let id = id_in_path::<RefundKind>(&id)?;
    let scope = scope(who);
    let row = state.read(move |reads| reads.refund(scope, id)).await?.ok_or(Edge::RefundUnknown)?;
    Ok(Json(wire::Refund::of(row.payment, &row.refund, state.livemode())))
}

/// Your refunds, newest first.
#[utoipa::path(get, path = "/v1/refunds", operation_id = "refund_list", tag = "refunds",
    params(
        ("limit" = Option<u32>, Query, description = "1 to 100, by default 20."),
        ("starting_after" = Option<String>, Query, description = "The next page: older than this id."),
        ("ending_before" = Option<String>, Query, description = "The page before: newer than this id."),
        ("payment" = Option<String>, Query, description = "Only refunds of this payment."),
    ),
    responses(
        (status = 200, description = "A page of refunds.", body = List<wire::Refund>),
        (status = "default", description = "A problem.", body = ProblemBody, content_type = "application/problem+json"),
    ),
    security(("merchant" = [])))]
pub(crate) async fn list_all(
    State(state): State<AppState>,
    who: MerchantCaller,
    mut parameters: Parameters,
) -> Result<Json<List<wire::Refund>>, Problem> {
    let cursor = parameters.cursor::<RefundKind>();
    let payment = parameters.0.id_if_any("payment");
    let (cursor, payment) = parameters.0.done((cursor, payment))?;
    let scope = scope(who);
    let (page, cursor) =
        state.read(move |reads| Ok((reads.refunds(scope, payment, &cursor)?, cursor))).await?;
    Ok(Json(list(
        page,
        &cursor,
        |row| row.refund.id,
        |row| wire::Refund::of(row.payment, &row.refund, state.livemode()),
    )))
}
