//! The worked signatures of the `wallets` facts (`vectors.json`, `wechatpay_v3` and `wechatpay_v2`),
//! and what is not a signature.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use noren_core::time::Timestamp;
use proptest::prelude::*;

use crate::signing::{RsaSigner, RsaVerifier, Secret, Sign as _, Verify as _};
use crate::testing::{pkcs8, rsa_key};
use crate::wechatpay::signing::{
    NotSigned, SCHEME, answer_content, open, request_content, seal, serial, sign_request,
    sign_response, sign_statement, verify_request, verify_response, verify_statement,
};
use crate::wechatpay::v2::{self, Fields, SignType};
use crate::wire::{Request, Response};

const PUBLIC_KEY: &str = "\
-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAuZoEw43rPibP/VvEkNyL
0eehJmESKj9ovlud9O2R1PJNIUm4uWjyFRDXQAJmwH7VHuCBygky91VWYYoQ0w7n
1hmonrEIKVR3GVvKSnBaRUtaSDSaKWR6XYj7aporbDOoi//ghcNn1yKJXj4DKD8x
G6GmpXiM3kXw6mJBTSUgokNeBCtMoHD1+osWBJfWP1DniePF9vYe+ZjLVKpg67t3
ng7CcectAyBgltiF+yEzjtKIy4/H8NxdQQ2/1q5fHIvq7aBbCzN6Ixg8TOFhacaL
BSpbJUlMbGKV08u4lyqcCa0nu21e3MDXARwmn5EcF5+pHH+nKg5rfdSmmAV1+3kG
NwIDAQAB
-----END PUBLIC KEY-----";
const TIME: &str = "1767225600";
const NONCE: &str = "593BEC0C930BF1AFEB40B4A08C8FB242";
const ORDER: &[u8] = br#"{"appid":"wx1","mchid":"1900000001","description":"tea","out_trade_no":"order-0001","notify_url":"https://shop.example/n","amount":{"total":888,"currency":"CNY"}}"#;
const POST: &str = concat!(
    "VP/f3gxZNA/MIqYTzYMXHwhInGyI8uL72IdZXFWccS7XK+wGWUMe37gZVWDMCqTfpL47zF5DYTKZxyzL",
    "U2yD5XlJJDO86JNLtQAHskucCEt0HhH5O45eUDBcCZh5bOkaq/9GESsSYpXn9MaLyYwZXpGMsdN48xbR",
    "nxllvMsL8sJQahnVSZ+nrgXu+e0y8mPqUOxwzVx0DHKwzfYoPOHyNCuK2/pjScAsQslb2e5h115SrX0G",
    "G3Ld011gyktaIr7IdQ6W+9qXHodc6NCs4cC6JWxiv9ukFnuHNGF04OuYB2VTXE7XTQyHkjIG+tUm8K9B",
    "LPuggAjfpqGiqAK8Q0QkSQ==",
);
const GET: &str = concat!(
    "WSUndaGBFlb2Axtm5my8uRhMlzTAgYcu2/eu5qRpcRkJFFKcv0wixRBHIvaUdB5qEZTp9PRok2R43Yj0",
    "DuEY/goLl1RdvA+po9hpv3MFoOS/y40DoaNzpZGwcGW+o/aHsDpqVrz5Wj3pVu2GqJqEr0chf4hQ1H6G",
    "zw7RW0udWLflwiQwx3ii81JYAoH0SXLd/Gy6cNfCWOz9+/twbiuGkaL0/KnE+kncQAm63maynK4zZsvX",
    "+BYvIqcvE+wg4fEojFEDBtN3mETkEiiuKNbZGH087UOgySv5oIWWcNewcF8HjP0+Im1t4IZ/fQ4x9MSJ",
    "wBjM5y9nJxQ0mHvFUex7Cw==",
);
const ANSWER: &str = concat!(
    "rLahDdos0bR3JK5JRO1vGZXTv5Q5OEW5VmvaMrnsn/42TLhjuMJVh+E4B+bU/ELiF0m9cZyl8k51+vJq",
    "hMsEGhnxknfWu7fKNC/OekMuvIYW0tIuk8Q/8atRwqmUDmmSzI4ia6ifLIKg+5tRPSHpRAIMedBOvxLR",
    "zg+9AJ8gzPDfxHSt5tqmhuxvld99swS673qS+bwo1frhYCyYD+OFLPTiuqGQetLeVW15zG8VP7IGAu0e",
    "sFo29YSZAXD7jZToqHbQhhbp6Wj8O+ctMp0aXJcR7p60PiG9Vx1qrf5x5xCqqQ9nfGfci7Bw+ibmoynW",
    "ifyth0R3AiHLteIfAbu8Mg==",
);
const EMPTY: &str = concat!(
    "cBSiu5CbczymbfhbBK7UVrp2aExyN2M47rOA9qmXB/YmYGv13/p1sUnkX+kEF89UkQsMO9ZK41Z0PeA+",
    "O9Y6CHAFb5gVlEbhHlp+5NCtCItKlAcTTZVN9WeoxrE75rh3MhgAGpwyfXL0uod9ymQ2VYOlldwYxpGK",
    "lK5ZOocI1kXdxWKANONLoljqzIVC3zKej+UtA0E8qmLgzHQi1KINqxeceYNGCtfMPRbn3NO4lwzhz6Uo",
    "dKW9lBCUBD5p24EoYNJbwgFMwLrd33lsLjvFaxw3Lz+R3GScEcgJ4nCzx/Jw2I5J2We22uEkJP0SEzcO",
    "I20U255dNCGAfyFtLhrZCQ==",
);
const SEALED: &str = concat!(
    "DUcclrHBE5NffFMk6pzEyhU1jw21g8KQDAMaMDhnuqi5ZAQagdQwdsS9YtaOhqsPWLa3ukg2xAP78pHC",
    "dZ3LHsEiTJc6xWklZxN/XmAcQo1GuATjtl1WySn9Z86hPqOqJG3+2gSZg2NEXGrgJxtH3wDLMXFGkOEO",
    "lnCwJ25TrIFGX/P45BAkPXnG6mXyp7PpNpmHOMlPKvw7IU/KCvuVmN+xhlioWSuVfO0+l6QRVNk1BBE+",
    "xRuBQc5Mbn7pyt2M/ISiDzeI",
);
const PLAIN: &str = r#"{"out_trade_no":"order-0001","transaction_id":"4200000000000000000000000001","trade_state":"SUCCESS","amount":{"total":888,"payer_total":888,"currency":"CNY","payer_currency":"CNY"}}"#;

