//! The signature of v3, and what it encrypts (`wallets/wechatpay` facts, sections 2, 3 and 6).
//!
//! A request is signed over method, target, time, nonce and body; an answer and a notification over
//! time, nonce and body. RSA PKCS#1 v1.5 over SHA-256, Base64. **An answer is not bound to its
//! request**: an earlier one of the same five minutes would pass. So the connector compares the ids
//! inside, and does not take an empty 204 for the end of a payment but asks once more.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use noren_core::time::{Span, Timestamp};
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use ring::digest::{SHA1_FOR_LEGACY_USE_ONLY, SHA256, digest};

use crate::signing::{Secret, Sign, Verify};
use crate::wire::{Request, Response};

/// Names the algorithm, in `Authorization` and in `Wechatpay-Signature-Type`.
pub const SCHEME: &str = "WECHATPAY2-SHA256-RSA2048";
/// How far the time of a message may be from ours, either way.
pub const TIME_WITHIN: Span = Span::seconds(300);
/// Names the encryption.
pub const AEAD: &str = "AEAD_AES_256_GCM";
/// The digest of a statement's file stands in this header, and is signed in place of the body.
pub const STATEMENT_SHA1: &str = "wechatpay-statement-sha1";
/// The serial of the merchant's certificate where its key is not RSA (in simulations). Ours.
pub const MERCHANT_SERIAL: &str = "4E4F52454E204D45524348414E54204B45590001";
/// The serial of the platform's certificate where its key is not RSA (in simulations). Ours.
pub const PLATFORM_SERIAL: &str = "4E4F52454E20504C4154464F524D204B45590001";

/// Why a signature is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotSigned {
    /// There is none, or a part of it is missing or written wrongly.
    #[error("the signature is missing or incomplete")]
    Missing,
    /// More than five minutes off.
    #[error("the timestamp is too far from the time of day")]
    Stale,
    /// Not of these bytes by this key.
    #[error("the signature does not fit")]
    Wrong,
}

/// Who signed a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signer {
    /// The merchant, or the institution.
    pub mchid: String,
    /// The serial of its certificate, as written.
    pub serial_no: String,
}

impl Signer {
    /// True when it is the merchant of this number, with the certificate of this key.
    pub fn is(&self, mchid: &str, key: &dyn Verify) -> bool {
        let ours = serial(key.public_key(), MERCHANT_SERIAL);
        self.mchid == mchid && self.serial_no.eq_ignore_ascii_case(&ours)
    }
}

/// What is signed of a request: five lines, each closed.
pub fn request_content(
    method: &str,
    target: &str,
    time: &str,
    nonce: &str,
    body: &[u8],
) -> Vec<u8> {
    let mut content = format!("{method}\n{}\n{time}\n{nonce}\n", origin_form(target)).into_bytes();
    content.extend_from_slice(body);
    content.push(b'\n');
    content
}

/// What is signed of an answer or a notification: three lines, each closed.
pub fn answer_content(time: &str, nonce: &str, body: &[u8]) -> Vec<u8> {
    let mut content = format!("{time}\n{nonce}\n").into_bytes();
    content.extend_from_slice(body);
    content.push(b'\n');
    content
}

/// A target without scheme and host, should it have come in absolute form.
pub fn origin_form(target: &str) -> &str {
    let absolute = target.strip_prefix("http://").or_else(|| target.strip_prefix("https://"));
    match absolute {
        Some(rest) => rest.find('/').map_or("/", |at| &rest[at..]),
        None => target,
    }
}

/// Signs a request of a merchant.
pub fn sign_request(
    request: &mut Request,
    mchid: &str,
    key: &dyn Sign,
    now: Timestamp,
    nonce: u128,
) {
    let (time, nonce) = (seconds(now), format!("{nonce:032X}"));
    let content = request_content(&request.method, &request.target, &time, &nonce, &request.body);
    let signature = STANDARD.encode(key.sign(&content));
    let serial = serial(key.public_key(), MERCHANT_SERIAL);
    let value = format!(
        "{SCHEME} mchid=\"{mchid}\",nonce_str=\"{nonce}\",timestamp=\"{time}\",\
         serial_no=\"{serial}\",signature=\"{signature}\""
    );
    request.headers.push(("authorization".into(), value));
}

