//! PINs: argon2id over a keyed hash, so that neither a copy of the file of tills nor the folder's key
//! alone is enough to try them all.

use std::sync::OnceLock;

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use noren_core::id::MerchantId;
use noren_core::time::Timestamp;
use noren_pages::typed::half_width;
use noren_store::counter::{Staff, Try};
use zeroize::Zeroizing;

use crate::problem::{Edge, Problem};
use crate::random;
use crate::state::AppState;

/// What somebody typed as a PIN: 4 to 8 digits, of a Japanese keyboard too.
pub(crate) fn read(text: &str) -> Option<Zeroizing<String>> {
    let digits: String = text.trim().chars().map(half_width).collect();
    let digits = Zeroizing::new(digits);
    let good = (4..=8).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    good.then_some(digits)
}

/// What is kept of a PIN. Takes some 20 ms, on a thread where waiting is allowed.
pub(crate) async fn hash(
    state: &AppState,
    merchant: MerchantId,
    name: &str,
    pin: &str,
) -> Result<String, Problem> {
    let mixed = state.pin_mixed(merchant, name, pin);
    let made = tokio::task::spawn_blocking(move || hashed(mixed.as_ref())).await;
    made.ok().flatten().ok_or_else(|| Edge::Internal.into())
}

fn hashed(mixed: &[u8]) -> Option<String> {
    let salt = random::bits().to_le_bytes();
    let hash: PasswordHash = Argon2::default().hash_password_with_salt(mixed, &salt).ok()?;
    Some(hash.to_string())
}

fn is_of(mixed: &[u8], kept: &str) -> bool {
    let kept = PasswordHash::new(kept);
    kept.is_ok_and(|kept| Argon2::default().verify_password(mixed, &kept).is_ok())
}

/// What became of a PIN.
pub(crate) enum Shown {
    /// It is theirs.
    Right(Staff),
    /// It is not, or there is nobody of that name: no word and no time tells them apart.
    Wrong,
    /// Too many were wrong; not before then.
    Locked(Timestamp),
}

/// Somebody shows a PIN at a till of the merchant's.
pub(crate) async fn show(
    state: &AppState,
    merchant: MerchantId,
    name: &str,
    pin: &str,
) -> Result<Shown, Problem> {
    let (now, asked) = (state.handle().now(), name.to_owned());
    let attempt = state.counter(move |counter| counter.staff_try(merchant, &asked, now)).await?;
    let staff = match attempt {
        Try::Locked(until) => return Ok(Shown::Locked(until)),
        Try::Staff(staff) => Some(staff),
        Try::Nobody => None,
    };
    let mixed = state.pin_mixed(merchant, name, pin);
    let kept = staff.as_ref().map(|staff| staff.pin_hash.clone());
    let compared = tokio::task::spawn_blocking(move || {
        // Somebody to compare with when there is nobody.
        static NOBODY: OnceLock<String> = OnceLock::new();
        let kept = kept
            .as_deref()
            .unwrap_or_else(|| NOBODY.get_or_init(|| hashed(b"nobody's").unwrap_or_default()));
        is_of(mixed.as_ref(), kept)
    });
    let right = compared.await.map_err(|_| Edge::Internal)?;
    match staff.filter(|_| right) {
        None => Ok(Shown::Wrong),
        Some(staff) => {
            let right = staff.clone();
            state.counter(move |counter| counter.staff_right(&right)).await?;
            Ok(Shown::Right(staff))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pin_is_digits_of_any_keyboard() {
        assert_eq!(read("1234").as_deref().map(String::as_str), Some("1234"));
        assert_eq!(read(" ２５８０").as_deref().map(String::as_str), Some("2580"));
        for wrong in ["123", "123456789", "12a4", "", "12 34", "一二三四"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_hash_is_of_one_pin_and_each_time_another() {
        let (one, two) = (hashed(b"1234").unwrap(), hashed(b"1234").unwrap());
        assert!(one.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{one}");
        assert_ne!(one, two);
        assert!(is_of(b"1234", &one) && is_of(b"1234", &two) && !is_of(b"1235", &one));
        assert!(!is_of(b"1234", "x"));
    }
}
