//! v3: REST.

use noren_core::time::{Span, Timestamp};
use noren_core::wallet::Unknown;
use serde_json::{Map, Value};

use super::{Answer, Asked, Dialect, JSON, REQUEST_WITHIN, Said};
use super::{head, object, pasted, sub_message};
use crate::alipay::codes::{Code, SubCode};
use crate::alipay::form;
use crate::alipay::messages::Method;
use crate::alipay::scalar::Scalar;
use crate::alipay::signing::{
    Nonces, V3_SCHEME, V3Auth, sign, uuid, v3_answer_content, v3_content, verify,
};
use crate::connector::Env;
use crate::link::Link;
use crate::signing::{Sign, Verify};
use crate::wire::{Request, Response};

pub(super) fn request(
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

pub(super) fn read(key: &dyn Verify, response: &Response) -> Result<(Said, Value), Unknown> {
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
    let code = body.get("code").cloned().map(super::read::<Scalar>).transpose()?;
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

pub(super) fn answer(key: &dyn Sign, env: Env, answer: &Answer, forged: bool) -> Response {
    let content_type = ("content-type".into(), JSON.into());
    let mut body = match answer {
        Answer::Refused(sub, _) => return refused(*sub),
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

/// Needs no signature.
pub(super) fn refused(sub: SubCode) -> Response {
    let message = sub_message(sub);
    let body = serde_json::json!({ "code": sub.name(), "message": message, "links": [] });
    let headers = vec![("content-type".into(), JSON.into())];
    Response { status: sub.code().status(), headers, body: body.to_string().into_bytes() }
}

pub(super) fn enter(
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
