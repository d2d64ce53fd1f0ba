//! Bits from the system's generator.

use std::time::{SystemTime, UNIX_EPOCH};

use noren_core::time::Timestamp;
use noren_wallets::connector::Env;
use ring::rand::{SecureRandom, SystemRandom};

/// 128 random bits.
///
/// Panics when the system gives none: nothing that this server does is safe without them.
pub(crate) fn bits() -> u128 {
    let mut bytes = [0; 16];
    SystemRandom::new().fill(&mut bytes).expect("the system gives random bytes");
    u128::from_le_bytes(bytes)
}

/// Wall-clock time and a nonce for one signed message.
pub(crate) fn env() -> Env {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let now = Timestamp(i64::try_from(since.as_millis()).unwrap_or(i64::MAX));
    Env { now, nonce: bits() }
}
