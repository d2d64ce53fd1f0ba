//! How the server is, for whoever watches over it.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use crate::state::AppState;

/// One word.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub(crate) struct Health {
    /// `ok`, or why not: `draining`, `stopped`.
    #[schema(example = "ok")]
    status: &'static str,
}

/// What runs.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub(crate) struct Version {
    /// `noren`.
    name: &'static str,
    /// The program's version.
    version: &'static str,
    /// True when the money is real.
    livemode: bool,
}

/// The process runs and answers.
#[utoipa::path(get, path = "/livez", tag = "operations",
    responses((status = 200, description = "It does.", body = Health)))]
pub(crate) async fn livez() -> Json<Health> {
    Json(Health { status: "ok" })
}

/// New calls are welcome. Not while the server is draining, or when commits are no longer made.
#[utoipa::path(get, path = "/readyz", tag = "operations",
    responses(
        (status = 200, description = "They are.", body = Health),
        (status = 503, description = "They are not.", body = Health),
    ))]
pub(crate) async fn readyz(State(state): State<AppState>) -> (StatusCode, Json<Health>) {
    let (code, status) = match (state.is_draining(), state.handle().status().accepting) {
        (false, true) => (StatusCode::OK, "ok"),
        (true, _) => (StatusCode::SERVICE_UNAVAILABLE, "draining"),
        (false, false) => (StatusCode::SERVICE_UNAVAILABLE, "stopped"),
    };
    (code, Json(Health { status }))
}

/// What runs here.
#[utoipa::path(get, path = "/version", tag = "operations",
    responses((status = 200, description = "Name and version.", body = Version)))]
pub(crate) async fn version(State(state): State<AppState>) -> Json<Version> {
    let version = env!("CARGO_PKG_VERSION");
    Json(Version { name: "noren", version, livemode: state.livemode() })
}
