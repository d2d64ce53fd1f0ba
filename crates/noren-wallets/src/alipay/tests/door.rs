//! Strangers at the sandbox's door: every published way of writing a call is let in, and nothing
//! that is not signed, not ours, too old or a copy.

use noren_core::time::Timestamp;
use noren_core::wallet::{PaymentAnswer, Unknown};
use serde_json::{Value, json};

use super::{AlipayConnector, BOTH, COST, ENV, a_pay, debited, members, met};
use crate::alipay::dialect::Dialect;
use crate::alipay::form::{self, Params};
use crate::alipay::messages::Method;
use crate::alipay::scalar::print_time;
use crate::alipay::signing::{Signed, sign, sign_params, v3_answer_content, v3_content, verify};
use crate::alipay::{ENTRY, NAME};
use crate::connector::Env;
use crate::link::{Link, Place};
use crate::sandbox::{Answered, SandboxConfig};
use crate::signing::Secret;
use crate::tempo::Tempo;
use crate::testing::{World, inquire, link, payment_id};
use crate::wire::{Request, Response};

fn respond(world: &mut World, request: &Request) -> Response {
    let Answered::Respond(response) = world.sandbox.handle(world.now, request) else {
        panic!("it answers")
    };
    response
}

/// The parameters of a call of the older dialect, unsigned.
fn plain(now: Timestamp) -> Params {
    let content = json!({"out_trade_no": "never-seen", "more": {"of": ["茶", "+ &="]}}).to_string();
    [
        ("app_id", "client-1"),
        ("method", "alipay.trade.query"),
        ("format", "JSON"),
        ("charset", "UTF-8"),
        ("sign_type", "RSA2"),
        ("timestamp", &print_time(now)),
        ("version", "1.0"),
        ("return_url", ""),
        ("alipay_sdk", "an-sdk"),
        ("biz_content", &content),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .to_vec()
}

fn signed(mut params: Params) -> Params {
    let made = sign_params(&params, Signed::Request, &*link(NAME).sign);
    params.push(("sign".into(), made));
    params
}

fn text(params: &Params, kept: impl Fn(&str) -> bool) -> String {
    let pairs = params.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    form::print(pairs.filter(|(name, _)| kept(name)))
}

fn call(method: &str, target: String, body: String) -> Request {
    let content_type = "application/x-www-form-urlencoded".to_owned();
    let headers = vec![("Content-Type".to_owned(), content_type)];
    Request { method: method.into(), target, headers, body: body.into_bytes() }
}

fn sub_code(response: &Response) -> String {
    assert_eq!(response.status, 200, "always");
    let said = members(Dialect::Gateway, response);
    said["sub_code"].as_str().unwrap_or_else(|| said["code"].as_str().unwrap()).to_owned()
}

#[test]
fn three_sdks_write_a_call_in_three_ways_and_more() {
    let mut world = World::new(&ENTRY);
    let params = signed(plain(world.now));
    let all = text(&params, |_| true);
    let common = text(&params, |name| name != "biz_content");
    let content = text(&params, |name| name == "biz_content");
    let path = "/alipay/gateway.do";
    let plus = all.replace("%20", "+");
    for request in [
        call("GET", format!("{path}?{all}"), String::new()),
        call("POST", format!("{path}?{common}"), content.clone()),
        call("POST", format!("http://127.0.0.1:7401{path}?{common}"), content.clone()),
        call("POST", path.into(), all.clone()),
        call("POST", path.into(), plus),
        call("POST", format!("{path}?charset=UTF-8"), all.clone()),
        call("POST", format!("{path}?{content}"), common.clone()),
        call("POST", format!("{path}?{all}"), "\r\n".into()),
    ] {
        let response = respond(&mut world, &request);
        assert_eq!(sub_code(&response), "ACQ.TRADE_NOT_EXIST", "{request:?}");
        // What an SDK checks: the text between the key and the signature, as it stands.
        let body = String::from_utf8(response.body).unwrap();
        let inner = body.strip_prefix("{\"alipay_trade_query_response\":").unwrap();
        let (inner, rest) = inner.split_once(",\"sign\":\"").unwrap();
        let good = verify(inner.as_bytes(), rest.trim_end_matches("\"}"), &*link(NAME).verify);
        assert!(good, "{body}");
    }
}

#[test]
fn a_call_that_is_not_whole_or_not_good_is_refused_in_the_platforms_words() {
    let mut world = World::new(&ENTRY);
    let now = world.now;
    let later = print_time(Timestamp(now.0 + 601_000));
    let same = |_: &mut Params| {};
    let set = |name: &'static str, value: &str| {
        let value = value.to_owned();
        move |params: &mut Params| {
            params.retain(|(known, _)| known != name);
            if !value.is_empty() {
                params.push((name.to_owned(), value.clone()));
            }
        }
    };
    type Change<'a> = Box<dyn Fn(&mut Params) + 'a>;
    let cases: Vec<(Change<'_>, Change<'_>, &str)> = vec![
        // Before it is signed; after it was signed; what is said.
        (Box::new(set("method", "")), Box::new(same), "isv.missing-method"),
        (Box::new(set("method", "alipay.trade.give")), Box::new(same), "isv.invalid-method"),
        (Box::new(set("app_id", "")), Box::new(same), "isv.missing-app-id"),
        (Box::new(set("app_id", "client-2")), Box::new(same), "isv.invalid-app-id"),
        (Box::new(set("timestamp", "")), Box::new(same), "isv.missing-timestamp"),
        (Box::new(set("timestamp", "now")), Box::new(same), "isv.invalid-timestamp"),
        (Box::new(set("timestamp", &later)), Box::new(same), "isv.invalid-timestamp"),
        (Box::new(set("version", "")), Box::new(same), "isv.missing-version"),
        (Box::new(set("sign_type", "")), Box::new(same), "isv.missing-signature-type"),
        (Box::new(set("sign_type", "RSA")), Box::new(same), "isv.invalid-signature-type"),
        (Box::new(set("format", "xml")), Box::new(same), "isv.invalid-format"),
        (Box::new(set("charset", "GBK")), Box::new(same), "isv.invalid-charset"),
        (Box::new(set("biz_content", "{")), Box::new(same), "isv.invalid-parameter"),
        (Box::new(set("biz_content", "[]")), Box::new(same), "isv.invalid-parameter"),
        (Box::new(set("biz_content", "{}")), Box::new(same), "ACQ.INVALID_PARAMETER"),
        (Box::new(same), Box::new(set("sign", "")), "isv.missing-signature"),
        (Box::new(same), Box::new(set("sign", "AAAA")), "isv.invalid-signature"),
        (Box::new(same), Box::new(set("sign", "not base64!")), "isv.invalid-signature"),
        (Box::new(same), Box::new(set("version", "2.0")), "isv.invalid-signature"),
        (Box::new(same), Box::new(set("extra", "1")), "isv.invalid-signature"),
        (
            Box::new(same),
            Box::new(set("biz_content", "{\"out_trade_no\":\"x\"}")),
            "isv.invalid-signature",
        ),
    ];
    for (before, after, expected) in cases {
        let mut params = plain(now);
        before(&mut params);
        let mut params = signed(params);
        after(&mut params);
        let body = text(&params, |_| true);
        let response = respond(&mut world, &call("POST", "/alipay/gateway.do".into(), body));
        assert_eq!(sub_code(&response), expected);
    }
    let good = text(&signed(plain(now)), |_| true);
    for (method, target, body, expected) in [
        ("PUT", "/alipay/gateway.do", good.clone(), "isv.invalid-method"),
        // Two words for one thing.
        ("POST", "/alipay/gateway.do?app_id=client-2", good, "isv.invalid-parameter"),
        ("POST", "/alipay/gateway.do", "%FF=1".into(), "isv.invalid-parameter"),
        ("GET", "/alipay/gateway.do", String::new(), "isv.missing-method"),
    ] {
        let response = respond(&mut world, &call(method, target.into(), body));
        assert_eq!(sub_code(&response), expected, "{method} {target}");
    }
}

