//! Tills that are browsers: pairing one by the code on its screen, and ending one.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use noren_core::refusal::Refusal;
use noren_store::counter::{Approval, Approved};

use crate::auth::MerchantCaller;
use crate::edge::InPath;
use crate::members::{JsonBody, Members};
use crate::problem::{Edge, Problem, ProblemBody};
use crate::random;
use crate::state::AppState;
use crate::till::pairing;
use crate::wire::{List, Till, TillNew};

/// The most tills of a merchant that are in use.
const TILLS_MAX: usize = 1_000;

/// Makes the browser that shows this code a till of the store. The same words again give the same
/// till; the code of a browser that is another's till already is no code.
#[utoipa::path(post, path = "/v1/tills", operation_id = "till_pair", tag = "tills",
    request_body = TillNew,
    responses(
        (status = 201, description = "The till.", body = Till),
        (status = "default", description = "A problem.", body = ProblemBody, content_type = "application/problem+json"),
    ),
    security(("merchant" = [])))]
pub(crate) async fn pair(
    State(state): State<AppState>,
    who: MerchantCaller,
    JsonBody(body): JsonBody,
) -> Result<(StatusCode, Json<Till>), Problem> {
    let mut members = Members::of(body)?;
    let code = members.text("user_code", 16).and_then(|text| {
        let code = pairing::code_of(&text);
        if code.is_none() {
            let detail = "Send the 8 letters and digits that the till's screen shows.";
            members.fault(Edge::MemberInvalid, "user_code", detail);
        }
        code
    });
    let (store, title) = (members.id("store"), members.free_text("title", 40));
    let (code, store, title) = members.done((code, store, title))?;
    let directory = state.directory().with(|directory| directory.store(store).is_some()).await?;
    directory
        .store(store)
        .filter(|store| store.merchant == who.merchant)
        .ok_or(Refusal::ShopUnknown)?;
    let (id, now) = (format!("till_{:020x}", random::bits() >> 48), state.handle().now());
    let approved = state
        .counter(move |counter| {
            let used = counter.devices(who.merchant)?;
            if used.iter().filter(|device| device.revoked_at.is_none()).count() >= TILLS_MAX {
                return Ok(None);
            }
            let approval = Approval {
                code_hash: &pairing::hash(&code),
                id: &id,
                tenant: who.tenant,
                merchant: who.merchant,
                store,
                title: &title,
            };
            counter.pairing_approve(&approval, now).map(Some)
        })
        .await?;
    match approved {
        None => Err(Edge::TillsTooMany.into()),
        Some(Approved::Unknown) => Err(Edge::PairingUnknown.into()),
        Some(Approved::TooManyWrong) => Err(Edge::PairingTries.into()),
        Some(Approved::Till(device)) => {
            Ok((StatusCode::CREATED, Json(Till::of(device, state.livemode()))))
        }
    }
}

/// Your tills, the newest first, with those that sell no more.
#[utoipa::path(get, path = "/v1/tills", operation_id = "till_list", tag = "tills",
    responses(
        (status = 200, description = "All tills.", body = List<Till>),
        (status = "default", description = "A problem.", body = ProblemBody, content_type = "application/problem+json"),
    ),
    security(("merchant" = [])))]
pub(crate) async fn list_all(
    State(state): State<AppState>,
    who: MerchantCaller,
) -> Result<Json<List<Till>>, Problem> {
    let devices = state.counter(move |counter| counter.devices(who.merchant)).await?;
    let data = devices.into_iter().map(|device| Till::of(device, state.livemode())).collect();
    Ok(Json(List { object: "list", data, has_more: false, next_cursor: None }))
}

/// The browser is a till no more, from its next call on.
#[utoipa::path(post, path = "/v1/tills/{till_id}/revoke", operation_id = "till_revoke", tag = "tills",
    params(("till_id" = String, Path, description = "The till, `till_…`.")),
    responses(
        (status = 200, description = "The till.", body = Till),
        (status = "default", description = "A problem.", body = ProblemBody, content_type = "application/problem+json"),
    ),
    security(("merchant" = [])))]
pub(crate) async fn revoke(
    State(state): State<AppState>,
    who: MerchantCaller,
    InPath(id): InPath,
) -> Result<Json<Till>, Problem> {
    let now = state.handle().now();
    let device = state.counter(move |counter| {
        let own = |found: &noren_store::counter::Device| found.merchant == who.merchant;
        if counter.device(&id)?.filter(own).is_none() {
            return Ok(None);
        }
        counter.device_revoke(&id, now)?;
        counter.device(&id)
    });
    let device = device.await?.ok_or(Edge::TillUnknown)?;
    Ok(Json(Till::of(device, state.livemode())))
}
