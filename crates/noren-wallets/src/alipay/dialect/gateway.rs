//! `gateway.do`: parameters to one address.

use noren_core::time::Timestamp;
use noren_core::wallet::Unknown;
use serde_json::Value;

use super::{Answer, Asked, Dialect, ERROR_KEY, JSON, REQUEST_WITHIN, Rejected, Said};
use super::{head, object, pasted};
use crate::alipay::codes::{Code, SubCode};
use crate::alipay::form::{self, Params, get};
use crate::alipay::messages::Method;
use crate::alipay::scalar::{Scalar, parse_time, print_time};
use crate::alipay::signing::{Signed, sign, sign_params, verify, verify_params};
use crate::alipay::{GATEWAY_PATH, members};
use crate::connector::Env;
use crate::link::Link;
use crate::signing::{Sign, Verify};
use crate::wire::{Request, Response};

const FORM: &str = "application/x-www-form-urlencoded;charset=utf-8";

pub(super) fn request(
    link: &Link,
    env: Env,
    method: Method,
    content: &Value,
    notify_url: Option<&str>,
) -> Request {
    let content = content.to_string();
    let mut params: Params = [
        ("app_id", link.client_id.as_str()),
        ("method", method.name()),
        ("format", "json"),
        ("charset", "utf-8"),
        ("sign_type", "RSA2"),
        ("timestamp", &print_time(env.now)),
        ("version", "1.0"),
        ("biz_content", &content),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .to_vec();
    if let Some(url) = notify_url {
        params.push(("notify_url".into(), url.into()));
    }
    let sign = sign_params(&params, Signed::Request, &*link.sign);
    params.push(("sign".into(), sign));
    // As the SDKs do: common parameters in the query, the content in the body.
    let part = |in_body: bool| {
        let params = params.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        form::print(params.filter(|(name, _)| (*name == "biz_content") == in_body))
    };
    Request {
        method: "POST".into(),
        target: format!("{}?{}", link.network.target(GATEWAY_PATH), part(false)),
        headers: vec![("content-type".into(), FORM.into())],
        body: part(true).into_bytes(),
    }
}

pub(super) fn read(
    key: &dyn Verify,
    method: Method,
    response: &Response,
) -> Result<(Said, Value), Unknown> {
    // The answer is HTTP 200 always; whatever else comes is not the network's.
    if response.status != 200 {
        return Err(Unknown::Transport);
    }
    let body = std::str::from_utf8(&response.body).map_err(|_| Unknown::Unreadable)?;
    let members = members::of_object(body).ok_or(Unknown::Unreadable)?;
    let inner = members.get(&method.answer_key()).or_else(|| members.get(ERROR_KEY));
    let inner = inner.ok_or(Unknown::Unreadable)?;
    let signature = members.get("sign").and_then(|text| serde_json::from_str::<String>(text).ok());
    if !signature.is_some_and(|signature| verify(inner.as_bytes(), &signature, key)) {
        return Err(Unknown::BadSignature);
    }
    let inner: Value = serde_json::from_str(inner).map_err(|_| Unknown::Unreadable)?;
    let word = |name: &str| {
        let found = inner.get(name).filter(|found| !found.is_null()).cloned();
        found.map(super::read::<Scalar>).transpose()
    };
    let code = Code::read(word("code")?.ok_or(Unknown::Unreadable)?.as_str());
    let said = match code.ok_or(Unknown::UnlistedCode)? {
        Code::Success => Said::Done(inner.clone()),
        Code::Waiting => Said::Waiting(inner.clone()),
        Code::Unavailable => return Err(Unknown::SaidUnknown),
        code @ (Code::Missing | Code::Invalid | Code::Failed | Code::NoPermission) => {
            let sub = word("sub_code")?.and_then(|sub| SubCode::read(sub.as_str()));
            let sub = sub.filter(|sub| sub.code() == code);
            Said::Refused(sub.ok_or(Unknown::UnlistedCode)?)
        }
    };
    Ok((said, inner))
}

pub(super) fn answer(
    key: &dyn Sign,
    method: Option<Method>,
    answer: &Answer,
    forged: bool,
) -> Response {
    // Built once, signed, and pasted as it is.
    let (name, inner) = inner(method, answer);
    let signed = if forged { format!("{inner} ") } else { inner.clone() };
    let sign = sign(signed.as_bytes(), key);
    leaves(&format!("{{\"{name}\":{inner},\"sign\":\"{sign}\"}}"))
}

/// The member of an answer: its name, and the text that is signed.
pub(super) fn inner(method: Option<Method>, answer: &Answer) -> (String, String) {
    let (head, members) = match answer {
        Answer::Done(members) => (head(Code::Success, None), members),
        Answer::Waiting(members) => (head(Code::Waiting, None), members),
        Answer::Refused(sub, members) => (head(sub.code(), Some(*sub)), members),
    };
    (method.map_or_else(|| ERROR_KEY.to_owned(), Method::answer_key), pasted(head, members))
}

pub(super) fn leaves(body: &str) -> Response {
    let headers = vec![("content-type".into(), JSON.into())];
    Response { status: 200, headers, body: body.as_bytes().to_vec() }
}

pub(super) fn enter(link: &Link, now: Timestamp, request: &Request) -> Result<Asked, Rejected> {
    let dialect = Dialect::Gateway;
    let reject = |method, why| Rejected { dialect, method, why };
    let params = form::merged(request).map_err(|_| reject(None, SubCode::InvalidParam))?;
    let name = get(&params, "method").ok_or(reject(None, SubCode::MissingMethod))?;
    let known = Method::read(name);
    check(link, now, &params).map_err(|why| reject(known, why))?;
    let method = known.ok_or(reject(None, SubCode::InvalidMethod))?;
    if !matches!(request.method.as_str(), "GET" | "POST") {
        return Err(reject(known, SubCode::InvalidMethod));
    }
    let content = object(get(&params, "biz_content").unwrap_or("{}").as_bytes());
    let content = content.ok_or(reject(known, SubCode::InvalidParam))?;
    let notify_url = get(&params, "notify_url").map(str::to_owned);
    Ok(Asked { dialect, method, content: Value::Object(content), notify_url })
}

/// Checks the common parameters. The signature goes before all that is said of the content.
fn check(link: &Link, now: Timestamp, params: &Params) -> Result<(), SubCode> {
    let given = |name| get(params, name).filter(|value| !value.is_empty());
    let app_id = given("app_id").ok_or(SubCode::MissingAppId)?;
    let sign_type = given("sign_type").ok_or(SubCode::MissingSignatureType)?;
    given("sign").ok_or(SubCode::MissingSignature)?;
    let time = given("timestamp").ok_or(SubCode::MissingTimestamp)?;
    given("version").ok_or(SubCode::MissingVersion)?;
    if app_id != link.client_id {
        return Err(SubCode::InvalidAppId);
    }
    if sign_type != "RSA2" {
        return Err(SubCode::InvalidSignatureType);
    }
    if !verify_params(params, Signed::Request, &*link.verify) {
        return Err(SubCode::InvalidSignature);
    }
    let near = |at: Timestamp| at.since(now).max(now.since(at)) <= REQUEST_WITHIN;
    if !parse_time(time).is_some_and(near) {
        return Err(SubCode::InvalidTimestamp);
    }
    let is = |name, word: &str| given(name).is_none_or(|value| value.eq_ignore_ascii_case(word));
    if !is("format", "json") {
        return Err(SubCode::InvalidFormat);
    }
    if is("charset", "utf-8") { Ok(()) } else { Err(SubCode::InvalidCharset) }
}
