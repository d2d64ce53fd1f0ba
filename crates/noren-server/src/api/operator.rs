//! What whoever runs the switch may do: change the directory, look at the books.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use noren_core::command::{Body, Caller};
use noren_core::directory::Change;
use noren_core::effects::Reply;
use noren_core::time::Timestamp;
use serde::Deserialize as _;
use serde_json::Value;

use crate::api::unexpected;
use crate::auth::OperatorCaller;
use crate::lists::{Parameters, whole};
use crate::members::{JsonBody, Members};
use crate::problem::{Edge, Problem, ProblemBody};
use crate::state::AppState;
use crate::wire::{
    DirectoryChangeNew, DirectoryVersion, LedgerAccount, LedgerTotal, List, WalletDoubt,
};

/// The first member of `sent` that `understood` does not have.
fn unknown_member(sent: &Value, understood: &Value, path: &str) -> Option<String> {
    match (sent, understood) {
        (Value::Object(sent), Value::Object(understood)) => {
            sent.iter().find_map(|(name, value)| {
                let path = format!("{path}.{name}");
                match understood.get(name) {
                    None => Some(path),
                    Some(known) => unknown_member(value, known, &path),
                }
            })
        }
        (Value::Array(sent), Value::Array(understood)) => {
            let pairs = sent.iter().zip(understood);
            pairs.enumerate().find_map(|(place, (sent, understood))| {
                unknown_member(sent, understood, &format!("{path}[{place}]"))
            })
        }
        _ => None,
    }
}

fn read_change(sent: &Value) -> Result<Change, Problem> {
    let change = Change::deserialize(sent)
        .map_err(|error| Problem::field(Edge::MemberInvalid, "change", format!("{error}.")))?;
    let understood = serde_json::to_value(&change).map_err(|_| Edge::Internal)?;
    match unknown_member(sent, &understood, "change") {
        None => Ok(change),
        Some(path) => {
            Err(Problem::field(Edge::MemberUnknown, &path, Edge::MemberUnknown.row().remedy))
        }
    }
}

/// Changes the directory: adds or replaces one wallet, acquirer, partner, merchant, store, rate, fee
/// schedule, tenant or API key. Sending the same change twice does no harm, so no key is needed.
#[utoipa::path(post, path = "/v1/directory", operation_id = "directory_change", tag = "operator",
    request_body = DirectoryChangeNew,
    responses(
        (status = 201, description = "The version that the change made.", body = DirectoryVersion),
        (status = "default", description = "A problem.", body = ProblemBody, content_type = "application/problem+json"),
    ),
    security(("operator" = [])))]
pub(crate) async fn change(
    State(state): State<AppState>,
    _: OperatorCaller,
    JsonBody(body): JsonBody,
) -> Result<(StatusCode, Json<DirectoryVersion>), Problem> {
    let mut members = Members::of(body)?;
    let change = members.object("change");
    let (change,) = members.done((change,))?;
    let change = read_change(&change)?;
    match state.handle().submit(Caller::Operator, Body::Directory(change)).await? {
        Reply::Directory { version } => {
            state.directory().heard_of(version);
            let livemode = state.livemode();
            let shown = DirectoryVersion { object: "directory_version", version, livemode };
            Ok((StatusCode::CREATED, Json(shown)))
        }
        other => Err(unexpected(other)),
    }
}

/// The accounts of the ledger, by id.
#[utoipa::path(get, path = "/v1/ledger/accounts", operation_id = "ledger_account_list", tag = "operator",
    params(
        ("limit" = Option<u32>, Query, description = "1 to 100, by default 20."),
        ("starting_after" = Option<String>, Query, description = "The next page: after this id."),
    ),
    responses(
        (status = 200, description = "A page of accounts.", body = List<LedgerAccount>),
        (status = "default", description = "A problem.", body = ProblemBody, content_type = "application/problem+json"),
    ),
    security(("operator" = [])))]
pub(crate) async fn accounts(
    State(state): State<AppState>,
    _: OperatorCaller,
    mut parameters: Parameters,
) -> Result<Json<List<LedgerAccount>>, Problem> {
    let limit = parameters.limit();
    let after = parameters.0.text_if_any("starting_after", 64);
    let (limit, after) = parameters.0.done((limit, after))?;
    let accounts = state.read(|reads| reads.accounts(None)).await?;
    let mut shown: Vec<LedgerAccount> = accounts
        .iter()
        .map(|account| LedgerAccount::of(account, state.livemode()))
        .filter(|account| after.as_deref().is_none_or(|after| account.id.as_str() > after))
        .collect();
    let has_more = shown.len() > limit;
    shown.truncate(limit);
    let next_cursor = shown.last().filter(|_| has_more).map(|account| account.id.clone());
    Ok(Json(List { object: "list", data: shown, has_more, next_cursor }))
}

/// Debits and credits of all accounts, per currency. Every difference is zero.
#[utoipa::path(get, path = "/v1/ledger/totals", operation_id = "ledger_total_list", tag = "operator",
    responses(
        (status = 200, description = "One total for each currency.", body = List<LedgerTotal>),
        (status = "default", description = "A problem.", body = ProblemBody, content_type = "application/problem+json"),
    ),
    security(("operator" = [])))]
pub(crate) async fn totals(
    State(state): State<AppState>,
    _: OperatorCaller,
    parameters: Parameters,
) -> Result<Json<List<LedgerTotal>>, Problem> {
    parameters.0.done(())?;
    let totals = state.read(noren_store::Reads::totals).await?;
    let shown = totals.iter().map(|total| LedgerTotal::of(total, state.livemode()));
    Ok(Json(whole(shown.collect())))
}

/// The longest period of a summary: a month.
const HOURS_MAX: i64 = 744;
/// The period of a caller who names none.
const HOURS_DEFAULT: i64 = 24;

/// What is in doubt now, and how long it was not known what became of the payments of the last
/// hours, wallet by wallet.
#[utoipa::path(get, path = "/v1/doubt", operation_id = "doubt_list", tag = "operator",
    params(("hours" = Option<u32>, Query, description = "The period: payments created in the last so many hours, 1 to 744, by default 24.")),
    responses(
        (status = 200, description = "One part for each wallet that was asked or is in doubt.", body = List<WalletDoubt>),
        (status = "default", description = "A problem.", body = ProblemBody, content_type = "application/problem+json"),
    ),
    security(("operator" = [])))]
pub(crate) async fn doubt(
    State(state): State<AppState>,
    _: OperatorCaller,
    mut parameters: Parameters,
) -> Result<Json<List<WalletDoubt>>, Problem> {
    let hours = match parameters.0.text_if_any("hours", 8) {
        None => None,
        Some(None) => Some(HOURS_DEFAULT),
        Some(Some(text)) => {
            let hours = text.parse().ok().filter(|hours| (1..=HOURS_MAX).contains(hours));
            if hours.is_none() {
                let detail = "Send a whole number from 1 to 744.";
                parameters.0.fault(Edge::MemberInvalid, "hours", detail);
            }
            hours
        }
    };
    let (hours,) = parameters.0.done((hours,))?;
    let until = state.handle().now();
    let from = Timestamp(until.0 - hours * 3_600_000);
    let found = state.read(move |reads| reads.doubt(from, until)).await?;
    let directory = state.directory().with(|_| true).await?;
    let shown = found.iter().map(|(name, found)| {
        let profile = directory.wallet(*name).map(|wallet| &wallet.profile);
        WalletDoubt::of(*name, found, profile, (from, until), state.livemode())
    });
    Ok(Json(whole(shown.collect())))
}