fn good(content: &[u8], signature: &str) -> bool {
    let key = RsaVerifier::from_pem(PUBLIC_KEY).unwrap();
    key.verify(content, &STANDARD.decode(signature).unwrap())
}

#[test]
fn the_worked_requests_are_signed_over_five_lines() {
    let target = "/v3/pay/transactions/native";
    let content = request_content("POST", target, TIME, NONCE, ORDER);
    assert!(good(&content, POST));
    // As a client may write it.
    let absolute = format!("https://api.mch.weixin.qq.com{target}");
    assert_eq!(request_content("POST", &absolute, TIME, NONCE, ORDER), content);
    let target = "/v3/pay/transactions/out-trade-no/order-0001?mchid=1900000001";
    assert!(good(&request_content("GET", target, TIME, NONCE, b""), GET));
    assert!(!good(&request_content("GET", target, TIME, NONCE, b" "), GET));
}

#[test]
fn the_worked_answers_are_signed_over_three_lines() {
    let body = br#"{"code_url":"weixin://wxpay/bizpayurl?pr=example"}"#;
    assert!(good(&answer_content(TIME, NONCE, body), ANSWER));
    assert!(good(&answer_content(TIME, NONCE, b""), EMPTY), "an empty 204 is signed too");
    assert!(!good(&answer_content(TIME, NONCE, b""), ANSWER));
}

#[test]
fn a_worked_answer_passes_as_a_whole_and_only_within_five_minutes() {
    let key = RsaVerifier::from_pem(PUBLIC_KEY).unwrap();
    let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let mut response = Response {
        status: 204,
        headers: vec![
            header("Wechatpay-Signature", EMPTY),
            header("Wechatpay-Serial", "PUB_KEY_ID_0119000000012026"),
            header("Wechatpay-Timestamp", TIME),
            header("Wechatpay-Nonce", NONCE),
        ],
        body: Vec::new(),
    };
    let at = |seconds: i64| Timestamp((1_767_225_600 + seconds) * 1_000);
    for seconds in [-300, 0, 300] {
        assert_eq!(verify_response(&response, &key, at(seconds)), Ok(()));
    }
    for seconds in [-301, 301] {
        assert_eq!(verify_response(&response, &key, at(seconds)), Err(NotSigned::Stale));
    }
    response.headers.push(header("wechatpay-signature-type", "WECHATPAY2-SM2-WITH-SM3"));
    assert_eq!(verify_response(&response, &key, at(0)), Err(NotSigned::Missing));
    response.headers.pop();
    response.headers[0].1 = format!("WECHATPAY/SIGNTEST/{EMPTY}");
    assert_eq!(verify_response(&response, &key, at(0)), Err(NotSigned::Wrong), "a probe");
    for gone in 0..4 {
        let mut without = response.clone();
        without.headers.remove(gone);
        assert_eq!(verify_response(&without, &key, at(0)), Err(NotSigned::Missing));
    }
}

