//! The same request twice is one payment: the key that a caller chose, and what tells one
//! request from another. The engine keeps and compares them; this module only reads.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue};
use axum::response::{IntoResponseParts, ResponseParts};
use noren_core::Text;
use noren_core::keys::{RequestHash, Route};
use ring::digest;
use serde_json::Value;

use crate::problem::{Edge, Problem};

/// The request header with the caller's key.
pub const KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// The answer header that says: this was decided before, under the same key.
pub const REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");

/// The key of a call that can move money; 1 to 255 visible ASCII characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdempotencyKey(pub Text);

impl<S: Sync> FromRequestParts<S> for IdempotencyKey {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let mut values = parts.headers.get_all(KEY).iter();
        let value = values.next().ok_or(Edge::IdempotencyKeyMissing)?;
        let visible = value.as_bytes().iter().all(u8::is_ascii_graphic);
        if values.next().is_some() || !visible || !(1..=255).contains(&value.len()) {
            return Err(Edge::IdempotencyKeyInvalid.into());
        }
        Ok(Self(value.to_str().map_err(|_| Edge::IdempotencyKeyInvalid)?.into()))
    }
}

/// SHA-256 over the route, the path and the request with its members sorted, so that spaces and
/// order do not make another request of it.
pub fn request_hash(route: Route, path: &str, body: &Value) -> RequestHash {
    let mut text = String::new();
    canonical(body, &mut text);
    let mut hash = digest::Context::new(&digest::SHA256);
    for part in [route.name(), path, &text] {
        hash.update(part.as_bytes());
        hash.update(b"\n");
    }
    let mut out = RequestHash::default();
    out.copy_from_slice(hash.finish().as_ref());
    out
}

fn canonical(value: &Value, out: &mut String) {
    match value {
        Value::Object(members) => {
            let mut members: Vec<_> = members.iter().collect();
            members.sort_unstable_by_key(|(name, _)| *name);
            out.push('{');
            for (name, value) in members {
                canonical(&Value::from(name.as_str()), out);
                out.push(':');
                canonical(value, out);
                out.push(',');
            }
            out.push('}');
        }
        Value::Array(values) => {
            out.push('[');
            for value in values {
                canonical(value, out);
                out.push(',');
            }
            out.push(']');
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            out.push_str(&value.to_string());
        }
    }
}

/// Adds [`REPLAYED`] to an answer that was decided before.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Replayed(pub bool);

impl IntoResponseParts for Replayed {
    type Error = std::convert::Infallible;

    fn into_response_parts(self, mut parts: ResponseParts) -> Result<ResponseParts, Self::Error> {
        if self.0 {
            parts.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
        }
        Ok(parts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hash(route: Route, path: &str, body: &str) -> RequestHash {
        request_hash(route, path, &serde_json::from_str(body).unwrap())
    }

    #[test]
    fn order_and_spaces_do_not_make_another_request() {
        let of = |body| hash(Route::PaymentCreate, "/v1/payments", body);
        let first = of(r#"{"a":{"x":1,"y":[1,2]},"b":"t"}"#);
        assert_eq!(first, of(r#"{ "b":"t", "a":{"y":[1,2],"x":1} }"#));
        for other in [
            r#"{"a":{"x":1,"y":[2,1]},"b":"t"}"#,
            r#"{"a":{"x":1,"y":[1,2]},"b":"t","c":null}"#,
            r#"{"a":{"x":"1","y":[1,2]},"b":"t"}"#,
        ] {
            assert_ne!(first, of(other), "{other}");
        }
    }

    #[test]
    fn the_route_and_path_are_part_of_the_request() {
        let one = hash(Route::PaymentCancel, "/v1/payments/pay_1/cancel", "{}");
        assert_ne!(one, hash(Route::PaymentCancel, "/v1/payments/pay_2/cancel", "{}"));
        assert_ne!(one, hash(Route::RefundCreate, "/v1/payments/pay_1/cancel", "{}"));
    }
}