/// Checks a merchant's request, and says whose it is.
pub fn verify_request(
    request: &Request,
    key: &dyn Verify,
    now: Timestamp,
) -> Result<Signer, NotSigned> {
    let value = request.header("authorization").ok_or(NotSigned::Missing)?;
    let parts = Authorization::read(value).ok_or(NotSigned::Missing)?;
    fresh(parts.timestamp, now)?;
    let (time, nonce) = (parts.timestamp, parts.nonce_str);
    let content = request_content(&request.method, &request.target, time, nonce, &request.body);
    check(&content, parts.signature, key)?;
    Ok(Signer { mchid: parts.mchid.to_owned(), serial_no: parts.serial_no.to_owned() })
}

/// Whose request it says that it is; not checked.
pub fn claimed(request: &Request) -> Option<&str> {
    Authorization::read(request.header("authorization")?).map(|parts| parts.mchid)
}

/// The parts of `Authorization`, which come in any order.
struct Authorization<'a> {
    mchid: &'a str,
    nonce_str: &'a str,
    timestamp: &'a str,
    serial_no: &'a str,
    signature: &'a str,
}

impl<'a> Authorization<'a> {
    fn read(value: &'a str) -> Option<Self> {
        let (scheme, rest) = value.trim().split_once(' ')?;
        if !scheme.eq_ignore_ascii_case(SCHEME) {
            return None;
        }
        const NAMES: [&str; 5] = ["mchid", "nonce_str", "timestamp", "serial_no", "signature"];
        let mut found: [Option<&str>; 5] = [None; 5];
        for part in rest.split(',') {
            let (name, quoted) = part.split_once('=')?;
            let text = quoted.trim().strip_prefix('"')?.strip_suffix('"')?;
            let Some(at) = NAMES.iter().position(|known| *known == name.trim()) else { continue };
            if found[at].replace(text).is_some() {
                return None;
            }
        }
        let [mchid, nonce_str, timestamp, serial_no, signature] = found;
        Some(Self {
            mchid: mchid?,
            nonce_str: nonce_str?,
            timestamp: timestamp?,
            serial_no: serial_no?,
            signature: signature?,
        })
    }
}

/// Signs an answer of the network, also an empty one.
pub fn sign_response(response: &mut Response, key: &dyn Sign, now: Timestamp, nonce: u128) {
    sign_headers(&mut response.headers, &response.body, key, now, nonce);
}

/// Signs the answer that carries a statement's file: over its digest, not over the file.
pub fn sign_statement(response: &mut Response, key: &dyn Sign, now: Timestamp, nonce: u128) {
    let sha1 = hex(digest(&SHA1_FOR_LEGACY_USE_ONLY, &response.body).as_ref());
    let stands_for = digest_body(&sha1);
    response.headers.push((STATEMENT_SHA1.into(), sha1));
    sign_headers(&mut response.headers, &stands_for, key, now, nonce);
}

/// Signs a notification of the network.
pub fn sign_notice(request: &mut Request, key: &dyn Sign, now: Timestamp, nonce: u128) {
    sign_headers(&mut request.headers, &request.body, key, now, nonce);
}

/// Checks an answer.
pub fn verify_response(
    response: &Response,
    key: &dyn Verify,
    now: Timestamp,
) -> Result<(), NotSigned> {
    verify_headers(|name| response.header(name), &response.body, key, now)
}

/// Checks the answer that carries a statement's file, and the file by its digest.
pub fn verify_statement(
    response: &Response,
    key: &dyn Verify,
    now: Timestamp,
) -> Result<(), NotSigned> {
    let named = response.header(STATEMENT_SHA1).ok_or(NotSigned::Missing)?;
    verify_headers(|name| response.header(name), &digest_body(named), key, now)?;
    let found = hex(digest(&SHA1_FOR_LEGACY_USE_ONLY, &response.body).as_ref());
    if found.eq_ignore_ascii_case(named) { Ok(()) } else { Err(NotSigned::Wrong) }
}

/// Checks a notification.
pub fn verify_notice(request: &Request, key: &dyn Verify, now: Timestamp) -> Result<(), NotSigned> {
    verify_headers(|name| request.header(name), &request.body, key, now)
}

fn digest_body(sha1: &str) -> Vec<u8> {
    format!("{{\"sha1\":\"{sha1}\"}}").into_bytes()
}

