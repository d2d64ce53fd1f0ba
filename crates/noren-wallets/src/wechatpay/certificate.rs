//! The platform's certificate (X.509, RFC 5280), as libraries download it from `certificates`
//! (`wallets/wechatpay` facts, section 3): self-signed by the key that signs the answers, since
//! libraries read the key and the serial out of it and nothing else.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use noren_core::time::Timestamp;

use super::messages::{Certificate, Certificates, Sealed};
use super::signing::{self, PLATFORM_SERIAL, serial};
use super::time;
use crate::link::Link;
use crate::signing::Sign;

const SEQUENCE: u8 = 0x30;
const SET: u8 = 0x31;
const INTEGER: u8 = 0x02;
const BIT_STRING: u8 = 0x03;
const UTF8_STRING: u8 = 0x0C;
const UTC_TIME: u8 = 0x17;
const VERSION: u8 = 0xA0;
/// `sha256WithRSAEncryption` with its NULL parameter.
const SIGNATURE_ALGORITHM: &[u8] = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b\x05\x00";
/// `rsaEncryption` with its NULL parameter.
const KEY_ALGORITHM: &[u8] = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00";
const COMMON_NAME: &[u8] = b"\x06\x03\x55\x04\x03";

/// What `certificates` answers: the platform's certificate, encrypted under the APIv3 key. Empty where
/// the platform's key is not RSA (in simulations), or the link has no key of 32 bytes.
pub fn listed(link: &Link, name: &str, valid: Validity, nonce: u128) -> Certificates {
    let serial_no = serial(link.sign.public_key(), PLATFORM_SERIAL);
    let nonce = signing::aead_nonce_of(nonce);
    let sealed = self_signed(&*link.sign, &serial_no, name, valid).and_then(|pem| {
        let secret = link.secret.as_ref()?;
        signing::seal(secret, &nonce, ASSOCIATED, pem.as_bytes())
    });
    let certificate = |ciphertext| Certificate {
        serial_no,
        effective_time: time::v3(valid.from),
        expire_time: time::v3(valid.until),
        encrypt_certificate: Sealed {
            original_type: None,
            algorithm: signing::AEAD.into(),
            ciphertext,
            associated_data: ASSOCIATED.into(),
            nonce,
        },
    };
    Certificates { data: sealed.map(certificate).into_iter().collect() }
}

/// From when until when.
#[derive(Clone, Copy, Debug)]
pub struct Validity {
    /// 1950 to 2049, as RFC 5280 writes such years.
    pub from: Timestamp,
    /// The same.
    pub until: Timestamp,
}

/// From the beginning of 2024 to that of 2034.
pub const VALID: Validity =
    Validity { from: Timestamp(1_704_067_200_000), until: Timestamp(2_019_686_400_000) };
/// What a certificate's ciphertext is bound to.
const ASSOCIATED: &str = "certificate";

/// A self-signed certificate in PEM. `None` when the key is not RSA, or the serial not hex.
pub fn self_signed(key: &dyn Sign, serial: &str, name: &str, valid: Validity) -> Option<String> {
    let public = key.public_key()?;
    let name = der(
        SEQUENCE,
        &der(SET, &der(SEQUENCE, &[COMMON_NAME, &der(UTF8_STRING, name.as_bytes())].concat())),
    );
    let times = [utc(valid.from), utc(valid.until)].concat();
    let info = [der(SEQUENCE, KEY_ALGORITHM), bits(&public)].concat();
    let algorithm = der(SEQUENCE, SIGNATURE_ALGORITHM);
    let to_sign = [
        // Version 3.
        der(VERSION, &der(INTEGER, &[2])),
        der(INTEGER, &number(serial)?),
        algorithm.clone(),
        name.clone(),
        der(SEQUENCE, &times),
        name,
        der(SEQUENCE, &info),
    ];
    let to_sign = der(SEQUENCE, &to_sign.concat());
    let signature = bits(&key.sign(&to_sign));
    Some(pem(&der(SEQUENCE, &[to_sign, algorithm, signature].concat())))
}

