//! Alipay+, acquirer side (ACQP): the payer's code is scanned at the till
//! (`wallets/alipayplus` facts).
//!
//! What the network does not publish is ours; each such shape is marked so where it stands.

use noren_core::wallet::Profile;

use crate::sandbox::Sandbox;
use crate::tempo::{Tempo, read_profile};
use crate::{Entry, KeyKind};

pub mod codes;
pub mod connector;
pub mod messages;
pub mod sandbox;
pub mod signing;
#[cfg(test)]
mod tests;

/// The folder's name.
pub const NAME: &str = "alipayplus";
/// Where the calls lie, below the network's address.
pub const PATH: &str = "/aps/api/v1/payments/";
/// Where notifications arrive, below the switch's address. Ours: the address is the acquirer's
/// to choose.
pub const NOTIFY_PATH: &str = "/callbacks/alipayplus/notifyPayment";

/// The call for a day-end file. Ours.
const STATEMENT: &str = "inquiryStatement";

const CONTENT_TYPE: &str = "application/json; charset=UTF-8";

/// The rules in `profile.toml`.
pub fn profile(tempo: Tempo) -> Profile {
    read_profile(include_str!("profile.toml"), tempo)
}

/// The line of the registry.
pub const ENTRY: Entry = Entry {
    name: NAME,
    title: "Alipay+",
    client_id: "NOREN_DEMO_1",
    keys: KeyKind::RsaPairs,
    payment_codes: "28100102 24 alipayplus",
    callback: NOTIFY_PATH,
    profile,
    connector: |name, link| Box::new(connector::AlipayPlusConnector::new(name, link)),
    facade: None,
    sandbox: |config, records| {
        sandbox::AlipayPlusSandbox::new(config, records)
            .map(|made| Box::new(made) as Box<dyn Sandbox>)
    },
};
