//! How calls to LINE Pay are signed (`wallets/linepay` facts, section 2).
//!
//! v3 and v4: `Base64(HMAC-SHA256(secret, secret + path + data + nonce))` in
//! `X-LINE-Authorization`. `data` is the body of a POST or the query of a GET, as the bytes that
//! travel. The secret is both the key and the beginning of what is signed. Offline v2 sends the
//! secret itself. Answers are not signed. The scheme has neither a time nor a rule about nonces that
//! come again, so this end refuses none.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use super::endpoints::{Version, origin_form, query};
use crate::link::Link;
use crate::wire::Request;

/// Which merchant calls.
pub const CHANNEL_ID: &str = "x-line-channelid";
/// Offline v2: the secret in clear.
pub const CHANNEL_SECRET: &str = "x-line-channelsecret";
/// v3 and v4: a UUID or a time.
pub const NONCE: &str = "x-line-authorization-nonce";
/// v3 and v4: the signature.
pub const AUTHORIZATION: &str = "x-line-authorization";
/// Offline: what kind of till calls.
pub const DEVICE_TYPE: &str = "x-line-merchantdevicetype";
/// Offline: which till calls.
pub const DEVICE_PROFILE: &str = "x-line-merchantdeviceprofileid";

/// Not this channel, not signed, or not by its secret over these bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotSigned {
    /// Another merchant's channel, or none.
    Channel,
    /// A header is missing or wrong.
    Header,
}

/// What is signed.
pub fn content(secret: &[u8], path: &str, data: &[u8], nonce: &str) -> Zeroizing<Vec<u8>> {
    let mut content =
        Zeroizing::new(Vec::with_capacity(secret.len() + path.len() + data.len() + nonce.len()));
    content.extend_from_slice(secret);
    content.extend_from_slice(path.as_bytes());
    content.extend_from_slice(data);
    content.extend_from_slice(nonce.as_bytes());
    content
}

/// Random bits in the form of a UUID of version 4 (RFC 9562, section 5.4).
pub fn uuid(bits: u128) -> String {
    let bits = bits & !(0xf << 76) & !(0x3 << 62) | 0x4 << 76 | 0x2 << 62;
    let mut text = format!("{bits:032x}");
    for place in [20, 16, 12, 8] {
        text.insert(place, '-');
    }
    text
}

/// The path below the network's address, as signed. A network that is played below a path of its
/// own is not told of that path, as no kit for LINE Pay would sign it.
fn signed_path<'a>(link: &Link, request: &'a Request) -> &'a str {
    let target = origin_form(&request.target);
    let path = target.split('?').next().unwrap_or_default();
    link.network.below(path).unwrap_or(path)
}

fn data(request: &Request) -> &[u8] {
    if request.method == "GET" { query(request).as_bytes() } else { &request.body }
}

fn secret(link: &Link) -> &[u8] {
    // A link of this network is made from its secret; without one nothing that is signed is
    // accepted by anybody.
    link.secret.as_ref().map_or(&[], |secret| secret.reveal())
}

/// Signs a request in the way of v3 and v4.
pub fn sign_request(request: &mut Request, link: &Link, nonce: u128) {
    let nonce = uuid(nonce);
    let content = content(secret(link), signed_path(link, request), data(request), &nonce);
    let signature = STANDARD.encode(link.sign.sign(&content));
    let added = [(CHANNEL_ID, link.client_id.clone()), (NONCE, nonce), (AUTHORIZATION, signature)];
    request.headers.extend(added.map(|(name, value)| (name.to_owned(), value)));
}

/// Signs a request in the way of v2, with the secret itself.
pub fn show_secret(request: &mut Request, link: &Link) {
    let secret = String::from_utf8_lossy(secret(link)).into_owned();
    let added = [(CHANNEL_ID, link.client_id.clone()), (CHANNEL_SECRET, secret)];
    request.headers.extend(added.map(|(name, value)| (name.to_owned(), value)));
}

/// Checks a request to an API of `version`.
pub fn verify_request(request: &Request, link: &Link, version: Version) -> Result<(), NotSigned> {
    if request.header(CHANNEL_ID) != Some(&link.client_id) {
        return Err(NotSigned::Channel);
    }
    let good = match version {
        Version::V2 => {
            let shown = request.header(CHANNEL_SECRET).ok_or(NotSigned::Header)?;
            // Through a MAC, so that the time it takes tells nothing of the secret.
            let mac = link.sign.sign(secret(link));
            link.verify.verify(shown.as_bytes(), &mac) && !shown.is_empty()
        }
        Version::V3 | Version::V4 => {
            let nonce = request.header(NONCE).filter(|nonce| !nonce.is_empty());
            let nonce = nonce.ok_or(NotSigned::Header)?;
            let signature = request.header(AUTHORIZATION).ok_or(NotSigned::Header)?;
            let signature = STANDARD.decode(signature).map_err(|_| NotSigned::Header)?;
            let content = content(secret(link), signed_path(link, request), data(request), nonce);
            link.verify.verify(&content, &signature)
        }
    };
    if good { Ok(()) } else { Err(NotSigned::Header) }
}
