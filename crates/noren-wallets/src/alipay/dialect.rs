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

use super::GATEWAY_PATH;
use super::codes::{Code, SubCode};
use super::form::{self, get};
use super::messages::{Method, Named};
use super::signing::{Nonces, V3Auth};
use crate::connector::Env;
use crate::link::Link;
use crate::signing::{Sign, Verify};
use crate::wire::{Request, Response};

mod gateway;
mod v3;

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
            Self::Gateway => gateway::request(link, env, method, &content, notify_url),
            Self::V3 => v3::request(link, env, method, content, notify_url),
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
            Self::Gateway => gateway::read(key, method, response)?,
            Self::V3 => v3::read(key, response)?,
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
            Self::Gateway => gateway::answer(key, method, answer, forged),
            Self::V3 => v3::answer(key, env, answer, forged),
        }
    }
}

/// The name under which a caller says that we know it; not checked.
pub fn claims(request: &Request) -> Option<String> {
    if let Some(header) = request.header("authorization") {
        return V3Auth::read(header)?.get("app_id").map(str::to_owned);
    }
    get(&form::merged(request).ok()?, "app_id").map(str::to_owned)
}

/// The answer to a caller whom nobody knows. There is no key of theirs to sign it with.
pub fn strange(request: &Request) -> Response {
    let (dialect, method) = match form::path(&request.target).split_once("/v3/") {
        Some((_, name)) => (Dialect::V3, Method::read(&name.replace('/', "."))),
        None => {
            let params = form::merged(request).unwrap_or_default();
            (Dialect::Gateway, get(&params, "method").and_then(Method::read))
        }
    };
    let named = claims(request).is_some_and(|id| !id.is_empty());
    let sub = if named { SubCode::InvalidAppId } else { SubCode::MissingAppId };
    let answer = Answer::Refused(sub, Value::Object(Map::new()));
    match dialect {
        Dialect::Gateway => {
            let (name, inner) = gateway::inner(method, &answer);
            gateway::leaves(&format!("{{\"{name}\":{inner}}}"))
        }
        Dialect::V3 => v3::refused(sub),
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
        return Some(gateway::enter(link, now, request));
    }
    let name = below.strip_prefix("/v3/")?.replace('/', ".");
    let (dialect, method) = (Dialect::V3, Method::read(&name));
    let entered = v3::enter(link, now, nonces, request, method);
    Some(entered.map_err(|why| Rejected { dialect, method, why }))
}

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
