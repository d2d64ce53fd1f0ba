//! The screens of a sale.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use noren_pages::till::Tab;

use super::frame::frame;
use super::session;
use crate::problem::Problem;
use crate::state::AppState;
use crate::web::{self, Reader};

/// Where a till begins: its amount keys, or the way to them.
pub(crate) async fn start(
    State(state): State<AppState>,
    reader: Reader,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let Some(device) = session::device(&state, &headers).await? else {
        return Ok(go_to("/till/pair"));
    };
    if device.staff.is_none() {
        return Ok(go_to("/till/sign-in"));
    }
    let frame = frame(&state, &device, Tab::Sell).await?;
    let _ = (frame, reader);
    Ok(web::page(String::new()))
}

/// Another screen of the till.
pub(super) fn go_to(path: &'static str) -> Response {
    (StatusCode::SEE_OTHER, [(header::LOCATION, path)]).into_response()
}
