//! Credits of push rails that belong to no payment: the operator's to assign or to send back.

use axum::Json;
use axum::extract::State;
use noren_core::command::{Body, Caller, CreditAssign, CreditReturn};
use noren_core::credit::CreditStatus;
use noren_core::effects::Reply;
use noren_core::id::CreditKind;
use noren_core::refusal::Refusal;

use crate::api::{id_in_path, unexpected};
use crate::auth::OperatorCaller;
use crate::edge::InPath;
use crate::lists::{Parameters, list};
use crate::members::{JsonBody, Members};
use crate::problem::{Problem, ProblemBody};
use crate::state::AppState;
use crate::wire::{Credit, CreditAssignNew, List};

const STATUSES: [(&str, CreditStatus); 5] = [
    (CreditStatus::Unclaimed.name(), CreditStatus::Unclaimed),
    (CreditStatus::Returning.name(), CreditStatus::Returning),
    (CreditStatus::Returned.name(), CreditStatus::Returned),
    (CreditStatus::Claim.name(), CreditStatus::Claim),
    (CreditStatus::Assigned.name(), CreditStatus::Assigned),
];

/// Money that push rails credited for names that nobody here has, newest first.
#[utoipa::path(get, path = "/v1/credits", operation_id = "credit_list", tag = "operator",
    params(
        ("status" = Option<String>, Query, description = "`unclaimed`, `returning`, `returned`, `claim` or `assigned`."),
        ("limit" = Option<u32>, Query, description = "1 to 100, by default 20."),
        ("starting_after" = Option<String>, Query, description = "The next page: older than this id."),
        ("ending_before" = Option<String>, Query, description = "The page before: newer than this id."),
    ),
    responses(
        (status = 200, description = "A page of credits.", body = List<Credit>),
        (status = "default", description = "A problem.", body = ProblemBody, content_type = "application/problem+json"),
    ),
    security(("operator" = [])))]
pub(crate) async fn list_all(
    State(state): State<AppState>,
    _: OperatorCaller,
    mut parameters: Parameters,
) -> Result<Json<List<Credit>>, Problem> {
    let cursor = parameters.cursor::<CreditKind>();
    let status = parameters.0.word_if_any("status", &STATUSES);
    let (cursor, status) = parameters.0.done((cursor, status))?;
    let (page, cursor) =
        state.read(move |reads| Ok((reads.credits(status, &cursor)?, cursor))).await?;
    Ok(Json(list(page, &cursor, |credit| credit.id, |credit| Credit::of(credit, state.livemode()))))
}

/// One of them.
#[utoipa::path(get, path = "/v1/credits/{credit_id}", operation_id = "credit_get", tag = "operator",
    params(("credit_id" = String, Path, description = "The credit, `crd_…`.")),
    responses(
        (status = 200, description = "The credit.", body = Credit),
        (status = "default", description = "A problem.", body = ProblemBody, content_type = "application/problem+json"),
    ),
    security(("operator" = [])))]
pub(crate) async fn get(
    State(state): State<AppState>,
    _: OperatorCaller,
    InPath(id): InPath,
) -> Result<Json<Credit>, Problem> {
    let id = id_in_path::<CreditKind>(&id)?;
    let credit = state.read(move |reads| reads.credit(id)).await?;
    let credit = credit.ok_or(Refusal::CreditUnknown)?;
    Ok(Json(Credit::of(&credit, state.livemode())))
}

/// Gives a credit to a store, for ever: it becomes a captured payment there. Needs no key, because a
/// credit is assigned once; a repeat for the same store is answered the same.
#[utoipa::path(post, path = "/v1/credits/{credit_id}/assign", operation_id = "credit_assign", tag = "operator",
    request_body = CreditAssignNew,
    params(("credit_id" = String, Path, description = "The credit, `crd_…`.")),
    responses(
        (status = 200, description = "The credit, with its payment.", body = Credit),
        (status = "default", description = "A problem.", body = ProblemBody, content_type = "application/problem+json"),
    ),
    security(("operator" = [])))]
pub(crate) async fn assign(
    State(state): State<AppState>,
    _: OperatorCaller,
    InPath(id): InPath,
    JsonBody(body): JsonBody,
) -> Result<Json<Credit>, Problem> {
    let credit = id_in_path::<CreditKind>(&id)?;
    let mut members = Members::of(body)?;
    let store = members.id("store");
    let (store,) = members.done((store,))?;
    let assign = CreditAssign { credit, store };
    answer(&state, Body::CreditAssign(assign)).await
}

/// Sends a credit back to its payer by a refund of its own. Needs no key, because a credit goes back
/// once; a repeat is answered the same. Where the rail gives nothing back by message it is a `claim`.
#[utoipa::path(post, path = "/v1/credits/{credit_id}/return", operation_id = "credit_return", tag = "operator",
    params(("credit_id" = String, Path, description = "The credit, `crd_…`.")),
    responses(
        (status = 200, description = "The credit, with its refund.", body = Credit),
        (status = "default", description = "A problem.", body = ProblemBody, content_type = "application/problem+json"),
    ),
    security(("operator" = [])))]
pub(crate) async fn send_back(
    State(state): State<AppState>,
    _: OperatorCaller,
    InPath(id): InPath,
) -> Result<Json<Credit>, Problem> {
    let credit = id_in_path::<CreditKind>(&id)?;
    answer(&state, Body::CreditReturn(CreditReturn { credit })).await
}

async fn answer(state: &AppState, body: Body) -> Result<Json<Credit>, Problem> {
    match state.handle().submit(Caller::Operator, body).await? {
        Reply::Credit { credit, .. } => Ok(Json(Credit::of(&credit, state.livemode()))),
        other => Err(unexpected(other)),
    }
}
