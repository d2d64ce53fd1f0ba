//! When a code was made, and until when it is good.

use crate::mpm::Mpm;
use crate::tlv::Tag;

/// Template of the times, which has no owner in 00.
pub(super) const TIMES: Tag = Tag::literal(99);
pub(super) const CREATED: Tag = Tag::literal(0);
pub(super) const EXPIRES: Tag = Tag::literal(1);
/// Milliseconds since 1970, from September 2001 to November 2286.
pub(super) const DIGITS: usize = 13;

/// Times of a code, object 99, in milliseconds since the start of 1970, UTC. Nothing where a
/// code has none, or has something else than 13 digits in its place, as some banks do.
///
/// ```
/// use emvqr::mpm::khqr::{Times, Validity};
///
/// let times = Times { created_ms: None, expires_ms: Some(1_727_249_484_974) };
/// assert_eq!(times.validity(1_727_249_484_973), Validity::Current);
/// assert_eq!(times.validity(1_727_249_484_974), Validity::Expired);
/// assert_eq!(Times::default().validity(1_727_249_484_974), Validity::Unstated);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Times {
    /// 99.00.
    pub created_ms: Option<i64>,
    /// 99.01.
    pub expires_ms: Option<i64>,
}

/// Whether a code may still be paid, as far as its times tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Validity {
    /// The code does not say, which is usual of static ones. Of a dynamic one, ask its issuer.
    Unstated,
    /// Its time is not over.
    Current,
    /// Its time is over. Do not pay; have the code made anew.
    Expired,
}

impl Times {
    /// The times of a code.
    #[must_use]
    pub fn of(code: &Mpm<'_>) -> Self {
        let template = code.object(TIMES).and_then(|object| object.template().ok());
        let time = |tag| milliseconds(template?.get(tag)?);
        Self { created_ms: time(CREATED), expires_ms: time(EXPIRES) }
    }

    /// Whether the code is good at `now_ms`, milliseconds since the start of 1970, UTC. It is
    /// not in the very millisecond of its expiry.
    #[must_use]
    pub const fn validity(&self, now_ms: i64) -> Validity {
        match self.expires_ms {
            None => Validity::Unstated,
            Some(expires_ms) if now_ms < expires_ms => Validity::Current,
            Some(_) => Validity::Expired,
        }
    }
}

fn milliseconds(text: &str) -> Option<i64> {
    let digits = text.len() == DIGITS && text.bytes().all(|byte| byte.is_ascii_digit());
    if digits { text.parse().ok() } else { None }
}
