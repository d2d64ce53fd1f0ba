//! Answers of v3 as they leave: with a number, and signed by the platform.

use noren_core::time::Timestamp;
use serde::Serialize;

use super::CONTENT_TYPE;
use super::codes::Code;
use super::messages::ErrorSaid;
use super::signing::sign_response;
use crate::signing::Sign;
use crate::wire::Response;

/// The bytes of a message.
pub(super) fn bytes(message: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(message).expect("our messages have string keys only")
}

/// An answer that is not signed: a file whose digest was given before, or one to a stranger.
pub(super) fn unsigned(status: u16, content_type: &str, body: Vec<u8>, nonce: u128) -> Response {
    Response {
        status,
        headers: vec![
            ("content-type".into(), content_type.into()),
            ("request-id".into(), format!("{nonce:032X}")),
        ],
        body,
    }
}

/// An answer with a body.
pub(super) fn json(
    status: u16,
    body: Vec<u8>,
    key: &dyn Sign,
    now: Timestamp,
    nonce: u128,
) -> Response {
    let mut response = unsigned(status, CONTENT_TYPE, body, nonce);
    sign_response(&mut response, key, now, nonce);
    response
}

/// 204, which is signed too.
pub(super) fn nothing(key: &dyn Sign, now: Timestamp, nonce: u128) -> Response {
    let mut response = unsigned(204, CONTENT_TYPE, Vec::new(), nonce);
    response.headers.remove(0);
    sign_response(&mut response, key, now, nonce);
    response
}

/// The body of an error.
pub(super) fn error(code: Code, message: &str) -> Vec<u8> {
    bytes(&ErrorSaid { code: code.name().into(), message: message.into() })
}
