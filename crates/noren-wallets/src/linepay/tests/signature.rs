//! The signature, against the worked examples of the `wallets` facts (`vectors.json`, `linepay`).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::linepay::ENTRY;
use crate::linepay::endpoints::Version;
use crate::linepay::signing::{
    AUTHORIZATION, CHANNEL_ID, CHANNEL_SECRET, NONCE, NotSigned, content, show_secret,
    sign_request, uuid, verify_request,
};
use crate::link::{Link, Place};
use crate::signing::{Hmac, Secret, Sign as _};
use crate::testing::{World, inquire};
use crate::wire::Request;

const SECRET: &str = "channel-secret-example";
const EXAMPLE_NONCE: &str = "4e0c1b52-6f5a-4c1d-9a5e-0d3f2b7c8a91";

fn link(secret: &str) -> Link {
    let place = |url| Place::new(url).unwrap();
    let (network, switch) = (place("https://api-pay.line.me"), place("https://switch.example"));
    Link::shared(network, switch, "1656895462", Secret::new(secret))
}

/// The two examples: method, target, body, signature.
const EXAMPLES: [(&str, &str, &str, &str); 2] = [
    (
        "POST",
        "/v3/payments/2026010100000000001/confirm",
        r#"{"amount":1000,"currency":"JPY"}"#,
        "wFffMYGJWSacUNGW7T6NNQsjUrz02s49qGFZqR8bI0g=",
    ),
    ("GET", "/v3/payments?orderId=order-0001", "", "4IB8Ojjt6SLPZD0zL+LFB7qaB5o31faWWuUWEQ6mry0="),
];

fn example(index: usize) -> Request {
    let (method, target, body, signature) = EXAMPLES[index];
    let headers = [
        ("X-LINE-ChannelId", "1656895462"),
        ("X-LINE-Authorization-Nonce", EXAMPLE_NONCE),
        ("X-LINE-Authorization", signature),
    ];
    Request {
        method: method.into(),
        target: target.into(),
        headers: headers.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
        body: body.into(),
    }
}

#[test]
fn the_worked_examples_are_made_and_accepted() {
    for (index, (_, target, body, signature)) in EXAMPLES.into_iter().enumerate() {
        let (path, query) = target.split_once('?').unwrap_or((target, body));
        let content = content(SECRET.as_bytes(), path, query.as_bytes(), EXAMPLE_NONCE);
        let made = Hmac::new(&Secret::new(SECRET)).sign(&content);
        assert_eq!(STANDARD.encode(made), signature);
        for version in [Version::V3, Version::V4] {
            assert_eq!(verify_request(&example(index), &link(SECRET), version), Ok(()));
        }
    }
}

#[test]
fn what_is_signed_cannot_be_changed() {
    type Change = fn(&mut Request);
    let changes: [(&str, Change, NotSigned); 9] = [
        ("body", |r| r.body[10] ^= 1, NotSigned::Header),
        ("path", |r| r.target = r.target.replace("001/", "002/"), NotSigned::Header),
        ("query", |r| r.target.push_str("?a=b"), NotSigned::Header),
        ("nonce", |r| r.headers[1].1.push('0'), NotSigned::Header),
        ("no nonce", |r| drop(r.headers.remove(1)), NotSigned::Header),
        ("no signature", |r| drop(r.headers.remove(2)), NotSigned::Header),
        ("no Base64", |r| r.headers[2].1 = "???".into(), NotSigned::Header),
        ("channel", |r| r.headers[0].1 = "1".into(), NotSigned::Channel),
        ("no channel", |r| drop(r.headers.remove(0)), NotSigned::Channel),
    ];
    for (what, change, error) in changes {
        let mut request = example(0);
        change(&mut request);
        let checked = verify_request(&request, &link(SECRET), Version::V3);
        // The query of a POST is not signed: only what the scheme covers is covered.
        let expected = if what == "query" { Ok(()) } else { Err(error) };
        assert_eq!(checked, expected, "{what}");
    }
    let mut get = example(1);
    get.target = get.target.replace("0001", "0002");
    assert_eq!(verify_request(&get, &link(SECRET), Version::V3), Err(NotSigned::Header));
    let another = verify_request(&example(0), &link("another secret"), Version::V3);
    assert_eq!(another, Err(NotSigned::Header));
}

#[test]
fn a_target_in_absolute_form_is_signed_by_its_path() {
    let mut request = example(1);
    request.target = format!("https://api-pay.line.me{}", request.target);
    assert_eq!(verify_request(&request, &link(SECRET), Version::V3), Ok(()));
}

#[test]
fn what_we_sign_verifies_and_names_a_uuid() {
    let (method, target, body) = ("POST".into(), "/v4/payments/oneTimeKeys/pay".into(), vec![1]);
    let mut request = Request { method, target, headers: vec![], body };
    sign_request(&mut request, &link(SECRET), u128::MAX);
    assert_eq!(verify_request(&request, &link(SECRET), Version::V4), Ok(()));
    assert_eq!(request.header(CHANNEL_ID), Some("1656895462"));
    assert_eq!(request.header(NONCE), Some("ffffffff-ffff-4fff-bfff-ffffffffffff"));
    assert!(request.header(AUTHORIZATION).is_some());
    assert_eq!(uuid(0), "00000000-0000-4000-8000-000000000000");
    assert_eq!(uuid(0x0123_4567_89ab_cdef << 64).get(..23), Some("01234567-89ab-4def-8000"));
}

#[test]
fn version_two_shows_the_secret_itself() {
    let (method, target) = ("GET".into(), "/v2/payments?orderId=1".into());
    let mut request = Request { method, target, headers: vec![], body: vec![] };
    show_secret(&mut request, &link(SECRET));
    assert_eq!(request.header(CHANNEL_SECRET), Some(SECRET));
    assert_eq!(verify_request(&request, &link(SECRET), Version::V2), Ok(()));
    let others = [("another secret", Version::V2), ("", Version::V2), (SECRET, Version::V3)];
    for (secret, version) in others {
        let checked = verify_request(&request, &link(secret), version);
        assert_eq!(checked, Err(NotSigned::Header), "{secret}");
    }
    request.headers.pop();
    let bare = verify_request(&request, &link(SECRET), Version::V2);
    assert_eq!(bare, Err(NotSigned::Header));
}

/// A switch with the wrong secret is answered, and learns nothing of the payment.
#[test]
fn a_wrong_secret_decides_nothing() {
    let mut world = World::new(&ENTRY);
    let name = noren_core::id::WalletName::new("linepay").unwrap();
    let mut wrong = crate::testing::link("linepay");
    let (network, switch, id) = (wrong.network, wrong.switch, wrong.client_id);
    wrong = Link::shared(network, switch, &id, Secret::new("not the secret"));
    world.connector = (ENTRY.connector)(name, wrong);
    let heard = world.payment(&inquire(1));
    let alarm = noren_core::wallet::Unknown::UnlistedCode;
    assert_eq!(heard, noren_core::wallet::PaymentAnswer::Unknown(alarm));
}
