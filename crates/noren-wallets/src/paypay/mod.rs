//! PayPay, Open Payment API: orders that the payer opens by link or code, payments of linked
//! users, holds, refunds (`wallets/paypay` facts).
//!
//! What the network does not publish is ours; each such shape is marked so where it stands. The
//! largest is the payer's code at the till: PayPay offers it under contract only, so the member
//! `paymentCode` of [`messages::PaymentRequest`] is ours.

use noren_core::time::Span;
use noren_core::wallet::Profile;

use crate::sandbox::Sandbox;
use crate::tempo::{Tempo, read_profile};
use crate::{Entry, KeyKind};

pub mod calls;
pub mod codes;
pub mod connector;
pub mod facade;
mod forms;
mod hearing;
pub mod messages;
pub mod sandbox;
pub mod signing;
pub mod statement;
#[cfg(test)]
mod tests;

/// The folder's name.
pub const NAME: &str = "paypay";
/// Where notifications arrive, below the switch's address. Ours: the address is the merchant's to
/// register.
pub const NOTIFY_PATH: &str = "/callbacks/paypay/webhook";
/// Until when a hold is asked for, counted from our request. Ours: the greatest length is a matter
/// of the contract.
pub const HOLD_LIFETIME: Span = Span::seconds(30 * 24 * 60 * 60);

const CONTENT_TYPE: &str = "application/json";

/// The rules in `profile.toml`.
pub fn profile(tempo: Tempo) -> Profile {
    read_profile(include_str!("profile.toml"), tempo)
}

/// The line of the registry.
pub const ENTRY: Entry = Entry {
    name: NAME,
    title: "PayPay",
    client_id: "a_NorenDemo00001",
    keys: KeyKind::SharedText,
    payment_codes: "90008181 24 paypay",
    callback: NOTIFY_PATH,
    profile,
    connector: |name, link| Box::new(connector::PayPayConnector::new(name, link)),
    sandbox: |config, records| {
        sandbox::PayPaySandbox::new(config, records).map(|made| Box::new(made) as Box<dyn Sandbox>)
    },
    facade: Some(|| Box::new(facade::PayPayFacade::default())),
};
