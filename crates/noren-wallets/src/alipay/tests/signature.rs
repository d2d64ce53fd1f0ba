//! The two signatures, against worked examples and against those who would forge one.

use serde::Deserialize;

use crate::alipay::form::{self, Params};
use crate::alipay::signing::{
    Nonces, Signed, V3Auth, content, sign, sign_params, uuid, v3_answer_content, v3_content,
    verify, verify_params,
};
use crate::signing::{RsaSigner, RsaVerifier};
use crate::testing::{pkcs8, rsa_key};
use noren_core::time::Timestamp;

/// Worked examples; the file says whence.
#[derive(Deserialize)]
struct Vector {
    rsa_public: String,
    gateway: Gateway,
    v3: V3,
}

#[derive(Deserialize)]
struct Gateway {
    string_to_sign: String,
    sign: String,
    response_part_signed: String,
    response_sign: String,
}

#[derive(Deserialize)]
struct V3 {
    string_to_sign: String,
    sign: String,
}

fn vector() -> (Vector, RsaVerifier) {
    let vector: Vector = serde_json::from_str(include_str!("vector.json")).unwrap();
    let key = RsaVerifier::from_pem(&vector.rsa_public).unwrap();
    (vector, key)
}

/// The worked parameters, in no order, with an empty one and the signature among them.
fn worked_params(vector: &Vector) -> Params {
    let pairs = vector.gateway.string_to_sign.split('&').map(|pair| pair.split_once('=').unwrap());
    let mut params: Params = pairs.map(|(name, value)| (name.into(), value.into())).collect();
    params.push(("sign".into(), vector.gateway.sign.clone()));
    params.push(("return_url".into(), String::new()));
    params.reverse();
    params
}

#[test]
fn the_worked_request_is_verified_in_any_order() {
    let (vector, key) = vector();
    let mut params = worked_params(&vector);
    assert_eq!(content(&params, Signed::Request), vector.gateway.string_to_sign);
    assert!(verify_params(&params, Signed::Request, &key));
    // A `+` that was not escaped comes as a space.
    let spaced = |text: &str| text.replace('+', " ");
    params.iter_mut().filter(|(name, _)| name == "sign").for_each(|(_, v)| *v = spaced(v));
    assert!(verify_params(&params, Signed::Request, &key));
}

#[test]
fn the_worked_request_with_anything_changed_is_refused() {
    let (vector, key) = vector();
    let good = worked_params(&vector);
    for (at, (name, _)) in good.iter().enumerate() {
        let mut changed = good.clone();
        changed[at].1.push('1');
        assert!(!verify_params(&changed, Signed::Request, &key), "{name}");
    }
    // In a notification sign_type is not signed, in a request it is.
    assert!(!verify_params(&good, Signed::Notification, &key));
    let without: Params = good.into_iter().filter(|(name, _)| name != "sign").collect();
    assert!(!verify_params(&without, Signed::Request, &key));
}

#[test]
fn the_worked_answer_is_verified_byte_for_byte() {
    let (vector, key) = vector();
    let Gateway { response_part_signed: part, response_sign, .. } = &vector.gateway;
    assert!(verify(part.as_bytes(), response_sign, &key));
    assert!(verify(part.as_bytes(), response_sign.trim_end_matches('='), &key));
    assert!(!verify(part.replace(",", ", ").as_bytes(), response_sign, &key));
}

#[test]
fn the_worked_v3_request_is_verified() {
    let (vector, key) = vector();
    let text = vector.v3.string_to_sign;
    let lines: Vec<&str> = text.split('\n').collect();
    let [auth, method, target, body, ""] = lines[..] else { panic!("{lines:?}") };
    for target in [target.to_owned(), format!("https://openapi.example.com{target}")] {
        let made = v3_content(auth, method, &target, body.as_bytes(), None);
        assert_eq!(made, text.as_bytes());
        assert!(verify(&made, &vector.v3.sign, &key));
    }
    let with_token = v3_content(auth, method, target, body.as_bytes(), Some("token"));
    assert_eq!(with_token, format!("{text}token\n").as_bytes());
    assert!(!verify(&with_token, &vector.v3.sign, &key));
    assert_eq!(v3_answer_content("1", "n", b"{}"), b"1\nn\n{}\n");

    let header = format!("alipay-sha256withrsa {auth},sign={}", vector.v3.sign);
    let read = V3Auth::read(&header).unwrap();
    assert_eq!((read.auth, read.sign), (auth, vector.v3.sign.as_str()));
    assert_eq!(read.get("app_id"), Some("2021000000000001"));
    assert_eq!(read.get("nonce"), Some("11111111-2222-3333-4444-555555555555"));
    assert_eq!(uuid(0x1111_1111_2222_3333_4444_5555_5555_5555), read.get("nonce").unwrap());
    for bad in ["", "Bearer x,sign=y", "ALIPAY-SHA256withRSA", "ALIPAY-SHA256withRSA app_id=1"] {
        assert_eq!(V3Auth::read(bad), None, "{bad}");
    }
}

#[test]
fn parameters_are_sorted_by_name_and_empty_ones_left_out() {
    let params = |text: &str| form::parse(text.as_bytes()).unwrap();
    let all = params("b=2&a1=1&a=0&empty=&sign=x&sign_type=RSA2&c=%E8%8C%B6+1");
    assert_eq!(content(&all, Signed::Request), "a=0&a1=1&b=2&c=茶 1&sign_type=RSA2");
    assert_eq!(content(&all, Signed::Notification), "a=0&a1=1&b=2&c=茶 1");
}

#[test]
fn both_directions_with_keys_of_our_own() {
    let ours = RsaSigner::from_pkcs8(&pkcs8(rsa_key(0))).unwrap();
    let network = RsaSigner::from_pkcs8(&pkcs8(rsa_key(1))).unwrap();
    let mut params = vec![("app_id".to_owned(), "1".to_owned())];
    let made = sign_params(&params, Signed::Notification, &network);
    params.push(("sign".into(), made));
    assert!(verify_params(&params, Signed::Notification, &network.verifier()));
    assert!(!verify_params(&params, Signed::Notification, &ours.verifier()));
    assert!(verify(b"text", &sign(b"text", &ours), &ours.verifier()));
    assert!(!verify(b"text", &sign(b"text", &ours), &network.verifier()));
}

#[test]
fn a_nonce_works_once_while_it_is_believed() {
    let mut nonces = Nonces::default();
    let (at, until) = (Timestamp(1_000), Timestamp(2_000));
    assert!(nonces.admit(at, "a", until));
    assert!(nonces.admit(at, "b", until));
    assert!(!nonces.admit(until, "a", until), "while it is believed");
    assert!(nonces.admit(Timestamp(2_001), "a", until), "and is forgotten then");
}

proptest::proptest! {
    #[test]
    fn no_header_panics(header in ".{0,120}") {
        let _ = V3Auth::read(&header).map(|auth| auth.get("nonce").is_some());
        let (_, key) = vector();
        proptest::prop_assert!(!verify(b"x", &header, &key));
    }
}
