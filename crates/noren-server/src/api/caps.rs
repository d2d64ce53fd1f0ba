//! What wallets may come to owe: their caps, and the prefunding that raises them.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use noren_core::command::{Body, Caller, Prefund};
use noren_core::effects::Reply;
use noren_core::id::MovementKind;
use noren_core::keys::Route;
use noren_core::movement::Direction;
use noren_store::sqlite::WalletPosition;

use crate::api::unexpected;
use crate::auth::OperatorCaller;
use crate::idempotency::{IdempotencyKey, Replayed, request_hash};
use crate::lists::{Parameters, list, whole};
use crate::members::{JsonBody, Members};
use crate::problem::{Problem, ProblemBody};
use crate::state::AppState;
use crate::wire::{Cap, List, Prefunding, PrefundingNew};

const PATH: &str = "/v1/prefunding";

const DIRECTIONS: [(&str, Direction); 2] = [
    (Direction::Received.name(), Direction::Received),
    (Direction::Returned.name(), Direction::Returned),
];

/// Reports prefunding: money that a wallet has paid to the operator's bank, so that it may come to
/// owe more than its cap, or that was sent back to it. It is booked at once. Nothing goes back that
/// what the wallet owes, or may come to owe, needs.
#[utoipa::path(post, path = "/v1/prefunding", operation_id = "prefunding_create", tag = "operator",
    request_body = PrefundingNew,
    params(("Idempotency-Key" = String, Header, description = "1 to 255 visible ASCII characters, a new one for each intention.")),
    responses(
        (status = 201, description = "The movement.", body = Prefunding),
        (status = "default", description = "A problem.", body = ProblemBody, content_type = "application/problem+json"),
    ),
    security(("operator" = [])))]
pub(crate) async fn prefund(
    State(state): State<AppState>,
    _: OperatorCaller,
    key: IdempotencyKey,
    JsonBody(body): JsonBody,
) -> Result<Response, Problem> {
    let hash = request_hash(Route::Prefund, PATH, &body);
    let mut members = Members::of(body)?;
    let fields = (
        members.wallet("wallet"),
        members.word("direction", &DIRECTIONS),
        members.money("amount"),
        members.free_text("reference", 200),
    );
    let (wallet, direction, amount, reference) = members.done(fields)?;
    let prefund = Prefund { key: key.0, hash, wallet, direction, amount, reference };
    match state.handle().submit(Caller::Operator, Body::Prefund(prefund)).await? {
        Reply::Movement { movement, replayed } => {
            let shown = Prefunding::of(&movement, state.livemode());
            Ok((StatusCode::CREATED, Replayed(replayed), Json(shown)).into_response())
        }
        other => Err(unexpected(other)),
    }
}

/// Prefunding that was reported, newest first.
#[utoipa::path(get, path = "/v1/prefunding", operation_id = "prefunding_list", tag = "operator",
    params(
        ("limit" = Option<u32>, Query, description = "1 to 100, by default 20."),
        ("starting_after" = Option<String>, Query, description = "The next page: older than this id."),
        ("ending_before" = Option<String>, Query, description = "The page before: newer than this id."),
    ),
    responses(
        (status = 200, description = "A page of movements.", body = List<Prefunding>),
        (status = "default", description = "A problem.", body = ProblemBody, content_type = "application/problem+json"),
    ),
    security(("operator" = [])))]
pub(crate) async fn prefunding(
    State(state): State<AppState>,
    _: OperatorCaller,
    mut parameters: Parameters,
) -> Result<Json<List<Prefunding>>, Problem> {
    let cursor = parameters.cursor::<MovementKind>();
    let (cursor,) = parameters.0.done((cursor,))?;
    let (page, cursor) = state.read(move |reads| Ok((reads.movements(&cursor)?, cursor))).await?;
    let livemode = state.livemode();
    Ok(Json(list(page, &cursor, |movement| movement.id, |row| Prefunding::of(row, livemode))))
}

/// What each wallet owes in each currency, may still come to owe, and is allowed to.
#[utoipa::path(get, path = "/v1/caps", operation_id = "cap_list", tag = "operator",
    responses(
        (status = 200, description = "One part for each wallet and currency with a cap, prefunding or anything owed.", body = List<Cap>),
        (status = "default", description = "A problem.", body = ProblemBody, content_type = "application/problem+json"),
    ),
    security(("operator" = [])))]
pub(crate) async fn caps(
    State(state): State<AppState>,
    _: OperatorCaller,
    parameters: Parameters,
) -> Result<Json<List<Cap>>, Problem> {
    parameters.0.done(())?;
    let positions = state.read(noren_store::Reads::positions).await?;
    let directory = state.directory().with(|_| true).await?;
    let mut all: BTreeMap<_, (WalletPosition, Option<i64>)> = BTreeMap::new();
    for position in positions {
        all.insert((position.wallet, position.currency), (position, None));
    }
    for (wallet, cap) in directory.caps() {
        let (currency, cap) = (cap.currency(), cap.minor());
        let nothing = WalletPosition { wallet, currency, owed: 0, pending: 0, prefunded: 0 };
        all.entry((wallet, currency)).or_insert((nothing, None)).1 = Some(cap);
    }
    let shown = all.values().map(|(position, cap)| Cap::of(position, *cap, state.livemode()));
    Ok(Json(whole(shown.collect())))
}
