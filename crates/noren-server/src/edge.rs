//! What every call goes through: a request id, a bound on calls under way, an answer even when
//! a handler panics, and one line in the log.

use std::sync::Arc;
use std::time::Instant;

use axum::extract::{FromRequestParts, MatchedPath, Path, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::problem::{Edge, Problem, render};
use crate::random;
use crate::state::AppState;

/// Carries a request's id, both ways.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("request-id");

/// What an answer needs to know of its request.
#[derive(Clone, Debug)]
pub(crate) struct Context {
    /// The caller's, when it was well-formed; otherwise ours.
    pub request_id: Arc<str>,
    /// The path that was called, without its query.
    pub path: String,
}

impl Context {
    fn of(request: &Request) -> Self {
        Self { request_id: request_id(request.headers()), path: request.uri().path().to_owned() }
    }
}

/// An inbound id is taken over when it is 8 to 128 letters, digits, dots, hyphens or underscores.
fn request_id(headers: &HeaderMap) -> Arc<str> {
    let plain = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_');
    headers
        .get(REQUEST_ID)
        .filter(|value| (8..=128).contains(&value.len()) && value.as_bytes().iter().all(plain))
        .and_then(|value| value.to_str().ok())
        .map_or_else(|| format!("req_{:032x}", random::bits()).into(), Into::into)
}

/// The outermost layer.
pub(crate) async fn handle(
    State(state): State<AppState>,
    mut request: Request,
    next: Next,
) -> Response {
    let started = Instant::now();
    let context = Context::of(&request);
    let method = request.method().clone();
    // The pattern, never the path itself: what a stranger wrote into it stays out of the log.
    let route = request.extensions().get::<MatchedPath>().cloned();
    request.extensions_mut().insert(context.clone());
    let response = answer(&state, request, next).await;
    let mut response = render(response, &context);
    let headers = response.headers_mut();
    if let Ok(value) = HeaderValue::from_str(&context.request_id) {
        headers.insert(REQUEST_ID, value);
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    tracing::debug!(
        %method,
        route = route.as_ref().map_or("-", MatchedPath::as_str),
        status = response.status().as_u16(),
        request_id = %context.request_id,
        micros = started.elapsed().as_micros() as u64,
        "answered",
    );
    response
}

/// Whoever watches over us must be answered above all when we have too much to do; a busy server
/// that seems dead is restarted, and then is dead.
fn is_watching(request: &Request) -> bool {
    matches!(request.uri().path(), "/livez" | "/readyz" | "/version")
}

async fn answer(state: &AppState, request: Request, next: Next) -> Response {
    let permit = if is_watching(&request) {
        None
    } else {
        match state.under_way().try_acquire_owned() {
            Ok(permit) => Some(permit),
            Err(_) => return Problem::from(Edge::Busy).into_response(),
        }
    };
    // A task of its own, so that a panic becomes an answer, and a call runs to its end although
    // its caller has gone.
    let work = tokio::spawn(async move {
        let response = next.run(request).await;
        drop(permit);
        response
    });
    work.await.unwrap_or_else(|_| Problem::from(Edge::Internal).into_response())
}

/// What a path names, where it names one thing. What is not UTF-8 names nothing and reads as empty,
/// so that each handler says in its own way that there is no such thing.
pub(crate) struct InPath(pub String);

impl<S: Send + Sync> FromRequestParts<S> for InPath {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        let path = Path::<String>::from_request_parts(parts, state).await;
        Ok(Self(path.map_or_else(|_| String::new(), |Path(name)| name)))
    }
}

/// Nothing at this address.
pub(crate) async fn route_unknown() -> Problem {
    Edge::RouteUnknown.into()
}

/// Something at this address, but not for this method.
pub(crate) async fn method_not_allowed() -> Problem {
    Edge::MethodNotAllowed.into()
}
