//! Stray receipts: money that arrived for a payment that had already ended otherwise.

use axum::Json;
use axum::extract::State;
use noren_core::id::StrayKind;

use crate::api::scope;
use crate::auth::MerchantCaller;
use crate::lists::{Parameters, list};
use crate::problem::{Problem, ProblemBody};
use crate::state::AppState;
use crate::wire::{List, StrayReceipt};

/// Your stray receipts, newest first. Each goes back to its payer; none is ever "paid".
#[utoipa::path(get, path = "/v1/stray_receipts", operation_id = "stray_receipt_list", tag = "stray receipts",
    params(
        ("limit" = Option<u32>, Query, description = "1 to 100, by default 20."),
        ("starting_after" = Option<String>, Query, description = "The next page: older than this id."),
        ("ending_before" = Option<String>, Query, description = "The page before: newer than this id."),
    ),
    responses(
        (status = 200, description = "A page of stray receipts.", body = List<StrayReceipt>),
        (status = "default", description = "A problem.", body = ProblemBody, content_type = "application/problem+json"),
    ),
    security(("merchant" = [])))]
pub(crate) async fn list_all(
    State(state): State<AppState>,
    who: MerchantCaller,
    mut parameters: Parameters,
) -> Result<Json<List<StrayReceipt>>, Problem> {
    let cursor = parameters.cursor::<StrayKind>();
    let (cursor,) = parameters.0.done((cursor,))?;
    let scope = scope(who);
    let (page, cursor) =
        state.read(move |reads| Ok((reads.strays(scope, &cursor)?, cursor))).await?;
    Ok(Json(list(
        page,
        &cursor,
        |row| row.stray.id,
        |row| StrayReceipt::of(row.payment, &row.stray, state.livemode()),
    )))
}
