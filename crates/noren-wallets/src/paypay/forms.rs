//! What every answerer of PayPay's API shares, the sandbox and the switch: reading a call, believing
//! its sender, and the form of an answer.

use noren_core::money::Money;
use noren_core::time::Timestamp;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::HOLD_LIFETIME;
use super::codes::Code;
use super::messages::Amount;
use super::signing::{Nonces, SignatureError, Signed, verify_request};
use crate::link::Link;
use crate::wire::{Request, Response};

/// Checks key, MAC, time and nonce. `scope` keeps the nonces of several keys apart.
pub(super) fn believed(
    link: &Link,
    nonces: &mut Nonces,
    scope: &str,
    request: &Request,
    now: Timestamp,
) -> Result<(), Code> {
    let signed = verify_request(request, &link.client_id, &*link.verify, now);
    let admitted = signed.and_then(|signed| {
        let nonce = format!("{scope}:{}", signed.nonce);
        nonces.admit(now, &Signed { nonce, ..signed })
    });
    admitted.map_err(|error| match error {
        SignatureError::Key => Code::OpaClientNotFound,
        SignatureError::Form
        | SignatureError::Digest
        | SignatureError::Mac
        | SignatureError::Time
        | SignatureError::Replayed => Code::Unauthorized,
    })
}

/// The merchant that a call is made for, when it names one. The query wins over the header.
pub(super) fn merchant_named(request: &Request) -> Option<String> {
    let asked = parameter(query(&request.target), "assumeMerchant");
    let asked = asked.or_else(|| request.header("x-assume-merchant").map(str::to_owned));
    asked.filter(|name| !name.is_empty())
}

/// The query of a target, without its question mark.
pub(super) fn query(target: &str) -> &str {
    target.split_once('?').map_or("", |(_, query)| query)
}

/// One parameter of a query.
pub(super) fn parameter(query: &str, name: &str) -> Option<String> {
    let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    let (_, value) = pairs.into_iter().find(|(key, _)| *key == name)?;
    percent_encoding::percent_decode_str(value).decode_utf8().ok().map(Into::into)
}

/// An answer in its envelope.
pub(super) fn envelope(code: Code, status: u16, data: &Value) -> Response {
    let headers = vec![("content-type".into(), super::CONTENT_TYPE.into())];
    let envelope = json!({ "resultInfo": code.said(), "data": data });
    Response { status, headers, body: envelope.to_string().into_bytes() }
}

/// Reads a body; says what is wrong with it in the network's words.
pub(super) fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Code> {
    serde_json::from_slice(body).map_err(|error| {
        let missing = error.to_string().starts_with("missing field");
        if missing { Code::MissingRequestParams } else { Code::InvalidRequestParams }
    })
}

/// Ids are 1 to 64 characters (section 3), none of them a control character (ours).
pub(super) fn id(text: &str) -> Result<&str, Code> {
    let fits = (1..=64).contains(&text.chars().count()) && !text.chars().any(char::is_control);
    if fits { Ok(text) } else { Err(Code::InvalidRequestParams) }
}

/// An amount above zero, in yen.
pub(super) fn positive(amount: &Amount) -> Option<Money> {
    amount.money().filter(|money| money.positive())
}

/// Until when money is to be held; `None` when it is not to be held. The longest is ours.
pub(super) fn hold_until(
    now: Timestamp,
    hold: bool,
    asked: Option<i64>,
) -> Result<Option<Timestamp>, Code> {
    let longest = now.after(HOLD_LIFETIME);
    let Some(asked) = asked.filter(|_| hold) else { return Ok(hold.then_some(longest)) };
    let until = Timestamp(asked.saturating_mul(1_000));
    // The switch's clock may be a little ahead of ours.
    let fits = until > now && until.0 <= longest.0.saturating_add(120_000);
    if fits { Ok(Some(until)) } else { Err(Code::PreAuthCaptureInvalidExpiryDate) }
}

/// A message as JSON.
pub(super) fn value(message: &impl serde::Serialize) -> Value {
    serde_json::to_value(message).expect("our messages have string keys only")
}
