//! The signatures of the Noren wallet API: our profile of RFC 9421 with `hmac-sha256`.
//!
//! A request covers `@method`, `@target-uri` and `content-digest` (RFC 9530, `sha-256`), with the
//! parameters `created`, `keyid` and `nonce`. An answer covers `@status`, `content-digest` and the
//! request's `signature;req`, so it is good for that one request only; its parameters are
//! `created` and `keyid`. The digest is there also when the body is empty. `@target-uri` is the
//! whole address: signer and verifier are each told the origin (`http://host:port`).

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use noren_core::time::{Span, Timestamp};
use ring::digest::{SHA256, digest};

use crate::signing::{Sign, Verify};
use crate::wire::{Request, Response};

/// A request older than this is refused.
pub const AGE_MAX: Span = Span::seconds(300);
/// A request from further ahead than this is refused.
pub const AHEAD_MAX: Span = Span::seconds(30);

const LABEL: &str = "noren";
const REQUEST_COVERS: &str = r#"("@method" "@target-uri" "content-digest")"#;
const RESPONSE_COVERS: &str = r#"("@status" "content-digest" "signature";req)"#;

/// Why a signature is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// No signature, or not of our profile.
    #[error("the message has no signature of the profile")]
    Missing,
    /// The body is not what the digest says.
    #[error("the body does not match its digest")]
    Digest,
    /// Nobody has a key of that name.
    #[error("no key of that name")]
    KeyUnknown,
    /// The signature is not good.
    #[error("the signature is not good")]
    Wrong,
    /// Made more than 300 s ago.
    #[error("the signature is older than 300 s")]
    Stale,
    /// Made more than 30 s from now.
    #[error("the signature is from the future")]
    Ahead,
    /// The nonce was seen before.
    #[error("the nonce was seen before")]
    Replayed,
    /// Too many nonces to remember; nothing is known against this one. Answer 503.
    #[error("too many requests to tell a repeat")]
    Full,
}

/// What a good signature says. The nonce is yet to be shown to a [`NonceGuard`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed {
    /// Whose key.
    pub key_id: String,
    /// Used once per key.
    pub nonce: String,
    /// When it was made.
    pub created: Timestamp,
}

/// Adds digest and signature to a request. Call it last: nothing it covers may change after.
pub fn sign_request(
    request: &mut Request,
    origin: &str,
    key_id: &str,
    key: &dyn Sign,
    now: Timestamp,
    nonce: u128,
) {
    let created = now.0.div_euclid(1_000);
    let parameters =
        format!(r#"{REQUEST_COVERS};created={created};keyid="{key_id}";nonce="{nonce:032x}""#);
    let digest = content_digest(&request.body);
    let base = request_base(request, origin, &digest, &parameters);
    append(&mut request.headers, digest, &parameters, &key.sign(base.as_bytes()));
}

/// Checks digest, signature and age of a request. `key` finds the key of a name.
pub fn verify_request<'k>(
    request: &Request,
    origin: &str,
    now: Timestamp,
    key: impl FnOnce(&str) -> Option<&'k dyn Verify>,
) -> Result<Signed, SignatureError> {
    let message = SignedMessage::read(|name| request.header(name), REQUEST_COVERS)?;
    let digest = check_digest(request.header("content-digest"), &request.body)?;
    let nonce = message.nonce.ok_or(SignatureError::Missing)?;
    let key = key(message.key_id).ok_or(SignatureError::KeyUnknown)?;
    let base = request_base(request, origin, digest, message.parameters);
    if !key.verify(base.as_bytes(), &message.signature) {
        return Err(SignatureError::Wrong);
    }
    let created = Timestamp(message.created.saturating_mul(1_000));
    if now.since(created) > AGE_MAX {
        return Err(SignatureError::Stale);
    }
    if created.since(now) > AHEAD_MAX {
        return Err(SignatureError::Ahead);
    }
    Ok(Signed { key_id: message.key_id.to_owned(), nonce: nonce.to_owned(), created })
}

