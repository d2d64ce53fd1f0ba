//! Who works at a merchant's tills.

use axum::Json;
use axum::extract::State;
use noren_store::counter::{Staff, StaffRole};

use crate::auth::MerchantCaller;
use crate::edge::InPath;
use crate::members::{JsonBody, Members};
use crate::problem::{Edge, Problem, ProblemBody};
use crate::state::AppState;
use crate::till::pin;
use crate::wire::{List, StaffNew, StaffShown};

/// The longest name; it stands on buttons.
const NAME_MAX: usize = 40;

/// The most people of a merchant.
const STAFF_MAX: usize = 200;

/// Adds somebody, or gives them another role or PIN. Wherever they are signed in, they sign in
/// anew, and a wait for wrong PINs is over.
#[utoipa::path(put, path = "/v1/staff/{name}", operation_id = "staff_put", tag = "tills",
    request_body = StaffNew,
    params(("name" = String, Path, description = "As it stands on the sign-in page: 1 to 40 characters.")),
    responses(
        (status = 200, description = "Who it is.", body = StaffShown),
        (status = "default", description = "A problem.", body = ProblemBody, content_type = "application/problem+json"),
    ),
    security(("merchant" = [])))]
pub(crate) async fn put(
    State(state): State<AppState>,
    who: MerchantCaller,
    InPath(name): InPath,
    JsonBody(body): JsonBody,
) -> Result<Json<StaffShown>, Problem> {
    let mut members = Members::of(body)?;
    let name = name.trim().to_owned();
    if name.is_empty() || name.chars().count() > NAME_MAX || name.chars().any(char::is_control) {
        members.fault(Edge::MemberInvalid, "name", "Send a name of 1 to 40 characters.");
    }
    let roles = [StaffRole::Clerk, StaffRole::Supervisor].map(|role| (role.name(), role));
    let role = members.word("role", &roles);
    let given = members.text("pin", 64).and_then(|text| {
        let good = pin::read(&text);
        if good.is_none() {
            members.fault(Edge::MemberInvalid, "pin", "Send 4 to 8 digits in quotes.");
        }
        good
    });
    let (role, given) = members.done((role, given))?;
    let pin_hash = pin::hash(&state, who.merchant, &name, &given).await?;
    let staff =
        Staff { merchant: who.merchant, name, role, pin_hash, wrong: 0, locked_until: None };
    let kept = staff.clone();
    let room = state.counter(move |counter| {
        let known = counter.staff(kept.merchant)?;
        if known.len() >= STAFF_MAX && known.iter().all(|other| other.name != kept.name) {
            return Ok(false);
        }
        counter.staff_put(&kept).map(|()| true)
    });
    if !room.await? {
        return Err(Edge::StaffTooMany.into());
    }
    Ok(Json(StaffShown::of(staff, state.livemode())))
}

/// Everybody at your tills, by name.
#[utoipa::path(get, path = "/v1/staff", operation_id = "staff_list", tag = "tills",
    responses(
        (status = 200, description = "Everybody.", body = List<StaffShown>),
        (status = "default", description = "A problem.", body = ProblemBody, content_type = "application/problem+json"),
    ),
    security(("merchant" = [])))]
pub(crate) async fn list_all(
    State(state): State<AppState>,
    who: MerchantCaller,
) -> Result<Json<List<StaffShown>>, Problem> {
    let staff = state.counter(move |counter| counter.staff(who.merchant)).await?;
    let data = staff.into_iter().map(|staff| StaffShown::of(staff, state.livemode())).collect();
    Ok(Json(List { object: "list", data, has_more: false, next_cursor: None }))
}

/// They work there no more, and are signed in nowhere.
#[utoipa::path(delete, path = "/v1/staff/{name}", operation_id = "staff_remove", tag = "tills",
    params(("name" = String, Path, description = "Who.")),
    responses(
        (status = 200, description = "Who it was.", body = StaffShown),
        (status = "default", description = "A problem.", body = ProblemBody, content_type = "application/problem+json"),
    ),
    security(("merchant" = [])))]
pub(crate) async fn remove(
    State(state): State<AppState>,
    who: MerchantCaller,
    InPath(name): InPath,
) -> Result<Json<StaffShown>, Problem> {
    let removed = state.counter(move |counter| {
        let found = counter.staff(who.merchant)?.into_iter().find(|staff| staff.name == name);
        if let Some(staff) = &found {
            counter.staff_remove(who.merchant, &staff.name)?;
        }
        Ok(found)
    });
    let removed = removed.await?.ok_or(Edge::StaffUnknown)?;
    Ok(Json(StaffShown::of(removed, state.livemode())))
}
