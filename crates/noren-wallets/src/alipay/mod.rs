//! Alipay, the open platform's API for merchants (`wallets/alipay-openplatform` facts): the payer's
//! code is scanned at the till, or the payer scans the code of an order.
//!
//! The network clears in yuan and knows no other currency: the switch converts
//! (`docs/networks/alipay.md`). It speaks two dialects of one set of messages, see [`dialect`]. What
//! it does not publish is ours; each such shape is marked so where it stands.

use noren_core::wallet::Profile;

use crate::sandbox::Sandbox;
use crate::tempo::{Tempo, read_profile};
use crate::{Entry, KeyKind};

pub mod bill;
pub mod codes;
pub mod connector;
pub mod dialect;
pub mod facade;
pub mod form;
mod members;
pub mod messages;
mod notification;
pub mod sandbox;
pub mod scalar;
pub mod signing;
#[cfg(test)]
mod tests;

/// The folder's name.
pub const NAME: &str = "alipay";
/// The one address of the older dialect, below the network's.
pub const GATEWAY_PATH: &str = "/gateway.do";
/// Where notifications arrive, below the switch's address. Ours: the address is the merchant's to
/// choose.
pub const NOTIFY_PATH: &str = "/callbacks/alipay/notify";
/// Minutes ahead of UTC of the network's clock and business day.
pub const ZONE_MINUTES: i16 = 480;

/// The rules in `profile.toml`.
pub fn profile(tempo: Tempo) -> Profile {
    read_profile(include_str!("profile.toml"), tempo)
}

/// The line of the registry.
pub const ENTRY: Entry = Entry {
    name: NAME,
    title: "Alipay",
    client_id: "2021000000000001",
    keys: KeyKind::RsaPairs,
    payment_codes: "2876 16-24 alipay",
    callback: NOTIFY_PATH,
    profile,
    connector: |name, link| Box::new(connector::AlipayConnector::new(name, link)),
    facade: Some(|| Box::new(facade::AlipayFacade::default())),
    sandbox: |config, records| {
        sandbox::AlipaySandbox::new(config, records).map(|made| Box::new(made) as Box<dyn Sandbox>)
    },
};
