//! What a text is that somebody scanned, typed or opened.

use emvqr::mpm::jpqr;
use emvqr::scan::{self, Kind};

use super::Phone;
use super::wallets::Wallet;

/// What it is, for the user of one wallet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// An order of the switch: its payment.
    Order(String),
    /// The printed code of a shop in Japan: the payer types the amount.
    Printed,
    /// An order of this wallet's own network.
    Own,
    /// An order of the network of that name.
    Another(String),
    /// A page of a shop.
    Page,
    /// What a payer shows.
    Payers,
    /// A code that somebody else can pay.
    Foreign,
    /// A shop's code that breaks the rules: cut off or hurt.
    Damaged,
    /// No code for payments.
    Nothing,
}

/// How long the name of a payment is in the reference of a code.
const REFERENCE_LENGTH: usize = 25;

/// Says what a text is.
pub fn of(phone: &Phone, wallet: &Wallet, text: &str) -> Meaning {
    let below = text.strip_prefix(phone.0.switch_url.as_str()).unwrap_or_default();
    if let Some(payment) = below.strip_prefix("/checkout/") {
        let id = payment.split(['?', '#', '/']).next().unwrap_or_default();
        if id.starts_with("pay_") {
            return Meaning::Order(id.to_owned());
        }
    }
    if below.starts_with("/s/") {
        return Meaning::Page;
    }
    if text.starts_with("pay_") {
        return Meaning::Order(text.to_owned());
    }
    if wallet.owns(text) {
        return Meaning::Own;
    }
    if let Some(owner) = phone.0.wallets.iter().find(|other| other.owns(text)) {
        return Meaning::Another(owner.look.name.clone());
    }
    if let Ok(code) = jpqr::read(text) {
        let order = code.reference.filter(|reference| {
            reference.len() == REFERENCE_LENGTH
                && reference.bytes().all(|b| b.is_ascii_alphanumeric())
        });
        return match order {
            Some(name) => Meaning::Order(format!("pay_{name}")),
            None => Meaning::Printed,
        };
    }
    let scanned = scan::read(text, &phone.0.codes);
    match (scanned.kind(), scanned.code().is_ok()) {
        (Kind::CpmBer | Kind::CpmDigits, true) => Meaning::Payers,
        (Kind::Mpm | Kind::Uri, true) => Meaning::Foreign,
        (Kind::Mpm, false) => Meaning::Damaged,
        (Kind::Uri, false) if scanned.wallet().is_some() => Meaning::Foreign,
        (Kind::CpmBer | Kind::CpmDigits | Kind::Uri, false) | (Kind::Unknown, _) => {
            Meaning::Nothing
        }
    }
}