#[test]
fn the_worked_resource_opens_and_seals() {
    let key = Secret::new("0123456789abcdef0123456789abcdef");
    let plain = open(&key, "fdasflkja484", "transaction", SEALED).unwrap();
    assert_eq!(String::from_utf8(plain).unwrap(), PLAIN);
    let sealed = seal(&key, "fdasflkja484", "transaction", PLAIN.as_bytes());
    assert_eq!(sealed.as_deref(), Some(SEALED));
    assert_eq!(open(&key, "fdasflkja484", "refund", SEALED), None);
    assert_eq!(open(&key, "fdasflkja485", "transaction", SEALED), None);
    assert_eq!(open(&key, "fdasflkja48", "transaction", SEALED), None, "twelve bytes");
    assert_eq!(open(&Secret::new("short"), "fdasflkja484", "transaction", SEALED), None);
    assert_eq!(open(&key, "fdasflkja484", "transaction", "AAAA"), None);
    assert_eq!(seal(&Secret::new("short"), "fdasflkja484", "", b""), None);
}

fn worked_form() -> Fields {
    let pairs = [
        ("appid", "wx1"),
        ("auth_code", "130000000000000000"),
        ("body", "tea"),
        ("fee_type", "JPY"),
        ("mch_id", "1900000001"),
        ("nonce_str", "5K8264ILTKCH16CQ2502SI8ZNMTM67VS"),
        ("out_trade_no", "order-0001"),
        ("total_fee", "888"),
    ];
    pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).into()
}

#[test]
fn the_worked_form_is_signed_both_ways() {
    let key = Secret::new("fedcba9876543210fedcba9876543210");
    let mut form = worked_form();
    let md5 = "74CE86A439B8A49990E085C30A9A1AE1";
    let hmac = "C61FA56E7C240984ACB92373F8AEFB0F089A38044762815943307A9155DFBC7B";
    assert_eq!(v2::signature(&form, &key, SignType::Md5), md5);
    assert_eq!(v2::signature(&form, &key, SignType::HmacSha256), hmac);
    // Neither what is empty nor the signature itself is signed.
    form.insert("attach".into(), String::new());
    form.insert("sign".into(), md5.into());
    assert!(v2::verify(&form, &key, SignType::Md5));
    assert!(!v2::verify(&form, &key, SignType::HmacSha256));
    assert!(!v2::verify(&form, &Secret::new("another"), SignType::Md5));
    form.insert("total_fee".into(), "889".into());
    assert!(!v2::verify(&form, &key, SignType::Md5));
    assert!(!v2::verify(&worked_form(), &key, SignType::Md5), "no signature at all");
}

#[test]
fn forms_are_read_as_clients_write_them() {
    for text in [
        "<xml><a>1</a><b><![CDATA[x<y&]]></b><c/></xml>",
        "\u{feff}<?xml version=\"1.0\" encoding=\"utf-8\"?>\r\n<xml>\n <a>1</a>\n \
         <b>\n <![CDATA[x<y&]]>\n </b>\n <c></c>\n</xml>\n",
        "<xml><c></c><b>x&lt;y&#38;</b><a>&#x31;</a></xml>",
    ] {
        let read = v2::read(text.as_bytes()).unwrap();
        let pairs: Vec<(&str, &str)> =
            read.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert_eq!(pairs, [("a", "1"), ("b", "x<y&"), ("c", "")], "{text}");
    }
    for bad in [
        "",
        "<xml>",
        "<xml></xml>x",
        "<xml><a>1</b></xml>",
        "<xml><a>1</a><a>2</a></xml>",
        "<xml><a><b>1</b></a></xml>",
        "<xml><a x=\"1\">1</a></xml>",
        "<xml><a>&nope;</a></xml>",
        "<xml><a>&#0;</a></xml>",
        "<xml><a><![CDATA[1</a></xml>",
        "<!DOCTYPE xml [<!ENTITY e SYSTEM \"file:///etc/passwd\">]><xml><a>&e;</a></xml>",
        "<xml><a>1</a>text</xml>",
        "<xml><?php ?></xml>",
    ] {
        assert_eq!(v2::read(bad.as_bytes()), Err(v2::XmlError), "{bad}");
    }
    assert_eq!(v2::read(b"<xml>\xff</xml>"), Err(v2::XmlError));
}

