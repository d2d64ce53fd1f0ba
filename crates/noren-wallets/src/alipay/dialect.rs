//! Two dialects of one set of messages, from both ends (`wallets/alipay-openplatform` facts,
//! sections 1 and 5).
//!
//! | | `gateway.do` | v3 |
//! |---|---|---|
//! | which call | the parameter `method` | the path |
//! | its content | JSON in the parameter `biz_content` | the body |
//! | signed | all parameters | the header, method, target and body |
//! | an answer | one member, signed byte for byte, refusals too; HTTP 200 always | the body, signed by headers; refusals are HTTP 400 and above, unsigned |

use noren_core::time::{Span, Timestamp};
use noren_core::wallet::Unknown;
use serde_json::{Map, Value};

use super::codes::{Code, SubCode};
use super::form::{self, Params, get};
use super::messages::{Method, Named};
use super::scalar::{Scalar, parse_time, print_time};
use super::signing::{
    Nonces, Signed, V3_SCHEME, V3Auth, sign, sign_params, uuid, v3_answer_content, v3_content,
    verify, verify_params,
};
use super::{GATEWAY_PATH, members};
use crate::connector::Env;
use crate::link::Link;
use crate::signing::{Sign, Verify};
use crate::wire::{Request, Response};

/// How messages are wrapped and signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// Parameters to one address.
    Gateway,
    /// REST.
    V3,
}

/// How far a request's time may be from the network's. The v3 examples say 600 s in
/// `expired_seconds`; **ours** that it holds without that member and for the older dialect.
pub const REQUEST_WITHIN: Span = Span::seconds(600);

const FORM: &str = "application/x-www-form-urlencoded;charset=utf-8";
const JSON: &str = "application/json;charset=utf-8";
/// The member of an answer to a call that the network could not even name.
const ERROR_KEY: &str = "error_response";

/// What an answer says, its wrapping taken off and its signature checked where there must be one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    /// Done; the members say what.
    Done(Value),
    /// The user is asked.
    Waiting(Value),
    /// Refused, by a listed word.
    Refused(SubCode),
}

/// What an answer is to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Done.
    Done(Value),
    /// The user is asked.
    Waiting(Value),
    /// Refused, with what is said beside.
    Refused(SubCode, Value),
}

/// A call that was let in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// How it came, and is to be answered.
    pub dialect: Dialect,
    /// Which.
    pub method: Method,
    /// Its content.
    pub content: Value,
    /// Where to send the result.
    pub notify_url: Option<String>,
}

/// A call that was not let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rejected {
    /// How it came.
    pub dialect: Dialect,
    /// Which, as far as it could be read.
    pub method: Option<Method>,
    /// Why.
    pub why: SubCode,
}

impl Dialect {
    /// A signed call.
    pub fn request(
        self,
        link: &Link,
        env: Env,
        method: Method,
        content: Value,
        notify_url: Option<&str>,
    ) -> Request {
        match self {
            Self::Gateway => gateway_request(link, env, method, &content, notify_url),
            Self::V3 => v3_request(link, env, method, content, notify_url),
        }
    }

    /// Which call a request of ours makes.
    pub fn method_of(self, request: &Request) -> Option<Method> {
        match self {
            Self::Gateway => Method::read(get(&form::merged(request).ok()?, "method")?),
            Self::V3 => {
                let path = form::path(&request.target);
                Method::ALL.into_iter().find(|method| path.ends_with(&method.path()))
            }
        }
    }

    /// What an answer to `method` says. `about`: the trade that it must be about, should it name
    /// one. Nothing is taken from an answer that is not signed as it must be.
    pub fn read(
        self,
        key: &dyn Verify,
        method: Method,
        response: &Response,
        about: Option<&str>,
    ) -> Result<Said, Unknown> {
        let (said, inner) = match self {
            Self::Gateway => gateway_read(key, method, response)?,
            Self::V3 => v3_read(key, response)?,
        };
        let named: Named = read(inner)?;
        match (named.out_trade_no, about) {
            (Some(named), Some(about)) if named.as_str() != about => Err(Unknown::Unreadable),
            _ => Ok(said),
        }
    }

    /// A signed answer to `method`; `forged` ones have a signature that does not fit.
    pub fn answer(
        self,
        key: &dyn Sign,
        env: Env,
        method: Option<Method>,
        answer: &Answer,
        forged: bool,
    ) -> Response {
        match self {
            Self::Gateway => gateway_answer(key, method, answer, forged),
            Self::V3 => v3_answer(key, env, answer, forged),
        }
    }
}

/// Lets a call in, or says why not: `below` is its path below the network's address. `None`: no
/// address of this API.
pub fn enter(
    link: &Link,
    now: Timestamp,
    nonces: &mut Nonces,
    request: &Request,
    below: &str,
) -> Option<Result<Asked, Rejected>> {
    if below == GATEWAY_PATH {
        return Some(gateway_enter(link, now, request));
    }
    let name = below.strip_prefix("/v3/")?.replace('/', ".");
    let (dialect, method) = (Dialect::V3, Method::read(&name));
    let entered = v3_enter(link, now, nonces, request, method);
    Some(entered.map_err(|why| Rejected { dialect, method, why }))
}