/// A v3 request, written as strangers may.
fn v3(now: Timestamp, auth: &str, target: &str, body: &str, token: Option<&str>) -> Request {
    let auth = auth.replace("NOW", &now.0.to_string());
    let content = v3_content(&auth, "POST", target, body.as_bytes(), token);
    let sign = sign(&content, &*link(NAME).sign);
    let mut headers = vec![
        ("Content-Type".to_owned(), "application/json".to_owned()),
        ("Authorization".to_owned(), format!("ALIPAY-SHA256withRSA {auth},sign={sign}")),
    ];
    if let Some(token) = token {
        headers.insert(0, ("alipay-app-auth-token".into(), token.into()));
    }
    Request { method: "POST".into(), target: target.into(), headers, body: body.into() }
}

const QUERY: &str = "/alipay/v3/alipay/trade/query";

fn code(response: &Response) -> (u16, String) {
    let said: Value = serde_json::from_slice(&response.body).unwrap();
    assert!(said["message"].is_string() && said["links"].is_array(), "{said}");
    (response.status, said["code"].as_str().unwrap().to_owned())
}

#[test]
fn v3_is_let_in_however_it_is_written() {
    let (mut world, payer) = met(Dialect::V3, "approve");
    super::paid(world.payment(&a_pay(1, &payer)));
    let no = payment_id(1);
    let indented = format!("{{\n  \"out_trade_no\" : \"{no}\"\n}}");
    let compact = format!("{{\"out_trade_no\":\"{no}\"}}");
    let absolute = format!("https://openapi.example.com{QUERY}");
    for (n, (auth, target, body, token)) in [
        ("app_id=client-1,nonce=NONCE,timestamp=NOW", QUERY, &compact, None),
        ("app_id=client-1,nonce=NONCE,timestamp=NOW", QUERY, &indented, None),
        ("app_id=client-1,nonce=NONCE,timestamp=NOW", absolute.as_str(), &compact, None),
        ("app_id=client-1,app_cert_sn=ab12,nonce=NONCE,timestamp=NOW", QUERY, &compact, None),
        ("app_id=client-1,timestamp=NOW,nonce=NONCE,expired_seconds=600", QUERY, &compact, None),
        ("app_id=client-1,nonce=NONCE,timestamp=NOW", QUERY, &compact, Some("201510BB")),
    ]
    .into_iter()
    .enumerate()
    {
        let auth = auth.replace("NONCE", &format!("n{n}"));
        let mut request = v3(world.now, &auth, target, body, token);
        if n == 0 {
            // The scheme's name is compared without case.
            let value =
                request.headers[1].1.replace("ALIPAY-SHA256withRSA", "alipay-sha256WITHrsa");
            request.headers[1].1 = value;
        }
        let response = respond(&mut world, &request);
        assert_eq!(response.status, 200, "{request:?}");
        let said: Value = serde_json::from_slice(&response.body).unwrap();
        assert_eq!(said["trade_status"], "TRADE_SUCCESS");
        assert_eq!(said["total_amount"], "58.08");
        let header = |name| response.header(name).unwrap();
        let content =
            v3_answer_content(header("alipay-timestamp"), header("alipay-nonce"), &response.body);
        assert!(verify(&content, header("alipay-signature"), &*link(NAME).verify));
    }
}