fn signed(now: Timestamp) -> (Request, RsaSigner) {
    let key = RsaSigner::from_pkcs8(&pkcs8(rsa_key(0))).unwrap();
    let mut request = Request {
        method: "POST".into(),
        target: "/v3/global/refunds?x=1".into(),
        headers: Vec::new(),
        body: "{\"raw\":\"そば\"}".into(),
    };
    sign_request(&mut request, "1900000001", &key, now, 0xABC);
    (request, key)
}

#[test]
fn a_request_names_its_signer_in_any_order_of_the_parts() {
    let now = Timestamp(1_795_275_000_999);
    let (mut request, key) = signed(now);
    let number = serial(key.public_key(), "");
    let signer = verify_request(&request, &key.verifier(), now).unwrap();
    assert_eq!((signer.mchid.as_str(), signer.serial_no), ("1900000001", number));
    let value = request.headers[0].1.clone();
    let (_, parts) = value.split_once(' ').unwrap();
    let mut parts: Vec<&str> = parts.split(',').collect();
    parts.reverse();
    request.headers[0] = ("Authorization".into(), format!("{SCHEME}  {}", parts.join(" , ")));
    assert!(verify_request(&request, &key.verifier(), now).is_ok());
    for bad in [
        String::new(),
        SCHEME.to_owned(),
        value.replace(SCHEME, "WECHATPAY2-SM2-WITH-SM3"),
        value.replace("mchid", "mch_id"),
        format!("{value},mchid=\"1\""),
        value.replace('"', ""),
    ] {
        request.headers[0].1 = bad.clone();
        let checked = verify_request(&request, &key.verifier(), now);
        assert_eq!(checked, Err(NotSigned::Missing), "{bad}");
    }
    request.headers.clear();
    assert_eq!(verify_request(&request, &key.verifier(), now), Err(NotSigned::Missing));
}

#[test]
fn any_other_byte_or_key_is_refused_both_ways() {
    let now = Timestamp(1_795_275_000_000);
    let (request, key) = signed(now);
    let other = RsaSigner::from_pkcs8(&pkcs8(rsa_key(1))).unwrap();
    let wrong = Err(NotSigned::Wrong);
    assert_eq!(verify_request(&request, &other.verifier(), now).map(drop), wrong);
    for change in [
        |request: &mut Request| request.method = "PUT".into(),
        |request: &mut Request| request.target = "/v3/global/refunds?x=2".into(),
        |request: &mut Request| request.body.push(b' '),
    ] {
        let mut changed = request.clone();
        change(&mut changed);
        assert_eq!(verify_request(&changed, &key.verifier(), now).map(drop), wrong);
    }
    let mut response = Response { status: 200, headers: Vec::new(), body: b"{}".to_vec() };
    sign_response(&mut response, &key, now, 1);
    assert_eq!(verify_response(&response, &key.verifier(), now), Ok(()));
    assert_eq!(verify_response(&response, &other.verifier(), now), wrong);
    response.body.push(b' ');
    assert_eq!(verify_response(&response, &key.verifier(), now), wrong);
}

#[test]
fn a_statement_is_signed_by_its_digest() {
    let now = Timestamp(1_795_275_000_000);
    let key = RsaSigner::from_pkcs8(&pkcs8(rsa_key(0))).unwrap();
    let mut file = Response { status: 200, headers: Vec::new(), body: b"`1,`2".to_vec() };
    sign_statement(&mut file, &key, now, 1);
    assert_eq!(verify_statement(&file, &key.verifier(), now), Ok(()));
    // SHA-1 of those five bytes, by another program.
    assert_eq!(
        file.header("Wechatpay-Statement-Sha1"),
        Some("c188829318fa723413d2cbc97714cd4eb0752dba")
    );
    file.body.push(b'\n');
    assert_eq!(verify_statement(&file, &key.verifier(), now), Err(NotSigned::Wrong));
    file.headers.remove(0);
    assert_eq!(verify_statement(&file, &key.verifier(), now), Err(NotSigned::Missing));
}

proptest! {
    #[test]
    fn a_form_is_read_as_it_was_written(
        fields in prop::collection::btree_map("[a-z_0-9]{1,12}", "\\PC{0,30}", 0..8),
    ) {
        // Space at the ends of a value that cannot be quoted is kept as well.
        prop_assert_eq!(v2::read(&v2::write(&fields)), Ok(fields));
    }

    #[test]
    fn no_form_panics(text in "(<xml>|</?a>|<!\\[CDATA\\[|]]>|&#?[a-z0-9]{0,3};|\\PC){0,12}") {
        let _ = v2::read(text.as_bytes());
    }
}
