//! A page for every problem: cause and cure, made from the table.

use axum::extract::State;
use axum::response::{Redirect, Response};
use noren_core::refusal::Retry;
use noren_pages::{Page, problems as views};

use crate::edge::InPath;
use crate::problem::{Edge, Problem, Row, table};
use crate::state::AppState;
use crate::web::{self, Reader};

const fn retry_sentence(retry: Retry) -> &'static str {
    match retry {
        Retry::Never => "Sending the same request again will not help.",
        Retry::SameKey => "Send the same request again, with the same idempotency key.",
        Retry::NewKey => {
            "Refused by the present state. When that has changed, send it again with a new \
             idempotency key; this one is used up."
        }
    }
}

fn paper(state: &AppState, reader: &Reader) -> Page {
    Page::new(reader.language, reader.here.clone(), !state.livemode())
}

/// Every problem, with a link to its page.
#[utoipa::path(get, path = "/problems", operation_id = "problem_list", tag = "operations",
    responses((status = 200, description = "A list of pages.", body = String, content_type = "text/html")))]
pub(crate) async fn problems(State(state): State<AppState>, reader: Reader) -> Response {
    let row = |row: Row| views::Row { code: row.code, title: row.title };
    let rows = table().into_iter().map(row).collect();
    web::view(&reader, &views::List { page: paper(&state, &reader), rows })
}

/// What a problem means and what to do; the address that the member `type` names.
#[utoipa::path(get, path = "/problems/{code}", operation_id = "problem_get", tag = "operations",
    params(("code" = String, Path, description = "The member `code` of a problem.")),
    responses((status = 200, description = "A page.", body = String, content_type = "text/html")))]
pub(crate) async fn problem(
    State(state): State<AppState>,
    InPath(code): InPath,
    reader: Reader,
) -> Result<Response, Problem> {
    let row = table().into_iter().find(|row| row.code == code).ok_or(Edge::RouteUnknown)?;
    let Row { code, status, retry, title, remedy } = row;
    let view = views::Problem {
        page: paper(&state, &reader),
        code,
        status: status.as_u16(),
        title,
        remedy,
        retry: retry.name(),
        retry_sentence: retry_sentence(retry),
    };
    Ok(web::view(&reader, &view))
}

/// The phone of the sandbox wallets' users is at an address of its own.
pub(crate) async fn phone(State(state): State<AppState>) -> Result<Redirect, Problem> {
    let phone = state.phone().ok_or(Edge::RouteUnknown)?;
    Ok(Redirect::to(&phone.url("/wallet")))
}