#[test]
fn v3_refuses_without_a_signature_of_its_own() {
    let mut world = World::new(&ENTRY);
    let good = "app_id=client-1,nonce=n1,timestamp=NOW";
    let body = "{\"out_trade_no\":\"never-seen\"}";
    let now = world.now;
    let response = respond(&mut world, &v3(now, good, QUERY, body, None));
    assert_eq!(code(&response), (400, "ACQ.TRADE_NOT_EXIST".into()));
    assert_eq!(response.header("alipay-signature"), None);
    let again = v3(now, good, QUERY, body, None);
    assert_eq!(code(&respond(&mut world, &again)), (400, "isv.invalid-signature".into()), "a copy");
    for (auth, target, body, expected) in [
        (
            "app_id=client-1,nonce=n2,timestamp=NOW",
            "/alipay/v3/alipay/trade/give",
            body,
            "isv.invalid-method",
        ),
        ("app_id=client-2,nonce=n3,timestamp=NOW", QUERY, body, "isv.invalid-app-id"),
        ("nonce=n4,timestamp=NOW", QUERY, body, "isv.missing-app-id"),
        ("app_id=client-1,nonce=n5", QUERY, body, "isv.missing-timestamp"),
        ("app_id=client-1,nonce=n6,timestamp=yesterday", QUERY, body, "isv.invalid-timestamp"),
        ("app_id=client-1,nonce=n7,timestamp=1", QUERY, body, "isv.invalid-timestamp"),
        ("app_id=client-1,timestamp=NOW", QUERY, body, "isv.invalid-signature"),
        ("app_id=client-1,nonce=n8,timestamp=NOW", QUERY, "[1]", "isv.invalid-parameter"),
        ("app_id=client-1,nonce=n9,timestamp=NOW", QUERY, "", "ACQ.INVALID_PARAMETER"),
    ] {
        let response = respond(&mut world, &v3(now, auth, target, body, None));
        assert_eq!(code(&response), (400, expected.into()), "{auth}");
    }
    let fresh =
        |n: &str| v3(now, &format!("app_id=client-1,nonce={n},timestamp=NOW"), QUERY, body, None);
    let changed = |change: fn(&mut Request), n: &str| {
        let mut request = fresh(n);
        change(&mut request);
        request
    };
    for (n, request) in [
        changed(|r| r.body.push(b' '), "c1"),
        changed(|r| r.target.push_str("?x=1"), "c2"),
        changed(|r| r.method = "PUT".into(), "c3"),
        changed(|r| r.headers.push(("alipay-app-auth-token".into(), "t".into())), "c4"),
        changed(|r| r.headers[1].1 = r.headers[1].1.replace("nonce=c5", "nonce=c6"), "c5"),
    ]
    .iter()
    .enumerate()
    {
        let said = code(&respond(&mut world, request));
        assert_eq!(said, (400, "isv.invalid-signature".into()), "{n}");
    }
    let bare = Request { headers: vec![], ..fresh("c7") };
    assert_eq!(code(&respond(&mut world, &bare)), (400, "isv.missing-signature".into()));
}

