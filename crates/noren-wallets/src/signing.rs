//! Signing and checking, as two traits, so that a vault can sign and a simulation can pretend.
//!
//! All cryptography is ring's. Keys are given, never made here.

use std::fmt;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::rand::SystemRandom;
use ring::signature::{KeyPair as _, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, RsaKeyPair};
use ring::{hmac, signature};
use zeroize::Zeroizing;

/// Signs bytes.
pub trait Sign: Send + Sync {
    /// The raw signature of `content`.
    fn sign(&self, content: &[u8]) -> Vec<u8>;

    /// The public half, as the `RSAPublicKey` of RFC 8017 in DER; `None` when it is no RSA key.
    fn public_key(&self) -> Option<Vec<u8>> {
        None
    }
}

/// Checks signatures.
pub trait Verify: Send + Sync {
    /// True when `signature` is a good one of `content`. Takes the same time for every wrong one.
    fn verify(&self, content: &[u8], signature: &[u8]) -> bool;

    /// The key, as the `RSAPublicKey` of RFC 8017 in DER; `None` when it is no RSA key.
    fn public_key(&self) -> Option<Vec<u8>> {
        None
    }
}

/// Bytes that nobody may see; printed as `Secret(..)`, and wiped when they are no longer needed.
/// There is one of each: no `Clone`.
pub struct Secret(Zeroizing<Vec<u8>>);

impl Secret {
    /// Takes the bytes.
    pub fn new(bytes: impl Into<Vec<u8>>) -> Self {
        Self(Zeroizing::new(bytes.into()))
    }

    /// The bytes, for the one place that needs them.
    pub fn reveal(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

/// A key that cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Not an RSA private key of 2048 bits or more in PKCS#8 DER.
    #[error("not an RSA private key of 2048 bits or more in PKCS#8 form")]
    Private,
    /// Not an RSA public key as PEM (`BEGIN PUBLIC KEY`) or SubjectPublicKeyInfo DER.
    #[error("not an RSA public key in PEM or SubjectPublicKeyInfo form")]
    Public,
}

/// HMAC-SHA256 under a shared key: signs and checks.
pub struct Hmac(hmac::Key);

impl Hmac {
    /// At least 16 bytes from the system's generator are advised (ASVS 11.5.1).
    pub fn new(secret: &Secret) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, secret.reveal()))
    }
}

impl Sign for Hmac {
    fn sign(&self, content: &[u8]) -> Vec<u8> {
        hmac::sign(&self.0, content).as_ref().to_vec()
    }
}

impl Verify for Hmac {
    fn verify(&self, content: &[u8], signature: &[u8]) -> bool {
        hmac::verify(&self.0, content, signature).is_ok()
    }
}

impl fmt::Debug for Hmac {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hmac(..)")
    }
}

/// Signs with RSA PKCS#1 v1.5 over SHA-256.
pub struct RsaSigner {
    pair: Arc<RsaKeyPair>,
    random: SystemRandom,
}

impl RsaSigner {
    /// From a private key in PKCS#8 DER, 2048 to 4096 bits.
    pub fn from_pkcs8(der: &[u8]) -> Result<Self, KeyError> {
        let pair = RsaKeyPair::from_pkcs8(der).map_err(|_| KeyError::Private)?;
        Ok(Self { pair: Arc::new(pair), random: SystemRandom::new() })
    }

    /// Checks what this key signs: for a network and a switch that live in one process.
    pub fn verifier(&self) -> RsaVerifier {
        RsaVerifier { public_key: self.pair.public_key().as_ref().to_vec() }
    }
}

impl Sign for RsaSigner {
    fn sign(&self, content: &[u8]) -> Vec<u8> {
        let mut signature = vec![0; self.pair.public().modulus_len()];
        // Fails only without memory or random bits (used for blinding); an empty signature is
        // one that nobody accepts.
        match self.pair.sign(&RSA_PKCS1_SHA256, &self.random, content, &mut signature) {
            Ok(()) => signature,
            Err(_) => Vec::new(),
        }
    }

    fn public_key(&self) -> Option<Vec<u8>> {
        Some(self.pair.public_key().as_ref().to_vec())
    }
}

impl fmt::Debug for RsaSigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RsaSigner(..)")
    }
}

/// Checks RSA PKCS#1 v1.5 over SHA-256.
#[derive(Clone, Debug)]
pub struct RsaVerifier {
    /// As ring wants it: the `RSAPublicKey` of RFC 8017, without the envelope.
    public_key: Vec<u8>,
}

