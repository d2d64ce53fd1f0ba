//! `Prefer: wait=N` (RFC 7240): hold the answer back until there is something to say.

use std::pin::pin;
use std::time::Duration;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use noren_core::id::PaymentId;
use noren_core::payment::{Payment, State};
use noren_core::refusal::Refusal;
use noren_store::sqlite::Scope;
use tokio::time::Instant;

use crate::problem::Problem;
use crate::state::AppState;

/// Longer waits are cut: proxies between us and a till give up after half a minute.
const WAIT_MAX: u64 = 20;

/// How long the caller likes to wait. What cannot be read is no preference, as the RFC says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Wait(pub Option<Duration>);

impl<S: Sync> FromRequestParts<S> for Wait {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        let values = parts.headers.get_all("prefer").iter();
        let texts = values.filter_map(|value| value.to_str().ok());
        Ok(Self(texts.flat_map(|text| text.split(',')).find_map(seconds)))
    }
}

fn seconds(preference: &str) -> Option<Duration> {
    let (name, value) = preference.split(';').next()?.split_once('=')?;
    let seconds: u64 = value.trim().trim_matches('"').parse().ok()?;
    let wait = name.trim().eq_ignore_ascii_case("wait");
    wait.then(|| Duration::from_secs(seconds.min(WAIT_MAX)))
}

/// True when a payment's end is known, or its merchant has the next word on what is held.
pub(crate) fn is_settled(payment: &Payment) -> bool {
    payment.state.is_final() || matches!(payment.state, State::Authorised(_))
}

/// Reads a payment; with a wait, again and again until it is `enough`, the time is over, or the
/// server is stopping. When too many wait already, it is as if no wait had been asked for: a till
/// that asks again is better served than one whose payments find all places taken.
pub(crate) async fn read_until(
    state: &AppState,
    scope: Scope,
    id: PaymentId,
    wait: Wait,
    enough: impl Fn(&Payment) -> bool,
) -> Result<Payment, Problem> {
    let place = wait.0.and_then(|wait| Some((wait, state.waiting().try_acquire_owned().ok()?)));
    let until = Instant::now() + place.as_ref().map_or(Duration::ZERO, |(wait, _)| *wait);
    let watch = state.handle().watch(id);
    loop {
        // Registered before the read: a commit between the two is not missed.
        let mut changed = pin!(watch.changed());
        changed.as_mut().enable();
        let read = state.read(move |reads| reads.payment(scope, id)).await?;
        let payment = read.ok_or(Refusal::PaymentUnknown)?;
        if enough(&payment) || Instant::now() >= until {
            return Ok(payment);
        }
        tokio::select! {
            () = changed => {}
            () = tokio::time::sleep_until(until) => return Ok(payment),
            () = state.drained() => return Ok(payment),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_wait_is_understood_and_never_a_long_one() {
        assert_eq!(seconds("wait=5"), Some(Duration::from_secs(5)));
        assert_eq!(seconds(" WAIT=\"7\"; x=1"), Some(Duration::from_secs(7)));
        assert_eq!(seconds("wait=3600"), Some(Duration::from_secs(20)));
        for other in ["respond-async", "wait", "wait=", "wait=-1", "waits=5"] {
            assert_eq!(seconds(other), None, "{other}");
        }
    }
}