#[test]
fn the_bill_of_v3_is_asked_for_in_the_query() {
    let mut world = super::world(Dialect::V3);
    let env = world.env();
    let day = world.now.business_date(480);
    let request = world.connector.statement_request(day, env).unwrap();
    assert_eq!(
        (&request.method[..], &request.target[..]),
        (
            "GET",
            "/alipay/v3/alipay/data/dataservice/bill/downloadurl/query?bill_date=2026-11-21&bill_type=trade"
        )
    );
    let (_, response) = world.send(request);
    assert_eq!(code(&response.unwrap()), (400, "BILL_NOT_EXIST".into()));
    let env = world.env();
    let trade = json!({"out_trade_no": "x"});
    let mut query = Dialect::V3.request(&link(NAME), env, Method::Query, trade, None);
    query.method = "GET".into();
    assert_eq!(code(&respond(&mut world, &query)).0, 400);
}

/// A network whose key is another's, and a switch whose key is another's.
#[test]
fn wrong_keys_are_refused_both_ways() {
    let other = || {
        let place = |url: &str| Place::new(url).unwrap();
        let (network, switch) =
            (place("http://127.0.0.1:7401/alipay"), place("http://127.0.0.1:7400"));
        Link::shared(network, switch, "client-1", Secret::new("another secret of the tests"))
    };
    for dialect in BOTH {
        let (mut world, payer) = met(dialect, "approve");
        let good = link(NAME);
        // The switch signs with a key that the network does not know: nothing is done.
        let name = noren_core::id::WalletName::new(NAME).unwrap();
        let mixed = Link { sign: other().sign, ..good.clone() };
        world.connector = Box::new(AlipayConnector::speaking(dialect, name, mixed));
        let answer = world.payment(&a_pay(1, &payer));
        assert_eq!(answer, PaymentAnswer::Unknown(Unknown::UnlistedCode), "{dialect:?}");
        assert_eq!(debited(&mut world), 0);
        // The network signs with a key that the switch does not know: money moved, and is in doubt.
        let mixed = Link { verify: other().verify, ..good };
        world.connector = Box::new(AlipayConnector::speaking(dialect, name, mixed));
        for call in [a_pay(1, &payer), inquire(1)] {
            let answer = world.payment(&call);
            assert_eq!(answer, PaymentAnswer::Unknown(Unknown::BadSignature), "{dialect:?}");
        }
        assert_eq!(debited(&mut world), COST);
        let notices = world.sandbox.take_outgoing();
        assert!(world.connector.notified(&notices[0].request, ENV).is_err());
    }
}

