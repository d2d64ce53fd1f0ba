//! Pages: which language a reader is given, the headers that every page carries, and the files that
//! pages load. What stands on a page is `noren-pages`' to say.

mod files;
mod reader;

use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use noren_pages::Template;
use noren_pages::page::CONTENT_POLICY;

use crate::problem::{Edge, Problem};

pub use files::files;
pub(crate) use reader::cookie;
pub use reader::{LANGUAGE_COOKIE, Reader};

/// A view as a page, which remembers a language that was chosen by its address.
pub(crate) fn shown(
    reader: &Reader,
    view: &impl Template,
    also: Option<(HeaderName, String)>,
) -> Result<Response, Problem> {
    let text = view.render().map_err(|error| {
        tracing::error!(%error, "a page cannot be written");
        Problem::from(Edge::Internal)
    })?;
    let mut response = page(text);
    for (name, value) in reader.remembered().into_iter().chain(also) {
        let value = HeaderValue::try_from(value).map_err(|_| Edge::Internal)?;
        response.headers_mut().append(name, value);
    }
    Ok(response)
}

/// A page as it is sent: our own content only, never framed, never kept.
pub fn page(text: String) -> Response {
    let headers: [(HeaderName, HeaderValue); 5] = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(CONTENT_POLICY)),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (header::REFERRER_POLICY, HeaderValue::from_static("same-origin")),
        (header::VARY, HeaderValue::from_static("accept-language, cookie")),
    ];
    (headers, text).into_response()
}

/// A view on its way to its reader, whose choice of a language, if they just made one, is remembered.
pub fn view(reader: &Reader, view: &impl Template) -> Response {
    let text = match view.render() {
        Ok(text) => text,
        Err(error) => {
            tracing::error!(%error, "a page could not be written");
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        }
    };
    match reader.remembered() {
        Some(cookie) => ([cookie], page(text)).into_response(),
        None => page(text),
    }
}