impl RsaVerifier {
    /// From `-----BEGIN PUBLIC KEY-----`.
    pub fn from_pem(pem: &str) -> Result<Self, KeyError> {
        let body = pem
            .trim()
            .strip_prefix("-----BEGIN PUBLIC KEY-----")
            .and_then(|rest| rest.strip_suffix("-----END PUBLIC KEY-----"))
            .ok_or(KeyError::Public)?;
        let digits: String = body.split_whitespace().collect();
        Self::from_spki(&STANDARD.decode(digits).map_err(|_| KeyError::Public)?)
    }

    /// From a SubjectPublicKeyInfo (RFC 5280, section 4.1) in DER.
    pub fn from_spki(der: &[u8]) -> Result<Self, KeyError> {
        // rsaEncryption with its NULL parameter; only this algorithm is accepted.
        const ALGORITHM: &[u8] = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00";
        const SEQUENCE: u8 = 0x30;
        const BIT_STRING: u8 = 0x03;
        let read = || {
            let (info, rest) = der_value(der, SEQUENCE)?;
            let (algorithm, after) = der_value(info, SEQUENCE)?;
            let (bits, end) = der_value(after, BIT_STRING)?;
            let whole = rest.is_empty() && end.is_empty() && algorithm == ALGORITHM;
            bits.strip_prefix(&[0]).filter(|_| whole)
        };
        Ok(Self { public_key: read().ok_or(KeyError::Public)?.to_vec() })
    }
}

impl Verify for RsaVerifier {
    fn verify(&self, content: &[u8], signature: &[u8]) -> bool {
        let key = signature::UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, &self.public_key);
        key.verify(content, signature).is_ok()
    }

    fn public_key(&self) -> Option<Vec<u8>> {
        Some(self.public_key.clone())
    }
}

/// The content of the DER value with this tag, and what follows it.
pub(crate) fn der_value(bytes: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let (&[first, length], rest) = bytes.split_first_chunk()?;
    let (length, rest) = match length {
        0..=0x7f => (usize::from(length), rest),
        0x81 => rest.split_first().map(|(n, rest)| (usize::from(*n), rest))?,
        0x82 => {
            let (n, rest) = rest.split_first_chunk()?;
            (usize::from(u16::from_be_bytes(*n)), rest)
        }
        _ => return None,
    };
    (first == tag).then(|| rest.split_at_checked(length))?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_not_printed() {
        let secret = Secret::new("hunter2");
        assert_eq!(format!("{secret:?} {:?}", Hmac::new(&secret)), "Secret(..) Hmac(..)");
    }

    #[test]
    fn a_mac_of_other_bytes_or_another_key_is_refused() {
        let (key, other) = (Hmac::new(&Secret::new("key")), Hmac::new(&Secret::new("other")));
        let mac = key.sign(b"content");
        assert!(key.verify(b"content", &mac));
        assert!(!key.verify(b"Content", &mac));
        assert!(!other.verify(b"content", &mac));
        assert!(!key.verify(b"content", &mac[..31]));
        assert!(!key.verify(b"content", b""));
    }

    #[test]
    fn a_made_key_signs_and_its_published_half_checks() {
        use rsa::pkcs8::{EncodePublicKey as _, LineEnding};
        let made = crate::testing::rsa_key(0);
        let signer = RsaSigner::from_pkcs8(&crate::testing::pkcs8(made)).unwrap();
        let pem = made.to_public_key().to_public_key_pem(LineEnding::LF).unwrap();
        let signature = signer.sign(b"content");
        for verifier in [RsaVerifier::from_pem(&pem).unwrap(), signer.verifier()] {
            assert!(verifier.verify(b"content", &signature));
            assert!(!verifier.verify(b"Content", &signature));
            assert!(!verifier.verify(b"content", &[]));
        }
        let other =
            RsaSigner::from_pkcs8(&crate::testing::pkcs8(crate::testing::rsa_key(1))).unwrap();
        assert!(!other.verifier().verify(b"content", &signature));
    }

    #[test]
    fn broken_keys_are_refused() {
        assert_eq!(RsaSigner::from_pkcs8(b"no key").unwrap_err(), KeyError::Private);
        for bad in ["", "-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----"] {
            assert_eq!(RsaVerifier::from_pem(bad).unwrap_err(), KeyError::Public);
        }
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_panic_as_a_key(der in proptest::collection::vec(proptest::num::u8::ANY, 0..60)) {
            let _ = RsaVerifier::from_spki(&der);
        }
    }
}
