//! How a request to PayPay is signed: the header `Authorization: hmac OPA-Auth:…`
//! (`wallets/paypay` facts, section 2). Answers and webhooks are not signed.
//!
//! The body is covered by an MD5 digest inside the signed text. MD5 is the network's choice: who
//! can make two bodies of one digest could swap them, so the way to PayPay must be TLS.

use std::collections::{BTreeSet, HashSet};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use md5::{Digest as _, Md5};
use noren_core::time::{Span, Timestamp};

use crate::signing::{Sign, Verify};
use crate::wire::Request;

/// How far the clocks of both ends may be apart. About two minutes, the exact number is not
/// published.
pub const CLOCK_SKEW_MAX: Span = Span::seconds(120);
/// What stands for content type and digest when there is no body.
const EMPTY: &str = "empty";

/// Why a request is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// No `Authorization` of the form `hmac OPA-Auth:key:mac:nonce:epoch:hash`.
    #[error("there is no authorization header of the form that is due")]
    Form,
    /// The API key is nobody's.
    #[error("the API key is not known")]
    Key,
    /// The body is not the one that the header names.
    #[error("the digest is not the body's")]
    Digest,
    /// The MAC is not the text's.
    #[error("the MAC does not fit")]
    Mac,
    /// Too far away from the network's clock.
    #[error("the time is more than two minutes away")]
    Time,
    /// The nonce was used before.
    #[error("the nonce was used before")]
    Replayed,
}

/// What a good header says beside being good.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed {
    /// Used once.
    pub nonce: String,
    /// Seconds since 1970.
    pub epoch: i64,
}

/// The digest of a body, `empty` when there is none. It is the body that counts, whatever the
/// header says of it: SDKs send a content type with GET, and `{}` with DELETE.
fn digest(content_type: &str, body: &[u8]) -> String {
    if body.is_empty() {
        return EMPTY.to_owned();
    }
    let hash = Md5::new().chain_update(content_type).chain_update(body).finalize();
    STANDARD.encode(hash)
}

/// The content type as it was sent; `empty` when there is no body.
fn content_type(request: &Request) -> &str {
    if request.body.is_empty() {
        return EMPTY;
    }
    request.header("content-type").unwrap_or_default()
}

/// The path of a target without its query, also when it came in absolute form.
pub fn path(target: &str) -> &str {
    let rest = target.strip_prefix("http://").or_else(|| target.strip_prefix("https://"));
    let path = match rest {
        Some(rest) => rest.find('/').map_or("/", |at| &rest[at..]),
        None => target,
    };
    path.split('?').next().unwrap_or_default()
}

/// What the MAC covers.
fn text(request: &Request, nonce: &str, epoch: &str, hash: &str) -> String {
    let (path, method) = (path(&request.target), &request.method);
    format!("{path}\n{method}\n{nonce}\n{epoch}\n{}\n{hash}", content_type(request))
}

/// Adds the header. Content type and body must be there already.
pub fn sign_request(
    request: &mut Request,
    api_key: &str,
    key: &dyn Sign,
    now: Timestamp,
    nonce: &str,
) {
    let epoch = (now.0.div_euclid(1_000)).to_string();
    let hash = digest(content_type(request), &request.body);
    let mac = STANDARD.encode(key.sign(text(request, nonce, &epoch, &hash).as_bytes()));
    let value = format!("hmac OPA-Auth:{api_key}:{mac}:{nonce}:{epoch}:{hash}");
    request.headers.push(("authorization".to_owned(), value));
}

/// Key, MAC, nonce, epoch and digest, as the header has them.
fn parts(request: &Request) -> Option<[&str; 5]> {
    const SCHEME: &str = "hmac OPA-Auth:";
    let value = request.header("authorization").unwrap_or_default().trim();
    let (scheme, rest) = value.split_at_checked(SCHEME.len())?;
    if !scheme.eq_ignore_ascii_case(SCHEME) {
        return None;
    }
    // Base64 has no colon.
    rest.split(':').collect::<Vec<_>>().try_into().ok()
}

/// The API key that a request names; nothing is checked yet.
pub fn key_named(request: &Request) -> Option<&str> {
    parts(request).map(|[named, ..]| named)
}

/// Checks the header against what came.
pub fn verify_request(
    request: &Request,
    api_key: &str,
    key: &dyn Verify,
    now: Timestamp,
) -> Result<Signed, SignatureError> {
    let [named, mac, nonce, epoch, hash] = parts(request).ok_or(SignatureError::Form)?;
    if named != api_key {
        return Err(SignatureError::Key);
    }
    if hash != digest(content_type(request), &request.body) {
        return Err(SignatureError::Digest);
    }
    let mac = STANDARD.decode(mac).map_err(|_| SignatureError::Mac)?;
    if !key.verify(text(request, nonce, epoch, hash).as_bytes(), &mac) {
        return Err(SignatureError::Mac);
    }
    let epoch: i64 = epoch.parse().map_err(|_| SignatureError::Form)?;
    let apart = epoch.saturating_mul(1_000).abs_diff(now.0);
    // The header has whole seconds.
    if apart > CLOCK_SKEW_MAX.0 + 999 {
        return Err(SignatureError::Time);
    }
    if nonce.is_empty() {
        return Err(SignatureError::Form);
    }
    Ok(Signed { nonce: nonce.to_owned(), epoch })
}

/// Remembers nonces for as long as their times are good. A restart forgets them: a message that
/// is played again then is one that its own ids keep from being carried out twice.
#[derive(Debug, Default)]
pub struct Nonces {
    seen: HashSet<String>,
    until: BTreeSet<(i64, String)>,
}

impl Nonces {
    /// Lets a nonce pass once.
    pub fn admit(&mut self, now: Timestamp, signed: &Signed) -> Result<(), SignatureError> {
        let oldest = now.0 / 1_000 - i64::try_from(CLOCK_SKEW_MAX.0 / 1_000).unwrap_or(120) - 1;
        while self.until.first().is_some_and(|(epoch, _)| *epoch < oldest) {
            if let Some((_, nonce)) = self.until.pop_first() {
                self.seen.remove(&nonce);
            }
        }
        if !self.seen.insert(signed.nonce.clone()) {
            return Err(SignatureError::Replayed);
        }
        self.until.insert((signed.epoch, signed.nonce.clone()));
        Ok(())
    }
}

/// 128 bits in the form of a UUID, as one of the SDKs makes its nonces.
pub fn nonce(bits: u128) -> String {
    let hex = format!("{bits:032x}");
    format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}