/// Where the network listens at the root of its own address, and a notification goes where a client
/// wants it: below the switch's address, or to a whole address.
#[test]
fn paths_are_the_published_ones_and_notices_go_where_they_are_wanted() {
    let place = |url: &str| Place::new(url).unwrap();
    let (network, switch) = (place("http://127.0.0.1:7401"), place("http://127.0.0.1:7400"));
    let link =
        Link::shared(network, switch, "2021000000000001", Secret::new("a secret of the tests"));
    let config = SandboxConfig { link: link.clone(), seed: 7, pace: Tempo::Test.pace() };
    for (url, told) in [
        ("http://127.0.0.1:7400/callbacks/alipay/notify?a=b", Some("/callbacks/alipay/notify?a=b")),
        ("http://127.0.0.1:74000/callbacks", Some("http://127.0.0.1:74000/callbacks")),
        ("http://shop.example/notify", Some("http://shop.example/notify")),
        ("shop.example/notify", None),
        ("file:///etc/hosts", None),
    ] {
        let mut sandbox = (ENTRY.sandbox)(config.clone(), &[]).unwrap();
        let control = |below: &str, body: Value| Request {
            method: "POST".into(),
            target: format!("/sandbox/{below}"),
            headers: vec![],
            body: body.to_string().into_bytes(),
        };
        sandbox.handle(ENV.now, &control("users", json!({"user": "mei", "balance": 100_000})));
        let answered = sandbox.handle(ENV.now, &control("users/mei/code", json!({"code_id": "c"})));
        let Answered::Respond(answered) = answered else { panic!() };
        let code: Value = serde_json::from_slice(&answered.body).unwrap();
        let content = json!({
            "out_trade_no": "order-0001", "total_amount": "12.34", "subject": "tea",
            "scene": "bar_code", "auth_code": code["code"],
        });
        let env = Env { now: ENV.now, nonce: 9 };
        let request = Dialect::Gateway.request(&link, env, Method::Pay, content, Some(url));
        assert!(request.target.starts_with("/gateway.do?"));
        let Answered::Respond(response) = sandbox.handle(ENV.now, &request) else { panic!() };
        let said = members(Dialect::Gateway, &response);
        assert_eq!((&said["code"], &said["buyer_pay_amount"]), (&json!("10000"), &json!("12.34")));
        let outgoing = sandbox.take_outgoing();
        let targets: Vec<_> = outgoing.iter().map(|sent| sent.request.target.as_str()).collect();
        assert_eq!(targets, Vec::from_iter(told), "{url}");
    }
}
