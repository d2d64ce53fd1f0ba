//! One folder per wallet: its messages, signing, connector and sandbox on shared types, so that
//! they cannot disagree. No folder knows another.
//!
//! Everything here is sans-IO: a [`connector::Connector`] turns a call into a [`wire::Request`] and
//! a [`wire::Response`] into an answer; a [`sandbox::Sandbox`] is a whole network that is told what
//! arrives and what time it is. Sockets and files are the host's affair, so the same code runs
//! behind real HTTP and inside the simulation.

use noren_core::id::WalletName;
use noren_core::wallet::Profile;

use crate::connector::Connector;
use crate::facade::Facade;
use crate::link::Link;
use crate::sandbox::table::RecordError;
use crate::sandbox::{Record, Sandbox, SandboxConfig};
use crate::tempo::Tempo;

pub mod alipay;
pub mod alipayplus;
pub mod connector;
pub mod facade;
pub mod instant;
pub mod linepay;
pub mod link;
pub mod noren;
pub mod paypay;
pub mod sandbox;
pub mod signing;
pub mod statement;
pub mod tempo;
#[cfg(test)]
mod testing;
pub mod wechatpay;
pub mod wire;

/// All wallets. Adding one is adding a folder and a line here; a folder that speaks two dialects of
/// one network has a line for each.
pub static WALLETS: &[Entry] = &[
    noren::ENTRY,
    alipayplus::ENTRY,
    paypay::ENTRY,
    linepay::ENTRY,
    wechatpay::ENTRY,
    alipay::ENTRY,
    alipayplus::ANTOM,
];

/// What a folder offers.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// The folder's name (of a second line of a folder, its own), and the wallet's in a directory that
    /// has one of it.
    pub name: &'static str,
    /// As people know it.
    pub title: &'static str,
    /// The name under which a sandbox of it knows the switch, in the form of that network.
    pub client_id: &'static str,
    /// What keys a link needs.
    pub keys: KeyKind,
    /// Its sandbox's payment codes, as a line of emvqr's table: `prefix length wallet`.
    pub payment_codes: &'static str,
    /// Where its notifications arrive, below the switch's address.
    pub callback: &'static str,
    /// Its rules.
    pub profile: fn(Tempo) -> Profile,
    /// Its connector.
    pub connector: fn(WalletName, Link) -> Box<dyn Connector>,
    /// Its sandbox, fresh with no records, or as they left it.
    pub sandbox: MakeSandbox,
    /// Its API as the switch answers it, for tills that were written for it.
    pub facade: Option<fn() -> Box<dyn Facade>>,
}

/// Makes a sandbox from its configuration and its records.
pub type MakeSandbox = fn(SandboxConfig, &[Record]) -> Result<Box<dyn Sandbox>, RecordError>;

/// What keys a link needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyKind {
    /// One secret of random bytes that both ends hold: [`link::Link::shared`]. Our own wallet API.
    SharedSecret,
    /// One secret of 32 letters and digits that both ends hold: [`link::Link::shared`].
    SharedText,
    /// An RSA pair at each end: [`signing::RsaSigner`] and the other's [`signing::RsaVerifier`].
    RsaPairs,
    /// An RSA pair at each end, and one secret of 32 letters and digits that both hold.
    RsaPairsAndText,
}

impl Entry {
    /// The folder of that name.
    pub fn named(name: &str) -> Option<&'static Entry> {
        WALLETS.iter().find(|entry| entry.name == name)
    }
}
