//! The screens of the till.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;

use super::session;
use crate::problem::Problem;
use crate::state::AppState;
use crate::web::{self, Reader};

/// Where a till begins: its amount keys, or how it is paired.
pub(crate) async fn start(
    State(state): State<AppState>,
    reader: Reader,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let device = session::device(&state, &headers).await?;
    let _ = (device, reader);
    Ok(web::page(String::new()))
}
