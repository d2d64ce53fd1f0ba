//! The `Authorization` header, against the worked examples of the `wallets/paypay` facts, section 2.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use noren_core::time::Timestamp;
use proptest::prelude::*;
use serde_json::Value;

use crate::paypay::signing::{
    Nonces, SignatureError, Signed, nonce, path, sign_request, verify_request,
};
use crate::signing::{Hmac, Secret};
use crate::wire::Request;

const NOW: Timestamp = Timestamp(1_767_225_600_000);

fn vector() -> Value {
    serde_json::from_str(include_str!("vector.json")).unwrap()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

fn key(vector: &Value) -> Hmac {
    Hmac::new(&Secret::new(text(&vector["api_secret"])))
}

fn post(vector: &Value) -> Request {
    let of = &vector["post"];
    Request {
        method: "POST".into(),
        target: text(&of["path"]).into(),
        headers: vec![("content-type".into(), text(&of["content_type"]).into())],
        body: text(&of["body"]).as_bytes().to_vec(),
    }
}

fn get(vector: &Value) -> Request {
    let target = text(&vector["get"]["path"]).into();
    Request { method: "GET".into(), target, headers: Vec::new(), body: Vec::new() }
}

fn signed(mut request: Request) -> Request {
    let vector = vector();
    let nonce = text(&vector["post"]["nonce"]);
    sign_request(&mut request, text(&vector["api_key"]), &key(&vector), NOW, nonce);
    request
}

fn check(request: &Request) -> Result<Signed, SignatureError> {
    check_at(request, NOW)
}

fn check_at(request: &Request, now: Timestamp) -> Result<Signed, SignatureError> {
    let vector = vector();
    verify_request(request, text(&vector["api_key"]), &key(&vector), now)
}

#[test]
fn the_worked_examples_are_made_and_believed() {
    let vector = vector();
    for (request, of) in [(post(&vector), "post"), (get(&vector), "get")] {
        let made = signed(request.clone());
        assert_eq!(made.header("authorization"), vector[of]["authorization"].as_str(), "{of}");
        let mut theirs = request;
        let header = text(&vector[of]["authorization"]).to_owned();
        theirs.headers.push(("Authorization".into(), header));
        let good = Signed { nonce: "3f9c2b1a".into(), epoch: 1_767_225_600 };
        assert_eq!(check(&theirs), Ok(good), "{of}");
    }
}

/// What the SDKs do differently, and all of it is good (facts, section 2, and the README's traps).
#[test]
fn strangers_sign_in_their_own_ways() {
    let vector = vector();
    // Content type as it is sent, with a charset and without a space.
    let mut python = post(&vector);
    python.headers[0].1 = "application/json;charset=UTF-8".into();
    assert!(check(&signed(python)).is_ok());
    // A content type on a GET, which has no body.
    let mut java = get(&vector);
    java.headers.push(("Content-Type".into(), "application/json;charset=UTF-8".into()));
    assert!(check(&signed(java)).is_ok());
    // `{}` with a DELETE, hashed.
    let mut delete = post(&vector);
    delete.method = "DELETE".into();
    delete.body = b"{}".to_vec();
    assert!(check(&signed(delete)).is_ok());
    // A slash at the end is signed as it came, the query never is.
    let mut slash = post(&vector);
    slash.target = "/v2/refunds/?x=1".into();
    let mut slash = signed(slash);
    slash.target = "/v2/refunds/?x=2".into();
    assert!(check(&slash).is_ok());
    slash.target = "/v2/refunds?x=1".into();
    assert_eq!(check(&slash), Err(SignatureError::Mac));
    // The absolute form of a target; the header's name and scheme in any case.
    let mut absolute = signed(post(&vector));
    absolute.target = "http://127.0.0.1:7401/v2/codes".into();
    let value = absolute.header("authorization").unwrap().replace("hmac OPA", "HMAC opa");
    absolute.headers[1] = ("AUTHORIZATION".into(), value);
    assert!(check(&absolute).is_ok());
}

#[test]
fn what_does_not_fit_is_refused_and_says_why() {
    let vector = vector();
    let good = signed(post(&vector));
    let header = good.header("authorization").unwrap().to_owned();
    let with = |header: &str| {
        let mut request = good.clone();
        request.headers[1].1 = header.to_owned();
        check(&request)
    };
    let parts: Vec<&str> = header.split(':').collect();
    let mac_of = |bytes: &[u8]| header.replace(parts[2], &STANDARD.encode(bytes));
    for (header, error) in [
        (String::new(), SignatureError::Form),
        ("hmac OPA-Auth:".into(), SignatureError::Form),
        ("Bearer x".into(), SignatureError::Form),
        (header.replace("hmac", "hmack"), SignatureError::Form),
        (format!("{header}:x"), SignatureError::Form),
        (header.replace("APIKeyExample", "APIKeyExample2"), SignatureError::Key),
        (header.replace(parts[2], "!"), SignatureError::Mac),
        (mac_of(b""), SignatureError::Mac),
        (mac_of(&[0; 32]), SignatureError::Mac),
        (header.replace("3f9c2b1a", "3f9c2b1b"), SignatureError::Mac),
        (header.replace("1767225600", "1767225601"), SignatureError::Mac),
        (header.replace(parts[5], "empty"), SignatureError::Digest),
    ] {
        assert_eq!(with(&header), Err(error), "{header}");
    }
    let mut other = good.clone();
    other.method = "PUT".into();
    assert_eq!(check(&other), Err(SignatureError::Mac));
    let mut other = good.clone();
    other.body.push(b' ');
    assert_eq!(check(&other), Err(SignatureError::Digest));
    let mut other = good.clone();
    other.headers[0].1 = "application/json; charset=UTF-8".into();
    assert_eq!(check(&other), Err(SignatureError::Digest));
    let wrong = Hmac::new(&Secret::new("another secret"));
    let refused = verify_request(&good, "APIKeyExample", &wrong, NOW);
    assert_eq!(refused, Err(SignatureError::Mac));
}

#[test]
fn a_clock_may_be_two_minutes_away_and_a_nonce_is_used_once() {
    let good = signed(post(&vector()));
    for ms in [-120_000, 0, 120_000] {
        assert!(check_at(&good, Timestamp(NOW.0 + ms)).is_ok(), "{ms}");
    }
    for ms in [-121_000, 121_000, i64::MIN / 2, i64::MAX / 2] {
        let refused = check_at(&good, Timestamp(NOW.0.saturating_add(ms)));
        assert_eq!(refused, Err(SignatureError::Time), "{ms}");
    }
    let mut nonces = Nonces::default();
    let one = check(&good).unwrap();
    assert_eq!(nonces.admit(NOW, &one), Ok(()));
    assert_eq!(nonces.admit(NOW, &one), Err(SignatureError::Replayed));
    // At the last moment at which its time is good, it is still remembered.
    let last = Timestamp(NOW.0 + 120_999);
    assert!(check_at(&good, last).is_ok());
    assert_eq!(nonces.admit(last, &one), Err(SignatureError::Replayed));
    // Afterwards the time refuses it.
    let over = Timestamp(NOW.0 + 122_000);
    assert_eq!(check_at(&good, over), Err(SignatureError::Time));
    assert_eq!(nonces.admit(over, &one), Ok(()), "forgotten");
}

#[test]
fn nonces_have_the_form_of_a_uuid() {
    assert_eq!(
        nonce(0x0123_4567_89ab_cdef_0123_4567_89ab_cdef),
        "01234567-89ab-cdef-0123-456789abcdef"
    );
    assert_eq!(nonce(1), "00000000-0000-0000-0000-000000000001");
}

#[test]
fn a_path_is_found_in_every_form_of_a_target() {
    for (target, expected) in [
        ("/v2/codes?x=1", "/v2/codes"),
        ("http://h:1/v2/codes?x=/", "/v2/codes"),
        ("https://h", "/"),
        ("", ""),
    ] {
        assert_eq!(path(target), expected, "{target}");
    }
}

proptest! {
    #[test]
    fn what_was_signed_is_believed(
        path in "/[a-z0-9/%_.-]{0,30}",
        content_type in "[ -~]{0,30}",
        body in prop::collection::vec(any::<u8>(), 0..200),
        bits in any::<u128>(),
    ) {
        let headers = vec![("content-type".into(), content_type)];
        let mut request = Request { method: "POST".into(), target: path, headers, body };
        let key = Hmac::new(&Secret::new("s"));
        sign_request(&mut request, "k", &key, NOW, &nonce(bits));
        prop_assert_eq!(verify_request(&request, "k", &key, NOW).unwrap().nonce, nonce(bits));
        request.body.push(0);
        prop_assert!(verify_request(&request, "k", &key, NOW).is_err());
    }

    #[test]
    fn no_header_panics(header in ".{0,80}", rest in "[^:]{0,9}(:[^:]{0,9}){0,6}") {
        for value in [header, format!("hmac OPA-Auth:{rest}")] {
            let headers = vec![("authorization".into(), value)];
            let request =
                Request { method: "GET".into(), target: "/".into(), headers, body: Vec::new() };
            prop_assert!(verify_request(&request, "k", &Hmac::new(&Secret::new("s")), NOW).is_err());
        }
    }
}
