//! API keys: who calls, and what the key allows.
//!
//! A key looks like `nk_3k9f0a2b7c1d_4c1x…_9f3a1c`: a visible id, 128 random bits, and a checksum
//! that lets a scanner of source code recognise it and a typing error be told from a wrong key.
//! It is shown once; the directory keeps its SHA-256.

use std::fmt;

use axum::extract::FromRequestParts;
use axum::http::header;
use axum::http::request::Parts;
use noren_core::command::Caller;
use noren_core::directory::{ApiKey, KeyRole};
use noren_core::id::{MerchantId, StoreId, TenantName};
use noren_core::refusal::Refusal;
use noren_core::time::Timestamp;
use ring::digest::{SHA256, digest};
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use crate::problem::{Edge, Problem};
use crate::state::AppState;

const ID_DIGITS: usize = 12;
const SECRET_DIGITS: usize = 25;
const CHECK_DIGITS: usize = 6;

/// A whole API key, to be shown once. Prints as `Token(..)`; wiped when it is no longer needed.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(Zeroizing<String>);

impl Token {
    /// The key itself.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(..)")
    }
}

/// Makes a key from random bits of the system's generator: 64 for its id, 128 for its secret.
/// The token goes to its owner, the rest into the directory.
pub fn mint_api_key(random: [u8; 24], role: KeyRole, from: Timestamp) -> (Token, ApiKey) {
    let (id, secret) = random.split_at(8);
    let number = |bytes: &[u8]| bytes.iter().fold(0u128, |sum, b| sum << 8 | u128::from(*b));
    let id = base36(number(id), ID_DIGITS);
    let body = format!("nk_{id}_{}", base36(number(secret), SECRET_DIGITS));
    let token = format!("{body}_{}", checksum(&body));
    let hash = hash(&token).iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    (
        Token(Zeroizing::new(token)),
        ApiKey { id: id.into(), hash: hash.into(), role, from, until: None },
    )
}

/// The last `digits` digits of base 36.
fn base36(mut number: u128, digits: usize) -> String {
    let mut out = vec![b'0'; digits];
    for place in out.iter_mut().rev() {
        *place = b"0123456789abcdefghijklmnopqrstuvwxyz"[(number % 36) as usize];
        number /= 36;
    }
    out.into_iter().map(char::from).collect()
}

fn hash(text: &str) -> [u8; 32] {
    let mut out = [0; 32];
    out.copy_from_slice(digest(&SHA256, text.as_bytes()).as_ref());
    out
}

fn checksum(body: &str) -> String {
    let [a, b, c, d, ..] = hash(body);
    base36(u128::from(u32::from_be_bytes([a, b, c, d])), CHECK_DIGITS)
}

/// The visible id of a token that is written right; says nothing of its truth.
fn id_of(token: &str) -> Option<&str> {
    let (body, check) = token.rsplit_once('_')?;
    let (id, secret) = body.strip_prefix("nk_")?.split_once('_')?;
    let written_right = id.len() == ID_DIGITS
        && secret.len() == SECRET_DIGITS
        && check.len() == CHECK_DIGITS
        && check == checksum(body);
    written_right.then_some(id)
}

/// True when this is the key's token. Takes the same time for every wrong one.
fn is_token_of(token: &str, key: &ApiKey) -> bool {
    let shown: String = hash(token).iter().map(|byte| format!("{byte:02x}")).collect();
    shown.as_bytes().ct_eq(key.hash.as_bytes()).into()
}

fn in_force(key: &ApiKey, now: Timestamp) -> bool {
    key.from <= now && key.until.is_none_or(|until| now < until)
}

async fn role(parts: &Parts, state: &AppState) -> Result<KeyRole, Problem> {
    let value = parts.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let (scheme, token) = value.and_then(|v| v.split_once(' ')).ok_or(Edge::Unauthorized)?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(Edge::Unauthorized.into());
    }
    let token = token.trim();
    let id = id_of(token).ok_or(Edge::Unauthorized)?;
    let directory = state.directory().with(|d| d.api_key(id).is_some()).await?;
    let key = directory.api_key(id).ok_or(Edge::Unauthorized)?;
    if !is_token_of(token, key) || !in_force(key, state.handle().now()) {
        return Err(Edge::Unauthorized.into());
    }
    Ok(key.role)
}

/// A merchant's till or shop, by its key. It acts for this merchant only.
#[derive(Clone, Copy, Debug)]
pub struct MerchantCaller {
    /// Whose data the merchant's is.
    pub tenant: TenantName,
    /// The merchant.
    pub merchant: MerchantId,
    /// The only store that it acts for, when it is a till.
    pub store: Option<StoreId>,
}

impl MerchantCaller {
    /// True when what belongs to that store is this caller's to see and to act on.
    pub fn acts_for(self, store: StoreId) -> bool {
        self.store.is_none_or(|own| own == store)
    }

    /// For commands.
    pub fn caller(self) -> Caller {
        Caller::Merchant { tenant: self.tenant, merchant: self.merchant }
    }
}

impl FromRequestParts<AppState> for MerchantCaller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        // A till of the merchant's, let in by its cookie (`till::session`).
        if let Some(known) = parts.extensions.get::<Self>() {
            return Ok(*known);
        }
        match role(parts, state).await? {
            KeyRole::Merchant { tenant, merchant } => Ok(Self { tenant, merchant, store: None }),
            KeyRole::Operator => Err(Refusal::NotAllowed.into()),
        }
    }
}

/// Whoever runs the switch, by an operator's key.
#[derive(Clone, Copy, Debug)]
pub struct OperatorCaller;

impl FromRequestParts<AppState> for OperatorCaller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        match role(parts, state).await? {
            KeyRole::Operator => Ok(Self),
            KeyRole::Merchant { .. } => Err(Refusal::NotAllowed.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn minted(first: u8) -> (Token, ApiKey) {
        let random = std::array::from_fn(|place| first.wrapping_add(place as u8));
        mint_api_key(random, KeyRole::Operator, Timestamp(1_000))
    }

    #[test]
    fn a_token_names_its_key_and_proves_it() {
        let (token, key) = minted(1);
        assert_eq!(id_of(token.reveal()), Some(&*key.id));
        assert!(is_token_of(token.reveal(), &key));
        let (other, _) = minted(2);
        assert!(!is_token_of(other.reveal(), &key));
        assert_eq!(format!("{token:?}"), "Token(..)");
    }

    #[test]
    fn a_typing_error_is_seen_without_a_look_up() {
        let (token, _) = minted(3);
        let token = token.reveal();
        for place in 0..token.len() {
            let mut wrong = token.as_bytes().to_vec();
            wrong[place] = if wrong[place] == b'x' { b'y' } else { b'x' };
            assert_eq!(id_of(std::str::from_utf8(&wrong).unwrap()), None, "byte {place}");
        }
        for wrong in ["", "nk_", "nk__", "nk_a_b_c"] {
            assert_eq!(id_of(wrong), None);
        }
    }

    #[test]
    fn a_key_has_a_start_and_an_end() {
        let (_, key) = minted(4);
        let ended = ApiKey { until: Some(Timestamp(2_000)), ..key.clone() };
        assert!(!in_force(&key, Timestamp(999)) && in_force(&key, Timestamp(1_000)));
        assert!(in_force(&ended, Timestamp(1_999)) && !in_force(&ended, Timestamp(2_000)));
    }
}
