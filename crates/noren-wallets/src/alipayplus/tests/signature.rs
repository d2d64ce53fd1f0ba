//! The signature, against a worked example and against those who would forge one.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use noren_core::time::Timestamp;
use serde::Deserialize;

use crate::alipayplus::signing::{
    NotSigned, content, header_value, sign_request, sign_response, verify_request, verify_response,
};
use crate::signing::{Hmac, RsaSigner, RsaVerifier, Secret};
use crate::testing::{pkcs8, rsa_key};
use crate::wire::{Request, Response};

/// A worked example (`wallets/alipayplus` facts, section 2); the file says how it was made.
#[derive(Deserialize)]
struct Vector {
    rsa_public: String,
    request: Signed,
    response: SignedAnswer,
}

#[derive(Deserialize)]
struct Signed {
    content: String,
    signature_base64: String,
    header: String,
}

#[derive(Deserialize)]
struct SignedAnswer {
    content: String,
    header: String,
}

fn vector() -> Vector {
    serde_json::from_str(include_str!("vector.json")).unwrap()
}

/// Method and target, client id, time, body.
fn parts(content: &str) -> (&str, &str, &str, &str) {
    let (first, rest) = content.split_once('\n').unwrap();
    let mut rest = rest.splitn(3, '.');
    (first, rest.next().unwrap(), rest.next().unwrap(), rest.next().unwrap())
}

fn vector_request(header: &str, target_prefix: &str) -> Request {
    let vector = vector();
    let (first, client_id, time, body) = parts(&vector.request.content);
    let (method, path) = first.split_once(' ').unwrap();
    assert_eq!(
        content(method, path, client_id, time, body.as_bytes()),
        vector.request.content.as_bytes()
    );
    Request {
        method: method.into(),
        target: format!("{target_prefix}{path}"),
        headers: vec![
            ("client-id".into(), client_id.into()),
            ("request-time".into(), time.into()),
            ("signature".into(), header.into()),
        ],
        body: body.as_bytes().to_vec(),
    }
}

#[test]
fn the_worked_example_is_verified_in_every_form() {
    let vector = vector();
    let key = RsaVerifier::from_pem(&vector.rsa_public).unwrap();
    let raw = STANDARD.decode(&vector.request.signature_base64).unwrap();
    assert_eq!(header_value(&raw), vector.request.header, "our header is the same text");
    let url_safe =
        format!("algorithm=RSA256,keyVersion=1,signature={}", URL_SAFE_NO_PAD.encode(&raw));
    for header in [vector.request.header.as_str(), &url_safe] {
        for prefix in ["", "https://open.example.com"] {
            let request = vector_request(header, prefix);
            assert_eq!(verify_request(&request, "CLIENT_A1", &key), Ok(()), "{prefix} {header}");
        }
    }
    let (_, client_id, time, body) = parts(&vector.response.content);
    let response = Response {
        status: 200,
        headers: vec![
            ("client-id".into(), client_id.into()),
            ("response-time".into(), time.into()),
            ("signature".into(), vector.response.header.clone()),
        ],
        body: body.as_bytes().to_vec(),
    };
    let request = vector_request(&vector.request.header, "");
    assert_eq!(verify_response(&response, &request, "CLIENT_A1", &key), Ok(()));
}

#[test]
fn the_worked_example_with_one_byte_changed_is_refused() {
    let vector = vector();
    let key = RsaVerifier::from_pem(&vector.rsa_public).unwrap();
    let changed = |change: fn(&mut Request)| {
        let mut request = vector_request(&vector.request.header, "");
        change(&mut request);
        verify_request(&request, "CLIENT_A1", &key)
    };
    assert_eq!(changed(|r| r.body.push(b' ')), Err(NotSigned));
    assert_eq!(changed(|r| r.target.push('x')), Err(NotSigned));
    assert_eq!(changed(|r| r.method = "PUT".into()), Err(NotSigned));
    assert_eq!(changed(|r| r.headers[0].1 = "CLIENT_A2".into()), Err(NotSigned));
    assert_eq!(changed(|r| r.headers[1].1 = "2026-01-01T00:00:01Z".into()), Err(NotSigned));
    assert_eq!(
        changed(|r| r.headers[2].1 = r.headers[2].1.replace("RSA256", "none")),
        Err(NotSigned)
    );
    assert_eq!(changed(|r| r.headers.truncate(2)), Err(NotSigned));
    let request = vector_request(&vector.request.header, "");
    assert_eq!(verify_request(&request, "CLIENT_B", &key), Err(NotSigned));
}

#[test]
fn both_directions_with_keys_of_our_own() {
    let ours = RsaSigner::from_pkcs8(&pkcs8(rsa_key(0))).unwrap();
    let network = RsaSigner::from_pkcs8(&pkcs8(rsa_key(1))).unwrap();
    let now = Timestamp(1_795_275_000_999);
    let mut request = Request {
        method: "POST".into(),
        target: "/aps/api/v1/payments/pay".into(),
        headers: vec![],
        body: "{ \"name\": \"そば\" }".into(),
    };
    sign_request(&mut request, "C1", &ours, now);
    assert_eq!(request.header("request-time"), Some("2026-11-21T15:30:00Z"));
    assert_eq!(verify_request(&request, "C1", &ours.verifier()), Ok(()));
    assert_eq!(verify_request(&request, "C1", &network.verifier()), Err(NotSigned));
    let mut response = Response { status: 200, headers: vec![], body: b"{}".to_vec() };
    sign_response(&mut response, &request, "C1", &network, now);
    assert_eq!(verify_response(&response, &request, "C1", &network.verifier()), Ok(()));
    assert_eq!(verify_response(&response, &request, "C1", &ours.verifier()), Err(NotSigned));
    let other = Request { target: "/aps/api/v1/payments/refund".into(), ..request };
    assert_eq!(verify_response(&response, &other, "C1", &network.verifier()), Err(NotSigned));
}

#[test]
fn an_answer_of_another_time_is_refused() {
    let key = Hmac::new(&Secret::new("key"));
    let asked = Timestamp(1_795_275_000_000);
    let mut request = Request {
        method: "POST".into(),
        target: "/aps/api/v1/payments/pay".into(),
        headers: vec![],
        body: b"{}".to_vec(),
    };
    sign_request(&mut request, "C1", &key, asked);
    let answered = |ms: i64| {
        let mut response = Response { status: 200, headers: vec![], body: b"{}".to_vec() };
        sign_response(&mut response, &request, "C1", &key, Timestamp(asked.0 + ms));
        verify_response(&response, &request, "C1", &key)
    };
    for near in [0, 15_000, 300_000, -300_000] {
        assert_eq!(answered(near), Ok(()), "{near}");
    }
    for far in [301_000, -301_000, 86_400_000] {
        assert_eq!(answered(far), Err(NotSigned), "{far}");
    }
}

proptest::proptest! {
    #[test]
    fn no_header_panics(header in ".{0,120}") {
        let key = RsaVerifier::from_pem(&vector().rsa_public).unwrap();
        let request = vector_request(&header, "");
        proptest::prop_assert_eq!(verify_request(&request, "CLIENT_A1", &key), Err(NotSigned));
    }
}
