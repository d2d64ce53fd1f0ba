//! The signature of Alipay+ (`wallets/alipayplus` facts, section 2).
//!
//! `METHOD path\nclient-id.time.body`, RSA PKCS#1 v1.5 over SHA-256, Base64, then URL-encoded. An
//! answer is signed over the **request's** method and path and its own time. Bodies are signed as
//! the bytes that travel. The scheme has neither nonce nor a published limit of age: an answer is
//! bound to its call by the path, by a time close to the request's (**ours**), and by the id inside,
//! which the connector compares. What that lets through is an earlier answer about the same
//! payment, sent again within minutes; TLS keeps that out.

use base64::Engine as _;
use base64::alphabet::{STANDARD as STANDARD_ALPHABET, URL_SAFE as URL_SAFE_ALPHABET};
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, STANDARD};
use noren_core::time::{Span, Timestamp};
use percent_encoding::{percent_decode_str, utf8_percent_encode};

use crate::instant;
use crate::signing::{Sign, Verify};
use crate::wire::{PATH_SEGMENT, Request, Response};

const ANY_PADDING: GeneralPurposeConfig =
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
const LOOSE: GeneralPurpose = GeneralPurpose::new(&STANDARD_ALPHABET, ANY_PADDING);
const LOOSE_URL_SAFE: GeneralPurpose = GeneralPurpose::new(&URL_SAFE_ALPHABET, ANY_PADDING);

/// How far the time of an answer may be from that of its request, either way. **Ours**: longer than
/// any answer is awaited, with clocks that are minutes apart.
pub const RESPONSE_WITHIN: Span = Span::seconds(300);

/// The message is not signed, not by this key, not over these bytes, or not at this time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the signature is missing, not good or of another time")]
pub struct NotSigned;

/// The bytes that are signed.
pub fn content(method: &str, target: &str, client_id: &str, time: &str, body: &[u8]) -> Vec<u8> {
    let mut content = format!("{method} {}\n{client_id}.{time}.", path(target)).into_bytes();
    content.extend_from_slice(body);
    content
}

/// A target without scheme and host, should it have come in absolute form.
fn path(target: &str) -> &str {
    let absolute = target.strip_prefix("http://").or_else(|| target.strip_prefix("https://"));
    match absolute {
        Some(rest) => rest.find('/').map_or("/", |at| &rest[at..]),
        None => target,
    }
}

/// Adds `client-id`, `request-time` and `signature`.
pub fn sign_request(request: &mut Request, client_id: &str, key: &dyn Sign, now: Timestamp) {
    let time = time_text(now);
    let content = content(&request.method, &request.target, client_id, &time, &request.body);
    let signature = header_value(&key.sign(&content));
    push(&mut request.headers, client_id, "request-time", time, signature);
}

/// Checks a request.
pub fn verify_request(
    request: &Request,
    client_id: &str,
    key: &dyn Verify,
) -> Result<(), NotSigned> {
    let time = request.header("request-time").ok_or(NotSigned)?;
    let content = content(&request.method, &request.target, client_id, time, &request.body);
    let (named, signature) = (request.header("client-id"), request.header("signature"));
    check(client_id, named, signature, &content, key)
}

/// Adds `client-id`, `response-time` and `signature` to the answer to `request`.
pub fn sign_response(
    response: &mut Response,
    request: &Request,
    client_id: &str,
    key: &dyn Sign,
    now: Timestamp,
) {
    let time = time_text(now);
    let content = content(&request.method, &request.target, client_id, &time, &response.body);
    let signature = header_value(&key.sign(&content));
    push(&mut response.headers, client_id, "response-time", time, signature);
}

/// Checks the answer to `request`, and that it was made about when that was.
pub fn verify_response(
    response: &Response,
    request: &Request,
    client_id: &str,
    key: &dyn Verify,
) -> Result<(), NotSigned> {
    let time = response.header("response-time").ok_or(NotSigned)?;
    let asked = request.header("request-time").and_then(instant::parse).ok_or(NotSigned)?;
    let answered = instant::parse(time).ok_or(NotSigned)?;
    if asked.since(answered).max(answered.since(asked)) > RESPONSE_WITHIN {
        return Err(NotSigned);
    }
    let content = content(&request.method, &request.target, client_id, time, &response.body);
    let (named, signature) = (response.header("client-id"), response.header("signature"));
    check(client_id, named, signature, &content, key)
}

/// `2026-01-01T00:00:00Z`: whole seconds.
fn time_text(now: Timestamp) -> String {
    instant::print(Timestamp(now.0.div_euclid(1_000) * 1_000))
}

fn push(
    headers: &mut Vec<(String, String)>,
    client_id: &str,
    time_name: &str,
    time: String,
    signature: String,
) {
    headers.push(("client-id".into(), client_id.into()));
    headers.push((time_name.into(), time));
    headers.push(("signature".into(), signature));
}

/// `algorithm=RSA256,keyVersion=1,signature=<URL-encoded Base64>`.
pub fn header_value(signature: &[u8]) -> String {
    let base64 = STANDARD.encode(signature);
    let encoded = utf8_percent_encode(&base64, PATH_SEGMENT);
    format!("algorithm=RSA256,keyVersion=1,signature={encoded}")
}

fn check(
    client_id: &str,
    named: Option<&str>,
    header: Option<&str>,
    content: &[u8],
    key: &dyn Verify,
) -> Result<(), NotSigned> {
    let signature = header.and_then(read_header).ok_or(NotSigned)?;
    let good = named == Some(client_id) && key.verify(content, &signature);
    if good { Ok(()) } else { Err(NotSigned) }
}

/// The raw signature of a header: URL-encoded Base64, or URL-safe Base64 without padding.
fn read_header(header: &str) -> Option<Vec<u8>> {
    let mut encoded = None;
    for part in header.split(',') {
        match part.trim().split_once('=')? {
            ("algorithm", "RSA256") | ("keyVersion", _) => {}
            ("algorithm", _) => return None,
            ("signature", value) => encoded = Some(value),
            _ => {}
        }
    }
    let base64 = percent_decode_str(encoded?).decode_utf8().ok()?;
    let url_safe = base64.contains(['-', '_']);
    let engine = if url_safe { LOOSE_URL_SAFE } else { LOOSE };
    engine.decode(base64.as_bytes()).ok()
}
