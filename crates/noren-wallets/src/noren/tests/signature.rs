//! Who is believed, and when.

use noren_core::time::Timestamp;

use crate::noren::signature::{
    NonceGuard, SignatureError, Signed, content_digest, sign_request, sign_response,
    verify_request, verify_response,
};
use crate::signing::{Hmac, Secret, Verify};
use crate::wire::{Request, Response};

const ORIGIN: &str = "http://127.0.0.1:7400";
const NOW: Timestamp = Timestamp(1_795_275_000_500);

fn key() -> Hmac {
    Hmac::new(&Secret::new("the key of k1"))
}

fn request() -> Request {
    let mut request = Request {
        method: "POST".into(),
        target: "/wallet/v1/quotes?x=1".into(),
        headers: Vec::new(),
        body: br#"{"a":1}"#.to_vec(),
    };
    sign_request(&mut request, ORIGIN, "k1", &key(), NOW, 0xabc);
    request
}

fn verify_at(request: &Request, now: Timestamp) -> Result<Signed, SignatureError> {
    let key = key();
    verify_request(request, ORIGIN, now, |id| (id == "k1").then_some(&key as &dyn Verify))
}

fn verify(request: &Request) -> Result<Signed, SignatureError> {
    verify_at(request, NOW)
}

fn set(headers: &mut [(String, String)], name: &str, change: impl Fn(&str) -> String) {
    let header = headers.iter_mut().find(|(key, _)| key == name).unwrap();
    header.1 = change(&header.1);
}

#[test]
fn the_headers_have_the_form_of_the_standards() {
    // RFC 9530, appendix D: the digest of `{"hello": "world"}` and a newline.
    let body = b"{\"hello\": \"world\"}\n";
    assert_eq!(content_digest(body), "sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:");
    let request = request();
    assert_eq!(
        request.header("signature-input").unwrap(),
        "noren=(\"@method\" \"@target-uri\" \"content-digest\");created=1795275000;keyid=\"k1\";\
         nonce=\"00000000000000000000000000000abc\""
    );
    let signed = verify(&request).unwrap();
    assert_eq!((signed.key_id.as_str(), signed.created), ("k1", Timestamp(1_795_275_000_000)));
}

#[test]
fn a_request_that_was_changed_is_refused() {
    let changed = |change: fn(&mut Request)| {
        let mut request = request();
        change(&mut request);
        verify(&request).unwrap_err()
    };
    use SignatureError::{Digest, KeyUnknown, Missing, Wrong};
    assert_eq!(changed(|r| r.body.push(b' ')), Digest);
    assert_eq!(changed(|r| r.method = "PUT".into()), Wrong);
    assert_eq!(changed(|r| r.target = "/wallet/v1/payments".into()), Wrong);
    assert_eq!(changed(|r| r.headers.clear()), Missing);
    let input = |from: &'static str, to: &'static str| {
        let mut request = request();
        set(&mut request.headers, "signature-input", |value| value.replace(from, to));
        verify(&request).unwrap_err()
    };
    assert_eq!(input("1795275000", "1795275001"), Wrong);
    assert_eq!(input("abc\"", "abd\""), Wrong);
    assert_eq!(input("k1", "k2"), KeyUnknown);
    assert_eq!(input(" \"content-digest\"", ""), Missing, "less is covered");
    assert_eq!(input("noren=", "other="), Missing);
    assert_eq!(input(";nonce", ";nonsense"), Missing);
    assert_eq!(input(";created=1795275000", ""), Missing);
    let elsewhere = verify_request(&request(), "http://other", NOW, |_| None::<&dyn Verify>);
    assert_eq!(elsewhere, Err(KeyUnknown));
    let key = key();
    let elsewhere = verify_request(&request(), "http://other", NOW, |_| Some(&key as &dyn Verify));
    assert_eq!(elsewhere, Err(Wrong), "made for another host");
}

#[test]
fn a_request_of_another_key_is_refused() {
    let mut request = request();
    request.headers.clear();
    sign_request(&mut request, ORIGIN, "k1", &Hmac::new(&Secret::new("guess")), NOW, 1);
    assert_eq!(verify(&request), Err(SignatureError::Wrong));
}

#[test]
fn a_request_is_believed_from_30_s_before_to_300_s_after() {
    let at = |ms: i64| verify_at(&request(), Timestamp(1_795_275_000_000 + ms)).err();
    assert_eq!(at(300_000), None);
    assert_eq!(at(300_001), Some(SignatureError::Stale));
    assert_eq!(at(-30_000), None);
    assert_eq!(at(-30_001), Some(SignatureError::Ahead));
}

#[test]
fn a_nonce_passes_once_and_none_is_forgotten_early() {
    let signed = |nonce: &str, created: i64| Signed {
        key_id: "k1".into(),
        nonce: nonce.into(),
        created: Timestamp(created),
    };
    let mut guard = NonceGuard::new(2);
    let at = Timestamp;
    assert_eq!(guard.admit(at(0), &signed("a", 0)), Ok(()));
    assert_eq!(guard.admit(at(1), &signed("a", 0)), Err(SignatureError::Replayed));
    let other_key = Signed { key_id: "k2".into(), ..signed("a", 0) };
    assert_eq!(guard.admit(at(1), &other_key), Ok(()), "each key has its own");
    assert_eq!(guard.admit(at(2), &signed("b", 2)), Err(SignatureError::Full));
    assert_eq!(guard.admit(at(300_000), &signed("a", 0)), Err(SignatureError::Replayed));
    // Now the first two would be refused as stale, so they need not be remembered.
    assert_eq!(guard.admit(at(300_001), &signed("b", 300_000)), Ok(()));
}

#[test]
fn an_answer_is_good_for_its_own_request_only() {
    let (asked, mut response) =
        (request(), Response { status: 200, headers: vec![], body: vec![] });
    sign_response(&mut response, &asked, "k1", &key(), NOW);
    assert_eq!(verify_response(&response, &asked, "k1", &key()), Ok(()));
    let mut again = asked.clone();
    again.headers.clear();
    sign_request(&mut again, ORIGIN, "k1", &key(), NOW, 0xabd);
    let replayed = verify_response(&response, &again, "k1", &key());
    assert_eq!(replayed, Err(SignatureError::Wrong), "an answer from before");
    let status = Response { status: 201, ..response.clone() };
    assert_eq!(verify_response(&status, &asked, "k1", &key()), Err(SignatureError::Wrong));
    let body = Response { body: b"x".to_vec(), ..response.clone() };
    assert_eq!(verify_response(&body, &asked, "k1", &key()), Err(SignatureError::Digest));
    let other = Hmac::new(&Secret::new("guess"));
    assert_eq!(verify_response(&response, &asked, "k1", &other), Err(SignatureError::Wrong));
    assert_eq!(verify_response(&response, &asked, "k2", &key()), Err(SignatureError::KeyUnknown));
}

proptest::proptest! {
    #[test]
    fn no_header_panics(input in ".{0,80}", signature in ".{0,40}") {
        let headers = vec![
            ("signature-input".to_owned(), input),
            ("signature".to_owned(), signature),
            ("content-digest".to_owned(), content_digest(b"")),
        ];
        let request = Request { method: "GET".into(), target: "/".into(), headers, body: vec![] };
        proptest::prop_assert!(verify(&request).is_err());
    }
}