/// The bytes of a serial in hex, with a leading zero where it would be negative.
fn number(hex: &str) -> Option<Vec<u8>> {
    let digits = hex.as_bytes();
    if digits.is_empty() || !digits.len().is_multiple_of(2) {
        return None;
    }
    let digit = |b: u8| char::from(b).to_digit(16).and_then(|value| u8::try_from(value).ok());
    let pairs = digits.chunks(2).map(|pair| Some(digit(pair[0])? << 4 | digit(pair[1])?));
    let mut bytes = pairs.collect::<Option<Vec<u8>>>()?;
    if bytes[0] >= 0x80 {
        bytes.insert(0, 0);
    }
    Some(bytes)
}

fn utc(at: Timestamp) -> Vec<u8> {
    // The network's own form is at UTC+8; here it is UTC.
    let digits = time::v2(Timestamp(at.0 - i64::from(time::OFFSET_MINUTES) * 60_000));
    der(UTC_TIME, format!("{}Z", &digits[2..]).as_bytes())
}

fn bits(content: &[u8]) -> Vec<u8> {
    der(BIT_STRING, &[&[0], content].concat())
}

fn der(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len();
    let mut out = vec![tag];
    match (u8::try_from(length), u16::try_from(length)) {
        (Ok(short @ 0..=0x7F), _) => out.push(short),
        (Ok(one), _) => out.extend([0x81, one]),
        (Err(_), Ok(two)) => {
            out.push(0x82);
            out.extend(two.to_be_bytes());
        }
        (Err(_), Err(_)) => unreachable!("a certificate has a few hundred bytes"),
    }
    out.extend_from_slice(content);
    out
}

fn pem(der: &[u8]) -> String {
    let base64 = STANDARD.encode(der);
    let lines = base64.as_bytes().chunks(64).map(|line| String::from_utf8_lossy(line).into_owned());
    let body: Vec<String> = lines.collect();
    format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n", body.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signing::{RsaSigner, RsaVerifier, Verify as _, der_value};
    use crate::wechatpay::signing::serial;

    #[test]
    fn the_certificate_carries_the_key_and_its_own_signature() {
        let key =
            RsaSigner::from_pkcs8(&crate::testing::pkcs8(crate::testing::rsa_key(0))).unwrap();
        let serial = serial(key.public_key(), "");
        assert_eq!(serial.len(), 40);
        let valid =
            Validity { from: Timestamp(1_704_067_200_000), until: Timestamp(1_893_456_000_000) };
        let pem = self_signed(&key, &serial, "WeChat Pay sandbox", valid).unwrap();
        let body: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
        let der = STANDARD.decode(body).unwrap();
        let (certificate, rest) = der_value(&der, SEQUENCE).unwrap();
        assert!(rest.is_empty());
        let (inner, after) = der_value(certificate, SEQUENCE).unwrap();
        let signed = &certificate[..certificate.len() - after.len()];
        let (_, signature) = der_value(after, SEQUENCE).unwrap();
        let (signature, end) = der_value(signature, BIT_STRING).unwrap();
        assert!(end.is_empty());
        assert!(key.verifier().verify(signed, &signature[1..]));
        // Version, serial, algorithm, issuer, validity, subject, key.
        let (_, inner) = der_value(inner, VERSION).unwrap();
        let (number, inner) = der_value(inner, INTEGER).unwrap();
        assert_eq!(crate::wechatpay::signing::hex(number).to_uppercase(), serial);
        let (_, inner) = der_value(inner, SEQUENCE).unwrap();
        let (issuer, inner) = der_value(inner, SEQUENCE).unwrap();
        let (times, inner) = der_value(inner, SEQUENCE).unwrap();
        let (from, until) = der_value(times, UTC_TIME).unwrap();
        assert_eq!((from, &until[2..]), (&b"240101000000Z"[..], &b"300101000000Z"[..]));
        let (subject, info) = der_value(inner, SEQUENCE).unwrap();
        assert_eq!(issuer, subject);
        let verifier = RsaVerifier::from_spki(info).unwrap();
        assert_eq!(verifier.public_key(), key.public_key());
    }

    #[test]
    fn without_an_rsa_key_or_a_serial_there_is_none() {
        let valid = Validity { from: Timestamp(0), until: Timestamp(1) };
        let plain = crate::signing::Hmac::new(&crate::signing::Secret::new("k"));
        assert_eq!(self_signed(&plain, "40", "x", valid), None);
        let key =
            RsaSigner::from_pkcs8(&crate::testing::pkcs8(crate::testing::rsa_key(0))).unwrap();
        for bad in ["", "4", "4g", "é"] {
            assert_eq!(self_signed(&key, bad, "x", valid), None, "{bad}");
        }
    }
}
