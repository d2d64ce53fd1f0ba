//! WeChat Pay. The switch asks in the v3 global dialect, for which an acquirer in Japan signs up:
//! scanned codes (`MICROPAY`) and orders that a payer opens by a code (`NATIVE`). The sandbox also
//! speaks v3 domestic and v2, for tills and libraries that were written for those
//! (`wallets/wechatpay` facts).
//!
//! What the network does not publish is ours; each such shape is marked so where it stands.

use noren_core::wallet::Profile;

use crate::sandbox::Sandbox;
use crate::tempo::{Tempo, read_profile};
use crate::{Entry, KeyKind};

mod asking;
pub mod bill;
pub mod certificate;
pub mod codes;
pub mod connector;
pub mod facade;
pub mod messages;
pub mod notification;
mod reply;
pub mod route;
pub mod sandbox;
pub mod signing;
mod standing;
#[cfg(test)]
mod tests;
pub mod time;
pub mod v2;

/// The folder's name.
pub const NAME: &str = "wechatpay";
/// Where notifications arrive, below the switch's address. Ours: the address is the acquirer's to
/// choose. It carries no query, as section 4 wants it.
pub const NOTIFY_PATH: &str = "/callbacks/wechatpay/notify";
/// The application under which the switch asks. Ours: a contract names the real one.
pub const APPID: &str = "wx6e6f72656e707379";
/// Of bodies.
const CONTENT_TYPE: &str = "application/json; charset=utf-8";

/// The rules in `profile.toml`.
pub fn profile(tempo: Tempo) -> Profile {
    read_profile(include_str!("profile.toml"), tempo)
}

/// The line of the registry. The client id is a merchant number (direct mode); `1900000100/1900000109`
/// would be an institution and its sub-merchant (ours: a link has one name).
pub const ENTRY: Entry = Entry {
    name: NAME,
    title: "WeChat Pay",
    client_id: "1900000109",
    keys: KeyKind::RsaPairsAndText,
    // A digit longer than the rule that comes with emvqr, so that it goes before it.
    payment_codes: "100-159 18 wechatpay",
    callback: NOTIFY_PATH,
    profile,
    connector: |name, link| Box::new(connector::WechatPayConnector::new(name, link)),
    sandbox: |config, records| {
        sandbox::WechatPaySandbox::new(config, records)
            .map(|made| Box::new(made) as Box<dyn Sandbox>)
    },
    facade: Some(|| Box::new(facade::WechatPayFacade)),
};
