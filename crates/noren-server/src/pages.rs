//! A page for every problem: cause and cure, made from the table.

use axum::http::StatusCode;
use axum::response::Html;
use noren_core::refusal::Retry;

use crate::edge::InPath;
use crate::problem::{Edge, Problem, Row, table};

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

pub(crate) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

fn html(title: &str, body: &str) -> Html<String> {
    Html(format!(
        "<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>{title}</title>\n{body}</html>\n"
    ))
}

fn page(row: &Row) -> Html<String> {
    let Row { code, status, retry, title, remedy } = row;
    html(
        code,
        &format!(
            "<h1>{code}</h1>\n<p>{}</p>\n<h2>What to do</h2>\n<p>{}</p>\n<p>{}</p>\n\
             <p>HTTP status {}, <code>retry: {}</code>. <a href=\"/problems\">All problems</a></p>\n",
            escape(title),
            escape(remedy),
            retry_sentence(*retry),
            status.as_u16(),
            retry.name(),
        ),
    )
}

/// Every problem, with a link to its page.
#[utoipa::path(get, path = "/problems", operation_id = "problem_list", tag = "operations",
    responses((status = 200, description = "A list of pages.", body = String, content_type = "text/html")))]
pub(crate) async fn problems() -> Html<String> {
    let item = |row: &Row| {
        let Row { code, title, .. } = row;
        format!("<li><a href=\"/problems/{code}\">{code}</a>: {}</li>\n", escape(title))
    };
    let items: String = table().iter().map(item).collect();
    html("Problems", &format!("<h1>Problems</h1>\n<ul>\n{items}</ul>\n"))
}

/// What a problem means and what to do; the address that the member `type` names.
#[utoipa::path(get, path = "/problems/{code}", operation_id = "problem_get", tag = "operations",
    params(("code" = String, Path, description = "The member `code` of a problem.")),
    responses((status = 200, description = "A page.", body = String, content_type = "text/html")))]
pub(crate) async fn problem(InPath(code): InPath) -> Result<(StatusCode, Html<String>), Problem> {
    let row = table().into_iter().find(|row| row.code == code).ok_or(Edge::RouteUnknown)?;
    Ok((StatusCode::OK, page(&row)))
}