/// Adds digest and signature to the answer to a signed request.
pub fn sign_response(
    response: &mut Response,
    request: &Request,
    key_id: &str,
    key: &dyn Sign,
    now: Timestamp,
) {
    let created = now.0.div_euclid(1_000);
    let parameters = format!(r#"{RESPONSE_COVERS};created={created};keyid="{key_id}""#);
    let digest = content_digest(&response.body);
    let base = response_base(response, request, &digest, &parameters);
    append(&mut response.headers, digest, &parameters, &key.sign(base.as_bytes()));
}

/// Checks digest and signature of the answer to `request`. Its age needs no check: it covers a
/// signature that was used once.
pub fn verify_response(
    response: &Response,
    request: &Request,
    key_id: &str,
    key: &dyn Verify,
) -> Result<(), SignatureError> {
    let message = SignedMessage::read(|name| response.header(name), RESPONSE_COVERS)?;
    let digest = check_digest(response.header("content-digest"), &response.body)?;
    if message.key_id != key_id {
        return Err(SignatureError::KeyUnknown);
    }
    let base = response_base(response, request, digest, message.parameters);
    let good = key.verify(base.as_bytes(), &message.signature);
    if good { Ok(()) } else { Err(SignatureError::Wrong) }
}

fn request_base(request: &Request, origin: &str, digest: &str, parameters: &str) -> String {
    let (method, target) = (&request.method, &request.target);
    format!(
        "\"@method\": {method}\n\"@target-uri\": {origin}{target}\n\
         \"content-digest\": {digest}\n\"@signature-params\": {parameters}"
    )
}

fn response_base(response: &Response, request: &Request, digest: &str, parameters: &str) -> String {
    let status = response.status;
    let asked = request.header("signature").unwrap_or_default().trim();
    format!(
        "\"@status\": {status}\n\"content-digest\": {digest}\n\
         \"signature\";req: {asked}\n\"@signature-params\": {parameters}"
    )
}

fn append(headers: &mut Vec<(String, String)>, digest: String, parameters: &str, signature: &[u8]) {
    let signature = STANDARD.encode(signature);
    headers.push(("content-digest".into(), digest));
    headers.push(("signature-input".into(), format!("{LABEL}={parameters}")));
    headers.push(("signature".into(), format!("{LABEL}=:{signature}:")));
}

/// `sha-256=:…:` over the bytes of a body.
pub fn content_digest(body: &[u8]) -> String {
    format!("sha-256=:{}:", STANDARD.encode(digest(&SHA256, body)))
}

/// The header as it came, when the body is what it says.
fn check_digest<'a>(header: Option<&'a str>, body: &[u8]) -> Result<&'a str, SignatureError> {
    let header = header.ok_or(SignatureError::Missing)?.trim();
    if header == content_digest(body) { Ok(header) } else { Err(SignatureError::Digest) }
}

/// The two signature headers, taken apart.
struct SignedMessage<'a> {
    /// As it came, from the list of what is covered on.
    parameters: &'a str,
    created: i64,
    key_id: &'a str,
    nonce: Option<&'a str>,
    signature: Vec<u8>,
}

impl<'a> SignedMessage<'a> {
    /// Reads exactly our profile: one signature, the components of `covers`, known parameters.
    fn read(
        header: impl Fn(&str) -> Option<&'a str>,
        covers: &str,
    ) -> Result<Self, SignatureError> {
        let read = || {
            let (label, parameters) = header("signature-input")?.trim().split_once('=')?;
            let (signed_label, value) = header("signature")?.trim().split_once('=')?;
            let digits = value.strip_prefix(':')?.strip_suffix(':')?;
            let mut message = Self {
                parameters,
                created: i64::MIN,
                key_id: "",
                nonce: None,
                signature: STANDARD.decode(digits).ok()?,
            };
            for parameter in parameters.strip_prefix(covers)?.strip_prefix(';')?.split(';') {
                let (name, value) = parameter.split_once('=')?;
                match name {
                    "created" => message.created = value.parse().ok()?,
                    "keyid" => message.key_id = quoted(value)?,
                    "nonce" => message.nonce = Some(quoted(value)?),
                    "alg" if value == r#""hmac-sha256""# => {}
                    _ => return None,
                }
            }
            let whole = message.created >= 0 && !message.key_id.is_empty();
            (label == signed_label && whole).then_some(message)
        };
        read().ok_or(SignatureError::Missing)
    }
}

/// A structured-field string (RFC 9651) without the characters that would need escaping.
fn quoted(value: &str) -> Option<&str> {
    let inner = value.strip_prefix('"')?.strip_suffix('"')?;
    let plain = inner.bytes().all(|b| b.is_ascii_graphic() && b != b'"' && b != b'\\');
    (plain && (1..=64).contains(&inner.len())).then_some(inner)
}

/// Remembers nonces for as long as their requests would be believed.
///
/// Bounded: when `capacity` nonces are remembered, new ones are refused with
/// [`SignatureError::Full`], never an old one forgotten early. 48 bytes or so for each.
#[derive(Clone, Debug)]
pub struct NonceGuard {
    capacity: usize,
    /// By the instant from which the request is stale, then by a hash of key and nonce.
    by_end: BTreeSet<(Timestamp, [u8; 16])>,
    by_hash: BTreeMap<[u8; 16], Timestamp>,
}

impl NonceGuard {
    /// For at most so many requests within 330 s.
    pub fn new(capacity: usize) -> Self {
        Self { capacity, by_end: BTreeSet::new(), by_hash: BTreeMap::new() }
    }

    /// Lets a nonce pass once. For signatures that were checked, never before.
    pub fn admit(&mut self, now: Timestamp, signed: &Signed) -> Result<(), SignatureError> {
        while let Some(&(end, hash)) = self.by_end.first() {
            if end >= now {
                break;
            }
            self.by_end.pop_first();
            self.by_hash.remove(&hash);
        }
        let named = format!("{}\n{}", signed.key_id, signed.nonce);
        let mut hash = [0; 16];
        hash.copy_from_slice(&digest(&SHA256, named.as_bytes()).as_ref()[..16]);
        if self.by_hash.contains_key(&hash) {
            return Err(SignatureError::Replayed);
        }
        if self.by_hash.len() >= self.capacity {
            return Err(SignatureError::Full);
        }
        let end = signed.created.after(AGE_MAX);
        self.by_end.insert((end, hash));
        self.by_hash.insert(hash, end);
        Ok(())
    }
}
