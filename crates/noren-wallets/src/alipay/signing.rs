//! The two signatures of Alipay's open platform (`wallets/alipay-openplatform` facts, sections 1, 4
//! and 5): RSA PKCS#1 v1.5 over SHA-256, in Base64.
//!
//! The older dialect signs parameters (decoded, sorted, empty ones left out) and, in answers, one
//! member byte for byte. v3 signs lines. Neither binds an answer to its request: what does is the
//! number inside, which the connector compares, and TLS.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::alphabet::STANDARD as ALPHABET;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, STANDARD};
use noren_core::time::Timestamp;

use super::form::{Params, get, origin_form};
use crate::signing::{Sign, Verify};

const ANY_PADDING: GeneralPurposeConfig =
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
const LOOSE: GeneralPurpose = GeneralPurpose::new(&ALPHABET, ANY_PADDING);

/// What a set of parameters is: two rules of what is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signed {
    /// A request: `sign_type` is signed with the rest.
    Request,
    /// A notification: `sign_type` is left out like `sign`.
    Notification,
}

/// The text that is signed of parameters.
pub fn content(params: &Params, of: Signed) -> String {
    let left_out = |name: &str| match of {
        Signed::Request => name == "sign",
        Signed::Notification => matches!(name, "sign" | "sign_type"),
    };
    let mut kept: Vec<_> =
        params.iter().filter(|(name, value)| !value.is_empty() && !left_out(name)).collect();
    // By name, in byte order.
    kept.sort();
    kept.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&")
}

/// The signature of parameters, for their `sign`.
pub fn sign_params(params: &Params, of: Signed, key: &dyn Sign) -> String {
    sign(content(params, of).as_bytes(), key)
}

/// True when `sign` is a good signature of the rest.
pub fn verify_params(params: &Params, of: Signed, key: &dyn Verify) -> bool {
    // A `+` that its sender did not escape has become a space.
    let signature = get(params, "sign").map(|text| text.replace(' ', "+"));
    signature.is_some_and(|text| verify(content(params, of).as_bytes(), &text, key))
}

/// The signature of bytes, in Base64.
pub fn sign(content: &[u8], key: &dyn Sign) -> String {
    STANDARD.encode(key.sign(content))
}

/// True when `signature` is a good one of `content`, in Base64 with or without padding.
pub fn verify(content: &[u8], signature: &str, key: &dyn Verify) -> bool {
    LOOSE.decode(signature).is_ok_and(|raw| key.verify(content, &raw))
}

/// The name of the v3 scheme.
pub const V3_SCHEME: &str = "ALIPAY-SHA256withRSA";

/// What a v3 request signs: `auth` as it stands in the header, without `,sign=`. `target` may be
/// absolute: its path counts. `token` is the header `alipay-app-auth-token`.
pub fn v3_content(
    auth: &str,
    method: &str,
    target: &str,
    body: &[u8],
    token: Option<&str>,
) -> Vec<u8> {
    let mut content = format!("{auth}\n{method}\n{}\n", origin_form(target)).into_bytes();
    content.extend_from_slice(body);
    content.push(b'\n');
    if let Some(token) = token {
        content.extend_from_slice(token.as_bytes());
        content.push(b'\n');
    }
    content
}

/// What a v3 answer signs.
pub fn v3_answer_content(timestamp: &str, nonce: &str, body: &[u8]) -> Vec<u8> {
    let mut content = format!("{timestamp}\n{nonce}\n").into_bytes();
    content.extend_from_slice(body);
    content.push(b'\n');
    content
}

/// A v3 `Authorization`, taken apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct V3Auth<'a> {
    /// As signed: `app_id=…,nonce=…,timestamp=…`.
    pub auth: &'a str,
    /// Base64.
    pub sign: &'a str,
}

impl<'a> V3Auth<'a> {
    /// Reads a header; the scheme's name is compared without case, as HTTP wants it.
    pub fn read(header: &'a str) -> Option<Self> {
        let (scheme, rest) = header.trim().split_once(' ')?;
        let (auth, sign) = rest.trim().rsplit_once(",sign=")?;
        scheme.eq_ignore_ascii_case(V3_SCHEME).then_some(Self { auth, sign })
    }

    /// One of its members.
    pub fn get(&self, name: &str) -> Option<&'a str> {
        let members = self.auth.split(',').filter_map(|member| member.trim().split_once('='));
        members.into_iter().find(|(known, _)| *known == name).map(|(_, value)| value)
    }
}

/// A nonce in the form of a UUID, from random bits.
pub fn uuid(bits: u128) -> String {
    let hex = format!("{bits:032x}");
    let parts = [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]];
    parts.join("-")
}

/// Nonces that must not come again, while their messages are young enough to be believed.
#[derive(Clone, Debug, Default)]
pub struct Nonces {
    seen: BTreeSet<String>,
    ends: BTreeSet<(Timestamp, String)>,
}

impl Nonces {
    /// False: it came before.
    pub fn admit(&mut self, now: Timestamp, nonce: &str, believed_until: Timestamp) -> bool {
        while let Some((end, old)) = self.ends.first().cloned()
            && end < now
        {
            self.ends.pop_first();
            self.seen.remove(&old);
        }
        let fresh = self.seen.insert(nonce.to_owned());
        if fresh {
            self.ends.insert((believed_until, nonce.to_owned()));
        }
        fresh
    }
}
