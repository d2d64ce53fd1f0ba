//! Styles, scripts and pictures, kept by browsers for ever: their address changes when they do.

use std::borrow::Cow;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::Path;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use noren_pages::assets;

/// The route of all files.
pub fn files<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new().route("/assets/{version}/{*name}", get(file))
}

async fn file(Path((version, name)): Path<(String, String)>) -> Response {
    let Some(asset) = assets::get(&name) else { return StatusCode::NOT_FOUND.into_response() };
    // A page of an older program asks for an older set: the file of today serves it, and is not kept.
    let kept = match version == assets::version() {
        true => "public, max-age=31536000, immutable",
        false => "no-store",
    };
    let body = match asset.bytes {
        Cow::Borrowed(bytes) => Body::from(Bytes::from_static(bytes)),
        Cow::Owned(bytes) => Body::from(bytes),
    };
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(asset.media_type)),
        (header::CACHE_CONTROL, HeaderValue::from_static(kept)),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    ];
    (headers, body).into_response()
}
