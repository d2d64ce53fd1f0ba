//! LINE Pay: orders for shops on the web by Online v3, codes that a till scans by Offline v4
//! (`wallets/linepay` facts). The sandbox speaks Offline v2 too, for tills that were written for it.
//!
//! Answers are not signed, so they are trusted as TLS is, and everything in them is checked. What
//! the network does not publish is ours; each such shape is marked so where it stands.

use noren_core::wallet::Profile;

use crate::sandbox::Sandbox;
use crate::tempo::{Tempo, read_profile};
use crate::{Entry, KeyKind};

pub mod codes;
pub mod connector;
pub mod endpoints;
pub mod facade;
pub mod messages;
pub mod sandbox;
pub mod shapes;
pub mod signing;
#[cfg(test)]
mod tests;

/// The folder's name.
pub const NAME: &str = "linepay";
/// Where a payer's browser arrives after approving an order, below the switch's address. Ours: the
/// address is the shop's to choose.
pub const CONFIRM_PATH: &str = "/callbacks/linepay/confirm";
/// Where it arrives after the payer gave up.
pub const CANCEL_PATH: &str = "/callbacks/linepay/cancel";
/// Minutes ahead of UTC of the zone in which the network cuts its day. Not published; Tokyo.
pub const ZONE_MINUTES: i16 = 540;

/// The rules in `profile.toml`.
pub fn profile(tempo: Tempo) -> Profile {
    read_profile(include_str!("profile.toml"), tempo)
}

/// The line of the registry.
pub const ENTRY: Entry = Entry {
    name: NAME,
    title: "LINE Pay",
    client_id: "1656895462",
    keys: KeyKind::SharedText,
    payment_codes: "391 19 linepay",
    callback: CONFIRM_PATH,
    profile,
    facade: Some(|| Box::new(facade::LinePayFacade)),
    connector: |name, link| Box::new(connector::LinePayConnector::new(name, link)),
    sandbox: |config, records| {
        sandbox::LinePaySandbox::new(config, records).map(|made| Box::new(made) as Box<dyn Sandbox>)
    },
};
