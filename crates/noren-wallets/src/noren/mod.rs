//! The Noren wallet API: our own protocol, for wallets that join the switch directly
//! (`wallets/noren` facts). The plainest form of what all others do.

use noren_core::wallet::Profile;

use crate::sandbox::Sandbox;
use crate::tempo::{Tempo, read_profile};
use crate::{Entry, KeyKind};

pub mod connector;
pub mod messages;
pub mod sandbox;
mod scan;
pub mod signature;
#[cfg(test)]
mod tests;

/// The folder's name.
pub const NAME: &str = "noren";
/// Where the switch answers wallets, below its address.
pub const WALLET_PATH: &str = "/wallet/v1";
/// Where notifications arrive, below the switch's address.
pub const NOTIFY_PATH: &str = "/wallet/v1/notifications";

/// The rules in `profile.toml`.
pub fn profile(tempo: Tempo) -> Profile {
    read_profile(include_str!("profile.toml"), tempo)
}

/// The line of the registry.
pub const ENTRY: Entry = Entry {
    name: NAME,
    title: "Noren sandbox wallet",
    client_id: "noren-switch",
    keys: KeyKind::SharedSecret,
    payment_codes: "8601 20 noren",
    callback: NOTIFY_PATH,
    profile,
    connector: |name, link| Box::new(connector::NorenConnector::new(name, link)),
    facade: None,
    sandbox: |config, records| {
        sandbox::NorenSandbox::new(config, records).map(|made| Box::new(made) as Box<dyn Sandbox>)
    },
};
