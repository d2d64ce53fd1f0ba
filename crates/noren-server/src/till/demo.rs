//! In the demo: a till of any of its shops with one tap, with somebody signed in. A switch that is no
//! demo has no such address.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use noren_core::id::StoreId;

use super::session::{self, Paired};
use crate::problem::{Edge, Problem};
use crate::state::AppState;

/// Who sells at every till of the demo.
pub const DEMO_CLERK: &str = "Hana";

/// Her PIN.
pub const DEMO_CLERK_PIN: &str = "1234";

/// Who gives money back at every till of the demo.
pub const DEMO_SUPERVISOR: &str = "Ken";

/// His PIN.
pub const DEMO_SUPERVISOR_PIN: &str = "4321";

/// The form's only field is `store=sto_…`.
///
/// A browser that is this store's till already, with somebody at it, stays it.
pub(crate) async fn open(
    State(state): State<AppState>,
    headers: HeaderMap,
    body: String,
) -> Result<Response, Problem> {
    if !state.demo() {
        return Err(Edge::RouteUnknown.into());
    }
    let store = body.strip_prefix("store=").and_then(|id| id.parse::<StoreId>().ok());
    let store = store.ok_or(Edge::IdInvalid)?;
    let directory = state.directory().with(|directory| directory.store(store).is_some()).await?;
    let found = directory.store(store).and_then(|store| directory.merchant(store.merchant));
    let merchant = found.ok_or(Edge::IdInvalid)?;
    let known = session::device(&state, &headers).await?;
    if known.is_some_and(|device| device.store == store && device.staff.is_some()) {
        return Ok((StatusCode::SEE_OTHER, [(header::LOCATION, "/till")]).into_response());
    }
    let now = state.handle().now();
    let mut paired = Paired::new(merchant.tenant, merchant.id, store, "Counter 1", now);
    paired.device.staff = Some(DEMO_CLERK.into());
    let device = paired.device.clone();
    state.counter(move |counter| counter.device_add(&device)).await?;
    let headers = [paired.cookie(&state), (header::LOCATION, "/till".to_owned())];
    Ok((StatusCode::SEE_OTHER, headers).into_response())
}
