//! What people decide because no rule can: claims, and a clock that cannot be trusted.

use axum::Json;
use axum::extract::State;
use noren_core::command::{Body, Caller, ClaimClose};
use noren_core::effects::Reply;
use noren_core::id::StrayKind;
use noren_core::refusal::Refusal;
use noren_core::stray::ClaimEnd;
use noren_store::sqlite::Scope;

use crate::api::{id_in_path, unexpected};
use crate::auth::OperatorCaller;
use crate::edge::InPath;
use crate::lists::{Parameters, list};
use crate::members::{JsonBody, Members};
use crate::problem::{Edge, Problem, ProblemBody};
use crate::state::AppState;
use crate::wire::{Claim, ClaimCloseNew, Clock, ClockAcceptNew, List};

/// Open claims, newest first: money that a wallet refused to take back for good.
#[utoipa::path(get, path = "/v1/claims", operation_id = "claim_list", tag = "operator",
    params(
        ("limit" = Option<u32>, Query, description = "1 to 100, by default 20."),
        ("starting_after" = Option<String>, Query, description = "The next page: older than this id."),
        ("ending_before" = Option<String>, Query, description = "The page before: newer than this id."),
    ),
    responses(
        (status = 200, description = "A page of claims.", body = List<Claim>),
        (status = "default", description = "A problem.", body = ProblemBody, content_type = "application/problem+json"),
    ),
    security(("operator" = [])))]
pub(crate) async fn claims(
    State(state): State<AppState>,
    _: OperatorCaller,
    mut parameters: Parameters,
) -> Result<Json<List<Claim>>, Problem> {
    let cursor = parameters.cursor::<StrayKind>();
    let (cursor,) = parameters.0.done((cursor,))?;
    let (page, cursor) = state.read(move |reads| Ok((reads.claims(&cursor)?, cursor))).await?;
    let (now, livemode) = (state.handle().now(), state.livemode());
    Ok(Json(list(
        page,
        &cursor,
        |row| row.stray.id,
        |row| Claim::of(row.payment, row.merchant, &row.stray, now, livemode),
    )))
}

/// Ends a claim: reports what people did with the money. The payment that waited for it ends as
/// `reversed`, or its hold as released. A claim is closed once; the same report again does no
/// harm, so no key is needed.
#[utoipa::path(post, path = "/v1/claims/{id}/close", operation_id = "claim_close", tag = "operator",
    request_body = ClaimCloseNew,
    params(("id" = String, Path, description = "The stray receipt, `str_…`.")),
    responses(
        (status = 200, description = "The claim, closed.", body = Claim),
        (status = "default", description = "A problem.", body = ProblemBody, content_type = "application/problem+json"),
    ),
    security(("operator" = [])))]
pub(crate) async fn claim_close(
    State(state): State<AppState>,
    _: OperatorCaller,
    InPath(id): InPath,
    JsonBody(body): JsonBody,
) -> Result<Json<Claim>, Problem> {
    let stray = id_in_path::<StrayKind>(&id)?;
    let mut members = Members::of(body)?;
    let ends = [("paid_back", ClaimEnd::PaidBack), ("written_off", ClaimEnd::WrittenOff)];
    let fields = (members.word("end", &ends), members.free_text("note", 200));
    let (end, note) = members.done(fields)?;
    let row = state.read(move |reads| reads.stray(Scope::Operator, stray)).await?;
    let row = row.ok_or(Refusal::ClaimUnknown)?;
    let close = ClaimClose { payment: row.payment, stray, end, note };
    match state.handle().submit(Caller::Operator, Body::ClaimClose(close)).await? {
        Reply::Payment { payment, .. } => {
            let stray = payment.strays.iter().find(|s| s.id == stray).ok_or(Edge::Internal)?;
            let (now, livemode) = (state.handle().now(), state.livemode());
            Ok(Json(Claim::of(payment.id, payment.merchant, stray, now, livemode)))
        }
        other => Err(unexpected(other).about(row.payment)),
    }
}

/// How engine time and the wall clock stand to each other.
#[utoipa::path(get, path = "/v1/clock", operation_id = "clock_get", tag = "operator",
    responses(
        (status = 200, description = "The clock.", body = Clock),
        (status = "default", description = "A problem.", body = ProblemBody, content_type = "application/problem+json"),
    ),
    security(("operator" = [])))]
pub(crate) async fn clock(
    State(state): State<AppState>,
    _: OperatorCaller,
) -> Result<Json<Clock>, Problem> {
    Ok(Json(Clock::of(state.handle().clock(), state.livemode())))
}

/// Accepts the clock's difference: expiries go on while it is worked off. A greater difference, or
/// another one, has to be accepted anew, and so has any after a restart.
#[utoipa::path(post, path = "/v1/clock/accept", operation_id = "clock_accept", tag = "operator",
    request_body = ClockAcceptNew,
    responses(
        (status = 200, description = "The clock.", body = Clock),
        (status = "default", description = "A problem.", body = ProblemBody, content_type = "application/problem+json"),
    ),
    security(("operator" = [])))]
pub(crate) async fn clock_accept(
    State(state): State<AppState>,
    _: OperatorCaller,
    JsonBody(body): JsonBody,
) -> Result<Json<Clock>, Problem> {
    let mut members = Members::of(body)?;
    let difference = members.signed("difference_ms");
    let (difference,) = members.done((difference,))?;
    match state.handle().accept_clock(difference) {
        Ok(standing) => Ok(Json(Clock::of(standing, state.livemode()))),
        Err(standing) => {
            let detail = format!("It is {} ms now.", standing.difference_ms);
            Err(Problem::from(Edge::ClockDiffers).detail(&detail))
        }
    }
}