fn sign_headers(
    headers: &mut Vec<(String, String)>,
    body: &[u8],
    key: &dyn Sign,
    now: Timestamp,
    nonce: u128,
) {
    let (time, nonce) = (seconds(now), format!("{nonce:032X}"));
    let signature = STANDARD.encode(key.sign(&answer_content(&time, &nonce, body)));
    let serial = serial(key.public_key(), PLATFORM_SERIAL);
    // One client rejects an answer without the type.
    for (name, value) in [
        ("wechatpay-timestamp", time),
        ("wechatpay-nonce", nonce),
        ("wechatpay-signature", signature),
        ("wechatpay-serial", serial),
        ("wechatpay-signature-type", SCHEME.to_owned()),
    ] {
        headers.push((name.to_owned(), value));
    }
}

fn verify_headers<'a>(
    header: impl Fn(&str) -> Option<&'a str>,
    body: &[u8],
    key: &dyn Verify,
    now: Timestamp,
) -> Result<(), NotSigned> {
    let part = |name| header(name).ok_or(NotSigned::Missing);
    let (time, nonce) = (part("wechatpay-timestamp")?, part("wechatpay-nonce")?);
    let signature = part("wechatpay-signature")?;
    // A link has one platform key, so the serial selects none; it has to be there.
    part("wechatpay-serial")?;
    if header("wechatpay-signature-type").is_some_and(|named| named != SCHEME) {
        return Err(NotSigned::Missing);
    }
    fresh(time, now)?;
    check(&answer_content(time, nonce, body), signature, key)
}

fn fresh(time: &str, now: Timestamp) -> Result<(), NotSigned> {
    let plain = (1..=12).contains(&time.len()) && time.bytes().all(|b| b.is_ascii_digit());
    let seconds: i64 = time.parse().ok().filter(|_| plain).ok_or(NotSigned::Missing)?;
    let at = Timestamp(seconds * 1_000);
    if at.since(now).max(now.since(at)) > TIME_WITHIN { Err(NotSigned::Stale) } else { Ok(()) }
}

fn check(content: &[u8], signature: &str, key: &dyn Verify) -> Result<(), NotSigned> {
    let raw = STANDARD.decode(signature).map_err(|_| NotSigned::Wrong)?;
    if key.verify(content, &raw) { Ok(()) } else { Err(NotSigned::Wrong) }
}

fn seconds(now: Timestamp) -> String {
    now.0.div_euclid(1_000).to_string()
}

/// The serial of a key's certificate: 40 digits of hex. **Ours**: in the world a certificate
/// authority gives it; here it follows from the key, so that both ends know it.
pub fn serial(public_key: Option<Vec<u8>>, otherwise: &str) -> String {
    let Some(key) = public_key else { return otherwise.to_owned() };
    let mut bytes = digest(&SHA256, &key).as_ref()[..20].to_vec();
    // A serial is a positive number; and it keeps all its digits.
    bytes[0] = bytes[0] & 0x3F | 0x40;
    hex(&bytes).to_uppercase()
}

/// Lower case.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Encrypts under the APIv3 key. `None` when the key has not 32 bytes or the nonce not 12.
pub fn seal(key: &Secret, nonce: &str, associated: &str, plain: &[u8]) -> Option<String> {
    let mut bytes = plain.to_vec();
    let (key, nonce) = (aead_key(key)?, aead_nonce(nonce)?);
    key.seal_in_place_append_tag(nonce, Aad::from(associated), &mut bytes).ok()?;
    Some(STANDARD.encode(bytes))
}

/// Decrypts. `None` when anything does not fit.
pub fn open(key: &Secret, nonce: &str, associated: &str, ciphertext: &str) -> Option<Vec<u8>> {
    let mut bytes = STANDARD.decode(ciphertext).ok()?;
    let (key, nonce) = (aead_key(key)?, aead_nonce(nonce)?);
    let plain = key.open_in_place(nonce, Aad::from(associated), &mut bytes).ok()?;
    Some(plain.to_vec())
}

/// Twelve letters and digits of random bits, some 71 of them: a nonce must not come twice under a key.
pub fn aead_nonce_of(bits: u128) -> String {
    const LETTERS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let mut left = bits;
    let mut next = || {
        let letter = LETTERS[(left % 62) as usize];
        left /= 62;
        char::from(letter)
    };
    (0..12).map(|_| next()).collect()
}

fn aead_key(key: &Secret) -> Option<LessSafeKey> {
    UnboundKey::new(&AES_256_GCM, key.reveal()).ok().map(LessSafeKey::new)
}

fn aead_nonce(nonce: &str) -> Option<Nonce> {
    Nonce::try_assume_unique_for_key(nonce.as_bytes()).ok()
}
