//! Between axum's messages and the plain ones that signatures and connectors work on.

use axum::body::Body;
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use http_body_util::BodyExt as _;
use noren_wallets::wire;

use crate::problem::{Edge, Problem};

/// A request as it came. Header values that are not text are left out: nothing we read has such.
pub(crate) fn request(parts: &Parts, body: Vec<u8>) -> wire::Request {
    let target = parts.uri.path_and_query().map_or("/", |target| target.as_str());
    let headers = parts.headers.iter().filter_map(|(name, value)| {
        Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned()))
    });
    wire::Request {
        method: parts.method.as_str().to_owned(),
        target: target.to_owned(),
        headers: headers.collect(),
        body,
    }
}

/// A connector's answer, to be sent as it is.
pub(crate) fn response(from: wire::Response) -> Response {
    let Ok(status) = StatusCode::from_u16(from.status) else {
        return Problem::from(Edge::Internal).into_response();
    };
    let mut response = Response::new(Body::from(from.body));
    *response.status_mut() = status;
    for (name, value) in from.headers {
        match (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            (Ok(name), Ok(value)) => {
                response.headers_mut().append(name, value);
            }
            _ => tracing::error!("a connector made a header that cannot be sent"),
        }
    }
    response
}

/// An answer of ours as plain data. Its body is whole already.
pub(crate) async fn plain(response: Response) -> Result<wire::Response, Problem> {
    let (parts, body) = response.into_parts();
    let body = body.collect().await.map_err(|_| Edge::Internal)?.to_bytes();
    let headers = parts.headers.iter().filter_map(|(name, value)| {
        Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned()))
    });
    Ok(wire::Response {
        status: parts.status.as_u16(),
        headers: headers.collect(),
        body: body.into(),
    })
}