// --- gateway.do ---

fn gateway_request(
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

fn gateway_read(
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
        found.map(read::<Scalar>).transpose()
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

fn gateway_answer(
    key: &dyn Sign,
    method: Option<Method>,
    answer: &Answer,
    forged: bool,
) -> Response {
    let (head, members) = match answer {
        Answer::Done(members) => (head(Code::Success, None), members),
        Answer::Waiting(members) => (head(Code::Waiting, None), members),
        Answer::Refused(sub, members) => (head(sub.code(), Some(*sub)), members),
    };
    // Built once, signed, and pasted as it is.
    let inner = pasted(head, members);
    let signed = if forged { format!("{inner} ") } else { inner.clone() };
    let sign = sign(signed.as_bytes(), key);
    let name = method.map_or_else(|| ERROR_KEY.to_owned(), Method::answer_key);
    let body = format!("{{\"{name}\":{inner},\"sign\":\"{sign}\"}}").into_bytes();
    Response { status: 200, headers: vec![("content-type".into(), JSON.into())], body }
}

fn gateway_enter(link: &Link, now: Timestamp, request: &Request) -> Result<Asked, Rejected> {
    let dialect = Dialect::Gateway;
    let reject = |method, why| Rejected { dialect, method, why };
    let params = form::merged(request).map_err(|_| reject(None, SubCode::InvalidParam))?;
    let name = get(&params, "method").ok_or(reject(None, SubCode::MissingMethod))?;
    let known = Method::read(name);
    gateway_check(link, now, &params).map_err(|why| reject(known, why))?;
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
fn gateway_check(link: &Link, now: Timestamp, params: &Params) -> Result<(), SubCode> {
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

// --- v3 ---

fn v3_request(
    link: &Link,
    env: Env,
    method: Method,
    mut content: Value,
    notify_url: Option<&str>,
) -> Request {
    if let (Some(url), Value::Object(members)) = (notify_url, &mut content) {
        members.insert("notify_url".into(), url.into());
    }
    let (verb, query, body) = match (method, &content) {
        (Method::BillUrl, Value::Object(members)) => {
            let texts = members.iter().filter_map(|(name, value)| Some((&**name, value.as_str()?)));
            ("GET", format!("?{}", form::print(texts)), Vec::new())
        }
        _ => ("POST", String::new(), content.to_string().into_bytes()),
    };
    let target = format!("{}{query}", link.network.target(&method.path()));
    let (app, nonce, at) = (&link.client_id, uuid(env.nonce), env.now.0);
    let auth = format!("app_id={app},nonce={nonce},timestamp={at}");
    let sign = sign(&v3_content(&auth, verb, &target, &body, None), &*link.sign);
    Request {
        method: verb.into(),
        target,
        headers: vec![
            ("content-type".into(), JSON.into()),
            ("authorization".into(), format!("{V3_SCHEME} {auth},sign={sign}")),
            ("alipay-request-id".into(), nonce),
        ],
        body,
    }
}

fn v3_read(key: &dyn Verify, response: &Response) -> Result<(Said, Value), Unknown> {
    let signature = response.header("alipay-signature").map(|signature| {
        let time = response.header("alipay-timestamp").unwrap_or_default();
        let nonce = response.header("alipay-nonce").unwrap_or_default();
        verify(&v3_answer_content(time, nonce, &response.body), signature, key)
    });
    let refused = match (response.status, signature) {
        (200..=299, Some(true)) => false,
        // A refusal needs no signature; a wrong one is worse than none.
        (429, _) => return Err(Unknown::Transport),
        (400..=499, Some(true) | None) => true,
        (200..=299 | 400..=499, _) => return Err(Unknown::BadSignature),
        _ => return Err(Unknown::Transport),
    };
    let body = object(&response.body).ok_or(Unknown::Unreadable)?;
    let code = body.get("code").cloned().map(read::<Scalar>).transpose()?;
    let body = Value::Object(body);
    if refused {
        let sub = SubCode::read(code.ok_or(Unknown::Unreadable)?.as_str());
        return Ok((Said::Refused(sub.ok_or(Unknown::UnlistedCode)?), body));
    }
    let said = match code.as_ref().map(|code| Code::read(code.as_str())) {
        None | Some(Some(Code::Success)) => Said::Done(body.clone()),
        // Ours: how v3 says that the user is asked is not in the facts.
        Some(Some(Code::Waiting)) => Said::Waiting(body.clone()),
        Some(_) => return Err(Unknown::UnlistedCode),
    };
    Ok((said, body))
}

fn v3_answer(key: &dyn Sign, env: Env, answer: &Answer, forged: bool) -> Response {
    let content_type = ("content-type".into(), JSON.into());
    let mut body = match answer {
        Answer::Refused(sub, _) => {
            let message = sub_message(*sub);
            let body = serde_json::json!({ "code": sub.name(), "message": message, "links": [] });
            let (status, body) = (sub.code().status(), body.to_string().into_bytes());
            return Response { status, headers: vec![content_type], body };
        }
        Answer::Done(members) => members.to_string().into_bytes(),
        Answer::Waiting(members) => pasted(head(Code::Waiting, None), members).into_bytes(),
    };
    let (time, nonce) = (env.now.0.to_string(), uuid(env.nonce));
    let sign = sign(&v3_answer_content(&time, &nonce, &body), key);
    if forged {
        body.push(b' ');
    }
    let headers = vec![
        content_type,
        ("alipay-timestamp".into(), time),
        ("alipay-nonce".into(), nonce),
        ("alipay-signature".into(), sign),
    ];
    Response { status: 200, headers, body }
}

fn v3_enter(
    link: &Link,
    now: Timestamp,
    nonces: &mut Nonces,
    request: &Request,
    method: Option<Method>,
) -> Result<Asked, SubCode> {
    let header = request.header("authorization").ok_or(SubCode::MissingSignature)?;
    let auth = V3Auth::read(header).ok_or(SubCode::MissingSignature)?;
    let app_id = auth.get("app_id").ok_or(SubCode::MissingAppId)?;
    let (time, nonce) = (auth.get("timestamp"), auth.get("nonce"));
    let time = time.ok_or(SubCode::MissingTimestamp)?;
    if app_id != link.client_id {
        return Err(SubCode::InvalidAppId);
    }
    let token = request.header("alipay-app-auth-token");
    let (verb, target, body) = (&request.method, &request.target, &request.body);
    let content = v3_content(auth.auth, verb, target, body, token);
    if !verify(&content, auth.sign, &*link.verify) {
        return Err(SubCode::InvalidSignature);
    }
    let time = time.parse().ok().map(Timestamp).ok_or(SubCode::InvalidTimestamp)?;
    let within = auth.get("expired_seconds").and_then(|text| text.parse().ok());
    let within = within.map_or(REQUEST_WITHIN, |s: u16| Span::seconds(s.into()));
    if time.since(now).max(now.since(time)) > within {
        return Err(SubCode::InvalidTimestamp);
    }
    // Ours: a nonce works once, in the words of a signature that is not good.
    let nonce = nonce.ok_or(SubCode::InvalidSignature)?;
    if !nonces.admit(now, nonce, time.after(within)) {
        return Err(SubCode::InvalidSignature);
    }
    let method = method.ok_or(SubCode::InvalidMethod)?;
    let mut content = match request.method.as_str() {
        "POST" if body.trim_ascii().is_empty() => Map::new(),
        "POST" => object(body).ok_or(SubCode::InvalidParam)?,
        "GET" if method == Method::BillUrl => {
            let query = target.split_once('?').map_or("", |(_, query)| query);
            let params = form::parse(query.as_bytes()).map_err(|_| SubCode::InvalidParam)?;
            params.into_iter().map(|(name, value)| (name, value.into())).collect()
        }
        _ => return Err(SubCode::InvalidMethod),
    };
    let notify_url = content.remove("notify_url").and_then(|url| url.as_str().map(str::to_owned));
    Ok(Asked { dialect: Dialect::V3, method, content: Value::Object(content), notify_url })
}

// --- both ---

/// `"code":…,"msg":…` and the sub code's.
fn head(code: Code, sub: Option<SubCode>) -> String {
    let mut head = format!("\"code\":\"{}\",\"msg\":\"{}\"", code.name(), code.message());
    if let Some(sub) = sub {
        let (name, message) = (sub.name(), sub_message(sub));
        head.push_str(&format!(",\"sub_code\":\"{name}\",\"sub_msg\":\"{message}\""));
    }
    head
}

/// An object of `head` and of the members of another.
fn pasted(head: String, members: &Value) -> String {
    let members = members.to_string();
    match members.strip_prefix('{') {
        Some("}") | None => format!("{{{head}}}"),
        Some(rest) => format!("{{{head},{rest}"),
    }
}

/// For people: the last part of the sub code in words.
fn sub_message(sub: SubCode) -> String {
    let word = sub.name().rsplit('.').next().unwrap_or_default();
    word.to_lowercase().replace(['_', '-'], " ")
}

fn object(text: &[u8]) -> Option<Map<String, Value>> {
    match serde_json::from_slice(text) {
        Ok(Value::Object(members)) => Some(members),
        _ => None,
    }
}

/// Reads the members of an answer; `Unreadable` when one is not of its form.
pub fn read<T: serde::de::DeserializeOwned>(members: Value) -> Result<T, Unknown> {
    serde_json::from_value(members).map_err(|_| Unknown::Unreadable)
}
